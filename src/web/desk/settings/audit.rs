//! The audit log: who changed what, and when. Read only.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use askama::Template;
use serde_json::Value;
use uuid::Uuid;

use super::asked;
use crate::app::App;
use crate::db::audit::{self, Entry};
use crate::domain::stored_words as words;
use crate::locale::say;
use crate::web::desk::frame::{Desk, Me, Tab};
use crate::web::page::{Answer, page};

/// Lines on a page of the log.
const LINES: i64 = 50;

/// One value that a change gave or took.
pub struct Change {
    /// Empty where there is only one.
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A line of the log, in words.
pub struct AuditLine {
    pub entry: Entry,
    /// Who did it.
    pub who: String,
    /// The kind and the name of what it was done to.
    pub kind: String,
    pub name: String,
    /// What was done.
    pub action: String,
    pub changes: Vec<Change>,
}

impl AuditLine {
    pub fn of(entry: Entry) -> AuditLine {
        AuditLine {
            who: words::who(&entry.user_email),
            kind: words::kind(&entry.subject_kind),
            name: words::name(&entry.subject_kind, &entry.subject_name),
            action: words::action(&entry.action),
            changes: changes(&entry.before_json, &entry.after_json),
            entry,
        }
    }
}

/// How long one value may be on the page.
const VALUE_CHARS_MAX: usize = 300;

fn changes(before: &str, after: &str) -> Vec<Change> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    flatten(String::new(), serde_json::from_str(before).unwrap_or(Value::Null), &mut old);
    flatten(String::new(), serde_json::from_str(after).unwrap_or(Value::Null), &mut new);
    let mut changes: Vec<Change> = Vec::new();
    for (name, value) in old {
        let after = new.iter().position(|(other, _)| *other == name).map(|at| new.remove(at).1);
        changes.push(Change { name, before: Some(value), after });
    }
    changes.extend(new.into_iter().map(|(name, value)| Change { name, before: None, after: Some(value) }));
    changes.retain(|change| change.before != change.after);
    changes
}

fn flatten(name: String, value: Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(parts) => {
            for (part, value) in parts {
                let part = words::field(&part);
                let name = if name.is_empty() { part } else { format!("{name} {part}") };
                flatten(name, value, into);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            into.push((name, shown(&items.join(", "))));
        }
        Value::Bool(yes) => into.push((name, say(if yes { "audit-yes" } else { "audit-no" }).to_string())),
        Value::Number(number) => into.push((name, number.to_string())),
        Value::String(text) => into.push((name, shown(&text))),
    }
}

fn shown(text: &str) -> String {
    match text.chars().count() {
        0 => say("audit-empty").to_string(),
        n if n > VALUE_CHARS_MAX => text.chars().take(VALUE_CHARS_MAX).chain(['…']).collect(),
        _ => text.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    desk: Desk,
    /// The kind that is asked for, as it is stored, and in words.
    kind: String,
    kind_label: String,
    /// All of them.
    kinds: Vec<(String, String)>,
    lines: Vec<AuditLine>,
    has_newer: bool,
    older: Option<Uuid>,
}

/// `GET /admin/settings/audit`: `kind`, `before`.
pub async fn show_audit(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = asked(&request);
    let kind: String = fields.text("kind").chars().take(40).collect();
    let before = Uuid::parse_str(fields.text("before")).ok();
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Settings).await?;
    let from = before.unwrap_or(Uuid::max());
    let mut entries = match kind.as_str() {
        "" => audit::page(&mut tx, from, LINES + 1).await?,
        kind => audit::page_of_kind(&mut tx, kind, from, LINES + 1).await?,
    };
    let kinds = audit::kinds(&mut tx).await?.into_iter().map(|kind| (words::kind(&kind), kind));
    let kinds = kinds.map(|(label, kind)| (kind, label)).collect();
    let kind_label = words::kind(&kind);
    let has_older = entries.len() as i64 > LINES;
    entries.truncate(LINES as usize);
    let older = entries.last().filter(|_| has_older).map(|entry| entry.id);
    let lines = entries.into_iter().map(AuditLine::of).collect();
    let has_newer = before.is_some();
    page(StatusCode::OK, &AuditPage { desk, kind, kind_label, kinds, lines, has_newer, older })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_as_before_and_after() {
        let told = |before, after| -> Vec<String> {
            let tell = |c: Change| format!("{}|{:?}|{:?}", c.name, c.before, c.after);
            changes(before, after).into_iter().map(tell).collect()
        };
        assert_eq!(told("\"editor\"", "\"admin\""), ["|Some(\"editor\")|Some(\"admin\")"]);
        assert_eq!(
            told(
                "{\"undo_secs\":300,\"name\":\"x\"}",
                "{\"undo_secs\":60,\"name\":\"x\",\"alerts\":{\"feeds\":false}}"
            ),
            ["undo window (seconds)|Some(\"300\")|Some(\"60\")", "alerts feeds|None|Some(\"no\")"]
        );
        assert_eq!(told("", "{\"url\":\"\"}"), ["website|None|Some(\"(empty)\")"]);
        assert!(told("", "").is_empty() && told("not json", "[").is_empty());
    }
}
