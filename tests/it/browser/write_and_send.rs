//! Writing and sending as editors do it: with live previews, with time to change one's mind, by keys alone, and
//! where no script runs.

use chrono::TimeDelta;
use fantoccini::key::Key;
use postrider::db::users::Role;
use uuid::Uuid;

use super::{look_here, sign_in};
use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::sign_up::join;
use crate::support::TestApp;
use crate::support::browser::Browser;

/// Owen at the desk, with one list and one reader.
async fn owen_at_work(app: &TestApp, browser: &Browser) -> Uuid {
    let world = app.list("world", "World").await;
    join(app, "ines@example.org", "world").await;
    app.user("owen@harbour.example", Role::Editor).await;
    browser.go("/admin").await;
    sign_in(browser, "owen@harbour.example").await;
    browser.is_at("/admin").await;
    world
}

/// A new campaign's page, by the pages that lead there.
async fn begin(browser: &Browser, subject: &str) {
    browser.go("/admin/campaigns/new").await;
    browser.fill("Subject", subject).await;
    browser.click("Create draft").await;
    browser.sees("Before you send").await;
}

fn html_of(message: &[u8]) -> String {
    let message = mail_parser::MessageParser::default().parse(message).expect("a message");
    message.body_html(0).expect("HTML").into_owned()
}

on_both_engines! {
    async fn owen_writes_an_article_and_sends_it_with_time_to_change_his_mind(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        owen_at_work(app, &browser).await;
        // An article: the preview keeps up, and all is saved without a button.
        browser.go("/admin/articles").await;
        browser.click("Write an article").await;
        browser.fill("Title", "The pilot's hour").await;
        browser.fill("Text", "He waits for *slack* water.").await;
        browser.sees("Saved at 09:41").await;
        browser.frame_sees("preview", "He waits for slack water.").await;
        browser.fill("Text", "She waits for **slack** water.").await;
        browser.frame_sees("preview", "She waits for slack water.").await;
        let article = browser.path().await;
        browser.go(&article).await;
        assert_eq!(browser.value("Text").await, "She waits for **slack** water.", "it was saved by itself");
        // A campaign with it.
        browser.click("Create campaign…").await;
        browser.fill("Subject", "One thing today").await;
        browser.click("Create draft").await;
        browser.sees("Before you send").await;
        browser.fill("Text", "Good morning, <b>all</b>.").await;
        browser.sees("Saved at 09:41").await;
        browser.frame_sees("preview", "Good morning, all.").await;
        browser.frame_sees("preview", "She waits for slack water.").await;
        browser.click("Plain text").await;
        browser.frame_sees("preview", "Unsubscribe").await;
        browser.click("Source").await;
        browser.frame_sees("preview", "Subject: One thing today").await;
        // A test.
        browser.fill("Send a test to", "owen@harbour.example").await;
        browser.click("Send test").await;
        browser.sees("Test sent.").await;
        app.deliver_all_due().await;
        let tests = app.smtp.take();
        assert_eq!((tests.len(), tests[0].to.as_str()), (1, "owen@harbour.example"));
        assert!(html_of(&tests[0].message).contains("<strong>slack</strong>"));
        // Scheduled, taken back, sent.
        browser.set_time("Send at", "2026-11-24T17:30").await;
        browser.click("Schedule").await;
        browser.sees("It will be sent on").await;
        browser.sees("17:30").await;
        look_here(&browser).await;
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        browser.click("Undo send").await;
        browser.sees("Send a test to").await;
        browser.click("Send in 5 min").await;
        browser.sees("You can undo it until then.").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ines@example.org"]);
        let html = html_of(&mails[0].message);
        assert!(html.contains("Good morning") && html.contains("<strong>slack</strong>"), "{html}");
        app.count().await;
        browser.go("/admin/campaigns").await;
        browser.sees("One thing today").await;
        browser.click("One thing today").await;
        browser.sees("100 %").await;
    }

    async fn on_a_phone_one_part_is_seen_at_a_time_and_send_is_always_in_reach(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        owen_at_work(app, &browser).await;
        browser.width(375, 1.0).await;
        browser.go("/admin").await;
        assert!(!browser.offers("Campaigns").await, "the tabs are in the menu");
        browser.click_in_menu("Menu", "Campaigns").await;
        browser.is_at("/admin/campaigns").await;
        browser.go("/admin/campaigns/new").await;
        browser.fill("Subject", "Ferry").await;
        browser.click("Create draft").await;
        browser.sees("Preview text").await;
        browser.fill("Text", &"The ferry sails.\n\n".repeat(40)).await;
        browser.sees("Saved at 09:41").await;
        let shown = "return [...document.querySelectorAll('.workbench > section')]
            .filter((part) => part.checkVisibility()).map((part) => part.className).join()";
        assert_eq!(browser.ask(shown, Vec::new()).await, "work-text");
        browser.ask("scrollTo(0, document.body.scrollHeight)", Vec::new()).await;
        let in_reach = "const place = document.querySelector('[form=send]').getBoundingClientRect();
            return place.top >= 0 && place.bottom <= innerHeight";
        assert_eq!(browser.ask(in_reach, Vec::new()).await, true);
        for (part, class) in [("preview", "work-preview"), ("check", "work-check")] {
            browser.ask(&format!("document.getElementById('part-{part}').click()"), Vec::new()).await;
            assert_eq!(browser.ask(shown, Vec::new()).await, class);
        }
        look_here(&browser).await;
        browser.width(375, 1.0).await;
        // What is wrong is shown with the part that it is about.
        browser.set_time("Send at", "2020-01-01T10:00").await;
        browser.click("Schedule").await;
        browser.sees("has passed").await;
        assert_eq!(browser.ask(shown, Vec::new()).await, "work-check");
        browser.click("Send in 5 min").await;
        browser.sees("You can undo it until then.").await;
    }

    async fn a_live_page_changes_by_itself_and_pausing_stops_the_mail(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let world = owen_at_work(app, &browser).await;
        let readers: Vec<String> = (0..20).map(|n| format!("reader{n:02}@example.org")).collect();
        subscribe_all(app, world, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let id = campaign(app, world, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        app.count().await;
        browser.go(&format!("/admin/campaigns/{id}")).await;
        browser.sees("0 %").await;
        browser.ask("window.mark = 'the page that was opened first'", Vec::new()).await;
        // Half of them have it; the others' domain is busy.
        app.smtp.at_rcpt(|to| match to < "reader10" {
            true => crate::support::Answer::Usual,
            false => crate::support::Answer::Reply("451 4.2.1 busy"),
        });
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(5));
        app.count().await;
        // Ines and ten readers of 21.
        browser.sees("52 %").await;
        let mark = browser.ask("return window.mark", Vec::new()).await;
        assert_eq!(mark, "the page that was opened first", "it changed without being loaded again");
        assert_eq!(app.smtp.take().len(), 11);
        look_here(&browser).await;

        browser.click("Pause").await;
        browser.sees("Paused.").await;
        browser.finds("Resume").await;
        app.smtp.behave();
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0, "paused is paused");
        browser.click("Resume").await;
        browser.finds("Pause").await;
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(5));
        app.count().await;
        // It turns into the page of what is sent, by itself.
        browser.sees("Report").await;
        browser.sees("100 %").await;
        assert_eq!(app.smtp.take().len(), 10);
    }

    async fn a_correction_asks_for_its_reason_and_answers_what_was_sent(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        owen_at_work(app, &browser).await;
        begin(&browser, "Nine ships").await;
        browser.fill("Text", "Nine ships came in.").await;
        browser.click("Send in 5 min").await;
        browser.sees("It will be sent on").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let original = app.smtp.take().remove(0);
        join(app, "late@example.org", "world").await;
        browser.go("/admin/campaigns").await;
        browser.click("Nine ships").await;
        browser.click("Write correction…").await;
        browser.sees("Write a correction").await;
        // The browser itself asks for the reason.
        browser.click("Write correction").await;
        assert!(browser.path().await.ends_with("/correct"));
        browser.fill("Subject", "Correction: ten ships").await;
        browser.fill("What was wrong", "There were ten.").await;
        browser.click("Write correction").await;
        browser.sees("The reason will be shown above the text: There were ten.").await;
        look_here(&browser).await;
        browser.fill("Text", "Ten ships came in.").await;
        browser.click("Send in 5 min").await;
        browser.sees("It will be sent on").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ines@example.org"]);
        let parse = |mail: &[u8]| mail_parser::MessageParser::default().parse(mail).expect("a message").into_owned();
        let (original, correction) = (parse(&original.message), parse(&mails[0].message));
        assert_eq!(correction.in_reply_to().as_text(), original.message_id());
        assert_eq!(correction.subject(), Some("Correction: ten ships"));
    }

    async fn the_whole_job_is_done_by_keys_alone(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        app.user("owen@harbour.example", Role::Editor).await;
        browser.go("/admin").await;
        // The address has the focus already.
        browser.keys("owen@harbour.example").await;
        browser.tab_to("Password").await;
        browser.keys(crate::support::desk::PASSWORD).await;
        browser.key(Key::Enter).await;
        browser.is_at("/admin").await;
        browser.tab_to("Skip to content").await;
        browser.go("/admin").await;
        browser.keys("n").await;
        browser.is_at("/admin/campaigns/new").await;
        browser.keys("By keys alone").await;
        browser.tab_to("Create draft").await;
        browser.key(Key::Enter).await;
        browser.sees("Before you send").await;
        browser.tab_to("Text").await;
        browser.keys("No mouse was there.").await;
        browser.sees("Saved at 09:41").await;
        browser.tab_to("Send test").await;
        browser.key(Key::Enter).await;
        browser.sees("Test sent.").await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        browser.tab_to("Send in 5 min").await;
        browser.key(Key::Enter).await;
        browser.sees("It will be sent on").await;
        // Changed his mind, and changed it again.
        browser.tab_to("Undo send").await;
        browser.key(Key::Enter).await;
        browser.tab_to("Send in 5 min").await;
        browser.key(Key::Enter).await;
        browser.sees("It will be sent on").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1);
        assert!(html_of(&mails[0].message).contains("No mouse was there."));
        // The list of keys, and away from it.
        browser.go("/admin").await;
        browser.keys("?").await;
        browser.sees("Keyboard shortcuts").await;
        browser.until("no list of keys", "return document.querySelector('dialog[open]') !== null", Vec::new()).await;
        look_here(&browser).await;
        browser.key(Key::Escape).await;
        browser.until("the list stays", "return document.querySelector('dialog[open]') === null", Vec::new()).await;
        browser.keys("gs").await;
        browser.is_at("/admin/subscribers").await;
    }

    async fn without_scripts_it_is_all_there_as_forms(app: TestApp) {
        let Some(browser) = Browser::open_without_scripts(app).await else { return };
        let world = owen_at_work(app, &browser).await;
        begin(&browser, "Plain").await;
        browser.sees("Changes aren’t kept until you save.").await;
        browser.fill("Text", "Without any script.").await;
        browser.click("Save").await;
        browser.sees("Saved.").await;
        browser.frame_sees("preview", "Without any script.").await;
        browser.click("Source").await;
        browser.frame_sees("preview", "Subject: Plain").await;
        browser.click("Send in 5 min").await;
        browser.sees("It will be sent on").await;
        browser.click("Undo send").await;
        browser.click("Send in 5 min").await;
        browser.sees("It will be sent on").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        let id = campaign(app, world, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        app.count().await;
        browser.go(&format!("/admin/campaigns/{id}")).await;
        browser.sees("0 %").await;
        browser.click("Pause").await;
        browser.sees("Paused.").await;
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        browser.click("Resume").await;
        browser.finds("Pause").await;
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        app.advance(TimeDelta::seconds(5));
        app.count().await;
        browser.go(&format!("/admin/campaigns/{id}")).await;
        browser.sees("100 %").await;
    }

    async fn two_editors_of_one_draft_see_each_other_and_lose_nothing(app: TestApp) {
        let Some(owens) = Browser::open(app).await else { return };
        let Some(martas) = Browser::open(app).await else { return };
        owen_at_work(app, &owens).await;
        begin(&owens, "Draft").await;
        let edit = owens.path().await;
        let marta = app.admin().await;
        martas.take_cookie(&marta.cookie).await;
        martas.go(&edit).await;
        owens.fill("Text", "Owen's words").await;
        owens.sees("Saved at 09:41").await;
        martas.fill("Text", "Marta's words").await;
        martas.sees("owen@harbour.example saved another version (09:41). To keep yours, save again. You can also take theirs, or compare the two.").await;
        martas.click("Save").await;
        martas.sees("Keep yours, take theirs, or compare.").await;
        look_here(&martas).await;
        assert_eq!(martas.value("Text").await, "Marta's words");
        martas.click("Keep mine").await;
        martas.sees("Saved.").await;
        martas.click("History").await;
        martas.sees("owen@harbour.example, 24 Nov, 09:41, 2 words").await;
        martas.click("Show text").await;
        martas.sees("Marta's words").await;
    }

    async fn a_double_click_sends_once(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        owen_at_work(app, &browser).await;
        begin(&browser, "Once").await;
        browser.fill("Text", "One mail.").await;
        browser.sees("Saved at 09:41").await;
        browser.double_click("Send in 5 min").await;
        browser.sees("It will be sent on").await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        browser.go("/admin/campaigns/new").await;
        browser.fill("Subject", "Begun once").await;
        browser.double_click("Create draft").await;
        browser.sees("Before you send").await;
        browser.go("/admin/campaigns").await;
        let text = browser.text().await;
        assert_eq!(text.matches("Begun once").count(), 1, "{text}");
    }

    async fn an_hour_that_is_skipped_or_repeated_is_asked_about(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        owen_at_work(app, &browser).await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut about = postrider::db::publication::get(&mut tx).await.unwrap();
        about.time_zone = "Europe/London".to_owned();
        postrider::db::publication::set(&mut tx, &about, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        begin(&browser, "At night").await;
        browser.fill("Text", "The clocks change.").await;
        browser.sees("Saved at 09:41").await;
        for (time, asked) in [("2027-03-28T01:30", "doesn’t exist"), ("2027-10-31T01:30", "happens twice")] {
            browser.set_time("Send at", time).await;
            browser.click("Schedule").await;
            browser.sees(asked).await;
            assert_eq!(browser.value("Send at").await, time);
            assert_eq!(browser.value("Text").await, "The clocks change.");
            look_here(&browser).await;
        }
    }

    async fn an_article_of_five_megabytes_is_refused_in_words_and_stays_on_the_page(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        owen_at_work(app, &browser).await;
        browser.go("/admin/articles").await;
        browser.click("Write an article").await;
        browser.fill("Title", "Everything").await;
        browser.sees("Saved at 09:41").await;
        // Pasted: nobody types that.
        let paste = "const text = document.getElementById('markdown');
            text.value = `${'a long story '.repeat(100)}\\n`.repeat(4000);
            text.dispatchEvent(new Event('input', { bubbles: true }));";
        browser.ask(paste, Vec::new()).await;
        browser.sees("The limit is 1 MB").await;
        assert_eq!(browser.value("Text").await.len(), 5_204_000);
    }
}
