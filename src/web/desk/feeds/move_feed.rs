//! The guided move of a feed: its new address, what is there beside what is known, and the button.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::id;
use crate::actions::manage_feeds::{self, MovePreview, MovedItem, NewItems};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::feeds;
use crate::domain::refusal::feeds as codes;
use crate::feeds::identity::moved::Outcome;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::desk::{query, refuse};
use crate::web::page::{Answer, ErrorPage, page};

/// Items of each kind that are shown; the others are counted.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "admin/feed_move.html")]
struct MovePage {
    desk: Desk,
    name: String,
    feed_id: Uuid,
    url: String,
    preview: Option<MovePreview>,
    error: String,
    /// Whether the feed has changed since it was looked at.
    has_changed: bool,
    /// What was ticked before that.
    ticked: NewItems,
}

impl MovePage {
    fn shown(preview: &MovePreview, fits: impl Fn(&Outcome) -> bool) -> Vec<&MovedItem> {
        preview.items.iter().filter(|item| fits(&item.outcome)).take(SHOWN).collect()
    }

    fn matched<'a>(&self, preview: &'a MovePreview) -> Vec<&'a MovedItem> {
        MovePage::shown(preview, |outcome| matches!(outcome, Outcome::Matched { .. }))
    }

    fn new_items<'a>(&self, preview: &'a MovePreview) -> Vec<&'a MovedItem> {
        MovePage::shown(preview, |outcome| *outcome == Outcome::New)
    }

    fn unclear<'a>(&self, preview: &'a MovePreview) -> Vec<&'a MovedItem> {
        MovePage::shown(preview, |outcome| matches!(outcome, Outcome::Unclear { .. }))
    }

    fn is_ticked(&self, item: &&MovedItem) -> bool {
        self.ticked.chosen.contains(&item.key)
    }
}

/// What there is to show, but for the frame.
#[derive(Default)]
struct Shown {
    url: String,
    preview: Option<MovePreview>,
    error: String,
    has_changed: bool,
    ticked: NewItems,
}

async fn move_page(app: &App, me: &Me, request: &HttpRequest, feed_id: Uuid, shown: Shown) -> Answer {
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let status = match shown.error.is_empty() && !shown.has_changed {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let Shown { url, preview, error, has_changed, ticked } = shown;
    let name = manage_feeds::name(&feed).to_owned();
    page(status, &MovePage { desk, name, feed_id, url, preview, error, has_changed, ticked })
}

/// `GET /admin/feeds/{id}/move`: `url`, to begin with.
pub async fn show_move(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    let shown = Shown { url: query(&request, "url").unwrap_or_default(), ..Shown::default() };
    move_page(&app, &me, &request, id(&path)?, shown).await
}

async fn looked(app: &Arc<App>, me: &Me, request: &HttpRequest, feed_id: Uuid, mut shown: Shown) -> Answer {
    let cx = Context::new(app, me.actor());
    match manage_feeds::preview_move(&cx, &app.fetcher, feed_id, &shown.url).await {
        Ok(preview) => shown.preview = Some(preview),
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => shown.error = refusal.sentence(),
        Err(error) => return Err(refuse(error)),
    }
    move_page(app, me, request, feed_id, shown).await
}

/// `POST /admin/feeds/{id}/move/look`: `url`. Reads what is there and stores nothing.
pub async fn look_at_move(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let shown = Shown { url: fields.text("url").to_owned(), ..Shown::default() };
    looked(&app, &me, &request, id(&path)?, shown).await
}

/// `POST /admin/feeds/{id}/move`: `url`, `digest`, `all` for each new item, or each `item` that is to be sent.
pub async fn confirm_move(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let (feed_id, url) = (id(&path)?, fields.text("url").to_owned());
    let chosen = fields.all("item").map(str::to_owned).collect();
    let ticked = NewItems { all_new: fields.is_ticked("all"), chosen };
    let (cx, digest) = (Context::new(&app, me.actor()), fields.text("digest"));
    match manage_feeds::confirm_move(&cx, &app.fetcher, feed_id, &url, digest, &ticked).await {
        Ok(moved) => Ok(done(&app, &format!("/admin/feeds/{feed_id}"), moved.to_string())),
        Err(Error::Refused(refusal)) if refusal.is(&codes::FEED_MOVE_CHANGED) => {
            let shown = Shown { url, has_changed: true, ticked, ..Shown::default() };
            looked(&app, &me, &request, feed_id, shown).await
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let shown = Shown { url, error: refusal.sentence(), ..Shown::default() };
            move_page(&app, &me, &request, feed_id, shown).await
        }
        Err(error) => Err(refuse(error)),
    }
}
