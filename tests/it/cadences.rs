//! The pages of cadences: what a list offers, what readers choose, pauses, and digests at the desk.

use postrider::db::{self, audit, campaigns};
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::digest::{DigestOrder, ListSchedule, QuietHours};
use postrider::domain::links::Link;
use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::digests::Newsroom;
use crate::on_both_engines;
use crate::sign_up::{join, post, standing, subscribe};
use crate::support::TestApp;
use crate::support::desk::Person;

/// What the schedule's form sends, with some of it changed.
fn form<'a>(version: &'a str, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("default", "each"),
        ("hour", "7"),
        ("weekday", "1"),
        ("month_day", "1"),
        ("day_end_hour", "20"),
        ("order", "newest"),
        ("full", "excerpt"),
        ("subject", ""),
        ("daily_cap", ""),
        ("quiet_from", ""),
        ("quiet_to", ""),
        ("when_missed", "hold"),
    ];
    let mut form = vec![("version", version)];
    form.extend(usual.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name)));
    form.extend(changed);
    form
}

async fn version(person: &Person<'_>, path: &str) -> String {
    let page = person.page(path).await;
    page.split_once("name=\"version\" value=\"").expect("a version").1.split('"').next().unwrap().to_owned()
}

async fn preferences(app: &TestApp, subscriber: Uuid) -> String {
    format!("{}/preferences/{}", app.url, app.app.keyring.token(Link::Preferences { subscriber }))
}

async fn page(app: &TestApp, url: &str) -> String {
    let answer = app.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{url}");
    answer.text().await.unwrap()
}

async fn status(app: &TestApp, id: Uuid) -> CampaignStatus {
    campaigns::by_id(&mut app.app.db.read().await.unwrap(), id).await.unwrap().unwrap().status
}

on_both_engines! {
    async fn an_admin_sets_what_a_list_offers_and_sees_when_its_digests_go_out(app: TestApp) {
        let list = app.list("world", "World").await;
        let marta = app.admin().await;
        let path = format!("/admin/lists/{list}/schedule");
        let seen = version(&marta, &path).await;
        let offers = [("offered", "daily"), ("offered", "weekly"), ("offered", "monthly"), ("default", "weekly"), ("weekday", "5"),
            ("month_day", "31"), ("hour", "18"), ("quiet_from", "22"), ("quiet_to", "6"), ("daily_cap", "3"), ("approve", "on")];
        let (to, said) = marta.submit(&path, &form(&seen, &offers)).await;
        assert_eq!((to.as_str(), said.as_str()), (path.as_str(), "Saved."));
        let shown = marta.page(&path).await;
        for part in ["Tuesday 24 November, 18:00", "Friday 27 November, 18:00", "Monday 30 November, 18:00", "UTC",
            "31 means the last day of the month", "value=\"monthly\" checked"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(marta.page(&format!("/admin/lists/{list}")).await.contains("Friday 27 November, 18:00"));
        let stored = db::lists::by_id(&mut app.app.db.read().await.unwrap(), list).await.unwrap().unwrap().schedule;
        assert_eq!((stored.quiet, stored.daily_cap, stored.approve), (Some(QuietHours { from: 22, to: 6 }), Some(3), true));
        // The form of before.
        let late = marta.post(&path, &form(&seen, &[("offered", "each")])).await;
        assert_eq!(late.status(), StatusCode::CONFLICT);
        let seen = version(&marta, &path).await;
        for (wrong, sentence) in [
            (vec![], "Offer readers at least one choice."),
            (vec![("offered", "daily")], "The default must be one of the choices"),
            (vec![("offered", "hourly")], "Choose how often"),
            (vec![("offered", "each"), ("hour", "24")], "Hours must be from 0 to 23"),
            (vec![("offered", "each"), ("month_day", "-1")], "days of the month from 1 to 31"),
            (vec![("offered", "each"), ("daily_cap", "0")], "The daily limit must be from 1 to 1,000"),
            (vec![("offered", "each"), ("daily_cap", "many")], "The daily limit must be from 1 to 1,000"),
            (vec![("offered", "each"), ("quiet_from", "22")], "Quiet hours need different start and end times"),
            (vec![("offered", "each"), ("subject", "<b>\u{1}")], "id=\"subject-wrong\""),
            (vec![("offered", "each"), ("order", "'; DROP TABLE lists")], "Choose one of the options shown."),
        ] {
            let refused = marta.refused(&path, &form(&seen, &wrong)).await;
            assert!(refused.contains(sentence), "{wrong:?}: {refused}");
        }
        let owen = app.editor().await;
        assert_eq!(owen.post(&path, &form(&seen, &[("offered", "each")])).await.status(), StatusCode::FORBIDDEN);
        let after = db::lists::by_id(&mut app.app.db.read().await.unwrap(), list).await.unwrap().unwrap().schedule;
        assert_eq!(after, stored);
    }

    async fn who_signs_up_gets_what_the_list_offers(app: TestApp) {
        let room = Newsroom::of(app).await;
        let offered = vec![Cadence::Daily, Cadence::Monthly];
        room.schedule(ListSchedule { offered, default: Cadence::Monthly, ..ListSchedule::default() }).await;
        app.list("world", "World").await;
        let shown = page(app, &app.url).await;
        for part in ["How often?", "value=\"monthly\" checked", "value=\"each\"", "value=\"weekly\""] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        for (email, asked, all, world) in [
            ("one", "&cadence=monthly", Cadence::Monthly, Cadence::Each),
            ("two", "&cadence=daily", Cadence::Daily, Cadence::Daily),
            ("three", "&cadence=each", Cadence::Monthly, Cadence::Each),
            ("four", "", Cadence::Monthly, Cadence::Each),
        ] {
            let answer = subscribe(app, &format!("email={email}%40example.org&list=all&list=world{asked}")).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{email}");
            let email = format!("{email}@example.org");
            assert_eq!(standing(app, &email, "all").await, Some((SubscriptionStatus::Pending, all)), "{email}");
            assert_eq!(standing(app, &email, "world").await, Some((SubscriptionStatus::Pending, world)), "{email}");
        }
        app.deliver_all_due().await;
        let mails: Vec<_> = app.smtp.take().into_iter().filter(|mail| mail.to == "one@example.org").collect();
        let link = crate::sign_up::link_in(&mails[0].message, "/confirm/");
        assert!(page(app, &link).await.contains("once a month"));
    }

    async fn a_reader_changes_how_often_and_sees_when_the_next_comes(app: TestApp) {
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let email = crate::sign_up::address("ines@example.org");
        let ines = db::subscribers::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap().unwrap().id;
        let link = preferences(app, ines).await;
        let shown = page(app, &link).await;
        assert!(shown.contains("Next: when the next article is published") && !shown.contains("value=\"monthly\""), "{shown}");
        let saved = post(app, &link, "list-world=weekly").await;
        let shown = page(app, &format!("{}{}", app.url, saved.headers()["location"].to_str().unwrap())).await;
        assert!(shown.contains("Next: Monday 30 November, 07:00"), "{shown}");
        assert!(shown.contains("Your next issue will be sent on Monday 30 November, 07:00."), "{shown}");
        // What is not offered becomes the default, and what is nothing changes nothing.
        post(app, &link, "list-world=monthly").await;
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Active, Cadence::Each)));
        post(app, &link, "list-world=%00hourly").await;
        post(app, &link, "list-world=hourly").await;
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Active, Cadence::Each)));
    }

    async fn a_reader_pauses_comes_back_and_sees_what_they_missed(app: TestApp) {
        let room = Newsroom::of(app).await;
        let ines = room.reader("ines", Cadence::Each).await;
        let link = preferences(app, ines).await;
        room.publish().await;
        assert_eq!(room.got(), ["ines: 2"]);
        for weeks in ["", "weeks=", "weeks=0", "weeks=-1", "weeks=27", "weeks=two", "weeks=99999999999999999999"] {
            let refused = post(app, &format!("{link}/pause"), weeks).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{weeks}");
            assert!(refused.text().await.unwrap().contains("Choose between 1 and 26 weeks."), "{weeks}");
        }
        assert_eq!(post(app, &format!("{link}/pause"), "weeks=2&list=none").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page(app, &format!("{link}/missed")).await.contains("You haven’t missed anything."));
        let paused = post(app, &format!("{link}/pause"), "weeks=2").await;
        assert!(paused.headers()["location"].to_str().unwrap().ends_with("?saved=paused#pause"));
        let shown = page(app, &link).await;
        assert!(shown.contains("Paused until 8 December 2026") && shown.contains("Resume now"), "{shown}");
        assert_eq!(post(app, &format!("{link}/pause"), "weeks=1&list=all").await.status(), StatusCode::SEE_OTHER, "a shorter one");
        let admin = app.admin().await;
        assert!(admin.page(&format!("/admin/subscribers/{ines}")).await.contains("Paused until"));
        room.publish().await;
        assert_eq!(room.got(), [] as [&str; 0]);
        post(app, &format!("{link}/resume"), "").await;
        room.publish().await;
        assert_eq!(room.got(), ["ines: 4"], "no backlog");
        let shown = page(app, &link).await;
        assert!(!shown.contains("Paused until") && shown.contains("What you missed"), "{shown}");
        let missed = page(app, &format!("{link}/missed")).await;
        assert!(missed.contains("/post-3/") && !missed.contains("/post-2/") && !missed.contains("/post-4/"), "{missed}");
        post(app, &link, "leave=all").await;
        let nothing = post(app, &format!("{link}/pause"), "weeks=2").await;
        assert_eq!(nothing.status(), StatusCode::CONFLICT);
    }

    async fn a_mail_leads_to_the_pause(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("ines", Cadence::Each).await;
        room.publish().await;
        let mail = app.smtp.take().remove(0);
        let text = String::from_utf8_lossy(&mail.message).replace("=\r\n", "").replace("=3D", "=");
        let link = text.split_once("Pause: ").expect("a line of the text").1.split_whitespace().next().unwrap().to_owned();
        assert!(link.ends_with("#pause") && text.matches(&link).count() >= 2, "also in HTML: {text}");
        let path = link.split_once("/preferences/").unwrap().1;
        assert!(page(app, &format!("{}/preferences/{path}", app.url)).await.contains("id=\"pause\""));
    }

    async fn a_digest_waits_for_an_editor_where_its_list_wants_it(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("daily", Cadence::Daily).await;
        room.schedule(ListSchedule { approve: true, ..ListSchedule::default() }).await;
        room.publish().await;
        // Its digest is scheduled once the article has its number.
        app.run_all_due().await;
        let id = room.next(Cadence::Daily).await;
        let owen = app.editor().await;
        let path = format!("/admin/campaigns/{id}");
        let shown = owen.page(&path).await;
        for part in ["Daily digest for All articles", "An editor must approve this digest.", "1 article", "Approve"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert_eq!(owen.get(&format!("{path}/preview")).await.status(), StatusCode::OK);
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), [] as [&str; 0]);
        assert!(owen.refused(&format!("{path}/send-now"), &[]).await.contains("This campaign is on hold"));
        owen.submit(&format!("{path}/approve"), &[]).await;
        room.until("2026-11-25T08:30:00Z").await;
        assert_eq!(room.got(), ["daily: 2"]);
        // The next one waits again, until nobody wants that any more.
        room.publish().await;
        app.run_all_due().await;
        let next = room.next(Cadence::Daily).await;
        assert!(owen.page(&format!("/admin/campaigns/{next}")).await.contains("An editor must approve this digest."));
        room.schedule(ListSchedule::default()).await;
        room.until("2026-11-26T08:00:00Z").await;
        assert_eq!(room.got(), ["daily: 3"]);
    }

    async fn an_editor_orders_a_digest_by_hand_and_sends_it_early(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("daily", Cadence::Daily).await;
        for _ in 0..3 {
            room.publish().await;
        }
        let id = room.next(Cadence::Daily).await;
        let (owen, path) = (app.editor().await, format!("/admin/campaigns/{id}"));
        let articles = {
            let mut tx = app.app.db.read().await.unwrap();
            let campaign = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
            postrider::actions::digests::articles(&mut tx, &campaign, Cadence::Daily).await.unwrap()
        };
        let (second, order) = (articles[0].to_string(), format!("{path}/order"));
        assert!(owen.refused(&order, &[("up", &second)]).await.contains("ordered by hand"));
        room.schedule(ListSchedule { order: DigestOrder::Picked, ..ListSchedule::default() }).await;
        for wrong in ["", "x", "'--"] {
            assert_eq!(owen.post(&order, &[("up", wrong)]).await.status(), StatusCode::NOT_FOUND);
        }
        assert_eq!(owen.post(&order, &[("up", crate::routes::NO_ROW)]).await.status(), StatusCode::CONFLICT);
        // The newest is first until a hand moves the oldest up, twice; once more does no harm.
        let places = |page: &str| articles.iter().map(|id| page.find(&format!("/admin/articles/{id}")).unwrap()).collect::<Vec<_>>();
        let before = places(&owen.page(&path).await);
        assert!(before[0] > before[1] && before[1] > before[2]);
        for _ in 0..3 {
            owen.submit(&order, &[("up", &second)]).await;
        }
        let after = places(&owen.page(&path).await);
        assert!(after[0] < after[2] && after[2] < after[1], "{after:?}");
        owen.submit(&format!("{path}/send-now"), &[]).await;
        app.run_all_due().await;
        let mail = app.smtp.take().remove(0);
        let text = String::from_utf8_lossy(&mail.message).replace("=\r\n", "");
        let at = |n: u32| text.find(&format!("/post-{n}/")).unwrap();
        assert!(at(2) < at(4) && at(4) < at(3), "{text}");
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "campaign", id, 10).await.unwrap();
        assert!(log.iter().any(|entry| entry.action == "sent early"));
        drop(tx);
        assert_eq!(owen.post(&order, &[("up", &second)]).await.status(), StatusCode::CONFLICT);
    }

    async fn a_cancelled_digest_says_what_becomes_of_its_articles(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("daily", Cadence::Daily).await;
        room.publish().await;
        // Its digest is scheduled once the article has its number.
        app.run_all_due().await;
        let id = room.next(Cadence::Daily).await;
        let owen = app.editor().await;
        let ask = owen.page(&format!("/admin/campaigns/{id}/cancel")).await;
        assert!(ask.contains("its articles won’t be in another daily digest"), "{ask}");
        owen.submit(&format!("/admin/campaigns/{id}/cancel"), &[]).await;
        room.publish().await;
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), ["daily: 3"]);
    }

    async fn breaking_news_goes_past_quiet_hours_after_a_question(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("each", Cadence::Each).await;
        let quiet = Some(QuietHours { from: 9, to: 12 });
        room.schedule(ListSchedule { quiet, daily_cap: Some(1), ..ListSchedule::default() }).await;
        room.publish().await;
        assert_eq!(room.got(), [] as [&str; 0]);
        let owen = app.editor().await;
        let (id, subject) = {
            let mut tx = app.app.db.read().await.unwrap();
            let found = campaigns::page(&mut tx, Some(CampaignStatus::Scheduled), Uuid::max(), 10).await.unwrap();
            let single = found.iter().find(|campaign| campaign.digest_cadence.is_none()).expect("it waits");
            (single.id, single.subject.clone())
        };
        let path = format!("/admin/campaigns/{id}");
        let shown = owen.page(&path).await;
        assert!(shown.contains("Waiting until") && shown.contains("12:00"), "{shown}");
        assert!(owen.page(&format!("{path}/breaking")).await.contains("as breaking news?"));
        assert_eq!(status(app, id).await, CampaignStatus::Scheduled, "a question sends nothing");
        owen.submit(&format!("{path}/breaking"), &[("version", "x")]).await;
        app.run_all_due().await;
        assert_eq!(room.got(), ["each: 2"]);
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "campaign", id, 10).await.unwrap();
        assert!(log.iter().any(|entry| entry.action == "sent as breaking news"), "{subject}");
        drop(tx);
        assert!(owen.page(&path).await.contains("sent as breaking news"));
        assert_eq!(owen.post(&format!("{path}/breaking"), &[("version", "1")]).await.status(), StatusCode::CONFLICT);
    }
}
