//! Asking those whom a file left pending to confirm, by mail: only where somebody wants it.

use uuid::Uuid;

use crate::actions::consent::{self, SignUp};
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::events::Cause;
use crate::db::import_rows;
use crate::db::imports;
use crate::db::subscriptions::{self, Consent};
use crate::db::users::Role;
use crate::db::{lists, subscribers};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// One transaction of it, behind a subscriber; where the next begins. `None`: all were asked.
pub async fn step(app: &App, id: Uuid, after: Uuid, looks: i64) -> anyhow::Result<Option<Uuid>> {
    let mut tx = app.db.write().await?;
    let Some(import) = imports::lock(&mut tx, id).await?.filter(|import| import.is_asking) else {
        return Ok(None);
    };
    let Some(list) = lists::by_id(&mut tx, import.list_id).await? else { return Ok(None) };
    let (rows, to) = import_rows::page(&mut tx, id, after, looks).await?;
    let who = Actor::who_began(&import.user_email, Role::Admin);
    let cause = Cause::part_of(&who, app.clock.now(), id);
    let mut asked = 0;
    for row in
        rows.iter().filter(|row| row.set().is_some_and(|set| set.status == SubscriptionStatus::Pending))
    {
        let status = subscriptions::status(&mut tx, row.list_id, row.subscriber_id).await?;
        // Whoever has a consent that waits was asked before.
        if status != Some(SubscriptionStatus::Pending)
            || subscriptions::has_unconfirmed_consent(&mut tx, row.list_id, row.subscriber_id).await?
        {
            continue;
        }
        let Some(subscriber) = subscribers::by_id(&mut tx, row.subscriber_id).await? else { continue };
        let Ok(email) = EmailAddress::parse(&subscriber.email) else { continue };
        let sign_up = SignUp {
            email: &email,
            lists: std::slice::from_ref(&list),
            cadence: row.set().map_or(Cadence::Each, |set| set.cadence),
            consent: Consent { form: "import", wording_version: "", ip: "" },
            browser: "",
            language: "",
            requested_at: cause.at,
        };
        consent::sign_up(&mut tx, &sign_up, &cause).await?;
        asked += 1;
    }
    imports::set_asked(&mut tx, id, asked).await?;
    if to.is_none() {
        imports::set_asking(&mut tx, id, false).await?;
    }
    tx.commit().await?;
    app.wake_delivery.notify_one();
    Ok(to)
}
