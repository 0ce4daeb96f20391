//! Captured mail, for a person at this machine. Nobody else may know that it exists.

use std::path::{Path, PathBuf};

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use mail_parser::{Address, Message, MessageParser};

use super::page::{self, Answer, ErrorPage, FRAMING_POLICY, Site, page};
use super::reader;
use crate::app::App;
use crate::locale;
use crate::mail::relay::MailRoute;

const MAILS_MAX: usize = 200;

/// One captured mail as pages show it.
struct ListedMail {
    name: String,
    subject: String,
    from: String,
    to: String,
    date: String,
    has_html: bool,
}

#[derive(Template)]
#[template(path = "pages/mailbox.html")]
struct MailboxPage {
    site: Site,
    mails: Vec<ListedMail>,
}

impl MailboxPage {
    fn heading(&self) -> String {
        let key = match self.mails.len() {
            0 => "mailbox-none",
            MAILS_MAX.. => "mailbox-newest",
            _ => "mailbox-count",
        };
        locale::say(key).with("count", self.mails.len()).to_string()
    }
}

#[derive(Template)]
#[template(path = "pages/captured.html")]
struct CapturedPage {
    site: Site,
    mail: ListedMail,
    links: Vec<String>,
}

/// Whether the mailbox exists for this request: mail is captured, and everything about us and the
/// request is on this machine. A forwarding header means that a proxy stands between.
pub fn is_open(request: &HttpRequest, app: &App) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    app.captures_mail()
        && app.config.bind_addr.ip().is_loopback()
        && app.config.base_url_is_loopback()
        && request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback())
        && host.is_some_and(is_loopback_host)
        && !reader::was_forwarded(request.headers())
}

fn is_loopback_host(host: &str) -> bool {
    // A URL parser knows ports, brackets and odd spellings of addresses.
    let Ok(url) = url::Url::parse(&format!("http://{host}/")) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The folder of captured mail; the route table opens it to this machine only.
fn outbox(app: &App) -> Result<PathBuf, ErrorPage> {
    match &*app.mail_route() {
        MailRoute::Capture { outbox } => Ok(outbox.clone()),
        _ => Err(ErrorPage::not_found()),
    }
}

/// Runs work on files where it does not stop other requests.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, ErrorPage> {
    match web::block(work).await {
        Ok(Ok(value)) => Ok(value),
        failed => {
            if let Ok(Err(error)) = failed {
                tracing::error!(error = &error as &dyn std::error::Error, "the outbox can't be read");
            }
            Err(ErrorPage::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "desk-error-mailbox",
                "desk-error-mailbox-lead",
            ))
        }
    }
}

/// The captured mails, the newest first.
fn newest(outbox: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let entries = match std::fs::read_dir(outbox) {
        Ok(entries) => entries,
        // Nothing was captured yet.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut mails = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|ext| ext == "eml")
            && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
            && let Ok(meta) = entry.metadata()
            && meta.is_file()
        {
            mails.push((meta.modified()?, name.to_owned(), path));
        }
    }
    mails.sort();
    Ok(mails.into_iter().rev().map(|(_, name, path)| (name, path)).collect())
}

/// The bytes of one captured mail. Its name is looked up in the folder and never made into a path.
async fn read_mail(outbox: PathBuf, wanted: String) -> Result<Vec<u8>, ErrorPage> {
    let bytes = on_disk(move || {
        let found = newest(&outbox)?.into_iter().find(|(name, _)| *name == wanted);
        found.map(|(_, path)| std::fs::read(path)).transpose()
    });
    bytes.await?.ok_or_else(ErrorPage::not_found)
}

fn addresses(address: Option<&Address<'_>>) -> String {
    let shown: Vec<String> = address
        .iter()
        .flat_map(|address| address.iter())
        .map(|one| match (&one.name, &one.address) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (None, Some(address)) => address.to_string(),
            (name, None) => name.as_deref().unwrap_or("").to_owned(),
        })
        .collect();
    shown.join(", ")
}

fn shown(name: String, message: &Message<'_>) -> ListedMail {
    ListedMail {
        name,
        subject: message
            .subject()
            .filter(|subject| !subject.is_empty())
            .map_or_else(|| locale::say("mailbox-no-subject").to_string(), str::to_owned),
        from: addresses(message.from()),
        to: addresses(message.to()),
        date: message.date().map(|date| date.to_rfc822()).unwrap_or_default(),
        has_html: message.html_bodies().any(|part| part.is_text_html()),
    }
}

/// `GET /mailbox`
pub async fn list(app: web::Data<App>) -> Answer {
    let outbox = outbox(&app)?;
    let mails = on_disk(move || {
        let mut mails = Vec::new();
        for (name, path) in newest(&outbox)?.into_iter().take(MAILS_MAX) {
            let bytes = std::fs::read(path)?;
            if let Some(message) = MessageParser::default().parse(&bytes) {
                mails.push(shown(name, &message));
            }
        }
        Ok(mails)
    });
    let mails = mails.await?;
    let mut response = page(StatusCode::OK, &MailboxPage { site: Site::of(&app).await?, mails })?;
    page::make_private(response.headers_mut());
    Ok(response)
}

/// `GET /mailbox/{name}`
pub async fn show(name: web::Path<String>, app: web::Data<App>) -> Answer {
    let bytes = read_mail(outbox(&app)?, name.clone()).await?;
    let message = MessageParser::default().parse(&bytes).ok_or_else(ErrorPage::not_found)?;
    let text = message.body_text(0).unwrap_or_default();
    let mut links: Vec<String> = Vec::new();
    for word in text.split([' ', '\n', '\r', '\t', '<', '>', '(', ')', '[', ']', '"']) {
        let is_link = word.starts_with("http://") || word.starts_with("https://");
        if is_link && !links.iter().any(|link| link == word) {
            links.push(word.to_owned());
        }
    }
    let mail = shown(name.into_inner(), &message);
    let mut response = page(StatusCode::OK, &CapturedPage { site: Site::of(&app).await?, mail, links })?;
    let policy = header::HeaderValue::from_static(FRAMING_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    page::make_private(response.headers_mut());
    Ok(response)
}

/// `GET /mailbox/{name}/{part}`: `html`, `text` or `source`.
pub async fn part(at: web::Path<(String, String)>, app: web::Data<App>) -> Answer {
    let (name, part) = at.into_inner();
    let bytes = read_mail(outbox(&app)?, name).await?;
    let text = |text: Vec<u8>| HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text);
    if part == "source" {
        return Ok(text(bytes));
    }
    let message = MessageParser::default().parse(&bytes).ok_or_else(ErrorPage::not_found)?;
    match part.as_str() {
        "html" => {
            let html = message.body_html(0).ok_or_else(ErrorPage::not_found)?;
            let mut response = page::mail(html.into_owned());
            page::make_private(response.headers_mut());
            Ok(response)
        }
        "text" => {
            let body = message.body_text(0).ok_or_else(ErrorPage::not_found)?;
            Ok(text(body.into_owned().into_bytes()))
        }
        _ => Err(ErrorPage::not_found()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_open_the_mailbox() {
        for host in ["127.0.0.1:8080", "localhost", "[::1]:8080", "news.localhost:1"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in
            ["news.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "", "a b"]
        {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
