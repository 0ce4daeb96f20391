//! Formulas and drawings that are elements of their own, of which no mail client shows any: their words.

use dom_query::{Document, NodeRef};

use super::images::say_picture;
use super::links::Links;
use super::{replace_with_text, words};
use crate::locale::Localizer;

/// Nodes among which the picture stands that a control belongs to.
const CONTROL_NODES_MAX: usize = 24;

/// Puts words in the places of MathML, of TeX in scripts and of SVG.
pub(super) fn say_drawings(document: &Document, links: &Links, language: &Localizer) {
    // Beside its MathML stands the same formula as boxes.
    for node in document.select(".katex-mathml + .katex-html, math + [aria-hidden='true']").nodes() {
        node.remove_from_parent();
    }
    let scripts = document.select("script[type^='math/tex']");
    if !scripts.is_empty() {
        document.select(".MathJax_Preview, .MathJax, .MathJax_Display, .MathJax_SVG").remove();
    }
    for node in scripts.nodes() {
        let is_block = node.attr_or("type", "").contains("mode=display");
        write_formula(node, node.text().trim(), is_block);
    }
    for node in document.select("math").nodes() {
        let is_block = &*node.attr_or("display", "") == "block";
        write_formula(node, &formula(node), is_block);
    }
    for node in document.select("svg").nodes() {
        mend_svg(node, links, language);
    }
}

fn write_formula(node: &NodeRef, text: &str, is_block: bool) {
    if !is_block {
        return replace_with_text(node, text);
    }
    let paragraph = node.tree.new_element("div");
    paragraph.append_child(&node.tree.new_text(text).id);
    node.replace_with(&paragraph.id);
}

/// A formula's TeX, where it is given, or else its signs in a line.
fn formula(math: &NodeRef) -> String {
    let annotation = || {
        let mut inner = math.descendants_it();
        let found =
            inner.find(|node| node.has_name("annotation") && node.attr_or("encoding", "").contains("tex"));
        found.map(|node| words(&node))
    };
    let given = math.attr("alttext").map(|text| text.to_string()).or_else(annotation);
    if let Some(tex) = given.filter(|tex| !tex.trim().is_empty()) {
        let tex = tex.trim();
        let bare = tex.strip_prefix("{\\displaystyle").or_else(|| tex.strip_prefix("{\\textstyle"));
        return bare.and_then(|tex| tex.strip_suffix('}')).unwrap_or(tex).trim().to_owned();
    }
    line(math).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The signs of an element of MathML: powers with `^`, indices with `_`, fractions with `/`.
fn line(node: &NodeRef) -> String {
    let name = node.node_name().unwrap_or_default();
    let parts = || node.element_children().iter().map(line).collect::<Vec<String>>();
    let joined = |sign: &str| parts().iter().map(|part| grouped(part)).collect::<Vec<_>>().join(sign);
    let with_limits = |signs: [&str; 2]| {
        let parts = parts();
        let limits = parts.iter().skip(1).zip(signs).map(|(part, sign)| format!("{sign}{}", grouped(part)));
        parts.first().cloned().unwrap_or_default() + &limits.collect::<String>()
    };
    match &*name {
        "annotation" | "annotation-xml" | "mphantom" => String::new(),
        "mo" => match words(node).as_str() {
            operator @ ("=" | "+" | "−" | "-" | "<" | ">" | "≤" | "≥" | "≈" | "≠" | "→" | "⇒" | "±" | "×"
            | "·" | "∈") => {
                format!(" {operator} ")
            }
            other => other.to_owned(),
        },
        "mi" | "mn" | "mtext" | "ms" => words(node),
        "msup" | "mover" => with_limits(["^", "^"]),
        "msub" | "munder" => with_limits(["_", "_"]),
        "msubsup" | "munderover" => with_limits(["_", "^"]),
        "mfrac" => joined("/"),
        "msqrt" => format!("√{}", grouped(&parts().concat())),
        "mroot" => match parts().as_slice() {
            [base, degree] => format!("{}^(1/{})", grouped(base), degree.trim()),
            other => other.concat(),
        },
        "mfenced" => format!("({})", parts().join(", ")),
        "mtd" => parts().concat() + " ",
        "mtr" => parts().concat().trim().to_owned() + "; ",
        "mtable" => parts().concat().trim_end_matches("; ").to_owned(),
        "mspace" => " ".to_owned(),
        _ if node.first_element_child().is_none() => words(node),
        _ => parts().concat(),
    }
}

/// In brackets, where it is more than one number or name.
fn grouped(part: &str) -> String {
    let part = part.trim();
    let is_one = part.chars().count() <= 1 || part.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_one || part.starts_with('(') && part.ends_with(')') { part.to_owned() } else { format!("({part})") }
}

/// A drawing's title. An icon beside a link's words says nothing that these don't.
fn mend_svg(node: &NodeRef, links: &Links, language: &Localizer) {
    let said =
        |name: &str| node.descendants_it().find(|inner| inner.has_name(name)).map(|inner| words(&inner));
    let title = said("title").or_else(|| said("desc"));
    let label = || node.attr("aria-label").map(|label| label.to_string());
    let said = title.filter(|title| !title.is_empty()).or_else(label).unwrap_or_default();
    let in_link = node.ancestors_it(None).any(|up| up.has_name("a"));
    let has_words = |beside: NodeRef| !beside.has_name("svg") && !beside.text().trim().is_empty();
    let is_beside_words =
        in_link && (node.prev_sibling().is_some_and(has_words) || node.next_sibling().is_some_and(has_words));
    let is_icon = ["width", "height"].iter().any(|name| {
        node.attr(name)
            .and_then(|px| px.trim_end_matches("px").parse::<f32>().ok())
            .is_some_and(|px| px <= 48.0)
    });
    let is_hidden = &*node.attr_or("aria-hidden", "") == "true";
    // A control over the picture: to enlarge it, to share it.
    let is_control = said.is_empty() && is_over_picture(node);
    if is_beside_words || is_hidden || is_control || is_icon && said.is_empty() {
        return node.remove_from_parent();
    }
    say_picture(node, &said, links, language);
}

/// Whether the link or the figure around it has a picture already.
fn is_over_picture(node: &NodeRef) -> bool {
    let link = node.ancestors_it(None).find(|up| up.has_name("a") || up.has_name("figure"));
    link.is_some_and(|link| link.descendants_it().take(CONTROL_NODES_MAX).any(|inner| inner.has_name("img")))
}
