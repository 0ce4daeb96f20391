//! The door: the first run, passwords, codes, and who is let in where.

use postrider::db::users::Role;

use super::{look_here, sign_in};
use crate::desk::setup::wordpress;
use crate::desk::sign_in::code;
use crate::on_both_engines;
use crate::support::browser::Browser;
use crate::support::desk::PASSWORD;

const MARTA: &str = "marta@harbour.example";

on_both_engines! {
    async fn the_first_run_leads_from_the_link_in_the_log_to_the_first_campaign(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let site = wordpress().await;
        browser.go(&format!("/admin/setup?token={}", app.app.keyring.setup_token())).await;
        browser.fill("Your email", MARTA).await;
        browser.fill("Your name", "Marta Lindqvist").await;
        browser.fill("Password", PASSWORD).await;
        browser.click("Create account").await;
        browser.is_at("/admin/setup/publication").await;
        // The site tells the rest.
        browser.fill("Website", &site.url("/")).await;
        browser.click("Fill in from my site").await;
        browser.is_at("/admin/setup/site").await;
        assert_eq!(browser.value("Name").await, "Business News Today");
        assert_eq!(browser.value("Colour").await, "#0a5c36");
        look_here(&browser).await;
        browser.fill("Postal address", "Quay 4, 9001 Hallerud").await;
        browser.choose("Time zone", "Europe/London").await;
        browser.click("Save and continue").await;
        browser.sees("What do readers subscribe to?").await;
        browser.fill("Name", "All articles").await;
        browser.click("Add list").await;
        browser.sees("Where do your articles come from?").await;
        assert_eq!(browser.value("Feed address").await, site.url("/feed/"));
        browser.click("See what it would send").await;
        browser.sees("Central Bank Holds Its Rate").await;
        look_here(&browser).await;
        browser.click("Connect feed").await;
        browser.is_at("/admin/setup/sender").await;
        browser.fill("From address", "news@harbour.example").await;
        browser.click("Save and send me a test").await;
        browser.sees("A test is on its way to marta@harbour.example.").await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        browser.click("Check again").await;
        browser.sees("Accepted by the relay").await;
        browser.click("Save and continue").await;
        browser.is_at("/admin/setup/relay").await;
        look_here(&browser).await;
        browser.click("Continue").await;
        browser.sees("Business News Today is ready").await;
        browser.click("Write").await;
        browser.fill("Subject", "Good morning").await;
        browser.click("Create draft").await;
        browser.sees("Before you send").await;
        assert!(browser.path().await.ends_with("/edit"));
    }

    async fn marta_turns_codes_on_and_comes_in_by_a_code_and_by_a_recovery_code(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        app.user(MARTA, Role::Admin).await;
        browser.go("/admin/subscribers").await;
        sign_in(&browser, MARTA).await;
        browser.is_at("/admin/subscribers").await;
        browser.go("/admin/account").await;
        browser.click("Turn on two-factor sign-in…").await;
        browser.is_at("/admin/account/codes").await;
        let typed = browser.ask("return document.getElementById('secret').textContent", Vec::new()).await;
        let typed = typed.as_str().expect("the secret").to_owned();
        browser.fill("Code", "000000").await;
        browser.fill("Current password", PASSWORD).await;
        browser.click("Turn on two-factor sign-in").await;
        browser.sees("That code is wrong.").await;
        look_here(&browser).await;
        browser.fill("Code", &code(app, &typed)).await;
        browser.fill("Current password", PASSWORD).await;
        browser.click("Turn on two-factor sign-in").await;
        browser.sees("Save your recovery codes").await;
        look_here(&browser).await;
        let recovery = browser.ask("return document.querySelector('.codes code').textContent", Vec::new()).await;
        browser.click("I’ve saved them").await;
        browser.sees("10 recovery codes are left").await;

        for by_recovery in [false, true] {
            app.advance(chrono::TimeDelta::seconds(60));
            browser.click_in_menu(MARTA, "Sign out").await;
            browser.is_at("/admin/sign-in").await;
            browser.go("/admin/lists").await;
            sign_in(&browser, MARTA).await;
            browser.sees("Enter your code").await;
            look_here(&browser).await;
            browser.fill("Code", "123456").await;
            browser.click("Continue").await;
            browser.sees("Sign in as someone else").await;
            let right = if by_recovery { recovery.as_str().expect("a code").to_owned() } else { code(app, &typed) };
            browser.fill("Code", &right).await;
            browser.click("Continue").await;
            browser.is_at("/admin/lists").await;
        }
        browser.go("/admin/account").await;
        browser.sees("9 recovery codes are left").await;
        app.deliver_all_due().await;
    }

    async fn an_editor_meets_no_admins_pages_and_is_refused_at_their_addresses(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        app.admin().await;
        app.user("owen@harbour.example", Role::Editor).await;
        app.list("world", "World").await;
        browser.go("/admin").await;
        sign_in(&browser, "owen@harbour.example").await;
        browser.is_at("/admin").await;
        for path in ["/admin", "/admin/subscribers", "/admin/lists", "/admin/feeds"] {
            browser.go(path).await;
            for admins in ["Settings", "Import…", "Export", "New list", "Add a list", "Connect a feed"] {
                assert!(!browser.offers(admins).await, "{admins} on {path}");
            }
        }
        for path in ["/admin/settings", "/admin/settings/users", "/admin/settings/audit", "/admin/lists/new", "/admin/feeds/new"] {
            browser.go(path).await;
            browser.sees("Only admins can do this").await;
        }
        look_here(&browser).await;
        browser.click("Go to Today").await;
        browser.is_at("/admin").await;
    }

    async fn whose_role_was_just_taken_away_loses_nothing_that_was_typed(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let world = app.list("world", "World").await;
        let marta = app.admin().await;
        app.user("owen@harbour.example", Role::Editor).await;
        browser.go("/admin").await;
        sign_in(&browser, "owen@harbour.example").await;
        browser.is_at("/admin").await;
        browser.go("/admin/campaigns/new").await;
        browser.fill("Subject", "Tide tables").await;
        browser.click("Create draft").await;
        browser.sees("Before you send").await;
        let users = marta.page("/admin/settings/users").await;
        let owen = users.split("owen@harbour.example").next().unwrap().rsplit_once("/admin/settings/users/").unwrap().1;
        let owen = owen.split('"').next().unwrap();
        marta.submit(&format!("/admin/settings/users/{owen}/role"), &[("role", "admin")]).await;
        marta.submit(&format!("/admin/settings/users/{owen}/role"), &[("role", "editor")]).await;
        browser.fill("Text", "High water at nine.").await;
        browser.sees("Nothing was changed. Open another tab and sign in, then submit this form again.").await;
        assert_eq!(browser.value("Text").await, "High water at nine.");
        let _ = world;
        app.deliver_all_due().await;
        app.smtp.take();
    }
}
