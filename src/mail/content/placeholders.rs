//! The placeholders of what an editor wrote, from the typed text to the slots of a mail.
//!
//! Text is marked before it is read as Markdown or HTML: with stand-ins that are random, so that no article in the
//! same mail can hold one. In the cleaned HTML each becomes one character that no text has (it is taken out of
//! everything else before), which an excerpt and a cut can't divide; and that becomes the slot's marker at the end.

use anyhow::Context as _;

use crate::domain::links::fingerprint;
use crate::domain::placeholder::{PLACEHOLDERS_MAX, Placeholder, TextPart, parts};
use crate::domain::text::escape_html;

/// The first of the characters that stand for placeholders, in a plane for private use.
const FIRST_CHAR: u32 = 0xf_0000;

/// The character that stands for a placeholder.
pub(super) fn stand_in(at: usize) -> char {
    char::from_u32(FIRST_CHAR + at as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The text without any of those characters.
pub(super) fn without_stand_ins(text: &str) -> String {
    let last = FIRST_CHAR + PLACEHOLDERS_MAX as u32;
    text.chars().filter(|c| !(FIRST_CHAR..last).contains(&(*c as u32))).collect()
}

/// The placeholders that were found in what an editor wrote.
pub struct PlaceholderMarks {
    nonce: String,
    pub(super) found: Vec<Placeholder>,
}

impl PlaceholderMarks {
    pub fn new() -> anyhow::Result<Self> {
        let mut bytes = [0u8; 16];
        aws_lc_rs::rand::fill(&mut bytes).context("no random numbers")?;
        Ok(PlaceholderMarks { nonce: fingerprint(&bytes).replace(['-', '_'], "x"), found: Vec::new() })
    }

    /// Where a placeholder stands among those found; `None`: there are too many, which saving refuses.
    fn place(&mut self, placeholder: Placeholder) -> Option<usize> {
        let known = self.found.iter().position(|known| *known == placeholder);
        if known.is_none() && self.found.len() < PLACEHOLDERS_MAX {
            self.found.push(placeholder);
            return Some(self.found.len() - 1);
        }
        known
    }

    fn put(&mut self, text: &str, put: impl Fn(&str, usize) -> String) -> String {
        let mut out = String::with_capacity(text.len());
        for part in parts(text) {
            match part {
                TextPart::Text(text) | TextPart::Wrong(text, _) => out.push_str(text),
                TextPart::Placeholder(placeholder) => {
                    let default = placeholder.default.clone();
                    match self.place(placeholder) {
                        Some(at) => out.push_str(&put(&self.nonce, at)),
                        None => out.push_str(&default),
                    }
                }
            }
        }
        out
    }

    /// Markdown or HTML with a stand-in in place of each placeholder.
    pub fn mark(&mut self, text: &str) -> String {
        self.put(text, |nonce, at| format!("{nonce}v{at}e"))
    }

    /// The same for a line that is no HTML; `\{{` is two braces.
    pub(super) fn mark_line(&mut self, line: &str) -> String {
        self.put(&without_stand_ins(line), |_, at| stand_in(at).to_string()).replace("\\{{", "{{")
    }

    /// Takes HTML apart at its stand-ins: text, or a placeholder and whether it stands within a tag.
    fn walk(&self, html: &str, mut each: impl FnMut(&str, Option<(usize, bool)>)) {
        let mut tag = TagState::default();
        let mut pieces = html.split(self.nonce.as_str());
        let first = pieces.next().unwrap_or_default();
        tag.read(first);
        each(first, None);
        for piece in pieces {
            let named = piece.strip_prefix('v').and_then(|rest| rest.split_once('e'));
            let at = named.and_then(|(at, _)| at.parse().ok()).filter(|at| *at < self.found.len());
            let (Some(at), Some((_, rest))) = (at, named) else { continue };
            each("", Some((at, tag.is_within)));
            tag.read(rest);
            each(rest, None);
        }
    }

    /// Whether a placeholder stands within a tag of this HTML: in a link's address, most likely.
    pub fn any_within_tag(&self, html: &str) -> bool {
        let mut any = false;
        self.walk(html, |_, place| any |= place.is_some_and(|(_, is_within)| is_within));
        any
    }

    /// Cleaned HTML with a character in place of each stand-in; within a tag, the default.
    pub(super) fn settle(&self, html: &str) -> String {
        if self.found.is_empty() {
            return html.to_owned();
        }
        let mut out = String::with_capacity(html.len());
        self.walk(&without_stand_ins(html), |text, place| match place {
            None => out.push_str(text),
            Some((at, false)) => out.push(stand_in(at)),
            Some((at, true)) => out.push_str(&escape_html(&self.found[at].default)),
        });
        out
    }
}

/// Whether HTML that is read so far ends within a tag.
#[derive(Default)]
struct TagState {
    is_within: bool,
    quote: Option<u8>,
}

impl TagState {
    fn read(&mut self, html: &str) {
        for byte in html.bytes() {
            match (self.is_within, self.quote, byte) {
                (true, Some(quote), _) if byte == quote => self.quote = None,
                (true, None, b'"' | b'\'') => self.quote = Some(byte),
                (true, None, b'>') => self.is_within = false,
                (false, _, b'<') => self.is_within = true,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_becomes_one_character_that_nobody_else_can_write() {
        let mut marks = PlaceholderMarks::new().unwrap();
        let marked = marks.mark("Hi {{ name }} and {{ name }}, {{ city | \"town\" }} {{ wrong | x }}");
        assert_eq!(marks.found.len(), 2);
        let html = format!("<p>{marked} \u{f0000}</p><a href=\"{marked}\">x</a>");
        let settled = marks.settle(&html);
        assert_eq!(
            settled,
            "<p>Hi \u{f0000} and \u{f0000}, \u{f0001} {{ wrong | x }} </p><a href=\"Hi  and , town {{ wrong | x }}\">x</a>"
        );
        assert!(
            marks.any_within_tag(&html) && !marks.any_within_tag(&format!("<p title=\"a>b\">{marked}</p>"))
        );
        assert_eq!(marks.mark_line("\\{{ name }} {{ name }}\u{f0001}"), "{{ name }} \u{f0000}");
    }
}
