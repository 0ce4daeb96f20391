//! Embedded players, which no mail client shows: a link to what they play.

use dom_query::NodeRef;
use url::Url;

use super::links::Links;
use crate::locale::say;

/// A player becomes a paragraph with a link, and YouTube's with its picture.
pub(super) fn replace_player(node: &NodeRef, links: &Links) {
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
        ("video", _) => (
            links.base().clone(),
            node.attr("poster").and_then(|poster| links.resolve(&poster)),
            "article-watch",
        ),
        ("audio", _) => (links.base().clone(), None, "article-listen"),
        ("amp-youtube", _) => match node.attr("data-videoid").and_then(|id| youtube(&id)) {
            Some((watch, picture)) => (watch, Some(picture), "article-watch"),
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
        image.set_attr("alt", &say("article-video").to_string());
        image.set_attr("width", "480");
        linked(&image);
        paragraph.append_child(&node.tree.new_element("br").id);
    }
    linked(&node.tree.new_text(say(verb).with("host", host).to_string()));
    node.replace_with(&paragraph.id);
}

/// The page for people that an embedded player stands for: its address, its picture and the key of the link.
fn player_page(source: &Url) -> Option<(Url, Option<Url>, &'static str)> {
    let host = source.host_str()?.trim_start_matches("www.");
    let last = source.path_segments()?.rfind(|part| !part.is_empty()).unwrap_or_default();
    match host {
        "youtube.com" | "youtube-nocookie.com" | "youtu.be" => {
            if let Some((watch, picture)) = youtube(last) {
                return Some((watch, Some(picture), "article-watch"));
            }
            Some((source.clone(), None, "article-watch"))
        }
        "player.vimeo.com" if !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()) => {
            Some((Url::parse(&format!("https://vimeo.com/{last}")).ok()?, None, "article-watch"))
        }
        "googletagmanager.com" | "doubleclick.net" | "googlesyndication.com" => None,
        "w.soundcloud.com"
        | "open.spotify.com"
        | "embed.podcasts.apple.com"
        | "omny.fm"
        | "embed.acast.com" => Some((source.clone(), None, "article-listen")),
        "dailymotion.com" | "facebook.com" | "player.twitch.tv" | "videopress.com" | "tiktok.com" => {
            Some((source.clone(), None, "article-watch"))
        }
        _ => Some((source.clone(), None, "article-open")),
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
