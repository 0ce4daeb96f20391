//! Mails to a reader about their own address, and the one that asks whether they still want a list: a heading, a sentence,
//! a button where something is to be done, and what comes of doing nothing.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, templates};
use crate::db::publication::Publication;
use crate::locale::Localizer;

struct OwnMail<'a> {
    frame: Frame<'a>,
    heading: String,
    /// Safe already.
    lead_html: String,
    lead: String,
    /// What the button says, and where it leads.
    button: Option<(String, &'a str)>,
    note: String,
    /// Where somebody leaves at once.
    leave_url: Option<&'a str>,
}

templates!(OwnMail, "emails/own/subject.txt", "emails/own/body.txt", "emails/own/body.html");

impl OwnMail<'_> {
    fn content(self) -> anyhow::Result<Content> {
        let rendered = self.render()?;
        self.frame.notice(rendered)
    }
}

/// A link for a while, by which a reader changes their address, has their data, or is erased.
pub fn manage_link(
    publication: &Publication,
    words: &Localizer,
    url: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let lead = words.text("mail-manage-link-lead").with("publication", &publication.name).to_string();
    let expires = words.date_time_zone(&expires_at.with_timezone(&publication.zone()));
    let mail = OwnMail {
        frame: Frame::new(publication, words, lead.clone()),
        heading: words.text("mail-manage-link-heading").to_string(),
        lead_html: words.html("mail-manage-link-lead").with("publication", &publication.name).to_string(),
        lead,
        button: Some((words.text("mail-manage-link-button").to_string(), url)),
        note: words.text("mail-manage-link-expires").with("time", expires).to_string(),
        leave_url: None,
    };
    mail.content()
}

/// Asks a new address whether it becomes a reader's.
pub fn new_address(
    publication: &Publication,
    words: &Localizer,
    url: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let lead = words.text("mail-new-address-lead").with("publication", &publication.name).to_string();
    let expires = words.date_time_zone(&expires_at.with_timezone(&publication.zone()));
    let mail = OwnMail {
        frame: Frame::new(publication, words, lead.clone()),
        heading: words.text("new-address-heading").to_string(),
        lead_html: words.html("mail-new-address-lead").with("publication", &publication.name).to_string(),
        lead,
        button: Some((words.text("new-address-button").to_string(), url)),
        note: words.text("mail-new-address-expires").with("time", expires).to_string(),
        leave_url: None,
    };
    mail.content()
}

/// Tells the address before that another is the reader's now.
pub fn address_changed(
    publication: &Publication,
    words: &Localizer,
    masked_address: &str,
) -> anyhow::Result<Content> {
    let name = publication.name.as_str();
    let key = "mail-address-changed-lead";
    let lead = words.text(key).with("publication", name).with("address", masked_address).to_string();
    let mail = OwnMail {
        frame: Frame::new(publication, words, lead.clone()),
        heading: words.text("mail-address-changed-heading").to_string(),
        lead_html: words.html(key).with("publication", name).with("address", masked_address).to_string(),
        lead,
        button: None,
        note: words.text("mail-address-changed-note").to_string(),
        leave_url: None,
    };
    mail.content()
}

/// What a mail says that asks whether a reader still wants a list.
pub struct Keeping<'a> {
    pub newsletter: &'a str,
    pub keep_url: &'a str,
    pub leave_url: &'a str,
    /// When they are unsubscribed.
    pub ends_at: DateTime<Utc>,
}

/// Asks whether a reader still wants a list.
pub fn permission(
    publication: &Publication,
    words: &Localizer,
    keeping: &Keeping<'_>,
) -> anyhow::Result<Content> {
    let ends = words.date(&keeping.ends_at.with_timezone(&publication.zone()));
    let (name, newsletter, key) = (publication.name.as_str(), keeping.newsletter, "mail-keep-lead");
    let lead = words.text(key).with("publication", name).with("newsletter", newsletter).to_string();
    let lead_html = words.html(key).with("publication", name).with("newsletter", newsletter).to_string();
    let mail = OwnMail {
        frame: Frame::new(publication, words, lead.clone()),
        heading: words.text("keep-heading").with("newsletter", newsletter).to_string(),
        lead_html,
        lead,
        button: Some((words.text("keep-button").to_string(), keeping.keep_url)),
        note: words.text("mail-keep-until").with("date", ends).to_string(),
        leave_url: Some(keeping.leave_url),
    };
    mail.content()
}
