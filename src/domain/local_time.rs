//! Times as people type them, in the publication's time zone: an hour that the clocks skip or repeat is
//! asked about, not guessed.

use chrono::{DateTime, Datelike as _, LocalResult, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::locale::say;

/// Why a text is no time: a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("{}", say("time-unreadable").with("typed", .0))]
    Unreadable(String),
    #[error("{}", say("time-skipped").with("time", text).with("zone", zone.name()))]
    Skipped { text: String, zone: Tz },
    #[error("{}", repeated(text, *zone, first, second))]
    Repeated { text: String, zone: Tz, first: DateTime<Tz>, second: DateTime<Tz> },
}

fn repeated(text: &str, zone: Tz, first: &DateTime<Tz>, second: &DateTime<Tz>) -> String {
    let said = say("time-repeated").with("time", text).with("zone", zone.name());
    said.with("first", first.to_rfc3339()).with("second", second.to_rfc3339()).to_string()
}

/// Whether both databases hold a time and sort it rightly: SQLite sorts it as a text, by a year of four digits.
pub fn is_storable(time: DateTime<Utc>) -> bool {
    (1..=9999).contains(&time.year())
}

/// When a day begins in a zone; `None`: no database holds that time.
pub fn day_begins(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    // Where a clock change skips midnight, the day begins an hour later.
    let begins =
        (0..4).find_map(|hour| zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest())?;
    Some(begins.with_timezone(&Utc)).filter(|time| is_storable(*time))
}

/// A time with an offset (RFC 3339), or as the clocks of the zone show it.
pub fn parse(text: &str, zone: Tz) -> Result<DateTime<Utc>, TimeError> {
    let time = parse_any(text, zone)?;
    match is_storable(time) {
        true => Ok(time),
        false => Err(TimeError::Unreadable(text.chars().take(40).collect())),
    }
}

fn parse_any(text: &str, zone: Tz) -> Result<DateTime<Utc>, TimeError> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.with_timezone(&Utc));
    }
    let local = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .ok_or_else(|| TimeError::Unreadable(text.chars().take(40).collect()))?;
    let said = || local.format("%-d %B %Y, %H:%M").to_string();
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) => Ok(time.with_timezone(&Utc)),
        LocalResult::None => Err(TimeError::Skipped { text: said(), zone }),
        LocalResult::Ambiguous(first, second) => {
            Err(TimeError::Repeated { text: said(), zone, first, second })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_the_clocks_skip_or_repeat_is_asked_about() {
        let zone = chrono_tz::Europe::London;
        let said = |text| parse(text, zone).map_err(|error| error.to_string());
        assert_eq!(said("2026-11-24 17:30").unwrap().to_rfc3339(), "2026-11-24T17:30:00+00:00");
        assert_eq!(said("2026-07-24T17:30").unwrap().to_rfc3339(), "2026-07-24T16:30:00+00:00");
        assert_eq!(said("2026-07-24T17:30:00Z").unwrap().to_rfc3339(), "2026-07-24T17:30:00+00:00");
        assert!(said("2027-03-28 01:30").unwrap_err().contains("doesn’t exist"));
        assert!(said("2026-10-25 01:30").unwrap_err().contains("happens twice"));
        for year in ["262142", "+12026", "-0001", "0000"] {
            let error = parse(&format!("{year}-11-24 17:30"), zone).unwrap_err();
            assert!(error.to_string().contains("It should look like this"), "{year}");
        }
        assert!(said("tomorrow").unwrap_err().contains("It should look like this"));
    }
}
