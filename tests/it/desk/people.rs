//! Subscribers at the desk: found, filtered, added, changed one by one and together, erased; suppressions,
//! imports, and the search for anything.

use std::cell::Cell;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use postrider::db::subscribers;
use postrider::db::walk::{self, Count, Filter, LOOKS_MAX, Walk};
use postrider::db::{Db, suppressions};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::campaign;
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::desk::Person;

/// Adds somebody to a list as active, a minute after the one before.
async fn join(app: &TestApp, email: &str, name: &str, list: Uuid) -> Uuid {
    app.advance(TimeDelta::minutes(1));
    let mut tx = app.app.db.write().await.unwrap();
    let email = EmailAddress::parse(email).unwrap();
    let now = app.clock.now();
    let id = subscribers::upsert(&mut tx, &email, name, now).await.unwrap();
    postrider::db::subscriptions::change_one(
        &mut tx,
        &app.cause(),
        id,
        list,
        Transition::Join(Cadence::Each),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn status(app: &TestApp, list: Uuid, id: Uuid) -> Option<SubscriptionStatus> {
    let mut tx = app.app.db.read().await.unwrap();
    postrider::db::subscriptions::status(&mut tx, list, id).await.unwrap()
}

async fn find(app: &TestApp, email: &str) -> Option<Uuid> {
    let mut tx = app.app.db.read().await.unwrap();
    let email = EmailAddress::parse(email).unwrap();
    subscribers::by_email(&mut tx, &email).await.unwrap().map(|subscriber| subscriber.id)
}

async fn is_suppressed(app: &TestApp, email: &str) -> bool {
    suppressions::is_suppressed(&mut app.app.db.read().await.unwrap(), email).await.unwrap()
}

/// What a filter's walk finds, as the list asks.
async fn walked_by(
    app: &TestApp,
    tx: &mut postrider::db::Tx,
    filter: &Filter,
    way: Walk,
) -> sqlx::Result<walk::Walked> {
    let rule = filter.rule(tx, app.clock.now()).await?;
    walk::walk(tx, &rule, way, 51).await
}

/// Adds `reader1`… to a list as active, a millisecond apart, as nothing in the program does: without what they
/// are found by. Half are called Even, half Odd.
async fn add_many(app: &TestApp, list: Uuid, readers: u128) {
    let from = app.clock.now().timestamp_millis() as u128;
    let at = app.clock.now().to_rfc3339();
    let sqlite = matches!(app.app.db, Db::Sqlite { .. });
    let literal = |id: Uuid| if sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'") };
    let mut n = 0;
    while n < readers {
        let (mut people, mut held) = (Vec::new(), Vec::new());
        for n in n + 1..=(n + 1000).min(readers) {
            let id = literal(Uuid::from_u128((from - 100_000 + n) << 80 | 7 << 76 | 2 << 62 | n));
            let (email, name) = (format!("reader{n}@example.org"), if n % 2 == 0 { "Even" } else { "Odd" });
            people.push(format!("({id}, '{email}', '{email}', '{name}', '{at}')"));
            held.push(format!("({}, {id}, 'active', 'each', '{at}', '{at}')", literal(list)));
        }
        n += 1000;
        exec(
            app,
            format!(
                "INSERT INTO subscribers (id, email, email_key, name, created_at) VALUES {}",
                people.join(",")
            ),
        )
        .await;
        exec(
            app,
            format!(
                "INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since)
                 VALUES {}",
                held.join(",")
            ),
        )
        .await;
    }
    app.advance(TimeDelta::seconds(1));
}

async fn exec(app: &TestApp, sql: String) {
    match &app.app.db {
        Db::Sqlite { writer, .. } => {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(writer).await.map(|_| ())
        }
        Db::Postgres(pool) => sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.map(|_| ()),
    }
    .unwrap();
}

async fn texts(app: &TestApp, sql: String) -> Vec<String> {
    match &app.app.db {
        Db::Sqlite { writer, .. } => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(writer).await,
        Db::Postgres(pool) => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await,
    }
    .unwrap()
}

/// Every row of every table, as text.
pub async fn dump(app: &TestApp) -> Vec<(String, String)> {
    let sqlite = matches!(app.app.db, Db::Sqlite { .. });
    let tables = match sqlite {
        true => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'".to_owned(),
        false => "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()".to_owned(),
    };
    let mut rows = Vec::new();
    for table in texts(app, tables).await {
        let whole = match sqlite {
            true => {
                let columns = texts(app, format!("SELECT name FROM pragma_table_info('{table}')")).await;
                columns
                    .iter()
                    .map(|column| format!("quote({column})"))
                    .collect::<Vec<_>>()
                    .join(" || ' ' || ")
            }
            false => format!("{table}::text"),
        };
        let found = texts(app, format!("SELECT {whole} FROM {table}")).await;
        rows.extend(found.into_iter().map(|row| (table.clone(), row)));
    }
    rows
}

async fn audit_text(app: &TestApp) -> String {
    let rows = dump(app).await.into_iter().filter(|(table, _)| table == "audit_log");
    rows.map(|(_, row)| row).collect::<Vec<_>>().join("\n")
}

/// The addresses of a page's table, in order.
fn addresses(page: &str) -> Vec<String> {
    let rows = page.split("name=\"id\" value=\"").skip(1);
    rows.map(|row| row.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

async fn list_of(person: &Person<'_>, query: &str) -> Vec<String> {
    addresses(&person.page(&format!("/admin/subscribers?{query}")).await)
}

on_both_engines! {
    async fn subscribers_are_found_by_how_address_domain_or_a_word_of_the_name_begins(app: TestApp) {
        let editor = app.editor().await;
        let world = app.list("world", "World").await;
        assert!(editor.page("/admin/subscribers").await.contains("No subscribers yet"));
        join(app, "ines.carvalho@example.org", "Inês Carvalho", world).await;
        join(app, "Tobe@Mail.example", "Tobe Okonkwo", world).await;
        join(app, "office@example.org", "", world).await;
        for (query, found) in [
            ("q=", vec!["office@example.org", "Tobe@mail.example", "ines.carvalho@example.org"]),
            ("q=INES.C", vec!["ines.carvalho@example.org"]),
            ("q=in%C3%AAs", vec!["ines.carvalho@example.org"]),
            ("q=okon", vec!["Tobe@mail.example"]),
            ("q=example.org", vec!["office@example.org", "ines.carvalho@example.org"]),
            ("q=%40mail.ex", vec!["Tobe@mail.example"]),
            ("q=carv+in", vec!["ines.carvalho@example.org"]),
            ("q=carv+tobe", vec![]),
            ("q=%25", vec![]),
            ("q=okonkwo%27+OR+1%3D1", vec![]),
            ("q=konkwo", vec![]),
        ] {
            let path = format!("/admin/subscribers?{query}");
            let page = editor.get(&path).await.text().await.unwrap();
            assert_eq!(addresses(&page), found, "{query}");
        }
    }

    async fn filters_combine_and_pages_lead_there_and_back(app: TestApp) {
        let admin = app.admin().await;
        let (world, markets) = (app.list("world", "World").await, app.list("markets", "Markets").await);
        let mut everybody = Vec::new();
        for n in 0..120 {
            let email = format!("reader{n:03}@example.org");
            join(app, &email, "", if n % 10 == 0 { markets } else { world }).await;
            everybody.insert(0, email);
        }
        let first = admin.page("/admin/subscribers").await;
        assert_eq!(addresses(&first), everybody[..50]);
        let link = |page: &str, rel: &str| {
            let from = page.split(&format!("rel=\"{rel}\" href=\"")).nth(1)?;
            Some(from.split('"').next().unwrap().replace("&#38;", "&"))
        };
        assert_eq!(link(&first, "prev"), None);
        let second = admin.page(&link(&first, "next").unwrap()).await;
        assert_eq!(addresses(&second), everybody[50..100]);
        let third = admin.page(&link(&second, "next").unwrap()).await;
        assert_eq!(addresses(&third), everybody[100..]);
        assert_eq!(link(&third, "next"), None);
        let back = admin.page(&link(&third, "prev").unwrap()).await;
        assert_eq!(addresses(&back), everybody[50..100]);

        let on_markets = admin.page("/admin/subscribers?list=markets&status=active&cadence=each").await;
        assert_eq!(addresses(&on_markets).len(), 12);
        assert!(on_markets.contains("12 matches"), "{on_markets}");
        assert_eq!(list_of(&admin, "list=markets&q=reader01").await, ["reader010@example.org"]);
        assert_eq!(list_of(&admin, "list=markets&status=bounced").await, Vec::<String>::new());
        assert_eq!(list_of(&admin, "since=2026-11-24&until=2026-11-24&status=active").await.len(), 50);
        assert_eq!(list_of(&admin, "since=2026-11-25").await, Vec::<String>::new());
        assert_eq!(list_of(&admin, "until=2026-11-23").await, Vec::<String>::new());
        for (query, said) in [
            ("since=yesterday", "That is not a date."),
            ("since=99999-01-01", "That is not a date."),
            ("list=gone", "That list no longer exists"),
            ("status=happy", "There is no such status"),
            ("q=%21%21", "Enter at least one letter or digit"),
        ] {
            let answer = admin.get(&format!("/admin/subscribers?{query}")).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert!(answer.text().await.unwrap().contains(said), "{query}");
        }
        // What is nobody's id is the first page.
        assert_eq!(list_of(&admin, "before=x&after=y").await, everybody[..50]);
    }

    async fn a_walk_over_many_stops_and_says_how_far_it_looked(app: TestApp) {
        let world = app.list("world", "World").await;
        add_many(app, world, 15_000).await;
        while postrider::schedule::work_on_subscribers(&app.app).await.unwrap() {}
        let rare = find(app, "reader12345@example.org").await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        subscribers::tag(&mut tx, rare, "rare", app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let active = Filter { status: Some(SubscriptionStatus::Active), ..Filter::default() };
        let newest = Walk::Older(Uuid::max());
        let walked = walked_by(app, &mut tx, &active, newest).await.unwrap();
        assert_eq!((walked.ids.len(), walked.looked_to, walked.count), (51, None, Count::MoreThan(LOOKS_MAX)));
        // One in 15,000, and it is found at once, whatever else is asked for.
        let tagged = Filter { tag: Some("rare".to_owned()), words: vec!["example.org".to_owned()], ..active.clone() };
        let walked = walked_by(app, &mut tx, &tagged, newest).await.unwrap();
        assert_eq!((walked.ids, walked.looked_to), (vec![rare], None));
        // Three conditions that many fit and together nobody: each walk says where the next goes on.
        let cadence = Some(Cadence::Weekly);
        let nobody = Filter { words: vec!["even".to_owned(), "odd".to_owned()], cadence: None, ..active.clone() };
        let (mut from, mut walks) = (newest, 0);
        loop {
            let walked = walked_by(app, &mut tx, &nobody, from).await.unwrap();
            assert_eq!(walked.ids, Vec::<Uuid>::new());
            walks += 1;
            match walked.looked_to {
                Some(to) => from = Walk::Older(to),
                None => break,
            }
        }
        assert_eq!(walks, 3 + 1);
        let weekly = Filter { cadence, ..active };
        assert_eq!(walked_by(app, &mut tx, &weekly, newest).await.unwrap().count, Count::Exactly(0));
    }

    async fn who_is_added_is_asked_or_their_consent_is_written_down(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let world = app.list("world", "World").await;
        let new = "/admin/subscribers/new";
        let asked = [("email", "ines@example.org"), ("name", "Inês"), ("list", "world"), ("cadence", "daily")];
        let (to, _) = editor.submit(new, &asked).await;
        let ines = find(app, "ines@example.org").await.unwrap();
        assert_eq!(to, format!("/admin/subscribers/{ines}"));
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Pending));
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        // Twice is once: the flood control holds for editors too.
        editor.submit(new, &asked).await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 0);

        assert!(admin.page(new).await.contains("At least 10 characters."));
        let active = [("email", "tobe@example.org"), ("list", "world"), ("how", "active")];
        assert_eq!(editor.post(new, &active).await.status(), StatusCode::FORBIDDEN);
        let refused = admin.refused(new, &active).await;
        assert!(refused.contains("Say how they agreed") && refused.contains("tobe@example.org"), "{refused}");
        assert_eq!(find(app, "tobe@example.org").await, None, "what is refused leaves nothing");
        let mut active = active.to_vec();
        active.push(("consent", "card at the harbour fair, 3 May"));
        admin.submit(new, &active).await;
        let tobe = find(app, "tobe@example.org").await.unwrap();
        assert_eq!(status(app, world, tobe).await, Some(SubscriptionStatus::Active));
        let timeline = admin.page(&format!("/admin/subscribers/{tobe}")).await;
        assert!(timeline.contains("card at the harbour fair") && timeline.contains("Added as active"), "{timeline}");
        for (form, said) in [
            (vec![("email", "no at"), ("list", "world")], "has no @"),
            (vec![("email", "x@example.org")], "Choose at least one list"),
            (vec![("email", "x@example.org"), ("list", "world"), ("name", "a\nb")], "a single line"),
        ] {
            assert!(editor.refused(new, &form).await.contains(said), "{said}");
        }
        assert_eq!(find(app, "x@example.org").await, None);
    }

    async fn a_timeline_tells_sign_up_mails_answers_and_changes_and_nothing_is_markup(app: TestApp) {
        let editor = app.editor().await;
        let world = app.list("world", "<b>World</b>").await;
        app.http.post(format!("{}/subscribe", app.url)).form(&[("email", "ines@example.org"), ("list", "world")])
            .send().await.unwrap();
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        let ines = find(app, "ines@example.org").await.unwrap();
        let path = format!("/admin/subscribers/{ines}");
        let timeline = editor.page(&path).await;
        for said in ["Joined", "Signed up for &#60;b&#62;World", "127.0.0.1", "Email: confirm your subscription", "250 "] {
            assert!(timeline.contains(said), "{said}: {timeline}");
        }
        assert!(!timeline.contains("<b>World"));
        editor.submit(&format!("{path}/edit"), &[("email", "ines@example.org"), ("name", "<script>alert(1)</script>")]).await;
        editor.submit(&format!("{path}/tags"), &[("tags", "founding reader, shipping,, shipping ")]).await;
        editor.submit(&format!("{path}/lists"), &[("cadence-world", "weekly")]).await;
        let timeline = editor.page(&path).await;
        for said in ["Edited", "Tags changed", "none → tags: founding reader, shipping", ": Once a week", "owen@harbour.example"] {
            let said = said.replace("none → ", "");
            assert!(timeline.contains(&said), "{said}: {timeline}");
        }
        assert!(!timeline.contains("<script>alert"));
        assert_eq!(list_of(&editor, "tag=founding+reader").await, ["ines@example.org"]);
        assert_eq!(list_of(&editor, "q=alert").await, ["ines@example.org"]);
        assert!(!editor.page(&format!("{path}?show=deliveries")).await.contains("Tags changed"));
        let mut tx = app.app.db.write().await.unwrap();
        postrider::db::subscriptions::change_one(&mut tx, &app.cause(), ines, world, Transition::Join(Cadence::Each)).await.unwrap();
        tx.commit().await.unwrap();
        campaign(app, world, "Rates <slip>").await;
        app.run_all_due().await;
        app.smtp.take();
        let timeline = editor.page(&format!("{path}?show=deliveries")).await;
        assert!(timeline.contains("Rates &#60;slip&#62;") && timeline.contains("mark-sent"), "{timeline}");
        let data: serde_json::Value =
            editor.get(&format!("{path}/data")).await.json().await.unwrap();
        assert_eq!(data["email"], "ines@example.org");
        assert_eq!(data["deliveries"][0]["status"], "sent");
        assert_eq!(data["consents"][0]["list"].as_str().or(data["consents"][0]["list_name"].as_str()), Some("<b>World</b>"));
        assert_eq!(data["tags"][1], "shipping");
    }

    async fn a_new_address_is_nobody_elses_and_is_found_at_once(app: TestApp) {
        let editor = app.editor().await;
        let world = app.list("world", "World").await;
        let ines = join(app, "ines@example.org", "Inês", world).await;
        join(app, "tobe@example.org", "Tobe", world).await;
        let edit = format!("/admin/subscribers/{ines}/edit");
        assert!(editor.refused(&edit, &[("email", "TOBE@example.org"), ("name", "Inês")]).await.contains("Another subscriber has that address"));
        assert!(editor.refused(&edit, &[("email", "ines"), ("name", "Inês")]).await.contains("has no @"));
        editor.submit(&edit, &[("email", "carvalho@other.example"), ("name", "Carvalho")]).await;
        assert_eq!(list_of(&editor, "q=carv").await, ["carvalho@other.example"]);
        assert_eq!(list_of(&editor, "q=ines").await, Vec::<String>::new());
        let log = audit_text(app).await;
        assert!(log.contains("c***@other.example"), "{log}");
        assert!(!log.contains("carvalho@") && !log.contains("ines@"), "the log names no reader: {log}");
    }

    async fn a_confirmation_goes_again_but_never_too_often(app: TestApp) {
        let editor = app.editor().await;
        app.list("world", "World").await;
        editor.submit("/admin/subscribers/new", &[("email", "ines@example.org"), ("list", "world")]).await;
        let ines = find(app, "ines@example.org").await.unwrap();
        let again = format!("/admin/subscribers/{ines}/confirmation");
        assert!(editor.submit(&again, &[]).await.1.contains("Not sent: we emailed this address"));
        app.advance(TimeDelta::minutes(16));
        assert!(editor.submit(&again, &[]).await.1.contains("Confirmation resent."));
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
        editor.submit(&format!("/admin/subscribers/{ines}/unsubscribe"), &[]).await;
        app.advance(TimeDelta::minutes(16));
        assert!(editor.submit(&again, &[]).await.1.contains("none of their subscriptions needs confirming"));
    }

    async fn many_are_changed_together_and_changed_back_exactly(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let (world, markets) = (app.list("world", "World").await, app.list("markets", "Markets").await);
        let ines = join(app, "ines@example.org", "", world).await;
        let tobe = join(app, "tobe@example.org", "", world).await;
        let hanne = join(app, "hanne@example.org", "", markets).await;
        let ids: Vec<String> = [ines, tobe, hanne].iter().map(Uuid::to_string).collect();
        let with = |fields: &[(&'static str, &'static str)]| {
            let mut form: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
            form.extend(fields);
            form
        };
        let change = "/admin/subscribers/change";
        let asked = editor.page(&format!("{change}?action=tag&id={ines}&id={tobe}")).await;
        assert!(asked.contains("Tag 2 subscribers"), "{asked}");
        assert_eq!(editor.get(&format!("{change}?action=suppress&id={ines}")).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(editor.get(&format!("{change}?action=tag")).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(editor.refused(change, &with(&[("action", "tag"), ("tag", "a,b")])).await.contains("no comma"));
        assert!(editor.refused(change, &with(&[("action", "unsubscribe"), ("list", "gone")])).await.contains("no longer exists"));

        // Who had the tag before keeps it when the change is undone.
        editor.submit(&format!("/admin/subscribers/{tobe}/tags"), &[("tags", "vip")]).await;
        app.advance(TimeDelta::seconds(5));
        let undo = async |said: &str, by: &Person<'_>, form: &[(&str, &str)]| {
            assert_eq!(by.submit(change, form).await.1, said);
            let page = by.page("/admin/subscribers/changes").await;
            page.split("action=\"").filter_map(|part| part.split_once("/undo\"")).next().unwrap().0.to_owned() + "/undo"
        };
        let back = undo("Tagged 2 subscribers: vip.", &editor, &with(&[("action", "tag"), ("tag", "vip")])).await;
        assert_eq!(list_of(&editor, "tag=vip").await.len(), 3);
        editor.submit(&back, &[]).await;
        assert_eq!(list_of(&editor, "tag=vip").await, ["tobe@example.org"]);
        assert!(editor.submit(&back, &[]).await.1.contains("already undone"));

        let back = undo("Removed the tag vip from 1 subscriber.", &editor, &with(&[("action", "untag"), ("tag", "vip")])).await;
        assert_eq!(list_of(&editor, "tag=vip").await, Vec::<String>::new());
        editor.submit(&back, &[]).await;
        assert_eq!(list_of(&editor, "tag=vip").await, ["tobe@example.org"]);

        let form = with(&[("action", "cadence"), ("list", "world"), ("cadence", "weekly")]);
        let back = undo("Changed how often 2 subscribers get World: Once a week.", &editor, &form).await;
        assert_eq!(list_of(&editor, "cadence=weekly").await.len(), 2);
        editor.submit(&back, &[]).await;
        assert_eq!(list_of(&editor, "cadence=weekly&status=active").await, Vec::<String>::new());

        let back = undo("Unsubscribed 3 subscribers from every list.", &editor, &with(&[("action", "unsubscribe")])).await;
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Unsubscribed));
        // Tobe comes back by himself, and leaves again: that is his own, and stays.
        app.advance(TimeDelta::minutes(1));
        let mut tx = app.app.db.write().await.unwrap();
        postrider::db::subscriptions::change_one(&mut tx, &app.cause(), tobe, world, Transition::Join(Cadence::Each)).await.unwrap();
        postrider::db::subscriptions::change_one(&mut tx, &app.cause(), tobe, world, Transition::Leave).await.unwrap();
        tx.commit().await.unwrap();
        editor.submit(&back, &[]).await;
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Active));
        assert_eq!(status(app, world, tobe).await, Some(SubscriptionStatus::Unsubscribed));
        assert_eq!(status(app, markets, hanne).await, Some(SubscriptionStatus::Active));

        let back = undo("Suppressed 3 subscribers.", &admin, &with(&[("action", "suppress")])).await;
        assert!(is_suppressed(app, "ines@example.org").await);
        assert!(admin.page(&format!("/admin/subscribers/{ines}")).await.contains("for several subscribers at once"));
        assert_eq!(editor.post(&back, &[]).await.status(), StatusCode::FORBIDDEN);
        admin.submit(&back, &[]).await;
        assert!(!is_suppressed(app, "ines@example.org").await);
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Active));

        // A day later it stays.
        let back = undo("Tagged 3 subscribers: late.", &editor, &with(&[("action", "tag"), ("tag", "late")])).await;
        app.advance(TimeDelta::hours(25));
        assert!(editor.submit(&back, &[]).await.1.contains("within 24 hours"));
        assert_eq!(list_of(&editor, "tag=late").await.len(), 3);
    }

    async fn all_that_match_are_changed_in_the_background_and_those_who_come_later_are_not(app: TestApp) {
        let editor = app.editor().await;
        let world = app.list("world", "World").await;
        add_many(app, world, 1_300).await;
        app.count().await;
        app.advance(TimeDelta::minutes(1));
        let ask = "/admin/subscribers/change?action=tag&all=yes&list=world&status=active";
        assert!(editor.page(ask).await.contains("Everyone matching list “World” and status “Active”."));
        let form = [("action", "tag"), ("tag", "old"), ("all", "yes"), ("f-status", "active"), ("f-list", "world")];
        let (progress, _) = editor.submit("/admin/subscribers/change", &form).await;
        assert!(editor.page(&progress).await.contains("Tagging: old. 0 of about 1,300 so far."));
        postrider::actions::bulk::step(&app.app, 500).await.unwrap();
        let underway = editor.page(&progress).await;
        assert!(underway.contains("Tagging: old. 500 of about 1,300 so far."), "{underway}");
        join(app, "late@example.org", "", world).await;
        app.run_all_due().await;
        let done = editor.page(&progress).await;
        assert!(done.contains("Tagged 1,300 subscribers: old.") && done.contains("Done"), "{done}");
        assert_eq!(list_of(&editor, "tag=old&q=late").await, Vec::<String>::new());
        editor.submit(&format!("{progress}/undo"), &[]).await;
        assert!(editor.page(&progress).await.contains("Undoing"));
        app.run_all_due().await;
        assert!(editor.page(&progress).await.contains("Undone"));
        assert_eq!(list_of(&editor, "tag=old").await, Vec::<String>::new());
    }

    async fn who_is_erased_leaves_nothing_but_numbers(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let world = app.list("world", "World").await;
        let ines = join(app, "ines@example.org", "Inês Carvalho", world).await;
        campaign(app, world, "Rates slip").await;
        app.run_all_due().await;
        app.smtp.take();
        let path = format!("/admin/subscribers/{ines}");
        editor.submit(&format!("{path}/tags"), &[("tags", "vip")]).await;
        let erase = format!("{path}/erase");
        assert_eq!(editor.post(&erase, &[("typed", "ines@example.org")]).await.status(), StatusCode::FORBIDDEN);
        assert!(admin.refused(&erase, &[("typed", "ines")]).await.contains("Nothing was erased"));
        assert!(find(app, "ines@example.org").await.is_some());
        admin.submit(&erase, &[("typed", " INES@example.org ")]).await;
        assert_eq!(admin.get(&path).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(admin.post(&erase, &[("typed", "ines@example.org")]).await.status(), StatusCode::NOT_FOUND);
        let left = dump(app).await;
        assert!(left.len() > 10);
        for (table, row) in left {
            assert!(!row.contains("ines@") && !row.contains("Carvalho"), "{table}: {row}");
        }
        // Suppressed first, a hash of the address stays, so that nobody brings it back.
        let tobe = join(app, "tobe@example.org", "Tobe", world).await;
        admin.submit(&format!("/admin/subscribers/{tobe}/suppress"), &[("why", "wrote to us")]).await;
        admin.submit(&format!("/admin/subscribers/{tobe}/erase"), &[("typed", "tobe@example.org")]).await;
        for (table, row) in dump(app).await {
            assert!(!row.contains("tobe@") && !row.contains("Tobe"), "{table}: {row}");
        }
        let form = [("email", "tobe@example.org"), ("list", "world")];
        assert!(admin.refused("/admin/subscribers/new", &form).await.contains("Lift the suppression first"));
        let found = admin.page("/admin/suppressions?q=Tobe@example.org").await;
        assert!(found.contains("tobe@example.org") && found.contains("Manual"), "who knows the address finds it: {found}");
        admin.submit("/admin/suppressions/lift", &[("email", "tobe@example.org")]).await;
        admin.submit("/admin/subscribers/new", &form).await;
        assert!(find(app, "tobe@example.org").await.is_some());
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn suppressions_are_listed_searched_added_and_lifted(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let world = app.list("world", "World").await;
        assert!(editor.page("/admin/suppressions").await.contains("No suppressed addresses yet"));
        let ines = join(app, "ines@example.org", "", world).await;
        assert_eq!(editor.post("/admin/suppressions", &[("email", "ines@example.org")]).await.status(), StatusCode::FORBIDDEN);
        assert!(admin.refused("/admin/suppressions", &[("email", "ines")]).await.contains("has no @"));
        for n in 0..60 {
            let email = format!("trap{n:02}@example.net");
            admin.submit("/admin/suppressions", &[("email", &email)]).await;
        }
        app.advance(TimeDelta::seconds(1));
        admin.submit("/admin/suppressions", &[("email", "INES@example.org"), ("why", "<i>asked</i>")]).await;
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Unsubscribed));
        let page = editor.page("/admin/suppressions").await;
        assert!(page.contains("ines@example.org") && page.contains("Manual") && page.contains("&#60;i&#62;asked"), "{page}");
        assert!(!page.contains("suppressions/lift"), "editors look only");
        let older = page.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let older = editor.page(&older).await;
        assert!(older.contains("trap00@") && !older.contains("ines@"));
        let found = editor.page("/admin/suppressions?q=TRAP5").await;
        assert!(found.contains("trap57@") && !found.contains("trap07@"), "{found}");
        let again = admin.refused("/admin/subscribers/new", &[("email", "ines@example.org"), ("list", "world")]).await;
        assert!(again.contains("Lift the suppression first"), "{again}");
        admin.submit("/admin/suppressions/lift", &[("email", "ines@example.org")]).await;
        assert!(!is_suppressed(app, "ines@example.org").await);
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Unsubscribed), "who left stays so");
        assert!(admin.submit("/admin/suppressions/lift", &[("email", "ines@example.org")]).await.1.contains("already"));
    }

    async fn the_masthead_finds_anyone_and_anything_and_jumps_to_what_fits(app: TestApp) {
        let editor = app.editor().await;
        let world = app.list("world", "World news").await;
        let ines = join(app, "ines@example.org", "Inês Worldly", world).await;
        let campaign = campaign(app, world, "Rates slip for a sixth week").await;
        let at = async |q: &str| {
            let answer = editor.get(&format!("/admin/find?q={q}")).await;
            answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned())
        };
        assert_eq!(at("INES@example.org").await, Some(format!("/admin/subscribers/{ines}")));
        assert_eq!(at("world+news").await, Some(format!("/admin/lists/{world}")));
        assert_eq!(at("rates+slip+for+a+sixth+week").await, Some(format!("/admin/campaigns/{campaign}")));
        let page = editor.page("/admin/find?q=worl").await;
        assert!(page.contains("ines@example.org") && page.contains("World news"), "{page}");
        assert!(editor.page("/admin/find?q=sixth").await.contains("Rates slip"));
        assert!(editor.page("/admin/find?q=%3Cb%3Enobody").await.contains("Nothing found"));
        assert!(editor.page("/admin/find").await.contains("What are you looking for?"));
        // Settings and help, by the words of other tools; an editor is shown none that only admins may open.
        let page = editor.page("/admin/find?q=2FA").await;
        assert!(page.contains("href=\"/admin/account\">Your account</a><p class=\"meta\">"), "{page}");
        assert!(editor.page("/admin/find?q=logo").await.contains("Nothing found"));
        let admin = app.admin().await;
        assert!(admin.page("/admin/find?q=logo").await.contains("href=\"/admin/settings/branding\""));
        assert!(admin.page("/admin/find?q=webhook").await.contains("href=\"/admin/help#server\""));
    }

    async fn an_export_holds_all_that_match_and_no_formula(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let (world, markets) = (app.list("world", "World").await, app.list("markets", "Markets").await);
        add_many(app, world, 1_100).await;
        join(app, "ines@example.org", "=HYPERLINK(1)", markets).await;
        assert_eq!(editor.get("/admin/subscribers/export.csv").await.status(), StatusCode::FORBIDDEN);
        let answer = admin.get("/admin/subscribers/export.csv").await;
        assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("subscribers.csv"));
        let text = answer.text().await.unwrap();
        assert_eq!(text.lines().count(), 1_102);
        assert!(text.contains("ines@example.org,'=HYPERLINK(1),active,each,"), "{text}");
        assert_eq!(text.matches(",markets,").count(), 1);
        let some = admin.get("/admin/subscribers/export.csv?list=markets&q=ines").await.text().await.unwrap();
        assert_eq!(some.lines().count(), 2);
        // Each is in the log: who, and of whom, but no reader.
        let mut tx = app.app.db.read().await.unwrap();
        let log = postrider::db::audit::of_subject(&mut tx, "list", markets, 10).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].user_email.as_str()), ("exported", "marta@harbour.example"));
        drop(tx);
        let log = audit_text(app).await;
        assert_eq!(log.matches("exported").count(), 2, "{log}");
        assert!(log.contains("by address or name") && !log.contains("ines@"), "{log}");
    }

    async fn a_file_is_imported_in_the_background_and_its_bad_lines_are_named(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let world = app.list("world", "World").await;
        let left = join(app, "left@example.org", "", world).await;
        let mut tx = app.app.db.write().await.unwrap();
        postrider::db::subscriptions::change_one(&mut tx, &app.cause(), left, world, Transition::Leave).await.unwrap();
        tx.commit().await.unwrap();
        let import = "/admin/subscribers/import";
        let mut csv = "\u{feff}Email,Name\nines@example.org,Inês\nno address,X\nleft@example.org,\n".to_owned();
        for n in 0..250 {
            csv.push_str(&format!("reader{n}@example.org,'=Reader\n"));
        }
        let fields = [("list", "world"), ("status", "active")];
        assert_eq!(editor.upload(import, &fields, csv.as_bytes()).await.status(), StatusCode::FORBIDDEN);
        let empty = admin.upload(import, &fields, b"").await;
        assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text().await.unwrap().contains("that isn’t empty"));
        let answer = admin.upload(import, &fields, csv.as_bytes()).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
        let page = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(admin.page(&page).await.contains("Checking the file"));
        // A dry run stores nothing.
        app.run_all_due().await;
        let checked = admin.page(&page).await;
        assert!(checked.contains("Ready to import to World") && checked.contains("Import 251 rows"), "{checked}");
        assert!(checked.contains("has no @") && find(app, "ines@example.org").await.is_none(), "{checked}");
        let unsaid = admin.post(&page, &[("do", "start")]).await;
        assert_eq!(unsaid.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsaid.text().await.unwrap().contains("Say how they agreed"));
        let start = [("do", "start"), ("consent", "moved from our WordPress newsletter")];
        assert_eq!(editor.post(&page, &start).await.status(), StatusCode::FORBIDDEN);
        admin.submit(&page, &start).await;
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 0, "active mails nobody");
        let done = admin.page(&page).await;
        assert!(done.contains("251 added to World") && done.contains("has no @"), "{done}");
        assert!(done.contains("<td class=\"n\">3</td>"), "{done}");
        assert_eq!(status(app, world, left).await, Some(SubscriptionStatus::Unsubscribed));
        let ines = find(app, "ines@example.org").await.unwrap();
        assert_eq!(status(app, world, ines).await, Some(SubscriptionStatus::Active));
        assert!(admin.page(&format!("/admin/subscribers/{ines}")).await.contains("moved from our WordPress"));
        let rejected = admin.page(&format!("{page}/rejected.csv")).await;
        assert!(rejected.starts_with("Email,Name,why_not_imported\nno address,X,"), "{rejected}");
        assert_eq!(admin.post(import, &[("list", "world")]).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        // The same file again adds nobody.
        let again = admin.upload(import, &[("list", "world"), ("status", "pending")], csv.as_bytes()).await;
        let again = again.headers()["location"].to_str().unwrap().to_owned();
        app.run_all_due().await;
        admin.submit(&again, &[("do", "start")]).await;
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 0);
        assert!(admin.page(&again).await.contains("0 added to World"));
        // Undone, nothing of the first is left but who was there before.
        admin.submit(&page, &[("do", "undo")]).await;
        app.run_all_due().await;
        assert!(admin.page(&page).await.contains("Import undone"));
        assert_eq!(find(app, "ines@example.org").await, None);
        assert_eq!(status(app, world, left).await, Some(SubscriptionStatus::Unsubscribed));
    }

    async fn a_large_file_of_bad_lines_keeps_no_reader_waiting(app: TestApp) {
        let admin = app.admin().await;
        app.list("world", "World").await;
        let csv = format!("email\n{}", "no address at all, however long one looks\n".repeat(250_000));
        let fields = [("list", "world"), ("status", "pending")];
        let upload = admin.upload("/admin/subscribers/import", &fields, csv.as_bytes());
        let begun = Instant::now();
        let longest = Cell::new(Duration::ZERO);
        let pages = async {
            loop {
                // A connection of its own each time, so that every thread of the server gets some.
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let asked = Instant::now();
                assert_eq!(http.get(&app.url).send().await.unwrap().status(), StatusCode::OK);
                longest.set(longest.get().max(asked.elapsed()));
            }
        };
        let answer = tokio::select! { answer = upload => answer, () = pages => unreachable!() };
        let (took, longest) = (begun.elapsed(), longest.get());
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        app.run_all_due().await;
        let page = admin.page(answer.headers()["location"].to_str().unwrap()).await;
        assert!(page.contains("Showing the first 50 of 250,000."), "{page}");
        assert!(longest * 3 < took, "a page took {longest:?} of the {took:?} that the file took");
    }
}
