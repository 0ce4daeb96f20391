//! What the guard holds, and who lets it go.

use chrono::TimeDelta;
use postrider::db::instance;
use postrider::db::{audit, campaigns};
use postrider::domain::campaign::CampaignStatus;
use postrider::schedule::guard;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::TestApp;

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
        assert!(marta.page("/admin/held").await.contains("Nothing is held."));
        let [ferry, tide, weekend] = three_late(app).await.map(|id| id.to_string());
        let page = marta.page("/admin/held").await;
        assert!(page.contains("3 campaigns are held.") && page.contains("Let all 3 go"), "{page}");
        assert!(page.contains("Nothing ran here from 24 Nov 2026, 09:41 to 24 Nov 2026, 10:41"), "{page}");
        assert!(page.contains("Tide &#60;table&#62;") && !page.contains("<table>e"), "{page}");

        let (_, said) = marta.submit("/admin/held/release", &[("campaign", &ferry)]).await;
        assert_eq!(said, "“Ferry” is let go.");
        let (_, said) = marta.submit("/admin/held/release", &[("campaign", &ferry)]).await;
        assert_eq!(said, "It is not held any more.", "a second click");
        let (_, said) = marta.submit("/admin/held/cancel", &[("campaign", &tide)]).await;
        assert_eq!(said, "“Tide <table>” is cancelled.");
        app.run_all_due().await;
        assert_eq!(to_ines(app), 1);
        let (_, said) = marta.submit("/admin/held/release", &[]).await;
        assert_eq!(said, "One campaign is let go.");
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
        assert!(page.contains("An admin lets these go") && !page.contains("/admin/held/release"), "{page}");
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
        assert!(page.contains("This looks like a copy. Nothing leaves it."), "{page}");
        assert!(page.contains("https://news.harbour.example/") && page.contains(&app.url), "{page}");
        let id = ids[0].to_string();
        let refused = marta.refused("/admin/held/release", &[("campaign", &id)]).await;
        assert!(refused.contains("looks like a copy"), "{refused}");
        marta.submit("/admin/held/cancel", &[("campaign", &id)]).await;
        let (_, said) = marta.submit("/admin/held/real", &[("all", "yes")]).await;
        assert_eq!(said, "This is the real one. Let go: 2.");
        let (_, said) = marta.submit("/admin/held/real", &[("all", "yes")]).await;
        assert_eq!(said, "This database is the one it was before. Nothing was changed.");
        app.run_all_due().await;
        assert_eq!(to_ines(app), 2);
    }
}
