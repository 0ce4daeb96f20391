//! What all mails share: what stands around their middle, and how they become HTML and text.

use url::Url;

use super::look::Look;
use super::{Content, Reasons};
use crate::articles::html;
use crate::db::publication::Publication;
use crate::locale::{Html, Localizer, Sentence, Text};
use crate::mail::slots::defuse;

/// What every mail has around its middle.
pub(super) struct Frame<'a> {
    pub(super) publication: &'a Publication,
    /// What the mail's own words are in.
    pub(super) words: Localizer,
    /// Name and postal address on one line.
    pub(super) sender_line: String,
    pub(super) logo_url: Option<String>,
    pub(super) site_url: Option<String>,
    pub(super) look: Look,
    pub(super) preheader: String,
}

impl<'a> Frame<'a> {
    pub(super) fn new(publication: &'a Publication, words: &Localizer, preheader: String) -> Self {
        let lines = publication.postal_address.lines().map(str::trim).filter(|line| !line.is_empty());
        let sender_line =
            std::iter::once(publication.name.as_str()).chain(lines).collect::<Vec<_>>().join(", ");
        Frame {
            publication,
            words: words.clone(),
            sender_line,
            logo_url: web_url(&publication.logo_url).map(String::from),
            site_url: web_url(&publication.url).map(String::from),
            look: Look::of(publication),
            preheader,
        }
    }

    /// A sentence: HTML escapes it where it is shown.
    pub(super) fn say<'k>(&self, key: &'k str) -> Sentence<'k, Text> {
        self.words.text(key)
    }

    /// A sentence with HTML of its own.
    pub(super) fn html<'k>(&self, key: &'k str) -> Sentence<'k, Html> {
        self.words.html(key)
    }

    /// A mail to one person, of what its templates say.
    pub(super) fn notice(self, (subject, text, html): (String, String, String)) -> anyhow::Result<Content> {
        Ok(Content {
            subject,
            preheader: self.preheader,
            html: defuse(&inlined(&html)?),
            text: defuse(&text),
            language: self.words.lang().to_owned(),
            reasons: Reasons::default(),
            placeholders: Vec::new(),
        })
    }
}

/// Ties a mail to its three templates.
macro_rules! templates {
    ($mail:ident, $subject:tt, $text:tt, $html:tt) => {
        impl $mail<'_> {
            /// Subject, text and HTML.
            fn render(&self) -> anyhow::Result<(String, String, String)> {
                use askama::Template as _;
                #[derive(askama::Template)]
                #[template(path = $subject)]
                struct Subject<'a> {
                    mail: &'a $mail<'a>,
                }
                #[derive(askama::Template)]
                #[template(path = $text)]
                struct Text<'a> {
                    mail: &'a $mail<'a>,
                }
                #[derive(askama::Template)]
                #[template(path = $html)]
                struct Html<'a> {
                    mail: &'a $mail<'a>,
                }
                let subject = $crate::domain::text::single_line(Subject { mail: self }.render()?.trim());
                Ok((subject, Text { mail: self }.render()?, Html { mail: self }.render()?))
            }
        }
    };
}
pub(super) use templates;

/// HTML with its styles where mail clients read them.
pub(super) fn inlined(html: &str) -> anyhow::Result<String> {
    Ok(html::inlined(html)?.replace(" data-css-inline=\"keep\"", ""))
}

/// An address on the web, or none.
pub(super) fn web_url(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
