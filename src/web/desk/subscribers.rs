//! Subscribers: the list of those that match, adding one, and the file of all that match.

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use futures_util::stream;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::export::{self as exports, SubscriberFile};
use crate::actions::subscribers::{self as rules, CONSENT_CHARS_MIN, NewSubscriber};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::export::{self as export_rows, ExportRow};
use crate::db::lists::{self, List};
use crate::db::segments::{self, SavedSegment};
use crate::db::subscribers::{self, search_words};
use crate::db::subscriptions::{self, Subscription};
use crate::db::walk::{self, Count, Filter, LOOKS_MAX, Plan, Walk};
use crate::db::{Tx, publication};
use crate::domain::local_time::day_begins;
use crate::domain::segment::Rule;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;
use crate::web::assets;
use crate::web::page::{Answer, ErrorPage, page};
use crate::web::query;

/// Subscribers on a page.
const PAGE: i64 = 50;
/// The longest search, in characters.
const SEARCH_CHARS_MAX: usize = 200;

/// What the filters of a page hold, as they were sent.
#[derive(Clone, Debug, Default)]
pub struct SubscriberQuery {
    pub q: String,
    pub list: String,
    pub status: String,
    pub cadence: String,
    pub tag: String,
    pub since: String,
    pub until: String,
    /// The id of a saved segment.
    pub segment: String,
}

impl SubscriberQuery {
    /// Reads the filters of a URL, or of a form that carries them.
    pub fn read(fields: &Fields) -> SubscriberQuery {
        let text = |name: &str| fields.text(name).chars().take(SEARCH_CHARS_MAX).collect::<String>();
        SubscriberQuery {
            q: text("q"),
            list: text("list"),
            status: text("status"),
            cadence: text("cadence"),
            tag: text("tag"),
            since: text("since"),
            until: text("until"),
            segment: text("segment"),
        }
    }

    /// The fields that are set.
    pub fn set(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("q", &self.q),
            ("list", &self.list),
            ("status", &self.status),
            ("cadence", &self.cadence),
            ("tag", &self.tag),
            ("since", &self.since),
            ("until", &self.until),
            ("segment", &self.segment),
        ];
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.as_str()))
            .collect()
    }

    /// `?q=…&list=…`, with one more pair; empty where there is none.
    pub fn query(&self, more: &[(&str, &str)]) -> String {
        query::with("", self.set().into_iter().chain(more.iter().copied()))
    }

    /// The saved segment, if there is one of that id; none is known under what is no id.
    pub async fn saved(&self, tx: &mut Tx) -> sqlx::Result<Option<SavedSegment>> {
        match Uuid::parse_str(&self.segment) {
            Ok(id) => segments::by_id(tx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// The filter; or the key of a sentence on why there is no such filter.
    pub async fn filter(
        &self,
        tx: &mut Tx,
        lists: &[List],
        zone: Tz,
    ) -> sqlx::Result<Result<Filter, &'static str>> {
        let saved = self.saved(tx).await?;
        Ok(self.filter_in(lists, zone, saved.as_ref()))
    }

    fn filter_in(
        &self,
        lists: &[List],
        zone: Tz,
        saved: Option<&SavedSegment>,
    ) -> Result<Filter, &'static str> {
        let words = search_words(&self.q);
        if words.is_empty() && !self.q.is_empty() {
            return Err("subscriber-filter-no-word");
        }
        let list_id = match self.list.as_str() {
            "" => None,
            slug => match lists.iter().find(|list| list.slug == slug) {
                Some(list) => Some(list.id),
                None => return Err("subscriber-filter-no-list"),
            },
        };
        let status = match self.status.as_str() {
            "" => None,
            text => Some(SubscriptionStatus::parse(text).ok_or("subscriber-filter-no-status")?),
        };
        let cadence = match self.cadence.as_str() {
            "" => None,
            text => Some(Cadence::parse(text).ok_or("subscriber-filter-no-often")?),
        };
        let since = day(&self.since, zone, 0)?;
        // The last day is in it.
        let until = day(&self.until, zone, 1)?;
        let tag = Some(self.tag.clone()).filter(|tag| !tag.is_empty());
        let segment = match (self.segment.as_str(), saved) {
            ("", _) => None,
            (_, Some(saved)) => Some(saved.segment().map_err(|_| "segment-unreadable")?),
            (_, None) => return Err("segment-gone"),
        };
        let segment_name = saved.map(|saved| saved.name.clone()).unwrap_or_default();
        Ok(Filter { words, list_id, status, cadence, tag, since, until, segment, segment_name })
    }
}

/// When a day begins where the publication is, or the one `days` after it.
fn day(text: &str, zone: Tz, days: u64) -> Result<Option<DateTime<Utc>>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = "subscriber-filter-no-day";
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong)?;
    let day = day.checked_add_days(Days::new(days)).ok_or(wrong)?;
    day_begins(day, zone).map(Some).ok_or(wrong)
}

/// One line of the table.
struct Row {
    id: Uuid,
    email: String,
    name: String,
    list: String,
    more_lists: usize,
    status: Option<SubscriptionStatus>,
    cadence: Option<Cadence>,
    joined: DateTime<Utc>,
    last: Option<DateTime<Utc>>,
}

#[derive(Template)]
#[template(path = "admin/subscribers.html")]
struct ListPage {
    desk: Desk,
    asked: SubscriberQuery,
    lists: Vec<List>,
    tags: Vec<String>,
    segments: Vec<SavedSegment>,
    rows: Vec<Row>,
    /// "1,048,216 active of 1,207,933"; empty where nobody has counted.
    of: String,
    /// "about 16,400 match"; empty where nobody knows.
    count: String,
    /// Whether the search does not find everybody yet.
    is_behind: bool,
    error: String,
    newer: String,
    older: String,
    /// Where the next page looks on; empty: there is nothing to look through.
    further: String,
    all_is_empty: bool,
    script: String,
}

impl ListPage {
    fn query(&self) -> String {
        self.asked.query(&[])
    }

    fn is_filtered(&self) -> bool {
        !self.asked.set().is_empty()
    }

    /// The same page without some of its filters.
    fn without(&self, names: &[&str]) -> String {
        query::with(
            "/admin/subscribers",
            self.asked.set().into_iter().filter(|(name, _)| !names.contains(name)),
        )
    }

    fn is_in(&self, segment: &SavedSegment) -> bool {
        self.asked.segment == segment.id.to_string()
    }

    fn is_joined_set(&self) -> bool {
        !(self.asked.since.is_empty() && self.asked.until.is_empty())
    }

    /// "Joined", "Joined: since 1 November 2026".
    fn joined(&self) -> String {
        let day = |text: &str| {
            text.parse::<NaiveDate>().map_or(text.to_owned(), |day| day.format("%-d %b %Y").to_string())
        };
        let (since, until) = (day(&self.asked.since), day(&self.asked.until));
        match (since.is_empty(), until.is_empty()) {
            (true, true) => say("subscriber-joined").to_string(),
            (false, true) => say("subscriber-joined-is-since").with("since", since).to_string(),
            (true, false) => say("subscriber-joined-is-until").with("until", until).to_string(),
            (false, false) => {
                say("subscriber-joined-is-between").with("since", since).with("until", until).to_string()
            }
        }
    }

    fn statuses(&self) -> [SubscriptionStatus; 5] {
        SubscriptionStatus::ALL
    }

    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }
}

/// What one row says of somebody's subscriptions: the best that fits the filter, and how many more.
fn shown<'a>(held: &'a [Subscription], lists: &[List], filter: &Filter) -> (Option<&'a Subscription>, usize) {
    let order = |held: &&Subscription| {
        let place = lists.iter().position(|list| list.id == held.list_id).unwrap_or(usize::MAX);
        let status = SubscriptionStatus::ALL.iter().position(|status| *status == held.status);
        (
            filter.list_id.is_some_and(|id| id != held.list_id),
            filter.status.is_some_and(|s| s != held.status),
            status,
            place,
        )
    };
    let best = held.iter().min_by_key(order);
    let same = best.map_or(0, |best| held.iter().filter(|held| held.status == best.status).count());
    (best, same.saturating_sub(1))
}

async fn rows(tx: &mut Tx, ids: &[Uuid], lists: &[List], filter: &Filter) -> sqlx::Result<Vec<Row>> {
    let people = subscribers::of_ids(tx, ids).await?;
    let held = subscriptions::of_ids(tx, ids).await?;
    let last = subscribers::last_sent(tx, ids).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(person) = people.iter().find(|person| person.id == *id) else { continue };
        let own: Vec<Subscription> = held.iter().filter(|held| held.subscriber_id == *id).cloned().collect();
        let (best, more_lists) = shown(&own, lists, filter);
        let list = best.and_then(|best| lists.iter().find(|list| list.id == best.list_id));
        rows.push(Row {
            id: *id,
            email: person.email.clone(),
            name: person.name.clone(),
            list: list.map(|list| list.name.clone()).unwrap_or_default(),
            more_lists,
            status: best.map(|best| best.status),
            cadence: best.map(|best| best.cadence),
            joined: person.created_at,
            last: last.iter().find(|(of, _)| of == id).map(|(_, at)| *at),
        });
    }
    Ok(rows)
}

/// How many match, in words: what was counted in the background where the filter allows, else what the walk
/// itself saw. Nothing is counted for it.
async fn count_in_words(tx: &mut Tx, filter: &Filter, plan: &Plan<'_>, count: Count) -> sqlx::Result<String> {
    if let (None, Some(n)) = (count.exact(), walk::counted(tx, filter).await?) {
        return Ok(matches_in_words(Count::About(n)));
    }
    // What people save is worth a look at some of all subscribers.
    let count = if filter.segment.is_some() { plan.count(tx).await? } else { count };
    Ok(matches_in_words(count))
}

/// "12 match", "About 16,000 match"; empty where nobody knows.
pub fn matches_in_words(count: Count) -> String {
    let (key, n) = match count {
        Count::Exactly(n) => ("subscriber-matches", n),
        Count::About(n) => ("subscriber-matches-about", n),
        Count::MoreThan(n) => ("subscriber-matches-more-than", n),
        Count::FewerThan(n) => ("subscriber-matches-fewer-than", n),
        Count::Unknown => return String::new(),
    };
    say(key).with("count", n).to_string()
}

/// `GET /admin/subscribers`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    let asked = SubscriberQuery::read(&fields);
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let tags = subscribers::all_tags(&mut tx).await?;
    let segments = segments::all(&mut tx).await?;
    let (filter, error) = match asked.filter(&mut tx, &lists, desk.zone).await? {
        Ok(filter) => (Some(filter), String::new()),
        Err(key) => (None, say(key).to_string()),
    };
    let id = |name: &str| Uuid::parse_str(fields.text(name)).ok();
    let (before, after) = (id("before"), id("after"));
    let way = match (before, after) {
        (_, Some(after)) => Walk::Newer(after),
        (before, None) => Walk::Older(before.unwrap_or(Uuid::max())),
    };
    let (mut ids, mut looked_to, mut count) = (Vec::new(), None, String::new());
    if let Some(filter) = &filter {
        let rule = filter.rule(&mut tx, desk.now).await?;
        let plan = Plan::of(&mut tx, &rule).await?;
        let walked = plan.page(&mut tx, way, PAGE + 1).await?;
        (ids, looked_to) = (walked.ids, walked.looked_to);
        if !filter.is_empty() {
            count = count_in_words(&mut tx, filter, &plan, walked.count).await?;
        }
    }
    let has_words = filter.as_ref().is_some_and(|filter| !filter.words.is_empty());
    let is_behind = has_words && subscribers::any_without_words(&mut tx).await?;
    let more = ids.len() as i64 > PAGE;
    ids.truncate(PAGE as usize);
    if after.is_some() {
        ids.reverse();
    }
    let link = |name: &str, id: Option<Uuid>| match id {
        Some(id) => format!("/admin/subscribers{}", asked.query(&[(name, &id.to_string())])),
        None => String::new(),
    };
    let going_newer = after.is_some();
    // Whoever came from a page can go back to it.
    let newer =
        link("after", ids.first().copied().filter(|_| if going_newer { more } else { before.is_some() }));
    let older = link("before", ids.last().copied().filter(|_| if going_newer { true } else { more }));
    let further = link(if going_newer { "after" } else { "before" }, looked_to);
    let rows = rows(&mut tx, &ids, &lists, &filter.unwrap_or_default()).await?;
    let active = subscriptions::counted(&mut tx, None, Some(SubscriptionStatus::Active), None).await?;
    let total = subscriptions::counted(&mut tx, None, None, None).await?;
    let of = match (active, total) {
        (active, Some(total)) if total > 0 => {
            say("subscriber-active-of").with("active", active.unwrap_or(0)).with("total", total).to_string()
        }
        _ => String::new(),
    };
    let all_is_empty = rows.is_empty() && asked.set().is_empty() && before.or(after).is_none();
    let script = assets::path("subscribers.js");
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(
        status,
        &ListPage {
            desk,
            asked,
            lists,
            tags,
            segments,
            rows,
            of,
            count,
            is_behind,
            error,
            newer,
            older,
            further,
            all_is_empty,
            script,
        },
    )
}

#[derive(Template)]
#[template(path = "admin/subscriber_new.html")]
struct NewPage {
    desk: Desk,
    lists: Vec<List>,
    email: String,
    name: String,
    ticked: Vec<String>,
    cadence: Cadence,
    as_active: bool,
    consent: String,
    /// The field that is wrong, and why.
    field: &'static str,
    error: String,
}

impl NewPage {
    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }

    fn is_ticked(&self, list: &List) -> bool {
        self.ticked.contains(&list.slug)
    }

    fn wrong(&self, field: &str) -> bool {
        self.field == field
    }
}

/// `GET /admin/subscribers/new`
pub async fn show_new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let ticked = lists.iter().take(1).map(|list| list.slug.clone()).collect();
    let email: String = Fields::of_query(request.query_string()).text("email").chars().take(254).collect();
    page(
        StatusCode::OK,
        &NewPage {
            desk,
            lists,
            email,
            name: String::new(),
            ticked,
            cadence: Cadence::Each,
            as_active: false,
            consent: String::new(),
            field: "",
            error: String::new(),
        },
    )
}

/// `POST /admin/subscribers/new`: `email`, `name`, `list` (may repeat), `cadence`, and for admins `how` =
/// `active` with `consent`.
pub async fn add(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let as_active = fields.text("how") == "active";
    if as_active && !me.is_admin() {
        return Err(ErrorPage::new(
            StatusCode::FORBIDDEN,
            "subscriber-add-admins",
            "subscriber-add-admins-lead",
        ));
    }
    let ticked: Vec<String> = fields.all("list").map(str::to_owned).take(100).collect();
    let cadence = Cadence::parse(fields.text("cadence")).unwrap_or_default();
    let all = lists::all(&mut app.db.read().await?).await?;
    let chosen: Vec<List> = all.iter().filter(|list| ticked.contains(&list.slug)).cloned().collect();
    let new = NewSubscriber {
        email: fields.text("email"),
        name: fields.text("name"),
        lists: &chosen,
        cadence,
        consent: as_active.then(|| fields.text("consent")),
    };
    match rules::add(&Context::new(&app, me.actor()), &new).await {
        Ok(id) => {
            let key = if as_active { "subscriber-added-active" } else { "subscriber-added-asked" };
            Ok(done(&app, &format!("/admin/subscribers/{id}"), say(key).to_string()))
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let (field, error) = (refusal.field, refusal.sentence());
            let mut tx = app.db.read().await?;
            let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
            let text = |name: &str, chars: usize| fields.raw(name).chars().take(chars).collect::<String>();
            page(
                StatusCode::UNPROCESSABLE_ENTITY,
                &NewPage {
                    desk,
                    lists: all,
                    email: text("email", 1000),
                    name: text("name", 1000),
                    ticked,
                    cadence,
                    as_active,
                    consent: text("consent", 1000),
                    field,
                    error,
                },
            )
        }
        Err(error) => Err(refuse(error)),
    }
}

/// What an export walks over.
struct Export {
    app: web::Data<App>,
    filter: Filter,
    rule: Rule,
    file: SubscriberFile,
    /// `None`: it is through.
    before: Option<Uuid>,
    begun: bool,
}

impl Export {
    /// The next lines; `None`: that was all.
    async fn next(&mut self) -> anyhow::Result<Option<Bytes>> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        if !self.begun {
            self.begun = true;
            csv.write_record(self.file.header())?;
            return Ok(Some(Bytes::from(csv.into_inner()?)));
        }
        let Some(before) = self.before else { return Ok(None) };
        let mut tx = self.app.db.read().await?;
        let found = walk::walk(&mut tx, &self.rule, Walk::Older(before), 500).await?;
        self.before = found.looked_to.or(found.ids.last().copied().filter(|_| found.ids.len() == 500));
        let mut rows = export_rows::of_ids(&mut tx, &found.ids).await?;
        // By the filter, only what fits it of a subscriber.
        rows.retain(|row| self.fits(row));
        rows.reverse();
        for line in self.file.lines(&mut tx, &rows).await? {
            csv.write_record(line)?;
        }
        Ok(Some(Bytes::from(csv.into_inner()?)))
    }

    fn fits(&self, row: &ExportRow) -> bool {
        let Filter { list_id, status, cadence, .. } = &self.filter;
        list_id.is_none_or(|id| row.list_id == Some(id))
            && status.is_none_or(|status| row.status.as_deref() == Some(status.as_str()))
            && cadence.is_none_or(|cadence| row.cadence.as_deref() == Some(cadence.as_str()))
    }
}

/// `GET /admin/subscribers/export.csv`: all that match, a line a subscription, as they are read.
pub async fn export(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let asked = SubscriberQuery::read(&Fields::of_query(request.query_string()));
    let mut tx = app.db.read().await?;
    let lists = lists::all(&mut tx).await?;
    let file = SubscriberFile::new(&mut tx).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let filter = asked
        .filter(&mut tx, &lists, zone)
        .await?
        .map_err(|key| ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "subscriber-filter-wrong", key))?;
    let rule = filter.rule(&mut tx, app.clock.now()).await?;
    drop(tx);
    exports::note(&Context::new(&app, me.actor()), &filter, &lists).await.map_err(refuse)?;
    tracing::info!(user = %me.user.id, "subscribers are exported");
    let export = Export { app, filter, rule, file, before: Some(Uuid::max()), begun: false };
    let lines = stream::unfold(export, |mut export| async move {
        match export.next().await {
            Ok(None) => None,
            Ok(Some(lines)) => Some((Ok(lines), export)),
            Err(error) => {
                // The connection breaks, so that half a file is not taken for the whole.
                tracing::error!(error = format!("{error:#}"), "an export failed");
                export.before = None;
                Some((Err(actix_web::error::ErrorInternalServerError("the export failed")), export))
            }
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"subscribers.csv\""))
        .streaming(lines))
}
