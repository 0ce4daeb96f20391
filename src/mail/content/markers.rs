//! The places of a mail that differ from reader to reader, while its templates are filled.

use anyhow::Context as _;

use super::placeholders::stand_in;
use crate::domain::links::fingerprint;
use crate::domain::placeholder::Placeholder;
use crate::mail::slots::{Slot, defuse};

/// Stand-ins for the slots' markers while a template is filled. They are random, so that nothing that a
/// feed says can be one; when all is rendered they become markers, and what only looks like a marker is
/// broken.
pub(super) struct Markers {
    nonce: String,
}

impl Markers {
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut bytes = [0u8; 16];
        aws_lc_rs::rand::fill(&mut bytes).context("no random numbers")?;
        Ok(Markers { nonce: fingerprint(&bytes).replace(['-', '_'], "x") })
    }

    fn of(&self, slot: Slot) -> String {
        let at = Slot::ALL.iter().position(|known| *known == slot).unwrap_or(Slot::ALL.len());
        format!("{}s{at}e", self.nonce)
    }

    pub(super) fn unsubscribe(&self) -> String {
        self.of(Slot::UnsubscribeToken)
    }

    pub(super) fn preferences(&self) -> String {
        self.of(Slot::PreferencesToken)
    }

    /// The part of the preferences that is about pauses.
    pub(super) fn pause(&self) -> String {
        format!("{}#pause", self.preferences())
    }

    pub(super) fn reason(&self) -> String {
        self.of(Slot::Reason)
    }

    /// What was rendered, with the slots' markers in it, and those of the mail's placeholders.
    pub(super) fn settle(&self, rendered: &str, placeholders: &[Placeholder]) -> String {
        let mut settled = settle_values(rendered, placeholders);
        for slot in Slot::ALL {
            settled = settled.replace(&self.of(slot), slot.marker());
        }
        settled
    }
}

/// The same for a line that has no other slots than those of placeholders.
pub(super) fn settle_values(text: &str, placeholders: &[Placeholder]) -> String {
    let mut settled = defuse(text);
    for (at, slot) in Slot::values(placeholders.len()).enumerate() {
        settled = settled.replace(stand_in(at), slot.marker());
    }
    settled
}
