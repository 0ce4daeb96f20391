//! One's own account: what its forms ask for, what its owner is told by mail, and codes whose key is gone.

use chrono::TimeDelta;
use postrider::actions::Context;
use postrider::actions::{people, second_factor};
use postrider::db::users::{self, Role, User};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::links::Keyring;
use reqwest::StatusCode;
use secrecy::SecretString;

use super::sign_in::{between, code, turn_codes_on};
use crate::on_both_engines;
use crate::support::desk::PASSWORD;
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, skip_postgres};

const MARTA: &str = "marta@harbour.example";
const OWEN: &str = "owen@harbour.example";
const NEW: &str = "plover-kettle-ninth-barge";

async fn user(app: &TestApp, email: &str) -> User {
    let email = EmailAddress::parse(email).unwrap();
    users::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap().unwrap()
}

/// To whom the only new mail went, and its text.
async fn mail(app: &TestApp) -> (String, String) {
    app.deliver_all_due().await;
    let mut mails = app.smtp.take();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = mails.remove(0);
    let text = String::from_utf8_lossy(&mail.message).replace("=\r\n", "");
    (mail.to, text)
}

on_both_engines! {
    async fn wrong_passwords_on_the_accounts_own_forms_slow_down_in_that_session(app: TestApp) {
        let here = app.admin().await;
        let there = app.sign_in(MARTA).await;
        turn_codes_on(app, &here).await;
        let forms = [
            ("/admin/account/password", vec![("current", "wrong"), ("password", NEW)]),
            ("/admin/account/codes/off", vec![("password", "wrong")]),
            ("/admin/account/codes/recovery", vec![("password", "wrong")]),
        ];
        for at in 0..10 {
            let (path, form) = &forms[at % 3];
            let answer = here.post(path, form).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(answer.text().await.unwrap().contains("not your current password"), "{path}");
        }
        for (path, form) in &forms {
            let answer = here.post(path, form).await;
            assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
            assert_eq!(answer.headers()["retry-after"], "240");
            assert!(answer.text().await.unwrap().contains("Too many attempts"));
        }
        let right = [("current", PASSWORD), ("password", NEW)];
        assert_eq!(here.post("/admin/account/password", &right).await.status(), StatusCode::TOO_MANY_REQUESTS);
        // Whoever has a session of their own is not kept out by it.
        assert_eq!(there.post("/admin/account/password", &right).await.status(), StatusCode::SEE_OTHER);
        app.deliver_all_due().await;
    }

    async fn codes_are_turned_on_with_the_password_only(app: TestApp) {
        let marta = app.admin().await;
        marta.submit("/admin/account/codes/begin", &[]).await;
        let typed = between(&marta.page("/admin/account/codes").await, "id=\"secret\">", "<").to_owned();
        let now = code(app, &typed);
        for password in ["", "wrong wrong wrong", NEW] {
            let page = marta.refused("/admin/account/codes", &[("code", &now), ("password", password)]).await;
            assert!(page.contains("not your current password"), "{page}");
        }
        assert!(!user(app, MARTA).await.has_totp);
        let taken = marta.post("/admin/account/codes", &[("code", &now), ("password", PASSWORD)]).await;
        assert_eq!(taken.status(), StatusCode::OK);
        assert!(user(app, MARTA).await.has_totp);
        app.deliver_all_due().await;

        let owen = app.editor().await;
        owen.submit("/admin/account/codes/begin", &[]).await;
        for _ in 0..10 {
            owen.refused("/admin/account/codes", &[("code", &now), ("password", NEW)]).await;
        }
        let page = owen.post("/admin/account/codes", &[("code", &now), ("password", PASSWORD)]).await;
        assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS);
    }

    async fn the_owner_is_told_by_mail_of_whatever_opens_the_account(app: TestApp) {
        let mut marta = app.admin().await;
        let told = async |headline: &str, by: &str| {
            let (to, text) = mail(app).await;
            assert_eq!(to, MARTA);
            let at = app.clock.now().format("When: %A %-d %B, %H:%M UTC").to_string();
            for part in [headline, by, at.as_str(), "If it wasn=E2=80=99t you", "user reset"] {
                assert!(text.contains(part), "{part} in {text}");
            }
        };
        let set = marta.post("/admin/account/password", &[("current", PASSWORD), ("password", NEW)]).await;
        marta.take_cookie(set.headers());
        told("Your password was changed", "From: an unknown browser, 127.0.0.1").await;
        marta.submit("/admin/account/codes/begin", &[]).await;
        let typed = between(&marta.page("/admin/account/codes").await, "id=\"secret\">", "<").to_owned();
        marta.post("/admin/account/codes", &[("code", &code(app, &typed)), ("password", NEW)]).await;
        told("Two-factor sign-in is on", "127.0.0.1").await;
        marta.post("/admin/account/codes/recovery", &[("password", NEW)]).await;
        told("You have new recovery codes", "127.0.0.1").await;
        marta.submit("/admin/account/codes/off", &[("password", NEW)]).await;
        told("Two-factor sign-in is off", "127.0.0.1").await;
        // Off already: nothing changed, nothing is told.
        marta.submit("/admin/account/codes/off", &[("password", NEW)]).await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 0);
        let link = people::reset(&Context::command_line(&app.app), &user(app, MARTA).await).await.unwrap();
        told("Your account was reset", "By: a command on the server").await;
        assert_eq!(marta.get("/admin").await.status(), StatusCode::SEE_OTHER, "signed out");
        let refused = app.nobody().post("/admin/sign-in", &[("email", MARTA), ("password", NEW)]).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let path = link.strip_prefix(&app.url).unwrap();
        assert_eq!(app.nobody().post(path, &[("password", PASSWORD)]).await.status(), StatusCode::SEE_OTHER);
        app.sign_in(MARTA).await.page("/admin").await;
    }

    async fn an_admin_turns_somebody_elses_codes_off_and_they_are_told_by_whom(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        turn_codes_on(app, &owen).await;
        turn_codes_on(app, &marta).await;
        let [owens, martas] = [OWEN, MARTA].map(|email| async move { user(app, email).await.id });
        let (owens, martas) = (owens.await, martas.await);
        let off = format!("/admin/settings/users/{owens}/codes/off");
        assert_eq!(owen.post(&off, &[]).await.status(), StatusCode::FORBIDDEN);
        assert!(marta.submit(&off, &[]).await.1.contains("off for owen@harbour.example"));
        let (to, text) = mail(app).await;
        assert!(to == OWEN && text.contains("Two-factor sign-in is off") && text.contains("By: marta@harbour.example"), "{text}");
        assert!(!user(app, OWEN).await.has_totp);
        assert!(marta.submit(&off, &[]).await.1.contains("already"));
        // One's own are turned off with the password.
        let mine = format!("/admin/settings/users/{martas}/codes/off");
        assert_eq!(marta.submit(&mine, &[]).await.0, "/admin/account");
        assert!(user(app, MARTA).await.has_totp);
    }

    async fn signing_in_again_ends_the_session_that_the_browser_had(app: TestApp) {
        let mut browser = app.admin().await;
        let elsewhere = app.sign_in(MARTA).await;
        let old = browser.clone();
        let form = [("email", MARTA), ("password", PASSWORD)];
        browser.take_cookie(browser.post("/admin/sign-in", &form).await.headers());
        browser.page("/admin").await;
        assert_eq!(old.get("/admin").await.status(), StatusCode::SEE_OTHER);
        elsewhere.page("/admin").await;
        // As another user, too.
        app.user(OWEN, Role::Editor).await;
        let old = browser.clone();
        let form = [("email", OWEN), ("password", PASSWORD)];
        browser.take_cookie(browser.post("/admin/sign-in", &form).await.headers());
        browser.page("/admin").await;
        assert_eq!(old.get("/admin").await.status(), StatusCode::SEE_OTHER);
        // A wrong password ends nothing.
        browser.refused("/admin/sign-in", &[("email", OWEN), ("password", NEW)]).await;
        browser.page("/admin").await;
    }
}

const NOW: &str = "the-first-key-of-the-ring-32-signs";
const BEFORE: &str = "the-second-key-of-the-ring-32-signs";

/// Seals a user's codes as an older version of the configuration would have.
async fn seal_with(app: &TestApp, key: &str) -> String {
    let id = user(app, MARTA).await.id;
    let mut tx = app.app.db.write().await.unwrap();
    let sealed = users::credentials(&mut tx, id).await.unwrap().unwrap().totp_secret.unwrap();
    let secret = app.app.keyring.open("totp", &sealed).unwrap();
    let resealed = Keyring::new(&[SecretString::from(key)]).seal("totp", &secret).unwrap();
    users::reseal_totp(&mut tx, id, &sealed, &resealed).await.unwrap();
    tx.commit().await.unwrap();
    resealed
}

async fn codes_and_keys(engine: Engine) {
    let keys = format!("{NOW} {BEFORE}");
    let app = match TestApp::start_with(engine, &[("SECRET_KEY", &keys)]).await {
        Ok(app) => app,
        Err(missing) => return skip_postgres(&missing),
    };
    let marta = app.admin().await;
    let (typed, recovery) = turn_codes_on(&app, &marta).await;
    let signs_in = async |code: &str| {
        let half = app.sign_in(MARTA).await;
        half.post("/admin/sign-in/code", &[("code", code)]).await
    };

    // Under the older key it works, and is under the first one then.
    let sealed = seal_with(&app, BEFORE).await;
    app.advance(TimeDelta::seconds(60));
    assert_eq!(signs_in(&code(&app, &typed)).await.status(), StatusCode::SEE_OTHER);
    let mut tx = app.app.db.read().await.unwrap();
    let id = user(&app, MARTA).await.id;
    let now = users::credentials(&mut tx, id).await.unwrap().unwrap().totp_secret.unwrap();
    assert_eq!(second_factor::count_sealed_by_older_keys(&app.app, &mut tx).await.unwrap(), 0);
    drop(tx);
    assert_ne!(now, sealed);
    assert!(Keyring::new(&[SecretString::from(NOW)]).open("totp", &now).is_some());

    // Under a key that is gone, whoever signs in and every admin is told what to do.
    seal_with(&app, "a-key-that-nobody-has-any-more-32-signs").await;
    app.advance(TimeDelta::seconds(60));
    let refused = signs_in(&code(&app, &typed)).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(page.contains("SECRET_KEY") && page.contains("recovery code"), "{page}");
    assert_eq!(signs_in(&recovery[0]).await.status(), StatusCode::SEE_OTHER);
    for path in ["/admin", "/admin/settings/users", &format!("/admin/settings/users/{id}")] {
        let page = marta.page(path).await.replace('’', "'").replace("&#39;", "'");
        assert!(page.contains("can't be checked"), "{path}: {page}");
    }
    app.user(OWEN, Role::Admin).await;
    let owen = app.sign_in(OWEN).await;
    owen.submit(&format!("/admin/settings/users/{id}/codes/off"), &[]).await;
    app.sign_in(MARTA).await.page("/admin").await;
    app.deliver_all_due().await;
    // What was begun under a key that is gone is begun anew.
    let marta = app.sign_in(MARTA).await;
    marta.submit("/admin/account/codes/begin", &[]).await;
    seal_with(&app, "a-key-that-nobody-has-any-more-32-signs").await;
    marta.submit("/admin/account/codes/begin", &[]).await;
    marta.page("/admin/account/codes").await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_survive_a_new_key_and_one_that_is_gone_is_said_where_it_matters() {
    codes_and_keys(Engine::Sqlite).await;
    codes_and_keys(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_says_whose_codes_need_a_key_that_is_gone_and_a_command_gives_a_new_start() {
    let mut bench = Bench::new(Engine::Sqlite, None, 1).await.unwrap();
    bench.ok(&["user", "add", MARTA, "--role", "admin"]);
    let db = bench.db().await;
    let mut tx = db.write().await.unwrap();
    let email = EmailAddress::parse(MARTA).unwrap();
    let id = users::by_email(&mut tx, &email).await.unwrap().unwrap().id;
    let sealed = Keyring::new(&[SecretString::from(BEFORE)]).seal("totp", &[7; 20]).unwrap();
    users::set_totp(&mut tx, id, Some(&sealed)).await.unwrap();
    users::take_totp_step(&mut tx, id, 1, crate::support::start_of_test()).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;

    let codes = |bench: &Bench| {
        let said = String::from_utf8(bench.run(&["doctor", "--json"]).stdout).unwrap();
        let said: Vec<serde_json::Value> = serde_json::from_str(&said).unwrap();
        let codes = said.into_iter().find(|finding| finding["about"] == "codes");
        codes.map(|codes| codes["grade"].as_str().unwrap().to_owned())
    };
    let key = bench.vars["SECRET_KEY"].clone();
    assert_eq!(codes(&bench).as_deref(), Some("bad"));
    bench.vars.insert("SECRET_KEY".into(), format!("{key} {BEFORE}"));
    assert_eq!(codes(&bench).as_deref(), Some("warn"));
    bench.vars.insert("SECRET_KEY".into(), key);
    assert!(!bench.run(&["user", "reset", "nobody@harbour.example"]).status.success());
    let said: serde_json::Value =
        serde_json::from_str(&bench.ok(&["user", "reset", MARTA, "--json"])).unwrap();
    assert!(said["link"].as_str().unwrap().contains("/admin/link/"), "{said}");
    assert_eq!(codes(&bench), None);
    bench.end().await;
}
