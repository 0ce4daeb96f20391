//! The feed brake: more new articles in one check than is usual are held until somebody decides.

use chrono::{DateTime, TimeDelta, Utc};
use mail_parser::MessageParser;
use postrider::actions::Context;
use postrider::actions::guard;
use postrider::actions::manage_feeds;
use postrider::actions::poll;
use postrider::actions::poll::{How, PollReport};
use postrider::db::audit::Actor;
use postrider::db::brake::{self, Batch};
use postrider::db::users::{self, Role};
use postrider::db::{articles, campaigns, instance};
use postrider::domain::email_address::EmailAddress;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::process::Bench;
use crate::support::{Engine, Received, TestApp, skip_postgres};

/// An item of a feed: its number and its date.
pub type Dated = (u32, DateTime<Utc>);

/// A feed of items under `guids`, the newest first, each with a page of its own.
pub fn publish(server: &FeedServer, path: &str, guids: &str, items: &[Dated]) {
    let mut items = items.to_vec();
    items.sort_by_key(|(_, date)| std::cmp::Reverse(*date));
    let mut xml = String::new();
    for (n, date) in &items {
        let page = format!("/{guids}/{n}/");
        server.set(&page, Page::Plain { headers: vec![], body: b"here".to_vec() });
        let (link, date) = (server.url(&page), date.to_rfc2822());
        xml.push_str(&format!(
            "<item><title>{guids} {n}</title><link>{link}</link><guid isPermaLink=\"false\">{guids}-{n}</guid>\
             <pubDate>{date}</pubDate><description>Text {n}</description></item>"
        ));
    }
    server.set_feed(
        path,
        &format!("<rss version=\"2.0\"><channel><title>World feed</title><link>https://harbour.example</link>{xml}</channel></rss>"),
    );
}

/// So many items, a minute apart, the last of them now.
pub fn fresh(app: &TestApp, numbers: std::ops::Range<u32>) -> Vec<Dated> {
    let end = numbers.end;
    numbers.map(|n| (n, app.clock.now() - TimeDelta::minutes(i64::from(end - n)))).collect()
}

/// Items that came one a day, until yesterday.
pub fn daily(app: &TestApp, count: u32) -> Vec<Dated> {
    (0..count).map(|n| (n, app.clock.now() - TimeDelta::days(i64::from(count - n)))).collect()
}

/// A feed with ten articles of ten days, bound to a list with Ines and Tobe.
pub async fn quiet_feed(app: &TestApp, server: &FeedServer) -> (Uuid, Uuid) {
    let list = app.list("world", "World").await;
    subscribe_all(app, list, &["ines@example.org", "tobe@example.org"]).await;
    publish(server, "/feed/", "old", &daily(app, 10));
    let url = server.url("/feed/");
    let added = poll::add(&Context::command_line(&app.app), &app.app.fetcher, &url, "world", Some(0), None)
        .await
        .unwrap();
    (added.feed_id, list)
}

/// The same after a poll that brought 41 items at once.
pub async fn forty_one_at_once(app: &TestApp, server: &FeedServer) -> (Uuid, Uuid) {
    let (feed, list) = quiet_feed(app, server).await;
    app.advance(TimeDelta::minutes(10));
    publish(server, "/feed/", "new", &fresh(app, 0..41));
    assert_eq!(poll(app, feed).await.held, 41);
    (feed, list)
}

pub async fn poll(app: &TestApp, feed: Uuid) -> PollReport {
    poll::poll(&app.app, &app.app.fetcher, feed, How::Unconditional).await.unwrap()
}

pub async fn batches(app: &TestApp) -> Vec<Batch> {
    brake::batches(&mut app.app.db.read().await.unwrap()).await.unwrap()
}

async fn ids(app: &TestApp, batch: &Batch) -> Vec<Uuid> {
    let mut tx = app.app.db.read().await.unwrap();
    let items = brake::items(&mut tx, batch.feed_id, batch.first_seen_at).await.unwrap();
    items.into_iter().map(|item| item.article_id).collect()
}

/// Lets all that may go out go out; the subjects that Ines gets, in order: connections race.
pub async fn to_ines(app: &TestApp) -> Vec<String> {
    for _ in 0..4 {
        app.advance(TimeDelta::minutes(5));
        app.run_all_due().await;
    }
    let subject =
        |mail: Received| MessageParser::default().parse(&mail.message).unwrap().subject().unwrap().to_owned();
    let mails = app.smtp.take().into_iter().filter(|mail| mail.to == "ines@example.org");
    let mut subjects: Vec<String> = mails.map(subject).collect();
    subjects.sort();
    subjects
}

const ME: fn() -> Actor = Actor::command_line;

on_both_engines! {
    async fn forty_one_items_at_once_mail_nobody_until_an_editor_releases_them(app: TestApp) {
        let mut tx = app.app.db.write().await.unwrap();
        let marta = EmailAddress::parse("marta@harbour.example").unwrap();
        users::add(&mut tx, &marta, Role::Admin, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let server = FeedServer::start().await;
        let (feed, _) = quiet_feed(app, &server).await;
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "new", &fresh(app, 0..41));
        let report = poll(app, feed).await;
        let sentence = "World feed: 41 new articles in one check, usually 1";
        assert_eq!((report.new, report.held, report.campaigns), (0, 41, 0));
        assert_eq!(report.brake.as_deref(), Some(sentence));
        app.deliver_all_due().await;
        let alerts = app.smtp.take();
        assert_eq!(alerts.len(), 1, "an admin is told, once");
        let text = MessageParser::default().parse(&alerts[0].message).unwrap().body_text(0).unwrap().into_owned();
        assert!(alerts[0].to == "marta@harbour.example" && text.contains(sentence), "{text}");
        assert!(to_ines(app).await.is_empty());
        assert_eq!(poll(app, feed).await.held, 0, "they are known now");

        let batch = batches(app).await.remove(0);
        assert_eq!((batch.items, batch.reason().to_string()), (41, format!("brake: {sentence}")));
        let one = ids(app, &batch).await[40];
        let released = manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, Some(&[one])).await.unwrap();
        assert_eq!((released.articles, released.campaigns), (1, 1));
        assert_eq!(to_ines(app).await, ["new 40"]);
        let two = ids(app, &batch).await[..2].to_vec();
        assert_eq!(manage_feeds::skip_batch(&Context::new(&app.app, ME()), &batch, Some(&two)).await.unwrap(), 2);
        let released = manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap();
        assert_eq!((released.articles, released.campaigns), (38, 38));
        let again = manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap();
        assert_eq!((again.articles, again.campaigns), (0, 0), "a second click");
        let got = to_ines(app).await;
        let mut want: Vec<String> = (2..40).map(|n| format!("new {n}")).collect();
        want.sort();
        assert_eq!(got, want);
        assert!(batches(app).await.is_empty());
    }

    async fn what_is_skipped_is_never_mailed_by_itself(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = forty_one_at_once(app, &server).await;
        let batch = batches(app).await.remove(0);
        assert_eq!(manage_feeds::skip_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap(), 41);
        assert!(to_ines(app).await.is_empty());
        assert_eq!(poll(app, feed).await, PollReport::default());
        // A section's feed lists some of the same articles, published again.
        publish(&server, "/section/", "elsewhere", &[]);
        let section = server.url("/section/");
        let section = poll::add(&Context::command_line(&app.app), &app.app.fetcher, &section, "world", None, None).await.unwrap().feed_id;
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/section/", "new", &fresh(app, 0..4));
        assert_eq!(poll(app, section).await.campaigns, 0);
        assert!(to_ines(app).await.is_empty());
    }

    async fn a_feed_that_no_list_takes_is_not_held(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, list) = quiet_feed(app, &server).await;
        manage_feeds::unbind(&Context::new(&app.app, ME()), feed, list).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "new", &fresh(app, 0..41));
        let report = poll(app, feed).await;
        assert_eq!((report.new, report.held, report.campaigns), (41, 0, 0));
    }

    async fn five_new_items_pass_and_a_sixth_holds_all(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = quiet_feed(app, &server).await;
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "new", &fresh(app, 0..5));
        let report = poll(app, feed).await;
        assert_eq!((report.new, report.campaigns, report.brake), (5, 5, None));
        app.advance(TimeDelta::minutes(10));
        // What five at once have made usual is ten: a quieter feed begins at five.
        publish(&server, "/feed/", "next", &fresh(app, 0..11));
        let report = poll(app, feed).await;
        assert_eq!((report.new, report.held, report.campaigns), (0, 11, 0));
        assert_eq!(report.brake.unwrap(), "World feed: 11 new articles in one check, usually 1 to 5");

        let server = FeedServer::start().await;
        publish(&server, "/feed/", "empty", &[]);
        let young = poll::add(&Context::command_line(&app.app), &app.app.fetcher, &server.url("/feed/"), "world", Some(0), None).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "first", &fresh(app, 0..6));
        let report = poll(app, young.feed_id).await;
        assert_eq!(report.brake.unwrap(), "World feed: 6 new articles in one check, and no history to compare with");
    }

    async fn after_eight_hours_without_a_poll_the_usual_passes(app: TestApp) {
        let server = FeedServer::start().await;
        let (now, list) = (app.clock.now(), app.list("world", "World").await);
        subscribe_all(app, list, &["ines@example.org"]).await;
        let half_hourly: Vec<Dated> = (0..40).map(|n| (n, now - TimeDelta::minutes(30 * (40 - i64::from(n))))).collect();
        publish(&server, "/feed/", "old", &half_hourly);
        let added = poll::add(&Context::command_line(&app.app), &app.app.fetcher, &server.url("/feed/"), "world", Some(0), None).await.unwrap();
        // Polls that fail are no polls.
        server.set("/feed/", Page::Status(503, vec![]));
        for _ in 0..8 {
            app.advance(TimeDelta::hours(1));
            assert!(poll(app, added.feed_id).await.error.is_some());
        }
        let sixteen: Vec<Dated> = (40..56).map(|n| (n, now + TimeDelta::minutes(30 * (i64::from(n) - 40)))).collect();
        publish(&server, "/feed/", "late", &sixteen);
        let report = poll(app, added.feed_id).await;
        assert_eq!((report.new, report.campaigns, report.brake), (16, 16, None));
        // The same in ten minutes is not usual, nor do eight hours' worth at once make it so.
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "flood", &fresh(app, 0..16));
        let report = poll(app, added.feed_id).await;
        assert_eq!(report.brake.unwrap(), "World feed: 16 new articles in one check, usually 1");
    }

    async fn a_feed_that_grows_is_held_only_until_what_it_brings_was_released(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = quiet_feed(app, &server).await;
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "skipped", &fresh(app, 0..12));
        assert_eq!(poll(app, feed).await.held, 12);
        manage_feeds::skip_batch(&Context::new(&app.app, ME()), &batches(app).await[0], None).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "released", &fresh(app, 0..12));
        assert_eq!(poll(app, feed).await.held, 12, "what was skipped is no rule");
        manage_feeds::release_batch(&Context::new(&app.app, ME()), &batches(app).await[0], None).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "usual", &fresh(app, 0..13));
        assert_eq!(poll(app, feed).await.new, 13);
    }

    async fn a_site_that_changes_guids_addresses_and_titles_mails_nobody(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = quiet_feed(app, &server).await;
        app.advance(TimeDelta::minutes(10));
        // The same ten articles with the same dates, at another place under other names.
        let items: Vec<Dated> = daily(app, 10).into_iter().map(|(n, at)| (n, at - TimeDelta::minutes(10))).collect();
        publish(&server, "/feed/", "moved", &items);
        let report = poll(app, feed).await;
        assert_eq!((report.held, report.campaigns), (10, 0), "{report:?}");
        // And without any date, which nothing can tell from news.
        app.advance(TimeDelta::minutes(10));
        let undated: String = (0..10)
            .map(|n| format!("<item><title>U{n}</title><link>{}</link><guid>u-{n}</guid></item>", server.url(&format!("/u/{n}"))))
            .collect();
        server.set_feed("/feed/", &format!("<rss version=\"2.0\"><channel><title>World feed</title>{undated}</channel></rss>"));
        let report = poll(app, feed).await;
        assert_eq!((report.held, report.campaigns), (10, 0), "{report:?}");
        assert!(to_ines(app).await.is_empty());
        assert_eq!(batches(app).await.len(), 2);
    }

    async fn each_list_gets_what_is_released_and_one_bound_since_does_not(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = quiet_feed(app, &server).await;
        app.list("sea", "Sea").await;
        let later = app.list("later", "Later").await;
        let url = server.url("/feed/");
        poll::add(&Context::command_line(&app.app), &app.app.fetcher, &url, "sea", Some(30), None).await.unwrap();
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "new", &fresh(app, 0..41));
        // The binding of the third list is what reads the feed: what it finds was there before.
        let bound = poll::add(&Context::command_line(&app.app), &app.app.fetcher, &url, "later", Some(0), None).await.unwrap();
        assert_eq!((bound.report.held, bound.report.campaigns), (41, 0));
        let batch = batches(app).await.remove(0);
        let released = manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap();
        assert_eq!((batch.feed_id, released.articles, released.campaigns), (feed, 41, 82));
        let mut tx = app.app.db.read().await.unwrap();
        assert!(campaigns::newest_of_list(&mut tx, later, 5).await.unwrap().is_empty());
    }

    async fn what_the_brake_holds_is_held_for_every_feed_that_lists_it(app: TestApp) {
        let server = FeedServer::start().await;
        publish(&server, "/section/", "section", &[]);
        let (feed, world) = quiet_feed(app, &server).await;
        let sea = app.list("sea", "Sea").await;
        let section = server.url("/section/");
        let section = poll::add(&Context::command_line(&app.app), &app.app.fetcher, &section, "sea", Some(0), None).await.unwrap().feed_id;
        let of_list = async |list: Uuid| {
            let mut tx = app.app.db.read().await.unwrap();
            campaigns::newest_of_list(&mut tx, list, 99).await.unwrap().len()
        };
        // Three are few for a section; its list gets them when they are released.
        app.advance(TimeDelta::minutes(50));
        let new = fresh(app, 0..41);
        publish(&server, "/feed/", "new", &new);
        publish(&server, "/section/", "new", &new[38..]);
        assert_eq!(poll(app, feed).await.held, 41);
        let report = poll(app, section).await;
        assert_eq!((report.new, report.held, report.brake), (0, 3, None));
        let held = batches(app).await;
        assert_eq!(held.len(), 1, "once: {held:?}");
        assert_eq!((of_list(world).await, of_list(sea).await), (0, 0));
        let released = manage_feeds::release_batch(&Context::new(&app.app, ME()), &held[0], None).await.unwrap();
        assert_eq!((released.articles, released.campaigns), (41, 44));
        // The other way round: what the section has mailed is not mailed to its list again.
        app.advance(TimeDelta::days(1));
        let many = fresh(app, 0..120);
        publish(&server, "/feed/", "more", &many);
        publish(&server, "/section/", "more", &many[117..]);
        assert_eq!(poll(app, section).await.campaigns, 3);
        assert_eq!(poll(app, feed).await.held, 120);
        manage_feeds::release_batch(&Context::new(&app.app, ME()), &batches(app).await[0], None).await.unwrap();
        assert_eq!((of_list(world).await, of_list(sea).await), (99, 6));
    }

    async fn two_editors_who_release_at_once_schedule_each_article_once(app: TestApp) {
        let server = FeedServer::start().await;
        forty_one_at_once(app, &server).await;
        let batch = batches(app).await.remove(0);
        let release = async || manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap();
        let skip = async || manage_feeds::skip_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap();
        let (one, two, skipped) = tokio::join!(release(), release(), skip());
        assert_eq!(one.articles + two.articles + skipped, 41);
        assert_eq!(one.campaigns + two.campaigns, one.articles + two.articles);
        assert_eq!(to_ines(app).await.len(), 41 - skipped);
    }

    async fn the_guard_lets_nothing_go_that_the_brake_holds_nor_the_brake_what_the_guard_holds(app: TestApp) {
        let server = FeedServer::start().await;
        guard::watch(&app.app).await.unwrap();
        let (_, list) = forty_one_at_once(app, &server).await;
        // Nothing runs for an hour; then all that is late is let go.
        campaign(app, list, "Ferry").await;
        app.advance(TimeDelta::hours(1));
        guard::watch(&app.app).await.unwrap();
        assert_eq!(guard::release_all(&Context::new(&app.app, ME())).await.unwrap(), 1);
        assert_eq!(to_ines(app).await, ["Ferry"]);
        let batch = batches(app).await.remove(0);
        assert_eq!(batch.items, 41);

        // Released, and late before they could begin: the guard holds them, and the brake's page is done with them.
        let some = ids(app, &batch).await[..3].to_vec();
        manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, Some(&some)).await.unwrap();
        app.advance(TimeDelta::hours(1));
        guard::watch(&app.app).await.unwrap();
        let rest = ids(app, &batch).await[..2].to_vec();
        manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, Some(&rest)).await.unwrap();
        assert_eq!(to_ines(app).await, ["new 3", "new 4"], "only what neither holds");
        assert_eq!(guard::release_all(&Context::new(&app.app, ME())).await.unwrap(), 3);
        assert_eq!(to_ines(app).await.len(), 3);

        // On a copy nothing leaves, whoever releases it.
        let was = serde_json::json!({ "base_url": "https://news.harbour.example/", "database": "SQLite /srv/old.db" });
        let mut tx = app.app.db.write().await.unwrap();
        instance::record(&mut tx, &was.to_string(), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        manage_feeds::release_batch(&Context::new(&app.app, ME()), &batch, None).await.unwrap();
        assert!(to_ines(app).await.is_empty());
    }

    async fn a_held_item_from_the_future_is_released_for_its_date(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, list) = quiet_feed(app, &server).await;
        app.advance(TimeDelta::minutes(10));
        let mut items = fresh(app, 0..8);
        items[7].1 = app.clock.now() + TimeDelta::days(2);
        publish(&server, "/feed/", "new", &items);
        assert_eq!(poll(app, feed).await.held, 8);
        manage_feeds::release_batch(&Context::new(&app.app, ME()), &batches(app).await[0], None).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let found = campaigns::newest_of_list(&mut tx, list, 50).await.unwrap();
        let at = found.iter().find(|campaign| campaign.subject == "new 7").unwrap().scheduled_at.unwrap();
        assert_eq!(at, items[7].1);
    }

    async fn an_edit_of_a_held_article_is_taken_and_it_stays_held(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = forty_one_at_once(app, &server).await;
        let Some(Page::Document { body, .. }) = server.page("/feed/") else { panic!("a feed") };
        server.set_feed("/feed/", &String::from_utf8(body).unwrap().replace("Text 7<", "Corrected<"));
        let report = poll(app, feed).await;
        assert_eq!((report.edited, report.held, report.campaigns), (1, 0, 0));
        let batch = batches(app).await.remove(0);
        let seventh = ids(app, &batch).await[7];
        let article = articles::get(&mut app.app.db.read().await.unwrap(), seventh).await.unwrap().unwrap();
        assert!(article.summary_html.contains("Corrected") && article.is_held, "{article:?}");
    }

    async fn a_check_says_what_would_be_held_and_stores_nothing(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, _) = quiet_feed(app, &server).await;
        app.advance(TimeDelta::minutes(10));
        publish(&server, "/feed/", "new", &fresh(app, 0..41));
        let check = async |path: &str| poll::check(&app.app, &app.app.fetcher, &server.url(path)).await.unwrap();
        let report = check("/feed/").await;
        assert_eq!(report.held_above, Some(5));
        let text = report.to_string();
        let sentence = "All new articles would be put on hold. World feed: 41 new articles in one check, usually 1.";
        assert!(text.contains(sentence), "{text}");
        assert_eq!(text.matches("new, would be put on hold").count(), 41, "{text}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["items"][0]["verdict"], "held");
        assert_eq!(json["brake"], "World feed: 41 new articles in one check, usually 1");
        assert!(batches(app).await.is_empty());
        assert_eq!(poll(app, feed).await.held, 41, "and the poll does what was said");
        // A feed that is not ours yet: what it would hold on a busy day follows from its dates.
        publish(&server, "/busy/", "busy", &fresh(app, 0..40));
        let text = check("/busy/").await.to_string();
        assert!(text.contains("finds more than 20 new articles, they will be put on hold") && !text.contains("All new articles would"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_command_line_what_is_held_is_shown_released_and_skipped() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let bench = match Bench::new(engine, None, 4).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                continue;
            }
        };
        let server = FeedServer::start().await;
        // Dates that no clock of a test machine has passed: whatever is new is for then.
        let day =
            |n: u32| "2099-01-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(n.into());
        let numbered = |numbers: std::ops::Range<u32>| numbers.map(|n| (n, day(n))).collect::<Vec<Dated>>();
        publish(&server, "/feed/", "old", &numbered(0..3));
        let url = server.url("/feed/");
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let added = bench.ok(&["feed", "add", &url, "--list", "all"]);
        assert!(added.contains(": World feed. The 3 articles already in it won't be sent."), "{added}");
        publish(&server, "/one/", "one", &numbered(0..1));
        let added = bench.ok(&["feed", "add", &server.url("/one/"), "--list", "all"]);
        assert!(added.contains(": World feed. The article already in it won't be sent."), "{added}");
        publish(&server, "/feed/", "new", &numbered(10..51));
        let checked = bench.ok(&["feed", "check", &url]);
        assert!(
            checked.contains("All new articles would be put on hold. World feed: 41 new articles"),
            "{checked}"
        );
        let polled = bench.ok(&["feed", "poll", &url]);
        assert!(
            polled.contains("0 new, 0 edited, 41 on hold") && polled.contains("postrider feed held"),
            "{polled}"
        );
        let listed = bench.ok(&["feed", "held"]);
        assert!(listed.contains("World feed: 41 new articles in one check, usually 1."), "{listed}");
        let json: serde_json::Value = serde_json::from_str(&bench.ok(&["feed", "held", "--json"])).unwrap();
        let articles = json[0]["articles"].as_array().unwrap();
        assert_eq!((json[0]["feed"].as_str(), articles.len()), (Some(url.as_str()), 41));
        let hint = bench.run(&["campaign", "release"]);
        assert!(String::from_utf8_lossy(&hint.stderr).contains("postrider feed held"));
        assert!(
            bench
                .ok(&["campaign", "release", "--all"])
                .contains("None of the campaigns on hold can be released.")
        );

        let id = articles[0]["id"].as_str().unwrap();
        for (args, hint) in [
            (vec!["feed", "release", &url], "--all"),
            (vec!["feed", "release", "https://nobody.example/", "--all"], "feed held"),
            (vec!["feed", "skip", &url, "--article", "01900000-0000-7000-8000-000000000000"], "feed held"),
        ] {
            let refused = bench.run(&args);
            let said = String::from_utf8_lossy(&refused.stderr);
            assert!(refused.status.code() == Some(2) && said.contains(hint), "{args:?}: {said}");
        }
        let said = bench.ok(&["feed", "release", &url, "--article", id]);
        assert_eq!(said.trim(), "Released one article. One campaign is scheduled.");
        let said = bench.ok(&["feed", "skip", &url, "--all", "--json"]);
        assert_eq!(said.trim(), "{\"skipped\":40}");
        assert!(bench.ok(&["feed", "held"]).is_empty());
        assert_eq!(bench.ok(&["campaign", "list"]).lines().count(), 1);
        bench.end().await;
    }
}
