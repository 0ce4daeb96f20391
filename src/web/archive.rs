//! The archive: what was sent, as it was mailed, without any reader's links.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::SecondsFormat;
use serde::Deserialize;
use uuid::Uuid;

use super::cursor::Cursor;
use super::page::{self, Answer, ErrorPage, Site, page};
use crate::app::App;
use crate::db::archive;

const PAGE_ISSUES: usize = 30;

struct Shown {
    id: Uuid,
    slug: String,
    subject: String,
    author: String,
    list_name: String,
    day: String,
    time: String,
}

impl Shown {
    fn new(site: &Site, issue: archive::Issue) -> Shown {
        Shown {
            id: issue.id,
            day: site.day(issue.started_at),
            time: issue.started_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            slug: issue.slug,
            subject: issue.subject,
            author: issue.author,
            list_name: issue.list_name,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/archive.html")]
struct ArchivePage {
    site: Site,
    issues: Vec<Shown>,
    older: String,
}

#[derive(Template)]
#[template(path = "pages/feed.xml")]
struct Feed {
    site: Site,
    issues: Vec<Shown>,
    updated: String,
}

/// Where a page of the archive begins.
#[derive(Deserialize)]
pub struct Before {
    before: Option<String>,
}

/// `GET /archive`
pub async fn list(query: web::Query<Before>, app: web::Data<App>) -> Answer {
    let before = match &query.before {
        None => None,
        Some(text) => Some(Cursor::parse(text).ok_or_else(ErrorPage::not_found)?.key()),
    };
    let mut tx = app.db.read().await?;
    let site = Site::read(&app, &mut tx).await?;
    let mut issues = archive::newest(&mut tx, before, PAGE_ISSUES as i64 + 1).await?;
    let more = issues.len() > PAGE_ISSUES;
    issues.truncate(PAGE_ISSUES);
    let older = issues
        .last()
        .filter(|_| more)
        .map(|last| Cursor::new(last.started_at, last.id).to_string())
        .unwrap_or_default();
    let issues = issues.into_iter().map(|issue| Shown::new(&site, issue)).collect();
    page(StatusCode::OK, &ArchivePage { site, issues, older })
}

/// `GET /archive/{slug}`: the mail itself. In a frame of our pages its links would not work, for
/// the sandbox keeps them from leaving the frame.
pub async fn show(slug: web::Path<String>, app: web::Data<App>) -> Answer {
    if !slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(ErrorPage::not_found());
    }
    let mut tx = app.db.read().await?;
    let html = archive::mail_html(&mut tx, &slug).await?.ok_or_else(ErrorPage::not_found)?;
    Ok(page::mail(html))
}

/// `GET /archive/feed.xml`: Atom.
pub async fn feed(app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let site = Site::read(&app, &mut tx).await?;
    let issues = archive::newest(&mut tx, None, 30).await?;
    drop(tx);
    let issues: Vec<Shown> = issues.into_iter().map(|issue| Shown::new(&site, issue)).collect();
    let updated =
        issues.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |issue| issue.time.clone());
    let mut feed = Feed { site, issues, updated };
    // XML 1.0 has no control signs, not even escaped.
    let clean = |text: &mut String| text.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    clean(&mut feed.site.name);
    for issue in &mut feed.issues {
        clean(&mut issue.subject);
        clean(&mut issue.author);
        clean(&mut issue.list_name);
    }
    let xml = feed.render().map_err(|_| ErrorPage::not_found())?;
    Ok(HttpResponse::Ok().content_type("application/atom+xml; charset=utf-8").body(xml))
}
