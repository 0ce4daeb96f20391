//! What happened to whom, when, by whom: written with the change itself, whoever makes it, to one or to many.

use chrono::TimeDelta;
use postrider::db::ledger::DeliveryKey;
use postrider::db::{Db, events, subscribers, subscriptions, suppressions};
use postrider::domain::event::EventKind;
use postrider::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::delivery::campaign;
use crate::on_both_engines;
use crate::sign_up::{address, link_in, post, subscribe, the_one_mail};
use crate::support::TestApp;

/// The editor's address.
const OWEN: &str = "owen@harbour.example";

/// Kind, list, status and actor of each event, the oldest first.
async fn told(app: &TestApp, email: &str) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let reader = subscribers::by_email(&mut tx, &address(email)).await.unwrap().unwrap();
    let mut found = events::of_subscriber(&mut tx, reader.id, 100).await.unwrap();
    found.reverse();
    let one = |event: &events::Event| {
        let status = event.status.map_or("-", SubscriptionStatus::as_str);
        let list = event.list_name.as_deref().unwrap_or("-");
        format!("{:?} {list} {status} {} {}", event.kind, event.actor_kind, event.actor)
    };
    found.iter().map(one).collect()
}

/// Somebody who is active.
async fn join(app: &TestApp, email: &str, list: Uuid) -> Uuid {
    crate::delivery::subscribe_all(app, list, &[email]).await;
    id_of(app, email).await
}

async fn id_of(app: &TestApp, email: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    subscribers::by_email(&mut tx, &address(email)).await.unwrap().unwrap().id
}

on_both_engines! {
    async fn each_change_says_what_when_and_by_whom(app: TestApp) {
        app.list("world", "World").await;
        let editor = app.editor().await;
        subscribe(app, "email=ines@example.org&list=world").await;
        // Asked once more, nothing changes: who repeats a sign-up fills no table.
        subscribe(app, "email=ines@example.org&list=world").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        post(app, &link, "").await;
        let ines = id_of(app, "ines@example.org").await;
        app.advance(TimeDelta::minutes(1));
        editor.submit(&format!("/admin/subscribers/{ines}/lists"), &[("cadence-world", "weekly")]).await;
        app.advance(TimeDelta::minutes(1));
        editor.submit(&format!("/admin/subscribers/{ines}/unsubscribe"), &[]).await;
        assert_eq!(
            told(app, "ines@example.org").await,
            [
                "Asked World pending reader reader".to_owned(),
                "Confirmed World active reader reader".to_owned(),
                format!("CadenceChanged World active user {OWEN}"),
                format!("Left World unsubscribed user {OWEN}"),
            ]
        );
        let page = editor.page(&format!("/admin/subscribers/{ines}")).await;
        for line in ["Signed up for World", "Confirmed their subscription to World", "Changed how often they get World: Once a week", "Unsubscribed from World"] {
            assert_eq!(page.matches(line).count(), 1, "{line}: {page}");
        }
        // A second time there is nothing to leave, and nothing to tell.
        editor.submit(&format!("/admin/subscribers/{ines}/unsubscribe"), &[]).await;
        assert_eq!(told(app, "ines@example.org").await.len(), 4);
    }

    async fn a_change_that_is_rolled_back_leaves_no_event(app: TestApp) {
        let world = app.list("world", "World").await;
        let ines = join(app, "ines@example.org", world).await;
        let before = told(app, "ines@example.org").await;
        let mut tx = app.app.db.write().await.unwrap();
        let left = subscriptions::change_one(&mut tx, &app.cause(), ines, world, Transition::Leave).await.unwrap();
        assert!(left.is_some_and(|one| one.is_new()));
        drop(tx);
        assert_eq!(told(app, "ines@example.org").await, before);
    }

    async fn a_bounce_and_its_undoing_are_told_with_the_campaign(app: TestApp) {
        let world = app.list("world", "World").await;
        let ines = join(app, "ines@example.org", world).await;
        let id = campaign(app, world, "Ferry").await;
        app.advance(TimeDelta::minutes(1));
        let now = app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        let key = DeliveryKey { campaign_id: id, subscriber_id: ines };
        suppressions::add_bounced(&mut tx, key, "550 no such user", now).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        assert_eq!(suppressions::undo_window(&mut tx, id, now, now).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let told = told(app, "ines@example.org").await;
        assert_eq!(
            told[told.len() - 4..],
            [
                "Suppressed - - schedule schedule",
                "Bounced World bounced schedule schedule",
                "Restored World active schedule schedule",
                "SuppressionLifted - - schedule schedule",
            ]
        );
        let mut tx = app.app.db.read().await.unwrap();
        let of = events::of_subscriber(&mut tx, ines, 4).await.unwrap();
        assert!(of.iter().all(|event| event.cause_id == Some(id)), "{of:?}");
    }

    async fn an_import_tells_each_who_joins_by_it_and_nobody_else(app: TestApp) {
        let world = app.list("world", "World").await;
        let left = join(app, "left@example.org", world).await;
        let mut tx = app.app.db.write().await.unwrap();
        subscriptions::change_one(&mut tx, &app.cause(), left, world, Transition::Leave).await.unwrap();
        tx.commit().await.unwrap();
        let before = told(app, "left@example.org").await;
        let csv = "email\nines@example.org\ntobe@example.org\nleft@example.org\nines@example.org\n";
        let import = app.import("world", csv, "they ticked a box on paper").await;
        assert_eq!((import.added, import.unchanged), (2, 2));
        let id = import.id;
        assert_eq!(told(app, "ines@example.org").await, ["Imported World active command line command line"]);
        assert_eq!(told(app, "left@example.org").await, before);
        let mut tx = app.app.db.read().await.unwrap();
        let ines = subscribers::by_email(&mut tx, &address("ines@example.org")).await.unwrap().unwrap();
        let of = events::of_subscriber(&mut tx, ines.id, 10).await.unwrap();
        assert_eq!(of.iter().map(|event| (event.kind, event.cause_id)).collect::<Vec<_>>(), [(EventKind::Imported, Some(id))]);
        drop(tx);
        let page = app.editor().await.page(&format!("/admin/subscribers/{}", ines.id)).await;
        assert!(page.contains("Subscribed to World") && !page.contains("Signed up for World"), "{page}");
        assert!(page.contains("On the command line, for several subscribers at once. Form: imported by an admin. Wording: Imported from readers.csv: they ticked a box on paper"), "{page}");
        // Once more: all of it is so already.
        assert_eq!(app.import("world", csv, "they ticked a box on paper").await.added, 0);
        assert_eq!(told(app, "ines@example.org").await.len(), 1);
    }

    async fn two_who_change_the_same_readers_in_another_order_wait_for_each_other(app: TestApp) {
        let world = app.list("world", "World").await;
        let mut readers = Vec::new();
        for n in 0..20 {
            readers.push(join(app, &format!("reader{n}@example.org"), world).await);
        }
        let change = async |ids: Vec<Uuid>, to: Cadence| {
            for _ in 0..10 {
                let mut tx = app.app.db.write().await.unwrap();
                subscriptions::change(&mut tx, &app.cause(), &ids, None, Transition::SetCadence(to)).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        let backwards: Vec<Uuid> = readers.iter().rev().copied().collect();
        tokio::join!(change(readers.clone(), Cadence::Daily), change(backwards, Cadence::Weekly));
        // What stands is what the last event says.
        let mut tx = app.app.db.read().await.unwrap();
        for held in subscriptions::of_ids(&mut tx, &readers).await.unwrap() {
            let last = events::of_subscriber(&mut tx, held.subscriber_id, 1).await.unwrap().remove(0);
            assert_eq!((last.cadence, last.status), (Some(held.cadence), Some(held.status)));
        }
    }

    async fn what_happened_before_there_were_events_is_told_as_before(app: TestApp) {
        app.list("world", "World").await;
        let editor = app.editor().await;
        subscribe(app, "email=ines@example.org&list=world").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        post(app, &link, "").await;
        let ines = id_of(app, "ines@example.org").await;
        app.advance(TimeDelta::minutes(1));
        editor.submit(&format!("/admin/subscribers/{ines}/unsubscribe"), &[]).await;
        let forget = "DELETE FROM events";
        match &app.app.db {
            Db::Sqlite { writer, .. } => writer.execute(forget).await.map(|_| ()).unwrap(),
            Db::Postgres(pool) => pool.execute(forget).await.map(|_| ()).unwrap(),
        }
        let page = editor.page(&format!("/admin/subscribers/{ines}")).await;
        for line in ["Signed up for World", "Confirmed their subscription to World", "Unsubscribed"] {
            assert!(page.contains(line), "{line}: {page}");
        }
        assert!(page.contains(&format!("By {}", OWEN)), "{page}");
    }
}
