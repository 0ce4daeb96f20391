//! Relays that deny recipients, know no EHLO, sign in otherwise, show certificates of their own or say
//! nothing: what is one recipient's stops nobody else's mail, and what is the relay's loses nobody.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use postrider::config::Config;
use postrider::db::alerts::{Alert, AlertKind};
use postrider::db::campaigns::{self, Campaign as StoredCampaign};
use postrider::db::{alerts, audit};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::delivery::DeliveryStatus;
use postrider::mail::relay::{MailRoute, Relay, RelayTls};
use postrider::mail::smtp::ConnectError;
use postrider::mail::transport::{Connection, Transport};
use tokio_util::sync::CancellationToken;

use crate::on_both_engines;
use crate::relay::{Campaign, deliver, deliver_until_sent, is_suppressed, queue, rows};
use crate::sign_up::subscribe;
use crate::support::certificates::{Authority, SelfSigned};
use crate::support::smtp_server::{At, Login, Pipelining, Tls};
use crate::support::{Answer, Engine, SmtpServer, TestApp};

/// What relays say to who may not have mail relayed, and where.
const DENIALS: [(At, &str); 4] = [
    (At::Rcpt, "554 5.7.1 relay access denied"),
    (At::Rcpt, "530 5.7.0 Authentication required"),
    (At::Rcpt, "550 5.7.54 Unable to relay recipient in non-accepted domain"),
    (At::Data, "554 5.7.1 not to there"),
];

async fn stored(app: &TestApp, campaign: &Campaign) -> StoredCampaign {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::by_id(&mut tx, campaign.id).await.unwrap().unwrap()
}

async fn open_alerts(app: &TestApp) -> Vec<Alert> {
    alerts::open(&mut app.app.db.read().await.unwrap()).await.unwrap()
}

fn received(app: &TestApp) -> BTreeSet<String> {
    app.smtp.received().into_iter().map(|mail| mail.to).collect()
}

async fn sign_up(app: &TestApp, email: &str) {
    subscribe(app, &format!("email={}&list=all", email.replace('@', "%40"))).await;
}

/// Settings with one relay more.
fn with_beside(app: &TestApp, beside: &SmtpServer) -> Config {
    let mut config = app.app.config.clone();
    let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
    let (host, port) = (beside.addr.ip().to_string(), beside.addr.port());
    relays.insert(0, Relay { host, port, tls: RelayTls::None, credentials: None, weight: 1 });
    config
}

async fn connect(config: &Config) -> Result<Connection, ConnectError> {
    Transport::new(config.transport()).unwrap().connect().await
}

on_both_engines! {
    async fn whoever_signs_up_with_addresses_that_the_relay_denies_stops_nobody(app: TestApp) {
        app.list("all", "All articles").await;
        for (n, (at, denial)) in DENIALS.into_iter().enumerate() {
            let campaign = queue(app, &format!("campaign-{n}"), (0..30).map(|r| format!("reader{r}@d{r}.example"))).await;
            app.smtp.at(at, move |mail| match mail.to.starts_with("evil") {
                true => Answer::Reply(denial),
                false => Answer::Usual,
            });
            for who in 0..40 {
                sign_up(app, &format!("evil{n}{who}@evil{who}.example")).await;
            }
            let ines = format!("ines{n}@example.net");
            sign_up(app, &ines).await;
            // One process, which knows what it has seen.
            let transport = Transport::new(app.app.config.transport()).unwrap();
            let engine = Delivery::new(app.app.clone(), transport, CancellationToken::new());
            engine.run_until_idle().await.unwrap();
            assert_eq!(stored(app, &campaign).await.status, CampaignStatus::Sent, "{denial}");
            assert!(received(app).contains(&ines), "{denial}: the confirmation of who waits went out at once");
            assert_eq!(app.smtp.take().len(), 31, "{denial}");
            // Each is tried again once, and ends.
            for _ in 0..30 {
                app.advance(TimeDelta::minutes(1));
                engine.run_until_idle().await.unwrap();
            }
            let tried = app.smtp.seen().commands.iter().filter(|(_, line)| *line == format!("RCPT evil{n}0@evil0.example")).count();
            assert_eq!(tried, 2, "{denial}");
            // Denied one after the other with nobody between: admins hear of it, until the relay takes a mail.
            sign_up(app, &format!("ben{n}@example.net")).await;
            app.work_on_sign_ups().await;
            engine.run_until_idle().await.unwrap();
            assert_eq!(open_alerts(app).await.len(), 0, "{denial}: the relay takes mail");
            app.smtp.behave();
            app.smtp.take();
        }
    }

    async fn confirmations_that_the_relay_denies_alert_admins_until_it_takes_a_mail_and_pause_nothing(app: TestApp) {
        app.list("all", "All articles").await;
        let campaign = queue(app, "ferry", ["tobe@example.org".to_owned()]).await;
        // Held back, so that nothing is accepted between.
        app.smtp.at_rcpt(|to| match to.starts_with("tobe") {
            true => Answer::Reply("450 4.3.0 not now"),
            false => Answer::Reply("554 5.7.1 relay access denied"),
        });
        for who in 0..12 {
            sign_up(app, &format!("evil{who}@evil{who}.example")).await;
        }
        app.run_all_due().await;
        let open = open_alerts(app).await;
        assert_eq!(open.len(), 1, "{open:?}");
        assert_eq!(open[0].kind, AlertKind::RelayRefusesRecipients);
        assert!(open[0].text.contains("relay access denied") && !open[0].text.contains("evil0@"), "{open:?}");
        assert_eq!(stored(app, &campaign).await.status, CampaignStatus::Sending);
        let owen = app.editor().await;
        let page = owen.page("/admin").await;
        assert!(page.contains("The relay is refusing recipients") && !page.contains("can&#39;t be reached"), "{page}");

        app.smtp.behave();
        app.advance(TimeDelta::minutes(3));
        app.deliver_all_due().await;
        assert_eq!(open_alerts(app).await.len(), 0);
        let page = owen.page("/admin").await;
        assert!(!page.contains("The relay is refusing") && page.contains("Nothing is on hold"), "{page}");
        app.advance(TimeDelta::minutes(30));
        app.deliver_all_due().await;
    }

    async fn one_denied_reader_fails_alone_and_is_not_suppressed(app: TestApp) {
        for (n, (at, denial)) in DENIALS.into_iter().enumerate() {
            let readers = (0..20).map(|r| format!("reader{r}@d{r}.example"));
            let campaign = queue(app, &format!("campaign-{n}"), readers).await;
            app.smtp.at(at, move |mail| match mail.to.starts_with("reader7@") {
                true => Answer::Reply(denial),
                false => Answer::Usual,
            });
            deliver(app, &app.app.config).await;
            assert_eq!(app.smtp.take().len(), 19, "{denial}");
            app.advance(TimeDelta::minutes(3));
            deliver(app, &app.app.config).await;
            let rows = rows(app, &campaign).await;
            let row = &rows["reader7@d7.example"];
            assert_eq!(row.status, DeliveryStatus::Failed, "{denial}: {row:?}");
            assert!(!is_suppressed(app, "reader7@d7.example").await);
            assert_eq!(stored(app, &campaign).await.status, CampaignStatus::Sent, "{denial}");
            assert_eq!(open_alerts(app).await.len(), 0, "{denial}");
            app.smtp.behave();
        }
    }

    async fn a_relay_that_denies_everybody_pauses_the_campaign_and_loses_nobody(app: TestApp) {
        let at_domains = |readers: usize, domains: usize| {
            (0..readers).map(move |r| format!("reader{r}@d{}.example", r % domains)).collect::<Vec<_>>()
        };
        for (slug, readers) in [
            ("one", at_domains(1, 1)),
            ("two", at_domains(2, 1)),
            ("two-domains", at_domains(2, 2)),
            ("one-domain", at_domains(60, 1)),
            ("mixed", at_domains(60, 7)),
        ] {
            for (n, (at, denial)) in DENIALS.into_iter().enumerate() {
                let campaign = queue(app, &format!("{slug}-{n}"), readers.clone()).await;
                app.smtp.at(at, move |_| Answer::Reply(denial));
                deliver(app, &app.app.config).await;
                app.advance(TimeDelta::minutes(3));
                deliver(app, &app.app.config).await;
                let paused = stored(app, &campaign).await;
                assert_eq!(paused.status, CampaignStatus::Paused, "{slug}: {denial}: {:?}", rows(app, &campaign).await);
                assert!(!open_alerts(app).await.is_empty(), "{slug}: admins are told");
                for (reader, row) in rows(app, &campaign).await {
                    let open = matches!(row.status, DeliveryStatus::Queued | DeliveryStatus::Deferred);
                    assert!(open && !is_suppressed(app, &reader).await, "{slug}: {denial}: {reader}: {row:?}");
                }
                app.smtp.behave();
                deliver_until_sent(app, &app.app.config, &campaign).await;
                assert_eq!(received(app).len(), readers.len(), "{slug}: {denial}");
                app.smtp.take();
                assert_eq!(open_alerts(app).await.len(), 0, "{slug}: {denial}: it is over");
            }
        }
    }

    async fn a_relay_that_begins_to_deny_halfway_loses_nobody(app: TestApp) {
        let readers: Vec<String> = (0..40).map(|r| format!("reader{r}@d{}.example", r % 9)).collect();
        let campaign = queue(app, "ferry", readers.clone()).await;
        let met = AtomicUsize::new(0);
        app.smtp.at_rcpt(move |_| match met.fetch_add(1, Ordering::SeqCst) {
            0..10 => Answer::Usual,
            _ => Answer::Reply("554 5.7.1 relay access denied"),
        });
        deliver(app, &app.app.config).await;
        assert_eq!(stored(app, &campaign).await.status, CampaignStatus::Paused);
        let failed = rows(app, &campaign).await.values().filter(|row| row.status == DeliveryStatus::Failed).count();
        assert_eq!(failed, 0);
        app.smtp.behave();
        deliver_until_sent(app, &app.app.config, &campaign).await;
        assert_eq!(received(app).len(), readers.len());
    }

    async fn an_alert_is_dismissed_at_the_desk_and_comes_back_where_its_trouble_goes_on(app: TestApp) {
        let campaign = queue(app, "ferry", ["tobe@example.org".to_owned()]).await;
        app.smtp.at_mail(Answer::Reply("550 5.7.1 <b>not</b> with this sender"));
        deliver(app, &app.app.config).await;
        let marta = app.editor().await;
        let page = marta.page("/admin").await;
        let id = open_alerts(app).await[0].id;
        let link = format!("/admin/alerts/{id}");
        assert!(page.contains(&link) && page.contains("The relay is refusing our mail"), "{page}");
        let page = marta.page(&link).await;
        assert!(page.contains("&#60;b&#62;not") && page.contains("postrider doctor"), "{page}");
        let (to, said) = marta.submit(&format!("{link}/dismiss"), &[]).await;
        assert!(to == "/admin" && said.starts_with("Dismissed."), "{to} {said}");
        let (_, said) = marta.submit(&format!("{link}/dismiss"), &[]).await;
        assert!(said.contains("already resolved or dismissed"), "a second click: {said}");
        assert!(!marta.page("/admin").await.contains("The relay is refusing our mail"));
        assert!(marta.page(&link).await.contains("Dismissed"));
        let log = audit::page(&mut app.app.db.read().await.unwrap(), uuid::Uuid::max(), 10).await.unwrap();
        assert!(log.iter().any(|entry| entry.action == "dismissed" && entry.subject_kind == "alert"), "{log:?}");

        let resume = format!("/admin/campaigns/{}/resume", campaign.id);
        marta.post(&resume, &[]).await;
        app.advance(TimeDelta::minutes(61));
        deliver(app, &app.app.config).await;
        assert!(marta.page("/admin").await.contains("The relay is refusing our mail"), "it goes on");
        app.smtp.behave();
        marta.post(&resume, &[]).await;
        app.advance(TimeDelta::minutes(10));
        deliver(app, &app.app.config).await;
        assert_eq!(app.smtp.take().len(), 1);
        assert_eq!(open_alerts(app).await.len(), 0, "it is over");
        assert!(!marta.page("/admin").await.contains("The relay is refusing our mail"));
    }

    async fn who_knows_no_ehlo_is_greeted_with_helo(app: TestApp) {
        for (n, refusal) in ["500 5.5.1 what?", "502 5.5.1 not here", "504 not this"].into_iter().enumerate() {
            for hangs_up in [false, true] {
                // One connection at a time where it hangs up, so that it is known whose HELO is the second.
                let readers = if hangs_up { 1 } else { 5 };
                let campaign = queue(app, &format!("ferry-{n}-{hangs_up}"), (0..readers).map(|r| format!("reader{r}@example.org"))).await;
                app.smtp.at(At::Ehlo, move |_| Answer::Reply(refusal));
                let second = AtomicBool::new(false);
                app.smtp.at(At::Helo, move |_| match hangs_up && !second.fetch_not(Ordering::SeqCst) {
                    true => Answer::HangUp,
                    false => Answer::Usual,
                });
                let config = Config { smtp_connections: 1, ..app.app.config.clone() };
                deliver(app, &config).await;
                assert_eq!(stored(app, &campaign).await.status, CampaignStatus::Sent, "{refusal} {hangs_up}: {:?} {:?}", rows(app, &campaign).await, app.smtp.seen().commands);
                assert_eq!(app.smtp.take().len(), readers);
                assert_eq!(app.smtp.seen().violations, Vec::<String>::new(), "it offers nothing");
                app.smtp.behave();
            }
        }
    }
}

/// What the wire shows is the same whatever the database is.
async fn on_sqlite() -> TestApp {
    TestApp::start(Engine::Sqlite).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_by_login_alone_gets_that_and_who_wants_tokens_is_named() {
    let app = on_sqlite().await;
    let mut config = app.app.config.clone();
    let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
    relays[0].credentials = Some(("harbour".to_owned(), "fair winds".to_owned().into()));
    let login = |mechanisms, unknown| Login { user: "harbour", password: "fair winds", mechanisms, unknown };
    for (mechanisms, unknown) in
        [("LOGIN", ""), ("PLAIN LOGIN", "PLAIN"), ("LOGIN PLAIN XOAUTH2", "PLAIN"), ("PLAIN", "")]
    {
        app.smtp.login(login(mechanisms, unknown));
        connect(&config).await.unwrap_or_else(|error| panic!("{mechanisms}: {error}")).close().await;
    }
    app.smtp.login(login("PLAIN", "PLAIN"));
    let Err(ConnectError::Refused(_)) = connect(&config).await else { panic!("there is no other way") };
    for mechanisms in ["XOAUTH2", "XOAUTH2 OAUTHBEARER"] {
        app.smtp.login(login(mechanisms, ""));
        let Err(ConnectError::Refused(why)) = connect(&config).await else { panic!("{mechanisms}") };
        assert!(why.contains("app password") && why.contains("another relay"), "{why}");
    }
    app.smtp.login(login("CRAM-MD5", ""));
    let Err(ConnectError::Refused(why)) = connect(&config).await else { panic!("CRAM-MD5") };
    assert!(why.contains("CRAM-MD5") && !why.contains("app password"), "{why}");
    assert_eq!(app.smtp.seen().violations, Vec::<String>::new());
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_signs_itself_is_trusted_where_it_is_named_and_by_nobody_else() {
    let app = on_sqlite().await;
    let file = app.app.config.data_dir.join("relay.pem");
    let with = |named: Option<&str>| {
        let mut config = app.app.config.clone();
        let MailRoute::Smtp(relays) = &mut config.mail_route else { panic!("SMTP") };
        relays[0].tls = RelayTls::Required;
        config.smtp_ca_file = named.map(|pem| {
            std::fs::write(&file, pem).unwrap();
            file.clone()
        });
        config
    };
    let later = (2090, 1, 1);
    let own = SelfSigned::new(&["127.0.0.1"], later);
    let nameless = SelfSigned::new(&[], later);
    let (expired, elsewhere) =
        (SelfSigned::new(&["127.0.0.1"], (2020, 1, 1)), SelfSigned::new(&["relay.example"], later));
    let twin = SelfSigned::new(&["127.0.0.1"], later);
    for (offered, named, trusted) in [
        (&own, Some(&own.pem), true),
        (&nameless, Some(&nameless.pem), true),
        (&own, None, false),
        (&nameless, Some(&own.pem), false),
        (&twin, Some(&own.pem), false),
        (&expired, Some(&expired.pem), false),
        (&elsewhere, Some(&elsewhere.pem), false),
    ] {
        app.smtp.tls(Tls::Start(offered.acceptor.clone()));
        match (connect(&with(named.map(String::as_str))).await, trusted) {
            (Ok(connection), true) => connection.close().await,
            (Err(ConnectError::Untrusted(_)), false) => {}
            (Ok(_), false) => panic!("a stranger's certificate is trusted"),
            (Err(error), _) => panic!("{error:#}"),
        }
    }
    // An authority that is named may sign, and no certificate that it signs is trusted for another host.
    let authority = Authority::new();
    authority.write_to(&file);
    let pem = std::fs::read_to_string(&file).unwrap();
    app.smtp.tls(Tls::Start(authority.server("relay.example")));
    assert!(matches!(connect(&with(Some(&pem))).await, Err(ConnectError::Untrusted(_))));

    app.smtp.tls(Tls::Start(own.acceptor));
    let Err(error) = connect(&with(None)).await else { panic!("trusted") };
    let said = error.to_string();
    assert!(
        said.contains("SMTP_CA_FILE") && said.contains("?tls=none") && said.contains("self-signed"),
        "{said}"
    );
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_relay_delays_nobody_where_another_answers() {
    let app = on_sqlite().await;
    let silent = SmtpServer::start().await;
    silent.at(At::Connect, |_| Answer::Hang);
    app.list("all", "All articles").await;
    let mut config = with_beside(&app, &silent);
    config.smtp_timeouts.beside = Duration::from_millis(200);
    let transport = Transport::new(config.transport()).unwrap();
    let begun = Instant::now();
    for _ in 0..6 {
        transport.connect().await.unwrap().close().await;
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}; a minute each is what its silence may last",
        begun.elapsed()
    );
    assert_eq!(silent.seen().connections, 1, "it is passed over for a while");

    // Where it is silent further on, too.
    silent.at(At::Connect, |_| Answer::Usual);
    silent.at(At::Ehlo, |_| Answer::Hang);
    sign_up(&app, "ines@example.net").await;
    let begun = Instant::now();
    deliver(&app, &config).await;
    assert_eq!(app.smtp.take().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());

    // One that answers late and first is not passed over for it.
    silent.behave();
    silent.delay_at(At::Connect, Duration::from_millis(900));
    app.smtp.delay_at(At::Connect, Duration::from_secs(30));
    let transport = Transport::new(config.transport()).unwrap();
    transport.connect().await.unwrap().close().await;
    assert!(silent.seen().connections > 1);
    app.smtp.pipelining(Pipelining::Offered);
    app.end().await;
}
