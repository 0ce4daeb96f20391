//! The places of a mail that differ from reader to reader, as they stand in its text until a message fills them.

/// A place in a content that each reader's message fills differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The token of the link that leaves the list.
    UnsubscribeToken,
    /// The token of the link to the reader's choices.
    PreferencesToken,
    /// The reader's address.
    Email,
    /// Why the reader gets it: a whole sentence, with the two others in it.
    Reason,
    /// The day of the subscription.
    Since,
}

/// How every marker begins. [`defuse`] keeps it out of what other people wrote.
const MARKER_START: &str = "%%POSTRIDER-";

impl Slot {
    /// All of them.
    pub const ALL: [Slot; 5] =
        [Slot::UnsubscribeToken, Slot::PreferencesToken, Slot::Email, Slot::Reason, Slot::Since];

    /// What stands in the content for it.
    pub const fn marker(self) -> &'static str {
        match self {
            Slot::UnsubscribeToken => "%%POSTRIDER-UNSUBSCRIBE%%",
            Slot::PreferencesToken => "%%POSTRIDER-PREFERENCES%%",
            Slot::Email => "%%POSTRIDER-EMAIL%%",
            Slot::Reason => "%%POSTRIDER-REASON%%",
            Slot::Since => "%%POSTRIDER-SINCE%%",
        }
    }
}

/// The text with nothing in it that could be taken for a slot.
pub fn defuse(text: &str) -> String {
    text.replace(MARKER_START, "% %POSTRIDER-")
}
