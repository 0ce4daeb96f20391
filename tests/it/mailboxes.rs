//! One mailbox has many spellings: what limits and stops sign-up mail counts them as one, and nothing else does.

use chrono::TimeDelta;
use futures_util::future::join_all;
use postrider::actions::Context;
use postrider::actions::subscribers::{self as rules, NewSubscriber};
use postrider::db::audit::Actor;
use postrider::db::suppressions::{self, SuppressionReason};
use postrider::db::{Db, lists, subscribers};
use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use sqlx::Executor as _;

use postrider::actions::import::ImportOptions;

use crate::on_both_engines;
use crate::sign_up::{address, join, link_in, post, standing, subscribe, the_one_mail};
use crate::support::{Answer, TestApp};

async fn exec(app: &TestApp, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match &app.app.db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
    }
}

async fn texts(app: &TestApp, sql: &'static str) -> Vec<String> {
    match &app.app.db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_all(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
    }
}

/// The form's body for an address on World.
fn form(email: &str) -> String {
    let fields = [("email", email), ("list", "world")];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

on_both_engines! {
    async fn thirty_spellings_at_once_bring_one_mail(app: TestApp) {
        app.list("world", "World").await;
        let tags: Vec<String> = (0..30).map(|n| format!("ines.lund+{n}@example.org")).collect();
        let dots = ["ineslund@gmail.com", "ines.lund@gmail.com", "i.n.e.s.lund@gmail.com", "InesLund+x@googlemail.com",
                    "ines.l.und+y@GMAIL.com", "INESLUND@googlemail.com"].map(str::to_owned).to_vec();
        let cases = ["marta@example.org", "Marta@example.org", "MARTA@EXAMPLE.ORG", "marta+@example.org",
                     "marta+a+b@example.org"].map(str::to_owned).to_vec();
        let subscribe_url = format!("{}/subscribe", app.url);
        for spellings in [tags, dots, cases] {
            let answers = join_all(spellings.iter().map(async |email| post(app, &subscribe_url, &form(email)).await.status()));
            assert!(answers.await.iter().all(|status| *status == 303));
            app.deliver_all_due().await;
            assert_eq!(app.smtp.take().len(), 1, "{spellings:?}");
            for _ in 0..5 {
                app.advance(TimeDelta::minutes(16));
                for email in &spellings {
                    subscribe(app, &form(email)).await;
                }
            }
            app.deliver_all_due().await;
            assert_eq!(app.smtp.take().len(), 2, "three a day: {spellings:?}");
        }
        // They are kept as they were typed, and each is a subscriber.
        let stored = texts(app, "SELECT email FROM subscribers").await;
        for typed in ["ines.lund+29@example.org", "InesLund+x@googlemail.com", "i.n.e.s.lund@gmail.com", "marta+a+b@example.org"] {
            assert!(stored.iter().any(|email| email == typed), "{typed} in {stored:?}");
        }
        // Other mailboxes, however alike, have limits of their own.
        for email in ["ineslund@example.org", "ines-lund@example.org", "ines.lund@gmail.example", "ines.lund@example.com"] {
            subscribe(app, &form(email)).await;
            assert!(!the_one_mail(app).await.is_empty());
        }
    }

    async fn an_import_that_asks_counts_spellings_as_the_form_does(app: TestApp) {
        app.list("world", "World").await;
        let csv = "email\nines+a@example.org\nines@example.org\nINES+b@example.org\ntobe@example.org\n";
        let options = ImportOptions { status: "pending".to_owned(), ask: true, ..ImportOptions::default() };
        let import = app.import_with("world", csv, "", options).await;
        assert_eq!((import.added, import.pending), (4, 4));
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
    }

    async fn a_block_stops_sign_up_mail_to_every_spelling_and_ends_no_other_subscription(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "Ines.Lund@gmail.com", "world").await;
        app.advance(TimeDelta::hours(1));
        // A stranger signs her up under other spellings; the relay puts the first of the mails off.
        app.smtp.at_rcpt(|to| if to.starts_with("ineslund+0") { Answer::Reply("451 later") } else { Answer::Usual });
        subscribe(app, &form("ineslund+0@gmail.com")).await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 0);
        app.advance(TimeDelta::minutes(16));
        subscribe(app, &form("i.neslund+1@gmail.com")).await;
        app.smtp.at_rcpt(|to| if to.starts_with("ineslund+0") { Answer::Reply("451 later") } else { Answer::Usual });
        let block = link_in(&the_one_mail(app).await, "/block/");
        post(app, &block, "").await;

        // What waits for another attempt is not mailed any more, and nothing new is.
        app.smtp.at_rcpt(|_| Answer::Usual);
        app.advance(TimeDelta::days(2));
        for email in ["ineslund+2@gmail.com", "ines.lund@gmail.com", "ines.lund@googlemail.com", "i.neslund+1@gmail.com"] {
            subscribe(app, &form(email)).await;
        }
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 0);
        assert_eq!(standing(app, "ineslund+2@gmail.com", "world").await, None, "nothing is left behind");
        assert_eq!(standing(app, "i.neslund+1@gmail.com", "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);

        // Her own subscription goes on: a suppression is by exact address.
        assert_eq!(standing(app, "ines.lund@gmail.com", "world").await.unwrap().0, SubscriptionStatus::Active);
        let mut tx = app.app.db.read().await.unwrap();
        assert!(!suppressions::is_suppressed(&mut tx, "ines.lund@gmail.com").await.unwrap());
        assert!(suppressions::is_suppressed(&mut tx, "i.neslund+1@gmail.com").await.unwrap());

        // An editor is told why somebody can't be asked; an admin who knows of a consent may add them.
        let list = lists::by_id(&mut tx, world).await.unwrap().unwrap();
        drop(tx);
        let cx = Context::command_line(&app.app);
        let new = NewSubscriber { email: "ineslund+3@gmail.com", name: "", lists: &[list], cadence: Cadence::Each, consent: None };
        let refused = rules::add(&cx, &new).await.unwrap_err().to_string();
        assert!(refused.contains("this wasn\u{2019}t me") && refused.contains("i.neslund+1@gmail.com"), "{refused}");
        let known = NewSubscriber { consent: Some("card filled in at the fair, 3 May"), ..new };
        rules::add(&cx, &known).await.unwrap();

        // Lifted, the mailbox is as any other.
        assert!(rules::lift(&cx, "i.neslund+1@gmail.com").await.unwrap());
        subscribe(app, &form("ineslund+2@gmail.com")).await;
        the_one_mail(app).await;
    }

    async fn a_block_stands_above_an_earlier_bounce(app: TestApp) {
        app.list("world", "World").await;
        subscribe(app, &form("owen+x@example.org")).await;
        let block = link_in(&the_one_mail(app).await, "/block/");
        let mut tx = app.app.db.write().await.unwrap();
        suppressions::add(&mut tx, &app.cause(), "owen+x@example.org", SuppressionReason::Bounced, "550").await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            post(app, &block, "").await;
        }
        let mut tx = app.app.db.read().await.unwrap();
        let owen = suppressions::get(&mut tx, "owen+x@example.org").await.unwrap().unwrap();
        assert_eq!((owen.reason, owen.created_at), (SuppressionReason::Blocked, app.clock.now()));
        drop(tx);
        app.advance(TimeDelta::days(2));
        subscribe(app, &form("owen@example.org")).await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0);
    }

    async fn rows_from_before_get_the_mailbox_that_new_ones_have(app: TestApp) {
        app.list("world", "World").await;
        let typed = [
            "Ines.Lund@Example.org", "ines.lund+news+more@example.org", "ines+@sub.example.org", "+ines@example.org",
            "+i.nes+x@gmail.com", "In.es.lu.nd+x.y@gmail.com", "ineslund@GoogleMail.com", "a!#$%&'*/=?^_`{|}~-1@b-c.example",
            "ines.lund@mail.gmail.com", "ines@gmail.com.example", "ines@xn--bcher-kva.example", "a.+b@example.org",
        ];
        for email in typed {
            subscribe(app, &form(email)).await;
        }
        for email in typed {
            let mut tx = app.app.db.read().await.unwrap();
            let subscriber = subscribers::by_email(&mut tx, &address(email)).await.unwrap().unwrap();
            drop(tx);
            let cx = Context::new(&app.app, Actor::reader(""));
            postrider::actions::consent::block(&cx, subscriber.id).await.unwrap();
        }
        let stored = async || {
            let mut all = texts(app, "SELECT email_key || ' ' || COALESCE(mailbox, '-') FROM notices ORDER BY 1").await;
            all.extend(texts(app, "SELECT email_key || ' ' || COALESCE(mailbox, '-') FROM suppressions ORDER BY 1").await);
            all
        };
        let before = stored().await;
        assert!(before.iter().any(|row| row == "in.es.lu.nd+x.y@gmail.com ineslund@gmail.com"), "{before:?}");
        exec(app, "UPDATE notices SET mailbox = NULL").await;
        exec(app, "UPDATE suppressions SET mailbox = NULL").await;
        let migration = include_str!("../../migrations/sqlite/0025_mailboxes_and_sign_up_requests.sql");
        let fills: Vec<&str> = migration.split(';').filter(|sql| sql.trim_start().starts_with("UPDATE")).collect();
        assert_eq!(fills.len(), 2);
        for fill in fills {
            exec(app, fill).await;
        }
        assert_eq!(stored().await, before);
        app.deliver_all_due().await;
    }
}
