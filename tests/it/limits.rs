//! How fast mail goes: to one domain, and all of it together.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use postrider::db::limits::{self, DomainLimit};
use postrider::domain::delivery::DeliveryStatus;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::on_both_engines;
use crate::support::process::{Bench, wait_until};
use crate::support::smtp_server::At;
use crate::support::{Answer, Engine, SmtpServer, TestApp, skip_postgres};

fn people(count: usize, domain: &str) -> Vec<String> {
    (0..count).map(|n| format!("reader{n}@{domain}")).collect()
}

async fn subscribe(app: &TestApp, list: uuid::Uuid, people: &[String]) {
    subscribe_all(app, list, &people.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

async fn limit(app: &TestApp, domain: &str, connections_max: Option<i64>, per_minute: Option<i64>) {
    let mut tx = app.app.db.write().await.unwrap();
    let limit = DomainLimit { domain: domain.to_owned(), connections_max, per_minute };
    limits::set_domain(&mut tx, &limit).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn a_domain_that_asks_for_less_is_left_alone_and_holds_up_no_other(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe(app, list, &people(60, "slow.example")).await;
        subscribe(app, list, &people(60, "quick.example")).await;
        app.smtp.at_rcpt(|to| match to.ends_with("slow.example") {
            true => Answer::Reply("451 4.7.0 too many messages from you"),
            false => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let stood = counts(app, id).await;
        assert_eq!(stood, HashMap::from([(DeliveryStatus::Sent, 60), (DeliveryStatus::Deferred, 60)]));
        let tried = app.smtp.seen().commands.iter().filter(|(_, line)| line.contains("@slow.example")).count();
        assert!((1..=8).contains(&tried), "{tried} were tried before all were told");
        app.run_all_due().await;
        let again = app.smtp.seen().commands.iter().filter(|(_, line)| line.contains("@slow.example")).count();
        assert_eq!(again, tried, "it is left alone");

        app.smtp.behave();
        app.smtp.take();
        app.advance(TimeDelta::seconds(6));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 60 - tried, "who was not tried lost no time");
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 120)]));
    }

    async fn a_421_at_rcpt_is_the_domains_and_ends_only_the_connection(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe(app, list, &people(5, "slow.example")).await;
        subscribe(app, list, &people(20, "quick.example")).await;
        app.smtp.at_rcpt(|to| match to.ends_with("slow.example") {
            true => Answer::Reply("421 4.3.2 come back later"),
            false => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let stood = counts(app, id).await;
        assert_eq!(stood, HashMap::from([(DeliveryStatus::Sent, 20), (DeliveryStatus::Deferred, 5)]));
    }

    async fn a_narrow_domain_gets_one_message_at_a_time_and_the_others_go_on(app: TestApp) {
        limit(app, "narrow.example", Some(1), None).await;
        let list = app.list("world", "World").await;
        subscribe(app, list, &people(15, "narrow.example")).await;
        subscribe(app, list, &people(15, "wide.example")).await;
        app.smtp.delay_at(At::Message, Duration::from_millis(3));
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let wide = app.smtp.received().iter().filter(|mail| mail.to.ends_with("wide.example")).count();
        assert_eq!(wide, 15);
        for _ in 0..30 {
            app.advance(TimeDelta::seconds(1));
            app.run_all_due().await;
        }
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 30)]));
        let seen = app.smtp.seen();
        assert_eq!(seen.at_once["narrow.example"], 1);
        assert!(seen.at_once["wide.example"] > 1, "{:?}", seen.at_once);
    }

    async fn a_paced_domain_gets_its_share_a_minute_and_the_rest_wait_in_the_ledger(app: TestApp) {
        limit(app, "paced.example", None, Some(20)).await;
        let list = app.list("world", "World").await;
        subscribe(app, list, &people(8, "paced.example")).await;
        subscribe(app, list, &people(8, "free.example")).await;
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let sent = counts(app, id).await[&DeliveryStatus::Sent];
        assert_eq!(sent, 9, "all of the free ones and the paced domain's first");
        // A turn is every three seconds.
        for turn in 1..8 {
            app.run_all_due().await;
            assert_eq!(counts(app, id).await[&DeliveryStatus::Sent], 8 + turn);
            app.advance(TimeDelta::seconds(3));
            app.run_all_due().await;
        }
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 16)]));
    }
}

/// Sends to 60 readers at 20 a second from so many processes, and looks at the pace meanwhile.
async fn the_global_rate_holds(engine: Engine, roles: &[&str]) {
    let smtp = SmtpServer::start().await;
    let mut bench = match Bench::new(engine, Some(&smtp), 4).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    bench.vars.insert("MAX_MESSAGES_PER_SECOND".into(), "20".into());
    let readers = bench.path().join("readers.csv");
    std::fs::write(&readers, format!("email\n{}", people(60, "example.org").join("\n"))).unwrap();
    let mail = bench.path().join("mail.html");
    std::fs::write(&mail, "<p>The ferry sails again.</p>").unwrap();
    bench.ok(&["list", "add", "all", "--name", "All articles"]);
    bench.ok(&["import", readers.to_str().unwrap(), "--list", "all"]);
    let mut processes = Vec::new();
    for role in roles {
        processes.push(match *role {
            "" => bench.serve_ready().await,
            role => bench.serve_role(role).await,
        });
    }
    let html = mail.to_str().unwrap();
    bench.ok(&["send", "--list", "all", "--subject", "Ferry", "--html", html]);
    wait_until("the first mail comes", async || smtp.count() > 0).await;
    let begun = Instant::now();
    let mut notice_after = None;
    wait_until("all mails come", async || {
        let count = smtp.count();
        // What came before the first look, and the turns that began since.
        let allowed = 6.0 + 20.0 * (begun.elapsed().as_secs_f64() + 0.25);
        assert!((count as f64) < allowed, "{count} after {:?}", begun.elapsed());
        if notice_after.is_none() && roles == [""] {
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            let form = [("email", "ines@example.net")];
            http.post(format!("{}/subscribe", bench.url)).form(&form).send().await.unwrap();
            notice_after = Some(count);
        }
        count >= 60 + usize::from(notice_after.is_some())
    })
    .await;
    assert!(begun.elapsed() > Duration::from_millis(2500), "{:?}", begun.elapsed());
    if notice_after.is_some() {
        let place = smtp.received().iter().position(|mail| mail.to == "ines@example.net").unwrap();
        assert!(place < 45, "a sign-up's mail waited behind the campaign: {place}");
    }
    for process in processes {
        assert!(process.terminate().1);
    }
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_global_rate_holds_and_notices_go_first() {
    the_global_rate_holds(Engine::Sqlite, &[""]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_global_rate_holds_across_processes() {
    the_global_rate_holds(Engine::Postgres, &["worker", "worker"]).await;
}
