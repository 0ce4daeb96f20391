//! The mails of campaigns: about an article, or what an editor wrote; shortened to what mail clients show.

use anyhow::Context as _;

use chrono::{DateTime, Utc};

use super::frame::{Frame, inlined, templates, web_url};
use super::markers::{Markers, settle_values};
use super::placeholders::PlaceholderMarks;
use super::{Content, ReasonByCadence, Reasons};
use crate::articles::{ArticleView, clean, text};
use crate::db::publication::Publication;
use crate::domain::placeholder::Placeholder;
use crate::locale::{Localizer, Value};
use crate::mail::slots::{Slot, defuse};

/// Gmail hides what comes after 102 KB of HTML, the unsubscribe link first. The rest is room for the
/// tokens and for what relays and tests add.
pub(super) const HTML_BYTES_MAX: usize = 90_000;
/// The text part, for the same reason: a hostile feed must not make mails of megabytes.
pub(super) const TEXT_BYTES_MAX: usize = 90_000;
/// Below this it is not the article that makes a mail big.
const ARTICLE_BYTES_MIN: usize = 4_000;
/// No headline is longer; it becomes the subject.
pub(super) const TITLE_CHARS_MAX: usize = 250;
/// About what inboxes show.
pub(super) const PREHEADER_CHARS_MAX: usize = 140;

/// Where a campaign's links lead.
#[derive(Clone, Copy, Debug)]
pub struct MailLinks<'a> {
    /// No slash at its end.
    pub base_url: &'a str,
    /// The campaign's public copy.
    pub view_in_browser: &'a str,
}

/// A mail about one article, or about what an editor wrote.
struct Campaign<'a> {
    frame: Frame<'a>,
    subject: String,
    title: String,
    /// `None` where the article has no address on the web.
    read_url: Option<String>,
    /// "By Marta Lindqvist · 24 November 2026"; empty on what an editor wrote.
    byline: String,
    links: MailLinks<'a>,
    list_name: &'a str,
    /// Address and alt text.
    picture: Option<(String, String)>,
    /// Which way its text runs: the side of a quote's bar and of a list's marks.
    article_dir: &'static str,
    /// Safe.
    article_html: String,
    article_text: String,
    cut: bool,
    markers: Markers,
    placeholders: Vec<Placeholder>,
}

/// Why a reader gets what is sent to a list.
pub(super) fn reasons(words: &Localizer, list_name: &str) -> Reasons {
    let html = |key| {
        let sentence = words.html(key).with("newsletter", list_name);
        sentence
            .with("address", Value::Html(address_in_html()))
            .with("date", Slot::Since.marker())
            .to_string()
    };
    let text = |key| {
        let sentence = words.text(key).with("newsletter", defuse(list_name));
        sentence.with("address", Slot::Email.marker()).with("date", Slot::Since.marker()).to_string()
    };
    Reasons { html: ReasonByCadence::each_of(html), text: ReasonByCadence::each_of(text) }
}

/// An address runs from left to right, whatever stands around it.
fn address_in_html() -> String {
    format!("<bdi dir=\"ltr\">{}</bdi>", Slot::Email.marker())
}

templates!(Campaign, "emails/campaign/subject.txt", "emails/campaign/body.txt", "emails/campaign/body.html");

/// The mail about one article: its full text where the feed has it, its excerpt else.
pub fn campaign(
    publication: &Publication,
    list: (&str, &Localizer),
    article: &ArticleView,
    links: &MailLinks,
) -> anyhow::Result<Content> {
    let read_url = web_url(&article.url);
    let base = read_url.clone().or_else(|| web_url(&publication.url));
    let base = base.or_else(|| web_url(links.base_url)).context("no base for the article's links")?;
    let full = !article.content_html.trim().is_empty();
    let source = if full { &article.content_html } else { &article.summary_html };
    let (list_name, words) = list;
    let article_html = clean::email_html_in(source, &base, words)?;

    let featured = web_url(&article.image_url).filter(|url| {
        let first = clean::first_image(&article_html);
        !first.is_some_and(|(first, _)| clean::same_picture(&first, url.as_str()))
    });
    let date = words.date(&article.published_at.with_timezone(&publication.zone()));
    let author = text::shortened(&article.author, TITLE_CHARS_MAX);
    let byline = match author.as_str() {
        "" => date,
        author => words.text("mail-byline").with("author", author).with("date", date).to_string(),
    };
    let title = text::shortened(&article.title, TITLE_CHARS_MAX);
    let title = if title.is_empty() { publication.name.clone() } else { title };
    let opening =
        if article.summary_html.trim().is_empty() { &article.content_html } else { &article.summary_html };
    compose(Campaign {
        frame: Frame::new(
            publication,
            words,
            text::excerpt(&clean::email_html_in(opening, &base, words)?, PREHEADER_CHARS_MAX),
        ),
        subject: title.clone(),
        title,
        read_url: read_url.map(String::from),
        byline,
        links: *links,
        list_name,
        picture: featured.map(|url| (url.into(), article.image_alt.clone())),
        article_text: String::new(),
        article_dir: text::direction(&article_html).unwrap_or_else(|| words.dir()),
        article_html,
        cut: false,
        markers: Markers::new()?,
        placeholders: Vec::new(),
    })
}

/// What an editor wrote.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    pub subject: &'a str,
    /// Empty: the first words.
    pub preheader: &'a str,
    /// Not cleaned yet; its placeholders are marked.
    pub html: &'a str,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

/// The mail that an editor wrote: the same plate and foot, with its subject and its day on top, and no button.
pub fn written(
    publication: &Publication,
    list: (&str, &Localizer),
    written: Written<'_>,
    mut marks: PlaceholderMarks,
    links: &MailLinks,
) -> anyhow::Result<Content> {
    let base = web_url(&publication.url).or_else(|| web_url(links.base_url));
    let base = base.context("no base for the mail's links")?;
    let (list_name, words) = list;
    let article_html = marks.settle(&clean::email_html_in(written.html, &base, words)?);
    let (subject, preheader) = (marks.mark_line(written.subject), marks.mark_line(written.preheader));
    let preheader = match preheader.as_str() {
        "" => text::excerpt(&article_html, PREHEADER_CHARS_MAX),
        preheader => preheader.chars().take(PREHEADER_CHARS_MAX).collect(),
    };
    compose(Campaign {
        frame: Frame::new(publication, words, preheader),
        subject: subject.clone(),
        // Who wrote a headline of their own meant that one.
        title: if article_html.starts_with("<h1") { String::new() } else { subject },
        read_url: None,
        byline: words.date(&written.at.with_timezone(&publication.zone())),
        links: *links,
        list_name,
        picture: None,
        article_text: String::new(),
        article_dir: text::direction(&article_html).unwrap_or_else(|| words.dir()),
        article_html,
        cut: false,
        markers: Markers::new()?,
        placeholders: marks.found,
    })
}

/// How often a campaign that is too big is written again.
const ATTEMPTS_MAX: usize = 8;
/// A mail that uses this much of its room is long enough.
const HTML_BYTES_ENOUGH: usize = HTML_BYTES_MAX / 20 * 17;

/// Renders a campaign, and with less of the article where it is too big: as much as fits, found by halving, since
/// what the styles add differs from block to block.
fn compose(mut mail: Campaign) -> anyhow::Result<Content> {
    let whole = std::mem::take(&mut mail.article_html);
    let (mut fits, mut too_much) = (0, whole.len() + 1);
    let mut found: Option<Content> = None;
    // Never fits: what is rendered below is of a mail's size, whatever the article's.
    let mut room = if whole.len() > HTML_BYTES_MAX { HTML_BYTES_MAX } else { whole.len() };
    for _ in 0..ATTEMPTS_MAX {
        mail.cut = room < whole.len();
        mail.article_html = if mail.cut { clean::shorten(&whole, room) } else { whole.clone() };
        let content = render(&mut mail)?;
        let bytes = content.html.len();
        if bytes <= HTML_BYTES_MAX {
            let is_enough = !mail.cut || bytes >= HTML_BYTES_ENOUGH;
            if found.as_ref().is_none_or(|best| best.html.len() <= bytes) {
                found = Some(content);
            }
            if is_enough {
                break;
            }
            fits = room;
        } else {
            too_much = room;
            if room < ARTICLE_BYTES_MIN && found.is_none() {
                return Ok(content);
            }
        }
        // A share at first: styles weigh on every block.
        let share = (room as f64 * HTML_BYTES_MAX as f64 / bytes as f64 * 0.97) as usize;
        room = if fits < share && share < too_much { share } else { fits.midpoint(too_much) };
        if room <= fits + 200 {
            break;
        }
    }
    match found {
        Some(content) => Ok(content),
        None => {
            mail.cut = true;
            mail.article_html = clean::shorten(&whole, ARTICLE_BYTES_MIN);
            render(&mut mail)
        }
    }
}

/// Writes a campaign of what there is of its article.
fn render(mail: &mut Campaign) -> anyhow::Result<Content> {
    mail.article_text = shorten(text::text_body(&mail.article_html), TEXT_BYTES_MAX);
    let (subject, text, html) = mail.render()?;
    let placeholders = mail.placeholders.clone();
    let html = mail.markers.settle(&inlined(&html)?, &placeholders);
    let text = mail.markers.settle(&text, &placeholders);
    let subject = settle_values(&subject, &placeholders);
    let preheader = settle_values(&mail.frame.preheader, &placeholders);
    let words = &mail.frame.words;
    let (reasons, language) = (reasons(words, mail.list_name), words.lang().to_owned());
    Ok(Content { subject, preheader, html, text, language, reasons, placeholders })
}

/// Cut at a line's end.
fn shorten(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let at = text.floor_char_boundary(bytes_max);
        text.truncate(text[..at].rfind('\n').unwrap_or(at));
        text.push_str("\n\n…");
    }
    text
}
