//! What makes a document no feed that can be used, in words for whoever added it.

use super::bounds;

/// Why a document is no feed that can be used; says what to do.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ParseError {
    #[error("the answer is empty; open the address in a browser to see whether the site works")]
    Empty,
    #[error("this is a web page, not a feed: look for its feed address, often /feed/")]
    WebPage,
    #[error(
        "the feed has a DOCTYPE, which can be used for attacks and is refused; ask the site to leave it out"
    )]
    Doctype,
    #[error("the feed ends in the middle; its site was cut off while answering, and is asked again later")]
    Truncated,
    #[error("the feed nests elements more than {} deep and is refused", bounds::DEPTH_MAX)]
    TooDeep,
    #[error(
        "the feed lists more than {} items and is refused; let the site list fewer: the newest {} are read",
        bounds::ITEMS_MAX,
        bounds::ITEMS_READ_MAX
    )]
    TooManyItems,
    #[error(
        "the feed holds more than {} elements and is refused; let the site list fewer items",
        bounds::ELEMENTS_MAX
    )]
    TooManyElements,
    #[error(
        "an element of the feed has more than {} attributes; a feed validator shows the place",
        bounds::ATTRIBUTES_MAX
    )]
    TooManyAttributes,
    #[error("this is neither RSS, Atom nor JSON Feed; check the address")]
    NotAFeed,
    #[error("the feed is damaged: {0}; a feed validator shows the place")]
    Damaged(String),
}
