//! The words of an article without its HTML.

use dom_query::Document;

/// One line of text: entities decoded, tags gone, white space single. For titles and names.
pub fn plain_text(html: &str) -> String {
    let document = Document::fragment(html);
    words(&document.text())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first `chars_max` signs of the text, cut between words and ended with "…" where it was longer.
pub fn excerpt(html: &str, chars_max: usize) -> String {
    let text = plain_text(html);
    if text.chars().count() <= chars_max {
        return text;
    }
    let room: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    let cut = room.rsplit_once(' ').map_or(room.as_str(), |(before, _)| before);
    format!("{}…", cut.trim_end_matches([' ', ',', ';', ':', '.', '–', '-']))
}

/// The text part of a mail: 72 signs a line, links behind their words in angle brackets.
pub fn text_body(html: &str) -> String {
    html2text::config::plain().string_from_read(html.as_bytes(), 72).unwrap_or_else(|_| plain_text(html))
}
