//! The front page: what waits, what goes out next, how things are. It reads counted numbers only.

mod health;
mod out;
mod waits;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};

use self::health::{Health, codes_health, healths, job_healths, sign_ups_health};
use self::out::{Out, going_out};
use self::waits::{Waits, waiting};
use super::frame::{Desk, Me, Tab, grouped};
use super::plot::{self, Plot, Sent, active_by_day};
use crate::actions::sign_up_guard;
use crate::app::App;
use crate::db::counts::{self, HourCount, SubscriptionCount};
use crate::db::{feeds, lists, publication};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::SubscriptionStatus;
use crate::locale::say;
use crate::schedule::statistics::midnight;
use crate::web::page::{Answer, page};

/// Things of one kind that wait and are shown; the rest is behind a link.
const SHOWN: i64 = 6;
/// Days of deliveries.
const DELIVERY_DAYS: i64 = 14;
/// Days of subscribers.
const SUBSCRIBER_DAYS: i64 = 365;

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
    subscribers_title: String,
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

impl TodayPage {
    /// "+1,200", "-3".
    fn grown_text(&self) -> String {
        format!("{}{}", if self.grown > 0 { "+" } else { "" }, grouped(self.grown))
    }
}

/// `GET /admin`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    sign_up_guard::look(&app).await?;
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
    health.extend(sign_ups_health(&app, now));
    if desk.is_admin() {
        health.extend(job_healths(&desk, &mut tx).await?);
        health.extend(codes_health(&app, &mut tx).await?);
    } else {
        // An admin's work: the page behind it says so to others.
        health.iter_mut().filter(|line| line.is_admins).for_each(|line| line.link = "");
    }

    let active: i64 = of_status(&subscriptions, SubscriptionStatus::Active);
    let first_day = (today - TimeDelta::days(SUBSCRIBER_DAYS - 1)).to_string();
    let days = counts::days_since(&mut tx, &first_day).await?;
    let setup_at = publication::get(&mut tx).await?.setup_at;
    drop(tx);
    let series = active_by_day(&days, active, today);
    let grown = grown(&series, active);
    let (subscriber_rows, rows_are_weeks) = subscriber_rows(&series);
    let delivery_rows = sent_by_day(&hours, &days, &desk, today);
    let any_sent = delivery_rows.iter().any(|day| !day.is_empty());
    let deliveries = plot::deliveries(&delivery_rows);
    // A table needs no days from before the first mail.
    let delivery_rows = delivery_rows.into_iter().skip_while(Sent::is_empty).collect();
    let well = !is_late && health.iter().all(|line| line.mark == "ok");
    page(
        StatusCode::OK,
        &TodayPage {
            title: title(desk.waiting, well, &health, is_late),
            waits,
            out,
            health,
            subscribers_title: match all_lists.len() {
                0 | 1 => say("today-subscribers").to_string(),
                _ => say("today-subscriptions").to_string(),
            },
            grown,
            has_lists: !all_lists.is_empty(),
            subscribers: plot::subscribers(&series),
            subscriber_rows: if days.iter().all(|day| day.joined + day.ended == 0) && active == 0 {
                Vec::new()
            } else {
                subscriber_rows
            },
            rows_are_weeks,
            setup_is_open: setup_at.is_none() && !any_sent && desk.is_admin(),
            deliveries,
            delivery_rows,
            desk,
        },
    )
}

/// How many more there are than thirty days ago, or than at the beginning of a younger publication.
fn grown(series: &[(NaiveDate, i64, counts::Day)], active: i64) -> i64 {
    let before = series.iter().rev().nth(30).map(|(_, then, _)| *then);
    let before = before.or(series.first().map(|(_, then, day)| then - day.joined + day.ended));
    before.map_or(0, |before| active - before)
}

/// The table behind the subscribers' plot, a line a week where days would be too many; whether they are weeks.
fn subscriber_rows(series: &[(NaiveDate, i64, counts::Day)]) -> (Vec<SubscriberRow>, bool) {
    let rows_are_weeks = series.len() > 62;
    let group = if rows_are_weeks { 7 } else { 1 };
    let row = |days: &[(NaiveDate, i64, counts::Day)]| SubscriberRow {
        from: days[0].0,
        active: days[days.len() - 1].1,
        joined: days.iter().map(|day| day.2.joined).sum(),
        left: days.iter().map(|day| day.2.ended).sum(),
        bounced: days.iter().map(|day| day.2.bounced).sum(),
        complained: days.iter().map(|day| day.2.complained).sum(),
    };
    (series.rchunks(group).map(row).collect(), rows_are_weeks)
}

/// What stands above all: a number, a cause.
fn title(waiting: i64, well: bool, health: &[Health], is_late: bool) -> String {
    let is_bad = health.iter().any(|line| line.mark == "bad");
    let key = match (waiting, well, is_late) {
        (0, true, _) => "today-title-well",
        (0, false, true) => "today-title-late",
        (0, false, false) if is_bad => "today-title-bad",
        (0, false, false) => "today-title-well",
        (_, false, true) => "today-title-waiting-late",
        (_, false, false) if is_bad => "today-title-waiting-bad",
        _ => "today-title-waiting",
    };
    say(key).with("items", waiting).to_string()
}

fn of_status(counts: &[SubscriptionCount], status: SubscriptionStatus) -> i64 {
    counts.iter().filter(|count| count.status == status).map(|count| count.subscriptions).sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_how_many_and_whether_all_else_is_well() {
        let bad = Health {
            mark: "bad",
            name: "Relay".to_owned(),
            text: String::new(),
            link: "",
            link_label: String::new(),
            is_admins: false,
        };
        let bad = [bad];
        assert_eq!(title(0, true, &[], false), "You’re all caught up");
        assert_eq!(title(0, false, &bad, false), "Something is failing: see Health");
        assert_eq!(title(2, true, &[], false), "2 items need your attention");
        assert_eq!(
            title(1, false, &bad, false),
            "1 item needs your attention, and something is failing: see Health"
        );
        assert_eq!(title(1300, false, &[], true), "Mail is late, and 1,300 items need your attention");
    }
}
