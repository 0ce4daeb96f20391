//! Small texts that would be large once they are read: HTML of articles and drafts, and feeds.

use std::io::Write as _;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use postrider::actions::Context;
use postrider::actions::guard;
use postrider::actions::poll;
use postrider::actions::poll::How;
use postrider::db::campaigns::{self, HeldCampaign};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::feeds::{Post, post, posts, rss};
use crate::on_both_engines;
use crate::sign_up::join;
use crate::support::TestApp;
use crate::support::desk::Person;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::process::Bench;
use crate::support::{Engine, Received, SmtpServer};

/// 26 kB of HTML that are 1.4 million elements: each paragraph has all open ones again.
fn html_bomb() -> String {
    let open: String = (0..245).map(|n| format!("<b id={n}>")).collect();
    format!("<p>{open}") + &"<p>x".repeat(5_800)
}

/// A mail's subject and text.
fn said_in(mail: &Received) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    format!("Subject: {}\n{}", parsed.subject().unwrap(), parsed.body_text(0).unwrap())
}

async fn held(app: &TestApp) -> Vec<HeldCampaign> {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::held(&mut tx, Uuid::max(), 20).await.unwrap()
}

/// Asks for the readers' page until told to stop; the longest that it took.
async fn longest_wait(app: &TestApp, stop: &tokio_util::sync::CancellationToken) -> Duration {
    let mut longest = Duration::ZERO;
    while !stop.is_cancelled() {
        let start = Instant::now();
        assert_eq!(app.http.get(&app.url).send().await.unwrap().status(), StatusCode::OK);
        longest = longest.max(start.elapsed());
    }
    longest
}

async fn begin_draft(person: &Person<'_>, list: Uuid, markdown: &str) -> String {
    let list = list.to_string();
    let (edit, _) = person.submit("/admin/campaigns/new", &[("list", &list), ("subject", "Draft")]).await;
    let form = [("version", "0"), ("list", &list), ("subject", "Draft"), ("markdown", markdown)];
    person.submit(&edit, &form).await;
    edit
}

on_both_engines! {
    async fn an_article_too_complicated_to_read_is_held_and_costs_no_other(app: TestApp) {
        app.list("all", "All").await;
        join(app, "ines@example.org", "all").await;
        let server = FeedServer::start().await;
        server.set_feed("/feed/", &rss(&posts(&server, &[1])));
        let fetcher = &app.app.fetcher;
        let feed = poll::add(&Context::command_line(&app.app), fetcher, &server.url("/feed/"), "all", None, None).await.unwrap().feed_id;
        let bomb = Post { title: "Ships & more".into(), body: html_bomb(), ..post(&server, 2) };
        let deep = Post { title: "Deep".into(), body: "<div>".repeat(100_000), ..post(&server, 3) };
        let good = Post { title: "Ferry".into(), ..post(&server, 4) };
        server.set_feed("/feed/", &rss(&[good, deep, bomb, post(&server, 1)]));
        app.advance(TimeDelta::minutes(10));
        let report = poll::poll(&app.app, fetcher, feed, How::Conditional).await.unwrap();
        assert_eq!((report.new, report.campaigns, report.error), (3, 3, None));

        app.advance(TimeDelta::minutes(10));
        let stop = tokio_util::sync::CancellationToken::new();
        let working = async {
            app.run_all_due().await;
            stop.cancel();
        };
        let start = Instant::now();
        let (longest, ()) = tokio::join!(longest_wait(app, &stop), working);
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
        assert!(longest < Duration::from_secs(5), "a reader waited for {longest:?}");
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1, "the good one alone");
        assert!(said_in(&mails[0]).contains("Subject: Ferry"), "{}", said_in(&mails[0]));
        let ids: Vec<_> = held(app).await.into_iter().map(|held| held.id).collect();
        let holds = postrider::db::holds::list(&mut app.app.db.read().await.unwrap(), &ids).await.unwrap();
        let mut reasons: Vec<String> = holds.into_values().flatten().map(|hold| hold.reason.to_string()).collect();
        reasons.sort();
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(reasons[1].starts_with("html: The HTML is too complex to process: more than 17,771"), "{reasons:?}");

        // Once held, it is tried no more until somebody decides.
        app.run_all_due().await;
        let marta = app.admin().await;
        let page = marta.page("/admin/held").await;
        assert!(page.contains("2 campaigns on hold") && page.contains("HTML too complex"), "{page}");
        assert!(page.contains("elements in 26 kB. Shorten it, or send a link."), "{page}");
        let [first, second] = held(app).await.try_into().unwrap();
        let (link, cancelled) = if first.subject == "Deep" { (second, first) } else { (first, second) };
        let id = link.id.to_string();
        let preview = marta.get(&format!("/admin/campaigns/{id}/preview")).await;
        assert_eq!(preview.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(preview.text().await.unwrap().contains("too complex to process"));
        let (_, said) = marta.submit("/admin/held/release", &[("campaign", &id)]).await;
        assert_eq!(said, "Released “Ships & more”.");
        marta.submit("/admin/held/cancel", &[("campaign", &cancelled.id.to_string())]).await;
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1);
        let text = said_in(&mails[0]);
        assert!(text.contains("Subject: Ships & more") && text.contains("/2026/07/post-2/"), "{text}");
        assert!(text.contains("Short 2") && text.len() < 60_000, "{}", text.len());
        assert!(held(app).await.is_empty());
    }

    async fn a_draft_too_complicated_to_read_says_so_and_is_neither_sent_nor_tested(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let owen = app.editor().await;
        let table = format!("{}\n{}\n{}", "|a".repeat(1000), "|-".repeat(1000), "|\n".repeat(2000));
        for (text, why) in [
            (html_bomb(), "more than 1"),
            (">".repeat(5_000) + "x", "too complex"),
            (table, "a table of 1,000 columns"),
        ] {
            let edit = begin_draft(&owen, world, &text).await;
            let start = Instant::now();
            let page = owen.page(&edit).await;
            assert!(page.contains("The email can’t be built: The HTML is too complex to process"), "{why}");
            let preview = owen.get(&edit.replace("/edit", "/preview")).await;
            assert_eq!(preview.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(preview.text().await.unwrap().contains(why), "{why}");
            let form = [("version", "1"), ("when", "now"), ("sure", "1")];
            let refused = owen.refused(&edit.replace("/edit", "/schedule"), &form).await;
            assert!(refused.contains(why), "{why}: {refused}");
            let refused = owen.refused(&edit.replace("/edit", "/test"), &[("to", "owen@harbour.example")]).await;
            assert!(refused.contains(why), "{why}: {refused}");
            assert!(start.elapsed() < Duration::from_secs(60), "{why}: {:?}", start.elapsed());
        }
        let (article, _) = owen.submit("/admin/articles/new", &[("title", "Own")]).await;
        let table = format!("{}\n{}\n{}", "|a".repeat(1000), "|-".repeat(1000), "|\n".repeat(2000));
        let form = [("version", "0"), ("title", "Own"), ("markdown", table.as_str())];
        let refused = owen.post(&article, &form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.unwrap().contains("a table of 1,000 columns"));
    }

    async fn a_written_campaign_that_became_too_complicated_is_held_and_can_be_cancelled(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let mut tx = app.app.db.write().await.unwrap();
        let now = app.clock.now();
        let id = campaigns::add_from_html(&mut tx, world, "Letter", &html_bomb(), now).await.unwrap();
        assert!(campaigns::schedule(&mut tx, id, now).await.unwrap());
        tx.commit().await.unwrap();
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty());
        let marta = app.admin().await;
        let page = marta.page("/admin/held").await;
        assert!(page.contains("HTML too complex") && !page.contains("Send as a link"), "{page}");
        let error = guard::release(&Context::new(&app.app, postrider::db::audit::Actor::command_line()), id).await;
        assert!(error.unwrap_err().to_string().contains("shorten the text, or cancel the campaign"));
        marta.submit("/admin/held/cancel", &[("campaign", &id.to_string())]).await;
        assert!(held(app).await.is_empty());
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn channel(items: &str) -> Vec<u8> {
    format!("<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>T</title>{items}</channel></rss>")
        .into_bytes()
}

fn json(items: &str) -> Vec<u8> {
    format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"T\",\"items\":[{items}]}}")
        .into_bytes()
}

/// A name, a content type, a body of nearly ten megabytes, and what is said of it.
fn feed_bombs() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let (xml, js) = ("application/rss+xml", "application/feed+json");
    let attributes: String = (0..700_000).map(|n| format!(" a{n}=''")).collect();
    let laughs = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]><rss><channel>&b;</channel></rss>";
    vec![
        ("json objects", js, json(&vec!["{}"; 3_300_000].join(",")), "elements"),
        ("json numbers", js, json(&vec!["1"; 4_900_000].join(",")), "elements"),
        ("json items", js, json(&vec!["{\"id\":1}"; 12_000].join(",")), "10,000 items"),
        ("json names", js, json(&format!("{{{}}}", vec!["\"a\":0"; 1_600_000].join(","))), "elements"),
        ("json depth", js, "[".repeat(9_000_000).into_bytes(), "an RSS, Atom or JSON feed"),
        ("json deep items", js, json(&"[".repeat(9_000_000)), "elements"),
        ("items", xml, channel(&"<item/>".repeat(1_400_000)), "10,000 items"),
        (
            "entries",
            xml,
            format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{}</feed>", "<entry/>".repeat(1_200_000))
                .into(),
            "10,000 items",
        ),
        ("categories", xml, channel(&format!("<item>{}</item>", "<category/>".repeat(900_000))), "elements"),
        ("media", xml, channel(&format!("<item>{}</item>", "<media:content/>".repeat(600_000))), "elements"),
        ("levels", xml, channel(&"<a>".repeat(3_000_000)), "elements"),
        ("attributes", xml, channel(&format!("<item{attributes}/>")), "1 article"),
        ("laughs", xml, laughs.into(), "DOCTYPE"),
        ("blanks", xml, " ".repeat(10_000_000).into(), "empty"),
        ("gzip in gzip", xml, gzip(&channel(&"<item/>".repeat(1_400_000))), "10,000 items"),
    ]
}

/// The most memory that a process has had so far, in kB, until it is gone.
fn peak_kb(child: &mut std::process::Child) -> u64 {
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kb.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(5));
    }
    peak
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_would_be_large_once_it_is_read_costs_little_memory_and_time() {
    let server = FeedServer::start().await;
    let smtp = SmtpServer::start().await;
    let bench = Bench::new(Engine::Sqlite, Some(&smtp), 1).await.unwrap();
    bench.ok(&["migrate"]);
    for (at, (name, kind, body, why)) in feed_bombs().into_iter().enumerate() {
        let path = format!("/bomb-{at}");
        let (encoding, packed) = if at % 2 == 0 { ("gzip", gzip(&body)) } else { ("deflate", zlib(&body)) };
        let headers = vec![("content-type", kind.to_owned()), ("content-encoding", encoding.to_owned())];
        server.set(&path, Page::Plain { headers, body: packed });
        let url = server.url(&path);
        let start = Instant::now();
        let (peak, said) = tokio::task::block_in_place(|| {
            let mut child = bench.spawn(&["feed", "check", &url]);
            let peak = peak_kb(&mut child);
            (peak, String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
        });
        println!("{name}: {} bytes, {:?}, {peak} kB", body.len(), start.elapsed());
        assert!(said.contains(why), "{name}: {said}");
        assert!(peak < 250_000, "{name}: {peak} kB");
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
}
