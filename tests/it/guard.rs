//! The late and clone guard: what slept, or is a copy, sends nothing by itself.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use postrider::actions::guard;
use postrider::actions::{Context, Error, lists};
use postrider::app::App;
use postrider::config::Config;
use postrider::db::audit::Actor;
use postrider::db::users::{self, Role};
use postrider::db::{Db, campaigns, drafts, holds, instance, workers};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::campaign::{CampaignAction, CampaignStatus};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::hold;
use postrider::domain::refusal::campaigns as codes;
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::process::wait_until;
use crate::support::{Answer, Engine, TestApp};

/// Why a campaign is held; empty where it is not.
async fn held(db: &Db, id: Uuid) -> String {
    let mut tx = db.read().await.unwrap();
    hold::in_one_line(&holds::of_campaign(&mut tx, id).await.unwrap())
}

async fn status(app: &TestApp, id: Uuid) -> CampaignStatus {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, id).await.unwrap().unwrap().status
}

/// Marta, whom alerts are mailed to.
async fn marta(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    let email = EmailAddress::parse("marta@harbour.example").unwrap();
    users::add(&mut tx, &email, Role::Admin, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A list with Ines, and one campaign that Ines has not got yet: the relay is busy.
async fn one_on_its_way(app: &TestApp) -> (Uuid, Uuid) {
    let list = app.list("world", "World").await;
    subscribe_all(app, list, &["ines@example.org"]).await;
    guard::watch(&app.app).await.unwrap();
    app.smtp.at_rcpt(|_| Answer::Reply("451 4.2.1 busy, come back later"));
    let sending = campaign(app, list, "Ferry").await;
    app.run_all_due().await;
    app.smtp.at_rcpt(|_| Answer::Usual);
    assert_eq!(status(app, sending).await, CampaignStatus::Sending);
    (list, sending)
}

/// The same database, seen by another process: with some other settings.
async fn beside(app: &TestApp, db: Db, change: impl FnOnce(&mut Config)) -> Arc<App> {
    let mut config = app.app.config.clone();
    change(&mut config);
    App::with_db(config, app.clock.clone(), db).await.unwrap()
}

/// What one tick of a process does.
async fn tick(app: &Arc<App>) {
    guard::watch(app).await.unwrap();
    postrider::schedule::run_campaigns(app).await.unwrap();
    let engine =
        Delivery::new(app.clone(), Transport::new(app.config.transport()).unwrap(), CancellationToken::new());
    engine.run_until_idle().await.unwrap();
}

fn recipients(app: &TestApp) -> Vec<String> {
    let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to
}

async fn confirmation_for(app: &TestApp, address: &str) {
    let form = HashMap::from([("email", address)]);
    let answer = app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap();
    assert!(answer.status().is_success() || answer.status().is_redirection(), "{}", answer.status());
    app.work_on_sign_ups().await;
}

on_both_engines! {
    async fn after_an_hour_without_power_nothing_goes_out_until_an_admin_says_so(app: TestApp) {
        marta(app).await;
        let (list, sending) = one_on_its_way(app).await;
        let due = campaign(app, list, "Tide table").await;
        let later = campaign(app, list, "Later").await;
        let mut tx = app.app.db.write().await.unwrap();
        assert!(campaigns::schedule(&mut tx, due, app.clock.now() + TimeDelta::minutes(58)).await.unwrap());
        assert!(campaigns::schedule(&mut tx, later, app.clock.now() + TimeDelta::minutes(90)).await.unwrap());
        tx.commit().await.unwrap();

        app.advance(TimeDelta::hours(1));
        confirmation_for(app, "tobe@example.org").await;
        tick(&app.app).await;
        for id in [sending, due] {
            let why = held(&app.app.db, id).await;
            assert!(why.starts_with("late: Postrider wasn’t running from 24 Nov 2026, 09:41 to 24 Nov 2026, 10:41"), "{why}");
        }
        assert_eq!(held(&app.app.db, later).await, "", "its time has not come");
        // People are answered, and Marta is told.
        assert_eq!(recipients(app), ["marta@harbour.example", "tobe@example.org"]);
        assert_eq!(status(app, due).await, CampaignStatus::Scheduled);

        // It stays so, and what is on time goes out.
        app.advance(TimeDelta::minutes(10));
        guard::watch(&app.app).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        guard::watch(&app.app).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        tick(&app.app).await;
        assert_eq!(recipients(app), ["ines@example.org"]);
        assert_eq!(status(app, later).await, CampaignStatus::Sent);

        let me = Actor::command_line();
        guard::release(&Context::new(&app.app, me.clone()), due).await.unwrap();
        assert!(matches!(guard::release(&Context::new(&app.app, me.clone()), due).await, Err(Error::Refused(why)) if why.is(&codes::CAMPAIGN_NOT_HELD)), "a second click");
        guard::cancel(&Context::new(&app.app, me.clone()), sending).await.unwrap();
        tick(&app.app).await;
        assert_eq!(recipients(app), ["ines@example.org"], "the one that was let go");
        assert_eq!(status(app, due).await, CampaignStatus::Sent);
        assert_eq!(status(app, sending).await, CampaignStatus::Cancelled);
        assert_eq!(held(&app.app.db, sending).await, "");
    }

    async fn two_holds_stand_beside_each_other_and_releasing_one_leaves_the_other(app: TestApp) {
        let marta = app.admin().await;
        let (list, sending) = one_on_its_way(app).await;
        app.advance(TimeDelta::hours(1));
        guard::watch(&app.app).await.unwrap();
        let cx = Context::command_line(&app.app);
        assert_eq!(lists::retire(&cx, list).await.unwrap().1, 1, "held for its list, too");
        let (late, retired) = ("Postrider wasn’t running from 24 Nov 2026, 09:41", "The list “World” is retired");
        for path in ["/admin/held".to_owned(), format!("/admin/campaigns/{sending}"), "/admin".to_owned()] {
            let page = marta.page(&path).await;
            assert!(page.contains(late) && page.contains(retired), "{path}: {page}");
        }

        let id = sending.to_string();
        let form = [("campaign", id.as_str()), ("hold", "late")];
        let (_, said) = marta.submit("/admin/held/release", &form).await;
        assert_eq!(said, "“Ferry” is still on hold: The list “World” is retired, so nothing is sent to it.");
        let (_, said) = marta.submit("/admin/held/release", &form).await;
        assert_eq!(said, "This campaign is no longer on hold.", "a second click");
        let refused = marta.refused("/admin/held/release", &[("campaign", &id)]).await;
        assert!(refused.contains("Restore the list first"), "{refused}");
        let page = marta.page("/admin/held").await;
        assert!(!page.contains(late) && page.contains(retired), "{page}");
        tick(&app.app).await;
        assert!(!recipients(app).contains(&"ines@example.org".to_owned()), "held, nothing of it leaves");

        lists::bring_back(&cx, list).await.unwrap();
        assert_eq!(held(&app.app.db, sending).await, "");
        tick(&app.app).await;
        assert_eq!(recipients(app), ["ines@example.org"]);
    }

    async fn a_second_persons_yes_lets_nothing_go_that_a_copy_holds(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        guard::watch(&app.app).await.unwrap();
        let due = campaign(app, list, "Ferry").await;
        let (marta, owen) = (app.admin().await, app.editor().await);
        let mut tx = app.app.db.write().await.unwrap();
        let email = EmailAddress::parse("owen@harbour.example").unwrap();
        let by = users::by_email(&mut tx, &email).await.unwrap().unwrap().id;
        drafts::await_approval(&mut tx, due, Some(by), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        app.smtp.take();
        let moved = beside(app, app.app.db.clone(), |config| {
            config.base_url = Url::parse("https://new.harbour.example/").unwrap();
        })
        .await;
        guard::watch(&moved).await.unwrap();
        let both = held(&app.app.db, due).await;
        assert!(both.starts_with("approval: ") && both.contains("; clone: This database looks like a copy: BASE_URL was"), "{both}");
        guard::adopt(&Context::new(&moved, Actor::command_line()), false).await.unwrap();

        assert!(owen.refused(&format!("/admin/campaigns/{due}/approve"), &[]).await.contains("scheduled this campaign yourself"));
        let (_, said) = marta.submit(&format!("/admin/campaigns/{due}/approve"), &[]).await;
        assert!(said.starts_with("Approved. Still on hold: This database looks like a copy: BASE_URL was"), "{said}");
        app.advance(TimeDelta::minutes(10));
        tick(&moved).await;
        assert_eq!(app.smtp.take().iter().filter(|mail| mail.to == "ines@example.org").count(), 0);
        guard::release(&Context::new(&moved, Actor::command_line()), due).await.unwrap();
        tick(&moved).await;
        assert_eq!(app.smtp.take().iter().filter(|mail| mail.to == "ines@example.org").count(), 1);
    }

    async fn a_quarter_of_an_hour_is_no_reason_to_hold_anything(app: TestApp) {
        let (_, sending) = one_on_its_way(app).await;
        app.advance(TimeDelta::minutes(15));
        tick(&app.app).await;
        assert_eq!(held(&app.app.db, sending).await, "");
        assert_eq!(recipients(app), ["ines@example.org"]);
    }

    async fn a_worker_that_lived_all_the_time_shows_that_nothing_is_late(app: TestApp) {
        let (_, sending) = one_on_its_way(app).await;
        app.advance(TimeDelta::hours(1));
        let mut tx = app.app.db.write().await.unwrap();
        let beat = app.clock.now() - TimeDelta::minutes(2);
        workers::beat(&mut tx, Uuid::now_v7(), beat).await.unwrap();
        tx.commit().await.unwrap();
        tick(&app.app).await;
        assert_eq!(held(&app.app.db, sending).await, "");
        assert_eq!(recipients(app), ["ines@example.org"]);
    }

    async fn a_campaign_that_could_not_begin_in_time_is_held_and_one_scheduled_for_the_past_is_not(app: TestApp) {
        marta(app).await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let late = campaign(app, list, "Ferry").await;
        for _ in 0..4 {
            guard::watch(&app.app).await.unwrap();
            app.advance(TimeDelta::minutes(4));
        }
        // Somebody asks for it now, with a time that is past: that is on purpose.
        let past = campaign(app, list, "Tide table").await;
        let mut tx = app.app.db.write().await.unwrap();
        assert!(campaigns::schedule(&mut tx, past, app.clock.now() - TimeDelta::hours(3)).await.unwrap());
        tx.commit().await.unwrap();
        tick(&app.app).await;
        assert!(held(&app.app.db, late).await.starts_with("late: It couldn’t be started within 15 minutes"));
        assert_eq!(recipients(app), ["ines@example.org", "marta@harbour.example"]);
        assert_eq!(status(app, past).await, CampaignStatus::Sent);
        assert_eq!(guard::release_all(&Context::new(&app.app, Actor::command_line())).await.unwrap(), 1);
        app.advance(TimeDelta::minutes(1));
        tick(&app.app).await;
        assert_eq!(status(app, late).await, CampaignStatus::Sent, "let go, it counts as on time");
        app.smtp.take();
    }

    async fn under_another_base_url_not_even_a_notice_leaves_until_it_is_the_real_one(app: TestApp) {
        marta(app).await;
        let (_, sending) = one_on_its_way(app).await;
        confirmation_for(app, "tobe@example.org").await;
        let moved = beside(app, app.app.db.clone(), |config| {
            config.base_url = Url::parse("https://staging.harbour.example/").unwrap();
        })
        .await;
        app.advance(TimeDelta::minutes(5));
        tick(&moved).await;
        let why = held(&app.app.db, sending).await;
        assert!(why.starts_with("clone: This database looks like a copy: BASE_URL was http://127.0.0.1"), "{why}");
        assert!(why.contains("and is now https://staging.harbour.example/"), "{why}");
        assert_eq!(recipients(app), Vec::<String>::new(), "nothing at all");

        let me = Actor::command_line();
        assert!(matches!(guard::release(&Context::new(&moved, me.clone()), sending).await, Err(Error::Refused(why)) if why.is(&codes::DATABASE_IS_COPY)));
        assert!(matches!(guard::release_all(&Context::new(&moved, me.clone())).await, Err(Error::Refused(why)) if why.is(&codes::DATABASE_IS_COPY)));
        assert!(matches!(guard::adopt(&Context::new(&app.app, me.clone()), true).await, Err(Error::Refused(why)) if why.is(&codes::DATABASE_IS_THE_SAME)));
        assert_eq!(guard::adopt(&Context::new(&moved, me.clone()), true).await.unwrap(), 1);
        tick(&moved).await;
        assert_eq!(recipients(app), ["ines@example.org", "tobe@example.org"]);
        // Now the process at the old address is the stranger.
        let mut tx = app.app.db.read().await.unwrap();
        assert!(guard::clone_of(&app.app, &mut tx).await.unwrap().is_some());
    }

    async fn the_real_one_can_be_told_so_and_still_hold_what_was_on_its_way(app: TestApp) {
        let (list, sending) = one_on_its_way(app).await;
        let due = campaign(app, list, "Tide table").await;
        let moved = beside(app, app.app.db.clone(), |config| {
            config.base_url = Url::parse("https://new.harbour.example/").unwrap();
        })
        .await;
        assert_eq!(guard::adopt(&Context::new(&moved, Actor::command_line()), false).await.unwrap(), 0);
        app.advance(TimeDelta::minutes(5));
        tick(&moved).await;
        assert_eq!(recipients(app), Vec::<String>::new());
        assert!(held(&app.app.db, due).await.starts_with("clone: "));
        guard::release(&Context::new(&moved, Actor::command_line()), sending).await.unwrap();
        tick(&moved).await;
        assert_eq!(recipients(app), ["ines@example.org"]);
    }

    async fn a_second_process_beside_a_running_one_is_no_clone(app: TestApp) {
        let (_, sending) = one_on_its_way(app).await;
        let second = beside(app, app.app.db.clone(), |_| {}).await;
        app.advance(TimeDelta::minutes(5));
        tick(&second).await;
        assert_eq!(held(&app.app.db, sending).await, "");
        assert_eq!(recipients(app), ["ines@example.org"]);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(guard::clone_of(&second, &mut tx).await.unwrap(), None);
    }

    async fn the_first_start_records_who_it_is_and_holds_nothing(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        campaign(app, list, "Ferry").await;
        let mut tx = app.app.db.read().await.unwrap();
        assert!(instance::get(&mut tx).await.unwrap().is_none());
        drop(tx);
        tick(&app.app).await;
        assert_eq!(recipients(app), ["ines@example.org"]);
        let mut tx = app.app.db.read().await.unwrap();
        let row = instance::get(&mut tx).await.unwrap().unwrap();
        assert!(row.identity.contains(&app.url), "{}", row.identity);
        assert_eq!(row.alive_at, app.clock.now());
    }

    async fn a_machine_that_wakes_with_a_campaign_in_hand_lets_none_of_it_out(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let stop = CancellationToken::new();
        let engine = Delivery::new(app.app.clone(), Transport::new(app.app.config.transport()).unwrap(), stop.clone());
        let running = tokio::spawn(async move { engine.run().await });
        wait_until("the worker lives", async || {
            let mut tx = app.app.db.read().await.unwrap();
            workers::newest_heartbeat(&mut tx).await.unwrap().is_some()
        })
        .await;
        // All of it is ready when time jumps: the enqueueing wakes the worker. A heartbeat, once in 5 s, may see the jump
        // first: then the campaign has begun after it, and there is nothing to hold.
        let id = loop {
            let id = campaign(app, list, "Ferry").await;
            app.advance(TimeDelta::hours(1));
            postrider::schedule::run_campaigns(&app.app).await.unwrap();
            wait_until("it is held, or goes out", async || {
                !held(&app.app.db, id).await.is_empty() || app.smtp.count() > 0
            })
            .await;
            if app.smtp.take().is_empty() {
                break id;
            }
        };
        assert!(held(&app.app.db, id).await.starts_with("late: Postrider wasn’t running"));
        stop.cancel();
        running.await.unwrap().unwrap();
        assert_eq!(app.smtp.count(), 0);
        let mut tx = app.app.db.write().await.unwrap();
        campaigns::apply(&mut tx, id, CampaignAction::Cancel, None, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Only SQLite is one file that can be copied.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_that_is_opened_elsewhere_is_a_clone() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let (_, sending) = one_on_its_way(&app).await;
    confirmation_for(&app, "tobe@example.org").await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("postrider.db");
    let Db::Sqlite { writer, .. } = &app.app.db else { panic!("SQLite") };
    sqlx::query("VACUUM INTO $1").bind(copy.to_str().unwrap()).execute(writer).await.unwrap();
    let db = Db::connect(&postrider::db::DatabaseUrl::Sqlite(copy.clone())).await.unwrap();
    let restored = beside(&app, db, |_| {}).await;
    app.advance(TimeDelta::minutes(5));
    tick(&restored).await;
    let why = held(&restored.db, sending).await;
    assert!(why.starts_with("clone: This database looks like a copy: the database was SQLite "), "{why}");
    assert!(why.contains(copy.file_name().unwrap().to_str().unwrap()), "{why}");
    assert_eq!(recipients(&app), Vec::<String>::new());
    restored.db.close().await;

    // The same path again, and another file: restored over the old one.
    let again = folder.path().join("again.db");
    std::fs::copy(&copy, &again).unwrap();
    std::fs::rename(&again, &copy).unwrap();
    let db = Db::connect(&postrider::db::DatabaseUrl::Sqlite(copy)).await.unwrap();
    let restored = beside(&app, db, |_| {}).await;
    let mut tx = restored.db.read().await.unwrap();
    assert!(guard::clone_of(&restored, &mut tx).await.unwrap().is_some());
    drop(tx);
    restored.db.close().await;

    // The original goes on.
    tick(&app.app).await;
    assert_eq!(recipients(&app), ["ines@example.org", "tobe@example.org"]);
    app.end().await;
}
