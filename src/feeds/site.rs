//! What a site says of itself: its name, icon, colour and feeds, read from its own page. Filled into a
//! form for somebody to correct; never taken as it is.

use std::time::Duration;

use dom_query::NodeRef;
use url::Url;

use super::charset;
use super::parse::{self, Image, ParsedFeed};
use crate::articles::{html, text};
use crate::domain::brand::Rgb;
use crate::fetch::{Answer, Document, FetchError, Fetcher};

const DEADLINE: Duration = Duration::from_secs(10);
/// What is read of a page: all of this stands in its head.
const PAGE_BYTES_MAX: usize = 1 << 20;
const TEXT_CHARS_MAX: usize = 200;
const FEEDS_MAX: usize = 10;
/// Where WordPress keeps its feed.
const WORDPRESS_FEED: &str = "/feed/";

/// What was found; what was not is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFacts {
    pub url: String,
    pub name: String,
    pub tagline: String,
    pub logo_url: String,
    /// `#1b4a78`
    pub colour: String,
    /// The site's feeds, the first the likeliest.
    pub feeds: Vec<String>,
}

/// Reads a site's page, and its feed. `address` as typed: `https://` may be missing; a feed's address does too.
pub async fn read(fetcher: &Fetcher, address: &str) -> Result<SiteFacts, FetchError> {
    let address = address.trim();
    let whole = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let bad = || FetchError::BadAddress(address.chars().take(80).collect());
    let url =
        Url::parse(&whole).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(bad)?;
    let (page, page_url) = match fetch(fetcher, &url).await {
        // Nobody said https: a site may have http alone.
        Err(error @ FetchError::Network(_)) if !address.contains("://") => {
            let plain = Url::parse(&format!("http://{address}")).map_err(|_| bad())?;
            fetch(fetcher, &plain).await.map_err(|_| error)?
        }
        // A site that shows strangers no page may still have its feed.
        Err(error @ (FetchError::NotFound | FetchError::Gone | FetchError::Status { .. })) => {
            let guess = url.join(WORDPRESS_FEED).map_err(|_| bad())?;
            match fetch(fetcher, &guess).await {
                Ok((document, feed_url)) if feed_of(&document, &feed_url).await.is_some() => {
                    (document, feed_url)
                }
                _ => return Err(error),
            }
        }
        fetched => fetched?,
    };
    if let Some(feed) = feed_of(&page, &page_url).await {
        // It was the feed's own address: the page is where the feed says.
        let home = feed.home.clone().unwrap_or_else(|| page_url.join("/").unwrap_or(page_url.clone()));
        let mut facts = match fetch(fetcher, &home).await {
            Ok((page, home)) => facts_of(page, home).await,
            Err(_) => SiteFacts { url: home.into(), ..SiteFacts::default() },
        };
        facts.feeds.retain(|known| known != page_url.as_str());
        facts.feeds.insert(0, page_url.into());
        if facts.name.is_empty() {
            facts.name = text::shortened(&feed.title, TEXT_CHARS_MAX);
        }
        return Ok(facts);
    }
    let mut facts = facts_of(page, page_url.clone()).await;
    if facts.feeds.is_empty()
        && let Ok(guess) = page_url.join(WORDPRESS_FEED)
    {
        facts.feeds.push(guess.into());
    }
    let first = facts.feeds.first().and_then(|feed| Url::parse(feed).ok());
    let feed = match first {
        Some(url) => match fetch(fetcher, &url).await {
            Ok((document, url)) => feed_of(&document, &url).await,
            Err(_) => None,
        },
        None => None,
    };
    match feed {
        Some(feed) if facts.name.is_empty() => facts.name = text::shortened(&feed.title, TEXT_CHARS_MAX),
        Some(_) => {}
        None => {
            facts.feeds.drain(..1.min(facts.feeds.len()));
        }
    }
    Ok(facts)
}

struct Page {
    body: Vec<u8>,
    content_type: Option<String>,
}

async fn fetch(fetcher: &Fetcher, url: &Url) -> Result<(Page, Url), FetchError> {
    let fetched = fetcher.fetch(url, None, DEADLINE).await?;
    match fetched.answer {
        Answer::Document(document) => {
            let page = Page { body: document.body, content_type: document.content_type };
            Ok((page, document.final_url))
        }
        Answer::NotModified => Err(FetchError::NotFound),
    }
}

async fn feed_of(page: &Page, url: &Url) -> Option<ParsedFeed> {
    let (body, kind, url) = (page.body.clone(), page.content_type.clone(), url.clone());
    // Apart: what a stranger writes may take its time, or make a library panic.
    html::apart(move || parse::parse(&body, kind.as_deref(), &url).ok()).await.ok().flatten()
}

async fn facts_of(page: Page, url: Url) -> SiteFacts {
    let bare = SiteFacts { url: url.to_string(), ..SiteFacts::default() };
    let read = html::apart(move || {
        let start = &page.body[..page.body.len().min(PAGE_BYTES_MAX)];
        facts_of_page(&charset::decode(start, page.content_type.as_deref()), &url)
    });
    // A page that can't be read says nothing of itself.
    read.await.and_then(|facts| facts).unwrap_or(bare)
}

/// The picture that a page names for whoever links to it; `None` where it names none, or can't be read.
pub async fn picture_of(page: Document) -> Option<Image> {
    let read = html::apart(move || {
        let start = &page.body[..page.body.len().min(PAGE_BYTES_MAX)];
        picture_of_page(&charset::decode(start, page.content_type.as_deref()), &page.final_url)
    });
    read.await.ok().flatten()
}

fn picture_of_page(html: &str, url: &Url) -> Option<Image> {
    let page = html::page(html).ok()?;
    let meta = |names: &[&str]| {
        let metas = page.select("meta");
        names.iter().find_map(|name| {
            let mut named = metas.nodes().iter().filter(|node| {
                [attr(node, "property"), attr(node, "name")].iter().any(|own| own.eq_ignore_ascii_case(name))
            });
            named.find_map(|node| Some(attr(node, "content")).filter(|content| !content.trim().is_empty()))
        })
    };
    let address = meta(&["og:image:secure_url", "og:image:url", "og:image", "twitter:image"])?;
    Image::new(&address, url, &meta(&["og:image:alt", "twitter:image:alt"]).unwrap_or_default())
}

fn facts_of_page(html: &str, url: &Url) -> Result<SiteFacts, html::TooComplicated> {
    let page = html::page(html)?;
    let meta = |names: &[&str]| {
        names.iter().find_map(|name| {
            let found = page.select("meta").nodes().iter().find_map(|node| {
                let named = [attr(node, "property"), attr(node, "name")];
                named.iter().any(|own| own.eq_ignore_ascii_case(name)).then(|| attr(node, "content"))
            });
            found.map(|text| text::excerpt(&text, TEXT_CHARS_MAX)).filter(|text| !text.is_empty())
        })
    };
    let links: Vec<Link> = page.select("link[href]").nodes().iter().map(Link::of).collect();
    let title = text::excerpt(&page.select_single("title").text(), TEXT_CHARS_MAX);
    let named = meta(&["og:site_name", "application-name", "apple-mobile-web-app-title"]);
    // A front page's title is the name and a motto.
    let from_title =
        [" – ", " — ", " | ", " - ", " :: "].iter().filter_map(|between| title.split_once(between));
    let (first, motto) = from_title.min_by_key(|(first, _)| first.len()).unwrap_or((title.as_str(), ""));
    let colour = page.select("meta[name='theme-color']").nodes().iter().find_map(|node| {
        let is_dark = attr(node, "media").contains("dark");
        Rgb::parse(&attr(node, "content")).filter(|_| !is_dark)
    });
    let mut feeds: Vec<&Link> = links.iter().filter(|link| link.is_feed()).collect();
    // WordPress names the feed of its comments beside.
    feeds.sort_by_key(|link| link.is_of_comments());
    let mut found: Vec<String> = Vec::new();
    for feed in feeds.iter().filter_map(|link| url.join(&link.href).ok()).map(String::from) {
        if !found.contains(&feed) && found.len() < FEEDS_MAX {
            found.push(feed);
        }
    }
    let logo =
        links.iter().filter_map(|link| Some((link.fitness()?, link))).max_by_key(|(fitness, _)| *fitness);
    let logo = logo.and_then(|(_, link)| url.join(&link.href).ok());
    Ok(SiteFacts {
        url: url.to_string(),
        name: named.unwrap_or_else(|| first.trim().to_owned()),
        tagline: meta(&["description", "og:description"]).unwrap_or_else(|| motto.trim().to_owned()),
        // Our pages show pictures over https only.
        logo_url: logo.filter(|logo| logo.scheme() == "https").map(String::from).unwrap_or_default(),
        colour: colour.map(|colour| colour.to_string()).unwrap_or_default(),
        feeds: found,
    })
}

fn attr(node: &NodeRef, name: &str) -> String {
    node.attr(name).map(|value| value.trim().to_owned()).unwrap_or_default()
}

struct Link {
    rel: String,
    href: String,
    kind: String,
    title: String,
    sizes: String,
}

impl Link {
    fn of(node: &NodeRef) -> Link {
        Link {
            rel: attr(node, "rel").to_ascii_lowercase(),
            href: attr(node, "href"),
            kind: attr(node, "type").to_ascii_lowercase(),
            title: attr(node, "title").to_ascii_lowercase(),
            sizes: attr(node, "sizes"),
        }
    }

    fn is(&self, rel: &str) -> bool {
        self.rel.split_ascii_whitespace().any(|own| own == rel)
    }

    fn is_feed(&self) -> bool {
        let kinds = ["application/rss+xml", "application/atom+xml", "application/feed+json"];
        self.is("alternate") && kinds.iter().any(|kind| self.kind.starts_with(kind))
    }

    fn is_of_comments(&self) -> bool {
        self.href.contains("/comments/") || self.title.contains("comments")
    }

    /// How well it does for a logo, the larger the better; `None` where mail clients don't show it.
    fn fitness(&self) -> Option<u32> {
        let touch = self.rel.starts_with("apple-touch-icon");
        let path = self.href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let shown = !path.ends_with(".svg") && !path.ends_with(".ico") && !self.href.starts_with("data:");
        if !shown || !(touch || self.is("icon")) {
            return None;
        }
        let size: u32 = self.sizes.split('x').next().and_then(|size| size.parse().ok()).unwrap_or(16);
        Some(if touch { size.max(180) } else { size.min(512) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> SiteFacts {
        facts_of_page(html, &Url::parse("https://news.example/").unwrap()).unwrap()
    }

    #[test]
    fn a_wordpress_says_who_it_is() {
        let facts = read(
            "<!doctype html><html><head><title>Business News Today &#8211; Business and world news</title>\
             <link rel='alternate' type='application/rss+xml' title='Business News Today &raquo; Comments Feed' \
             href='https://news.example/comments/feed/'>\
             <link rel='alternate' type='application/rss+xml' title='Business News Today &raquo; Feed' href='/feed/'>\
             <meta name='theme-color' content='#111' media='(prefers-color-scheme: dark)'>\
             <meta name='theme-color' content='#0A5C36'>\
             <link rel='icon' href='/favicon.ico'><link rel='icon' href='/icon-32.png' sizes='32x32'>\
             <link rel='apple-touch-icon' href='/icon-180.png'></head><body><title>No</title></body></html>",
        );
        assert_eq!(
            facts,
            SiteFacts {
                url: "https://news.example/".into(),
                name: "Business News Today".into(),
                tagline: "Business and world news".into(),
                logo_url: "https://news.example/icon-180.png".into(),
                colour: "#0a5c36".into(),
                feeds: vec![
                    "https://news.example/feed/".into(),
                    "https://news.example/comments/feed/".into()
                ],
            }
        );
    }

    #[test]
    fn what_is_not_said_stays_empty() {
        let facts = read("<p>Hello <link rel=icon href='javascript:x()'><link rel=icon href='data:,x'>");
        assert_eq!(facts, SiteFacts { url: "https://news.example/".into(), ..SiteFacts::default() });
        let named = read("<meta property='og:site_name' content='A &amp; B'><title>Front - Other</title>");
        assert_eq!((named.name.as_str(), named.tagline.as_str()), ("A & B", "Other"));
    }
}
