//! The hosted pages: in the reader's language, a page for each list, the archive for people and machines, leaving with an undo
//! and a reason, and what only a link that was mailed a moment ago opens.

use chrono::TimeDelta;
use postrider::db::{
    archive, leave_reasons, lists, publication, subscribers, suppressions, timeline, wordings,
};
use postrider::domain::links::Link;
use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use postrider::domain::wording;
use postrider::locale::Localizer;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::desk::people::dump;
use crate::on_both_engines;
use crate::sign_up::{address, join, link_in, post, standing, subscribe, the_one_mail};
use crate::support::TestApp;

async fn get(app: &TestApp, path: &str) -> (StatusCode, String) {
    let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", app.url) };
    let answer = app.http.get(url).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn page(app: &TestApp, path: &str) -> String {
    let (status, text) = get(app, path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

/// The same as a browser that asks for a language.
async fn page_in(app: &TestApp, path: &str, language: &str) -> String {
    let request = app.http.get(format!("{}{path}", app.url)).header("accept-language", language);
    request.send().await.unwrap().text().await.unwrap()
}

async fn reader(app: &TestApp, email: &str) -> Option<subscribers::Subscriber> {
    subscribers::by_email(&mut app.app.db.read().await.unwrap(), &address(email)).await.unwrap()
}

async fn id_of(app: &TestApp, email: &str) -> Uuid {
    reader(app, email).await.expect("a subscriber").id
}

/// What a hidden field of a page holds.
fn hidden(page: &str, name: &str) -> String {
    let from =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    from.1.split('"').next().unwrap().to_owned()
}

/// Sends a form with one field.
async fn send(app: &TestApp, url: &str, name: &str, value: &str) -> (StatusCode, String) {
    let answer = app.http.post(url).form(&[(name, value)]).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

on_both_engines! {
    async fn who_signs_up_gets_pages_and_mails_in_the_language_of_their_browser(app: TestApp) {
        app.list("world", "World").await;
        for path in ["/", "/subscribed", "/archive", "/lists/world"] {
            let page = page_in(app, path, "tlh, ar-XB;q=0.9, en;q=0.5").await;
            assert!(page.contains(r#"<html lang="ar-XB" dir="rtl">"#), "{path}: {page}");
            let request = app.http.get(format!("{}{path}", app.url));
            assert_eq!(request.send().await.unwrap().headers()["vary"], "Accept-Language", "{path}");
        }
        let form = page_in(app, "/", "ar-XB").await;
        let version = hidden(&form, "wording");
        assert!(version.starts_with("ar-XB-"), "{version}");
        let request = app.http.post(format!("{}/subscribe", app.url)).header("accept-language", "ar-XB");
        request.form(&[("email", "ines@example.org"), ("list", "world")]).send().await.unwrap();
        let mail = the_one_mail(app).await;
        assert!(String::from_utf8_lossy(&mail).contains("lang=3D\"ar-XB\"") || String::from_utf8_lossy(&mail).contains("lang=\"ar-XB\""));
        assert_eq!(reader(app, "ines@example.org").await.unwrap().language, "ar-XB");
        post(app, &link_in(&mail, "/confirm/"), "").await;

        // Nobody changes the language of somebody who has confirmed by typing their address.
        app.advance(TimeDelta::hours(1));
        let request = app.http.post(format!("{}/subscribe", app.url)).header("accept-language", "en-XA");
        request.form(&[("email", "ines@example.org"), ("list", "world")]).send().await.unwrap();
        app.deliver_all_due().await;
        app.smtp.take();
        assert_eq!(reader(app, "ines@example.org").await.unwrap().language, "ar-XB");
        // A form may say it itself, in JSON too, and what there is no file for is not stored.
        for (language, stored) in [("en-XA", "en-XA"), ("tlh", ""), ("../en", "")] {
            let email = format!("{}@example.net", stored.len());
            let json = serde_json::json!({ "email": email, "list": "world", "language": language });
            let request = app.http.post(format!("{}/subscribe", app.url)).json(&json);
            assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
            app.deliver_all_due().await;
            assert_eq!(reader(app, &email).await.unwrap().language, stored);
        }
        app.smtp.take();
    }

    async fn a_consent_names_the_words_that_were_shown_in_each_language(app: TestApp) {
        app.list("world", "World").await;
        let english = wording::version(&Localizer::english());
        let shown = hidden(&page(app, "/").await, "wording");
        assert_eq!(shown, english);
        subscribe(app, &format!("email=ines%40example.org&list=world&wording={shown}")).await;
        subscribe(app, "email=marta%40example.org&list=world&wording=en-forged").await;
        let request = app.http.post(format!("{}/subscribe", app.url)).header("accept-language", "en-XA");
        request.form(&[("email", "tobe@example.org"), ("list", "world")]).send().await.unwrap();
        app.deliver_all_due().await;
        app.smtp.take();
        let tx = &mut app.app.db.read().await.unwrap();
        let pseudo = wording::version(&Localizer::of("en-XA").unwrap());
        for (email, version) in [("ines", &english), ("marta", &english), ("tobe", &pseudo)] {
            let consents = timeline::consents(tx, id_of(app, &format!("{email}@example.org")).await, 10).await.unwrap();
            assert_eq!(&consents[0].wording_version, version, "{email}");
        }
        let kept = wordings::all(tx).await.unwrap();
        let kept = kept.iter().find(|one| one.version == english).expect("today's words are kept");
        assert!(kept.words.contains("Confirm subscription"), "{}", kept.words);
    }

    async fn each_public_list_has_a_page_of_its_own(app: TestApp) {
        let world = app.list("world", "World & sea").await;
        let secret = app.list("secret", "Secret").await;
        app.list("sport", "Sport").await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut list = lists::by_id(&mut tx, world).await.unwrap().unwrap();
        list.description = "What happened elsewhere".to_owned();
        list.language = "en-XA".to_owned();
        lists::set(&mut tx, &list).await.unwrap();
        let mut hidden_list = lists::by_id(&mut tx, secret).await.unwrap().unwrap();
        hidden_list.public = false;
        lists::set(&mut tx, &hidden_list).await.unwrap();
        tx.commit().await.unwrap();
        let shown = page(app, "/lists/world").await;
        for part in [
            r#"<html lang="en-XA" dir="ltr">"#, "World &#38; sea</h1>", "What happened elsewhere",
            r#"<input type="hidden" name="list" value="world">"#, "/archive/feed.xml?list=world",
            r#"<meta property="og:title" content="World &#38; sea">"#, r#"/lists/world">"#,
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(!shown.contains("Sport"));
        for none in ["/lists/secret", "/lists/none", "/archive?list=secret", "/archive/feed.json?list=none"] {
            assert_eq!(get(app, none).await.0, StatusCode::NOT_FOUND, "{none}");
        }
        let sitemap = page(app, "/sitemap.xml").await;
        assert!(sitemap.contains("/lists/world</loc>") && !sitemap.contains("secret"), "{sitemap}");
        let robots = page(app, "/robots.txt").await;
        assert!(robots.contains("Disallow: /admin") && robots.contains(&format!("Sitemap: {}/sitemap.xml", app.url)), "{robots}");
    }

    async fn the_archive_is_searched_by_words_and_by_list(app: TestApp) {
        let (world, sport) = (app.list("world", "World").await, app.list("sport", "Sport").await);
        subscribe_all(app, world, &["ines@example.org"]).await;
        subscribe_all(app, sport, &["ines@example.org"]).await;
        for (list, subject) in [(world, "Fähre nach Hallerud"), (world, "</script><b>Nine ships"), (sport, "Nine to five")] {
            campaign(app, list, subject).await;
            app.run_all_due().await;
            app.advance(TimeDelta::minutes(1));
        }
        app.smtp.take();
        let subjects = async |query: &str| {
            let page = page(app, &format!("/archive{query}")).await;
            ["Fähre", "Nine ships", "Nine to five"].map(|subject| page.contains(subject))
        };
        assert_eq!(subjects("").await, [true, true, true]);
        assert_eq!(subjects("?q=F%C3%84HRE").await, [true, false, false], "no case");
        assert_eq!(subjects("?q=nine").await, [false, true, true]);
        assert_eq!(subjects("?q=five+nine").await, [false, false, true], "all of the words");
        assert_eq!(subjects("?q=nine&list=world").await, [false, true, false]);
        assert_eq!(subjects("?list=sport").await, [false, false, true]);
        assert_eq!(subjects("?q=%25&list=").await, [false, false, false], "no pattern of the database");
        let none = page(app, "/archive?q=nobody").await;
        assert!(none.contains("No issues match") && none.contains("noindex"), "{none}");
        assert_eq!(get(app, "/archive?q=a%00b").await.0, StatusCode::BAD_REQUEST);

        let tx = &mut app.app.db.read().await.unwrap();
        let found = archive::search(tx, &archive::Search { list_id: Some(world), parts: vec![] }, None, 1).await.unwrap();
        assert!(found.campaigns.len() == 1 && found.looked_to.is_some());
        let rest = archive::search(tx, &archive::Search { list_id: Some(world), parts: vec![] }, found.looked_to, 1).await.unwrap();
        assert!(rest.campaigns[0].subject.contains("Fähre") && rest.looked_to.is_none());

        let atom = page(app, "/archive/feed.xml?list=world").await;
        assert!(atom.contains("<title>World – ") && !atom.contains("five"), "{atom}");
        assert!(feed_rs::parser::parse(atom.as_bytes()).unwrap().entries.len() == 2);
        let json: serde_json::Value = serde_json::from_str(&page(app, "/archive/feed.json").await).unwrap();
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(json["items"].as_array().unwrap().len(), 3);
        assert_eq!(json["items"][0]["tags"][0], "Sport");
        let issue = json["items"][1]["url"].as_str().unwrap().to_owned();
        assert!(page(app, "/sitemap.xml").await.contains(&issue));
        let issue = page(app, &issue).await;
        let data = issue.split_once(r#"<script type="application/ld+json">"#).unwrap().1;
        let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
        assert_eq!(data["@type"], "NewsArticle");
        assert_eq!(data["headline"], "</script><b>Nine ships");
        assert!(data["datePublished"].as_str().unwrap().starts_with("2026-11-24T09:42"), "{data}");
    }

    async fn the_icon_is_the_publications(app: TestApp) {
        let admin = app.admin().await;
        let mut tx = app.app.db.write().await.unwrap();
        let mut stored = publication::get(&mut tx).await.unwrap();
        stored.name = "harbour news".to_owned();
        publication::set(&mut tx, &stored, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let shown = page(app, "/").await;
        let icon = shown.split_once("<link rel=\"icon\" href=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let answer = app.http.get(format!("{}{icon}", app.url)).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "image/svg+xml");
        assert!(answer.text().await.unwrap().contains(">H</text>"));
        let favicon = app.http.get(format!("{}/favicon.ico", app.url)).send().await.unwrap();
        assert_eq!((favicon.status(), favicon.headers()["location"].to_str().unwrap()), (StatusCode::FOUND, icon.as_str()));
        let brand = |icon: &'static str| [("brand_colour", "#0a5c36"), ("icon_url", icon)];
        admin.refused("/admin/settings/branding", &brand("http://harbour.example/i.png")).await;
        admin.submit("/admin/settings/branding", &brand("https://harbour.example/i.png")).await;
        assert!(page(app, "/").await.contains(r#"<link rel="icon" href="https://harbour.example/i.png">"#));
    }

    async fn who_leaves_can_undo_it_and_say_why(app: TestApp) {
        let world = app.list("world", "World").await;
        app.list("sport", "Sport").await;
        join(app, "ines@example.org", "world&list=sport&cadence=weekly").await;
        let ines = id_of(app, "ines@example.org").await;
        let token = app.app.keyring.token(Link::Unsubscribe { subscriber: ines, list: world });
        let url = format!("{}/unsubscribe/{token}", app.url);
        app.advance(TimeDelta::minutes(1));
        let left = post(app, &url, "").await.text().await.unwrap();
        let undo = hidden(&left, "undo");
        assert!(left.contains("Why did you unsubscribe?"));

        // The link alone undoes nothing, nor does what is sealed for somebody else.
        join(app, "owen@example.org", "world").await;
        let owen = id_of(app, "owen@example.org").await;
        let other = app.app.keyring.token(Link::Unsubscribe { subscriber: owen, list: world });
        for (token, sealed) in [(&token, ""), (&token, "AAAA"), (&other, undo.as_str())] {
            let (status, _) = send(app, &format!("{}/unsubscribe/{token}/undo", app.url), "undo", sealed).await;
            assert_eq!(status, StatusCode::CONFLICT);
        }
        assert_eq!(standing(app, "ines@example.org", "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);
        for _ in 0..2 {
            let (status, said) = send(app, &format!("{url}/undo"), "undo", &undo).await;
            assert_eq!(status, StatusCode::OK, "{said}");
        }
        assert_eq!(standing(app, "ines@example.org", "world").await, Some((SubscriptionStatus::Active, Cadence::Weekly)));

        // All at once, and back; but not a day later, and not for who is blocked.
        let all = post(app, &url, "all=true").await.text().await.unwrap();
        let undo = hidden(&all, "undo");
        send(app, &format!("{url}/undo"), "undo", &undo).await;
        for list in ["world", "sport"] {
            assert_eq!(standing(app, "ines@example.org", list).await.unwrap().0, SubscriptionStatus::Active);
        }
        app.advance(TimeDelta::minutes(1));
        let undo = hidden(&post(app, &url, "").await.text().await.unwrap(), "undo");
        app.advance(TimeDelta::hours(25));
        assert_eq!(send(app, &format!("{url}/undo"), "undo", &undo).await.0, StatusCode::CONFLICT);

        let why = format!("{url}/reason");
        let (status, said) = send(app, &why, "reason", "none").await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("Choose a reason"), "{said}");
        let (status, said) = send(app, &why, "comment", &"x".repeat(501)).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("limit is 500"), "{said}");
        assert_eq!(send(app, &why, "comment", "<b>Too   many</b>").await.0, StatusCode::OK);
        let form = [("reason", "too_often"), ("comment", "<b>Too   many</b>")];
        assert_eq!(app.http.post(&why).form(&form).send().await.unwrap().status(), StatusCode::OK);
        // Of who has not left, nothing is noted.
        send(app, &format!("{}/unsubscribe/{other}/reason", app.url), "reason", "other").await;
        let tx = &mut app.app.db.read().await.unwrap();
        let said = leave_reasons::of_subscriber(tx, ines).await.unwrap();
        assert_eq!((said.len(), said[0].reason.as_str(), said[0].comment.as_str()), (1, "too_often", "<b>Too many</b>"));
        assert!(leave_reasons::of_subscriber(tx, owen).await.unwrap().is_empty());
        let shown = app.admin().await.page(&format!("/admin/lists/{world}")).await;
        assert!(shown.contains("I get too many emails") && shown.contains("&#60;b&#62;Too many"), "{shown}");
    }

    async fn only_a_link_that_was_just_mailed_opens_the_address_and_the_data(app: TestApp) {
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let ines = id_of(app, "ines@example.org").await;
        let ordinary = format!("{}/preferences/{}", app.url, app.app.keyring.token(Link::Preferences { subscriber: ines }));
        let shown = page(app, &ordinary).await;
        assert!(shown.contains("Email me a link") && !shown.contains("Erase your data"), "{shown}");
        for path in ["export", "erase"] {
            assert_eq!(get(app, &format!("{ordinary}/{path}")).await.0, StatusCode::CONFLICT, "{path}");
        }
        for path in ["erase", "address"] {
            assert_eq!(send(app, &format!("{ordinary}/{path}"), "email", "x@example.org").await.0, StatusCode::CONFLICT, "{path}");
        }
        let (_, said) = send(app, &format!("{ordinary}/link"), "", "").await;
        assert!(said.contains("i***@example.org") && !said.contains("ines@"), "{said}");
        app.deliver_all_due().await;
        let mut mails = app.smtp.take();
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ines@example.org"));
        let link = link_in(&mails.remove(0).message, "/preferences/");
        let shown = page(app, &link).await;
        assert!(shown.contains("ines@example.org") && shown.contains("Erase your data"), "{shown}");
        let data: serde_json::Value = serde_json::from_str(&page(app, &format!("{link}/export")).await).unwrap();
        assert_eq!((&data["email"], &data["consents"][0]["form"]), (&"ines@example.org".into(), &"page".into()));
        assert!(page(app, &format!("{link}/erase")).await.contains("Erase my data"));

        // Not more than three an hour, whoever presses.
        for _ in 0..5 {
            send(app, &format!("{ordinary}/link"), "", "").await;
        }
        app.deliver_all_due().await;
        assert_eq!(app.smtp.take().len(), 2);
        app.advance(TimeDelta::minutes(61));
        assert_eq!(get(app, &format!("{link}/export")).await.0, StatusCode::CONFLICT, "it was for an hour");
        assert!(page(app, &link).await.contains("Email me a link"), "it still is her preferences page");
    }

    async fn a_reader_changes_their_address_by_a_link_to_the_new_one(app: TestApp) {
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        join(app, "owen@example.org", "world").await;
        let fresh = format!("{}/preferences/{}", app.url, crate::pages::fresh(app, id_of(app, "ines@example.org").await).await);
        for (wrong, sentence) in [("ines", "has no @"), ("", "Enter your email address"), ("ines@example.org", "already your address")] {
            let (status, said) = send(app, &format!("{fresh}/address"), "email", wrong).await;
            assert!(status == StatusCode::UNPROCESSABLE_ENTITY && said.contains(sentence), "{said}");
        }
        app.advance(TimeDelta::minutes(20));
        // The same is said of an address that is known.
        let (_, of_owen) = send(app, &format!("{fresh}/address"), "email", "owen@example.org").await;
        let mail = the_one_mail(app).await;
        let taken = link_in(&mail, "/address/");
        assert_eq!(post(app, &taken, "").await.status(), StatusCode::CONFLICT);
        let (_, said) = send(app, &format!("{fresh}/address"), "email", "Ines@Carvalho.example").await;
        assert_eq!(of_owen, said);
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, "Ines@carvalho.example"));
        let link = link_in(&mails[0].message, "/address/");
        assert!(page(app, &link).await.contains("Confirm new address"));
        assert!(reader(app, "ines@example.org").await.is_some(), "looking changes nothing");
        for _ in 0..2 {
            assert_eq!(post(app, &link, "").await.status(), StatusCode::OK);
        }
        assert_eq!(standing(app, "ines@carvalho.example", "world").await.unwrap().0, SubscriptionStatus::Active);
        assert!(reader(app, "ines@example.org").await.is_none());
        app.deliver_all_due().await;
        let told = app.smtp.take();
        assert_eq!((told.len(), told[0].to.as_str()), (1, "ines@example.org"));
        assert_eq!(get(app, &format!("{fresh}/export")).await.0, StatusCode::CONFLICT, "it died with the address");
        // A link that is a day old, and one that names an address of before.
        let fresh = format!("{}/preferences/{}", app.url, crate::pages::fresh(app, id_of(app, "ines@carvalho.example").await).await);
        send(app, &format!("{fresh}/address"), "email", "late@example.org").await;
        let late = link_in(&the_one_mail(app).await, "/address/");
        app.advance(TimeDelta::hours(25));
        assert_eq!(post(app, &late, "").await.status(), StatusCode::CONFLICT);
        // Who blocked our mail gets none.
        let mut tx = app.app.db.write().await.unwrap();
        let reason = suppressions::SuppressionReason::Blocked;
        suppressions::add(&mut tx, &app.cause(), "blocked@example.org", reason, "").await.unwrap();
        tx.commit().await.unwrap();
        let fresh = format!("{}/preferences/{}", app.url, crate::pages::fresh(app, id_of(app, "ines@carvalho.example").await).await);
        send(app, &format!("{fresh}/address"), "email", "blocked@example.org").await;
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0);
    }

    async fn who_erases_themselves_leaves_a_hash_that_no_file_gets_past(app: TestApp) {
        app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let fresh = format!("{}/preferences/{}", app.url, crate::pages::fresh(app, id_of(app, "ines@example.org").await).await);
        assert_eq!(post(app, &format!("{fresh}/erase"), "").await.status(), StatusCode::OK);
        assert_eq!(get(app, &fresh).await.0, StatusCode::NOT_FOUND);
        for (table, row) in dump(app).await {
            assert!(!row.contains("ines@"), "{table}: {row}");
        }
        let admin = app.admin().await;
        app.import("world", "email\nines@example.org\nmarta@example.org\n", "asked at the fair").await;
        assert!(reader(app, "ines@example.org").await.is_none() && reader(app, "marta@example.org").await.is_some());
        let form = [("email", "ines@example.org"), ("list", "world"), ("how", "active"), ("consent", "told me on the telephone")];
        assert!(admin.refused("/admin/subscribers/new", &form).await.contains("had their data erased"));
        // By their own word they come back, and are known again.
        app.advance(TimeDelta::hours(1));
        join(app, "ines@example.org", "world").await;
        assert_eq!(standing(app, "ines@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
        assert!(postrider::db::erased::find(&mut app.app.db.read().await.unwrap(), "ines@example.org").await.unwrap().is_none());

        // Who blocked our mail first stays so, in every spelling, though the address is nowhere.
        let block = app.app.keyring.token(Link::Block { subscriber: id_of(app, "ines@example.org").await });
        post(app, &format!("{}/block/{block}", app.url), "").await;
        let ines = id_of(app, "ines@example.org").await;
        admin.submit(&format!("/admin/subscribers/{ines}/erase"), &[("typed", "ines@example.org")]).await;
        for (table, row) in dump(app).await {
            assert!(!row.contains("ines@"), "{table}: {row}");
        }
        app.advance(TimeDelta::days(2));
        for spelling in ["ines%40example.org", "Ines%2Bnews%40example.org"] {
            subscribe(app, &format!("email={spelling}&list=world")).await;
        }
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        assert!(reader(app, "ines@example.org").await.is_none());
    }
}
