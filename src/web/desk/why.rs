//! Why a reader got, or did not get, an article: a sentence each, on the reader's pages and on the article's.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab};
use crate::actions::why::Reader;
use crate::app::App;
use crate::db::articles::{self, Article};
use crate::db::drafts::{self, ArticleFilter};
use crate::db::subscribers::{self, Subscriber};
use crate::db::{Tx, merges, why};
use crate::domain::email_address::EmailAddress;
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};

/// Articles that a reader's record shows, and their page of articles.
pub const ON_RECORD: i64 = 5;
const ON_PAGE: i64 = 20;
const TITLE_PART_MAX: usize = 200;
const ADDRESS_MAX: usize = 254;

/// An article, and what became of it for a reader.
pub struct WhyRow {
    pub id: Uuid,
    pub title: String,
    pub mark: &'static str,
    pub sentence: String,
}

#[derive(Template)]
#[template(path = "admin/subscriber_articles.html")]
struct ArticlesPage {
    desk: Desk,
    subscriber: Subscriber,
    rows: Vec<WhyRow>,
    typed: String,
}

/// The latest articles of a reader's lists, or those whose title has `part` in it.
pub async fn rows(
    tx: &mut Tx,
    desk: &Desk,
    subscriber: &Subscriber,
    part: &str,
    limit: i64,
) -> sqlx::Result<Vec<WhyRow>> {
    let found: Vec<Uuid> = match part.is_empty() {
        true => why::latest(tx, subscriber.id, limit).await?.into_iter().map(|(id, _)| id).collect(),
        false => {
            let filter = ArticleFilter { title: part.to_owned(), ..ArticleFilter::default() };
            let found = drafts::articles_page(tx, &filter, Uuid::max(), limit).await?;
            found.into_iter().map(|article| article.id).collect()
        }
    };
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let reader = Reader::read(tx, subscriber, desk.now).await?;
    let mut rows = Vec::with_capacity(found.len());
    for id in found {
        let Some(article) = articles::get(tx, id).await? else { continue };
        rows.push(row(tx, desk, &reader, article).await?);
    }
    Ok(rows)
}

async fn row(tx: &mut Tx, desk: &Desk, reader: &Reader, article: Article) -> sqlx::Result<WhyRow> {
    let told = reader.answer(tx, &article).await?;
    let title = if article.title.is_empty() { say("campaign-untitled").to_string() } else { article.title };
    Ok(WhyRow { id: article.id, title, mark: told.mark(), sentence: told.sentence(desk.zone, desk.now) })
}

/// `GET /admin/subscribers/{id}/articles`: `q`, a part of a title.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let id = merges::resolve(&mut tx, *id).await?;
    let subscriber = subscribers::by_id(&mut tx, id).await?.ok_or_else(ErrorPage::nobody)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let query = Fields::of_query(request.query_string());
    let typed: String = query.line("q").chars().take(TITLE_PART_MAX).collect();
    let rows = rows(&mut tx, &desk, &subscriber, &typed, ON_PAGE).await?;
    page(StatusCode::OK, &ArticlesPage { desk, subscriber, rows, typed })
}

/// What an article's page was asked about a reader.
#[derive(Default)]
pub struct Asked {
    /// The address, as it was typed.
    pub typed: String,
    /// The reader, where there is one.
    pub subscriber: Option<Uuid>,
    pub mark: &'static str,
    /// Empty: nothing was asked.
    pub sentence: String,
}

/// Answers `?reader=ADDRESS` on an article's page.
pub async fn ask(tx: &mut Tx, desk: &Desk, article: &Article, request: &HttpRequest) -> sqlx::Result<Asked> {
    let typed = Fields::of_query(request.query_string()).line("reader");
    let typed: String = typed.chars().take(ADDRESS_MAX).collect();
    if typed.is_empty() {
        return Ok(Asked::default());
    }
    let found = match EmailAddress::parse(&typed) {
        Ok(email) => subscribers::by_email(tx, &email).await?,
        Err(_) => None,
    };
    let Some(subscriber) = found else {
        let sentence = say("why-reader-unknown").with("email", &typed).to_string();
        return Ok(Asked { typed, subscriber: None, mark: "skipped", sentence });
    };
    let told = Reader::read(tx, &subscriber, desk.now).await?.answer(tx, article).await?;
    let sentence = told.sentence(desk.zone, desk.now);
    Ok(Asked { typed, subscriber: Some(subscriber.id), mark: told.mark(), sentence })
}
