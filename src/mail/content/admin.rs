//! Mails to admins: what is wrong, and whether mail arrives.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, templates};
use crate::db::publication::Publication;
use crate::domain::text::single_line;
use crate::locale::Localizer;

/// What an admin is told, and what to do about it.
#[derive(Clone, Debug)]
pub struct AlertWords<'a> {
    /// A few words; the subject too.
    pub headline: String,
    /// What it means, in a sentence or two.
    pub happened: String,
    /// As the relay or the server said it.
    pub why: &'a str,
    pub advice: String,
    /// To be typed as they stand.
    pub commands: Vec<String>,
}

struct Alert<'a> {
    frame: Frame<'a>,
    headline: &'a str,
    happened: &'a str,
    why: &'a str,
    advice: &'a str,
    commands: &'a [String],
    time: String,
    base_url: &'a str,
}

struct Trial<'a> {
    frame: Frame<'a>,
    from: &'a str,
    reply_to: &'a str,
    time: String,
    base_url: &'a str,
}

templates!(Alert, "emails/alert/subject.txt", "emails/alert/body.txt", "emails/alert/body.html");
templates!(Trial, "emails/trial/subject.txt", "emails/trial/body.txt", "emails/trial/body.html");

/// Tells an admin what is wrong.
pub fn alert(
    publication: &Publication,
    says: &AlertWords,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let words = Localizer::english();
    let mail = Alert {
        frame: Frame::new(publication, &words, single_line(&says.happened)),
        headline: &says.headline,
        happened: &says.happened,
        why: says.why,
        advice: &says.advice,
        commands: &says.commands,
        time: words.date_time_zone(&at.with_timezone(&publication.zone())),
        base_url,
    };
    let rendered = mail.render()?;
    mail.frame.notice(rendered)
}

/// Shows an admin that mail arrives, from whom, and how it looks.
pub fn trial(
    publication: &Publication,
    from: &str,
    reply_to: &str,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let words = Localizer::english();
    let frame = Frame::new(publication, &words, words.text("mail-trial-preheader").to_string());
    let mail = Trial {
        frame,
        from,
        reply_to,
        time: words.date_time_zone(&at.with_timezone(&publication.zone())),
        base_url,
    };
    let rendered = mail.render()?;
    mail.frame.notice(rendered)
}
