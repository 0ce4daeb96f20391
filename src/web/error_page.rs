//! Why a request gets no page of its own: a status and its words. It never knows what they are shown in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::routes;
use crate::actions;
use crate::db;
use crate::domain::refusal::{Kind, Refusal};
use crate::locale::{Localizer, Phrase};

/// Why a request gets no page of its own. Shown in the site's frame, or as problem details (RFC
/// 9457) to who prefers JSON.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{title}: {sentence}")]
pub struct ErrorPage {
    pub status: StatusCode,
    pub title: Phrase,
    pub sentence: Phrase,
    /// The field of the form that is wrong; empty where none is.
    pub field: &'static str,
    /// Seconds until it may work.
    pub retry_after: Option<u64>,
}

impl ErrorPage {
    /// A page with the sentences of these keys.
    pub fn new(status: StatusCode, title: impl Into<Phrase>, sentence: impl Into<Phrase>) -> ErrorPage {
        let (title, sentence) = (title.into(), sentence.into());
        ErrorPage { status, title, sentence, field: "", retry_after: None }
    }

    pub fn not_found() -> ErrorPage {
        ErrorPage::of(StatusCode::NOT_FOUND)
    }

    /// A link that we did not sign.
    pub fn bad_link() -> ErrorPage {
        ErrorPage::new(StatusCode::NOT_FOUND, "error-link", "error-link-lead")
    }

    /// A link whose subscriber was erased.
    pub fn nobody() -> ErrorPage {
        ErrorPage::new(StatusCode::NOT_FOUND, "error-nobody", "error-nobody-lead")
    }

    /// What holds a character, a number or a time that no database stores.
    pub fn unstorable() -> ErrorPage {
        ErrorPage::new(StatusCode::BAD_REQUEST, "error-request", "error-unstorable-lead")
    }

    /// The usual words of a status.
    pub fn of(status: StatusCode) -> ErrorPage {
        let (title, sentence) = match status {
            StatusCode::NOT_FOUND => ("error-not-found", "error-not-found-lead"),
            StatusCode::METHOD_NOT_ALLOWED => ("error-method", "error-method-lead"),
            StatusCode::REQUEST_TIMEOUT => ("error-timeout", "error-timeout-lead"),
            StatusCode::PAYLOAD_TOO_LARGE => {
                let sentence = Phrase::new("error-too-large-lead").with("kilobytes", routes::SMALL / 1024);
                return ErrorPage::new(status, "error-too-large", sentence);
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("error-media-type", "error-media-type-lead"),
            status if status.is_client_error() => ("error-request", "error-request-lead"),
            _ => ("error-server", "error-server-lead"),
        };
        ErrorPage::new(status, title, sentence)
    }

    /// Problem details, RFC 9457.
    pub fn problem(&self, words: &Localizer) -> HttpResponse {
        self.respond_with(&self.problem_value(words))
    }

    /// The response with a problem that something was added to.
    pub fn respond_with(&self, problem: &serde_json::Value) -> HttpResponse {
        HttpResponse::build(self.status).content_type("application/problem+json").body(problem.to_string())
    }

    /// The problem, to add to.
    pub fn problem_value(&self, words: &Localizer) -> serde_json::Value {
        let detail = self.sentence.text(words);
        let mut problem = serde_json::json!({
            "type": "about:blank",
            "title": self.title.text(words),
            "status": self.status.as_u16(),
            "detail": detail,
        });
        if !self.field.is_empty() {
            problem["errors"] = serde_json::json!([{ "field": self.field, "detail": detail }]);
        }
        problem
    }
}

impl From<actions::Error> for ErrorPage {
    fn from(error: actions::Error) -> ErrorPage {
        match error {
            actions::Error::Refused(refusal) => refusal.into(),
            actions::Error::Database(error) => error.into(),
            actions::Error::Failed(error) => {
                tracing::error!(error = format!("{error:#}"), "what a page asked for failed");
                ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl From<Refusal> for ErrorPage {
    fn from(refusal: Refusal) -> ErrorPage {
        let (status, title) = match refusal.code.kind {
            Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "error-invalid"),
            Kind::Forbidden => (StatusCode::FORBIDDEN, "error-forbidden"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "error-gone"),
            Kind::Conflict => (StatusCode::CONFLICT, "error-conflict"),
            Kind::TooSoon => (StatusCode::TOO_MANY_REQUESTS, "error-too-soon"),
        };
        ErrorPage { field: refusal.field, ..ErrorPage::new(status, title, refusal.phrase()) }
    }
}

impl From<sqlx::Error> for ErrorPage {
    fn from(error: sqlx::Error) -> Self {
        if db::is_unstorable(&error) {
            tracing::info!(error = &error as &dyn std::error::Error, "a request holds what can't be stored");
            return ErrorPage::unstorable();
        }
        tracing::error!(error = &error as &dyn std::error::Error, "the database refused a page");
        ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl ResponseError for ErrorPage {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    // The words are added by the middleware `finish`, which knows the publication.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status)
    }
}

/// What a handler answers.
pub type Answer = Result<HttpResponse, ErrorPage>;
