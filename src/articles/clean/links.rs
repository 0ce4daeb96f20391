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

pub(super) fn mend_link(node: &NodeRef, links: &Links) {
    let url = node.attr("href").and_then(|href| links.resolve(&href));
    match url.filter(|url| matches!(url.scheme(), "http" | "https" | "mailto")) {
        Some(url) => node.set_attr("href", url.as_str()),
        None => node.remove_attr("href"),
    }
}
