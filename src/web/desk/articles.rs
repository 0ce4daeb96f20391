//! Articles: those that feeds brought, and our own, written in Markdown.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};
use url::Url;
use uuid::Uuid;

use super::compose::{Failed, failed, refuse, saved_json};
use super::frame::{Desk, Fields, Me, Tab, done};
use super::why::{self, Asked};
use crate::actions::Context;
use crate::actions::editorial;
use crate::app::App;
use crate::articles::{clean, html};
use crate::db::articles::{self, Article};
use crate::db::drafts::{self, ArticleFilter, ArticleState, DeskArticle, OwnArticle, Version};
use crate::db::{feeds, holds};
use crate::domain::hold::Hold;
use crate::locale::{Phrase, say, say_html};
use crate::web::page::{Answer, ErrorPage, mail, page, prefers_json};
use crate::web::{assets, query};

const PAGE_ROWS: i64 = 50;
const TITLE_PART_MAX: usize = 200;

#[derive(Template)]
#[template(path = "admin/articles.html")]
struct ArticlesPage {
    desk: Desk,
    articles: Vec<DeskArticle>,
    filter: ArticleFilter,
    is_first: bool,
    /// The filter, and with it the page of older ones, if there are any.
    query: String,
    older: Option<String>,
}

impl ArticlesPage {
    fn is_filtered(&self) -> bool {
        self.filter != ArticleFilter::default()
    }
}

#[derive(Template)]
#[template(path = "admin/article.html")]
struct ArticlePage {
    desk: Desk,
    article: Article,
    /// All that holds it.
    holds: Vec<Hold>,
    retired_at: Option<DateTime<Utc>>,
    /// The feed that listed it, where it is held: its page's buttons decide.
    feed: Option<Uuid>,
    /// Whether a reader got it.
    asked: Asked,
}

#[derive(Template)]
#[template(path = "admin/article_edit.html")]
struct EditPage {
    desk: Desk,
    script: String,
    article: OwnArticle,
    retired_at: Option<DateTime<Utc>>,
    versions: Vec<Version>,
    /// Campaigns that hold it: it can't be deleted.
    campaigns: i64,
    field: &'static str,
    error: String,
    /// Somebody saved in between: the version that stands.
    conflict: Option<OwnArticle>,
    /// Whether a reader got it.
    asked: Asked,
}

/// `GET /admin/articles`: `?state=&from=&q=&before=ID`.
pub async fn list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let (mut filter, mut before) = (ArticleFilter::default(), None);
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match &*name {
            "state" => filter.state = ArticleState::parse(&value).unwrap_or_default(),
            "from" if value == "ours" => filter.ours = Some(true),
            "from" if value == "feed" => filter.ours = Some(false),
            "q" => filter.title = value.trim().chars().take(TITLE_PART_MAX).collect(),
            "before" => before = Uuid::parse_str(&value).ok(),
            _ => {}
        }
    }
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Articles).await?;
    let from = before.unwrap_or(Uuid::max());
    let mut articles = drafts::articles_page(&mut tx, &filter, from, PAGE_ROWS + 1).await?;
    let more = articles.len() > PAGE_ROWS as usize;
    articles.truncate(PAGE_ROWS as usize);
    let asked = [
        ("state", filter.state.as_str()),
        ("from", filter.ours.map_or("", |ours| if ours { "ours" } else { "feed" })),
        ("q", &filter.title),
    ];
    let query = query::of(asked.into_iter().filter(|(_, value)| !value.is_empty()));
    let older = articles.last().filter(|_| more).map(|last| format!("{query}&before={}", last.id));
    page(StatusCode::OK, &ArticlesPage { desk, articles, filter, is_first: before.is_none(), query, older })
}

/// `POST /admin/articles/new`: `title`.
pub async fn begin(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let id = editorial::begin_article(&Context::new(&app, me.actor()), &fields.line("title"))
        .await
        .map_err(refuse)?;
    Ok(super::see_other(&format!("/admin/articles/{id}")))
}

fn parse(id: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(id).map_err(|_| ErrorPage::not_found())
}

/// `GET /admin/articles/{id}`: the editor for one of ours, the record of one from a feed.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let id = parse(&id)?;
    let mut tx = app.db.read().await?;
    if let Some(article) = drafts::own_article(&mut tx, id).await? {
        drop(tx);
        return edit_page(&app, &me, &request, article, "none", String::new(), None).await;
    }
    let article = articles::get(&mut tx, id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Articles).await?;
    let holds = holds::of_article(&mut tx, id).await?;
    let feed = match holds.is_empty() {
        false => feeds::that_listed(&mut tx, id).await?,
        true => None,
    };
    let retired_at = articles::retired_at(&mut tx, id).await?;
    let asked = why::ask(&mut tx, &desk, &article, &request).await?;
    page(StatusCode::OK, &ArticlePage { desk, article, holds, retired_at, feed, asked })
}

async fn edit_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    article: OwnArticle,
    field: &'static str,
    error: String,
    conflict: Option<OwnArticle>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Articles).await?;
    let versions = drafts::article_versions(&mut tx, article.id, 30).await?;
    let campaigns = drafts::count_campaigns_with(&mut tx, article.id).await?;
    let retired_at = articles::retired_at(&mut tx, article.id).await?;
    let asked = match articles::get(&mut tx, article.id).await? {
        Some(stored) => why::ask(&mut tx, &desk, &stored, request).await?,
        None => Asked::default(),
    };
    let status = match (&conflict, error.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let script = assets::path("editor.js");
    page(
        status,
        &EditPage { desk, script, article, retired_at, versions, campaigns, field, error, conflict, asked },
    )
}

/// `POST /admin/articles/{id}`: `version`, `title`, `author`, `url`, `markdown`.
pub async fn save(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let id = parse(&id)?;
    let typed = OwnArticle {
        id,
        title: fields.line("title"),
        url: fields.text("url").to_owned(),
        author: fields.line("author"),
        markdown: fields.raw("markdown").replace("\r\n", "\n"),
        version: fields.text("version").parse().unwrap_or(-1),
        updated_at: None,
        updated_by: None,
    };
    let saved = editorial::save_article(&Context::new(&app, me.actor()), &typed).await;
    if prefers_json(request.headers()) {
        return Ok(saved_json(saved, &app).await);
    }
    match saved {
        Ok(_) => Ok(done(&app, &format!("/admin/articles/{id}"), say("campaign-saved").to_string())),
        Err(error) => match failed(error) {
            Failed::Refused(refusal) => {
                edit_page(&app, &me, &request, typed, refusal.field, refusal.sentence(), None).await
            }
            Failed::SavedBetween(saved) => {
                let theirs = drafts::own_article(&mut app.db.read().await?, id).await?;
                let sentence = say("campaign-conflict-head").with("name", &saved.by).to_string();
                let typed = OwnArticle { version: saved.version, ..typed };
                edit_page(&app, &me, &request, typed, "none", sentence, theirs).await
            }
            Failed::Page(page) => Err(page),
        },
    }
}

/// `POST /admin/articles/{id}/restore`: `restore`, a version.
pub async fn restore(app: web::Data<App>, me: Me, id: web::Path<String>, fields: Fields) -> Answer {
    let id = parse(&id)?;
    let mut tx = app.db.read().await?;
    let stands = drafts::own_article(&mut tx, id).await?.ok_or_else(ErrorPage::not_found)?;
    let wanted: i64 = fields.text("restore").parse().unwrap_or(-1);
    let versions = drafts::article_versions(&mut tx, id, 1000).await?;
    let version =
        versions.into_iter().find(|version| version.version == wanted).ok_or_else(ErrorPage::not_found)?;
    drop(tx);
    let article = OwnArticle { title: version.title, markdown: version.markdown, ..stands };
    editorial::save_article(&Context::new(&app, me.actor()), &article).await.map_err(refuse)?;
    Ok(done(&app, &format!("/admin/articles/{id}"), say("campaign-version-restored").to_string()))
}

/// `POST /admin/articles/{id}/delete`
pub async fn delete(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let title =
        editorial::delete_article(&Context::new(&app, me.actor()), parse(&id)?).await.map_err(refuse)?;
    let sentence = match title.is_empty() {
        true => say("article-deleted"),
        false => say("article-deleted-named").with("title", title),
    };
    Ok(done(&app, "/admin/articles", sentence.to_string()))
}

/// `POST /admin/articles/{id}/retire`
pub async fn retire(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let id = parse(&id)?;
    editorial::retire_article(&Context::new(&app, me.actor()), id).await.map_err(refuse)?;
    Ok(done(&app, &format!("/admin/articles/{id}"), say("article-retired").to_string()))
}

/// `POST /admin/articles/{id}/bring-back`
pub async fn bring_back(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let id = parse(&id)?;
    editorial::bring_back_article(&Context::new(&app, me.actor()), id).await.map_err(refuse)?;
    Ok(done(&app, &format!("/admin/articles/{id}"), say("article-restored").to_string()))
}

/// `GET /admin/articles/{id}/preview`: its HTML as a mail would show it.
pub async fn preview(app: web::Data<App>, id: web::Path<String>) -> Answer {
    let article =
        articles::get(&mut app.db.read().await?, parse(&id)?).await?.ok_or_else(ErrorPage::not_found)?;
    let article_html =
        if article.content_html.is_empty() { article.summary_html } else { article.content_html };
    shown(&app, &article.url, article_html).await
}

async fn shown(app: &App, url: &str, article_html: String) -> Answer {
    let base = Url::parse(url).unwrap_or_else(|_| app.config.base_url.clone());
    let html =
        html::apart(move || clean::email_html(&article_html, &base)).await.flatten().map_err(|error| {
            let why = Phrase::new("desk-error-because").with("why", error.to_string());
            ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-no-preview", why)
        })?;
    let title = say_html("campaign-preview");
    Ok(mail(format!(
        "<!doctype html><html lang=\"\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"color-scheme\" content=\"light dark\"><style>html{{background:Canvas}}body{{font:17px/27px ui-serif,Palatino Linotype,P052,\
         Georgia,serif;max-width:600px;margin:16px auto;padding:0 16px;overflow-wrap:break-word}}img{{max-width:100%;\
         height:auto}}</style></head><body dir=\"auto\">{html}</body></html>"
    )))
}
