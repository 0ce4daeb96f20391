//! One alert: what is wrong, since when, and what to do. Whoever has taken note of it dismisses it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::frame::{Desk, Me, Tab, done};
use crate::actions::Context;
use crate::actions::alerts;
use crate::actions::compose;
use crate::app::App;
use crate::db::alerts as stored;
use crate::locale::say;
use crate::mail::content::AlertWords;
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/alert.html")]
struct AlertPage<'a> {
    desk: Desk,
    id: Uuid,
    words: AlertWords<'a>,
    since: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    dismissed_at: Option<DateTime<Utc>>,
    /// Where the feed that it is about is moved.
    move_url: Option<String>,
}

/// `GET /admin/alerts/{id}`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let id = Uuid::parse_str(&id).map_err(|_| ErrorPage::not_found())?;
    let mut tx = app.db.read().await?;
    let alert = stored::by_id(&mut tx, id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Today).await?;
    let words = compose::alert_words(&alert);
    let (since, ended_at, dismissed_at) = (alert.created_at, alert.ended_at, alert.dismissed_at);
    let move_url = alert.feed_id.filter(|_| desk.is_admin() && ended_at.is_none()).map(|feed_id| {
        let same = alert.feed_url.as_deref().filter(|_| alert.kind == stored::AlertKind::FeedBrake);
        super::feeds::move_url(feed_id, same.unwrap_or_default())
    });
    page(StatusCode::OK, &AlertPage { desk, id, words, since, ended_at, dismissed_at, move_url })
}

/// `POST /admin/alerts/{id}/dismiss`
pub async fn dismiss(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let id = Uuid::parse_str(&id).map_err(|_| ErrorPage::not_found())?;
    let sentence = match alerts::dismiss(&Context::new(&app, me.actor()), id).await? {
        None => return Err(ErrorPage::not_found()),
        Some(true) => "desk-alert-dismissed",
        Some(false) => "desk-alert-dismissed-already",
    };
    Ok(done(&app, "/admin", say(sentence).to_string()))
}
