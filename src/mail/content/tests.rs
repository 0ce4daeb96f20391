use chrono::{DateTime, Utc};

use super::campaign::HTML_BYTES_MAX;
use super::digest::tests::sample as digest_sample;
use super::*;
use crate::articles::ArticleView;
use crate::db::publication::Publication;
use crate::domain::account_change::{AccountChange, AccountChangeKind, ChangedBy};
use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::Cadence;
use crate::locale::Localizer;

pub fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub fn publication() -> Publication {
    Publication {
        name: "Harbour News".to_owned(),
        url: "https://harbour.example".to_owned(),
        postal_address: "27 Exchange Row\nBristol BS1".to_owned(),
        time_zone: "Europe/London".to_owned(),
        logo_url: "https://harbour.example/logo.png".to_owned(),
        ..Publication::default()
    }
}

pub fn article() -> ArticleView {
    ArticleView {
        title: "Quay “nine” stays shut — for a third week".to_owned(),
        url: "https://harbour.example/2026/11/quay-nine/?utm=1&amp=2".to_owned(),
        author: "Marta Lindqvist".to_owned(),
        published_at: "2026-11-23T23:30:00Z".parse().unwrap(),
        content_html: "<p>The crane on quay nine leaned on Monday, and since then nobody stands under it. \
                       <a href=\"/crane\">Its makers</a> sent two engineers and a dog.</p>\
                       <h2>What the dog found</h2><p>Nothing, twice.</p>\
                       <ul><li>Eleven ships wait outside.</li><li>Four have turned to Cardiff.</li></ul>\
                       <blockquote><p>We count from the window.</p></blockquote>\
                       <figure><img src=\"/window.jpg\" width=\"1200\" height=\"700\" alt=\"A window over the docks\">\
                       <figcaption>The window.</figcaption></figure>\
                       <table><tr><th>Week</th><th>Ships</th></tr><tr><td>46</td><td>11</td></tr></table>\
                       <p>The harbour master expects the quay to open before Advent.</p>"
            .to_owned(),
        summary_html: String::new(),
        image_url: "https://harbour.example/crane.jpg".to_owned(),
        image_alt: "A crane over an empty quay".to_owned(),
    }
}

pub fn campaign_of(article: &ArticleView) -> Content {
    let links = MailLinks {
        base_url: "https://mail.harbour.example",
        view_in_browser: "https://mail.harbour.example/mails/quay-nine",
    };
    campaign(&publication(), ("World news", &Localizer::english()), article, &links).unwrap()
}

/// Every mail that there is, in a language where it goes to readers.
pub fn samples(words: &Localizer) -> Vec<(&'static str, Content)> {
    let links = MailLinks {
        base_url: "https://mail.harbour.example",
        view_in_browser: "https://mail.harbour.example/mails/quay-nine",
    };
    let list = ("World news", words);
    let (mut cut, mut placeless) = (article(), article());
    cut.content_html = "<p>Ships wait <a href=\"/x\">here</a> and there.</p>".repeat(4000);
    (placeless.url, placeless.content_html) = (String::new(), cut.content_html.clone());
    let editors = Written { subject: "From the desk", preheader: "", html: "<p>Two ships.</p>", at: noon() };
    let mut found = vec![
        ("campaign", campaign(&publication(), list, &article(), &links).unwrap()),
        ("campaign", campaign(&publication(), list, &cut, &links).unwrap()),
        ("campaign", campaign(&publication(), list, &placeless, &links).unwrap()),
        (
            "campaign",
            written(&publication(), list, editors, PlaceholderMarks::new().unwrap(), &links).unwrap(),
        ),
        ("digest", digest_sample(words, 3, false)),
        ("digest", digest_sample(words, 8, true)),
        ("digest", digest_sample(words, 300, false)),
        ("confirmation", confirmation_in(words, Asks::Once)),
        ("confirmation", confirmation_in(words, Asks::First)),
        ("confirmation", confirmation_in(words, Asks::Last)),
        ("welcome", welcome_in(words, 1)),
        ("welcome", welcome_in(words, 2)),
        ("subscribed", subscribed_in(words)),
        ("own", manage_link(&publication(), words, "https://mail.harbour.example/x", noon()).unwrap()),
        ("own", new_address(&publication(), words, "https://mail.harbour.example/x", noon()).unwrap()),
        ("own", address_changed(&publication(), words, "i***@example.org").unwrap()),
        ("own", permission(&publication(), words, &keeping()).unwrap()),
        ("account_change", account_changed()),
        ("alert", alert()),
        ("test", test(&harbour(), "Nobody else got it.").unwrap()),
        (
            "trial",
            trial(&publication(), "news@harbour.example", "desk@harbour.example", links.base_url, noon())
                .unwrap(),
        ),
    ];
    for sets_password in [true, false] {
        found.push((
            "sign_in",
            sign_in(&publication(), sets_password, "https://mail.harbour.example/x", noon()).unwrap(),
        ));
    }
    found
}

fn keeping() -> Keeping<'static> {
    Keeping {
        newsletter: "World news",
        keep_url: "https://mail.harbour.example/keep/x",
        leave_url: "https://mail.harbour.example/unsubscribe/x",
        ends_at: noon(),
    }
}

pub fn harbour() -> Content {
    campaign_of(&article())
}

pub fn confirmation() -> Content {
    confirmation_in(&Localizer::english(), Asks::Once)
}

pub fn reminder() -> Content {
    confirmation_in(&Localizer::english(), Asks::Last)
}

pub fn welcome() -> Content {
    welcome_in(&Localizer::english(), 1)
}

fn welcome_in(words: &Localizer, lists: usize) -> Content {
    let names = [("World", Cadence::Each), ("Weekend & sea", Cadence::Weekly)];
    let leaving =
        names.map(|(name, _)| (name.to_owned(), "https://mail.harbour.example/unsubscribe/Pq".into()));
    let mut marks = PlaceholderMarks::new().unwrap();
    let text =
        marks.mark("<p>Dear {{ first_name | \"reader\" }}, we write <strong>twice</strong> a week.</p>");
    let said = Welcoming {
        lists: &names[..lists],
        texts: &[text],
        articles: &[article(), ArticleView { author: String::new(), url: String::new(), ..article() }],
        preferences_url: "https://mail.harbour.example/preferences/KwNv",
        leaving: &leaving[..lists],
    };
    super::welcome(&publication(), words, "https://mail.harbour.example", &said, marks).unwrap()
}

fn confirmation_in(words: &Localizer, asks: Asks) -> Content {
    let wanted =
        [("All articles", Cadence::Daily), ("Weekend & sea", Cadence::Weekly), ("World", Cadence::Each)];
    let links = (
        "https://mail.harbour.example/confirm/7Qm2xV0dTt9uK4sJb1Lw8RzE",
        "https://mail.harbour.example/block/q8Zr",
    );
    let expires_at = "2026-11-26T09:41:00Z".parse().unwrap();
    super::confirmation(&publication(), words, &wanted, links, expires_at, asks).unwrap()
}

pub fn subscribed() -> Content {
    subscribed_in(&Localizer::english())
}

fn subscribed_in(words: &Localizer) -> Content {
    already_subscribed(
        &publication(),
        words,
        &[("All articles", Cadence::Each)],
        "https://mail.harbour.example/preferences/KwNv",
        "https://mail.harbour.example/block/q8Zr",
    )
    .unwrap()
}

pub fn account_changed() -> Content {
    let by = ChangedBy::Owner { ip: "203.0.113.9".to_owned(), browser: Some("Firefox on Linux".to_owned()) };
    let change = AccountChange { kind: AccountChangeKind::PasswordChanged, by };
    let email = EmailAddress::parse("marta@harbour.example").unwrap();
    let base = "https://mail.harbour.example";
    super::account_changed(&publication(), &email, &change, base, noon()).unwrap()
}

pub fn alert() -> Content {
    let words = AlertWords {
        headline: "A campaign is paused".to_owned(),
        happened: "“Ferry” has stopped. Nobody else will get it until it is resumed.".to_owned(),
        why: "18 of the last 20 readers were refused: 550 5.1.1 <script> no such user",
        advice: "Check the campaign, fix the cause, then resume it:".to_owned(),
        commands: vec![
            "postrider campaign show 0197f1c2".to_owned(),
            "postrider campaign resume 0197f1c2".to_owned(),
        ],
    };
    super::alert(&publication(), &words, "https://mail.harbour.example", noon()).unwrap()
}

#[test]
fn dates_are_the_publications_own() {
    // 23:30 UTC on the 23rd; London is on UTC in November, Tokyo is not.
    let mut tokyo = publication();
    tokyo.time_zone = "Asia/Tokyo".to_owned();
    let links = MailLinks { base_url: "https://m.example", view_in_browser: "https://m.example/v" };
    let content = campaign(&tokyo, ("World", &Localizer::english()), &article(), &links).unwrap();
    assert!(content.html.contains("By Marta Lindqvist · 24 November 2026"));
    let mut unsigned = article();
    unsigned.author = " ".to_owned();
    let content = campaign_of(&unsigned);
    assert!(content.html.contains(">23 November 2026<") && !content.html.contains("By "));
    assert!(confirmation().text.contains("The link works until Thursday 26 November, 09:41 London (GMT)."));
}

#[test]
fn a_picture_is_shown_once() {
    assert_eq!(harbour().html.matches("crane.jpg").count(), 1);
    let mut repeated = article();
    repeated.content_html = "<img src=\"https://harbour.example/crane-1024x683.jpg\"><p>x</p>".to_owned();
    assert_eq!(campaign_of(&repeated).html.matches("<img").count(), 2, "the logo and the picture");
}

#[test]
fn a_feed_of_excerpts_gives_an_excerpt() {
    let mut short = article();
    (short.content_html, short.summary_html) = (String::new(), "<p>Only this [&hellip;]</p>".to_owned());
    let content = campaign_of(&short);
    assert!(content.html.contains("Only this …") && content.html.contains("Read more on Harbour News"));
    assert_eq!(content.preheader, "Only this …");
}

#[test]
fn a_long_article_stays_under_what_gmail_shows() {
    let mut long = article();
    long.content_html = "<p>Ships wait <a href=\"/x\">here</a> and there.</p>".repeat(4000);
    let content = campaign_of(&long);
    assert!((60_000..=HTML_BYTES_MAX).contains(&content.html.len()), "{}", content.html.len());
    assert!(content.html.contains("The rest is on the site.") && content.html.contains("/unsubscribe/"));
    long.content_html = format!("<p>{}</p>", "ship ".repeat(60_000));
    let content = campaign_of(&long);
    assert!(content.html.len() <= HTML_BYTES_MAX && content.html.contains("ship ship"));
    long.title = "Long ".repeat(100_000);
    assert!(campaign_of(&long).html.len() <= HTML_BYTES_MAX);
}

#[test]
fn a_big_block_uses_the_room_there_is() {
    let row = "<tr><td>46</td><td>Eleven ships</td><td>$10/0K</td></tr>";
    for html in [
        format!("<p>x</p><figure><table>{}</table></figure>", row.repeat(900)),
        format!("<pre>{}</pre>", "let ships = wait(&amp;quay);\n".repeat(4_000)),
        format!("<p>{}</p><table>{}</table>", "ship ".repeat(5_000), row.repeat(900)),
        format!("<div><ul>{}</ul></div>", "<li>Ships wait <a href=/x>here</a>.</li>".repeat(4_000)),
    ] {
        let mut long = article();
        long.content_html = html;
        let content = campaign_of(&long);
        let bytes = content.html.len();
        assert!((75_000..=HTML_BYTES_MAX).contains(&bytes), "{bytes} {}", &long.content_html[..20]);
        assert!(content.html.contains("The rest is on the site."));
    }
}

#[test]
fn what_runs_from_the_right_has_its_bars_there() {
    let mut right = article();
    right.content_html =
        "<p>\u{5d0}\u{5d1}</p><blockquote>\u{5d0}</blockquote><ul><li>\u{5d1}</li></ul>".to_owned();
    let html = campaign_of(&right).html;
    let cell = html.split("<td class=\"text\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(cell.contains("dir=\"rtl\""), "{cell}");
    let quote = html.split("<blockquote").nth(1).unwrap().split('>').next().unwrap();
    assert!(quote.contains("border-right: 3px") && !quote.contains("border-left: 3px"), "{quote}");
    let mut left = article();
    left.content_html =
        "<p>Ships</p><blockquote dir=rtl>\u{5d0}</blockquote><blockquote>b</blockquote>".to_owned();
    let html = campaign_of(&left).html;
    assert!(html.contains("border-right: 3px") && html.contains("border-left: 3px"));
}

#[test]
fn the_public_copy_holds_nothing_of_a_reader() {
    let content = harbour();
    let copy = browser_copy(&content);
    for gone in ["%%POSTRIDER", "Unsubscribe", "Manage subscription", "View in browser"] {
        assert!(content.html.contains(gone) && !copy.contains(gone), "{gone}");
    }
    assert!(copy.contains("The crane on quay nine") && copy.contains("27 Exchange Row, Bristol BS1"));
    assert!(copy.contains("</html>"));
}

#[test]
fn an_editors_own_html_gets_the_plate_and_the_foot() {
    let links = MailLinks { base_url: "https://m.example", view_in_browser: "https://m.example/v" };
    let html = "<h1>Hello</h1><script>x()</script><p>Two ships.</p>";
    let content = written(
        &publication(),
        ("World", &Localizer::english()),
        Written { subject: "From the desk\r\nBcc: x", preheader: "", html, at: noon() },
        PlaceholderMarks::new().unwrap(),
        &links,
    )
    .unwrap();
    assert_eq!(content.subject, "From the desk  Bcc: x");
    assert!(content.html.contains("Two ships.") && content.html.contains("Harbour News"));
    assert!(!content.html.contains("x()") && !content.html.contains("Read more"));
}

#[test]
fn every_mail_is_written_in_every_language() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/emails");
    let kinds =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut missing: std::collections::BTreeSet<String> = kinds.filter(|kind| !kind.contains('.')).collect();
    // A key that no language has, and a name that is not filled, panic where the tests are built.
    for words in Localizer::all() {
        for (kind, content) in samples(&words) {
            missing.remove(kind);
            assert!(!content.html.contains("{ $") && !content.text.contains("{$"), "{kind}");
            let (lang, dir) = (words.lang(), words.dir());
            if ["campaign", "digest", "confirmation", "subscribed", "welcome"].contains(&kind) {
                assert!(content.html.contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")), "{kind}");
                assert_eq!(content.language, lang, "{kind}");
            }
        }
    }
    assert!(missing.is_empty(), "no sample of {missing:?}");
}

/// What an editor wrote, with an article of a feed's in it.
pub fn with_placeholders(subject: &str, preheader: &str, text: &str, article: &str) -> Content {
    let links = MailLinks { base_url: "https://m.example", view_in_browser: "https://m.example/v" };
    let mut marks = PlaceholderMarks::new().unwrap();
    let html = format!("{}{article}", marks.mark(text));
    let written_by_editor = Written { subject, preheader, html: &html, at: noon() };
    written(&publication(), ("World", &Localizer::english()), written_by_editor, marks, &links).unwrap()
}

#[test]
fn placeholders_are_read_in_what_an_editor_wrote_and_nowhere_else() {
    let sly = "<p>Feed: {{ name }} %%POSTRIDER-VALUE-0%% \u{f0000} &#xf0000; &#x7b;{ name }}</p>";
    let content = with_placeholders(
        "Hello {{ name | \"reader\" }}, again",
        "For {{ city }}",
        "<h1>Dear {{ first_name | \"you\" }}</h1><p>From {{ city }}, {{ name | \"reader\" }}.</p>",
        sly,
    );
    let names: Vec<&str> = content.placeholders.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["first_name", "city", "name"]);
    assert_eq!(content.subject, "Hello %%POSTRIDER-VALUE-2%%, again");
    assert_eq!(content.preheader, "For %%POSTRIDER-VALUE-1%%");
    for part in [&content.html, &content.text] {
        let own = part.split("Feed:").next().unwrap();
        assert!(own.contains("From %%POSTRIDER-VALUE-1%%, %%POSTRIDER-VALUE-2%%."), "{part}");
        let of_feed = part.split("Feed:").nth(1).unwrap().split('\n').next().unwrap();
        assert!(of_feed.contains("{{ name }} % %POSTRIDER-VALUE-0%%"), "{of_feed}");
        assert!(!of_feed.replace("% %POSTRIDER-VALUE", "").contains("POSTRIDER-VALUE"), "{of_feed}");
    }
    let copy = browser_copy(&content);
    assert!(
        copy.contains("Dear you") && copy.contains("From , reader.") && !copy.contains("%%POSTRIDER"),
        "{copy}"
    );
    assert_eq!(public_line(&content, &content.subject), "Hello reader, again");
    // An article about templates is no template, in its title neither.
    let mut about = article();
    about.title = "How {{ name }} works \u{f0000} %%POSTRIDER-VALUE-0%%".to_owned();
    let content = campaign_of(&about);
    assert!(content.placeholders.is_empty() && content.subject.starts_with("How {{ name }} works"));
    assert!(content.html.contains("How {{ name }} works") && !content.html.contains("%%POSTRIDER-VALUE"));
}

#[test]
fn a_cut_never_divides_a_placeholder() {
    let long = format!("<p>{}</p>", "{{ first_name | \"you\" }}".repeat(400));
    let content = with_placeholders("S", "", &long, &"<p>Ships wait.</p>".repeat(9000));
    assert!(content.html.len() <= HTML_BYTES_MAX && content.preheader.starts_with("%%POSTRIDER-VALUE-0%%"));
    let left = content.preheader.replace("%%POSTRIDER-VALUE-0%%", "");
    assert!(left.trim_matches(['…', '.', ' ']).is_empty(), "{left}");
    let content = with_placeholders("S", &format!("{}{{{{ city }}}}", "x".repeat(139)), "<p>T</p>", "");
    assert!(content.preheader.ends_with("x%%POSTRIDER-VALUE-0%%"), "{}", content.preheader);
}
