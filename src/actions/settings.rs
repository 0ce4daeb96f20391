//! What an admin sets about the publication: which values there are, what each may hold, and that
//! every change is in the audit log. The rules for every door: the desk's pages, the setup, the command.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use url::Url;
use uuid::Uuid;

use crate::actions::missed;
use crate::app::App;
use crate::config::Config;
use crate::db::audit::{self, Actor, Subject};
use crate::db::lists::{self, List};
use crate::db::notices::{self, NewNotice, NoticeKind};
use crate::db::publication::{self, Publication};
use crate::domain::brand::Rgb;
use crate::domain::delivery::UncertainPolicy;
use crate::domain::email_address::EmailAddress;
use crate::domain::links::fingerprint;
use crate::domain::slug::{Slug, slugify};
use crate::domain::text::visible;

/// The longest line, in characters.
const LINE_CHARS_MAX: usize = 300;
/// The longest name before an address.
const SENDER_NAME_CHARS_MAX: usize = 100;
const POSTAL_LINES_MAX: usize = 8;
/// The longest that a campaign waits to be taken back: an hour.
pub const UNDO_SECS_MAX: i64 = 3600;
/// The most that "from so many readers on" may say.
const READERS_MAX: i64 = 1_000_000_000;
/// A second test mail within this is a button pressed twice.
const TEST_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// What belongs together on a form: each part is saved whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What pages and mails say of the publication.
    Publication,
    Brand,
    Sender,
    Rules,
}

impl Part {
    /// The names of its settings.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Part::Publication => &["name", "tagline", "url", "postal_address", "time_zone"],
            Part::Brand => &["logo_url", "brand_colour"],
            Part::Sender => &["from_name", "from_email", "reply_to"],
            Part::Rules => &["uncertain", "undo_secs", "two_person_min"],
        }
    }
}

/// Settings as text: as they stand, or as somebody typed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(BTreeMap<&'static str, String>);

impl Form {
    /// The settings of some parts, as they stand.
    pub fn of(publication: &Publication, parts: &[Part]) -> Form {
        let names = parts.iter().flat_map(|part| part.names());
        Form(names.map(|name| (*name, value(publication, name))).collect())
    }

    /// The settings of some parts, as `typed` says.
    pub fn typed(parts: &[Part], typed: impl Fn(&str) -> String) -> Form {
        let names = parts.iter().flat_map(|part| part.names());
        Form(names.map(|name| (*name, typed(name))).collect())
    }

    /// One of them; empty where it is not of these parts.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Sets one of them.
    pub fn set(&mut self, name: &'static str, text: impl Into<String>) {
        self.0.insert(name, text.into());
    }

    /// What a form carries to be told, when it comes back, whether all of it still stands.
    pub fn seen(&self) -> String {
        fingerprint(serde_json::to_string(&self.0).unwrap_or_default().as_bytes())
    }
}

/// What is wrong with a form: a sentence for each field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong(Vec<(&'static str, String)>);

impl Wrong {
    /// One field's sentence.
    pub fn one(field: &'static str, sentence: impl Into<String>) -> Wrong {
        Wrong(vec![(field, sentence.into())])
    }

    /// The sentence under a field; empty where it is right.
    pub fn at(&self, field: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == field).map_or("", |(_, sentence)| sentence)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// What was typed does not do.
    #[error("some of it does not do")]
    Wrong(Wrong),
    /// Somebody else saved meanwhile: the sentence says who and when is in the audit log.
    #[error("it was changed meanwhile")]
    Changed,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

fn value(publication: &Publication, name: &str) -> String {
    let p = publication;
    match name {
        "name" => p.name.clone(),
        "tagline" => p.tagline.clone(),
        "url" => p.url.clone(),
        "postal_address" => p.postal_address.clone(),
        "time_zone" => p.time_zone.clone(),
        "logo_url" => p.logo_url.clone(),
        "brand_colour" => p.brand_colour.clone(),
        "from_name" => p.from_name.clone(),
        "from_email" => p.from_email.clone(),
        "reply_to" => p.reply_to.clone(),
        "uncertain" => p.uncertain.as_str().to_owned(),
        "undo_secs" => p.undo_secs.to_string(),
        "two_person_min" => p.two_person_min.map(|readers| readers.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn line(text: &str, chars_max: usize) -> Result<String, String> {
    let text = visible(text);
    let text = text.trim();
    if text.chars().count() > chars_max || text.chars().any(char::is_control) {
        return Err(format!("{chars_max} signs at most, on one line."));
    }
    Ok(text.to_owned())
}

/// An address on the web, or nothing.
fn web_address(text: &str) -> Result<String, String> {
    let text = line(text, 2000)?;
    if text.is_empty() {
        return Ok(text);
    }
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url.into()),
        _ => {
            let shown: String = text.chars().take(80).collect();
            Err(format!("“{shown}” is no web address. Like this: https://harbour.example"))
        }
    }
}

/// The same of a site, as people say it: harbour.example.
fn site_address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let bare = !text.contains("://") && text.contains('.') && !text.contains([' ', '@']);
    if bare { web_address(&format!("https://{text}")) } else { web_address(text) }
}

fn postal_address(text: &str) -> Result<String, String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let joined = lines.join("\n");
    let fits = joined.chars().count() <= LINE_CHARS_MAX && lines.len() <= POSTAL_LINES_MAX;
    if !fits || joined.chars().any(|c| c.is_control() && c != '\n') {
        return Err(format!("{LINE_CHARS_MAX} signs at most, on {POSTAL_LINES_MAX} lines at most."));
    }
    Ok(joined)
}

fn whole_number(text: &str) -> Option<i64> {
    let digits: String =
        text.chars().filter(|c| !matches!(c, ' ' | ',' | '.' | '\u{a0}' | '\u{202f}')).collect();
    (digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

fn mail_address(text: &str) -> Result<Option<EmailAddress>, String> {
    match text.trim().is_empty() {
        true => Ok(None),
        false => EmailAddress::parse(text).map(Some).map_err(|error| format!("{error}.")),
    }
}

/// Puts one setting into the publication as typed. `Err`: the sentence under its field.
pub fn apply(config: &Config, publication: &mut Publication, name: &str, text: &str) -> Result<(), String> {
    let p = publication;
    match name {
        "name" => {
            p.name = line(text, LINE_CHARS_MAX)?;
            if p.name.is_empty() {
                return Err("A publication needs a name. Like this: Harbour News".to_owned());
            }
        }
        "tagline" => p.tagline = line(text, LINE_CHARS_MAX)?,
        "url" => p.url = site_address(text)?,
        "postal_address" => p.postal_address = postal_address(text)?,
        "time_zone" => {
            let zone: Result<chrono_tz::Tz, _> = text.trim().parse();
            let shown: String = text.chars().take(60).collect();
            let unknown = |_| format!("The time zone “{shown}” is not known. Like this: Europe/London");
            p.time_zone = zone.map_err(unknown)?.name().to_owned();
        }
        "logo_url" => {
            p.logo_url = web_address(text)?;
            if p.logo_url.starts_with("http:") {
                return Err("Take an address with https: our pages show no other pictures.".to_owned());
            }
        }
        "brand_colour" => {
            let colour = Rgb::parse(text).ok_or("That is no colour. Like this: #1b4a78")?;
            p.brand_colour = colour.to_string();
        }
        "from_name" => p.from_name = line(text, SENDER_NAME_CHARS_MAX)?,
        "from_email" => {
            let email = mail_address(text)?;
            // A signature of another domain than the From's counts for nothing (DMARC).
            if let (Some(email), Some(signer)) = (&email, &config.dkim)
                && email.domain() != signer.domain()
            {
                return Err(format!(
                    "Mail is signed by {}. Take an address of that domain, or sign by the other one (DKIM_DOMAIN).",
                    signer.domain()
                ));
            }
            p.from_email = email.map(|email| email.as_str().to_owned()).unwrap_or_default();
        }
        "reply_to" => {
            p.reply_to = mail_address(text)?.map(|email| email.as_str().to_owned()).unwrap_or_default();
        }
        "uncertain" => {
            let policies = [UncertainPolicy::Resend, UncertainPolicy::Leave];
            let policy = policies.into_iter().find(|policy| policy.as_str() == text.trim());
            p.uncertain = policy.ok_or("Choose one of the two.")?;
        }
        "undo_secs" => {
            let secs = whole_number(text).filter(|secs| !text.trim().is_empty() && *secs <= UNDO_SECS_MAX);
            p.undo_secs = secs.ok_or_else(|| format!("A whole number of seconds, 0 to {UNDO_SECS_MAX}."))?;
        }
        "two_person_min" => {
            if text.trim().is_empty() {
                p.two_person_min = None;
            } else {
                let readers = whole_number(text).filter(|readers| (1..=READERS_MAX).contains(readers));
                p.two_person_min = Some(readers.ok_or("A whole number of readers, 1 or more; empty: off.")?);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Saves some parts as typed. `seen` is [`Form::seen`] of when the form was shown; empty: whatever stands.
pub async fn save(
    app: &App,
    me: &Actor,
    parts: &[Part],
    typed: &Form,
    seen: &str,
) -> Result<Publication, SaveError> {
    let mut tx = app.db.write().await?;
    let before = publication::lock(&mut tx).await?;
    let (mut after, mut wrong) = (before.clone(), Wrong::default());
    for name in parts.iter().flat_map(|part| part.names()) {
        if let Err(sentence) = apply(&app.config, &mut after, name, typed.get(name)) {
            wrong.0.push((name, sentence));
        }
    }
    if !wrong.is_empty() {
        return Err(SaveError::Wrong(wrong));
    }
    // The same form sent twice finds what it wants already there.
    if after == before {
        return Ok(before);
    }
    if !seen.is_empty() && seen != Form::of(&before, parts).seen() {
        return Err(SaveError::Changed);
    }
    let now = app.clock.now();
    publication::set(&mut tx, &after, now).await?;
    let (old, new) = changes(&before, &after, parts);
    audit::note(&mut tx, me, "settings changed", subject(&after), old, new, now).await?;
    tx.commit().await?;
    if before.uncertain != after.uncertain && after.uncertain == UncertainPolicy::Leave {
        missed::leave_uncertain(app).await?;
    }
    Ok(after)
}

fn subject(publication: &Publication) -> Subject<'_> {
    Subject { kind: "publication", id: Uuid::nil(), name: &publication.name }
}

type Values = BTreeMap<&'static str, String>;

/// Only what differs.
fn changes(before: &Publication, after: &Publication, parts: &[Part]) -> (Values, Values) {
    let names = parts.iter().flat_map(|part| part.names()).copied();
    names
        .map(|name| (name, value(before, name), value(after, name)))
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| ((name, old), (name, new)))
        .unzip()
}

/// Notes that the guided setup is over.
pub async fn end_setup(app: &App, me: &Actor) -> sqlx::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut publication = publication::lock(&mut tx).await?;
    if publication.setup_at.is_none() {
        publication.setup_at = Some(now);
        publication::set(&mut tx, &publication, now).await?;
        audit::note(&mut tx, me, "setup ended", subject(&publication), (), (), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Adds the list that the setup asks for; one of that slug stays as it is.
pub async fn add_first_list(app: &App, me: &Actor, name: &str, slug: &str) -> Result<List, SaveError> {
    let wrong = |field, sentence: String| SaveError::Wrong(Wrong::one(field, sentence));
    let name = line(name, 200).map_err(|sentence| wrong("list_name", sentence))?;
    if name.is_empty() {
        return Err(wrong("list_name", "A list needs a name. Like this: All articles".to_owned()));
    }
    let made = slugify(&name);
    let slug = match (slug.trim(), made.as_str()) {
        ("", "") => "all",
        ("", made) => made,
        (typed, _) => typed,
    };
    let slug = Slug::parse(slug).map_err(|error| wrong("slug", format!("{error}.")))?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let is_new = lists::add(&mut tx, &slug, &name, now).await?;
    let list = lists::by_slug(&mut tx, slug.as_str()).await?.ok_or(sqlx::Error::RowNotFound)?;
    if is_new {
        let subject = Subject { kind: "list", id: list.id, name: &list.name };
        audit::note(&mut tx, me, "added", subject, (), serde_json::json!({ "slug": list.slug }), now).await?;
        tx.commit().await?;
    }
    Ok(list)
}

/// Mails a test to somebody who works here. False where one has just been sent.
pub async fn send_test(app: &App, me: &Actor, email: &EmailAddress) -> sqlx::Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let last = notices::last_test(&mut tx, email).await?;
    if last.is_some_and(|last| now - last.created_at < TEST_PAUSE) {
        return Ok(false);
    }
    notices::enqueue(&mut tx, NewNotice::new(NoticeKind::Test, email), now).await?;
    let publication = publication::get(&mut tx).await?;
    let after = serde_json::json!({ "to": email.as_str() });
    audit::note(&mut tx, me, "test mailed", subject(&publication), (), after, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::site_address;

    #[test]
    fn a_site_is_named_as_people_name_it() {
        assert_eq!(site_address(" harbour.example ").unwrap(), "https://harbour.example/");
        assert_eq!(site_address("http://harbour.example/news").unwrap(), "http://harbour.example/news");
        assert_eq!(site_address("").unwrap(), "");
        for none in ["harbour", "javascript:alert(1).x", "ines@harbour.example", "two words.example"] {
            assert!(site_address(none).is_err(), "{none}");
        }
    }
}
