//! What stands around an article and is none of it: subscribe boxes, share buttons, scripts, hidden elements.

use dom_query::{Document, NodeRef};

use super::sources::{is_lazy, is_web};
use super::{elements, style, words};

/// What stands in `noscript` takes the place of the lazy image beside it.
pub(super) fn show_noscript(root: &NodeRef) {
    // From the end, so that one within another is gone before it.
    for node in elements(root).into_iter().rev().filter(|node| node.has_name("noscript")) {
        if elements(&node).iter().any(|inner| inner.has_name("img")) {
            let beside = [node.prev_element_sibling(), node.next_element_sibling()];
            let lazy = beside.into_iter().flatten().find(|image| image.has_name("img") && is_lazy(image));
            if let Some(image) = lazy {
                image.remove_from_parent();
            }
        }
        // Markup that was escaped once too often is no text for readers.
        let is_escaped = node.first_element_child().is_none() && node.text().contains('<');
        for child in node.children().into_iter().filter(|_| !is_escaped) {
            node.insert_before(&child.id);
        }
        node.remove_from_parent();
    }
}

/// The site's own subscribe box, share buttons and related posts.
pub(super) fn drop_boxes(document: &Document) {
    document
        .select(
            "[class*='jetpack-subscriptions'], .jetpack_subscription_widget, .sharedaddy, .jp-relatedposts, \
             .mc4wp-form, .wpcf7, .wp-block-button__subscribe",
        )
        .remove();
    for node in document.select("[class*='subscribe'], [class*='newsletter'], [class*='signup']").nodes() {
        let asks =
            elements(node).iter().any(|inner| matches!(inner.node_name().as_deref(), Some("form" | "input")));
        // A short text only: a class of the whole article may hold the word, too.
        if asks && node.text().len() < 800 {
            node.remove_from_parent();
        }
    }
    for node in document.select("p, h1, h2, h3, h4, h5, h6, div").nodes() {
        if node.text().len() > 600 || !words(node).starts_with("Discover more from ") {
            continue;
        }
        if let Some(next) = node.next_element_sibling()
            && words(&next).starts_with("Subscribe to get the latest posts sent to your email")
        {
            next.remove_from_parent();
            node.remove_from_parent();
        }
    }
}

/// Scripts, styles and what is hidden, but for what a script would show.
pub(super) fn drop_elements(document: &Document) {
    document
        .select("script, style, template, svg, math, canvas, head, link, meta, base, title, dialog")
        .remove();
    for node in document.select("[hidden], [style*='isplay'], [style*='ISPLAY']").nodes() {
        if !node.has_attr("hidden") && !style(node).contains("display:none") {
            continue;
        }
        let waits = match node.node_name().as_deref() {
            Some("img" | "amp-img") => is_lazy(node),
            Some("iframe") => node
                .attrs()
                .iter()
                .any(|one| &*one.name.local != "src" && one.name.local.contains("src") && is_web(&one.value)),
            _ => false,
        };
        if waits {
            node.remove_attrs(&["style", "hidden"]);
        } else {
            node.remove_from_parent();
        }
    }
}
