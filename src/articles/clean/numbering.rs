//! The numbers of lists: in letters or Roman ones, from another than the first, or backwards.

use dom_query::NodeRef;

use super::style;
use crate::articles::numerals::numeral;

/// What a list's numbers are called that need more room than its margin has.
pub(super) const WIDE: &str = "wide";
/// Characters of a number that stands within the margin.
const NARROW_CHARS_MAX: usize = 3;

/// A list's numbering as attributes, which all mail clients follow, however it was said.
pub(super) fn mend_numbering(node: &NodeRef) {
    let written = node.attr("type").map(|value| value.trim().to_owned());
    let kind = styled(&style(node)).or(written.as_deref());
    match kind.filter(|kind| matches!(*kind, "1" | "a" | "A" | "i" | "I")) {
        Some(kind) => node.set_attr("type", kind),
        None => node.remove_attr("type"),
    }
    node.remove_attr("class");
    if node.has_name("ol") {
        mend_start(node);
    }
}

/// Where a list begins to count, and whether its numbers are wide.
fn mend_start(list: &NodeRef) {
    let items: Vec<NodeRef> = list.element_children();
    let number = |node: &NodeRef, name| node.attr(name).and_then(|value| value.trim().parse::<i64>().ok());
    let is_reversed = list.has_attr("reversed");
    let mut next = match (number(list, "start"), is_reversed) {
        (Some(start), _) => start,
        (None, false) => 1,
        (None, true) => {
            // Counted now: what is cut off at the end is not counted later.
            list.set_attr("start", &items.len().to_string());
            i64::try_from(items.len()).unwrap_or(i64::MAX)
        }
    };
    let kind = list.attr_or("type", "1");
    let is_wide = items.iter().any(|item| {
        let at = number(item, "value").unwrap_or(next);
        next = at.saturating_add(if is_reversed { -1 } else { 1 });
        numeral(at, &item.attr("type").unwrap_or_else(|| kind.clone())).len() > NARROW_CHARS_MAX
    });
    if is_wide {
        list.set_attr("class", WIDE);
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
