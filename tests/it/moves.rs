//! The guided move of a feed: what is matched, what is mailed, and that nothing is mailed twice.

use chrono::{DateTime, TimeDelta, Utc};
use postrider::actions::manage_feeds::{self, MovePreview, Moved, NewItems};
use postrider::actions::{Context, Result, poll};
use postrider::db::feeds::{self, Feed, FeedStatus};
use postrider::db::{articles, audit};
use postrider::feeds::identity::moved::{By, Outcome};
use postrider::fetch::Fetcher;
use uuid::Uuid;

use crate::brake::{batches, poll, to_ines};
use crate::delivery::subscribe_all;
use crate::on_both_engines;
use crate::support::chance::seeded;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, skip_postgres};

/// An item of a feed. `link` may begin with a slash: it is the server's then.
#[derive(Clone, Debug)]
struct Entry {
    guid: String,
    link: String,
    title: String,
    date: DateTime<Utc>,
}

fn entry(n: u32, date: DateTime<Utc>) -> Entry {
    let link = format!("/2026/11/story-number-{n}/");
    Entry { guid: format!("guid-{n}"), link, title: format!("Story {n}"), date }
}

fn publish(server: &FeedServer, path: &str, entries: &[Entry]) {
    let mut entries = entries.to_vec();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.date));
    let mut items = String::new();
    for Entry { guid, link, title, date } in entries {
        let link = if link.starts_with('/') {
            server.set(&link, Page::Plain { headers: vec![], body: b"here".to_vec() });
            server.url(&link)
        } else {
            link
        };
        items += &format!(
            "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{guid}</guid>\
             <pubDate>{}</pubDate><description>{title}</description></item>",
            date.to_rfc2822()
        );
    }
    let head =
        "<rss version=\"2.0\"><channel><title>Harbour feed</title><link>https://harbour.example</link>";
    server.set_feed(path, &format!("{head}{items}</channel></rss>"));
}

/// Entries that came one a day until yesterday.
fn daily(app: &TestApp, count: u32) -> Vec<Entry> {
    (0..count).map(|n| entry(n, app.clock.now() - TimeDelta::days(i64::from(count - n)))).collect()
}

async fn add(app: &TestApp, url: &str, list: &str) -> Uuid {
    let cx = Context::command_line(&app.app);
    poll::add(&cx, &app.app.fetcher, url, list, Some(0), None).await.unwrap().feed_id
}

/// A feed of some entries, the last of which has been mailed to Ines.
async fn with_one_mailed(app: &TestApp, server: &FeedServer, entries: &[Entry]) -> Uuid {
    let list = app.list("world", "World").await;
    subscribe_all(app, list, &["ines@example.org"]).await;
    let (last, before) = entries.split_last().unwrap();
    publish(server, "/feed/", before);
    let url = server.url("/feed/");
    let feed = add(app, &url, "world").await;
    app.advance(TimeDelta::minutes(10));
    publish(server, "/feed/", entries);
    assert_eq!(poll(app, feed).await.campaigns, 1);
    assert_eq!(to_ines(app).await, std::slice::from_ref(&last.title));
    feed
}

async fn preview(app: &TestApp, feed: Uuid, url: &str) -> Result<MovePreview> {
    Box::pin(manage_feeds::preview_move(&Context::command_line(&app.app), &app.app.fetcher, feed, url)).await
}

async fn confirm(app: &TestApp, feed: Uuid, seen: &MovePreview, new_items: &NewItems) -> Result<Moved> {
    let cx = Context::command_line(&app.app);
    let (to, digest) = (&seen.to, &seen.digest);
    Box::pin(manage_feeds::confirm_move(&cx, &app.app.fetcher, feed, to, digest, new_items)).await
}

fn all_new() -> NewItems {
    NewItems { all_new: true, ..NewItems::default() }
}

fn only(item: &manage_feeds::MovedItem) -> NewItems {
    NewItems { chosen: vec![item.key.clone()], ..NewItems::default() }
}

async fn stored(app: &TestApp, feed: Uuid) -> Feed {
    feeds::by_id(&mut app.app.db.read().await.unwrap(), feed).await.unwrap().unwrap()
}

async fn past(app: &TestApp, feed: Uuid) -> Vec<articles::Past> {
    articles::past(&mut app.app.db.read().await.unwrap(), feed, 1000).await.unwrap()
}

fn by_of(preview: &MovePreview) -> Vec<By> {
    let matched = |outcome| match outcome {
        Outcome::Matched { by, .. } => Some(by),
        _ => None,
    };
    preview.items.iter().filter_map(|item| matched(item.outcome)).collect()
}

/// Moves a feed whose entries are changed so, with one that is new, and sees that from then on it is polled as before.
async fn moves(app: &TestApp, by: By, before: impl Fn(Entry) -> Entry, change: impl Fn(Entry) -> Entry) {
    let (old, new) = (FeedServer::start().await, FeedServer::start().await);
    let entries: Vec<Entry> = daily(app, 5).into_iter().map(before).collect();
    let feed = with_one_mailed(app, &old, &entries).await;
    let mut moved: Vec<Entry> = entries.into_iter().map(&change).collect();
    moved.push(entry(100, app.clock.now()));
    publish(&new, "/rss/", &moved);
    old.set("/feed/", Page::Status(404, vec![]));
    assert!(poll(app, feed).await.error.is_some());

    let seen = preview(app, feed, &new.url("/rss/")).await.unwrap();
    assert_eq!((seen.matched(), seen.new_items(), seen.unclear()), (5, 1, 0), "{seen:?}");
    assert_eq!(by_of(&seen), [by; 5]);
    assert_eq!(stored(app, feed).await.url, old.url("/feed/"), "looking changes nothing");
    let done = confirm(app, feed, &seen, &all_new()).await.unwrap();
    assert_eq!((done.matched, done.baseline, done.sent.campaigns), (5, 0, 1), "{done:?}");
    let state = stored(app, feed).await;
    assert_eq!((state.url, state.failures, state.last_error), (new.url("/rss/"), 0, None));
    assert_eq!((state.etag, state.next_poll_at), (None, app.clock.now()));
    assert_eq!(to_ines(app).await, ["Story 100"]);

    let quiet = poll(app, feed).await;
    assert_eq!((quiet.new, quiet.held, quiet.edited, quiet.campaigns), (0, 0, 0, 0), "{quiet:?}");
    app.advance(TimeDelta::minutes(10));
    moved.push(entry(101, app.clock.now()));
    moved[4].title = "Story 4, corrected".to_owned();
    publish(&new, "/rss/", &moved);
    let report = poll(app, feed).await;
    assert_eq!((report.new, report.edited, report.campaigns), (1, 1, 1), "{report:?}");
    assert_eq!(to_ines(app).await, ["Story 101"]);
    assert_eq!(past(app, feed).await.len(), 7);
}

/// The same entry under another GUID, at a link that `link` makes of its own.
fn elsewhere(entry: Entry, link: impl Fn(&str) -> String) -> Entry {
    Entry { guid: format!("rebuilt-{}", entry.guid), link: link(&entry.link), ..entry }
}

/// A feed that the brake holds whole, since all its GUIDs and addresses have changed, and its dates by an hour; one item
/// is new.
async fn rebuilt(app: &TestApp, server: &FeedServer) -> (Uuid, Vec<Entry>) {
    let entries = daily(app, 12);
    let feed = with_one_mailed(app, server, &entries).await;
    let later = |entry: Entry| Entry { date: entry.date + TimeDelta::hours(1), ..entry };
    let numbered = |entry| later(elsewhere(entry, |link| link.replace("/2026/11/story-number-", "/n/")));
    let mut moved: Vec<Entry> = entries.into_iter().map(numbered).collect();
    moved.push(entry(100, app.clock.now()));
    app.advance(TimeDelta::minutes(10));
    publish(server, "/feed/", &moved);
    assert_eq!(poll(app, feed).await.held, 13);
    (feed, moved)
}

on_both_engines! {
    async fn from_http_to_https_with_other_guids(app: TestApp) {
        let at = |scheme: &str, entry: Entry| Entry { link: format!("{scheme}://127.0.0.1:9{}", entry.link), ..entry };
        moves(app, By::Address, |entry| at("http", entry), |entry| {
            elsewhere(entry, |link| link.replace("http://", "https://"))
        }).await;
    }

    async fn to_another_domain_with_the_same_paths(app: TestApp) {
        moves(app, By::Path, |entry| entry, |entry| elsewhere(entry, str::to_owned)).await;
    }

    async fn to_another_domain_with_other_permalinks(app: TestApp) {
        moves(app, By::Slug, |entry| entry, |entry| elsewhere(entry, |link| link.replace("/2026/11", ""))).await;
    }

    async fn to_another_domain_under_the_same_guids(app: TestApp) {
        let moved = |entry: Entry| Entry { link: format!("/x/{}", entry.guid), ..entry };
        moves(app, By::Guid, |entry| entry, moved).await;
    }

    async fn what_the_brake_holds_is_merged_into_what_was_known_and_the_rest_stays(app: TestApp) {
        let server = FeedServer::start().await;
        let (feed, mut moved) = rebuilt(app, &server).await;
        // Two have left the feed by now, and are on hold all the same.
        moved.drain(..2);
        publish(&server, "/feed/", &moved);
        let seen = preview(app, feed, &server.url("/feed/")).await.unwrap();
        assert_eq!((seen.matched(), seen.new_items(), seen.items.len()), (12, 1, 13), "{seen:?}");
        assert!(seen.items.iter().all(|item| item.on_hold));
        let done = confirm(app, feed, &seen, &NewItems::default()).await.unwrap();
        assert_eq!((done.off_hold, done.baseline, done.sent.campaigns), (12, 0, 0), "{done:?}");
        let held = batches(app).await;
        assert_eq!((held.len(), held[0].items), (1, 1), "the new one still waits");
        assert!(to_ines(app).await.is_empty());
        assert_eq!(past(app, feed).await.len(), 13, "nothing is there twice");

        let seen = preview(app, feed, &server.url("/feed/")).await.unwrap();
        let done = confirm(app, feed, &seen, &all_new()).await.unwrap();
        assert_eq!((done.sent.articles, done.sent.campaigns), (1, 1), "{done:?}");
        assert_eq!(to_ines(app).await, ["Story 100"]);
        assert!(batches(app).await.is_empty());
        moved[5].title = "Story 7, corrected".to_owned();
        publish(&server, "/feed/", &moved);
        let report = poll(app, feed).await;
        assert_eq!((report.edited, report.new, report.held), (1, 0, 0), "{report:?}");
        let known = past(app, feed).await;
        let edited = known.iter().find(|past| past.title == "Story 7, corrected").unwrap();
        assert!(edited.url.ends_with("/n/7/") && !edited.is_held, "{edited:?}");
    }

    async fn what_is_not_ticked_is_never_mailed_and_what_is_ticked_once(app: TestApp) {
        let (server, new) = (FeedServer::start().await, FeedServer::start().await);
        let mut entries = daily(app, 4);
        // Two articles of one title on one day.
        entries[1].title = entries[0].title.clone();
        entries[1].date = entries[0].date + TimeDelta::hours(2);
        let feed = with_one_mailed(app, &server, &entries).await;
        let mut moved: Vec<Entry> = entries.into_iter().map(|entry| elsewhere(entry, |link| {
            format!("/{}/", link.trim_matches('/').rsplit('-').next().unwrap())
        })).collect();
        moved[0].date += TimeDelta::minutes(30);
        moved[1].date += TimeDelta::minutes(30);
        let (quiet, sent) = (entry(100, app.clock.now()), entry(101, app.clock.now()));
        moved.extend([quiet, sent]);
        publish(&new, "/feed/", &moved);
        let seen = preview(app, feed, &new.url("/feed/")).await.unwrap();
        assert_eq!((seen.matched(), seen.new_items(), seen.unclear()), (2, 2, 2), "{seen:?}");
        let tick = seen.items.iter().find(|item| item.title == "Story 101").unwrap();
        let done = confirm(app, feed, &seen, &only(tick)).await.unwrap();
        assert_eq!((done.baseline, done.sent.campaigns), (3, 1), "{done:?}");
        assert_eq!(to_ines(app).await, ["Story 101"]);
        for _ in 0..2 {
            assert_eq!(poll(app, feed).await.campaigns, 0);
        }
        // A second move of what is known by now finds nothing new.
        let seen = preview(app, feed, &new.url("/feed/")).await.unwrap();
        assert_eq!((seen.matched(), confirm(app, feed, &seen, &all_new()).await.unwrap().sent.campaigns), (6, 0));
        assert!(to_ines(app).await.is_empty());
    }

    async fn what_another_feed_has_mailed_is_known_at_the_new_address(app: TestApp) {
        let (server, new) = (FeedServer::start().await, FeedServer::start().await);
        let feed = with_one_mailed(app, &server, &daily(app, 3)).await;
        publish(&new, "/section/", &[]);
        let url = new.url("/section/");
        let section = add(app, &url, "world").await;
        let shared = entry(50, app.clock.now());
        publish(&new, "/section/", std::slice::from_ref(&shared));
        assert_eq!(poll(app, section).await.campaigns, 1);
        assert_eq!(to_ines(app).await, ["Story 50"]);
        publish(&new, "/feed/", &[shared]);
        let seen = preview(app, feed, &new.url("/feed/")).await.unwrap();
        assert_eq!(by_of(&seen), [By::Address]);
        confirm(app, feed, &seen, &all_new()).await.unwrap();
        assert_eq!(poll(app, feed).await.campaigns, 0);
        assert!(to_ines(app).await.is_empty());
    }

    async fn what_can_not_be_is_refused_and_what_has_changed_is_shown_again(app: TestApp) {
        let (server, bare) = (FeedServer::start().await, FeedServer::start().await);
        let entries = daily(app, 3);
        let feed = with_one_mailed(app, &server, &entries).await;
        publish(&server, "/other/", &entries[..1]);
        let other = server.url("/other/");
        add(app, &other, "world").await;
        bare.set("/page", Page::Plain { headers: vec![], body: b"<!DOCTYPE html><html><p>Hi</html>".to_vec() });
        for (url, why) in [(other.as_str(), "already has this address"), (&bare.url("/page"), "web page"), ("ftp://x", "web address")] {
            let error = preview(app, feed, url).await.unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
        }
        let strict = Fetcher::new(&[], &app.app.config.base_url).unwrap();
        let cx = Context::command_line(&app.app);
        let error = manage_feeds::preview_move(&cx, &strict, feed, &server.url("/feed/")).await.unwrap_err();
        assert!(error.to_string().contains("not on the public internet"), "{error}");

        publish(&server, "/new/", &entries);
        let seen = preview(app, feed, &server.url("/new/")).await.unwrap();
        let mut more = entries;
        more.push(entry(100, app.clock.now()));
        publish(&server, "/new/", &more);
        let error = confirm(app, feed, &seen, &all_new()).await.unwrap_err().to_string();
        assert!(error.contains("has changed since you last looked"), "{error}");
        assert_eq!((stored(app, feed).await.url, past(app, feed).await.len()), (server.url("/feed/"), 3));
        assert!(to_ines(app).await.is_empty());
    }

    async fn a_feed_that_is_gone_is_polled_again_where_a_page_names_it(app: TestApp) {
        let (server, new) = (FeedServer::start().await, FeedServer::start().await);
        let entries = daily(app, 3);
        let feed = with_one_mailed(app, &server, &entries).await;
        server.set("/feed/", Page::Status(410, vec![]));
        poll(app, feed).await;
        assert_eq!(stored(app, feed).await.status, FeedStatus::Disabled);
        publish(&new, "/blog/rss.xml", &entries);
        let head = "<!DOCTYPE html><html><head><title>Harbour</title>\
                    <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/blog/rss.xml\"></head></html>";
        let headers = vec![("content-type", "text/html".to_owned())];
        new.set("/", Page::Plain { headers, body: head.into() });
        let seen = preview(app, feed, &new.url("/")).await.unwrap();
        assert_eq!((seen.to.as_str(), seen.matched()), (new.url("/blog/rss.xml").as_str(), 3));
        confirm(app, feed, &seen, &NewItems::default()).await.unwrap();
        assert_eq!(stored(app, feed).await.status, FeedStatus::Active);
        assert_eq!(poll(app, feed).await.campaigns, 0);
        let noted = audit::page(&mut app.app.db.read().await.unwrap(), Uuid::max(), 9).await.unwrap();
        assert!(noted.iter().any(|entry| entry.action == "moved"), "{noted:?}");
    }

    async fn at_the_desk_an_admin_looks_ticks_and_moves(app: TestApp) {
        let (server, new) = (FeedServer::start().await, FeedServer::start().await);
        let (feed, mut moved) = rebuilt(app, &server).await;
        let marta = app.admin().await;
        let held = marta.page("/admin/held").await;
        let here = format!("/admin/feeds/{feed}/move");
        assert!(held.contains(&format!("{here}?url=http")), "{held}");
        assert!(marta.page(&format!("/admin/feeds/{feed}")).await.contains(&format!("href=\"{here}\"")));
        assert!(marta.page(&format!("{here}?url=https%3A%2F%2Fx.example%2F")).await.contains("value=\"https://x.example/\""));
        let wrong = marta.refused(&format!("{here}/look"), &[("url", "nothing")]).await;
        assert!(wrong.contains("That is not a web address"), "{wrong}");

        publish(&new, "/feed/", &moved);
        let url = new.url("/feed/");
        let page = marta.post(&format!("{here}/look"), &[("url", &url)]).await.text().await.unwrap();
        assert!(page.contains("12 of 13 articles matched") && page.contains("on hold until the move"), "{page}");
        let field = |page: &str, name: &str| {
            let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let (digest, key) = (field(&page, "digest"), field(&page, "item"));
        moved.push(entry(101, app.clock.now()));
        publish(&new, "/feed/", &moved);
        let form = [("url", url.as_str()), ("digest", &digest), ("item", &key)];
        let again = marta.refused(&here, &form).await;
        assert!(again.contains("has changed since you last looked") && again.contains(&format!("value=\"{key}\" checked")), "{again}");
        let digest = field(&again, "digest");
        let (to, said) = marta.submit(&here, &[("url", &url), ("digest", &digest), ("item", &key)]).await;
        assert_eq!(to, format!("/admin/feeds/{feed}"));
        assert_eq!(said, "Feed moved. 12 articles matched. One campaign is scheduled.");
        assert_eq!(to_ines(app).await.len(), 1);
        assert!(marta.page("/admin/settings/audit").await.contains("moved"));
    }

    /// Articles of chance lose what chance takes, but one thing each; all that is said to be new is mailed.
    async fn no_article_that_was_mailed_has_a_second_campaign(app: TestApp) {
        let mut chance = seeded("moves");
        for round in 0..6u32 {
            let (server, new) = (FeedServer::start().await, FeedServer::start().await);
            let slug = format!("list-{round}");
            let list = app.list(&slug, "List").await;
            publish(&server, "/feed/", &[]);
            let url = server.url("/feed/");
            let feed = add(app, &url, &slug).await;
            // What is published from now on is newer than the first look at the feed.
            app.advance(TimeDelta::days(7));
            let count = 2 + chance.below(4) as u32;
            let mut entries: Vec<Entry> = daily(app, count);
            let (titles, slugs) = (1 + chance.below(3), 1 + chance.below(3));
            for (n, entry) in entries.iter_mut().enumerate() {
                // What four share says nothing of any.
                entry.title = format!("Title {} of {round}", n as u64 % titles.max(2));
                entry.link = format!("/{round}/{n}/slug-{}/", n as u64 % slugs.max(2));
            }
            publish(&server, "/feed/", &entries);
            assert_eq!(poll(app, feed).await.campaigns, count as usize);
            let mut moved = Vec::new();
            for (n, old) in entries.into_iter().enumerate() {
                let kept = 1 + chance.below(15);
                let keeps = |bit: u64| kept & bit != 0;
                moved.push(Entry {
                    guid: if keeps(1) { old.guid } else { format!("other-{n}") },
                    title: if keeps(2) { old.title } else { format!("Retitled {n}") },
                    link: match (keeps(4), keeps(8)) {
                        (true, _) => old.link,
                        (_, true) => old.link.replace(&format!("/{n}/"), &format!("/moved-{n}/")),
                        _ => format!("/elsewhere/{round}-{n}"),
                    },
                    date: if chance.below(2) == 0 { old.date } else { app.clock.now() - TimeDelta::hours(n as i64) },
                });
            }
            moved.push(entry(100 + round, app.clock.now()));
            publish(&new, "/feed/", &moved);
            let seen = preview(app, feed, &new.url("/feed/")).await.unwrap();
            let done = confirm(app, feed, &seen, &all_new()).await.unwrap();
            assert_eq!(done.sent.campaigns, 1, "round {round}: {seen:?}");
            for _ in 0..2 {
                app.advance(TimeDelta::minutes(10));
                let report = poll(app, feed).await;
                assert_eq!((report.campaigns, report.new, report.held), (0, 0, 0), "round {round}: {seen:?}");
            }
            let mut tx = app.app.db.read().await.unwrap();
            let campaigns = postrider::db::campaigns::newest_of_list(&mut tx, list, 99).await.unwrap();
            assert_eq!(campaigns.len(), count as usize + 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_command_line_a_move_is_tried_and_made() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let bench = match Bench::new(engine, None, 4).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                continue;
            }
        };
        let server = FeedServer::start().await;
        let day =
            |n: u32| "2026-01-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(n.into());
        let mut entries: Vec<Entry> = (0..3).map(|n| entry(n, day(n))).collect();
        publish(&server, "/feed/", &entries);
        let (old, new) = (server.url("/feed/"), server.url("/new/"));
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        bench.ok(&["feed", "add", &old, "--list", "all"]);
        entries.push(entry(10, day(10)));
        publish(&server, "/new/", &entries);
        let said = bench.ok(&["feed", "move", &old, &new, "--dry-run"]);
        assert!(said.contains("3 of 4 articles matched") && said.contains("- Story 10: new\n"), "{said}");
        assert!(said.contains("- Story 2: matches “Story 2” (same GUID), won't be sent"), "{said}");
        let json: serde_json::Value =
            serde_json::from_str(&bench.ok(&["feed", "move", &old, &new, "--dry-run", "--json"])).unwrap();
        assert_eq!(
            (json["to"].as_str(), json["items"][0]["outcome"].as_str()),
            (Some(new.as_str()), Some("new"))
        );
        for (args, status) in [
            (vec!["feed", "move", "https://nobody.example/", &new], 2),
            (vec!["feed", "move", &old, "nothing"], 2),
            (vec!["feed", "move", &old, &server.url("/missing")], 1),
        ] {
            let refused = bench.run(&args);
            assert_eq!(refused.status.code(), Some(status), "{args:?}: {refused:?}");
        }
        let said = bench.ok(&["feed", "move", &old, &new, "--new-items", "send"]);
        assert_eq!(said.trim(), "Feed moved. 3 articles matched. One campaign is scheduled.");
        let said = bench.ok(&["feed", "move", &new, &new, "--json"]);
        assert!(said.contains("\"matched\": 4"), "{said}");
        assert_eq!(bench.ok(&["campaign", "list"]).lines().count(), 1);
        bench.end().await;
    }
}
