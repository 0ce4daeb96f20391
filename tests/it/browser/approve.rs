//! What waits for somebody's decision: a draft that a feed made, and what the brake holds, each to its mails.

use chrono::TimeDelta;
use fantoccini::key::Key;
use postrider::actions::Context;
use postrider::actions::poll::{self, How};
use postrider::db::users::Role;
use postrider::domain::subscription::Cadence;

use super::{look_here, sign_in};
use crate::delivery::subscribe_all;
use crate::digests::Newsroom;
use crate::feeds::{posts, rss};
use crate::on_both_engines;
use crate::support::browser::Browser;
use crate::support::feed_server::FeedServer;

on_both_engines! {
    async fn an_admin_sets_the_rule_and_an_editor_sends_the_draft(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let world = app.list("world", "World").await;
        subscribe_all(app, world, &["ines@example.org"]).await;
        app.user("marta@harbour.example", Role::Admin).await;
        app.user("owen@harbour.example", Role::Editor).await;
        let server = FeedServer::start().await;
        server.set_feed("/feed/", &rss(&posts(&server, &[9, 8, 7])));
        let cx = Context::command_line(&app.app);
        let url = server.url("/feed/");
        let feed = poll::add(&cx, &app.app.fetcher, &url, "world", None, None).await.unwrap().feed_id;
        browser.go(&format!("/admin/feeds/{feed}")).await;
        sign_in(&browser, "marta@harbour.example").await;
        browser.click("Change: World").await;
        browser.sees("3 of the last 3 articles would have been sent").await;
        browser.tick("Saved as drafts for an editor to send").await;
        browser.fill("The author is one of", "ines marlow").await;
        browser.click("Try on the last 50 articles").await;
        browser.sees("3 of the last 3 articles would have become drafts").await;
        browser.sees("Author: ines marlow").await;
        look_here(&browser).await;
        browser.click("Save").await;
        browser.sees("Saved as drafts for an editor to send").await;
        browser.sees("only the authors ines marlow").await;
        look_here(&browser).await;

        server.set_feed("/feed/", &rss(&posts(&server, &[10, 9, 8])));
        server.set("/2026/07/post-10/", crate::support::feed_server::Page::Plain { headers: vec![], body: b"here".to_vec() });
        app.advance(TimeDelta::minutes(10));
        poll::poll(&app.app, &app.app.fetcher, feed, How::Unconditional).await.unwrap();
        app.deliver_all_due().await;
        let told = app.smtp.take();
        assert_eq!(told.iter().filter(|mail| mail.to == "owen@harbour.example").count(), 1);
        browser.go("/admin").await;
        browser.click_in_menu("marta@harbour.example", "Sign out").await;
        browser.go("/admin").await;
        sign_in(&browser, "owen@harbour.example").await;
        browser.sees("1 item needs your attention").await;
        browser.click("Review: Post 10").await;
        browser.sees("Delete draft").await;
        look_here(&browser).await;
        browser.go("/admin").await;
        browser.finds("Send: Post 10").await;
        look_here(&browser).await;
        browser.click("Send: Post 10").await;
        browser.finds("Undo send").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["ines@example.org"]);
    }

    async fn an_admin_releases_what_the_brake_holds_as_one_digest(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let room = Newsroom::of(app).await;
        room.reader("each", Cadence::Each).await;
        room.reader("daily", Cadence::Daily).await;
        app.user("marta@harbour.example", Role::Admin).await;
        room.publish_many(12).await;
        assert_eq!(app.smtp.take().iter().filter(|mail| mail.to.ends_with("@example.org")).count(), 0);
        browser.go("/admin/held").await;
        sign_in(&browser, "marta@harbour.example").await;
        browser.sees("12 new articles in one check, usually 1").await;
        look_here(&browser).await;
        browser.tab_to("Release as one digest").await;
        browser.key(Key::Enter).await;
        browser.sees("Released 12 articles").await;
        look_here(&browser).await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let mails = app.smtp.take();
        let readers: Vec<&str> =
            mails.iter().map(|mail| mail.to.as_str()).filter(|to| to.ends_with("@example.org")).collect();
        assert_eq!(readers, ["each@example.org"], "whoever has a digest gets them in it");
        let text = String::from_utf8_lossy(&mails[0].message).into_owned();
        assert!(text.contains("/2026/07/post-13/") && text.contains("/2026/07/post-2/"), "{text}");
    }
}
