//! The texts of an article, without what was meant for the site's own software.

use dom_query::NodeRef;

use super::replace_with_text;

/// Shortcodes that leaked into the text, and "[…]" at an excerpt's end.
pub(super) fn mend_texts(root: &NodeRef) {
    for node in root.descendants().into_iter().filter(NodeRef::is_text) {
        let text = node.text();
        if !text.contains('[')
            || node.ancestors(None).iter().any(|up| up.has_name("pre") || up.has_name("code"))
        {
            continue;
        }
        let mended = without_shortcodes(&text).replace("[…]", "…").replace("[...]", "…");
        if *mended != *text {
            replace_with_text(&node, &mended);
        }
    }
}

/// Only names that are known to be shortcodes go: "[sic]" is text.
fn without_shortcodes(text: &str) -> String {
    const NAMES: [&str; 14] = [
        "caption",
        "wp_caption",
        "gallery",
        "embed",
        "audio",
        "video",
        "playlist",
        "youtube",
        "vimeo",
        "contact-form-7",
        "contact-form",
        "shortcode",
        "ads",
        "adsense",
    ];
    const STARTS: [&str; 8] = ["vc_", "et_pb_", "fusion_", "av_", "su_", "elementor-", "wpforms", "mc4wp_"];
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let inner = from[1..].trim_start_matches('/');
        let name: &str = inner
            .split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')))
            .next()
            .unwrap_or_default();
        let known = NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start));
        if !known {
            kept.push('[');
            rest = &from[1..];
            continue;
        }
        match from.find(']') {
            Some(end) => rest = &from[end + 1..],
            None => {
                kept.push_str(from);
                return kept;
            }
        }
    }
    kept.push_str(rest);
    kept
}
