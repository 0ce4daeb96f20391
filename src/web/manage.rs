//! What a reader does by a link that was mailed a moment ago: their address, all that is kept of them, and its end. The
//! preferences page shows it where its own link is such a one, and mails one where it is not.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::page::{Answer, ErrorPage, Said, Site, make_private, private};
use super::preferences::{find, preferences_page};
use super::{edge, reader};
use crate::actions::manage::{self, LINK_LIFE};
use crate::actions::subscribers::data;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::db;
use crate::db::audit::Actor;
use crate::db::subscribers::Subscriber;
use crate::domain::email_address::{EmailAddress, masked};
use crate::domain::refusal::readers;
use crate::locale::Phrase;

fn who(app: &App, request: &HttpRequest) -> Actor {
    Actor::reader(&reader::ip(request, &app.config.trusted_proxies).to_string())
}

async fn site_of(app: &App, subscriber: &Subscriber) -> sqlx::Result<Site> {
    Ok(Site::of(app).await?.in_language_of([subscriber.language.as_str()]))
}

/// The reader of a link that was mailed a moment ago.
async fn find_fresh(app: &App, tx: &mut db::Tx, token: &str) -> Result<Subscriber, ErrorPage> {
    let subscriber = find(app, tx, token).await?;
    match manage::is_fresh(app, token, &subscriber) {
        true => Ok(subscriber),
        false => Err(Error::from(readers::LINK_OLD.refusal()).into()),
    }
}

/// `POST /preferences/{token}/link`: mails a link for a while to the reader's own address.
pub async fn mail_link(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let subscriber = find(&app, &mut app.db.read().await?, &token).await?;
    manage::mail_link(&Context::new(&app, who(&app, &request)), &subscriber).await?;
    let lead = Phrase::new("manage-link-sent-lead")
        .with("address", masked(&subscriber.email))
        .with("minutes", LINK_LIFE.num_minutes());
    private(StatusCode::OK, &Said::new(site_of(&app, &subscriber).await?, "manage-link-sent", lead))
}

/// `POST /preferences/{token}/address`: mails a link to the address that is to be theirs.
pub async fn ask_address(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    app: web::Data<App>,
) -> Answer {
    let subscriber = find_fresh(&app, &mut app.db.read().await?, &token).await?;
    let fields = edge::fields(&body)?;
    let typed = fields.iter().find(|(name, _)| name == "email").map_or("", |(_, value)| value.as_str());
    let shown = [("email".to_owned(), typed.chars().take(320).collect())];
    let Ok(email) = EmailAddress::parse(typed) else {
        return preferences_page(&app, &token, "", &shown, None).await;
    };
    let cx = Context::new(&app, who(&app, &request));
    match manage::ask_new_address(&cx, &subscriber, &email).await {
        Ok(()) => {
            let site = site_of(&app, &subscriber).await?;
            private(StatusCode::OK, &Said::new(site, "new-address-asked", "new-address-asked-lead"))
        }
        Err(Error::Refused(refusal)) if refusal.field == "email" => {
            preferences_page(&app, &token, "", &shown, Some(&refusal)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /preferences/{token}/export`: all that is kept of the reader, as a file.
pub async fn export(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let subscriber = find_fresh(&app, &mut tx, &token).await?;
    let data = data(&mut tx, &subscriber).await?;
    let mut response = HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""))
        .body(format!("{data:#}"));
    make_private(response.headers_mut());
    Ok(response)
}

/// `GET /preferences/{token}/erase`: asks once.
pub async fn show_erase(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let subscriber = find_fresh(&app, &mut app.db.read().await?, &token).await?;
    let lead = Phrase::new("erase-lead").with("address", subscriber.email.clone());
    let said = Said::new(site_of(&app, &subscriber).await?, "erase-heading", lead);
    private(StatusCode::OK, &said.button("erase-button"))
}

/// `POST /preferences/{token}/erase`
pub async fn erase(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let subscriber = find_fresh(&app, &mut app.db.read().await?, &token).await?;
    let site = site_of(&app, &subscriber).await?;
    manage::erase(&Context::new(&app, who(&app, &request)), &subscriber).await?;
    private(StatusCode::OK, &Said::new(site, "erased", "erased-lead").link("/", "subscribe-again"))
}

/// `GET /address/{token}`: asks whether an address becomes a reader's.
pub async fn show_address(token: web::Path<String>, app: web::Data<App>) -> Answer {
    let mut tx = app.db.read().await?;
    let asked = manage::read_new_address(&mut tx, &app, &token).await?;
    let (subscriber, email) = asked.ok_or_else(ErrorPage::bad_link)?;
    drop(tx);
    let site = site_of(&app, &subscriber).await?;
    let lead = Phrase::new("new-address-lead").with("address", masked(email.as_str()));
    private(StatusCode::OK, &Said::new(site, "new-address-heading", lead).button("new-address-button"))
}

/// `POST /address/{token}`
pub async fn set_address(request: HttpRequest, token: web::Path<String>, app: web::Data<App>) -> Answer {
    let cx = Context::new(&app, who(&app, &request));
    let changed = manage::set_new_address(&cx, &token).await?.ok_or_else(ErrorPage::bad_link)?;
    let lead = Phrase::new("new-address-set-lead").with("address", masked(&changed.email));
    private(StatusCode::OK, &Said::new(site_of(&app, &changed).await?, "new-address-set", lead))
}
