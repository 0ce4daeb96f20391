//! A database that is replaced by an older copy of itself mails nobody twice by itself; and what is no restore
//! raises nothing.

use postrider::actions::Context;
use postrider::actions::poll;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use postrider::actions::Error;
use postrider::actions::guard;
use postrider::app::App;
use postrider::config::Config;
use postrider::db::audit::Actor;
use postrider::db::users::{self, Role};
use postrider::db::{DatabaseUrl, Db, campaigns, holds, send_counter};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::campaign::{CampaignAction, CampaignStatus};
use postrider::domain::delivery::DeliveryStatus;
use postrider::domain::email_address::EmailAddress;
use postrider::domain::refusal::campaigns as codes;
use postrider::fetch::Fetcher;
use postrider::mail::transport::Transport;
use sqlx::{AssertSqlSafe, Executor as _};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::feeds::{posts, rss};
use crate::on_both_engines;
use crate::support::feed_server::FeedServer;
use crate::support::{Answer, TestApp};

mod backup;
mod processes;

/// All rows of all tables, kept in tables of their own, to be put back.
struct Copy(Vec<String>);

impl Copy {
    async fn of(db: &Db) -> Copy {
        let tables: Vec<String> = match db {
            Db::Sqlite { writer, .. } => {
                let sql = "SELECT name FROM sqlite_master WHERE type = 'table'";
                sqlx::query_scalar(sql).fetch_all(writer).await.unwrap()
            }
            Db::Postgres(pool) => {
                let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
                sqlx::query_scalar(sql).fetch_all(pool).await.unwrap()
            }
        };
        let kept = |name: &String| !["_sqlx", "sqlite_", "copy_"].iter().any(|not| name.starts_with(not));
        let tables: Vec<String> = tables.into_iter().filter(kept).collect();
        assert!(tables.len() > 20, "{tables:?}");
        let copy = tables
            .iter()
            .map(|t| format!("DROP TABLE IF EXISTS copy_{t}; CREATE TABLE copy_{t} AS SELECT * FROM {t};"));
        run(db, &copy.collect::<String>()).await;
        Copy(tables)
    }

    /// The database is what it was, in one transaction, as a failover or a restore in place does it.
    async fn put_back(&self, db: &Db) {
        let back = self.0.iter().map(|t| format!("DELETE FROM {t}; INSERT INTO {t} SELECT * FROM copy_{t};"));
        let back: String = back.collect();
        run(
            db,
            &match db {
                Db::Sqlite { .. } => {
                    format!("PRAGMA foreign_keys = OFF; BEGIN; {back} COMMIT; PRAGMA foreign_keys = ON;")
                }
                Db::Postgres(_) => {
                    format!("BEGIN; SET LOCAL session_replication_role = replica; {back} COMMIT;")
                }
            },
        )
        .await;
    }
}

async fn run(db: &Db, sql: &str) {
    match db {
        Db::Sqlite { writer, .. } => writer.execute(AssertSqlSafe(sql)).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(AssertSqlSafe(sql)).await.map(|_| ()).unwrap(),
    }
}

/// A process that starts now, whose folder is the one that is given: as a worker elsewhere, or the same again.
async fn started_in(app: &TestApp, folder: &Path) -> Arc<App> {
    let mut config: Config = app.app.config.clone();
    config.database = DatabaseUrl::Sqlite(folder.join("postrider.db"));
    config.data_dir = folder.to_owned();
    App::with_db(config, app.clock.clone(), app.app.db.clone()).await.unwrap()
}

/// The same process, started again.
async fn started_again(app: &TestApp) -> Arc<App> {
    started_in(app, app.app.send_counter.path().parent().unwrap()).await
}

/// What one tick of a process does.
async fn tick(app: &Arc<App>) {
    guard::watch(app).await.unwrap();
    postrider::schedule::run_campaigns(app).await.unwrap();
    deliver(app).await;
}

async fn deliver(app: &Arc<App>) {
    let engine =
        Delivery::new(app.clone(), Transport::new(app.config.transport()).unwrap(), CancellationToken::new());
    engine.run_until_idle().await.unwrap();
}

async fn find(app: &TestApp, id: Uuid) -> campaigns::Campaign {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, id).await.unwrap().unwrap()
}

async fn held(app: &TestApp, id: Uuid) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    postrider::domain::hold::in_one_line(&holds::of_campaign(&mut tx, id).await.unwrap())
}

async fn counter(app: &TestApp) -> send_counter::Row {
    let mut tx = app.app.db.read().await.unwrap();
    send_counter::get(&mut tx).await.unwrap()
}

/// The counter as the file has it.
fn in_file(app: &TestApp) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(app.app.send_counter.path()).unwrap()).unwrap()
}

async fn marta(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    let email = EmailAddress::parse("marta@harbour.example").unwrap();
    users::add(&mut tx, &email, Role::Admin, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// A list with twenty readers, and a campaign to them that is due.
async fn twenty(app: &TestApp) -> (Uuid, Uuid) {
    let list = app.list("world", "World").await;
    let readers: Vec<String> = (0..20).map(|n| format!("reader{n}@example.org")).collect();
    subscribe_all(app, list, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    guard::watch(&app.app).await.unwrap();
    (list, campaign(app, list, "Ferry").await)
}

/// How many readers got mail, and how many admins.
fn mailed(app: &TestApp) -> (usize, usize) {
    let mails = app.smtp.take();
    let readers = mails.iter().filter(|mail| mail.to.starts_with("reader")).count();
    (readers, mails.len() - readers)
}

async fn nothing_is_raised(app: &TestApp, process: &Arc<App>, id: Uuid) {
    tick(process).await;
    assert_eq!(held(app, id).await, "");
    let row = counter(app).await;
    assert_eq!((row.restored, row.restored_at), (None, None));
    assert_eq!(find(app, id).await.status, CampaignStatus::Sent);
}

on_both_engines! {
    async fn what_a_copy_would_send_again_is_held_until_an_admin_decides(app: TestApp) {
        marta(app).await;
        let (list, ferry) = twenty(app).await;
        let copy = Copy::of(&app.app.db).await;
        app.advance(TimeDelta::minutes(5));
        tick(&app.app).await;
        assert_eq!(mailed(app), (20, 0));
        app.advance(TimeDelta::minutes(4));
        copy.put_back(&app.app.db).await;

        // The worker that sent them, and one that starts and finds its own file, see it alike.
        for process in [app.app.clone(), started_again(app).await] {
            // Not even before anybody has looked.
            postrider::schedule::run_campaigns(&process).await.unwrap();
            deliver(&process).await;
            assert_eq!(mailed(app), (0, 0));
            copy.put_back(&app.app.db).await;
            tick(&process).await;
            let why = held(app, ferry).await;
            assert_eq!(
                why,
                "restored: This database was replaced by an older copy, from about 24 Nov 2026, 09:41: it has \
                 no record of at least 20 emails sent since then, up to 24 Nov 2026, 09:46 (UTC)"
            );
            assert_eq!(mailed(app), (0, 1), "Marta is told, and no reader mailed");
            copy.put_back(&app.app.db).await;
        }
        tick(&app.app).await;
        mailed(app);

        // What comes due before it is decided is held too; people are answered.
        let tides = campaign(app, list, "Tide table").await;
        app.advance(TimeDelta::hours(2));
        tick(&app.app).await;
        assert!(held(app, tides).await.starts_with("restored: "));
        assert_eq!(mailed(app).0, 0);
        let me = Actor::command_line();
        assert!(matches!(guard::release(&Context::new(&app.app, me.clone()), ferry).await, Err(Error::Refused(why)) if why.is(&codes::DATABASE_IS_RESTORED)));
        assert!(matches!(guard::release_all(&Context::new(&app.app, me.clone())).await, Err(Error::Refused(why)) if why.is(&codes::DATABASE_IS_RESTORED)));

        assert_eq!(guard::adopt(&Context::new(&app.app, me.clone()), false).await.unwrap(), 0);
        assert!(matches!(guard::adopt(&Context::new(&app.app, me.clone()), false).await, Err(Error::Refused(why)) if why.is(&codes::DATABASE_IS_THE_SAME)));
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 0, "still held");
        guard::cancel(&Context::new(&app.app, me.clone()), ferry).await.unwrap();
        guard::release(&Context::new(&app.app, me.clone()), tides).await.unwrap();
        let again = started_again(app).await;
        tick(&again).await;
        assert_eq!(mailed(app).0, 20, "the tide table, to each once");
        assert_eq!(find(app, ferry).await.status, CampaignStatus::Cancelled);
        assert_eq!(find(app, tides).await.status, CampaignStatus::Sent);

        // And a copy from before the decision is found out as well.
        copy.put_back(&app.app.db).await;
        tick(&started_again(app).await).await;
        assert!(held(app, ferry).await.starts_with("restored: "));
        assert_eq!(mailed(app).0, 0);
        assert_eq!(guard::adopt(&Context::new(&app.app, me.clone()), true).await.unwrap(), 1);
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 20, "an admin wanted it");
    }

    async fn what_was_under_way_and_in_a_workers_hands_in_the_copy_is_held_and_can_be_finished(app: TestApp) {
        let (list, ferry) = twenty(app).await;
        app.smtp.at_rcpt(|to| match to.starts_with("reader1") {
            true => Answer::Reply("451 4.2.1 busy, come back later"),
            false => Answer::Usual,
        });
        let paused = campaign(app, list, "Weekend").await;
        tick(&app.app).await;
        app.smtp.behave();
        let mut tx = app.app.db.write().await.unwrap();
        assert!(campaigns::apply(&mut tx, paused, CampaignAction::Pause, None, app.clock.now()).await.unwrap());
        // As if the copy had been made with these on the wire, by a worker that lives still.
        let worker = Uuid::now_v7();
        postrider::db::workers::beat(&mut tx, worker, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let set = match &app.app.db {
            Db::Sqlite { .. } => format!("X'{}'", worker.simple()),
            Db::Postgres(_) => format!("'{worker}'"),
        };
        run(&app.app.db, &format!("UPDATE deliveries SET status = 'sending', leased_by = {set} WHERE status = 'deferred'")).await;
        mailed(app);
        let copy = Copy::of(&app.app.db).await;
        run(&app.app.db, "UPDATE deliveries SET status = 'deferred', leased_by = NULL WHERE status = 'sending'").await;
        app.advance(TimeDelta::minutes(3));
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 11);
        assert_eq!(find(app, ferry).await.status, CampaignStatus::Sent);

        copy.put_back(&app.app.db).await;
        app.advance(TimeDelta::minutes(3));
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 0);
        for id in [ferry, paused] {
            assert!(held(app, id).await.contains("at least 11 emails"), "{}", held(app, id).await);
        }
        let me = Actor::command_line();
        guard::adopt(&Context::new(&app.app, me.clone()), false).await.unwrap();
        guard::release(&Context::new(&app.app, me.clone()), ferry).await.unwrap();
        guard::cancel(&Context::new(&app.app, me.clone()), paused).await.unwrap();
        app.advance(TimeDelta::minutes(3));
        tick(&app.app).await;
        assert_eq!(counts(app, ferry).await.get(&DeliveryStatus::Sent), Some(&20), "nothing is stuck with a worker");
        mailed(app);
    }

    async fn articles_that_came_and_were_mailed_after_the_copy_are_not_mailed_again_as_new(app: TestApp) {
        let (list, _) = twenty(app).await;
        let server = FeedServer::start().await;
        server.set_feed("/feed/", &rss(&posts(&server, &[7, 8])));
        let fetcher = Fetcher::new(&app.app.config.feed_allow_private_addresses, &app.app.config.base_url).unwrap();
        poll::add(&Context::command_line(&app.app), &fetcher, &server.url("/feed/"), "world", None, None).await.unwrap();
        tick(&app.app).await;
        mailed(app);
        let copy = Copy::of(&app.app.db).await;
        server.set_feed("/feed/", &rss(&posts(&server, &[7, 8, 9])));
        let poll = async || {
            app.advance(TimeDelta::minutes(11));
            guard::watch(&app.app).await.unwrap();
            postrider::schedule::poll_feeds(&app.app).await.unwrap();
            app.advance(TimeDelta::minutes(11));
            tick(&app.app).await;
        };
        poll().await;
        assert_eq!(mailed(app).0, 20, "the article");

        copy.put_back(&app.app.db).await;
        guard::watch(&app.app).await.unwrap();
        // Decided before the feed is read for the first time.
        guard::adopt(&Context::new(&app.app, Actor::command_line()), true).await.unwrap();
        poll().await;
        assert_eq!(mailed(app).0, 0);
        let mut tx = app.app.db.read().await.unwrap();
        let is_held = campaigns::held(&mut tx, Uuid::max(), 10).await.unwrap();
        drop(tx);
        assert_eq!(is_held.len(), 1);
        let why = held(app, is_held[0].id).await;
        assert!(why.starts_with("restored: "), "{why}");
        // What comes later is mailed as ever.
        server.set_feed("/feed/", &rss(&posts(&server, &[7, 8, 9, 10])));
        poll().await;
        assert_eq!(mailed(app).0, 20);
        let _ = list;
    }

    async fn a_failover_that_lost_the_tail_is_a_restore_and_one_that_lost_nothing_is_not(app: TestApp) {
        let (list, ferry) = twenty(app).await;
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 20);
        let replica = Copy::of(&app.app.db).await;
        // A planned failover: the replica has everything.
        replica.put_back(&app.app.db).await;
        nothing_is_raised(app, &app.app, ferry).await;
        let tides = campaign(app, list, "Tide table").await;
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 20);
        assert_eq!(find(app, tides).await.status, CampaignStatus::Sent);
        // An asynchronous one, a moment behind.
        replica.put_back(&app.app.db).await;
        let weekend = campaign(app, list, "Weekend").await;
        tick(&app.app).await;
        assert!(held(app, weekend).await.contains("at least 20 emails"));
        assert_eq!(mailed(app).0, 0);
    }

    async fn a_crash_between_the_commit_and_the_file_raises_nothing(app: TestApp) {
        let (_, ferry) = twenty(app).await;
        tick(&app.app).await;
        let file = app.app.send_counter.path();
        let before = std::fs::read(file).unwrap();
        let (row, written) = (counter(app).await, in_file(app));
        assert_eq!((written["value"].as_i64(), written["mails"].as_i64()), (Some(row.value), Some(20)));
        // The commit happened, and nothing after it.
        let mut tx = app.app.db.write().await.unwrap();
        send_counter::raise(&mut tx, 3, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(std::fs::read(file).unwrap(), before);
        // Nor does a file that was being written.
        std::fs::write(file.with_extension("counter.new"), "{\"lin").unwrap();
        nothing_is_raised(app, &started_again(app).await, ferry).await;
        app.smtp.take();
    }

    async fn a_new_container_and_a_joining_worker_raise_nothing(app: TestApp) {
        let (list, ferry) = twenty(app).await;
        let (empty, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let joined = started_in(app, old.path()).await;
        tick(&joined).await;
        assert!(joined.send_counter.path().exists());
        // This one goes on without it for a while.
        let tides = campaign(app, list, "Tide table").await;
        tick(&app.app).await;
        for process in [
            joined,
            started_in(app, empty.path()).await,
            // With an old file of its own.
            started_in(app, old.path()).await,
        ] {
            nothing_is_raised(app, &process, ferry).await;
            nothing_is_raised(app, &process, tides).await;
        }
        app.smtp.take();
    }

    async fn an_upgrade_raises_nothing_and_an_older_copy_from_before_it_is_found_out(app: TestApp) {
        let (list, ferry) = twenty(app).await;
        // As the migration leaves it, before anything has run.
        let upgraded = Copy::of(&app.app.db).await;
        assert_eq!(counter(app).await.value, 0);
        nothing_is_raised(app, &app.app, ferry).await;
        let lineage = counter(app).await.lineage;
        assert!(!lineage.is_empty());
        // The backup from before the upgrade, upgraded again: the migration makes the same of it.
        upgraded.put_back(&app.app.db).await;
        run(
            &app.app.db,
            "UPDATE send_counter SET lineage = (SELECT CAST(execution_time AS TEXT) FROM _sqlx_migrations WHERE version = 1)",
        )
        .await;
        assert_eq!(counter(app).await.lineage, lineage);
        app.smtp.take();
        tick(&started_again(app).await).await;
        assert!(held(app, ferry).await.starts_with("restored: "));
        assert_eq!(mailed(app).0, 0);
        let _ = list;
    }

    async fn another_databases_file_is_not_compared_and_one_that_cant_be_read_stops_nothing(app: TestApp) {
        let (list, ferry) = twenty(app).await;
        let file = app.app.send_counter.path();
        let other = serde_json::json!({
            "lineage": "another", "value": 900, "mails": 9, "raised_at": app.clock.now(), "made": null
        });
        std::fs::write(file, other.to_string()).unwrap();
        nothing_is_raised(app, &started_again(app).await, ferry).await;
        assert_eq!(in_file(app)["lineage"].as_str(), Some(counter(app).await.lineage.as_str()), "ours now");
        for text in ["", "{\"lineage\":", "\u{0}\u{0}"] {
            std::fs::write(file, text).unwrap();
            let tides = campaign(app, list, "Tide table").await;
            nothing_is_raised(app, &started_again(app).await, tides).await;
            assert_eq!(in_file(app)["value"].as_i64(), Some(counter(app).await.value));
        }
        app.smtp.take();
    }

    async fn a_file_that_cant_be_written_stops_no_mail_and_memory_still_tells(app: TestApp) {
        let (_, ferry) = twenty(app).await;
        let copy = Copy::of(&app.app.db).await;
        // Nobody, not even root, makes a file where a folder is.
        std::fs::create_dir(app.app.send_counter.path().with_extension("counter.new")).unwrap();
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 20);
        assert!(!app.app.send_counter.path().exists());
        copy.put_back(&app.app.db).await;
        tick(&app.app).await;
        assert!(held(app, ferry).await.starts_with("restored: "));
        assert_eq!(mailed(app).0, 0);
    }

    async fn the_counter_is_raised_before_a_campaigns_first_mail_and_durable_in_the_file_by_then(app: TestApp) {
        let (list, _) = twenty(app).await;
        tick(&app.app).await;
        app.smtp.take();
        for n in 1..=3 {
            let before = counter(app).await.value;
            let file = app.app.send_counter.path().to_owned();
            app.smtp.at_rcpt(move |_| {
                let text: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
                match text["value"].as_i64().unwrap() > before {
                    true => Answer::Usual,
                    false => Answer::Reply("550 5.7.1 too early"),
                }
            });
            let id = campaign(app, list, &format!("Issue {n}")).await;
            tick(&app.app).await;
            assert_eq!(counts(app, id).await.get(&DeliveryStatus::Sent), Some(&20));
            assert_eq!(counter(app).await.mails, 20 * (n + 1), "and once more after the last one");
            app.smtp.behave();
        }
        app.smtp.take();
    }

    async fn the_desk_says_what_is_known_and_an_admin_decides_there(app: TestApp) {
        let (_, ferry) = twenty(app).await;
        let admin = app.admin().await;
        let copy = Copy::of(&app.app.db).await;
        tick(&app.app).await;
        copy.put_back(&app.app.db).await;
        tick(&app.app).await;
        app.smtp.take();
        let page = admin.page("/admin/held").await;
        assert!(page.contains("The database was restored, so no campaigns are being sent"), "{page}");
        assert!(page.contains("it has no record of at least 20 emails sent"), "{page}");
        let id = ferry.to_string();
        let refused = admin.refused("/admin/held/release", &[("campaign", &id)]).await;
        assert!(refused.contains("First, confirm that it is the real one"), "{refused}");
        let owen = app.editor().await;
        assert!(!owen.page("/admin/held").await.contains("/admin/held/real"));
        let (_, said) = admin.submit("/admin/held/real", &[]).await;
        assert_eq!(said, "Confirmed as the real database. Campaigns are still on hold.");
        assert!(admin.page("/admin/held").await.contains("1 campaign on hold"));
        let (_, said) = admin.submit("/admin/held/cancel", &[("campaign", &id)]).await;
        assert_eq!(said, "Cancelled “Ferry”.");
        tick(&app.app).await;
        assert_eq!(mailed(app).0, 0);
    }
}
