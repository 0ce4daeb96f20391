//! Fields: defined by an admin, filled at the desk, on the sign-up form and by readers, and out again.

use std::time::Instant;

use postrider::db::fields::{self, SubscriberField};
use postrider::db::subscribers;
use postrider::domain::field::{FieldKind, FieldValue};
use postrider::domain::links::Link;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::desk::people::dump;
use crate::on_both_engines;
use crate::sign_up::{address, join, link_in, post, subscribe, the_one_mail};
use crate::support::TestApp;
use crate::support::desk::Person;

const FIELDS: &str = "/admin/settings/fields";

/// Adds a field at the desk.
pub async fn field(admin: &Person<'_>, name: &str, kind: &str, more: &[&str]) {
    let mut form = vec![("name", name), ("kind", kind)];
    form.extend(more.iter().map(|tick| (*tick, "on")));
    let (_, said) = admin.submit(FIELDS, &form).await;
    assert!(said.starts_with("Added"), "{said}");
}

async fn all(app: &TestApp) -> Vec<SubscriberField> {
    fields::all(&mut app.app.db.read().await.unwrap()).await.unwrap()
}

async fn id_of_field(app: &TestApp, key: &str) -> Uuid {
    all(app).await.into_iter().find(|field| field.key == key).expect("a field").id
}

pub async fn id_of(app: &TestApp, email: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    subscribers::by_email(&mut tx, &address(email)).await.unwrap().expect("a subscriber").id
}

/// What a field holds of somebody.
pub async fn held(app: &TestApp, email: &str, key: &str) -> Option<String> {
    let (subscriber, field) = (id_of(app, email).await, id_of_field(app, key).await);
    let mut tx = app.app.db.read().await.unwrap();
    let held = fields::of_ids(&mut tx, &[subscriber]).await.unwrap();
    held.into_iter().find(|held| held.field_id == field).map(|held| held.text)
}

/// The page of somebody's choices.
async fn preferences(app: &TestApp, email: &str) -> String {
    let subscriber = id_of(app, email).await;
    format!("{}/preferences/{}", app.url, app.app.keyring.token(Link::Preferences { subscriber }))
}

on_both_engines! {
    async fn an_admin_defines_fields_and_nobody_else_does(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        field(&admin, "Job title", "text", &["on_form", "open"]).await;
        field(&admin, "Berths", "number", &[]).await;
        for (form, said) in [
            (vec![("name", ""), ("kind", "text")], "1 to 100 characters"),
            (vec![("name", "Job title"), ("kind", "text")], "already a field"),
            (vec![("name", "First name"), ("kind", "text")], "already has a meaning"),
            (vec![("name", "한국"), ("kind", "text")], "A key can contain"),
            (vec![("name", "X"), ("key", "A b"), ("kind", "text")], "A key can contain"),
            (vec![("name", "X"), ("kind", "picture")], "Choose a type"),
        ] {
            let page = admin.refused(FIELDS, &form).await;
            assert!(page.contains(said), "{said}: {page}");
        }
        let berths = id_of_field(app, "berths").await;
        let one = format!("{FIELDS}/{berths}");
        admin.submit(&one, &[("name", "Berths at the quay"), ("open", "on")]).await;
        admin.submit(&format!("{one}/move"), &[("way", "up")]).await;
        let now = all(app).await;
        assert_eq!((now[0].key.as_str(), now[0].name.as_str(), now[0].is_open, now[0].is_on_form), ("berths", "Berths at the quay", true, false));
        assert!(admin.page(FIELDS).await.contains("{{ job_title }}"));
        for path in [FIELDS.to_owned(), one.clone(), format!("{one}/move"), format!("{one}/delete")] {
            assert_eq!(editor.post(&path, &[("name", "x"), ("typed", "berths")]).await.status(), StatusCode::FORBIDDEN, "{path}");
            assert_eq!(app.nobody().post(&path, &[]).await.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(editor.get(FIELDS).await.status(), StatusCode::FORBIDDEN);

        // A field goes with what it holds, and only where its key is typed.
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let ines = format!("/admin/subscribers/{}", id_of(app, "ines@example.org").await);
        editor.submit(&format!("{ines}/fields"), &[("field.berths", "7")]).await;
        assert!(admin.page(&one).await.contains("1 subscriber has a value."));
        assert!(admin.refused(&format!("{one}/delete"), &[("typed", "berth")]).await.contains("not the field’s key"));
        admin.submit(&format!("{one}/delete"), &[("typed", "berths")]).await;
        assert_eq!(all(app).await.len(), 1);
        let rows = dump(app).await;
        assert!(rows.iter().all(|(table, _)| table != "subscriber_fields"), "{rows:?}");
        let audit: Vec<&String> = rows.iter().filter(|(table, _)| table == "audit_log").map(|(_, row)| row).collect();
        assert!(audit.iter().any(|row| row.contains("deleted") && row.contains("berths")), "{audit:?}");
    }

    async fn values_are_edited_at_the_desk_exported_and_erased(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        app.list("world", "World").await;
        for (name, kind) in [("Job", "text"), ("Berths", "number"), ("Since", "date"), ("Member", "yes_no")] {
            field(&admin, name, kind, &[]).await;
        }
        join(app, "ines@example.org", "world").await;
        join(app, "tobe@example.org", "world").await;
        let id = id_of(app, "ines@example.org").await;
        let ines = format!("/admin/subscribers/{id}");
        let wrong = editor.refused(&format!("{ines}/fields"), &[("field.job", "Pilot"), ("field.berths", "1,234"), ("field.since", "29.2.2024")]).await;
        assert!(wrong.contains("could mean two different numbers") && wrong.contains("written as year-month-day") && wrong.contains("value=\"29.2.2024\""), "{wrong}");
        assert_eq!(held(app, "ines@example.org", "job").await, None);
        let form = [("field.job", "=Pilot"), ("field.berths", "-1 234,50"), ("field.since", "2024-02-29"), ("field.member", "Yes"), ("field.nobody", "x")];
        editor.submit(&format!("{ines}/fields"), &form).await;
        let page = editor.page(&ines).await;
        assert!(page.contains("value=\"-1234.5\"") && page.contains("value=\"2024-02-29\"") && page.contains("=Pilot"), "{page}");
        let (_, said) = editor.submit(&format!("{ines}/fields"), &form).await;
        assert_eq!(said, "Nothing was changed.");
        editor.submit(&format!("{ines}/fields"), &[("field.since", "")]).await;
        assert_eq!(held(app, "ines@example.org", "since").await, None);
        let csv = admin.page("/admin/subscribers/export.csv").await;
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].ends_with(",confirmed_ip,field:job,field:berths,field:since,field:member"), "{csv}");
        assert!(lines.iter().any(|line| line.starts_with("ines@") && line.ends_with(",'=Pilot,-1234.5,,yes")), "{csv}");
        assert!(lines.iter().any(|line| line.starts_with("tobe@") && line.ends_with(",,,,")), "{csv}");
        let data = editor.page(&format!("{ines}/data")).await;
        assert!(data.contains("\"berths\": \"-1234.5\""), "{data}");
        // What a field holds of somebody is in no audit entry, and goes with them.
        admin.submit(&format!("{ines}/erase"), &[("typed", "ines@example.org")]).await;
        let rows = dump(app).await;
        assert!(rows.iter().all(|(_, row)| !row.contains("Pilot")), "{rows:?}");
    }

    async fn the_form_asks_for_fields_and_answers_the_same(app: TestApp) {
        let admin = app.admin().await;
        app.list("world", "World").await;
        field(&admin, "Berths", "number", &["on_form"]).await;
        field(&admin, "Secret", "text", &[]).await;
        let page = app.http.get(&app.url).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("name=\"field.berths\"") && !page.contains("field.secret"), "{page}");
        let submit = format!("{}/subscribe", app.url);
        let wrong = post(app, &submit, "email=ines%40example.org&list=world&field.berths=many").await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = wrong.text().await.unwrap();
        assert!(wrong.contains("Berths must be a number") && wrong.contains("value=\"many\"") && wrong.contains("value=\"ines@example.org\""), "{wrong}");
        let long = format!("email=ines%40example.org&list=world&field.berths={}", "1".repeat(5000));
        assert_eq!(post(app, &submit, &long).await.status(), StatusCode::UNPROCESSABLE_ENTITY);

        let taken = subscribe(app, "email=ines%40example.org&list=world&field.berths=7,5&field.secret=x&field.gone=y").await;
        assert_eq!(taken.status(), StatusCode::SEE_OTHER);
        assert_eq!(held(app, "ines@example.org", "berths").await.as_deref(), Some("7.5"));
        assert_eq!(held(app, "ines@example.org", "secret").await, None);
        let link = link_in(&the_one_mail(app).await, "/confirm/");
        assert_eq!(post(app, &link, "").await.status(), StatusCode::OK);
        // Whoever types her address now changes nothing of hers, and is answered as anybody.
        let again = subscribe(app, "email=ines%40example.org&list=world&field.berths=99").await;
        assert_eq!((again.status(), again.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/subscribed"));
        assert_eq!(held(app, "ines@example.org", "berths").await.as_deref(), Some("7.5"));
        // By a program.
        let json = app.http.post(&submit).json(&serde_json::json!({ "email": "tobe@example.org", "list": "world", "field.berths": 12 }));
        assert_eq!(json.send().await.unwrap().status(), StatusCode::OK);
        app.work_on_sign_ups().await;
        assert_eq!(held(app, "tobe@example.org", "berths").await.as_deref(), Some("12"));
        // A field that is deleted while a sign-up waits keeps nobody out.
        post(app, &submit, "email=late%40example.org&list=world&field.berths=3").await;
        let berths = id_of_field(app, "berths").await;
        admin.submit(&format!("{FIELDS}/{berths}/delete"), &[("typed", "berths")]).await;
        app.work_on_sign_ups().await;
        id_of(app, "late@example.org").await;
        app.deliver_all_due().await;
    }

    async fn readers_change_open_fields_and_no_others(app: TestApp) {
        let admin = app.admin().await;
        app.list("world", "World").await;
        field(&admin, "Town", "text", &["open"]).await;
        field(&admin, "Since", "date", &["open"]).await;
        field(&admin, "Rank", "text", &[]).await;
        join(app, "ines@example.org", "world").await;
        let ines = format!("/admin/subscribers/{}/fields", id_of(app, "ines@example.org").await);
        admin.submit(&ines, &[("field.rank", "captain"), ("field.town", "Hallerud")]).await;
        let url = preferences(app, "ines@example.org").await;
        let page = app.http.get(&url).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("value=\"Hallerud\"") && !page.contains("captain") && !page.contains("rank"), "{page}");
        let saved = post(app, &url, "list-world=each&field.town=%3Cb%3ELisbon&field.rank=admiral").await;
        assert_eq!(saved.headers()["location"].to_str().unwrap().rsplit('?').next(), Some("saved=1"));
        assert_eq!(held(app, "ines@example.org", "town").await.as_deref(), Some("<b>Lisbon"));
        assert_eq!(held(app, "ines@example.org", "rank").await.as_deref(), Some("captain"));
        let page = app.http.get(&url).send().await.unwrap().text().await.unwrap();
        assert!(!page.contains("<b>Lisbon"), "{page}");
        let wrong = post(app, &url, "list-world=off&field.since=soon").await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.headers()["cache-control"], "no-store");
        let wrong = wrong.text().await.unwrap();
        assert!(wrong.contains("must be a date written as year-month-day") && wrong.contains("value=\"soon\""), "{wrong}");
    }

    async fn many_values_are_stored_in_one_statement(app: TestApp) {
        let admin = app.admin().await;
        field(&admin, "N", "number", &[]).await;
        field(&admin, "T", "text", &[]).await;
        let (n, t) = (id_of_field(app, "n").await, id_of_field(app, "t").await);
        let mut tx = app.app.db.write().await.unwrap();
        let people: Vec<_> = (0..2000).map(|n| (address(&format!("r{n}@example.org")), String::new())).collect();
        let ids = subscribers::upsert_all(&mut tx, &people, app.clock.now()).await.unwrap();
        let value = |kind, text: &str| FieldValue::parse(kind, text).unwrap().unwrap();
        let mut values = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            values.push((*id, n, value(FieldKind::Number, &format!("{at}.5"))));
            values.push((*id, t, value(FieldKind::Text, "\"quoted\\\" 😀")));
        }
        // Of one pair the last.
        values.push((ids[0], n, value(FieldKind::Number, "1000000000000000")));
        let begun = Instant::now();
        fields::set_all(&mut tx, &values).await.unwrap();
        eprintln!("4000 values in {:?}", begun.elapsed());
        fields::set_all(&mut tx, &values[..2]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let held = fields::of_ids(&mut tx, &ids).await.unwrap();
        assert_eq!(held.len(), 4000);
        let text = |subscriber, field| held.iter().find(|held| (held.subscriber_id, held.field_id) == (subscriber, field)).unwrap().text.clone();
        assert_eq!((text(ids[0], n), text(ids[7], n), text(ids[7], t)), ("0.5".to_owned(), "7.5".to_owned(), "\"quoted\\\" 😀".to_owned()));
        assert_eq!(fields::count_values(&mut tx, n, 10).await.unwrap(), 11);
    }
}
