//! What a mail says: subject, preheader, HTML and text, from the templates in `templates/emails`.
//!
//! A campaign's content is written once for all of its readers: what differs stands there as a
//! [`Slot`](super::slots::Slot), which [`message`](super::message) fills. It must never hold anything of one
//! reader. Notices are for one person and hold whole links.

mod account;
mod admin;
mod campaign;
mod copies;
mod frame;
mod look;
mod markers;
mod sign_up;
#[cfg(test)]
pub(super) mod tests;

pub use self::account::{account_changed, sign_in};
pub use self::admin::{AlertWords, alert, trial};
pub use self::campaign::{MailLinks, Written, campaign, written};
pub use self::copies::{PreviewReader, browser_copy, preview_copy, test};
pub use self::sign_up::{already_subscribed, confirmation};

/// One mail before it is encoded.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// What an inbox shows behind the subject. Stands hidden in the HTML too.
    pub preheader: String,
    pub html: String,
    pub text: String,
}
