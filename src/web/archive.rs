//! The archive: what was sent, as it was mailed, without any reader's links.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::SecondsFormat;
use serde::Deserialize;
use uuid::Uuid;

use super::cursor::Cursor;
use super::page::{self, Answer, ErrorPage, Site, page};
use crate::app::App;
use crate::db::archive::{self, ArchivedMail};
use crate::mail::content::{self, Content};

const PAGE_ISSUES: usize = 30;
/// As for any mail, and the form below it may be sent to us.
const ARCHIVED_POLICY: &str = "sandbox allow-forms; default-src 'none'; img-src https: data: 'self'; \
     style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

struct ArchiveEntry {
    id: Uuid,
    slug: String,
    subject: String,
    author: String,
    list_name: String,
    day: String,
    time: String,
}

impl ArchiveEntry {
    fn new(site: &Site, issue: archive::ArchivedCampaign) -> ArchiveEntry {
        ArchiveEntry {
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
    issues: Vec<ArchiveEntry>,
    older: String,
}

#[derive(Template)]
#[template(path = "pages/feed.xml")]
struct Feed {
    site: Site,
    issues: Vec<ArchiveEntry>,
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
    let issues = issues.into_iter().map(|issue| ArchiveEntry::new(&site, issue)).collect();
    page(StatusCode::OK, &ArchivePage { site, issues, older })
}

/// What stands around an archived mail: for whoever followed a link to it and is no subscriber yet.
struct Around<'a> {
    site: &'a Site,
    mail: &'a ArchivedMail,
    url: String,
    /// What inboxes show behind the subject.
    description: String,
    /// The address of its first picture; empty where there is none.
    picture: String,
}

#[derive(Template)]
#[template(path = "pages/archived_head.html")]
struct ArchivedHead<'a>(&'a Around<'a>);

#[derive(Template)]
#[template(path = "pages/archived_top.html")]
struct ArchivedTop<'a>(&'a Around<'a>);

#[derive(Template)]
#[template(path = "pages/archived_foot.html")]
struct ArchivedFoot<'a>(&'a Around<'a>);

impl Around<'_> {
    /// The mail's document with what stands around it.
    fn put_around(&self) -> askama::Result<String> {
        let html = self.mail.mail_html.as_str();
        let parts = html.split_once("<head>").and_then(|(start, rest)| {
            let (head, rest) = rest.split_once("<body")?;
            let (attributes, rest) = rest.split_once('>')?;
            let (body, end) = rest.rsplit_once("</body>")?;
            Some((start, head, attributes, body, end))
        });
        // All that we wrote has them.
        let Some((start, head, attributes, body, end)) = parts else { return Ok(html.to_owned()) };
        let (in_head, top, foot) =
            (ArchivedHead(self).render()?, ArchivedTop(self).render()?, ArchivedFoot(self).render()?);
        Ok(format!("{start}<head>{in_head}{head}<body{attributes}>{top}{body}{foot}</body>{end}"))
    }
}

/// The address of the picture that stands above a mail's text.
fn picture(html: &str) -> Option<&str> {
    let (_, from) = html.split_once("<td class=\"picture\"")?;
    let (_, from) = from.split_once("<img src=\"")?;
    Some(from.split_once('"')?.0)
}

/// `GET /archive/{slug}`: the mail itself. In a frame of our pages its links would not work, for
/// the sandbox keeps them from leaving the frame.
pub async fn show(slug: web::Path<String>, app: web::Data<App>) -> Answer {
    if !slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(ErrorPage::not_found());
    }
    let mut tx = app.db.read().await?;
    let mail = archive::mail(&mut tx, &slug).await?.ok_or_else(ErrorPage::not_found)?;
    let site = Site::read(&app, &mut tx).await?;
    drop(tx);
    let content: Option<Content> =
        mail.mail_content.as_deref().and_then(|stored| serde_json::from_str(stored).ok());
    let language = content.as_ref().map(|content| content.language.as_str()).unwrap_or_default();
    let site = site.in_language_of([language, mail.list_language.as_str()]);
    let around = Around {
        url: format!("{}/archive/{slug}", site.base),
        description: content
            .as_ref()
            .map(|content| content::public_line(content, &content.preheader))
            .unwrap_or_default(),
        // It is HTML there, and becomes HTML again.
        picture: picture(&mail.mail_html).unwrap_or_default().replace("&amp;", "&"),
        site: &site,
        mail: &mail,
    };
    let html = around.put_around().map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "an archived mail could not be written");
        ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let mut response = page::mail(html);
    let policy = HeaderValue::from_static(ARCHIVED_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// `GET /archive/feed.xml`: Atom.
pub async fn feed(app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let site = Site::read(&app, &mut tx).await?;
    let issues = archive::newest(&mut tx, None, 30).await?;
    drop(tx);
    let issues: Vec<ArchiveEntry> = issues.into_iter().map(|issue| ArchiveEntry::new(&site, issue)).collect();
    let updated =
        issues.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |issue| issue.time.clone());
    let mut feed = Feed { site, issues, updated };
    // XML 1.0 has no control characters, not even escaped.
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

/// The pages with something in each of their places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let entry = || ArchiveEntry {
        id: Uuid::nil(),
        slug: "quay-nine".to_owned(),
        subject: "Quay nine stays shut".to_owned(),
        author: "Marta".to_owned(),
        list_name: "World".to_owned(),
        day: "24 November 2026".to_owned(),
        time: "2026-11-24T09:41:00Z".to_owned(),
    };
    let full = ArchivePage { site: site(), issues: vec![entry()], older: "x".to_owned() };
    let bare = ArchivePage { site: site(), issues: Vec::new(), older: String::new() };
    let feed = Feed { site: site(), issues: vec![entry()], updated: "2026-11-24T09:41:00Z".to_owned() };
    let mail = ArchivedMail {
        subject: "Quay nine stays shut".to_owned(),
        mail_html: "<html><head><title>x</title></head><body class=\"a\">text</body></html>".to_owned(),
        mail_content: None,
        list_slug: "world".to_owned(),
        list_language: String::new(),
    };
    let (site, url) = (site(), "https://news.example/archive/quay-nine".to_owned());
    let (description, picture) =
        ("The crane leaned.".to_owned(), "https://news.example/crane.jpg".to_owned());
    let around = Around { site: &site, mail: &mail, url, description, picture };
    let whole = around.put_around().unwrap();
    assert!(whole.starts_with("<html><head>") && whole.ends_with("</body></html>"), "{whole}");
    assert_eq!((whole.matches("<body").count(), whole.matches("text</").count()), (1, 0), "{whole}");
    vec![
        ("archive.html", full.render().unwrap()),
        ("archive.html", bare.render().unwrap()),
        ("feed.xml", feed.render().unwrap()),
        ("archived_head.html", ArchivedHead(&around).render().unwrap()),
        ("archived_top.html", ArchivedTop(&around).render().unwrap()),
        ("archived_foot.html", ArchivedFoot(&around).render().unwrap()),
    ]
}
