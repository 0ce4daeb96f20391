//! Whose a denied recipient is: the recipient's own, or the relay's, which would deny them all.
//!
//! "Relay access denied" to one recipient says nothing about the others, and anybody can type an address
//! that is denied into the sign-up form. So nothing is lost and nothing is stopped by a first denial: the
//! mail is tried again. It is the relay's where recipients of several domains are denied with none
//! accepted between, or where one is denied again and the relay has accepted nobody meanwhile; else it is
//! the recipient's. What is denied of notices, which strangers cause, never counts against campaigns.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Denied recipients of so many domains in a row are the relay's doing.
const DOMAINS: usize = 3;
/// What a relay accepted shortly before a mail's first attempt counts too: the mail may be the last one.
const SHORTLY: TimeDelta = TimeDelta::minutes(10);

/// What each relay has denied and accepted, in this process.
pub struct Refusals {
    relays: Mutex<Vec<Relay>>,
}

#[derive(Clone, Default)]
struct Relay {
    accepted_at: Option<DateTime<Utc>>,
    /// The domains that were denied since.
    of_campaigns: Vec<String>,
    of_notices: Vec<String>,
}

/// Whose a denial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Nobody can say yet: it is tried again.
    Open,
    Recipient,
    Relay,
    /// The relay's, unless it accepted something before this process began to look.
    RelayAsFarAsKnown,
}

impl Refusals {
    /// Nothing is known of so many relays.
    pub fn new(relays: usize) -> Refusals {
        Refusals { relays: Mutex::new(vec![Relay::default(); relays]) }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Relay>> {
        self.relays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A relay has accepted a recipient.
    pub fn accepted(&self, relay: usize, now: DateTime<Utc>) {
        if let Some(relay) = self.lock().get_mut(relay) {
            relay.accepted_at = Some(now);
            relay.of_campaigns.clear();
            relay.of_notices.clear();
        }
    }

    /// A relay has denied a campaign's recipient. `first_attempt`: of a mail that was tried before.
    pub fn denied(&self, relay: usize, domain: &str, first_attempt: Option<DateTime<Utc>>) -> Whose {
        let mut relays = self.lock();
        let Some(relay) = relays.get_mut(relay) else { return Whose::Open };
        note(&mut relay.of_campaigns, domain);
        match first_attempt {
            _ if relay.of_campaigns.len() >= DOMAINS => Whose::Relay,
            None => Whose::Open,
            Some(first) if relay.accepts_about(first) => Whose::Recipient,
            Some(_) => Whose::RelayAsFarAsKnown,
        }
    }

    /// A relay has denied a notice's recipient. True where admins should hear of it: once until it accepts
    /// somebody.
    pub fn denied_notice(
        &self,
        relay: usize,
        domain: &str,
        first_attempt: Option<DateTime<Utc>>,
    ) -> (Whose, bool) {
        let mut relays = self.lock();
        let Some(relay) = relays.get_mut(relay) else { return (Whose::Open, false) };
        let is_new = note(&mut relay.of_notices, domain);
        let whose = match first_attempt {
            Some(first) if relay.accepts_about(first) => Whose::Recipient,
            _ => Whose::Open,
        };
        (whose, is_new && relay.of_notices.len() == DOMAINS)
    }
}

impl Relay {
    fn accepts_about(&self, first_attempt: DateTime<Utc>) -> bool {
        self.accepted_at.is_some_and(|at| at > first_attempt - SHORTLY)
    }
}

/// Adds a domain to those in a row. True where it was not among them.
fn note(domains: &mut Vec<String>, domain: &str) -> bool {
    let is_new = domains.len() < DOMAINS && !domains.iter().any(|known| known == domain);
    if is_new {
        domains.push(domain.to_owned());
    }
    is_new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn recipients_of_three_domains_in_a_row_are_the_relays_and_of_one_are_not() {
        let refusals = Refusals::new(2);
        for _ in 0..50 {
            assert_eq!(refusals.denied(0, "a.example", None), Whose::Open);
        }
        assert_eq!(refusals.denied(0, "b.example", None), Whose::Open);
        refusals.accepted(0, noon());
        assert_eq!(refusals.denied(0, "c.example", None), Whose::Open, "one was accepted between");
        assert_eq!(refusals.denied(0, "d.example", None), Whose::Open);
        refusals.accepted(1, noon());
        assert_eq!(refusals.denied(0, "e.example", None), Whose::Relay, "another relay's says nothing");
        assert_eq!(refusals.denied(0, "e.example", None), Whose::Relay, "until it accepts somebody");
    }

    #[test]
    fn who_is_denied_again_is_the_relays_only_where_it_accepts_nobody() {
        let refusals = Refusals::new(1);
        assert_eq!(refusals.denied(0, "a.example", Some(noon())), Whose::RelayAsFarAsKnown);
        refusals.accepted(0, noon() - TimeDelta::minutes(5));
        assert_eq!(refusals.denied(0, "a.example", Some(noon())), Whose::Recipient);
        assert_eq!(
            refusals.denied(0, "a.example", Some(noon() + TimeDelta::hours(1))),
            Whose::RelayAsFarAsKnown,
            "what it took an hour before says nothing"
        );
    }

    #[test]
    fn notices_of_however_many_domains_count_against_no_campaign_and_tell_admins_once() {
        let refusals = Refusals::new(1);
        let told = (0..500)
            .filter(|n| refusals.denied_notice(0, &format!("d{n}.example"), None) == (Whose::Open, true))
            .count();
        assert_eq!(told, 1);
        assert_eq!(refusals.denied(0, "z.example", None), Whose::Open);
    }
}
