//! The counting in the background, which keeps the desk's pages off the big tables. The process that
//! leads does it. It walks in transactions that only read and stores in short ones; campaigns and lists
//! each take at most about a twentieth of the time, and what can't have changed is not counted. What it
//! stores is exact for the moment that it names.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::app::App;
use crate::db::counts::{self, Day, DomainCount, HourCount, Moved, ToCount};
use crate::db::{lists, publication};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::subscription::SubscriptionStatus;

/// A campaign that is being sent is counted so often, if that is quick.
const CAMPAIGN_EVERY: TimeDelta = TimeDelta::seconds(2);
/// A list is counted so often, if that is quick.
const LIST_EVERY: TimeDelta = TimeDelta::minutes(1);
/// A count that took a second is followed by nineteen without one.
const REST: i32 = 19;
/// So long after a pause the breaker may still take bounces back.
const SETTLES_WITHIN: TimeDelta = TimeDelta::minutes(1);
/// A campaign's course is noted so finely: this many notes in the time that it has taken so far.
const NOTES: i32 = 300;
/// Domains that are named; what is smaller is counted together.
const DOMAINS_MAX: usize = 20;

/// What is known of a campaign's last count.
struct Counted {
    seen: ToCount,
    /// Since when it has been seen at this status.
    status_since: DateTime<Utc>,
    next_at: DateTime<Utc>,
    /// Some were queued, or in a worker's hands.
    is_moving: bool,
    noted_at: Option<DateTime<Utc>>,
}

/// Counts what is due; remembers what it has counted.
#[derive(Default)]
pub struct Statistics {
    campaigns: HashMap<Uuid, Counted>,
    lists: HashMap<Uuid, DateTime<Utc>>,
    campaigns_rest_until: Option<DateTime<Utc>>,
    lists_rest_until: Option<DateTime<Utc>>,
    never_rests: bool,
}

impl Statistics {
    /// For whoever waits for the numbers: no count waits for another.
    pub fn without_rest() -> Statistics {
        Statistics { never_rests: true, ..Statistics::default() }
    }

    /// Counts what is due, as far as its share of the time goes.
    pub async fn run_due(&mut self, app: &App) -> anyhow::Result<()> {
        self.campaigns_due(app).await?;
        self.lists_due(app).await
    }

    fn took(&self, began: Instant, at_most: TimeDelta) -> TimeDelta {
        match self.never_rests {
            true => TimeDelta::zero(),
            false => TimeDelta::from_std(began.elapsed()).unwrap_or(at_most),
        }
    }

    async fn campaigns_due(&mut self, app: &App) -> anyhow::Result<()> {
        let mut tx = app.db.read().await?;
        let mut found = counts::to_count(&mut tx).await?;
        // One that was open when it was counted is counted once more, whatever the times say.
        let known: HashSet<Uuid> = found.iter().map(|campaign| campaign.id).collect();
        let open: Vec<Uuid> = self.campaigns.keys().copied().filter(|id| !known.contains(id)).collect();
        for id in open {
            match counts::one_to_count(&mut tx, id).await? {
                Some(campaign) if self.campaigns[&id].seen != without_count(&campaign) => {
                    found.push(campaign)
                }
                _ => drop(self.campaigns.remove(&id)),
            }
        }
        drop(tx);
        // Those that are being sent first, then what was finished last.
        found.sort_by_key(|campaign| campaign.finished_at.is_some());
        for campaign in found {
            let now = app.clock.now();
            if self.campaigns_rest_until.is_some_and(|until| now < until) {
                return Ok(());
            }
            if self.is_due(app, &campaign, now).await? {
                let began = Instant::now();
                let counted = count_campaign(app, campaign.id, now).await?;
                let took = self.took(began, CAMPAIGN_EVERY);
                self.campaigns_rest_until = Some(now + took * REST);
                let next_at = now + CAMPAIGN_EVERY.max(took * (REST + 1));
                self.remember(app, campaign, &counted, now, next_at).await?;
            }
        }
        Ok(())
    }

    /// Whether a campaign's numbers can have changed, and it is time to count them.
    async fn is_due(&self, app: &App, campaign: &ToCount, now: DateTime<Utc>) -> anyhow::Result<bool> {
        let Some(last) = self.campaigns.get(&campaign.id) else { return Ok(true) };
        if last.seen != without_count(campaign) {
            return Ok(last.next_at <= now || last.seen.status != campaign.status);
        }
        if last.next_at > now {
            return Ok(false);
        }
        if last.is_moving || now - last.status_since < SETTLES_WITHIN && campaign.finished_at.is_none() {
            return Ok(true);
        }
        if campaign.status != CampaignStatus::Sending {
            return Ok(false);
        }
        let mut tx = app.db.read().await?;
        Ok(campaign.enqueued_at.is_none() || counts::any_attempt_due(&mut tx, campaign.id, now).await?)
    }

    async fn remember(
        &mut self,
        app: &App,
        campaign: ToCount,
        counted: &[HourCount],
        now: DateTime<Utc>,
        next_at: DateTime<Utc>,
    ) -> sqlx::Result<()> {
        use DeliveryStatus as D;
        let sum = |wanted: &[DeliveryStatus]| -> i64 {
            counted.iter().filter(|c| wanted.contains(&c.status)).map(|c| c.deliveries).sum()
        };
        let is_over = campaign.finished_at.is_some();
        let in_hand = sum(&[D::Leased, D::Sending]) > 0;
        let queued = campaign.status == CampaignStatus::Sending && sum(&[D::Queued]) > 0;
        let before = self.campaigns.get(&campaign.id);
        let status_since = match before {
            Some(last) if last.seen.status == campaign.status => last.status_since,
            _ => now,
        };
        let noted_at = before.and_then(|last| last.noted_at);
        let apart = campaign.started_at.map_or(TimeDelta::zero(), |began| (now - began) / NOTES);
        let turned = before.is_none_or(|last| last.seen.status != campaign.status) || is_over;
        let note = turned || noted_at.is_none_or(|noted_at| now - noted_at >= apart);
        // No note where one that ended long ago is counted for the first time.
        if note && (before.is_some() || !is_over) {
            let mut tx = app.db.write().await?;
            counts::add_progress(&mut tx, campaign.id, now, sum(&[D::Sent])).await?;
            tx.commit().await?;
        }
        let counted = Counted {
            status_since,
            next_at,
            is_moving: !is_over && (in_hand || queued),
            noted_at: if note { Some(now) } else { noted_at },
            seen: without_count(&campaign),
        };
        self.campaigns.insert(campaign.id, counted);
        Ok(())
    }

    async fn lists_due(&mut self, app: &App) -> anyhow::Result<()> {
        let mut tx = app.db.read().await?;
        let all = lists::all(&mut tx).await?;
        let zone = publication::get(&mut tx).await?.zone();
        drop(tx);
        for list in all {
            let now = app.clock.now();
            if self.lists_rest_until.is_some_and(|until| now < until) {
                return Ok(());
            }
            if self.lists.get(&list.id).is_some_and(|next_at| now < *next_at) {
                continue;
            }
            let began = Instant::now();
            count_list(app, list.id, zone, now).await?;
            let took = self.took(began, LIST_EVERY);
            self.lists_rest_until = Some(now + took * REST);
            self.lists.insert(list.id, now + LIST_EVERY.max(took * (REST + 1)));
        }
        Ok(())
    }
}

/// A campaign without the time of its count, which the counting itself changes.
fn without_count(campaign: &ToCount) -> ToCount {
    ToCount { counted_at: None, ..campaign.clone() }
}

/// Counts a campaign now; by domain as well, where it is over.
async fn count_campaign(app: &App, id: Uuid, now: DateTime<Utc>) -> anyhow::Result<Vec<HourCount>> {
    let mut tx = app.db.read().await?;
    let is_over = counts::one_to_count(&mut tx, id).await?.is_some_and(|it| it.finished_at.is_some());
    let found = counts::walk_campaign(&mut tx, id).await?;
    let domains = if is_over { Some(counts::walk_domains(&mut tx, id).await?) } else { None };
    drop(tx);
    let mut tx = app.db.write().await?;
    counts::store_campaign(&mut tx, id, &found, now).await?;
    if let Some(domains) = domains {
        counts::store_domains(&mut tx, id, &largest(domains)).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// The domains with the most readers by name, and the others together.
fn largest(counts: Vec<DomainCount>) -> Vec<DomainCount> {
    let mut readers: HashMap<&str, i64> = HashMap::new();
    for count in counts.iter().filter(|count| !count.domain.is_empty()) {
        *readers.entry(&count.domain).or_default() += count.deliveries;
    }
    let mut by_size: Vec<(&str, i64)> = readers.into_iter().collect();
    by_size.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let named: HashSet<&str> = by_size.iter().take(DOMAINS_MAX).map(|(domain, _)| *domain).collect();
    let mut kept: BTreeMap<(String, &'static str), DomainCount> = BTreeMap::new();
    for count in &counts {
        let domain = if named.contains(count.domain.as_str()) { count.domain.clone() } else { String::new() };
        kept.entry((domain.clone(), count.status.as_str()))
            .or_insert(DomainCount { domain, status: count.status, deliveries: 0 })
            .deliveries += count.deliveries;
    }
    kept.into_values().collect()
}

/// Counts a list now, and the days since the last one that is stored.
async fn count_list(app: &App, list_id: Uuid, zone: Tz, now: DateTime<Utc>) -> anyhow::Result<()> {
    let today = now.with_timezone(&zone).date_naive();
    let mut tx = app.db.read().await?;
    let found = counts::walk_list(&mut tx, list_id).await?;
    let last = counts::last_day(&mut tx, list_id).await?.and_then(|day| day.parse::<NaiveDate>().ok());
    let from = last.map(|day| day.min(today));
    let since = from.map_or(DateTime::UNIX_EPOCH, |day| midnight(day, zone));
    let moved = counts::walk_moved(&mut tx, list_id, since).await?;
    drop(tx);
    let days = days(&moved, from, today, zone);
    let mut tx = app.db.write().await?;
    counts::store_list(&mut tx, list_id, &found, now).await?;
    counts::store_days(&mut tx, list_id, &days).await?;
    tx.commit().await?;
    Ok(())
}

/// The first moment of a day in a zone.
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    // Where the clocks skip midnight, the day begins an hour later.
    let local = (0..4).find_map(|hour| day.and_hms_opt(hour, 0, 0)?.and_local_timezone(zone).earliest());
    local.map_or_else(
        || day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc(),
        |local| local.with_timezone(&Utc),
    )
}

/// What each day from `from` on brought; today always, and `from` itself, since what was stored of it
/// may be from its morning.
fn days(moved: &[Moved], from: Option<NaiveDate>, today: NaiveDate, zone: Tz) -> Vec<Day> {
    let day_of = |quarter: i64| -> NaiveDate {
        let time = DateTime::from_timestamp(quarter.saturating_mul(900), 0).unwrap_or_default();
        time.with_timezone(&zone).date_naive()
    };
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    days.entry(today).or_default();
    if let Some(from) = from {
        days.entry(from).or_default();
    }
    for moved in moved {
        let n = moved.subscriptions;
        if moved.status == SubscriptionStatus::Active {
            days.entry(day_of(moved.since)).or_default().joined += n;
            continue;
        }
        let ended = days.entry(day_of(moved.since)).or_default();
        ended.ended += n;
        match moved.status {
            SubscriptionStatus::Bounced => ended.bounced += n,
            SubscriptionStatus::Complained => ended.complained += n,
            _ => {}
        }
        if let Some(joined) = moved.joined.map(day_of).filter(|day| from.is_none_or(|from| *day >= from)) {
            days.entry(joined).or_default().joined += n;
        }
    }
    days.into_iter().map(|(day, found)| Day { day: day.to_string(), ..found }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarter(time: &str) -> i64 {
        time.parse::<DateTime<Utc>>().unwrap().timestamp() / 900
    }

    #[test]
    fn a_day_is_the_publications() {
        let kathmandu: Tz = "Asia/Kathmandu".parse().unwrap();
        let joined = |at| Moved {
            status: SubscriptionStatus::Active,
            since: quarter(at),
            joined: None,
            subscriptions: 1,
        };
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        // Midnight there is 18:15 UTC.
        let found =
            days(&[joined("2026-11-23T18:14:00Z"), joined("2026-11-23T18:15:00Z")], None, today, kathmandu);
        let named: Vec<(&str, i64)> = found.iter().map(|day| (day.day.as_str(), day.joined)).collect();
        assert_eq!(named, [("2026-11-23", 1), ("2026-11-24", 1)]);
        assert_eq!(midnight(today, kathmandu).to_rfc3339(), "2026-11-23T18:15:00+00:00");
    }

    #[test]
    fn a_day_without_a_midnight_begins_when_it_begins() {
        let beirut: Tz = "Asia/Beirut".parse().unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        assert_eq!(midnight(day, beirut).to_rfc3339(), "2026-03-28T22:00:00+00:00");
    }

    #[test]
    fn who_joined_and_left_on_a_day_has_done_both() {
        let left = Moved {
            status: SubscriptionStatus::Bounced,
            since: quarter("2026-11-24T09:00:00Z"),
            joined: Some(quarter("2026-11-24T08:00:00Z")),
            subscriptions: 3,
        };
        let before = Moved { joined: Some(quarter("2026-11-20T08:00:00Z")), ..left };
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let found = days(&[left, before], Some(today), today, chrono_tz::UTC);
        let day = Day { day: "2026-11-24".to_owned(), joined: 3, ended: 6, bounced: 6, complained: 0 };
        assert_eq!(found, [day], "what is final of an earlier day is left alone");
    }

    #[test]
    fn small_domains_are_counted_together() {
        let one = |n: i64| DomainCount {
            domain: format!("d{n}.example"),
            status: DeliveryStatus::Sent,
            deliveries: n,
        };
        let kept = largest((1..=60).map(one).collect());
        assert_eq!(kept.len(), DOMAINS_MAX + 1);
        assert_eq!((kept[0].domain.as_str(), kept[0].deliveries), ("", (1..=40).sum::<i64>()));
    }
}
