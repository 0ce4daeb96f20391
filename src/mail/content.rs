//! What a mail says: subject, preheader, HTML and text, from the templates in `templates/emails`.
//!
//! A campaign's content is written once for all of its readers: what differs stands there as a
//! [`Slot`], which [`message`](super::message) fills. It must never hold anything of one reader. Notices
//! are for one person and hold whole links.

use std::borrow::Cow;

use anyhow::Context as _;
use askama::Template;
use chrono::{DateTime, Utc};
use url::Url;

use super::message::{Slot, defuse};
use crate::articles::{ArticleView, clean, html, text};
use crate::db::publication::Publication;
use crate::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use crate::domain::brand::{Brand, Rgb, Shades};
use crate::domain::email_address::EmailAddress;
use crate::domain::links::fingerprint;
use crate::domain::subscription::Cadence;
use crate::domain::text::{escape_html, single_line};

/// One mail before it is encoded.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// What an inbox shows behind the subject. Stands hidden in the HTML too.
    pub preheader: String,
    pub html: String,
    pub text: String,
}

/// Where a campaign's links lead.
#[derive(Clone, Copy, Debug)]
pub struct MailLinks<'a> {
    /// No slash at its end.
    pub base_url: &'a str,
    /// The campaign's public copy.
    pub view_in_browser: &'a str,
}

/// Gmail hides what comes after 102 KB of HTML, the unsubscribe link first. The rest is room for the
/// tokens and for what relays and tests add.
const HTML_BYTES_MAX: usize = 90_000;
/// The text part, for the same reason: a hostile feed must not make mails of megabytes.
const TEXT_BYTES_MAX: usize = 90_000;
/// Below this it is not the article that makes a mail big.
const ARTICLE_BYTES_MIN: usize = 4_000;
/// No headline is longer; it becomes the subject.
const TITLE_CHARS_MAX: usize = 250;
/// About what inboxes show.
const PREHEADER_CHARS_MAX: usize = 140;

/// The colours of one scheme.
#[derive(Clone)]
struct Tones {
    paper: &'static str,
    ground: &'static str,
    ink: &'static str,
    ink_2: &'static str,
    ink_3: &'static str,
    rule: &'static str,
    accent: Cow<'static, str>,
    fill: Cow<'static, str>,
    /// What stands on the fill.
    label: Cow<'static, str>,
    /// Around the fill; the fill itself where it stands out from the paper.
    edge: Cow<'static, str>,
}

impl Tones {
    /// The same paper and ink, with a publication's own colour.
    fn with(&self, shades: &Shades) -> Tones {
        let owned = |colour: Rgb| Cow::Owned(colour.to_string());
        Tones {
            accent: owned(shades.accent),
            fill: owned(shades.fill),
            label: owned(shades.label),
            edge: owned(shades.edge),
            ..self.clone()
        }
    }
}

/// Every colour and font of a mail.
#[derive(Clone)]
struct Look {
    light: Tones,
    dark: Tones,
    serif: &'static str,
    sans: &'static str,
    mono: &'static str,
}

static LOOK: Look = Look {
    light: Tones {
        paper: "#ffffff",
        ground: "#f5f4f0",
        ink: "#1a1a18",
        ink_2: "#53524c",
        ink_3: "#6b6961",
        rule: "#dedbd3",
        accent: Cow::Borrowed("#1b4a78"),
        fill: Cow::Borrowed("#1b4a78"),
        label: Cow::Borrowed("#ffffff"),
        edge: Cow::Borrowed("#1b4a78"),
    },
    dark: Tones {
        paper: "#171816",
        ground: "#0f100e",
        ink: "#eceae4",
        ink_2: "#b8b5ab",
        ink_3: "#979489",
        rule: "#31322e",
        accent: Cow::Borrowed("#93bce8"),
        fill: Cow::Borrowed("#3c78b5"),
        label: Cow::Borrowed("#ffffff"),
        edge: Cow::Borrowed("#3c78b5"),
    },
    serif: "ui-serif, 'Iowan Old Style', 'Palatino Linotype', P052, Georgia, serif",
    sans: "system-ui, 'Segoe UI', Arial, sans-serif",
    mono: "ui-monospace, Menlo, Consolas, monospace",
};

impl Look {
    /// The look of a publication's mails: its colour on our paper.
    fn of(publication: &Publication) -> Look {
        let brand = Brand::of_text(&publication.brand_colour);
        Look { light: LOOK.light.with(&brand.light), dark: LOOK.dark.with(&brand.dark), ..LOOK.clone() }
    }
}

/// What every mail has around its middle.
struct Frame<'a> {
    publication: &'a Publication,
    /// Name and postal address on one line.
    sender_line: String,
    logo_url: Option<String>,
    site_url: Option<String>,
    look: Look,
    preheader: String,
}

impl<'a> Frame<'a> {
    fn new(publication: &'a Publication, preheader: String) -> Self {
        let lines = publication.postal_address.lines().map(str::trim).filter(|line| !line.is_empty());
        let sender_line =
            std::iter::once(publication.name.as_str()).chain(lines).collect::<Vec<_>>().join(", ");
        Frame {
            publication,
            sender_line,
            logo_url: web_url(&publication.logo_url).map(String::from),
            site_url: web_url(&publication.url).map(String::from),
            look: Look::of(publication),
            preheader,
        }
    }
}

/// Stand-ins for the slots' markers while a template is filled. They are random, so that nothing that a
/// feed says can be one; when all is rendered they become markers, and what only looks like a marker is
/// broken.
struct Markers {
    nonce: String,
}

impl Markers {
    fn new() -> anyhow::Result<Self> {
        let mut bytes = [0u8; 16];
        aws_lc_rs::rand::fill(&mut bytes).context("no random numbers")?;
        Ok(Markers { nonce: fingerprint(&bytes).replace(['-', '_'], "x") })
    }

    fn of(&self, slot: Slot) -> String {
        format!("{}s{}e", self.nonce, slot as u8)
    }

    fn unsubscribe(&self) -> String {
        self.of(Slot::UnsubscribeToken)
    }

    fn preferences(&self) -> String {
        self.of(Slot::PreferencesToken)
    }

    fn email(&self) -> String {
        self.of(Slot::Email)
    }

    fn cadence(&self) -> String {
        self.of(Slot::Cadence)
    }

    fn since(&self) -> String {
        self.of(Slot::Since)
    }

    fn settle(&self, rendered: &str) -> String {
        let mut settled = defuse(rendered);
        for slot in Slot::ALL {
            settled = settled.replace(&self.of(slot), slot.marker());
        }
        settled
    }
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
    /// Safe.
    article_html: String,
    article_text: String,
    cut: bool,
    markers: Markers,
}

struct Confirmation<'a> {
    frame: Frame<'a>,
    wanted: &'a [(&'a str, Cadence)],
    confirm_url: &'a str,
    block_url: &'a str,
    /// "Thursday 26 November, 09:41 London (GMT)".
    expires: String,
}

struct Subscribed<'a> {
    frame: Frame<'a>,
    lists: &'a [(&'a str, Cadence)],
    preferences_url: &'a str,
    block_url: &'a str,
}

/// What an admin is told, and what to do about it.
#[derive(Clone, Debug)]
pub struct AlertWords<'a> {
    /// A few words; the subject too.
    pub headline: &'a str,
    /// What it means, in a sentence or two.
    pub happened: String,
    /// As the relay or the server said it.
    pub why: &'a str,
    pub advice: &'a str,
    /// To be typed as they stand.
    pub commands: Vec<String>,
}

struct Alert<'a> {
    frame: Frame<'a>,
    headline: &'a str,
    happened: &'a str,
    why: &'a str,
    advice: &'a str,
    commands: &'a [String],
    time: String,
    base_url: &'a str,
}

struct SignIn<'a> {
    frame: Frame<'a>,
    headline: &'a str,
    sentence: String,
    button: &'a str,
    link: &'a str,
    expires: String,
}

struct AccountChanged<'a> {
    frame: Frame<'a>,
    headline: &'static str,
    happened: &'static str,
    time: String,
    /// A label, and what stands behind it: from where, or by whom it was changed.
    who: (&'static str, String),
    advice: &'static str,
    email: &'a str,
    base_url: &'a str,
}

struct Trial<'a> {
    frame: Frame<'a>,
    from: &'a str,
    reply_to: &'a str,
    time: String,
    base_url: &'a str,
}

struct Test<'a> {
    content: &'a Content,
    note: &'a str,
    look: &'static Look,
}

/// Ties a mail to its three templates.
macro_rules! templates {
    ($mail:ident, $subject:tt, $text:tt, $html:tt) => {
        impl $mail<'_> {
            /// Subject, text and HTML.
            fn render(&self) -> anyhow::Result<(String, String, String)> {
                #[derive(Template)]
                #[template(path = $subject)]
                struct Subject<'a> {
                    mail: &'a $mail<'a>,
                }
                #[derive(Template)]
                #[template(path = $text)]
                struct Text<'a> {
                    mail: &'a $mail<'a>,
                }
                #[derive(Template)]
                #[template(path = $html)]
                struct Html<'a> {
                    mail: &'a $mail<'a>,
                }
                let subject = single_line(Subject { mail: self }.render()?.trim());
                Ok((subject, Text { mail: self }.render()?, Html { mail: self }.render()?))
            }
        }
    };
}

templates!(Campaign, "emails/campaign/subject.txt", "emails/campaign/body.txt", "emails/campaign/body.html");
templates!(
    Confirmation,
    "emails/confirmation/subject.txt",
    "emails/confirmation/body.txt",
    "emails/confirmation/body.html"
);
templates!(
    Subscribed,
    "emails/subscribed/subject.txt",
    "emails/subscribed/body.txt",
    "emails/subscribed/body.html"
);
templates!(Alert, "emails/alert/subject.txt", "emails/alert/body.txt", "emails/alert/body.html");
templates!(SignIn, "emails/sign_in/subject.txt", "emails/sign_in/body.txt", "emails/sign_in/body.html");
templates!(
    AccountChanged,
    "emails/account_change/subject.txt",
    "emails/account_change/body.txt",
    "emails/account_change/body.html"
);
templates!(Trial, "emails/trial/subject.txt", "emails/trial/body.txt", "emails/trial/body.html");
templates!(Test, "emails/test/subject.txt", "emails/test/body.txt", "emails/test/body.html");

/// The mail about one article: its full text where the feed has it, its excerpt else.
pub fn campaign(
    publication: &Publication,
    list_name: &str,
    article: &ArticleView,
    links: &MailLinks,
) -> anyhow::Result<Content> {
    let read_url = web_url(&article.url);
    let base = read_url.clone().or_else(|| web_url(&publication.url));
    let base = base.or_else(|| web_url(links.base_url)).context("no base for the article's links")?;
    let full = !article.content_html.trim().is_empty();
    let source = if full { &article.content_html } else { &article.summary_html };
    let article_html = clean::email_html(source, &base)?;

    let featured = web_url(&article.image_url).filter(|url| {
        let first = clean::first_image(&article_html);
        !first.is_some_and(|(first, _)| clean::same_picture(&first, url.as_str()))
    });
    let date = article.published_at.with_timezone(&publication.zone()).format("%-d %B %Y");
    let author = text::excerpt(&article.author, TITLE_CHARS_MAX);
    let byline = if author.is_empty() { date.to_string() } else { format!("By {author} · {date}") };
    let title = text::excerpt(&article.title, TITLE_CHARS_MAX);
    let title = if title.is_empty() { publication.name.clone() } else { title };
    let opening =
        if article.summary_html.trim().is_empty() { &article.content_html } else { &article.summary_html };
    compose(Campaign {
        frame: Frame::new(
            publication,
            text::excerpt(&clean::email_html(opening, &base)?, PREHEADER_CHARS_MAX),
        ),
        subject: title.clone(),
        title,
        read_url: read_url.map(String::from),
        byline,
        links: *links,
        list_name,
        picture: featured.map(|url| (url.into(), text::plain_text(&article.image_alt))),
        article_text: String::new(),
        article_html,
        cut: false,
        markers: Markers::new()?,
    })
}

/// What an editor wrote.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    pub subject: &'a str,
    /// Empty: the first words.
    pub preheader: &'a str,
    /// Not cleaned yet.
    pub html: &'a str,
}

/// The mail that an editor wrote: the same plate and foot, without byline and button.
pub fn written(
    publication: &Publication,
    list_name: &str,
    written: Written<'_>,
    links: &MailLinks,
) -> anyhow::Result<Content> {
    let base = web_url(&publication.url).or_else(|| web_url(links.base_url));
    let base = base.context("no base for the mail's links")?;
    let article_html = clean::email_html(written.html, &base)?;
    let preheader = match written.preheader {
        "" => text::excerpt(&article_html, PREHEADER_CHARS_MAX),
        preheader => preheader.chars().take(PREHEADER_CHARS_MAX).collect(),
    };
    compose(Campaign {
        frame: Frame::new(publication, preheader),
        subject: written.subject.to_owned(),
        title: String::new(),
        read_url: None,
        byline: String::new(),
        links: *links,
        list_name,
        picture: None,
        article_text: String::new(),
        article_html,
        cut: false,
        markers: Markers::new()?,
    })
}

/// A reader's copy to look at: their words in the places, and links that lead nowhere.
pub fn preview_copy(content: &Content, reader: &PreviewReader<'_>) -> Content {
    let fill = |text: &str, escape: fn(&str) -> String| {
        let mut text = text.to_owned();
        for slot in Slot::ALL {
            let value = match slot {
                Slot::UnsubscribeToken | Slot::PreferencesToken => "preview".to_owned(),
                Slot::Email => escape(reader.email),
                Slot::Cadence => {
                    reader.cadence.map(|cadence| format!(", {}", cadence.in_words())).unwrap_or_default()
                }
                Slot::Since => reader.since.map(|since| format!(" on {}", escape(since))).unwrap_or_default(),
            };
            text = text.replace(slot.marker(), &value);
        }
        text
    };
    Content {
        subject: content.subject.clone(),
        preheader: content.preheader.clone(),
        html: fill(&content.html, escape_html),
        text: fill(&content.text, str::to_owned),
    }
}

/// Whom a preview is for.
#[derive(Clone, Copy, Debug)]
pub struct PreviewReader<'a> {
    pub email: &'a str,
    pub cadence: Option<Cadence>,
    /// "3 March 2024".
    pub since: Option<&'a str>,
}

/// Renders a campaign, and again with less of the article as long as it is too big.
fn compose(mut mail: Campaign) -> anyhow::Result<Content> {
    if mail.article_html.len() > HTML_BYTES_MAX {
        // Never fits: what is rendered below is of a mail's size, whatever the article's.
        mail.article_html = clean::shorten(&mail.article_html, HTML_BYTES_MAX);
        mail.cut = true;
    }
    loop {
        mail.article_text = shorten(text::text_body(&mail.article_html), TEXT_BYTES_MAX);
        let (subject, text, html) = mail.render()?;
        let html = mail.markers.settle(&inlined(&html)?);
        if html.len() <= HTML_BYTES_MAX || mail.article_html.len() < ARTICLE_BYTES_MIN {
            let text = mail.markers.settle(&text);
            return Ok(Content { subject, preheader: mail.frame.preheader, html, text });
        }
        // Inlined styles weigh on every block, so what must go is a share, not a difference. The
        // button and "It goes on at …" stand for what is gone.
        let share = HTML_BYTES_MAX as f64 / html.len() as f64 * 0.97;
        let room = (mail.article_html.len() as f64 * share) as usize;
        mail.article_html = clean::shorten(&mail.article_html, room);
        mail.cut = true;
    }
}

/// Asks whether the address wants these lists.
pub fn confirmation(
    publication: &Publication,
    wanted: &[(&str, Cadence)],
    confirm_url: &str,
    block_url: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let expires = local_time(publication, expires_at);
    let preheader = "One press of a button starts it. If you do nothing, nothing happens.".to_owned();
    let mail =
        Confirmation { frame: Frame::new(publication, preheader), wanted, confirm_url, block_url, expires };
    notice(mail.render()?, mail.frame.preheader)
}

/// A one-time link for somebody who works here: to sign in, or to set a password.
pub fn sign_in(
    publication: &Publication,
    sets_password: bool,
    link: &str,
    expires_at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let name = &publication.name;
    let (headline, sentence, button) = if sets_password {
        (
            "Set your password",
            format!("You work on {name} now. Set a password, and you are in."),
            "Set a password",
        )
    } else {
        ("Sign in", format!("Press the button to sign in to the desk of {name}."), "Sign in")
    };
    let mail = SignIn {
        frame: Frame::new(publication, sentence.clone()),
        headline,
        sentence,
        button,
        link,
        expires: local_time(publication, expires_at),
    };
    notice(mail.render()?, mail.frame.preheader)
}

/// Tells the owner of an account that what opens it was changed, and what to do if that was somebody else.
pub fn account_changed(
    publication: &Publication,
    email: &EmailAddress,
    change: &AccountChange,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    use AccountChangeKind as Kind;
    let (headline, happened) = match change.kind {
        Kind::PasswordChanged => (
            "Your password was changed",
            "You sign in with the new password from now on. All other browsers were signed out.",
        ),
        Kind::CodesTurnedOn => (
            "Two-factor sign-in is on",
            "From now on, signing in to your account also takes a code from an app on a phone.",
        ),
        Kind::CodesTurnedOff => (
            "Two-factor sign-in is off",
            "From now on, signing in to your account takes no code from your phone.",
        ),
        Kind::RecoveryCodesRenewed => {
            ("You have new recovery codes", "The recovery codes that you had before no longer work.")
        }
        Kind::Reset => (
            "Your account was reset",
            "Your password was removed, two-factor sign-in was turned off, and all browsers were signed out. Whoever \
             did it has a link for you that sets a new password.",
        ),
    };
    let who = match &change.by {
        ChangedBy::Owner { ip, browser } => {
            ("From", format!("{}, {ip}", browser.as_deref().unwrap_or("an unknown browser")))
        }
        ChangedBy::Admin { email } => ("By", email.clone()),
        ChangedBy::Command => ("By", "a command on the server".to_owned()),
    };
    let mail = AccountChanged {
        frame: Frame::new(publication, happened.to_owned()),
        headline,
        happened,
        time: local_time(publication, at),
        who,
        advice: "If it wasn't you, somebody else may be able to sign in as you. Tell an admin now: they can sign you out \
                 everywhere, under Settings, Users. Whoever runs the server can take the account back for you with the \
                 command “postrider user reset”.",
        email: email.as_str(),
        base_url,
    };
    notice(mail.render()?, mail.frame.preheader)
}

/// "Thursday 26 November, 09:41 London (GMT)".
fn local_time(publication: &Publication, time: DateTime<Utc>) -> String {
    let zone = publication.zone();
    let local = time.with_timezone(&zone);
    let day = local.format("%A %-d %B, %H:%M");
    let abbreviation = local.format("%Z").to_string();
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    if city == abbreviation {
        format!("{day} {city}")
    } else if abbreviation.starts_with(['+', '-']) {
        format!("{day} {city} (UTC{abbreviation})")
    } else {
        format!("{day} {city} ({abbreviation})")
    }
}

/// Tells an admin what is wrong.
pub fn alert(
    publication: &Publication,
    words: &AlertWords,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let mail = Alert {
        frame: Frame::new(publication, single_line(&words.happened)),
        headline: words.headline,
        happened: &words.happened,
        why: words.why,
        advice: words.advice,
        commands: &words.commands,
        time: local_time(publication, at),
        base_url,
    };
    notice(mail.render()?, mail.frame.preheader)
}

/// Tells who is subscribed already and signed up again.
pub fn already_subscribed(
    publication: &Publication,
    lists: &[(&str, Cadence)],
    preferences_url: &str,
    block_url: &str,
) -> anyhow::Result<Content> {
    let preheader = "Somebody typed your address into our form. Nothing has changed.".to_owned();
    let mail = Subscribed { frame: Frame::new(publication, preheader), lists, preferences_url, block_url };
    notice(mail.render()?, mail.frame.preheader)
}

fn notice((subject, text, html): (String, String, String), preheader: String) -> anyhow::Result<Content> {
    Ok(Content { subject, preheader, html: defuse(&inlined(&html)?), text: defuse(&text) })
}

/// Shows an admin that mail arrives, from whom, and how it looks.
pub fn trial(
    publication: &Publication,
    from: &str,
    reply_to: &str,
    base_url: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let preheader = "It came the way that all mail to your readers goes.".to_owned();
    let frame = Frame::new(publication, preheader);
    let mail = Trial { frame, from, reply_to, time: local_time(publication, at), base_url };
    notice(mail.render()?, mail.frame.preheader)
}

/// A campaign's content as a test of it: the note on top, and "[Test]" before the subject. Its slots stay.
pub fn test(content: &Content, note: &str) -> anyhow::Result<Content> {
    let note = defuse(&single_line(note));
    let (subject, text, banner) = Test { content, note: &note, look: &LOOK }.render()?;
    let html = content.html.replacen(TOP, &format!("{}{TOP}", banner.trim()), 1);
    Ok(Content { subject, preheader: content.preheader.clone(), html, text })
}

// Comments of the templates; an article can't hold any, because cleaning drops comments.
const TOP: &str = "<!--top-->";
const READER: (&str, &str) = ("<!--reader-->", "<!--/reader-->");

/// The HTML for the public archive: without the links and words that are one reader's.
pub fn browser_copy(content: &Content) -> String {
    let mut copy = String::with_capacity(content.html.len());
    let mut rest = content.html.as_str();
    while let Some((before, from)) = rest.split_once(READER.0) {
        copy.push_str(before);
        rest = from.split_once(READER.1).map_or("", |(_, after)| after);
    }
    copy.push_str(rest);
    // Nothing is left; were a slot ever to stand outside of the comments, it must not show.
    Slot::ALL.iter().fold(copy, |copy, slot| copy.replace(slot.marker(), ""))
}

fn inlined(html: &str) -> anyhow::Result<String> {
    Ok(html::inlined(html)?.replace(" data-css-inline=\"keep\"", ""))
}

/// An address on the web, or none.
fn web_url(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn noon() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    pub fn publication() -> Publication {
        Publication {
            name: "Harbour News".to_owned(),
            url: "https://harbour.example".to_owned(),
            postal_address: "27 Exchange Row\nBristol BS1".to_owned(),
            time_zone: "Europe/London".to_owned(),
            logo_url: "https://harbour.example/logo.png".to_owned(),
            ..Publication::default()
        }
    }

    pub fn article() -> ArticleView {
        ArticleView {
            title: "Quay &#8220;nine&#8221; stays shut — for a third week".to_owned(),
            url: "https://harbour.example/2026/11/quay-nine/?utm=1&amp=2".to_owned(),
            author: "Marta Lindqvist".to_owned(),
            published_at: "2026-11-23T23:30:00Z".parse().unwrap(),
            content_html: "<p>The crane on quay nine leaned on Monday, and since then nobody stands under it. \
                           <a href=\"/crane\">Its makers</a> sent two engineers and a dog.</p>\
                           <h2>What the dog found</h2><p>Nothing, twice.</p>\
                           <ul><li>Eleven ships wait outside.</li><li>Four have turned to Cardiff.</li></ul>\
                           <blockquote><p>We count from the window.</p></blockquote>\
                           <figure><img src=\"/window.jpg\" width=\"1200\" height=\"700\" alt=\"A window over the docks\">\
                           <figcaption>The window.</figcaption></figure>\
                           <table><tr><th>Week</th><th>Ships</th></tr><tr><td>46</td><td>11</td></tr></table>\
                           <p>The harbour master expects the quay to open before Advent.</p>"
                .to_owned(),
            summary_html: String::new(),
            image_url: "https://harbour.example/crane.jpg".to_owned(),
            image_alt: "A crane over an empty quay".to_owned(),
        }
    }

    pub fn campaign_of(article: &ArticleView) -> Content {
        let links = MailLinks {
            base_url: "https://mail.harbour.example",
            view_in_browser: "https://mail.harbour.example/mails/quay-nine",
        };
        campaign(&publication(), "World news", article, &links).unwrap()
    }

    pub fn harbour() -> Content {
        campaign_of(&article())
    }

    pub fn confirmation() -> Content {
        let wanted = [("All articles", Cadence::Daily), ("Weekend & sea", Cadence::Weekly)];
        super::confirmation(
            &publication(),
            &wanted,
            "https://mail.harbour.example/confirm/7Qm2xV0dTt9uK4sJb1Lw8RzE",
            "https://mail.harbour.example/block/q8Zr",
            "2026-11-26T09:41:00Z".parse().unwrap(),
        )
        .unwrap()
    }

    pub fn subscribed() -> Content {
        already_subscribed(
            &publication(),
            &[("All articles", Cadence::Each)],
            "https://mail.harbour.example/preferences/KwNv",
            "https://mail.harbour.example/block/q8Zr",
        )
        .unwrap()
    }

    pub fn account_changed() -> Content {
        let by =
            ChangedBy::Owner { ip: "203.0.113.9".to_owned(), browser: Some("Firefox on Linux".to_owned()) };
        let change = AccountChange { kind: AccountChangeKind::PasswordChanged, by };
        let email = EmailAddress::parse("marta@harbour.example").unwrap();
        let base = "https://mail.harbour.example";
        super::account_changed(&publication(), &email, &change, base, noon()).unwrap()
    }

    pub fn alert() -> Content {
        let words = AlertWords {
            headline: "A campaign is paused",
            happened: "“Ferry” has stopped. Nobody else gets it until it is resumed.".to_owned(),
            why: "18 of the last 20 readers were refused: 550 5.1.1 <script> no such user",
            advice: "See how it stands, mend the cause, then resume it:",
            commands: vec![
                "postrider campaign show 0197f1c2".to_owned(),
                "postrider campaign resume 0197f1c2".to_owned(),
            ],
        };
        super::alert(&publication(), &words, "https://mail.harbour.example", noon()).unwrap()
    }

    #[test]
    fn dates_are_the_publications_own() {
        // 23:30 UTC on the 23rd; London is on UTC in November, Tokyo is not.
        let mut tokyo = publication();
        tokyo.time_zone = "Asia/Tokyo".to_owned();
        let links = MailLinks { base_url: "https://m.example", view_in_browser: "https://m.example/v" };
        let content = campaign(&tokyo, "World", &article(), &links).unwrap();
        assert!(content.html.contains("By Marta Lindqvist · 24 November 2026"));
        let mut unsigned = article();
        unsigned.author = " ".to_owned();
        let content = campaign_of(&unsigned);
        assert!(content.html.contains(">23 November 2026<") && !content.html.contains("By "));
        assert!(confirmation().text.contains("It works until Thursday 26 November, 09:41 London (GMT)."));
    }

    #[test]
    fn a_picture_is_shown_once() {
        assert_eq!(harbour().html.matches("crane.jpg").count(), 1);
        let mut repeated = article();
        repeated.content_html = "<img src=\"https://harbour.example/crane-1024x683.jpg\"><p>x</p>".to_owned();
        assert_eq!(campaign_of(&repeated).html.matches("<img").count(), 2, "the logo and the picture");
    }

    #[test]
    fn a_feed_of_excerpts_gives_an_excerpt() {
        let mut short = article();
        (short.content_html, short.summary_html) = (String::new(), "<p>Only this [&hellip;]</p>".to_owned());
        let content = campaign_of(&short);
        assert!(content.html.contains("Only this …") && content.html.contains("Read on Harbour News"));
        assert_eq!(content.preheader, "Only this …");
    }

    #[test]
    fn a_long_article_stays_under_what_gmail_shows() {
        let mut long = article();
        long.content_html = "<p>Ships wait <a href=\"/x\">here</a> and there.</p>".repeat(4000);
        let content = campaign_of(&long);
        assert!((60_000..=HTML_BYTES_MAX).contains(&content.html.len()), "{}", content.html.len());
        assert!(
            content.html.contains("The rest of it is on the site.") && content.html.contains("/unsubscribe/")
        );
        long.content_html = format!("<p>{}</p>", "ship ".repeat(60_000));
        let content = campaign_of(&long);
        assert!(content.html.len() <= HTML_BYTES_MAX && content.html.contains("ship ship"));
        long.title = "Long ".repeat(100_000);
        assert!(campaign_of(&long).html.len() <= HTML_BYTES_MAX);
    }

    #[test]
    fn the_public_copy_holds_nothing_of_a_reader() {
        let content = harbour();
        let copy = browser_copy(&content);
        for gone in ["%%POSTRIDER", "Unsubscribe", "You get this", "View in browser"] {
            assert!(content.html.contains(gone) && !copy.contains(gone), "{gone}");
        }
        assert!(copy.contains("The crane on quay nine") && copy.contains("27 Exchange Row, Bristol BS1"));
        assert!(copy.contains("</html>"));
    }

    #[test]
    fn an_editors_own_html_gets_the_plate_and_the_foot() {
        let links = MailLinks { base_url: "https://m.example", view_in_browser: "https://m.example/v" };
        let html = "<h1>Hello</h1><script>x()</script><p>Two ships.</p>";
        let content = written(
            &publication(),
            "World",
            Written { subject: "From the desk\r\nBcc: x", preheader: "", html },
            &links,
        )
        .unwrap();
        assert_eq!(content.subject, "From the desk  Bcc: x");
        assert!(content.html.contains("Two ships.") && content.html.contains("Harbour News"));
        assert!(!content.html.contains("x()") && !content.html.contains("Read on"));
    }
}
