//! Why a request gets no page of its own: a status and its words. It never knows what they are shown in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::actions;
use crate::db;
use crate::domain::refusal::{Kind, Refusal};

/// Why a request gets no page of its own. Shown in the site's frame, or as problem details (RFC
/// 9457) to who prefers JSON.
#[derive(Debug, thiserror::Error)]
#[error("{title}: {sentence}")]
pub struct ErrorPage {
    pub status: StatusCode,
    pub title: String,
    pub sentence: String,
    /// The field of the form that is wrong; empty where none is.
    pub field: &'static str,
    /// Seconds until it may work.
    pub retry_after: Option<u64>,
}

impl ErrorPage {
    pub fn new(status: StatusCode, title: &str, sentence: &str) -> ErrorPage {
        ErrorPage {
            status,
            title: title.to_owned(),
            sentence: sentence.to_owned(),
            field: "",
            retry_after: None,
        }
    }

    pub fn not_found() -> ErrorPage {
        ErrorPage::of(StatusCode::NOT_FOUND)
    }

    /// A link that we did not sign.
    pub fn bad_link() -> ErrorPage {
        ErrorPage::new(
            StatusCode::NOT_FOUND,
            "This link is not whole",
            "Some sign of it is missing or changed. Open it from the mail again, or copy all of it.",
        )
    }

    /// A link whose subscriber was erased.
    pub fn nobody() -> ErrorPage {
        ErrorPage::new(
            StatusCode::NOT_FOUND,
            "We keep nothing about this address",
            "It was erased, and gets no mail from us.",
        )
    }

    /// What holds a character, a number or a time that no database stores.
    pub fn unstorable() -> ErrorPage {
        ErrorPage::new(
            StatusCode::BAD_REQUEST,
            "We can't read that",
            "It holds a character (NUL), a number or a time that can't be stored. Take it out and send it again.",
        )
    }

    /// The usual words of a status.
    pub fn of(status: StatusCode) -> ErrorPage {
        let (title, sentence) = match status {
            StatusCode::NOT_FOUND => {
                ("There is no page here", "The address may be mistyped, or what was here is gone.")
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                ("This page can't do that", "The address is right, the method is not.")
            }
            StatusCode::REQUEST_TIMEOUT => {
                ("This took too long", "What you sent did not arrive in time. Send it again.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("That is too much", "What was sent is larger than 16 KB. A form here holds far less.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("We can't read that", "Send a form (application/x-www-form-urlencoded) or JSON.")
            }
            status if status.is_client_error() => {
                ("We can't read that", "The request is not whole. Go back and try once more.")
            }
            _ => ("This failed on our side", "Nothing was changed. Try again in a minute."),
        };
        ErrorPage::new(status, title, sentence)
    }

    /// Problem details, RFC 9457.
    pub fn problem(&self) -> HttpResponse {
        let mut problem = serde_json::json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.sentence,
        });
        if !self.field.is_empty() {
            problem["errors"] = serde_json::json!([{ "field": self.field, "detail": self.sentence }]);
        }
        HttpResponse::build(self.status).content_type("application/problem+json").body(problem.to_string())
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
            Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "That can't be done"),
            Kind::Forbidden => (StatusCode::FORBIDDEN, "You may not do this"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "It is not there"),
            Kind::Conflict => (StatusCode::CONFLICT, "That can't be done"),
            Kind::TooSoon => (StatusCode::TOO_MANY_REQUESTS, "That has to wait"),
        };
        ErrorPage { field: refusal.field, ..ErrorPage::new(status, title, &refusal.sentence()) }
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
