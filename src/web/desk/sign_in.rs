//! Signing in and out: password, code, mailed link. No answer tells whether an address has an account.

use std::time::Duration;

use actix_web::http::header::HeaderValue;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use secrecy::SecretString;

use super::frame::{Desk, Fields, Me, SaidPage, known_browser_cookie, known_browsers, session_cookie};
use super::{BUSY_SECS, refuse, see_other};
use crate::actions::accounts::{self, Begun, Place};
use crate::actions::{Context, Error};
use crate::app::App;
use crate::app::passwords::Queue;
use crate::db::audit::Actor;
use crate::db::sessions::SignInLinkKind;
use crate::db::users;
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::people;
use crate::locale::say;
use crate::web::SignInLimit;
use crate::web::access::cookie_name;
use crate::web::limits::Visitor;
use crate::web::page::{Answer, ErrorPage, page};
use crate::web::{query, reader};

/// How long an answer takes that may mail a link: storing one takes a commit longer than finding nobody,
/// and that would tell who has an account.
const LINK_TAKES: Duration = Duration::from_millis(150);

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct SignInPage {
    desk: Desk,
    /// As typed.
    email: String,
    error: String,
    /// Where to go on.
    to: String,
    /// Nobody has an account yet.
    is_new: bool,
}

#[derive(Template)]
#[template(path = "admin/sign_in_code.html")]
struct CodePage {
    desk: Desk,
    error: String,
    to: String,
}

#[derive(Template)]
#[template(path = "admin/sign_in_link.html")]
struct LinkPage {
    desk: Desk,
    email: String,
    sets_password: bool,
    error: String,
}

/// Where somebody is, for their session and the audit log.
pub fn place(app: &App, request: &HttpRequest) -> Place {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Place {
        ip: reader::ip(request, &app.config.trusted_proxies).to_string(),
        user_agent: agent.unwrap_or("").to_owned(),
        old_session: request.cookie(cookie_name(app)).map(|cookie| cookie.value().to_owned()),
    }
}

/// Who tries to sign in to the account of an address; `None`: what was typed is no address.
async fn visitor(
    app: &App,
    request: &HttpRequest,
    email: Option<&EmailAddress>,
) -> Result<Visitor, ErrorPage> {
    let known = match email {
        Some(email) => {
            accounts::known_browser(app, email, &known_browsers(app, request)).await.map_err(refuse)?
        }
        None => None,
    };
    Ok(Visitor { ip: reader::ip(request, &app.config.trusted_proxies), known })
}

/// Says when to try again.
pub fn retry_after(mut answer: HttpResponse, seconds: u64) -> HttpResponse {
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// A path of the desk to go on to; the desk's front page for anything else.
fn onward(to: &str) -> String {
    let inside = to == "/admin" || to.starts_with("/admin/") || to.starts_with("/admin?");
    let plain = !to.contains("//") && !to.contains('\\') && !to.chars().any(char::is_control);
    if inside && plain && !to.starts_with("/admin/sign-") { to.to_owned() } else { "/admin".to_owned() }
}

fn query(request: &HttpRequest, name: &str) -> String {
    let found =
        url::form_urlencoded::parse(request.query_string().as_bytes()).find(|(field, _)| field == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn sign_in_page(app: &App, status: StatusCode, email: &str, error: String, to: String) -> Answer {
    let mut tx = app.db.read().await?;
    let is_new = users::is_empty(&mut tx).await?;
    let desk = Desk::bare(app, &mut tx).await?;
    page(status, &SignInPage { desk, email: email.to_owned(), error, to, is_new })
}

/// `GET /admin/sign-in`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> Answer {
    sign_in_page(&app, StatusCode::OK, "", String::new(), onward(&query(&request, "to"))).await
}

/// `POST /admin/sign-in`: `email`, `password`, `to`.
pub async fn submit(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    let to = onward(fields.text("to"));
    let typed = fields.text("email");
    let email = EmailAddress::parse(typed).ok();
    let visitor = visitor(&app, &request, email.as_ref()).await?;
    let counted = match limit.password(email.as_ref(), visitor, app.clock.now()) {
        Ok(counted) => counted,
        Err(seconds) => {
            let sentence = say("sign-in-too-many-tries").with("wait", wait(seconds)).to_string();
            let answer = sign_in_page(&app, StatusCode::TOO_MANY_REQUESTS, typed, sentence, to).await?;
            return Ok(retry_after(answer, seconds));
        }
    };
    let password = SecretString::from(fields.raw("password"));
    let queue = if visitor.known.is_some() { Queue::Known } else { Queue::Strangers };
    let place = place(&app, &request);
    let cx = Context::new(&app, Actor::nobody_yet(&place.ip));
    match accounts::sign_in(&cx, email.as_ref(), &password, queue, &place).await {
        Err(Error::Refused(refusal)) if !refusal.is(&people::PASSWORDS_BUSY) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            sign_in_page(&app, status, typed, refusal.sentence(), to).await
        }
        // Right, or not looked at: neither is a guess.
        Err(Error::Refused(busy)) => {
            limit.give_back(counted);
            let status = StatusCode::TOO_MANY_REQUESTS;
            let answer = sign_in_page(&app, status, typed, busy.sentence(), to).await?;
            Ok(retry_after(answer, BUSY_SECS))
        }
        other => {
            limit.give_back(counted);
            Ok(go_on(&app, &other.map_err(refuse)?, &to))
        }
    }
}

/// "Wait 20 seconds.", "Wait 4 minutes."
pub fn wait(seconds: u64) -> String {
    let sentence = match seconds {
        ..60 => say("account-wait-seconds").with("seconds", seconds),
        _ => say("account-wait-minutes").with("minutes", seconds.div_ceil(60)),
    };
    sentence.to_string()
}

/// With the session's cookie, to the code or to where they wanted to go.
fn go_on(app: &App, begun: &Begun, to: &str) -> HttpResponse {
    let mut response = match begun.session.second_factor_at {
        Some(_) => see_other(to),
        None => see_other(&query::with("/admin/sign-in/code", [("to", to)])),
    };
    remember(app, &mut response, begun);
    response
}

/// Gives the browser the cookie of its session, and the one that says that it has signed in.
pub fn remember(app: &App, response: &mut HttpResponse, begun: &Begun) {
    let _ = response.add_cookie(&session_cookie(app, &begun.token));
    if let Some(known) = &begun.known_browser {
        let _ = response.add_cookie(&known_browser_cookie(app, begun.user.id, known));
    }
}

/// `POST /admin/sign-in/link`: mails a link to `email`, if it has an account.
pub async fn mail_link(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    let typed = fields.text("email");
    let email = EmailAddress::parse(typed).ok();
    let visitor = visitor(&app, &request, email.as_ref()).await?;
    let known = match limit.link(visitor, app.clock.now()) {
        Ok(known) => known,
        Err(seconds) => {
            let sentence = say("account-too-many-tries").with("wait", wait(seconds)).to_string();
            let (status, to) = (StatusCode::TOO_MANY_REQUESTS, "/admin".to_owned());
            return Ok(retry_after(sign_in_page(&app, status, typed, sentence, to).await?, seconds));
        }
    };
    let cx = Context::new(&app, Actor::nobody_yet(&visitor.ip.to_string()));
    let mail = async {
        match &email {
            Some(email) => accounts::mail_sign_in_link(&cx, email, known).await,
            None => Ok(()),
        }
    };
    let (mailed, ()) = tokio::join!(mail, tokio::time::sleep(LINK_TAKES));
    mailed.map_err(refuse)?;
    let desk = Desk::bare(&app, &mut app.db.read().await?).await?;
    let said = SaidPage {
        desk,
        title: say("sign-in-link-title").to_string(),
        sentence: say("sign-in-link-sent").to_string(),
        link: "/admin/sign-in",
        link_label: say("sign-in-link-back").to_string(),
    };
    page(StatusCode::OK, &said)
}

/// `GET /admin/sign-in/code`
pub async fn show_code(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    if me.session.second_factor_at.is_some() {
        return Ok(see_other("/admin"));
    }
    code_page(&app, StatusCode::OK, String::new(), onward(&query(&request, "to"))).await
}

/// `POST /admin/sign-in/code`: `code`, `to`.
pub async fn submit_code(
    app: web::Data<App>,
    limit: web::Data<SignInLimit>,
    me: Me,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    let to = onward(fields.text("to"));
    if me.session.second_factor_at.is_some() {
        return Ok(see_other(&to));
    }
    let email = EmailAddress::parse(&me.user.email).ok();
    let visitor = visitor(&app, &request, email.as_ref()).await?;
    let counted = match limit.code(me.user.id, visitor, app.clock.now()) {
        Ok(counted) => counted,
        Err(seconds) => {
            let sentence = say("account-too-many-tries").with("wait", wait(seconds)).to_string();
            let answer = code_page(&app, StatusCode::TOO_MANY_REQUESTS, sentence, to).await?;
            return Ok(retry_after(answer, seconds));
        }
    };
    let place = place(&app, &request);
    let cx = Context::new(&app, Actor::nobody_yet(&place.ip));
    let begun = accounts::second_factor(&cx, &me.session, fields.text("code"), &place).await;
    if let Err(Error::Refused(refusal)) = begun {
        return code_page(&app, StatusCode::UNPROCESSABLE_ENTITY, refusal.sentence(), to).await;
    }
    limit.give_back(counted);
    Ok(go_on(&app, &begun.map_err(refuse)?, &to))
}

async fn code_page(app: &App, status: StatusCode, error: String, to: String) -> Answer {
    let desk = Desk::bare(app, &mut app.db.read().await?).await?;
    page(status, &CodePage { desk, error, to })
}

async fn link_over(app: &App) -> Answer {
    let desk = Desk::bare(app, &mut app.db.read().await?).await?;
    let said = SaidPage {
        desk,
        title: say("sign-in-link-over").to_string(),
        sentence: say("sign-in-link-over-lead").to_string(),
        link: "/admin/sign-in",
        link_label: say("desk-sign-in").to_string(),
    };
    page(StatusCode::GONE, &said)
}

/// `GET /admin/link/{token}`: a page with a button, since scanners open every link.
pub async fn show_link(app: web::Data<App>, token: web::Path<String>) -> Answer {
    let Some((link, user)) = accounts::working_link(&app, &token).await.map_err(refuse)? else {
        return link_over(&app).await;
    };
    let desk = Desk::bare(&app, &mut app.db.read().await?).await?;
    let sets_password = link.kind == SignInLinkKind::Password;
    page(StatusCode::OK, &LinkPage { desk, email: user.email, sets_password, error: String::new() })
}

/// `POST /admin/link/{token}`: signs in; a link that sets a password takes `password`.
pub async fn submit_link(
    app: web::Data<App>,
    token: web::Path<String>,
    request: HttpRequest,
    fields: Fields,
) -> Answer {
    let Some((link, user)) = accounts::working_link(&app, &token).await.map_err(refuse)? else {
        return link_over(&app).await;
    };
    let place = place(&app, &request);
    let cx = Context::new(&app, Actor::nobody_yet(&place.ip));
    let sets_password = link.kind == SignInLinkKind::Password;
    let begun = match sets_password {
        false => accounts::sign_in_by_link(&cx, link.id, user.clone(), &place).await,
        true => {
            let password = SecretString::from(fields.raw("password"));
            accounts::set_password_by_link(&cx, link.id, &user, &password, &place).await
        }
    };
    match begun {
        Ok(begun) => Ok(go_on(&app, &begun, "/admin")),
        Err(Error::Refused(refusal)) if refusal.is(&people::LINK_OVER) => link_over(&app).await,
        Err(Error::Refused(refusal)) if refusal.field == "password" => {
            let desk = Desk::bare(&app, &mut app.db.read().await?).await?;
            let form = LinkPage { desk, email: user.email, sets_password, error: refusal.sentence() };
            page(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(error) => Err(refuse(error)),
    }
}

/// `POST /admin/sign-out`
pub async fn sign_out(app: web::Data<App>, me: Me) -> Answer {
    let cx = Context::new(&app, me.actor());
    accounts::sign_out(&cx, &me.user, me.session.id).await.map_err(refuse)?;
    let mut response = see_other("/admin/sign-in");
    let mut gone = session_cookie(&app, "");
    gone.set_max_age(actix_web::cookie::time::Duration::ZERO);
    debug_assert_eq!(gone.name(), cookie_name(&app));
    let _ = response.add_cookie(&gone);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::onward;

    #[test]
    fn nobody_is_sent_on_to_another_site() {
        assert_eq!(onward("/admin/lists?sort=name"), "/admin/lists?sort=name");
        for elsewhere in [
            "https://evil.example/admin",
            "//evil.example",
            "/admin//evil.example",
            "/administer",
            "/\\evil",
            "",
        ] {
            assert_eq!(onward(elsewhere), "/admin", "{elsewhere}");
        }
    }
}
