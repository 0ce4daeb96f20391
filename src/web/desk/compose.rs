//! Writing a campaign: text and articles, preview, test, schedule, second person, correction. Each of
//! its pages works as plain forms; `editor.js` adds saving by itself.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, counted, done, done_with_undo, grouped};
use crate::actions::compose;
use crate::actions::editorial::{self, EditorialError, When};
use crate::app::App;
use crate::db::drafts::{self, ArticleFilter, DeskArticle, Draft, DraftText, Version};
use crate::db::lists::{self, List};
use crate::db::{Tx, articles::Article, campaigns, counts, holds, publication, subscribers, subscriptions};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::email_address::EmailAddress;
use crate::domain::hold::{self, Hold, HoldKind};
use crate::domain::local_time::{self, TimeError};
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::mail::content::{self, PreviewReader};
use crate::web::assets;
use crate::web::page::{Answer, ErrorPage, MAIL_POLICY, mail, page, prefers_json};

/// Articles that are offered to be picked.
const OFFERED: i64 = 30;

#[derive(Template)]
#[template(path = "admin/campaign_new.html")]
struct NewPage {
    desk: Desk,
    lists: Vec<List>,
    subject: String,
    /// Picked elsewhere.
    articles: Vec<Article>,
    error: String,
}

/// What is wrong with a form: the field, and the sentence under it.
struct Wrong {
    field: &'static str,
    sentence: String,
}

impl Wrong {
    fn nothing() -> Wrong {
        Wrong { field: "none", sentence: String::new() }
    }
}

#[derive(Template)]
#[template(path = "admin/campaign_edit.html")]
struct EditPage {
    desk: Desk,
    script: String,
    draft: Draft,
    text: DraftText,
    lists: Vec<List>,
    /// In order, then what else is offered.
    picked: Vec<Article>,
    offered: Vec<DeskArticle>,
    checks: Vec<Check>,
    /// "1,200 readers", as far as it is counted.
    readers: String,
    /// Whose test it is, as a rule.
    my_email: String,
    /// All that holds it.
    holds: Vec<Hold>,
    /// May be approved by who looks at it.
    can_approve: bool,
    /// What it corrects.
    corrects: String,
    /// The undo window, in words.
    undo: String,
    /// How many readers must be typed before it leaves at once: there is no undo window. Empty: none.
    sure: String,
    at: String,
    /// The two moments that `at` may mean, where the clocks show it twice.
    twice: Vec<Moment>,
    wrong: Wrong,
}

/// One of the two moments that a repeated hour may mean.
struct Moment {
    /// With its offset, as it comes back.
    value: String,
    label: String,
}

/// One line of what is looked at before a campaign leaves.
struct Check {
    /// The mark: `ok`, `warn` or `bad`.
    mark: &'static str,
    sentence: String,
}

#[derive(Template)]
#[template(path = "admin/campaign_conflict.html")]
struct ConflictPage {
    desk: Desk,
    id: Uuid,
    by: String,
    at: String,
    /// The version that stands.
    version: i64,
    yours: DraftText,
    theirs: Draft,
}

#[derive(Template)]
#[template(path = "admin/campaign_history.html")]
struct HistoryPage {
    desk: Desk,
    draft: Draft,
    versions: Vec<Version>,
}

#[derive(Template)]
#[template(path = "admin/campaign_correct.html")]
struct CorrectPage {
    desk: Desk,
    draft: Draft,
    subject: String,
    reason: String,
    readers: String,
    wrong: Wrong,
}

fn refuse(error: EditorialError) -> ErrorPage {
    match error {
        EditorialError::Refused { sentence, .. } => {
            ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "That can't be done", &sentence)
        }
        EditorialError::Conflict { by, .. } => ErrorPage::new(
            StatusCode::CONFLICT,
            "It was changed meanwhile",
            &format!("{by} saved another version. Look at it, then go on."),
        ),
        EditorialError::Gone => ErrorPage::not_found(),
        EditorialError::Database(error) => error.into(),
    }
}

fn edit_url(id: Uuid) -> String {
    format!("/admin/campaigns/{id}/edit")
}

/// `GET /admin/campaigns/new`: `?article=ID` picks articles.
pub async fn new(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let picked = ids(url::form_urlencoded::parse(request.query_string().as_bytes()));
    new_page(&app, &me, &request, String::new(), &picked, String::new()).await
}

fn ids<K: AsRef<str>, V: AsRef<str>>(fields: impl Iterator<Item = (K, V)>) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for (_, value) in fields.filter(|(name, _)| name.as_ref() == "article") {
        if let Ok(id) = Uuid::parse_str(value.as_ref())
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

async fn new_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    subject: String,
    picked: &[Uuid],
    error: String,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let lists = open_lists(&mut tx, None).await?;
    let picked: Vec<Uuid> = picked.iter().copied().take(editorial::ARTICLES_MAX).collect();
    let mut articles = crate::db::articles::of_ids(&mut tx, &picked).await?;
    let retired = crate::db::articles::retired_among(&mut tx, &picked).await?;
    articles.retain(|article| !retired.contains(&article.id));
    let subject = match (subject.is_empty(), articles.as_slice()) {
        (true, [one]) => crate::articles::text::excerpt(&one.title, editorial::SUBJECT_CHARS_MAX),
        _ => subject,
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &NewPage { desk, lists, subject, articles, error })
}

/// The lists that a campaign may go to; `own` is shown too, though it be retired.
async fn open_lists(tx: &mut crate::db::Tx, own: Option<Uuid>) -> sqlx::Result<Vec<List>> {
    let mut lists = lists::all(tx).await?;
    lists.retain(|list| list.retired_at.is_none() || Some(list.id) == own);
    Ok(lists)
}

/// `POST /admin/campaigns/new`: `list`, `subject`, `article`…
pub async fn begin(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let picked = ids(fields.all("article").map(|value| ("article", value)));
    let list = Uuid::parse_str(fields.text("list")).unwrap_or_default();
    let subject = &*fields.line("subject");
    match editorial::begin_campaign(&app, &me.actor(), me.user.id, list, subject, &picked).await {
        Ok(id) => Ok(super::see_other(&edit_url(id))),
        Err(EditorialError::Refused { sentence, .. }) => {
            new_page(&app, &me, &request, subject.to_owned(), &picked, sentence).await
        }
        Err(error) => Err(refuse(error)),
    }
}

async fn find(tx: &mut crate::db::Tx, id: &str) -> Result<Draft, ErrorPage> {
    let id = Uuid::parse_str(id).map_err(|_| ErrorPage::not_found())?;
    drafts::get(tx, id).await?.ok_or_else(ErrorPage::not_found)
}

/// `GET /admin/campaigns/{id}/edit`
pub async fn edit(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    if draft.markdown.is_none() || !matches!(draft.status, CampaignStatus::Draft | CampaignStatus::Scheduled)
    {
        return Ok(super::see_other(&format!("/admin/campaigns/{}", draft.id)));
    }
    edit_page(&app, &me, &request, draft, None, AskedAt::default(), Wrong::nothing()).await
}

/// The time that was asked for and not taken.
#[derive(Default)]
struct AskedAt {
    text: String,
    twice: Vec<Moment>,
}

impl AskedAt {
    fn of(text: &str) -> AskedAt {
        AskedAt { text: text.to_owned(), twice: Vec::new() }
    }
}

/// The workbench; `typed` is what could not be saved.
async fn edit_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    draft: Draft,
    typed: Option<DraftText>,
    at: AskedAt,
    wrong: Wrong,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let stored = drafts::articles(&mut tx, draft.id).await?;
    let text = typed.unwrap_or_else(|| DraftText {
        list_id: draft.list_id,
        subject: draft.subject.clone(),
        preheader: draft.preheader.clone(),
        markdown: draft.markdown.clone().unwrap_or_default(),
        articles: stored.iter().map(|article| article.id).collect(),
    });
    let found = crate::db::articles::of_ids(&mut tx, &text.articles).await?;
    let picked: Vec<Article> = text
        .articles
        .iter()
        .filter_map(|id| found.iter().find(|article| article.id == *id).cloned())
        .collect();
    let mut offered = drafts::articles_page(&mut tx, &ArticleFilter::default(), Uuid::max(), OFFERED).await?;
    offered.retain(|article| !text.articles.contains(&article.id));
    let lists = open_lists(&mut tx, Some(text.list_id)).await?;
    let sending = publication::sending(&mut tx).await?;
    let (count, readers) = match draft.correction_of {
        Some(of) => who_got(&mut tx, of).await?,
        None => who_would_get(&mut tx, draft.list_id).await?,
    };
    let corrects = match draft.correction_of {
        Some(of) => drafts::get(&mut tx, of).await?.map(|original| original.subject).unwrap_or_default(),
        None => String::new(),
    };
    let holds = holds::of_campaign(&mut tx, draft.id).await?;
    drop(tx);
    let checks = look_over(app, &draft, &stored, count).await;
    let can_approve =
        holds.iter().any(|hold| hold.kind == HoldKind::Approval) && draft.scheduled_by != Some(me.user.id);
    let undo = match sending.undo_secs {
        0 => "at once".to_owned(),
        secs if secs % 60 == 0 => format!("in {} min", secs / 60),
        secs => format!("in {secs} s"),
    };
    let sure = if sending.undo_secs == 0 { grouped(count) } else { String::new() };
    let status = if wrong.sentence.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = EditPage {
        desk,
        script: assets::path("editor.js"),
        draft,
        text,
        lists,
        picked,
        offered,
        checks,
        readers,
        my_email: me.user.email.clone(),
        holds,
        can_approve,
        corrects,
        undo,
        sure,
        at: at.text,
        twice: at.twice,
        wrong,
    };
    page(status, &form)
}

/// Readers that a page counts itself; beyond, it says how many they were when they were counted last.
const COUNTED: i64 = 20_000;

fn in_words(count: i64, lately: i64) -> (i64, String) {
    match count < COUNTED {
        true => (count, counted(count, "reader", "readers")),
        false => (lately.max(COUNTED), format!("about {} readers", grouped(lately.max(COUNTED)))),
    }
}

/// How many readers would get a campaign to a list.
async fn who_would_get(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<(i64, String)> {
    let count = drafts::count_readers(tx, list_id, COUNTED).await?;
    let of_list = counts::subscriptions(tx).await?;
    let lately = of_list.iter().filter(|of| {
        of.list_id == list_id && of.status == SubscriptionStatus::Active && of.cadence == Cadence::Each
    });
    Ok(in_words(count, lately.map(|of| of.subscriptions).sum()))
}

/// How many readers got a campaign, or may have.
async fn who_got(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<(i64, String)> {
    let count = drafts::count_got(tx, campaign_id, COUNTED).await?;
    let totals = counts::totals(tx, campaign_id).await?;
    let of = |status: DeliveryStatus| totals.get(status.as_str()).copied().unwrap_or_default();
    Ok(in_words(count, of(DeliveryStatus::Sent) + of(DeliveryStatus::Uncertain)))
}

/// What is looked at before a campaign leaves.
async fn look_over(app: &App, draft: &Draft, articles: &[Article], readers: i64) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut say = |mark, sentence: String| checks.push(Check { mark, sentence });
    if readers == 0 {
        say("warn", "Nobody would get it: the list has no active subscriber.".to_owned());
    }
    match draft.subject.chars().count() {
        0 => say("bad", "It has no subject.".to_owned()),
        n if n > 60 => say("warn", format!("The subject has {n} characters: phones show about 40.")),
        _ => say("ok", "The subject fits.".to_owned()),
    }
    for article in articles.iter().filter(|article| article.is_held) {
        say("bad", format!("“{}” is held.", article.title));
    }
    let retired = async { drafts::retired_article(&mut app.db.read().await?, draft.id).await };
    if let Ok(Some(title)) = retired.await {
        say("bad", format!("“{title}” is retired."));
    }
    let to = EmailAddress::parse("reader@example.org").ok();
    let campaign = async { campaigns::by_id(&mut app.db.read().await?, draft.id).await };
    let publication = async { publication::get(&mut app.db.read().await?).await };
    let (Some(to), Ok(Some(campaign))) = (to, campaign.await) else { return checks };
    match compose::preview(app, &campaign, &to).await {
        Ok((content, message)) => {
            let kb = content.html.len().div_ceil(1024);
            let mark = if kb > 95 { "warn" } else { "ok" };
            say(
                mark,
                format!(
                    "{kb} KB of HTML; Gmail cuts at 102 KB. The whole mail has {} KB.",
                    message.len() / 1024
                ),
            );
            // The logo has the name beside it, and is to be passed over by who listens.
            let logo = publication.await.map(|publication| publication.logo_url.replace('&', "&amp;"));
            let logo = logo.unwrap_or_default();
            let pictures =
                content.html.split("<img ").skip(1).map(|tag| tag.split('>').next().unwrap_or_default());
            let pictures: Vec<&str> =
                pictures.filter(|tag| logo.is_empty() || !tag.contains(&logo)).collect();
            let without = pictures.iter().filter(|tag| !tag.contains("alt=\"") || tag.contains("alt=\"\""));
            match (pictures.len(), without.count()) {
                (0, _) => {}
                (_, 0) => say("ok", "Every picture has a description.".to_owned()),
                (1, _) => say("warn", "The picture has no description (alt text).".to_owned()),
                (all, n) => say("warn", format!("{n} of {all} pictures have no description (alt text).")),
            }
            let plain_http = content.html.matches("href=\"http://").count();
            if plain_http > 0 && app.config.base_url.scheme() == "https" {
                say("warn", format!("{plain_http} links go to http, not https."));
            }
            say("ok", "It can be left with one click, and says why the reader gets it.".to_owned());
        }
        Err(error) => say("bad", format!("It can't be built: {error:#}.")),
    }
    checks
}

fn typed(fields: &Fields) -> DraftText {
    let mut order: Vec<(i64, usize, Uuid)> = Vec::new();
    for (at, id) in ids(fields.all("article").map(|value| ("article", value))).into_iter().enumerate() {
        let place = fields.text(&format!("place-{id}")).parse().unwrap_or(i64::MAX);
        order.push((place, at, id));
    }
    order.sort();
    DraftText {
        list_id: Uuid::parse_str(fields.text("list")).unwrap_or_default(),
        subject: fields.line("subject"),
        preheader: fields.line("preheader"),
        // A browser sends CR LF.
        markdown: fields.raw("markdown").replace("\r\n", "\n"),
        articles: order.into_iter().map(|(.., id)| id).collect(),
    }
}

/// `POST /admin/campaigns/{id}/edit`: saves; a script that prefers JSON gets the new version.
pub async fn save(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let text = typed(&fields);
    let version = fields.text("version").parse().unwrap_or(-1);
    let saved = editorial::save_campaign(&app, me.user.id, draft.id, version, &text).await;
    if prefers_json(request.headers()) {
        return Ok(saved_json(saved, &app).await);
    }
    match saved {
        Ok(_) => Ok(done(&app, &edit_url(draft.id), "Saved.")),
        Err(EditorialError::Refused { field, sentence }) => {
            edit_page(&app, &me, &request, draft, Some(text), AskedAt::default(), Wrong { field, sentence })
                .await
        }
        Err(EditorialError::Conflict { by, at, version }) => {
            let mut tx = app.db.read().await?;
            let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
            let theirs = drafts::get(&mut tx, draft.id).await?.ok_or_else(ErrorPage::not_found)?;
            let at = at.map(|at| desk.short_time(&at)).unwrap_or_default();
            let both = ConflictPage { desk, id: draft.id, by, at, version, yours: text, theirs };
            page(StatusCode::CONFLICT, &both)
        }
        Err(error) => Err(refuse(error)),
    }
}

/// What came of saving, for the script.
pub(super) async fn saved_json(saved: Result<i64, EditorialError>, app: &App) -> HttpResponse {
    let publication = async { publication::get(&mut app.db.read().await?).await };
    let zone = publication.await.map_or(chrono_tz::UTC, |publication| publication.zone());
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%H:%M").to_string();
    let (status, body) = match saved {
        Ok(version) => {
            let said = format!("Saved at {}", local(app.clock.now()));
            (StatusCode::OK, serde_json::json!({ "version": version, "said": said }))
        }
        Err(EditorialError::Conflict { by, at, version }) => {
            let said = format!(
                "{by} saved this{}. Save to keep yours, take theirs, or compare.",
                at.map(|at| format!(" at {}", local(at))).unwrap_or_default()
            );
            (StatusCode::CONFLICT, serde_json::json!({ "version": version, "said": said }))
        }
        Err(error) => {
            let refusal = refuse(error);
            (refusal.status, serde_json::json!({ "said": refusal.sentence }))
        }
    };
    HttpResponse::build(status).content_type("application/json").body(body.to_string())
}

/// `GET /admin/campaigns/{id}/preview`: `?as=` mail, dark, no-images, text or source; `?reader=ADDRESS`.
pub async fn preview(app: web::Data<App>, id: web::Path<String>, request: HttpRequest) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let value =
        |name: &str| query.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let mut tx = app.db.read().await?;
    let campaign = campaigns::by_id(&mut tx, draft.id).await?.ok_or_else(ErrorPage::not_found)?;
    let zone = publication::get(&mut tx).await?.zone();
    let reader = match EmailAddress::parse(value("reader")) {
        Ok(email) => subscribers::by_email(&mut tx, &email).await?,
        Err(_) => None,
    };
    if reader.is_none() && !value("reader").is_empty() {
        // Not a made-up reader's copy in place of theirs, as if it were it.
        let shown: String = value("reader").chars().take(100).collect();
        return Ok(preview_text(format!(
            "{shown} is nobody among the subscribers. Look for them under Subscribers."
        )));
    }
    let subscription = match &reader {
        Some(reader) => {
            let all = subscriptions::of_subscriber(&mut tx, reader.id).await?;
            all.into_iter().find(|subscription| subscription.list_id == draft.list_id)
        }
        None => None,
    };
    drop(tx);
    let to = reader.as_ref().map_or("reader@example.org", |reader| &reader.email);
    let address = EmailAddress::parse(to).map_err(|_| ErrorPage::not_found())?;
    let (content, message) = compose::preview(&app, &campaign, &address).await.map_err(|error| {
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "It can't be shown", &format!("{error:#}."))
    })?;
    let since =
        subscription.as_ref().map(|s| s.status_since.with_timezone(&zone).format("%-d %B %Y").to_string());
    let reader = PreviewReader {
        email: to,
        cadence: subscription.as_ref().map(|s| s.cadence),
        since: since.as_deref(),
    };
    let copy = content::preview_copy(&content, &reader);
    match value("as") {
        "text" => Ok(preview_text(copy.text)),
        "source" => Ok(preview_text(String::from_utf8_lossy(&message).into_owned())),
        "dark" => Ok(mail(in_mode(&copy.html, "dark"))),
        "no-images" => {
            let mut response = mail(in_mode(&copy.html, "light"));
            let policy = MAIL_POLICY.replace("img-src https: data: 'self'; ", "");
            if let Ok(policy) = header::HeaderValue::from_str(&policy) {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            Ok(response)
        }
        _ => Ok(mail(in_mode(&copy.html, "light"))),
    }
}

/// A mail as it looks in one mode, whatever the mode of whoever looks at it here.
fn in_mode(html: &str, mode: &str) -> String {
    let query = if mode == "dark" { "all" } else { "not all" };
    html.replace("(prefers-color-scheme: dark)", query).replacen(
        "content=\"light dark\"",
        &format!("content=\"{mode}\""),
        2,
    )
}

/// Plain text in the preview's frame.
fn preview_text(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; frame-ancestors 'self'",
        ))
        .body(text)
}

/// `POST /admin/campaigns/{id}/test`: `to`.
pub async fn test(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    match editorial::send_test(&app, &me.actor(), draft.id, fields.text("to")).await {
        Ok(1) => Ok(done(&app, &edit_url(draft.id), "A test is on its way to that address.")),
        Ok(n) => Ok(done(&app, &edit_url(draft.id), format!("A test is on its way to {n} addresses."))),
        Err(EditorialError::Refused { sentence, .. }) => {
            edit_page(&app, &me, &request, draft, None, AskedAt::default(), Wrong { field: "to", sentence })
                .await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/campaigns/{id}/schedule`: `version`, and `at` in the publication's zone; without `at`, now.
pub async fn schedule(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let mut tx = app.db.read().await?;
    let draft = find(&mut tx, &id).await?;
    let zone = publication::get(&mut tx).await?.zone();
    let has_undo = publication::sending(&mut tx).await?.undo_secs > 0;
    drop(tx);
    let version = fields.text("version").parse().unwrap_or(-1);
    let at = fields.text("at").to_owned();
    let digits = |name: &str| fields.text(name).chars().filter(char::is_ascii_digit).collect::<String>();
    // What leaves at once can't be taken back.
    let is_sure = has_undo || (!digits("shown").is_empty() && digits("shown") == digits("typed"));
    let when = match (fields.text("when"), at.as_str()) {
        ("now", _) if is_sure => When::Now,
        ("now", _) => {
            let sentence =
                "It leaves at once and can't be taken back: type the number of readers as it stands.";
            let wrong = Wrong { field: "typed", sentence: sentence.to_owned() };
            return edit_page(&app, &me, &request, draft, None, AskedAt::of(&at), wrong).await;
        }
        (_, "") => {
            let wrong =
                Wrong { field: "at", sentence: "Choose a day and an hour, or send it now.".to_owned() };
            return edit_page(&app, &me, &request, draft, None, AskedAt::default(), wrong).await;
        }
        (_, text) => match (local_time::parse(text, zone), chosen(fields.text("which"), text, zone)) {
            (Ok(time), _) | (Err(TimeError::Repeated { .. }), Some(time)) => When::At(time),
            (Err(TimeError::Repeated { first, second, .. }), None) => {
                let label =
                    |time: &DateTime<Tz>, word| format!("{word}, {}", time.format("%H:%M %Z (UTC%:z)"));
                let twice = [(first, "The first"), (second, "The second")]
                    .map(|(time, word)| Moment { value: time.to_rfc3339(), label: label(&time, word) });
                let sentence = "The clocks go back that night, and this hour comes twice. Choose which, then \
                                schedule it again.";
                let wrong = Wrong { field: "at", sentence: sentence.to_owned() };
                let asked = AskedAt { text: at, twice: twice.into() };
                return edit_page(&app, &me, &request, draft, None, asked, wrong).await;
            }
            (Err(error), _) => {
                let wrong = Wrong { field: "at", sentence: format!("{error}.") };
                return edit_page(&app, &me, &request, draft, None, AskedAt::of(&at), wrong).await;
            }
        },
    };
    match editorial::schedule(&app, &me.actor(), me.user.id, draft.id, version, when).await {
        Ok(scheduled) => {
            let local = scheduled.at.with_timezone(&zone).format("%-d %B, %H:%M %Z");
            let sentence = match scheduled.awaits_approval {
                true => "It waits until another person has looked at it.".to_owned(),
                false => format!("It leaves on {local}. Until then it can be taken back."),
            };
            Ok(done(&app, &edit_url(draft.id), sentence))
        }
        Err(EditorialError::Refused { field, sentence }) => {
            let wrong = Wrong { field, sentence };
            edit_page(&app, &me, &request, draft, None, AskedAt::of(&at), wrong).await
        }
        Err(EditorialError::Conflict { by, .. }) => {
            let sentence = format!("{by} changed it after you looked. Look at it again, then send it.");
            let wrong = Wrong { field: "", sentence };
            edit_page(&app, &me, &request, draft, None, AskedAt::of(&at), wrong).await
        }
        Err(error) => Err(refuse(error)),
    }
}

/// Which of a repeated hour's two moments was chosen; `None` where it is not of the time in the field.
fn chosen(which: &str, at: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(which).ok()?.with_timezone(&zone);
    (moment.format("%Y-%m-%dT%H:%M").to_string() == at.replace(' ', "T")).then(|| moment.to_utc())
}

/// `POST /admin/campaigns/{id}/discard`: throws a draft away.
pub async fn discard(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    editorial::discard(&app, &me.actor(), draft.id).await.map_err(refuse)?;
    let name = if draft.subject.is_empty() { "The draft" } else { &draft.subject };
    let undo = format!("/admin/campaigns/{}/bring-back", draft.id);
    Ok(done_with_undo(&app, "/admin/campaigns", format!("Thrown away: {name}."), &undo))
}

/// `POST /admin/campaigns/{id}/bring-back`: a draft again.
pub async fn bring_back(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    editorial::bring_back(&app, &me.actor(), me.user.id, draft.id).await.map_err(refuse)?;
    Ok(done(&app, &edit_url(draft.id), "It is a draft again."))
}

/// `POST /admin/campaigns/{id}/take-back`
pub async fn take_back(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    editorial::take_back(&app, &me.actor(), draft.id).await.map_err(refuse)?;
    Ok(done(&app, &edit_url(draft.id), "It is a draft again; nobody has got it."))
}

/// `POST /admin/campaigns/{id}/approve`
pub async fn approve(app: web::Data<App>, me: Me, id: web::Path<String>) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let approved = editorial::approve(&app, &me.actor(), &me.user, draft.id).await.map_err(refuse)?;
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    let at = approved.at.with_timezone(&zone).format("%-d %B, %H:%M %Z");
    let sentence = match approved.still.as_slice() {
        [] => format!("Approved. It leaves on {at}."),
        still => format!("Approved. It is still held: {}", hold::in_sentences(still)),
    };
    let page = match draft.markdown {
        Some(_) => edit_url(draft.id),
        None => format!("/admin/campaigns/{}", draft.id),
    };
    Ok(done(&app, &page, sentence))
}

/// `GET /admin/campaigns/{id}/history`
pub async fn history(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<String>) -> Answer {
    let mut tx = app.db.read().await?;
    let draft = find(&mut tx, &id).await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Campaigns).await?;
    let versions = drafts::versions(&mut tx, draft.id, 50).await?;
    page(StatusCode::OK, &HistoryPage { desk, draft, versions })
}

/// `POST /admin/campaigns/{id}/history`: `restore`, a version; what stands is kept in the history.
pub async fn restore(app: web::Data<App>, me: Me, id: web::Path<String>, fields: Fields) -> Answer {
    let mut tx = app.db.read().await?;
    let draft = find(&mut tx, &id).await?;
    let wanted: i64 = fields.text("restore").parse().unwrap_or(-1);
    let versions = drafts::versions(&mut tx, draft.id, 1000).await?;
    let version =
        versions.into_iter().find(|version| version.version == wanted).ok_or_else(ErrorPage::not_found)?;
    let articles = drafts::articles(&mut tx, draft.id).await?.iter().map(|article| article.id).collect();
    drop(tx);
    let text = DraftText {
        list_id: draft.list_id,
        subject: version.title,
        preheader: version.preheader,
        markdown: version.markdown,
        articles,
    };
    editorial::save_campaign(&app, me.user.id, draft.id, draft.version, &text).await.map_err(refuse)?;
    Ok(done(&app, &edit_url(draft.id), "That version stands again. What stood before is in the history."))
}

async fn correct_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    draft: Draft,
    subject: String,
    reason: String,
    wrong: Wrong,
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Campaigns).await?;
    let (_, readers) = who_got(&mut tx, draft.id).await?;
    let status = if wrong.sentence.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &CorrectPage { desk, draft, subject, reason, readers, wrong })
}

/// `GET /admin/campaigns/{id}/correct`
pub async fn show_correct(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let subject =
        format!("Correction: {}", draft.subject).chars().take(editorial::SUBJECT_CHARS_MAX).collect();
    correct_page(&app, &me, &request, draft, subject, String::new(), Wrong::nothing()).await
}

/// `POST /admin/campaigns/{id}/correct`: `subject`, `reason`.
pub async fn correct(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<String>,
    fields: Fields,
) -> Answer {
    let draft = find(&mut app.db.read().await?, &id).await?;
    let (subject, reason) = (&*fields.line("subject"), &*fields.line("reason"));
    match editorial::begin_correction(&app, &me.actor(), me.user.id, draft.id, subject, reason).await {
        Ok(id) => {
            Ok(done(&app, &edit_url(id), "The correction is begun. Only who got the original gets it."))
        }
        Err(EditorialError::Refused { field, sentence }) => {
            let (subject, reason) = (subject.to_owned(), reason.to_owned());
            correct_page(&app, &me, &request, draft, subject, reason, Wrong { field, sentence }).await
        }
        Err(error) => Err(refuse(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_readers_are_as_many_as_were_counted_lately() {
        assert_eq!(in_words(1, 0), (1, "1 reader".to_owned()));
        assert_eq!(in_words(COUNTED, 1_234_567), (1_234_567, "about 1,234,567 readers".to_owned()));
        assert_eq!(in_words(COUNTED, 12).0, COUNTED, "those that were seen are there");
    }
}
