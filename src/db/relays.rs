//! The relays that took mail: a name, and the small number that stands for it in each delivery.

use super::{Tx, WriteTx, on_either};

/// The number of a relay in this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct RelayId(pub i16);

/// The number of a relay, if it has one.
pub async fn by_name(tx: &mut Tx, name: &str) -> sqlx::Result<Option<RelayId>> {
    let sql = "SELECT id FROM relays WHERE name = $1";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(name).fetch_optional(conn).await)
}

/// Gives a relay the next number, unless it has one, or another process takes that number at this moment: so its
/// caller looks again.
pub async fn add(tx: &mut WriteTx, name: &str) -> sqlx::Result<()> {
    let sql = "INSERT INTO relays (id, name) SELECT COALESCE(MAX(id), 0) + 1, $1 FROM relays WHERE TRUE
               ON CONFLICT DO NOTHING";
    on_either!(tx, |conn| sqlx::query(sql).bind(name).execute(conn).await.map(|_| ()))
}
