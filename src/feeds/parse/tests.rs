use super::*;
use crate::articles::text;
use proptest::prelude::*;

fn base() -> Url {
    Url::parse("https://harbour.example/feed/").unwrap()
}

fn read(text: &str) -> ParsedFeed {
    parse(text.as_bytes(), None, &base()).unwrap()
}

fn refusal(text: &str) -> ParseError {
    parse(text.as_bytes(), None, &base()).unwrap_err()
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:media=\"http://search.yahoo.com/mrss/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>\
         <title>Harbour</title><link>https://harbour.example</link>{items}</channel></rss>"
    )
}

#[test]
fn what_an_item_is_about_is_read_from_each_format_within_bounds() {
    let about = |feed: ParsedFeed| feed.items[0].categories.clone();
    let in_rss = "<category><![CDATA[Sea &amp; quay]]></category><category domain=\"x\"> Long   walks </category>\
         <category/><dc:subject>Politics, local</dc:subject><category>Sea &amp; quay</category>\
         <media:category>no</media:category><media:keywords>no, none</media:keywords>";
    let item = format!("<item><title>A</title>{in_rss}</item>");
    assert_eq!(about(read(&rss(&item))), ["Sea & quay", "Long walks", "Politics, local"]);
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Harbour</title><entry><title>A</title>\
         <category term=\"sea\" label=\"The Sea &amp; I\"/><category term=\"quay\"/><category scheme=\"x\"/></entry></feed>";
    assert_eq!(about(read(atom)), ["The Sea & I", "quay"]);
    let many: String = (0..60).map(|n| format!("<category>{n}{}</category>", "x".repeat(200))).collect();
    let many = about(read(&rss(&format!("<item><title>A</title>{many}</item>"))));
    assert_eq!((many.len(), many[0].chars().count()), (CATEGORIES_MAX, CATEGORY_CHARS_MAX));
}

#[test]
fn wordpress_rss_is_read_whole() {
    let feed = read(include_str!("../../../tests/fixtures/feeds/wordpress-rss2.xml"));
    assert_eq!((feed.kind, feed.title.as_str()), (FeedKind::Rss, "Harbour Courier"));
    assert_eq!(feed.items.len(), 3);
    let first = &feed.items[0];
    assert_eq!(first.guid.as_deref(), Some("https://harbour.example/?p=31"));
    assert_eq!(first.title, "Ferries & Tides: a Summer Timetable");
    assert_eq!(first.author, "Ines Marlow");
    assert_eq!(first.link.as_ref().unwrap().as_str(), "https://harbour.example/2026/07/03/ferries-tides/");
    assert!(first.content_html.contains("<h2>") && first.summary_html.contains("timetable"));
    assert_eq!(first.published_at.unwrap().to_rfc3339(), "2026-07-03T07:30:00+00:00");
}

#[test]
fn wordpress_atom_gives_the_same_articles_as_its_rss() {
    let rss = read(include_str!("../../../tests/fixtures/feeds/wordpress-rss2.xml"));
    let atom = read(include_str!("../../../tests/fixtures/feeds/wordpress-atom.xml"));
    assert_eq!(atom.kind, FeedKind::Atom);
    let names = |feed: &ParsedFeed| -> Vec<_> {
        feed.items.iter().map(|i| (i.guid.clone(), i.link.clone(), i.title.clone(), i.published_at)).collect()
    };
    assert_eq!(names(&rss), names(&atom));
}

#[test]
fn json_feed_is_read_with_numbers_for_ids_and_its_pictures() {
    let feed = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"Harbour","home_page_url":"https://harbour.example/",
        "items":[{"id":7,"url":"/a/","title":"A <b> & c","content_text":"1 < 2","image":"/a.jpg",
        "date_published":"2026-07-01T08:00:00+02:00","authors":[{"name":"Ines"}]}]}"#,
    );
    let item = &feed.items[0];
    assert_eq!(item.guid.as_deref(), Some("7"));
    assert_eq!(item.link.as_ref().unwrap().as_str(), "https://harbour.example/a/");
    assert_eq!((item.title.as_str(), item.content_html.as_str()), ("A <b> & c", "1 &lt; 2"));
    assert_eq!(item.image.as_ref().unwrap().url.as_str(), "https://harbour.example/a.jpg");
    assert_eq!(item.published_at.unwrap().to_rfc3339(), "2026-07-01T06:00:00+00:00");
}

#[test]
fn what_is_no_feed_is_refused_by_name() {
    assert_eq!(refusal(" \n "), ParseError::Empty);
    assert_eq!(refusal("<!DOCTYPE html><html><body>Hi<br></body></html>"), ParseError::WebPage);
    assert_eq!(refusal("<html><head><title>x</title></head></html>"), ParseError::WebPage);
    assert_eq!(refusal("hello"), ParseError::NotAFeed);
    assert_eq!(refusal("<opml/>"), ParseError::NotAFeed);
    assert_eq!(refusal("{\"a\":1}"), ParseError::NotAFeed);
    let bomb = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY l2 \"&lol;&lol;\">]><rss><channel>&l2;</channel></rss>";
    assert_eq!(refusal(bomb), ParseError::Doctype);
    assert_eq!(refusal("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":["), ParseError::Truncated);
}

#[test]
fn a_feed_cut_off_anywhere_is_never_taken_for_a_whole_one() {
    let whole = include_str!("../../../tests/fixtures/feeds/wordpress-rss2.xml").trim_end();
    for at in (1..whole.len() - 1).step_by(37).filter(|at| whole.is_char_boundary(*at)) {
        assert!(parse(&whole.as_bytes()[..at], None, &base()).is_err(), "cut at {at}");
    }
}

#[test]
fn character_sets_are_reconciled() {
    let titled = |title: &[u8], declared: &str| {
        let mut bytes = format!("<?xml version=\"1.0\" encoding=\"{declared}\"?><rss version=\"2.0\"><channel><title>t</title><item><title>").into_bytes();
        bytes.extend_from_slice(title);
        bytes.extend_from_slice(b"</title></item></channel></rss>");
        bytes
    };
    let title =
        |bytes: &[u8], http: Option<&str>| parse(bytes, http, &base()).unwrap().items[0].title.clone();
    assert_eq!(title(&titled(b"caf\xe9", "ISO-8859-1"), None), "café");
    assert_eq!(title(&titled(b"caf\xe9", "UTF-8"), None), "café");
    assert_eq!(title(&titled(b"\x93caf\xe9\x94", "ISO-8859-1"), None), "“café”");
    assert_eq!(title(&titled("café".as_bytes(), "ISO-8859-1"), Some("text/xml; charset=ISO-8859-1")), "café");
    assert_eq!(title(&titled(b"\xb0\xa1\xb3\xaa", "EUC-KR"), None), "가나");
    assert_eq!(title(&titled(b"\xb0\xa1\xb3\xaa", "UTF-8"), Some("text/xml; charset=\"euc-kr\"")), "가나");
    let text = String::from_utf8(titled("ünïcode".as_bytes(), "UTF-16")).unwrap();
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(title(&utf16, None), "ünïcode");
    let mut bom = b"\xef\xbb\xbf".to_vec();
    bom.extend(titled("é".as_bytes(), "ISO-8859-1"));
    assert_eq!(title(&bom, None), "é");
}

#[test]
fn titles_become_plain_text() {
    for (written, read_as) in [
        ("Five Q&#038;A", "Five Q&A"),
        ("Tom &amp;#8217;s", "Tom ’s"),
        ("AT&T & co", "AT&T & co"),
        ("<![CDATA[<b>Bold</b> &amp; calm]]>", "Bold & calm"),
        ("Vec&lt;T&gt; in 5 minutes", "Vec<T> in 5 minutes"),
        ("a&nbsp;b\n  c", "a b c"),
        ("bell&#7;\u{8}!", "bell!"),
        ("<![CDATA[x<script>alert(1)</script>]]>", "x"),
    ] {
        let feed = read(&rss(&format!("<item><title>{written}</title><guid>g</guid></item>")));
        assert_eq!(feed.items[0].title, read_as, "{written}");
    }
}

#[test]
fn a_missing_guid_stays_missing_and_an_untitled_item_is_named_by_its_first_words() {
    let feed = read(&rss(
        "<item><link>/2026/a/</link><description>&lt;p&gt;The harbour froze.&lt;/p&gt;</description></item>",
    ));
    assert_eq!(feed.items[0].guid, None);
    assert_eq!(feed.items[0].title, "The harbour froze.");
    assert_eq!(feed.items[0].link.as_ref().unwrap().as_str(), "https://harbour.example/2026/a/");
    assert_eq!(feed.items[0].published_at, None);
}

#[test]
fn pictures_come_from_media_content_and_enclosures() {
    let feed = read(&rss(
        "<item><guid>1</guid><media:content url=\"https://i.example/a.jpg\" type=\"image/jpeg\"><media:title>Quay</media:title></media:content></item>\
         <item><guid>2</guid><enclosure url=\"https://i.example/b.png\" type=\"image/png\" length=\"1\"/></item>\
         <item><guid>3</guid><enclosure url=\"https://i.example/b.mp3\" type=\"audio/mpeg\" length=\"1\"/></item>",
    ));
    let image = |at: usize| feed.items[at].image.as_ref().map(|image| image.url.as_str());
    assert_eq!(image(0), Some("https://i.example/a.jpg"));
    assert_eq!(image(1), Some("https://i.example/b.png"));
    assert_eq!(image(2), None);
}

#[test]
fn an_xml_base_that_is_not_the_items_address_is_applied_at_once() {
    let feed = read(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://cdn.example/x/\"><title>t</title>\
         <entry><id>1</id><title>a</title><link href=\"/post/\"/>\
         <content type=\"html\" xml:base=\"https://cdn.example/y/\">&lt;img src=\"p.png\"&gt;&lt;a href=\"#n\"&gt;n&lt;/a&gt;</content></entry></feed>",
    );
    assert_eq!(feed.items[0].link.as_ref().unwrap().as_str(), "https://cdn.example/post/");
    assert!(
        feed.items[0].content_html.contains("https://cdn.example/y/p.png"),
        "{}",
        feed.items[0].content_html
    );
    assert!(feed.items[0].content_html.contains("\"#n\""));
}

#[test]
fn only_the_newest_five_hundred_items_are_read() {
    let items: String = (0..600)
        .map(|n| {
            format!(
                "<item><guid>{n}</guid><pubDate>{} Jul 2026 10:00:{:02} +0000</pubDate></item>",
                1 + n / 60,
                n % 60
            )
        })
        .collect();
    let feed = read(&rss(&items));
    assert_eq!(feed.items.len(), ITEMS_READ_MAX);
    assert_eq!(feed.items[0].guid.as_deref(), Some("100"));
}

#[test]
fn what_is_nested_without_end_is_read_as_text() {
    let deep = |n: usize| format!("{}deep{}", "<b>".repeat(n), "</b>".repeat(n));
    let feed = read(&rss(&format!(
        "<item><guid>1</guid><description>{} end</description></item><item><guid>2</guid><title>t</title></item>",
        deep(5_000)
    )));
    assert_eq!(feed.items.len(), 2);
    assert_eq!(text::plain_text(&feed.items[0].summary_html), "deep end");
}

#[test]
fn a_root_is_known_behind_comments_and_an_instruction_that_nothing_ends_is_text() {
    let entry = "<entry><id>1</id><title>a</title><summary>x &lt;b&gt; <?php echo</summary></entry>";
    let feed = read(&format!("<!-- <rss> --><feed><title>t</title>{entry}</feed>"));
    assert_eq!((feed.kind, feed.items.len()), (FeedKind::Atom, 1));
    assert_eq!(feed.items[0].summary_html, "x &lt;b&gt; &lt;?php echo");
}

#[test]
fn what_looks_like_an_element_and_never_ends_is_text_and_takes_nothing_with_it() {
    let item = |inner: &str| read(&rss(&format!("<item><guid>1</guid>{inner}</item>"))).items.remove(0);
    assert_eq!(item("<title>Option<T> &amp;amp; the sea</title>").title, "Option<T> & the sea");
    assert_eq!(item("<title>Map<K, V extends Sea> & <b>more</title>").title, "Map<K, V extends Sea> & more");
    let forgotten = item("<title>A<link>/a</link><description>Words.</description>");
    assert_eq!(forgotten.link.unwrap().as_str(), "https://harbour.example/a");
    assert_eq!((forgotten.title.as_str(), forgotten.summary_html.as_str()), ("A", "Words."));
    assert_eq!(
        item("<description>one<p>two<p>three</description>").summary_html,
        "one<p>two<p>three</p></p>"
    );
}

#[test]
fn a_set_of_pictures_is_made_absolute_whatever_commas_its_addresses_hold() {
    let content = "&lt;img src=\"a.jpg\" data-lazy-srcset=\"w_1,c_2/a.jpg 1w, b.jpg 2w\"&gt;";
    let feed = read(&rss(&format!(
        "<item xml:base=\"https://cdn.example/\"><guid>1</guid><description>{content}</description></item>"
    )));
    let set = "data-lazy-srcset=\"https://cdn.example/w_1,c_2/a.jpg 1w, https://cdn.example/b.jpg 2w\"";
    assert!(feed.items[0].summary_html.contains(set), "{}", feed.items[0].summary_html);
}

#[test]
fn an_odd_author_costs_no_feed() {
    let odd = rss(
        "<item><guid>1</guid><author>é(a@b.example)</author><itunes:duration xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">99999999999999999999999</itunes:duration></item>",
    );
    assert_eq!(read(&odd).items.len(), 1);
}

proptest! {
    #[test]
    fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes, Some("text/xml; charset=utf-8"), &base());
        let mut xml = b"<rss version=\"2.0\"><channel><item><title>".to_vec();
        xml.extend_from_slice(&bytes);
        xml.extend_from_slice(b"</title></item></channel></rss>");
        let _ = parse(&xml, None, &base());
    }
}
