//! JSON Feed, 1.0 and 1.1, and what people write for it. An odd value costs itself.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use url::Url;

use super::values::{
    absolute_web_url, categories, first_words, names, names_picture, one_line, paragraphs, person, web_url,
};
use super::{Enclosure, FeedKind, Image, Item, ParsedFeed};
use crate::feeds::charset::is_control;
use crate::feeds::parse_error::ParseError;
use crate::feeds::{bounds, dates};

pub(super) fn read(text: &str, from: &Url) -> Result<ParsedFeed, ParseError> {
    bounds::check_json(text)?;
    let text = without_lone_surrogates(text);
    let ReadMembers(mut json) = serde_json::from_str(&text).map_err(|error| {
        if error.is_eof() { ParseError::Truncated } else { ParseError::Damaged(error.to_string()) }
    })?;
    let version = word(&json["version"]);
    let is_feed = version.contains("jsonfeed.org/version") || version.starts_with('1');
    let Some(items) = json["items"].as_array().filter(|_| is_feed) else { return Err(ParseError::NotAFeed) };
    if items.len() > bounds::ITEMS_MAX {
        return Err(ParseError::TooManyItems);
    }
    without_controls(&mut json);
    let author = authors(&json);
    let items = json["items"].as_array().into_iter().flatten().filter(|item| item.is_object());
    Ok(ParsedFeed {
        kind: FeedKind::JsonFeed,
        title: one_line(&word(&json["title"])),
        home: web_url(&word(&json["home_page_url"]), from),
        hub: hub(&json, from),
        own: web_url(&word(&json["feed_url"]), from),
        items: items.map(|json| item(json, from, &author)).collect(),
    })
}

/// A value without the members that nobody here reads: whatever stands in an extension costs nothing.
struct ReadMembers(Value);

const MEMBERS: [&str; 26] = [
    "version",
    "title",
    "home_page_url",
    "items",
    "authors",
    "author",
    "name",
    "id",
    "url",
    "external_url",
    "content_html",
    "content_text",
    "summary",
    "image",
    "banner_image",
    "date_published",
    "date_modified",
    "attachments",
    "mime_type",
    "size_in_bytes",
    "duration_in_seconds",
    "language",
    "tags",
    "feed_url",
    "hubs",
    "type",
];

impl<'de> Deserialize<'de> for ReadMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ReadMembers, D::Error> {
        deserializer.deserialize_any(ReadMembersVisitor).map(ReadMembers)
    }
}

struct ReadMembersVisitor;

impl<'de> Visitor<'de> for ReadMembersVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(ReadMembers(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if MEMBERS.contains(&name.as_str()) {
                let ReadMembers(value) = map.next_value()?;
                members.insert(name, value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(members.into())
    }
}

/// Half of a pair stands for no character, and would cost the whole document.
fn without_lone_surrogates(text: &str) -> Cow<'_, str> {
    let code = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let mut lone = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match code(at) {
            Some(0xd800..=0xdbff) if matches!(code(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                lone.push(at);
                at += 6;
            }
            _ => at = text.ceil_char_boundary(at + 2),
        }
    }
    if lone.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in lone {
        out.push_str(&text[from..at]);
        out.push(char::REPLACEMENT_CHARACTER);
        from = at + 6;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// JSON can spell what decoding has dropped, and PostgreSQL keeps no NUL.
fn without_controls(json: &mut Value) {
    match json {
        Value::String(text) => text.retain(|c| !is_control(c)),
        Value::Array(values) => values.iter_mut().for_each(without_controls),
        Value::Object(values) => values.values_mut().for_each(without_controls),
        _ => {}
    }
}

/// A value as text; many sites write numbers where text belongs.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// One value, or several.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn authors(json: &Value) -> String {
    let all = each(&json["authors"]).iter().chain(each(&json["author"]));
    names(all.map(|author| person(&word(if author.is_object() { &author["name"] } else { author }))))
}

/// A list of texts, or one text with commas.
fn tags(json: &Value) -> Vec<String> {
    match json {
        Value::String(line) => categories(line.split(',').map(one_line)),
        tags => categories(each(tags).iter().map(|tag| one_line(&word(tag)))),
    }
}

fn item(json: &Value, from: &Url, feeds_author: &str) -> Item {
    let guid = Some(word(&json["id"])).filter(|id| !id.is_empty());
    let link = ["url", "external_url"].into_iter().find_map(|name| web_url(&word(&json[name]), from));
    let link = link.or_else(|| guid.as_deref().and_then(absolute_web_url));
    let text = |name: &str| json[name].as_str().unwrap_or_default().trim().to_owned();
    let mut content_html = text("content_html");
    if content_html.is_empty() {
        content_html = paragraphs(&text("content_text"), true);
    }
    let summary_html = paragraphs(&text("summary"), true);
    let mut title = one_line(&word(&json["title"]));
    if title.is_empty() {
        title = first_words(&summary_html).or_else(|| first_words(&content_html)).unwrap_or_default();
    }
    let author = Some(authors(json)).filter(|name| !name.is_empty());
    let date = |name: &str| date(&json[name]);
    let updated_at = date("date_modified");
    let files = || {
        each(&json["attachments"]).iter().filter_map(|file| Some((file, web_url(&word(&file["url"]), from)?)))
    };
    let pictures =
        files().filter(|(file, url)| word(&file["mime_type"]).starts_with("image/") || names_picture(url));
    let images =
        ["image", "banner_image"].into_iter().filter_map(|name| Image::new(&word(&json[name]), from, ""));
    let enclosure = files().find_map(|(file, url)| {
        let seconds = file["duration_in_seconds"].as_f64().map(|seconds| seconds as u32);
        Enclosure::new(url, &word(&file["mime_type"]), file["size_in_bytes"].as_u64(), seconds)
    });
    Item {
        guid,
        link,
        title,
        author: author.unwrap_or_else(|| feeds_author.to_owned()),
        published_at: date("date_published").or(updated_at),
        updated_at,
        summary_html,
        content_html,
        categories: tags(&json["tags"]),
        image: images.chain(pictures.filter_map(|(_, url)| Image::new(url.as_str(), from, ""))).next(),
        enclosure,
    }
}

/// The first that speaks WebSub; rssCloud is another matter.
fn hub(json: &Value, from: &Url) -> Option<Url> {
    let mut hubs = each(&json["hubs"]).iter().filter(|hub| word(&hub["type"]).eq_ignore_ascii_case("websub"));
    hubs.find_map(|hub| web_url(&word(&hub["url"]), from))
}

fn date(value: &Value) -> Option<DateTime<Utc>> {
    dates::read(&word(value))
}
