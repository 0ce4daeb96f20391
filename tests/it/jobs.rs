//! What is due again and again: one job that fails stops no other, and is named wherever somebody looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use postrider::app::App;
use postrider::db::job_runs::{self, JobRun};
use postrider::schedule::jobs::{self, Job, NextRun, Unwell, Work};
use postrider::schedule::leader;
use tokio_util::sync::CancellationToken;

use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::process::wait_until;

/// Fails, then panics, then goes on failing.
struct Broken(u32);

impl Work for Broken {
    fn run<'a>(&'a mut self, _app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        self.0 += 1;
        let run = self.0;
        async move {
            assert!(run != 2, "this panic belongs to the test");
            anyhow::bail!("the tide is out")
        }
        .boxed()
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);

struct Well;

impl Work for Well {
    fn run<'a>(&'a mut self, _app: &'a Arc<App>) -> BoxFuture<'a, anyhow::Result<NextRun>> {
        async {
            RUNS.fetch_add(1, Ordering::Relaxed);
            Ok(NextRun::Later)
        }
        .boxed()
    }
}

const EVERY: Duration = Duration::from_millis(20);
static JOBS: [Job; 2] = [
    Job { name: "polls", what: "job-feeds", every: EVERY, begin: || Box::new(Broken(0)) },
    Job { name: "well", what: "All is well", every: EVERY, begin: || Box::new(Well) },
];

async fn runs(app: &TestApp) -> Vec<JobRun> {
    job_runs::all(&mut app.app.db.read().await.unwrap()).await.unwrap()
}

/// How often the broken job has failed, by `/metrics`.
async fn failed(app: &TestApp) -> u32 {
    let metrics = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    let counted = "postrider_jobs_total{job=\"polls\",result=\"failed\"} ";
    let times = metrics.lines().find_map(|line| line.strip_prefix(counted));
    times.map_or(0, |times| times.parse().unwrap())
}

on_both_engines! {
    async fn a_job_that_fails_or_panics_is_tried_again_counted_and_named_and_stops_no_other(app: TestApp) {
        let stop = CancellationToken::new();
        let before = RUNS.load(Ordering::Relaxed);
        let leads = tokio::spawn(leader::run_jobs(app.app.clone(), &JOBS, stop.clone()));
        // The panic may write a backtrace first, which takes its time.
        wait_until("both run, the broken one after its panic too", async || {
            let well = RUNS.load(Ordering::Relaxed) >= before + 20;
            well && failed(app).await > 3 && runs(app).await.len() == 2
        })
        .await;
        stop.cancel();
        leads.await.unwrap().unwrap();

        let found = runs(app).await;
        assert_eq!(found[0].name, "polls");
        assert_eq!((found[0].succeeded_at, found[0].failing_since), (None, Some(app.clock.now())));
        assert_eq!(found[0].error, "the tide is out");
        assert_eq!((found[1].name.as_str(), found[1].failures), ("well", 0));

        let page = app.admin().await.page("/admin").await;
        assert!(page.contains("Checking feeds") && page.contains("the tide is out"), "{page}");
        app.deliver_all_due().await;
    }

    async fn a_job_that_nobody_has_done_for_long_is_named_too(app: TestApp) {
        let now = app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        for (name, mins) in [("polls", 3), ("campaigns", 30), ("expired", 90), ("imports", 0)] {
            let succeeded_at = Some(now - TimeDelta::minutes(mins));
            job_runs::store(&mut tx, &JobRun { name: name.to_owned(), succeeded_at, ..JobRun::default() }).await.unwrap();
        }
        tx.commit().await.unwrap();
        let unwell = jobs::unwell(&runs(app).await, now);
        assert_eq!(unwell, [("job-campaigns", Unwell::Late { last: now - TimeDelta::minutes(30) })]);
    }
}

#[test]
fn every_job_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<&str> = jobs::ALL.iter().map(|job| job.name).collect();
    assert_eq!(names.len(), jobs::ALL.len());
    // Each file of the folder is in the list.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schedule/jobs");
    let files = std::fs::read_dir(folder).unwrap().flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        name.strip_suffix(".rs").filter(|name| *name != "mod").map(str::to_owned)
    });
    assert_eq!(
        files.collect::<std::collections::BTreeSet<_>>(),
        names.into_iter().map(str::to_owned).collect()
    );
}
