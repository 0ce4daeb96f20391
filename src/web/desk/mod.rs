//! The desk: where editors and admins work. Its pages call the same functions as commands do; who may open each
//! of them, the route table says.

pub(super) mod account;
pub(super) mod alerts;
pub(super) mod articles;
pub(super) mod calendar;
pub(super) mod changes;
pub(super) mod compose;
pub(super) mod error_page;
pub(super) mod feeds;
pub(super) mod find;
mod find_pages;
mod frame;
pub(super) mod held;
pub(super) mod help;
pub(super) mod imports;
pub(super) mod list_schedule;
pub(super) mod lists;
pub(super) mod merges;
pub(super) mod permission;
mod plot;
pub(super) mod progress;
pub(super) mod reports;
pub(super) mod segments;
pub(super) mod settings;
pub(super) mod setup;
pub(super) mod sign_in;
pub(super) mod sign_ups;
pub(super) mod subscriber;
pub(super) mod subscriber_fields;
pub(super) mod subscribers;
pub(super) mod suppressions;
pub(super) mod today;
pub(super) mod users;
pub(super) mod welcome;
pub(super) mod why;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::error_page::ErrorPage;
use crate::actions;
use crate::domain::refusal::{Kind, people};

/// The seconds to wait where too many passwords are being checked.
const BUSY_SECS: u64 = 5;

/// What a failed action is to a page that has no form for it.
fn refuse(error: actions::Error) -> ErrorPage {
    match error {
        actions::Error::Refused(refusal) if refusal.is(&people::PASSWORDS_BUSY) => {
            ErrorPage { retry_after: Some(BUSY_SECS), ..refusal.into() }
        }
        actions::Error::Refused(refusal) if refusal.code.kind == Kind::NotFound => ErrorPage::not_found(),
        other => other.into(),
    }
}

/// A parameter of the address; `None` where it is not there.
fn query(request: &HttpRequest, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// After a form: the page that shows the outcome.
fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
