//! Sign-ups that may come from machines: who is asked for a proof, what it is, and whom nobody mails.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use futures_util::StreamExt as _;
use postrider::actions::{Error, sign_up_guard, sign_ups};
use postrider::app::App;
use postrider::app::sign_up_queue::SubmittedSignUp;
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::refusal::readers;
use postrider::domain::subscription::SubscriptionStatus;
use postrider::mail::transport::Transport;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::desk::people::dump;
use crate::on_both_engines;
use crate::pages::everything;
use crate::sign_up::{address, join, post, standing, subscribe, the_one_mail};
use crate::support::dns_server::{DnsServer, Has};
use crate::support::process::wait_until;
use crate::support::{Engine, TestApp, is_long, say, skip_postgres};

/// The solution of a challenge, as ALTCHA's widget sends it.
pub fn solve(challenge: &Value) -> String {
    let (salt, most) = (challenge["salt"].as_str().unwrap(), challenge["maxnumber"].as_u64().unwrap());
    let wanted = challenge["challenge"].as_str().unwrap();
    // As bytes: tests are not optimised, and have many numbers to try.
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&wanted[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let sha256 = |text: String| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let number =
        (0..=most).find(|number| sha256(format!("{salt}{number}")).as_ref() == bytes).expect("a number");
    let solution = json!({
        "algorithm": challenge["algorithm"], "challenge": wanted, "number": number, "salt": salt,
        "signature": challenge["signature"], "took": 1200,
    });
    STANDARD.encode(solution.to_string())
}

async fn send_json(app: &TestApp, body: &Value) -> Response {
    let request = app.http.post(format!("{}/subscribe", app.url)).header("content-type", "application/json");
    request.body(body.to_string()).send().await.unwrap()
}

/// What is asked for, of an answer that must ask.
async fn challenge(answer: Response) -> Value {
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&problem["type"], &problem["errors"][0]["field"]), (&json!("proof"), &json!("proof")));
    problem["challenge"].clone()
}

/// An admin presses the one button.
async fn ask_everybody(app: &TestApp) {
    let marta = app.admin().await;
    let (to, said) = marta.submit("/admin/sign-ups/proof", &[("ask", "everybody")]).await;
    assert_eq!(
        (to.as_str(), said.as_str()),
        ("/admin/sign-ups", "Everyone who signs up is now asked for a proof.")
    );
}

/// The ticket of an answer's cookie, for the next request.
fn ticket_of(answer: &Response) -> String {
    let mut cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let ticket = cookies.rfind(|cookie| cookie.starts_with("postrider-ticket=")).expect("a ticket");
    assert!(ticket.contains("HttpOnly") && ticket.contains("SameSite=Lax"), "{ticket}");
    ticket.split(';').next().unwrap().to_owned()
}

async fn press_button(app: &TestApp, ticket: &str) -> Response {
    let request = app.http.post(format!("{}/subscribe", app.url)).header("cookie", ticket);
    request.form(&[("ticket", "1")]).send().await.unwrap()
}

async fn mailed(app: &TestApp) -> Vec<String> {
    app.deliver_all_due().await;
    let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to
}

/// The application in another process, as far as the database knows.
async fn another(app: &TestApp) -> Arc<App> {
    App::with_db(app.app.config.clone(), app.clock.clone(), app.app.db.clone()).await.unwrap()
}

on_both_engines! {
    async fn a_form_and_json_are_asked_alike_and_nothing_is_stored_before_the_proof(app: TestApp) {
        app.list("world", "World").await;
        join(app, "marta@example.org", "world").await;
        ask_everybody(app).await;
        let before = everything(app).await;
        let mut pages = Vec::new();
        for email in ["marta@example.org", "unknown@example.org"] {
            let answer = subscribe(app, &format!("email={}&list=world", email.replace('@', "%40"))).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{email}");
            assert_eq!(answer.headers()["cache-control"], "no-store");
            let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
            assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
            ticket_of(&answer);
            pages.push(answer.text().await.unwrap());
        }
        assert_eq!(pages[0], pages[1], "the page is the same for every address");
        assert!(pages[0].contains("One more step") && !pages[0].contains("example.org"), "{}", pages[0]);
        let body = json!({ "email": "ines@example.org", "list": ["world"], "cadence": "daily" });
        let asked = challenge(send_json(app, &body).await).await;
        assert_eq!(everything(app).await, before);

        let solution = solve(&asked);
        let proven = |email: &str, solution: &str| json!({ "email": email, "list": "world", "altcha": solution });
        let answer = send_json(app, &proven("ines@example.org", &solution)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
        // What was used, is wrong, or is nonsense, proves nothing.
        let wrong = STANDARD.encode("{}");
        for solution in [&solution, &wrong, "x"] {
            challenge(send_json(app, &proven("owen@example.org", solution)).await).await;
        }
        let other = solve(&challenge(send_json(app, &proven("owen@example.org", "x")).await).await);
        app.advance(TimeDelta::minutes(11));
        challenge(send_json(app, &proven("owen@example.org", &other)).await).await;
        // As a form too.
        let fresh = solve(&challenge(send_json(app, &body).await).await);
        let form = [("email", "tobe@example.org"), ("list", "world"), ("altcha", fresh.as_str())];
        let answer = app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(mailed(app).await, ["ines@example.org", "tobe@example.org"]);

        let marta = app.sign_in("marta@harbour.example").await;
        marta.submit("/admin/sign-ups/proof", &[("ask", "automatic")]).await;
        assert_eq!(send_json(app, &json!({ "email": "owen@example.org" })).await.status(), StatusCode::OK);
        assert_eq!(mailed(app).await, ["owen@example.org"]);
        let log = dump(app).await.into_iter().filter(|(table, _)| table == "audit_log");
        let log: String = log.map(|(_, row)| row).collect();
        assert!(log.contains("proof asked of everybody") && log.contains("proof asked no more"), "{log}");
    }

    async fn a_solution_is_used_once_whatever_process_takes_it(app: TestApp) {
        app.list("world", "World").await;
        let (now, other) = (app.clock.now(), another(app).await);
        let asked = serde_json::to_value(app.app.keyring.challenge(now).unwrap()).unwrap();
        let proof = other.keyring.read_proof(&solve(&asked), now);
        assert!(proof.is_some());
        let sign_up = |email: &str| SubmittedSignUp {
            email: address(email),
            lists: vec!["world".to_owned()],
            cadence: None,
            form: "json",
            ip: "203.0.113.9".to_owned(),
            browser: String::new(),
            proof: proof.clone(),
            language: String::new(),
            wording: "",
            fields: Vec::new(),
        };
        let both = futures_util::future::join(
            sign_ups::store(&app.app, sign_up("ines@example.org")),
            sign_ups::store(&other, sign_up("tobe@example.org")),
        );
        let (here, there) = both.await;
        let spent = |result: &Result<(), Error>| {
            matches!(result, Err(Error::Refused(refusal)) if refusal.is(&readers::PROOF_SPENT))
        };
        assert_eq!([&here, &there].into_iter().filter(|result| spent(result)).count(), 1, "{here:?} {there:?}");
        assert_eq!([&here, &there].into_iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(mailed(app).await.len(), 1);
        // It is remembered for as long as it could be used, and no longer.
        app.advance(TimeDelta::minutes(11));
        postrider::schedule::forget_expired(&app.app).await.unwrap();
        assert!(dump(app).await.iter().all(|(table, _)| table != "spent_proofs"));
    }

    async fn without_javascript_a_ticket_is_good_once_after_ten_seconds(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        ask_everybody(app).await;
        let form = "email=ines%40example.org&lists-shown=1&list=world&list=markets&cadence=weekly";
        let ticket = ticket_of(&subscribe(app, form).await);
        let early = press_button(app, &ticket).await;
        assert_eq!(early.status(), StatusCode::FORBIDDEN);
        assert!(early.headers().get("set-cookie").is_none(), "the ticket that there is stays good");
        assert!(early.text().await.unwrap().contains("a little too soon"));
        app.advance(TimeDelta::seconds(10));
        let answer = press_button(app, &ticket).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
        assert_eq!(mailed(app).await, ["ines@example.org"]);
        for list in ["world", "markets"] {
            assert_eq!(standing(app, "ines@example.org", list).await.unwrap().0, SubscriptionStatus::Pending);
        }
        assert_eq!(press_button(app, &ticket).await.status(), StatusCode::FORBIDDEN, "a ticket is good once");
        for lost in ["", "postrider-ticket=x", &format!("{ticket}x")] {
            let answer = press_button(app, lost).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
            assert!(answer.text().await.unwrap().contains("fill in the form again"));
        }
        let late = ticket_of(&subscribe(app, form).await);
        app.advance(TimeDelta::minutes(16));
        assert!(press_button(app, &late).await.text().await.unwrap().contains("fill in the form again"));

        // Few of one network.
        let mut tickets = Vec::new();
        for n in 0..8 {
            tickets.push(ticket_of(&subscribe(app, &format!("email=reader{n}%40example.org&list=world")).await));
        }
        app.advance(TimeDelta::seconds(10));
        let mut taken = 0;
        for ticket in &tickets {
            let answer = press_button(app, ticket).await;
            match answer.status() {
                StatusCode::SEE_OTHER => taken += 1,
                status => {
                    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
                    assert!(answer.headers().contains_key("retry-after"));
                }
            }
        }
        assert_eq!(taken, 5);
        assert_eq!(mailed(app).await.len(), 5);
    }

    async fn traps_ask_for_the_proof_and_drop_nobody(app: TestApp) {
        app.list("world", "World").await;
        let trap = json!({ "email": "ines@example.org", "website": "https://ships.example" });
        let solution = solve(&challenge(send_json(app, &trap).await).await);
        let mut again = trap.clone();
        again["altcha"] = solution.into();
        assert_eq!(send_json(app, &again).await.status(), StatusCode::OK);
        assert_eq!(mailed(app).await, ["ines@example.org"]);

        let page = app.http.get(&app.url).send().await.unwrap().text().await.unwrap();
        let stamp = page.split_once("name=\"at\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let form = |email: &str, stamp: &str| format!("email={email}%40example.org&list=world&at={stamp}");
        app.advance(TimeDelta::seconds(1));
        assert_eq!(subscribe(app, &form("owen", &stamp)).await.status(), StatusCode::FORBIDDEN);
        app.advance(TimeDelta::seconds(1));
        assert_eq!(subscribe(app, &form("owen", &stamp)).await.status(), StatusCode::SEE_OTHER);
        // What says nothing of ours is not fast.
        for (n, none) in ["", "x", "1796000000"].iter().enumerate() {
            let answer = subscribe(app, &form(&format!("reader{n}"), none)).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{none:?}");
        }
        assert_eq!(mailed(app).await.len(), 4);
    }

    async fn whom_the_checks_and_rules_stop_is_answered_like_everybody_and_not_mailed(app: TestApp) {
        app.list("world", "World").await;
        let marta = app.admin().await;
        for (pattern, means) in [("*@spam.example", "block"), ("Friend@spam.example", "allow"),
                                 ("i.lund@gmail.com", "block"), ("noreply@harbour.example", "allow")] {
            marta.submit("/admin/sign-ups/rules", &[("pattern", pattern), ("means", means)]).await;
        }
        for (pattern, why) in [("*", "apply to everyone"), ("", "Enter an address"), ("a b", "Enter an address"),
                               ("*@spam.example", "already a rule")] {
            let page = marta.refused("/admin/sign-ups/rules", &[("pattern", pattern), ("means", "block")]).await;
            assert!(page.contains(why), "{pattern}: {page}");
        }
        let everybody = ["bot@spam.example", "friend@spam.example", "I.Lund@Gmail.com", "x@mailinator.com",
                         "abuse@harbour.example", "noreply@harbour.example", "ines@harbour.example"];
        let sign_up = async |list: &str| {
            for email in everybody {
                let body = json!({ "email": email, "list": list });
                let answer = send_json(app, &body).await;
                assert_eq!(answer.status(), StatusCode::OK, "{email}");
            }
        };
        sign_up("world").await;
        assert_eq!(mailed(app).await, ["friend@spam.example", "ines@harbour.example", "noreply@harbour.example"]);
        assert!(!everything(app).await.contains("mailinator"), "nothing is kept of whom nobody mails");
        sign_up_guard::store(&app.app).await.unwrap();
        let page = marta.page("/admin/sign-ups").await;
        for told in ["Not emailed: blocked by a rule", "Not emailed: disposable address", "Not emailed: role address",
                     "127.0.0.0/24", "spam.example", "*@spam.example"] {
            assert!(page.contains(told), "{told} in {page}");
        }
        // Without the checks and a rule.
        marta.submit("/admin/sign-ups/checks", &[]).await;
        let rule = page.split("/admin/sign-ups/rules/").find(|part| part.contains("Remove the rule for *@spam.example"));
        let id = rule.unwrap().split('/').next().unwrap().to_owned();
        marta.submit(&format!("/admin/sign-ups/rules/{id}/remove"), &[]).await;
        app.advance(TimeDelta::hours(1));
        sign_up("world").await;
        let mut now = mailed(app).await;
        now.retain(|to| !to.starts_with("friend") && !to.starts_with("noreply") && !to.starts_with("ines"));
        assert_eq!(now, ["abuse@harbour.example", "bot@spam.example", "x@mailinator.com"]);
        // Another process knows the rules too.
        let other = another(app).await;
        sign_up_guard::learn(&other).await.unwrap();
        assert_eq!(other.sign_up_watch.known().rules.blocked.len(), 1);
    }
}

const NAMES: &[(&str, Has)] = &[
    ("ships.com", Has::Mx),
    ("pier.com", Has::Host),
    ("null.com", Has::NullMx),
    ("parked.com", Has::Nothing),
    ("slow.com", Has::Silence),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_without_mail_is_found_out_behind_the_answer() {
    for knows_com in [true, false] {
        let dns = DnsServer::start(NAMES, knows_com).await;
        let resolver = dns.addr.to_string();
        let app = TestApp::start_with(Engine::Sqlite, &[("DNS_RESOLVER", &resolver)]).await.unwrap();
        app.list("world", "World").await;
        let all =
            ["ships.com", "pier.com", "null.com", "parked.com", "slow.com", "nowhere.com", "harbour.example"];
        for domain in all {
            let answer = send_json(&app, &json!({ "email": format!("ines@{domain}") })).await;
            assert_eq!(answer.status(), StatusCode::OK);
        }
        assert!(dns.asked().is_empty(), "no answer waits for DNS");
        app.work_on_sign_ups().await;
        wait_until("all are looked up", async || {
            let takes = |domain: &str| app.app.mail_domains.takes_mail(domain);
            all.iter().all(|domain| takes(domain).is_some())
        })
        .await;
        app.advance(TimeDelta::seconds(1));
        let mut expected = vec!["ines@harbour.example", "ines@pier.com", "ines@ships.com", "ines@slow.com"];
        if !knows_com {
            // Who knows nothing of the world is not believed.
            expected = vec![
                "ines@harbour.example",
                "ines@nowhere.com",
                "ines@null.com",
                "ines@parked.com",
                "ines@pier.com",
                "ines@ships.com",
                "ines@slow.com",
            ];
        }
        assert_eq!(mailed(&app).await, expected);
        assert!(!dns.asked().iter().any(|name| name.contains("example")), "{:?}", dns.asked());
        app.end().await;
    }
}

/// Many machines sign up few victims, and readers come at the same time.
struct Flood {
    attackers: usize,
    victims: usize,
    sign_ups: usize,
    readers: usize,
}

/// From the `n`th machine: each in a network of its own.
async fn send_from(app: &TestApp, n: usize, body: &Value) -> Response {
    let ip = Ipv4Addr::from(0x0b00_0000 + (n as u32) * 256 + 7).to_string();
    let request = app.http.post(format!("{}/subscribe", app.url)).header("x-forwarded-for", ip);
    request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
}

/// A reader whose browser does what the page asks; how long until their mail is there.
async fn reader_signs_up(app: &TestApp, n: usize) -> Duration {
    let begun = Instant::now();
    let email = format!("reader{n}@harbour.example");
    let answer = send_from(app, 100_000 + n, &json!({ "email": email, "list": "world" })).await;
    if answer.status() != StatusCode::OK {
        let asked = challenge(answer).await;
        let solution = tokio::task::spawn_blocking(move || solve(&asked)).await.unwrap();
        let body = json!({ "email": email, "list": "world", "altcha": solution });
        let answer = send_from(app, 100_000 + n, &body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{email}");
    }
    wait_until("the reader's mail comes", async || app.smtp.received().iter().any(|mail| mail.to == email))
        .await;
    begun.elapsed()
}

async fn withstands(engine: Engine, flood: Flood) {
    let vars = [("SIGNUPS_PER_IP_PER_HOUR", "60"), ("TRUSTED_PROXIES", "127.0.0.1/32")];
    let app = match TestApp::start_with(engine, &vars).await {
        Ok(app) => app,
        Err(missing) => return skip_postgres(&missing),
    };
    app.list("world", "World").await;
    let marta = app.admin().await;
    let stop = CancellationToken::new();
    let working = sign_ups::start(app.app.clone(), stop.clone());
    let transport = Transport::new(app.app.config.transport()).unwrap();
    let delivery = Delivery::new(app.app.clone(), transport, stop.clone());
    let delivering = tokio::spawn(async move { delivery.run().await });
    let before = dump(&app).await.len();
    let begun = Instant::now();
    let attack = futures_util::stream::iter(0..flood.sign_ups)
        .map(|n| {
            let victim = format!("victim{}@example.org", n % flood.victims);
            let body = json!({ "email": victim, "list": "world" });
            let app = &app;
            async move { send_from(app, n % flood.attackers, &body).await.status() }
        })
        .buffer_unordered(24)
        .collect::<Vec<StatusCode>>();
    let readers = async {
        // In the middle of it.
        tokio::time::sleep(Duration::from_millis(300)).await;
        futures_util::future::join_all((0..flood.readers).map(|n| reader_signs_up(&app, n))).await
    };
    let (statuses, waits) = futures_util::future::join(attack, readers).await;
    let took = begun.elapsed();
    let taken = statuses.iter().filter(|status| **status == StatusCode::OK).count();
    say(&format!(
        "flood, {engine:?}: {} sign-ups in {took:.1?}, {taken} taken; {} readers waited {:.1?} at most",
        flood.sign_ups,
        flood.readers,
        waits.iter().max().unwrap()
    ));
    assert!(took < Duration::from_secs(60), "within a minute: {took:?}");
    assert!(statuses.iter().all(|status| matches!(status.as_u16(), 200 | 403 | 429)), "{statuses:?}");
    assert!(taken <= 31, "{taken} came in before it was noticed");
    assert!(waits.iter().all(|wait| *wait < Duration::from_secs(10)), "{waits:?}");
    stop.cancel();
    working.await.unwrap().unwrap();
    delivering.await.unwrap().unwrap();
    app.deliver_all_due().await;
    let mails = app.smtp.take();
    for n in 0..flood.victims {
        let of_victim = mails.iter().filter(|mail| mail.to == format!("victim{n}@example.org")).count();
        assert!(of_victim <= 1, "victim {n} got {of_victim}");
    }
    sign_up_guard::store(&app.app).await.unwrap();
    let grown = dump(&app).await.len() - before;
    // Rows of whoever came in, and sums.
    assert!(grown <= (taken + flood.readers) * 12 + 260, "{grown} rows more");

    sign_up_guard::learn(&app.app).await.unwrap();
    let page = marta.page("/admin/sign-ups").await;
    for told in [
        "Far more people than usual are signing up",
        "Asked for a proof: far more sign-ups than usual",
        "Still going on",
        "example.org",
        "11.0.0.0/24",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert!(!page.contains("victim") && !page.contains("11.0.0.7"), "{page}");
    assert!(marta.page("/admin").await.contains("everyone is asked for a proof"));
    assert!(marta.page("/admin/settings/audit").await.contains("attack noticed"));
    // It ends when it has been quiet.
    app.advance(TimeDelta::minutes(11));
    assert_eq!(send_json(&app, &json!({ "email": "owen@harbour.example" })).await.status(), StatusCode::OK);
    let page = marta.page("/admin/sign-ups").await;
    assert!(page.contains("Sign-ups look normal") && !page.contains("Still going on"), "{page}");
    assert_eq!(mailed(&app).await, ["owen@harbour.example"]);
    app.end().await;
}

fn flood() -> Flood {
    match is_long() {
        true => Flood { attackers: 2000, victims: 50, sign_ups: 10_000, readers: 20 },
        false => Flood { attackers: 200, victims: 10, sign_ups: 1000, readers: 5 },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_mails_no_victim_twice_and_keeps_no_reader_waiting_on_sqlite() {
    withstands(Engine::Sqlite, flood()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_mails_no_victim_twice_and_keeps_no_reader_waiting_on_postgresql() {
    withstands(Engine::Postgres, flood()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_sees_another_one_knows() {
    let vars = [("SIGNUPS_PER_IP_PER_HOUR", "60"), ("TRUSTED_PROXIES", "127.0.0.1/32")];
    let app = match TestApp::start_with(Engine::Postgres, &vars).await {
        Ok(app) => app,
        Err(missing) => return skip_postgres(&missing),
    };
    app.list("world", "World").await;
    let other = another(&app).await;
    for n in 0..40 {
        send_from(&app, n, &json!({ "email": format!("victim@d{n}.example") })).await;
    }
    assert!(app.app.sign_up_watch.asks_everybody(app.clock.now()));
    assert!(!other.sign_up_watch.asks_everybody(app.clock.now()));
    // Both note it, and it is one attack.
    sign_up_guard::store(&app.app).await.unwrap();
    sign_up_guard::learn(&other).await.unwrap();
    assert!(other.sign_up_watch.asks_everybody(app.clock.now()));
    app.advance(TimeDelta::seconds(30));
    for n in 0..40 {
        send_from(&app, 100 + n, &json!({ "email": format!("victim@e{n}.example") })).await;
    }
    sign_up_guard::store(&app.app).await.unwrap();
    let attacks = dump(&app).await.into_iter().filter(|(table, _)| table == "sign_up_attacks").count();
    assert_eq!(attacks, 1);
    app.deliver_all_due().await;
    app.smtp.take();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_https_the_ticket_is_tied_to_our_host_and_works_in_a_frame() {
    let vars = [("BASE_URL", "https://news.example")];
    let app = TestApp::start_with(Engine::Sqlite, &vars).await.unwrap();
    let answer = post(&app, &format!("{}/subscribe", app.url), "email=ines%40example.org&website=x").await;
    let cookies: Vec<&str> =
        answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let ticket =
        cookies.iter().find(|cookie| cookie.starts_with("__Host-postrider-ticket=")).expect("a ticket");
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=None", "; Partitioned"] {
        assert!(ticket.contains(part), "{part} in {ticket}");
    }
    // What no cookie could hold is refused at once, and not lost later.
    let answers: String = (0..40).map(|n| format!("&field.f{n}={}", "x".repeat(90))).collect();
    let (url, form) =
        (format!("{}/subscribe", app.url), format!("email=ines%40example.org&website=x{answers}"));
    assert_eq!(post(&app, &url, &form).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(subscribe(&app, "email=tobe%40example.org").await.status().is_redirection());
    the_one_mail(&app).await;
    app.end().await;
}
