//! Imports: what people said is kept, nobody who left is woken up, a killed import goes on, and a whole one is undone.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use postrider::actions::Context;
use postrider::actions::import::{self, ImportOptions, Step};
use postrider::db::imports::Phase;
use postrider::db::subscriptions::{self, Subscription};
use postrider::db::{Db, subscribers, suppressions};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{SubscriptionStatus, Transition};
use uuid::Uuid;

use crate::on_both_engines;
use crate::support::chance::seeded;
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, is_long, say};

pub async fn find(app: &TestApp, email: &str) -> Option<subscribers::Subscriber> {
    let mut tx = app.app.db.read().await.unwrap();
    subscribers::by_email(&mut tx, &EmailAddress::parse(email).unwrap()).await.unwrap()
}

/// What somebody has of a list.
async fn held(app: &TestApp, email: &str, list: Uuid) -> Option<Subscription> {
    let subscriber = find(app, email).await?;
    let mut tx = app.app.db.read().await.unwrap();
    let held = subscriptions::of_subscriber(&mut tx, subscriber.id).await.unwrap();
    held.into_iter().find(|held| held.list_id == list)
}

async fn status(app: &TestApp, email: &str, list: Uuid) -> Option<SubscriptionStatus> {
    held(app, email, list).await.map(|held| held.status)
}

async fn is_suppressed(app: &TestApp, email: &str) -> bool {
    let mut tx = app.app.db.read().await.unwrap();
    let key = EmailAddress::parse(email).unwrap().key();
    suppressions::is_suppressed(&mut tx, &key).await.unwrap()
}

async fn change(app: &TestApp, email: &str, list: Uuid, transition: Transition) {
    let id = find(app, email).await.unwrap().id;
    let mut tx = app.app.db.write().await.unwrap();
    subscriptions::change_one(&mut tx, &app.cause(), id, list, transition)
        .await
        .unwrap()
        .expect("it applies");
    tx.commit().await.unwrap();
}

/// Everything that an import can touch, as text.
pub async fn everything(app: &TestApp) -> Vec<String> {
    let tables = [
        "SELECT email || ' ' || name || ' ' || has_words FROM subscribers",
        "SELECT b.email || ' ' || x.status || ' ' || x.cadence FROM subscriptions x JOIN subscribers b ON b.id = x.subscriber_id",
        "SELECT b.email || ' ' || t.tag FROM subscriber_tags t JOIN subscribers b ON b.id = t.subscriber_id",
        "SELECT email_key || ' ' || reason || ' ' || detail FROM suppressions",
        "SELECT b.email || ' ' || w.word FROM subscriber_words w JOIN subscribers b ON b.id = w.subscriber_id",
    ];
    let mut found = Vec::new();
    for sql in tables {
        let rows: Vec<String> = match &app.app.db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_all(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
        };
        found.extend(rows);
    }
    found.sort();
    found
}

/// Mailchimp's file of those who unsubscribed, and that of those whose address it cleaned.
const UNSUBSCRIBED: &str = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS
left@example.org,Lena,2,2019-01-01 10:00:00,,2019-01-01 10:00:00,192.0.2.7,2023-06-06 12:00:00,2023-06-06 12:00:00,,,,,1,a,,
";
const CLEANED: &str = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS
hard@example.org,Hal,2,2019-01-01 10:00:00,,,,2020-03-23 17:00:00,2020-03-23 17:00:00,,,2,b,,
";

on_both_engines! {
    async fn what_people_said_is_kept(app: TestApp) {
        let world = app.list("world", "World").await;
        let csv = "email,name,status,tags,unsubscribed_at\n\
            ines@example.org,Inês,active,\"founding, Lisbon\",\n\
            owen@example.org,,pending,,\n\
            lena@example.org,Lena,unsubscribed,,2023-06-06T12:00:00Z\n\
            hal@example.org,,bounced,,\n\
            kim@example.org,,complained,,\n\
            pat@example.org,,suppressed,,\n\
            odd@example.org,,perhaps,,\n\
            no address,,active,,\n";
        let import = app.import("world", csv, "a form on our old site").await;
        assert_eq!((import.phase, import.added, import.pending), (Phase::Done, 6, 1), "{import:?}");
        assert_eq!((import.held, import.refused), (1, 1));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 0, "nobody is mailed, pending or not");
        use SubscriptionStatus as S;
        for (email, wanted) in [
            ("ines", S::Active), ("owen", S::Pending), ("lena", S::Unsubscribed), ("hal", S::Bounced),
            ("kim", S::Complained), ("pat", S::Unsubscribed),
        ] {
            assert_eq!(status(app, &format!("{email}@example.org"), world).await, Some(wanted), "{email}");
        }
        assert!(find(app, "odd@example.org").await.is_none(), "what is not understood is not taken");
        for (email, wanted) in [("hal", true), ("kim", true), ("pat", true), ("lena", false), ("ines", false)] {
            assert_eq!(is_suppressed(app, &format!("{email}@example.org")).await, wanted, "{email}");
        }
        let left: DateTime<Utc> = "2023-06-06T12:00:00Z".parse().unwrap();
        assert_eq!(held(app, "lena@example.org", world).await.unwrap().status_since, left);
        let ines = find(app, "ines@example.org").await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(subscribers::tags(&mut tx, ines.id).await.unwrap(), ["Lisbon", "founding"]);
        let consents = postrider::db::timeline::consents(&mut tx, ines.id, 9).await.unwrap();
        assert_eq!(consents[0].wording_version, "Imported from readers.csv: a form on our old site");
        // Those who wait are mailed when an admin asks for it, once.
        drop(tx);
        let admin = app.admin().await;
        let page = format!("/admin/subscribers/import/{}", import.id);
        assert!(admin.page(&page).await.contains("Ask 1 subscriber to confirm"));
        admin.submit(&page, &[("do", "ask")]).await;
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["owen@example.org"]);
        assert!(!admin.page(&page).await.contains("to confirm</button>"));
    }

    async fn an_import_wakes_up_nobody_who_left_here_or_there(app: TestApp) {
        let world = app.list("world", "World").await;
        app.import("world", "email\nleft@example.org\nhard@example.org\nhere@example.org\nback@example.org\n", "").await;
        // Left there: a file that says so ends it here, whatever an earlier one said.
        for file in [UNSUBSCRIBED, CLEANED] {
            app.import_with("world", file, "", ImportOptions::default()).await;
        }
        assert_eq!(status(app, "left@example.org", world).await, Some(SubscriptionStatus::Unsubscribed));
        assert_eq!(status(app, "hard@example.org", world).await, Some(SubscriptionStatus::Bounced));
        assert!(is_suppressed(app, "hard@example.org").await);
        // Left here: no file lifts that, nor does one lift a suppression.
        change(app, "here@example.org", world, Transition::Leave).await;
        let again = app.import("world", "email\nleft@example.org\nhard@example.org\nhere@example.org\n", "").await;
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 3));
        assert_eq!(status(app, "here@example.org", world).await, Some(SubscriptionStatus::Unsubscribed));
        // Whoever confirmed here after they had left there stays; whoever left there later does not.
        change(app, "back@example.org", world, Transition::Leave).await;
        app.advance(TimeDelta::days(2));
        crate::sign_up::join(app, "back@example.org", "world").await;
        let file = |at: DateTime<Utc>| format!("email,status,unsubscribed_at\nback@example.org,unsubscribed,{}\n", at.to_rfc3339());
        app.import("world", &file(app.clock.now() - TimeDelta::days(1)), "").await;
        assert_eq!(status(app, "back@example.org", world).await, Some(SubscriptionStatus::Active));
        app.advance(TimeDelta::days(2));
        app.import("world", &file(app.clock.now() - TimeDelta::days(1)), "").await;
        assert_eq!(status(app, "back@example.org", world).await, Some(SubscriptionStatus::Unsubscribed));
    }

    async fn a_whole_import_is_undone_and_what_happened_since_stays(app: TestApp) {
        let world = app.list("world", "World").await;
        app.import("world", "email,name\nknown@example.org,\nstays@example.org,Stays\n", "").await;
        let before = everything(app).await;
        let csv = "email,name,status,tags,unsubscribed_at\n\
            known@example.org,Known,active,new tag,\nstays@example.org,,unsubscribed,,2020-01-01\n\
            fresh@example.org,Fresh,active,new tag,\nbad@example.org,,bounced,,\nleaves@example.org,,active,,\n\
            tagged@example.org,,active,,\nmailed@example.org,,active,,\n";
        let import = app.import("world", csv, "").await;
        assert_eq!((import.added, import.changed), (5, 2), "{import:?}");
        app.advance(TimeDelta::hours(1));
        change(app, "leaves@example.org", world, Transition::Leave).await;
        let tagged = find(app, "tagged@example.org").await.unwrap().id;
        let mut tx = app.app.db.write().await.unwrap();
        subscribers::tag(&mut tx, tagged, "by hand", app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        // Mail goes out: whoever got it is never deleted.
        crate::delivery::campaign(app, world, "News").await;
        app.run_all_due().await;
        let cx = Context::command_line(&app.app);
        import::undo(&cx, import.id).await.unwrap();
        import::work_on_walks(&app.app, import.id).await.unwrap();
        assert_eq!(app.stored_import(import.id).await.phase, Phase::Undone);
        let stays = held(app, "stays@example.org", world).await.unwrap();
        assert_eq!(stays.status, SubscriptionStatus::Active, "what it ended is back");
        assert_eq!(status(app, "leaves@example.org", world).await, Some(SubscriptionStatus::Unsubscribed));
        for email in ["fresh@example.org", "tagged@example.org", "mailed@example.org"] {
            assert!(find(app, email).await.is_some(), "{email} got mail, or was worked on");
            assert_eq!(status(app, email, world).await, None, "{email}");
        }
        assert!(find(app, "bad@example.org").await.is_none() && !is_suppressed(app, "bad@example.org").await);
        let after = everything(app).await;
        let lost: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
        assert_eq!(lost, Vec::<&String>::new());
        assert!(!after.iter().any(|line| line.contains("new tag")), "{after:?}");
        // Once more it is refused.
        assert!(import::undo(&cx, import.id).await.is_err());
    }

    async fn an_import_that_nobody_touched_is_undone_without_a_trace(app: TestApp) {
        app.list("world", "World").await;
        app.import("world", "email,name\nknown@example.org,\nother@example.org,Other\n", "").await;
        let before = everything(app).await;
        let mut csv = "email,name,status,tags\nknown@example.org,,unsubscribed,a\nother@example.org,,complained,b\n".to_owned();
        for n in 0..300 {
            csv.push_str(&format!("new{n}@example.org,New {n},{},c\n", ["active", "bounced", "pending"][n % 3]));
        }
        let import = app.import("world", &csv, "").await;
        assert_eq!((import.added, import.changed), (300, 2));
        import::undo(&Context::command_line(&app.app), import.id).await.unwrap();
        import::work_on_walks(&app.app, import.id).await.unwrap();
        assert_eq!(everything(app).await, before);
    }

    async fn a_file_goes_on_where_it_was_cut_off(app: TestApp) {
        app.list("world", "World").await;
        let mut csv = "email,name\n".to_owned();
        for n in 0..12_000 {
            csv.push_str(&format!("reader{n}@example.org,Reader {n}\n"));
        }
        let options = ImportOptions { plain: "active".to_owned(), ..ImportOptions::default() };
        let mut first = app.begin_import("world", csv.as_bytes(), "", &options).await;
        assert_eq!(first.step(&app.app).await.unwrap(), Step::Next);
        let (id, position) = (first.import().id, first.import().position);
        assert!(position > 0 && position < 12_000, "{position}");
        // A second process takes the same file up; the first, which was only slow, steps back.
        let mut second = app.begin_import("world", csv.as_bytes(), "", &options).await;
        assert_eq!((second.import().id, second.import().position), (id, position));
        assert_eq!(second.step(&app.app).await.unwrap(), Step::Next);
        assert_eq!(first.step(&app.app).await.unwrap(), Step::Ended);
        while second.step(&app.app).await.unwrap() == Step::Next {}
        let import = app.stored_import(id).await;
        assert_eq!((import.phase, import.position, import.added, import.unchanged), (Phase::Done, 12_000, 12_000, 0));
        // The same file once more is a new import, which finds everybody there.
        let again = app.import("world", &csv, "").await;
        assert!(again.id != id && again.added == 0 && again.unchanged == 12_000, "{again:?}");
    }

    async fn a_dry_run_says_what_an_import_then_does(app: TestApp) {
        let world = app.list("world", "World").await;
        app.import("world", "email,name\nknown@example.org,\nleft@example.org,\nsame@example.org,S\n", "").await;
        change(app, "left@example.org", world, Transition::Leave).await;
        let csv = "email,name,status,tags\nknown@example.org,Known,active,\nleft@example.org,,active,\n\
            same@example.org,,active,\nnew@example.org,,active,x\nnew@example.org,,active,\nNEW@example.org,,unsubscribed,\nx,,active,\n";
        let admin = app.admin().await;
        let fields = [("list", "world")];
        let page = admin.upload("/admin/subscribers/import", &fields, csv.as_bytes()).await;
        let page = page.headers()["location"].to_str().unwrap().to_owned();
        let before = everything(app).await;
        app.run_all_due().await;
        assert_eq!(everything(app).await, before);
        let id: Uuid = page.rsplit('/').next().unwrap().parse().unwrap();
        let checked = app.stored_import(id).await;
        let said: import::Checked = serde_json::from_str(&checked.check_json).unwrap();
        admin.submit(&page, &[("do", "start"), ("consent", "agreed on our old site")]).await;
        app.run_all_due().await;
        let done = app.stored_import(id).await;
        let mut told = said.tally;
        told.active = 0;
        assert_eq!(told, done.tally());
        assert_eq!((done.added, done.changed, done.unchanged, done.refused), (1, 1, 4, 1));
        assert_eq!(status(app, "new@example.org", world).await, Some(SubscriptionStatus::Unsubscribed));
    }

    async fn columns_are_matched_by_hand_and_a_question_is_answered(app: TestApp) {
        let world = app.list("world", "World").await;
        let admin = app.admin().await;
        let csv = "Contact,Called,Group\nines@example.org,Inês,north\n";
        let page = admin.upload("/admin/subscribers/import", &[("list", "world")], csv.as_bytes()).await;
        let page = page.headers()["location"].to_str().unwrap().to_owned();
        app.run_all_due().await;
        let seen = admin.page(&page).await;
        assert!(seen.contains("ines@example.org") && seen.contains("Check again"), "{seen}");
        // Nobody said whether they still get mail: nobody would be imported.
        let said = [("do", "check"), ("status", "active"), ("column", "email"), ("column", "name"), ("column", "tags")];
        admin.submit(&page, &said).await;
        app.run_all_due().await;
        let seen = admin.page(&page).await;
        assert!(seen.contains("Import 1 row"), "{seen}");
        // What is changed on the way to the start is checked first.
        let start = [("do", "start"), ("status", "unsubscribed"), ("consent", "agreed on our old site")];
        admin.submit(&page, &start).await;
        app.run_all_due().await;
        assert!(find(app, "ines@example.org").await.is_none());
        admin.submit(&page, &start).await;
        app.run_all_due().await;
        assert_eq!(status(app, "ines@example.org", world).await, Some(SubscriptionStatus::Unsubscribed));
        let ines = find(app, "ines@example.org").await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!((ines.name.as_str(), subscribers::tags(&mut tx, ines.id).await.unwrap()), ("Inês", vec!["north".to_owned()]));
    }
}

/// What a database holds of people, without ids and times, by the real command.
fn exported(bench: &Bench) -> Vec<String> {
    let csv = bench.ok(&["export", "--list", "all"]);
    let mut lines: Vec<String> =
        csv.lines().skip(1).map(|line| line.split(',').take(4).collect::<Vec<_>>().join(",")).collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_goes_on_and_stores_each_row_once() {
    let mut chance = seeded("an import that is killed");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Ok(bench) = Bench::new(engine, None, 4).await else { continue };
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let file = bench.path().join("people.csv");
        let mut csv = "email,name,status,tags\n".to_owned();
        let rows = if is_long() { 200_000 } else { 40_000 };
        for n in 0..rows {
            let status = ["active", "unsubscribed", "pending", "bounced"][n % 4];
            csv.push_str(&format!("reader{n}@example.org,Reader {n},{status},town {}\n", n % 9));
        }
        std::fs::write(&file, csv).unwrap();
        let args = ["import", file.to_str().unwrap(), "--list", "all", "--json"];
        let mut killed = 0;
        for _ in 0..if is_long() { 20 } else { 3 } {
            let mut child = bench.spawn(&args);
            tokio::time::sleep(Duration::from_millis(150 + chance.below(700))).await;
            if child.try_wait().unwrap().is_none() {
                killed += 1;
            }
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let said: serde_json::Value = serde_json::from_str(&bench.ok(&args)).unwrap();
        let sum = said["added"].as_i64().unwrap() + said["left_alone"].as_i64().unwrap();
        assert_eq!(sum, rows as i64, "{said}");
        let stored = exported(&bench);
        assert_eq!(stored.len(), rows);
        assert!(stored.contains(&"reader7@example.org,Reader 7,bounced,each".to_owned()));
        assert_eq!(stored.iter().filter(|line| line.contains(",active,")).count(), rows / 4);
        say(&format!("{engine:?}: killed {killed} times"));
        assert!(killed > 0, "it was never at work when it was killed");
        bench.end().await;
    }
}
