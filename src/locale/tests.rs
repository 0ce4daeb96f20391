use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::TimeZone as _;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::*;

/// What a message holds beside its words: the names that are filled, and the tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    names: BTreeSet<String>,
    tags: BTreeSet<String>,
}

impl Parts {
    fn read(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    let tags = value.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
                    self.tags.extend(tags.map(|(tag, _)| tag.to_owned()));
                }
                PatternElement::Placeable { expression } => match expression {
                    Expression::Inline(inline) => self.read_inline(inline),
                    Expression::Select { selector, variants } => {
                        self.read_inline(selector);
                        variants.iter().for_each(|variant| self.read(&variant.value));
                    }
                },
            }
        }
    }

    fn read_inline(&mut self, inline: &InlineExpression<&str>) {
        if let InlineExpression::VariableReference { id } = inline {
            self.names.insert(id.name.to_owned());
        }
    }
}

/// The messages of a file, by their keys.
fn messages(path: &str) -> BTreeMap<String, Parts> {
    let source = Files::get(path).unwrap().data.into_owned();
    let source = String::from_utf8(source).unwrap();
    let resource = parser::parse(source.as_str()).unwrap();
    let messages = resource.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    messages
        .map(|message| {
            let mut parts = Parts::default();
            parts.read(message.value.as_ref().unwrap());
            (message.id.name.to_owned(), parts)
        })
        .collect()
}

fn files_below(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Every text in double quotes, of the sources and of the templates.
fn literals() -> BTreeSet<String> {
    let words = |text: &String| text.split('"').map(str::to_owned).collect::<Vec<_>>();
    let files = [files_in("src"), files_in("templates")].concat();
    let mut found: BTreeSet<String> = files.iter().flat_map(words).collect();
    // A refusal's key is made of its code.
    found.extend(found.clone().into_iter().map(|word| format!("refusal-{word}")));
    found
}

fn files_in(folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    files
}

/// What is filled by the calls of `with` that follow at once: `.with("name", of(them)).with(…`.
fn names_filled(mut rest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    while let Some(call) = rest.trim_start().strip_prefix(".with(") {
        if let Some(name) = call.trim_start().strip_prefix('"') {
            names.extend(name.split('"').next().map(str::to_owned));
        }
        let mut depth = 1;
        let end = call.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        rest = &call[end.unwrap() + 1..];
    }
    names
}

#[test]
fn every_key_that_is_asked_for_is_there_with_what_it_names_and_none_is_left_over() {
    let paths = Files::iter().filter(|path| path == "en.ftl" || path.starts_with("desk/"));
    let known: BTreeMap<String, Parts> = paths.flat_map(|path| messages(&path)).collect();
    let used = literals();
    let unused: Vec<&String> = known.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");

    let asks = [
        "say(\"",
        "say_html(\"",
        "say_plain(\"",
        ".html(\"",
        ".text(\"",
        "Phrase::new(\"",
        "Phrase::from(\"",
    ];
    let mut wrong = BTreeSet::new();
    let sources = files_in("src").into_iter().map(|text| (text, false));
    let templates = files_in("templates").into_iter().map(|text| (text, true));
    for (text, names_all) in sources.chain(templates) {
        for rest in asks.iter().flat_map(|ask| text.split(ask).skip(1)) {
            let (key, after) = rest.split_once('"').unwrap();
            if !key.contains('-') || key.contains([' ', '{', '<', '/', '.']) {
                continue;
            }
            let names = names_filled(after.trim_start_matches(')'));
            match known.get(key) {
                Some(parts) if parts.names == names => {}
                // Sources may name the rest elsewhere; then a test that says it panics where one is missing.
                Some(parts) if !names_all && names.is_subset(&parts.names) => {}
                Some(parts) => _ = wrong.insert(format!("{key} names {:?}, not {names:?}", parts.names)),
                None => _ = wrong.insert(format!("no language says {key:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_language_says_what_english_says_with_the_same_names_and_tags() {
    let english = messages("en.ftl");
    for path in Files::iter().filter(|path| path.ends_with(".ftl") && !path.contains('/')) {
        let own = messages(&path);
        let settings = ["language-name", "language-formats", "language-regions"];
        for (key, parts) in &english {
            // `language-regions` is for languages that have several.
            let Some(found) = own.get(key) else {
                assert_eq!(key, "language-regions", "{path} lacks {key}");
                continue;
            };
            assert!(
                settings.contains(&key.as_str()) || found == parts,
                "{path}, {key}: {found:?}, not {parts:?}"
            );
        }
        let more: Vec<&String> = own.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(more.is_empty(), "{path} says what nobody asks for: {more:?}");
    }
}

#[test]
fn a_language_is_the_first_that_there_is() {
    let lang = |preferred: &[&str]| Localizer::negotiate(preferred.iter().copied()).lang().to_owned();
    assert_eq!(lang(&[]), "en");
    assert_eq!(lang(&["", "xx", "en-XA", "en"]), "en-XA");
    assert_eq!(lang(&["en-US"]), "en-US", "a region of a language that there is");
    assert_eq!(lang(&["not a tag", "../../etc"]), "en");
    assert!(Localizer::of("zh-TW").is_none_or(|words| words.lang() != "zh"), "traditional is not simplified");
    assert_eq!(Localizer::of("ar-XB").unwrap().dir(), "rtl");
    assert!(Localizer::choices().any(|(tag, name)| (tag.as_str(), name.as_str()) == ("en", "English")));
    assert!(Localizer::choices().all(|(tag, _)| Localizer::of(&tag).is_some() && !pseudo::is(&tag)));
}

#[test]
fn what_is_named_is_escaped_and_set_apart_where_it_runs_the_other_way() {
    let english = Localizer::english();
    let html =
        |words: &Localizer, name: &str| words.html("subscribe-heading").with("publication", name).to_string();
    assert_eq!(html(&english, "<b> & \"Co\""), "Discover more from &#60;b&#62; &#38; &#34;Co&#34;");
    assert_eq!(html(&english, "صحيفة"), "Discover more from <bdi>صحيفة</bdi>");
    let turned = Localizer::of("ar-XB").unwrap();
    assert!(html(&turned, "Harbour").ends_with("<bdi>Harbour</bdi>"));
    let text = turned.text("subscribe-heading").with("publication", "Harbour").to_string();
    assert!(text.ends_with("\u{2068}Harbour\u{2069}"), "{text:?}");
    let printed = say_plain("command-list-added").with("slug", "a").with("name", "صحيفة").to_string();
    assert_eq!(printed, "List a added: صحيفة", "a terminal gets nothing that can't be seen");
    let accented = Localizer::of("en-XA").unwrap();
    let strong = accented.html("preferences-for").with("address", "i…@x.org").with("date", "D").to_string();
    assert!(strong.contains("<strong>i…@x.org</strong>"), "tags and names stay: {strong}");
    assert!(!strong.contains("For"), "{strong}");
}

#[test]
fn numbers_and_dates_are_written_as_the_language_does() {
    let english = Localizer::english();
    let hours = |n: i64| english.text("hours").with("hours", n).to_string();
    assert_eq!([hours(1), hours(72), hours(20_000)], ["1 hour", "72 hours", "20,000 hours"]);
    let time = chrono_tz::Europe::London.with_ymd_and_hms(2026, 11, 26, 9, 41, 0).unwrap();
    assert_eq!(english.date(&time), "26 November 2026");
    assert_eq!(english.weekday(&time), "Thursday");
    assert_eq!(english.date_time_zone(&time), "Thursday 26 November, 09:41 London (GMT)");
    let utc = time.with_timezone(&chrono_tz::UTC);
    assert_eq!(english.date_time_zone(&utc), "Thursday 26 November, 09:41 UTC");
    let nepal = time.with_timezone(&chrono_tz::Asia::Kathmandu);
    assert_eq!(english.date_time_zone(&nepal), "Thursday 26 November, 15:26 Kathmandu (UTC+0545)");
    let american = Localizer::of("en-US").unwrap();
    assert_eq!(american.date(&time), "November 26, 2026");
    assert_eq!(american.time(&time).replace('\u{202f}', " "), "9:41 AM");
    assert_eq!(american.text("hours").with("hours", 2).to_string(), "2 hours");
    assert_eq!(english.and(&["World", "Markets", "Sport"]), "World, Markets and Sport");
}

#[test]
fn the_digits_and_the_clock_of_a_language_hold_in_every_region() {
    let time = chrono_tz::Asia::Seoul.with_ymd_and_hms(2026, 3, 5, 14, 30, 0).unwrap();
    for tag in ["ko", "ko-KR"] {
        assert_eq!(Localizer::of(tag).unwrap().time(&time), "14:30", "{tag}");
    }
    for tag in ["ar", "ar-EG", "ar-MA"] {
        let date = Localizer::of(tag).unwrap().date(&time);
        assert!(date.contains("2026"), "{tag}: {date}");
    }
}

#[test]
fn a_browser_gets_what_it_likes_best_of_what_there_is() {
    let best = |header: &str| Localizer::accepted(header).map(|words| words.lang().to_owned());
    assert_eq!(best("tlh, en-US;q=0.8, en-XA;q=0.9").as_deref(), Some("en-XA"));
    assert_eq!(best("en-US,en;q=0.9").as_deref(), Some("en-US"));
    for none in ["", "*", "tlh", "en;q=0", "en;q=x", ";;;", "../en", &"tlh,".repeat(5000)] {
        assert_eq!(best(none), None, "{none}");
    }
}
