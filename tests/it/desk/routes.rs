//! What all routes of the desk have in common: no other site can press its buttons, and nobody keeps its pages.

use postrider::web::routes::lines;
use reqwest::{Method, StatusCode};

use crate::on_both_engines;
use crate::routes::{NO_ROW, filled};

/// The paths of the desk that answer to a method, with an id in their places that no row has.
fn paths(method: &str) -> Vec<String> {
    let lines = lines().into_iter().filter(|line| line.method == method && line.access.is_for_the_desk());
    lines.map(|line| filled(line.path, NO_ROW)).collect()
}

on_both_engines! {
    async fn what_another_site_sends_is_refused_whoever_is_signed_in(app: TestApp) {
        let admin = app.admin().await;
        for path in &paths("POST") {
            let request = || {
                let request = app.http.request(Method::POST, format!("{}{path}", app.url));
                request.header("cookie", &admin.cookie).header("accept", "text/html").form(&[("name", "x")])
            };
            let bare = request();
            let other_site = request().header("sec-fetch-site", "cross-site").header("origin", "https://evil.example");
            let other_port = request().header("sec-fetch-site", "same-site").header("origin", &app.url);
            let lies = request().header("sec-fetch-site", "same-origin").header("origin", "https://evil.example");
            let no_metadata = request().header("origin", "null");
            for request in [bare, other_site, other_port, lies, no_metadata] {
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
                assert!(answer.headers().contains_key("content-security-policy"));
                assert!(answer.text().await.unwrap().contains("came from another site"));
            }
        }
    }

    async fn what_says_two_things_about_where_it_comes_from_is_refused(app: TestApp) {
        let admin = app.admin().await;
        let list = || app.http.post(format!("{}/admin/lists", app.url)).form(&[("name", "World")]);
        let ours = || list().header("cookie", &admin.cookie).header("sec-fetch-site", "same-origin");
        let not_text = reqwest::header::HeaderValue::from_bytes(b"https://evil.example\xff").unwrap();
        for (what, request) in [
            ("origin", ours().header("origin", &app.url).header("origin", "https://evil.example")),
            ("origin", ours().header("origin", not_text)),
            ("sec-fetch-site", ours().header("origin", &app.url).header("sec-fetch-site", "cross-site")),
            ("content-type", ours().header("origin", &app.url).header("content-type", "text/plain")),
            ("cookie", ours().header("origin", &app.url).header("cookie", "postrider-desk=another")),
        ] {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{what}");
            let text = answer.text().await.unwrap();
            assert!(text.contains(&format!("The {what} header")), "{what}: {text}");
        }
        let twice = ours().header("origin", &app.url).header("origin", &app.url).send().await.unwrap();
        assert_eq!(twice.status(), StatusCode::SEE_OTHER, "the same twice says one thing");
        // Readers' pages decide by headers as well: one click confirms only a navigation.
        let mixed = app.http.get(&app.url).header("sec-fetch-mode", "navigate").header("sec-fetch-mode", "cors");
        assert_eq!(mixed.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    }

    async fn no_page_of_the_desk_is_kept_framed_or_scripted_by_others(app: TestApp) {
        let admin = app.admin().await;
        for path in &paths("GET") {
            let answer = admin.get(path).await;
            let headers = answer.headers();
            assert_eq!(headers["cache-control"], "no-store", "{path}");
            let policy = headers["content-security-policy"].to_str().unwrap();
            let sandboxed = policy.starts_with("sandbox;");
            assert!(sandboxed || !policy.contains("unsafe-inline"), "{path}: {policy}");
            assert!(policy.contains("frame-ancestors"), "{path}: {policy}");
        }
    }

    async fn a_mistyped_address_keeps_the_tabs_of_who_is_signed_in(app: TestApp) {
        let owen = app.editor().await;
        for (person, tabs) in [(&owen, true), (&app.nobody(), false)] {
            let answer = person.get("/admin/campains").await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
            assert_eq!(answer.headers()["cache-control"], "no-store");
            assert_eq!(answer.text().await.unwrap().contains("href=\"/admin/feeds\""), tabs);
        }
    }
}
