//! What this process sees of the sign-ups that come, and when it is so much that a proof is wanted: it counts them by the
//! minute, by network and by domain, and knows what an admin set. It reads and writes no database:
//! [`crate::actions::sign_up_guard`] does both for it.
//!
//! Nothing here depends on what is known of an address.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;

use super::limiter::{Limiter, Quota};
use crate::db::sign_up_counts::{Attack, Source, SourceKind};
use crate::db::sign_up_guard::Guard;
use crate::domain::network;
use crate::domain::sign_up::SignUpOutcome;
use crate::domain::sign_up_rule::SignUpRules;

/// So many times what is usual is an attack.
const TIMES_USUAL: f64 = 10.0;
/// Sign-ups a minute that are no attack, however few are usual.
const CALM_PER_MINUTE: f64 = 30.0;
/// An attack is over when for so long not even half as many came as began it.
pub const QUIET_FOR: TimeDelta = TimeDelta::minutes(10);
/// From one home or office, before it is asked for a proof.
const FROM_NARROW: Quota = Quota { at_once: 20, every: TimeDelta::minutes(1) };
/// From all that one customer of a provider may have.
const FROM_WIDE: Quota = Quota { at_once: 30, every: TimeDelta::seconds(20) };
/// Networks and domains whose allowance is remembered.
const KEYS_MAX: usize = 65_536;
/// Networks and domains that are counted by name until they are stored; the rest is counted together.
const SOURCES_MAX: usize = 2048;
/// Of each kind, those that are stored.
const SOURCES_STORED: usize = 100;
/// Networks of one attack that are told apart.
const NETWORKS_MAX: usize = 65_536;
/// What was read from the database is read again after this.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// How often counts are stored.
const STORED_EVERY: Duration = Duration::from_secs(5);

/// Where a sign-up comes from, and for which domain.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    pub ip: IpAddr,
    pub domain: &'a str,
}

/// What an admin set, as this process last read it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub guard: Guard,
    pub rules: Arc<SignUpRules>,
    /// When last so many came that it is an attack, as any process saw it.
    pub attacked_at: Option<DateTime<Utc>>,
}

/// What was counted and is not stored yet.
#[derive(Debug, Default)]
pub struct Counts {
    pub outcomes: BTreeMap<(DateTime<Utc>, SignUpOutcome), i64>,
    pub sources: Vec<(SourceKind, Source)>,
    pub attack: Option<Attack>,
}

impl Counts {
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty() && self.sources.is_empty() && self.attack.is_none()
    }
}

#[derive(Default)]
struct Sources {
    counted: HashMap<(SourceKind, String), (i64, i64)>,
}

impl Sources {
    fn count(&mut self, kind: SourceKind, name: String, is_stopped: bool) {
        if self.counted.len() >= SOURCES_MAX && !self.counted.contains_key(&(kind, name.clone())) {
            return;
        }
        let (all, stopped) = self.counted.entry((kind, name)).or_default();
        *all += 1;
        *stopped += i64::from(is_stopped);
    }

    /// The most frequent of each kind.
    fn take(&mut self) -> Vec<(SourceKind, Source)> {
        let counted = std::mem::take(&mut self.counted).into_iter();
        let mut all: Vec<(SourceKind, Source)> = counted
            .map(|((kind, name), (sign_ups, stopped))| (kind, Source { name, sign_ups, stopped }))
            .collect();
        all.sort_by(|(a_kind, a), (b_kind, b)| {
            (a_kind, b.sign_ups, &a.name).cmp(&(b_kind, a.sign_ups, &b.name))
        });
        let (mut last, mut kept) = (None, 0);
        all.retain(|(kind, _)| {
            kept = if last == Some(*kind) { kept + 1 } else { 1 };
            last = Some(*kind);
            kept <= SOURCES_STORED
        });
        all
    }
}

struct State {
    known: Known,
    /// When [`Known`] was read, or somebody began to.
    read_at: Option<Instant>,
    stored_at: Instant,
    /// Sign-ups of the last minute, a second each, and the second of the last.
    seconds: [u32; 60],
    second: i64,
    /// What this process sees of an attack that goes on.
    attack: Option<Attack>,
    /// Until when it is stored.
    attack_stored: Option<DateTime<Utc>>,
    networks: HashSet<u64>,
    outcomes: BTreeMap<(DateTime<Utc>, SignUpOutcome), i64>,
    sources: Sources,
}

/// What one process sees of sign-ups.
pub struct SignUpWatch {
    /// Whether numbers alone may have people asked for a proof.
    is_automatic: bool,
    limiter: Limiter,
    state: Mutex<State>,
}

impl SignUpWatch {
    /// `is_automatic`: whether numbers alone may have people asked for a proof.
    pub fn new(is_automatic: bool) -> SignUpWatch {
        let state = State {
            known: Known::default(),
            read_at: None,
            stored_at: Instant::now(),
            seconds: [0; 60],
            second: 0,
            attack: None,
            attack_stored: None,
            networks: HashSet::new(),
            outcomes: BTreeMap::new(),
            sources: Sources::default(),
        };
        SignUpWatch { is_automatic, limiter: Limiter::new(KEYS_MAX), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether numbers alone may have people asked for a proof.
    pub fn is_automatic(&self) -> bool {
        self.is_automatic
    }

    /// Whether it is the caller's turn to read the database and [`SignUpWatch::learn`].
    pub fn must_read(&self) -> bool {
        let mut state = self.state();
        let is_old = state.read_at.is_none_or(|at| at.elapsed() > FRESH_FOR);
        if is_old {
            state.read_at = Some(Instant::now());
        }
        is_old
    }

    /// Takes what was read.
    pub fn learn(&self, known: Known) {
        let mut state = self.state();
        state.read_at = Some(Instant::now());
        state.known = known;
    }

    /// What an admin set, as last read.
    pub fn known(&self) -> Known {
        self.state().known.clone()
    }

    /// Since when an attack goes on, as far as this process knows when it was last seen.
    pub fn attacked_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.state().attacked_at(now)
    }

    /// Whether everybody is asked for a proof, for whatever reason.
    pub fn asks_everybody(&self, now: DateTime<Utc>) -> bool {
        let state = self.state();
        state.known.guard.asked_since.is_some() || self.is_automatic && state.attacked_at(now).is_some()
    }

    /// Counts a sign-up that brings no proof, and says why it is asked for one; `None`: it is not.
    pub fn arrive(&self, arrival: Arrival<'_>, now: DateTime<Utc>) -> Option<SignUpOutcome> {
        let mut state = self.state();
        let per_minute = state.count_second(now);
        let limit = state.attack_per_minute();
        if self.is_automatic {
            state.look(per_minute, limit, now);
            if state.attack.is_some() && state.networks.len() < NETWORKS_MAX {
                let network = self.limiter.allowance(FROM_WIDE, network::wide(arrival.ip)).key();
                state.networks.insert(network);
            }
        }
        let is_attacked = self.is_automatic && state.attacked_at(now).is_some();
        let is_forced = state.known.guard.asked_since.is_some();
        let is_trusted = state.known.rules.allows_network(arrival.ip);
        drop(state);
        let is_one_too_many = |quota: Quota, key: (SourceKind, String)| {
            self.limiter.take(&[self.limiter.allowance(quota, key)], now).is_err()
        };
        // For one domain as many at once, and then a third.
        let of_domain =
            Quota { at_once: limit.ceil() as i32, every: TimeDelta::minutes(3) / limit.ceil() as i32 };
        let network = |network: ipnet::IpNet| (SourceKind::Network, network.to_string());
        match () {
            () if is_trusted => None,
            () if is_forced => Some(SignUpOutcome::AskedEverybody),
            () if is_attacked => Some(SignUpOutcome::AskedAttack),
            () if !self.is_automatic => None,
            () if is_one_too_many(FROM_NARROW, network(network::narrow(arrival.ip)))
                || is_one_too_many(FROM_WIDE, network(network::wide(arrival.ip))) =>
            {
                Some(SignUpOutcome::AskedNetwork)
            }
            () if is_one_too_many(of_domain, (SourceKind::Domain, arrival.domain.to_owned())) => {
                Some(SignUpOutcome::AskedDomain)
            }
            () => None,
        }
    }

    /// Counts what became of a sign-up, where it came from and for which domain.
    pub fn count(&self, outcome: SignUpOutcome, arrival: Option<Arrival<'_>>, now: DateTime<Utc>) {
        let mut state = self.state();
        let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        *state.outcomes.entry((minute, outcome)).or_default() += 1;
        if let Some(Arrival { ip, domain }) = arrival {
            let is_stopped = outcome.is_stopped();
            state.sources.count(SourceKind::Network, network::wide(ip).to_string(), is_stopped);
            if !domain.is_empty() {
                state.sources.count(SourceKind::Domain, domain.to_owned(), is_stopped);
            }
        }
    }

    /// Whether it is time to store what was counted.
    pub fn must_store(&self) -> bool {
        self.state().stored_at.elapsed() > STORED_EVERY
    }

    /// What was counted since it was last taken.
    pub fn take_counts(&self) -> Counts {
        let mut state = self.state();
        state.stored_at = Instant::now();
        let stored = state.attack_stored;
        let attack = state.attack.clone().filter(|attack| Some(attack.last_at) > stored);
        state.attack_stored = attack.as_ref().map(|attack| attack.last_at).or(stored);
        Counts { outcomes: std::mem::take(&mut state.outcomes), sources: state.sources.take(), attack }
    }

    /// Gives back what could not be stored. Where they came from is lost: it is a picture, no sum.
    pub fn give_back(&self, counts: Counts) {
        let mut state = self.state();
        for (key, sign_ups) in counts.outcomes {
            *state.outcomes.entry(key).or_default() += sign_ups;
        }
    }
}

impl State {
    /// Counts one in its second; those of the last minute.
    fn count_second(&mut self, now: DateTime<Utc>) -> i64 {
        let second = now.timestamp();
        // A clock that was set back, or stood still for a minute, begins anew.
        if !(0..60).contains(&(second - self.second)) {
            self.seconds = [0; 60];
        } else {
            for empty in self.second + 1..=second {
                self.seconds[empty.rem_euclid(60) as usize] = 0;
            }
        }
        self.second = second;
        self.seconds[second.rem_euclid(60) as usize] += 1;
        self.seconds.iter().map(|n| i64::from(*n)).sum()
    }

    /// From so many a minute on it is an attack.
    fn attack_per_minute(&self) -> f64 {
        // What the database holds may be anything but a million times too large.
        let usual = self.known.guard.usual_per_minute.clamp(0.0, 1e6);
        (usual * TIMES_USUAL).max(CALM_PER_MINUTE)
    }

    /// Sees whether an attack begins, or goes on.
    fn look(&mut self, per_minute: i64, limit: f64, now: DateTime<Utc>) {
        let goes_on = self.attacked_at(now).is_some();
        let least = if goes_on { limit / 2.0 } else { limit };
        if !goes_on {
            self.attack = None;
            self.networks.clear();
        }
        if (per_minute as f64) < least {
            return;
        }
        let attack = self.attack.get_or_insert(Attack {
            id: Uuid::nil(),
            began_at: now,
            last_at: now,
            peak_per_minute: 0,
            networks: 0,
        });
        attack.last_at = now;
        attack.peak_per_minute = attack.peak_per_minute.max(per_minute);
        attack.networks = self.networks.len() as i64;
    }

    /// When the attack was last seen that goes on.
    fn attacked_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let own = self.attack.as_ref().map(|attack| attack.last_at);
        // A time ahead of us is one of a clock that was set back.
        own.max(self.known.attacked_at).filter(|at| *at <= now + QUIET_FOR && now - *at < QUIET_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + secs, 0).unwrap()
    }

    /// One of many who come from everywhere, for domains of their own.
    fn stranger(watch: &SignUpWatch, n: u32, now: DateTime<Utc>) -> Option<SignUpOutcome> {
        let ip = IpAddr::from((0x0b00_0000 + n * 256).to_be_bytes());
        watch.arrive(Arrival { ip, domain: &format!("d{n}.example") }, now)
    }

    #[test]
    fn far_more_than_usual_is_an_attack_until_it_has_been_quiet() {
        let watch = SignUpWatch::new(true);
        let asked = |watch: &SignUpWatch, first: u32, secs: i64| {
            (first..first + 60).filter(|n| stranger(watch, *n, at(secs)).is_some()).count()
        };
        assert_eq!(asked(&watch, 0, 0), 31, "from the thirtieth of a minute on");
        assert_eq!(stranger(&watch, 1000, at(300)), Some(SignUpOutcome::AskedAttack));
        assert_eq!(stranger(&watch, 1001, at(599)), Some(SignUpOutcome::AskedAttack));
        assert_eq!(stranger(&watch, 1002, at(601)), None);
        // What is usual elsewhere is no attack.
        let busy = SignUpWatch::new(true);
        let guard = Guard { usual_per_minute: 50.0, ..Guard::default() };
        busy.learn(Known { guard, ..Known::default() });
        assert_eq!(asked(&busy, 0, 0), 0);
        assert_eq!(busy.attacked_at(at(0)), None);
        let off = SignUpWatch::new(false);
        assert_eq!(asked(&off, 0, 0), 0);
    }

    #[test]
    fn an_attack_that_another_process_saw_is_one_here() {
        let watch = SignUpWatch::new(true);
        watch.learn(Known { attacked_at: Some(at(-30)), ..Known::default() });
        assert_eq!(stranger(&watch, 1, at(0)), Some(SignUpOutcome::AskedAttack));
        assert_eq!(stranger(&watch, 2, at(600)), None);
        let guard = Guard { asked_since: Some(at(0)), ..Guard::default() };
        let off = SignUpWatch::new(false);
        off.learn(Known { guard, attacked_at: Some(at(0)), ..Known::default() });
        assert_eq!(stranger(&off, 1, at(0)), Some(SignUpOutcome::AskedEverybody));
    }

    #[test]
    fn a_network_or_a_domain_that_sends_many_is_asked_alone() {
        let watch = SignUpWatch::new(true);
        let from = |ip: &str, domain: &str, secs: i64| {
            watch.arrive(Arrival { ip: ip.parse().unwrap(), domain }, at(secs))
        };
        for n in 0..20 {
            assert_eq!(from("203.0.113.9", &format!("d{n}.example"), 0), None);
        }
        assert_eq!(from("203.0.113.9", "x.example", 0), Some(SignUpOutcome::AskedNetwork));
        assert_eq!(from("203.0.113.10", "x.example", 0), None);
        // One after the other from all of a /48.
        let of_48 = (0..40).filter(|n| {
            from(&format!("2001:db8:7:{n:x}::1"), &format!("e{n}.example"), 100 + n * 4)
                == Some(SignUpOutcome::AskedNetwork)
        });
        assert!(of_48.count() > 0);
        for n in 0..40 {
            assert_eq!(from(&format!("198.51.{n}.1"), "victims.example", 1000 + n / 20 * 60), None);
        }
        assert_eq!(from("198.51.99.1", "victims.example", 1060), Some(SignUpOutcome::AskedDomain));
        assert_eq!(from("198.51.98.1", "others.example", 1060), None);
    }

    #[test]
    fn what_is_counted_is_bounded_and_the_most_frequent_is_kept() {
        let watch = SignUpWatch::new(true);
        for n in 0..10_000_u32 {
            let ip = IpAddr::from((0x0b00_0000 + n * 256).to_be_bytes());
            let loud = IpAddr::from([203, 0, 113, n as u8]);
            let domain = format!("d{n}.example");
            watch.count(SignUpOutcome::AskedAttack, Some(Arrival { ip: loud, domain: "v.example" }), at(0));
            watch.count(SignUpOutcome::Taken, Some(Arrival { ip, domain: &domain }), at(61));
        }
        let counts = watch.take_counts();
        assert_eq!(counts.outcomes.values().copied().collect::<Vec<_>>(), [10_000, 10_000]);
        assert_eq!(counts.sources.len(), 2 * SOURCES_STORED);
        let first = Source { name: "203.0.113.0/24".into(), sign_ups: 10_000, stopped: 10_000 };
        assert_eq!(counts.sources[0], (SourceKind::Network, first));
        assert!(watch.take_counts().is_empty());
        watch.give_back(counts);
        assert_eq!(watch.take_counts().outcomes.len(), 2);
    }
}
