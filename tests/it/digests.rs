//! Digests over a real feed: each article of a list reaches each of its readers once, by whatever path.

use chrono::{DateTime, TimeDelta, Utc};
use postrider::actions::{Context, consent, lists, pauses, poll};
use postrider::db::{self, subscribers, subscriptions};
use postrider::domain::digest::{ListSchedule, QuietHours};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{Cadence, Transition};
use postrider::fetch::Fetcher;
use uuid::Uuid;

use crate::feeds::{post, rss};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::feed_server::FeedServer;

/// A list with a feed that publishes at once.
struct Newsroom<'a> {
    test: &'a TestApp,
    fetcher: Fetcher,
    server: FeedServer,
    list: Uuid,
    feed: Uuid,
    posts: std::sync::Mutex<Vec<u32>>,
}

impl Newsroom<'_> {
    async fn of(test: &TestApp) -> Newsroom<'_> {
        let app = &test.app;
        let list = test.list("all", "All articles").await;
        let server = FeedServer::start().await;
        let fetcher = Fetcher::new(&app.config.feed_allow_private_addresses, &app.config.base_url).unwrap();
        server.set_feed("/feed/", &rss(&[post(&server, 1)]));
        let cx = Context::command_line(app);
        let feed =
            poll::add(&cx, &fetcher, &server.url("/feed/"), "all", Some(0), None).await.unwrap().feed_id;
        Newsroom { test, fetcher, server, list, feed, posts: std::sync::Mutex::new(vec![1]) }
    }

    /// Publishes the next article, and has it polled.
    async fn publish(&self) {
        let posts: Vec<u32> = {
            let mut posts = self.posts.lock().unwrap();
            let next = posts[0] + 1;
            posts.insert(0, next);
            posts.clone()
        };
        let posts: Vec<_> = posts.iter().map(|n| post(&self.server, *n)).collect();
        self.server.set_feed("/feed/", &rss(&posts));
        self.test.advance(TimeDelta::minutes(1));
        poll::poll(&self.test.app, &self.fetcher, self.feed, poll::How::Conditional).await.unwrap();
        self.test.run_all_due().await;
    }

    async fn reader(&self, name: &str, cadence: Cadence) -> Uuid {
        let email = EmailAddress::parse(&format!("{name}@example.org")).unwrap();
        let mut tx = self.test.app.db.write().await.unwrap();
        let id = subscribers::upsert(&mut tx, &email, "", self.test.clock.now()).await.unwrap();
        subscriptions::change_one(&mut tx, &self.test.cause(), id, self.list, Transition::Join(cadence))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn choose(&self, reader: Uuid, cadence: Option<Cadence>) {
        let choice = consent::Choice { list_id: self.list, cadence };
        consent::choose(&Context::command_line(&self.test.app), reader, &[choice], None).await.unwrap();
    }

    async fn schedule(&self, schedule: ListSchedule) {
        let list =
            db::lists::by_id(&mut self.test.app.db.read().await.unwrap(), self.list).await.unwrap().unwrap();
        lists::set_schedule(
            &Context::command_line(&self.test.app),
            self.list,
            &lists::version(&list),
            schedule,
        )
        .await
        .unwrap();
    }

    /// Lets time pass until then, minute by ten minutes.
    async fn until(&self, at: &str) {
        let at: DateTime<Utc> = at.parse().unwrap();
        while self.test.clock.now() < at {
            let step = (at - self.test.clock.now()).min(TimeDelta::minutes(10));
            self.test.advance(step);
            self.test.run_all_due().await;
        }
    }

    /// Who got which articles since the last look: "ines: 2 3".
    fn got(&self) -> Vec<String> {
        let mut got: Vec<String> = self
            .test
            .smtp
            .take()
            .iter()
            .map(|mail| {
                let text = String::from_utf8_lossy(&mail.message).replace("=\r\n", "");
                let numbers =
                    (1..40).filter(|n| text.contains(&format!("/post-{n}/"))).map(|n| format!(" {n}"));
                let to = mail.to.split('@').next().unwrap().to_owned();
                format!("{to}:{}", numbers.collect::<String>())
            })
            .collect();
        got.sort();
        got
    }
}

on_both_engines! {
    async fn each_reader_gets_each_article_once_at_their_cadence(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("each", Cadence::Each).await;
        room.reader("daily", Cadence::Daily).await;
        room.reader("weekly", Cadence::Weekly).await;
        room.reader("monthly", Cadence::Monthly).await;
        room.publish().await;
        room.publish().await;
        assert_eq!(room.got(), ["each: 2", "each: 3"]);
        // Wednesday at seven.
        room.until("2026-11-25T06:59:00Z").await;
        assert_eq!(room.got(), [] as [&str; 0]);
        room.until("2026-11-25T07:00:00Z").await;
        assert_eq!(room.got(), ["daily: 2 3"]);
        room.publish().await;
        assert_eq!(room.got(), ["each: 4"]);
        room.until("2026-11-30T08:00:00Z").await;
        assert_eq!(room.got(), ["daily: 4", "weekly: 2 3 4"]);
        room.until("2026-12-01T08:00:00Z").await;
        assert_eq!(room.got(), ["monthly: 2 3 4"]);
        room.until("2026-12-07T08:00:00Z").await;
        assert_eq!(room.got(), [] as [&str; 0], "nothing to say means no mail");
    }

    async fn a_change_of_cadence_costs_no_article_and_repeats_none(app: TestApp) {
        let room = Newsroom::of(app).await;
        let to_weekly = room.reader("toweekly", Cadence::Each).await;
        let to_each = room.reader("toeach", Cadence::Weekly).await;
        let to_daily = room.reader("todaily", Cadence::Weekly).await;
        room.publish().await;
        assert_eq!(room.got(), ["toweekly: 2"]);
        room.choose(to_weekly, Some(Cadence::Weekly)).await;
        room.choose(to_each, Some(Cadence::Each)).await;
        room.choose(to_daily, Some(Cadence::Daily)).await;
        room.publish().await;
        assert_eq!(room.got(), ["toeach: 3"]);
        // What they had no mail of comes at the end of the day.
        room.until("2026-11-24T20:00:00Z").await;
        assert_eq!(room.got(), ["toeach: 2"]);
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), ["todaily: 2 3"]);
        room.until("2026-11-30T08:00:00Z").await;
        assert_eq!(room.got(), ["toweekly: 3"]);
    }

    async fn whoever_joins_meanwhile_or_was_away_gets_what_was_numbered_while_they_were_here(app: TestApp) {
        let room = Newsroom::of(app).await;
        let weekly = room.reader("weekly", Cadence::Weekly).await;
        let left = room.reader("left", Cadence::Weekly).await;
        room.publish().await;
        room.reader("late", Cadence::Weekly).await;
        let cx = Context::command_line(&app.app);
        pauses::pause(&cx, weekly, None, 1).await.unwrap();
        room.choose(left, None).await;
        room.publish().await;
        room.reader("left", Cadence::Weekly).await;
        room.publish().await;
        room.until("2026-11-30T08:00:00Z").await;
        assert_eq!(room.got(), ["late: 3 4", "left: 2 4"]);
        room.until("2026-12-02T08:00:00Z").await;
        room.publish().await;
        assert_eq!(room.got(), [] as [&str; 0]);
        room.until("2026-12-07T08:00:00Z").await;
        assert_eq!(room.got(), ["late: 5", "left: 5", "weekly: 2 5"]);
        let missed = pauses::missed(&cx, weekly).await.unwrap();
        let missed: Vec<&str> = missed.iter().map(|article| article.title.as_str()).collect();
        assert_eq!(missed, ["Post 4", "Post 3"]);
    }

    async fn what_is_over_the_daily_cap_is_in_one_mail_at_the_end_of_the_day(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.schedule(ListSchedule { daily_cap: Some(2), ..ListSchedule::default() }).await;
        room.reader("each", Cadence::Each).await;
        room.reader("daily", Cadence::Daily).await;
        for _ in 0..4 {
            room.publish().await;
        }
        assert_eq!(room.got(), ["each: 2", "each: 3"]);
        room.until("2026-11-24T20:00:00Z").await;
        assert_eq!(room.got(), ["each: 4 5"]);
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), ["daily: 2 3 4 5"]);
        room.publish().await;
        assert_eq!(room.got(), ["each: 6"], "a new day");
    }

    async fn nothing_leaves_in_the_quiet_hours_and_it_is_caught_up_in_the_morning(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.schedule(ListSchedule { quiet: Some(QuietHours { from: 22, to: 6 }), ..ListSchedule::default() }).await;
        room.reader("each", Cadence::Each).await;
        room.until("2026-11-24T22:30:00Z").await;
        room.publish().await;
        room.until("2026-11-25T05:59:00Z").await;
        assert_eq!(room.got(), [] as [&str; 0]);
        room.until("2026-11-25T06:00:00Z").await;
        assert_eq!(room.got(), ["each: 2"]);
    }
}
