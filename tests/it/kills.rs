//! The plug is pulled: a real process, killed in the middle of a campaign, again and again.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::time::Duration;

use postrider::db::{Db, ledger};
use postrider::domain::delivery::DeliveryStatus;
use uuid::Uuid;

use crate::support::process::{Bench, wait_until};
use crate::support::{Engine, SmtpServer, skip_postgres};

const READERS: usize = 3_000;
const CONNECTIONS: usize = 8;
const KILLS: usize = 12;

async fn nobody_is_missed_however_often_the_process_is_killed(engine: Engine) {
    let smtp = SmtpServer::start().await;
    smtp.delay(Duration::from_millis(4));
    let bench = match Bench::new(engine, Some(&smtp), CONNECTIONS).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    let mut csv = "email,name\n".to_owned();
    for n in 0..READERS {
        writeln!(csv, "reader{n}@example.org,").unwrap();
    }
    let readers = bench.path().join("readers.csv");
    std::fs::write(&readers, csv).unwrap();
    let mail = bench.path().join("mail.html");
    std::fs::write(&mail, "<p>The ferry to Hallerud sails again on Monday.</p>").unwrap();
    bench.ok(&["list", "add", "all", "--name", "All articles"]);
    bench.ok(&["import", readers.to_str().unwrap(), "--list", "all"]);
    let sent = bench.ok(&[
        "send",
        "--list",
        "all",
        "--subject",
        "Ferry",
        "--html",
        mail.to_str().unwrap(),
        "--json",
    ]);
    let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
    let campaign = Uuid::from_str(sent["campaign"].as_str().unwrap()).unwrap();

    // Sign-ups run beside the campaign all the time; whatever was answered must be stored.
    let mut signed_up = Vec::new();
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    for kill in 0..KILLS {
        let serve = bench.serve_ready().await;
        for n in 0..5 {
            let address = format!("late{kill}-{n}@example.net");
            let form = [("email", address.as_str())];
            let answer = http.post(format!("{}/subscribe", bench.url)).form(&form).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
            signed_up.push(address);
        }
        // Moments spread over the campaign, none of them round.
        let moment = READERS * (kill + 1) / (KILLS + 1) + (kill * 37) % 90;
        wait_until("the campaign goes on", async || smtp.count() >= moment).await;
        serve.kill();
    }
    let serve = bench.serve_ready().await;
    let db = bench.db().await;
    let is_sent = async || {
        let mut tx = db.read().await.unwrap();
        let campaign = postrider::db::campaigns::by_id(&mut tx, campaign).await.unwrap().unwrap();
        campaign.status == postrider::domain::campaign::CampaignStatus::Sent
    };
    wait_until("the campaign is sent", is_sent).await;
    // Every sign-up's confirmation is its own mail; wait for the lane to run dry.
    wait_until("the notices are sent", async || {
        let mut tx = db.read().await.unwrap();
        !postrider::db::notices::any_due(&mut tx, chrono::DateTime::<chrono::Utc>::MAX_UTC).await.unwrap()
    })
    .await;
    let (_, ended_well) = serve.terminate();
    assert!(ended_well);

    let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for mail in smtp.received() {
        copies.entry(mail.to).or_default().push(mail.message);
    }
    let id_of = |message: &Vec<u8>| {
        mail_parser::MessageParser::default().parse(message).unwrap().message_id().unwrap().to_owned()
    };
    let (mut repeats, mut repeated) = (0, 0);
    for n in 0..READERS {
        let mails = copies.remove(&format!("reader{n}@example.org")).unwrap_or_default();
        assert!(!mails.is_empty(), "reader{n} was missed");
        repeats += mails.len() - 1;
        repeated += i64::from(mails.len() > 1);
        let ids: HashSet<String> = mails.iter().map(id_of).collect();
        assert_eq!(ids.len(), 1, "a repeat bears the same Message-ID");
    }
    println!("{engine:?}: {KILLS} kills, {READERS} readers, {repeats} repeats");
    assert!(repeats <= 2 * CONNECTIONS * KILLS, "{repeats} repeats");
    for address in signed_up {
        assert!(copies.contains_key(&address), "the confirmation for {address} was lost");
    }

    // Whoever got it twice was uncertain before: nothing is repeated silently.
    let sql = "SELECT COUNT(*) FROM deliveries WHERE uncertain_at IS NOT NULL";
    let uncertain: i64 = match &db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    };
    assert!(repeated <= uncertain, "{repeated} got it twice, {uncertain} were uncertain");
    assert!(uncertain <= (2 * CONNECTIONS * KILLS) as i64);

    let mut tx = db.read().await.unwrap();
    let counts: HashMap<DeliveryStatus, i64> =
        ledger::counts(&mut tx, campaign).await.unwrap().into_iter().collect();
    assert_eq!(counts, HashMap::from([(DeliveryStatus::Sent, READERS as i64)]));
    drop(tx);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_missed_however_often_the_process_is_killed_sqlite() {
    nobody_is_missed_however_often_the_process_is_killed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_missed_however_often_the_process_is_killed_postgres() {
    nobody_is_missed_however_often_the_process_is_killed(Engine::Postgres).await;
}
