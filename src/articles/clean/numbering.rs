//! The numbers of lists: in letters or Roman ones, from another than the first, or backwards.

use dom_query::NodeRef;

use super::style;

/// A list's numbering as attributes, which all mail clients follow, however it was said.
pub(super) fn mend_numbering(node: &NodeRef) {
    let written = node.attr("type").map(|value| value.trim().to_owned());
    let kind = styled(&style(node)).or(written.as_deref());
    match kind.filter(|kind| matches!(*kind, "1" | "a" | "A" | "i" | "I")) {
        Some(kind) => node.set_attr("type", kind),
        None => node.remove_attr("type"),
    }
    // Counted now: what is cut off at the end is not counted later.
    if node.has_name("ol") && node.has_attr("reversed") && !node.has_attr("start") {
        let items = node.children_it(false).filter(|item| item.has_name("li")).count();
        node.set_attr("start", &items.to_string());
    }
}

fn styled(style: &str) -> Option<&'static str> {
    let named = style.split(';').find_map(|part| {
        part.strip_prefix("list-style-type:").or_else(|| part.strip_prefix("list-style:"))
    })?;
    [
        ("lower-alpha", "a"),
        ("lower-latin", "a"),
        ("upper-alpha", "A"),
        ("upper-latin", "A"),
        ("lower-roman", "i"),
        ("upper-roman", "I"),
        ("decimal", "1"),
    ]
    .into_iter()
    .find_map(|(name, kind)| named.starts_with(name).then_some(kind))
}
