//! Asking the readers of a list whether they still want it: what it would do, and then the button.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::TimeDelta;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::permission::{self as rules, DAYS_MAX, DAYS_MIN, PermissionForm, Preview};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::lists::{self, List};
use crate::db::permission_requests::{self, PermissionRequest};
use crate::domain::refusal::{Kind, Refusal};
use crate::locale::{Phrase, say};
use crate::mail::content::{self, PreviewReader};
use crate::web::page::{Answer, ErrorPage, mail, page};

/// Requests of a list that are listed.
const LATEST: i64 = 10;
/// The time for an answer that the form begins with, in days.
const DAYS: i64 = 30;

#[derive(Template)]
#[template(path = "admin/list_permission.html")]
struct PermissionPage {
    desk: Desk,
    list: List,
    form: PermissionForm,
    /// What the form as it is would do; `None`: nobody has asked yet, or it is wrong.
    preview: Option<Preview>,
    /// The one that is under way.
    open: Option<PermissionRequest>,
    requests: Vec<PermissionRequest>,
    field: &'static str,
    error: String,
}

impl PermissionPage {
    fn days_min(&self) -> i64 {
        DAYS_MIN
    }

    fn days_max(&self) -> i64 {
        DAYS_MAX
    }
}

fn id(path: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(path).map_err(|_| ErrorPage::not_found())
}

fn here(list_id: Uuid) -> String {
    format!("/admin/lists/{list_id}/permission")
}

async fn permission_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    list_id: Uuid,
    form: PermissionForm,
    shown: Result<Option<Preview>, Refusal>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, list_id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Lists).await?;
    let requests = permission_requests::of_list(&mut tx, list_id, LATEST).await?;
    drop(tx);
    let status = if shown.is_err() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (preview, field, error) = match shown {
        Ok(preview) => (preview, "", String::new()),
        Err(refusal) => (None, refusal.field, refusal.sentence()),
    };
    let open = requests.iter().find(|request| request.status.is_open()).cloned();
    page(status, &PermissionPage { desk, list, form, preview, open, requests, field, error })
}

fn typed(fields: &Fields) -> PermissionForm {
    PermissionForm {
        joined_before: fields.text("joined_before").to_owned(),
        days: fields.text("days").to_owned(),
    }
}

/// `GET /admin/lists/{id}/permission`; with `joined_before` and `days`, what that would do.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    let list_id = id(&path)?;
    let fields = Fields::of_query(request.query_string());
    let form = typed(&fields);
    if form.joined_before.is_empty() && form.days.is_empty() {
        let form = PermissionForm { days: DAYS.to_string(), ..form };
        return permission_page(&app, &me, &request, list_id, form, Ok(None)).await;
    }
    let shown = match rules::preview(&Context::new(&app, me.actor()), list_id, &form).await {
        Ok(preview) => Ok(Some(preview)),
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => Err(refusal),
        Err(error) => return Err(refuse(error)),
    };
    permission_page(&app, &me, &request, list_id, form, shown).await
}

/// `POST /admin/lists/{id}/permission`
pub async fn begin(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let (list_id, form) = (id(&path)?, typed(&fields));
    match rules::begin(&Context::new(&app, me.actor()), list_id, &form).await {
        Ok(_) => Ok(done(&app, &here(list_id), say("permission-begun").to_string())),
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            permission_page(&app, &me, &request, list_id, form, Err(refusal)).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/lists/{id}/permission/cancel`: `request`.
pub async fn cancel(app: web::Data<App>, me: Me, path: web::Path<String>, fields: Fields) -> Answer {
    let list_id = id(&path)?;
    let request = id(fields.text("request"))?;
    rules::cancel(&Context::new(&app, me.actor()), request).await.map_err(refuse)?;
    Ok(done(&app, &here(list_id), say("permission-cancelled").to_string()))
}

/// `GET /admin/lists/{id}/permission/preview`: the mail.
pub async fn preview(app: web::Data<App>, me: Me, path: web::Path<String>) -> Answer {
    let no_preview = |error: String| {
        let why = Phrase::new("desk-error-because").with("why", error);
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-no-preview", why)
    };
    let ends_at = app.clock.now() + TimeDelta::days(DAYS);
    let written = rules::to_nobody(&app, id(&path)?, ends_at).await;
    let content = written.map_err(|error| no_preview(format!("{error:#}")))?;
    let content = content.ok_or_else(ErrorPage::not_found)?;
    let reader = PreviewReader { email: &me.user.email, subscription: None, values: &[] };
    Ok(mail(content::preview_copy(&content, &reader).html))
}
