//! Which instance the database believes to be, and when a process last was alive on it: one row.

use chrono::{DateTime, Utc};

use super::{Db, Tx, WriteTx, dialect, on_either};

/// The row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Instance {
    /// As `actions::guard` writes it.
    pub identity: String,
    pub alive_at: DateTime<Utc>,
}

/// The instance; `None` before the first start.
pub async fn get(tx: &mut Tx) -> sqlx::Result<Option<Instance>> {
    let sql = "SELECT identity, alive_at FROM instance WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_optional(conn).await)
}

/// The same, and nobody else changes it until this transaction ends; on SQLite the one writer does that.
pub async fn locked(tx: &mut WriteTx) -> sqlx::Result<Option<Instance>> {
    let sql = dialect!(tx,
        sqlite: "SELECT identity, alive_at FROM instance WHERE id = 1",
        postgres: "SELECT identity, alive_at FROM instance WHERE id = 1 FOR UPDATE");
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_optional(conn).await)
}

/// Says who it is, and that it lives.
pub async fn record(tx: &mut WriteTx, identity: &str, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "INSERT INTO instance (id, identity, alive_at) VALUES (1, $1, $2)
               ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, alive_at = excluded.alive_at";
    on_either!(tx, |conn| sqlx::query(sql).bind(identity).bind(now).execute(conn).await.map(|_| ()))
}

/// Says that a process is alive.
pub async fn set_alive(tx: &mut WriteTx, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE instance SET alive_at = $1 WHERE id = 1";
    on_either!(tx, |conn| sqlx::query(sql).bind(now).execute(conn).await.map(|_| ()))
}

/// What no copy of this database shares with it, as far as that can be known: on SQLite the file's
/// path and inode, on PostgreSQL the cluster, the database and the number of a table in it.
pub async fn database_name(db: &Db) -> sqlx::Result<String> {
    match db {
        Db::Sqlite { readers, .. } => {
            let sql = "SELECT file FROM pragma_database_list WHERE name = 'main'";
            let file: String = sqlx::query_scalar(sql).fetch_one(readers).await?;
            let path = std::fs::canonicalize(&file).unwrap_or_else(|_| file.into());
            let name = format!("SQLite {}", path.display());
            Ok(match inode(&path) {
                Some(inode) => format!("{name}, inode {inode}"),
                None => name,
            })
        }
        Db::Postgres(pool) => {
            let sql = "SELECT current_database()::text, COALESCE(to_regclass('instance')::oid::bigint, 0),
                           has_function_privilege('pg_control_system()', 'EXECUTE')";
            let (name, table, may): (String, i64, bool) = sqlx::query_as(sql).fetch_one(pool).await?;
            let server = match may {
                true => {
                    let sql = "SELECT system_identifier::text FROM pg_control_system()";
                    sqlx::query_scalar(sql).fetch_one(pool).await?
                }
                // Some managed servers don't tell: then a copy under the same name is not found out.
                false => pool.connect_options().get_host().to_owned(),
            };
            Ok(format!("PostgreSQL {server}, {name}, {table}"))
        }
    }
}

/// A restored copy at the same path is another file. The device is left out: containers and network
/// disks number it anew at each start.
fn inode(path: &std::path::Path) -> Option<u64> {
    #[cfg(unix)]
    return std::fs::metadata(path).ok().map(|file| std::os::unix::fs::MetadataExt::ino(&file));
    #[cfg(not(unix))]
    None
}
