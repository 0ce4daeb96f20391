//! Placeholders in mails: checked where they are saved, filled for each reader, and never read in a feed's text.

use chrono::TimeDelta;
use mail_parser::MessageParser;
use postrider::actions::{Context, send};
use postrider::db::lists;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::fields::{field, id_of};
use crate::on_both_engines;
use crate::sign_up::join;
use crate::support::desk::Person;
use crate::support::feed_server::FeedServer;
use crate::support::{Answer, TestApp};

fn version(page: &str) -> String {
    let from = page.split_once("name=\"version\" value=\"").expect("a version").1;
    from.split('"').next().unwrap().to_owned()
}

/// Begins a draft; its editor's path.
async fn begin(person: &Person<'_>, list: Uuid) -> String {
    person.submit("/admin/campaigns/new", &[("list", &list.to_string()), ("subject", "Draft")]).await.0
}

/// What is saved of a draft: subject, preheader, text.
async fn form(
    person: &Person<'_>,
    edit: &str,
    list: Uuid,
    [subject, preheader, markdown]: [&str; 3],
) -> Vec<(&'static str, String)> {
    let stands = version(&person.page(edit).await);
    [
        ("version", stands),
        ("list", list.to_string()),
        ("subject", subject.to_owned()),
        ("preheader", preheader.to_owned()),
        ("markdown", markdown.to_owned()),
    ]
    .into()
}

fn borrowed<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn save(person: &Person<'_>, edit: &str, list: Uuid, texts: [&str; 3]) {
    person.submit(edit, &borrowed(&form(person, edit, list, texts).await)).await;
}

/// Why a text can't be saved.
async fn refused(person: &Person<'_>, edit: &str, list: Uuid, texts: [&str; 3]) -> String {
    person.refused(edit, &borrowed(&form(person, edit, list, texts).await)).await
}

/// Sends it, and waits for the undo window.
async fn send(app: &TestApp, person: &Person<'_>, edit: &str) {
    let stands = version(&person.page(edit).await);
    person.submit(&edit.replace("/edit", "/schedule"), &[("version", &stands), ("when", "now")]).await;
    app.advance(TimeDelta::minutes(6));
    app.run_all_due().await;
}

/// Subject, text and HTML of what one reader got, and the message itself.
fn read(message: &[u8]) -> (String, String, String) {
    let parsed = MessageParser::default().parse(message).unwrap();
    assert_eq!(parsed.parts.len(), 3);
    let (text, html) = (parsed.body_text(0).unwrap().into_owned(), parsed.body_html(0).unwrap().into_owned());
    (parsed.subject().unwrap_or_default().to_owned(), text, html)
}

async fn name(app: &TestApp, person: &Person<'_>, email: &str, name: &str) {
    let path = format!("/admin/subscribers/{}/edit", id_of(app, email).await);
    person.submit(&path, &[("name", name), ("email", email)]).await;
}

on_both_engines! {
    async fn each_reader_gets_their_own_words(app: TestApp) {
        let world = app.list("world", "World").await;
        let admin = app.admin().await;
        field(&admin, "Berth", "text", &[]).await;
        field(&admin, "Since", "date", &[]).await;
        field(&admin, "Member", "yes_no", &[]).await;
        for email in ["ines@example.org", "tobe@example.org", "emoji@example.org", "sly@example.org"] {
            join(app, email, "world").await;
        }
        let emoji = "😀".repeat(200);
        name(app, &admin, "ines@example.org", "Inês Carvalho").await;
        name(app, &admin, "emoji@example.org", &emoji).await;
        name(app, &admin, "sly@example.org", "<script>x</script> =?utf-8?Q?a?= %%POSTRIDER-UNSUBSCRIBE%%").await;
        let ines = format!("/admin/subscribers/{}/fields", id_of(app, "ines@example.org").await);
        admin.submit(&ines, &[("field.berth", "A & <9>"), ("field.since", "2024-03-03"), ("field.member", "yes")]).await;
        let edit = begin(&admin, world).await;
        let text = "Dear {{ first_name | \"reader\" }}, **{{ name | \"whoever you are\" }}** at {{ email }}, berth {{ berth | \"none\" }}, since {{ since | \"ever\" }}, member: {{ member | \"unknown\" }}. Literally: \\{{ name }}.";
        save(&admin, &edit, world, ["For {{ name | \"you\" }}: tides", "Hello {{ first_name | \"you\" }}", text]).await;

        // The preview is somebody's, or nobody's.
        let preview = edit.replace("/edit", "/preview");
        let page = admin.page(&format!("{preview}?reader=ines@example.org")).await;
        assert!(page.contains("Dear Inês,") && page.contains("berth A &amp; &lt;9&gt;,"), "{page}");
        let page = admin.page(&format!("{preview}?as=text")).await;
        assert!(page.contains("Dear reader, whoever you are at reader@example.org, berth none, since ever"), "{page}");
        let source = admin.page(&format!("{preview}?as=source")).await;
        assert!(source.contains("Subject: For you: tides"), "{source}");

        send(app, &admin, &edit).await;
        let mut mails = app.smtp.take();
        mails.sort_by_key(|mail| mail.to.clone());
        assert_eq!(mails.len(), 4);
        let of = |to: &str| mails.iter().find(|mail| mail.to == to).map(|mail| read(&mail.message)).unwrap();
        let (subject, text, html) = of("ines@example.org");
        assert_eq!(subject, "For Inês Carvalho: tides");
        assert!(text.contains("Dear Inês, Inês Carvalho at ines@example.org, berth A & <9>, since 3 March 2024, member: Yes. Literally: {{ name }}."), "{text}");
        assert!(html.contains("berth A &amp; &lt;9&gt;,") && html.contains("Hello Inês") && html.contains("<strong"), "{html}");
        let (subject, text, _) = of("tobe@example.org");
        assert_eq!(subject, "For you: tides");
        assert!(text.contains("Dear reader, whoever you are at tobe@example.org, berth none, since ever, member: unknown."), "{text}");
        let (subject, text, _) = of("emoji@example.org");
        assert_eq!(subject, format!("For {emoji}: tides"));
        assert!(text.contains(&emoji));
        let (subject, _, html) = of("sly@example.org");
        assert_eq!(subject, "For <script>x</script> =?utf-8?Q?a?= %%POSTRIDER-UNSUBSCRIBE%%: tides");
        assert!(html.contains("&lt;script&gt;x&lt;/script&gt;") && !html.contains("<script>"), "{html}");
        for mail in &mails {
            let message = String::from_utf8(mail.message.clone()).unwrap();
            assert!(message.lines().all(|line| line.len() <= 998 && line.is_ascii()), "{message}");
            assert_eq!(message.matches("\nSubject: ").count(), 1);
        }
        // The archive is everybody's.
        let archive = app.http.get(format!("{}/archive", app.url)).send().await.unwrap().text().await.unwrap();
        assert!(archive.contains("For you: tides") && !archive.contains("{{"), "{archive}");
        let slug = archive.split("href=\"/archive/").find_map(|rest| rest.split('"').next().filter(|slug| slug.starts_with("draft"))).unwrap().to_owned();
        let copy = app.http.get(format!("{}/archive/{slug}", app.url)).send().await.unwrap().text().await.unwrap();
        assert!(copy.contains("Dear reader,") && copy.contains("whoever you are") && !copy.contains("POSTRIDER"), "{copy}");
    }

    async fn a_typing_error_is_not_saved(app: TestApp) {
        let world = app.list("world", "World").await;
        let admin = app.admin().await;
        field(&admin, "Berth", "text", &[]).await;
        let edit = begin(&admin, world).await;
        for (texts, said) in [
            (["{{ nmae }}", "", "x"], "Did you mean {{ name }}?"),
            (["x", "{{ brth }}", "x"], "Did you mean {{ berth }}?"),
            (["x", "", "{{ birthday }}"], "{{ first_name }}, {{ email }}, {{ berth }}"),
            (["x", "", "{{ name"], "must end with }}"),
            (["x", "", "{{ name | reader }}"], "is not a placeholder"),
            (["x", "", "[me](https://example.org/?e={{ email }})"], "inside a link"),
            (["x", "", "<img src=\"https://example.org/{{ name }}.png\">"], "inside a link"),
        ] {
            let page = refused(&admin, &edit, world, texts).await;
            assert!(page.contains(said), "{texts:?}: {page}");
        }
        let new = [("list", world.to_string()), ("subject", "{{ nmae }}".to_owned())];
        let page = admin.refused("/admin/campaigns/new", &borrowed(&new)).await;
        assert!(page.contains("Did you mean {{ name }}?"), "{page}");
        // A field that is gone since is noticed before anything is sent.
        save(&admin, &edit, world, ["x", "", "{{ berth | \"none\" }}"]).await;
        let berth = admin.page("/admin/settings/fields").await;
        let berth = berth.split("/admin/settings/fields/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        admin.submit(&format!("/admin/settings/fields/{berth}/delete"), &[("typed", "berth")]).await;
        let stands = version(&admin.page(&edit).await);
        let page = admin.refused(&edit.replace("/edit", "/schedule"), &[("version", &stands), ("when", "now")]).await;
        assert!(page.contains("There is no placeholder called “berth”"), "{page}");
    }

    async fn a_feeds_text_is_left_alone(app: TestApp) {
        let world = app.list("world", "World").await;
        let admin = app.admin().await;
        join(app, "ines@example.org", "world").await;
        name(app, &admin, "ines@example.org", "Inês").await;
        let server = FeedServer::start().await;
        let item = |n: u32, words: &str| format!("<item><guid isPermaLink=\"false\">g{n}</guid><link>{}/{n}</link><title>Using {{{{ name }}}} {words}</title><pubDate>Tue, 24 Nov 2026 09:00:00 +0000</pubDate><description>How to write {{{{ first_name | \"x\" }}}} {words} %%POSTRIDER-VALUE-0%% &amp;#xf0000;</description></item>", server.url(""));
        let rss = |items: &str| format!("<rss version=\"2.0\"><channel><title>Harbour</title><link>{}</link>{items}</channel></rss>", server.url(""));
        server.set_feed("/feed", &rss(&item(1, "old")));
        admin.submit("/admin/feeds", &[("url", &server.url("/feed")), ("list", &world.to_string()), ("grace", "10")]).await;
        app.run_all_due().await;
        app.advance(TimeDelta::minutes(20));
        server.set_feed("/feed", &rss(&format!("{}{}", item(2, "new"), item(1, "old"))));
        for _ in 0..4 {
            app.run_all_due().await;
            app.advance(TimeDelta::minutes(11));
        }
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1, "the new one");
        let (subject, text, html) = read(&mails[0].message);
        assert_eq!(subject, "Using {{ name }} new");
        for part in [&text, &html] {
            assert!(part.contains("{{ first_name | ") && !part.contains("Inês"), "{part}");
        }
        // Nor where an editor mails the article: its title and its words stay words.
        let edit = begin(&admin, world).await;
        let page = admin.page(&edit).await;
        // The one that nobody was mailed: whoever got an article gets it no second time.
        let offered = page.split("name=\"article\" value=\"").skip(1).last().unwrap_or_else(|| panic!("{page}"));
        let article = offered.split('"').next().unwrap().to_owned();
        let begun = admin.page(&format!("/admin/campaigns/new?article={article}")).await;
        assert!(begun.contains("value=\"Using \\{{ name }}"), "{begun}");
        let mut form = form(&admin, &edit, world, ["Using \\{{ name }}, {{ name }}", "", "For {{ name }}"]).await;
        form.push(("article", article));
        admin.submit(&edit, &borrowed(&form)).await;
        send(app, &admin, &edit).await;
        let mails = app.smtp.take();
        let (subject, text, _) = read(&mails[0].message);
        assert_eq!(subject, "Using {{ name }}, Inês");
        assert!(text.contains("For Inês") && text.contains("Using {{ name }}") && text.contains("{{ first_name"), "{text}");
    }

    async fn another_attempt_has_the_values_of_its_own_time(app: TestApp) {
        let world = app.list("world", "World").await;
        let admin = app.admin().await;
        join(app, "ines@example.org", "world").await;
        name(app, &admin, "ines@example.org", "Ines").await;
        let edit = begin(&admin, world).await;
        save(&admin, &edit, world, ["For {{ name }}", "", "Dear {{ name }}"]).await;
        app.smtp.at_message(|_| Answer::Reply("451 4.3.0 later"));
        send(app, &admin, &edit).await;
        let first = app.smtp.received();
        name(app, &admin, "ines@example.org", "Inês").await;
        app.smtp.behave();
        app.smtp.take();
        app.advance(TimeDelta::hours(2));
        app.run_all_due().await;
        let mails = app.smtp.take();
        assert_eq!(mails.len(), 1);
        let (subject, _, _) = read(&mails[0].message);
        assert_eq!(subject, "For Inês");
        let id = |message: &[u8]| MessageParser::default().parse(message).unwrap().message_id().unwrap().to_owned();
        if let Some(first) = first.first() {
            assert_eq!(id(&first.message), id(&mails[0].message));
        }
    }

    async fn html_that_a_script_sends_has_placeholders_too(app: TestApp) {
        app.list("world", "World").await;
        let admin = app.admin().await;
        join(app, "ines@example.org", "world").await;
        name(app, &admin, "ines@example.org", "Inês").await;
        let list = lists::by_slug(&mut app.app.db.read().await.unwrap(), "world").await.unwrap().unwrap();
        let cx = Context::command_line(&app.app);
        for html in ["<p>{{ nmae }}</p>", "<p><a href='https://example.org/{{ name }}'>x</a></p>"] {
            assert!(send::to_list(&cx, &list, "S", html, app.clock.now(), None).await.is_err(), "{html}");
        }
        let html = "<style>p { color: red }</style><p>Dear {{ name | \"reader\" }} &lt;&gt;</p>";
        send::to_list(&cx, &list, "For {{ name }}", html, app.clock.now(), None).await.unwrap();
        app.run_all_due().await;
        let mails = app.smtp.take();
        let (subject, text, _) = read(&mails[0].message);
        assert_eq!(subject, "For Inês");
        assert!(text.contains("Dear Inês <>"), "{text}");
    }

    async fn a_test_shows_the_one_who_asks_for_it(app: TestApp) {
        let world = app.list("world", "World").await;
        let admin = app.admin().await;
        join(app, "ines@example.org", "world").await;
        name(app, &admin, "ines@example.org", "Inês").await;
        let edit = begin(&admin, world).await;
        save(&admin, &edit, world, ["For {{ name | \"you\" }}", "", "Dear {{ name | \"reader\" }}"]).await;
        admin.submit(&edit.replace("/edit", "/test"), &[("to", "ines@example.org nobody@example.org")]).await;
        app.deliver_all_due().await;
        let mails = app.smtp.take();
        let of = |to: &str| mails.iter().find(|mail| mail.to == to).map(|mail| read(&mail.message)).unwrap();
        assert_eq!(of("ines@example.org").0, "[Test] For Inês");
        assert_eq!(of("nobody@example.org").0, "[Test] For you");
        assert_eq!(admin.get(&edit.replace("/edit", "/preview?reader=nobody@example.org")).await.status(), StatusCode::OK);
    }
}
