//! How fast mail may go: to each destination domain, and all of it together.
//!
//! A domain without a limit of its own costs one look into a map that is mostly empty. One that asks
//! us to slow down (421, 4.7.x) is left alone for a while: 5 s, doubled each time up to 10
//! minutes, forgotten when it takes a message. That is each process's own; the rates hold across
//! processes, since their turns are given out by the database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::db::limits::{self, DomainLimit};

/// How long a domain is left alone the first time that it asks.
const PAUSE: TimeDelta = TimeDelta::seconds(5);
/// And at most.
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(10);
/// How far ahead turns are reserved.
const AHEAD: TimeDelta = TimeDelta::seconds(1);
/// What a message to a domain is taken to last until one was timed.
const MESSAGE_SECS: f64 = 1.0;

/// Nobody is put off for longer than this at a time.
const LATER_MAX: TimeDelta = TimeDelta::minutes(10);

/// The name of the pace of all mail together.
const EVERYTHING: &str = "";

/// The domains that are limited or left alone.
#[derive(Default)]
pub struct Domains {
    known: Mutex<HashMap<String, Domain>>,
}

#[derive(Clone, Debug, Default)]
struct Domain {
    connections_max: Option<usize>,
    per_minute: Option<i64>,
    in_hand: usize,
    /// How often it asked to slow down without taking a message in between.
    strikes: u32,
    left_alone_until: Option<DateTime<Utc>>,
    /// Seconds that a message lasts, smoothed.
    message_secs: Option<f64>,
    /// The last of the times that deliveries were put off to.
    later_to: Option<DateTime<Utc>>,
}

/// What a domain lets through of the deliveries that were just leased.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Admission {
    /// All of them.
    Free,
    /// None before this.
    Closed(DateTime<Utc>),
    /// So many a minute, and no more than `room` now.
    Paced { per_minute: i64, room: usize },
    /// As many as fit `room` now, the rest at so many a second.
    Narrow { room: usize, per_second: f64 },
}

impl Domains {
    fn known(&self) -> MutexGuard<'_, HashMap<String, Domain>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether any domain is limited or left alone.
    pub fn any(&self) -> bool {
        !self.known().is_empty()
    }

    /// Takes over the limits that are set, and forgets who asked for less long ago.
    pub fn set(&self, limits: Vec<DomainLimit>, now: DateTime<Utc>) {
        let mut known = self.known();
        for domain in known.values_mut() {
            (domain.connections_max, domain.per_minute) = (None, None);
            if domain.left_alone_until.is_some_and(|until| until < now - PAUSE_MAX) {
                (domain.strikes, domain.left_alone_until) = (0, None);
            }
        }
        for limit in limits {
            let domain = known.entry(limit.domain).or_default();
            domain.connections_max = limit.connections_max.and_then(|max| usize::try_from(max).ok());
            domain.per_minute = limit.per_minute;
        }
        known.retain(|_, domain| !domain.is_forgettable());
    }

    /// Whether a message may go now; it is then in hand until [`Domains::done`].
    pub fn admit(&self, domain: &str, now: DateTime<Utc>) -> bool {
        let mut known = self.known();
        let Some(domain) = known.get_mut(domain) else { return true };
        let open = domain.left_alone_until.is_none_or(|until| until <= now)
            && domain.connections_max.is_none_or(|max| domain.in_hand < max);
        domain.in_hand += usize::from(open);
        open
    }

    /// Says that a message which was admitted has ended, and how long it took.
    pub fn done(&self, domain: &str, took: Option<Duration>) {
        let mut known = self.known();
        let Some(domain) = known.get_mut(domain) else { return };
        domain.in_hand = domain.in_hand.saturating_sub(1);
        if let Some(took) = took {
            let secs = took.as_secs_f64();
            domain.message_secs = Some(domain.message_secs.map_or(secs, |mean| mean * 0.8 + secs * 0.2));
        }
    }

    /// A domain asks us to slow down. Returns for how long it is left alone, where that begins now.
    pub fn slow_down(&self, name: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
        let mut known = self.known();
        let domain = known.entry(name.to_owned()).or_default();
        // What was under way when it asked is the same asking.
        if domain.left_alone_until.is_some_and(|until| now < until) {
            return None;
        }
        let pause = (PAUSE * (1 << domain.strikes.min(8))).min(PAUSE_MAX);
        domain.strikes += 1;
        domain.left_alone_until = Some(now + pause);
        Some(pause)
    }

    /// A domain has taken a message.
    pub fn accepted(&self, name: &str, now: DateTime<Utc>) {
        let mut known = self.known();
        if let Some(domain) = known.get_mut(name) {
            // What was under way when it asked says nothing about now.
            if domain.left_alone_until.is_some_and(|until| now < until) {
                return;
            }
            (domain.strikes, domain.left_alone_until) = (0, None);
            if domain.is_forgettable() {
                known.remove(name);
            }
        }
    }

    /// The times at which the next `count` deliveries to a domain are tried, `apart` from each other:
    /// not before `from`, and behind those that were put off already.
    pub fn later(
        &self,
        domain: &str,
        from: DateTime<Utc>,
        apart: TimeDelta,
        count: usize,
    ) -> Vec<DateTime<Utc>> {
        let mut known = self.known();
        let Some(domain) = known.get_mut(domain) else { return vec![from; count] };
        let mut at = domain.later_to.map_or(from, |last| from.max(last + apart));
        let end = from + LATER_MAX;
        let mut times = Vec::with_capacity(count);
        for n in 0..count {
            if at <= end {
                times.push(at);
                domain.later_to = Some(at);
                at += apart;
            } else {
                // Too far to plan: what is planned must follow a change of the limits, and the
                // other campaigns. Looked at again within minutes, not all at once.
                let spread = (n as i32).wrapping_mul(7919).rem_euclid(300);
                times.push(end - TimeDelta::seconds(spread.into()));
            }
        }
        times
    }

    /// What a domain lets through, `waiting` deliveries to it being in memory already.
    pub fn admission(&self, domain: &str, waiting: usize, now: DateTime<Utc>) -> Admission {
        let known = self.known();
        let Some(domain) = known.get(domain) else { return Admission::Free };
        if let Some(until) = domain.left_alone_until.filter(|until| *until > now) {
            return Admission::Closed(until);
        }
        let room = domain.connections_max.map(|max| (max * 4).saturating_sub(waiting));
        if let Some(per_minute) = domain.per_minute {
            return Admission::Paced { per_minute, room: room.unwrap_or(usize::MAX) };
        }
        match domain.connections_max {
            Some(max) => Admission::Narrow {
                room: (max * 4).saturating_sub(waiting),
                per_second: max as f64 / domain.message_secs.unwrap_or(MESSAGE_SECS).max(0.001),
            },
            None => Admission::Free,
        }
    }
}

impl Domain {
    fn is_forgettable(&self) -> bool {
        self.connections_max.is_none()
            && self.per_minute.is_none()
            && self.left_alone_until.is_none()
            && self.in_hand == 0
    }
}

/// Turns of one domain, reserved in the caller's transaction: so many of `wanted`, the first at this
/// time, this far apart.
pub async fn reserve_turns(
    tx: &mut crate::db::WriteTx,
    domain: &str,
    wanted: usize,
    per_minute: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<(DateTime<Utc>, usize, TimeDelta)> {
    let apart = TimeDelta::minutes(1) / i32::try_from(per_minute.max(1)).unwrap_or(i32::MAX);
    let (first, granted) = limits::reserve(tx, domain, wanted as i64, apart, now, now + AHEAD).await?;
    Ok((first, granted as usize, apart))
}

/// The pace of all mail together. Whoever holds it has the next turn.
pub struct Pace {
    /// 0: none.
    per_second: u32,
    /// Where deliveries wait, so that one of them at most stands before a notice.
    gate: tokio::sync::Mutex<()>,
    turns: tokio::sync::Mutex<Turns>,
}

/// The right to take the next turn.
pub struct Turn<'a> {
    turns: tokio::sync::MutexGuard<'a, Turns>,
    _gate: Option<tokio::sync::MutexGuard<'a, ()>>,
}

#[derive(Default)]
struct Turns {
    next: DateTime<Utc>,
    left: i64,
}

impl Pace {
    /// So many messages a second in all processes together; 0: as fast as it goes.
    pub fn new(per_second: u32) -> Pace {
        Pace { per_second, gate: tokio::sync::Mutex::default(), turns: tokio::sync::Mutex::default() }
    }

    /// Whether there is a limit.
    pub fn is_set(&self) -> bool {
        self.per_second > 0
    }

    /// The right to take the next turn: one connection at a time, in order of asking, notices first.
    pub async fn lock(&self, is_notice: bool) -> Turn<'_> {
        let _gate = match is_notice {
            true => None,
            false => Some(self.gate.lock().await),
        };
        Turn { turns: self.turns.lock().await, _gate }
    }

    /// Waits for the next turn.
    pub async fn wait(&self, turn: &mut Turn<'_>, app: &App) {
        let turns = &mut *turn.turns;
        let apart = TimeDelta::seconds(1) / i32::try_from(self.per_second).unwrap_or(i32::MAX);
        let now = app.clock.now();
        // Turns that nobody used have passed: they are not made up for in one burst.
        if turns.left == 0 || turns.next < now - apart {
            let wanted = i64::from(self.per_second / 5).max(1);
            loop {
                let now = app.clock.now();
                match self.reserve(app, wanted, apart, now).await {
                    Ok((next, granted)) if granted > 0 => {
                        (turns.next, turns.left) = (next, granted);
                        break;
                    }
                    Ok((next, _)) => {
                        let wait = (next - now).to_std().unwrap_or_default();
                        tokio::time::sleep(wait.min(Duration::from_secs(1))).await;
                    }
                    Err(error) => {
                        tracing::error!(%error, "no turn can be reserved; trying again in a second");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        }
        let wait = turns.next - app.clock.now();
        turns.next += apart;
        turns.left -= 1;
        tokio::time::sleep(wait.to_std().unwrap_or_default()).await;
    }

    async fn reserve(
        &self,
        app: &App,
        wanted: i64,
        apart: TimeDelta,
        now: DateTime<Utc>,
    ) -> sqlx::Result<(DateTime<Utc>, i64)> {
        let mut tx = app.db.write().await?;
        let reserved = limits::reserve(&mut tx, EVERYTHING, wanted, apart, now, now + AHEAD).await?;
        tx.commit().await?;
        Ok(reserved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn a_domain_that_asks_to_slow_down_is_left_alone_longer_each_time_and_forgiven_by_a_message() {
        let domains = Domains::default();
        let mut now = noon();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            pauses.push(domains.slow_down("slow.example", now).unwrap().num_seconds());
            assert_eq!(domains.slow_down("slow.example", now), None, "what was under way counts once");
            assert!(!domains.admit("slow.example", now));
            assert!(domains.admit("quick.example", now), "others go on");
            now += PAUSE_MAX;
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
        assert!(domains.admit("slow.example", now));
        domains.done("slow.example", None);
        domains.accepted("slow.example", now);
        assert!(!domains.any(), "and is forgotten");
    }

    #[test]
    fn a_domain_gets_as_many_messages_at_once_as_it_has_connections() {
        let domains = Domains::default();
        domains.set(
            vec![DomainLimit { domain: "two.example".into(), connections_max: Some(2), per_minute: None }],
            noon(),
        );
        let admit = || domains.admit("two.example", noon());
        assert_eq!([admit(), admit(), admit()], [true, true, false]);
        domains.done("two.example", Some(Duration::from_millis(500)));
        assert!(admit());
        let Admission::Narrow { room, per_second } = domains.admission("two.example", 5, noon()) else {
            panic!("it is narrow");
        };
        assert_eq!(room, 3);
        assert!((per_second - 4.0).abs() < 0.01, "{per_second}");
        domains.set(Vec::new(), noon());
        assert!(admit(), "the limit is gone");
    }
}
