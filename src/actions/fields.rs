//! A publication's fields, and what they hold of its subscribers: defined by admins, filled at the desk, on the sign-up
//! form and, where they are open, by readers themselves. Audit entries name fields, never what they hold of somebody.

use serde_json::json;
use uuid::Uuid;

use super::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::fields::{self, SubscriberField};
use crate::db::users::Role;
use crate::db::{Tx, WriteTx, id_at, subscribers, subscriptions, suppressions};
use crate::domain::email_address::{EmailAddress, masked};
use crate::domain::field::{
    FIELD_NAME_CHARS_MAX, FIELDS_MAX, FieldKind, FieldValue, RESERVED_KEYS, TEXT_CHARS_MAX, is_key,
    key_of_name,
};
use crate::domain::refusal::fields as codes;
use crate::domain::refusal::{Refusal, common, readers};
use crate::domain::text::visible;

/// The most values that are counted before a field is deleted.
pub const COUNTED_MAX: i64 = 100_000;

/// Values that one transaction deletes.
const DELETED_AT_ONCE: i64 = 2_000;

/// A field as it was typed into a form.
#[derive(Clone, Debug, Default)]
pub struct FieldForm {
    pub name: String,
    /// Empty: made from the name. It never changes later.
    pub key: String,
    /// Never changes later.
    pub kind: String,
    pub is_open: bool,
    pub is_on_form: bool,
}

impl FieldForm {
    /// A form filled with a field.
    pub fn of(field: &SubscriberField) -> FieldForm {
        FieldForm {
            name: field.name.clone(),
            key: field.key.clone(),
            kind: field.kind.as_str().to_owned(),
            is_open: field.is_open,
            is_on_form: field.is_on_form,
        }
    }
}

fn check_name(name: &str) -> std::result::Result<String, Refusal> {
    let name = visible(name);
    let name = name.trim();
    let is_long = name.chars().count() > FIELD_NAME_CHARS_MAX;
    if name.is_empty() || is_long || name.chars().any(char::is_control) {
        return Err(codes::FIELD_NAME_WRONG.on("name").with("max", FIELD_NAME_CHARS_MAX));
    }
    Ok(name.to_owned())
}

fn check_key(typed: &str, name: &str) -> std::result::Result<String, Refusal> {
    let key = match typed.trim() {
        "" => key_of_name(name),
        typed => typed.to_owned(),
    };
    if RESERVED_KEYS.contains(&key.as_str()) {
        return Err(codes::FIELD_KEY_RESERVED.on("key").with("key", key));
    }
    if !is_key(&key) {
        return Err(codes::FIELD_KEY_WRONG.on("key"));
    }
    Ok(key)
}

fn subject(field: &SubscriberField) -> Subject<'_> {
    Subject { kind: "field", id: field.id, name: &field.name }
}

fn audited(field: &SubscriberField) -> serde_json::Value {
    json!({
        "name": field.name, "key": field.key, "kind": field.kind.as_str(), "open to readers": field.is_open,
        "on the form": field.is_on_form, "position": field.position,
    })
}

fn gone() -> Refusal {
    codes::FIELD_GONE.refusal()
}

/// Adds a field, behind the others.
pub async fn add(cx: &Context<'_>, form: &FieldForm) -> Result<SubscriberField> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let name = check_name(&form.name)?;
    let key = check_key(&form.key, &name)?;
    let kind = FieldKind::parse(&form.kind).ok_or_else(|| codes::FIELD_KIND_UNKNOWN.on("kind"))?;
    let mut tx = cx.app.db.write().await?;
    let all = fields::all(&mut tx).await?;
    if all.len() >= FIELDS_MAX {
        return Err(codes::TOO_MANY_FIELDS.on("name").with("max", FIELDS_MAX).into());
    }
    let position = all.iter().map(|field| field.position).max().unwrap_or(0) + 1;
    let (is_open, is_on_form) = (form.is_open, form.is_on_form);
    let id = id_at(now);
    let field = SubscriberField { id, key, name, kind, is_open, is_on_form, position, created_at: now };
    if !fields::add(&mut tx, &field).await? {
        return Err(codes::FIELD_KEY_TAKEN.on("key").with("key", field.key).into());
    }
    audit::note(&mut tx, &cx.actor, "added", subject(&field), (), audited(&field), now).await?;
    tx.commit().await?;
    Ok(field)
}

/// Changes a field's name, and where it is asked for and shown. Its key and its kind stay.
pub async fn change(cx: &Context<'_>, id: Uuid, form: &FieldForm) -> Result<SubscriberField> {
    cx.require(Role::Admin)?;
    let name = check_name(&form.name)?;
    let mut tx = cx.app.db.write().await?;
    let before = fields::by_id(&mut tx, id).await?.ok_or_else(gone)?;
    let field =
        SubscriberField { name, is_open: form.is_open, is_on_form: form.is_on_form, ..before.clone() };
    if field == before {
        return Ok(field);
    }
    fields::set(&mut tx, &field).await?;
    let (old, new) = (audited(&before), audited(&field));
    audit::note(&mut tx, &cx.actor, "changed", subject(&field), old, new, cx.now()).await?;
    tx.commit().await?;
    Ok(field)
}

/// Moves a field one place up, or down, among the others.
pub async fn move_by_one(cx: &Context<'_>, id: Uuid, up: bool) -> Result<()> {
    cx.require(Role::Admin)?;
    let mut tx = cx.app.db.write().await?;
    let mut all = fields::all(&mut tx).await?;
    let at = all.iter().position(|field| field.id == id).ok_or_else(gone)?;
    let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < all.len()) };
    let Some(to) = to else { return Ok(()) };
    let moved = all[at].clone();
    all.swap(at, to);
    for (place, field) in all.iter().enumerate() {
        let position = place as i64 + 1;
        if field.position != position {
            fields::set(&mut tx, &SubscriberField { position, ..field.clone() }).await?;
        }
    }
    let change = (json!({ "position": at + 1 }), json!({ "position": to + 1 }));
    audit::note(&mut tx, &cx.actor, "changed", subject(&moved), change.0, change.1, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Deletes a field with what it holds of everybody, if `typed` is its key.
pub async fn delete(cx: &Context<'_>, id: Uuid, typed: &str) -> Result<SubscriberField> {
    cx.require(Role::Admin)?;
    let field = fields::by_id(&mut cx.app.db.read().await?, id).await?.ok_or_else(gone)?;
    if typed.trim() != field.key {
        return Err(codes::FIELD_KEY_UNLIKE.on("typed").with("key", field.key).into());
    }
    // Piece by piece: a million at once would keep SQLite's one writer for seconds.
    let mut values = 0;
    loop {
        let mut tx = cx.app.db.write().await?;
        let deleted = fields::delete_values(&mut tx, id, DELETED_AT_ONCE).await?;
        tx.commit().await?;
        values += deleted;
        if deleted < DELETED_AT_ONCE as u64 {
            break;
        }
    }
    let mut tx = cx.app.db.write().await?;
    fields::delete(&mut tx, id).await?;
    let (before, after) = (audited(&field), json!({ "values": values }));
    audit::note(&mut tx, &cx.actor, "deleted", subject(&field), before, after, cx.now()).await?;
    tx.commit().await?;
    Ok(field)
}

/// Reads what somebody typed for a field. The refusal names the field, and its key.
pub fn read(field: &SubscriberField, typed: &str) -> std::result::Result<Option<FieldValue>, Refusal> {
    FieldValue::parse(field.kind, typed).map_err(|code| {
        let refusal = code.on("field").with("name", field.name.clone());
        refusal.with("key", field.key.clone()).with("max", TEXT_CHARS_MAX)
    })
}

/// Stores what was typed for some of these fields (by key), where it differs. Returns the names of those that changed.
async fn store(
    tx: &mut WriteTx,
    subscriber: Uuid,
    known: &[SubscriberField],
    typed: &[(String, String)],
) -> Result<Vec<String>> {
    let held = fields::of_subscriber(tx, subscriber).await?;
    let (mut changed, mut values, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for field in known {
        let Some((_, text)) = typed.iter().find(|(key, _)| *key == field.key) else { continue };
        let value = match read(field, text) {
            Ok(value) => value,
            Err(refusal) => {
                wrong.push(refusal);
                continue;
            }
        };
        let was = held.iter().find(|held| held.field_id == field.id).map(|held| &held.text);
        if was == value.as_ref().map(|value| &value.text) {
            continue;
        }
        changed.push(field.name.clone());
        match value {
            Some(value) => values.push((subscriber, field.id, value)),
            None => fields::clear(tx, subscriber, field.id).await?,
        }
    }
    if let Some(refusal) = Refusal::of_all(wrong) {
        return Err(refusal.into());
    }
    fields::set_all(tx, &values).await?;
    Ok(changed)
}

/// Sets what fields hold of a subscriber, by key; empty: nothing. A field that is not named stays. Returns whether
/// anything changed.
pub async fn set_of_subscriber(cx: &Context<'_>, id: Uuid, typed: &[(String, String)]) -> Result<bool> {
    cx.require(Role::Editor)?;
    let mut tx = cx.app.db.write().await?;
    let subscriber = subscribers::by_id(&mut tx, id).await?.ok_or_else(|| common::GONE.refusal())?;
    let known = fields::all(&mut tx).await?;
    let changed = store(&mut tx, id, &known, typed).await?;
    if changed.is_empty() {
        return Ok(false);
    }
    let name = masked(&subscriber.email);
    let about = Subject { kind: "subscriber", id, name: &name };
    let after = json!({ "fields": changed });
    audit::note(&mut tx, &cx.actor, "fields changed", about, (), after, cx.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Sets what open fields hold of a reader, at their own wish. What is sent for others is not looked at.
pub async fn set_by_reader(cx: &Context<'_>, id: Uuid, typed: &[(String, String)]) -> Result<bool> {
    if typed.is_empty() {
        return Ok(false);
    }
    let mut tx = cx.app.db.write().await?;
    if subscribers::by_id(&mut tx, id).await?.is_none() {
        return Err(readers::READER_GONE.refusal().into());
    }
    let known = fields::open(&mut tx).await?;
    let changed = store(&mut tx, id, &known, typed).await?;
    if changed.is_empty() {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// What was typed on the sign-up form, as values of the fields that it asks for: the same for every address.
pub fn read_answers(
    known: &[SubscriberField],
    typed: &[(String, String)],
) -> std::result::Result<Vec<(Uuid, FieldValue)>, Refusal> {
    let (mut values, mut wrong) = (Vec::new(), Vec::new());
    for field in known {
        let Some((_, text)) = typed.iter().find(|(key, _)| *key == field.key) else { continue };
        match read(field, text) {
            Ok(value) => values.extend(value.map(|value| (field.id, value))),
            Err(refusal) => wrong.push(refusal),
        }
    }
    match Refusal::of_all(wrong) {
        Some(refusal) => Err(refusal),
        None => Ok(values),
    }
}

/// Stores what somebody answered on the sign-up form. Anybody can type anybody's address there: of a reader who has
/// confirmed before nothing changes.
pub async fn store_answers(
    tx: &mut WriteTx,
    email: &EmailAddress,
    answers: Vec<(Uuid, FieldValue)>,
) -> sqlx::Result<()> {
    if answers.is_empty() || suppressions::stopping_sign_up(tx, email).await?.is_some() {
        return Ok(());
    }
    let Some(subscriber) = subscribers::by_email(tx, email).await? else { return Ok(()) };
    if subscriptions::has_ever_confirmed(tx, subscriber.id).await? {
        return Ok(());
    }
    // One that was deleted meanwhile holds nothing.
    let known = fields::all(tx).await?;
    let values: Vec<(Uuid, Uuid, FieldValue)> = answers
        .into_iter()
        .filter(|(id, _)| known.iter().any(|field| field.id == *id))
        .map(|(id, value)| (subscriber.id, id, value))
        .collect();
    fields::set_all(tx, &values).await
}

/// What the fields hold of a subscriber, by key, for whoever wants all that is kept.
pub async fn data(tx: &mut Tx, subscriber: Uuid) -> sqlx::Result<serde_json::Value> {
    let known = fields::all(tx).await?;
    let held = fields::of_subscriber(tx, subscriber).await?;
    let text =
        |field: &SubscriberField| held.iter().find(|held| held.field_id == field.id).map(|held| &held.text);
    let pairs = known.iter().filter_map(|field| Some((field.key.clone(), json!(text(field)?))));
    Ok(serde_json::Value::Object(pairs.collect()))
}
