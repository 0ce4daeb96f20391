//! What is due to a reader of a list: what was numbered while they were active and not paused, and has not come to them by
//! whatever path. Which part of it has come is told by the ledger; this keeps from where it has to be asked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::articles::Article;
use super::events::{self, Cause, NewEvent};
use super::subscribers::{id_array, ids};
use super::subscriptions::Changed;
use super::{Tx, WriteTx, digests, ledger, on_either};
use crate::domain::event::EventKind;
use crate::domain::subscription::{Cadence, Standing, SubscriptionStatus};

/// Which numbers of a list are a reader's, as far as it differs from others of their cadence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub struct Dues {
    /// What was numbered up to this is not theirs.
    pub numbered_from: i64,
    /// What was numbered behind this is asked about one by one; `None`: they have what others of their cadence have.
    pub backlog_from: Option<i64>,
    /// The number at which they left or paused.
    pub away_from: Option<i64>,
    pub paused_until: Option<DateTime<Utc>>,
}

impl Dues {
    /// Of somebody who has just come to a list.
    pub fn from_now_on(numbers: &HashMap<Uuid, i64>, list_id: Uuid) -> Dues {
        Dues { numbered_from: numbers.get(&list_id).copied().unwrap_or(0), ..Dues::default() }
    }

    /// Goes away at a number; `behind`: where what they had no time to get begins.
    fn left(self, last: i64, behind: i64) -> Dues {
        Dues {
            away_from: self.away_from.or(Some(last)),
            backlog_from: Some(self.backlog_from.unwrap_or(behind).min(behind)),
            paused_until: None,
            ..self
        }
    }

    /// Is here again, or for the first time. Also what they were away for, where that is anything.
    fn came(self, last: i64) -> (Dues, Option<(i64, i64)>) {
        match self.away_from {
            Some(away) => (
                Dues { away_from: None, paused_until: None, ..self },
                Some((away, last)).filter(|(from, to)| from < to),
            ),
            None => (Dues { numbered_from: last, ..self }, None),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    list_id: Uuid,
    subscriber_id: Uuid,
    #[sqlx(flatten)]
    dues: Dues,
}

pub(super) async fn held(tx: &mut Tx, readers: &[Uuid]) -> sqlx::Result<HashMap<(Uuid, Uuid), Dues>> {
    let sql = ids!(
        tx,
        "SELECT x.list_id, x.subscriber_id, x.numbered_from, x.backlog_from, x.away_from, x.paused_until FROM",
        "JOIN subscriptions x ON x.subscriber_id = r.s"
    );
    let rows: Vec<Row> =
        on_either!(tx, |conn| sqlx::query_as(sql).bind(id_array(readers)).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|row| ((row.list_id, row.subscriber_id), row.dues)).collect())
}

/// What is due to these readers after changes of what they had, in the same order. What was queued for those who go, or
/// choose another cadence, is taken back.
pub(super) async fn after<'a>(
    tx: &mut WriteTx,
    changed: impl Iterator<Item = &'a Changed> + Clone,
    numbers: &HashMap<Uuid, i64>,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Dues>> {
    let readers: Vec<Uuid> = changed.clone().map(|one| one.subscriber_id).collect();
    if readers.is_empty() {
        return Ok(Vec::new());
    }
    let held = held(tx, &readers).await?;
    let behind = take_back(tx, changed.clone().filter_map(Gone::of), now).await?;
    let mut dues = Vec::with_capacity(readers.len());
    for one in changed {
        let key = (one.list_id, one.subscriber_id);
        let before = held.get(&key).copied().unwrap_or_default();
        let last = numbers.get(&one.list_id).copied().unwrap_or(0);
        let (was, is) = (one.was.is_some_and(is_active), is_active(one.now));
        dues.push(match (was, is, behind.get(&key)) {
            (false, true, _) => {
                let (dues, absence) = before.came(last);
                add_absence(tx, key, absence).await?;
                dues
            }
            (true, false, Some(behind)) => before.left(last, *behind),
            (true, true, Some(behind)) => {
                Dues { backlog_from: Some(before.backlog_from.unwrap_or(*behind).min(*behind)), ..before }
            }
            _ => before,
        });
    }
    Ok(dues)
}

fn is_active(standing: Standing) -> bool {
    standing.status == SubscriptionStatus::Active
}

/// Somebody who stops getting a list as they did.
struct Gone {
    list_id: Uuid,
    subscriber_id: Uuid,
    cadence: Cadence,
    why: &'static str,
}

impl Gone {
    fn of(one: &Changed) -> Option<Gone> {
        let was = one.was.filter(|was| is_active(*was))?;
        let why = match is_active(one.now) {
            false => "left the list",
            true if was.cadence != one.now.cadence => "another cadence",
            true => return None,
        };
        Some(Gone { list_id: one.list_id, subscriber_id: one.subscriber_id, cadence: was.cadence, why })
    }
}

/// Takes back what is queued for them, and says behind which number something may be due to each.
async fn take_back(
    tx: &mut WriteTx,
    gone: impl Iterator<Item = Gone>,
    now: DateTime<Utc>,
) -> sqlx::Result<HashMap<(Uuid, Uuid), i64>> {
    let mut groups: HashMap<(Uuid, &'static str, &'static str), (Cadence, Vec<Uuid>)> = HashMap::new();
    for one in gone {
        let group =
            groups.entry((one.list_id, one.cadence.as_str(), one.why)).or_insert((one.cadence, Vec::new()));
        group.1.push(one.subscriber_id);
    }
    let mut behind = HashMap::new();
    for ((list_id, _, why), (cadence, readers)) in groups {
        let mut settled = digests::settled_to(tx, list_id, cadence).await?;
        if cadence == Cadence::Each {
            // What is being enqueued may not have come to them.
            settled =
                settled.min(digests::first_unenqueued(tx, list_id).await?.map_or(settled, |first| first - 1));
        }
        let taken = ledger::take_back(tx, list_id, &readers, why, now).await?;
        for reader in readers {
            let from = taken.get(&reader).copied().unwrap_or(settled).min(settled);
            behind.insert((list_id, reader), from);
        }
    }
    Ok(behind)
}

async fn add_absence(
    tx: &mut WriteTx,
    (list_id, subscriber_id): (Uuid, Uuid),
    of: Option<(i64, i64)>,
) -> sqlx::Result<()> {
    let Some((from, to)) = of else { return Ok(()) };
    let sql = "INSERT INTO absences (list_id, subscriber_id, from_number, to_number) VALUES ($1, $2, $3, $4)
               ON CONFLICT (list_id, subscriber_id, from_number) DO UPDATE SET to_number = excluded.to_number";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(from)
        .bind(to)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// A reader gets nothing of these lists until then, and takes up again what is current. Only what is active is paused.
/// The readers are locked. How many lists were.
pub async fn pause(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    subscriber_id: Uuid,
    lists: &[(Uuid, Cadence)],
    until: DateTime<Utc>,
) -> sqlx::Result<usize> {
    let held = held(tx, &[subscriber_id]).await?;
    let numbers: HashMap<Uuid, i64> = super::list_articles::last_numbers(tx).await?.into_iter().collect();
    let gone = lists.iter().map(|(list_id, cadence)| Gone {
        list_id: *list_id,
        subscriber_id,
        cadence: *cadence,
        why: "paused",
    });
    let behind = take_back(tx, gone, cause.at).await?;
    for (list_id, cadence) in lists {
        let key = (*list_id, subscriber_id);
        let before = held.get(&key).copied().unwrap_or_default();
        let last = numbers.get(list_id).copied().unwrap_or(0);
        let dues =
            Dues { paused_until: Some(until), ..before.left(last, behind.get(&key).copied().unwrap_or(0)) };
        store(tx, key, &dues).await?;
        note(tx, cause, EventKind::Paused, key, *cadence).await?;
    }
    Ok(lists.len())
}

/// A reader gets a list again: what is numbered from now on, and what was before they paused.
pub async fn resume(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    list_id: Uuid,
    subscriber_id: Uuid,
    cadence: Cadence,
) -> sqlx::Result<()> {
    let key = (list_id, subscriber_id);
    let before = held(tx, &[subscriber_id]).await?.get(&key).copied().unwrap_or_default();
    if before.paused_until.is_none() {
        return Ok(());
    }
    let last = super::list_articles::last_number(tx, list_id).await?;
    let (dues, absence) = before.came(last);
    add_absence(tx, key, absence).await?;
    store(tx, key, &dues).await?;
    note(tx, cause, EventKind::Resumed, key, cadence).await
}

/// Gives a subscription that comes over, or back, what was due to it.
pub(super) async fn give(
    tx: &mut WriteTx,
    (list_id, subscriber_id): (Uuid, Uuid),
    dues: &Dues,
) -> sqlx::Result<()> {
    store(tx, (list_id, subscriber_id), dues).await
}

async fn store(tx: &mut WriteTx, (list_id, subscriber_id): (Uuid, Uuid), dues: &Dues) -> sqlx::Result<()> {
    let sql =
        "UPDATE subscriptions SET numbered_from = $3, backlog_from = $4, away_from = $5, paused_until = $6
               WHERE list_id = $1 AND subscriber_id = $2";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(list_id)
        .bind(subscriber_id)
        .bind(dues.numbered_from)
        .bind(dues.backlog_from)
        .bind(dues.away_from)
        .bind(dues.paused_until)
        .execute(conn)
        .await
        .map(|_| ()))
}

async fn note(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    kind: EventKind,
    (list_id, subscriber_id): (Uuid, Uuid),
    cadence: Cadence,
) -> sqlx::Result<()> {
    let active = Some(SubscriptionStatus::Active);
    let event = NewEvent {
        kind,
        subscriber_id,
        list_id: Some(list_id),
        was: active,
        status: active,
        cadence: Some(cadence),
    };
    events::add(tx, cause, &[event]).await
}

/// Subscriptions whose pause is over.
pub async fn paused_until(
    tx: &mut Tx,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<(Uuid, Uuid, Cadence)>> {
    let sql = "SELECT list_id, subscriber_id, cadence FROM subscriptions
               WHERE paused_until IS NOT NULL AND paused_until <= $1 ORDER BY paused_until LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).bind(limit).fetch_all(conn).await)
}

/// The articles that were numbered on a reader's lists while they were away, the newest first.
pub async fn missed_while_away(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<Article>> {
    let sql =
        "SELECT a.id, a.url, a.title, a.author, '' AS summary_html, '' AS content_html, '' AS image_url,
                      '' AS image_alt, a.published_at, a.first_seen_at, a.is_held, a.categories_json
               FROM (SELECT DISTINCT la.article_id FROM subscriptions s
                     JOIN list_articles la ON la.list_id = s.list_id AND la.is_due = TRUE
                     WHERE s.subscriber_id = $1 AND s.status = 'active'
                       AND ((s.away_from IS NOT NULL AND la.number > s.away_from)
                            OR EXISTS (SELECT 1 FROM absences x WHERE x.list_id = s.list_id
                                AND x.subscriber_id = $1 AND la.number > x.from_number
                                AND la.number <= x.to_number))) AS missed
               JOIN articles a ON a.id = missed.article_id
               ORDER BY a.published_at DESC, a.id LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await)
}
