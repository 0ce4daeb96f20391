//! Mails to admins: what is wrong, and whether mail arrives.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, local_time, notice, templates};
use crate::db::publication::Publication;
use crate::domain::text::single_line;

/// What an admin is told, and what to do about it.
#[derive(Clone, Debug)]
pub struct AlertWords<'a> {
    /// A few words; the subject too.
    pub headline: &'a str,
    /// What it means, in a sentence or two.
    pub happened: String,
    /// As the relay or the server said it.
    pub why: &'a str,
    pub advice: &'a str,
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
    words: &AlertWords,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let mail = Alert {
        frame: Frame::new(publication, single_line(&words.happened)),
        headline: words.headline,
        happened: &words.happened,
        why: words.why,
        advice: words.advice,
        commands: &words.commands,
        time: local_time(publication, at),
        base_url,
    };
    notice(mail.render()?, mail.frame.preheader)
}

/// Shows an admin that mail arrives, from whom, and how it looks.
pub fn trial(
    publication: &Publication,
    from: &str,
    reply_to: &str,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let preheader = "It came the way that all mail to your readers goes.".to_owned();
    let frame = Frame::new(publication, preheader);
    let mail = Trial { frame, from, reply_to, time: local_time(publication, at), base_url };
    notice(mail.render()?, mail.frame.preheader)
}
