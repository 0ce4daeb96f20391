//! The front page: what waits, what goes out next, how things are.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::frame::{Desk, Me, Tab};
use crate::app::App;
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/today.html")]
struct TodayPage {
    desk: Desk,
}

/// `GET /admin`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Today).await?;
    page(StatusCode::OK, &TodayPage { desk })
}
