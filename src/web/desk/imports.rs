//! Importing a file: sent to the desk, kept in the database, stored in the background.

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::export::RefusedRows;
use crate::actions::import::{self, Checked, Described, DescribedFile, ImportOptions, NewImport};
use crate::actions::subscribers::CONSENT_CHARS_MIN;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::fields::{self, SubscriberField};
use crate::db::imports::{self, Import, Phase, Refusal, Tally};
use crate::db::lists::{self, List};
use crate::domain::refusal::common;
use crate::domain::stored_words;
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};
use crate::web::{assets, edge, multipart, reader};

/// The largest file, with its form: some 700,000 lines. The command takes any size.
pub const BYTES_MAX: usize = 32 * 1024 * 1024;

#[derive(Template)]
#[template(path = "admin/import.html")]
struct ImportPage {
    desk: Desk,
    lists: Vec<List>,
    imports: Vec<Import>,
    list: String,
    field: &'static str,
    error: String,
}

impl ImportPage {
    fn wrong(&self, field: &str) -> bool {
        self.field == field
    }

    fn state(&self, import: &Import) -> &'static str {
        match import.phase {
            Phase::Uploading | Phase::Running => "import-running",
            Phase::Checking => "import-state-checking",
            Phase::Checked => "import-state-checked",
            Phase::Done => "subscriber-done",
            Phase::Cancelled => "import-state-cancelled",
            Phase::Failed => "import-state-failed",
            Phase::Undoing => "import-state-undoing",
            Phase::Undone => "import-state-undone",
        }
    }
}

async fn import_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    list: String,
    (field, error): (&'static str, String),
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let imports = imports::newest(&mut tx, 10).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &ImportPage { desk, lists, imports, list, field, error })
}

/// `GET /admin/subscribers/import`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let list = Fields::of_query(request.query_string()).text("list").to_owned();
    import_page(&app, &me, &request, list, ("", String::new())).await
}

/// What a form with a file says.
struct Sent {
    list: String,
    status: String,
    consent: String,
    file_name: String,
    bytes: Vec<u8>,
}

impl Sent {
    /// `None`: a field holds what can't be stored.
    fn read(body: &[u8], boundary: &str) -> Option<Sent> {
        let parts = multipart::parts(body, boundary);
        let text = |name: &str| {
            let value = parts.iter().find(|part| part.name == name).map_or(&b""[..], |part| part.value);
            let value = String::from_utf8_lossy(value);
            Some(edge::text(&value).ok()?.trim().chars().take(2000).collect::<String>())
        };
        let file = parts.iter().find(|part| part.name == "csv");
        Some(Sent {
            list: text("list")?,
            status: text("status")?,
            consent: text("consent")?,
            file_name: file
                .map_or("", |file| &file.file_name)
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
            bytes: file.map(|file| file.value.to_vec()).unwrap_or_default(),
        })
    }
}

/// `POST /admin/subscribers/import`: `list` and the file `csv`, as multipart/form-data; also `status` and `consent`. The
/// file is checked first, and nothing stored before somebody starts it.
pub async fn submit(app: web::Data<App>, me: Me, request: HttpRequest, body: Bytes) -> Answer {
    reader::refuse_compressed(&request)?;
    let Some(boundary) = multipart::boundary(&request) else {
        return Err(ErrorPage::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "error-media-type",
            "import-form-lead",
        ));
    };
    // The largest file takes a second to read, and readers' pages are served by the same thread.
    let sent = web::block(move || Sent::read(&body, &boundary)).await.map_err(|_| {
        ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "error-server", "import-failed-lead")
    })?;
    let Sent { list: slug, status, consent, file_name, bytes } = sent.ok_or_else(ErrorPage::unstorable)?;
    let typed = slug.clone();
    let wrong =
        async |field, error: String| import_page(&app, &me, &request, typed.clone(), (field, error)).await;
    let list = lists::by_slug(&mut app.db.read().await?, &slug).await?;
    let Some(list) = list else { return wrong("list", say("import-no-list").to_string()).await };
    if bytes.is_empty() {
        return wrong("csv", say("import-no-file").to_string()).await;
    }
    let options =
        ImportOptions { ask: status == "pending", status: said(&status), ..ImportOptions::default() };
    let new = NewImport { list: &list, file_name, options, consent, digest: String::new() };
    let id = import::upload(&Context::new(&app, me.actor()), &new, bytes).await.map_err(refuse)?;
    let to = format!("/admin/subscribers/import/{id}");
    Ok(done(&app, &to, say("import-uploaded").to_string()))
}

/// One of the words that a form may say of people's status.
fn said(status: &str) -> String {
    let known = ["active", "pending", "unsubscribed"].contains(&status);
    if known { status.to_owned() } else { String::new() }
}

/// A column of the file, as the form shows it.
struct ShownColumn {
    name: String,
    role: String,
    cells: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin/import_one.html")]
struct OnePage {
    desk: Desk,
    import: Import,
    list: Option<List>,
    lists: Vec<List>,
    options: ImportOptions,
    described: Described,
    columns: Vec<ShownColumn>,
    fields: Vec<(String, String)>,
    checked: Checked,
    refusals: Vec<Refusal>,
    /// Rows a second, and the time that is left.
    speed: i64,
    left: String,
    script: String,
    consent: String,
    error: String,
}

/// What a column can hold, as the form's choices: a value, and the key of its name.
const ROLES: [(&str, &str); 16] = [
    ("ignored", "import-role-ignored"),
    ("email", "import-role-email"),
    ("name", "import-role-name"),
    ("first_name", "import-role-first-name"),
    ("last_name", "import-role-last-name"),
    ("status", "import-role-status"),
    ("tags", "import-role-tags"),
    ("joined", "import-role-joined"),
    ("left", "import-role-left"),
    ("cadence", "import-role-often"),
    ("language", "import-role-language"),
    ("consent_at", "import-role-consent-at"),
    ("consent_ip", "import-role-consent-ip"),
    ("confirmed_at", "import-role-confirmed-at"),
    ("confirmed_ip", "import-role-confirmed-ip"),
    ("list", "import-role-list"),
];

impl OnePage {
    fn roles(&self) -> &'static [(&'static str, &'static str)] {
        &ROLES
    }

    fn is_offered(&self, role: &str) -> bool {
        ROLES.iter().any(|(value, _)| *value == role) || self.fields.iter().any(|(value, _)| value == role)
    }

    /// A role that the form does not offer: a field that does not exist is not imported, and what else is recognised
    /// says its own name.
    fn role_name(&self, role: &str) -> String {
        let is_field = role.starts_with("field:") || role.is_empty();
        say(if is_field { "import-role-ignored" } else { "import-role-recognised" }).to_string()
    }

    fn statuses(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("active", "import-status-active"),
            ("pending", "import-ask-each"),
            ("unsubscribed", "import-status-unsubscribed"),
        ]
    }

    fn examples(&self) -> Vec<(&'static str, String)> {
        let keys = ["import-example-added", "import-example-changed", "import-example-unchanged"];
        let all = keys.into_iter().zip(&self.checked.examples);
        all.filter(|(_, people)| !people.is_empty()).map(|(key, people)| (key, people.join(", "))).collect()
    }

    fn title(&self) -> String {
        let import = &self.import;
        let list = self.list.as_ref().map(|list| list.name.clone()).unwrap_or_default();
        let key = match import.phase {
            Phase::Uploading => "import-phase-uploading",
            Phase::Checking => "import-phase-checking",
            Phase::Checked => "import-phase-checked",
            Phase::Running => "import-phase-running",
            Phase::Done => "import-phase-done",
            Phase::Cancelled => "import-phase-cancelled",
            Phase::Failed => "import-phase-failed",
            Phase::Undoing => "import-phase-undoing",
            Phase::Undone => "import-phase-undone",
        };
        say(key).with("list", list).with("count", import.added).to_string()
    }

    /// What is counted: by the dry run, or as it was stored.
    fn tally(&self) -> Tally {
        if self.is_form() || self.import.started_at.is_none() {
            self.checked.tally
        } else {
            self.import.tally()
        }
    }

    fn is_form(&self) -> bool {
        matches!(self.import.phase, Phase::Checked | Phase::Failed) && self.import.started_at.is_none()
    }

    fn is_at_work(&self) -> bool {
        self.import.phase.is_at_work() || self.import.is_asking
    }

    fn can_undo(&self) -> bool {
        matches!(self.import.phase, Phase::Done | Phase::Cancelled) && self.import.started_at.is_some()
    }

    fn to_ask(&self) -> i64 {
        let waits = self.import.phase == Phase::Done && !self.import.is_asking;
        if waits { self.import.pending - self.import.pending_asked } else { 0 }
    }

    /// All rows; 0 where they are not counted.
    fn total(&self) -> i64 {
        self.import.total.unwrap_or(0)
    }

    fn not_taken(&self) -> i64 {
        self.tally().refused + self.tally().held
    }
}

async fn one_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    id: Uuid,
    (consent, error): (Option<String>, String),
) -> Answer {
    let mut tx = app.db.read().await?;
    let import = imports::by_id(&mut tx, id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let refusals = imports::refusals(&mut tx, id, -1, REFUSALS_SHOWN).await?;
    let fields = fields::all(&mut tx).await?;
    drop(tx);
    let described = Described::parse(&import.recognised_json);
    let columns = described.files.first().map(|file| shown_columns(file, &fields)).unwrap_or_default();
    let (speed, left) = pace(&import, app.clock.now());
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let one = OnePage {
        list: lists.iter().find(|list| list.id == import.list_id).cloned(),
        lists,
        options: ImportOptions::parse(&import.options_json),
        columns,
        fields: fields.into_iter().map(|field| (format!("field:{}", field.key), field.name)).collect(),
        checked: serde_json::from_str(&import.check_json).unwrap_or_default(),
        described,
        refusals,
        speed,
        left,
        script: assets::path("progress.js"),
        consent: consent.unwrap_or_else(|| import.consent.clone()),
        error,
        desk,
        import,
    };
    page(status, &one)
}

/// Rows that were not taken, on the page.
const REFUSALS_SHOWN: i64 = 50;

/// The columns with what each is taken for. One that is called as a field is, by its key or its name, fills it.
fn shown_columns(file: &DescribedFile, fields: &[SubscriberField]) -> Vec<ShownColumn> {
    let taken_for = |role: &str| {
        let named = role.strip_prefix("field:")?.to_lowercase();
        let field = fields.iter().find(|field| field.key == named || field.name.to_lowercase() == named)?;
        Some(format!("field:{}", field.key))
    };
    let column = |(nth, (name, role)): (usize, &(String, String))| ShownColumn {
        name: name.clone(),
        role: taken_for(role).unwrap_or_else(|| role.clone()),
        cells: file.first_rows.iter().take(3).map(|row| row.get(nth).cloned().unwrap_or_default()).collect(),
    };
    file.columns.iter().enumerate().map(column).collect()
}

/// Rows a second since it was started, and how long the rest takes: a sentence.
fn pace(import: &Import, now: DateTime<Utc>) -> (i64, String) {
    let Some(started) = import.started_at.filter(|_| import.phase == Phase::Running) else {
        return (0, String::new());
    };
    let secs = (now - started).num_milliseconds() as f64 / 1000.0;
    if secs < 1.0 || import.position == 0 {
        return (0, String::new());
    }
    let speed = import.position as f64 / secs;
    let left = import.total.map(|total| (total - import.position).max(0) as f64 / speed);
    let left = left.map(|secs| match secs as i64 {
        secs @ 0..60 => say("import-left-secs").with("count", secs.max(1)).to_string(),
        secs => say("import-left-mins").with("count", secs / 60 + 1).to_string(),
    });
    (speed as i64, left.unwrap_or_default())
}

/// `GET /admin/subscribers/import/{id}`: what was recognised, how far it is, and what was not taken.
pub async fn progress(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    one_page(&app, &me, &request, *id, (None, String::new())).await
}

/// `POST /admin/subscribers/import/{id}`: `do` is check, start, cancel, undo or ask; with what is said of the file.
pub async fn act(
    app: web::Data<App>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
    form: Fields,
) -> Answer {
    let cx = Context::new(&app, me.actor());
    let to = format!("/admin/subscribers/import/{}", *id);
    let said = match form.text("do") {
        wanted @ ("check" | "start") => match check_or_start(&cx, *id, &form, wanted == "start").await {
            Ok(key) => key,
            Err(Error::Refused(refusal)) if refusal.field == "consent" => {
                let typed = Some(form.text("consent").to_owned());
                return one_page(&app, &me, &request, *id, (typed, refusal.sentence())).await;
            }
            Err(error) => return Err(refuse(error)),
        },
        "cancel" => {
            import::cancel(&cx, *id).await.map_err(refuse)?;
            "import-said-cancelled"
        }
        "undo" => {
            import::undo(&cx, *id).await.map_err(refuse)?;
            "import-said-undoing"
        }
        "ask" => {
            import::ask_pending(&cx, *id).await.map_err(refuse)?;
            "import-said-asking"
        }
        _ => return Err(ErrorPage::not_found()),
    };
    Ok(done(&app, &to, say(said).to_string()))
}

/// Starts the import as it was checked; what the form says otherwise is checked first.
async fn check_or_start(
    cx: &Context<'_>,
    id: Uuid,
    form: &Fields,
    starts: bool,
) -> crate::actions::Result<&'static str> {
    let mut tx = cx.app.db.read().await?;
    let Some(import) = imports::by_id(&mut tx, id).await? else { return Err(common::GONE.refusal().into()) };
    let list = match lists::by_slug(&mut tx, form.text("list")).await? {
        Some(list) => Some(list),
        None => lists::by_id(&mut tx, import.list_id).await?,
    };
    drop(tx);
    let list = list.ok_or_else(|| common::GONE.refusal())?;
    let before = ImportOptions::parse(&import.options_json);
    let recognised = Described::parse(&import.recognised_json);
    let mut options = before.clone();
    if form.is_ticked("status") {
        options.status = said(form.text("status"));
        options.ask = options.status == "pending";
    }
    if form.is_ticked("dates") {
        options.dates = form.text("dates").to_owned();
    }
    if form.is_ticked("chosen_list") {
        options.chosen_list = form.text("chosen_list").chars().take(200).collect();
    }
    let columns: Vec<String> = form.all("column").take(COLUMNS_MAX).map(str::to_owned).collect();
    let shown =
        recognised.files.first().map(|file| file.columns.iter().map(|(_, role)| role.clone()).collect());
    if !columns.is_empty() && Some(&columns) != shown.as_ref() {
        options.columns = columns;
    }
    let consent = form.text("consent");
    if starts && options == before && list.id == import.list_id {
        import::start(cx, id, consent).await?;
        return Ok("import-said-started");
    }
    import::check_again(cx, id, &list, &options, consent).await?;
    Ok(if starts { "import-said-checking-changes" } else { "import-said-checking" })
}

/// Columns of a file, at most.
const COLUMNS_MAX: usize = 500;

/// `GET /admin/subscribers/import/{id}/rejected.csv`: the rows that were not taken, with the reason in a column, to be
/// corrected and sent again.
pub async fn rejected(app: web::Data<App>, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let import = imports::by_id(&mut tx, *id).await?.ok_or_else(ErrorPage::not_found)?;
    drop(tx);
    let rows = RefusedRows::of(&Described::parse(&import.recognised_json).files);
    let lines = futures_util::stream::try_unfold((app, rows, -2i64), move |(app, rows, after)| {
        let id = import.id;
        async move {
            let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            if after == -2 {
                csv.write_record(rows.header())?;
            }
            let mut tx = app.db.read().await?;
            let page = imports::refusals(&mut tx, id, after.max(-1), 500).await?;
            drop(tx);
            if page.is_empty() && after != -2 {
                return Ok::<_, anyhow::Error>(None);
            }
            for refusal in &page {
                csv.write_record(rows.line(refusal))?;
            }
            let after = page.last().map_or(i64::MAX, |last| last.number);
            let bytes = csv.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
            Ok(Some((Bytes::from(bytes), (app, rows, after))))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"rejected.csv\""))
        .streaming(lines))
}
