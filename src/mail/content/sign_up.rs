//! Mails to who signed up: whether they want it, or that they have it already.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, local_time, notice, templates};
use crate::db::publication::Publication;
use crate::domain::subscription::Cadence;

struct Confirmation<'a> {
    frame: Frame<'a>,
    wanted: &'a [(&'a str, Cadence)],
    confirm_url: &'a str,
    block_url: &'a str,
    /// "Thursday 26 November, 09:41 London (GMT)".
    expires: String,
}

struct Subscribed<'a> {
    frame: Frame<'a>,
    lists: &'a [(&'a str, Cadence)],
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
    wanted: &[(&str, Cadence)],
    confirm_url: &str,
    block_url: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let expires = local_time(publication, expires_at);
    let preheader = "One press of a button starts it. If you do nothing, nothing happens.".to_owned();
    let mail =
        Confirmation { frame: Frame::new(publication, preheader), wanted, confirm_url, block_url, expires };
    notice(mail.render()?, mail.frame.preheader)
}

/// Tells who is subscribed already and signed up again.
pub fn already_subscribed(
    publication: &Publication,
    lists: &[(&str, Cadence)],
    preferences_url: &str,
    block_url: &str,
) -> anyhow::Result<Content> {
    let preheader = "Somebody typed your address into our form. Nothing has changed.".to_owned();
    let mail = Subscribed { frame: Frame::new(publication, preheader), lists, preferences_url, block_url };
    notice(mail.render()?, mail.frame.preheader)
}
