//! What pages share: the publication's frame, a page that says one thing, and a mail's HTML.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

pub use super::error_page::{Answer, ErrorPage};
pub use super::reader::prefers_json;
use super::{assets, brand};
use crate::app::App;
use crate::db;
use crate::db::publication::Publication;

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
