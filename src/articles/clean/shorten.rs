//! The beginning of a long article.

use dom_query::NodeRef;

use crate::articles::{html, text};
use crate::domain::text::escape_html;

/// As much of cleaned HTML as fits into `bytes_max`, cut behind a block.
pub fn shorten(cleaned: &str, bytes_max: usize) -> String {
    if let Ok(document) = html::fragment(cleaned)
        && let Some(root) = document.root().first_element_child()
    {
        keep_first(&root, bytes_max);
        let kept = root.inner_html().to_string();
        if kept.len() <= bytes_max && !kept.trim().is_empty() {
            return kept;
        }
    }
    // One block without end: its first words. An escaped character takes six bytes at most.
    let words = text::excerpt(cleaned, (bytes_max / 8).min(2000));
    if words.is_empty() { words } else { format!("<p>{}</p>", escape_html(&words)) }
}

/// Keeps the children that fit; goes into the first that does not, where it is a list, a quote or a table.
fn keep_first(node: &NodeRef, bytes_max: usize) {
    let mut used = 0;
    let mut children = node.children().into_iter();
    for child in children.by_ref() {
        let bytes = child.html().len();
        if used + bytes <= bytes_max {
            used += bytes;
            continue;
        }
        let can_be_cut = matches!(
            child.node_name().as_deref(),
            Some("ul" | "ol" | "dl" | "blockquote" | "table" | "tbody")
        );
        // The container's own tags take some of the room.
        let room = (bytes_max - used).saturating_sub(bytes - child.inner_html().len());
        if can_be_cut {
            keep_first(&child, room);
        }
        if !can_be_cut || child.first_child().is_none() {
            child.remove_from_parent();
        }
        break;
    }
    for child in children {
        child.remove_from_parent();
    }
}
