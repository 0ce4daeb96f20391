//! Whether the process lives, and whether it can work.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use tokio::sync::Mutex;

use crate::app::App;
use crate::db::readiness::{self, NotReady};

/// How long an answer is given again at least, and one that all is well at most.
const KEPT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// Trying the database out takes one part in so many of the time, at most.
const SHARE: u32 = 20;

/// The last trial of the database. Whoever polls shares it, so that polling costs nothing.
#[derive(Default)]
pub struct Readiness {
    last: Mutex<Option<(Instant, Result<(), NotReady>)>>,
}

impl Readiness {
    async fn ask(&self, app: &App) -> Result<(), NotReady> {
        let mut last = self.last.lock().await;
        if let Some((until, answer)) = &*last
            && Instant::now() < *until
        {
            return answer.clone();
        }
        let begun = Instant::now();
        let answer = readiness::try_out(&app.db).await;
        let (least, most) = KEPT;
        let keep = match answer {
            Ok(()) => (begun.elapsed() * SHARE).clamp(least, most),
            Err(_) => least,
        };
        *last = Some((Instant::now() + keep, answer.clone()));
        answer
    }
}

/// `GET /healthz`
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`: whether the database takes a row and gives it back, as it was found a moment ago at most.
pub async fn ready(app: web::Data<App>, readiness: web::Data<Readiness>) -> HttpResponse {
    let (mut response, words) = match readiness.ask(&app).await {
        Ok(()) => (HttpResponse::Ok(), "ready".to_owned()),
        Err(NotReady(words)) => (HttpResponse::ServiceUnavailable(), words),
    };
    response.content_type("text/plain; charset=utf-8").body(format!("{words}\n"))
}

/// Any other address of a worker.
pub async fn no_pages() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("text/plain; charset=utf-8")
        .body("This process delivers mail and has no pages. It answers /healthz, /readyz and /metrics.\n")
}
