//! What editors write, and how it becomes a campaign. The rules for every entry point; nothing here sends by itself.
//!
//! [`articles`]: articles of our own. [`drafts`]: campaigns as they are written, their tests and corrections.
//! [`timing`]: when they are sent, and the second person.

mod articles;
mod drafts;
mod timing;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;
use uuid::Uuid;

pub use self::articles::{begin_article, bring_back_article, delete_article, retire_article, save_article};
pub use self::drafts::{begin_campaign, begin_correction, bring_back, discard, save_campaign, send_test};
pub use self::timing::{
    Approved, Scheduled, When, approve, awaits_approval, schedule, send_draft, take_back, wants_second_person,
};
use crate::actions::{Context, Result};
use crate::app::App;
use crate::articles::html::{self, TooComplicated};
use crate::articles::{clean, text};
use crate::db::articles::Article;
use crate::db::audit::{Actor, Subject};
use crate::db::drafts::Draft;
use crate::db::users::Role;
use crate::db::{Tx, publication, users};
use crate::domain::placeholder;
use crate::domain::refusal::editorial as codes;
use crate::domain::refusal::{Refusal, common};
use crate::domain::text::escape_html;
use crate::locale::{Localizer, Phrase, say};
use crate::mail::content::PlaceholderMarks;

/// The longest text, in bytes: many times what a mail can hold, and less than what stalls a browser.
pub const MARKDOWN_BYTES_MAX: usize = 1_000_000;

/// The longest subject or title, in characters.
pub const SUBJECT_CHARS_MAX: usize = 500;

/// The longest preheader, in characters.
pub const PREHEADER_CHARS_MAX: usize = 250;

/// The longest reason of a correction, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// Articles in one campaign, at most.
pub const ARTICLES_MAX: usize = 30;

/// Addresses that one test may go to.
pub const TEST_ADDRESSES_MAX: usize = 5;

/// What an action of an editor's works with. Drafts say who wrote them, so nobody but a user may.
fn writer<'a>(cx: &'a Context<'_>) -> Result<(&'a App, &'a Actor, Uuid)> {
    cx.require(Role::Editor)?;
    let user = cx.actor.user_id.ok_or_else(|| common::DESK_ONLY.refusal())?;
    Ok((cx.app, &cx.actor, user))
}

fn refused<T>(refusal: Refusal) -> Result<T> {
    Err(refusal.into())
}

fn web_url(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The HTML of a campaign: why it corrects, the text, then the articles. Not cleaned yet.
pub fn html(
    markdown: &str,
    articles: &[Article],
    correction_reason: &str,
    zone: Tz,
    words: &Localizer,
) -> std::result::Result<String, TooComplicated> {
    let mut out = String::new();
    if !correction_reason.is_empty() {
        out.push_str(&format!(
            "<p>{}</p><hr>",
            words.html("mail-correction").with("reason", correction_reason)
        ));
    }
    out.push_str(&html::of_markdown(markdown)?);
    for article in articles {
        let title = escape_html(&text::shortened(&article.title, SUBJECT_CHARS_MAX));
        let url = web_url(&article.url).map(|url| escape_html(url.as_str()));
        match &url {
            // A heading of nothing is a hole in the page, and a stop for who listens to it.
            _ if title.is_empty() => {}
            Some(url) => out.push_str(&format!("<h2><a href=\"{url}\">{title}</a></h2>")),
            None => out.push_str(&format!("<h2>{title}</h2>")),
        }
        let day = words.date(&article.published_at.with_timezone(&zone));
        match article.author.as_str() {
            "" => out.push_str(&format!("<p>{day}</p>")),
            author => {
                let byline = words.html("mail-byline").with("author", author).with("date", day);
                out.push_str(&format!("<p>{byline}</p>"));
            }
        }
        if let Some(image) = web_url(&article.image_url) {
            let alt = escape_html(&article.image_alt);
            out.push_str(&format!("<p><img src=\"{}\" alt=\"{alt}\"></p>", escape_html(image.as_str())));
        }
        // Ours is all there is of it; a feed's is an invitation to the site.
        match &url {
            None => out.push_str(&article.content_html),
            Some(url) => {
                let source = match article.summary_html.trim() {
                    "" => &article.content_html,
                    _ => &article.summary_html,
                };
                out.push_str(&format!("<p>{}</p>", escape_html(&text::excerpt(source, 400))));
                out.push_str(&format!("<p><a href=\"{url}\">{}</a></p>", words.html("mail-read-article")));
            }
        }
    }
    Ok(out)
}

pub(super) fn too_complicated<T>(error: TooComplicated) -> Result<T> {
    refused(codes::TEXT_TOO_COMPLICATED.on("markdown").with("why", error.to_string()))
}

/// Refuses a text that no mail could be made of.
async fn check_readable(app: &App, id: Uuid) -> Result<()> {
    let mut tx = app.db.read().await?;
    let Some(draft) = crate::db::drafts::get(&mut tx, id).await? else {
        return refused(common::GONE.refusal());
    };
    let articles = crate::db::drafts::articles(&mut tx, id).await?;
    let publication = publication::get(&mut tx).await?;
    let (zone, words) = (publication.zone(), Localizer::negotiate([publication.language.as_str()]));
    drop(tx);
    let Some(markdown) = draft.markdown else { return Ok(()) };
    let base = app.config.base_url.clone();
    let read = html::apart(move || {
        clean::email_html_in(
            &html(&markdown, &articles, &draft.correction_reason, zone, &words)?,
            &base,
            &words,
        )
    });
    match read.await.flatten() {
        Ok(_) => Ok(()),
        Err(error) => too_complicated(error),
    }
}

fn check_line(
    field: &'static str,
    name: &'static str,
    text: &str,
    chars_max: usize,
    may_be_empty: bool,
) -> Result<()> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return refused(codes::LINE_BROKEN.on(field).with("name", Phrase::new(name)));
    }
    if text.trim().is_empty() && !may_be_empty {
        return refused(codes::LINE_EMPTY.on(field).with("name", Phrase::new(name)));
    }
    if text.chars().count() > chars_max {
        return refused(
            codes::LINE_TOO_LONG.on(field).with("name", Phrase::new(name)).with("max", chars_max),
        );
    }
    Ok(())
}

pub(super) fn check_markdown(markdown: &str) -> Result<()> {
    if markdown.len() > MARKDOWN_BYTES_MAX {
        let mb = format!("{:.1}", markdown.len() as f64 / 1e6);
        let refusal = codes::TEXT_TOO_LONG.on("markdown").with("mb", mb);
        return refused(refusal.with("max", MARKDOWN_BYTES_MAX / 1_000_000));
    }
    if markdown.contains('\0') {
        return refused(codes::TEXT_HAS_NUL.on("markdown"));
    }
    Ok(())
}

/// Refuses what has a placeholder that nobody knows, or one where no value can stand.
pub(super) async fn check_placeholders(
    app: &App,
    lines: &[(&'static str, &str)],
    text: Option<(&'static str, &str, TextKind)>,
) -> Result<()> {
    let any = lines
        .iter()
        .map(|(_, line)| *line)
        .chain(text.map(|(_, text, _)| text))
        .any(|text| text.contains("{{"));
    if !any {
        return Ok(());
    }
    let known = crate::db::fields::all(&mut app.db.read().await?).await?;
    let keys: Vec<&str> = known.iter().map(|field| field.key.as_str()).collect();
    for (field, line) in lines {
        placeholder::check(field, line, &keys)?;
    }
    let Some((field, text, kind)) = text else { return Ok(()) };
    placeholder::check(field, text, &keys)?;
    let mut marks = PlaceholderMarks::new()?;
    let marked = marks.mark(text);
    let within_tag = html::apart(move || match kind {
        TextKind::Html => Ok(marks.any_within_tag(&marked)),
        TextKind::Markdown => html::of_markdown(&marked).map(|html| marks.any_within_tag(&html)),
    });
    match within_tag.await.flatten() {
        Ok(false) => Ok(()),
        Ok(true) => refused(codes::PLACEHOLDER_IN_LINK.on(field)),
        Err(error) => too_complicated(error),
    }
}

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    Markdown,
    Html,
}

/// The same for a draft.
async fn check_draft_placeholders(app: &App, subject: &str, preheader: &str, markdown: &str) -> Result<()> {
    let lines = [("subject", subject), ("preheader", preheader)];
    check_placeholders(app, &lines, Some(("markdown", markdown, TextKind::Markdown))).await
}

fn subject_of(draft: &Draft) -> Subject<'_> {
    Subject { kind: "campaign", id: draft.id, name: &draft.subject }
}

/// Refuses to write over what somebody else saved in between: the page shows both.
async fn conflict<T>(
    tx: &mut Tx,
    me: Uuid,
    by: Option<Uuid>,
    at: Option<DateTime<Utc>>,
    version: i64,
) -> Result<T> {
    let by = match by {
        Some(id) if id == me => say("editor-you-elsewhere").to_string(),
        Some(id) => users::by_id(tx, id).await?.map_or_else(somebody, |user| user.shown().to_owned()),
        None => somebody(),
    };
    let at = at.map(|at| at.to_rfc3339()).unwrap_or_default();
    refused(codes::SAVED_BETWEEN.refusal().with("by", by).with("at", at).with("version", version))
}

fn somebody() -> String {
    say("editor-someone").to_string()
}

/// What somebody else saved in between, where that is why something was refused.
pub struct SavedBetween {
    pub by: String,
    pub at: Option<DateTime<Utc>>,
    pub version: i64,
}

impl SavedBetween {
    /// Reads it from a refusal.
    pub fn of(refusal: &Refusal) -> Option<SavedBetween> {
        if !refusal.is(&codes::SAVED_BETWEEN) {
            return None;
        }
        let named = |name| refusal.parameter(name).map(ToString::to_string).unwrap_or_default();
        let at = DateTime::parse_from_rfc3339(&named("at")).ok().map(|at| at.to_utc());
        Some(SavedBetween { by: named("by"), at, version: named("version").parse().unwrap_or_default() })
    }
}
