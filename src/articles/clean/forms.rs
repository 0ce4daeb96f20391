//! Forms: a page of ASP.NET is one as a whole, and a list of tasks has ticks. All other controls are nothing in a
//! mail.

use dom_query::{Document, NodeRef};

use super::replace_with_text;

/// A form with more words of its own than this holds the article.
const ARTICLE_TEXT_MIN: usize = 600;

/// Keeps what a form around the article holds, shows ticks, and drops the controls and the other forms.
pub(super) fn mend_forms(document: &Document) {
    for node in document.select("input[type='checkbox']").nodes() {
        let in_list = || node.ancestors_it(None).any(|up| up.has_name("li"));
        if node.has_attr("disabled") || in_list() {
            replace_with_text(node, if node.has_attr("checked") { "☑ " } else { "☐ " });
        }
    }
    let all = seen_bytes(&document.root());
    for node in document.select("form").nodes() {
        let controls = control_bytes(node, &["label", "button", "select", "textarea", "legend"]);
        let own = seen_bytes(node).saturating_sub(controls);
        let rest = all.saturating_sub(own + controls);
        if own >= ARTICLE_TEXT_MIN || own > 0 && rest == 0 {
            node.rename("div");
        } else {
            node.remove_from_parent();
        }
    }
    document.select("button, input, select, textarea").remove();
}

/// Bytes of text without the white space around it.
fn seen_bytes(node: &NodeRef) -> usize {
    node.text().split_whitespace().map(str::len).sum()
}

/// The same of the outermost elements of these names.
fn control_bytes(node: &NodeRef, names: &[&str]) -> usize {
    let is_named = |node: &NodeRef| node.node_name().is_some_and(|name| names.contains(&&*name));
    let found = node
        .descendants_it()
        .filter(|inner| is_named(inner) && !inner.ancestors_it(None).any(|up| is_named(&up)));
    found.map(|inner| seen_bytes(&inner)).sum()
}
