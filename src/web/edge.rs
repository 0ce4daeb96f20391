//! What no request may hold, since no database holds it: refused before a handler sees it, with one sentence.
//! PostgreSQL stores no text with a NUL; SQLite does, and cuts it off there at times.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use serde_json::Value;

use super::error_page::ErrorPage;

/// Refuses an address with a NUL in its path or its query. Bodies are read by [`text`], [`fields`] and [`json`].
pub async fn refuse_unstorable(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    // A NUL can be there as this escape only.
    if request.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00")) {
        // Not `Err`: that would go past the middleware that gives every answer its words and headers.
        return Ok(request.error_response(ErrorPage::unstorable()).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// A text that somebody sent.
pub fn text(text: &str) -> Result<&str, ErrorPage> {
    if text.contains('\0') { Err(ErrorPage::unstorable()) } else { Ok(text) }
}

/// The fields of a urlencoded form, in order.
pub fn fields(body: &[u8]) -> Result<Vec<(String, String)>, ErrorPage> {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    for (name, value) in &fields {
        text(name).and(text(value))?;
    }
    Ok(fields)
}

/// JSON that somebody sent; `None`: it is none.
pub fn json(body: &[u8]) -> Result<Option<Value>, ErrorPage> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Ok(None) };
    match holds_nul(&value) {
        true => Err(ErrorPage::unstorable()),
        false => Ok(Some(value)),
    }
}

/// As deep as the parser goes, which has a limit.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(values) => values.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
