//! What stands around an article and is none of it: subscribe boxes, share buttons, forms, scripts.

use dom_query::{Document, NodeRef};

use super::images::has_web_src;
use super::{elements, words};

/// What stands in `noscript` takes the place of the lazy image before it.
pub(super) fn show_noscript(root: &NodeRef) {
    // From the end, so that one within another is gone before it.
    for node in elements(root).into_iter().rev().filter(|node| node.has_name("noscript")) {
        if elements(&node).iter().any(|inner| inner.has_name("img"))
            && let Some(before) = node.prev_element_sibling()
            && before.has_name("img")
            && (before.has_attr("data-src") || before.has_attr("data-lazy-src") || !has_web_src(&before))
        {
            before.remove_from_parent();
        }
        // Markup that was escaped once too often is no text for readers.
        let is_escaped = node.first_element_child().is_none() && node.text().contains('<');
        for child in node.children().into_iter().filter(|_| !is_escaped) {
            node.insert_before(&child.id);
        }
        node.remove_from_parent();
    }
}

/// The site's own subscribe box, share buttons and related posts; "The post … appeared first on …".
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
        if node.text().len() > 600 {
            continue;
        }
        let said = words(node);
        let starts = ["The post ", "The article ", "The entry "].iter().any(|start| said.starts_with(start));
        if starts && said.contains(" appeared first on ") {
            node.remove_from_parent();
        } else if said.starts_with("Discover more from ")
            && let Some(next) = node.next_element_sibling()
            && words(&next).starts_with("Subscribe to get the latest posts sent to your email")
        {
            next.remove_from_parent();
            node.remove_from_parent();
        }
    }
}

pub(super) fn drop_elements(document: &Document) {
    document
        .select(
            "script, style, template, form, button, input, select, textarea, svg, math, canvas, head, link, \
             meta, base, title, dialog, [hidden], [style*='display:none'], [style*='display: none']",
        )
        .remove();
}
