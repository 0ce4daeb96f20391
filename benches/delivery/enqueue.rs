//! Enqueueing a campaign to a million readers: how long in all, and how long the others wait.

use std::sync::Arc;
use std::time::Instant;

use crate::report::Figure;
use crate::site::{Engine, Site};
use crate::{Plan, say};

pub async fn measure(plan: Arc<Plan>, site: Arc<Site>) -> Vec<Figure> {
    let (mut totals, mut longest) = (Vec::new(), Vec::new());
    let readers = site.readers;
    for run in 1..=plan.pairs {
        site.schedule().await;
        plan.chunks.take();
        let start = Instant::now();
        postrider::schedule::run_campaigns(&site.app).await.unwrap();
        let end = Instant::now();
        let chunks = plan.chunks.take();
        let enqueued = site.count("SELECT COUNT(*) FROM deliveries").await;
        assert_eq!(enqueued, readers as i64, "every reader is enqueued");
        let (_, last) = chunks.last().expect("the enqueuer says what it does");
        let total = (*last - start).as_secs_f64();
        let most = chunks.iter().map(|(held, _)| held.as_secs_f64() * 1e3).fold(0.0, f64::max);
        say(&format!(
            "enqueue-{}: run {run}, {readers} in {total:.2} s, {} transactions, the longest {most:.1} ms; \
             {:.2} s behind the last one",
            site.engine().name(),
            chunks.len(),
            (end - *last).as_secs_f64()
        ));
        totals.push(total);
        longest.push(most);
        site.clear().await;
        // So far off that more of it would teach nothing.
        if total > 60.0 {
            break;
        }
    }
    let names = match site.engine() {
        Engine::Sqlite => ["enqueue-sqlite", "enqueue-sqlite-longest"],
        Engine::Postgres => ["enqueue-postgres", "enqueue-postgres-longest"],
    };
    vec![Figure::new(names[0], totals), Figure::new(names[1], longest)]
}
