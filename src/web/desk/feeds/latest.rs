//! Sending the latest articles of a feed to a list that has not had them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::id;
use crate::actions::manage_feeds::{self, LATEST_MAX};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::feeds::{self, Listed};
use crate::db::lists::{self, List};
use crate::domain::refusal::Kind;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::desk::{query, refuse};
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/feed_latest.html")]
struct LatestPage {
    desk: Desk,
    name: String,
    feed_id: Uuid,
    lists: Vec<List>,
    list: Option<List>,
    count: i64,
    found: Vec<Listed>,
    /// `None`: not counted yet.
    readers: Option<i64>,
    error: String,
}

async fn latest_page(app: &App, me: &Me, request: &HttpRequest, feed_id: Uuid, error: String) -> Answer {
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let mut open = lists::all(&mut tx).await?;
    open.retain(|list| list.retired_at.is_none());
    let count = query(request, "count").and_then(|n| n.parse::<i64>().ok()).unwrap_or(1).clamp(1, LATEST_MAX);
    let asked = query(request, "list").and_then(|id| Uuid::parse_str(&id).ok());
    let list = open.iter().find(|list| Some(list.id) == asked).cloned();
    let found = match &list {
        Some(list) => feeds::unsent(&mut tx, feed_id, list.id, count).await?,
        None => Vec::new(),
    };
    let counts = lists::counts(&mut tx).await?;
    let readers = list.as_ref().and_then(|list| {
        let mut of_list = counts.iter().filter(|count| count.list_id == list.id).peekable();
        of_list.peek()?;
        let gets = of_list.filter(|c| c.status == SubscriptionStatus::Active && c.cadence == Cadence::Each);
        Some(gets.map(|count| count.subscriptions).sum())
    });
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = manage_feeds::name(&feed).to_owned();
    page(status, &LatestPage { desk, name, feed_id, lists: open, list, count, found, readers, error })
}

/// `GET /admin/feeds/{id}/latest`: `list`, `count`. Shows what would be sent.
pub async fn show_latest(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
) -> Answer {
    latest_page(&app, &me, &request, id(&path)?, String::new()).await
}

/// `POST /admin/feeds/{id}/latest`: `list`, and each `article` that was shown.
pub async fn send_latest(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let feed_id = id(&path)?;
    let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
    let chosen: Vec<Uuid> = fields.all("article").filter_map(|id| Uuid::parse_str(id).ok()).collect();
    match manage_feeds::send_latest(&Context::new(&app, me.actor()), feed_id, list, &chosen).await {
        Ok((count, at, awaits)) => {
            let desk = Desk::bare(&app, &mut app.db.read().await?).await?;
            let (time, zone) = (desk.short_time(&at), desk.zone_name());
            let sentence = match count {
                0 => say("feed-latest-nothing"),
                many if awaits => say("feed-latest-awaits").with("campaigns", many),
                many => {
                    say("feed-latest-scheduled").with("campaigns", many).with("time", time).with("zone", zone)
                }
            };
            Ok(done(&app, &format!("/admin/feeds/{feed_id}"), sentence.to_string()))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            latest_page(&app, &me, &request, feed_id, refusal.sentence()).await
        }
        Err(error) => Err(refuse(error)),
    }
}
