//! Settings: what stands, what is refused, who changed what.

use postrider::actions::compose::Sender;
use postrider::db::audit;
use postrider::db::lists::{self, List};
use postrider::db::publication::{self, Publication};
use uuid::Uuid;

use crate::on_both_engines;
use crate::support::process::Bench;
use crate::support::{Engine, TestApp, skip_postgres};

async fn stands(app: &TestApp) -> Publication {
    publication::get(&mut app.app.db.read().await.unwrap()).await.unwrap()
}

/// The `seen` of a form on the page.
fn seen(page: &str, part: &str) -> String {
    let from = page.split_once(&format!("value=\"{part}\"><input type=\"hidden\" name=\"seen\" value=\""));
    from.expect("the form").1.split('"').next().unwrap().to_owned()
}

const HARBOUR: [(&str, &str); 6] = [
    ("part", "publication"),
    ("name", "Harbour News"),
    ("tagline", "Ships & <markets>"),
    ("url", "https://harbour.example"),
    ("postal_address", "1 Quay Street\r\n\r\n Hallerud "),
    ("time_zone", "Europe/Stockholm"),
];

on_both_engines! {
    async fn what_an_admin_saves_stands_and_is_in_the_log_once(app: TestApp) {
        let marta = app.admin().await;
        let (to, said) = marta.submit("/admin/settings", &HARBOUR).await;
        assert_eq!((to.as_str(), said.as_str()), ("/admin/settings", "Saved."));
        let now = stands(app).await;
        assert_eq!((now.name.as_str(), now.url.as_str()), ("Harbour News", "https://harbour.example/"));
        assert_eq!((now.postal_address.as_str(), now.time_zone.as_str()), ("1 Quay Street\nHallerud", "Europe/Stockholm"));
        // Sent twice, it changes nothing more.
        marta.submit("/admin/settings", &HARBOUR).await;
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit::of_subject(&mut tx, "publication", Uuid::nil(), 10).await.unwrap();
        drop(tx);
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].user_email.as_str(), log[0].action.as_str()), ("marta@harbour.example", "settings changed"));
        let page = marta.page("/admin/settings/audit").await;
        for told in ["<del dir=\"auto\">Your publication</del>", "<ins dir=\"auto\">Harbour News</ins>", "127.0.0.1", "marta@harbour.example"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(page.contains("Ships &#38; &#60;markets&#62;"), "{page}");
        let page = marta.page("/admin/settings").await;
        assert!(page.contains("<option selected>Europe/Stockholm</option>"), "{page}");
        assert!(page.contains("Stockholm (CET)"), "the zone of all times is named");
    }

    async fn what_does_not_do_is_said_under_its_field_and_nothing_is_saved(app: TestApp) {
        let marta = app.admin().await;
        let before = stands(app).await;
        let long = "x".repeat(301);
        for (name, typed, why) in [
            ("name", "", "A publication needs a name"),
            ("name", long.as_str(), "up to 300 characters"),
            ("name", "a\u{7}b", "a single line"),
            ("url", "harbour", "is not a web address"),
            ("url", "javascript:alert(1)", "is not a web address"),
            ("time_zone", "Mars/Base", "is not a time zone"),
            ("postal_address", long.as_str(), "on up to 8 lines"),
        ] {
            let form: Vec<_> = HARBOUR.iter().map(|(n, v)| (*n, if *n == name { typed } else { *v })).collect();
            let page = marta.refused("/admin/settings", &form).await;
            assert!(page.contains(why) && page.contains(&format!("id=\"{name}-wrong\"")), "{name}={typed}: {page}");
            assert!(page.contains("value=\"Ships &#38; &#60;markets&#62;\""), "what was typed is kept: {page}");
            assert_eq!(stands(app).await, before);
        }
        for (name, typed, why) in [
            ("undo_secs", "-1", "0 to 3600"),
            ("undo_secs", "", "0 to 3600"),
            ("undo_secs", "3601", "0 to 3600"),
            ("undo_secs", "99999999999999999999", "0 to 3600"),
            ("two_person_min", "0", "1 or more"),
            ("two_person_min", "many", "1 or more"),
            ("uncertain", "perhaps", "Choose one of the two"),
        ] {
            let rules = [("part", "rules"), ("undo_secs", "60"), ("two_person_min", "50,000"), ("uncertain", "leave")];
            let form = rules.map(|(n, v)| (n, if n == name { typed } else { v }));
            assert!(marta.refused("/admin/settings", &form).await.contains(why), "{name}={typed}");
        }
        for (name, typed, why) in [
            ("from_email", "news.harbour.example", "has no @"),
            ("reply_to", "a@", "nothing after the @"),
            ("from_name", "News\r\nBcc: x@example.org", "a single line"),
        ] {
            let sender = [("part", "sender"), ("from_name", "News"), ("from_email", "a@b.example"), ("reply_to", "")];
            let form = sender.map(|(n, v)| (n, if n == name { typed } else { v }));
            assert!(marta.refused("/admin/settings", &form).await.contains(why), "{name}={typed}");
        }
        assert_eq!(stands(app).await, before);
        marta.refused("/admin/settings", &[("part", "everything")]).await;
    }

    async fn all_that_is_wrong_with_a_form_is_said_at_once(app: TestApp) {
        let marta = app.admin().await;
        let wrong = HARBOUR.map(|(name, typed)| match name {
            "url" => (name, "harbour"),
            "time_zone" => (name, "Mars/Base"),
            _ => (name, typed),
        });
        let page = marta.refused("/admin/settings", &wrong).await;
        assert!(page.contains("is not a web address") && page.contains("is not a time zone"), "{page}");
    }

    async fn the_rules_of_sending_are_kept_as_numbers(app: TestApp) {
        let marta = app.admin().await;
        let rules = [("part", "rules"), ("undo_secs", "60"), ("two_person_min", "50,000"), ("uncertain", "leave")];
        marta.submit("/admin/settings", &rules).await;
        let now = stands(app).await;
        assert_eq!((now.undo_secs, now.two_person_min, now.uncertain.as_str()), (60, Some(50_000), "leave"));
        let off = [("part", "rules"), ("undo_secs", "0"), ("two_person_min", " "), ("uncertain", "resend")];
        marta.submit("/admin/settings", &off).await;
        let now = stands(app).await;
        assert_eq!((now.undo_secs, now.two_person_min, now.uncertain.as_str()), (0, None, "resend"));
    }

    async fn a_list_speaks_under_its_own_name_else_under_the_publications(app: TestApp) {
        let marta = app.admin().await;
        let list = app.list("world", "World").await;
        let of = async |list: Option<&List>| {
            let sender = Sender::of(&app.app, &stands(app).await, list);
            let reply_to = sender.reply_to.map(|mailbox| mailbox.to_string()).unwrap_or_default();
            (sender.from.to_string(), reply_to)
        };
        let mut world = lists::by_id(&mut app.app.db.read().await.unwrap(), list).await.unwrap().unwrap();
        let (configured, none) = ("Harbour News <news@harbour.example>".to_owned(), String::new());
        assert_eq!(of(Some(&world)).await, (configured, none));
        let sender = [("part", "sender"), ("from_name", "The Quay"), ("from_email", "quay@harbour.example"), ("reply_to", "a@harbour.example")];
        marta.submit("/admin/settings", &sender).await;
        let list = app.list("quay", "Quay").await;
        let page = marta.page(&format!("/admin/lists/{list}")).await;
        assert!(page.contains("The Quay") && page.contains("quay@harbour.example"), "what readers see: {page}");
        let quay = ("The Quay <quay@harbour.example>".to_owned(), "a@harbour.example".to_owned());
        assert_eq!((of(None).await, of(Some(&world)).await), (quay.clone(), quay));
        (world.from_name, world.reply_to) = ("World desk".to_owned(), "world@harbour.example".to_owned());
        let own = ("World desk <quay@harbour.example>".to_owned(), "world@harbour.example".to_owned());
        assert_eq!(of(Some(&world)).await, own);
    }

    async fn two_admins_who_save_the_same_do_not_overwrite_one_another(app: TestApp) {
        let marta = app.admin().await;
        app.user("tobe@harbour.example", postrider::db::users::Role::Admin).await;
        let tobe = app.sign_in("tobe@harbour.example").await;
        let page = marta.page("/admin/settings").await;
        let (publication, sender) = (seen(&page, "publication"), seen(&page, "sender"));
        tobe.submit("/admin/settings", &[&HARBOUR[..], &[("seen", &publication)]].concat()).await;
        // Another part is none of it.
        let from = [("part", "sender"), ("from_name", "News"), ("from_email", ""), ("reply_to", ""), ("seen", &sender)];
        marta.submit("/admin/settings", &from).await;
        let mut mine = HARBOUR;
        mine[1].1 = "Quay News";
        let page = marta.refused("/admin/settings", &[&mine[..], &[("seen", &publication)]].concat()).await;
        assert!(page.contains("tobe@harbour.example saved this (24 Nov, 10:41)"), "{page}");
        assert!(page.contains("save again to keep it") && page.contains("value=\"Quay News\""), "{page}");
        assert_eq!(stands(app).await.name, "Harbour News");
        let again = seen(&page, "publication");
        marta.submit("/admin/settings", &[&mine[..], &[("seen", &again)]].concat()).await;
        assert_eq!(stands(app).await.name, "Quay News");
    }

    async fn the_audit_log_is_read_in_pages_and_by_kind(app: TestApp) {
        let marta = app.admin().await;
        for n in 0..60 {
            let n = n.to_string();
            let rules = [("part", "rules"), ("undo_secs", n.as_str()), ("two_person_min", ""), ("uncertain", "resend")];
            marta.submit("/admin/settings", &rules).await;
        }
        let first = marta.page("/admin/settings/audit?kind=publication").await;
        assert_eq!(first.matches("settings changed").count(), 50, "{first}");
        assert!(!first.contains("signed in"), "only of that kind");
        let older = first.split_once("before=").expect("a link to older ones").1.split('"').next().unwrap();
        let second = marta.page(&format!("/admin/settings/audit?kind=publication&before={older}")).await;
        assert_eq!(second.matches("settings changed").count(), 10, "{second}");
        assert!(second.contains(">Newest</a>") && !second.contains(">Older</a>"));
        let all = marta.page("/admin/settings/audit").await;
        assert!(all.contains(">Publication</option>") && all.contains(r#"<option value="user">"#), "{all}");
        assert!(marta.page("/admin/settings/audit?kind=moon&before=x").await.contains("The log has no entries about “moon”."));
    }

    async fn the_language_of_pages_and_mails_is_chosen_and_kept(app: TestApp) {
        let marta = app.admin().await;
        let page = marta.page("/admin/settings").await;
        assert!(page.contains("<option value=\"\">English (default)</option>"), "{page}");
        assert!(page.contains("<option value=\"en-US\" lang=\"en-US\">English (United States)</option>"), "{page}");
        marta.submit("/admin/settings", &[&HARBOUR[..], &[("language", "en-US")]].concat()).await;
        assert_eq!(stands(app).await.language, "en-US");
        assert!(app.nobody().page("/").await.contains("<html lang=\"en-US\""), "reader pages are in it");
        let page = marta.page("/admin/settings").await;
        assert!(page.contains("<option value=\"en-US\" lang=\"en-US\" selected>"), "{page}");
        // The setup carries it along.
        let setup = marta.page("/admin/setup/publication").await;
        assert!(setup.contains("<input type=\"hidden\" name=\"language\" value=\"en-US\">"), "{setup}");
        let wrong = marta.refused("/admin/settings", &[&HARBOUR[..], &[("language", "xx")]].concat()).await;
        assert!(wrong.contains("id=\"language-wrong\"") && wrong.contains("is not a known language"), "{wrong}");
        marta.submit("/admin/settings", &[&HARBOUR[..], &[("language", "")]].concat()).await;
        assert_eq!(stands(app).await.language, "");
    }

    async fn the_help_names_the_keys_for_everybody(app: TestApp) {
        let owen = app.editor().await;
        let page = owen.page("/admin/help").await;
        assert!(page.contains("id=\"keys\"") && page.contains("How an email is made and sent"), "{page}");
        assert!(!page.contains("<dd>Settings</dd>"), "an editor has no such tab");
        assert!(app.admin().await.page("/admin/help").await.contains("<dd>Settings</dd>"));
    }
}

/// An application that signs mail for harbour.example.
async fn signing(engine: Engine) -> Option<(TestApp, Bench)> {
    let bench = Bench::new(Engine::Sqlite, None, 1).await.expect("SQLite is built in");
    let made = bench.ok(&["dkim", "make", "--domain", "harbour.example", "--type", "ed25519", "--json"]);
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    let value = |name: &str| made["environment"][name].as_str().expect("a setting").to_owned();
    let names = ["DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_KEY_FILE"];
    let settings: Vec<(&str, String)> = names.iter().map(|name| (*name, value(name))).collect();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match TestApp::start_with(engine, &settings).await {
        Ok(app) => Some((app, bench)),
        Err(missing) => {
            skip_postgres(&missing);
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_mail_is_signed_the_sender_is_of_the_domain_that_signs() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some((app, _bench)) = signing(engine).await else { continue };
        let marta = app.admin().await;
        let sender = |email| [("part", "sender"), ("from_name", ""), ("from_email", email), ("reply_to", "")];
        let page = marta.refused("/admin/settings", &sender("news@elsewhere.example")).await;
        assert!(page.contains("Mail is signed for harbour.example."), "{page}");
        marta.submit("/admin/settings", &sender("desk@harbour.example")).await;
        assert_eq!(stands(&app).await.from_email, "desk@harbour.example");
        app.end().await;
    }
}
