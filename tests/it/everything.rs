//! Everything out, and into an empty Postrider: the same people under the same ids, so that links in old mails work.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _, Write as _};

use postrider::actions::import::Everything;
use postrider::actions::{Context, Error, export, merges, segments};
use postrider::db::Db;
use postrider::db::tables::MOVING;
use postrider::domain::links::Link;
use postrider::domain::refusal::readers;
use postrider::domain::segment::{Combine, Condition, Group, Segment, Test};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::desk::people::dump;
use crate::fields::{field, id_of};
use crate::on_both_engines;
use crate::sign_up::{join, link_in, post, standing, subscribe, the_one_mail};
use crate::support::importing::file_of;
use crate::support::{Engine, TestApp, skip_postgres};

/// The archive of everything.
async fn archive(app: &TestApp) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    export::everything(&Context::command_line(&app.app), &mut bytes, |_| ()).await.unwrap();
    bytes.into_inner()
}

/// Its files.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn packed(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::DEFAULT).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What moves of it.
fn moving(archive: &[u8]) -> BTreeMap<String, String> {
    let files = unpacked(archive).into_iter();
    let files = files.filter(|(name, _)| name.starts_with("tables/") || name == "subscribers.csv");
    files.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

async fn import(app: &TestApp, archive: &[u8]) -> Result<(), Error> {
    let everything = Everything::open(file_of(archive)).expect("an archive");
    everything.import(&Context::command_line(&app.app), |_, _| ()).await.map(|_| ())
}

/// A publication with something of everything, and texts that spreadsheets, CSV and SQL read otherwise. The link of a
/// reader who has not confirmed yet, and the id of one who was merged into nora@example.org.
async fn fill(app: &TestApp) -> (String, Uuid) {
    let admin = app.admin().await;
    app.list("world", "World, \"at large\"").await;
    app.list("jobs", "=Jobs").await;
    app.list("old", "Old").await;
    field(&admin, "Town", "text", &["on_form", "open"]).await;
    field(&admin, "Berths", "number", &[]).await;
    let csv = "email,name,status,tags,unsubscribed_at,Town,Berths\n\
        ines@example.org,=SUM(A1),active,\"\"\"Rome, Italy\"\",'quoted,@x\",,\"Port, \"\"old\"\"\",-2.5\n\
        owen@example.org,'t Zand,pending,,,,\n\
        lena@example.org,Łena 李,unsubscribed,,2023-06-06T12:00:00.123456Z,-Hallerud,7\n\
        hal@example.org,,bounced,,,,\n\
        kim@example.org,,complained,,,,\n\
        pat@example.org,+,suppressed,,,,\n";
    app.import("world", csv, "=a form on our old site").await;
    app.import("jobs", "email,status\nines@example.org,unsubscribed\nnora@example.org,active\n", "").await;
    for reader in ["tobe@example.org", "ada@example.org"] {
        join(app, reader, "world").await;
    }
    let leave = Link::Unsubscribe {
        subscriber: id_of(app, "ada@example.org").await,
        list: list_id(app, "world").await,
    };
    let left = post(app, &format!("{}/unsubscribe/{}", app.url, app.app.keyring.token(leave)), "").await;
    assert!(left.status().is_success() || left.status().is_redirection());
    let why = format!("{}/unsubscribe/{}/reason", app.url, app.app.keyring.token(leave));
    post(app, &why, "reason=other&comment=%3D1%2B1").await;
    join(app, "gil@example.org", "jobs").await;
    let gone = id_of(app, "gil@example.org").await;
    admin.submit(&format!("/admin/subscribers/{gone}/erase"), &[("typed", "gil@example.org")]).await;
    let block = Link::Block { subscriber: id_of(app, "tobe@example.org").await };
    post(app, &format!("{}/block/{}", app.url, app.app.keyring.token(block)), "").await;
    app.deliver_all_due().await;
    app.smtp.take();
    assert_eq!(subscribe(app, "email=rosa%40example.org&list=jobs").await.status(), StatusCode::SEE_OTHER);
    let waiting = link_in(&the_one_mail(app).await, "/confirm/");
    let test = Test::Tag { tag: "'quoted".to_owned() };
    let group = Group { combine: Combine::Any, conditions: vec![Condition { not: false, test }] };
    let anybody = Segment::new(Combine::All, vec![group]);
    segments::save(&Context::command_line(&app.app), None, "Anybody, \"all\"", &anybody).await.unwrap();
    join(app, "nora.old@example.org", "world").await;
    app.import("world", "email,status,tags\nnora.old@example.org,active,Lisbon\n", "").await;
    let merged = id_of(app, "nora.old@example.org").await;
    let kept = id_of(app, "nora@example.org").await;
    merges::merge(&Context::command_line(&app.app), kept, merged).await.unwrap();
    (waiting, merged)
}

async fn list_id(app: &TestApp, slug: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    postrider::db::lists::by_slug(&mut tx, slug).await.unwrap().expect("the list").id
}

on_both_engines! {
    async fn everything_moves_with_its_ids_and_links_in_old_mails_work(app: TestApp) {
        let (waiting, merged) = Box::pin(fill(app)).await;
        let out = Box::pin(archive(app)).await;
        assert_eq!(moving(&out), moving(&Box::pin(archive(app)).await), "what is the same gives the same files");
        let tables = moving(&out);
        for table in &MOVING {
            let lines = tables[&format!("tables/{}.csv", table.name)].lines().count();
            assert!(lines > 1, "{}: the test has something of it", table.name);
        }
        for (file, wanted) in [
            ("subscribers.csv", "ines@example.org,'=SUM(A1),active,"),
            ("subscribers.csv", "owen@example.org,''t Zand,pending,"),
            ("tables/lists.csv", ",'=Jobs,"),
        ] {
            assert!(tables[file].contains(wanted), "{wanted}: {}", tables[file]);
        }
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let there = match Box::pin(TestApp::start(engine)).await {
                Ok(there) => there,
                Err(missing) => return skip_postgres(&missing),
            };
            // Whoever sets up a publication may have signed up for nothing yet, which makes a list.
            there.list("world", "Another").await;
            Box::pin(import(&there, &out)).await.unwrap();
            assert_eq!(moving(&Box::pin(archive(&there)).await), tables, "{engine:?}");
            let link = |link| format!("{}{}", there.url, link);
            let unsubscribe = Link::Unsubscribe {
                subscriber: id_of(app, "ines@example.org").await,
                list: list_id(app, "world").await,
            };
            post(&there, &link(format!("/unsubscribe/{}", app.app.keyring.token(unsubscribe))), "").await;
            let (status, _) = standing(&there, "ines@example.org", "world").await.unwrap();
            assert_eq!(status.as_str(), "unsubscribed");
            let preferences = Link::Preferences { subscriber: id_of(app, "nora@example.org").await };
            let page = there.http.get(link(format!("/preferences/{}", app.app.keyring.token(preferences)))).send().await.unwrap();
            let page = page.text().await.unwrap();
            assert!(page.contains("=Jobs") && page.contains("example.org"), "{page}");
            let leave = Link::Unsubscribe { subscriber: merged, list: list_id(app, "world").await };
            post(&there, &link(format!("/unsubscribe/{}", app.app.keyring.token(leave))), "").await;
            let (status, _) = standing(&there, "nora@example.org", "world").await.unwrap();
            assert_eq!(status.as_str(), "unsubscribed", "the link of whom she was before");
            let kept = id_of(&there, "nora@example.org").await;
            Box::pin(merges::undo(&Context::command_line(&there.app), kept, merged)).await.unwrap();
            let (status, _) = standing(&there, "nora.old@example.org", "world").await.unwrap();
            assert_eq!(status.as_str(), "unsubscribed", "who left since has left");
            let mut tx = there.app.db.read().await.unwrap();
            assert_eq!(postrider::db::subscribers::tags(&mut tx, merged).await.unwrap(), ["Lisbon"]);
            assert!(postrider::db::subscribers::tags(&mut tx, kept).await.unwrap().is_empty());
            drop(tx);
            let path = waiting.strip_prefix(&app.url).unwrap().to_owned();
            post(&there, &link(path), "").await;
            let (status, _) = standing(&there, "rosa@example.org", "jobs").await.unwrap();
            assert_eq!(status.as_str(), "active");
            // Nobody is woken up there either, and the blocked stay blocked.
            for (reader, wanted) in [("ada@example.org", "unsubscribed"), ("lena@example.org", "unsubscribed")] {
                assert_eq!(standing(&there, reader, "world").await.unwrap().0.as_str(), wanted);
            }
            // New events stand behind those that came, and everybody is found.
            there.deliver_all_due().await;
            there.smtp.take();
            postrider::actions::import::find_now(&there.app).await.unwrap();
            let admin = there.admin().await;
            assert!(admin.page("/admin/subscribers?q=nora").await.contains("nora@example.org"));
            there.end().await;
        }
    }

    async fn only_an_empty_postrider_takes_everything(app: TestApp) {
        fill(app).await;
        let out = archive(app).await;
        let before = dump(app).await;
        let Err(Error::Refused(refusal)) = import(app, &out).await else { panic!("it is not empty") };
        assert_eq!(refusal.code, &readers::EVERYTHING_NOT_EMPTY);
        let after = dump(app).await;
        assert_eq!(before.len(), after.len(), "nothing of it is stored");
    }
}

/// Damages one file of the archive.
fn damaged(archive: &[u8], file: &str, damage: impl Fn(&str) -> String) -> Vec<u8> {
    let mut files = unpacked(archive);
    let text = String::from_utf8(files[file].clone()).unwrap();
    let changed = damage(&text);
    assert_ne!(text, changed, "{file} is damaged");
    files.insert(file.to_owned(), changed.into_bytes());
    packed(&files)
}

on_both_engines! {
    async fn of_a_damaged_archive_nothing_is_stored(app: TestApp) {
        let from = TestApp::start(Engine::Sqlite).await.unwrap();
        fill(&from).await;
        let out = archive(&from).await;
        from.end().await;
        let first_line = |text: &str| text.lines().next().unwrap().to_owned();
        let without_rows = |text: &str| format!("{}\n", first_line(text));
        type Damage<'a> = Box<dyn Fn(&str) -> String + 'a>;
        let damages: Vec<(&str, Damage<'_>)> = vec![
            ("subscribers", Box::new(without_rows)),
            ("lists", Box::new(without_rows)),
            ("fields", Box::new(without_rows)),
            ("subscriptions", Box::new(|text| text.replace("active", "perhaps"))),
            ("subscriptions", Box::new(|text| text.replacen("T", " T", 3))),
            ("subscribers", Box::new(|text| text.replace("ines@example.org", "ines@example.org\u{202e}"))),
            ("subscribers", Box::new(|text| text.replacen("ines@example.org", "a\nBcc: x@example.org", 1))),
            ("subscribers", Box::new(|text| text.replacen("email_key", "key", 1))),
            ("subscribers", Box::new(|text| text.replacen("-", "", 1))),
            ("lists", Box::new(|text| text.replace(",world,", ",../world,"))),
            ("lists", Box::new(|text| text.replace("true", "perhaps"))),
            ("suppressions", Box::new(|text| text.replace("bounced", "whatever"))),
            ("events", Box::new(|text| text.replacen("\n", "\nx", 1))),
            ("consents", Box::new(|text| text.replacen("\n", "\n\u{0}", 1))),
        ];
        let empty = dump(app).await;
        for (table, damage) in damages {
            let file = format!("tables/{table}.csv");
            let Err(Error::Failed(why)) = import(app, &damaged(&out, &file, damage)).await else {
                panic!("{table} is taken")
            };
            let why = format!("{why:#}");
            assert!(why.contains("damaged"), "{table}: {why}");
            assert_eq!(dump(app).await, empty, "{table}: nothing is stored");
        }
        // Cut off anywhere, it is no archive.
        for length in [out.len() / 3, out.len() - 10] {
            assert!(Everything::open(file_of(&out[..length])).is_err());
        }
        let newer = damaged(&out, "postrider.json", |text| text.replace("\"postrider\": 1", "\"postrider\": 2"));
        let why = Everything::open(file_of(&newer)).err().expect("newer");
        assert!(why.to_string().contains("newer"), "{why}");
        import(app, &out).await.unwrap();
    }
}

/// What an import of people makes of the archive and its parts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_of_everything_is_no_file_of_people() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    fill(&app).await;
    let out = archive(&app).await;
    let options = postrider::imports::Options::default();
    let why = postrider::imports::open(file_of(&out), &options).err().expect("no file of people");
    assert!(why.to_string().contains("--all"), "{why}");
    let files = unpacked(&out);
    // Its file for other services says who left; the bare table does not, so nobody of it is imported.
    let fresh = TestApp::start(Engine::Sqlite).await.unwrap();
    fresh.list("world", "World").await;
    for name in files.keys().filter(|name| name.ends_with(".csv")) {
        let read = postrider::imports::open(file_of(&files[name]), &options);
        let Ok(mut people) = read else { continue };
        while let Some(Ok(line)) = people.next() {
            if let Ok(person) = line.outcome {
                let is_told = ["subscribers.csv", "tables/suppressions.csv"].contains(&name.as_str());
                assert!(is_told, "{name}: {person:?}");
            }
        }
    }
    fresh.end().await;
    app.end().await;
}

/// Tables that hold what is about readers or lists and do not move, each with its reason.
const STAYING: [(&str, &str); 21] = [
    ("absences", "is told in numbers of articles, which stay"),
    ("articles", "only goes out"),
    ("bounced_subscriptions", "undoes a bounce of the last days, whose campaign stays"),
    ("bulk_change_rows", "undoes a change, which stays"),
    ("bulk_changes", "is work at the desk"),
    ("campaigns", "only goes out"),
    ("deliveries", "only goes out"),
    ("delivery_counts", "is counted anew"),
    ("digests", "is told in numbers of articles, which stay"),
    ("feed_bindings", "names a feed, which stays"),
    ("list_articles", "is about articles, which stay"),
    ("list_days", "is counted anew"),
    ("list_welcomes", "speaks in the name of this publication"),
    ("notices", "is mail of here"),
    ("permission_readers", "is asked here, by mail of here"),
    ("permission_requests", "is work at the desk"),
    ("sign_up_requests", "is worked on within a second"),
    ("subscriber_words", "is made anew"),
    ("subscription_counts", "is counted anew"),
    ("users", "never leaves"),
    ("welcomed_articles", "is about articles, which stay"),
];

#[tokio::test]
async fn no_table_and_no_column_of_readers_is_forgotten() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Db::Sqlite { readers, .. } = &app.app.db else { unreachable!() };
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            .fetch_all(readers)
            .await
            .unwrap();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
            .bind(&table)
            .fetch_all(readers)
            .await
            .unwrap();
        match MOVING.iter().find(|moving| moving.name == table) {
            Some(moving) => {
                let mut columns: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
                // What readers are found by is made anew, and a list that nothing was sent on begins to number at 1.
                for made_anew in ["has_words", "article_number", "numbered_from", "backlog_from", "away_from"]
                {
                    columns.remove(made_anew);
                }
                let exported: BTreeSet<&str> = moving.columns.iter().map(|column| column.name).collect();
                assert_eq!(exported, columns, "{table}");
            }
            None => {
                let about = ["subscriber_id", "list_id", "email", "email_key"];
                let is_about_readers = columns.iter().any(|column| about.contains(&column.as_str()));
                let is_said = STAYING.iter().any(|(staying, _)| *staying == table);
                assert!(!is_about_readers || is_said, "{table} moves, or stays for a reason");
            }
        }
    }
    app.end().await;
}
