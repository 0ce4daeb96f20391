//! The front page: what waits, what goes out next, how things are. It reads counted numbers only.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::frame::{Desk, Me, Tab, counted, grouped};
use super::plot::{self, Plot, Sent, active_by_day};
use crate::actions::compose;
use crate::actions::second_factor;
use crate::app::App;
use crate::db::alerts;
use crate::db::campaigns::{self, Listed};
use crate::db::counts::{self, HourCount, SubscriptionCount};
use crate::db::feeds::{FeedHealth, FeedStatus};
use crate::db::{Tx, articles, brake, feeds, holds, job_runs, lists, publication, workers};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::hold::{self, HoldKind};
use crate::domain::relay_trouble::RelayTrouble;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::mail::relay::MailRoute;
use crate::schedule::counting::midnight;
use crate::schedule::jobs::{self, Unwell};
use crate::web::page::{Answer, page};

/// Things of one kind that wait and are shown; the rest is behind a link.
const SHOWN: i64 = 6;
/// Days of deliveries.
const DELIVERY_DAYS: i64 = 14;
/// Days of subscribers.
const SUBSCRIBER_DAYS: i64 = 365;
/// A worker without a heartbeat for this long is behind.
const BEHIND: TimeDelta = TimeDelta::seconds(20);
/// What is due for longer has not gone out in time.
const LATE: TimeDelta = TimeDelta::minutes(2);
/// What an admin is asked where there is no feed.
const ADD_A_FEED: &str = "Add a feed";

/// Something that waits for somebody.
struct Waits {
    mark: &'static str,
    kind: &'static str,
    title: String,
    why: String,
    link: String,
    action: &'static str,
}

/// Something that goes out, or is on its way.
struct Out {
    when: String,
    machine_time: String,
    campaign: Listed,
    line: String,
    figure: String,
    under: &'static str,
}

/// One line of how things are.
struct Health {
    mark: &'static str,
    name: &'static str,
    text: String,
    link: &'static str,
    link_label: &'static str,
}

/// A line of the table behind the subscribers' plot.
struct SubscriberRow {
    from: NaiveDate,
    active: i64,
    joined: i64,
    left: i64,
    bounced: i64,
    complained: i64,
}

#[derive(Template)]
#[template(path = "admin/today.html")]
struct TodayPage {
    desk: Desk,
    title: String,
    waits: Vec<Waits>,
    out: Vec<Out>,
    health: Vec<Health>,
    /// `Subscribers`, or `Subscriptions` where somebody may have several.
    subscribers_title: &'static str,
    grown: i64,
    has_lists: bool,
    subscribers: Plot,
    subscriber_rows: Vec<SubscriberRow>,
    rows_are_weeks: bool,
    deliveries: Plot,
    delivery_rows: Vec<Sent>,
    /// An admin has begun the guided setup, and nothing has gone out yet.
    setup_is_open: bool,
}

/// `GET /admin`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let mut desk = Desk::read(&app, &mut tx, &me, &request, Tab::Today).await?;
    let (now, today) = (desk.now, desk.now.with_timezone(&desk.zone).date_naive());
    let all_feeds = feeds::health(&mut tx).await?;
    let subscriptions = counts::subscriptions(&mut tx).await?;
    let all_lists = lists::all(&mut tx).await?;

    let waits = waiting(&mut tx, &all_feeds).await?;
    // What the relay said is told here alone.
    desk.waiting = desk.waiting.max(waits.len() as i64);
    let (out, is_late) = going_out(&mut tx, &desk, &subscriptions).await?;
    let since = midnight(today - TimeDelta::days(DELIVERY_DAYS - 1), desk.zone);
    let hours = counts::hours_since(&mut tx, since).await?;
    let mut health = healths(&app, &mut tx, &all_feeds, &hours, now).await?;
    if desk.is_admin() {
        health.extend(job_healths(&desk, &mut tx).await?);
        health.extend(codes_health(&app, &mut tx).await?);
    } else {
        // An admin's work: the page behind it says so to others.
        health.iter_mut().filter(|line| line.link_label == ADD_A_FEED).for_each(|line| line.link = "");
    }

    let active: i64 = of_status(&subscriptions, SubscriptionStatus::Active);
    let first_day = (today - TimeDelta::days(SUBSCRIBER_DAYS - 1)).to_string();
    let days = counts::days_since(&mut tx, &first_day).await?;
    let setup_at = publication::get(&mut tx).await?.setup_at;
    drop(tx);
    let series = active_by_day(&days, active, today);
    // Of a publication younger than that: since its beginning.
    let before = series.iter().rev().nth(30).map(|(_, then, _)| *then);
    let before = before.or(series.first().map(|(_, then, day)| then - day.joined + day.ended));
    let grown = before.map_or(0, |before| active - before);
    let rows_are_weeks = series.len() > 62;
    let group = if rows_are_weeks { 7 } else { 1 };
    let subscriber_rows = series
        .rchunks(group)
        .map(|days| SubscriberRow {
            from: days[0].0,
            active: days[days.len() - 1].1,
            joined: days.iter().map(|day| day.2.joined).sum(),
            left: days.iter().map(|day| day.2.ended).sum(),
            bounced: days.iter().map(|day| day.2.bounced).sum(),
            complained: days.iter().map(|day| day.2.complained).sum(),
        })
        .collect();
    let delivery_rows = sent_by_day(&hours, &days, &desk, today);
    let any_sent = delivery_rows.iter().any(|day| day.sent + day.bounced + day.complained > 0);
    let well = !is_late && health.iter().all(|line| line.mark == "ok");
    page(
        StatusCode::OK,
        &TodayPage {
            title: title(desk.waiting, well, &health, is_late),
            waits,
            out,
            health,
            subscribers_title: if all_lists.len() > 1 { "Subscriptions" } else { "Subscribers" },
            grown,
            has_lists: !all_lists.is_empty(),
            subscribers: if days.iter().all(|day| day.joined + day.ended == 0) && active == 0 {
                Plot::default()
            } else {
                plot::subscribers(&series)
            },
            subscriber_rows,
            rows_are_weeks,
            setup_is_open: setup_at.is_none() && !any_sent && desk.is_admin(),
            deliveries: if any_sent { plot::deliveries(&delivery_rows) } else { Plot::default() },
            delivery_rows: if any_sent { delivery_rows } else { Vec::new() },
            desk,
        },
    )
}

/// What stands above all: a number, a cause.
fn title(waiting: i64, well: bool, health: &[Health], is_late: bool) -> String {
    const WORDS: [&str; 13] = [
        "Nothing", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
        "Twelve",
    ];
    let number = usize::try_from(waiting).ok().and_then(|n| WORDS.get(n));
    let number = number.map_or_else(|| grouped(waiting), |word| (*word).to_owned());
    let first = match waiting {
        0 => "Nothing waits for you.".to_owned(),
        1 => "One item waits for you.".to_owned(),
        _ => format!("{number} items wait for you."),
    };
    let rest = match (well, is_late) {
        (true, _) if waiting == 0 => "All is on time.",
        (true, _) => "All else is on time.",
        (false, true) => "Mail is late.",
        (false, false) if health.iter().any(|line| line.mark == "bad") => "Something is not well.",
        (false, false) => "",
    };
    format!("{first} {rest}").trim_end().to_owned()
}

fn of_status(counts: &[SubscriptionCount], status: SubscriptionStatus) -> i64 {
    counts.iter().filter(|count| count.status == status).map(|count| count.subscriptions).sum()
}

async fn waiting(tx: &mut Tx, all_feeds: &[FeedHealth]) -> sqlx::Result<Vec<Waits>> {
    let mut waits = Vec::new();
    for campaign in campaigns::waiting(tx, SHOWN).await? {
        let link = format!("/admin/campaigns/{}", campaign.id);
        let held = holds::of_campaign(tx, campaign.id).await?;
        waits.push(match held.as_slice() {
            [first, ..] => {
                let (link, action) = match held.iter().all(|hold| hold.kind == HoldKind::Approval) {
                    true => (format!("{link}/edit"), "Look at it"),
                    false => ("/admin/held".to_owned(), "Decide"),
                };
                let (kind, why) = (first.label(), hold::in_sentences(&held));
                Waits { mark: "held", kind, title: campaign.subject, why, link, action }
            }
            [] => Waits {
                mark: "paused",
                kind: "Paused",
                title: campaign.subject,
                why: campaign
                    .status_reason
                    .unwrap_or_else(|| "Nothing of it is sent until it is resumed.".to_owned()),
                link,
                action: "Resume or cancel",
            },
        });
    }
    for article in articles::held(tx, SHOWN).await? {
        waits.push(Waits {
            mark: "held",
            kind: "Article held",
            title: article.title,
            why: hold::in_sentences(&holds::of_article(tx, article.id).await?),
            link: format!("/admin/articles/{}", article.id),
            action: "Decide",
        });
    }
    for batch in brake::batches(tx).await? {
        waits.push(Waits {
            mark: "held",
            kind: HoldKind::Brake.label(),
            title: counted(batch.items, "article", "articles"),
            why: format!("{}.", batch.reason().sentence()),
            link: "/admin/held".to_owned(),
            action: "Decide",
        });
    }
    for feed in all_feeds {
        let link = format!("/admin/feeds/{}", feed.id);
        let title = if feed.title.is_empty() { feed.url.clone() } else { feed.title.clone() };
        if feed.status == FeedStatus::Disabled && feed.failures > 0 {
            let why = feed.last_error.clone().unwrap_or_else(|| "It is gone.".to_owned());
            waits.push(Waits { mark: "bad", kind: "Feed gone", title, why, link, action: "Change the feed" });
        }
    }
    // The others are about what stands above.
    for alert in alerts::open(tx).await?.into_iter().filter(|alert| alert.kind.is_of_relay()) {
        let title = compose::alert_words(&alert).headline.to_owned();
        let link = format!("/admin/alerts/{}", alert.id);
        let why = alert.text;
        waits.push(Waits { mark: "bad", kind: "Relay", title, why, link, action: "See what to do" });
    }
    Ok(waits)
}

/// What is on its way and what comes next; and whether something should have left by now.
async fn going_out(
    tx: &mut Tx,
    desk: &Desk,
    subscriptions: &[SubscriptionCount],
) -> sqlx::Result<(Vec<Out>, bool)> {
    let mut out = Vec::new();
    let sending = campaigns::on_their_way(tx, SHOWN).await?;
    let ids: Vec<_> = sending.iter().map(|campaign| campaign.id).collect();
    let totals = counts::totals_of(tx, &ids).await?;
    for campaign in sending {
        let totals = totals.get(&campaign.id);
        let sent = totals.and_then(|totals| totals.get("sent")).copied().unwrap_or(0);
        let all: i64 = totals.map_or(0, |totals| totals.values().sum());
        out.push(Out {
            when: "Now".to_owned(),
            machine_time: campaign.started_at.map(|at| desk.machine_time(&at)).unwrap_or_default(),
            line: match all {
                0 => format!("{}, being sent", campaign.list_name),
                all => format!("{}, being sent: {} of {}", campaign.list_name, grouped(sent), grouped(all)),
            },
            figure: if all == 0 { "0 %".to_owned() } else { format!("{} %", sent * 100 / all) },
            under: "sent",
            campaign,
        });
    }
    let mut is_late = false;
    for campaign in campaigns::next_out(tx, 8).await? {
        let Some(at) = campaign.scheduled_at else { continue };
        is_late |= at < desk.now - LATE;
        let readers = match campaign.correction_of {
            Some(original) => counts::totals(tx, original).await?.get("sent").copied().unwrap_or(0),
            None => subscriptions
                .iter()
                .filter(|count| {
                    count.list_id == campaign.list_id
                        && count.status == SubscriptionStatus::Active
                        && count.cadence == Cadence::Each
                })
                .map(|count| count.subscriptions)
                .sum(),
        };
        let until = match (at - desk.now).num_minutes() {
            secs if secs < 0 => "due now".to_owned(),
            0 => "in less than a minute".to_owned(),
            mins if mins < 60 => format!("in {mins} min, undo until then"),
            _ => "can be changed until then".to_owned(),
        };
        out.push(Out {
            when: when(desk, at),
            machine_time: desk.machine_time(&at),
            line: format!("{}, {until}", campaign.list_name),
            figure: grouped(readers),
            under: if readers == 1 { "reader" } else { "readers" },
            campaign,
        });
    }
    Ok((out, is_late))
}

/// "09:45" today, "Fri 07:00" within the week, else the day.
fn when(desk: &Desk, at: DateTime<Utc>) -> String {
    let (local, now) = (at.with_timezone(&desk.zone), desk.now.with_timezone(&desk.zone));
    match (local.date_naive() - now.date_naive()).num_days() {
        0 => local.format("%H:%M").to_string(),
        1..=6 => local.format("%a %H:%M").to_string(),
        _ => desk.short_time(&at),
    }
}

fn sent_by_day(hours: &[HourCount], joined: &[counts::Day], desk: &Desk, today: NaiveDate) -> Vec<Sent> {
    let first = today - TimeDelta::days(DELIVERY_DAYS - 1);
    let mut days: BTreeMap<NaiveDate, Sent> = first
        .iter_days()
        .take(DELIVERY_DAYS as usize)
        .map(|day| (day, Sent { day, sent: 0, bounced: 0, complained: 0 }))
        .collect();
    for hour in hours {
        if let Some(day) = days.get_mut(&hour.hour.with_timezone(&desk.zone).date_naive()) {
            match hour.status {
                DeliveryStatus::Sent => day.sent += hour.deliveries,
                DeliveryStatus::Bounced => day.bounced += hour.deliveries,
                _ => {}
            }
        }
    }
    for brought in joined {
        if let Some(day) = brought.day.parse().ok().and_then(|day: NaiveDate| days.get_mut(&day)) {
            day.complained += brought.complained;
        }
    }
    days.into_values().collect()
}

async fn healths(
    app: &App,
    tx: &mut Tx,
    all_feeds: &[FeedHealth],
    hours: &[HourCount],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Health>> {
    let line = |mark, name, text: String| Health { mark, name, text, link: "", link_label: "" };
    let mut lines = Vec::new();
    let polled: Vec<&FeedHealth> =
        all_feeds.iter().filter(|feed| feed.status == FeedStatus::Active).collect();
    let answer = polled.iter().filter(|feed| feed.failures == 0).count();
    let last = polled.iter().filter_map(|feed| feed.last_polled_at).max();
    lines.push(match (all_feeds.len(), answer == polled.len() && polled.len() == all_feeds.len()) {
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
    });
    let beats = workers::heartbeats(tx).await?;
    let alive = beats.iter().filter(|at| now - **at <= BEHIND).count();
    lines.push(match (alive, beats.len() - alive) {
        (0, _) => line("bad", "Workers", "None runs: no mail leaves. Start postrider serve.".to_owned()),
        (n, 0) => line("ok", "Workers", format!("{n}, none behind")),
        (n, behind) => line("warn", "Workers", format!("{n}, {behind} behind. Their mail is taken over.")),
    });
    let refuses = alerts::open(tx).await?.iter().any(|alert| alert.kind.is_of_relay());
    let trouble = *app.relay_trouble.lock().unwrap_or_else(PoisonError::into_inner);
    lines.push(match &app.config.mail_route {
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
    });
    let week = now - TimeDelta::days(7);
    let sum = |status| -> i64 {
        hours.iter().filter(|h| h.hour >= week && h.status == status).map(|h| h.deliveries).sum()
    };
    let (sent, bounced) = (sum(DeliveryStatus::Sent), sum(DeliveryStatus::Bounced));
    let text = format!("{} in 7 days", plot::percent(bounced, sent + bounced));
    // Mailbox providers frown on more than 2 in 100.
    lines.push(match bounced * 50 > sent + bounced && bounced > 9 {
        false => line("ok", "Bounced", text),
        true => Health { link: "/admin/reports", link_label: "See whose", ..line("warn", "Bounced", text) },
    });
    Ok(lines)
}

/// Jobs of the schedule that are not well.
async fn job_healths(desk: &Desk, tx: &mut Tx) -> sqlx::Result<Vec<Health>> {
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
async fn codes_health(app: &App, tx: &mut Tx) -> sqlx::Result<Option<Health>> {
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
    fn the_title_says_how_many_and_whether_all_else_is_well() {
        let bad = Health { mark: "bad", name: "Relay", text: String::new(), link: "", link_label: "" };
        assert_eq!(title(0, true, &[], false), "Nothing waits for you. All is on time.");
        assert_eq!(title(2, true, &[], false), "Two items wait for you. All else is on time.");
        assert_eq!(title(1, false, &[bad], false), "One item waits for you. Something is not well.");
        assert_eq!(title(1300, false, &[], true), "1,300 items wait for you. Mail is late.");
    }

    #[test]
    fn an_age_is_short() {
        let said = [5, 100, 7200, 200_000].map(|secs| ago(TimeDelta::seconds(secs)));
        assert_eq!(said, ["5 s ago", "1 min ago", "2 h ago", "2 days ago"]);
    }
}
