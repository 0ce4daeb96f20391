//! Settings: the publication, the sender, how campaigns are sent. The branding, the subscribe box and the audit log have
//! their files.

mod audit;
mod branding;
mod subscribe_box;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use serde_json::Value;
use uuid::Uuid;

pub use self::audit::{AuditLine, show_audit};
pub use self::branding::{preview_css, preview_mail, preview_reader, save_branding, show_branding};
pub use self::subscribe_box::{preview_box, show_box};
use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::settings::{self, FieldErrors, Form, Part};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::Tx;
use crate::db::audit::{self as audit_log, Entry};
use crate::db::publication;
use crate::domain::refusal::Kind;
use crate::domain::refusal::settings as codes;
use crate::domain::stored_words;
use crate::locale::{Localizer, say};
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    desk: Desk,
    form: Form,
    /// Of each form of the page, in [`FORMS`]' order.
    seen: [String; 4],
    wrong: FieldErrors,
    /// The sentence about another admin who saved meanwhile; empty: nobody did.
    clash: String,
    zones: Vec<&'static str>,
    /// Their tags and names.
    languages: Vec<(String, String)>,
    /// MAIL_FROM.
    config_from: String,
    has_ended_setup: bool,
}

/// The forms of the settings page.
const FORMS: [(&str, Part); 4] = [
    ("publication", Part::Publication),
    ("sender", Part::Sender),
    ("rules", Part::Rules),
    ("retention", Part::Retention),
];

/// The zones that people live in, and UTC.
pub fn zones(now: &str) -> Vec<&'static str> {
    let areas = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let mut zones: Vec<&str> = zones
        .filter(|name| *name == "UTC" || *name == now || areas.iter().any(|area| name.starts_with(area)))
        .collect();
    zones.sort_unstable();
    zones
}

/// The languages that can be chosen, and the one that stands, which a command may have set.
fn languages(now: &str) -> Vec<(String, String)> {
    let mut languages: Vec<(String, String)> = Localizer::choices().collect();
    if !now.is_empty() && !languages.iter().any(|(tag, _)| tag == now) {
        languages.push((now.to_owned(), now.to_owned()));
    }
    languages
}

async fn settings_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    typed: Option<(Part, Form)>,
    wrong: FieldErrors,
    clash: bool,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Settings).await?;
    let publication = publication::get(&mut tx).await?;
    let clash = match &typed {
        Some((part, _)) if clash => who_was_faster(&desk, &mut tx, *part).await?,
        _ => String::new(),
    };
    let seen = FORMS.map(|(_, part)| Form::of(&publication, &[part]).seen());
    let mut form = Form::of(&publication, &FORMS.map(|(_, part)| part));
    let is_refused = typed.is_some();
    if let Some((part, typed)) = typed {
        part.names().iter().for_each(|name| form.set(name, typed.get(name)));
    }
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let settings = SettingsPage {
        desk,
        form,
        seen,
        wrong,
        clash,
        zones: zones(&publication.time_zone),
        languages: languages(&publication.language),
        config_from: app.config.mail_from.to_string(),
        has_ended_setup: publication.setup_at.is_some(),
    };
    page(status, &settings)
}

/// "Owen saved this at 09:31…": who saved a part while this admin was editing it.
async fn who_was_faster(desk: &Desk, tx: &mut Tx, part: Part) -> sqlx::Result<String> {
    let lately = audit_log::of_subject(tx, "publication", Uuid::nil(), 20).await?;
    let of_part = |entry: &&Entry| {
        let after: Value = serde_json::from_str(&entry.after_json).unwrap_or(Value::Null);
        part.names().iter().any(|name| after.get(name).is_some())
    };
    let sentence = match lately.iter().find(of_part) {
        Some(entry) => {
            let sentence = say("settings-clash").with("who", stored_words::who(&entry.user_email));
            sentence.with("time", desk.short_time(&entry.at))
        }
        None => say("settings-clash-someone"),
    };
    Ok(sentence.to_string())
}

/// `GET /admin/settings`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    settings_page(&app, &me, &request, None, FieldErrors::default(), false).await
}

/// `POST /admin/settings`: `part`, and its fields.
pub async fn save(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let part = FORMS.into_iter().find(|(name, _)| *name == fields.text("part")).map(|(_, part)| part);
    let part = part.ok_or_else(|| {
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "error-request", "desk-error-no-part-lead")
    })?;
    let typed = Form::typed(&[part], |name| fields.raw(name).to_owned());
    let cx = Context::new(&app, me.actor());
    match settings::save(&cx, &[part], &typed, fields.text("seen")).await {
        Ok(_) => Ok(done(&app, "/admin/settings", say("settings-saved").to_string())),
        Err(Error::Refused(refusal)) if refusal.is(&codes::SETTINGS_CHANGED) => {
            settings_page(&app, &me, &request, Some((part, typed)), FieldErrors::default(), true).await
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            settings_page(&app, &me, &request, Some((part, typed)), FieldErrors::of(&refusal), false).await
        }
        Err(error) => Err(refuse(error)),
    }
}

fn asked(request: &HttpRequest) -> Fields {
    Fields::of_query(request.query_string())
}
