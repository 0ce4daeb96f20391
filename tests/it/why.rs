//! Why a reader got, or did not get, an article: in one sentence, after what really happened.

use chrono::TimeDelta;
use postrider::actions::why::{Answer, Reader};
use postrider::actions::{
    Context, campaigns, editorial, lists, manage_feeds, merges, pauses, poll, subscribers as rules,
};
use postrider::db::audit::Actor;
use postrider::db::drafts::{self, ArticleFilter};
use postrider::db::users::{self, Role};
use postrider::db::{self, Db, articles, brake, subscribers, subscriptions};
use postrider::domain::digest::{ListSchedule, QuietHours};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{Cadence, Transition};
use uuid::Uuid;

use crate::digests::Newsroom;
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::smtp_server::Answer as Relay;

async fn article(app: &TestApp, n: u32) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    let filter = ArticleFilter { title: format!("Post {n}"), ..ArticleFilter::default() };
    drafts::articles_page(&mut tx, &filter, Uuid::max(), 10).await.unwrap()[0].id
}

async fn answer(app: &TestApp, reader: Uuid, article: Uuid) -> Answer {
    let mut tx = app.app.db.read().await.unwrap();
    let article = articles::get(&mut tx, article).await.unwrap().unwrap();
    let reader = subscribers::by_id(&mut tx, reader).await.unwrap().unwrap();
    let reader = Reader::read(&mut tx, &reader, app.clock.now()).await.unwrap();
    reader.answer(&mut tx, &article).await.unwrap()
}

async fn why(room: &Newsroom<'_>, reader: Uuid, n: u32) -> String {
    why_of(room, reader, article(room.test, n).await).await
}

async fn why_of(room: &Newsroom<'_>, reader: Uuid, article: Uuid) -> String {
    let zone = db::publication::get(&mut room.test.app.db.read().await.unwrap()).await.unwrap().zone();
    answer(room.test, reader, article).await.sentence(zone, room.test.clock.now())
}

/// The campaign of an article on the list of the newsroom.
async fn campaign(room: &Newsroom<'_>, n: u32) -> Uuid {
    let id = article(room.test, n).await;
    let mut tx = room.test.app.db.read().await.unwrap();
    db::campaigns::about_articles(&mut tx, &[id]).await.unwrap()[0].id
}

/// Another list that the same feed fills.
async fn second_list(room: &Newsroom<'_>, name: &str) -> Uuid {
    let slug = name.to_lowercase();
    let list = room.test.list(&slug, name).await;
    let cx = Context::command_line(&room.test.app);
    poll::add(&cx, &room.fetcher, &room.server.url("/feed/"), &slug, Some(0), None).await.unwrap();
    list
}

async fn join(room: &Newsroom<'_>, reader: Uuid, list: Uuid, cadence: Cadence) {
    let mut tx = room.test.app.db.write().await.unwrap();
    let join = Transition::Join(cadence);
    subscriptions::change_one(&mut tx, &room.test.cause(), reader, list, join).await.unwrap();
    tx.commit().await.unwrap();
}

async fn grace(room: &Newsroom<'_>, mins: i64) {
    let cx = Context::command_line(&room.test.app);
    manage_feeds::set_binding(&cx, room.feed, room.list, mins).await.unwrap();
}

on_both_engines! {
    async fn what_came_says_how_and_what_will_come_says_when(app: TestApp) {
        let room = Newsroom::of(app).await;
        let each = room.reader("each", Cadence::Each).await;
        let weekly = room.reader("weekly", Cadence::Weekly).await;
        room.publish().await;
        let late = room.reader("late", Cadence::Weekly).await;
        let told = why(&room, each, 2).await;
        assert!(told.starts_with("Sent as a separate email to All articles on Tuesday 24 November, 09:42"), "{told}");
        assert_eq!(
            why(&room, weekly, 2).await,
            "Will be sent in the weekly digest for All articles on Monday 30 November, 07:00."
        );
        assert_eq!(
            why(&room, late, 2).await,
            "This reader joined All articles on Tuesday 24 November, 09:42, after the article was sent on Tuesday 24 November, 09:42."
        );
        assert_eq!(
            why(&room, each, 1).await,
            "The article was already in its feed when the feed was first checked on Tuesday 24 November, 09:41, so it wasn’t sent."
        );
        let nobody = {
            let mut tx = app.app.db.write().await.unwrap();
            let email = EmailAddress::parse("nobody@example.org").unwrap();
            let id = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
            tx.commit().await.unwrap();
            id
        };
        assert_eq!(why(&room, nobody, 2).await, "This reader has never subscribed to All articles.");
        // Now of each article, they are owed what the digest had of it: at the end of the day.
        room.choose(weekly, Some(Cadence::Each)).await;
        assert_eq!(
            why(&room, weekly, 2).await,
            "Will be sent in the end-of-day digest for All articles on Tuesday 24 November, 20:00."
        );
        room.choose(weekly, Some(Cadence::Weekly)).await;
        room.until("2026-11-30T08:00:00Z").await;
        let told = why(&room, weekly, 2).await;
        assert!(told.starts_with("Sent in the weekly digest for All articles on Monday 30 November, 07:00"), "{told}");
        // Deliveries of somebody who was merged are theirs.
        merges::merge(&Context::command_line(&app.app), nobody, each).await.unwrap();
        assert!(why(&room, nobody, 2).await.starts_with("Sent as a separate email to All articles on Tuesday 24"));
    }

    async fn who_was_paused_away_or_left_is_told_from_when_to_when(app: TestApp) {
        let room = Newsroom::of(app).await;
        let cx = Context::command_line(&app.app);
        let paused = room.reader("paused", Cadence::Weekly).await;
        let left = room.reader("left", Cadence::Each).await;
        room.publish().await;
        pauses::pause(&cx, paused, None, 1).await.unwrap();
        room.choose(left, None).await;
        room.publish().await;
        assert_eq!(
            why(&room, paused, 2).await,
            "This reader has paused All articles. The article will be sent after the pause ends on Tuesday 1 December, 09:42."
        );
        assert_eq!(
            why(&room, paused, 3).await,
            "On Tuesday 24 November, 09:42, this reader paused All articles until Tuesday 1 December, 09:42."
        );
        assert_eq!(why(&room, left, 3).await, "This reader unsubscribed from All articles on Tuesday 24 November, 09:42.");
        assert!(why(&room, left, 2).await.starts_with("Sent as a separate email"));
        room.until("2026-12-01T10:00:00Z").await;
        assert_eq!(
            why(&room, paused, 3).await,
            "This reader wasn’t getting All articles from Tuesday 24 November, 09:42 to Tuesday 1 December, 10:00, and the article was sent during that time."
        );
        join(&room, left, room.list, Cadence::Each).await;
        assert_eq!(
            why(&room, left, 3).await,
            "This reader wasn’t getting All articles from Tuesday 24 November, 09:42 to Tuesday 1 December, 10:00, and the article was sent during that time."
        );
        let mut tx = app.app.db.write().await.unwrap();
        let email = EmailAddress::parse("asked@example.org").unwrap();
        let asked = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
        let ask = Transition::Ask(Cadence::Each);
        subscriptions::change_one(&mut tx, &app.cause(), asked, room.list, ask).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(why(&room, asked, 3).await, "This reader hasn’t confirmed their subscription to All articles.");
    }

    async fn the_grace_the_quiet_hours_and_the_daily_cap_are_named(app: TestApp) {
        let room = Newsroom::of(app).await;
        let each = room.reader("each", Cadence::Each).await;
        let daily = room.reader("daily", Cadence::Daily).await;
        room.schedule(ListSchedule {
            daily_cap: Some(1),
            quiet: Some(QuietHours { from: 22, to: 6 }),
            ..ListSchedule::default()
        }).await;
        grace(&room, 15).await;
        room.publish().await;
        assert_eq!(
            why(&room, each, 2).await,
            "Will be sent as a separate email to All articles on Tuesday 24 November, 09:57."
        );
        assert_eq!(
            why(&room, daily, 2).await,
            "Waiting until Tuesday 24 November, 09:57. It will then be sent in the daily digest for All articles on Wednesday 25 November, 07:00."
        );
        room.until("2026-11-24T10:00:00Z").await;
        grace(&room, 0).await;
        room.publish().await;
        assert_eq!(
            why(&room, each, 3).await,
            "Over the daily limit for All articles, so it will be sent in the end-of-day digest on Tuesday 24 November, 20:00."
        );
        room.until("2026-11-24T22:30:00Z").await;
        room.publish().await;
        assert_eq!(
            why(&room, each, 4).await,
            "Will be sent to All articles when its quiet hours end on Wednesday 25 November, 06:00."
        );
        assert!(why(&room, each, 3).await.starts_with("Sent in the end-of-day digest for All articles on Tuesday 24 November, 20:00"));
    }

    async fn what_was_stopped_says_by_what(app: TestApp) {
        let room = Newsroom::of(app).await;
        let cx = Context::command_line(&app.app);
        let each = room.reader("each", Cadence::Each).await;
        let weekly = room.reader("weekly", Cadence::Weekly).await;
        grace(&room, 15).await;
        room.publish().await;
        let one = campaign(&room, 2).await;
        campaigns::cancel(&cx, one, "wrong picture").await.unwrap();
        for reader in [each, weekly] {
            assert_eq!(why(&room, reader, 2).await, "Not sent to All articles: wrong picture.");
        }
        room.publish().await;
        let two = article(app, 2).await;
        app.user("owen@harbour.example", Role::Editor).await;
        let email = EmailAddress::parse("owen@harbour.example").unwrap();
        let owen = users::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap().unwrap();
        editorial::retire_article(&Context::new(&app.app, Actor::user(&owen, "")), two).await.unwrap();
        assert_eq!(why_of(&room, each, two).await, "The article was retired on Tuesday 24 November, 09:43.");
        room.until("2026-11-24T10:00:00Z").await;
        app.run_all_due().await;
        campaigns::cancel(&cx, room.next(Cadence::Weekly).await, "a slow week").await.unwrap();
        assert_eq!(
            why(&room, weekly, 3).await,
            "The weekly digest for All articles that included this article was cancelled: a slow week."
        );
        grace(&room, 0).await;
        room.publish().await;
        room.withdraw(4);
        room.until("2026-11-30T08:00:00Z").await;
        let told = why(&room, weekly, 4).await;
        assert!(told.starts_with("Not sent to All articles: ") && told.len() > 40, "{told}");
        grace(&room, 15).await;
        // The fourth comes back, and a fifth.
        room.publish_many(2).await;
        lists::retire(&cx, room.list).await.unwrap();
        let told = why(&room, each, 5).await;
        assert_eq!(told, "The list “All articles” is retired, so nothing is sent to it.");
    }

    async fn what_the_relay_said_is_in_the_sentence(app: TestApp) {
        let room = Newsroom::of(app).await;
        let cx = Context::command_line(&app.app);
        let bounced = room.reader("bounced", Cadence::Each).await;
        let deferred = room.reader("deferred", Cadence::Each).await;
        let suppressed = room.reader("suppressed", Cadence::Each).await;
        rules::suppress(&cx, "suppressed@example.org", "asked by phone").await.unwrap();
        app.smtp.at_rcpt(|to| match to.split('@').next().unwrap() {
            "bounced" => Relay::Reply("550 5.1.1 no such user"),
            "deferred" => Relay::Reply("451 4.2.1 try later"),
            _ => Relay::Reply("250 2.1.5 ok"),
        });
        room.publish().await;
        let told = why(&room, bounced, 2).await;
        assert!(told.starts_with("The email to All articles bounced on Tuesday 24 November, 09:42"), "{told}");
        assert!(told.contains("550 5.1.1 no such user"), "{told}");
        let told = why(&room, deferred, 2).await;
        assert!(told.starts_with("The email to All articles will be tried again on Tuesday 24 November, "), "{told}");
        assert!(told.contains("451 4.2.1 try later"), "{told}");
        let told = why(&room, suppressed, 2).await;
        assert!(told.starts_with("This address has been suppressed since Tuesday 24 November, 09:41: "), "{told}");
        for reader in [bounced, deferred, suppressed] {
            let told = why(&room, reader, 2).await;
            assert!(told.ends_with('.') && !told.contains(".."), "{told}");
        }
        campaigns::pause(&cx, campaign(&room, 2).await, "too many bounces").await.unwrap();
        assert_eq!(why(&room, deferred, 2).await, "The campaign for All articles is paused: too many bounces.");
    }

    async fn an_article_on_two_lists_came_once_and_a_welcome_mail_counts(app: TestApp) {
        let room = Newsroom::of(app).await;
        let world = second_list(&room, "World").await;
        let each = room.reader("each", Cadence::Each).await;
        join(&room, each, world, Cadence::Weekly).await;
        let welcomed = room.reader("welcomed", Cadence::Weekly).await;
        room.publish().await;
        assert_eq!(
            why(&room, each, 2).await,
            "Sent as a separate email to All articles on Tuesday 24 November, 09:42, so it wasn’t sent again to World."
        );
        let (article, sql) = (article(app, 2).await, "INSERT INTO welcomed_articles (subscriber_id, article_id) VALUES ($1, $2)");
        match &app.app.db {
            Db::Sqlite { writer, .. } => {
                sqlx::query(sql).bind(welcomed).bind(article).execute(writer).await.map(|_| ()).unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::query(sql).bind(welcomed).bind(article).execute(pool).await.map(|_| ()).unwrap();
            }
        }
        assert_eq!(why(&room, welcomed, 2).await, "Sent in the welcome email.");
    }

    async fn what_is_held_or_skipped_is_nobodys(app: TestApp) {
        let room = Newsroom::of(app).await;
        let cx = Context::command_line(&app.app);
        let each = room.reader("each", Cadence::Each).await;
        let posts: Vec<_> = (1..20).rev().map(|n| crate::feeds::post(&room.server, n)).collect();
        room.server.set_feed("/feed/", &crate::feeds::rss(&posts));
        app.advance(TimeDelta::minutes(10));
        poll::poll(&app.app, &room.fetcher, room.feed, poll::How::Conditional).await.unwrap();
        let told = why(&room, each, 12).await;
        assert!(told.starts_with("The article is on hold: ") && told.contains("18"), "{told}");
        let batch = brake::batches(&mut app.app.db.read().await.unwrap()).await.unwrap().remove(0);
        let skipped = article(app, 12).await;
        manage_feeds::skip_batch(&cx, &batch, Some(&[skipped])).await.unwrap();
        assert_eq!(why(&room, each, 12).await, "An editor skipped the article.");
        assert_eq!(answer(app, each, skipped).await, Answer::Dropped);
    }

    async fn the_desk_says_it_on_the_readers_and_the_articles_pages(app: TestApp) {
        let room = Newsroom::of(app).await;
        let each = room.reader("each", Cadence::Each).await;
        room.publish().await;
        let owen = app.editor().await;
        let told = "Sent as a separate email to All articles on Tuesday 24 November, 09:42";
        for path in [
            format!("/admin/subscribers/{each}"),
            format!("/admin/subscribers/{each}/articles"),
            format!("/admin/subscribers/{each}/articles?q=post+2"),
            format!("/admin/articles/{}?reader=EACH@example.org", article(app, 2).await),
        ] {
            assert!(owen.page(&path).await.contains(told), "{path}");
        }
        let none = owen.page(&format!("/admin/subscribers/{each}/articles?q=zebra")).await;
        assert!(none.contains("No articles match “zebra”."));
        let nobody = owen.page(&format!("/admin/articles/{}?reader=zoe@example.org", article(app, 2).await)).await;
        assert!(nobody.contains("There is no subscriber with the email zoe@example.org."));
    }
}
