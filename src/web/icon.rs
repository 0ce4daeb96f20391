//! The publication's icon: its own where it has one, else the first letter of its name in its colour.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::assets;
use super::error_page::{Answer, ErrorPage};
use crate::app::App;
use crate::db;
use crate::db::publication::{Publication, UNNAMED};
use crate::domain::brand::Brand;
use crate::domain::links::fingerprint;
use crate::domain::text::escape_html;

/// The icon that is made of a publication's name and colour; `None` while it has no name.
fn made(publication: &Publication) -> Option<String> {
    let letter = publication.name.chars().find(|c| c.is_alphanumeric())?;
    if publication.name == UNNAMED {
        return None;
    }
    let letter = escape_html(&letter.to_uppercase().to_string());
    let shades = Brand::of_text(&publication.brand_colour).light;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"3\" \
         fill=\"{}\"/><text x=\"16\" y=\"23\" text-anchor=\"middle\" font-family=\"Georgia, serif\" font-size=\"21\" \
         font-weight=\"700\" fill=\"{}\">{letter}</text></svg>",
        shades.fill, shades.label
    ))
}

fn hash(svg: &str) -> String {
    fingerprint(svg.as_bytes()).chars().take(16).collect()
}

/// Where the icon is.
pub fn address(publication: &Publication) -> String {
    match (publication.icon_url.as_str(), made(publication)) {
        ("", Some(svg)) => format!("/icon-{}.svg", hash(&svg)),
        ("", None) => assets::icon().to_owned(),
        (own, _) => own.to_owned(),
    }
}

/// `GET /icon-{hash}.svg`: what stands now; a hash of before is not kept as this one's.
pub async fn serve(app: web::Data<App>, asked: web::Path<String>) -> Answer {
    let publication = db::publication::get(&mut app.db.read().await?).await?;
    let svg = made(&publication).filter(|_| asked.len() == 16).ok_or_else(ErrorPage::not_found)?;
    let is_kept = *asked == hash(&svg);
    let kept = if is_kept { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, kept))
        .body(svg))
}

/// `GET /favicon.ico`: what asks for it unasked is led to the icon.
pub async fn favicon(app: web::Data<App>) -> Answer {
    let publication = db::publication::get(&mut app.db.read().await?).await?;
    let to = address(&publication);
    Ok(HttpResponse::Found().insert_header((header::LOCATION, to)).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_made_of_the_first_letter_and_is_no_markup_of_anybodys() {
        let named = |name: &str| Publication { name: name.to_owned(), ..Publication::default() };
        assert!(made(&named("“harbour news")).unwrap().contains(">H</text>"));
        assert!(made(&named("<b>")).unwrap().contains(">B</text>"));
        assert_eq!(made(&named("…")), None);
        assert_eq!(made(&Publication::default()), None);
        let own = Publication { icon_url: "https://harbour.example/i.png".to_owned(), ..named("Harbour") };
        assert_eq!(address(&own), "https://harbour.example/i.png");
    }
}
