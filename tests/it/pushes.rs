//! Hubs and pings: who says that there is something new is believed enough for a poll, and no further.

use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use chrono::TimeDelta;
use postrider::actions::{Context, manage_feeds, poll};
use postrider::db::pushes::{self, HubStatus, Pushed, Subscription};
use postrider::db::{self, feeds};
use postrider::domain::slug::Slug;
use uuid::Uuid;

use crate::feeds::{posts, rss};
use crate::on_both_engines;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::hub::{Asked, Hub};
use crate::support::process::{Bench, Serve, wait_until};
use crate::support::{Engine, SmtpServer, TestApp, say, skip_postgres};

const FEED: &str = "/feed/";

/// A list, a site with a feed, and a hub.
struct Site<'a> {
    app: &'a TestApp,
    server: FeedServer,
    hub: Hub,
    feed: Uuid,
}

impl<'a> Site<'a> {
    /// With a feed that names no hub.
    async fn plain(app: &'a TestApp) -> Site<'a> {
        Site::of(app, |_, text| text).await
    }

    /// With a feed that names the hub.
    async fn with_hub(app: &'a TestApp) -> Site<'a> {
        Site::of(app, with_hub).await
    }

    async fn of(app: &'a TestApp, form: impl Fn(&Hub, String) -> String) -> Site<'a> {
        let (server, hub) = (FeedServer::start().await, Hub::start().await);
        server.set_feed(FEED, &form(&hub, rss(&posts(&server, &[8, 7]))));
        let mut tx = app.app.db.write().await.unwrap();
        db::lists::add(&mut tx, &Slug::parse("all").unwrap(), "All", app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let cx = Context::command_line(&app.app);
        let url = server.url(FEED);
        let added = poll::add(&cx, &app.app.fetcher, &url, "all", Some(0), None).await.unwrap();
        Site { app, server, hub, feed: added.feed_id }
    }

    /// Publishes these; the feed goes on naming the hub where it did.
    fn publish(&self, numbers: &[u32]) {
        let text = rss(&posts(&self.server, numbers));
        let Some(Page::Document { body, .. }) = self.server.page(FEED) else { panic!("a feed") };
        let names_hub = String::from_utf8(body).unwrap().contains("rel=\"hub\"");
        self.server.set_feed(FEED, &if names_hub { with_hub(&self.hub, text) } else { text });
    }

    /// Publishes these without a change of what the feed says of itself, as a second article in the same second.
    fn publish_in_the_same_second(&self, numbers: &[u32]) {
        let Some(Page::Document { etag, .. }) = self.server.page(FEED) else { panic!("a feed") };
        self.publish(numbers);
        let Some(Page::Document { content_type, body, .. }) = self.server.page(FEED) else {
            panic!("a feed")
        };
        self.server.set(FEED, Page::Document { content_type, body, etag });
    }

    /// How often the feed was fetched so far.
    fn fetched(&self) -> usize {
        self.server.seen().iter().filter(|seen| seen.path == FEED).count()
    }

    async fn work_on_hubs(&self) {
        postrider::actions::pushes::hubs::work(&self.app.app).await.unwrap();
    }

    /// Polls what was asked for; how many feeds that were.
    async fn poll_asked(&self) -> usize {
        let asked = postrider::actions::pushes::asked_for(&self.app.app).await.unwrap();
        for feed in &asked {
            poll::poll_by_itself(&self.app.app, &self.app.app.fetcher, *feed).await;
        }
        asked.len()
    }

    /// What the hub was asked for, verified.
    async fn subscribed(&self) -> Asked {
        self.work_on_hubs().await;
        let asked = self.hub.take_one();
        self.hub.verify(&asked).await;
        asked
    }

    async fn subscription(&self) -> Option<Subscription> {
        pushes::subscription_of(&mut self.app.app.db.read().await.unwrap(), self.feed).await.unwrap()
    }

    async fn pushed(&self) -> Pushed {
        pushes::of_feed(&mut self.app.app.db.read().await.unwrap(), self.feed).await.unwrap()
    }

    async fn row(&self) -> feeds::Feed {
        feeds::by_id(&mut self.app.app.db.read().await.unwrap(), self.feed).await.unwrap().unwrap()
    }

    /// How many articles the feed is known to list.
    async fn listed(&self) -> usize {
        feeds::listing(&mut self.app.app.db.read().await.unwrap(), self.feed).await.unwrap().len()
    }

    async fn ping(&self, body: impl Into<Vec<u8>>) -> (u16, String) {
        ping(&self.app.url, body).await
    }

    /// As WordPress does when something is published.
    async fn ping_as_wordpress(&self) {
        let (status, answer) = self.ping(extended(&self.server.url("/"), &self.server.url(FEED))).await;
        assert!(
            status == 200 && answer.contains("<name>flerror</name><value><boolean>0</boolean>"),
            "{answer}"
        );
    }
}

fn with_hub(hub: &Hub, text: String) -> String {
    let links = format!(
        "<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"{}\"/>\
         <atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"http://127.0.0.1/the-feed\"/><item>",
        hub.url
    );
    text.replacen("<item>", &links, 1)
}

/// A call in the bytes of WordPress.
fn call(method: &str, parameters: &[&str]) -> String {
    let parameters: String = parameters
        .iter()
        .map(|text| format!("<param><value><string>{text}</string></value></param>\n"))
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<methodCall>\n<methodName>{method}</methodName>\n<params>\n{parameters}</params></methodCall>\n"
    )
}

fn extended(home: &str, feed: &str) -> String {
    call("weblogUpdates.extendedPing", &["Harbour Courier &amp; Tide", home, home, feed])
}

async fn ping(url: &str, body: impl Into<Vec<u8>>) -> (u16, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = http.post(format!("{url}/ping")).header("content-type", "text/xml").body(body.into());
    let answer = post.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn signed(algorithm: hmac::Algorithm, name: &str, secret: &str, body: &[u8]) -> String {
    let sum = hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), body);
    format!("{name}={}", sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

async fn number(app: &TestApp, result: &str) -> u32 {
    let text = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    let name = format!("postrider_pushes_total{{result=\"{result}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap()
}

on_both_engines! {
    async fn a_hub_that_a_feed_names_is_subscribed_at_verified_and_renewed_before_the_lease_ends(app: TestApp) {
        let site = Site::with_hub(app).await;
        site.work_on_hubs().await;
        let asked = site.hub.take_one();
        let subscription = site.subscription().await.unwrap();
        assert_eq!(asked["hub.mode"], "subscribe");
        assert_eq!(asked["hub.topic"], "http://127.0.0.1/the-feed");
        assert_eq!(asked["hub.callback"], format!("{}/websub/{}", app.url, subscription.id));
        assert!(asked["hub.secret"].len() >= 32 && asked["hub.lease_seconds"] == "864000", "{asked:?}");
        assert_eq!(subscription.status, HubStatus::Asked);
        site.hub.verify(&asked).await;
        let subscription = site.subscription().await.unwrap();
        assert_eq!((subscription.status, subscription.lease_until), (HubStatus::Active, Some(app.clock.now() + TimeDelta::days(1))));
        let page = app.admin().await.page(&format!("/admin/feeds/{}", site.feed)).await;
        assert!(page.contains("On, from 127.0.0.1, until 25 Nov, 09:41") && page.contains("none yet"), "{page}");

        // Before the day is over, and not before most of it is.
        app.advance(TimeDelta::hours(15));
        site.work_on_hubs().await;
        assert!(site.hub.take().is_empty());
        app.advance(TimeDelta::hours(6));
        site.work_on_hubs().await;
        let renewed = site.hub.take_one();
        assert_eq!(renewed, asked, "the same subscription");
        // The hub is slow to ask back: it is still the one that stands.
        assert_eq!(site.subscription().await.unwrap().status, HubStatus::Active);
        site.hub.verify(&renewed).await;
        assert_eq!(site.subscription().await.unwrap().lease_until, Some(app.clock.now() + TimeDelta::days(1)));
        site.work_on_hubs().await;
        assert!(site.hub.take().is_empty());
        app.deliver_all_due().await;
    }

    async fn a_hub_that_does_not_answer_is_asked_again_later_and_later(app: TestApp) {
        let site = Site::with_hub(app).await;
        site.hub.answer(Some(503));
        let mut asked_after = Vec::new();
        for minute in 0..40 {
            site.work_on_hubs().await;
            if !site.hub.take().is_empty() {
                asked_after.push(minute);
            }
            app.advance(TimeDelta::minutes(1));
        }
        assert!((4..=6).contains(&asked_after.len()), "{asked_after:?}");
        let subscription = site.subscription().await.unwrap();
        assert_eq!((subscription.status, subscription.lease_until), (HubStatus::Asked, None));
        assert!(subscription.last_error.contains("503"), "{}", subscription.last_error);
        // And where it says yes and never asks back, the same.
        site.hub.answer(None);
        app.advance(TimeDelta::hours(2));
        site.work_on_hubs().await;
        site.hub.take_one();
        app.advance(TimeDelta::hours(2));
        let again = site.subscribed().await;
        assert_eq!(again["hub.mode"], "subscribe");
        let subscription = site.subscription().await.unwrap();
        assert_eq!((subscription.failures, subscription.last_error.as_str()), (0, ""));
    }

    async fn what_was_not_asked_for_is_not_confirmed(app: TestApp) {
        let site = Site::with_hub(app).await;
        site.work_on_hubs().await;
        let asked = site.hub.take_one();
        let status = async |otherwise: &[(&str, &str)]| site.hub.ask_back(&asked, otherwise).await.status().as_u16();
        for wrong in [
            ("hub.topic", "http://127.0.0.1/another"),
            ("hub.topic", ""),
            ("hub.mode", "unsubscribe"),
            ("hub.mode", "publish"),
            ("hub.mode", ""),
            ("hub.challenge", ""),
            ("hub.challenge", &"a".repeat(3000)),
        ] {
            assert_eq!(status(&[wrong]).await, 404, "{wrong:?}");
        }
        let mut elsewhere = asked.clone();
        elsewhere.insert("hub.callback".to_owned(), format!("{}/websub/{}", app.url, Uuid::new_v4()));
        assert_eq!(site.hub.ask_back(&elsewhere, &[]).await.status(), 404);
        assert_eq!(site.hub.push(&elsewhere, b"new", None).await.status(), 404);
        assert_eq!(site.subscription().await.unwrap().status, HubStatus::Asked);
        let right = "hub.mode=subscribe&hub.topic=http%3A%2F%2F127.0.0.1%2Fthe-feed&hub.challenge=tide";
        let head = app.http.head(format!("{}?{right}", asked["hub.callback"]));
        assert_eq!(head.send().await.unwrap().status(), 404, "whoever only looks changes nothing");
        assert_eq!(site.subscription().await.unwrap().status, HubStatus::Asked);

        // What a hub says of a lease is taken within bounds.
        for (lease, days) in [("9999999999999", 90), ("-5", 10), ("soon", 10), ("", 10)] {
            assert_eq!(status(&[("hub.lease_seconds", lease)]).await, 200, "{lease}");
            let until = site.subscription().await.unwrap().lease_until.unwrap();
            assert_eq!(until - app.clock.now(), TimeDelta::days(days), "{lease}");
        }
        let denied = [("hub.mode", "denied"), ("hub.reason", "no <b>room</b>"), ("hub.challenge", "")];
        assert_eq!(status(&[("hub.mode", "denied"), ("hub.topic", "http://127.0.0.1/another")]).await, 404);
        assert_eq!(status(&denied).await, 200);
        let subscription = site.subscription().await.unwrap();
        assert_eq!((subscription.status, subscription.last_error.as_str()), (HubStatus::Denied, "no <b>room</b>"));
        let page = app.admin().await.page(&format!("/admin/feeds/{}", site.feed)).await;
        assert!(page.contains("127.0.0.1 refused") && page.contains("&#60;b&#62;room") , "{page}");
        assert_eq!(status(&[]).await, 404, "it was denied, and not asked for since");
        app.advance(TimeDelta::hours(31));
        site.subscribed().await;
        app.deliver_all_due().await;
    }

    async fn a_push_leads_to_a_poll_only_where_it_is_signed_with_the_secret(app: TestApp) {
        let site = Site::with_hub(app).await;
        let asked = site.subscribed().await;
        let secret = asked["hub.secret"].as_str();
        let body = b"<rss>whatever it says</rss>".as_slice();
        site.publish_in_the_same_second(&[9, 8, 7]);
        let right = signed(hmac::HMAC_SHA256, "sha256", secret, body);
        let wrong = [
            None,
            Some(signed(hmac::HMAC_SHA256, "sha256", "another", body)),
            Some(signed(hmac::HMAC_SHA256, "sha512", secret, body)),
            Some(signed(hmac::HMAC_SHA256, "sha256", secret, b"another")),
            Some(right[..right.len() - 2].to_owned()),
            Some("sha256".to_owned()),
        ];
        for header in &wrong {
            let answer = site.hub.push(&asked, body, header.as_deref()).await;
            assert!(answer.status().is_success(), "whoever guesses is told nothing: {}", answer.status());
            assert_eq!(site.poll_asked().await, 0, "{header:?}");
        }
        assert_eq!(number(app, "unsigned").await as usize, wrong.len());
        let large = vec![b'a'; 11 << 20];
        let too_large = signed(hmac::HMAC_SHA256, "sha256", secret, &large);
        // It may be cut off before all of it is sent.
        let push = reqwest::Client::new().post(&asked["hub.callback"]).header("x-hub-signature", too_large);
        let _ = push.body(large).send().await;
        assert_eq!((site.poll_asked().await, site.listed().await), (0, 2));
        for (name, algorithm) in [
            ("sha1", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            ("sha256", hmac::HMAC_SHA256),
            ("sha384", hmac::HMAC_SHA384),
            ("sha512", hmac::HMAC_SHA512),
        ] {
            app.advance(TimeDelta::minutes(1));
            let answer = site.hub.push(&asked, body, Some(&signed(algorithm, name, secret, body))).await;
            assert_eq!((answer.status().as_u16(), site.poll_asked().await), (202, 1), "{name}");
        }
        // The feed said "unchanged" to whoever asked with its validators.
        assert_eq!(site.listed().await, 3);
        assert_eq!((site.poll_asked().await, number(app, "websub").await), (0, 4));
    }

    async fn a_hub_is_left_where_the_feed_is_retired_or_names_another(app: TestApp) {
        let site = Site::with_hub(app).await;
        let first = site.subscribed().await;
        let other = Hub::start().await;
        site.server.set_feed(FEED, &with_hub(&other, rss(&posts(&site.server, &[8, 7]))));
        app.advance(TimeDelta::minutes(11));
        postrider::schedule::poll_feeds(&app.app).await.unwrap();
        site.work_on_hubs().await;
        let goodbye = site.hub.take_one();
        assert_eq!((goodbye["hub.mode"].as_str(), &goodbye["hub.callback"]), ("unsubscribe", &first["hub.callback"]));
        assert_eq!(site.hub.push(&first, b"x", Some(&signed(hmac::HMAC_SHA256, "sha256", &first["hub.secret"], b"x"))).await.status(), 202);
        assert_eq!(site.poll_asked().await, 0, "it was left");
        site.hub.verify(&goodbye).await;
        assert_eq!(site.hub.ask_back(&goodbye, &[]).await.status(), 404, "and is gone");
        let second = other.take_one();
        assert_ne!(second["hub.callback"], first["hub.callback"]);
        other.verify(&second).await;

        let cx = Context::command_line(&app.app);
        manage_feeds::retire(&cx, site.feed).await.unwrap();
        site.work_on_hubs().await;
        assert_eq!(other.take_one()["hub.mode"], "unsubscribe");
        assert!(site.subscription().await.is_none());
        // A hub that never asks back is told a few times, then forgotten.
        for _ in 0..20 {
            app.advance(TimeDelta::hours(1));
            site.work_on_hubs().await;
        }
        assert!((1..=4).contains(&other.take().len()));
        assert_eq!(other.ask_back(&second, &[("hub.mode", "unsubscribe")]).await.status(), 404);

        manage_feeds::bring_back(&cx, site.feed).await.unwrap();
        postrider::schedule::poll_feeds(&app.app).await.unwrap();
        site.work_on_hubs().await;
        other.verify(&other.take_one()).await;
        // Nor does one stay that the feed names no more.
        site.server.set_feed(FEED, &rss(&posts(&site.server, &[8, 7])));
        app.advance(TimeDelta::minutes(11));
        postrider::schedule::poll_feeds(&app.app).await.unwrap();
        site.work_on_hubs().await;
        assert_eq!(other.take_one()["hub.mode"], "unsubscribe");
    }

    async fn a_hub_is_found_in_headers_first_and_in_each_kind_of_feed(app: TestApp) {
        let site = Site::plain(app).await;
        site.work_on_hubs().await;
        assert!(site.hub.take().is_empty());
        let hub = site.hub.url.as_str();
        let plain = rss(&posts(&site.server, &[8, 7]));
        let atom = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title><link rel=\"HUB\" href=\"{hub}\"/>\
            <link href=\"http://127.0.0.1/\"/><link rel=\"self\" href=\"/atom\"/><entry><id>1</id><title>B</title><link rel=\"hub\" href=\"http://127.0.0.1:1/\"/></entry></feed>");
        let json = format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"A\",\"feed_url\":\"http://127.0.0.1/json\",\
            \"hubs\":[{{\"type\":\"rssCloud\",\"url\":\"http://127.0.0.1:1/\"}},{{\"type\":\"WebSub\",\"url\":\"{hub}\"}}],\"items\":[]}}");
        let linked = format!("<{hub}>; rel=\"hub\", <http://127.0.0.1/head>; rel=self");
        let in_both = with_hub(&Hub::start().await, plain.clone());
        for (path, link, body, topic) in [
            ("/head", Some(linked.clone()), plain, "http://127.0.0.1/head".to_owned()),
            ("/both", Some(linked), in_both, "http://127.0.0.1/head".to_owned()),
            ("/atom", None, atom, site.server.url("/atom")),
            ("/json", None, json, "http://127.0.0.1/json".to_owned()),
        ] {
            let headers = link.map(|link| ("link", link)).into_iter().collect();
            site.server.set(path, Page::Plain { headers, body: body.into() });
            let cx = Context::command_line(&app.app);
            poll::add(&cx, &app.app.fetcher, &site.server.url(path), "all", None, None).await.unwrap();
            site.work_on_hubs().await;
            assert_eq!(site.hub.take_one()["hub.topic"], topic, "{path}");
        }
    }

    async fn a_ping_polls_at_once_though_the_feed_says_unchanged(app: TestApp) {
        let site = Site::plain(app).await;
        site.publish_in_the_same_second(&[9, 8, 7]);
        app.advance(TimeDelta::minutes(1));
        site.ping_as_wordpress().await;
        assert_eq!((site.poll_asked().await, site.listed().await), (1, 3));
        site.publish_in_the_same_second(&[10, 9, 8, 7]);
        site.ping_as_wordpress().await;
        assert_eq!(site.poll_asked().await, 0, "not so soon");
        app.advance(TimeDelta::seconds(30));
        assert_eq!((site.poll_asked().await, site.listed().await), (1, 4), "but then");
        app.advance(TimeDelta::minutes(1));
        assert_eq!(site.poll_asked().await, 0);
        let page = app.admin().await.page(&format!("/admin/feeds/{}", site.feed)).await;
        assert!(page.contains("24 Nov, 09:42, by ping"), "{page}");
        app.deliver_all_due().await;
    }

    async fn a_burst_of_pings_causes_one_poll_and_one_at_its_end(app: TestApp) {
        let site = Site::plain(app).await;
        let before = site.fetched();
        site.ping_as_wordpress().await;
        assert_eq!(site.poll_asked().await, 1);
        for _ in 0..19 {
            site.ping_as_wordpress().await;
            assert_eq!(site.poll_asked().await, 0);
            app.advance(TimeDelta::seconds(1));
        }
        app.advance(TimeDelta::seconds(12));
        assert_eq!((site.poll_asked().await, site.poll_asked().await), (1, 0));
        // Within the quiet time of that one as well.
        site.ping_as_wordpress().await;
        assert_eq!(site.poll_asked().await, 0);
        app.advance(TimeDelta::seconds(31));
        assert_eq!((site.poll_asked().await, site.poll_asked().await), (1, 0));
        assert_eq!(site.fetched() - before, 3);
    }

    async fn a_ping_that_comes_while_a_poll_is_under_way_is_followed_by_another(app: TestApp) {
        let site = Site::plain(app).await;
        site.server.set(FEED, Page::Endless { pause: Some(Duration::from_millis(20)) });
        site.ping_as_wordpress().await;
        let asked = postrider::actions::pushes::asked_for(&app.app).await.unwrap();
        let (at_work, feed) = (app.app.clone(), asked[0]);
        let before = site.fetched();
        let polling = tokio::spawn(async move { poll::poll_by_itself(&at_work, &at_work.fetcher, feed).await });
        wait_until("it reads", async || site.fetched() > before).await;
        app.advance(TimeDelta::seconds(31));
        site.ping_as_wordpress().await;
        // Whatever became of the first one, the second stands.
        polling.abort();
        site.server.set_feed(FEED, &rss(&posts(&site.server, &[9, 8, 7])));
        assert_eq!((site.poll_asked().await, site.listed().await), (1, 3));
    }

    async fn what_is_no_ping_of_a_known_feed_polls_nothing(app: TestApp) {
        let site = Site::plain(app).await;
        let before = site.fetched();
        let unknown = |answer: &str| answer.contains("<name>flerror</name><value><boolean>1</boolean>") && !answer.contains("fault");
        for body in [
            extended("https://harbour.example.org/", "https://harbour.example.org/feed/"),
            call("weblogUpdates.ping", &["Harbour Courier", "https://tide.example/"]),
            call("weblogUpdates.ping", &["Harbour Courier", "no address"]),
        ] {
            let (status, answer) = site.ping(body).await;
            assert!(status == 200 && unknown(&answer), "{answer}");
            assert!(!answer.contains("127.0.0.1") && !answer.contains("Harbour"), "{answer}");
        }
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
            <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><methodCall><methodName>&c;</methodName></methodCall>";
        let malformed = [
            String::new(),
            "ping".to_owned(),
            bomb.to_owned(),
            "<methodCall><methodName>weblogUpdates.ping</methodName><params>".to_owned(),
            call("weblogUpdates.ping", &["&undefined;", "x"]),
        ];
        for (body, code) in malformed.into_iter().map(|body| (body, -32700)).chain([
            (call("system.listMethods", &["a", "b"]), -32601),
            (call("weblogUpdates.ping", &["Harbour Courier"]), -32602),
            (call("weblogUpdates.ping", &[]), -32602),
        ]) {
            let (status, answer) = site.ping(body.clone()).await;
            let fault = format!("<name>faultCode</name><value><int>{code}</int></value>");
            assert!(status == 200 && answer.contains("<methodResponse><fault>") && answer.contains(&fault), "{body}: {answer}");
        }
        assert_eq!(site.ping(call("weblogUpdates.ping", &["a", &"b".repeat(17 << 10)])).await.0, 413);
        assert_eq!(app.http.get(format!("{}/ping", app.url)).send().await.unwrap().status(), 405);
        assert_eq!((site.poll_asked().await, site.fetched()), (0, before));
        assert_eq!((number(app, "unknown").await, number(app, "malformed").await), (3, 8));

        // By its home alone, as older sites do it; and not once it is retired.
        let home = call("weblogUpdates.ping", &["Harbour Courier", "https://www.harbour.example"]);
        assert!(site.ping(home.clone()).await.1.contains("<boolean>0</boolean>"));
        assert_eq!(site.poll_asked().await, 1);
        manage_feeds::retire(&Context::command_line(&app.app), site.feed).await.unwrap();
        assert!(unknown(&site.ping(home.clone()).await.1));
        // One network can't keep us busy.
        let mut statuses = Vec::new();
        for _ in 0..60 {
            statuses.push(site.ping(home.clone()).await.0);
        }
        assert!(statuses.contains(&200) && statuses.last() == Some(&429), "{statuses:?}");
    }

    async fn polls_become_rarer_while_pushes_bring_what_is_new_and_no_longer(app: TestApp) {
        let site = Site::plain(app).await;
        let wait = async || (site.row().await.next_poll_at - app.clock.now()).num_seconds();
        for n in 0..3 {
            assert_eq!(site.pushed().await.pushes_ahead, i64::from(n));
            app.advance(TimeDelta::minutes(1));
            site.publish(&[9 + n, 8 + n, 7 + n]);
            site.ping_as_wordpress().await;
            site.poll_asked().await;
        }
        assert_eq!((wait().await, site.pushed().await.pushes_ahead), (2_400, 3));
        let page = app.admin().await.page(&format!("/admin/feeds/{}", site.feed)).await;
        assert!(page.contains("now every 40 min"), "{page}");
        // A poll that finds nothing changes nothing; one that finds what nobody announced does.
        for (publishes, expected) in [(false, 2_400), (true, 600)] {
            app.advance(TimeDelta::seconds(wait().await));
            if publishes {
                site.publish(&[20, 11, 10]);
            }
            postrider::schedule::poll_feeds(&app.app).await.unwrap();
            assert_eq!(wait().await, expected);
        }
        assert_eq!(site.pushed().await.pushes_ahead, 0);
        app.deliver_all_due().await;
    }
}

/// Publishes and pings some times; the seconds from each until its first mail is taken.
async fn seconds_to_first_mail(
    bench: &Bench,
    web: &Serve,
    smtp: &SmtpServer,
    server: &FeedServer,
    rounds: u32,
) -> Vec<f64> {
    let mut seconds = Vec::new();
    for n in 0..rounds {
        // Behind the quiet time of the ping before.
        if n > 0 {
            tokio::time::sleep(Duration::from_secs(31)).await;
        }
        let listed = posts(server, &[9 + n, 8 + n, 7 + n]);
        let page = Page::Plain { headers: vec![], body: b"<p>Here.</p>".to_vec() };
        server.set(&format!("/2026/07/post-{}/", 9 + n), page);
        server.set_feed(FEED, &rss(&listed));
        let (published, before) = (Instant::now(), smtp.count());
        let (status, answer) = ping(&web.url, extended(&server.url("/"), &server.url(FEED))).await;
        assert!(status == 200 && answer.contains("<boolean>0</boolean>"), "{answer}");
        wait_until("the first mail is taken", async || smtp.count() > before).await;
        seconds.push(published.elapsed().as_secs_f64());
        assert!(seconds[seconds.len() - 1] < 10.0, "{seconds:?}");
    }
    assert!(bench.path().exists());
    seconds
}

async fn publishes_to_mail(engine: Engine, roles: bool) {
    let smtp = SmtpServer::start().await;
    let server = FeedServer::start().await;
    let bench = match Bench::new(engine, Some(&smtp), 2).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    server.set_feed(FEED, &rss(&posts(&server, &[8, 7, 6])));
    let file = bench.path().join("readers.csv");
    std::fs::write(&file, "email\nines@example.org\n").unwrap();
    bench.ok(&["list", "add", "all", "--name", "All articles"]);
    bench.ok(&["import", file.to_str().unwrap(), "--list", "all"]);
    bench.ok(&["feed", "add", &server.url(FEED), "--list", "all", "--grace-mins", "0"]);
    let (web, worker) = match roles {
        true => (bench.serve_role("web").await, Some(bench.serve_role("worker").await)),
        false => (bench.serve_ready().await, None),
    };
    let leader = worker.as_ref().unwrap_or(&web);
    wait_until("somebody leads", async || leader.metric("postrider_schedule_leads").await == Some(1.0)).await;
    let rounds = if crate::support::is_long() { 5 } else { 1 };
    let seconds = seconds_to_first_mail(&bench, &web, &smtp, &server, rounds).await;
    say(&format!("{engine:?}, roles apart: {roles}; from publishing to the first mail: {seconds:.3?} s"));
    assert!(web.terminate().1 && worker.is_none_or(|worker| worker.terminate().1));
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seconds_from_a_ping_to_the_first_mail_on_sqlite() {
    publishes_to_mail(Engine::Sqlite, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seconds_from_a_ping_to_the_first_mail_on_postgres() {
    publishes_to_mail(Engine::Postgres, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seconds_from_a_ping_to_the_first_mail_with_roles_apart() {
    publishes_to_mail(Engine::Postgres, true).await;
}
