//! Mails to who works here: signing in, and what was changed about an account.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, templates};
use crate::db::publication::Publication;
use crate::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use crate::domain::email_address::EmailAddress;
use crate::locale::Localizer;

struct SignIn<'a> {
    frame: Frame<'a>,
    headline: String,
    sentence: String,
    button: String,
    link: &'a str,
    expires: String,
}

struct AccountChanged<'a> {
    frame: Frame<'a>,
    headline: String,
    happened: String,
    time: String,
    /// From where, or by whom it was changed.
    who: String,
    email: &'a str,
    base_url: &'a str,
}

templates!(SignIn, "emails/sign_in/subject.txt", "emails/sign_in/body.txt", "emails/sign_in/body.html");
templates!(
    AccountChanged,
    "emails/account_change/subject.txt",
    "emails/account_change/body.txt",
    "emails/account_change/body.html"
);

/// A one-time link for a user: to sign in, or to set a password.
pub fn sign_in(
    publication: &Publication,
    sets_password: bool,
    link: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let words = Localizer::english();
    let (headline, lead, button) = match sets_password {
        true => ("mail-password-heading", "mail-password-lead", "mail-password-button"),
        false => ("mail-sign-in-heading", "mail-sign-in-lead", "mail-sign-in-button"),
    };
    let sentence = words.text(lead).with("publication", &publication.name).to_string();
    let mail = SignIn {
        frame: Frame::new(publication, &words, sentence.clone()),
        headline: words.text(headline).to_string(),
        sentence,
        button: words.text(button).to_string(),
        link,
        expires: words.date_time_zone(&expires_at.with_timezone(&publication.zone())),
    };
    let rendered = mail.render()?;
    mail.frame.notice(rendered)
}

/// Tells the owner of an account that what opens it was changed, and what to do if someone else did.
pub fn account_changed(
    publication: &Publication,
    email: &EmailAddress,
    change: &AccountChange,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    use AccountChangeKind as Kind;
    let words = Localizer::english();
    let (headline, happened) = match change.kind {
        Kind::PasswordChanged => ("mail-password-changed", "mail-password-changed-lead"),
        Kind::CodesTurnedOn => ("mail-two-factor-on", "mail-two-factor-on-lead"),
        Kind::CodesTurnedOff => ("mail-two-factor-off", "mail-two-factor-off-lead"),
        Kind::RecoveryCodesRenewed => ("mail-recovery-codes", "mail-recovery-codes-lead"),
        Kind::Reset => ("mail-account-reset", "mail-account-reset-lead"),
    };
    let who = match &change.by {
        ChangedBy::Owner { ip, browser: Some(browser) } => {
            words.text("mail-changed-from").with("browser", browser).with("ip", ip)
        }
        ChangedBy::Owner { ip, browser: None } => words.text("mail-changed-from-unknown").with("ip", ip),
        ChangedBy::Admin { email } => words.text("mail-changed-by").with("who", email),
        ChangedBy::Command => words.text("mail-changed-by-command"),
    };
    let happened = words.text(happened).to_string();
    let mail = AccountChanged {
        frame: Frame::new(publication, &words, happened.clone()),
        headline: words.text(headline).to_string(),
        happened,
        time: words.date_time_zone(&at.with_timezone(&publication.zone())),
        who: who.to_string(),
        email: email.as_str(),
        base_url,
    };
    let rendered = mail.render()?;
    mail.frame.notice(rendered)
}
