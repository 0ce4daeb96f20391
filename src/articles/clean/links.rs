//! The addresses of an article, made whole. What is written of them has a budget, since each may be long.

use std::cell::Cell;

use dom_query::NodeRef;
use url::Url;

use crate::articles::html::TooComplicated;
use crate::locale::say;

/// No browser or mail client is sure to follow a longer address.
const URL_BYTES_MAX: usize = 4_096;
/// A longer one of the article itself is nothing to resolve others against.
const BASE_BYTES_MAX: usize = 2_048;

/// What an article's addresses are relative to.
pub(super) struct Links<'a> {
    base: &'a Url,
    /// The site alone, where the article's own address is too long.
    site: Option<Url>,
    /// Bytes of addresses that may still be written.
    left: Cell<Option<usize>>,
}

impl<'a> Links<'a> {
    pub(super) fn new(base: &'a Url, html: &str) -> Links<'a> {
        let long = base.as_str().len() > BASE_BYTES_MAX;
        let site = long.then(|| base.join("/").ok()).flatten();
        Links { base, site, left: Cell::new(Some(1_000_000 + 2 * html.len())) }
    }

    pub(super) fn base(&self) -> &Url {
        self.site.as_ref().unwrap_or(self.base)
    }

    /// The site's name as readers know it.
    pub(super) fn host(&self) -> String {
        host(self.base())
    }

    /// A whole address; `None` where it is none, or too long to be of use.
    pub(super) fn resolve(&self, address: &str) -> Option<Url> {
        let address = address.trim();
        if address.is_empty() || address.len() > URL_BYTES_MAX {
            return None;
        }
        self.write(self.base().join(address).ok()?)
    }

    pub(super) fn write(&self, url: Url) -> Option<Url> {
        let left = self.left.get()?.checked_sub(url.as_str().len());
        self.left.set(left);
        left.map(|_| url).filter(|url| url.as_str().len() <= URL_BYTES_MAX)
    }

    pub(super) fn verdict(&self) -> Result<(), TooComplicated> {
        match self.left.get() {
            Some(_) => Ok(()),
            None => Err(TooComplicated::new(say("html-why-links"))),
        }
    }
}

/// A site's name, without `www.`.
pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned()
}

pub(super) fn mend_link(node: &NodeRef, links: &Links) {
    let url = node.attr("href").and_then(|href| links.resolve(&href));
    match url.filter(|url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel")) {
        Some(url) => node.set_attr("href", url.as_str()),
        None => node.remove_attr("href"),
    }
}

/// Links that touch are read as one word: a list of files, a row of buttons. One that an editor's program wrote in two
/// parts leads to one place, and stays.
pub(super) fn part_links(root: &NodeRef) {
    let links = root.descendants().into_iter().filter(|node| node.has_name("a"));
    for node in links {
        let Some(next) = node.next_sibling().filter(|next| next.has_name("a")) else { continue };
        let has_words = |link: &NodeRef| !link.text().trim().is_empty();
        let is_button =
            |link: &NodeRef| link.has_attr("download") || link.attr_or("class", "").contains("button");
        let is_one = node.attr("href") == next.attr("href") && !is_button(&node) && !is_button(&next);
        if !is_one && node.has_attr("href") && next.has_attr("href") && has_words(&node) && has_words(&next) {
            node.insert_after(&node.tree.new_text(" · ").id);
        }
    }
}

/// The lines of a card that is a link: its author and its site touch where a style kept them apart.
pub(super) fn part_card(node: &NodeRef) {
    /// Elements between a card's link and a line of it.
    const DEPTH_MAX: usize = 4;
    if !node.has_name("div") || !node.ancestors_it(Some(DEPTH_MAX)).any(|up| up.has_name("a")) {
        return;
    }
    for part in node.element_children().iter().filter(|part| part.has_name("span")) {
        let Some(next) = part.next_sibling().filter(|next| next.has_name("span")) else { continue };
        let are_two =
            part.has_attr("class") && next.has_attr("class") && part.attr("class") != next.attr("class");
        if are_two && !part.text().trim().is_empty() && !next.text().trim().is_empty() {
            part.insert_after(&node.tree.new_text(" · ").id);
        }
    }
}
