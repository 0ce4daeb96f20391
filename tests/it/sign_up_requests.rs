//! A sign-up is answered once it is durable, and worked on after that: the same row for every address, nothing
//! lost and nothing done twice.

use std::sync::Arc;

use chrono::TimeDelta;
use postrider::actions::sign_ups;
use postrider::app::App;
use postrider::db::suppressions::{self, SuppressionReason};
use postrider::db::{Db, lists};
use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use sqlx::Executor as _;
use tokio_util::sync::CancellationToken;

use crate::on_both_engines;
use crate::pages::everything;
use crate::sign_up::{join, post, standing, subscribe, the_one_mail};
use crate::support::process::wait_until;
use crate::support::{TestApp, start_of_test};

/// Sends the form, and leaves the rest for later.
async fn hand_in(app: &TestApp, email: &str) {
    let form = format!("email={}&list=world&cadence=daily", email.replace('+', "%2B"));
    assert_eq!(post(app, &format!("{}/subscribe", app.url), &form).await.status(), 303);
}

/// The same application in another process, as far as the database knows.
async fn another(app: &TestApp) -> Arc<App> {
    App::with_db(app.app.config.clone(), app.clock.clone(), app.app.db.clone()).await.unwrap()
}

async fn waiting(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) FROM sign_up_requests";
    match &app.app.db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

async fn exec(app: &TestApp, sql: &'static str) {
    match &app.app.db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
    }
}

on_both_engines! {
    async fn the_answer_waits_for_the_same_row_whatever_is_known_of_an_address(app: TestApp) {
        app.list("world", "World").await;
        join(app, "active1@example.org", "world").await;
        subscribe(app, "email=pending@example.org&list=world").await;
        the_one_mail(app).await;
        let mut tx = app.app.db.write().await.unwrap();
        suppressions::add(&mut tx, &app.cause(), "blocked@example.org", SuppressionReason::Blocked, "").await.unwrap();
        tx.commit().await.unwrap();
        let before = everything(app).await;
        let mut rows = Vec::new();
        for (n, email) in ["active1@example.org", "pending@example.org", "blocked@example.org", "unknown@example.org"].iter().enumerate() {
            hand_in(app, email).await;
            assert_eq!(waiting(app).await, n as i64 + 1);
            let now = everything(app).await;
            let others = |text: &str| -> Vec<String> {
                text.lines().filter(|line| !before.contains(line)).map(str::to_owned).collect()
            };
            let new: Vec<String> = others(&now).into_iter().filter(|line| line.contains(email)).collect();
            assert_eq!((new.len(), others(&now).len()), (1, n + 1), "one row and nothing else: {now}");
            rows.push(new[0].len());
        }
        assert!(rows.iter().all(|bytes| *bytes == rows[0]), "{rows:?}");
        app.deliver_all_due().await;
        assert_eq!(waiting(app).await, 0);
        let to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["unknown@example.org"]);
        assert_eq!(standing(app, "unknown@example.org", "world").await, Some((SubscriptionStatus::Pending, Cadence::Daily)));
    }

    async fn what_a_crash_left_is_worked_on_at_the_next_start_and_once(app: TestApp) {
        app.list("world", "World").await;
        for n in 0..40 {
            hand_in(app, &format!("reader{n}@example.org")).await;
        }
        app.advance(TimeDelta::hours(2));
        let stop = CancellationToken::new();
        // Two start at once, and share what there is.
        let (anna, bert) = (another(app).await, another(app).await);
        let working = [anna, bert].map(|it| sign_ups::start(it, stop.clone()));
        wait_until("all are worked on", async || waiting(app).await == 0).await;
        stop.cancel();
        for ended in working {
            ended.await.unwrap().unwrap();
        }
        app.deliver_all_due().await;
        let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        to.sort();
        to.dedup();
        assert_eq!(to.len(), 40);
        // When they agreed is when they sent the form.
        let mut tx = app.app.db.read().await.unwrap();
        let email = crate::sign_up::address("reader7@example.org");
        let reader = postrider::db::subscribers::by_email(&mut tx, &email).await.unwrap().unwrap();
        let consents = postrider::db::timeline::consents(&mut tx, reader.id, 10).await.unwrap();
        assert_eq!((consents.len(), consents[0].requested_at), (1, start_of_test()));
    }

    async fn a_running_process_works_on_what_it_answered(app: TestApp) {
        app.list("world", "World").await;
        let stop = CancellationToken::new();
        let working = sign_ups::start(app.app.clone(), stop.clone());
        hand_in(app, "ines@example.org").await;
        wait_until("Ines is asked", async || {
            let mut tx = app.app.db.read().await.unwrap();
            postrider::db::notices::any_due(&mut tx, app.clock.now()).await.unwrap()
        })
        .await;
        stop.cancel();
        working.await.unwrap().unwrap();
        the_one_mail(app).await;
    }

    async fn one_that_fails_holds_up_no_other_and_is_not_lost(app: TestApp) {
        app.list("world", "World").await;
        match &app.app.db {
            Db::Sqlite { .. } => exec(app, "CREATE TRIGGER broken BEFORE INSERT ON subscribers WHEN NEW.email LIKE 'broken%'
                BEGIN SELECT RAISE(ABORT, 'broken'); END").await,
            Db::Postgres(_) => {
                exec(app, "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN IF NEW.email LIKE 'broken%' THEN RAISE EXCEPTION 'broken'; END IF; RETURN NEW; END $$").await;
                exec(app, "CREATE TRIGGER broken BEFORE INSERT ON subscribers FOR EACH ROW EXECUTE FUNCTION broken()").await;
            }
        }
        for email in ["ines@example.org", "broken1@example.org", "tobe@example.org", "broken2@example.org", "owen@example.org"] {
            hand_in(app, email).await;
        }
        app.deliver_all_due().await;
        assert_eq!((app.smtp.take().len(), waiting(app).await), (3, 2));
        exec(app, match &app.app.db {
            Db::Sqlite { .. } => "DROP TRIGGER broken",
            Db::Postgres(_) => "DROP TRIGGER broken ON subscribers",
        }).await;
        app.advance(TimeDelta::minutes(59));
        app.deliver_all_due().await;
        assert_eq!(waiting(app).await, 2);
        app.advance(TimeDelta::minutes(1));
        app.deliver_all_due().await;
        assert_eq!((app.smtp.take().len(), waiting(app).await), (2, 0));
    }

    async fn a_list_that_was_retired_meanwhile_takes_nobody(app: TestApp) {
        let world = app.list("world", "World").await;
        app.list("markets", "Markets").await;
        hand_in(app, "ines@example.org").await;
        let mut tx = app.app.db.write().await.unwrap();
        lists::set_retired(&mut tx, world, Some(app.clock.now())).await.unwrap();
        tx.commit().await.unwrap();
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0, "nor is she told that she is subscribed");
        assert_eq!(standing(app, "ines@example.org", "world").await, None);
    }

    async fn who_is_erased_does_not_come_back_by_a_sign_up_that_waits(app: TestApp) {
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        hand_in(app, "Ines@Example.org").await;
        hand_in(app, "tobe@example.org").await;
        let mut tx = app.app.db.write().await.unwrap();
        let ines = crate::sign_up::address("ines@example.org");
        let ines = postrider::db::subscribers::by_email(&mut tx, &ines).await.unwrap().unwrap();
        postrider::db::subscribers::erase(&mut tx, &ines, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(waiting(app).await, 1);
        the_one_mail(app).await;
        assert_eq!(standing(app, "ines@example.org", "world").await, None);
    }

    async fn what_is_wrong_with_a_form_is_said_at_once_and_stores_nothing(app: TestApp) {
        app.list("world", "World").await;
        for form in ["email=ines", "email=ines%40example.org&list=none", "email=ines%40example.org&cadence=hourly"] {
            assert_eq!(post(app, &format!("{}/subscribe", app.url), form).await.status(), 422, "{form}");
        }
        assert_eq!(waiting(app).await, 0);
    }
}
