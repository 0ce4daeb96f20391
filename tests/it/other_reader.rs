//! Feeds that an earlier reader of feeds read: reading them with this one mails nobody.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::TimeDelta;
use postrider::actions::Context;
use postrider::actions::poll::{self, How};
use postrider::app::App;
use postrider::db::Db;
use postrider::fetch::Fetcher;
use serde_json::Value;
use sqlx::Executor as _;

use crate::on_both_engines;
use crate::support::feed_server::{FeedServer, Page};

const SITE: &str = "https://harbour.example";

async fn run(app: &App, sql: &'static str) {
    match &app.db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
    }
}

/// What the reader before this one yielded of each fixture, as a JSON Feed, which both read the same.
fn read_before() -> BTreeMap<String, Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds/read_before.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A fixture, with its site at this address.
fn fixture(name: &str, site: &str) -> (Page, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds/right").join(name);
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let beside = std::fs::read(path.with_file_name(format!("{stem}.want.json"))).unwrap();
    let beside: Value = serde_json::from_slice(&beside).unwrap();
    let mut body = Vec::new();
    let bytes = std::fs::read(&path).unwrap();
    let mut rest = bytes.as_slice();
    while let Some(at) = rest.windows(SITE.len()).position(|part| part == SITE.as_bytes()) {
        body.extend_from_slice(&rest[..at]);
        body.extend_from_slice(site.as_bytes());
        rest = &rest[at + SITE.len()..];
    }
    body.extend_from_slice(rest);
    let kind = beside["content_type"].as_str().map(|kind| ("content-type", kind.to_owned()));
    let from = beside["from"].as_str().unwrap_or("https://harbour.example/feed/");
    let path = from.splitn(4, '/').nth(3).unwrap_or_default();
    (Page::Plain { headers: kind.into_iter().collect(), body }, format!("/{path}"))
}

on_both_engines! {
    async fn a_feed_that_another_reader_read_is_mailed_to_nobody_and_what_came_since_is(app: TestApp) {
        app.list("all", "All articles").await;
        let server = FeedServer::start().await;
        let fetcher = Fetcher::new(&app.app.config.feed_allow_private_addresses, &app.app.config.base_url).unwrap();
        let before = read_before();
        assert!(before.len() >= 300, "{}", before.len());
        let (mut items, mut known) = (0, 0);
        for (name, old) in &before {
            let (page, path) = fixture(name, &server.url(""));
            let old = serde_json::to_string(old).unwrap().replace(SITE, &server.url(""));
            let at = path.split('?').next().unwrap_or_default();
            server.set(at, Page::Plain { headers: vec![], body: old.into() });
            let cx = Context::command_line(&app.app);
            let added = poll::add(&cx, &fetcher, &server.url(&path), "all", Some(0), None).await;
            let added = added.unwrap_or_else(|error| panic!("{name}: {error}"));
            items += added.report.baseline;
            run(&app.app, "UPDATE feeds SET reader = 0").await;

            app.clock.advance(TimeDelta::minutes(10));
            server.set(at, page);
            let report = poll::poll(&app.app, &fetcher, added.feed_id, How::Conditional).await.unwrap();
            assert_eq!((report.error.as_deref(), report.campaigns, report.new), (None, 0, 0), "{name}");
            known += added.report.baseline.saturating_sub(report.baseline);
            // The next one begins with nothing that is known of this one.
            for sql in ["DELETE FROM holds", "DELETE FROM feed_items", "DELETE FROM article_aliases",
                        "DELETE FROM feed_bindings", "DELETE FROM feeds", "DELETE FROM articles"] {
                run(&app.app, sql).await;
            }
        }
        println!("{} feeds, {items} items of the reader before, about {known} known by it", before.len());

        let item = |n: i64, at: TimeDelta| {
            let date = (app.clock.now() + at).to_rfc2822();
            format!("<item><guid>{n}</guid><title>Story {n}</title><link>/{n}</link><pubDate>{date}</pubDate></item>")
        };
        let feed = |items: &[String]| format!("<rss version='2.0'><channel><title>H</title>{}</channel></rss>", items.concat());
        server.set_feed("/since", &feed(&[item(1, TimeDelta::days(-2))]));
        let cx = Context::command_line(&app.app);
        let added = poll::add(&cx, &fetcher, &server.url("/since"), "all", Some(0), None).await.unwrap();
        run(&app.app, "UPDATE feeds SET reader = 0").await;
        app.clock.advance(TimeDelta::minutes(10));
        let unseen = item(2, TimeDelta::days(-1));
        server.set_feed("/since", &feed(&[item(3, TimeDelta::minutes(-5)), unseen, item(1, TimeDelta::days(-2))]));
        let report = poll::poll(&app.app, &fetcher, added.feed_id, How::Conditional).await.unwrap();
        assert_eq!((report.new, report.campaigns, report.baseline), (1, 1, 1), "{report:?}");
        // From then on as ever.
        app.clock.advance(TimeDelta::minutes(10));
        server.set_feed("/since", &feed(&[item(4, TimeDelta::days(-1)), item(3, TimeDelta::minutes(-15))]));
        let report = poll::poll(&app.app, &fetcher, added.feed_id, How::Conditional).await.unwrap();
        assert_eq!((report.new, report.campaigns), (1, 1), "{report:?}");
    }
}
