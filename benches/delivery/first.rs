//! The first campaign of a publication that has just moved in: an empty database (on PostgreSQL a new cluster),
//! readers by `postrider import`, and at once a campaign to all of them. Against the later ones of the same run.
//! Nothing is analysed but by the product itself.

use std::sync::Arc;
use std::time::Instant;

use crate::postgres::Private;
use crate::report::Figure;
use crate::site::{Engine, Site};
use crate::yardstick::{Sink, Source};
use crate::{Plan, say};

/// Readers who are imported.
const READERS: usize = 20_000;
/// Campaigns after the first; the median of them is what it is compared with.
const LATER: usize = 3;

pub async fn measure(plan: Arc<Plan>, engine: Engine) -> Vec<Figure> {
    let name = match engine {
        Engine::Sqlite => "first-campaign-sqlite",
        Engine::Postgres => "first-campaign-postgres",
    };
    let readers = READERS.min(plan.messages * 2);
    let tuned = Site::new(Engine::Sqlite, 1, None).await;
    let (letter, bytes) = (tuned.letter(), tuned.mail_bytes().await);
    let source = Arc::new(Source::of_size(bytes).await);
    tuned.end().await;
    let mut ratios = Vec::new();
    for run in 1..=plan.pairs {
        // Ends, with all that is in it, behind the run.
        let server = (engine == Engine::Postgres).then(|| Private::start("").unwrap());
        let url = server.as_ref().map(Private::url);
        let mut site = Site::empty(engine, url.as_deref(), None).await;
        site.set_letter(letter.clone());
        let begun = Instant::now();
        site.import(readers);
        let imported = begun.elapsed().as_secs_f64();
        let sink = Sink::start(site.path());
        let mut speeds = Vec::new();
        for _ in 0..=LATER {
            let before = sink.count();
            let campaign = site.schedule().await;
            let ours = readers as f64 / site.deliver(sink.port, campaign, readers).await;
            sink.assert_took(before, readers);
            let (source, port) = (source.clone(), sink.port);
            let theirs = tokio::task::spawn_blocking(move || source.run(port, readers / 2)).await.unwrap();
            speeds.push((ours, ours / theirs));
        }
        let (first, to_yardstick) = speeds[0];
        let mut later: Vec<f64> = speeds[1..].iter().map(|(_, ratio)| *ratio).collect();
        later.sort_by(f64::total_cmp);
        let ratio = to_yardstick / later[LATER / 2];
        say(&format!(
            "{name}: run {run}, {readers} imported in {imported:.1} s; the first {first:.0}/s, {to_yardstick:.2} of the \
             yardstick, later ones {later:.2?}: {ratio:.2}"
        ));
        ratios.push(ratio);
        site.end().await;
        drop(server);
    }
    vec![Figure::new(name, ratios)]
}
