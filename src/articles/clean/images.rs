//! The images of an article: their real sources, in a size that a mail can show.

use dom_query::NodeRef;

use super::links::Links;
use super::replace_with_text;
use crate::articles::html;

/// The text column of a mail: 600 less its margins. Outlook knows no max-width.
const IMAGE_WIDTH_MAX: u32 = 536;
/// Pictures of a `srcset` that are wider are for screens that mail is not read on.
const SRCSET_WIDTH_MAX: u32 = 1200;

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

/// The width in `300x200`.
fn size_in_name(size: &str) -> Option<u32> {
    let (width, height) = size.split_once('x')?;
    height.parse::<u32>().ok()?;
    width.parse().ok()
}

pub(super) fn has_web_src(image: &NodeRef) -> bool {
    image.attr("src").is_some_and(|src| !src.trim_start().starts_with("data:"))
}

/// Finds an image's real source, and drops what only counts readers.
pub(super) fn mend_image(node: &NodeRef, links: &Links) {
    let alt = node.attr_or("alt", "").to_string();
    let src = node.attr_or("src", "").to_string();
    let class = node.attr_or("class", "").to_string();
    if class.contains("wp-smiley")
        || class.split(' ').any(|c| c == "emoji")
        || src.contains("/images/core/emoji/")
    {
        return replace_with_text(node, &alt);
    }
    let pixels = |name| {
        let value = node.attr(name)?;
        value.trim().trim_end_matches("px").parse::<f32>().ok().map(|value| value as u32)
    };
    let (mut width, height) = (pixels("width"), pixels("height"));
    let style = node.attr_or("style", "").replace(' ', "");
    let declared = |name: &str| {
        style.split(';').any(|part| part == format!("{name}:1px") || part == format!("{name}:0"))
    };
    if width.is_some_and(|px| px <= 2)
        || height.is_some_and(|px| px <= 2)
        || declared("width")
        || declared("height")
    {
        return node.remove_from_parent();
    }
    let chosen = best_source(node, src);
    let found = chosen.and_then(|(address, width)| Some((links.resolve(&address)?, width)));
    let Some((url, set_width)) = found.filter(|(url, _)| matches!(url.scheme(), "http" | "https")) else {
        return node.remove_from_parent();
    };
    if matches!(url.host_str(), Some("pixel.wp.com" | "stats.wordpress.com" | "feeds.feedburner.com")) {
        return node.remove_from_parent();
    }
    let stem = url.path().rsplit_once('.').map_or("", |(stem, _)| stem);
    let named = stem.rsplit_once('-').and_then(|(_, size)| size_in_name(size));
    width = width.or(named).or(set_width);
    node.remove_all_attrs();
    node.set_attr("src", url.as_str());
    node.set_attr("alt", alt.trim());
    if let Some(width) = width {
        node.set_attr("width", &width.min(IMAGE_WIDTH_MAX).to_string());
        if let Some(height) = height.filter(|_| width <= IMAGE_WIDTH_MAX) {
            node.set_attr("height", &height.to_string());
        }
    }
}

/// The address that shows most of an image, and its width where that is said: of a set, of what lazy loading hid,
/// its own, or of the `picture` around it.
fn best_source(node: &NodeRef, src: String) -> Option<(String, Option<u32>)> {
    let set =
        ["data-srcset", "data-lazy-srcset", "srcset"].iter().find_map(|name| best_of_set(&node.attr(name)?));
    let lazy = ["data-src", "data-lazy-src", "data-original", "data-orig-file", "data-litespeed-src"]
        .iter()
        .find_map(|name| node.attr(name).map(|value| value.to_string()));
    let plain = has_web_src(node).then_some(src).filter(|src| !src.trim().is_empty());
    // Of a `picture` whose image has no address of its own.
    let sibling = || {
        let parent = node.parent().filter(|parent| parent.has_name("picture"))?;
        let sources = parent.element_children();
        sources.iter().find_map(|source| best_of_set(&source.attr("srcset").or(source.attr("data-srcset"))?))
    };
    let known =
        |found: &Option<(String, Option<u32>)>| found.as_ref().is_some_and(|(_, width)| width.is_some());
    match (set, lazy, plain) {
        (set, _, _) if known(&set) => set,
        (_, Some(lazy), _) => Some((lazy, None)),
        (_, None, Some(plain)) => Some((plain, None)),
        (set, None, None) => set.or_else(sibling),
    }
}

/// The widest picture of a `srcset` that is no wider than mail needs, or else the narrowest.
fn best_of_set(set: &str) -> Option<(String, Option<u32>)> {
    // Addresses may hold commas: candidates end at a comma with a space behind it.
    let candidates: Vec<(String, Option<u32>)> = set
        .split(", ")
        .flat_map(|part| part.split(",\n"))
        .filter_map(|candidate| {
            let mut parts = candidate.split_whitespace();
            let address = parts.next()?.trim_end_matches(',').to_owned();
            let width =
                parts.next().and_then(|size| size.trim_end_matches(',').strip_suffix('w')?.parse().ok());
            (!address.starts_with("data:")).then_some((address, width))
        })
        .take(64)
        .collect();
    let fitting = candidates.iter().filter(|(_, width)| width.is_some_and(|px| px <= SRCSET_WIDTH_MAX));
    fitting
        .max_by_key(|(_, width)| *width)
        .or_else(|| candidates.iter().min_by_key(|(_, width)| *width))
        .cloned()
}
