//! Our own files, embedded. A name that holds the content's hash is kept for ever by browsers.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

use super::error_page::{Answer, ErrorPage};
use crate::app::App;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// `/assets/{16 characters of hash}-{name}`
fn hashed_path(name: &str) -> String {
    let hash = Assets::get(name).map(|file| file.metadata.sha256_hash()).unwrap_or_default();
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{hash}-{name}")
}

/// Where one of our files is, by its name.
pub fn path(name: &str) -> String {
    hashed_path(name)
}

static CSS: LazyLock<String> = LazyLock::new(|| hashed_path("postrider.css"));
static ICON: LazyLock<String> = LazyLock::new(|| hashed_path("icon.svg"));

/// The style sheet as it is sent: a seventh of it is for us who read it, and pages are weighed.
static SLIM_CSS: LazyLock<String> = LazyLock::new(|| slim(&text("postrider.css")));

/// A style sheet of ours without comments and most white space. Not any style sheet: no string of ours
/// holds what is taken away.
fn slim(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, behind)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, rest)| rest);
    }
    bare.push_str(rest);
    let mut slim: String = bare.lines().map(str::trim).collect();
    for (wide, narrow) in
        [("; ", ";"), (" {", "{"), ("{ ", "{"), (" }", "}"), (": ", ":"), (", ", ","), (";}", "}")]
    {
        slim = slim.replace(wide, narrow);
    }
    slim
}

/// A script of ours without lines of comment and margins. No text of ours spans lines.
pub fn slim_script(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// One of our own texts.
pub fn text(name: &str) -> String {
    let file = Assets::get(name).map(|file| file.data.into_owned()).unwrap_or_default();
    String::from_utf8_lossy(&file).into_owned()
}

/// Where the style sheet is.
pub fn css() -> &'static str {
    &CSS
}

/// Where the icon is.
pub fn icon() -> &'static str {
    &ICON
}

/// `GET /assets/{name}`, with or without the hash.
pub async fn serve(name: web::Path<String>) -> Answer {
    let plain = match name.split_once('-') {
        Some((hash, plain)) if hash.len() == 16 => plain,
        _ => &name,
    };
    let file = Assets::get(plain).ok_or_else(ErrorPage::not_found)?;
    // A hash of another build must not be kept as this one's.
    let kept = if hashed_path(plain).ends_with(name.as_str()) && plain != name.as_str() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let body = match plain {
        "postrider.css" => SLIM_CSS.clone().into_bytes(),
        name if name.ends_with(".js") => slim_script(&String::from_utf8_lossy(&file.data)).into_bytes(),
        _ => file.data.into_owned(),
    };
    Ok(HttpResponse::Ok()
        .content_type(mime_guess::from_path(plain).first_or_octet_stream().as_ref())
        .insert_header((header::CACHE_CONTROL, kept))
        .body(body))
}

/// `GET /robots.txt`: what search engines leave alone (RFC 9309), and where the list of the rest is. Pages of one reader
/// say `noindex` themselves.
pub async fn robots(app: web::Data<App>) -> Answer {
    let rules = Assets::get("robots.txt").map(|file| file.data.into_owned()).unwrap_or_default();
    let sitemap = app.config.link("/sitemap.xml");
    let body = format!("{}\nSitemap: {sitemap}\n", String::from_utf8_lossy(&rules).trim_end());
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_loses_nothing_but_what_nobody_sees() {
        let rule = "/* why */\n.a, .b:not(p, q) { color: red; margin: 0 1px; }\n@media (max-width: 2rem) {\n  .c { top: 0; }\n}\n";
        assert_eq!(slim(rule), ".a,.b:not(p,q){color:red;margin:0 1px}@media (max-width:2rem){.c{top:0}}");
        let css = String::from_utf8(Assets::get("postrider.css").unwrap().data.into_owned()).unwrap();
        let slim = slim(&css);
        assert_eq!(css.matches('{').count(), slim.matches('{').count());
        assert_eq!(css.matches('"').count(), slim.matches('"').count());
        assert!(slim.len() * 10 < css.len() * 9, "{} of {}", slim.len(), css.len());
    }

    fn channel(byte: u8) -> f64 {
        let c = f64::from(byte) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    }

    /// WCAG 2: relative luminance.
    fn luminance(hex: &str) -> f64 {
        let at = |i: usize| channel(u8::from_str_radix(&hex[i..i + 2], 16).unwrap());
        0.2126 * at(1) + 0.7152 * at(3) + 0.0722 * at(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read_on_what_it_stands_on() {
        let css = String::from_utf8(Assets::get("postrider.css").unwrap().data.into_owned()).unwrap();
        let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let token = |part: &str, name: &str| {
            let from = part.find(&format!("--{name}: #")).unwrap_or_else(|| panic!("no token {name}"));
            part[from..].split_once(": ").unwrap().1[..7].to_owned()
        };
        let least = [
            ("ink", "paper", 14.8),
            ("ink-2", "paper", 7.8),
            ("ink-3", "paper", 5.4),
            ("ink-3", "wash", 4.7),
            ("ink-3", "ground", 4.5),
            ("edge", "paper", 3.0),
            ("accent", "paper", 8.9),
            ("accent", "ground", 4.5),
            ("fill", "paper", 3.0),
            ("good", "paper", 6.4),
            ("warn", "paper", 6.2),
            ("bad", "paper", 7.2),
        ];
        for (half, part) in [("light", light), ("dark", dark)] {
            for (front, back, least) in least {
                let ratio = contrast(&token(part, front), &token(part, back));
                assert!(ratio >= least, "{front} on {back}, {half}: {ratio:.2}, at least {least}");
            }
            let label = contrast("#ffffff", &token(part, "fill"));
            assert!(label >= 4.5, "white label on fill, {half}: {label:.2}");
        }
    }
}
