//! The archive: what was sent, as it was mailed, without any reader's links.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::SecondsFormat;
use serde::Deserialize;
use serde_json::json;

use super::cursor::Cursor;
use super::page::{self, Answer, ErrorPage, Site, page_by_language};
use super::{edge, reader};
use crate::actions::archive::folded;
use crate::app::App;
use crate::db::archive::{self, ArchivedMail, Search};
use crate::db::lists::{self, List};
use crate::mail::content::{self, Content};

const PAGE_ISSUES: i64 = 30;
/// The longest text to look for, in characters, and how many words of it count.
const SEARCH_CHARS_MAX: usize = 100;
const SEARCH_WORDS_MAX: usize = 5;
/// As for any mail, and the form below it may be sent to us.
const ARCHIVED_POLICY: &str = "sandbox allow-forms; default-src 'none'; img-src https: data: 'self'; \
     style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

struct ArchiveEntry {
    slug: String,
    subject: String,
    author: String,
    list_name: String,
    summary: String,
    day: String,
}

impl ArchiveEntry {
    fn new(site: &Site, issue: archive::ArchivedCampaign) -> ArchiveEntry {
        ArchiveEntry {
            day: site.day(issue.started_at),
            slug: issue.slug,
            subject: issue.subject,
            author: issue.author,
            list_name: issue.list_name,
            summary: issue.summary,
        }
    }
}

/// A list that can be looked through alone.
struct ListChoice {
    slug: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/archive.html")]
struct ArchivePage {
    site: Site,
    /// What is looked for; empty: nothing.
    typed: String,
    lists: Vec<ListChoice>,
    /// The list that is looked through; empty: all.
    slug: String,
    issues: Vec<ArchiveEntry>,
    /// The query of the page behind this one; empty: there is none.
    older: String,
}

impl ArchivePage {
    /// Whether the archive as a whole is shown.
    fn is_whole(&self) -> bool {
        self.typed.is_empty() && self.slug.is_empty()
    }

    fn feed_query(&self) -> String {
        if self.slug.is_empty() { String::new() } else { format!("?list={}", self.slug) }
    }
}

/// What a page of the archive shows.
#[derive(Deserialize)]
pub struct Asked {
    before: Option<String>,
    q: Option<String>,
    list: Option<String>,
}

/// The public list of a slug that an address names; `None`: it names none.
pub(super) fn list_of<'a>(public: &'a [List], slug: Option<&str>) -> Result<Option<&'a List>, ErrorPage> {
    match slug.filter(|slug| !slug.is_empty()) {
        None => Ok(None),
        Some(slug) => public.iter().find(|list| list.slug == slug).map(Some).ok_or_else(ErrorPage::not_found),
    }
}

/// `GET /archive`
pub async fn list(request: HttpRequest, query: web::Query<Asked>, app: web::Data<App>) -> Answer {
    let before = match &query.before {
        None => None,
        Some(text) => Some(Cursor::parse(text).ok_or_else(ErrorPage::not_found)?.key()),
    };
    let typed: String =
        query.q.as_deref().unwrap_or_default().trim().chars().take(SEARCH_CHARS_MAX).collect();
    edge::text(&typed)?;
    let mut tx = app.db.read().await?;
    let public = lists::public(&mut tx).await?;
    let list = list_of(&public, query.list.as_deref())?;
    let site = Site::read(&app, &mut tx).await?;
    let site = site.for_browser(reader::language(&request), list.map(|list| list.language.as_str()));
    let looked_for = folded(&typed);
    let parts = looked_for.split(' ').filter(|part| !part.is_empty()).map(str::to_owned);
    let search = Search { list_id: list.map(|list| list.id), parts: parts.take(SEARCH_WORDS_MAX).collect() };
    let found = archive::search(&mut tx, &search, before, PAGE_ISSUES).await?;
    drop(tx);
    let slug = list.map(|list| list.slug.clone()).unwrap_or_default();
    let older = found.looked_to.map(|(at, id)| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &typed), ("list", &slug)].iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.append_pair("before", &Cursor::new(at, id).to_string()).finish()
    });
    let lists = public.iter().map(|list| ListChoice {
        slug: list.slug.clone(),
        name: list.name.clone(),
        chosen: list.slug == slug,
    });
    let page = ArchivePage {
        lists: lists.collect(),
        issues: found.campaigns.into_iter().map(|issue| ArchiveEntry::new(&site, issue)).collect(),
        older: older.unwrap_or_default(),
        typed,
        slug,
        site,
    };
    page_by_language(StatusCode::OK, &page)
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

impl Around<'_> {
    /// The same for machines (schema.org), as it may stand in a document.
    fn linked_data(&self) -> String {
        let (mail, site) = (self.mail, self.site);
        let publisher = json!({ "@type": "Organization", "name": site.name, "url": site.base });
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": mail.subject,
            "datePublished": mail.started_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "inLanguage": site.words.lang(),
            "mainEntityOfPage": self.url,
            "isPartOf": { "@type": "CreativeWorkSeries", "name": mail.list_name },
            "isAccessibleForFree": true,
            "publisher": publisher,
        });
        if !site.logo_url.is_empty() {
            data["publisher"]["logo"] = json!({ "@type": "ImageObject", "url": site.logo_url });
        }
        data["author"] = match mail.author.as_str() {
            "" => publisher,
            name => json!({ "@type": "Person", "name": name }),
        };
        for (name, text) in [("description", &self.description), ("image", &self.picture)] {
            if !text.is_empty() {
                data[name] = json!(text);
            }
        }
        // No text ends the element, whatever stands in it.
        data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }
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

/// The pages with something in each of their places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    use chrono::DateTime;

    let entry = || ArchiveEntry {
        slug: "quay-nine".to_owned(),
        subject: "Quay nine stays shut".to_owned(),
        author: "Marta".to_owned(),
        list_name: "World".to_owned(),
        day: "24 November 2026".to_owned(),
        summary: "The crane leaned.".to_owned(),
    };
    let choice =
        |slug: &str| ListChoice { slug: slug.to_owned(), name: "World".to_owned(), chosen: slug == "world" };
    let shown = |typed: &str, slug: &str, issues, older: &str| ArchivePage {
        site: site(),
        typed: typed.to_owned(),
        lists: vec![choice("world"), choice("sport")],
        slug: slug.to_owned(),
        issues,
        older: older.to_owned(),
    };
    let full = shown("crane", "world", vec![entry()], "before=x");
    let (bare, none) = (shown("", "", Vec::new(), ""), shown("crane", "", Vec::new(), "before=x"));
    let mail = ArchivedMail {
        subject: "Quay nine stays shut".to_owned(),
        mail_html: "<html><head><title>x</title></head><body class=\"a\">text</body></html>".to_owned(),
        mail_content: None,
        started_at: DateTime::UNIX_EPOCH,
        author: String::new(),
        list_slug: "world".to_owned(),
        list_name: "World".to_owned(),
        list_language: String::new(),
    };
    let (site, url) = (site(), "https://news.example/archive/quay-nine".to_owned());
    let (description, picture) =
        ("The crane leaned.".to_owned(), "https://news.example/crane.jpg".to_owned());
    let around = Around { site: &site, mail: &mail, url, description, picture };
    assert!(!around.linked_data().contains('<'));
    let whole = around.put_around().unwrap();
    assert!(whole.starts_with("<html><head>") && whole.ends_with("</body></html>"), "{whole}");
    assert_eq!((whole.matches("<body").count(), whole.matches("text</").count()), (1, 0), "{whole}");
    vec![
        ("archive.html", full.render().unwrap()),
        ("archive.html", bare.render().unwrap()),
        ("archive.html", none.render().unwrap()),
        ("archived_head.html", ArchivedHead(&around).render().unwrap()),
        ("archived_top.html", ArchivedTop(&around).render().unwrap()),
        ("archived_foot.html", ArchivedFoot(&around).render().unwrap()),
    ]
}
