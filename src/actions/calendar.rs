//! What goes out when, to how many, for which cadence: campaigns that are scheduled or were begun, and the digests of each
//! list, those that are scheduled and those that would come if there is something to say.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::actions::replay::{self, Readers};
use crate::actions::{Context, Result};
use crate::db::calendar::{self as stored, Planned};
use crate::db::lists::{self, List};
use crate::db::users::Role;
use crate::db::{counts, holds, publication};
use crate::domain::campaign::CampaignStatus;
use crate::domain::digest::ListSchedule;
use crate::domain::subscription::Cadence;

/// Days that are shown ahead and behind.
pub const DAYS_AHEAD: i64 = 14;
pub const DAYS_BACK: i64 = 7;
/// Campaigns that are shown, at most.
const CAMPAIGNS_MAX: i64 = 500;
/// Digests of all lists that are reckoned, at most.
const DIGESTS_MAX: usize = 1000;

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Campaign {
        id: Uuid,
        subject: String,
        status: CampaignStatus,
        digest: Option<Cadence>,
    },
    /// It would come, if there is something to say by then.
    Digest(Cadence),
}

/// A line of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub list_id: Uuid,
    pub list: String,
    pub what: What,
    /// How many got it, or would get it; `None`: they were not counted yet.
    pub readers: Option<i64>,
    /// Whether the number is that of the list's readers now.
    pub is_about: bool,
    /// What holds it; empty: nothing.
    pub held: String,
    /// When it was to go out, where the list is quiet then.
    pub put_off_from: Option<DateTime<Utc>>,
}

/// A day of the publication's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub day: NaiveDate,
    pub entries: Vec<Entry>,
}

/// The calendar, and whether more is planned than it shows.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub days: Vec<Day>,
    pub more: bool,
}

/// The calendar of all lists, by day.
pub async fn of_all(cx: &Context<'_>) -> Result<Calendar> {
    cx.require(Role::Editor)?;
    let now = cx.now();
    let (from, to) = (now - TimeDelta::days(DAYS_BACK), now + TimeDelta::days(DAYS_AHEAD));
    let mut tx = cx.app.db.read().await?;
    let zone = publication::get(&mut tx).await?.zone();
    let all = lists::all(&mut tx).await?;
    let list_counts = lists::counts(&mut tx).await?;
    let mut planned = stored::planned(&mut tx, from, to, CAMPAIGNS_MAX + 1).await?;
    let mut more = planned.len() as i64 > CAMPAIGNS_MAX;
    planned.truncate(CAMPAIGNS_MAX as usize);
    let ids: Vec<Uuid> = planned.iter().map(|one| one.id).collect();
    let totals = counts::totals_of(&mut tx, &ids).await?;
    let held = holds::list(&mut tx, &ids).await?;
    drop(tx);
    let mut entries = Vec::new();
    for one in &planned {
        let Some(list) = all.iter().find(|list| list.id == one.list_id) else { continue };
        let counted = totals.get(&one.id).map(|totals| totals.values().sum::<i64>());
        let readers = replay::readers(&list_counts, list.id);
        let mut entry = of_campaign(one, list, counted, &readers, zone, now);
        if one.is_held {
            let why = held.get(&one.id).into_iter().flatten().map(|hold| hold.sentence());
            entry.held = why.collect::<Vec<_>>().join("; ");
        }
        entries.push(entry);
    }
    let open = all.iter().filter(|list| list.retired_at.is_none());
    let mut reckoned: Vec<Entry> = open
        .flat_map(|list| {
            let readers = replay::readers(&list_counts, list.id);
            let begun = |cadence| {
                planned
                    .iter()
                    .filter(move |one| one.list_id == list.id && one.digest_cadence == Some(cadence))
            };
            let cadences = Cadence::ALL.into_iter().filter(|cadence| {
                *cadence != Cadence::Each && readers.get(cadence.as_str()).is_none_or(|readers| *readers > 0)
            });
            let digests = cadences.flat_map(|cadence| {
                let scheduled: Vec<_> = begun(cadence).filter_map(|one| one.scheduled_at).collect();
                upcoming(&list.schedule, cadence, zone, now, to, &scheduled)
                    .into_iter()
                    .map(move |times| (cadence, times))
            });
            let entry = |(cadence, (due, at)): (Cadence, (DateTime<Utc>, DateTime<Utc>))| Entry {
                at,
                list_id: list.id,
                list: list.name.clone(),
                what: What::Digest(cadence),
                readers: readers.get(cadence.as_str()).copied(),
                is_about: true,
                held: String::new(),
                put_off_from: (due != at).then_some(due),
            };
            digests.map(entry).collect::<Vec<_>>()
        })
        .collect();
    reckoned.sort_by_key(|entry| entry.at);
    more |= reckoned.len() > DIGESTS_MAX;
    reckoned.truncate(DIGESTS_MAX);
    entries.extend(reckoned);
    Ok(Calendar { days: by_day(entries, zone), more })
}

/// A campaign's line: with the number that was counted, or the list's readers now.
fn of_campaign(
    one: &Planned,
    list: &List,
    counted: Option<i64>,
    readers: &Readers,
    zone: Tz,
    now: DateTime<Utc>,
) -> Entry {
    let due = one.started_at.or(one.scheduled_at).unwrap_or(now);
    // What has begun is not put off any more.
    let at = match one.started_at.is_none() && !one.is_breaking {
        true => list.schedule.quiet_until(zone, due).unwrap_or(due),
        false => due,
    };
    let is_counted = one.started_at.is_some() && counted.is_some();
    let cadence = one.digest_cadence.unwrap_or(Cadence::Each);
    // How many of a segment there are is not known beforehand.
    let of_list = readers.get(cadence.as_str()).copied().filter(|_| !one.has_segment);
    Entry {
        at,
        list_id: list.id,
        list: list.name.clone(),
        what: What::Campaign {
            id: one.id,
            subject: one.subject.clone(),
            status: one.status,
            digest: one.digest_cadence,
        },
        readers: if is_counted { counted } else { of_list },
        is_about: !is_counted,
        held: String::new(),
        put_off_from: (due != at).then_some(due),
    }
}

/// When the digests of a cadence would go out up to `to`, each with its own hour and the time past the quiet ones; not those
/// in whose place one is scheduled.
fn upcoming(
    schedule: &ListSchedule,
    cadence: Cadence,
    zone: Tz,
    now: DateTime<Utc>,
    to: DateTime<Utc>,
    scheduled: &[DateTime<Utc>],
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut found = Vec::new();
    // One that is scheduled, however late, has what there is until it goes out.
    let mut after = scheduled.iter().copied().fold(now, DateTime::max);
    loop {
        let due = schedule.next_after(cadence, zone, after);
        if due > to {
            return found;
        }
        found.push((due, schedule.quiet_until(zone, due).unwrap_or(due)));
        after = due;
    }
}

fn by_day(mut entries: Vec<Entry>, zone: Tz) -> Vec<Day> {
    entries.sort_by(|one, other| (one.at, &one.list).cmp(&(other.at, &other.list)));
    let mut days: Vec<Day> = Vec::new();
    for entry in entries {
        let day = entry.at.with_timezone(&zone).date_naive();
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => last.entries.push(entry),
            None => days.push(Day { day, entries: vec![entry] }),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn digests_are_reckoned_behind_the_one_that_is_scheduled_and_past_quiet_hours() {
        let quiet = Some(crate::domain::digest::QuietHours { from: 22, to: 8 });
        let schedule = ListSchedule { quiet, ..ListSchedule::default() };
        let now = at("2026-11-24T12:00:00Z");
        let times = |cadence, scheduled: &[DateTime<Utc>]| {
            let found =
                upcoming(&schedule, cadence, chrono_tz::UTC, now, at("2026-11-27T12:00:00Z"), scheduled);
            let told = |(due, at): (DateTime<Utc>, DateTime<Utc>)| {
                format!("{} {}", due.format("%d %H"), at.format("%H"))
            };
            found.into_iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(times(Cadence::Daily, &[]), ["25 07 08", "26 07 08", "27 07 08"]);
        assert_eq!(times(Cadence::Daily, &[at("2026-11-25T07:00:00Z")]), ["26 07 08", "27 07 08"]);
        assert_eq!(times(Cadence::Weekly, &[]), [] as [&str; 0], "it is on Monday");
    }
}
