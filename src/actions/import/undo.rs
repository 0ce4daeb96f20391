//! Taking a whole import back: each of its rows that nobody changed since becomes what it was. Whoever got mail, wrote to
//! us or was worked on at the desk since stays.

use uuid::Uuid;

use crate::app::App;
use crate::db::audit::Actor;
use crate::db::events::Cause;
use crate::db::import_rows::{self, ImportRow};
use crate::db::imports::{self, Import, Phase};
use crate::db::subscriptions::{self, Subscription};
use crate::db::users::Role;
use crate::db::{WriteTx, audit, fields, import_store};
use crate::domain::field::FieldValue;
use crate::domain::subscription::Transition;

use super::batch::suppression_detail;

/// One transaction of it, behind a subscriber; where the next begins. `None`: all is put back.
pub async fn step(app: &App, id: Uuid, after: Uuid, looks: i64) -> anyhow::Result<Option<Uuid>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(import) = imports::lock(&mut tx, id).await?.filter(|import| import.phase == Phase::Undoing)
    else {
        return Ok(None);
    };
    let (rows, to) = import_rows::page(&mut tx, id, after, looks).await?;
    let who = Actor::who_began(&import.user_email, Role::Admin);
    if !rows.is_empty() {
        put_back(&mut tx, &import, &rows, &Cause::part_of(&who, now, id)).await?;
    }
    if to.is_none() {
        imports::set_phase(&mut tx, id, (Phase::Undoing, Phase::Undone), now).await?;
    }
    tx.commit().await?;
    Ok(to)
}

async fn put_back(
    tx: &mut WriteTx,
    import: &Import,
    rows: &[ImportRow],
    cause: &Cause<'_>,
) -> sqlx::Result<()> {
    let Some(at) = import.started_at else { return Ok(()) };
    let all: Vec<Uuid> = rows.iter().map(|row| row.subscriber_id).collect();
    let held = subscriptions::lock(tx, &all).await?;
    let holds = |row: &ImportRow, held: &Subscription| {
        held.subscriber_id == row.subscriber_id
            && held.list_id == row.list_id
            && Some(held.standing()) == row.set()
    };
    let (mut asked, mut gone) = (Vec::new(), Vec::new());
    for row in rows.iter().filter(|row| held.iter().any(|held| holds(row, held))) {
        match (row.set(), row.was()) {
            (Some(set), Some(was)) => {
                asked.push((row.subscriber_id, row.list_id, Transition::UndoImport { set, was }));
            }
            (Some(_), None) => gone.push((row.subscriber_id, row.list_id)),
            (None, _) => {}
        }
    }
    subscriptions::change_each(tx, cause, &asked).await?;
    subscriptions::remove(tx, &gone).await?;
    import_store::untag(tx, &all, at).await?;
    let mut lifted = Vec::new();
    for row in rows {
        let Some(undo) = &row.undo_json else { continue };
        let undo: serde_json::Value = serde_json::from_str(undo).unwrap_or_default();
        if let Some(name) = undo["name"].as_str() {
            import_store::empty_name(tx, row.subscriber_id, name).await?;
        }
        for field in undo["fields"].as_array().into_iter().flatten() {
            put_field_back(tx, row.subscriber_id, field).await?;
        }
        if undo["suppressed"].as_bool() == Some(true) {
            lifted.push(row.subscriber_id);
        }
    }
    import_store::lift(tx, &lifted, at, &suppression_detail(&import.file_name)).await?;
    import_rows::remove(tx, import.id, &all).await?;
    let new: Vec<Uuid> = rows.iter().filter(|row| row.is_new).map(|row| row.subscriber_id).collect();
    let touched = audit::subjects_among(tx, "subscriber", &new).await?;
    let new: Vec<Uuid> = new.into_iter().filter(|id| !touched.contains(id)).collect();
    import_store::remove_traceless(tx, &new, at).await.map(|_| ())
}

/// Gives a field back what it held, unless somebody changed it since: `[field, set, was]`.
async fn put_field_back(tx: &mut WriteTx, subscriber: Uuid, kept: &serde_json::Value) -> sqlx::Result<()> {
    let Some(field) = kept[0].as_str().and_then(|id| Uuid::parse_str(id).ok()) else { return Ok(()) };
    let set = kept[1].as_str().unwrap_or_default();
    let held = fields::of_subscriber(tx, subscriber).await?;
    if !held.iter().any(|held| held.field_id == field && held.text == set) {
        return Ok(());
    }
    let kind = fields::by_id(tx, field).await?.map(|field| field.kind);
    match (kind, kept[2].as_str()) {
        (Some(kind), Some(was)) => match FieldValue::parse(kind, was) {
            Ok(Some(value)) => fields::set_all(tx, &[(subscriber, field, value)]).await,
            _ => Ok(()),
        },
        _ => fields::clear(tx, subscriber, field).await,
    }
}
