//! The box on other sites: the script that places it (`assets/embed.js`), what the script reads, the same form for an
//! iframe, and where a plain form on another site leads back to. All of it is for any site: it is answered without
//! cookies, and with the same bytes for everybody.
//!
//! `GET /embed.json` and `GET /embed/{list},{list}.json`, with `?lang=`, say all that a box shows:
//!
//! | | |
//! | --- | --- |
//! | `lang`, `dir` | the language of the words: the one asked for, else the list's, else the publication's |
//! | `words` | sentences by what they are for |
//! | `lists` | `slug`, `name`, `description`, of those that were asked for, or of all that are public |
//! | `cadences` | `value`, `label`, `chosen`; empty where there is nothing to choose |
//! | `fields` | `key`, `label`, `kind` (`text`, `number`, `date`, `yes_no`) |
//! | `colours` | of `light` and of `dark`: `accent`, `fill`, `label`, `rim` |
//!
//! The box sends `POST /subscribe` as JSON: `email`, `list`, `cadence`, `field.KEY`, `lang`, `form` (`box`). It is
//! answered with 200, or with problem details (RFC 9457): their `detail` is shown, and where `errors` brings a
//! `suggestion` the box asks whether that address was meant. `asked` says which address somebody stands by. Where the
//! details bring a `challenge`, the box solves it and sends the same again with `altcha`.

use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use url::{Origin, Url};

use super::assets;
use super::error_page::{Answer, ErrorPage};
use super::page::Site;
use super::subscribe;
use crate::actions::consent::LISTS_MAX;
use crate::app::App;
use crate::db;
use crate::db::Tx;
use crate::db::fields::SubscriberField;
use crate::db::lists::List;
use crate::domain::brand::{Brand, Shades};
use crate::domain::wording;
use crate::locale::Localizer;

/// Where a form that somebody sent stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// On our own page.
    #[default]
    Page,
    /// In a frame on another site: the lists that it offers, as its address names them.
    Frame(String),
    /// On a page of another site: its address, as far as the browser says it.
    Site(Option<Url>),
}

/// The longest address that somebody is led back to, in bytes.
const BACK_BYTES_MAX: usize = 2000;

impl Place {
    /// Where the form of a request stands. `frame` and `back` are what the form says itself: it is believed to stand where
    /// its browser says it does, so nobody is led to a page that they did not come from.
    pub fn of(headers: &HeaderMap, ours: &Origin, frame: Option<String>, back: &str) -> Place {
        if let Some(lists) = frame {
            return Place::Frame(lists);
        }
        let address = |text: &str| {
            let url = Url::parse(text).ok().filter(|_| text.len() <= BACK_BYTES_MAX)?;
            (matches!(url.scheme(), "http" | "https") && url.username().is_empty()).then_some(url)
        };
        let named = |name| headers.get(name).and_then(|value| value.to_str().ok()).and_then(address);
        let Some(origin) = named(header::ORIGIN).map(|url| url.origin()) else { return Place::Page };
        if origin == *ours {
            // Our own page says it again, after an error.
            return address(back).map_or(Place::Page, |back| Place::Site(Some(back)));
        }
        let is_from_there = |url: &Url| url.origin() == origin;
        let back = address(back).filter(is_from_there);
        Place::Site(back.or_else(|| named(header::REFERER).filter(is_from_there)))
    }

    /// Where to go back to; empty: nowhere.
    pub fn back(&self) -> &str {
        match self {
            Place::Site(Some(back)) => back.as_str(),
            _ => "",
        }
    }

    /// The name of that site.
    pub fn host(&self) -> &str {
        match self {
            Place::Site(Some(back)) => back.host_str().unwrap_or_default(),
            _ => "",
        }
    }

    /// The lists that its form offers, as an address names them.
    pub fn lists(&self) -> &str {
        match self {
            Place::Frame(lists) => lists,
            Place::Page | Place::Site(_) => "",
        }
    }
}

/// The lists that an address names, with commas between; all public ones where it names none. `None`: one of them is not
/// open to readers.
pub async fn lists(tx: &mut Tx, named: &str) -> sqlx::Result<Option<Vec<List>>> {
    let public = db::lists::public(tx).await?;
    if named.is_empty() {
        return Ok(Some(public));
    }
    let slugs: Vec<&str> = named.split(',').take(LISTS_MAX + 1).collect();
    if slugs.len() > LISTS_MAX {
        return Ok(None);
    }
    Ok(slugs.into_iter().map(|slug| public.iter().find(|list| list.slug == slug).cloned()).collect())
}

/// Lets scripts of any site read an answer. No cookie comes with what they ask, so nobody is anybody to us.
pub fn open_to_all(path: &str, headers: &mut HeaderMap) {
    if path == "/subscribe" || path.starts_with("/embed.") || path.starts_with("/embed/") {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    if path.starts_with("/embed.") {
        let to_all = HeaderValue::from_static("cross-origin");
        headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, to_all);
    }
}

/// `OPTIONS /subscribe`: what a browser asks before it sends JSON from another site.
pub async fn allow() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// The script as it is sent: without comments and margins, and packed. It holds no secret and is the same for everybody,
/// so its packed length tells nothing.
static SCRIPT: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let slim = assets::slim_script(&assets::text("embed.js"));
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let packed = packer.write_all(slim.as_bytes()).and_then(|()| packer.finish());
    (slim, packed.unwrap_or_default())
});

/// `GET /embed.js`
pub async fn script(request: HttpRequest) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let is_packed = accepts.unwrap_or_default().split(',').any(|coding| coding.trim() == "gzip");
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600, stale-while-revalidate=86400"))
        .insert_header((header::VARY, "Accept-Encoding"));
    match is_packed {
        true => answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(SCRIPT.1.clone()),
        false => answer.body(SCRIPT.0.clone()),
    }
}

/// The language that an address asks for; empty: none.
fn language(request: &HttpRequest) -> String {
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let lang = pairs.find_map(|(name, value)| (name == "lang").then_some(value));
    lang.map(|lang| lang.chars().take(35).collect()).unwrap_or_default()
}

/// The language of lists that are one; the reader's, or the publication's, is that of several.
pub fn language_of(lists: &[List]) -> Option<&str> {
    match lists {
        [only] => Some(only.language.as_str()),
        _ => None,
    }
}

/// `GET /embed.json`
pub async fn describe_all(request: HttpRequest, app: web::Data<App>) -> Answer {
    describe(&app, "", &language(&request)).await
}

/// `GET /embed/{list}.json`
pub async fn describe_lists(request: HttpRequest, app: web::Data<App>, named: web::Path<String>) -> Answer {
    describe(&app, &named, &language(&request)).await
}

async fn describe(app: &App, named: &str, lang: &str) -> Answer {
    let mut tx = app.db.read().await?;
    let publication = db::publication::get(&mut tx).await?;
    let lists = lists(&mut tx, named).await?.ok_or_else(ErrorPage::not_found)?;
    let fields = db::fields::on_form(&mut tx).await?;
    drop(tx);
    let site = Site::new(app, &publication).for_browser(Localizer::of(lang), language_of(&lists));
    let brand = Brand::of_text(&publication.brand_colour);
    let body = described(&site, &lists, &fields, &brand);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(body))
}

fn described(site: &Site, lists: &[List], fields: &[SubscriberField], brand: &Brand) -> Value {
    let cadences = subscribe::choices(lists, "").into_iter().map(|choice| {
        json!({ "value": choice.value, "label": site.say(choice.label).to_string(), "chosen": choice.chosen })
    });
    let list = |list: &List| json!({ "slug": list.slug, "name": list.name, "description": list.description });
    let field = |field: &SubscriberField| json!({ "key": field.key, "label": field.name, "kind": field.kind.as_str() });
    let colours = |shades: &Shades| {
        json!({
            "accent": shades.accent.to_string(),
            "fill": shades.fill.to_string(),
            "label": shades.label.to_string(),
            "rim": shades.edge.to_string(),
        })
    };
    json!({
        "lang": site.words.lang(),
        "wording": wording::version(&site.words),
        "dir": site.words.dir(),
        "words": words(site),
        "lists": lists.iter().map(list).collect::<Vec<_>>(),
        "cadences": cadences.collect::<Vec<_>>(),
        "fields": fields.iter().map(field).collect::<Vec<_>>(),
        "colours": { "light": colours(&brand.light), "dark": colours(&brand.dark) },
    })
}

fn words(site: &Site) -> Value {
    let say = |key: &str| site.say(key).to_string();
    json!({
        "heading": site.say("subscribe-heading").with("publication", &site.name).to_string(),
        "lead": say("subscribe-lead"),
        "email": say("email-label"),
        "placeholder": say("email-placeholder"),
        "subscribe": say("subscribe"),
        "busy": say("box-busy"),
        "note": say("unsubscribe-any-time"),
        "lists": say("newsletters-legend"),
        "often": say("cadence-legend"),
        "yes": say("field-yes"),
        "no": say("field-no"),
        "meant": say("email-typo-yes"),
        "not_meant": say("email-typo-no"),
        "done": say("check-inbox"),
        "done_lead": say("check-inbox-lead"),
        "failed": say("box-failed"),
        "onward": say("box-continue"),
        "close": say("box-close"),
    })
}

/// What a frame on another site may do: nothing but show itself and send its form.
const FRAME_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors *";

/// Lets any site frame an answer.
pub fn let_frame(answer: &mut HttpResponse) {
    let policy = HeaderValue::from_static(FRAME_POLICY);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
}

/// `GET /embed`: the form for an iframe.
pub async fn show_all(request: HttpRequest, app: web::Data<App>) -> Answer {
    subscribe::show_in_frame(&app, StatusCode::OK, String::new(), Localizer::of(&language(&request))).await
}

/// `GET /embed/{list}`
pub async fn show_lists(request: HttpRequest, app: web::Data<App>, named: web::Path<String>) -> Answer {
    subscribe::show_in_frame(&app, StatusCode::OK, named.into_inner(), Localizer::of(&language(&request)))
        .await
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    fn place(headers: &[(&'static str, &'static str)], back: &str) -> Place {
        let ours = Url::parse("https://news.harbour.example").unwrap().origin();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Place::of(&map, &ours, None, back)
    }

    #[test]
    fn nobody_is_led_to_a_page_that_they_did_not_come_from() {
        let site = ("origin", "https://harbour.example");
        let page = "https://harbour.example/2026/ferry?a=1";
        let whole = Place::Site(Some(Url::parse(page).unwrap()));
        assert_eq!(place(&[site], page), whole, "what the form says");
        assert_eq!(place(&[site, ("referer", "https://harbour.example/2026/ferry?a=1")], ""), whole);
        assert_eq!(place(&[site], ""), Place::Site(None));
        for back in
            ["https://evil.example/", "javascript:alert(1)", "//evil.example", "https://u@harbour.example"]
        {
            assert_eq!(
                place(&[site, ("referer", "https://evil.example/")], back),
                Place::Site(None),
                "{back}"
            );
        }
        // Our own form: alone, and again after an error.
        let ours = ("origin", "https://news.harbour.example");
        assert_eq!(place(&[ours, ("referer", "https://news.harbour.example/")], ""), Place::Page);
        assert_eq!(place(&[ours], page), whole);
        // A program, a browser that says nothing, and one that hides where it comes from.
        for headers in [&[][..], &[("origin", "null")], &[("referer", "https://harbour.example/")]] {
            assert_eq!(place(headers, page), Place::Page);
        }
    }

    #[test]
    fn the_script_is_small_and_defines_no_global_name() {
        let (slim, packed) = &*SCRIPT;
        assert!(slim.len() > 10_000 && packed.len() > 3000, "{} {}", slim.len(), packed.len());
        assert!(packed.len() <= 10 * 1024, "{} bytes", packed.len());
        assert!(slim.starts_with("(() => {\n") && slim.ends_with("\n})();"));
        for word in [
            "innerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "document.cookie",
            "sessionStorage",
            "indexedDB",
        ] {
            assert!(!slim.contains(word), "{word}");
        }
        // What a pop-up remembers is all that is kept.
        assert_eq!(slim.matches("localStorage.").count(), 2);
    }
}
