//! Sessions: browsers that are signed in; and the one-time links that sign in.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Tx, WriteTx, on_either};
use crate::locale::say;

/// A browser that is signed in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub id: Uuid,
    pub user_id: Uuid,
    /// `None`: the code of somebody with TOTP is still awaited, and nothing else is open to them.
    pub second_factor_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ip: String,
    pub user_agent: String,
}

impl Session {
    /// "Firefox on Linux": which of somebody's browsers this is, as far as it says so.
    pub fn browser(&self) -> String {
        let agent = self.user_agent.as_str();
        match browser_name(agent) {
            Some(name) => name,
            None if agent.is_empty() => say("browser-unknown").to_string(),
            None => agent.chars().take(60).collect(),
        }
    }
}

/// "Firefox on Linux": the browser and the system that a User-Agent names, if we know one of them.
pub fn browser_name(agent: &str) -> Option<String> {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // The order counts: most call themselves by the others' names too.
    let program = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => {
            Some(say("browser-on").with("browser", program).with("system", system).to_string())
        }
        (Some(program), None) => Some(program.to_owned()),
        (None, Some(system)) => Some(say("browser-unknown-on").with("system", system).to_string()),
        (None, None) => None,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, second_factor_at, created_at, last_seen_at, expires_at, ip, user_agent
             FROM sessions ",
            $rest
        )
    };
}

/// Stores a session; `token_hash` is the fingerprint of its cookie.
pub async fn add(tx: &mut WriteTx, session: &Session, token_hash: &str) -> sqlx::Result<()> {
    let sql = "INSERT INTO sessions (id, user_id, token_hash, second_factor_at, created_at, last_seen_at,
                   expires_at, ip, user_agent)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let s = session;
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(s.id)
        .bind(s.user_id)
        .bind(token_hash)
        .bind(s.second_factor_at)
        .bind(s.created_at)
        .bind(s.last_seen_at)
        .bind(s.expires_at)
        .bind(&s.ip)
        .bind(&s.user_agent)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// The session of a cookie, unless it has expired.
pub async fn by_token(tx: &mut Tx, token_hash: &str, now: DateTime<Utc>) -> sqlx::Result<Option<Session>> {
    let sql = select!("WHERE token_hash = $1 AND expires_at > $2");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(token_hash).bind(now).fetch_optional(conn).await)
}

/// A user's sessions that have not expired, the one seen last first.
pub async fn of_user(tx: &mut Tx, user_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<Vec<Session>> {
    let sql = select!("WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC");
    on_either!(tx, |conn| sqlx::query_as(sql).bind(user_id).bind(now).fetch_all(conn).await)
}

/// When each user was last seen in a session that stands.
pub async fn last_seen(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Vec<(Uuid, DateTime<Utc>)>> {
    let sql = "SELECT user_id, MAX(last_seen_at) AS last_seen_at FROM sessions WHERE expires_at > $1 GROUP BY user_id";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(now).fetch_all(conn).await)
}

/// Notes that a session was used, and until when it stands.
pub async fn touch(
    tx: &mut WriteTx,
    id: Uuid,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let sql = "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(now)
        .bind(expires_at)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Ends one session of a user. False where it is not theirs, or is over.
pub async fn end(tx: &mut WriteTx, user_id: Uuid, id: Uuid) -> sqlx::Result<bool> {
    let sql = "DELETE FROM sessions WHERE id = $1 AND user_id = $2";
    let rows =
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(user_id).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Ends the session of a cookie, whoever's it is: the browser signs in anew.
pub async fn end_by_token(tx: &mut WriteTx, token_hash: &str) -> sqlx::Result<()> {
    let sql = "DELETE FROM sessions WHERE token_hash = $1";
    on_either!(tx, |conn| sqlx::query(sql).bind(token_hash).execute(conn).await.map(|_| ()))
}

/// Ends all sessions of a user.
pub async fn end_all(tx: &mut WriteTx, user_id: Uuid) -> sqlx::Result<u64> {
    let sql = "DELETE FROM sessions WHERE user_id = $1";
    on_either!(tx, |conn| Ok(sqlx::query(sql).bind(user_id).execute(conn).await?.rows_affected()))
}

/// Forgets sessions and links that expired before `until`.
pub async fn forget_expired(tx: &mut WriteTx, until: DateTime<Utc>) -> sqlx::Result<()> {
    for sql in
        ["DELETE FROM sessions WHERE expires_at < $1", "DELETE FROM sign_in_links WHERE expires_at < $1"]
    {
        on_either!(tx, |conn| sqlx::query(sql).bind(until).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}

/// What a one-time link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum SignInLinkKind {
    /// Signs in.
    SignIn,
    /// Sets a password, then signs in.
    Password,
}

/// A one-time link. It is signed, not stored: the database knows its id.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SignInLink {
    pub id: Uuid,
    pub user_id: Uuid,
    pub kind: SignInLinkKind,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

/// Makes a one-time link.
pub async fn add_link(
    tx: &mut WriteTx,
    user_id: Uuid,
    kind: SignInLinkKind,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Uuid> {
    let id = Uuid::now_v7();
    let sql =
        "INSERT INTO sign_in_links (id, user_id, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(id)
        .bind(user_id)
        .bind(kind)
        .bind(now)
        .bind(expires_at)
        .execute(conn)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// A link, whether it still works or not.
pub async fn link(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<SignInLink>> {
    let sql = "SELECT id, user_id, kind, created_at, expires_at, used_at FROM sign_in_links WHERE id = $1";
    on_either!(tx, |conn| sqlx::query_as(sql).bind(id).fetch_optional(conn).await)
}

/// Uses a link up. False where it was used, or has expired.
pub async fn use_link(tx: &mut WriteTx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "UPDATE sign_in_links SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    let rows =
        on_either!(tx, |conn| sqlx::query(sql).bind(id).bind(now).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Makes every unused link of a user worthless, as a new password does.
pub async fn end_links(tx: &mut WriteTx, user_id: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE sign_in_links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    on_either!(tx, |conn| sqlx::query(sql).bind(user_id).bind(now).execute(conn).await.map(|_| ()))
}

/// How many links of a kind a user was given after `since`.
pub async fn count_links(
    tx: &mut Tx,
    user_id: Uuid,
    kind: SignInLinkKind,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    let sql = "SELECT COUNT(*) FROM sign_in_links WHERE user_id = $1 AND kind = $2 AND created_at > $3";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(user_id).bind(kind).bind(since).fetch_one(conn).await)
}

/// Whether a user has an unused link that signs in and works at least until `until`.
pub async fn has_sign_in_link(tx: &mut Tx, user_id: Uuid, until: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sign_in_links
               WHERE user_id = $1 AND kind = 'sign_in' AND used_at IS NULL AND expires_at > $2)";
    on_either!(tx, |conn| sqlx::query_scalar(sql).bind(user_id).bind(until).fetch_one(conn).await)
}

/// Whether a session still stands.
pub async fn stands(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM sessions WHERE id = $1 AND expires_at > $2";
    let found: Option<i32> =
        on_either!(tx, |conn| sqlx::query_scalar(sql).bind(id).bind(now).fetch_optional(conn).await?);
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_as_people_name_it() {
        let named = |agent: &str| {
            let at = DateTime::<Utc>::MIN_UTC;
            let (ip, user_agent) = (String::new(), agent.to_owned());
            let id = Uuid::nil();
            let session = Session {
                id,
                user_id: id,
                second_factor_at: None,
                created_at: at,
                last_seen_at: at,
                expires_at: at,
                ip,
                user_agent,
            };
            session.browser()
        };
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("harbour-script/1", "harbour-script/1"),
            ("", "A browser"),
        ] {
            assert_eq!(named(agent), name, "{agent}");
        }
    }
}
