//! `Link` headers (RFC 8288), as far as their relations go.

use reqwest::header::{self, HeaderMap};
use url::Url;

/// So many bytes of them are read, and so many links.
const BYTES_MAX: usize = 8 * 1024;
const LINKS_MAX: usize = 40;

/// Each link with each of its relations, in lower case and in order.
pub fn read(headers: &HeaderMap, base: &Url) -> Vec<(String, Url)> {
    let mut found = Vec::new();
    let mut room = BYTES_MAX;
    for value in headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok()) {
        let Some(left) = room.checked_sub(value.len()) else { break };
        room = left;
        let mut rest = value;
        while let Some((address, behind)) = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
            let end = end_of_link(behind);
            let relations = relation(&behind[..end]);
            if let Ok(url) = base.join(address.trim()) {
                let each =
                    relations.split_ascii_whitespace().map(|name| (name.to_ascii_lowercase(), url.clone()));
                found.extend(each);
            }
            rest = &behind[end..];
        }
    }
    found.truncate(LINKS_MAX);
    found
}

/// Where the parameters of a link end: at a comma that is not within quotes.
fn end_of_link(text: &str) -> usize {
    let mut quoted = false;
    text.find(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .unwrap_or(text.len())
}

/// The first `rel` among the parameters of a link.
fn relation(parameters: &str) -> &str {
    let named = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut relations = named.filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"));
    relations.next().map_or("", |(_, value)| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(values: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::LINK, header::HeaderValue::from_static(value));
        }
        let base = Url::parse("https://harbour.example/feed/").unwrap();
        read(&headers, &base).iter().map(|(rel, url)| format!("{rel} {url}")).collect()
    }

    #[test]
    fn links_are_read_as_servers_write_them() {
        assert_eq!(
            links(&[
                "<https://hub.example/?a,b>; rel=\"hub\", </feed/>;title=\"a, <b>\";REL=Self",
                "<x>; rel=\"next HUB\""
            ]),
            [
                "hub https://hub.example/?a,b",
                "self https://harbour.example/feed/",
                "next https://harbour.example/feed/x",
                "hub https://harbour.example/feed/x"
            ]
        );
        assert_eq!(links(&["<", "<a", "a>; rel=hub", "<a>", "<a>; rel", "<a>; title=\"x"]), [""; 0]);
    }
}
