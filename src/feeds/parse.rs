//! From bytes to items: character sets, what is no feed and why, and RSS, Atom and JSON Feed in one
//! shape. HTML stays as the feed gave it; making it fit for mail is the articles' part. It must
//! never fetch anything and never panic on what it reads.

use std::fmt;

use chrono::{DateTime, SubsecRound as _, Utc};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use feed_rs::model::{self, FeedType};
use quick_xml::events::Event;
use serde::Serialize;
use url::Url;

pub use super::bounds::ITEMS_READ_MAX;
use super::bounds::{self, Bounds};
pub use super::parse_error::ParseError;
use crate::articles::{html, text};
use crate::domain::text::{escape_html, visible};
use crate::locale::say;

const TITLE_CHARS_MAX: usize = 300;
/// A longer address is none: browsers and proxies cut it, and each link of an article would repeat it.
const URL_BYTES_MAX: usize = 2_048;

/// What a feed says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParsedFeed {
    pub kind: FeedKind,
    pub title: String,
    /// The page that the feed belongs to.
    pub home: Option<Url>,
    pub items: Vec<Item>,
}

/// The format of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum FeedKind {
    Rss,
    Atom,
    JsonFeed,
}

impl fmt::Display for FeedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FeedKind::Rss => "RSS",
            FeedKind::Atom => "Atom",
            FeedKind::JsonFeed => "JSON Feed",
        })
    }
}

/// One item as the feed gives it. Absent text is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Item {
    /// As written; `None` where the feed gives none.
    pub guid: Option<String>,
    pub link: Option<Url>,
    /// Plain text, never empty: an untitled item is named by its first words.
    pub title: String,
    pub author: String,
    pub published_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub summary_html: String,
    pub content_html: String,
    pub image: Option<Image>,
}

/// A picture that the feed names for an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Image {
    pub url: Url,
    pub alt: String,
}

/// Reads a document that came from `base` with the HTTP content type `content_type`.
pub fn parse(bytes: &[u8], content_type: Option<&str>, base: &Url) -> Result<ParsedFeed, ParseError> {
    let text = decode(bytes, content_type);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    if text.starts_with('{') {
        return parse_json(text, base);
    }
    if !text.starts_with('<') {
        return Err(ParseError::NotAFeed);
    }
    let text = repair_xml(without_declaration(text));
    check_xml(&text)?;
    let feed = read(&text, base)?;
    Ok(feed_of(feed, base))
}

/// Runs feed-rs, naming what it rejects.
fn read(text: &str, base: &Url) -> Result<model::Feed, ParseError> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(base.as_str()))
        // Only an identifier that the feed wrote itself identifies anything.
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .build();
    // feed-rs slices and unwraps inside authors and durations; what a stranger writes there must
    // cost this feed's poll, and not the process.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parser.parse(text.as_bytes())))
        .map_err(|_| ParseError::Damaged(say("feed-why-value").to_string()))?
        .map_err(|error| match error {
            feed_rs::parser::ParseFeedError::ParseError(feed_rs::parser::ParseErrorKind::NoFeedRoot) => {
                ParseError::NotAFeed
            }
            other => ParseError::Damaged(other.to_string()),
        })
}

fn parse_json(text: &str, base: &Url) -> Result<ParsedFeed, ParseError> {
    bounds::check_json(text)?;
    let mut json: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        if error.is_eof() { ParseError::Truncated } else { ParseError::Damaged(error.to_string()) }
    })?;
    if !json["version"].as_str().is_some_and(|v| v.starts_with("https://jsonfeed.org/version/1")) {
        return Err(ParseError::NotAFeed);
    }
    if json["items"].as_array().is_some_and(|items| items.len() > bounds::ITEMS_MAX) {
        return Err(ParseError::TooManyItems);
    }
    without_controls(&mut json);
    let mut images = Vec::new();
    for item in json["items"].as_array_mut().into_iter().flatten() {
        // Many sites write numbers here; the specification says to take them as text.
        if item["id"].is_number() {
            item["id"] = serde_json::Value::String(item["id"].to_string());
        }
        let image = item["image"].as_str().or(item["banner_image"].as_str());
        images.push(image.and_then(|url| web_url(url, base)).map(|url| Image { url, alt: String::new() }));
    }
    let mut feed = read(&json.to_string(), base)?;
    // The order of items is kept by feed-rs, so that the pictures find theirs.
    let entries = std::mem::take(&mut feed.entries);
    let mut parsed = feed_of(feed, base);
    let mut items: Vec<Item> =
        entries.into_iter().map(|entry| item_of(entry, FeedKind::JsonFeed, base)).collect();
    for (item, image) in items.iter_mut().zip(images) {
        item.image = item.image.take().or(image);
    }
    parsed.items = newest(items);
    Ok(parsed)
}

/// JSON can spell what decoding has dropped, and PostgreSQL keeps no NUL.
fn without_controls(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text) => text.retain(|c| !is_control(c)),
        serde_json::Value::Array(values) => values.iter_mut().for_each(without_controls),
        serde_json::Value::Object(values) => values.values_mut().for_each(without_controls),
        _ => {}
    }
}

/// The text of a document, whatever its character set, without control characters. UTF-8 that
/// decodes is believed over a label: no other set yields valid UTF-8 by accident.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let text = if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        encoding.decode_without_bom_handling(bytes.get(bom..).unwrap_or_default()).0
    } else {
        let utf16 = match bytes {
            [b'<', 0, ..] | [b'{', 0, ..] => Some(UTF_16LE),
            [0, b'<', ..] | [0, b'{', ..] => Some(UTF_16BE),
            _ => None,
        };
        let labels = [content_type.and_then(charset_of_header), charset_of_declaration(bytes)];
        let labelled = labels.into_iter().flatten().filter_map(|label| Encoding::for_label(label.as_bytes()));
        let utf8_first = (!bytes.is_ascii()).then_some(UTF_8);
        utf16
            .into_iter()
            .chain(utf8_first)
            .chain(labelled.filter(|e| *e != UTF_16LE && *e != UTF_16BE))
            .chain([UTF_8])
            .find_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes))
            .unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(bytes).0)
    };
    text.chars().filter(|c| !is_control(*c)).collect()
}

fn is_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn charset_of_header(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn charset_of_declaration(bytes: &[u8]) -> Option<String> {
    let start: String = bytes.iter().take(200).map(|byte| char::from(*byte)).collect();
    let declaration = start.trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let after = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.split(quote).nth(1).map(str::to_owned)
}

/// The declaration names the character set of bytes that are decoded by now.
fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, after)| after).trim_start(),
        None => text,
    }
}

/// Escapes ampersands that begin no entity and drops references to control characters, which
/// would otherwise cost the whole feed; CDATA and comments are left alone.
fn repair_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let verbatim =
            [("<![CDATA[", "]]>"), ("<!--", "-->")].into_iter().find(|(open, _)| rest.starts_with(open));
        if let Some((_, close)) = verbatim {
            let end = rest.find(close).map_or(rest.len(), |end| end + close.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if rest.starts_with('<') {
            out.push('<');
            rest = &rest[1..];
        } else {
            let name_len =
                rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(rest.len() - 1);
            let name = &rest[1..1 + name_len];
            if name.is_empty() || !rest[1 + name_len..].starts_with(';') {
                out.push_str("&amp;");
                rest = &rest[1..];
                continue;
            }
            let whole = &rest[..name_len + 2];
            match name.strip_prefix('#').map(character_of_reference) {
                None | Some(Some(_)) => out.push_str(whole),
                Some(None) => {}
            }
            rest = &rest[whole.len()..];
        }
    }
    out.push_str(rest);
    out
}

fn character_of_reference(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !is_control(*c))
}

/// Refuses what must not reach the feed parser, which recurses, keeps all that it reads, and stops at the
/// first oddity without saying which it was.
fn check_xml(text: &str) -> Result<(), ParseError> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().trim_markup_names_in_closing_tags = true;
    let mut bounds = Bounds::default();
    let mut root_seen = false;
    loop {
        match reader.read_event() {
            Ok(Event::DocType(doctype)) => {
                let name = doctype.trim_start().get(..4).unwrap_or_default();
                return Err(if name.eq_ignore_ascii_case("html") {
                    ParseError::WebPage
                } else {
                    ParseError::Doctype
                });
            }
            Ok(Event::Start(start)) => {
                if !root_seen {
                    check_root(start.local_name().as_ref())?;
                    root_seen = true;
                }
                bounds.element(start.local_name().as_ref(), &start)?;
                bounds.open()?;
            }
            Ok(Event::Empty(start)) => {
                if !root_seen {
                    check_root(start.local_name().as_ref())?;
                    root_seen = true;
                }
                bounds.element(start.local_name().as_ref(), &start)?;
            }
            Ok(Event::End(_)) => bounds.close(),
            Ok(Event::Eof) if bounds.is_open() => return Err(ParseError::Truncated),
            Ok(Event::Eof) if !root_seen => return Err(ParseError::NotAFeed),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            // A tag, comment or CDATA section that is cut off reaches to the very end.
            Err(quick_xml::Error::Syntax(_)) => return Err(ParseError::Truncated),
            Err(error) => return Err(ParseError::Damaged(error.to_string())),
        }
    }
}

fn check_root(name: &str) -> Result<(), ParseError> {
    match name {
        "rss" | "feed" | "RDF" => Ok(()),
        _ if name.eq_ignore_ascii_case("html") => Err(ParseError::WebPage),
        _ if ["head", "body", "script", "div", "meta", "title", "p"]
            .iter()
            .any(|tag| name.eq_ignore_ascii_case(tag)) =>
        {
            Err(ParseError::WebPage)
        }
        _ => Err(ParseError::NotAFeed),
    }
}

fn feed_of(feed: model::Feed, base: &Url) -> ParsedFeed {
    let kind = match feed.feed_type {
        FeedType::Atom => FeedKind::Atom,
        FeedType::JSON => FeedKind::JsonFeed,
        FeedType::RSS0 | FeedType::RSS1 | FeedType::RSS2 => FeedKind::Rss,
    };
    let home = feed
        .links
        .iter()
        .find(|link| matches!(link.rel.as_deref(), None | Some("alternate")) && !link.href.is_empty())
        .and_then(|link| web_url(&link.href, base));
    let title = feed.title.map(|title| plain_title(&title, kind)).unwrap_or_default();
    let items = feed.entries.into_iter().map(|entry| item_of(entry, kind, base)).collect();
    ParsedFeed { kind, title, home, items: newest(items) }
}

/// The newest [`ITEMS_READ_MAX`] items in the feed's order; undated ones count as new.
fn newest(mut items: Vec<Item>) -> Vec<Item> {
    if items.len() > ITEMS_READ_MAX {
        let mut dates: Vec<_> = items.iter().enumerate().map(|(at, item)| (item.published_at, at)).collect();
        dates.sort_by_key(|(date, at)| (date.map_or(i64::MIN, |date| -date.timestamp()), *at));
        let mut keep: Vec<bool> = vec![false; items.len()];
        for (_, at) in dates.into_iter().take(ITEMS_READ_MAX) {
            keep[at] = true;
        }
        let mut keep = keep.into_iter();
        items.retain(|_| keep.next().unwrap_or(false));
    }
    items
}

fn item_of(entry: model::Entry, kind: FeedKind, base: &Url) -> Item {
    let guid = Some(entry.id.trim()).filter(|guid| !guid.is_empty()).map(str::to_owned);
    let link = entry
        .links
        .iter()
        .find(|link| {
            link.target.is_none()
                && matches!(link.rel.as_deref(), None | Some("alternate"))
                && (kind != FeedKind::JsonFeed || link.media_type.is_none())
                && !link.href.is_empty()
        })
        .and_then(|link| web_url(&link.href, base))
        .or_else(|| guid.as_deref().and_then(absolute_web_url));
    let content_base = entry.base.as_deref().and_then(|xml_base| web_url(xml_base, base));
    let content_html = match entry.content {
        Some(content) => {
            let html = match content.body {
                Some(body) if content.content_type.subty().as_str() == "plain" => escape_html(&body),
                Some(body) => body,
                None => String::new(),
            };
            match content_base {
                Some(base) if Some(&base) != link.as_ref() => absolute_links(&html, &base),
                _ => html,
            }
        }
        None => String::new(),
    };
    let summary_html = match entry.summary {
        Some(summary) if summary.content_type.subty().as_str() == "plain" => escape_html(&summary.content),
        Some(summary) => summary.content,
        None => String::new(),
    };
    let mut title = entry.title.map(|title| plain_title(&title, kind)).unwrap_or_default();
    if title.is_empty() {
        title = first_words(&summary_html).or_else(|| first_words(&content_html)).unwrap_or_else(|| {
            link.as_ref().map_or_else(|| say("campaign-untitled").to_string(), |link| link.to_string())
        });
    }
    let image = image_of(&entry.media, &entry.links, base);
    let author = entry
        .authors
        .into_iter()
        .find_map(|person| person.name.filter(|name| !name.trim().is_empty()))
        .map(|name| one_line(&name))
        .unwrap_or_default();
    Item {
        guid,
        link,
        title,
        author,
        published_at: entry
            .published
            .or(if kind == FeedKind::Rss { None } else { entry.updated })
            .map(whole_micros),
        updated_at: entry.updated.map(whole_micros),
        summary_html: summary_html.trim().to_owned(),
        content_html: content_html.trim().to_owned(),
        image,
    }
}

/// Both databases keep whole microseconds.
fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

fn web_url(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    (text.len() <= URL_BYTES_MAX).then(|| base.join(text).ok()).flatten().filter(is_web)
}

fn absolute_web_url(text: &str) -> Option<Url> {
    let text = text.trim();
    (text.len() <= URL_BYTES_MAX).then(|| Url::parse(text).ok()).flatten().filter(is_web)
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host() && url.as_str().len() <= URL_BYTES_MAX
}

fn image_of(media: &[model::MediaObject], links: &[model::Link], base: &Url) -> Option<Image> {
    let looks = |path: &str| {
        let path = path.to_ascii_lowercase();
        [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"].iter().any(|end| path.ends_with(end))
    };
    for object in media {
        let alt = object
            .title
            .as_ref()
            .or(object.description.as_ref())
            .map(|text| one_line(&text_of(&text.content)));
        let content = object.content.iter().find_map(|content| {
            let url = content.url.clone()?;
            let by_type = content.content_type.as_ref().map(|kind| kind.ty().as_str() == "image");
            by_type.unwrap_or_else(|| looks(url.path())).then_some(url)
        });
        let thumbnail = || object.thumbnails.iter().find_map(|thumbnail| web_url(&thumbnail.image.uri, base));
        if let Some(url) = content.filter(is_web).or_else(thumbnail) {
            return Some(Image { url, alt: alt.unwrap_or_default() });
        }
    }
    links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("enclosure") || link.media_type.is_some())
        .find(|link| link.media_type.as_deref().is_some_and(|kind| kind.starts_with("image/")))
        .and_then(|link| web_url(&link.href, base))
        .map(|url| Image { url, alt: String::new() })
}

/// Resolves what is relative against an `xml:base` that differs from the item's own address, for
/// nobody downstream will know that base. HTML that is too complicated to read stays as it is: it is held
/// when it is to be mailed.
fn absolute_links(html: &str, base: &Url) -> String {
    if html.is_empty() {
        return String::new();
    }
    let Ok(document) = html::fragment(html) else { return html.to_owned() };
    let mut room = 1_000_000 + 2 * html.len();
    for (selector, attribute) in [("[href]", "href"), ("[src]", "src"), ("[data-src]", "data-src")] {
        for node in document.select(selector).iter() {
            let value = node.attr(attribute).unwrap_or_default();
            if value.len() <= URL_BYTES_MAX
                && Url::parse(&value).is_err()
                && !value.starts_with('#')
                && let Ok(url) = base.join(&value)
            {
                match room.checked_sub(url.as_str().len()) {
                    Some(left) => room = left,
                    None => return html.to_owned(),
                }
                node.set_attr(attribute, url.as_str());
            }
        }
    }
    document.root().inner_html().to_string()
}

/// A title as plain text. Atom says what its titles are; RSS does not, and holds text, HTML and
/// text escaped twice, so there only tags that HTML knows count as tags.
fn plain_title(title: &model::Text, kind: FeedKind) -> String {
    let html = title.content_type.subty().as_str() != "plain";
    let text = if html {
        decode_entities(&text_of(&title.content))
    } else if kind == FeedKind::Rss {
        let text = decode_entities(&title.content);
        if has_html_tag(&text) { text_of(&text) } else { decode_entities(&text) }
    } else {
        title.content.clone()
    };
    one_line(&text)
}

fn has_html_tag(text: &str) -> bool {
    const INLINE: &[&str] = &[
        "a", "abbr", "b", "bdi", "br", "cite", "code", "del", "em", "font", "i", "img", "ins", "mark", "p",
        "q", "s", "script", "small", "span", "strong", "style", "sub", "sup", "u", "wbr",
    ];
    text.split('<').skip(1).any(|after| {
        let after = after.strip_prefix('/').unwrap_or(after);
        let name_len = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        let (name, rest) = after.split_at(name_len);
        rest.contains('>')
            && rest.starts_with(['>', ' ', '/'])
            && INLINE.iter().any(|tag| name.eq_ignore_ascii_case(tag))
    })
}

/// Entities only; `<` stays what it is.
fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    match html::fragment(&text.replace('<', "&lt;")) {
        Ok(document) => document.text().to_string(),
        Err(_) => text.to_owned(),
    }
}

fn text_of(html: &str) -> String {
    let Ok(document) = html::fragment(html) else { return text::plain_text(html) };
    document.select("script, style").remove();
    document.text().to_string()
}

fn first_words(html: &str) -> Option<String> {
    let text = one_line(&text_of(html));
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

fn one_line(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_control(*c)).collect();
    let line = visible(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(TITLE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
