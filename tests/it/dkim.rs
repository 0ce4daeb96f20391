//! Signed mail, from the key to the relay, checked by another implementation.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use chrono::TimeDelta;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use reqwest::StatusCode;

use crate::delivery::{campaign, subscribe_all};
use crate::sign_up::subscribe;
use crate::support::process::Bench;
use crate::support::{Answer, Engine, TestApp, skip_postgres};

/// The DNS, as far as it goes.
struct Zone(HashMap<Box<str>, Txt>);

impl ResolverCache<Box<str>, Txt> for Zone {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        Some(self.0.get(name).cloned().unwrap_or(Txt::Error(mail_auth::Error::NoHeadersFound)))
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: std::time::Instant) {}
}

/// The algorithms of the signatures of a message, each with whether it holds.
async fn verdicts(zone: &Zone, message: &[u8]) -> Vec<(String, bool)> {
    let parsed = AuthenticatedMessage::parse(message).expect("a message");
    let nobody = MessageAuthenticator::new_cloudflare().expect("a resolver that is never asked");
    let results = nobody.verify_dkim(Parameters::new(&parsed).with_txt_cache(zone)).await;
    results
        .iter()
        .map(|result| {
            let algorithm = result.signature().map(|signature| format!("{:?}", signature.a));
            (algorithm.unwrap_or_default(), *result.result() == DkimResult::Pass)
        })
        .collect()
}

async fn holds(zone: &Zone, message: &[u8]) -> bool {
    let verdicts = verdicts(zone, message).await;
    let good = verdicts.iter().filter(|(_, good)| *good).count();
    assert!(good == 0 || good == verdicts.len(), "all or none: {verdicts:?}");
    good > 0
}

/// Keys that `dkim make` made, the records that it printed, and the settings.
fn make_keys(bench: &Bench) -> (Zone, Vec<(&'static str, String)>) {
    let mut zone = HashMap::new();
    let (mut selectors, mut files) = (Vec::new(), Vec::new());
    for kind in ["rsa", "ed25519"] {
        let made = bench.ok(&["dkim", "make", "--domain", "harbour.example", "--type", kind, "--json"]);
        let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let strings = made["record_strings"].as_array().expect("strings");
        assert!(strings.iter().all(|string| text(string).len() <= 255));
        let record: String = strings.iter().map(text).collect();
        assert_eq!(record, text(&made["record_value"]));
        let key = DomainKey::parse(record.as_bytes()).expect("a record that others read");
        zone.insert(format!("{}.", text(&made["record_name"])).into_boxed_str(), Txt::from(key));
        selectors.push(text(&made["environment"]["DKIM_SELECTOR"]));
        files.push(text(&made["environment"]["DKIM_KEY_FILE"]));
    }
    let settings = vec![
        ("DKIM_DOMAIN", "harbour.example".to_owned()),
        ("DKIM_SELECTOR", selectors.join(" ")),
        ("DKIM_KEY_FILE", files.join(" ")),
    ];
    (Zone(zone), settings)
}

/// An application that signs with both keys.
async fn signing(engine: Engine) -> Option<(TestApp, Zone, Bench)> {
    let bench = Bench::new(Engine::Sqlite, None, 1).await.expect("SQLite is built in");
    let (zone, settings) = make_keys(&bench);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match TestApp::start_with(engine, &settings).await {
        Ok(app) => Some((app, zone, bench)),
        Err(missing) => {
            skip_postgres(&missing);
            None
        }
    }
}

async fn campaigns_and_confirmations_are_signed(engine: Engine) {
    let Some((app, zone, _bench)) = signing(engine).await else { return };
    let list = app.list("world", "World").await;
    subscribe_all(&app, list, &["ines@example.org", "tobe@example.org", "marta@example.org"]).await;
    campaign(&app, list, "Färjan går igen, och det här är ett ämne som inte ryms på en enda rad").await;
    app.run_all_due().await;
    assert_eq!(subscribe(&app, "email=owen%40example.org&list=world").await.status(), StatusCode::SEE_OTHER);
    app.deliver_all_due().await;

    let mails = app.smtp.take();
    assert_eq!(mails.len(), 4);
    let mut one_click = 0;
    for mail in &mails {
        assert!(mail.message.starts_with(b"DKIM-Signature: "));
        let expected = [("RsaSha256".to_owned(), true), ("Ed25519Sha256".to_owned(), true)];
        assert_eq!(verdicts(&zone, &mail.message).await, expected, "{}", mail.to);

        let text = String::from_utf8(mail.message.clone()).unwrap();
        let changed = |from: &str, to: &str| {
            assert!(text.contains(from), "{from} is not in:\n{text}");
            text.replacen(from, to, 1).into_bytes()
        };
        assert!(!holds(&zone, &changed("\r\nSubject: ", "\r\nSubject: x")).await);
        assert!(!holds(&zone, &changed("\r\n\r\n", "\r\n\r\nx")).await, "a byte more in the body");
        assert!(!holds(&zone, &changed("\r\nFrom: ", "\r\nFrom: <owen@evil.example>\r\nFrom: ")).await);
        assert!(!holds(&zone, &format!("Subject: Other\r\n{text}").into_bytes()).await, "a second subject");
        assert!(!holds(&zone, &format!("Reply-To: owen@evil.example\r\n{text}").into_bytes()).await);
        assert!(holds(&zone, &format!("Received: from relay\r\n{text}").into_bytes()).await);
        assert!(holds(&zone, &changed("\r\nSubject: ", "\r\nSUBJECT:\t ")).await, "relaxed");
        assert!(holds(&zone, &format!("{text}\r\n\r\n").into_bytes()).await, "empty lines at the end");
        if text.contains("\r\nList-Unsubscribe: <") {
            one_click += 1;
            assert!(!holds(&zone, &changed("/unsubscribe/", "/unsubscribf/")).await);
            assert!(
                !holds(&zone, &changed("\r\nList-Unsubscribe-Post: ", "\r\nList-Unsubscribe-Pos: ")).await
            );
        }
    }
    assert_eq!(one_click, 3);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaigns_and_confirmations_are_signed_sqlite() {
    campaigns_and_confirmations_are_signed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaigns_and_confirmations_are_signed_postgres() {
    campaigns_and_confirmations_are_signed(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeat_is_signed_the_same_to_the_byte() {
    let Some((app, zone, _bench)) = signing(Engine::Sqlite).await else { return };
    let list = app.list("world", "World").await;
    subscribe_all(&app, list, &["ines@example.org"]).await;
    app.smtp.at_message(|_| Answer::TakeAndHangUp);
    campaign(&app, list, "Ferry").await;
    app.run_all_due().await;
    app.smtp.at_message(|_| Answer::Usual);
    app.advance(TimeDelta::minutes(2));
    app.run_all_due().await;
    let mails = app.smtp.take();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].message, mails[1].message);
    assert!(holds(&zone, &mails[1].message).await);
    app.end().await;
}

#[tokio::test]
async fn a_key_is_made_once_for_nobody_elses_eyes_and_doctor_names_it() {
    let mut bench = Bench::new(Engine::Sqlite, None, 1).await.expect("SQLite is built in");
    let refused = bench.run(&["dkim", "make"]);
    assert_eq!(refused.status.code(), Some(2), "no domain");
    let plain = bench.ok(&["dkim", "make", "--domain", "harbour.example", "--out", "keys/my key.pem"]);
    for part in
        ["postrider._domainkey.harbour.example. IN TXT ( \"v=DKIM1; k=rsa; p=", "DKIM_SELECTOR=postrider\n"]
    {
        assert!(plain.contains(part), "{plain}");
    }
    let path = bench.path().join("keys/my key.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read(&path).unwrap();
    bench.vars.insert("MAIL_FROM".into(), "Harbour News <news@mail.harbour.example>".into());
    let refused = bench.run(&["dkim", "make", "--out", "keys/my key.pem"]);
    assert_eq!(refused.status.code(), Some(2), "it exists");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("never overwritten"));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    assert!(bench.ok(&["doctor"]).contains("DKIM: mail is not signed here"));
    bench.vars.insert("DKIM_DOMAIN".into(), "harbour.example".into());
    bench.vars.insert("DKIM_SELECTOR".into(), "postrider".into());
    bench.vars.insert("DKIM_KEY_FILE".into(), path.display().to_string());
    let said = bench.ok(&["doctor"]);
    assert!(said.contains("DKIM: mail is signed for harbour.example, selector postrider"), "{said}");
    assert!(!said.contains("DMARC"), "{said}");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(bench.run(&["doctor"]).status.code(), Some(2));
    bench.end().await;
}
