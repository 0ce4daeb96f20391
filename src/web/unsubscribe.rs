//! Leaving: at once, with no sign-in, no cookie and no question. The link never expires.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;
use uuid::Uuid;

use super::page::{Answer, ErrorPage, Said, Site, private};
use super::{edge, reader};
use crate::actions::leaving::{self, Left};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::{lists, merges, subscribers, subscriptions};
use crate::domain::leave_reason::LeaveReason;
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

/// What is said to whoever has left: just now, or long ago.
#[derive(Template)]
#[template(path = "pages/unsubscribed.html")]
struct UnsubscribedPage {
    site: Site,
    title: Phrase,
    lead: &'static str,
    /// Where its forms go.
    token: String,
    /// What undoes it; empty: nothing was left just now.
    undo: String,
    /// Whether the reader gets anything else.
    is_on_others: bool,
    /// What is wrong with what was said of the reason.
    error: String,
    /// What was typed of it.
    reason: Option<LeaveReason>,
    comment: String,
}

impl UnsubscribedPage {
    fn new(site: Site, title: impl Into<Phrase>, lead: &'static str, token: &str) -> UnsubscribedPage {
        UnsubscribedPage {
            site,
            title: title.into(),
            lead,
            token: token.to_owned(),
            undo: String::new(),
            is_on_others: false,
            error: String::new(),
            reason: None,
            comment: String::new(),
        }
    }

    fn reasons(&self) -> [LeaveReason; 5] {
        LeaveReason::ALL
    }

    fn is_ticked(&self, one: &LeaveReason) -> bool {
        self.reason == Some(*one)
    }

    fn comment_chars_max(&self) -> usize {
        leaving::COMMENT_CHARS_MAX
    }
}

/// What is said to whoever does not get the list, and did nothing about it just now.
fn off(standing: Standing) -> Answer {
    let title = Phrase::new("unsubscribed-already").with("newsletter", standing.newsletter);
    let said = Said::new(standing.site, title, "unsubscribed-already-lead").link("/", "subscribe-again");
    private(StatusCode::OK, &if standing.is_on_others { said.second("unsubscribe-all") } else { said })
}

/// What is said to whoever has left everything just now.
pub(super) fn left_all(app: &App, site: Site, subscriber: Uuid, left: &Left) -> Answer {
    // The page's forms are those of a list that was left.
    let Some(list) = left.list() else {
        let said = Said::new(site, "unsubscribed-all", "unsubscribed-all-lead");
        return private(StatusCode::OK, &said.link("/", "subscribe-again"));
    };
    let token = app.keyring.token(Link::Unsubscribe { subscriber, list });
    let mut page = UnsubscribedPage::new(site, "unsubscribed-all", "unsubscribed-all-lead", &token);
    page.undo = left.sealed(app).unwrap_or_default();
    private(StatusCode::OK, &page)
}

/// `GET /unsubscribe/{token}`
pub async fn show(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let (subscriber, list) = read(&app, &token).await?;
    let standing = standing(&app, subscriber, list).await?;
    if !standing.is_on {
        return off(standing);
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
    let (was, left) = match all {
        true => (true, leaving::leave_all(&cx, subscriber_id).await?),
        false => leaving::leave(&cx, subscriber_id, list_id).await?,
    };
    let standing = standing(&app, subscriber_id, list_id).await?;
    if all {
        return left_all(&app, standing.site, subscriber_id, &left);
    }
    if !was {
        return off(standing);
    }
    let title = Phrase::new("unsubscribed").with("newsletter", standing.newsletter);
    let mut page = UnsubscribedPage::new(standing.site, title, "unsubscribed-lead", &token);
    page.is_on_others = standing.is_on_others;
    page.undo = left.sealed(&app).unwrap_or_default();
    private(StatusCode::OK, &page)
}

/// `POST /unsubscribe/{token}/undo`: by the page that was shown, and nobody else.
pub async fn undo(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let (subscriber_id, list_id) = read(&app, &token).await?;
    let fields = edge::fields(&body)?;
    let sealed = fields.iter().find(|(name, _)| name == "undo").map_or("", |(_, value)| value.as_str());
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    let back = leaving::undo(&cx, subscriber_id, sealed).await?;
    let site = standing(&app, subscriber_id, list_id).await?.site;
    let said = match back {
        0 => Said::new(site, "unsubscribe-not-undone", "unsubscribe-not-undone-lead")
            .link("/", "subscribe-again"),
        _ => Said::new(site, "unsubscribe-undone", "unsubscribe-undone-lead"),
    };
    private(StatusCode::OK, &said)
}

/// `POST /unsubscribe/{token}/reason`
pub async fn explain(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let (subscriber_id, list_id) = read(&app, &token).await?;
    let fields = edge::fields(&body)?;
    let typed =
        |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let (reason, comment) = (LeaveReason::parse(typed("reason")), typed("comment"));
    let standing = standing(&app, subscriber_id, list_id).await?;
    let ip = reader::ip(&request, &app.config.trusted_proxies).to_string();
    let cx = Context::new(&app, Actor::reader(&ip));
    // A comment alone is a reason of its own.
    let said = reason.or((!comment.trim().is_empty()).then_some(LeaveReason::Other));
    let error = match said {
        None => Phrase::new("leave-reason-missing"),
        Some(said) => match leaving::explain(&cx, subscriber_id, list_id, said, comment).await {
            Ok(()) => {
                let said = Said::new(standing.site, "leave-reason-thanks", "leave-reason-thanks-lead");
                return private(StatusCode::OK, &said.link("/archive", "archive-all"));
            }
            Err(Error::Refused(refusal)) if refusal.field == "comment" => refusal.phrase(),
            Err(error) => return Err(error.into()),
        },
    };
    let title = Phrase::new("unsubscribed").with("newsletter", standing.newsletter);
    let error = error.text(&standing.site.words);
    let page = UnsubscribedPage {
        error,
        reason,
        comment: comment.chars().take(2 * leaving::COMMENT_CHARS_MAX).collect(),
        ..UnsubscribedPage::new(standing.site, title, "unsubscribed-lead", &token)
    };
    private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The page with something in each of its places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let title = || Phrase::new("unsubscribed").with("newsletter", "World");
    let full = UnsubscribedPage {
        undo: "x".to_owned(),
        is_on_others: true,
        ..UnsubscribedPage::new(site(), title(), "unsubscribed-lead", "KwNv")
    };
    let wrong = UnsubscribedPage {
        error: "Too long".to_owned(),
        reason: Some(LeaveReason::Other),
        comment: "Too many mails".to_owned(),
        ..UnsubscribedPage::new(site(), title(), "unsubscribed-lead", "KwNv")
    };
    vec![("unsubscribed.html", full.render().unwrap()), ("unsubscribed.html", wrong.render().unwrap())]
}
