//! Every route of the desk, as nobody, as an editor and as an admin: whatever its line does not open is shut.

use postrider::web::desk::{Access, all_routes};
use reqwest::{Method, StatusCode};

use crate::on_both_engines;

/// A path with something in its places: no row has that id.
fn filled(path: &str) -> String {
    let id = "01900000-0000-7000-8000-000000000000";
    let mut filled = String::new();
    for part in path.split('/').skip(1) {
        filled.push('/');
        filled.push_str(if part.starts_with('{') { id } else { part });
    }
    filled
}

on_both_engines! {
    async fn every_route_of_the_desk_is_shut_unless_its_line_opens_it(app: TestApp) {
        let (admin, editor, nobody) = (app.admin().await, app.editor().await, app.nobody());
        let routes = all_routes();
        assert!(routes.len() >= 15, "{routes:?}");
        for (method, path, access) in &routes {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert!(!path.ends_with(".csv") || *access == Access::Admin, "{path}: addresses in a file are an admin's");
            // It would end the session that the next line needs.
            if *path == "/admin/sign-out" {
                continue;
            }
            let path = &filled(path);
            let stranger = nobody.send(method.clone(), path, &[]).await;
            let (status, to) = (stranger.status(), stranger.headers().get("location").cloned());
            let to_sign_in = to.is_some_and(|to| to.to_str().unwrap().starts_with("/admin/sign-in?to="));
            if *access == Access::Anybody {
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
                continue;
            }
            if method == Method::GET {
                assert!(status == StatusCode::SEE_OTHER && to_sign_in, "{method} {path} as nobody: {status}");
            } else {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} as nobody");
            }
            let by_editor = editor.send(method.clone(), path, &[]).await.status();
            match access {
                Access::Admin => assert_eq!(by_editor, StatusCode::FORBIDDEN, "{method} {path} as an editor"),
                _ => assert_ne!(by_editor, StatusCode::FORBIDDEN, "{method} {path} as an editor"),
            }
            let by_admin = admin.send(method.clone(), path, &[]).await.status();
            assert_ne!(by_admin, StatusCode::FORBIDDEN, "{method} {path} as an admin");
            assert!(!by_admin.is_server_error() && !by_editor.is_server_error(), "{method} {path}: {by_admin}");
        }
        app.deliver_all_due().await;
    }

    async fn what_another_site_sends_is_refused_whoever_is_signed_in(app: TestApp) {
        let admin = app.admin().await;
        for (_, path, _) in all_routes().into_iter().filter(|(method, ..)| *method == "POST") {
            let path = &filled(path);
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
                assert!(answer.text().await.unwrap().contains("came from another page"));
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
            assert!(text.contains(&format!("Its {what} header")), "{what}: {text}");
        }
        let twice = ours().header("origin", &app.url).header("origin", &app.url).send().await.unwrap();
        assert_eq!(twice.status(), StatusCode::SEE_OTHER, "the same twice says one thing");
        // Readers' pages decide by headers as well: one click confirms only a navigation.
        let mixed = app.http.get(&app.url).header("sec-fetch-mode", "navigate").header("sec-fetch-mode", "cors");
        assert_eq!(mixed.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    }

    async fn no_page_of_the_desk_is_kept_framed_or_scripted_by_others(app: TestApp) {
        let admin = app.admin().await;
        for (_, path, _) in all_routes().into_iter().filter(|(method, ..)| *method == "GET") {
            let answer = admin.get(&filled(path)).await;
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
