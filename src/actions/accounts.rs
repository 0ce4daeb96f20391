//! Who may sign in, and how: by a password or a one-time link, into a session; and what somebody does to their own
//! account. Codes are in `second_factor`, hashes in `passwords`, who is invited in `people`. Never tells whether an address has an account; tells its owner by mail of each
//! change of what opens it (OWASP ASVS 5.0, 6.3.7).

use aws_lc_rs::rand;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::{Context, Error, Result, second_factor};
use crate::app::App;
use crate::app::passwords::{self, PasswordError, Queue};
use crate::db::audit::{self, Actor, Subject};
use crate::db::notices::{self, Notice};
use crate::db::sessions::{self, Session, SignInLinkKind};
use crate::db::users::{self, Role, User};
use crate::db::{self, Tx, WriteTx};
use crate::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use crate::domain::email_address::EmailAddress;
use crate::domain::links::{self, KnownBrowser, Link};
use crate::domain::refusal::{Code, people};

/// A session ends when it was not used for this long…
const SESSION_IDLE: TimeDelta = TimeDelta::days(14);
/// …and at the latest after this.
const SESSION_LIFE: TimeDelta = TimeDelta::days(60);
/// How long the code may be awaited after the password.
const CODE_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How long a link that signs in works.
const SIGN_IN_LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long an invitation, or a link that sets a new password, works.
pub(super) const PASSWORD_LINK_LIFE: TimeDelta = TimeDelta::hours(72);
/// Whoever asks for a link has one: while the last one works for at least this long, no other is mailed.
const SIGN_IN_LINK_LEFT: TimeDelta = TimeDelta::minutes(5);
/// A name's longest, in characters.
const NAME_CHARS_MAX: usize = 100;
/// A used session is noted so often, not at each page.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(10);

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Error {
        match error {
            PasswordError::Busy => people::PASSWORDS_BUSY.refusal().into(),
            PasswordError::Failed => failed("a password could not be hashed"),
        }
    }
}

/// A fault of ours.
pub(crate) fn failed(what: &'static str) -> Error {
    Error::Failed(anyhow::anyhow!(what))
}

/// A refusal about nothing in particular.
pub(crate) fn refused<T>(code: &'static Code) -> Result<T> {
    Err(code.refusal().into())
}

/// Refuses whoever is not the owner of an account, signed in.
pub(crate) fn require_owner(cx: &Context<'_>, user: &User) -> Result<()> {
    match cx.actor.user_id == Some(user.id) {
        true => Ok(()),
        false => refused(&people::NOT_YOUR_ACCOUNT),
    }
}

/// Where somebody signs in from.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub ip: String,
    pub user_agent: String,
    /// The token of the session that the browser had before; it ends where another begins.
    pub old_session: Option<String>,
}

/// A session that was just begun: the only moment its token is known.
pub struct Begun {
    pub user: User,
    pub session: Session,
    /// For the cookie.
    pub token: String,
    /// For the cookie that names the browser as one that has signed in; `None`: the code is still awaited.
    pub known_browser: Option<String>,
}

/// Signs in with a password. Where the account has TOTP, the session waits for [`second_factor`]. `None`: what was
/// typed is no address.
pub async fn sign_in(
    cx: &Context<'_>,
    email: Option<&EmailAddress>,
    password: &SecretString,
    queue: Queue,
    place: &Place,
) -> Result<Begun> {
    let Some(email) = email else { return refused(&people::SIGN_IN_WRONG) };
    let mut tx = cx.app.db.read().await?;
    let user = users::by_email(&mut tx, email).await?;
    let credentials = match &user {
        Some(user) => users::credentials(&mut tx, user.id).await?,
        None => None,
    };
    drop(tx);
    let stored = credentials.and_then(|credentials| credentials.password_hash);
    let is_right = cx.app.passwords.matches(queue, password, stored.clone()).await?;
    let Some(user) = user.filter(|_| is_right) else { return refused(&people::SIGN_IN_WRONG) };
    let mut tx = cx.app.db.write().await?;
    // Changed while it was compared: the old one opens nothing.
    let now_stored = users::credentials(&mut tx, user.id).await?.and_then(|now| now.password_hash);
    if now_stored != stored {
        return refused(&people::SIGN_IN_WRONG);
    }
    let begun = begin(cx.app, &mut tx, user, place, false).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Begins a session for somebody who has shown who they are, but for their code.
pub(super) async fn begin(
    app: &App,
    tx: &mut WriteTx,
    user: User,
    place: &Place,
    has_shown_code: bool,
) -> Result<Begun> {
    let awaits_code = user.has_totp && !has_shown_code;
    let now = app.clock.now();
    let token = links::random_token().ok_or_else(|| failed("no random numbers"))?;
    if let Some(old) = &place.old_session {
        sessions::end_by_token(tx, &links::fingerprint(old.as_bytes())).await?;
    }
    let session = Session {
        id: Uuid::now_v7(),
        user_id: user.id,
        second_factor_at: (!awaits_code).then_some(now),
        created_at: now,
        last_seen_at: now,
        expires_at: now + if awaits_code { CODE_WITHIN } else { SESSION_IDLE },
        ip: place.ip.clone(),
        user_agent: place.user_agent.chars().filter(|c| !c.is_control()).take(200).collect(),
    };
    sessions::add(tx, &session, &links::fingerprint(token.as_bytes())).await?;
    let mut known_browser = None;
    if !awaits_code {
        signed_in(tx, &user, place, now).await?;
        let mut browser = [0; 16];
        rand::fill(&mut browser).map_err(|_| failed("no random numbers"))?;
        let password = password_mark(tx, user.id).await?;
        known_browser =
            Some(app.keyring.known_browser_cookie(&KnownBrowser { user: user.id, browser, password }));
    }
    Ok(Begun { user, session, token, known_browser })
}

/// What tells a user's password from the one before, and nothing else about it.
async fn password_mark(tx: &mut Tx, user_id: Uuid) -> sqlx::Result<[u8; 8]> {
    let hash = users::credentials(tx, user_id).await?.and_then(|credentials| credentials.password_hash);
    let mark = links::fingerprint(hash.unwrap_or_default().as_bytes());
    Ok(mark.as_bytes().first_chunk().copied().unwrap_or_default())
}

/// The browser that one of its cookies names, if it has signed in to the account of this address since the
/// password was set.
pub async fn known_browser(app: &App, email: &EmailAddress, cookies: &[String]) -> Result<Option<[u8; 16]>> {
    // Without a cookie of ours nothing is looked up, so an answer's time does not tell who has an account.
    for known in cookies.iter().take(8).filter_map(|cookie| app.keyring.read_known_browser_cookie(cookie)) {
        let mut tx = app.db.read().await?;
        let Some(user) = users::by_id(&mut tx, known.user).await? else { continue };
        let is_theirs = EmailAddress::parse(&user.email).is_ok_and(|theirs| theirs.key() == email.key());
        if is_theirs && password_mark(&mut tx, user.id).await? == known.password {
            return Ok(Some(known.browser));
        }
    }
    Ok(None)
}

async fn signed_in(tx: &mut WriteTx, user: &User, place: &Place, now: DateTime<Utc>) -> sqlx::Result<()> {
    let actor = Actor::user(user, &place.ip);
    audit::note(tx, &actor, "signed in", subject(user), (), (), now).await
}

pub(crate) fn subject(user: &User) -> Subject<'_> {
    Subject { kind: "user", id: user.id, name: &user.email }
}

/// The session and its user that a cookie's token names. Notes now and then that it is used.
pub async fn session(app: &App, token: &str) -> Result<Option<(Session, User)>> {
    if token.len() > 64 {
        return Ok(None);
    }
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let Some(session) = sessions::by_token(&mut tx, &links::fingerprint(token.as_bytes()), now).await? else {
        return Ok(None);
    };
    let user = users::by_id(&mut tx, session.user_id).await?;
    drop(tx);
    if session.second_factor_at.is_some() && now - session.last_seen_at >= TOUCH_EVERY {
        let until = (now + SESSION_IDLE).min(session.created_at + SESSION_LIFE);
        // A full disk stops nobody from reading a page.
        if let Err(error) = note_seen(app, session.id, now, until).await {
            tracing::warn!(error = db::explain(&error), "that a session is used could not be noted");
        }
    }
    Ok(user.map(|user| (session, user)))
}

async fn note_seen(app: &App, id: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    sessions::touch(&mut tx, id, now, until).await?;
    tx.commit().await
}

/// Takes a code of the app, or a recovery code, for a session that waits for it. The waiting session
/// ends, and another begins: its cookie was out before the code was in.
pub async fn second_factor(cx: &Context<'_>, session: &Session, code: &str, place: &Place) -> Result<Begun> {
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let user = users::by_id(&mut tx, session.user_id).await?;
    let Some(user) = user.filter(|user| user.has_totp) else { return refused(&people::SIGN_IN_AGAIN) };
    if !second_factor::take(cx.app, &mut tx, &user, code, now).await? {
        return refused(&people::CODE_WRONG);
    }
    if !sessions::end(&mut tx, user.id, session.id).await? {
        return refused(&people::SIGN_IN_AGAIN);
    }
    let begun = begin(cx.app, &mut tx, user, place, true).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Queues a mail that tells the owner of an account what was changed, by whom and from where. The caller
/// must notify `app.wake_delivery` after the commit.
pub(crate) async fn tell_owner(
    tx: &mut WriteTx,
    by: &Actor,
    user: &User,
    place: Option<&Place>,
    kind: AccountChangeKind,
    now: DateTime<Utc>,
) -> Result<()> {
    let by = match (by.user_id, place) {
        (Some(id), _) if id != user.id => ChangedBy::Admin { email: by.email.clone() },
        (_, Some(place)) => {
            ChangedBy::Owner { ip: place.ip.clone(), browser: sessions::browser_name(&place.user_agent) }
        }
        (_, None) => ChangedBy::Command,
    };
    let Ok(email) = EmailAddress::parse(&user.email) else { return Ok(()) };
    notices::enqueue(tx, &Notice::AccountChange(AccountChange { kind, by }), &email, now).await?;
    Ok(())
}

/// Whether this is the user's password: asked again before what opens the account is changed.
pub async fn is_password(app: &App, user: &User, password: &SecretString) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let stored = users::credentials(&mut tx, user.id).await?.and_then(|c| c.password_hash);
    drop(tx);
    Ok(app.passwords.matches(Queue::Known, password, stored).await?)
}

pub(super) fn check_password(password: &SecretString, known: &[&str]) -> Result<()> {
    match passwords::weakness(password.expose_secret(), known) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// Sets one's own password, signed in. All sessions and links of the user end; one begins here.
pub async fn set_password(
    cx: &Context<'_>,
    user: &User,
    password: &SecretString,
    place: &Place,
) -> Result<Begun> {
    require_owner(cx, user)?;
    let hash = hash_checked(cx, user, password).await?;
    let mut tx = cx.app.db.write().await?;
    store_password(cx, &mut tx, user, &hash).await?;
    tell_owner(&mut tx, &cx.actor, user, Some(place), AccountChangeKind::PasswordChanged, cx.now()).await?;
    let begun = begin(cx.app, &mut tx, user.clone(), place, true).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(begun)
}

/// Sets a password by a mailed link, which works once. All sessions and other links of the user end; one begins
/// here, and asks for the code: a link shows none.
pub async fn set_password_by_link(
    cx: &Context<'_>,
    link: Uuid,
    user: &User,
    password: &SecretString,
    place: &Place,
) -> Result<Begun> {
    let cx = &Context::new(cx.app, Actor { user_id: None, ..Actor::user(user, &place.ip) });
    let hash = hash_checked(cx, user, password).await?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    if !sessions::use_link(&mut tx, link, now).await? {
        return refused(&people::LINK_OVER);
    }
    // The first one, by the link of an invitation or a reset, is what the owner was mailed about already.
    let had_one = users::credentials(&mut tx, user.id).await?.is_some_and(|c| c.password_hash.is_some());
    store_password(cx, &mut tx, user, &hash).await?;
    if had_one {
        let kind = AccountChangeKind::PasswordChanged;
        tell_owner(&mut tx, &cx.actor, user, Some(place), kind, now).await?;
    }
    let begun = begin(cx.app, &mut tx, user.clone(), place, false).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(begun)
}

/// The hash of a password that may be this user's.
async fn hash_checked(cx: &Context<'_>, user: &User, password: &SecretString) -> Result<String> {
    let publication = db::publication::get(&mut cx.app.db.read().await?).await?;
    check_password(password, &[&user.email, &user.name, &publication.name])?;
    Ok(cx.app.passwords.hash(Queue::Known, password).await?)
}

async fn store_password(cx: &Context<'_>, tx: &mut WriteTx, user: &User, hash: &str) -> Result<()> {
    let now = cx.now();
    users::set_password(tx, user.id, Some(hash)).await?;
    sessions::end_all(tx, user.id).await?;
    sessions::end_links(tx, user.id, now).await?;
    Ok(audit::note(tx, &cx.actor, "password set", subject(user), (), (), now).await?)
}

/// The address of a one-time link.
pub fn link_address(app: &App, link: Uuid) -> String {
    app.config.link(&format!("/admin/link/{}", app.keyring.token(Link::SignIn { link })))
}

/// Mails a link that signs in, if the address has an account. The caller says the same either way. Unless a `known`
/// browser asks, none is mailed while the last one can still be used: strangers flood nobody, and whoever they
/// ask for has a link that works.
pub async fn mail_sign_in_link(cx: &Context<'_>, email: &EmailAddress, known: bool) -> Result<()> {
    let Some(user) = users::by_email(&mut cx.app.db.read().await?, email).await? else { return Ok(()) };
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    users::lock(&mut tx, user.id).await?;
    if !known && sessions::has_sign_in_link(&mut tx, user.id, now + SIGN_IN_LINK_LEFT).await? {
        return Ok(());
    }
    mail_link(&mut tx, &user, SignInLinkKind::SignIn, now + SIGN_IN_LINK_LIFE, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(())
}

pub(super) async fn mail_link(
    tx: &mut WriteTx,
    user: &User,
    kind: SignInLinkKind,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let id = sessions::add_link(tx, user.id, kind, expires_at, now).await?;
    let Ok(email) = EmailAddress::parse(&user.email) else { return refused(&people::PERSON_NOT_MAILABLE) };
    notices::enqueue(tx, &Notice::SignIn { link_id: id }, &email, now).await?;
    Ok(id)
}

/// A link that sets a password, for the command line to print.
pub async fn password_link(app: &App, tx: &mut WriteTx, user: &User) -> sqlx::Result<String> {
    let now = app.clock.now();
    let id = sessions::add_link(tx, user.id, SignInLinkKind::Password, now + PASSWORD_LINK_LIFE, now).await?;
    Ok(link_address(app, id))
}

/// What a one-time link is, if it still works.
pub async fn working_link(app: &App, token: &str) -> Result<Option<(sessions::SignInLink, User)>> {
    let Some(Link::SignIn { link }) = app.keyring.read(token) else { return Ok(None) };
    let mut tx = app.db.read().await?;
    let Some(link) = sessions::link(&mut tx, link).await? else { return Ok(None) };
    if link.used_at.is_some() || link.expires_at <= app.clock.now() {
        return Ok(None);
    }
    let user = users::by_id(&mut tx, link.user_id).await?;
    Ok(user.map(|user| (link, user)))
}

/// Signs in by a mailed link. Where the account has TOTP, the code is asked for all the same.
pub async fn sign_in_by_link(cx: &Context<'_>, link: Uuid, user: User, place: &Place) -> Result<Begun> {
    let mut tx = cx.app.db.write().await?;
    if !sessions::use_link(&mut tx, link, cx.now()).await? {
        return refused(&people::LINK_OVER);
    }
    let begun = begin(cx.app, &mut tx, user, place, false).await?;
    tx.commit().await?;
    Ok(begun)
}

/// What somebody says of themselves, as typed.
pub struct Profile<'a> {
    pub name: &'a str,
    /// Which alerts somebody gets: of campaigns, of feeds, of the relay. An editor gets those of campaigns alone.
    pub alerts: [bool; 3],
}

/// A name as typed.
pub(crate) fn check_name(name: &str, field: &'static str) -> Result<()> {
    match name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        true => Err(people::PERSON_NAME_WRONG.on(field).with("max", NAME_CHARS_MAX).into()),
        false => Ok(()),
    }
}

/// Sets one's own profile.
pub async fn set_profile(cx: &Context<'_>, user: &User, profile: &Profile<'_>) -> Result<()> {
    require_owner(cx, user)?;
    check_name(profile.name, "profile")?;
    let mut tx = cx.app.db.write().await?;
    users::set_name(&mut tx, user.id, profile.name).await?;
    let mut before = serde_json::json!({ "name": user.name });
    let mut after = serde_json::json!({ "name": profile.name });
    let [campaigns, feeds, relay] = match user.role {
        Role::Admin => profile.alerts,
        Role::Editor => [profile.alerts[0], user.alert_feeds, user.alert_relay],
    };
    users::set_alerts(&mut tx, user.id, campaigns, feeds, relay).await?;
    before["alerts"] = serde_json::json!({
        "campaigns": user.alert_campaigns, "feeds": user.alert_feeds, "relay": user.alert_relay
    });
    after["alerts"] = serde_json::json!({ "campaigns": campaigns, "feeds": feeds, "relay": relay });
    audit::note(&mut tx, &cx.actor, "profile changed", subject(user), before, after, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Ends one of one's own sessions. False where it was over.
pub async fn end_session(cx: &Context<'_>, user: &User, session: Uuid) -> Result<bool> {
    end_own_session(cx, user, session, "session ended").await
}

/// Ends the session that asks for it. Harmless to repeat.
pub async fn sign_out(cx: &Context<'_>, user: &User, session: Uuid) -> Result<()> {
    end_own_session(cx, user, session, "signed out").await.map(|_| ())
}

async fn end_own_session(cx: &Context<'_>, user: &User, session: Uuid, verb: &str) -> Result<bool> {
    require_owner(cx, user)?;
    let mut tx = cx.app.db.write().await?;
    let ended = sessions::end(&mut tx, user.id, session).await?;
    if ended {
        audit::note(&mut tx, &cx.actor, verb, subject(user), (), (), cx.now()).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Forgets what has expired long ago.
pub async fn forget_expired(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    sessions::forget_expired(&mut tx, app.clock.now() - TimeDelta::days(7)).await?;
    tx.commit().await
}
