//! Headers that decide something, and what is read of them.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::middleware::Next;

use super::error_page::ErrorPage;
use crate::locale::Phrase;

/// Who asks, from where, of whom, and what the body is. A header that may be a list (`Accept`,
/// `X-Forwarded-For`) is none of these: its lines are read as one.
const DECIDING: [&str; 11] = [
    "host",
    "origin",
    "referer",
    "cookie",
    "authorization",
    "content-type",
    "content-encoding",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "sec-fetch-user",
];

/// The header that makes a request mean different things to different readers: one that comes twice with
/// different values, or that can't be read.
fn ambiguous(headers: &HeaderMap) -> Option<&'static str> {
    DECIDING.into_iter().find(|name| {
        let mut values = headers.get_all(*name);
        let Some(first) = values.next() else { return false };
        // Cookies of others on the same host may be anything; ours are not.
        let is_text = |value: &HeaderValue| *name == "cookie" || value.to_str().is_ok();
        !is_text(first) || values.any(|value| value != first)
    })
}

/// Refuses a request with an ambiguous header before anything is decided by it.
pub async fn refuse_ambiguous<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let Some(name) = ambiguous(request.headers()) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let sentence = Phrase::new("error-ambiguous-lead").with("header", name);
    let refusal = ErrorPage::new(StatusCode::BAD_REQUEST, "error-ambiguous", sentence);
    Ok(request.error_response(refusal).map_into_right_body())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    #[test]
    fn a_header_that_decides_says_one_thing() {
        let found = |lines: &[(&'static str, &'static [u8])]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                let name = HeaderName::from_static(name);
                headers.append(name, HeaderValue::from_bytes(value).unwrap());
            }
            ambiguous(&headers)
        };
        assert_eq!(found(&[("origin", b"https://a.example"), ("origin", b"https://a.example")]), None);
        assert_eq!(found(&[("origin", b"https://a.example"), ("origin", b"null")]), Some("origin"));
        assert_eq!(found(&[("sec-fetch-site", b"same-origin\xff")]), Some("sec-fetch-site"));
        assert_eq!(found(&[("cookie", "name=José".as_bytes())]), None);
        assert_eq!(found(&[("cookie", b"a=1"), ("cookie", b"a=2")]), Some("cookie"));
        assert_eq!(found(&[("accept", b"text/html"), ("accept", b"application/json")]), None);
    }
}
