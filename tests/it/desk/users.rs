//! Users: invited, given a role, signed out, removed; and how the desk is reached at all.

use chrono::TimeDelta;
use postrider::actions::accounts::Profile;
use postrider::actions::{self, Context};
use postrider::db::audit::Actor;
use postrider::db::limits::DomainLimit;
use postrider::db::lists;
use postrider::db::users::{self, Role, User};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::refusal::common;
use reqwest::StatusCode;

use crate::on_both_engines;
use crate::support::desk::PASSWORD;
use crate::support::{Engine, TestApp, skip_postgres};

const OWEN: &str = "owen@harbour.example";

async fn user(app: &TestApp, email: &str) -> Option<User> {
    let email = EmailAddress::parse(email).unwrap();
    users::by_email(&mut app.app.db.read().await.unwrap(), &email).await.unwrap()
}

/// The link of the only mail that has come.
async fn mailed_link(app: &TestApp) -> String {
    app.deliver_all_due().await;
    let mails = app.smtp.take();
    assert_eq!(mails.len(), 1);
    let text = String::from_utf8_lossy(&mails[0].message).replace("=\r\n", "");
    let (_, rest) = text.split_once("/admin/link/").expect("a link");
    format!("/admin/link/{}", rest.split("\r\n").next().unwrap().trim_end_matches('='))
}

on_both_engines! {
    async fn somebody_is_invited_sets_a_password_and_works_here(app: TestApp) {
        let marta = app.admin().await;
        let (to, said) = marta.submit("/admin/settings/users", &[("email", OWEN), ("role", "editor")]).await;
        assert_eq!(to, "/admin/settings/users");
        assert!(said.contains("Invited owen@harbour.example as an editor"), "{said}");
        let first = mailed_link(app).await;
        assert!(marta.page("/admin/settings/users").await.contains("invited"));
        let owen = user(app, OWEN).await.unwrap();
        let page = format!("/admin/settings/users/{}", owen.id);
        marta.submit(&format!("{page}/invitation"), &[]).await;
        let second = mailed_link(app).await;
        assert_ne!(first, second);
        let set = app.nobody().post(&second, &[("password", PASSWORD)]).await;
        assert_eq!(set.status(), StatusCode::SEE_OTHER);
        // The other invitation is void with it.
        assert_eq!(app.nobody().get(&first).await.status(), StatusCode::GONE);
        app.sign_in(OWEN).await.page("/admin").await;
        let page = marta.page(&page).await;
        assert!(page.contains("invited") && page.contains("password set"), "the log of the user: {page}");
        let again = marta.refused("/admin/settings/users", &[("email", OWEN), ("role", "admin")]).await;
        assert!(again.contains("This person already has an account"), "{again}");
        assert_eq!(user(app, OWEN).await.unwrap().role, Role::Editor);
    }

    async fn nobody_is_flooded_with_invitations(app: TestApp) {
        let marta = app.admin().await;
        for _ in 0..4 {
            marta.submit("/admin/settings/users", &[("email", OWEN), ("role", "editor")]).await;
        }
        let fifth = marta.refused("/admin/settings/users", &[("email", OWEN), ("role", "editor")]).await;
        assert!(fifth.contains("several links in the last hour"), "{fifth}");
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 4);
    }

    async fn a_bad_invitation_is_refused_with_what_was_typed(app: TestApp) {
        let marta = app.admin().await;
        let page = marta.refused("/admin/settings/users", &[("email", "owen<b>"), ("role", "admin")]).await;
        assert!(page.contains("has no @") && page.contains("value=\"owen&#60;b&#62;\""), "{page}");
        assert!(page.contains("value=\"admin\" checked"), "{page}");
        marta.refused("/admin/settings/users", &[("email", OWEN), ("role", "owner")]).await;
        assert!(user(app, OWEN).await.is_none());
    }

    async fn a_new_role_signs_out_and_the_last_admin_stays(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let id = user(app, OWEN).await.unwrap().id;
        let me = user(app, "marta@harbour.example").await.unwrap().id;
        let mine = format!("/admin/settings/users/{me}");
        assert!(marta.page(&mine).await.contains("The only admin can’t be removed"));
        for (path, form) in [("role", vec![("role", "editor")]), ("remove", vec![])] {
            let page = marta.refused(&format!("{mine}/{path}"), &form).await;
            assert!(page.contains("the only admin"), "{page}");
        }
        let (_, said) = marta.submit(&format!("/admin/settings/users/{id}/role"), &[("role", "admin")]).await;
        assert!(said.contains("is now an admin"), "{said}");
        assert_eq!(owen.get("/admin").await.status(), StatusCode::SEE_OTHER, "signed out");
        marta.refused(&format!("/admin/settings/users/{id}/role"), &[("role", "owner")]).await;
        // Sent twice, it says so.
        let (_, said) = marta.submit(&format!("/admin/settings/users/{id}/role"), &[("role", "admin")]).await;
        assert!(said.contains("already"), "{said}");
        marta.submit(&format!("{mine}/role"), &[("role", "editor")]).await;
        assert_eq!(marta.get("/admin/settings").await.status(), StatusCode::SEE_OTHER, "signed out, too");
    }

    async fn who_is_removed_is_out_at_once_and_for_good(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let id = user(app, OWEN).await.unwrap().id;
        let page = format!("/admin/settings/users/{id}");
        let (_, said) = marta.submit(&format!("{page}/sessions"), &[]).await;
        assert!(said.contains("signed out everywhere"), "{said}");
        assert_eq!(owen.get("/admin").await.status(), StatusCode::SEE_OTHER);
        let owen = app.sign_in(OWEN).await;
        marta.submit(&format!("{page}/remove"), &[]).await;
        assert_eq!(owen.get("/admin").await.status(), StatusCode::SEE_OTHER);
        let answer = app.nobody().post("/admin/sign-in", &[("email", OWEN), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(marta.get(&page).await.status(), StatusCode::NOT_FOUND);
        // A second press of the button harms nothing.
        assert!(marta.refused(&format!("{page}/remove"), &[]).await.contains("no longer exists"));
        assert!(marta.page("/admin/settings/audit?kind=user").await.contains("removed"));
    }

    async fn an_editor_sees_neither_settings_nor_users_nor_the_log(app: TestApp) {
        let owen = app.editor().await;
        for path in ["/admin/settings", "/admin/settings/branding", "/admin/settings/users", "/admin/settings/audit", "/admin/setup/publication"] {
            let answer = owen.get(path).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
            assert!(answer.text().await.unwrap().contains("Only admins can do this"));
        }
    }

    async fn what_is_an_admins_is_refused_an_editor_whatever_the_door(app: TestApp) {
        app.editor().await;
        app.list("world", "World").await;
        let owen = user(app, OWEN).await.unwrap();
        let cx = Context::new(&app.app, Actor::user(&owen, "192.0.2.1"));
        let email = EmailAddress::parse("ines@harbour.example").unwrap();
        let list = lists::by_slug(&mut app.app.db.read().await.unwrap(), "world").await.unwrap().unwrap();
        let limit = DomainLimit { domain: "mail.example".to_owned(), connections_max: Some(1), per_minute: None };
        let url = "https://news.example/feed/".parse().unwrap();
        let refusals = [
            actions::people::invite(&cx, &email, Role::Admin).await.map(|_| ()),
            actions::people::add(&cx, &email, Role::Admin).await.map(|_| ()),
            actions::people::set_role(&cx, owen.id, Role::Admin).await.map(|_| ()),
            actions::people::remove(&cx, owen.id).await.map(|_| ()),
            actions::people::reset(&cx, &owen).await.map(|_| ()),
            actions::settings::set(&cx, &[("name", "Owen's")]).await.map(|_| ()),
            actions::setup::end(&cx).await,
            actions::lists::retire(&cx, list.id).await.map(|_| ()),
            actions::lists::add(&cx, &Default::default()).await.map(|_| ()),
            actions::manage_feeds::look(&cx, &url).await.map(|_| ()),
            actions::domains::set_limit(&cx, &limit).await,
        ];
        for (n, refused) in refusals.into_iter().enumerate() {
            let Err(actions::Error::Refused(refusal)) = refused else { panic!("{n} was done") };
            assert!(refusal.is(&common::ADMINS_ONLY), "{n}: {refusal}");
        }
        // Nobody but its owner changes an account, an admin neither.
        app.admin().await;
        let marta = user(app, "marta@harbour.example").await.unwrap();
        let cx = Context::new(&app.app, Actor::user(&marta, "192.0.2.1"));
        let profile = Profile { name: "Not Owen", alerts: [false; 3] };
        let Err(actions::Error::Refused(refusal)) = actions::accounts::set_profile(&cx, &owen, &profile).await else {
            panic!("an admin has renamed somebody")
        };
        assert_eq!(refusal.code.name, "not_your_account");
        assert_eq!(user(app, OWEN).await.unwrap().name, owen.name);
    }

    async fn what_has_expired_is_forgotten(app: TestApp) {
        let marta = app.admin().await;
        app.nobody().post("/admin/sign-in/link", &[("email", "marta@harbour.example")]).await;
        let link = mailed_link(app).await;
        let id = user(app, "marta@harbour.example").await.unwrap().id;
        app.advance(TimeDelta::days(22));
        postrider::schedule::forget_expired(&app.app).await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        // As of then, it would still stand.
        let then = app.clock.now() - TimeDelta::days(22);
        let left = postrider::db::sessions::of_user(&mut tx, id, then).await.unwrap();
        let kind = postrider::db::sessions::SignInLinkKind::SignIn;
        let links = postrider::db::sessions::count_links(&mut tx, id, kind, then - TimeDelta::days(1)).await.unwrap();
        drop(tx);
        assert!(left.is_empty() && links == 0, "{left:?}, {links}");
        assert_eq!(app.nobody().get(&link).await.status(), StatusCode::GONE);
        assert_eq!(marta.get("/admin").await.status(), StatusCode::SEE_OTHER);
    }
}

async fn over_plain_http(engine: Engine) {
    let app = match TestApp::start_with(engine, &[("BASE_URL", "http://example.org")]).await {
        Ok(app) => app,
        Err(missing) => return skip_postgres(&missing),
    };
    for path in ["/admin", "/admin/sign-in", "/admin/setup", "/admin/help"] {
        let answer = app.nobody().get(path).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(answer.headers().get("set-cookie").is_none());
        let page = answer.text().await.unwrap();
        assert!(page.contains("The desk needs https") && page.contains("anyone on the network"), "{page}");
    }
    let form = [("email", "marta@harbour.example"), ("password", PASSWORD)];
    let post = app
        .http
        .post(format!("{}/admin/sign-in", app.url))
        .header("origin", "http://example.org")
        .form(&form);
    assert_eq!(post.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(app.nobody().get("/").await.status(), StatusCode::OK, "readers are served");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_plain_http_beyond_this_machine_the_desk_refuses_and_says_why() {
    over_plain_http(Engine::Sqlite).await;
    over_plain_http(Engine::Postgres).await;
}

async fn over_https(engine: Engine) {
    const BASE: &str = "https://news.harbour.example";
    let app = match TestApp::start_with(engine, &[("BASE_URL", BASE)]).await {
        Ok(app) => app,
        Err(missing) => return skip_postgres(&missing),
    };
    let token = app.app.keyring.setup_token();
    let form = [
        ("token", token.as_str()),
        ("email", "marta@harbour.example"),
        ("name", "Marta"),
        ("password", PASSWORD),
    ];
    let send = |origin| {
        app.http.post(format!("{}/admin/setup", app.url)).header("origin", origin).form(&form).send()
    };
    // Where the proxy listens is not who we are.
    assert_eq!(send(app.url.as_str()).await.unwrap().status(), StatusCode::FORBIDDEN);
    let answer = send(BASE).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookies: Vec<&str> =
        answer.headers().get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
    let session = cookies.iter().find(|set| set.starts_with("__Host-postrider-desk=")).expect("a session");
    for must in ["; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"] {
        assert!(session.contains(must), "{must}: {session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    assert!(cookies.iter().all(|set| set.contains("; Secure")), "{cookies:?}");
    // Without the prefix, a sibling host could have set it.
    let cookie = session.split(';').next().unwrap();
    let page = |cookie: String| app.http.get(format!("{}/admin", app.url)).header("cookie", cookie).send();
    assert_eq!(page(cookie.to_owned()).await.unwrap().status(), StatusCode::OK);
    let bare = page(cookie.replace("__Host-", "")).await.unwrap();
    assert_eq!(bare.status(), StatusCode::SEE_OTHER);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_https_the_sessions_cookie_is_tied_to_this_host() {
    over_https(Engine::Sqlite).await;
    over_https(Engine::Postgres).await;
}
