//! What every page has in common, the archive, and the mailbox.

use postrider::actions::manage;
use postrider::db::subscribers;
use postrider::domain::links::Link;
use postrider::web::routes::lines;
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use crate::on_both_engines;
use crate::sign_up::{address, join, link_in, subscribe, the_one_mail};
use crate::support::{Engine, TestApp};

/// Every path that is not the desk's.
pub fn route_table() -> Vec<String> {
    let public = lines().into_iter().filter(|line| line.method == "GET" && !line.access.is_for_the_desk());
    public.map(|line| line.path.to_owned()).collect()
}

/// Every row of every table that holds what people have, as one text.
pub async fn everything(app: &TestApp) -> String {
    let mut all = String::new();
    for table in [
        "subscribers",
        "subscriptions",
        "consents",
        "confirmations",
        "confirmation_lists",
        "suppressions",
        "notices",
        "sign_up_requests",
        "lists",
        "publication",
        "campaigns",
        "deliveries",
    ] {
        let rows: Vec<String> = match &app.app.db {
            postrider::db::Db::Sqlite { readers, .. } => {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns: Vec<String> =
                    sqlx::query_scalar(sqlx::AssertSqlSafe(columns)).fetch_all(readers).await.unwrap();
                let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
                let sql = format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || ' ' || "));
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(readers).await.unwrap()
            }
            postrider::db::Db::Postgres(pool) => {
                let sql = format!("SELECT t::text FROM {table} t ORDER BY 1");
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap()
            }
        };
        all.push_str(&format!("{table}: {rows:#?}\n"));
    }
    all
}

/// The token that is mailed for a while.
pub async fn fresh(app: &TestApp, subscriber: Uuid) -> String {
    let reader =
        subscribers::by_id(&mut app.app.db.read().await.unwrap(), subscriber).await.unwrap().unwrap();
    manage::link(&app.app, &reader, app.clock.now())
}

pub async fn new_address(app: &TestApp, subscriber: Uuid) -> String {
    let reader =
        subscribers::by_id(&mut app.app.db.read().await.unwrap(), subscriber).await.unwrap().unwrap();
    manage::new_address_link(&app.app, &reader, &address("new@example.org"), app.clock.now()).unwrap()
}

on_both_engines! {
    async fn looking_at_any_page_changes_nothing_and_needs_no_sign_in(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        subscribe(app, "email=tobe%40example.org&list=world").await;
        let confirm = link_in(&the_one_mail(app).await, "/confirm/");
        let ids = async |email: &str| {
            let mut tx = app.app.db.read().await.unwrap();
            subscribers::by_email(&mut tx, &address(email)).await.unwrap().unwrap().id
        };
        let subscriber = ids("ines@example.org").await;
        let before = everything(app).await;
        let paths = route_table();
        assert!(paths.len() >= 16, "{paths:?}");
        for path in &paths {
            let token = |link| app.app.keyring.token(link);
            let filled = match path.as_str() {
                "/confirm/{token}" => confirm.strip_prefix(&app.url).unwrap().to_owned(),
                "/unsubscribe/{token}" => path.replace("{token}", &token(Link::Unsubscribe { subscriber, list: world })),
                "/websub/{id}" => path.replace("{id}", "0123"),
                "/preferences/{token}" | "/preferences/{token}/missed" => path.replace("{token}", &token(Link::Preferences { subscriber })),
                "/preferences/{token}/export" | "/preferences/{token}/erase" => path.replace("{token}", &fresh(app, subscriber).await),
                "/address/{token}" => path.replace("{token}", &new_address(app, subscriber).await),
                "/keep/{token}" => path.replace("{token}", &token(Link::Keep { request: Uuid::nil(), subscriber })),
                "/icon-{hash}.svg" => "/icon-0123456789abcdef.svg".to_owned(),
                "/block/{token}" => path.replace("{token}", &token(Link::Block { subscriber })),
                "/brand-{hash}.css" => "/brand-0123456789abcdef.css".to_owned(),
                "/embed/{list}" => "/embed/world".to_owned(),
                "/embed/{list}.json" => "/embed/world.json".to_owned(),
                "/assets/{name}" => "/assets/postrider.css".to_owned(),
                other => other.to_owned(),
            };
            let there = !path.starts_with("/mailbox") && !path.starts_with("/websub") && !path.contains("{slug}") && path != "/subscribe"
                // A publication without a name has no icon of its own, and nobody is asked.
                && !path.starts_with("/icon-") && path != "/favicon.ico" && !path.starts_with("/keep/");
            let odd = ["OPTIONS", "PROPFIND", "TRACE", "PUT", "DELETE", "PATCH", "BREW"];
            let odd = odd.map(|name| Method::from_bytes(name.as_bytes()).unwrap());
            for method in [Method::GET, Method::HEAD].into_iter().chain(odd) {
                let request = app.http.request(method.clone(), format!("{}{filled}", app.url));
                let answer = request.header("origin", "https://elsewhere.example").send().await.unwrap();
                let looks = method == Method::GET || method == Method::HEAD;
                if there && looks {
                    assert_eq!(answer.status(), StatusCode::OK, "{method} {path}");
                }
                let is_for_all = path == "/subscribe" || path.starts_with("/embed.") || path.starts_with("/embed/");
                if path == "/subscribe" && method == Method::OPTIONS {
                    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
                } else if !looks {
                    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                }
                let headers = answer.headers();
                assert!(!headers["content-security-policy"].to_str().unwrap().contains("unsafe-inline"), "{path}");
                assert_eq!(headers["x-content-type-options"], "nosniff");
                // No other site's scripts may read an answer of ours, but for what the box reads; and that says who
                // asks to nobody.
                let is_read = headers.keys().any(|name| name.as_str().starts_with("access-control-"));
                assert_eq!(is_read, is_for_all, "{path}");
                assert!(!headers.contains_key("access-control-allow-credentials"), "{path}");
                let body = answer.text().await.unwrap();
                assert!(method != Method::HEAD || body.is_empty());
                assert!(!body.contains("<script") && !body.contains(" style="), "{path}");
            }
        }
        assert_eq!(everything(app).await, before);
    }

    async fn what_is_refused_has_words_for_people_and_for_programs(app: TestApp) {
        let missing = format!("{}/none", app.url);
        let page = app.http.get(&missing).header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert!(page.text().await.unwrap().contains("Page not found"));
        let problem = app.http.get(&missing).header("accept", "application/json").send().await.unwrap();
        assert_eq!(problem.headers()["content-type"], "application/problem+json");
        let wrong = app.http.delete(format!("{}/archive", app.url)).send().await.unwrap();
        assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert!(wrong.text().await.unwrap().contains("doesn’t allow that request method"));
        for token in ["x", "..%2f..%2fetc%2fpasswd"] {
            let page = app.http.get(format!("{}/preferences/{token}", app.url)).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::NOT_FOUND, "{token}");
        }
    }

    async fn a_style_sheet_is_kept_for_ever_under_the_name_of_its_content(app: TestApp) {
        let page = app.http.get(&app.url).send().await.unwrap().text().await.unwrap();
        let at = page.find("/assets/").unwrap();
        let path = page[at..].split('"').next().unwrap();
        let css = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
        assert_eq!(css.headers()["content-type"], "text/css");
        assert!(css.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let other = path.replace(|c: char| c.is_ascii_digit(), "0");
        let stale = app.http.get(format!("{}{other}", app.url)).send().await.unwrap();
        assert_eq!(stale.headers()["cache-control"], "no-cache", "a hash of another build is not kept");
    }

    async fn the_archive_shows_what_has_begun_to_leave_and_nothing_else(app: TestApp) {
        let world = app.list("world", "World").await;
        for n in 0..32 {
            // The last one is scheduled: nobody may read it yet.
            let (status, begun) = if n == 31 { ("scheduled", None) } else { ("sent", Some(app.clock.now())) };
            let title = format!("Issue {n} <b>&\u{1}");
            let sql = "INSERT INTO campaigns (id, list_id, slug, status, subject, mail_html, created_at, started_at,
                           number)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
            macro_rules! insert {
                ($pool:expr) => {
                    sqlx::query(sql).bind(uuid::Uuid::now_v7()).bind(world).bind(format!("issue-{n}")).bind(status)
                        .bind(&title).bind("<p>Hello<script>1</script>").bind(app.clock.now()).bind(begun).bind(n + 1)
                        .execute($pool).await.map(|_| ()).unwrap()
                };
            }
            match &app.app.db {
                postrider::db::Db::Sqlite { writer, .. } => insert!(writer),
                postrider::db::Db::Postgres(pool) => insert!(pool),
            }
        }
        let get = async |path: &str| app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
        let first = get("/archive").await.text().await.unwrap();
        assert!(first.contains("Issue 30 &#60;b&#62;&#38;") && !first.contains("Issue 31") && !first.contains("issue-0\""), "{first}");
        let older = first.split("href=\"").find(|part| part.starts_with("/archive?before=")).unwrap();
        let second = get(older.split('"').next().unwrap()).await.text().await.unwrap();
        assert!(second.contains("/archive/issue-0") && !second.contains("/archive/issue-1\"") && !second.contains("before="));

        // The mail itself, at its own URL: in a frame its links would lead nowhere.
        let mail = get("/archive/issue-7").await;
        assert_eq!(
            mail.headers()["content-security-policy"],
            "sandbox allow-forms; default-src 'none'; img-src https: data: 'self'; style-src 'unsafe-inline'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        );
        assert_eq!(mail.text().await.unwrap(), "<p>Hello<script>1</script>");
        for path in ["/archive/issue-31", "/archive/issue-7/mail", "/archive/none"] {
            assert_eq!(get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let feed = get("/archive/feed.xml").await;
        assert!(feed.headers()["content-type"].to_str().unwrap().starts_with("application/atom+xml"));
        let feed = feed_rs::parser::parse(feed.text().await.unwrap().as_bytes()).unwrap();
        assert_eq!(feed.entries.len(), 30);
        assert_eq!(feed.entries[0].title.as_ref().unwrap().content, "Issue 30 <b>&");
    }

    async fn the_archive_is_empty_before_anything_was_sent(app: TestApp) {
        let page = app.http.get(format!("{}/archive", app.url)).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("No issues yet"));
        let feed = app.http.get(format!("{}/archive/feed.xml", app.url)).send().await.unwrap().text().await.unwrap();
        assert_eq!(feed_rs::parser::parse(feed.as_bytes()).unwrap().entries.len(), 0);
        assert_eq!(app.http.get(format!("{}/archive?before=x", app.url)).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_said_and_nothing_of_it_is_shown() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    app.app.db.close().await;
    let get = |path: &str| app.http.get(format!("{}{path}", app.url));
    let ready = get("/readyz").send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.text().await.unwrap(), "the database is not responding\n");
    assert_eq!(get("/healthz").send().await.unwrap().status(), StatusCode::OK);
    for (accept, kind) in
        [("text/html", "text/plain; charset=utf-8"), ("application/json", "application/problem+json")]
    {
        for path in ["/", "/archive", "/subscribed"] {
            let page = get(path).header("accept", accept).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(page.headers()["content-type"], kind);
            let body = page.text().await.unwrap();
            assert!(body.contains("Something went wrong on our side"), "{body}");
            assert!(!body.to_lowercase().contains("pool") && !body.contains("sqlx"), "{body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn captured_mail_is_shown_at_this_machine_and_to_nobody_else() {
    let app = TestApp::start_with(Engine::Sqlite, &[("CAPTURE_MAIL", "true")]).await.unwrap();
    let outbox = app.app.config.data_dir.join("outbox");
    std::fs::create_dir_all(&outbox).unwrap();
    std::fs::write(app.app.config.data_dir.join("secret.eml"), "Subject: not in the outbox\r\n\r\nx")
        .unwrap();
    let mail = "From: Harbour News <news@harbour.example>\r\nTo: ines@example.org\r\nSubject: Confirm\r\n\
                Content-Type: text/html; charset=utf-8\r\n\r\n<script>1</script><p>Hello, Ines</p>";
    std::fs::write(outbox.join("0192.eml"), mail).unwrap();
    let get = |path: &str| app.http.get(format!("{}{path}", app.url));

    let list = get("/mailbox").send().await.unwrap();
    assert_eq!(list.status(), StatusCode::OK);
    assert!(list.text().await.unwrap().contains("/mailbox/0192"));
    assert!(get("/mailbox/0192").send().await.unwrap().text().await.unwrap().contains("ines@example.org"));
    let html = get("/mailbox/0192/html").send().await.unwrap();
    assert!(
        html.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("sandbox; default-src 'none'")
    );
    assert!(get("/mailbox/0192/source").send().await.unwrap().text().await.unwrap().starts_with("From:"));
    assert_eq!(get("/mailbox/..%2fsecret").send().await.unwrap().status(), StatusCode::NOT_FOUND);

    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "localhost"),
        ("forwarded", "for=127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
        ("host", "news.example"),
    ] {
        for path in ["/mailbox", "/mailbox/0192", "/mailbox/0192/html"] {
            let answer = get(path).header(name, value).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}: {value}, {path}");
        }
    }
    app.end().await;

    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let answer = app.http.get(format!("{}/mailbox", app.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "nothing is captured");
    app.end().await;
}
