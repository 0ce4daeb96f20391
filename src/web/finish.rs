//! The middleware around every handler: it gives each refusal its words, in the frame of the page that it is for,
//! and each answer its headers.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};

use super::error_page::ErrorPage;
use super::page::{Said, Site, make_private, page};
use super::{connection, desk, embed, reader};
use crate::app::App;
use crate::locale::Localizer;

/// The policy of our own pages: nothing from elsewhere but pictures, no inline style, and no scripts. What checks a
/// page from inside it may ask us (robots.txt).
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of the desk: our own scripts, which speak to us only, and previews in frames.
const DESK_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' https: data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Gives every refusal its words, and every answer its headers.
pub async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    let response = next.call(request).await?;
    let status = response.status();
    let worded = response.headers().contains_key(header::CONTENT_TYPE);
    let mut response = if status.is_client_error() || status.is_server_error() {
        match response.response().error() {
            None if worded => response.map_into_left_body(),
            error => {
                let refusal = match error.and_then(|error| error.as_error::<ErrorPage>()) {
                    Some(known) => known.clone(),
                    None if error.and_then(|error| error.as_error()).is_some_and(connection::is_too_slow) => {
                        ErrorPage::of(StatusCode::REQUEST_TIMEOUT)
                    }
                    None => ErrorPage::of(status),
                };
                let mut words = word(response.request(), &refusal).await;
                if let Some(allow) = response.headers().get(header::ALLOW) {
                    words.headers_mut().insert(header::ALLOW, allow.clone());
                }
                response.into_response(words).map_into_right_body()
            }
        }
    } else {
        response.map_into_left_body()
    };
    let is_desk = is_desk(response.request());
    let path = response.request().path().to_owned();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, if is_desk { DESK_POLICY } else { PAGE_POLICY }),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    embed::open_to_all(&path, headers);
    Ok(response)
}

fn is_desk(request: &HttpRequest) -> bool {
    request.path() == "/admin" || request.path().starts_with("/admin/")
}

async fn word(request: &HttpRequest, refusal: &ErrorPage) -> HttpResponse {
    let site = match request.app_data::<web::Data<App>>() {
        Some(app) => Site::of(app).await.ok(),
        None => None,
    };
    let json = reader::prefers_json(request.headers()) || reader::is_json(request);
    let words = site.as_ref().map_or_else(Localizer::english, |site| site.words.clone());
    let worded = match site {
        Some(_) if !json && is_desk(request) => desk::error_page::show(request, refusal).await,
        Some(site) if !json => {
            let link = if request.method() == Method::GET { "subscribe" } else { "error-back" };
            let said = Said::new(site, refusal.title.clone(), refusal.sentence.clone());
            page(refusal.status, &said.link("/", link)).ok()
        }
        // The database is away: words without the frame.
        None if !json => {
            Some(HttpResponse::build(refusal.status).content_type("text/plain; charset=utf-8").body(format!(
                "{}. {}\n",
                refusal.title.text(&words),
                refusal.sentence.text(&words)
            )))
        }
        _ => None,
    };
    let mut worded = worded.unwrap_or_else(|| refusal.problem(&words));
    make_private(worded.headers_mut());
    if let Some(seconds) = refusal.retry_after {
        worded.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    worded
}
