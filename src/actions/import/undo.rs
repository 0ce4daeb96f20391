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
use crate::db::{WriteTx, audit, import_store};
use crate::domain::subscription::Transition;

use super::batch::suppression_detail;

/// One transaction of it, behind a subscriber; where the next begins. `None`: all is put back.
pub async fn step(app: &App, id: Uuid, after: Uuid, looks: i64) -> anyhow::Result<Option<Uuid>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(import) = imports::lock(&mut tx, id).await?.filter(|import| import.phase == Phase::Undoing) else {
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
        held.subscriber_id == row.subscriber_id && held.list_id == row.list_id && Some(held.standing()) == row.set()
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
