//! When a campaign is sent: scheduled, taken back, approved, thrown away and brought back.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::workbench::{AskedAt, Moment, edit_page};
use super::{Failed, FieldError, edit_url, failed, find, page_of, refuse};
use crate::actions::Context;
use crate::actions::editorial::{self, When};
use crate::app::App;
use crate::db::publication;
use crate::domain::hold;
use crate::domain::local_time::{self, TimeError};
use crate::locale::say;
use crate::web::desk::frame::{Fields, Me, done, done_with_undo};
use crate::web::page::Answer;

/// `POST /admin/campaigns/{id}/schedule`: `version`, and `at` in the publication's zone; without `at`, now.
pub async fn schedule(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let mut tx = app.db.read().await?;
    let draft = find(&mut tx, &id).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let has_undo = publication::sending(&mut tx).await?.undo_secs > 0;
    drop(tx);
    let version = fields.text("version").parse().unwrap_or(-1);
    let at = fields.text("at");
    let when = match asked_time(&fields, zone, has_undo) {
        Ok(when) => when,
        Err((asked, wrong)) => return edit_page(&app, &me, &request, draft, None, asked, wrong).await,
    };
    match editorial::schedule(&Context::new(&app, me.actor()), draft.id, version, when).await {
        Ok(scheduled) => {
            let local = scheduled.at.with_timezone(&zone).format("%-d %B, %H:%M %Z");
            let sentence = match scheduled.awaits_approval {
                true => say("campaign-awaits-approval"),
                false if scheduled.at > app.clock.now() => {
                    say("campaign-scheduled").with("time", local.to_string())
                }
                false => say("campaign-sending-now"),
            };
            Ok(done(&app, &edit_url(draft.id), sentence.to_string()))
        }
        Err(error) => match failed(error) {
            Failed::Refused(refusal) => {
                edit_page(&app, &me, &request, draft, None, AskedAt::of(at), refusal.into()).await
            }
            Failed::SavedBetween(saved) => {
                let sentence = say("campaign-changed-since").with("name", &saved.by).to_string();
                let wrong = FieldError { field: "", sentence };
                edit_page(&app, &me, &request, draft, None, AskedAt::of(at), wrong).await
            }
            Failed::Page(page) => Err(page),
        },
    }
}

/// When a form asks for a campaign to be sent; else what it shows again, and what is wrong.
fn asked_time(fields: &Fields, zone: Tz, has_undo: bool) -> Result<When, (AskedAt, FieldError)> {
    let text = fields.text("at");
    let wrong = |field, sentence: String| FieldError { field, sentence };
    if fields.text("when") == "now" {
        let digits = |name: &str| fields.text(name).chars().filter(char::is_ascii_digit).collect::<String>();
        // What is sent at once can't be taken back.
        let is_sure = has_undo || (!digits("shown").is_empty() && digits("shown") == digits("typed"));
        return match is_sure {
            true => Ok(When::Now),
            false => Err((AskedAt::of(text), wrong("typed", say("campaign-sure-missing").to_string()))),
        };
    }
    if text.is_empty() {
        return Err((AskedAt::default(), wrong("at", say("campaign-time-missing").to_string())));
    }
    match (local_time::parse(text, zone), chosen(fields.text("which"), text, zone)) {
        (Ok(time), _) | (Err(TimeError::Repeated { .. }), Some(time)) => Ok(When::At(time)),
        (Err(TimeError::Repeated { first, second, .. }), None) => {
            let twice =
                [(first, "campaign-hour-first"), (second, "campaign-hour-second")].map(|(time, key)| {
                    let shown = time.format("%H:%M %Z (UTC%:z)").to_string();
                    Moment { value: time.to_rfc3339(), label: say(key).with("time", shown).to_string() }
                });
            let asked = AskedAt { text: text.to_owned(), twice: twice.into() };
            Err((asked, wrong("at", say("campaign-hour-twice").to_string())))
        }
        (Err(error), _) => Err((AskedAt::of(text), wrong("at", format!("{error}.")))),
    }
}

/// Which of a repeated hour's two moments was chosen; `None` where it is not of the time in the field.
fn chosen(which: &str, at: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(which).ok()?.with_timezone(&zone);
    (moment.format("%Y-%m-%dT%H:%M").to_string() == at.replace(' ', "T")).then(|| moment.to_utc())
}

/// `POST /admin/campaigns/{id}/send`: sends a draft that a feed made.
pub async fn send_draft(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let sent = editorial::send_draft(&Context::new(&app, me.actor()), draft.id).await.map_err(refuse)?;
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    let time = sent.at.with_timezone(&zone).format("%-d %B, %H:%M %Z").to_string();
    let sentence = match sent.awaits_approval {
        true => say("campaign-awaits-approval"),
        false if sent.at > app.clock.now() => say("campaign-scheduled").with("time", time),
        false => say("campaign-sending-now"),
    };
    let undo = format!("/admin/campaigns/{}/take-back", draft.id);
    Ok(done_with_undo(&app, &page_of(&draft), sentence.to_string(), &undo))
}

/// `POST /admin/campaigns/{id}/discard`: throws a draft away.
pub async fn discard(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    editorial::discard(&Context::new(&app, me.actor()), draft.id).await.map_err(refuse)?;
    let sentence = match draft.subject.as_str() {
        "" => say("campaign-deleted"),
        subject => say("campaign-deleted-named").with("subject", subject),
    };
    let undo = format!("/admin/campaigns/{}/bring-back", draft.id);
    Ok(done_with_undo(&app, "/admin/campaigns", sentence.to_string(), &undo))
}

/// `POST /admin/campaigns/{id}/bring-back`: a draft again.
pub async fn bring_back(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    editorial::bring_back(&Context::new(&app, me.actor()), draft.id).await.map_err(refuse)?;
    Ok(done(&app, &page_of(&draft), say("campaign-draft-again").to_string()))
}

/// `POST /admin/campaigns/{id}/take-back`
pub async fn take_back(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    editorial::take_back(&Context::new(&app, me.actor()), draft.id).await.map_err(refuse)?;
    Ok(done(&app, &page_of(&draft), say("campaign-undone").to_string()))
}

/// `POST /admin/campaigns/{id}/approve`
pub async fn approve(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let approved = editorial::approve(&Context::new(&app, me.actor()), draft.id).await.map_err(refuse)?;
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    let at = approved.at.with_timezone(&zone).format("%-d %B, %H:%M %Z");
    let sentence = match approved.still.as_slice() {
        [] => say("campaign-approved").with("time", at.to_string()),
        still => say("campaign-approved-held").with("why", hold::in_sentences(still)),
    };
    Ok(done(&app, &page_of(&draft), sentence.to_string()))
}
