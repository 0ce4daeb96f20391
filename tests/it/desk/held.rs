//! What the guard holds, and who lets it go.

use chrono::TimeDelta;
use postrider::actions::guard;
use postrider::db::{audit, brake, campaigns, instance};
use postrider::domain::campaign::CampaignStatus;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::brake::forty_one_at_once;
use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::feed_server::FeedServer;

async fn status(app: &TestApp, id: Uuid) -> CampaignStatus {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, id).await.unwrap().unwrap().status
}

/// Three campaigns that were due while the machine was off.
pub async fn three_late(app: &TestApp) -> [Uuid; 3] {
    let list = app.list("world", "World").await;
    subscribe_all(app, list, &["ines@example.org"]).await;
    guard::watch(&app.app).await.unwrap();
    let ids = [
        campaign(app, list, "Ferry").await,
        campaign(app, list, "Tide <table>").await,
        campaign(app, list, "Weekend").await,
    ];
    app.advance(TimeDelta::hours(1));
    guard::watch(&app.app).await.unwrap();
    ids
}

fn to_ines(app: &TestApp) -> usize {
    app.smtp.take().into_iter().filter(|mail| mail.to == "ines@example.org").count()
}

on_both_engines! {
    async fn an_admin_lets_go_one_cancels_one_and_lets_the_rest_go(app: TestApp) {
        let marta = app.admin().await;
        assert!(marta.page("/admin/held").await.contains("Nothing is on hold"));
        let [ferry, tide, weekend] = three_late(app).await.map(|id| id.to_string());
        let page = marta.page("/admin/held").await;
        assert!(page.contains("3 campaigns on hold") && page.contains("Release all 3"), "{page}");
        assert!(page.contains("Postrider wasn’t running from 24 Nov 2026, 09:41 to 24 Nov 2026, 10:41"), "{page}");
        assert!(page.contains("Tide &#60;table&#62;") && !page.contains("<table>e"), "{page}");

        let (_, said) = marta.submit("/admin/held/release", &[("campaign", &ferry)]).await;
        assert_eq!(said, "Released “Ferry”.");
        let (_, said) = marta.submit("/admin/held/release", &[("campaign", &ferry)]).await;
        assert_eq!(said, "This campaign is no longer on hold.", "a second click");
        let (_, said) = marta.submit("/admin/held/cancel", &[("campaign", &tide)]).await;
        assert_eq!(said, "Cancelled “Tide <table>”.");
        app.run_all_due().await;
        assert_eq!(to_ines(app), 1);
        let (_, said) = marta.submit("/admin/held/release", &[]).await;
        assert_eq!(said, "Released one campaign.");
        app.run_all_due().await;
        assert_eq!(to_ines(app), 1);
        let id = |text: &str| Uuid::parse_str(text).unwrap();
        assert_eq!(status(app, id(&tide)).await, CampaignStatus::Cancelled);
        assert_eq!(status(app, id(&weekend)).await, CampaignStatus::Sent);
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "campaign", id(&ferry), 5).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].user_email.as_str()), ("let go", "marta@harbour.example"));
        assert!(log[0].before_json.contains("late: "), "{}", log[0].before_json);
    }

    async fn an_editor_sees_what_is_held_and_decides_nothing(app: TestApp) {
        let ids = three_late(app).await;
        let owen = app.editor().await;
        let page = owen.page("/admin/held").await;
        assert!(page.contains("An admin can release or cancel these.") && !page.contains("/admin/held/release"), "{page}");
        let id = ids[0].to_string();
        for path in ["/admin/held/release", "/admin/held/cancel", "/admin/held/real"] {
            assert_eq!(owen.post(path, &[("campaign", &id)]).await.status(), StatusCode::FORBIDDEN);
        }
        assert_eq!(owen.get("/admin/held?before=nonsense").await.status(), StatusCode::OK);
        app.run_all_due().await;
        assert_eq!(to_ines(app), 0);
    }

    async fn a_copy_says_what_differs_and_one_click_makes_it_the_real_one(app: TestApp) {
        let marta = app.admin().await;
        let ids = three_late(app).await;
        app.deliver_all_due().await;
        app.smtp.take();
        let was = serde_json::json!({ "base_url": "https://news.harbour.example/", "database": "SQLite /srv/old.db" });
        let mut tx = app.app.db.write().await.unwrap();
        instance::record(&mut tx, &was.to_string(), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();

        let page = marta.page("/admin/held").await;
        assert!(page.contains("This database looks like a copy, so nothing is being sent"), "{page}");
        assert!(page.contains("https://news.harbour.example/") && page.contains(&app.url), "{page}");
        let id = ids[0].to_string();
        let refused = marta.refused("/admin/held/release", &[("campaign", &id)]).await;
        assert!(refused.contains("looks like a copy"), "{refused}");
        marta.submit("/admin/held/cancel", &[("campaign", &id)]).await;
        let (_, said) = marta.submit("/admin/held/real", &[("all", "yes")]).await;
        assert_eq!(said, "Confirmed as the real database. Campaigns released: 2.");
        let (_, said) = marta.submit("/admin/held/real", &[("all", "yes")]).await;
        assert_eq!(said, "This is still the same database. Nothing was changed.");
        app.run_all_due().await;
        assert_eq!(to_ines(app), 2);
    }

    async fn an_editor_releases_and_skips_what_the_brake_holds_each_or_all(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let server = FeedServer::start().await;
        let (feed, _) = forty_one_at_once(app, &server).await;
        app.deliver_all_due().await;
        app.smtp.take();
        let sentence = "World feed: 41 new articles in one check, usually 1.";
        let page = owen.page("/admin/held").await;
        assert!(page.contains("41 articles on hold") && page.contains(sentence), "{page}");
        assert!(page.contains("Release all 41: 41 emails to each reader") && page.contains("Skip all 41"), "{page}");
        let front = owen.page("/admin").await;
        assert!(front.contains("1 item needs your attention") && front.contains("Too many new articles"), "{front}");
        assert!(front.contains("41 articles") && front.contains(sentence), "{front}");
        let record = owen.page(&format!("/admin/feeds/{feed}")).await;
        assert!(record.contains(sentence) && record.contains("href=\"/admin/held\""), "{record}");
        assert!(!record.contains("Needs your attention") && !record.contains("brake: "), "{record}");

        let value = |page: &str, name: &str, nth: usize| {
            let from = format!("name=\"{name}\" value=\"");
            page.split(&from).nth(nth).unwrap().split('"').next().unwrap().to_owned()
        };
        let (feed_id, poll) = (value(&page, "feed", 1), value(&page, "poll", 1));
        let (newest, second) = (value(&page, "article", 1), value(&page, "article", 2));
        let batch = [("feed", feed_id.as_str()), ("poll", poll.as_str())];
        let with = |field: (&'static str, &str)| [batch[0], batch[1], (field.0, field.1)].map(|(a, b)| (a, b.to_owned()));
        let send = async |path: &str, form: [(&'static str, String); 3]| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            owen.submit(path, &form).await.1
        };
        let (release, skip) = ("/admin/held/articles/release", "/admin/held/articles/skip");
        let (_, said) = owen.submit(release, &batch).await;
        assert!(said.starts_with("No articles are selected."), "{said}");
        let article = owen.page(&format!("/admin/articles/{newest}")).await;
        assert!(article.contains(&format!("On hold: {}", sentence.trim_end_matches('.'))), "{article}");
        let said = send(release, with(("article", &newest))).await;
        assert_eq!(said, "Released one article. One campaign is scheduled.");
        assert_eq!(send(release, with(("article", &newest))).await, "These articles are no longer on hold.");
        assert_eq!(send(skip, with(("article", &second))).await, "Skipped one article. It won’t be sent.");
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(to_ines(app), 1);
        assert_eq!(send(skip, with(("all", "yes"))).await, "Skipped 39 articles. They won’t be sent.");
        assert_eq!(send(release, with(("all", "yes"))).await, "These articles are no longer on hold.");
        assert!(owen.page("/admin/held").await.contains("Nothing is on hold"));
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert_eq!(to_ines(app), 0);
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "feed", feed, 10).await.unwrap();
        let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["skipped", "skipped", "skipped", "released", "added"]);
        assert_eq!(log[0].user_email, "owen@harbour.example");
        drop(tx);
        assert!(marta.page("/admin/settings/audit").await.contains("released"));
    }

    async fn what_an_editor_releases_to_many_waits_for_a_second_person(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let server = FeedServer::start().await;
        forty_one_at_once(app, &server).await;
        let rules = [("part", "rules"), ("uncertain", "resend"), ("undo_secs", "300"), ("two_person_min", "1")];
        marta.submit("/admin/settings", &rules).await;
        let batch = {
            let mut tx = app.app.db.read().await.unwrap();
            brake::batches(&mut tx).await.unwrap().remove(0)
        };
        let (feed, poll) = (batch.feed_id.to_string(), batch.first_seen_at.timestamp_micros().to_string());
        let form = [("feed", feed.as_str()), ("poll", poll.as_str()), ("all", "yes")];
        let (_, said) = owen.submit("/admin/held/articles/release", &form).await;
        assert_eq!(said, "Released 41 articles. 41 campaigns won’t be sent until someone else approves them.");
        app.advance(TimeDelta::minutes(14));
        app.run_all_due().await;
        assert_eq!(to_ines(app), 0);
    }
}
