//! The words by which readers agree, as they were shown: each language has a version of its own, which is made of the
//! words themselves, so that nobody can change them and forget it. A consent names its version, and the words stay.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::links::fingerprint;
use crate::locale::Localizer;

/// What somebody reads before they agree: on the form, in the confirmation's mail, on the page with its button; and
/// whoever is asked whether they still want a list.
const SENTENCES: [&str; 11] = [
    "subscribe-heading",
    "subscribe-lead",
    "cadence-legend",
    "unsubscribe-any-time",
    "subscribe",
    "mail-confirm-lead-text",
    "confirm-lead",
    "confirm-button",
    "keep-heading",
    "mail-keep-lead",
    "keep-button",
];

/// The words of one version.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Wording {
    pub version: String,
    /// The tag of their language.
    pub language: String,
    /// A sentence a line; names stand as `[newsletters]`.
    pub words: String,
}

static CURRENT: LazyLock<BTreeMap<String, Wording>> = LazyLock::new(|| {
    let of = |words: Localizer| {
        let wording = written(&words);
        (wording.language.clone(), wording)
    };
    Localizer::spoken().map(of).collect()
});

fn written(words: &Localizer) -> Wording {
    let say = |key: &&str| {
        let mut said = words.text(key);
        for name in ["publication", "newsletters", "newsletter", "address", "date"] {
            said = said.with(name, format!("[{name}]"));
        }
        said.to_string().replace("<strong>", "").replace("</strong>", "")
    };
    let text = SENTENCES.iter().map(say).collect::<Vec<String>>().join("\n");
    let language = words.language().to_owned();
    let version = format!("{language}-{}", fingerprint(text.as_bytes()).chars().take(12).collect::<String>());
    Wording { version, language, words: text }
}

/// The version of the words that a page or mail in this language shows now.
pub fn version(words: &Localizer) -> String {
    match CURRENT.get(words.language()) {
        Some(wording) => wording.version.clone(),
        // One that nobody speaks.
        None => written(words).version,
    }
}

/// A version that a form says it showed, if it is one of today's.
pub fn shown(version: &str) -> Option<&'static str> {
    current().find(|wording| wording.version == version).map(|wording| wording.version.as_str())
}

/// The words of today's versions, a language each.
pub fn current() -> impl Iterator<Item = &'static Wording> {
    CURRENT.values()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_a_version_of_its_own() {
        let english = version(&Localizer::english());
        assert!(english.starts_with("en-") && shown(&english) == Some(english.as_str()), "{english}");
        let american = Localizer::of("en-US").unwrap();
        assert_eq!(version(&american), english, "the words are the same");
        let pseudo = Localizer::of("ar-XB").unwrap();
        assert!(version(&pseudo).starts_with("ar-XB-") && shown(&version(&pseudo)).is_none());
        let words = &current().find(|wording| wording.version == english).unwrap().words;
        assert!(words.contains("[publication]") && !words.contains('<') && !words.contains('{'), "{words}");
    }
}
