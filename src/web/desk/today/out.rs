//! What goes out: the campaigns that are on their way, and those that come next.

use chrono::{DateTime, TimeDelta, Utc};

use super::SHOWN;
use crate::db::Tx;
use crate::db::campaigns::{self, Listed};
use crate::db::counts::{self, SubscriptionCount};
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;
use crate::web::desk::frame::{Desk, grouped};

/// What is due for longer has not gone out in time.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// Something that goes out, or is on its way.
pub(super) struct Out {
    pub(super) when: String,
    pub(super) machine_time: String,
    pub(super) campaign: Listed,
    pub(super) line: String,
    pub(super) figure: String,
    pub(super) under: String,
}

/// What is on its way and what comes next; and whether something should have left by now.
pub(super) async fn going_out(
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
            when: say("today-out-now").to_string(),
            machine_time: campaign.started_at.map(|at| desk.machine_time(&at)).unwrap_or_default(),
            line: match all {
                0 => say("today-out-sending").with("list", &campaign.list_name).to_string(),
                all => say("today-out-sending-of")
                    .with("list", &campaign.list_name)
                    .with("sent", sent)
                    .with("readers", all)
                    .to_string(),
            },
            figure: if all == 0 { "0 %".to_owned() } else { format!("{} %", sent * 100 / all) },
            under: say("campaign-n-sent").to_string(),
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
            mins if mins < 0 => say("today-out-due"),
            0 => say("today-out-soon"),
            mins if mins < 60 => say("today-out-in-mins").with("mins", mins),
            _ => say("today-out-later"),
        };
        let line = until.with("list", &campaign.list_name).to_string();
        out.push(Out {
            when: when(desk, at),
            machine_time: desk.machine_time(&at),
            line,
            figure: grouped(readers),
            under: say("today-out-readers").with("readers", readers).to_string(),
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
