//! Consent that stands, and what is kept no longer than an admin says.

use chrono::TimeDelta;
use postrider::db::{erased, events, subscribers, timeline};
use postrider::domain::links::Link;
use postrider::domain::subscription::SubscriptionStatus;
use postrider::schedule;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::desk::people::dump;
use crate::on_both_engines;
use crate::sign_up::{address, join, post, standing, subscribe};
use crate::support::TestApp;

async fn id_of(app: &TestApp, email: &str) -> Option<Uuid> {
    let found = subscribers::by_email(&mut app.app.db.read().await.unwrap(), &address(email)).await.unwrap();
    found.map(|subscriber| subscriber.id)
}

async fn work(app: &TestApp) {
    while schedule::work_on_subscribers(&app.app).await.unwrap() {}
}

fn kept<'a>(pending: &'a str, ips: &'a str, events: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("part", "retention"),
        ("keep_pending_days", pending),
        ("keep_ips_days", ips),
        ("keep_events_days", events),
    ]
}

on_both_engines! {
    async fn a_receipt_says_what_was_agreed_to_when_and_from_where(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        app.import("world", "email\ntobe@example.org\n", "asked at the fair").await;
        let receipt = async |who: &crate::support::desk::Person<'_>, email: &str| {
            let path = format!("/admin/subscribers/{}/receipt", id_of(app, email).await.unwrap());
            let answer = who.get(&path).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
            answer.text().await.unwrap()
        };
        let text = receipt(&editor, "ines@example.org").await;
        for part in [
            "ines@example.org", "List: World", "2026-11-24T09:41:00Z", "from 127.0.0.1", "Confirmed: 2026-11-24T09:41:00Z",
            "(version en-", "    | Confirm subscription", "World: Active since 2026-11-24T09:41:00Z",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let text = receipt(&admin, "tobe@example.org").await;
        assert!(text.contains("asked at the fair") && text.contains("Not confirmed"), "{text}");
        app.smtp.take();
    }

    async fn what_is_set_is_kept_so_long_and_nothing_is_removed_by_itself(app: TestApp) {
        app.admin().await;
        app.list("world", "World").await;
        app.list("sport", "Sport").await;
        join(app, "ines@example.org", "world").await;
        subscribe(app, "email=tobe%40example.org&list=world").await;
        subscribe(app, "email=block%40example.org&list=world").await;
        app.deliver_all_due().await;
        app.smtp.take();
        app.advance(TimeDelta::hours(1));
        // She has one list, and asked for another without confirming.
        let ines = id_of(app, "ines@example.org").await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        let sport = postrider::db::lists::by_slug(&mut tx, "sport").await.unwrap().unwrap().id;
        let ask = postrider::domain::subscription::Transition::Ask(Default::default());
        postrider::db::subscriptions::change_one(&mut tx, &app.cause(), ines, sport, ask).await.unwrap();
        tx.commit().await.unwrap();
        let block = app.app.keyring.token(Link::Block { subscriber: id_of(app, "block@example.org").await.unwrap() });
        post(app, &format!("{}/block/{block}", app.url), "").await;
        app.advance(TimeDelta::days(400));
        let before = dump(app).await;
        work(app).await;
        assert_eq!(dump(app).await, before, "nothing is set");

        // Her session has ended meanwhile.
        let admin = app.sign_in("marta@harbour.example").await;
        for wrong in ["3", "0", "x", "3651", "-1"] {
            admin.refused("/admin/settings", &kept(wrong, "", "")).await;
        }
        subscribe(app, "email=new%40example.org&list=world").await;
        app.deliver_all_due().await;
        app.smtp.take();
        admin.submit("/admin/settings", &kept("30", "", "")).await;
        work(app).await;
        assert!(id_of(app, "tobe@example.org").await.is_none() && id_of(app, "new@example.org").await.is_some());
        for (table, row) in dump(app).await {
            assert!(!row.contains("tobe@"), "{table}: {row}");
        }
        let tx = &mut app.app.db.read().await.unwrap();
        assert!(erased::find(tx, "tobe@example.org").await.unwrap().is_none(), "they never were here");
        assert_eq!(standing(app, "ines@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
        assert_eq!(standing(app, "ines@example.org", "sport").await, None);
        // Who blocked us left the list by that, and is no sign-up that waits.
        assert!(id_of(app, "block@example.org").await.is_some());

        let tx = &mut app.app.db.read().await.unwrap();
        let ips = |rows: &[timeline::ConsentRow]| rows.iter().filter(|row| !row.requested_ip.is_empty()).count();
        assert_eq!(ips(&timeline::consents(tx, ines, 10).await.unwrap()), 1);
        admin.submit("/admin/settings", &kept("30", "90", "")).await;
        work(app).await;
        let tx = &mut app.app.db.read().await.unwrap();
        let consents = timeline::consents(tx, ines, 10).await.unwrap();
        assert!(consents.len() == 1 && ips(&consents) == 0 && consents[0].confirmed_at.is_some(), "{consents:?}");
        assert_eq!(consents[0].confirmed_ip.as_deref(), Some(""));
        let new = id_of(app, "new@example.org").await.unwrap();
        assert_eq!(ips(&timeline::consents(tx, new, 10).await.unwrap()), 1, "it is of today");

        assert!(!events::of_subscriber(tx, ines, 10).await.unwrap().is_empty());
        admin.submit("/admin/settings", &kept("30", "90", "365")).await;
        work(app).await;
        let tx = &mut app.app.db.read().await.unwrap();
        assert!(events::of_subscriber(tx, ines, 10).await.unwrap().is_empty());
        assert!(!events::of_subscriber(tx, new, 10).await.unwrap().is_empty());
    }
}
