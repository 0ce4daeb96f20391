//! What an operator's Prometheus reads: one registry a process, and every name in it.
//!
//! Sums only. No label may hold an address, a list, a campaign or a feed, and no number may need
//! the database: a scrape costs what its text costs. Even sums tell something to whoever can act
//! and read them at once, so who may read them is decided in [`crate::web`].

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use crate::domain::delivery::DeliveryStatus;
use crate::domain::sign_up::SignUpOutcome;

type Counters = Family<[(&'static str, &'static str); 1], Counter>;
type Jobs = Family<[(&'static str, &'static str); 2], Counter>;
type Requests = Family<[(&'static str, Cow<'static, str>); 2], Histogram, fn() -> Histogram>;

/// The numbers of one process. Cheap to write to from anywhere.
pub struct Metrics {
    registry: Registry,
    deliveries: Counters,
    notices: Counters,
    feed_polls: Counters,
    pushes: Counters,
    sign_ups: Counters,
    jobs: Jobs,
    requests: Requests,
    wire: Histogram,
    commits: Histogram,
    commit_rows: Histogram,
    /// Deliveries and notices taken from the ledger.
    pub leases: Counter,
    /// Deliveries taken back from workers that had died.
    pub leases_recovered: Counter,
    /// Deliveries and notices in memory or on the wire.
    pub in_hand: Gauge,
    /// 1 while no relay takes our mail.
    pub relay_down: Gauge,
    smtp_connections: Gauge,
    /// 1 while everybody who signs up is asked for a proof of work.
    pub proof_asked: Gauge,
    /// 1 in the process that leads the schedule.
    pub leads: Gauge,
}

/// What a poll of a feed came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollResult {
    Read,
    NotModified,
    Failed,
}

/// What a run of a job came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobResult {
    Done,
    Failed,
}

/// What became of the word that a feed has something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushResult {
    /// A ping of a known feed.
    Ping,
    /// A hub's push, signed.
    WebSub,
    /// A ping of no feed that is known.
    Unknown,
    /// A push that was signed wrongly, or not at all.
    Unsigned,
    /// What is no ping.
    Malformed,
    /// Too many from one network.
    Limited,
}

const OUTCOMES: [&str; 6] = ["sent", "deferred", "bounced", "failed", "uncertain", "skipped"];

/// The outcome's name where a status is one.
fn outcome(status: DeliveryStatus) -> Option<&'static str> {
    match status {
        DeliveryStatus::Sent => Some("sent"),
        DeliveryStatus::Deferred => Some("deferred"),
        DeliveryStatus::Bounced => Some("bounced"),
        DeliveryStatus::Failed => Some("failed"),
        DeliveryStatus::Uncertain => Some("uncertain"),
        DeliveryStatus::Skipped => Some("skipped"),
        DeliveryStatus::Queued | DeliveryStatus::Leased | DeliveryStatus::Sending => None,
    }
}

impl PollResult {
    const ALL: [&'static str; 3] = ["read", "not_modified", "failed"];

    fn name(self) -> &'static str {
        match self {
            PollResult::Read => "read",
            PollResult::NotModified => "not_modified",
            PollResult::Failed => "failed",
        }
    }
}

impl PushResult {
    const ALL: [&'static str; 6] = ["ping", "websub", "unknown", "unsigned", "malformed", "limited"];

    fn name(self) -> &'static str {
        match self {
            PushResult::Ping => "ping",
            PushResult::WebSub => "websub",
            PushResult::Unknown => "unknown",
            PushResult::Unsigned => "unsigned",
            PushResult::Malformed => "malformed",
            PushResult::Limited => "limited",
        }
    }
}

/// Seconds of an answer over HTTP.
fn request_seconds() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("postrider_build", "The version that runs", Info::new(version));
        registry.register_collector(Box::new(Process));
        let mut r = Registrar(&mut registry);
        Metrics {
            deliveries: r.counters(
                "postrider_deliveries",
                "Attempts at readers' copies of campaigns, by outcome",
                "outcome",
                &OUTCOMES,
            ),
            notices: r.counters(
                "postrider_notices",
                "Attempts at mails to one person, such as confirmations, by outcome",
                "outcome",
                &OUTCOMES,
            ),
            feed_polls: r.counters(
                "postrider_feed_polls",
                "Looks at feeds, by outcome",
                "result",
                &PollResult::ALL,
            ),
            pushes: r.counters(
                "postrider_pushes",
                "Pings of sites and pushes of hubs, by what became of them",
                "result",
                &PushResult::ALL,
            ),
            sign_ups: r.counters(
                "postrider_sign_ups",
                "Sign-ups sent to this process, by what became of them; none says whether the address was known",
                "result",
                &SignUpOutcome::ALL.map(SignUpOutcome::as_str),
            ),
            requests: r.add(
                "postrider_http_request_seconds",
                "Time until an answer began, by route and class of status",
                Family::new_with_constructor(request_seconds),
            ),
            wire: r.add(
                "postrider_message_wire_seconds",
                "Time from handing a message to the relay until its last answer",
                Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0]),
            ),
            commits: r.add(
                "postrider_commit_seconds",
                "Time of the ledger's commits of marks and results",
                Histogram::new([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0]),
            ),
            commit_rows: r.add(
                "postrider_commit_requests",
                "Requests of connections that were committed together",
                Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
            ),
            leases: r.add(
                "postrider_leases",
                "Deliveries and notices taken from the ledger to be sent",
                Counter::default(),
            ),
            leases_recovered: r.add(
                "postrider_leases_recovered",
                "Deliveries taken back from workers that died",
                Counter::default(),
            ),
            in_hand: r.add(
                "postrider_messages_in_hand",
                "Deliveries and notices in memory or on the wire, looked at once a second",
                Gauge::default(),
            ),
            relay_down: r.add(
                "postrider_relay_down",
                "1 while this process pauses because no relay takes its mail",
                Gauge::default(),
            ),
            smtp_connections: r.add(
                "postrider_smtp_connections_open",
                "Connections to relays that are open",
                Gauge::default(),
            ),
            proof_asked: r.add(
                "postrider_sign_up_proof_asked",
                "1 while everybody who signs up is asked for a proof of work",
                Gauge::default(),
            ),
            jobs: r.add("postrider_jobs", "Runs of the schedule's jobs, by outcome", Jobs::default()),
            leads: r.add(
                "postrider_schedule_leads",
                "1 in the one process that polls feeds and begins campaigns",
                Gauge::default(),
            ),
            registry,
        }
    }
}

/// Registers a metric under its name and returns it. The library writes `_total` behind the names
/// of counters and a full stop behind each help.
struct Registrar<'a>(&'a mut Registry);

impl Registrar<'_> {
    fn add<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: M) -> M {
        self.0.register(name, help, metric.clone());
        metric
    }

    /// Every value of the label stands there from the start: a rate needs a zero to begin from.
    fn counters(&mut self, name: &str, help: &str, label: &'static str, values: &[&'static str]) -> Counters {
        let family = self.add(name, help, Counters::default());
        for value in values {
            let _ = family.get_or_create(&[(label, *value)]);
        }
        family
    }
}

impl Metrics {
    /// Counts deliveries that came to an outcome. A status that is none counts nothing.
    pub fn deliveries(&self, status: DeliveryStatus, count: u64) {
        if let Some(outcome) = outcome(status) {
            self.deliveries.get_or_create(&[("outcome", outcome)]).inc_by(count);
        }
    }

    /// Counts a notice that came to an outcome.
    pub fn notice(&self, status: DeliveryStatus) {
        if let Some(outcome) = outcome(status) {
            self.notices.get_or_create(&[("outcome", outcome)]).inc();
        }
    }

    /// Counts a poll of a feed.
    pub fn feed_poll(&self, result: PollResult) {
        self.feed_polls.get_or_create(&[("result", result.name())]).inc();
    }

    /// Counts a ping or a push.
    pub fn push(&self, result: PushResult) {
        self.pushes.get_or_create(&[("result", result.name())]).inc();
    }

    /// Counts a run of a job of the schedule.
    pub fn job(&self, job: &'static str, result: JobResult) {
        let result = match result {
            JobResult::Done => "done",
            JobResult::Failed => "failed",
        };
        self.jobs.get_or_create(&[("job", job), ("result", result)]).inc();
    }

    /// Makes a job's counts stand there from the start: a rate needs a zero to begin from.
    pub fn know_job(&self, job: &'static str) {
        for result in ["done", "failed"] {
            let _ = self.jobs.get_or_create(&[("job", job), ("result", result)]);
        }
    }

    /// Counts a sign-up.
    pub fn sign_up(&self, outcome: SignUpOutcome) {
        self.sign_ups.get_or_create(&[("result", outcome.as_str())]).inc();
    }

    /// Counts an answer. `route` is a pattern of the route table, never an address that was asked
    /// for: strangers choose those.
    pub fn request(&self, route: Option<String>, status: u16, took: Duration) {
        let route = route.map_or(Cow::Borrowed("none"), Cow::Owned);
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests
            .get_or_create(&[("route", route), ("status", class.into())])
            .observe(took.as_secs_f64());
    }

    /// Times a message, from the moment that it may be announced to the relay's last answer.
    pub fn on_wire(&self, took: Duration) {
        self.wire.observe(took.as_secs_f64());
    }

    /// A place for one connection to a relay, which is not open yet.
    pub fn connection(&self) -> ShownConnection {
        ShownConnection { all: self.smtp_connections.clone(), open: false }
    }

    /// Counts one commit of the ledger's writer.
    pub fn commit(&self, requests: usize, took: Duration) {
        self.commits.observe(took.as_secs_f64());
        self.commit_rows.observe(requests as f64);
    }

    /// Everything, in the OpenMetrics format.
    pub fn open_metrics(&self) -> Result<String, fmt::Error> {
        let mut written = String::new();
        text::encode(&mut written, &self.registry)?;
        Ok(written)
    }

    /// Everything, in Prometheus' own format, which is older: there a counter's family bears its
    /// full name.
    pub fn prometheus(&self) -> Result<String, fmt::Error> {
        let written = self.open_metrics()?;
        let mut older = String::with_capacity(written.len());
        let mut lines = written.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(help) = line.strip_prefix("# HELP ") else {
                if line != "# EOF" {
                    older.push_str(line);
                    older.push('\n');
                }
                continue;
            };
            let (name, help) = help.split_once(' ').unwrap_or((help, ""));
            let kind = lines.next().and_then(|line| line.rsplit(' ').next()).unwrap_or("untyped");
            let (name, kind) = match kind {
                "counter" => (format!("{name}_total"), kind),
                "info" => (format!("{name}_info"), "gauge"),
                _ => (name.to_owned(), kind),
            };
            older.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        }
        Ok(older)
    }
}

/// A connection to a relay as the gauge shows it. Dropped, it is closed.
pub struct ShownConnection {
    all: Gauge,
    open: bool,
}

impl ShownConnection {
    /// Says how the connection stands.
    pub fn is_open(&mut self, open: bool) {
        if open != self.open {
            self.open = open;
            self.all.inc_by(if open { 1 } else { -1 });
        }
    }
}

impl Drop for ShownConnection {
    fn drop(&mut self) {
        self.is_open(false);
    }
}

/// Memory and processor time, as the kernel counts them. Nothing where there is no `/proc`.
#[derive(Debug)]
struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(bytes) = resident_bytes() {
            let gauge = ConstGauge::new(bytes);
            let help = "Memory of this process that is in RAM.";
            let kind = gauge.metric_type();
            gauge.encode(encoder.encode_descriptor("process_resident_memory_bytes", help, None, kind)?)?;
        }
        if let Some(seconds) = cpu_seconds() {
            let counter = ConstCounter::new(seconds);
            let help = "Processor time of this process, its own and the kernel's for it.";
            let kind = counter.metric_type();
            counter.encode(encoder.encode_descriptor("process_cpu_seconds", help, None, kind)?)?;
        }
        Ok(())
    }
}

fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<i64>().ok()? * 1024)
}

fn cpu_seconds() -> Option<f64> {
    // Linux counts user and system time in hundredths for programs, whatever its own tick.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; utime and stime are the 12th and 13th field behind it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11);
    let (user, system) = (ticks.next()?.parse::<f64>().ok()?, ticks.next()?.parse::<f64>().ok()?);
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_hold_the_same_samples_each_with_its_help() {
        let metrics = Metrics::default();
        metrics.deliveries(DeliveryStatus::Sent, 3);
        metrics.notice(DeliveryStatus::Deferred);
        metrics.sign_up(SignUpOutcome::Taken);
        metrics.feed_poll(PollResult::Failed);
        metrics.request(Some("/confirm/{token}".into()), 404, Duration::from_millis(3));
        metrics.commit(7, Duration::from_millis(2));
        let open = metrics.open_metrics().unwrap();
        let older = metrics.prometheus().unwrap();
        assert!(open.ends_with("# EOF\n") && !older.contains("# EOF"));
        let samples = |text: &str| -> Vec<String> {
            // Processor time goes on between the two.
            let lines = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("process_"));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(samples(&open), samples(&older));
        for sample in [
            "postrider_deliveries_total{outcome=\"sent\"} 3",
            "postrider_deliveries_total{outcome=\"bounced\"} 0",
            "postrider_notices_total{outcome=\"deferred\"} 1",
            "postrider_sign_ups_total{result=\"taken\"} 1",
            "postrider_feed_polls_total{result=\"failed\"} 1",
            "postrider_http_request_seconds_count{route=\"/confirm/{token}\",status=\"4xx\"} 1",
            "postrider_commit_requests_sum 7.0",
            "postrider_schedule_leads 0",
        ] {
            assert!(older.lines().any(|line| line == sample), "{sample} is missing in:\n{older}");
        }
        for sample in samples(&older) {
            let name = sample.split(['{', ' ']).next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let has_help = |name: &str| {
                older.contains(&format!("# HELP {name} ")) && older.contains(&format!("# TYPE {name} "))
            };
            assert!(has_help(name) || family.is_some_and(has_help), "{name} has no help");
        }
    }

    #[test]
    fn a_process_knows_its_memory_and_its_time() {
        assert!(resident_bytes().unwrap() > 1_000_000);
        assert!(cpu_seconds().unwrap() >= 0.0);
    }
}
