//! Leaving, choosing and blocking: at once, with no sign-in, and never by looking.

use postrider::db::{subscribers, suppressions};
use postrider::domain::links::Link;
use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::on_both_engines;
use crate::sign_up::{address, join, post, standing, subscribe};
use crate::support::TestApp;

async fn id_of(app: &TestApp, email: &str) -> Uuid {
    let mut tx = app.app.db.read().await.unwrap();
    subscribers::by_email(&mut tx, &address(email)).await.unwrap().expect("a subscriber").id
}

fn url(app: &TestApp, path: &str, link: Link) -> String {
    format!("{}/{path}/{}", app.url, app.app.keyring.token(link))
}

on_both_engines! {
    async fn the_mail_clients_own_button_leaves_that_list_at_once(app: TestApp) {
        let world = app.list("world", "World").await;
        app.list("markets", "Markets").await;
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for (email, kind, body) in [
            ("ines@example.org", "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
            ("tobe@example.org", "multipart/form-data; boundary=b", multipart),
            ("marta@example.org", "text/plain", ""),
        ] {
            join(app, email, "world&list=markets").await;
            let link = url(app, "unsubscribe", Link::Unsubscribe { subscriber: id_of(app, email).await, list: world });
            for _ in 0..2 {
                let request = app.http.post(&link).header("content-type", kind).body(body);
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK);
                assert!(!answer.headers().contains_key("set-cookie"));
                let page = answer.text().await.unwrap();
                assert!(page.contains("You’ve unsubscribed from World") && page.contains("Subscribe again"), "{page}");
                assert!(page.contains("Unsubscribe from all"), "there is another list: {page}");
                assert_eq!(standing(app, email, "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);
                assert_eq!(standing(app, email, "markets").await.unwrap().0, SubscriptionStatus::Active);
            }
            let page = post(app, &link, "all=true").await.text().await.unwrap();
            assert!(page.contains("You’ve unsubscribed from everything"));
            assert_eq!(standing(app, email, "markets").await.unwrap().0, SubscriptionStatus::Unsubscribed);
            // Opened again, the link does not offer what is done.
            let page = app.http.get(&link).send().await.unwrap().text().await.unwrap();
            assert!(page.contains("You’re not subscribed to World") && !page.contains("<button"), "{page}");
        }
    }

    async fn opening_the_link_changes_nothing_and_a_foreign_one_is_no_link(app: TestApp) {
        let world = app.list("world", "World").await;
        join(app, "ines@example.org", "world").await;
        let subscriber = id_of(app, "ines@example.org").await;
        let link = url(app, "unsubscribe", Link::Unsubscribe { subscriber, list: world });
        let page = app.http.get(&link).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Unsubscribe from World?") && page.contains(">Unsubscribe</button>"));
        assert_eq!(standing(app, "ines@example.org", "world").await.unwrap().0, SubscriptionStatus::Active);
        // Another page's token opens nothing here.
        let foreign = url(app, "unsubscribe", Link::Preferences { subscriber });
        assert_eq!(post(app, &foreign, "").await.status(), StatusCode::NOT_FOUND);
        // Who was erased is not subscribed, and that is no error to a mail client.
        let erased = url(app, "unsubscribe", Link::Unsubscribe { subscriber: Uuid::nil(), list: world });
        let answer = post(app, &erased, "List-Unsubscribe=One-Click").await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.text().await.unwrap().contains("You’re not subscribed to World"));
    }

    async fn marta_chooses_lists_and_cadence(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        join(app, "marta@example.org", "world").await;
        let subscriber = id_of(app, "marta@example.org").await;
        let link = url(app, "preferences", Link::Preferences { subscriber });
        let page = app.http.get(&link).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("m***@example.org") && !page.contains("marta@"), "forwarded mails carry this link");

        let saved = post(app, &link, "list-world=weekly&list-markets=daily").await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER);
        assert!(saved.headers()["location"].to_str().unwrap().ends_with("?saved=1"));
        assert_eq!(standing(app, "marta@example.org", "world").await, Some((SubscriptionStatus::Active, Cadence::Weekly)));
        assert_eq!(standing(app, "marta@example.org", "markets").await, Some((SubscriptionStatus::Active, Cadence::Daily)));

        // "Saved" is said only where something was.
        let before = crate::pages::everything(app).await;
        for form in ["", "list-world=weekly&list-markets=daily", "list-none=daily", "list-world=hourly"] {
            let saved = post(app, &link, form).await;
            assert!(saved.headers()["location"].to_str().unwrap().ends_with("?saved=0"), "{form}");
        }
        assert_eq!(crate::pages::everything(app).await, before);
        let page = app.http.get(format!("{link}?saved=0")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Nothing changed") && !page.contains(">Saved<"));
        post(app, &link, "list-world=off").await;
        assert_eq!(standing(app, "marta@example.org", "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);
        assert_eq!(standing(app, "marta@example.org", "markets").await.unwrap().0, SubscriptionStatus::Active);
        let page = post(app, &link, "leave=all").await.text().await.unwrap();
        assert!(page.contains("You’ve unsubscribed from everything"));
        assert_eq!(standing(app, "marta@example.org", "markets").await.unwrap().0, SubscriptionStatus::Unsubscribed);
    }

    async fn who_never_confirmed_an_address_can_not_turn_its_mail_on(app: TestApp) {
        app.list("world", "World").await;
        app.list("markets", "Markets").await;
        subscribe(app, "email=tobe%40example.org&list=world").await;
        let link = url(app, "preferences", Link::Preferences { subscriber: id_of(app, "tobe@example.org").await });
        let first = crate::sign_up::the_one_mail(app).await;
        let early = post(app, &link, "list-world=each&list-markets=daily").await;
        assert_eq!(early.headers()["location"], "/subscribed");
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0, "within the cool-down of the sign-up");
        app.advance(chrono::TimeDelta::minutes(16));
        post(app, &link, "list-world=each&list-markets=daily").await;
        let second = crate::sign_up::the_one_mail(app).await;
        let confirm = |mail: &[u8]| crate::sign_up::link_in(mail, "/confirm/");
        assert_ne!(confirm(&first), confirm(&second));
        assert_eq!(standing(app, "tobe@example.org", "world").await.unwrap().0, SubscriptionStatus::Pending);
        assert_eq!(standing(app, "tobe@example.org", "markets").await, Some((SubscriptionStatus::Pending, Cadence::Daily)));
        post(app, &confirm(&second), "").await;
        assert_eq!(standing(app, "tobe@example.org", "markets").await, Some((SubscriptionStatus::Active, Cadence::Daily)));
    }

    async fn owen_blocks_mail_that_he_never_asked_for(app: TestApp) {
        app.list("world", "World").await;
        subscribe(app, "email=owen%40example.org&list=world").await;
        let mail = crate::sign_up::the_one_mail(app).await;
        let confirm = crate::sign_up::link_in(&mail, "/confirm/");
        let block = crate::sign_up::link_in(&mail, "/block/");
        app.http.get(&block).send().await.unwrap();
        let suppressed = || async {
            let mut tx = app.app.db.read().await.unwrap();
            suppressions::is_suppressed(&mut tx, "owen@example.org").await.unwrap()
        };
        assert!(!suppressed().await, "looking changes nothing");
        for _ in 0..2 {
            let page = app.http.post(&block).send().await.unwrap();
            assert_eq!(page.status(), StatusCode::OK);
            assert!(page.text().await.unwrap().contains("This address is blocked"));
        }
        assert!(suppressed().await);
        let again = app.http.get(&block).send().await.unwrap().text().await.unwrap();
        assert!(again.contains("This address is blocked") && !again.contains("<button"), "it is done: {again}");
        assert_eq!(standing(app, "owen@example.org", "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);

        // Neither the old confirmation nor the preferences page nor a new sign-up brings it back.
        let page = post(app, &confirm, "").await.text().await.unwrap();
        assert!(page.contains("We can’t email this address"), "{page}");
        let link = url(app, "preferences", Link::Preferences { subscriber: id_of(app, "owen@example.org").await });
        let kept_off = post(app, &link, "list-world=each").await;
        assert!(kept_off.headers()["location"].to_str().unwrap().ends_with("?saved=off"));
        app.advance(chrono::TimeDelta::days(30));
        subscribe(app, "email=owen%40example.org&list=world").await;
        assert_eq!(standing(app, "owen@example.org", "world").await.unwrap().0, SubscriptionStatus::Unsubscribed);
        app.deliver_all_due().await;
        assert_eq!(app.smtp.count(), 0);
    }
}
