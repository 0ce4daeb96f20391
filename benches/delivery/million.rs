//! What is measured with a million readers on one database: enqueueing, memory, CPU, sign-ups.

use std::sync::Arc;
use std::time::Instant;

use crate::process::Process;
use crate::report::{Figure, caught, median};
use crate::site::{Engine, Site};
use crate::yardstick::Sink;
use crate::{Plan, enqueue, say, sign_up};

pub async fn measure(plan: &Arc<Plan>, engine: Engine) -> Vec<Figure> {
    if !["memory", "cpu", "enqueue", "sign-up"].iter().any(|figure| plan.wants(figure, engine)) {
        return Vec::new();
    }
    let names: [&'static str; 5] = match engine {
        Engine::Sqlite => {
            ["enqueue-sqlite", "enqueue-sqlite-longest", "memory-sqlite", "cpu-sqlite", "sign-up-sqlite"]
        }
        Engine::Postgres => [
            "enqueue-postgres",
            "enqueue-postgres-longest",
            "memory-postgres",
            "cpu-postgres",
            "sign-up-postgres",
        ],
    };
    let start = Instant::now();
    let site = Arc::new(Site::new(engine, plan.million, None).await);
    say(&format!(
        "{}: {} readers stand after {:.0} s",
        engine.name(),
        plan.million,
        start.elapsed().as_secs_f64()
    ));
    let mut figures = Vec::new();
    if plan.wants("enqueue", engine) {
        figures.extend(caught(&names[..2], enqueue::measure(plan.clone(), site.clone())).await);
        site.clear().await;
    }
    if plan.wants("memory", engine) || plan.wants("cpu", engine) {
        figures
            .extend(caught(&names[2..4], campaign(plan.clone(), site.clone(), [names[2], names[3]])).await);
        site.clear().await;
    }
    if plan.wants("sign-up", engine) {
        figures.extend(caught(&names[4..], sign_up::measure(plan.clone(), site.clone(), names[4])).await);
    }
    site.end().await;
    figures
}

/// What one campaign cost a process that did nothing before.
struct Cost {
    cpu_secs: f64,
    peak_mb: f64,
}

/// A fresh `serve` sends one campaign to `smtp-sink`; its start is not counted.
async fn cost(site: &Site) -> Cost {
    let sink = Sink::start(site.path());
    let serve = Process::serve(site, sink.port, &[]).await;
    let (before, start) = (serve.cpu_secs(), Instant::now());
    let campaign = site.schedule().await;
    let mut processes = [serve];
    site.until_sent(campaign, &mut processes).await;
    let [serve] = processes;
    let cost = Cost { cpu_secs: serve.cpu_secs() - before, peak_mb: serve.peak_mb() };
    sink.assert_took(0, site.readers);
    say(&format!(
        "{}: serve sent {} in {:.1} s with {:.0} µs of CPU each, {:.1} MB at most",
        site.engine().name(),
        site.readers,
        start.elapsed().as_secs_f64(),
        cost.cpu_secs * 1e6 / site.readers as f64,
        cost.peak_mb
    ));
    serve.stop().await;
    cost
}

async fn campaign(plan: Arc<Plan>, site: Arc<Site>, [memory, cpu]: [&'static str; 2]) -> Vec<Figure> {
    let mut small = Vec::new();
    if plan.wanted.contains(cpu) {
        let few = Site::new(site.engine(), plan.messages, None).await;
        for _ in 0..plan.pairs {
            small.push(cost(&few).await.cpu_secs / few.readers as f64);
        }
        few.end().await;
        say(&format!("{}: {:.0} µs of CPU for each of few", site.engine().name(), median(&small) * 1e6));
    }
    let large = cost(&site).await;
    let each = large.cpu_secs / site.readers as f64;
    let ratios = small.into_iter().map(|small| each / small).collect();
    vec![Figure::new(memory, vec![large.peak_mb]), Figure::new(cpu, ratios)]
}
