//! The words by which readers agree, by version. Rows are added, never changed.

use chrono::{DateTime, Utc};

use super::load::{self, Column};
use super::{Tx, WriteTx, on_either};
use crate::domain::wording::{self, Wording};

/// Keeps the words of today's versions, where they are new.
pub async fn keep(tx: &mut WriteTx, now: DateTime<Utc>) -> sqlx::Result<()> {
    let all: Vec<&Wording> = wording::current().collect();
    let columns = [
        ("version", Column::Texts(all.iter().map(|one| one.version.as_str()).collect())),
        ("language", Column::Texts(all.iter().map(|one| one.language.as_str()).collect())),
        ("words", Column::Texts(all.iter().map(|one| one.words.as_str()).collect())),
        ("first_used_at", Column::Time(now)),
    ];
    load::insert(tx, "wordings", &columns, all.len(), "ON CONFLICT (version) DO NOTHING").await.map(|_| ())
}

/// Every version, the oldest first.
pub async fn all(tx: &mut Tx) -> sqlx::Result<Vec<Wording>> {
    let sql = "SELECT version, language, words FROM wordings ORDER BY first_used_at, version";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)
}
