//! Feeds over a real server: what is remembered, what is scheduled, what is refused.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use postrider::actions::Context;
use postrider::actions::poll;
use postrider::actions::poll::{How, PollReport, Refreshed};
use postrider::app::App;
use postrider::db;
use postrider::db::feeds::FeedStatus;
use postrider::domain::email_address::EmailAddress;
use postrider::domain::slug::Slug;
use postrider::fetch::{FetchError, Fetcher};
use url::Url;
use uuid::Uuid;

use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::feed_server::{FeedServer, Page};

/// A publication with two lists and a feed server.
struct Desk {
    app: Arc<App>,
    fetcher: Fetcher,
    server: FeedServer,
}

impl Desk {
    async fn of(test: &TestApp) -> Desk {
        let app = test.app.clone();
        let mut tx = app.db.write().await.unwrap();
        for slug in ["all", "world"] {
            let slug = Slug::parse(slug).unwrap();
            db::lists::add(&mut tx, &slug, "List", app.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let fetcher = Fetcher::new(&app.config.feed_allow_private_addresses, &app.config.base_url).unwrap();
        Desk { app, fetcher, server: FeedServer::start().await }
    }

    async fn add(&self, path: &str, list: &str) -> Uuid {
        poll::add(&Context::command_line(&self.app), &self.fetcher, &self.server.url(path), list, None, None)
            .await
            .unwrap()
            .feed_id
    }

    async fn poll(&self, feed: Uuid) -> PollReport {
        self.app.clock.advance(TimeDelta::minutes(10));
        poll::poll(&self.app, &self.fetcher, feed, How::Conditional).await.unwrap()
    }

    async fn feed(&self, id: Uuid) -> db::feeds::Feed {
        let mut tx = self.app.db.read().await.unwrap();
        db::feeds::by_id(&mut tx, id).await.unwrap().unwrap()
    }

    async fn article(&self, feed: Uuid, title: &str) -> db::articles::Article {
        let mut tx = self.app.db.read().await.unwrap();
        let listed = db::feeds::listing(&mut tx, feed).await.unwrap();
        let id = listed.iter().find(|listed| listed.title == title).unwrap().article_id;
        db::articles::get(&mut tx, id).await.unwrap().unwrap()
    }
}

pub struct Post {
    pub n: u32,
    pub guid: String,
    pub link: String,
    pub title: String,
    pub body: String,
}

pub fn post(server: &FeedServer, n: u32) -> Post {
    Post {
        n,
        guid: server.url(&format!("/?p={n}")),
        link: server.url(&format!("/2026/07/post-{n}/")),
        title: format!("Post {n}"),
        body: format!("<p>Body {n}</p>"),
    }
}

pub fn rss(posts: &[Post]) -> String {
    let items: String = posts
        .iter()
        .map(|post| {
            format!(
                "<item><title>{}</title><link>{}</link><dc:creator><![CDATA[Ines Marlow]]></dc:creator>\
                 <pubDate>{:02} Jul 2026 08:00:00 +0000</pubDate><guid isPermaLink=\"false\">{}</guid>\
                 <description><![CDATA[Short {}]]></description>\
                 <content:encoded><![CDATA[{}]]></content:encoded></item>",
                post.title, post.link, post.n, post.guid, post.n, post.body
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel><title>Harbour Courier</title><link>https://harbour.example</link>{items}</channel></rss>"
    )
}

pub fn posts(server: &FeedServer, numbers: &[u32]) -> Vec<Post> {
    numbers.iter().map(|n| post(server, *n)).collect()
}

on_both_engines! {
    async fn what_a_feed_holds_at_first_is_never_mailed_and_what_comes_later_is_mailed_once(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[9, 8, 7])));
        let feed = desk.add("/feed/", "all").await;
        assert_eq!(desk.poll(feed).await, PollReport { not_modified: true, ..PollReport::default() });
        let asked = desk.server.seen().pop().unwrap();
        assert_eq!(asked.path, "/feed/");
        assert!(
            !asked.headers["if-none-match"].contains("gzip") && asked.headers.contains_key("if-modified-since")
        );
        assert!(asked.headers["user-agent"].starts_with("Postrider/"));

        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[10, 9, 8])));
        let report = desk.poll(feed).await;
        assert_eq!((report.new, report.campaigns), (1, 1));
        assert_eq!(desk.poll(feed).await.campaigns, 0);

        let mut retitled = posts(&desk.server, &[10, 9, 8]);
        retitled[0].title = "Updated: Post 10".into();
        retitled[0].body = "<p>Corrected</p>".into();
        desk.server.set_feed("/feed/", &rss(&retitled));
        let report = desk.poll(feed).await;
        assert_eq!((report.edited, report.new, report.campaigns), (1, 0, 0));
        assert_eq!(desk.article(feed, "Updated: Post 10").await.content_html, "<p>Corrected</p>");

        let mut rebuilt = posts(&desk.server, &[10, 9, 8]);
        for post in &mut rebuilt {
            post.guid = format!("build-2-{}", post.n);
            post.link = post.link.replace("http://", "https://") + "?utm_source=feed";
        }
        desk.server.set_feed("/feed/", &rss(&rebuilt));
        let report = desk.poll(feed).await;
        assert_eq!((report.new, report.held, report.campaigns), (0, 0, 0));

        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[10, 8, 6])));
        let report = desk.poll(feed).await;
        assert_eq!(
            (report.new, report.baseline, report.campaigns),
            (0, 1, 0),
            "6 moved up because 9 was withdrawn"
        );
    }

    async fn processes_that_poll_at_the_same_time_make_one_campaign_an_article(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[9, 8])));
        let feed = desk.add("/feed/", "all").await;
        let other = App::with_db(app.app.config.clone(), app.clock.clone(), app.app.db.clone()).await.unwrap();
        for n in 10..15 {
            desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[n, n - 1])));
            app.advance(TimeDelta::minutes(10));
            let how = How::Unconditional;
            let poll = async |app| poll::poll(app, &desk.fetcher, feed, how).await.unwrap().campaigns;
            let (one, two, three) = tokio::join!(poll(&app.app), poll(&other), poll(&app.app));
            assert_eq!(one + two + three, 1, "post {n}");
        }
    }
}

on_both_engines! {
    async fn binding_a_second_list_mails_nothing_old_and_both_lists_get_what_comes(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[9, 8])));
        let feed = desk.add("/feed/", "all").await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[10, 9, 8])));
        let again = poll::add(&Context::command_line(&desk.app), &desk.fetcher, &desk.server.url("/feed/"), "world", Some(0), None)
            .await
            .unwrap();
        assert_eq!(
            (again.feed_id, again.added, again.report.campaigns),
            (feed, false, 1),
            "10 is for the old list alone"
        );
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[11, 10, 9])));
        assert_eq!(desk.poll(feed).await.campaigns, 2);
    }
}

on_both_engines! {
    async fn one_article_in_two_feeds_of_one_list_is_one_campaign(app: TestApp) {
        let desk = Desk::of(app).await;
        for path in ["/feed/", "/world/feed/"] {
            desk.server.set_feed(path, &rss(&posts(&desk.server, &[9])));
        }
        let (main, section) = (desk.add("/feed/", "all").await, desk.add("/world/feed/", "all").await);
        for path in ["/feed/", "/world/feed/"] {
            desk.server.set_feed(path, &rss(&posts(&desk.server, &[10, 9])));
        }
        assert_eq!(desk.poll(main).await.campaigns + desk.poll(section).await.campaigns, 1);
        assert_eq!(desk.article(main, "Post 10").await.id, desk.article(section, "Post 10").await.id);
    }
}

on_both_engines! {
    async fn what_is_no_feed_is_refused_with_its_reason_and_leaves_no_trace(app: TestApp) {
        let desk = Desk::of(app).await;
        let plain = |body: &str| Page::Plain { headers: vec![], body: body.into() };
        desk.server.set("/html", plain("<!DOCTYPE html><html><p>Hi</html>"));
        desk.server.set("/empty", plain(""));
        desk.server.set("/cut", plain(&rss(&posts(&desk.server, &[9]))[..400]));
        desk.server
            .set("/doctype", plain("<!DOCTYPE rss [<!ENTITY a \"b\">]><rss version=\"2.0\"><channel/></rss>"));
        desk.server.set("/bomb", Page::ZipBomb { size_mib: 100 });
        desk.server.set("/endless", Page::Endless { pause: None });
        desk.server.set("/loop", Page::Redirect(302, "/loop".into()));
        desk.server.set("/inside", Page::Redirect(302, "http://169.254.169.254/latest/".into()));
        desk.server.set("/file", Page::Redirect(302, "file:///etc/passwd".into()));
        for (path, reason) in [
            ("/html", "web page"),
            ("/empty", "empty"),
            ("/cut", "the feed is incomplete"),
            ("/doctype", "DOCTYPE"),
            ("/bomb", "10 MiB"),
            ("/endless", "10 MiB"),
            ("/loop", "redirects"),
            ("/inside", "not on the public internet"),
            ("/file", "not a web address"),
            ("/missing", "404"),
        ] {
            let check = poll::check(&desk.app, &desk.fetcher, &desk.server.url(path)).await.unwrap();
            assert!(check.to_string().contains(reason), "{path}: {check}");
            let error = poll::add(&Context::command_line(&desk.app), &desk.fetcher, &desk.server.url(path), "all", None, None)
                .await
                .unwrap_err();
            assert!(format!("{error:#}").contains(reason), "{path}: {error:#}");
        }
        let mut tx = desk.app.db.read().await.unwrap();
        assert!(db::feeds::all(&mut tx).await.unwrap().is_empty());
    }
}

on_both_engines! {
    async fn a_slow_body_ends_at_the_deadline_and_a_private_name_is_refused(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set("/slow", Page::Endless { pause: Some(Duration::from_millis(50)) });
        let slow = Url::parse(&desk.server.url("/slow")).unwrap();
        let error = desk.fetcher.fetch(&slow, None, Duration::from_millis(300)).await.unwrap_err();
        assert!(matches!(error, FetchError::Timeout(_)), "{error}");
        let strict = Fetcher::new(&[], &desk.app.config.base_url).unwrap();
        for url in [desk.server.url("/slow"), desk.server.url("/slow").replace("127.0.0.1", "localhost")] {
            let error = strict.fetch(&Url::parse(&url).unwrap(), None, Duration::from_secs(5)).await.unwrap_err();
            assert!(matches!(error, FetchError::PrivateAddress(_)), "{error}");
        }
        assert_eq!(desk.server.seen().len(), 1, "a refused address is never asked");
    }
}

on_both_engines! {
    async fn a_broken_feed_keeps_its_reason_backs_off_and_stops_no_other(app: TestApp) {
        let desk = Desk::of(app).await;
        let ada = EmailAddress::parse("ada@example.org").unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        db::users::add(&mut tx, &ada, db::users::Role::Admin, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for path in ["/good", "/bad", "/gone"] {
            desk.server.set_feed(path, &rss(&posts(&desk.server, &[9])));
        }
        let (good, bad, gone) =
            (desk.add("/good", "all").await, desk.add("/bad", "all").await, desk.add("/gone", "all").await);
        desk.server.set_feed("/good", &rss(&posts(&desk.server, &[10, 9])));
        desk.server.set("/bad", Page::Status(503, vec![("retry-after", "7200".into())]));
        desk.server.set("/gone", Page::Status(410, vec![]));
        desk.app.clock.advance(TimeDelta::minutes(10));
        poll::poll_due(&desk.app, &desk.fetcher).await.unwrap();

        let bad = desk.feed(bad).await;
        assert!(bad.last_error.unwrap().contains("503"));
        assert_eq!(bad.next_poll_at, desk.app.clock.now() + TimeDelta::hours(2));
        assert_eq!(desk.feed(gone).await.status, FeedStatus::Disabled);
        // Polled by hand again, it is no news.
        poll::poll(&desk.app, &desk.fetcher, gone, How::Unconditional).await.unwrap();
        app.deliver_all_due().await;
        let told: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!(told, ["ada@example.org"], "an admin hears of the feed that is gone");
        assert_eq!(desk.feed(good).await.last_error, None);
        assert_eq!(desk.article(good, "Post 10").await.first_seen_at, desk.app.clock.now());
    }
}

on_both_engines! {
    async fn redirects_are_followed_as_browsers_do(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/f%C3%AAte", &rss(&posts(&desk.server, &[9])));
        desk.server.set("/party", Page::Redirect(302, "/f\u{ea}te".into()));
        desk.article(desk.add("/party", "all").await, "Post 9").await;

        desk.server.set_feed("/behind", &rss(&posts(&desk.server, &[9])));
        let sets = vec![("location", "/behind".to_owned()), ("set-cookie", "seen=1; Path=/; HttpOnly".to_owned())];
        desk.server.set("/gate", Page::Status(302, sets));
        desk.add("/gate", "all").await;
        let asked = desk.server.seen().into_iter().rfind(|asked| asked.path == "/behind").unwrap();
        assert_eq!(asked.headers["cookie"], "seen=1");
        // What one host set is told to no other.
        let elsewhere = FeedServer::start().await;
        elsewhere.set_feed("/feed", &rss(&posts(&desk.server, &[9])));
        let there = elsewhere.url("/feed").replace("127.0.0.1", "localhost");
        let sets = vec![("location", there), ("set-cookie", "seen=1".to_owned())];
        desk.server.set("/away", Page::Status(302, sets));
        desk.add("/away", "all").await;
        assert!(!elsewhere.seen()[0].headers.contains_key("cookie"));
    }

    async fn a_site_that_asks_to_be_left_alone_is_named(app: TestApp) {
        let desk = Desk::of(app).await;
        let body = rss(&posts(&desk.server, &[9])).into_bytes();
        let headers = vec![("content-type", "text/xml".to_owned()), ("cache-control", "max-age=7200".to_owned())];
        desk.server.set("/slow", Page::Plain { headers, body });
        let id = desk.add("/slow", "all").await;
        assert_eq!(desk.feed(id).await.asked_secs, Some(7200));
        let check = poll::check(&desk.app, &desk.fetcher, &desk.server.url("/slow")).await.unwrap().to_string();
        assert!(check.contains("not to be checked again for 2 hours"), "{check}");
        let page = app.admin().await.page(&format!("/admin/feeds/{id}")).await;
        assert!(page.contains("not to be checked again for 2 hours"), "{page}");
    }

    async fn a_picture_that_only_the_articles_page_names_is_taken_before_it_is_sent(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[9])));
        let feed = desk.add("/feed/", "all").await;
        let head = "<!doctype html><html><head><meta property='og:image' content='/pics/quay.jpg?w=1200'>\
                    <meta property='og:image:alt' content='The quay &amp; the sea'></head><body>x</body></html>";
        desk.server.set("/2026/07/post-9/", Page::Plain { headers: vec![], body: head.into() });
        let article = desk.article(feed, "Post 9").await;
        assert_eq!(poll::refresh(&desk.app, &desk.fetcher, article.id).await.unwrap(), Refreshed::Current);
        let article = desk.article(feed, "Post 9").await;
        assert_eq!(article.image_url, desk.server.url("/pics/quay.jpg?w=1200"));
        assert_eq!(article.image_alt, "The quay & the sea");
        // The next poll, which knows of none, leaves it.
        desk.poll(feed).await;
        assert_eq!(desk.article(feed, "Post 9").await.image_alt, "The quay & the sea");
    }

    async fn items_that_are_taken_for_one_article_are_named(app: TestApp) {
        let desk = Desk::of(app).await;
        let twice = [post(&desk.server, 9), Post { guid: "another".into(), ..post(&desk.server, 9) }];
        desk.server.set_feed("/twice", &rss(&twice));
        let check = poll::check(&desk.app, &desk.fetcher, &desk.server.url("/twice")).await.unwrap();
        assert_eq!(check.items.len(), 1);
        assert!(check.to_string().contains("one more item has the same title, and the same address"), "{check}");
    }

    async fn a_permanent_redirect_is_stored_when_it_was_seen_three_times(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/old", &rss(&posts(&desk.server, &[9])));
        let feed = desk.add("/old", "all").await;
        desk.server.set_feed("/new", &rss(&posts(&desk.server, &[9])));
        desk.server.set("/old", Page::Redirect(301, "/new".into()));
        for times in 1..=3 {
            assert_eq!(desk.feed(feed).await.url, desk.server.url("/old"), "seen {} times", times - 1);
            desk.poll(feed).await;
        }
        assert_eq!(desk.feed(feed).await.url, desk.server.url("/new"));
        assert_eq!(desk.add("/old", "all").await, feed, "its old address leads to the same feed");
    }
}

on_both_engines! {
    async fn just_before_sending_edits_are_taken_and_withdrawn_articles_are_found(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[8])));
        let feed = desk.add("/feed/", "all").await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[10, 9, 8])));
        desk.poll(feed).await;
        let (ten, nine) = (desk.article(feed, "Post 10").await, desk.article(feed, "Post 9").await);
        for n in [9, 10] {
            desk.server.set(&format!("/2026/07/post-{n}/"), Page::Status(403, vec![]));
        }
        let refresh = |id| poll::refresh(&desk.app, &desk.fetcher, id);

        let mut edited = posts(&desk.server, &[10, 8]);
        edited[0].title = "Better title".into();
        desk.server.set_feed("/feed/", &rss(&edited));
        assert_eq!(refresh(ten.id).await.unwrap(), Refreshed::Current);
        assert_eq!(desk.article(feed, "Better title").await.published_at, ten.published_at);
        assert!(matches!(refresh(nine.id).await.unwrap(), Refreshed::Withdrawn(_)), "8 is older and still there");

        desk.server.set("/2026/07/post-10/", Page::Status(410, vec![]));
        assert!(matches!(refresh(ten.id).await.unwrap(), Refreshed::Withdrawn(_)));
        desk.server.set("/2026/07/post-10/", Page::Status(500, vec![]));
        desk.server.set("/feed/", Page::Status(429, vec![]));
        assert_eq!(refresh(ten.id).await.unwrap(), Refreshed::Unreachable);
    }
}

on_both_engines! {
    async fn checking_a_feed_says_what_would_be_sent_and_stores_nothing(app: TestApp) {
        let desk = Desk::of(app).await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[9, 8])));
        let url = desk.server.url("/feed/");
        let check = poll::check(&desk.app, &desk.fetcher, &url).await.unwrap();
        let text = check.to_string();
        assert!(!check.known && text.contains("the 2 articles already in it won't be sent"), "{text}");
        assert!(text.contains("- 2026-07-09 08:00 UTC  Post 9: would be sent\n"), "{text}");
        let feed = desk.add("/feed/", "all").await;
        desk.server.set_feed("/feed/", &rss(&posts(&desk.server, &[10, 9, 8])));
        let check = poll::check(&desk.app, &desk.fetcher, &url).await.unwrap();
        assert!(check.to_string().contains("Post 10: new, would be sent to all at 2026-11-24 09:51 UTC"), "{check}");
        assert_eq!(desk.poll(feed).await.campaigns, 1, "the check did not use it up");
    }
}

on_both_engines! {
    async fn a_server_that_asks_for_time_gets_it_and_unchanged_feeds_are_not_read_again(app: TestApp) {
        let desk = Desk::of(app).await;
        let body = rss(&posts(&desk.server, &[9]));
        let plain = |headers: &[(&'static str, &str)]| Page::Plain {
            headers: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            body: body.clone().into(),
        };
        let (asked, waits) = ("/feed/", |mins: i64| desk.app.clock.now() + TimeDelta::minutes(mins));
        let run = async |mins: i64| {
            desk.app.clock.advance(TimeDelta::minutes(mins));
            let before = desk.server.seen().len();
            poll::poll_due(&desk.app, &desk.fetcher).await.unwrap();
            desk.server.seen()[before..].to_vec()
        };
        desk.server.set(asked, plain(&[("etag", "\"a\""), ("cache-control", "max-age=3600")]));
        let feed = desk.add(asked, "all").await;
        assert_eq!(desk.feed(feed).await.next_poll_at, waits(60));
        assert!(run(59).await.is_empty(), "its answer is fresh for an hour");

        desk.server.set(asked, Page::Status(304, vec![("cache-control", "max-age=1800".into())]));
        let seen = run(1).await;
        assert_eq!((seen.len(), seen[0].headers["if-none-match"].as_str()), (1, "\"a\""));
        assert!(!seen[0].headers.contains_key("if-modified-since"), "none was given");
        assert_eq!(desk.feed(feed).await.next_poll_at, waits(30));
        assert_eq!(desk.feed(feed).await.etag.as_deref(), Some("\"a\""), "a 304 leaves the validators");

        desk.server.set(asked, Page::Status(429, vec![("retry-after", "5400".into())]));
        assert!(run(29).await.is_empty());
        assert_eq!(run(1).await.len(), 1);
        assert_eq!(desk.feed(feed).await.next_poll_at, waits(90));
        assert!(run(89).await.is_empty(), "it asked for an hour and a half");

        desk.server.set(asked, plain(&[("cache-control", "no-cache, max-age=9000")]));
        assert_eq!(run(1).await.len(), 1);
        let after = desk.feed(feed).await;
        assert_eq!((after.next_poll_at, after.failures, after.last_error), (waits(10), 0, None));
        assert_eq!(after.etag, None, "the answer gave none");
    }
}

on_both_engines! {
    async fn hostile_answers_are_refused_or_read_with_the_reason_kept_and_the_others_go_on(app: TestApp) {
        let desk = Desk::of(app).await;
        let plain = |body: &[u8]| Page::Plain {
            headers: vec![("content-type", "text/xml; charset=UTF-8".into())],
            body: body.to_vec(),
        };
        let text = rss(&posts(&desk.server, &[9]));
        let huge = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let huge_url = format!("http://{}/", huge.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in huge.incoming().flatten() {
                use std::io::{Read as _, Write as _};
                let mut stream = stream;
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2147483648\r\n\r\n<rss>");
            }
        });
        let hostile: Vec<(&str, Page, &str)> = vec![
            ("/html", plain(b"<!DOCTYPE html><html><p>Hi</html>"), "web page"),
            ("/empty", plain(b""), "empty"),
            ("/cut", plain(&text.as_bytes()[..text.len() - 60]), "the feed is incomplete"),
            ("/endless", Page::Endless { pause: None }, "10 MiB"),
            ("/bomb", Page::ZipBomb { size_mib: 60 }, "10 MiB"),
            ("/huge", Page::Redirect(302, huge_url), "10 MiB"),
            ("/loop", Page::Redirect(302, "/loop".into()), "redirects"),
            ("/inside", Page::Redirect(302, "http://[::1]/".into()), "not on the public internet"),
            ("/doctype", plain(b"<!DOCTYPE rss [<!ENTITY a \"b\">]><rss><channel/></rss>"), "DOCTYPE"),
            ("/gone", Page::Status(410, vec![]), "410"),
        ];
        let mut feeds_bad = Vec::new();
        for (path, ..) in &hostile {
            desk.server.set_feed(path, &text);
            feeds_bad.push(desk.add(path, "all").await);
        }
        desk.server.set_feed("/good", &text);
        let good = desk.add("/good", "all").await;
        for (path, page, _) in &hostile {
            desk.server.set(path, page.clone());
        }
        desk.server.set_feed("/good", &rss(&posts(&desk.server, &[10, 9])));
        desk.app.clock.advance(TimeDelta::minutes(10));
        poll::poll_due(&desk.app, &desk.fetcher).await.unwrap();
        for (id, (path, _, reason)) in feeds_bad.iter().zip(&hostile) {
            let feed = desk.feed(*id).await;
            assert!(feed.last_error.as_deref().is_some_and(|error| error.contains(reason)), "{path}: {feed:?}");
            assert_eq!(feed.failures, 1, "{path}");
            let check = poll::check(&desk.app, &desk.fetcher, &desk.server.url(path)).await.unwrap();
            assert!(check.to_string().contains(reason), "{path}: {check}");
            assert_eq!(check.stored_error, feed.last_error, "{path}");
        }
        assert_eq!(desk.feed(good).await.last_error, None);
        assert_eq!(desk.article(good, "Post 10").await.first_seen_at, desk.app.clock.now());
    }

    async fn odd_documents_are_read(app: TestApp) {
        let desk = Desk::of(app).await;
        let mut odd = posts(&desk.server, &[9]);
        odd[0].title = "Caf\u{e9} \u{1}\u{b}tonight".into();
        let latin: Vec<u8> = rss(&odd).chars().map(|c| c as u8).collect();
        let headers = vec![("content-type", "text/xml; charset=UTF-8".to_owned())];
        desk.server.set("/latin", Page::Plain { headers: headers.clone(), body: latin });
        let feed = desk.add("/latin", "all").await;
        desk.article(feed, "Caf\u{e9} tonight").await;

        let many: Vec<Post> = (0..10_000)
            .map(|n| Post { n: n % 28 + 1, guid: format!("g{n}"), link: desk.server.url(&format!("/{n}")), ..post(&desk.server, n) })
            .collect();
        desk.server.set("/many", Page::Plain { headers, body: rss(&many).into() });
        let added = poll::add(&Context::command_line(&desk.app), &desk.fetcher, &desk.server.url("/many"), "all", None, None).await.unwrap();
        assert_eq!(added.report.baseline, postrider::feeds::parse::ITEMS_READ_MAX);

        let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T\u0000","items":
            [{"id":"1\u0000","url":"https://news.example/1","title":"Nil\u0000","content_html":"a\u0000b"}]}"#;
        desk.server.set("/json", Page::Plain { headers: vec![], body: json.into() });
        let feed = desk.add("/json", "all").await;
        assert_eq!(desk.article(feed, "Nil").await.content_html, "ab");
    }
}

#[test]
fn the_feeds_of_a_real_wordpress_are_read_where_they_are_at_hand() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let base = Url::parse("http://news.example/feed/").unwrap();
    for name in ["wordpress-rss2.xml", "wordpress-rss2-summary.xml", "wordpress-atom.xml"] {
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            eprintln!("skipped: {name} is not at hand");
            continue;
        };
        let feed = postrider::feeds::parse::parse(&bytes, Some("text/xml; charset=UTF-8"), &base).unwrap();
        assert!(!feed.items.is_empty(), "{name}");
        for item in &feed.items {
            assert!(
                item.guid.is_some() && item.link.is_some() && item.published_at.is_some(),
                "{name}: {item:?}"
            );
            assert!(!item.title.contains("&#"), "{name}: {}", item.title);
        }
    }
}
