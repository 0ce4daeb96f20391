//! The last look at an article before it is rendered: its edits are taken, or it is found withdrawn. Adds no article
//! and schedules nothing.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use url::Url;
use uuid::Uuid;

use super::{read, store};
use crate::app::App;
use crate::db::articles::{self, Article};
use crate::db::feeds::{self, Feed};
use crate::feeds::parse::ParsedFeed;
use crate::feeds::{identity, site};
use crate::fetch::{Document, Fetcher};
use crate::locale::say;

const REFRESH_DEADLINE: Duration = Duration::from_secs(5);
/// Feeds, and pages, that are asked at the same time.
const TOGETHER: usize = 8;

/// What became of an article just before it is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// It is still published; its edits, if any, are in the database.
    Current,
    /// Its publisher took it back: do not send it.
    Withdrawn(String),
    /// It is in its feed, or no feed could be read, and its own page is not there.
    PageMissing { code: u16, url: String },
    /// Nobody could tell in time: send what we have.
    Unreachable,
}

/// Looks at an article once more before it is rendered, 5 seconds in all: takes its edits, or finds
/// that it was withdrawn. New items that turn up are left to the next poll.
pub async fn refresh(app: &App, fetcher: &Fetcher, article_id: Uuid) -> anyhow::Result<Refreshed> {
    let refreshed = refresh_all(app, fetcher, &[article_id]).await?.pop();
    Ok(refreshed.map_or(Refreshed::Current, |(_, refreshed)| refreshed))
}

/// An article that is looked at, and what is known of it.
struct Looked {
    article: Article,
    feeds: Vec<Feed>,
    neighbours: Vec<String>,
}

/// The same for many: each of their feeds is fetched once, their pages side by side.
pub async fn refresh_all(
    app: &App,
    fetcher: &Fetcher,
    article_ids: &[Uuid],
) -> anyhow::Result<Vec<(Uuid, Refreshed)>> {
    let mut looked = Vec::new();
    let mut feeds: HashMap<Uuid, Feed> = HashMap::new();
    let mut tx = app.db.read().await?;
    for id in article_ids {
        let article = articles::get(&mut tx, *id).await?.context("no such article")?;
        let of_article = feeds::of_article(&mut tx, *id).await?;
        feeds.extend(of_article.iter().map(|feed| (feed.id, feed.clone())));
        let neighbours = feeds::neighbours(&mut tx, *id).await?;
        looked.push(Looked { article, feeds: of_article, neighbours });
    }
    drop(tx);
    let mut asking: Vec<BoxFuture<'_, _>> = Vec::new();
    for feed in feeds.values() {
        asking.push(
            async move {
                let url = Url::parse(&feed.url).ok()?;
                let read = read(fetcher, &url, REFRESH_DEADLINE);
                let (_, parsed) = tokio::time::timeout(REFRESH_DEADLINE, read).await.ok()?.ok()?;
                Some((feed.id, parsed?.0))
            }
            .boxed(),
        );
    }
    let documents = futures_util::stream::iter(asking)
        .buffer_unordered(TOGETHER)
        .filter_map(std::future::ready)
        .collect::<HashMap<Uuid, ParsedFeed>>();
    let mut looking: Vec<BoxFuture<'_, _>> = Vec::new();
    for one in looked.iter().filter(|one| !one.feeds.is_empty()) {
        looking.push(
            async move {
                let asked = ask_page(fetcher, &one.article, &one.neighbours);
                let page = tokio::time::timeout(REFRESH_DEADLINE, asked).await.unwrap_or_default();
                (one.article.id, page)
            }
            .boxed(),
        );
    }
    let pages = futures_util::stream::iter(looking)
        .buffer_unordered(TOGETHER)
        .collect::<HashMap<Uuid, ArticlePage>>();
    let (documents, mut pages) = tokio::join!(documents, pages);
    let mut refreshed = Vec::with_capacity(looked.len());
    for one in looked {
        let page = pages.remove(&one.article.id).unwrap_or_default();
        let id = one.article.id;
        refreshed.push((id, judge(app, one, &documents, page).await?));
    }
    Ok(refreshed)
}

/// What an article's feeds and its page say of it together.
async fn judge(
    app: &App,
    one: Looked,
    documents: &HashMap<Uuid, ParsedFeed>,
    ArticlePage { missing: page, document }: ArticlePage,
) -> anyhow::Result<Refreshed> {
    let Looked { article, feeds, .. } = one;
    if feeds.is_empty() {
        return Ok(Refreshed::Current);
    }
    let said_by_page = |code: u16| {
        let why = say("campaign-withdrawn-page").with("code", code.to_string()).with("url", &article.url);
        Refreshed::Withdrawn(why.to_string())
    };
    if page == Some(410) {
        return Ok(said_by_page(410));
    }

    let mut outcome = Refreshed::Unreachable;
    for feed in &feeds {
        let Some(parsed) = documents.get(&feed.id) else { continue };
        match told(app, feed, parsed, &article).await? {
            Told::Current => {
                if let Some(document) = document {
                    take_picture(app, article.id, document).await?;
                }
                return Ok(match page {
                    Some(code) => Refreshed::PageMissing { code, url: article.url },
                    None => Refreshed::Current,
                });
            }
            Told::Withdrawn => {
                let why = say("campaign-withdrawn-feed").with("feed", &feed.url);
                outcome = Refreshed::Withdrawn(why.to_string());
            }
            // It rolled off the end of the feed, which is no reason not to send it.
            Told::Nothing if outcome == Refreshed::Unreachable => outcome = Refreshed::Current,
            Told::Nothing => {}
        }
    }
    Ok(match (page, outcome) {
        (Some(code), Refreshed::Unreachable) => Refreshed::PageMissing { code, url: article.url },
        // It has left the feed too.
        (Some(code), _) => said_by_page(code),
        (None, outcome) => outcome,
    })
}

/// What one feed says of an article.
enum Told {
    /// It is in the feed; its edits are stored.
    Current,
    /// It is not, and an older one is.
    Withdrawn,
    Nothing,
}

async fn told(app: &App, feed: &Feed, parsed: &ParsedFeed, article: &Article) -> anyhow::Result<Told> {
    let mut tx = app.db.read().await?;
    let memory = store::recall(&mut tx, Some(feed), &parsed.items).await?;
    drop(tx);
    let judged = identity::judge(&parsed.items, &memory, app.clock.now());
    if judged.iter().any(|judged| judged.verdict.known().is_none()) {
        // A second article within the same second leaves WordPress' validators as they were,
        // and no conditional poll would ever be shown it.
        let mut tx = app.db.write().await?;
        feeds::forget_validators(&mut tx, feed.id).await?;
        tx.commit().await?;
    }
    if let Some(found) = judged.iter().find(|judged| judged.verdict.known() == Some(article.id)) {
        let mut tx = app.db.write().await?;
        if let Some(now_stored) = articles::get(&mut tx, article.id).await? {
            store::take_edit(&mut tx, &now_stored, &parsed.items[found.item]).await?;
        }
        tx.commit().await?;
        return Ok(Told::Current);
    }
    let older_listed = judged
        .iter()
        .filter_map(|judged| judged.verdict.known())
        .any(|id| memory.known.get(&id).is_some_and(|known| known.published_at < article.published_at));
    Ok(if older_listed { Told::Withdrawn } else { Told::Nothing })
}

/// Whether an article is worth a look at what its page shows: its feed gave no picture.
fn lacks_picture(article: &Article) -> bool {
    article.image_url.is_empty() && !article.content_html.to_ascii_lowercase().contains("<img")
}

/// The picture that an article's page names, where its feed gave none.
async fn take_picture(app: &App, article_id: Uuid, page: Document) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let Some(old) = articles::get(&mut tx, article_id).await? else { return Ok(()) };
    drop(tx);
    if !lacks_picture(&old) {
        return Ok(());
    }
    let Some(found) = site::picture_of(page).await else { return Ok(()) };
    let new = Article { image_url: found.url.into(), image_alt: found.alt, ..old.clone() };
    let mut tx = app.db.write().await?;
    articles::update(&mut tx, &old, &new).await?;
    Ok(tx.commit().await?)
}

/// What an article's own page says.
#[derive(Default)]
struct ArticlePage {
    /// The status that says that it is not there.
    missing: Option<u16>,
    /// What stands there, where its picture is wanted.
    document: Option<Document>,
}

async fn ask_page(fetcher: &Fetcher, article: &Article, neighbours: &[String]) -> ArticlePage {
    // A front page stands for items that have no page of their own.
    let page = Url::parse(&article.url).ok().and_then(|page| Some((identity::canonical_url(&page)?, page)));
    let Some((canonical, page)) = page else { return ArticlePage::default() };
    let asked = if lacks_picture(article) {
        fetcher.page(&page, REFRESH_DEADLINE).await
    } else {
        fetcher.status(&page, REFRESH_DEADLINE).await.map(|code| (code, None))
    };
    let Ok((code, document)) = asked else { return ArticlePage::default() };
    ArticlePage { missing: says_missing(fetcher, code, &page, &canonical, neighbours).await, document }
}

/// Whether a status says that a page is not there. A 410 does, and a 404 unless the site answers 404 for an older
/// article that its feed lists too: such a site shows strangers no page at all, and its 404 means nothing.
async fn says_missing(
    fetcher: &Fetcher,
    code: u16,
    page: &Url,
    canonical: &str,
    neighbours: &[String],
) -> Option<u16> {
    if code != 404 {
        return (code == 410).then_some(code);
    }
    let neighbour = neighbours.iter().filter_map(|url| Url::parse(url).ok()).find(|url| {
        url.host() == page.host() && identity::canonical_url(url).is_some_and(|other| other != canonical)
    });
    match neighbour {
        Some(neighbour) if matches!(fetcher.status(&neighbour, REFRESH_DEADLINE).await, Ok(404)) => None,
        _ => Some(code),
    }
}
