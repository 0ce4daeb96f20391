//! `cargo bench --bench feeds`: what reading feeds and making mails of articles costs, as ratios to yardsticks in the
//! same run: 1,000 feeds of 200 items read by the reader that was used before (feed-rs); the same polled, against
//! fetching and reading them alone; an article of a megabyte to a finished mail.
//!
//! `BENCH_FEEDS` (1000), `BENCH_ROUNDS` (5).

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, HttpServer, web};
use chrono::TimeDelta;
use postrider::actions::{Context, lists, poll};
use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::articles::{clean, text};
use postrider::config::Config;
use postrider::domain::slug::Slug;
use postrider::feeds::parse::parse;
use postrider::fetch::{Answer, Fetcher};
use url::Url;

const ITEMS: usize = 200;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect(name))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A feed as a news site has it: some 2 kB an item.
fn feed(n: usize) -> String {
    let words =
        "The ferry leaves at six &amp; is back before the school bell, when the tide has turned. ".repeat(16);
    let begun = Clock::System.now() - TimeDelta::days(30);
    let items: String = (0..ITEMS)
        .map(|item| {
            let date = (begun - TimeDelta::hours(item as i64)).to_rfc2822();
            format!(
                "<item><title>Story {item} of feed {n} &#8211; a quay</title><link>https://site{n}.example/{item}/</link>\
                 <dc:creator><![CDATA[Ines Marlow]]></dc:creator><pubDate>{date}</pubDate>\
                 <guid isPermaLink=\"false\">https://site{n}.example/?p={item}</guid>\
                 <description><![CDATA[<p>In short [&#8230;]</p>]]></description>\
                 <content:encoded><![CDATA[<p>{words}</p>\n<figure><img src=\"/{item}.jpg\" alt=\"\"></figure>]]></content:encoded>\
                 </item>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Feed {n}</title><link>https://site{n}.example/</link>\
         {items}</channel></rss>"
    )
}

/// What the reader before this one did: looked the document over, and let feed-rs read it.
fn read_before(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    assert_eq!(feed_rs::parser::parse(text.as_bytes()).unwrap().entries.len(), ITEMS);
}

/// Reading alone: ours in parts of what feed-rs takes.
fn reading(rounds: usize) -> f64 {
    let text = feed(1);
    let from = Url::parse("https://site1.example/feed/").unwrap();
    let time = |work: &dyn Fn()| {
        let begun = Instant::now();
        (0..50).for_each(|_| work());
        begun.elapsed().as_secs_f64()
    };
    let ratios = (0..rounds).map(|_| {
        let before = time(&|| read_before(&text));
        time(&|| assert_eq!(parse(text.as_bytes(), None, &from).unwrap().items.len(), ITEMS)) / before
    });
    median(ratios.collect())
}

/// A publication that polls all of them: the first poll, and one that finds nothing new, in parts of what fetching and
/// reading the same takes.
async fn polling(feeds: usize, rounds: usize) -> (f64, f64, f64) {
    let server = HttpServer::new(move || {
        actix_web::App::new().route(
            "/{n}",
            web::get().to(|n: web::Path<usize>| async move {
                HttpResponse::Ok().content_type("application/rss+xml").body(feed(*n))
            }),
        )
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let site = format!("http://127.0.0.1:{}", server.addrs()[0].port());
    tokio::spawn(server.run());
    let folder = tempfile::tempdir().unwrap();
    let vars: HashMap<String, String> = HashMap::from([
        ("DATABASE_URL".into(), format!("sqlite://{}", folder.path().join("postrider.db").display())),
        ("BASE_URL".into(), "http://localhost".into()),
        ("SECRET_KEY".into(), "a-key-that-only-the-benchmark-knows".into()),
        ("FEED_ALLOW_PRIVATE_ADDRESSES".into(), "127.0.0.0/8".into()),
    ]);
    let app = App::open(Config::from_vars(&vars).unwrap(), Clock::System).await.unwrap();
    let cx = Context::command_line(&app);
    lists::add_unless_there(&cx, &Slug::parse("all").unwrap(), "All").await.unwrap();
    let fetcher = Fetcher::new(&app.config.feed_allow_private_addresses, &app.config.base_url).unwrap();

    let fetch_all = async || {
        let begun = Instant::now();
        for n in 0..feeds {
            let url = Url::parse(&format!("{site}/{n}")).unwrap();
            let answer = fetcher.fetch(&url, None, Duration::from_secs(30)).await.unwrap().answer;
            let Answer::Document(document) = answer else { panic!("the server knows no validators") };
            read_before(std::str::from_utf8(&document.body).unwrap());
        }
        begun.elapsed().as_secs_f64()
    };
    fetch_all().await;
    let fetching = median(vec![fetch_all().await, fetch_all().await, fetch_all().await]);
    let begun = Instant::now();
    for n in 0..feeds {
        poll::add(&cx, &fetcher, &format!("{site}/{n}"), "all", None, None).await.unwrap();
    }
    let first = begun.elapsed().as_secs_f64();
    let mut again = Vec::new();
    for _ in 0..rounds.min(3) {
        let begun = Instant::now();
        let reports = poll::poll_now(&cx, &fetcher, None).await.unwrap();
        assert!(
            reports.iter().all(|(_, report)| report.error.is_none() && report.new == 0 && report.edited == 0)
        );
        again.push(begun.elapsed().as_secs_f64());
    }
    (fetching, first, median(again))
}

/// Milliseconds from an article of a megabyte to its HTML and its text.
fn large_article(rounds: usize) -> f64 {
    let part = "<h2>On the quay</h2><p>The <b>ferry</b> leaves at <a href=\"/six\">six</a> &amp; is back by noon.</p>\
                <ul><li>rope</li><li>oars</li></ul><table><tr><td>a</td><td>12</td></tr></table><img src=\"/a.jpg\" alt=\"A\">";
    let html = part.repeat(1_000_000 / part.len());
    let base = Url::parse("https://site.example/a/").unwrap();
    let times = (0..rounds).map(|_| {
        let begun = Instant::now();
        let clean = clean::email_html(&html, &base).unwrap();
        assert!(!text::text_body(&clean).is_empty());
        begun.elapsed().as_secs_f64() * 1000.0
    });
    median(times.collect())
}

#[tokio::main]
async fn main() -> ExitCode {
    let (feeds, rounds) = (setting("BENCH_FEEDS", 1000), setting("BENCH_ROUNDS", 5));
    let mut missed = 0;
    let mut say = |what: &str, figure: f64, at_most: f64| {
        let verdict = if figure <= at_most { "reached" } else { "MISSED" };
        missed += u8::from(figure > at_most);
        println!("{what:<70} {figure:>8.2}  at most {at_most}: {verdict}");
    };
    say("reading a feed of 200 items ÷ the reader before", reading(rounds), 1.0);
    say("an article of 1 MB to HTML and text, ms", large_article(rounds), 500.0);
    let (fetching, first, again) = polling(feeds, rounds).await;
    println!(
        "{feeds} feeds of {ITEMS} items: fetched and read as before in {fetching:.1} s, first polls {first:.1} s, again {again:.1} s"
    );
    say("a poll that finds nothing new ÷ fetching and reading as before", again / fetching, 6.0);
    ExitCode::from(missed)
}
