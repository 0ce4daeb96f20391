//! Every page there is, with something on it, looked at from all sides. The pages come from the route tables, so
//! that a new one is not forgotten.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use postrider::db::alerts::{About, AlertKind};
use postrider::db::{self, publication};
use postrider::domain::email_address::EmailAddress;
use postrider::domain::links::Link;
use postrider::web::routes::lines;
use uuid::Uuid;

use super::soundness::{look_at, looking};
use crate::brake::forty_one_at_once;
use crate::delivery::{campaign, subscribe_all};
use crate::desk::feeds::{added, hold};
use crate::desk::held::three_late;
use crate::pages::route_table;
use crate::sign_up::{join, link_in, subscribe, the_one_mail};
use crate::support::desk::Person;
use crate::support::feed_server::FeedServer;
use crate::support::{Answer, Engine, TestApp};

/// An address as long as nobody's should be.
pub const LONG_ADDRESS: &str =
    "a.very.long.address.that.goes.on.and.on.without.an.end@a-domain-that-is-long-as-well.example.org";

/// What is in a full publication, by name.
#[derive(Default)]
pub struct Harbour {
    names: BTreeMap<&'static str, String>,
}

impl Harbour {
    fn keep(&mut self, name: &'static str, what: impl ToString) {
        self.names.insert(name, what.to_string());
    }

    /// A path with names in its places.
    fn path(&self, path: &str) -> String {
        let mut path = path.to_owned();
        for (name, what) in &self.names {
            path = path.replace(&format!("<{name}>"), what);
        }
        assert!(!path.contains('<'), "{path}");
        path
    }
}

async fn id_of(app: &TestApp, email: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    let email = EmailAddress::parse(email).unwrap();
    db::subscribers::by_email(&mut tx, &email).await.unwrap().expect("a subscriber").id
}

/// A publication in its third year: of everything something, and some of it too long.
pub async fn fill(app: &TestApp, marta: &Person<'_>, owen: &Person<'_>, server: &FeedServer) -> Harbour {
    let mut harbour = Harbour::default();
    let mut tx = app.app.db.write().await.unwrap();
    let mut about = publication::get(&mut tx).await.unwrap();
    about.name = "Harbour News".to_owned();
    about.tagline = "Ships, weather and the price of fish".to_owned();
    about.url = "https://harbour.example".to_owned();
    about.postal_address = "Harbour News, Quay 4, 9001 Hallerud".to_owned();
    about.time_zone = "Europe/London".to_owned();
    about.brand_colour = "#0a5c36".to_owned();
    publication::set(&mut tx, &about, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let (world, markets) =
        (app.list("world", "World").await, app.list("markets", "Markets and the price of fish").await);
    let old = app.list("old", "The old one").await;
    marta.submit(&format!("/admin/lists/{old}/retire"), &[]).await;
    harbour.keep("list", world);
    harbour.keep("other-list", markets);
    harbour.keep("retired-list", old);

    // Readers: more than a page of them, one with a long story, one who never confirmed, one who left.
    let many: Vec<String> = (0..60).map(|n| format!("reader{n:02}@example.org")).collect();
    subscribe_all(app, world, &many.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let long = LONG_ADDRESS;
    subscribe_all(app, markets, &[long, "gone@example.net", "slow@example.net", "picky@example.com"]).await;
    join(app, "ines@example.org", "world").await;
    let ines = id_of(app, "ines@example.org").await;
    harbour.keep("subscriber", ines);
    harbour.keep("long-subscriber", id_of(app, long).await);
    marta
        .submit(
            &format!("/admin/subscribers/{ines}/edit"),
            &[("name", "Inês Møller"), ("email", "ines@example.org")],
        )
        .await;
    marta.submit(&format!("/admin/subscribers/{ines}/tags"), &[("tags", "founder, Lisbon")]).await;
    for (name, kind, open) in [
        ("Harbour", "text", "open"),
        ("Ships they own, in whole or in part", "number", "on_form"),
        ("Reader since", "date", "open"),
        ("Member of the club", "yes_no", "open"),
    ] {
        marta.submit("/admin/settings/fields", &[("name", name), ("kind", kind), (open, "on")]).await;
    }
    let mut tx = app.app.db.read().await.unwrap();
    harbour.keep("field", db::fields::all(&mut tx).await.unwrap()[1].id);
    drop(tx);
    marta
        .submit(
            &format!("/admin/subscribers/{ines}/fields"),
            &[("field.harbour", "Hallerud"), ("field.ships_they_own_in_whole_or_in_part", "2.5")],
        )
        .await;
    marta
        .submit(
            &format!("/admin/subscribers/{ines}/lists"),
            &[("cadence-world", "each"), ("cadence-markets", "weekly")],
        )
        .await;
    app.deliver_all_due().await;
    app.smtp.take();
    app.advance(TimeDelta::hours(1));
    subscribe(app, "email=tobe%40example.org&list=world").await;
    let confirm = link_in(&the_one_mail(app).await, "/confirm/");
    harbour.keep("confirm", confirm.rsplit('/').next().unwrap());
    let token = |link| app.app.keyring.token(link);
    harbour.keep("leave", token(Link::Unsubscribe { subscriber: ines, list: world }));
    harbour.keep("preferences", token(Link::Preferences { subscriber: ines }));
    harbour.keep("fresh", crate::pages::fresh(app, ines).await);
    harbour.keep("new-address", crate::pages::new_address(app, ines).await);
    harbour.keep("block", token(Link::Block { subscriber: ines }));
    marta
        .submit(
            &format!("/admin/subscribers/{}/suppress", id_of(app, "reader01@example.org").await),
            &[("why", "Asked by telephone")],
        )
        .await;
    harbour.keep("suppressed", id_of(app, "reader01@example.org").await);

    // What was sent: one to all, with every end that a delivery has; then a correction of it.
    app.smtp.at_rcpt(|to| match to {
        "gone@example.net" | "reader02@example.org" => Answer::Reply("550 5.1.1 no such user"),
        "slow@example.net" | "reader03@example.org" => Answer::Reply("451 4.2.1 busy, come back later"),
        "picky@example.com" | "reader04@example.org" => {
            Answer::Reply("550 5.7.1 not from you, whoever you are")
        }
        _ => Answer::Usual,
    });
    let sent =
        campaign(app, world, "Ferry to Hallerud sails again on Monday, and on each weekday from then on")
            .await;
    let partly = campaign(app, markets, "Nine ships at the quay").await;
    app.run_all_due().await;
    app.advance(TimeDelta::hours(30));
    app.run_all_due().await;
    app.smtp.behave();
    harbour.keep("sent", sent);
    harbour.keep("other-sent", partly);
    let tx = &mut app.app.db.read().await.unwrap();
    let slug = db::archive::newest(tx, None, 1).await.unwrap().remove(0).slug;
    harbour.keep("slug", slug);
    let (fix, _) = owen
        .submit(
            &format!("/admin/campaigns/{sent}/correct"),
            &[("subject", "Correction: Tuesday"), ("reason", "It sails on Tuesday.")],
        )
        .await;
    harbour.keep("correction", fix.split('/').nth(3).unwrap());

    // One in the air, one paused, one cancelled, one held, one that waits, and drafts.
    let paused = campaign(app, world, "Paused at the pier").await;
    let cancelled = campaign(app, world, "Never mind").await;
    let sending = campaign(app, world, "In the air").await;
    postrider::schedule::run_campaigns(&app.app).await.unwrap();
    owen.submit(&format!("/admin/campaigns/{paused}/pause"), &[]).await;
    owen.submit(&format!("/admin/campaigns/{cancelled}/pause"), &[]).await;
    app.count().await;
    let ask = owen.page(&format!("/admin/campaigns/{cancelled}/cancel")).await;
    let shown = ask.split_once("name=\"shown\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    owen.submit(&format!("/admin/campaigns/{cancelled}/cancel"), &[("shown", &shown), ("typed", &shown)])
        .await;
    harbour.keep("paused", paused);
    harbour.keep("cancelled", cancelled);
    harbour.keep("sending", sending);

    // Feeds, with something that waits for somebody.
    let feed = added(marta, server, world).await;
    hold(app, feed, "Doubtful: <a> very long title that an editor has to decide about before it leaves")
        .await;
    harbour.keep("feed", feed);
    let mut tx = app.app.db.read().await.unwrap();
    let items = db::feeds::listing(&mut tx, feed).await.unwrap();
    harbour.keep("feed-article", items[0].article_id);
    drop(tx);

    // Written here.
    let (article, _) = owen.submit("/admin/articles/new", &[("title", "The pilot's hour")]).await;
    let article = article.rsplit('/').next().unwrap().to_owned();
    for text in ["He waits.", "He waits for *slack* water.\n\n- one\n- two"] {
        save(
            owen,
            &format!("/admin/articles/{article}"),
            &[("title", "The pilot's hour"), ("author", "Owen"), ("markdown", text)],
        )
        .await;
        app.advance(TimeDelta::minutes(20));
    }
    let list = world.to_string();
    let (edit, _) = owen
        .submit(
            "/admin/campaigns/new",
            &[("list", &list), ("subject", "The week at sea"), ("article", &article)],
        )
        .await;
    for text in ["Good morning.", "# Good morning\n\nThe **weather** holds."] {
        save(
            owen,
            &edit,
            &[("list", &list), ("subject", "The week at sea"), ("markdown", text), ("article", &article)],
        )
        .await;
        app.advance(TimeDelta::minutes(20));
    }
    harbour.keep("article", article);
    harbour.keep("draft", edit.split('/').nth(3).unwrap());
    let (later, _) = owen.submit("/admin/campaigns/new", &[("list", &list), ("subject", "On Friday")]).await;
    save(owen, &later, &[("list", &list), ("subject", "On Friday"), ("markdown", "The week is over.")]).await;
    let stands = version(&owen.page(&later).await);
    owen.submit(
        &later.replace("/edit", "/schedule"),
        &[("version", &stands), ("when", "at"), ("at", "2026-12-04T17:30")],
    )
    .await;
    harbour.keep("scheduled", later.split('/').nth(3).unwrap());

    // Changes to many, a file, and people.
    let reader = id_of(app, "reader05@example.org").await.to_string();
    let two = id_of(app, "reader06@example.org").await.to_string();
    marta
        .submit(
            "/admin/subscribers/change",
            &[("id", &reader), ("id", &two), ("action", "tag"), ("tag", "spring")],
        )
        .await;
    let changes = marta.page("/admin/subscribers/changes").await;
    let change =
        changes.split_once("/admin/subscribers/changes/").unwrap().1.split('/').next().unwrap().to_owned();
    let segment = [
        ("do", "save"),
        ("name", "Spring readers"),
        ("combine", "all"),
        ("combine-0", "all"),
        ("what-0-0", "tag"),
        ("verb-0-0", "is"),
        ("value-0-0", "spring"),
        ("what-0-1", "subscription"),
        ("verb-0-1", "is"),
        ("status-0-1", "active"),
    ];
    let (segment, _) = marta.submit("/admin/subscribers/segments/new", &segment).await;
    harbour.keep("segment", segment.rsplit('/').next().unwrap());
    harbour.keep("change", change);
    harbour.keep("reader", reader);
    let fields = [("list", "world"), ("status", "active"), ("consent", "moved from our old newsletter")];
    let csv = "email,name\nnew@example.org,Nadia\nno address,X\nines@example.org,\n";
    let import = marta.upload("/admin/subscribers/import", &fields, csv.as_bytes()).await;
    harbour.keep("import", import.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap());
    app.run_all_due().await;
    let page = import.headers()["location"].to_str().unwrap();
    marta.submit(page, &[("do", "start"), ("consent", "moved from our old newsletter")]).await;
    app.run_all_due().await;
    // Those of the file who never confirmed are asked once more, and somebody says why they left.
    let ask = [("joined_before", "2026-11-25"), ("days", "30")];
    marta.submit(&format!("/admin/lists/{markets}/permission"), &ask).await;
    app.run_all_due().await;
    app.smtp.take();
    let tx = &mut app.app.db.read().await.unwrap();
    let request = db::permission_requests::open(tx).await.unwrap().remove(0).id;
    harbour.keep("keep", token(Link::Keep { request, subscriber: id_of(app, long).await }));
    let mut tx = app.app.db.write().await.unwrap();
    let said = postrider::domain::leave_reason::LeaveReason::TooOften;
    db::leave_reasons::set(&mut tx, (ines, world), said, "Three a day is a lot", app.clock.now())
        .await
        .unwrap();
    let (about, now) = (About::Relay("relay.example:587"), app.clock.now());
    postrider::actions::alerts::raise(&mut tx, AlertKind::RelayRefuses, about, "535 5.7.8 no", now)
        .await
        .unwrap();
    harbour.keep("alert", db::alerts::open(&mut tx).await.unwrap()[0].id);
    tx.commit().await.unwrap();
    marta.submit("/admin/account/codes/begin", &[]).await;
    marta.submit("/admin/settings/users", &[("email", "tobe@harbour.example"), ("role", "editor")]).await;
    app.deliver_all_due().await;
    let invitation =
        app.smtp.take().into_iter().find(|mail| mail.to == "tobe@harbour.example").expect("an invitation");
    harbour.keep("invitation", link_in(&invitation.message, "/admin/link/").rsplit('/').next().unwrap());
    let mut tx = app.app.db.read().await.unwrap();
    let email = EmailAddress::parse("tobe@harbour.example").unwrap();
    harbour.keep("user", db::users::by_email(&mut tx, &email).await.unwrap().unwrap().id);
    drop(tx);
    app.advance(TimeDelta::minutes(1));
    app.count().await;
    harbour
}

fn version(page: &str) -> String {
    page.split_once("name=\"version\" value=\"").expect("a version").1.split('"').next().unwrap().to_owned()
}

async fn save(person: &Person<'_>, path: &str, form: &[(&str, &str)]) {
    let stands = version(&person.page(path).await);
    let mut form = form.to_vec();
    form.push(("version", &stands));
    person.submit(path, &form).await;
}

/// The pages behind a route of the desk. Empty: it answers with no page, or it is looked at elsewhere.
pub fn pages_of(route: &str) -> &'static [&'static str] {
    match route {
        "/admin/campaigns" => {
            &["/admin/campaigns", "/admin/campaigns?status=draft", "/admin/campaigns?status=cancelled"]
        }
        "/admin/campaigns/{id:[0-9a-f-]{36}}" => &[
            "/admin/campaigns/<sent>",
            "/admin/campaigns/<sending>",
            "/admin/campaigns/<paused>",
            "/admin/campaigns/<cancelled>",
            "/admin/campaigns/<scheduled>",
            "/admin/campaigns/<draft>",
        ],
        "/admin/campaigns/{id}/deliveries" => {
            &["/admin/campaigns/<sent>/deliveries", "/admin/campaigns/<other-sent>/deliveries?status=failed"]
        }
        "/admin/campaigns/{id}/breaking" => &["/admin/campaigns/<scheduled>/breaking"],
        "/admin/campaigns/{id}/cancel" => &["/admin/campaigns/<paused>/cancel"],
        "/admin/campaigns/{id}/missed" => {
            &["/admin/campaigns/<sent>/missed", "/admin/campaigns/<paused>/missed"]
        }
        "/admin/campaigns/{id}/edit" => &[
            "/admin/campaigns/<draft>/edit",
            "/admin/campaigns/<scheduled>/edit",
            "/admin/campaigns/<correction>/edit",
        ],
        "/admin/campaigns/new" => &["/admin/campaigns/new", "/admin/campaigns/new?article=<article>"],
        "/admin/campaigns/{id}/history" => &["/admin/campaigns/<draft>/history"],
        "/admin/campaigns/{id}/correct" => &["/admin/campaigns/<sent>/correct"],
        "/admin/reports/{id}" => &["/admin/reports/<sent>", "/admin/reports/<cancelled>"],
        "/admin/alerts/{id}" => &["/admin/alerts/<alert>"],
        "/admin/link/{token}" => &["/admin/link/<invitation>", "/admin/link/none"],
        "/admin/articles/{id}" => &["/admin/articles/<article>", "/admin/articles/<feed-article>"],
        "/admin/find" => &["/admin/find?q=reader", "/admin/find?q=nobody-at-all", "/admin/find"],
        "/admin/subscribers" => &[
            "/admin/subscribers",
            "/admin/subscribers?list=world&status=active&cadence=each&tag=spring",
            "/admin/subscribers?q=nobody-at-all",
            "/admin/subscribers?segment=<segment>",
        ],
        "/admin/subscribers/import/{id}" => &["/admin/subscribers/import/<import>"],
        "/admin/subscribers/segments/{id}" => &["/admin/subscribers/segments/<segment>"],
        "/admin/subscribers/change" => &[
            "/admin/subscribers/change?action=tag&id=<reader>",
            "/admin/subscribers/change?action=cadence&id=<reader>",
            "/admin/subscribers/change?action=unsubscribe&all=yes&list=world",
            "/admin/subscribers/change?action=suppress&id=<reader>",
        ],
        "/admin/subscribers/changes/{id}" => &["/admin/subscribers/changes/<change>"],
        "/admin/subscribers/{id}" => &[
            "/admin/subscribers/<subscriber>",
            "/admin/subscribers/<subscriber>?show=changes",
            "/admin/subscribers/<long-subscriber>",
            "/admin/subscribers/<suppressed>",
        ],
        "/admin/subscribers/{id}/articles" => &[
            "/admin/subscribers/<subscriber>/articles",
            "/admin/subscribers/<subscriber>/articles?q=harbour",
        ],
        "/admin/subscribers/{id}/edit" => &["/admin/subscribers/<subscriber>/edit"],
        "/admin/subscribers/{id}/suppress" => &["/admin/subscribers/<subscriber>/suppress"],
        "/admin/subscribers/{id}/merge" => &[
            "/admin/subscribers/<subscriber>/merge",
            "/admin/subscribers/<subscriber>/merge?email=reader01@example.org",
        ],
        "/admin/subscribers/{id}/erase" => &["/admin/subscribers/<subscriber>/erase"],
        "/admin/settings/box" => &["/admin/settings/box", "/admin/settings/box?kind=popup&platform=theme"],
        "/admin/settings/fields/{id}" => &["/admin/settings/fields/<field>"],
        "/admin/settings/users/{id}" => &["/admin/settings/users/<user>"],
        "/admin/lists/{id}" => &["/admin/lists/<list>", "/admin/lists/<retired-list>"],
        "/admin/lists/{id}/schedule" => &["/admin/lists/<list>/schedule"],
        "/admin/lists/{id}/edit" => &["/admin/lists/<list>/edit"],
        "/admin/lists/{id}/permission" => &[
            "/admin/lists/<list>/permission?joined_before=2026-11-26&days=30",
            "/admin/lists/<other-list>/permission",
        ],
        "/admin/lists/{id}/welcome" => &["/admin/lists/<list>/welcome"],
        "/admin/feeds/{id}" => &["/admin/feeds/<feed>"],
        "/admin/feeds/{id}/latest" => {
            &["/admin/feeds/<feed>/latest", "/admin/feeds/<feed>/latest?list=<list>&count=2"]
        }
        "/admin/feeds/{id}/lists/{list}" => &["/admin/feeds/<feed>/lists/<list>"],
        "/admin/feeds/{id}/replay" => &["/admin/feeds/<feed>/replay"],
        "/admin/feeds/{id}/move" => {
            &["/admin/feeds/<feed>/move", "/admin/feeds/<feed>/move?url=https%3A%2F%2Fnews.example%2Ffeed%2F"]
        }
        // Data, files, and mails, which the reader's pages show too.
        "/admin/campaigns/{id}/events"
        | "/admin/reports/{id}/deliveries.csv"
        | "/admin/subscribers/export.csv"
        | "/admin/subscribers/import/{id}/rejected.csv" => &[],
        "/admin/subscribers/{id}/receipt" | "/admin/lists/{id}/permission/preview" => &[],
        "/admin/subscribers/{id}/data" | "/admin/settings/branding/brand.css" => &[],
        "/admin/articles/{id}/preview"
        | "/admin/campaigns/{id}/preview"
        | "/admin/lists/{id}/welcome/preview"
        | "/admin/settings/branding/mail"
        | "/admin/settings/box/preview" => &[],
        // For who is not signed in, or not yet.
        "/admin/setup" | "/admin/sign-in" | "/admin/sign-in/code" => &[],
        _ => &["itself"],
    }
}

/// The same of the pages for readers.
pub fn reader_pages_of(route: &str) -> &'static [&'static str] {
    match route {
        "/" => &["/", "/none"],
        "/confirm/{token}" => &["/confirm/<confirm>", "/confirm/none"],
        "/unsubscribe/{token}" => &["/unsubscribe/<leave>"],
        "/preferences/{token}" => &["/preferences/<preferences>"],
        "/preferences/{token}/erase" => &["/preferences/<fresh>/erase", "/preferences/<fresh>"],
        "/address/{token}" => &["/address/<new-address>"],
        "/keep/{token}" => &["/keep/<keep>"],
        "/lists/{slug}" => &["/lists/world"],
        "/preferences/{token}/missed" => &["/preferences/<preferences>/missed"],
        "/block/{token}" => &["/block/<block>"],
        "/archive/{slug}" => &["/archive/<slug>"],
        "/archive" => &["/archive", "/archive?q=ferry&list=world", "/archive?q=nothing-at-all"],
        "/subscribed" | "/embed" => &["itself"],
        "/embed/{list}" => &["/embed/world"],
        // It leads to the form.
        "/subscribe" => &[],
        // For the script of the page that asks for a proof.
        "/subscribe/challenge" => &[],
        "/embed.js" | "/embed.json" | "/embed/{list}.json" => &[],
        "/archive/feed.xml" | "/archive/feed.json" | "/sitemap.xml" | "/robots.txt" => &[],
        "/assets/{name}" | "/brand-{hash}.css" | "/icon-{hash}.svg" | "/favicon.ico" => &[],
        // A file.
        "/preferences/{token}/export" => &[],
        // Where mail is captured: there is a test of its own.
        "/mailbox" | "/mailbox/{name}" | "/mailbox/{name}/{part}" => &[],
        "/healthz" | "/readyz" | "/metrics" => &[],
        // For hubs.
        "/websub/{id}" => &[],
        other => panic!("no page is made for {other}"),
    }
}

pub fn paths(
    routes: &[String],
    pages: impl Fn(&str) -> &'static [&'static str],
    harbour: &Harbour,
) -> Vec<String> {
    let mut all = Vec::new();
    for route in routes {
        for page in pages(route) {
            match *page {
                "itself" => {
                    assert!(!route.contains('{'), "no page is made for {route}");
                    all.push(route.clone());
                }
                page => all.push(harbour.path(page)),
            }
        }
    }
    all
}

pub fn desk_routes() -> Vec<String> {
    let pages = lines().into_iter().filter(|line| line.method == "GET" && line.access.is_for_the_desk());
    pages.map(|line| line.path.to_owned()).collect()
}

fn assert_sound(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_a_full_desk_is_for_everybody() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some((browser, axe)) = looking(&app).await else { return };
    let (marta, owen, server) = (app.admin().await, app.editor().await, FeedServer::start().await);
    let harbour = fill(&app, &marta, &owen, &server).await;
    browser.take_cookie(&marta.cookie).await;
    let mut wrong = Vec::new();
    for path in paths(&desk_routes(), pages_of, &harbour).into_iter().chain(["/admin/none".to_owned()]) {
        wrong.extend(look_at(&browser, axe, &path).await);
        assert!(!browser.path().await.starts_with("/admin/sign-in"), "{path} is not for Marta");
    }
    assert_sound(&wrong);
    app.smtp.take();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_an_empty_desk_is_for_everybody() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some((browser, axe)) = looking(&app).await else { return };
    let mut wrong = Vec::new();
    let setup = format!("/admin/setup?token={}", app.app.keyring.setup_token());
    for path in [setup.as_str(), "/admin/setup?token=none", "/admin/sign-in"] {
        wrong.extend(look_at(&browser, axe, path).await);
    }
    let marta = app.admin().await;
    wrong.extend(look_at(&browser, axe, "/admin/sign-in?to=/admin/lists").await);
    browser.take_cookie(&marta.cookie).await;
    for path in
        desk_routes().into_iter().filter(|route| !route.contains('{') && pages_of(route).contains(&"itself"))
    {
        wrong.extend(look_at(&browser, axe, &path).await);
    }
    for path in ["/admin/campaigns", "/admin/campaigns/new", "/admin/subscribers"] {
        wrong.extend(look_at(&browser, axe, path).await);
    }
    // What was late while nobody ran it.
    three_late(&app).await;
    wrong.extend(look_at(&browser, axe, "/admin/held").await);
    // And a feed that brought far more than usual.
    let server = FeedServer::start().await;
    let (feed, _) = forty_one_at_once(&app, &server).await;
    for path in ["/admin/held", "/admin", "/admin/feeds", &format!("/admin/feeds/{feed}")] {
        wrong.extend(look_at(&browser, axe, path).await);
    }
    assert_sound(&wrong);
    app.deliver_all_due().await;
    app.smtp.take();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_for_readers_is_for_everybody() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some((browser, axe)) = looking(&app).await else { return };
    let mut wrong = look_at(&browser, axe, "/archive").await;
    let (marta, owen, server) = (app.admin().await, app.editor().await, FeedServer::start().await);
    let harbour = fill(&app, &marta, &owen, &server).await;
    for path in paths(&route_table(), reader_pages_of, &harbour) {
        let found = look_at(&browser, axe, &path).await;
        // A mail has the headings that its editor wrote: none, where it is only a few words.
        let is_mail = path.starts_with("/archive/");
        wrong.extend(found.into_iter().filter(|one| !is_mail || !one.contains(": page-has-heading-one:")));
    }
    assert_sound(&wrong);
    app.smtp.take();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mailbox_is_for_everybody() {
    let app = TestApp::start_with(Engine::Sqlite, &[("CAPTURE_MAIL", "true")]).await.unwrap();
    let Some((browser, axe)) = looking(&app).await else { return };
    let mut wrong = look_at(&browser, axe, "/mailbox").await;
    app.list("world", "World").await;
    subscribe(&app, "email=tobe%40example.org&list=world").await;
    app.deliver_all_due().await;
    let outbox = std::fs::read_dir(app.app.config.data_dir.join("outbox")).unwrap();
    let mail = outbox
        .flatten()
        .find_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
        .expect("a mail");
    for path in ["/mailbox".to_owned(), format!("/mailbox/{mail}"), "/subscribed".to_owned()] {
        wrong.extend(look_at(&browser, axe, &path).await);
    }
    assert_sound(&wrong);
    app.end().await;
}
