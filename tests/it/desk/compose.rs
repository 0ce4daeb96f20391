//! Writing, looking, scheduling, correcting: through to the mail that arrives.

use chrono::TimeDelta;
use postrider::db::users::Role;
use reqwest::StatusCode;
use reqwest::header::CONTENT_SECURITY_POLICY;
use uuid::Uuid;

use crate::on_both_engines;
use crate::sign_up::join;
use crate::support::TestApp;
use crate::support::desk::Person;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::process::wait_until;

/// Begins a campaign; its editor's path.
async fn begin(person: &Person<'_>, list: Uuid, subject: &str) -> String {
    person.submit("/admin/campaigns/new", &[("list", &list.to_string()), ("subject", subject)]).await.0
}

fn version(page: &str) -> String {
    let from = page.split_once("name=\"version\" value=\"").expect("a version").1;
    from.split('"').next().unwrap().to_owned()
}

/// The other paths of the campaign of an editor's path.
fn path(edit: &str, part: &str) -> String {
    edit.replace("/edit", part)
}

/// Saves a text over the version that stands.
async fn save(person: &Person<'_>, edit: &str, list: Uuid, subject: &str, markdown: &str) {
    let stands = version(&person.page(edit).await);
    let list = list.to_string();
    let form = [("version", stands.as_str()), ("list", &list), ("subject", subject), ("markdown", markdown)];
    assert_eq!(person.submit(edit, &form).await.1, "Saved.");
}

/// Sends it now, and delivers it when the undo window is over.
async fn send(app: &TestApp, person: &Person<'_>, edit: &str) {
    let stands = version(&person.page(edit).await);
    person.submit(&path(edit, "/schedule"), &[("version", &stands), ("when", "now")]).await;
    app.advance(TimeDelta::minutes(6));
    app.run_all_due().await;
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let found = message.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.unwrap_or_else(|| panic!("no {name} in {message}"))
}

on_both_engines! {
    async fn a_campaign_is_written_tested_taken_back_and_sent(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let owen = app.editor().await;
        let edit = begin(&owen, world, "Tide tables").await;
        save(&owen, &edit, world, "Tide tables, again", "# High water\n\nAt **nine**. <script>alert(1)</script>").await;

        let preview = owen.get(&path(&edit, "/preview")).await;
        assert!(preview.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox;"));
        let html = preview.text().await.unwrap();
        assert!(html.contains("High water") && !html.contains("<script"), "{html}");
        let text = owen.page(&path(&edit, "/preview?as=text&reader=ines@example.org")).await;
        assert!(text.contains("ines@example.org") && text.contains("High water"), "{text}");
        assert!(owen.page(&path(&edit, "/preview?as=source")).await.contains("Subject: Tide tables, again"));
        assert!(!owen.page(&path(&edit, "/preview?as=dark")).await.contains("(prefers-color-scheme: dark)"));

        owen.submit(&path(&edit, "/test"), &[("to", "owen@harbour.example marta@harbour.example")]).await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);

        // Sent, taken back within the window, and nobody has got it.
        let stands = version(&owen.page(&edit).await);
        let (_, said) = owen.submit(&path(&edit, "/schedule"), &[("version", &stands), ("when", "now")]).await;
        assert!(said.contains("will be sent on 24 November"), "{said}");
        app.run_all_due().await;
        owen.submit(&path(&edit, "/take-back"), &[]).await;
        app.advance(TimeDelta::minutes(10));
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty());

        send(app, &owen, &edit).await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "ines@example.org");
        let late = owen.refused(&path(&edit, "/take-back"), &[]).await;
        assert!(late.contains("Write a correction"), "{late}");
    }

    async fn two_editors_of_one_draft_lose_nothing(app: TestApp) {
        let world = app.list("world", "World").await;
        let (owen, marta) = (app.editor().await, app.admin().await);
        let edit = begin(&owen, world, "Draft").await;
        let read_by_both = version(&owen.page(&edit).await);
        let list = world.to_string();
        let by = |text: &'static str| {
            [("version", read_by_both.clone()), ("list", list.clone()), ("subject", "Draft".to_owned()), ("markdown", text.to_owned())]
        };
        let of = |form: &[(&'static str, String); 4]| form.clone().map(|(name, value)| (name, value));
        let send = async |person: &Person<'_>, form: &[(&'static str, String); 4]| {
            let form = of(form);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            person.post(&edit, &form).await
        };
        assert_eq!(send(&owen, &by("Owen's words")).await.status(), StatusCode::SEE_OTHER);
        // The same form twice is no conflict.
        assert_eq!(send(&owen, &by("Owen's words")).await.status(), StatusCode::SEE_OTHER);
        let conflict = send(&marta, &by("Marta's words")).await;
        assert_eq!(conflict.status(), StatusCode::CONFLICT);
        let page = conflict.text().await.unwrap();
        for kept in ["owen@harbour.example saved another version", "Owen&#39;s words", "Marta&#39;s words"] {
            assert!(page.contains(kept), "{kept}: {page}");
        }
        // Two windows of one person are two as well.
        let own = send(&owen, &by("Owen's other window")).await.text().await.unwrap();
        assert!(own.contains("You (in another window) saved another version"), "{own}");
        let kept = version(&page);
        let form = [("version", kept.as_str()), ("list", &list), ("subject", "Draft"), ("markdown", "Marta's words")];
        marta.submit(&edit, &form).await;
        let history = marta.page(&path(&edit, "/history")).await;
        assert!(history.contains("Owen&#39;s words") && history.contains("Marta&#39;s words"), "{history}");
        // Who looked at Owen's words can't send Marta's by it.
        let stale = owen.refused(&path(&edit, "/schedule"), &[("version", &read_by_both), ("when", "now")]).await;
        assert!(stale.contains("saved another version after you opened this page"), "{stale}");
    }

    async fn what_can_not_be_sent_says_why_and_keeps_what_was_typed(app: TestApp) {
        let world = app.list("world", "World").await;
        let owen = app.editor().await;
        let edit = begin(&owen, world, "").await;
        let list = world.to_string();
        let stands = version(&owen.page(&edit).await);
        let typed = |subject: &'static str, markdown: &str| {
            vec![("version", stands.clone()), ("list", list.clone()), ("subject", subject.to_owned()), ("markdown", markdown.to_owned())]
        };
        let refused = async |form: Vec<(&'static str, String)>| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            owen.refused(&edit, &form).await
        };
        let broken = refused(typed("Two\nlines", "Kept words")).await;
        assert!(broken.contains("one line") && broken.contains("Kept words"), "{broken}");
        let huge = refused(typed("Huge", &"a long story ".repeat(400_000))).await;
        assert!(huge.contains("The limit is 1 MB") && huge.len() > 5_000_000);
        let at = path(&edit, "/schedule");
        assert!(owen.refused(&at, &[("version", &stands), ("when", "now")]).await.contains("The subject is empty"));
        save(&owen, &edit, world, "Only a subject", "").await;
        let stands = version(&owen.page(&edit).await);
        assert!(owen.refused(&at, &[("version", &stands), ("when", "now")]).await.contains("The campaign is empty"));
        save(&owen, &edit, world, "Whole", "<b>broken <i>nesting</b> is mended</i>").await;
        let stands = version(&owen.page(&edit).await);
        let mut tx = app.app.db.write().await.unwrap();
        let mut publication = postrider::db::publication::get(&mut tx).await.unwrap();
        publication.time_zone = "Europe/London".to_owned();
        postrider::db::publication::set(&mut tx, &publication, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for (time, why) in [
            ("2027-03-28T01:30", "doesn’t exist"),
            ("2027-10-31T01:30", "happens twice"),
            ("2026-11-24T09:00", "has passed"),
            ("2031-01-01T09:00", "two years away"),
            ("soon", "is not a time"),
            ("", "Choose a day"),
        ] {
            let page = owen.refused(&at, &[("version", &stands), ("when", "at"), ("at", time)]).await;
            assert!(page.contains(why), "{time}: {page}");
        }
        // Twice the same form: one time, one campaign.
        for _ in 0..2 {
            owen.submit(&at, &[("version", &stands), ("when", "at"), ("at", "2026-11-24T17:30")]).await;
        }
        owen.submit(&path(&edit, "/take-back"), &[]).await;
    }

    async fn a_large_list_needs_a_second_person(app: TestApp) {
        let world = app.list("world", "World").await;
        for reader in ["ines@example.org", "tobe@example.org"] {
            join(app, reader, "world").await;
        }
        let sql = "UPDATE publication SET two_person_min = 2";
        match &app.app.db {
            postrider::db::Db::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(|_| ()).unwrap(),
            postrider::db::Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap(),
        }
        let (owen, marta) = (app.editor().await, app.admin().await);
        let edit = begin(&owen, world, "To all").await;
        save(&owen, &edit, world, "To all", "Words").await;
        let stands = version(&owen.page(&edit).await);
        let (_, said) = owen.submit(&path(&edit, "/schedule"), &[("version", &stands), ("when", "now")]).await;
        assert!(said.contains("someone else"), "{said}");
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty(), "nobody has approved it");
        assert!(owen.refused(&path(&edit, "/approve"), &[]).await.contains("scheduled this campaign yourself"));
        marta.submit(&path(&edit, "/approve"), &[]).await;
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty(), "the undo window begins anew");
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
    }

    async fn what_a_script_sends_to_many_is_looked_at_and_approved_at_the_desk(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let sql = "UPDATE publication SET two_person_min = 0";
        match &app.app.db {
            postrider::db::Db::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(|_| ()).unwrap(),
            postrider::db::Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap(),
        }
        let list = postrider::db::lists::by_id(&mut app.app.db.read().await.unwrap(), world).await.unwrap().unwrap();
        let cx = postrider::actions::Context::command_line(&app.app);
        let sent = postrider::actions::send::to_list(&cx, &list, "Ferry", "<p>It sails.</p>", app.clock.now(), None);
        let id = sent.await.unwrap().campaign;
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty(), "nobody has approved it");
        let owen = app.editor().await;
        let page = owen.page(&format!("/admin/campaigns/{id}")).await;
        let links = [format!("/admin/campaigns/{id}/preview"), format!("/admin/campaigns/{id}/approve")];
        assert!(links.iter().all(|link| page.contains(link)), "{page}");
        assert!(owen.page(&links[0]).await.contains("It sails."));
        owen.submit(&links[1], &[]).await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }

    async fn a_correction_goes_to_those_who_got_it_as_an_answer(app: TestApp) {
        let world = app.list("world", "World").await;
        for reader in ["ines@example.org", "tobe@example.org"] {
            join(app, reader, "world").await;
        }
        let owen = app.editor().await;
        let edit = begin(&owen, world, "Nine ships").await;
        save(&owen, &edit, world, "Nine ships", "Nine ships came in.").await;
        let early = owen.refused(&path(&edit, "/correct"), &[("subject", "C"), ("reason", "r")]).await;
        assert!(early.contains("Nobody has received this campaign yet"), "{early}");
        send(app, &owen, &edit).await;
        let originals = app.smtp.take();
        assert_eq!(originals.len(), 2);
        // Amara comes later; Tobe has left.
        join(app, "amara@example.org", "world").await;
        let mut tx = app.app.db.write().await.unwrap();
        let tobe = crate::sign_up::address("tobe@example.org");
        let tobe = postrider::db::subscribers::by_email(&mut tx, &tobe).await.unwrap().unwrap();
        postrider::db::subscriptions::change_one(&mut tx, &app.cause(), tobe.id, world, postrider::domain::subscription::Transition::Leave).await.unwrap();
        tx.commit().await.unwrap();

        let correct = path(&edit, "/correct");
        assert!(owen.refused(&correct, &[("subject", "C"), ("reason", " ")]).await.contains("The reason is empty"));
        let (fix, _) = owen.submit(&correct, &[("subject", "Correction: ten ships"), ("reason", "There were <ten>.")]).await;
        assert_eq!(owen.submit(&correct, &[("subject", "x"), ("reason", "y")]).await.0, fix, "one correction at a time");
        send(app, &owen, &fix).await;
        let corrections = app.smtp.take();
        assert_eq!(corrections.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ines@example.org"]);
        let original = originals.iter().find(|mail| mail.to == "ines@example.org").unwrap();
        let [original, correction] = [original, &corrections[0]].map(|mail| String::from_utf8_lossy(&mail.message).into_owned());
        let id = header(&original, "Message-ID");
        assert_eq!(header(&correction, "In-Reply-To"), id);
        assert_eq!(header(&correction, "References"), id);
        assert_ne!(header(&correction, "Message-ID"), id);
        assert!(correction.contains("There were &lt;ten&gt;."), "{correction}");
    }

    async fn an_article_is_written_here_and_mailed_with_others(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        app.user("marta@harbour.example", Role::Admin).await;
        let owen = app.editor().await;
        let (article, _) = owen.submit("/admin/articles/new", &[("title", "The pilot's hour")]).await;
        let stands = version(&owen.page(&article).await);
        let form = [("version", stands.as_str()), ("title", "The pilot's hour"), ("author", "Owen"), ("markdown", "He waits for *slack* water.")];
        owen.submit(&article, &form).await;
        assert!(owen.page(&format!("{article}/preview")).await.contains("<em>slack</em>"));
        let again = owen.post(&article, &[("version", stands.as_str()), ("title", "Other"), ("markdown", "x")]).await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
        assert!(owen.page("/admin/articles").await.contains("The pilot&#39;s hour"));
        let id = article.rsplit('/').next().unwrap();
        let list = world.to_string();
        let (edit, _) = owen.submit("/admin/campaigns/new", &[("list", &list), ("subject", "Two things"), ("article", id)]).await;
        let page = owen.page(&edit).await;
        assert!(page.contains(&format!("value=\"{id}\" checked")), "{page}");
        let form = [("version", "1"), ("list", &list), ("subject", "Two things"), ("markdown", "First words."), ("article", id)];
        owen.submit(&edit, &form).await;
        send(app, &owen, &edit).await;
        let mails = app.smtp.take();
        let text = String::from_utf8_lossy(&mails[0].message).replace("=\r\n", "");
        let (first, then) = (text.find("First words.").unwrap(), text.find("slack").unwrap());
        assert!(first < then, "the text stands before the articles");
    }

    async fn an_hour_that_comes_twice_is_chosen_and_none_is_guessed(app: TestApp) {
        let world = app.list("world", "World").await;
        let owen = app.editor().await;
        let edit = begin(&owen, world, "Night").await;
        save(&owen, &edit, world, "Night", "Words").await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut publication = postrider::db::publication::get(&mut tx).await.unwrap();
        publication.time_zone = "Europe/London".to_owned();
        postrider::db::publication::set(&mut tx, &publication, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let stands = version(&owen.page(&edit).await);
        let at = path(&edit, "/schedule");
        let form = [("version", stands.as_str()), ("when", "at"), ("at", "2027-10-31T01:30")];
        let asked = owen.refused(&at, &form).await;
        let (first, second) = ("2027-10-31T01:30:00+01:00", "2027-10-31T01:30:00+00:00");
        for words in ["The first time, 01:30 BST", "The second time, 01:30 GMT", &first.replace('+', "&#43;"), "value=\"2027-10-31T01:30\""] {
            let plain = asked.replace("&#43;", "+");
            assert!(plain.contains(&words.replace("&#43;", "+")), "{words}: {asked}");
        }
        // A choice that was made for another hour counts for nothing.
        let other = owen.refused(&at, &[form[0], form[1], form[2], ("which", "2027-10-31T02:30:00+00:00")]).await;
        assert!(other.contains("happens twice"), "{other}");
        owen.submit(&at, &[form[0], form[1], form[2], ("which", second)]).await;
        let page = owen.page(&edit).await;
        assert!(page.contains("datetime=\"2027-10-31T01:30:00+00:00\"") || page.contains("2027-10-31T01:30:00&#43;00:00"), "{page}");
        owen.submit(&path(&edit, "/take-back"), &[]).await;
    }

    async fn a_draft_thrown_away_comes_back_with_its_words(app: TestApp) {
        let world = app.list("world", "World").await;
        let owen = app.editor().await;
        let edit = begin(&owen, world, "Half a thought").await;
        save(&owen, &edit, world, "Half a thought", "Words that cost an hour").await;
        for _ in 0..2 {
            let (to, said) = owen.submit(&path(&edit, "/discard"), &[]).await;
            assert_eq!((to.as_str(), said.as_str()), ("/admin/campaigns", "Draft “Half a thought” deleted."));
        }
        assert!(owen.page(&path(&edit, "")).await.contains("Restore as draft"));
        for _ in 0..2 {
            assert_eq!(owen.submit(&path(&edit, "/bring-back"), &[]).await.0, edit);
        }
        assert!(owen.page(&edit).await.contains("Words that cost an hour"));
        // So does one that was cancelled before its time, and it is not scheduled then.
        let stands = version(&owen.page(&edit).await);
        owen.submit(&path(&edit, "/schedule"), &[("version", &stands), ("when", "now")]).await;
        assert!(owen.refused(&path(&edit, "/discard"), &[]).await.contains("Only a draft can be deleted"));
        owen.submit(&path(&edit, "/cancel"), &[]).await;
        owen.submit(&path(&edit, "/bring-back"), &[]).await;
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty());
        // What has begun is no draft again.
        join(app, "ines@example.org", "world").await;
        send(app, &owen, &edit).await;
        assert_eq!(app.smtp.take().len(), 1);
        assert!(owen.refused(&path(&edit, "/bring-back"), &[]).await.contains("cancelled before it started"));
    }

    async fn the_number_beside_the_button_is_of_those_who_would_get_it(app: TestApp) {
        let world = app.list("world", "World").await;
        for reader in ["ines@example.org", "tobe@example.org"] {
            join(app, reader, "world").await;
        }
        let owen = app.editor().await;
        let edit = begin(&owen, world, "To some").await;
        assert!(owen.page(&edit).await.contains("If you send it now, it will go to 2 readers."));
        let sql = "UPDATE subscriptions SET cadence = 'weekly' WHERE subscriber_id =
                   (SELECT id FROM subscribers WHERE email = 'tobe@example.org')";
        match &app.app.db {
            postrider::db::Db::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(|_| ()).unwrap(),
            postrider::db::Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap(),
        }
        assert!(owen.page(&edit).await.contains("If you send it now, it will go to 1 reader."));
        // The preview of somebody who is not there is nobody's.
        let nobody = owen.page(&path(&edit, "/preview?reader=stranger%40example.org")).await;
        assert!(nobody.contains("No subscriber has the address stranger@example.org"), "{nobody}");
    }

    async fn a_retired_list_takes_no_campaign(app: TestApp) {
        let world = app.list("world", "World").await;
        app.list("old", "Old").await;
        let (owen, marta) = (app.editor().await, app.admin().await);
        let edit = begin(&owen, world, "Where to").await;
        save(&owen, &edit, world, "Where to", "Words").await;
        marta.submit(&format!("/admin/lists/{world}/retire"), &[]).await;
        let fresh = owen.page("/admin/campaigns/new").await;
        assert!(fresh.contains(">Old<") && !fresh.contains(">World<"), "{fresh}");
        let list = world.to_string();
        let refused = owen.refused("/admin/campaigns/new", &[("list", &list), ("subject", "Another")]).await;
        assert!(refused.contains("“World” is retired"), "{refused}");
        let stands = version(&owen.page(&edit).await);
        let late = owen.refused(&path(&edit, "/schedule"), &[("version", &stands), ("when", "now")]).await;
        assert!(late.contains("is retired, so nothing is sent"), "{late}");
    }

    async fn an_article_is_deleted_unless_a_campaign_holds_it(app: TestApp) {
        let world = app.list("world", "World").await;
        let owen = app.editor().await;
        let (article, _) = owen.submit("/admin/articles/new", &[("title", "A false start")]).await;
        let id = article.rsplit('/').next().unwrap();
        let list = world.to_string();
        let (edit, _) = owen.submit("/admin/campaigns/new", &[("list", &list), ("subject", "With it"), ("article", id)]).await;
        assert!(owen.page(&article).await.contains("a campaign uses it"));
        assert!(owen.refused(&format!("{article}/delete"), &[]).await.contains("This article is in a campaign"));
        save(&owen, &edit, world, "Without it", "Words").await;
        assert_eq!(owen.submit(&format!("{article}/delete"), &[]).await.1, "“A false start” deleted.");
        assert_eq!(owen.get(&article).await.status(), StatusCode::NOT_FOUND);
    }

    async fn what_leaves_at_once_wants_the_number_of_readers(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let marta = app.admin().await;
        let settings = [("part", "rules"), ("uncertain", "resend"), ("undo_secs", "0"), ("two_person_min", "")];
        marta.submit("/admin/settings", &settings).await;
        let edit = begin(&marta, world, "Now").await;
        assert!(marta.page(&edit).await.contains("The campaign is empty."), "a check before it is sent");
        save(&marta, &edit, world, "Now", "Words").await;
        let page = marta.page(&edit).await;
        assert!(page.contains("Send now") && page.contains("type 1<"), "{page}");
        let stands = version(&page);
        let at = path(&edit, "/schedule");
        for typed in ["", "2"] {
            let form = [("version", stands.as_str()), ("when", "now"), ("shown", "1"), ("typed", typed)];
            assert!(marta.refused(&at, &form).await.contains("can’t be undone"), "{typed}");
        }
        app.run_all_due().await;
        assert!(app.smtp.take().is_empty());
        let form = [("version", stands.as_str()), ("when", "now"), ("shown", "1"), ("typed", "1")];
        assert_eq!(marta.submit(&at, &form).await.1, "Sending now.");
        let page = marta.page(&edit).await;
        assert!(page.contains("Sending to 1 reader now.") && !page.contains("undo it until"), "{page}");
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }
}

on_both_engines! {
    async fn a_link_that_leads_to_nothing_is_named_before_it_is_sent(app: TestApp) {
        let world = app.list("world", "World").await;
        let owen = app.editor().await;
        let server = FeedServer::start().await;
        server.set("/there", Page::Plain { headers: Vec::new(), body: b"Tides".to_vec() });
        server.set("/gone", Page::Status(410, Vec::new()));
        server.set("/busy", Page::Status(503, Vec::new()));
        let edit = begin(&owen, world, "Tide tables").await;
        let link = |text: &str, path: &str| format!("[{text}]({})\n\n", server.url(path));
        let text = link("Tides", "/there") + &link("Old tides", "/gone") + &link("Late tides", "/busy")
            + &link("Lost <b>tides", "/missing");
        save(&owen, &edit, world, "Tide tables", &text).await;
        wait_until("the links are asked", async || {
            let page = owen.page(&edit).await;
            let awaited = page.contains("Checking");
            if !awaited {
                assert!(page.contains("The link “Old tides” is broken: its site returns 410."), "{page}");
                assert!(page.contains("The link “Lost tides” is broken: its site returns 404."), "{page}");
                assert_eq!(page.matches("is broken: its site").count(), 2, "{page}");
            }
            !awaited
        })
        .await;
        let asked = server.seen().iter().filter(|seen| seen.path == "/gone").count();
        assert_eq!(asked, 1, "an answer counts for a while");
    }
}
