//! Who is there: the reader's network address, their browser's cookie, what their form holds.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::{self, HeaderMap};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::app::App;
use crate::consent::CONFIRMATION_LIFE;

/// The address a request came from. `X-Forwarded-For` is believed only where the peer is a trusted
/// proxy, and then its rightmost hop that is none: what stands left of it anybody can write.
pub fn ip(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |addr| addr.ip());
    let hops: Vec<&str> = request
        .headers()
        .get_all(header::X_FORWARDED_FOR)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    rightmost_untrusted(peer, &hops, trusted)
}

fn rightmost_untrusted(peer: IpAddr, hops: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut ip = peer.to_canonical();
    for hop in hops.iter().rev() {
        if !trusted.iter().any(|network| network.contains(&ip)) {
            break;
        }
        let hop = hop.trim();
        match hop
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .ok()
            .or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|addr| addr.ip()))
        {
            Some(next) => ip = next.to_canonical(),
            None => break,
        }
    }
    ip
}

/// Whether a proxy stands between: it says so in a header.
pub fn was_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        matches!(name, "forwarded" | "x-real-ip" | "via") || name.starts_with("x-forwarded")
    })
}

/// How many sign-ups one network address may send. One home has a whole IPv6 /64.
pub struct SignUpLimit {
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    checks: AtomicU32,
}

impl SignUpLimit {
    /// 0: no limit.
    pub fn new(per_hour: u32) -> Self {
        let limiter = NonZeroU32::new(per_hour).map(|n| RateLimiter::keyed(Quota::per_hour(n)));
        SignUpLimit { limiter, checks: AtomicU32::new(0) }
    }

    /// Counts one; the seconds to wait where it is one too many.
    pub fn check(&self, ip: IpAddr) -> Result<(), u64> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        // Addresses that have not been seen for an hour are forgotten now and then.
        if self.checks.fetch_add(1, Ordering::Relaxed) % 1024 == 1023 {
            limiter.retain_recent();
        }
        limiter
            .check_key(&network(ip))
            .map_err(|refused| refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }
}

/// How often one account, and one network address, may be tried.
pub struct SignInLimit {
    by_account: DefaultKeyedRateLimiter<String>,
    by_network: DefaultKeyedRateLimiter<IpAddr>,
    checks: AtomicU32,
}

/// Tries of one account at once; then one each two minutes.
const TRIES_AN_ACCOUNT: NonZeroU32 = NonZeroU32::new(10).expect("10 is not 0");
/// Tries from one network address at once; then one each twelve seconds.
const TRIES_A_NETWORK: NonZeroU32 = NonZeroU32::new(50).expect("50 is not 0");

impl Default for SignInLimit {
    fn default() -> Self {
        let quota = |tries: NonZeroU32, minutes: u64| {
            let quota = Quota::with_period(std::time::Duration::from_secs(minutes * 60) / tries.get());
            quota.expect("a period over 0").allow_burst(tries)
        };
        SignInLimit {
            by_account: RateLimiter::keyed(quota(TRIES_AN_ACCOUNT, 20)),
            by_network: RateLimiter::keyed(quota(TRIES_A_NETWORK, 10)),
            checks: AtomicU32::new(0),
        }
    }
}

impl SignInLimit {
    /// Counts a try of `account`, whatever its spelling; the seconds to wait where it is one too many.
    pub fn check(&self, request: &HttpRequest, app: &App, account: &str) -> Result<(), u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % 1024 == 1023 {
            self.by_account.retain_recent();
            self.by_network.retain_recent();
        }
        let account: String = account.trim().to_lowercase().chars().take(320).collect();
        let now = DefaultClock::default().now();
        let by_network = self.by_network.check_key(&network(ip(request, &app.config.trusted_proxies)));
        by_network.map_err(|refused| refused.wait_time_from(now).as_secs() + 1)?;
        self.by_account.check_key(&account).map_err(|refused| refused.wait_time_from(now).as_secs() + 1)
    }
}

fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
    }
}

/// The cookie's name: `__Host-` ties it to this host, and needs https.
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.base_url.scheme() == "https" { "__Host-postrider-signup" } else { "postrider-signup" }
}

/// The browser that a request's cookie names, if we signed it.
pub fn browser(request: &HttpRequest, app: &App) -> Option<[u8; 16]> {
    app.keyring.read_browser_cookie(request.cookie(cookie_name(app))?.value())
}

/// The cookie that names a browser, for as long as a confirmation lives.
pub fn cookie(app: &App, browser: &[u8; 16]) -> Cookie<'static> {
    Cookie::build(cookie_name(app), app.keyring.browser_cookie(browser))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.base_url.scheme() == "https")
        .max_age(time::Duration::seconds(CONFIRMATION_LIFE.num_seconds()))
        .finish()
}

/// What kind of body a request says it has, in lower case, without parameters.
pub fn content_type(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_that_anybody_can_write_is_not_believed() {
        let trusted: Vec<IpNet> = vec!["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let ip = |peer: &str, hops: &[&str]| {
            rightmost_untrusted(peer.parse().unwrap(), hops, &trusted).to_string()
        };
        assert_eq!(ip("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(ip("127.0.0.1", &["6.6.6.6", " 198.51.100.1", "10.1.2.3"]), "198.51.100.1");
        assert_eq!(ip("::ffff:127.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(ip("127.0.0.1", &["junk"]), "127.0.0.1");
        assert_eq!(ip("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn one_home_counts_once_and_the_next_is_not_kept_out() {
        let limit = SignUpLimit::new(2);
        let check = |ip: &str| limit.check(ip.parse().unwrap());
        assert!(check("2001:db8::1").is_ok() && check("2001:db8::2").is_ok());
        assert!(check("2001:db8::3").unwrap_err() > 60);
        assert!(check("2001:db8:0:1::1").is_ok());
        let off = SignUpLimit::new(0);
        assert!((0..100).all(|_| off.check(IpAddr::from([127, 0, 0, 1])).is_ok()));
    }
}
