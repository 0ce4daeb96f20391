//! A refusal as a page of the desk.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::frame::{Desk, SaidPage, Tab};
use crate::app::App;
use crate::locale::say;
use crate::web::access::{self, Me};
use crate::web::error_page::ErrorPage;
use crate::web::page::page;

/// A refusal in the desk's frame: with the tabs, where somebody is signed in.
pub async fn show(request: &HttpRequest, refusal: &ErrorPage) -> Option<HttpResponse> {
    let app = request.app_data::<web::Data<App>>()?;
    let mut me = request.extensions().get::<Me>().cloned();
    if me.is_none() && refusal.status == StatusCode::NOT_FOUND {
        // No route, so no guard has looked who asks.
        me = access::signed_in(app, request).await;
    }
    let mut tx = app.db.read().await.ok()?;
    let desk = match &me {
        Some(me) => Desk::read(app, &mut tx, me, request, Tab::None).await.ok()?,
        None => Desk::bare(app, &mut tx).await.ok()?,
    };
    let (link, link_label) = match me {
        None if refusal.status == StatusCode::UNAUTHORIZED => ("/admin/sign-in", "desk-sign-in"),
        _ => ("/admin", "desk-front-page"),
    };
    let (title, sentence) = (refusal.title.to_string(), refusal.sentence.to_string());
    let said = SaidPage { desk, title, sentence, link, link_label: say(link_label).to_string() };
    let mut response = page(refusal.status, &said).ok()?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}
