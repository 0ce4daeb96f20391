//! Every environment variable, read once. All that is wrong is reported at once, each problem
//! with what is expected and an example.

use std::collections::HashMap;
use std::io::Read as _;
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
use crate::mail::relay::{MailRoute, Relay, RelayTls};
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

    /// Whether a secret is set, be it in a file that can't be read.
    fn is_given(&self, name: &str) -> bool {
        self.text(name).is_some() || self.text(&format!("{name}_FILE")).is_some()
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

/// A relay as its URL names it, before anybody has looked whether its credentials may travel.
struct RelayUrl {
    relay: Relay,
    user: String,
    password: String,
}

/// What a relay's URL holds; else what is wrong with it. Its password is never repeated.
fn parse_relay_url(text: &str) -> Result<RelayUrl, String> {
    const EXPECTED: &str =
        "smtp://user:password@relay.example:587 or smtps://…:465, several separated by spaces";
    let unfit = |what: &str| format!("{what}. Expected: {EXPECTED}");
    let (scheme, rest) = text
        .split_once("://")
        .ok_or_else(|| unfit(&format!("a part of what it holds is no URL; {ENCODING}")))?;
    let (mut tls, default_port) = match scheme.to_ascii_lowercase().as_str() {
        "smtp" => (RelayTls::Offered, 25),
        "smtps" => (RelayTls::Implicit, 465),
        _ => return Err(unfit("it begins with something else than smtp:// or smtps://")),
    };
    if let Some((credentials, _)) = rest.rsplit_once('@') {
        refuse_unencoded(credentials)?;
    }
    let url = Url::parse(text).map_err(|error| {
        // Its own words are safe: they name no part of the text.
        unfit(&format!("what it holds is no URL that can be read ({error}); {ENCODING}"))
    })?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if host.is_empty() || !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(unfit("what it holds is no host and port"));
    }
    let mut weight = 1;
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref()) {
            ("tls", "required") if tls != RelayTls::Implicit => tls = RelayTls::Required,
            ("tls", "required") => {}
            ("tls", "none") if tls != RelayTls::Implicit => tls = RelayTls::None,
            ("weight", value) if matches!(value.parse(), Ok(1..=1000)) => {
                weight = value.parse().unwrap_or(weight)
            }
            _ => {
                return Err(unfit(
                    "behind its ? stands something else than tls=required, tls=none (smtp:// only) or \
                     weight=1…1000",
                ));
            }
        }
    }
    let decode = |text: &str| {
        let pair = format!("v={}", text.replace('+', "%2B"));
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        decoded.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (user, password) = (decode(url.username()), decode(url.password().unwrap_or_default()));
    if user.is_empty() && !password.is_empty() {
        return Err(unfit("it has a password and no user"));
    }
    let port = url.port().unwrap_or(default_port);
    Ok(RelayUrl { relay: Relay { host, port, tls, credentials: None, weight }, user, password })
}

/// What may be done about a character that a URL would take for one of its own.
const ENCODING: &str = "in a user or password write % as %25, / as %2F, # as %23, ? as %3F, @ as %40, : as %3A and \
                        a space as %20, or set them as they are in SMTP_USER and SMTP_PASSWORD";

/// Refuses a user and password that hold what ends that part of a URL.
fn refuse_unencoded(credentials: &str) -> Result<(), String> {
    let found: Vec<String> = [('/', "%2F"), ('#', "%23"), ('?', "%3F"), ('\\', "%5C")]
        .iter()
        .filter(|(character, _)| credentials.contains(*character))
        .map(|(character, encoded)| format!("{character} as {encoded}"))
        .collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "the user or the password holds what ends it in a URL. Expected: percent-encoded, {} (and % itself \
             as %25), or as they are in SMTP_USER and SMTP_PASSWORD",
            found.join(", ")
        )),
    }
}

/// Puts a relay's credentials in place, where they may travel.
fn with_credentials(url: RelayUrl) -> Result<Relay, String> {
    let RelayUrl { mut relay, user, password } = url;
    if user.is_empty() {
        return Ok(relay);
    }
    // Credentials never travel in the clear, except to this machine.
    let loopback =
        relay.host == "localhost" || IpAddr::from_str(&relay.host).is_ok_and(|ip| ip.is_loopback());
    relay.tls = match relay.tls {
        RelayTls::None if !loopback => {
            return Err("?tls=none would send the password in the clear. Expected: credentials with TLS, \
                        except on this machine"
                .to_owned());
        }
        RelayTls::Offered if !loopback => RelayTls::Required,
        tls => tls,
    };
    relay.credentials = Some((user, SecretString::from(password)));
    Ok(relay)
}

/// Reads the relays of `SMTP_URL`, and who signs in to the only one.
fn read_relays(r: &mut Reader) -> Option<Vec<Relay>> {
    let parsed: Vec<Result<RelayUrl, String>> =
        r.text("SMTP_URL").unwrap_or_default().split_whitespace().map(parse_relay_url).collect();
    let before = r.problems.len();
    let mut urls = Vec::with_capacity(parsed.len());
    for url in parsed {
        match url {
            Ok(url) => urls.push(url),
            Err(problem) => r.problems.push(format!("SMTP_URL: {problem}")),
        }
    }
    // A password may end in a space.
    let password = r.vars.get("SMTP_PASSWORD").filter(|password| !password.is_empty()).cloned();
    let user = r.text("SMTP_USER").map(str::to_owned);
    let set: Vec<&str> = [user.as_ref().map(|_| "SMTP_USER"), password.as_ref().map(|_| "SMTP_PASSWORD")]
        .into_iter()
        .flatten()
        .collect();
    if !set.is_empty() && r.problems.len() == before {
        let named = set.join(" and ");
        match urls.as_mut_slice() {
            [url] => {
                if (user.is_some() && !url.user.is_empty()) || (password.is_some() && !url.password.is_empty()) {
                    r.problems.push(format!(
                        "{named}: SMTP_URL names a user or a password too. Expected: one of the two"
                    ));
                }
                url.user = user.unwrap_or_else(|| std::mem::take(&mut url.user));
                url.password = password.unwrap_or_else(|| std::mem::take(&mut url.password));
                if url.user.is_empty() {
                    r.problems.push("SMTP_PASSWORD: set without a user. Expected: SMTP_USER too".to_owned());
                } else if url.password.is_empty() {
                    r.problems.push("SMTP_USER: set without a password. Expected: SMTP_PASSWORD too".to_owned());
                }
            }
            [] => {
                let missing = format!("{named}: set without SMTP_URL. Expected: SMTP_URL=smtp://relay.example:587");
                r.problems.push(missing);
            }
            _ => r.problems.push(format!(
                "{named}: which of SMTP_URL's relays they are for is not said. Expected: each relay's user and \
                 password in its URL; {ENCODING}"
            )),
        }
    }
    let mut relays = Vec::with_capacity(urls.len());
    for url in urls {
        match with_credentials(url) {
            Ok(relay) => relays.push(relay),
            Err(problem) => r.problems.push(format!("SMTP_URL: {problem}")),
        }
    }
    (!relays.is_empty()).then_some(relays)
}

/// What may be read from a file instead, named by the same variable with `_FILE` behind.
const SECRETS: [&str; 5] = ["DATABASE_URL", "SECRET_KEY", "SMTP_URL", "SMTP_USER", "SMTP_PASSWORD"];

/// Takes secrets from the files that are named, and notes what is wrong with those.
fn read_secret_files(vars: &mut HashMap<String, String>, problems: &mut Vec<String>) {
    for name in SECRETS {
        let variable = format!("{name}_FILE");
        let path = vars.get(&variable).map(|path| path.trim().to_owned()).filter(|path| !path.is_empty());
        let Some(path) = path else { continue };
        if vars.get(name).is_some_and(|value| !value.trim().is_empty()) {
            problems.push(format!("{variable}: {name} is set too. Expected: one of the two"));
            continue;
        }
        match read_secret(Path::new(&path)) {
            Ok(secret) => {
                vars.insert(name.to_owned(), secret);
            }
            Err(why) => problems.push(format!(
                "{variable}: {path} {why}. Expected: a file of text with {name} in it, which this user may read"
            )),
        }
    }
}

/// What a secret's file holds, without the line end that editors put behind it.
fn read_secret(path: &Path) -> Result<String, String> {
    const BYTES_MAX: u64 = 64 * 1024;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("can't be read ({error})"))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err("is larger than 64 KiB".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let secret =
        text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    match secret.trim().is_empty() {
        true => Err("is empty".to_owned()),
        false => Ok(secret.to_owned()),
    }
}

/// The address at which readers reach us; else what is wrong with it.
fn parse_base_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| "it is no address")?;
    match () {
        _ if !matches!(url.scheme(), "http" | "https") || !url.has_host() => Err("it is no web address"),
        _ if !url.username().is_empty() || url.password().is_some() => Err("it holds a user or a password"),
        _ if url.path() != "/" => {
            Err("it has a path, and Postrider needs a host of its own, a sub-domain say")
        }
        _ if url.query().is_some() || url.fragment().is_some() => Err("something stands behind the host"),
        _ => Ok(url),
    }
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
    /// What mail needs for its way.
    pub fn transport(&self) -> transport::Settings<'_> {
        transport::Settings {
            route: &self.mail_route,
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
        let (mut vars, mut problems) = (vars.clone(), Vec::new());
        read_secret_files(&mut vars, &mut problems);
        let mut reader = Reader { vars: &vars, problems };
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
        let base_url = match r.text("BASE_URL").map(parse_base_url) {
            Some(Err(why)) => {
                let expected = "where readers reach this server, like https://news.example";
                r.problems.push(format!("BASE_URL: {why}. Expected: {expected}"));
                None
            }
            parsed => parsed.and_then(Result::ok),
        };
        let base_url = base_url.or_else(|| Url::parse(&format!("http://{bind_addr}")).ok());
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
        if matches!(database, DatabaseUrl::Postgres(_)) && !r.is_given("SECRET_KEY") {
            r.problems.push(
                "SECRET_KEY: missing, and PostgreSQL has no folder of its own to keep one in. \
                 Expected: 32 signs or more, like the output of: openssl rand -hex 32"
                    .into(),
            );
        }

        let relays = read_relays(r);
        let capture = r.parsed("CAPTURE_MAIL", "true or false", parse_switch);
        let outbox = data_dir.join("outbox");
        let smtp_asked = r.is_given("SMTP_URL");
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
        let tls = |url| parse_relay_url(url).and_then(with_credentials).map(|relay| relay.tls);
        assert_eq!(tls("smtp://u:p@relay.example"), Ok(RelayTls::Required));
        assert!(tls("smtp://u:p@relay.example?tls=none").unwrap_err().contains("in the clear"));
        assert_eq!(tls("smtp://u:p@127.0.0.1:2525?tls=none"), Ok(RelayTls::None));
        assert_eq!(tls("smtp://relay.example"), Ok(RelayTls::Offered));
        assert_eq!(tls("smtps://u:p@relay.example"), Ok(RelayTls::Implicit));
    }

    fn credentials(vars: &[(&str, &str)]) -> Result<(String, String), String> {
        use secrecy::ExposeSecret as _;
        let from = ("MAIL_FROM", "News <news@example.org>");
        let config = config(&[vars, &[from]].concat()).map_err(|error| error.to_string())?;
        let MailRoute::Smtp(relays) = config.mail_route else { return Err("no relay".to_owned()) };
        let (user, password) = relays[0].credentials.clone().ok_or("nobody")?;
        Ok((user, password.expose_secret().to_owned()))
    }

    #[test]
    fn a_password_that_a_url_would_cut_is_refused_with_how_to_write_it_and_is_never_shown() {
        for (raw, encoded) in [("/", "%2F"), ("#", "%23"), ("?", "%3F"), ("\\", "%5C"), (" ", "%20")] {
            for url in [
                format!("smtps://me:hun{raw}ter2@relay.example"),
                format!("smtps://me:12{raw}34hunter@relay.example"),
                format!("smtp://me:hunter{raw}x@y@relay.example:587?tls=required"),
                format!("smtp://me{raw}hunter:x@relay.example"),
            ] {
                let error = credentials(&[("SMTP_URL", &url)]).unwrap_err();
                assert!(error.contains(encoded) && error.contains("SMTP_PASSWORD"), "{url}: {error}");
                assert!(!error.contains("hun") && !error.contains("ter2"), "{url}: {error}");
            }
        }
        for (raw, password) in
            [("ab+cd", "ab+cd"), ("a@b", "a@b"), ("50%off", "50%off"), ("a%2Fb%23", "a/b#")]
        {
            let url = format!("smtps://me:{raw}@relay.example");
            assert_eq!(credentials(&[("SMTP_URL", &url)]), Ok(("me".to_owned(), password.to_owned())));
        }
        assert!(
            credentials(&[("SMTP_URL", "smtps://:hunter2@relay.example")]).unwrap_err().contains("no user")
        );
    }

    #[test]
    fn a_user_and_a_password_stand_beside_the_url_as_they_are() {
        let (url, user) = (("SMTP_URL", "smtps://relay.example"), ("SMTP_USER", "me@tern.example"));
        let password = ("SMTP_PASSWORD", "a/b#c?d@e%41f ");
        let given = Ok(("me@tern.example".to_owned(), password.1.to_owned()));
        assert_eq!(credentials(&[url, user, password]), given);
        assert_eq!(credentials(&[("SMTP_URL", "smtps://me%40tern.example@relay.example"), password]), given);
        let problem = |vars: &[(&str, &str)], words: &str| {
            let error = credentials(vars).unwrap_err();
            assert!(
                error.contains(words) && error.contains("Expected: ") && !error.contains("a/b#"),
                "{error}"
            );
        };
        problem(&[url, user], "without a password");
        problem(&[url, password], "without a user");
        problem(&[user, password], "without SMTP_URL");
        problem(&[("SMTP_URL", "smtps://u:p@relay.example"), password], "one of the two");
        problem(&[("SMTP_URL", "smtps://a.example smtps://b.example"), user, password], "in its URL");
        problem(&[("SMTP_URL", "smtp://relay.example?tls=none"), user, password], "in the clear");
    }

    #[test]
    fn every_secret_may_stand_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let key = file("key", b"hunter2hunter2hunter2hunter2hunter2\n");
        let database = file("database", b"postgres://u:hunter2@db/x\r\n");
        let url = file("url", b"smtps://relay.example\n");
        let password = file("password", b" hunter2\n\n");
        let found = config(&[
            ("SECRET_KEY_FILE", &key),
            ("DATABASE_URL_FILE", &database),
            ("MAIL_FROM", "News <news@example.org>"),
            ("SMTP_URL_FILE", &url),
            ("SMTP_USER", "me"),
            ("SMTP_PASSWORD_FILE", &password),
        ])
        .unwrap();
        assert!(matches!(found.database, DatabaseUrl::Postgres(_)) && found.secret_keys.len() == 1);
        let vars = [("SMTP_URL_FILE", url.as_str()), ("SMTP_USER", "me"), ("SMTP_PASSWORD_FILE", &password)];
        assert_eq!(credentials(&vars), Ok(("me".to_owned(), " hunter2\n".to_owned())), "one line end is cut");

        let error = config(&[
            ("SECRET_KEY", "hunter2hunter2hunter2hunter2hunter2"),
            ("SECRET_KEY_FILE", &key),
            ("DATABASE_URL_FILE", &file("odd", b"\xff")),
            ("SMTP_URL_FILE", "/nowhere/smtp-url"),
            ("SMTP_PASSWORD_FILE", &file("nothing", b"\n")),
            ("BASE_URL", "https://news.example/letters"),
        ])
        .unwrap_err();
        assert_eq!(error.0.len(), 5, "each once, and nothing that follows from it: {error}");
        for words in ["SECRET_KEY is set too", "not UTF-8", "/nowhere/smtp-url can't be read", "is empty"] {
            assert!(error.to_string().contains(words), "{words}: {error}");
        }
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn what_is_wrong_with_the_base_url_is_said() {
        for (url, why) in [
            ("https://news.example/letters", "path"),
            ("https://news.example/letters/", "path"),
            ("https://news.example?x=1", "behind the host"),
            ("https://u:p@news.example", "user"),
            ("news.example", "no address"),
            ("ftp://news.example", "web address"),
        ] {
            let error = config(&[("BASE_URL", url), ("CAPTURE_MAIL", "true")]).unwrap_err().to_string();
            assert!(error.contains("BASE_URL") && error.contains(why), "{url}: {error}");
        }
        assert!(config(&[("BASE_URL", "https://news.example/"), ("CAPTURE_MAIL", "true")]).is_ok());
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
