//! The database in trouble while mail is on the wire: what the relay has accepted is kept until it
//! is recorded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use postrider::db::Db;
use postrider::delivery::engine::Engine;
use postrider::domain::delivery::DeliveryStatus;
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::on_both_engines;
use crate::support::process::{Bench, wait_until, wait_while_it_moves};
use crate::support::{Answer, Engine as On, SmtpServer, TestApp};

/// SQLite's own limit on a file's size stands in for a full disk: the refusal is the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_pauses_delivery_and_nothing_is_lost_or_sent_twice() {
    let app = TestApp::start(On::Sqlite).await.unwrap();
    let list = app.list("world", "World").await;
    let readers: Vec<String> = (0..600).map(|n| format!("reader{n}@example.org")).collect();
    subscribe_all(&app, list, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let id = campaign(&app, list, "Ferry").await;
    postrider::schedule::run_due(&app.app).await.unwrap();
    let Db::Sqlite { writer, .. } = &app.app.db else { unreachable!() };
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(writer).await.unwrap();
    // Replies make rows longer: after some hundred, new pages are needed.
    let limit = format!("PRAGMA max_page_count = {}", pages + 2);
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(writer).await.unwrap();

    let stop = CancellationToken::new();
    let engine =
        Engine::new(app.app.clone(), Transport::new(app.app.config.transport()).unwrap(), stop.clone());
    let running = tokio::spawn(async move { engine.run().await });
    wait_until("some mail leaves", async || app.smtp.count() > 0).await;
    // Until nothing moves any more.
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let now = app.smtp.count();
        if now == before {
            break;
        }
        before = now;
    }
    assert!(before < 600, "it paused, at {before}");
    assert!(!running.is_finished(), "it waits");

    sqlx::query("PRAGMA max_page_count = 1000000").execute(writer).await.unwrap();
    wait_while_it_moves("all mail leaves", async || (app.smtp.count() >= 600, app.smtp.count())).await;
    wait_until("all is recorded", async || {
        counts(&app, id).await == HashMap::from([(DeliveryStatus::Sent, 600)])
    })
    .await;
    assert_eq!(app.smtp.count(), 600, "nobody got it twice");
    stop.cancel();
    running.await.unwrap().unwrap();
    app.end().await;
}

/// Relays name readers in what they say. The ledger keeps that; logs travel far.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_is_named_in_a_log_whatever_the_relay_says() {
    let smtp = SmtpServer::start().await;
    let bench = Bench::new(On::Sqlite, Some(&smtp), 2).await.unwrap();
    let (serve, log) = bench.serve_logging("postrider=debug,info").await;
    let mail = bench.path().join("mail.html");
    std::fs::write(&mail, "<p>The ferry sails again.</p>").unwrap();
    let send = |list: &str, reader: &str| {
        let file = bench.path().join("readers.csv");
        std::fs::write(&file, format!("email\n{reader}\n")).unwrap();
        bench.ok(&["list", "add", list, "--name", list]);
        bench.ok(&["import", file.to_str().unwrap(), "--list", list]);
        bench.ok(&["send", "--list", list, "--subject", "Ferry", "--html", mail.to_str().unwrap()]);
    };
    let logged = || std::fs::read_to_string(&log).unwrap();
    smtp.at_rcpt(|to| match to {
        "ines.lund@example.org" => Answer::Reply("450 4.7.1 <ines.lund@example.org>: Too fast"),
        _ => Answer::Reply("554 5.7.1 <tobe.berg@example.net>: Relay access denied"),
    });
    send("slow", "ines.lund@example.org");
    wait_until("the domain is left alone", async || logged().contains("a domain asks for less")).await;
    // Denied for several domains, it is the relay's doing.
    send("refused", "tobe.berg@example.net\nada@example.com\nlin@example.edu");
    wait_until("the admins are told", async || logged().contains("alert")).await;
    assert!(serve.terminate().1);
    let logged = logged();
    assert!(logged.contains("i***@example.org") && logged.contains("t***@example.net"), "{logged}");
    assert!(!logged.contains("ines.lund") && !logged.contains("tobe.berg"), "{logged}");
    // The editor reads in the ledger whom it was about.
    let shown = bench.ok(&["campaign", "list", "--json"]);
    let replies: String = shown
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|campaign| bench.ok(&["campaign", "deliveries", campaign["id"].as_str().unwrap(), "--json"]))
        .collect();
    assert!(replies.contains("<ines.lund@example.org>: Too fast"), "{replies}");
    assert!(replies.contains("<tobe.berg@example.net>: Relay access denied"), "{replies}");
    bench.end().await;
}

/// A bug in the code that delivers: who logs of the domain panic.example dies of it.
struct Bug;

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Bug {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        struct Look;
        impl tracing::field::Visit for Look {
            fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                assert!(format!("{value:?}") != "\"panic.example\"", "a bug, for a test");
            }
        }
        event.record(&mut Look);
    }
}

on_both_engines! {
    async fn a_connection_that_panics_ends_the_worker_at_once_and_its_mail_is_not_lost(app: TestApp) {
        use tracing_subscriber::prelude::*;
        static SET: std::sync::Once = std::sync::Once::new();
        SET.call_once(|| {
            let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Bug));
        });
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@panic.example", "tobe@example.org"]).await;
        app.smtp.at_rcpt(|to| match to {
            "ines@panic.example" => Answer::Reply("450 4.7.1 too fast"),
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_due(&app.app).await.unwrap();
        let engine = Engine::new(
            app.app.clone(),
            Transport::new(app.app.config.transport()).unwrap(),
            CancellationToken::new(),
        );
        let ended = tokio::time::timeout(Duration::from_secs(10), engine.run()).await;
        let error = format!("{:#}", ended.expect("it ends by itself").unwrap_err());
        assert!(error.contains("a connection of delivery") && error.contains("panicked"), "{error}");
        let stood = counts(app, id).await;
        let may = [DeliveryStatus::Uncertain, DeliveryStatus::Sent, DeliveryStatus::Queued];
        assert!(stood.keys().all(|status| may.contains(status)), "nothing is in nobody's hands: {stood:?}");
        app.smtp.behave();
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 2)]));
        assert_eq!(app.smtp.count(), 2);
    }

    async fn a_result_that_can_not_be_written_holds_up_no_other(app: TestApp) {
        // A trigger that refuses one reader's result, as a constraint that nobody foresaw would.
        let refuse = match &app.app.db {
            Db::Sqlite { .. } => {
                "CREATE TRIGGER refuse BEFORE UPDATE ON deliveries WHEN NEW.reply LIKE '%poison%'
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            }
            Db::Postgres(_) => {
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN IF NEW.reply LIKE '%poison%' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$;
                 CREATE TRIGGER refuse BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION refuse()"
            }
        };
        match &app.app.db {
            Db::Sqlite { writer, .. } => sqlx::raw_sql(refuse).execute(writer).await.map(|_| ()).unwrap(),
            Db::Postgres(pool) => sqlx::raw_sql(refuse).execute(pool).await.map(|_| ()).unwrap(),
        }
        let list = app.list("world", "World").await;
        let readers: Vec<String> = (0..40).map(|n| format!("reader{n}@example.org")).collect();
        subscribe_all(app, list, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let said = AtomicBool::new(false);
        app.smtp.at_message(move |mail| match mail.to.as_str() {
            "reader7@example.org" if !said.swap(true, Ordering::Relaxed) => Answer::Reply("450 4.3.0 poison"),
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let stood = counts(app, id).await;
        let expected = [(DeliveryStatus::Sent, 39), (DeliveryStatus::Deferred, 1)];
        assert_eq!(stood, HashMap::from(expected), "it is recorded without what the relay said");
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 40)]));
        assert_eq!(app.smtp.count(), 40);
    }
}
