//! Moving in: a file is matched, tried, stored while one looks on, stopped, taken back, and imported after all.

use std::fmt::Write as _;

use postrider::actions::import::Importer;
use postrider::db::imports::Phase;
use postrider::db::users::Role;
use uuid::Uuid;

use super::{look_here, sign_in};
use crate::fields::{field, held};
use crate::imports::{everything, find};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::browser::Browser;

const ROWS: usize = 6_000;
/// The row without an @.
const ODD_ROW: usize = 4_321;

/// Mailchimp's file of those who are subscribed, with a column that nobody knows.
fn members() -> String {
    let mut csv =
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,\
        LEID,EUID,NOTES,TAGS,Where the boat lies\n"
            .to_owned();
    for n in 0..ROWS {
        let at = if n == ODD_ROW { " at " } else { "@" };
        let time = "2021-03-04 10:00:00";
        writeln!(
            csv,
            "sailor{n}{at}example.org,Sailor,2,{time},,{time},192.0.2.7,{time},{n},e{n},,,Quay {}",
            n % 9
        )
        .expect("a line");
    }
    csv
}

/// Sends the file, up to where it is checked.
async fn send(app: &TestApp, browser: &Browser, path: &std::path::Path) -> Uuid {
    browser.go("/admin/subscribers/import").await;
    browser.attach("File", path).await;
    browser.choose("List", "World").await;
    browser.click("Check file").await;
    browser.sees("Checking the file…").await;
    drive(app).await;
    browser.sees("Ready to import to World").await;
    let path = browser.path().await;
    path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an import's page")
}

/// Says what the odd column is, looks what would happen, and starts.
async fn match_and_start(app: &TestApp, browser: &Browser) {
    browser.choose("Where the boat lies", "Berth").await;
    browser.click("Check again").await;
    browser.sees("Checking the file…").await;
    drive(app).await;
    browser.sees("Would be added 5,999").await;
    browser.sees("That address has no @.").await;
    browser.fill("How they agreed", "readers of our Mailchimp newsletter").await;
    look_here(browser).await;
    browser.click("Import 5,999 rows").await;
    browser.sees("Importing to World…").await;
}

/// Works on all that waits.
async fn drive(app: &TestApp) {
    while Box::pin(Importer::default().work(&app.app, u128::MAX)).await.unwrap() {}
}

on_both_engines! {
    async fn a_mailchimp_file_is_matched_tried_stopped_undone_and_imported_after_all(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        app.list("world", "World").await;
        app.user("owen@harbour.example", Role::Admin).await;
        field(&app.admin().await, "Berth", "text", &[]).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("subscribed_members_export_1a2b3c.csv");
        std::fs::write(&file, members()).unwrap();
        browser.go("/admin/subscribers/import").await;
        sign_in(&browser, "owen@harbour.example").await;
        browser.is_at("/admin/subscribers/import").await;
        let before = everything(app).await;
        let id = send(app, &browser, &file).await;
        browser.sees("Recognized as Mailchimp").await;
        assert_eq!(browser.value("Where the boat lies").await, "field:Where the boat lies", "there is no such field");
        match_and_start(app, &browser).await;
        assert_eq!(everything(app).await, before, "a dry run stores nothing");
        // It comes on before one's eyes.
        browser.sees("0 of 6,000 rows").await;
        browser.ask("window.mark = 'the page that was opened first'", Vec::new()).await;
        let mut importer = Importer::default();
        assert!(Box::pin(importer.step(&app.app)).await.unwrap());
        let position = app.stored_import(id).await.position;
        assert!(position > 0 && position < ROWS as i64, "{position}");
        browser.sees(&format!("{},{:03} of 6,000 rows", position / 1000, position % 1000)).await;
        assert_eq!(browser.ask("return window.mark", Vec::new()).await, "the page that was opened first");
        look_here(&browser).await;
        // Stopped half way: what is stored is said, and stays.
        browser.click("Cancel import").await;
        browser.sees("Import cancelled").await;
        assert!(!Box::pin(importer.step(&app.app)).await.unwrap(), "nothing is left to do");
        let stopped = app.stored_import(id).await;
        assert_eq!((stopped.phase, stopped.position), (Phase::Cancelled, position));
        browser.sees(&format!("Added {},{:03}", stopped.added / 1000, stopped.added % 1000)).await;
        assert!(find(app, "sailor0@example.org").await.is_some());
        assert!(find(app, "sailor5999@example.org").await.is_none());
        look_here(&browser).await;
        // Taken back.
        browser.click("Undo import").await;
        browser.sees("Undoing the import…").await;
        assert!(!browser.offers("Cancel import").await);
        drive(app).await;
        browser.sees("Import undone").await;
        assert!(!browser.offers("Undo import").await);
        assert_eq!(everything(app).await, before, "nobody is left");
        // Once more, to its end.
        let again = send(app, &browser, &file).await;
        assert_ne!(again, id);
        match_and_start(app, &browser).await;
        drive(app).await;
        browser.sees("5,999 added to World").await;
        browser.sees("Added 5,999").await;
        browser.sees("Rejected 1").await;
        // Its line in the file, and why.
        browser.sees(&format!("{} That address has no @. It should look like this: ines@example.org", ODD_ROW + 2)).await;
        look_here(&browser).await;
        let done = app.stored_import(again).await;
        assert_eq!((done.phase, done.added, done.refused), (Phase::Done, 5_999, 1));
        assert_eq!(held(app, "sailor5999@example.org", "berth").await.as_deref(), Some("Quay 5"));
    }
}
