//! What makes a document no feed that can be used, in words for whoever added it.

use super::bounds;
use crate::locale::say;

/// Why a document is no feed that can be used; says what to do.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ParseError {
    #[error("{}", say("feed-why-empty"))]
    Empty,
    #[error("{}", say("feed-why-web-page"))]
    WebPage,
    #[error("{}", say("feed-why-doctype"))]
    Doctype,
    #[error("{}", say("feed-why-cut"))]
    Truncated,
    #[error("{}", say("feed-why-items").with("max", bounds::ITEMS_MAX).with("read", bounds::ITEMS_READ_MAX))]
    TooManyItems,
    #[error("{}", say("feed-why-elements").with("max", bounds::ELEMENTS_MAX))]
    TooManyElements,
    #[error("{}", say("feed-why-no-feed"))]
    NotAFeed,
    #[error("{}", say("feed-why-damaged").with("why", .0))]
    Damaged(String),
}
