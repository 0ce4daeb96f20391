//! `GET /metrics`, and the middleware that counts requests.
//!
//! Strangers must not read it: who signs an address up and sees whether a notice left knows whether
//! that address was there. So it answers only on our own network, and never through a proxy.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};

use super::reader;
use crate::app::App;
use crate::fetch;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Whether a request comes from this machine or a private network, with no proxy between.
fn is_near(request: &HttpRequest) -> bool {
    !reader::was_forwarded(request.headers())
        && request.peer_addr().is_some_and(|peer| !fetch::is_public(peer.ip()))
}

/// `GET /metrics`
pub async fn show(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    if !is_near(&request) {
        return HttpResponse::Forbidden().content_type("text/plain; charset=utf-8").body(
            "Metrics are not for strangers. Ask from this machine or a private network, and not through a proxy.\n",
        );
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (kind, text) = if accept.contains("application/openmetrics-text") {
        (OPEN_METRICS, app.metrics.open_metrics())
    } else {
        (PROMETHEUS, app.metrics.prometheus())
    };
    match text {
        Ok(text) => HttpResponse::Ok()
            .content_type(kind)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Counts and times every answer.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let answer = next.call(request).await;
    if let Some(app) = app {
        let (route, status) = match &answer {
            Ok(response) => (response.request().match_pattern(), response.status()),
            Err(error) => (None, error.as_response_error().status_code()),
        };
        app.metrics.request(route, status.as_u16(), begun.elapsed());
    }
    answer
}
