//! Files that a feed brings along with an article: what a link to one says.

use dom_query::NodeRef;
use url::Url;

use super::links::Links;
use crate::domain::text::single_line;
use crate::locale::Localizer;

/// Feeds that don't know a file's size say 0, or 1, or some other number.
const BYTES_MIN: u64 = 1_024;
/// A name longer than this says nothing.
const NAME_CHARS_MAX: usize = 60;

/// Where a file is, and what it is: "Listen: 34 min, 20 MB".
pub(super) fn link(node: &NodeRef, links: &Links, words: &Localizer) -> Option<(Url, String)> {
    let address = node.attr("src").or_else(|| node.attr("data"))?;
    let url = links.resolve(&address).filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let file = match node.node_name().as_deref() {
        Some("audio" | "amp-audio") => words.text("article-file-audio").to_string(),
        Some("video" | "amp-video") => words.text("article-file-video").to_string(),
        _ => words.text("article-file").with("name", name(&url)).to_string(),
    };
    let number = |name| node.attr(name)?.trim().parse::<u64>().ok();
    let details =
        [number("data-seconds").and_then(|seconds| time(seconds, words)), size(number("data-bytes"), words)];
    let details = details.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if details.is_empty() {
        return Some((url, file));
    }
    Some((url, words.text("article-file-details").with("file", file).with("details", details).to_string()))
}

/// The name of a file, or of its site.
fn name(url: &Url) -> String {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    // Of the characters that a form's values have in common with a name none separates.
    let last = last.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    let decoded = url::form_urlencoded::parse(last.as_bytes()).next();
    let name = decoded.map_or(String::new(), |(name, _)| single_line(&name));
    match name.trim() {
        "" => super::links::host(url),
        name => name.chars().take(NAME_CHARS_MAX).collect(),
    }
}

fn time(seconds: u64, words: &Localizer) -> Option<String> {
    let minutes = (seconds + 30) / 60;
    let said = match (minutes / 60, minutes % 60) {
        (0, 0) => {
            return (seconds > 0).then(|| words.text("article-file-time").with("minutes", 1u32).to_string());
        }
        (0, minutes) => words.text("article-file-time").with("minutes", minutes),
        (hours, minutes) => {
            words.text("article-file-time-hours").with("hours", hours).with("minutes", minutes)
        }
    };
    Some(said.to_string())
}

fn size(bytes: Option<u64>, words: &Localizer) -> Option<String> {
    const MEGABYTE: u64 = 1 << 20;
    let bytes = bytes.filter(|bytes| *bytes >= BYTES_MIN)?;
    let said = match bytes {
        MEGABYTE.. => words.text("article-file-megabytes").with("size", (bytes + MEGABYTE / 2) / MEGABYTE),
        _ => words.text("article-file-kilobytes").with("size", bytes.div_ceil(1 << 10)),
    };
    Some(said.to_string())
}
