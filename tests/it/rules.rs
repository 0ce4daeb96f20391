//! Rules about the code itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files under `folder` that hold one of these words, but for those under `except`.
fn offenders(folder: &str, except: &str, words: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join(folder), &mut found);
    let except = root().join(except);
    found.retain(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        !path.starts_with(&except) && words.iter().any(|word| text.contains(word))
    });
    found
}

/// The rooms of the house, from the ground up: each uses those before it only.
const ROOMS: [&str; 15] = [
    "locale", "domain", "imports", "db", "fetch", "articles", "mail", "config", "app", "feeds", "actions",
    "delivery", "schedule", "web", "commands",
];

/// The rooms that a file names by `crate::`, without its comments and its tests.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let named = code.split("crate::").skip(1);
    let mut used: BTreeSet<String> = named
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect())
        .collect();
    // `use crate::{a, b}` would go unseen.
    assert!(!code.contains("crate::{"), "one `use` a room");
    used.remove("");
    used
}

#[test]
fn no_room_uses_one_above_it() {
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("src"))
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, ROOMS.iter().map(|room| (*room).to_owned()).collect(), "the list names every room");
    let rank = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut wrong = Vec::new();
    for room in ROOMS {
        let mut files = Vec::new();
        sources(&root().join("src").join(room), &mut files);
        for file in files {
            let used = rooms_used(&std::fs::read_to_string(&file).unwrap());
            let above = used.into_iter().filter(|used| rank(used) > rank(room));
            wrong.extend(above.map(|used| format!("{} uses {used}", file.display())));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_folder_says_what_it_owns() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    files.retain(|file| file.ends_with("mod.rs") || file.ends_with("lib.rs"));
    assert!(files.len() > ROOMS.len());
    let silent: Vec<PathBuf> = files
        .into_iter()
        .filter(|file| !std::fs::read_to_string(file).unwrap().starts_with("//! "))
        .collect();
    assert_eq!(silent, Vec::<PathBuf>::new(), "its first line is a sentence");
}

/// The functions of a file and their lines. As rustfmt writes them, one ends with a brace as far in as it begins.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_function = code.split("fn ").next().is_some_and(|before| {
            code.contains("fn ")
                && before.split_whitespace().all(|word| {
                    word.starts_with("pub") || ["async", "const", "in"].contains(&word) || word.ends_with(')')
                })
        });
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        if is_function && !code.ends_with('}') && !code.ends_with(';') {
            let length = lines[at..].iter().position(|line| *line == end).map_or(0, |last| last + 1);
            let name = code.split("fn ").nth(1).unwrap_or_default();
            found.push((name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect(), length));
        }
    }
    found
}

/// The most lines of a file, and of a function: a screen or two.
const FILE_LINES_MAX: usize = 850;
const FUNCTION_LINES_MAX: usize = 105;

#[test]
fn no_file_and_no_function_is_longer_than_one_can_read() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let (mut wrong, mut counted) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            wrong.push(format!("{name} has {lines} lines"));
        }
        for (function, lines) in functions(&text) {
            counted += 1;
            if lines > FUNCTION_LINES_MAX {
                wrong.push(format!("{name}: {function} has {lines} lines"));
            }
        }
    }
    assert!(counted > 1500, "the rule finds functions: {counted}");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_door_opens_a_transaction_that_writes() {
    let words = [".write()", ".at_once()"];
    for door in ["src/web", "src/commands"] {
        assert_eq!(offenders(door, "nowhere", &words), Vec::<PathBuf>::new(), "what it does is an action");
    }
    assert!(
        !offenders("src/actions", "nowhere", &words[..1]).is_empty(),
        "the rule looks for the right words"
    );
}

#[test]
fn a_subscription_changes_in_one_place() {
    let words = [
        "INTO subscriptions",
        "UPDATE subscriptions",
        "FROM subscriptions USING",
        "INTO events",
        "tx, \"subscriptions\", &columns",
    ];
    let mut writing = offenders("src", "nowhere", &words);
    writing.sort();
    // Which articles are due to whom is told by numbers beside it.
    let numbers = ["src/db/digests.rs", "src/db/dues.rs"];
    let places = ["src/db/digests.rs", "src/db/dues.rs", "src/db/events.rs", "src/db/subscriptions.rs"]
        .map(|place| root().join(place));
    for place in numbers {
        let sql = std::fs::read_to_string(root().join(place)).unwrap();
        for part in sql.split("UPDATE subscriptions SET ").skip(1) {
            let set = part.split("WHERE").next().unwrap();
            assert!(!set.contains("status") && !set.contains("cadence"), "{place}: {set}");
        }
    }
    assert_eq!(writing, places, "each change is a Transition, and has its event");
    let sql = std::fs::read_to_string(root().join("src/db/subscriptions.rs")).unwrap();
    let statements: usize = words.iter().map(|word| sql.matches(word).count()).sum();
    assert_eq!(statements, 1, "one statement writes them");
}

#[test]
fn all_sql_lives_in_db() {
    let words = ["sqlx::query", "query_as(", "query_scalar(", "on_either!"];
    assert_eq!(offenders("src", "src/db", &words), Vec::<PathBuf>::new());
    assert!(!offenders("src/db", "nowhere", &words).is_empty(), "the rule looks for the right words");
}

#[test]
fn the_domain_knows_neither_web_nor_wire() {
    let words = ["actix", "reqwest", "lettre", "tokio", "sqlx::query", "std::fs", "std::net::Tcp"];
    assert_eq!(offenders("src/domain", "nowhere", &words), Vec::<PathBuf>::new());
}

#[test]
fn text_from_outside_is_parsed_behind_a_budget_only() {
    let parsers = [
        "Document::from(",
        "Document::fragment(",
        "Document::default(",
        "parse_fragment",
        "parse_document",
        "replace_with_html",
        "append_html",
        "prepend_html",
        "set_html",
        ".clean(",
        "ammonia::clean",
        "html2text::",
        "CSSInliner",
        "html5ever::",
        "pulldown_cmark::",
    ];
    assert_eq!(offenders("src", "src/articles/html", &parsers), Vec::<PathBuf>::new());
    assert_eq!(offenders("src", "src/feeds", &["feed_rs::", "quick_xml::"]), Vec::<PathBuf>::new());
    let mut bounded = offenders("src/feeds", "nowhere", &["quick_xml::"]);
    bounded.sort();
    assert_eq!(bounded, ["src/feeds/parse/xml.rs", "src/feeds/xml_rpc.rs"].map(|file| root().join(file)));
    for parser in ["html5ever::", ".clean(", "CSSInliner", "pulldown_cmark::"] {
        assert!(
            !offenders("src", "nowhere", &[parser]).is_empty(),
            "the rule looks for the right words: {parser}"
        );
    }
    // No thread that serves requests reads them.
    let readers = [
        "clean::email_html(",
        "clean::email_html_in(",
        "site::picture_of_page(",
        "parse::parse(",
        "facts_of_page(",
    ];
    for path in offenders("src", "src/articles", &readers) {
        let text = std::fs::read_to_string(&path).unwrap();
        // Those are called apart by `compose` and `welcomes`.
        let by_compose =
            ["campaign.rs", "digest.rs", "welcome.rs"].map(|file| format!("mail/content/{file}"));
        let is_called_apart =
            text.contains("html::apart(") || by_compose.iter().any(|name| path.ends_with(name));
        assert!(is_called_apart, "{path:?}");
    }
}

#[test]
fn nobody_but_the_clock_asks_what_time_it_is() {
    let words = ["Utc::now", "Local::now", "SystemTime::now"];
    assert_eq!(offenders("src", "src/app/clock.rs", &words), Vec::<PathBuf>::new());
    for migrations in ["migrations/sqlite", "migrations/postgres"] {
        for file in std::fs::read_dir(root().join(migrations)).unwrap().flatten() {
            let sql = std::fs::read_to_string(file.path()).unwrap().to_uppercase();
            assert!(!sql.contains("CURRENT_TIMESTAMP") && !sql.contains("NOW()"), "{:?}", file.path());
        }
    }
}

/// Every statement of every migration of an engine, without comments, a line a column or clause.
fn schema(engine: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("migrations").join(engine))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut statements = BTreeMap::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let sql = std::fs::read_to_string(&file).unwrap();
        let sql: Vec<&str> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        for statement in sql.join("\n").split(';') {
            let mut lines = statement.lines().map(str::trim).filter(|line| !line.is_empty());
            let Some(first) = lines.next() else { continue };
            // What only one of them does: see the migrations.
            if name == "0021_cheaper_status.sql" {
                continue;
            }
            if first.contains("DROP CONSTRAINT deliveries_campaign_id_fkey")
                || first.contains("campaign_numbers")
                || first.contains("_cadence_check")
                || first.contains("sqlite_schema")
                || first.contains("PRAGMA writable_schema")
                || ["INSERT INTO import_pieces", "INSERT INTO import_refusals"].contains(&first)
            {
                continue;
            }
            let first = first.to_owned();
            let rest = lines.map(|line| line.trim_end_matches(',').to_owned()).collect();
            assert!(statements.insert(format!("{name}: {first}"), rest).is_none(), "{first} twice");
        }
    }
    statements
}

/// A SQLite line in PostgreSQL's words, without what only one of them has.
fn neutral(line: &str, column_types: &[(&str, &str)]) -> String {
    let mut line = line.replace(") STRICT, WITHOUT ROWID", ")").replace(") STRICT", ")");
    for (one, other) in column_types {
        line = line.replace(one, other);
    }
    line
}

#[test]
fn both_engines_have_the_same_schema() {
    // Types in SQLite's words: it has one for many of PostgreSQL's.
    let types = [
        (" DOUBLE PRECISION", " REAL"),
        (" BIGINT", " INTEGER"),
        (" SMALLINT", " INTEGER"),
        (" BOOLEAN", " INTEGER"),
        (" UUID", " BLOB"),
        (" BYTEA", " BLOB"),
        (" TIMESTAMPTZ", " TEXT"),
        (" DOUBLE PRECISION", " REAL"),
        // Numbers that are given once, and never again.
        (" GENERATED BY DEFAULT AS IDENTITY", ""),
        (" AUTOINCREMENT", ""),
        // The bytes decide what comes first, as they always do on SQLite.
        (" COLLATE \"C\"", ""),
    ];
    let in_sqlites_words = |statements: BTreeMap<String, BTreeSet<String>>| {
        statements
            .into_iter()
            .map(|(name, lines)| {
                (neutral(&name, &types), lines.iter().map(|line| neutral(line, &types)).collect())
            })
            .collect::<BTreeMap<String, BTreeSet<String>>>()
    };
    assert_eq!(in_sqlites_words(schema("sqlite")), in_sqlites_words(schema("postgres")));
    assert!(schema("sqlite").len() > 20);
}

#[test]
fn every_variable_is_in_the_example_and_in_no_other_place_only() {
    let example = std::fs::read_to_string(root().join(".env.example")).unwrap();
    let mut files = Vec::new();
    sources(&root().join("src/config"), &mut files);
    files.retain(|file| !file.ends_with("tests.rs"));
    let files: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let in_code: BTreeSet<&str> = files
        .iter()
        .flat_map(|code| code.split('"'))
        .filter(|word| {
            word.len() > 4
                && word.contains('_')
                && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
                && !word.starts_with('_')
        })
        .collect();
    let in_example: BTreeSet<&str> = example
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        .collect();
    assert_eq!(in_code, in_example);
}

/// One style sheet serves all pages: a class that hides on one must not be another page's.
#[test]
fn no_class_that_hides_is_on_a_page_of_the_readers() {
    let css = std::fs::read_to_string(root().join("assets/postrider.css")).unwrap();
    // Rules of one class alone, outside of any @media: those begin a line.
    let hides = css.lines().filter_map(|line| {
        let (class, rest) = line.strip_prefix('.')?.split_once(" {")?;
        (rest.contains("display: none") && !class.contains([' ', '.', ':'])).then(|| class.to_owned())
    });
    let hides: BTreeSet<String> = hides.collect();
    assert!(hides.len() > 2, "the rule looks for the right words: {hides:?}");
    for folder in ["templates/pages", "templates"] {
        for file in std::fs::read_dir(root().join(folder)).unwrap().flatten().filter(|f| f.path().is_file()) {
            let html = std::fs::read_to_string(file.path()).unwrap();
            for classes in html.split("class=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let hidden: Vec<&str> = classes.split_whitespace().filter(|c| hides.contains(*c)).collect();
                assert!(hidden.is_empty(), "{:?}: {hidden:?}", file.path());
            }
        }
    }
}

/// The texts in quotes of a script, without its comments and without what is filled into a template.
fn quoted(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in script.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let mut rest = line;
        while let Some(at) = rest.find(['\'', '"', '`']) {
            let quote = &rest[at..at + 1];
            let Some((text, behind)) = rest[at + 1..].split_once(quote) else { break };
            let mut plain = String::new();
            for (n, part) in text.split("${").enumerate() {
                plain.push_str(if n == 0 {
                    part
                } else {
                    part.split_once('}').map_or("", |(_, after)| after)
                });
            }
            found.push(plain);
            rest = behind;
        }
    }
    found
}

/// Whether people would read it: words with a space between them, or one that begins with a capital or ends like a
/// sentence. Selectors and media queries have signs that words have not.
fn is_prose(text: &str) -> bool {
    if text.contains(['[', '{', '#', '<', '(', '=', '_', '/']) || text.starts_with('.') {
        return false;
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| word.len() > 1).collect();
    let is_word = |word: &&str| word.chars().all(|c| c.is_alphabetic() || ".,:…’'!?".contains(c));
    let is_capital = text.starts_with(|c: char| c.is_uppercase()) && text.chars().any(char::is_lowercase);
    let is_one = words.len() == 1 && words.iter().all(is_word) && (is_capital || text.ends_with(['.', '…']));
    is_one || words.len() > 1 && words.iter().all(is_word) && (is_capital || !SCRIPT_LISTS.contains(&text))
}

/// The names of keys and of an event, and lists of classes and elements: no prose.
const SCRIPT_NAMES: [&str; 3] = ["Escape", "Tab", "DOMContentLoaded"];
const SCRIPT_LISTS: [&str; 4] =
    ["button small", "button small close", "input, select", "input, textarea, select"];

/// What editors and readers see stands in `locales`; a script gets its words from the page.
#[test]
fn no_script_holds_words() {
    let (mut wrong, mut scripts) = (Vec::new(), 0);
    for file in std::fs::read_dir(root().join("assets")).unwrap().flatten() {
        if file.path().extension().is_some_and(|extension| extension == "js") {
            scripts += 1;
            let script = std::fs::read_to_string(file.path()).unwrap();
            let prose = quoted(&script).into_iter().filter(|text| is_prose(text));
            wrong.extend(prose.filter(|text| !SCRIPT_NAMES.contains(&text.as_str())));
        }
    }
    assert!(scripts > 5);
    assert_eq!(wrong, Vec::<String>::new(), "words belong in locales, and into the page as data-…");
    for prose in ["Keyboard shortcuts", "Close", "Saving…", "Look at both", "a word or two"] {
        assert!(is_prose(prose), "the rule looks for the right words: {prose}");
    }
}

/// What [`spoken`] reads of Rust: a text between quotes, a comment, a line for the log, or nothing of these.
enum Read {
    Text(String),
    Skipped,
}

/// Reads what begins here, if it is more than a letter of code; and how long that is.
fn read(code: &str) -> Option<(Read, usize)> {
    if code.starts_with("//") {
        return Some((Read::Skipped, code.find('\n').unwrap_or(code.len())));
    }
    // A letter in quotes, which may be a quote itself.
    for letter in ["'\"'", "'\\''", "'\\\\'"] {
        if code.starts_with(letter) {
            return Some((Read::Skipped, letter.len()));
        }
    }
    if let Some(rest) = code.strip_prefix("tracing::") {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        let call = rest.trim_start_matches(is_name).strip_prefix("!(")?;
        let (mut at, mut depth) = (code.len() - call.len(), 1);
        while depth > 0 {
            match read(&code[at..]) {
                Some((_, len)) => at += len,
                None => {
                    let c = code[at..].chars().next()?;
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    at += c.len_utf8();
                }
            }
        }
        return Some((Read::Skipped, at));
    }
    let text = code.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    Some((Read::Text(text[..end].to_owned()), end + 2))
}

/// The texts in quotes of a source, without its comments, its lines for the log and its tests.
fn spoken(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(c) = code[at..].chars().next() {
        match read(&code[at..]) {
            Some((Read::Text(text), len)) => {
                found.push(text);
                at += len;
            }
            Some((Read::Skipped, len)) => at += len,
            None => at += c.len_utf8(),
        }
    }
    found
}

/// Whether a text is words for an operator: two or more of them, beside what is filled in.
fn is_said(text: &str) -> bool {
    let mut plain = text.replace("\\n", " ").replace("\\\"", " ");
    while let Some((from, to)) = plain.find('{').zip(plain.find('}')).filter(|(from, to)| from < to) {
        plain.replace_range(from..=to, "…");
    }
    let words = plain.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let is_word =
        |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || "'’-".contains(c));
    words.filter(is_word).count() > 1
}

/// No words of an operator's: a DNS record, and what `doctor --json` calls a finding's subject.
const SAID_IN_CODE: [&str; 2] = ["{name}. IN TXT ( {} )", "send counter"];

/// The demo's newsroom is somebody else's site, tests are ours; and commands that are about to be written again.
const SAID_ELSEWHERE: [&str; 2] = ["demo/newsroom.rs", "config/tests.rs"];

/// What a command prints and refuses, and what is wrong with the configuration, stands in `locales`.
#[test]
fn no_command_holds_words() {
    let (mut wrong, mut files) = (Vec::new(), Vec::new());
    sources(&root().join("src/commands"), &mut files);
    sources(&root().join("src/config"), &mut files);
    files.retain(|file| !SAID_ELSEWHERE.iter().any(|other| file.ends_with(other)));
    assert!(files.len() > 15, "{files:?}");
    for file in files {
        let name = file.strip_prefix(root()).unwrap().display();
        let said = spoken(&std::fs::read_to_string(&file).unwrap()).into_iter().filter(|text| is_said(text));
        let said = said.filter(|text| !SAID_IN_CODE.contains(&text.as_str()));
        wrong.extend(said.map(|text| format!("{name}: {text}")));
    }
    assert_eq!(wrong, Vec::<String>::new(), "words belong in locales/desk, and are said by `say_plain`");
    let code = r#"println!("{n} sent", '"'); // "a comment"
        tracing::warn!(why = f("(not it)"), "no mail is sent"); bail!("it says \"no\" to {name}, and why")"#;
    let found: Vec<String> = spoken(code).into_iter().filter(|text| is_said(text)).collect();
    assert_eq!(found, ["it says \\\"no\\\" to {name}, and why"], "the rule looks for the right words");
    for layout in
        ["{url}: {error}", "  {:<11} {url}", "%A %-d %B %Y, %H:%M %Z", "command-file-empty", "pg_dump"]
    {
        assert!(!is_said(layout), "{layout}");
    }
}

/// A template without its comments and its styles, and without what is filled in.
fn literal(template: &str) -> String {
    let mut text = template.to_owned();
    for (open, close) in [("{#", "#}"), ("<style", "</style>"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->")] {
        while let Some(from) = text.find(open) {
            let to = text[from..].find(close).map_or(text.len(), |at| from + at + close.len());
            text.replace_range(from..to, "");
        }
    }
    text
}

/// Names that are no language's, and keys of a keyboard.
const NAMES: [&str; 6] = ["Postrider", "Ctrl", "Esc", "Aa", "nbsp", "urn:uuid:"];

/// Attributes whose values people read or hear.
const READ_ATTRIBUTES: [&str; 6] = ["title", "alt", "aria-label", "data-busy", "data-title", "label"];

#[test]
fn no_template_holds_words() {
    let mut folders = vec![root().join("templates")];
    let (mut wrong, mut templates) = (Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            // The newsroom of the demo is somebody else's site.
            if path.is_dir() {
                if !path.ends_with("demo") {
                    folders.push(path);
                }
                continue;
            }
            templates += 1;
            let text = literal(&std::fs::read_to_string(&path).unwrap());
            for attribute in READ_ATTRIBUTES {
                let begin = format!(" {attribute}=\"");
                let values = text.split(&begin).skip(1).filter_map(|rest| rest.split('"').next());
                let words = values.filter(|value| value.chars().any(char::is_alphabetic));
                wrong.extend(words.map(|value| format!("{name}: {attribute}=\"{value}\"")));
            }
            let mut outside: String =
                text.split('<').map(|part| part.split_once('>').map_or(part, |(_, behind)| behind)).collect();
            // A macro may write attributes alone.
            while let Some(at) = outside.find("=\"") {
                let from = outside[..at].rfind(char::is_whitespace).unwrap_or(0);
                let to = outside[at + 2..].find('"').map_or(outside.len(), |end| at + 2 + end + 1);
                outside.replace_range(from..to, "");
            }
            let words = outside.split(|c: char| !c.is_alphanumeric() && !matches!(c, ':' | '/' | '-'));
            let words = words.filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
            let words = words.filter(|word| !NAMES.contains(word) && !word.starts_with('/'));
            wrong.extend(words.map(|word| format!("{name}: {word}")));
        }
    }
    assert!(templates > 80, "{templates}");
    assert_eq!(wrong, Vec::<String>::new(), "words belong in locales");
}
