//! The relay that an admin sets at the desk, where the environment names none: it is kept when it has taken a test.

use std::time::Duration;

use super::{Context, Result, compose};
use crate::app::mail_way::RelayParts;
use crate::config::RelayPartsError;
use crate::db::audit::{self, Subject};
use crate::db::notices::{Notice, NoticeKey};
use crate::db::publication;
use crate::db::relay_setting::{self, RelaySetting};
use crate::db::users::Role;
use crate::domain::delivery::Outcome;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::settings as codes;
use crate::mail::relay::MailRoute;
use crate::mail::smtp::{Envelope, SmtpTimeouts};
use crate::mail::transport::{NamedEnvelope, Settings, Transport};

/// Somebody waits for the page.
const TIMEOUTS: SmtpTimeouts = SmtpTimeouts {
    connect: Duration::from_secs(15),
    beside: Duration::from_secs(3),
    command: Duration::from_secs(15),
    final_dot: Duration::from_secs(20),
};
/// Of the sender that stands in while none is set: no relay must be asked to send from it.
const NOBODYS_DOMAIN: &str = "postrider.example";
const PASSWORD_BYTES_MAX: usize = 1000;
const USER_BYTES_MAX: usize = 320;

/// What somebody typed. Not `Debug`: it holds a password.
#[derive(Clone, Default)]
pub struct RelayForm {
    pub host: String,
    pub port: String,
    pub user: String,
    /// Empty, with a user of before: the password of before.
    pub password: String,
}

/// How a relay took the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// With this answer. It is kept.
    Accepted(String),
    /// With this answer, or for this reason. Nothing was changed.
    Refused(String),
}

fn parts(form: &RelayForm, before: Option<&RelayParts>) -> Result<RelayParts> {
    let port = match form.port.trim() {
        "" => Some(587),
        typed => typed.parse().ok().filter(|port| *port > 0),
    };
    let port = port.ok_or_else(|| codes::RELAY_PORT_WRONG.on("port"))?;
    let (host, user) = (form.host.trim().to_owned(), form.user.trim().to_owned());
    if user.len() > USER_BYTES_MAX || form.password.len() > PASSWORD_BYTES_MAX {
        return Err(codes::RELAY_LOGIN_LONG.on("user").into());
    }
    let kept = before.filter(|before| before.user == user && before.host == host && !user.is_empty());
    let password = match form.password.as_str() {
        "" => kept.map(|before| before.password.clone()).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let parts = RelayParts { host, port, user, password };
    parts.relay().map(|_| parts).map_err(|error| match error {
        RelayPartsError::Host => codes::RELAY_HOST_WRONG.on("host").into(),
        RelayPartsError::User => codes::RELAY_USER_MISSING.on("user").into(),
        RelayPartsError::Clear => codes::RELAY_HOST_WRONG.on("host").into(),
    })
}

/// The relay of the desk, if one is set that counts.
pub fn current(cx: &Context<'_>) -> Option<RelayParts> {
    match &*cx.app.mail_route() {
        MailRoute::Smtp(relays) if cx.app.config.takes_relay_of_desk => relays.first().map(RelayParts::of),
        _ => None,
    }
}

/// Sends a test through a relay, and keeps the relay where it takes that.
pub async fn set(cx: &Context<'_>, form: &RelayForm, to: &EmailAddress) -> Result<Tried> {
    cx.require(Role::Admin)?;
    if !cx.app.config.takes_relay_of_desk {
        return Err(codes::RELAY_OF_ENVIRONMENT.refusal().into());
    }
    let stored = publication::get(&mut cx.app.db.read().await?).await?;
    if compose::Sender::of(cx.app, &stored, None).from.email.domain() == NOBODYS_DOMAIN {
        return Err(codes::SENDER_MISSING.on("host").into());
    }
    let parts = parts(form, current(cx).as_ref())?;
    let reply = match try_out(cx, &parts, to).await? {
        Tried::Accepted(reply) => reply,
        refused => return Ok(refused),
    };
    let sealed = cx.app.seal_relay(&parts).ok_or_else(|| anyhow::anyhow!("the relay can't be sealed"))?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    relay_setting::set(&mut tx, &RelaySetting { sealed, reply: reply.clone(), set_at: now }).await?;
    let publication = publication::get(&mut tx).await?;
    let subject = Subject { kind: "publication", id: uuid::Uuid::nil(), name: &publication.name };
    let after = serde_json::json!({ "host": parts.host, "port": parts.port, "user": parts.user });
    audit::note(&mut tx, &cx.actor, "relay set", subject, (), after, now).await?;
    tx.commit().await?;
    cx.app.learn_relay().await?;
    Ok(Tried::Accepted(reply))
}

async fn try_out(cx: &Context<'_>, parts: &RelayParts, to: &EmailAddress) -> Result<Tried> {
    let Ok(relay) = parts.relay() else { return Err(codes::RELAY_HOST_WRONG.on("host").into()) };
    let (app, now) = (cx.app, cx.now());
    let key = NoticeKey { id: uuid::Uuid::now_v7() };
    let message = compose::notice(app, key, &Notice::MailTest, to, now).await?;
    let Some(mut message) = message else { return Err(anyhow::anyhow!("a test has no words").into()) };
    if let Some(signer) = &app.config.dkim {
        signer.sign(&mut message.bytes, now)?;
    }
    let route = MailRoute::Smtp(vec![relay]);
    let transport = Transport::new(Settings { timeouts: TIMEOUTS, ..app.config.transport_by(&route) })?;
    let mut connection = match transport.connect().await {
        Ok(connection) => connection,
        Err(error) => return Ok(Tried::Refused(format!("{error:#}"))),
    };
    let name = key.id.to_string();
    let envelope = Envelope { from: message.from.as_ref(), to: to.as_str() };
    let outcome = match connection.announce(NamedEnvelope { name: &name, envelope }).await {
        Ok(()) => connection.transfer(&message.bytes, None).await.0,
        Err(outcome) => outcome,
    };
    connection.close().await;
    Ok(match outcome {
        Outcome::Accepted { reply } => Tried::Accepted(reply),
        Outcome::Deferred { reply, .. }
        | Outcome::Denied { reply }
        | Outcome::RelayRefused { reply }
        | Outcome::RelayDeferred { reply }
        | Outcome::NotTried { reply }
        | Outcome::Bounced { reply }
        | Outcome::Refused { reply }
        | Outcome::Uncertain { reply } => Tried::Refused(reply),
    })
}
