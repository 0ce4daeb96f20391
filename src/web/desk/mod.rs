//! The desk: where editors and admins work. Its route table, and the guard that each of its routes has:
//! nothing here is open unless its line says to whom. Pages call the same functions as commands do.

mod account;
mod alerts;
mod articles;
mod changes;
mod compose;
mod feeds;
mod find;
mod frame;
mod held;
mod help;
mod imports;
mod lists;
mod plot;
pub mod progress;
mod reports;
mod settings;
mod setup;
mod sign_in;
mod subscriber;
mod subscribers;
mod suppressions;
mod today;
mod users;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig, resource};
use actix_web::{
    FromRequest, Handler, HttpMessage as _, HttpRequest, HttpResponse, Resource, Responder, Route, guard,
};

use self::frame::{Desk, Me, SaidPage, Tab};
use super::page::ErrorPage;
use super::reader;
use crate::actions::{self, accounts};
use crate::app::App;
use crate::db::users::{self as stored_users, Role};
use crate::domain::refusal::{Kind, people};

/// The largest body that a form of the desk may have, in bytes, unless its line says otherwise.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// The largest body that a text may come in, in bytes: a text that is too long is refused with a
/// sentence and its page, not by the door. Urlencoding makes three bytes of one.
const TEXT_BYTES_MAX: usize = 24 * 1024 * 1024;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: to sign in, and to set up.
    Anybody,
    /// Who has shown a password or a link, and not yet the code.
    AwaitingCode,
    /// Editors, and admins.
    Editor,
    /// Admins. Every file of addresses is theirs: an editor sees a page of readers at a time.
    Admin,
}

/// The route table, one line per URL.
fn fill(table: &mut Table) {
    use Access::{Admin, Anybody, AwaitingCode, Editor};
    table.at("/admin", |at| at.get(Editor, today::show));
    table.at("/admin/alerts/{id}", |at| at.get(Editor, alerts::show));
    table.at("/admin/alerts/{id}/dismiss", |at| at.post(Editor, alerts::dismiss));
    table.at("/admin/campaigns", |at| at.get(Editor, progress::list));
    table.at("/admin/campaigns/{id:[0-9a-f-]{36}}", |at| at.get(Editor, progress::show));
    table.at("/admin/campaigns/{id}/events", |at| at.get(Editor, progress::events));
    table.at("/admin/campaigns/{id}/deliveries", |at| at.get(Editor, progress::deliveries));
    table.at("/admin/campaigns/{id}/pause", |at| at.post(Editor, progress::pause));
    table.at("/admin/campaigns/{id}/resume", |at| at.post(Editor, progress::resume));
    table.at("/admin/campaigns/{id}/cancel", |at| {
        at.get(Editor, progress::ask_cancel).post(Editor, progress::cancel)
    });
    table.at("/admin/campaigns/{id}/missed", |at| {
        at.get(Editor, progress::ask_missed).post(Editor, progress::send_to_missed)
    });
    table.at("/admin/reports", |at| at.get(Editor, reports::list));
    table.at("/admin/reports/{id}", |at| at.get(Editor, reports::show));
    table.at("/admin/reports/{id}/deliveries.csv", |at| at.get(Admin, reports::file));
    table.at("/admin/sign-in", |at| at.get(Anybody, sign_in::show).post(Anybody, sign_in::submit));
    table.at("/admin/sign-in/link", |at| at.post(Anybody, sign_in::mail_link));
    table.at("/admin/sign-in/code", |at| {
        at.get(AwaitingCode, sign_in::show_code).post(AwaitingCode, sign_in::submit_code)
    });
    table.at("/admin/link/{token}", |at| {
        at.get(Anybody, sign_in::show_link).post(Anybody, sign_in::submit_link)
    });
    table.at("/admin/sign-out", |at| at.post(AwaitingCode, sign_in::sign_out));
    table.at("/admin/articles", |at| at.get(Editor, articles::list));
    table.at("/admin/articles/new", |at| at.post(Editor, articles::begin));
    table.at("/admin/articles/{id}", |at| {
        at.bytes_max(TEXT_BYTES_MAX).get(Editor, articles::show).post(Editor, articles::save)
    });
    table.at("/admin/articles/{id}/restore", |at| at.post(Editor, articles::restore));
    table.at("/admin/articles/{id}/delete", |at| at.post(Editor, articles::delete));
    table.at("/admin/articles/{id}/retire", |at| at.post(Editor, articles::retire));
    table.at("/admin/articles/{id}/bring-back", |at| at.post(Editor, articles::bring_back));
    table.at("/admin/articles/{id}/preview", |at| at.get(Editor, articles::preview));
    table.at("/admin/campaigns/new", |at| at.get(Editor, compose::new).post(Editor, compose::begin));
    table.at("/admin/campaigns/{id}/edit", |at| {
        at.bytes_max(TEXT_BYTES_MAX).get(Editor, compose::edit).post(Editor, compose::save)
    });
    table.at("/admin/campaigns/{id}/preview", |at| at.get(Editor, compose::preview));
    table.at("/admin/campaigns/{id}/test", |at| at.post(Editor, compose::test));
    table.at("/admin/campaigns/{id}/schedule", |at| at.post(Editor, compose::schedule));
    table.at("/admin/campaigns/{id}/take-back", |at| at.post(Editor, compose::take_back));
    table.at("/admin/campaigns/{id}/discard", |at| at.post(Editor, compose::discard));
    table.at("/admin/campaigns/{id}/bring-back", |at| at.post(Editor, compose::bring_back));
    table.at("/admin/campaigns/{id}/approve", |at| at.post(Editor, compose::approve));
    table.at("/admin/campaigns/{id}/history", |at| {
        at.get(Editor, compose::history).post(Editor, compose::restore)
    });
    table.at("/admin/campaigns/{id}/correct", |at| {
        at.get(Editor, compose::show_correct).post(Editor, compose::correct)
    });
    table.at("/admin/account", |at| at.get(Editor, account::show));
    table.at("/admin/account/profile", |at| at.post(Editor, account::set_profile));
    table.at("/admin/account/password", |at| at.post(Editor, account::set_password));
    table.at("/admin/account/codes/begin", |at| at.post(Editor, account::begin_codes));
    table.at("/admin/account/codes", |at| {
        at.get(Editor, account::show_codes).post(Editor, account::turn_codes_on)
    });
    table.at("/admin/account/codes/off", |at| at.post(Editor, account::turn_codes_off));
    table.at("/admin/account/codes/recovery", |at| at.post(Editor, account::renew_recovery));
    table.at("/admin/account/sessions/end", |at| at.post(Editor, account::end_session));
    fill_settings(table);
    fill_lists(table);
    fill_subscribers(table);
}

/// Subscribers, what is changed of many, suppressions, and the search.
fn fill_subscribers(table: &mut Table) {
    use Access::{Admin, Editor};
    table.at("/admin/find", |at| at.get(Editor, find::show));
    table.at("/admin/subscribers", |at| at.get(Editor, subscribers::show));
    table.at("/admin/subscribers/new", |at| {
        at.get(Editor, subscribers::show_new).post(Editor, subscribers::add)
    });
    table.at("/admin/subscribers/export.csv", |at| at.get(Admin, subscribers::export));
    table.at("/admin/subscribers/import", |at| {
        at.bytes_max(imports::BYTES_MAX).get(Admin, imports::show).post(Admin, imports::submit)
    });
    table.at("/admin/subscribers/import/{id}", |at| at.get(Admin, imports::progress));
    table.at("/admin/subscribers/change", |at| at.get(Editor, changes::ask).post(Editor, changes::submit));
    table.at("/admin/subscribers/changes", |at| at.get(Editor, changes::list));
    table.at("/admin/subscribers/changes/{id}", |at| at.get(Editor, changes::show));
    table.at("/admin/subscribers/changes/{id}/undo", |at| at.post(Editor, changes::undo));
    table.at("/admin/subscribers/{id}", |at| at.get(Editor, subscriber::show));
    table.at("/admin/subscribers/{id}/edit", |at| {
        at.get(Editor, subscriber::show_edit).post(Editor, subscriber::edit)
    });
    table.at("/admin/subscribers/{id}/lists", |at| at.post(Editor, subscriber::set_lists));
    table.at("/admin/subscribers/{id}/tags", |at| at.post(Editor, subscriber::set_tags));
    table.at("/admin/subscribers/{id}/unsubscribe", |at| at.post(Editor, subscriber::unsubscribe));
    table.at("/admin/subscribers/{id}/confirmation", |at| at.post(Editor, subscriber::ask_again));
    table.at("/admin/subscribers/{id}/data", |at| at.get(Editor, subscriber::data));
    table.at("/admin/subscribers/{id}/suppress", |at| {
        at.get(Admin, subscriber::show_suppress).post(Admin, subscriber::suppress)
    });
    table.at("/admin/subscribers/{id}/lift", |at| at.post(Admin, subscriber::lift));
    table.at("/admin/subscribers/{id}/erase", |at| {
        at.get(Admin, subscriber::show_erase).post(Admin, subscriber::erase)
    });
    table.at("/admin/suppressions", |at| at.get(Editor, suppressions::show).post(Admin, suppressions::add));
    table.at("/admin/suppressions/lift", |at| at.post(Admin, suppressions::lift));
}

/// The first run, the settings and the help.
fn fill_settings(table: &mut Table) {
    use Access::{Admin, Anybody, Editor};
    table.at("/admin/setup", |at| at.get(Anybody, setup::show).post(Anybody, setup::make_first_admin));
    table.at("/admin/setup/publication", |at| {
        at.get(Admin, setup::show_publication).post(Admin, setup::save_publication)
    });
    table.at("/admin/setup/site", |at| at.post(Admin, setup::read_site));
    table.at("/admin/setup/list", |at| at.get(Admin, setup::show_list).post(Admin, setup::add_list));
    table.at("/admin/setup/feed", |at| at.get(Admin, setup::show_feed).post(Admin, setup::bind_feed));
    table.at("/admin/setup/feed/check", |at| at.post(Admin, setup::check_feed));
    table.at("/admin/setup/sender", |at| at.get(Admin, setup::show_sender).post(Admin, setup::save_sender));
    table.at("/admin/setup/done", |at| at.get(Admin, setup::show_done));
    table.at("/admin/setup/end", |at| at.post(Admin, setup::end));
    table.at("/admin/settings", |at| at.get(Admin, settings::show).post(Admin, settings::save));
    table.at("/admin/settings/branding", |at| {
        at.get(Admin, settings::show_branding).post(Admin, settings::save_branding)
    });
    table.at("/admin/settings/branding/reader", |at| at.get(Admin, settings::preview_reader));
    table.at("/admin/settings/branding/mail", |at| at.get(Admin, settings::preview_mail));
    table.at("/admin/settings/branding/brand.css", |at| at.get(Admin, settings::preview_css));
    table.at("/admin/settings/users", |at| at.get(Admin, users::show).post(Admin, users::invite));
    table.at("/admin/settings/users/{id}", |at| at.get(Admin, users::show_one));
    table.at("/admin/settings/users/{id}/role", |at| at.post(Admin, users::set_role));
    table.at("/admin/settings/users/{id}/invitation", |at| at.post(Admin, users::invite_again));
    table.at("/admin/settings/users/{id}/sessions", |at| at.post(Admin, users::end_sessions));
    table.at("/admin/settings/users/{id}/codes/off", |at| at.post(Admin, users::turn_codes_off));
    table.at("/admin/settings/users/{id}/remove", |at| at.post(Admin, users::remove));
    table.at("/admin/settings/audit", |at| at.get(Admin, settings::show_audit));
    table.at("/admin/help", |at| at.get(Editor, help::show));
}

/// Lists, feeds, and what is held.
fn fill_lists(table: &mut Table) {
    use Access::{Admin, Editor};
    table.at("/admin/lists", |at| at.get(Editor, lists::show).post(Admin, lists::add));
    table.at("/admin/lists/new", |at| at.get(Admin, lists::show_new));
    table.at("/admin/lists/{id}", |at| at.get(Editor, lists::show_one).post(Admin, lists::change));
    table.at("/admin/lists/{id}/edit", |at| at.get(Admin, lists::show_edit));
    table.at("/admin/lists/{id}/retire", |at| at.post(Admin, lists::retire));
    table.at("/admin/lists/{id}/bring-back", |at| at.post(Admin, lists::bring_back));

    table.at("/admin/feeds", |at| at.get(Editor, feeds::show).post(Admin, feeds::add));
    table.at("/admin/feeds/new", |at| at.get(Admin, feeds::show_new));
    table.at("/admin/feeds/look", |at| at.post(Admin, feeds::look));
    table.at("/admin/feeds/{id}", |at| at.get(Editor, feeds::show_one));
    table.at("/admin/feeds/{id}/poll", |at| at.post(Editor, feeds::poll));
    table.at("/admin/feeds/{id}/latest", |at| {
        at.get(Editor, feeds::show_latest).post(Editor, feeds::send_latest)
    });
    table.at("/admin/feeds/{id}/release", |at| at.post(Editor, feeds::release));
    table.at("/admin/feeds/{id}/drop", |at| at.post(Editor, feeds::drop_held));
    table.at("/admin/feeds/{id}/bind", |at| at.post(Admin, feeds::bind));
    table.at("/admin/feeds/{id}/unbind", |at| at.post(Admin, feeds::unbind));
    table.at("/admin/feeds/{id}/retire", |at| at.post(Admin, feeds::retire));
    table.at("/admin/feeds/{id}/bring-back", |at| at.post(Admin, feeds::bring_back));

    table.at("/admin/held", |at| at.get(Editor, held::show));
    table.at("/admin/held/articles/release", |at| at.post(Editor, held::release_articles));
    table.at("/admin/held/articles/skip", |at| at.post(Editor, held::skip_articles));
    table.at("/admin/held/release", |at| at.post(Admin, held::release));
    table.at("/admin/held/cancel", |at| at.post(Admin, held::cancel));
    table.at("/admin/held/real", |at| at.post(Admin, held::adopt));
}

/// Puts the desk's routes into the server.
pub fn routes(cfg: &mut ServiceConfig) {
    let mut table = Table::default();
    fill(&mut table);
    for resource in table.resources {
        cfg.service(resource);
    }
}

/// Every route of the desk: for the test that walks them as nobody, as an editor and as an admin.
pub fn all_routes() -> Vec<(&'static str, &'static str, Access)> {
    let mut table = Table::default();
    fill(&mut table);
    table.entries
}

#[derive(Default)]
struct Table {
    resources: Vec<Resource>,
    entries: Vec<(&'static str, &'static str, Access)>,
}

/// One URL of the table.
struct At {
    path: &'static str,
    resource: Resource,
    entries: Vec<(&'static str, &'static str, Access)>,
}

impl Table {
    fn at(&mut self, path: &'static str, line: impl FnOnce(At) -> At) {
        let resource = resource(path).app_data(web::PayloadConfig::new(BODY_BYTES_MAX));
        let at = line(At { path, resource, entries: Vec::new() });
        self.resources.push(at.resource);
        self.entries.extend(at.entries);
    }
}

impl At {
    /// A route for GET and HEAD.
    fn get<F, Args>(self, access: Access, handler: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
        self.add("GET", access, route.to(handler))
    }

    fn post<F, Args>(self, access: Access, handler: F) -> At
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add("POST", access, web::post().to(handler))
    }

    /// Lets this URL take a larger body: an article, a file.
    fn bytes_max(mut self, bytes: usize) -> At {
        self.resource = self.resource.app_data(web::PayloadConfig::new(bytes));
        self
    }

    fn add(mut self, method: &'static str, access: Access, route: Route) -> At {
        let guarded = route.wrap(from_fn(move |request, next| check(access, request, next)));
        self.resource = self.resource.route(guarded);
        self.entries.push((method, self.path, access));
        self
    }
}

/// Lets a request through to its handler if whoever sends it may, and came from our own pages.
async fn check(
    access: Access,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match judge(access, &request).await {
        Ok(None) => next.call(request).await.map(private),
        Ok(Some(elsewhere)) => Ok(private(request.into_response(elsewhere))),
        // Not `Err`: that would go past the middleware that gives every answer its words and headers.
        Err(refusal) => Ok(private(request.error_response(refusal))),
    }
}

/// `None`: the handler answers. Else where whoever is not signed in must go first.
async fn judge(access: Access, request: &ServiceRequest) -> Result<Option<HttpResponse>, ErrorPage> {
    let Some(app) = request.app_data::<web::Data<App>>() else {
        return Err(ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "No application", ""));
    };
    if let Some(refusal) = refuse_in_the_clear(app, request) {
        return Err(refusal);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !is_same_origin(app, request.headers()) {
        return Err(ErrorPage::new(
            StatusCode::FORBIDDEN,
            "This came from another page",
            "The desk takes only what its own pages send. Open the page here and send it again.",
        ));
    }
    if access == Access::Anybody {
        return Ok(None);
    }
    let found = match request.cookie(cookie_name(app)) {
        Some(cookie) => accounts::session(app, cookie.value()).await.map_err(refuse)?,
        None => None,
    };
    let Some((session, user)) = found else {
        return to_sign_in(app, request, reads).await.map(Some);
    };
    if session.second_factor_at.is_none() && access != Access::AwaitingCode {
        return Ok(Some(see_other("/admin/sign-in/code")));
    }
    let may = access != Access::Admin || user.role == Role::Admin;
    let ip = reader::ip(request.request(), &app.config.trusted_proxies).to_string();
    request.extensions_mut().insert(Me { user, session, ip });
    match may {
        true => Ok(None),
        false => Err(ErrorPage::new(
            StatusCode::FORBIDDEN,
            "This is for admins",
            "Ask an admin to do it, or to make you one.",
        )),
    }
}

/// Nothing of the desk is kept by browsers or proxies.
fn private(mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

async fn to_sign_in(app: &App, request: &ServiceRequest, reads: bool) -> Result<HttpResponse, ErrorPage> {
    if !reads || super::page::prefers_json(request.headers()) {
        return Err(ErrorPage::new(
            StatusCode::UNAUTHORIZED,
            "You are signed out",
            "Nothing was changed. Sign in in another tab, then send this again.",
        ));
    }
    if stored_users::is_empty(&mut app.db.read().await?).await? {
        return Ok(see_other("/admin/sign-in"));
    }
    let path = request.uri().path_and_query().map_or("/admin", |path| path.as_str());
    let to: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    Ok(see_other(&format!("/admin/sign-in?to={to}")))
}

/// The seconds to wait where too many passwords are being checked.
const BUSY_SECS: u64 = 5;

/// What a failed action is to a page that has no form for it.
fn refuse(error: actions::Error) -> ErrorPage {
    match error {
        actions::Error::Refused(refusal) if refusal.is(&people::PASSWORDS_BUSY) => {
            ErrorPage { retry_after: Some(BUSY_SECS), ..refusal.into() }
        }
        actions::Error::Refused(refusal) if refusal.code.kind == Kind::NotFound => ErrorPage::not_found(),
        other => other.into(),
    }
}

/// A refusal in the desk's frame: with the tabs, where somebody is signed in.
pub async fn error_page(request: &HttpRequest, refusal: &ErrorPage) -> Option<HttpResponse> {
    let app = request.app_data::<web::Data<App>>()?;
    let mut me = request.extensions().get::<Me>().cloned();
    if me.is_none() && refusal.status == StatusCode::NOT_FOUND {
        // No route, so no guard has looked who asks.
        me = signed_in(app, request).await;
    }
    let mut tx = app.db.read().await.ok()?;
    let desk = match &me {
        Some(me) => Desk::read(app, &mut tx, me, request, Tab::None).await.ok()?,
        None => Desk::bare(app, &mut tx).await.ok()?,
    };
    let (link, link_label) = match me {
        None if refusal.status == StatusCode::UNAUTHORIZED => ("/admin/sign-in", "Sign in"),
        _ => ("/admin", "To the front page"),
    };
    let said = SaidPage { desk, title: &refusal.title, sentence: refusal.sentence.clone(), link, link_label };
    let mut response = super::page::page(refusal.status, &said).ok()?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}

async fn signed_in(app: &App, request: &HttpRequest) -> Option<Me> {
    let cookie = request.cookie(cookie_name(app))?;
    let (session, user) = accounts::session(app, cookie.value()).await.ok()??;
    session.second_factor_at?;
    let ip = reader::ip(request, &app.config.trusted_proxies).to_string();
    Some(Me { user, session, ip })
}

/// Over plain http, a session's cookie would be anybody's: only a loopback address will do.
fn refuse_in_the_clear(app: &App, request: &ServiceRequest) -> Option<ErrorPage> {
    if app.config.base_url.scheme() == "https" {
        return None;
    }
    let peer = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let same_machine = app.config.base_url_is_loopback() && peer && !reader::was_forwarded(request.headers());
    (!same_machine).then(|| {
        ErrorPage::new(
            StatusCode::FORBIDDEN,
            "The desk needs https",
            "Whoever is on the way could take your session. Put a proxy with a certificate before Postrider and set \
             BASE_URL=https://…, or open the desk on the machine itself.",
        )
    })
}

/// Whether a request that changes something comes from a page of ours: browsers say so themselves
/// (Fetch Metadata, or Origin in older ones), and a page elsewhere can't make them say otherwise.
fn is_same_origin(app: &App, headers: &HeaderMap) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let ours = app.config.base_url.origin().ascii_serialization();
    match (value("sec-fetch-site"), value("origin")) {
        (Some(site), Some(origin)) => site == "same-origin" && origin == ours,
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origin == ours,
        (None, None) => false,
    }
}

/// The session cookie's name: `__Host-` ties it to this host, and needs https.
fn cookie_name(app: &App) -> &'static str {
    if app.config.base_url.scheme() == "https" { "__Host-postrider-desk" } else { "postrider-desk" }
}

/// A parameter of the address; `None` where it is not there.
fn query(request: &HttpRequest, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// After a form: the page that shows what came of it.
fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
