//! Every environment variable, read once. All that is wrong is reported at once, each problem
//! with what is expected and an example.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;

use chrono::TimeDelta;
use ipnet::IpNet;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::{Host, Url};

use crate::db::DatabaseUrl;
use crate::domain::email_address::EmailAddress;
use crate::domain::retry;
use crate::mail::dkim::{Algorithm, Signer};
use crate::mail::smtp::SmtpTimeouts;

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

/// Collects problems while values are read.
struct Reader<'a> {
    vars: &'a HashMap<String, String>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Parses a variable; says what is expected where it does not parse.
    fn parsed<T>(&mut self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.text(name)?;
        let parsed = parse(value);
        if parsed.is_none() {
            // SMTP_URL and DATABASE_URL hold passwords: they are never repeated.
            let shown = if name.ends_with("_URL") || name.contains("KEY") { "what it holds" } else { value };
            self.problems.push(format!("{name}: {shown} does not fit. Expected: {expected}"));
        }
        parsed
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

fn parse_switch(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn parse_networks(text: &str) -> Option<Vec<IpNet>> {
    text.split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| IpNet::from_str(part).ok().or_else(|| IpAddr::from_str(part).ok().map(IpNet::from)))
        .collect()
}

/// `Name <address>` or an address.
pub fn parse_mailbox(text: &str) -> Option<Mailbox> {
    let mailbox = Mailbox::from_str(text).ok()?;
    EmailAddress::parse(mailbox.email.as_ref())
        .is_ok()
        .then_some(mailbox)
        .filter(|mailbox| !mailbox.name.as_deref().unwrap_or("").chars().any(char::is_control))
}

fn parse_relay(text: &str) -> Option<Relay> {
    let url = Url::parse(text).ok()?;
    let (mut tls, default_port) = match url.scheme() {
        "smtp" => (RelayTls::Offered, 25),
        "smtps" => (RelayTls::Implicit, 465),
        _ => return None,
    };
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let mut weight = 1;
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref()) {
            ("tls", "required") if tls != RelayTls::Implicit => tls = RelayTls::Required,
            ("tls", "required") => {}
            ("tls", "none") if tls != RelayTls::Implicit => tls = RelayTls::None,
            ("weight", value) => weight = value.parse().ok().filter(|w| (1..=1000).contains(w))?,
            _ => return None,
        }
    }
    let decode = |text: &str| {
        let pair = format!("v={}", text.replace('+', "%2B"));
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    let credentials = match (url.username(), url.password()) {
        ("", _) => None,
        (user, password) => Some((decode(user)?, SecretString::from(decode(password.unwrap_or(""))?))),
    };
    // Credentials never travel in the clear, except to this machine.
    let loopback = host == "localhost" || IpAddr::from_str(&host).is_ok_and(|ip| ip.is_loopback());
    if credentials.is_some() && !loopback {
        match tls {
            RelayTls::None => return None,
            RelayTls::Offered => tls = RelayTls::Required,
            RelayTls::Required | RelayTls::Implicit => {}
        }
    }
    Some(Relay { host, port: url.port().unwrap_or(default_port), tls, credentials, weight })
}

/// A domain name as it stands in DNS: letters, digits and hyphens between dots. `labels_min` of them.
pub fn is_dns_name(text: &str, labels_min: usize) -> bool {
    text.len() <= 253
        && text.split('.').count() >= labels_min
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Reads what signs mail: all three variables, or none.
fn read_dkim(r: &mut Reader) -> Option<Arc<Signer>> {
    let examples = [
        ("DKIM_DOMAIN", "the domain of MAIL_FROM, like harbour.example"),
        ("DKIM_SELECTOR", "the name of its DNS record before ._domainkey, like postrider"),
        ("DKIM_KEY_FILE", "the file of the private key, like data/dkim-postrider.pem"),
    ];
    if examples.iter().all(|(name, _)| r.text(name).is_none()) {
        return None;
    }
    for (name, expected) in examples {
        if r.text(name).is_none() {
            r.problems.push(format!(
                "{name}: missing, while another DKIM variable is set. Expected: {expected}. \
                 postrider dkim make prints all three"
            ));
        }
    }
    let domain = r.parsed("DKIM_DOMAIN", examples[0].1, |text| {
        let name = text.to_ascii_lowercase();
        is_dns_name(&name, 2).then_some(name)
    });
    let selectors: Option<Vec<String>> = r.parsed(
        "DKIM_SELECTOR",
        "the name of its DNS record before ._domainkey, like postrider; or two names, separated by a space",
        |text| {
            let names: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let distinct = names.len() < 2 || !names[0].eq_ignore_ascii_case(&names[1]);
            (names.len() <= 2 && distinct && names.iter().all(|name| is_dns_name(name, 1))).then_some(names)
        },
    );
    let (selectors, files) = (selectors?, r.text("DKIM_KEY_FILE")?.to_owned());
    // With one selector the path may hold spaces.
    let files: Vec<&str> =
        if selectors.len() == 1 { vec![&files] } else { files.split_whitespace().collect() };
    if files.len() != selectors.len() {
        r.problems.push(format!(
            "DKIM_KEY_FILE: {} files for {} selectors. Expected: one file for each, in the same order, \
             like data/dkim-postrider.pem data/dkim-postrider-ed25519.pem",
            files.len(),
            selectors.len()
        ));
        return None;
    }
    let mut keys = Vec::new();
    for (selector, file) in selectors.into_iter().zip(files) {
        match Signer::read_key(Path::new(file)) {
            Ok(key) => keys.push((selector, key)),
            Err(problem) => r.problems.push(format!(
                "DKIM_KEY_FILE: {problem}. Expected: an RSA key of 2048 bits or more, or an Ed25519 key, \
                 in PEM. postrider dkim make makes one"
            )),
        }
    }
    let rsa = keys.iter().filter(|(_, key)| key.algorithm() == Algorithm::Rsa).count();
    if keys.len() == 2 && rsa != 1 {
        r.problems.push(
            "DKIM_KEY_FILE: two keys of one kind. Expected: one RSA and one Ed25519, or a single file"
                .to_owned(),
        );
    }
    Some(Arc::new(Signer::new(&domain?, keys)))
}

impl Config {
    /// Reads `.env` and the environment, which wins.
    pub fn from_environment() -> Result<Config, ConfigError> {
        if let Err(error) = dotenvy::dotenv()
            && !error.not_found()
        {
            return Err(ConfigError(vec![format!(
                ".env can't be read: {error}. Expected: lines like BASE_URL=https://news.example"
            )]));
        }
        // What is not UTF-8 is none of our variables.
        let vars = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Config::from_vars(&vars.collect())
    }

    /// Checks a set of variables.
    pub fn from_vars(vars: &HashMap<String, String>) -> Result<Config, ConfigError> {
        let mut reader = Reader { vars, problems: Vec::new() };
        let r = &mut reader;

        let database = r
            .parsed(
                "DATABASE_URL",
                "sqlite://data/postrider.db or postgres://user:password@host/name",
                |text| {
                    if let Some(path) = text.strip_prefix("sqlite:") {
                        let path = path.strip_prefix("//").unwrap_or(path);
                        (!path.is_empty() && !path.contains(['?', '\0']))
                            .then(|| DatabaseUrl::Sqlite(PathBuf::from(path)))
                    } else {
                        let url = Url::parse(text).ok()?;
                        matches!(url.scheme(), "postgres" | "postgresql")
                            .then(|| DatabaseUrl::Postgres(SecretString::from(text)))
                    }
                },
            )
            .unwrap_or_else(|| DatabaseUrl::Sqlite(PathBuf::from("data/postrider.db")));
        let data_dir = match &database {
            DatabaseUrl::Sqlite(path) => match path.parent() {
                Some(parent) if parent != Path::new("") => parent.to_owned(),
                _ => PathBuf::from("."),
            },
            DatabaseUrl::Postgres(_) => PathBuf::from("data"),
        };

        let bind_addr = r
            .parsed("BIND_ADDR", "an address and a port, like 127.0.0.1:8080", |t| t.parse().ok())
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let base_url = r
            .parsed("BASE_URL", "where readers reach this server, like https://news.example", |text| {
                let url = Url::parse(text.trim_end_matches('/')).ok()?;
                (matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.path() == "/"
                    && url.query().is_none()
                    && url.fragment().is_none()
                    && url.username().is_empty()
                    && url.password().is_none())
                .then_some(url)
            })
            .or_else(|| Url::parse(&format!("http://{bind_addr}")).ok());
        let Some(base_url) = base_url else {
            return Err(ConfigError(vec!["BASE_URL: expected https://news.example".into()]));
        };

        let secret_keys: Vec<SecretString> = r
            .parsed("SECRET_KEY", "32 signs or more, like the output of: openssl rand -hex 32", |text| {
                text.split_whitespace()
                    .map(|key| (key.len() >= 32).then(|| SecretString::from(key)))
                    .collect()
            })
            .unwrap_or_default();
        if matches!(database, DatabaseUrl::Postgres(_)) && r.text("SECRET_KEY").is_none() {
            r.problems.push(
                "SECRET_KEY: missing, and PostgreSQL has no folder of its own to keep one in. \
                 Expected: 32 signs or more, like the output of: openssl rand -hex 32"
                    .into(),
            );
        }

        let relays: Option<Vec<Relay>> = r.parsed(
            "SMTP_URL",
            "smtp://user:password@relay.example:587 or smtps://…:465, several separated by spaces; \
             ?tls=required|none and ?weight=1…1000 allowed; credentials need TLS except on loopback",
            |text| text.split_whitespace().map(parse_relay).collect(),
        );
        let capture = r.parsed("CAPTURE_MAIL", "true or false", parse_switch);
        let outbox = data_dir.join("outbox");
        let smtp_asked = r.text("SMTP_URL").is_some();
        let mail_route = match relays {
            Some(relays) if capture != Some(true) => MailRoute::Smtp(relays),
            _ => MailRoute::Capture { outbox },
        };
        if !smtp_asked {
            if capture == Some(false) {
                r.problems.push(
                    "SMTP_URL: missing, and CAPTURE_MAIL is false. Expected: SMTP_URL=smtp://relay.example:587".into(),
                );
            } else if capture.is_none() && !is_loopback(&base_url) {
                r.problems.push(format!(
                    "SMTP_URL: missing while BASE_URL is public ({base_url}), so no mail would leave. \
                     Expected: SMTP_URL=smtp://user:password@relay.example:587, or CAPTURE_MAIL=true to keep mail in files"
                ));
            }
        }

        let mailbox = "Name <address@domain>, like Harbour News <news@harbour.example>";
        let mail_from = r.parsed("MAIL_FROM", mailbox, parse_mailbox);
        if mail_from.is_none() && r.text("MAIL_FROM").is_none() && matches!(mail_route, MailRoute::Smtp(_)) {
            r.problems.push(format!("MAIL_FROM: missing. Expected: {mailbox}"));
        }
        let mail_from = mail_from.or_else(|| parse_mailbox("Postrider <postrider@postrider.example>"));
        let Some(mail_from) = mail_from else {
            return Err(ConfigError(vec![format!("MAIL_FROM: expected {mailbox}")]));
        };
        let reply_to = r.parsed("REPLY_TO", mailbox, parse_mailbox);

        let dkim = read_dkim(r);

        let smtp_ca_file = r.parsed("SMTP_CA_FILE", "a PEM file that can be read", |text| {
            std::fs::metadata(text).is_ok_and(|meta| meta.is_file()).then(|| PathBuf::from(text))
        });
        let smtp_helo_name = r
            .parsed("SMTP_HELO_NAME", "this machine's full name, like mail.news.example", |text| {
                text.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-.[]:".contains(&b))
                    .then(|| text.to_owned())
            })
            .unwrap_or_else(|| match base_url.host() {
                Some(Host::Domain(name)) => name.to_owned(),
                Some(Host::Ipv4(ip)) => format!("[{ip}]"),
                Some(Host::Ipv6(ip)) => format!("[IPv6:{ip}]"),
                None => "localhost".to_owned(),
            });
        let smtp_connections = r
            .parsed("SMTP_CONNECTIONS", "1 to 256", |text| {
                text.parse().ok().filter(|n| (1..=256).contains(n))
            })
            .unwrap_or(16);
        let smtp_messages_per_connection = r
            .parsed("SMTP_MESSAGES_PER_CONNECTION", "1 or more", |text| text.parse().ok().filter(|n| *n >= 1))
            .unwrap_or(1000);
        let max_messages_per_second = r
            .parsed("MAX_MESSAGES_PER_SECOND", "a whole number; 0 for no limit", |t| t.parse().ok())
            .unwrap_or(0);
        let retry_for = r
            .parsed("RETRY_HOURS", "whole hours, 1 to 120", |text| {
                text.parse().ok().filter(|hours| (1..=120).contains(hours)).map(TimeDelta::hours)
            })
            .unwrap_or(retry::RETRY_FOR);
        let signups_per_ip_per_hour = r
            .parsed("SIGNUPS_PER_IP_PER_HOUR", "a whole number; 0 for no limit", |t| t.parse().ok())
            .unwrap_or(60);
        let password_hash_kib = r
            .parsed("PASSWORD_HASH_KIB", "a whole number of KiB from 64 to 1048576", |t| {
                t.parse().ok().filter(|kib| (64..=1_048_576).contains(kib))
            })
            .unwrap_or(19_456);
        let networks = "addresses or networks, like 127.0.0.1 10.0.0.0/8";
        let trusted_proxies = r.parsed("TRUSTED_PROXIES", networks, parse_networks).unwrap_or_default();
        let feed_allow_private_addresses = r
            .parsed("FEED_ALLOW_PRIVATE_ADDRESSES", "true, false, or networks, like 10.0.0.0/8", |text| {
                match parse_switch(text) {
                    Some(true) => parse_networks("0.0.0.0/0 ::/0"),
                    Some(false) => Some(Vec::new()),
                    None => parse_networks(text),
                }
            })
            .unwrap_or_default();
        let log_format = r
            .parsed("LOG_FORMAT", "text or json", |text| match text {
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            })
            .unwrap_or(LogFormat::Text);

        if !reader.problems.is_empty() {
            return Err(ConfigError(reader.problems));
        }
        Ok(Config {
            database,
            base_url,
            bind_addr,
            secret_keys,
            mail_route,
            smtp_ca_file,
            smtp_helo_name,
            smtp_connections,
            smtp_messages_per_connection,
            smtp_timeouts: SmtpTimeouts::default(),
            max_messages_per_second,
            retry_for,
            mail_from,
            reply_to,
            dkim,
            signups_per_ip_per_hour,
            password_hash_kib,
            trusted_proxies,
            feed_allow_private_addresses,
            log_format,
            data_dir,
        })
    }

    /// Whether mail is kept in files.
    pub fn captures_mail(&self) -> bool {
        matches!(self.mail_route, MailRoute::Capture { .. })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn config(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_vars(&vars.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect())
    }

    #[test]
    fn nothing_set_captures_mail_on_this_machine() {
        let config = config(&[]).unwrap();
        assert!(config.captures_mail() && config.base_url_is_loopback());
        assert_eq!(config.link("/archive"), "http://127.0.0.1:8080/archive");
    }

    #[test]
    fn every_problem_is_reported_at_once_and_no_secret_with_it() {
        let error = config(&[
            ("DATABASE_URL", "mysql://root:hunter2@db/x"),
            ("BASE_URL", "news.example"),
            ("SMTP_URL", "http://user:hunter2@relay"),
            ("SMTP_CONNECTIONS", "0"),
            ("SECRET_KEY", "hunter2"),
            ("LOG_FORMAT", "xml"),
            ("TRUSTED_PROXIES", "localhost"),
        ])
        .unwrap_err();
        assert_eq!(error.0.len(), 7, "{error}");
        assert!(!error.to_string().contains("hunter2"));
        assert!(error.0.iter().all(|problem| problem.contains("Expected: ")));
    }

    #[test]
    fn capturing_with_a_public_address_must_be_meant() {
        assert!(config(&[("BASE_URL", "https://news.example")]).is_err());
        assert!(config(&[("BASE_URL", "https://news.example"), ("CAPTURE_MAIL", "true")]).is_ok());
    }

    #[test]
    fn signing_wants_a_domain_a_selector_and_a_key_that_is_strong_enough() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let made = |algorithm| crate::mail::dkim::SigningKey::generate(algorithm).unwrap().1;
        let rsa = file("the rsa key.pem", &made(Algorithm::Rsa));
        let ed = file("ed.pem", &made(Algorithm::Ed25519));
        let ed2 = file("ed2.pem", &made(Algorithm::Ed25519));
        let rsa2 = file("rsa.pem", &made(Algorithm::Rsa));
        let asked = |selector: &str, key: &str| {
            config(&[("DKIM_DOMAIN", "Harbour.example"), ("DKIM_SELECTOR", selector), ("DKIM_KEY_FILE", key)])
        };
        assert!(config(&[]).unwrap().dkim.is_none());
        let signer = asked("post", &rsa).unwrap().dkim.unwrap();
        assert_eq!(signer.domain(), "harbour.example");
        let signer = asked("post post-ed", &format!("{rsa2} {ed}")).unwrap().dkim.unwrap();
        assert_eq!(signer.selectors().collect::<Vec<_>>(), ["post", "post-ed"]);

        let problems = |found: Result<Config, ConfigError>| {
            let problems = found.unwrap_err().0;
            assert!(problems.iter().all(|problem| problem.contains("Expected: ")), "{problems:?}");
            problems
        };
        assert_eq!(problems(config(&[("DKIM_DOMAIN", "harbour.example")])).len(), 2);
        assert_eq!(problems(asked("a b", &ed)).len(), 1, "one file for two selectors");
        assert_eq!(problems(asked("a b", &format!("{ed} {ed2}"))).len(), 1, "two of one kind");
        assert_eq!(problems(asked("a a", &format!("{rsa2} {ed}"))).len(), 1, "one name for two");
        assert_eq!(problems(asked("a_b; c", &ed)).len(), 1);
        assert!(problems(asked("post", "/nowhere/key.pem"))[0].contains("/nowhere/key.pem can't be read"));
        assert!(problems(asked("post", &file("x", "hunter2")))[0].contains("holds no private key"));
    }

    #[test]
    fn credentials_need_tls_except_on_loopback() {
        let tls = |url| parse_relay(url).map(|relay| relay.tls);
        assert_eq!(tls("smtp://u:p@relay.example"), Some(RelayTls::Required));
        assert_eq!(tls("smtp://u:p@relay.example?tls=none"), None);
        assert_eq!(tls("smtp://u:p@127.0.0.1:2525?tls=none"), Some(RelayTls::None));
        assert_eq!(tls("smtp://relay.example"), Some(RelayTls::Offered));
        assert_eq!(tls("smtps://u:p@relay.example"), Some(RelayTls::Implicit));
    }

    #[test]
    fn a_secret_is_not_in_debug() {
        let config = config(&[
            ("DATABASE_URL", "postgres://u:hunter2@db/x"),
            ("SECRET_KEY", "hunter2hunter2hunter2hunter2hunter2"),
            ("SMTP_URL", "smtps://u:hunter2@relay.example"),
            ("MAIL_FROM", "News <news@example.org>"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
