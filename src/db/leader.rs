//! The lock of the one process that leads the schedule.

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};

use super::Db;

/// One who asks for the lead. It leads from the first [`Candidate::ask`] that says so until it is
/// dropped, or its session ends.
pub enum Candidate {
    /// On SQLite: the lock on the file has been taken already.
    Alone,
    /// A session of its own, outside the pool: the lock lives exactly as long as the session.
    Session(Box<PgConnection>),
}

impl Candidate {
    /// Somebody new, with no lock yet.
    pub async fn new(db: &Db) -> sqlx::Result<Candidate> {
        let Db::Postgres(pool) = db else { return Ok(Candidate::Alone) };
        let options = (*pool.connect_options()).clone().application_name("postrider leader");
        let mut session = PgConnection::connect_with(&options).await?;
        // A leader whose network is gone says no goodbye, and one whose machine stands still says
        // nothing: the server must end the session itself, within about ten seconds. Only those
        // settings that this server knows (idle_session_timeout came with version 14).
        let settings = "SELECT set_config(name, value, FALSE) FROM (VALUES
                ('idle_session_timeout', '10000'), ('tcp_keepalives_idle', '4'),
                ('tcp_keepalives_interval', '2'), ('tcp_keepalives_count', '3'),
                ('tcp_user_timeout', '10000')) AS wanted(name, value)
            WHERE name IN (SELECT name FROM pg_settings)";
        session.execute(settings).await?;
        Ok(Candidate::Session(Box::new(session)))
    }

    /// Takes the lock where nobody has it. True as well where this candidate has it already: so it
    /// is also the question whether the session still lives, to be asked every second.
    pub async fn ask(&mut self) -> sqlx::Result<bool> {
        match self {
            Candidate::Alone => Ok(true),
            // A schema is a Postrider of its own. Two ints: no lock with one number can collide.
            Candidate::Session(session) => {
                let sql = "SELECT pg_try_advisory_lock(1886351988, hashtext(current_schema()))";
                sqlx::query_scalar(sql).fetch_one(&mut **session).await
            }
        }
    }
}
