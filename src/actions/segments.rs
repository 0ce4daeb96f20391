//! Segments: saved, renamed and deleted at the desk.

use serde_json::json;
use uuid::Uuid;

use super::{Context, Result};
use crate::db::audit::{self, Subject};
use crate::db::segments;
use crate::db::users::Role;
use crate::domain::refusal::readers;
use crate::domain::segment::Segment;

/// The longest name, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Segments, at most.
pub const SEGMENTS_MAX: i64 = 200;

/// Saves a segment under a name: a new one, or over the one of an id. A campaign that is a draft no more is for whom it
/// was before.
pub async fn save(cx: &Context<'_>, id: Option<Uuid>, name: &str, segment: &Segment) -> Result<Uuid> {
    cx.require(Role::Editor)?;
    match name.chars().count() {
        0 => return Err(readers::SEGMENT_NAME_MISSING.on("name").into()),
        n if n > NAME_CHARS_MAX || name.chars().any(char::is_control) => {
            return Err(readers::SEGMENT_NAME_LONG.on("name").with("max", NAME_CHARS_MAX).into());
        }
        _ => {}
    }
    segment.check().map_err(|_| readers::SEGMENT_LIMITS.refusal())?;
    let now = cx.now();
    let mut writing = cx.app.db.write().await?;
    let tx = &mut writing;
    if segments::by_name(tx, name).await?.is_some_and(|other| Some(other.id) != id) {
        return Err(readers::SEGMENT_NAME_TAKEN.on("name").with("name", name.to_owned()).into());
    }
    let (id, verb, before) = match id {
        None if segments::count(tx).await? >= SEGMENTS_MAX => {
            return Err(readers::SEGMENTS_MANY.refusal().with("max", SEGMENTS_MAX).into());
        }
        None => (segments::add(tx, name, segment, now).await?, "added", None),
        Some(id) => {
            let before = segments::by_id(tx, id).await?.ok_or_else(|| readers::SEGMENT_GONE.refusal())?;
            segments::update(tx, id, name, segment, now).await?;
            (id, "changed", Some(before))
        }
    };
    // What is asked for may be an address, which the log never holds.
    let before = before.map(|before| json!({ "name": before.name }));
    let after = json!({ "name": name, "conditions": segment.tests().count() });
    audit::note(tx, &cx.actor, verb, Subject { kind: "segment", id, name }, before, after, now).await?;
    writing.commit().await?;
    Ok(id)
}

/// Deletes a segment, unless a draft is for it. Its name, for a sentence.
pub async fn delete(cx: &Context<'_>, id: Uuid) -> Result<String> {
    cx.require(Role::Editor)?;
    let mut writing = cx.app.db.write().await?;
    let tx = &mut writing;
    let saved = segments::by_id(tx, id).await?.ok_or_else(|| readers::SEGMENT_GONE.refusal())?;
    if let Some(draft) = segments::draft_using(tx, id).await? {
        return Err(readers::SEGMENT_IN_DRAFT.refusal().with("subject", draft.subject).into());
    }
    segments::remove(tx, id).await?;
    let subject = Subject { kind: "segment", id, name: &saved.name };
    audit::note(tx, &cx.actor, "deleted", subject, (), (), cx.now()).await?;
    writing.commit().await?;
    Ok(saved.name)
}
