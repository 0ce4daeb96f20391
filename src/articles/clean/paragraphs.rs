//! Text that stands in no block becomes a paragraph, so that what follows does not touch it.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};

use super::elements;

/// What a mail shows as a block of its own.
const MAIL_BLOCKS: [&str; 21] = [
    "p",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "blockquote",
    "figure",
    "figcaption",
    "pre",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
];

/// Elements of a mail that hold no paragraph, or only one where somebody wrote it.
const NO_PARAGRAPHS: [&str; 20] = [
    "p", "ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "colgroup", "figure", "pre", "h1", "h2",
    "h3", "h4", "h5", "h6", "ruby", "head",
];

/// Elements whose text is a line by itself where no block stands beside it.
const CELLS: [&str; 7] = ["li", "td", "th", "dd", "dt", "figcaption", "blockquote"];

fn is_named(node: &NodeRef, names: &[&str]) -> bool {
    node.node_name().is_some_and(|name| names.contains(&&*name))
}

/// Wraps runs of text and what stands in its lines, at the top and where blocks stand beside them.
pub(super) fn make_paragraphs(root: &NodeRef) {
    let nodes = elements(root);
    let with_blocks = holders(&nodes, &MAIL_BLOCKS);
    let is_block = |node: &NodeRef| is_named(node, &MAIL_BLOCKS) || with_blocks.contains(&node.id);
    // An article that is nothing but a line stands in no element, or in one that says nothing.
    let at_top = |node: &NodeRef| node.id == root.id || is_named(node, &["html", "body"]);
    for node in std::iter::once(root).chain(&nodes) {
        if !at_top(node) && !with_blocks.contains(&node.id) || is_named(node, &NO_PARAGRAPHS) {
            continue;
        }
        let children = node.children();
        if has_runs(node, &children, is_block) {
            wrap_runs(node, &children, is_block);
        }
    }
}

/// Whether texts among these children are paragraphs. A list's item may well have a line and a list below it, and a
/// figure's picture stands by its caption.
fn has_runs(node: &NodeRef, children: &[NodeRef], is_block: impl Fn(&NodeRef) -> bool) -> bool {
    let within = std::iter::once(*node).chain(node.ancestors_it(None));
    let holder = within.into_iter().find(|up| is_named(up, &CELLS) || is_named(up, &NO_PARAGRAPHS));
    match holder {
        None => true,
        Some(holder) if holder.has_name("li") => {
            children.iter().any(|child| is_block(child) && !is_named(child, &["ul", "ol"]))
        }
        Some(holder) => is_named(&holder, &CELLS),
    }
}

fn wrap_runs<'a>(node: &NodeRef<'a>, children: &[NodeRef<'a>], is_block: impl Fn(&NodeRef) -> bool) {
    let mut run = Vec::new();
    for child in children {
        if child.is_element() && (is_block(child) || is_named(child, &["head", "body", "html"])) {
            wrap(node, &std::mem::take(&mut run));
        } else {
            run.push(*child);
        }
    }
    wrap(node, &run);
}

/// One run, without the breaks that kept it apart from its neighbours.
fn wrap(node: &NodeRef, run: &[NodeRef]) {
    let is_seen = |part: &NodeRef| !part.text().trim().is_empty() || shows_picture(part);
    let (Some(first), Some(last)) = (run.iter().position(is_seen), run.iter().rposition(is_seen)) else {
        return;
    };
    for between in run[..first].iter().chain(&run[last + 1..]).filter(|part| part.has_name("br")) {
        between.remove_from_parent();
    }
    let paragraph = node.tree.new_element("p");
    for name in ["dir", "lang"] {
        if let Some(value) = node.attr(name) {
            paragraph.set_attr(name, &value);
        }
    }
    run[first].insert_before(&paragraph.id);
    for part in &run[first..=last] {
        paragraph.append_child(&part.id);
    }
}

fn shows_picture(part: &NodeRef) -> bool {
    part.has_name("img") || part.descendants_it().any(|inner| inner.has_name("img"))
}

/// Whether a box in a cell touches nothing that a paragraph has to keep it apart from.
pub(super) fn is_alone<'a>(node: &NodeRef<'a>) -> bool {
    /// White space and comments between a box and its neighbour.
    const LOOKED_AT: usize = 4;
    [true, false].into_iter().all(|before| {
        let step = |node: &NodeRef<'a>| if before { node.prev_sibling() } else { node.next_sibling() };
        let mut beside = std::iter::successors(step(node), step).take(LOOKED_AT);
        let neighbour = beside.find(|one| one.is_element() || one.is_text() && !one.text().trim().is_empty());
        neighbour.is_none_or(|one| is_named(&one, &MAIL_BLOCKS) && !one.has_name("p"))
    })
}

/// The ids of all elements that hold one of these.
pub(super) fn holders(nodes: &[NodeRef], names: &[&str]) -> HashSet<NodeId> {
    let mut found = HashSet::new();
    for node in nodes.iter().rev() {
        if (is_named(node, names) || found.contains(&node.id))
            && let Some(up) = node.parent()
        {
            found.insert(up.id);
        }
    }
    found
}
