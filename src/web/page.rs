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
use super::{assets, brand, icon};
use crate::app::App;
use crate::db;
use crate::db::publication::Publication;
use crate::locale::{Html, Localizer, Phrase, Sentence, Text};

/// What the frame of every page shows.
pub struct Site {
    pub name: String,
    pub tagline: String,
    /// The publication's own site; empty where unset.
    pub url: String,
    pub host: String,
    pub logo_url: String,
    pub css: &'static str,
    /// The publication's colour, after `css`; empty where it is ours.
    pub brand_css: String,
    pub icon: String,
    /// Our own address, with no slash at its end.
    pub base: String,
    pub zone: Tz,
    /// What the page says, in its reader's language.
    pub words: Localizer,
}

impl Site {
    /// The site of a publication, as it stands or as it might be.
    pub fn new(app: &App, publication: &Publication) -> Site {
        let web_address =
            |text: &str| Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = web_address(&publication.url);
        Site {
            name: publication.name.clone(),
            tagline: publication.tagline.clone(),
            host: url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned(),
            url: url.map(String::from).unwrap_or_default(),
            logo_url: web_address(&publication.logo_url).map(String::from).unwrap_or_default(),
            css: assets::css(),
            brand_css: brand::path(publication),
            icon: icon::address(publication),
            base: app.config.link(""),
            zone: publication.zone(),
            words: Localizer::negotiate([publication.language.as_str()]),
        }
    }

    /// The same in the first of these languages that there is, before the publication's own.
    pub fn in_language_of<'a>(self, preferred: impl IntoIterator<Item = &'a str>) -> Site {
        let words = preferred.into_iter().find_map(Localizer::of).unwrap_or(self.words);
        Site { words, ..self }
    }

    /// The same in what its reader's browser asks for, else in one of these languages.
    pub fn for_browser<'a>(
        self,
        browser: Option<Localizer>,
        else_in: impl IntoIterator<Item = &'a str>,
    ) -> Site {
        match browser {
            Some(words) => Site { words, ..self },
            None => self.in_language_of(else_in),
        }
    }

    /// A sentence for the page, which escapes it.
    pub fn say<'a>(&self, key: &'a str) -> Sentence<'a, Text> {
        self.words.text(key)
    }

    /// A sentence with HTML of its own.
    pub fn html<'a>(&self, key: &'a str) -> Sentence<'a, Html> {
        self.words.html(key)
    }

    /// What is wrong, in the page's language; empty: nothing.
    pub fn phrase(&self, wrong: &Option<Phrase>) -> String {
        wrong.as_ref().map(|phrase| phrase.text(&self.words)).unwrap_or_default()
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
        self.words.date(&time.with_timezone(&self.zone))
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

/// A page in the language that its reader's browser asks for.
pub fn page_by_language(status: StatusCode, template: &impl Template) -> Answer {
    let mut response = page(status, template)?;
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    Ok(response)
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

/// A page that says one thing, with at most one button of each kind.
#[derive(Template)]
#[template(path = "pages/said.html")]
pub struct Said {
    pub site: Site,
    pub title: Phrase,
    pub sentence: Phrase,
    /// The key of a button's label.
    pub button: Option<&'static str>,
    /// Of a plain button that sends `all=true`.
    pub second: Option<&'static str>,
    /// Where a link leads, and the key of its label.
    pub link: Option<(&'static str, &'static str)>,
}

impl Said {
    pub fn new(site: Site, title: impl Into<Phrase>, sentence: impl Into<Phrase>) -> Said {
        let (title, sentence) = (title.into(), sentence.into());
        Said { site, title, sentence, button: None, second: None, link: None }
    }

    pub fn button(self, label: &'static str) -> Said {
        Said { button: Some(label), ..self }
    }

    pub fn second(self, label: &'static str) -> Said {
        Said { second: Some(label), ..self }
    }

    pub fn link(self, link: &'static str, label: &'static str) -> Said {
        Said { link: Some((link, label)), ..self }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::{archive, archive_feeds, confirm, pause, preferences, proof, subscribe, unsubscribe};

    fn site(words: &Localizer) -> Site {
        Site {
            tagline: String::new(),
            name: "Harbour News".to_owned(),
            url: "https://harbour.example/".to_owned(),
            host: "harbour.example".to_owned(),
            logo_url: "https://harbour.example/logo.png".to_owned(),
            css: assets::css(),
            brand_css: String::new(),
            icon: "/icon-0123456789abcdef.svg".to_owned(),
            base: "https://news.harbour.example".to_owned(),
            zone: chrono_tz::Europe::London,
            words: words.clone(),
        }
    }

    #[test]
    fn every_readers_page_is_written_in_every_language() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/pages");
        let names = std::fs::read_dir(folder).unwrap();
        let mut missing: BTreeSet<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        // The mailbox of captured mail is for whoever runs the server; the others are parts of pages.
        let not_looked_at = ["mailbox.html", "captured.html"];
        let parts = ["embed_layout.html", "form_errors.html", "subscribe_form.html"];
        missing.retain(|name| !not_looked_at.iter().chain(&parts).any(|other| name == other));
        // A key that no language has, and a name that is not filled, panic where the tests are built.
        for words in Localizer::all() {
            let site = || site(&words);
            let mut found = subscribe::samples(site);
            found.extend(confirm::samples(site));
            found.extend(preferences::samples(site));
            found.extend(pause::samples(site));
            found.extend(proof::samples(site));
            found.extend(unsubscribe::samples(site));
            found.extend(archive::samples(site));
            found.extend(archive_feeds::samples(site));
            let said = Said::new(site(), "unsubscribed-all", "unsubscribed-all-lead");
            let said = said.button("unsubscribe").second("unsubscribe-all").link("/", "subscribe-again");
            found.push(("said.html", said.render().unwrap()));
            let (lang, dir) = (words.lang(), words.dir());
            for (name, text) in found {
                missing.remove(name);
                assert!(!text.contains("{ $"), "{name} in {lang}");
                let is_page = text.starts_with("<!doctype html>");
                assert!(
                    !is_page || text.contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")),
                    "{name}"
                );
            }
        }
        assert!(missing.is_empty(), "no sample of {missing:?}");
    }
}
