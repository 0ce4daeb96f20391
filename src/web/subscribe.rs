//! Signing up. The answer is the same for every address: who subscribes is nobody's business.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::embed::{self, Place};
use super::field_inputs::{self, ShownField};
use super::page::{self, Answer, ErrorPage, Site, page_by_language};
use super::preferences::ShownChoice;
use super::{edge, limits, mailbox, multipart, proof, reader};
use crate::actions::compose::Sender;
use crate::actions::consent::CONFIRMATION_LIFE;
use crate::actions::{Error, fields, sign_ups};
use crate::app::App;
use crate::app::sign_up_queue::SubmittedSignUp;
use crate::app::sign_up_watch::Arrival;
use crate::db;
use crate::db::archive::Search;
use crate::db::lists::List;
use crate::domain::address_typo;
use crate::domain::email_address::EmailAddress;
use crate::domain::field::FieldValue;
use crate::domain::links::fingerprint;
use crate::domain::refusal::{Refusal, readers};
use crate::domain::sign_up::SignUpOutcome;
use crate::domain::subscription::Cadence;
use crate::domain::wording;
use crate::locale::{Localizer, Phrase};

/// What somebody sent, as they sent it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SubscribeForm {
    email: String,
    lists: Vec<String>,
    cadence: String,
    /// Whether the lists stood there to be chosen: then none of them is none, and not the first.
    lists_shown: bool,
    /// A field that people don't see and bots fill.
    pub(super) website: String,
    /// When the form was shown, signed.
    pub(super) at: String,
    /// The tag of what its page or box was in, where it says so.
    language: String,
    /// The version of the words that it showed, where it says so.
    wording: String,
    /// What was typed for the publication's fields, by key.
    fields: Vec<(String, String)>,
    /// A solved challenge.
    #[serde(skip)]
    altcha: String,
    /// Whether all of it is in the browser's ticket.
    #[serde(skip)]
    is_in_ticket: bool,
    /// Where it stands, as its browser says.
    #[serde(skip)]
    place: Place,
    /// The lists that a frame's form offers; `None`: it stands in no frame.
    frame: Option<String>,
    /// Where the page is that the form stands on, as it says itself.
    back: String,
    /// Whether it comes from the box's script.
    is_box: bool,
    /// The address that the form has asked about already: whoever sends it again stands by it.
    asked: String,
}

/// What is wrong with it.
#[derive(Clone, Debug, Default)]
struct FieldErrors {
    email: Option<Phrase>,
    list: Option<Phrase>,
    cadence: Option<Phrase>,
    /// With every other field that is wrong.
    fields: Option<Refusal>,
    /// The address that was probably meant: a question, and no error.
    meant: Option<EmailAddress>,
}

struct ListChoice {
    slug: String,
    name: String,
    description: String,
    chosen: bool,
}

struct ShownForm {
    place: Place,
    /// The tag of what it is in, where the box or frame says so; empty: it is what the browser asks for.
    language: String,
    /// When it was shown, signed.
    at: String,
    /// The version of the words that it shows.
    wording: String,
    email: String,
    errors: FieldErrors,
    /// How often; empty: there is nothing to choose.
    cadences: Vec<ShownChoice>,
    lists: Vec<ListChoice>,
    fields: Vec<ShownField>,
}

/// A list with a page of its own.
struct Landing {
    slug: String,
    name: String,
    description: String,
}

impl Landing {
    fn path(&self) -> String {
        format!("/lists/{}", self.slug)
    }
}

struct RecentCampaign {
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
    /// The list that it is for alone; `None`: for all that there are.
    landing: Option<Landing>,
    form: ShownForm,
    issues: Vec<RecentCampaign>,
}

/// The same form alone, for a frame on another site.
#[derive(Template)]
#[template(path = "pages/embed.html")]
struct FramePage {
    site: Site,
    form: ShownForm,
}

#[derive(Template)]
#[template(path = "pages/embedded.html")]
struct FrameAnswer {
    site: Site,
}

#[derive(Template)]
#[template(path = "pages/subscribed.html")]
struct SubscribedPage {
    site: Site,
    place: Place,
    from: String,
    /// How long the link in the mail works.
    hours: i64,
    captured: bool,
}

/// `GET /`
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Answer {
    let shown = Shown { slug: None, language: reader::language(&request) };
    show_form(&app, StatusCode::OK, shown, SubscribeForm::default(), FieldErrors::default()).await
}

/// `GET /lists/{slug}`: a public list's own page.
pub async fn show_list(request: HttpRequest, slug: web::Path<String>, app: web::Data<App>) -> Answer {
    let shown = Shown { slug: Some(slug.into_inner()), language: reader::language(&request) };
    show_form(&app, StatusCode::OK, shown, SubscribeForm::default(), FieldErrors::default()).await
}

/// `GET /subscribe`: a reload or a typed address.
pub async fn go_to_form() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).finish()
}

/// `GET /subscribed`
pub async fn show_answer(request: HttpRequest, app: web::Data<App>) -> Answer {
    let language = reader::language(&request);
    show_answer_at(&request, &app, language, &SubscribeForm::default()).await
}

/// The answer where the form stands.
async fn show_answer_at(
    request: &HttpRequest,
    app: &App,
    language: Option<Localizer>,
    form: &SubscribeForm,
) -> Answer {
    let mut tx = app.db.read().await?;
    let publication = db::publication::get(&mut tx).await?;
    let lists = match &form.place {
        Place::Frame(lists) => embed::lists(&mut tx, lists).await?.unwrap_or_default(),
        Place::Page | Place::Site(_) => Vec::new(),
    };
    drop(tx);
    let site = Site::new(app, &publication).for_browser(language, embed::language_of(&lists));
    if let Place::Frame(_) = form.place {
        let mut answer = page_by_language(StatusCode::OK, &FrameAnswer { site })?;
        embed::let_frame(&mut answer);
        return Ok(answer);
    }
    let from = Sender::of(app, &publication, None).from.to_string();
    let captured = mailbox::is_open(request, app);
    let (place, hours) = (form.place.clone(), CONFIRMATION_LIFE.num_hours());
    page_by_language(StatusCode::OK, &SubscribedPage { site, place, from, hours, captured })
}

/// `POST /subscribe`
pub async fn submit(
    request: HttpRequest,
    body: web::Bytes,
    app: web::Data<App>,
    limit: web::Data<limits::SignUpLimit>,
    tickets: web::Data<limits::TicketLimit>,
) -> Answer {
    let json = reader::is_json(&request);
    let ip = reader::ip(&request, &app.config.trusted_proxies);
    let is_trusted = app.sign_up_watch.known().rules.allows_network(ip);
    if !is_trusted && let Err(seconds) = limit.check(ip, app.clock.now()) {
        count(&app, SignUpOutcome::Limited, Some(Arrival { ip, domain: "" }));
        return Err(too_many(seconds));
    }
    let form = read_form(&request, &body).inspect_err(|_| count(&app, SignUpOutcome::Refused, None))?;
    let solution = form.altcha.clone();
    let ticket = form.is_in_ticket.then(|| proof::ticket(&request, &app)).transpose()?;
    let mut form = ticket.as_ref().map_or(form, proof::Ticket::form);
    if !json {
        let ours = app.config.base_url.origin();
        form.place = Place::of(request.headers(), &ours, form.frame.clone(), &form.back);
        form.back = form.place.back().to_owned();
    }
    let mut wrong = FieldErrors::default();
    let email = EmailAddress::parse(&form.email).map_err(|error| wrong.email = Some(error.phrase()));
    if let Ok(email) = &email
        && form.asked.trim() != form.email.trim()
    {
        wrong.meant = address_typo::meant(email);
    }
    let cadence = Cadence::parse(&form.cadence);
    if cadence.is_none() && !form.cadence.is_empty() {
        wrong.cadence = Some("cadence-unknown".into());
    }
    if form.lists_shown && form.lists.is_empty() {
        wrong.list = Some("no-newsletter".into());
    }
    let answers = answers(&app, &form.fields).await?.map_err(|refusal| wrong.fields = Some(refusal));
    let browser = reader::browser(&request, &app).map_or_else(new_browser, Ok)?;
    let as_json = json || reader::prefers_json(request.headers());
    let language = Localizer::of(&form.language).or_else(|| reader::language(&request));
    let (Ok(email), None, None, None, Ok(fields)) =
        (email, &wrong.meant, &wrong.cadence, &wrong.list, answers)
    else {
        return refuse(&app, as_json, language, form, wrong).await;
    };

    let visit = proof::Visit {
        ip,
        domain: email.domain(),
        form: &form,
        solution: &solution,
        ticket: ticket.as_ref(),
    };
    let domain = email.domain().to_owned();
    let arrival = Some(Arrival { ip, domain: &domain });
    let (proof, outcome) = match proof::judge(&app, &tickets, &visit).await? {
        proof::Passage::Open(proof, outcome) => (proof, outcome),
        proof::Passage::Asked(why) => {
            limit.give_back(ip);
            count(&app, why, arrival);
            return proof::ask(&app, as_json, &form).await;
        }
        proof::Passage::Early => {
            limit.give_back(ip);
            return proof::ask_to_wait(&app).await;
        }
        proof::Passage::Later(seconds) => {
            count(&app, SignUpOutcome::TicketsOut, arrival);
            return Err(too_many(seconds));
        }
    };
    let asked = SubmittedSignUp {
        email,
        lists: form.lists.clone(),
        cadence,
        form: match &form.place {
            Place::Page if form.is_box => "box",
            Place::Page if json => "json",
            Place::Page => "page",
            Place::Frame(_) | Place::Site(_) => "box",
        },
        ip: ip.to_string(),
        browser: fingerprint(&browser),
        proof,
        language: language.as_ref().map(|words| words.lang().to_owned()).unwrap_or_default(),
        wording: wording::shown(&form.wording).unwrap_or_default(),
        fields,
    };
    match sign_ups::store(&app, asked).await {
        Ok(()) => {}
        Err(Error::Refused(refusal)) if refusal.is(&readers::PROOF_SPENT) => {
            count(&app, SignUpOutcome::Unproven, arrival);
            return proof::ask(&app, as_json, &form).await;
        }
        Err(Error::Refused(refusal)) => {
            wrong.list = Some(refusal.phrase());
            return refuse(&app, as_json, language, form, wrong).await;
        }
        Err(error) => return Err(error.into()),
    }
    count(&app, outcome, arrival);
    answer(&request, &app, as_json, language, &form, &browser).await
}

/// Counts what became of a sign-up, for the operator and for the desk.
fn count(app: &App, outcome: SignUpOutcome, arrival: Option<Arrival<'_>>) {
    app.metrics.sign_up(outcome);
    app.sign_up_watch.count(outcome, arrival, app.clock.now());
}

/// What was typed for the fields that the form asks for, read; or what is wrong with it. Whose address it is matters
/// to none of it.
async fn answers(
    app: &App,
    typed: &[(String, String)],
) -> sqlx::Result<Result<Vec<(Uuid, FieldValue)>, Refusal>> {
    // Nobody waits for the database who typed nothing.
    if typed.iter().all(|(_, text)| text.trim().is_empty()) {
        return Ok(Ok(Vec::new()));
    }
    let asked_for = db::fields::on_form(&mut app.db.read().await?).await?;
    Ok(fields::read_answers(&asked_for, typed))
}

async fn answer(
    request: &HttpRequest,
    app: &App,
    json: bool,
    language: Option<Localizer>,
    form: &SubscribeForm,
    browser: &[u8; 16],
) -> Answer {
    let mut response = match form.place {
        _ if json => {
            let site = Site::of(app).await?.for_browser(language, []);
            let detail = site.say("check-inbox-detail").to_string();
            HttpResponse::Ok().json(serde_json::json!({ "status": "check-your-inbox", "detail": detail }))
        }
        Place::Page => HttpResponse::SeeOther().insert_header((header::LOCATION, "/subscribed")).finish(),
        // No address of ours leads to another site: only who came from there is led back.
        Place::Frame(_) | Place::Site(_) => show_answer_at(request, app, language, form).await?,
    };
    page::make_private(response.headers_mut());
    // A header value of base64url and fixed words is always fit.
    let _ = response.add_cookie(&reader::cookie(app, browser));
    Ok(response)
}

fn new_browser() -> Result<[u8; 16], ErrorPage> {
    let mut browser = [0; 16];
    aws_lc_rs::rand::fill(&mut browser).map_err(|_| ErrorPage::of(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(browser)
}

fn too_many(seconds: u64) -> ErrorPage {
    let lead = Phrase::new("error-too-often-lead").with("minutes", seconds.div_ceil(60));
    ErrorPage {
        retry_after: Some(seconds),
        ..ErrorPage::new(StatusCode::TOO_MANY_REQUESTS, "error-too-often", lead)
    }
}

/// Form or JSON.
fn read_form(request: &HttpRequest, body: &[u8]) -> Result<SubscribeForm, ErrorPage> {
    reader::refuse_compressed(request)?;
    if reader::is_json(request) {
        return edge::json(body)?.and_then(read_json).ok_or_else(|| {
            let example = r#"{"email": "ines@example.org", "list": ["world"], "cadence": "each"}"#;
            let lead = Phrase::new("error-json-lead").with("example", example);
            ErrorPage::new(StatusCode::BAD_REQUEST, "error-json", lead)
        });
    }
    let pairs = match reader::content_type(request).as_str() {
        "" | "application/x-www-form-urlencoded" => Some(edge::fields(body)?),
        "multipart/form-data" => multipart::fields(request, body)?,
        _ => None,
    };
    let pairs = pairs.ok_or_else(|| ErrorPage::of(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
    let fields = field_inputs::typed(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let mut form = SubscribeForm { fields, ..SubscribeForm::default() };
    for (name, value) in pairs {
        match name.as_str() {
            "email" => form.email = value,
            "list" if !value.is_empty() => form.lists.push(value),
            "lists-shown" => form.lists_shown = true,
            "cadence" => form.cadence = value,
            "website" => form.website = value,
            "at" => form.at = value,
            "altcha" => form.altcha = value,
            "ticket" => form.is_in_ticket = true,
            "frame" => form.frame = Some(value),
            "back" => form.back = value,
            "language" => form.language = value,
            "wording" => form.wording = value,
            "asked" => form.asked = value,
            // The button of the question: it stands behind the address that was typed.
            "meant" => form.email = value,
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
    Some(SubscribeForm {
        email: text("email")?,
        // A program that names none asks for what there is.
        lists_shown: object.contains_key("lists-shown"),
        lists,
        cadence: text("cadence")?,
        website: text("website")?,
        at: text("at")?,
        altcha: text("altcha")?,
        is_in_ticket: false,
        language: text("language")?,
        wording: text("wording")?,
        fields: read_json_fields(object)?,
        is_box: text("form")? == "box",
        asked: text("asked")?,
        ..SubscribeForm::default()
    })
}

/// The fields of a JSON request: `"field.job_title": "Harbour pilot"`; a number and a yes or no may stand as such.
fn read_json_fields(object: &serde_json::Map<String, serde_json::Value>) -> Option<Vec<(String, String)>> {
    use serde_json::Value;
    let mut pairs = Vec::new();
    for (name, value) in object.iter().filter(|(name, _)| name.starts_with("field.")) {
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(is_yes) => is_yes.to_string(),
            Value::Array(_) | Value::Object(_) => return None,
        };
        pairs.push((name.as_str(), text));
    }
    Some(field_inputs::typed(pairs.iter().map(|(name, text)| (*name, text.as_str()))))
}

async fn refuse(
    app: &App,
    json: bool,
    language: Option<Localizer>,
    form: SubscribeForm,
    wrong: FieldErrors,
) -> Answer {
    count(app, SignUpOutcome::Refused, None);
    if !json {
        let shown = Shown { slug: None, language };
        return show_form(app, StatusCode::UNPROCESSABLE_ENTITY, shown, form, wrong).await;
    }
    let words = Site::of(app).await?.for_browser(language, []).words;
    let field = wrong.fields.as_ref().map(Refusal::phrase);
    let fields = [("email", wrong.email), ("list", wrong.list), ("cadence", wrong.cadence), ("field", field)];
    let refusal = |field, sentence: Phrase| {
        let refusal = ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "form-wrong", sentence);
        ErrorPage { field, ..refusal }
    };
    match (fields.into_iter().find_map(|(field, wrong)| Some((field, wrong?))), wrong.meant) {
        (Some((field, sentence)), _) => Ok(refusal(field, sentence).problem(&words)),
        (None, Some(meant)) => {
            let question = Phrase::new("email-typo").with("address", meant.as_str().to_owned());
            let asked = refusal("email", question);
            let mut problem = asked.problem_value(&words);
            problem["errors"][0]["suggestion"] = meant.as_str().into();
            Ok(asked.respond_with(&problem))
        }
        (None, None) => Err(ErrorPage::of(StatusCode::BAD_REQUEST)),
    }
}

/// The form for a frame on another site, with the lists that its address names.
pub(super) async fn show_in_frame(
    app: &App,
    status: StatusCode,
    lists: String,
    language: Option<Localizer>,
) -> Answer {
    let tag = language.as_ref().map(|words| words.lang().to_owned()).unwrap_or_default();
    let form = SubscribeForm { place: Place::Frame(lists), language: tag, ..SubscribeForm::default() };
    show_form(app, status, Shown { slug: None, language }, form, FieldErrors::default()).await
}

/// Which form, and in which language.
struct Shown {
    /// The list that it is for alone.
    slug: Option<String>,
    language: Option<Localizer>,
}

async fn show_form(
    app: &App,
    status: StatusCode,
    shown: Shown,
    form: SubscribeForm,
    wrong: FieldErrors,
) -> Answer {
    let mut tx = app.db.read().await?;
    let named = embed::lists(&mut tx, form.place.lists()).await?;
    let mut public = named.ok_or_else(ErrorPage::not_found)?;
    if let Some(slug) = &shown.slug {
        public.retain(|list| list.slug == *slug);
    }
    let only = public.first().filter(|_| shown.slug.is_some()).cloned();
    if shown.slug.is_some() && only.is_none() {
        return Err(ErrorPage::not_found());
    }
    let site = Site::read(app, &mut tx).await?;
    let framed = if let Place::Frame(_) = form.place { &public[..] } else { only.as_slice() };
    let site = site.for_browser(shown.language, embed::language_of(framed));
    let asked_for = db::fields::on_form(&mut tx).await?;
    let search = Search { list_id: only.as_ref().map(|list| list.id), parts: Vec::new() };
    let issues = db::archive::search(&mut tx, &search, None, 4).await?.campaigns;
    drop(tx);
    let cadences = choices(&public, &form.cadence);
    let lists = public.into_iter().enumerate().map(|(at, list)| ListChoice {
        chosen: if form.lists.is_empty() {
            at == 0 && !form.lists_shown
        } else {
            form.lists.contains(&list.slug)
        },
        slug: list.slug,
        name: list.name,
        description: list.description,
    });
    let today = app.clock.now().with_timezone(&site.zone).date_naive();
    let fields = field_inputs::shown(&asked_for, &[], &form.fields, wrong.fields.as_ref());
    let form = ShownForm {
        place: form.place,
        language: form.language,
        // Whoever answers a question about what they sent may do so at once.
        at: if status == StatusCode::OK { proof::stamp(app) } else { form.at },
        wording: wording::version(&site.words),
        email: form.email,
        errors: wrong,
        cadences,
        lists: lists.collect(),
        fields,
    };
    if let Place::Frame(_) = form.place {
        let mut answer = page_by_language(status, &FramePage { site, form })?;
        embed::let_frame(&mut answer);
        return Ok(answer);
    }
    let issues = issues
        .into_iter()
        .map(|issue| RecentCampaign {
            day: match (today - issue.started_at.with_timezone(&site.zone).date_naive()).num_days() {
                0 => site.say("today").to_string(),
                1 => site.say("yesterday").to_string(),
                2..=6 => site.words.weekday(&issue.started_at.with_timezone(&site.zone)),
                _ => site.day(issue.started_at),
            },
            slug: issue.slug,
            subject: issue.subject,
            author: issue.author,
            list_name: issue.list_name,
        })
        .collect();
    let landing =
        only.map(|list| Landing { slug: list.slug, name: list.name, description: list.description });
    page_by_language(status, &SubscribePage { site, landing, form, issues })
}

/// What any of the lists offers, with what was asked for, else the first list's default. Each list that does not offer
/// it has its own default.
pub(super) fn choices(lists: &[List], asked: &str) -> Vec<ShownChoice> {
    let default = lists.first().map(|list| list.schedule.default).unwrap_or_default();
    let offered: Vec<Cadence> = Cadence::ALL
        .into_iter()
        .filter(|cadence| lists.iter().any(|list| list.schedule.offers(*cadence)))
        .collect();
    let chosen = Cadence::parse(asked).filter(|asked| offered.contains(asked)).unwrap_or(default);
    match offered.len() {
        0 | 1 => Vec::new(),
        _ => offered.into_iter().map(|cadence| ShownChoice::of(cadence, cadence == chosen)).collect(),
    }
}

/// The pages with something in each of their places.
#[cfg(test)]
pub(super) fn samples(site: impl Fn() -> Site) -> Vec<(&'static str, String)> {
    let list = |slug: &str, chosen| ListChoice {
        slug: slug.to_owned(),
        name: "World".to_owned(),
        description: "What happened elsewhere".to_owned(),
        chosen,
    };
    let issue = |author: &str| RecentCampaign {
        slug: "quay-nine".to_owned(),
        subject: "Quay nine stays shut".to_owned(),
        author: author.to_owned(),
        list_name: "World".to_owned(),
        day: "today".to_owned(),
    };
    let errors = FieldErrors {
        email: EmailAddress::parse("ines").err().map(|error| error.phrase()),
        list: Some("no-newsletter".into()),
        cadence: Some("cadence-unknown".into()),
        fields: None,
        meant: EmailAddress::parse("ines@gmail.com").ok(),
    };
    let back = url::Url::parse("https://harbour.example/ferry").unwrap();
    let place = Place::Site(Some(back));
    let form = |errors, lists| ShownForm {
        place: place.clone(),
        language: String::new(),
        at: String::new(),
        wording: "en-x".to_owned(),
        email: "ines".to_owned(),
        errors,
        cadences: Cadence::ALL.map(|cadence| ShownChoice::of(cadence, cadence == Cadence::Each)).into(),
        lists,
        fields: field_inputs::samples(),
    };
    let landing = || Landing {
        slug: "world".to_owned(),
        name: "World".to_owned(),
        description: "What happened elsewhere".to_owned(),
    };
    let full = SubscribePage {
        site: site(),
        landing: None,
        form: form(errors, vec![list("world", true), list("sport", false)]),
        issues: vec![issue("Marta"), issue("")],
    };
    let bare = SubscribePage {
        site: site(),
        landing: Some(landing()),
        form: form(FieldErrors::default(), Vec::new()),
        issues: Vec::new(),
    };
    let answer = SubscribedPage {
        site: site(),
        place: place.clone(),
        from: "News <n@x.org>".to_owned(),
        hours: 72,
        captured: true,
    };
    let frame = ShownForm {
        place: Place::Frame("world,sport".to_owned()),
        ..form(FieldErrors::default(), vec![list("world", true)])
    };
    vec![
        ("subscribe.html", full.render().unwrap()),
        ("subscribe.html", bare.render().unwrap()),
        ("subscribed.html", answer.render().unwrap()),
        ("embed.html", FramePage { site: site(), form: frame }.render().unwrap()),
        ("embedded.html", FrameAnswer { site: site() }.render().unwrap()),
    ]
}
