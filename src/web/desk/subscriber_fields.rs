//! The publication's fields: what it wants to know of its subscribers besides address and name.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done, grouped};
use super::refuse;
use crate::actions::fields::{self as rules, COUNTED_MAX, FieldForm};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::fields::{self, SubscriberField};
use crate::domain::field::FieldKind;
use crate::domain::refusal::Kind;
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};

const PAGE: &str = "/admin/settings/fields";

#[derive(Template)]
#[template(path = "admin/subscriber_fields.html")]
struct FieldsPage {
    desk: Desk,
    rows: Vec<SubscriberField>,
    kinds: [FieldKind; 4],
    form: FieldForm,
    /// The input that is wrong, and why.
    field: &'static str,
    error: String,
}

impl FieldsPage {
    fn wrong(&self, field: &str) -> &str {
        if self.field == field { &self.error } else { "" }
    }

    /// How a mail names a field.
    fn placeholder(&self, field: &SubscriberField) -> String {
        format!("{{{{ {} }}}}", field.key)
    }
}

#[derive(Template)]
#[template(path = "admin/subscriber_field.html")]
struct FieldPage {
    desk: Desk,
    row: SubscriberField,
    form: FieldForm,
    error: String,
    /// Of how many subscribers it holds something, in words.
    values: String,
    /// What was typed to delete it, and why that is wrong.
    typed: String,
    delete_error: String,
}

async fn fields_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    form: FieldForm,
    (field, error): (&'static str, String),
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Settings).await?;
    let rows = fields::all(&mut tx).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &FieldsPage { desk, rows, kinds: FieldKind::ALL, form, field, error })
}

/// `GET /admin/settings/fields`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let form = FieldForm { kind: FieldKind::Text.as_str().to_owned(), ..FieldForm::default() };
    fields_page(&app, &me, &request, form, ("", String::new())).await
}

fn typed(sent: &Fields) -> FieldForm {
    let short = |name: &str| sent.text(name).chars().take(1000).collect::<String>();
    FieldForm {
        name: short("name"),
        key: short("key"),
        kind: short("kind"),
        is_open: sent.is_ticked("open"),
        is_on_form: sent.is_ticked("on_form"),
    }
}

/// `POST /admin/settings/fields`: `name`, `key`, `kind`, `open`, `on_form`.
pub async fn add(app: web::Data<App>, me: Me, request: HttpRequest, sent: Fields) -> Answer {
    let form = typed(&sent);
    match rules::add(&Context::new(&app, me.actor()), &form).await {
        Ok(field) => Ok(done(&app, PAGE, say("field-added").with("name", &field.name).to_string())),
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            fields_page(&app, &me, &request, form, (refusal.field, refusal.sentence())).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// What is wrong with one of the forms of a field's page, and what was typed.
#[derive(Default)]
struct FieldPageErrors {
    form: Option<FieldForm>,
    error: String,
    typed: String,
    delete_error: String,
}

async fn field_page(app: &App, me: &Me, request: &HttpRequest, id: Uuid, wrong: FieldPageErrors) -> Answer {
    let mut tx = app.db.read().await?;
    let row = fields::by_id(&mut tx, id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Settings).await?;
    let count = fields::count_values(&mut tx, id, COUNTED_MAX).await?;
    let key = if count > COUNTED_MAX { "field-values-more" } else { "field-values" };
    let count = count.min(COUNTED_MAX);
    let values = say(key).with("count", count).with("number", grouped(count)).to_string();
    let is_wrong = !(wrong.error.is_empty() && wrong.delete_error.is_empty());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let FieldPageErrors { form, error, typed, delete_error } = wrong;
    let form = form.unwrap_or_else(|| FieldForm::of(&row));
    page(status, &FieldPage { desk, row, form, error, values, typed, delete_error })
}

/// `GET /admin/settings/fields/{id}`
pub async fn show_one(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    field_page(&app, &me, &request, *id, FieldPageErrors::default()).await
}

/// `POST /admin/settings/fields/{id}`: `name`, `open`, `on_form`.
pub async fn change(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    sent: Fields,
) -> Answer {
    let form = typed(&sent);
    match rules::change(&Context::new(&app, me.actor()), *id, &form).await {
        Ok(_) => Ok(done(&app, &format!("{PAGE}/{id}"), say("field-saved").to_string())),
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            let wrong =
                FieldPageErrors { form: Some(form), error: refusal.sentence(), ..FieldPageErrors::default() };
            field_page(&app, &me, &request, *id, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/settings/fields/{id}/move`: `way` is `up` or `down`.
pub async fn move_by_one(app: web::Data<App>, me: Me, id: web::Path<Uuid>, sent: Fields) -> Answer {
    let cx = Context::new(&app, me.actor());
    rules::move_by_one(&cx, *id, sent.text("way") == "up").await.map_err(refuse)?;
    Ok(done(&app, PAGE, say("field-moved").to_string()))
}

/// `POST /admin/settings/fields/{id}/delete`: `typed`, its key.
pub async fn delete(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    sent: Fields,
) -> Answer {
    let typed: String = sent.text("typed").chars().take(1000).collect();
    match rules::delete(&Context::new(&app, me.actor()), *id, &typed).await {
        Ok(field) => Ok(done(&app, PAGE, say("field-deleted").with("name", &field.name).to_string())),
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            let wrong =
                FieldPageErrors { typed, delete_error: refusal.sentence(), ..FieldPageErrors::default() };
            field_page(&app, &me, &request, *id, wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}
