//! What an import changed about each subscriber: by this it is told on their timeline, and undone.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::load::{self, Column};
use super::{Tx, WriteTx, on_either};
use crate::domain::subscription::{Cadence, Standing, SubscriptionStatus};

/// What one row of a file changed.
#[derive(Clone, Debug)]
pub struct NewImportRow {
    pub subscriber_id: Uuid,
    pub list_id: Uuid,
    /// The subscriber was unknown before.
    pub is_new: bool,
    /// What the subscription became; `None`: it was left as it is.
    pub set: Option<Standing>,
    /// What it was; `None`: there was none.
    pub was: Option<Standing>,
    pub consent: FileConsent,
    /// What else is to be put back.
    pub undo_json: Option<String>,
}

/// What a file says of when and from where somebody agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileConsent {
    pub requested_at: Option<DateTime<Utc>>,
    pub requested_ip: Option<String>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub confirmed_ip: Option<String>,
}

/// Stores rows. What the same import stored of the same subscription before stays: only the first knows what was.
pub async fn add(tx: &mut WriteTx, import_id: Uuid, rows: &[NewImportRow]) -> sqlx::Result<()> {
    let (new, known): (Vec<&NewImportRow>, Vec<&NewImportRow>) = rows.iter().partition(|row| row.is_new);
    // A second row about somebody sets anew what is compared when it is undone.
    let then = "ON CONFLICT (subscriber_id, import_id, list_id) DO UPDATE SET
                    status = COALESCE(excluded.status, import_rows.status),
                    cadence = COALESCE(excluded.cadence, import_rows.cadence),
                    since = COALESCE(excluded.since, import_rows.since),
                    undo_json = COALESCE(import_rows.undo_json, excluded.undo_json)";
    for (rows, then) in [(new, ""), (known, then)] {
        insert(tx, import_id, &rows, then).await?;
    }
    Ok(())
}

async fn insert(
    tx: &mut WriteTx,
    import_id: Uuid,
    rows: &[&NewImportRow],
    then: &'static str,
) -> sqlx::Result<()> {
    fn status(standing: Option<Standing>) -> Option<&'static str> {
        standing.map(|standing| standing.status.as_str())
    }
    fn cadence(standing: Option<Standing>) -> Option<&'static str> {
        standing.map(|standing| standing.cadence.as_str())
    }
    fn since(standing: Option<Standing>) -> Option<DateTime<Utc>> {
        standing.map(|standing| standing.since)
    }
    fn each<'a, T>(rows: &[&'a NewImportRow], of: impl Fn(&'a NewImportRow) -> T) -> Vec<T> {
        rows.iter().map(|row| of(row)).collect()
    }
    let columns = [
        ("subscriber_id", Column::Ids(each(rows, |row| row.subscriber_id))),
        ("import_id", Column::Id(import_id)),
        ("list_id", Column::Ids(each(rows, |row| row.list_id))),
        ("is_new", Column::Flags(each(rows, |row| row.is_new))),
        ("status", Column::MaybeTexts(each(rows, |row| status(row.set)))),
        ("cadence", Column::MaybeTexts(each(rows, |row| cadence(row.set)))),
        ("since", Column::MaybeTimes(each(rows, |row| since(row.set)))),
        ("was_status", Column::MaybeTexts(each(rows, |row| status(row.was)))),
        ("was_cadence", Column::MaybeTexts(each(rows, |row| cadence(row.was)))),
        ("was_since", Column::MaybeTimes(each(rows, |row| since(row.was)))),
        ("requested_at", Column::MaybeTimes(each(rows, |row| row.consent.requested_at))),
        ("requested_ip", Column::MaybeTexts(each(rows, |row| row.consent.requested_ip.as_deref()))),
        ("confirmed_at", Column::MaybeTimes(each(rows, |row| row.consent.confirmed_at))),
        ("confirmed_ip", Column::MaybeTexts(each(rows, |row| row.consent.confirmed_ip.as_deref()))),
        ("undo_json", Column::MaybeTexts(each(rows, |row| row.undo_json.as_deref()))),
    ];
    load::insert(tx, "import_rows", &columns, rows.len(), then).await.map(|_| ())
}

/// What an import changed about one subscriber, as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ImportRow {
    pub subscriber_id: Uuid,
    pub list_id: Uuid,
    pub is_new: bool,
    status: Option<SubscriptionStatus>,
    cadence: Option<Cadence>,
    since: Option<DateTime<Utc>>,
    was_status: Option<SubscriptionStatus>,
    was_cadence: Option<Cadence>,
    was_since: Option<DateTime<Utc>>,
    pub undo_json: Option<String>,
}

impl ImportRow {
    /// What the subscription became; `None`: it was left as it is.
    pub fn set(&self) -> Option<Standing> {
        Some(Standing { status: self.status?, cadence: self.cadence?, since: self.since? })
    }

    /// What it was; `None`: there was none.
    pub fn was(&self) -> Option<Standing> {
        Some(Standing { status: self.was_status?, cadence: self.was_cadence?, since: self.was_since? })
    }
}

/// The next `looks` rows behind a subscriber, as far as they are an import's; and how far that looked. `None`: there is
/// nothing behind.
pub async fn page(
    tx: &mut Tx,
    import_id: Uuid,
    after: Uuid,
    looks: i64,
) -> sqlx::Result<(Vec<ImportRow>, Option<Uuid>)> {
    let sql = "SELECT MAX(subscriber_id) FROM (SELECT subscriber_id FROM import_rows WHERE subscriber_id > $1
                   ORDER BY subscriber_id LIMIT $2) AS x";
    // PostgreSQL 15 has no MAX of UUIDs.
    let sql = super::dialect!(
        tx,
        sqlite: sql,
        postgres: "SELECT subscriber_id FROM (SELECT subscriber_id FROM import_rows WHERE subscriber_id > $1
                       ORDER BY subscriber_id LIMIT $2) AS x ORDER BY 1 DESC LIMIT 1"
    );
    let to: Option<Option<Uuid>> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(after).bind(looks).fetch_optional(conn).await?);
    let Some(to) = to.flatten() else { return Ok((Vec::new(), None)) };
    let sql =
        "SELECT subscriber_id, list_id, is_new, status, cadence, since, was_status, was_cadence, was_since,
                   undo_json
               FROM import_rows WHERE subscriber_id > $1 AND subscriber_id <= $2 AND import_id = $3";
    let rows = on_either!(tx, |conn| sqlx::query_as(sql)
        .bind(after)
        .bind(to)
        .bind(import_id)
        .fetch_all(conn)
        .await?);
    Ok((rows, Some(to)))
}

/// Forgets what an import changed about these subscribers: it is undone.
pub async fn remove(tx: &mut WriteTx, import_id: Uuid, of: &[Uuid]) -> sqlx::Result<()> {
    let sql = super::subscribers::ids!(
        tx,
        "DELETE FROM import_rows WHERE import_id = $2 AND subscriber_id IN (SELECT s FROM",
        ")"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(super::subscribers::id_array(of))
        .bind(import_id)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// An import as a subscriber's timeline tells it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub list_name: String,
    pub was: Option<SubscriptionStatus>,
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    pub user_email: String,
    pub import_id: Uuid,
}

/// The imports that changed what somebody has of a list, the newest first.
pub async fn of_subscriber(tx: &mut Tx, subscriber_id: Uuid, limit: i64) -> sqlx::Result<Vec<Told>> {
    let sql = "SELECT i.started_at AS at, l.name AS list_name, w.was_status AS was, w.status, w.cadence,
                   i.user_email, i.id AS import_id
               FROM import_rows w JOIN imports i ON i.id = w.import_id JOIN lists l ON l.id = w.list_id
               WHERE w.subscriber_id = $1 AND w.status IS NOT NULL AND i.started_at IS NOT NULL
               ORDER BY w.import_id DESC LIMIT $2";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(subscriber_id).bind(limit).fetch_all(conn).await)
}
