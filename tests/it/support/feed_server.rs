//! A real HTTP server whose documents a test sets and changes.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::StreamExt as _;

/// What is behind a path.
#[derive(Clone)]
pub enum Page {
    /// A document with an ETag and a date, so that asking again can give a 304.
    Document { content_type: &'static str, body: Vec<u8>, etag: String },
    /// A document without validators and with headers of its own.
    Plain { headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// A status without a body.
    Status(u16, Vec<(&'static str, String)>),
    /// A redirect.
    Redirect(u16, String),
    /// Megabytes that never end, or a byte now and then.
    Endless { pause: Option<Duration> },
    /// `size_mib` of blanks, compressed.
    ZipBomb { size_mib: usize },
}

/// One request that came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: HashMap<String, String>,
}

type Shared = Arc<Mutex<(HashMap<String, Page>, Vec<Seen>)>>;

/// The server; it stops with the test.
pub struct FeedServer {
    port: u16,
    shared: Shared,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for FeedServer {
    fn drop(&mut self) {
        let _ = futures_util::FutureExt::now_or_never(self.handle.stop(false));
    }
}

impl FeedServer {
    /// Starts on a free port of 127.0.0.1.
    pub async fn start() -> FeedServer {
        let shared: Shared = Arc::default();
        let for_app = shared.clone();
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::new(for_app.clone())).default_service(web::to(answer))
        })
        .workers(1)
        // On a busy machine a request may take longer to come than actix-web waits.
        .client_request_timeout(std::time::Duration::ZERO)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let port = server.addrs()[0].port();
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        FeedServer { port, shared, handle }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn set(&self, path: &str, page: Page) {
        self.shared.lock().unwrap().0.insert(path.to_owned(), page);
    }

    /// What is behind a path now.
    pub fn page(&self, path: &str) -> Option<Page> {
        self.shared.lock().unwrap().0.get(path).cloned()
    }

    /// Sets a feed; its ETag follows from its text.
    pub fn set_feed(&self, path: &str, text: &str) {
        let etag = format!(
            "\"{:x}\"",
            text.bytes().fold(7u64, |hash, byte| hash.wrapping_mul(31) ^ u64::from(byte))
        );
        let page =
            Page::Document { content_type: "application/rss+xml; charset=UTF-8", body: text.into(), etag };
        self.set(path, page);
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.lock().unwrap().1.clone()
    }
}

async fn answer(request: HttpRequest, shared: web::Data<Shared>) -> HttpResponse {
    let page = {
        let mut shared = shared.lock().unwrap();
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        shared.1.push(Seen { path: request.path().to_owned(), headers });
        shared.0.get(request.path()).cloned()
    };
    const DATE: &str = "Mon, 06 Jul 2026 10:00:00 GMT";
    match page {
        None => HttpResponse::NotFound().finish(),
        Some(Page::Document { content_type, body, etag }) => {
            let sent = request.headers().get("if-none-match").and_then(|value| value.to_str().ok());
            if sent == Some(etag.as_str()) {
                return HttpResponse::NotModified().finish();
            }
            // As Apache does it: the suffix is on the way out only.
            let suffixed = format!("{}-gzip\"", etag.trim_end_matches('"'));
            HttpResponse::Ok()
                .insert_header(("etag", suffixed))
                .insert_header(("last-modified", DATE))
                .insert_header(("content-encoding", "gzip"))
                .content_type(content_type)
                .body(gzip(&body))
        }
        Some(Page::Plain { headers, body }) => {
            let mut response = HttpResponse::Ok();
            for header in headers {
                response.insert_header(header);
            }
            response.body(body)
        }
        Some(Page::Status(code, headers)) => {
            let mut response = HttpResponse::build(StatusCode::from_u16(code).unwrap());
            for header in headers {
                response.insert_header(header);
            }
            response.finish()
        }
        Some(Page::Redirect(code, target)) => HttpResponse::build(StatusCode::from_u16(code).unwrap())
            .insert_header(("location", target))
            .finish(),
        Some(Page::Endless { pause }) => {
            let chunks = futures_util::stream::repeat(()).then(move |()| async move {
                let chunk = match pause {
                    Some(pause) => {
                        tokio::time::sleep(pause).await;
                        web::Bytes::from_static(b" ")
                    }
                    None => web::Bytes::from(vec![b' '; 1 << 16]),
                };
                Ok::<_, std::io::Error>(chunk)
            });
            HttpResponse::Ok().content_type("text/xml").streaming(chunks)
        }
        Some(Page::ZipBomb { size_mib }) => HttpResponse::Ok()
            .insert_header(("content-encoding", "gzip"))
            .content_type("text/xml")
            .body(gzip(&vec![b' '; size_mib << 20])),
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}
