//! The structure of an article: boxes become paragraphs, what is empty goes.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};

use super::paragraphs::is_alone;
use super::{elements, style};

/// What ends a line where a browser shows it.
pub(super) const BLOCKS: [&str; 26] = [
    "p",
    "div",
    "section",
    "article",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "figure",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "aside",
    "header",
    "footer",
    "main",
    "center",
    "address",
    "details",
    "summary",
];

/// Boxes without blocks in them become paragraphs, so that their texts do not run together.
pub(super) fn mend_block(node: &NodeRef, with_blocks: &HashSet<NodeId>) {
    if let Some(side) =
        ["rtl", "ltr"].into_iter().find(|side| style(node).contains(&format!("direction:{side}")))
    {
        node.set_attr("dir", side);
    }
    match node.node_name().as_deref() {
        Some(
            "div" | "section" | "article" | "aside" | "header" | "footer" | "main" | "center" | "address"
            | "summary",
        ) => {
            let parent = node.parent();
            let is_within = |names: &[&str]| {
                parent.is_some_and(|up| up.node_name().is_some_and(|name| names.contains(&&*name)))
            };
            let is_line = is_within(&["p"])
                || is_within(&["li", "td", "th", "figure", "figcaption", "a"]) && is_alone(node);
            if !is_line && !with_blocks.contains(&node.id) {
                node.rename("p");
            } else {
                hand_down(node, &node.element_children());
            }
        }
        // The mail's title is the only one of its rank.
        Some("h1") => node.rename("h2"),
        _ => {}
    }
}

/// What a box that goes says of all that it holds: its direction and its language.
fn hand_down(node: &NodeRef, children: &[NodeRef]) {
    for name in ["dir", "lang"] {
        let Some(value) = node.attr(name) else { continue };
        for child in children.iter().filter(|child| !child.has_attr(name)) {
            child.set_attr(name, &value);
        }
    }
}

/// Paragraphs, headings and the like with nothing to see. From the end, so that what only held them goes too.
pub(super) fn drop_empty(root: &NodeRef) {
    // Node by node from the leaves: each knows whether something below it is seen.
    let nodes = elements(root);
    let mut seen = HashSet::new();
    for node in nodes.iter().rev() {
        let name = node.node_name();
        let name = name.as_deref().unwrap_or_default();
        let shows = matches!(name, "img" | "hr")
            || node.children_it(false).any(|child| {
                if child.is_text() { !child.text().trim().is_empty() } else { seen.contains(&child.id) }
            });
        if shows {
            seen.insert(node.id);
        } else if matches!(
            name,
            "p" | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "figure"
                | "figcaption"
                | "li"
                | "ul"
                | "ol"
                | "a"
                | "blockquote"
                | "strong"
                | "em"
                | "b"
                | "i"
                | "table"
        ) {
            node.remove_from_parent();
        }
    }
}
