//! Digests: articles get their numbers, the next digest of each list and cadence is scheduled, begins, and is enqueued, each
//! reader with the articles that are due to them. What is due is told by `db/dues.rs` and the ledger.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::poll::{self, Refreshed};
use crate::actions::{Context, Result, compose, editorial};
use crate::app::App;
use crate::db::articles::{self as articles_db, Article};
use crate::db::audit::Actor;
use crate::db::campaigns::{self, Campaign};
use crate::db::chunk::Chunk;
use crate::db::digests::{self, DigestReader, Regular};
use crate::db::events::Cause;
use crate::db::list_articles::{self, ListRoute, Numbered};
use crate::db::lists::{self, List};
use crate::db::{Tx, WriteTx, drafts, dues, feeds, holds, ledger, publication, statistics, subscriptions};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::digest::{DigestOrder, ListSchedule, WhenMissed};
use crate::domain::hold::HoldReason;
use crate::domain::refusal::lists as codes;
use crate::domain::subscription::Cadence;
use crate::locale::say;
use crate::mail::content;

/// A digest that is later than this is missed: it is held, or its articles join the next one.
pub const MISSED: TimeDelta = TimeDelta::hours(12);
/// Articles that are numbered, and readers whose pause ends, in one transaction.
const STEP: i64 = 200;
/// Readers who are enqueued in one transaction, at most.
const ENQUEUE_ROWS: i64 = 10_000;
/// How often a digest is written again because another article came meanwhile.
const ATTEMPTS_MAX: usize = 5;

/// Does what is due: numbers articles, ends pauses, and schedules each list's next digests.
pub async fn work(app: &App) -> anyhow::Result<()> {
    number_articles(app).await?;
    end_pauses(app).await?;
    schedule(app).await
}

/// Numbers the articles for digests whose grace is over.
async fn number_articles(app: &App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let mut tx = app.db.read().await?;
        let found = list_articles::to_number(&mut tx, now, STEP).await?;
        drop(tx);
        if found.is_empty() {
            return Ok(());
        }
        let mut tx = app.db.write().await?;
        for (list_id, article_id) in &found {
            list_articles::number(&mut tx, *list_id, *article_id, ListRoute::Digest, now).await?;
        }
        tx.commit().await?;
    }
}

/// Readers whose pause is over get their lists again.
async fn end_pauses(app: &App) -> anyhow::Result<()> {
    loop {
        let now = app.clock.now();
        let mut tx = app.db.read().await?;
        let found = dues::paused_until(&mut tx, now, STEP).await?;
        drop(tx);
        if found.is_empty() {
            return Ok(());
        }
        let mut tx = app.db.write().await?;
        let readers: Vec<Uuid> = found.iter().map(|(_, reader, _)| *reader).collect();
        subscriptions::lock(&mut tx, &readers).await?;
        for (list_id, reader, cadence) in found {
            dues::resume(&mut tx, &Cause::new(&Actor::schedule(), now), list_id, reader, cadence).await?;
        }
        tx.commit().await?;
    }
}

/// Sees that each list and cadence has its next digest scheduled, as soon as there is something to say to somebody.
async fn schedule(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let zone = publication::get(&mut tx).await?.zone();
    let settled = digests::settled(&mut tx).await?;
    let numbers: HashMap<Uuid, i64> = list_articles::last_numbers(&mut tx).await?.into_iter().collect();
    let all = lists::all(&mut tx).await?;
    drop(tx);
    for list in all.iter().filter(|list| list.retired_at.is_none()) {
        for cadence in Cadence::ALL {
            let next = list.schedule.next_after(cadence, zone, now);
            let held = settled.iter().find(|one| one.list_id == list.id && one.cadence == cadence);
            let (from, due_at) = held.map_or((0, next), |held| (held.settled_to, held.due_at));
            let last = numbers.get(&list.id).copied().unwrap_or(0);
            if held.is_none() {
                let mut tx = app.db.write().await?;
                digests::settle(&mut tx, list.id, cadence, 0, next).await?;
                tx.commit().await?;
            }
            let mut tx = app.db.read().await?;
            let has_news = !covered(&mut tx, list.id, cadence, from, last).await?.is_empty()
                && digests::any_reader(&mut tx, list.id, cadence).await?;
            let has_backlog = digests::any_backlog(&mut tx, list.id, cadence).await?;
            let is_scheduled = digests::next(&mut tx, list.id, cadence).await?.is_some();
            drop(tx);
            if is_scheduled {
                continue;
            }
            if has_news || has_backlog {
                let subject = subject(list, cadence);
                let mut tx = app.db.write().await?;
                let at = due_at.max(now);
                if let Some(id) = digests::add(&mut tx, list.id, cadence, &subject, at, now).await? {
                    if list.schedule.approve {
                        holds::add(&mut tx, &[id], &HoldReason::DigestAwaitsApproval, now).await?;
                    }
                    tx.commit().await?;
                }
            } else if due_at <= now {
                // Nothing to say.
                let mut tx = app.db.write().await?;
                digests::settle(&mut tx, list.id, cadence, last, next).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

/// What a digest is called until it is written.
fn subject(list: &List, cadence: Cadence) -> String {
    let key = match cadence {
        Cadence::Each => "digest-name-day",
        Cadence::Daily => "digest-name-daily",
        Cadence::Weekly => "digest-name-weekly",
        Cadence::Monthly => "digest-name-monthly",
    };
    say(key).with("list", &list.name).to_string()
}

/// What a digest of a cadence covers between two numbers: who gets each article has the others by themselves.
async fn covered(
    tx: &mut Tx,
    list_id: Uuid,
    cadence: Cadence,
    from: i64,
    to: i64,
) -> sqlx::Result<Vec<Numbered>> {
    if from >= to {
        return Ok(Vec::new());
    }
    let mut found = list_articles::between(tx, list_id, from, to).await?;
    if cadence == Cadence::Each {
        found.retain(|one| one.route == ListRoute::Digest);
    }
    Ok(found)
}

/// What a digest that has not begun would cover now: behind which number, up to which, and the articles.
async fn upcoming(
    tx: &mut Tx,
    campaign: &Campaign,
    cadence: Cadence,
) -> sqlx::Result<(i64, i64, Vec<Numbered>)> {
    let from = match campaign.digest_from {
        Some(from) => from,
        None => digests::settled_to(tx, campaign.list_id, cadence).await?,
    };
    let to = match campaign.digest_to {
        Some(to) => to,
        None => list_articles::last_number(tx, campaign.list_id).await?,
    };
    let found = covered(tx, campaign.list_id, cadence, from, to).await?;
    Ok((from, to, found))
}

/// The articles that a digest has, or would have now, without those that one reader or another has already.
pub async fn articles(tx: &mut Tx, campaign: &Campaign, cadence: Cadence) -> sqlx::Result<Vec<Uuid>> {
    let (.., found) = upcoming(tx, campaign, cadence).await?;
    Ok(found.into_iter().map(|one| one.article_id).collect())
}

/// Articles in the order in which a digest has them. Who puts some of them first by hand has the newest behind them.
pub async fn in_order(
    tx: &mut Tx,
    campaign: &Campaign,
    order: DigestOrder,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Article>> {
    let mut found: HashMap<Uuid, Article> =
        articles_db::of_ids(tx, ids).await?.into_iter().map(|article| (article.id, article)).collect();
    // By number, which is how they came; then as the list wants it.
    let mut ordered: Vec<Article> = ids.iter().filter_map(|id| found.remove(id)).collect();
    match order {
        DigestOrder::Oldest => {}
        DigestOrder::Newest => ordered.reverse(),
        DigestOrder::ByFeed => {
            ordered.reverse();
            let feeds: HashMap<Uuid, String> = feeds::first_of_articles(tx, ids).await?.into_iter().collect();
            ordered.sort_by(|one, other| feeds.get(&one.id).cmp(&feeds.get(&other.id)));
        }
        DigestOrder::Picked => {
            ordered.reverse();
            let picked = digests::picked(tx, campaign.id).await?;
            ordered.sort_by_key(|one| picked.iter().position(|id| *id == one.id).unwrap_or(usize::MAX));
        }
    }
    Ok(ordered)
}

/// Whether a digest is so late that its articles join the next one, where its list wants that.
fn joins_the_next(schedule: &ListSchedule, campaign: &Campaign, now: DateTime<Utc>) -> bool {
    schedule.when_missed == WhenMissed::Join && campaign.scheduled_at.is_some_and(|at| now - at > MISSED)
}

/// Scheduled digests that are not late yet, however long nothing ran: an edition an hour late is still one.
pub async fn not_late(tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<HashSet<Uuid>> {
    let due = campaigns::digests_due(tx, now).await?;
    if due.is_empty() {
        return Ok(HashSet::new());
    }
    let joining: HashSet<Uuid> = lists::all(tx)
        .await?
        .into_iter()
        .filter(|list| list.schedule.when_missed == WhenMissed::Join)
        .map(|list| list.id)
        .collect();
    let in_time =
        |(_, list_id, at): &(Uuid, Uuid, DateTime<Utc>)| joining.contains(list_id) || now - *at <= MISSED;
    Ok(due.into_iter().filter(in_time).map(|(id, ..)| id).collect())
}

/// Fetches a digest's articles once more, writes it, and lets it send; ends it where it has nothing to say.
pub async fn begin(app: &App, campaign: &Campaign, list: &List, cadence: Cadence) -> anyhow::Result<()> {
    let now = app.clock.now();
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    let next = list.schedule.next_after(cadence, zone, now);
    if joins_the_next(&list.schedule, campaign, now) {
        let mut tx = app.db.write().await?;
        let settled = digests::settled_to(&mut tx, list.id, cadence).await?;
        digests::settle(&mut tx, list.id, cadence, settled, next).await?;
        campaigns::put_off(&mut tx, campaign.id, next).await?;
        return Ok(tx.commit().await?);
    }
    // What is due this moment is in it.
    number_articles(app).await?;
    let mut tx = app.db.read().await?;
    let (_, to, covered) = upcoming(&mut tx, campaign, cadence).await?;
    let mut fresh: Vec<Uuid> = covered.into_iter().map(|one| one.article_id).collect();
    let owed = digests::owed(&mut tx, list.id, cadence, to).await?;
    fresh.extend(owed.into_iter().filter(|id| !fresh.contains(id)).collect::<Vec<_>>());
    drop(tx);
    refresh(app, list.id, &fresh).await?;
    for _ in 0..ATTEMPTS_MAX {
        if write(app, campaign, list, cadence, next).await? {
            return Ok(());
        }
    }
    anyhow::bail!("articles come faster than the digest can be written")
}

/// Takes the last edits of articles; what its publisher took back is due to nobody on this list.
async fn refresh(app: &App, list_id: Uuid, fresh: &[Uuid]) -> anyhow::Result<()> {
    for (article_id, refreshed) in poll::refresh_all(app, &app.fetcher, fresh).await? {
        if let Refreshed::Withdrawn(reason) = refreshed {
            let mut tx = app.db.write().await?;
            list_articles::set_not_due(&mut tx, list_id, article_id, &reason, app.clock.now()).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Writes a digest and lets it send. False where what it covers has changed meanwhile.
async fn write(
    app: &App,
    campaign: &Campaign,
    list: &List,
    cadence: Cadence,
    next: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let (from, to, found) = upcoming(&mut tx, campaign, cadence).await?;
    let has_backlog = digests::any_backlog(&mut tx, list.id, cadence).await?;
    drop(tx);
    let ids: Vec<Uuid> = found.iter().map(|one| one.article_id).collect();
    let mail = match ids.is_empty() {
        true => None,
        false => Some(compose::digest(app, campaign, &ids).await?),
    };
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    lists::lock(&mut tx, list.id).await?;
    let (from_now, to_now, found_now) = upcoming(&mut tx, campaign, cadence).await?;
    if (from_now, to_now, &found_now) != (from, to, &found) {
        return Ok(false);
    }
    digests::set_covered(&mut tx, campaign.id, from, to).await?;
    digests::settle(&mut tx, list.id, cadence, to, next).await?;
    if found.is_empty() && !has_backlog {
        let reason = say("digest-empty").to_string();
        campaigns::apply(&mut tx, campaign.id, CampaignAction::Cancel, Some(&reason), now).await?;
        tx.commit().await?;
        return Ok(true);
    }
    if let Some(mail) = &mail {
        digests::add_articles(&mut tx, campaign.id, &ids).await?;
        digests::add_variant(&mut tx, campaign.id, 0, &found).await?;
        let stored = serde_json::to_string(mail)?;
        let subject = content::public_line(mail, &mail.subject);
        campaigns::set_mail(&mut tx, campaign.id, &subject, &content::browser_copy(mail), &stored).await?;
        digests::set_variant_content(&mut tx, campaign.id, 0, &stored).await?;
    }
    if campaigns::apply(&mut tx, campaign.id, CampaignAction::Send, None, now).await? {
        tx.commit().await?;
        tracing::info!(campaign = %campaign.id, articles = found.len(), "a digest begins");
    }
    Ok(true)
}

/// What is due to the readers of one digest.
struct Enqueuing<'a> {
    campaign: &'a Campaign,
    cadence: Cadence,
    /// In the order of their numbers.
    covered: Vec<Numbered>,
    to: i64,
    /// Other campaigns whose readers may have some of these articles.
    sharing: Vec<Uuid>,
    variants: HashMap<Vec<i64>, i64>,
}

/// Enqueues a digest's readers, a short transaction at a time.
pub async fn enqueue(app: &App, campaign: &Campaign, cadence: Cadence) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let (_, to, covered) = upcoming(&mut tx, campaign, cadence).await?;
    let sharing = digests::sharing(&mut tx, campaign.id, campaign.list_id).await?;
    let variants = digests::variants(&mut tx, campaign.id).await?;
    drop(tx);
    // What was taken back since it began is in the mails that are written; nobody gets it by itself now.
    let covered = match variants.iter().find(|(_, variant)| **variant == 0) {
        Some((numbers, _)) => covered.into_iter().filter(|one| numbers.contains(&one.number)).collect(),
        None => Vec::new(),
    };
    let mut enqueuing = Enqueuing { campaign, cadence, covered, to, sharing, variants };
    let mut after = campaign.enqueued_to.unwrap_or(Uuid::nil());
    let mut chunk = Chunk::up_to(ENQUEUE_ROWS);
    loop {
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let held = Instant::now();
        campaigns::lock(&mut tx, campaign.id).await?;
        let stands = campaigns::by_id(&mut tx, campaign.id).await?.map(|campaign| campaign.status);
        if !matches!(stands, Some(CampaignStatus::Sending | CampaignStatus::Paused)) {
            return Ok(());
        }
        let to = enqueuing.chunk(&mut tx, after, chunk.rows(), now).await?;
        campaigns::set_enqueued(&mut tx, campaign.id, to, now).await?;
        tx.commit().await?;
        let held = held.elapsed();
        chunk.took(held);
        tracing::debug!(campaign = %campaign.id, held_us = held.as_micros() as u64, "a chunk of readers is enqueued");
        app.wake_delivery.notify_one();
        match to {
            Some(to) => after = to,
            None => break,
        }
    }
    let mut tx = app.db.write().await?;
    statistics::refresh_deliveries(&mut tx).await?;
    Ok(tx.commit().await?)
}

impl Enqueuing<'_> {
    /// The next readers behind `after`. Where it has come to, or `None` when it is through.
    async fn chunk(
        &mut self,
        tx: &mut WriteTx,
        after: Uuid,
        rows: i64,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Option<Uuid>> {
        let list_id = self.campaign.list_id;
        ledger::lock_enqueueing(tx).await?;
        let only_backlog = self.covered.is_empty();
        let (readers, to) = digests::readers(tx, list_id, self.cadence, only_backlog, (after, rows)).await?;
        let (Some(first), Some(last)) = (readers.first(), readers.last()) else { return Ok(None) };
        let between = (first.subscriber_id, last.subscriber_id);
        let suppressed: HashSet<Uuid> =
            digests::suppressed(tx, list_id, between.0, between.1).await?.into_iter().collect();
        let lacks = self.what_readers_lack(tx, between).await?;
        let regular: Vec<i64> = self.covered.iter().map(|one| one.number).collect();
        // Who is enqueued one by one: those who lack something, and everybody of a chunk that comes a second time.
        let one_by_one = digests::any_enqueued(tx, self.campaign.id, between.0, between.1).await?;
        let mut chosen = Vec::new();
        let mut except: Vec<Uuid> = suppressed.iter().copied().collect();
        let mut backlogs = Vec::new();
        // Most readers are due the same: the variant of those who came before a number.
        let mut by_start: BTreeMap<usize, i64> = BTreeMap::new();
        for reader in readers.iter().filter(|reader| !suppressed.contains(&reader.subscriber_id)) {
            let start = regular.partition_point(|number| *number <= reader.numbered_from);
            let due: Vec<Numbered> = match (reader.backlog_from, lacks.get(&reader.subscriber_id)) {
                (Some(_), _) => {
                    backlogs.push(*reader);
                    self.backlog(tx, reader).await?
                }
                (None, Some(lacks)) => {
                    except.push(reader.subscriber_id);
                    self.covered[start..].iter().filter(|one| !lacks.has(one)).copied().collect()
                }
                (None, None) if start == regular.len() => continue,
                (None, None) => {
                    if let Entry::Vacant(entry) = by_start.entry(start) {
                        let due = self.covered[start..].to_vec();
                        entry.insert(self.variant(tx, due).await?.unwrap_or_default());
                    }
                    if one_by_one {
                        chosen.push((reader.subscriber_id, by_start[&start]));
                    }
                    continue;
                }
            };
            if let Some(variant) = self.variant(tx, due).await? {
                chosen.push((reader.subscriber_id, variant));
            }
        }
        if !one_by_one {
            let by_number: Vec<Regular> = by_start
                .iter()
                .map(|(start, variant)| Regular { below: regular[*start], variant: *variant })
                .collect();
            let campaign = (self.campaign.id, list_id, self.cadence);
            digests::enqueue_regular(tx, campaign, between, &by_number, &except, now).await?;
        }
        digests::enqueue(tx, self.campaign.id, &chosen, now).await?;
        digests::clear_backlog(tx, list_id, self.cadence, &backlogs).await?;
        Ok(to)
    }

    /// What some of the readers between two ids are not due of what others are: they have it, or were away.
    async fn what_readers_lack(
        &self,
        tx: &mut Tx,
        (from, to): (Uuid, Uuid),
    ) -> sqlx::Result<HashMap<Uuid, NotDue>> {
        let mut lacks: HashMap<Uuid, NotDue> = HashMap::new();
        let Some(first) = self.covered.first() else { return Ok(lacks) };
        let (id, list_id) = (self.campaign.id, self.campaign.list_id);
        for other in &self.sharing {
            for (reader, article) in digests::had_from(tx, id, *other, list_id, from, to).await? {
                lacks.entry(reader).or_default().articles.insert(article);
            }
        }
        for (reader, article) in digests::welcomed(tx, id, from, to).await? {
            lacks.entry(reader).or_default().articles.insert(article);
        }
        for (reader, from, to) in digests::absences(tx, list_id, from, to, first.number - 1).await? {
            lacks.entry(reader).or_default().away.push((from, to));
        }
        Ok(lacks)
    }

    /// What is due to a reader who may lack what others have.
    async fn backlog(&self, tx: &mut Tx, reader: &DigestReader) -> sqlx::Result<Vec<Numbered>> {
        let (id, list_id) = (self.campaign.id, self.campaign.list_id);
        let from = reader.backlog_from.unwrap_or(0).max(reader.numbered_from);
        let had = digests::had_by(tx, id, list_id, reader.subscriber_id, from).await?;
        let away = digests::absences(tx, list_id, reader.subscriber_id, reader.subscriber_id, from).await?;
        let not_due = NotDue {
            articles: had.into_iter().collect(),
            away: away.into_iter().map(|(_, from, to)| (from, to)).collect(),
        };
        let mut due = list_articles::between(tx, list_id, from, self.to).await?;
        due.retain(|one| !not_due.has(one));
        Ok(due)
    }

    /// The variant of these articles; `None`: there is nothing to say.
    async fn variant(&mut self, tx: &mut WriteTx, due: Vec<Numbered>) -> sqlx::Result<Option<i64>> {
        if due.is_empty() {
            return Ok(None);
        }
        let numbers: Vec<i64> = due.iter().map(|one| one.number).collect();
        if let Some(variant) = self.variants.get(&numbers) {
            return Ok(Some(*variant));
        }
        // 0 is that of all articles.
        let variant = self.variants.values().max().map_or(1, |last| last + 1).max(1);
        digests::add_variant(tx, self.campaign.id, variant, &due).await?;
        let ids: Vec<Uuid> = due.iter().map(|one| one.article_id).collect();
        digests::add_articles(tx, self.campaign.id, &ids).await?;
        self.variants.insert(numbers, variant);
        Ok(Some(variant))
    }
}

/// What is not due to one reader of what others are.
#[derive(Default)]
struct NotDue {
    articles: HashSet<Uuid>,
    away: Vec<(i64, i64)>,
}

impl NotDue {
    fn has(&self, one: &Numbered) -> bool {
        self.articles.contains(&one.article_id)
            || self.away.iter().any(|(from, to)| *from < one.number && one.number <= *to)
    }
}

/// The digest of a list for who gets each article goes out as soon as it can be undone no more, instead of at the end of the
/// day. It waits for a second person where the list wants one.
pub(super) async fn send_soon(cx: &Context<'_>, list_id: Uuid) -> Result<()> {
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let at = now + TimeDelta::seconds(publication::sending(&mut tx).await?.undo_secs);
    let list = lists::by_id(&mut tx, list_id).await?.ok_or_else(|| codes::LIST_GONE.refusal())?;
    let id = match digests::next(&mut tx, list_id, Cadence::Each).await? {
        Some(id) => {
            digests::reschedule(&mut tx, list_id, Cadence::Each, at, now).await?;
            id
        }
        None => {
            let subject = subject(&list, Cadence::Each);
            let added = digests::add(&mut tx, list_id, Cadence::Each, &subject, at, now).await?;
            added.context("a digest is scheduled once")?
        }
    };
    if editorial::wants_second_person(&mut tx, list_id).await? {
        drafts::await_approval(&mut tx, id, cx.actor.user_id, now).await?;
    }
    Ok(tx.commit().await?)
}

/// An article that came to more than a list's daily cap is in a digest at the end of the day instead.
pub async fn overflow(app: &App, campaign: &Campaign, article_id: Uuid) -> anyhow::Result<()> {
    let now = app.clock.now();
    let reason = say("digest-over-cap").to_string();
    let mut tx = app.db.write().await?;
    if campaigns::apply(&mut tx, campaign.id, CampaignAction::Cancel, Some(&reason), now).await? {
        // It is not stopped: it is due by another path.
        list_articles::number(&mut tx, campaign.list_id, article_id, ListRoute::Digest, now).await?;
        tx.commit().await?;
        tracing::info!(campaign = %campaign.id, "an article joins the digest at the end of the day");
    }
    Ok(())
}

/// The mail of a variant of a digest, written when somebody needs it first.
pub async fn variant_content(app: &App, campaign: &Campaign, variant: i64) -> anyhow::Result<String> {
    let mut tx = app.db.read().await?;
    if let Some(stored) = digests::variant_content(&mut tx, campaign.id, variant).await? {
        return Ok(stored);
    }
    let ids = digests::variant_articles(&mut tx, campaign.id, variant).await?;
    drop(tx);
    let mail = compose::digest(app, campaign, &ids).await?;
    let written = serde_json::to_string(&mail)?;
    let mut tx = app.db.write().await?;
    if campaigns::mail_content(&mut tx, campaign.id).await?.is_none() {
        // Everybody was owed something, and nothing is new: then this is what the archive shows.
        let subject = content::public_line(&mail, &mail.subject);
        campaigns::set_mail(&mut tx, campaign.id, &subject, &content::browser_copy(&mail), &written).await?;
    }
    digests::set_variant_content(&mut tx, campaign.id, variant, &written).await?;
    let stored = digests::variant_content(&mut tx, campaign.id, variant).await?.context("no such variant")?;
    tx.commit().await?;
    Ok(stored)
}
