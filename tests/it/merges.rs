//! Merging two subscribers who are one person: what comes over, whose links work, and giving everything back.

use chrono::TimeDelta;
use postrider::db::{fields, ledger, merges, subscribers, subscriptions, suppressions, timeline};
use postrider::domain::links::Link;
use postrider::domain::subscription::{Cadence, SubscriptionStatus, Transition};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::campaign;
use crate::desk::people::dump;
use crate::on_both_engines;
use crate::sign_up::{address, join, post, standing, subscribe};
use crate::support::TestApp;
use crate::support::desk::Person;

use SubscriptionStatus::{Active, Unsubscribed};

const OLD: &str = "ines@old.example";
const NEW: &str = "ines@new.example";

async fn id_of(app: &TestApp, email: &str) -> Option<Uuid> {
    let mut tx = app.app.db.read().await.unwrap();
    subscribers::by_email(&mut tx, &address(email)).await.unwrap().map(|found| found.id)
}

/// Adds somebody to a list as active, some minutes after the one before.
async fn add(app: &TestApp, email: &str, name: &str, list: Uuid, cadence: Cadence) -> Uuid {
    app.advance(TimeDelta::minutes(16));
    let mut tx = app.app.db.write().await.unwrap();
    let now = app.clock.now();
    let id = subscribers::upsert(&mut tx, &address(email), name, now).await.unwrap();
    subscriptions::change_one(&mut tx, &app.cause(), id, list, Transition::Join(cadence)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn change(app: &TestApp, id: Uuid, list: Uuid, transition: Transition) {
    app.advance(TimeDelta::minutes(1));
    let mut tx = app.app.db.write().await.unwrap();
    subscriptions::change_one(&mut tx, &app.cause(), id, list, transition).await.unwrap();
    tx.commit().await.unwrap();
}

async fn merge(admin: &Person<'_>, kept: Uuid, merged: Uuid) {
    let (to, said) =
        admin.submit(&format!("/admin/subscribers/{kept}/merge"), &[("merged", &merged.to_string())]).await;
    assert_eq!((to, said.as_str()), (format!("/admin/subscribers/{kept}"), "Merged."));
}

fn undo_path(kept: Uuid, merged: Uuid) -> String {
    format!("/admin/subscribers/{kept}/merges/{merged}/undo")
}

/// Every row of what is theirs: all tables but those that only grow, in no order; the events that were there before.
async fn rows(app: &TestApp) -> Vec<(String, String)> {
    let grows = ["audit_log", "events", "sessions", "sqlite_sequence", "instance", "job_runs"];
    let mut rows = dump(app).await;
    rows.retain(|(table, _)| !grows.contains(&table.as_str()));
    rows.sort();
    rows
}

async fn events(app: &TestApp) -> Vec<String> {
    dump(app).await.into_iter().filter(|(table, _)| table == "events").map(|(_, row)| row).collect()
}

/// Two who are one: both on World, each on a list of their own, one that only the old one has left; tags, a field, an
/// import and a change to many, which both have.
async fn two(app: &TestApp, admin: &Person<'_>) -> (Uuid, Uuid) {
    let (world, markets) = (app.list("world", "World").await, app.list("markets", "Markets").await);
    let ships = app.list("ships", "Ships").await;
    for (slug, name) in [("sea", "Sea"), ("fleet", "Fleet")] {
        app.list(slug, name).await;
    }
    join(app, OLD, "world").await;
    let old = id_of(app, OLD).await.unwrap();
    let new = add(app, NEW, "", world, Cadence::Each).await;
    change(app, new, markets, Transition::Join(Cadence::Daily)).await;
    change(app, old, world, Transition::SetCadence(Cadence::Weekly)).await;
    change(app, old, ships, Transition::Join(Cadence::Each)).await;
    change(app, old, ships, Transition::Leave).await;
    for (list, csv) in [
        (
            "sea",
            format!(
                "email
{OLD}
"
            ),
        ),
        (
            "fleet",
            format!(
                "email
{OLD}
{NEW}
"
            ),
        ),
    ] {
        app.import(list, &csv, "They asked us by telephone.").await;
    }
    admin.submit("/admin/settings/fields", &[("name", "Harbour"), ("kind", "text")]).await;
    admin.submit("/admin/settings/fields", &[("name", "Boats"), ("kind", "number")]).await;
    admin
        .submit(&format!("/admin/subscribers/{old}/edit"), &[("email", OLD), ("name", "Inês Carvalho")])
        .await;
    admin.submit(&format!("/admin/subscribers/{old}/tags"), &[("tags", "vip, lisbon")]).await;
    admin.submit(&format!("/admin/subscribers/{new}/tags"), &[("tags", "lisbon, summer")]).await;
    admin
        .submit(
            &format!("/admin/subscribers/{old}/fields"),
            &[("field.harbour", "Hallerud"), ("field.boats", "2.75")],
        )
        .await;
    admin.submit(&format!("/admin/subscribers/{new}/fields"), &[("field.harbour", "Lisbon")]).await;
    let ids = [("action", "tag"), ("tag", "both"), ("id", &old.to_string()), ("id", &new.to_string())];
    admin.submit("/admin/subscribers/change", &ids).await;
    app.advance(TimeDelta::minutes(1));
    (new, old)
}

async fn tags(app: &TestApp, id: Uuid) -> Vec<String> {
    subscribers::tags(&mut app.app.db.read().await.unwrap(), id).await.unwrap()
}

async fn values(app: &TestApp, id: Uuid) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let mut values: Vec<String> =
        fields::of_subscriber(&mut tx, id).await.unwrap().into_iter().map(|field| field.text).collect();
    values.sort();
    values
}

/// Active subscriptions, as they are counted for the desk.
async fn active(app: &TestApp) -> Option<i64> {
    app.count().await;
    let mut tx = app.app.db.read().await.unwrap();
    subscriptions::counted(&mut tx, None, Some(Active), None).await.unwrap()
}

on_both_engines! {
    async fn what_the_kept_one_lacks_comes_over_and_goes_back(app: TestApp) {
        let (admin, editor) = (app.admin().await, app.editor().await);
        let (new, old) = two(app, &admin).await;
        let sent = campaign(app, app.list("sea", "Sea").await, "Ferry sails again").await;
        app.run_all_due().await;
        app.smtp.take();
        let (counted, before, told) = (active(app).await, rows(app).await, events(app).await);
        let page = format!("/admin/subscribers/{new}/merge");
        assert_eq!(editor.get(&page).await.status(), StatusCode::FORBIDDEN);
        let preview = admin.page(&format!("{page}?email=INES%40old.example")).await;
        for said in [OLD, NEW, "Weekly", "Unsubscribed", "vip", "Keep ines@old.example instead"] {
            assert!(preview.contains(said), "{said}: {preview}");
        }
        assert_eq!(differences(&rows(app).await, &before), [], "looking changes nothing");

        merge(&admin, new, old).await;
        assert_eq!(id_of(app, OLD).await, None);
        assert_eq!(standing(app, NEW, "world").await, Some((Active, Cadence::Each)), "theirs stays");
        assert_eq!(standing(app, NEW, "markets").await, Some((Active, Cadence::Daily)));
        assert_eq!(standing(app, NEW, "sea").await, Some((Active, Cadence::Each)));
        assert_eq!(standing(app, NEW, "ships").await, Some((Unsubscribed, Cadence::Each)), "nobody is woken up");
        assert_eq!(tags(app, new).await, ["both", "lisbon", "summer", "vip"]);
        assert_eq!(values(app, new).await, ["2.75", "Lisbon"]);
        let mut tx = app.app.db.read().await.unwrap();
        let consents = timeline::consents(&mut tx, new, 100).await.unwrap();
        assert!(consents.iter().any(|consent| consent.list_name == "World" && consent.form == "page"), "{consents:?}");
        let delivery = ledger::page(&mut tx, sent, None, Uuid::nil(), 10).await.unwrap();
        assert!(delivery.iter().any(|row| row.subscriber_id == old && row.email.as_deref() == Some(OLD)), "{delivery:?}");
        drop(tx);
        let person = admin.page(&format!("/admin/subscribers/{new}")).await;
        for said in ["Inês Carvalho", "Ferry sails again", "added from a merged subscriber", "Undo the merge", OLD] {
            assert!(person.contains(said), "{said}: {person}");
        }
        assert!(!editor.page(&format!("/admin/subscribers/{new}")).await.contains("Undo the merge"));
        let moved = admin.get(&format!("/admin/subscribers/{old}")).await;
        assert!(moved.url().path().ends_with(&new.to_string()) || moved.status() == StatusCode::SEE_OTHER);
        let found = admin.page("/admin/subscribers?q=carvalho").await;
        assert!(found.contains(NEW) && !found.contains(OLD), "{found}");
        let data = admin.page(&format!("/admin/subscribers/{new}/data")).await;
        assert!(data.contains(OLD) && data.contains("Ferry sails again"), "{data}");
        assert_eq!(active(app).await, counted.map(|all| all - 2), "World and Fleet once instead of twice");

        let (_, said) = admin.submit(&undo_path(new, old), &[]).await;
        assert_eq!(said, "Merge undone. Both subscribers are back.");
        assert_eq!(differences(&rows(app).await, &before), []);
        let now = events(app).await;
        assert!(told.iter().all(|event| now.contains(event)), "each is whose it was");
        let again = admin.post(&undo_path(new, old), &[]).await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
        assert_eq!(active(app).await, counted);
        let log = admin.page("/admin/settings/audit").await;
        assert!(log.contains("merged with another subscriber") && log.contains("merge undone") && !log.contains(OLD));
    }

    async fn the_other_one_may_be_kept(app: TestApp) {
        let admin = app.admin().await;
        let (new, old) = two(app, &admin).await;
        let before = rows(app).await;
        merge(&admin, old, new).await;
        assert_eq!(standing(app, OLD, "world").await, Some((Active, Cadence::Weekly)));
        assert_eq!(standing(app, OLD, "markets").await, Some((Active, Cadence::Daily)));
        assert_eq!(values(app, old).await, ["2.75", "Hallerud"]);
        admin.submit(&undo_path(old, new), &[]).await;
        assert_eq!(differences(&rows(app).await, &before), []);
    }

    async fn links_of_both_act_for_the_kept_one(app: TestApp) {
        let admin = app.admin().await;
        let (new, old) = two(app, &admin).await;
        merge(&admin, new, old).await;
        let mut tx = app.app.db.read().await.unwrap();
        let sea = postrider::db::lists::by_slug(&mut tx, "sea").await.unwrap().unwrap().id;
        let markets = postrider::db::lists::by_slug(&mut tx, "markets").await.unwrap().unwrap().id;
        drop(tx);
        let url = |path: &str, link| format!("{}/{path}/{}", app.url, app.app.keyring.token(link));
        let leave = url("unsubscribe", Link::Unsubscribe { subscriber: old, list: sea });
        let page = app.http.get(&leave).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Unsubscribe from Sea?"), "{page}");
        assert_eq!(standing(app, NEW, "sea").await.unwrap().0, Active, "looking changes nothing");
        assert_eq!(post(app, &leave, "List-Unsubscribe=One-Click").await.status(), StatusCode::OK);
        assert_eq!(standing(app, NEW, "sea").await.unwrap().0, Unsubscribed);
        let preferences = url("preferences", Link::Preferences { subscriber: old });
        assert_eq!(post(app, &preferences, "list-world=daily").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(standing(app, NEW, "world").await, Some((Active, Cadence::Daily)));
        let own = url("unsubscribe", Link::Unsubscribe { subscriber: new, list: markets });
        post(app, &own, "").await;
        assert_eq!(standing(app, NEW, "markets").await.unwrap().0, Unsubscribed);

        // "This wasn't me" blocks the address that the mail went to, and ends all that the person gets.
        let block = url("block", Link::Block { subscriber: old });
        assert!(post(app, &block, "").await.text().await.unwrap().contains("This address is blocked"));
        let mut tx = app.app.db.read().await.unwrap();
        assert!(suppressions::is_suppressed(&mut tx, OLD).await.unwrap());
        assert!(!suppressions::is_suppressed(&mut tx, NEW).await.unwrap());
        drop(tx);
        assert_eq!(standing(app, NEW, "world").await.unwrap().0, Unsubscribed);

        // Whoever left since has left as both.
        admin.submit(&undo_path(new, old), &[]).await;
        for email in [OLD, NEW] {
            for list in ["world", "sea", "markets"] {
                assert!(standing(app, email, list).await.is_none_or(|(status, _)| status == Unsubscribed), "{email} {list}");
            }
        }
        assert_eq!(standing(app, OLD, "sea").await.unwrap().0, Unsubscribed);
    }

    async fn what_was_changed_since_stays_with_the_kept_one(app: TestApp) {
        let admin = app.admin().await;
        let (new, old) = two(app, &admin).await;
        merge(&admin, new, old).await;
        admin.submit(&format!("/admin/subscribers/{new}/lists"), &[("cadence-sea", "daily")]).await;
        admin.submit(&format!("/admin/subscribers/{new}/fields"), &[("field.boats", "3")]).await;
        admin.submit(&format!("/admin/subscribers/{new}/edit"), &[("email", NEW), ("name", "Inês C.")]).await;
        admin.submit(&undo_path(new, old), &[]).await;
        assert_eq!(standing(app, NEW, "sea").await, Some((Active, Cadence::Daily)));
        assert_eq!(standing(app, OLD, "sea").await, None, "nobody gets a list twice");
        assert_eq!((values(app, new).await, values(app, old).await), (vec!["3".into(), "Lisbon".into()], vec!["2.75".into(), "Hallerud".into()]));
        let found = admin.page("/admin/subscribers?q=in%C3%AAs").await;
        assert!(found.contains(NEW) && found.contains(OLD), "{found}");
    }

    async fn what_can_not_be_merged_is_refused_with_a_reason(app: TestApp) {
        let admin = app.admin().await;
        let (new, old) = two(app, &admin).await;
        let path = format!("/admin/subscribers/{new}/merge");
        for (email, why) in [(NEW, "That is the same subscriber"), ("nobody@example.org", "No subscriber has that address"), ("junk", "No subscriber has that address")] {
            let page = admin.get(&format!("{path}?email={email}")).await;
            assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let page = page.text().await.unwrap();
            assert!(page.contains(why), "{email}: {page}");
        }
        for (merged, status) in [(new.to_string(), StatusCode::UNPROCESSABLE_ENTITY), (Uuid::max().to_string(), StatusCode::NOT_FOUND), (String::new(), StatusCode::NOT_FOUND)] {
            assert_eq!(admin.post(&path, &[("merged", &merged)]).await.status(), status, "{merged}");
        }
        // Mail that is on its way, of a campaign and of a sign-up.
        let sea = app.list("sea", "Sea").await;
        let before = campaign(app, sea, "On its way").await;
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let answer = admin.post(&path, &[("merged", &old.to_string())]).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        assert!(answer.text().await.unwrap().contains("Try again once it has been delivered"));
        assert!(admin.page(&format!("{path}?email={OLD}")).await.contains("is being sent"));
        app.run_all_due().await;
        app.smtp.take();
        assert!(!crate::delivery::counts(app, before).await.is_empty());
        app.advance(TimeDelta::hours(1));
        subscribe(app, "email=ines%40old.example&list=markets").await;
        assert_eq!(admin.post(&path, &[("merged", &old.to_string())]).await.status(), StatusCode::CONFLICT);
        app.deliver_all_due().await;
        app.smtp.take();
        merge(&admin, new, old).await;

        // The address is used again: somebody new, and the merge stays.
        app.advance(TimeDelta::hours(1));
        join(app, OLD, "world").await;
        assert_ne!(id_of(app, OLD).await, Some(old));
        let undone = admin.post(&undo_path(new, old), &[]).await;
        assert_eq!(undone.status(), StatusCode::CONFLICT);
        assert!(undone.text().await.unwrap().contains("now belongs to another subscriber"));
        let page = admin.page(&format!("/admin/subscribers/{new}")).await;
        assert!(page.contains("now belongs to another subscriber") && !page.contains("Undo the merge"), "{page}");
    }

    async fn who_has_had_a_campaign_under_the_other_address_has_not_missed_it(app: TestApp) {
        let admin = app.admin().await;
        let sea = app.list("sea", "Sea").await;
        let old = add(app, OLD, "", sea, Cadence::Each).await;
        let world = app.list("world", "World").await;
        let new = add(app, NEW, "", world, Cadence::Each).await;
        let sent = campaign(app, sea, "Ferry sails again").await;
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
        merge(&admin, new, old).await;
        let page = admin.page(&format!("/admin/campaigns/{sent}/missed")).await;
        assert!(!page.contains(NEW), "{page}");
    }

    async fn a_chain_is_undone_in_its_order(app: TestApp) {
        let admin = app.admin().await;
        let (a, b) = two(app, &admin).await;
        let ships = app.list("ships", "Ships").await;
        let c = add(app, "ines@work.example", "I. C.", ships, Cadence::Weekly).await;
        let before = rows(app).await;
        merge(&admin, a, b).await;
        app.advance(TimeDelta::minutes(1));
        let between = rows(app).await;
        assert!(!differences(&before, &between).is_empty(), "the comparison sees a merge");
        merge(&admin, c, a).await;
        let mut tx = app.app.db.read().await.unwrap();
        for id in [a, b, c] {
            assert_eq!(merges::resolve(&mut tx, id).await.unwrap(), c);
        }
        drop(tx);
        assert_eq!(standing(app, "ines@work.example", "ships").await, Some((Active, Cadence::Weekly)));
        let refused = admin.post(&undo_path(c, b), &[]).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT);
        assert!(refused.text().await.unwrap().contains("First undo the merge"));
        assert_eq!(admin.post(&undo_path(a, b), &[]).await.status(), StatusCode::NOT_FOUND);
        admin.submit(&undo_path(c, a), &[]).await;
        assert_eq!(differences(&rows(app).await, &between), []);
        admin.submit(&undo_path(a, b), &[]).await;
        assert_eq!(differences(&rows(app).await, &before), []);
    }

    async fn rows_that_both_have_are_each_given_back(app: TestApp) {
        let admin = app.admin().await;
        let (new, old) = two(app, &admin).await;
        merge(&admin, new, old).await;
        let text = |rows: Vec<(String, String)>| rows.into_iter().filter(|(table, _)| table == "import_rows").count();
        assert_eq!(text(rows(app).await), 2, "Sea came over, Fleet was there");
        admin.submit(&undo_path(new, old), &[]).await;
        assert_eq!(text(rows(app).await), 3);
    }

    async fn erasing_the_kept_one_erases_every_address(app: TestApp) {
        let admin = app.admin().await;
        let (new, old) = two(app, &admin).await;
        campaign(app, app.list("world", "World").await, "Ferry sails again").await;
        app.run_all_due().await;
        merge(&admin, new, old).await;
        admin.submit(&format!("/admin/subscribers/{new}/erase"), &[("typed", NEW)]).await;
        for (table, row) in dump(app).await {
            assert!(!row.contains("ines@") && !row.contains("Carvalho"), "{table}: {row}");
        }
        let link = app.app.keyring.token(Link::Preferences { subscriber: old });
        assert_eq!(app.http.get(format!("{}/preferences/{link}", app.url)).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

/// Rows that only one of two moments has, but for what is counted now and then.
fn differences(one: &[(String, String)], other: &[(String, String)]) -> Vec<(String, String)> {
    let counted = ["subscription_counts", "delivery_counts", "list_days", "campaigns", "campaign_progress"];
    let only_in = |one: &[(String, String)], other: &[(String, String)]| {
        let rows = one.iter().filter(|row| !counted.contains(&row.0.as_str()) && !other.contains(row));
        rows.cloned().collect::<Vec<_>>()
    };
    [only_in(one, other), only_in(other, one)].concat()
}
