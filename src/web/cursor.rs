//! Where a page goes on in what is sorted by time, as its address says it.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::local_time;

/// A time that both databases can hold, and what tells apart those of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Cursor {
    pub fn new(at: DateTime<Utc>, id: Uuid) -> Cursor {
        Cursor { at, id }
    }

    /// Reads what [`Display`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (micros, id) = text.split_once('.')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        local_time::is_storable(at).then_some(Cursor { at, id: Uuid::try_parse(id).ok()? })
    }

    /// As the queries take it.
    pub fn key(self) -> (DateTime<Utc>, Uuid) {
        (self.at, self.id)
    }
}

impl Display for Cursor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id.simple())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_what_it_was_and_holds_no_time_that_a_database_does_not() {
        let id = Uuid::from_u128(7);
        let cursor = Cursor::new("2026-11-24T09:41:00.000001Z".parse().unwrap(), id);
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for micros in
            [i64::MIN, -8_334_601_228_800_000_000, -62_135_596_800_000_001, 253_402_300_800_000_000, i64::MAX]
        {
            assert_eq!(Cursor::parse(&format!("{micros}.{}", id.simple())), None, "{micros}");
        }
        assert_eq!(Cursor::parse("1.x"), None);
        assert_eq!(Cursor::parse("99999999999999999999.00000000000000000000000000000007"), None);
    }
}
