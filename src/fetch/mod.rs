//! The guarded fetcher: the only way in which this program reads an address that somebody else
//! named. It connects to public addresses only, follows few redirects, and reads a bounded number
//! of bytes in a bounded time. It must never learn what a feed is.

mod links;
pub mod network;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use futures_util::StreamExt as _;
use ipnet::IpNet;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use url::{Host, Url};

use crate::locale::say;

/// The most bytes of a body, counted after decompression.
pub const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
const REDIRECTS_MAX: usize = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that a server's `Cache-Control` or `Retry-After` is obeyed.
pub const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads addresses, within limits. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    allow: Arc<[IpNet]>,
}

/// What a server gave us to ask "has it changed?" with (RFC 9110, section 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// A good answer, and which address asks to be asked from now on.
#[derive(Debug)]
pub struct Fetched {
    /// Where the request was sent for good: the last of the leading 301s and 308s.
    pub moved_permanently_to: Option<Url>,
    /// How long the server says its answer stays fresh, at most [`WAIT_MAX`].
    pub min_interval: Option<Duration>,
    pub answer: Answer,
}

/// What a good answer holds.
#[derive(Debug)]
pub enum Answer {
    NotModified,
    Document(Box<Document>),
}

/// A body, and what HTTP said of it.
#[derive(Debug)]
pub struct Document {
    pub final_url: Url,
    pub validators: Validators,
    pub content_type: Option<String>,
    /// Where its `Link` headers lead, each with its relation.
    pub links: Vec<(String, Url)>,
    pub body: Vec<u8>,
}

/// Why there is nothing to read. Each says what happened and what an operator can do.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{}", say("feed-why-address").with("url", .0))]
    BadAddress(String),
    #[error("{}", say("feed-why-private").with("address", .0))]
    PrivateAddress(String),
    #[error("{}", say("feed-why-gone"))]
    Gone,
    #[error("{}", say("feed-why-not-found"))]
    NotFound,
    #[error("{}", status_sentence(*.code, *.retry_after))]
    Status { code: u16, retry_after: Option<Duration> },
    #[error("{}", say("feed-why-large"))]
    TooLarge,
    #[error("{}", say("feed-why-redirects"))]
    TooManyRedirects,
    #[error("{}", say("feed-why-slow").with("secs", .0.as_secs_f32().to_string()))]
    Timeout(Duration),
    #[error("{}", say("feed-why-name").with("name", .0))]
    NameNotFound(String),
    #[error("{0}")]
    Network(String),
}

fn status_sentence(code: u16, retry_after: Option<Duration>) -> String {
    let advice = match code {
        401 | 403 => "feed-advice-blocked",
        429 => "feed-advice-too-often",
        500..=599 => "feed-advice-trouble",
        _ => "feed-advice-other",
    };
    let said = match retry_after {
        Some(wait) => say("feed-why-status-wait").with("secs", wait.as_secs()),
        None => say("feed-why-status"),
    };
    said.with("code", code.to_string()).with("advice", say(advice)).to_string()
}

impl FetchError {
    /// How long the server asked us to stay away, at most [`WAIT_MAX`].
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            FetchError::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Marks a refusal inside the resolver, where reqwest wants an error of its own.
#[derive(Debug)]
struct NotPublic(String);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a public address", self.0)
    }
}

impl std::error::Error for NotPublic {}

/// Marks a name that DNS does not know.
#[derive(Debug)]
struct NameUnknown(String);

impl fmt::Display for NameUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name {} was not found", self.0)
    }
}

impl std::error::Error for NameUnknown {}

/// Whether an address belongs to the public internet (RFC 6890 and its successors).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(ip) = ip.to_ipv4_mapped() {
        return is_public_v4(ip);
    }
    let s = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    // A translator turns 64:ff9b::a.b.c.d into a.b.c.d, and 6to4 does the same for 2002::/16, so
    // the address inside is the one that counts.
    if s[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public_v4(embedded(s[6], s[7]));
    }
    if s[0] == 0x2002 {
        return is_public_v4(embedded(s[1], s[2]));
    }
    let global_unicast = s[0] & 0xe000 == 0x2000;
    let special = (s[0] == 0x2001 && (s[1] < 0x0200 || s[1] == 0x0db8)) || s[0] == 0x3fff;
    global_unicast && !special
}

fn allowed(allow: &[IpNet], ip: IpAddr) -> bool {
    is_public(ip) || allow.iter().any(|net| net.contains(&ip) || net.contains(&ip.to_canonical()))
}

/// The addresses of a name that may be connected to. `localhost` is often 127.0.0.1 and ::1, of
/// which an operator allows one; what is left out is never connected to.
fn reachable(allow: &[IpNet], found: &[SocketAddr]) -> Vec<SocketAddr> {
    found.iter().copied().filter(|address| allowed(allow, address.ip())).collect()
}

struct Resolver {
    allow: Arc<[IpNet]>,
}

impl reqwest::dns::Resolve for Resolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let allow = self.allow.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(Vec::from_iter);
            let found: Vec<SocketAddr> = found.unwrap_or_default();
            if found.is_empty() {
                return Err(NameUnknown(name).into());
            }
            let reachable = reachable(&allow, &found);
            if reachable.is_empty() {
                return Err(NotPublic(format!("{name} ({})", found[0].ip())).into());
            }
            // What is returned here is what gets connected to: a second look at DNS, which could
            // answer differently, never happens.
            Ok(Box::new(reachable.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// Whether a validator may be stored and sent again as it is.
fn storable(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?.trim();
    (!text.is_empty() && text.len() <= 500).then(|| text.to_owned())
}

fn validators_of(headers: &HeaderMap) -> Validators {
    let last_modified = headers.get(header::LAST_MODIFIED).and_then(storable);
    let etag = headers.get(header::ETAG).and_then(storable).map(|etag| strip_gzip_suffix(&etag));
    // WordPress answers 200 to every weak ETag, and nginx weakens what it compresses: the date
    // alone gets the 304.
    let etag = etag.filter(|etag| !(etag.starts_with("W/") && last_modified.is_some()));
    Validators { etag, last_modified }
}

/// Apache appends `-gzip` inside the quotes and then never matches its own ETag again.
fn strip_gzip_suffix(etag: &str) -> String {
    for suffix in ["-gzip\"", ";gzip\"", "-br\""] {
        if let Some(rest) = etag.strip_suffix(suffix) {
            return format!("{}\"", rest.trim_end_matches('-'));
        }
    }
    etag.to_owned()
}

fn content_type_of(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::CONTENT_TYPE)?.to_str().ok()?.to_owned())
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::CACHE_CONTROL)?.to_str().ok()?.to_ascii_lowercase();
    let mut age = None;
    for directive in value.split(',').map(str::trim) {
        match directive.split_once('=') {
            Some(("max-age", secs)) => age = secs.trim_matches('"').parse::<u64>().ok(),
            None if directive == "no-cache" || directive == "no-store" => return None,
            _ => {}
        }
    }
    age.filter(|secs| *secs > 0).map(|secs| Duration::from_secs(secs).min(WAIT_MAX))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(secs) = value.parse::<u64>() {
        return Some(Duration::from_secs(secs).min(WAIT_MAX));
    }
    // Against the server's own clock: the two need not agree with ours, only with each other.
    let until = DateTime::parse_from_rfc2822(value).ok()?;
    let date = DateTime::parse_from_rfc2822(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    (until - date).to_std().ok().map(|wait| wait.min(WAIT_MAX))
}

impl Fetcher {
    /// A fetcher that may also reach the networks in `allow`; `base_url` tells servers who we are.
    pub fn new(allow: &[IpNet], base_url: &Url) -> anyhow::Result<Fetcher> {
        let allow: Arc<[IpNet]> = allow.into();
        let client = Client::builder()
            .user_agent(format!("Postrider/{} (+{base_url})", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A proxy would resolve the name itself, past the check.
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(1)
            .dns_resolver(Arc::new(Resolver { allow: allow.clone() }))
            .build()?;
        Ok(Fetcher { client, allow })
    }

    /// Reads a document; with validators, only if it has changed. `deadline` covers everything
    /// from the first DNS question to the last byte.
    pub async fn fetch(
        &self,
        url: &Url,
        validators: Option<&Validators>,
        deadline: Duration,
    ) -> Result<Fetched, FetchError> {
        tokio::time::timeout(deadline, self.fetch_unhurried(url, validators))
            .await
            .unwrap_or(Err(FetchError::Timeout(deadline)))
    }

    /// A page as it is now: its status after redirects, and what stands there if it is 200 and not too large.
    pub async fn page(&self, url: &Url, deadline: Duration) -> Result<(u16, Option<Document>), FetchError> {
        let asked = async {
            let (response, final_url, _) = self.follow(url, None, "text/html, */*;q=0.5").await?;
            let code = response.status().as_u16();
            if code != 200 {
                return Ok((code, None));
            }
            let content_type = content_type_of(response.headers());
            let (validators, links) = (Validators::default(), Vec::new());
            let body = read_body(response).await.ok();
            Ok((code, body.map(|body| Document { final_url, validators, content_type, links, body })))
        };
        tokio::time::timeout(deadline, asked).await.unwrap_or(Err(FetchError::Timeout(deadline)))
    }

    /// Sends a form; the status that comes back, after redirects that keep it a form.
    pub async fn post_form(&self, url: &Url, form: &str, deadline: Duration) -> Result<u16, FetchError> {
        let sent = async {
            let mut url = url.clone();
            for _ in 0..=REDIRECTS_MAX {
                self.check(&url)?;
                let request = self.client.post(url.clone()).body(form.to_owned());
                let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                let response = request.send().await.map_err(network_error)?;
                let code = response.status().as_u16();
                match response.headers().get(header::LOCATION).filter(|_| matches!(code, 307 | 308)) {
                    Some(target) => {
                        let target = String::from_utf8_lossy(target.as_bytes());
                        url = url.join(&target).map_err(|_| FetchError::BadAddress(target.to_string()))?;
                    }
                    None => return Ok(code),
                }
            }
            Err(FetchError::TooManyRedirects)
        };
        tokio::time::timeout(deadline, sent).await.unwrap_or(Err(FetchError::Timeout(deadline)))
    }

    /// Whether an address is plainly one of those that are not public and that an operator allows.
    pub fn is_allowed_private(&self, url: &Url) -> bool {
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain("localhost")) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            _ => return false,
        };
        !is_public(ip) && allowed(&self.allow, ip)
    }

    /// The status code at an address, after redirects.
    pub async fn status(&self, url: &Url, deadline: Duration) -> Result<u16, FetchError> {
        let asked = tokio::time::timeout(deadline, self.follow(url, None, "*/*")).await;
        let (response, ..) = asked.unwrap_or(Err(FetchError::Timeout(deadline)))?;
        Ok(response.status().as_u16())
    }

    async fn fetch_unhurried(
        &self,
        url: &Url,
        validators: Option<&Validators>,
    ) -> Result<Fetched, FetchError> {
        let accept = "application/rss+xml, application/atom+xml, application/feed+json, \
                      application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5";
        let (response, final_url, moved_permanently_to) = self.follow(url, validators, accept).await?;
        let headers = response.headers();
        let min_interval = max_age(headers);
        match response.status() {
            StatusCode::NOT_MODIFIED if validators.is_some() => {
                return Ok(Fetched { moved_permanently_to, min_interval, answer: Answer::NotModified });
            }
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {}
            StatusCode::GONE => return Err(FetchError::Gone),
            StatusCode::NOT_FOUND => return Err(FetchError::NotFound),
            status => {
                return Err(FetchError::Status { code: status.as_u16(), retry_after: retry_after(headers) });
            }
        }
        let validators = validators_of(headers);
        let content_type = content_type_of(headers);
        let links = links::read(headers, &final_url);
        let body = read_body(response).await?;
        let document = Document { final_url, validators, content_type, links, body };
        Ok(Fetched { moved_permanently_to, min_interval, answer: Answer::Document(Box::new(document)) })
    }

    /// Sends a request and follows its redirects, checking every address on the way.
    async fn follow(
        &self,
        url: &Url,
        validators: Option<&Validators>,
        accept: &'static str,
    ) -> Result<(Response, Url, Option<Url>), FetchError> {
        let mut url = url.clone();
        url.set_fragment(None);
        let mut moved_permanently_to = None;
        let mut permanent_so_far = true;
        let mut cookies = Cookies::default();
        for _ in 0..=REDIRECTS_MAX {
            self.check(&url)?;
            let mut request = self.client.get(url.clone()).header(header::ACCEPT, accept);
            if let Some(validators) = validators {
                if let Some(etag) = &validators.etag {
                    request = request.header(header::IF_NONE_MATCH, etag);
                }
                if let Some(date) = &validators.last_modified {
                    request = request.header(header::IF_MODIFIED_SINCE, date);
                }
            }
            if let Some(cookies) = cookies.of(&url) {
                request = request.header(header::COOKIE, cookies);
            }
            let response = request.send().await.map_err(network_error)?;
            let target = match response.status().as_u16() {
                // Many servers write addresses as people do, in UTF-8.
                301 | 302 | 303 | 307 | 308 => response.headers().get(header::LOCATION),
                _ => None,
            };
            let Some(target) = target.map(|value| String::from_utf8_lossy(value.as_bytes())) else {
                return Ok((response, url, moved_permanently_to));
            };
            let mut next = url.join(&target).map_err(|_| FetchError::BadAddress(target.to_string()))?;
            cookies.keep(&url, response.headers());
            next.set_fragment(None);
            permanent_so_far &= matches!(response.status().as_u16(), 301 | 308);
            if permanent_so_far {
                moved_permanently_to = Some(next.clone());
            }
            url = next;
        }
        Err(FetchError::TooManyRedirects)
    }

    /// Refuses what is no plain web address; names are checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            let mut shown = url.clone();
            // A password must not end up in the feed's stored error.
            let _ = shown.set_password(None);
            return Err(FetchError::BadAddress(shown.to_string()));
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(FetchError::BadAddress(url.to_string())),
        };
        if allowed(&self.allow, ip) { Ok(()) } else { Err(FetchError::PrivateAddress(ip.to_string())) }
    }
}

/// What servers set on the way of one request: some send nobody on who doesn't bring it back.
#[derive(Default)]
struct Cookies(Vec<(Option<String>, String)>);

impl Cookies {
    const MAX: usize = 10;
    const BYTES_MAX: usize = 1_000;

    fn keep(&mut self, url: &Url, headers: &HeaderMap) {
        for set in headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
            if pair.contains('=') && pair.len() <= Self::BYTES_MAX && self.0.len() < Self::MAX {
                self.0.push((url.host_str().map(str::to_owned), pair.to_owned()));
            }
        }
    }

    /// Those of this host, as a header.
    fn of(&self, url: &Url) -> Option<String> {
        let own = self.0.iter().filter(|(host, _)| host.as_deref() == url.host_str());
        let pairs: Vec<&str> = own.map(|(_, pair)| pair.as_str()).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

async fn read_body(response: Response) -> Result<Vec<u8>, FetchError> {
    if response.content_length().is_some_and(|length| length > BODY_BYTES_MAX as u64) {
        return Err(FetchError::TooLarge);
    }
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(network_error)?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn network_error(error: reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::Timeout(CONNECT_TIMEOUT);
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(NotPublic(name)) = error.downcast_ref() {
            return FetchError::PrivateAddress(name.clone());
        }
        if let Some(NameUnknown(name)) = error.downcast_ref() {
            return FetchError::NameNotFound(name.clone());
        }
        cause = error.source();
    }
    FetchError::Network(network::in_words(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
        ] {
            assert!(!is_public(ip(private)), "{private}");
        }
        for public in
            ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"]
        {
            assert!(is_public(ip(public)), "{public}");
        }
    }

    #[test]
    fn an_allowed_network_is_allowed_in_either_spelling() {
        let allow: Vec<IpNet> = vec!["127.0.0.0/8".parse().unwrap()];
        assert!(allowed(&allow, ip("127.0.0.1")) && allowed(&allow, ip("::ffff:127.0.0.1")));
        assert!(!allowed(&allow, ip("10.0.0.1")));
    }

    #[test]
    fn of_a_name_with_public_and_private_addresses_only_the_public_ones_are_reached() {
        let found =
            |ips: &[&str]| -> Vec<SocketAddr> { ips.iter().map(|text| (ip(text), 443).into()).collect() };
        let mixed = found(&["1.1.1.1", "10.0.0.1", "fd12::1"]);
        assert_eq!(reachable(&[], &mixed), found(&["1.1.1.1"]));
        assert_eq!(reachable(&[], &found(&["10.0.0.1"])), []);
        let allow: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        assert_eq!(reachable(&allow, &mixed), found(&["1.1.1.1", "10.0.0.1"]));
    }

    #[test]
    fn the_suffix_of_a_compressed_etag_is_dropped_and_a_weak_one_gives_way_to_the_date() {
        let validators = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            validators_of(&headers)
        };
        assert_eq!(validators(&[("etag", "\"abc-gzip\"")]).etag.as_deref(), Some("\"abc\""));
        assert_eq!(validators(&[("etag", "\"abc--gzip\"")]).etag.as_deref(), Some("\"abc\""));
        assert_eq!(validators(&[("etag", "W/\"abc\"")]).etag.as_deref(), Some("W/\"abc\""));
        let both = validators(&[("etag", "W/\"abc\""), ("last-modified", "Mon, 23 Nov 2026 19:00:11 GMT")]);
        assert_eq!(both.etag, None);
        assert!(both.last_modified.is_some());
    }

    #[test]
    fn waits_are_read_in_seconds_or_as_a_date_and_never_exceed_a_day() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            headers
        };
        assert_eq!(retry_after(&with(&[("retry-after", "120")])), Some(Duration::from_secs(120)));
        assert_eq!(retry_after(&with(&[("retry-after", "999999999")])), Some(WAIT_MAX));
        let date =
            [("retry-after", "Mon, 23 Nov 2026 19:05:00 GMT"), ("date", "Mon, 23 Nov 2026 19:00:00 GMT")];
        assert_eq!(retry_after(&with(&date)), Some(Duration::from_secs(300)));
        assert_eq!(
            max_age(&with(&[("cache-control", "public, max-age=900")])),
            Some(Duration::from_secs(900))
        );
        assert_eq!(max_age(&with(&[("cache-control", "no-cache, max-age=900")])), None);
    }
}
