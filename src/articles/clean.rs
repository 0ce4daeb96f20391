//! Article HTML made fit for mail: what lazy loading hid is shown, what mail clients can't show becomes a
//! link, what is not the article is dropped, and [`ammonia`]'s allow-list has the last word.
//!
//! Feeds are hostile until shown otherwise: nothing here may take time that grows with the square of the
//! input. What is parsed goes through [`html`](super::html), and all that is made of it grows with the text
//! alone: addresses, which are resolved against one that may be long, have a budget of their own.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use dom_query::{Document, NodeRef};
use url::Url;

use super::html::{self, TooComplicated};
use super::text;
use crate::domain::text::escape_html;

/// No article has more; what lies beyond is cut.
pub(super) const INPUT_BYTES_MAX: usize = 1_000_000;
/// No browser or mail client is sure to follow a longer address.
const URL_BYTES_MAX: usize = 4_096;
/// A longer one of the article itself is nothing to resolve others against.
const BASE_BYTES_MAX: usize = 2_048;
/// Columns or rows of one cell: each costs whoever lays the table out.
const SPAN_MAX: u32 = 100;
/// The text column of a mail: 600 less its margins. Outlook knows no max-width.
const IMAGE_WIDTH_MAX: u32 = 536;
/// Pictures of a `srcset` that are wider are for screens that mail is not read on.
const SRCSET_WIDTH_MAX: u32 = 1200;

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

/// What an article's addresses are relative to.
struct Links<'a> {
    base: &'a Url,
    /// The site alone, where the article's own address is too long.
    site: Option<Url>,
    /// Bytes of addresses that may still be written.
    left: Cell<Option<usize>>,
}

impl<'a> Links<'a> {
    fn new(base: &'a Url, html: &str) -> Links<'a> {
        let long = base.as_str().len() > BASE_BYTES_MAX;
        let site = long.then(|| base.join("/").ok()).flatten();
        Links { base, site, left: Cell::new(Some(1_000_000 + 2 * html.len())) }
    }

    fn base(&self) -> &Url {
        self.site.as_ref().unwrap_or(self.base)
    }

    /// A whole address; `None` where it is none, or too long to be of use.
    fn resolve(&self, address: &str) -> Option<Url> {
        let address = address.trim();
        if address.is_empty() || address.len() > URL_BYTES_MAX {
            return None;
        }
        self.write(self.base().join(address).ok()?)
    }

    fn write(&self, url: Url) -> Option<Url> {
        let left = self.left.get()?.checked_sub(url.as_str().len());
        self.left.set(left);
        left.map(|_| url).filter(|url| url.as_str().len() <= URL_BYTES_MAX)
    }

    fn verdict(&self) -> Result<(), TooComplicated> {
        match self.left.get() {
            Some(_) => Ok(()),
            None => Err(TooComplicated::new("its links are longer than all of its text")),
        }
    }
}

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

/// As much of cleaned HTML as fits into `bytes_max`, cut behind a block.
pub fn shorten(cleaned: &str, bytes_max: usize) -> String {
    if let Ok(document) = html::fragment(cleaned)
        && let Some(root) = document.root().first_element_child()
    {
        keep_first(&root, bytes_max);
        let kept = root.inner_html().to_string();
        if kept.len() <= bytes_max && !kept.trim().is_empty() {
            return kept;
        }
    }
    // One block without end: its first words. An escaped sign takes six bytes at most.
    let words = text::excerpt(cleaned, (bytes_max / 8).min(2000));
    if words.is_empty() { words } else { format!("<p>{}</p>", escape_html(&words)) }
}

/// Keeps the children that fit; goes into the first that does not, where it is a list, a quote or a table.
fn keep_first(node: &NodeRef, bytes_max: usize) {
    let mut used = 0;
    let mut children = node.children().into_iter();
    for child in children.by_ref() {
        let bytes = child.html().len();
        if used + bytes <= bytes_max {
            used += bytes;
            continue;
        }
        let can_be_cut = matches!(
            child.node_name().as_deref(),
            Some("ul" | "ol" | "dl" | "blockquote" | "table" | "tbody")
        );
        // The container's own tags take some of the room.
        let room = (bytes_max - used).saturating_sub(bytes - child.inner_html().len());
        if can_be_cut {
            keep_first(&child, room);
        }
        if !can_be_cut || child.first_child().is_none() {
            child.remove_from_parent();
        }
        break;
    }
    for child in children {
        child.remove_from_parent();
    }
}

fn elements<'a>(root: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    root.descendants().into_iter().filter(NodeRef::is_element).collect()
}

/// The words of a node on one line.
fn words(node: &NodeRef) -> String {
    node.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands in `noscript` takes the place of the lazy image before it.
fn show_noscript(root: &NodeRef) {
    // From the end, so that one within another is gone before it.
    for node in elements(root).into_iter().rev().filter(|node| node.has_name("noscript")) {
        if elements(&node).iter().any(|inner| inner.has_name("img"))
            && let Some(before) = node.prev_element_sibling()
            && before.has_name("img")
            && (before.has_attr("data-src") || before.has_attr("data-lazy-src") || !has_web_src(&before))
        {
            before.remove_from_parent();
        }
        // Markup that was escaped once too often is no text for readers.
        let is_escaped = node.first_element_child().is_none() && node.text().contains('<');
        for child in node.children().into_iter().filter(|_| !is_escaped) {
            node.insert_before(&child.id);
        }
        node.remove_from_parent();
    }
}

fn has_web_src(image: &NodeRef) -> bool {
    image.attr("src").is_some_and(|src| !src.trim_start().starts_with("data:"))
}

/// The site's own subscribe box, share buttons and related posts; "The post … appeared first on …".
fn drop_boxes(document: &Document) {
    document
        .select(
            "[class*='jetpack-subscriptions'], .jetpack_subscription_widget, .sharedaddy, .jp-relatedposts, \
             .mc4wp-form, .wpcf7, .wp-block-button__subscribe",
        )
        .remove();
    for node in document.select("[class*='subscribe'], [class*='newsletter'], [class*='signup']").nodes() {
        let asks =
            elements(node).iter().any(|inner| matches!(inner.node_name().as_deref(), Some("form" | "input")));
        // A short text only: a class of the whole article may hold the word, too.
        if asks && node.text().len() < 800 {
            node.remove_from_parent();
        }
    }
    for node in document.select("p, h1, h2, h3, h4, h5, h6, div").nodes() {
        if node.text().len() > 600 {
            continue;
        }
        let said = words(node);
        let starts = ["The post ", "The article ", "The entry "].iter().any(|start| said.starts_with(start));
        if starts && said.contains(" appeared first on ") {
            node.remove_from_parent();
        } else if said.starts_with("Discover more from ")
            && let Some(next) = node.next_element_sibling()
            && words(&next).starts_with("Subscribe to get the latest posts sent to your email")
        {
            next.remove_from_parent();
            node.remove_from_parent();
        }
    }
}

fn drop_elements(document: &Document) {
    document
        .select(
            "script, style, template, form, button, input, select, textarea, svg, math, canvas, head, link, \
             meta, base, title, dialog, [hidden], [style*='display:none'], [style*='display: none']",
        )
        .remove();
}

/// A player becomes a paragraph with a link, and YouTube's with its picture.
fn replace_player(node: &NodeRef, links: &Links) {
    let name = node.node_name().unwrap_or_default();
    let source = ["src", "data-src", "data-lazy-src", "data", "data-litespeed-src"]
        .iter()
        .filter_map(|name| links.resolve(&node.attr(name)?))
        .find(|url| matches!(url.scheme(), "http" | "https"));
    let tiny =
        |name| node.attr(name).and_then(|value| value.trim().parse::<u32>().ok()).is_some_and(|px| px <= 2);
    if tiny("width") || tiny("height") {
        return node.remove_from_parent();
    }
    let (link, picture, verb) = match (&*name, source) {
        ("video", _) => {
            (links.base().clone(), node.attr("poster").and_then(|poster| links.resolve(&poster)), "Watch")
        }
        ("audio", _) => (links.base().clone(), None, "Listen"),
        ("amp-youtube", _) => match node.attr("data-videoid").and_then(|id| youtube(&id)) {
            Some((watch, picture)) => (watch, Some(picture), "Watch"),
            None => return node.remove_from_parent(),
        },
        (_, Some(source)) => match player_page(&source) {
            Some(found) => found,
            None => return node.remove_from_parent(),
        },
        (_, None) => return node.remove_from_parent(),
    };
    let host = link.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    let Some(link) = links.write(link) else { return node.remove_from_parent() };
    let paragraph = node.tree.new_element("p");
    let linked = |inner: &NodeRef| {
        let element = node.tree.new_element("a");
        element.set_attr("href", link.as_str());
        element.append_child(&inner.id);
        paragraph.append_child(&element.id);
    };
    if let Some(picture) = picture.filter(|url| matches!(url.scheme(), "http" | "https")) {
        let image = node.tree.new_element("img");
        image.set_attr("src", picture.as_str());
        image.set_attr("alt", "Video");
        image.set_attr("width", "480");
        linked(&image);
        paragraph.append_child(&node.tree.new_element("br").id);
    }
    linked(&node.tree.new_text(format!("{verb} on {host}")));
    node.replace_with(&paragraph.id);
}

/// The page for people that an embedded player stands for: its address, picture and verb.
fn player_page(source: &Url) -> Option<(Url, Option<Url>, &'static str)> {
    let host = source.host_str()?.trim_start_matches("www.");
    let last = source.path_segments()?.rfind(|part| !part.is_empty()).unwrap_or_default();
    match host {
        "youtube.com" | "youtube-nocookie.com" | "youtu.be" => {
            if let Some((watch, picture)) = youtube(last) {
                return Some((watch, Some(picture), "Watch"));
            }
            Some((source.clone(), None, "Watch"))
        }
        "player.vimeo.com" if !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()) => {
            Some((Url::parse(&format!("https://vimeo.com/{last}")).ok()?, None, "Watch"))
        }
        "googletagmanager.com" | "doubleclick.net" | "googlesyndication.com" => None,
        "w.soundcloud.com"
        | "open.spotify.com"
        | "embed.podcasts.apple.com"
        | "omny.fm"
        | "embed.acast.com" => Some((source.clone(), None, "Listen")),
        "dailymotion.com" | "facebook.com" | "player.twitch.tv" | "videopress.com" | "tiktok.com" => {
            Some((source.clone(), None, "Watch"))
        }
        _ => Some((source.clone(), None, "Open")),
    }
}

/// A video's page and its picture.
fn youtube(id: &str) -> Option<(Url, Url)> {
    let fits = id.len() == 11 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let url = |text: String| Url::parse(&text).ok();
    fits.then_some(())?;
    Some((
        url(format!("https://www.youtube.com/watch?v={id}"))?,
        url(format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg"))?,
    ))
}

fn mend_link(node: &NodeRef, links: &Links) {
    let url = node.attr("href").and_then(|href| links.resolve(&href));
    match url.filter(|url| matches!(url.scheme(), "http" | "https" | "mailto")) {
        Some(url) => node.set_attr("href", url.as_str()),
        None => node.remove_attr("href"),
    }
}

/// A cell that spans more than any table of a mail has is one that was made to be laid out for ever.
fn mend_spans(node: &NodeRef) {
    for name in ["colspan", "rowspan"] {
        let Some(value) = node.attr(name) else { continue };
        match value.trim().parse::<u32>() {
            Ok(2..=SPAN_MAX) => {}
            Ok(span) if span > SPAN_MAX => node.set_attr(name, &SPAN_MAX.to_string()),
            _ => node.remove_attr(name),
        }
    }
}

/// Puts text in an element's place.
fn replace_with_text(node: &NodeRef, text: &str) {
    node.replace_with(&node.tree.new_text(text).id);
}

/// Finds an image's real source, and drops what only counts readers.
fn mend_image(node: &NodeRef, links: &Links) {
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
    let chosen = match (set, lazy, plain) {
        (set, _, _) if known(&set) => set,
        (_, Some(lazy), _) => Some((lazy, None)),
        (_, None, Some(plain)) => Some((plain, None)),
        (set, None, None) => set.or_else(sibling),
    };
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

/// Shortcodes that leaked into the text, and "[…]" at an excerpt's end.
fn mend_texts(root: &NodeRef) {
    for node in root.descendants().into_iter().filter(NodeRef::is_text) {
        let text = node.text();
        if !text.contains('[')
            || node.ancestors(None).iter().any(|up| up.has_name("pre") || up.has_name("code"))
        {
            continue;
        }
        let mended = without_shortcodes(&text).replace("[…]", "…").replace("[...]", "…");
        if *mended != *text {
            replace_with_text(&node, &mended);
        }
    }
}

/// Only names that are known to be shortcodes go: "[sic]" is text.
fn without_shortcodes(text: &str) -> String {
    const NAMES: [&str; 14] = [
        "caption",
        "wp_caption",
        "gallery",
        "embed",
        "audio",
        "video",
        "playlist",
        "youtube",
        "vimeo",
        "contact-form-7",
        "contact-form",
        "shortcode",
        "ads",
        "adsense",
    ];
    const STARTS: [&str; 8] = ["vc_", "et_pb_", "fusion_", "av_", "su_", "elementor-", "wpforms", "mc4wp_"];
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let inner = from[1..].trim_start_matches('/');
        let name: &str = inner
            .split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')))
            .next()
            .unwrap_or_default();
        let known = NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start));
        if !known {
            kept.push('[');
            rest = &from[1..];
            continue;
        }
        match from.find(']') {
            Some(end) => rest = &from[end + 1..],
            None => {
                kept.push_str(from);
                return kept;
            }
        }
    }
    kept.push_str(rest);
    kept
}

const BLOCKS: [&str; 22] = [
    "p",
    "div",
    "section",
    "article",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "figure",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "aside",
    "header",
    "footer",
    "main",
];

/// Boxes without blocks in them become paragraphs, so that their texts do not run together.
fn mend_block(node: &NodeRef) {
    match node.node_name().as_deref() {
        Some(
            "div" | "section" | "article" | "aside" | "header" | "footer" | "main" | "center" | "address"
            | "summary",
        ) => {
            let inner = node.element_children();
            let is_block = |child: &NodeRef| child.node_name().is_some_and(|name| BLOCKS.contains(&&*name));
            let in_cell = node.parent().is_some_and(|up| {
                matches!(
                    up.node_name().as_deref(),
                    Some("li" | "td" | "th" | "figure" | "figcaption" | "p" | "a")
                )
            });
            if !in_cell && !inner.iter().any(is_block) {
                node.rename("p");
            }
        }
        // The mail's title is the only one of its rank.
        Some("h1") => node.rename("h2"),
        _ => {}
    }
}

/// Paragraphs, headings and the like with nothing to see. From the end, so that what only held them goes too.
fn drop_empty(root: &NodeRef) {
    // Node by node from the leaves: each knows whether something below it is seen.
    let nodes = elements(root);
    let mut seen = HashSet::new();
    for node in nodes.iter().rev() {
        let name = node.node_name();
        let name = name.as_deref().unwrap_or_default();
        let shows = matches!(name, "img" | "hr")
            || node.children_it(false).any(|child| {
                if child.is_text() { !child.text().trim().is_empty() } else { seen.contains(&child.id) }
            });
        if shows {
            seen.insert(node.id);
        } else if matches!(
            name,
            "p" | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "figure"
                | "figcaption"
                | "li"
                | "ul"
                | "ol"
                | "a"
                | "blockquote"
                | "strong"
                | "em"
                | "b"
                | "i"
                | "table"
        ) {
            node.remove_from_parent();
        }
    }
}

static ALLOWED: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "dfn",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ];
    let attributes: HashMap<&str, HashSet<&str>> = [
        ("a", vec!["href"]),
        ("img", vec!["src", "alt", "width", "height"]),
        ("td", vec!["colspan", "rowspan"]),
        ("th", vec!["colspan", "rowspan"]),
        ("ol", vec!["start", "reversed"]),
        ("li", vec!["value"]),
        ("bdo", vec!["dir"]),
    ]
    .into_iter()
    .map(|(tag, names)| (tag, names.into_iter().collect()))
    .collect();
    let silenced = [
        "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "textarea", "select",
        "title", "button", "form", "video", "audio", "canvas",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(tags.into_iter().collect())
        .clean_content_tags(silenced.into_iter().collect())
        .tag_attributes(attributes)
        .generic_attributes(["dir", "lang"].into_iter().collect())
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|tag, name, value| {
            // A picture's address must be on the web; `mailto:` is for links.
            (tag != "img" || name != "src" || value.starts_with("http")).then_some(value.into())
        });
    builder
});

#[cfg(test)]
mod tests {
    use super::*;

    fn try_clean(html: &str) -> Result<String, TooComplicated> {
        email_html(html, &Url::parse("https://harbour.example/2026/11/ships/?p=7").unwrap())
    }

    fn cleaned(html: &str) -> String {
        try_clean(html).unwrap()
    }

    #[test]
    fn lazy_images_are_shown_once() {
        let lazy = r#"<p>One</p><img class="lazy" src="data:image/gif;base64,R0lG" data-src="/a.jpg" alt="A quay"
            width="1200" height="800"><noscript><img src="/a.jpg" alt="A quay" width="1200" height="800"></noscript>"#;
        assert_eq!(
            cleaned(lazy),
            r#"<p>One</p><img src="https://harbour.example/a.jpg" alt="A quay" width="536">"#
        );
        let set = r#"<img src="a-150x100.jpg" srcset="a-150x100.jpg 150w, a-1024x683.jpg 1024w, a.jpg 2400w" alt="">"#;
        assert_eq!(
            cleaned(set),
            r#"<img src="https://harbour.example/2026/11/ships/a-1024x683.jpg" alt="" width="536">"#
        );
        let only = r#"<picture><source srcset="b.webp 800w"><img alt="B" src=""></picture>"#;
        assert_eq!(
            cleaned(only),
            r#"<img src="https://harbour.example/2026/11/ships/b.webp" alt="B" width="536">"#
        );
        assert_eq!(
            cleaned(r#"<img src="//cdn.example/c.png" width="90" height="60">"#),
            r#"<img src="https://cdn.example/c.png" alt="" width="90" height="60">"#
        );
    }

    #[test]
    fn only_links_and_images_of_the_web_survive() {
        assert_eq!(
            cleaned(
                r#"<a href="/x?a=1&amp;b=2" onclick="y()" class="k" style="color:red">x</a><a href="javascript:z()">z</a>
                   <a href="mailto:ed@harbour.example">m</a><img src="javascript:1" alt="no"><img src="data:image/png;base64,AA">
                   <img src="mailto:a@b.example">"#
            )
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
            r#"<a href="https://harbour.example/x?a=1&amp;b=2">x</a><a>z</a> <a href="mailto:ed@harbour.example">m</a>"#
        );
    }

    #[test]
    fn players_become_links() {
        assert_eq!(
            cleaned(
                r#"<iframe src="https://www.youtube.com/embed/abcdefghijk?feature=oembed" width="560"></iframe>"#
            ),
            concat!(
                r#"<p><a href="https://www.youtube.com/watch?v=abcdefghijk"><img src="https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg" alt="Video" width="480"></a><br>"#,
                r#"<a href="https://www.youtube.com/watch?v=abcdefghijk">Watch on youtube.com</a></p>"#
            )
        );
        assert_eq!(
            cleaned(r#"<iframe data-src="https://player.vimeo.com/video/4711"></iframe>"#),
            r#"<p><a href="https://vimeo.com/4711">Watch on vimeo.com</a></p>"#
        );
        assert_eq!(
            cleaned("<audio controls><source src=a.mp3></audio>"),
            r#"<p><a href="https://harbour.example/2026/11/ships/?p=7">Listen on harbour.example</a></p>"#
        );
        assert_eq!(
            cleaned(r#"<iframe src="https://www.googletagmanager.com/ns.html" height="0"></iframe>"#),
            ""
        );
    }

    #[test]
    fn what_is_not_the_article_is_dropped() {
        let html = r#"<p>Text [sic] [caption id="a_1" width="300"]quay[/caption]</p>
            <img src="https://stats.example/p.gif" width="1" height="1"><script>a()</script><style>p{}</style>
            <form><p>Name</p><input></form><button>Like</button>
            <div class="wp-block-jetpack-subscriptions"><p>Type your email…</p></div>
            <div class="site-newsletter-box"><h3>Join us</h3><input type="email"></div>
            <h3>Discover more from Harbour News</h3><p>Subscribe to get the latest posts sent to your email.</p>
            <p>The post <a href="/a">Ships</a> appeared first on <a href="/">Harbour News</a>.</p><p>&nbsp;</p>"#;
        assert_eq!(cleaned(html), "<p>Text [sic] quay</p>");
        assert_eq!(
            cleaned(
                r#"<p>Fine <img src="https://s.w.org/images/core/emoji/15/72x72/1f6a2.png" alt="🚢" class="wp-smiley"></p>"#
            ),
            "<p>Fine 🚢</p>"
        );
        assert_eq!(cleaned("<p>It goes on [&hellip;]</p>"), "<p>It goes on …</p>");
    }

    #[test]
    fn structure_stays_and_boxes_become_paragraphs() {
        let html = "<div><div>One</div><h1 id=x>Two</h1><div>Three <b>b</b></div></div><ul><li>a<li>b</ul>\
                    <figure class=f><img src=https://a.example/b.jpg><figcaption>Cap</figcaption></figure>\
                    <pre><code>[caption] x &lt; y</code></pre><blockquote><p>q</p></blockquote>\
                    <table width=900 style='x'><tr><td colspan=2 bgcolor=red>c</td></tr></table>";
        assert_eq!(
            cleaned(html),
            "<p>One</p><h2>Two</h2><p>Three <b>b</b></p><ul><li>a</li><li>b</li></ul>\
             <figure><img src=\"https://a.example/b.jpg\" alt=\"\"><figcaption>Cap</figcaption></figure>\
             <pre><code>[caption] x &lt; y</code></pre><blockquote><p>q</p></blockquote>\
             <table><tbody><tr><td colspan=\"2\">c</td></tr></tbody></table>"
        );
    }

    fn unclosed(name: &str, count: usize) -> String {
        (0..count).map(|n| format!("<{name} id={n}>")).collect()
    }

    /// The next paragraph ends this one, and not what is open in it.
    fn in_a_paragraph(name: &str, count: usize) -> String {
        format!("<p>{}", unclosed(name, count))
    }

    #[test]
    fn html_that_is_more_than_it_says_is_not_read() {
        let why = |html: &str| try_clean(html).unwrap_err().to_string();
        let bomb = in_a_paragraph("b", 245) + &"<p>x".repeat(5_800);
        assert_eq!(bomb.len(), 25_543);
        assert_eq!(
            why(&bomb),
            "Its HTML is too complicated to read: more than 17,771 elements from 26 kB. Shorten it, or send a link"
        );
        assert!(why(&"<div>".repeat(300)).contains("elements within each other"));
        assert!(why(&format!("<p{}>", " a".repeat(600))).contains("more than 512 attributes"));
        let repeated = format!("<p><b title='{}'>", "t".repeat(10_000)) + &"<p>x".repeat(100);
        assert!(why(&format!("<a href='{}'>x</a>", "%20&".repeat(225_000))).contains("full of & signs"));
        assert!(why(&repeated).contains("repeat themselves"), "{}", why(&repeated));
        // Careless, but an article.
        let careless = in_a_paragraph("font", 8) + &"<p>x".repeat(500);
        assert_eq!(cleaned(&careless).matches("<p>").count(), 500);
        let wide = "<table>".to_owned() + &"<tr><td colspan=900 rowspan=99999>x<td colspan=x>y".repeat(40);
        assert!(
            cleaned(&wide).starts_with("<table><tbody><tr><td colspan=\"100\" rowspan=\"100\">x</td><td>y")
        );
    }

    #[test]
    fn an_address_is_resolved_against_no_novel() {
        let base = Url::parse(&format!("https://harbour.example/{}/", "x".repeat(900_000))).unwrap();
        let html = "<a href=/y>y</a><a href=z>z</a><audio></audio>".repeat(1_000);
        let start = std::time::Instant::now();
        let cleaned = email_html(&html, &base).unwrap();
        assert!(cleaned.starts_with("<a href=\"https://harbour.example/y\">y</a>"), "{}", &cleaned[..80]);
        assert!(cleaned.len() < 400_000 && start.elapsed().as_secs() < 10, "{}", cleaned.len());
        let base = Url::parse(&format!("https://harbour.example/{}/", "x".repeat(2_000))).unwrap();
        let error = email_html(&"<a href=x>y</a>".repeat(60_000), &base).unwrap_err();
        assert!(error.to_string().contains("links are longer"), "{error}");
    }

    #[test]
    fn a_hostile_document_costs_no_more_than_its_length() {
        let attributes: String = (0..25_000).map(|n| format!(" a{n}")).collect();
        for html in [
            "<div>".repeat(50_000),
            "<b><p>".repeat(37_500),
            "<a><table><tr><td>".repeat(12_500),
            format!("<p{attributes}>x</p>"),
            format!("<p a=\"x{attributes}"),
            format!("<p \"x{attributes}>x</p>"),
            "<![CDATA[".repeat(25_000),
            "[caption ".repeat(25_000),
            "<!--".repeat(50_000),
            "<p><img src=x>".repeat(15_000),
            "<p>x<div class=subscribe>".repeat(5_000),
            // Each paragraph has all of the open ones again.
            in_a_paragraph("b", 245) + &"<p>x".repeat(12_500),
            in_a_paragraph("font", 245) + &"</p>".repeat(12_500),
            unclosed("a", 245) + "<table>" + &"<tr><td>x".repeat(12_500),
            in_a_paragraph("i", 60) + &"<ul><li>x</ul>".repeat(5_000),
            format!("<p><b title='{}'>", "t".repeat(10_000)) + &"<p>x".repeat(10_000),
            // They are open only once their boxes are paragraphs.
            "<div>".to_owned() + &unclosed("b", 200) + &"<div>x</div>".repeat(10_000),
            "<object>".repeat(200) + &"<b id=1></object>".repeat(10_000),
            // Closed in the wrong order.
            "<b><i><u><s><div></b></i></u></s>".repeat(5_000),
            "<a><nobr><div></a></nobr>".repeat(5_000),
            // What does not belong into a table is put before it.
            "<table>".to_owned() + &"<br>x".repeat(25_000),
            "<table>".repeat(12_500),
            "<table><td>".repeat(200) + &"<p>x".repeat(25_000),
            (0..12_500).map(|n| format!("<body a{n}><html b{n}>")).collect(),
            (0..25_000).map(|n| format!("<p a{n}>")).collect(),
            format!("<!--<a b=\"--><p{attributes}>x"),
            format!("<textarea><a b='</textarea><p{attributes}>x"),
            format!("<noscript>{}{}</noscript>", in_a_paragraph("b", 60), "<p>x".repeat(100)).repeat(500),
            "<noscript>".repeat(12_500),
            "<noscript><!--</noscript>".to_owned() + &in_a_paragraph("b", 245) + &"<p>x".repeat(12_500),
            "<template>".repeat(12_500),
            "<svg>".repeat(25_000),
            "<svg><foreignObject>".repeat(10_000),
            "<select><option>".repeat(12_500),
            "<form><button>".repeat(12_500),
            "<audio>".repeat(25_000),
            "<iframe src=x></iframe>".repeat(10_000),
            "<ruby><rb><rt>".repeat(12_500),
            "<frameset>".repeat(25_000),
            "<![CDATA[<p>".repeat(20_000),
            "<".repeat(60_000),
            "&".repeat(225_000),
            "&amp".repeat(50_000),
            "\"'`=/> ".repeat(25_000),
            "[caption][".repeat(22_500),
            format!("<a href='{}'>x</a>", "%20&".repeat(56_250)),
            format!("<img src=x alt='{}'>", "%20&".repeat(56_250)),
            format!("<img srcset='{}'>", "a.jpg 9w, ".repeat(22_500)),
            "<a href=x>y</a>".repeat(15_000),
            "x".repeat(225_000),
        ] {
            let start = std::time::Instant::now();
            let _ = try_clean(&html);
            let spent = start.elapsed();
            assert!(spent.as_secs() < 60, "{:?} {}", spent, &html[..40]);
        }
    }

    #[test]
    fn one_picture_is_known_in_every_size() {
        assert!(same_picture("https://a.example/u/b-300x200.jpg?w=9", "http://a.example/u/b-scaled.jpg"));
        assert!(same_picture(
            "https://i0.wp.com/a.example/u/b.jpg?ssl=1",
            "https://a.example/u/b-1024x683.jpg"
        ));
        assert!(!same_picture("https://a.example/u/b.jpg", "https://a.example/u/c.jpg"));
        let base = Url::parse("https://a.example/").unwrap();
        assert_eq!(
            first_image(&email_html("<p>x</p><img data-src=/b.jpg alt='B &amp; c'>", &base).unwrap()),
            Some(("https://a.example/b.jpg".to_owned(), "B & c".to_owned()))
        );
    }

    #[test]
    fn a_long_article_is_cut_behind_a_block() {
        let html = "<p>one</p><ul><li>a</li><li>b</li></ul><p>two</p>";
        assert_eq!(shorten(html, 1000), html);
        assert_eq!(shorten(html, 30), "<p>one</p><ul><li>a</li></ul>");
        assert_eq!(shorten(html, 12), "<p>one</p>");
        assert_eq!(shorten(html, 3), "");
    }
}
