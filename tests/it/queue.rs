//! The queue: what its rows hold, and how they move.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use postrider::db::alerts::{self, About, AlertKind};
use postrider::db::ledger::{self, DeliveryKey};
use postrider::db::notices::{self, NotANotice, Notice, NoticeKey, WelcomingList};
use postrider::db::queue::{self, QueueKey, Settled};
use postrider::db::sessions::{self, SignInLinkKind};
use postrider::db::users::{self, Role};
use postrider::db::{Db, WriteTx, campaigns, confirmations, lists, subscribers};
use postrider::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use postrider::domain::delivery::{DeliveryStatus, Step};
use postrider::domain::email_address::EmailAddress;
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use crate::on_both_engines;
use crate::relay;
use crate::support::{Answer, TestApp};

async fn exec(app: &TestApp, sql: impl Into<String>) {
    let sql = AssertSqlSafe(sql.into());
    match &app.app.db {
        Db::Sqlite { writer, .. } => writer.execute(sql).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => pool.execute(sql).await.map(|_| ()).unwrap(),
    }
}

macro_rules! fetch {
    ($app:expr, $sql:expr) => {
        match &$app.app.db {
            Db::Sqlite { readers, .. } => {
                sqlx::query_as(AssertSqlSafe($sql)).fetch_all(readers).await.unwrap()
            }
            Db::Postgres(pool) => sqlx::query_as(AssertSqlSafe($sql)).fetch_all(pool).await.unwrap(),
        }
    };
}

/// An id as a literal.
fn literal(app: &TestApp, id: Uuid) -> String {
    match &app.app.db {
        Db::Sqlite { .. } => format!("x'{}'", id.simple()),
        Db::Postgres(_) => format!("'{id}'"),
    }
}

/// A notice of each kind, about rows that are there.
async fn one_of_each(app: &TestApp, tx: &mut WriteTx, list_id: Uuid) -> Vec<Notice> {
    let now = app.clock.now();
    let later = now + TimeDelta::hours(1);
    let ines = EmailAddress::parse("ines@example.org").unwrap();
    let subscriber_id = subscribers::upsert(tx, &ines, "", now).await.unwrap();
    let confirmation_id = confirmations::add(tx, subscriber_id, &[list_id], "", later, now).await.unwrap();
    let campaign_id = campaigns::add_from_html(tx, list_id, "Ferry", "<p>Monday.</p>", now).await.unwrap();
    let alert = alerts::add_unless_recent(tx, AlertKind::RelayRefuses, About::Relays, "550 no", now, now);
    let alert_id = alert.await.unwrap().unwrap();
    assert!(users::add(tx, &ines, Role::Editor, now).await.unwrap());
    let user = users::by_email(tx, &ines).await.unwrap().unwrap();
    let link_id = sessions::add_link(tx, user.id, SignInLinkKind::SignIn, later, now).await.unwrap();
    let by = ChangedBy::Owner { ip: "203.0.113.9".to_owned(), browser: Some("Firefox on Linux".to_owned()) };
    vec![
        Notice::Confirmation { subscriber_id, confirmation_id },
        Notice::Subscribed { subscriber_id },
        Notice::CampaignTest { campaign_id },
        Notice::MailTest,
        Notice::Alert { alert_id },
        Notice::SignIn { link_id },
        Notice::AccountChange(AccountChange { kind: AccountChangeKind::CodesTurnedOff, by }),
        Notice::Reminder { subscriber_id, confirmation_id },
        Notice::Welcome { subscriber_id, lists: vec![WelcomingList { list_id, articles: vec![link_id] }] },
        Notice::WelcomeTest { list_id },
    ]
}

/// Puts the row of a key to every status and takes every step with it: it stays, or goes where its step leads.
async fn every_step_from_every_status<K: QueueKey>(
    app: &TestApp,
    (table, key, is_row): (&str, K, String),
    own: impl AsyncFn(&mut WriteTx, Uuid, Step),
    expected: [usize; 11],
) {
    use DeliveryStatus as D;
    let worker = Uuid::now_v7();
    let now = app.clock.now();
    let at = now.to_rfc3339();
    let held_by = literal(app, worker);
    let settled = |status, next_attempt_at| Settled {
        key,
        status,
        next_attempt_at,
        reply: "as told".to_owned(),
        relay: None,
    };
    let mut moves: HashMap<&str, BTreeSet<(&str, &str)>> = HashMap::new();
    for before in D::ALL {
        for uncertain in ["NULL", &format!("'{at}'")] {
            for (name, step) in [
                ("lease", Step::Lease),
                ("mark", Step::Mark),
                ("settle", Step::Settle),
                ("put off", Step::PutOff),
                ("end", Step::PutOff),
                ("release", Step::Release),
                ("take back", Step::Release),
                ("refuse", Step::Refuse),
                ("recover", Step::Recover),
                ("cancel", Step::Cancel),
                ("send again", Step::Requeue),
            ] {
                let next = if name == "lease" { format!("'{at}'") } else { "NULL".to_owned() };
                exec(
                    app,
                    format!(
                        "UPDATE {table} SET status = '{}', leased_by = {held_by}, attempts = 1, reply = NULL,
                             next_attempt_at = {next}, uncertain_at = {uncertain} WHERE {is_row}",
                        before.as_str()
                    ),
                )
                .await;
                let mut tx = app.app.db.write().await.unwrap();
                let soon = Some(now + TimeDelta::hours(1));
                match name {
                    "lease" | "cancel" | "send again" => own(&mut tx, worker, step).await,
                    "mark" => {
                        let marked = queue::settle(&mut tx, worker, &[], &[key], false, now).await.unwrap();
                        assert_eq!(
                            !marked.is_empty(),
                            matches!(before, D::Leased | D::Sending),
                            "{before:?}"
                        );
                    }
                    "settle" => {
                        for status in D::ALL {
                            let results = [settled(status, soon)];
                            let result = queue::settle(&mut tx, worker, &results, &[], false, now).await;
                            assert_eq!(result.is_ok(), D::Sending.may_become(status, step), "{status:?}");
                        }
                    }
                    "put off" => queue::put_off(&mut tx, worker, &[(key, soon)], "later", now).await.unwrap(),
                    "end" => queue::put_off(&mut tx, worker, &[(key, None)], "over", now).await.unwrap(),
                    "release" => queue::release(&mut tx, worker, &[key], false, now).await.unwrap(),
                    "take back" => queue::release(&mut tx, worker, &[key], true, now).await.unwrap(),
                    "refuse" => {
                        queue::put_back_or_skip(&mut tx, worker, &[key], true, now).await.map(|_| ()).unwrap()
                    }
                    _ => queue::recover(&mut tx, worker, &[key], now).await.unwrap(),
                }
                tx.commit().await.unwrap();
                let rows: Vec<(D,)> = fetch!(app, format!("SELECT status FROM {table} WHERE {is_row}"));
                let after = rows[0].0;
                assert!(
                    after == before || before.may_become(after, step),
                    "{table}: {name} moves {before:?} to {after:?}"
                );
                if after != before {
                    moves.entry(name).or_default().insert((before.as_str(), after.as_str()));
                }
            }
        }
    }
    let moved = |name: &str| moves.get(name).map_or(0, BTreeSet::len);
    let counts = [
        "lease",
        "mark",
        "settle",
        "put off",
        "end",
        "release",
        "take back",
        "refuse",
        "recover",
        "cancel",
        "send again",
    ]
    .map(moved);
    assert_eq!(counts, expected, "{table}: {moves:?}");
}

on_both_engines! {
    async fn a_transaction_that_reads_sees_one_moment(app: TestApp) {
        // Else a campaign was called sent while a mail of it waited for its next attempt: it was in hand when one
        // statement asked, and settled when the other did.
        app.list("world", "World").await;
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(lists::all(&mut tx).await.unwrap().len(), 1);
        app.list("markets", "Markets").await;
        assert_eq!(lists::all(&mut tx).await.unwrap().len(), 1, "what was committed meanwhile is of a later moment");
        drop(tx);
        assert_eq!(lists::all(&mut app.app.db.read().await.unwrap()).await.unwrap().len(), 2);
    }

    async fn each_notice_comes_back_from_its_row_as_it_was(app: TestApp) {
        let list = app.list("world", "World").await;
        let ines = EmailAddress::parse("Ines@example.org").unwrap();
        let now = app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        let mut stored = HashMap::new();
        for notice in one_of_each(app, &mut tx, list).await {
            let id = notices::enqueue(&mut tx, &notice, &ines, now).await.unwrap();
            stored.insert(NoticeKey { id }, notice);
        }
        let leased = notices::lease(&mut tx, Uuid::now_v7(), 100, now).await.unwrap();
        assert!(leased.iter().all(|leased| leased.email == "Ines@example.org" && leased.attempts == 0));
        let read: HashMap<NoticeKey, Notice> =
            leased.into_iter().map(|leased| (leased.key, leased.notice.unwrap())).collect();
        assert_eq!(read, stored);
        assert_eq!(read.len(), 10);
    }

    async fn a_notice_whose_row_makes_no_sense_ends_with_words_and_the_others_are_sent(app: TestApp) {
        let list = app.list("world", "World").await;
        let now = app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        let notices = one_of_each(app, &mut tx, list).await;
        let mut broken = Vec::new();
        for (n, set, words) in [
            (0, "confirmation_id = NULL", "a notice of the kind “confirmation” is stored without its confirmation."),
            (0, "subscriber_id = NULL", "a notice of the kind “confirmation” is stored without its subscriber."),
            (1, "subscriber_id = NULL", "a notice of the kind “subscribed” is stored without its subscriber."),
            (4, "alert_id = NULL", "a notice of the kind “alert” is stored without its alert."),
            (5, "sign_in_link_id = NULL", "a notice of the kind “sign_in” is stored without its link."),
            (6, "details = NULL", "a notice of the kind “account_change” is stored without its change."),
            (6, "details = '{}'", "what a notice of the kind “account_change” is about can't be read: missing field"),
            (8, "details = NULL", "a notice of the kind “welcome” is stored without its lists."),
            (3, "kind = 'poem'", "no notice is of the kind “poem”."),
        ] {
            let to = EmailAddress::parse(&format!("broken{}@example.org", broken.len())).unwrap();
            let id = notices::enqueue(&mut tx, &notices[n], &to, now).await.unwrap();
            broken.push((id, set, words));
        }
        let tobe = EmailAddress::parse("tobe@example.org").unwrap();
        notices::enqueue(&mut tx, &Notice::MailTest, &tobe, now).await.unwrap();
        tx.commit().await.unwrap();
        for (id, set, _) in &broken {
            exec(app, format!("UPDATE notices SET {set} WHERE id = {}", literal(app, *id))).await;
        }
        app.deliver_all_due().await;
        let to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["tobe@example.org"]);
        for (id, set, words) in broken {
            let sql = format!("SELECT status, reply FROM notices WHERE id = {}", literal(app, id));
            let rows: Vec<(DeliveryStatus, String)> = fetch!(app, sql);
            assert_eq!(rows[0].0, DeliveryStatus::Skipped, "{set}");
            assert!(rows[0].1.starts_with(words), "{set}: {}", rows[0].1);
        }
        let unknown = NotANotice::UnknownKind("poem".to_owned());
        assert_eq!(unknown.to_string(), "no notice is of the kind “poem”");
    }

    async fn no_statement_moves_a_row_where_its_step_does_not_lead(app: TestApp) {
        let queued = relay::queue(app, "world", ["ines@example.org".to_owned()]).await;
        let mut tx = app.app.db.write().await.unwrap();
        let campaign = campaigns::by_id(&mut tx, queued.id).await.unwrap().unwrap();
        let tobe = EmailAddress::parse("tobe@example.org").unwrap();
        let id = notices::enqueue(&mut tx, &Notice::MailTest, &tobe, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let now = app.clock.now();

        let keys: Vec<DeliveryKey> = fetch!(app, "SELECT campaign_id, subscriber_id FROM deliveries".to_owned());
        let of_deliveries = async |tx: &mut WriteTx, worker, step| match step {
            Step::Lease => {
                ledger::lease_queued(tx, worker, &campaign, Uuid::nil(), 10, now).await.unwrap();
                ledger::lease_due(tx, worker, &campaign, 10, now).await.unwrap();
            }
            Step::Cancel => ledger::skip_cancelled(tx, &keys, now).await.map(|_| ()).unwrap(),
            _ => {
                ledger::requeue_missed_chunk(tx, &campaign, now, true, Uuid::nil(), now).await.unwrap();
            }
        };
        let row = ("deliveries", keys[0], "TRUE".to_owned());
        every_step_from_every_status(app, row, of_deliveries, [3, 1, 1, 2, 2, 1, 2, 4, 2, 2, 4]).await;
        let of_notices = async |tx: &mut WriteTx, worker, step| {
            if step == Step::Lease {
                notices::lease(tx, worker, 10, now).await.unwrap();
            }
        };
        let row = ("notices", NoticeKey { id }, format!("id = {}", literal(app, id)));
        every_step_from_every_status(app, row, of_notices, [3, 1, 1, 2, 2, 1, 2, 4, 2, 0, 0]).await;
        exec(app, "UPDATE notices SET status = 'sent', leased_by = NULL").await;
    }

    async fn each_campaign_has_a_number_of_its_own_whoever_adds_another_at_once(app: TestApp) {
        let list = app.list("world", "World").await;
        let now = app.clock.now();
        let add = async |tx: &mut WriteTx| campaigns::add_from_html(tx, list, "Ferry", "", now).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        add(&mut tx).await;
        // SQLite has one writer: there nobody else can add one before this commit.
        if let Db::Postgres(_) = &app.app.db {
            let mut beside = app.app.db.write().await.unwrap();
            add(&mut beside).await;
            add(&mut tx).await;
            beside.commit().await.unwrap();
        }
        tx.commit().await.unwrap();
        let adding = (0..8).map(|_| {
            let app = app.app.clone();
            tokio::spawn(async move {
                for _ in 0..4 {
                    let mut tx = app.db.write().await.unwrap();
                    campaigns::add_from_html(&mut tx, list, "Ferry", "", now).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        });
        for added in adding.collect::<Vec<_>>() {
            added.await.unwrap();
        }
        let rows: Vec<(i64,)> = fetch!(app, "SELECT number FROM campaigns ORDER BY number".to_owned());
        let numbers: Vec<i64> = rows.into_iter().map(|row| row.0).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
        assert!(numbers.len() >= 33);
    }

    async fn an_article_that_has_its_campaign_uses_up_no_number(app: TestApp) {
        let list = app.list("world", "World").await;
        let (article, now) = (Uuid::now_v7(), app.clock.now());
        exec(app, format!("INSERT INTO articles (id, url, title, author, summary_html, content_html, image_url, image_alt, published_at, first_seen_at) VALUES ({}, '', '', '', '', '', '', '', '{at}', '{at}')", literal(app, article), at = now.to_rfc3339())).await;
        let mut tx = app.app.db.write().await.unwrap();
        for n in 0..3 {
            let is_new = campaigns::add_for_article(&mut tx, list, article, "Ferry", now, now).await.unwrap();
            assert_eq!(is_new.is_some(), n == 0);
        }
        let id = campaigns::add_from_html(&mut tx, list, "Written", "", now).await.unwrap();
        assert_eq!(campaigns::by_id(&mut tx, id).await.unwrap().unwrap().number, 2);
        tx.commit().await.unwrap();
    }

    async fn a_delivery_says_which_relay_took_it(app: TestApp) {
        let readers = ["ines@example.org", "gone@example.org"].map(str::to_owned);
        let queued = relay::queue(app, "world", readers).await;
        app.smtp.at_rcpt(|to| match to {
            "gone@example.org" => Answer::Reply("550 5.7.1 not you"),
            _ => Answer::Usual,
        });
        let mut tx = app.app.db.write().await.unwrap();
        let tobe = EmailAddress::parse("tobe@example.org").unwrap();
        notices::enqueue(&mut tx, &Notice::MailTest, &tobe, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            app.deliver_all_due().await;
        }
        let mut tx = app.app.db.read().await.unwrap();
        let rows = ledger::page(&mut tx, queued.id, None, Uuid::nil(), 10).await.unwrap();
        drop(tx);
        let relay = app.smtp.addr.to_string();
        let by_address: HashMap<&str, Option<&str>> =
            rows.iter().map(|row| (row.email.as_deref().unwrap(), row.relay.as_deref())).collect();
        let expected = [("ines@example.org", Some(relay.as_str())), ("gone@example.org", None)];
        assert_eq!(by_address, HashMap::from(expected));
        let names: Vec<(String,)> =
            fetch!(app, "SELECT y.name FROM notices n JOIN relays y ON y.id = n.relay".to_owned());
        assert_eq!(names, [(relay,)]);
        let relays: Vec<(i16,)> = fetch!(app, "SELECT id FROM relays".to_owned());
        assert_eq!(relays, [(1,)], "however many workers name it");
    }
}
