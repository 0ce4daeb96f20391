//! What every part shares: configuration, database, clock, keys. Wires the parts together, and never
//! says what is to be done with them.

pub mod clock;
pub mod limiter;
pub mod link_answers;
pub mod mail_domains;
pub mod mail_way;
pub mod metrics;
pub mod missing_pages;
pub mod passwords;
pub mod send_counter;
pub mod sign_up_queue;
pub mod sign_up_watch;

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use secrecy::SecretString;
use tokio::sync::{Notify, OnceCell};

use crate::app::clock::Clock;
use crate::app::link_answers::LinkAnswers;
use crate::app::mail_domains::MailDomains;
use crate::app::mail_way::MailWay;
use crate::app::metrics::Metrics;
use crate::app::missing_pages::MissingPages;
use crate::app::passwords::Passwords;
use crate::app::send_counter::SendCounter;
use crate::app::sign_up_queue::SignUpQueue;
use crate::app::sign_up_watch::SignUpWatch;
use crate::config::Config;
use crate::db::{self, Db};
use crate::domain::links::Keyring;
use crate::domain::relay_trouble::RelayTrouble;
use crate::fetch::Fetcher;
use crate::locale::say_plain;

/// The shared parts. Held in an `Arc`; handlers get it as `web::Data<App>`.
pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub keyring: Keyring,
    pub fetcher: Fetcher,
    /// Rung when there may be something to deliver, so that nobody waits for the next tick.
    pub wake_delivery: Arc<Notify>,
    /// Rung when a feed is to be polled at once, and when a campaign may be due.
    pub wake_polls: Notify,
    pub wake_campaigns: Notify,
    pub metrics: Metrics,
    /// What keeps this process from using the relay just now.
    pub relay_trouble: Mutex<Option<RelayTrouble>>,
    pub sign_ups: SignUpQueue,
    pub sign_up_watch: SignUpWatch,
    pub mail_domains: Arc<MailDomains>,
    pub passwords: Passwords,
    /// What tells the database from its copies: see `actions::guard`.
    pub database_name: OnceCell<String>,
    /// What tells the database from its own older copies.
    pub send_counter: SendCounter,
    pub mail_way: MailWay,
    pub link_answers: Arc<LinkAnswers>,
    pub missing_pages: MissingPages,
}

impl App {
    /// Opens the database, brings it up to date, finds or makes the key.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Arc<App>> {
        let db = Db::connect(&config.database).await?;
        App::with_db(config, clock, db).await
    }

    /// The same on a database that is open already.
    pub async fn with_db(config: Config, clock: Clock, db: Db) -> anyhow::Result<Arc<App>> {
        db.migrate().await?;
        let mut tx = db.write().await?;
        db::publication::make_default(&mut tx, clock.now()).await?;
        db::wordings::keep(&mut tx, clock.now()).await?;
        let lineage = db::send_counter::get(&mut tx).await?.lineage;
        tx.commit().await?;
        let send_counter = SendCounter::open(&config, &lineage);
        let secrets = if config.secret_keys.is_empty() {
            vec![find_or_make_key(&config.data_dir)?]
        } else {
            config.secret_keys.clone()
        };
        let keyring = Keyring::new(&secrets);
        let fetcher = Fetcher::new(&config.feed_allow_private_addresses, &config.base_url)?;
        let (wake_delivery, metrics) = (Arc::new(Notify::new()), Metrics::default());
        let sign_ups = SignUpQueue::default();
        // Who turns the limit off wants nobody stopped for numbers.
        let sign_up_watch = SignUpWatch::new(config.signups_per_ip_per_hour > 0);
        let mail_domains = Arc::new(MailDomains::new(config.dns_resolver));
        let passwords = Passwords::new(config.password_hash_kib);
        let database_name = OnceCell::new();
        let app = Arc::new(App {
            config,
            db,
            clock,
            keyring,
            fetcher,
            wake_delivery,
            wake_polls: Notify::new(),
            wake_campaigns: Notify::new(),
            metrics,
            relay_trouble: Mutex::default(),
            sign_ups,
            sign_up_watch,
            mail_domains,
            passwords,
            database_name,
            send_counter,
            mail_way: MailWay::default(),
            link_answers: Arc::default(),
            missing_pages: MissingPages::default(),
        });
        app.learn_relay().await?;
        Ok(app)
    }
}

/// Reads `secret.key`, or makes it once, for nobody else's eyes.
fn find_or_make_key(folder: &Path) -> anyhow::Result<SecretString> {
    let path = folder.join("secret.key");
    let file = path.display().to_string();
    let context = || say_plain("open-key-file").with("file", &file).to_string();
    db::make_private_folder(folder).with_context(context)?;
    match db::private::new_file().create_new(true).open(&path) {
        Ok(mut file) => {
            let mut bytes = [0u8; 32];
            aws_lc_rs::rand::fill(&mut bytes).context("no random numbers")?;
            let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            file.write_all(key.as_bytes()).with_context(context)?;
            file.sync_all().with_context(context)?;
            Ok(SecretString::from(key))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            db::private::tighten(&path);
            let key = std::fs::read_to_string(&path).with_context(context)?;
            let key = key.trim();
            anyhow::ensure!(key.len() >= 32, "{}", say_plain("open-key-short").with("file", &file));
            Ok(SecretString::from(key))
        }
        Err(error) => Err(error).with_context(context),
    }
}
