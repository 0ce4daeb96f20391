//! A database that an earlier version made and filled, through its own pages and commands: opened by this version,
//! nothing of it is lost, and what was under way goes on. One is kept for each version whose schema others build on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use postrider::db::Db;
use reqwest::StatusCode;
use sqlx::{AssertSqlSafe, Executor as _};

use crate::support::desk::PASSWORD;
use crate::support::{Engine, TestApp, skip_postgres};

/// The number of the last migration that the kept database has.
const VERSION: i64 = 28;

/// The rows of the kept database, as statements.
fn kept(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => include_str!("../fixtures/0028/sqlite.sql"),
        Engine::Postgres => include_str!("../fixtures/0028/postgres.sql"),
    }
}

/// What readers and users had in hand: tokens of links, codes.
fn in_hand(engine: Engine) -> BTreeMap<String, String> {
    let json = match engine {
        Engine::Sqlite => include_str!("../fixtures/0028/sqlite.json"),
        Engine::Postgres => include_str!("../fixtures/0028/postgres.json"),
    };
    serde_json::from_str(json).expect("JSON")
}

/// Makes a database what it was at that version.
async fn restore(db: &Db, sql: &'static str) {
    let up_to = |mut migrator: sqlx::migrate::Migrator| {
        let known: Vec<_> =
            migrator.iter().filter(|migration| migration.version <= VERSION).cloned().collect();
        migrator.migrations = known.into();
        migrator
    };
    // What a migration puts into a table is among the rows that were kept.
    let tables: BTreeSet<&str> = sql.lines().filter_map(table).collect();
    let clear: String = tables.iter().map(|table| format!("DELETE FROM {table};\n")).collect();
    match db {
        Db::Sqlite { writer, .. } => {
            up_to(sqlx::migrate!("migrations/sqlite")).run(writer).await.unwrap();
            let sql = format!("PRAGMA foreign_keys = OFF;\n{clear}{sql}\nPRAGMA foreign_keys = ON;");
            writer.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        }
        Db::Postgres(pool) => {
            up_to(sqlx::migrate!("migrations/postgres")).run(pool).await.unwrap();
            let sql = format!(
                "SET session_replication_role = replica;\n{clear}{sql}\nSET session_replication_role = origin;"
            );
            pool.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        }
    }
}

/// The table that a line of the kept rows begins to fill.
fn table(line: &'static str) -> Option<&'static str> {
    line.strip_prefix("INSERT INTO ")?.split(' ').next()
}

/// How many rows a query finds.
async fn count(app: &TestApp, from: &str) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {from}"));
    match &app.app.db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

async fn open(engine: Engine) -> Result<TestApp, String> {
    let app = TestApp::start_on(engine, &[], async |db| restore(db, kept(engine)).await).await?;
    let then: chrono::DateTime<chrono::Utc> = in_hand(engine)["now"].parse().unwrap();
    app.advance(then - crate::support::start_of_test());
    Ok(app)
}

async fn every_row_is_there(app: &TestApp, engine: Engine) {
    let mut rows: BTreeMap<&str, i64> = BTreeMap::new();
    for table in kept(engine).lines().filter_map(table) {
        *rows.entry(table).or_default() += 1;
    }
    assert!(rows.len() > 25 && rows["deliveries"] == 21 && rows["articles"] == 52, "{rows:?}");
    for (table, before) in rows {
        assert_eq!(count(app, table).await, before, "{table}");
    }
    let deliveries: Vec<&str> =
        kept(engine).lines().filter(|line| line.starts_with("INSERT INTO deliveries ")).collect();
    for status in ["queued", "deferred", "uncertain", "sent", "bounced", "failed", "skipped"] {
        let before = deliveries.iter().filter(|line| line.contains(&format!("'{status}'"))).count() as i64;
        let now = count(app, &format!("deliveries WHERE status = '{status}'")).await;
        assert_eq!(now, before, "{status}");
    }
    let in_order = "(SELECT COUNT(*) FROM campaigns other
                     WHERE (other.created_at, other.id) <= (campaigns.created_at, campaigns.id))";
    assert_eq!(count(app, &format!("campaigns WHERE number <> {in_order}")).await, 0);
}

async fn what_is_held_says_why(app: &TestApp) {
    let marta = app.sign_in("marta@harbour.example").await;
    let held = marta.page("/admin/held").await;
    for (subject, why) in [
        ("Harbour", "Nothing ran here from 24 Nov 2026, 09:51"),
        ("Tide table", "Nothing ran here from 24 Nov 2026, 09:51"),
        ("Night watch", "Nothing ran here from 24 Nov 2026, 09:51"),
        ("To the press", "Press"),
        ("For a second person", "nother person"),
        ("World feed", "41 new items in one poll"),
    ] {
        assert!(held.contains(subject), "{subject}: {held}");
        assert!(held.contains(why), "{subject}: {why}: {held}");
    }
    assert_eq!(count(app, "holds WHERE campaign_id IS NOT NULL").await, 5);
    assert_eq!(count(app, "campaigns WHERE is_held = TRUE").await, 5);
    assert_eq!(count(app, "holds WHERE kind = 'brake'").await, 41);
    assert_eq!(count(app, "articles WHERE is_held = TRUE").await, 41);
    let drafts = marta.page("/admin/campaigns").await;
    for subject in ["A draft", "Later", "Ferry", "Thrown away"] {
        assert!(drafts.contains(subject), "{subject}: {drafts}");
    }
    assert!(marta.page("/admin/suppressions").await.contains("never@example.org"));
    assert!(marta.page("/admin/articles").await.contains("Written in Postrider"));
    let reader = marta.page("/admin/subscribers?q=iris").await;
    let path =
        reader.split("/admin/subscribers/").find(|part| part.as_bytes().get(8) == Some(&b'-')).unwrap();
    let story = marta.page(&format!("/admin/subscribers/{}", &path[..36])).await;
    assert!(story.contains("Ferry") && story.contains("onfirmed"), "what happened before stays: {story}");
}

async fn codes_still_open_the_desk(app: &TestApp, engine: Engine) {
    let mut owen = app.nobody();
    let form = [("email", "owen@harbour.example"), ("password", PASSWORD)];
    owen.take_cookie(owen.post("/admin/sign-in", &form).await.headers());
    let code = &in_hand(engine)["recovery code"];
    let answer = owen.post("/admin/sign-in/code", &[("code", code)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
    owen.take_cookie(answer.headers());
    owen.page("/admin").await;
}

async fn links_of_old_mails_work(app: &TestApp, engine: Engine) {
    let links = in_hand(engine);
    let reader = "reader3@example.org";
    let preferences = format!("{}/preferences/{}", app.url, links[&format!("preferences {reader}")]);
    let page = app.http.get(&preferences).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("Markets"));
    let leave = format!("{}/unsubscribe/{}", app.url, links[&format!("unsubscribe {reader}")]);
    let left = app.http.post(&leave).form(&[("List-Unsubscribe", "One-Click")]).send().await.unwrap();
    assert_eq!(left.status(), StatusCode::OK);
    assert!(left.text().await.unwrap().contains("You’ve unsubscribed from Markets"));
}

/// Once an admin lets go what is held, everybody gets what was open, and nobody a second one of what they have.
async fn what_was_open_goes_out_once(app: &TestApp) {
    let marta = app.sign_in("marta@harbour.example").await;
    marta.submit("/admin/held/release", &[]).await;
    for _ in 0..6 {
        app.run_all_due().await;
        app.advance(TimeDelta::minutes(30));
    }
    let mails = app.smtp.take();
    let mut got: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mail in &mails {
        let message = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
        *got.entry((message.subject().unwrap_or_default().to_owned(), mail.to.clone())).or_default() += 1;
    }
    assert!(got.values().all(|times| *times == 1), "{got:?}");
    let to = |subject: &str| -> Vec<&str> {
        got.keys().filter(|(known, _)| known == subject).map(|(_, to)| to.as_str()).collect()
    };
    assert_eq!(to("Ferry"), Vec::<&str>::new(), "it was sent before");
    assert_eq!(to("Harbour"), ["reader2@example.org"], "who was put off");
    // reader0 had left, reader1's address is dead, reader3 left just now, reader7 blocks us.
    let tide = [
        "iris@example.org",
        "reader2@example.org",
        "reader4@example.org",
        "reader5@example.org",
        "reader6@example.org",
    ];
    assert_eq!(to("Tide table"), tide, "who may have it gets it again");
    let all = ["alva@example.org", "iris@example.org", "nils@example.org", "reader2@example.org"];
    assert_eq!(to("Night watch")[..4], all);
    assert!(to("To the press").is_empty() && to("For a second person").is_empty(), "{got:?}");
    assert!(got.keys().any(|(_, to)| to == "wait@example.org"), "who asked is answered: {got:?}");
}

async fn nothing_is_lost(engine: Engine) {
    let app = match open(engine).await {
        Ok(app) => app,
        Err(missing) => return skip_postgres(&missing),
    };
    every_row_is_there(&app, engine).await;
    what_is_held_says_why(&app).await;
    codes_still_open_the_desk(&app, engine).await;
    links_of_old_mails_work(&app, engine).await;
    what_was_open_goes_out_once(&app).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_an_earlier_version_loses_nothing_on_sqlite() {
    nothing_is_lost(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_an_earlier_version_loses_nothing_on_postgres() {
    nothing_is_lost(Engine::Postgres).await;
}
