//! The rule of a feed and a list: a form that reads as a sentence, and what it would have done with the feed's last
//! articles. What is saved has been shown before.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::id;
use crate::actions::manage_feeds::{self, TRIED, Tried};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::brake::News;
use crate::db::feeds::Binding;
use crate::domain::feed_rule::{self, BindingMode, Conditions, Route, Rule, Terms};
use crate::domain::refusal::Refusal;
use crate::domain::refusal::feeds as codes;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::desk::refuse;
use crate::web::page::{Answer, ErrorPage, page};

/// Polls that the brake would have held and that are shown.
const POLLS_SHOWN: usize = 5;
/// Categories and authors of the last articles that are named.
const SEEN_NAMED: usize = 20;

/// The form as it is shown.
struct Typed {
    mode: String,
    grace: String,
    brake_limit: String,
    parts: [TypedPart; 3],
}

/// A part of the conditions: the names of its two fields, the key of its label, and what stands in them.
struct TypedPart {
    only_name: &'static str,
    not_name: &'static str,
    label: &'static str,
    only: String,
    not: String,
    /// What the last articles have.
    seen: String,
}

/// The parts' fields, and the key of the label.
const PARTS: [(&str, &str, &str); 3] = [
    ("only_categories", "not_categories", "rule-its-category"),
    ("only_authors", "not_authors", "rule-its-author"),
    ("only_title", "not_title", "rule-its-title"),
];

impl Typed {
    fn new(mode: &str, grace: &str, brake_limit: &str, terms: [(String, String); 3]) -> Typed {
        let mut terms = terms.into_iter();
        let parts = PARTS.map(|(only_name, not_name, label)| {
            let (only, not) = terms.next().unwrap_or_default();
            TypedPart { only_name, not_name, label, only, not, seen: String::new() }
        });
        Typed { mode: mode.to_owned(), grace: grace.to_owned(), brake_limit: brake_limit.to_owned(), parts }
    }

    fn of(binding: &Binding) -> Typed {
        let rule = &binding.rule;
        let limit = rule.brake_limit.map(|limit| limit.to_string()).unwrap_or_default();
        let terms = rule.conditions.parts();
        let terms = terms.map(|(_, terms)| (feed_rule::typed(&terms.only), feed_rule::typed(&terms.not)));
        Typed::new(rule.mode.as_str(), &binding.grace_mins.to_string(), &limit, terms)
    }

    fn sent(fields: &Fields) -> Typed {
        let terms = PARTS.map(|(only, not, _)| (fields.line(only), fields.line(not)));
        Typed::new(fields.text("mode"), fields.text("grace"), fields.text("brake_limit"), terms)
    }

    /// The rule that is meant.
    fn rule(&self) -> Result<Rule, Refusal> {
        let [categories, authors, title] = self.parts.each_ref().map(|part| Terms {
            only: feed_rule::parse_terms(&part.only),
            not: feed_rule::parse_terms(&part.not),
        });
        let mode = BindingMode::parse(&self.mode).ok_or_else(|| codes::RULE_MODE_MISSING.on("mode"))?;
        let brake_limit = feed_rule::parse_brake_limit(&self.brake_limit)?;
        let rule = Rule { mode, conditions: Conditions { categories, authors, title }, brake_limit };
        rule.check()?;
        Ok(rule)
    }
}

#[derive(Template)]
#[template(path = "admin/feed_rule.html")]
struct RulePage {
    desk: Desk,
    name: String,
    feed_id: Uuid,
    binding: Binding,
    typed: Typed,
    /// `None`: what is typed is no rule.
    tried: Option<Tried>,
    /// The rule that is shown with it, as the form sends it along.
    shown: String,
    /// Something was tried: the next step is to save it.
    is_tried: bool,
    /// Something that was sent to be saved is shown first.
    is_asked: bool,
    field: &'static str,
    error: String,
}

impl RulePage {
    fn here(&self) -> String {
        format!("/admin/feeds/{}/lists/{}", self.feed_id, self.binding.list_id)
    }

    fn modes(&self) -> [BindingMode; 4] {
        BindingMode::ALL
    }

    fn has_mode(&self, mode: &BindingMode) -> bool {
        self.typed.mode == mode.as_str()
    }

    /// "31 of the last 50 articles would have been sent".
    fn heading(&self, tried: &Tried) -> String {
        let key = match BindingMode::parse(&self.typed.mode) {
            _ if tried.items.is_empty() => "rule-tried-none",
            Some(BindingMode::Draft) => "rule-tried-draft",
            Some(BindingMode::Digest) => "rule-tried-digest",
            Some(BindingMode::Collect) => "rule-tried-collect",
            _ => "rule-tried-send",
        };
        say(key).with("taken", tried.taken()).with("articles", tried.items.len()).to_string()
    }

    /// The mark of a way, and what it is called.
    fn outcome(&self, route: &Route) -> (&'static str, String) {
        let (mark, key) = match route {
            Route::Send => ("sent", "rule-route-send"),
            Route::Draft => ("draft", "rule-route-draft"),
            Route::Digest => ("queued", "rule-route-digest"),
            Route::Nothing => ("skipped", "rule-route-nothing"),
        };
        (mark, say(key).to_string())
    }

    fn held<'a>(&self, tried: &'a Tried) -> &'a [News] {
        &tried.brake.polls[..tried.brake.polls.len().min(POLLS_SHOWN)]
    }
}

/// The names that the last articles have most often.
fn seen<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<String> = counts.iter().take(SEEN_NAMED).map(|(name, _)| (*name).to_owned()).collect();
    feed_rule::typed(&named)
}

/// What became of the form, and how it is shown again.
struct Shown {
    typed: Typed,
    is_asked: bool,
    error: Option<Refusal>,
}

async fn rule_page(
    app: &web::Data<App>,
    me: &Me,
    request: &HttpRequest,
    (feed_id, list_id): (Uuid, Uuid),
    shown: Option<Shown>,
) -> Answer {
    let mut tx = app.db.read().await?;
    let (feed, binding) = manage_feeds::find_binding(&mut tx, feed_id, list_id).await.map_err(refuse)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Feeds).await?;
    let is_tried = shown.as_ref().is_some_and(|shown| shown.error.is_none());
    let Shown { mut typed, is_asked, error } =
        shown.unwrap_or_else(|| Shown { typed: Typed::of(&binding), is_asked: false, error: None });
    let rule = typed.rule();
    let tried = match &rule {
        Ok(rule) => {
            let cx = Context::new(app, me.actor());
            Some(manage_feeds::try_rule(&cx, &mut tx, feed_id, list_id, rule).await.map_err(refuse)?)
        }
        Err(_) => None,
    };
    let items = || tried.iter().flat_map(|tried| &tried.items);
    typed.parts[0].seen = seen(items().flat_map(|tried| tried.item.categories.0.iter().map(String::as_str)));
    typed.parts[1].seen = seen(items().map(|tried| tried.item.author.as_str()));
    let shown = rule.as_ref().ok().and_then(|rule| serde_json::to_string(rule).ok()).unwrap_or_default();
    let error = error.or(rule.err());
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let field = error.as_ref().map_or("", |refusal| refusal.field);
    let error = error.map(|refusal| refusal.sentence()).unwrap_or_default();
    let name = manage_feeds::name(&feed).to_owned();
    page(
        status,
        &RulePage { desk, name, feed_id, binding, typed, tried, shown, is_tried, is_asked, field, error },
    )
}

fn ids(path: &(String, String)) -> Result<(Uuid, Uuid), ErrorPage> {
    Ok((id(&path.0)?, id(&path.1)?))
}

/// `GET /admin/feeds/{id}/lists/{list}`
pub async fn show_rule(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Answer {
    rule_page(&app, &me, &request, ids(&path)?, None).await
}

/// `POST /admin/feeds/{id}/lists/{list}/try`: the form. Shows what its rule would have done; stores nothing.
pub async fn try_rule(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let typed = Typed::sent(&fields);
    let error = match manage_feeds::parse_grace(&typed.grace) {
        Err(Error::Refused(refusal)) => Some(refusal),
        _ => None,
    };
    rule_page(&app, &me, &request, ids(&path)?, Some(Shown { typed, is_asked: false, error })).await
}

/// `POST /admin/feeds/{id}/lists/{list}`: the form, and `shown`, the rule whose outcome stood beside it.
pub async fn save_rule(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (feed_id, list_id) = ids(&path)?;
    let typed = Typed::sent(&fields);
    let was_shown =
        |rule: &Rule| serde_json::from_str::<Rule>(fields.raw("shown")).is_ok_and(|shown| shown == *rule);
    let meant = async {
        let grace = manage_feeds::parse_grace(&typed.grace)?;
        let rule = typed.rule()?;
        if !was_shown(&rule) {
            return Ok::<bool, Error>(false);
        }
        manage_feeds::set_rule(&Context::new(&app, me.actor()), feed_id, list_id, grace, &rule).await?;
        Ok(true)
    };
    match meant.await {
        Ok(true) => Ok(done(&app, &format!("/admin/feeds/{feed_id}"), say("campaign-saved").to_string())),
        Ok(false) => {
            let shown = Shown { typed, is_asked: true, error: None };
            rule_page(&app, &me, &request, (feed_id, list_id), Some(shown)).await
        }
        Err(Error::Refused(refusal)) if !refusal.field.is_empty() => {
            let shown = Shown { typed, is_asked: false, error: Some(refusal) };
            rule_page(&app, &me, &request, (feed_id, list_id), Some(shown)).await
        }
        Err(error) => Err(refuse(error)),
    }
}
