//! `GET /metrics`, and the middleware that counts requests.
//!
//! Strangers must not read it: who signs an address up and sees whether a notice left knows whether
//! that address was there. So its line in the route table opens it to our own network only.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::App;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`
pub async fn show(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
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
