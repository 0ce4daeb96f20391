//! Where mail goes just now: as the environment says, else over the relay that an admin set at the desk.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::App;
use crate::config::{RelayPartsError, relay_of_parts};
use crate::db::relay_setting;
use crate::mail::relay::{MailRoute, Relay};
use crate::mail::transport::Transport;

/// What the relay's parts are sealed as.
const SEAL: &str = "relay";

/// The relay of the desk, as this process knows it.
#[derive(Default)]
pub struct MailWay {
    known: RwLock<Known>,
    /// Notified when it changes.
    pub changed: Notify,
}

#[derive(Default)]
struct Known {
    route: Option<Arc<MailRoute>>,
    set_at: Option<DateTime<Utc>>,
    /// Whether no key of `SECRET_KEY` opens what is stored.
    is_unreadable: bool,
}

/// A relay by its parts, as they are sealed. Not `Debug`: it holds a password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayParts {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
}

impl RelayParts {
    /// What is known of a relay before it is spoken to.
    pub fn relay(&self) -> Result<Relay, RelayPartsError> {
        relay_of_parts(&self.host, self.port, &self.user, &self.password)
    }

    /// The parts of a relay, its password too.
    pub fn of(relay: &Relay) -> RelayParts {
        let (user, password) = match &relay.credentials {
            Some((user, password)) => (user.clone(), password.expose_secret().to_owned()),
            None => Default::default(),
        };
        RelayParts { host: relay.host.clone(), port: relay.port, user, password }
    }
}

impl App {
    /// Where mail goes.
    pub fn mail_route(&self) -> Arc<MailRoute> {
        let known = self.mail_way.known.read().unwrap_or_else(PoisonError::into_inner);
        known.route.clone().unwrap_or_else(|| Arc::new(self.config.mail_route.clone()))
    }

    /// Whether mail is kept in files.
    pub fn captures_mail(&self) -> bool {
        matches!(*self.mail_route(), MailRoute::Capture { .. })
    }

    /// When the relay was set that counts here; `None`: none is.
    pub fn relay_set_at(&self) -> Option<DateTime<Utc>> {
        self.mail_way.known.read().unwrap_or_else(PoisonError::into_inner).set_at
    }

    /// Whether a relay was set that no key opens: then mail is captured.
    pub fn is_relay_unreadable(&self) -> bool {
        self.mail_way.known.read().unwrap_or_else(PoisonError::into_inner).is_unreadable
    }

    /// The way of mail, ready to be connected to.
    pub fn transport(&self) -> anyhow::Result<Transport> {
        Transport::new(self.config.transport_by(&self.mail_route()))
    }

    /// Seals a relay's parts, to be stored.
    pub fn seal_relay(&self, parts: &RelayParts) -> Option<String> {
        self.keyring.seal(SEAL, &serde_json::to_vec(parts).ok()?)
    }

    /// Learns which relay is set in the database.
    pub async fn learn_relay(&self) -> sqlx::Result<()> {
        if !self.config.takes_relay_of_desk {
            return Ok(());
        }
        let stored = relay_setting::get(&mut self.db.read().await?).await?;
        let set_at = stored.as_ref().map(|stored| stored.set_at);
        if self.relay_set_at() == set_at {
            return Ok(());
        }
        let opened = stored.as_ref().map(|stored| {
            let parts = self.keyring.open(SEAL, &stored.sealed)?;
            serde_json::from_slice::<RelayParts>(&parts).ok()?.relay().ok()
        });
        let is_unreadable = matches!(opened, Some(None));
        if is_unreadable {
            tracing::error!(
                "the relay that was set at the desk can't be read: no key of SECRET_KEY opens it. Mail is captured. \
                 Put the old key back behind the new one, or set the relay again"
            );
        }
        let route = opened.flatten().map(|relay| Arc::new(MailRoute::Smtp(vec![relay])));
        let mut known = self.mail_way.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Known { route, set_at, is_unreadable };
        drop(known);
        self.mail_way.changed.notify_waiters();
        Ok(())
    }
}
