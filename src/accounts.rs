//! Who may sign in, and how: passwords, codes, one-time links, sessions. The rules for every door; the
//! pages are in `web::desk`. Never tells whether an address has an account.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use crate::app::App;
use crate::db::audit::{self, Actor, Subject};
use crate::db::notices::{self, NewNotice, NoticeKind};
use crate::db::sessions::{self, Session, SignInLinkKind};
use crate::db::users::{self, Role, User};
use crate::db::{self, Tx};
use crate::domain::email_address::EmailAddress;
use crate::links::{self, Link};

/// The fewest characters of a password. Length, not composition (NIST SP 800-63B).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The most, in bytes: hashing costs by length.
pub const PASSWORD_BYTES_MAX: usize = 256;
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
/// Links that one account may be mailed within an hour.
const LINKS_PER_HOUR: i64 = 4;
/// A used session is noted so often, not at each page.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(10);
const RECOVERY_CODES: usize = 10;

/// Why somebody is not let in, or a change is refused: a sentence for them.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// What they sent does not do.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Failed(&'static str),
}

fn refused<T>(sentence: &str) -> Result<T, AccountError> {
    Err(AccountError::Refused(sentence.to_owned()))
}

/// Where somebody signs in from.
#[derive(Clone, Debug)]
pub struct Place {
    pub ip: String,
    pub user_agent: String,
}

/// A session that was just begun: the only moment its token is known.
pub struct Begun {
    pub user: User,
    pub session: Session,
    /// For the cookie.
    pub token: String,
}

/// Whether a password may be used; the sentence says what to do about it.
pub fn check_password(password: &str, user: &[&str]) -> Result<(), AccountError> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(AccountError::Refused(format!(
            "That is short. Take at least {PASSWORD_CHARS_MIN} characters: a few words in a row will do."
        )));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(AccountError::Refused(format!(
            "That is longer than {PASSWORD_BYTES_MAX} bytes. Take a shorter one."
        )));
    }
    // Each word of a name is known to who guesses, and so are the words without what is between them.
    let words = user.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // The estimate looks at the first 100 characters only: what comes after makes nothing weaker.
    if zxcvbn::zxcvbn(password, &words).score() < zxcvbn::Score::Three {
        return refused(
            "That is easy to guess: it is common, or made of names, dates or keys in a row. Take a few words that \
             don't belong together.",
        );
    }
    Ok(())
}

fn argon2(kib: u32) -> Result<Argon2<'static>, AccountError> {
    let params =
        Params::new(kib, 2, 1, None).map_err(|_| AccountError::Failed("the password hash's cost"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, off the threads that answer requests.
async fn hash(app: &App, password: &SecretString) -> Result<String, AccountError> {
    let (kib, password) = (app.config.password_hash_kib, password.clone());
    let hashed = tokio::task::spawn_blocking(move || {
        let mut salt = [0; 16];
        rand::fill(&mut salt).ok()?;
        let salt = SaltString::encode_b64(&salt).ok()?;
        let hash = argon2(kib).ok()?.hash_password(password.expose_secret().as_bytes(), &salt).ok()?;
        Some(hash.to_string())
    });
    hashed.await.ok().flatten().ok_or(AccountError::Failed("the password could not be hashed"))
}

/// Whether a password fits a hash; without a hash, as long as that takes, and no.
async fn fits(app: &App, password: &SecretString, stored: Option<String>) -> Result<bool, AccountError> {
    let Some(stored) = stored else {
        hash(app, password).await?;
        return Ok(false);
    };
    let password = password.clone();
    let fits = tokio::task::spawn_blocking(move || {
        let Ok(parsed) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok()
    });
    fits.await.map_err(|_| AccountError::Failed("the password could not be compared"))
}

/// The same for a wrong password, an address without an account and an account without a password.
const WRONG: &str =
    "That address and password don't belong together. Try again, or have a link mailed to you.";

/// Signs in with a password. Where the account has TOTP, the session waits for [`second_factor`].
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &SecretString,
    place: &Place,
) -> Result<Begun, AccountError> {
    let mut tx = app.db.read().await?;
    let user = match EmailAddress::parse(email) {
        Ok(email) => users::by_email(&mut tx, &email).await?,
        Err(_) => None,
    };
    let credentials = match &user {
        Some(user) => users::credentials(&mut tx, user.id).await?,
        None => None,
    };
    drop(tx);
    // A long password must not buy a stranger seconds of hashing.
    let length_fits = password.expose_secret().len() <= PASSWORD_BYTES_MAX;
    let stored = credentials.and_then(|credentials| credentials.password_hash);
    let fits = length_fits && fits(app, password, stored.clone()).await?;
    let Some(user) = user.filter(|_| fits) else { return refused(WRONG) };
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
    tx: &mut Tx,
    user: User,
    place: &Place,
    has_shown_code: bool,
) -> Result<Begun, AccountError> {
    let awaits_code = user.has_totp && !has_shown_code;
    let now = app.clock.now();
    let token = links::random_token().ok_or(AccountError::Failed("no random numbers"))?;
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
    if session.second_factor_at.is_some() {
        signed_in(tx, &user, place, now).await?;
    }
    Ok(Begun { user, session, token })
}

async fn signed_in(tx: &mut Tx, user: &User, place: &Place, now: DateTime<Utc>) -> sqlx::Result<()> {
    let actor = Actor { user_id: Some(user.id), email: user.email.clone(), ip: place.ip.clone() };
    audit::note(tx, &actor, "signed in", subject(user), (), (), now).await
}

fn subject(user: &User) -> Subject<'_> {
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
    if !take_code(app, &mut tx, &user, code, now).await? {
        return refused("That code does not fit, or was used. Take the one that the app shows now.");
    }
    if !sessions::end(&mut tx, user.id, session.id).await? {
        return refused("Sign in once more.");
    }
    let begun = begin(app, &mut tx, user, place, true).await?;
    tx.commit().await?;
    Ok(begun)
}

async fn take_code(
    app: &App,
    tx: &mut Tx,
    user: &User,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, AccountError> {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    if code.len() == 6 {
        let Some(credentials) = users::credentials(tx, user.id).await? else { return Ok(false) };
        let Some(totp) = credentials.totp_secret.and_then(|sealed| totp(app, user, &sealed)) else {
            return Ok(false);
        };
        let Some(step) = step_of(&totp, &code, now) else { return Ok(false) };
        return Ok(users::take_totp_step(tx, user.id, step, now).await?);
    }
    let hash = links::fingerprint(code.to_ascii_lowercase().as_bytes());
    Ok(users::take_recovery_code(tx, user.id, &hash, now).await?)
}

/// The time step whose code this is: now, or one step off, since clocks differ (RFC 6238, 5.2).
fn step_of(totp: &Totp, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let at = u64::try_from(now.timestamp()).ok()?;
    let step = totp.step();
    [at, at.saturating_sub(step), at + step].into_iter().find_map(|time| {
        let expected = totp.generate(time).to_string();
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), code.as_bytes());
        same.is_ok().then(|| (time / step) as i64)
    })
}

const TOTP_SEAL: &str = "totp";

fn totp(app: &App, user: &User, sealed: &str) -> Option<Totp> {
    let secret = app.keyring.open(TOTP_SEAL, sealed)?;
    // A colon parts issuer and account in the app's address.
    let account = user.email.replace(':', " ");
    let issuer = app.config.base_url.host_str().unwrap_or("Postrider").replace(':', " ");
    Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(issuer)).build().ok()
}

/// What an app is told to make codes.
pub struct Enrolment {
    /// `otpauth://…`, for the picture.
    pub url: String,
    /// The same secret, to be typed: base 32, in groups of four.
    pub typed: String,
}

/// Makes a secret that waits for its first code, unless one does.
pub async fn begin_totp(app: &App, user: &User) -> Result<(), AccountError> {
    let mut secret = [0; 20];
    rand::fill(&mut secret).map_err(|_| AccountError::Failed("no random numbers"))?;
    let sealed =
        app.keyring.seal(TOTP_SEAL, &secret).ok_or(AccountError::Failed("the secret could not be sealed"))?;
    let mut tx = app.db.write().await?;
    let stands = users::credentials(&mut tx, user.id).await?.is_some_and(|c| c.totp_secret.is_some());
    if !stands {
        users::set_totp(&mut tx, user.id, Some(&sealed)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What an app is told to make codes, while the first code is awaited.
pub async fn enrolment(app: &App, user: &User) -> Result<Option<Enrolment>, AccountError> {
    let credentials = users::credentials(&mut app.db.read().await?, user.id).await?;
    let waiting = credentials.filter(|c| c.totp_confirmed_at.is_none()).and_then(|c| c.totp_secret);
    let Some(totp) = waiting.and_then(|sealed| totp(app, user, &sealed)) else { return Ok(None) };
    let url = totp.to_url().map_err(|_| AccountError::Failed("the app's address could not be written"))?;
    let secret = url.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
    let typed = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Ok(Some(Enrolment { url, typed }))
}

/// Takes the first code: from now on one is asked for. Returns the recovery codes, which are shown once.
pub async fn confirm_totp(
    app: &App,
    me: &Actor,
    user: &User,
    code: &str,
) -> Result<Vec<String>, AccountError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    if code.len() != 6 || !take_code(app, &mut tx, user, &code, now).await? {
        return refused(
            "That code does not fit. Take the one that the app shows now, and check the phone's clock.",
        );
    }
    let codes = new_recovery_codes(&mut tx, user.id).await?;
    audit::note(&mut tx, me, "codes turned on", subject(user), (), (), now).await?;
    tx.commit().await?;
    Ok(codes)
}

async fn new_recovery_codes(tx: &mut Tx, user_id: Uuid) -> Result<Vec<String>, AccountError> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; 10];
        rand::fill(&mut bytes).map_err(|_| AccountError::Failed("no random numbers"))?;
        // 32 signs that are not taken for one another, 5 bits each.
        let signs: Vec<u8> =
            bytes.iter().map(|byte| b"abcdefghjkmnpqrstuvwxyz23456789x"[usize::from(byte & 31)]).collect();
        let text = String::from_utf8_lossy(&signs).into_owned();
        codes.push(format!("{}-{}", &text[..5], &text[5..]));
    }
    let hashes: Vec<String> =
        codes.iter().map(|code| links::fingerprint(code.replace('-', "").as_bytes())).collect();
    users::set_recovery_codes(tx, user_id, &hashes).await?;
    Ok(codes)
}

/// New recovery codes in place of the old.
pub async fn renew_recovery_codes(app: &App, me: &Actor, user: &User) -> Result<Vec<String>, AccountError> {
    let mut tx = app.db.write().await?;
    let codes = new_recovery_codes(&mut tx, user.id).await?;
    audit::note(&mut tx, me, "recovery codes renewed", subject(user), (), (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Asks for no code any more.
pub async fn remove_totp(app: &App, me: &Actor, user: &User) -> Result<(), AccountError> {
    let mut tx = app.db.write().await?;
    users::set_totp(&mut tx, user.id, None).await?;
    users::set_recovery_codes(&mut tx, user.id, &[]).await?;
    audit::note(&mut tx, me, "codes turned off", subject(user), (), (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether this is the user's password: asked again before what opens the account is changed.
pub async fn is_password(app: &App, user: &User, password: &SecretString) -> Result<bool, AccountError> {
    let mut tx = app.db.read().await?;
    let stored = users::credentials(&mut tx, user.id).await?.and_then(|c| c.password_hash);
    drop(tx);
    Ok(password.expose_secret().len() <= PASSWORD_BYTES_MAX && fits(app, password, stored).await?)
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
    check_password(password.expose_secret(), &[&user.email, &user.name, &publication.name])?;
    let hash = hash(app, password).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    users::set_password(&mut tx, user.id, &hash).await?;
    sessions::end_all(&mut tx, user.id).await?;
    sessions::end_links(&mut tx, user.id, now).await?;
    audit::note(&mut tx, me, "password set", subject(user), (), (), now).await?;
    let begun = begin(app, &mut tx, user.clone(), place, me.user_id == Some(user.id)).await?;
    tx.commit().await?;
    Ok(begun)
}

/// The address of a one-time link.
pub fn link_address(app: &App, link: Uuid) -> String {
    app.config.link(&format!("/admin/link/{}", app.keyring.token(Link::SignIn { link })))
}

/// Mails a link that signs in, if the address has an account. The caller says the same either way.
pub async fn mail_sign_in_link(app: &App, email: &str) -> Result<(), AccountError> {
    let Ok(email) = EmailAddress::parse(email) else { return Ok(()) };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(user) = users::by_email(&mut tx, &email).await? else { return Ok(()) };
    if sessions::count_links(&mut tx, user.id, now - TimeDelta::hours(1)).await? >= LINKS_PER_HOUR {
        return Ok(());
    }
    mail_link(&mut tx, &user, SignInLinkKind::SignIn, now + SIGN_IN_LINK_LIFE, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(())
}

async fn mail_link(
    tx: &mut Tx,
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
pub async fn password_link(app: &App, tx: &mut Tx, user: &User) -> sqlx::Result<String> {
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
    if sessions::count_links(&mut tx, user.id, now - TimeDelta::hours(1)).await? >= LINKS_PER_HOUR {
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
    check_password(password.expose_secret(), &[email.as_str(), name])?;
    let hash = hash(app, password).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // Two at once would both find nobody.
    if !users::is_empty_and_stays_so(&mut tx).await? {
        return refused("Somebody works here already. Sign in, or have an admin invite you.");
    }
    users::add(&mut tx, email, Role::Admin, now).await?;
    let user = users::by_email(&mut tx, email).await?.ok_or(AccountError::Failed("the user is gone"))?;
    users::set_password(&mut tx, user.id, &hash).await?;
    users::set_name(&mut tx, user.id, name).await?;
    let user = users::by_id(&mut tx, user.id).await?.ok_or(AccountError::Failed("the user is gone"))?;
    let actor = Actor { user_id: Some(user.id), email: user.email.clone(), ip: place.ip.clone() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_judged_by_how_hard_it_is_to_guess() {
        let said = |password: &str| check_password(password, &["marta@harbour.example", "Harbour News"]);
        assert!(said("plover-kettle-ninth-barge").is_ok());
        assert!(said("tide table under glass").is_ok());
        for (bad, why) in [
            ("short", "short"),
            ("password1234", "guess"),
            ("qwertyuiop12", "guess"),
            ("aaaaaaaaaaaaaa", "guess"),
            ("HarbourNews1", "guess"),
            (&"x".repeat(300), "longer"),
        ] {
            assert!(said(bad).unwrap_err().to_string().contains(why), "{bad}");
        }
    }
}
