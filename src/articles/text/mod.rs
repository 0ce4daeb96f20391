//! The words of an article without its HTML.

mod body;
mod table;

use dom_query::NodeRef;

pub use self::body::text_body;
use super::{INPUT_BYTES_MAX, html};
use crate::domain::text::visible;

/// One line of text: entities decoded, tags gone, white space single. For titles and names. HTML that is too
/// complicated to be read loses its tags all the same.
pub fn plain_text(html: &str) -> String {
    text_of(html, |_| {})
}

fn text_of(html: &str, prepare: impl Fn(&dom_query::Document)) -> String {
    if !html.contains(['<', '&']) {
        return words(html);
    }
    let html = &html[..html.floor_char_boundary(INPUT_BYTES_MAX)];
    let Ok(document) = html::fragment(html) else { return plain_text_of_tags(html) };
    document.select("script, style, template, noscript").remove();
    prepare(&document);
    // Blocks end words: `<p>a</p><p>b</p>` is "a b".
    let mut text = String::new();
    let ends_words = |node: &NodeRef| node.node_name().is_some_and(|name| !INLINE.contains(&&*name));
    for node in document.root().descendants_it() {
        if node.prev_sibling().is_some_and(|before| ends_words(&before)) {
            text.push(' ');
        }
        if node.is_text() {
            text.push_str(&node.text());
        } else if ends_words(&node) {
            text.push(' ');
        }
    }
    words(&text)
}

const INLINE: [&str; 16] = [
    "a", "abbr", "b", "bdi", "cite", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup",
    "u",
];

/// The same for what no parser should see: everything between `<` and `>` is dropped.
fn plain_text_of_tags(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or("", |(_, after)| after));
        text.push(' ');
    }
    words(&text)
}

fn words(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first `chars_max` characters of the running text, cut between words and ended with "…" where it was longer.
/// Headings and captions, which would be glued to a sentence, are left out unless there is nothing else.
pub fn excerpt(html: &str, chars_max: usize) -> String {
    let running = text_of(html, |document| {
        document.select("h1, h2, h3, h4, h5, h6, figcaption, caption, th, dt").remove();
        for item in document.select("li + li, dd + dd").nodes() {
            item.prepend_child(&item.tree.new_text("· "));
        }
    });
    shortened(&if running.is_empty() { plain_text(html) } else { running }, chars_max)
}

/// The same of text that is plain already: titles, names, descriptions of pictures.
pub fn shortened(text: &str, chars_max: usize) -> String {
    let text = words(text);
    if chars_max == 0 {
        return String::new();
    }
    if text.chars().count() <= chars_max {
        return text;
    }
    let room: String = text.chars().take(chars_max).collect();
    let cut = match room.rsplit_once(' ') {
        Some((before, _)) => before,
        None => &room[..room.char_indices().next_back().map_or(0, |(at, _)| at)],
    };
    format!("{}…", cut.trim_end_matches([' ', ',', ';', ':', '.', '–', '-', '…']))
}

/// Which way a text runs, by its first letter that says so, as HTML's `dir="auto"` has it; `None` where none does. What
/// has a direction of its own says nothing of the rest, unless all has one.
pub fn direction(cleaned: &str) -> Option<&'static str> {
    let document = html::fragment(cleaned).ok()?;
    let mut own = None;
    for node in document.root().descendants_it().filter(NodeRef::is_text) {
        let Some(side) = node.text().chars().find_map(side) else { continue };
        match node.ancestors_it(None).find_map(|up| up.attr("dir")) {
            None => return Some(side),
            Some(dir) => own = own.or(if &*dir == "rtl" { Some("rtl") } else { Some("ltr") }),
        }
    }
    own
}

fn side(c: char) -> Option<&'static str> {
    match c {
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}' => c.is_alphabetic().then_some("rtl"),
        c => c.is_alphabetic().then_some("ltr"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_title_costs_no_more_than_its_length() {
        assert_eq!(plain_text(&"<b>x".repeat(100_000)).len(), 199_999);
    }

    #[test]
    fn titles_are_one_line_without_entities() {
        assert_eq!(plain_text("Fish &#038; chips:\n <em>cold</em>"), "Fish & chips: cold");
        assert_eq!(plain_text("5 < 6 ships"), "5 < 6 ships");
        assert_eq!(plain_text("<p>One</p><p>two</p>three<br>four"), "One two three four");
        assert_eq!(plain_text("a<script>b</script>"), "a");
    }

    #[test]
    fn an_excerpt_ends_with_a_word() {
        assert_eq!(excerpt("<p>Thirty-one vessels, idle</p>", 20), "Thirty-one vessels…");
        assert_eq!(excerpt("short", 20), "short");
        assert_eq!(excerpt("港".repeat(30).as_str(), 10), format!("{}…", "港".repeat(9)));
    }

    #[test]
    fn an_excerpt_glues_no_heading_or_caption_to_a_sentence() {
        let html = "<h2>How they agreed</h2><figure><img src=a><figcaption>The pier</figcaption></figure>\
                    <p>The lines park <b>ships</b>.</p><h3>What next</h3><ul><li>Hallerud<li>Rotterdam</ul>";
        assert_eq!(excerpt(html, 60), "The lines park ships. Hallerud · Rotterdam");
        assert_eq!(excerpt("<h2>A heading alone</h2>", 60), "A heading alone");
        assert_eq!(excerpt("<h1></h1>", 60), "");
    }

    #[test]
    fn the_text_part_keeps_links_and_lists() {
        let text = text_body(
            "<h2>Idle ships</h2><p>See <a href=\"https://harbour.example/a\">the count</a> of <b>Friday</b>.</p>\
             <ul><li>one</li><li>two</li></ul>",
        );
        assert_eq!(
            text,
            "Idle ships\n==========\n\nSee the count [1] of Friday.\n\n- one\n- two\n\n[1] https://harbour.example/a"
        );
    }
}
