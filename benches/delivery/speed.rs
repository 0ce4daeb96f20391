//! Messages a second, from the ledger to `smtp-sink`, against `smtp-source` into the same sink.

use std::sync::Arc;

use crate::report::Figure;
use crate::site::{Engine, Site};
use crate::yardstick::{Sink, Source};
use crate::{Plan, say};

/// A row: its name, where the ledger is, what signs.
pub struct Row {
    pub name: &'static str,
    engine: Engine,
    dkim: Option<&'static str>,
}

pub const ROWS: [Row; 4] = [
    Row { name: "sqlite", engine: Engine::Sqlite, dkim: None },
    Row { name: "postgres", engine: Engine::Postgres, dkim: None },
    Row { name: "sqlite-ed25519", engine: Engine::Sqlite, dkim: Some("ed25519") },
    Row { name: "sqlite-rsa", engine: Engine::Sqlite, dkim: Some("rsa") },
];

pub async fn measure(plan: Arc<Plan>, row: &'static Row) -> Vec<Figure> {
    let site = Site::new(row.engine, plan.messages, row.dkim).await;
    let bytes = site.mail_bytes().await;
    let source = Arc::new(Source::of_size(bytes).await);
    let sink = Sink::start(site.path());
    say(&format!("{}: {} mails of {bytes} bytes", row.name, plan.messages));
    let mut ratios = Vec::new();
    for pair in 0..=plan.pairs {
        let before = sink.count();
        let campaign = site.schedule().await;
        let ours = plan.messages as f64 / site.deliver(sink.port, campaign, plan.messages).await;
        sink.assert_took(before, plan.messages);

        let before = sink.count();
        let (source, port, messages) = (source.clone(), sink.port, plan.messages);
        let theirs = tokio::task::spawn_blocking(move || source.run(port, messages)).await.unwrap();
        sink.assert_took(before, plan.messages);

        let ratio = ours / theirs;
        let which = if pair == 0 { "warming up".to_owned() } else { format!("pair {pair}") };
        say(&format!("{}: {which}, {ours:.0}/s ÷ {theirs:.0}/s = {ratio:.2}", row.name));
        if pair > 0 {
            ratios.push(ratio);
        }
    }
    site.end().await;
    vec![Figure::new(row.name, ratios)]
}
