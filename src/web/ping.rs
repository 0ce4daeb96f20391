//! `POST /ping`: XML-RPC by which sites say that they have changed, as WordPress does by itself to each of its "update
//! services". Whoever pings learns whether a feed of the site is known here, and no more.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::error_page::{Answer, ErrorPage};
use super::limits::PingLimit;
use super::reader;
use crate::actions::pushes;
use crate::app::App;
use crate::app::metrics::PushResult;
use crate::feeds::xml_rpc::{self, Call};
use crate::locale::{Phrase, say};

/// What XML-RPC's servers say by agreement.
const NOT_WELL_FORMED: i32 = -32700;
const NO_SUCH_METHOD: i32 = -32601;
const WRONG_PARAMETERS: i32 = -32602;

/// `POST /ping`: `weblogUpdates.extendedPing` with name, home, what has changed, and feed, of which the last two may be
/// missing; `weblogUpdates.ping` with name and home.
pub async fn submit(
    request: HttpRequest,
    body: web::Bytes,
    app: web::Data<App>,
    limit: Option<web::Data<PingLimit>>,
) -> Answer {
    let ip = reader::ip(&request, &app.config.trusted_proxies);
    if let Some(limit) = limit
        && let Err(seconds) = limit.check(ip, app.clock.now())
    {
        app.metrics.push(PushResult::Limited);
        let sentence = Phrase::new("error-too-often-lead").with("minutes", seconds.div_ceil(60));
        let refusal = ErrorPage::new(StatusCode::TOO_MANY_REQUESTS, "error-too-often", sentence);
        return Err(ErrorPage { retry_after: Some(seconds), ..refusal });
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let fault = |code, key| {
        app.metrics.push(PushResult::Malformed);
        Ok(xml(xml_rpc::fault(code, &say(key).to_string())))
    };
    let Some(Call { method, parameters }) = xml_rpc::read(&body, kind) else {
        return fault(NOT_WELL_FORMED, "ping-malformed");
    };
    if !matches!(method.as_str(), "weblogUpdates.ping" | "weblogUpdates.extendedPing") {
        return fault(NO_SUCH_METHOD, "ping-method");
    }
    let [_, addresses @ ..] = parameters.as_slice() else {
        return fault(WRONG_PARAMETERS, "ping-parameters");
    };
    if addresses.is_empty() {
        return fault(WRONG_PARAMETERS, "ping-parameters");
    }
    let is_known = pushes::ping(&app, addresses).await?;
    app.metrics.push(if is_known { PushResult::Ping } else { PushResult::Unknown });
    let sentence = say(if is_known { "ping-taken" } else { "ping-unknown" });
    Ok(xml(xml_rpc::answer(!is_known, &sentence.to_string())))
}

fn xml(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(text)
}
