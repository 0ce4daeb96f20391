//! A segment built and used by keys alone.

use chrono::TimeDelta;
use fantoccini::key::Key;
use postrider::db::users::Role;

use super::{look_here, sign_in};
use crate::delivery::subscribe_all;
use crate::on_both_engines;
use crate::support::browser::Browser;

/// Presses the button or link of a name, which Tab leads to.
async fn press(browser: &Browser, name: &str) {
    browser.tab_to(name).await;
    browser.key(Key::Enter).await;
}

/// Chooses in the select of a name what begins so.
async fn pick(browser: &Browser, name: &str, line: &str) {
    browser.tab_to(name).await;
    browser.keys(line).await;
}

on_both_engines! {
    async fn a_segment_of_three_conditions_is_built_and_mailed_by_keys_alone(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let (world, markets) = (app.list("world", "World").await, app.list("markets", "Markets").await);
        subscribe_all(app, world, &["ines@example.org", "tobe@example.org", "caro@example.com", "rui@example.org"]).await;
        subscribe_all(app, markets, &["ada@example.org"]).await;
        let mut tx = app.app.db.write().await.unwrap();
        for email in ["ines@example.org", "caro@example.com", "ada@example.org"] {
            let email = postrider::domain::email_address::EmailAddress::parse(email).unwrap();
            let one = postrider::db::subscribers::by_email(&mut tx, &email).await.unwrap().unwrap();
            postrider::db::subscribers::tag(&mut tx, one.id, "founder", app.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        app.user("owen@harbour.example", Role::Editor).await;
        browser.go("/admin/subscribers/segments/new").await;
        sign_in(&browser, "owen@harbour.example").await;
        browser.is_at("/admin/subscribers/segments/new").await;
        // Subscribed to World, tagged, and not at that domain.
        pick(&browser, "List", "World").await;
        pick(&browser, "Status", "Active").await;
        pick(&browser, "Add", "Tag").await;
        press(&browser, "Add condition").await;
        browser.value("Value for Tag").await;
        browser.tab_to("Value for Tag").await;
        browser.keys("founder").await;
        pick(&browser, "Add", "Email").await;
        press(&browser, "Add condition").await;
        // The focus is on the new condition: "is not" follows "is".
        browser.value("Value for Email domain").await;
        browser.key(Key::Down).await;
        browser.tab_to("Value for Email domain").await;
        browser.keys("example.com").await;
        // Enter in a field shows who matches.
        browser.key(Key::Enter).await;
        browser.sees("1 match").await;
        browser.sees("ines@example.org").await;
        look_here(&browser).await;
        browser.tab_to("Name of the segment").await;
        browser.keys("Founders").await;
        press(&browser, "Save segment").await;
        browser.sees("Saved.").await;
        // The campaign.
        browser.go("/admin/campaigns/new").await;
        browser.tab_to("Subject").await;
        browser.keys("To founders").await;
        press(&browser, "Create draft").await;
        browser.sees("Before you send").await;
        pick(&browser, "Recipients", "Founders").await;
        browser.tab_to("Text").await;
        browser.keys("Thank you.").await;
        browser.sees("Saved at 09:41").await;
        press(&browser, "Send in 5 min").await;
        browser.sees("You can undo it until then.").await;
        browser.sees("1 reader").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ines@example.org"]);
    }
}
