//! Reports, and their file.

use chrono::TimeDelta;
use reqwest::StatusCode;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::Answer;

on_both_engines! {
    async fn a_report_says_who_has_it_who_has_not_and_why(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.net", "marta@example.org", "owen@example.org"]).await;
        app.smtp.at_rcpt(|to| match to {
            "tobe@example.net" => Answer::Reply("550 5.7.1 policy <script>"),
            "owen@example.org" => Answer::Reply("550 5.1.1 no such user"),
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        let owen = app.editor().await;
        let early = owen.get(&format!("/admin/reports/{id}")).await;
        assert_eq!(early.headers()["location"], format!("/admin/campaigns/{id}").as_str(), "what is not over is live");
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(1));
        let uncounted = owen.page("/admin/reports").await;
        assert!(uncounted.contains("counting…"), "{uncounted}");
        app.count().await;
        let list = owen.page("/admin/reports").await;
        assert!(list.contains("Ferry") && !list.contains("counting…"), "{list}");
        let page = owen.page(&format!("/admin/reports/{id}")).await;
        for words in ["2 of 4 readers got it.", "50.0 %", "example.net", "policy &#60;script&#62;", "24 Nov, 09:00"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("<script>"));
        app.smtp.take();
    }

    async fn the_file_has_every_delivery_and_no_formula(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["=cmd@example.org", "ines@example.org"]).await;
        app.smtp.at_rcpt(|to| match to.starts_with('=') {
            true => Answer::Reply("550 5.7.1 no"),
            false => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let (admin, owen) = (app.admin().await, app.editor().await);
        let file = format!("/admin/reports/{id}/deliveries.csv");
        assert_eq!(owen.get(&file).await.status(), StatusCode::FORBIDDEN, "every address is an admin's");
        app.count().await;
        for page in [format!("/admin/reports/{id}"), format!("/admin/campaigns/{id}/deliveries")] {
            assert!(admin.page(&page).await.contains(&file), "{page}");
            assert!(!owen.page(&page).await.contains(".csv"), "{page}");
        }
        let answer = admin.get(&file).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"ferry-"));
        let text = answer.text().await.unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("\n'=cmd@example.org,failed,"), "{text}");
        let failed = admin.page(&format!("{file}?status=failed")).await;
        assert_eq!(failed.lines().count(), 2, "{failed}");
        app.smtp.take();
    }

    async fn without_campaigns_the_page_says_when_there_will_be_reports(app: TestApp) {
        let page = app.editor().await.page("/admin/reports").await;
        assert!(page.contains("No reports yet"), "{page}");
    }
}
