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

/// A list of so many readers and a campaign that nobody delivers yet.
async fn a_campaign_to(readers: usize, bench: &Bench) -> Uuid {
    let mut csv = "email,name\n".to_owned();
    for n in 0..readers {
        writeln!(csv, "reader{n}@example.org,").unwrap();
    }
    let file = bench.path().join("readers.csv");
    std::fs::write(&file, csv).unwrap();
    let mail = bench.path().join("mail.html");
    std::fs::write(&mail, "<p>The ferry to Hallerud sails again on Monday.</p>").unwrap();
    bench.ok(&["list", "add", "all", "--name", "All articles"]);
    bench.ok(&["import", file.to_str().unwrap(), "--list", "all"]);
    let mail = mail.to_str().unwrap();
    let sent = bench.ok(&["send", "--list", "all", "--subject", "Ferry", "--html", mail, "--json"]);
    let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
    Uuid::from_str(sent["campaign"].as_str().unwrap()).unwrap()
}

async fn wait_until_sent(db: &Db, campaign: Uuid) {
    wait_until("the campaign is sent", async || {
        let mut tx = db.read().await.unwrap();
        let campaign = postrider::db::campaigns::by_id(&mut tx, campaign).await.unwrap().unwrap();
        campaign.status == postrider::domain::campaign::CampaignStatus::Sent
    })
    .await;
}

async fn nobody_is_missed_however_often_the_process_is_killed(engine: Engine) {
    let smtp = SmtpServer::start().await;
    smtp.delay(Duration::from_millis(4));
    let bench = match Bench::new(engine, Some(&smtp), CONNECTIONS).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    let campaign = a_campaign_to(READERS, &bench).await;

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
    wait_until_sent(&db, campaign).await;
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

const LEFT_READERS: usize = 1_000;
const LEFT_KILLS: usize = 6;

async fn nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed(engine: Engine) {
    let smtp = SmtpServer::start().await;
    smtp.delay(Duration::from_millis(4));
    let bench = match Bench::new(engine, Some(&smtp), CONNECTIONS).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    bench.ok(&["publication", "set", "--uncertain", "leave"]);
    let campaign = a_campaign_to(LEFT_READERS, &bench).await;
    for kill in 0..LEFT_KILLS {
        let serve = bench.serve_ready().await;
        let moment = LEFT_READERS * (kill + 1) / (LEFT_KILLS + 1) + (kill * 37) % 90;
        wait_until("the campaign goes on", async || smtp.count() >= moment).await;
        serve.kill();
    }
    let serve = bench.serve_ready().await;
    let db = bench.db().await;
    wait_until_sent(&db, campaign).await;

    let mut first: HashMap<String, usize> = HashMap::new();
    for mail in smtp.take() {
        *first.entry(mail.to).or_default() += 1;
    }
    assert!(first.values().all(|copies| *copies == 1), "nobody gets it twice");
    let id = campaign.to_string();
    let listed: HashSet<String> = bench
        .ok(&["campaign", "missed", &id, "--include-uncertain", "--json"])
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .inspect(|missed| {
            assert_eq!((&missed["status"], &missed["may_have_arrived"]), (&"uncertain".into(), &true.into()))
        })
        .map(|missed| missed["email"].as_str().unwrap().to_owned())
        .collect();
    for n in 0..LEFT_READERS {
        let reader = format!("reader{n}@example.org");
        assert!(
            first.contains_key(&reader) || listed.contains(&reader),
            "{reader} was missed and is not listed"
        );
    }
    let arrived = listed.iter().filter(|reader| first.contains_key(*reader)).count();
    println!("{engine:?}: {LEFT_KILLS} kills, {} uncertain, of whom {arrived} have it", listed.len());
    let mut tx = db.read().await.unwrap();
    let counts: HashMap<DeliveryStatus, i64> =
        ledger::counts(&mut tx, campaign).await.unwrap().into_iter().collect();
    drop(tx);
    let sent = counts[&DeliveryStatus::Sent] as usize;
    assert_eq!(sent, first.len() - arrived, "the ledger's count and the relay's add up");
    assert_eq!(sent + listed.len(), LEFT_READERS);

    // Only what an editor asks for goes out again: exactly the listed.
    assert!(bench.ok(&["campaign", "missed", &id, "--send"]).contains("Nobody has missed"));
    bench.ok(&["campaign", "missed", &id, "--send", "--include-uncertain"]);
    wait_until_sent(&db, campaign).await;
    let again: Vec<String> = smtp.take().into_iter().map(|mail| mail.to).collect();
    assert_eq!(again.len(), listed.len());
    assert_eq!(again.into_iter().collect::<HashSet<String>>(), listed);
    assert!(serve.terminate().1);
    db.close().await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed_sqlite() {
    nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed_postgres() {
    nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed(Engine::Postgres).await;
}
