//! The first run: from nobody to a publication that is ready to write.

use postrider::db::{lists, publication};
use reqwest::StatusCode;

use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::desk::{PASSWORD, Person};
use crate::support::feed_server::{FeedServer, Page};

const MARTA: &str = "marta@harbour.example";

const FEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Business News Today</title>
<link>https://news.example</link><item><title>Central Bank Holds Its Rate &#038; Waits</title><link>https://news.example/2026/09/14/rate/</link>
<guid isPermaLink="false">https://news.example/?p=12</guid><pubDate>Mon, 14 Sep 2026 12:00:00 +0000</pubDate></item>
<item><title>Five Questions <![CDATA[<script>alert(1)</script>]]></title><link>https://news.example/2026/09/13/five/</link>
<guid isPermaLink="false">https://news.example/?p=11</guid><pubDate>Sun, 13 Sep 2026 08:00:00 +0000</pubDate></item></channel></rss>"#;

/// A site as WordPress shows it.
pub async fn wordpress() -> FeedServer {
    let site = FeedServer::start().await;
    let page = "<!doctype html><html lang=\"en-US\"><head><meta charset=\"UTF-8\">\
        <title>Business News Today &#8211; Business and world news</title>\
        <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Business News Today &raquo; Feed\" href=\"/feed/\" />\
        <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Business News Today &raquo; Comments Feed\" href=\"/comments/feed/\" />\
        <meta name=\"theme-color\" content=\"#0a5c36\"><link rel=\"icon\" href=\"https://news.example/icon-192.png\" sizes=\"192x192\" />\
        </head><body class=\"home blog\"><h1>Business News Today</h1></body></html>";
    let headers = vec![("content-type", "text/html; charset=UTF-8".to_owned())];
    site.set("/", Page::Plain { headers, body: page.into() });
    site.set_feed("/feed/", FEED);
    site
}

fn account<'a>(token: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [("token", token), ("email", MARTA), ("name", "Marta Lindqvist"), ("password", password)]
}

/// Makes the first admin, and follows.
async fn begin(app: &TestApp) -> Person<'_> {
    let token = app.app.keyring.setup_token();
    let mut marta = app.nobody();
    let answer = marta.post("/admin/setup", &account(&token, PASSWORD)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/admin/setup/publication");
    marta.take_cookie(answer.headers());
    marta
}

on_both_engines! {
    async fn only_who_has_the_token_may_set_up_and_only_once(app: TestApp) {
        let nobody = app.nobody();
        let token = app.app.keyring.setup_token();
        let other = token.chars().rev().collect::<String>();
        for path in ["/admin/setup".to_owned(), format!("/admin/setup?token={other}")] {
            let answer = nobody.get(&path).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
            assert!(answer.text().await.unwrap().contains("prints the address"));
        }
        assert_eq!(nobody.post("/admin/setup", &account(&other, PASSWORD)).await.status(), StatusCode::FORBIDDEN);
        let page = nobody.page(&format!("/admin/setup?token={token}")).await;
        assert!(page.contains(&format!("name=\"token\" value=\"{token}\"")), "{page}");
        let page = nobody.page("/admin/sign-in").await;
        assert!(page.contains("Nobody has an account yet") && !page.contains("href=\"/admin/setup"), "only in words");

        let weak = nobody.refused("/admin/setup", &account(&token, "password1234")).await;
        assert!(weak.contains("easy to guess") && weak.contains("value=\"Marta Lindqvist\""), "{weak}");
        let mut form = account(&token, PASSWORD);
        form[1].1 = "marta";
        assert!(nobody.refused("/admin/setup", &form).await.contains("has no @"));
        let marta = begin(app).await;
        marta.page("/admin/setup/publication").await;

        // From now on it opens nothing: who comes is sent to sign in.
        let late = nobody.get(&format!("/admin/setup?token={token}")).await;
        assert_eq!(late.headers()["location"], "/admin/setup/publication");
        let mut form = account(&token, PASSWORD);
        form[1].1 = "eve@evil.example";
        assert_eq!(nobody.post("/admin/setup", &form).await.headers()["location"], "/admin/setup/publication");
        assert_eq!(nobody.get("/admin/setup/publication").await.status(), StatusCode::SEE_OTHER);
        let users = postrider::db::users::all(&mut app.app.db.read().await.unwrap()).await.unwrap();
        assert_eq!(users.iter().map(|user| user.email.as_str()).collect::<Vec<_>>(), [MARTA]);
    }

    async fn two_who_set_up_at_once_do_not_both_become_the_first_admin(app: TestApp) {
        let token = app.app.keyring.setup_token();
        let nobody = app.nobody();
        let emails: Vec<String> = (0..6).map(|n| format!("first{n}@harbour.example")).collect();
        let tries = emails.iter().map(|email| {
            let form = [("token", token.as_str()), ("email", email), ("name", ""), ("password", PASSWORD)];
            let nobody = &nobody;
            async move { nobody.post("/admin/setup", &form).await.status() }
        });
        futures_util::future::join_all(tries).await;
        let users = postrider::db::users::all(&mut app.app.db.read().await.unwrap()).await.unwrap();
        assert_eq!(users.len(), 1);
    }

    async fn a_site_and_its_feed_lead_from_nothing_to_ready(app: TestApp) {
        let site = wordpress().await;
        let marta = begin(app).await;
        // 1. The site says what it is, and nothing is stored before it is saved.
        let typed = [("url", site.url("/")), ("time_zone", "Europe/London".to_owned()), ("brand_colour", "#1b4a78".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = marta.post("/admin/setup/site", &typed).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = answer.text().await.unwrap();
        let (feed, logo) = (site.url("/feed/"), "https://news.example/icon-192.png".to_owned());
        for filled in ["Business News Today", "Business and world news", "#0a5c36", &feed, &logo] {
            assert!(page.contains(&format!("value=\"{filled}\"")), "{filled}: {page}");
        }
        assert!(page.contains("We found the name, the tagline, a logo, a colour and a feed."), "{page}");
        let stands = async || publication::get(&mut app.app.db.read().await.unwrap()).await.unwrap();
        assert_eq!(stands().await.name, "Your publication");
        let home = site.url("/");
        let publication = [
            ("url", home.as_str()), ("name", "Business News Today"), ("tagline", "Business and world news"),
            ("postal_address", "1 Quay Street"), ("time_zone", "Europe/London"), ("brand_colour", "#0a5c36"),
            ("logo_url", logo.as_str()), ("feed", feed.as_str()),
        ];
        let (to, _) = marta.submit("/admin/setup/publication", &publication).await;
        assert!(to.starts_with("/admin/setup/list?feed=http"), "{to}");
        assert_eq!(stands().await.brand_colour, "#0a5c36");
        // 2. The list.
        let page = marta.page(&to).await;
        assert!(page.contains("value=\"All articles\"") && page.contains(&format!("name=\"feed\" value=\"{feed}\"")), "{page}");
        let list = [("list_name", "All articles"), ("slug", "all"), ("feed", feed.as_str())];
        let (to, _) = marta.submit("/admin/setup/list", &list).await;
        // 3. The feed: looked at, then bound.
        assert!(marta.page(&to).await.contains(&format!("value=\"{feed}\"")));
        let answer = marta.post("/admin/setup/feed/check", &[("url", &feed)]).await;
        let page = answer.text().await.unwrap();
        assert!(page.contains("2 articles, RSS") && page.contains("would be sent"), "{page}");
        assert!(page.contains("Central Bank Holds Its Rate &#38; Waits") && !page.contains("<script>alert"), "{page}");
        let bind = [("url", feed.as_str()), ("list", "all")];
        let (to, said) = marta.submit("/admin/setup/feed", &bind).await;
        assert_eq!(to, "/admin/setup/sender");
        assert!(said.contains("Connected “Business News Today” to “All articles”. The 2 articles"), "{said}");
        // Bound twice, it stands once.
        marta.submit("/admin/setup/feed", &bind).await;
        // 4. The sender, and a test to the admin.
        let sender = [("from_name", "BNT"), ("from_email", "desk@news.example"), ("reply_to", "answers@news.example")];
        let (to, said) = marta.submit("/admin/setup/sender", &[&sender[..], &[("test", "yes")]].concat()).await;
        assert_eq!((to.as_str(), said.as_str()), ("/admin/setup/sender", "Saved. A test is on its way to marta@harbour.example."));
        let (_, said) = marta.submit("/admin/setup/sender", &[&sender[..], &[("test", "yes")]].concat()).await;
        assert!(said.contains("less than half a minute ago"), "{said}");
        assert!(marta.page("/admin/setup/sender").await.contains("Queued"));
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1, "one test");
        assert_eq!(mails[0].from, "desk@news.example");
        let text = String::from_utf8_lossy(&mails[0].message).into_owned();
        for header in ["From: BNT <desk@news.example>", "Reply-To: answers@news.example", "To: marta@harbour.example", "Subject: Test email from Business News Today"] {
            assert!(text.contains(header), "{header}: {text}");
        }
        let page = marta.page("/admin/setup/sender").await;
        assert!(page.contains("Accepted by the relay") && page.contains("250"), "{page}");
        // 5. Ready.
        let page = marta.page("/admin/setup/done").await;
        assert!(page.contains("<h1>Business News Today is ready</h1>") && page.contains("Write your first campaign"), "{page}");
        assert!(marta.page("/admin/settings").await.contains("Setup isn’t finished."));
        assert_eq!(marta.submit("/admin/setup/end", &[]).await.0, "/admin");
        marta.submit("/admin/setup/end", &[]).await;
        assert!(stands().await.setup_at.is_some());
        assert!(!marta.page("/admin/settings").await.contains("Setup isn’t finished."));
        let mut tx = app.app.db.read().await.unwrap();
        let bound = postrider::db::audit::page_of_kind(&mut tx, "feed", uuid::Uuid::max(), 9).await.unwrap();
        drop(tx);
        let bound: Vec<_> = bound.iter().map(|entry| (entry.user_email.as_str(), entry.action.as_str())).collect();
        assert_eq!(bound, [(MARTA, "added")], "bound once, by whoever did it");
        let mut tx = app.app.db.read().await.unwrap();
        let all = postrider::db::audit::page(&mut tx, uuid::Uuid::max(), 50).await.unwrap();
        drop(tx);
        let by: Vec<_> = all.iter().map(|entry| (entry.user_email.as_str(), entry.action.as_str())).collect();
        assert!(by.iter().all(|(who, _)| *who == MARTA), "all that the setup did, she did: {by:?}");
        let log = marta.page("/admin/settings/audit").await;
        for told in ["set up", "settings changed", "added", "test sent", "setup finished"] {
            assert!(log.contains(told), "{told}: {log}");
        }
        assert_eq!(log.matches("setup finished").count(), 1);
    }

    async fn a_step_left_out_is_named_at_the_end(app: TestApp) {
        let marta = begin(app).await;
        let page = marta.page("/admin/setup/done").await;
        assert!(page.contains("<h1>5 things are left to do</h1>"), "{page}");
        for step in ["publication", "list", "feed", "sender"] {
            assert!(page.contains(&format!("class=\"button small\" href=\"/admin/setup/{step}\"")), "{step}: {page}");
        }
    }

    async fn a_site_that_can_not_be_read_says_so_and_keeps_what_was_typed(app: TestApp) {
        let site = FeedServer::start().await;
        let marta = begin(app).await;
        site.set("/empty", Page::Plain { headers: vec![("content-type", "text/html".to_owned())], body: b"<p>hi".to_vec() });
        let gone = site.url("/nothing-here");
        for (url, why) in [
            ("", "Enter your site’s address"),
            ("no site at all", "not a web address"),
            ("javascript:alert(1)", "not a web address"),
            ("http://10.0.0.1/", "not on the public internet"),
            (gone.as_str(), "404"),
        ] {
            let form = [("url", url), ("name", "Kept"), ("postal_address", "Here"), ("time_zone", "UTC"), ("brand_colour", "#1b4a78")];
            let page = marta.refused("/admin/setup/site", &form).await;
            assert!(page.contains(why) && page.contains("value=\"Kept\""), "{url}: {page}");
        }
        // What the network did is said in words.
        for (url, why) in [("http://127.0.0.1:1", "the connection was refused"), ("http://nobody.invalid", "was not found")] {
            let page = marta.refused("/admin/setup/site", &[("url", url), ("name", "Kept")]).await;
            assert!(page.contains(why) && !page.contains("os error"), "{url}: {page}");
        }
        let empty = site.url("/empty");
        let page = marta.post("/admin/setup/site", &[("url", empty.as_str()), ("name", "Kept")]).await.text().await.unwrap();
        assert!(page.contains("found nothing on your site") && page.contains("value=\"Kept\""), "{page}");
        // A feed's own address does, too.
        site.set_feed("/feed/", &FEED.replace("https://news.example</link>", &format!("{}</link>", empty)));
        let feed = site.url("/feed/");
        let page = marta.post("/admin/setup/site", &[("url", feed.as_str())]).await.text().await.unwrap();
        assert!(page.contains("value=\"Business News Today\"") && page.contains(&format!("name=\"feed\" value=\"{feed}\"")), "{page}");
        // And so does a site that shows strangers no page.
        let page = marta.post("/admin/setup/site", &[("url", gone.as_str())]).await.text().await.unwrap();
        assert!(page.contains("value=\"Business News Today\"") && page.contains(&format!("name=\"feed\" value=\"{feed}\"")), "{page}");
    }

    async fn what_does_not_do_is_refused_on_every_step(app: TestApp) {
        let site = wordpress().await;
        let marta = begin(app).await;
        let page = marta.refused("/admin/setup/publication", &[("name", ""), ("time_zone", "Mars/Base"), ("brand_colour", "x")]).await;
        for why in ["needs a name", "is not a time zone", "not a colour"] {
            assert!(page.contains(why), "{why}: {page}");
        }
        for (name, slug, why) in [("", "all", "needs a name"), ("A", "No Slug", "a-z, 0-9 and -"), (&"x".repeat(201), "", "200 characters")] {
            let page = marta.refused("/admin/setup/list", &[("list_name", name), ("slug", slug)]).await;
            assert!(page.contains(why), "{why}: {page}");
        }
        marta.submit("/admin/setup/list", &[("list_name", "Ships & sea"), ("slug", "")]).await;
        marta.submit("/admin/setup/list", &[("list_name", "Other"), ("slug", "ships-sea")]).await;
        let all = lists::all(&mut app.app.db.read().await.unwrap()).await.unwrap();
        assert_eq!(all.iter().map(|list| (list.slug.as_str(), list.name.as_str())).collect::<Vec<_>>(), [("ships-sea", "Ships & sea")]);
        let (home, feed) = (site.url("/"), site.url("/feed/"));
        for (path, form, why) in [
            ("/admin/setup/feed/check", vec![("url", "feed")], "not a web address"),
            ("/admin/setup/feed/check", vec![("url", home.as_str())], "this is a web page, not a feed"),
            ("/admin/setup/feed", vec![("url", ""), ("list", "ships-sea")], "not a web address"),
            ("/admin/setup/feed", vec![("url", home.as_str()), ("list", "ships-sea")], "this is a web page, not a feed"),
            ("/admin/setup/feed", vec![("url", feed.as_str()), ("list", "moon")], "Choose a list for the feed"),
            ("/admin/setup/sender", vec![("from_email", "x"), ("test", "yes")], "has no @"),
        ] {
            let page = marta.refused(path, &form).await;
            assert!(page.contains(why), "{path} {form:?}: {page}");
        }
        let feeds = postrider::db::feeds::all(&mut app.app.db.read().await.unwrap()).await.unwrap();
        assert!(feeds.is_empty(), "nothing is bound");
    }
}
