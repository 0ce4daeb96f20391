//! Settings: the publication, the sender, how campaigns leave; the branding with its preview; the audit log.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use askama::Template;
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::settings::{self, Form, Part, Wrong};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::articles::ArticleView;
use crate::db::Tx;
use crate::db::audit::{self, Entry};
use crate::db::publication::{self, Publication};
use crate::domain::brand::{Brand, Rgb};
use crate::domain::refusal::Kind;
use crate::domain::refusal::settings as codes;
use crate::mail::content::{self, MailLinks};
use crate::web::page::{self, Answer, ErrorPage, Site, page};
use crate::web::{assets, brand};

/// Lines on a page of the audit log.
const LINES: i64 = 50;

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    desk: Desk,
    form: Form,
    /// Of each form of the page, in [`FORMS`]' order.
    seen: [String; 3],
    wrong: Wrong,
    /// Who else saved meanwhile; empty: nobody.
    clash: String,
    zones: Vec<&'static str>,
    /// MAIL_FROM.
    config_from: String,
    has_ended_setup: bool,
}

/// The forms of the settings page.
const FORMS: [(&str, Part); 3] =
    [("publication", Part::Publication), ("sender", Part::Sender), ("rules", Part::Rules)];

/// The zones that people live in, and UTC.
pub fn zones(now: &str) -> Vec<&'static str> {
    let areas = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let mut zones: Vec<&str> = zones
        .filter(|name| *name == "UTC" || *name == now || areas.iter().any(|area| name.starts_with(area)))
        .collect();
    zones.sort_unstable();
    zones
}

async fn settings_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    typed: Option<(Part, Form)>,
    wrong: Wrong,
    clash: bool,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Settings).await?;
    let publication = publication::get(&mut tx).await?;
    let clash = match &typed {
        Some((part, _)) if clash => who_was_faster(&desk, &mut tx, *part).await?,
        _ => String::new(),
    };
    let seen = FORMS.map(|(_, part)| Form::of(&publication, &[part]).seen());
    let mut form = Form::of(&publication, &FORMS.map(|(_, part)| part));
    let is_refused = typed.is_some();
    if let Some((part, typed)) = typed {
        part.names().iter().for_each(|name| form.set(name, typed.get(name)));
    }
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let settings = SettingsPage {
        desk,
        form,
        seen,
        wrong,
        clash,
        zones: zones(&publication.time_zone),
        config_from: app.config.mail_from.to_string(),
        has_ended_setup: publication.setup_at.is_some(),
    };
    page(status, &settings)
}

/// "Owen saved this at 09:31."
async fn who_was_faster(desk: &Desk, tx: &mut Tx, part: Part) -> sqlx::Result<String> {
    let lately = audit::of_subject(tx, "publication", Uuid::nil(), 20).await?;
    let of_part = |entry: &&Entry| {
        let after: Value = serde_json::from_str(&entry.after_json).unwrap_or(Value::Null);
        part.names().iter().any(|name| after.get(name).is_some())
    };
    let who = match lately.iter().find(of_part) {
        Some(entry) => format!("{} saved this at {}", entry.user_email, desk.short_time(&entry.at)),
        None => "Somebody else saved this".to_owned(),
    };
    Ok(format!("{who}, while you were typing. What you typed is below: save it again to keep yours."))
}

/// `GET /admin/settings`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    settings_page(&app, &me, &request, None, Wrong::default(), false).await
}

/// `POST /admin/settings`: `part`, and its fields.
pub async fn save(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let part = FORMS.into_iter().find(|(name, _)| *name == fields.text("part")).map(|(_, part)| part);
    let part = part.ok_or_else(|| {
        let sentence = "The form does not say which settings it holds. Open the page again.";
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "We can't read that", sentence)
    })?;
    let typed = Form::typed(&[part], |name| fields.raw(name).to_owned());
    let cx = Context::new(&app, me.actor());
    match settings::save(&cx, &[part], &typed, fields.text("seen")).await {
        Ok(_) => Ok(done(&app, "/admin/settings", "Saved.")),
        Err(Error::Refused(refusal)) if refusal.is(&codes::SETTINGS_CHANGED) => {
            settings_page(&app, &me, &request, Some((part, typed)), Wrong::default(), true).await
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            settings_page(&app, &me, &request, Some((part, typed)), Wrong::of(&refusal), false).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// One pair of colours, for the table of the branding page.
struct Shade {
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
        pair("Links, light", light.accent, white, light.accent),
        pair("Buttons, light", light.label, light.fill, light.fill),
        pair("Links, dark", dark.accent, dark_paper, dark.accent),
        pair("Buttons, dark", dark.label, dark.fill, dark.fill),
    ]
}

#[derive(Template)]
#[template(path = "admin/branding.html")]
struct BrandingPage {
    desk: Desk,
    form: Form,
    seen: String,
    wrong: Wrong,
    clash: String,
    shades: Vec<Shade>,
    /// The previews' query.
    query: String,
    script: String,
}

fn preview_query(form: &Form) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in Part::Brand.names() {
        query.append_pair(name, form.get(name));
    }
    query.finish()
}

fn asked(request: &HttpRequest) -> Fields {
    Fields::of_query(request.query_string())
}

async fn branding_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    typed: Option<Form>,
    wrong: Wrong,
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
        return branding_page(&app, &me, &request, None, Wrong::default(), StatusCode::OK, false).await;
    }
    let typed = Form::typed(&[Part::Brand], |name| fields.raw(name).to_owned());
    branding_page(&app, &me, &request, Some(typed), Wrong::default(), StatusCode::OK, false).await
}

/// `POST /admin/settings/branding`: `brand_colour`, `logo_url`.
pub async fn save_branding(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let typed = Form::typed(&[Part::Brand], |name| fields.raw(name).to_owned());
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let cx = Context::new(&app, me.actor());
    match settings::save(&cx, &[Part::Brand], &typed, fields.text("seen")).await {
        Ok(_) => {
            let sentence = "Saved. Pages show it at once, and mails from the next campaign on.";
            Ok(done(&app, "/admin/settings/branding", sentence))
        }
        Err(Error::Refused(refusal)) if refusal.is(&codes::SETTINGS_CHANGED) => {
            branding_page(&app, &me, &request, Some(typed), Wrong::default(), status, true).await
        }
        Err(Error::Refused(refusal)) if refusal.code.kind == Kind::Invalid => {
            branding_page(&app, &me, &request, Some(typed), Wrong::of(&refusal), status, false).await
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
    let sample = content::campaign(&publication, "All articles", &article, &links).map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "the sample mail could not be written");
        ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "This failed on our side", "Nothing was changed.")
    })?;
    Ok(page::mail(content::browser_copy(&sample)))
}

/// An article that nobody wrote, to look at a mail.
fn sample(url: String, published_at: chrono::DateTime<Utc>) -> ArticleView {
    ArticleView {
        title: "A headline of two lines, as most of them are when they say what happened".to_owned(),
        url,
        author: "A name".to_owned(),
        published_at,
        content_html:
            "<p>The first paragraph says who, what, when and where. It is as long as this, and holds \
                       <a href=\"#\">a link</a>, so that its colour can be seen.</p>\
                       <h2>A heading below</h2><p>The second one tells the rest, with a quotation.</p>\
                       <blockquote><p>We count from the window.</p></blockquote>"
                .to_owned(),
        summary_html: String::new(),
        image_url: String::new(),
        image_alt: String::new(),
    }
}

/// One value that a change gave or took.
pub struct Change {
    /// Empty where there is only one.
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A line of the log, and its values in words.
pub struct Line {
    pub entry: Entry,
    pub changes: Vec<Change>,
}

impl Line {
    pub fn of(entry: Entry) -> Line {
        let changes = changes(&entry.before_json, &entry.after_json);
        Line { entry, changes }
    }
}

/// How long one value may be on the page.
const VALUE_CHARS_MAX: usize = 300;

fn changes(before: &str, after: &str) -> Vec<Change> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    flatten(String::new(), serde_json::from_str(before).unwrap_or(Value::Null), &mut old);
    flatten(String::new(), serde_json::from_str(after).unwrap_or(Value::Null), &mut new);
    let mut changes: Vec<Change> = Vec::new();
    for (name, value) in old {
        let after = new.iter().position(|(other, _)| *other == name).map(|at| new.remove(at).1);
        changes.push(Change { name, before: Some(value), after });
    }
    changes.extend(new.into_iter().map(|(name, value)| Change { name, before: None, after: Some(value) }));
    changes.retain(|change| change.before != change.after);
    changes
}

fn flatten(name: String, value: Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(parts) => {
            for (part, value) in parts {
                let part = part.replace('_', " ");
                let name = if name.is_empty() { part } else { format!("{name} {part}") };
                flatten(name, value, into);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            into.push((name, shown(&items.join(", "))));
        }
        Value::Bool(yes) => into.push((name, if yes { "yes" } else { "no" }.to_owned())),
        Value::Number(number) => into.push((name, number.to_string())),
        Value::String(text) => into.push((name, shown(&text))),
    }
}

fn shown(text: &str) -> String {
    match text.chars().count() {
        0 => "(empty)".to_owned(),
        n if n > VALUE_CHARS_MAX => text.chars().take(VALUE_CHARS_MAX).chain(['…']).collect(),
        _ => text.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    desk: Desk,
    kind: String,
    kinds: Vec<String>,
    lines: Vec<Line>,
    has_newer: bool,
    older: Option<Uuid>,
}

/// `GET /admin/settings/audit`: `kind`, `before`.
pub async fn show_audit(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = asked(&request);
    let kind: String = fields.text("kind").chars().take(40).collect();
    let before = Uuid::parse_str(fields.text("before")).ok();
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Settings).await?;
    let from = before.unwrap_or(Uuid::max());
    let mut entries = match kind.as_str() {
        "" => audit::page(&mut tx, from, LINES + 1).await?,
        kind => audit::page_of_kind(&mut tx, kind, from, LINES + 1).await?,
    };
    let kinds = audit::kinds(&mut tx).await?;
    let has_older = entries.len() as i64 > LINES;
    entries.truncate(LINES as usize);
    let older = entries.last().filter(|_| has_older).map(|entry| entry.id);
    let lines = entries.into_iter().map(Line::of).collect();
    page(StatusCode::OK, &AuditPage { desk, kind, kinds, lines, has_newer: before.is_some(), older })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_as_before_and_after() {
        let told = |before, after| -> Vec<String> {
            let tell = |c: Change| format!("{}|{:?}|{:?}", c.name, c.before, c.after);
            changes(before, after).into_iter().map(tell).collect()
        };
        assert_eq!(told("\"editor\"", "\"admin\""), ["|Some(\"editor\")|Some(\"admin\")"]);
        assert_eq!(
            told(
                "{\"undo_secs\":300,\"name\":\"x\"}",
                "{\"undo_secs\":60,\"name\":\"x\",\"alerts\":{\"feeds\":false}}"
            ),
            ["undo secs|Some(\"300\")|Some(\"60\")", "alerts feeds|None|Some(\"no\")"]
        );
        assert_eq!(told("", "{\"url\":\"\"}"), ["url|None|Some(\"(empty)\")"]);
        assert!(told("", "").is_empty() && told("not json", "[").is_empty());
    }
}
