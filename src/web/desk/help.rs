//! Help: the keys, the words, how a mail comes about, what to do when.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::frame::{Desk, Me, Tab};
use crate::app::App;
use crate::web::page::{Answer, page};

struct Meaning {
    state: &'static str,
    word: &'static str,
    meaning: &'static str,
}

/// What each state means, under its mark.
const STATES: &[Meaning] = &[
    Meaning { state: "sent", word: "Sent", meaning: "the relay took it, and said so" },
    Meaning { state: "queued", word: "Queued", meaning: "waits for its turn" },
    Meaning { state: "sending", word: "Sending", meaning: "is on the wire now" },
    Meaning {
        state: "deferred",
        word: "Deferred",
        meaning: "the other side said: later. It is tried again by itself, for a day unless the operator chose otherwise",
    },
    Meaning {
        state: "uncertain",
        word: "Uncertain",
        meaning: "it was on the wire when the connection ended: it may have arrived",
    },
    Meaning {
        state: "bounced",
        word: "Bounced",
        meaning: "there is no such mailbox. It is never mailed again",
    },
    Meaning {
        state: "failed",
        word: "Failed",
        meaning: "refused for another reason, or put off for too long",
    },
    Meaning {
        state: "complained",
        word: "Complained",
        meaning: "the reader called it spam. Never mailed again",
    },
    Meaning { state: "held", word: "Held", meaning: "waits for one of you to decide" },
    Meaning { state: "paused", word: "Paused", meaning: "stopped, by somebody or by itself; says why" },
    Meaning { state: "active", word: "Active", meaning: "has confirmed, and gets mail" },
    Meaning { state: "pending", word: "Pending", meaning: "was asked to confirm, and has not" },
    Meaning {
        state: "unsubscribed",
        word: "Unsubscribed",
        meaning: "has left; skipped, cancelled or off, elsewhere",
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
