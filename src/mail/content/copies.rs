//! Copies of a campaign's mail: a test of it, a preview, and the public one.

use super::frame::templates;
use super::look::{LOOK, Look};
use super::{Content, ReasonByCadence};
use crate::domain::subscription::Cadence;
use crate::domain::text::{escape_html, single_line};
use crate::locale::Localizer;
use crate::mail::slots::{Slot, defuse};

struct Test<'a> {
    content: &'a Content,
    words: Localizer,
    note: &'a str,
    look: &'static Look,
}

templates!(Test, "emails/test/subject.txt", "emails/test/body.txt", "emails/test/body.html");

/// A reader's copy to look at: their words in the places, and links that lead nowhere.
pub fn preview_copy(content: &Content, reader: &PreviewReader<'_>) -> Content {
    let fill = |text: &str, reasons: &ReasonByCadence, escape: fn(&str) -> String| {
        let reason = reasons.of(reader.subscription.map(|(cadence, _)| cadence));
        let since = reader.subscription.map_or("", |(_, since)| since);
        // The reason first: the two behind it stand in it.
        [
            (Slot::Reason, reason.to_owned()),
            (Slot::Email, escape(reader.email)),
            (Slot::Since, escape(since)),
            (Slot::UnsubscribeToken, "preview".to_owned()),
            (Slot::PreferencesToken, "preview".to_owned()),
        ]
        .into_iter()
        .chain(Slot::values(content.placeholders.len()).zip(reader.values.iter().map(|value| escape(value))))
        .fold(text.to_owned(), |text, (slot, value)| text.replace(slot.marker(), &value))
    };
    Content {
        html: fill(&content.html, &content.reasons.html, escape_html),
        text: fill(&content.text, &content.reasons.text, str::to_owned),
        ..content.clone()
    }
}

/// Whom a preview is for.
#[derive(Clone, Copy, Debug)]
pub struct PreviewReader<'a> {
    pub email: &'a str,
    /// How often they get the list, and since which day.
    pub subscription: Option<(Cadence, &'a str)>,
    /// What stands for the content's placeholders, in their order.
    pub values: &'a [String],
}

/// A campaign's content as a test of it: the note on top, and "[Test]" before the subject. Its slots stay.
pub fn test(content: &Content, note: &str) -> anyhow::Result<Content> {
    let note = defuse(&single_line(note));
    let (subject, text, banner) =
        Test { content, words: Localizer::english(), note: &note, look: &LOOK }.render()?;
    let html = content.html.replacen(TOP, &format!("{}{TOP}", banner.trim()), 1);
    Ok(Content { subject, html, text, ..content.clone() })
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
    let copy = Slot::ALL.iter().fold(copy, |copy, slot| copy.replace(slot.marker(), ""));
    with_defaults(content, &copy, escape_html)
}

/// A line of a content, its subject or its preheader, as everybody may see it: with the defaults of its placeholders.
pub fn public_line(content: &Content, line: &str) -> String {
    with_defaults(content, line, str::to_owned)
}

fn with_defaults(content: &Content, text: &str, escape: fn(&str) -> String) -> String {
    let slots = Slot::values(content.placeholders.len()).zip(&content.placeholders);
    slots.fold(text.to_owned(), |text, (slot, placeholder)| {
        text.replace(slot.marker(), &escape(&placeholder.default))
    })
}
