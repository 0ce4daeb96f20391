//! The subscribe box as other sites meet it: what its script reads and sends, the frame, plain forms with a way back,
//! and the help with addresses.

use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::sign_up::{address, standing, subscribe};
use crate::support::TestApp;

const ELSEWHERE: &str = "https://harbour.example";

/// Sends what the box sends, from another site.
async fn send(app: &TestApp, body: Value) -> Response {
    let request = app.http.post(format!("{}/subscribe", app.url)).header("origin", ELSEWHERE);
    let answer = request.json(&body).send().await.unwrap();
    app.work_on_sign_ups().await;
    answer
}

/// Sends a plain form from a page of another site.
async fn send_form(app: &TestApp, origin: &str, fields: &[(&str, &str)]) -> Response {
    let request = app.http.post(format!("{}/subscribe", app.url)).header("origin", origin.to_owned());
    let answer = request.form(fields).send().await.unwrap();
    app.work_on_sign_ups().await;
    answer
}

async fn described(app: &TestApp, path: &str) -> Value {
    let answer = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    assert!(!answer.headers().contains_key("set-cookie"));
    answer.json().await.unwrap()
}

fn slugs(described: &Value) -> Vec<&str> {
    described["lists"].as_array().unwrap().iter().map(|list| list["slug"].as_str().unwrap()).collect()
}

async fn status(app: &TestApp, path: &str) -> StatusCode {
    app.http.get(format!("{}{path}", app.url)).send().await.unwrap().status()
}

on_both_engines! {
    async fn the_box_knows_the_lists_cadences_fields_and_words(app: TestApp) {
        let marta = app.admin().await;
        app.list("world", "World").await;
        let markets = app.list("markets", "Markets & fish").await;
        let old = app.list("old", "The old one").await;
        marta.submit(&format!("/admin/lists/{old}/retire"), &[]).await;
        for (name, kind, on_form) in [("Job title", "text", "on_form"), ("Member", "yes_no", "on_form"), ("Secret", "text", "open")] {
            marta.submit("/admin/settings/fields", &[("name", name), ("kind", kind), (on_form, "on")]).await;
        }
        let all = described(app, "/embed.json").await;
        assert_eq!(slugs(&all), ["world", "markets"]);
        assert_eq!((all["lang"].as_str(), all["dir"].as_str()), (Some("en"), Some("ltr")));
        assert_eq!(all["words"]["subscribe"], "Subscribe");
        let fields: Vec<(&str, &str)> = all["fields"].as_array().unwrap().iter()
            .map(|field| (field["key"].as_str().unwrap(), field["kind"].as_str().unwrap())).collect();
        assert_eq!(fields, [("job_title", "text"), ("member", "yes_no")]);
        let chosen: Vec<&Value> = all["cadences"].as_array().unwrap().iter().filter(|one| one["chosen"] == true).collect();
        assert_eq!(chosen.len(), 1, "{all}");
        for scheme in ["light", "dark"] {
            for name in ["accent", "fill", "label", "rim"] {
                assert!(all["colours"][scheme][name].as_str().unwrap().starts_with('#'), "{scheme} {name}");
            }
        }
        assert_eq!(slugs(&described(app, "/embed/markets.json").await), ["markets"]);
        assert_eq!(slugs(&described(app, "/embed/markets,world.json").await), ["markets", "world"]);
        let turned = described(app, "/embed/markets.json?lang=ar-XB").await;
        assert_eq!((turned["lang"].as_str(), turned["dir"].as_str()), (Some("ar-XB"), Some("rtl")));
        // The language of the only list, where nobody asks for another.
        let mut tx = app.app.db.write().await.unwrap();
        let mut list = postrider::db::lists::by_id(&mut tx, markets).await.unwrap().unwrap();
        list.language = "en-XA".to_owned();
        postrider::db::lists::set(&mut tx, &list).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(described(app, "/embed/markets.json").await["lang"], "en-XA");
        assert_eq!(described(app, "/embed/markets.json?lang=en").await["lang"], "en");
        assert_eq!(described(app, "/embed/markets.json?lang=xx").await["lang"], "en-XA");
        let many = vec!["world"; 101].join(",");
        for none in ["old", "none", "world,none", "..%2f..", &many] {
            assert_eq!(status(app, &format!("/embed/{none}.json")).await, StatusCode::NOT_FOUND, "{none}");
            assert_eq!(status(app, &format!("/embed/{none}")).await, StatusCode::NOT_FOUND, "{none}");
        }
    }

    async fn json_may_come_from_any_site_and_the_answer_is_the_same_for_everybody(app: TestApp) {
        app.list("world", "World").await;
        let ask = app.http.request(Method::OPTIONS, format!("{}/subscribe", app.url)).header("origin", ELSEWHERE);
        let ask = ask.header("access-control-request-method", "POST").header("access-control-request-headers", "content-type");
        let allowed = ask.send().await.unwrap();
        assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
        for (name, value) in [("origin", "*"), ("methods", "POST"), ("headers", "content-type")] {
            assert_eq!(allowed.headers()[format!("access-control-allow-{name}")], value);
        }
        let body = |email: &str| json!({ "email": email, "list": ["world"], "cadence": "daily", "form": "box", "language": "ar-XB" });
        let mut answers = Vec::new();
        for email in ["ines@example.org", "ines@example.org", "tobe@example.org"] {
            let answer = send(app, body(email)).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()["access-control-allow-origin"], "*");
            assert!(!answer.headers().contains_key("access-control-allow-credentials"));
            answers.push(answer.text().await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]) && !answers[0].contains("Check"), "{answers:?}");
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Pending, Cadence::Daily)));
        let mut tx = app.app.db.read().await.unwrap();
        let ines = postrider::db::subscribers::by_email(&mut tx, &address("ines@example.org")).await.unwrap().unwrap();
        let consents = postrider::db::timeline::consents(&mut tx, ines.id, 10).await.unwrap();
        assert_eq!(consents[0].form, "box");
        drop(tx);
        // What is refused can be read there, too.
        let none = json!({ "email": "ines@example.org", "list": [], "lists-shown": "1", "form": "box" });
        for refused in [json!({ "email": "ines" }), json!({ "email": 1 }), none] {
            let answer = send(app, refused.clone()).await;
            assert!(answer.status().is_client_error(), "{refused}");
            assert_eq!(answer.headers()["access-control-allow-origin"], "*");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
        app.deliver_all_due().await;
    }

    async fn the_script_is_for_any_page_and_small(app: TestApp) {
        let http = reqwest::Client::builder().no_gzip().build().unwrap();
        let get = |coding: &'static str| http.get(format!("{}/embed.js", app.url)).header("accept-encoding", coding).send();
        let plain = get("br").await.unwrap();
        for (name, value) in [("access-control-allow-origin", "*"), ("cross-origin-resource-policy", "cross-origin"), ("vary", "Accept-Encoding")] {
            assert_eq!(plain.headers()[name], value);
        }
        assert!(plain.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
        let plain = plain.text().await.unwrap();
        let packed = get("gzip, br").await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let packed = packed.bytes().await.unwrap();
        assert!(packed.len() <= 10 * 1024, "{} bytes", packed.len());
        let mut unpacked = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }

    async fn a_frame_is_for_any_site_and_nothing_else_of_ours_is(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        let policy = |answer: &Response| answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let frame = app.http.get(format!("{}/embed/world?lang=en", app.url)).send().await.unwrap();
        assert!(policy(&frame).contains("frame-ancestors *") && !policy(&frame).contains("script-src"));
        let page = frame.text().await.unwrap();
        for part in [r#"name="frame" value="world""#, r#"name="list" value="world""#, r#"name="language" value="en""#] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("Markets"), "{page}");
        let both = app.nobody().page("/embed").await;
        assert!(both.contains("Markets") && both.contains("lists-shown"), "{both}");
        for other in ["/", "/archive", "/subscribed"] {
            let answer = app.http.get(format!("{}{other}", app.url)).send().await.unwrap();
            assert!(policy(&answer).contains("frame-ancestors 'none'"), "{other}");
        }
        // It is answered in the frame, right and wrong.
        for (email, status, said) in [("ines@example.org", StatusCode::OK, "Check your inbox"), ("ines", StatusCode::UNPROCESSABLE_ENTITY, "has no @")] {
            let answer = send_form(app, &app.url, &[("frame", "world"), ("list", "world"), ("email", email)]).await;
            assert_eq!(answer.status(), status);
            assert!(policy(&answer).contains("frame-ancestors *"));
            let page = answer.text().await.unwrap();
            assert!(page.contains(said) && !page.contains("masthead"), "{page}");
        }
        assert!(standing(app, "ines@example.org", "world").await.is_some());
        app.deliver_all_due().await;
    }

    async fn a_plain_form_on_another_site_is_answered_with_a_page_and_a_way_back(app: TestApp) {
        app.list("world", "World").await;
        let here = format!("{ELSEWHERE}/2026/ferry?from=feed&x=%22%3E");
        let link = format!("href=\"{}\"", here.replace('&', "&#38;"));
        let form = |email: &'static str| [("email", email), ("list", "world"), ("back", here.as_str())];
        let mut answers = Vec::new();
        for email in ["ines@example.org", "ines@example.org", "tobe@example.org"] {
            let answer = send_form(app, ELSEWHERE, &form(email)).await;
            assert_eq!(answer.status(), StatusCode::OK);
            answers.push(answer.text().await.unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "the same for every address");
        assert!(answers[0].contains("Check your inbox") && answers[0].contains(&link), "{}", answers[0]);
        assert!(answers[0].contains("Back to harbour.example"));
        // It is not lost by an error.
        let refused = send_form(app, ELSEWHERE, &form("ines")).await.text().await.unwrap();
        let kept = format!("name=\"back\" value=\"{}\"", here.replace('&', "&#38;"));
        assert!(refused.contains(&kept), "{refused}");
        let again = send_form(app, &app.url, &form("owen@example.org")).await.text().await.unwrap();
        assert!(again.contains(&link), "{again}");
        // Nobody is led where they did not come from, nor by a link.
        let evil = send_form(app, "https://evil.example", &form("nina@example.org")).await.text().await.unwrap();
        assert!(!evil.contains("Back to"), "{evil}");
        let page = app.nobody().page(&format!("/subscribed?back={ELSEWHERE}")).await;
        assert!(!page.contains("Back to"), "{page}");
        app.deliver_all_due().await;
    }

    async fn a_form_is_read_as_multipart_too(app: TestApp) {
        app.list("world", "World").await;
        let send = async |form: reqwest::multipart::Form| {
            let answer = app.http.post(format!("{}/subscribe", app.url)).multipart(form).send().await.unwrap();
            app.work_on_sign_ups().await;
            answer
        };
        let form = || reqwest::multipart::Form::new().text("list", "world").text("cadence", "weekly");
        let answer = send(form().text("email", "ines@example.org")).await;
        assert_eq!((answer.status(), answer.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/subscribed"));
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Pending, Cadence::Weekly)));
        assert_eq!(send(form().text("email", "ines")).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(send(form().text("email", "in\0es@example.org")).await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(send(form().text("more", "x".repeat(17_000))).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let bare = app.http.post(format!("{}/subscribe", app.url)).header("content-type", "multipart/form-data");
        assert_eq!(bare.body("email=ines@example.org").send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        app.deliver_all_due().await;
    }

    async fn an_address_that_looks_mistyped_is_asked_about_once_and_refused_never(app: TestApp) {
        app.list("world", "World").await;
        let asked = subscribe(app, "email=ines%40gmial.com&list=world").await;
        assert_eq!(asked.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = asked.text().await.unwrap();
        for part in ["Did you mean ines@gmail.com?", r#"name="meant" value="ines@gmail.com""#, r#"name="asked" value="ines@gmial.com""#] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert_eq!(standing(app, "ines@gmial.com", "world").await, None);
        // The form again, and its button.
        let again = subscribe(app, "email=ines%40gmial.com&asked=ines%40gmial.com&list=world").await;
        assert_eq!(again.status(), StatusCode::SEE_OTHER);
        assert!(standing(app, "ines@gmial.com", "world").await.is_some());
        let meant = subscribe(app, "email=ines%40gmial.com&asked=ines%40gmial.com&meant=ines%40gmail.com&list=world").await;
        assert_eq!(meant.status(), StatusCode::SEE_OTHER);
        assert!(standing(app, "ines@gmail.com", "world").await.is_some());
        // Another address is asked about anew.
        let other = subscribe(app, "email=tobe%40hotmial.com&asked=ines%40gmial.com&list=world").await;
        assert!(other.text().await.unwrap().contains("Did you mean tobe@hotmail.com?"));

        let body = |more: Value| {
            let mut body = json!({ "email": "owen@gmial.com", "list": "world", "form": "box" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let question = send(app, body(json!({}))).await;
        assert_eq!(question.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let question: Value = question.json().await.unwrap();
        assert_eq!(question["errors"][0], json!({ "field": "email", "detail": "Did you mean owen@gmail.com?", "suggestion": "owen@gmail.com" }));
        assert_eq!(send(app, body(json!({ "asked": "owen@gmial.com" }))).await.status(), StatusCode::OK);
        assert!(standing(app, "owen@gmial.com", "world").await.is_some());
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn what_is_pasted_is_cleaned_on_the_way_in(app: TestApp) {
        app.list("world", "World").await;
        for (n, pasted) in ["%20mailto:ines0@example.org?subject=x", "%3Cines1@example.org%3E", "ines2%EF%BC%A0example.org.", "%E2%80%8Bines3%20@%20example.org,"].iter().enumerate() {
            assert_eq!(subscribe(app, &format!("email={pasted}&list=world")).await.status(), StatusCode::SEE_OTHER, "{pasted}");
            assert!(standing(app, &format!("ines{n}@example.org"), "world").await.is_some(), "{pasted}");
        }
        app.deliver_all_due().await;
        app.smtp.take();
    }
}
