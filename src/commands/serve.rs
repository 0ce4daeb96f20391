//! `serve`: everything in one process, or one role of it, until SIGTERM or Ctrl-C.

use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::usage;
use crate::actions::second_factor;
use crate::actions::sign_ups;
use crate::app::App;
use crate::config::Config;
use crate::db::{DatabaseUrl, private, users};
use crate::delivery::engine::Engine;
use crate::delivery::recovery;
use crate::locale::say_plain;
use crate::schedule::leader;
use crate::web::{self, Limits};

/// The promise is 10 s from SIGTERM to the end.
const STOP_WITHIN: Duration = Duration::from_secs(9);

/// How often a process looks whether another one was told of another relay.
const RELAY_TICK: Duration = Duration::from_secs(10);

/// Settings that the public interface names and this version does not know.
const NOT_BUILT_YET: [&str; 2] = ["BOUNCE_ADDRESS", "RETURN_PATH"];

/// What a process does. Roles share one database and one configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Pages, scheduler and delivery.
    #[default]
    #[value(skip)]
    All,
    /// Pages only
    Web,
    /// Scheduler and delivery; serves only /healthz, /readyz and /metrics
    Worker,
}

#[derive(Args, Clone, Copy, Debug, Default)]
pub struct ServeArgs {
    /// Run only this role; other processes on the same PostgreSQL database run the others
    #[arg(long)]
    role: Option<Role>,
}

pub async fn run(config: Config, args: ServeArgs) -> anyhow::Result<()> {
    let role = args.role.unwrap_or_default();
    if role != Role::All && matches!(config.database, DatabaseUrl::Sqlite(_)) {
        return Err(usage(say_plain("command-serve-role-wrong")));
    }
    let address = config.bind_addr.to_string();
    let listener = web::listen(config.bind_addr)
        .with_context(|| say_plain("command-serve-address-taken").with("address", address).to_string())?;
    // Closed in order by [`serve`], within its time.
    let app = super::open_app(config).await?;
    let stop = CancellationToken::new();
    stop_on_signals(&stop)?;
    for name in NOT_BUILT_YET {
        if std::env::var_os(name).is_some() {
            tracing::warn!("{name} is set, and not built yet: it has no effect");
        }
    }
    let mut tx = app.db.read().await?;
    let nobody_yet = users::is_empty(&mut tx).await?;
    let unreadable = second_factor::unreadable(&app, &mut tx).await?.len();
    drop(tx);
    if unreadable > 0 {
        tracing::error!(
            users = unreadable,
            "codes can't be checked at sign-in: no key of SECRET_KEY opens what they are made of. Put the old key \
             back behind the new one, or see postrider doctor"
        );
    }
    print_addresses(&app, role, nobody_yet);
    serve(app, role, listener, stop).await
}

/// Connections that clients may have. Whoever comes later waits to be accepted: out of descriptors, the
/// process could neither answer nor open its own database.
fn connections_max(config: &Config) -> usize {
    let wanted = Limits::default().connections_max;
    // For the database, relays, feeds and files.
    let kept = 128 + 2 * config.smtp_connections;
    // Many systems start processes with 1,024 and let them have more.
    match rlimit::increase_nofile_limit((wanted + kept) as u64) {
        Ok(descriptors) => {
            let descriptors = usize::try_from(descriptors).unwrap_or(usize::MAX);
            descriptors.saturating_sub(kept).clamp(16, wanted)
        }
        Err(error) => {
            tracing::warn!(%error, "the limit of open files can't be read");
            1024_usize.saturating_sub(kept).max(16)
        }
    }
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

/// Prints what is at an address, and the address.
pub fn print_address(what: &str, url: &str) {
    println!("  {:<11} {url}", say_plain(what).to_string());
}

fn print_addresses(app: &App, role: Role, nobody_yet: bool) {
    if role == Role::Worker {
        println!("{}", say_plain("command-serve-worker-ready").with("engine", app.db.engine()));
        print_address("command-serve-metrics", &format!("http://{}/metrics", app.config.bind_addr));
        return;
    }
    println!("{}", say_plain("command-serve-ready").with("engine", app.db.engine()));
    if role == Role::Web {
        println!("  {}", say_plain("command-serve-web-only"));
    }
    print_address("command-serve-subscribe", &app.config.link("/"));
    print_address("command-serve-archive", &app.config.link("/archive"));
    print_address("command-serve-desk", &app.config.link("/admin"));
    if nobody_yet {
        // Whoever reads the log may set up: the token is void as soon as there is somebody.
        let token = app.keyring.setup_token();
        print_address("command-serve-setup", &app.config.link(&format!("/admin/setup?token={token}")));
    }
    if app.captures_mail() {
        if app.config.base_url_is_loopback() && app.config.bind_addr.ip().is_loopback() {
            print_address("command-serve-mailbox", &app.config.link("/mailbox"));
        }
        println!("{}", say_plain("command-serve-captures"));
    }
}

/// The name of a part of `serve`, for what failed in it.
fn part(key: &'static str) -> impl Fn() -> String + Copy {
    move || say_plain(key).to_string()
}

/// Serves until `stop`, then ends in order: no new work, what is on the wire, the records, the
/// database.
pub async fn serve(
    app: Arc<App>,
    role: Role,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let lock = EngineLock::take(&app)?;
    if lock.is_some() {
        // Nobody else can be delivering from this file: all other workers are dead.
        recovery::recover_from_everybody(&app).await?;
    }
    let limits = Limits { connections_max: connections_max(&app.config), ..Limits::default() };
    let server = match role {
        Role::All | Role::Web => web::server(app.clone(), listener, limits)?,
        Role::Worker => web::worker_server(app.clone(), listener, limits)?,
    };
    let web = server.handle();

    let mut serving = tokio::spawn(server);
    let mut delivering = tokio::spawn(deliver(app.clone(), role, stop.clone()));
    let mut scheduling = tokio::spawn(schedule(app.clone(), role, stop.clone()));
    // In every role: a worker takes up what a web process left.
    let mut signing_up = sign_ups::start(app.clone(), stop.clone());

    let mut failure = None;
    tokio::select! {
        biased;
        // First: told to stop, the others end as well, and in order.
        () = stop.cancelled() => {}
        // A server that takes sign-ups and delivers nothing would look healthy: better none.
        ended = &mut delivering => {
            stop.cancel();
            ended.with_context(part("command-serve-delivery"))?.with_context(part("command-serve-delivery"))?;
            return Ok(());
        }
        ended = &mut signing_up => {
            failure = ended.with_context(part("command-serve-sign-ups")).and_then(|ended| ended).err();
        }
        ended = &mut scheduling => {
            failure = ended.with_context(part("command-serve-schedule")).and_then(|ended| ended).err();
        }
        ended = &mut serving => {
            let part = part("command-serve-web");
            failure = ended.with_context(part).and_then(|ended| ended.with_context(part)).err();
        }
    }
    stop.cancel();
    // Safe at any moment: what it had begun is rolled back, and the lead is free for others.
    scheduling.abort();
    // The web last: a database connection that was opened on one of its threads works only as long
    // as that thread, and delivery may be recording over it.
    let ended = async {
        let delivered = delivering.await;
        web.stop(true).await;
        if !signing_up.is_finished() {
            let _ = signing_up.await;
        }
        delivered
    };
    match tokio::time::timeout(STOP_WITHIN, ended).await {
        Ok(delivered) => delivered.with_context(part("command-serve-delivery"))??,
        Err(_) => tracing::warn!(
            "not all that was on the wire was answered in time; it is uncertain and goes out again at the next start"
        ),
    }
    // A database that does not answer must not hold up the end.
    let _ = tokio::time::timeout(Duration::from_millis(500), app.db.close()).await;
    failure.map_or(Ok(()), Err)
}

async fn deliver(app: Arc<App>, role: Role, stop: CancellationToken) -> anyhow::Result<()> {
    if role == Role::Web {
        stop.cancelled().await;
        return Ok(());
    }
    // With another relay another engine: what is on the wire is finished, and what waits goes the new way.
    while !stop.is_cancelled() {
        let (set_at, this_way) = (app.relay_set_at(), stop.child_token());
        let engine = Engine::new(app.clone(), app.transport()?, this_way.clone());
        let mut delivering = tokio::spawn(async move { engine.run().await });
        tokio::select! {
            ended = &mut delivering => return ended.with_context(part("command-serve-delivery"))?,
            () = until_another_relay(&app, set_at) => this_way.cancel(),
        }
        delivering.await.with_context(part("command-serve-delivery"))??;
        tracing::info!("another relay is set: mail goes its way from now on");
    }
    Ok(())
}

/// Until another relay was set at the desk than at this time, of this process or of another one.
async fn until_another_relay(app: &App, before: Option<DateTime<Utc>>) {
    loop {
        let changed = app.mail_way.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        if let Err(error) = app.learn_relay().await {
            tracing::debug!(error = crate::db::explain(&error), "the relay's setting can't be read");
        }
        if app.relay_set_at() != before {
            return;
        }
        let _ = tokio::time::timeout(RELAY_TICK, changed).await;
    }
}

async fn schedule(app: Arc<App>, role: Role, stop: CancellationToken) -> anyhow::Result<()> {
    if role == Role::Web {
        stop.cancelled().await;
        return Ok(());
    }
    leader::run(app, stop).await
}

/// Held for as long as this process delivers from a SQLite file: two would each take the other's
/// leases. Other commands run beside it.
struct EngineLock {
    _file: File,
}

impl EngineLock {
    fn take(app: &App) -> anyhow::Result<Option<EngineLock>> {
        let DatabaseUrl::Sqlite(path) = &app.config.database else { return Ok(None) };
        // By whatever link the file was named: the lock is beside the file itself.
        let path = path.canonicalize().with_context(|| {
            say_plain("command-serve-file").with("file", path.display().to_string()).to_string()
        })?;
        let shown = path.display().to_string();
        let mut name = path.into_os_string();
        name.push(".lock");
        let file = private::new_file()
            .create(true)
            .truncate(false)
            .open(&name)
            .with_context(|| lock_in_words(&name))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(EngineLock { _file: file })),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("{}", say_plain("command-serve-locked").with("file", shown))
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| lock_in_words(&name)),
        }
    }
}

fn lock_in_words(name: &OsStr) -> String {
    say_plain("command-serve-lock").with("file", name.display().to_string()).to_string()
}
