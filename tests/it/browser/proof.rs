//! A reader who is asked for a proof: with scripts it is given for them, without they wait and press one button.

use chrono::TimeDelta;
use serde_json::json;

use super::look_here;
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::browser::Browser;

async fn ask_everybody(app: &TestApp) {
    app.list("world", "World").await;
    let marta = app.admin().await;
    marta.submit("/admin/sign-ups/proof", &[("ask", "everybody")]).await;
}

on_both_engines! {
    async fn the_pages_own_script_gives_the_proof(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        ask_everybody(app).await;
        browser.go("/").await;
        browser.fill("Email address", "ines@example.org").await;
        browser.click("Subscribe").await;
        browser.is_at("/subscribed").await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }

    async fn without_scripts_one_waits_and_presses_the_button(app: TestApp) {
        let Some(browser) = Browser::open_without_scripts(app).await else { return };
        ask_everybody(app).await;
        browser.go("/").await;
        browser.fill("Email address", "ines@example.org").await;
        browser.click("Subscribe").await;
        browser.sees("One more step").await;
        browser.click("Continue").await;
        browser.sees("a little too soon").await;
        app.advance(TimeDelta::seconds(10));
        browser.click("Continue").await;
        browser.is_at("/subscribed").await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }

    async fn the_page_is_for_everybody_and_has_its_button_when_no_proof_can_be_given(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        ask_everybody(app).await;
        browser.devtools("Network.setBlockedURLs", json!({ "urls": ["*/subscribe/challenge"] })).await;
        browser.go("/").await;
        browser.fill("Email address", "ines@example.org").await;
        browser.click("Subscribe").await;
        browser.sees("Wait ten seconds, then continue.").await;
        look_here(&browser).await;
        app.advance(TimeDelta::seconds(10));
        browser.click("Continue").await;
        browser.is_at("/subscribed").await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }
}
