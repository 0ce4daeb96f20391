//! What a mail says: subject, preheader, HTML and text, from the templates in `templates/emails`.
//!
//! A campaign's content is written once for all of its readers: what differs stands there as a
//! [`Slot`](super::slots::Slot), which [`message`](super::message) fills. It must never hold anything of one
//! reader. Notices are for one person and hold whole links.

mod account;
mod admin;
mod campaign;
mod copies;
mod digest;
mod frame;
mod look;
mod manage;
mod markers;
mod placeholders;
mod sign_up;
#[cfg(test)]
pub(super) mod tests;
mod welcome;

use crate::domain::placeholder::Placeholder;
use crate::domain::subscription::Cadence;

pub use self::account::{account_changed, sign_in};
pub use self::admin::{AlertWords, alert, trial};
pub use self::campaign::{MailLinks, Written, campaign, written};
pub use self::copies::{PreviewReader, browser_copy, preview_copy, public_line, test};
pub use self::digest::{Digest, digest};
pub use self::manage::{Keeping, address_changed, manage_link, new_address, permission};
pub use self::placeholders::PlaceholderMarks;
pub use self::sign_up::{Asks, already_subscribed, confirmation};
pub use self::welcome::{Welcoming, welcome};

/// One mail before it is encoded.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// What an inbox shows behind the subject. Stands hidden in the HTML too.
    pub preheader: String,
    pub html: String,
    pub text: String,
    /// What its own words are in: a BCP 47 tag.
    #[serde(default)]
    pub language: String,
    /// The line that says why a reader gets it.
    #[serde(default)]
    pub reasons: Reasons,
    /// What its slots of values stand for, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placeholders: Vec<Placeholder>,
}

/// Why a reader gets a mail, in a sentence for each cadence and one for where it is not known; as HTML and as text.
/// In them stand the slots for the address and the day of the subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reasons {
    pub html: ReasonByCadence,
    pub text: ReasonByCadence,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReasonByCadence {
    each: String,
    daily: String,
    weekly: String,
    #[serde(default)]
    monthly: String,
    unknown: String,
}

impl ReasonByCadence {
    /// Of the sentences of these keys.
    fn each_of(say: impl Fn(&'static str) -> String) -> ReasonByCadence {
        ReasonByCadence {
            each: say("mail-reason-each"),
            daily: say("mail-reason-daily"),
            weekly: say("mail-reason-weekly"),
            monthly: say("mail-reason-monthly"),
            unknown: say("mail-reason"),
        }
    }

    /// The sentence for a reader.
    pub fn of(&self, cadence: Option<Cadence>) -> &str {
        match cadence {
            Some(Cadence::Each) => &self.each,
            Some(Cadence::Daily) => &self.daily,
            Some(Cadence::Weekly) => &self.weekly,
            Some(Cadence::Monthly) if self.monthly.is_empty() => &self.unknown,
            Some(Cadence::Monthly) => &self.monthly,
            None => &self.unknown,
        }
    }
}
