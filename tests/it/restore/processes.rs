//! The real binary, and files that an operator copies.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr as _;
use std::time::Duration;

use postrider::db::{Db, campaigns};
use postrider::domain::campaign::CampaignStatus;
use serde_json::Value;
use uuid::Uuid;

use super::Copy;
use crate::support::process::{Bench, wait_until};
use crate::support::{Engine, SmtpServer, skip_postgres};

/// A SQLite file with twenty readers and a campaign that is due.
pub struct Scene {
    pub smtp: SmtpServer,
    pub bench: Bench,
    pub campaign: Uuid,
}

impl Scene {
    pub async fn set() -> Scene {
        let smtp = SmtpServer::start().await;
        let bench = Bench::new(Engine::Sqlite, Some(&smtp), 3).await.unwrap();
        let campaign = fill(&bench, 20);
        Scene { smtp, bench, campaign }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.bench.path().join("data").join(name)
    }

    async fn send(&self) {
        let serve = self.bench.serve_ready().await;
        let db = self.bench.db().await;
        wait_until_sent(&db, self.campaign).await;
        db.close().await;
        assert!(serve.terminate().1);
    }

    /// Starts it on what was copied back, and looks that it mails no reader, says why, and does what an admin
    /// decides.
    pub async fn mails_nobody_until_told(&self, why: &str, then: usize) {
        self.smtp.take();
        let serve = self.bench.serve_ready().await;
        let db = self.bench.db().await;
        wait_until("it is held", async || held(&db, self.campaign).await.is_some()).await;
        let doctor = self.bench.run(&["doctor"]);
        assert_eq!(doctor.status.code(), Some(1));
        let said = String::from_utf8(doctor.stdout).unwrap();
        assert!(said.contains("BAD   instance: this database") && said.contains(why), "{said}");
        let listed = self.bench.run(&["campaign", "release"]);
        let (out, err) =
            (String::from_utf8(listed.stdout).unwrap(), String::from_utf8(listed.stderr).unwrap());
        assert!(out.contains("Ferry: restored: This database") && out.contains(why), "{out}");
        assert!(err.contains("campaign release --this-is-the-real-one"), "{err}");
        assert!(!self.bench.run(&["campaign", "release", "--all"]).status.success());
        self.bench.ok(&["campaign", "release", "--this-is-the-real-one"]);
        assert_eq!(self.smtp.count(), 0);
        self.bench.ok(&["campaign", "release", &self.campaign.to_string()]);
        wait_until_sent(&db, self.campaign).await;
        assert_eq!(self.smtp.count(), then, "an admin wanted it");
        db.close().await;
        assert!(serve.terminate().1);
    }
}

/// On PostgreSQL the database may go back while workers run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_restored_under_a_running_worker_mails_nobody_again() {
    let smtp = SmtpServer::start().await;
    let bench = match Bench::new(Engine::Postgres, Some(&smtp), 3).await {
        Ok(bench) => bench,
        Err(missing) => return skip_postgres(&missing),
    };
    let campaign = fill(&bench, 20);
    let db = bench.db().await;
    let web = bench.serve_role("web").await;
    let copy = Copy::of(&db).await;
    let worker = bench.serve_role("worker").await;
    wait_until_sent(&db, campaign).await;
    // The last step's rest: it is raised once more a moment after the last mail.
    let mails: Vec<_> = std::fs::read_dir(bench.path().join("data")).unwrap().collect();
    assert!(!mails.is_empty(), "the worker keeps a file of its own");
    copy.put_back(&db).await;
    wait_until("the worker sees it", async || held(&db, campaign).await.is_some()).await;
    assert!(held(&db, campaign).await.unwrap().starts_with("restored: "));
    assert_eq!(smtp.count(), 20);
    bench.ok(&["campaign", "release", "--this-is-the-real-one"]);
    bench.ok(&["campaign", "cancel", &campaign.to_string()]);
    assert_eq!(smtp.count(), 20);
    assert!(worker.terminate().1);
    drop(web);
    db.close().await;
    bench.end().await;
}

/// Readers and a campaign that is due.
pub fn fill(bench: &Bench, readers: usize) -> Uuid {
    let mut csv = "email\n".to_owned();
    for n in 0..readers {
        writeln!(csv, "reader{n}@example.org").unwrap();
    }
    let (readers, mail) = (bench.path().join("readers.csv"), bench.path().join("mail.html"));
    std::fs::write(&readers, csv).unwrap();
    std::fs::write(&mail, "<p>The ferry to Hallerud sails again on Monday.</p>").unwrap();
    bench.ok(&["list", "add", "all", "--name", "All articles"]);
    bench.ok(&["import", readers.to_str().unwrap(), "--list", "all"]);
    let mail = mail.to_str().unwrap();
    let sent = bench.ok(&["send", "--list", "all", "--subject", "Ferry", "--html", mail, "--json"]);
    let sent: Value = serde_json::from_str(&sent).unwrap();
    Uuid::from_str(sent["campaign"].as_str().unwrap()).unwrap()
}

async fn held(db: &Db, id: Uuid) -> Option<String> {
    let mut tx = db.read().await.unwrap();
    let holds = postrider::db::holds::of_campaign(&mut tx, id).await.unwrap();
    (!holds.is_empty()).then(|| postrider::domain::hold::in_one_line(&holds))
}

pub async fn wait_until_sent(db: &Db, id: Uuid) {
    wait_until("the campaign is sent", async || {
        let mut tx = db.read().await.unwrap();
        let campaign = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
        assert!(!campaign.is_held);
        campaign.status == CampaignStatus::Sent
    })
    .await;
}

fn cp(args: &[&str]) {
    assert!(Command::new("cp").args(args).status().unwrap().success());
}

/// Another campaign that is due, of a scene that was served before: so the instance is known, and neither path nor
/// inode tells.
async fn served_before() -> Scene {
    let scene = Scene::set().await;
    scene.send().await;
    let mail = scene.bench.path().join("mail.html");
    let args = ["send", "--list", "all", "--subject", "Ferry", "--html", mail.to_str().unwrap(), "--json"];
    let sent: Value = serde_json::from_str(&scene.bench.ok(&args)).unwrap();
    Scene { campaign: Uuid::from_str(sent["campaign"].as_str().unwrap()).unwrap(), ..scene }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_leaves_the_database_as_one_file() {
    let bench = Bench::new(Engine::Sqlite, None, 3).await.unwrap();
    for args in [
        vec!["list", "add", "all", "--name", "All"],
        vec!["list", "add", "all", "--name", ""],
        vec!["doctor"],
    ] {
        bench.run(&args);
        let data = std::fs::read_dir(bench.path().join("data")).unwrap();
        let names: Vec<String> =
            data.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        assert!(!names.iter().any(|name| name.ends_with("-wal")), "{args:?}: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_copied_over_the_database_mails_nobody_again() {
    let scene = served_before().await;
    let (file, copy) = (scene.file("postrider.db"), scene.file("monday.db"));
    let (file, copy) = (file.to_str().unwrap(), copy.to_str().unwrap());
    cp(&[file, copy]);
    scene.smtp.take();
    scene.send().await;
    assert_eq!(scene.smtp.count(), 20);
    cp(&[copy, file]);
    scene.mails_nobody_until_told("was replaced by an older copy", 20).await;
    // Back once more, with its dates, after the decision.
    cp(&["-p", copy, file]);
    scene.mails_nobody_until_told("was replaced by an older copy", 20).await;
    scene.bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_copied_beside_the_log_of_a_killed_process_mails_nobody_again() {
    let scene = served_before().await;
    let (file, copy) = (scene.file("postrider.db"), scene.file("monday.db"));
    let (file, copy) = (file.to_str().unwrap(), copy.to_str().unwrap());
    cp(&[file, copy]);
    let serve = scene.bench.serve_ready().await;
    let db = scene.bench.db().await;
    wait_until_sent(&db, scene.campaign).await;
    serve.kill();
    // As if the process that looked had been killed as well: what it would fold into the file stays beside it.
    let log = scene.file("postrider.db-wal");
    let kept = std::fs::read(&log).unwrap();
    db.close().await;
    std::fs::write(&log, kept).unwrap();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    cp(&[copy, file]);
    scene.smtp.take();
    let doctor = scene.bench.run(&["doctor"]);
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("delete the files whose names end in -wal and -shm"), "{said}");
    assert_eq!(doctor.status.code(), Some(1));
    // Whatever came of the two, it is held until the backup is there as it was; and then too.
    let serve = scene.bench.serve();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(scene.smtp.count(), 0);
    serve.kill();
    for name in ["postrider.db-wal", "postrider.db-shm"] {
        let _ = std::fs::remove_file(scene.file(name));
    }
    cp(&[copy, file]);
    scene.mails_nobody_until_told("was replaced by an older copy", 20).await;
    scene.bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_copied_back_in_place_mails_nobody_again() {
    let scene = served_before().await;
    let (data, kept) = (scene.bench.path().join("data/."), scene.bench.path().join("kept"));
    let (data, kept) = (data.to_str().unwrap().to_owned(), kept.to_str().unwrap().to_owned());
    cp(&["-a", &data, &kept]);
    if made(&scene).is_none() {
        crate::support::say("this file system does not tell when a file was made: a folder is not found out");
        return;
    }
    // File systems round: a copy within two seconds of the file is taken for it.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    scene.send().await;
    cp(&["-a", &format!("{kept}/."), &data]);
    scene.mails_nobody_until_told("was restored, with its folder, from a copy dated", 20).await;
    scene.bench.end().await;
}

fn made(scene: &Scene) -> Option<i64> {
    let text = std::fs::read(scene.file("postrider.db.counter")).unwrap();
    serde_json::from_slice::<Value>(&text).unwrap()["made"].as_i64()
}
