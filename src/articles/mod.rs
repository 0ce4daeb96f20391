//! Articles: their HTML read within a budget ([`html`]), made fit for mail ([`clean`]), their words without HTML
//! ([`text`]), and what a mail shows and links to ([`outline`]). Never
//! fetches, and never knows to whom anything goes.

pub mod clean;
pub mod html;
mod numerals;
pub mod outline;
pub mod srcset;
pub mod text;

use chrono::{DateTime, Utc};

/// No article has more bytes of HTML; what lies beyond is cut.
const INPUT_BYTES_MAX: usize = 1_000_000;

/// An article as a mail shows it. The HTML is the feed's own, not cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleView {
    /// Plain text: what looks like a tag is none.
    pub title: String,
    pub url: String,
    /// Plain text too; empty where nobody signed it.
    pub author: String,
    pub published_at: DateTime<Utc>,
    /// The full text; empty where the feed has excerpts only.
    pub content_html: String,
    pub summary_html: String,
    /// The featured image; empty where there is none.
    pub image_url: String,
    /// Plain text.
    pub image_alt: String,
}

impl From<crate::db::articles::Article> for ArticleView {
    fn from(article: crate::db::articles::Article) -> Self {
        ArticleView {
            title: article.title,
            url: article.url,
            author: article.author,
            published_at: article.published_at,
            content_html: article.content_html,
            summary_html: article.summary_html,
            image_url: article.image_url,
            image_alt: article.image_alt,
        }
    }
}
