//! `serve`: everything in one process, until SIGTERM or Ctrl-C.

use std::fs::{File, TryLockError};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::open;
use crate::app::App;
use crate::config::Config;
use crate::db::DatabaseUrl;
use crate::delivery::engine::Engine;
use crate::delivery::recovery;
use crate::mail::transport::Transport;

/// The promise is 10 s from SIGTERM to the end.
const STOP_WITHIN: Duration = Duration::from_secs(9);

/// Settings that the public interface names and this version does not know.
const NOT_BUILT_YET: [&str; 2] = ["BOUNCE_ADDRESS", "RETURN_PATH"];

pub async fn run(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.bind_addr).with_context(|| {
        format!("BIND_ADDR {} can't be used: is something listening there?", config.bind_addr)
    })?;
    let app = open(config).await?;
    let stop = CancellationToken::new();
    stop_on_signals(&stop)?;
    for name in NOT_BUILT_YET {
        if std::env::var_os(name).is_some() {
            tracing::warn!("{name} is set, and not built yet: it has no effect");
        }
    }
    print_addresses(&app);
    serve(app, listener, stop).await
}

/// Cancels `stop` on SIGTERM or Ctrl-C.
pub fn stop_on_signals(stop: &CancellationToken) -> anyhow::Result<()> {
    let stop = stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: what is on the wire is finished and recorded");
        stop.cancel();
    });
    Ok(())
}

fn print_addresses(app: &App) {
    println!("Postrider is ready ({}).", app.db.engine());
    println!("  Subscribe   {}", app.config.link("/"));
    println!("  Archive     {}", app.config.link("/archive"));
    if app.config.captures_mail() {
        if app.config.base_url_is_loopback() && app.config.bind_addr.ip().is_loopback() {
            println!("  Mailbox     {}", app.config.link("/mailbox"));
        }
        println!("Mail is captured, not sent, until SMTP_URL is set.");
    }
}

/// Serves until `stop`, then ends in order: no new work, what is on the wire, the records, the
/// database.
pub async fn serve(app: Arc<App>, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let lock = EngineLock::take(&app)?;
    if lock.is_some() {
        // Nobody else can be delivering from this file: all other workers are dead.
        let everyone = app.clock.now() + TimeDelta::days(1);
        recovery::recover_from_the_dead(&app, Uuid::nil(), everyone).await?;
    }
    let transport = Transport::new(&app.config)?;
    let engine = Engine::new(app.clone(), transport, stop.clone());
    let server = crate::web::server(app.clone(), listener)?;
    let web = server.handle();

    let mut serving = tokio::spawn(server);
    let mut delivering = tokio::spawn(async move { engine.run().await });
    let mut polling = tokio::spawn(every_second(app.clone(), stop.clone(), Task::Polls));
    let mut scheduling = tokio::spawn(every_second(app.clone(), stop.clone(), Task::Campaigns));

    tokio::select! {
        () = stop.cancelled() => {}
        // A server that takes sign-ups and delivers nothing would look healthy: better none.
        ended = &mut delivering => {
            stop.cancel();
            ended.context("delivery")?.context("delivery")?;
            return Ok(());
        }
        ended = &mut polling => { stop.cancel(); ended.context("polling")?; }
        ended = &mut scheduling => { stop.cancel(); ended.context("the schedule")?; }
        ended = &mut serving => {
            stop.cancel();
            ended.context("the web server")?.context("the web server")?;
        }
    }
    // Both are safe at any moment: what they had begun is rolled back.
    polling.abort();
    scheduling.abort();
    match tokio::time::timeout(STOP_WITHIN, async { tokio::join!(web.stop(true), delivering) }).await {
        Ok(((), delivered)) => delivered.context("delivery")??,
        Err(_) => tracing::warn!(
            "not all that was on the wire was answered in time; it is uncertain and goes out again at the next start"
        ),
    }
    app.db.close().await;
    Ok(())
}

#[derive(Clone, Copy)]
enum Task {
    Polls,
    Campaigns,
}

async fn every_second(app: Arc<App>, stop: CancellationToken, task: Task) {
    while !stop.is_cancelled() {
        let done = match task {
            Task::Polls => crate::schedule::poll_feeds(&app).await,
            Task::Campaigns => crate::schedule::run_campaigns(&app).await,
        };
        if let Err(error) = done {
            tracing::error!(error = format!("{error:#}"), "scheduled work failed; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Held for as long as this process delivers from a SQLite file: two would each take the other's
/// leases. Other commands run beside it.
struct EngineLock {
    _file: File,
}

impl EngineLock {
    fn take(app: &App) -> anyhow::Result<Option<EngineLock>> {
        let DatabaseUrl::Sqlite(path) = &app.config.database else { return Ok(None) };
        let mut name = path.clone().into_os_string();
        name.push(".lock");
        let file = File::create(&name).with_context(|| format!("the lock {}", name.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(EngineLock { _file: file })),
            Err(TryLockError::WouldBlock) => anyhow::bail!(
                "another Postrider serves {}: stop it first, or give this one a DATABASE_URL of its own",
                path.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).context("the engine lock"),
        }
    }
}
