//! Every environment variable, read once. All that is wrong is reported at once, each problem with what is expected
//! and an example. Nothing else reads the environment.

mod reader;
mod relays;
mod secret_files;
mod signing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use ipnet::IpNet;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::{Host, Url};

use self::reader::{Reader, parse_networks, parse_switch, problem};
pub use self::reader::{is_dns_name, parse_mailbox};
pub use self::relays::{RelayPartsError, relay_of_parts};
use crate::db::DatabaseUrl;
use crate::domain::retry;
use crate::locale::say_plain;
use crate::mail::dkim::Signer;
use crate::mail::relay::MailRoute;
use crate::mail::smtp::SmtpTimeouts;
use crate::mail::transport;

/// What the environment says, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub database: DatabaseUrl,
    /// Where readers find us. No slash at its end.
    pub base_url: Url,
    pub bind_addr: SocketAddr,
    /// Newest first; empty: made into `secret.key` beside the SQLite file.
    pub secret_keys: Vec<SecretString>,
    pub mail_route: MailRoute,
    /// Whether a relay that was set at the desk counts: the environment names none, and does not ask to capture.
    pub takes_relay_of_desk: bool,
    /// What is wrong unless a relay was set at the desk.
    pub problem_without_relay: Option<String>,
    pub smtp_ca_file: Option<PathBuf>,
    /// What we call ourselves in EHLO.
    pub smtp_helo_name: String,
    /// Connections to all relays together.
    pub smtp_connections: usize,
    /// After so many messages a connection is renewed.
    pub smtp_messages_per_connection: u32,
    pub smtp_timeouts: SmtpTimeouts,
    /// All processes together; 0: no limit.
    pub max_messages_per_second: u32,
    /// How long a delivery that was put off is tried again.
    pub retry_for: TimeDelta,
    pub mail_from: Mailbox,
    pub reply_to: Option<Mailbox>,
    /// `None`: mail is not signed here.
    pub dkim: Option<Arc<Signer>>,
    /// 0: no limit.
    pub signups_per_ip_per_hour: u32,
    /// Who is asked which domains take mail; `None`: the system's resolvers.
    pub dns_resolver: Option<SocketAddr>,
    /// What one hash of a password costs, in KiB of memory (argon2id, two passes).
    pub password_hash_kib: u32,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Addresses that are not public and may be fetched all the same.
    pub feed_allow_private_addresses: Vec<IpNet>,
    pub log_format: LogFormat,
    /// What holds the SQLite file, the key and the captured mail.
    pub data_dir: PathBuf,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Everything that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(|problem| format!("- {problem}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// What mail needs for its way, as the environment names it.
    pub fn transport(&self) -> transport::Settings<'_> {
        self.transport_by(&self.mail_route)
    }

    /// What mail needs for another way.
    pub fn transport_by<'a>(&'a self, route: &'a MailRoute) -> transport::Settings<'a> {
        transport::Settings {
            route,
            ca_file: self.smtp_ca_file.as_deref(),
            hello: &self.smtp_helo_name,
            timeouts: self.smtp_timeouts,
            messages_per_connection: self.smtp_messages_per_connection,
        }
    }

    /// Reads `.env` and the environment, which wins.
    pub fn from_environment() -> Result<Config, ConfigError> {
        if let Err(error) = dotenvy::dotenv()
            && !error.not_found()
        {
            let what = say_plain("config-unreadable").with("why", error.to_string());
            return Err(ConfigError(vec![problem(".env", what, say_plain("config-expected-variables"))]));
        }
        // What is not UTF-8 is none of our variables.
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Config::from_vars(&vars.collect())
    }

    /// Checks a set of variables.
    pub fn from_vars(vars: &HashMap<String, String>) -> Result<Config, ConfigError> {
        let (mut vars, mut problems) = (vars.clone(), Vec::new());
        secret_files::read_secret_files(&mut vars, &mut problems);
        let mut reader = Reader { vars: &vars, problems };
        let r = &mut reader;

        let database = read_database(r);
        let data_dir = data_dir(&database);
        let bind_addr = r
            .parsed("BIND_ADDR", "config-expected-address-port", |t| t.parse().ok())
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let base_url = read_base_url(r, bind_addr)?;
        let secret_keys = read_secret_keys(r, &database);
        let (mail_route, takes_relay_of_desk, problem_without_relay) =
            read_mail_route(r, &base_url, &data_dir, &database);
        let config = Config {
            mail_from: read_mail_from(r, &mail_route)?,
            reply_to: r.parsed("REPLY_TO", MAILBOX, parse_mailbox),
            dkim: signing::read_dkim(r),
            smtp_ca_file: r.parsed("SMTP_CA_FILE", "config-expected-pem", |text| {
                std::fs::metadata(text).is_ok_and(|meta| meta.is_file()).then(|| PathBuf::from(text))
            }),
            smtp_helo_name: read_helo_name(r, &base_url),
            smtp_connections: r.number("SMTP_CONNECTIONS", "config-expected-connections", 1..=256, 16),
            smtp_messages_per_connection: r.number(
                "SMTP_MESSAGES_PER_CONNECTION",
                "config-expected-one-or-more",
                1..=u32::MAX,
                1000,
            ),
            smtp_timeouts: SmtpTimeouts::default(),
            max_messages_per_second: r.number("MAX_MESSAGES_PER_SECOND", COUNT, 0..=u32::MAX, 0),
            retry_for: read_retry_for(r),
            signups_per_ip_per_hour: r.number("SIGNUPS_PER_IP_PER_HOUR", COUNT, 0..=u32::MAX, 60),
            dns_resolver: r.parsed("DNS_RESOLVER", "config-expected-address-port", |t| t.parse().ok()),
            password_hash_kib: r.number(
                "PASSWORD_HASH_KIB",
                "config-expected-hash-kib",
                64..=1_048_576,
                19_456,
            ),
            trusted_proxies: r
                .parsed("TRUSTED_PROXIES", "config-expected-networks", parse_networks)
                .unwrap_or_default(),
            feed_allow_private_addresses: read_private_addresses(r),
            log_format: read_log_format(r),
            database,
            base_url,
            bind_addr,
            secret_keys,
            mail_route,
            takes_relay_of_desk,
            problem_without_relay,
            data_dir,
        };
        match reader.problems.is_empty() {
            true => Ok(config),
            false => Err(ConfigError(reader.problems)),
        }
    }

    /// Whether readers reach us on this machine only.
    pub fn base_url_is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    /// An address of ours: `path` begins with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }
}

/// What is expected, by its key.
const MAILBOX: &str = "config-expected-mailbox";
const COUNT: &str = "config-expected-count";

fn read_database(r: &mut Reader) -> DatabaseUrl {
    let database = r.parsed("DATABASE_URL", "config-expected-database", |text| {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            (!path.is_empty() && !path.contains(['?', '\0']))
                .then(|| DatabaseUrl::Sqlite(PathBuf::from(path)))
        } else {
            let url = Url::parse(text).ok()?;
            matches!(url.scheme(), "postgres" | "postgresql")
                .then(|| DatabaseUrl::Postgres(SecretString::from(text)))
        }
    });
    database.unwrap_or_else(|| DatabaseUrl::Sqlite(PathBuf::from("data/postrider.db")))
}

/// Beside the SQLite file; for PostgreSQL the folder `data`.
fn data_dir(database: &DatabaseUrl) -> PathBuf {
    match database {
        DatabaseUrl::Sqlite(path) => match path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        },
        DatabaseUrl::Postgres(_) => PathBuf::from("data"),
    }
}

fn read_base_url(r: &mut Reader, bind_addr: SocketAddr) -> Result<Url, ConfigError> {
    let base_url = match r.text("BASE_URL").map(parse_base_url) {
        Some(Err(why)) => {
            r.note("BASE_URL", say_plain(why), say_plain("config-expected-base-url"));
            None
        }
        parsed => parsed.and_then(Result::ok),
    };
    base_url.or_else(|| Url::parse(&format!("http://{bind_addr}")).ok()).ok_or_else(|| {
        let what = say_plain("config-base-url-no-address");
        ConfigError(vec![problem("BASE_URL", what, say_plain("config-expected-base-url"))])
    })
}

/// The address at which readers reach us; else what is wrong with it, by its key.
fn parse_base_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| "config-base-url-no-address")?;
    match () {
        _ if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            Err("config-base-url-no-web-address")
        }
        _ if !url.username().is_empty() || url.password().is_some() => Err("config-base-url-user"),
        _ if url.path() != "/" => Err("config-base-url-path"),
        _ if url.query().is_some() || url.fragment().is_some() => Err("config-base-url-more"),
        _ => Ok(url),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn read_secret_keys(r: &mut Reader, database: &DatabaseUrl) -> Vec<SecretString> {
    let keys = r.parsed("SECRET_KEY", "config-expected-secret-key", |text| {
        text.split_whitespace().map(|key| (key.len() >= 32).then(|| SecretString::from(key))).collect()
    });
    if matches!(database, DatabaseUrl::Postgres(_)) && !r.is_given("SECRET_KEY") {
        let expected = say_plain("config-expected-secret-key");
        r.note("SECRET_KEY", say_plain("config-secret-key-missing"), expected);
    }
    keys.unwrap_or_default()
}

/// Where mail goes; whether a relay that was set at the desk goes before that; and what is wrong where none was.
fn read_mail_route(
    r: &mut Reader,
    base_url: &Url,
    data_dir: &Path,
    database: &DatabaseUrl,
) -> (MailRoute, bool, Option<String>) {
    let relays = relays::read_relays(r);
    let capture = r.parsed("CAPTURE_MAIL", "config-expected-switch", parse_switch);
    let mut found = None;
    if !r.is_given("SMTP_URL") {
        if capture == Some(false) {
            let expected = say_plain("config-expected-relay");
            found = Some(problem("SMTP_URL", say_plain("config-relay-missing"), expected));
        } else if capture.is_none() && !is_loopback(base_url) {
            let what = say_plain("config-relay-missing-public").with("url", base_url.as_str());
            found = Some(problem("SMTP_URL", what, say_plain("config-expected-relay-or-capture")));
        }
    }
    // A database that is not there yet holds no relay.
    if let DatabaseUrl::Sqlite(path) = database
        && !path.exists()
    {
        r.problems.extend(found.take());
    }
    let takes_desks = relays.is_none() && capture != Some(true);
    match relays {
        Some(relays) if capture != Some(true) => (MailRoute::Smtp(relays), false, found),
        _ => (MailRoute::Capture { outbox: data_dir.join("outbox") }, takes_desks, found),
    }
}

fn read_mail_from(r: &mut Reader, mail_route: &MailRoute) -> Result<Mailbox, ConfigError> {
    let mail_from = r.parsed("MAIL_FROM", MAILBOX, parse_mailbox);
    if mail_from.is_none() && r.text("MAIL_FROM").is_none() && matches!(mail_route, MailRoute::Smtp(_)) {
        r.note("MAIL_FROM", say_plain("config-missing"), say_plain(MAILBOX));
    }
    mail_from.or_else(|| parse_mailbox("Postrider <postrider@postrider.example>")).ok_or_else(|| {
        ConfigError(vec![problem("MAIL_FROM", say_plain("config-missing"), say_plain(MAILBOX))])
    })
}

fn read_helo_name(r: &mut Reader, base_url: &Url) -> String {
    let name = r.parsed("SMTP_HELO_NAME", "config-expected-host-name", |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.[]:".contains(&b)).then(|| text.to_owned())
    });
    name.unwrap_or_else(|| match base_url.host() {
        Some(Host::Domain(name)) => name.to_owned(),
        Some(Host::Ipv4(ip)) => format!("[{ip}]"),
        Some(Host::Ipv6(ip)) => format!("[IPv6:{ip}]"),
        None => "localhost".to_owned(),
    })
}

fn read_retry_for(r: &mut Reader) -> TimeDelta {
    let hours = r.parsed("RETRY_HOURS", "config-expected-hours", |text| {
        text.parse().ok().filter(|hours| (1..=120).contains(hours)).map(TimeDelta::hours)
    });
    hours.unwrap_or(retry::RETRY_FOR)
}

fn read_private_addresses(r: &mut Reader) -> Vec<IpNet> {
    let expected = "config-expected-private-networks";
    let networks = r.parsed("FEED_ALLOW_PRIVATE_ADDRESSES", expected, |text| match parse_switch(text) {
        Some(true) => parse_networks("0.0.0.0/0 ::/0"),
        Some(false) => Some(Vec::new()),
        None => parse_networks(text),
    });
    networks.unwrap_or_default()
}

fn read_log_format(r: &mut Reader) -> LogFormat {
    let format = r.parsed("LOG_FORMAT", "config-expected-log-format", |text| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    });
    format.unwrap_or(LogFormat::Text)
}
