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
use crate::mail::relay::MailRoute;
use crate::schedule::jobs::{self, Unwell};
use crate::web::desk::frame::{Desk, counted};
use crate::web::desk::plot;

/// A worker without a heartbeat for this long is behind.
const BEHIND: TimeDelta = TimeDelta::seconds(20);
/// What an admin is asked where there is no feed.
pub(super) const ADD_A_FEED: &str = "Add a feed";

/// One line of how things are.
pub(super) struct Health {
    pub(super) mark: &'static str,
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) link: &'static str,
    pub(super) link_label: &'static str,
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

fn line(mark: &'static str, name: &'static str, text: String) -> Health {
    Health { mark, name, text, link: "", link_label: "" }
}

fn feeds(all_feeds: &[FeedHealth], now: DateTime<Utc>) -> Health {
    let polled: Vec<&FeedHealth> =
        all_feeds.iter().filter(|feed| feed.status == FeedStatus::Active).collect();
    let answer = polled.iter().filter(|feed| feed.failures == 0).count();
    let last = polled.iter().filter_map(|feed| feed.last_polled_at).max();
    match (all_feeds.len(), answer == polled.len() && polled.len() == all_feeds.len()) {
        (0, _) => Health {
            link: "/admin/feeds",
            link_label: ADD_A_FEED,
            ..line("warn", "Feeds", "None yet.".to_owned())
        },
        (all, true) => {
            let ago =
                last.map_or(", not polled yet".to_owned(), |at| format!(", last poll {}", ago(now - at)));
            line("ok", "Feeds", format!("{answer} of {all} answer{ago}"))
        }
        (all, false) => Health {
            link: "/admin/feeds",
            link_label: "What to do",
            ..line("warn", "Feeds", format!("{answer} of {all} answer."))
        },
    }
}

fn workers_health(beats: &[DateTime<Utc>], now: DateTime<Utc>) -> Health {
    let alive = beats.iter().filter(|at| now - **at <= BEHIND).count();
    match (alive, beats.len() - alive) {
        (0, _) => line("bad", "Workers", "None runs: no mail leaves. Start postrider serve.".to_owned()),
        (n, 0) => line("ok", "Workers", format!("{n}, none behind")),
        (n, behind) => line("warn", "Workers", format!("{n}, {behind} behind. Their mail is taken over.")),
    }
}

fn relay(app: &App, refuses: bool) -> Health {
    let trouble = *app.relay_trouble.lock().unwrap_or_else(PoisonError::into_inner);
    match &*app.mail_route() {
        MailRoute::Capture { .. } if app.config.base_url_is_loopback() => Health {
            link: "/mailbox",
            link_label: "Look into it",
            ..line("warn", "Relay", "None: mail is kept in a mailbox here, not sent.".to_owned())
        },
        MailRoute::Capture { outbox } => {
            line("warn", "Relay", format!("None: mail is kept in {}, not sent.", outbox.display()))
        }
        MailRoute::Smtp(relays) => {
            let names: Vec<&str> = relays.iter().map(|relay| relay.host.as_str()).collect();
            let names = names.join(", ");
            match trouble.or(refuses.then_some(RelayTrouble::Refuses)) {
                Some(trouble) => line("bad", "Relay", format!("{names} {}. Mail waits.", trouble.words())),
                None => line("ok", "Relay", names),
            }
        }
    }
}

fn bounced(hours: &[HourCount], now: DateTime<Utc>) -> Health {
    let week = now - TimeDelta::days(7);
    let sum = |status| -> i64 {
        hours.iter().filter(|h| h.hour >= week && h.status == status).map(|h| h.deliveries).sum()
    };
    let (sent, bounced) = (sum(DeliveryStatus::Sent), sum(DeliveryStatus::Bounced));
    let text = format!("{} in 7 days", plot::percent(bounced, sent + bounced));
    // Mailbox providers frown on more than 2 in 100.
    match bounced * 50 > sent + bounced && bounced > 9 {
        false => line("ok", "Bounced", text),
        true => Health { link: "/admin/reports", link_label: "See whose", ..line("warn", "Bounced", text) },
    }
}

/// Jobs of the schedule that are not well.
pub(super) async fn job_healths(desk: &Desk, tx: &mut Tx) -> sqlx::Result<Vec<Health>> {
    let runs = job_runs::all(tx).await?;
    let line = |(what, unwell): (&'static str, Unwell)| {
        let text = match unwell {
            Unwell::Fails { since, times, error } => format!(
                "Fails since {}, {}. It is tried again. {error}",
                desk.short_time(&since),
                counted(times, "time", "times")
            ),
            Unwell::Late { last } => {
                format!("Not since {}. See that postrider serve runs.", desk.short_time(&last))
            }
        };
        Health { mark: "bad", name: what, text, link: "", link_label: "" }
    };
    Ok(jobs::unwell(&runs, desk.now).into_iter().map(line).collect())
}

/// Whether all who sign in with a code can; `None`: nothing to say.
pub(super) async fn codes_health(app: &App, tx: &mut Tx) -> sqlx::Result<Option<Health>> {
    let n = second_factor::unreadable(app, tx).await?.len();
    Ok((n > 0).then(|| Health {
        mark: "bad",
        name: "Two-factor sign-in",
        text: format!("The codes of {n} can't be checked: a key is missing from SECRET_KEY."),
        link: "/admin/settings/users",
        link_label: "See whose",
    }))
}

/// "38 s ago".
fn ago(age: TimeDelta) -> String {
    match age.num_seconds().max(0) {
        secs if secs < 90 => format!("{secs} s ago"),
        secs if secs < 5400 => format!("{} min ago", secs / 60),
        secs if secs < 172_800 => format!("{} h ago", secs / 3600),
        secs => format!("{} days ago", secs / 86_400),
    }
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
