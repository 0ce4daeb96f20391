//! The branding: a colour and a logo, with a preview of what they make of pages and mails.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{TimeDelta, Utc};

use super::{asked, who_was_faster};
use crate::actions::settings::{self, FieldErrors, Form, Part};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::articles::ArticleView;
use crate::db::publication::{self, Publication};
use crate::domain::brand::{Brand, Rgb};
use crate::domain::refusal::Kind;
use crate::domain::refusal::settings as codes;
use crate::locale::{Localizer, say, say_html};
use crate::mail::content::{self, MailLinks};
use crate::web::desk::frame::{Desk, Fields, Me, Tab, done};
use crate::web::desk::refuse;
use crate::web::page::{self, Answer, ErrorPage, Site, page};
use crate::web::{assets, brand, query};

/// One pair of colours, for the table of the branding page.
struct Shade {
    /// A key.
    name: &'static str,
    front: String,
    back: String,
    code: String,
    ratio: String,
}

fn shades(brand: &Brand) -> Vec<Shade> {
    let (white, dark_paper) = (Rgb([255; 3]), Rgb([0x17, 0x18, 0x16]));
    let pair = |name, front: Rgb, back: Rgb, code: Rgb| Shade {
        name,
        front: front.to_string(),
        back: back.to_string(),
        code: code.to_string(),
        ratio: format!("{:.1}", front.contrast(back)),
    };
    let Brand { light, dark } = brand;
    vec![
        pair("settings-branding-links-light", light.accent, white, light.accent),
        pair("settings-branding-buttons-light", light.label, light.fill, light.fill),
        pair("settings-branding-links-dark", dark.accent, dark_paper, dark.accent),
        pair("settings-branding-buttons-dark", dark.label, dark.fill, dark.fill),
    ]
}

#[derive(Template)]
#[template(path = "admin/branding.html")]
struct BrandingPage {
    desk: Desk,
    form: Form,
    seen: String,
    wrong: FieldErrors,
    clash: String,
    shades: Vec<Shade>,
    /// The previews' query.
    query: String,
    script: String,
}

fn preview_query(form: &Form) -> String {
    query::of(Part::Brand.names().iter().map(|name| (*name, form.get(name))))
}

async fn branding_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    typed: Option<Form>,
    wrong: FieldErrors,
    status: StatusCode,
    clash: bool,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Settings).await?;
    let publication = publication::get(&mut tx).await?;
    let clash = if clash { who_was_faster(&desk, &mut tx, Part::Brand).await? } else { String::new() };
    let stands = Form::of(&publication, &[Part::Brand]);
    let seen = stands.seen();
    let form = typed.unwrap_or(stands);
    let shades = shades(&Brand::of_text(form.get("brand_colour")));
    let (query, script) = (preview_query(&form), assets::path("branding.js"));
    page(status, &BrandingPage { desk, form, seen, wrong, clash, shades, query, script })
}

/// `GET /admin/settings/branding`; with `brand_colour` and `logo_url`, a preview of them.
pub async fn show_branding(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = asked(&request);
    if !fields.is_ticked("brand_colour") {
        return branding_page(&app, &me, &request, None, FieldErrors::default(), StatusCode::OK, false).await;
    }
    let typed = Form::typed(&[Part::Brand], |name| fields.raw(name).to_owned());
    branding_page(&app, &me, &request, Some(typed), FieldErrors::default(), StatusCode::OK, false).await
}

/// `POST /admin/settings/branding`: `brand_colour`, `logo_url`.
pub async fn save_branding(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let typed = Form::typed(&[Part::Brand], |name| fields.raw(name).to_owned());
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let cx = Context::new(&app, me.actor());
    match settings::save(&cx, &[Part::Brand], &typed, fields.text("seen")).await {
        Ok(_) => {
            let sentence = say("settings-branding-saved").to_string();
            Ok(done(&app, "/admin/settings/branding", sentence))
        }
        Err(Error::Refused(refusal)) if refusal.is(&codes::SETTINGS_CHANGED) => {
            branding_page(&app, &me, &request, Some(typed), FieldErrors::default(), status, true).await
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            branding_page(&app, &me, &request, Some(typed), FieldErrors::of(&refusal), status, false).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// The publication as it would be with what the query asks for; what does not do is left as it stands.
async fn previewed(app: &App, request: &HttpRequest) -> sqlx::Result<Publication> {
    let fields = asked(request);
    let mut publication = publication::get(&mut app.db.read().await?).await?;
    for name in Part::Brand.names() {
        if fields.is_ticked(name) {
            let _ = settings::apply(&app.config, &mut publication, name, fields.raw(name));
        }
    }
    Ok(publication)
}

#[derive(Template)]
#[template(path = "admin/branding_reader.html")]
struct ReaderPreview {
    site: Site,
    query: String,
}

/// What a preview of our own page may do: nothing but show itself in the desk.
const PREVIEW_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'none'; \
     base-uri 'none'; frame-ancestors 'self'";

/// `GET /admin/settings/branding/reader`
pub async fn preview_reader(app: web::Data<App>, request: HttpRequest) -> Answer {
    let publication = previewed(&app, &request).await?;
    let query = preview_query(&Form::of(&publication, &[Part::Brand]));
    let preview = ReaderPreview { site: Site::new(&app, &publication), query };
    let mut response = page(StatusCode::OK, &preview)?;
    let policy = header::HeaderValue::from_static(PREVIEW_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// `GET /admin/settings/branding/brand.css`
pub async fn preview_css(app: web::Data<App>, request: HttpRequest) -> Answer {
    let publication = previewed(&app, &request).await?;
    let mut response = brand::sheet(Brand::of_text(&publication.brand_colour).css(), false);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /admin/settings/branding/mail`
pub async fn preview_mail(app: web::Data<App>, request: HttpRequest) -> Answer {
    let publication = previewed(&app, &request).await?;
    let base = app.config.link("");
    let view = app.config.link("/archive");
    let links = MailLinks { base_url: &base, view_in_browser: &view };
    let read_at = if publication.url.is_empty() { base.clone() } else { publication.url.clone() };
    let article = sample(read_at, app.clock.now() - TimeDelta::hours(1));
    let words = Localizer::negotiate([publication.language.as_str()]);
    let list = say("settings-branding-list").to_string();
    let sample =
        content::campaign(&publication, (list.as_str(), &words), &article, &links).map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "the sample mail could not be written");
            ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "error-server", "desk-error-unchanged-lead")
        })?;
    Ok(page::mail(content::browser_copy(&sample)))
}

/// An article that nobody wrote, to look at a mail.
fn sample(url: String, published_at: chrono::DateTime<Utc>) -> ArticleView {
    ArticleView {
        title: say("settings-branding-sample-title").to_string(),
        url,
        author: say("settings-branding-sample-author").to_string(),
        published_at,
        content_html: format!(
            "<p>{}</p><h2>{}</h2><p>{}</p><blockquote><p>{}</p></blockquote>",
            say_html("settings-branding-sample-lead"),
            say_html("settings-branding-sample-heading"),
            say_html("settings-branding-sample-text"),
            say_html("settings-branding-sample-quote"),
        ),
        summary_html: String::new(),
        image_url: String::new(),
        image_alt: String::new(),
    }
}
