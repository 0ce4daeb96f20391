//! Whether the process lives, and whether it can work.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::db::schema;

/// `GET /healthz`
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    let current = async { schema::is_current(&mut app.db.read().await?).await };
    let (mut response, words) = match current.await {
        Ok(true) => (HttpResponse::Ok(), "ready\n"),
        Ok(false) => {
            (HttpResponse::ServiceUnavailable(), "the schema is not up to date: postrider migrate\n")
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            (HttpResponse::ServiceUnavailable(), "the database does not answer\n")
        }
    };
    response.content_type("text/plain; charset=utf-8").body(words)
}

/// Any other address of a worker.
pub async fn no_pages() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("text/plain; charset=utf-8")
        .body("This process delivers mail and has no pages. It answers /healthz, /readyz and /metrics.\n")
}
