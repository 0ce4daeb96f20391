//! Importing a file: sent to the desk, kept in the database, stored in the background.

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes};
use askama::Template;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::refuse;
use crate::actions::import::Upload;
use crate::actions::import::{self, Parsed};
use crate::actions::subscribers::{CONSENT_CHARS_MIN, check_consent};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db::imports::{self, Import};
use crate::db::lists::{self, List};
use crate::domain::stored_words;
use crate::locale::say;
use crate::web::page::{Answer, ErrorPage, page};
use crate::web::reader;
use crate::web::{assets, edge};

/// The largest file, with its form: some 700,000 lines. The command takes any size.
pub const BYTES_MAX: usize = 32 * 1024 * 1024;

#[derive(Template)]
#[template(path = "admin/import.html")]
struct ImportPage {
    desk: Desk,
    lists: Vec<List>,
    imports: Vec<Import>,
    list: String,
    active: bool,
    consent: String,
    field: &'static str,
    error: String,
}

impl ImportPage {
    fn wrong(&self, field: &str) -> bool {
        self.field == field
    }
}

async fn import_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    (list, active, consent): (String, bool, String),
    (field, error): (&'static str, String),
) -> Answer {
    let mut tx = app.db.read().await?;
    let desk = Desk::read(app, &mut tx, me, request, Tab::Subscribers).await?;
    let lists = lists::all(&mut tx).await?;
    let imports = imports::newest(&mut tx, 10).await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &ImportPage { desk, lists, imports, list, active, consent, field, error })
}

/// `GET /admin/subscribers/import`
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let list = Fields::of_query(request.query_string()).text("list").to_owned();
    import_page(&app, &me, &request, (list, false, String::new()), ("", String::new())).await
}

/// A field of a form that holds a file.
struct Part<'a> {
    name: String,
    file_name: String,
    value: &'a [u8],
}

/// The parts of `multipart/form-data` (RFC 7578), as browsers write it.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mark = format!("--{boundary}");
    let mut starts = memchr::memmem::find_iter(body, mark.as_bytes()).peekable();
    let mut found = Vec::new();
    while let (Some(start), Some(end)) = (starts.next(), starts.peek()) {
        let part = body.get(start + mark.len()..*end).unwrap_or_default();
        let Some(head_end) = memchr::memmem::find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..head_end]);
        let value = &part[head_end + 4..];
        let value = value.strip_suffix(b"\r\n").unwrap_or(value);
        let parameter = |name: &str| {
            let from = head.split(&format!("; {name}=\"")).nth(1)?;
            from.split('"').next().map(str::to_owned)
        };
        let Some(name) = parameter("name") else { continue };
        found.push(Part { name, file_name: parameter("filename").unwrap_or_default(), value });
    }
    found
}

/// What a form with a file says.
struct Sent {
    list: String,
    active: bool,
    consent: String,
    file_name: String,
    /// Or why it is none.
    file: Result<Parsed, String>,
}

impl Sent {
    /// `None`: a field holds what can't be stored.
    fn read(body: &[u8], boundary: &str) -> Option<Sent> {
        let parts = parts(body, boundary);
        let text = |name: &str| {
            let value = parts.iter().find(|part| part.name == name).map_or(&b""[..], |part| part.value);
            let value = String::from_utf8_lossy(value);
            Some(edge::text(&value).ok()?.trim().chars().take(2000).collect::<String>())
        };
        let file = parts.iter().find(|part| part.name == "csv").filter(|part| !part.value.is_empty());
        Some(Sent {
            list: text("list")?,
            active: text("status")? == "active",
            consent: text("consent")?,
            file_name: file
                .map_or("", |file| &file.file_name)
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
            file: file
                .ok_or_else(|| say("import-no-file").to_string())
                .and_then(|file| import::parse(file.value)),
        })
    }
}

/// `POST /admin/subscribers/import`: `list`, `status`, `consent` and the file `csv`, as multipart/form-data.
pub async fn submit(app: web::Data<App>, me: Me, request: HttpRequest, body: Bytes) -> Answer {
    reader::refuse_compressed(&request)?;
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type
        .filter(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
        .and_then(|kind| kind.split("boundary=").nth(1))
        .map(|boundary| boundary.split(';').next().unwrap_or_default().trim().trim_matches('"'))
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 200);
    let Some(boundary) = boundary else {
        return Err(ErrorPage::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "error-media-type",
            "import-form-lead",
        ));
    };
    let boundary = boundary.to_owned();
    // The largest file takes a second to read, and readers' pages are served by the same thread.
    let sent = web::block(move || Sent::read(&body, &boundary)).await.map_err(|_| {
        ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "error-server", "import-failed-lead")
    })?;
    let Sent { list: slug, active, consent, file_name, file } = sent.ok_or_else(ErrorPage::unstorable)?;
    let typed = (slug.clone(), active, consent.clone());
    let wrong =
        async |field, error: String| import_page(&app, &me, &request, typed.clone(), (field, error)).await;
    let list = lists::by_slug(&mut app.db.read().await?, &slug).await?;
    let Some(list) = list else { return wrong("list", say("import-no-list").to_string()).await };
    let consent = match active.then(|| check_consent(&consent)).transpose() {
        Ok(consent) => consent,
        Err(Error::Refused(refusal)) => return wrong(refusal.field, refusal.sentence()).await,
        Err(error) => return Err(refuse(error)),
    };
    let parsed = match file {
        Ok(parsed) => parsed,
        Err(sentence) => return wrong("csv", sentence).await,
    };
    if parsed.lines == 0 {
        return wrong("csv", say("import-no-lines").to_string()).await;
    }
    let upload = Upload { list: &list, consent, file_name, parsed };
    let id = import::take(&Context::new(&app, me.actor()), upload).await.map_err(refuse)?;
    let to = format!("/admin/subscribers/import/{id}");
    Ok(done(&app, &to, say("import-started").to_string()))
}

#[derive(Template)]
#[template(path = "admin/import_progress.html")]
struct ProgressPage {
    desk: Desk,
    import: Import,
    list: Option<List>,
    refusals: Vec<(u64, String)>,
    script: String,
}

impl ProgressPage {
    /// Lines that never arrived, of a file that has ended without them.
    fn missing(&self) -> i64 {
        if self.import.ended_at.is_some() { self.import.lines - self.import.done() } else { 0 }
    }
}

/// `GET /admin/subscribers/import/{id}`: how far it is, and what was refused.
pub async fn progress(app: web::Data<App>, me: Me, request: HttpRequest, id: web::Path<Uuid>) -> Answer {
    let mut tx = app.db.read().await?;
    let import = imports::by_id(&mut tx, *id).await?.ok_or_else(ErrorPage::not_found)?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Subscribers).await?;
    let list = lists::by_id(&mut tx, import.list_id).await?;
    let refusals = serde_json::from_str(&import.refusals_json).unwrap_or_default();
    page(StatusCode::OK, &ProgressPage { desk, import, list, refusals, script: assets::path("progress.js") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_form_with_a_file_is_taken_apart() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nworld\r\n\
            --x\r\nContent-Disposition: form-data; name=\"csv\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            email\r\nines@example.org\r\n\r\n--x--\r\n";
        let parts = parts(body, "x");
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].name.as_str(), parts[0].value), ("list", &b"world"[..]));
        assert_eq!((parts[1].name.as_str(), parts[1].file_name.as_str()), ("csv", "a.csv"));
        assert_eq!(parts[1].value, b"email\r\nines@example.org\r\n");
        assert!(super::parts(b"--x\r\nno end", "x").is_empty());
    }
}
