//! Adding a feed: looked at first, then bound to a list.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::GRACE_DEFAULT;
use crate::actions::poll::CheckReport;
use crate::actions::{Context, Error, manage_feeds};
use crate::app::App;
use crate::db::lists::{self, List};
use crate::feeds::identity::Verdict;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::desk::refuse;
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/feed_new.html")]
struct NewPage {
    desk: Desk,
    url: String,
    list: String,
    grace: String,
    lists: Vec<List>,
    report: Option<CheckReport>,
    shown: Vec<(String, Option<chrono::DateTime<chrono::Utc>>, String)>,
    field: &'static str,
    error: String,
}

async fn new_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    fields: &Fields,
    report: Option<CheckReport>,
    wrong: Option<(&'static str, String)>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let mut open = lists::all(&mut tx).await?;
    open.retain(|list| list.retired_at.is_none());
    let (field, error) = wrong.unwrap_or_default();
    let shown = report.iter().flat_map(|report| &report.items).rev().map(|item| {
        let verdict = match &item.verdict {
            Verdict::Known { .. } => say("feed-would-be-known").to_string(),
            Verdict::New { .. } => say("feed-would-be-sent").to_string(),
            Verdict::BaselineOnly { .. } => say("feed-would-be-old").to_string(),
            Verdict::Held { reason } => say("article-on-hold").with("why", reason.sentence()).to_string(),
        };
        (item.title.clone(), item.published_at, verdict)
    });
    let grace = match fields.text("grace") {
        "" => GRACE_DEFAULT,
        typed => typed,
    };
    let new_page = NewPage {
        desk,
        url: fields.text("url").to_owned(),
        list: fields.text("list").to_owned(),
        grace: grace.to_owned(),
        lists: open,
        shown: shown.take(20).collect(),
        report,
        field,
        error,
    };
    page(if field.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &new_page)
}

/// `GET /admin/feeds/new`
pub async fn show_new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    new_page(&app, &me, &request, &Fields::default(), None, None).await
}

/// `POST /admin/feeds/look`: `url`. Reads the feed and stores nothing.
pub async fn look(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let looked = match manage_feeds::parse_url(fields.text("url")) {
        Ok(url) => manage_feeds::look(&Context::new(&app, me.actor()), &url).await,
        Err(error) => Err(error),
    };
    match looked {
        Ok(report) => {
            let wrong = report
                .error
                .as_ref()
                .map(|error| ("url", say("feed-unreadable").with("why", error.to_string()).to_string()));
            let report = Some(report).filter(|report| report.error.is_none());
            new_page(&app, &me, &request, &fields, report, wrong).await
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let wrong = Some((refusal.field, refusal.sentence()));
            new_page(&app, &me, &request, &fields, None, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/feeds`: `url`, `list`, `grace`.
pub async fn add(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let added = async {
        let url = manage_feeds::parse_url(fields.text("url"))?;
        let grace = manage_feeds::parse_grace(fields.text("grace"))?;
        let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
        manage_feeds::bind(&Context::new(&app, me.actor()), &url, list, grace).await
    };
    match added.await {
        Ok(added) => {
            let sentence = match (added.added, added.report.baseline) {
                (true, 0) => say("feed-connected"),
                (true, articles) => say("feed-connected-with").with("articles", articles),
                (false, _) => say("feed-connected-already"),
            };
            Ok(done(&app, &format!("/admin/feeds/{}", added.feed_id), sentence.to_string()))
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let wrong = Some((refusal.field, refusal.sentence()));
            new_page(&app, &me, &request, &fields, None, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}
