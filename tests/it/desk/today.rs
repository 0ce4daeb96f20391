//! The front page, and the counting behind it.

use chrono::TimeDelta;
use postrider::actions::poll;
use postrider::db::counts::{self, Day};
use postrider::db::{articles, campaigns, holds, publication, subscribers, subscriptions, workers};
use postrider::domain::campaign::CampaignAction;
use postrider::domain::delivery::DeliveryStatus;
use postrider::domain::email_address::EmailAddress;
use postrider::domain::hold::{HoldKind, HoldReason};
use postrider::domain::subscription::Transition;
use postrider::schedule::statistics::Statistics;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::{Answer, TestApp};

const CAST: [&str; 4] = ["ines@example.org", "tobe@example.org", "marta@example.org", "owen@example.org"];

async fn apply(app: &TestApp, id: Uuid, action: CampaignAction, reason: Option<&str>) {
    let mut tx = app.app.db.write().await.unwrap();
    assert!(campaigns::apply(&mut tx, id, action, reason, app.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
}

async fn days(app: &TestApp) -> Vec<Day> {
    counts::days_since(&mut app.app.db.read().await.unwrap(), "2000-01-01").await.unwrap()
}

async fn counted(app: &TestApp, id: Uuid) -> counts::Totals {
    counts::totals(&mut app.app.db.read().await.unwrap(), id).await.unwrap()
}

async fn in_zone(app: &TestApp, zone: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    let mut site = publication::get(&mut tx).await.unwrap();
    site.time_zone = zone.to_owned();
    publication::set(&mut tx, &site, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_engines! {
    async fn an_empty_desk_says_what_comes_next(app: TestApp) {
        let page = app.editor().await.page("/admin").await;
        for words in ["Something is failing: see Health", "No subscribers yet.", "/admin/campaigns/new", "Nothing is on hold."] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("style="), "no inline style: the policy would drop it");
    }

    async fn what_is_held_paused_and_next_stands_on_the_front_page(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let ferry = campaign(app, list, "Ferry <b>sails</b>").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        apply(app, ferry, CampaignAction::Pause, Some("the relay refused")).await;
        let mut tx = app.app.db.write().await.unwrap();
        let next = campaigns::add_from_html(&mut tx, list, "Harbour dues", "<p>x</p>", app.clock.now()).await.unwrap();
        let at = app.clock.now() + TimeDelta::minutes(4);
        assert!(campaigns::schedule(&mut tx, next, at).await.unwrap());
        let article = articles::Article {
            id: Uuid::now_v7(),
            url: "https://harbour.example/old".into(),
            title: "An old piece".into(),
            author: String::new(),
            summary_html: String::new(),
            content_html: String::new(),
            image_url: String::new(),
            image_alt: String::new(),
            categories: Default::default(),
            published_at: app.clock.now(),
            first_seen_at: app.clock.now(),
            is_held: false,
        };
        let reason = HoldReason::Said { kind: HoldKind::Unclear, why: "its GUID was used before".into() };
        let held = [(article.id, &reason)];
        articles::insert_all(&mut tx, std::slice::from_ref(&article)).await.unwrap();
        holds::add_to_articles(&mut tx, &held, app.clock.now()).await.unwrap();
        workers::beat(&mut tx, Uuid::now_v7(), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        app.count().await;

        let owen = app.editor().await;
        let page = owen.page("/admin").await;
        for words in [
            "2 items need your attention", "Ferry &#60;b&#62;sails", "the relay refused", "Its GUID was used before",
            "Harbour dues", "in 4 min (you can undo it until then)", "<strong>4</strong>", "1 running, none behind",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(page.contains("class=\"waiting\"><span aria-hidden=\"true\">2<"), "the number stands beside the tab");
        let other = owen.page("/admin/campaigns").await;
        assert!(other.contains("class=\"waiting\"><span aria-hidden=\"true\">2<"), "on every page");
        apply(app, ferry, CampaignAction::Cancel, None).await;
        assert!(owen.page("/admin").await.contains("1 item needs your attention"));
    }

    async fn mail_that_should_have_left_is_late(app: TestApp) {
        let list = app.list("world", "World").await;
        campaign(app, list, "Ferry").await;
        app.advance(TimeDelta::minutes(5));
        let page = app.editor().await.page("/admin").await;
        assert!(page.contains("Mail is late") && page.contains("due now"), "{page}");
        assert!(page.contains("None are running, so no mail is being sent."), "{page}");
    }

    async fn a_feed_that_is_gone_waits_for_somebody(app: TestApp) {
        let list = app.list("world", "World").await;
        let gone = crate::support::feed_server::FeedServer::start().await;
        gone.set("/feed", crate::support::feed_server::Page::Status(410, Vec::new()));
        let mut tx = app.app.db.write().await.unwrap();
        let now = app.clock.now();
        let feed = postrider::db::feeds::add(&mut tx, &gone.url("/feed"), 600, now).await.unwrap();
        postrider::db::feeds::bind(&mut tx, feed, list, None, now).await.unwrap();
        tx.commit().await.unwrap();
        poll::poll_due(&app.app, &app.app.fetcher).await.unwrap();
        let page = app.editor().await.page("/admin").await;
        assert!(page.contains("1 item needs your attention") && page.contains("Feed gone"), "{page}");
        assert!(page.contains("0 of 1 working"), "{page}");
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn a_day_has_who_joined_and_who_left_and_past_days_stay(app: TestApp) {
        in_zone(app, "Asia/Kathmandu").await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.count().await;
        let brought = |day: &str, joined, ended, bounced| Day { day: day.into(), joined, ended, bounced, complained: 0 };
        // 09:41 UTC is 15:26 there.
        assert_eq!(days(app).await, [brought("2026-11-24", 4, 0, 0)]);

        // 18:14 UTC is 23:59 there: one leaves on the old day, one bounces on the new one.
        app.advance(TimeDelta::minutes(8 * 60 + 33));
        let leave = async |email: &str, bounces: bool| {
            let mut tx = app.app.db.write().await.unwrap();
            let email = EmailAddress::parse(email).unwrap();
            let id = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
            match bounces {
                false => assert!(subscriptions::change_one(&mut tx, &app.cause(), id, list, Transition::Leave).await.unwrap().is_some()),
                true => {
                    let (cause, of) = (app.cause(), [id]);
                    let ended = subscriptions::change(&mut tx, &cause, &of, None, Transition::Bounce).await;
                    assert_eq!(ended.unwrap().len(), 1);
                }
            }
            tx.commit().await.unwrap();
        };
        leave("ines@example.org", false).await;
        app.advance(TimeDelta::minutes(2));
        leave("tobe@example.org", true).await;
        app.count().await;
        let two = [brought("2026-11-24", 4, 1, 0), brought("2026-11-25", 0, 1, 1)];
        assert_eq!(days(app).await, two);

        // Who leaves later takes nothing from the day on which they joined.
        app.advance(TimeDelta::days(1));
        leave("marta@example.org", false).await;
        app.count().await;
        let mut three = two.to_vec();
        three.push(brought("2026-11-26", 0, 1, 0));
        assert_eq!(days(app).await, three);
        let owen = app.editor().await;
        let page = owen.page("/admin").await;
        // Three days are no plot yet: their numbers are there to be read.
        assert!(!page.contains("<svg class=\"plot") && page.contains("<td class=\"short\">24 Nov 2026</td>"), "{page}");
        app.advance(TimeDelta::days(4));
        let page = owen.page("/admin").await;
        assert!(page.contains("1 active now, 3 on 24 November 2026."), "{page}");
    }

    async fn who_never_confirmed_has_neither_joined_nor_left(app: TestApp) {
        let list = app.list("world", "World").await;
        let sign_up = [("email", "ines@example.org"), ("list", "world")];
        let answer = app.http.post(format!("{}/subscribe", app.url)).form(&sign_up).send().await.unwrap();
        assert!(answer.status().is_success() || answer.status() == StatusCode::SEE_OTHER);
        app.work_on_sign_ups().await;
        let mut tx = app.app.db.write().await.unwrap();
        let email = EmailAddress::parse("ines@example.org").unwrap();
        let id = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
        assert!(subscriptions::change_one(&mut tx, &app.cause(), id, list, Transition::Leave).await.unwrap().is_some());
        tx.commit().await.unwrap();
        app.count().await;
        assert!(days(app).await.iter().all(|day| day.joined + day.ended == 0), "{:?}", days(app).await);
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn a_campaign_is_counted_while_it_moves_once_more_at_its_end_and_then_no_more(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.smtp.at_rcpt(|to| match to {
            "tobe@example.org" => Answer::Reply("451 4.2.1 busy, come back later"),
            "owen@example.org" => Answer::Reply("550 5.1.1 no such user"),
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        let mut counting = Statistics::without_rest();
        let counted_at = async || {
            let mut tx = app.app.db.read().await.unwrap();
            counts::one_to_count(&mut tx, id).await.unwrap().unwrap().counted_at
        };
        let mut round = async || {
            counting.run_due(&app.app).await.unwrap();
            counted_at().await
        };
        assert_eq!(round().await, None, "what has not begun is not counted");
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        round().await;
        assert_eq!(counted(app, id).await, counts::Totals::from([("queued", 4)]));
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(5));
        round().await;
        let so_far = counts::Totals::from([("sent", 2), ("deferred", 1), ("bounced", 1)]);
        assert_eq!(counted(app, id).await, so_far);

        // Nothing can change before the next attempt, once the breaker can't take bounces back.
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(5));
        let settled = round().await;
        app.advance(TimeDelta::seconds(5));
        assert_eq!(round().await, settled);

        app.smtp.behave();
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(5));
        let end = round().await;
        assert!(end > settled);
        assert_eq!(counted(app, id).await, counts::Totals::from([("sent", 3), ("bounced", 1)]));
        app.advance(TimeDelta::hours(1));
        assert_eq!(round().await, end, "what is over is not counted again");
        let domains = counts::domains(&mut app.app.db.read().await.unwrap(), id).await.unwrap();
        assert_eq!(domains.iter().map(|d| (d.domain.as_str(), d.deliveries)).collect::<Vec<_>>(), [("example.org", 1), ("example.org", 3)]);

        let hours = counts::hours(&mut app.app.db.read().await.unwrap(), id).await.unwrap();
        let named: Vec<(String, DeliveryStatus, i64)> =
            hours.iter().map(|hour| (hour.hour.format("%H:%M").to_string(), hour.status, hour.deliveries)).collect();
        let hour = |at: &str, status, n| (at.to_owned(), status, n);
        assert_eq!(
            named,
            [hour("09:00", DeliveryStatus::Bounced, 1), hour("09:00", DeliveryStatus::Sent, 2), hour("10:00", DeliveryStatus::Sent, 1)]
        );
    }

    async fn a_count_that_takes_its_time_is_followed_by_rest(app: TestApp) {
        let list = app.list("world", "World").await;
        app.list("all", "All").await;
        subscribe_all(app, list, &CAST).await;
        let mut counting = Statistics::default();
        let counted_lists = async || {
            let all = counts::subscriptions(&mut app.app.db.read().await.unwrap()).await.unwrap();
            all.iter().map(|count| count.counted_at).collect::<Vec<_>>()
        };
        counting.run_due(&app.app).await.unwrap();
        let first = counted_lists().await;
        assert_eq!(first.len(), 1);
        app.advance(TimeDelta::seconds(30));
        counting.run_due(&app.app).await.unwrap();
        assert_eq!(counted_lists().await, first, "within the minute it stands");
        app.advance(TimeDelta::minutes(2));
        for _ in 0..2 {
            counting.run_due(&app.app).await.unwrap();
            app.advance(TimeDelta::minutes(2));
        }
        assert!(counted_lists().await > first);
    }
}
