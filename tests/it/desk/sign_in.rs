//! Signing in: passwords, codes, links, sessions.

use chrono::TimeDelta;
use postrider::actions::Context;
use postrider::db::Db;
use postrider::db::users::{self, Role};
use postrider::domain::email_address::EmailAddress;
use reqwest::StatusCode;

use crate::disk::execute;
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::desk::{PASSWORD, Person};

const MARTA: &str = "marta@harbour.example";

/// The code that an app shows now for the secret on the page.
pub fn code(app: &TestApp, typed: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(typed.replace(' ', "")).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("m").build().expect("a TOTP");
    totp.generate(app.clock.now().timestamp() as u64).to_string()
}

pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1.split_once(to).expect(to).0
}

/// Turns codes on; returns the typed secret and the recovery codes. The mail that tells of it is taken.
pub async fn turn_codes_on(app: &TestApp, person: &Person<'_>) -> (String, Vec<String>) {
    assert_eq!(person.submit("/admin/account/codes/begin", &[]).await.0, "/admin/account/codes");
    let typed = between(&person.page("/admin/account/codes").await, "id=\"secret\">", "<").to_owned();
    person.refused("/admin/account/codes", &[("code", "000000"), ("password", PASSWORD)]).await;
    let form = [("code", code(app, &typed)), ("password", PASSWORD.to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = person.post("/admin/account/codes", &form).await;
    let page = answer.text().await.unwrap();
    let codes: Vec<String> =
        page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{page}");
    app.deliver_all_due().await;
    assert_eq!(app.smtp.take().len(), 1);
    (typed, codes)
}

/// The one-time link of the only mail that has come.
pub async fn mailed_link(app: &TestApp) -> String {
    app.deliver_all_due().await;
    let mails = app.smtp.take();
    assert_eq!(mails.len(), 1);
    let text = String::from_utf8_lossy(&mails[0].message).replace("=\r\n", "");
    let path = between(&text, "/admin/link/", "\r\n").trim_end_matches('=').to_owned();
    format!("/admin/link/{path}")
}

on_both_engines! {
    async fn a_wrong_password_and_an_unknown_address_get_the_same_answer(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        let tried = async |email: &'static str, password: &'static str| {
            let answer = app.nobody().post("/admin/sign-in", &[("email", email), ("password", password)]).await;
            (answer.status(), answer.text().await.unwrap().replace(email, "ADDRESS"))
        };
        let wrong = tried(MARTA, "plover kettle ninth").await;
        assert_eq!(wrong.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong, tried("nobody@harbour.example", "plover kettle ninth").await);
        assert_eq!(wrong, tried("nobody@harbour.example", "").await);
        let asked = async |email: &str| {
            app.nobody().post("/admin/sign-in/link", &[("email", email)]).await.text().await.unwrap()
        };
        assert_eq!(asked(MARTA).await, asked("nobody@harbour.example").await);
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }

    async fn with_codes_on_a_password_opens_nothing_by_itself(app: TestApp) {
        let marta = app.admin().await;
        let (typed, recovery) = turn_codes_on(app, &marta).await;
        app.advance(TimeDelta::seconds(60));
        let mut half = app.sign_in(MARTA).await;
        assert_eq!(half.get("/admin").await.headers()["location"], "/admin/sign-in/code");
        assert_eq!(half.submit("/admin/account/codes/off", &[("password", PASSWORD)]).await.0, "/admin/sign-in/code");
        half.refused("/admin/sign-in/code", &[("code", "123456")]).await;
        let now = code(app, &typed);
        let waiting = half.clone();
        let in_now = half.post("/admin/sign-in/code", &[("code", &now)]).await;
        half.take_cookie(in_now.headers());
        assert_ne!(half.cookie, waiting.cookie, "the cookie of before the code is worth nothing");
        half.page("/admin").await;
        assert_eq!(waiting.get("/admin").await.status(), StatusCode::SEE_OTHER);

        // No code works twice, neither the app's nor a recovery code.
        let again = app.sign_in(MARTA).await;
        again.refused("/admin/sign-in/code", &[("code", &now)]).await;
        let mut recovered = again.clone();
        recovered.take_cookie(again.post("/admin/sign-in/code", &[("code", &recovery[0])]).await.headers());
        recovered.page("/admin").await;
        app.sign_in(MARTA).await.refused("/admin/sign-in/code", &[("code", &recovery[0])]).await;
    }

    async fn a_mailed_link_signs_in_once_by_a_button_and_not_for_long(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        app.nobody().post("/admin/sign-in/link", &[("email", MARTA)]).await;
        let link = mailed_link(app).await;
        // A scanner opens it as often as it likes.
        for _ in 0..3 {
            assert!(app.nobody().page(&link).await.contains("Sign in"));
        }
        let mut marta = app.nobody();
        marta.take_cookie(app.nobody().post(&link, &[]).await.headers());
        marta.page("/admin").await;
        assert_eq!(app.nobody().post(&link, &[]).await.status(), StatusCode::GONE);
        app.nobody().post("/admin/sign-in/link", &[("email", MARTA)]).await;
        let late = mailed_link(app).await;
        app.advance(TimeDelta::minutes(16));
        assert_eq!(app.nobody().get(&late).await.status(), StatusCode::GONE);
        assert_eq!(app.nobody().post(&late, &[]).await.status(), StatusCode::GONE);
    }

    async fn a_new_password_ends_every_other_session(app: TestApp) {
        let mut here = app.admin().await;
        let there = app.sign_in(MARTA).await;
        let new = "plover-kettle-ninth-barge";
        let weak = here.refused("/admin/account/password", &[("current", PASSWORD), ("password", "password1234")]).await;
        assert!(weak.contains("easy to guess"), "{weak}");
        here.refused("/admin/account/password", &[("current", "not it at all"), ("password", new)]).await;
        there.page("/admin").await;
        let set = here.post("/admin/account/password", &[("current", PASSWORD), ("password", new)]).await;
        here.take_cookie(set.headers());
        here.page("/admin").await;
        assert_eq!(there.get("/admin").await.status(), StatusCode::SEE_OTHER);
        app.deliver_all_due().await;
    }

    async fn a_session_can_be_ended_from_another_browser(app: TestApp) {
        let here = app.admin().await;
        let there = app.sign_in(MARTA).await;
        let page = here.page("/admin/account").await;
        let id = between(&page, "name=\"session\" value=\"", "\"").to_owned();
        here.submit("/admin/account/sessions/end", &[("session", &id)]).await;
        assert_eq!(there.get("/admin").await.status(), StatusCode::SEE_OTHER);
        here.page("/admin").await;
        // Unused for a fortnight, it is over.
        app.advance(TimeDelta::days(15));
        assert_eq!(here.get("/admin").await.status(), StatusCode::SEE_OTHER);
    }

    async fn a_page_is_shown_although_that_the_session_is_used_cannot_be_noted(app: TestApp) {
        let marta = app.admin().await;
        let refuse = match &app.app.db {
            Db::Sqlite { .. } => {
                "CREATE TRIGGER disk_is_full BEFORE UPDATE ON sessions
                 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            }
            Db::Postgres(_) => {
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                 AS 'BEGIN RAISE EXCEPTION ''the disk is full''; END';
                 CREATE TRIGGER disk_is_full BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()"
            }
        };
        let mut tx = app.app.db.write().await.unwrap();
        execute(&mut tx, refuse).await.unwrap();
        tx.commit().await.unwrap();
        // Long enough for the next page to note it.
        app.advance(TimeDelta::minutes(11));
        assert!(marta.page("/admin/account").await.contains(MARTA));
    }

    async fn whose_role_was_taken_is_out_at_once(app: TestApp) {
        let owen = app.editor().await;
        let mut tx = app.app.db.write().await.unwrap();
        let email = EmailAddress::parse("owen@harbour.example").unwrap();
        let user = users::by_email(&mut tx, &email).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let me = postrider::db::audit::Actor::command_line();
        postrider::actions::people::set_role(&Context::new(&app.app, me.clone()), user.id, Role::Admin).await.unwrap();
        assert_eq!(owen.get("/admin").await.status(), StatusCode::SEE_OTHER);
        let last = postrider::actions::people::set_role(&Context::new(&app.app, me.clone()), user.id, Role::Editor).await;
        assert!(last.unwrap_err().to_string().contains("only admin"));
    }
}
