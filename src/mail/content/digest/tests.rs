use super::*;
use crate::mail::content::browser_copy;
use crate::mail::content::tests::{noon, publication};

const ARTICLES: [(&str, &str, &str); 12] = [
    (
        "Container rates slip for a sixth week as carriers idle ships",
        "Marta Lindqvist",
        "Spot prices for a forty-foot box from the Far East to northern Europe fell again last week, the sixth fall in \
         a row, and the large lines have begun to do what they always say they will not: park ships. By Friday, \
         thirty-one vessels lay idle off three anchorages, according to harbour masters who count them from the window.",
    ),
    (
        "Quay “nine” stays shut — for a third week",
        "Owen Price",
        "The crane on quay nine leaned on Monday, and since then nobody stands under it. Its makers sent two engineers \
         and a dog. The harbour master expects the quay to open before Advent.",
    ),
    (
        "Ferry fares rise by 4 %",
        "",
        "From January a return to the islands costs £18.40. Children under five still travel free.",
    ),
    (
        "הנמל נסגר לשבוע שלישי ברציפות, והספינות מחכות בחוץ",
        "דנה לוי",
        "העגורן ברציף תשע נטה ביום שני, ומאז איש אינו עומד תחתיו. אחת עשרה ספינות מחכות מחוץ לנמל.",
    ),
    (
        "What the council said, what it meant, what it will cost, who voted for it, who left the room before the vote, \
         and why the minutes of a meeting that lasted until a quarter past eleven on a Tuesday run to four lines",
        "A reporter with a very long name, for the Local Democracy Service of the Severn Estuary and its Islands",
        "Four lines. We publish all of them.",
    ),
    (
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft dissolves itself",
        "Jan Horn",
        "It had one member left, and he could not be reached.",
    ),
    (
        "Two pilots retire",
        "Inês Carvalho",
        "They have brought in nineteen thousand ships between them, and scratched three.",
    ),
    (
        "ميناء المدينة يفتح أبوابه للزوار يوم الأحد",
        "سلمى حداد",
        "تبدأ الجولات عند العاشرة صباحا، والدخول مجاني.",
    ),
    (
        "",
        "Marta Lindqvist",
        "Fog. Nothing moves. The bell on the breakwater is the loudest thing in town, and it is being repaired.",
    ),
    ("Letters", "", ""),
    (
        "The tug that nobody ordered",
        "Owen Price",
        "It came up the channel at six in the morning with a crew of two and papers for a harbour that closed in 1974. \
         The customs officer on duty gave them tea, then read the papers again, then made a telephone call that lasted \
         two hours.",
    ),
    ("Tides & times", "Harbour office", "High water on Sunday at 06:12 and 18:40."),
];

fn article(at: usize) -> ArticleView {
    let (title, author, text) = ARTICLES[at % ARTICLES.len()];
    let round = at / ARTICLES.len();
    let picture = match at % 3 {
        2 => String::new(),
        _ => format!("https://harbour.example/pictures/{at}.jpg"),
    };
    ArticleView {
        title: if round == 0 || title.is_empty() { title.to_owned() } else { format!("{title} ({round})") },
        url: format!("https://harbour.example/2026/11/{at}/?utm=1&amp=2"),
        author: author.to_owned(),
        published_at: "2026-11-23T23:30:00Z".parse().unwrap(),
        content_html: format!(
            "<p>{text}</p><h2>And then?</h2><p>{text} <a href=\"/more\">More of it</a>.</p>"
        ),
        summary_html: if text.is_empty() { String::new() } else { format!("<p>{text}</p>") },
        image_url: picture,
        image_alt: if at.is_multiple_of(2) { "A crane over an empty quay".to_owned() } else { String::new() },
    }
}

fn articles(count: usize) -> Vec<ArticleView> {
    (0..count).map(article).collect()
}

const LINKS: MailLinks<'static> = MailLinks {
    base_url: "https://mail.harbour.example",
    view_in_browser: "https://mail.harbour.example/archive/world-24-november",
};

fn written(articles: &[ArticleView], full: bool, subject: &str, words: &Localizer) -> Content {
    let digest_of = Digest { articles, full, subject, at: noon() };
    let content = digest(&publication(), ("World news", words), &digest_of, &LINKS).unwrap();
    assert!(content.html.len() <= HTML_BYTES_MAX && content.text.len() <= TEXT_BYTES_MAX);
    for part in [&content.html, &content.text] {
        assert!(part.contains("%%POSTRIDER-UNSUBSCRIBE%%") && part.contains("%%POSTRIDER-REASON%%"));
    }
    content
}

/// For the words of every mail.
pub fn sample(words: &Localizer, count: usize, full: bool) -> Content {
    written(&articles(count), full, "", words)
}

fn english(count: usize, full: bool) -> Content {
    sample(&Localizer::english(), count, full)
}

fn shown(content: &Content) -> String {
    format!("{}\n{}\n\n{}\n{}", content.subject, content.preheader, content.text, content.html)
}

#[test]
fn whole_digests() {
    insta::assert_snapshot!("three", shown(&english(3, false)));
    insta::assert_snapshot!("three_whole", shown(&english(3, true)));
    insta::assert_snapshot!("twelve", shown(&english(12, false)));
    insta::assert_snapshot!("three_hundred", shown(&english(300, false)));
    let from_the_right = Localizer::of("ar-XB").unwrap();
    insta::assert_snapshot!("twelve_from_the_right", shown(&sample(&from_the_right, 12, false)));
}

/// Each article is there by its title, or is one of those that are counted.
fn loses_none(content: &Content, articles: &[ArticleView]) {
    let left =
        content.text.lines().find_map(|line| line.strip_prefix("And ")?.split(' ').next()?.parse().ok());
    let left: usize = left.unwrap_or(0);
    for part in [&content.html, &content.text] {
        let titles = articles.iter().filter(|article| part.contains(article.url.split('?').next().unwrap()));
        assert_eq!(titles.count(), articles.len() - left, "{left} are counted");
        assert_eq!(part.contains(&format!("And {left} more on Harbour News")), left > 0);
    }
}

#[test]
fn three_hundred_large_articles_fit_and_none_is_lost() {
    for (title, text) in [("Short", 40), ("A title of some length, as they are on the web", 400)] {
        let many: Vec<ArticleView> = (0..300)
            .map(|at| ArticleView {
                title: format!("{title} {at}."),
                content_html: format!("<p>{}</p>", "Ships wait. ".repeat(text)),
                summary_html: String::new(),
                ..article(at)
            })
            .collect();
        for full in [false, true] {
            let content = written(&many, full, "", &Localizer::english());
            loses_none(&content, &many);
            assert!(content.html.len() > HTML_BYTES_MAX / 10 * 9, "{}", content.html.len());
        }
    }
    let endless: Vec<ArticleView> = (0..300)
        .map(|at| ArticleView {
            title: format!("{at}. {}", "<Long & long> ".repeat(40)),
            url: format!("https://harbour.example/{at}/?{}", "x".repeat(1_500)),
            ..article(at)
        })
        .collect();
    let content = written(&endless, true, "", &Localizer::english());
    loses_none(&content, &endless);
    assert!(content.html.contains("more on Harbour News"));
}

#[test]
fn whole_articles_are_shortened_before_they_are_excerpts() {
    let long = |count| -> Vec<ArticleView> {
        let html = "<p>Ships wait <a href=\"/x\">here</a> and there.</p>".repeat(400);
        (0..count).map(|at| ArticleView { content_html: html.clone(), ..article(at) }).collect()
    };
    let english = Localizer::english();
    let content = written(&long(8), true, "", &english);
    loses_none(&content, &long(8));
    assert!(content.html.len() > HTML_BYTES_MAX / 10 * 8, "{}", content.html.len());
    let of_each = content.html.split("id=\"a").skip(1).map(|story| story.matches("Ships wait").count());
    let of_each: Vec<usize> = of_each.collect();
    assert!(of_each.iter().all(|count| (10..400).contains(count)), "{of_each:?}");
    assert!(content.html.find("In this issue") < content.html.find("Ships wait"));
    let content = written(&long(WHOLE_ARTICLES_MAX + 1), true, "", &english);
    assert!(!content.html.contains("Ships wait <a") && content.html.contains("Four lines. We publish"));
    // A short one stays whole beside a long one.
    let mut two = long(2);
    two[1].content_html = "<p>All of it.</p>".to_owned();
    let content = written(&two, true, "", &english);
    assert!(content.html.matches("Ships wait").count() > 100 && content.html.contains("All of it."));
}

#[test]
fn html_that_nobody_can_read_costs_its_article_its_text_only() {
    let mut three = articles(3);
    let deep = format!("{}Deep{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
    (three[1].summary_html, three[1].content_html) = (deep.clone(), deep);
    for full in [false, true] {
        let content = written(&three, full, "", &Localizer::english());
        loses_none(&content, &three);
        assert!(!content.html.contains("Deep") && content.html.contains("Quay “nine” stays shut"));
        assert!(content.html.contains("Spot prices") && content.html.contains("£18.40"));
    }
}

#[test]
fn the_subject_is_the_languages_or_a_template() {
    let english = Localizer::english();
    let of = |count, template: &str| written(&articles(count), false, template, &english).subject;
    let lead = "Container rates slip for a sixth week as carriers idle ships";
    assert_eq!(of(1, ""), lead);
    assert_eq!(of(3, ""), format!("{lead} and 2 more"));
    assert_eq!(of(1, "{{ title }}, {{ more }} more"), lead, "no others to count");
    assert_eq!(
        of(3, "{{ list }}, {{ date }}: {{ more | \"x\" }} + 1 = {{count}} \\{{ title }}"),
        "World news, 24 November 2026: 2 + 1 = 3 {{ title }}"
    );
    let mut sly = articles(2);
    sly[0].title = "How {{ more }} works %%POSTRIDER-EMAIL%%".to_owned();
    let content = written(&sly, false, "{{ title }}", &english);
    assert_eq!(content.subject, "How {{ more }} works % %POSTRIDER-EMAIL%%");
    assert!(!content.html.contains("%%POSTRIDER-EMAIL") && content.placeholders.is_empty());
    sly[0].title = "Long ".repeat(100);
    assert!(written(&sly, false, "", &english).subject.ends_with("… and 1 more"));
}

#[test]
fn one_article_alone_has_neither_contents_nor_headlines_and_many_have_both() {
    for (count, contents, headlines) in
        [(1, false, false), (5, false, false), (6, true, false), (300, true, true)]
    {
        let content = english(count, false);
        for part in [&content.html, &content.text] {
            assert_eq!(part.contains("In this issue"), contents, "{count}");
            assert_eq!(part.contains("More headlines"), headlines, "{count}");
        }
        for link in content.html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(content.html.contains(&format!("<a name=\"{link}\" id=\"{link}\"></a>")), "{link}");
        }
    }
}

#[test]
fn the_public_copy_of_a_digest_holds_nothing_of_a_reader() {
    let copy = browser_copy(&english(12, false));
    assert!(!copy.contains("%%POSTRIDER") && !copy.contains("Unsubscribe") && copy.contains("</html>"));
    assert!(copy.contains("World news · 24 November 2026"));
}

#[test]
fn an_article_without_title_picture_author_or_address_stands_there_all_the_same() {
    let mut bare = articles(2);
    bare[1] = ArticleView {
        title: " ".to_owned(),
        url: "javascript:x()".to_owned(),
        author: String::new(),
        image_url: String::new(),
        summary_html: String::new(),
        content_html: "<p>Fog, and no &lt;ships&gt;.</p><img src=\"/fog.jpg\" alt=\"Fog\">".to_owned(),
        ..article(1)
    };
    let content = written(&bare, false, "", &Localizer::english());
    assert!(
        content.html.contains(">Fog, and no &#60;ships&#62;.</h2>")
            || content.html.contains(">Fog, and no &lt;ships&gt;.</h2>")
    );
    assert!(content.html.contains("https://harbour.example/fog.jpg") && !content.html.contains("javascript"));
    assert_eq!(content.preheader, "Fog, and no <ships>.");
}
