//! Who works here: invited, added, given a role, reset, removed; and the first admin. An admin's, all but the last.
//! What somebody does to their own account is in `accounts`.

use chrono::TimeDelta;
use secrecy::SecretString;
use uuid::Uuid;

use super::accounts::{
    Begun, PASSWORD_LINK_LIFE, Place, begin, check_name, check_password, failed, mail_link, password_link,
    refused, subject, tell_owner,
};
use super::{Context, Result, second_factor};
use crate::app::passwords::Queue;
use crate::db::audit::{self, Actor};
use crate::db::sessions::{self, SignInLinkKind};
use crate::db::users::{self, Role, User};
use crate::db::{Tx, WriteTx};
use crate::domain::account_change::AccountChangeKind;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::{people, settings};

/// Invitations that one account may be mailed within an hour.
const INVITATIONS_PER_HOUR: i64 = 4;
/// Invites somebody, or sends the invitation again to one who has no password yet.
pub async fn invite(cx: &Context<'_>, email: &EmailAddress, role: Role) -> Result<User> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let is_new = users::add(&mut tx, email, role, now).await?;
    let user = users::by_email(&mut tx, email).await?.ok_or_else(|| failed("the user is gone"))?;
    if !is_new && user.has_password {
        return refused(&people::WORKS_HERE_ALREADY);
    }
    let since = now - TimeDelta::hours(1);
    if sessions::count_links(&mut tx, user.id, SignInLinkKind::Password, since).await? >= INVITATIONS_PER_HOUR
    {
        return refused(&people::INVITED_OFTEN);
    }
    let verb = if is_new { "invited" } else { "invited again" };
    let after = serde_json::json!({ "role": user.role });
    audit::note(&mut tx, &cx.actor, verb, subject(&user), (), after, now).await?;
    mail_link(&mut tx, &user, SignInLinkKind::Password, now + PASSWORD_LINK_LIFE, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(user)
}

/// Sends somebody's invitation again.
pub async fn invite_again(cx: &Context<'_>, id: Uuid) -> Result<User> {
    let user = users::by_id(&mut cx.app.db.read().await?, id).await?;
    let Some(user) = user else { return refused(&people::PERSON_GONE) };
    let email = EmailAddress::parse(&user.email)
        .map_err(|error| settings::ADDRESS_WRONG.on("email").with("why", error.to_string()))?;
    invite(cx, &email, user.role).await
}

/// Somebody who is there, whether by this or before.
pub struct AddedUser {
    pub user: User,
    pub is_new: bool,
    /// Sets a password. `None` where there is one: a link is for them to ask for.
    pub link: Option<String>,
}

/// Adds somebody without a mail; one of that address stays as they are.
pub async fn add(cx: &Context<'_>, email: &EmailAddress, role: Role) -> Result<AddedUser> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let is_new = users::add(&mut tx, email, role, now).await?;
    let user = users::by_email(&mut tx, email).await?.ok_or_else(|| failed("the user is gone"))?;
    let link = match user.has_password {
        true => None,
        false => Some(password_link(cx.app, &mut tx, &user).await?),
    };
    if is_new {
        audit::note(&mut tx, &cx.actor, "added", subject(&user), (), user.role, now).await?;
    }
    tx.commit().await?;
    Ok(AddedUser { user, is_new, link })
}

/// Whether somebody is the only admin left.
pub async fn is_last_admin(tx: &mut Tx, id: Uuid) -> sqlx::Result<bool> {
    let admins = users::all(tx).await?.into_iter().filter(|user| user.role == Role::Admin);
    Ok(admins.map(|user| user.id).collect::<Vec<_>>() == [id])
}

/// The user who loses a role or their place, who must not be the only admin: the admins are locked first.
async fn find_dispensable(tx: &mut WriteTx, id: Uuid, role: Option<Role>) -> Result<User> {
    let admins = users::count_admins(tx).await?;
    let Some(user) = users::by_id(tx, id).await? else { return refused(&people::PERSON_GONE) };
    match user.role == Role::Admin && admins <= 1 && role != Some(Role::Admin) {
        true => refused(&people::LAST_ADMIN),
        false => Ok(user),
    }
}

/// Signs a user out everywhere. Returns how many sessions that were.
pub async fn end_sessions(cx: &Context<'_>, user: &User) -> Result<u64> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let ended = sessions::end_all(&mut tx, user.id).await?;
    if ended > 0 {
        let before = serde_json::json!({ "sessions": ended });
        audit::note(&mut tx, &cx.actor, "signed out everywhere", subject(user), before, (), cx.now()).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Sets a role and ends the user's sessions. The last admin stays one.
pub async fn set_role(cx: &Context<'_>, id: Uuid, role: Role) -> Result<User> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let user = find_dispensable(&mut tx, id, Some(role)).await?;
    if user.role == role {
        return Ok(user);
    }
    users::set_role(&mut tx, id, role).await?;
    sessions::end_all(&mut tx, id).await?;
    let (before, after) = (serde_json::json!({ "role": user.role }), serde_json::json!({ "role": role }));
    audit::note(&mut tx, &cx.actor, "role changed", subject(&user), before, after, now).await?;
    tx.commit().await?;
    Ok(User { role, ..user })
}

/// Removes a user. The last admin stays.
pub async fn remove(cx: &Context<'_>, id: Uuid) -> Result<User> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let user = find_dispensable(&mut tx, id, None).await?;
    audit::note(
        &mut tx,
        &cx.actor,
        "removed",
        subject(&user),
        serde_json::json!({ "role": user.role }),
        (),
        cx.now(),
    )
    .await?;
    users::remove(&mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

/// Makes the first admin, of what was typed. Refused where there is somebody already.
pub async fn first_admin(
    cx: &Context<'_>,
    email: &str,
    name: &str,
    password: &SecretString,
    place: &Place,
) -> Result<Begun> {
    check_name(name, "name")?;
    let email = &EmailAddress::parse(email)
        .map_err(|error| settings::ADDRESS_WRONG.on("email").with("why", error.to_string()))?;
    check_password(password, &[email.as_str(), name])?;
    let hash = cx.app.passwords.hash(Queue::Known, password).await?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    // Two at once would both find nobody.
    if !users::is_empty_and_stays_so(&mut tx).await? {
        return refused(&people::SET_UP_ALREADY);
    }
    let gone = || failed("the user is gone");
    users::add(&mut tx, email, Role::Admin, now).await?;
    let user = users::by_email(&mut tx, email).await?.ok_or_else(gone)?;
    users::set_password(&mut tx, user.id, Some(&hash)).await?;
    users::set_name(&mut tx, user.id, name).await?;
    let user = users::by_id(&mut tx, user.id).await?.ok_or_else(gone)?;
    let (actor, after) = (Actor::user(&user, &place.ip), serde_json::json!({ "role": Role::Admin }));
    audit::note(&mut tx, &actor, "set up", subject(&user), (), after, now).await?;
    let begun = begin(cx.app, &mut tx, user, place, false).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Gives the owner of an account a new start, for whoever runs the server: no password, no codes, signed out
/// everywhere. Returns a link that sets a password.
pub async fn reset(cx: &Context<'_>, user: &User) -> Result<String> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    users::set_password(&mut tx, user.id, None).await?;
    second_factor::remove(&mut tx, user.id).await?;
    sessions::end_all(&mut tx, user.id).await?;
    sessions::end_links(&mut tx, user.id, now).await?;
    audit::note(&mut tx, &cx.actor, "account reset", subject(user), (), (), now).await?;
    tell_owner(&mut tx, &cx.actor, user, None, AccountChangeKind::Reset, now).await?;
    let link = password_link(cx.app, &mut tx, user).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(link)
}
