//! Feeds at the desk: add with a look, poll, bind, retire, decide what is held, send the latest.

use chrono::TimeDelta;
use postrider::db::articles::Article;
use postrider::db::campaigns::{self, Campaign};
use postrider::db::feeds::{self, Feed, FeedStatus, ItemVerdict};
use postrider::db::{articles, audit, holds};
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::hold::{HoldKind, HoldReason};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::subscribe_all;
use crate::feeds::{posts, rss};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::desk::Person;
use crate::support::feed_server::{FeedServer, Page};

async fn feed(app: &TestApp, id: Uuid) -> Feed {
    let mut tx = app.app.db.read().await.unwrap();
    feeds::by_id(&mut tx, id).await.unwrap().unwrap()
}

async fn of_list(app: &TestApp, list: Uuid) -> Vec<Campaign> {
    let mut tx = app.app.db.read().await.unwrap();
    campaigns::newest_of_list(&mut tx, list, 50).await.unwrap()
}

/// A feed with three articles, added by Marta to a list.
pub async fn added(marta: &Person<'_>, server: &FeedServer, list: Uuid) -> Uuid {
    server.set_feed("/feed/", &rss(&posts(server, &[9, 8, 7])));
    let (url, list) = (server.url("/feed/"), list.to_string());
    let (to, said) = marta.submit("/admin/feeds", &[("url", &url), ("list", &list), ("grace", "15")]).await;
    assert_eq!(said, "Feed connected. The 3 articles already in it won’t be sent.");
    Uuid::parse_str(to.strip_prefix("/admin/feeds/").unwrap()).unwrap()
}

/// An article that waits for an editor.
pub async fn hold(app: &TestApp, feed_id: Uuid, title: &str) -> Uuid {
    // Later than its feed was bound.
    app.advance(TimeDelta::seconds(1));
    let now = app.clock.now();
    let article = Article {
        id: Uuid::now_v7(),
        url: "https://harbour.example/held".to_owned(),
        title: title.to_owned(),
        author: String::new(),
        summary_html: String::new(),
        content_html: "<p>Held</p>".to_owned(),
        image_url: String::new(),
        image_alt: String::new(),
        categories: Default::default(),
        published_at: now,
        first_seen_at: now,
        is_held: false,
    };
    let mut tx = app.app.db.write().await.unwrap();
    articles::insert_all(&mut tx, std::slice::from_ref(&article)).await.unwrap();
    let why = "its address belonged to another article".to_owned();
    let reason = HoldReason::Said { kind: HoldKind::Unclear, why };
    holds::add_to_articles(&mut tx, &[(article.id, &reason)], now).await.unwrap();
    feeds::set_listed(&mut tx, feed_id, &[(article.id, Some(ItemVerdict::Held))], true, now).await.unwrap();
    tx.commit().await.unwrap();
    article.id
}

on_both_engines! {
    async fn a_look_at_a_feed_stores_nothing_and_adding_it_mails_nobody(app: TestApp) {
        let marta = app.admin().await;
        assert!(marta.page("/admin/feeds").await.contains("No feeds yet"));
        let list = app.list("world", "World").await;
        let server = FeedServer::start().await;
        server.set_feed("/feed/", &rss(&posts(&server, &[9, 8, 7])));
        let url = server.url("/feed/");
        let looked = marta.post("/admin/feeds/look", &[("url", &url), ("grace", "15")]).await;
        assert_eq!(looked.status(), StatusCode::OK);
        let page = looked.text().await.unwrap();
        assert!(page.contains("Harbour Courier") && page.contains("3 articles"), "{page}");
        assert!(page.contains("Would have been sent") && page.contains("Post 9"), "{page}");
        assert!(page.contains("Connect feed") && page.contains("value=\"15\""), "{page}");
        assert!(marta.page("/admin/feeds").await.contains("No feeds yet"));

        let id = added(&marta, &server, list).await;
        let record = marta.page(&format!("/admin/feeds/{id}")).await;
        assert!(record.contains("Already there when the feed was connected") && record.contains("Post 7"), "{record}");
        assert!(record.contains("15 min after an article appears"), "{record}");
        let all = marta.page("/admin/feeds").await;
        assert!(all.contains("The feed is working") && all.contains("Active"), "{all}");
        // The form sent twice.
        let list = list.to_string();
        let (_, said) = marta.submit("/admin/feeds", &[("url", &url), ("list", &list), ("grace", "15")]).await;
        assert!(said.contains("already connected"), "{said}");
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "feed", id, 10).await.unwrap();
        assert_eq!(log.len(), 1, "{log:?}");
        assert_eq!((log[0].action.as_str(), log[0].user_email.as_str()), ("added", "marta@harbour.example"));
    }

    async fn what_is_no_feed_is_said_at_its_field(app: TestApp) {
        let marta = app.admin().await;
        let list = app.list("world", "World").await;
        let server = FeedServer::start().await;
        server.set("/page", Page::Plain { headers: vec![], body: b"<html>no feed</html>".to_vec() });
        let gone = server.url("/nothing");
        let page = server.url("/page");
        for url in ["", "harbour.example/feed", "file:///etc/passwd", "http://10.0.0.1/feed", gone.as_str(), page.as_str()] {
            for path in ["/admin/feeds/look", "/admin/feeds"] {
                let form = [("url", url), ("list", &list.to_string()), ("grace", "0")];
                let refused = marta.refused(path, &form).await;
                assert!(refused.contains("id=\"url-wrong\""), "{path} {url}: {refused}");
            }
        }
        server.set_feed("/feed/", &rss(&posts(&server, &[1])));
        let url = server.url("/feed/");
        for (list, grace, field) in [("", "10", "list"), (&list.to_string(), "-5", "grace"), (&list.to_string(), "soon", "grace")] {
            let refused = marta.refused("/admin/feeds", &[("url", &url), ("list", list), ("grace", grace)]).await;
            assert!(refused.contains(&format!("id=\"{field}-wrong\"")), "{list} {grace}: {refused}");
        }
        let mut tx = app.app.db.read().await.unwrap();
        assert!(feeds::all(&mut tx).await.unwrap().is_empty());
    }

    async fn poll_now_finds_what_is_new_and_says_what_became_of_each_item(app: TestApp) {
        let marta = app.admin().await;
        let owen = app.editor().await;
        let list = app.list("world", "World").await;
        let server = FeedServer::start().await;
        let id = added(&marta, &server, list).await;
        let here = format!("/admin/feeds/{id}");
        server.set_feed("/feed/", &rss(&posts(&server, &[10, 9, 8])));
        app.advance(TimeDelta::minutes(1));
        let (_, said) = owen.submit(&format!("{here}/poll"), &[]).await;
        assert_eq!(said, "Checked: 1 new, 0 edited, 0 on hold.");
        let page = owen.page(&here).await;
        assert!(page.contains("Post 10") && page.contains("Scheduled") && page.contains("no longer in the feed"), "{page}");
        server.set("/feed/", Page::Status(500, vec![]));
        let (_, said) = owen.submit(&format!("{here}/poll"), &[]).await;
        assert!(said.starts_with("The feed can’t be read: "), "{said}");
        let all = owen.page("/admin/feeds").await;
        assert!(all.contains("The feed can’t be read") && all.contains("Failing"), "{all}");
        server.set("/feed/", Page::Status(410, vec![]));
        owen.submit(&format!("{here}/poll"), &[]).await;
        assert!(owen.page(&here).await.contains("Gone"));
        assert!(owen.refused(&format!("{here}/poll"), &[]).await.contains("Restore it first"));
        app.deliver_all_due().await;
    }

    async fn bindings_are_added_changed_and_removed_without_mailing_what_is_there(app: TestApp) {
        let marta = app.admin().await;
        let (world, sea) = (app.list("world", "World").await, app.list("sea", "Sea").await);
        let server = FeedServer::start().await;
        let id = added(&marta, &server, world).await;
        let here = format!("/admin/feeds/{id}");
        // Not polled yet, and there when the second list is bound.
        server.set_feed("/feed/", &rss(&posts(&server, &[10, 9, 8])));
        app.advance(TimeDelta::minutes(1));
        marta.submit(&format!("{here}/bind"), &[("list", &sea.to_string()), ("grace", "0")]).await;
        assert_eq!((of_list(app, world).await.len(), of_list(app, sea).await.len()), (1, 0));
        marta.submit(&format!("{here}/bind"), &[("list", &sea.to_string()), ("grace", "45")]).await;
        let page = marta.page(&here).await;
        assert!(page.contains("45 min after an article appears"), "{page}");
        let refused = marta.refused(&format!("{here}/bind"), &[("list", &sea.to_string()), ("grace", "999999")]).await;
        assert!(refused.contains("0 to 10,080"), "{refused}");
        let unknown = Uuid::now_v7().to_string();
        assert!(marta.refused(&format!("{here}/bind"), &[("list", &unknown), ("grace", "5")]).await.contains("Choose one of the lists"));
        marta.submit(&format!("{here}/unbind"), &[("list", &world.to_string())]).await;
        let (_, said) = marta.submit(&format!("{here}/unbind"), &[("list", &world.to_string())]).await;
        assert_eq!(said, "The list was already removed.");
        // A retired list gets nothing, and can't be bound.
        marta.submit(&format!("/admin/lists/{sea}/retire"), &[]).await;
        server.set_feed("/feed/", &rss(&posts(&server, &[11, 10, 9])));
        app.advance(TimeDelta::minutes(1));
        marta.submit(&format!("{here}/poll"), &[]).await;
        assert_eq!((of_list(app, world).await.len(), of_list(app, sea).await.len()), (1, 0));
        let owen = app.editor().await;
        for verb in ["bind", "unbind", "retire", "bring-back"] {
            assert_eq!(owen.post(&format!("{here}/{verb}"), &[]).await.status(), StatusCode::FORBIDDEN);
        }
    }

    async fn a_retired_feed_is_not_polled_until_it_is_brought_back(app: TestApp) {
        let marta = app.admin().await;
        let list = app.list("world", "World").await;
        let server = FeedServer::start().await;
        let id = added(&marta, &server, list).await;
        let here = format!("/admin/feeds/{id}");
        marta.submit(&format!("{here}/retire"), &[]).await;
        marta.submit(&format!("{here}/retire"), &[]).await;
        assert_eq!(feed(app, id).await.status, FeedStatus::Disabled);
        assert!(marta.page(&here).await.contains("Retired"));
        let asked = server.seen().len();
        app.advance(TimeDelta::hours(2));
        app.run_all_due().await;
        assert_eq!(server.seen().len(), asked);
        marta.submit(&format!("{here}/bring-back"), &[]).await;
        app.run_all_due().await;
        assert!(server.seen().len() > asked);
        assert_eq!(feed(app, id).await.status, FeedStatus::Active);
    }

    async fn a_held_article_is_let_go_or_dropped_by_an_editor(app: TestApp) {
        let marta = app.admin().await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let server = FeedServer::start().await;
        let id = added(&marta, &server, list).await;
        let owen = app.editor().await;
        let (first, second) = (hold(app, id, "Doubtful <1>").await, hold(app, id, "Doubtful 2").await);
        let here = format!("/admin/feeds/{id}");
        let page = owen.page(&here).await;
        assert!(page.contains("Needs your attention") && page.contains("Its address belonged to another article"), "{page}");
        assert!(page.contains("Doubtful &#60;1&#62;"), "{page}");
        let first = first.to_string();
        let (_, said) = owen.submit(&format!("{here}/release"), &[("article", &first)]).await;
        assert_eq!(said, "Released. One campaign is scheduled.");
        let (_, said) = owen.submit(&format!("{here}/release"), &[("article", &first)]).await;
        assert_eq!(said, "This article is no longer on hold.");
        let (_, said) = owen.submit(&format!("{here}/drop"), &[("article", &second.to_string())]).await;
        assert_eq!(said, "Skipped. It won’t be sent.");
        let scheduled = of_list(app, list).await;
        assert_eq!(scheduled.len(), 1);
        assert_eq!(scheduled[0].scheduled_at, Some(app.clock.now() + TimeDelta::minutes(15)));
        let page = owen.page(&here).await;
        assert!(page.contains("Skipped by an editor") && !page.contains("Needs your attention"), "{page}");
    }

    async fn an_article_with_two_holds_is_mailed_when_both_are_off(app: TestApp) {
        let marta = app.admin().await;
        let list = app.list("world", "World").await;
        let server = FeedServer::start().await;
        let id = added(&marta, &server, list).await;
        let article = hold(app, id, "Doubtful").await;
        let why = "World feed: 41 new items in one check, usually 1".to_owned();
        let brake = HoldReason::Said { kind: HoldKind::Brake, why };
        let mut tx = app.app.db.write().await.unwrap();
        for _ in 0..2 {
            holds::add_to_articles(&mut tx, &[(article, &brake)], app.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let record = format!("/admin/articles/{article}");
        let page = marta.page(&record).await;
        assert!(page.contains("On hold: Its address belonged") && page.contains("On hold: World feed: 41"), "{page}");

        let (path, article) = (format!("/admin/feeds/{id}/release"), article.to_string());
        let (_, said) = marta.submit(&path, &[("article", &article), ("hold", "unclear")]).await;
        assert_eq!(said, "Released, but it is still on hold for another reason.");
        assert!(of_list(app, list).await.is_empty());
        let page = marta.page(&record).await;
        assert!(!page.contains("On hold: Its address") && page.contains("On hold: World feed: 41"), "{page}");
        let (_, said) = marta.submit(&path, &[("article", &article), ("hold", "brake")]).await;
        assert_eq!(said, "Released. One campaign is scheduled.");
        assert!(!marta.page(&record).await.contains("On hold: "));
    }

    async fn the_latest_articles_go_out_once_after_a_look_and_a_while_to_undo(app: TestApp) {
        let marta = app.admin().await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let server = FeedServer::start().await;
        let id = added(&marta, &server, list).await;
        let (here, list_id) = (format!("/admin/feeds/{id}/latest"), list.to_string());
        assert!(marta.page(&here).await.contains("Show articles"));
        let page = marta.page(&format!("{here}?list={list}&count=2")).await;
        assert!(page.contains("Post 9") && page.contains("Post 8") && !page.contains("Post 7"), "{page}");
        assert!(page.contains("haven’t been counted yet"), "{page}");
        assert!(of_list(app, list).await.is_empty(), "a look sends nothing");
        let ids: Vec<String> =
            page.split("name=\"article\" value=\"").skip(1).map(|rest| rest[..36].to_owned()).collect();
        let form = [("list", list_id.as_str()), ("article", &ids[0]), ("article", &ids[1])];
        let (_, said) = marta.submit(&here, &form).await;
        assert!(said.starts_with("2 campaigns scheduled. They will be sent on 24 Nov, 09:46 UTC"), "{said}");
        let (_, said) = marta.submit(&here, &form).await;
        assert_eq!(said, "All of these articles have already been sent to this list. Nothing new was sent.", "the form sent twice");
        let stranger = Uuid::now_v7().to_string();
        marta.submit(&here, &[("list", &list_id), ("article", &stranger)]).await;
        assert_eq!(of_list(app, list).await.len(), 2);
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0, "not yet: it can be undone");
        app.advance(TimeDelta::minutes(6));
        for n in [7, 8, 9] {
            server.set(&format!("/2026/07/post-{n}/"), Page::Plain { headers: vec![], body: b"here".to_vec() });
        }
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
        assert!(of_list(app, list).await.iter().all(|campaign| campaign.status == CampaignStatus::Sent));
        let page = marta.page(&format!("{here}?list={list}&count=20")).await;
        assert!(page.contains("Post 7") && !page.contains("Post 9"), "{page}");
        assert!(marta.refused(&here, &[("list", "nonsense")]).await.contains("Choose one of the lists"));
    }

    async fn the_latest_to_many_wait_for_a_second_person(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let rules = [("part", "rules"), ("uncertain", "resend"), ("undo_secs", "300"), ("two_person_min", "1")];
        marta.submit("/admin/settings", &rules).await;
        let server = FeedServer::start().await;
        let id = added(&marta, &server, list).await;
        let (here, list_id) = (format!("/admin/feeds/{id}/latest"), list.to_string());
        let page = owen.page(&format!("{here}?list={list}&count=1")).await;
        let article = page.split_once("name=\"article\" value=\"").unwrap().1[..36].to_owned();
        let (_, said) = owen.submit(&here, &[("list", &list_id), ("article", &article)]).await;
        assert_eq!(said, "Campaign scheduled. It won’t be sent until someone else approves it.");
        let campaign = of_list(app, list).await.remove(0).id;
        let record = format!("/admin/campaigns/{campaign}");
        assert!(!owen.page(&record).await.contains(">Approve<"), "not by who sends it");
        assert!(owen.refused(&format!("{record}/approve"), &[]).await.contains("scheduled this campaign yourself"));
        app.advance(TimeDelta::minutes(10));
        server.set("/2026/07/post-9/", Page::Plain { headers: vec![], body: b"here".to_vec() });
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        assert!(marta.page(&record).await.contains(">Approve<"));
        let (to, said) = marta.submit(&format!("{record}/approve"), &[]).await;
        assert!(to == record && said.starts_with("Approved."), "{to}: {said}");
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);

        // Nor does one who lets go what was held decide alone.
        let held = hold(app, id, "Nine ships").await.to_string();
        let (_, said) = owen.submit(&format!("/admin/feeds/{id}/release"), &[("article", &held)]).await;
        assert_eq!(said, "Released. It won’t be sent until someone else approves it.");
        app.advance(TimeDelta::hours(1));
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        let campaigns = of_list(app, list).await;
        let waiting = campaigns.iter().find(|campaign| campaign.is_held).expect("one that waits").id;
        assert!(owen.refused(&format!("/admin/campaigns/{waiting}/approve"), &[]).await.contains("scheduled this campaign yourself"));
        let (_, said) = marta.submit(&format!("/admin/campaigns/{waiting}/approve"), &[]).await;
        assert!(said.starts_with("Approved."), "{said}");
    }
}
