//! The mail of a digest, which reads like an edition: an article that leads, the others below it, and a table of
//! contents where they are many. Where it would be too big, whole articles are shortened first, then they are excerpts,
//! then the last of them are headlines, and what is left is a number.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use url::Url;

use super::campaign::{HTML_BYTES_MAX, PREHEADER_CHARS_MAX, TEXT_BYTES_MAX, TITLE_CHARS_MAX, reasons};
use super::frame::{Frame, inlined, templates, web_url};
use super::markers::Markers;
use super::{Content, MailLinks};
use crate::articles::{ArticleView, clean, text};
use crate::db::publication::Publication;
use crate::domain::placeholder::{TextPart, parts};
use crate::domain::text::{escape_html, single_line};
use crate::locale::Localizer;
use crate::mail::slots::defuse;

/// What a digest says.
pub struct Digest<'a> {
    /// In the order in which they stand; the first leads.
    pub articles: &'a [ArticleView],
    /// Whole articles instead of excerpts.
    pub full: bool,
    /// A template; empty: the language's own.
    pub subject: &'a str,
    pub at: DateTime<Utc>,
}

/// From so many articles on there is a table of contents.
const CONTENTS_FROM: usize = 6;
/// However many headlines there are, so many articles have their excerpts.
const STORIES_MIN: usize = 6;
/// More articles are never whole.
const WHOLE_ARTICLES_MAX: usize = 40;
/// An article is not shortened to less than this; all are excerpts then.
const WHOLE_BYTES_MIN: usize = 1_200;
/// What is read of an article for its excerpt.
const SOURCE_BYTES_MAX: usize = 60_000;
const LEAD_CHARS_MAX: usize = 600;
const EXCERPT_CHARS_MAX: usize = 240;
const AUTHOR_CHARS_MAX: usize = 80;
const ALT_CHARS_MAX: usize = 200;
/// Of the title in a subject that says more.
const SUBJECT_TITLE_CHARS_MAX: usize = 120;
/// Of a title that is made of an article's first words.
const OPENING_CHARS_MAX: usize = 80;
/// A longer address leads nowhere from a mail.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// An article of a digest.
pub(super) struct Story {
    pub(super) title: String,
    pub(super) url: Option<String>,
    /// "By Marta Lindqvist · 24 November 2026".
    pub(super) byline: String,
    /// Address and alt text.
    picture: Option<(String, String)>,
    pub(super) excerpt: String,
    /// Safe HTML; empty where there is its excerpt only.
    whole: String,
    /// Which way its title runs, and its text.
    pub(super) dir: &'static str,
    pub(super) text_dir: &'static str,
}

/// An article as it stands in the mail.
struct Shown<'a> {
    story: &'a Story,
    /// As much of the whole article as there is room for; safe. Empty: its excerpt.
    html: String,
    /// Whether there is more of it than is shown.
    has_more: bool,
    text: String,
}

impl<'a> Shown<'a> {
    fn new(story: &'a Story, whole_bytes_max: usize) -> Shown<'a> {
        let html = match story.whole.len() <= whole_bytes_max {
            true => story.whole.clone(),
            false if whole_bytes_max == 0 => String::new(),
            false => clean::shorten(&story.whole, whole_bytes_max),
        };
        let has_more = html.len() < story.whole.len() || html.is_empty();
        Shown { story, html, has_more, text: String::new() }
    }

    /// The least that it takes of the mail.
    fn bytes(&self) -> usize {
        self.story.title.len() + self.html.len().max(self.story.excerpt.len())
    }

    fn write_text(&mut self) {
        let story = self.story;
        let head = text::text_body(&format!("<h2>{}</h2>", escape_html(&story.title)));
        let body = match self.html.is_empty() {
            true => text::text_body(&format!("<p>{}</p>", escape_html(&story.excerpt))),
            false => text::text_body(&self.html),
        };
        let head = [head.as_str(), &story.byline, story.url.as_deref().unwrap_or_default()];
        let head: Vec<&str> = head.into_iter().filter(|line| !line.is_empty()).collect();
        self.text = format!("{}\n\n{body}", head.join("\n")).trim_end().to_owned();
    }
}

struct Edition<'a> {
    frame: Frame<'a>,
    links: MailLinks<'a>,
    list_name: &'a str,
    subject: String,
    /// Of which list and of which day it is.
    line: String,
    shown: Vec<Shown<'a>>,
    headlines: &'a [Story],
    /// How many articles are not even headlines.
    left: usize,
    markers: Markers,
}

templates!(Edition, "emails/digest/subject.txt", "emails/digest/body.txt", "emails/digest/body.html");

impl Edition<'_> {
    fn has_contents(&self) -> bool {
        self.shown.len() + self.headlines.len() + self.left >= CONTENTS_FROM
    }

    /// Whether the contents stand before all articles: behind a whole one nobody would find them.
    fn begins_with_contents(&self) -> bool {
        self.has_contents() && self.shown.first().is_some_and(|lead| !lead.html.is_empty())
    }

    fn has_headlines(&self) -> bool {
        !self.headlines.is_empty() || self.left > 0
    }

    fn left(&self) -> String {
        let sentence = self.frame.say("mail-digest-left").with("left", self.left);
        sentence.with("publication", &self.frame.publication.name).to_string()
    }

    /// Where the articles are that the mail has no room for.
    fn left_url(&self) -> &str {
        self.frame.site_url.as_deref().unwrap_or(self.links.base_url)
    }
}

/// How much of a digest's articles its mail shows.
#[derive(Clone, Copy, Debug)]
struct Plan {
    stories: usize,
    headlines: usize,
    /// Of each whole article; 0: excerpts.
    whole_bytes_max: usize,
}

/// Every plan, from the least to the most.
fn plans(stories: &[Story]) -> Vec<Plan> {
    let (count, least) = (stories.len(), stories.len().min(STORIES_MIN));
    let plan = |stories, headlines, whole_bytes_max| Plan { stories, headlines, whole_bytes_max };
    let mut plans: Vec<Plan> = (0..count - least).map(|headlines| plan(least, headlines, 0)).collect();
    plans.extend((least..=count).map(|stories| plan(stories, count - stories, 0)));
    let longest = stories.iter().map(|story| story.whole.len()).max().unwrap_or(0);
    let mut bytes = WHOLE_BYTES_MIN;
    while bytes < longest {
        plans.push(plan(count, 0, bytes));
        bytes += bytes / 16;
    }
    if longest > 0 {
        plans.push(plan(count, 0, longest));
    }
    plans
}

/// The mail of a digest.
pub fn digest(
    publication: &Publication,
    list: (&str, &Localizer),
    digest: &Digest<'_>,
    links: &MailLinks<'_>,
) -> anyhow::Result<Content> {
    let base = web_url(&publication.url).or_else(|| web_url(links.base_url));
    let base = base.context("no base for the articles' links")?;
    let (list_name, words) = list;
    let is_whole = digest.full && digest.articles.len() <= WHOLE_ARTICLES_MAX;
    let stories: Vec<Story> = digest
        .articles
        .iter()
        .enumerate()
        .map(|(at, article)| story(publication, words, article, &base, (at == 0, is_whole)))
        .collect();
    let lead = stories.first().context("a digest of nothing")?;
    let date = words.date(&digest.at.with_timezone(&publication.zone()));
    let preheader = match stories.len() {
        1 => text::shortened(&lead.excerpt, PREHEADER_CHARS_MAX),
        _ => {
            let titles: Vec<&str> =
                stories.iter().skip(1).take(6).map(|story| story.title.as_str()).collect();
            text::shortened(&titles.join(" · "), PREHEADER_CHARS_MAX)
        }
    };
    let line = match list_name == publication.name {
        true => date.clone(),
        false => {
            words.text("mail-digest-edition").with("newsletter", list_name).with("date", &date).to_string()
        }
    };
    let edition = Edition {
        frame: Frame::new(publication, words, preheader),
        links: *links,
        list_name,
        subject: subject(words, digest.subject, &stories, list_name, &date),
        line,
        shown: Vec::new(),
        headlines: &[],
        left: 0,
        markers: Markers::new()?,
    };
    compose(edition, &stories)
}

/// An article as a digest tells it. What is wrong with its HTML costs it its text, and nobody else's.
pub(super) fn story(
    publication: &Publication,
    words: &Localizer,
    article: &ArticleView,
    base: &Url,
    (leads, is_whole): (bool, bool),
) -> Story {
    let url = web_url(&article.url).filter(|url| url.as_str().len() <= ADDRESS_BYTES_MAX);
    let base = url.as_ref().unwrap_or(base);
    let cleaned = |html: &str| clean::email_html_in(html, base, words).unwrap_or_default();
    let opening = [&article.summary_html, &article.content_html]
        .into_iter()
        .map(|html| cleaned(&html[..html.floor_char_boundary(SOURCE_BYTES_MAX)]))
        .find(|html| !html.trim().is_empty())
        .unwrap_or_default();
    let whole = if is_whole { cleaned(&article.content_html) } else { String::new() };
    let whole = match whole.len() > HTML_BYTES_MAX {
        true => clean::shorten(&whole, HTML_BYTES_MAX),
        false => whole,
    };
    let excerpt = text::excerpt(&opening, if leads { LEAD_CHARS_MAX } else { EXCERPT_CHARS_MAX });
    let title = text::shortened(&article.title, TITLE_CHARS_MAX);
    let title = if title.is_empty() { text::shortened(&excerpt, OPENING_CHARS_MAX) } else { title };
    let title = if title.is_empty() { publication.name.clone() } else { title };
    let date = words.date(&article.published_at.with_timezone(&publication.zone()));
    let byline = match text::shortened(&article.author, AUTHOR_CHARS_MAX).as_str() {
        "" => date,
        author => words.text("mail-byline").with("author", author).with("date", date).to_string(),
    };
    let dir = text::direction(&escape_html(&title)).unwrap_or_else(|| words.dir());
    let text_of = if whole.is_empty() { escape_html(&excerpt) } else { whole.clone() };
    Story {
        picture: picture(article, &opening, &whole),
        url: url.map(String::from),
        text_dir: text::direction(&text_of).unwrap_or(dir),
        title,
        byline,
        excerpt,
        whole,
        dir,
    }
}

/// The article's featured picture, unless its text begins with it; else the first of its excerpt's source.
fn picture(article: &ArticleView, opening: &str, whole: &str) -> Option<(String, String)> {
    let featured = web_url(&article.image_url).map(|url| (url.into(), article.image_alt.clone()));
    let found = match whole.is_empty() {
        true => featured.or_else(|| clean::first_image(opening)),
        false => featured.filter(|(url, _): &(String, String)| {
            clean::first_image(whole).is_none_or(|(first, _)| !clean::same_picture(&first, url))
        }),
    };
    found
        .filter(|(url, _)| url.len() <= ADDRESS_BYTES_MAX)
        .map(|(url, alt)| (url, text::shortened(&alt, ALT_CHARS_MAX)))
}

/// The subject that an admin's template makes, else the language's own; of one article it is the title, where the
/// template would count the others.
fn subject(words: &Localizer, template: &str, stories: &[Story], list_name: &str, date: &str) -> String {
    let (lead, more) = (&stories[0].title, stories.len() - 1);
    let parts = parts(template);
    let counts = parts.iter().any(|part| matches!(part, TextPart::Placeholder(it) if it.name == "more"));
    if more == 0 && (template.trim().is_empty() || counts) {
        return lead.clone();
    }
    let title = text::shortened(lead, SUBJECT_TITLE_CHARS_MAX);
    if template.trim().is_empty() {
        return words.text("mail-digest-subject").with("title", &title).with("more", more).to_string();
    }
    let value = |name: &str| match name {
        "title" => title.clone(),
        "more" => more.to_string(),
        "count" => stories.len().to_string(),
        "list" => list_name.to_owned(),
        "date" => date.to_owned(),
        _ => String::new(),
    };
    let written: String = parts
        .iter()
        .map(|part| match part {
            TextPart::Text(text) => text.replace("\\{{", "{{"),
            TextPart::Placeholder(it) => match value(&it.name) {
                empty if empty.is_empty() => it.default.clone(),
                value => value,
            },
            TextPart::Wrong(typed, _) => (*typed).to_owned(),
        })
        .collect();
    single_line(&written)
}

/// Renders as much of a digest as fits, found by halving.
fn compose<'a>(mut edition: Edition<'a>, stories: &'a [Story]) -> anyhow::Result<Content> {
    let plans = plans(stories);
    let (mut fits, mut too_much) = (0, plans.len());
    let mut found = None;
    let mut at = plans.len() - 1;
    while fits < too_much {
        match render(&mut edition, stories, plans[at])? {
            Some(content) => (found, fits) = (Some(content), at + 1),
            None => too_much = at,
        }
        at = fits.midpoint(too_much);
    }
    found.context("not even the least of the digest fits into a mail")
}

/// Writes a digest by a plan; `None` where it is too big.
fn render<'a>(
    edition: &mut Edition<'a>,
    stories: &'a [Story],
    plan: Plan,
) -> anyhow::Result<Option<Content>> {
    let (first, rest) = stories.split_at(plan.stories);
    edition.headlines = &rest[..plan.headlines];
    edition.left = rest.len() - plan.headlines;
    edition.shown.clear();
    let mut bytes: usize = edition.headlines.iter().map(|story| story.title.len()).sum();
    for story in first {
        let mut shown = Shown::new(story, plan.whole_bytes_max);
        bytes += shown.bytes();
        if bytes > HTML_BYTES_MAX {
            return Ok(None);
        }
        shown.write_text();
        edition.shown.push(shown);
    }
    let (subject, text, html) = edition.render()?;
    let html = match inlined(&html) {
        Ok(html) => html,
        // Each article could be read by itself; excerpts are text.
        Err(_) if plan.whole_bytes_max > 0 => return Ok(None),
        Err(error) => return Err(error),
    };
    let (html, text) = (edition.markers.settle(&html, &[]), edition.markers.settle(&text, &[]));
    if html.len() > HTML_BYTES_MAX || text.len() > TEXT_BYTES_MAX {
        return Ok(None);
    }
    let words = &edition.frame.words;
    Ok(Some(Content {
        subject: defuse(&subject),
        preheader: defuse(&edition.frame.preheader),
        html,
        text,
        language: words.lang().to_owned(),
        reasons: reasons(words, edition.list_name),
        placeholders: Vec::new(),
    }))
}

#[cfg(test)]
pub(super) mod tests;
