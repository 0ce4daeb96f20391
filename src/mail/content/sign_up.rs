//! Mails to who signed up: whether they want it, or that they have it already.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, templates};
use crate::db::publication::Publication;
use crate::domain::subscription::Cadence;
use crate::locale::{Localizer, Value};

/// Lists as a sentence names them, each with how often it comes.
struct Newsletters {
    html: String,
    text: String,
}

impl Newsletters {
    fn new(words: &Localizer, lists: &[(&str, Cadence)]) -> Newsletters {
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
    fn html(&self) -> Value<'static> {
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
    confirm_url: &str,
    block_url: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let frame = Frame::new(publication, words, words.text("mail-confirm-preheader").to_string());
    let expires = words.date_time_zone(&expires_at.with_timezone(&publication.zone()));
    let mail =
        Confirmation { frame, newsletters: Newsletters::new(words, wanted), confirm_url, block_url, expires };
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
