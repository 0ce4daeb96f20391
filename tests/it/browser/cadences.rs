//! A list's cadences are set, and a reader changes theirs, pauses and comes back.

use fantoccini::key::Key;
use postrider::db::{self, users::Role};
use postrider::domain::links::Link;
use postrider::domain::subscription::{Cadence, SubscriptionStatus};

use super::{look_here, sign_in};
use crate::on_both_engines;
use crate::sign_up::{address, join, standing};
use crate::support::browser::Browser;

/// Chooses the radio so many places behind the one that is chosen.
async fn choose(browser: &Browser, chosen: &str, places: usize) {
    browser.tab_to(chosen).await;
    for _ in 0..places {
        browser.key(Key::Down).await;
    }
}

on_both_engines! {
    async fn an_admin_sets_a_lists_cadences_and_a_reader_changes_pauses_and_comes_back(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let list = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        app.user("marta@harbour.example", Role::Admin).await;
        browser.go(&format!("/admin/lists/{list}/schedule")).await;
        sign_in(&browser, "marta@harbour.example").await;
        browser.sees("31 means the last day of the month.").await;
        browser.tab_to("Once a month").await;
        browser.keys(" ").await;
        browser.choose("Day of the weekly digest", "Friday").await;
        browser.choose("Time of day", "18:00").await;
        browser.click("Save").await;
        browser.sees("Saved.").await;
        browser.sees("Friday 27 November, 18:00").await;
        look_here(&browser).await;

        let email = address("ines@example.org");
        let ines = db::subscribers::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap().unwrap();
        let token = app.app.keyring.token(Link::Preferences { subscriber: ines.id });
        browser.go(&format!("/preferences/{token}")).await;
        browser.sees("Next: when the next article is published").await;
        choose(&browser, "Every article", 2).await;
        browser.click("Save").await;
        browser.sees("Your next issue will be sent on Friday 27 November, 18:00.").await;
        assert_eq!(
            standing(app, "ines@example.org", "world").await,
            Some((SubscriptionStatus::Active, Cadence::Weekly))
        );
        look_here(&browser).await;
        choose(&browser, "2 weeks", 1).await;
        browser.click("Pause").await;
        browser.sees("Paused until 22 December 2026").await;
        look_here(&browser).await;
        browser.click("Resume now: World").await;
        browser.sees("Resumed").await;
        browser.sees("Next: Friday 27 November, 18:00").await;
        look_here(&browser).await;
    }
}
