//! The queries of the addresses that our pages lead to.

use url::form_urlencoded::Serializer;

/// `name=value&…` of some pairs.
pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A path with a query of some pairs, or alone where there are none.
pub fn with<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    match of(pairs) {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_query_apart() {
        assert_eq!(with("/admin", []), "/admin");
        assert_eq!(with("/admin", [("to", "/a?b=ä&c"), ("q", "")]), "/admin?to=%2Fa%3Fb%3D%C3%A4%26c&q=");
    }
}
