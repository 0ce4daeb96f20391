//! How often one network may sign up, and how often a password, a code or a link may be tried. Each process
//! counts for itself. Nothing here is keyed by what somebody typed: addresses are parsed first, so that no
//! spelling is a fresh allowance.

use std::hash::Hash;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::app::limiter::{Allowance, Limiter, Quota};
use crate::domain::email_address::EmailAddress;
use crate::domain::network::{narrow, network, wide};

/// How many keys are remembered: some two megabytes.
const KEYS_MAX: usize = 65_536;

/// How many sign-ups one network may send: an IPv4 address, or the IPv6 /64 of one home; and so many times that a /48,
/// which one customer of a provider may have. A /24 of IPv4 may be a whole town behind one provider: it is not limited,
/// but asked for a proof.
pub struct SignUpLimit {
    quotas: Option<(Quota, Quota)>,
    limiter: Limiter,
}

/// Homes' allowances in the allowance of a /48.
const HOMES_OF_48: i32 = 4;

impl SignUpLimit {
    /// 0: no limit.
    pub fn new(per_hour: u32) -> Self {
        let quota = |n: i32| Quota { at_once: n, every: TimeDelta::hours(1) / n };
        let quotas = i32::try_from(per_hour)
            .ok()
            .filter(|n| *n > 0)
            .map(|n| (quota(n), quota(n.saturating_mul(HOMES_OF_48))));
        SignUpLimit { quotas, limiter: Limiter::new(KEYS_MAX) }
    }

    fn allowances(&self, ip: IpAddr) -> Vec<Allowance> {
        let Some((of_home, of_48)) = self.quotas else { return Vec::new() };
        let mut all = vec![self.limiter.allowance(of_home, ("home", narrow(ip)))];
        if ip.is_ipv6() {
            all.push(self.limiter.allowance(of_48, ("48", wide(ip))));
        }
        all
    }

    /// Counts one; the seconds to wait where it is one too many.
    pub fn check(&self, ip: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        self.limiter.take(&self.allowances(ip), now).map_err(in_seconds)
    }

    /// Gives one back that was not stored: whoever is asked for a proof comes again with it.
    pub fn give_back(&self, ip: IpAddr) {
        self.limiter.give_back(&self.allowances(ip));
    }
}

/// Sign-ups by ticket, without a proof, from all that one customer of a provider may have.
const TICKETS_OF_NETWORK: Quota = Quota { at_once: 5, every: TimeDelta::minutes(2) };
/// The same from everywhere.
const TICKETS: Quota = Quota { at_once: 60, every: TimeDelta::seconds(2) };

/// How many sign-ups come in by tickets, which cost a machine nothing but time.
pub struct TicketLimit(Limiter);

impl Default for TicketLimit {
    fn default() -> Self {
        TicketLimit(Limiter::new(KEYS_MAX))
    }
}

impl TicketLimit {
    /// Counts one; the seconds to wait where it is one too many.
    pub fn check(&self, ip: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        let of_network = self.0.allowance(TICKETS_OF_NETWORK, wide(ip));
        self.0.take(&[of_network, self.0.allowance(TICKETS, "all")], now).map_err(in_seconds)
    }
}

/// Pings of one network. A machine with many sites sends one for each article, and for each change of one.
const PINGS: Quota = Quota { at_once: 60, every: TimeDelta::seconds(5) };

/// How often one network may ping.
pub struct PingLimit(Limiter);

impl Default for PingLimit {
    fn default() -> Self {
        PingLimit(Limiter::new(KEYS_MAX))
    }
}

impl PingLimit {
    /// Counts one; the seconds to wait where it is one too many.
    pub fn check(&self, ip: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        self.0.take(&[self.0.allowance(PINGS, narrow(ip))], now).map_err(in_seconds)
    }
}

/// Tries of any account from one network: an office behind one address signs in in the morning.
const NETWORK: Quota = Quota { at_once: 50, every: TimeDelta::seconds(12) };
/// Tries of one account from one source: a network, a known browser, or a session.
const SOURCE: Quota = Quota { at_once: 10, every: TimeDelta::minutes(4) };
/// Passwords of one account from all unknown sources together. It takes nine networks that guess at full
/// speed to use it up, and then whoever has the right password waits for half a minute.
const PASSWORDS: Quota = Quota { at_once: 50, every: TimeDelta::seconds(30) };
/// Codes of one account from all unknown sources together. Only who has shown the password gets here, and six
/// digits are few.
const CODES: Quota = Quota { at_once: 20, every: TimeDelta::minutes(2) };
/// Links that one network may ask for.
const LINKS: Quota = Quota { at_once: 20, every: TimeDelta::minutes(1) };
/// Links that a known browser may ask for, whatever strangers do.
const LINKS_FOR_KNOWN: Quota = Quota { at_once: 4, every: TimeDelta::minutes(15) };

/// Who tries.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    pub ip: IpAddr,
    /// The browser, where it has signed in to the account before: no stranger can use up what it may do.
    pub known: Option<[u8; 16]>,
}

/// A try that was counted before it was looked at.
pub struct Counted(Vec<Allowance>);

/// How often accounts may be tried, by source first: wrong tries slow down where they come from.
pub struct SignInLimit(Limiter);

impl Default for SignInLimit {
    fn default() -> Self {
        SignInLimit(Limiter::new(KEYS_MAX))
    }
}

impl SignInLimit {
    /// Counts a password for an address, whether it has an account or not; `None`: what was typed is no address, so
    /// nothing is guessed. `Err` holds the seconds to wait.
    pub fn password(
        &self,
        email: Option<&EmailAddress>,
        by: Visitor,
        now: DateTime<Utc>,
    ) -> Result<Counted, u64> {
        match email {
            Some(email) => self.guess(("password", email.key()), PASSWORDS, by, now),
            None => self.take(vec![self.network(by)], now),
        }
    }

    /// Counts a code of a user who has shown the password.
    pub fn code(&self, user: Uuid, by: Visitor, now: DateTime<Utc>) -> Result<Counted, u64> {
        self.guess(("code", user), CODES, by, now)
    }

    /// Counts a password that somebody who is signed in is asked for again.
    pub fn own_password(&self, session: Uuid, now: DateTime<Utc>) -> Result<Counted, u64> {
        self.take(vec![self.0.allowance(SOURCE, ("session", session))], now)
    }

    /// Counts a link that is asked for. True where it is mailed whatever strangers have asked for.
    pub fn link(&self, by: Visitor, now: DateTime<Utc>) -> Result<bool, u64> {
        let known = by.known.map(|browser| self.0.allowance(LINKS_FOR_KNOWN, ("link", browser)));
        if known.is_some_and(|known| self.0.take(&[known], now).is_ok()) {
            return Ok(true);
        }
        let of_network = self.0.allowance(LINKS, ("link", narrow(by.ip)));
        self.take(vec![of_network], now).map(|_| false)
    }

    /// Gives a try back that was right, or was not looked at.
    pub fn give_back(&self, counted: Counted) {
        self.0.give_back(&counted.0);
    }

    fn guess(
        &self,
        secret: impl Hash,
        from_all_unknown: Quota,
        by: Visitor,
        now: DateTime<Utc>,
    ) -> Result<Counted, u64> {
        let allowances = match by.known {
            Some(browser) => vec![self.0.allowance(SOURCE, (&secret, browser))],
            None => vec![
                self.network(by),
                // Whoever can choose among a /48's networks is one source.
                self.0.allowance(SOURCE, (&secret, network(by.ip, 32, 48))),
                self.0.allowance(from_all_unknown, &secret),
            ],
        };
        self.take(allowances, now)
    }

    fn network(&self, by: Visitor) -> Allowance {
        self.0.allowance(NETWORK, ("network", narrow(by.ip)))
    }

    fn take(&self, allowances: Vec<Allowance>, now: DateTime<Utc>) -> Result<Counted, u64> {
        self.0.take(&allowances, now).map_err(in_seconds)?;
        Ok(Counted(allowances))
    }
}

/// Rounded up, for `Retry-After`.
fn in_seconds(wait: TimeDelta) -> u64 {
    u64::try_from((wait + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-24T09:41:00Z".parse().unwrap()
    }

    fn from(ip: &str) -> Visitor {
        Visitor { ip: ip.parse().unwrap(), known: None }
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn one_home_counts_once_and_the_next_is_not_kept_out() {
        let limit = SignUpLimit::new(2);
        let check = |ip: &str| limit.check(ip.parse().unwrap(), now());
        assert!(check("2001:db8::1").is_ok() && check("2001:db8::2").is_ok());
        assert_eq!(check("2001:db8::3"), Err(1800));
        assert!(check("2001:db8:0:1::1").is_ok());
        for home in 1..=6 {
            assert!(check(&format!("2001:db8:0:{home}::1")).is_ok() || home == 6, "{home}");
        }
        assert!(check("2001:db8:0:77::1").is_err(), "a /48 has four homes' allowances");
        assert!(check("2001:db8:1::1").is_ok());
        limit.give_back("2001:db8:0:77::1".parse().unwrap());
        assert!(check("2001:db8:0:78::1").is_ok());
        for n in 0..9 {
            assert!(check(&format!("203.0.113.{n}")).is_ok());
        }
        let off = SignUpLimit::new(0);
        assert!((0..100).all(|_| off.check(IpAddr::from([127, 0, 0, 1]), now()).is_ok()));
    }

    #[test]
    fn tickets_are_few_from_one_network_and_from_all_together() {
        let limit = TicketLimit::default();
        let from = |ip: [u8; 4]| limit.check(IpAddr::from(ip), now());
        assert!((0..5).all(|n| from([203, 0, 113, n]).is_ok()));
        assert_eq!(from([203, 0, 113, 9]), Err(120));
        assert_eq!((0..200).filter(|n| from([198, 51, *n, 1]).is_ok()).count(), 55);
    }

    #[test]
    fn every_spelling_of_an_address_has_one_allowance() {
        let limit = SignInLimit::default();
        let spellings = [
            "marta@harbour.example",
            " MARTA@Harbour.Example ",
            "marta@ＨＡＲＢＯＵＲ.example",
            "marta@ⓗⓐⓡⓑⓞⓤⓡ.example",
            "marta@harbour。example",
            "Marta@𝐡𝐚𝐫𝐛𝐨𝐮𝐫.ｅxample",
            "marta@har\u{ad}bour.example",
        ];
        let tried = |at: usize| limit.password(Some(&address(spellings[at % 7])), from("203.0.113.9"), now());
        assert!((0..10).all(|at| tried(at).is_ok()));
        assert!((10..17).all(|at| tried(at).is_err()));
        assert!(limit.password(Some(&address("owen@harbour.example")), from("203.0.113.9"), now()).is_ok());
    }

    #[test]
    fn a_botnet_gets_few_guesses_and_one_with_many_ipv6_networks_no_more_than_a_stranger() {
        let marta = address("marta@harbour.example");
        let guesses = |limit: &SignInLimit, ip: &dyn Fn(u32) -> String| {
            (0..24 * 60 * 4)
                .map(|quarter| {
                    let now = now() + TimeDelta::seconds(15 * i64::from(quarter));
                    let each =
                        |at: u32| limit.password(Some(&marta), from(&ip(quarter * 16 + at)), now).is_ok();
                    (0..16_u32).filter(|at| each(*at)).count()
                })
                .sum::<usize>()
        };
        let many = |at: u32| format!("198.{}.{}.{}", 18 + at % 2, at / 2 % 256, at / 512 % 256);
        assert!((1..=50 + 24 * 120).contains(&guesses(&SignInLimit::default(), &many)));
        let one = |at: u32| format!("2001:db8:7:{:x}::1", at % 65_536);
        assert!((1..=10 + 24 * 15).contains(&guesses(&SignInLimit::default(), &one)));
    }
}
