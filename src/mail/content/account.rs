//! Mails to who works here: signing in, and what was changed about an account.

use chrono::{DateTime, Utc};

use super::Content;
use super::frame::{Frame, local_time, notice, templates};
use crate::db::publication::Publication;
use crate::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use crate::domain::email_address::EmailAddress;

struct SignIn<'a> {
    frame: Frame<'a>,
    headline: &'a str,
    sentence: String,
    button: &'a str,
    link: &'a str,
    expires: String,
}

struct AccountChanged<'a> {
    frame: Frame<'a>,
    headline: &'static str,
    happened: &'static str,
    time: String,
    /// A label, and what stands behind it: from where, or by whom it was changed.
    who: (&'static str, String),
    advice: &'static str,
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

/// A one-time link for somebody who works here: to sign in, or to set a password.
pub fn sign_in(
    publication: &Publication,
    sets_password: bool,
    link: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let name = &publication.name;
    let (headline, sentence, button) = if sets_password {
        (
            "Set your password",
            format!("You work on {name} now. Set a password, and you are in."),
            "Set a password",
        )
    } else {
        ("Sign in", format!("Press the button to sign in to the desk of {name}."), "Sign in")
    };
    let mail = SignIn {
        frame: Frame::new(publication, sentence.clone()),
        headline,
        sentence,
        button,
        link,
        expires: local_time(publication, expires_at),
    };
    notice(mail.render()?, mail.frame.preheader)
}

/// Tells the owner of an account that what opens it was changed, and what to do if that was somebody else.
pub fn account_changed(
    publication: &Publication,
    email: &EmailAddress,
    change: &AccountChange,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    use AccountChangeKind as Kind;
    let (headline, happened) = match change.kind {
        Kind::PasswordChanged => (
            "Your password was changed",
            "You sign in with the new password from now on. All other browsers were signed out.",
        ),
        Kind::CodesTurnedOn => (
            "Two-factor sign-in is on",
            "From now on, signing in to your account also takes a code from an app on a phone.",
        ),
        Kind::CodesTurnedOff => (
            "Two-factor sign-in is off",
            "From now on, signing in to your account takes no code from your phone.",
        ),
        Kind::RecoveryCodesRenewed => {
            ("You have new recovery codes", "The recovery codes that you had before no longer work.")
        }
        Kind::Reset => (
            "Your account was reset",
            "Your password was removed, two-factor sign-in was turned off, and all browsers were signed out. Whoever \
             did it has a link for you that sets a new password.",
        ),
    };
    let who = match &change.by {
        ChangedBy::Owner { ip, browser } => {
            ("From", format!("{}, {ip}", browser.as_deref().unwrap_or("an unknown browser")))
        }
        ChangedBy::Admin { email } => ("By", email.clone()),
        ChangedBy::Command => ("By", "a command on the server".to_owned()),
    };
    let mail = AccountChanged {
        frame: Frame::new(publication, happened.to_owned()),
        headline,
        happened,
        time: local_time(publication, at),
        who,
        advice: "If it wasn't you, somebody else may be able to sign in as you. Tell an admin now: they can sign you out \
                 everywhere, under Settings, Users. Whoever runs the server can take the account back for you with the \
                 command “postrider user reset”.",
        email: email.as_str(),
        base_url,
    };
    notice(mail.render()?, mail.frame.preheader)
}
