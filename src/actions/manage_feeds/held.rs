//! What editors decide about articles that are held: by their date, or by the brake.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::actions::{Context, Result, digests, editorial};
use crate::app::App;
use crate::db::articles::Article;
use crate::db::audit::{self, Actor, Subject};
use crate::db::brake::{self, Batch};
use crate::db::feeds::{self, Binding, ItemVerdict};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, articles, campaigns, drafts, holds, list_articles, publication};
use crate::domain::feed_rule::Route;
use crate::domain::hold::{self, Hold, HoldKind};
use crate::domain::refusal::feeds as codes;
use crate::locale::say;

async fn find_held(tx: &mut WriteTx, article_id: Uuid) -> Result<(Article, Vec<Hold>)> {
    // Two editors at once: on PostgreSQL the lock makes the second see what the first decided.
    feeds::lock_listing(tx).await?;
    match articles::get(tx, article_id).await?.filter(|article| article.is_held) {
        Some(article) => Ok((article, holds::of_article(tx, article_id).await?)),
        None => Err(codes::ARTICLE_NOT_HELD.refusal().into()),
    }
}

fn about(article: &Article) -> Subject<'_> {
    Subject { kind: "article", id: article.id, name: &article.title }
}

/// What releasing held articles led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Released {
    pub articles: usize,
    /// Campaigns that were scheduled: one for each article and list.
    pub campaigns: usize,
    /// How many of them wait for a second person first: this is somebody's decision.
    pub awaiting: usize,
    /// Drafts that wait for an editor, by the rules of their lists.
    pub drafts: usize,
    /// Articles that are in digests, counted for each list.
    pub digests: usize,
    /// How many of the articles something else still holds.
    pub still_held: usize,
}

impl Released {
    /// Adds what another release led to.
    pub fn add(&mut self, other: Released) {
        self.articles += other.articles;
        self.campaigns += other.campaigns;
        self.awaiting += other.awaiting;
        self.drafts += other.drafts;
        self.digests += other.digests;
        self.still_held += other.still_held;
    }
}

impl fmt::Display for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match (self.articles, self.still_held, self.campaigns, self.awaiting) {
            (0, ..) => say("held-articles-gone"),
            (articles, held, ..) if held == articles => say("held-articles-released-still-held"),
            (.., 0, _) if self.digests > 0 => say("held-articles-released-digest"),
            (.., 0, _) if self.drafts > 0 => say("held-articles-released-drafts"),
            (.., 0, _) => say("held-articles-released-no-list"),
            (_, 0, _, 0) => say("held-articles-released"),
            (_, 0, campaigns, awaiting) if campaigns == awaiting => say("held-articles-released-await"),
            (_, 0, ..) => say("held-articles-released-some-await"),
            (_, _, _, 0) => say("held-articles-released-some"),
            (..) => say("held-articles-released-some-of-each"),
        };
        let said =
            said.with("articles", self.articles).with("held", self.still_held).with("drafts", self.drafts);
        write!(f, "{}", said.with("campaigns", self.campaigns).with("waiting", self.awaiting))?;
        match self.drafts {
            drafts if drafts > 0 && self.campaigns > 0 => {
                write!(f, " {}", say("held-articles-drafts").with("drafts", drafts))
            }
            _ => Ok(()),
        }
    }
}

/// What is the same for all articles that are released together.
pub(super) struct Release<'a> {
    actor: &'a Actor,
    undo: TimeDelta,
    now: DateTime<Utc>,
    /// Whether a list wants a second person, once it is known: counting readers takes a while.
    second_person: HashMap<Uuid, bool>,
    /// Whether all of them are in one digest, whatever their rules say of how they are sent.
    as_digest: bool,
    /// The lists whose digests have some of them.
    digest_lists: BTreeSet<Uuid>,
}

impl<'a> Release<'a> {
    pub(super) async fn begin(
        tx: &mut Tx,
        actor: &'a Actor,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Release<'a>> {
        let undo = TimeDelta::seconds(publication::sending(tx).await?.undo_secs);
        let second_person = HashMap::new();
        Ok(Release { actor, undo, now, second_person, as_digest: false, digest_lists: BTreeSet::new() })
    }

    /// Takes some of an article's holds off. Where none is left, each list that it waited for has it as its rule says; one from the future goes out on its date.
    pub(super) async fn article(
        &mut self,
        tx: &mut WriteTx,
        article: &Article,
        holds: &[HoldKind],
    ) -> sqlx::Result<Released> {
        let mut released = Released { articles: 1, ..Released::default() };
        for kind in holds {
            holds::release_article(tx, article.id, *kind).await?;
        }
        if articles::get(tx, article.id).await?.is_some_and(|article| article.is_held) {
            released.still_held = 1;
            return Ok(released);
        }
        let bindings = feeds::bindings_awaiting(tx, article.id).await?;
        released.add(self.schedule(tx, article, bindings).await?);
        feeds::decide(tx, article.id, ItemVerdict::New).await?;
        Ok(released)
    }

    /// Schedules a campaign about an article to each of some lists that has none; one from the future goes out on its
    /// date.
    pub(super) async fn schedule(
        &mut self,
        tx: &mut WriteTx,
        article: &Article,
        bindings: Vec<Binding>,
    ) -> sqlx::Result<Released> {
        let mut released = Released::default();
        for binding in bindings.into_iter().filter(|binding| !binding.retired) {
            let (list_id, title) = (binding.list_id, &article.title);
            let after_grace = self.now + self.undo.max(TimeDelta::minutes(binding.grace_mins));
            let at = after_grace.max(article.published_at);
            let route = match binding.route(article.facts()) {
                Route::Send | Route::Draft if self.as_digest => Route::Digest,
                route => route,
            };
            match route {
                Route::Send => {}
                Route::Digest => {
                    list_articles::add_waiting(tx, list_id, &[article.id], at).await?;
                    released.digests += 1;
                    self.digest_lists.insert(list_id);
                    continue;
                }
                Route::Draft => {
                    let added =
                        campaigns::add_draft_for_article(tx, list_id, article.id, title, self.now).await?;
                    released.drafts += usize::from(added.is_some());
                    continue;
                }
                Route::Nothing => continue,
            }
            let added = campaigns::add_for_article(tx, list_id, article.id, title, at, self.now).await?;
            let Some(campaign_id) = added else { continue };
            released.campaigns += 1;
            let wants = match self.second_person.get(&list_id) {
                Some(wants) => *wants,
                None => editorial::wants_second_person(tx, list_id).await?,
            };
            self.second_person.insert(list_id, wants);
            if wants {
                released.awaiting += 1;
                drafts::await_approval(tx, campaign_id, self.actor.user_id, self.now).await?;
            }
        }
        Ok(released)
    }
}

/// Takes a held article's holds off, or one of them; where none is left, there is a campaign for each list that was
/// bound when it came.
pub async fn release_held(cx: &Context<'_>, article_id: Uuid, only: Option<HoldKind>) -> Result<Released> {
    cx.require(Role::Editor)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let (article, mut held) = find_held(&mut tx, article_id).await?;
    held.retain(|hold| only.is_none_or(|kind| kind == hold.kind));
    if held.is_empty() {
        return Err(codes::ARTICLE_NOT_HELD.refusal().into());
    }
    let kinds: Vec<HoldKind> = held.iter().map(|hold| hold.kind).collect();
    let released = Release::begin(&mut tx, &cx.actor, now).await?.article(&mut tx, &article, &kinds).await?;
    let before = json!({ "held": hold::in_one_line(&held) });
    let after = json!({ "campaigns": released.campaigns });
    audit::note(&mut tx, &cx.actor, "let go", about(&article), before, after, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(released)
}

/// Decides that a held article is not mailed, whatever holds it.
pub async fn drop_held(cx: &Context<'_>, article_id: Uuid) -> Result<()> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let (article, held) = find_held(&mut tx, article_id).await?;
    holds::clear_article(&mut tx, article_id).await?;
    feeds::decide(&mut tx, article_id, ItemVerdict::Dropped).await?;
    let before = json!({ "held": hold::in_one_line(&held) });
    audit::note(&mut tx, &cx.actor, "dropped", about(&article), before, (), cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Articles decided about in one transaction.
const DECIDED_TOGETHER: usize = 20;

/// Articles of a batch that still wait, in the order in which they are mailed; of some, where `chosen` says.
async fn awaiting(app: &App, batch: &Batch, chosen: Option<&[Uuid]>) -> sqlx::Result<Vec<Uuid>> {
    let mut tx = app.db.read().await?;
    let items = brake::items(&mut tx, batch.feed_id, batch.first_seen_at).await?;
    let ids = items.into_iter().map(|item| item.article_id);
    Ok(ids.filter(|id| chosen.is_none_or(|chosen| chosen.contains(id))).collect())
}

/// Those of some articles that the brake still holds: somebody else may have decided. To be asked under
/// [`feeds::lock_listing`].
async fn still_held(tx: &mut Tx, ids: &[Uuid]) -> sqlx::Result<Vec<Article>> {
    let held = holds::list_of_articles(tx, ids).await?;
    let braked =
        |id: &Uuid| held.get(id).is_some_and(|holds| holds.iter().any(|h| h.kind == HoldKind::Brake));
    let mut found = articles::of_ids(tx, ids).await?;
    found.retain(|article| braked(&article.id));
    found.sort_by_key(|article| article.id);
    Ok(found)
}

async fn note_batch(
    tx: &mut WriteTx,
    actor: &Actor,
    action: &str,
    batch: &Batch,
    decided: &[Article],
    campaigns: Option<usize>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let name = if batch.feed_title.is_empty() { &batch.feed_url } else { &batch.feed_title };
    let subject = Subject { kind: "feed", id: batch.feed_id, name };
    let titles: Vec<&str> = decided.iter().map(|article| article.title.as_str()).collect();
    let before = json!({ "held": batch.reason().to_string() });
    let mut after = json!({ "articles": titles });
    if let Some(campaigns) = campaigns {
        after["campaigns"] = campaigns.into();
    }
    audit::note(tx, actor, action, subject, before, after, now).await
}

/// Releases what the brake holds of one poll, or some of it. Harmless to repeat: what somebody has decided
/// about meanwhile is left alone.
pub async fn release_batch(cx: &Context<'_>, batch: &Batch, chosen: Option<&[Uuid]>) -> Result<Released> {
    release_all(cx, batch, chosen, false).await
}

/// The same, where all of it becomes one digest of each list, which goes out when an undo is over; readers of digests have
/// it in their next one.
pub async fn release_batch_as_digest(
    cx: &Context<'_>,
    batch: &Batch,
    chosen: Option<&[Uuid]>,
) -> Result<Released> {
    release_all(cx, batch, chosen, true).await
}

async fn release_all(
    cx: &Context<'_>,
    batch: &Batch,
    chosen: Option<&[Uuid]>,
    as_digest: bool,
) -> Result<Released> {
    cx.require(Role::Editor)?;
    let mut total = Released::default();
    let mut digest_lists = BTreeSet::new();
    for ids in awaiting(cx.app, batch, chosen).await?.chunks(DECIDED_TOGETHER) {
        let now = cx.now();
        let mut tx = cx.app.db.write().await?;
        feeds::lock_listing(&mut tx).await?;
        let held = still_held(&mut tx, ids).await?;
        let mut release = Release { as_digest, ..Release::begin(&mut tx, &cx.actor, now).await? };
        let mut campaigns = 0;
        for article in &held {
            let released = release.article(&mut tx, article, &[HoldKind::Brake]).await?;
            campaigns += released.campaigns;
            total.add(released);
        }
        if !held.is_empty() {
            note_batch(&mut tx, &cx.actor, "released", batch, &held, Some(campaigns), now).await?;
        }
        if as_digest {
            digest_lists.append(&mut release.digest_lists);
        }
        tx.commit().await?;
    }
    // Behind all of them, so that it is one.
    for list_id in digest_lists {
        digests::send_soon(cx, list_id).await?;
    }
    if total.campaigns > 0 {
        cx.app.wake_delivery.notify_one();
    }
    Ok(total)
}

/// Decides that what the brake holds of one poll, or some of it, is not mailed. Returns how many. Harmless to
/// repeat.
pub async fn skip_batch(cx: &Context<'_>, batch: &Batch, chosen: Option<&[Uuid]>) -> Result<usize> {
    cx.require(Role::Editor)?;
    let mut skipped = 0;
    for ids in awaiting(cx.app, batch, chosen).await?.chunks(DECIDED_TOGETHER) {
        let mut tx = cx.app.db.write().await?;
        feeds::lock_listing(&mut tx).await?;
        let held = still_held(&mut tx, ids).await?;
        for article in &held {
            holds::clear_article(&mut tx, article.id).await?;
            feeds::decide(&mut tx, article.id, ItemVerdict::Dropped).await?;
        }
        if !held.is_empty() {
            note_batch(&mut tx, &cx.actor, "skipped", batch, &held, None, cx.now()).await?;
        }
        tx.commit().await?;
        skipped += held.len();
    }
    Ok(skipped)
}
