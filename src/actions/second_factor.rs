//! Two-factor sign-in: the codes of an app on a phone (TOTP, RFC 6238), and recovery codes. The app's secret is
//! sealed with `SECRET_KEY`, and sealed anew with its first key when it is used.

use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};
use uuid::Uuid;

use super::accounts::{Place, failed, refused, require_owner, subject, tell_owner};
use super::{Context, Result};
use crate::app::App;
use crate::db::audit;
use crate::db::users::{self, Role, User};
use crate::db::{Tx, WriteTx};
use crate::domain::account_change::AccountChangeKind;
use crate::domain::links;
use crate::domain::refusal::people;

const RECOVERY_CODES: usize = 10;
const TOTP_SEAL: &str = "totp";

/// Takes a code of the app, or a recovery code. Each works once.
pub(crate) async fn take(
    app: &App,
    tx: &mut WriteTx,
    user: &User,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    if code.len() != 6 {
        let hash = links::fingerprint(code.to_ascii_lowercase().as_bytes());
        return Ok(users::take_recovery_code(tx, user.id, &hash, now).await?);
    }
    let Some(sealed) = users::credentials(tx, user.id).await?.and_then(|c| c.totp_secret) else {
        return Ok(false);
    };
    let Some(totp) = totp(app, user, &sealed) else {
        tracing::error!(user = %user.id, "a code can't be checked: no key of SECRET_KEY opens the secret");
        return refused(&people::CODES_UNREADABLE);
    };
    let Some(step) = step_of(&totp, &code, now) else { return Ok(false) };
    if let Some(resealed) = app.keyring.reseal(TOTP_SEAL, &sealed) {
        users::reseal_totp(tx, user.id, &sealed, &resealed).await?;
    }
    Ok(users::take_totp_step(tx, user.id, step, now).await?)
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

/// Makes a secret that waits for its first code, unless one does. One that can't be opened is replaced.
pub async fn begin(cx: &Context<'_>, user: &User) -> Result<()> {
    require_owner(cx, user)?;
    let mut secret = [0; 20];
    rand::fill(&mut secret).map_err(|_| failed("no random numbers"))?;
    let sealed =
        cx.app.keyring.seal(TOTP_SEAL, &secret).ok_or_else(|| failed("the secret could not be sealed"))?;
    let mut tx = cx.app.db.write().await?;
    let Some(credentials) = users::credentials(&mut tx, user.id).await? else {
        return Err(failed("the user is gone"));
    };
    let opens = |secret: &String| cx.app.keyring.open(TOTP_SEAL, secret).is_some();
    if credentials.totp_confirmed_at.is_none() && !credentials.totp_secret.as_ref().is_some_and(opens) {
        users::set_totp(&mut tx, user.id, Some(&sealed)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What an app is told to make codes, while the first code is awaited.
pub async fn enrolment(app: &App, user: &User) -> Result<Option<Enrolment>> {
    let credentials = users::credentials(&mut app.db.read().await?, user.id).await?;
    let waiting = credentials.filter(|c| c.totp_confirmed_at.is_none()).and_then(|c| c.totp_secret);
    let Some(totp) = waiting.and_then(|sealed| totp(app, user, &sealed)) else { return Ok(None) };
    let url = totp.to_url().map_err(|_| failed("the app's address could not be written"))?;
    let secret = url.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
    let typed = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Ok(Some(Enrolment { url, typed }))
}

/// Takes the first code: from now on one is asked for. Returns the recovery codes, which are shown once.
pub async fn confirm(cx: &Context<'_>, user: &User, code: &str, place: &Place) -> Result<Vec<String>> {
    require_owner(cx, user)?;
    if user.has_totp {
        return refused(&people::CODES_ON_ALREADY);
    }
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    if code.len() != 6 || !take(cx.app, &mut tx, user, &code, now).await? {
        return refused(&people::FIRST_CODE_WRONG);
    }
    let codes = new_recovery_codes(&mut tx, user.id).await?;
    audit::note(&mut tx, &cx.actor, "codes turned on", subject(user), (), (), now).await?;
    tell_owner(&mut tx, &cx.actor, user, Some(place), AccountChangeKind::CodesTurnedOn, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(codes)
}

async fn new_recovery_codes(tx: &mut WriteTx, user_id: Uuid) -> Result<Vec<String>> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; 10];
        rand::fill(&mut bytes).map_err(|_| failed("no random numbers"))?;
        // 32 characters that are not taken for one another, 5 bits each.
        let letters: Vec<u8> =
            bytes.iter().map(|byte| b"abcdefghjkmnpqrstuvwxyz23456789x"[usize::from(byte & 31)]).collect();
        let text = String::from_utf8_lossy(&letters).into_owned();
        codes.push(format!("{}-{}", &text[..5], &text[5..]));
    }
    let hashes: Vec<String> =
        codes.iter().map(|code| links::fingerprint(code.replace('-', "").as_bytes())).collect();
    users::set_recovery_codes(tx, user_id, &hashes).await?;
    Ok(codes)
}

/// New recovery codes in place of the old.
pub async fn renew_recovery_codes(cx: &Context<'_>, user: &User, place: &Place) -> Result<Vec<String>> {
    require_owner(cx, user)?;
    if !user.has_totp {
        return refused(&people::CODES_OFF);
    }
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let codes = new_recovery_codes(&mut tx, user.id).await?;
    audit::note(&mut tx, &cx.actor, "recovery codes renewed", subject(user), (), (), now).await?;
    tell_owner(&mut tx, &cx.actor, user, Some(place), AccountChangeKind::RecoveryCodesRenewed, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(codes)
}

/// Turns two-factor sign-in off, for oneself or as an admin. False where it was off.
pub async fn turn_off(cx: &Context<'_>, user: &User, place: &Place) -> Result<bool> {
    if cx.actor.user_id != Some(user.id) {
        cx.require(Role::Admin)?;
    }
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let was_on = users::by_id(&mut tx, user.id).await?.is_some_and(|user| user.has_totp);
    remove(&mut tx, user.id).await?;
    if was_on {
        audit::note(&mut tx, &cx.actor, "codes turned off", subject(user), (), (), now).await?;
        tell_owner(&mut tx, &cx.actor, user, Some(place), AccountChangeKind::CodesTurnedOff, now).await?;
    }
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(was_on)
}

/// Removes the secret and the recovery codes. The caller tells the owner.
pub(crate) async fn remove(tx: &mut WriteTx, user_id: Uuid) -> sqlx::Result<()> {
    users::set_totp(tx, user_id, None).await?;
    users::set_recovery_codes(tx, user_id, &[]).await
}

/// The users whose codes no key of `SECRET_KEY` can check.
pub async fn unreadable(app: &App, tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
    let mut users = users::confirmed_totp_secrets(tx).await?;
    users.retain(|(_, sealed)| app.keyring.open(TOTP_SEAL, sealed).is_none());
    Ok(users.into_iter().map(|(user, _)| user).collect())
}

/// How many users' codes need a key behind the first of `SECRET_KEY`.
pub async fn count_sealed_by_older_keys(app: &App, tx: &mut Tx) -> sqlx::Result<usize> {
    let users = users::confirmed_totp_secrets(tx).await?;
    Ok(users.iter().filter(|(_, sealed)| app.keyring.reseal(TOTP_SEAL, sealed).is_some()).count())
}
