//! `[caption]…[/caption]`, which WordPress' own software makes a figure of.

use dom_query::NodeRef;

/// Nodes between the two ends: a picture, its link, and some marked words.
const NODES_MAX: usize = 16;

/// Makes a figure of each picture between `[caption …]` and `[/caption]`, with the words behind it as its caption.
pub(super) fn mend_captions(root: &NodeRef) {
    for node in root.descendants().into_iter().filter(NodeRef::is_text) {
        // The text behind one caption may begin the next.
        let mut at = Some(node);
        while let Some(node) = at {
            at = mend_caption(&node);
        }
    }
}

/// The same of the caption that this text begins; what is behind it.
fn mend_caption<'a>(node: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let start = Start::find(&node.text())?;
    if node.ancestors_it(None).any(|up| up.has_name("pre") || up.has_name("code")) {
        return None;
    }
    let mut parts = Vec::new();
    for part in std::iter::successors(node.next_sibling(), NodeRef::next_sibling).take(NODES_MAX) {
        let text = if part.is_text() { part.text().to_string() } else { String::new() };
        parts.push(part);
        if let Some(end) = text.find(END).or_else(|| text.find(WP_END)) {
            return make_figure(node, &start, &parts, end);
        }
    }
    None
}

const END: &str = "[/caption]";
const WP_END: &str = "[/wp_caption]";

/// How a caption begins.
struct Start {
    /// What stands before it in the same text.
    before: String,
    /// What stands between it and the picture.
    after: String,
    /// The words, where they are said in its arguments.
    words: String,
}

impl Start {
    fn find(text: &str) -> Option<Start> {
        let at = text.rfind("[caption").or_else(|| text.rfind("[wp_caption"))?;
        let (inner, after) = text[at..].split_once(']')?;
        let words = inner.split_once(" caption=").and_then(|(_, value)| {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            value[1..].split(quote).next()
        });
        Some(Start {
            before: text[..at].to_owned(),
            after: after.to_owned(),
            words: words.unwrap_or_default().trim().to_owned(),
        })
    }
}

/// Moves what `parts` are, of which the last is the text with the end in it, into a figure; only where one of them is
/// a picture. What is behind it.
fn make_figure<'a>(
    opener: &NodeRef<'a>,
    start: &Start,
    parts: &[NodeRef<'a>],
    end: usize,
) -> Option<NodeRef<'a>> {
    let (last, inner) = parts.split_last()?;
    let is_picture = |part: &NodeRef| {
        part.has_name("img") || part.is_element() && part.descendants_it().any(|inner| inner.has_name("img"))
    };
    let picture = inner.iter().position(is_picture)?;
    let tree = opener.tree;
    let figure = tree.new_element("figure");
    let caption = tree.new_element("figcaption");
    for part in &inner[..=picture] {
        figure.append_child(&part.id);
    }
    for said in [start.words.as_str(), start.after.trim()].into_iter().filter(|said| !said.is_empty()) {
        caption.append_child(&tree.new_text(format!("{said} ")).id);
    }
    for part in &inner[picture + 1..] {
        caption.append_child(&part.id);
    }
    let text = last.text();
    let rest = text[end..].split_once(']').map_or("", |(_, rest)| rest).to_owned();
    caption.append_child(&tree.new_text(text[..end].trim_end()).id);
    if !caption.text().trim().is_empty() {
        figure.append_child(&caption.id);
    }
    let rest = tree.new_text(rest);
    last.replace_with(&rest.id);
    opener.insert_after(&figure.id);
    opener.replace_with(&tree.new_text(start.before.as_str()).id);
    lift(&figure);
    Some(rest)
}

/// No paragraph holds a figure: it is parted in two around it.
fn lift(figure: &NodeRef) {
    while let Some(up) = figure.parent().filter(|up| up.has_name("p") || up.has_name("span")) {
        let before = figure.tree.new_element(if up.has_name("p") { "p" } else { "span" });
        while let Some(first) = up.first_child().filter(|first| first.id != figure.id) {
            before.append_child(&first.id);
        }
        up.insert_before(&before.id);
        up.insert_before(&figure.id);
    }
}
