//! A file of each source becomes what its `want.json` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::*;

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/imports");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    folders
}

fn want(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("want.json")).unwrap()).unwrap()
}

fn status(answers: &Value, name: &str) -> Option<SaidStatus> {
    (answers[name] == "active").then_some(SaidStatus::Active)
}

/// The outcomes of each address, and of each line without one.
fn outcomes(folder: &Path, want: &Value, answers: &Value) -> (Recognised, BTreeMap<String, Outcome>) {
    let name = want["file"].as_str().unwrap();
    let options = Options {
        file_name: name.to_owned(),
        status: status(answers, "status"),
        dormant: status(answers, "dormant"),
        chosen_list: answers["chosen_list"].as_str().map(str::to_owned),
        ..Options::default()
    };
    let mut people = open(File::open(folder.join(name)).unwrap(), &options).unwrap();
    if let Some(Question::Status(asks) | Question::Columns(asks) | Question::Dates(asks)) =
        &people.recognised().question
    {
        assert!(!asks.to_string().is_empty());
    }
    let mut found: BTreeMap<String, Outcome> = BTreeMap::new();
    while let Some(line) = people.next() {
        let line = line.unwrap();
        let email = match &line.outcome {
            Ok(person) => Some(person.email.clone()),
            Err(refused) => refused.email.clone(),
        };
        let key = email.map_or_else(|| format!("line {}", line.number), |email| email.key());
        let merged = match found.remove(&key) {
            Some(earlier) => merge_two(earlier, line.outcome),
            None => line.outcome,
        };
        found.insert(key, merged);
    }
    (people.recognised().clone(), found)
}

/// An outcome as `want.json` says it.
fn told(outcome: &Outcome, wanted: &Value) -> Value {
    let person = match outcome {
        Ok(person) => person,
        Err(refused) => {
            assert!(!refused.reason.to_string().is_empty(), "every reason has its sentence");
            return if refused.kind == RefusedKind::Ask { json!("ask") } else { json!("no") };
        }
    };
    let time = |time: Option<chrono::DateTime<chrono::Utc>>| {
        time.map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    };
    let mut told = json!({
        "status": person.status.as_str(),
        "name": person.name,
        "tags": person.tags,
        "joined": time(person.joined),
        "left": time(person.left),
    });
    let fields: serde_json::Map<String, Value> =
        person.fields.iter().map(|(name, text)| (name.to_string(), json!(text))).collect();
    let more = json!({
        "cadence": person.cadence.map(|cadence| cadence.as_str()),
        "list": person.list,
        "id": person.id,
        "confirmed": time(person.consent.confirmed_at),
        "ip": person.consent.requested_ip,
        "fields": fields,
    });
    for (name, value) in more.as_object().unwrap() {
        if wanted.get(name).is_some() {
            told[name] = value.clone();
        }
    }
    told
}

fn compare(folder: &Path, want: &Value, answers: &Value, people: &str, wrong: &mut Vec<String>) {
    let (recognised, found) = outcomes(folder, want, answers);
    let place = format!("{} {people}", folder.file_name().unwrap().display());
    let source = recognised.source.key().strip_prefix("import-source-").unwrap().to_owned();
    if want["source"] != source {
        wrong.push(format!("{place}: is {source}"));
    }
    let wanted = want[people].as_object().unwrap();
    for (key, value) in wanted {
        match found.get(key).map(|outcome| told(outcome, value)) {
            Some(found) if found == *value => {}
            found => wrong.push(format!("{place}, {key}: {found:?}, not {value}")),
        }
    }
    wrong.extend(
        found.keys().filter(|key| !wanted.contains_key(*key)).map(|key| format!("{place}: {key} too")),
    );
}

#[test]
fn each_sources_file_becomes_what_it_says() {
    let (mut wrong, mut sources) = (Vec::new(), std::collections::BTreeSet::new());
    for folder in fixtures() {
        let want = want(&folder);
        sources.insert(want["source"].as_str().unwrap().to_owned());
        compare(&folder, &want, &Value::Null, "people", &mut wrong);
        if want.get("answers").is_some() {
            compare(&folder, &want, &want["answers"], "answered", &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(sources.len(), 24, "each source has a file");
}

#[test]
fn columns_by_hand_count_for_more_than_what_was_recognised() {
    let text = "Kontakt,Stand,Wer\nmira@example.net,abgemeldet,Mira\notto@example.net,unsubscribed,Otto\npaul@example.net,active,Paul\n";
    let people = super::opened(text.as_bytes(), &super::plain());
    assert!(matches!(people.recognised().question, Some(Question::Columns(_))), "a column reads as a status");
    assert_eq!(super::said(text.as_bytes(), &super::plain()), ["2: Ask", "3: Ask", "4: Ask"]);
    let columns = Some(vec![ColumnRole::Email, ColumnRole::Status, ColumnRole::Name]);
    let by_hand = Options { columns, ..super::plain() };
    let expected = ["2: Ask", "3: otto@example.net Otto (unsubscribed)", "4: paul@example.net Paul (active)"];
    assert_eq!(super::said(text.as_bytes(), &by_hand), expected);
}

#[test]
fn a_role_is_what_its_value_says() {
    for value in ["email", "first_name", "status", "confirmed_ip", "ignored", "field:Town"] {
        assert_eq!(ColumnRole::parse(value).unwrap().value(), value);
    }
    assert_eq!(ColumnRole::parse("field:"), None);
}

#[test]
fn a_date_that_can_be_read_in_two_ways_is_asked_about_and_stops_nobody_who_left() {
    let text = b"email,status,created\nmira@example.net,active,05/04/2030\notto@example.net,unsubscribed,05/04/2030\n";
    assert_eq!(super::said(text, &super::plain()), ["2: Ask", "3: otto@example.net  (unsubscribed)"]);
    let people = super::opened(text, &super::plain());
    assert!(matches!(people.recognised().question, Some(Question::Dates(_))));
    let said = Options { dates: DateOrder::DayFirst, ..super::plain() };
    assert_eq!(super::said(text, &said)[0], "2: mira@example.net  (active)");
}

#[test]
fn what_is_too_long_is_left_out_and_said_and_the_person_stays() {
    let long = "x".repeat(501);
    let text = format!("email,name,tags,note\nmira@example.net,{long},\"a;{}\",{long}\n", "y".repeat(51));
    let lines = super::lines(text.as_bytes(), &super::plain());
    let person = lines[0].outcome.as_ref().unwrap();
    assert_eq!(
        (person.name.as_str(), person.tags.as_slice(), person.fields.len()),
        ("", &["a".to_owned()][..], 0)
    );
    let left_out: Vec<&str> = person.left_out.iter().map(|name| &**name).collect();
    assert_eq!(left_out, ["name", "tags", "note"]);
}

#[test]
fn a_stop_word_where_no_status_is_known_asks() {
    let mut text = String::from("email,remark\n");
    for at in 0..600 {
        text.push_str(&format!("reader{at}@example.net,likes tea\n"));
    }
    text.push_str("mira@example.net,Unsubscribed\n");
    assert_eq!(super::said(text.as_bytes(), &super::plain()).last().unwrap(), "602: Ask");
}

#[test]
fn a_column_named_state_may_be_a_place() {
    let text = b"email,state\nmira@example.net,CA\notto@example.net,NY\n";
    assert_eq!(super::said(text, &super::plain())[0], "2: mira@example.net  (active)");
    let text = b"email,state\nmira@example.net,Unsubscribed\n";
    assert_eq!(super::said(text, &super::plain()), ["2: mira@example.net  (unsubscribed)"]);
}

#[test]
fn a_reason_for_joining_suppresses_nobody_and_a_plain_first_name_makes_no_kit() {
    let text = b"email,name,reason,created_at\nmira@example.net,Mira,blocked,2030-01-01\n";
    assert_eq!(super::opened(text, &super::plain()).recognised().source, Source::Plain);
    let text = b"email,first_name,status\nmira@example.net,Mira,inactive\notto@example.net,Otto,subscribed\n";
    assert_eq!(super::said(text, &super::plain()), ["2: Ask", "3: otto@example.net Otto (active)"]);
}

#[test]
fn yes_and_no_under_a_name_that_is_about_mail_are_asked_about() {
    for name in ["Newsletter", "Accepts marketing", "opt-in"] {
        let text = format!("email,{name}\nmira@example.net,yes\notto@example.net,no\n");
        assert_eq!(super::said(text.as_bytes(), &super::plain()), ["2: Ask", "3: Ask"], "{name}");
    }
    let text = b"email,subscribed\nmira@example.net,yes\notto@example.net,no\n";
    let expected = ["2: mira@example.net  (active)", "3: otto@example.net  (unsubscribed)"];
    assert_eq!(super::said(text, &super::plain()), expected);
}
