//! Help: the keys, the words, how a mail comes about, what to do when.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::frame::{Desk, Me, Tab};
use crate::app::App;
use crate::web::page::{Answer, page};

struct Meaning {
    /// The name of its mark.
    state: &'static str,
    /// Keys.
    word: &'static str,
    meaning: &'static str,
}

/// What each state means, under its mark.
const STATES: &[Meaning] = &[
    Meaning { state: "sent", word: "help-state-sent", meaning: "help-state-sent-meaning" },
    Meaning { state: "queued", word: "help-state-queued", meaning: "help-state-queued-meaning" },
    Meaning { state: "sending", word: "help-state-sending", meaning: "help-state-sending-meaning" },
    Meaning { state: "deferred", word: "help-state-deferred", meaning: "help-state-deferred-meaning" },
    Meaning { state: "uncertain", word: "help-state-uncertain", meaning: "help-state-uncertain-meaning" },
    Meaning { state: "bounced", word: "help-state-bounced", meaning: "help-state-bounced-meaning" },
    Meaning { state: "failed", word: "help-state-failed", meaning: "help-state-failed-meaning" },
    Meaning { state: "complained", word: "help-state-complained", meaning: "help-state-complained-meaning" },
    Meaning { state: "held", word: "help-state-held", meaning: "help-state-held-meaning" },
    Meaning { state: "paused", word: "help-state-paused", meaning: "help-state-paused-meaning" },
    Meaning { state: "active", word: "help-state-active", meaning: "help-state-active-meaning" },
    Meaning { state: "pending", word: "help-state-pending", meaning: "help-state-pending-meaning" },
    Meaning {
        state: "unsubscribed",
        word: "help-state-unsubscribed",
        meaning: "help-state-unsubscribed-meaning",
    },
];

#[derive(Template)]
#[template(path = "admin/help.html")]
struct HelpPage {
    desk: Desk,
    states: &'static [Meaning],
}

/// `GET /admin/help`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let desk = Desk::read(&app, &mut app.db.read().await?, &me, &request, Tab::None).await?;
    page(StatusCode::OK, &HelpPage { desk, states: STATES })
}
