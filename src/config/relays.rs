//! The relays of `SMTP_URL`, and who signs in to them. Never repeats a password.

use std::net::IpAddr;
use std::str::FromStr as _;

use secrecy::SecretString;
use url::Url;

use super::reader::{Reader, expected};
use crate::locale::{Plain, Sentence, say_plain};
use crate::mail::relay::{Relay, RelayTls};

/// A relay as its URL names it, before anybody has looked whether its credentials may travel.
pub(super) struct RelayUrl {
    relay: Relay,
    user: String,
    password: String,
}

/// What a relay's URL holds; else what is wrong with it. Its password is never repeated.
pub(super) fn parse_relay_url(text: &str) -> Result<RelayUrl, String> {
    let unfit = |what: Sentence<Plain>| expected(what, say_plain("config-expected-relay-urls"));
    let (scheme, rest) = text
        .split_once("://")
        .ok_or_else(|| unfit(say_plain("config-relay-no-url").with("encoding", say_plain(ENCODING))))?;
    let (tls, default_port) = match scheme.to_ascii_lowercase().as_str() {
        "smtp" => (RelayTls::Offered, 25),
        "smtps" => (RelayTls::Implicit, 465),
        _ => return Err(unfit(say_plain("config-relay-scheme"))),
    };
    if let Some((credentials, _)) = rest.rsplit_once('@') {
        refuse_unencoded(credentials)?;
    }
    let url = Url::parse(text).map_err(|error| {
        // Its own words are safe: they name no part of the text.
        let what = say_plain("config-relay-unreadable").with("why", error.to_string());
        unfit(what.with("encoding", say_plain(ENCODING)))
    })?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if host.is_empty() || !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(unfit(say_plain("config-relay-no-host")));
    }
    let (tls, weight) = parse_options(&url, tls).ok_or_else(|| unfit(say_plain("config-relay-options")))?;
    let decode = |text: &str| {
        let pair = format!("v={}", text.replace('+', "%2B"));
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        decoded.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (user, password) = (decode(url.username()), decode(url.password().unwrap_or_default()));
    if user.is_empty() && !password.is_empty() {
        return Err(unfit(say_plain("config-relay-no-user")));
    }
    let port = url.port().unwrap_or(default_port);
    Ok(RelayUrl { relay: Relay { host, port, tls, credentials: None, weight }, user, password })
}

/// What stands behind the `?` of a relay's URL: TLS, where its scheme leaves that open, and its weight.
fn parse_options(url: &Url, mut tls: RelayTls) -> Option<(RelayTls, u32)> {
    let mut weight = 1;
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref()) {
            ("tls", "required") if tls != RelayTls::Implicit => tls = RelayTls::Required,
            ("tls", "required") => {}
            ("tls", "none") if tls != RelayTls::Implicit => tls = RelayTls::None,
            ("weight", value) => weight = value.parse().ok().filter(|weight| (1..=1000).contains(weight))?,
            _ => return None,
        }
    }
    Some((tls, weight))
}

/// The key of what may be done about a character that a URL would take for one of its own.
const ENCODING: &str = "config-relay-encoding";

/// Refuses a user and password that hold what ends that part of a URL.
fn refuse_unencoded(credentials: &str) -> Result<(), String> {
    let found: Vec<String> = [('/', "%2F"), ('#', "%23"), ('?', "%3F"), ('\\', "%5C")]
        .iter()
        .filter(|(character, _)| credentials.contains(*character))
        .map(|(character, code)| {
            let said = say_plain("config-relay-encoded").with("character", character.to_string());
            said.with("code", code).into()
        })
        .collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(expected(
            say_plain("config-relay-unencoded"),
            say_plain("config-expected-relay-encoded").with("characters", found.join(", ")),
        )),
    }
}

/// Puts a relay's credentials in place, where they may travel.
pub(super) fn with_credentials(url: RelayUrl) -> Result<Relay, String> {
    let RelayUrl { mut relay, user, password } = url;
    if user.is_empty() {
        return Ok(relay);
    }
    // Credentials never travel in the clear, except to this machine.
    let loopback =
        relay.host == "localhost" || IpAddr::from_str(&relay.host).is_ok_and(|ip| ip.is_loopback());
    relay.tls = match relay.tls {
        RelayTls::None if !loopback => {
            let what = say_plain("config-relay-in-the-clear");
            return Err(expected(what, say_plain("config-expected-relay-tls")));
        }
        RelayTls::Offered if !loopback => RelayTls::Required,
        tls => tls,
    };
    relay.credentials = Some((user, SecretString::from(password)));
    Ok(relay)
}

/// Reads the relays of `SMTP_URL`, and who signs in to the only one.
pub(super) fn read_relays(r: &mut Reader) -> Option<Vec<Relay>> {
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
    if r.problems.len() == before {
        read_credentials(r, &mut urls);
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

/// Puts `SMTP_USER` and `SMTP_PASSWORD` into the only relay.
fn read_credentials(r: &mut Reader, urls: &mut [RelayUrl]) {
    // A password may end in a space.
    let password = r.vars.get("SMTP_PASSWORD").filter(|password| !password.is_empty()).cloned();
    let user = r.text("SMTP_USER").map(str::to_owned);
    let set: Vec<&str> = [user.as_ref().map(|_| "SMTP_USER"), password.as_ref().map(|_| "SMTP_PASSWORD")]
        .into_iter()
        .flatten()
        .collect();
    if set.is_empty() {
        return;
    }
    let named = match set.as_slice() {
        [first, second] => {
            say_plain("config-two-variables").with("first", first).with("second", second).to_string()
        }
        _ => set.concat(),
    };
    match urls {
        [url] => {
            if (user.is_some() && !url.user.is_empty()) || (password.is_some() && !url.password.is_empty()) {
                let what = say_plain("config-relay-user-twice");
                r.note(&named, what, say_plain("config-expected-one-of-two"));
            }
            url.user = user.unwrap_or_else(|| std::mem::take(&mut url.user));
            url.password = password.unwrap_or_else(|| std::mem::take(&mut url.password));
            if url.user.is_empty() {
                let expected = say_plain("config-expected-smtp-user");
                r.note("SMTP_PASSWORD", say_plain("config-relay-no-smtp-user"), expected);
            } else if url.password.is_empty() {
                let expected = say_plain("config-expected-smtp-password");
                r.note("SMTP_USER", say_plain("config-relay-no-smtp-password"), expected);
            }
        }
        [] => {
            r.note(&named, say_plain("config-relay-no-smtp-url"), say_plain("config-expected-relay"));
        }
        _ => {
            let expected = say_plain("config-expected-relay-each").with("encoding", say_plain(ENCODING));
            r.note(&named, say_plain("config-relay-several"), expected);
        }
    }
}

/// Why no relay can be made of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayPartsError {
    Host,
    /// A password without a user.
    User,
    /// It would send the password in the clear.
    Clear,
}

/// A relay that somebody named by its parts. Port 465 is TLS from the first byte, others STARTTLS.
pub fn relay_of_parts(host: &str, port: u16, user: &str, password: &str) -> Result<Relay, RelayPartsError> {
    let is_name = !host.is_empty() && host.len() <= 253 && host.bytes().all(is_host_byte);
    if !is_name && IpAddr::from_str(host).is_err() {
        return Err(RelayPartsError::Host);
    }
    if user.is_empty() && !password.is_empty() {
        return Err(RelayPartsError::User);
    }
    let tls = if port == 465 { RelayTls::Implicit } else { RelayTls::Offered };
    let relay = Relay { host: host.to_owned(), port, tls, credentials: None, weight: 1 };
    let url = RelayUrl { relay, user: user.to_owned(), password: password.to_owned() };
    with_credentials(url).map_err(|_| RelayPartsError::Clear)
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}
