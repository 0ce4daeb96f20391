//! "The post … appeared first on …": WordPress ends each article of a feed with it, in the site's language.

use dom_query::{Document, NodeRef};
use url::Url;

use super::links::Links;
use super::words;

/// No such line is longer.
const BYTES_MAX: usize = 600;
/// Characters of such a line besides the two names.
const OWN_CHARS_MAX: usize = 80;
/// Blocks at an article's end among which it stands.
const LAST_BLOCKS: usize = 3;

/// Drops the line, in English wherever it stands, in other languages at the end: there it is known by its two links,
/// to the article and to the site's home.
pub(super) fn drop_credits(document: &Document, links: &Links) {
    let blocks = document.select("p, h1, h2, h3, h4, h5, h6, div, li");
    let mut seen = 0;
    for node in blocks.nodes().iter().rev() {
        let is_long = node.text().len() > BYTES_MAX;
        if !is_long && (is_english(node) || seen < LAST_BLOCKS && links_both(node, links)) {
            node.remove_from_parent();
        } else if is_long || !node.text().trim().is_empty() {
            seen += 1;
        }
    }
}

fn is_english(node: &NodeRef) -> bool {
    let said = words(node);
    let Some((before, after)) = said.rsplit_once(" appeared first on ") else { return false };
    let starts = ["The post ", "The article ", "The entry "].iter().any(|start| before.starts_with(start));
    let last = links_of(node).last().map(words);
    starts
        && last.is_some_and(|last| {
            !last.is_empty() && after.trim_end_matches('.').trim() == last.trim_end_matches('.')
        })
}

fn links_both(node: &NodeRef, links: &Links) -> bool {
    let found = links_of(node);
    let [article, home] = found.as_slice() else { return false };
    let named: usize = words(article).chars().count() + words(home).chars().count();
    let own = words(node).chars().count().saturating_sub(named);
    let address = |node: &NodeRef| links.base().join(node.attr("href")?.trim()).ok();
    let (Some(article), Some(home)) = (address(article), address(home)) else { return false };
    let (article, home, base) = (key(&article), key(&home), key(links.base()));
    own > 0 && own <= OWN_CHARS_MAX && article == base && home != base && base.starts_with(&home)
}

fn links_of<'a>(node: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    node.descendants_it().filter(|inner| inner.has_name("a") && inner.has_attr("href")).collect()
}

/// An address without its scheme, `www.` and what only counts; the number of an article that has no other name.
fn key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.");
    let number = url.query_pairs().find(|(name, _)| name == "p").map(|(_, value)| format!("?p={value}"));
    format!("{host}{}/{}", url.path().trim_end_matches('/'), number.unwrap_or_default())
}
