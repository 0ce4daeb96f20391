//! How long a person waits for the answer to a sign-up while the same process sends a campaign
//! as fast as it can and an import runs on the same database.
//!
//! Sign-ups leave on a schedule, whether earlier ones are answered or not, and are timed from the
//! moment they were due: a server that stalls is charged for all who waited.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
        let (sent, fed) = (sink.count(), import.fed());
        let start = Instant::now();
        let answers = sign_ups(&http, &format!("{}/subscribe", serve.url), run).await;
        let secs = start.elapsed().as_secs_f64();
        let (sent, fed) = (sink.count() - sent, import.fed() - fed);
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
    import.end();
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
struct Answer {
    took: Duration,
    /// 200 or 303.
    well: bool,
}

async fn sign_ups(http: &reqwest::Client, url: &str, run: usize) -> Vec<Answer> {
    let mut waiting = JoinSet::new();
    let start = Instant::now();
    for n in 0..PER_SEC * SECS {
        let due = start + Duration::from_micros(1_000_000 / PER_SEC) * n as u32;
        tokio::time::sleep_until(due).await;
        let form = [("email", format!("newcomer{run}x{n}@example.com")), ("list", "all".to_owned())];
        let request = http.post(url).form(&form).send();
        waiting.spawn(async move {
            let answer = request.await;
            let well = answer.is_ok_and(|answer| matches!(answer.status().as_u16(), 200 | 303));
            Answer { took: due.elapsed(), well }
        });
    }
    waiting.join_all().await
}

/// `postrider import` of a file that does not end before it is told to.
struct Import {
    child: Child,
    fed: Arc<AtomicU64>,
    enough: Arc<AtomicBool>,
}

impl Import {
    fn start(site: &Site) -> Import {
        let mut command =
            process::command(&site.vars, site.path(), &["import", "-", "--list", "imported", "--json"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pipe = child.stdin.take().unwrap();
        let (fed, enough) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (counter, end) = (fed.clone(), enough.clone());
        std::thread::spawn(move || feed(pipe, &counter, &end));
        Import { child, fed, enough }
    }

    /// Rows that it has read, but for what waits in the pipe.
    fn fed(&self) -> u64 {
        self.fed.load(Ordering::Relaxed)
    }

    fn assert_runs(&mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the import ended");
    }

    /// Ends the file and asserts that all of it is stored.
    fn end(&mut self) {
        self.enough.store(true, Ordering::Relaxed);
        let mut said = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let result: serde_json::Value = serde_json::from_str(&said).expect("what the import says");
        assert_eq!(result["added"].as_u64(), Some(self.fed()), "every imported row is stored");
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes rows until it is enough, or nobody reads them.
fn feed(mut pipe: ChildStdin, fed: &AtomicU64, enough: &AtomicBool) {
    let mut rows = String::from("email,name\n");
    for hundred in 0u64.. {
        for n in hundred * 100..(hundred + 1) * 100 {
            rows.push_str(&format!("imported{n}@example.net,Reader {n}\n"));
        }
        if pipe.write_all(rows.as_bytes()).is_err() {
            return;
        }
        fed.fetch_add(100, Ordering::Relaxed);
        rows.clear();
        if enough.load(Ordering::Relaxed) {
            return;
        }
    }
}
