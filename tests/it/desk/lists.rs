//! Lists at the desk: add, change, retire, bring back; and what readers and campaigns feel of it.

use chrono::TimeDelta;
use mail_parser::MessageParser;
use postrider::actions::guard;
use postrider::db::{audit, campaigns, lists, subscribers, subscriptions};
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::SubscriptionStatus;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::TestApp;

async fn list(app: &TestApp, slug: &str) -> lists::List {
    let mut tx = app.app.db.read().await.unwrap();
    lists::by_slug(&mut tx, slug).await.unwrap().unwrap()
}

async fn state(app: &TestApp, id: Uuid) -> (CampaignStatus, String) {
    let mut tx = app.app.db.read().await.unwrap();
    let campaign = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
    let holds = postrider::db::holds::of_campaign(&mut tx, id).await.unwrap();
    assert_eq!(campaign.is_held, !holds.is_empty());
    (campaign.status, postrider::domain::hold::in_one_line(&holds))
}

/// The hidden field that says what a form showed.
async fn version(person: &crate::support::desk::Person<'_>, path: &str) -> String {
    let page = person.page(path).await;
    let rest = page.split_once("name=\"version\" value=\"").expect("a version").1;
    rest.split('"').next().unwrap().to_owned()
}

async fn subscribe(app: &TestApp, email: &str, list: &str) -> StatusCode {
    let form = [("email", email), ("list", list)];
    app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap().status()
}

on_both_engines! {
    async fn an_admin_adds_a_list_and_its_mails_bear_its_own_sender(app: TestApp) {
        let marta = app.admin().await;
        assert!(marta.page("/admin/lists").await.contains("No lists yet"));
        let form = [
            ("name", "World & <Sea>"), ("slug", ""), ("description", "Ships and  what\nis behind them"),
            ("from_name", "Harbour, World"), ("reply_to", "world@harbour.example"), ("public", "on"), ("position", "3"),
        ];
        let (to, said) = marta.submit("/admin/lists", &form).await;
        assert_eq!(said, "Added “World & <Sea>”.");
        let page = marta.page(&to).await;
        assert!(page.contains("World &#38; &#60;Sea&#62;") && !page.contains("<Sea>"), "{page}");
        let stored = list(app, "world-sea").await;
        assert_eq!(stored.description, "Ships and what is behind them");
        // The form sent twice.
        let again = marta.refused("/admin/lists", &form).await;
        assert!(again.contains("A list with the short name “world-sea” already exists."), "{again}");
        assert!(again.contains("value=\"Harbour, World\""), "what was typed is kept");

        subscribe_all(app, stored.id, &["ines@example.org"]).await;
        campaign(app, stored.id, "Ferry").await;
        app.run_all_due().await;
        let mails = app.smtp.take();
        let mail = MessageParser::default().parse(&mails[0].message).unwrap();
        let from = mail.from().unwrap().first().unwrap();
        assert_eq!((from.name(), from.address()), (Some("Harbour, World"), Some("news@harbour.example")));
        assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("world@harbour.example"));
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "list", stored.id, 10).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].user_email.as_str()), ("added", "marta@harbour.example"));
    }

    async fn what_does_not_fit_is_said_at_its_field(app: TestApp) {
        let marta = app.admin().await;
        let long = "x".repeat(501);
        for (field, value, why) in [
            ("name", "", "1 to 200 characters"),
            ("name", "two\nlines", "a single line"),
            ("slug", "World News", "can’t be a short name"),
            ("description", long.as_str(), "500 characters"),
            ("from_name", "Mallory\r\nBcc: x@example.org", "a single line"),
            ("reply_to", "world", "no @"),
            ("position", "-1", "from 0 to 999"),
            ("position", "first", "from 0 to 999"),
            ("language", "tlh", "“tlh” is not a known language"),
        ] {
            let mut form = vec![("name", "World"), ("slug", "world"), ("position", "0")];
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            let page = marta.refused("/admin/lists", &form).await;
            assert!(page.contains(why), "{field}: {page}");
            assert!(page.contains(&format!("id=\"{field}-wrong\"")), "{field}: {page}");
        }
        let nameless = marta.refused("/admin/lists", &[("name", "한국")]).await;
        assert!(nameless.contains("Enter a short name"), "{nameless}");
        let mut tx = app.app.db.read().await.unwrap();
        assert!(lists::all(&mut tx).await.unwrap().is_empty());
    }

    async fn a_list_may_have_a_language_of_its_own(app: TestApp) {
        let marta = app.admin().await;
        let new = marta.page("/admin/lists/new").await;
        assert!(new.contains("<option value=\"\">The publication’s language</option>"), "{new}");
        for (tag, name) in postrider::locale::Localizer::choices() {
            assert!(new.contains(&format!("<option value=\"{tag}\" lang=\"{tag}\">{name}</option>")), "{tag}: {new}");
        }
        let form = [("name", "World"), ("language", "en-US"), ("position", "0")];
        let (here, _) = marta.submit("/admin/lists", &form).await;
        assert_eq!(list(app, "world").await.language, "en-US");
        let edit = format!("{here}/edit");
        assert!(marta.page(&edit).await.contains("<option value=\"en-US\" lang=\"en-US\" selected>"));
        let seen = version(&marta, &edit).await;
        marta.submit(&here, &[("name", "World"), ("language", ""), ("position", "0"), ("version", &seen)]).await;
        assert_eq!(list(app, "world").await.language, "");
    }

    async fn two_admins_who_change_a_list_at_once_are_both_heard(app: TestApp) {
        let marta = app.admin().await;
        let id = app.list("world", "World").await;
        let (edit, here) = (format!("/admin/lists/{id}/edit"), format!("/admin/lists/{id}"));
        let seen = version(&marta, &edit).await;
        let change = |name: &'static str, seen: &str| {
            vec![("name", name.to_owned()), ("public", "on".to_owned()), ("position", "0".to_owned()), ("version", seen.to_owned())]
        };
        fn form<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
        }
        marta.submit(&here, &form(&change("World news", &seen))).await;
        // The same once more changes nothing and is no quarrel.
        marta.submit(&here, &form(&change("World news", &seen))).await;
        let answer = marta.post(&here, &form(&change("The world", &seen))).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let page = answer.text().await.unwrap();
        assert!(page.contains("Someone changed this list") && page.contains("The world"), "{page}");
        assert_eq!(list(app, "world").await.name, "World news");
        let seen = version(&marta, &edit).await;
        marta.submit(&here, &form(&change("The world", &seen))).await;
        assert_eq!(list(app, "world").await.name, "The world");
    }

    async fn an_editor_sees_lists_and_changes_none(app: TestApp) {
        let id = app.list("world", "World").await;
        let owen = app.editor().await;
        let page = owen.page("/admin/lists").await;
        assert!(page.contains("One list is open to readers") && !page.contains("/admin/lists/new"), "{page}");
        assert!(!owen.page(&format!("/admin/lists/{id}")).await.contains("Retire"));
        for path in [format!("/admin/lists/{id}"), format!("/admin/lists/{id}/retire"), "/admin/lists".to_owned()] {
            assert_eq!(owen.post(&path, &[("name", "Mine")]).await.status(), StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(owen.get("/admin/lists/nonsense").await.status(), StatusCode::NOT_FOUND);
    }

    async fn a_retired_list_takes_nobody_sends_nothing_and_comes_back_whole(app: TestApp) {
        let marta = app.admin().await;
        let (world, sea) = (app.list("world", "World").await, app.list("sea", "Sea").await);
        subscribe_all(app, world, &["ines@example.org"]).await;
        assert!(subscribe(app, "tobe@example.org", "world").await.is_redirection());
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        let text = String::from_utf8_lossy(&mails[0].message).replace("=\r\n", "");
        let confirm = text.split_once("/confirm/").unwrap().1.split_whitespace().next().unwrap().to_owned();
        let scheduled = campaign(app, world, "Ferry").await;

        let (here, said) = marta.submit(&format!("/admin/lists/{world}/retire"), &[]).await;
        assert_eq!(said, "Retired “World”. Its subscribers are kept, and one campaign is on hold.");
        marta.submit(&format!("/admin/lists/{world}/retire"), &[]).await;
        assert!(marta.page(&here).await.contains("Retired since 24 November 2026"));
        let later = campaign(app, world, "Tide table").await;
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        for id in [scheduled, later] {
            let (status, held) = state(app, id).await;
            assert_eq!(status, CampaignStatus::Scheduled);
            assert!(held.starts_with("retired: The list “World”"), "{held}");
        }
        // It is on no form, and nobody gets on it: not by name, and not by a confirmation that waited.
        let form = app.http.get(&app.url).send().await.unwrap().text().await.unwrap();
        assert!(!form.contains("World"), "{form}");
        assert_eq!(subscribe(app, "owen@example.org", "world").await, StatusCode::UNPROCESSABLE_ENTITY);
        app.http.post(format!("{}/confirm/{confirm}", app.url)).send().await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let tobe = EmailAddress::parse("tobe@example.org").unwrap();
        let tobe = subscribers::by_email(&mut tx, &tobe).await;
        let tobe = tobe.unwrap().expect("Tobe").id;
        assert_eq!(subscriptions::status(&mut tx, world, tobe).await.unwrap(), Some(SubscriptionStatus::Pending));
        drop(tx);
        assert!(postrider::actions::catch_up::send(&app.app, scheduled, false).await.is_err());
        let refused = marta.refused("/admin/held/release", &[("campaign", &scheduled.to_string())]).await;
        assert!(refused.contains("Restore the list first"), "{refused}");

        let (_, said) = marta.submit(&format!("/admin/lists/{world}/bring-back"), &[]).await;
        assert!(said.starts_with("Restored “World”. 2 campaigns were on hold"), "{said}");
        guard::watch(&app.app).await.unwrap();
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 2, "Ines gets both");
        assert_eq!(state(app, scheduled).await.0, CampaignStatus::Sent);
        assert!(list(app, "world").await.is_open());
        assert_ne!(sea, world);
    }

    async fn what_waited_for_a_list_for_long_is_late_when_it_comes_back(app: TestApp) {
        let marta = app.admin().await;
        let world = app.list("world", "World").await;
        subscribe_all(app, world, &["ines@example.org"]).await;
        guard::watch(&app.app).await.unwrap();
        let id = campaign(app, world, "Ferry").await;
        marta.submit(&format!("/admin/lists/{world}/retire"), &[]).await;
        for _ in 0..5 {
            app.advance(TimeDelta::minutes(5));
            guard::watch(&app.app).await.unwrap();
        }
        marta.submit(&format!("/admin/lists/{world}/bring-back"), &[]).await;
        guard::watch(&app.app).await.unwrap();
        app.run_all_due().await;
        let (status, held) = state(app, id).await;
        assert_eq!(status, CampaignStatus::Scheduled);
        assert!(held.starts_with("late: "), "{held}");
        assert!(app.smtp.take().iter().all(|mail| mail.to == "marta@harbour.example"));
    }
}
