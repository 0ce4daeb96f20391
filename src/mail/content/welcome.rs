//! The mail to who has just confirmed: what the lists' people wrote, and their latest articles.

use anyhow::Context as _;

use super::digest::{Story, story};
use super::frame::{Frame, inlined, templates, web_url};
use super::markers::settle_values;
use super::placeholders::{PlaceholderMarks, without_stand_ins};
use super::sign_up::Newsletters;
use super::{Content, Reasons};
use crate::articles::{ArticleView, clean, text};
use crate::db::publication::Publication;
use crate::domain::subscription::Cadence;
use crate::locale::Localizer;

/// So much of the lists' own texts stands in one mail, beside the articles.
const TEXTS_BYTES_MAX: usize = 40_000;

/// What a welcome mail says.
pub struct Welcoming<'a> {
    pub lists: &'a [(&'a str, Cadence)],
    /// HTML of their texts, not cleaned yet, with its placeholders marked.
    pub texts: &'a [String],
    pub articles: &'a [ArticleView],
    pub preferences_url: &'a str,
    /// A list's name, and where one leaves it.
    pub leaving: &'a [(String, String)],
}

/// What was written for a list.
struct OwnText {
    html: String,
    text: String,
    dir: &'static str,
}

struct Welcome<'a> {
    frame: Frame<'a>,
    newsletters: Newsletters,
    texts: Vec<OwnText>,
    stories: Vec<Story>,
    preferences_url: &'a str,
    leaving: &'a [(String, String)],
}

templates!(Welcome, "emails/welcome/subject.txt", "emails/welcome/body.txt", "emails/welcome/body.html");

impl Welcome<'_> {
    /// "Unsubscribe", of one of several lists with its name.
    fn leave(&self, list: &str) -> String {
        match self.leaving.len() {
            1 => self.frame.say("unsubscribe").to_string(),
            _ => self.frame.say("mail-welcome-leave").with("newsletter", list).to_string(),
        }
    }
}

/// The mail of a welcome.
pub fn welcome(
    publication: &Publication,
    words: &Localizer,
    base_url: &str,
    said: &Welcoming<'_>,
    marks: PlaceholderMarks,
) -> anyhow::Result<Content> {
    let base = web_url(&publication.url).or_else(|| web_url(base_url));
    let base = base.context("no base for the mail's links")?;
    let mut texts = Vec::new();
    let mut room = TEXTS_BYTES_MAX;
    for html in said.texts {
        let html = marks.settle(&clean::email_html_in(html, &base, words)?);
        let html = if html.len() > room { clean::shorten(&html, room) } else { html };
        room -= html.len().min(room);
        let dir = text::direction(&html).unwrap_or_else(|| words.dir());
        texts.push(OwnText { text: text::text_body(&html).trim_end().to_owned(), html, dir });
    }
    let told = |article| {
        let mut told = story(publication, words, article, &base, (false, false));
        for line in [&mut told.title, &mut told.byline, &mut told.excerpt] {
            *line = without_stand_ins(line);
        }
        told
    };
    let mail = Welcome {
        frame: Frame::new(publication, words, words.text("mail-welcome-preheader").to_string()),
        newsletters: Newsletters::new(words, said.lists),
        texts,
        stories: said.articles.iter().map(told).collect(),
        preferences_url: said.preferences_url,
        leaving: said.leaving,
    };
    let (subject, text, html) = mail.render()?;
    let placeholders = marks.found;
    Ok(Content {
        subject,
        preheader: mail.frame.preheader,
        html: settle_values(&inlined(&html)?, &placeholders),
        text: settle_values(&text, &placeholders),
        language: words.lang().to_owned(),
        reasons: Reasons::default(),
        placeholders,
    })
}
