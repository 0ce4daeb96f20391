//! Dates and times by CLDR, and lists of names.

use chrono::{DateTime, Datelike as _, TimeZone, Timelike as _};
use chrono_tz::Tz;
use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, NoCalendarFormatter, fieldsets};
use icu_list::{ListFormatter, options::ListFormatterOptions};
use icu_time::Time;

use super::Localizer;

/// A date as the library has it. Years are of four digits wherever one is stored.
fn date(time: &DateTime<impl TimeZone>) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(time.year(), time.month() as u8, time.day() as u8).ok()
}

/// Writes a date with the fields of a set, else as ISO 8601.
macro_rules! written {
    ($localizer:expr, $time:expr, $fields:expr) => {{
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(
            $localizer.formats.clone().into(),
            $fields,
        );
        match (formatter, date($time)) {
            (Ok(formatter), Some(date)) => formatter.format(&date).to_string(),
            _ => $time.date_naive().to_string(),
        }
    }};
}

/// Writes days as [`Localizer::date`] does, for many of them.
pub struct Dates(Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>);

impl Dates {
    pub fn write(&self, time: &DateTime<Tz>) -> String {
        match (&self.0, date(time)) {
            (Some(formatter), Some(date)) => formatter.format(&date).to_string(),
            _ => time.date_naive().to_string(),
        }
    }
}

impl Localizer {
    /// What writes many days.
    pub fn dates(&self) -> Dates {
        let fields = fieldsets::YMD::long();
        Dates(FixedCalendarDateTimeFormatter::try_new(self.formats.clone().into(), fields).ok())
    }

    /// "24 November 2026".
    pub fn date(&self, time: &DateTime<Tz>) -> String {
        self.dates().write(time)
    }

    /// "Tuesday 24 November".
    pub fn day(&self, time: &DateTime<Tz>) -> String {
        written!(self, time, fieldsets::MDE::long())
    }

    /// "Tuesday".
    pub fn weekday(&self, time: &DateTime<Tz>) -> String {
        written!(self, time, fieldsets::E::long())
    }

    /// "09:41".
    pub fn time(&self, time: &DateTime<Tz>) -> String {
        let fields = fieldsets::T::hm();
        let formatter = NoCalendarFormatter::try_new(self.formats.clone().into(), fields);
        match (formatter, Time::try_new(time.hour() as u8, time.minute() as u8, 0, 0)) {
            (Ok(formatter), Ok(time)) => formatter.format(&time).to_string(),
            _ => time.format("%H:%M").to_string(),
        }
    }

    /// "Tuesday 24 November, 09:41 London (GMT)": for whoever may live elsewhere.
    pub fn date_time_zone(&self, time: &DateTime<Tz>) -> String {
        let date =
            self.text("date-time").with("day", self.day(time)).with("time", self.time(time)).to_string();
        let zone = time.format("%Z").to_string();
        let place = time.timezone().name().rsplit('/').next().unwrap_or_default().replace('_', " ");
        let said = match zone.starts_with(['+', '-']) {
            _ if place == zone => self.text("date-time-place"),
            true => self.text("date-time-zone").with("zone", format!("UTC{zone}")),
            false => self.text("date-time-zone").with("zone", zone),
        };
        said.with("date", date).with("place", place).to_string()
    }

    /// "World, Markets and Sport".
    pub fn and<T: AsRef<str>>(&self, names: &[T]) -> String {
        let options = ListFormatterOptions::default();
        match ListFormatter::try_new_and(self.formats.clone().into(), options) {
            Ok(formatter) => formatter.format(names.iter().map(AsRef::as_ref)).to_string(),
            Err(_) => names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "),
        }
    }
}
