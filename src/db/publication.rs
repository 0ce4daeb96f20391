//! The publication: one row.

use chrono::{DateTime, Utc};

use super::{Tx, on_either};
use crate::domain::delivery::UncertainPolicy;

/// The site whose articles are mailed. Unset parts are empty.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Publication {
    pub name: String,
    pub tagline: String,
    /// The site's own address.
    pub url: String,
    pub postal_address: String,
    /// An IANA name, like `Europe/London`.
    pub time_zone: String,
    pub logo_url: String,
    /// What becomes of deliveries whose end nobody knows.
    pub uncertain: UncertainPolicy,
}

impl Publication {
    /// Its time zone; UTC where the database holds a name that this build does not know.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }
}

/// Makes the row at the first start.
pub async fn make_default(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql =
        "INSERT INTO publication (id, name, tagline, url, postal_address, time_zone, logo_url, updated_at)
               VALUES (1, 'Your publication', '', '', '', 'UTC', '', $1) ON CONFLICT (id) DO NOTHING";
    on_either!(tx, |conn| sqlx::query(sql).bind(now).execute(conn).await.map(|_| ()))
}

/// The publication.
pub async fn get(tx: &mut Tx) -> sqlx::Result<Publication> {
    let sql = "SELECT name, tagline, url, postal_address, time_zone, logo_url, uncertain
               FROM publication WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_one(conn).await)
}

/// Stores it whole. Where `uncertain` becomes `Leave`, its caller goes on with
/// [`crate::missed::leave_uncertain`].
pub async fn set(tx: &mut Tx, publication: &Publication, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE publication SET name = $1, tagline = $2, url = $3, postal_address = $4,
               time_zone = $5, logo_url = $6, uncertain = $7, updated_at = $8 WHERE id = 1";
    let p = publication;
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&p.name)
        .bind(&p.tagline)
        .bind(&p.url)
        .bind(&p.postal_address)
        .bind(&p.time_zone)
        .bind(&p.logo_url)
        .bind(p.uncertain)
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// How long what an editor sends can be taken back, in seconds.
pub async fn undo_secs(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = "SELECT undo_secs FROM publication WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}
