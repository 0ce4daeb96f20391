//! Less of an article, for a mail that would be too big.

use dom_query::NodeRef;

use crate::articles::{html, text};
use crate::domain::text::escape_html;

/// A shorter paragraph, picture or cell is kept whole or not at all.
const WHOLE_BYTES_MAX: usize = 1_000;

/// As much of cleaned HTML as fits into `bytes_max`: whole blocks, then items, rows and lines of the block that does
/// not fit, and of a long text its first words.
pub fn shorten(cleaned: &str, bytes_max: usize) -> String {
    if let Ok(document) = html::fragment(cleaned)
        && let Some(root) = document.root().first_element_child()
    {
        keep_first(&root, bytes_max);
        drop_last_heading(&root);
        let kept = root.inner_html().to_string();
        if kept.len() <= bytes_max && !kept.trim().is_empty() {
            return kept;
        }
    }
    // One block without end: its first words. An escaped character takes six bytes at most.
    let words = text::excerpt(cleaned, (bytes_max / 8).min(2000));
    if words.is_empty() { words } else { format!("<p>{}</p>", escape_html(&words)) }
}

/// Keeps the children that fit, and of the first that does not what fits of it.
fn keep_first(node: &NodeRef, bytes_max: usize) {
    let mut used = 0;
    let mut children = node.children().into_iter();
    for child in children.by_ref() {
        let bytes = child.html().len();
        if used + bytes <= bytes_max {
            used += bytes;
            continue;
        }
        let left = bytes_max - used;
        if child.is_text() {
            cut_text(&child, left);
        } else if can_be_cut(&child, bytes) {
            // The element's own tags take some of the room.
            keep_first(&child, left.saturating_sub(bytes - child.inner_html().len()));
            end_rows(&child);
        } else {
            child.remove_from_parent();
        }
        if child.is_element() && !child.descendants_it().any(|inner| inner.is_text() || inner.has_name("img"))
        {
            child.remove_from_parent();
        }
        break;
    }
    for child in children {
        child.remove_from_parent();
    }
}

fn can_be_cut(node: &NodeRef, bytes: usize) -> bool {
    match node.node_name().as_deref() {
        Some("ul" | "ol" | "dl" | "blockquote" | "table" | "tbody" | "pre") => true,
        // A row is whole, unless it is the table: then it lays out a page.
        Some("tr") => {
            let beside = [node.prev_element_sibling(), node.next_element_sibling()];
            bytes > WHOLE_BYTES_MAX && beside.iter().all(Option::is_none)
        }
        Some("img" | "h2" | "h3" | "h4" | "h5" | "h6" | "thead" | "caption") | None => false,
        Some(_) => bytes > WHOLE_BYTES_MAX,
    }
}

/// Text ends behind a word, code behind a line.
fn cut_text(node: &NodeRef, bytes_max: usize) {
    let text = node.text();
    let in_code = node.ancestors_it(None).any(|up| up.has_name("pre"));
    let mut room = bytes_max.saturating_sub(if in_code { 0 } else { '…'.len_utf8() });
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let bytes = match c {
            '&' => "&amp;".len(),
            '<' | '>' => "&lt;".len(),
            '\u{a0}' => "&nbsp;".len(),
            c => c.len_utf8(),
        };
        let Some(left) = room.checked_sub(bytes) else { break };
        room = left;
        end = at + c.len_utf8();
    }
    let kept = &text[..end];
    let between: &[char] = if in_code { &['\n'] } else { &[' ', '\n', '\t'] };
    let kept = match kept.rfind(between) {
        Some(at) => &kept[..at],
        // No word ends here: between any two characters, as in a script without spaces.
        None => kept,
    };
    if kept.trim().is_empty() {
        return node.remove_from_parent();
    }
    let mark = if in_code { "" } else { "…" };
    node.replace_with(&node.tree.new_text(format!("{kept}{mark}")).id);
}

/// No cell reaches below the last row that is left.
fn end_rows(node: &NodeRef) {
    if !node.has_name("tbody") {
        return;
    }
    let rows: Vec<NodeRef> = node.element_children();
    for (at, row) in rows.iter().enumerate().rev().take(100) {
        let left = rows.len() - at;
        for cell in row.element_children() {
            let span = cell.attr("rowspan").and_then(|span| span.parse::<usize>().ok()).unwrap_or(1);
            match left {
                1 if span > 1 => cell.remove_attr("rowspan"),
                _ if span > left => cell.set_attr("rowspan", &left.to_string()),
                _ => {}
            }
        }
    }
}

/// A heading over nothing says too much.
fn drop_last_heading(root: &NodeRef) {
    while let Some(last) = root.element_children().pop()
        && matches!(last.node_name().as_deref(), Some("h2" | "h3" | "h4" | "h5" | "h6"))
        && last.next_sibling().is_none_or(|after| after.is_text() && after.text().trim().is_empty())
        && last.prev_element_sibling().is_some()
    {
        last.remove_from_parent();
    }
}
