//! The door: the first run, passwords, codes, and who is let in where.

use postrider::db::users::Role;

use crate::on_both_engines;
use crate::support::browser::Browser;
use crate::support::desk::PASSWORD;

on_both_engines! {
    async fn marta_signs_in_and_out(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        app.user("marta@harbour.example", Role::Admin).await;
        browser.go("/admin/subscribers").await;
        browser.fill("Address", "marta@harbour.example").await;
        browser.fill("Password", PASSWORD).await;
        browser.click("Sign in").await;
        browser.is_at("/admin/subscribers").await;
        browser.sees("No subscribers yet.").await;
    }
}
