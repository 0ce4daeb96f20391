//! Strangers who guess: they get few tries, cost little, and keep nobody out of an account of their own.

use chrono::TimeDelta;
use postrider::db::users::Role;
use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};

use super::sign_in::{code, mailed_link, turn_codes_on};
use crate::support::desk::{PASSWORD, Person};
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, skip_postgres};

const MARTA: &str = "marta@harbour.example";
const OWEN: &str = "owen@harbour.example";
const WRONG: &str = "wrong wrong wrong";

/// Tests behind a proxy that names the network which a request comes from, on both engines.
macro_rules! behind_a_proxy {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)*) => {
        $(
            mod $name {
                use super::*;

                async fn body($app: &TestApp) $body

                async fn on(engine: Engine) {
                    let vars = [("BASE_URL", "https://news.harbour.example"), ("TRUSTED_PROXIES", "127.0.0.1")];
                    match TestApp::start_with(engine, &vars).await {
                        Ok(app) => {
                            body(&app).await;
                            app.end().await;
                        }
                        Err(missing) => skip_postgres(&missing),
                    }
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    on(Engine::Sqlite).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    on(Engine::Postgres).await;
                }
            }
        )*
    };
}

async fn tries(person: &Person<'_>, email: &str, password: &str) -> Response {
    person.post("/admin/sign-in", &[("email", email), ("password", password)]).await
}

/// Seconds that a refusal says to wait.
fn wait(answer: &Response) -> i64 {
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    answer.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

/// One wrong password from each of `n` networks; how many were looked at.
async fn botnet(app: &TestApp, n: u8) -> usize {
    let mut looked_at = 0;
    for bot in 0..n {
        let answer = tries(&app.nobody_from(&format!("198.18.7.{bot}")), MARTA, WRONG).await;
        looked_at += usize::from(answer.status() == StatusCode::UNPROCESSABLE_ENTITY);
    }
    looked_at
}

behind_a_proxy! {
    async fn a_stranger_who_guesses_waits_and_the_owner_elsewhere_does_not(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        app.user(OWEN, Role::Editor).await;
        let stranger = app.nobody_from("203.0.113.9");
        for _ in 0..10 {
            assert_eq!(tries(&stranger, MARTA, WRONG).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        for spelling in [
            MARTA, " MARTA@Harbour.Example", "marta@ＨＡＲＢＯＵＲ.example", "marta@ⓗⓐⓡⓑⓞⓤⓡ.example",
            "marta@harbour。example", "marta@har\u{ad}bour.example",
        ] {
            assert!((1..=240).contains(&wait(&tries(&stranger, spelling, WRONG).await)), "{spelling}");
        }
        assert_eq!(wait(&tries(&stranger, MARTA, PASSWORD).await), 240, "not even the right one");
        assert_eq!(tries(&stranger, OWEN, PASSWORD).await.status(), StatusCode::SEE_OTHER, "another account");
        let elsewhere = app.nobody_from("198.51.100.7");
        assert_eq!(tries(&elsewhere, MARTA, PASSWORD).await.status(), StatusCode::SEE_OTHER);
        // Wrong tries slow down; they don't close.
        app.advance(TimeDelta::seconds(240));
        assert_eq!(tries(&stranger, MARTA, PASSWORD).await.status(), StatusCode::SEE_OTHER);
    }

    async fn a_botnet_keeps_a_known_browser_out_never_and_another_for_half_a_minute(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        let mut known = app.nobody_from("203.0.113.9");
        known.take_cookie(tries(&known, MARTA, PASSWORD).await.headers());
        assert!(known.known.starts_with("__Host-postrider-known-"), "{}", known.known);
        assert_eq!(botnet(app, 70).await, 50);
        let unknown = app.nobody_from("198.51.100.7");
        let seconds = wait(&tries(&unknown, MARTA, PASSWORD).await);
        assert!((1..=30).contains(&seconds), "{seconds}");
        // On a network of which nothing is taken any more, too.
        for at in 0..50 {
            tries(&app.nobody_from("203.0.113.9"), &format!("nobody-{at}@harbour.example"), WRONG).await;
        }
        assert!(wait(&tries(&app.nobody_from("203.0.113.9"), OWEN, WRONG).await) <= 12);
        let fresh = Person { cookie: String::new(), ..known.clone() };
        assert_eq!(tries(&fresh, MARTA, PASSWORD).await.status(), StatusCode::SEE_OTHER);
        app.advance(TimeDelta::seconds(seconds));
        assert_eq!(tries(&unknown, MARTA, PASSWORD).await.status(), StatusCode::SEE_OTHER);
    }

    async fn a_known_browser_is_one_of_that_account_and_of_that_password_and_guesses_no_faster(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        app.user(OWEN, Role::Editor).await;
        let mut martas = app.nobody_from("203.0.113.9");
        martas.take_cookie(tries(&martas, MARTA, PASSWORD).await.headers());
        let mut owens = app.nobody_from("203.0.113.10");
        owens.take_cookie(tries(&owens, OWEN, PASSWORD).await.headers());
        assert_eq!(botnet(app, 50).await, 50);
        owens.cookie.clear();
        wait(&tries(&owens, MARTA, PASSWORD).await);
        let mut forged = owens.clone();
        forged.known = format!("{}={}", martas.known.split('=').next().unwrap(), owens.known.split('=').nth(1).unwrap());
        wait(&tries(&forged, MARTA, PASSWORD).await);

        let old = Person { cookie: String::new(), ..martas.clone() };
        for _ in 0..10 {
            assert_eq!(tries(&old, MARTA, WRONG).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(wait(&tries(&old, MARTA, PASSWORD).await), 240);
        app.advance(TimeDelta::minutes(4));
        assert_eq!(tries(&old, MARTA, PASSWORD).await.status(), StatusCode::SEE_OTHER);

        let form = [("current", PASSWORD), ("password", "plover-kettle-ninth-barge")];
        assert_eq!(martas.post("/admin/account/password", &form).await.status(), StatusCode::SEE_OTHER);
        app.deliver_all_due().await;
        botnet(app, 60).await;
        wait(&tries(&old, MARTA, "plover-kettle-ninth-barge").await);
    }

    async fn strangers_who_ask_for_links_flood_nobody_and_use_up_nothing(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        let asks = async |person: &Person<'_>| person.post("/admin/sign-in/link", &[("email", MARTA)]).await.status();
        for bot in 0..30 {
            assert_eq!(asks(&app.nobody_from(&format!("198.18.7.{bot}"))).await, StatusCode::OK);
        }
        // The one that was mailed is the owner's, whoever asked for it.
        let link = mailed_link(app).await;
        let mut marta = app.nobody_from("198.51.100.7");
        marta.take_cookie(marta.post(&link, &[]).await.headers());
        marta.page("/admin").await;
        // Used, it is followed by another; and a known browser has links of its own.
        assert_eq!(asks(&app.nobody_from("198.18.7.1")).await, StatusCode::OK);
        mailed_link(app).await;
        for _ in 0..4 {
            assert_eq!(asks(&marta).await, StatusCode::OK);
            mailed_link(app).await;
        }
        assert_eq!(asks(&marta).await, StatusCode::OK);
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 0);
        // At any moment there is one that works for five minutes more.
        for minute in 0..60 {
            app.advance(TimeDelta::minutes(1));
            asks(&app.nobody_from(&format!("198.18.8.{minute}"))).await;
            app.deliver_all_due().await;
        }
        assert!((5..=6).contains(&app.smtp.take().len()));
    }

    async fn wrong_codes_slow_down_who_has_the_password_and_not_the_owner(app: TestApp) {
        app.user(MARTA, Role::Admin).await;
        let mut marta = app.nobody_from("203.0.113.9");
        marta.take_cookie(tries(&marta, MARTA, PASSWORD).await.headers());
        let (typed, _) = turn_codes_on(app, &marta).await;
        app.advance(TimeDelta::seconds(60));
        let mut looked_at = 0;
        for bot in 0..5 {
            let mut thief = app.nobody_from(&format!("198.18.7.{bot}"));
            thief.take_cookie(tries(&thief, MARTA, PASSWORD).await.headers());
            for _ in 0..12 {
                let status = thief.post("/admin/sign-in/code", &[("code", "123456")]).await.status();
                looked_at += usize::from(status == StatusCode::UNPROCESSABLE_ENTITY);
            }
        }
        assert_eq!(looked_at, 20);
        let mut fresh = Person { cookie: String::new(), ..marta.clone() };
        fresh.take_cookie(tries(&fresh, MARTA, PASSWORD).await.headers());
        let in_now = fresh.post("/admin/sign-in/code", &[("code", &code(app, &typed))]).await;
        assert_eq!(in_now.status(), StatusCode::SEE_OTHER);
    }
}

/// The most memory that a process has had, and what it has now, in MiB.
fn memory_mib(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let value = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a number");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("kB") / 1024
    };
    (value("VmHWM:"), value("VmRSS:"))
}

/// Hashes that take as much memory as in use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sign_ins_at_once_take_the_memory_of_a_few_and_a_rightful_one_gets_through() {
    let mut bench = Bench::new(Engine::Sqlite, None, 4).await.unwrap();
    bench.vars.insert("PASSWORD_HASH_KIB".into(), "19456".into());
    let said: serde_json::Value =
        serde_json::from_str(&bench.ok(&["user", "add", MARTA, "--role", "admin", "--json"])).unwrap();
    let serve = bench.serve_ready().await;
    let http =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let post = |url: String, form: Vec<(&'static str, &'static str)>| {
        http.post(url).header("origin", &serve.url).form(&form).send()
    };
    let set = post(said["link"].as_str().unwrap().to_owned(), vec![("password", PASSWORD)]).await.unwrap();
    assert_eq!(set.status(), StatusCode::SEE_OTHER, "{}", set.text().await.unwrap());
    let (before, _) = memory_mib(serve.pid());

    let url = format!("{}/admin/sign-in", serve.url);
    // Each at an address of its own: none is over its own limit.
    const ADDRESSES: [&str; 4] =
        ["a@harbour.example", "b@harbour.example", "c@harbour.example", "d@harbour.example"];
    let strangers: Vec<_> = (0..40)
        .map(|at| tokio::spawn(post(url.clone(), vec![("email", ADDRESSES[at % 4]), ("password", WRONG)])))
        .collect();
    let marta = post(url.clone(), vec![("email", MARTA), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(marta.status(), StatusCode::SEE_OTHER);
    for stranger in strangers {
        assert_eq!(stranger.await.unwrap().unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (most, now) = memory_mib(serve.pid());
    let cores = std::thread::available_parallelism().unwrap().get() as u64;
    crate::support::say(&format!("40 sign-ins at once: {before} MiB before, {most} at most, {now} after"));
    assert!(most - before < 19 * cores * 3, "{most} MiB at most, {before} before");
    assert!(now < before + 19, "{now} MiB after, {before} before: it is given back");
    serve.terminate();
    bench.end().await;
}
