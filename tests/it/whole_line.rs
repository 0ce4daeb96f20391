//! The main job from end to end, over HTTP and SMTP: a reader fills in the form, confirms, an
//! article is published, it arrives, the reader leaves with one click.

use chrono::TimeDelta;
use mail_parser::{HeaderValue, MessageParser};
use postrider::actions::Context;
use postrider::db::publication::{self, Publication};

use crate::on_both_engines;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::{Received, TestApp};

fn rss(server: &FeedServer, items: &[(u32, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(number, title, html)| {
            let link = server.url(&format!("/story-{number}/"));
            format!(
                "<item><title>{title}</title><link>{link}</link><dc:creator>Marta Lindqvist</dc:creator>\
                 <pubDate>Tue, 24 Nov 2026 0{number}:00:00 +0000</pubDate>\
                 <guid isPermaLink=\"false\">{}</guid><description>In short.</description>\
                 <content:encoded><![CDATA[{html}]]></content:encoded></item>",
                server.url(&format!("/?p={number}")),
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Harbour News</title>\
         <link>{}</link><description/>{items}</channel></rss>",
        server.url("/")
    )
}

fn page(html: &str) -> Page {
    Page::Plain { headers: vec![("content-type", "text/html".to_owned())], body: html.into() }
}

async fn subscribe(app: &TestApp, address: &str) {
    let form = [("email", address), ("list", "all"), ("cadence", "each")];
    let answer = app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}

/// The first address in a mail's text that leads to one of our pages.
fn link(mail: &Received, path: &str) -> String {
    let message = MessageParser::default().parse(&mail.message).unwrap();
    let text = message.body_text(0).unwrap().into_owned();
    let found = text.split_whitespace().find(|word| word.starts_with("http") && word.contains(path));
    found.unwrap_or_else(|| panic!("no {path} in:\n{text}")).to_owned()
}

/// The archive's address as a GET of it is answered: status, content security policy, body.
async fn get(app: &TestApp, url: &str) -> (u16, String, String) {
    let answer = app.http.get(url).send().await.unwrap();
    let policy = answer.headers().get("content-security-policy");
    let policy = policy.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status().as_u16(), policy, answer.text().await.unwrap())
}

on_both_engines! {
    async fn a_reader_signs_up_confirms_gets_the_next_article_and_leaves(app: TestApp) {
        let site = FeedServer::start().await;
        let old = (1, "An old story", "<p>Old.</p>");
        site.set_feed("/feed/", &rss(&site, &[old]));
        let list = app.list("all", "All articles").await;
        let mut tx = app.app.db.write().await.unwrap();
        let harbour = Publication {
            name: "Harbour News".into(),
            url: site.url("/"),
            postal_address: "1 Quay Street, Hallerud".into(),
            time_zone: "Europe/Stockholm".into(),
            ..Publication::default()
        };
        publication::set(&mut tx, &harbour, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        postrider::actions::poll::add(&Context::command_line(&app.app), &app.app.fetcher, &site.url("/feed/"), "all", None, None).await.unwrap();

        subscribe(app, "Ines@Example.org").await;
        subscribe(app, "tobe@example.org").await;
        app.deliver_all_due().await;
        let confirmations = app.smtp.take();
        assert_eq!(confirmations.len(), 2);
        let ines = confirmations.iter().find(|mail| mail.to == "Ines@example.org").unwrap();
        let parsed = MessageParser::default().parse(&ines.message).unwrap();
        assert_eq!(parsed.header("Auto-Submitted"), Some(&HeaderValue::Text("auto-generated".into())));
        let confirm = link(ines, "/confirm/");
        assert_eq!(get(app, &confirm).await.0, 200);

        // Ines presses the button, Tobe does not; a scanner has opened both links.
        assert_eq!(app.http.post(&confirm).send().await.unwrap().status(), 200);
        let fresh = (2, "Container rates slip for a sixth week", "<p>Thirty-one vessels lie idle.</p>");
        site.set_feed("/feed/", &rss(&site, &[fresh, old]));
        site.set("/story-2/", page("<p>Thirty-one vessels lie idle.</p>"));
        app.advance(TimeDelta::minutes(11));
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0, "the grace has not run out");

        // An edit within the grace is taken.
        let fresh = (2, "Container rates slip for a sixth week", "<p>Thirty-two vessels lie idle.</p>");
        site.set_feed("/feed/", &rss(&site, &[fresh, old]));
        app.advance(TimeDelta::minutes(11));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        assert_eq!((mail.to.as_str(), mail.from.as_str()), ("Ines@example.org", "news@harbour.example"));
        let parsed = MessageParser::default().parse(&mail.message).unwrap();
        assert_eq!(parsed.subject(), Some("Container rates slip for a sixth week"));
        let html = parsed.body_html(0).unwrap();
        for expected in [
            "Thirty-two vessels lie idle.",
            "By Marta Lindqvist · 24 November 2026",
            "Read more on Harbour News",
            "View in browser",
            "Manage subscription",
            "Unsubscribe",
            "1 Quay Street, Hallerud",
        ] {
            assert!(html.contains(expected), "{expected} is missing");
        }
        let raw = String::from_utf8(mail.message.clone()).unwrap();
        for header in ["List-Id: ", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Feedback-ID: "] {
            assert!(raw.contains(header), "{header}");
        }
        assert!(!raw.contains("Auto-Submitted"));

        let view = link(mail, "/archive/");
        let (status, policy, archived) = get(app, &view).await;
        assert_eq!(status, 200);
        assert!(policy.starts_with("sandbox allow-forms; default-src 'none'"), "{policy}");
        assert!(archived.contains("Thirty-two vessels lie idle.") && !archived.contains("/unsubscribe/"));

        // One click in the mail program (RFC 8058): no cookie, no redirect.
        let leave = link(mail, "/unsubscribe/");
        assert!(raw.replace("\r\n ", " ").contains(&format!("List-Unsubscribe: <{leave}>")));
        assert_eq!(get(app, &leave).await.0, 200);
        let one_click = [("List-Unsubscribe", "One-Click")];
        let answer = app.http.post(&leave).form(&one_click).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("set-cookie").is_none());

        let next = (3, "The ferry sails again", "<p>On Monday.</p>");
        site.set_feed("/feed/", &rss(&site, &[next, fresh, old]));
        site.set("/story-3/", page("<p>On Monday.</p>"));
        for _ in 0..3 {
            app.advance(TimeDelta::minutes(11));
            app.run_all_due().await;
        }
        assert_eq!(app.smtp.count(), 0, "Ines left, Tobe never confirmed");

        let mut tx = app.app.db.read().await.unwrap();
        let held = postrider::db::export::of_list(&mut tx, list, uuid::Uuid::nil(), 10).await.unwrap();
        let mut statuses = Vec::new();
        for held in held {
            statuses.push(format!("{} {}", held.email, held.status.unwrap()));
        }
        statuses.sort();
        assert_eq!(statuses, ["Ines@example.org unsubscribed", "tobe@example.org pending"]);
    }
}
