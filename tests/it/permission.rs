//! Readers of an old import are asked whether they still want a list: shown first, resumed, ended on its day, undone.

use chrono::TimeDelta;
use postrider::actions::permission::{self, PermissionForm};
use postrider::actions::{Context, bulk};
use postrider::db::permission_requests::{self, PermissionRequest, PermissionStatus};
use postrider::db::{subscribers, timeline};
use postrider::domain::subscription::SubscriptionStatus;
use postrider::schedule;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::on_both_engines;
use crate::sign_up::{address, join, link_in, post, standing};
use crate::support::{Answer, TestApp};

async fn id_of(app: &TestApp, email: &str) -> Uuid {
    let tx = &mut app.app.db.read().await.unwrap();
    subscribers::by_email(tx, &address(email)).await.unwrap().expect("a subscriber").id
}

/// An import of some years ago, and one reader who confirmed here.
async fn old_import(app: &TestApp, people: usize) -> Uuid {
    let world = app.list("world", "World").await;
    let rows: String = (0..people).map(|n| format!("old{n:03}@example.org\n")).collect();
    app.import("world", &format!("email\n{rows}"), "moved from our old newsletter").await;
    app.advance(TimeDelta::minutes(1));
    join(app, "ines@example.org", "world").await;
    app.advance(TimeDelta::days(2));
    world
}

async fn newest(app: &TestApp, list: Uuid) -> PermissionRequest {
    permission_requests::of_list(&mut app.app.db.read().await.unwrap(), list, 1).await.unwrap().remove(0)
}

async fn active(app: &TestApp, people: usize) -> usize {
    let mut found = 0;
    for n in 0..people {
        let status = standing(app, &format!("old{n:03}@example.org"), "world").await.unwrap().0;
        found += usize::from(status == SubscriptionStatus::Active);
    }
    found
}

fn form() -> PermissionForm {
    PermissionForm { joined_before: "2026-11-26".to_owned(), days: "14".to_owned() }
}

on_both_engines! {
    async fn who_does_not_say_so_by_the_day_is_unsubscribed_and_an_admin_can_undo_it(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let world = old_import(app, 5).await;
        let path = format!("/admin/lists/{world}/permission");
        let typed = [("joined_before", "2026-11-26"), ("days", "14")];
        assert_eq!(editor.post(&path, &typed).await.status(), StatusCode::FORBIDDEN);
        for wrong in [("joined_before", "2027-01-01"), ("joined_before", "x"), ("days", "6"), ("days", "91"), ("days", "")] {
            let form: Vec<(&str, &str)> = typed.iter().copied().map(|one| if one.0 == wrong.0 { wrong } else { one }).collect();
            admin.refused(&path, &form).await;
        }
        // It is shown before it acts.
        let before = crate::pages::everything(app).await;
        let shown = admin.page(&format!("{path}?joined_before=2026-11-26&days=14")).await;
        assert!(shown.contains("5 readers would get the email") && shown.contains("10 December 2026"), "{shown}");
        let nobody = admin.page(&format!("{path}?joined_before=2026-11-24&days=14")).await;
        assert!(nobody.contains("Nobody:") && !nobody.contains("Send the emails"), "{nobody}");
        assert!(admin.page(&format!("{path}/preview")).await.contains("Keep my subscription"));
        assert_eq!(crate::pages::everything(app).await, before);

        admin.submit(&path, &typed).await;
        assert_eq!(admin.post(&path, &typed).await.status(), StatusCode::CONFLICT, "one at a time");
        app.smtp.at_rcpt(|to| match to {
            "old003@example.org" => Answer::Reply("451 4.2.1 busy, come back later"),
            _ => Answer::Usual,
        });
        schedule::run_due(&app.app).await.unwrap();
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, ["old000@example.org", "old001@example.org", "old002@example.org", "old004@example.org"]);
        let text = String::from_utf8_lossy(&mails[0].message).into_owned();
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{text}");
        assert_eq!((newest(app, world).await.status, newest(app, world).await.asked), (PermissionStatus::Waiting, 5));

        // A scanner that opens the link keeps nobody; the button does.
        let of = |email: &str| mails.iter().find(|mail| mail.to == email).unwrap();
        let keep = link_in(&of("old000@example.org").message, "/keep/");
        let page = app.http.get(&keep).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Keep my subscription"), "{page}");
        for _ in 0..2 {
            let page = post(app, &keep, "").await.text().await.unwrap();
            assert!(page.contains("You’ll keep getting World"), "{page}");
        }
        assert_eq!(newest(app, world).await.kept, 1);
        let tx = &mut app.app.db.read().await.unwrap();
        let consents = timeline::consents(tx, id_of(app, "old000@example.org").await, 10).await.unwrap();
        let consent = consents.iter().find(|consent| consent.form == "permission").unwrap();
        assert!(consent.confirmed_at.is_some() && consent.wording_version.starts_with("en-"), "{consent:?}");
        // One leaves by themselves, before.
        let leave = link_in(&of("old001@example.org").message, "/unsubscribe/");
        post(app, &leave, "").await;

        app.advance(TimeDelta::days(13));
        schedule::run_due(&app.app).await.unwrap();
        assert_eq!(active(app, 5).await, 4, "not before the day");
        app.advance(TimeDelta::days(2));
        schedule::run_due(&app.app).await.unwrap();
        app.smtp.behave();
        app.deliver_all_due().await;
        app.smtp.take();
        let request = newest(app, world).await;
        assert_eq!((request.status, request.ended), (PermissionStatus::Done, 2));
        for (email, status) in [
            ("ines@example.org", SubscriptionStatus::Active),
            ("old000@example.org", SubscriptionStatus::Active),
            ("old001@example.org", SubscriptionStatus::Unsubscribed),
            ("old002@example.org", SubscriptionStatus::Unsubscribed),
            // No mail had reached this one.
            ("old003@example.org", SubscriptionStatus::Active),
            ("old004@example.org", SubscriptionStatus::Unsubscribed),
        ] {
            assert_eq!(standing(app, email, "world").await.unwrap().0, status, "{email}");
        }
        let late = link_in(&of("old002@example.org").message, "/keep/");
        assert!(post(app, &late, "").await.text().await.unwrap().contains("You’re not subscribed to World"));
        // Her session has ended meanwhile.
        let admin = app.sign_in("marta@harbour.example").await;
        assert!(admin.page(&path).await.contains("Done"));

        admin.submit(&format!("/admin/subscribers/changes/{}/undo", request.id), &[]).await;
        assert_eq!(active(app, 5).await, 4, "who left by themselves stays away");
    }

    async fn a_request_goes_on_where_another_process_stopped_and_can_be_cancelled(app: TestApp) {
        let world = old_import(app, 130).await;
        let cx = Context::command_line(&app.app);
        let preview = permission::preview(&cx, world, &form()).await.unwrap();
        assert_eq!((preview.readers, preview.is_at_least), (130, false));
        permission::begin(&cx, world, &form()).await.unwrap();
        let mut steps = 0;
        // Whoever steps is a process of its own, for all that is kept between two steps; the lane takes a hundred at once.
        while permission::step(&app.app, 20).await.unwrap().is_some() {
            steps += 1;
        }
        assert_eq!((steps, newest(app, world).await.asked), (5, 100));
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 100);
        while permission::step(&app.app, 20).await.unwrap().is_some() {}
        app.deliver_all_due().await;
        assert_eq!((app.smtp.take().len(), newest(app, world).await.asked), (30, 130), "nobody twice");
        app.advance(TimeDelta::days(15));
        permission::step(&app.app, 20).await.unwrap();
        permission::step(&app.app, 20).await.unwrap();
        assert_eq!(newest(app, world).await.status, PermissionStatus::Ending);
        assert_eq!(active(app, 130).await, 110);
        assert!(permission::cancel(&cx, newest(app, world).await.id).await.is_err(), "it has begun to end");
        // Undone while it ends, it ends no more.
        bulk::undo(&cx, newest(app, world).await.id).await.unwrap();
        while permission::step(&app.app, 20).await.unwrap().is_some() {}
        assert_eq!((active(app, 130).await, newest(app, world).await.status), (130, PermissionStatus::Done));

        permission::begin(&cx, world, &form()).await.unwrap();
        permission::step(&app.app, 20).await.unwrap();
        permission::cancel(&cx, newest(app, world).await.id).await.unwrap();
        app.advance(TimeDelta::days(15));
        schedule::run_due(&app.app).await.unwrap();
        app.deliver_all_due().await;
        assert_eq!((app.smtp.take().len(), active(app, 130).await), (0, 130), "who was not mailed yet is not");
    }
}
