//! Copies of a campaign's mail: a test of it, a preview, and the public one.

use super::Content;
use super::frame::templates;
use super::look::{LOOK, Look};
use crate::domain::subscription::Cadence;
use crate::domain::text::{escape_html, single_line};
use crate::mail::slots::{Slot, defuse};

struct Test<'a> {
    content: &'a Content,
    note: &'a str,
    look: &'static Look,
}

templates!(Test, "emails/test/subject.txt", "emails/test/body.txt", "emails/test/body.html");

/// A reader's copy to look at: their words in the places, and links that lead nowhere.
pub fn preview_copy(content: &Content, reader: &PreviewReader<'_>) -> Content {
    let fill = |text: &str, escape: fn(&str) -> String| {
        let mut text = text.to_owned();
        for slot in Slot::ALL {
            let value = match slot {
                Slot::UnsubscribeToken | Slot::PreferencesToken => "preview".to_owned(),
                Slot::Email => escape(reader.email),
                Slot::Cadence => {
                    reader.cadence.map(|cadence| format!(", {}", cadence.in_words())).unwrap_or_default()
                }
                Slot::Since => reader.since.map(|since| format!(" on {}", escape(since))).unwrap_or_default(),
            };
            text = text.replace(slot.marker(), &value);
        }
        text
    };
    Content {
        subject: content.subject.clone(),
        preheader: content.preheader.clone(),
        html: fill(&content.html, escape_html),
        text: fill(&content.text, str::to_owned),
    }
}

/// Whom a preview is for.
#[derive(Clone, Copy, Debug)]
pub struct PreviewReader<'a> {
    pub email: &'a str,
    pub cadence: Option<Cadence>,
    /// "3 March 2024".
    pub since: Option<&'a str>,
}

/// A campaign's content as a test of it: the note on top, and "[Test]" before the subject. Its slots stay.
pub fn test(content: &Content, note: &str) -> anyhow::Result<Content> {
    let note = defuse(&single_line(note));
    let (subject, text, banner) = Test { content, note: &note, look: &LOOK }.render()?;
    let html = content.html.replacen(TOP, &format!("{}{TOP}", banner.trim()), 1);
    Ok(Content { subject, preheader: content.preheader.clone(), html, text })
}

// Comments of the templates; an article can't hold any, because cleaning drops comments.
const TOP: &str = "<!--top-->";
const READER: (&str, &str) = ("<!--reader-->", "<!--/reader-->");

/// The HTML for the public archive: without the links and words that are one reader's.
pub fn browser_copy(content: &Content) -> String {
    let mut copy = String::with_capacity(content.html.len());
    let mut rest = content.html.as_str();
    while let Some((before, from)) = rest.split_once(READER.0) {
        copy.push_str(before);
        rest = from.split_once(READER.1).map_or("", |(_, after)| after);
    }
    copy.push_str(rest);
    // Nothing is left; were a slot ever to stand outside of the comments, it must not show.
    Slot::ALL.iter().fold(copy, |copy, slot| copy.replace(slot.marker(), ""))
}
