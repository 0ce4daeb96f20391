//! Digests.

use chrono::{DateTime, Utc};

use super::placeholders::PlaceholderMarks;
use super::{Content, MailLinks, Written, written};
use crate::articles::ArticleView;
use crate::db::publication::Publication;
use crate::domain::text::escape_html;
use crate::locale::Localizer;

/// What a digest says.
pub struct Digest<'a> {
    /// In the order in which they stand; the first leads.
    pub articles: &'a [ArticleView],
    /// Whole articles instead of excerpts.
    pub full: bool,
    /// Empty: the language's own.
    pub subject: &'a str,
    pub at: DateTime<Utc>,
}

pub fn digest(
    publication: &Publication,
    list: (&str, &Localizer),
    digest: &Digest<'_>,
    links: &MailLinks<'_>,
) -> anyhow::Result<Content> {
    let html: String = digest
        .articles
        .iter()
        .map(|article| {
            format!("<h2><a href=\"{}\">{}</a></h2>", escape_html(&article.url), escape_html(&article.title))
        })
        .collect();
    let title = digest.articles.first().map_or("", |article| article.title.as_str());
    let text = Written { subject: title, preheader: "", html: &html, at: digest.at };
    written(publication, list, text, PlaceholderMarks::new()?, links)
}
