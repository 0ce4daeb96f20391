//! The workbench: a campaign's text and articles, what is looked at before it is sent, and saving.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Failed, FieldError, edit_url, failed, find, ids, in_words, open_lists};
use crate::actions::editorial::{self, SavedBetween};
use crate::actions::preflight::{self, Check, Grade};
use crate::actions::{self, Context};
use crate::app::App;
use crate::db::articles::Article;
use crate::db::drafts::{self, ArticleFilter, DeskArticle, Draft, DraftText, SegmentChoice};
use crate::db::lists::List;
use crate::db::segments::{self, SavedSegment};
use crate::db::{Tx, fields, holds, publication};
use crate::domain::campaign::CampaignStatus;
use crate::domain::field::RESERVED_KEYS;
use crate::domain::hold::{Hold, HoldKind};
use crate::locale::say;
use crate::web::assets;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done, grouped};
use crate::web::desk::see_other;
use crate::web::page::{Answer, ErrorPage, page, prefers_json};

/// Articles that are offered to be picked.
const OFFERED: i64 = 30;

#[derive(Template)]
#[template(path = "admin/campaign_edit.html")]
struct EditPage {
    desk: Desk,
    script: String,
    live_script: String,
    draft: Draft,
    text: DraftText,
    lists: Vec<List>,
    segments: Vec<SavedSegment>,
    /// In order, then what else is offered.
    picked: Vec<Article>,
    offered: Vec<DeskArticle>,
    checks: Vec<Check>,
    /// What stands for something that is known of a reader: `{{ name }}`.
    placeholders: Vec<String>,
    /// "1,200 readers", as far as it is counted.
    readers: String,
    /// Whose test it is, as a rule.
    my_email: String,
    /// All that holds it.
    holds: Vec<Hold>,
    /// May be approved by who looks at it.
    can_approve: bool,
    /// What it corrects.
    corrects: String,
    /// The label of the button that sends, with the undo window.
    undo: String,
    /// How many readers must be typed before it is sent at once: there is no undo window. Empty: none.
    sure: String,
    at: String,
    /// The two moments that `at` may mean, where the clocks show it twice.
    twice: Vec<Moment>,
    wrong: FieldError,
}

impl EditPage {
    /// The part that a narrow window shows first: the one with the question, else the text.
    fn part(&self) -> &'static str {
        let asks = matches!(self.wrong.field, "to" | "at" | "typed") || !self.twice.is_empty();
        if asks { "check" } else { "text" }
    }

    /// Whether the form has this segment chosen.
    fn has_segment(&self, id: &Uuid) -> bool {
        match self.text.segment {
            SegmentChoice::Unchanged => self.draft.segment_id.as_ref() == Some(id),
            SegmentChoice::Everyone => false,
            SegmentChoice::Saved(chosen) => chosen == *id,
        }
    }

    /// The label of the segment that was chosen and is there no more.
    fn kept_segment(&self) -> Option<String> {
        let is_kept = self.text.segment == SegmentChoice::Unchanged && self.draft.segment_id.is_none();
        let name = self.draft.segment_name.as_ref().filter(|_| is_kept)?;
        Some(say("segment-kept").with("segment", name).to_string())
    }

    /// Whether there is anything to choose from.
    fn shows_segments(&self) -> bool {
        self.draft.correction_of.is_none() && (!self.segments.is_empty() || self.draft.segment_json.is_some())
    }

    /// The page of what it corrects.
    fn corrects_url(&self) -> String {
        format!("/admin/campaigns/{}", self.draft.correction_of.unwrap_or_default())
    }
}

/// One of the two moments that a repeated hour may mean.
pub(super) struct Moment {
    /// With its offset, as it comes back.
    pub value: String,
    pub label: String,
}

#[derive(Template)]
#[template(path = "admin/campaign_conflict.html")]
struct ConflictPage {
    desk: Desk,
    id: Uuid,
    by: String,
    at: String,
    /// The version that stands.
    version: i64,
    yours: DraftText,
    theirs: Draft,
}

impl ConflictPage {
    /// The segment as the form sent it.
    fn segment(&self) -> String {
        match self.yours.segment {
            SegmentChoice::Unchanged => "unchanged".to_owned(),
            SegmentChoice::Everyone => String::new(),
            SegmentChoice::Saved(id) => id.to_string(),
        }
    }
}

/// `GET /admin/campaigns/{id}/edit`
pub async fn edit(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    if draft.markdown.is_none() || !matches!(draft.status, CampaignStatus::Draft | CampaignStatus::Scheduled)
    {
        return Ok(see_other(&format!("/admin/campaigns/{}", draft.id)));
    }
    edit_page(&app, &me, &request, draft, None, AskedAt::default(), FieldError::nothing()).await
}

/// The time that was asked for and not taken.
#[derive(Default)]
pub(super) struct AskedAt {
    pub text: String,
    pub twice: Vec<Moment>,
}

impl AskedAt {
    pub fn of(text: &str) -> AskedAt {
        AskedAt { text: text.to_owned(), twice: Vec::new() }
    }
}

/// What stands in the form where nothing else was typed.
fn stored_text(draft: &Draft, articles: &[Article]) -> DraftText {
    DraftText {
        list_id: draft.list_id,
        subject: draft.subject.clone(),
        preheader: draft.preheader.clone(),
        markdown: draft.markdown.clone().unwrap_or_default(),
        articles: articles.iter().map(|article| article.id).collect(),
        segment: SegmentChoice::Unchanged,
    }
}

/// The articles that a text has, in order, and what else is offered.
async fn articles_of(tx: &mut Tx, text: &DraftText) -> sqlx::Result<(Vec<Article>, Vec<DeskArticle>)> {
    let found = crate::db::articles::of_ids(tx, &text.articles).await?;
    let of = |id: &Uuid| found.iter().find(|article| article.id == *id).cloned();
    let picked = text.articles.iter().filter_map(of).collect();
    let mut offered = drafts::articles_page(tx, &ArticleFilter::default(), Uuid::max(), OFFERED).await?;
    offered.retain(|article| !text.articles.contains(&article.id));
    Ok((picked, offered))
}

/// The button that sends, with the undo window: "Send in 5 min".
fn undo_in_words(secs: i64) -> String {
    match secs {
        0 => say("campaign-send-now").to_string(),
        secs if secs % 60 == 0 => say("campaign-send-in-mins").with("mins", secs / 60).to_string(),
        secs => say("campaign-send-in-secs").with("secs", secs).to_string(),
    }
}

/// The workbench; `typed` is what could not be saved.
pub(super) async fn edit_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    draft: Draft,
    typed: Option<DraftText>,
    at: AskedAt,
    wrong: FieldError,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let stored = drafts::articles(&mut tx, draft.id).await?;
    let text = typed.unwrap_or_else(|| stored_text(&draft, &stored));
    let (picked, offered) = articles_of(&mut tx, &text).await?;
    let lists = open_lists(&mut tx, Some(text.list_id)).await?;
    let sending = publication::sending(&mut tx).await?;
    let readers = preflight::readers_of(&mut tx, &draft, desk.now).await?;
    let segments = segments::all(&mut tx).await?;
    let corrects = match draft.correction_of {
        Some(of) => drafts::get(&mut tx, of).await?.map(|original| original.subject).unwrap_or_default(),
        None => String::new(),
    };
    let holds = holds::of_campaign(&mut tx, draft.id).await?;
    let fields = fields::all(&mut tx).await?;
    drop(tx);
    let known = RESERVED_KEYS.into_iter().chain(fields.iter().map(|field| field.key.as_str()));
    let placeholders = known.map(|key| format!("{{{{ {key} }}}}")).collect();
    let checks = preflight::checks(app, &draft, &stored, readers).await?;
    let can_approve =
        holds.iter().any(|hold| hold.kind == HoldKind::Approval) && draft.scheduled_by != Some(me.user.id);
    let undo = undo_in_words(sending.undo_secs);
    let sure = if sending.undo_secs == 0 { grouped(readers.count) } else { String::new() };
    let status = if wrong.sentence.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = EditPage {
        desk,
        script: assets::path("editor.js"),
        live_script: assets::path("live.js"),
        draft,
        text,
        lists,
        segments,
        picked,
        offered,
        checks,
        placeholders,
        readers: in_words(readers),
        my_email: me.user.email.clone(),
        holds,
        can_approve,
        corrects,
        undo,
        sure,
        at: at.text,
        twice: at.twice,
        wrong,
    };
    page(status, &form)
}

/// What a form says of the segment. One that says nothing changes nothing: nobody gets a mail by what was left out.
fn chosen_segment(fields: &Fields) -> SegmentChoice {
    match (fields.is_ticked("segment"), fields.text("segment")) {
        (false, _) | (true, "unchanged") => SegmentChoice::Unchanged,
        (true, "") => SegmentChoice::Everyone,
        // What is no id is no segment either, and is refused as that.
        (true, id) => SegmentChoice::Saved(Uuid::parse_str(id).unwrap_or_default()),
    }
}

fn typed(fields: &Fields) -> DraftText {
    let mut order: Vec<(i64, usize, Uuid)> = Vec::new();
    for (at, id) in ids(fields.all("article").map(|value| ("article", value))).into_iter().enumerate() {
        let place = fields.text(&format!("place-{id}")).parse().unwrap_or(i64::MAX);
        order.push((place, at, id));
    }
    order.sort();
    DraftText {
        list_id: Uuid::parse_str(fields.text("list")).unwrap_or_default(),
        subject: fields.line("subject"),
        preheader: fields.line("preheader"),
        // A browser sends CR LF.
        markdown: fields.raw("markdown").replace("\r\n", "\n"),
        articles: order.into_iter().map(|(.., id)| id).collect(),
        segment: chosen_segment(fields),
    }
}

/// `POST /admin/campaigns/{id}/edit`: saves; a script that prefers JSON gets the new version.
pub async fn save(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let text = typed(&fields);
    let version = fields.text("version").parse().unwrap_or(-1);
    let saved = editorial::save_campaign(&Context::new(&app, me.actor()), draft.id, version, &text).await;
    if prefers_json(request.headers()) {
        return Ok(saved_json(saved, &app).await);
    }
    match saved {
        Ok(_) => Ok(done(&app, &edit_url(draft.id), say("campaign-saved").to_string())),
        Err(error) => match failed(error) {
            Failed::Refused(refusal) => {
                edit_page(&app, &me, &request, draft, Some(text), AskedAt::default(), refusal.into()).await
            }
            Failed::SavedBetween(saved) => {
                let mut tx = app.db.read().await?;
                let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
                let theirs = drafts::get(&mut tx, draft.id).await?.ok_or_else(ErrorPage::not_found)?;
                let at = saved.at.map(|at| desk.short_time(&at)).unwrap_or_default();
                let SavedBetween { by, version, .. } = saved;
                let both = ConflictPage { desk, id: draft.id, by, at, version, yours: text, theirs };
                page(StatusCode::CONFLICT, &both)
            }
            Failed::Page(page) => Err(page),
        },
    }
}

/// What came of saving, for the script.
pub(in crate::web::desk) async fn saved_json(saved: actions::Result<i64>, app: &App) -> HttpResponse {
    let publication = async { publication::get(&mut app.db.read().await?).await };
    let zone = publication.await.map_or(chrono_tz::UTC, |publication| publication.zone());
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%H:%M").to_string();
    let (status, body) = match saved {
        Ok(version) => {
            let said = say("campaign-saved-at").with("time", local(app.clock.now())).to_string();
            (StatusCode::OK, serde_json::json!({ "version": version, "said": said }))
        }
        Err(error) => match failed(error) {
            Failed::SavedBetween(SavedBetween { by, at, version }) => {
                let said = match at {
                    Some(at) => say("campaign-saved-between-at").with("time", local(at)),
                    None => say("campaign-saved-between"),
                };
                let said = said.with("name", by).to_string();
                (StatusCode::CONFLICT, serde_json::json!({ "version": version, "said": said }))
            }
            other => {
                let page = other.into_page();
                (page.status, serde_json::json!({ "said": page.sentence.to_string() }))
            }
        },
    };
    HttpResponse::build(status).content_type("application/json").body(body.to_string())
}
