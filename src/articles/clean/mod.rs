//! Article HTML made fit for mail: what lazy loading hid is shown, what mail clients can't show becomes a
//! link, what is not the article is dropped, and [`ammonia`]'s allow-list has the last word.
//!
//! Feeds are hostile until shown otherwise: nothing here may take time that grows with the square of the
//! input. What is parsed goes through [`html`](super::html), and all that is made of it grows with the text
//! alone: addresses, which are resolved against one that may be long, have a budget of their own.

mod allowed;
mod blocks;
mod boxes;
mod images;
mod links;
mod players;
mod shorten;
#[cfg(test)]
mod tests;
mod texts;

use dom_query::NodeRef;
use url::Url;

use self::allowed::ALLOWED;
use self::blocks::{drop_empty, mend_block, mend_spans};
use self::boxes::{drop_boxes, drop_elements, show_noscript};
use self::images::mend_image;
pub use self::images::{first_image, same_picture};
use self::links::{Links, mend_link};
use self::players::replace_player;
pub use self::shorten::shorten;
use self::texts::mend_texts;
use super::INPUT_BYTES_MAX;
use super::html::{self, TooComplicated};

/// The article's HTML as mail clients can show it, its links resolved against `base`.
pub fn email_html(html: &str, base: &Url) -> Result<String, TooComplicated> {
    let html = &html[..html.floor_char_boundary(INPUT_BYTES_MAX)];
    let document = html::fragment(html)?;
    let root = document.root();
    let links = Links::new(base, html);
    show_noscript(&root);
    drop_boxes(&document);
    drop_elements(&document);
    for node in elements(&root) {
        match node.node_name().as_deref() {
            Some("amp-img") => node.rename("img"),
            Some("iframe" | "embed" | "object" | "video" | "audio" | "amp-youtube") => {
                replace_player(&node, &links)
            }
            _ => {}
        }
    }
    for node in elements(&root) {
        match node.node_name().as_deref() {
            Some("img") => mend_image(&node, &links),
            Some("a") => mend_link(&node, &links),
            Some("td" | "th") => mend_spans(&node),
            _ => {}
        }
    }
    mend_texts(&root);
    for node in elements(&root) {
        mend_block(&node);
    }
    drop_empty(&root);
    links.verdict()?;
    Ok(html::sanitized(&ALLOWED, &document.root().inner_html())?.trim().to_owned())
}

fn elements<'a>(root: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    root.descendants().into_iter().filter(NodeRef::is_element).collect()
}

/// The words of a node on one line.
fn words(node: &NodeRef) -> String {
    node.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts text in an element's place.
fn replace_with_text(node: &NodeRef, text: &str) {
    node.replace_with(&node.tree.new_text(text).id);
}
