//! The relay that an admin sets at the desk: tried, kept sealed, and used at once.

use std::net::TcpListener;
use std::sync::Arc;

use postrider::app::App;
use postrider::app::clock::Clock;
use postrider::commands::serve;
use postrider::config::Config;
use postrider::db::Db;
use postrider::mail::relay::MailRoute;
use reqwest::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::support::process::wait_until;
use crate::support::{Answer, Engine, SmtpServer, TestApp, skip_postgres};

const PASSWORD: &str = "p@ss/word: 9";

/// Without a relay in the environment.
async fn without_relay(engine: Engine) -> Option<TestApp> {
    match TestApp::start_with(engine, &[("SMTP_URL", "")]).await {
        Ok(app) => Some(app),
        Err(missing) => {
            skip_postgres(&missing);
            None
        }
    }
}

async fn stored(app: &TestApp) -> Vec<(String, String)> {
    let sql = "SELECT sealed, reply FROM relay_setting";
    match &app.app.db {
        Db::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_relay_is_asked_to_send_from_the_address_that_stands_in_for_none() {
    let vars = [("SMTP_URL", ""), ("MAIL_FROM", "")];
    let app = TestApp::start_with(Engine::Sqlite, &vars).await.unwrap();
    let port = app.smtp.addr.port().to_string();
    let form = [("host", "127.0.0.1"), ("port", port.as_str())];
    let page = app.admin().await.refused("/admin/setup/relay", &form).await;
    assert!(page.contains("Set the From address first"), "{page}");
    assert!(stored(&app).await.is_empty() && app.smtp.count() == 0 && app.app.captures_mail());
    app.end().await;
}

async fn a_relay_is_kept_when_it_has_taken_a_test(engine: Engine) {
    let Some(app) = without_relay(engine).await else { return };
    let marta = app.admin().await;
    let page = marta.page("/admin/setup/relay").await;
    assert!(page.contains("SMTP server") && page.contains(r#"type="password" value="""#), "{page}");
    assert!(marta.page("/admin/setup/done").await.contains("captured on this server, not sent"));

    let port = app.smtp.addr.port().to_string();
    let typed = |password: &'static str| {
        [
            ("host", "127.0.0.1".to_owned()),
            ("port", port.clone()),
            ("user", "marta".to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let borrowed = |fields: &[(&'static str, String)]| -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let post = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = marta.post("/admin/setup/relay", &fields).await;
        (answer.status(), answer.text().await.unwrap())
    };
    // What can't be a relay is said at its field, and what refuses us in its own words. Nothing is kept.
    for (field, value, why) in [
        ("host", "two words", "not a server name"),
        ("host", "", "not a server name"),
        ("port", "0", "number from 1 to 65535"),
        ("port", "smtp", "number from 1 to 65535"),
        ("user", "", "user name that goes with this password"),
    ] {
        let mut fields = borrowed(&typed(PASSWORD));
        fields.iter_mut().find(|(name, _)| name == field).unwrap().1 = value.to_owned();
        let (status, page) = post(fields).await;
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY && page.contains(why),
            "{field} {value:?}: {page}"
        );
        assert!(!page.contains(PASSWORD), "a password is not shown again");
    }
    app.smtp.at_rcpt(|_| Answer::Reply("550 5.7.1 we relay for nobody"));
    let anonymous = vec![("host".to_owned(), "127.0.0.1".to_owned()), ("port".to_owned(), port.clone())];
    let (status, page) = post(anonymous.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("didn’t accept the test") && page.contains("550 5.7.1 we relay for nobody"),
        "{page}"
    );
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let (status, page) =
        post(vec![("host".to_owned(), "127.0.0.1".to_owned()), ("port".to_owned(), nobody)]).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("didn’t accept"), "{page}");
    assert!(stored(&app).await.is_empty() && app.app.captures_mail() && app.smtp.count() == 0);

    app.smtp.behave();
    let (status, _) = post(anonymous).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let mails = app.smtp.take();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "marta@harbour.example"));
    let page = marta.page("/admin/setup/relay").await;
    assert!(page.contains("accepted a test") && page.contains("250 2.0.0 taken"), "{page}");
    assert!(!app.app.captures_mail());
    assert!(!marta.page("/admin/setup/done").await.contains("not sent"));
    let log = marta.page("/admin/settings/audit").await;
    assert!(log.contains("relay set") && log.contains("127.0.0.1"), "{log}");

    // What is stored tells nobody the password, and without its key it is no relay.
    let (sealed, reply) = stored(&app).await.remove(0);
    assert!(reply.contains("taken") && !sealed.contains("127.0.0.1"), "{sealed}");
    let parts = postrider::app::mail_way::RelayParts {
        host: "127.0.0.1".to_owned(),
        port: 25,
        user: "marta".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let one = app.app.seal_relay(&parts).unwrap();
    assert!(!one.contains("p@ss") && one != app.app.seal_relay(&parts).unwrap());
    let MailRoute::Smtp(relays) = &*app.app.mail_route() else { panic!("no relay") };
    assert_eq!((relays.len(), relays[0].port.to_string()), (1, port));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_is_kept_when_it_has_taken_a_test_sqlite() {
    a_relay_is_kept_when_it_has_taken_a_test(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_is_kept_when_it_has_taken_a_test_postgres() {
    a_relay_is_kept_when_it_has_taken_a_test(Engine::Postgres).await;
}

crate::on_both_engines! {
    async fn the_environments_relay_goes_before(app: TestApp) {
        let marta = app.admin().await;
        let page = marta.page("/admin/setup/relay").await;
        assert!(page.contains("Mail is sent through 127.0.0.1, as set in the server") && !page.contains(r#"name="host""#), "{page}");
        let answer = marta.post("/admin/setup/relay", &[("host", "relay.example"), ("port", "25")]).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        assert!(stored(app).await.is_empty() && app.smtp.count() == 0);
    }
}

/// What was captured before stays where it is; what comes after goes over the relay, in a process that runs on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_runs_takes_the_new_way_at_once() {
    crate::support::show_log();
    let folder = tempfile::tempdir().unwrap();
    let smtp = SmtpServer::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut vars: std::collections::HashMap<String, String> = std::collections::HashMap::from([
        ("DATABASE_URL".to_owned(), format!("sqlite://{}", folder.path().join("postrider.db").display())),
        ("BASE_URL".to_owned(), url.clone()),
        ("SECRET_KEY".to_owned(), "a-key-that-only-the-tests-know-32".to_owned()),
        ("PASSWORD_HASH_KIB".to_owned(), "64".to_owned()),
        ("MAIL_FROM".to_owned(), "Harbour News <news@harbour.example>".to_owned()),
    ]);
    let open = async |vars: &std::collections::HashMap<String, String>| -> Arc<App> {
        App::open(Config::from_vars(vars).unwrap(), Clock::System).await.unwrap()
    };
    let app = open(&vars).await;
    let stop = CancellationToken::new();
    // A failure must end the threads too.
    let _stopping = stop.clone().drop_guard();
    let serving = tokio::spawn(serve::serve(app.clone(), serve::Role::All, listener, stop.clone()));
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let form = |form: &[(&str, &str)]| {
        form.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
    };
    let token = app.keyring.setup_token();
    let account = form(&[
        ("token", &token),
        ("email", "marta@harbour.example"),
        ("password", "tide table under glass"),
    ]);
    let answer =
        http.post(format!("{url}/admin/setup")).header("origin", &url).form(&account).send().await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookie: Vec<&str> =
        cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
    let cookie = cookie.join("; ");
    let port = smtp.addr.port().to_string();
    let post = http.post(format!("{url}/admin/setup/relay")).header("origin", &url).header("cookie", &cookie);
    let answer = post.form(&form(&[("host", "127.0.0.1"), ("port", &port)])).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(smtp.take().len(), 1, "the test");
    let link = form(&[("email", "marta@harbour.example")]);
    let answer = http
        .post(format!("{url}/admin/sign-in/link"))
        .header("origin", &url)
        .form(&link)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_redirection() || answer.status().is_success(), "{}", answer.status());
    wait_until("a mail goes over the relay", async || smtp.count() == 1).await;
    stop.cancel();
    serving.await.unwrap().unwrap();

    // At the next start it is there; under another key it is not, and mail is captured.
    assert!(!open(&vars).await.captures_mail());
    vars.insert("SECRET_KEY".to_owned(), "another-key-that-nobody-has-had-32".to_owned());
    let other = open(&vars).await;
    assert!(other.captures_mail() && other.is_relay_unreadable());
    vars.insert("SMTP_URL".to_owned(), "smtp://relay.example:587".to_owned());
    vars.insert("MAIL_FROM".to_owned(), "n@harbour.example".to_owned());
    let named = open(&vars).await;
    let MailRoute::Smtp(relays) = &*named.mail_route() else { panic!("no relay") };
    assert_eq!(relays[0].host, "relay.example", "the environment goes before");
}
