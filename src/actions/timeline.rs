//! What happened between us and one subscriber, in one line of time: sign-up, consent, notices, deliveries, events and
//! changes, the newest first. Read only; a page of it is some fifty campaigns wide. What is older than the events is
//! told by the consents, the audit log and the changes to many alone.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::audit::{self, Entry};
use crate::db::bulk::{self, BulkChange};
use crate::db::events;
use crate::db::subscribers::Subscriber;
use crate::db::timeline::{self, ConsentRow, DeliveryRow, NoticeRow};
use crate::db::{Tx, lists, merges};
use crate::domain::event::EventKind;

/// Campaigns that one page looks through.
pub const CAMPAIGNS_A_PAGE: i64 = 50;
/// The most that a page shows of each of the rest.
const OTHERS_MAX: i64 = 200;

/// Lines of the audit log of which events of the same moment say more.
const TOLD_BY_EVENTS: [&str; 4] = ["unsubscribed", "lists changed", "suppressed", "suppression lifted"];

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    Joined,
    Asked(ConsentRow),
    Confirmed(ConsentRow),
    Notice(NoticeRow),
    Delivery(DeliveryRow),
    Changed(Entry),
    /// What became of a subscription or of the address; with the consent that it came with.
    Happened(events::Event, Option<ConsentRow>),
    /// With the name of its list, where it was about one.
    ChangedWithOthers(BulkChange, String),
}

/// Which of them a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    All,
    Deliveries,
    Changes,
}

/// A page of a timeline.
#[derive(Clone, Debug)]
pub struct Page {
    pub events: Vec<(DateTime<Utc>, Event)>,
    /// Where the next page begins; `None`: this is the beginning.
    pub older: Option<Uuid>,
    /// What the looked-through campaigns say: sent, deferred, bounced or failed.
    pub numbers: Numbers,
}

/// What became of the newest campaigns for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub campaigns: usize,
    pub sent: usize,
    pub deferred: usize,
    pub bounced: usize,
}

/// Whether an event is told by its consent, which was asked for at one time and confirmed at another.
fn is_told_by_consent(kind: EventKind) -> bool {
    matches!(kind, EventKind::Asked | EventKind::Confirmed)
}

/// Everything but mails, of a subscriber and those who were merged into them.
async fn changes(
    tx: &mut Tx,
    subscriber: &Subscriber,
    merged: &[Uuid],
) -> sqlx::Result<Vec<(DateTime<Utc>, Event)>> {
    let mut found = Vec::new();
    let mut consents = timeline::consents(tx, subscriber.id, OTHERS_MAX).await?;
    let happened = events::of_subscriber(tx, subscriber.id, OTHERS_MAX).await?;
    let happened: Vec<events::Event> =
        happened.into_iter().filter(|event| !is_told_by_consent(event.kind)).collect();
    let is_told = |entry: &Entry| {
        let same = happened.iter().any(|event| event.at == entry.at);
        same && TOLD_BY_EVENTS.contains(&entry.action.as_str())
    };
    for id in [&[subscriber.id], merged].concat() {
        for entry in audit::of_subject(tx, "subscriber", id, OTHERS_MAX).await? {
            if !is_told(&entry) {
                found.push((entry.at, Event::Changed(entry)));
            }
        }
    }
    let lists = lists::all(tx).await?;
    for change in bulk::of_subscriber(tx, subscriber.id, OTHERS_MAX).await? {
        if !happened.iter().any(|event| event.cause_id == Some(change.id)) {
            let list = lists.iter().find(|list| Some(list.id) == change.list_id);
            let list = list.map(|list| list.name.clone()).unwrap_or_default();
            found.push((change.created_at, Event::ChangedWithOthers(change, list)));
        }
    }
    for event in happened {
        let joins = matches!(event.kind, EventKind::Joined | EventKind::Imported);
        let with = |consent: &ConsentRow| {
            joins && consent.requested_at == event.at && Some(&consent.list_name) == event.list_name.as_ref()
        };
        let consent = consents.iter().position(with).map(|at| consents.remove(at));
        found.push((event.at, Event::Happened(event, consent)));
    }
    for consent in consents {
        found.extend(consent.confirmed_at.map(|at| (at, Event::Confirmed(consent.clone()))));
        found.push((consent.requested_at, Event::Asked(consent)));
    }
    found.push((subscriber.created_at, Event::Joined));
    Ok(found)
}

/// The page of a timeline before a campaign; the nil id is the newest page.
pub async fn page(tx: &mut Tx, subscriber: &Subscriber, before: Uuid, kind: Kind) -> sqlx::Result<Page> {
    let first = before.is_nil();
    let bound = if first { Uuid::max() } else { before };
    let merged: Vec<Uuid> =
        merges::into(tx, subscriber.id).await?.iter().map(|merge| merge.merged_id).collect();
    let mut rows = timeline::deliveries(tx, subscriber.id, subscriber.id, bound, CAMPAIGNS_A_PAGE).await?;
    // The campaigns of a page stand for a stretch of time; all else that happened in it is on it too.
    let until = if first { None } else { timeline::campaign_time(tx, before).await? };
    let older = rows.last().filter(|_| rows.len() as i64 == CAMPAIGNS_A_PAGE).map(|row| row.campaign_id);
    let since = rows.last().filter(|_| older.is_some()).map(|row| row.campaign_at);
    let here =
        |at: DateTime<Utc>| until.is_none_or(|until| at < until) && since.is_none_or(|since| at >= since);

    for id in &merged {
        rows.extend(timeline::deliveries(tx, subscriber.id, *id, bound, CAMPAIGNS_A_PAGE).await?);
    }
    let mut numbers = Numbers::default();
    let mut events = Vec::new();
    for row in rows {
        use crate::domain::delivery::DeliveryStatus as D;
        let Some(status) = row.status else { continue };
        numbers.campaigns += 1;
        numbers.sent += usize::from(status == D::Sent);
        numbers.deferred += usize::from(status == D::Deferred);
        numbers.bounced += usize::from(matches!(status, D::Bounced | D::Failed));
        if kind != Kind::Changes {
            events.push((row.status_since.unwrap_or(row.campaign_at), Event::Delivery(row)));
        }
    }
    if kind != Kind::Deliveries {
        events.extend(changes(tx, subscriber, &merged).await?.into_iter().filter(|(at, _)| here(*at)));
    }
    if kind != Kind::Changes {
        for notice in timeline::notices(tx, subscriber.id, OTHERS_MAX).await? {
            if here(notice.created_at) {
                events.push((notice.status_since, Event::Notice(notice)));
            }
        }
    }
    // Stable: what was stored in one moment stays newest first, and joining comes before all else.
    events.sort_by_key(|(at, event)| std::cmp::Reverse((*at, !matches!(event, Event::Joined))));
    Ok(Page { events, older, numbers })
}
