//! Merging two subscribers who are one person: what it would do, doing it, undoing it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, done_with_undo};
use super::refuse;
use crate::actions::merges as rules;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::Tx;
use crate::db::merges::{self, Merge};
use crate::db::subscribers::{self, Subscriber};
use crate::domain::refusal::common;
use crate::domain::subscription::Standing;
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};
use crate::web::query;

/// Somebody who was merged into a subscriber, as their page shows it.
pub struct ShownMerge {
    pub merge: Merge,
    /// Why it can't be undone now; empty: it can.
    pub why_not: String,
}

/// Those who were merged into a subscriber, for an admin.
pub async fn shown(tx: &mut Tx, desk: &Desk, id: Uuid) -> sqlx::Result<Vec<ShownMerge>> {
    let mut shown = Vec::new();
    if desk.is_admin() {
        for merge in merges::into(tx, id).await? {
            let why_not =
                rules::why_not_undone(tx, &merge).await?.map(|why| why.sentence()).unwrap_or_default();
            shown.push(ShownMerge { merge, why_not });
        }
    }
    Ok(shown)
}

#[derive(Template)]
#[template(path = "admin/subscriber_merge.html")]
struct MergePage {
    desk: Desk,
    /// Whose page it was asked for on.
    subscriber: Subscriber,
    /// What was typed, and what is wrong with it.
    email: String,
    error: String,
    /// `None`: nobody to merge with was found yet.
    preview: Option<rules::Preview>,
}

impl MergePage {
    /// The same page with the other one kept.
    fn swapped(&self, preview: &rules::Preview) -> String {
        let keep = if preview.kept.subscriber.id == self.subscriber.id { "other" } else { "this" };
        let path = format!("/admin/subscribers/{}/merge", self.subscriber.id);
        query::with(&path, [("email", self.email.as_str()), ("keep", keep)])
    }

    fn in_words(&self, standing: &Option<Standing>) -> String {
        let Some(standing) = standing else { return say("merge-no-list").to_string() };
        let status = say(standing.status.key());
        match standing.is_open() {
            true => say("merge-standing")
                .with("status", status)
                .with("often", say(standing.cadence.short_key()))
                .to_string(),
            false => status.to_string(),
        }
    }

    fn mark(&self, standing: &Option<Standing>) -> &'static str {
        standing.as_ref().map_or("unsubscribed", |standing| standing.status.as_str())
    }
}

async fn find(tx: &mut Tx, id: Uuid) -> Result<Subscriber, ErrorPage> {
    subscribers::by_id(tx, id).await?.ok_or_else(ErrorPage::nobody)
}

/// `GET /admin/subscribers/{id}/merge`: `email` of the other one; `keep` is `other` where that one is kept.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let asked = Fields::of_query(request.query_string());
    let email: String = asked.text("email").chars().take(254).collect();
    let mut tx = app.db.read().await?;
    let subscriber = find(&mut tx, *id).await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let other = match email.is_empty() {
        true => None,
        false => Some(rules::find_other(&mut tx, *id, &email).await),
    };
    let (preview, error) = match other {
        None => (None, String::new()),
        Some(Ok(other)) => {
            let (kept, merged) = match asked.text("keep") {
                "other" => (other, subscriber.clone()),
                _ => (subscriber.clone(), other),
            };
            (Some(rules::preview(&mut tx, kept, merged).await?), String::new())
        }
        Some(Err(Error::Refused(refusal))) => (None, refusal.sentence()),
        Some(Err(error)) => return Err(refuse(error)),
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &MergePage { desk, subscriber, email, error, preview })
}

fn parse(text: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(text).map_err(|_| refuse(Error::Refused(common::GONE.refusal())))
}

/// `POST /admin/subscribers/{id}/merge`: `merged`, who becomes this one.
pub async fn submit(app: web::Data<App>, me: Me, id: web::Path<Uuid>, fields: Fields) -> Answer {
    find(&mut app.db.read().await?, *id).await?;
    let merged = parse(fields.text("merged"))?;
    rules::merge(&Context::new(&app, me.actor()), *id, merged).await.map_err(refuse)?;
    let undo = format!("/admin/subscribers/{id}/merges/{merged}/undo");
    Ok(done_with_undo(&app, &format!("/admin/subscribers/{id}"), say("merge-done").to_string(), &undo))
}

/// `POST /admin/subscribers/{id}/merges/{merged}/undo`
pub async fn undo(app: web::Data<App>, me: Me, path: web::Path<(Uuid, Uuid)>) -> Answer {
    let (id, merged) = *path;
    rules::undo(&Context::new(&app, me.actor()), id, merged).await.map_err(refuse)?;
    Ok(done(&app, &format!("/admin/subscribers/{id}"), say("merge-undone").to_string()))
}
