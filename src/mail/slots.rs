//! The places of a mail that differ from reader to reader, as they stand in its text until a message fills them.

use std::ops::Range;
use std::sync::LazyLock;

use crate::domain::placeholder::PLACEHOLDERS_MAX;

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
    /// What stands for the content's placeholder of this number.
    Value(u8),
}

/// How every marker begins. [`defuse`] keeps it out of what other people wrote.
const MARKER_START: &str = "%%POSTRIDER-";
/// How every marker ends.
const MARKER_END: &str = "%%";
/// No marker's name is longer, its end included.
const NAME_BYTES_MAX: usize = 20;

static VALUE_MARKERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    (0..PLACEHOLDERS_MAX).map(|at| format!("{MARKER_START}VALUE-{at}{MARKER_END}")).collect()
});

impl Slot {
    /// All that any mail may have; what its placeholders are is its own.
    pub const ALL: [Slot; 5] =
        [Slot::UnsubscribeToken, Slot::PreferencesToken, Slot::Email, Slot::Reason, Slot::Since];

    /// What stands in the content for it.
    pub fn marker(self) -> &'static str {
        match self {
            Slot::UnsubscribeToken => "%%POSTRIDER-UNSUBSCRIBE%%",
            Slot::PreferencesToken => "%%POSTRIDER-PREFERENCES%%",
            Slot::Email => "%%POSTRIDER-EMAIL%%",
            Slot::Reason => "%%POSTRIDER-REASON%%",
            Slot::Since => "%%POSTRIDER-SINCE%%",
            Slot::Value(at) => VALUE_MARKERS.get(usize::from(at)).map_or("", String::as_str),
        }
    }

    /// The slots of a content's placeholders, of which it has so many.
    pub fn values(count: usize) -> impl Iterator<Item = Slot> {
        (0..count.min(PLACEHOLDERS_MAX)).map(|at| Slot::Value(at as u8))
    }

    /// The first slot in a text, and where its marker stands; of placeholders those below `values`.
    pub fn find(text: &str, values: usize) -> Option<(Range<usize>, Slot)> {
        let mut from = 0;
        while let Some(at) = text[from..].find(MARKER_START).map(|at| from + at) {
            let name = at + MARKER_START.len();
            let window = &text[name..text.floor_char_boundary(name + NAME_BYTES_MAX)];
            if let Some(length) = window.find(MARKER_END) {
                let end = name + length + MARKER_END.len();
                let slot = Slot::ALL.into_iter().chain(Slot::values(values));
                if let Some(slot) = slot.into_iter().find(|slot| slot.marker() == &text[at..end]) {
                    return Some((at..end, slot));
                }
            }
            from = name;
        }
        None
    }
}

/// The text with nothing in it that could be taken for a slot.
pub fn defuse(text: &str) -> String {
    text.replace(MARKER_START, "% %POSTRIDER-")
}
