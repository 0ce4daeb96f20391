//! Listens to what the enqueuer logs of each of its transactions. Warnings of the application go
//! to standard error.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// How long each transaction took from its first statement to the end of its commit, and when it
/// ended.
#[derive(Clone, Default)]
pub struct Chunks(Arc<Mutex<Vec<(Duration, Instant)>>>);

impl Chunks {
    /// From now on, for the whole process.
    pub fn listen() -> Chunks {
        let chunks = Chunks::default();
        let enqueuer = Targets::new().with_target("postrider::actions::sending", Level::DEBUG);
        // Seeding readers is slow by design.
        let warnings = Targets::new().with_default(LevelFilter::WARN).with_target("sqlx", LevelFilter::ERROR);
        let shown = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::io::stderr);
        tracing_subscriber::registry()
            .with(chunks.clone().with_filter(enqueuer))
            .with(shown.with_filter(warnings))
            .init();
        chunks
    }

    /// What came since the last question.
    pub fn take(&self) -> Vec<(Duration, Instant)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<S: Subscriber> Layer<S> for Chunks {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut held = Held(None);
        event.record(&mut held);
        if let Some(micros) = held.0 {
            self.0.lock().unwrap().push((Duration::from_micros(micros), Instant::now()));
        }
    }
}

struct Held(Option<u64>);

impl Visit for Held {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "held_us" {
            self.0 = Some(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
