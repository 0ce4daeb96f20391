//! Why a reader got, or did not get, an article: one answer, from what the lists, the digests and the ledger hold. What was
//! sent is told first, then what is on its way or will come, then why nothing comes.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::actions::subscribers::explain;
use crate::db::articles::Article;
use crate::db::digests::Settled;
use crate::db::events::Event;
use crate::db::feeds::ItemVerdict;
use crate::db::list_articles::ListRoute as Route;
use crate::db::lists::List;
use crate::db::subscribers::Subscriber;
use crate::db::suppressions::Suppression;
use crate::db::why::{self as facts, About, FirstListing, Held, Mail, Place};
use crate::db::{Tx, articles, digests, events, holds, lists, merges, publication, suppressions};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::event::EventKind;
use crate::domain::hold::Hold;
use crate::domain::stored_words;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;

/// Events of a reader that are looked through for when they were away.
const EVENTS_MAX: i64 = 200;

/// Why, with what the sentence names. Lists are named by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A mail has it: by itself, where there is no digest's cadence.
    Got {
        list: String,
        digest: Option<Cadence>,
        at: DateTime<Utc>,
        reply: String,
        others: Vec<String>,
    },
    GotInWelcome,
    /// The relay may have taken it.
    Uncertain {
        list: String,
        at: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
    },
    OnItsWay {
        list: String,
    },
    Deferred {
        list: String,
        reply: String,
        next: Option<DateTime<Utc>>,
    },
    Bounced {
        list: String,
        at: DateTime<Utc>,
        reply: String,
    },
    Failed {
        list: String,
        at: DateTime<Utc>,
        reply: String,
    },
    /// Its campaign was begun and stands still.
    CampaignPaused {
        list: String,
        why: String,
    },
    CampaignHeld {
        list: String,
        why: String,
    },
    Suppressed {
        at: DateTime<Utc>,
        why: String,
    },
    WillGet {
        list: String,
        digest: Cadence,
        at: DateTime<Utc>,
    },
    OverTheCap {
        list: String,
        at: DateTime<Utc>,
    },
    DigestHeld {
        list: String,
        digest: Cadence,
        why: String,
    },
    Quiet {
        list: String,
        until: DateTime<Utc>,
    },
    /// The grace of its feed; then a digest, for who gets those.
    Waits {
        list: String,
        until: DateTime<Utc>,
        then: Option<(Cadence, DateTime<Utc>)>,
    },
    AfterPause {
        list: String,
        until: DateTime<Utc>,
    },
    Paused {
        list: String,
        since: Option<DateTime<Utc>>,
        until: DateTime<Utc>,
    },
    WasAway {
        list: String,
        between: Option<(DateTime<Utc>, DateTime<Utc>)>,
    },
    JoinedAfter {
        list: String,
        joined: DateTime<Utc>,
        numbered: Option<DateTime<Utc>>,
    },
    Unconfirmed {
        list: String,
    },
    Ended {
        list: String,
        how: SubscriptionStatus,
        at: DateTime<Utc>,
    },
    /// The list decided that nobody gets it: cancelled, or withdrawn by its publisher.
    Stopped {
        list: String,
        why: String,
    },
    DigestStopped {
        list: String,
        digest: Cadence,
        why: String,
    },
    ListRetired {
        list: String,
    },
    /// An editor has yet to send it.
    Draft {
        list: String,
    },
    /// It was sent, and they were not among its readers.
    NotAmong {
        list: String,
        at: Option<DateTime<Utc>>,
    },
    ArticleHeld {
        why: String,
    },
    ArticleRetired {
        at: DateTime<Utc>,
    },
    /// It was there when its feed was first read.
    SeenAtFirst {
        at: DateTime<Utc>,
    },
    /// It is old, and came back into view.
    CameBack,
    KnownElsewhere,
    Dropped,
    /// No list has it.
    OnNoList,
    /// Lists have it, and none of them was ever theirs.
    NeverOn {
        lists: Vec<String>,
    },
}

/// What there is of one list.
struct OfList<'a> {
    list: &'a List,
    place: Option<&'a Place>,
    held: &'a Held,
    /// Its campaigns about the article that are no digests.
    about: Vec<&'a About>,
    /// Its digest for this reader's cadence that has not begun.
    next: Option<About>,
    /// The digest within whose numbers the article's lies.
    covering: Option<About>,
    settled: Option<&'a Settled>,
    away: bool,
    events: Vec<&'a Event>,
    /// What holds its campaigns.
    why_held: String,
}

/// A reader, with what is the same for each article.
pub struct Reader {
    /// Their id, and those of who was merged into them.
    ids: Vec<Uuid>,
    held: Vec<Held>,
    absences: Vec<(Uuid, i64, i64)>,
    events: Vec<Event>,
    suppression: Option<Suppression>,
    lists: Vec<List>,
    settled: Vec<Settled>,
    zone: Tz,
    now: DateTime<Utc>,
}

impl Reader {
    /// Reads what is known of a reader.
    pub async fn read(tx: &mut Tx, subscriber: &Subscriber, now: DateTime<Utc>) -> sqlx::Result<Reader> {
        let merged = merges::into(tx, subscriber.id).await?;
        Ok(Reader {
            ids: std::iter::once(subscriber.id).chain(merged.iter().map(|merge| merge.merged_id)).collect(),
            held: facts::subscriptions(tx, subscriber.id).await?,
            absences: facts::absences(tx, subscriber.id).await?,
            events: events::of_subscriber(tx, subscriber.id, EVENTS_MAX).await?,
            suppression: suppressions::get(tx, &subscriber.email_key).await?,
            lists: lists::all(tx).await?,
            settled: digests::settled(tx).await?,
            zone: publication::get(tx).await?.zone(),
            now,
        })
    }

    /// Why they got, or did not get, an article.
    pub async fn answer(&self, tx: &mut Tx, article: &Article) -> sqlx::Result<Answer> {
        let mut mails = Vec::new();
        let mut is_welcomed = false;
        for id in &self.ids {
            mails.extend(facts::mails(tx, article.id, *id).await?);
            is_welcomed |= facts::is_welcomed(tx, article.id, *id).await?;
        }
        let places = facts::places(tx, article.id).await?;
        let about = facts::campaigns(tx, article.id).await?;
        let having = having(tx, article.id, &places, &about, &mails).await?;
        let stopped: Vec<Uuid> =
            mails.iter().filter(|mail| mail.is_held).map(|mail| mail.campaign_id).collect();
        let why = why_held(tx, &stopped).await?;
        if let Some(told) = of_mails(&mails, &self.held, &having, &self.lists, why) {
            return Ok(told);
        }
        if is_welcomed {
            return Ok(Answer::GotInWelcome);
        }
        if let Some(told) = of_failed(&mails) {
            return Ok(told);
        }
        if let Some(suppression) = &self.suppression {
            return Ok(Answer::Suppressed { at: suppression.created_at, why: explain(suppression.reason) });
        }
        // What an editor is writing about it is on no list yet.
        let is_draft = |one: &About| one.status == CampaignStatus::Draft && one.auto_article_id.is_none();
        let is_nowhere = about.iter().all(is_draft) && places.is_empty();
        if let Some(told) = of_article(tx, article, is_nowhere).await? {
            return Ok(told);
        }
        let mut best: Option<(u8, Answer)> = None;
        for list in self.lists.iter().filter(|list| having.contains(&list.id)) {
            let Some(held) = self.held.iter().find(|held| held.list_id == list.id) else { continue };
            let told = self.of_list(tx, list, held, &places, &about).await?;
            if best.as_ref().is_none_or(|best| told.0 < best.0) {
                best = Some(told);
            }
        }
        let having = self.lists.iter().filter(|list| having.contains(&list.id));
        let never = || Answer::NeverOn { lists: having.map(|list| list.name.clone()).collect() };
        Ok(best.map_or_else(never, |best| best.1))
    }

    /// What one of their lists says.
    async fn of_list(
        &self,
        tx: &mut Tx,
        list: &List,
        held: &Held,
        places: &[Place],
        about: &[About],
    ) -> sqlx::Result<(u8, Answer)> {
        let place = places.iter().find(|place| place.list_id == list.id);
        let number = place.and_then(|place| place.number);
        let about: Vec<&About> = about.iter().filter(|about| about.list_id == list.id).collect();
        let next = facts::next_digest(tx, list.id, held.cadence).await?;
        let covering = match number {
            Some(number) => facts::digest_with(tx, list.id, held.cadence, number).await?,
            None => None,
        };
        let all = about.iter().copied().chain(&next).chain(&covering);
        let held_ids: Vec<Uuid> = all.filter(|one| one.is_held).map(|one| one.id).collect();
        let is_away = |(of, from, to): &(Uuid, i64, i64)| {
            *of == list.id && number.is_some_and(|number| *from < number && number <= *to)
        };
        let of_list = OfList {
            list,
            place,
            held,
            why_held: why_held(tx, &held_ids).await?,
            about,
            next,
            covering,
            settled: self.settled.iter().find(|one| one.list_id == list.id && one.cadence == held.cadence),
            away: self.absences.iter().any(is_away),
            events: self.events.iter().filter(|event| event.list_name.as_ref() == Some(&list.name)).collect(),
        };
        Ok(of_list.answer(self.zone, self.now))
    }
}

/// The lists that have an article, or are to have it.
async fn having(
    tx: &mut Tx,
    article_id: Uuid,
    places: &[Place],
    about: &[About],
    mails: &[Mail],
) -> sqlx::Result<Vec<Uuid>> {
    let mut having = facts::fed_lists(tx, article_id).await?;
    having.extend(places.iter().map(|place| place.list_id));
    // A draft is nobody's yet.
    having.extend(about.iter().filter(|one| one.status != CampaignStatus::Draft).map(|one| one.list_id));
    having.extend(mails.iter().map(|mail| mail.list_id));
    having.sort();
    having.dedup();
    Ok(having)
}

/// What holds some campaigns.
async fn why_held(tx: &mut Tx, campaigns: &[Uuid]) -> sqlx::Result<String> {
    if campaigns.is_empty() {
        return Ok(String::new());
    }
    let found = holds::list(tx, campaigns).await?;
    Ok(found.values().flatten().map(Hold::sentence).collect::<Vec<_>>().join("; "))
}

/// What came, may have come, or is on its way.
fn of_mails(
    mails: &[Mail],
    held: &[Held],
    having: &[Uuid],
    all: &[List],
    why_held: String,
) -> Option<Answer> {
    let reply = |mail: &Mail| mail.reply.as_deref().map(stored_words::reply).unwrap_or_default();
    let of = |statuses: &[DeliveryStatus]| mails.iter().find(|mail| statuses.contains(&mail.status));
    if let Some(mail) = of(&[DeliveryStatus::Sent]) {
        let is_theirs = |list: &&List| {
            let active = |held: &Held| held.list_id == list.id && held.status == SubscriptionStatus::Active;
            list.id != mail.list_id && having.contains(&list.id) && held.iter().any(active)
        };
        return Some(Answer::Got {
            list: mail.list_name.clone(),
            digest: mail.digest_cadence,
            at: mail.status_since,
            reply: reply(mail),
            others: all.iter().filter(is_theirs).map(|list| list.name.clone()).collect(),
        });
    }
    let list = |mail: &Mail| mail.list_name.clone();
    if let Some(mail) = of(&[DeliveryStatus::Uncertain]) {
        return Some(Answer::Uncertain {
            list: list(mail),
            at: mail.status_since,
            next: mail.next_attempt_at,
        });
    }
    use DeliveryStatus::{Deferred, Leased, Queued, Sending};
    let mail = of(&[Queued, Leased, Sending, Deferred])?;
    Some(match mail.campaign_status {
        _ if mail.is_held => Answer::CampaignHeld { list: list(mail), why: why_held },
        CampaignStatus::Paused => {
            let why = mail.campaign_reason.clone().unwrap_or_default();
            Answer::CampaignPaused { list: list(mail), why }
        }
        _ if mail.status == Deferred => {
            Answer::Deferred { list: list(mail), reply: reply(mail), next: mail.next_attempt_at }
        }
        _ => Answer::OnItsWay { list: list(mail) },
    })
}

/// What ended without coming.
fn of_failed(mails: &[Mail]) -> Option<Answer> {
    let ended = [DeliveryStatus::Bounced, DeliveryStatus::Failed];
    let mail = mails.iter().rev().find(|mail| ended.contains(&mail.status))?;
    let (list, at) = (mail.list_name.clone(), mail.status_since);
    let reply = mail.reply.as_deref().map(stored_words::reply).unwrap_or_default();
    Some(match mail.status {
        DeliveryStatus::Bounced => Answer::Bounced { list, at, reply },
        _ => Answer::Failed { list, at, reply },
    })
}

/// What keeps an article from everybody; `is_nowhere`: no list was given it.
async fn of_article(tx: &mut Tx, article: &Article, is_nowhere: bool) -> sqlx::Result<Option<Answer>> {
    if article.is_held {
        let found = holds::of_article(tx, article.id).await?;
        let why = found.iter().map(Hold::sentence).collect::<Vec<_>>().join("; ");
        return Ok(Some(Answer::ArticleHeld { why }));
    }
    if let Some(at) = articles::retired_at(tx, article.id).await? {
        return Ok(Some(Answer::ArticleRetired { at }));
    }
    if !is_nowhere {
        return Ok(None);
    }
    let Some(FirstListing { verdict, first_seen_at, baseline_at }) =
        facts::first_listing(tx, article.id).await?
    else {
        return Ok(Some(Answer::OnNoList));
    };
    Ok(Some(match verdict {
        Some(ItemVerdict::Baseline) => Answer::SeenAtFirst { at: first_seen_at },
        None if baseline_at.is_none_or(|at| first_seen_at <= at) => Answer::SeenAtFirst { at: first_seen_at },
        Some(ItemVerdict::Older) => Answer::CameBack,
        Some(ItemVerdict::Known) => Answer::KnownElsewhere,
        Some(ItemVerdict::Dropped) => Answer::Dropped,
        _ => Answer::OnNoList,
    }))
}

impl OfList<'_> {
    /// The answer, and how much it says: the lowest of all lists is told.
    fn answer(&self, zone: Tz, now: DateTime<Utc>) -> (u8, Answer) {
        let (list, held) = (self.list.name.clone(), self.held);
        let number = self.place.and_then(|place| place.number);
        if held.status == SubscriptionStatus::Pending {
            return (7, Answer::Unconfirmed { list });
        }
        if number.is_some_and(|number| number <= held.dues.numbered_from) {
            let is_active = held.status == SubscriptionStatus::Active;
            let joined = if is_active { held.status_since } else { held.created_at };
            let numbered = self.place.and_then(|place| place.numbered_at);
            return (5, Answer::JoinedAfter { list, joined, numbered });
        }
        if held.status != SubscriptionStatus::Active {
            return (6, Answer::Ended { list, how: held.status, at: held.status_since });
        }
        if self.away {
            return (4, Answer::WasAway { list, between: self.away_between() });
        }
        if let Some(place) = self.place.filter(|place| !place.is_due) {
            return (3, Answer::Stopped { list, why: place.reason.clone() });
        }
        if let Some(until) = held.dues.paused_until {
            let is_owed = number.is_some_and(|number| held.dues.away_from.is_none_or(|away| number <= away));
            return match is_owed {
                true => (2, Answer::AfterPause { list, until }),
                false => {
                    let is_pause = |event: &&&Event| event.kind == EventKind::Paused;
                    let since = self.events.iter().find(is_pause).map(|event| event.at);
                    (4, Answer::Paused { list, since, until })
                }
            };
        }
        if self.list.retired_at.is_some() {
            return (3, Answer::ListRetired { list });
        }
        match number {
            Some(number) => self.numbered(number, zone, now),
            None => self.waiting(zone, now),
        }
    }

    /// When they were away as the article was numbered: the events around it.
    fn away_between(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let at = self.place?.numbered_at?;
        use EventKind::{Bounced, Complained, Left, Paused};
        let is_gone = |event: &&&Event| matches!(event.kind, Left | Paused | Bounced | Complained);
        // The newest stand first.
        let from = self.events.iter().filter(|event| event.at <= at).find(is_gone)?.at;
        use EventKind::{Confirmed, Imported, Joined, Restored, Resumed};
        let is_back =
            |event: &&&Event| matches!(event.kind, Resumed | Joined | Confirmed | Imported | Restored);
        let to = self.events.iter().rev().filter(|event| event.at >= at).find(is_back)?.at;
        Some((from, to))
    }

    /// Not numbered: it waits, or its campaign was over before lists had numbers.
    fn waiting(&self, zone: Tz, now: DateTime<Utc>) -> (u8, Answer) {
        let list = self.list.name.clone();
        let cadence = self.held.cadence;
        let digest_at = |at| self.list.schedule.next_after(cadence, zone, at);
        let then = |at| (cadence != Cadence::Each).then(|| (cadence, digest_at(at)));
        if let Some(place) = self.place.filter(|place| place.route == Route::Digest) {
            let at = place.sendable_at.max(now);
            return match place.sendable_at > now {
                true => (1, Answer::Waits { list, until: at, then: Some((cadence, digest_at(at))) }),
                false => (0, Answer::WillGet { list, digest: cadence, at: digest_at(now) }),
            };
        }
        let why = |about: &About| about.status_reason.clone().unwrap_or_default();
        let on_its_way = |about: &&&About| about.status.is_on_its_way();
        let latest = self.about.iter().find(on_its_way).or(self.about.last());
        let Some(about) = latest else { return (8, Answer::NotAmong { list, at: None }) };
        match about.status {
            CampaignStatus::Cancelled => (3, Answer::Stopped { list, why: why(about) }),
            CampaignStatus::Paused => (1, Answer::CampaignPaused { list, why: why(about) }),
            CampaignStatus::Draft => (1, Answer::Draft { list }),
            _ if about.is_held => (1, Answer::CampaignHeld { list, why: self.why_held.clone() }),
            CampaignStatus::Sending if cadence == Cadence::Each => (1, Answer::OnItsWay { list }),
            CampaignStatus::Scheduled if about.auto_article_id.is_some() || cadence == Cadence::Each => {
                let at = about.scheduled_at.unwrap_or(now);
                match self.list.schedule.quiet_until(zone, now).filter(|until| at <= *until) {
                    Some(until) => (1, Answer::Quiet { list, until }),
                    None => (1, Answer::Waits { list, until: at.max(now), then: then(at.max(now)) }),
                }
            }
            _ => (8, Answer::NotAmong { list, at: about.started_at }),
        }
    }

    /// Numbered, theirs, and in no mail of theirs.
    fn numbered(&self, number: i64, zone: Tz, now: DateTime<Utc>) -> (u8, Answer) {
        let list = self.list.name.clone();
        let digest = self.held.cadence;
        let is_owed = self.held.dues.backlog_from.is_some_and(|from| number > from);
        let is_single = self.place.is_some_and(|place| place.route == Route::Single);
        let own = self.about.iter().rev().find(|about| about.auto_article_id.is_some());
        if digest == Cadence::Each && is_single && !is_owed {
            return self.began(own.copied());
        }
        if !is_owed && self.settled.is_some_and(|settled| number <= settled.settled_to) {
            return match &self.covering {
                Some(one) if one.status == CampaignStatus::Cancelled => {
                    let why = one.status_reason.clone().unwrap_or_default();
                    (3, Answer::DigestStopped { list, digest, why })
                }
                covering => self.began(covering.as_ref()),
            };
        }
        if self.next.as_ref().is_some_and(|next| next.is_held) {
            return (1, Answer::DigestHeld { list, digest, why: self.why_held.clone() });
        }
        let schedule = &self.list.schedule;
        let due =
            self.next.as_ref().and_then(|next| next.scheduled_at).or(self.settled.map(|one| one.due_at));
        let due = due.filter(|due| *due > now).unwrap_or_else(|| match self.next {
            Some(_) => now,
            None => schedule.next_after(digest, zone, now - TimeDelta::microseconds(1)),
        });
        let at = schedule.quiet_until(zone, due).unwrap_or(due);
        let is_overflow = own.is_some_and(|own| own.status == CampaignStatus::Cancelled);
        match digest == Cadence::Each && is_overflow {
            true => (0, Answer::OverTheCap { list, at }),
            false => (0, Answer::WillGet { list, digest, at }),
        }
    }

    /// Of a campaign that was begun, where no delivery of it is theirs.
    fn began(&self, campaign: Option<&About>) -> (u8, Answer) {
        let list = self.list.name.clone();
        let why = campaign.and_then(|campaign| campaign.status_reason.clone()).unwrap_or_default();
        match campaign.map(|campaign| campaign.status) {
            Some(CampaignStatus::Paused) => (1, Answer::CampaignPaused { list, why }),
            Some(_) if campaign.is_some_and(|campaign| campaign.is_held) => {
                (1, Answer::CampaignHeld { list, why: self.why_held.clone() })
            }
            Some(CampaignStatus::Sending) => (1, Answer::OnItsWay { list }),
            Some(CampaignStatus::Cancelled) => (3, Answer::Stopped { list, why }),
            _ => (8, Answer::NotAmong { list, at: campaign.and_then(|campaign| campaign.started_at) }),
        }
    }
}

/// The digest of a cadence, as a sentence names it.
pub fn digest_name(cadence: Cadence) -> String {
    say(match cadence {
        Cadence::Each => "why-digest-each",
        Cadence::Daily => "why-digest-daily",
        Cadence::Weekly => "why-digest-weekly",
        Cadence::Monthly => "why-digest-monthly",
    })
    .to_string()
}

/// "Monday 30 November, 07:00", with the year where it is another one.
fn when(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    use chrono::Datelike as _;
    let (local, today) = (at.with_timezone(&zone), now.with_timezone(&zone));
    match local.year() == today.year() {
        true => local.format("%A %-d %B, %H:%M").to_string(),
        false => local.format("%A %-d %B %Y, %H:%M").to_string(),
    }
}

impl Answer {
    /// The answer in one sentence.
    pub fn sentence(&self, zone: Tz, now: DateTime<Utc>) -> String {
        let time = |at: &DateTime<Utc>| when(*at, zone, now);
        match self {
            Answer::Got { .. }
            | Answer::GotInWelcome
            | Answer::Uncertain { .. }
            | Answer::OnItsWay { .. }
            | Answer::Deferred { .. }
            | Answer::Bounced { .. }
            | Answer::Failed { .. } => self.delivered(time),
            Answer::WillGet { .. }
            | Answer::OverTheCap { .. }
            | Answer::DigestHeld { .. }
            | Answer::Quiet { .. }
            | Answer::Waits { .. }
            | Answer::AfterPause { .. }
            | Answer::CampaignPaused { .. }
            | Answer::CampaignHeld { .. } => self.coming(time),
            Answer::Paused { .. }
            | Answer::WasAway { .. }
            | Answer::JoinedAfter { .. }
            | Answer::Unconfirmed { .. }
            | Answer::Ended { .. }
            | Answer::Suppressed { .. }
            | Answer::NeverOn { .. } => self.of_the_reader(time),
            _ => self.of_the_article(time),
        }
    }

    /// The mark beside it.
    pub fn mark(&self) -> &'static str {
        match self {
            Answer::Got { .. } | Answer::GotInWelcome => "sent",
            Answer::Uncertain { .. } => "uncertain",
            Answer::OnItsWay { .. } => "sending",
            Answer::Deferred { .. } => "deferred",
            Answer::Bounced { .. } => "bounced",
            Answer::Failed { .. } => "failed",
            Answer::WillGet { .. }
            | Answer::OverTheCap { .. }
            | Answer::Quiet { .. }
            | Answer::Waits { .. } => "queued",
            Answer::AfterPause { .. } | Answer::Paused { .. } | Answer::CampaignPaused { .. } => "paused",
            Answer::CampaignHeld { .. } | Answer::DigestHeld { .. } | Answer::ArticleHeld { .. } => "held",
            _ => "skipped",
        }
    }

    fn delivered(&self, time: impl Fn(&DateTime<Utc>) -> String) -> String {
        match self {
            Answer::Got { list, digest, at, reply, others } => {
                let key = match (digest, others.is_empty(), reply.is_empty()) {
                    (None, true, true) => "why-got",
                    (None, true, false) => "why-got-reply",
                    (None, false, _) => "why-got-once",
                    (Some(_), true, true) => "why-got-digest",
                    (Some(_), true, false) => "why-got-digest-reply",
                    (Some(_), false, _) => "why-got-digest-once",
                };
                let digest = digest.map(digest_name).unwrap_or_default();
                let said = say(key).with("list", list).with("time", time(at)).with("digest", digest);
                said.with("reply", reply).with("others", others.join(", ")).to_string()
            }
            Answer::Uncertain { list, at, next } => match next {
                Some(next) => {
                    let said = say("why-uncertain-next").with("list", list).with("time", time(at));
                    said.with("next", time(next)).to_string()
                }
                None => say("why-uncertain").with("list", list).with("time", time(at)).to_string(),
            },
            Answer::OnItsWay { list } => say("why-on-its-way").with("list", list).to_string(),
            Answer::Deferred { list, reply, next } => match next {
                Some(next) => {
                    let said = say("why-deferred-next").with("list", list).with("reply", reply);
                    said.with("next", time(next)).to_string()
                }
                None => say("why-deferred").with("list", list).with("reply", reply).to_string(),
            },
            Answer::Bounced { list, at, reply } => {
                say("why-bounced").with("list", list).with("time", time(at)).with("reply", reply).to_string()
            }
            Answer::Failed { list, at, reply } => {
                say("why-failed").with("list", list).with("time", time(at)).with("reply", reply).to_string()
            }
            _ => say("why-got-welcome").to_string(),
        }
    }

    fn coming(&self, time: impl Fn(&DateTime<Utc>) -> String) -> String {
        match self {
            Answer::WillGet { list, digest, at } => {
                let said = say("why-will-get").with("list", list).with("digest", digest_name(*digest));
                said.with("time", time(at)).to_string()
            }
            Answer::OverTheCap { list, at } => {
                say("why-over-cap").with("list", list).with("time", time(at)).to_string()
            }
            Answer::DigestHeld { list, digest, why } => {
                let said = say("why-digest-held").with("list", list).with("digest", digest_name(*digest));
                said.with("why", why).to_string()
            }
            Answer::Quiet { list, until } => {
                say("why-quiet").with("list", list).with("time", time(until)).to_string()
            }
            Answer::Waits { list, until, then: None } => {
                say("why-waits").with("list", list).with("time", time(until)).to_string()
            }
            Answer::Waits { list, until, then: Some((digest, at)) } => {
                let said = say("why-waits-digest").with("list", list).with("time", time(until));
                said.with("digest", digest_name(*digest)).with("then", time(at)).to_string()
            }
            Answer::AfterPause { list, until } => {
                say("why-after-pause").with("list", list).with("time", time(until)).to_string()
            }
            Answer::CampaignPaused { list, why } => because("why-campaign-paused", list, why),
            Answer::CampaignHeld { list, why } => because("why-campaign-held", list, why),
            _ => String::new(),
        }
    }

    fn of_the_reader(&self, time: impl Fn(&DateTime<Utc>) -> String) -> String {
        match self {
            Answer::Paused { list, since, until } => {
                let key = if since.is_some() { "why-paused-since" } else { "why-paused" };
                let since = since.as_ref().map(&time).unwrap_or_default();
                say(key).with("list", list).with("since", since).with("until", time(until)).to_string()
            }
            Answer::WasAway { list, between: Some((from, to)) } => {
                let said = say("why-away-between").with("list", list).with("from", time(from));
                said.with("to", time(to)).to_string()
            }
            Answer::WasAway { list, between: None } => say("why-away").with("list", list).to_string(),
            Answer::JoinedAfter { list, joined, numbered } => {
                let key = if numbered.is_some() { "why-joined-after-at" } else { "why-joined-after" };
                let numbered = numbered.as_ref().map(&time).unwrap_or_default();
                let said = say(key).with("list", list).with("joined", time(joined));
                said.with("numbered", numbered).to_string()
            }
            Answer::Unconfirmed { list } => say("why-unconfirmed").with("list", list).to_string(),
            Answer::Ended { list, how, at } => {
                let key = match how {
                    SubscriptionStatus::Bounced => "why-ended-bounced",
                    SubscriptionStatus::Complained => "why-ended-complained",
                    _ => "why-ended-left",
                };
                say(key).with("list", list).with("time", time(at)).to_string()
            }
            Answer::Suppressed { at, why } => say("why-suppressed")
                .with("time", time(at))
                .with("why", why.trim_end_matches('.'))
                .to_string(),
            Answer::NeverOn { lists } => say("why-never-on").with("lists", lists.join(", ")).to_string(),
            _ => String::new(),
        }
    }

    fn of_the_article(&self, time: impl Fn(&DateTime<Utc>) -> String) -> String {
        match self {
            Answer::Stopped { list, why } => because("why-stopped", list, why),
            Answer::DigestStopped { list, digest, why } => {
                let key = if why.is_empty() { "why-digest-stopped" } else { "why-digest-stopped-because" };
                let said = say(key).with("list", list).with("digest", digest_name(*digest));
                said.with("why", why.trim_end_matches('.')).to_string()
            }
            Answer::Draft { list } => say("why-draft").with("list", list).to_string(),
            Answer::ListRetired { list } => say("why-list-retired").with("list", list).to_string(),
            Answer::NotAmong { list, at: Some(at) } => {
                say("why-not-among-at").with("list", list).with("time", time(at)).to_string()
            }
            Answer::NotAmong { list, at: None } => say("why-not-among").with("list", list).to_string(),
            Answer::ArticleHeld { why } => {
                say("why-article-held").with("why", why.trim_end_matches('.')).to_string()
            }
            Answer::ArticleRetired { at } => say("why-article-retired").with("time", time(at)).to_string(),
            Answer::SeenAtFirst { at } => say("why-seen-at-first").with("time", time(at)).to_string(),
            Answer::CameBack => say("why-came-back").to_string(),
            Answer::KnownElsewhere => say("why-known-elsewhere").to_string(),
            Answer::Dropped => say("why-dropped").to_string(),
            _ => say("why-on-no-list").to_string(),
        }
    }
}

/// A sentence about a list, with a reason where there is one.
fn because(key: &'static str, list: &str, why: &str) -> String {
    let with_reason = match key {
        "why-campaign-paused" => "why-campaign-paused-because",
        "why-campaign-held" => "why-campaign-held-because",
        _ => "why-stopped-because",
    };
    let key = if why.is_empty() { key } else { with_reason };
    say(key).with("list", list).with("why", why.trim_end_matches('.')).to_string()
}
