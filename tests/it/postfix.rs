//! A real Postfix takes campaigns, refuses, greylists, slows down and goes away: what our own SMTP server
//! only imagines, in the words and the order of the real one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use postrider::config::Config;
use postrider::db::campaigns;
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::delivery::DeliveryStatus;
use postrider::mail::relay::MailRoute;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::relay::{deliver, deliver_until_sent, is_suppressed, number, queue, rows};
use crate::support::postfix::{Delivered, Postfix, skip_postfix};
use crate::support::process::wait_until;
use crate::support::{Engine, TestApp, say, skip_postgres};

/// The application on each engine in turn.
async fn on_each_engine(mut body: impl AsyncFnMut(&TestApp)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        match TestApp::start(engine).await {
            Ok(app) => {
                body(&app).await;
                app.end().await;
            }
            Err(missing) => skip_postgres(&missing),
        }
    }
}

/// Settings that lead to Postfix.
fn to(app: &TestApp, postfix: &Postfix) -> Config {
    let mut config = app.app.config.clone();
    let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
    relays[0].port = postfix.port;
    config
}

fn people(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("reader{n}@example.org"))
}

/// Who has how many mails that Postfix has taken; each is the reader's own, and repeats are the same mail.
fn copies(mails: &[Delivered]) -> BTreeMap<String, usize> {
    let mut ids: BTreeMap<&str, (&str, HashSet<&str>)> = BTreeMap::new();
    for mail in mails {
        let (id, taken) = ids.entry(&mail.to).or_insert_with(|| (mail.message_id.as_str(), HashSet::new()));
        assert_eq!(*id, mail.message_id, "a repeat bears the same Message-ID");
        taken.insert(&mail.queue_id);
        let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
        let addressed = parsed.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap();
        assert_eq!(addressed, mail.to);
        assert!(parsed.body_text(0).unwrap().contains("The ferry to Hallerud sails again on Monday."));
    }
    let unique: BTreeSet<&str> = ids.values().map(|(id, _)| *id).collect();
    assert_eq!(unique.len(), ids.len(), "no two readers share a Message-ID");
    ids.into_iter().map(|(to, (_, taken))| (to.to_owned(), taken.len())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_postfix_takes_a_campaign_and_its_refusals_mean_what_they_say() {
    // Of ten readers one has no mailbox, and one is refused by a rule of the relay's.
    let started = Postfix::start(
        r"^reader[0-9]*[02-9]@example\.org$",
        "check_recipient_access regexp:{FOLDER}/access",
        &[("access", "/^reader[0-9]*2@/ REJECT not from this network\n")],
    );
    let postfix = match started.await {
        Ok(postfix) => postfix,
        Err(missing) => return skip_postfix(&missing),
    };
    on_each_engine(async |app| {
        let campaign = queue(app, "world", people(200)).await;
        deliver(app, &to(app, &postfix)).await;
        let expected = |reader: &str| match number(reader) % 10 {
            1 => DeliveryStatus::Bounced,
            2 => DeliveryStatus::Failed,
            _ => DeliveryStatus::Sent,
        };
        for (reader, row) in rows(app, &campaign).await {
            assert_eq!(row.status, expected(&reader), "{reader}: {row:?}");
            let reply = match row.status {
                DeliveryStatus::Bounced => "550 5.1.1 ",
                DeliveryStatus::Failed => "554 5.7.1 ",
                _ => "250 2.0.0 Ok: queued as ",
            };
            assert!(row.reply.starts_with(reply), "{reader}: {row:?}");
            let gone = row.status == DeliveryStatus::Bounced;
            assert_eq!(is_suppressed(app, &reader).await, gone, "{reader}: {row:?}");
        }
        let have = copies(&postfix.take().await);
        assert!(have.values().all(|copies| *copies == 1));
        let should: BTreeSet<String> =
            campaign.readers.iter().filter(|to| expected(to) == DeliveryStatus::Sent).cloned().collect();
        assert_eq!(have.into_keys().collect::<BTreeSet<_>>(), should);
        let mut tx = app.app.db.read().await.unwrap();
        let campaign = campaigns::by_id(&mut tx, campaign.id).await.unwrap().unwrap();
        assert_eq!(campaign.status, CampaignStatus::Sent);
    })
    .await;
}

/// A policy service (Postfix's SMTPD_POLICY_README) that puts each recipient off once, with these words.
async fn greylist(words: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let met: Arc<Mutex<HashSet<String>>> = Arc::default();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let met = met.clone();
            tokio::spawn(async move {
                let mut lines = BufReader::new(stream).lines();
                let mut recipient = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Some(named) = line.strip_prefix("recipient=") {
                        recipient = named.to_owned();
                    }
                    if line.is_empty() {
                        let new = met.lock().unwrap().insert(recipient.clone());
                        let action =
                            if new { format!("DEFER_IF_PERMIT {words}") } else { "DUNNO".to_owned() };
                        let answer = format!("action={action}\n\n");
                        if lines.get_mut().write_all(answer.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_postfix_that_greylists_gets_everybodys_mail_at_the_second_attempt() {
    // Postgrey says 4.2.0: it is about this reader. Without a code of its own Postfix says 4.7.1, and then
    // the readers' domain is left alone for a while as well.
    for (words, reply) in [("4.2.0 Greylisted", "450 4.2.0 "), ("Greylisted", "450 4.7.1 ")] {
        let restrictions = format!("check_policy_service inet:127.0.0.1:{}", greylist(words).await);
        let postfix = match Postfix::start("^reader", &restrictions, &[]).await {
            Ok(postfix) => postfix,
            Err(missing) => return skip_postfix(&missing),
        };
        let mut first = 0;
        on_each_engine(async |app| {
            // It has met nobody of these.
            first += 1000;
            let readers = (0..60).map(|n| format!("reader{}@example.org", first + n));
            let campaign = queue(app, "world", readers).await;
            let config = to(app, &postfix);
            deliver(app, &config).await;
            let put_off = rows(app, &campaign).await;
            assert!(put_off.values().all(|row| row.status == DeliveryStatus::Deferred), "{put_off:?}");
            let met = put_off.values().filter(|row| row.reply.starts_with(reply)).count();
            assert!(met == 60 || (met > 0 && words == "Greylisted"), "{met}: {put_off:?}");
            deliver(app, &config).await;
            assert_eq!(postfix.take().await.len(), 0, "not before its time");
            deliver_until_sent(app, &config, &campaign).await;
            let have = copies(&postfix.take().await);
            assert_eq!(have.keys().cloned().collect::<BTreeSet<_>>(), campaign.readers);
            assert!(have.values().all(|copies| *copies == 1));
            for reader in &campaign.readers {
                assert!(!is_suppressed(app, reader).await, "{reader}");
            }
            say(&format!("{words}: {:?}", app.clock.now() - crate::support::start_of_test()));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_postfix_that_slows_down_who_makes_errors_holds_up_no_campaign() {
    // After ten errors without a message between, it lets each answer wait for a second; after twenty it
    // hangs up. Here runs of eighteen readers are gone.
    let postfix = match Postfix::start(r"^reader[0-9]*\.here@example\.org$", "", &[]).await {
        Ok(postfix) => postfix,
        Err(missing) => return skip_postfix(&missing),
    };
    on_each_engine(async |app| {
        let is_gone = |n: usize| n % 40 >= 22;
        let name = |n| format!("reader{n:03}.{}@example.org", if is_gone(n) { "gone" } else { "here" });
        let (readers, gone) = ((0..400).map(name), (0..400).filter(|n| is_gone(*n)).count());
        let campaign = queue(app, "world", readers).await;
        let begun = Instant::now();
        deliver(app, &to(app, &postfix)).await;
        let took = begun.elapsed();
        let rows = rows(app, &campaign).await;
        let bounced = rows.values().filter(|row| row.status == DeliveryStatus::Bounced).count();
        let sent = rows.values().filter(|row| row.status == DeliveryStatus::Sent).count();
        let others: Vec<_> = rows.values().filter(|row| row.status != DeliveryStatus::Sent).take(3).collect();
        assert_eq!((sent, bounced), (400 - gone, gone), "{others:?}");
        assert_eq!(copies(&postfix.take().await).len(), sent);
        assert!(!postfix.log().contains("too many errors"), "it hung up");
        say(&format!("a real Postfix, {gone} of 400 gone: {took:?}"));
        // Where its errors were made on one connection, it took 30 s and more.
        assert!(took < Duration::from_secs(8), "{took:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_postfix_that_may_not_relay_pauses_the_campaign_and_bounces_nobody() {
    let postfix = match Postfix::start("^reader", "", &[]).await {
        Ok(postfix) => postfix,
        Err(missing) => return skip_postfix(&missing),
    };
    on_each_engine(async |app| {
        let strangers = (0..20).map(|n| format!("reader{n}@example.net"));
        let campaign = queue(app, "world", strangers).await;
        deliver(app, &to(app, &postfix)).await;
        let stood = rows(app, &campaign).await;
        let open = |status| matches!(status, DeliveryStatus::Queued | DeliveryStatus::Deferred);
        assert!(stood.values().all(|row| open(row.status)), "{stood:?}");
        for reader in &campaign.readers {
            assert!(!is_suppressed(app, reader).await, "{reader}");
        }
        let mut tx = app.app.db.read().await.unwrap();
        let paused = campaigns::by_id(&mut tx, campaign.id).await.unwrap().unwrap();
        assert_eq!(paused.status, CampaignStatus::Paused);
        let reason = paused.status_reason.unwrap();
        assert!(
            reason.contains("were permanently refused") && reason.contains("Relay access denied"),
            "{reason}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_postfix_that_is_restarted_in_mid_campaign_loses_nobody() {
    let mut postfix = match Postfix::start("^reader", "", &[]).await {
        Ok(postfix) => postfix,
        Err(missing) => return skip_postfix(&missing),
    };
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = match TestApp::start(engine).await {
            Ok(app) => app,
            Err(missing) => return skip_postgres(&missing),
        };
        let campaign = queue(&app, "world", people(800)).await;
        let config = to(&app, &postfix);
        let before = postfix.taken();
        let delivering = deliver(&app, &config);
        let stopping = async {
            wait_until("a part is taken", async || postfix.taken() >= before + 150).await;
            postfix.stop();
        };
        tokio::join!(delivering, stopping);
        let open =
            rows(&app, &campaign).await.values().filter(|row| row.status != DeliveryStatus::Sent).count();
        assert!(open > 200, "it was in mid-campaign: {open} are open");
        postfix.start_again().await;
        deliver_until_sent(&app, &config, &campaign).await;
        let (rows, have) = (rows(&app, &campaign).await, copies(&postfix.take().await));
        for (reader, row) in &rows {
            let copies = have.get(reader).copied().unwrap_or(0);
            assert_eq!(row.status, DeliveryStatus::Sent, "{reader}: {row:?}");
            assert!(copies > 0, "{reader} was missed");
            assert!(copies == 1 || row.was_uncertain, "{reader} was mailed {copies} times: {row:?}");
        }
        assert_eq!(have.len(), rows.len());
        app.end().await;
    }
}
