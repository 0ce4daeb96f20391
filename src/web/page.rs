//! What pages share: the publication's frame, refusals, and the headers of every answer.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use super::{assets, brand, connection, edge};
use crate::actions;
use crate::app::App;
use crate::db;
use crate::db::publication::Publication;
use crate::domain::refusal::{Kind, Refusal};

/// What the frame of every page shows.
pub struct Site {
    pub name: String,
    /// The publication's own site; empty where unset.
    pub url: String,
    pub host: String,
    pub logo_url: String,
    pub css: &'static str,
    /// The publication's colour, after `css`; empty where it is ours.
    pub brand_css: String,
    pub icon: &'static str,
    /// Our own address, with no slash at its end.
    pub base: String,
    pub zone: Tz,
}

impl Site {
    /// The site of a publication, as it stands or as it might be.
    pub fn new(app: &App, publication: &Publication) -> Site {
        let web_address =
            |text: &str| Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = web_address(&publication.url);
        Site {
            name: publication.name.clone(),
            host: url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned(),
            url: url.map(String::from).unwrap_or_default(),
            logo_url: web_address(&publication.logo_url).map(String::from).unwrap_or_default(),
            css: assets::css(),
            brand_css: brand::path(publication),
            icon: assets::icon(),
            base: app.config.link(""),
            zone: publication.zone(),
        }
    }

    /// The site, read in a transaction.
    pub async fn read(app: &App, tx: &mut db::Tx) -> sqlx::Result<Site> {
        Ok(Site::new(app, &db::publication::get(tx).await?))
    }

    /// The site for a page that needs nothing else of the database.
    pub async fn of(app: &App) -> sqlx::Result<Site> {
        Site::read(app, &mut app.db.read().await?).await
    }

    /// A day where the publication is: "24 November 2026".
    pub fn day(&self, time: DateTime<Utc>) -> String {
        time.with_timezone(&self.zone).format("%-d %B %Y").to_string()
    }
}

/// Why a request gets no page of its own. Shown in the site's frame, or as problem details (RFC
/// 9457) to who prefers JSON.
#[derive(Debug, thiserror::Error)]
#[error("{title}: {sentence}")]
pub struct ErrorPage {
    pub status: StatusCode,
    pub title: String,
    pub sentence: String,
    /// The field of the form that is wrong; empty where none is.
    pub field: &'static str,
    /// Seconds until it may work.
    pub retry_after: Option<u64>,
}

impl ErrorPage {
    pub fn new(status: StatusCode, title: &str, sentence: &str) -> ErrorPage {
        ErrorPage {
            status,
            title: title.to_owned(),
            sentence: sentence.to_owned(),
            field: "",
            retry_after: None,
        }
    }

    pub fn not_found() -> ErrorPage {
        ErrorPage::of(StatusCode::NOT_FOUND)
    }

    /// A link that we did not sign.
    pub fn bad_link() -> ErrorPage {
        ErrorPage::new(
            StatusCode::NOT_FOUND,
            "This link is not whole",
            "Some sign of it is missing or changed. Open it from the mail again, or copy all of it.",
        )
    }

    /// A link whose subscriber was erased.
    pub fn nobody() -> ErrorPage {
        ErrorPage::new(
            StatusCode::NOT_FOUND,
            "We keep nothing about this address",
            "It was erased, and gets no mail from us.",
        )
    }

    fn of(status: StatusCode) -> ErrorPage {
        let (title, sentence) = match status {
            StatusCode::NOT_FOUND => {
                ("There is no page here", "The address may be mistyped, or what was here is gone.")
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                ("This page can't do that", "The address is right, the method is not.")
            }
            StatusCode::REQUEST_TIMEOUT => {
                ("This took too long", "What you sent did not arrive in time. Send it again.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("That is too much", "What was sent is larger than 16 KB. A form here holds far less.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("We can't read that", "Send a form (application/x-www-form-urlencoded) or JSON.")
            }
            status if status.is_client_error() => {
                ("We can't read that", "The request is not whole. Go back and try once more.")
            }
            _ => ("This failed on our side", "Nothing was changed. Try again in a minute."),
        };
        ErrorPage::new(status, title, sentence)
    }

    /// Problem details, RFC 9457.
    pub fn problem(&self) -> HttpResponse {
        let mut problem = serde_json::json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.sentence,
        });
        if !self.field.is_empty() {
            problem["errors"] = serde_json::json!([{ "field": self.field, "detail": self.sentence }]);
        }
        HttpResponse::build(self.status).content_type("application/problem+json").body(problem.to_string())
    }
}

impl From<actions::Error> for ErrorPage {
    fn from(error: actions::Error) -> ErrorPage {
        match error {
            actions::Error::Refused(refusal) => refusal.into(),
            actions::Error::Database(error) => error.into(),
            actions::Error::Failed(error) => {
                tracing::error!(error = format!("{error:#}"), "what a page asked for failed");
                ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl From<Refusal> for ErrorPage {
    fn from(refusal: Refusal) -> ErrorPage {
        let (status, title) = match refusal.code.kind {
            Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "That can't be done"),
            Kind::Forbidden => (StatusCode::FORBIDDEN, "You may not do this"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "It is not there"),
            Kind::Conflict => (StatusCode::CONFLICT, "That can't be done"),
            Kind::TooSoon => (StatusCode::TOO_MANY_REQUESTS, "That has to wait"),
        };
        ErrorPage { field: refusal.field, ..ErrorPage::new(status, title, &refusal.sentence()) }
    }
}

impl From<sqlx::Error> for ErrorPage {
    fn from(error: sqlx::Error) -> Self {
        if db::is_unstorable(&error) {
            tracing::info!(error = &error as &dyn std::error::Error, "a request holds what can't be stored");
            return edge::unstorable();
        }
        tracing::error!(error = &error as &dyn std::error::Error, "the database refused a page");
        ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl ResponseError for ErrorPage {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    // The words come in `finish`, which knows the publication.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status)
    }
}

/// What a handler answers.
pub type Answer = Result<HttpResponse, ErrorPage>;

/// A page.
pub fn page(status: StatusCode, template: &impl Template) -> Answer {
    let html = template.render().map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a page could not be written");
        ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}

/// A page that only its token's holder should see: kept nowhere, and named to no other site.
pub fn private(status: StatusCode, template: &impl Template) -> Answer {
    let mut response = page(status, template)?;
    make_private(response.headers_mut());
    Ok(response)
}

/// The same for an answer that is made already.
pub fn make_private(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// A page that says one thing, with at most one button.
#[derive(Template)]
#[template(path = "pages/said.html")]
pub struct Said<'a> {
    pub site: Site,
    pub title: &'a str,
    pub sentence: &'a str,
    /// Empty: none.
    pub button: &'a str,
    /// A plain button that sends `all=true`; empty: none.
    pub second: &'a str,
    /// Empty: none.
    pub link: &'a str,
    pub link_label: &'a str,
}

impl<'a> Said<'a> {
    pub fn new(site: Site, title: &'a str, sentence: &'a str) -> Said<'a> {
        Said { site, title, sentence, button: "", second: "", link: "", link_label: "" }
    }

    pub fn button(self, button: &'a str) -> Said<'a> {
        Said { button, ..self }
    }

    pub fn link(self, link: &'a str, link_label: &'a str) -> Said<'a> {
        Said { link, link_label, ..self }
    }
}

/// `i***@example.org`: enough for its owner to know it, too little to write to.
pub fn mask(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", local.chars().next().unwrap_or('?'))
}

/// Whether a request would rather have JSON than a page.
pub fn prefers_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut best = (0.0f32, 0.0f32);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or("").to_ascii_lowercase();
        let q = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        match kind.as_str() {
            "application/json" | "application/problem+json" => best.0 = best.0.max(q),
            "text/html" | "application/xhtml+xml" => best.1 = best.1.max(q),
            _ => {}
        }
    }
    best.0 > 0.0 && best.0 >= best.1
}

/// The policy of our own pages: nothing from elsewhere but pictures, and no inline style.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of the desk: our own scripts, which speak to us only, and previews in frames.
const DESK_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' https: data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of our own pages that frame a mail.
pub const FRAMING_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; \
     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a mail's HTML, which somebody else wrote.
pub const MAIL_POLICY: &str = "sandbox; default-src 'none'; img-src https: data: 'self'; \
     style-src 'unsafe-inline'; frame-ancestors 'self'";

/// A mail's HTML at its own URL.
pub fn mail(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, MAIL_POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(html)
}

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
                    Some(known) => {
                        ErrorPage { title: known.title.clone(), sentence: known.sentence.clone(), ..*known }
                    }
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
    let json = prefers_json(request.headers()) || is_json(request);
    let words = match site {
        Some(_) if !json && is_desk(request) => super::desk::error_page(request, refusal).await,
        Some(site) if !json => {
            let said = Said::new(site, &refusal.title, &refusal.sentence);
            let link = if request.method() == Method::GET { "Subscribe page" } else { "To the form" };
            page(refusal.status, &said.link("/", link)).ok()
        }
        Some(_) => None,
        // The database is away: words without the frame.
        None if !json => Some(
            HttpResponse::build(refusal.status)
                .content_type("text/plain; charset=utf-8")
                .body(format!("{}. {}\n", refusal.title, refusal.sentence)),
        ),
        None => None,
    };
    let mut words = words.unwrap_or_else(|| refusal.problem());
    make_private(words.headers_mut());
    if let Some(seconds) = refusal.retry_after {
        words.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    words
}

/// Whether a request's body is JSON.
pub fn is_json(request: &HttpRequest) -> bool {
    let kind = super::reader::content_type(request);
    kind == "application/json" || kind.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_a_page_and_a_script_gets_json() {
        let prefers = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            prefers_json(&headers)
        };
        assert!(!prefers("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!prefers("*/*"));
        assert!(!prefers("text/html, application/json;q=0.5"));
        assert!(prefers("application/json, text/plain, */*"));
    }

    #[test]
    fn a_masked_address_can_not_be_written_to() {
        assert_eq!(mask("ines@example.org"), "i***@example.org");
    }
}
