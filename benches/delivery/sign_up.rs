//! How long a person waits for the answer to a sign-up while the same process sends a campaign
//! as fast as it can and an import runs on the same database.
//!
//! Sign-ups leave on a schedule, whether earlier ones are answered or not, and are timed from the
//! moment they were due: a server that stalls is charged for all who waited.

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::process::{self, Process};
use crate::report::{Doubt, Figure};
use crate::site::Site;
use crate::yardstick::Sink;
use crate::{Plan, say};

const PER_SEC: u64 = 200;
/// Of each run.
const SECS: u64 = 10;

pub async fn measure(plan: Arc<Plan>, site: Arc<Site>, name: &'static str) -> Vec<Figure> {
    let sink = Sink::start(site.path());
    site.add_list("imported").await;
    let mut serve = Process::serve(&site, sink.port, &[]).await;
    site.schedule().await;
    while sink.count() == 0 {
        serve.assert_runs();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut import = Import::start(&site);
    while site.count("SELECT COUNT(*) FROM subscribers WHERE email_key = 'imported0@example.net'").await == 0
    {
        import.assert_runs();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    let (mut p99s, mut taken) = (Vec::new(), 0);
    let mut doubt = Doubt::None;
    for run in 1..=plan.pairs {
        let (sent, fed) = (sink.count(), imported(&site).await);
        let start = Instant::now();
        let url = format!("{}/subscribe", serve.url);
        let answers = sign_ups(&http, &url, &format!("newcomer{run}"), PER_SEC, SECS).await;
        let secs = start.elapsed().as_secs_f64();
        let (sent, fed) = (sink.count() - sent, imported(&site).await - fed);
        serve.assert_runs();
        import.assert_runs();
        let well = answers.iter().filter(|answer| answer.well).count();
        taken += well;
        let mut millis: Vec<f64> = answers.iter().map(|answer| answer.took.as_secs_f64() * 1e3).collect();
        millis.sort_by(f64::total_cmp);
        let share = |percent: usize| millis[(millis.len() * percent).div_ceil(100) - 1];
        say(&format!(
            "{name}: run {run}, median {:.1} ms, p99 {:.1} ms, longest {:.1} ms; beside it {:.0} mails/s and {:.0} imported/s",
            share(50),
            share(99),
            share(100),
            sent as f64 / secs,
            fed as f64 / secs
        ));
        if well < answers.len() {
            doubt = Doubt::Missed(format!(
                "{} of {} got no answer, or a refusal",
                answers.len() - well,
                answers.len()
            ));
        }
        if sink.count() >= site.readers as u64 {
            doubt = Doubt::Void("the campaign ended before the sign-ups did".to_owned());
        }
        p99s.push(share(99));
    }
    drop(import);
    // What was answered last may not be worked on yet.
    while site.count("SELECT COUNT(*) FROM sign_up_requests").await > 0 {
        serve.assert_runs();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    serve.stop().await;
    let stored = site.count("SELECT COUNT(*) FROM subscribers WHERE email_key LIKE 'newcomer%'").await;
    say(&format!("{name}: {taken} sign-ups were answered well, {stored} are stored"));
    if stored < taken as i64 {
        doubt = Doubt::Missed(format!("{taken} sign-ups were answered well and {stored} are stored"));
    }
    vec![Figure { name, runs: p99s, doubt }]
}

/// What came of one sign-up.
pub struct Answer {
    pub took: Duration,
    /// 200 or 303.
    pub well: bool,
}

/// Signs up so many a second, of names that begin so.
pub async fn sign_ups(http: &reqwest::Client, url: &str, name: &str, per_sec: u64, secs: u64) -> Vec<Answer> {
    let mut waiting = JoinSet::new();
    let start = Instant::now();
    for n in 0..per_sec * secs {
        let due = start + Duration::from_micros(1_000_000 / per_sec) * n as u32;
        tokio::time::sleep_until(due).await;
        let form = [("email", format!("{name}x{n}@example.com")), ("list", "all".to_owned())];
        let request = http.post(url).form(&form).send();
        waiting.spawn(async move {
            let answer = request.await;
            let well = answer.is_ok_and(|answer| matches!(answer.status().as_u16(), 200 | 303));
            Answer { took: due.elapsed(), well }
        });
    }
    waiting.join_all().await
}

/// `postrider import` of a file that is not through before it is told to end.
struct Import {
    child: Child,
}

/// Rows of its file: more than it stores meanwhile.
const ROWS: u64 = 5_000_000;

impl Import {
    fn start(site: &Site) -> Import {
        let path = site.path().join("imported.csv");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        writeln!(file, "email,name").unwrap();
        for n in 0..ROWS {
            writeln!(file, "imported{n}@example.net,Reader {n}").unwrap();
        }
        file.into_inner().unwrap();
        let args = ["import", path.to_str().unwrap(), "--list", "imported", "--json"];
        let mut command = process::command(&site.vars, site.path(), &args);
        Import { child: command.stdout(Stdio::null()).spawn().unwrap() }
    }

    fn assert_runs(&mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the import ended");
    }
}

/// Rows that it has stored.
async fn imported(site: &Site) -> u64 {
    site.count("SELECT COALESCE(MAX(position), 0) FROM imports").await as u64
}

impl Drop for Import {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
