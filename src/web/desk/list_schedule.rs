//! A list's schedule: what readers are offered, when digests go out, and when the list is quiet.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::list_schedule::{ScheduleForm, next_digests};
use crate::actions::lists as rules;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::digests;
use crate::db::lists::{self, List};
use crate::domain::digest::{DigestOrder, ListSchedule, SUBJECT_PLACEHOLDERS, WhenMissed};
use crate::domain::refusal::Kind;
use crate::domain::refusal::lists as codes;
use crate::domain::subscription::Cadence;
use crate::locale::{Localizer, say};
use crate::web::page::{Answer, ErrorPage, page};

/// When the next digest of a cadence goes out.
pub(super) struct NextDigest {
    pub cadence: Cadence,
    pub at: String,
    /// The campaign, where there is something to say already.
    pub campaign: Option<Uuid>,
}

impl NextDigest {
    /// Those of a list, in the order that forms show.
    pub(super) async fn of(
        tx: &mut crate::db::Tx,
        desk: &Desk,
        list: &List,
    ) -> sqlx::Result<Vec<NextDigest>> {
        let mut found = Vec::new();
        for (cadence, at) in next_digests(&list.schedule, desk.zone, desk.now) {
            let campaign = digests::next(tx, list.id, cadence).await?;
            found.push(NextDigest { cadence, at: moment(desk, at), campaign });
        }
        Ok(found)
    }

    /// The key of what it is called.
    pub fn key(&self) -> &'static str {
        digest_key(self.cadence)
    }
}

/// The key of what the digests of a cadence are called.
pub(super) fn digest_key(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Each => "digest-day-end",
        Cadence::Daily => "digest-daily",
        Cadence::Weekly => "digest-weekly",
        Cadence::Monthly => "digest-monthly",
    }
}

/// "Monday 30 November, 07:00".
pub(super) fn moment(desk: &Desk, at: DateTime<Utc>) -> String {
    let words = Localizer::english();
    let local = at.with_timezone(&desk.zone);
    format!("{}, {}", words.day(&local), local.format("%H:%M"))
}

#[derive(Template)]
#[template(path = "admin/list_schedule.html")]
struct SchedulePage {
    desk: Desk,
    list: List,
    form: ScheduleForm,
    version: String,
    field: &'static str,
    error: String,
    next: Vec<NextDigest>,
    weekdays: Vec<(String, String)>,
}

impl SchedulePage {
    fn cadences(&self) -> [Cadence; 4] {
        Cadence::ALL
    }

    fn offers(&self, cadence: &Cadence) -> bool {
        self.form.offered.iter().any(|text| text == cadence.as_str())
    }

    fn orders(&self) -> [(DigestOrder, &'static str); 4] {
        DigestOrder::ALL.map(|order| (order, order_key(order)))
    }

    fn missed(&self) -> [(WhenMissed, &'static str); 2] {
        WhenMissed::ALL.map(|when| match when {
            WhenMissed::Hold => (when, "schedule-missed-hold"),
            WhenMissed::Join => (when, "schedule-missed-join"),
        })
    }

    /// Values and labels: "7", "07:00".
    fn hours(&self) -> Vec<(String, String)> {
        (0..24).map(|hour| (hour.to_string(), format!("{hour:02}:00"))).collect()
    }

    /// What a subject may name: "{{ title }}, {{ more }}".
    fn subject_codes(&self) -> String {
        SUBJECT_PLACEHOLDERS.map(|name| format!("{{{{ {name} }}}}")).join(", ")
    }

    fn month_days(&self) -> Vec<String> {
        (1..=31).map(|day| day.to_string()).collect()
    }
}

/// The key of an order's name.
pub(super) fn order_key(order: DigestOrder) -> &'static str {
    match order {
        DigestOrder::Newest => "schedule-order-newest",
        DigestOrder::Oldest => "schedule-order-oldest",
        DigestOrder::ByFeed => "schedule-order-feed",
        DigestOrder::Picked => "schedule-order-picked",
    }
}

/// "1" and "Monday", and so on.
fn weekdays() -> Vec<(String, String)> {
    let words = Localizer::english();
    let any = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap_or_default();
    (0..7)
        .filter_map(|days| any.checked_add_days(Days::new(days)))
        .map(|day| {
            let local = day.and_time(chrono::NaiveTime::MIN).and_utc().with_timezone(&chrono_tz::Tz::UTC);
            (day.weekday().number_from_monday().to_string(), words.weekday(&local))
        })
        .collect()
}

fn typed(fields: &Fields) -> ScheduleForm {
    let text = |name: &str| fields.text(name).to_owned();
    ScheduleForm {
        offered: fields.all("offered").map(str::to_owned).collect(),
        default: text("default"),
        hour: text("hour"),
        weekday: text("weekday"),
        month_day: text("month_day"),
        day_end_hour: text("day_end_hour"),
        order: text("order"),
        full: fields.text("full") == "full",
        subject: text("subject"),
        approve: fields.is_ticked("approve"),
        daily_cap: text("daily_cap"),
        quiet_from: text("quiet_from"),
        quiet_to: text("quiet_to"),
        when_missed: text("when_missed"),
    }
}

struct Shown {
    list: Uuid,
    /// What was typed, and what the form showed when it was opened; `None`: as it is stored.
    typed: Option<(ScheduleForm, String)>,
    wrong: Option<Error>,
}

async fn schedule_page(app: &App, me: &Me, request: &HttpRequest, shown: Shown) -> Answer {
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, shown.list).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Lists).await?;
    let (status, field, error) = match shown.wrong {
        None => (StatusCode::OK, "", String::new()),
        Some(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.field, refusal.sentence())
        }
        Some(Error::Refused(refusal)) if refusal.is(&codes::LIST_CHANGED) => {
            (StatusCode::CONFLICT, "all", refusal.sentence())
        }
        Some(error) => return Err(refuse(error)),
    };
    let stored = || (ScheduleForm::of(&list.schedule), rules::version(&list));
    let (form, version) = shown.typed.unwrap_or_else(stored);
    let next = NextDigest::of(&mut tx, &desk, &list).await?;
    drop(tx);
    let weekdays = weekdays();
    page(status, &SchedulePage { desk, list, form, version, field, error, next, weekdays })
}

fn id(path: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(path).map_err(|_| ErrorPage::not_found())
}

/// `GET /admin/lists/{id}/schedule`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest, path: web::Path<String>) -> Answer {
    schedule_page(&app, &me, &request, Shown { list: id(&path)?, typed: None, wrong: None }).await
}

/// `POST /admin/lists/{id}/schedule`
pub async fn save(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    path: web::Path<String>,
    fields: Fields,
) -> Answer {
    let list = id(&path)?;
    let (form, version) = (typed(&fields), fields.text("version").to_owned());
    let cx = Context::new(&app, me.actor());
    let saved = match form.read() {
        Ok(schedule) => set(&cx, list, &version, schedule).await,
        Err(refusal) => Err(refusal.into()),
    };
    match saved {
        Ok(()) => Ok(done(&app, &format!("/admin/lists/{list}/schedule"), say("schedule-saved").to_string())),
        Err(error) => {
            let shown = Shown { list, typed: Some((form, version)), wrong: Some(error) };
            schedule_page(&app, &me, &request, shown).await
        }
    }
}

async fn set(cx: &Context<'_>, list: Uuid, seen: &str, schedule: ListSchedule) -> Result<(), Error> {
    Box::pin(rules::set_schedule(cx, list, seen, schedule)).await.map(|_| ())
}
