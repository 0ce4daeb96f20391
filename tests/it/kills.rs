//! The plug is pulled: a real process, ended in the middle of a campaign, again and again, at moments that
//! nobody chose.
//!
//! In short where the suite runs; `LONG=1` is the whole of it (see the README). Each test prints its seed
//! beforehand: `SEED=…` pulls the plug at the same moments again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use postrider::db::{Db, campaigns, notices};
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::delivery::DeliveryStatus;
use serde_json::Value;
use uuid::Uuid;

use crate::support::process::{Bench, Serve, wait_until, wait_while_it_moves};
use crate::support::{Answer, Engine, SmtpServer, chance, is_long, say, skip_postgres};

/// A connection has at most so many deliveries marked whose end is not recorded.
const MARKED_A_CONNECTION: usize = 3;

/// How often the plug is pulled, and on how many readers' mail.
#[derive(Clone, Copy, Debug)]
struct Form {
    readers: usize,
    times: usize,
    /// With fewer there is less in a worker's hands, which the others get only when it is dead for 20 s.
    connections: usize,
}

impl Form {
    /// The long one is what the project promises, the short one what there is time for.
    fn of(long: (usize, usize), short: (usize, usize)) -> Form {
        let ((readers, times), connections) = if is_long() { (long, 8) } else { (short, 3) };
        Form { readers, times, connections }
    }

    /// The most deliveries that can have been marked when the plug was pulled, all times together.
    fn marked_max(self) -> usize {
        self.times * self.connections * MARKED_A_CONNECTION
    }
}

/// When the plug is pulled.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after the process was started, whatever it does by then.
    Starting(Duration),
    /// So long after the relay has taken so many mails.
    Mails(usize, Duration),
}

impl Moment {
    /// So many moments, from before the first mail to near the last.
    fn plan(form: Form, starting: bool, chance: &mut chance::Chance) -> Vec<Moment> {
        // What was marked when the plug was pulled may never arrive.
        let last = (form.readers * 97 / 100).min(form.readers - form.marked_max()) as u64;
        let mut mails: Vec<usize> = (0..form.times).map(|_| chance.below(last) as usize).collect();
        mails.sort_unstable();
        let moment = |(n, mails)| match starting && (n == 0 || chance.below(5) == 0) {
            true => Moment::Starting(Duration::from_micros(chance.below(700_000))),
            false => Moment::Mails(mails, Duration::from_micros(chance.below(12_000))),
        };
        mails.into_iter().enumerate().map(moment).collect()
    }

    async fn come(self, smtp: &SmtpServer, serve: &mut Serve) {
        let (mails, then) = match self {
            Moment::Starting(then) => (0, then),
            Moment::Mails(mails, then) => (mails, then),
        };
        let begun = Instant::now();
        while smtp.count() < mails {
            assert!(begun.elapsed() < Duration::from_secs(120), "the campaign stands still before {self:?}");
            assert!(!serve.has_ended(), "the process ended by itself before {self:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(then).await;
    }
}

/// A database, a relay, and a campaign that nobody delivers yet.
struct Scene {
    engine: Engine,
    form: Form,
    smtp: SmtpServer,
    bench: Bench,
    campaign: Uuid,
}

/// A reader's row.
#[derive(Clone, Debug)]
struct Row {
    status: DeliveryStatus,
    was_uncertain: bool,
    attempts: i64,
}

impl Scene {
    /// `None`: there is no such database here.
    async fn set(engine: Engine, form: Form, uncertain: &str) -> Option<Scene> {
        let smtp = SmtpServer::start().await;
        smtp.delay(Duration::from_millis(4));
        let mut bench = match Bench::new(engine, Some(&smtp), form.connections).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                return None;
            }
        };
        // That a worker died is no news here.
        bench.vars.insert("RUST_LOG".into(), "error".into());
        let mut csv = "email,name\n".to_owned();
        for n in 0..form.readers {
            writeln!(csv, "{},", reader(n)).unwrap();
        }
        let (readers, mail) = (bench.path().join("readers.csv"), bench.path().join("mail.html"));
        std::fs::write(&readers, csv).unwrap();
        std::fs::write(&mail, "<p>The ferry to Hallerud sails again on Monday.</p>").unwrap();
        bench.ok(&["publication", "set", "--uncertain", uncertain]);
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        bench.ok(&["import", readers.to_str().unwrap(), "--list", "all"]);
        let mail = mail.to_str().unwrap();
        let sent = bench.ok(&["send", "--list", "all", "--subject", "Ferry", "--html", mail, "--json"]);
        let sent: Value = serde_json::from_str(&sent).unwrap();
        let campaign = Uuid::from_str(sent["campaign"].as_str().unwrap()).unwrap();
        Some(Scene { engine, form, smtp, bench, campaign })
    }

    async fn wait_until_sent(&self, db: &Db) {
        wait_while_it_moves("the campaign is sent", async || {
            let mut tx = db.read().await.unwrap();
            let campaign = campaigns::by_id(&mut tx, self.campaign).await.unwrap().unwrap();
            (campaign.status == CampaignStatus::Sent, self.smtp.count())
        })
        .await;
    }

    /// Every row of the campaign, by address.
    async fn rows(&self, db: &Db) -> HashMap<String, Row> {
        let sql =
            "SELECT b.email, d.status, CAST(CASE WHEN d.uncertain_at IS NULL THEN 0 ELSE 1 END AS BIGINT),
                          d.attempts
                   FROM deliveries d JOIN subscribers b ON b.id = d.subscriber_id WHERE d.campaign_id = $1";
        let rows: Vec<(String, DeliveryStatus, i64, i64)> = match db {
            Db::Sqlite { readers, .. } => {
                sqlx::query_as(sql).bind(self.campaign).fetch_all(readers).await.unwrap()
            }
            Db::Postgres(pool) => sqlx::query_as(sql).bind(self.campaign).fetch_all(pool).await.unwrap(),
        };
        let row = |(email, status, uncertain, attempts)| {
            (email, Row { status, was_uncertain: uncertain == 1, attempts })
        };
        rows.into_iter().map(row).collect()
    }

    /// The mails that the relay has taken for the campaign's readers.
    fn copies(&self) -> HashMap<String, Vec<Vec<u8>>> {
        let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
        for mail in self.smtp.received() {
            if mail.to.ends_with("@example.org") {
                copies.entry(mail.to).or_default().push(mail.message);
            }
        }
        copies
    }

    /// Compares the ledger with what the relay holds, while no process runs: what it has, the ledger
    /// knows at least as having been on the wire, and nobody has it more often than it was.
    async fn audit(&self) -> HashMap<String, Row> {
        self.smtp.quiet().await;
        let db = self.bench.db().await;
        let (rows, copies) = (self.rows(&db).await, self.copies());
        db.close().await;
        for (email, copies) in &copies {
            let row = rows.get(email).unwrap_or_else(|| panic!("{email} has a mail and no row"));
            assert!(copies.len() as i64 <= row.attempts, "{email} has {} of {row:?}", copies.len());
            let known = matches!(row.status, DeliveryStatus::Sent | DeliveryStatus::Sending);
            assert!(known || row.was_uncertain, "{email} has it, and it stands as {row:?}");
            let announced = row.was_uncertain || row.status == DeliveryStatus::Sending;
            assert!(copies.len() == 1 || announced, "{email} has a repeat that nobody announced: {row:?}");
        }
        for (email, row) in &rows {
            let sent = row.status == DeliveryStatus::Sent;
            assert!(!sent || copies.contains_key(email), "{email} stands as sent and has nothing");
        }
        rows
    }

    /// `campaign show --json`: how many stand at each status, of how many.
    fn shown(&self) -> HashMap<String, u64> {
        let id = self.campaign.to_string();
        let shown: Value =
            serde_json::from_str(&self.bench.ok(&["campaign", "show", &id, "--json"])).unwrap();
        assert_eq!((&shown["total"], &shown["open"]), (&self.form.readers.into(), &0.into()), "{shown}");
        let counts = shown["deliveries"].as_object().unwrap();
        counts.iter().map(|(status, count)| (status.clone(), count.as_u64().unwrap())).collect()
    }

    /// The addresses that a command lists, with these words and `--json`.
    fn listed(&self, words: &[&str]) -> BTreeSet<String> {
        let id = self.campaign.to_string();
        let words: Vec<&str> =
            words.iter().map(|word| if *word == "ID" { id.as_str() } else { word }).collect();
        let email = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            row["email"].as_str().unwrap().to_owned()
        };
        self.bench.ok(&words).lines().map(email).collect()
    }

    /// Says what came of it, past the capture of a passing test's output.
    fn report(&self, what: &str) {
        let Form { readers, times, .. } = self.form;
        say(&format!("{:?}, {readers} readers, {times} times: {what}", self.engine));
    }
}

fn reader(n: usize) -> String {
    format!("reader{n}@example.org")
}

fn message_id(message: &[u8]) -> String {
    mail_parser::MessageParser::default().parse(message).unwrap().message_id().unwrap().to_owned()
}

/// Each reader's mails are one message, to the byte, and no two readers share a Message-ID.
fn assert_repeats_are_the_same_message(copies: &HashMap<String, Vec<Vec<u8>>>) {
    let mut ids = HashSet::new();
    for (email, mails) in copies {
        let id = message_id(&mails[0]);
        for mail in &mails[1..] {
            assert_eq!(message_id(mail), id, "{email}: a repeat bears the same Message-ID");
            assert!(*mail == mails[0], "{email}: and is the same message");
        }
        assert!(ids.insert(id), "{email} shares a Message-ID with somebody");
    }
}

async fn nobody_is_missed_however_often_the_process_is_killed(engine: Engine) {
    let form = Form::of((10_000, 50), (1_500, 10));
    let mut chance = chance::seeded(&format!("kill -9 under resend, {engine:?}"));
    let Some(scene) = Scene::set(engine, form, "resend").await else { return };
    let Scene { smtp, bench, .. } = &scene;

    // Sign-ups run beside the campaign all the time; whatever was answered must be stored.
    let mut signed_up = Vec::new();
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    for (nth, moment) in Moment::plan(form, true, &mut chance).into_iter().enumerate() {
        let mut serve = bench.serve();
        if matches!(moment, Moment::Mails(..)) {
            serve.wait_until_ready().await;
            for n in 0..2 {
                let address = format!("late{nth}-{n}@example.net");
                let form = [("email", address.as_str())];
                let answer = http.post(format!("{}/subscribe", bench.url)).form(&form).send().await.unwrap();
                assert!(answer.status().is_success(), "{}", answer.status());
                signed_up.push(address);
            }
        }
        moment.come(smtp, &mut serve).await;
        serve.kill();
        // Every other time nobody looks before the next start: what looks also recovers the database.
        if chance.below(2) == 0 {
            let rows = scene.audit().await;
            let marked = rows.values().filter(|row| row.status == DeliveryStatus::Sending).count();
            assert!(marked <= form.marked_max(), "{marked} are marked");
        }
    }
    let serve = bench.serve_ready().await;
    let db = bench.db().await;
    scene.wait_until_sent(&db).await;
    // Every sign-up's confirmation is its own mail; wait for the lane to run dry.
    wait_while_it_moves("the notices are sent", async || {
        let mut tx = db.read().await.unwrap();
        let waiting = notices::any_due(&mut tx, chrono::DateTime::<chrono::Utc>::MAX_UTC).await.unwrap();
        (!waiting, scene.smtp.count())
    })
    .await;
    assert!(serve.terminate().1);
    db.close().await;

    let (rows, copies) = (scene.audit().await, scene.copies());
    assert_eq!(rows.len(), form.readers);
    assert_repeats_are_the_same_message(&copies);
    let (mut repeats, mut uncertain) = (0, 0);
    for n in 0..form.readers {
        let email = reader(n);
        let mails = copies.get(&email).map_or(0, Vec::len);
        assert!(mails > 0, "{email} was missed");
        let row = &rows[&email];
        assert_eq!(row.status, DeliveryStatus::Sent, "{email}");
        assert!(row.attempts == 1 || row.was_uncertain, "{email} was tried again for no reason: {row:?}");
        repeats += mails - 1;
        uncertain += usize::from(row.was_uncertain);
    }
    let most = form.marked_max();
    assert!(repeats <= most && uncertain <= most, "{repeats} repeats, {uncertain} uncertain");
    // The counters and the relay's own count.
    assert_eq!(scene.shown(), HashMap::from([("sent".to_owned(), form.readers as u64)]));
    let taken = copies.values().map(Vec::len).sum::<usize>();
    assert_eq!(taken, form.readers + repeats, "the ledger's count and the relay's add up");
    let received: HashSet<String> = smtp.received().into_iter().map(|mail| mail.to).collect();
    for address in &signed_up {
        assert!(received.contains(address), "the confirmation for {address} was lost");
    }
    scene.report(&format!(
        "killed under resend, nobody missed; {taken} mails taken, {} sent, {uncertain} of them uncertain before, \
         {repeats} repeats, each with its Message-ID; {} sign-ups, none lost",
        form.readers,
        signed_up.len()
    ));
    scene.bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_missed_however_often_the_process_is_killed_sqlite() {
    nobody_is_missed_however_often_the_process_is_killed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_missed_however_often_the_process_is_killed_postgres() {
    nobody_is_missed_however_often_the_process_is_killed(Engine::Postgres).await;
}

async fn nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed(engine: Engine) {
    let form = Form::of((10_000, 50), (1_000, 6));
    let mut chance = chance::seeded(&format!("kill -9 under leave, {engine:?}"));
    let Some(scene) = Scene::set(engine, form, "leave").await else { return };
    let Scene { smtp, bench, .. } = &scene;
    for moment in Moment::plan(form, true, &mut chance) {
        let mut serve = bench.serve();
        moment.come(smtp, &mut serve).await;
        serve.kill();
        if chance.below(2) == 0 {
            scene.audit().await;
        }
    }
    let serve = bench.serve_ready().await;
    let db = bench.db().await;
    scene.wait_until_sent(&db).await;
    let copies = scene.copies();
    assert!(copies.values().all(|mails| mails.len() == 1), "nobody gets it twice");
    assert_repeats_are_the_same_message(&copies);

    let listed = scene.listed(&["campaign", "missed", "ID", "--include-uncertain", "--json"]);
    for n in 0..form.readers {
        let email = reader(n);
        assert!(
            copies.contains_key(&email) || listed.contains(&email),
            "{email} was missed and is not listed"
        );
    }
    // Who is listed is who is uncertain, and nobody else; what may have arrived is not sent by itself.
    let rows = scene.rows(&db).await;
    for (email, row) in &rows {
        let expected = match listed.contains(email) {
            true => DeliveryStatus::Uncertain,
            false => DeliveryStatus::Sent,
        };
        assert_eq!((row.status, row.attempts), (expected, 1), "{email}");
    }
    assert_eq!(scene.listed(&["campaign", "deliveries", "ID", "--status", "uncertain", "--json"]), listed);
    assert_eq!(scene.listed(&["campaign", "missed", "ID", "--json"]), BTreeSet::new(), "nobody for certain");
    assert!(listed.len() <= form.marked_max(), "{} listed", listed.len());
    // The counters and the relay's own count.
    let arrived = listed.iter().filter(|reader| copies.contains_key(*reader)).count();
    let mut shown = scene.shown();
    let sent = shown.remove("sent").unwrap_or(0) as usize;
    assert_eq!(shown.remove("uncertain").unwrap_or(0) as usize, listed.len());
    assert!(shown.is_empty(), "{shown:?}");
    assert_eq!(sent + listed.len(), form.readers);
    assert_eq!(smtp.count(), sent + arrived, "the ledger's count and the relay's add up");

    // Only what an editor asks for goes out again: exactly the listed, as the same message.
    let id = scene.campaign.to_string();
    assert!(bench.ok(&["campaign", "missed", &id, "--send"]).contains("Nobody missed"));
    let before = smtp.take();
    bench.ok(&["campaign", "missed", &id, "--send", "--include-uncertain"]);
    scene.wait_until_sent(&db).await;
    let again = smtp.received();
    assert_eq!(again.len(), listed.len());
    assert_eq!(again.iter().map(|mail| mail.to.clone()).collect::<BTreeSet<_>>(), listed);
    let mut all: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for mail in before.into_iter().chain(again) {
        all.entry(mail.to).or_default().push(mail.message);
    }
    assert_repeats_are_the_same_message(&all);
    assert_eq!(scene.shown(), HashMap::from([("sent".to_owned(), form.readers as u64)]));
    assert!(serve.terminate().1);
    db.close().await;
    scene.report(&format!(
        "killed under leave, nobody twice; {sent} sent, {} uncertain and listed, of whom {arrived} had it; \
         sent again by hand, exactly those",
        listed.len()
    ));
    scene.bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed_sqlite() {
    nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed_postgres() {
    nobody_gets_it_twice_where_uncertain_ones_are_left_and_all_of_them_are_listed(Engine::Postgres).await;
}

async fn nobody_is_missed_and_nobody_gets_it_twice_however_often_the_process_is_told_to_stop(engine: Engine) {
    let form = Form::of((10_000, 20), (1_000, 6));
    let mut chance = chance::seeded(&format!("SIGTERM, {engine:?}"));
    let Some(scene) = Scene::set(engine, form, "resend").await else { return };
    let Scene { smtp, bench, .. } = &scene;
    let mut longest = Duration::ZERO;
    for moment in Moment::plan(form, false, &mut chance) {
        let mut serve = bench.serve_ready().await;
        moment.come(smtp, &mut serve).await;
        let (took, well) = serve.terminate();
        assert!(well && took < Duration::from_secs(10), "{moment:?}: ended after {took:?}, well: {well}");
        longest = longest.max(took);
        for (email, row) in scene.audit().await {
            let at_rest = matches!(row.status, DeliveryStatus::Queued | DeliveryStatus::Sent);
            assert!(at_rest && !row.was_uncertain, "{email} is in nobody's hands: {row:?}");
        }
    }
    let serve = bench.serve_ready().await;
    let db = bench.db().await;
    scene.wait_until_sent(&db).await;
    assert!(serve.terminate().1);
    db.close().await;
    let (rows, copies) = (scene.audit().await, scene.copies());
    for n in 0..form.readers {
        let email = reader(n);
        assert_eq!(copies.get(&email).map_or(0, Vec::len), 1, "{email} gets it once");
        assert_eq!((rows[&email].attempts, rows[&email].was_uncertain), (1, false), "{email}");
    }
    assert_eq!(smtp.count(), form.readers, "the ledger's count and the relay's add up");
    assert_eq!(scene.shown(), HashMap::from([("sent".to_owned(), form.readers as u64)]));
    scene.report(&format!(
        "told to stop, nobody missed, nobody twice, nobody uncertain; {} mails taken, the longest end took \
         {longest:?}",
        smtp.count()
    ));
    scene.bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_missed_and_nobody_gets_it_twice_however_often_the_process_is_told_to_stop_sqlite() {
    nobody_is_missed_and_nobody_gets_it_twice_however_often_the_process_is_told_to_stop(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_missed_and_nobody_gets_it_twice_however_often_the_process_is_told_to_stop_postgres() {
    nobody_is_missed_and_nobody_gets_it_twice_however_often_the_process_is_told_to_stop(Engine::Postgres)
        .await;
}

/// What the relay answers within seconds is waited for and recorded, and what comes behind it goes back;
/// what it never answers is not waited for.
async fn told_to_stop_a_process_ends_within_ten_seconds_whatever_the_relay_does(engine: Engine) {
    let form = Form { readers: 60, times: 1, connections: 4 };
    for never in [false, true] {
        let Some(scene) = Scene::set(engine, form, "resend").await else { return };
        let Scene { smtp, bench, .. } = &scene;
        match never {
            true => smtp.at_message(|_| Answer::TakeAndHang),
            // Two of these one after the other would be too long.
            false => smtp.delay(Duration::from_secs(6)),
        }
        let serve = bench.serve_ready().await;
        // Three of the connections deliver; one is kept for notices.
        wait_until("messages are announced", async || smtp.seen().times("DATA") >= 3).await;
        // So that they leave.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (took, well) = serve.terminate();
        assert!(well && took < Duration::from_secs(10), "never: {never}: ended after {took:?}, well: {well}");
        let rows = scene.audit().await;
        // Marked and without a result: uncertain as soon as somebody looks.
        let uncertain = rows.values().filter(|row| row.status == DeliveryStatus::Sending).count();
        let sent = rows.values().filter(|row| row.status == DeliveryStatus::Sent).count();
        match never {
            true => assert!(sent == 0 && uncertain >= 3 && uncertain <= form.marked_max(), "{uncertain}"),
            false => {
                assert_eq!((sent, uncertain), (3, 0));
                let as_before = |row: &&Row| row.status == DeliveryStatus::Queued && row.attempts == 0;
                assert_eq!(rows.values().filter(as_before).count(), form.readers - 3);
            }
        }
        smtp.behave();
        let serve = bench.serve_ready().await;
        let db = bench.db().await;
        scene.wait_until_sent(&db).await;
        assert!(serve.terminate().1);
        db.close().await;
        let (rows, copies) = (scene.audit().await, scene.copies());
        assert_eq!(copies.len(), form.readers, "nobody is missed");
        assert_eq!(rows.values().filter(|row| row.was_uncertain).count(), uncertain);
        assert_repeats_are_the_same_message(&copies);
        scene.bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_a_process_ends_within_ten_seconds_whatever_the_relay_does_sqlite() {
    told_to_stop_a_process_ends_within_ten_seconds_whatever_the_relay_does(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_a_process_ends_within_ten_seconds_whatever_the_relay_does_postgres() {
    told_to_stop_a_process_ends_within_ten_seconds_whatever_the_relay_does(Engine::Postgres).await;
}
