//! The setup's fifth step: the relay, with a test through it whose answer is shown.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;

use super::{Step, begin, steps};
use crate::actions::relay::{self, RelayForm, Tried};
use crate::actions::settings::FieldErrors;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::Kind;
use crate::locale::say;
use crate::mail::relay::MailRoute;
use crate::web::desk::frame::{Desk, Fields, Me, done};
use crate::web::desk::refuse;
use crate::web::page::{Answer, ErrorPage, page};

#[derive(Template)]
#[template(path = "admin/setup_relay.html")]
struct RelayPage {
    desk: Desk,
    steps: Vec<Step>,
    form: RelayForm,
    wrong: FieldErrors,
    email: String,
    /// The relays of the environment, or of before.
    hosts: String,
    is_of_environment: bool,
    is_capture_meant: bool,
    is_unreadable: bool,
    /// What the relay said when it was set.
    reply: Option<String>,
    /// Why a relay did not take the test.
    refused: Option<String>,
}

/// What a form is shown with.
#[derive(Default)]
struct Typed {
    form: Option<RelayForm>,
    wrong: FieldErrors,
    refused: Option<String>,
}

async fn relay_page(app: &Arc<App>, me: &Me, request: &HttpRequest, typed: Typed) -> Answer {
    let (progress, desk) = begin(app, me, request).await?;
    let Typed { form, wrong, refused } = typed;
    let status = match wrong.is_empty() && refused.is_none() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let current = relay::current(&Context::new(app, me.actor()));
    let form = form.unwrap_or_else(|| match &current {
        Some(parts) => RelayForm {
            host: parts.host.clone(),
            port: parts.port.to_string(),
            user: parts.user.clone(),
            password: String::new(),
        },
        None => RelayForm { port: "587".to_owned(), ..RelayForm::default() },
    });
    let hosts = match &*app.mail_route() {
        MailRoute::Smtp(relays) => {
            relays.iter().map(|relay| relay.host.as_str()).collect::<Vec<_>>().join(", ")
        }
        MailRoute::Capture { .. } => String::new(),
    };
    let takes_desks = app.config.takes_relay_of_desk;
    let shown = RelayPage {
        desk,
        steps: steps(&progress, "relay"),
        form,
        wrong,
        email: me.user.email.clone(),
        is_of_environment: !takes_desks && !hosts.is_empty(),
        is_capture_meant: !takes_desks && hosts.is_empty(),
        is_unreadable: app.is_relay_unreadable(),
        hosts,
        reply: progress.relay_reply.filter(|_| current.is_some()),
        refused,
    };
    page(status, &shown)
}

/// `GET /admin/setup/relay`
pub async fn show_relay(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    relay_page(&app, &me, &request, Typed::default()).await
}

/// `POST /admin/setup/relay`: `host`, `port`, `user`, `password`. Sends a test through it, and keeps it where the relay
/// takes that.
pub async fn save_relay(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let form = RelayForm {
        host: fields.text("host").to_owned(),
        port: fields.text("port").to_owned(),
        user: fields.text("user").to_owned(),
        password: fields.raw("password").to_owned(),
    };
    let email = EmailAddress::parse(&me.user.email).map_err(|error| {
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-own-address", error.phrase())
    })?;
    let cx = Context::new(&app, me.actor());
    // The password is not shown again.
    let shown = RelayForm { password: String::new(), ..form.clone() };
    match relay::set(&cx, &form, &email).await {
        Ok(Tried::Accepted(_)) => {
            let said = say("setup-relay-saved").with("host", &form.host).to_string();
            Ok(done(&app, "/admin/setup/relay", said))
        }
        Ok(Tried::Refused(why)) => {
            let typed = Typed { form: Some(shown), refused: Some(why), ..Typed::default() };
            relay_page(&app, &me, &request, typed).await
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            let wrong = FieldErrors::of(&refusal);
            relay_page(&app, &me, &request, Typed { form: Some(shown), wrong, refused: None }).await
        }
        Err(error) => Err(refuse(error)),
    }
}
