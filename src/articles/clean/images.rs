//! The images of an article: their real sources, in a size that a mail can show.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};
use url::Url;

use super::links::Links;
use super::sources::{best_source, size_in_name, width_in_name};
use super::{nearest_block, replace_with_text, stands_in_line};
use crate::articles::html;
use crate::locale::Localizer;

/// The text column of a mail: 600 less its margins. Outlook knows no max-width.
pub(super) const IMAGE_WIDTH_MAX: u32 = 536;

/// The first image of HTML that is clean already: its address and its alt text.
pub fn first_image(cleaned: &str) -> Option<(String, String)> {
    let document = html::fragment(cleaned).ok()?;
    let image = document.select_single("img[src]");
    let node = image.nodes().first()?;
    Some((node.attr("src")?.to_string(), node.attr_or("alt", "").to_string()))
}

/// Whether two addresses show one picture, in whatever size and from whichever copy.
pub fn same_picture(one: &str, other: &str) -> bool {
    picture_key(one) == picture_key(other)
}

/// The path without query, size suffix (`-300x200`, `-scaled`) and the image proxy of WordPress.
fn picture_key(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let path = match path.split_once('/') {
        Some((host, rest)) if host.ends_with(".wp.com") => rest,
        _ => path,
    };
    let (stem, extension) = path.rsplit_once('.').unwrap_or((path, ""));
    let stem = stem.strip_suffix("-scaled").unwrap_or(stem);
    let stem = match stem.rsplit_once('-') {
        Some((before, size)) if size_in_name(size).is_some() => before,
        _ => stem,
    };
    format!("{stem}.{extension}")
}

/// The blocks of an article that have text of their own: an image in one of them stands in a line.
pub(super) fn blocks_with_text(root: &NodeRef) -> HashSet<NodeId> {
    let texts = root.descendants_it().filter(|node| node.is_text() && !node.text().trim().is_empty());
    texts.filter_map(|text| Some(nearest_block(&text)?.id)).collect()
}

/// Finds an image's real source, and drops what only counts readers.
pub(super) fn mend_image(node: &NodeRef, links: &Links, words: &Localizer, with_text: &HashSet<NodeId>) {
    let alt = whole_alt(node);
    let src = node.attr_or("src", "").to_string();
    let class = node.attr_or("class", "").to_string();
    if class.contains("wp-smiley")
        || class.split(' ').any(|c| c == "emoji")
        || src.contains("/images/core/emoji/")
    {
        return replace_with_text(node, &alt);
    }
    let style = node.attr_or("style", "").replace(' ', "").to_ascii_lowercase();
    let declared = |name: &str| {
        let value = style.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix(':'))?;
        value.trim_end_matches("!important").strip_suffix("px").unwrap_or(value).parse::<f32>().ok()
    };
    let written = |name| node.attr(name)?.trim().trim_end_matches("px").parse::<f32>().ok();
    let counts_readers =
        |name| written(name).is_some_and(|px: f32| px < 3.0) || declared(name).is_some_and(|px| px < 2.0);
    if counts_readers("width") || counts_readers("height") {
        return node.remove_from_parent();
    }
    let chosen = best_source(node);
    let found = chosen.and_then(|(address, width)| Some((links.resolve(&address)?, width)));
    let Some((url, set_width)) = found.filter(|(url, _)| matches!(url.scheme(), "http" | "https")) else {
        // Not one whose address is wrong, but one that is written into the page, or that nobody finds.
        let is_inside = is_data(&src) || src.trim().is_empty();
        return if is_inside { say_picture(node, &alt, links, words) } else { node.remove_from_parent() };
    };
    if matches!(url.host_str(), Some("pixel.wp.com" | "stats.wordpress.com" | "feeds.feedburner.com")) {
        return node.remove_from_parent();
    }
    let pixels = |name| written(name).or_else(|| declared(name)).map(|px| px as u32);
    let height = pixels("height");
    let known =
        pixels("width").or_else(|| width_in_name(url.path())).or(set_width).or_else(|| asked_width(&url));
    let is_picture = height.is_none_or(|px| px >= 100) && is_alone(node, with_text) && !is_icon(&class, &url);
    let width = known.or(is_picture.then_some(IMAGE_WIDTH_MAX));
    if floats(node, &style) && known.is_none_or(|px| px >= FLOAT_WIDTH_MIN) && !is_icon(&class, &url) {
        set_apart(node);
    }
    node.remove_all_attrs();
    node.set_attr("src", url.as_str());
    node.set_attr("alt", alt.trim());
    if let Some(width) = width {
        node.set_attr("width", &width.min(IMAGE_WIDTH_MAX).to_string());
    }
    if let Some(height) = height.filter(|_| known.is_none_or(|width| width <= IMAGE_WIDTH_MAX))
        && (known.is_some() || !is_picture)
    {
        node.set_attr("height", &height.to_string());
    }
}

/// A narrower picture stands in a line as a letter does.
const FLOAT_WIDTH_MIN: u32 = 50;

/// Whether an image was beside its text on the page.
fn floats(node: &NodeRef, style: &str) -> bool {
    let side = |name: &str| matches!(name, "left" | "right");
    node.attr("align").is_some_and(|align| side(align.trim().to_ascii_lowercase().as_str()))
        || style.contains("float:left")
        || style.contains("float:right")
        || node.attr_or("class", "").split(' ').any(|name| {
            let name = name.strip_prefix("align").or_else(|| name.strip_prefix("float-"));
            name.is_some_and(|name| side(name.trim_start_matches('-')))
        })
}

/// Ends the lines before and behind a picture, which has no text beside it in a mail.
fn set_apart(node: &NodeRef) {
    let mut whole = *node;
    while let Some(up) = whole.parent().filter(|up| up.has_name("a") || up.has_name("span")) {
        if is_said(whole.prev_sibling()) || is_said(whole.next_sibling()) {
            break;
        }
        whole = up;
    }
    if is_said(whole.prev_sibling()) {
        whole.insert_before(&node.tree.new_element("br").id);
    }
    if is_said(whole.next_sibling()) {
        whole.insert_after(&node.tree.new_element("br").id);
    }
}

/// Whether there is text in the line, or what stands in it.
fn is_said(beside: Option<NodeRef>) -> bool {
    beside.is_some_and(|node| match node.is_element() {
        true => !node.has_name("br") && stands_in_line(&node),
        false => !node.text().trim().is_empty(),
    })
}

fn is_data(address: &str) -> bool {
    address.trim_start().get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:"))
}

/// The width that an address asks of its server: `?w=640`, `?resize=640,480`.
fn asked_width(url: &Url) -> Option<u32> {
    url.query_pairs().find_map(|(name, value)| match &*name {
        "w" | "width" => value.parse().ok(),
        "resize" | "fit" => value.split([',', 'x']).next()?.parse().ok(),
        _ => None,
    })
}

/// Whether an image is all that its block shows, and the block may be as wide as the mail.
fn is_alone(node: &NodeRef, with_text: &HashSet<NodeId>) -> bool {
    let Some(block) = nearest_block(node) else { return true };
    let is_wide = !matches!(
        block.node_name().as_deref(),
        Some("td" | "th" | "li" | "dt" | "dd" | "caption" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
    );
    let in_table = || block.ancestors_it(None).any(|up| up.has_name("td") || up.has_name("th"));
    is_wide && !with_text.contains(&block.id) && !in_table()
}

/// Whether an image's names say that it is small.
fn is_icon(class: &str, url: &Url) -> bool {
    const NAMES: [&str; 9] =
        ["icon", "icons", "avatar", "emoji", "smiley", "logo", "badge", "button", "latex"];
    let file = url.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let words =
        |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| NAMES.contains(&word));
    words(&file) || words(&class.to_ascii_lowercase())
}

/// An image's description. A quotation mark that nobody escaped ends it in the middle, and what is behind it is read
/// as attributes: `alt="The "Tern" at sea"`.
fn whole_alt(node: &NodeRef) -> String {
    let attributes = node.attrs();
    let Some(at) = attributes.iter().position(|one| &*one.name.local == "alt") else {
        return node.attr_or("title", "").to_string();
    };
    let mut alt = attributes[at].value.to_string();
    let behind = &attributes[at + 1..];
    let torn = behind.iter().take_while(|one| one.value.is_empty());
    let torn: Vec<&str> = torn.map(|one| &*one.name.local).collect();
    if let Some(last) = torn.iter().rposition(|name| name.ends_with('"')) {
        let rest = torn[..=last].join(" ");
        alt = format!("{}\u{201c}{}", alt, rest.trim_end_matches('"')).replace('"', "\u{201d}");
    }
    if alt.contains("&quot;") || alt.contains("&#") || alt.contains("&amp;") {
        alt = crate::articles::text::plain_text(&alt);
    }
    alt
}

/// What stands for a picture that no mail can show: its description, or where it can be seen.
pub(super) fn say_picture(node: &NodeRef, alt: &str, links: &Links, words: &Localizer) {
    let in_link = node.ancestors_it(None).any(|up| up.has_name("a"));
    let in_figure = node.ancestors_it(None).any(|up| up.has_name("figure"));
    let said = match alt.trim() {
        "" if in_figure => words.text("article-picture").with("host", links.host()).to_string(),
        alt => alt.to_owned(),
    };
    let text = node.tree.new_text(said.as_str());
    match links.write(links.base().clone()) {
        Some(link) if !in_link && !said.is_empty() => {
            let element = node.tree.new_element("a");
            element.set_attr("href", link.as_str());
            element.append_child(&text.id);
            node.replace_with(&element.id);
        }
        _ => node.replace_with(&text.id),
    }
}
