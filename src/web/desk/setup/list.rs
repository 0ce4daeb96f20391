//! The setup's second step: a list to subscribe to.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use askama::Template;

use super::{Step, begin, status, steps, with_feed};
use crate::actions::settings::FieldErrors;
use crate::actions::{Context, Error, setup};
use crate::app::App;
use crate::db::lists::List;
use crate::domain::refusal::Kind;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, done};
use crate::web::desk::refuse;
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/setup_list.html")]
struct ListPage {
    desk: Desk,
    steps: Vec<Step>,
    lists: Vec<List>,
    name: String,
    slug: String,
    wrong: FieldErrors,
    feed: String,
}

async fn list_page(
    app: &Arc<App>,
    me: &Me,
    request: &HttpRequest,
    typed: &Fields,
    wrong: FieldErrors,
) -> Answer {
    let (progress, desk) = begin(app, me, request).await?;
    let status = status(&wrong);
    let steps = steps(&progress, "list");
    let first = progress.lists.is_empty() && !typed.is_ticked("list_name");
    let default_name = say("setup-list-default-name").to_string();
    let name = if first { &default_name } else { typed.text("list_name") };
    let slug = if first { "all" } else { typed.text("slug") };
    page(
        status,
        &ListPage {
            desk,
            steps,
            lists: progress.lists,
            name: name.to_owned(),
            slug: slug.to_owned(),
            wrong,
            feed: typed.text("feed").to_owned(),
        },
    )
}

/// `GET /admin/setup/list`
pub async fn show_list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    list_page(&app, &me, &request, &fields, FieldErrors::default()).await
}

/// `POST /admin/setup/list`: `list_name`, `slug`.
pub async fn add_list(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let cx = Context::new(&app, me.actor());
    match setup::add_list(&cx, fields.raw("list_name"), fields.text("slug")).await {
        Ok(list) => {
            let to = with_feed("/admin/setup/feed", fields.text("feed"));
            Ok(done(&app, &to, say("setup-list-added").with("list", &list.name).to_string()))
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            list_page(&app, &me, &request, &fields, FieldErrors::of(&refusal)).await
        }
        Err(error) => Err(refuse(error)),
    }
}
