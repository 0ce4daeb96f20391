//! `backup FILE`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use postrider::db::{DatabaseUrl, Db};
use serde_json::Value;

use super::processes::{Scene, fill, wait_until_sent};
use crate::support::process::{Bench, wait_until};
use crate::support::{Engine, SmtpServer, skip_postgres};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_a_campaign_is_sent_is_whole_and_starts_held() {
    let scene = Scene::set().await;
    scene.smtp.delay(Duration::from_millis(50));
    let serve = scene.bench.serve_ready().await;
    wait_until("mail leaves", async || scene.smtp.count() > 0).await;
    let copy = scene.bench.path().join("monday.db");
    let name = copy.to_str().unwrap();
    let said: Value = serde_json::from_str(&scene.bench.ok(&["backup", name, "--json"])).unwrap();
    assert_eq!(
        (&said["file"], &said["format"], &said["marked"]),
        (&name.into(), &"SQLite".into(), &true.into())
    );
    assert_eq!(said["keep_with_it"], "SECRET_KEY");
    let file = std::fs::metadata(&copy).unwrap();
    assert_eq!((file.permissions().mode() & 0o777, Some(file.len())), (0o600, said["bytes"].as_u64()));
    let again = scene.bench.run(&["backup", name]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("backups are never overwritten"));
    let in_the_copy = sent_in(&copy).await;
    let db = scene.bench.db().await;
    wait_until_sent(&db, scene.campaign).await;
    db.close().await;
    assert!(serve.terminate().1);
    assert_eq!(scene.smtp.count(), 20, "the backup cost nobody a mail");
    let left: Vec<_> =
        std::fs::read_dir(scene.bench.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("partial")), "{left:?}");

    // Back in its place, without the counter's file: it still knows what it is.
    std::fs::remove_file(scene.file("postrider.db.counter")).unwrap();
    std::fs::copy(&copy, scene.file("postrider.db")).unwrap();
    scene.mails_nobody_until_told("was restored from a backup dated", 20 - in_the_copy).await;
    scene.bench.end().await;
}

/// How many mails a whole copy knows of as sent; the rest would be sent.
async fn sent_in(copy: &Path) -> usize {
    let db = Db::connect(&DatabaseUrl::Sqlite(copy.to_owned())).await.unwrap();
    let Db::Sqlite { writer, .. } = &db else { panic!("SQLite") };
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(writer).await.unwrap();
    assert_eq!(whole, "ok");
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM subscribers").fetch_one(writer).await.unwrap();
    assert_eq!(rows, 20);
    let sql = "SELECT COUNT(*) FROM deliveries WHERE status = 'sent'";
    let sent: i64 = sqlx::query_scalar(sql).fetch_one(writer).await.unwrap();
    db.close().await;
    sent as usize
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_cant_be_made_says_why_and_leaves_nothing() {
    let scene = Scene::set().await;
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(scene.bench.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let before = names();
    for (file, code, hint) in [
        ("-", 2, "Choose a file"),
        ("no/such/folder/monday.db", 2, "Choose a file in an existing folder"),
        ("data/postrider.db", 2, "backups are never overwritten"),
        ("data", 2, "backups are never overwritten"),
        ("/proc/monday.db", 2, "can't be written"),
    ] {
        let output = scene.bench.run(&["backup", file]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{file}: {said}");
        assert!(said.contains(hint), "{file}: {said}");
    }
    // Damaged pages, but for the first: what can't be read whole is no backup.
    let path = scene.file("postrider.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let output = scene.bench.run(&["backup", "monday.db"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(), before);
    // No database is made where there is none.
    std::fs::remove_dir_all(scene.bench.path().join("data")).unwrap();
    let output = scene.bench.run(&["backup", "monday.db"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("check DATABASE_URL"));
    assert!(!scene.bench.path().join("data").exists());
    scene.bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresqls_backup_is_pg_dumps() {
    let smtp = SmtpServer::start().await;
    let mut bench = match Bench::new(Engine::Postgres, Some(&smtp), 3).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    let campaign = fill(&bench, 20);
    bench.vars.insert("PATH".into(), bench.path().to_str().unwrap().into());
    let output = bench.run(&["backup", "monday.dump"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("postgresql-client"), "{said}");
    assert!(!bench.path().join("monday.dump").exists());

    bench.vars.insert("PATH".into(), std::env::var("PATH").unwrap());
    let said: Value = serde_json::from_str(&bench.ok(&["backup", "monday.dump", "--json"])).unwrap();
    assert_eq!((&said["format"], &said["marked"]), (&"pg_dump custom".into(), &false.into()));
    let dump = bench.path().join("monday.dump");
    assert_eq!(std::fs::metadata(&dump).unwrap().permissions().mode() & 0o777, 0o600);
    let listed = std::process::Command::new("pg_restore").arg("--list").arg(&dump).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("TABLE DATA") && listed.contains(" deliveries "), "{listed}");

    let serve = bench.serve_ready().await;
    let db = bench.db().await;
    wait_until_sent(&db, campaign).await;
    db.close().await;
    assert!(serve.terminate().1);
    let database = bench.vars["DATABASE_URL"].split('?').next().unwrap().to_owned();
    let restore = std::process::Command::new("pg_restore")
        .args(["--clean", "--if-exists", "--no-owner", "--dbname", &database])
        .arg(&dump)
        .output()
        .unwrap();
    assert!(restore.status.success(), "{}", String::from_utf8_lossy(&restore.stderr));
    let serve = bench.serve_ready().await;
    wait_until("it is held", async || bench.ok(&["campaign", "release"]).contains("Ferry: restored: ")).await;
    let doctor = String::from_utf8(bench.run(&["doctor"]).stdout).unwrap();
    assert!(doctor.contains("older copy"), "{doctor}");
    bench.ok(&["campaign", "release", "--this-is-the-real-one"]);
    bench.ok(&["campaign", "cancel", &campaign.to_string()]);
    let doctor = String::from_utf8(bench.run(&["doctor"]).stdout).unwrap();
    assert!(!doctor.contains("looks like a copy") && !doctor.contains("older copy"), "{doctor}");
    assert!(serve.terminate().1);
    assert_eq!(smtp.count(), 20);
    bench.end().await;
}
