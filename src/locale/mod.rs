//! What is said, in the language of whoever reads it: sentences in Fluent files, dates, numbers and plurals by CLDR.
//!
//! `locales/{language}.ftl` holds what readers meet, on pages and in mails; the files in `locales/desk` what editors,
//! admins and operators meet, in English alone. A sentence is asked for by its key and given what it names. It may
//! hold `<a>`, `<strong>` and `<br>`: [`Localizer::html`] keeps them and escapes what is named, [`Localizer::text`]
//! is for what is not HTML.

mod dates;
mod number;
mod phrase;
mod pseudo;
mod sentence;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use icu_locale_core::Locale;
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

pub use self::dates::Dates;
pub use self::phrase::{Name, Phrase};
pub use self::sentence::{Form, Html, Plain, Sentence, Text, Value};

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

/// The language that everything is written in first, and that stands in for what another lacks.
const FIRST: &str = "en";

/// Languages of one `Accept-Language` that are looked at, at most.
const ACCEPTED_MAX: usize = 20;

/// What one language says.
pub struct Language {
    /// Its BCP 47 tag.
    tag: String,
    bundle: FluentBundle<FluentResource>,
    is_right_to_left: bool,
}

static LANGUAGES: LazyLock<BTreeMap<String, Language>> = LazyLock::new(|| {
    let mut languages: BTreeMap<String, Language> = Files::iter()
        .filter_map(|path| Some(path.strip_suffix(".ftl")?.to_owned()))
        .filter(|tag| !tag.contains('/'))
        .map(|tag| (tag.clone(), Language::read(&tag, &tag, None)))
        .collect();
    for (tag, transform) in pseudo::ALL {
        languages.insert(tag.to_owned(), Language::read(tag, FIRST, Some(transform)));
    }
    languages
});

impl Language {
    fn read(tag: &str, file: &str, transform: Option<pseudo::Transform>) -> Language {
        let identifier: LanguageIdentifier = tag.parse().expect("a file of locales is named by its language");
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Names are isolated by what they hold, in HTML otherwise than in text: `sentence`.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(number::write));
        bundle.set_transform(transform);
        let own = format!("{file}.ftl");
        let paths = Files::iter().filter(|path| *path == own || file == FIRST && path.starts_with("desk/"));
        for source in paths.filter_map(|path| Files::get(&path)) {
            let source = String::from_utf8_lossy(&source.data).into_owned();
            let resource = FluentResource::try_new(source).map_err(|(_, errors)| errors);
            let added = bundle.add_resource(resource.expect("a file of locales is Fluent"));
            added.expect("a key stands once in the files of a language");
        }
        let script_runs_left = ["ar", "fa", "he", "ur"].contains(&tag.split('-').next().unwrap_or_default());
        Language { tag: tag.to_owned(), bundle, is_right_to_left: script_runs_left }
    }
}

/// Whether English, and so every language, says something under this key.
pub fn has(key: &str) -> bool {
    LANGUAGES[FIRST].bundle.has_message(key)
}

/// A sentence of the desk: in English.
pub fn say(key: &str) -> Sentence<'_, Text> {
    Sentence::new(&LANGUAGES[FIRST], key)
}

/// A sentence of a command: in English, for a terminal.
pub fn say_plain(key: &str) -> Sentence<'_, Plain> {
    Sentence::new(&LANGUAGES[FIRST], key)
}

/// A sentence of the desk with HTML of its own.
pub fn say_html(key: &str) -> Sentence<'_, Html> {
    Sentence::new(&LANGUAGES[FIRST], key)
}

/// Says things in one language, with the dates and numbers of one region.
#[derive(Clone)]
pub struct Localizer {
    language: &'static Language,
    formats: Locale,
    /// As it was asked for, with its region.
    tag: String,
}

impl Localizer {
    /// In the first of these languages (BCP 47 tags, empty ones passed over) that there is a file for; else English.
    pub fn negotiate<'a>(preferred: impl IntoIterator<Item = &'a str>) -> Localizer {
        preferred.into_iter().find_map(Localizer::of).unwrap_or_else(Localizer::english)
    }

    /// In the language of a tag, if there is a file for it or for what it is a variety of.
    pub fn of(tag: &str) -> Option<Localizer> {
        let asked: LanguageIdentifier = tag.trim().parse().ok()?;
        // Traditional Chinese is a language of its own to who reads it, not a variety of the simplified.
        let is_traditional = asked.language == "zh"
            && (asked.script.is_some_and(|script| script == "Hant")
                || asked.script.is_none()
                    && asked.region.is_some_and(|region| ["TW", "HK", "MO"].contains(&region.as_str())));
        let mut tag = asked.to_string();
        let language = loop {
            match LANGUAGES.get(&tag) {
                Some(language) => break language,
                None if is_traditional => return None,
                None => tag.truncate(tag.rfind('-')?),
            }
        };
        let has_formats = asked.region.is_some() && !pseudo::is(&language.tag);
        let tag = if has_formats { asked.to_string() } else { language.tag.clone() };
        Some(Localizer { language, formats: formats(language, has_formats.then(|| tag.clone())), tag })
    }

    /// In the language that a browser asks for first (`Accept-Language`) among those that there are.
    pub fn accepted(header: &str) -> Option<Localizer> {
        let weighed = header.split(',').take(ACCEPTED_MAX).filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > 0.0).then_some((tag, weight))
        });
        let mut weighed: Vec<(&str, f32)> = weighed.collect();
        weighed.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        weighed.into_iter().find_map(|(tag, _)| Localizer::of(tag))
    }

    /// In English: for whoever works here, and for logs.
    pub fn english() -> Localizer {
        static ENGLISH: LazyLock<Localizer> = LazyLock::new(|| {
            let language = &LANGUAGES[FIRST];
            Localizer { language, formats: formats(language, None), tag: FIRST.to_owned() }
        });
        ENGLISH.clone()
    }

    /// Every language, those that nobody speaks too.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = Localizer> {
        LANGUAGES.keys().filter_map(|tag| Localizer::of(tag))
    }

    /// Every language that can be chosen, and other regions of one: the tag, and the name in itself.
    pub fn choices() -> impl Iterator<Item = (String, String)> {
        let offered = LANGUAGES.values().filter(|language| !pseudo::is(&language.tag));
        offered.flat_map(|language| {
            let words = Localizer { language, formats: Locale::UNKNOWN, tag: String::new() };
            let regions = words.text("language-regions").to_string();
            let regions = regions.lines().filter_map(|line| line.trim().split_once(' '));
            let regions: Vec<(String, String)> =
                regions.map(|(tag, name)| (tag.to_owned(), name.to_owned())).collect();
            std::iter::once((language.tag.clone(), words.text("language-name").to_string())).chain(regions)
        })
    }

    /// Every language as its file says it, without varieties of one.
    pub fn spoken() -> impl Iterator<Item = Localizer> {
        LANGUAGES.keys().filter(|tag| !pseudo::is(tag)).filter_map(|tag| Localizer::of(tag))
    }

    /// The tag of its file: of all varieties of a language the same.
    pub fn language(&self) -> &str {
        &self.language.tag
    }

    /// Its BCP 47 tag: the attribute `lang`.
    pub fn lang(&self) -> &str {
        &self.tag
    }

    /// The attribute `dir`.
    pub fn dir(&self) -> &'static str {
        if self.language.is_right_to_left { "rtl" } else { "ltr" }
    }

    /// A sentence for a page or the HTML of a mail.
    pub fn html<'a>(&self, key: &'a str) -> Sentence<'a, Html> {
        Sentence::new(self.language, key)
    }

    /// A sentence that is no HTML: a subject, a part of plain text, an attribute.
    pub fn text<'a>(&self, key: &'a str) -> Sentence<'a, Text> {
        Sentence::new(self.language, key)
    }
}

/// By whose habits dates are written: the region that was asked for, else the one that the file names. The digits and
/// the clock that the file names hold in every region.
fn formats(language: &Language, region: Option<String>) -> Locale {
    let named = language.bundle.get_message("language-formats").and_then(|message| {
        let tag = language.bundle.format_pattern(message.value()?, None, &mut Vec::new());
        tag.parse::<Locale>().ok()
    });
    let mut formats = named.unwrap_or(Locale::UNKNOWN);
    if let Some(asked) = region.and_then(|tag| tag.parse::<Locale>().ok()) {
        formats.id = asked.id;
    }
    formats
}

impl fmt::Debug for Localizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Localizer({})", self.tag)
    }
}
