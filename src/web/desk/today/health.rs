//! How things are: feeds, workers, the relay, what bounced; for admins, the schedule and sign-in codes too.

use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta, Utc};

use crate::actions::second_factor;
use crate::app::App;
use crate::db::counts::HourCount;
use crate::db::feeds::{FeedHealth, FeedStatus};
use crate::db::{Tx, alerts, job_runs, workers};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::relay_trouble::RelayTrouble;
use crate::locale::{Sentence, Text, say};
use crate::mail::relay::MailRoute;
use crate::schedule::jobs::{self, Unwell};
use crate::web::desk::frame::Desk;
use crate::web::desk::plot;

/// A worker without a heartbeat for this long is behind.
const BEHIND: TimeDelta = TimeDelta::seconds(20);

/// One line of how things are.
pub(super) struct Health {
    pub(super) mark: &'static str,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) link: &'static str,
    pub(super) link_label: String,
    /// Only admins can follow the link.
    pub(super) is_admins: bool,
}

/// How feeds, workers, the relay and what bounced are.
pub(super) async fn healths(
    app: &App,
    tx: &mut Tx,
    all_feeds: &[FeedHealth],
    hours: &[HourCount],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Health>> {
    let beats = workers::heartbeats(tx).await?;
    let refuses = alerts::open(tx).await?.iter().any(|alert| alert.kind.is_of_relay());
    Ok(vec![feeds(all_feeds, now), workers_health(&beats, now), relay(app, refuses), bounced(hours, now)])
}

fn line(mark: &'static str, name: &str, text: Sentence<'_, Text>) -> Health {
    Health {
        mark,
        name: say(name).to_string(),
        text: text.to_string(),
        link: "",
        link_label: String::new(),
        is_admins: false,
    }
}

impl Health {
    fn linking(self, link: &'static str, label: &str) -> Health {
        Health { link, link_label: say(label).to_string(), ..self }
    }
}

/// Whether sign-ups come as usual; `None`: they do.
pub(super) fn sign_ups_health(app: &App, now: DateTime<Utc>) -> Option<Health> {
    let (mark, key) = match () {
        () if app.sign_up_watch.known().guard.asked_since.is_some() => ("warn", "today-sign-ups-forced"),
        () if app.sign_up_watch.asks_everybody(now) => ("bad", "today-sign-ups-attacked"),
        () => return None,
    };
    Some(line(mark, "today-sign-ups", say(key)).linking("/admin/sign-ups", "today-sign-ups-button"))
}

fn feeds(all_feeds: &[FeedHealth], now: DateTime<Utc>) -> Health {
    let polled: Vec<&FeedHealth> =
        all_feeds.iter().filter(|feed| feed.status == FeedStatus::Active).collect();
    let answer = polled.iter().filter(|feed| feed.failures == 0).count();
    let last = polled.iter().filter_map(|feed| feed.last_polled_at).max();
    let is_well = answer == polled.len() && polled.len() == all_feeds.len();
    let all = all_feeds.len();
    let (mark, text) = match (all, is_well, last) {
        (0, ..) => {
            let none = line("warn", "today-feeds", say("today-feeds-none"));
            return Health { is_admins: true, ..none.linking("/admin/feeds", "feed-connect") };
        }
        (_, true, None) => ("ok", say("today-feeds-unchecked")),
        (_, true, Some(at)) => ("ok", say("today-feeds-ok").with("ago", ago(now - at))),
        (_, false, _) => ("warn", say("today-feeds-failing")),
    };
    let line = line(mark, "today-feeds", text.with("working", answer).with("feeds", all));
    if is_well { line } else { line.linking("/admin/feeds", "today-feeds-button") }
}

fn workers_health(beats: &[DateTime<Utc>], now: DateTime<Utc>) -> Health {
    let alive = beats.iter().filter(|at| now - **at <= BEHIND).count();
    let (mark, text) = match (alive, beats.len() - alive) {
        (0, _) => ("bad", say("today-workers-none")),
        (n, 0) => ("ok", say("today-workers-ok").with("workers", n)),
        (n, behind) => ("warn", say("today-workers-behind").with("workers", n).with("behind", behind)),
    };
    line(mark, "today-workers", text)
}

fn relay(app: &App, refuses: bool) -> Health {
    let trouble = *app.relay_trouble.lock().unwrap_or_else(PoisonError::into_inner);
    let (mark, text) = match &*app.mail_route() {
        MailRoute::Capture { .. } if app.config.base_url_is_loopback() => {
            let none = line("warn", "today-relay", say("today-relay-mailbox"));
            return none.linking("/mailbox", "today-relay-mailbox-button");
        }
        MailRoute::Capture { outbox } => {
            ("warn", say("today-relay-captured").with("folder", outbox.display().to_string()))
        }
        MailRoute::Smtp(relays) => {
            let names: Vec<&str> = relays.iter().map(|relay| relay.host.as_str()).collect();
            let (mark, key) = match trouble.or(refuses.then_some(RelayTrouble::Refuses)) {
                Some(RelayTrouble::Unreachable) => ("bad", "today-relay-unreachable"),
                Some(RelayTrouble::Untrusted) => ("bad", "today-relay-untrusted"),
                Some(RelayTrouble::Busy) => ("bad", "today-relay-busy"),
                Some(RelayTrouble::Refuses) => ("bad", "today-relay-refuses"),
                None => ("ok", "today-relay-ok"),
            };
            (mark, say(key).with("relay", names.join(", ")))
        }
    };
    line(mark, "today-relay", text)
}

fn bounced(hours: &[HourCount], now: DateTime<Utc>) -> Health {
    let week = now - TimeDelta::days(7);
    let sum = |status| -> i64 {
        hours.iter().filter(|h| h.hour >= week && h.status == status).map(|h| h.deliveries).sum()
    };
    let (sent, bounced) = (sum(DeliveryStatus::Sent), sum(DeliveryStatus::Bounced));
    let text = say("today-bounced-share").with("share", plot::percent(bounced, sent + bounced));
    // Mailbox providers frown on more than 2 in 100.
    match bounced * 50 > sent + bounced && bounced > 9 {
        false => line("ok", "today-bounced", text),
        true => line("warn", "today-bounced", text).linking("/admin/reports", "today-see-reports"),
    }
}

/// Jobs of the schedule that are not well.
pub(super) async fn job_healths(desk: &Desk, tx: &mut Tx) -> sqlx::Result<Vec<Health>> {
    let runs = job_runs::all(tx).await?;
    let line = |(what, unwell): (&'static str, Unwell)| {
        let text = match unwell {
            Unwell::Fails { since, times, error } => say("today-job-fails")
                .with("time", desk.short_time(&since))
                .with("times", times)
                .with("why", error),
            Unwell::Late { last } => say("today-job-late").with("time", desk.short_time(&last)),
        };
        Health {
            mark: "bad",
            name: say(what).to_string(),
            text: text.to_string(),
            link: "",
            link_label: String::new(),
            is_admins: false,
        }
    };
    Ok(jobs::unwell(&runs, desk.now).into_iter().map(line).collect())
}

/// Whether all who sign in with a code can; `None`: nothing to say.
pub(super) async fn codes_health(app: &App, tx: &mut Tx) -> sqlx::Result<Option<Health>> {
    let n = second_factor::unreadable(app, tx).await?.len();
    Ok((n > 0).then(|| {
        line("bad", "today-codes", say("today-codes-unreadable").with("users", n))
            .linking("/admin/settings/users", "today-see-users")
    }))
}

/// "38 s ago".
fn ago(age: TimeDelta) -> String {
    let said = match age.num_seconds().max(0) {
        secs if secs < 90 => say("today-ago-secs").with("secs", secs),
        secs if secs < 5400 => say("today-ago-mins").with("mins", secs / 60),
        secs if secs < 172_800 => say("today-ago-hours").with("hours", secs / 3600),
        secs => say("today-ago-days").with("days", secs / 86_400),
    };
    said.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_short() {
        let said = [5, 100, 7200, 200_000].map(|secs| ago(TimeDelta::seconds(secs)));
        assert_eq!(said, ["5 s ago", "1 min ago", "2 h ago", "2 days ago"]);
    }
}
