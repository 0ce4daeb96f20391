//! The texts of an article, without what was meant for the site's own software.

use std::collections::HashSet;

use dom_query::NodeRef;

use super::replace_with_text;

/// No shortcode is longer.
const SHORTCODE_BYTES_MAX: usize = 2_000;

/// Shortcodes that leaked into the text, and "[…]" at an excerpt's end. One that embeds something is a frame then.
pub(super) fn mend_texts(root: &NodeRef) {
    let mut opened = HashSet::new();
    for node in root.descendants().into_iter().filter(NodeRef::is_text) {
        let text = node.text();
        if !text.contains('[')
            || node.ancestors(None).iter().any(|up| up.has_name("pre") || up.has_name("code"))
        {
            continue;
        }
        let is_alone = [node.prev_sibling(), node.next_sibling()]
            .into_iter()
            .flatten()
            .all(|beside| beside.has_name("br"));
        let found = without_shortcodes(&text, is_alone, &mut opened);
        if is_alone && let Some(address) = found.embedded.filter(|_| found.kept.trim().is_empty()) {
            let frame = node.tree.new_element("iframe");
            frame.set_attr("src", &address);
            node.replace_with(&frame.id);
            continue;
        }
        let mended = found.kept.replace("[…]", "…").replace("[...]", "…");
        if *mended != *text {
            replace_with_text(&node, &mended);
        }
    }
}

/// A text without its shortcodes.
struct WithoutShortcodes {
    kept: String,
    /// The address that one of them names.
    embedded: Option<String>,
}

/// What is a shortcode is known by its name, or by its shape, since no sentence has `[word name="value"]`. "[sic]" is
/// text.
fn without_shortcodes(text: &str, is_alone: bool, opened: &mut HashSet<String>) -> WithoutShortcodes {
    let mut kept = String::with_capacity(text.len());
    let mut embedded = None;
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let window = &from[..from.floor_char_boundary(SHORTCODE_BYTES_MAX)];
        let end = window.find(']');
        let Some(end) = end.filter(|end| {
            is_shortcode(
                &from[1..*end],
                is_alone && window[end + 1..].trim().is_empty() && kept.trim().is_empty(),
                opened,
            )
        }) else {
            kept.push('[');
            rest = &from[1..];
            continue;
        };
        let inner = &from[1..end];
        embedded = embedded.or_else(|| address_in(inner));
        rest = &from[end + 1..];
        if inner == "embed"
            && let Some((address, behind)) = rest.split_once("[/embed]")
        {
            embedded = address_in(address);
            if embedded.is_none() {
                kept.push_str(address);
            }
            rest = behind;
        }
    }
    kept.push_str(rest);
    WithoutShortcodes { kept, embedded }
}

fn address_in(text: &str) -> Option<String> {
    let from = &text[text.find("https://").or_else(|| text.find("http://"))?..];
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '″' | '“' | '’');
    Some(from[..from.find(ends).unwrap_or(from.len())].replace("&amp;", "&"))
}

fn is_shortcode(inner: &str, is_line: bool, opened: &mut HashSet<String>) -> bool {
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
    let is_end = inner.starts_with('/');
    let bare = inner.trim_start_matches('/');
    let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let (name, arguments) = bare.split_at(bare.find(|c| !is_of_name(c)).unwrap_or(bare.len()));
    let is_bare = matches!(arguments.trim(), "" | "/");
    let known = NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start));
    if known && (is_bare || arguments.starts_with(char::is_whitespace)) {
        return true;
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return false;
    }
    let has_shape = match is_end {
        true => is_bare && opened.contains(name),
        false => has_arguments(arguments) || is_bare && is_line && name.contains(['_', '-']),
    };
    if has_shape && !is_end {
        opened.insert(name.to_owned());
    }
    has_shape
}

/// Whether there is ` name="value"`, with whatever typography made of the quotation marks, or ` name=5`.
fn has_arguments(text: &str) -> bool {
    let Some((before, value)) = text.split_once('=') else { return false };
    let name = before.trim_start();
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let quotes = ['"', '\'', '“', '”', '„', '″', '′', '‘', '’', '«', '»'];
    before.starts_with(char::is_whitespace)
        && is_name
        && value.starts_with(|c: char| quotes.contains(&c) || c.is_ascii_digit())
}
