//! Who may sign in, and how: by a password or a one-time link, into a session. Codes are in `second_factor`, hashes in
//! `passwords`, the pages in `web::desk`. Never tells whether an address has an account; tells its owner by mail of each
//! change of what opens it (OWASP ASVS 5.0, 6.3.7).

use aws_lc_rs::rand;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::actions::second_factor;
use crate::app::App;
use crate::app::passwords::{self, PasswordError, Queue};
use crate::db::audit::{self, Actor, Subject};
use crate::db::notices::{self, NewNotice, NoticeKind};
use crate::db::sessions::{self, Session, SignInLinkKind};
use crate::db::users::{self, Role, User};
use crate::db::{self, Tx, WriteTx};
use crate::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use crate::domain::email_address::EmailAddress;
use crate::domain::links::{self, KnownBrowser, Link};

/// A session ends when it was not used for this long…
const SESSION_IDLE: TimeDelta = TimeDelta::days(14);
/// …and at the latest after this.
const SESSION_LIFE: TimeDelta = TimeDelta::days(60);
/// How long the code may be awaited after the password.
const CODE_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How long a link that signs in works.
const SIGN_IN_LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long an invitation, or a link that sets a new password, works.
const PASSWORD_LINK_LIFE: TimeDelta = TimeDelta::hours(72);
/// Whoever asks for a link has one: while the last one works for at least this long, no other is mailed.
const SIGN_IN_LINK_LEFT: TimeDelta = TimeDelta::minutes(5);
/// Invitations that one account may be mailed within an hour.
const INVITATIONS_PER_HOUR: i64 = 4;
/// A used session is noted so often, not at each page.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(10);

/// Why somebody is not let in, or a change is refused: a sentence for them.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// What they sent does not do.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Too many passwords are being checked at this moment.
    #[error("Many people are signing in at this moment. Try again in a few seconds.")]
    Busy,
    #[error("{0}")]
    Failed(&'static str),
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => AccountError::Busy,
            PasswordError::Failed => AccountError::Failed("a password could not be hashed"),
        }
    }
}

pub(crate) fn refused<T>(sentence: &str) -> Result<T, AccountError> {
    Err(AccountError::Refused(sentence.to_owned()))
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

/// The same for a wrong password, an address without an account and an account without a password.
const WRONG: &str =
    "That address and password don't belong together. Try again, or have a link mailed to you.";

/// Signs in with a password. Where the account has TOTP, the session waits for [`second_factor`]. `None`: what was
/// typed is no address.
pub async fn sign_in(
    app: &App,
    email: Option<&EmailAddress>,
    password: &SecretString,
    queue: Queue,
    place: &Place,
) -> Result<Begun, AccountError> {
    let Some(email) = email else { return refused(WRONG) };
    let mut tx = app.db.read().await?;
    let user = users::by_email(&mut tx, email).await?;
    let credentials = match &user {
        Some(user) => users::credentials(&mut tx, user.id).await?,
        None => None,
    };
    drop(tx);
    let stored = credentials.and_then(|credentials| credentials.password_hash);
    let is_right = app.passwords.matches(queue, password, stored.clone()).await?;
    let Some(user) = user.filter(|_| is_right) else { return refused(WRONG) };
    let mut tx = app.db.write().await?;
    // Changed while it was compared: the old one opens nothing.
    let now_stored = users::credentials(&mut tx, user.id).await?.and_then(|now| now.password_hash);
    if now_stored != stored {
        return refused(WRONG);
    }
    let begun = begin(app, &mut tx, user, place, false).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Begins a session for somebody who has shown who they are, but for their code.
async fn begin(
    app: &App,
    tx: &mut WriteTx,
    user: User,
    place: &Place,
    has_shown_code: bool,
) -> Result<Begun, AccountError> {
    let awaits_code = user.has_totp && !has_shown_code;
    let now = app.clock.now();
    let token = links::random_token().ok_or(AccountError::Failed("no random numbers"))?;
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
        rand::fill(&mut browser).map_err(|_| AccountError::Failed("no random numbers"))?;
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
pub async fn known_browser(
    app: &App,
    email: &EmailAddress,
    cookies: &[String],
) -> Result<Option<[u8; 16]>, AccountError> {
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
pub async fn session(app: &App, token: &str) -> Result<Option<(Session, User)>, AccountError> {
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
        let mut tx = app.db.write().await?;
        let until = (now + SESSION_IDLE).min(session.created_at + SESSION_LIFE);
        sessions::touch(&mut tx, session.id, now, until).await?;
        tx.commit().await?;
    }
    Ok(user.map(|user| (session, user)))
}

/// Takes a code of the app, or a recovery code, for a session that waits for it. The waiting session
/// ends, and another begins: its cookie was out before the code was in.
pub async fn second_factor(
    app: &App,
    session: &Session,
    code: &str,
    place: &Place,
) -> Result<Begun, AccountError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let user = users::by_id(&mut tx, session.user_id).await?;
    let Some(user) = user.filter(|user| user.has_totp) else { return refused("Sign in once more.") };
    if !second_factor::take(app, &mut tx, &user, code, now).await? {
        return refused("That code does not fit, or was used. Take the one that the app shows now.");
    }
    if !sessions::end(&mut tx, user.id, session.id).await? {
        return refused("Sign in once more.");
    }
    let begun = begin(app, &mut tx, user, place, true).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Queues a mail that tells the owner of an account what was changed, by whom and from where. The caller
/// notifies `app.bell` after the commit.
pub(crate) async fn tell_owner(
    tx: &mut WriteTx,
    by: &Actor,
    user: &User,
    place: Option<&Place>,
    kind: AccountChangeKind,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let by = match (by.user_id, place) {
        (Some(id), _) if id != user.id => ChangedBy::Admin { email: by.email.clone() },
        (_, Some(place)) => {
            ChangedBy::Owner { ip: place.ip.clone(), browser: sessions::browser_name(&place.user_agent) }
        }
        (_, None) => ChangedBy::Command,
    };
    let details = serde_json::to_string(&AccountChange { kind, by })
        .map_err(|_| AccountError::Failed("a change could not be written down"))?;
    let Ok(email) = EmailAddress::parse(&user.email) else { return Ok(()) };
    let notice = NewNotice { details: Some(details), ..NewNotice::new(NoticeKind::AccountChange, &email) };
    notices::enqueue(tx, notice, now).await?;
    Ok(())
}

/// Whether this is the user's password: asked again before what opens the account is changed.
pub async fn is_password(app: &App, user: &User, password: &SecretString) -> Result<bool, AccountError> {
    let mut tx = app.db.read().await?;
    let stored = users::credentials(&mut tx, user.id).await?.and_then(|c| c.password_hash);
    drop(tx);
    Ok(app.passwords.matches(Queue::Known, password, stored).await?)
}

fn check_password(password: &SecretString, known: &[&str]) -> Result<(), AccountError> {
    match passwords::weakness(password.expose_secret(), known) {
        Some(sentence) => Err(AccountError::Refused(sentence)),
        None => Ok(()),
    }
}

/// Sets a password. All sessions and links of the user end; one begins here, and asks for the code where
/// `me` is not the user (a link, which shows no code).
pub async fn set_password(
    app: &App,
    me: &Actor,
    user: &User,
    password: &SecretString,
    place: &Place,
) -> Result<Begun, AccountError> {
    let mut tx = app.db.read().await?;
    let publication = db::publication::get(&mut tx).await?;
    drop(tx);
    check_password(password, &[&user.email, &user.name, &publication.name])?;
    let hash = app.passwords.hash(Queue::Known, password).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let had_one = users::credentials(&mut tx, user.id).await?.is_some_and(|c| c.password_hash.is_some());
    users::set_password(&mut tx, user.id, Some(&hash)).await?;
    sessions::end_all(&mut tx, user.id).await?;
    sessions::end_links(&mut tx, user.id, now).await?;
    audit::note(&mut tx, me, "password set", subject(user), (), (), now).await?;
    let is_signed_in = me.user_id == Some(user.id);
    // The first one, by the link of an invitation or a reset, is what the owner was mailed about already.
    if had_one || is_signed_in {
        tell_owner(&mut tx, me, user, Some(place), AccountChangeKind::PasswordChanged, now).await?;
    }
    let begun = begin(app, &mut tx, user.clone(), place, is_signed_in).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(begun)
}

/// Gives the owner of an account a new start, for whoever runs the server: no password, no codes, signed out
/// everywhere. Returns a link that sets a password.
pub async fn reset(app: &App, user: &User) -> Result<String, AccountError> {
    let now = app.clock.now();
    let me = Actor::command_line();
    let mut tx = app.db.write().await?;
    users::set_password(&mut tx, user.id, None).await?;
    second_factor::remove(&mut tx, user.id).await?;
    sessions::end_all(&mut tx, user.id).await?;
    sessions::end_links(&mut tx, user.id, now).await?;
    audit::note(&mut tx, &me, "account reset", subject(user), (), (), now).await?;
    tell_owner(&mut tx, &me, user, None, AccountChangeKind::Reset, now).await?;
    let link = password_link(app, &mut tx, user).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(link)
}

/// The address of a one-time link.
pub fn link_address(app: &App, link: Uuid) -> String {
    app.config.link(&format!("/admin/link/{}", app.keyring.token(Link::SignIn { link })))
}

/// Mails a link that signs in, if the address has an account. The caller says the same either way. Unless a `known`
/// browser asks, none is mailed while the last one can still be used: strangers flood nobody, and whoever they
/// ask for has a link that works.
pub async fn mail_sign_in_link(app: &App, email: &EmailAddress, known: bool) -> Result<(), AccountError> {
    let Some(user) = users::by_email(&mut app.db.read().await?, email).await? else { return Ok(()) };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    users::lock(&mut tx, user.id).await?;
    if !known && sessions::has_sign_in_link(&mut tx, user.id, now + SIGN_IN_LINK_LEFT).await? {
        return Ok(());
    }
    mail_link(&mut tx, &user, SignInLinkKind::SignIn, now + SIGN_IN_LINK_LIFE, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(())
}

async fn mail_link(
    tx: &mut WriteTx,
    user: &User,
    kind: SignInLinkKind,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Uuid, AccountError> {
    let id = sessions::add_link(tx, user.id, kind, expires_at, now).await?;
    let Ok(email) = EmailAddress::parse(&user.email) else { return refused("That address can't be mailed.") };
    let notice = NewNotice { sign_in_link_id: Some(id), ..NewNotice::new(NoticeKind::SignIn, &email) };
    notices::enqueue(tx, notice, now).await?;
    Ok(id)
}

/// A link that sets a password, for the command line to print.
pub async fn password_link(app: &App, tx: &mut WriteTx, user: &User) -> sqlx::Result<String> {
    let now = app.clock.now();
    let id = sessions::add_link(tx, user.id, SignInLinkKind::Password, now + PASSWORD_LINK_LIFE, now).await?;
    Ok(link_address(app, id))
}

/// What a one-time link is, if it still works.
pub async fn working_link(
    app: &App,
    token: &str,
) -> Result<Option<(sessions::SignInLink, User)>, AccountError> {
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
pub async fn sign_in_by_link(
    app: &App,
    link: Uuid,
    user: User,
    place: &Place,
) -> Result<Begun, AccountError> {
    let mut tx = app.db.write().await?;
    if !sessions::use_link(&mut tx, link, app.clock.now()).await? {
        return refused("That link was used, or has expired. Have another mailed to you.");
    }
    let begun = begin(app, &mut tx, user, place, false).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Invites somebody, or sends the invitation again to one who has no password yet.
pub async fn invite(app: &App, me: &Actor, email: &EmailAddress, role: Role) -> Result<User, AccountError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let is_new = users::add(&mut tx, email, role, now).await?;
    let user = users::by_email(&mut tx, email).await?.ok_or(AccountError::Failed("the user is gone"))?;
    if !is_new && user.has_password {
        return refused("They work here already. Their role is set in the list.");
    }
    if is_new {
        audit::note(&mut tx, me, "invited", subject(&user), (), serde_json::json!({ "role": role }), now)
            .await?;
    }
    let since = now - TimeDelta::hours(1);
    if sessions::count_links(&mut tx, user.id, SignInLinkKind::Password, since).await? >= INVITATIONS_PER_HOUR
    {
        return refused(
            "They were mailed several links within the hour. Look with them among their spam first.",
        );
    }
    mail_link(&mut tx, &user, SignInLinkKind::Password, now + PASSWORD_LINK_LIFE, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(user)
}

/// Signs a user out everywhere. Returns how many sessions that were.
pub async fn end_sessions(app: &App, me: &Actor, user: &User) -> Result<u64, AccountError> {
    let mut tx = app.db.write().await?;
    let ended = sessions::end_all(&mut tx, user.id).await?;
    if ended > 0 {
        let before = serde_json::json!({ "sessions": ended });
        audit::note(&mut tx, me, "signed out everywhere", subject(user), before, (), app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Sets a role and ends the user's sessions. The last admin stays one.
pub async fn set_role(app: &App, me: &Actor, id: Uuid, role: Role) -> Result<User, AccountError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let admins = users::count_admins(&mut tx).await?;
    let Some(user) = users::by_id(&mut tx, id).await? else { return refused("They are gone already.") };
    if user.role == role {
        return Ok(user);
    }
    if user.role == Role::Admin && admins <= 1 {
        return refused("They are the only admin. Make somebody else an admin first.");
    }
    users::set_role(&mut tx, id, role).await?;
    sessions::end_all(&mut tx, id).await?;
    let (before, after) = (serde_json::json!({ "role": user.role }), serde_json::json!({ "role": role }));
    audit::note(&mut tx, me, "role changed", subject(&user), before, after, now).await?;
    tx.commit().await?;
    Ok(User { role, ..user })
}

/// Removes a user. The last admin stays.
pub async fn remove(app: &App, me: &Actor, id: Uuid) -> Result<User, AccountError> {
    let mut tx = app.db.write().await?;
    let admins = users::count_admins(&mut tx).await?;
    let Some(user) = users::by_id(&mut tx, id).await? else { return refused("They are gone already.") };
    if user.role == Role::Admin && admins <= 1 {
        return refused("They are the only admin. Make somebody else an admin first.");
    }
    audit::note(
        &mut tx,
        me,
        "removed",
        subject(&user),
        serde_json::json!({ "role": user.role }),
        (),
        app.clock.now(),
    )
    .await?;
    users::remove(&mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

/// Makes the first admin. Refused where there is somebody already.
pub async fn first_admin(
    app: &App,
    email: &EmailAddress,
    name: &str,
    password: &SecretString,
    place: &Place,
) -> Result<Begun, AccountError> {
    check_password(password, &[email.as_str(), name])?;
    let hash = app.passwords.hash(Queue::Known, password).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // Two at once would both find nobody.
    if !users::is_empty_and_stays_so(&mut tx).await? {
        return refused("Somebody works here already. Sign in, or have an admin invite you.");
    }
    users::add(&mut tx, email, Role::Admin, now).await?;
    let user = users::by_email(&mut tx, email).await?.ok_or(AccountError::Failed("the user is gone"))?;
    users::set_password(&mut tx, user.id, Some(&hash)).await?;
    users::set_name(&mut tx, user.id, name).await?;
    let user = users::by_id(&mut tx, user.id).await?.ok_or(AccountError::Failed("the user is gone"))?;
    let actor = Actor::user(&user, &place.ip);
    audit::note(
        &mut tx,
        &actor,
        "set up",
        subject(&user),
        (),
        serde_json::json!({ "role": Role::Admin }),
        now,
    )
    .await?;
    let begun = begin(app, &mut tx, user, place, false).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Forgets what has expired long ago.
pub async fn forget_expired(app: &App) -> sqlx::Result<()> {
    let mut tx = app.db.write().await?;
    sessions::forget_expired(&mut tx, app.clock.now() - TimeDelta::days(7)).await?;
    tx.commit().await
}
