//! What editors and admins do with a campaign that is under way or over, and what they are told.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;
use postrider::actions::editorial::{self, When};
use postrider::actions::{Context, Error, campaigns as actions, catch_up, send};
use postrider::db::alerts::{About, AlertKind};
use postrider::db::audit::Actor;
use postrider::db::drafts::{self, DraftText};
use postrider::db::ledger::{self, DeliveryKey, DeliveryResult};
use postrider::db::lists;
use postrider::db::users::{self, Role};
use postrider::db::{Db, alerts, campaigns, publication, subscribers, subscriptions, suppressions, workers};
use postrider::delivery::recovery;
use postrider::domain::campaign::{CampaignAction, CampaignStatus};
use postrider::domain::delivery::{DeliveryStatus, UncertainPolicy};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::refusal::campaigns as codes;
use postrider::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::on_both_engines;
use crate::support::{Answer, Received, TestApp};

/// Runs SQL that no part of the application says.
async fn exec(app: &TestApp, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match &app.app.db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
    }
}

async fn set_policy(app: &TestApp, policy: UncertainPolicy) {
    let mut tx = app.app.db.write().await.unwrap();
    let mut publication = publication::get(&mut tx).await.unwrap();
    publication.uncertain = policy;
    publication::set(&mut tx, &publication, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    if policy == UncertainPolicy::Leave {
        catch_up::leave_uncertain(&app.app).await.unwrap();
    }
}

async fn load(app: &TestApp, id: Uuid) -> campaigns::Campaign {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, id).await.unwrap().unwrap()
}

async fn load_draft(app: &TestApp, id: Uuid) -> drafts::Draft {
    let mut tx = app.app.db.read().await.unwrap();
    drafts::get(&mut tx, id).await.unwrap().unwrap()
}

async fn act(app: &TestApp, id: Uuid, action: CampaignAction) {
    let mut tx = app.app.db.write().await.unwrap();
    assert!(campaigns::apply(&mut tx, id, action, None, app.clock.now()).await.unwrap(), "{action:?}");
    tx.commit().await.unwrap();
}

async fn id_of(app: &TestApp, address: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    let email = EmailAddress::parse(address).unwrap();
    subscribers::by_email(&mut tx, &email).await.unwrap().unwrap().id
}

async fn leave(app: &TestApp, list: Uuid, address: &str) {
    let id = id_of(app, address).await;
    let mut tx = app.app.db.write().await.unwrap();
    subscriptions::change_one(&mut tx, &app.cause(), id, list, Transition::Leave).await.unwrap();
    tx.commit().await.unwrap();
}

async fn suppress(app: &TestApp, address: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    let reason = suppressions::SuppressionReason::Manual;
    suppressions::add(&mut tx, &app.cause(), address, reason, "").await.unwrap();
    tx.commit().await.unwrap();
}

/// Who has not got it, by address; true where it may have arrived.
async fn missed_by(app: &TestApp, id: Uuid, include_uncertain: bool) -> BTreeMap<String, bool> {
    let mut tx = app.app.db.read().await.unwrap();
    let campaign = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
    // A page at a time, so that the pages are tried too.
    let (mut after, mut found) = (Uuid::nil(), BTreeMap::new());
    loop {
        let page = catch_up::page(&mut tx, &campaign, include_uncertain, after, 2).await.unwrap();
        let Some(last) = page.last() else { return found };
        after = last.subscriber_id;
        found.extend(page.into_iter().map(|missed| (missed.email, missed.may_have_arrived)));
    }
}

fn addresses(mails: &[Received]) -> Vec<&str> {
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    to
}

/// Gives the queued deliveries of a campaign the ends that a relay would give them, without one.
async fn end_as(app: &TestApp, id: Uuid, end: impl Fn(&str) -> Option<DeliveryStatus>) {
    let worker = Uuid::now_v7();
    let campaign = load(app, id).await;
    let now = app.clock.now();
    let mut tx = app.app.db.write().await.unwrap();
    let leased = ledger::lease_queued(&mut tx, worker, &campaign, Uuid::nil(), 10_000, now).await.unwrap();
    for row in leased {
        let key = DeliveryKey { campaign_id: id, subscriber_id: row.subscriber_id };
        let Some(status) = end(&row.email.unwrap()) else {
            ledger::release(&mut tx, worker, &[key], false, now).await.unwrap();
            continue;
        };
        if ledger::settle(&mut tx, worker, &[], &[key], false, now).await.unwrap().is_empty() {
            ledger::put_back_or_skip(&mut tx, worker, &[key], false, now).await.unwrap();
            continue;
        }
        let (next_attempt_at, reply) = (None, "as told".to_owned());
        let result = DeliveryResult { key, status, next_attempt_at, reply, relay: None };
        ledger::settle(&mut tx, worker, std::slice::from_ref(&result), &[], false, now).await.unwrap();
        if status == DeliveryStatus::Bounced {
            suppressions::add_bounced(&mut tx, key, &result.reply, now).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// A draft of an editor's, with something to read in it.
async fn draft(cx: &Context<'_>, list: Uuid) -> Uuid {
    let id = editorial::begin_campaign(cx, list, "Ferry", &[]).await.unwrap();
    let text = DraftText {
        list_id: list,
        subject: "Ferry".to_owned(),
        markdown: "The ferry sails again.".to_owned(),
        ..DraftText::default()
    };
    editorial::save_campaign(cx, id, 0, &text).await.unwrap();
    id
}

/// The moves that a campaign makes while something is done, as far as they are seen before and after.
struct Moves<'a> {
    app: &'a TestApp,
    made: HashSet<(CampaignStatus, CampaignStatus)>,
}

impl Moves<'_> {
    async fn during(&mut self, id: Uuid, what: impl Future<Output = ()>) {
        let before = load(self.app, id).await.status;
        what.await;
        let after = load(self.app, id).await.status;
        assert_ne!(before, after);
        self.made.insert((before, after));
    }
}

on_both_engines! {
    async fn every_move_of_the_state_machine_is_made_and_no_other(app: TestApp) {
        app.admin().await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let email = EmailAddress::parse("marta@harbour.example").unwrap();
        let user = users::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap().unwrap();
        let cx = Context::new(&app.app, Actor::user(&user, ""));
        let (app_, mut moves) = (&app.app, Moves { app, made: HashSet::new() });
        app.smtp.at_rcpt(|_| Answer::Reply("451 4.2.1 busy, come back later"));

        let id = draft(&cx, list).await;
        moves.during(id, Box::pin(async { editorial::discard(&cx, id).await.unwrap() })).await;
        moves.during(id, Box::pin(async { editorial::bring_back(&cx, id).await.unwrap() })).await;
        let version = load_draft(app, id).await.version;
        let schedule = async || {
            editorial::schedule(&cx, id, version, When::Now).await.unwrap();
        };
        moves.during(id, schedule()).await;
        moves.during(id, Box::pin(async { editorial::take_back(&cx, id).await.unwrap() })).await;
        schedule().await;
        moves.during(id, Box::pin(async { drop(actions::pause(&cx, id, "").await.unwrap_err()); actions::cancel(&cx, id, "").await.unwrap(); })).await;

        let list_of = lists::by_id(&mut app_.db.read().await.unwrap(), list).await.unwrap().unwrap();
        let id = send::to_list(&cx, &list_of, "Tides", "<p>High.</p>", app.clock.now(), None).await.unwrap().campaign;
        moves.during(id, Box::pin(app.run_all_due())).await;
        moves.during(id, Box::pin(async { drop(actions::pause(&cx, id, "").await.unwrap()) })).await;
        moves.during(id, Box::pin(async { drop(actions::resume(&cx, id, "").await.unwrap()) })).await;
        moves.during(id, Box::pin(async { drop(actions::cancel(&cx, id, "").await.unwrap()) })).await;
        Box::pin(app.run_all_due()).await;
        moves.during(id, Box::pin(async { assert_eq!(actions::send_to_missed(&cx, id, false).await.unwrap(), 1) })).await;
        actions::pause(&cx, id, "").await.unwrap();
        moves.during(id, Box::pin(async { drop(actions::cancel(&cx, id, "").await.unwrap()) })).await;

        let id = campaign(app, list, "Weekend").await;
        app.smtp.at_rcpt(|_| Answer::Usual);
        postrider::schedule::run_campaigns(app_).await.unwrap();
        end_as(app, id, |_| Some(DeliveryStatus::Failed)).await;
        moves.during(id, Box::pin(app.run_all_due())).await;
        moves.during(id, Box::pin(async { assert_eq!(actions::send_to_missed(&cx, id, false).await.unwrap(), 1) })).await;

        let table: HashSet<_> = CampaignStatus::MOVES.into_iter().map(|(from, _, to)| (from, to)).collect();
        assert_eq!(moves.made, table);
    }

    async fn what_is_somewhere_else_meanwhile_makes_no_move(app: TestApp) {
        let list = app.list("world", "World").await;
        let id = campaign(app, list, "Ferry").await;
        act(app, id, CampaignAction::Cancel).await;
        let mut tx = app.app.db.write().await.unwrap();
        let (from, to) = (CampaignStatus::Scheduled, CampaignStatus::Sending);
        assert!(!campaigns::transition(&mut tx, id, from, to).await.unwrap());
        assert_eq!(campaigns::by_id(&mut tx, id).await.unwrap().unwrap().status, CampaignStatus::Cancelled);
    }

    async fn what_is_uncertain_is_left_to_an_editor_where_the_publication_says_so(app: TestApp) {
        set_policy(app, UncertainPolicy::Leave).await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.org", "marta@example.org"]).await;
        app.smtp.at_message(|mail| match mail.to.as_str() {
            "tobe@example.org" => Answer::TakeAndHangUp,
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        for _ in 0..3 {
            assert_eq!(
                counts(app, id).await,
                HashMap::from([(DeliveryStatus::Sent, 2), (DeliveryStatus::Uncertain, 1)]),
                "never counted as sent"
            );
            assert_eq!(load(app, id).await.status, CampaignStatus::Sent, "it waits for nobody");
            app.advance(TimeDelta::hours(5));
            app.run_all_due().await;
        }
        let mails = app.smtp.take();
        assert_eq!(addresses(&mails), ["ines@example.org", "marta@example.org", "tobe@example.org"], "nobody twice");

        assert!(missed_by(app, id, false).await.is_empty());
        assert_eq!(missed_by(app, id, true).await, BTreeMap::from([("tobe@example.org".to_owned(), true)]));
        assert_eq!(catch_up::send(&app.app, id, false).await.unwrap(), 0);
        app.smtp.at_message(|_| Answer::Usual);
        assert_eq!(catch_up::send(&app.app, id, true).await.unwrap(), 1);
        assert_eq!(load(app, id).await.status, CampaignStatus::Sending);
        app.run_all_due().await;
        let again = app.smtp.take();
        let first = mails.iter().find(|mail| mail.to == "tobe@example.org").unwrap();
        assert_eq!((again.len(), &again[0].message), (1, &first.message), "the same message to the byte");
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 3)]));
        assert_eq!(load(app, id).await.status, CampaignStatus::Sent);
    }

    async fn a_dead_workers_uncertain_deliveries_are_left_too(app: TestApp) {
        set_policy(app, UncertainPolicy::Leave).await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.org"]).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let (dead, now) = (Uuid::now_v7(), app.clock.now());
        let mut tx = app.app.db.write().await.unwrap();
        workers::beat(&mut tx, dead, now).await.unwrap();
        let row = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
        let leased = ledger::lease_queued(&mut tx, dead, &row, Uuid::nil(), 2, now).await.unwrap();
        let key = DeliveryKey { campaign_id: id, subscriber_id: leased[0].subscriber_id };
        assert_eq!(ledger::settle(&mut tx, dead, &[], &[key], false, now).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        recovery::recover_from_everybody(&app.app).await.unwrap();
        app.run_all_due().await;
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1, "the one that was only leased");
        assert_eq!(
            counts(app, id).await,
            HashMap::from([(DeliveryStatus::Sent, 1), (DeliveryStatus::Uncertain, 1)])
        );
        assert_eq!(missed_by(app, id, true).await.len(), 1);
    }

    async fn a_change_of_mind_about_uncertain_ones_acts_from_the_next_on(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        app.smtp.at_message(|_| Answer::TakeAndHangUp);
        let first = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        set_policy(app, UncertainPolicy::Leave).await;
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1, "its next attempt is taken back");
        assert_eq!(load(app, first).await.status, CampaignStatus::Sent);

        set_policy(app, UncertainPolicy::Resend).await;
        let second = campaign(app, list, "Ferry again").await;
        app.run_all_due().await;
        app.smtp.at_message(|_| Answer::Usual);
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 2, "only the second went out again");
        assert_eq!(counts(app, first).await, HashMap::from([(DeliveryStatus::Uncertain, 1)]));
        assert_eq!(counts(app, second).await, HashMap::from([(DeliveryStatus::Sent, 1)]));
    }

    async fn a_confirmation_goes_out_again_whatever_the_publication_leaves(app: TestApp) {
        set_policy(app, UncertainPolicy::Leave).await;
        app.list("world", "World").await;
        app.smtp.at_message(|_| Answer::TakeAndHangUp);
        let form = [("email", "ines@example.org")];
        app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap();
        app.deliver_all_due().await;
        app.smtp.at_message(|_| Answer::Usual);
        app.advance(TimeDelta::minutes(2));
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
    }

    async fn the_rest_of_a_campaign_is_exactly_who_should_have_got_it_and_has_not(app: TestApp) {
        use DeliveryStatus as D;
        let list = app.list("world", "World").await;
        // Address, how the delivery ended, what happened since (below), missed, missed with uncertain.
        let table = [
            ("sent", Some(D::Sent), false, false),
            ("failed", Some(D::Failed), true, true),
            ("failed-left", Some(D::Failed), false, false),
            ("failed-suppressed", Some(D::Failed), false, false),
            ("failed-back", Some(D::Failed), false, false),
            ("failed-daily", Some(D::Failed), true, true),
            ("bounced", Some(D::Bounced), false, false),
            ("bounced-lifted", Some(D::Bounced), true, true),
            ("uncertain", Some(D::Uncertain), false, true),
            ("uncertain-left", Some(D::Uncertain), false, false),
            ("uncertain-failed", Some(D::Uncertain), false, true),
            ("erased", Some(D::Failed), false, false),
            ("suppressed-then-lifted", None, true, true),
            ("left-then-back", None, false, false),
            ("elsewhere", Some(D::Failed), false, false),
        ];
        let address = |name: &str| format!("{name}@example.org");
        let all: Vec<String> = table.iter().map(|row| address(row.0)).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        subscribe_all(app, list, &all).await;
        let asleep = "pending@example.org";
        subscribe_all(app, list, &[asleep]).await;
        exec(app, &format!("UPDATE subscriptions SET status = 'pending' WHERE subscriber_id = (SELECT id FROM subscribers WHERE email = '{asleep}')")).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        set_policy(app, UncertainPolicy::Leave).await;
        app.advance(TimeDelta::minutes(1));
        // Two are skipped at the mark: one suppressed, one gone from the list.
        suppress(app, "suppressed-then-lifted@example.org").await;
        leave(app, list, "left-then-back@example.org").await;
        end_as(app, id, |to| {
            table.iter().find(|row| address(row.0) == to).map(|row| row.1.unwrap_or(D::Failed))
        })
        .await;
        act(app, id, CampaignAction::Finish).await;
        assert_eq!(counts(app, id).await[&D::Skipped], 2);

        app.advance(TimeDelta::hours(1));
        leave(app, list, "failed-left@example.org").await;
        leave(app, list, "uncertain-left@example.org").await;
        leave(app, list, "failed-back@example.org").await;
        suppress(app, "failed-suppressed@example.org").await;
        for (of, set) in [
            ("bounced-lifted", "UPDATE subscriptions SET status = 'active', status_since = (SELECT w.status_since FROM bounced_subscriptions w WHERE w.subscriber_id = subscriptions.subscriber_id)"),
            ("failed-daily", "UPDATE subscriptions SET cadence = 'daily'"),
            ("uncertain-failed", "UPDATE deliveries SET status = 'failed'"),
        ] {
            exec(app, &format!("{set} WHERE subscriber_id = (SELECT id FROM subscribers WHERE email = '{of}@example.org')")).await;
        }
        exec(app, "DELETE FROM suppressions WHERE email_key IN ('bounced-lifted@example.org', 'suppressed-then-lifted@example.org')").await;
        exec(app, "DELETE FROM subscribers WHERE email = 'erased@example.org'").await;
        app.advance(TimeDelta::hours(1));
        subscribe_all(app, list, &["left-then-back@example.org", "failed-back@example.org", "late@example.org"]).await;
        // Another list's campaign about the same article has reached this one.
        let article = Uuid::now_v7();
        let other = campaign(app, list, "Ferry, again").await;
        let blob = |id: Uuid| match &app.app.db {
            Db::Sqlite { .. } => format!("x'{}'", id.simple()),
            Db::Postgres(_) => format!("'{id}'"),
        };
        let at = "2026-11-24T09:00:00+00:00";
        exec(app, &format!("INSERT INTO articles (id, url, title, author, summary_html, content_html, image_url, image_alt, published_at, first_seen_at) VALUES ({}, '', '', '', '', '', '', '', '{at}', '{at}')", blob(article))).await;
        for one in [id, other] {
            exec(app, &format!("INSERT INTO campaign_articles (campaign_id, article_id) VALUES ({}, {})", blob(one), blob(article))).await;
        }
        exec(app, &format!("INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since) VALUES ({}, {}, 'sent', 1, '{at}')", blob(other), blob(id_of(app, "elsewhere@example.org").await))).await;
        act(app, other, CampaignAction::Cancel).await;

        let expected = |with_uncertain: bool| -> Vec<String> {
            let mut names: Vec<String> = table
                .iter()
                .filter(|row| if with_uncertain { row.3 } else { row.2 })
                .map(|row| address(row.0))
                .collect();
            names.sort();
            names
        };
        for with_uncertain in [false, true] {
            let found: Vec<String> = missed_by(app, id, with_uncertain).await.into_keys().collect();
            assert_eq!(found, expected(with_uncertain), "with uncertain: {with_uncertain}");
        }

        // Those without the uncertain first, then they, then nobody.
        for (with_uncertain, to) in [
            (false, expected(false)),
            (true, expected(true).into_iter().filter(|name| !expected(false).contains(name)).collect()),
            (true, vec![]),
        ] {
            assert_eq!(catch_up::send(&app.app, id, with_uncertain).await.unwrap(), to.len() as u64);
            assert!(to.is_empty() || matches!(catch_up::send(&app.app, id, true).await, Err(Error::Refused(why)) if why.is(&codes::MISSED_SENDING)));
            app.deliver_all_due().await;
            let mails = app.smtp.take();
            assert_eq!(addresses(&mails), to);
            for mail in &mails {
                let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
                let own = format!("{}.{}@", id.simple(), id_of(app, &mail.to).await.simple());
                assert!(parsed.message_id().unwrap().starts_with(&own), "the Message-ID of the first time");
            }
            assert_eq!(load(app, id).await.status, CampaignStatus::Sent);
        }
        let mut tx = app.app.db.read().await.unwrap();
        let rows = ledger::page(&mut tx, id, Some(D::Sent), Uuid::nil(), 100).await.unwrap();
        let again: Vec<i64> = rows.iter().map(|row| row.requeues).collect();
        assert_eq!(again.iter().sum::<i64>(), expected(true).len() as i64, "{again:?}");
    }

    async fn many_who_missed_it_are_enqueued_a_chunk_at_a_time_and_each_once(app: TestApp) {
        const READERS: i64 = 4 * ledger::REQUEUE_ROWS + 1;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["first@example.org"]).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let (uuid, of_list, of_campaign) = match &app.app.db {
            Db::Sqlite { .. } => ("randomblob(16)", format!("x'{}'", list.simple()), format!("x'{}'", id.simple())),
            Db::Postgres(_) => ("gen_random_uuid()", format!("'{list}'"), format!("'{id}'")),
        };
        let at = stored_now(app);
        exec(app, &format!("INSERT INTO subscribers (id, email, email_key, name, created_at)
            WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < {READERS})
            SELECT {uuid}, 'r' || n || '@example.org', 'r' || n || '@example.org', '', '{at}' FROM n")).await;
        exec(app, &format!("INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since)
            SELECT {of_list}, id, 'active', 'each', created_at, created_at
            FROM subscribers WHERE email <> 'first@example.org'")).await;
        exec(app, &format!("INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since)
            SELECT {of_campaign}, id, 'failed', 3, created_at FROM subscribers WHERE email <> 'first@example.org'")).await;
        end_as(app, id, |_| Some(DeliveryStatus::Failed)).await;
        act(app, id, CampaignAction::Finish).await;
        assert_eq!(catch_up::send(&app.app, id, false).await.unwrap(), READERS as u64);
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Queued, READERS)]));
        let mut tx = app.app.db.read().await.unwrap();
        let (mut after, mut seen) = (Uuid::nil(), 0);
        loop {
            let page = ledger::page(&mut tx, id, None, after, 1000).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.subscriber_id;
            seen += page.len() as i64;
            assert!(page.iter().all(|row| row.requeues == 1 && row.attempts == 0));
        }
        assert_eq!(seen, READERS);
    }

    async fn a_send_to_the_rest_that_is_interrupted_or_doubled_reaches_each_once(app: TestApp) {
        let list = app.list("world", "World").await;
        let readers: Vec<String> = (0..30).map(|n| format!("reader{n}@example.org")).collect();
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        subscribe_all(app, list, &readers).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        end_as(app, id, |_| Some(DeliveryStatus::Failed)).await;
        act(app, id, CampaignAction::Finish).await;
        // The process ends when ten are enqueued and nothing else is done: nothing leaves.
        exec(app, "UPDATE deliveries SET status = 'queued' WHERE subscriber_id IN (SELECT id FROM subscribers ORDER BY id LIMIT 10)").await;
        app.run_all_due().await;
        assert_eq!((app.smtp.count(), load(app, id).await.status), (0, CampaignStatus::Sent));
        assert_eq!(missed_by(app, id, false).await.len(), 30, "they have not got it yet");

        let (first, second) = tokio::join!(catch_up::send(&app.app, id, false), catch_up::send(&app.app, id, false));
        for done in [first, second] {
            assert!(matches!(done, Ok(30) | Err(Error::Refused(_))), "{done:?}");
        }
        app.run_all_due().await;
        let mails = app.smtp.take();
        let mut to = addresses(&mails);
        to.dedup();
        assert_eq!((to.len(), mails.len()), (30, 30));
        assert_eq!(load(app, id).await.status, CampaignStatus::Sent);
    }

    async fn a_cancelled_campaign_goes_out_to_the_rest_but_not_to_who_came_later(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.org"]).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        // Cancelled when enqueueing had come to the first reader only.
        let (ines, tobe) = (id_of(app, "ines@example.org").await, id_of(app, "tobe@example.org").await);
        assert!(ines < tobe);
        exec(app, "UPDATE campaigns SET enqueued_at = NULL").await;
        match &app.app.db {
            Db::Sqlite { .. } => exec(app, &format!("UPDATE campaigns SET enqueued_to = x'{}'", ines.simple())).await,
            Db::Postgres(_) => exec(app, &format!("UPDATE campaigns SET enqueued_to = '{ines}'")).await,
        }
        exec(app, "DELETE FROM deliveries WHERE subscriber_id = (SELECT id FROM subscribers WHERE email = 'tobe@example.org')").await;
        act(app, id, CampaignAction::Cancel).await;
        app.advance(TimeDelta::minutes(1));
        subscribe_all(app, list, &["late@example.org"]).await;

        let missed: Vec<String> = missed_by(app, id, false).await.into_keys().collect();
        assert_eq!(missed, ["ines@example.org", "tobe@example.org"]);
        assert_eq!(catch_up::send(&app.app, id, false).await.unwrap(), 2);
        app.run_all_due().await;
        assert_eq!(addresses(&app.smtp.take()), ["ines@example.org", "tobe@example.org"]);
        assert_eq!(load(app, id).await.status, CampaignStatus::Sent);
    }

    async fn who_has_not_got_it_is_shown_while_it_is_paused_and_sent_only_when_it_is_over(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org", "tobe@example.org"]).await;
        let id = campaign(app, list, "Ferry").await;
        assert!(matches!(catch_up::send(&app.app, id, false).await, Err(Error::Refused(why)) if why.is(&codes::MISSED_NEVER_BEGAN)));
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        assert!(matches!(catch_up::send(&app.app, id, false).await, Err(Error::Refused(_))));
        end_as(app, id, |to| (to == "ines@example.org").then_some(DeliveryStatus::Sent)).await;
        let mut tx = app.app.db.write().await.unwrap();
        let now = app.clock.now();
        assert!(campaigns::pause_with_reason(&mut tx, id, "too many refusals", now).await.unwrap());
        assert!(!campaigns::pause_with_reason(&mut tx, id, "again", now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(load(app, id).await.status_reason.as_deref(), Some("too many refusals"));
        assert_eq!(missed_by(app, id, false).await.into_keys().collect::<Vec<_>>(), ["tobe@example.org"]);
        assert!(matches!(catch_up::send(&app.app, id, false).await, Err(Error::Refused(why)) if why.is(&codes::MISSED_PAUSED)));
        act(app, id, CampaignAction::Resume).await;
        app.run_all_due().await;
        assert_eq!(addresses(&app.smtp.take()), ["tobe@example.org"]);
        assert_eq!(load(app, id).await.status_reason, None);
    }

    async fn a_campaigns_false_bounces_are_undone_with_all_that_they_did(app: TestApp) {
        let (world, local) = (app.list("world", "World").await, app.list("local", "Local").await);
        subscribe_all(app, world, &["ines@example.org", "tobe@example.org", "marta@example.org", "owen@example.org"]).await;
        let ines = id_of(app, "ines@example.org").await;
        let mut tx = app.app.db.write().await.unwrap();
        subscriptions::change_one(&mut tx, &app.cause(), ines, local, Transition::Ask(Cadence::Weekly)).await.unwrap();
        let before = subscriptions::of_subscriber(&mut tx, ines).await.unwrap();
        tx.commit().await.unwrap();
        app.advance(TimeDelta::days(3));
        let id = campaign(app, world, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        // Marta's mailbox is gone in truth; an hour later the relay calls everybody missing.
        end_as(app, id, |to| (to == "marta@example.org").then_some(DeliveryStatus::Bounced)).await;
        app.advance(TimeDelta::hours(1));
        let since = app.clock.now();
        suppress(app, "owen@example.org").await;
        exec(app, "UPDATE deliveries SET status = 'bounced' WHERE subscriber_id = (SELECT id FROM subscribers WHERE email = 'owen@example.org')").await;
        end_as(app, id, |_| Some(DeliveryStatus::Bounced)).await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Bounced, 4)]));
        app.advance(TimeDelta::minutes(1));

        let now = app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        assert!(campaigns::pause_with_reason(&mut tx, id, "most are refused", now).await.unwrap());
        assert_eq!(suppressions::undo_window(&mut tx, id, since, now).await.unwrap(), 2);
        assert_eq!(suppressions::undo_window(&mut tx, id, since, now).await.unwrap(), 0);
        let after = subscriptions::of_subscriber(&mut tx, ines).await.unwrap();
        for (was, is) in before.iter().zip(&after) {
            assert_eq!((was.status, was.cadence, was.status_since), (is.status, is.cadence, is.status_since));
        }
        for (address, suppressed) in [("ines", false), ("tobe", false), ("marta", true), ("owen", true)] {
            let key = format!("{address}@example.org");
            assert_eq!(suppressions::is_suppressed(&mut tx, &key).await.unwrap(), suppressed, "{address}");
        }
        tx.commit().await.unwrap();
        assert_eq!(
            counts(app, id).await,
            HashMap::from([(DeliveryStatus::Bounced, 2), (DeliveryStatus::Queued, 2)])
        );
        act(app, id, CampaignAction::Resume).await;
        app.run_all_due().await;
        assert_eq!(addresses(&app.smtp.take()), ["ines@example.org", "tobe@example.org"]);
        let marta = id_of(app, "marta@example.org").await;
        let mut tx = app.app.db.read().await.unwrap();
        let status = subscriptions::status(&mut tx, world, marta).await.unwrap();
        assert_eq!(status, Some(SubscriptionStatus::Bounced), "what bounced before the window stays");
    }

    async fn admins_are_told_once_an_hour_and_editors_never(app: TestApp) {
        let list = app.list("world", "World").await;
        let (first, second) = (campaign(app, list, "Ferry").await, campaign(app, list, "Harbour <dues>").await);
        let mut tx = app.app.db.write().await.unwrap();
        for (address, role) in [("ada@example.org", Role::Admin), ("ben@example.org", Role::Admin), ("eve@example.org", Role::Editor)] {
            let email = EmailAddress::parse(address).unwrap();
            assert!(users::add(&mut tx, &email, role, app.clock.now()).await.unwrap());
            assert!(!users::add(&mut tx, &email, Role::Editor, app.clock.now()).await.unwrap());
        }
        tx.commit().await.unwrap();
        let raise = async |kind, about| {
            let mut tx = app.app.db.write().await.unwrap();
            let why = "550 5.7.1 not from you";
            let told = postrider::actions::alerts::raise(&mut tx, kind, about, why, app.clock.now()).await.unwrap();
            tx.commit().await.unwrap();
            told
        };
        assert!(raise(AlertKind::CampaignPaused, About::Campaign(first)).await);
        assert!(!raise(AlertKind::CampaignPaused, About::Campaign(first)).await, "told already");
        assert!(raise(AlertKind::CampaignPaused, About::Campaign(second)).await, "another thing");
        assert!(raise(AlertKind::RelayRefuses, About::Relay("relay.example:25")).await, "another kind");
        assert!(!raise(AlertKind::RelayRefuses, About::Relay("relay.example:25")).await);
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        let (ada, ben) = ("ada@example.org", "ben@example.org");
        assert_eq!(addresses(&mails), [ada, ada, ada, ben, ben, ben]);
        let texts: Vec<String> = mails
            .iter()
            .map(|mail| {
                let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
                parsed.body_text(0).unwrap().into_owned()
            })
            .collect();
        let resume = format!("postrider campaign resume {second}");
        assert!(texts.iter().any(|text| text.contains("Harbour <dues>") && text.contains(&resume)), "{texts:?}");
        assert!(texts.iter().all(|text| text.contains("550 5.7.1 not from you")), "{texts:?}");
        app.advance(TimeDelta::minutes(61));
        assert!(raise(AlertKind::RelayRefuses, About::Relay("relay.example:25")).await, "an hour has passed");
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);

        // What is mended is no concern of a doctor's.
        let mut tx = app.app.db.read().await.unwrap();
        let open = alerts::open(&mut tx).await.unwrap();
        assert_eq!(open.len(), 1, "the relay's last; no campaign is paused: {open:?}");
    }

    async fn an_alert_waits_for_the_relay_that_it_is_about(app: TestApp) {
        let mut tx = app.app.db.write().await.unwrap();
        let now = app.clock.now();
        users::add(&mut tx, &EmailAddress::parse("ada@example.org").unwrap(), Role::Admin, now).await.unwrap();
        let relay = app.smtp.addr.to_string();
        let about = About::Relay(&relay);
        postrider::actions::alerts::raise(&mut tx, AlertKind::RelayRefuses, about, "550 5.7.1 no", now).await.unwrap();
        tx.commit().await.unwrap();
        app.smtp.at_mail(Answer::Reply("550 5.7.1 sender not allowed"));
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        app.smtp.at_mail(Answer::Usual);
        app.advance(TimeDelta::minutes(3));
        app.deliver_all_due().await;
        assert_eq!(addresses(&app.smtp.take()), ["ada@example.org"]);
    }

    async fn a_campaign_is_found_by_its_id_the_first_signs_of_it_and_its_name_in_the_archive(app: TestApp) {
        let list = app.list("world", "World").await;
        let id = campaign(app, list, "Ferry").await;
        let other = campaign(app, list, "Ferry").await;
        let slug = load(app, id).await.slug;
        let mut tx = app.app.db.read().await.unwrap();
        let simple = id.simple().to_string();
        for name in [id.to_string(), simple.clone(), simple[..31].to_owned(), simple.to_uppercase(), slug] {
            let found = campaigns::named(&mut tx, &name).await.unwrap();
            assert_eq!(found.iter().map(|campaign| campaign.id).collect::<Vec<_>>(), [id], "{name}");
        }
        assert_eq!(campaigns::named(&mut tx, &simple[..6]).await.unwrap().len(), 2, "both of this minute");
        for nobody in ["", "xyz", "0", "ffffffff", "%", &format!("{simple}0")] {
            assert!(campaigns::named(&mut tx, nobody).await.unwrap().is_empty(), "{nobody}");
        }
        let page = campaigns::page(&mut tx, Some(CampaignStatus::Scheduled), Uuid::max(), 1).await.unwrap();
        assert_eq!(page[0].id, other, "the newest first");
        let page = campaigns::page(&mut tx, None, other, 9).await.unwrap();
        assert_eq!(page.iter().map(|campaign| campaign.id).collect::<Vec<_>>(), [id]);
    }
}

/// Now, as both engines read it.
fn stored_now(app: &TestApp) -> String {
    app.clock.now().to_rfc3339()
}

on_both_engines! {
    async fn what_waited_before_the_second_migration_waits_after_it(app: TestApp) {
        let (first, second) = match &app.app.db {
            Db::Sqlite { .. } => (
                include_str!("../../migrations/sqlite/0001_foundation.sql"),
                include_str!("../../migrations/sqlite/0002_alerts_and_second_sends.sql"),
            ),
            Db::Postgres(_) => (
                include_str!("../../migrations/postgres/0001_foundation.sql"),
                include_str!("../../migrations/postgres/0002_alerts_and_second_sends.sql"),
            ),
        };
        let insert = "INSERT INTO notices (id, kind, email, email_key, created_at, status, attempts, status_since, reply)
                      VALUES ($1, 'test', 'Ines@example.org', 'ines@example.org', $2, 'queued', 2, $2, 'so far')";
        let select = "SELECT id, email, attempts, reply FROM notices";
        let (id, now) = (Uuid::now_v7(), app.clock.now());
        type Row = (Uuid, String, i64, Option<String>);
        let kept: Row = match &app.app.db {
            Db::Sqlite { .. } => {
                let pool = sqlx::sqlite::SqlitePoolOptions::new()
                    .max_connections(1)
                    .connect("sqlite::memory:")
                    .await
                    .unwrap();
                let mut tx = pool.begin().await.unwrap();
                sqlx::raw_sql(first).execute(&mut *tx).await.unwrap();
                sqlx::query(insert).bind(id).bind(now).execute(&mut *tx).await.unwrap();
                sqlx::raw_sql(second).execute(&mut *tx).await.unwrap();
                sqlx::query_as(select).fetch_one(&mut *tx).await.unwrap()
            }
            Db::Postgres(pool) => {
                let mut tx = pool.begin().await.unwrap();
                sqlx::raw_sql("CREATE SCHEMA before; SET LOCAL search_path = before").execute(&mut *tx).await.unwrap();
                sqlx::raw_sql(first).execute(&mut *tx).await.unwrap();
                sqlx::query(insert).bind(id).bind(now).execute(&mut *tx).await.unwrap();
                sqlx::raw_sql(second).execute(&mut *tx).await.unwrap();
                sqlx::query_as(select).fetch_one(&mut *tx).await.unwrap()
            }
        };
        assert_eq!(kept, (id, "Ines@example.org".to_owned(), 2, Some("so far".to_owned())));
    }

    async fn no_header_hides_or_turns_around_what_stands_beside_it(app: TestApp) {
        let list = app.list("all", "All \u{202e}selcitra\u{200b}").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut publication = publication::get(&mut tx).await.unwrap();
        publication.from_name = "Harbour \u{202e}sweN".to_owned();
        publication.from_email = "news@harbour.example".to_owned();
        publication::set(&mut tx, &publication, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let hebrew = "חדשות הנמל: \u{200f}(עדכון)\u{200e} 2026";
        let subjects = ["Invoice \u{202e}fdp.exe", "Fares\u{2067} rise\r\nBcc: x@example.org", hebrew, "👩🏽\u{200d}🚀 sails"];
        for subject in subjects {
            campaign(app, list, subject).await;
            app.run_all_due().await;
        }
        let mails = app.smtp.take();
        let read: Vec<(String, String, String)> = mails
            .iter()
            .map(|mail| {
                let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
                let name = |address: Option<&mail_parser::Address>| {
                    address.and_then(|address| address.first()?.name().map(str::to_owned)).unwrap_or_default()
                };
                let list_id = parsed.list_id().as_address().cloned();
                (parsed.subject().unwrap().to_owned(), name(parsed.from()), name(list_id.as_ref()))
            })
            .collect();
        for (_, from, list_id) in &read {
            assert_eq!((from.as_str(), list_id.as_str()), ("Harbour sweN", "All selcitra"));
        }
        let found: Vec<&str> = read.iter().map(|(subject, ..)| subject.as_str()).collect();
        assert_eq!(found, ["Invoice fdp.exe", "Fares rise  Bcc: x@example.org", hebrew, "👩🏽\u{200d}🚀 sails"]);
    }
}
