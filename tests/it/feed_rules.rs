//! The rule of a feed and a list: what is sent, what waits as a draft, what goes nowhere; and the brake's own limit.

use chrono::TimeDelta;
use postrider::actions::Context;
use postrider::actions::manage_feeds;
use postrider::actions::poll::{self, How, PollReport};
use postrider::db::audit::{self, Actor};
use postrider::db::campaigns::{self, Campaign};
use postrider::db::{articles, brake, feeds};
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::feed_rule::{BindingMode, Conditions, Route, Rule, Terms, parse_terms};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::subscribe_all;
use crate::on_both_engines;
use crate::support::desk::Person;
use crate::support::feed_server::{FeedServer, Page};
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, skip_postgres};

/// An item of a feed: its number, title, author and categories.
type Item<'a> = (u32, &'a str, &'a str, &'a [&'a str]);

/// A feed of these items, each with a page of its own.
fn publish(server: &FeedServer, path: &str, items: &[Item<'_>]) {
    let items = items.iter().map(|(n, title, author, categories)| {
        let page = format!("/post/{n}/");
        server.set(&page, Page::Plain { headers: vec![], body: b"here".to_vec() });
        let link = server.url(&page);
        let about: String = categories.iter().map(|about| format!("<category>{about}</category>")).collect();
        format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><dc:creator>{author}</dc:creator>\
             {about}<description>Text {n}</description></item>"
        )
    });
    let items: String = items.collect();
    let head = "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Harbour Courier</title>";
    server.set_feed(path, &format!("{head}<link>https://harbour.example</link>{items}</channel></rss>"));
}

/// Connects the feed of a path to a list by a rule.
async fn bind(app: &TestApp, server: &FeedServer, path: &str, list: &str, rule: &Rule) -> Uuid {
    if server.page(path).is_none() {
        publish(server, path, &[]);
    }
    let cx = Context::command_line(&app.app);
    let url = server.url(path);
    let added = poll::add_with_rule(&cx, &app.app.fetcher, &url, list, (Some(0), None), Some(rule)).await;
    added.unwrap().feed_id
}

/// Polls some minutes later.
async fn poll(app: &TestApp, feed: Uuid) -> PollReport {
    app.advance(TimeDelta::minutes(10));
    poll::poll(&app.app, &app.app.fetcher, feed, How::Unconditional).await.unwrap()
}

async fn of_list(app: &TestApp, list: Uuid) -> Vec<Campaign> {
    campaigns::newest_of_list(&mut app.app.db.read().await.unwrap(), list, 50).await.unwrap()
}

fn rule(mode: BindingMode) -> Rule {
    Rule { mode, ..Rule::default() }
}

fn only(categories: &str) -> Conditions {
    let categories = Terms { only: parse_terms(categories), not: Vec::new() };
    Conditions { categories, ..Conditions::default() }
}

/// Lets all go out that may; to whom what went.
async fn sent(app: &TestApp) -> Vec<String> {
    for _ in 0..3 {
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
    }
    let mut to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to
}

fn form<'a>(mode: &'a str, only_categories: &'a str, brake_limit: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("mode", mode), ("grace", "5"), ("only_categories", only_categories), ("brake_limit", brake_limit)]
}

/// What a form sends as the rule that stood beside it.
fn shown(page: &str) -> String {
    let value = page.split_once("name=\"shown\" value=\"").expect("a rule").1.split('"').next().unwrap();
    value.replace("&#34;", "\"").replace("&#38;", "&").replace("&#39;", "'")
}

/// Fills the form of a rule, looks at what it would do, and saves it.
async fn save(person: &Person<'_>, here: &str, form: &[(&str, &str)]) -> String {
    let tried = person.post(&format!("{here}/try"), form).await;
    assert_eq!(tried.status(), StatusCode::OK);
    let shown = shown(&tried.text().await.unwrap());
    let mut form = form.to_vec();
    form.push(("shown", &shown));
    person.submit(here, &form).await.1
}

on_both_engines! {
    async fn each_mode_does_what_it_says_and_one_click_sends_a_draft_once(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let server = FeedServer::start().await;
        let mut lists = Vec::new();
        let mut feed = Uuid::nil();
        for mode in BindingMode::ALL {
            let list = app.list(mode.as_str(), mode.as_str()).await;
            let reader = format!("{}@example.org", mode.as_str());
            subscribe_all(app, list, &[&reader]).await;
            feed = bind(app, &server, "/feed/", mode.as_str(), &rule(mode)).await;
            lists.push(list);
        }
        publish(&server, "/feed/", &[(1, "Ferry sails", "Ines", &["Sea"])]);
        let report = poll(app, feed).await;
        assert_eq!((report.new, report.campaigns, report.drafts), (1, 1, 1));
        let mut statuses = Vec::new();
        for list in &lists {
            statuses.push(of_list(app, *list).await.iter().map(|campaign| campaign.status).collect::<Vec<_>>());
        }
        assert_eq!(statuses, [vec![CampaignStatus::Scheduled], vec![CampaignStatus::Draft], vec![], vec![]]);
        let to = sent(app).await;
        assert_eq!(to, ["marta@harbour.example", "owen@harbour.example", "send@example.org"], "they are told of the draft");

        let draft = of_list(app, lists[1]).await.remove(0).id;
        let record = format!("/admin/campaigns/{draft}");
        let today = owen.page("/admin").await;
        assert!(today.contains("1 item needs your attention") && today.contains("Ferry sails"), "{today}");
        assert!(today.contains(&format!("action=\"{record}/send\"")), "{today}");
        assert!(owen.page(&record).await.contains(">Send<"));
        assert!(owen.page(&format!("{record}/preview")).await.contains("Text 1"));
        // Nothing of it is sent by waiting.
        assert!(sent(app).await.is_empty());
        let (to, said) = owen.submit(&format!("{record}/send"), &[]).await;
        assert!(to == record && said.contains("It will be sent on"), "{to}: {said}");
        // Within the undo window he changes his mind, and changes it again, by a double click.
        let (_, said) = owen.submit(&format!("{record}/take-back"), &[]).await;
        assert!(said.contains("draft"), "{said}");
        assert!(sent(app).await.is_empty());
        for _ in 0..2 {
            owen.submit(&format!("{record}/send"), &[]).await;
        }
        assert_eq!(sent(app).await, ["draft@example.org"]);
        assert!(!owen.page("/admin").await.contains("Ferry sails"), "nothing waits");
        assert_eq!(poll(app, feed).await, PollReport::default());
        assert!(owen.refused(&format!("{record}/send"), &[]).await.contains("sent"));
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "campaign", draft, 10).await.unwrap();
        let done: Vec<&str> = log.iter().rev().map(|entry| entry.action.as_str()).collect();
        assert_eq!(done, ["scheduled", "taken back", "scheduled"]);
        let marta_sees = marta.page(&format!("/admin/feeds/{feed}")).await;
        for mode in BindingMode::ALL {
            assert!(marta_sees.contains(&mode.label()), "{}: {marta_sees}", mode.label());
        }
    }

    async fn a_draft_is_deleted_and_brought_back_and_takes_the_edits_of_its_article(app: TestApp) {
        let owen = app.editor().await;
        let server = FeedServer::start().await;
        let list = app.list("world", "World").await;
        let feed = bind(app, &server, "/feed/", "world", &rule(BindingMode::Draft)).await;
        publish(&server, "/feed/", &[(1, "Ferry sails", "Ines", &["Sea"])]);
        poll(app, feed).await;
        publish(&server, "/feed/", &[(1, "Ferry sails late", "Ines", &["Sea", "Weather &amp; tide"])]);
        assert_eq!(poll(app, feed).await.edited, 1);
        let draft = of_list(app, list).await.remove(0);
        assert_eq!(draft.subject, "Ferry sails late");
        let mut tx = app.app.db.read().await.unwrap();
        let article = articles::get(&mut tx, draft.auto_article_id.unwrap()).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(article.categories.0, ["Sea", "Weather & tide"]);
        let record = format!("/admin/campaigns/{}", draft.id);
        let (to, _) = owen.submit(&format!("{record}/discard"), &[]).await;
        assert_eq!(to, "/admin/campaigns");
        assert!(owen.refused(&format!("{record}/send"), &[]).await.contains("cancelled"));
        assert_eq!(poll(app, feed).await.drafts, 0, "it does not come back by itself");
        let (to, _) = owen.submit(&format!("{record}/bring-back"), &[]).await;
        assert_eq!(to, record);
        assert_eq!(of_list(app, list).await[0].status, CampaignStatus::Draft);
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn a_draft_to_many_waits_for_a_second_person(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let server = FeedServer::start().await;
        let list = app.list("world", "World").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let settings = [("part", "rules"), ("uncertain", "resend"), ("undo_secs", "300"), ("two_person_min", "1")];
        marta.submit("/admin/settings", &settings).await;
        let feed = bind(app, &server, "/feed/", "world", &rule(BindingMode::Draft)).await;
        publish(&server, "/feed/", &[(1, "Ferry sails", "Ines", &[])]);
        poll(app, feed).await;
        app.deliver_all_due().await;
        app.smtp.take();
        let record = format!("/admin/campaigns/{}", of_list(app, list).await[0].id);
        let (_, said) = owen.submit(&format!("{record}/send"), &[]).await;
        assert!(said.contains("someone else"), "{said}");
        assert!(sent(app).await.is_empty());
        assert!(owen.refused(&format!("{record}/approve"), &[]).await.contains("yourself"));
        marta.submit(&format!("{record}/approve"), &[]).await;
        assert_eq!(sent(app).await, ["ines@example.org"]);
    }

    async fn what_a_rule_is_tried_on_is_what_a_poll_does(app: TestApp) {
        let server = FeedServer::start().await;
        let list = app.list("world", "World").await;
        let items: [Item<'_>; 6] = [
            (0, "Port opens", "Ines Marlow", &["Politics", "Sea"]),
            (1, "The report on the port", "Tobe Ode, INES MARLOW", &["politics"]),
            (2, "Live: storm", "Wire Service", &["Weather"]),
            (3, "Straße gesperrt", "", &["Städte &amp; Verkehr"]),
            (4, "Élections", "Caro", &[]),
            (5, "Alive", "Caro", &["ÉCONOMIE", "Sponsored"]),
        ];
        let part = |only: &str, not: &str| Terms { only: parse_terms(only), not: parse_terms(not) };
        let all = Conditions::default();
        let conditions = [
            (all.clone(), vec![0, 1, 2, 3, 4, 5]),
            (only("POLITICS"), vec![0, 1]),
            (only("économie, städte & verkehr"), vec![3, 5]),
            (Conditions { categories: part("", "sponsored, Weather"), ..all.clone() }, vec![0, 1, 3, 4]),
            (Conditions { authors: part("ines marlow, caro", ""), ..all.clone() }, vec![0, 1, 4, 5]),
            (Conditions { authors: part("", "wire service"), ..all.clone() }, vec![0, 1, 3, 4, 5]),
            (Conditions { title: part("port, STRASSE", "report"), ..all.clone() }, vec![0, 3]),
            (Conditions { title: part("", "live"), authors: part("", "caro"), ..only("sea, weather") }, vec![0]),
        ];
        let mode = [BindingMode::Send, BindingMode::Draft];
        publish(&server, "/feed/", &[]);
        let feed = bind(app, &server, "/feed/", "world", &Rule::default()).await;
        let cx = Context::command_line(&app.app);
        for (round, (conditions, fit)) in conditions.into_iter().enumerate() {
            let rule = Rule { mode: mode[round % 2], conditions, brake_limit: Some(100) };
            manage_feeds::set_rule(&cx, feed, list, 0, &rule).await.unwrap();
            let now: Vec<Item<'_>> =
                items.iter().map(|(n, title, by, about)| (round as u32 * 10 + n, *title, *by, *about)).collect();
            publish(&server, "/feed/", &now);
            let checked = poll::check(&app.app, &app.app.fetcher, &server.url("/feed/")).await.unwrap();
            let planned = checked.items.iter().filter(|item| !item.mails.is_empty()).count();
            let before = of_list(app, list).await.len();
            let report = poll(app, feed).await;
            assert_eq!(report.new, 6, "{report:?}");
            let mut tx = app.app.db.read().await.unwrap();
            let tried = manage_feeds::try_rule(&cx, &mut tx, feed, list, &rule).await.unwrap();
            let made = campaigns::newest_of_list(&mut tx, list, 50).await.unwrap();
            let mut said = Vec::new();
            for one in &tried.items[..6] {
                let is_made = made.iter().any(|campaign| campaign.auto_article_id == Some(one.item.article_id));
                assert_eq!(one.route != Route::Nothing, is_made, "{rule:?}: {}: {}", one.item.title, one.why);
                if is_made {
                    said.push(items.iter().position(|item| item.1 == one.item.title).unwrap());
                }
            }
            said.sort_unstable();
            assert_eq!(said, fit, "{rule:?}");
            assert_eq!((planned, made.len() - before), (fit.len(), fit.len()), "{rule:?}");
            let drafts = if rule.mode == BindingMode::Draft { fit.len() } else { 0 };
            assert_eq!((report.campaigns, report.drafts), (fit.len() - drafts, drafts));
        }
    }

    async fn a_rule_is_saved_when_its_outcome_was_shown(app: TestApp) {
        let (marta, owen) = (app.admin().await, app.editor().await);
        let server = FeedServer::start().await;
        let list = app.list("world", "World").await;
        let feed = bind(app, &server, "/feed/", "world", &Rule::default()).await;
        publish(&server, "/feed/", &[(1, "Ferry sails", "Ines", &["Sea"]), (2, "A <b>vote", "Ines", &["Politics, local"]), (3, "Fog", "", &[])]);
        poll(app, feed).await;
        let here = format!("/admin/feeds/{feed}/lists/{list}");
        let page = marta.page(&here).await;
        assert!(page.contains("3 of the last 3 articles would have been sent") && page.contains("No conditions"), "{page}");
        assert!(page.contains("In the last 50 articles: Sea, &#34;Politics, local&#34;") || page.contains("In the last 50 articles: &#34;Politics, local&#34;, Sea"), "{page}");

        let typed = form("draft", "sea, \"Politics, local\"", "2");
        let asked = marta.post(&here, &typed).await;
        assert_eq!(asked.status(), StatusCode::OK);
        let asked = asked.text().await.unwrap();
        assert!(asked.contains("Nothing has been saved yet") && asked.contains("2 of the last 3 articles would have become drafts"), "{asked}");
        assert!(asked.contains("Category: Politics, local") && asked.contains("Another category, or none"), "{asked}");
        assert!(asked.contains("With a limit of 2, one check in the last 90 days would have put 3 articles on hold"), "{asked}");
        let stands = async || manage_feeds::find_binding(&mut app.app.db.read().await.unwrap(), feed, list).await.unwrap().1;
        assert_eq!(stands().await.rule, Rule::default());
        let same = shown(&asked);
        let mut confirmed = typed.clone();
        confirmed.push(("shown", &same));
        marta.submit(&here, &confirmed).await;
        let rule = Rule { mode: BindingMode::Draft, conditions: only("sea, \"Politics, local\""), brake_limit: Some(2) };
        assert_eq!((stands().await.rule, stands().await.grace_mins), (rule, 5));
        // What was shown with another rule confirms nothing.
        let mut other = form("send", "", "");
        other.push(("shown", &same));
        assert!(marta.post(&here, &other).await.text().await.unwrap().contains("Nothing has been saved yet"));
        // The grace alone needs no second look.
        let page = marta.page(&here).await;
        let same = shown(&page);
        let mut grace = form("draft", "sea, \"Politics, local\"", "2");
        grace[1] = ("grace", "30");
        grace.push(("shown", &same));
        marta.submit(&here, &grace).await;
        assert_eq!(stands().await.grace_mins, 30);
        let record = owen.page(&format!("/admin/feeds/{feed}")).await;
        assert!(record.contains("Saved as drafts for an editor to send") && record.contains("only the categories sea, &#34;Politics, local&#34;"), "{record}");

        let long = "a".repeat(101);
        for (wrong, field) in [
            (form("later", "", ""), "mode"), (form("send", &long, ""), "only_categories"), (form("send", "?!", ""), "only_categories"),
            (form("send", "", "0"), "brake_limit"), (form("send", "", "many"), "brake_limit"), (form("send", "", "1001"), "brake_limit"),
        ] {
            for path in [here.clone(), format!("{here}/try")] {
                let refused = marta.refused(&path, &wrong).await;
                assert!(refused.contains(&format!("id=\"{field}-wrong\"")), "{path} {wrong:?}: {refused}");
            }
        }
        assert_eq!(owen.get(&here).await.status(), StatusCode::FORBIDDEN);
        for path in [here.clone(), format!("{here}/try")] {
            assert_eq!(owen.post(&path, &form("send", "", "")).await.status(), StatusCode::FORBIDDEN);
        }
        assert_eq!(marta.get(&format!("/admin/feeds/{feed}/lists/{feed}")).await.status(), StatusCode::NOT_FOUND);
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "feed", feed, 10).await.unwrap();
        assert_eq!(log.iter().filter(|entry| entry.action == "rule changed").count(), 2, "{log:?}");
        drop(tx);
        let log = marta.page("/admin/settings/audit").await;
        assert!(log.contains("rule changed") && log.contains("only the categories sea"), "{log}");
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn the_lowest_limit_of_a_feeds_lists_is_the_brakes(app: TestApp) {
        let marta = app.admin().await;
        let server = FeedServer::start().await;
        let (world, sea) = (app.list("world", "World").await, app.list("sea", "Sea").await);
        let feed = bind(app, &server, "/feed/", "world", &Rule { brake_limit: Some(3), ..Rule::default() }).await;
        bind(app, &server, "/feed/", "sea", &Rule { brake_limit: Some(1), ..rule(BindingMode::Draft) }).await;
        publish(&server, "/feed/", &[(1, "One", "", &[]), (2, "Two", "", &[])]);
        let report = poll(app, feed).await;
        assert_eq!((report.held, report.campaigns, report.drafts), (2, 0, 0));
        assert_eq!(report.brake.unwrap(), "Harbour Courier: 2 new articles in one check, and the limit is 1");
        let page = marta.page(&format!("/admin/feeds/{feed}/lists/{world}")).await;
        assert!(page.contains("Another list for this feed sets a lower limit: 1"), "{page}");
        assert!(page.contains("With a limit of 1, one check in the last 90 days would have put 2 articles on hold"), "{page}");

        // Released, each list has them by its rule.
        let batch = brake::batches(&mut app.app.db.read().await.unwrap()).await.unwrap().remove(0);
        let cx = Context::new(&app.app, Actor::command_line());
        let released = manage_feeds::release_batch(&cx, &batch, None).await.unwrap();
        assert_eq!((released.articles, released.campaigns, released.drafts), (2, 2, 2));
        assert!(released.to_string().ends_with("2 drafts are waiting for an editor to send them."), "{released}");
        assert_eq!(of_list(app, sea).await.iter().filter(|campaign| campaign.status == CampaignStatus::Draft).count(), 2);
        let mut tx = app.app.db.read().await.unwrap();
        assert!(feeds::unsent(&mut tx, feed, sea, 20).await.unwrap().is_empty(), "a draft is no article that nobody has");
        drop(tx);

        // A list that collects sets no limit, and a feed whose lists all collect is not held.
        manage_feeds::set_rule(&cx, feed, sea, 0, &Rule { brake_limit: Some(1), ..rule(BindingMode::Collect) }).await.unwrap();
        publish(&server, "/feed/", &[(3, "Three", "", &[]), (4, "Four", "", &[]), (5, "Five", "", &[])]);
        assert_eq!(poll(app, feed).await.campaigns, 3);
        manage_feeds::set_rule(&cx, feed, world, 0, &rule(BindingMode::Collect)).await.unwrap();
        let many: Vec<String> = (10..60).map(|n| format!("Nr {n}")).collect();
        let many: Vec<Item<'_>> = many.iter().zip(10..).map(|(title, n)| (n, title.as_str(), "", &[] as &[&str])).collect();
        publish(&server, "/feed/", &many);
        let report = poll(app, feed).await;
        assert_eq!((report.new, report.held, report.campaigns), (50, 0, 0));
        app.deliver_all_due().await;
        app.smtp.take();
    }

    async fn one_list_has_two_feeds_each_with_its_rule(app: TestApp) {
        let server = FeedServer::start().await;
        let list = app.list("world", "World").await;
        let all = bind(app, &server, "/all/", "world", &rule(BindingMode::Draft)).await;
        let breaking = bind(app, &server, "/breaking/", "world", &Rule { conditions: only("Breaking"), ..Rule::default() }).await;
        let items: [Item<'_>; 2] = [(1, "Storm", "", &["Breaking"]), (2, "Fog", "", &["Weather"])];
        publish(&server, "/all/", &items);
        publish(&server, "/breaking/", &items);
        assert_eq!(poll(app, all).await.drafts, 2);
        let report = poll(app, breaking).await;
        assert_eq!((report.new, report.campaigns), (2, 1));
        let statuses = of_list(app, list).await.into_iter().map(|campaign| (campaign.subject, campaign.status));
        let mut statuses: Vec<_> = statuses.map(|(subject, status)| (subject, status.as_str())).collect();
        statuses.sort();
        assert_eq!(statuses, [("Fog".to_owned(), "draft"), ("Storm".to_owned(), "scheduled")]);
    }

    async fn the_form_of_a_rule_saves_each_of_its_fields(app: TestApp) {
        let marta = app.admin().await;
        let server = FeedServer::start().await;
        let list = app.list("world", "World").await;
        let feed = bind(app, &server, "/feed/", "world", &Rule::default()).await;
        let here = format!("/admin/feeds/{feed}/lists/{list}");
        let typed = [
            ("mode", "digest"), ("grace", "0"), ("only_categories", "A, B"), ("not_categories", "C"), ("only_authors", "D"),
            ("not_authors", "E"), ("only_title", "F g"), ("not_title", "H"), ("brake_limit", ""),
        ];
        assert_eq!(save(&marta, &here, &typed).await, "Saved.");
        let part = |only: &str, not: &str| Terms { only: parse_terms(only), not: parse_terms(not) };
        let conditions = Conditions { categories: part("A, B", "C"), authors: part("D", "E"), title: part("F g", "H") };
        let stands = manage_feeds::find_binding(&mut app.app.db.read().await.unwrap(), feed, list).await.unwrap().1;
        assert_eq!(stands.rule, Rule { mode: BindingMode::Digest, conditions, brake_limit: None });
        let page = marta.page(&here).await;
        for (name, value) in &typed[2..8] {
            assert!(page.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {page}");
        }
        assert!(page.contains("The feed has no articles to try this on yet"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_connects_a_feed_by_a_rule() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let bench = match Bench::new(engine, None, 4).await {
            Ok(bench) => bench,
            Err(missing) => {
                skip_postgres(&missing);
                continue;
            }
        };
        let server = FeedServer::start().await;
        publish(&server, "/feed/", &[]);
        let url = server.url("/feed/");
        bench.ok(&["list", "add", "all", "--name", "All articles"]);
        let flags = ["--mode", "draft", "--only-category", "Sea", "--not-title", "live", "--hold-above", "9"];
        bench.ok(&[&["feed", "add", &url, "--list", "all"], &flags[..]].concat());
        publish(
            &server,
            "/feed/",
            &[(1, "Ferry", "", &["Sea"]), (2, "Live: fog", "", &["Sea"]), (3, "Vote", "", &[])],
        );
        let checked = bench.ok(&["feed", "check", &url]);
        let lines = |words: &str| checked.lines().filter(|line| line.contains(words)).count();
        assert_eq!(
            (lines("to all, as a draft"), lines("not sent under any list’s rule")),
            (1, 2),
            "{checked}"
        );
        assert!(checked.contains("more than 9"), "{checked}");
        let polled = bench.ok(&["feed", "poll"]);
        assert!(polled.contains("One draft is waiting for an editor to send it."), "{polled}");
    }
}
