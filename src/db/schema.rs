//! How far the schema is.

use super::{Tx, on_either};

/// Whether every migration that this build knows has been applied.
pub async fn is_current(tx: &mut Tx) -> sqlx::Result<bool> {
    // Both engines have the same files.
    let known = sqlx::migrate!("migrations/sqlite").iter().count() as i64;
    let sql = "SELECT COUNT(*) FROM _sqlx_migrations WHERE success = TRUE";
    let applied: i64 = on_either!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)?;
    Ok(applied >= known)
}
