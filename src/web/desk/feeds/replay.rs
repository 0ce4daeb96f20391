//! A feed's past through schedules that somebody proposes. Nothing is sent, and nothing is stored.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::id;
use crate::actions::replay::{self, Mail, OfList, Proposal, Replay};
use crate::actions::{Context, Error, manage_feeds};
use crate::app::App;
use crate::db::feeds;
use crate::db::lists::{self, List};
use crate::domain::feed_rule::BindingMode;
use crate::domain::subscription::Cadence;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Fields, Me, Tab};
use crate::web::desk::refuse;
use crate::web::page::{Answer, ErrorPage, page};

/// Mails that a page shows of each list, the newest of them.
const SHOWN_MAX: usize = 500;
/// Titles that are written out of a mail.
const TITLES_MAX: usize = 3;

/// What was typed.
struct Typed {
    days: String,
    list: String,
    mode: String,
    cadence: String,
    cap: String,
    quiet: String,
}

#[derive(Template)]
#[template(path = "admin/feed_replay.html")]
struct ReplayPage {
    desk: Desk,
    name: String,
    feed_id: Uuid,
    lists: Vec<List>,
    typed: Typed,
    replay: Option<Replay>,
    field: &'static str,
    error: String,
}

impl ReplayPage {
    fn modes(&self) -> [BindingMode; 4] {
        BindingMode::ALL
    }

    fn mode_key(&self, mode: &BindingMode) -> &'static str {
        replay::mode_key(*mode)
    }

    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }

    fn summary(&self, replay: &Replay) -> String {
        let articles = replay.items.iter().filter(|item| item.at >= replay.from).count();
        say("replay-summary").with("articles", articles).with("days", replay.days).to_string()
    }

    fn heading(&self, of: &OfList) -> String {
        let list =
            of.list.as_ref().map_or_else(|| say("replay-no-list").to_string(), |list| list.name.clone());
        say("replay-list-emails").with("list", list).with("emails", of.outcome.mails.len()).to_string()
    }

    fn shown<'a>(&self, of: &'a OfList) -> &'a [Mail] {
        &of.outcome.mails[of.outcome.mails.len().saturating_sub(SHOWN_MAX)..]
    }

    fn is_cut(&self, of: &OfList) -> bool {
        of.outcome.mails.len() > SHOWN_MAX
    }

    fn when(&self, at: &DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.desk.zone);
        format!("{} {}", local.format("%a"), self.desk.short_time(at))
    }

    fn titles(&self, replay: &Replay, places: &[usize]) -> String {
        let titles = places.iter().take(TITLES_MAX).filter_map(|place| replay.items.get(*place));
        let mut told = titles.map(|item| item.title.as_str()).collect::<Vec<_>>().join(" · ");
        if places.len() > TITLES_MAX {
            told.push_str(" …");
        }
        told
    }

    fn readers(&self, of: &OfList, mail: &Mail) -> String {
        match of.readers.get(mail.cadence.as_str()) {
            Some(readers) => say("calendar-about").with("readers", self.desk.number(readers)).to_string(),
            None if of.readers.is_empty() => say("calendar-not-counted").to_string(),
            None => say("calendar-about").with("readers", "0").to_string(),
        }
    }
}

/// `GET /admin/feeds/{id}/replay`: `days`, `list`, `mode`, `cadence`, `cap`, `quiet`.
pub async fn show_replay(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
) -> Answer {
    let feed_id = id(&path)?;
    let fields = Fields::of_query(request.query_string());
    let line = |name| fields.line(name).chars().take(100).collect::<String>();
    let mut typed = Typed {
        days: line("days"),
        list: line("list"),
        mode: line("mode"),
        cadence: line("cadence"),
        cap: line("cap"),
        quiet: line("quiet"),
    };
    let proposed =
        Proposal::parse(&typed.days, &typed.list, &typed.mode, &typed.cadence, &typed.cap, &typed.quiet);
    let cx = Context::new(&app, me.actor());
    let ran = match proposed {
        Ok(proposal) => replay::of_feed(&cx, feed_id, &proposal).await,
        Err(refusal) => Err(refusal.into()),
    };
    let mut tx = app.db.read().await?;
    let feed = feeds::by_id(&mut tx, feed_id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Feeds).await?;
    let mut open = lists::all(&mut tx).await?;
    open.retain(|list| list.retired_at.is_none());
    let (replay, field, error) = match ran {
        Ok(replay) => (Some(replay), "", String::new()),
        Err(Error::Refused(refusal)) => (None, refusal.field, refusal.sentence()),
        Err(error) => return Err(refuse(error)),
    };
    if typed.days.is_empty() {
        typed.days = replay::DAYS_DEFAULT.to_string();
    }
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = manage_feeds::name(&feed).to_owned();
    page(status, &ReplayPage { desk, name, feed_id, lists: open, typed, replay, field, error })
}
