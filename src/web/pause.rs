//! A reader pauses for some weeks, comes back before that, and looks at what they missed.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::page::{Answer, ErrorPage, Site, make_private, private};
use super::preferences::{find, preferences_page};
use super::{edge, reader};
use crate::actions::{Context, Error, pauses};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::{self, lists};
use crate::domain::refusal::readers;

/// An article that came out while they were away.
struct MissedArticle {
    title: String,
    url: String,
    day: String,
}

#[derive(Template)]
#[template(path = "pages/missed.html")]
struct MissedPage {
    site: Site,
    token: String,
    articles: Vec<MissedArticle>,
}

/// What a form asks for.
struct Asked {
    subscriber: Uuid,
    /// `None`: of all that they get.
    list: Option<Uuid>,
    weeks: String,
}

async fn read(app: &App, request: &HttpRequest, token: &str, body: &[u8]) -> Result<Asked, ErrorPage> {
    reader::refuse_compressed(request)?;
    let fields = edge::fields(body)?;
    let value =
        |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let mut tx = app.db.read().await?;
    let subscriber = find(app, &mut tx, token).await?.id;
    let list = match value("list") {
        "" => None,
        slug => match lists::by_slug(&mut tx, slug).await? {
            Some(list) => Some(list.id),
            None => {
                let shown: String = slug.chars().take(60).collect();
                return Err(readers::LIST_UNKNOWN.on("list").with("list", shown).into());
            }
        },
    };
    Ok(Asked { subscriber, list, weeks: value("weeks").to_owned() })
}

fn back(token: &str, outcome: &str) -> Answer {
    let location = format!("/preferences/{token}?saved={outcome}#pause");
    let mut response = HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish();
    make_private(response.headers_mut());
    Ok(response)
}

fn context<'a>(app: &'a Arc<App>, request: &HttpRequest) -> Context<'a> {
    let ip = reader::ip(request, &app.config.trusted_proxies).to_string();
    Context::new(app, Actor::reader(&ip))
}

/// `POST /preferences/{token}/pause`: `weeks`, and `list`, or nothing for all.
pub async fn pause(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let asked = read(&app, &request, &token, &body).await?;
    // What is no number of weeks is refused as one that is too large.
    let weeks = asked.weeks.parse().unwrap_or(0);
    match pauses::pause(&context(&app, &request), asked.subscriber, asked.list, weeks).await {
        Ok(_) => back(&token, "paused"),
        Err(Error::Refused(refusal)) if refusal.field == "weeks" => {
            preferences_page(&app, &token, "", &[], Some(&refusal)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /preferences/{token}/resume`: `list`, or nothing for all.
pub async fn resume(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let asked = read(&app, &request, &token, &body).await?;
    pauses::resume(&context(&app, &request), asked.subscriber, asked.list).await?;
    back(&token, "resumed")
}

/// `GET /preferences/{token}/missed`
pub async fn missed(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find(&app, &mut tx, &token).await?;
    let site = Site::read(&app, &mut tx).await?.in_language_of([subscriber.language.as_str()]);
    drop(tx);
    let found = pauses::missed(&context(&app, &request), subscriber.id).await?;
    let shown = |article: db::articles::Article| MissedArticle {
        day: site.day(article.published_at),
        // Whatever else a feed names is no page.
        url: Some(article.url)
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .unwrap_or_default(),
        title: article.title,
    };
    let articles = found.into_iter().map(shown).collect();
    private(StatusCode::OK, &MissedPage { token: token.into_inner(), articles, site })
}

/// The page with something in each of its places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let article = |url: &str| MissedArticle {
        title: "Quay nine stays shut".to_owned(),
        url: url.to_owned(),
        day: "24 November 2026".to_owned(),
    };
    let full = vec![article("https://harbour.example/quay-nine"), article("")];
    [full, Vec::new()]
        .map(|articles| {
            let page = MissedPage { site: site(), token: "KwNv".to_owned(), articles };
            ("missed.html", page.render().unwrap())
        })
        .into()
}
