//! Articles: their HTML made fit for mail ([`clean`]) and their words without HTML ([`text`]).

pub mod clean;
pub mod text;

use chrono::{DateTime, Utc};

/// An article as a mail shows it. The HTML is the feed's own, not cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleView {
    /// May hold entities and tags.
    pub title: String,
    pub url: String,
    /// Empty where nobody signed it.
    pub author: String,
    pub published_at: DateTime<Utc>,
    /// The full text; empty where the feed has excerpts only.
    pub content_html: String,
    pub summary_html: String,
    /// The featured image; empty where there is none.
    pub image_url: String,
    pub image_alt: String,
}
