//! The subscribe box: what a publication pastes into its site, made of a few choices, with a preview of the box itself.
//! Nothing is stored: the choices are the page's address.

use std::fmt::Write as _;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use askama::Template;

use super::{asked, languages};
use crate::app::App;
use crate::db::lists::List;
use crate::db::{lists, publication};
use crate::locale::Localizer;
use crate::web::desk::frame::{Desk, Fields, Me, Tab};
use crate::web::page::{Answer, page};
use crate::web::{assets, query};

/// What can be pasted into a page: the forms of the box, a frame, and a form without any script.
const KINDS: [(&str, &str); 7] = [
    ("inline", "box-kind-inline"),
    ("post", "box-kind-post"),
    ("button", "box-kind-button"),
    ("popup", "box-kind-popup"),
    ("page", "box-kind-page"),
    ("frame", "box-kind-frame"),
    ("plain", "box-kind-plain"),
];

/// Where it is pasted: the key of its name, and that of a sentence.
const PLATFORMS: [(&str, &str, &str); 6] = [
    ("html", "box-site-html", "box-site-html-hint"),
    ("wordpress", "box-site-wordpress", "box-site-wordpress-hint"),
    ("theme", "box-site-theme", "box-site-theme-hint"),
    ("ghost", "box-site-ghost", "box-site-ghost-hint"),
    ("hugo", "box-site-hugo", "box-site-hugo-hint"),
    ("next", "box-site-next", "box-site-next-hint"),
];

/// What a box may ask for besides an address.
const ASKS: [(&str, &str); 3] =
    [("lists", "box-ask-lists"), ("cadence", "box-ask-cadence"), ("fields", "box-ask-fields")];

const SCHEMES: [(&str, &str); 3] =
    [("", "box-scheme-page"), ("light", "box-scheme-light"), ("dark", "box-scheme-dark")];

/// What a pop-up does where nothing else is said: after so many seconds, or so far down, once in so many days.
const POPUP: [(&str, &str); 3] = [("after", "60"), ("at", "50"), ("days", "1")];

/// What a site's own style sheet may set, with what it might be.
const VARIABLES: &str = "postrider-box {
  --postrider-font: Georgia, serif;
  --postrider-heading-font: Georgia, serif;
  --postrider-size: 18px;
  --postrider-margin: 2em;
  --postrider-radius: 0;
  --postrider-ink: #222222;
  --postrider-paper: #ffffff;
  --postrider-field: #ffffff;
  --postrider-edge: #777777;
  --postrider-accent: #8a1c2e;
  --postrider-fill: #8a1c2e;
  --postrider-label: #ffffff;
  --postrider-bad: #a3262a;
}";

/// What was chosen.
#[derive(Clone, Debug)]
struct Choice {
    kind: &'static str,
    platform: &'static str,
    lists: Vec<String>,
    asks: Vec<&'static str>,
    lang: String,
    scheme: &'static str,
    /// Of a pop-up, in the order of [`POPUP`]: a number, or `off`.
    popup: [String; 3],
    /// The height of the box in narrow and wide columns, as the preview measured it; empty: nobody did.
    height: String,
}

/// The one of these values that was sent, else the first.
fn one_of<const N: usize>(known: [&'static str; N], sent: &str) -> &'static str {
    known.into_iter().find(|value| *value == sent).unwrap_or(known[0])
}

impl Choice {
    fn read(fields: &Fields, public: &[List]) -> Choice {
        let open = |slug: &&str| public.iter().any(|list| list.slug == *slug);
        let is_sent = fields.is_ticked("kind");
        let asks = ASKS.map(|(ask, _)| ask).into_iter();
        let number = |(name, otherwise): (&str, &str)| {
            let typed = fields.text(name);
            match typed.parse::<u16>() {
                Ok(number) => number.to_string(),
                Err(_) if typed.is_empty() && is_sent => "off".to_owned(),
                Err(_) => otherwise.to_owned(),
            }
        };
        let is_height =
            |text: &&str| text.len() < 20 && text.bytes().all(|b| b.is_ascii_digit() || b == b' ');
        Choice {
            kind: one_of(KINDS.map(|(kind, _)| kind), fields.text("kind")),
            platform: one_of(PLATFORMS.map(|(platform, _, _)| platform), fields.text("platform")),
            lists: fields.all("list").filter(open).map(str::to_owned).collect(),
            asks: asks.filter(|ask| !is_sent || fields.all("ask").any(|sent| sent == *ask)).collect(),
            lang: Localizer::of(fields.text("lang")).map(|words| words.lang().to_owned()).unwrap_or_default(),
            scheme: one_of(SCHEMES.map(|(scheme, _)| scheme), fields.text("scheme")),
            popup: POPUP.map(number),
            height: Some(fields.text("height")).filter(is_height).unwrap_or_default().to_owned(),
        }
    }

    /// Whether the box comes by itself.
    fn is_popup(&self) -> bool {
        matches!(self.kind, "popup" | "page")
    }

    /// What is in the box's attributes, by name: what differs from what it does anyway.
    fn attributes(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("form", self.kind.to_owned())];
        all.push(("list", self.lists.join(" ")));
        let asks = match self.asks.len() {
            3 => String::new(),
            0 => "none".to_owned(),
            _ => self.asks.join(" "),
        };
        all.push(("ask", asks));
        all.push(("lang", self.lang.clone()));
        all.push(("scheme", self.scheme.to_owned()));
        for ((name, otherwise), value) in POPUP.into_iter().zip(&self.popup) {
            // A page in front of the page comes at once, unless it is told to wait.
            let is_usual = *value == otherwise && self.kind == "popup";
            if self.is_popup() && !is_usual {
                all.push((name, value.clone()));
            }
        }
        if matches!(self.kind, "inline" | "post") {
            all.push(("height", self.height.clone()));
        }
        all.retain(|(_, value)| !value.is_empty());
        all
    }

    /// The form without a script: HTML that is JSX as well.
    fn plain_form(&self, base: &str, words: &Localizer) -> String {
        let lists = self
            .lists
            .iter()
            .map(|slug| format!("  <input type=\"hidden\" name=\"list\" value=\"{slug}\" />\n"));
        let lang = Some(&self.lang).filter(|lang| !lang.is_empty());
        let lang =
            lang.map(|lang| format!("  <input type=\"hidden\" name=\"language\" value=\"{lang}\" />\n"));
        format!(
            "<form method=\"post\" action=\"{base}/subscribe\">\n{}{}  <label>{} <input type=\"email\" name=\"email\" \
             required /></label>\n  <button>{}</button>\n</form>",
            lists.collect::<String>(),
            lang.unwrap_or_default(),
            escaped(&words.text("email-label").to_string()),
            escaped(&words.text("subscribe").to_string()),
        )
    }

    /// The frame that shows the form.
    fn frame(&self, base: &str, words: &Localizer) -> String {
        let path = match self.lists.join(",") {
            lists if lists.is_empty() => "/embed".to_owned(),
            lists => format!("/embed/{lists}"),
        };
        let lang = [("lang", self.lang.as_str())].into_iter().filter(|(_, lang)| !lang.is_empty());
        let title = escaped(&words.text("subscribe").to_string());
        let height = self.height.split(' ').next().filter(|height| !height.is_empty()).unwrap_or("480");
        format!(
            "<iframe src=\"{base}{}\" title=\"{title}\" width=\"100%\" height=\"{height}\" frameborder=\"0\" loading=\"lazy\"></iframe>",
            query::with(&path, lang)
        )
    }

    /// What is pasted, where a page is HTML. The box in the text of a page is placed while that is read: what follows it
    /// is not there yet, so nothing moves. All others may come when they come.
    fn html(&self, base: &str, words: &Localizer) -> String {
        match self.kind {
            "plain" => return self.plain_form(base, words),
            "frame" => return self.frame(base, words),
            _ => {}
        }
        let mut tag = String::from("<script");
        if self.kind != "inline" {
            tag.push_str(" async");
        }
        // Writing to a string does not fail.
        let _ = write!(tag, " src=\"{base}/embed.js\"");
        for (name, value) in self.attributes() {
            let _ = write!(tag, " data-{name}=\"{}\"", escaped(&value));
        }
        tag.push_str("></script>");
        if matches!(self.kind, "inline" | "post") {
            let _ = write!(tag, "\n<noscript>\n{}\n</noscript>", self.plain_form(base, words));
        }
        tag
    }

    /// What is pasted, as its place wants it.
    fn code(&self, base: &str, words: &Localizer) -> String {
        let html = self.html(base, words);
        let is_floating = matches!(self.kind, "button" | "popup" | "page");
        match self.platform {
            "theme" if is_floating => {
                format!("add_action( 'wp_footer', function () {{\n\techo <<<'HTML'\n{html}\nHTML;\n}} );")
            }
            "theme" => format!(
                "add_filter( 'the_content', function ( $content ) {{\n\tif ( ! is_singular( 'post' ) || ! in_the_loop() \
                 || ! is_main_query() ) {{\n\t\treturn $content;\n\t}}\n\treturn $content . <<<'HTML'\n{html}\nHTML;\n}} );"
            ),
            "hugo" => format!("{{{{/* layouts/partials/subscribe.html */}}}}\n{html}"),
            "next" => self.react(base, &html),
            _ => html,
        }
    }

    /// A component for React: the element itself, since a script tag would be placed elsewhere.
    fn react(&self, base: &str, html: &str) -> String {
        let jsx = match self.kind {
            "plain" => html.to_owned(),
            "frame" => html.replace("frameborder", "frameBorder"),
            _ => {
                let mut element = String::from("<postrider-box");
                for (name, value) in self.attributes() {
                    let _ = write!(element, " {name}=\"{}\"", escaped(&value));
                }
                format!(
                    "<>\n  {element}></postrider-box>\n  <Script src=\"{base}/embed.js\" data-form=\"none\" strategy=\"afterInteractive\" />\n</>"
                )
            }
        };
        let jsx = jsx.replace('\n', "\n    ");
        let import = if jsx.contains("<Script") { "import Script from 'next/script'\n\n" } else { "" };
        format!("{import}export default function Subscribe() {{\n  return (\n    {jsx}\n  )\n}}")
    }

    /// What a site with a strict policy has to allow.
    fn policy(&self, origin: &str) -> String {
        match self.kind {
            "plain" => format!("form-action 'self' {origin}"),
            "frame" => format!("frame-src {origin}"),
            _ => format!("script-src 'self' {origin}; connect-src 'self' {origin}"),
        }
    }

    /// The choices as an address.
    fn query(&self) -> String {
        let mut pairs = vec![
            ("kind", self.kind),
            ("platform", self.platform),
            ("lang", self.lang.as_str()),
            ("scheme", self.scheme),
        ];
        pairs.extend(self.lists.iter().map(|slug| ("list", slug.as_str())));
        pairs.extend(self.asks.iter().map(|ask| ("ask", *ask)));
        pairs.extend(POPUP.iter().zip(&self.popup).map(|((name, _), value)| (*name, value.as_str())));
        query::of(pairs)
    }

    /// The same box for the preview: it comes at once, sends nothing and remembers nothing.
    fn for_preview(&self) -> Choice {
        let popup = ["0".to_owned(), "off".to_owned(), "0".to_owned()];
        // As tall as it is, so that its height can be measured.
        Choice { popup, height: "1".to_owned(), ..self.clone() }
    }
}

/// A text as it stands in HTML and in its attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[derive(Template)]
#[template(path = "admin/box.html")]
struct BoxPage {
    desk: Desk,
    choice: Choice,
    lists: Vec<List>,
    /// Their tags and names.
    languages: Vec<(String, String)>,
    code: String,
    policy: String,
    script: String,
    variables: &'static str,
}

impl BoxPage {
    fn kinds(&self) -> [(&'static str, &'static str); 7] {
        KINDS
    }

    fn asks(&self) -> [(&'static str, &'static str); 3] {
        ASKS
    }

    fn schemes(&self) -> [(&'static str, &'static str); 3] {
        SCHEMES
    }

    fn platforms(&self) -> [(&'static str, &'static str, &'static str); 6] {
        PLATFORMS
    }

    fn offers(&self, slug: &str) -> bool {
        self.choice.lists.iter().any(|chosen| chosen == slug)
    }

    fn asks_for(&self, ask: &str) -> bool {
        self.choice.asks.contains(&ask)
    }

    /// The key of the sentence that says where to paste it.
    fn where_to(&self) -> &'static str {
        PLATFORMS.iter().find(|(name, _, _)| *name == self.choice.platform).map_or("", |(_, _, hint)| *hint)
    }

    /// A number of a pop-up as its field shows it.
    fn shown(&self, at: usize) -> &str {
        match self.choice.popup[at].as_str() {
            "off" => "",
            number => number,
        }
    }
}

/// The words of what is pasted: in the language that was chosen, else in the publication's.
fn words(choice: &Choice, publication: &publication::Publication) -> Localizer {
    Localizer::negotiate([choice.lang.as_str(), publication.language.as_str()])
}

/// `GET /admin/settings/box`: `kind`, `platform`, `list`, `ask`, `lang`, `scheme`, `after`, `at`, `days`, `height`.
pub async fn show_box(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Settings).await?;
    let publication = publication::get(&mut tx).await?;
    let lists = lists::public(&mut tx).await?;
    drop(tx);
    let choice = Choice::read(&asked(&request), &lists);
    let code = choice.code(&app.config.link(""), &words(&choice, &publication));
    let policy = choice.policy(&app.config.base_url.origin().ascii_serialization());
    let (languages, script) = (languages(&choice.lang), assets::path("box.js"));
    page(
        StatusCode::OK,
        &BoxPage { desk, choice, lists, languages, code, policy, script, variables: VARIABLES },
    )
}

#[derive(Template)]
#[template(path = "admin/box_preview.html")]
struct BoxPreview {
    lang: String,
    css: &'static str,
    /// In the text; at its end, and in front of it.
    inside: String,
    behind: String,
}

/// What the preview may do: it is a page of a site, with our box in it.
const PREVIEW_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' https: data:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// `GET /admin/settings/box/preview`: the same choices.
pub async fn preview_box(app: web::Data<App>, request: HttpRequest) -> Answer {
    let mut tx = app.db.read().await?;
    let publication = publication::get(&mut tx).await?;
    let lists = lists::public(&mut tx).await?;
    drop(tx);
    let choice = Choice::read(&asked(&request), &lists).for_preview();
    let words = words(&choice, &publication);
    let html = choice.html("", &words).replacen("<script", "<script data-preview=\"\"", 1);
    let lang = words.lang().to_owned();
    let is_inside = !matches!(choice.kind, "button" | "popup" | "page" | "post");
    let (inside, behind) = if is_inside { (html, String::new()) } else { (String::new(), html) };
    let mut response = page(StatusCode::OK, &BoxPreview { lang, css: assets::css(), inside, behind })?;
    let policy = header::HeaderValue::from_static(PREVIEW_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(query: &str) -> Choice {
        Choice::read(&Fields::of_query(query), &[])
    }

    fn code(query: &str) -> String {
        choice(query).code("https://news.example", &Localizer::english())
    }

    #[test]
    fn what_is_pasted_says_what_was_chosen_and_nothing_that_is_usual() {
        let all = "&ask=lists&ask=cadence&ask=fields";
        let popup = format!("kind=popup&after=60&at=50&days=1{all}");
        let usual = "<script async src=\"https://news.example/embed.js\" data-form=\"popup\"></script>";
        assert_eq!(code(&popup), usual);
        let code_of_page = code(&format!("kind=page&after=5&at=&days=7&scheme=dark&lang=en-US{all}"));
        for part in [
            "data-form=\"page\"",
            "data-after=\"5\"",
            "data-at=\"off\"",
            "data-days=\"7\"",
            "data-scheme=\"dark\"",
            "data-lang=\"en-US\"",
        ] {
            assert!(code_of_page.contains(part), "{part} in {code_of_page}");
        }
        let inline = code("kind=inline&ask=cadence&height=412 330");
        assert!(
            inline.starts_with("<script src=")
                && inline.contains("data-ask=\"cadence\" data-height=\"412 330\"")
        );
        assert!(
            inline.contains("<noscript>\n<form method=\"post\" action=\"https://news.example/subscribe\">")
        );
        assert!(code("kind=inline").contains("data-ask=\"none\""));
    }

    #[test]
    fn what_does_not_do_is_not_pasted() {
        let odd = choice(
            "kind=%3Cscript%3E&platform=x&list=%22%3E&lang=%22%3E&scheme=neon&after=soon&height=%22%3E",
        );
        let code = odd.code("https://news.example", &Localizer::english());
        assert!(
            code.starts_with("<script src=\"https://news.example/embed.js\" data-form=\"inline\""),
            "{code}"
        );
        assert!(!code.contains("neon") && !code.contains("soon") && !code.contains("&quot;"), "{code}");
    }

    #[test]
    fn each_place_gets_it_in_its_own_form() {
        let hook = code("kind=post&platform=theme");
        assert!(hook.starts_with("add_filter( 'the_content'") && hook.ends_with("\nHTML;\n} );"), "{hook}");
        assert!(code("kind=button&platform=theme").starts_with("add_action( 'wp_footer'"));
        let next = code("kind=popup&platform=next&after=10&at=50&days=1");
        assert!(
            next.contains("<postrider-box form=\"popup\" ask=\"none\" after=\"10\"></postrider-box>"),
            "{next}"
        );
        assert!(next.contains("data-form=\"none\""), "{next}");
        let plain = code("kind=plain&platform=next&lang=en");
        assert!(
            plain.contains("name=\"language\" value=\"en\" />\n") && plain.contains("required />"),
            "{plain}"
        );
        assert!(plain.contains("action=\"https://news.example/subscribe\">\n"), "{plain}");
        let frame = code("kind=frame&platform=html&lang=en");
        assert!(frame.starts_with("<iframe src=\"https://news.example/embed?lang=en\""), "{frame}");
    }
}
