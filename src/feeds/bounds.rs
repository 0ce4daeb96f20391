//! How much of a feed is read at all: counted while it is looked over, before anything is built of it. Ten
//! megabytes of `<item/>` or `{}` cost the reader a hundred times as much.

use super::parse_error::ParseError;

/// Podcasts list all that they ever published, a few thousand. The newest of them are kept.
pub(super) const ITEMS_MAX: usize = 10_000;
/// Items that are read of those: the newest.
pub const ITEMS_READ_MAX: usize = 500;
/// Elements of XML, values of JSON: twenty for each of so many items.
pub(super) const ELEMENTS_MAX: usize = 200_000;
/// Elements in elements. What is deeper is read as text.
pub(super) const DEPTH_MAX: usize = 60;
/// Attributes that are read of one element.
pub(super) const ATTRIBUTES_MAX: usize = 50;

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    items: usize,
    elements: usize,
}

impl Bounds {
    /// One more element of this local name.
    pub(super) fn element(&mut self, name: &str) -> Result<(), ParseError> {
        self.items += usize::from(matches!(name, "item" | "entry"));
        self.elements += 1;
        if self.items > ITEMS_MAX {
            Err(ParseError::TooManyItems)
        } else if self.elements > ELEMENTS_MAX {
            Err(ParseError::TooManyElements)
        } else {
            Ok(())
        }
    }
}

/// Refuses JSON of too many values; whether it is JSON is for its reader to say.
pub(super) fn check_json(text: &str) -> Result<(), ParseError> {
    let (mut bounds, mut in_string, mut escaped) = (Bounds::default(), false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            // What stands before the first of these, and behind each, is a value or a name.
            b'{' | b'[' | b',' | b':' if !in_string => bounds.element("")?,
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
        assert_eq!(
            check_json(&format!("[{}]", "{},".repeat(ELEMENTS_MAX))),
            Err(ParseError::TooManyElements)
        );
        let text = format!("{{\"a\":\"{}\"}}", "{},[".repeat(ELEMENTS_MAX));
        assert_eq!(check_json(&text), Ok(()));
    }
}
