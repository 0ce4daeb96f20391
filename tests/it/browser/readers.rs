//! What readers do on the hosted pages in a real browser, with scripts and without, on a narrow screen; and each of their pages
//! in languages that run long or leftwards.

use chrono::TimeDelta;
use postrider::db::{lists, publication, subscribers};
use postrider::domain::links::Link;
use postrider::domain::subscription::SubscriptionStatus;
use serde_json::json;

use super::pages::{fill, paths, reader_pages_of};
use super::soundness::{looking, narrow};
use super::{look_here, pages};
use crate::pages::route_table;
use crate::sign_up::{address, join, link_in, standing, the_one_mail};
use crate::support::browser::Browser;
use crate::support::feed_server::FeedServer;
use crate::support::{Engine, TestApp};

async fn leaves_comes_back_and_moves(app: &TestApp, browser: &Browser) {
    let world = app.list("world", "World").await;
    join(app, "ines@example.org", "world").await;
    let email = address("ines@example.org");
    let ines =
        subscribers::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap().unwrap().id;
    let status = async |email: &str| standing(app, email, "world").await.map(|(status, _)| status);
    browser.width(320, 1.0).await;

    let leave = app.app.keyring.token(Link::Unsubscribe { subscriber: ines, list: world });
    browser.go(&format!("/unsubscribe/{leave}")).await;
    browser.tab_to("Unsubscribe").await;
    browser.keys("\u{e007}").await;
    browser.sees("You’ve unsubscribed from World").await;
    assert_eq!(status("ines@example.org").await, Some(SubscriptionStatus::Unsubscribed));
    browser.click("Undo").await;
    browser.sees("You’re subscribed again").await;
    assert_eq!(status("ines@example.org").await, Some(SubscriptionStatus::Active));

    browser.go(&format!("/unsubscribe/{leave}")).await;
    browser.click("Unsubscribe").await;
    browser.click("Send").await;
    browser.sees("Choose a reason, or write one").await;
    browser.tick("I get too many emails").await;
    browser.fill("Anything you’d like to add? (optional)", "Three a day").await;
    browser.click("Send").await;
    browser.sees("We’ll read it.").await;
    app.advance(TimeDelta::hours(1));
    join(app, "ines@example.org", "world").await;

    let preferences = app.app.keyring.token(Link::Preferences { subscriber: ines });
    browser.go(&format!("/preferences/{preferences}")).await;
    browser.click("Email me a link").await;
    browser.sees("It works for 60 minutes.").await;
    let link = link_in(&the_one_mail(app).await, "/preferences/");
    browser.go(&link).await;
    browser.fill("New email address", "ines@carvalho.example").await;
    browser.click("Change address").await;
    browser.sees("Check the new inbox").await;
    browser.go(&link_in(&the_one_mail(app).await, "/address/")).await;
    browser.click("Confirm new address").await;
    browser.sees("Address changed").await;
    assert_eq!(status("ines@carvalho.example").await, Some(SubscriptionStatus::Active));
    app.deliver_all_due().await;
    app.smtp.take();

    browser.go(&format!("/preferences/{}", crate::pages::fresh(app, ines).await)).await;
    browser.click("Erase your data").await;
    browser.click("Erase my data").await;
    browser.sees("Your data has been erased").await;
    assert!(subscribers::by_id(&mut app.app.db.read().await.unwrap(), ines).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_leaves_comes_back_moves_and_goes_for_good() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some(browser) = Browser::open(&app).await else { return };
    leaves_comes_back_and_moves(&app, &browser).await;
    look_here(&browser).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_without_scripts() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some(browser) = Browser::open_without_scripts(&app).await else { return };
    leaves_comes_back_and_moves(&app, &browser).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_for_readers_fits_in_any_language_and_direction() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some((browser, axe)) = looking(&app).await else { return };
    let (marta, owen, server) = (app.admin().await, app.editor().await, FeedServer::start().await);
    let harbour = fill(&app, &marta, &owen, &server).await;
    app.smtp.take();
    browser.devtools("Network.enable", json!({})).await;
    let mut wrong = Vec::new();
    for (language, direction) in [("en-XA", "ltr"), ("ar-XB", "rtl")] {
        let mut tx = app.app.db.write().await.unwrap();
        let mut stored = publication::get(&mut tx).await.unwrap();
        stored.language = language.to_owned();
        publication::set(&mut tx, &stored, app.clock.now()).await.unwrap();
        for mut list in lists::all(&mut tx).await.unwrap() {
            list.language = language.to_owned();
            lists::set(&mut tx, &list).await.unwrap();
        }
        for email in ["ines@example.org", "tobe@example.org", pages::LONG_ADDRESS] {
            let reader = subscribers::by_email(&mut tx, &address(email)).await.unwrap().unwrap();
            subscribers::set_language(&mut tx, reader.id, language).await.unwrap();
        }
        tx.commit().await.unwrap();
        let headers = json!({ "headers": { "accept-language": language } });
        browser.devtools("Network.setExtraHTTPHeaders", headers).await;
        for path in paths(&route_table(), reader_pages_of, &harbour) {
            // An issue is in the language in which it was sent.
            if path.starts_with("/archive/") {
                continue;
            }
            wrong.extend(narrow(&browser, axe, &path, (language, direction)).await);
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    app.end().await;
}
