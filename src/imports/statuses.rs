//! What the words of a status column mean, a list for each source. A word is matched whole: "unsubscribed" holds
//! "subscribed".

use super::people::PersonStatus;

/// What one cell says about where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing against this person.
    Neutral,
    Is(PersonStatus),
    /// Understood, but only the owner can say what comes of it: the key of why.
    Asks(&'static str),
    /// MailPoet, or somebody else, had stopped mailing this person for not reading.
    Dormant,
    Unknown,
    Empty,
}

/// The words that a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// A column named status in a file of nobody in particular.
    Common,
    /// Yes: gets mail. No: left.
    Switch,
    /// Yes: left.
    Off,
    /// Yes: must not be mailed.
    Barred,
    /// Yes: confirmed. No: pending.
    Confirmed,
    /// Anything in it is the time of leaving.
    LeftAt,
    /// A paid subscription's end, which may have been meant as leaving.
    CancelledAt,
    Own,
    OwnReason,
    MailPoet,
    Buttondown,
    Listmonk,
    Kit,
    Beehiiv,
    MailerLite,
    CampaignMonitor,
    ActiveCampaign,
    Mailtrain,
    Keila,
}

impl Vocabulary {
    /// Whether a column of it tells who gets mail, and not only who doesn't.
    pub fn tells_who_receives(self) -> bool {
        !matches!(
            self,
            Vocabulary::LeftAt
                | Vocabulary::CancelledAt
                | Vocabulary::Listmonk
                | Vocabulary::Off
                | Vocabulary::Barred
                | Vocabulary::Confirmed
                | Vocabulary::OwnReason
        )
    }

    /// What a cell says.
    pub fn read(self, cell: &str) -> Word {
        let cell = cell.trim();
        if cell.is_empty() {
            return match self {
                Vocabulary::LeftAt | Vocabulary::CancelledAt => Word::Neutral,
                _ => Word::Empty,
            };
        }
        let mut buffer = [0; 32];
        let Some(word) = lower_case(cell, &mut buffer) else {
            return match self {
                Vocabulary::LeftAt => Word::Is(PersonStatus::Unsubscribed),
                Vocabulary::CancelledAt => Word::Asks("import-row-cancel-date"),
                _ => Word::Unknown,
            };
        };
        self.word(word)
    }

    fn word(self, word: &str) -> Word {
        use PersonStatus::{Bounced, Complained, Pending, Suppressed, Unsubscribed};
        let is = Word::Is;
        let on = Word::Is(PersonStatus::Active);
        match self {
            Vocabulary::Common => common(word),
            Vocabulary::Switch => yes_or_no(word, on, is(Unsubscribed)),
            Vocabulary::Off => yes_or_no(word, is(Unsubscribed), Word::Neutral),
            Vocabulary::Barred => yes_or_no(word, is(Suppressed), Word::Neutral),
            Vocabulary::Confirmed => yes_or_no(word, Word::Neutral, is(Pending)),
            Vocabulary::LeftAt => match yes_or_no(word, is(Unsubscribed), Word::Neutral) {
                Word::Unknown => is(Unsubscribed),
                said => said,
            },
            Vocabulary::CancelledAt => Word::Asks("import-row-cancel-date"),
            Vocabulary::Own => match word {
                "active" => on,
                "pending" => is(Pending),
                "unsubscribed" => is(Unsubscribed),
                "bounced" => is(Bounced),
                "complained" => is(Complained),
                "suppressed" => is(Suppressed),
                _ => Word::Unknown,
            },
            Vocabulary::OwnReason => match word {
                "bounced" => is(Bounced),
                "complained" => is(Complained),
                "blocked" | "manual" => is(Suppressed),
                _ => Word::Unknown,
            },
            _ => self.word_of_others(word),
        }
    }

    fn word_of_others(self, word: &str) -> Word {
        use PersonStatus::{Bounced, Complained, Pending, Suppressed, Unsubscribed};
        let is = Word::Is;
        let on = Word::Is(PersonStatus::Active);
        match (self, word) {
            (Vocabulary::MailPoet, "subscribed") => on,
            (Vocabulary::MailPoet, "unconfirmed") => is(Pending),
            (Vocabulary::MailPoet, "unsubscribed") => is(Unsubscribed),
            (Vocabulary::MailPoet, "bounced") => is(Bounced),
            (Vocabulary::MailPoet, "inactive") => Word::Dormant,
            (
                Vocabulary::Buttondown,
                "regular" | "premium" | "gifted" | "trialed" | "churning" | "unpaid",
            ) => on,
            (Vocabulary::Buttondown, "unactivated") => is(Pending),
            (Vocabulary::Buttondown, "undeliverable") => is(Bounced),
            (Vocabulary::Buttondown, "complained") => is(Complained),
            (Vocabulary::Buttondown, "unsubscribed") => is(Unsubscribed),
            (Vocabulary::Buttondown, "blocked" | "removed") => is(Suppressed),
            (Vocabulary::Buttondown, "churned" | "paused" | "past_due" | "upcoming") => {
                Word::Asks("import-row-paid-ended")
            }
            (Vocabulary::Listmonk, "enabled") => Word::Neutral,
            (Vocabulary::Listmonk, "disabled") => Word::Asks("import-row-disabled"),
            (Vocabulary::Listmonk, "blocklisted" | "blacklisted") => is(Suppressed),
            (Vocabulary::Kit, "active" | "confirmed" | "cold") => on,
            (Vocabulary::Kit, "unconfirmed" | "inactive") => is(Pending),
            (Vocabulary::Kit, "cancelled" | "canceled" | "unsubscribed") => is(Unsubscribed),
            (Vocabulary::Kit, "bounced") => is(Bounced),
            (Vocabulary::Kit, "complained") => is(Complained),
            (Vocabulary::Beehiiv, "active") => on,
            (Vocabulary::Beehiiv, "inactive" | "unsubscribed") => is(Unsubscribed),
            (Vocabulary::Beehiiv, "pending" | "needs approval" | "needs_approval" | "validating") => {
                is(Pending)
            }
            (Vocabulary::MailerLite, "active") => on,
            (Vocabulary::MailerLite | Vocabulary::ActiveCampaign, "unsubscribed") => is(Unsubscribed),
            (Vocabulary::MailerLite | Vocabulary::ActiveCampaign, "unconfirmed") => is(Pending),
            (Vocabulary::MailerLite | Vocabulary::ActiveCampaign, "bounced") => is(Bounced),
            (Vocabulary::MailerLite, "junk") => is(Complained),
            (Vocabulary::ActiveCampaign | Vocabulary::CampaignMonitor, "active") => on,
            (Vocabulary::CampaignMonitor, "unconfirmed") => is(Pending),
            (Vocabulary::CampaignMonitor, "unsubscribed") => is(Unsubscribed),
            (Vocabulary::CampaignMonitor, "bounced") => is(Bounced),
            (Vocabulary::CampaignMonitor, "deleted") => is(Suppressed),
            (Vocabulary::Mailtrain, "subscribed") => on,
            (Vocabulary::Mailtrain | Vocabulary::Keila, "unsubscribed") => is(Unsubscribed),
            (Vocabulary::Mailtrain, "bounced") => is(Bounced),
            (Vocabulary::Mailtrain, "complained") => is(Complained),
            (Vocabulary::Keila, "active") => on,
            (Vocabulary::Keila, "unreachable") => is(Bounced),
            // A file that looks like Kit's may be anybody's.
            (Vocabulary::Kit, word) => common(word),
            _ => Word::Unknown,
        }
    }
}

fn common(word: &str) -> Word {
    match word {
        "active" | "subscribed" | "confirmed" => Word::Is(PersonStatus::Active),
        "pending" | "unconfirmed" => Word::Is(PersonStatus::Pending),
        "unsubscribed" | "opted out" | "opted-out" | "opt-out" => Word::Is(PersonStatus::Unsubscribed),
        "bounced" | "hard bounced" | "hard bounce" | "cleaned" => Word::Is(PersonStatus::Bounced),
        "complained" | "complaint" | "spam" => Word::Is(PersonStatus::Complained),
        "suppressed" | "blocklisted" | "blacklisted" | "blocked" => Word::Is(PersonStatus::Suppressed),
        _ => Word::Unknown,
    }
}

fn yes_or_no(word: &str, yes: Word, no: Word) -> Word {
    match word {
        "true" | "yes" | "1" | "y" | "t" => yes,
        "false" | "no" | "0" | "n" | "f" => no,
        _ => Word::Unknown,
    }
}

/// Whether a word says yes or no.
pub(super) fn is_switch(cell: &str) -> bool {
    let mut buffer = [0; 32];
    let word = lower_case(cell.trim(), &mut buffer).unwrap_or_default();
    yes_or_no(word, Word::Neutral, Word::Neutral) == Word::Neutral
}

/// Whether a word, in a column that nobody knows, would stop mail to a person.
pub(super) fn is_stop_word(cell: &str) -> bool {
    let mut buffer = [0; 32];
    match lower_case(cell.trim(), &mut buffer) {
        Some(word) => matches!(common(word), Word::Is(status) if status.is_stop()),
        None => false,
    }
}

/// Whether a cell reads as a status, in the languages that exports are written in.
pub(super) fn is_like_a_status(cell: &str) -> bool {
    let word = cell.trim().to_lowercase();
    common(&word) != Word::Unknown
        || [
            "inactive",
            "enabled",
            "disabled",
            "deactivated",
            "unreachable",
            "not subscribed",
            "opted in",
            "aktiv",
            "inaktiv",
            "angemeldet",
            "abgemeldet",
            "abonniert",
            "abbestellt",
            "unbestätigt",
            "abonné",
            "abonne",
            "désabonné",
            "desabonne",
            "inscrit",
            "désinscrit",
            "non confirmé",
            "actif",
            "inactif",
            "activo",
            "inactivo",
            "suscrito",
            "no suscrito",
            "dado de baja",
            "baja",
            "ativo",
            "inativo",
            "inscrito",
            "cancelado",
            "iscritto",
            "disiscritto",
            "attivo",
            "inattivo",
            "actief",
            "inactief",
            "aangemeld",
            "afgemeld",
            "ingeschreven",
            "uitgeschreven",
        ]
        .contains(&word.as_str())
}

/// A short word in lower case, without a heap.
fn lower_case<'a>(cell: &str, buffer: &'a mut [u8; 32]) -> Option<&'a str> {
    let room = buffer.get_mut(..cell.len())?;
    room.copy_from_slice(cell.as_bytes());
    room.make_ascii_lowercase();
    std::str::from_utf8(room).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_matched_whole_and_in_any_case() {
        for (cell, expected) in [
            (" Unsubscribed ", Word::Is(PersonStatus::Unsubscribed)),
            ("SUBSCRIBED", Word::Is(PersonStatus::Active)),
            ("not subscribed", Word::Unknown),
            ("inactive", Word::Unknown),
            ("unsubscribed!", Word::Unknown),
            ("", Word::Empty),
        ] {
            assert_eq!(Vocabulary::Common.read(cell), expected, "{cell:?}");
        }
        assert_eq!(Vocabulary::Keila.read("inactive"), Word::Unknown);
        assert_eq!(Vocabulary::Beehiiv.read("inactive"), Word::Is(PersonStatus::Unsubscribed));
        assert_eq!(Vocabulary::Kit.read("inactive"), Word::Is(PersonStatus::Pending));
    }

    #[test]
    fn an_unknown_word_is_never_active() {
        use Vocabulary::*;
        for vocabulary in [
            Common,
            Switch,
            Off,
            Barred,
            Confirmed,
            Own,
            OwnReason,
            MailPoet,
            Buttondown,
            Listmonk,
            Kit,
            Beehiiv,
            MailerLite,
            CampaignMonitor,
            ActiveCampaign,
            Mailtrain,
            Keila,
        ] {
            assert_eq!(vocabulary.read("whatever"), Word::Unknown);
            assert_eq!(vocabulary.read(" "), Word::Empty);
            assert_eq!(vocabulary.read(&"long".repeat(40)), Word::Unknown);
        }
    }
}
