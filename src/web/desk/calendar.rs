//! The calendar: what goes out when, to how many, for which cadence.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::frame::{Desk, Me, Tab};
use super::refuse;
use crate::actions::Context;
use crate::actions::calendar::{self, DAYS_AHEAD, DAYS_BACK, Day, Entry, What};
use crate::app::App;
use crate::db::lists;
use crate::domain::subscription::Cadence;
use crate::locale::say;
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "admin/calendar.html")]
struct CalendarPage {
    desk: Desk,
    title: String,
    days: Vec<Day>,
    more: bool,
    /// A sentence a list that has quiet hours.
    quiet: Vec<String>,
}

impl CalendarPage {
    fn is_today(&self, day: &Day) -> bool {
        self.desk.now.with_timezone(&self.desk.zone).date_naive() == day.day
    }

    fn day(&self, day: &Day) -> String {
        day.day.format("%A %-d %B").to_string()
    }

    fn clock(&self, at: &DateTime<Utc>) -> String {
        at.with_timezone(&self.desk.zone).format("%H:%M").to_string()
    }

    fn often(&self, entry: &Entry) -> String {
        let cadence = match entry.what {
            What::Digest(cadence) => cadence,
            What::Campaign { digest, .. } => digest.unwrap_or(Cadence::Each),
        };
        say(cadence.short_key()).to_string()
    }

    fn readers(&self, entry: &Entry) -> String {
        match entry.readers {
            None => say("calendar-not-counted").to_string(),
            Some(readers) if entry.is_about => {
                say("calendar-about").with("readers", self.desk.number(&readers)).to_string()
            }
            Some(readers) => self.desk.number(&readers),
        }
    }
}

/// `GET /admin/calendar`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let found = calendar::of_all(&Context::new(&app, me.actor())).await.map_err(refuse)?;
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Calendar).await?;
    let all = lists::all(&mut tx).await?;
    let quiet = all.iter().filter(|list| list.retired_at.is_none()).filter_map(|list| {
        let hours = list.schedule.quiet?;
        let said = say("calendar-quiet").with("list", &list.name).with("from", hours.from);
        Some(said.with("to", hours.to).to_string())
    });
    let is_ahead = |entry: &&Entry| {
        matches!(entry.what, What::Campaign { .. }) && entry.at > desk.now && entry.held.is_empty()
    };
    let ahead = found.days.iter().flat_map(|day| &day.entries).filter(is_ahead).count();
    let title = say("calendar-title").with("count", ahead).with("days", DAYS_AHEAD).to_string();
    let quiet = quiet.collect();
    page(StatusCode::OK, &CalendarPage { desk, title, days: found.days, more: found.more, quiet })
}
