//! Several processes on one PostgreSQL: pages here, delivery there, any of them gone at any moment.

use std::collections::BTreeSet;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::process::Command;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use mail_parser::MessageParser;
use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::db::leader::Candidate;
use postrider::db::{Db, campaigns, ledger, subscribers, workers};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::campaign::{CampaignAction, CampaignStatus};
use postrider::domain::delivery::DeliveryStatus;
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::on_both_engines;
use crate::support::process::{Bench, Serve, wait_until, wait_while_it_moves};
use crate::support::{Engine, SmtpServer, TestApp, is_long, postgres, say, skip_postgres};

const SENT: &str = "postrider_deliveries_total{outcome=\"sent\"}";
const LEADS: &str = "postrider_schedule_leads";
const RECOVERED: &str = "postrider_leases_recovered_total";

async fn bench(smtp: &SmtpServer, connections: usize) -> Option<Bench> {
    match Bench::new(Engine::Postgres, Some(smtp), connections).await {
        Ok(bench) => Some(bench),
        Err(missing) => {
            skip_postgres(&missing);
            None
        }
    }
}

/// A list with some readers.
fn add_readers(bench: &Bench, readers: usize) {
    let mut csv = "email\n".to_owned();
    for n in 0..readers {
        writeln!(csv, "reader{n}@example.org").unwrap();
    }
    let file = bench.path().join("readers.csv");
    std::fs::write(&file, csv).unwrap();
    bench.ok(&["list", "add", "all", "--name", "All articles"]);
    bench.ok(&["import", file.to_str().unwrap(), "--list", "all"]);
}

/// Lets a campaign to all leave at once.
fn send(bench: &Bench, subject: &str) -> Uuid {
    let file = bench.path().join("mail.html");
    std::fs::write(&file, "<p>The ferry to Hallerud sails again on Monday.</p>").unwrap();
    let file = file.to_str().unwrap();
    let sent = bench.ok(&["send", "--list", "all", "--subject", subject, "--html", file, "--json"]);
    let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
    Uuid::from_str(sent["campaign"].as_str().unwrap()).unwrap()
}

async fn wait_until_sent(db: &Db, smtp: &SmtpServer, campaign: Uuid) {
    wait_while_it_moves("the campaign is sent", async || {
        // The database itself may be away.
        let found = match db.read().await {
            Ok(mut tx) => campaigns::by_id(&mut tx, campaign).await.ok().flatten(),
            Err(_) => None,
        };
        (found.is_some_and(|found| found.status == CampaignStatus::Sent), smtp.count())
    })
    .await;
}

async fn leads(process: &Serve) -> bool {
    process.metric(LEADS).await == Some(1.0)
}

/// Every reader got the campaign, a second time only who was uncertain before, and then under the
/// same Message-ID; the ledger says that all are sent, and adds up with what the relay took. Returns how
/// many came twice.
async fn account_for_everyone(
    bench: &Bench,
    db: &Db,
    smtp: &SmtpServer,
    campaign: Uuid,
    readers: usize,
) -> usize {
    let Db::Postgres(pool) = db else { panic!("PostgreSQL") };
    let sql = "SELECT b.email FROM deliveries d JOIN subscribers b ON b.id = d.subscriber_id
               WHERE d.campaign_id = $1 AND d.uncertain_at IS NOT NULL";
    let uncertain: Vec<String> = sqlx::query_scalar(sql).bind(campaign).fetch_all(pool).await.unwrap();
    let uncertain: HashSet<String> = uncertain.into_iter().collect();
    let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for mail in smtp.received() {
        copies.entry(mail.to).or_default().push(mail.message);
    }
    let mut repeats = 0;
    for n in 0..readers {
        let reader = format!("reader{n}@example.org");
        let mails = copies.remove(&reader).unwrap_or_default();
        assert!(!mails.is_empty(), "{reader} was missed");
        repeats += mails.len() - 1;
        assert!(
            mails.len() == 1 || uncertain.contains(&reader),
            "{reader} got a repeat that nobody announced"
        );
        let id =
            |mail: &Vec<u8>| MessageParser::default().parse(mail).unwrap().message_id().unwrap().to_owned();
        assert_eq!(mails.iter().map(id).collect::<HashSet<_>>().len(), 1, "one Message-ID");
    }
    assert!(copies.is_empty(), "strangers got mail: {:?}", copies.keys());
    let mut tx = db.read().await.unwrap();
    let counts: HashMap<DeliveryStatus, i64> =
        ledger::counts(&mut tx, campaign).await.unwrap().into_iter().collect();
    assert_eq!(counts, HashMap::from([(DeliveryStatus::Sent, readers as i64)]));
    let shown = bench.ok(&["campaign", "show", &campaign.to_string(), "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["deliveries"], serde_json::json!({ "sent": readers }));
    assert_eq!((&shown["total"], &shown["open"]), (&readers.into(), &0.into()));
    assert_eq!(smtp.count(), readers + repeats, "the ledger's count and the relay's add up");
    repeats
}

/// What a process says that it has done, by a name of `/metrics`, all of them together.
async fn sum_of(name: &str, processes: &[&Serve]) -> usize {
    let mut sum = 0.0;
    for process in processes {
        sum += process.metric(name).await.unwrap();
    }
    sum as usize
}

#[tokio::test]
async fn a_role_on_sqlite_is_refused_with_words() {
    let bench = Bench::new(Engine::Sqlite, None, 1).await.unwrap();
    for role in ["web", "worker"] {
        let refused = bench.run(&["serve", "--role", role]);
        assert_eq!(refused.status.code(), Some(2));
        let words = String::from_utf8(refused.stderr).unwrap();
        assert!(words.contains("--role needs PostgreSQL") && words.contains("DATABASE_URL"), "{words}");
    }
    assert_eq!(bench.run(&["serve", "--role", "captain"]).status.code(), Some(2));
    assert!(!bench.path().join("data").exists(), "nothing was begun");
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_process_takes_sign_ups_and_a_worker_mails_them_within_a_second_or_two() {
    let smtp = SmtpServer::start().await;
    let Some(bench) = bench(&smtp, 2).await else { return };
    add_readers(&bench, 3);
    let web = bench.serve_role("web").await;
    let sign_up = async |email: &str| {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let form = [("email", email)];
        let answer = http.post(format!("{}/subscribe", web.url)).form(&form).send().await.unwrap();
        assert!(answer.status().is_success());
    };
    let campaign = send(&bench, "Ferry");
    sign_up("ines@example.net").await;
    // Nothing can be awaited that must not happen: this is longer than two ticks of a worker.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let db = bench.db().await;
    let Db::Postgres(pool) = &db else { unreachable!() };
    let workers: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM workers").fetch_one(pool).await.unwrap();
    assert_eq!((smtp.count(), workers, leads(&web).await), (0, 0, false), "a web process delivers nothing");
    let mut tx = db.read().await.unwrap();
    let waiting = campaigns::by_id(&mut tx, campaign).await.unwrap().unwrap();
    assert_eq!(waiting.status, CampaignStatus::Scheduled, "and begins nothing");
    drop(tx);

    let worker = bench.serve_role("worker").await;
    wait_until_sent(&db, &smtp, campaign).await;
    wait_until("Ines is asked", async || smtp.count() == 4).await;
    // The other process rang no bell here: the worker looks by itself.
    let begun = Instant::now();
    sign_up("tobe@example.net").await;
    wait_until("Tobe is asked", async || smtp.count() == 5).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());

    // A worker has three addresses, whatever the web's route table holds.
    let routes: BTreeSet<&str> = postrider::web::routes::lines().iter().map(|line| line.path).collect();
    assert!(routes.len() > 100, "{}", routes.len());
    for route in routes {
        let (status, text) = worker.get(route).await.unwrap();
        if ["/healthz", "/readyz", "/metrics"].contains(&route) {
            assert_eq!(status, 200, "{route}");
            assert_eq!(web.get(route).await.unwrap().0, 200, "{route}");
        } else {
            assert_eq!(status, 404, "{route}");
            assert!(text.contains("has no pages"), "{text}");
        }
    }
    assert!(web.terminate().1 && worker.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_stands_still_or_dies_another_leads() {
    let smtp = SmtpServer::start().await;
    let Some(bench) = bench(&smtp, 2).await else { return };
    add_readers(&bench, 3);
    let anna = bench.serve_role("worker").await;
    wait_until("the first leads", async || leads(&anna).await).await;
    let bert = bench.serve_role("worker").await;
    assert!(!leads(&bert).await);

    // As a machine that is suspended: its connections stay open and nothing comes from it.
    anna.freeze();
    let begun = Instant::now();
    wait_until("the other leads", async || leads(&bert).await).await;
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    anna.thaw();
    wait_until("the first knows", async || anna.metric(LEADS).await == Some(0.0)).await;
    assert!(leads(&bert).await);

    bert.kill();
    let campaign = send(&bench, "Ferry");
    let begun = Instant::now();
    let db = bench.db().await;
    wait_until_sent(&db, &smtp, campaign).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(leads(&anna).await);
    account_for_everyone(&bench, &db, &smtp, campaign, 3).await;
    assert!(anna.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_workers_one_dies_and_a_third_joins_and_nobody_is_missed() {
    const READERS: usize = 2_000;
    let smtp = SmtpServer::start().await;
    smtp.delay(Duration::from_millis(15));
    let Some(bench) = bench(&smtp, 4).await else { return };
    add_readers(&bench, READERS);
    let anna = bench.serve_role("worker").await;
    let bert = bench.serve_role("worker").await;
    let campaign = send(&bench, "Ferry");
    wait_until("both send", async || {
        smtp.count() >= 500 && anna.metric(SENT).await > Some(0.0) && bert.metric(SENT).await > Some(0.0)
    })
    .await;
    bert.kill();
    let killed = Instant::now();
    let before = smtp.count();
    let cleo = bench.serve_role("worker").await;
    let joined = Instant::now();
    wait_until("the third sends", async || cleo.metric(SENT).await > Some(0.0)).await;
    assert!(joined.elapsed() < Duration::from_secs(15), "{:?}", joined.elapsed());
    assert!(before < READERS - 200, "the kill was in mid-campaign: {before}");

    // What the dead one held waits until its heartbeat is 20 s old; all else does not.
    let recovered = async || sum_of(RECOVERED, &[&anna, &cleo]).await;
    wait_until("its leases are taken back", async || recovered().await > 0).await;
    let took = killed.elapsed();
    assert!(took > Duration::from_secs(14) && took < Duration::from_secs(32), "{took:?}");
    let db = bench.db().await;
    wait_until_sent(&db, &smtp, campaign).await;
    let repeats = account_for_everyone(&bench, &db, &smtp, campaign, READERS).await;
    assert!(repeats <= 12, "{repeats}: at most three a connection of the dead one");
    let taken_back = recovered().await;
    println!("{before} before the kill, {taken_back} leases taken back after {took:?}, {repeats} repeats");
    assert!(anna.terminate().1 && cleo.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leader_dies_while_it_enqueues_and_another_enqueues_the_rest() {
    let readers = 20_000;
    let smtp = SmtpServer::start().await;
    let Some(bench) = bench(&smtp, 4).await else { return };
    add_readers(&bench, readers);
    let db = bench.db().await;
    let anna = bench.serve_role("worker").await;
    wait_until("she leads", async || leads(&anna).await).await;
    let bert = bench.serve_role("worker").await;
    let campaign = send(&bench, "Ferry");
    let load = async || {
        let mut tx = db.read().await.unwrap();
        campaigns::by_id(&mut tx, campaign).await.unwrap().unwrap()
    };
    // Polled without a pause: enqueueing takes a second.
    while load().await.enqueued_to.is_none() {
        assert!(load().await.enqueued_at.is_none());
    }
    anna.kill();
    let at_kill = load().await;
    assert!(at_kill.enqueued_at.is_none(), "it was in the middle");
    wait_until_sent(&db, &smtp, campaign).await;
    assert!(leads(&bert).await);
    let repeats = account_for_everyone(&bench, &db, &smtp, campaign, readers).await;
    assert!(repeats <= 12, "{repeats}: at most three a connection of the dead one");
    assert!(bert.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_crashes_in_mid_campaign_and_nobody_is_missed_mailed_twice_or_taken_for_dead() {
    const READERS: usize = 1_000;
    // In full it is away for longer than after which a worker without a heartbeat is dead.
    let away_secs = if is_long() { 40 } else { 2 };
    let smtp = SmtpServer::start().await;
    smtp.delay(Duration::from_millis(15));
    let mut server = match postgres::Private::start(postgres::FORGETFUL) {
        Ok(server) => server,
        Err(missing) => return skip_postgres(&missing),
    };
    let bench = Bench::on(server.options(), Some(&smtp), 4).await;
    add_readers(&bench, READERS);
    let web = bench.serve_role("web").await;
    let anna = bench.serve_role("worker").await;
    let bert = bench.serve_role("worker").await;
    let campaign = send(&bench, "Ferry");
    wait_until("a part is sent", async || smtp.count() >= 300).await;
    server.crash(away_secs);
    let at_crash = smtp.count();
    assert!(at_crash < READERS - 100, "{at_crash}: it was in mid-campaign");
    wait_until("the web is ready again", async || {
        web.get("/readyz").await.is_some_and(|(code, _)| code == 200)
    })
    .await;
    let db = bench.db().await;
    wait_until_sent(&db, &smtp, campaign).await;
    let repeats = account_for_everyone(&bench, &db, &smtp, campaign, READERS).await;
    // No process ended, so each kept what the relay had accepted until it was recorded, once.
    assert_eq!(repeats, 0, "nobody is mailed twice");
    assert_eq!(sum_of(RECOVERED, &[&anna, &bert]).await, 0, "nobody is taken for dead");
    assert_eq!(sum_of(SENT, &[&anna, &bert]).await, READERS);
    say(&format!("PostgreSQL away for {away_secs} s, {at_crash} of {READERS} before, no repeats"));
    wait_until("one leads again", async || leads(&anna).await != leads(&bert).await).await;
    assert!(web.terminate().1 && anna.terminate().1 && bert.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_gets_no_answer_leads_no_more() {
    let server = match postgres::Private::start(postgres::FORGETFUL) {
        Ok(server) => server,
        Err(missing) => return skip_postgres(&missing),
    };
    let smtp = SmtpServer::start().await;
    let bench = Bench::on(server.options(), Some(&smtp), 1).await;
    let anna = bench.serve_role("worker").await;
    wait_until("she leads", async || leads(&anna).await).await;
    let db = bench.db().await;
    let Db::Postgres(pool) = &db else { unreachable!() };
    let holder = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 1886351988";
    let holder: i32 = sqlx::query_scalar(holder).fetch_one(pool).await.unwrap();
    let signal = |name: &str| {
        assert!(Command::new("kill").args([name, &holder.to_string()]).status().unwrap().success());
    };
    // Only her own session hangs: everything else of the database answers.
    signal("-STOP");
    let begun = Instant::now();
    wait_until("she leads no more", async || anna.metric(LEADS).await == Some(0.0)).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    signal("-CONT");
    wait_until("she leads again", async || leads(&anna).await).await;
    assert!(anna.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_in_a_schema_leads_and_loses_the_lead_with_its_session() {
    let (app, other) = match (TestApp::start(Engine::Postgres).await, TestApp::start(Engine::Postgres).await)
    {
        (Ok(app), Ok(other)) => (app, other),
        (Err(missing), _) | (_, Err(missing)) => return skip_postgres(&missing),
    };
    let mut anna = Candidate::new(&app.app.db).await.unwrap();
    let mut bert = Candidate::new(&app.app.db).await.unwrap();
    let mut elsewhere = Candidate::new(&other.app.db).await.unwrap();
    assert!(anna.ask().await.unwrap() && anna.ask().await.unwrap());
    assert!(!bert.ask().await.unwrap());
    assert!(elsewhere.ask().await.unwrap(), "another schema is another Postrider");

    let Db::Postgres(pool) = &app.app.db else { unreachable!() };
    let end = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks
               WHERE locktype = 'advisory' AND granted AND classid = 1886351988
                 AND objid = hashtext(current_schema())::oid";
    let ended: i64 = sqlx::query_scalar(end).fetch_one(pool).await.unwrap();
    assert_eq!(ended, 1);
    assert!(anna.ask().await.is_err());
    wait_until("the lock is free", async || bert.ask().await.unwrap()).await;
    drop((anna, bert, elsewhere));
    app.end().await;
    other.end().await;
}

on_both_engines! {
    async fn a_worker_whose_clock_is_ahead_takes_nobody_for_dead(app: TestApp) {
        let list = app.list("all", "All articles").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.org"]).await;
        let sent = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let (anna, now) = (Uuid::now_v7(), app.clock.now());
        let mut tx = app.app.db.write().await.unwrap();
        workers::beat(&mut tx, anna, now).await.unwrap();
        let row = campaigns::by_id(&mut tx, sent).await.unwrap().unwrap();
        let leased = ledger::lease_queued(&mut tx, anna, &row, Uuid::nil(), 2, now).await.unwrap();
        tx.commit().await.unwrap();

        // Another machine, which believes that Anna has said nothing for ten minutes.
        let ahead = Clock::stopped_at(now + TimeDelta::minutes(10));
        let other = App::with_db(app.app.config.clone(), ahead, app.app.db.clone()).await.unwrap();
        let transport = Transport::new(other.config.transport()).unwrap();
        Delivery::new(other.clone(), transport, CancellationToken::new()).run_until_idle().await.unwrap();
        assert_eq!(counts(app, sent).await, HashMap::from([(DeliveryStatus::Leased, 2)]));
        let mut tx = app.app.db.write().await.unwrap();
        let keys: Vec<ledger::DeliveryKey> = leased
            .iter()
            .map(|row| ledger::DeliveryKey { campaign_id: sent, subscriber_id: row.subscriber_id })
            .collect();
        assert_eq!(ledger::settle(&mut tx, anna, &[], &keys, false, now).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
    }

    async fn two_schedulers_at_the_same_time_begin_a_campaign_once_and_enqueue_nobody_twice(app: TestApp) {
        let list = app.list("all", "All articles").await;
        let readers: Vec<String> = (0..120).map(|n| format!("reader{n}@example.org")).collect();
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        subscribe_all(app, list, &readers).await;
        let mut sent = Vec::new();
        for n in 0..5 {
            sent.push(campaign(app, list, &format!("Ferry {n}")).await);
        }
        // Another process on the same database.
        let other = App::with_db(app.app.config.clone(), app.clock.clone(), app.app.db.clone()).await.unwrap();
        for _ in 0..3 {
            let run = async |app| postrider::schedule::run_campaigns(app).await.unwrap();
            tokio::join!(run(&app.app), run(&other), run(&app.app), run(&other));
        }
        for campaign in &sent {
            assert_eq!(counts(app, *campaign).await, HashMap::from([(DeliveryStatus::Queued, 120)]));
            let started = async |app: &App| {
                let mut tx = app.db.write().await.unwrap();
                let begun = campaigns::apply(&mut tx, *campaign, CampaignAction::Send, None, app.clock.now());
                let begun = begun.await.unwrap();
                tx.commit().await.unwrap();
                begun
            };
            assert_eq!(tokio::join!(started(&app.app), started(&other)), (false, false));
        }
        app.deliver_all_due().await;
        let mut copies: HashMap<(String, String), usize> = HashMap::new();
        for mail in app.smtp.take() {
            let subject = MessageParser::default().parse(&mail.message).unwrap().subject().unwrap().to_owned();
            *copies.entry((mail.to, subject)).or_default() += 1;
        }
        assert_eq!(copies.len(), 5 * 120);
        assert!(copies.values().all(|copies| *copies == 1));
    }

    async fn of_two_schedulers_exactly_one_begins(app: TestApp) {
        let list = app.list("all", "All articles").await;
        for n in 0..10 {
            let campaign = campaign(app, list, &format!("Ferry {n}")).await;
            let begin = async || {
                let mut tx = app.app.db.write().await.unwrap();
                let now = app.clock.now();
                let begun = campaigns::apply(&mut tx, campaign, CampaignAction::Send, None, now).await.unwrap();
                tx.commit().await.unwrap();
                usize::from(begun)
            };
            let (one, other) = tokio::join!(begin(), begin());
            assert_eq!(one + other, 1);
        }
    }

    async fn a_scheduler_that_lags_adds_nobody_to_a_campaign_that_is_through(app: TestApp) {
        let list = app.list("all", "All articles").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.org"]).await;
        let campaign = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
        subscribe_all(app, list, &["late@example.org"]).await;
        let mut tx = app.app.db.write().await.unwrap();
        ledger::enqueue_chunk(&mut tx, campaign, list, (Uuid::nil(), ledger::ENQUEUE_ROWS), None, None, app.clock.now()).await.unwrap();
        assert!(subscribers::by_email(&mut tx, &crate::sign_up::address("late@example.org")).await.unwrap().is_some());
        tx.commit().await.unwrap();
        assert_eq!(counts(app, campaign).await, HashMap::from([(DeliveryStatus::Sent, 2)]));
    }
}
