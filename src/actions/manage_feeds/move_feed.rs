//! The guided move of a feed: to another address or domain, to https, or to other GUIDs where it is. What is there is
//! matched with what the feed has listed, somebody looks at it, and confirms. Nothing that is matched is mailed; what is
//! not, only where it is chosen.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::held::{Release, Released};
use super::{find, subject};
use crate::actions::poll::{self, ReadError, store};
use crate::actions::{Context, Result};
use crate::db::alerts::{self, About};
use crate::db::audit;
use crate::db::feeds::{self, Feed};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, articles, holds};
use crate::domain::hold::HoldKind;
use crate::domain::refusal::feeds as codes;
use crate::feeds::identity::moved::{self, By, Outcome, Past};
use crate::feeds::identity::{Alias, AliasKind, Judged, Quiet, Verdict};
use crate::feeds::parse::ParsedFeed;
use crate::fetch::Fetcher;
use crate::locale::say;

/// A page and the feed that it names are waited for as long, together.
const PATIENCE: Duration = Duration::from_secs(20);
/// Of a feed's articles, the newest that are looked through for something alike; what is called the same is found
/// however old it is.
const LOOKED_THROUGH: i64 = 20_000;

/// What a move would do.
#[derive(Clone, Debug, Serialize)]
pub struct MovePreview {
    pub from: String,
    /// Where the feed is: not what was typed, where that is a page or redirects.
    pub to: String,
    pub title: String,
    /// Names what was seen: confirming says that it is this.
    pub digest: String,
    /// The newest first.
    pub items: Vec<MovedItem>,
}

impl MovePreview {
    /// How many items are articles that the feed has listed.
    pub fn matched(&self) -> usize {
        self.items.iter().filter(|item| matches!(item.outcome, Outcome::Matched { .. })).count()
    }

    /// How many are like none of them.
    pub fn new_items(&self) -> usize {
        self.items.iter().filter(|item| item.outcome == Outcome::New).count()
    }

    /// How many may be one of them or not.
    pub fn unclear(&self) -> usize {
        self.items.len() - self.matched() - self.new_items()
    }
}

/// An item at the new address, or an article on hold that has left it.
#[derive(Clone, Debug, Serialize)]
pub struct MovedItem {
    /// Names it where somebody chooses it.
    pub key: String,
    pub title: String,
    pub link: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The title of the article that it is, or is like.
    pub article: Option<String>,
    pub on_hold: bool,
}

impl MovedItem {
    /// What it has in common with the article, in a few words; empty where it is like none.
    pub fn by(&self) -> String {
        let key = match self.outcome {
            Outcome::New => return String::new(),
            Outcome::Unclear { by: By::Title, .. } => "feed-move-by-title-alone",
            Outcome::Matched { by, .. } | Outcome::Unclear { by, .. } => match by {
                By::Guid => "feed-move-by-guid",
                By::Address => "feed-move-by-address",
                By::Link => "feed-move-by-link",
                By::Path => "feed-move-by-path",
                By::Slug => "feed-move-by-slug",
                By::Title => "feed-move-by-title",
            },
        };
        say(key).to_string()
    }
}

/// Which of the items that are no known article are mailed. The others are noted only.
#[derive(Clone, Debug, Default)]
pub struct NewItems {
    /// All that are like none that we know.
    pub all_new: bool,
    /// Those of these keys, unclear ones too.
    pub chosen: Vec<String>,
}

impl NewItems {
    fn has(&self, one: &moved::Moved) -> bool {
        (self.all_new && one.outcome == Outcome::New) || self.chosen.contains(&key(one))
    }
}

/// What a move did.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    pub from: String,
    pub to: String,
    pub matched: usize,
    /// Of these, how many were on hold and are no more.
    pub off_hold: usize,
    /// How many items are noted and not mailed.
    pub baseline: usize,
    /// What is mailed.
    pub sent: Released,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self.sent.awaiting {
            0 => say("feed-move-done"),
            _ => say("feed-move-done-await"),
        };
        let said = said.with("matched", self.matched).with("campaigns", self.sent.campaigns);
        write!(f, "{}", said.with("waiting", self.sent.awaiting))
    }
}

/// What is at the new address, beside what is known.
struct Look {
    feed: Feed,
    past: HashMap<Uuid, Past>,
    moved: Vec<moved::Moved>,
}

impl Look {
    async fn of(tx: &mut Tx, feed_id: Uuid, url: &Url, parsed: &ParsedFeed) -> Result<Look> {
        let feed = find(tx, feed_id).await?;
        if let Some(other) = feeds::by_url(tx, url.as_str()).await?.filter(|other| other.id != feed_id) {
            let taken = codes::FEED_ADDRESS_TAKEN.on("url").with("url", url.to_string());
            return Err(taken.with("feed", super::name(&other).to_owned()).into());
        }
        let past = past(tx, &feed, parsed).await?;
        let mut moved = moved::judge(&parsed.items, &past);
        // What is on hold and not here stays as it is, unless it is known now.
        moved.retain(|one| one.item.is_some() || matches!(one.outcome, Outcome::Matched { .. }));
        Ok(Look { feed, past: past.into_iter().map(|past| (past.id, past)).collect(), moved })
    }

    fn digest(&self) -> String {
        let said: Vec<String> =
            self.moved.iter().map(|one| format!("{} {:?} {:?}", key(one), one.held, one.outcome)).collect();
        hash(&said)
    }

    fn item(&self, one: &moved::Moved, parsed: &ParsedFeed) -> MovedItem {
        let (item, held) = (one.item.map(|at| &parsed.items[at]), one.held.and_then(|id| self.past.get(&id)));
        let title_of = |id: &Uuid| self.past.get(id).map(|past| past.title.clone());
        let (title, link) = match (item, held) {
            (Some(item), _) => (item.title.clone(), item.link.as_ref().map(Url::to_string)),
            (None, Some(held)) => (held.title.clone(), Some(held.url.clone())),
            (None, None) => Default::default(),
        };
        MovedItem {
            key: key(one),
            title,
            link,
            published_at: item.map_or(held.map(|held| held.published_at), |item| item.published_at),
            article: match &one.outcome {
                Outcome::Matched { article_id, .. } | Outcome::Unclear { article_id, .. } => {
                    title_of(article_id)
                }
                Outcome::New => None,
            },
            outcome: one.outcome,
            on_hold: held.is_some(),
        }
    }
}

fn hash(parts: &[String]) -> String {
    let hash = digest(&SHA256, json!(parts).to_string().as_bytes());
    hash.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key(one: &moved::Moved) -> String {
    let names = one.aliases.iter().map(|alias| format!("{:?} {}", alias.kind, alias.value));
    hash(&names.chain(one.held.filter(|_| one.item.is_none()).map(|id| id.to_string())).collect::<Vec<_>>())
}

/// The articles that a feed has listed, and those of other feeds that have the same addresses.
async fn past(tx: &mut Tx, feed: &Feed, parsed: &ParsedFeed) -> sqlx::Result<Vec<Past>> {
    let mut found = articles::past(tx, feed.id, LOOKED_THROUGH).await?;
    let memory = store::recall(tx, Some(feed), &parsed.items).await?;
    let seen: HashSet<Uuid> = found.iter().map(|past| past.id).collect();
    let named = memory.aliases.values().chain(memory.elsewhere.values().map(|(id, _)| id));
    let others: Vec<Uuid> = named.filter(|id| !seen.contains(id)).copied().collect();
    found.extend(articles::of_ids(tx, &others).await?.into_iter().map(|article| articles::Past {
        id: article.id,
        title: article.title,
        url: article.url,
        published_at: article.published_at,
        // Only this feed's are matched as what may be another one.
        is_held: false,
    }));
    let ids: Vec<Uuid> = found.iter().map(|past| past.id).collect();
    let mut aliases: HashMap<Uuid, Vec<_>> = HashMap::new();
    for (id, alias) in articles::aliases(tx, feed.id, &ids).await? {
        aliases.entry(id).or_default().push(alias);
    }
    for (value, (id, _)) in memory.elsewhere {
        let alias = Alias { kind: AliasKind::Canonical, value };
        if !memory.aliases.contains_key(&alias) {
            aliases.entry(id).or_default().push(alias);
        }
    }
    let past = found.into_iter().map(|past| Past {
        id: past.id,
        aliases: aliases.remove(&past.id).unwrap_or_default(),
        title: past.title,
        url: past.url,
        published_at: past.published_at,
        is_held: past.is_held,
    });
    Ok(past.collect())
}

async fn read(fetcher: &Fetcher, typed: &str) -> Result<(Url, ParsedFeed)> {
    let url = super::parse_url(typed)?;
    let unreadable = |error: ReadError| {
        let refusal = codes::FEED_UNREADABLE.on("url").with("url", url.to_string());
        refusal.with("why", error.to_string())
    };
    match tokio::time::timeout(PATIENCE, poll::find(fetcher, &url)).await {
        Ok(found) => Ok(found.map_err(unreadable)?),
        Err(_) => Err(codes::FEED_SLOW.on("url").with("secs", PATIENCE.as_secs() as i64).into()),
    }
}

/// What a move of a feed to an address would do; nothing is stored. The address may be the feed's own, where its GUIDs
/// have changed, or that of a page which names a feed.
pub async fn preview_move(
    cx: &Context<'_>,
    fetcher: &Fetcher,
    feed_id: Uuid,
    typed: &str,
) -> Result<MovePreview> {
    cx.require(Role::Admin)?;
    let (url, parsed) = read(fetcher, typed).await?;
    let look = Look::of(&mut cx.app.db.read().await?, feed_id, &url, &parsed).await?;
    Ok(MovePreview {
        digest: look.digest(),
        items: look.moved.iter().rev().map(|one| look.item(one, &parsed)).collect(),
        from: look.feed.url,
        to: url.into(),
        title: parsed.title,
    })
}

/// Moves a feed to an address, as the preview of this digest said. Where the feed holds something else by now, nothing
/// is done: somebody looks again, so that nothing is mailed, or taken for known, that nobody has seen.
pub async fn confirm_move(
    cx: &Context<'_>,
    fetcher: &Fetcher,
    feed_id: Uuid,
    typed: &str,
    digest: &str,
    new_items: &NewItems,
) -> Result<Moved> {
    cx.require(Role::Admin)?;
    let (url, parsed) = read(fetcher, typed).await?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    feeds::lock_listing(&mut tx).await?;
    let look = Look::of(&mut tx, feed_id, &url, &parsed).await?;
    if look.digest() != digest {
        return Err(codes::FEED_MOVE_CHANGED.on("url").into());
    }
    let mut done = Moved {
        from: look.feed.url.clone(),
        to: url.to_string(),
        matched: 0,
        off_hold: 0,
        baseline: 0,
        sent: Released::default(),
    };
    let (mut judged, mut release) = (Vec::new(), Vec::new());
    for one in &look.moved {
        let is_chosen = new_items.has(one);
        match (one.outcome, one.held) {
            (Outcome::Matched { article_id, .. }, held) => {
                done.matched += 1;
                if let Some(held) = held {
                    articles::merge(&mut tx, held, article_id).await?;
                    done.off_hold += 1;
                }
            }
            (_, Some(held)) if is_chosen => release.push(held),
            (_, None) if !is_chosen => done.baseline += 1,
            _ => {}
        }
        let verdict = verdict(one, is_chosen, &parsed, now);
        judged.extend(one.item.map(|item| Judged {
            item,
            verdict,
            merged: one.merged,
            elsewhere: None,
            aliases: one.aliases.clone(),
        }));
    }
    let to_mail = store::moved(&mut tx, look.feed.clone(), &url, &parsed, &judged, now).await?;
    done.sent = send(&mut tx, cx, &look.feed, &release, &to_mail).await?;
    alerts::end(&mut tx, About::Feed(feed_id), now).await?;
    let before = json!({ "url": done.from });
    let after = json!({ "url": done.to, "matched": done.matched, "off_hold": done.off_hold,
        "baseline": done.baseline, "sent": done.sent.articles, "campaigns": done.sent.campaigns });
    audit::note(&mut tx, &cx.actor, "moved", subject(&look.feed), before, after, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(done)
}

/// What becomes of an item. What is on hold and stays it is known already.
fn verdict(one: &moved::Moved, is_chosen: bool, parsed: &ParsedFeed, now: DateTime<Utc>) -> Verdict {
    match (one.outcome, one.held) {
        (Outcome::Matched { article_id, .. }, _) => Verdict::Known { article_id },
        (_, Some(article_id)) => Verdict::Known { article_id },
        _ if is_chosen => {
            let published_at = one.item.and_then(|at| parsed.items[at].published_at);
            Verdict::New { not_before: published_at.filter(|date| *date > now) }
        }
        // An address is one article's, whatever else is said there now.
        (Outcome::Unclear { article_id, by: By::Address }, _) => Verdict::Known { article_id },
        _ => Verdict::BaselineOnly { reason: Quiet::FirstPoll },
    }
}

/// Schedules campaigns of what was chosen: of articles on hold, and of those that came with the move.
async fn send(
    tx: &mut WriteTx,
    cx: &Context<'_>,
    feed: &Feed,
    held: &[Uuid],
    new: &[Uuid],
) -> sqlx::Result<Released> {
    let mut sent = Released::default();
    let mut release = Release::begin(tx, &cx.actor, cx.now()).await?;
    let mut holds = holds::list_of_articles(tx, held).await?;
    for article in articles::of_ids(tx, held).await? {
        let holds = holds.remove(&article.id).unwrap_or_default();
        let kinds: Vec<HoldKind> = holds.iter().map(|hold| hold.kind).collect();
        sent.add(release.article(tx, &article, &kinds).await?);
    }
    let bindings = store::open_bindings(tx, feed.id).await?;
    let mut new = articles::of_ids(tx, new).await?;
    new.sort_by_key(|article| article.id);
    for article in new {
        let scheduled = release.schedule(tx, &article, bindings.clone()).await?;
        sent.add(Released { articles: 1, ..scheduled });
    }
    Ok(sent)
}
