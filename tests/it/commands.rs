//! The commands as an operator types them.

use std::time::Duration;

use crate::support::process::{Bench, wait_until, wait_while_it_moves};
use crate::support::{Answer, Engine, SmtpServer, skip_postgres};

/// Runs a story on both engines, one after the other.
async fn on_both(story: impl AsyncFn(Bench)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        match Bench::new(engine, None, 4).await {
            Ok(bench) => story(bench).await,
            Err(missing) => skip_postgres(&missing),
        }
    }
}

/// Runs a command that must be refused as wrong usage; returns what it says.
fn refused(bench: &Bench, args: &[&str]) -> String {
    let output = bench.run(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(output.stdout.is_empty(), "{args:?} says its refusal on standard error");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_wrong_is_exit_2_and_says_what_to_do() {
    on_both(async |bench| {
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        assert!(
            bench.ok(&["list", "add", "all", "--name", "Other"]).contains("already exists: All articles")
        );
        for (args, hint) in [
            (vec!["list", "add", "All Articles", "--name", "x"], "world-news"),
            (vec!["list", "add", "x", "--name", " "], "For example"),
            (vec!["publication", "set", "--time-zone", "Mars/Base"], "Europe/London"),
            (vec!["publication", "set", "--url", "harbour"], "https://harbour.example"),
            (vec!["publication", "set", "--name", ""], "needs a name"),
            (vec!["feed", "add", "harbour.example/feed", "--list", "all"], "https://news.example/feed/"),
            (
                vec!["feed", "add", "https://harbour.example/feed/", "--list", "none"],
                "postrider list add none",
            ),
            (
                vec!["feed", "add", "https://x.example/", "--list", "all", "--grace-mins", "-1"],
                "--grace-mins",
            ),
            (vec!["feed", "add", "https://x.example/", "--list", "all", "--mode", "later"], "--mode"),
            (vec!["feed", "poll", "https://nobody.example/feed/"], "postrider feed add"),
            (vec!["send", "--list", "all", "--subject", "x", "--html", "/no/such/file"], "can't be read"),
            (vec!["import", "/no/such/file", "--list", "all"], "can't be read"),
            (vec!["export", "--list", "none"], "postrider list add none"),
            (vec!["frobnicate"], "Usage"),
        ] {
            let said = refused(&bench, &args);
            assert!(said.contains(hint), "{args:?} says: {said}");
        }
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_configuration_is_exit_2_with_every_problem_at_once() {
    let mut bench = Bench::new(Engine::Sqlite, None, 4).await.unwrap();
    bench.vars.insert("SMTP_URL".into(), "relay".into());
    bench.vars.insert("LOG_FORMAT".into(), "xml".into());
    let said = refused(&bench, &["migrate"]);
    assert!(said.contains("SMTP_URL") && said.contains("LOG_FORMAT"), "{said}");
    bench.vars.remove("SMTP_URL");
    bench.vars.remove("LOG_FORMAT");
    bench.vars.insert("BASE_URL".into(), "https://news.example".into());
    assert!(refused(&bench, &["serve"]).contains("CAPTURE_MAIL=true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_readers_comes_in_and_goes_out_again() {
    on_both(async |bench| {
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let file = bench.path().join("readers.csv");
        let file = file.to_str().unwrap();
        std::fs::write(
            file,
            "\u{feff}Name,EMAIL,extra\n\"Carvalho, Ines\",Ines@Example.org,1\n=cmd|x,tobe@bücher.example,2\n,no-address,3\n,\"'+owen@example.org\",\n",
        )
        .unwrap();
        let output = bench.run(&["import", file, "--list", "all", "--json"]);
        assert_eq!(output.status.code(), Some(1), "one line was refused");
        assert!(String::from_utf8_lossy(&output.stderr).contains("line 4: That address has no @"));
        let tally: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for (name, rows) in [("added", 3), ("changed", 0), ("left_alone", 0), ("refused", 1)] {
            assert_eq!(tally[name], rows, "{tally}");
        }

        let csv = bench.ok(&["export", "--list", "all"]);
        let lines: Vec<String> =
            csv.lines().map(|line| line.rsplitn(12, ',').last().unwrap().to_owned()).collect();
        assert_eq!(
            lines,
            [
                "email,name,status,cadence",
                "Ines@example.org,\"Carvalho, Ines\",active,each",
                "tobe@xn--bcher-kva.example,'=cmd|x,active,each",
                "'+owen@example.org,,active,each",
            ]
        );

        // The log says who took them out.
        let db = bench.db().await;
        let mut tx = db.read().await.unwrap();
        let list = postrider::db::lists::by_slug(&mut tx, "all").await.unwrap().unwrap();
        let log = postrider::db::audit::of_subject(&mut tx, "list", list.id, 10).await.unwrap();
        let entries = log.iter().filter(|entry| entry.action == "exported" && entry.user_email == "command line");
        assert_eq!(entries.count(), 1);
        drop(tx);
        db.close().await;

        // What export wrote, import takes back, and nobody is there twice.
        std::fs::write(file, csv).unwrap();
        let again = bench.ok(&["import", file, "--list", "all", "--json"]);
        assert!(again.contains("\"added\":0"), "{again}");

        std::fs::write(file, "town,street\nHallerud,Quay Street\n").unwrap();
        let said = refused(&bench, &["import", file, "--list", "all"]);
        assert!(said.contains("No column with email addresses was found"), "{said}");
        std::fs::write(file, b"email\n\xff\xfe@example.org\n").unwrap();
        assert_eq!(bench.run(&["import", file, "--list", "all"]).status.code(), Some(1));
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lists_schedule_is_set_and_what_is_wrong_with_it_is_said_by_its_option() {
    on_both(async |bench| {
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let set = [
            "list",
            "set",
            "all",
            "--cadences",
            "daily,each",
            "--default-cadence",
            "daily",
            "--digest-hour",
            "6",
        ];
        let said = bench.ok(&[&set[..], &["--quiet", "22-5", "--daily-cap", "3", "--json"]].concat());
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["schedule"]["offered"], serde_json::json!(["each", "daily"]), "{said}");
        assert_eq!(said["schedule"]["quiet"], serde_json::json!({ "from": 22, "to": 5 }), "{said}");
        assert!(said["next"]["daily"].as_str().unwrap().ends_with("T06:00:00+00:00"), "{said}");
        // What isn't given stays.
        assert!(bench.ok(&["list", "set", "all", "--quiet", ""]).contains("06:00"));
        let again: serde_json::Value =
            serde_json::from_str(&bench.ok(&["list", "set", "all", "--json"])).unwrap();
        assert_eq!(
            (&again["schedule"]["daily_cap"], &again["schedule"]["quiet"]),
            (&serde_json::json!(3), &serde_json::Value::Null)
        );
        for (option, value) in [
            ("--cadences", "hourly"),
            ("--default-cadence", "monthly"),
            ("--digest-hour", "24"),
            ("--quiet", "22-22"),
            ("--order", "random"),
            ("--subject", "{{ nothing }}"),
        ] {
            assert!(refused(&bench, &["list", "set", "all", option, value]).contains(option), "{option}");
        }
        assert!(refused(&bench, &["list", "set", "none"]).contains("postrider list add none"));
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_moves_by_two_commands_and_a_kill_leaves_nothing_of_it() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (from, to) = match (Bench::new(engine, None, 4).await, Bench::new(engine, None, 4).await) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(missing), _) | (_, Err(missing)) => return skip_postgres(&missing),
        };
        from.ok(&["list", "add", "all", "--name", "All articles"]);
        let file = from.path().join("readers.csv").display().to_string();
        let readers: String = (0..20_000).map(|n| format!("reader{n}@example.org,Ines,active\n")).collect();
        std::fs::write(&file, format!("email,name,status\n{readers}")).unwrap();
        from.ok(&["import", &file, "--list", "all"]);
        let all = from.path().join("all.zip").display().to_string();
        let said: serde_json::Value =
            serde_json::from_str(&from.ok(&["export", "--all", &all, "--json"])).unwrap();
        assert_eq!(said["rows"]["tables/subscribers.csv"], 20_000, "{said}");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&all).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "no other user reads it");
        assert!(refused(&from, &["export", "--all", &all]).contains("already exists"));
        assert!(refused(&from, &["import", &all, "--list", "all"]).contains("import --all"));
        assert!(refused(&from, &["import", &file, "--all"]).contains("not a full export"));
        assert_eq!(from.run(&["import", "--all", &all]).status.code(), Some(1), "it is not empty");
        to.ok(&["migrate"]);
        for wait in [100, 300, 600] {
            let mut importing = to.spawn(&["import", "--all", &all]);
            tokio::time::sleep(Duration::from_millis(wait)).await;
            importing.kill().unwrap();
            if importing.wait().unwrap().success() {
                panic!("it took less than {wait} ms: the test needs more readers");
            }
            let db = to.db().await;
            let mut tx = db.read().await.unwrap();
            assert!(postrider::db::tables::is_empty(&mut tx).await.unwrap(), "after {wait} ms");
            drop(tx);
            db.close().await;
        }
        let said = to.ok(&["import", "--all", &all]);
        assert!(said.contains("Imported 20,000 subscribers and 20,000 subscriptions."), "{said}");
        assert_eq!(to.ok(&["export", "--list", "all"]), from.ok(&["export", "--list", "all"]));
        to.end().await;
        from.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_takes_up_what_commands_leave_and_ends_within_ten_seconds() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let smtp = SmtpServer::start().await;
        let bench = match Bench::new(engine, Some(&smtp), 2).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                continue;
            }
        };
        let serve = bench.serve_ready().await;
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let readers = bench.path().join("readers.csv");
        let lines: String = (0..400).map(|n| format!("reader{n}@example.org\n")).collect();
        std::fs::write(&readers, format!("email\n{lines}")).unwrap();
        bench.ok(&["import", readers.to_str().unwrap(), "--list", "all"]);
        let mail = bench.path().join("mail.html");
        std::fs::write(&mail, "<p>The ferry sails again.</p>").unwrap();
        let mail = mail.to_str().unwrap();
        bench.ok(&[
            "send",
            "--list",
            "all",
            "--subject",
            "Ferry",
            "--html",
            mail,
            "--test",
            "me@example.net",
        ]);
        wait_until("the test arrives", async || smtp.count() == 1).await;
        assert_eq!(smtp.take()[0].to, "me@example.net");

        // Told to stop in the middle: what is on the wire is finished, nobody is missed or mailed twice.
        smtp.delay(Duration::from_millis(20));
        bench.ok(&["send", "--list", "all", "--subject", "Ferry", "--html", mail]);
        wait_until("the campaign has begun", async || smtp.count() > 20).await;
        let (took, well) = serve.terminate();
        assert!(well && took < Duration::from_secs(10), "{took:?}");
        assert!(smtp.count() < 400, "it was stopped in the middle");
        smtp.delay(Duration::ZERO);
        let serve = bench.serve_ready().await;
        wait_while_it_moves("the campaign is through", async || (smtp.count() >= 400, smtp.count())).await;
        assert!(serve.terminate().1);
        let mut to: Vec<String> = smtp.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to.len(), 400, "nobody is mailed twice");
        to.sort();
        to.dedup();
        assert_eq!(to.len(), 400, "nobody is missed");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_never_share_one_file() {
    let bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    let first = bench.serve_ready().await;
    let mut second = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    second.vars.insert("DATABASE_URL".into(), bench.vars["DATABASE_URL"].clone());
    let output = second.run(&["serve"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("another Postrider is already serving"));
    assert!(first.terminate().1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_configuration_mail_is_captured_and_shown_on_this_machine() {
    let bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    let serve = bench.serve_ready().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = [("email", "ines@example.org")];
    assert!(
        http.post(format!("{}/subscribe", bench.url)).form(&form).send().await.unwrap().status().is_success()
    );
    wait_until("the mail is shown", async || {
        let page = http.get(format!("{}/mailbox", bench.url)).send().await.unwrap().text().await.unwrap();
        page.contains("ines@example.org") && page.contains("Confirm your subscription")
    })
    .await;
    let forwarded = http.get(format!("{}/mailbox", bench.url)).header("X-Forwarded-For", "203.0.113.9");
    assert_eq!(forwarded.send().await.unwrap().status(), 404);
    assert!(serve.terminate().1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_names_what_is_missing_and_fails_where_nothing_can_work() {
    on_both(async |mut bench| {
        let said = bench.ok(&["doctor"]);
        for hint in ["--postal-address", "list add", "SMTP_URL"] {
            assert!(said.contains(hint), "{hint}: {said}");
        }
        bench.vars.insert("SMTP_URL".into(), "smtp://127.0.0.1:1".into());
        bench.vars.insert("MAIL_FROM".into(), "Harbour News <news@harbour.example>".into());
        let output = bench.run(&["doctor", "--json"]);
        assert_eq!(output.status.code(), Some(1));
        let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(findings.as_array().unwrap().iter().any(|f| f["about"] == "SMTP" && f["grade"] == "bad"));
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shows_the_whole_job_and_leaves_nothing_behind() {
    let mut bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    let temporary = bench.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    bench.vars.insert("TMPDIR".into(), temporary.display().to_string());
    let said = bench.ok(&["demo", "--exit"]);
    assert!(said.contains("202 sent") && said.contains("201 sent"), "{said}");
    assert!(said.contains("because he had unsubscribed."));
    assert!(!bench.path().join("data").exists(), "serve's folder is untouched");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "its own folder is gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_is_watched_paused_resumed_and_sent_to_the_rest_from_the_command_line() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let smtp = SmtpServer::start().await;
        let bench = match Bench::new(engine, Some(&smtp), 2).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                continue;
            }
        };
        bench.ok(&["publication", "set", "--uncertain", "leave"]);
        assert!(bench.ok(&["publication", "set", "--json"]).contains("\"uncertain\":\"leave\""));
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let readers = bench.path().join("readers.csv");
        std::fs::write(&readers, "email\nines@example.org\n+owen@example.org\nmarta@example.org\n").unwrap();
        bench.ok(&["import", readers.to_str().unwrap(), "--list", "all"]);
        let mail = bench.path().join("mail.html");
        std::fs::write(&mail, "<p>The ferry sails again.</p>").unwrap();
        let mail = mail.to_str().unwrap();
        let sent = bench.ok(&["send", "--list", "all", "--subject", "Ferry", "--html", mail, "--json"]);
        let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
        let id = sent["campaign"].as_str().unwrap();
        let show = |bench: &Bench| -> serde_json::Value {
            serde_json::from_str(&bench.ok(&["campaign", "show", id, "--json"])).unwrap()
        };

        // It has not begun: it can't be paused, and nobody has missed it.
        let output = bench.run(&["campaign", "pause", id]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("Cancel it, or change its send time"));
        assert_eq!(bench.run(&["campaign", "missed", id]).status.code(), Some(1));

        smtp.at_rcpt(|to| match to {
            "marta@example.org" => Answer::Reply("552 5.2.2 =mailbox full"),
            _ => Answer::Usual,
        });
        smtp.at_message(|mail| match mail.to.as_str() {
            "+owen@example.org" => Answer::TakeAndHangUp,
            _ => Answer::Usual,
        });
        let serve = bench.serve_ready().await;
        wait_until("the campaign is through", async || show(&bench)["status"] == "sent").await;
        let counts = serde_json::json!({ "failed": 1, "sent": 1, "uncertain": 1 });
        assert_eq!((&show(&bench)["deliveries"], &show(&bench)["open"]), (&counts, &serde_json::json!(0)));
        let said = bench.ok(&["campaign", "show", id]);
        assert!(said.contains("not counted as sent; won't be sent again automatically"), "{said}");
        let slug = show(&bench)["slug"].as_str().unwrap().to_owned();
        assert!(bench.ok(&["campaign", "list"]).contains(id));
        assert!(bench.ok(&["campaign", "list", "--status", "sent", "--json"]).contains(&slug));
        assert!(bench.ok(&["campaign", "list", "--status", "paused"]).is_empty());

        let csv = bench.ok(&["campaign", "deliveries", &slug, "--status", "uncertain"]);
        assert_eq!(csv.lines().count(), 2, "{csv}");
        assert!(csv.lines().nth(1).unwrap().starts_with("'+owen@example.org,uncertain,"), "{csv}");
        let lines = bench.ok(&["campaign", "deliveries", id, "--json"]);
        assert_eq!(lines.lines().filter(|line| line.contains("552 5.2.2")).count(), 1, "{lines}");

        let output = bench.run(&["campaign", "missed", id]);
        let (csv, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(csv.lines().count() == 2 && csv.contains("marta@example.org,failed,"), "{csv}");
        assert!(
            said.contains("1 reader missed “Ferry”.") && said.contains("1 more may have received it"),
            "{said}"
        );
        smtp.at_rcpt(|_| Answer::Usual);
        smtp.at_message(|_| Answer::Usual);
        smtp.take();
        let done = bench.ok(&["campaign", "missed", id, "--send", "--include-uncertain", "--json"]);
        assert!(done.contains("\"enqueued\":2"), "{done}");
        wait_until("the rest has it", async || show(&bench)["status"] == "sent").await;
        let mut to: Vec<String> = smtp.take().into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, ["+owen@example.org", "marta@example.org"]);
        assert!(bench.ok(&["campaign", "missed", id, "--send"]).contains("Nobody missed"));
        assert!(bench.run(&["campaign", "cancel", id]).status.code() == Some(1), "what is sent is sent");

        // Paused with a reason, shown with it, resumed.
        smtp.at_rcpt(|_| Answer::Reply("451 4.3.0 not now"));
        let sent = bench.ok(&["send", "--list", "all", "--subject", "Ferry two", "--html", mail, "--json"]);
        let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
        let second = sent["campaign"].as_str().unwrap();
        wait_until("it has begun", async || {
            bench.ok(&["campaign", "show", second, "--json"]).contains("\"deferred\": 3")
        })
        .await;
        let paused = bench.ok(&["campaign", "pause", second, "--reason", "a wrong link"]);
        assert!(paused.contains("is paused."), "{paused}");
        assert!(bench.ok(&["campaign", "pause", second]).contains("already"));
        assert!(bench.ok(&["campaign", "show", second]).contains("paused: a wrong link"));
        assert!(bench.ok(&["campaign", "resume", second, "--json"]).contains("\"status\":\"sending\""));
        assert!(bench.ok(&["campaign", "cancel", second]).contains("is cancelled."));
        assert!(refused(&bench, &["campaign", "show", "nothing"]).contains("postrider campaign list"));
        assert!(serve.terminate().1);
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_are_added_once_and_doctor_misses_an_admin() {
    on_both(async |bench| {
        let hint = "postrider user add EMAIL --role admin";
        assert!(bench.ok(&["doctor"]).contains(hint));
        assert!(bench.ok(&["user", "add", "Ada@Example.org", "--role", "admin"]).contains("added: admin"));
        let again = bench.ok(&["user", "add", "ada@example.org", "--role", "editor", "--json"]);
        assert!(again.contains("\"added\":false") && again.contains("\"role\":\"admin\""), "{again}");
        assert!(!bench.ok(&["doctor"]).contains(hint));
        assert_eq!(bench.ok(&["user", "list"]), "admin   Ada@example.org\n");
        refused(&bench, &["user", "add", "ada", "--role", "admin"]);
        refused(&bench, &["user", "add", "ada@example.org", "--role", "owner"]);
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_shows_the_way_to_the_setup_as_long_as_nobody_works_here() {
    on_both(async |bench| {
        let said = bench.said_by_serve().await;
        assert!(said.contains("/admin/setup?token="), "{said}");
        bench.ok(&["user", "add", "marta@harbour.example", "--role", "admin"]);
        let said = bench.said_by_serve().await;
        assert!(said.contains("  Desk ") && !said.contains("token="), "{said}");
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_command_changes_is_in_the_audit_log_as_the_command_lines() {
    on_both(async |bench| {
        bench.ok(&["publication", "set", "--name", "Harbour News"]);
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        bench.ok(&["user", "add", "ada@example.org", "--role", "editor"]);
        bench.ok(&["domain", "set", "mail.example", "--per-minute", "30"]);
        bench.ok(&["domain", "clear", "mail.example"]);
        let db = bench.db().await;
        let log =
            postrider::db::audit::page(&mut db.read().await.unwrap(), uuid::Uuid::max(), 50).await.unwrap();
        db.close().await;
        let mut told: Vec<String> = log
            .iter()
            .map(|entry| format!("{} {} {}", entry.user_email, entry.action, entry.subject_kind))
            .collect();
        told.sort();
        let expected = [
            "command line added list",
            "command line added user",
            "command line limited domain",
            "command line limited domain",
            "command line settings changed publication",
        ];
        assert_eq!(told, expected);
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_is_exit_1_and_what_was_typed_wrong_2() {
    on_both(async |bench| {
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let nowhere = format!("http://127.0.0.1:{}/feed/", crate::support::process::free_port());
        let output = bench.run(&["feed", "add", &nowhere, "--list", "all"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("can’t be read"), "{said}");
        let said = refused(&bench, &["publication", "set", "--logo-url", "http://harbour.example/logo.png"]);
        assert!(said.contains("--logo-url: Use an https address"), "{said}");
        bench.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_is_sent_to_a_segment_by_its_name() {
    use postrider::domain::segment::{Combine, Condition, Group, Segment, Test};
    on_both(async |bench| {
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let mail = bench.path().join("mail.html");
        std::fs::write(&mail, "<p>The ferry sails again.</p>").unwrap();
        let send = |segment| {
            let mut args =
                vec!["send", "--list", "all", "--subject", "Ferry", "--html", mail.to_str().unwrap()];
            args.extend(["--segment", segment]);
            args
        };
        assert!(refused(&bench, &send("Founders")).contains("there are no saved segments"));
        let test = Test::Tag { tag: "founder".to_owned() };
        let group = Group { combine: Combine::All, conditions: vec![Condition { not: false, test }] };
        let segment = Segment::new(Combine::All, vec![group]);
        let db = bench.db().await;
        let mut tx = db.write().await.unwrap();
        let now = crate::support::start_of_test();
        postrider::db::segments::add(&mut tx, "Founders", &segment, now).await.unwrap();
        tx.commit().await.unwrap();
        let said = bench.ok(&send("founders"));
        assert!(said.contains("It will be sent to All articles, segment Founders now."), "{said}");
        assert!(refused(&bench, &send("Strangers")).contains("saved segments are: Founders"));
        let mut tx = db.read().await.unwrap();
        let campaign = postrider::db::campaigns::newest(&mut tx, "Ferry").await.unwrap().unwrap();
        assert_eq!(Segment::parse(&campaign.segment_json.unwrap()).unwrap(), segment);
        drop(tx);
        db.close().await;
        bench.end().await;
    })
    .await;
}
