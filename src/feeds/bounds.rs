//! How much of a feed is read at all: counted while it is looked over, before anything is built of it. Ten
//! megabytes of `<item/>` or `{}` cost the reader a hundred times as much.

use super::parse_error::ParseError;

/// Podcasts list all that they ever published, a few thousand. The newest of them are kept.
pub(super) const ITEMS_MAX: usize = 10_000;
/// Items that are read of those: the newest.
pub const ITEMS_READ_MAX: usize = 500;
/// Elements of XML, values of JSON: twenty for each of so many items.
pub(super) const ELEMENTS_MAX: usize = 200_000;
/// Elements in elements; XHTML content is the deepest.
pub(super) const DEPTH_MAX: usize = 60;
/// Attributes of one element, which the reader compares with each other.
pub(super) const ATTRIBUTES_MAX: usize = 500;

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    items: usize,
    elements: usize,
    depth: usize,
}

impl Bounds {
    /// One more element of this local name; `tag` is all that stands between its angle brackets.
    pub(super) fn element(&mut self, name: &str, tag: &str) -> Result<(), ParseError> {
        self.items += usize::from(matches!(name, "item" | "entry"));
        self.elements += 1;
        if self.items > ITEMS_MAX {
            return Err(ParseError::TooManyItems);
        }
        if self.elements > ELEMENTS_MAX {
            return Err(ParseError::TooManyElements);
        }
        // A value may hold the character too, which makes it more than there are.
        if memchr::memchr_iter(b'=', tag.as_bytes()).count() > ATTRIBUTES_MAX {
            return Err(ParseError::TooManyAttributes);
        }
        Ok(())
    }

    pub(super) fn open(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(ParseError::TooDeep) } else { Ok(()) }
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) fn is_open(&self) -> bool {
        self.depth > 0
    }
}

/// Refuses JSON of too many or too deep values; whether it is JSON is for its reader to say.
pub(super) fn check_json(text: &str) -> Result<(), ParseError> {
    let (mut bounds, mut in_string, mut escaped) = (Bounds::default(), false, false);
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            // What stands before the first of these, and behind each, is a value or a name.
            b'{' | b'[' => {
                bounds.open()?;
                bounds.element("", "")?;
            }
            b',' | b':' => bounds.element("", "")?,
            b'}' | b']' => bounds.close(),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_counted_outside_of_its_strings() {
        assert_eq!(check_json(r#"{"a":[1,2,{"b":"[[[[{\\\"{{{,,,"}]}"#), Ok(()));
        assert_eq!(check_json(&"[".repeat(61)), Err(ParseError::TooDeep));
        assert_eq!(
            check_json(&format!("[{}]", "{},".repeat(ELEMENTS_MAX))),
            Err(ParseError::TooManyElements)
        );
        let text = format!("{{\"a\":\"{}\"}}", "{},[".repeat(ELEMENTS_MAX));
        assert_eq!(check_json(&text), Ok(()));
    }
}
