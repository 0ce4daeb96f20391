//! Mails to who signed up: whether they want it, or that they have it already.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, templates};
use crate::db::publication::Publication;
use crate::domain::subscription::Cadence;
use crate::locale::{Localizer, Value};

/// Lists as a sentence names them, each with how often it comes.
pub(super) struct Newsletters {
    html: String,
    pub(super) text: String,
}

impl Newsletters {
    pub(super) fn new(words: &Localizer, lists: &[(&str, Cadence)]) -> Newsletters {
        let named = |(list, cadence): &(&str, Cadence)| {
            let (html, text) = match cadence {
                Cadence::Each => ("newsletter-each", "newsletter-each-text"),
                Cadence::Daily => ("newsletter-daily", "newsletter-daily-text"),
                Cadence::Weekly => ("newsletter-weekly", "newsletter-weekly-text"),
                Cadence::Monthly => ("newsletter-monthly", "newsletter-monthly-text"),
            };
            (
                words.html(html).with("newsletter", *list).to_string(),
                words.text(text).with("newsletter", *list).to_string(),
            )
        };
        let (html, text): (Vec<String>, Vec<String>) = lists.iter().map(named).unzip();
        Newsletters { html: words.and(&html), text: words.and(&text) }
    }

    /// Safe already.
    pub(super) fn html(&self) -> Value<'static> {
        Value::Html(self.html.clone())
    }
}

struct Confirmation<'a> {
    frame: Frame<'a>,
    newsletters: Newsletters,
    confirm_url: &'a str,
    block_url: &'a str,
    /// "Thursday 26 November, 09:41 London (GMT)".
    expires: String,
    asks: Asks,
}

/// The how manieth mail it is that asks whether an address wants a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The only one.
    Once,
    /// The first: a reminder follows.
    First,
    /// The reminder, behind which there is none.
    Last,
}

impl Asks {
    fn subject(self) -> &'static str {
        if self == Asks::Last { "mail-remind-subject" } else { "mail-confirm-subject" }
    }

    /// When the link expires, and what comes of doing nothing.
    fn expires(self) -> &'static str {
        if self == Asks::First { "mail-confirm-expires-reminds" } else { "mail-confirm-expires" }
    }

    fn is_last(self) -> bool {
        self == Asks::Last
    }
}

struct Subscribed<'a> {
    frame: Frame<'a>,
    newsletters: Newsletters,
    preferences_url: &'a str,
    block_url: &'a str,
}

templates!(
    Confirmation,
    "emails/confirmation/subject.txt",
    "emails/confirmation/body.txt",
    "emails/confirmation/body.html"
);
templates!(
    Subscribed,
    "emails/subscribed/subject.txt",
    "emails/subscribed/body.txt",
    "emails/subscribed/body.html"
);

/// Asks whether the address wants these lists.
pub fn confirmation(
    publication: &Publication,
    words: &Localizer,
    wanted: &[(&str, Cadence)],
    (confirm_url, block_url): (&str, &str),
    expires_at: DateTime<Utc>,
    asks: Asks,
) -> anyhow::Result<Content> {
    let frame = Frame::new(publication, words, words.text("mail-confirm-preheader").to_string());
    let expires = words.date_time_zone(&expires_at.with_timezone(&publication.zone()));
    let newsletters = Newsletters::new(words, wanted);
    let mail = Confirmation { frame, newsletters, confirm_url, block_url, expires, asks };
    let rendered = mail.render()?;
    mail.frame.notice(rendered)
}

/// Tells who is subscribed already and signed up again.
pub fn already_subscribed(
    publication: &Publication,
    words: &Localizer,
    lists: &[(&str, Cadence)],
    preferences_url: &str,
    block_url: &str,
) -> anyhow::Result<Content> {
    let frame = Frame::new(publication, words, words.text("mail-subscribed-preheader").to_string());
    let mail = Subscribed { frame, newsletters: Newsletters::new(words, lists), preferences_url, block_url };
    let rendered = mail.render()?;
    mail.frame.notice(rendered)
}
