//! What an admin sets about the publication: which values there are, what each may hold, and that
//! every change is in the audit log. The rules for every entry point: the desk's pages, the setup, the command.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use url::Url;
use uuid::Uuid;

use super::{Context, Result, catch_up};
use crate::config::Config;
use crate::db::audit::{self, Subject};
use crate::db::lists;
use crate::db::notices::{self, Notice};
use crate::db::publication::{self, Publication};
use crate::db::users::Role;
use crate::domain::brand::Rgb;
use crate::domain::delivery::UncertainPolicy;
use crate::domain::email_address::EmailAddress;
use crate::domain::links::fingerprint;
use crate::domain::refusal::Refusal;
use crate::domain::refusal::settings as codes;
use crate::domain::text::visible;
use crate::locale::Localizer;

/// What was typed, if it does.
type Checked<T> = std::result::Result<T, Refusal>;

/// The longest line, in characters.
const LINE_CHARS_MAX: usize = 300;
/// The longest name before an address.
const SENDER_NAME_CHARS_MAX: usize = 100;
const POSTAL_LINES_MAX: usize = 8;
/// The longest undo window: an hour.
pub const UNDO_SECS_MAX: i64 = 3600;
/// The highest number of readers above which a second approval may be required.
const READERS_MAX: i64 = 1_000_000_000;
/// A confirmation can be used for three days, and so long nobody is forgotten who has one.
const PENDING_DAYS_MIN: i64 = 4;
/// The longest time that anything is kept for, short of for good: ten years.
const KEEP_DAYS_MAX: i64 = 3650;
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
    /// How long what is known of readers is kept.
    Retention,
}

impl Part {
    /// The names of its settings.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Part::Publication => &["name", "tagline", "url", "postal_address", "time_zone", "language"],
            Part::Brand => &["logo_url", "icon_url", "brand_colour"],
            Part::Sender => &["from_name", "from_email", "reply_to"],
            Part::Rules => &["uncertain", "undo_secs", "two_person_min", "reminds"],
            Part::Retention => &["keep_pending_days", "keep_ips_days", "keep_events_days"],
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
        fingerprint(serde_json::json!(self.0).to_string().as_bytes())
    }
}

/// What is wrong with a form: a sentence for each field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, String)>);

impl FieldErrors {
    /// One field's sentence.
    pub fn one(field: &'static str, sentence: impl Into<String>) -> FieldErrors {
        FieldErrors(vec![(field, sentence.into())])
    }

    /// What a refusal says of the fields that it is about.
    pub fn of(refusal: &Refusal) -> FieldErrors {
        let all = std::iter::once(refusal).chain(&refusal.others);
        FieldErrors(all.map(|refusal| (refusal.field, refusal.sentence())).collect())
    }

    /// The sentence under a field; empty where it is right.
    pub fn at(&self, field: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == field).map_or("", |(_, sentence)| sentence)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn value(publication: &Publication, name: &str) -> String {
    let p = publication;
    match name {
        "name" => p.name.clone(),
        "tagline" => p.tagline.clone(),
        "url" => p.url.clone(),
        "postal_address" => p.postal_address.clone(),
        "time_zone" => p.time_zone.clone(),
        "language" => p.language.clone(),
        "logo_url" => p.logo_url.clone(),
        "icon_url" => p.icon_url.clone(),
        "brand_colour" => p.brand_colour.clone(),
        "from_name" => p.from_name.clone(),
        "from_email" => p.from_email.clone(),
        "reply_to" => p.reply_to.clone(),
        "uncertain" => p.uncertain.as_str().to_owned(),
        "undo_secs" => p.undo_secs.to_string(),
        "two_person_min" => p.two_person_min.map(|readers| readers.to_string()).unwrap_or_default(),
        "reminds" if p.reminds => "yes".to_owned(),
        "keep_pending_days" => days(p.keep_pending_days),
        "keep_ips_days" => days(p.keep_ips_days),
        "keep_events_days" => days(p.keep_events_days),
        _ => String::new(),
    }
}

fn days(kept: Option<i64>) -> String {
    kept.map(|days| days.to_string()).unwrap_or_default()
}

fn line(text: &str, chars_max: usize) -> Checked<String> {
    let text = visible(text);
    let text = text.trim();
    if text.chars().count() > chars_max || text.chars().any(char::is_control) {
        return Err(codes::LINE_WRONG.refusal().with("max", chars_max));
    }
    Ok(text.to_owned())
}

/// A language that pages and mails can be in, or nothing.
pub fn language(text: &str) -> Checked<String> {
    let typed = text.trim();
    match Localizer::of(typed) {
        _ if typed.is_empty() => Ok(String::new()),
        Some(_) => Ok(typed.chars().take(35).collect()),
        None => {
            let shown: String = typed.chars().take(40).collect();
            Err(codes::LANGUAGE_UNKNOWN.refusal().with("typed", shown))
        }
    }
}

/// An address on the web, or nothing.
fn web_address(text: &str) -> Checked<String> {
    let text = line(text, 2000)?;
    if text.is_empty() {
        return Ok(text);
    }
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url.into()),
        _ => {
            let shown: String = text.chars().take(80).collect();
            Err(codes::WEB_ADDRESS_WRONG.refusal().with("typed", shown))
        }
    }
}

/// A picture for our pages, which show none over plain http.
fn picture_address(text: &str) -> Checked<String> {
    let url = web_address(text)?;
    if url.starts_with("http:") { Err(codes::LOGO_NOT_HTTPS.refusal()) } else { Ok(url) }
}

/// The same of a site, as people say it: harbour.example.
fn site_address(text: &str) -> Checked<String> {
    let text = text.trim();
    let bare = !text.contains("://") && text.contains('.') && !text.contains([' ', '@']);
    if bare { web_address(&format!("https://{text}")) } else { web_address(text) }
}

fn postal_address(text: &str) -> Checked<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let joined = lines.join("\n");
    let fits = joined.chars().count() <= LINE_CHARS_MAX && lines.len() <= POSTAL_LINES_MAX;
    if !fits || joined.chars().any(|c| c.is_control() && c != '\n') {
        let refusal = codes::POSTAL_ADDRESS_WRONG.refusal();
        return Err(refusal.with("max", LINE_CHARS_MAX).with("lines", POSTAL_LINES_MAX));
    }
    Ok(joined)
}

fn whole_number(text: &str) -> Option<i64> {
    let digits: String =
        text.chars().filter(|c| !matches!(c, ' ' | ',' | '.' | '\u{a0}' | '\u{202f}')).collect();
    (digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

fn mail_address(text: &str) -> Checked<Option<EmailAddress>> {
    match text.trim().is_empty() {
        true => Ok(None),
        false => EmailAddress::parse(text)
            .map(Some)
            .map_err(|error| codes::ADDRESS_WRONG.refusal().with("why", error.to_string())),
    }
}

/// Puts one setting into the publication as typed. `Err`: what is wrong with it, on its field.
pub fn apply(config: &Config, publication: &mut Publication, name: &'static str, text: &str) -> Checked<()> {
    let set = match name {
        "from_name" | "from_email" | "reply_to" => apply_sender(config, publication, name, text),
        "uncertain" | "undo_secs" | "two_person_min" | "reminds" => apply_rule(publication, name, text),
        "keep_pending_days" | "keep_ips_days" | "keep_events_days" => {
            apply_retention(publication, name, text)
        }
        _ => apply_looks(publication, name, text),
    };
    set.map_err(|refusal| Refusal { field: name, ..refusal })
}

/// What pages and mails say of the publication, and its brand.
fn apply_looks(p: &mut Publication, name: &str, text: &str) -> Checked<()> {
    match name {
        "name" => {
            p.name = line(text, LINE_CHARS_MAX)?;
            if p.name.is_empty() {
                return Err(codes::PUBLICATION_NAME_MISSING.refusal());
            }
        }
        "tagline" => p.tagline = line(text, LINE_CHARS_MAX)?,
        "url" => p.url = site_address(text)?,
        "postal_address" => p.postal_address = postal_address(text)?,
        "time_zone" => {
            let zone: std::result::Result<chrono_tz::Tz, _> = text.trim().parse();
            let shown: String = text.chars().take(60).collect();
            let unknown = |_| codes::TIME_ZONE_UNKNOWN.refusal().with("typed", shown);
            p.time_zone = zone.map_err(unknown)?.name().to_owned();
        }
        "language" => p.language = language(text)?,
        "logo_url" => p.logo_url = picture_address(text)?,
        "icon_url" => p.icon_url = picture_address(text)?,
        "brand_colour" => {
            let colour = Rgb::parse(text).ok_or_else(|| codes::COLOUR_WRONG.refusal())?;
            p.brand_colour = colour.to_string();
        }
        _ => {}
    }
    Ok(())
}

fn apply_sender(config: &Config, p: &mut Publication, name: &str, text: &str) -> Checked<()> {
    match name {
        "from_name" => p.from_name = line(text, SENDER_NAME_CHARS_MAX)?,
        "from_email" => {
            let email = mail_address(text)?;
            // A signature of another domain than the From's counts for nothing (DMARC).
            if let (Some(email), Some(signer)) = (&email, &config.dkim)
                && email.domain() != signer.domain()
            {
                return Err(codes::SENDER_NOT_SIGNED.refusal().with("domain", signer.domain().to_owned()));
            }
            p.from_email = email.map(|email| email.as_str().to_owned()).unwrap_or_default();
        }
        _ => p.reply_to = mail_address(text)?.map(|email| email.as_str().to_owned()).unwrap_or_default(),
    }
    Ok(())
}

/// How campaigns are sent.
fn apply_rule(p: &mut Publication, name: &str, text: &str) -> Checked<()> {
    match name {
        "uncertain" => {
            let policies = [UncertainPolicy::Resend, UncertainPolicy::Leave];
            let policy = policies.into_iter().find(|policy| policy.as_str() == text.trim());
            p.uncertain = policy.ok_or_else(|| codes::UNCERTAIN_UNKNOWN.refusal())?;
        }
        "undo_secs" => {
            let secs = whole_number(text).filter(|secs| !text.trim().is_empty() && *secs <= UNDO_SECS_MAX);
            p.undo_secs = secs.ok_or_else(|| codes::UNDO_WRONG.refusal().with("max", UNDO_SECS_MAX))?;
        }
        "reminds" => p.reminds = !text.trim().is_empty(),
        _ if text.trim().is_empty() => p.two_person_min = None,
        _ => {
            let readers = whole_number(text).filter(|readers| (1..=READERS_MAX).contains(readers));
            p.two_person_min = Some(readers.ok_or_else(|| codes::READERS_WRONG.refusal())?);
        }
    }
    Ok(())
}

/// How long what is known of readers is kept.
fn apply_retention(p: &mut Publication, name: &str, text: &str) -> Checked<()> {
    let least = if name == "keep_pending_days" { PENDING_DAYS_MIN } else { 1 };
    let kept = match text.trim() {
        "" => None,
        typed => {
            Some(whole_number(typed).filter(|days| (least..=KEEP_DAYS_MAX).contains(days)).ok_or_else(
                || codes::KEEP_DAYS_WRONG.refusal().with("min", least).with("max", KEEP_DAYS_MAX),
            )?)
        }
    };
    match name {
        "keep_pending_days" => p.keep_pending_days = kept,
        "keep_ips_days" => p.keep_ips_days = kept,
        _ => p.keep_events_days = kept,
    }
    Ok(())
}

/// Saves some parts as typed. `seen` is [`Form::seen`] of when the form was shown; empty: whatever stands.
pub async fn save(cx: &Context<'_>, parts: &[Part], typed: &Form, seen: &str) -> Result<Publication> {
    let names = parts.iter().flat_map(|part| part.names());
    let values: Vec<_> = names.map(|name| (*name, typed.get(name))).collect();
    store(cx, &values, |before| seen.is_empty() || seen == Form::of(before, parts).seen()).await
}

/// Sets what is given, and leaves the rest.
pub async fn set(cx: &Context<'_>, values: &[(&'static str, &str)]) -> Result<Publication> {
    store(cx, values, |_| true).await
}

/// Stores values as typed where `still` says that what stands is what they were typed over.
async fn store(
    cx: &Context<'_>,
    values: &[(&'static str, &str)],
    still: impl FnOnce(&Publication) -> bool,
) -> Result<Publication> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let before = publication::lock(&mut tx).await?;
    let (mut after, mut wrong) = (before.clone(), Vec::new());
    for (name, text) in values {
        wrong.extend(apply(&cx.app.config, &mut after, name, text).err());
    }
    if let Some(refusal) = Refusal::of_all(wrong) {
        return Err(refusal.into());
    }
    // The same form sent twice finds what it wants already there.
    if after == before {
        return Ok(before);
    }
    if !still(&before) {
        return Err(codes::SETTINGS_CHANGED.refusal().into());
    }
    let now = cx.now();
    publication::set(&mut tx, &after, now).await?;
    if before.time_zone != after.time_zone {
        for list in lists::all(&mut tx).await? {
            super::lists::move_digests(&mut tx, &list, after.zone(), now).await?;
        }
    }
    let (old, new) = changes(&before, &after, values.iter().map(|(name, _)| *name));
    audit::note(&mut tx, &cx.actor, "settings changed", subject(&after), old, new, now).await?;
    tx.commit().await?;
    if before.uncertain != after.uncertain && after.uncertain == UncertainPolicy::Leave {
        catch_up::leave_uncertain(cx.app).await?;
    }
    Ok(after)
}

pub(crate) fn subject(publication: &Publication) -> Subject<'_> {
    Subject { kind: "publication", id: Uuid::nil(), name: &publication.name }
}

type Values = BTreeMap<&'static str, String>;

/// Only what differs.
fn changes(
    before: &Publication,
    after: &Publication,
    names: impl Iterator<Item = &'static str>,
) -> (Values, Values) {
    names
        .map(|name| (name, value(before, name), value(after, name)))
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| ((name, old), (name, new)))
        .unzip()
}

/// Mails a test to a user. False where one has just been sent.
pub async fn send_test(cx: &Context<'_>, email: &EmailAddress) -> Result<bool> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let last = notices::last_test(&mut tx, email).await?;
    if last.is_some_and(|last| now - last.created_at < TEST_PAUSE) {
        return Ok(false);
    }
    notices::enqueue(&mut tx, &Notice::MailTest, email, now).await?;
    let publication = publication::get(&mut tx).await?;
    let after = serde_json::json!({ "to": email.as_str() });
    audit::note(&mut tx, &cx.actor, "test mailed", subject(&publication), (), after, now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
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
