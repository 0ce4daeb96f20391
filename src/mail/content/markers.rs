//! The places of a mail that differ from reader to reader, while its templates are filled.

use anyhow::Context as _;

use crate::domain::links::fingerprint;
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
        format!("{}s{}e", self.nonce, slot as u8)
    }

    pub(super) fn unsubscribe(&self) -> String {
        self.of(Slot::UnsubscribeToken)
    }

    pub(super) fn preferences(&self) -> String {
        self.of(Slot::PreferencesToken)
    }

    pub(super) fn reason(&self) -> String {
        self.of(Slot::Reason)
    }

    pub(super) fn settle(&self, rendered: &str) -> String {
        let mut settled = defuse(rendered);
        for slot in Slot::ALL {
            settled = settled.replace(&self.of(slot), slot.marker());
        }
        settled
    }
}
