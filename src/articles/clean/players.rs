//! Embedded players and files, which no mail client shows: a link to what they play.

use dom_query::NodeRef;
use url::Url;

use super::links::{Links, host};
use super::pages::{PlayerPage, Verb, is_youtube_id, known_page, page_of};
use super::sources::{is_web, names_picture};
use super::{enclosures, words};
use crate::locale::Localizer;

/// A box with more text than this around a player is more than the player's own.
const FACADE_TEXT_MAX: usize = 200;

/// Puts links in the places of players.
pub(super) struct Players<'a> {
    links: &'a Links<'a>,
    words: &'a Localizer,
    /// Where the last link leads: a lazy player and its stand-in for readers without scripts are one.
    last: Option<Url>,
}

impl<'a> Players<'a> {
    pub(super) fn new(links: &'a Links<'a>, words: &'a Localizer) -> Players<'a> {
        Players { links, words, last: None }
    }

    /// Replaces an element that is a player, or stands for one until somebody consents or a script runs.
    pub(super) fn mend(&mut self, node: &NodeRef) {
        let name = node.node_name().unwrap_or_default();
        match &*name {
            "iframe" | "embed" | "amp-iframe" => self.mend_frame(node),
            "object" | "video" | "audio" | "amp-video" | "amp-audio" if node.has_attr("data-enclosure") => {
                match enclosures::link(node, self.links, self.words) {
                    Some((url, said)) => self.write(node, url, None, &said),
                    None => node.remove_from_parent(),
                }
            }
            "object" => self.mend_object(node),
            "video" | "amp-video" => {
                let poster = node.attr("poster").and_then(|poster| self.links.resolve(&poster));
                self.write_page(node, PlayerPage::new(self.links.base().clone(), poster, Verb::Watch));
            }
            "audio" | "amp-audio" => {
                self.write_page(node, PlayerPage::new(self.links.base().clone(), None, Verb::Listen));
            }
            "a" | "img" | "source" | "link" | "meta" | "input" | "script" => {}
            _ => self.mend_facade(node, &name),
        }
    }

    fn mend_frame(&mut self, node: &NodeRef) {
        let tiny = |name| {
            node.attr(name).and_then(|value| value.trim().parse::<u32>().ok()).is_some_and(|px| px <= 2)
        };
        // WordPress puts a quote with a link before the frame that is to take its place.
        let is_said = node.has_class("wp-embedded-content")
            && node.prev_element_sibling().is_some_and(|before| before.has_class("wp-embedded-content"));
        if tiny("width") || tiny("height") || is_said {
            return node.remove_from_parent();
        }
        match self.address(node).as_ref().and_then(page_of) {
            Some(page) => self.write_page(node, page),
            None => node.remove_from_parent(),
        }
    }

    /// What a frame shows: a player that is known, in whichever attribute; else its own address; else any.
    fn address(&self, node: &NodeRef) -> Option<Url> {
        let mut others = Vec::new();
        for attribute in node.attrs() {
            let value = attribute.value.trim();
            let is_whole =
                value.starts_with("http://") || value.starts_with("https://") || value.starts_with("//");
            let is_own = &*attribute.name.local == "src";
            if !is_web(value) || !(is_own || is_whole) || attribute.name.local.contains("thumb") {
                continue;
            }
            let Some(url) = self.links.resolve(value).filter(|url| matches!(url.scheme(), "http" | "https"))
            else {
                continue;
            };
            if known_page(&url).is_some() {
                return Some(url);
            }
            if is_own {
                others.insert(0, url);
            } else if !names_picture(url.path()) {
                others.push(url);
            }
        }
        others.into_iter().next()
    }

    /// An `object` is a picture, a player, or a box around either.
    fn mend_object(&mut self, node: &NodeRef) {
        let movie = || {
            let children = node.element_children();
            let parameter = children.iter().find(|child| {
                child.has_name("param") && matches!(&*child.attr_or("name", ""), "movie" | "src" | "url")
            })?;
            parameter.attr("value")
        };
        let data = node.attr("data").filter(|data| is_web(data)).or_else(movie).map(|data| data.to_string());
        let url = data.as_ref().and_then(|data| self.links.resolve(data));
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        match url {
            Some(url) if names_picture(url.path()) => {
                let image = node.tree.new_element("img");
                image.set_attr("src", url.as_str());
                image.set_attr("alt", &words(node));
                node.replace_with(&image.id);
            }
            Some(url) => match page_of(&url) {
                Some(page) => self.write_page(node, page),
                None => node.remove_from_parent(),
            },
            // What it holds is for whom it says nothing to.
            None => node.rename("div"),
        }
    }

    /// Any other element whose attributes hold a player's address, or a video's name.
    fn mend_facade(&mut self, node: &NodeRef, name: &str) {
        let Some(page) = self.facade(node, name) else { return };
        let has_player = node.descendants_it().any(|inner| {
            matches!(inner.node_name().as_deref(), Some("iframe" | "embed" | "object" | "video"))
        });
        if has_player {
            return;
        }
        if node.text().len() <= FACADE_TEXT_MAX && !matches!(name, "body" | "td" | "th" | "li") {
            return self.write_page(node, page);
        }
        let before = node.tree.new_element("div");
        node.prepend_child(&before.id);
        self.write_page(&before, page);
    }

    fn facade(&self, node: &NodeRef, element: &str) -> Option<PlayerPage> {
        let attributes = node.attrs();
        let class = node.attr_or("class", "").to_ascii_lowercase();
        for attribute in &attributes {
            let (name, value) = (&*attribute.name.local, attribute.value.trim());
            if !name.starts_with("data-") && !element.contains('-') {
                continue;
            }
            let is_whole = value.starts_with("http") || value.starts_with("//");
            if is_whole && !names_picture(value) {
                let url = self.links.base().join(value).ok();
                let found = url.filter(is_player).and_then(|url| known_page(&url));
                if found.is_some() {
                    return found;
                }
            }
            if !(name.ends_with("id") || name.contains("video") || name.contains("youtube")) {
                continue;
            }
            let speaks_of = |site: &str| [element, &*class, name].iter().any(|text| text.contains(site));
            if speaks_of("playlist") && speaks_of("youtube") && value.len() > 11 {
                return known_page(&parsed(&format!("https://www.youtube.com/playlist?list={value}"))?);
            } else if is_youtube_id(value) && (speaks_of("youtube") || speaks_of("ytid") || speaks_of("lyte"))
            {
                return known_page(&parsed(&format!("https://www.youtube.com/watch?v={value}"))?);
            } else if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) && speaks_of("vimeo") {
                return known_page(&parsed(&format!("https://vimeo.com/{value}"))?);
            } else if speaks_of("amp-dailymotion") && value.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return known_page(&parsed(&format!("https://www.dailymotion.com/video/{value}"))?);
            }
        }
        None
    }

    fn write_page(&mut self, node: &NodeRef, page: PlayerPage) {
        let key = match page.verb {
            Verb::Watch => "article-watch",
            Verb::Listen => "article-listen",
            Verb::Open => "article-open",
        };
        let said = self.words.text(key).with("host", host(&page.url)).to_string();
        self.write(node, page.url, page.picture, &said);
    }

    /// A paragraph with a link, and with its picture.
    fn write(&mut self, node: &NodeRef, link: Url, picture: Option<Url>, said: &str) {
        let is_repeated = self.last.as_ref() == Some(&link) && link != *self.links.base();
        let Some(link) = self.links.write(link).filter(|_| !is_repeated) else {
            return node.remove_from_parent();
        };
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
            image.set_attr("alt", &self.words.text("article-video").to_string());
            image.set_attr("width", "480");
            linked(&image);
            paragraph.append_child(&node.tree.new_element("br").id);
        }
        linked(&node.tree.new_text(said));
        node.replace_with(&paragraph.id);
        self.last = Some(link);
    }
}

/// Whether an address is what plays, and not another page of a site that has players.
fn is_player(url: &Url) -> bool {
    let path = url.path();
    let has_word = ["embed", "player", "/video", "playlist"].iter().any(|word| path.contains(word));
    has_word || known_page(url).is_some_and(|page| page.picture.is_some())
}

fn parsed(address: &str) -> Option<Url> {
    Url::parse(address).ok()
}
