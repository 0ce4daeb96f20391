//! Suppressions: the addresses that are never mailed again, and why.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::subscribers as rules;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::suppressions::{self, Suppression, SuppressionReason};
use crate::locale::say;
use crate::web::page::{Answer, page};
use crate::web::query;

/// Addresses on a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "admin/suppressions.html")]
struct SuppressionsPage {
    desk: Desk,
    q: String,
    rows: Vec<Suppression>,
    older: String,
    is_first: bool,
    email: String,
    why: String,
    error: String,
}

impl SuppressionsPage {
    fn mark(&self, row: &Suppression) -> &'static str {
        match row.reason {
            SuppressionReason::Blocked => "unsubscribed",
            SuppressionReason::Bounced => "bounced",
            SuppressionReason::Complained => "complained",
            SuppressionReason::Manual => "held",
        }
    }

    /// The key of the reason's word.
    fn word(&self, row: &Suppression) -> &'static str {
        match row.reason {
            SuppressionReason::Blocked => "suppression-word-blocked",
            SuppressionReason::Bounced => "suppression-word-bounced",
            SuppressionReason::Complained => "suppression-word-complained",
            SuppressionReason::Manual => "suppression-word-manual",
        }
    }

    fn means(&self, row: &Suppression) -> String {
        rules::explain(row.reason)
    }
}

async fn suppressions_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    (email, why, error): (String, String, String),
) -> Answer {
    let query = Fields::of_query(request.query_string());
    let q: String = query.text("q").to_lowercase().chars().take(254).collect();
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let before = match query.text("before") {
        "" => None,
        key => suppressions::get(&mut tx, key).await?,
    };
    let is_first = before.is_none();
    let mut rows = match q.as_str() {
        "" => suppressions::page(&mut tx, before.as_ref(), PAGE + 1).await?,
        q => suppressions::beginning_with(&mut tx, q, PAGE + 1).await?,
    };
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let older = match rows.last().filter(|_| more && q.is_empty()) {
        Some(last) => query::with("/admin/suppressions", [("before", last.email_key.as_str())]),
        None => String::new(),
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &SuppressionsPage { desk, q, rows, older, is_first, email, why, error })
}

/// `GET /admin/suppressions`: `q`, the beginning of an address, or `before`, an address.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    suppressions_page(&app, &me, &request, Default::default()).await
}

/// `POST /admin/suppressions`: `email`, and `why` for whoever asks later.
pub async fn add(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let cx = Context::new(&app, me.actor());
    match rules::suppress(&cx, fields.text("email"), fields.text("why")).await {
        Ok(new) => {
            let key = if new { "suppression-added" } else { "suppression-added-already" };
            Ok(done(&app, "/admin/suppressions", say(key).to_string()))
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let typed = |name: &str| fields.raw(name).chars().take(1000).collect::<String>();
            let again = (typed("email"), typed("why"), refusal.sentence());
            suppressions_page(&app, &me, &request, again).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/suppressions/lift`: `email`.
pub async fn lift(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let lifted = rules::lift(&Context::new(&app, me.actor()), fields.text("email")).await.map_err(refuse)?;
    let key = if lifted { "suppression-lifted" } else { "suppression-lifted-already" };
    Ok(done(&app, "/admin/suppressions", say(key).to_string()))
}
