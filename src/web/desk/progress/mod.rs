//! A campaign's record: how it comes on, live; what happened; who has not got it and why; and what an
//! editor may do about it. It reads counted numbers, which name their moment.

mod catch_up;
mod decide;
mod deliveries;
mod digest;
mod events;
mod list;
mod live;
mod record;

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;

pub use self::catch_up::{ask_missed, send_to_missed};
pub use self::decide::{ask_cancel, cancel, pause, resume};
pub use self::deliveries::deliveries;
pub use self::digest::{ask_breaking, reorder, send_breaking, send_now};
pub use self::events::{Streams, events};
pub use self::list::list;
pub use self::live::{Live, State, duration};
pub use self::record::{DomainRow, by_domain, show};
use crate::web::page::ErrorPage;

/// Campaigns, and deliveries, of one page.
const PAGE: i64 = 50;

/// A page looks for rare deliveries so long.
const SEARCH_FOR: Duration = Duration::from_millis(25);

/// A field of a page's address; empty where it is not there.
pub fn query(request: &HttpRequest, name: &str) -> String {
    let fields = url::form_urlencoded::parse(request.query_string().as_bytes());
    fields
        .into_iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

pub fn gone() -> ErrorPage {
    ErrorPage::new(StatusCode::NOT_FOUND, "desk-error-no-campaign", "desk-error-no-campaign-lead")
}
