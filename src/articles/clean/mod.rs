//! Article HTML made fit for mail: what lazy loading hid is shown, what mail clients can't show becomes a
//! link, what is not the article is dropped, and [`ammonia`]'s allow-list has the last word.
//!
//! Feeds are hostile until shown otherwise: nothing here may take time that grows with the square of the
//! input. What is parsed goes through [`html`](super::html), and all that is made of it grows with the text
//! alone: addresses, which are resolved against one that may be long, have a budget of their own.

mod allowed;
mod blocks;
mod boxes;
mod captions;
mod credits;
mod drawings;
mod enclosures;
mod forms;
mod images;
#[cfg(test)]
mod kinds;
mod links;
mod numbering;
mod pages;
mod paragraphs;
mod players;
mod shorten;
mod sources;
mod tables;
#[cfg(test)]
mod tests;
mod texts;

use dom_query::NodeRef;
use url::Url;

use self::allowed::ALLOWED;
use self::blocks::{BLOCKS, drop_empty, mend_block};
use self::boxes::{drop_boxes, drop_elements, show_noscript};
use self::captions::mend_captions;
use self::credits::drop_credits;
use self::drawings::say_drawings;
use self::forms::mend_forms;
use self::images::{blocks_with_text, mend_image};
pub use self::images::{first_image, same_picture};
use self::links::{Links, mend_link, part_card, part_links};
use self::numbering::mend_numbering;
use self::paragraphs::{holders, make_paragraphs};
use self::players::Players;
pub use self::shorten::shorten;
use self::tables::{mend_cell, mend_tables};
use self::texts::mend_texts;
use super::INPUT_BYTES_MAX;
use super::html::{self, TooComplicated};
use crate::locale::Localizer;

/// The article's HTML as mail clients can show it, its links resolved against `base`, and what stands for players in
/// English.
pub fn email_html(html: &str, base: &Url) -> Result<String, TooComplicated> {
    email_html_in(html, base, &Localizer::english())
}

/// The same with what stands for players in the language of the mail.
pub fn email_html_in(html: &str, base: &Url, words: &Localizer) -> Result<String, TooComplicated> {
    let html = &html[..html.floor_char_boundary(INPUT_BYTES_MAX)];
    // HTML reads `</br>`, which XML's writers put there, as a second break.
    let html = html.replace("</br>", "");
    let document = html::fragment(&html)?;
    let root = document.root();
    let links = Links::new(base, &html);
    show_noscript(&root);
    say_drawings(&document, &links, words);
    drop_boxes(&document);
    drop_credits(&document, &links);
    drop_elements(&document);
    mend_forms(&document);
    mend_captions(&root);
    mend_texts(&root);
    let mut players = Players::new(&links, words);
    for node in elements(&root) {
        match node.node_name().as_deref() {
            Some("amp-img") => node.rename("img"),
            _ => players.mend(&node),
        }
    }
    for node in elements(&root).iter().filter(|node| node.has_name("a")) {
        mend_link(node, &links);
    }
    part_links(&root);
    let with_text = blocks_with_text(&root);
    for node in elements(&root) {
        match node.node_name().as_deref() {
            Some("img") => mend_image(&node, &links, words, &with_text),
            Some("td" | "th") => mend_cell(&node),
            Some("ol" | "li") => mend_numbering(&node),
            Some("div") => part_card(&node),
            _ => {}
        }
    }
    mend_tables(&document);
    let nodes = elements(&root);
    let with_blocks = holders(&nodes, &BLOCKS);
    for node in &nodes {
        mend_block(node, &with_blocks);
    }
    make_paragraphs(&root);
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

/// An element's style, without white space and in small letters.
fn style(node: &NodeRef) -> String {
    node.attr("style").map_or(String::new(), |style| style.to_ascii_lowercase().split_whitespace().collect())
}

/// Puts text in an element's place.
fn replace_with_text(node: &NodeRef, text: &str) {
    node.replace_with(&node.tree.new_text(text).id);
}

const IN_LINE: [&str; 26] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "noscript",
    "picture", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "button",
];

fn stands_in_line(node: &NodeRef) -> bool {
    node.node_name().is_some_and(|name| IN_LINE.contains(&&*name))
}

/// The block that a node's line stands in.
fn nearest_block<'a>(node: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    node.ancestors_it(None).find(|up| !stands_in_line(up))
}
