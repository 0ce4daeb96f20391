//! Leaving: at once, with no sign-in, no cookie and no question. The link never expires.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web;
use uuid::Uuid;

use super::page::{Answer, ErrorPage, Said, Site, private};
use super::reader;
use crate::actions::Context;
use crate::actions::consent;
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::{lists, merges, subscribers, subscriptions};
use crate::domain::links::Link;
use crate::domain::subscription::SubscriptionStatus;
use crate::locale::Phrase;

/// Who the link is for, as they are now, and which list.
async fn read(app: &App, token: &str) -> Result<(Uuid, Uuid), ErrorPage> {
    match app.keyring.read(token) {
        Some(Link::Unsubscribe { subscriber, list }) => {
            Ok((merges::resolve(&mut app.db.read().await?, subscriber).await?, list))
        }
        _ => Err(ErrorPage::bad_link()),
    }
}

/// What a page about a list is for: the site in the reader's language, the list's name, and what the reader gets.
struct Standing {
    site: Site,
    newsletter: String,
    /// Whether the reader gets this list.
    is_on: bool,
    /// Whether the reader gets any other.
    is_on_others: bool,
}

async fn standing(app: &App, subscriber: Uuid, list: Uuid) -> Result<Standing, ErrorPage> {
    let mut tx = app.db.read().await?;
    let site = Site::read(app, &mut tx).await?;
    let reader = subscribers::by_id(&mut tx, subscriber).await?;
    let named = lists::by_id(&mut tx, list).await?;
    let held = subscriptions::of_subscriber(&mut tx, subscriber).await?;
    drop(tx);
    let languages = reader.iter().map(|reader| reader.language.as_str());
    let site = site.in_language_of(languages.chain(named.iter().map(|list| list.language.as_str())));
    let newsletter = named.map_or_else(|| site.name.clone(), |list| list.name);
    let mut on = held
        .iter()
        .filter(|held| matches!(held.status, SubscriptionStatus::Active | SubscriptionStatus::Pending));
    let is_on = on.clone().any(|held| held.list_id == list);
    Ok(Standing { site, newsletter, is_on, is_on_others: on.any(|held| held.list_id != list) })
}

/// What is said to whoever does not get the list: because it was just left, or long ago.
fn off(standing: Standing, title: &'static str, lead: &'static str) -> Answer {
    let title = Phrase::new(title).with("newsletter", standing.newsletter);
    let said = Said::new(standing.site, title, lead).link("/", "subscribe-again");
    private(StatusCode::OK, &if standing.is_on_others { said.second("unsubscribe-all") } else { said })
}

/// `GET /unsubscribe/{token}`
pub async fn show(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let (subscriber, list) = read(&app, &token).await?;
    let standing = standing(&app, subscriber, list).await?;
    if !standing.is_on {
        return off(standing, "unsubscribed-already", "unsubscribed-already-lead");
    }
    let title = Phrase::new("unsubscribe-heading").with("newsletter", standing.newsletter);
    let said = Said::new(standing.site, title, "unsubscribe-lead").button("unsubscribe");
    private(StatusCode::OK, &said.second("unsubscribe-all"))
}

/// `POST /unsubscribe/{token}`: RFC 8058, our own button, or an empty body. Whatever the body is,
/// it leaves; only `all=true` makes it leave every list.
pub async fn submit(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let (subscriber_id, list_id) = read(&app, &token).await?;
    let mut fields = url::form_urlencoded::parse(&body);
    let all = fields.any(|(name, value)| name == "all" && value == "true");
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    let was = match all {
        true => consent::leave_all(&cx, subscriber_id).await.map(|()| true)?,
        false => consent::leave(&cx, subscriber_id, list_id).await?,
    };
    let standing = standing(&app, subscriber_id, list_id).await?;
    match (all, was) {
        (true, _) => {
            let said = Said::new(standing.site, "unsubscribed-all", "unsubscribed-all-lead");
            private(StatusCode::OK, &said.link("/", "subscribe-again"))
        }
        (false, true) => off(standing, "unsubscribed", "unsubscribed-lead"),
        (false, false) => off(standing, "unsubscribed-already", "unsubscribed-already-lead"),
    }
}
