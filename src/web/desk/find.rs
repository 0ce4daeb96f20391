//! The search of the masthead: subscribers, campaigns, articles, lists, feeds and pages, a few of each. What fits
//! exactly opens at once.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::find_pages::{FoundPage, pages_on};
use super::frame::{Desk, Fields, Me, Tab};
use super::see_other;
use crate::app::App;
use crate::db::lists::{self, List};
use crate::db::subscribers::{self, Subscriber, search_words};
use crate::db::walk::{self, Filter, Walk};
use crate::db::{feeds, timeline};
use crate::web::page::{Answer, page};
use crate::web::query;

/// Of each kind.
const FOUND_MAX: usize = 8;
/// How many of the newest campaigns and articles are looked through.
const NEWEST: i64 = 2_000;

#[derive(Template)]
#[template(path = "admin/find.html")]
struct FindPage {
    desk: Desk,
    q: String,
    /// Of settings and help.
    pages: Vec<FoundPage>,
    people: Vec<Subscriber>,
    more_people: bool,
    campaigns: Vec<(Uuid, String)>,
    articles: Vec<(Uuid, String)>,
    lists: Vec<List>,
    feeds: Vec<(Uuid, String, String)>,
}

impl FindPage {
    fn nothing(&self) -> bool {
        self.pages.is_empty()
            && self.people.is_empty()
            && self.campaigns.is_empty()
            && self.articles.is_empty()
            && self.lists.is_empty()
            && self.feeds.is_empty()
    }

    /// Where all subscribers are who match.
    fn all_people(&self) -> String {
        query::with("/admin/subscribers", [("q", self.q.as_str())])
    }
}

/// The titles that hold what is looked for.
fn holding(of: Vec<(Uuid, String)>, wanted: &str) -> Vec<(Uuid, String)> {
    of.into_iter().filter(|(_, title)| title.to_lowercase().contains(wanted)).take(FOUND_MAX + 1).collect()
}

/// `GET /admin/find`: `q`.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let q: String = Fields::of_query(request.query_string()).text("q").chars().take(200).collect();
    let wanted = q.to_lowercase();
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::None).await?;
    let mut found = FindPage {
        pages: pages_on(&wanted, me.user.role),
        desk,
        people: Vec::new(),
        more_people: false,
        campaigns: Vec::new(),
        articles: Vec::new(),
        lists: Vec::new(),
        feeds: Vec::new(),
        q,
    };
    if wanted.is_empty() {
        return page(StatusCode::OK, &found);
    }
    // A whole address is one person.
    if wanted.contains('@')
        && let Some(subscriber) = subscribers::by_key(&mut tx, &wanted).await?
    {
        return Ok(see_other(&format!("/admin/subscribers/{}", subscriber.id)));
    }
    let lists = lists::all(&mut tx).await?;
    if let Some(list) = lists.iter().find(|list| list.slug == wanted || list.name.to_lowercase() == wanted) {
        return Ok(see_other(&format!("/admin/lists/{}", list.id)));
    }
    found.lists =
        lists.into_iter().filter(|list| list.name.to_lowercase().contains(&wanted)).take(FOUND_MAX).collect();
    let words = search_words(&wanted);
    if !words.is_empty() {
        let filter = Filter { words, ..Filter::default() };
        let rule = filter.rule(&mut tx, app.clock.now()).await?;
        let walked = walk::walk(&mut tx, &rule, Walk::Older(Uuid::max()), FOUND_MAX as i64 + 1).await?;
        let people = subscribers::of_ids(&mut tx, &walked.ids).await?;
        let in_order = walked.ids.iter().filter_map(|id| people.iter().find(|person| person.id == *id));
        found.people = in_order.take(FOUND_MAX).cloned().collect();
        found.more_people = walked.ids.len() > FOUND_MAX || walked.looked_to.is_some();
    }
    found.campaigns = holding(timeline::newest_subjects(&mut tx, NEWEST).await?, &wanted);
    found.articles = holding(timeline::newest_titles(&mut tx, NEWEST).await?, &wanted);
    let exact = |of: &[(Uuid, String)]| match of {
        [(id, title)] if title.to_lowercase() == wanted => Some(*id),
        _ => None,
    };
    let elsewhere = !found.pages.is_empty() || !found.people.is_empty() || !found.lists.is_empty();
    // An article and its campaign share a name: the campaign is what one looks for.
    if let Some(id) = exact(&found.campaigns).filter(|_| !elsewhere) {
        return Ok(see_other(&format!("/admin/campaigns/{id}")));
    }
    found.campaigns.truncate(FOUND_MAX);
    found.articles.truncate(FOUND_MAX);
    let feeds = feeds::all(&mut tx).await?;
    found.feeds = feeds
        .into_iter()
        .filter(|feed| {
            feed.title.to_lowercase().contains(&wanted) || feed.url.to_lowercase().contains(&wanted)
        })
        .take(FOUND_MAX)
        .map(|feed| (feed.id, if feed.title.is_empty() { feed.url.clone() } else { feed.title }, feed.url))
        .collect();
    page(StatusCode::OK, &found)
}
