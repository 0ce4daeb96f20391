//! `/websub/{id}`: where hubs ask whether a subscription is ours, and say that there is something new. What they send is
//! summed up for its signature and never kept.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use uuid::Uuid;

use super::error_page::{Answer, ErrorPage};
use crate::actions::pushes::hubs::{self, Question};
use crate::app::App;
use crate::app::metrics::PushResult;

/// The longest challenge that is given back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 2_048;
/// The largest body that is read, in bytes: as large as a feed.
pub const BYTES_MAX: usize = crate::fetch::BODY_BYTES_MAX;

fn id(path: &str) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(path).map_err(|_| ErrorPage::not_found())
}

/// `GET /websub/{id}`: `hub.mode`, `hub.topic`, `hub.challenge`, `hub.lease_seconds`, `hub.reason`. Notes what the hub
/// has decided, and so does nothing for a HEAD.
pub async fn verify(request: HttpRequest, app: web::Data<App>, path: web::Path<String>) -> Answer {
    let id = id(&path)?;
    if request.method() != Method::GET {
        return Err(ErrorPage::not_found());
    }
    let mut question = Question::default();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        let value = value.into_owned();
        match &*name {
            "hub.mode" => question.mode = value,
            "hub.topic" => question.topic = value,
            "hub.challenge" if value.len() <= CHALLENGE_BYTES_MAX => question.challenge = value,
            "hub.lease_seconds" => question.lease_seconds = value.parse().ok(),
            "hub.reason" => question.reason = value,
            _ => {}
        }
    }
    let said = hubs::answer(&app, id, &question).await?.ok_or_else(ErrorPage::not_found)?;
    // Whatever it is, no browser takes it for a page.
    let policy = ("content-security-policy", "default-src 'none'; sandbox");
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").insert_header(policy).body(said))
}

/// `POST /websub/{id}`: what is new, signed in `X-Hub-Signature`. Who signs it wrongly is told nothing of it.
pub async fn receive(
    request: HttpRequest,
    mut payload: web::Payload,
    app: web::Data<App>,
    path: web::Path<String>,
) -> Answer {
    let id = id(&path)?;
    let header = request.headers().get("x-hub-signature").and_then(|value| value.to_str().ok());
    let Some(mut check) = hubs::check_of(&app, id, header).await? else {
        return Err(ErrorPage::not_found());
    };
    let mut bytes = 0;
    while let Some(chunk) = payload.next().await {
        let Ok(chunk) = chunk else { return Err(ErrorPage::of(StatusCode::BAD_REQUEST)) };
        bytes += chunk.len();
        if bytes > BYTES_MAX {
            check = None;
            break;
        }
        if let Some(check) = &mut check {
            check.update(&chunk);
        }
    }
    match check.is_some_and(|check| check.is_right()) {
        true => {
            hubs::take(&app, id).await?;
            app.metrics.push(PushResult::WebSub);
        }
        false => {
            app.metrics.push(PushResult::Unsigned);
            tracing::warn!(subscription = %id, "a push was not signed with the secret that its hub knows; nothing follows");
        }
    }
    Ok(HttpResponse::Accepted().finish())
}
