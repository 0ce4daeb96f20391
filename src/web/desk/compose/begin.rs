//! Beginning a campaign: its list, its subject, and articles picked elsewhere.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::{Failed, edit_url, failed, ids, open_lists};
use crate::actions::Context;
use crate::actions::editorial;
use crate::app::App;
use crate::db::articles::Article;
use crate::db::lists::List;
use crate::domain::placeholder::escaped;
use crate::web::desk::frame::{Desk, Fields, Me, Tab};
use crate::web::desk::see_other;
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/campaign_new.html")]
struct NewPage {
    desk: Desk,
    lists: Vec<List>,
    subject: String,
    /// Picked elsewhere.
    articles: Vec<Article>,
    error: String,
}

/// `GET /admin/campaigns/new`: `?article=ID` picks articles.
pub async fn new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let picked = ids(url::form_urlencoded::parse(request.query_string().as_bytes()));
    new_page(&app, &me, &request, String::new(), &picked, String::new()).await
}

async fn new_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    subject: String,
    picked: &[Uuid],
    error: String,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let lists = open_lists(&mut tx, None).await?;
    let picked: Vec<Uuid> = picked.iter().copied().take(editorial::ARTICLES_MAX).collect();
    let mut articles = crate::db::articles::of_ids(&mut tx, &picked).await?;
    let retired = crate::db::articles::retired_among(&mut tx, &picked).await?;
    articles.retain(|article| !retired.contains(&article.id));
    let subject = match (subject.is_empty(), articles.as_slice()) {
        (true, [one]) => {
            // An article's words are no placeholders, also where an editor goes on with them.
            escaped(&crate::articles::text::shortened(&one.title, editorial::SUBJECT_CHARS_MAX))
        }
        _ => subject,
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &NewPage { desk, lists, subject, articles, error })
}

/// `POST /admin/campaigns/new`: `list`, `subject`, `article`…
pub async fn begin(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let picked = ids(fields.all("article").map(|value| ("article", value)));
    let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
    let subject = &*fields.line("subject");
    match editorial::begin_campaign(&Context::new(&app, me.actor()), list, subject, &picked).await {
        Ok(id) => Ok(see_other(&edit_url(id))),
        Err(error) => match failed(error) {
            Failed::Refused(refusal) => {
                new_page(&app, &me, &request, subject.to_owned(), &picked, refusal.sentence()).await
            }
            failed => Err(failed.into_page()),
        },
    }
}
