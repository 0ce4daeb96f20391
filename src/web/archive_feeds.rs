//! The archive for machines: Atom, JSON Feed, and the list of all pages that search engines may read.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::json;

use super::archive::list_of;
use super::page::{Answer, ErrorPage, Site};
use crate::app::App;
use crate::db::archive::{self, ArchivedCampaign, Search};
use crate::db::lists;

/// Issues in a feed.
const FEED_ISSUES: i64 = 30;
/// Issues in the sitemap, the newest: its format allows 50,000 addresses.
const SITEMAP_ISSUES: i64 = 10_000;

struct Entry {
    id: String,
    url: String,
    title: String,
    author: String,
    list_name: String,
    summary: String,
    time: String,
}

#[derive(Template)]
#[template(path = "pages/feed.xml")]
struct Atom {
    site: Site,
    feed: Feed,
}

#[derive(Template)]
#[template(path = "pages/sitemap.xml")]
struct Sitemap {
    /// Each page that is not of one issue.
    pages: Vec<String>,
    /// Each issue, and when it was sent.
    issues: Vec<(String, String)>,
}

/// What both kinds of feed say.
struct Feed {
    title: String,
    /// The page that it is a feed of.
    url: String,
    /// What follows the feed's own address.
    query: String,
    entries: Vec<Entry>,
    updated: String,
}

/// Which list's feed; all without one.
#[derive(Deserialize)]
pub struct Asked {
    list: Option<String>,
}

/// XML 1.0 has no control characters, not even escaped.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Entry {
    fn new(site: &Site, issue: &ArchivedCampaign) -> Entry {
        Entry {
            id: format!("urn:uuid:{}", issue.id),
            url: format!("{}/archive/{}", site.base, issue.slug),
            title: clean(&issue.subject),
            author: clean(&issue.author),
            list_name: clean(&issue.list_name),
            summary: clean(&issue.summary),
            time: written(issue.started_at),
        }
    }
}

async fn read(app: &App, asked: &Asked) -> Result<(Site, Feed), ErrorPage> {
    let mut tx = app.db.read().await?;
    let public = lists::public(&mut tx).await?;
    let list = list_of(&public, asked.list.as_deref())?;
    let site = Site::read(app, &mut tx).await?.in_language_of(list.map(|list| list.language.as_str()));
    let search = Search { list_id: list.map(|list| list.id), parts: Vec::new() };
    let found = archive::search(&mut tx, &search, None, FEED_ISSUES).await?;
    drop(tx);
    let newest = found.campaigns.first().map_or(DateTime::UNIX_EPOCH, |issue| issue.started_at);
    let feed = Feed {
        title: match list {
            None => clean(&site.name),
            Some(list) => clean(&format!("{} – {}", list.name, site.name)),
        },
        url: match list {
            None => format!("{}/archive", site.base),
            Some(list) => format!("{}/lists/{}", site.base, list.slug),
        },
        query: list.map(|list| format!("?list={}", list.slug)).unwrap_or_default(),
        entries: found.campaigns.iter().map(|issue| Entry::new(&site, issue)).collect(),
        updated: written(newest),
    };
    Ok((site, feed))
}

fn answer(kind: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(body)
}

/// `GET /archive/feed.xml`: Atom (RFC 4287).
pub async fn atom(asked: web::Query<Asked>, app: web::Data<App>) -> Answer {
    let (mut site, feed) = read(&app, &asked).await?;
    site.name = clean(&site.name);
    let xml = Atom { site, feed }.render().map_err(|_| ErrorPage::not_found())?;
    Ok(answer("application/atom+xml; charset=utf-8", xml))
}

/// `GET /archive/feed.json`: JSON Feed 1.1.
pub async fn json_feed(asked: web::Query<Asked>, app: web::Data<App>) -> Answer {
    let (site, feed) = read(&app, &asked).await?;
    let items: Vec<serde_json::Value> = feed
        .entries
        .iter()
        .map(|entry| {
            let mut item = json!({
                "id": entry.id, "url": entry.url, "title": entry.title, "content_text": entry.summary,
                "date_published": entry.time, "tags": [entry.list_name],
            });
            if !entry.author.is_empty() {
                item["authors"] = json!([{ "name": entry.author }]);
            }
            item
        })
        .collect();
    let mut whole = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": format!("{}/archive/feed.json{}", site.base, feed.query),
        "language": site.words.lang(),
        "authors": [{ "name": site.name, "url": site.base }],
        "items": items,
    });
    if site.icon.starts_with("https:") {
        whole["icon"] = json!(site.icon);
    }
    Ok(answer("application/feed+json; charset=utf-8", whole.to_string()))
}

/// `GET /sitemap.xml`
pub async fn sitemap(app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let public = lists::public(&mut tx).await?;
    let issues = archive::newest(&mut tx, None, SITEMAP_ISSUES).await?;
    drop(tx);
    let at = |path: &str| app.config.link(path);
    let mut pages = vec![at("/"), at("/archive")];
    pages.extend(public.iter().map(|list| at(&format!("/lists/{}", list.slug))));
    let issue =
        |issue: &ArchivedCampaign| (at(&format!("/archive/{}", issue.slug)), written(issue.started_at));
    let sitemap = Sitemap { pages, issues: issues.iter().map(issue).collect() };
    let xml = sitemap.render().map_err(|_| ErrorPage::not_found())?;
    Ok(answer("application/xml; charset=utf-8", xml))
}

/// The documents with something in each of their places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let text = |text: &str| text.to_owned();
    let entry = |author: &str| Entry {
        id: text("urn:uuid:x"),
        url: text("https://news.example/archive/quay-nine"),
        title: text("Quay nine stays shut"),
        author: text(author),
        list_name: text("World"),
        summary: text("The crane leaned."),
        time: text("2026-11-24T09:41:00Z"),
    };
    let feed = Feed {
        title: text("Harbour News"),
        url: text("https://news.example/archive"),
        query: String::new(),
        entries: vec![entry("Marta"), entry("")],
        updated: text("2026-11-24T09:41:00Z"),
    };
    let sitemap = Sitemap {
        pages: vec![text("https://news.example/")],
        issues: vec![(text("https://news.example/archive/quay-nine"), text("2026-11-24T09:41:00Z"))],
    };
    vec![
        ("feed.xml", Atom { site: site(), feed }.render().unwrap()),
        ("sitemap.xml", sitemap.render().unwrap()),
    ]
}
