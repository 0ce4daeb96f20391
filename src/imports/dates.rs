//! Times as exports write them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// In which order somebody writes a date of three numbers with slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Nobody said: a date that can be read in two ways is asked about.
    #[default]
    Unknown,
    DayFirst,
    MonthFirst,
}

/// What a cell says of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    At {
        at: DateTime<Utc>,
        has_zone: bool,
    },
    /// It can be read in two ways.
    Ambiguous,
    /// No time that was, or nothing that can be read as one.
    Unreadable,
}

/// Nobody joined a list before this year: it stands for a time that is not known.
const YEAR_MIN: i32 = 1970;

/// Reads a time; one without a zone is UTC, one with dots or hyphens and the year last begins with its day.
pub(super) fn parse(text: &str, order: DateOrder) -> Said {
    let text = text.trim();
    if text.is_empty() {
        return Said::Nothing;
    }
    if text.len() > 60 || !text.is_ascii() {
        return Said::Unreadable;
    }
    match date(text, order) {
        Date::On(day, rest) => clock(day, rest).unwrap_or(Said::Unreadable),
        Date::Ambiguous => Said::Ambiguous,
        Date::None => Said::Unreadable,
    }
}

enum Date<'a> {
    On(NaiveDate, &'a str),
    Ambiguous,
    None,
}

/// A number of at most so many digits at the beginning, and what follows it.
fn digits(text: &str, most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((text.get(..length)?.parse().ok()?, &text[length..]))
}

fn date(text: &str, order: DateOrder) -> Date<'_> {
    numbered(text, order).or_else(|| named(text)).unwrap_or(Date::None)
}

fn on(year: u32, month: u32, day: u32, rest: &str) -> Option<Date<'_>> {
    Some(Date::On(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

/// Three numbers, the year first or last.
fn numbered(text: &str, order: DateOrder) -> Option<Date<'_>> {
    let (first, rest) = digits(text, 4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let has_year_first = text.len() - rest.len() == 4;
    let (second, rest) = digits(&rest[1..], 2)?;
    let (third, rest) = digits(rest.strip_prefix(separator)?, 4)?;
    if has_year_first {
        return on(first, second, third, rest);
    }
    if third < 1000 {
        return None;
    }
    if separator != '/' || order == DateOrder::DayFirst {
        return on(third, second, first, rest);
    }
    match order {
        DateOrder::MonthFirst => on(third, first, second, rest),
        // Even where only one reading is a date: the next row may be the other way round.
        _ => Some(Date::Ambiguous),
    }
}

/// `4 March 2021`, `Mar 4, 2021`.
fn named(text: &str) -> Option<Date<'_>> {
    let (day, rest) = match digits(text, 2) {
        Some((day, rest)) => (Some(day), rest.trim_start_matches([' ', '-'])),
        None => (None, text),
    };
    let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let month = month(&rest[..length])?;
    let rest = rest[length..].trim_start_matches([' ', '.', '-']);
    let (day, rest) = match day {
        Some(day) => (day, rest),
        None => digits(rest, 2)?,
    };
    let ordinal = ["st", "nd", "rd", "th"].into_iter().find_map(|end| rest.strip_prefix(end));
    let rest = ordinal.unwrap_or(rest).trim_start_matches([' ', ',']);
    let (year, after) = digits(rest, 4)?;
    if rest.len() - after.len() < 4 {
        return None;
    }
    on(year, month, day, after.trim_start_matches(','))
}

fn month(word: &str) -> Option<u32> {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_ascii_lowercase();
    let at = names.iter().position(|name| word.len() >= 3 && word.starts_with(name))?;
    u32::try_from(at + 1).ok()
}

/// The time of a day, with what follows the date.
fn clock(day: NaiveDate, rest: &str) -> Option<Said> {
    if day.year() < YEAR_MIN {
        return None;
    }
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim_start();
    let (time, rest) = match rest.starts_with(|c: char| c.is_ascii_digit()) {
        true => time(rest)?,
        false => (NaiveTime::MIN, rest),
    };
    let local = NaiveDateTime::new(day, time);
    let (offset, has_zone) = zone(rest.trim())?;
    let at = local.and_local_timezone(offset).single()?.with_timezone(&Utc);
    Some(Said::At { at, has_zone })
}

/// `9:15`, `09:15:30.123`, `9:15 PM`.
fn time(text: &str) -> Option<(NaiveTime, &str)> {
    let (mut hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    let (nanos, rest) = rest.strip_prefix(['.', ',']).map_or((0, rest), fraction);
    let word = rest.trim_start();
    let half = word.get(..2).unwrap_or_default();
    let is_pm = half.eq_ignore_ascii_case("pm");
    let rest = if is_pm || half.eq_ignore_ascii_case("am") {
        if hour == 0 || hour > 12 {
            return None;
        }
        hour = hour % 12 + if is_pm { 12 } else { 0 };
        &word[2..]
    } else {
        rest
    };
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second.min(59), nanos)?, rest))
}

/// The nanoseconds of a second's fraction, and what follows it.
fn fraction(text: &str) -> (u32, &str) {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let nanos = text.bytes().take(length.min(9)).fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
    (nanos * 10_u32.pow(9 - u32::try_from(length.min(9)).unwrap_or(9)), &text[length..])
}

/// An offset from UTC, and whether the text names one. Go writes `+0100 CET`: the number counts.
fn zone(text: &str) -> Option<(FixedOffset, bool)> {
    let utc = FixedOffset::east_opt(0)?;
    let Some(sign) = text.chars().next() else { return Some((utc, false)) };
    if matches!(sign, '+' | '-') {
        let (hours, rest) = digits(&text[1..], 2)?;
        let (minutes, _) = digits(rest.strip_prefix(':').unwrap_or(rest), 2).unwrap_or((0, rest));
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        return Some((FixedOffset::east_opt(if sign == '-' { -seconds } else { seconds })?, true));
    }
    let is_utc = ["z", "utc", "gmt", "utc+0", "(utc)"].contains(&text.to_ascii_lowercase().as_str());
    is_utc.then_some((utc, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_exports_write_them() {
        for (text, expected) in [
            ("2031-05-06T07:08:09.123Z", "2031-05-06T07:08:09.123Z"),
            ("2031-05-06 07:08:09", "2031-05-06T07:08:09Z"),
            ("2031-05-06 07:08:09 UTC", "2031-05-06T07:08:09Z"),
            ("2031-05-06 07:08:09.1234567891 +0100 CET", "2031-05-06T06:08:09.123456789Z"),
            ("2031-05-06 07:08:09.1+02:00", "2031-05-06T05:08:09.1Z"),
            ("2031-05-06T07:08:09-03:30", "2031-05-06T10:38:09Z"),
            ("2031-05-06", "2031-05-06T00:00:00Z"),
            ("06.05.2031 07:08", "2031-05-06T07:08:00Z"),
            ("06-05-2031", "2031-05-06T00:00:00Z"),
            ("2031/05/06", "2031-05-06T00:00:00Z"),
            ("May 6, 2031 12:05 AM", "2031-05-06T00:05:00Z"),
            ("6 May 2031", "2031-05-06T00:00:00Z"),
        ] {
            let at = DateTime::parse_from_rfc3339(expected).unwrap().with_timezone(&Utc);
            let said = parse(text, DateOrder::Unknown);
            assert!(matches!(said, Said::At { at: found, .. } if found == at), "{text}: {said:?}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_asked_about() {
        assert_eq!(parse("05/06/2031", DateOrder::Unknown), Said::Ambiguous);
        let day = |order| match parse("05/06/2031", order) {
            Said::At { at, .. } => at.day(),
            said => panic!("{said:?}"),
        };
        assert_eq!((day(DateOrder::DayFirst), day(DateOrder::MonthFirst)), (5, 6));
        let evening = parse("05/13/2031 9:15 PM", DateOrder::MonthFirst);
        assert!(matches!(evening, Said::At { at, .. } if at.to_rfc3339() == "2031-05-13T21:15:00+00:00"));
        assert_eq!(parse("05/13/2031", DateOrder::DayFirst), Said::Unreadable);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            ["0001-01-01 00:00:00 +0000 UTC", "2031-13-01", "soon", "31.02.2031", "2031-05-06 25:00", "١"]
        {
            assert_eq!(parse(text, DateOrder::Unknown), Said::Unreadable, "{text}");
        }
        assert_eq!(parse(" ", DateOrder::Unknown), Said::Nothing);
    }
}
