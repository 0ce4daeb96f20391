use super::relays::{parse_relay_url, with_credentials};
use super::*;
use crate::mail::dkim::Algorithm;
use crate::mail::relay::RelayTls;

fn config(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_vars(&vars.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect())
}

#[test]
fn nothing_set_captures_mail_on_this_machine() {
    let config = config(&[]).unwrap();
    assert!(matches!(config.mail_route, MailRoute::Capture { .. }) && config.base_url_is_loopback());
    assert_eq!(config.link("/archive"), "http://127.0.0.1:8080/archive");
}

#[test]
fn every_problem_is_reported_at_once_and_no_secret_with_it() {
    let error = config(&[
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("BASE_URL", "news.example"),
        ("SMTP_URL", "http://user:hunter2@relay"),
        ("SMTP_CONNECTIONS", "0"),
        ("SECRET_KEY", "hunter2"),
        ("LOG_FORMAT", "xml"),
        ("TRUSTED_PROXIES", "localhost"),
    ])
    .unwrap_err();
    assert_eq!(error.0.len(), 7, "{error}");
    assert!(!error.to_string().contains("hunter2"));
    assert!(error.0.iter().all(|problem| problem.contains("Expected: ")));
}

#[test]
fn capturing_with_a_public_address_must_be_meant() {
    assert!(config(&[("BASE_URL", "https://news.example")]).is_err());
    assert!(config(&[("BASE_URL", "https://news.example"), ("CAPTURE_MAIL", "true")]).is_ok());
}

#[test]
fn signing_wants_a_domain_a_selector_and_a_key_that_is_strong_enough() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let made = |algorithm| crate::mail::dkim::SigningKey::generate(algorithm).unwrap().1;
    let rsa = file("the rsa key.pem", &made(Algorithm::Rsa));
    let ed = file("ed.pem", &made(Algorithm::Ed25519));
    let ed2 = file("ed2.pem", &made(Algorithm::Ed25519));
    let rsa2 = file("rsa.pem", &made(Algorithm::Rsa));
    let asked = |selector: &str, key: &str| {
        config(&[("DKIM_DOMAIN", "Harbour.example"), ("DKIM_SELECTOR", selector), ("DKIM_KEY_FILE", key)])
    };
    assert!(config(&[]).unwrap().dkim.is_none());
    let signer = asked("post", &rsa).unwrap().dkim.unwrap();
    assert_eq!(signer.domain(), "harbour.example");
    let signer = asked("post post-ed", &format!("{rsa2} {ed}")).unwrap().dkim.unwrap();
    assert_eq!(signer.selectors().collect::<Vec<_>>(), ["post", "post-ed"]);

    let problems = |found: Result<Config, ConfigError>| {
        let problems = found.unwrap_err().0;
        assert!(problems.iter().all(|problem| problem.contains("Expected: ")), "{problems:?}");
        problems
    };
    assert_eq!(problems(config(&[("DKIM_DOMAIN", "harbour.example")])).len(), 2);
    assert_eq!(problems(asked("a b", &ed)).len(), 1, "one file for two selectors");
    assert_eq!(problems(asked("a b", &format!("{ed} {ed2}"))).len(), 1, "two of one kind");
    assert_eq!(problems(asked("a a", &format!("{rsa2} {ed}"))).len(), 1, "one name for two");
    assert_eq!(problems(asked("a_b; c", &ed)).len(), 1);
    assert!(problems(asked("post", "/nowhere/key.pem"))[0].contains("/nowhere/key.pem can't be read"));
    assert!(problems(asked("post", &file("x", "hunter2")))[0].contains("contains no private key"));
}

#[test]
fn credentials_need_tls_except_on_loopback() {
    let tls = |url| parse_relay_url(url).and_then(with_credentials).map(|relay| relay.tls);
    assert_eq!(tls("smtp://u:p@relay.example"), Ok(RelayTls::Required));
    assert!(tls("smtp://u:p@relay.example?tls=none").unwrap_err().contains("in the clear"));
    assert_eq!(tls("smtp://u:p@127.0.0.1:2525?tls=none"), Ok(RelayTls::None));
    assert_eq!(tls("smtp://relay.example"), Ok(RelayTls::Offered));
    assert_eq!(tls("smtps://u:p@relay.example"), Ok(RelayTls::Implicit));
}

fn credentials(vars: &[(&str, &str)]) -> Result<(String, String), String> {
    use secrecy::ExposeSecret as _;
    let from = ("MAIL_FROM", "News <news@example.org>");
    let config = config(&[vars, &[from]].concat()).map_err(|error| error.to_string())?;
    let MailRoute::Smtp(relays) = config.mail_route else { return Err("no relay".to_owned()) };
    let (user, password) = relays[0].credentials.clone().ok_or("nobody")?;
    Ok((user, password.expose_secret().to_owned()))
}

#[test]
fn a_password_that_a_url_would_cut_is_refused_with_how_to_write_it_and_is_never_shown() {
    for (raw, encoded) in [("/", "%2F"), ("#", "%23"), ("?", "%3F"), ("\\", "%5C"), (" ", "%20")] {
        for url in [
            format!("smtps://me:hun{raw}ter2@relay.example"),
            format!("smtps://me:12{raw}34hunter@relay.example"),
            format!("smtp://me:hunter{raw}x@y@relay.example:587?tls=required"),
            format!("smtp://me{raw}hunter:x@relay.example"),
        ] {
            let error = credentials(&[("SMTP_URL", &url)]).unwrap_err();
            assert!(error.contains(encoded) && error.contains("SMTP_PASSWORD"), "{url}: {error}");
            assert!(!error.contains("hun") && !error.contains("ter2"), "{url}: {error}");
        }
    }
    for (raw, password) in [("ab+cd", "ab+cd"), ("a@b", "a@b"), ("50%off", "50%off"), ("a%2Fb%23", "a/b#")] {
        let url = format!("smtps://me:{raw}@relay.example");
        assert_eq!(credentials(&[("SMTP_URL", &url)]), Ok(("me".to_owned(), password.to_owned())));
    }
    assert!(credentials(&[("SMTP_URL", "smtps://:hunter2@relay.example")]).unwrap_err().contains("no user"));
}

#[test]
fn a_user_and_a_password_stand_beside_the_url_as_they_are() {
    let (url, user) = (("SMTP_URL", "smtps://relay.example"), ("SMTP_USER", "me@tern.example"));
    let password = ("SMTP_PASSWORD", "a/b#c?d@e%41f ");
    let given = Ok(("me@tern.example".to_owned(), password.1.to_owned()));
    assert_eq!(credentials(&[url, user, password]), given);
    assert_eq!(credentials(&[("SMTP_URL", "smtps://me%40tern.example@relay.example"), password]), given);
    let problem = |vars: &[(&str, &str)], words: &str| {
        let error = credentials(vars).unwrap_err();
        assert!(error.contains(words) && error.contains("Expected: ") && !error.contains("a/b#"), "{error}");
    };
    problem(&[url, user], "without a password");
    problem(&[url, password], "without a user");
    problem(&[user, password], "without SMTP_URL");
    problem(&[("SMTP_URL", "smtps://u:p@relay.example"), password], "one of the two");
    problem(&[("SMTP_URL", "smtps://a.example smtps://b.example"), user, password], "in its URL");
    problem(&[("SMTP_URL", "smtp://relay.example?tls=none"), user, password], "in the clear");
}

#[test]
fn every_secret_may_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let key = file("key", b"hunter2hunter2hunter2hunter2hunter2\n");
    let database = file("database", b"postgres://u:hunter2@db/x\r\n");
    let url = file("url", b"smtps://relay.example\n");
    let password = file("password", b" hunter2\n\n");
    let found = config(&[
        ("SECRET_KEY_FILE", &key),
        ("DATABASE_URL_FILE", &database),
        ("MAIL_FROM", "News <news@example.org>"),
        ("SMTP_URL_FILE", &url),
        ("SMTP_USER", "me"),
        ("SMTP_PASSWORD_FILE", &password),
    ])
    .unwrap();
    assert!(matches!(found.database, DatabaseUrl::Postgres(_)) && found.secret_keys.len() == 1);
    let vars = [("SMTP_URL_FILE", url.as_str()), ("SMTP_USER", "me"), ("SMTP_PASSWORD_FILE", &password)];
    assert_eq!(credentials(&vars), Ok(("me".to_owned(), " hunter2\n".to_owned())), "one line end is cut");

    let error = config(&[
        ("SECRET_KEY", "hunter2hunter2hunter2hunter2hunter2"),
        ("SECRET_KEY_FILE", &key),
        ("DATABASE_URL_FILE", &file("odd", b"\xff")),
        ("SMTP_URL_FILE", "/nowhere/smtp-url"),
        ("SMTP_PASSWORD_FILE", &file("nothing", b"\n")),
        ("BASE_URL", "https://news.example/letters"),
    ])
    .unwrap_err();
    assert_eq!(error.0.len(), 5, "each once, and nothing that follows from it: {error}");
    for words in ["SECRET_KEY is set too", "not UTF-8", "/nowhere/smtp-url can't be read", "is empty"] {
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn what_is_wrong_with_the_base_url_is_said() {
    for (url, why) in [
        ("https://news.example/letters", "path"),
        ("https://news.example/letters/", "path"),
        ("https://news.example?x=1", "after the host"),
        ("https://u:p@news.example", "user"),
        ("news.example", "not an address"),
        ("ftp://news.example", "web address"),
    ] {
        let error = config(&[("BASE_URL", url), ("CAPTURE_MAIL", "true")]).unwrap_err().to_string();
        assert!(error.contains("BASE_URL") && error.contains(why), "{url}: {error}");
    }
    assert!(config(&[("BASE_URL", "https://news.example/"), ("CAPTURE_MAIL", "true")]).is_ok());
}

#[test]
fn a_secret_is_not_in_debug() {
    let config = config(&[
        ("DATABASE_URL", "postgres://u:hunter2@db/x"),
        ("SECRET_KEY", "hunter2hunter2hunter2hunter2hunter2"),
        ("SMTP_URL", "smtps://u:hunter2@relay.example"),
        ("MAIL_FROM", "News <news@example.org>"),
    ])
    .unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
