//! From bytes to items: what is no feed and why, and RSS, Atom and JSON Feed in one shape. HTML stays as the feed gave
//! it; making it fit for mail is the articles' part. It must never fetch anything and never panic on what it reads.

mod json;
mod syndication;
mod values;
mod xml;

use std::fmt;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::Serialize;
use url::Url;

pub use super::bounds::ITEMS_READ_MAX;
use super::charset;
pub use super::parse_error::ParseError;
use crate::domain::feed_rule::ArticleFacts;
use crate::domain::text::escape_html;
use crate::locale::say;

/// Raised whenever the same document yields other items, or other names of them: see `identity::Memory`.
pub const READER: i64 = 1;

const TITLE_CHARS_MAX: usize = 300;
/// Categories of one item, and the longest of them in characters.
const CATEGORIES_MAX: usize = 50;
const CATEGORY_CHARS_MAX: usize = 100;
/// A longer address is none: browsers and proxies cut it, and each link of an article would repeat it.
const URL_BYTES_MAX: usize = 2_048;

/// What a feed says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParsedFeed {
    pub kind: FeedKind,
    pub title: String,
    /// The page that the feed belongs to.
    pub home: Option<Url>,
    /// Where it says that whoever subscribes is told of what is new (WebSub), and what it calls itself there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Url>,
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
    /// What it is about.
    pub categories: Vec<String>,
    pub image: Option<Image>,
    pub enclosure: Option<Enclosure>,
}

impl Item {
    /// What the conditions of a rule ask about it.
    pub fn facts(&self) -> ArticleFacts<'_> {
        ArticleFacts { title: &self.title, author: &self.author, categories: &self.categories }
    }
}

/// A picture that the feed names for an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Image {
    pub url: Url,
    pub alt: String,
}

impl Image {
    /// A picture at an address as written, relative to `base`; the text may hold HTML.
    pub(super) fn new(address: &str, base: &Url, alt: &str) -> Option<Image> {
        Some(Image { url: values::web_url(address, base)?, alt: values::html_line(alt) })
    }
}

/// A file to listen to, to watch or to keep, that the feed attaches to an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enclosure {
    pub url: Url,
    pub kind: EnclosureKind,
    pub bytes: Option<u64>,
    pub seconds: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum EnclosureKind {
    Audio,
    Video,
    File,
}

impl Enclosure {
    /// `media_type` may be its first half alone. An image is none: it is shown.
    fn new(url: Url, media_type: &str, bytes: Option<u64>, seconds: Option<u32>) -> Option<Enclosure> {
        let ends = |ends: &[&str]| values::ends_with(&url, ends);
        let kind = match media_type.trim().to_ascii_lowercase().split('/').next().unwrap_or_default() {
            "image" => return None,
            "audio" => EnclosureKind::Audio,
            "video" => EnclosureKind::Video,
            _ if ends(&[".mp3", ".m4a", ".ogg", ".oga", ".opus", ".aac", ".flac", ".wav"]) => {
                EnclosureKind::Audio
            }
            _ if ends(&[".mp4", ".m4v", ".webm", ".mov", ".ogv"]) => EnclosureKind::Video,
            _ if values::names_picture(&url) || ends(&[".svg"]) => return None,
            "application" => EnclosureKind::File,
            _ => return None,
        };
        let (bytes, seconds) = (bytes.filter(|bytes| *bytes > 0), seconds.filter(|seconds| *seconds > 0));
        Some(Enclosure { url, kind, bytes, seconds })
    }

    /// As an element of HTML, which becomes a link when the article is made fit for mail.
    fn html(&self) -> String {
        let tag = match self.kind {
            EnclosureKind::Audio => "audio",
            EnclosureKind::Video => "video",
            EnclosureKind::File => "object",
        };
        let source = if self.kind == EnclosureKind::File { "data" } else { "src" };
        let mut attributes = format!("{source}=\"{}\" data-enclosure=\"\"", escape_html(self.url.as_str()));
        if let Some(bytes) = self.bytes {
            attributes.push_str(&format!(" data-bytes=\"{bytes}\""));
        }
        if let Some(seconds) = self.seconds {
            attributes.push_str(&format!(" data-seconds=\"{seconds}\""));
        }
        format!("<{tag} {attributes}></{tag}>")
    }
}

/// Reads a document that came from `from` with the HTTP content type `content_type`.
pub fn parse(bytes: &[u8], content_type: Option<&str>, from: &Url) -> Result<ParsedFeed, ParseError> {
    let text = charset::decode(bytes, content_type);
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).trim_end();
    let mut feed = match text.chars().next() {
        None => return Err(ParseError::Empty),
        Some('{') => json::read(text, from)?,
        Some('<') => syndication::read(text, from)?,
        Some(_) => return Err(ParseError::NotAFeed),
    };
    feed.items = newest(feed.items);
    for item in &mut feed.items {
        finish(item);
    }
    Ok(feed)
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

/// What holds for every format.
fn finish(item: &mut Item) {
    if item.title.is_empty() {
        let address = item.link.as_ref().map(Url::to_string);
        item.title = address.unwrap_or_else(|| say("campaign-untitled").to_string());
    }
    // Both databases keep whole microseconds.
    item.published_at = item.published_at.map(|at| at.trunc_subsecs(6));
    item.updated_at = item.updated_at.map(|at| at.trunc_subsecs(6));
    if let Some(enclosure) = &item.enclosure
        && ![&item.content_html, &item.summary_html].iter().any(|html| html.contains(enclosure.url.as_str()))
    {
        if item.content_html.is_empty() {
            item.content_html.clone_from(&item.summary_html);
        }
        item.content_html.push_str(&enclosure.html());
    }
}

#[cfg(test)]
mod right_values;
#[cfg(test)]
mod tests;
