//! A campaign as a reader would get it: on a page, and as a test.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::workbench::{AskedAt, edit_page};
use super::{Failed, edit_url, failed, find};
use crate::actions::Context;
use crate::actions::compose::{self, Preview};
use crate::actions::editorial;
use crate::app::App;
use crate::db::{campaigns, publication, subscribers, subscriptions};
use crate::domain::email_address::EmailAddress;
use crate::locale::{Localizer, Phrase, say};
use crate::mail::content::{self, PreviewReader};
use crate::web::desk::frame::{Fields, Me, done};
use crate::web::page::{Answer, ErrorPage, MAIL_POLICY, mail};

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
        return Ok(preview_text(say("campaign-preview-nobody").with("address", shown).to_string()));
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
    let chosen = reader.as_ref().map(|reader| reader.id);
    let preview = compose::preview(&app, &campaign, &address, chosen).await.map_err(|error| {
        let why = Phrase::new("desk-error-because").with("why", format!("{error:#}"));
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-error-no-preview", why)
    })?;
    let Preview { content, message, values } = preview;
    let words = Localizer::negotiate([content.language.as_str()]);
    let since = subscription.as_ref().map(|s| words.date(&s.status_since.with_timezone(&zone)));
    let cadence = subscription.as_ref().map(|s| s.cadence);
    let reader = PreviewReader { email: to, subscription: cadence.zip(since.as_deref()), values: &values };
    let copy = content::preview_copy(&content, &reader);
    Ok(shown_as(value("as"), copy.html, copy.text, &message))
}

/// A mail as somebody wants to look at it.
fn shown_as(how: &str, html: String, text: String, message: &[u8]) -> HttpResponse {
    match how {
        "text" => preview_text(text),
        "source" => preview_text(String::from_utf8_lossy(message).into_owned()),
        "dark" => mail(in_mode(&html, "dark")),
        "no-images" => {
            let mut response = mail(in_mode(&html, "light"));
            let policy = MAIL_POLICY.replace("img-src https: data: 'self'; ", "");
            if let Ok(policy) = header::HeaderValue::from_str(&policy) {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            response
        }
        _ => mail(in_mode(&html, "light")),
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
    match editorial::send_test(&Context::new(&app, me.actor()), draft.id, fields.text("to")).await {
        Ok(n) => {
            let said = say("campaign-test-sent").with("addresses", n);
            Ok(done(&app, &edit_url(draft.id), said.to_string()))
        }
        Err(error) => match failed(error) {
            Failed::Refused(refusal) => {
                edit_page(&app, &me, &request, draft, None, AskedAt::default(), refusal.into()).await
            }
            failed => Err(failed.into_page()),
        },
    }
}
