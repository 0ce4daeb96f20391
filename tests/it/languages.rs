//! In which language a page or a mail is: the reader's, else the list's, else the publication's, else English. The
//! languages here are the two that nobody speaks.

use postrider::db::{lists, publication, subscribers};
use postrider::domain::links::Link;
use postrider::schedule;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::sign_up::{address, link_in, post, subscribe, the_one_mail};
use crate::support::TestApp;

async fn get(app: &TestApp, url: &str) -> String {
    app.http.get(url).send().await.unwrap().text().await.unwrap()
}

async fn set_languages(app: &TestApp, publications: &str, lists_own: &str) {
    let mut tx = app.app.db.write().await.unwrap();
    let mut stored = publication::get(&mut tx).await.unwrap();
    stored.language = publications.to_owned();
    publication::set(&mut tx, &stored, app.clock.now()).await.unwrap();
    for mut list in lists::all(&mut tx).await.unwrap() {
        list.language = lists_own.to_owned();
        lists::set(&mut tx, &list).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The HTML of a message.
fn html(message: &[u8]) -> String {
    let parsed = mail_parser::MessageParser::default().parse(message).unwrap();
    parsed.body_html(0).unwrap().into_owned()
}

on_both_engines! {
    async fn a_page_or_mail_is_in_the_readers_language_else_the_lists_else_the_publications(app: TestApp) {
        app.list("world", "World").await;
        assert!(get(app, &app.url).await.contains(r#"<html lang="en" dir="ltr">"#));
        set_languages(app, "en-XA", "").await;
        let page = get(app, &app.url).await;
        assert!(page.contains(r#"<html lang="en-XA" dir="ltr">"#) && page.contains("Sûbsçrîîbéé"), "{page}");
        assert!(get(app, &format!("{}/none", app.url)).await.contains(r#"lang="en-XA""#), "errors too");
        let problem = subscribe(app, "email=ines").await.text().await.unwrap();
        assert!(problem.contains("Thààt ààddréé"), "what is wrong with a field too: {problem}");

        set_languages(app, "en-XA", "ar-XB").await;
        subscribe(app, "email=ines%40example.org&list=world").await;
        let mail = the_one_mail(app).await;
        assert!(html(&mail).contains(r#"<html lang="ar-XB" dir="rtl">"#), "the list's");
        let confirm = link_in(&mail, "/confirm/");
        assert!(get(app, &confirm).await.contains(r#"lang="en-XA""#), "she has chosen none");

        let ines = subscribers::by_email(&mut app.app.db.read().await.unwrap(), &address("ines@example.org")).await;
        let ines = ines.unwrap().unwrap().id;
        let preferences = app.app.keyring.token(Link::Preferences { subscriber: ines });
        let preferences = format!("{}/preferences/{preferences}", app.url);
        for (language, saved) in [("ar-XB", 1), ("ar-XB", 0), ("../x", 0), ("", 0)] {
            let answer = post(app, &preferences, &format!("language={language}")).await;
            let location = answer.headers()["location"].to_str().unwrap().to_owned();
            assert!(location.ends_with(&format!("?saved={saved}")), "{language}: {location}");
        }
        for url in [&confirm, &preferences, &link_in(&mail, "/block/")] {
            assert!(get(app, url).await.contains(r#"<html lang="ar-XB" dir="rtl">"#), "hers: {url}");
        }
        assert!(!get(app, &preferences).await.contains("ar-XB\" lang"), "no form offers what nobody speaks");
    }

    async fn a_campaign_is_in_its_lists_language_with_the_habits_of_its_region(app: TestApp) {
        let list = app.list("world", "World").await;
        set_languages(app, "en-US", "").await;
        subscribe_all(app, list, &["ines@example.org"]).await;
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        let mail = html(&app.smtp.take().remove(0).message);
        assert!(mail.contains(r#"<html lang="en-US" dir="ltr">"#), "{mail}");
        assert!(mail.contains("subscribed to every article in World on November 24, 2026."), "{mail}");
        // What is set later changes nothing of what is stored.
        set_languages(app, "en-XA", "ar-XB").await;
        schedule::run_due(&app.app).await.unwrap();
        let campaign = postrider::db::campaigns::by_id(&mut app.app.db.read().await.unwrap(), id).await;
        let url = format!("{}/archive/{}", app.url, campaign.unwrap().unwrap().slug);
        let archived = get(app, &url).await;
        assert!(archived.contains(r#"<html lang="en-US" dir="ltr">"#), "{archived}");
        for part in [
            r#"<meta property="og:title" content="Ferry">"#,
            r#"<meta name="description""#,
            r#"<link rel="canonical""#,
            r#"<a href="/archive">All issues</a>"#,
            r#"<form method="post" action="/subscribe">"#,
            r#"<input type="hidden" name="list" value="world">"#,
        ] {
            assert!(archived.contains(part), "{part} in {archived}");
        }
        assert!(!archived.contains("%%POSTRIDER") && !archived.contains("/unsubscribe/"), "nothing of a reader");
    }
}
