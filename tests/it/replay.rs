//! Replay and the calendar: what would have gone out, and what will. Nothing is sent, and nothing is stored.

use std::collections::BTreeMap;

use postrider::actions::replay::{self, Proposal};
use postrider::actions::{Context, calendar, campaigns};
use postrider::db::Db;
use postrider::domain::digest::{ListSchedule, QuietHours};
use postrider::domain::feed_rule::BindingMode;
use postrider::domain::subscription::Cadence;
use reqwest::StatusCode;
use sqlx::AssertSqlSafe;

use crate::digests::Newsroom;
use crate::feeds::{posts, rss};
use crate::on_both_engines;
use crate::support::feed_server::FeedServer;
use crate::support::process::Bench;
use crate::support::{Engine, skip_postgres};

/// Every row of every table, as text.
async fn everything(db: &Db) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    match db {
        Db::Sqlite { writer, .. } => {
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(writer).await.unwrap();
            for table in tables {
                let sql = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns: Vec<String> =
                    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(writer).await.unwrap();
                let row: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
                let sql = format!("SELECT {} AS r FROM {table} ORDER BY r", row.join(" || ',' || "));
                let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(writer).await.unwrap();
                found.insert(table, rows);
            }
        }
        Db::Postgres(pool) => {
            let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
            let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
            for table in tables {
                let sql = format!("SELECT t::text AS r FROM {table} t ORDER BY r");
                let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
                found.insert(table, rows);
            }
        }
    }
    assert!(found.len() > 20 && found["articles"].len() > 1);
    found
}

fn proposal(days: i64) -> Proposal {
    Proposal { days, ..Proposal::default() }
}

on_both_engines! {
    async fn a_replay_tells_what_was_sent_and_changes_no_row(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("each", Cadence::Each).await;
        room.reader("weekly", Cadence::Weekly).await;
        for _ in 0..3 {
            room.publish().await;
        }
        app.count().await;
        room.got();
        let before = everything(&app.app.db).await;
        let cx = Context::command_line(&app.app);
        let url = room.server.url("/feed/");
        let all = replay::of_url(&cx, &url, &proposal(30)).await.unwrap();
        let of = &all.lists[0];
        assert!(all.known && of.list.as_ref().unwrap().slug == "all");
        let told: Vec<(String, &str, usize)> = of
            .outcome
            .mails
            .iter()
            .map(|mail| (mail.at.format("%d %H:%M").to_string(), mail.cadence.as_str(), mail.items.len()))
            .collect();
        let expected = [
            ("24 09:42", "each", 1),
            ("24 09:43", "each", 1),
            ("24 09:44", "each", 1),
            ("25 07:00", "daily", 3),
            ("30 07:00", "weekly", 3),
            ("01 07:00", "monthly", 3),
        ];
        assert_eq!(told, expected.map(|(at, cadence, items)| (at.to_owned(), cadence, items)));
        assert_eq!((of.readers["each"], of.readers["weekly"]), (1, 1));
        // With a cap of one and in one cadence, the rest is at the end of the day.
        let capped = Proposal { daily_cap: Some(1), cadence: Some(Cadence::Each), ..proposal(30) };
        let capped = replay::of_url(&cx, &url, &capped).await.unwrap();
        let sizes: Vec<usize> = capped.lists[0].outcome.mails.iter().map(|mail| mail.items.len()).collect();
        assert_eq!(sizes, [1, 2]);
        // A feed that is not connected is read by its dates.
        room.server.set_feed("/other/", &rss(&posts(&room.server, &[20, 21])));
        let other = Proposal { mode: BindingMode::Digest, list: Some("all".to_owned()), ..proposal(365) };
        let other = replay::of_url(&cx, &room.server.url("/other/"), &other).await.unwrap();
        assert!(!other.known);
        let daily = other.lists[0].outcome.mails.iter().find(|mail| mail.cadence == Cadence::Daily).unwrap();
        assert_eq!(daily.at.to_rfc3339(), "2026-07-21T07:00:00+00:00");
        // Those who work at the desk see it too.
        let owen = app.editor().await;
        let before_pages = everything(&app.app.db).await;
        let page = owen.page(&format!("/admin/feeds/{}/replay?days=30&cap=1", room.feed)).await;
        assert!(page.contains("Nothing is sent or saved.") && page.contains("about 1"));
        let wrong = owen.get(&format!("/admin/feeds/{}/replay?days=366", room.feed)).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().await.unwrap().contains("The number of days must be from 1 to 365."));
        let changed = |from: &BTreeMap<String, Vec<String>>, to: &BTreeMap<String, Vec<String>>| {
            let tables = from.keys().filter(|table| from[*table] != to[*table]);
            // Whoever signs in has a session and a user.
            tables.cloned().collect::<Vec<_>>()
        };
        let after = everything(&app.app.db).await;
        assert_eq!(changed(&before_pages, &after), [] as [&str; 0]);
        let by_signing_in = ["users", "sessions", "audit_log", "sign_in_links"];
        let others: Vec<String> =
            changed(&before, &after).into_iter().filter(|table| !by_signing_in.contains(&table.as_str())).collect();
        assert_eq!(others, [] as [&str; 0]);
        assert_eq!(room.got(), [] as [&str; 0]);
    }

    async fn the_calendar_has_what_was_sent_what_is_scheduled_and_what_would_come(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("each", Cadence::Each).await;
        room.reader("daily", Cadence::Daily).await;
        room.reader("weekly", Cadence::Weekly).await;
        room.schedule(ListSchedule { quiet: Some(QuietHours { from: 22, to: 8 }), ..ListSchedule::default() }).await;
        room.publish().await;
        // Its number leads to the digest.
        app.run_all_due().await;
        app.count().await;
        let cx = Context::command_line(&app.app);
        let told = |found: calendar::Calendar| -> Vec<String> {
            let line = |entry: &calendar::Entry| {
                let what = match &entry.what {
                    calendar::What::Campaign { digest, status, .. } => {
                        format!("{} {}", digest.map_or("article", Cadence::as_str), status.as_str())
                    }
                    calendar::What::Digest(cadence) => format!("{} perhaps", cadence.as_str()),
                };
                let readers = entry.readers.map_or("?".to_owned(), |readers| readers.to_string());
                let from = entry.put_off_from.map(|from| from.format(" from %H").to_string()).unwrap_or_default();
                format!("{} {what} {readers}{from}", entry.at.format("%d %H:%M"))
            };
            found.days.iter().flat_map(|day| day.entries.iter().map(line)).collect()
        };
        let lines = told(calendar::of_all(&cx).await.unwrap());
        assert_eq!(
            lines[..4],
            [
                "24 09:42 article sent 1",
                "25 08:00 daily scheduled 1 from 07",
                "26 08:00 daily perhaps 1 from 07",
                "27 08:00 daily perhaps 1 from 07",
            ]
        );
        let weekly: Vec<&String> = lines.iter().filter(|line| line.contains("weekly")).collect();
        assert_eq!(weekly, ["30 08:00 weekly scheduled 1 from 07", "07 08:00 weekly perhaps 1 from 07"]);
        // Readers of each article get digests at the end of a day only if one is due.
        assert!(!lines.iter().any(|line| line.contains("each perhaps")), "{lines:?}");
        campaigns::cancel(&cx, room.next(Cadence::Weekly).await, "").await.unwrap();
        let weekly = told(calendar::of_all(&cx).await.unwrap());
        let weekly: Vec<&String> = weekly.iter().filter(|line| line.contains("weekly")).collect();
        assert_eq!(weekly, ["30 08:00 weekly perhaps 1 from 07", "07 08:00 weekly perhaps 1 from 07"]);
        let page = app.editor().await.page("/admin/calendar").await;
        for said in ["Wednesday 25 November", "Moved from 07:00 because of quiet hours", "about 1", "if there’s news"] {
            assert!(page.contains(said), "{said}");
        }
        assert_eq!(app.nobody().get("/admin/calendar").await.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_prints_the_calendar_or_says_what_is_wrong() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let bench = match Bench::new(engine, None, 4).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                continue;
            }
        };
        let server = FeedServer::start().await;
        server.set_feed("/feed/", &rss(&posts(&server, &[1, 2, 3])));
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let url = server.url("/feed/");
        let said = bench.ok(&["feed", "replay", &url, "--days", "365", "--list", "all", "--quiet", "22-6"]);
        for part in ["Harbour Courier", "Post 3", "All articles: ", "Nothing was sent or stored."] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let json = bench.ok(&["feed", "replay", &url, "--days", "365", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((json["known"].as_bool(), json["lists"][0]["list"].is_null()), (Some(false), true));
        for (args, hint) in [
            (["--days", "366"], "from 1 to 365"),
            (["--mode", "shout"], "send, draft, digest or collect"),
            (["--quiet", "late"], "22-6"),
            (["--cap", "0"], "daily"),
        ] {
            let output = bench.run(&[&["feed", "replay", &url][..], &args[..]].concat());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
            assert!(said.contains(hint), "{args:?}: {said}");
        }
        bench.end().await;
    }
}
