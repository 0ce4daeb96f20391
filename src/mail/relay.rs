//! What is known of a relay before it is spoken to: where it is, who signs in there, and how it is encrypted.

use std::path::PathBuf;

use secrecy::SecretString;

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum MailRoute {
    /// Into files, for a person to look at.
    Capture { outbox: PathBuf },
    /// To relays, by weight.
    Smtp(Vec<Relay>),
}

/// One SMTP relay.
#[derive(Clone, Debug)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub tls: RelayTls,
    pub credentials: Option<(String, SecretString)>,
    /// Its share of the connections.
    pub weight: u32,
}

/// How a connection to a relay is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTls {
    /// Never: `?tls=none`.
    None,
    /// STARTTLS where the relay offers it.
    Offered,
    /// STARTTLS, or no mail.
    Required,
    /// From the first byte: `smtps://`.
    Implicit,
}
