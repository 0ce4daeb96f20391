//! Short names in URLs.

use uuid::Uuid;

/// A list's name in URLs and commands: `a-z`, `0-9` and `-`, 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", crate::locale::say("list-short-name-wrong").with("typed", .0))]
pub struct SlugError(String);

impl Slug {
    /// Parses a slug as typed.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let fits = !text.is_empty()
            && text.len() <= 60
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Slug(text.to_owned())) } else { Err(SlugError(text.chars().take(80).collect())) }
    }

    /// The slug itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A slug made of a title: its ASCII letters and digits, words joined by `-`, 60 characters at most.
/// Empty where the title has none.
pub fn slugify(title: &str) -> String {
    let mut slug = String::new();
    for word in title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        if slug.len() + 1 + word.len() > 60 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug
}

/// The archive's name for a campaign: its title's words and the end of its id, which is random.
pub fn archive_slug(title: &str, id: Uuid) -> String {
    let tail = &id.simple().to_string()[24..];
    match slugify(title) {
        slug if slug.is_empty() => tail.to_owned(),
        slug => format!("{slug}-{tail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_fit_for_a_url() {
        assert!(Slug::parse("world-news").is_ok());
        for bad in ["", "World", "a b", "-a", "a-", "a/b", "ä"] {
            assert!(Slug::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(slugify("Container rates slip: 5% less!"), "container-rates-slip-5-less");
        assert_eq!(slugify("한국"), "");
    }
}
