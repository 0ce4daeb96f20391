//! Who is there: the reader's network address, their browser's cookie, what their form holds.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use ipnet::IpNet;

use super::error_page::ErrorPage;
use crate::actions::consent::CONFIRMATION_LIFE;
use crate::app::App;
use crate::locale::Localizer;

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

/// What a reader's browser would like a page to be in, of what there is.
pub fn language(request: &HttpRequest) -> Option<Localizer> {
    Localizer::accepted(request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// What kind of body a request says it has, in lower case, without parameters.
pub fn content_type(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Whether a request's body is JSON.
pub fn is_json(request: &HttpRequest) -> bool {
    let kind = content_type(request);
    kind == "application/json" || kind.ends_with("+json")
}

/// Refuses a body that is compressed: no browser sends one, and a small one could be a large form.
pub fn refuse_compressed(request: &HttpRequest) -> Result<(), ErrorPage> {
    match request.headers().get(header::CONTENT_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => Err(ErrorPage::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "error-media-type",
            "error-compressed-lead",
        )),
        _ => Ok(()),
    }
}

/// Whether a request would rather have JSON than a page.
pub fn prefers_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut best = (0.0f32, 0.0f32);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or("").to_ascii_lowercase();
        let q = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        match kind.as_str() {
            "application/json" | "application/problem+json" => best.0 = best.0.max(q),
            "text/html" | "application/xhtml+xml" => best.1 = best.1.max(q),
            _ => {}
        }
    }
    best.0 > 0.0 && best.0 >= best.1
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
    fn a_browser_gets_a_page_and_a_script_gets_json() {
        let prefers = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, header::HeaderValue::from_static(accept));
            prefers_json(&headers)
        };
        assert!(!prefers("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!prefers("*/*"));
        assert!(!prefers("text/html, application/json;q=0.5"));
        assert!(prefers("application/json, text/plain, */*"));
    }
}
