//! What may be in a mail: the elements and attributes that its clients show, and nothing that acts.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::numbering::WIDE;
use super::tables::STACKED;

pub(super) static ALLOWED: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "dfn",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ];
    let attributes: HashMap<&str, HashSet<&str>> = [
        ("a", vec!["href"]),
        ("img", vec!["src", "alt", "width", "height"]),
        ("td", vec!["colspan", "rowspan", "align", "width"]),
        ("th", vec!["colspan", "rowspan", "align"]),
        ("ol", vec!["type", "start", "reversed"]),
        ("li", vec!["type", "value"]),
        ("bdo", vec!["dir"]),
    ]
    .into_iter()
    .map(|(tag, names)| (tag, names.into_iter().collect()))
    .collect();
    let silenced = [
        "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "textarea", "select",
        "title", "button", "form", "video", "audio", "canvas",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(tags.into_iter().collect())
        .clean_content_tags(silenced.into_iter().collect())
        .tag_attributes(attributes)
        // The mail's own: an article's are gone.
        .allowed_classes(
            [("ol", [WIDE].into_iter().collect()), ("td", [STACKED].into_iter().collect())]
                .into_iter()
                .collect(),
        )
        .generic_attributes(["dir", "lang"].into_iter().collect())
        .url_schemes(["http", "https", "mailto", "tel"].into_iter().collect())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|tag, name, value| {
            // A picture's address must be on the web; `mailto:` and `tel:` are for links.
            (tag != "img" || name != "src" || value.starts_with("http")).then_some(value.into())
        });
    builder
});
