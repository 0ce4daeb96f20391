//! The setup's third step: the feed whose articles are mailed.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use askama::Template;

use super::{Step, begin, status, steps};
use crate::actions::poll::CheckReport;
use crate::actions::settings::FieldErrors;
use crate::actions::{Context, Error, setup};
use crate::app::App;
use crate::db::lists::List;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, done};
use crate::web::desk::refuse;
use crate::web::page::{Answer, page};

/// Items that "what it would send" shows.
const ITEMS_SHOWN: usize = 12;

/// One item of a feed, and what would become of it.
struct ShownForm {
    title: String,
    date: String,
    what: String,
}

#[derive(Template)]
#[template(path = "admin/setup_feed.html")]
struct FeedPage {
    desk: Desk,
    steps: Vec<Step>,
    lists: Vec<List>,
    /// Address and title.
    feeds: Vec<(String, String)>,
    url: String,
    list: String,
    wrong: FieldErrors,
    report: Option<CheckReport>,
    items: Vec<ShownForm>,
    more: usize,
}

impl FeedPage {
    /// What the feed that was checked is called.
    fn checked_name(&self) -> &str {
        self.report.as_ref().map_or("", |report| match report.title.is_empty() {
            true => &report.url,
            false => &report.title,
        })
    }
}

async fn feed_page(
    app: &Arc<App>,
    me: &Me,
    request: &HttpRequest,
    typed: &Fields,
    wrong: FieldErrors,
    report: Option<CheckReport>,
) -> Answer {
    let (progress, desk) = begin(app, me, request).await?;
    let status = status(&wrong);
    let steps = steps(&progress, "feed");
    let url = if typed.is_ticked("url") { typed.text("url") } else { typed.text("feed") }.to_owned();
    let all = report.as_ref().map(|report| report.items.len()).unwrap_or_default();
    let items = report.iter().flat_map(|report| {
        report.items.iter().take(ITEMS_SHOWN).map(|item| ShownForm {
            title: item.title.clone(),
            date: item
                .published_at
                .map(|at| at.with_timezone(&desk.zone).format("%-d %b %Y").to_string())
                .unwrap_or_default(),
            what: report.words(item, |at| desk.short_time(&at)),
        })
    });
    let items: Vec<ShownForm> = items.collect();
    let more = all - items.len();
    let list = typed.text("list").to_owned();
    let (lists, feeds) = (progress.lists, progress.feeds);
    page(status, &FeedPage { desk, steps, lists, feeds, url, list, wrong, report, items, more })
}

/// `GET /admin/setup/feed`
pub async fn show_feed(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    feed_page(&app, &me, &request, &fields, FieldErrors::default(), None).await
}

/// `POST /admin/setup/feed/check`: `url`; shows what it would send, and stores nothing.
pub async fn check_feed(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    match setup::look_at_feed(&Context::new(&app, me.actor()), fields.text("url")).await {
        Ok(CheckReport { error: Some(error), .. }) => {
            let wrong = FieldErrors::one("url", say("setup-feed-unreadable").with("why", error).to_string());
            feed_page(&app, &me, &request, &fields, wrong, None).await
        }
        Ok(report) => feed_page(&app, &me, &request, &fields, FieldErrors::default(), Some(report)).await,
        Err(error) => refused_page(&app, &me, &request, &fields, error).await,
    }
}

/// The form again, with what is wrong under its field.
async fn refused_page(
    app: &Arc<App>,
    me: &Me,
    request: &HttpRequest,
    fields: &Fields,
    error: Error,
) -> Answer {
    match error {
        Error::Refused(refusal) if !refusal.field.is_empty() => {
            feed_page(app, me, request, fields, FieldErrors::of(&refusal), None).await
        }
        error => Err(refuse(error)),
    }
}

/// `POST /admin/setup/feed`: binds `url` to `list`.
pub async fn bind_feed(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let (url, slug) = (fields.text("url"), fields.text("list"));
    match setup::bind_feed(&Context::new(&app, me.actor()), url, slug).await {
        Ok((added, list)) => {
            let name = if added.title.is_empty() { url } else { &added.title };
            let sentence = say("setup-feed-connected").with("feed", name).with("list", &list.name);
            let sentence = sentence.with("count", added.report.baseline);
            Ok(done(&app, "/admin/setup/sender", sentence.to_string()))
        }
        Err(error) => refused_page(&app, &me, &request, &fields, error).await,
    }
}
