//! Segments at the desk: the saved ones, and the form that builds one as a sentence. Each button of that form sends all
//! of it, and the page comes back with what was typed; nothing is stored before "Save".

mod rows;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use self::rows::{Choice, Known, Row, Typed};
use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use super::subscribers::matches_in_words;
use crate::actions::segments::{self as rules, NAME_CHARS_MAX};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::segments::{self, SavedSegment, SegmentUse};
use crate::db::subscribers::{self, Subscriber};
use crate::db::walk::{Plan, Walk};
use crate::db::{Tx, lists};
use crate::domain::refusal::Kind;
use crate::domain::segment::{Combine, Segment, Source};
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};

/// Sent campaigns that a condition may name.
const CAMPAIGNS: i64 = 50;
/// Subscribers that the form shows.
const SHOWN: i64 = 10;
/// Campaigns that are named as users of a segment.
const USES: i64 = 20;

#[derive(Template)]
#[template(path = "admin/segments.html")]
struct ListPage {
    desk: Desk,
    saved: Vec<SavedSegment>,
}

impl ListPage {
    /// How many conditions a saved segment has; 0 where it can't be read.
    fn conditions(&self, saved: &SavedSegment) -> usize {
        saved.segment().map_or(0, |segment| segment.tests().count())
    }
}

/// `GET /admin/subscribers/segments`
pub async fn list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let saved = segments::all(&mut tx).await?;
    page(StatusCode::OK, &ListPage { desk, saved })
}

/// Those who match what is typed.
#[derive(Default)]
struct Matches {
    /// "About 16,000 match"; empty where something is wrong or missing.
    count: String,
    people: Vec<Subscriber>,
    /// There may be more than those that are shown.
    more: bool,
}

impl Matches {
    async fn of(tx: &mut Tx, segment: &Segment, desk: &Desk) -> sqlx::Result<Matches> {
        let rule = segments::rule_at(tx, segment, desk.now).await?;
        let plan = Plan::of(tx, &rule).await?;
        let count = matches_in_words(plan.count(tx).await?);
        let found = plan.page(tx, Walk::Older(Uuid::max()), SHOWN + 1).await?;
        let mut people = subscribers::of_ids(tx, &found.ids).await?;
        people.sort_by_key(|person| std::cmp::Reverse(person.id));
        let more = people.len() as i64 > SHOWN || found.looked_to.is_some();
        people.truncate(SHOWN as usize);
        Ok(Matches { count, people, more })
    }
}

#[derive(Template)]
#[template(path = "admin/segment.html")]
struct BuilderPage {
    desk: Desk,
    /// `None`: it is a new one.
    saved: Option<SavedSegment>,
    typed: Typed,
    known: Known,
    matches: Matches,
    uses: Vec<SegmentUse>,
    /// What is wrong with the name, or with all of it.
    error: String,
}

impl BuilderPage {
    fn title(&self) -> String {
        match &self.saved {
            Some(saved) => saved.name.clone(),
            None => say("segment-new").to_string(),
        }
    }

    fn action(&self) -> String {
        match &self.saved {
            Some(saved) => format!("/admin/subscribers/segments/{}", saved.id),
            None => "/admin/subscribers/segments/new".to_owned(),
        }
    }

    fn combines(&self) -> [Combine; 3] {
        Combine::ALL
    }

    fn statuses(&self) -> [SubscriptionStatus; 5] {
        SubscriptionStatus::ALL
    }

    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }

    fn sources(&self) -> [Source; 3] {
        Source::ALL
    }

    fn name_of(&self, row: &Row) -> String {
        self.known.name_of(row)
    }

    fn verbs_of(&self, row: &Row) -> Vec<Choice> {
        self.known.verbs_of(row)
    }

    fn input_of(&self, row: &Row) -> &'static str {
        self.known.input_of(row)
    }

    fn is_value(&self, row: &Row, id: &Uuid) -> bool {
        row.value == id.to_string()
    }

    fn is_list(&self, row: &Row, id: &Uuid) -> bool {
        row.list == id.to_string()
    }

    fn has_draft(&self) -> bool {
        self.uses.iter().any(|used| used.is_draft)
    }
}

/// What a segment may name, and what this one names though it be long gone.
async fn known(tx: &mut Tx, typed: &Typed) -> sqlx::Result<Known> {
    let mut known = Known {
        lists: lists::all(tx).await?,
        tags: subscribers::all_tags(tx).await?,
        fields: segments::known_fields(tx).await?,
        campaigns: segments::sent_campaigns(tx, CAMPAIGNS).await?,
    };
    let rows = typed.groups.iter().flat_map(|group| &group.rows).filter(|row| row.what == "got");
    for id in rows.filter_map(|row| Uuid::parse_str(&row.value).ok()) {
        if known.campaigns.iter().all(|known| known.id != id)
            && let Some(campaign) = segments::sent_campaign(tx, id).await?
        {
            known.campaigns.push(campaign);
        }
    }
    Ok(known)
}

/// The form. `asks` is whether what is missing in a row is said.
async fn builder(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    saved: Option<SavedSegment>,
    mut typed: Typed,
    asks: bool,
    error: String,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let known = known(&mut tx, &typed).await?;
    let segment = typed.segment(&known);
    if !asks {
        typed.forget_errors();
    }
    let matches = match &segment {
        Some(segment) => Matches::of(&mut tx, segment, &desk).await?,
        None => Matches::default(),
    };
    let uses = match &saved {
        Some(saved) => segments::uses(&mut tx, saved.id, USES).await?,
        None => Vec::new(),
    };
    let is_fine = error.is_empty() && (segment.is_some() || !asks);
    let status = if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &BuilderPage { desk, saved, typed, known, matches, uses, error })
}

/// `GET /admin/subscribers/segments/new`
pub async fn new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    builder(&app, &me, &request, None, Typed::fresh(), false, String::new()).await
}

async fn find(app: &App, id: &str) -> Result<SavedSegment, ErrorPage> {
    let id = Uuid::parse_str(id).map_err(|_| ErrorPage::not_found())?;
    segments::by_id(&mut app.db.read().await?, id).await?.ok_or_else(ErrorPage::not_found)
}

/// `GET /admin/subscribers/segments/{id}`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let saved = find(&app, &id).await?;
    let (typed, error) = match saved.segment() {
        Ok(segment) => (Typed::of(&saved.name, &segment), String::new()),
        Err(_) => {
            (Typed { name: saved.name.clone(), ..Typed::fresh() }, say("segment-unreadable").to_string())
        }
    };
    builder(&app, &me, &request, Some(saved), typed, true, error).await
}

/// `POST /admin/subscribers/segments/new`: the form, and which of its buttons as `do`.
pub async fn submit_new(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    press(&app, &me, &request, None, &fields).await
}

/// `POST /admin/subscribers/segments/{id}`: the same.
pub async fn submit(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let saved = find(&app, &id).await?;
    press(&app, &me, &request, Some(saved), &fields).await
}

async fn press(
    app: &web::Data<App>,
    me: &Me,
    request: &HttpRequest,
    saved: Option<SavedSegment>,
    fields: &Fields,
) -> Answer {
    let mut typed = Typed::read(fields);
    let button = fields.text("do");
    if !matches!(button, "save" | "show" | "") {
        let group = button.strip_prefix("add-").unwrap_or_default();
        typed.press(button, fields.text(&format!("new-{group}")));
        return builder(app, me, request, saved, typed, false, String::new()).await;
    }
    if button != "save" {
        return builder(app, me, request, saved, typed, true, String::new()).await;
    }
    let known = known(&mut app.db.read().await?, &typed).await?;
    let Some(segment) = typed.segment(&known) else {
        let error = say("segment-incomplete").to_string();
        return builder(app, me, request, saved, typed, true, error).await;
    };
    let id = saved.as_ref().map(|saved| saved.id);
    match rules::save(&Context::new(app, me.actor()), id, &typed.name, &segment).await {
        Ok(id) => {
            Ok(done(app, &format!("/admin/subscribers/segments/{id}"), say("subscriber-saved").to_string()))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind != Kind::NotFound => {
            builder(app, me, request, saved, typed, true, refusal.sentence()).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/subscribers/segments/{id}/delete`
pub async fn delete(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let saved = find(&app, &id).await?;
    match rules::delete(&Context::new(&app, me.actor()), saved.id).await {
        Ok(name) => {
            let sentence = say("segment-deleted").with("segment", name).to_string();
            Ok(done(&app, "/admin/subscribers/segments", sentence))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind != Kind::NotFound => {
            Ok(done(&app, &format!("/admin/subscribers/segments/{}", saved.id), refusal.sentence()))
        }
        Err(error) => Err(refuse(error)),
    }
}
