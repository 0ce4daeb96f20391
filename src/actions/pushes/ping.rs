//! Pings: a site says that it has changed, by its name, its home, and perhaps its feed. It never says which article.

use url::Url;
use uuid::Uuid;

use super::ask;
use crate::actions::Result;
use crate::app::App;
use crate::db::pushes::{self, By, Site};

/// Has the feeds of a site polled. `addresses` are those that a ping names: its home, then what has changed and the
/// feed, where it does. False where none of them is of a feed that we know.
pub async fn ping(app: &App, addresses: &[String]) -> Result<bool> {
    let named: Vec<Url> = addresses.iter().filter_map(|address| Url::parse(address).ok()).collect();
    let mut tx = app.db.read().await?;
    let sites = pushes::sites(&mut tx).await?;
    drop(tx);
    let is_named = |site: &Site| named.iter().any(|url| names(url, site));
    let known: Vec<Uuid> = sites.iter().filter(|site| is_named(site)).map(|site| site.feed_id).collect();
    if known.is_empty() {
        return Ok(false);
    }
    ask(app, &known, By::Ping).await?;
    Ok(true)
}

/// Whether an address is a feed's own, that of the site that it belongs to, or of a page there.
fn names(url: &Url, site: &Site) -> bool {
    let feed = Url::parse(&site.url).ok();
    let home = Url::parse(&site.home_url).ok();
    let is_above_feed = feed.as_ref().is_some_and(|feed| is_within(feed, url));
    let is_of_site = home.as_ref().is_some_and(|home| is_within(home, url) || is_within(url, home));
    is_above_feed || is_of_site
}

/// Whether an address is at or below another on the same host, over http or https, with `www.` or without. A ping may
/// leave the port out.
fn is_within(inner: &Url, outer: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_ascii_lowercase()
    };
    let ports = inner.port().zip(outer.port());
    let path = outer.path().trim_end_matches('/');
    let behind = inner.path().strip_prefix(path);
    !host(inner).is_empty()
        && host(inner) == host(outer)
        && ports.is_none_or(|(inner, outer)| inner == outer)
        && behind.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && (outer.query().is_none()
            || (outer.query() == inner.query()
                && behind.is_some_and(|rest| rest.trim_matches('/').is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_known_by_its_home_its_pages_and_its_feeds() {
        let site = |url: &str, home: &str| Site {
            feed_id: Uuid::nil(),
            url: url.to_owned(),
            home_url: home.to_owned(),
        };
        let harbour = site("https://www.harbour.example/world/feed/", "https://harbour.example");
        let blog = site("https://blogs.example/tide/feed/", "https://blogs.example/tide/");
        let query = site("https://plain.example/?feed=rss2", "");
        let elsewhere = site("https://feeds.example/harbour", "http://harbour.example/");
        let is = |address: &str, site: &Site| names(&Url::parse(address).unwrap(), site);
        for (address, which) in [
            ("http://harbour.example/", &harbour),
            ("https://www.harbour.example/world/feed", &harbour),
            ("https://harbour.example/2026/11/ferry/", &harbour),
            ("https://harbour.example/2026/11/ferry/", &elsewhere),
            ("https://blogs.example/tide", &blog),
            ("https://blogs.example/", &blog),
            ("https://plain.example/?feed=rss2", &query),
            ("https://plain.example/", &query),
        ] {
            assert!(is(address, which), "{address}");
        }
        for (address, which) in [
            ("https://harbour.example.org/", &harbour),
            ("https://harbour.example:8443/", &site("https://harbour.example:444/feed", "")),
            ("https://blogs.example/tides/", &blog),
            ("https://blogs.example/other/", &blog),
            ("https://plain.example/?feed=comments-rss2", &query),
            ("https://feeds.example/other", &elsewhere),
            ("mailto:news@harbour.example", &harbour),
        ] {
            assert!(!is(address, which), "{address}");
        }
    }
}
