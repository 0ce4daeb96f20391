//! What the late, restore and clone guard, a retired list, or HTML that can't be read holds: whoever is an
//! admin decides.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use crate::app::App;
use crate::db::campaigns::{self, Held};
use crate::db::publication;
use crate::editorial;
use crate::schedule::guard::{self, CloneOf, HeldError, RETIRED_PREFIX};
use crate::schedule::unreadable;
use crate::send_counter::Seen;
use crate::web::page::{Answer, Refusal, page};

/// Campaigns a page.
const PAGE: i64 = 50;

struct Row {
    held: Held,
    /// `Late`, `Restored`, `Copy`, `Retired list`, `Second person`, `Too complicated` or `Held`.
    kind: &'static str,
    why: String,
    /// Whether it can be let go here.
    guarded: bool,
    retired: bool,
    /// Waits for another person's yes, which is given where it is read.
    approval: bool,
    /// Its HTML is too complicated; a link to the article can be sent.
    as_link: bool,
}

#[derive(Template)]
#[template(path = "admin/held.html")]
struct HeldPage {
    desk: Desk,
    title: String,
    clone: Option<CloneOf>,
    /// What is known of an older copy that this database is, as a sentence without its full stop.
    restored: Option<String>,
    rows: Vec<Row>,
    /// How many of this page can be let go.
    guarded: usize,
    older: Option<Uuid>,
}

/// What holds a campaign, in a word or two, and why, as a sentence without its full stop.
pub fn kind_and_why(reason: &str) -> (&'static str, String) {
    let (kind, why) = match reason.split_once(": ") {
        Some(("late", why)) => ("Late", why),
        Some(("clone", why)) => ("Copy", why),
        Some(("restored", why)) => ("Restored", why),
        Some(("retired", why)) => ("Retired list", why),
        Some(("approval", why)) => ("Second person", why),
        Some(("html", why)) => ("Too complicated", why),
        _ => ("Held", reason),
    };
    let mut why = why.to_owned();
    if let Some(first) = why.get(..1).map(str::to_uppercase) {
        why.replace_range(..1, &first);
    }
    (kind, why)
}

fn row(held: Held) -> Row {
    let (kind, why) = kind_and_why(&held.held_reason);
    let retired = held.held_reason.starts_with(RETIRED_PREFIX);
    let approval = held.held_reason == editorial::AWAITS_APPROVAL;
    let as_link = unreadable::goes_as_link(&held);
    Row { guarded: guard::is_guarded(&held), kind, why, retired, approval, as_link, held }
}

fn title(count: i64, clone: bool, restored: bool) -> String {
    match (count, clone, restored) {
        (_, true, _) => "This looks like a copy. Nothing leaves it.".to_owned(),
        (_, _, true) => "The database was restored. No campaign is sent.".to_owned(),
        (0, ..) => "Nothing is held.".to_owned(),
        (1, ..) => "One campaign is held.".to_owned(),
        (count, ..) => format!("{} campaigns are held.", super::frame::grouped(count)),
    }
}

/// `GET /admin/held`: `before`.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let before =
        super::query(&request, "before").and_then(|id| Uuid::parse_str(&id).ok()).unwrap_or(Uuid::max());
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Today).await?;
    let clone = guard::clone_of(&app, &mut tx).await?;
    // What a worker has found: this process may be another.
    let restored = match guard::restored(&mut tx, &Seen::default()).await? {
        Some(restored) => {
            let zone = publication::get(&mut tx).await?.zone();
            Some(format!("This database {}", restored.sentence(zone)))
        }
        None => None,
    };
    let count = campaigns::count_held(&mut tx).await?;
    let found = campaigns::held(&mut tx, before, PAGE).await?;
    let older = found.last().filter(|_| found.len() as i64 == PAGE).map(|last| last.id);
    let rows: Vec<Row> = found.into_iter().map(row).collect();
    let guarded = rows.iter().filter(|row| row.guarded).count();
    page(
        StatusCode::OK,
        &HeldPage {
            desk,
            title: title(count, clone.is_some(), restored.is_some()),
            clone,
            restored,
            rows,
            guarded,
            older,
        },
    )
}

fn refuse(error: HeldError) -> Refusal {
    match error {
        HeldError::Db(error) => error.into(),
        HeldError::Gone => Refusal::not_found(),
        other => Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "That can't be done", &other.to_string()),
    }
}

fn campaign(fields: &Fields) -> Result<Uuid, Refusal> {
    Uuid::parse_str(fields.text("campaign")).map_err(|_| Refusal::not_found())
}

/// `POST /admin/held/release`: `campaign`; without it, all that the guard holds.
pub async fn release(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    if fields.text("campaign").is_empty() {
        let released = guard::release_all(&app, &me.actor()).await.map_err(refuse)?;
        let sentence = match released {
            0 => "Nothing was held any more.".to_owned(),
            1 => "One campaign is let go.".to_owned(),
            many => format!("{many} campaigns are let go."),
        };
        return Ok(done(&app, "/admin/held", sentence));
    }
    match guard::release(&app, &me.actor(), campaign(&fields)?).await {
        Ok(campaign) => Ok(done(&app, "/admin/held", format!("“{}” is let go.", campaign.subject))),
        Err(HeldError::NotHeld) => Ok(done(&app, "/admin/held", HeldError::NotHeld.to_string())),
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/held/cancel`: `campaign`.
pub async fn cancel(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    match guard::cancel(&app, &me.actor(), campaign(&fields)?).await {
        Ok(campaign) => Ok(done(&app, "/admin/held", format!("“{}” is cancelled.", campaign.subject))),
        Err(HeldError::NotHeld) => Ok(done(&app, "/admin/held", HeldError::NotHeld.to_string())),
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/held/real`: this is the real one; `all` lets go what is held.
pub async fn adopt(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let all = fields.is_ticked("all");
    match guard::adopt(&app, &me.actor(), all).await {
        Ok(released) if all => {
            Ok(done(&app, "/admin/held", format!("This is the real one. Let go: {released}.")))
        }
        Ok(_) => Ok(done(&app, "/admin/held", "This is the real one. What was on its way is still held.")),
        Err(error @ HeldError::NoClone) => Ok(done(&app, "/admin/held", error.to_string())),
        Err(error) => Err(refuse(error)),
    }
}
