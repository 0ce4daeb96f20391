//! The publication's colour as a style sheet: reader pages load it after ours.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::error_page::{Answer, ErrorPage};
use crate::app::App;
use crate::db;
use crate::db::publication::Publication;
use crate::domain::brand::Brand;
use crate::domain::links::fingerprint;

fn hash(css: &str) -> String {
    fingerprint(css.as_bytes()).chars().take(16).collect()
}

/// Where the style sheet is; empty where our own has these colours.
pub fn path(publication: &Publication) -> String {
    let css = Brand::of_text(&publication.brand_colour).css();
    if css.is_empty() { css } else { format!("/brand-{}.css", hash(&css)) }
}

/// A style sheet, which browsers keep for ever where its name holds its hash.
pub fn sheet(css: String, is_kept: bool) -> HttpResponse {
    let kept = if is_kept { "public, max-age=31536000, immutable" } else { "no-cache" };
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, kept))
        .body(css)
}

/// `GET /brand-{hash}.css`: what stands now; a hash of before is not kept as this one's.
pub async fn serve(app: web::Data<App>, asked: web::Path<String>) -> Answer {
    let publication = db::publication::get(&mut app.db.read().await?).await?;
    let css = Brand::of_text(&publication.brand_colour).css();
    if asked.len() != 16 {
        return Err(ErrorPage::not_found());
    }
    let is_kept = *asked == hash(&css);
    Ok(sheet(css, is_kept))
}
