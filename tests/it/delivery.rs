//! From a queued delivery to the relay and back into the ledger.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use postrider::db::{campaigns, ledger, subscribers, subscriptions, suppressions, users, workers};
use postrider::delivery::engine::Engine;
use postrider::delivery::recovery;
use postrider::domain::campaign::{CampaignAction, CampaignStatus};
use postrider::domain::delivery::DeliveryStatus;
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{Cadence, Transition};
use postrider::mail::relay::MailRoute;
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::on_both_engines;
use crate::support::smtp_server::Pipelining;
use crate::support::{Answer, TestApp};

/// Subscribes people to a list, confirmed.
pub async fn subscribe_all(app: &TestApp, list: Uuid, addresses: &[&str]) {
    let mut tx = app.app.db.write().await.unwrap();
    for address in addresses {
        let email = EmailAddress::parse(address).unwrap();
        let id = subscribers::upsert(&mut tx, &email, "", app.clock.now()).await.unwrap();
        subscriptions::change_one(&mut tx, &app.cause(), id, list, Transition::Join(Cadence::Each))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// A campaign from an editor's HTML, ready to go.
pub async fn campaign(app: &TestApp, list: Uuid, subject: &str) -> Uuid {
    let mut tx = app.app.db.write().await.unwrap();
    let now = app.clock.now();
    let html = "<p>The ferry to Hallerud sails again on Monday.</p>";
    let id = campaigns::add_from_html(&mut tx, list, subject, html, now).await.unwrap();
    assert!(campaigns::schedule(&mut tx, id, now).await.unwrap());
    tx.commit().await.unwrap();
    id
}

/// How many deliveries stand at each status.
pub async fn counts(app: &TestApp, campaign: Uuid) -> HashMap<DeliveryStatus, i64> {
    let mut tx = app.app.db.read().await.unwrap();
    ledger::counts(&mut tx, campaign).await.unwrap().into_iter().collect()
}

async fn status(app: &TestApp, campaign: Uuid) -> CampaignStatus {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, campaign).await.unwrap().unwrap().status
}

async fn admin(app: &TestApp, email: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    let email = EmailAddress::parse(email).unwrap();
    users::add(&mut tx, &email, users::Role::Admin, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn resume(app: &TestApp, campaign: Uuid) {
    let mut tx = app.app.db.write().await.unwrap();
    let now = app.clock.now();
    assert!(campaigns::apply(&mut tx, campaign, CampaignAction::Resume, None, now).await.unwrap());
    tx.commit().await.unwrap();
}

const CAST: [&str; 4] = ["ines@example.org", "tobe@example.org", "marta@example.org", "owen@example.org"];

on_both_engines! {
    async fn everyone_on_the_list_gets_the_campaign_once(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, ["ines@example.org", "marta@example.org", "owen@example.org", "tobe@example.org"]);
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
        assert_eq!(status(app, id).await, CampaignStatus::Sent);
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
    }

    async fn a_temporary_refusal_is_tried_again_and_the_campaign_waits_for_it(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.smtp.at_rcpt(|to| match to {
            "tobe@example.org" => Answer::Reply("451 4.2.1 busy, come back later"),
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(
            counts(app, id).await,
            HashMap::from([(DeliveryStatus::Sent, 3), (DeliveryStatus::Deferred, 1)])
        );
        assert_eq!(status(app, id).await, CampaignStatus::Sending);
        app.smtp.take();
        app.smtp.at_rcpt(|_| Answer::Usual);
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0, "not before its time");
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        assert_eq!(app.smtp.take()[0].to, "tobe@example.org");
        assert_eq!(status(app, id).await, CampaignStatus::Sent);
    }

    async fn what_is_refused_for_a_day_is_given_up(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["tobe@example.org"]).await;
        app.smtp.at_rcpt(|_| Answer::Reply("450 4.2.1 busy"));
        let id = campaign(app, list, "Ferry").await;
        for _ in 0..30 {
            app.run_all_due().await;
            app.advance(TimeDelta::hours(1));
        }
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Failed, 1)]));
        assert_eq!(status(app, id).await, CampaignStatus::Sent);
    }

    async fn a_bounced_address_is_never_mailed_again(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.smtp.at_rcpt(|to| match to {
            "owen@example.org" => Answer::Reply("550 5.1.1 no such user"),
            _ => Answer::Usual,
        });
        let first = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(counts(app, first).await[&DeliveryStatus::Bounced], 1);
        app.smtp.at_rcpt(|_| Answer::Usual);
        app.smtp.take();
        let second = campaign(app, list, "Ferry again").await;
        app.run_all_due().await;
        assert_eq!(counts(app, second).await, HashMap::from([(DeliveryStatus::Sent, 3)]));
        let mut tx = app.app.db.read().await.unwrap();
        assert!(suppressions::is_suppressed(&mut tx, "owen@example.org").await.unwrap());
    }

    async fn a_full_mailbox_ends_this_delivery_and_suppresses_nobody(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["owen@example.org"]).await;
        app.smtp.at_rcpt(|_| Answer::Reply("552 5.2.2 mailbox full"));
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Failed, 1)]));
        let mut tx = app.app.db.read().await.unwrap();
        assert!(!suppressions::is_suppressed(&mut tx, "owen@example.org").await.unwrap());
    }

    async fn a_connection_that_ends_after_the_final_dot_leaves_an_uncertain_delivery(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        app.smtp.at_message(|_| Answer::TakeAndHangUp);
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Uncertain, 1)]));
        assert_eq!(status(app, id).await, CampaignStatus::Sending, "nobody knows yet");
        app.smtp.at_message(|_| Answer::Usual);
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].message, mails[1].message, "the repeat is the same message to the byte");
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 1)]));
    }

    async fn leaving_acts_on_deliveries_that_are_queued_already(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.smtp.at_rcpt(|_| Answer::Reply("451 4.3.0 not now"));
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        app.smtp.at_rcpt(|_| Answer::Usual);
        let mut tx = app.app.db.write().await.unwrap();
        let email = EmailAddress::parse("ines@example.org").unwrap();
        let ines = subscribers::by_email(&mut tx, &email).await.unwrap().unwrap();
        subscriptions::change_one(&mut tx, &app.cause(), ines.id, list, Transition::Leave).await.unwrap();
        suppressions::add(&mut tx, &app.cause(), "marta@example.org", suppressions::SuppressionReason::Manual, "")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, ["owen@example.org", "tobe@example.org"]);
        assert_eq!(
            counts(app, id).await,
            HashMap::from([(DeliveryStatus::Sent, 2), (DeliveryStatus::Skipped, 2)])
        );
    }

    async fn a_paused_campaign_sends_nothing_until_it_is_resumed(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let act = async |action| {
            let mut tx = app.app.db.write().await.unwrap();
            assert!(campaigns::apply(&mut tx, id, action, None, app.clock.now()).await.unwrap());
            tx.commit().await.unwrap();
        };
        act(CampaignAction::Pause).await;
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        act(CampaignAction::Resume).await;
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 4);
    }

    async fn a_cancelled_campaign_skips_what_it_has_left(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        assert!(campaigns::apply(&mut tx, id, CampaignAction::Cancel, None, app.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Skipped, 4)]));
    }

    async fn a_dead_workers_deliveries_come_back_and_what_was_on_the_wire_is_uncertain(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let dead = Uuid::now_v7();
        let mut tx = app.app.db.write().await.unwrap();
        let now = app.clock.now();
        workers::beat(&mut tx, dead, now).await.unwrap();
        let row = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
        let leased = ledger::lease_queued(&mut tx, dead, &row, Uuid::nil(), 3, now).await.unwrap();
        let keys: Vec<ledger::DeliveryKey> = leased
            .iter()
            .map(|row| ledger::DeliveryKey { campaign_id: id, subscriber_id: row.subscriber_id })
            .collect();
        assert_eq!(ledger::settle(&mut tx, dead, &[], &keys[..1], false, now).await.unwrap().len(), 1);
        tx.commit().await.unwrap();

        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 1, "the others are in hands that may be alive");
        recovery::recover_from_everybody(&app.app).await.unwrap();
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 4);
        assert_eq!(status(app, id).await, CampaignStatus::Sent);

        let mut tx = app.app.db.write().await.unwrap();
        let late = ledger::DeliveryResult {
            key: keys[0],
            status: DeliveryStatus::Bounced,
            next_attempt_at: None,
            reply: "late".to_owned(),
            relay: None,
        };
        let settled = ledger::settle(&mut tx, dead, &[late], &keys[1..], false, now).await.unwrap();
        assert!(settled.is_empty());
        tx.commit().await.unwrap();
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
    }

    async fn a_relay_that_refuses_the_sender_fails_nobody_and_pauses_the_campaign(app: TestApp) {
        admin(app, "admin@harbour.example").await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.smtp.at_mail(Answer::Reply("550 5.7.1 sender not allowed"));
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let stood = counts(app, id).await;
        assert!(stood.keys().all(|status| matches!(status, DeliveryStatus::Queued | DeliveryStatus::Deferred)), "{stood:?}");
        assert_eq!(status(app, id).await, CampaignStatus::Paused);
        app.smtp.at_mail(Answer::Usual);
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        let alerts = app.smtp.take();
        assert_eq!(alerts.len(), 1, "one alert, and no reader's mail before somebody resumes");
        let alert = mail_parser::MessageParser::default().parse(&alerts[0].message).unwrap();
        assert!(alert.body_text(0).unwrap().contains("sender not allowed"));
        resume(app, id).await;
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
    }

    async fn a_relay_that_calls_everybody_missing_burns_no_list(app: TestApp) {
        admin(app, "admin@harbour.example").await;
        let list = app.list("world", "World").await;
        let readers: Vec<String> = (0..400).map(|n| format!("reader{n}@example.org")).collect();
        subscribe_all(app, list, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
        app.smtp.at_rcpt(|to| match to.starts_with("reader") {
            true => Answer::Reply("550 5.1.1 no such user"),
            false => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(status(app, id).await, CampaignStatus::Paused);
        let stood = counts(app, id).await;
        assert!(!stood.contains_key(&DeliveryStatus::Bounced), "{stood:?}");
        let mut tx = app.app.db.read().await.unwrap();
        let paused = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
        let reason = paused.status_reason.unwrap();
        let expected = "10 of the last 10 attempts were permanently refused, most recently with: 550 5.1.1";
        assert!(reason.starts_with(expected), "{reason}");
        for reader in &readers {
            assert!(!suppressions::is_suppressed(&mut tx, reader).await.unwrap(), "{reader}");
        }
        drop(tx);
        let alert = app.smtp.take();
        assert_eq!(alert.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["admin@harbour.example"]);

        app.smtp.behave();
        resume(app, id).await;
        app.run_all_due().await;
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 400, "everybody is on the list as before");
        assert_eq!(status(app, id).await, CampaignStatus::Sent);
    }

    async fn a_relay_that_can_not_be_reached_costs_no_attempt(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        postrider::schedule::run_due(&app.app).await.unwrap();
        let mut config = app.app.config.clone();
        let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let open = relays[0].clone();
        relays[0].port = closed;
        let down = Engine::new(app.app.clone(), Transport::new(config.transport()).unwrap(), CancellationToken::new());
        down.run_until_idle().await.unwrap();
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Queued, 4)]));

        // A second relay takes over; the one that is down stops nothing.
        let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
        relays.push(open);
        let both = Engine::new(app.app.clone(), Transport::new(config.transport()).unwrap(), CancellationToken::new());
        both.run_until_idle().await.unwrap();
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
    }

    async fn a_session_that_ends_at_rcpt_defers(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        app.smtp.at_rcpt(|_| Answer::HangUp);
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Deferred, 4)]));
        app.smtp.at_rcpt(|_| Answer::Usual);
        app.advance(TimeDelta::minutes(2));
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
    }

    async fn a_message_id_is_stable_and_unique(app: TestApp) {
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let ids: BTreeMap<String, String> = app
            .smtp
            .take()
            .into_iter()
            .map(|mail| {
                let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
                (parsed.message_id().unwrap().to_owned(), mail.to)
            })
            .collect();
        assert_eq!(ids.len(), 4);
    }

    async fn a_relay_without_pipelining_gets_one_command_at_a_time(app: TestApp) {
        app.smtp.pipelining(Pipelining::Refused);
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
    }

    async fn a_relay_that_offers_pipelining_and_breaks_on_it_gets_its_mail_all_the_same(app: TestApp) {
        app.smtp.pipelining(Pipelining::Broken);
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &CAST).await;
        let id = campaign(app, list, "Ferry").await;
        let transport = Transport::new(app.app.config.transport()).unwrap();
        let engine = Engine::new(app.app.clone(), transport, CancellationToken::new());
        postrider::schedule::run_due(&app.app).await.unwrap();
        for _ in 0..2 {
            engine.run_until_idle().await.unwrap();
            app.advance(TimeDelta::minutes(2));
        }
        assert_eq!(counts(app, id).await, HashMap::from([(DeliveryStatus::Sent, 4)]));
    }

    async fn a_refused_recipient_takes_nobody_else_along(app: TestApp) {
        let list = app.list("world", "World").await;
        let readers: Vec<String> = (0..40).map(|n| format!("reader{n}@example.org")).collect();
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        subscribe_all(app, list, &readers).await;
        app.smtp.at_rcpt(|to| match to.contains('3') {
            true => Answer::Reply("550 5.7.1 not from you"),
            false => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let refused = readers.iter().filter(|reader| reader.contains('3')).count() as i64;
        assert_eq!(
            counts(app, id).await,
            HashMap::from([(DeliveryStatus::Failed, refused), (DeliveryStatus::Sent, 40 - refused)])
        );
        assert_eq!(app.smtp.count() as i64, 40 - refused);
    }
}
