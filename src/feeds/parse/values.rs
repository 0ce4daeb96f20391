//! Values as items keep them: addresses that lead somewhere, titles and names on one line, plain text as HTML.

use url::Url;

use super::{CATEGORIES_MAX, CATEGORY_CHARS_MAX, TITLE_CHARS_MAX, URL_BYTES_MAX};
use crate::articles::{html, srcset, text};
use crate::domain::text::{escape_html, visible};
use crate::feeds::charset::is_control;

/// An address of the web as written, relative to `base`. Nothing written is no address.
pub(super) fn web_url(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= URL_BYTES_MAX;
    fits.then(|| base.join(text).ok()).flatten().filter(is_web)
}

pub(super) fn absolute_web_url(text: &str) -> Option<Url> {
    let text = text.trim();
    (text.len() <= URL_BYTES_MAX).then(|| Url::parse(text).ok()).flatten().filter(is_web)
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host() && url.as_str().len() <= URL_BYTES_MAX
}

/// What an attribute of HTML says, its addresses absolute; `None` where it holds none, or none that is relative.
pub(super) fn absolute(name: &str, value: &str, base: &Url) -> Option<String> {
    match name {
        "href" | "src" | "poster" | "data-src" | "data-lazy-src" | "data-original" | "cite" => {
            absolute_url(value, base)
        }
        "srcset" | "data-srcset" | "data-lazy-srcset" => {
            let candidates = srcset::candidates(value).into_iter().map(|(address, size)| {
                let url = absolute_url(address, base).unwrap_or_else(|| address.to_owned());
                format!("{url} {size}").trim_end().to_owned()
            });
            Some(candidates.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

fn absolute_url(value: &str, base: &Url) -> Option<String> {
    let value = value.trim();
    let is_relative = !value.is_empty() && !value.starts_with('#') && Url::parse(value).is_err();
    let fits = is_relative && value.len() <= URL_BYTES_MAX;
    fits.then(|| base.join(value).ok()).flatten().map(String::from)
}

/// Resolves what is relative against an `xml:base`, for nobody downstream will know that base. HTML that is too
/// complicated to read stays as it is: it is held when it is to be mailed.
pub(super) fn absolute_links(html: &str, base: &Url) -> String {
    if html.is_empty() {
        return String::new();
    }
    let Ok(document) = html::fragment(html) else { return html.to_owned() };
    let mut room = 1_000_000 + 2 * html.len();
    for node in document.select("*").nodes() {
        for attribute in node.attrs() {
            let name = &*attribute.name.local;
            let Some(url) = absolute(name, &attribute.value, base) else { continue };
            match room.checked_sub(url.len()) {
                Some(left) => room = left,
                None => return html.to_owned(),
            }
            node.set_attr(name, &url);
        }
    }
    document.root().inner_html().to_string()
}

/// Whether an address names a picture.
pub(super) fn names_picture(url: &Url) -> bool {
    ends_with(url, &[".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"])
}

/// Whether the path of an address ends in one of these.
pub(super) fn ends_with(url: &Url, ends: &[&str]) -> bool {
    let path = url.path().to_ascii_lowercase();
    ends.iter().any(|end| path.ends_with(end))
}

/// On one line, no longer than a title may be.
pub(super) fn one_line(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_control(*c)).collect();
    let line = visible(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(TITLE_CHARS_MAX).collect()
}

/// The line that HTML shows. Only tags that a line can have in HTML are tags: `Option<T>` is text.
pub(super) fn html_line(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return one_line(html);
    }
    let mut known = String::with_capacity(html.len());
    let mut parts = html.split('<');
    known.push_str(parts.next().unwrap_or_default());
    for part in parts {
        known.push_str(if begins_tag(part) { "<" } else { "&lt;" });
        known.push_str(part);
    }
    one_line(&text::plain_text(&known))
}

/// Whether what follows a `<` makes a tag of it.
fn begins_tag(after: &str) -> bool {
    let after = after.strip_prefix('/').unwrap_or(after);
    let name_len = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    let (name, rest) = after.split_at(name_len);
    rest.contains('>')
        && rest.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace())
        && is_tag_of_line(&name.to_ascii_lowercase())
}

/// Whether HTML has this element, and a line may hold it.
pub(super) fn is_tag_of_line(name: &str) -> bool {
    const TAGS: [&str; 52] = [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "center",
        "cite",
        "code",
        "del",
        "dfn",
        "div",
        "em",
        "font",
        "h1",
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
        "nobr",
        "p",
        "q",
        "ruby",
        "rp",
        "rt",
        "s",
        "samp",
        "script",
        "small",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ];
    TAGS.contains(&name)
}

/// The name of whoever is written as RSS has it, "lawyer@boyer.net (Lawyer Boyer)", or as mail has it, "Lawyer
/// Boyer <lawyer@boyer.net>". An address alone stays.
pub(super) fn person(written: &str) -> String {
    let line = html_line(written);
    let has_at = |text: &str| text.contains('@') && !text.trim().contains(' ');
    let in_brackets = |open: char, close: char| {
        let (before, after) = line.split_once(open)?;
        let inner = after.trim_end().strip_suffix(close)?;
        Some((before.trim(), inner.trim()))
    };
    for (open, close) in [('(', ')'), ('（', '）'), ('<', '>')] {
        match in_brackets(open, close) {
            Some((address, name)) if has_at(address) && !name.is_empty() => return name.to_owned(),
            Some((name, address)) if has_at(address) && !name.is_empty() => {
                return name.trim_matches('"').to_owned();
            }
            Some(("", inner)) if !inner.is_empty() && open != '<' => return inner.to_owned(),
            _ => {}
        }
    }
    line
}

/// Several names as one.
pub(super) fn names(names: impl IntoIterator<Item = String>) -> String {
    let mut known: Vec<String> = Vec::new();
    for name in names {
        if !name.is_empty() && !known.contains(&name) {
            known.push(name);
        }
    }
    one_line(&known.join(", "))
}

/// What an item is about, each once.
pub(super) fn categories(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for line in lines {
        let line: String = line.chars().take(CATEGORY_CHARS_MAX).collect();
        if !line.is_empty() && known.len() < CATEGORIES_MAX && !known.contains(&line) {
            known.push(line);
        }
    }
    known
}

/// Plain text as HTML: a blank line ends a paragraph. Single breaks are kept where the writer sees them.
pub(super) fn paragraphs(text: &str, keep_lines: bool) -> String {
    html_paragraphs(&escape_html(text), keep_lines)
}

/// The same of text that is HTML without elements.
pub(super) fn html_paragraphs(html: &str, keep_lines: bool) -> String {
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in html.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(open) if !line.is_empty() => open.push(line),
            Some(open) if !open.is_empty() => paragraphs.push(Vec::new()),
            _ => {}
        }
    }
    paragraphs.retain(|lines| !lines.is_empty());
    let glue = if keep_lines { "<br>" } else { "\n" };
    match paragraphs.as_slice() {
        [] => String::new(),
        [one] => one.join(glue),
        several => several.iter().map(|lines| format!("<p>{}</p>", lines.join(glue))).collect(),
    }
}

/// The first words of HTML, for what has no title.
pub(super) fn first_words(html: &str) -> Option<String> {
    let text = one_line(&text::plain_text(html));
    let mut words = String::new();
    for word in text.split(' ') {
        if words.chars().count() + word.chars().count() > 60 {
            if words.is_empty() {
                words = word.chars().take(60).collect();
            }
            words.push('…');
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    (!words.is_empty()).then_some(words)
}
