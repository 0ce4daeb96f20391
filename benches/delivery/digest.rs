//! A daily digest in as many variants as readers came in groups between its articles: how fast it is enqueued and sent
//! beside a campaign of the same readers and mails of the same size, and what memory it takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::process::Process;
use crate::relay::Relay;
use crate::report::{Figure, caught};
use crate::site::{Engine, Site};
use crate::yardstick::Sink;
use crate::{Plan, say};

const VARIANTS: usize = 20;

pub async fn measure(plan: &Arc<Plan>, engine: Engine) -> Vec<Figure> {
    let [speed, enqueue, memory] = match engine {
        Engine::Sqlite => ["digest-speed-sqlite", "digest-enqueue-sqlite", "digest-memory-sqlite"],
        Engine::Postgres => ["digest-speed-postgres", "digest-enqueue-postgres", "digest-memory-postgres"],
    };
    let mut figures = Vec::new();
    if plan.wanted.contains(speed) {
        figures.extend(caught(&[speed], sent(plan.clone(), engine, speed)).await);
    }
    if plan.wanted.contains(enqueue) || plan.wanted.contains(memory) {
        figures.extend(caught(&[enqueue, memory], million(plan.clone(), engine, enqueue, memory)).await);
    }
    figures
}

/// A list whose readers get a digest a day, in groups between which an article is numbered each.
async fn site(engine: Engine, readers: usize) -> Site {
    let mut site = Site::empty(engine, None, None).await;
    for group in 0..VARIANTS {
        site.import_group(group, readers / VARIANTS, "daily");
        site.number_article(group).await;
    }
    site
}

/// Messages a second of a digest ÷ those of a campaign with mails of the same size.
async fn sent(plan: Arc<Plan>, engine: Engine, name: &'static str) -> Vec<Figure> {
    let digest = site(engine, plan.messages).await;
    let relay = Relay::start(Duration::ZERO).await;
    let campaign = digest.schedule_digest().await;
    digest.deliver(relay.port, campaign, plan.messages).await;
    let bytes = relay.take().bytes_all / plan.messages;
    digest.clear().await;
    let single = Site::with_mails_of(engine, plan.messages, bytes).await;
    let sink = Sink::start(digest.path());
    let mut ratios = Vec::new();
    for pair in 0..=plan.pairs {
        let mut rates = Vec::new();
        for site in [&digest, &single] {
            let before = sink.count();
            let campaign = match std::ptr::eq(site, &digest) {
                true => site.schedule_digest().await,
                false => site.schedule().await,
            };
            rates.push(plan.messages as f64 / site.deliver(sink.port, campaign, plan.messages).await);
            sink.assert_took(before, plan.messages);
            site.clear().await;
        }
        let ratio = rates[0] / rates[1];
        let which = if pair == 0 { "warming up".to_owned() } else { format!("pair {pair}") };
        say(&format!("{name}: {which}, {:.0}/s ÷ {:.0}/s of {bytes} bytes = {ratio:.2}", rates[0], rates[1]));
        if pair > 0 {
            ratios.push(ratio);
        }
    }
    digest.end().await;
    single.end().await;
    vec![Figure::new(name, ratios)]
}

/// Readers a second who are enqueued for a digest ÷ those of a campaign, and the memory of a process that sends it.
async fn million(
    plan: Arc<Plan>,
    engine: Engine,
    enqueue: &'static str,
    memory: &'static str,
) -> Vec<Figure> {
    let digest = site(engine, plan.million).await;
    let single = Site::new(engine, plan.million, None).await;
    let mut ratios = Vec::new();
    for pair in 1..=plan.pairs {
        let mut secs = Vec::new();
        for site in [&digest, &single] {
            match std::ptr::eq(site, &digest) {
                true => site.schedule_digest().await,
                false => site.schedule().await,
            };
            let start = Instant::now();
            postrider::schedule::run_campaigns(&site.app).await.unwrap();
            secs.push(start.elapsed().as_secs_f64());
            let enqueued = site.count("SELECT COUNT(*) FROM deliveries").await;
            assert_eq!(enqueued, plan.million as i64, "every reader is enqueued");
            site.clear().await;
        }
        ratios.push(secs[1] / secs[0]);
        say(&format!("{enqueue}: pair {pair}, {:.2} s, a campaign {:.2} s", secs[0], secs[1]));
    }
    single.end().await;
    let mut figures = vec![Figure::new(enqueue, ratios)];
    if plan.wanted.contains(memory) {
        digest.until_found().await;
        let sink = Sink::start(digest.path());
        let serve = Process::serve(&digest, sink.port, &[]).await;
        let campaign = digest.schedule_digest().await;
        let mut processes = [serve];
        digest.until_sent(campaign, &mut processes).await;
        let [serve] = processes;
        say(&format!("{memory}: {:.1} MB at most", serve.peak_mb()));
        figures.push(Figure::new(memory, vec![serve.peak_mb()]));
        serve.stop().await;
    }
    digest.end().await;
    figures
}
