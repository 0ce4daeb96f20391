use super::*;

fn try_clean(html: &str) -> Result<String, TooComplicated> {
    email_html(html, &Url::parse("https://harbour.example/2026/11/ships/?p=7").unwrap())
}

fn cleaned(html: &str) -> String {
    try_clean(html).unwrap()
}

#[test]
fn lazy_images_are_shown_once() {
    let lazy = r#"<p>One</p><img class="lazy" src="data:image/gif;base64,R0lG" data-src="/a.jpg" alt="A quay"
        width="1200" height="800"><noscript><img src="/a.jpg" alt="A quay" width="1200" height="800"></noscript>"#;
    assert_eq!(
        cleaned(lazy),
        r#"<p>One</p><p><img src="https://harbour.example/a.jpg" alt="A quay" width="536"></p>"#
    );
    let set =
        r#"<img src="a-150x100.jpg" srcset="a-150x100.jpg 150w, a-1024x683.jpg 1024w, a.jpg 2400w" alt="">"#;
    assert_eq!(
        cleaned(set),
        r#"<p><img src="https://harbour.example/2026/11/ships/a-1024x683.jpg" alt="" width="536"></p>"#
    );
    let only = r#"<picture><source srcset="b.webp 800w"><img alt="B" src=""></picture>"#;
    assert_eq!(
        cleaned(only),
        r#"<p><img src="https://harbour.example/2026/11/ships/b.webp" alt="B" width="536"></p>"#
    );
    assert_eq!(
        cleaned(r#"<img src="//cdn.example/c.png" width="90" height="60">"#),
        r#"<p><img src="https://cdn.example/c.png" alt="" width="90" height="60"></p>"#
    );
}

#[test]
fn only_links_and_images_of_the_web_survive() {
    assert_eq!(
        cleaned(
            r#"<a href="/x?a=1&amp;b=2" onclick="y()" class="k" style="color:red">x</a><a href="javascript:z()">z</a>
               <a href="mailto:ed@harbour.example">m</a><img src="javascript:1" alt="no"><img src="data:image/png;base64,AA">
               <img src="mailto:a@b.example">"#
        )
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" "),
        r#"<p><a href="https://harbour.example/x?a=1&amp;b=2">x</a><a>z</a> <a href="mailto:ed@harbour.example">m</a></p>"#
    );
}

#[test]
fn players_become_links() {
    assert_eq!(
        cleaned(
            r#"<iframe src="https://www.youtube.com/embed/abcdefghijk?feature=oembed" width="560"></iframe>"#
        ),
        concat!(
            r#"<p><a href="https://www.youtube.com/watch?v=abcdefghijk"><img src="https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg" alt="Video" width="480"></a><br>"#,
            r#"<a href="https://www.youtube.com/watch?v=abcdefghijk">Watch on youtube.com</a></p>"#
        )
    );
    assert_eq!(
        cleaned(r#"<iframe data-src="https://player.vimeo.com/video/4711"></iframe>"#),
        r#"<p><a href="https://vimeo.com/4711">Watch on vimeo.com</a></p>"#
    );
    assert_eq!(
        cleaned("<audio controls><source src=a.mp3></audio>"),
        r#"<p><a href="https://harbour.example/2026/11/ships/?p=7">Listen on harbour.example</a></p>"#
    );
    assert_eq!(cleaned(r#"<iframe src="https://www.googletagmanager.com/ns.html" height="0"></iframe>"#), "");
}

#[test]
fn what_is_not_the_article_is_dropped() {
    let html = r#"<p>Text [sic] [caption id="a_1" width="300"]quay[/caption]</p>
        <img src="https://stats.example/p.gif" width="1" height="1"><script>a()</script><style>p{}</style>
        <form><p>Name</p><input></form><button>Like</button>
        <div class="wp-block-jetpack-subscriptions"><p>Type your email…</p></div>
        <div class="site-newsletter-box"><h3>Join us</h3><input type="email"></div>
        <h3>Discover more from Harbour News</h3><p>Subscribe to get the latest posts sent to your email.</p>
        <p>The post <a href="/a">Ships</a> appeared first on <a href="/">Harbour News</a>.</p><p>&nbsp;</p>"#;
    assert_eq!(cleaned(html), "<p>Text [sic] quay</p>");
    assert_eq!(
        cleaned(
            r#"<p>Fine <img src="https://s.w.org/images/core/emoji/15/72x72/1f6a2.png" alt="🚢" class="wp-smiley"></p>"#
        ),
        "<p>Fine 🚢</p>"
    );
    assert_eq!(cleaned("<p>It goes on [&hellip;]</p>"), "<p>It goes on …</p>");
}

#[test]
fn structure_stays_and_boxes_become_paragraphs() {
    let html = "<div><div>One</div><h1 id=x>Two</h1><div>Three <b>b</b></div></div><ul><li>a<li>b</ul>\
                <figure class=f><img src=https://a.example/b.jpg><figcaption>Cap</figcaption></figure>\
                <pre><code>[caption] x &lt; y</code></pre><blockquote><p>q</p></blockquote>\
                <table width=900 style='x'><tr><td colspan=2 bgcolor=red>c</td></tr></table>";
    assert_eq!(
        cleaned(html),
        "<p>One</p><h2>Two</h2><p>Three <b>b</b></p><ul><li>a</li><li>b</li></ul>\
         <figure><img src=\"https://a.example/b.jpg\" alt=\"\" width=\"536\"><figcaption>Cap</figcaption></figure>\
         <pre><code>[caption] x &lt; y</code></pre><blockquote><p>q</p></blockquote>\
         <table><tbody><tr><td colspan=\"2\">c</td></tr></tbody></table>"
    );
}

fn unclosed(name: &str, count: usize) -> String {
    (0..count).map(|n| format!("<{name} id={n}>")).collect()
}

/// The next paragraph ends this one, and not what is open in it.
fn in_a_paragraph(name: &str, count: usize) -> String {
    format!("<p>{}", unclosed(name, count))
}

#[test]
fn html_that_is_more_than_it_says_is_not_read() {
    let why = |html: &str| try_clean(html).unwrap_err().to_string();
    let bomb = in_a_paragraph("b", 245) + &"<p>x".repeat(5_800);
    assert_eq!(bomb.len(), 25_543);
    assert_eq!(
        why(&bomb),
        "The HTML is too complex to process: more than 17,771 elements in 26 kB. Shorten it, or send a link"
    );
    assert!(why(&"<div>".repeat(300)).contains("nested elements"));
    assert!(why(&format!("<p{}>", " a".repeat(600))).contains("more than 512 attributes"));
    let repeated = format!("<p><b title='{}'>", "t".repeat(10_000)) + &"<p>x".repeat(100);
    assert!(why(&format!("<a href='{}'>x</a>", "%20&".repeat(225_000))).contains("full of & characters"));
    assert!(why(&repeated).contains("repeats many times"), "{}", why(&repeated));
    // Careless, but an article.
    let careless = in_a_paragraph("font", 8) + &"<p>x".repeat(500);
    assert_eq!(cleaned(&careless).matches("<p>").count(), 500);
    let wide = "<table>".to_owned() + &"<tr><td colspan=900 rowspan=99999>x<td colspan=x>y".repeat(40);
    assert!(cleaned(&wide).starts_with("<table><tbody><tr><td colspan=\"100\" rowspan=\"100\">x</td><td>y"));
}

#[test]
fn an_address_is_resolved_against_no_novel() {
    let base = Url::parse(&format!("https://harbour.example/{}/", "x".repeat(900_000))).unwrap();
    let html = "<a href=/y>y</a><a href=z>z</a><audio></audio>".repeat(1_000);
    let start = std::time::Instant::now();
    let cleaned = email_html(&html, &base).unwrap();
    assert!(cleaned.starts_with("<p><a href=\"https://harbour.example/y\">y</a>"), "{}", &cleaned[..80]);
    assert!(cleaned.len() < 400_000 && start.elapsed().as_secs() < 10, "{}", cleaned.len());
    let base = Url::parse(&format!("https://harbour.example/{}/", "x".repeat(2_000))).unwrap();
    let error = email_html(&"<a href=x>y</a>".repeat(60_000), &base).unwrap_err();
    assert!(error.to_string().contains("links are longer"), "{error}");
}

#[test]
fn a_hostile_document_costs_no_more_than_its_length() {
    let attributes: String = (0..25_000).map(|n| format!(" a{n}")).collect();
    for html in [
        "<div>".repeat(50_000),
        "<b><p>".repeat(37_500),
        "<a><table><tr><td>".repeat(12_500),
        format!("<p{attributes}>x</p>"),
        format!("<p a=\"x{attributes}"),
        format!("<p \"x{attributes}>x</p>"),
        "<![CDATA[".repeat(25_000),
        "[caption ".repeat(25_000),
        "<!--".repeat(50_000),
        "<p><img src=x>".repeat(15_000),
        "<p>x<div class=subscribe>".repeat(5_000),
        // Each paragraph has all of the open ones again.
        in_a_paragraph("b", 245) + &"<p>x".repeat(12_500),
        in_a_paragraph("font", 245) + &"</p>".repeat(12_500),
        unclosed("a", 245) + "<table>" + &"<tr><td>x".repeat(12_500),
        in_a_paragraph("i", 60) + &"<ul><li>x</ul>".repeat(5_000),
        format!("<p><b title='{}'>", "t".repeat(10_000)) + &"<p>x".repeat(10_000),
        // They are open only once their boxes are paragraphs.
        "<div>".to_owned() + &unclosed("b", 200) + &"<div>x</div>".repeat(10_000),
        "<object>".repeat(200) + &"<b id=1></object>".repeat(10_000),
        // Closed in the wrong order.
        "<b><i><u><s><div></b></i></u></s>".repeat(5_000),
        "<a><nobr><div></a></nobr>".repeat(5_000),
        // What does not belong into a table is put before it.
        "<table>".to_owned() + &"<br>x".repeat(25_000),
        "<table>".repeat(12_500),
        "<table><td>".repeat(200) + &"<p>x".repeat(25_000),
        (0..12_500).map(|n| format!("<body a{n}><html b{n}>")).collect(),
        (0..25_000).map(|n| format!("<p a{n}>")).collect(),
        format!("<!--<a b=\"--><p{attributes}>x"),
        format!("<textarea><a b='</textarea><p{attributes}>x"),
        format!("<noscript>{}{}</noscript>", in_a_paragraph("b", 60), "<p>x".repeat(100)).repeat(500),
        "<noscript>".repeat(12_500),
        "<noscript><!--</noscript>".to_owned() + &in_a_paragraph("b", 245) + &"<p>x".repeat(12_500),
        "<template>".repeat(12_500),
        "<svg>".repeat(25_000),
        "<a>".to_owned() + &"<svg><title>x</title></svg>".repeat(8_000),
        "<math><msup>".repeat(8_000),
        "<table><tr><td colspan=100>x".repeat(8_000),
        "[a b=\"c\" ".repeat(20_000),
        "<svg><foreignObject>".repeat(10_000),
        "<select><option>".repeat(12_500),
        "<form><button>".repeat(12_500),
        "<audio>".repeat(25_000),
        "<iframe src=x></iframe>".repeat(10_000),
        "<ruby><rb><rt>".repeat(12_500),
        "<frameset>".repeat(25_000),
        "<![CDATA[<p>".repeat(20_000),
        "<".repeat(60_000),
        "&".repeat(225_000),
        "&amp".repeat(50_000),
        "\"'`=/> ".repeat(25_000),
        "[caption][".repeat(22_500),
        format!("<a href='{}'>x</a>", "%20&".repeat(56_250)),
        format!("<img src=x alt='{}'>", "%20&".repeat(56_250)),
        format!("<img srcset='{}'>", "a.jpg 9w, ".repeat(22_500)),
        "<a href=x>y</a>".repeat(15_000),
        "x".repeat(225_000),
    ] {
        let start = std::time::Instant::now();
        let _ = try_clean(&html);
        let spent = start.elapsed();
        assert!(spent.as_secs() < 60, "{:?} {}", spent, &html[..40]);
    }
}

#[test]
fn one_picture_is_known_in_every_size() {
    assert!(same_picture("https://a.example/u/b-300x200.jpg?w=9", "http://a.example/u/b-scaled.jpg"));
    assert!(same_picture("https://i0.wp.com/a.example/u/b.jpg?ssl=1", "https://a.example/u/b-1024x683.jpg"));
    assert!(!same_picture("https://a.example/u/b.jpg", "https://a.example/u/c.jpg"));
    let base = Url::parse("https://a.example/").unwrap();
    assert_eq!(
        first_image(&email_html("<p>x</p><img data-src=/b.jpg alt='B &amp; c'>", &base).unwrap()),
        Some(("https://a.example/b.jpg".to_owned(), "B & c".to_owned()))
    );
}

#[test]
fn a_long_article_is_cut_behind_a_block() {
    let html = "<p>one</p><ul><li>a</li><li>b</li></ul><p>two</p>";
    assert_eq!(shorten(html, 1000), html);
    assert_eq!(shorten(html, 30), "<p>one</p><ul><li>a</li></ul>");
    assert_eq!(shorten(html, 12), "<p>one</p>");
    assert_eq!(shorten(html, 3), "");
}
