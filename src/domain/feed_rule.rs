//! The rule between a feed and a list: what becomes of the feed's new articles there, and which of them it means.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::refusal::Refusal;
use super::refusal::feeds as codes;
use crate::locale::say;

/// Texts in one part of the conditions, at most, and the longest of them in characters.
pub const TERMS_MAX: usize = 50;
pub const TERM_CHARS_MAX: usize = 100;
/// The highest brake limit.
pub const BRAKE_LIMIT_MAX: i64 = 1000;

/// How a list takes a feed's new articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum BindingMode {
    /// Each is sent by itself.
    #[default]
    Send,
    /// Each becomes a draft that an editor sends.
    Draft,
    /// Each is for digests alone.
    Digest,
    /// None is sent.
    Collect,
}

impl BindingMode {
    /// Every mode, in the order that forms show.
    pub const ALL: [BindingMode; 4] =
        [BindingMode::Send, BindingMode::Draft, BindingMode::Digest, BindingMode::Collect];

    /// Its name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            BindingMode::Send => "send",
            BindingMode::Draft => "draft",
            BindingMode::Digest => "digest",
            BindingMode::Collect => "collect",
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<BindingMode> {
        BindingMode::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// Its name on a page.
    pub fn label(self) -> String {
        let key = match self {
            BindingMode::Send => "rule-mode-send",
            BindingMode::Draft => "rule-mode-draft",
            BindingMode::Digest => "rule-mode-digest",
            BindingMode::Collect => "rule-mode-collect",
        };
        say(key).to_string()
    }
}

/// The way that one article takes to one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// A campaign of its own, scheduled.
    Send,
    /// A campaign of its own, which waits for an editor.
    Draft,
    /// A part of digests, with no campaign of its own.
    Digest,
    Nothing,
}

/// What conditions ask about an article.
#[derive(Clone, Copy, Debug)]
pub struct ArticleFacts<'a> {
    pub title: &'a str,
    /// One name or several, separated by commas.
    pub author: &'a str,
    pub categories: &'a [String],
}

/// Texts of which an article must have one, and texts of which it may have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
}

impl Terms {
    fn is_empty(&self) -> bool {
        self.only.is_empty() && self.not.is_empty()
    }
}

/// Which of a feed's articles a list takes: those that fit all parts. With no terms, all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    #[serde(skip_serializing_if = "Terms::is_empty")]
    pub categories: Terms,
    #[serde(skip_serializing_if = "Terms::is_empty")]
    pub authors: Terms,
    /// Words of the title, or several in a row.
    #[serde(skip_serializing_if = "Terms::is_empty")]
    pub title: Terms,
}

impl TryFrom<String> for Conditions {
    type Error = serde_json::Error;

    fn try_from(stored: String) -> Result<Conditions, serde_json::Error> {
        serde_json::from_str(&stored)
    }
}

/// What a part of the conditions is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Category,
    Author,
    Title,
}

impl Part {
    fn has(self, article: ArticleFacts<'_>, term: &str) -> bool {
        match self {
            Part::Category => article.categories.iter().any(|own| folded_line(own) == folded_line(term)),
            Part::Author => {
                let mut names = article.author.split([',', ';', '&']).chain([article.author]);
                names.any(|name| folded_line(name) == folded_line(term))
            }
            Part::Title => has_words(article.title, term),
        }
    }
}

/// Why conditions take an article, or don't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// There are no conditions.
    Every,
    /// Nothing excludes it.
    NotExcluded,
    Has(Part, &'a str),
    Excluded(Part, &'a str),
    Lacks(Part),
}

impl Why<'_> {
    /// Whether the article fits.
    pub fn fits(self) -> bool {
        matches!(self, Why::Every | Why::NotExcluded | Why::Has(..))
    }

    /// As a page says it.
    pub fn sentence(self) -> String {
        let said = match self {
            Why::Every => say("rule-why-every"),
            Why::NotExcluded => say("rule-why-not-excluded"),
            Why::Has(Part::Category, term) => say("rule-why-category").with("term", term),
            Why::Has(Part::Author, term) => say("rule-why-author").with("term", term),
            Why::Has(Part::Title, term) => say("rule-why-title").with("term", term),
            Why::Excluded(Part::Category, term) => say("rule-why-excluded-category").with("term", term),
            Why::Excluded(Part::Author, term) => say("rule-why-excluded-author").with("term", term),
            Why::Excluded(Part::Title, term) => say("rule-why-excluded-title").with("term", term),
            Why::Lacks(Part::Category) => say("rule-why-no-category"),
            Why::Lacks(Part::Author) => say("rule-why-no-author"),
            Why::Lacks(Part::Title) => say("rule-why-no-title"),
        };
        said.to_string()
    }
}

impl Conditions {
    /// The parts, in the order of the form.
    pub fn parts(&self) -> [(Part, &Terms); 3] {
        [(Part::Category, &self.categories), (Part::Author, &self.authors), (Part::Title, &self.title)]
    }

    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, terms)| terms.is_empty())
    }

    /// Whether an article fits, and why.
    pub fn judge(&self, article: ArticleFacts<'_>) -> Why<'_> {
        let mut why = if self.is_empty() { Why::Every } else { Why::NotExcluded };
        for (part, terms) in self.parts() {
            let has = |term: &&String| part.has(article, term);
            if let Some(term) = terms.not.iter().find(has) {
                return Why::Excluded(part, term);
            }
            match terms.only.iter().find(has) {
                Some(term) if why == Why::NotExcluded => why = Why::Has(part, term),
                Some(_) => {}
                None if terms.only.is_empty() => {}
                None => return Why::Lacks(part),
            }
        }
        why
    }

    /// What it means, for a list's line and the audit log; empty where there are no conditions.
    pub fn sentence(&self) -> String {
        let mut said = Vec::new();
        for (part, terms) in self.parts() {
            let (only, not) = match part {
                Part::Category => ("rule-only-category", "rule-not-category"),
                Part::Author => ("rule-only-author", "rule-not-author"),
                Part::Title => ("rule-only-title", "rule-not-title"),
            };
            for (key, terms) in [(only, &terms.only), (not, &terms.not)] {
                if !terms.is_empty() {
                    said.push(say(key).with("terms", typed(terms)).to_string());
                }
            }
        }
        said.join("; ")
    }
}

/// The rule of one feed and one list.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow, Serialize, Deserialize)]
pub struct Rule {
    pub mode: BindingMode,
    #[sqlx(rename = "conditions_json", try_from = "String")]
    pub conditions: Conditions,
    /// How many new articles of one poll pass the brake; `None`: worked out from what is usual.
    pub brake_limit: Option<i64>,
}

impl Rule {
    /// The way that an article takes.
    pub fn route(&self, article: ArticleFacts<'_>) -> Route {
        match self.mode {
            _ if !self.conditions.judge(article).fits() => Route::Nothing,
            BindingMode::Send => Route::Send,
            BindingMode::Draft => Route::Draft,
            BindingMode::Digest => Route::Digest,
            BindingMode::Collect => Route::Nothing,
        }
    }

    /// Refuses what no rule may be.
    pub fn check(&self) -> Result<(), Refusal> {
        let [categories, authors, title] = self.conditions.parts().map(|(_, terms)| terms);
        let fields = [
            ("only_categories", &categories.only),
            ("not_categories", &categories.not),
            ("only_authors", &authors.only),
            ("not_authors", &authors.not),
            ("only_title", &title.only),
            ("not_title", &title.not),
        ];
        for (field, terms) in fields {
            if terms.len() > TERMS_MAX {
                return Err(codes::RULE_TERMS_MANY.on(field).with("max", TERMS_MAX));
            }
            if terms.iter().any(|term| term.chars().count() > TERM_CHARS_MAX) {
                return Err(codes::RULE_TERM_LONG.on(field).with("max", TERM_CHARS_MAX));
            }
            if let Some(term) = terms.iter().find(|term| words(term).is_empty()) {
                return Err(codes::RULE_TERM_EMPTY.on(field).with("term", term.clone()));
            }
        }
        match self.brake_limit {
            Some(limit) if !(1..=BRAKE_LIMIT_MAX).contains(&limit) => Err(brake_limit_wrong()),
            _ => Ok(()),
        }
    }
}

fn brake_limit_wrong() -> Refusal {
    codes::BRAKE_LIMIT_WRONG.on("brake_limit").with("max", BRAKE_LIMIT_MAX)
}

/// The brake limit that somebody typed; nothing: it is worked out.
pub fn parse_brake_limit(typed: &str) -> Result<Option<i64>, Refusal> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| brake_limit_wrong()),
    }
}

/// The terms of a line, separated by commas; one with a comma of its own stands in quotation marks.
pub fn parse_terms(line: &str) -> Vec<String> {
    let (mut terms, mut term, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' | '“' | '”' => quoted = !quoted,
            ',' | '\n' if !quoted => terms.push(std::mem::take(&mut term)),
            c => term.push(c),
        }
    }
    terms.push(term);
    let mut known: Vec<String> = Vec::new();
    for term in terms.iter().map(|term| term.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if !term.is_empty() && !known.contains(&term) {
            known.push(term);
        }
    }
    known
}

/// Terms as [`parse_terms`] reads them.
pub fn typed(terms: &[String]) -> String {
    let quoted = |term: &String| if term.contains(',') { format!("\"{term}\"") } else { term.clone() };
    terms.iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// A text for comparison: large letters are small ones, and one character is written one way.
fn folded(text: &str) -> String {
    let text: String = text.nfkc().collect();
    // Letter by letter: within a word or at its end, a sigma is a sigma.
    text.to_uppercase().chars().flat_map(char::to_lowercase).collect()
}

fn folded_line(text: &str) -> String {
    folded(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> Vec<String> {
    let folded = folded(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a title has a term's words in a row. Where words are not set apart, as in Japanese, a part of one will do.
fn has_words(title: &str, term: &str) -> bool {
    if term.chars().any(is_of_script_without_spaces) {
        return folded_line(title).contains(&folded_line(term));
    }
    let (title, term) = (words(title), words(term));
    !term.is_empty() && title.windows(term.len()).any(|part| part == term)
}

fn is_of_script_without_spaces(c: char) -> bool {
    // Thai and Lao, Myanmar, Khmer, kana, and Han.
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(only: &str, not: &str) -> Terms {
        Terms { only: parse_terms(only), not: parse_terms(not) }
    }

    fn judged(conditions: &Conditions, title: &str, author: &str, categories: &str) -> bool {
        let categories = parse_terms(categories);
        conditions.judge(ArticleFacts { title, author, categories: &categories }).fits()
    }

    #[test]
    fn a_title_has_whole_words_in_whatever_case_and_script() {
        for (title, term, fits) in [
            ("The Port opens", "port", true),
            ("The report opens", "port", false),
            ("Port-au-Prince", "PORT", true),
            ("Élections: le vote", "e\u{301}lections", true),
            ("Die STRASSE ist frei", "Straße", true),
            ("ΟΔΥΣΣΕΑΣ ΕΦΥΓΕ", "οδυσσεας", true),
            ("Central bank holds its rate", "central BANK", true),
            ("Central savings bank", "central bank", false),
            ("Don’t panic", "don't", true),
            ("東京の新聞", "新聞", true),
            ("हिन्दी समाचार", "हिन्दी", true),
        ] {
            let conditions = Conditions { title: terms(term, ""), ..Conditions::default() };
            assert_eq!(judged(&conditions, title, "", ""), fits, "{title}: {term}");
        }
    }

    #[test]
    fn every_part_must_fit_and_what_is_excluded_wins() {
        let conditions = Conditions {
            categories: terms("Politics, \"Arts, Culture\"", "Sponsored"),
            authors: terms("", "Wire Service"),
            title: terms("", "live"),
        };
        let cases = [
            ("A vote", "Ines Marlow", "politics", true),
            ("A vote", "Ines Marlow", "POLITICS, sponsored", false),
            ("A vote", "Ines Marlow", "\"arts, culture\"", true),
            ("A vote", "Ines Marlow", "Arts", false),
            ("A vote", "Ines Marlow, WIRE  Service", "Politics", false),
            ("Live: a vote", "Ines Marlow", "Politics", false),
            ("Alive", "Wire Service Union", "Politics", true),
        ];
        for (title, author, categories, fits) in cases {
            assert_eq!(
                judged(&conditions, title, author, categories),
                fits,
                "{title}, {author}, {categories}"
            );
        }
        let rule = Rule { mode: BindingMode::Draft, conditions, brake_limit: None };
        let facts = ArticleFacts { title: "A vote", author: "", categories: &["Politics".to_owned()] };
        assert_eq!(rule.route(facts), Route::Draft);
        assert_eq!(rule.route(ArticleFacts { categories: &[], ..facts }), Route::Nothing);
    }

    #[test]
    fn what_is_too_much_is_refused_at_its_field() {
        let many: Vec<String> = (0..=TERMS_MAX).map(|n| n.to_string()).collect();
        let wrong = [
            (
                Conditions { authors: Terms { only: many, not: vec![] }, ..Conditions::default() },
                "only_authors",
            ),
            (Conditions { title: terms("", &"a".repeat(101)), ..Conditions::default() }, "not_title"),
            (Conditions { categories: terms("!?", ""), ..Conditions::default() }, "only_categories"),
        ];
        for (conditions, field) in wrong {
            let rule = Rule { conditions, ..Rule::default() };
            assert_eq!(rule.check().map_err(|refusal| refusal.field), Err(field));
        }
        for limit in [0, -1, 1001] {
            let rule = Rule { brake_limit: Some(limit), ..Rule::default() };
            assert_eq!(rule.check().map_err(|refusal| refusal.field), Err("brake_limit"));
        }
        assert_eq!(Rule { brake_limit: Some(1), ..Rule::default() }.check(), Ok(()));
    }

    proptest! {
        #[test]
        fn what_is_typed_comes_back(terms in proptest::collection::vec("[a-zA-Z, é]{1,12}", 0..6)) {
            let once = parse_terms(&typed(&terms));
            prop_assert_eq!(parse_terms(&typed(&once)), once);
        }

        #[test]
        fn what_is_stored_comes_back(only in ".{0,12}", not in ".{0,12}") {
            let conditions = Conditions { authors: terms(&only, &not), ..Conditions::default() };
            let stored = serde_json::to_string(&conditions).unwrap();
            prop_assert_eq!(Conditions::try_from(stored).unwrap(), conditions);
        }

        #[test]
        fn a_letters_case_decides_nothing(title in "[a-zäéßσςøжñ ]{0,30}", term in "[a-zäéßσςøжñ]{1,4}") {
            let has = has_words(&title, &term);
            prop_assert_eq!(has_words(&title.to_uppercase(), &term), has);
            prop_assert_eq!(has_words(&title, &term.to_uppercase()), has);
        }
    }
}
