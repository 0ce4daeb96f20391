//! Signing up. The answer is the same for every address: who subscribes is nobody's business.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::page::{self, Answer, ErrorPage, Site, page};
use super::{edge, mailbox, reader};
use crate::actions::compose::Sender;
use crate::actions::{Error, sign_ups};
use crate::app::App;
use crate::app::metrics::SignUpResult;
use crate::app::sign_up_queue::Asked;
use crate::db;
use crate::domain::email_address::EmailAddress;
use crate::domain::links::fingerprint;
use crate::domain::subscription::Cadence;

/// What somebody sent, as they sent it.
#[derive(Clone, Debug, Default)]
struct SubscribeForm {
    email: String,
    lists: Vec<String>,
    cadence: String,
    /// A field that people don't see and bots fill.
    website: String,
}

/// What is wrong with it.
#[derive(Clone, Debug, Default)]
struct Wrong {
    email: String,
    list: String,
    cadence: String,
}

struct CadenceChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

struct ListChoice {
    slug: String,
    name: String,
    description: String,
    chosen: bool,
}

struct ShownForm {
    email: String,
    email_error: String,
    list_error: String,
    cadence_error: String,
    cadences: Vec<CadenceChoice>,
    lists: Vec<ListChoice>,
}

struct ShownIssue {
    slug: String,
    subject: String,
    author: String,
    list_name: String,
    day: String,
}

#[derive(Template)]
#[template(path = "pages/subscribe.html")]
struct SubscribePage {
    site: Site,
    form: ShownForm,
    issues: Vec<ShownIssue>,
}

#[derive(Template)]
#[template(path = "pages/subscribed.html")]
struct SubscribedPage {
    site: Site,
    from: String,
    captured: bool,
}

/// `GET /`
pub async fn show(app: web::Data<App>) -> Answer {
    show_form(&app, StatusCode::OK, SubscribeForm::default(), Wrong::default()).await
}

/// `GET /subscribe`: a reload or a typed address.
pub async fn go_to_form() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish()
}

/// `GET /subscribed`
pub async fn show_answer(request: HttpRequest, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let site = Site::read(&app, &mut tx).await?;
    let publication = db::publication::get(&mut tx).await?;
    drop(tx);
    let from = Sender::of(&app, &publication, None).from.to_string();
    let captured = mailbox::is_open(&request, &app.config);
    page(StatusCode::OK, &SubscribedPage { site, from, captured })
}

/// `POST /subscribe`
pub async fn submit(
    request: HttpRequest,
    body: web::Bytes,
    app: web::Data<App>,
    limit: Option<web::Data<super::SignUpLimit>>,
) -> Answer {
    let json = reader::is_json(&request);
    let ip = reader::ip(&request, &app.config.trusted_proxies);
    if let Some(limit) = limit
        && let Err(seconds) = limit.check(ip, app.clock.now())
    {
        app.metrics.sign_up(SignUpResult::Limited);
        return Err(too_many(seconds));
    }
    let form = read_form(&request, &body).inspect_err(|_| app.metrics.sign_up(SignUpResult::Refused))?;
    let mut wrong = Wrong::default();
    let email = EmailAddress::parse(&form.email).map_err(|error| wrong.email = error.to_string());
    let cadence = match form.cadence.as_str() {
        "" => Some(Cadence::default()),
        text => Cadence::parse(text),
    };
    if cadence.is_none() {
        wrong.cadence = "There is no such pace. Pick each, daily or weekly".to_owned();
    }
    let browser = reader::browser(&request, &app).map_or_else(new_browser, Ok)?;
    let as_json = json || reader::prefers_json(request.headers());
    let (Ok(email), Some(cadence)) = (email, cadence) else {
        return refuse(&app, as_json, form, wrong).await;
    };
    if !form.website.is_empty() {
        app.metrics.sign_up(SignUpResult::Trapped);
        return Ok(answer(&app, as_json, &browser));
    }

    let asked = Asked {
        email,
        lists: form.lists.clone(),
        cadence,
        form: if json { "json" } else { "page" },
        ip: ip.to_string(),
        browser: fingerprint(&browser),
    };
    match sign_ups::store(&app, asked).await {
        Ok(()) => {}
        Err(Error::Refused(refusal)) => {
            wrong.list = refusal.sentence();
            return refuse(&app, as_json, form, wrong).await;
        }
        Err(error) => return Err(error.into()),
    }
    app.metrics.sign_up(SignUpResult::Taken);
    Ok(answer(&app, as_json, &browser))
}

fn answer(app: &App, json: bool, browser: &[u8; 16]) -> HttpResponse {
    let mut response = if json {
        HttpResponse::Ok().json(serde_json::json!({
            "status": "check-your-inbox",
            "detail": "If we may write to that address, a message with one button is on its way.",
        }))
    } else {
        HttpResponse::SeeOther().insert_header((header::LOCATION, "/subscribed")).finish()
    };
    page::make_private(response.headers_mut());
    // A header value of base64url and fixed words is always fit.
    let _ = response.add_cookie(&reader::cookie(app, browser));
    response
}

fn new_browser() -> Result<[u8; 16], ErrorPage> {
    let mut browser = [0; 16];
    aws_lc_rs::rand::fill(&mut browser).map_err(|_| {
        ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "This failed on our side", "Try again in a minute.")
    })?;
    Ok(browser)
}

fn too_many(seconds: u64) -> ErrorPage {
    let minutes = seconds.div_ceil(60);
    let plural = if minutes == 1 { "" } else { "s" };
    ErrorPage {
        retry_after: Some(seconds),
        ..ErrorPage::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many sign-ups from your network",
            &format!("Yours was not taken. Try again in {minutes} minute{plural}."),
        )
    }
}

/// Form or JSON.
fn read_form(request: &HttpRequest, body: &[u8]) -> Result<SubscribeForm, ErrorPage> {
    reader::refuse_compressed(request)?;
    if reader::is_json(request) {
        return edge::json(body)?.and_then(read_json).ok_or_else(|| {
            ErrorPage::new(
                StatusCode::BAD_REQUEST,
                "We can't read that JSON",
                r#"Like this: {"email": "ines@example.org", "list": ["world"], "cadence": "daily"}"#,
            )
        });
    }
    match reader::content_type(request).as_str() {
        "" | "application/x-www-form-urlencoded" => {}
        _ => {
            return Err(ErrorPage::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "We can't read that",
                "Send a form (application/x-www-form-urlencoded) or JSON.",
            ));
        }
    }
    let mut form = SubscribeForm::default();
    for (name, value) in edge::fields(body)? {
        match name.as_str() {
            "email" => form.email = value,
            "list" if !value.is_empty() => form.lists.push(value),
            "cadence" => form.cadence = value,
            "website" => form.website = value,
            _ => {}
        }
    }
    Ok(form)
}

fn read_json(value: serde_json::Value) -> Option<SubscribeForm> {
    use serde_json::Value;
    let object = value.as_object()?;
    let text = |name: &str| match object.get(name) {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => None,
    };
    let lists = match object.get("list") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(slug)) => vec![slug.clone()],
        Some(Value::Array(slugs)) => {
            slugs.iter().map(|slug| slug.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        Some(_) => return None,
    };
    Some(SubscribeForm { email: text("email")?, lists, cadence: text("cadence")?, website: text("website")? })
}

async fn refuse(app: &App, json: bool, form: SubscribeForm, wrong: Wrong) -> Answer {
    app.metrics.sign_up(SignUpResult::Refused);
    if !json {
        return show_form(app, StatusCode::UNPROCESSABLE_ENTITY, form, wrong).await;
    }
    let (field, sentence) = [("email", wrong.email), ("list", wrong.list), ("cadence", wrong.cadence)]
        .into_iter()
        .find(|(_, sentence)| !sentence.is_empty())
        .unwrap_or_default();
    let refusal = ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "A field does not fit", &sentence);
    Ok(ErrorPage { field, ..refusal }.problem())
}

async fn show_form(app: &App, status: StatusCode, form: SubscribeForm, wrong: Wrong) -> Answer {
    let mut tx = app.db.read().await?;
    let site = Site::read(app, &mut tx).await?;
    let public = db::lists::public(&mut tx).await?;
    let issues = db::archive::newest(&mut tx, None, 4).await?;
    drop(tx);
    let lists = public.into_iter().enumerate().map(|(at, list)| ListChoice {
        chosen: if form.lists.is_empty() { at == 0 } else { form.lists.contains(&list.slug) },
        slug: list.slug,
        name: list.name,
        description: list.description,
    });
    let chosen = Cadence::parse(&form.cadence).unwrap_or_default();
    let today = app.clock.now().with_timezone(&site.zone).date_naive();
    let shown = ShownForm {
        email: form.email,
        email_error: wrong.email,
        list_error: wrong.list,
        cadence_error: wrong.cadence,
        cadences: Cadence::ALL
            .map(|cadence| CadenceChoice {
                value: cadence.as_str(),
                label: match cadence {
                    Cadence::Each => "Each article",
                    Cadence::Daily => "Once a day",
                    Cadence::Weekly => "Once a week",
                },
                chosen: cadence == chosen,
            })
            .into(),
        lists: lists.collect(),
    };
    let issues = issues
        .into_iter()
        .map(|issue| ShownIssue {
            day: match (today - issue.started_at.with_timezone(&site.zone).date_naive()).num_days() {
                0 => "today".to_owned(),
                1 => "yesterday".to_owned(),
                2..=6 => issue.started_at.with_timezone(&site.zone).format("%A").to_string(),
                _ => site.day(issue.started_at),
            },
            slug: issue.slug,
            subject: issue.subject,
            author: issue.author,
            list_name: issue.list_name,
        })
        .collect();
    page(status, &SubscribePage { site, form: shown, issues })
}
