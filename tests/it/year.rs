//! A year in a test: a publication with three lists, five feeds and readers of all paces, its clock moved by hand. What
//! happens is chance (`SEED=…` repeats it), what should come of it is told by [`oracle`], which knows nothing of the product.
//! In full with `LONG=1`; else two weeks around each change of the clocks.

mod oracle;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use postrider::actions::{Context, consent, guard, lists, manage_feeds, pauses, poll, send};
use postrider::db::{self, brake, instance, publication, subscribers, subscriptions};
use postrider::delivery::engine::Engine as Delivery;
use postrider::delivery::recovery;
use postrider::domain::digest::{ListSchedule, QuietHours, WhenMissed};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{Cadence, Transition};
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::oracle::{Kind, Mail, Oracle, Pace, Rules, Time};
use self::site::Site;
use crate::on_both_engines;
use crate::support::chance::{self, Chance};
use crate::support::{Answer, Received, TestApp, is_long};

const ZONE: Tz = chrono_tz::Europe::London;
/// The names of the lists; their slugs are the same.
const LISTS: [&str; 3] = ["harbour", "city", "sport"];

/// What the lists do. The second has its digests at an hour that is skipped once a year and comes twice once a year, the
/// third at one in its quiet hours.
const RULES: [Rules; 3] = [
    Rules { hour: 7, weekday: 1, month_day: 31, day_end: 20, cap: None, quiet: None, joins: false },
    Rules { hour: 1, weekday: 7, month_day: 1, day_end: 21, cap: Some(2), quiet: None, joins: true },
    Rules { hour: 5, weekday: 3, month_day: 15, day_end: 23, cap: None, quiet: Some((22, 6)), joins: false },
];

/// The lists of each feed, with their grace in minutes.
const BINDINGS: [&[(usize, i64)]; 5] =
    [&[(0, 0)], &[(0, 10)], &[(0, 0), (1, 30)], &[(1, 5), (2, 0)], &[(2, 20)]];

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// What is due is done.
    Run,
    /// The same, and the process dies in the middle.
    Die,
    /// The same, perhaps with an article more, and half of the mailboxes take nothing for some minutes.
    Busy(Option<usize>),
    Publish(usize),
    /// A reader does something.
    Reader,
    Edit,
    Withdraw,
    /// An editor writes something.
    Write,
    /// More articles at once than the brake lets pass.
    Flood(usize),
    /// An editor decides about what the brake holds.
    Decide,
    /// A feed has another address.
    Move(usize),
    /// All GUIDs and links of a feed are others.
    Rename(usize),
    /// Nothing runs until then.
    Sleep(TimeDelta),
    /// An admin lets go what is held.
    LetGo,
}

struct World<'a> {
    test: &'a TestApp,
    site: Site,
    chance: Chance,
    oracle: Oracle,
    lists: Vec<Uuid>,
    readers: Vec<Uuid>,
    plan: BTreeMap<Time, Vec<Act>>,
    texts: u32,
    /// How many things readers do in a day.
    lively: u64,
}

fn cadence(pace: Pace) -> Cadence {
    match pace {
        Pace::Each => Cadence::Each,
        Pace::Daily => Cadence::Daily,
        Pace::Weekly => Cadence::Weekly,
        Pace::Monthly => Cadence::Monthly,
    }
}

impl<'a> World<'a> {
    async fn begin(test: &'a TestApp, from: NaiveDate, readers: usize, lively: u64) -> World<'a> {
        let from = from.and_hms_opt(12, 0, 0).unwrap().and_utc();
        test.advance(from - test.clock.now());
        let chance = chance::seeded(&format!("a year from {from}"));
        let app = &test.app;
        let mut tx = app.db.write().await.unwrap();
        let mut ours = publication::get(&mut tx).await.unwrap();
        ours.time_zone = ZONE.name().to_owned();
        publication::set(&mut tx, &ours, from).await.unwrap();
        tx.commit().await.unwrap();
        let mut lists = Vec::new();
        for (name, rules) in LISTS.into_iter().zip(RULES) {
            let list = test.list(name, name).await;
            set_schedule(test, list, &rules).await;
            lists.push(list);
        }
        let mut site = Site::start(from).await;
        for (feed, bindings) in site.feeds.iter_mut().zip(BINDINGS) {
            for (list, grace) in bindings {
                let cx = Context::command_line(app);
                let url = site.server.url(&feed.path);
                let added = poll::add(&cx, &app.fetcher, &url, LISTS[*list], Some(*grace), Some(86_400))
                    .await
                    .unwrap();
                feed.id = added.feed_id;
            }
        }
        let mut ids = Vec::new();
        let mut tx = app.db.write().await.unwrap();
        for n in 0..readers {
            let email = EmailAddress::parse(&format!("r{n}@example.org")).unwrap();
            ids.push(subscribers::upsert(&mut tx, &email, "", from).await.unwrap());
        }
        tx.commit().await.unwrap();
        let oracle = Oracle::new(ZONE, RULES.to_vec(), readers);
        let mut world = World {
            test,
            site,
            oracle,
            lists,
            readers: ids,
            plan: BTreeMap::new(),
            texts: 0,
            lively,
            chance,
        };
        for reader in 0..readers {
            for _ in 0..2 {
                let (list, pace) = (world.below(3), Pace::ALL[world.below(4)]);
                world.choose(reader, list, Some(pace)).await;
            }
        }
        world.run().await;
        world
    }

    fn below(&mut self, end: usize) -> usize {
        self.chance.below(end as u64) as usize
    }

    fn now(&self) -> Time {
        self.test.clock.now()
    }

    /// Time passes until a moment; what is behind us already happens a second from now.
    fn until(&self, at: Time) {
        self.test.advance((at - self.now()).max(TimeDelta::seconds(1)));
    }

    // Days.

    /// Lives through a day, as it is planned.
    async fn day(&mut self, day: NaiveDate) {
        let end = day_ends(day);
        while let Some(next) = self.plan.first_entry().filter(|next| *next.key() < end) {
            let (at, acts) = next.remove_entry();
            self.until(at);
            for act in acts {
                self.act(act).await;
            }
        }
        self.look();
    }

    fn look(&mut self) {
        self.oracle.look(self.now());
        let faults = &self.oracle.faults;
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(12)].join("\n"));
    }

    fn plan(&mut self, at: Time, act: Act) {
        self.plan.entry(at).or_default().push(act);
    }

    /// A moment of a day; no two of them are the same, nor that of a digest.
    fn some_time(&mut self, day: NaiveDate) -> Time {
        let begins = day.and_hms_opt(2, 0, 0).unwrap().and_utc();
        loop {
            let at = begins + TimeDelta::seconds(self.chance.below(86_000) as i64);
            if at.timestamp() % 60 != 0 && !self.plan.contains_key(&at) {
                return at;
            }
        }
    }

    /// The digests of a day, which begins at two: at one the clocks change.
    fn plan_digests(&mut self, day: NaiveDate) {
        for (list, pace) in (0..LISTS.len()).flat_map(|list| Pace::ALL.map(|pace| (list, pace))) {
            for day in [day, day + Days::new(1)] {
                if let Some((hour, leaves)) = self.oracle.digest_on(list, pace, day) {
                    self.plan_run(hour);
                    self.plan_run(leaves);
                    if self.chance.below(6) == 0 {
                        self.plan_run(leaves - TimeDelta::seconds(1));
                    }
                }
            }
        }
    }

    fn plan_day(&mut self, day: NaiveDate, nth: u64) {
        self.plan_digests(day);
        for feed in 0..BINDINGS.len() {
            for _ in 0..[0, 0, 0, 0, 1, 1, 1, 1, 2, 3][self.below(10)] {
                let at = self.some_time(day);
                self.plan(at, Act::Publish(feed));
            }
        }
        for _ in 0..self.chance.below(self.lively * 2 + 1) {
            let at = self.some_time(day);
            self.plan(at, Act::Reader);
        }
        for (one_in, act) in [(2, Act::Run), (2, Act::Edit), (3, Act::Withdraw), (4, Act::Write)] {
            if self.chance.below(one_in) == 0 {
                let at = self.some_time(day);
                self.plan(at, act);
            }
        }
        self.plan_trouble(day, nth);
    }

    fn plan_run(&mut self, at: Time) {
        if at > self.now() {
            self.plan.entry(at).or_insert_with(|| vec![Act::Run]);
        }
    }

    /// What does not happen every day.
    fn plan_trouble(&mut self, day: NaiveDate, nth: u64) {
        let feed = ((nth / 14) % 5) as usize;
        let at = |hour, minute| day.and_hms_opt(hour, minute, 7).unwrap().and_utc();
        let digest =
            |world: &World<'_>, list| world.oracle.digest_on(list, Pace::Daily, day).map(|(_, at)| at);
        match nth % 14 {
            1 | 8 => self.plan(at(11, 3), Act::Flood(feed + (nth % 14 == 8) as usize)),
            2 => self.plan(at(15, 3), Act::Decide),
            9 => {
                self.plan(at(12, 3), Act::Busy(Some(0)));
                self.plan(at(15, 3), Act::Decide);
            }
            3 => self.plan(at(5, 3), Act::Sleep(TimeDelta::hours(4))),
            4 => self.plan(at(16, 3), Act::Rename((feed + 2) % 5)),
            5 => self.plan(at(13, 3), Act::Move((feed + 3) % 5)),
            trouble @ (0 | 6 | 7 | 11) => {
                let list = if trouble < 11 { 0 } else { 2 };
                let act = if trouble % 7 == 0 { Act::Busy(None) } else { Act::Die };
                self.plan.extend(digest(self, list).map(|at| (at, vec![act])));
            }
            10 => self.plan(at(22, 53), Act::Sleep(TimeDelta::hours(9))),
            12 if nth % 28 == 12 => self.plan(at(6, 33), Act::Sleep(TimeDelta::hours(32))),
            _ => {}
        }
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::Run => self.run().await,
            Act::Die => self.die().await,
            Act::Busy(publishes) => self.busy(publishes).await,
            Act::Publish(feed) => self.publish(feed, 1).await,
            Act::Flood(feed) => self.publish(feed % 5, 14).await,
            Act::Reader => self.reader().await,
            Act::Edit => self.edit(),
            Act::Withdraw => self.withdraw(),
            Act::Write => self.write().await,
            Act::Decide => self.decide().await,
            Act::Move(feed) => self.move_feed(feed).await,
            Act::Rename(feed) => self.rename(feed).await,
            Act::Sleep(length) => self.sleep(length).await,
            Act::LetGo => self.let_go().await,
        }
    }

    // What the process does.

    /// Does all that is due, as a process that has lived all along.
    async fn run(&mut self) {
        let mut tx = self.test.app.db.write().await.unwrap();
        instance::set_alive(&mut tx, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.wake().await;
    }

    /// Does all that is due, behind the guard.
    async fn wake(&mut self) {
        guard::watch(&self.test.app).await.unwrap();
        self.test.run_all_due().await;
        self.oracle.runs(self.now());
        self.take();
    }

    /// Hands over what came to the oracle.
    fn take(&mut self) {
        let now = self.now();
        for mail in self.test.smtp.take() {
            let mail = read(&mail, now);
            self.oracle.came(&mail);
        }
    }

    /// The process dies with mails in its hands, and another begins a minute later.
    async fn die(&mut self) {
        let now = self.now();
        let app = &self.test.app;
        let mut tx = app.db.write().await.unwrap();
        instance::set_alive(&mut tx, now).await.unwrap();
        tx.commit().await.unwrap();
        postrider::schedule::run_due(app).await.unwrap();
        self.oracle.runs(now);
        let transport = Transport::new(app.config.transport()).unwrap();
        let dying = Delivery::new(app.clone(), transport, CancellationToken::new());
        let mut running = tokio::spawn(async move { dying.run_until_idle().await });
        let mails = self.below(12);
        let enough = async {
            while self.test.smtp.count() < mails {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = &mut running => {}
            () = enough => {
                running.abort();
                let _ = running.await;
            }
        }
        self.test.smtp.quiet().await;
        let done = now + TimeDelta::minutes(1);
        self.oracle.delayed(now, done);
        self.take();
        self.until(done);
        recovery::recover_from_everybody(&self.test.app).await.unwrap();
        self.run().await;
    }

    /// Half of the mailboxes take nothing for some minutes, and readers change their minds meanwhile.
    async fn busy(&mut self, publishes: Option<usize>) {
        let now = self.now();
        self.test.smtp.at_rcpt(|to| match reader_of(to) % 2 {
            0 => Answer::Usual,
            _ => Answer::Reply("450 4.2.1 The mailbox is busy"),
        });
        self.oracle.delayed(now, now + TimeDelta::minutes(20));
        match publishes {
            Some(feed) => self.publish(feed, 1).await,
            None => self.run().await,
        }
        self.test.smtp.behave();
        for _ in 0..self.readers.len() / 5 {
            self.until(self.now());
            self.reader().await;
        }
        for mins in [1, 2, 4, 8, 20] {
            self.until(now + TimeDelta::minutes(mins));
            self.run().await;
        }
    }

    /// Nothing runs for some hours; what is held by it is let go half an hour later.
    async fn sleep(&mut self, length: TimeDelta) {
        let (from, to) = (self.now(), self.now() + length);
        let let_go = to + TimeDelta::minutes(30);
        self.oracle.nothing_ran(from, to, let_go);
        let later = self.plan.split_off(&to);
        self.plan = later;
        self.plan(let_go, Act::LetGo);
        self.until(to);
        self.wake().await;
    }

    async fn let_go(&mut self) {
        guard::release_all(&Context::command_line(&self.test.app)).await.unwrap();
        self.run().await;
    }

    // What the newsroom does.

    async fn poll(&mut self, feed: usize) -> poll::PollReport {
        let app = &self.test.app;
        let report = poll::poll(app, &app.fetcher, self.site.feeds[feed].id, poll::How::Conditional).await;
        let report = report.unwrap();
        assert_eq!(report.error, None);
        report
    }

    async fn publish(&mut self, feed: usize, count: usize) {
        let now = self.now();
        let numbers = self.site.publish(feed, count, now);
        let report = self.poll(feed).await;
        assert_eq!((report.new + report.held, report.baseline), (count, 0), "{report:?}");
        if report.held > 0 {
            self.site.feeds[feed].held.extend(numbers);
            return;
        }
        for number in numbers {
            self.wait_for(feed, number, now, TimeDelta::zero());
        }
        self.run().await;
    }

    /// An article goes to the lists of its feed when its grace is over.
    fn wait_for(&mut self, feed: usize, number: u32, from: Time, least: TimeDelta) {
        let on: Vec<(usize, Time)> = BINDINGS[feed]
            .iter()
            .map(|(list, grace)| (*list, from + TimeDelta::minutes(*grace).max(least)))
            .collect();
        for (_, at) in &on {
            self.plan_run(*at);
        }
        self.oracle.published(number, &on);
    }

    async fn decide(&mut self) {
        let app = &self.test.app;
        let cx = Context::command_line(app);
        let batches = brake::batches(&mut app.db.read().await.unwrap()).await.unwrap();
        for batch in batches {
            let feed = self.site.feeds.iter().position(|feed| feed.id == batch.feed_id).unwrap();
            let held = std::mem::take(&mut self.site.feeds[feed].held);
            if self.chance.below(2) == 0 {
                assert_eq!(manage_feeds::skip_batch(&cx, &batch, None).await.unwrap(), held.len());
                continue;
            }
            let released = manage_feeds::release_batch(&cx, &batch, None).await.unwrap();
            assert_eq!(released.articles, held.len());
            // What somebody lets go can be taken back for five minutes.
            let now = self.now();
            for number in held {
                self.wait_for(feed, number, now, TimeDelta::minutes(5));
            }
        }
        self.run().await;
    }

    fn edit(&mut self) {
        let feed = self.below(5);
        if let Some((number, revision)) = self.site.edit(feed) {
            self.oracle.edited(number, revision);
        }
    }

    fn withdraw(&mut self) {
        let (feed, leaves_feed) = (self.below(5), self.below(2) == 0);
        if let Some(number) = self.site.withdraw(feed, leaves_feed) {
            self.oracle.withdrawn(number, self.now());
        }
    }

    async fn write(&mut self) {
        let app = &self.test.app;
        let (number, list, now) = (self.texts, self.chance.below(3) as usize, self.test.clock.now());
        self.texts += 1;
        let list_row =
            db::lists::by_id(&mut app.db.read().await.unwrap(), self.lists[list]).await.unwrap().unwrap();
        let html = format!("<p>own-text-{number}.</p>");
        send::to_list(&Context::command_line(app), &list_row, "From the editor", &html, now, None)
            .await
            .unwrap();
        self.oracle.text(number, list, now);
        self.run().await;
    }

    /// A feed moves to another address, and the old one says so.
    async fn move_feed(&mut self, feed: usize) {
        self.site.move_feed(feed);
        for _ in 0..3 {
            let report = self.poll(feed).await;
            assert_eq!((report.new, report.held, report.baseline), (0, 0, 0), "{report:?}");
        }
    }

    async fn rename(&mut self, feed: usize) {
        self.poll(feed).await;
        self.site.rename(feed);
        let report = self.poll(feed).await;
        assert_eq!((report.new, report.held, report.baseline), (0, 0, 0), "{report:?}");
    }

    // What readers do.

    async fn reader(&mut self) {
        let (reader, list) = (self.below(self.readers.len()), self.below(3));
        let pace = Pace::ALL[self.below(4)];
        match (self.oracle.standing(reader, list), self.below(10)) {
            (None, 0..6) => self.choose(reader, list, Some(pace)).await,
            (Some(_), 0 | 1) => self.choose(reader, list, None).await,
            (Some((_, true)), 2..6) => self.resume(reader, list).await,
            (Some((_, false)), 2 | 3) => self.pause(reader, Some(list)).await,
            (Some(_), 4) => self.pause(reader, None).await,
            (Some((was, _)), 6..) if was != pace => self.choose(reader, list, Some(pace)).await,
            _ => {}
        }
    }

    async fn choose(&mut self, reader: usize, list: usize, pace: Option<Pace>) {
        let (id, list_id, app) = (self.readers[reader], self.lists[list], &self.test.app);
        match (self.oracle.standing(reader, list), pace) {
            (None, None) => return,
            (None, Some(pace)) => {
                let mut tx = app.db.write().await.unwrap();
                let join = Transition::Join(cadence(pace));
                subscriptions::change_one(&mut tx, &self.test.cause(), id, list_id, join).await.unwrap();
                tx.commit().await.unwrap();
            }
            (Some(_), pace) => {
                let choice = consent::Choice { list_id, cadence: pace.map(cadence) };
                consent::choose(&Context::command_line(app), id, &[choice], None).await.unwrap();
            }
        }
        self.oracle.chose(reader, list, pace, self.now());
    }

    async fn pause(&mut self, reader: usize, list: Option<usize>) {
        let weeks = 1 + self.chance.below(3) as i64;
        let cx = Context::command_line(&self.test.app);
        let of = list.map(|list| self.lists[list]);
        let until = pauses::pause(&cx, self.readers[reader], of, weeks).await.unwrap();
        let now = self.now();
        assert_eq!(until, now + TimeDelta::weeks(weeks));
        for one in (0..LISTS.len()).filter(|one| list.is_none_or(|list| list == *one)) {
            if self.oracle.standing(reader, one).is_some() {
                self.oracle.paused(reader, one, until, now);
            }
        }
        self.plan_run(until);
    }

    async fn resume(&mut self, reader: usize, list: usize) {
        let cx = Context::command_line(&self.test.app);
        pauses::resume(&cx, self.readers[reader], Some(self.lists[list])).await.unwrap();
        self.oracle.resumed(reader, list, self.now());
    }

    // The end.

    /// Nothing new happens, and what is owed comes; then nothing is owed to anybody.
    async fn end(&mut self) {
        self.decide().await;
        self.plan.clear();
        let mut day = self.now().date_naive();
        while let Some(next) = self.oracle.next_due(self.now()) {
            self.plan_run(next);
            self.plan_digests(day);
            self.day(day).await;
            day = day + Days::new(1);
        }
        assert_eq!(self.oracle.owed(), 0, "held for ever");
        let held =
            db::campaigns::held(&mut self.test.app.db.read().await.unwrap(), Uuid::max(), 5).await.unwrap();
        assert!(held.is_empty(), "{held:?}");
        assert!(self.oracle.mails > 100, "{} mails", self.oracle.mails);
    }
}

/// A day ends at two in the morning, when the clocks have changed.
fn day_ends(day: NaiveDate) -> Time {
    (day + Days::new(1)).and_hms_opt(2, 0, 0).unwrap().and_utc()
}

async fn set_schedule(test: &TestApp, id: Uuid, rules: &Rules) {
    let list = db::lists::by_id(&mut test.app.db.read().await.unwrap(), id).await.unwrap().unwrap();
    let schedule = ListSchedule {
        offered: Cadence::ALL.to_vec(),
        hour: rules.hour,
        weekday: rules.weekday,
        month_day: rules.month_day,
        day_end_hour: rules.day_end,
        daily_cap: rules.cap.map(|cap| cap as u32),
        quiet: rules.quiet.map(|(from, to)| QuietHours { from, to }),
        when_missed: if rules.joins { WhenMissed::Join } else { WhenMissed::Hold },
        ..ListSchedule::default()
    };
    lists::set_schedule(&Context::command_line(&test.app), id, &lists::version(&list), schedule)
        .await
        .unwrap();
}

/// A mail as the oracle reads it.
fn read(mail: &Received, at: Time) -> Mail {
    let text = String::from_utf8_lossy(&mail.message).replace("=\r\n", "").replace("=3D", "=");
    let header = |name: &str| {
        let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with(name)).unwrap();
        line[name.len()..].trim().to_owned()
    };
    let reader = reader_of(&mail.to);
    let list_id = header("list-id:");
    let list = LISTS.iter().position(|list| list_id.contains(&format!("<{list}.list."))).unwrap();
    let articles: BTreeSet<u32> = numbers_behind(&text, "/post-");
    let own = numbers_behind(&text, "own-text-").first().copied();
    let is_digest = |name: &str| text.contains(&format!("/archive/{}-{name}", LISTS[list]));
    let kind = match own {
        Some(number) => Kind::Text(number),
        None if is_digest("end-of-day-digest") => Kind::Digest(Pace::Each),
        None if is_digest("daily-digest") => Kind::Digest(Pace::Daily),
        None if is_digest("weekly-digest") => Kind::Digest(Pace::Weekly),
        None if is_digest("monthly-digest") => Kind::Digest(Pace::Monthly),
        None => Kind::Single,
    };
    Mail { at, reader, list, id: header("message-id:"), kind, articles, text }
}

fn reader_of(address: &str) -> usize {
    address.trim_start_matches(['<', 'r']).split('@').next().unwrap().parse().unwrap()
}

fn numbers_behind(text: &str, mark: &str) -> BTreeSet<u32> {
    let behind = text.match_indices(mark).map(|(at, _)| &text[at + mark.len()..]);
    behind.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
}

async fn live(test: &TestApp, from: &str, days: u64, readers: usize, lively: u64) {
    let from: NaiveDate = from.parse().unwrap();
    let mut world = Box::pin(World::begin(test, from, readers, lively)).await;
    for nth in 0..days {
        let day = from + Days::new(nth + 1);
        world.plan_day(day, nth);
        Box::pin(world.day(day)).await;
    }
    Box::pin(world.end()).await;
}

on_both_engines! {
    async fn every_article_reaches_every_reader_once_as_the_clocks_go_forward(app: TestApp) {
        // The clocks go forward on Sunday 28 March.
        match is_long() {
            true => live(app, "2027-01-02", 365, 200, 6).await,
            false => live(app, "2027-03-20", 14, 30, 8).await,
        }
    }

    async fn every_article_reaches_every_reader_once_as_the_clocks_go_back(app: TestApp) {
        // They go back on Sunday 31 October; the whole year is in the other test.
        if !is_long() {
            live(app, "2027-10-23", 14, 30, 8).await;
        }
    }
}
