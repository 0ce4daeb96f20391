//! Signing up and confirming, over real HTTP, with the mail that leaves.

use chrono::TimeDelta;
use postrider::db::{subscribers, subscriptions, suppressions};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use reqwest::{Response, StatusCode};

use crate::on_both_engines;
use crate::support::TestApp;

pub fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// Sends the form, and does what the sign-up leads to.
pub async fn subscribe(app: &TestApp, form: &str) -> Response {
    let answer = post(app, &format!("{}/subscribe", app.url), form).await;
    app.work_on_sign_ups().await;
    answer
}

pub async fn post(app: &TestApp, url: &str, body: &str) -> Response {
    let request = app.http.post(url).header("content-type", "application/x-www-form-urlencoded");
    request.body(body.to_owned()).send().await.unwrap()
}

/// The address in a mail that has `path` in it.
pub fn link_in(message: &[u8], path: &str) -> String {
    let message = mail_parser::MessageParser::default().parse(message).expect("a message");
    let text = message.body_text(0).expect("a text part").into_owned();
    let found = text.split_whitespace().find(|word| word.starts_with("http") && word.contains(path));
    found.unwrap_or_else(|| panic!("no {path} in:\n{text}")).to_owned()
}

/// Delivers, and returns the one mail that left.
pub async fn the_one_mail(app: &TestApp) -> Vec<u8> {
    app.deliver_all_due().await;
    let mut mails = app.smtp.take();
    assert_eq!(mails.len(), 1, "one mail and no more");
    mails.remove(0).message
}

/// Status and cadence of a person on a list.
pub async fn standing(app: &TestApp, email: &str, list: &str) -> Option<(SubscriptionStatus, Cadence)> {
    let mut tx = app.app.db.read().await.unwrap();
    let list = postrider::db::lists::by_slug(&mut tx, list).await.unwrap().expect("the list");
    let person = subscribers::by_email(&mut tx, &address(email)).await.unwrap()?;
    let held = subscriptions::of_subscriber(&mut tx, person.id).await.unwrap();
    held.into_iter().find(|held| held.list_id == list.id).map(|held| (held.status, held.cadence))
}

/// Signs somebody up to a list and confirms with the mail's button.
pub async fn join(app: &TestApp, email: &str, list: &str) {
    let form = format!("email={}&list={list}", email.replace('@', "%40"));
    assert_eq!(subscribe(app, &form).await.status(), StatusCode::SEE_OTHER);
    let link = link_in(&the_one_mail(app).await, "/confirm/");
    assert_eq!(post(app, &link, "").await.status(), StatusCode::OK);
}

/// Everything that a stranger can compare, without what differs by nature: date and cookie value.
async fn seen(response: Response) -> (StatusCode, Vec<(String, String)>, String) {
    let status = response.status();
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let value = if name == "set-cookie" {
                let (pair, rest) = value.split_once(';').unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                format!("{name}={} signs;{rest}", value.len())
            } else {
                value.to_owned()
            };
            (name.to_string(), value)
        })
        .collect();
    headers.sort();
    (status, headers, response.text().await.unwrap())
}

on_both_engines! {
    async fn ines_signs_up_and_confirms_with_the_button_of_her_mail(app: TestApp) {
        app.list("world", "World").await;
        let answer = subscribe(app, "email=Ines%40Example.org&list=world&cadence=weekly").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/subscribed");
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Pending, Cadence::Weekly)));

        let link = link_in(&the_one_mail(app).await, "/confirm/");
        let page = app.http.get(&link).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert_eq!(page.headers()["referrer-policy"], "no-referrer");
        let page = page.text().await.unwrap();
        assert!(page.contains("<button") && page.contains("I***@example.org") && !page.contains("Ines@"), "{page}");
        assert_eq!(standing(app, "ines@example.org", "world").await.unwrap().0, SubscriptionStatus::Pending);

        for _ in 0..2 {
            let page = app.http.post(&link).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::OK);
            assert!(page.text().await.unwrap().contains("You’re subscribed"));
        }
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Active, Cadence::Weekly)));
    }

    async fn the_answer_is_the_same_for_every_address(app: TestApp) {
        app.list("world", "World").await;
        join(app, "marta@example.org", "world").await;
        app.advance(TimeDelta::hours(1));
        subscribe(app, "email=tobe%40example.org&list=world").await;
        let mut tx = app.app.db.write().await.unwrap();
        let reason = suppressions::SuppressionReason::Blocked;
        suppressions::add(&mut tx, &app.cause(), "owen@example.org", reason, "").await.unwrap();
        tx.commit().await.unwrap();

        let unknown = seen(subscribe(app, "email=ines%40example.org&list=world").await).await;
        // Active, pending within the cool-down, suppressed.
        for form in ["email=marta%40example.org&list=world", "email=tobe%40example.org&list=world",
                     "email=owen%40example.org&list=world"] {
            assert_eq!(seen(subscribe(app, form).await).await, unknown, "{form}");
        }
        let json = |email: &'static str| async move {
            let body = format!(r#"{{"email":"{email}","list":["world"],"cadence":"daily"}}"#);
            let request = app.http.post(format!("{}/subscribe", app.url)).header("content-type", "application/json");
            seen(request.body(body).send().await.unwrap()).await
        };
        let unknown = json("new@example.org").await;
        assert_eq!(unknown.0, StatusCode::OK);
        assert!(unknown.2.contains(r#""status":"check-your-inbox""#), "{}", unknown.2);
        for email in ["marta@example.org", "tobe@example.org", "owen@example.org"] {
            assert_eq!(json(email).await, unknown, "{email}");
        }

        app.deliver_all_due().await;
        let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        to.sort();
        // Marta, who is active, is told so; Owen gets nothing.
        assert_eq!(to, ["ines@example.org", "marta@example.org", "new@example.org", "tobe@example.org"]);
    }

    async fn nobody_can_flood_a_mailbox(app: TestApp) {
        for slug in ["world", "markets", "sport", "arts"] {
            app.list(slug, slug).await;
        }
        for slug in ["world", "markets", "sport", "arts"] {
            subscribe(app, &format!("email=ines%40example.org&list={slug}")).await;
            subscribe(app, &format!("email=INES%40example.org&list={slug}")).await;
        }
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1, "one notice in 15 minutes, across all lists");
        for _ in 0..10 {
            app.advance(TimeDelta::minutes(16));
            subscribe(app, "email=ines%40example.org&list=world").await;
        }
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2, "three notices in 24 hours");
        app.advance(TimeDelta::hours(24));
        subscribe(app, "email=ines%40example.org&list=world").await;
        the_one_mail(app).await;
    }

    async fn a_confirmation_confirms_what_its_mail_named_and_offers_the_rest(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        app.list("sport", "Sport").await;
        subscribe(app, "email=tobe%40example.org&list=world").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        subscribe(app, "email=tobe%40example.org&list=markets&list=sport").await;
        let page = app.http.get(&link).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(r#"value="markets""#) && !page.contains(" checked"), "{page}");

        post(app, &link, "list=markets").await;
        assert_eq!(standing(app, "tobe@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
        assert_eq!(standing(app, "tobe@example.org", "markets").await.unwrap().0, SubscriptionStatus::Active);
        assert_eq!(standing(app, "tobe@example.org", "sport").await.unwrap().0, SubscriptionStatus::Pending);

        subscribe(app, "email=marta%40example.org&list=world").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        subscribe(app, "email=marta%40example.org&list=markets").await;
        for body in ["", "list=markets"] {
            post(app, &link, body).await;
            assert_eq!(standing(app, "marta@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
            assert_eq!(standing(app, "marta@example.org", "markets").await.unwrap().0, SubscriptionStatus::Pending);
        }
        app.deliver_all_due().await;
    }

    async fn a_confirmation_confirms_nothing_that_somebody_asked_for_after_it(app: TestApp) {
        app.list("world", "World").await;
        let person = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        for (email, used) in [("ines@example.org", true), ("tobe@example.org", false)] {
            let form = format!("email={email}&list=world");
            let answer = subscribe(app, &form).await;
            let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
            let old = link_in(&the_one_mail(app).await, "/confirm/");
            if used {
                post(app, &old, "").await;
                assert_eq!(standing(app, email, "world").await.unwrap().0, SubscriptionStatus::Active);
            }
            app.advance(TimeDelta::minutes(20));
            let mut tx = app.app.db.write().await.unwrap();
            let reader = subscribers::by_email(&mut tx, &address(email)).await.unwrap().unwrap();
            subscriptions::change(&mut tx, &app.cause(), &[reader.id], None, Transition::Leave).await.unwrap();
            tx.commit().await.unwrap();
            // Somebody else, in another browser.
            app.advance(TimeDelta::minutes(20));
            subscribe(app, &form).await;
            let new = link_in(&the_one_mail(app).await, "/confirm/");
            for body in ["", "list=world"] {
                let mut click = app.http.get(&old).header("cookie", &cookie);
                for (name, value) in person {
                    click = click.header(name, value);
                }
                assert_eq!(click.send().await.unwrap().status(), StatusCode::OK);
                let page = post(app, &old, body).await.text().await.unwrap();
                assert!(page.contains("You’re not subscribed"), "{page}");
                let page = app.http.get(&old).send().await.unwrap().text().await.unwrap();
                assert!(page.contains("You’re not subscribed") && !page.contains("<button"), "{page}");
                assert_eq!(standing(app, email, "world").await.unwrap().0, SubscriptionStatus::Pending, "{email}");
            }
            post(app, &new, "").await;
            assert_eq!(standing(app, email, "world").await.unwrap().0, SubscriptionStatus::Active);
            let page = app.http.get(&new).send().await.unwrap().text().await.unwrap();
            assert!(page.contains("You’re subscribed") && !page.contains("<button"), "{page}");
        }
    }

    async fn what_is_repeated_leaves_a_consent_for_each_mail_and_only_one_is_confirmed(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        let consents = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let ines = subscribers::by_email(&mut tx, &address("ines@example.org")).await.unwrap().unwrap();
            postrider::db::timeline::consents(&mut tx, ines.id, 1000).await.unwrap()
        };
        for _ in 0..50 {
            subscribe(app, "email=ines%40example.org&list=world").await;
        }
        assert_eq!(consents().await.len(), 1);
        for _ in 0..50 {
            subscribe(app, "email=ines%40example.org&list=world&list=markets").await;
        }
        assert_eq!(consents().await.len(), 2, "what is new is noted, once");
        the_one_mail(app).await;

        app.advance(TimeDelta::minutes(16));
        let json = app.http.post(format!("{}/subscribe", app.url)).header("content-type", "application/json");
        json.body(r#"{"email":"ines@example.org","list":"world"}"#).send().await.unwrap();
        let second = link_in(&the_one_mail(app).await, "/confirm/");
        for _ in 0..50 {
            app.advance(TimeDelta::minutes(1));
            subscribe(app, "email=ines%40example.org&list=world").await;
        }
        // The third mail of a day, and no more.
        the_one_mail(app).await;
        assert_eq!(consents().await.len(), 4);
        post(app, &second, "").await;
        let confirmed: Vec<_> = consents().await.into_iter().filter(|c| c.confirmed_at.is_some()).collect();
        assert_eq!(confirmed.len(), 1);
        assert_eq!((confirmed[0].list_name.as_str(), confirmed[0].form.as_str()), ("World", "json"));
        for _ in 0..50 {
            app.advance(TimeDelta::days(1));
            subscribe(app, "email=ines%40example.org&list=world").await;
        }
        assert_eq!(consents().await.len(), 4, "who is active agrees to nothing new");
        app.deliver_all_due().await;
    }

    async fn one_click_is_enough_only_for_the_person_in_the_browser_that_signed_up(app: TestApp) {
        app.list("world", "World").await;
        let answer = subscribe(app, "email=ines%40example.org&list=world").await;
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        let strangers = subscribe(app, "email=owen%40example.org").await;
        let strangers = strangers.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        the_one_mail(app).await;

        let person = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let forged = cookie.clone() + "x";
        let scanners = [
            (reqwest::Method::GET, "", person.to_vec()),
            (reqwest::Method::GET, &strangers, person.to_vec()),
            (reqwest::Method::GET, &forged, person.to_vec()),
            (reqwest::Method::HEAD, &cookie, person.to_vec()),
            (reqwest::Method::GET, &cookie, vec![]),
            (reqwest::Method::GET, &cookie, vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]),
            (reqwest::Method::GET, &cookie, [&person[..], &[("sec-purpose", "prefetch;prerender")]].concat()),
            (reqwest::Method::GET, &cookie, [&person[..], &[("purpose", "prefetch")]].concat()),
        ];
        for (method, cookie, headers) in scanners {
            let mut request = app.http.request(method.clone(), &link).header("cookie", cookie);
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
            let status = standing(app, "ines@example.org", "world").await.unwrap().0;
            assert_eq!(status, SubscriptionStatus::Pending, "{method} {headers:?}");
        }
        let mut request = app.http.get(&link).header("cookie", &cookie);
        for (name, value) in person {
            request = request.header(name, value);
        }
        assert!(request.send().await.unwrap().text().await.unwrap().contains("You’re subscribed"));
        assert_eq!(standing(app, "ines@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
    }

    async fn a_confirmation_expires_and_a_changed_link_is_none(app: TestApp) {
        app.list("world", "World").await;
        subscribe(app, "email=marta%40example.org").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        let changed = format!("{}AAAA", &link[..link.len() - 4]);
        assert_eq!(post(app, &changed, "").await.status(), StatusCode::NOT_FOUND);
        app.advance(TimeDelta::hours(72));
        assert_eq!(app.http.get(&link).send().await.unwrap().status(), StatusCode::GONE);
        let late = post(app, &link, "").await;
        assert_eq!(late.status(), StatusCode::GONE);
        assert!(late.text().await.unwrap().contains("Subscribe again"));
        assert_eq!(standing(app, "marta@example.org", "world").await.unwrap().0, SubscriptionStatus::Pending);
    }

    async fn who_left_is_not_brought_back_by_an_old_confirmation(app: TestApp) {
        app.list("world", "World").await;
        subscribe(app, "email=owen%40example.org&list=world").await;
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        post(app, &link, "").await;
        let mut tx = app.app.db.write().await.unwrap();
        let owen = subscribers::by_email(&mut tx, &address("owen@example.org")).await.unwrap().unwrap();
        subscriptions::change(&mut tx, &app.cause(), &[owen.id], None, Transition::Leave).await.unwrap();
        tx.commit().await.unwrap();
        let page = post(app, &link, "").await.text().await.unwrap();
        assert!(page.contains("You’re not subscribed"), "{page}");
        assert_eq!(standing(app, "owen@example.org", "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);
        // He can come back by himself.
        app.advance(TimeDelta::hours(1));
        join(app, "owen@example.org", "world").await;
        assert_eq!(standing(app, "owen@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
    }

    async fn what_does_not_fit_is_said_under_the_field_and_keeps_what_was_typed(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        let page = subscribe(app, "email=ines.example.org&list=markets&cadence=daily").await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = page.text().await.unwrap();
        for part in ["That address has no @", r#"value="ines.example.org""#, r#"value="markets" checked"#, r#"name="cadence" value="daily""#] {
            assert!(page.contains(part), "{part} in {page}");
        }
        for form in ["email=", "email=ines%40example.org&list=none", "email=ines%40example.org&cadence=hourly", "email=ines%40example.org&lists-shown=1"] {
            assert_eq!(subscribe(app, form).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        }
        let json = app.http.post(format!("{}/subscribe", app.url)).header("content-type", "application/json");
        let answer = json.body(r#"{"email":"ines"}"#).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!((&problem["status"], &problem["errors"][0]["field"]), (&422.into(), &"email".into()));
        let large = subscribe(app, &format!("email={}", "a".repeat(20_000))).await;
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(large.text().await.unwrap().contains("A form can be up to 16 KB. Shorten what you entered and try again."));
        assert_eq!(standing(app, "ines@example.org", "world").await, None);
    }

    async fn twenty_sign_ups_at_once_queue_one_notice(app: TestApp) {
        app.list("world", "World").await;
        let all = (0..20).map(|_| subscribe(app, "email=ines%40example.org&list=world"));
        for answer in futures_util::future::join_all(all).await {
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        }
        the_one_mail(app).await;
    }

    async fn json_that_does_not_fit_is_refused_in_words_and_stores_nothing(app: TestApp) {
        app.list("world", "World").await;
        let send = async |body: Vec<u8>| {
            let request = app.http.post(format!("{}/subscribe", app.url)).header("content-type", "application/json");
            request.header("origin", "https://elsewhere.example").body(body).send().await.unwrap()
        };
        let before = crate::pages::everything(app).await;
        let lists = vec!["\"world\""; 1000].join(",");
        let unknown: Vec<String> = (0..1000).map(|n| format!("\"l{n}\"")).collect();
        let bodies: Vec<(u16, Vec<u8>)> = vec![
            (400, "".into()),
            (400, "{".into()),
            (400, "[]".into()),
            (400, "null".into()),
            (400, r#"{"email":1}"#.into()),
            (400, r#"{"email":["ines@example.org"]}"#.into()),
            (400, r#"{"email":"ines@example.org","list":7}"#.into()),
            (400, r#"{"email":"ines@example.org","list":[7]}"#.into()),
            (400, r#"{"email":"ines@example.org","cadence":true}"#.into()),
            (400, b"{\"email\":\"in\xffes@example.org\"}".to_vec()),
            (422, "{}".into()),
            (422, r#"{"email":"ines@example.org","list":"none"}"#.into()),
            (400, r#"{"email":"ines@example.org","list":"wor\u0000ld"}"#.into()),
            (400, r#"{"email":"in\u0000es@example.org"}"#.into()),
            (400, r#"{"email":"ines@exam\u0000ple.org"}"#.into()),
            (422, format!(r#"{{"email":"{}@example.org"}}"#, "a".repeat(10_000)).into()),
            (422, format!(r#"{{"email":"ines@example.org","list":[{lists}]}}"#).into()),
            (422, format!(r#"{{"email":"ines@example.org","list":[{}]}}"#, unknown.join(",")).into()),
            (413, format!(r#"{{"email":"{}"}}"#, "a".repeat(1_000_000)).into()),
            (413, format!(r#"{{"email":"ines@example.org","x":"{}"}}"#, "a".repeat(16 * 1024)).into()),
        ];
        for (status, body) in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            let answer = send(body).await;
            assert_eq!(answer.status().as_u16(), status, "{shown}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{shown}");
            assert_eq!(answer.headers()["access-control-allow-origin"], "*", "a box on another site says what is wrong");
            let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.len() > 10 && detail.len() < 300, "{shown}: {detail}");
        }
        for (form, status) in [
            ("email=in%ffes%40example.org", StatusCode::UNPROCESSABLE_ENTITY),
            ("email=in%00es%40example.org", StatusCode::BAD_REQUEST),
            ("email=ines%40example.org&list=%00", StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(subscribe(app, form).await.status(), status, "{form}");
        }
        assert_eq!(crate::pages::everything(app).await, before);
        for body in [r#"{"email":"ines@example.org","list":"world"}"#, r#"{"email":"tobe@example.org","list":["world"]}"#] {
            assert_eq!(send(body.into()).await.status(), StatusCode::OK);
        }
        app.deliver_all_due().await;
    }

    async fn the_first_reader_does_not_wait_for_an_admin_to_make_a_list(app: TestApp) {
        join(app, "ines@example.org", "").await;
        assert_eq!(standing(app, "ines@example.org", "all").await, Some((SubscriptionStatus::Active, Cadence::Each)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_sign_ups_from_one_network_wait() {
    let vars = [("SIGNUPS_PER_IP_PER_HOUR", "2")];
    let app = TestApp::start_with(crate::support::Engine::Sqlite, &vars).await.unwrap();
    for email in ["ines", "tobe"] {
        assert_eq!(
            subscribe(&app, &format!("email={email}%40example.org")).await.status(),
            StatusCode::SEE_OTHER
        );
    }
    let refused = subscribe(&app, "email=marta%40example.org").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 60);
    assert!(refused.text().await.unwrap().contains("Try again in"));
    app.deliver_all_due().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_trusted_proxy_says_who_sits_behind_it() {
    for (trusted, second) in [("", StatusCode::TOO_MANY_REQUESTS), ("127.0.0.1/32", StatusCode::SEE_OTHER)] {
        let vars = [("SIGNUPS_PER_IP_PER_HOUR", "1"), ("TRUSTED_PROXIES", trusted)];
        let app = TestApp::start_with(crate::support::Engine::Sqlite, &vars).await.unwrap();
        let from = async |hops: &str| {
            let request = app.http.post(format!("{}/subscribe", app.url)).header("x-forwarded-for", hops);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            request.body("email=ines%40example.org").send().await.unwrap().status()
        };
        assert_eq!(from("203.0.113.1").await, StatusCode::SEE_OTHER);
        assert_eq!(from("203.0.113.2").await, second, "trusted: {trusted:?}");
        // What stands left of the last hop anybody can write.
        assert_eq!(from("6.6.6.6, 203.0.113.1").await, StatusCode::TOO_MANY_REQUESTS);
        app.deliver_all_due().await;
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_https_the_cookie_is_tied_to_our_host() {
    let vars = [("BASE_URL", "https://news.example")];
    let app = TestApp::start_with(crate::support::Engine::Sqlite, &vars).await.unwrap();
    let answer = subscribe(&app, "email=ines%40example.org").await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-postrider-signup="), "{cookie}");
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    app.deliver_all_due().await;
    app.end().await;
}
