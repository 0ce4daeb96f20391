//! What sites publish, kind by kind, and what a mail shows of it.

use super::*;

fn cleaned(html: &str) -> String {
    email_html(html, &Url::parse("https://harbour.example/2026/11/ships/").unwrap()).unwrap()
}

/// The addresses of the pictures of an article.
fn pictures(html: &str) -> Vec<String> {
    let html = cleaned(html);
    html.split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The addresses of its links.
fn links(html: &str) -> Vec<String> {
    let html = cleaned(html);
    html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_lazy_picture_is_found_in_whatever_attribute() {
    let blank = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    for name in [
        "data-src",
        "data-lazy-src",
        "data-original",
        "data-orig-src",
        "data-lazyload",
        "data-cfsrc",
        "nitro-lazy-src",
        "data-ezsrc",
        "data-echo",
        "data-image",
        "data-hi-res-src",
        "data-flickity-lazyload",
        "data-wpfc-original-src",
        "data-opt-src",
        "data-url",
        "data-large-file",
        "data-orig-file",
        "data-nobody-knows-it",
    ] {
        for src in [blank, "", "/blank.gif", "/img/1x1.png", "about:blank"] {
            let html = format!("<p><img src='{src}' {name}='/real.jpg' alt='A quay'></p>");
            assert_eq!(pictures(&html), ["https://harbour.example/real.jpg"], "{name} {src}");
        }
    }
    for src in [blank, "/a.jpg"] {
        let html = format!("<p><img src='{src}' data-srcset='/b.jpg 800w,/c.jpg 2400w'></p>");
        assert_eq!(pictures(&html), ["https://harbour.example/b.jpg"], "{src}");
    }
    let hidden =
        "<p>x</p><img style='Display : none' data-src='/real.jpg'><img style='display:none' src='/no.jpg'>";
    assert_eq!(pictures(hidden), ["https://harbour.example/real.jpg"]);
    assert_eq!(
        pictures("<img data-cfsrc='/a.jpg' style='display:none'><noscript><img src='/a.jpg'></noscript>")
            .len(),
        1
    );
}

#[test]
fn a_good_picture_is_not_changed_for_its_original() {
    for more in [
        "data-orig-file='/orig.jpg' data-large-file='/large.jpg'",
        "data-full-url='/full.jpg'",
        "data-zoom-image='/z.png'",
        "data-permalink='/page/'",
        "data-pin-url='/page.jpg'",
        "data-hi-res-src='/hi.jpg'",
        "data-placeholder='/p.jpg'",
        "data-fallback-src='/f.jpg'",
        "data-original='/o.jpg'",
        "data-src='data:image/gif;base64,AA'",
    ] {
        let html = format!("<p><img src='/a-1024x683.jpg' {more}></p>");
        assert_eq!(pictures(&html), ["https://harbour.example/a-1024x683.jpg"], "{more}");
    }
    // Only called a placeholder: it is all there is.
    assert_eq!(pictures("<img src='/pixel-art.png'>"), ["https://harbour.example/pixel-art.png"]);
}

#[test]
fn a_picture_has_a_width_where_that_makes_nothing_larger() {
    for (html, width) in [
        ("<p><img src=/a.jpg></p>", Some("536")),
        ("<figure><a href=/x><img src=/a.jpg></a><figcaption>Cap</figcaption></figure>", Some("536")),
        ("<p><img src=/a-300x200.jpg></p>", Some("300")),
        ("<p><img src='/a.jpg?w=240'></p>", Some("240")),
        ("<p><img src=/a.jpg style='width: 90px'></p>", Some("90")),
        ("<p><img src=/a.jpg height=20></p>", None),
        ("<p>Press <img src=/a.png> now</p>", None),
        ("<p><img src=/rss-icon.png></p>", None),
        ("<table><tr><td><img src=/a.jpg></td></tr></table>", None),
        ("<p><img src=/a.jpg width=1200 height=800></p>", Some("536")),
    ] {
        let cleaned = cleaned(html);
        let found = cleaned.split("width=\"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(found, width, "{html}: {cleaned}");
    }
    let torn = cleaned("<p><img src=/a.jpg alt=\"The \"Tern\" at sea\" width=90></p>");
    assert!(torn.contains("alt=\"The “tern” at sea\""), "{torn}");
}

#[test]
fn whatever_is_embedded_becomes_a_link_to_it() {
    for (html, link) in [
        (
            "<iframe src='https://www.youtube.com/embed/videoseries?list=PLabc123'></iframe>",
            "https://www.youtube.com/playlist?list=PLabc123",
        ),
        (
            "<iframe src='https://www.youtube.com/embed/live_stream?channel=UCabc'></iframe>",
            "https://www.youtube.com/channel/UCabc/live",
        ),
        (
            "<iframe src='https://www.youtube.com/embed?listType=playlist&amp;list=PLx'></iframe>",
            "https://www.youtube.com/playlist?list=PLx",
        ),
        (
            "<lite-youtube videoid='dQw4w9WgXcQ'></lite-youtube>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "<div class='rll-youtube-player' data-src='https://www.youtube.com/embed/dQw4w9WgXcQ' data-id='dQw4w9WgXcQ'><div></div></div>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "<iframe data-cmplz-src='//www.youtube.com/embed/dQw4w9WgXcQ' src='about:blank'></iframe>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "<iframe consent-original-src-_='https://player.vimeo.com/video/4711?h=ab12' src='/wp-content/blank.html'></iframe>",
            "https://vimeo.com/4711/ab12",
        ),
        (
            "<iframe suppressedsrc='https://open.spotify.com/embed/episode/77'></iframe>",
            "https://open.spotify.com/episode/77",
        ),
        (
            "<iframe style='display:none' data-lazy-src='https://maps.example/embed/1'></iframe>",
            "https://maps.example/embed/1",
        ),
        (
            "<iframe src='https://www.dailymotion.com/embed/video/x8abc'></iframe>",
            "https://www.dailymotion.com/video/x8abc",
        ),
        ("<object><embed src='https://clips.example/v/1'></object>", "https://clips.example/v/1"),
        (
            "<p>[youtube https://www.youtube.com/watch?v=dQw4w9WgXcQ]</p>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
    ] {
        let found = links(html);
        assert!(!found.is_empty() && found.iter().all(|one| one == link), "{html}: {found:?}");
    }
    let twice = "<iframe data-src='https://vimeo.com/video/1'></iframe><noscript><iframe src='https://vimeo.com/video/1'></iframe></noscript>";
    assert_eq!(links(twice), ["https://vimeo.com/1"]);
    let not = "<div class=share data-url='https://www.youtube.com/channel/UCabc'>Share</div>";
    assert_eq!(links(not), Vec::<String>::new());
}

#[test]
fn a_feeds_file_says_what_it_is() {
    for (html, said) in [
        (
            "<audio src='https://a.example/e.mp3' data-enclosure='' data-bytes='20971520' data-seconds='2050'></audio>",
            "Listen: 34 min, 20 MB",
        ),
        ("<audio src='https://a.example/e.mp3' data-enclosure data-bytes='0'></audio>", "Listen"),
        (
            "<video src='https://a.example/e.mp3' data-enclosure data-seconds='7500' data-bytes=1></video>",
            "Watch: 2 h 5 min",
        ),
        (
            "<object data='https://a.example/e.mp3' data-enclosure data-bytes='40000'></object>",
            "Download e.mp3: 40 kB",
        ),
    ] {
        assert_eq!(cleaned(html), format!("<p><a href=\"https://a.example/e.mp3\">{said}</a></p>"));
    }
}

#[test]
fn formulas_and_drawings_leave_their_words() {
    let math = "<p>As <math><msup><mi>e</mi><mrow><mi>k</mi><mi>t</mi></mrow></msup></math> grows</p>";
    assert_eq!(cleaned(math), "<p>As e^(kt) grows</p>");
    assert_eq!(cleaned("<math alttext='E=mc^2' display=block><mi>x</mi></math>"), "<p>E=mc^2</p>");
    assert_eq!(
        cleaned("<p><math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac></math></p>"),
        "<p>(a + 1)/2</p>"
    );
    assert_eq!(cleaned("<p>So <script type='math/tex'>x^2</script>.</p>"), "<p>So x^2.</p>");
    let svg = "<svg><title>Nests by year</title><path d='M0 0'/></svg>";
    assert!(cleaned(svg).contains(">Nests by year</a>"));
    assert!(cleaned("<svg><desc>A map of the quay</desc></svg>").contains(">A map of the quay</a>"));
    assert_eq!(
        cleaned("<p><a href=/s><svg><title>Mail</title></svg> Send</a></p>"),
        "<p><a href=\"https://harbour.example/s\"> Send</a></p>"
    );
    let data = "<img src='data:image/png;base64,AA' alt='Map'>";
    assert_eq!(cleaned(data), "<p><a href=\"https://harbour.example/2026/11/ships/\">Map</a></p>");
    let alone = "<figure><img src='data:image/png;base64,AA' alt=''><figcaption>Fig. 1</figcaption></figure>";
    assert!(cleaned(alone).contains("See the image on harbour.example"));
}

#[test]
fn ticks_and_articles_in_forms_stay() {
    assert_eq!(
        cleaned(
            "<ul><li><input type=checkbox checked disabled> Rope</li><li><input type=checkbox disabled>Oars</li></ul>"
        ),
        "<ul><li>☑  Rope</li><li>☐ Oars</li></ul>"
    );
    assert_eq!(
        cleaned(
            "<form id=aspnetForm><input type=hidden value=x><div><p>Ships wait.</p></div><button>Go</button></form>"
        ),
        "<p>Ships wait.</p>"
    );
    assert_eq!(cleaned("<p>Ships wait.</p><form><p>Name</p><input></form>"), "<p>Ships wait.</p>");
    assert_eq!(cleaned("<p><a href='tel:+46 8 1'>Call</a></p>"), "<p><a href=\"tel:+46 8 1\">Call</a></p>");
}

#[test]
fn shortcodes_are_known_by_their_shape() {
    for gone in [
        "[gallery ids=\"1\"]",
        "[gallery ids=”1″ size=”x”]",
        "[ngg src='galleries' ids='1']",
        "[smartslider3 slider=2]",
        "[my_form]",
        "[tabs style=\"a\"][/tabs]",
    ] {
        assert_eq!(cleaned(&format!("<p>a</p><p>{gone}</p>")), "<p>a</p>", "{gone}");
        assert_eq!(cleaned(gone), "", "{gone}");
    }
    for text in ["We [sic] left", "[applause]", "[1]", "a[my_var] b", "[x = 5]"] {
        assert_eq!(cleaned(&format!("<p>{text}</p>")), format!("<p>{text}</p>"));
    }
    assert!(cleaned("[caption id=\"a\"]<img src=/c.jpg alt=c> A caption[/caption]").contains("A caption"));
}

#[test]
fn the_sites_credit_goes_in_every_language() {
    let (post, home) = (
        "<a href='https://harbour.example/2026/11/ships/?utm=1'>Ships</a>",
        "<a href='http://www.harbour.example'>Harbour</a>",
    );
    for line in [
        format!("The post {post} appeared first on {home}."),
        format!("Der Beitrag {post} erschien zuerst auf {home}."),
        format!("L’article {post} est apparu en premier sur {home}."),
        format!("La entrada {post} se publicó primero en {home}."),
        format!("L'articolo {post} proviene da {home}."),
        format!("Het bericht {post} verscheen eerst op {home}."),
        format!("O post {post} apareceu primeiro em {home}."),
        format!("Inlägget {post} dök först upp på {home}."),
        format!("Artykuł {post} pochodzi z serwisu {home}."),
        format!("{post} yazısı ilk önce {home} üzerinde ortaya çıktı."),
        format!("Сообщение {post} появились сначала на {home}."),
        format!("投稿 {post} は {home} に最初に表示されました。"),
    ] {
        assert_eq!(cleaned(&format!("<p>Text</p><p>{line}</p>")), "<p>Text</p>", "{line}");
    }
    for kept in [
        "The post office opened late, which appeared first on the map.".to_owned(),
        format!("Der Beitrag <a href='/other/'>Fähren</a> erschien auf {home}."),
        "The post <a href='/2026/11/ships/'>office</a> appeared first on the map of 1900.".to_owned(),
    ] {
        assert!(cleaned(&format!("<p>Text</p><p>{kept}</p>")).contains("</p><p>"), "{kept}");
    }
}

#[test]
fn cells_keep_their_side_and_links_their_distance() {
    let table = "<table><tr><th style='text-align: right'>A</th><td align=CENTER>b</td><td class='has-text-align-right'>c</td><td>d</td></tr></table>";
    assert_eq!(
        cleaned(table),
        "<table><tbody><tr><th align=\"right\">A</th><td align=\"center\">b</td><td align=\"right\">c</td><td>d</td></tr></tbody></table>"
    );
    let file = "<p><a href=/t.pdf>Timetable</a><a href=/t.pdf download>Download</a></p>";
    assert!(cleaned(file).contains("Timetable</a> · <a"));
    assert!(!cleaned("<p><a href=/t>Time</a><a href=/t>table</a></p>").contains('·'));
    let long = format!(
        "<table><tr><td>{}</td><td>$10/0K</td><td>{}</td></tr></table>",
        "a".repeat(60),
        "b".repeat(9)
    );
    assert!(cleaned(&long).contains("aaaa<wbr>a") && cleaned(&long).contains("<td>$10/0K</td>"));
    assert_eq!(
        cleaned("<div dir=rtl><div><p>א</p><ul><li>ב</li></ul></div></div>"),
        "<p dir=\"rtl\">א</p><ul dir=\"rtl\"><li>ב</li></ul>"
    );
    assert_eq!(cleaned("<p>a<br></br>b</p>"), "<p>a<br>b</p>");
}

#[test]
fn a_big_block_is_cut_within() {
    let row = |n: usize| format!("<tr><td>{n}</td><td>ships &amp; more</td></tr>");
    let rows: String = (0..900).map(row).collect();
    let lines: String = (0..3000).map(|n| format!("line {n} &lt;x&gt;\n")).collect();
    for (html, ends) in [
        (
            format!(
                "<figure><table><thead><tr><th>A</th></tr></thead><tbody>{rows}</tbody></table></figure>"
            ),
            "</tr></tbody></table></figure>",
        ),
        (format!("<p>a</p><pre><code>{lines}</code></pre><p>z</p>"), "</code></pre>"),
        (format!("<blockquote>{}</blockquote>", "<p>Ships wait.</p>".repeat(2000)), "</p></blockquote>"),
        (format!("<p>{}</p>", "ship ".repeat(9000)), "ship…</p>"),
        (format!("<ul>{}</ul>", format!("<li><p>{}</p></li>", "ship ".repeat(500)).repeat(20)), "</li></ul>"),
        (format!("<p>{}</p>", "港".repeat(9000)), "港…</p>"),
    ] {
        let kept = shorten(&html, 20_000);
        assert!(
            (18_000..=20_000).contains(&kept.len()) && kept.ends_with(ends),
            "{} {}",
            kept.len(),
            &kept[kept.len() - 60..]
        );
        assert_eq!(
            html::fragment(&kept).unwrap().root().first_element_child().unwrap().inner_html().to_string(),
            kept
        );
    }
    let spans = format!(
        "<table><tbody><tr><td rowspan=\"3\">a</td><td>b</td></tr>{}</tbody></table>",
        "<tr><td>c</td></tr>".repeat(2)
    );
    assert!(!shorten(&spans, 70).contains("rowspan"));
    let heading = format!("<p>a</p><h2>Next</h2><p>{}</p>", "x".repeat(900));
    assert_eq!(shorten(&heading, 100), "<p>a</p>");
}

#[test]
fn text_that_stands_in_no_block_is_a_paragraph() {
    for (html, right) in [
        ("One line<br>another<br/><br/>", "<p>One line<br>another</p>"),
        (
            "Bare <b>words</b><p>p</p>more<ul><li>a</li></ul>end",
            "<p>Bare <b>words</b></p><p>p</p><p>more</p><ul><li>a</li></ul><p>end</p>",
        ),
        ("<h2>H</h2><br>text<br><br><h3>I</h3>", "<h2>H</h2><p>text</p><h3>I</h3>"),
        ("<div dir=rtl>א<p>ב</p></div>", "<p dir=\"rtl\">א</p><p dir=\"rtl\">ב</p>"),
        ("<div><span>a <p>b</p></span></div>", "<p>a </p><p>b</p>"),
        ("<center>Middle</center>after", "<p>Middle</p><p>after</p>"),
        ("<details><summary>How</summary>by hand</details>", "<p>How</p><p>by hand</p>"),
        // Beside blocks, in quotes and cells.
        ("<blockquote>said<p>more</p></blockquote>", "<blockquote><p>said</p><p>more</p></blockquote>"),
        ("<blockquote>said<br>so</blockquote>", "<blockquote>said<br>so</blockquote>"),
        (
            "<ul><li>a<ul><li>b</li></ul></li><li>c<p>d</p></li></ul>",
            "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>",
        ),
        (
            "<table><tr><td>a</td><td>b<p>c</p></td></tr></table>",
            "<table><tbody><tr><td>a</td><td><p>b</p><p>c</p></td></tr></tbody></table>",
        ),
        (
            "<table><tr><td><div>a</div><div>b</div></td><td><div>c</div></td></tr></table>",
            "<table><tbody><tr><td><p>a</p><p>b</p></td><td>c</td></tr></tbody></table>",
        ),
        ("<ul><li><div>a</div><ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        (
            "<figure><div>a</div><figcaption>b</figcaption></figure>",
            "<figure>a<figcaption>b</figcaption></figure>",
        ),
    ] {
        assert_eq!(cleaned(html), right, "{html}");
    }
    let text = crate::articles::text::text_body(&cleaned(
        "One line<br>another<h3>H</h3>bare<p>p</p><table><tr><td><div>a</div><div>b</div></td></tr></table>",
    ));
    assert_eq!(text, "One line\nanother\n\nH\n-\n\nbare\n\np\n\na\nb");
}

#[test]
fn a_wordpress_caption_is_a_figures() {
    let picture = "<img src=\"https://harbour.example/c.jpg\" alt=\"c\" width=\"536\">";
    let figure = format!("<figure>{picture}<figcaption>The <b>new</b> crane</figcaption></figure>");
    for html in [
        "[caption id='a' width='600']<img src=/c.jpg alt=c> The <b>new</b> crane[/caption]",
        "<p>[caption id='a']<img src=/c.jpg alt=c> The <b>new</b> crane[/caption]</p>",
        "<p><span>[wp_caption]<img src=/c.jpg alt=c> The <b>new</b> crane[/wp_caption]</span></p>",
    ] {
        assert_eq!(
            cleaned(html).replace(" </figcaption>", "</figcaption>").replace("> The", ">The"),
            figure,
            "{html}"
        );
    }
    assert_eq!(
        cleaned(
            "<p>a [caption id=\"a\" caption=\"Old crane\"]<img src=/c.jpg alt=c>[/caption][caption id=\"b\"]<img src=/c.jpg alt=c>Two[/caption] z</p>"
        ),
        format!(
            "<p>a </p><figure>{picture}<figcaption>Old crane </figcaption></figure><figure>{picture}<figcaption>Two</figcaption></figure><p> z</p>"
        )
    );
    assert_eq!(cleaned("<p>[caption id='a']no picture[/caption]</p>"), "<p>no picture</p>");
    assert_eq!(cleaned("<p>[caption id='a']<b>open</b> end</p>"), "<p><b>open</b> end</p>");
}

#[test]
fn lists_keep_their_numbering() {
    for (html, right) in [
        (
            "<ol type=a start=4><li value=9>x</li></ol>",
            "<ol type=\"a\" start=\"4\"><li value=\"9\">x</li></ol>",
        ),
        ("<ol style='list-style-type: upper-roman'><li>x</li></ol>", "<ol type=\"I\"><li>x</li></ol>"),
        (
            "<ol type=disc><li style='list-style: lower-latin inside'>x</li></ol>",
            "<ol><li type=\"a\">x</li></ol>",
        ),
        ("<ol reversed><li>x</li><li>y</li></ol>", "<ol reversed=\"\" start=\"2\"><li>x</li><li>y</li></ol>"),
        ("<ul type=square><li>x</li></ul>", "<ul><li>x</li></ul>"),
    ] {
        assert_eq!(cleaned(html), right, "{html}");
    }
    for (list, is_wide) in [
        ("<ol start=998><li>x</li><li>x</li><li>x</li></ol>", true),
        ("<ol start=997 class=wide><li>x</li><li>x</li><li>x</li></ol>", false),
        ("<ol type=i start=37><li>x</li></ol>", true),
        ("<ol type=i><li>x</li><li value=8>y</li></ol>", true),
        ("<ol type=A start=30><li class=wide>x</li></ol>", false),
    ] {
        assert_eq!(cleaned(list).contains("class=\"wide\""), is_wide, "{list}: {}", cleaned(list));
    }
    let long = cleaned(&format!("<ol reversed type=A>{}</ol>", "<li>ship</li>".repeat(30)));
    assert!(shorten(&long, 200).starts_with("<ol reversed=\"\" type=\"A\" start=\"30\">"), "{long}");
}

#[test]
fn a_picture_that_floats_has_a_line_of_its_own() {
    let picture = "<img src=\"https://harbour.example/a.jpg\" alt=\"\" width=\"120\">";
    for (html, right) in [
        (
            "<p><img src=/a.jpg width=120 align=left>Ships wait.</p>",
            format!("<p>{picture}<br>Ships wait.</p>"),
        ),
        (
            "<p>Ships <a href=/x><img src=/a.jpg width=120 class='alignright size-full'></a> wait.</p>",
            format!("<p>Ships <br><a href=\"https://harbour.example/x\">{picture}</a><br> wait.</p>"),
        ),
        (
            "<img src=/a.jpg width=120 style='float : left'><p>Ships wait.</p>",
            format!("<p>{picture}</p><p>Ships wait.</p>"),
        ),
        ("<p>Press <img src=/a.jpg width=120> now</p>", format!("<p>Press {picture} now</p>")),
        ("<p><img src=/a.jpg width=120 class=alignleft><br>Ships</p>", format!("<p>{picture}<br>Ships</p>")),
    ] {
        assert_eq!(cleaned(html), right, "{html}");
    }
    assert!(!cleaned("<p><img src=/a.jpg width=20 align=left>x</p>").contains("<br>"));
}

#[test]
fn a_picture_in_a_cell_keeps_its_share() {
    let table = "<table><tr><td class=x><img src=/a.jpg width=300></td><td><h2>Right</h2><p>Ships</p></td></tr></table>";
    let cleaned_table = cleaned(table);
    assert!(cleaned_table.contains("<td class=\"stack\" width=\"268\"><img"), "{cleaned_table}");
    assert!(cleaned_table.contains("<td class=\"stack\"><h2>"), "{cleaned_table}");
    for data in [
        "<table><tr><td><img src=/flag.png width=16></td><td class=stack width=9>Sweden</td></tr></table>",
        "<table><tr><th>a</th><th>b</th></tr><tr><td><img src=/a.jpg width=300></td><td>b</td></tr></table>",
        "<table><tr><td><img src=/a.jpg width=300></td></tr></table>",
    ] {
        assert!(!cleaned(data).contains("stack") && !cleaned(data).contains("<td width"), "{data}");
    }
}

#[test]
fn what_stands_over_a_picture_and_in_a_card_is_no_text() {
    let figure = "<figure><a href=/a.jpg><img src=/a.jpg><div><svg><path d='M0'/></svg></div></a><figcaption>Noon</figcaption></figure>";
    assert!(!cleaned(figure).contains("See the image"), "{}", cleaned(figure));
    assert!(cleaned("<figure><svg><path d='M0'/></svg></figure>").contains("See the image"));
    let card = "<a href=/x><div class=c><div class=t>Title</div><div><span class=author>Weekly</span><span class=publisher>Ines</span></div></div></a>";
    assert!(cleaned(card).contains("Weekly · Ines"), "{}", cleaned(card));
    assert_eq!(cleaned("<div><span class=a>T</span><span class=b>he</span></div>"), "<p>The</p>");
    assert_eq!(
        cleaned("<p><math alttext='x_m'><mi>x</mi></math><span aria-hidden=true>xm</span> is deep</p>"),
        "<p>x_m is deep</p>"
    );
}
