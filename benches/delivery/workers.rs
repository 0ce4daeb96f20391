//! Two processes on one PostgreSQL against one, where the relay is what one waits for.

use std::sync::Arc;
use std::time::Duration;

use crate::process::Process;
use crate::relay::Relay;
use crate::report::Figure;
use crate::site::{Engine, Site};
use crate::{Plan, say};

/// How long the relay thinks about each message.
const DELAY: Duration = Duration::from_millis(5);

pub async fn measure(plan: Arc<Plan>) -> Vec<Figure> {
    // Three times the usual: a second worker may take a second to see that there is work.
    let site = Site::new(Engine::Postgres, plan.messages * 3, None).await;
    let relay = Relay::start(DELAY).await;
    let mut ratios = Vec::new();
    for pair in 1..=plan.pairs {
        let one = rate(&site, &relay, 1).await;
        let two = rate(&site, &relay, 2).await;
        say(&format!("two-workers: pair {pair}, {two:.0}/s ÷ {one:.0}/s = {:.2}", two / one));
        ratios.push(two / one);
    }
    site.end().await;
    vec![Figure::new("two-workers", ratios)]
}

/// Messages a second from the first that reaches the relay to the last.
async fn rate(site: &Site, relay: &Relay, count: usize) -> f64 {
    let only_delivers: &[&str] = if Process::knows("--role") { &["--role", "worker"] } else { &[] };
    let mut processes = vec![Process::serve(site, relay.port, &[]).await];
    while processes.len() < count {
        processes.push(Process::serve(site, relay.port, only_delivers).await);
    }
    relay.take();
    let campaign = site.schedule().await;
    site.until_sent(campaign, &mut processes).await;
    let tally = relay.take();
    assert_eq!(tally.count, site.readers as u64, "the relay's own count agrees");
    for process in processes {
        process.stop().await;
    }
    site.clear().await;
    (tally.count - 1) as f64 / (tally.last_at.unwrap() - tally.first_at.unwrap()).as_secs_f64()
}
