//! The disk, or the database, refuses what is written: for a moment nothing is stored, and then everything is
//! again, by itself, in the same process. Meanwhile `/readyz` and `doctor` say what is wrong.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use postrider::db::{Db, Tx};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::delivery::DeliveryStatus;
use postrider::mail::transport::Transport;
use postrider::schedule::leader;
use reqwest::StatusCode;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tokio_util::sync::CancellationToken;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::on_both_engines;
use crate::sign_up::subscribe;
use crate::support::process::{Bench, Serve, free_port, wait_until};
use crate::support::{Engine, SmtpServer, TestApp, is_long, postgres, say, skip_postgres};

/// A file system of its own, in memory and small. Unmounted when it is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where this user may not mount; where root is expected (CI), fails.
    fn mount(megabytes: u32) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m,mode=755");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(SmallDisk(folder));
        }
        assert!(std::env::var("CI").is_err(), "CI mounts a small disk: run it as root");
        say("a full disk is not tried: only root may mount one");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.path().join("postrider.db").display())
    }

    /// Fills it to the last byte; removing the file makes room again.
    fn fill(&self) -> PathBuf {
        let filler = self.path().join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        for piece in [&[0u8; 65536][..], &[0; 512], &[0; 1]] {
            while std::io::Write::write_all(&mut file, piece).is_ok() {}
        }
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// A client that never meets a connection that the server is just closing for being idle.
fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.pool_max_idle_per_host(0).build().unwrap()
}

/// Status and sentence of `/readyz`, found anew: the last answer is a moment old.
async fn readiness(app: &TestApp) -> (StatusCode, String) {
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let answer = app.http.get(format!("{}/readyz", app.url)).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn sign_up(app: &TestApp, n: usize) -> StatusCode {
    subscribe(app, &format!("email=reader{n}%40example.org&list=world")).await.status()
}

/// Signs readers up until one is refused: what is on the disk already may take some. Their number.
async fn sign_up_until_refused(app: &TestApp) -> usize {
    for n in 0..5_000 {
        match sign_up(app, n).await {
            StatusCode::SEE_OTHER => {}
            refused => {
                assert_eq!(refused, StatusCode::INTERNAL_SERVER_ERROR);
                return n;
            }
        }
    }
    panic!("the disk is never full");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_was_full_for_a_moment_stops_nothing_for_longer() {
    let Some(disk) = SmallDisk::mount(6) else { return };
    let app = TestApp::start_with(Engine::Sqlite, &[("DATABASE_URL", &disk.database())]).await.unwrap();
    let list = app.list("world", "World").await;
    subscribe_all(&app, list, &["ines@example.org", "tobe@example.org"]).await;
    let admin = app.admin().await;
    let list_id = list.to_string();
    let draft = async || {
        admin
            .post("/admin/campaigns/new", &[("list", &list_id), ("subject", "A word from us")])
            .await
            .status()
    };
    let stop = CancellationToken::new();
    let engine =
        Delivery::new(app.app.clone(), Transport::new(app.app.config.transport()).unwrap(), stop.clone());
    let delivering = tokio::spawn(async move { engine.run().await });
    let leading = tokio::spawn(leader::run(app.app.clone(), stop.clone()));
    assert_eq!(readiness(&app).await, (StatusCode::OK, "ready\n".to_owned()));

    let filler = disk.fill();
    let readers = sign_up_until_refused(&app).await;
    // Each of them leaves its connection as it found it, or nobody gets that connection any more.
    for n in 0..5 {
        assert_eq!(sign_up(&app, readers + n).await, StatusCode::INTERNAL_SERVER_ERROR);
    }
    assert!(draft().await.is_server_error());
    // A log that was begun anew meanwhile has room for a few rows more.
    let mut words = String::new();
    for _ in 0..500 {
        let (status, said) = readiness(&app).await;
        words = said;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            break;
        }
    }
    assert!(words.contains("disk is full: free some space"), "{words}");

    std::fs::remove_file(filler).unwrap();
    assert_eq!(sign_up(&app, readers).await, StatusCode::SEE_OTHER, "the first request after it");
    assert_eq!(draft().await, StatusCode::SEE_OTHER);
    assert_eq!(readiness(&app).await.0, StatusCode::OK);
    let id = campaign(&app, list, "Ferry").await;
    wait_until("the campaign is sent", async || {
        counts(&app, id).await == HashMap::from([(DeliveryStatus::Sent, 2)])
    })
    .await;
    wait_until("all are asked to confirm", async || app.smtp.count() == readers + 1 + 2).await;
    stop.cancel();
    delivering.await.unwrap().unwrap();
    leading.await.unwrap().unwrap();
    app.end().await;
}

/// A limit on how large a process may make its files is an error of the disk to SQLite, and not that it is full.
/// Its log can't be written either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_for_a_moment_stops_nothing_for_longer() {
    let smtp = SmtpServer::start().await;
    let bench = Bench::new(Engine::Sqlite, Some(&smtp), 2).await.unwrap();
    bench.ok(&["list", "add", "world", "--name", "World"]);
    let serve = bench.serve_after("trap '' XFSZ").await;
    let limit = |size: &str| {
        let pid = serve.pid().to_string();
        let done =
            Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={size}:unlimited")]).status();
        assert!(done.is_ok_and(|done| done.success()), "util-linux has prlimit");
    };
    let http = client();
    let sign_up = async |name: &str| {
        let form = [("email", format!("{name}@example.org")), ("list", "world".to_owned())];
        http.post(format!("{}/subscribe", serve.url)).form(&form).send().await.unwrap().status()
    };
    assert_eq!(sign_up("ines").await, StatusCode::SEE_OTHER);
    wait_until("she is asked to confirm", async || smtp.count() == 1).await;
    limit("4096");
    for _ in 0..5 {
        assert_eq!(sign_up("tobe").await, StatusCode::INTERNAL_SERVER_ERROR);
    }
    wait_until("it says what is wrong", async || {
        let answer = serve.get("/readyz").await;
        answer.is_some_and(|(code, words)| code == 503 && words.contains("can't be read or written to"))
    })
    .await;
    limit("unlimited");
    assert_eq!(sign_up("tobe").await, StatusCode::SEE_OTHER);
    wait_until("he is asked to confirm", async || smtp.count() == 2).await;
    wait_until("it is ready", async || serve.get("/readyz").await.is_some_and(|(code, _)| code == 200)).await;
    assert!(serve.terminate().1);
    bench.end().await;
}

/// In full the database is locked for longer than anybody waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_keeps_the_database_locked_is_waited_for() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    app.list("world", "World").await;
    let Db::Sqlite { writer, .. } = &app.app.db else { unreachable!() };
    let mut other = sqlx::SqliteConnection::connect_with(&writer.connect_options()).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let (waited, answer) = match is_long() {
        true => (12, StatusCode::INTERNAL_SERVER_ERROR),
        false => (1, StatusCode::SEE_OTHER),
    };
    let unlock = async {
        tokio::time::sleep(Duration::from_secs(waited)).await;
        other.execute("COMMIT").await.unwrap();
    };
    assert_eq!(tokio::join!(sign_up(&app, 0), unlock).0, answer);
    assert_eq!(sign_up(&app, 1).await, StatusCode::SEE_OTHER);
    assert_eq!(readiness(&app).await.0, StatusCode::OK);
    other.close().await.unwrap();
    app.deliver_all_due().await;
    app.end().await;
}

/// SQLite opens a file that can't be written to for reading, and says nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_opened_while_the_disk_was_read_only_writes_when_it_is_not() {
    let Some(disk) = SmallDisk::mount(6) else { return };
    let app = TestApp::start_with(Engine::Sqlite, &[("DATABASE_URL", &disk.database())]).await.unwrap();
    app.list("world", "World").await;
    assert_eq!(sign_up(&app, 0).await, StatusCode::SEE_OTHER);
    let immutable = |flag: &str| {
        let file = disk.path().join("postrider.db");
        assert!(Command::new("chattr").arg(flag).arg(file).status().is_ok_and(|done| done.success()));
    };
    let Db::Sqlite { readers, writer, .. } = &app.app.db else { unreachable!() };
    immutable("+i");
    // As after any failure: the pools open others. One that stays open would lend its file to them.
    let mut open = vec![writer.acquire().await.unwrap()];
    for _ in 0..4 {
        open.push(readers.acquire().await.unwrap());
    }
    for connection in open {
        connection.close().await.unwrap();
    }
    for n in 1..4 {
        assert_eq!(sign_up(&app, n).await, StatusCode::INTERNAL_SERVER_ERROR);
    }
    let (status, words) = readiness(&app).await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && words.contains("read-only"), "{words}");
    immutable("-i");
    assert_eq!(sign_up(&app, 1).await, StatusCode::SEE_OTHER);
    assert_eq!(readiness(&app).await.0, StatusCode::OK);
    app.deliver_all_due().await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_moved_away_or_replaced_is_found_out_and_no_empty_one_takes_its_place() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let postrider::db::DatabaseUrl::Sqlite(path) = &app.app.config.database else { unreachable!() };
    let files = |name: &str| ["", "-wal", "-shm"].map(|end| path.with_file_name(format!("{name}{end}")));
    let (here, there) = (files("postrider.db"), files("elsewhere.db"));
    for (here, there) in here.iter().zip(&there) {
        std::fs::rename(here, there).unwrap();
    }
    let (status, words) = readiness(&app).await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && words.contains("it is missing"), "{words}");
    let Db::Sqlite { writer, .. } = &app.app.db else { unreachable!() };
    writer.acquire().await.unwrap().close().await.unwrap();
    assert!(app.app.db.write().await.is_err());
    assert!(!path.exists());
    for (here, there) in here.iter().zip(&there) {
        std::fs::rename(there, here).unwrap();
    }
    assert_eq!(readiness(&app).await, (StatusCode::OK, "ready\n".to_owned()));
    // A restored copy: what is written goes to the file that was moved away.
    for (here, there) in here.iter().zip(&there) {
        std::fs::rename(here, there).unwrap();
        if !here.to_string_lossy().ends_with("-shm") {
            std::fs::copy(there, here).unwrap();
        }
    }
    let (status, words) = readiness(&app).await;
    assert!(status == StatusCode::SERVICE_UNAVAILABLE && words.contains("moved or replaced"), "{words}");
    for (here, there) in here.iter().zip(&there) {
        std::fs::rename(there, here).unwrap();
    }
    assert_eq!(readiness(&app).await, (StatusCode::OK, "ready\n".to_owned()));
    app.end().await;
}

pub async fn execute(tx: &mut Tx, sql: &str) -> sqlx::Result<()> {
    let sql = AssertSqlSafe(sql.to_owned());
    match Tx::engine(tx) {
        postrider::db::Engine::Sqlite(held) => (&mut **held).execute(sqlx::raw_sql(sql)).await.map(|_| ()),
        postrider::db::Engine::Postgres(held) => (&mut **held).execute(sqlx::raw_sql(sql)).await.map(|_| ()),
    }
}

async fn write_and_read(app: &TestApp, slug: &str) {
    let id = app.list(slug, slug).await;
    let mut tx = app.app.db.read().await.unwrap();
    let list = postrider::db::lists::by_slug(&mut tx, slug).await.unwrap();
    assert_eq!(list.map(|list| list.id), Some(id), "{slug}");
}

on_both_engines! {
    async fn a_commit_or_a_statement_that_fails_leaves_nothing_behind(app: TestApp) {
        let refuse_at_commit = match &app.app.db {
            Db::Sqlite { .. } => {
                "CREATE TABLE parents (id INTEGER PRIMARY KEY);
                 CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
            }
            Db::Postgres(_) => {
                "CREATE TABLE parents (id BIGINT PRIMARY KEY);
                 CREATE TABLE children (id BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
            }
        };
        let mut tx = app.app.db.write().await.unwrap();
        execute(&mut tx, refuse_at_commit).await.unwrap();
        tx.commit().await.unwrap();
        // More of them than there are connections.
        for n in 0..20 {
            let mut tx = app.app.db.write().await.unwrap();
            execute(&mut tx, &format!("INSERT INTO children (id) VALUES ({n})")).await.unwrap();
            assert!(tx.commit().await.is_err(), "{n}");
            let mut tx = app.app.db.write().await.unwrap();
            execute(&mut tx, "INSERT INTO nowhere (id) VALUES (1)").await.unwrap_err();
            drop(tx);
            // What a full disk, a failing one and an interruption do: SQLite rolls back by itself.
            if let Db::Sqlite { .. } = &app.app.db {
                let mut tx = app.app.db.write().await.unwrap();
                execute(&mut tx, "ROLLBACK").await.unwrap();
                drop(tx);
                let mut tx = app.app.db.read().await.unwrap();
                execute(&mut tx, "ROLLBACK").await.unwrap();
            }
        }
        write_and_read(app, "world").await;
        assert_eq!(app.http.get(&app.url).send().await.unwrap().status(), StatusCode::OK);
        let mut tx = app.app.db.write().await.unwrap();
        execute(&mut tx, "INSERT INTO parents (id) VALUES (1); INSERT INTO children (id) VALUES (1)").await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn who_leaves_while_a_transaction_begins_leaves_no_transaction_open(app: TestApp) {
        for n in 0..400 {
            let patience = Duration::from_micros(n * 4);
            let _ = tokio::time::timeout(patience, app.app.db.write()).await;
            let _ = tokio::time::timeout(patience, app.app.db.read()).await;
        }
        // Each statement by itself is a transaction: whatever is done at once is durable at once.
        let at_once = if let Db::Postgres(_) = &app.app.db { 16 } else { 1 };
        let mut held = Vec::new();
        for n in 0..at_once {
            let mut tx = app.app.db.at_once().await.unwrap();
            execute(tx.statement(), &format!("CREATE TABLE kept_{n} (id INTEGER)")).await.unwrap();
            held.push(tx);
        }
        drop(held);
        let mut tx = app.app.db.write().await.unwrap();
        for n in 0..at_once {
            execute(&mut tx, &format!("DROP TABLE kept_{n}")).await.unwrap();
        }
        drop(tx);
        write_and_read(app, "world").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_ends_sessions_is_read_only_and_restarts_and_each_time_writing_goes_on_by_itself() {
    let mut server = match postgres::Private::start(postgres::FORGETFUL) {
        Ok(server) => server,
        Err(missing) => return skip_postgres(&missing),
    };
    let smtp = SmtpServer::start().await;
    let bench = Bench::on(server.options(), Some(&smtp), 2).await;
    bench.ok(&["list", "add", "world", "--name", "World"]);
    let (web, worker) = (bench.serve_role("web").await, bench.serve_role("worker").await);
    let mut admin = sqlx::PgConnection::connect_with(&server.options()).await.unwrap();
    let http = client();
    let sign_up = async |name: &str| {
        let form = [("email", format!("{name}@example.org")), ("list", "world".to_owned())];
        http.post(format!("{}/subscribe", web.url)).form(&form).send().await.unwrap().status()
    };
    let is_ready = async |serve: &Serve| serve.get("/readyz").await.is_some_and(|(code, _)| code == 200);
    let says = async |serve: &Serve, part: &str| {
        serve.get("/readyz").await.is_some_and(|(code, words)| code == 503 && words.contains(part))
    };
    assert_eq!(sign_up("ines").await, StatusCode::SEE_OTHER);

    let end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
                   AND backend_type = 'client backend'";
    for n in 0..5 {
        admin.execute(end_all).await.unwrap();
        let name = format!("after{n}");
        wait_until("a sign-up is stored", async || sign_up(&name).await == StatusCode::SEE_OTHER).await;
    }

    admin.execute("ALTER SYSTEM SET default_transaction_read_only = on").await.unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    for serve in [&web, &worker] {
        wait_until("it says that it is read-only", async || says(serve, "read-only").await).await;
    }
    assert_eq!(sign_up("tobe").await, StatusCode::INTERNAL_SERVER_ERROR);
    let doctor = bench.run(&["doctor"]);
    assert!(!doctor.status.success());
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("read-only"), "{doctor:?}");
    admin.execute("SET default_transaction_read_only = off").await.unwrap();
    admin.execute("ALTER SYSTEM RESET default_transaction_read_only").await.unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    for serve in [&web, &worker] {
        wait_until("it is ready again", async || is_ready(serve).await).await;
    }
    assert_eq!(sign_up("tobe").await, StatusCode::SEE_OTHER);

    server.crash(1);
    for serve in [&web, &worker] {
        wait_until("it is ready again", async || is_ready(serve).await).await;
    }
    assert_eq!(sign_up("runa").await, StatusCode::SEE_OTHER);
    wait_until("all are asked to confirm", async || smtp.count() == 8).await;
    assert!(web.terminate().1 && worker.terminate().1);
    bench.end().await;
}

/// Fewer connections than one process would open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_few_connections_is_waited_for_and_no_sign_up_is_lost() {
    let server = match postgres::Private::start(&format!("{} -c max_connections=12", postgres::FORGETFUL)) {
        Ok(server) => server,
        Err(missing) => return skip_postgres(&missing),
    };
    let bench = Bench::on(server.options(), None, 2).await;
    bench.ok(&["list", "add", "world", "--name", "World"]);
    let serve = bench.serve_ready().await;
    // Others come, and stay: this process has far fewer connections than it counts on.
    let mut others = Vec::new();
    while let Ok(other) = sqlx::PgConnection::connect_with(&server.options()).await {
        others.push(other);
    }
    assert!(!others.is_empty());
    let http = client();
    let sign_ups = (0..300).map(|n| {
        let form = [("email", format!("reader{n}@example.org")), ("list", "world".to_owned())];
        let request = http.post(format!("{}/subscribe", serve.url)).form(&form);
        tokio::spawn(async move { request.send().await.unwrap().status() })
    });
    let mut answers: HashMap<StatusCode, usize> = HashMap::new();
    for answer in sign_ups.collect::<Vec<_>>() {
        *answers.entry(answer.await.unwrap()).or_default() += 1;
    }
    assert_eq!(answers, HashMap::from([(StatusCode::SEE_OTHER, 300)]));
    assert_eq!(serve.metric("postrider_schedule_leads").await, Some(1.0), "the leader has its session");
    drop(others);
    assert!(serve.terminate().1);
    bench.end().await;
}

/// Writes over a part of a file, from another process than the one that has it open.
fn damage(file: &Path, from: u64, bytes: usize) {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let mut open = std::fs::OpenOptions::new().write(true).open(file).unwrap();
    open.seek(SeekFrom::Start(from)).unwrap();
    open.write_all(&vec![0xA5; bytes]).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_is_not_ready_and_the_doctor_says_so() {
    // Pages of tables and indexes, the first page with the schema, the header.
    for (from, bytes) in [(4096 * 9, 4096 * 30), (100, 3996), (0, 100)] {
        let bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
        bench.ok(&["list", "add", "world", "--name", "World"]);
        let serve = bench.serve_ready().await;
        let file = bench.path().join("data/postrider.db");
        let db = bench.db().await;
        let Db::Sqlite { writer, .. } = &db else { unreachable!() };
        // All of it in the file itself, where it is read from.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await.unwrap();
        db.close().await;
        damage(&file, from, bytes);
        let mut said = String::new();
        wait_until("it says that the file is damaged", async || {
            let Some((code, words)) = serve.get("/readyz").await else { return false };
            said = words;
            code == 503
        })
        .await;
        assert!(said.contains("damaged"), "{from}: {said}");
        serve.kill();
        let doctor = bench.run(&["doctor"]);
        let words =
            format!("{}{}", String::from_utf8_lossy(&doctor.stdout), String::from_utf8_lossy(&doctor.stderr));
        assert!(!doctor.status.success() && words.contains("damaged"), "{from}: {words}");
        bench.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_a_folder_that_others_can_look_into_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    bench.vars.remove("SECRET_KEY");
    let data = bench.path().join("data");
    let set_mode =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let everything = || {
        let mut found = Vec::new();
        for folder in [data.clone(), data.join("outbox")] {
            found.extend(std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
        found.retain(|path| path.is_file());
        found
    };
    let open_to_others = || {
        let mut found = everything();
        found.retain(|path| std::fs::metadata(path).unwrap().permissions().mode() & 0o077 != 0);
        found
    };
    std::fs::create_dir_all(data.join("outbox")).unwrap();
    set_mode(&data, 0o755);
    set_mode(&data.join("outbox"), 0o755);
    let serve = bench.serve_ready().await;
    bench.ok(&["list", "add", "world", "--name", "World"]);
    let form = [("email", "ines@example.org"), ("list", "world")];
    reqwest::Client::new().post(format!("{}/subscribe", serve.url)).form(&form).send().await.unwrap();
    wait_until("a mail is kept", async || {
        everything().iter().any(|path| path.extension().is_some_and(|end| end == "eml"))
    })
    .await;
    assert_eq!(open_to_others(), Vec::<PathBuf>::new());
    assert!(everything().len() >= 6, "{:?}", everything());
    drop(serve);

    // As an earlier version made them, or a copy restored them.
    for path in everything() {
        set_mode(&path, 0o644);
    }
    let serve = bench.serve_ready().await;
    let left = open_to_others();
    assert!(left.iter().all(|path| path.extension().is_some_and(|end| end == "eml")), "{left:?}");
    drop(serve);
    // What is open to a group was made so by somebody.
    set_mode(&data.join("postrider.db"), 0o640);
    let said = bench.run(&["doctor"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("other users of this machine can read") && said.contains("chmod 600"), "{said}");
    assert_eq!(std::fs::metadata(data.join("postrider.db")).unwrap().permissions().mode() & 0o777, 0o640);
    bench.end().await;
}

/// Nothing of what an engine does by name may depend on which name leads to its file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_file_is_served_once_by_whatever_name() {
    let bench = Bench::new(Engine::Sqlite, None, 2).await.unwrap();
    let data = bench.path().join("data");
    let serve = bench.serve_ready().await;
    std::fs::create_dir(bench.path().join("other")).unwrap();
    let link = bench.path().join("other/link.db");
    std::os::unix::fs::symlink(data.join("postrider.db"), &link).unwrap();
    std::os::unix::fs::symlink(&data, bench.path().join("folder")).unwrap();
    let refused = |database: &str, expected: &str| {
        let mut command = Command::new("timeout");
        command.args(["30", env!("CARGO_BIN_EXE_postrider"), "serve"]).env_clear().envs(&bench.vars);
        command.env("DATABASE_URL", format!("sqlite://{database}"));
        command.env("BIND_ADDR", format!("127.0.0.1:{}", free_port()));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(expected), "{database}: {said}");
    };
    refused(link.to_str().unwrap(), "another Postrider is already serving");
    refused(
        bench.path().join("folder/postrider.db").to_str().unwrap(),
        "another Postrider is already serving",
    );
    refused(
        bench.path().join("folder/../data/postrider.db").to_str().unwrap(),
        "another Postrider is already serving",
    );
    let hard = data.join("hard.db");
    std::fs::hard_link(data.join("postrider.db"), &hard).unwrap();
    refused(hard.to_str().unwrap(), "hard links");
    std::fs::remove_file(hard).unwrap();
    // The first was not disturbed: its locks stand, and it writes.
    wait_until("it is ready", async || serve.get("/readyz").await.is_some_and(|(code, _)| code == 200)).await;
    bench.ok(&["list", "add", "world", "--name", "World"]);
    assert!(serve.terminate().1);
    bench.end().await;
}
