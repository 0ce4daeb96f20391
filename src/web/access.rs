//! Who may use a route, and the check that stands before each handler. The route table says which; what this lets
//! through, nothing else refuses for want of a right, save a reader's link, which its handler reads.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, web};

use super::error_page::ErrorPage;
use super::{mailbox, query, reader};
use crate::actions::accounts;
use crate::app::App;
use crate::db::audit::Actor;
use crate::db::sessions::Session;
use crate::db::users::{self as stored_users, Role, User};
use crate::fetch;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, and from any site: a form for readers may stand anywhere.
    Anybody,
    /// Whoever holds a link that we signed for a reader. The handler reads the link, since it says which reader.
    ReaderLink,
    /// Somebody at this machine, while mail is captured instead of sent.
    ThisMachine,
    /// This machine, or one on a private network, with no proxy between.
    PrivateNetwork,
    /// Anybody at the desk, to sign in or to set it up.
    SigningIn,
    /// A user who has shown a password or a link, and not yet the code.
    AwaitingCode,
    /// Editors, and admins.
    Editor,
    /// Admins. Every file of addresses is theirs: an editor sees a page of readers at a time.
    Admin,
}

impl Access {
    /// Whether it is about the desk: https, requests from our own pages only, and no answer is kept by anybody.
    pub fn is_for_the_desk(self) -> bool {
        matches!(self, Access::SigningIn | Access::AwaitingCode | Access::Editor | Access::Admin)
    }
}

/// The user who sends a request, once `check` has let them in.
#[derive(Clone, Debug)]
pub struct Me {
    pub user: User,
    pub session: Session,
    pub ip: String,
}

impl Me {
    /// For the audit log.
    pub fn actor(&self) -> Actor {
        Actor::user(&self.user, &self.ip)
    }

    pub fn is_admin(&self) -> bool {
        self.user.role == Role::Admin
    }
}

impl FromRequest for Me {
    type Error = ErrorPage;
    type Future = Ready<Result<Me, ErrorPage>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // A route that anybody may use has nobody: a handler that asks for one is wired wrongly.
        let me = request.extensions().get::<Me>().cloned();
        ready(me.ok_or_else(|| {
            ErrorPage::new(StatusCode::UNAUTHORIZED, "desk-error-signed-out", "desk-error-sign-in-lead")
        }))
    }
}

/// Lets a request through to its handler if whoever sends it may use the route.
pub async fn check(
    access: Access,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match access {
        Access::Anybody | Access::ReaderLink => next.call(request).await,
        Access::ThisMachine => match request.app_data::<web::Data<App>>() {
            Some(app) if mailbox::is_open(request.request(), app) => next.call(request).await,
            // Nobody else may know that there is a mailbox.
            _ => Ok(request.error_response(ErrorPage::not_found())),
        },
        Access::PrivateNetwork if is_near(request.request()) => next.call(request).await,
        Access::PrivateNetwork => {
            let words = "Metrics are not for strangers. Ask from this machine or a private network, and not through a \
                         proxy.\n";
            let refused = HttpResponse::Forbidden().content_type("text/plain; charset=utf-8").body(words);
            Ok(request.into_response(refused))
        }
        Access::SigningIn | Access::AwaitingCode | Access::Editor | Access::Admin => {
            match judge(access, &request).await {
                Ok(None) => next.call(request).await.map(private),
                Ok(Some(elsewhere)) => Ok(private(request.into_response(elsewhere))),
                // Not `Err`: that would go past the middleware that gives every answer its words and headers.
                Err(refusal) => Ok(private(request.error_response(refusal))),
            }
        }
    }
}

/// Whether a request comes from this machine or a private network, with no proxy between.
fn is_near(request: &HttpRequest) -> bool {
    !reader::was_forwarded(request.headers())
        && request.peer_addr().is_some_and(|peer| !fetch::is_public(peer.ip()))
}

/// Whether the handler of one of the desk's routes may answer. `Some`: where whoever is not signed in goes first.
async fn judge(access: Access, request: &ServiceRequest) -> Result<Option<HttpResponse>, ErrorPage> {
    let Some(app) = request.app_data::<web::Data<App>>() else {
        return Err(ErrorPage::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "error-server",
            "desk-error-no-application",
        ));
    };
    if let Some(refusal) = refuse_in_the_clear(app, request) {
        return Err(refusal);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !is_same_origin(app, request.headers()) {
        return Err(ErrorPage::new(
            StatusCode::FORBIDDEN,
            "desk-error-other-page",
            "desk-error-other-page-lead",
        ));
    }
    if access == Access::SigningIn {
        return Ok(None);
    }
    let Some(me) = find_user(app, request.request()).await? else {
        return to_sign_in(app, request, reads).await.map(Some);
    };
    if me.session.second_factor_at.is_none() && access != Access::AwaitingCode {
        let to_code = (header::LOCATION, "/admin/sign-in/code");
        return Ok(Some(HttpResponse::SeeOther().insert_header(to_code).finish()));
    }
    let may = access != Access::Admin || me.is_admin();
    request.extensions_mut().insert(me);
    match may {
        true => Ok(None),
        false => Err(ErrorPage::new(StatusCode::FORBIDDEN, "desk-error-admins", "desk-error-admins-lead")),
    }
}

/// The user whose session a request's cookie names, even one who has not shown the code yet.
async fn find_user(app: &App, request: &HttpRequest) -> Result<Option<Me>, ErrorPage> {
    let Some(cookie) = request.cookie(cookie_name(app)) else { return Ok(None) };
    let Some((session, user)) = accounts::session(app, cookie.value()).await? else { return Ok(None) };
    let ip = reader::ip(request, &app.config.trusted_proxies).to_string();
    Ok(Some(Me { user, session, ip }))
}

/// The user who is signed in, where no route has asked: for a page that is not there.
pub async fn signed_in(app: &App, request: &HttpRequest) -> Option<Me> {
    let me = find_user(app, request).await.ok().flatten();
    me.filter(|me| me.session.second_factor_at.is_some())
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
    if !reads || reader::prefers_json(request.headers()) {
        return Err(ErrorPage::new(
            StatusCode::UNAUTHORIZED,
            "desk-error-signed-out",
            "desk-error-signed-out-lead",
        ));
    }
    if stored_users::is_empty(&mut app.db.read().await?).await? {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/admin/sign-in")).finish());
    }
    let path = request.uri().path_and_query().map_or("/admin", |path| path.as_str());
    let to = query::with("/admin/sign-in", [("to", path)]);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish())
}

/// Over plain http, a session's cookie would be anybody's: only a loopback address will do.
fn refuse_in_the_clear(app: &App, request: &ServiceRequest) -> Option<ErrorPage> {
    if app.config.base_url.scheme() == "https" {
        return None;
    }
    let peer = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let same_machine = app.config.base_url_is_loopback() && peer && !reader::was_forwarded(request.headers());
    (!same_machine)
        .then(|| ErrorPage::new(StatusCode::FORBIDDEN, "desk-error-https", "desk-error-https-lead"))
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
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.base_url.scheme() == "https" { "__Host-postrider-desk" } else { "postrider-desk" }
}
