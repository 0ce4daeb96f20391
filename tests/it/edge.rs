//! What no database can hold is refused at the edge, in the same words, wherever somebody sends it.

use std::collections::BTreeSet;
use std::path::Path;

use postrider::domain::links::Link;
use postrider::web::routes::lines;
use reqwest::{Method, StatusCode};

use crate::on_both_engines;
use crate::routes::{NO_ROW, filled};
use crate::sign_up::{join, subscribe};

/// Every name by which a page reads a parameter, as the source has them.
fn parameter_names() -> Vec<String> {
    fn read(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                read(&entry.path(), names);
                continue;
            }
            let source = std::fs::read_to_string(entry.path()).unwrap();
            for call in ["text(\"", "raw(\"", "all(\"", "is_ticked(\"", "request, \"", "get(\"", "name == \""]
            {
                let found = source.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                names.extend(found.filter(|name| !name.is_empty() && name.len() < 30).map(str::to_owned));
            }
        }
    }
    let mut names = BTreeSet::from(["email", "list", "cadence", "before"].map(str::to_owned));
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut names);
    names.into_iter().collect()
}

async fn assert_refused(answer: reqwest::Response, what: &str) {
    let (status, words) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, StatusCode::BAD_REQUEST, "{what}: {words}");
    assert!(
        words.contains("can\u{2019}t be stored")
            || words.contains("can't be stored")
            || words.contains("can&#39;t be stored"),
        "{what}: {words}"
    );
}

on_both_engines! {
    async fn a_nul_is_refused_in_every_path_query_and_form_of_every_route(app: TestApp) {
        let admin = app.admin().await;
        let names = parameter_names();
        assert!(names.len() > 40, "{names:?}");
        let query: Vec<String> = names.iter().map(|name| format!("{name}=a%00b")).collect();
        let query = query.join("&");
        let form: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a\0b")).collect();
        // What a reader's form holds is sent by the next test.
        let routes = lines().into_iter().filter(|line| line.method == "GET" || line.access.is_for_the_desk());
        let routes: Vec<(Method, String)> =
            routes.map(|line| (Method::from_bytes(line.method.as_bytes()).unwrap(), line.path.to_owned())).collect();
        let mut not_read = BTreeSet::new();
        for (method, path) in &routes {
            // It would end the session that the next line needs.
            if path == "/admin/sign-out" {
                continue;
            }
            let whole = filled(path, NO_ROW);
            let by_query = admin.send(method.clone(), &format!("{whole}?{query}"), &[]).await;
            assert_refused(by_query, &format!("{method} {path}, query")).await;
            if path.contains('{') {
                for value in ["a%00b", "%00"] {
                    let by_path = admin.send(method.clone(), &filled(path, value), &[]).await;
                    assert_refused(by_path, &format!("{method} {path}, path")).await;
                }
            }
            // A file is sent there, as another kind of form.
            if method == Method::POST && !path.ends_with("/subscribers/import") {
                for form in [&form[..], &[("na\0me", "x")]] {
                    let by_form = admin.post(&whole, form).await;
                    // What does not read its form answers as it does to any.
                    if by_form.status() == admin.post(&whole, &[("x", "y")]).await.status() {
                        not_read.insert(path.clone());
                        continue;
                    }
                    assert_refused(by_form, &format!("{method} {path}, form")).await;
                }
            }
        }
        // Buttons without a field, of a row that there is not, and two more.
        for path in not_read {
            assert!(path.contains("{id}") || ["/admin/account/codes/begin", "/admin/setup/end"].contains(&path.as_str()), "{path}");
        }
    }

    async fn what_is_compressed_is_not_unpacked(app: TestApp) {
        use std::io::Write as _;
        let admin = app.admin().await;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(b"name=World&email=ines%40example.org").unwrap();
        let packed = packed.finish().unwrap();
        for path in ["/subscribe", "/admin/lists"] {
            let request = app.http.post(format!("{}{path}", app.url)).header("cookie", &admin.cookie);
            let request = request.header("sec-fetch-site", "same-origin").header("content-encoding", "gzip");
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(packed.clone());
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
            assert!(answer.text().await.unwrap().contains("The request is compressed"), "{path}");
        }
    }

    async fn a_nul_is_refused_in_json_in_files_and_from_readers(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let subscriber = {
            let mut tx = app.app.db.read().await.unwrap();
            let ines = crate::sign_up::address("ines@example.org");
            postrider::db::subscribers::by_email(&mut tx, &ines).await.unwrap().unwrap().id
        };
        let token = |link| app.app.keyring.token(link);
        let url = |path: &str| format!("{}{path}", app.url);
        for json in [
            r#"{"email": "a\u0000b@example.org"}"#,
            r#"{"email": "tobe@example.org", "list": ["world", "wor\u0000ld"]}"#,
            r#"{"email": "tobe@example.org", "cadence": "\u0000"}"#,
            r#"{"email": "tobe@example.org", "more": {"deep": ["\u0000"]}}"#,
            r#"{"email": "tobe@example.org", "na\u0000me": 1}"#,
        ] {
            let request = app.http.post(url("/subscribe")).header("content-type", "application/json");
            assert_refused(request.body(json).send().await.unwrap(), json).await;
        }
        for form in ["email=a%00b%40example.org", "email=tobe%40example.org&list=wor%00ld", "email=tobe%40example.org&x=\0"] {
            assert_refused(subscribe(app, form).await, form).await;
        }
        let preferences = url(&format!("/preferences/{}", token(Link::Preferences { subscriber })));
        assert_refused(app.http.post(&preferences).body("list-world=%00").send().await.unwrap(), "preferences").await;
        // Whoever leaves, leaves: nothing of what is sent is stored.
        let leave = url(&format!("/unsubscribe/{}", token(Link::Unsubscribe { subscriber, list: world })));
        assert_eq!(app.http.post(&leave).body("List-Unsubscribe=\0%00").send().await.unwrap().status(), StatusCode::OK);
        for header in ["User-Agent: a\0b", "X-Forwarded-For: 127.0.0.1\0", "Accept-Language: \0"] {
            use std::io::{Read as _, Write as _};
            let mut socket = std::net::TcpStream::connect(app.url.strip_prefix("http://").unwrap()).unwrap();
            write!(socket, "GET / HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            socket.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 400"), "{header:?}: {answer}");
        }
        // An escaped backslash is no NUL.
        let fine = r#"{"email": "tobe@example.org", "list": [], "website": "\\u0000"}"#;
        let request = app.http.post(url("/subscribe")).header("content-type", "application/json");
        assert_ne!(request.body(fine).send().await.unwrap().status(), StatusCode::BAD_REQUEST);

        let admin = app.admin().await;
        let import = "/admin/subscribers/import";
        for field in ["list", "status", "consent"] {
            let mut fields = vec![("list", "world"), ("status", "active"), ("consent", "They agreed on paper in 2019")];
            fields.iter_mut().find(|(name, _)| *name == field).unwrap().1 = "wor\0ld";
            assert_refused(admin.upload(import, &fields, b"email\nrolf@example.org\n").await, field).await;
        }
        let csv = b"email,name\nrolf@example.org,Rolf\nnul\0@example.org,Nul\nruna@example.org,Ru\0na\nulla@example.org,Ulla\n";
        let fields = [("list", "world"), ("status", "active"), ("consent", "They agreed on paper in 2019")];
        let sent = admin.upload(import, &fields, csv).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let to = sent.headers()["location"].to_str().unwrap().to_owned();
        app.run_all_due().await;
        admin.submit(&to, &[("do", "start"), ("consent", "They agreed on paper in 2019")]).await;
        app.run_all_due().await;
        let page = admin.page(&to).await;
        assert_eq!(page.matches("contains a NUL character").count(), 2, "{page}");
        let mut tx = app.app.db.read().await.unwrap();
        for (email, there) in [("rolf", true), ("ulla", true), ("runa", false)] {
            let email = crate::sign_up::address(&format!("{email}@example.org"));
            assert_eq!(postrider::db::subscribers::by_email(&mut tx, &email).await.unwrap().is_some(), there, "{email:?}");
        }
        drop(tx);
        app.deliver_all_due().await;
    }

    async fn a_number_or_a_time_out_of_range_is_no_fault_of_ours(app: TestApp) {
        let admin = app.admin().await;
        let names = parameter_names();
        let id = NO_ROW.replace('-', "");
        for value in [
            format!("-8334601228800000000.{id}"),
            format!("8210266876799999999.{id}"),
            format!("253402300800000000.{id}"),
            format!("-9223372036854775808.{id}"),
            "9223372036854775807".to_owned(),
            "99999999999999999999999".to_owned(),
            "-1".to_owned(),
            "262142-12-31".to_owned(),
            "%2B262142-12-31".to_owned(),
            "-262143-01-01".to_owned(),
            "0000-01-01".to_owned(),
            "9999-12-31".to_owned(),
            "9999-12-31T23:59:59-23:59".to_owned(),
            "%F0%9F%92%A9%EF%BF%BF%ED%A0%80".to_owned(),
        ] {
            let query: Vec<String> = names.iter().map(|name| format!("{name}={value}")).collect();
            for path in lines().iter().filter(|line| line.method == "GET").map(|line| line.path) {
                let all = admin.get(&format!("{}?{}", filled(path, NO_ROW), query.join("&"))).await.status();
                assert!(!all.is_server_error(), "{path} {value}: {all}");
                let in_path = admin.get(&filled(path, &value)).await.status();
                assert!(!in_path.is_server_error(), "{path} {value} in the path: {in_path}");
            }
            for path in ["/archive?before=", "/admin/subscribers?since=", "/admin/subscribers?until=", "/admin/settings/audit?before="] {
                let one = admin.get(&format!("{path}{value}")).await.status();
                assert!(!one.is_server_error(), "{path}{value}: {one}");
            }
        }
    }
}
