//! Subscribers who were merged into others, as one person. Links and deliveries of the one who is gone go on naming them;
//! here is who they are now, and what is to be given back when a merge is undone.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::dues::{self, Dues};
use super::events::Cause;
use super::import_store::{self, NewPerson};
use super::subscribers::{self, Subscriber, id_array, ids};
use super::subscriptions::{self, Asked, Subscription};
use super::{Tx, WriteTx, json, on_either};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::{Standing, Transition};

/// Somebody who was merged into somebody else.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Merge {
    /// Who is gone.
    pub merged_id: Uuid,
    /// Who they are now.
    pub kept_id: Uuid,
    /// The merge by which they came to whom they are with now; it is undone first.
    pub under_id: Option<Uuid>,
    pub email: String,
    pub email_key: String,
    pub name: String,
    pub language: String,
    pub created_at: DateTime<Utc>,
    pub merged_at: DateTime<Utc>,
    pub user_email: String,
    undo_json: String,
}

/// What is to be given back.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Undo {
    subscriptions: Vec<MergedSubscription>,
    /// Rows that have no id of their own, by table.
    rows: BTreeMap<String, Vec<MergedRow>>,
    /// Ids of rows that came over, by table.
    moved: BTreeMap<String, Vec<Uuid>>,
    events: Vec<i64>,
    /// Who had been merged into them.
    merges: Vec<Uuid>,
    filled_name: bool,
    filled_language: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct MergedSubscription {
    list_id: Uuid,
    standing: Standing,
    created_at: DateTime<Utc>,
    came_over: bool,
    /// What was due to it; missing on merges from before there were digests.
    #[serde(default)]
    dues: Option<Dues>,
}

/// A row as the JSON of the engine that wrote it, which nothing reads and writes again: it would round numbers. Either engine
/// reads what the other wrote, since everything may move to it.
#[derive(Debug, Serialize, Deserialize, sqlx::FromRow)]
struct MergedRow {
    row: String,
    came_over: bool,
}

/// A table whose key begins with the subscriber.
struct Keyed {
    name: &'static str,
    /// What two rows of one subscriber never share.
    key: &'static [&'static str],
    rest: &'static [&'static str],
    /// What tells that a row of the kept one is still the one that came over.
    same: &'static [&'static str],
    /// Whether the kept one gets those that they lack.
    comes_over: bool,
    /// Which rows can be given back: others name what is gone.
    fit: &'static str,
}

impl Keyed {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().chain(self.rest).copied()
    }
}

const KEYED: [Keyed; 6] = [
    Keyed {
        name: "subscriber_tags",
        key: &["tag"],
        rest: &["created_at"],
        same: &["tag", "created_at"],
        comes_over: true,
        fit: "",
    },
    Keyed {
        name: "subscriber_fields",
        key: &["field_id"],
        rest: &["text", "number"],
        same: &["field_id", "text"],
        comes_over: true,
        fit: "WHERE field_id IN (SELECT id FROM fields)",
    },
    Keyed {
        name: "bulk_change_rows",
        key: &["bulk_change_id", "list_id"],
        rest: &["status", "cadence", "since"],
        same: &["bulk_change_id", "list_id"],
        comes_over: true,
        fit: "WHERE bulk_change_id IN (SELECT id FROM bulk_changes)",
    },
    Keyed {
        name: "import_rows",
        key: &["import_id", "list_id"],
        rest: &[
            "is_new",
            "status",
            "cadence",
            "since",
            "was_status",
            "was_cadence",
            "was_since",
            "requested_at",
            "requested_ip",
            "confirmed_at",
            "confirmed_ip",
            "undo_json",
        ],
        same: &["import_id", "list_id"],
        comes_over: true,
        fit: "",
    },
    // Where the merged one was away says nothing of the kept one.
    Keyed {
        name: "absences",
        key: &["list_id", "from_number"],
        rest: &["to_number"],
        same: &["list_id", "from_number"],
        comes_over: false,
        fit: "WHERE list_id IN (SELECT list_id FROM subscriptions WHERE subscriber_id = $2)",
    },
    // What a bounce of the merged one's address ended is restored for that address only.
    Keyed {
        name: "bounced_subscriptions",
        key: &["list_id"],
        rest: &["status", "status_since"],
        same: &["list_id"],
        comes_over: false,
        fit: "WHERE list_id IN (SELECT list_id FROM subscriptions WHERE subscriber_id = $2)",
    },
];

/// Tables whose rows have ids, and go to the kept one whole.
const WITH_IDS: [&str; 3] = ["consents", "confirmations", "notices"];

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT merged_id, kept_id, under_id, email, email_key, name, language, created_at, merged_at,
                 user_email, undo_json FROM merges ",
            $rest
        )
    };
}

/// The merge of somebody who is gone.
pub async fn by_id(tx: &mut Tx, merged_id: Uuid) -> sqlx::Result<Option<Merge>> {
    let sql = select!("WHERE merged_id = $1");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(merged_id).fetch_optional(conn).await)
}

/// Those who were merged into somebody, the last first.
pub async fn into(tx: &mut Tx, kept_id: Uuid) -> sqlx::Result<Vec<Merge>> {
    let sql = select!("WHERE kept_id = $1 ORDER BY merged_at DESC, merged_id");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(kept_id).fetch_all(conn).await)
}

/// Who the subscriber of a link is now: themselves, or who they were merged into.
pub async fn resolve(tx: &mut Tx, id: Uuid) -> sqlx::Result<Uuid> {
    let sql = "SELECT kept_id FROM merges WHERE merged_id = $1";
    let kept: Option<Uuid> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await?);
    Ok(kept.unwrap_or(id))
}

/// The subscriber of a link: see [`resolve`].
pub async fn subscriber(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Subscriber>> {
    let id = resolve(tx, id).await?;
    subscribers::by_id(tx, id).await
}

/// The same, with the address to which mail under this id went.
pub async fn recipient(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Subscriber>> {
    let merge = by_id(tx, id).await?;
    let now = subscriber(tx, id).await?;
    Ok(now.map(|now| match merge {
        Some(Merge { email, email_key, .. }) => Subscriber { email, email_key, ..now },
        None => now,
    }))
}

/// Whether mail to a subscriber is on its way: of a campaign that has not ended, or a notice. By keys only.
pub async fn is_under_way(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    let sql = "SELECT COUNT(*) FROM campaigns c WHERE c.status IN ('scheduled', 'sending', 'paused')
               AND (SELECT MIN(1) FROM deliveries d WHERE d.campaign_id = c.id AND d.subscriber_id = $1
                    AND d.status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain')) IS NOT NULL";
    let deliveries: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_one(conn).await?);
    let sql = "SELECT COUNT(*) FROM notices WHERE subscriber_id = $1
               AND status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain')";
    let notices: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).fetch_one(conn).await?);
    Ok(deliveries + notices > 0)
}

/// Makes two subscribers one: what the kept one has stays, what they lack comes over as it is, and the merged one is gone.
/// The caller has locked both mailboxes.
pub async fn merge(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    kept: &Subscriber,
    merged: &Subscriber,
) -> sqlx::Result<()> {
    let held = subscriptions::lock(tx, &[kept.id, merged.id]).await?;
    let dues = dues::held(tx, &[merged.id]).await?;
    let mut undo = Undo { subscriptions: came_over(&held, &dues, kept.id, merged.id), ..Undo::default() };
    let moving = undo.subscriptions.iter().filter(|one| one.came_over);
    let asked: Vec<Asked> = moving
        .map(|one| Asked {
            subscriber_id: kept.id,
            list_id: one.list_id,
            transition: Transition::Merge(one.standing),
            created_at: Some(one.created_at),
        })
        .collect();
    subscriptions::carry_out(tx, cause, &held, &asked).await?;
    for one in undo.subscriptions.iter().filter(|one| one.came_over) {
        if let Some(dues) = &one.dues {
            dues::give(tx, (one.list_id, kept.id), dues).await?;
        }
    }
    for table in &KEYED {
        let rows = copy_rows(tx, table, kept.id, merged.id).await?;
        undo.rows.insert(table.name.to_owned(), rows);
    }
    for table in WITH_IDS {
        let sql = AssertSqlSafe(format!(
            "UPDATE {table} SET subscriber_id = $1 WHERE subscriber_id = $2 RETURNING id"
        ));
        let moved = on_either!(tx, |conn| sqlx::query_scalar(sql)
            .bind(kept.id)
            .bind(merged.id)
            .fetch_all(conn)
            .await?);
        undo.moved.insert(table.to_owned(), moved);
    }
    let sql = "UPDATE events SET subscriber_id = $1 WHERE subscriber_id = $2 RETURNING id";
    undo.events =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(kept.id).bind(merged.id).fetch_all(conn).await?);
    let sql = "UPDATE merges SET kept_id = $1, under_id = COALESCE(under_id, $2) WHERE kept_id = $2
               RETURNING merged_id";
    undo.merges =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(kept.id).bind(merged.id).fetch_all(conn).await?);
    undo.filled_name = kept.name.is_empty() && !merged.name.is_empty();
    undo.filled_language = kept.language.is_empty() && !merged.language.is_empty();
    if undo.filled_name {
        rename(tx, kept, &merged.name).await?;
    }
    if undo.filled_language {
        subscribers::set_language(tx, kept.id, &merged.language).await?;
    }
    add(tx, cause, kept.id, merged, &undo).await?;
    let sql = "DELETE FROM subscribers WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(merged.id).execute(conn).await.map(|_| ()))
}

/// What the merged one has of each list, and whether it comes over.
fn came_over(
    held: &[Subscription],
    dues: &HashMap<(Uuid, Uuid), Dues>,
    kept: Uuid,
    merged: Uuid,
) -> Vec<MergedSubscription> {
    let has = |list_id| held.iter().any(|held| held.subscriber_id == kept && held.list_id == list_id);
    let of_merged = held.iter().filter(|held| held.subscriber_id == merged);
    of_merged
        .map(|held| MergedSubscription {
            list_id: held.list_id,
            standing: held.standing(),
            created_at: held.created_at,
            came_over: !has(held.list_id),
            dues: dues.get(&(held.list_id, merged)).copied(),
        })
        .collect()
}

/// Sets a name, and what they are found by. An address that does not parse any more keeps both as they are.
async fn rename(tx: &mut WriteTx, subscriber: &Subscriber, name: &str) -> sqlx::Result<()> {
    match EmailAddress::parse(&subscriber.email) {
        Ok(email) => subscribers::update(tx, subscriber.id, &email, name).await,
        Err(_) => Ok(()),
    }
}

async fn add(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    kept_id: Uuid,
    merged: &Subscriber,
    undo: &Undo,
) -> sqlx::Result<()> {
    let sql =
        "INSERT INTO merges (merged_id, kept_id, email, email_key, name, language, created_at, merged_at,
                   user_email, undo_json)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(merged.id)
        .bind(kept_id)
        .bind(&merged.email)
        .bind(&merged.email_key)
        .bind(&merged.name)
        .bind(&merged.language)
        .bind(merged.created_at)
        .bind(cause.at)
        .bind(&cause.actor.email)
        .bind(json(undo)?)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The rows of a table that the merged one has; the kept one gets those that they lack.
async fn copy_rows(
    tx: &mut WriteTx,
    table: &Keyed,
    kept: Uuid,
    merged: Uuid,
) -> sqlx::Result<Vec<MergedRow>> {
    let name = table.name;
    let row = match tx.is_sqlite() {
        true => {
            let columns = table.columns().map(|column| match column.ends_with("_id") {
                true => format!("'{column}', hex(t.{column})"),
                false => format!("'{column}', t.{column}"),
            });
            format!("json_object({})", columns.collect::<Vec<_>>().join(", "))
        }
        false => "row_to_json(t)::text".to_owned(),
    };
    let same: Vec<String> = table.key.iter().map(|column| format!("k.{column} = t.{column}")).collect();
    let lacks = match table.comes_over {
        true => format!(
            "(SELECT MIN(1) FROM {name} k WHERE k.subscriber_id = $2 AND {}) IS NULL",
            same.join(" AND ")
        ),
        false => "$2 = $1".to_owned(),
    };
    let sql = format!("SELECT {row} AS row, {lacks} AS came_over FROM {name} t WHERE t.subscriber_id = $1");
    let rows: Vec<MergedRow> = on_either!(tx, |conn| sqlx::query_as(AssertSqlSafe(sql))
        .bind(merged)
        .bind(kept)
        .fetch_all(conn)
        .await?);
    if rows.iter().any(|row| row.came_over) {
        let columns = table.columns().collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO {name} (subscriber_id, {columns}) SELECT $2, {columns} FROM {name} WHERE subscriber_id = $1
             ON CONFLICT DO NOTHING"
        );
        on_either!(tx, |conn| sqlx::query(AssertSqlSafe(sql))
            .bind(merged)
            .bind(kept)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    Ok(rows)
}

/// Gives the merged one back, under their own id, with what was theirs, as far as nobody changed it since. The caller has
/// locked both mailboxes, and knows that their address is nobody's and that no other merge stands on this one.
pub async fn undo(tx: &mut WriteTx, cause: &Cause<'_>, kept: &Subscriber, merge: &Merge) -> sqlx::Result<()> {
    let undo: Undo =
        serde_json::from_str(&merge.undo_json).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let held = subscriptions::lock(tx, &[kept.id]).await?;
    let back = Subscriber {
        id: merge.merged_id,
        email: merge.email.clone(),
        email_key: merge.email_key.clone(),
        name: merge.name.clone(),
        created_at: merge.created_at,
        language: merge.language.clone(),
    };
    let person = NewPerson {
        id: back.id,
        email: &back.email,
        email_key: &back.email_key,
        name: &back.name,
        language: &back.language,
        created_at: back.created_at,
    };
    import_store::add_people(tx, &[person]).await?;
    rename(tx, &back, &back.name).await?;
    give_back(tx, cause, &held, (kept.id, merge), &undo.subscriptions).await?;
    for table in &KEYED {
        let rows = undo.rows.get(table.name).map_or(&[][..], Vec::as_slice);
        give_rows_back(tx, table, (kept.id, merge.merged_id), rows).await?;
    }
    for table in WITH_IDS {
        let rows = undo.moved.get(table).map_or(&[][..], Vec::as_slice);
        let head = format!("UPDATE {table} SET subscriber_id = $2 WHERE subscriber_id = $3 AND id IN ");
        let sql = AssertSqlSafe(head + ids!(tx, "(SELECT s FROM", ")"));
        on_either!(tx, |conn| sqlx::query(sql)
            .bind(id_array(rows))
            .bind(merge.merged_id)
            .bind(kept.id)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    give_events_back(tx, (kept.id, merge.merged_id), &undo.events).await?;
    let sql = ids!(tx, "UPDATE merges SET kept_id = $2 WHERE merged_id IN (SELECT s FROM", ")");
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id_array(&undo.merges))
        .bind(merge.merged_id)
        .execute(conn)
        .await
        .map(|_| ()))?;
    let sql = "UPDATE merges SET under_id = NULL WHERE kept_id = $1 AND under_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(merge.merged_id).execute(conn).await.map(|_| ()))?;
    if undo.filled_name && kept.name == merge.name {
        rename(tx, kept, "").await?;
    }
    if undo.filled_language && kept.language == merge.language {
        subscribers::set_language(tx, kept.id, "").await?;
    }
    let sql = "DELETE FROM merges WHERE merged_id = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(merge.merged_id).execute(conn).await.map(|_| ()))
}

/// The subscriptions: see [`Standing::given_back`].
async fn give_back(
    tx: &mut WriteTx,
    cause: &Cause<'_>,
    held: &[Subscription],
    (kept, merge): (Uuid, &Merge),
    merged: &[MergedSubscription],
) -> sqlx::Result<()> {
    let (mut gone, mut asked) = (Vec::new(), Vec::new());
    for one in merged {
        let now = held.iter().find(|held| held.list_id == one.list_id).map(Subscription::standing);
        if one.came_over && now == Some(one.standing) {
            gone.push((kept, one.list_id));
        }
        if let Some(standing) = one.standing.given_back(one.came_over, now, merge.merged_at) {
            asked.push(Asked {
                subscriber_id: merge.merged_id,
                list_id: one.list_id,
                transition: Transition::UndoMerge(standing),
                created_at: Some(one.created_at),
            });
        }
    }
    subscriptions::remove(tx, &gone).await?;
    subscriptions::carry_out(tx, cause, &[], &asked).await?;
    for one in &asked {
        let dues = merged.iter().find(|merged| merged.list_id == one.list_id).and_then(|merged| merged.dues);
        if let Some(dues) = dues {
            dues::give(tx, (one.list_id, merge.merged_id), &dues).await?;
        }
    }
    Ok(())
}

/// The rows of a table: those that came over are taken from the kept one, if they are still the same.
async fn give_rows_back(
    tx: &mut WriteTx,
    table: &Keyed,
    (kept, merged): (Uuid, Uuid),
    rows: &[MergedRow],
) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let array = |rows: &mut dyn Iterator<Item = &MergedRow>| {
        format!("[{}]", rows.map(|row| row.row.as_str()).collect::<Vec<_>>().join(","))
    };
    let name = table.name;
    let source = match tx.is_sqlite() {
        true => "json_each($1)".to_owned(),
        false => format!("json_populate_recordset(NULL::{name}, $1::json)"),
    };
    let values = |columns: &mut dyn Iterator<Item = &'static str>| {
        let values = columns.map(|column| match (tx.is_sqlite(), column.ends_with("_id")) {
            (true, true) => format!("unhex(value ->> '{column}', '-') AS {column}"),
            (true, false) => format!("value ->> '{column}' AS {column}"),
            (false, _) => column.to_owned(),
        });
        values.collect::<Vec<_>>().join(", ")
    };
    let columns = table.columns().collect::<Vec<_>>().join(", ");
    let add = format!(
        "INSERT INTO {name} (subscriber_id, {columns}) SELECT $2, {columns}
         FROM (SELECT {} FROM {source}) AS r {}",
        values(&mut table.columns()),
        table.fit
    );
    let take = format!(
        "DELETE FROM {name} WHERE subscriber_id = $2 AND ({}) IN (SELECT {} FROM {source})",
        table.same.join(", "),
        values(&mut table.same.iter().copied())
    );
    for (sql, of, rows) in [
        (take, kept, array(&mut rows.iter().filter(|row| row.came_over))),
        (add, merged, array(&mut rows.iter())),
    ] {
        on_either!(tx, |conn| sqlx::query(AssertSqlSafe(sql))
            .bind(rows)
            .bind(of)
            .execute(conn)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// The events that came over.
async fn give_events_back(
    tx: &mut WriteTx,
    (kept, merged): (Uuid, Uuid),
    events: &[i64],
) -> sqlx::Result<()> {
    let sql = super::dialect!(
        tx,
        sqlite: "UPDATE events SET subscriber_id = $2 WHERE subscriber_id = $3
                 AND id IN (SELECT value FROM json_each($1))",
        postgres: "UPDATE events SET subscriber_id = $2 WHERE subscriber_id = $3
                   AND id IN (SELECT value::bigint FROM json_array_elements_text($1::json))"
    );
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(json(&events)?)
        .bind(merged)
        .bind(kept)
        .execute(conn)
        .await
        .map(|_| ()))
}
