//! The relay that misbehaves. Whatever it does, afterwards each reader's row says what the relay
//! holds: nobody is lost, nobody is mailed twice who was not uncertain before, and nobody is
//! punished for what is the relay's own doing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use postrider::config::Config;
use postrider::db::{Db, campaigns, suppressions};
use postrider::delivery::engine::Engine;
use postrider::domain::campaign::{CampaignAction, CampaignStatus};
use postrider::domain::delivery::{DeliveryStatus, Outcome};
use postrider::mail::relay::{MailRoute, RelayTls};
use postrider::mail::smtp::Envelope;
use postrider::mail::transport::{NamedEnvelope, Transport};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::Engine::Sqlite;
use crate::support::certificates::Authority;
use crate::support::smtp_server::{At, Login, Manner, Pace, Pipelining, Tls, greylisting};
use crate::support::{Answer, SmtpServer, TestApp, is_long};

/// A reader's row.
#[derive(Clone, Debug)]
pub struct Row {
    pub status: DeliveryStatus,
    pub was_uncertain: bool,
    pub reply: String,
}

/// A campaign whose readers are queued and not yet tried.
pub struct Campaign {
    pub id: Uuid,
    pub readers: BTreeSet<String>,
}

/// Puts these on a list and a campaign before them.
pub async fn queue(app: &TestApp, slug: &str, readers: impl IntoIterator<Item = String>) -> Campaign {
    let readers: BTreeSet<String> = readers.into_iter().collect();
    let list = app.list(slug, slug).await;
    subscribe_all(app, list, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let id = campaign(app, list, slug).await;
    postrider::schedule::run_due(&app.app).await.unwrap();
    Campaign { id, readers }
}

fn people(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("reader{n}@example.org"))
}

/// Delivers all that is due, with these settings. Fails where the worker hangs: a slow disk under a real relay is
/// no hang, so what counts is the time in which no delivery changed.
pub async fn deliver(app: &TestApp, config: &Config) {
    let engine =
        Engine::new(app.app.clone(), Transport::new(config.transport()).unwrap(), CancellationToken::new());
    let limit = Duration::from_secs(if is_long() { 300 } else { 30 });
    let mut delivering = std::pin::pin!(engine.run_until_idle());
    let mut before = None;
    loop {
        match tokio::time::timeout(limit, &mut delivering).await {
            Ok(delivered) => return delivered.unwrap(),
            Err(_) => {
                let now = Some(settled(app).await);
                assert_ne!(now, before, "the worker hangs");
                before = now;
            }
        }
    }
}

/// How many deliveries wait for nothing any more.
async fn settled(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) FROM deliveries WHERE status NOT IN ('queued', 'leased', 'sending')";
    match &app.app.db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

/// Goes on until the campaign is sent, with the time that it takes; an editor resumes it where it
/// was paused.
pub async fn deliver_until_sent(app: &TestApp, config: &Config, campaign: &Campaign) {
    for _ in 0..60 {
        deliver(app, config).await;
        let mut tx = app.app.db.read().await.unwrap();
        let status = campaigns::by_id(&mut tx, campaign.id).await.unwrap().unwrap().status;
        drop(tx);
        if status == CampaignStatus::Sent {
            return;
        }
        resume(app, campaign).await;
        app.advance(TimeDelta::minutes(3));
    }
    panic!("not sent within 3 hours: {:?}", rows(app, campaign).await);
}

/// Resumes a campaign where it is paused.
async fn resume(app: &TestApp, campaign: &Campaign) {
    let mut tx = app.app.db.write().await.unwrap();
    let now = app.clock.now();
    campaigns::apply(&mut tx, campaign.id, CampaignAction::Resume, None, now).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn rows(app: &TestApp, campaign: &Campaign) -> BTreeMap<String, Row> {
    let sql = "SELECT b.email, d.status, CAST(CASE WHEN d.uncertain_at IS NULL THEN 0 ELSE 1 END AS BIGINT),
                      COALESCE(d.reply, '')
               FROM deliveries d JOIN subscribers b ON b.id = d.subscriber_id WHERE d.campaign_id = $1";
    let rows: Vec<(String, DeliveryStatus, i64, String)> = match &app.app.db {
        Db::Sqlite { readers, .. } => sqlx::query_as(sql).bind(campaign.id).fetch_all(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_as(sql).bind(campaign.id).fetch_all(pool).await.unwrap(),
    };
    rows.into_iter()
        .map(|(email, status, uncertain, reply)| {
            (email, Row { status, was_uncertain: uncertain == 1, reply })
        })
        .collect()
}

/// Compares the ledger with what the relay holds, reader by reader. True at any moment at which
/// nothing is on the wire.
async fn audit(app: &TestApp, smtp: &SmtpServer, campaign: &Campaign) -> BTreeMap<String, Row> {
    assert_eq!(smtp.seen().violations, Vec::<String>::new());
    let rows = rows(app, campaign).await;
    assert_eq!(rows.keys().cloned().collect::<BTreeSet<_>>(), campaign.readers, "a row a reader");
    let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for mail in smtp.received() {
        let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
        let addressed = parsed.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap();
        assert_eq!(addressed, mail.to, "each gets their own mail");
        copies.entry(mail.to).or_default().push(mail.message);
    }
    for (reader, row) in &rows {
        let copies = copies.remove(reader).unwrap_or_default();
        let count = copies.len();
        match row.status {
            DeliveryStatus::Sent => {
                assert!(count > 0, "{reader} is lost: {row:?}");
                assert!(count == 1 || row.was_uncertain, "{reader} was mailed {count} times: {row:?}");
            }
            DeliveryStatus::Uncertain => assert!(row.was_uncertain),
            DeliveryStatus::Leased | DeliveryStatus::Sending => {
                panic!("{reader} is in nobody's hands: {row:?}")
            }
            _ => assert!(count == 0 || row.was_uncertain, "{reader} has it, and it stands as {row:?}"),
        }
        assert!(copies.windows(2).all(|two| two[0] == two[1]), "a repeat is the same message to the byte");
    }
    assert!(copies.is_empty(), "mail for nobody on the list: {:?}", copies.keys());
    rows
}

/// Everybody has it, once.
async fn assert_everybody_has_one(app: &TestApp, smtp: &SmtpServer, campaign: &Campaign) {
    let rows = audit(app, smtp, campaign).await;
    assert!(rows.values().all(|row| row.status == DeliveryStatus::Sent), "{rows:?}");
    assert_eq!(smtp.count(), campaign.readers.len());
}

/// Nobody has it, and everybody will be tried again as if nothing had been.
async fn assert_nobody_is_the_worse_for_it(app: &TestApp, smtp: &SmtpServer, campaign: &Campaign) {
    use DeliveryStatus::{Deferred, Queued};
    let rows = audit(app, smtp, campaign).await;
    assert!(rows.values().all(|row| matches!(row.status, Queued | Deferred)), "{rows:?}");
    assert!(rows.values().all(|row| !row.was_uncertain), "{rows:?}");
    assert_eq!(smtp.count(), 0);
    for reader in &campaign.readers {
        assert!(!is_suppressed(app, reader).await, "{reader}");
    }
}

pub async fn is_suppressed(app: &TestApp, reader: &str) -> bool {
    let mut tx = app.app.db.read().await.unwrap();
    suppressions::is_suppressed(&mut tx, reader).await.unwrap()
}

/// The number in a reader's address.
pub fn number(reader: &str) -> usize {
    reader.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// The number in what stands before the @.
fn number_before_at(reader: &str) -> usize {
    number(reader.split('@').next().unwrap_or_default())
}

/// Settings with which nothing is waited for for long where the relay misbehaves. The rest has the
/// usual time, since the machine may be busy.
fn impatient(app: &TestApp, at: At) -> Config {
    let mut config = app.app.config.clone();
    let brief = Duration::from_millis(120);
    let timeouts = &mut config.smtp_timeouts;
    match at {
        At::Connect | At::Ehlo | At::Helo | At::StartTls | At::Auth => timeouts.connect = brief,
        At::Mail | At::Rcpt | At::Data => timeouts.command = brief,
        At::Message => timeouts.final_dot = brief,
    }
    config
}

/// Settings that lead to the test's own relay, encrypted as asked.
fn encrypted(app: &TestApp, tls: RelayTls, authority: Option<&Authority>) -> Config {
    let mut config = app.app.config.clone();
    let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
    relays[0].tls = tls;
    if let Some(authority) = authority {
        let file = config.data_dir.join("relay-ca.pem");
        authority.write_to(&file);
        config.smtp_ca_file = Some(file);
    }
    config
}

fn signed_in(mut config: Config, user: &str, password: &str) -> Config {
    let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
    relays[0].credentials = Some((user.to_owned(), password.to_owned().into()));
    config
}

on_both_engines! {
    async fn whoever_says_not_now_at_any_point_gets_the_mail_later_and_once(app: TestApp) {
        let stages = [At::Connect, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Message];
        let faults = [
            Answer::Reply("451 4.3.0 not now"),
            Answer::Reply("451-4.3.0 not\r\n451 4.3.0 now"),
            Answer::Reply("421 4.3.2 closing down"),
            Answer::HangUp,
        ];
        for (at, fault) in stages.into_iter().flat_map(|at| faults.clone().map(|fault| (at, fault))) {
            let slug = format!("{at:?}-{}", faults.iter().position(|f| *f == fault).unwrap()).to_lowercase();
            let campaign = queue(app, &slug, people(6)).await;
            let (decided, what) = (fault.clone(), format!("{fault:?} at {at:?}"));
            app.smtp.at(at, move |_| decided.clone());
            deliver(app, &app.app.config).await;
            if at == At::Message && fault == Answer::HangUp {
                let rows = audit(app, &app.smtp, &campaign).await;
                assert!(rows.values().any(|row| row.status == DeliveryStatus::Uncertain), "{what}: {rows:?}");
            } else {
                assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            }
            assert!(app.smtp.seen().connections > 0, "{what}");
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn what_the_relay_refuses_for_good_is_held_against_no_reader(app: TestApp) {
        for (slug, at, refusal) in [
            ("banner", At::Connect, "554 5.7.1 your network is not welcome"),
            ("hello", At::Ehlo, "550 5.7.1 I don't know you"),
            ("sender", At::Mail, "550 5.7.1 not with this sender"),
            ("no-such-sender", At::Mail, "550 5.1.1 no such user"),
            ("relaying", At::Rcpt, "554 5.7.1 Relay access denied"),
            ("nothing", At::Data, "554 5.7.1 not from you"),
            ("no-login", At::Rcpt, "530 5.7.0 Authentication required"),
        ] {
            let campaign = queue(app, slug, people(8)).await;
            app.smtp.at(at, move |_| Answer::Reply(refusal));
            deliver(app, &app.app.config).await;
            assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn only_a_mailbox_that_does_not_exist_is_never_mailed_again(app: TestApp) {
        const GONE: [&str; 6] = [
            "550 5.1.1 no such user",
            "550 5.1.2 no such host",
            "553 5.1.3 no such syntax",
            "551 5.1.6 moved",
            "556 5.1.10 takes no mail",
            "550-5.1.1 no such user\r\n550-5.1.1 look it up\r\n550 5.1.1 goodbye",
        ];
        const REFUSED: [&str; 7] = [
            "552 5.2.2 mailbox full",
            "550 5.2.1 disabled",
            "550 5.7.1 we do not like you",
            "550 5.1.0 something about the address",
            "553 5.1.8 something about the sender",
            "554 5.4.4 no route",
            "550 no such user",
        ];
        let campaign = queue(app, "world", people(60)).await;
        app.smtp.at_rcpt(|to| match number(to) {
            n @ 0..6 => Answer::Reply(GONE[n]),
            n @ 10..17 => Answer::Reply(REFUSED[n - 10]),
            _ => Answer::Usual,
        });
        // Where the message was looked at, an answer is about the message.
        app.smtp.at_message(|mail| match number(&mail.to) {
            20 => Answer::Reply("550 5.1.1 no such user"),
            21 => Answer::Reply("554 5.7.1 looks like spam"),
            _ => Answer::Usual,
        });
        deliver_until_sent(app, &app.app.config, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        for (reader, row) in &rows {
            let expected = match number(reader) {
                0..6 => DeliveryStatus::Bounced,
                10..17 | 20 | 21 => DeliveryStatus::Failed,
                _ => DeliveryStatus::Sent,
            };
            assert_eq!(row.status, expected, "{reader}: {row:?}");
            assert_eq!(is_suppressed(app, reader).await, expected == DeliveryStatus::Bounced, "{reader}");
        }
        assert_eq!(app.smtp.count(), 60 - 15);
        assert_eq!(rows["reader10@example.org"].reply, "552 5.2.2 mailbox full", "the reason is kept");
    }

    async fn a_relay_that_refuses_three_of_ten_gets_the_others_their_mail(app: TestApp) {
        let campaign = queue(app, "world", people(120)).await;
        let answer = |to: &str, first: bool| match (number(to) % 10, number(to) % 4) {
            (3.., _) => Answer::Usual,
            (_, 0) => Answer::Reply("550 5.1.1 no such user"),
            (_, 1) => Answer::Reply("550 5.7.1 policy"),
            (_, 2) => Answer::Reply("552 5.2.2 full"),
            _ if first => Answer::Reply("451 4.3.2 try again"),
            _ => Answer::Usual,
        };
        let first = std::sync::Arc::new(AtomicBool::new(true));
        let is_first = first.clone();
        app.smtp.at_rcpt(move |to| answer(to, is_first.load(Ordering::SeqCst)));
        deliver(app, &app.app.config).await;
        audit(app, &app.smtp, &campaign).await;
        first.store(false, Ordering::SeqCst);
        deliver_until_sent(app, &app.app.config, &campaign).await;
        for (reader, row) in audit(app, &app.smtp, &campaign).await {
            let expected = match answer(&reader, false) {
                Answer::Reply("550 5.1.1 no such user") => DeliveryStatus::Bounced,
                Answer::Reply(_) => DeliveryStatus::Failed,
                _ => DeliveryStatus::Sent,
            };
            assert_eq!(row.status, expected, "{reader}: {row:?}");
            assert_eq!(is_suppressed(app, &reader).await, expected == DeliveryStatus::Bounced, "{reader}");
            assert!(!row.was_uncertain, "{reader}: {row:?}");
        }
    }

    async fn a_greylisting_relay_takes_everybody_in_the_end(app: TestApp) {
        let campaign = queue(app, "world", people(20)).await;
        app.smtp.at_rcpt(greylisting());
        deliver(app, &app.app.config).await;
        assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
        deliver_until_sent(app, &app.app.config, &campaign).await;
        assert_everybody_has_one(app, &app.smtp, &campaign).await;
    }

    async fn a_relay_that_takes_a_few_messages_a_connection_gets_more_connections(app: TestApp) {
        for (max, readers) in [(7, 50), (100, 450)] {
            let campaign = queue(app, &format!("max-{max}"), people(readers)).await;
            app.smtp.messages_max(max);
            let before = app.smtp.seen().connections;
            // In one go: who has had its messages is no worse than before.
            deliver(app, &app.app.config).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
            let seen = app.smtp.seen();
            let messages = &seen.messages[before..];
            assert!(messages.iter().all(|messages| *messages <= max), "{messages:?}");
            assert!(messages.len() >= readers.div_ceil(max), "{messages:?}");
        }
    }

    async fn a_message_that_was_cut_off_is_sent_again_and_arrives_once(app: TestApp) {
        for after in [1, 700] {
            let campaign = queue(app, &format!("after-{after}"), people(6)).await;
            app.smtp.cut_bodies(after);
            deliver(app, &app.app.config).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            assert!(rows.values().all(|row| row.status != DeliveryStatus::Sent), "{rows:?}");
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn who_hangs_up_on_one_message_makes_one_reader_uncertain_and_not_the_next(app: TestApp) {
        for (slug, answer, copies) in [("taken", Answer::TakeAndHangUp, 2), ("lost", Answer::HangUp, 1)] {
            let campaign = queue(app, slug, people(40)).await;
            let met = AtomicBool::new(false);
            app.smtp.at_message(move |mail| match number(&mail.to) {
                17 if !met.swap(true, Ordering::SeqCst) => answer.clone(),
                _ => Answer::Usual,
            });
            deliver(app, &app.app.config).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            assert_eq!(rows["reader17@example.org"].status, DeliveryStatus::Uncertain);
            deliver_until_sent(app, &app.app.config, &campaign).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            let uncertain: Vec<&String> =
                rows.iter().filter(|(_, row)| row.was_uncertain).map(|(reader, _)| reader).collect();
            assert_eq!(uncertain, ["reader17@example.org"], "what was only announced is not uncertain");
            assert_eq!(app.smtp.take().iter().filter(|mail| number(&mail.to) == 17).count(), copies);
        }
    }

    async fn who_hangs_up_between_messages_makes_nobody_uncertain(app: TestApp) {
        for at in [At::Mail, At::Rcpt, At::Data] {
            for fault in [Answer::HangUp, Answer::Reply("421 4.3.2 closing down")] {
                let slug = format!("{at:?}-{}", fault == Answer::HangUp).to_lowercase();
                let campaign = queue(app, &slug, people(30)).await;
                // Every fifth time that it comes to this, whoever it is.
                let times = AtomicUsize::new(0);
                app.smtp.at(at, move |_| match times.fetch_add(1, Ordering::SeqCst) % 5 {
                    4 => fault.clone(),
                    _ => Answer::Usual,
                });
                deliver_until_sent(app, &app.app.config, &campaign).await;
                assert_everybody_has_one(app, &app.smtp, &campaign).await;
                let rows = audit(app, &app.smtp, &campaign).await;
                assert!(rows.values().all(|row| !row.was_uncertain), "{slug}: {rows:?}");
                app.smtp.take();
            }
        }
    }

    async fn a_relay_that_fails_at_random_loses_nobody(app: TestApp) {
        let campaign = queue(app, "world", people(80)).await;
        // The same sequence in every run; which reader meets which fault is chance.
        for (at, every) in [(At::Connect, 5), (At::Mail, 23), (At::Rcpt, 19), (At::Data, 17), (At::Message, 7)] {
            let times = AtomicUsize::new(0);
            app.smtp.at(at, move |_| {
                let n = times.fetch_add(1, Ordering::SeqCst) + 1;
                match (n % every, n / every % 4) {
                    (0, 0) => Answer::HangUp,
                    (0, 1) if at == At::Message => Answer::TakeAndHangUp,
                    (0, 1 | 2) => Answer::Reply("421 4.3.2 closing down"),
                    (0, _) => Answer::Reply("451 4.3.0 not now"),
                    _ => Answer::Usual,
                }
            });
        }
        deliver_until_sent(app, &app.app.config, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        assert!(rows.values().all(|row| row.status == DeliveryStatus::Sent), "{rows:?}");
        assert!(rows.values().any(|row| row.was_uncertain), "it did fail");
    }

    async fn answers_are_understood_however_they_are_cut_and_worded(app: TestApp) {
        let refused = |n: usize| n % 5 == 3;
        for (slug, pace, manner, count) in [
            ("together-wordy", Pace::Together, Manner::Wordy, 20),
            ("together-terse", Pace::Together, Manner::Terse, 20),
            ("pieces", Pace::Pieces, Manner::Usual, 20),
            ("pieces-wordy", Pace::Pieces, Manner::Wordy, 20),
            ("drip", Pace::Drip(Duration::from_micros(50)), Manner::Usual, 5),
        ] {
            for pipelining in [Pipelining::Offered, Pipelining::Refused] {
                let slug = format!("{slug}-{}", pipelining == Pipelining::Offered);
                let campaign = queue(app, &slug, people(count)).await;
                app.smtp.pace(pace);
                app.smtp.manner(manner);
                app.smtp.pipelining(pipelining);
                app.smtp.at_rcpt(move |to| match refused(number(to)) {
                    true => Answer::Reply("550-5.7.1 not\r\n550 5.7.1 from you"),
                    false => Answer::Usual,
                });
                deliver_until_sent(app, &app.app.config, &campaign).await;
                for (reader, row) in audit(app, &app.smtp, &campaign).await {
                    let failed = row.status == DeliveryStatus::Failed;
                    assert_eq!(failed, refused(number(&reader)), "{slug}: {reader}: {row:?}");
                    assert!(!row.was_uncertain, "{slug}: {reader}: {row:?}");
                }
                assert_eq!(app.smtp.take().len(), (0..count).filter(|n| !refused(*n)).count());
            }
        }
    }

    async fn a_relay_that_waits_for_a_message_to_nobody_gets_nobodys(app: TestApp) {
        let campaign = queue(app, "world", people(40)).await;
        app.smtp.data_to_nobody();
        app.smtp.at_rcpt(|to| match number(to) % 4 {
            1 => Answer::Reply("550 5.7.1 not from you"),
            _ => Answer::Usual,
        });
        deliver_until_sent(app, &app.app.config, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        assert_eq!(rows.values().filter(|row| row.status == DeliveryStatus::Failed).count(), 10);
        assert_eq!(app.smtp.count(), 30);
    }

    async fn a_slow_relay_gets_no_more_connections_than_are_set(app: TestApp) {
        let campaign = queue(app, "world", people(40)).await;
        for at in At::ALL {
            app.smtp.delay_at(at, Duration::from_millis(5));
        }
        deliver(app, &app.app.config).await;
        assert_everybody_has_one(app, &app.smtp, &campaign).await;
        let seen = app.smtp.seen();
        // Of four, one is kept for notices.
        assert_eq!((seen.connections, seen.at_once["example.org"]), (3, 3));
    }

    async fn whoever_falls_silent_at_any_point_is_left_in_the_end(app: TestApp) {
        for at in [At::Connect, At::Ehlo, At::Mail, At::Rcpt, At::Data] {
            let campaign = queue(app, &format!("{at:?}").to_lowercase(), people(4)).await;
            app.smtp.at(at, |_| Answer::Hang);
            deliver(app, &impatient(app, at)).await;
            assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn who_falls_silent_on_a_message_makes_its_reader_uncertain_and_not_the_next(app: TestApp) {
        for (slug, answer, copies) in [("taken", Answer::TakeAndHang, 2), ("lost", Answer::Hang, 1)] {
            let campaign = queue(app, slug, people(20)).await;
            app.smtp.at_message(move |mail| match number(&mail.to) {
                7 => answer.clone(),
                _ => Answer::Usual,
            });
            let mut config = app.app.config.clone();
            // The others' messages must be answered by then, on a busy machine too.
            config.smtp_timeouts.final_dot = Duration::from_secs(1);
            deliver(app, &config).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            assert_eq!(rows["reader7@example.org"].status, DeliveryStatus::Uncertain);
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            let uncertain: Vec<&String> =
                rows.iter().filter(|(_, row)| row.was_uncertain).map(|(reader, _)| reader).collect();
            assert_eq!(uncertain, ["reader7@example.org"]);
            assert_eq!(app.smtp.take().iter().filter(|mail| number(&mail.to) == 7).count(), copies);
        }
    }

    async fn an_answer_that_comes_too_slowly_is_not_waited_for(app: TestApp) {
        for at in [At::Connect, At::Mail, At::Data, At::Message] {
            let campaign = queue(app, &format!("{at:?}").to_lowercase(), people(4)).await;
            let smtp = app.smtp.clone();
            app.smtp.at(at, move |_| {
                // A byte now and then, so that a limit on each read would never be reached.
                smtp.pace(Pace::Drip(Duration::from_millis(20)));
                Answer::Endless
            });
            deliver(app, &impatient(app, at)).await;
            if at == At::Message {
                let rows = audit(app, &app.smtp, &campaign).await;
                assert!(rows.values().any(|row| row.status == DeliveryStatus::Uncertain), "{rows:?}");
            } else {
                assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            }
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn an_answer_without_end_is_not_read_to_its_end(app: TestApp) {
        // With all the patience in the world: it is the length that ends it.
        for at in [At::Connect, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Message] {
            let campaign = queue(app, &format!("{at:?}").to_lowercase(), people(4)).await;
            app.smtp.at(at, |_| Answer::Endless);
            deliver(app, &app.app.config).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            assert!(rows.values().all(|row| row.status != DeliveryStatus::Sent), "{rows:?}");
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn a_relay_that_loses_commands_which_come_together_gets_them_one_by_one(app: TestApp) {
        let campaign = queue(app, "world", people(20)).await;
        app.smtp.pipelining(Pipelining::Swallowed);
        let mut config = app.app.config.clone();
        config.smtp_timeouts.command = Duration::from_millis(150);
        deliver_until_sent(app, &config, &campaign).await;
        assert_everybody_has_one(app, &app.smtp, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        assert!(rows.values().all(|row| !row.was_uncertain), "{rows:?}");
    }

    async fn mail_goes_encrypted_where_the_relay_can_and_its_certificate_is_trusted(app: TestApp) {
        let authority = Authority::new();
        let acceptor = authority.server("127.0.0.1");
        for (slug, offered, asked) in [
            ("offered", Tls::Start(acceptor.clone()), RelayTls::Offered),
            ("required", Tls::Start(acceptor.clone()), RelayTls::Required),
            ("implicit", Tls::Implicit(acceptor.clone()), RelayTls::Implicit),
        ] {
            app.smtp.tls(offered);
            let campaign = queue(app, slug, people(12)).await;
            deliver(app, &encrypted(app, asked, Some(&authority))).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
        let seen = app.smtp.seen();
        assert!(seen.times("STARTTLS") > 0);
        for (at, (number, verb)) in seen.commands.iter().enumerate() {
            if verb == "STARTTLS" {
                let before = seen.commands[..at].iter().filter(|(other, _)| other == number);
                assert!(before.into_iter().all(|(_, verb)| verb == "EHLO"), "nothing goes before it in the clear");
            }
        }
    }

    async fn mail_waits_rather_than_going_to_a_stranger_or_in_the_clear(app: TestApp) {
        let (authority, stranger) = (Authority::new(), Authority::new());
        let acceptor = authority.server("127.0.0.1");
        let elsewhere = authority.server("relay.example");
        for (slug, offered, config) in [
            ("unknown", Tls::Start(acceptor.clone()), encrypted(app, RelayTls::Offered, None)),
            ("other", Tls::Start(acceptor.clone()), encrypted(app, RelayTls::Required, Some(&stranger))),
            ("implicit", Tls::Implicit(acceptor.clone()), encrypted(app, RelayTls::Implicit, Some(&stranger))),
            ("name", Tls::Start(elsewhere), encrypted(app, RelayTls::Required, Some(&authority))),
            ("clear", Tls::Never, encrypted(app, RelayTls::Required, Some(&authority))),
        ] {
            app.smtp.tls(offered);
            let campaign = queue(app, slug, people(4)).await;
            // The file is shared: it says what this round says.
            if slug == "other" || slug == "implicit" {
                stranger.write_to(config.smtp_ca_file.as_ref().unwrap());
            } else if let Some(file) = &config.smtp_ca_file {
                authority.write_to(file);
            }
            deliver(app, &config).await;
            assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            assert_eq!(app.smtp.seen().times("MAIL"), 0, "{slug}");
            app.smtp.tls(Tls::Never);
            deliver_until_sent(app, &app.app.config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
            app.smtp.seen().commands.clear();
        }
    }

    async fn what_was_said_in_the_clear_is_no_answer_to_what_is_asked_encrypted(app: TestApp) {
        let authority = Authority::new();
        app.smtp.tls(Tls::Start(authority.server("127.0.0.1")));
        // To whoever keeps it, it reads like a whole session in which a message is taken.
        app.smtp.before_tls(
            b"250 hello\r\n250 hello\r\n250 sender ok\r\n250 recipient ok\r\n354 go on\r\n250 taken\r\n",
        );
        app.smtp.at_mail(Answer::Reply("451 4.3.0 not now"));
        let campaign = queue(app, "world", people(6)).await;
        let config = encrypted(app, RelayTls::Required, Some(&authority));
        deliver(app, &config).await;
        assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
        app.smtp.behave();
        deliver_until_sent(app, &config, &campaign).await;
        assert_everybody_has_one(app, &app.smtp, &campaign).await;
    }

    async fn a_relay_that_can_not_encrypt_now_loses_nobody(app: TestApp) {
        let authority = Authority::new();
        app.smtp.tls(Tls::Start(authority.server("127.0.0.1")));
        let config = encrypted(app, RelayTls::Required, Some(&authority));
        for (slug, answer) in [
            ("later", Answer::Reply("454 4.7.0 TLS is not available")),
            ("never", Answer::Reply("501 5.5.4 what?")),
            ("gone", Answer::HangUp),
        ] {
            let campaign = queue(app, slug, people(4)).await;
            app.smtp.at(At::StartTls, move |_| answer.clone());
            deliver(app, &config).await;
            assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            app.smtp.behave();
            deliver_until_sent(app, &config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn who_signs_in_may_send_by_plain_or_login(app: TestApp) {
        let authority = Authority::new();
        for (slug, mechanisms) in [("plain", "PLAIN"), ("login", "LOGIN"), ("both", "LOGIN PLAIN")] {
            app.smtp.login(Login { user: "harbour", password: "fäir winds=+", mechanisms, unknown: "" });
            for (way, tls, asked) in [
                ("clear", Tls::Never, RelayTls::None),
                ("starttls", Tls::Start(authority.server("127.0.0.1")), RelayTls::Required),
            ] {
                app.smtp.tls(tls);
                let campaign = queue(app, &format!("{slug}-{way}"), people(6)).await;
                let config = signed_in(encrypted(app, asked, Some(&authority)), "harbour", "fäir winds=+");
                deliver(app, &config).await;
                assert_everybody_has_one(app, &app.smtp, &campaign).await;
                app.smtp.take();
            }
        }
    }

    async fn a_wrong_password_fails_no_reader(app: TestApp) {
        let right = signed_in(app.app.config.clone(), "harbour", "fair winds");
        let wrong = signed_in(app.app.config.clone(), "harbour", "foul winds");
        for (slug, mechanisms, config, at_auth) in [
            ("plain", "PLAIN", &wrong, Answer::Usual),
            ("login", "LOGIN", &wrong, Answer::Usual),
            ("none", "PLAIN LOGIN", &app.app.config, Answer::Usual),
            ("strange", "CRAM-MD5 GSSAPI", &right, Answer::Usual),
            ("later", "PLAIN LOGIN", &right, Answer::Reply("454 4.7.0 can't look it up now")),
            ("closed", "PLAIN LOGIN", &right, Answer::Reply("535-5.7.8 the account\r\n535 5.7.8 is closed")),
            ("gone", "PLAIN LOGIN", &right, Answer::HangUp),
        ] {
            app.smtp.login(Login { user: "harbour", password: "fair winds", mechanisms, unknown: "" });
            let campaign = queue(app, slug, people(4)).await;
            app.smtp.at(At::Auth, move |_| at_auth.clone());
            deliver(app, config).await;
            assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
            app.smtp.behave();
            app.smtp.login(Login { user: "harbour", password: "fair winds", mechanisms: "PLAIN LOGIN", unknown: "" });
            deliver_until_sent(app, &right, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }
}

/// What a relay may say, and what is no reply at all. Who is told so at RCPT, DATA or a message's end is
/// the reader of that number.
const REPLIES: [&str; 38] = [
    "211 2.0.0 what about it",
    "220 2.0.0 hello again",
    "250 2.0.0 fine",
    "334 go on with the login",
    "354 go on",
    "399 who knows",
    "421 4.3.2 closing down",
    "432 4.7.12 a new password is needed",
    "450 4.2.1 busy",
    "450 no code",
    "451 4.3.0 not now",
    "451 4.7.1 too fast",
    "452 4.2.2 full",
    "452 4.3.1 no room",
    "454 4.7.0 not just now",
    "455 4.5.4 strange parameters",
    "499 4.0.0 who knows",
    "500 5.5.2 what?",
    "501 5.1.3 no such syntax",
    "501 5.5.4 strange parameters",
    "502 5.5.1 not here",
    "503 5.5.1 not now",
    "504 5.5.4 not this",
    "521 5.3.2 takes no mail",
    "530 5.7.0 Authentication required",
    "535 5.7.8 wrong password",
    "550 5.1.1 no such user",
    "550 no code",
    "551 5.7.1 not local",
    "552 5.2.2 full",
    "552 5.3.4 too big",
    "553 5.1.8 strange sender",
    "554 5.7.1 not you",
    "556 5.1.10 takes no mail",
    "599 5.0.0 who knows",
    "999 no reply",
    "hello?",
    "",
];

/// The code of a reply; 0: it is none.
fn code(reply: &str) -> u16 {
    let code = reply.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
    if (200..600).contains(&code) { code } else { 0 }
}

/// A domain each: what one of them asks for concerns no other.
fn strangers(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("reader{n:03}@d{n:03}.example"))
}

async fn is_paused(app: &TestApp, campaign: &Campaign) -> bool {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, campaign.id).await.unwrap().unwrap().status == CampaignStatus::Paused
}

on_both_engines! {
    async fn whatever_is_said_before_a_message_is_held_against_no_reader(app: TestApp) {
        for at in [At::Connect, At::Ehlo, At::Auth] {
            let config = match at {
                At::Auth => {
                    app.smtp.login(Login { user: "harbour", password: "fair winds", mechanisms: "PLAIN", unknown: "" });
                    signed_in(app.app.config.clone(), "harbour", "fair winds")
                }
                _ => app.app.config.clone(),
            };
            let campaign = queue(app, &format!("{at:?}").to_lowercase(), people(3)).await;
            let agreement = match at {
                At::Connect => 220,
                At::Ehlo => 250,
                _ => 235,
            };
            for reply in REPLIES.iter().filter(|reply| code(reply) != agreement) {
                let connections = app.smtp.seen().connections;
                app.smtp.at(at, move |_| Answer::Reply(reply));
                app.smtp.at(At::Helo, move |_| Answer::Reply(reply));
                deliver(app, &config).await;
                assert!(app.smtp.seen().connections > connections, "{reply} at {at:?}: it was tried");
                assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
                // A refusal for good waits for a person, all else for better times.
                assert_eq!(is_paused(app, &campaign).await, code(reply) >= 500, "{reply} at {at:?}");
                resume(app, &campaign).await;
                app.advance(TimeDelta::minutes(3));
            }
            app.smtp.behave();
            deliver_until_sent(app, &config, &campaign).await;
            assert_everybody_has_one(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
    }

    async fn whatever_is_said_to_mail_or_data_is_held_against_no_reader(app: TestApp) {
        for (at, agreement) in [(At::Mail, 200..300), (At::Data, 354..355)] {
            for (n, reply) in REPLIES.iter().enumerate().filter(|(_, reply)| !agreement.contains(&code(reply))) {
                let slug = format!("{at:?}-{n}").to_lowercase();
                let campaign = queue(app, &slug, (0..2).map(|who| format!("reader{n}{who}@example.org"))).await;
                app.smtp.at(at, move |_| Answer::Reply(reply));
                deliver(app, &app.app.config).await;
                // Some relays look at the mailbox only at DATA; even so nobody is suppressed.
                let about_reader = ["5.1.1", "5.1.3", "5.1.10", "5.2.2"].iter().any(|code| reply.contains(code));
                if at == At::Data && about_reader {
                    for (reader, row) in audit(app, &app.smtp, &campaign).await {
                        assert_eq!(row.status, DeliveryStatus::Failed, "{reply} at {at:?}: {row:?}");
                        assert!(!is_suppressed(app, &reader).await, "{reply} at {at:?}");
                    }
                    app.smtp.behave();
                    continue;
                }
                assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
                if at == At::Data {
                    // Of recipients of one domain it shows only the second time whose it is.
                    app.advance(TimeDelta::minutes(3));
                    deliver(app, &app.app.config).await;
                    assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
                }
                assert_eq!(is_paused(app, &campaign).await, code(reply) >= 500, "{reply} at {at:?}");
                app.smtp.behave();
                deliver_until_sent(app, &app.app.config, &campaign).await;
                assert_everybody_has_one(app, &app.smtp, &campaign).await;
                app.smtp.take();
            }
        }
    }

    async fn whatever_is_said_to_one_reader_is_about_that_reader(app: TestApp) {
        let count = REPLIES.len();
        // As many again get their mail, lest it look as if the list were dead.
        let campaign = queue(app, "world", strangers(count * 4)).await;
        // It may be the relay's own: looked at once more.
        let open = |n: usize| [530, 535].contains(&code(REPLIES[n]));
        app.smtp.at_rcpt(move |to| match number_before_at(to) {
            n if n % 4 == 3 && !(200..300).contains(&code(REPLIES[n / 4])) => {
                Answer::Reply(REPLIES[n / 4])
            }
            _ => Answer::Usual,
        });
        deliver(app, &app.app.config).await;
        for (reader, row) in audit(app, &app.smtp, &campaign).await {
            let n = number_before_at(&reader);
            let reply = REPLIES[n / 4];
            let gone = ["5.1.1 ", "5.1.3 ", "5.1.10 "].iter().any(|code| reply.contains(code));
            let expected = match code(reply) {
                _ if n % 4 != 3 => DeliveryStatus::Sent,
                500..600 if open(n / 4) => DeliveryStatus::Deferred,
                200..300 => DeliveryStatus::Sent,
                500..600 if gone => DeliveryStatus::Bounced,
                500..600 => DeliveryStatus::Failed,
                _ => DeliveryStatus::Deferred,
            };
            assert_eq!(row.status, expected, "{reply:?} to {reader}: {row:?}");
            assert_eq!(is_suppressed(app, &reader).await, expected == DeliveryStatus::Bounced, "{reply:?}: {row:?}");
            assert!(!row.was_uncertain, "{reply:?}: {row:?}");
        }
        app.smtp.behave();
        deliver_until_sent(app, &app.app.config, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        assert!(rows.values().all(|row| !row.was_uncertain && row.status != DeliveryStatus::Deferred), "{rows:?}");
    }

    async fn whatever_is_said_to_one_message_is_about_that_message(app: TestApp) {
        let campaign = queue(app, "world", strangers(REPLIES.len() * 4)).await;
        // What agrees has taken the message: `Reply` has not.
        let said = |n: usize| (n % 4 == 3 && !(200..300).contains(&code(REPLIES[n / 4]))).then(|| REPLIES[n / 4]);
        app.smtp.at_message(move |mail| said(number_before_at(&mail.to)).map_or(Answer::Usual, Answer::Reply));
        deliver(app, &app.app.config).await;
        for (reader, row) in audit(app, &app.smtp, &campaign).await {
            let reply = said(number_before_at(&reader));
            let expected = match reply.map(code) {
                None => DeliveryStatus::Sent,
                Some(400..500) => DeliveryStatus::Deferred,
                Some(500..600) => DeliveryStatus::Failed,
                // Neither yes nor no, or no answer at all: nobody knows.
                Some(_) => DeliveryStatus::Uncertain,
            };
            assert_eq!(row.status, expected, "{reply:?} to {reader}: {row:?}");
            assert!(!is_suppressed(app, &reader).await, "{reply:?}: {row:?}");
        }
        assert!(!is_paused(app, &campaign).await);
        app.smtp.behave();
        deliver_until_sent(app, &app.app.config, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        let refused = rows.values().filter(|row| row.status == DeliveryStatus::Failed).count();
        assert_eq!(refused, REPLIES.iter().filter(|reply| code(reply) >= 500).count());
        assert!(rows.values().all(|row| matches!(row.status, DeliveryStatus::Failed | DeliveryStatus::Sent)), "{rows:?}");
    }

    async fn who_falls_silent_or_hangs_up_while_letting_us_in_holds_up_nobody_for_long(app: TestApp) {
        let authority = Authority::new();
        app.smtp.tls(Tls::Start(authority.server("127.0.0.1")));
        app.smtp.login(Login { user: "harbour", password: "fair winds", mechanisms: "LOGIN PLAIN", unknown: "" });
        let usual = signed_in(encrypted(app, RelayTls::Required, Some(&authority)), "harbour", "fair winds");
        for at in [At::Connect, At::Ehlo, At::StartTls, At::Auth] {
            for (n, fault) in
                [Answer::Hang, Answer::HangUp, Answer::Endless, Answer::Reply("421 4.3.2 closing down")]
                    .into_iter()
                    .enumerate()
            {
                let campaign = queue(app, &format!("{at:?}-{n}").to_lowercase(), people(3)).await;
                app.smtp.at(at, move |_| fault.clone());
                let mut config = usual.clone();
                config.smtp_timeouts = impatient(app, at).smtp_timeouts;
                deliver(app, &config).await;
                assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await;
                app.smtp.behave();
                deliver_until_sent(app, &usual, &campaign).await;
                assert_everybody_has_one(app, &app.smtp, &campaign).await;
                app.smtp.take();
            }
        }
    }

    async fn a_relay_that_drips_its_answers_has_the_time_that_an_answer_may_take_and_no_more(app: TestApp) {
        // In full a byte a second, else fifty.
        let byte = if is_long() { Duration::from_secs(1) } else { Duration::from_millis(20) };
        // A limit on each read would never be reached; one on the whole answer is.
        for at in [At::Mail, At::Rcpt, At::Data, At::Message] {
            let campaign = queue(app, &format!("{at:?}").to_lowercase(), people(3)).await;
            let smtp = app.smtp.clone();
            app.smtp.at(at, move |_| {
                smtp.pace(Pace::Drip(byte));
                Answer::Usual
            });
            let mut config = app.app.config.clone();
            match at {
                At::Message => config.smtp_timeouts.final_dot = byte * 5,
                _ => config.smtp_timeouts.command = byte * 5,
            }
            deliver(app, &config).await;
            let rows = audit(app, &app.smtp, &campaign).await;
            match at {
                At::Message => assert!(rows.values().any(|row| row.status == DeliveryStatus::Uncertain)),
                _ => assert_nobody_is_the_worse_for_it(app, &app.smtp, &campaign).await,
            }
            assert!(rows.values().all(|row| row.status != DeliveryStatus::Sent), "{at:?}: {rows:?}");
            app.smtp.behave();
            deliver_until_sent(app, &app.app.config, &campaign).await;
            audit(app, &app.smtp, &campaign).await;
            app.smtp.take();
        }
        // With the usual patience it is a slow relay and nothing else.
        let campaign = queue(app, "patient", people(1)).await;
        let smtp = app.smtp.clone();
        app.smtp.at(At::Mail, move |_| {
            smtp.pace(Pace::Drip(byte));
            Answer::Usual
        });
        let transport = Transport::new(app.app.config.transport()).unwrap();
        Engine::new(app.app.clone(), transport, CancellationToken::new()).run_until_idle().await.unwrap();
        assert_everybody_has_one(app, &app.smtp, &campaign).await;
        let rows = audit(app, &app.smtp, &campaign).await;
        assert!(rows.values().all(|row| !row.was_uncertain), "{rows:?}");
    }
}

/// On one engine: the ledger has no part in it, and no campaign's mail is as long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_end_never_left_is_not_uncertain() {
    let app = TestApp::start(Sqlite).await.unwrap();
    let authority = Authority::new();
    let acceptor = authority.server("127.0.0.1");
    // More than all buffers on the way can hold.
    let message = "The ferry to Hallerud sails again on Monday.\r\n".repeat(300_000);
    let envelope = Envelope { from: "news@harbour.example", to: "ines@example.org" };
    let next = Envelope { from: "news@harbour.example", to: "tobe@example.org" };
    for (tls, asked) in [
        (Tls::Never, RelayTls::None),
        (Tls::Start(acceptor.clone()), RelayTls::Required),
        (Tls::Implicit(acceptor), RelayTls::Implicit),
    ] {
        app.smtp.tls(tls);
        let mut config = encrypted(&app, asked, Some(&authority));
        config.smtp_timeouts.final_dot = Duration::from_millis(300);
        for misbehave in [SmtpServer::cut_bodies, SmtpServer::choke_on_bodies] {
            misbehave(&app.smtp, 1000);
            let mut connection = Transport::new(config.transport()).unwrap().connect().await.unwrap();
            connection.announce(NamedEnvelope { name: "ines", envelope }).await.unwrap();
            let mut marked = std::future::ready(true);
            let (outcome, announced) = connection
                .transfer(
                    message.as_bytes(),
                    Some((NamedEnvelope { name: "tobe", envelope: next }, &mut marked)),
                )
                .await;
            assert!(matches!(outcome, Outcome::Deferred { .. }), "{asked:?}: {outcome:?}");
            let announced = announced.expect("an answer for the next");
            assert!(
                matches!(announced, Err(Outcome::Deferred { .. } | Outcome::NotTried { .. })),
                "{asked:?}: {announced:?}"
            );
            assert!(!connection.is_usable());
        }
    }
    assert_eq!(app.smtp.count(), 0);
    app.end().await;
}
