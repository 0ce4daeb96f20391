//! The welcome mail after confirming, and the one reminder of who has not.

use chrono::TimeDelta;
use postrider::actions::{Context, consent, poll, reminders, welcomes};
use postrider::db::audit::Actor;
use postrider::db::{publication, subscribers, subscriptions, welcomes as stored};
use postrider::domain::links::Link;
use postrider::domain::subscription::{Cadence, Transition};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::digests::Newsroom;
use crate::on_both_engines;
use crate::sign_up::{address, join, link_in, post, subscribe, the_one_mail};
use crate::support::TestApp;

async fn welcome(app: &TestApp, list: Uuid, markdown: &str, articles: i64) {
    let cx = Context::command_line(&app.app);
    let seen = stored::of_list(&mut app.app.db.read().await.unwrap(), list).await.unwrap();
    let form =
        welcomes::WelcomeForm { is_on: true, markdown: markdown.to_owned(), articles: articles.to_string() };
    welcomes::set(&cx, list, &welcomes::version(&seen), &form).await.unwrap();
}

async fn remind(app: &TestApp) {
    let mut tx = app.app.db.write().await.unwrap();
    let mut now = publication::get(&mut tx).await.unwrap();
    now.reminds = true;
    publication::set(&mut tx, &now, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn id_of(app: &TestApp, email: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    subscribers::by_email(&mut tx, &address(email)).await.unwrap().expect("a subscriber").id
}

fn text_of(message: &[u8]) -> String {
    let message = mail_parser::MessageParser::default().parse(message).expect("a message");
    format!("{}\n{}", message.subject().unwrap_or_default(), message.body_text(0).expect("a text part"))
}

/// The mails that left since the last look.
async fn mails(app: &TestApp) -> Vec<String> {
    app.run_all_due().await;
    app.smtp.take().iter().map(|mail| text_of(&mail.message)).collect()
}

on_both_engines! {
    async fn who_confirms_is_welcomed_once_with_the_latest_articles(app: TestApp) {
        let room = Newsroom::of(app).await;
        for _ in 0..3 {
            room.publish().await;
        }
        welcome(app, room.list, "Hello {{ first_name | \"reader\" }}, **good** to see you.", 2).await;
        subscribe(app, "email=ines%40example.org&list=all").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        app.http.get(&link).send().await.unwrap();
        assert_eq!(mails(app).await, [] as [&str; 0], "a scanner looks");
        assert_eq!(post(app, &link, "").await.status(), StatusCode::OK);
        assert_eq!(post(app, &link, "").await.status(), StatusCode::OK);
        let mail = the_one_mail(app).await;
        let text = text_of(&mail);
        assert!(text.contains("Hello reader, ") && text.contains("/post-4/") && text.contains("/post-3/"), "{text}");
        assert!(!text.contains("/post-2/") && text.find("/post-4/") < text.find("/post-3/"), "{text}");
        let raw = String::from_utf8_lossy(&mail).replace("\r\n ", " ");
        assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{raw}");
        assert!(link_in(&mail, "/preferences/").starts_with(&app.url));
        assert_eq!(post(app, &link_in(&mail, "/unsubscribe/"), "").await.status(), StatusCode::OK);
        assert_eq!(mails(app).await, [] as [&str; 0]);

        let page = app.admin().await.page(&format!("/admin/subscribers/{}", id_of(app, "ines@example.org").await)).await;
        assert!(page.contains("Email: welcome"), "{page}");
    }

    async fn nobody_is_welcomed_where_it_is_off_or_by_what_an_admin_does(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.publish().await;
        join(app, "ines@example.org", "all").await;
        assert_eq!(mails(app).await, [] as [&str; 0], "off");
        welcome(app, room.list, "Hello", 1).await;
        room.reader("added", Cadence::Each).await;
        let world = app.list("world", "World").await;
        welcome(app, world, "To the world", 0).await;
        let ines = id_of(app, "ines@example.org").await;
        let choice = [consent::Choice { list_id: world, cadence: Some(Cadence::Each) }];
        consent::choose(&Context::command_line(&app.app), ines, &choice, None).await.unwrap();
        assert_eq!(mails(app).await, [] as [&str; 0], "an admin");

        let off = [consent::Choice { list_id: world, cadence: None }];
        consent::choose(&Context::command_line(&app.app), ines, &off, None).await.unwrap();
        let reader = Context::new(&app.app, Actor::reader("203.0.113.9"));
        consent::choose(&reader, ines, &choice, None).await.unwrap();
        let said = mails(app).await;
        assert!(said.len() == 1 && said[0].contains("To the world"), "herself: {said:?}");
        // Somebody plays with a forwarded link.
        for _ in 0..4 {
            consent::choose(&reader, ines, &off, None).await.unwrap();
            consent::choose(&reader, ines, &choice, None).await.unwrap();
        }
        assert_eq!(mails(app).await.len(), 2, "three a day");
    }

    async fn what_a_welcome_brought_comes_in_no_other_mail(app: TestApp) {
        let room = Newsroom::of(app).await;
        let world = app.list("world", "World").await;
        let cx = Context::command_line(&app.app);
        poll::add(&cx, &room.fetcher, &room.server.url("/feed/"), "world", Some(60), None).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        for name in ["ines", "other"] {
            let email = address(&format!("{name}@example.org"));
            let id = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
            let each = Transition::Join(Cadence::Each);
            subscriptions::change_one(&mut tx, &app.cause(), id, world, each).await.unwrap();
        }
        tx.commit().await.unwrap();
        room.publish().await;
        assert_eq!(room.got(), [] as [&str; 0], "the other list waits");
        welcome(app, room.list, "", 10).await;
        join(app, "ines@example.org", "all").await;
        app.run_all_due().await;
        assert_eq!(room.got(), ["ines: 2"]);
        app.advance(TimeDelta::minutes(61));
        app.run_all_due().await;
        assert_eq!(room.got(), ["other: 2"]);
        room.publish().await;
        app.advance(TimeDelta::minutes(61));
        app.run_all_due().await;
        assert_eq!(room.got(), ["ines: 3", "other: 3"], "what comes later comes");
    }

    async fn two_lists_confirmed_at_once_are_one_mail_and_who_left_meanwhile_gets_none(app: TestApp) {
        let (world, sea) = (app.list("world", "World").await, app.list("sea", "Sea").await);
        welcome(app, world, "Of the world", 0).await;
        welcome(app, sea, "Of the sea", 0).await;
        subscribe(app, "email=ines%40example.org&list=world&list=sea").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        post(app, &link, "").await;
        let mail = the_one_mail(app).await;
        let text = text_of(&mail);
        assert!(text.contains("Of the world") && text.contains("Of the sea"), "{text}");
        assert!(text.contains("Unsubscribe from") && text.matches("/unsubscribe/").count() == 2, "{text}");
        assert!(!String::from_utf8_lossy(&mail).contains("List-Unsubscribe"), "it names two");

        subscribe(app, "email=owen%40example.org&list=world").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        post(app, &link, "").await;
        let owen = id_of(app, "owen@example.org").await;
        postrider::actions::leaving::leave(&Context::new(&app.app, Actor::reader("")), owen, world).await.unwrap();
        assert_eq!(mails(app).await, [] as [&str; 0]);
    }

    async fn an_admin_writes_a_welcome_looks_at_it_and_tests_it(app: TestApp) {
        let world = app.list("world", "World").await;
        let marta = app.admin().await;
        let here = format!("/admin/lists/{world}/welcome");
        let page = marta.page(&here).await;
        let version = page.split_once("name=\"version\" value=\"").unwrap().1.split('"').next().unwrap();
        let form = |text, articles, version| {
            [("on", "on"), ("markdown", text), ("articles", articles), ("version", version)]
        };
        for (text, articles, wrong) in [
            ("", "0", "Write some text"), ("x", "11", "from 0 to 10"), ("{{ nobody }}", "1", "aria-invalid"),
        ] {
            let refused = marta.refused(&here, &form(text, articles, version)).await;
            assert!(refused.contains(wrong), "{wrong}: {refused}");
        }
        marta.submit(&here, &form("Hello **you**", "3", version)).await;
        let changed = marta.refused(&here, &form("Hello others", "3", version)).await;
        assert!(changed.contains("Hello others"), "what was typed is kept: {changed}");
        let preview = marta.page(&format!("{here}/preview")).await;
        assert!(preview.contains("Hello <strong>you</strong>"), "{preview}");
        marta.submit(&format!("{here}/test"), &[]).await;
        let text = text_of(&the_one_mail(app).await);
        assert!(text.starts_with("[Test]") && text.contains("Hello"), "{text}");
        assert_eq!(app.editor().await.get(&here).await.status(), StatusCode::FORBIDDEN);
    }

    async fn who_has_not_confirmed_is_reminded_once_after_a_day(app: TestApp) {
        app.list("world", "World").await;
        remind(app).await;
        subscribe(app, "email=ines%40example.org&list=world").await;
        let first = the_one_mail(app).await;
        assert!(text_of(&first).contains("remind you once"), "{}", text_of(&first));
        app.advance(TimeDelta::hours(24) - TimeDelta::minutes(1));
        assert_eq!(mails(app).await, [] as [&str; 0]);
        app.advance(TimeDelta::minutes(1));
        // Two that lead at once.
        let (one, other) = tokio::join!(reminders::work(&app.app), reminders::work(&app.app));
        one.unwrap();
        other.unwrap();
        let mail = the_one_mail(app).await;
        let text = text_of(&mail);
        assert!(text.starts_with("Reminder") && text.contains("the only reminder"), "{text}");
        let page = app.admin().await.page(&format!("/admin/subscribers/{}", id_of(app, "ines@example.org").await)).await;
        assert!(page.contains("Email: reminder"), "{page}");
        for _ in 0..5 {
            app.advance(TimeDelta::hours(12));
            assert_eq!(mails(app).await, [] as [&str; 0]);
        }
        // 60 hours later the first link is dead, and this one is not.
        let link = link_in(&mail, "/confirm/");
        assert_ne!(link, link_in(&first, "/confirm/"));
        let page = post(app, &link, "").await.text().await.unwrap();
        assert!(page.contains("You’re subscribed"), "{page}");

        // Whatever they sign up for later, and however they spell it.
        app.list("sea", "Sea").await;
        subscribe(app, "email=ines%2Bx%40example.org&list=sea").await;
        the_one_mail(app).await;
        app.advance(TimeDelta::hours(25));
        assert_eq!(mails(app).await, [] as [&str; 0]);
    }

    async fn nobody_is_reminded_who_confirmed_blocked_left_or_was_mailed_enough(app: TestApp) {
        app.list("world", "World").await;
        let old = "email=old%40example.org&list=world";
        subscribe(app, old).await;
        the_one_mail(app).await;
        app.advance(TimeDelta::hours(25));
        assert_eq!(mails(app).await, [] as [&str; 0], "off");
        app.advance(TimeDelta::hours(24));
        remind(app).await;
        assert_eq!(mails(app).await, [] as [&str; 0], "a database that slept wakes nobody");

        join(app, "confirmed@example.org", "world").await;
        subscribe(app, "email=blocked%40example.org&list=world").await;
        post(app, &link_in(&the_one_mail(app).await, "/block/"), "").await;
        subscribe(app, "email=left%40example.org&list=world").await;
        the_one_mail(app).await;
        let subscriber = id_of(app, "left@example.org").await;
        let preferences = app.app.keyring.token(Link::Preferences { subscriber });
        post(app, &format!("{}/preferences/{preferences}", app.url), "leave=all").await;
        subscribe(app, "email=enough%40example.org&list=world").await;
        the_one_mail(app).await;
        app.advance(TimeDelta::hours(24) - TimeDelta::minutes(10));
        subscribe(app, "email=enough%40example.org&list=world").await;
        the_one_mail(app).await;
        app.advance(TimeDelta::minutes(10));
        assert_eq!(mails(app).await, [] as [&str; 0]);
        // The later mail has its own day.
        app.advance(TimeDelta::hours(24) - TimeDelta::minutes(10));
        assert_eq!(mails(app).await.len(), 1, "one only, and it is of whoever asked again");
    }
}
