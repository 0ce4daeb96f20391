//! Digests over a real feed: each article of a list reaches each of its readers once, by whatever path.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use postrider::actions::{self, Context, consent, guard, lists, manage_feeds, pauses, poll};
use postrider::db::{self, subscribers, subscriptions};
use postrider::delivery::engine::Engine as Delivery;
use postrider::delivery::recovery;
use postrider::domain::digest::{ListSchedule, QuietHours, WhenMissed};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::feed_rule::BindingMode;
use postrider::domain::subscription::{Cadence, Transition};
use postrider::fetch::Fetcher;
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::feeds::{post, rss};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::feed_server::FeedServer;

/// A list with a feed that publishes at once.
pub struct Newsroom<'a> {
    pub test: &'a TestApp,
    pub fetcher: Fetcher,
    pub server: FeedServer,
    pub list: Uuid,
    pub feed: Uuid,
    posts: std::sync::Mutex<Vec<u32>>,
}

impl Newsroom<'_> {
    pub async fn of(test: &TestApp) -> Newsroom<'_> {
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
    pub async fn publish(&self) {
        self.publish_many(1).await;
    }

    pub async fn publish_many(&self, many: u32) {
        let posts: Vec<u32> = {
            let mut posts = self.posts.lock().unwrap();
            for _ in 0..many {
                let next = posts[0] + 1;
                posts.insert(0, next);
            }
            posts.clone()
        };
        let posts: Vec<_> = posts.iter().map(|n| post(&self.server, *n)).collect();
        self.server.set_feed("/feed/", &rss(&posts));
        self.test.advance(TimeDelta::minutes(1));
        poll::poll(&self.test.app, &self.fetcher, self.feed, poll::How::Conditional).await.unwrap();
        self.test.run_all_due().await;
    }

    pub async fn reader(&self, name: &str, cadence: Cadence) -> Uuid {
        let email = EmailAddress::parse(&format!("{name}@example.org")).unwrap();
        let mut tx = self.test.app.db.write().await.unwrap();
        let id = subscribers::upsert(&mut tx, &email, "", self.test.clock.now()).await.unwrap();
        subscriptions::change_one(&mut tx, &self.test.cause(), id, self.list, Transition::Join(cadence))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn choose(&self, reader: Uuid, cadence: Option<Cadence>) {
        let choice = consent::Choice { list_id: self.list, cadence };
        consent::choose(&Context::command_line(&self.test.app), reader, &[choice], None).await.unwrap();
    }

    pub async fn schedule(&self, schedule: ListSchedule) {
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

    /// Lets time pass until then, from one full hour to the next.
    pub async fn until(&self, at: &str) {
        let at: DateTime<Utc> = at.parse().unwrap();
        while self.test.clock.now() < at {
            let now = self.test.clock.now();
            let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap() + TimeDelta::hours(1);
            self.test.advance(at.min(hour) - now);
            self.test.run_all_due().await;
        }
    }

    /// Nothing runs until then.
    fn sleep_until(&self, at: &str) {
        self.test.advance(at.parse::<DateTime<Utc>>().unwrap() - self.test.clock.now());
    }

    /// Does all that is due, behind the guard as a server does.
    pub async fn watch(&self) {
        guard::watch(&self.test.app).await.unwrap();
        self.test.run_all_due().await;
    }

    async fn held_ids(&self) -> Vec<Uuid> {
        let mut tx = self.test.app.db.read().await.unwrap();
        let page = db::campaigns::held(&mut tx, Uuid::max(), 10).await.unwrap();
        page.into_iter().map(|held| held.id).collect()
    }

    async fn held(&self) -> usize {
        self.held_ids().await.len()
    }

    pub async fn next(&self, cadence: Cadence) -> Uuid {
        let mut tx = self.test.app.db.read().await.unwrap();
        db::digests::next(&mut tx, self.list, cadence).await.unwrap().unwrap()
    }

    /// Takes an article out of the feed, and its page away.
    pub fn withdraw(&self, n: u32) {
        let posts: Vec<u32> = {
            let mut posts = self.posts.lock().unwrap();
            posts.retain(|one| *one != n);
            posts.clone()
        };
        let posts: Vec<_> = posts.iter().map(|n| post(&self.server, *n)).collect();
        self.server.set_feed("/feed/", &rss(&posts));
    }

    /// Who got which articles since the last look: "ines: 2 3".
    pub fn got(&self) -> Vec<String> {
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
        // Several that begin together.
        room.publish_many(4).await;
        assert_eq!(room.got().len(), 1, "two a day");
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

    async fn an_edition_an_hour_late_goes_out_and_one_of_a_day_waits_or_joins_the_next(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("daily", Cadence::Daily).await;
        room.publish().await;
        room.watch().await;
        room.sleep_until("2026-11-25T08:10:00Z");
        room.watch().await;
        assert_eq!(room.got(), ["daily: 2"], "nothing ran since the day before");

        room.publish().await;
        room.watch().await;
        room.sleep_until("2026-11-27T03:00:00Z");
        room.watch().await;
        assert_eq!(room.got(), [] as [&str; 0], "it is held");
        assert_eq!(room.held().await, 1);
        guard::release(&Context::command_line(&app.app), room.held_ids().await[0]).await.unwrap();
        room.watch().await;
        assert_eq!(room.got(), ["daily: 3"]);

        room.schedule(ListSchedule { when_missed: WhenMissed::Join, ..ListSchedule::default() }).await;
        room.publish().await;
        room.watch().await;
        room.sleep_until("2026-11-29T03:00:00Z");
        room.watch().await;
        room.publish().await;
        assert_eq!((room.got(), room.held().await), (vec![], 0));
        room.sleep_until("2026-11-29T07:00:00Z");
        room.watch().await;
        assert_eq!(room.got(), ["daily: 4 5"]);
    }

    async fn an_article_of_two_lists_reaches_whoever_has_both_once(app: TestApp) {
        let room = Newsroom::of(app).await;
        let both = room.reader("both", Cadence::Daily).await;
        room.reader("one", Cadence::Daily).await;
        let world = app.list("world", "World").await;
        let cx = Context::command_line(&app.app);
        poll::add(&cx, &room.fetcher, &room.server.url("/feed/"), "world", Some(0), None).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        subscriptions::change_one(&mut tx, &app.cause(), both, world, Transition::Join(Cadence::Each)).await.unwrap();
        tx.commit().await.unwrap();
        room.publish().await;
        assert_eq!(room.got(), ["both: 2"]);
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), ["one: 2"]);
    }

    async fn what_was_withdrawn_or_called_off_is_in_no_digest(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("daily", Cadence::Daily).await;
        room.reader("weekly", Cadence::Weekly).await;
        room.publish().await;
        room.publish().await;
        room.withdraw(2);
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), ["daily: 3"]);
        room.publish().await;
        app.run_all_due().await;
        let next = room.next(Cadence::Daily).await;
        actions::campaigns::cancel(&Context::command_line(&app.app), next, "").await.unwrap();
        room.until("2026-11-26T08:00:00Z").await;
        assert_eq!(room.got(), [] as [&str; 0]);
        room.publish().await;
        room.until("2026-11-27T08:00:00Z").await;
        assert_eq!(room.got(), ["daily: 5"]);
        room.until("2026-11-30T08:00:00Z").await;
        assert_eq!(room.got(), ["weekly: 3 4 5"], "only the daily one was called off");
    }

    async fn a_process_that_dies_in_a_digest_leaves_nobody_out_and_repeats_nothing(app: TestApp) {
        let room = Newsroom::of(app).await;
        for n in 0..40 {
            room.reader(&format!("reader{n}"), Cadence::Daily).await;
            if n % 10 == 9 {
                room.publish().await;
            }
        }
        room.sleep_until("2026-11-25T07:00:00Z");
        postrider::schedule::run_due(&app.app).await.unwrap();
        // It dies with mails in its hands, and those that come next are enqueued already.
        let transport = Transport::new(app.app.config.transport()).unwrap();
        let dying = Delivery::new(app.app.clone(), transport, CancellationToken::new());
        let running = tokio::spawn(async move { dying.run_until_idle().await });
        while app.smtp.count() < 7 {
            tokio::task::yield_now().await;
        }
        running.abort();
        let _ = running.await;
        app.smtp.quiet().await;
        app.advance(TimeDelta::minutes(1));
        recovery::recover_from_everybody(&app.app).await.unwrap();
        app.run_all_due().await;
        let mails = app.smtp.take();
        let mut got: HashMap<String, HashSet<String>> = HashMap::new();
        for mail in &mails {
            let text = String::from_utf8_lossy(&mail.message).into_owned();
            let id = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:")).unwrap();
            got.entry(mail.to.clone()).or_default().insert(id.to_owned());
        }
        assert_eq!(got.len(), 40);
        assert!(got.values().all(|ids| ids.len() == 1), "a repeat is the same message");
    }

    async fn what_the_brake_held_can_go_out_as_one_digest(app: TestApp) {
        let room = Newsroom::of(app).await;
        room.reader("each", Cadence::Each).await;
        room.reader("daily", Cadence::Daily).await;
        room.publish_many(12).await;
        assert_eq!(room.got(), [] as [&str; 0], "the brake holds them");
        let cx = Context::command_line(&app.app);
        let batch = db::brake::batches(&mut app.app.db.read().await.unwrap()).await.unwrap().remove(0);
        let released = manage_feeds::release_batch_as_digest(&cx, &batch, None).await.unwrap();
        assert_eq!((released.articles, released.digests, released.campaigns), (12, 12, 0));
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let all: String = (2..14).map(|n| format!(" {n}")).collect();
        assert_eq!(room.got(), [format!("each:{all}")]);
        room.until("2026-11-25T08:00:00Z").await;
        assert_eq!(room.got(), [format!("daily:{all}")]);
    }

    async fn a_feed_for_digests_only_sends_nothing_by_itself(app: TestApp) {
        let room = Newsroom::of(app).await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut rule = db::feeds::bindings(&mut tx, room.feed).await.unwrap().remove(0).rule;
        rule.mode = BindingMode::Digest;
        db::feeds::set_rule(&mut tx, room.feed, room.list, &rule).await.unwrap();
        tx.commit().await.unwrap();
        room.reader("each", Cadence::Each).await;
        room.reader("weekly", Cadence::Weekly).await;
        room.publish().await;
        assert_eq!(room.got(), [] as [&str; 0]);
        room.until("2026-11-24T20:00:00Z").await;
        assert_eq!(room.got(), ["each: 2"]);
        room.until("2026-11-30T08:00:00Z").await;
        assert_eq!(room.got(), ["weekly: 2"]);
    }
}
