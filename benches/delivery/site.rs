//! A publication to measure on: a database of its own with one list of readers, and its settings.
//! Readers come by an import, also a million. The one place with SQL: the ledger is emptied between runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::config::Config;
use postrider::db::articles::{self, Article};
use postrider::db::audit::Actor;
use postrider::db::chunk::LongWork;
use postrider::db::events::Cause;
use postrider::db::{Db, campaigns, digests, ledger, list_articles, lists};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::delivery::DeliveryStatus;
use postrider::domain::slug::Slug;
use postrider::domain::subscription::{Cadence, Transition};
use postrider::mail::transport::Transport;
use sqlx::Executor as _;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::postgres_url;
use crate::process::{self, Process};
use crate::relay::Relay;

/// SMTP connections of each process, and of the yardstick.
pub const CONNECTIONS: usize = 16;
/// The mail that everything is measured with, on the wire, unsigned.
const MAIL_BYTES: usize = 16_000;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }
}

/// A publication of our own.
pub struct Site {
    pub vars: HashMap<String, String>,
    pub app: Arc<App>,
    pub readers: usize,
    list: Uuid,
    letter: String,
    folder: tempfile::TempDir,
    /// The server and the name.
    schema: Option<(String, String)>,
}

impl Site {
    /// With a list `all` of so many active readers, and DKIM keys of these kinds.
    pub async fn new(engine: Engine, readers: usize, dkim: Option<&str>) -> Site {
        let mut site = Site::empty(engine, None, dkim).await;
        site.import(readers);
        site.until_found().await;
        site.tune_letter(MAIL_BYTES).await;
        site
    }

    /// With a list `all` that nobody reads yet. On PostgreSQL in a schema of its own, of this server.
    pub async fn empty(engine: Engine, server: Option<&str>, dkim: Option<&str>) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let mut schema = None;
        let database = match engine {
            Engine::Sqlite => format!("sqlite://{}", folder.path().join("postrider.db").display()),
            Engine::Postgres => {
                let name = format!("bench_{}", Uuid::now_v7().simple());
                let server = server.unwrap_or_else(|| postgres_url().unwrap());
                let admin = sqlx::PgPool::connect(server).await.unwrap();
                admin.execute(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).await.unwrap();
                admin.close().await;
                let joint = if server.contains('?') { '&' } else { '?' };
                let url = format!("{server}{joint}options=-c%20search_path%3D{name}");
                schema = Some((server.to_owned(), name));
                url
            }
        };
        let mut vars: HashMap<String, String> = HashMap::from([
            ("DATABASE_URL".into(), database),
            ("BASE_URL".into(), "https://news.harbour.example".into()),
            ("SECRET_KEY".into(), "a-key-that-only-the-benchmark-knows".into()),
            ("SMTP_CONNECTIONS".into(), CONNECTIONS.to_string()),
            ("MAIL_FROM".into(), "Harbour News <news@harbour.example>".into()),
            ("SIGNUPS_PER_IP_PER_HOUR".into(), "0".into()),
            ("RUST_LOG".into(), "warn,sqlx=error".into()),
            // Read by the first configuration only: each user names its own relay.
            ("SMTP_URL".into(), "smtp://127.0.0.1:1?tls=none".into()),
        ]);
        if let Some(kind) = dkim {
            vars.extend(process::make_dkim_key(folder.path(), kind));
        }
        let app = App::open(Config::from_vars(&vars).unwrap(), Clock::System).await.unwrap();
        let list = add_list(&app, "all").await;
        Site { vars, app, readers: 0, list, letter: String::new(), folder, schema }
    }

    /// Readers of many providers, as a publisher brings them: by `postrider import`.
    pub fn import(&mut self, readers: usize) {
        let lines = (0..readers).map(|n| format!("reader{n}@mail{}.example.org\n", n % 500));
        self.import_file(&format!("email\n{}", lines.collect::<String>()), readers);
    }

    /// The same for one group of several, at a cadence.
    pub fn import_group(&mut self, group: usize, readers: usize, cadence: &str) {
        let lines =
            (0..readers).map(|n| format!("reader{n}@mail{}.group{group}.example.org,{cadence}\n", n % 500));
        self.import_file(&format!("email,cadence\n{}", lines.collect::<String>()), readers);
    }

    fn import_file(&mut self, file: &str, readers: usize) {
        let path = self.folder.path().join("readers.csv");
        std::fs::write(&path, file).unwrap();
        let path = path.display().to_string();
        let args = ["import", path.as_str(), "--list", "all"];
        let output = process::command(&self.vars, self.folder.path(), &args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.readers += readers;
    }

    /// Waits until everybody who was imported is found by the desk's search: that is work of the server's, not of what is
    /// measured.
    pub async fn until_found(&self) {
        let start = std::time::Instant::now();
        let mut words = LongWork::up_to(5_000);
        while postrider::actions::subscribers::add_missing_words(&self.app, &mut words).await.unwrap() {
            assert!(
                start.elapsed() < Duration::from_secs(300),
                "words of a million are stored in five minutes"
            );
        }
        self.settle().await;
    }

    /// Adds an article to the list, for digests, and has it numbered.
    pub async fn number_article(&self, n: usize) {
        let now = self.app.clock.now();
        let article = Article {
            id: Uuid::now_v7(),
            url: format!("https://harbour.example/articles/{n}"),
            title: format!("Container rates slip for the {n}th week"),
            author: "Marta Lindqvist".to_owned(),
            summary_html:
                "<p>Spot prices for a forty-foot box to northern Europe fell again last week, the sixth \
                fall in a row, and the large lines have begun to do what they always say they will not.</p>"
                    .to_owned(),
            content_html: String::new(),
            image_url: String::new(),
            image_alt: String::new(),
            published_at: now,
            first_seen_at: now,
            is_held: false,
            categories: Default::default(),
        };
        let mut tx = self.app.db.write().await.unwrap();
        articles::insert_all(&mut tx, std::slice::from_ref(&article)).await.unwrap();
        list_articles::add_waiting(&mut tx, self.list, &[article.id], now).await.unwrap();
        tx.commit().await.unwrap();
        postrider::actions::digests::work(&self.app).await.unwrap();
    }

    /// A digest to all readers who get one a day, due now.
    pub async fn schedule_digest(&self) -> Uuid {
        let now = self.app.clock.now();
        let mut tx = self.app.db.write().await.unwrap();
        let known = digests::next(&mut tx, self.list, Cadence::Daily).await.unwrap();
        let id = match known {
            Some(id) => id,
            None => digests::add(&mut tx, self.list, Cadence::Daily, "All articles", now, now)
                .await
                .unwrap()
                .unwrap(),
        };
        campaigns::put_off(&mut tx, id, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// With mails of about so many bytes.
    pub async fn with_mails_of(engine: Engine, readers: usize, bytes: usize) -> Site {
        let mut site = Site::empty(engine, None, None).await;
        site.import(readers);
        site.settle().await;
        site.tune_letter(bytes).await;
        site
    }

    /// What each mail of a campaign says.
    pub fn letter(&self) -> String {
        self.letter.clone()
    }

    pub fn set_letter(&mut self, letter: String) {
        self.letter = letter;
    }

    /// Where files may be put.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn engine(&self) -> Engine {
        match self.app.db {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Writes down what waits to be written down, so that no run pays for the one before.
    async fn settle(&self) {
        match &self.app.db {
            Db::Sqlite { writer, .. } => {
                writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
            }
            Db::Postgres(pool) => {
                // Not everybody may.
                let _ = pool.execute("CHECKPOINT").await;
            }
        }
    }

    /// Forgets all campaigns and their deliveries.
    pub async fn clear(&self) {
        match &self.app.db {
            Db::Sqlite { writer, .. } => {
                writer.execute("DELETE FROM deliveries").await.unwrap();
                writer.execute("DELETE FROM campaigns").await.unwrap();
                writer.execute("DELETE FROM digests").await.unwrap();
            }
            Db::Postgres(pool) => {
                pool.execute("TRUNCATE deliveries").await.unwrap();
                pool.execute("DELETE FROM campaigns").await.unwrap();
                pool.execute("DELETE FROM digests").await.unwrap();
            }
        }
        self.settle().await;
    }

    /// A number that one statement asks for.
    pub async fn count(&self, sql: &'static str) -> i64 {
        match &self.app.db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    /// Makes the letter as long as it takes for a mail of about so many bytes.
    async fn tune_letter(&mut self, bytes: usize) {
        let probe = add_list(&self.app, "probe").await;
        let mut tx = self.app.db.write().await.unwrap();
        let now = self.app.clock.now();
        let reader = postrider::domain::email_address::EmailAddress::parse("probe@example.org").unwrap();
        let id = postrider::db::subscribers::upsert(&mut tx, &reader, "", now).await.unwrap();
        let join = Transition::Join(Cadence::Each);
        let actor = Actor::command_line();
        let cause = Cause::new(&actor, now);
        postrider::db::subscriptions::change_one(&mut tx, &cause, id, probe, join).await.unwrap();
        tx.commit().await.unwrap();
        let paragraph = "<p>Spot prices for a forty-foot box to northern Europe fell again last week, the sixth \
            fall in a row, and the large lines have begun to do what they always say they will not: park \
            ships.</p>\n";
        let relay = Relay::start(Duration::ZERO).await;
        let few = self.captured(probe, &relay, &paragraph.repeat(10)).await;
        let more = self.captured(probe, &relay, &paragraph.repeat(20)).await;
        let each = (more - few) / 10;
        let paragraphs = 10 + (bytes + each / 2).saturating_sub(few) / each;
        self.letter = paragraph.repeat(paragraphs);
        self.clear().await;
    }

    /// The size of a mail as a relay gets it.
    async fn captured(&self, list: Uuid, relay: &Relay, letter: &str) -> usize {
        let id = self.schedule_to(list, letter).await;
        self.deliver(relay.port, id, 1).await;
        relay.bytes_last()
    }

    /// The size of the mail that everything is measured with, as a relay gets it: signed where the
    /// site signs.
    pub async fn mail_bytes(&self) -> usize {
        let mut tx = self.app.db.read().await.unwrap();
        let probe = lists::by_slug(&mut tx, "probe").await.unwrap().unwrap().id;
        drop(tx);
        let relay = Relay::start(Duration::ZERO).await;
        self.captured(probe, &relay, &self.letter).await
    }

    async fn schedule_to(&self, list: Uuid, letter: &str) -> Uuid {
        let now = self.app.clock.now();
        let mut tx = self.app.db.write().await.unwrap();
        let id = campaigns::add_from_html(&mut tx, list, "Container rates slip", letter, now).await.unwrap();
        campaigns::schedule(&mut tx, id, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A campaign to all readers, due now.
    pub async fn schedule(&self) -> Uuid {
        self.schedule_to(self.list, &self.letter).await
    }

    /// Enqueues a campaign and delivers it in this process. Returns the seconds that delivering
    /// took.
    pub async fn deliver(&self, port: u16, campaign: Uuid, readers: usize) -> f64 {
        postrider::schedule::run_campaigns(&self.app).await.unwrap();
        let transport =
            Transport::new(Config::from_vars(&self.vars_with_relay(port)).unwrap().transport()).unwrap();
        let delivery = Delivery::new(self.app.clone(), transport, CancellationToken::new());
        let start = std::time::Instant::now();
        delivery.run_until_idle().await.unwrap();
        let took = start.elapsed().as_secs_f64();
        self.assert_all_sent(campaign, readers).await;
        took
    }

    /// The settings, with a relay on this machine.
    pub fn vars_with_relay(&self, port: u16) -> HashMap<String, String> {
        let mut vars = self.vars.clone();
        vars.insert("SMTP_URL".into(), format!("smtp://127.0.0.1:{port}?tls=none"));
        vars
    }

    /// Asserts that the ledger has every mail as sent, and none besides.
    pub async fn assert_all_sent(&self, campaign: Uuid, readers: usize) {
        let mut tx = self.app.db.read().await.unwrap();
        let counts = ledger::counts(&mut tx, campaign).await.unwrap();
        assert_eq!(counts, [(DeliveryStatus::Sent, readers as i64)], "every mail is accounted for");
    }

    /// Waits until other processes have sent a campaign.
    pub async fn until_sent(&self, campaign: Uuid, processes: &mut [Process]) {
        loop {
            let mut tx = self.app.db.read().await.unwrap();
            let found = campaigns::by_id(&mut tx, campaign).await.unwrap().unwrap();
            drop(tx);
            if found.status == CampaignStatus::Sent {
                break;
            }
            processes.iter_mut().for_each(Process::assert_runs);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.assert_all_sent(campaign, self.readers).await;
    }

    /// Adds another list.
    pub async fn add_list(&self, slug: &str) {
        add_list(&self.app, slug).await;
    }

    /// Removes what it made.
    pub async fn end(&self) {
        self.app.db.close().await;
        if let Some((server, name)) = &self.schema {
            let admin = sqlx::PgPool::connect(server).await.unwrap();
            admin.execute(sqlx::AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).await.unwrap();
            admin.close().await;
        }
    }
}

async fn add_list(app: &App, slug: &str) -> Uuid {
    let mut tx = app.db.write().await.unwrap();
    lists::add(&mut tx, &Slug::parse(slug).unwrap(), "All articles", app.clock.now()).await.unwrap();
    let list = lists::by_slug(&mut tx, slug).await.unwrap().unwrap().id;
    tx.commit().await.unwrap();
    list
}
