//! Forms that come as `multipart/form-data` (RFC 7578), as browsers write it.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::edge;
use super::error_page::ErrorPage;

/// A field of such a form.
pub struct Part<'a> {
    pub name: String,
    /// Empty where the field holds no file.
    pub file_name: String,
    pub value: &'a [u8],
}

/// What stands between the parts of a request's body; `None`: it is no such form.
pub fn boundary(request: &HttpRequest) -> Option<String> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type
        .filter(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
        .and_then(|kind| kind.split("boundary=").nth(1))
        .map(|boundary| boundary.split(';').next().unwrap_or_default().trim().trim_matches('"'))
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 200)
        .map(str::to_owned)
}

/// The parts of a body.
pub fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
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

/// The fields of a form that holds no file, in order; `None`: it is no such form.
pub fn fields(request: &HttpRequest, body: &[u8]) -> Result<Option<Vec<(String, String)>>, ErrorPage> {
    let Some(boundary) = boundary(request) else { return Ok(None) };
    let mut fields = Vec::new();
    for part in parts(body, &boundary).into_iter().filter(|part| part.file_name.is_empty()) {
        let value = String::from_utf8_lossy(part.value).into_owned();
        edge::text(&part.name).and(edge::text(&value))?;
        fields.push((part.name, value));
    }
    Ok(Some(fields))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(content_type: &str, body: &str) -> Result<Option<Vec<(String, String)>>, ErrorPage> {
        let request = TestRequest::post().insert_header(("content-type", content_type)).to_http_request();
        fields(&request, body.as_bytes())
    }

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nines@example.org\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nworld\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nno\r\n--x--\r\n";
        let expected = [("email", "ines@example.org"), ("list", "world")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        for kind in ["multipart/form-data; boundary=x", "Multipart/Form-Data; charset=utf-8; boundary=\"x\""]
        {
            assert_eq!(read(kind, body).unwrap().unwrap(), expected, "{kind}");
        }
        assert_eq!(read("multipart/form-data; boundary=y", body).unwrap().unwrap(), []);
        let nul = body.replace("ines@", "in\0es@");
        assert!(read("multipart/form-data; boundary=x", &nul).is_err(), "no database stores it");
    }

    #[test]
    fn what_names_no_boundary_is_no_such_form() {
        let long = format!("multipart/form-data; boundary={}", "x".repeat(201));
        for kind in ["multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=x", &long]
        {
            assert!(read(kind, "").unwrap().is_none(), "{kind}");
        }
    }

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
