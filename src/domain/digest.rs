//! When a list's digests go out, what is in them, and when the list is quiet: what an admin sets of it.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeZone as _, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::placeholder;
use super::refusal::Refusal;
use super::refusal::editorial as codes;
use super::subscription::Cadence;
use crate::locale::Phrase;

/// The placeholders of a digest's subject: the title of the article that leads, how many others there are, how many
/// altogether, and of what and when it is.
pub const SUBJECT_PLACEHOLDERS: [&str; 5] = ["title", "more", "count", "list", "date"];
/// The longest subject that an admin sets, in characters.
pub const SUBJECT_CHARS_MAX: usize = 250;

/// Refuses a template of subjects with a placeholder that digests do not have.
pub fn check_subject(template: &str) -> Result<(), Refusal> {
    let subject = Phrase::new("editor-the-subject");
    let named = |code: &'static super::refusal::Code| {
        code.on("subject").with("name", subject.clone()).with("max", SUBJECT_CHARS_MAX)
    };
    if template.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(named(&codes::LINE_BROKEN));
    }
    if template.chars().count() > SUBJECT_CHARS_MAX {
        return Err(named(&codes::LINE_TOO_LONG));
    }
    placeholder::check_among("subject", template, &SUBJECT_PLACEHOLDERS)
}

/// In which order a digest's articles stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestOrder {
    #[default]
    Newest,
    Oldest,
    /// Those of each feed together.
    ByFeed,
    /// As an editor put them; the newest first where nobody did.
    Picked,
}

impl DigestOrder {
    pub const ALL: [DigestOrder; 4] =
        [DigestOrder::Newest, DigestOrder::Oldest, DigestOrder::ByFeed, DigestOrder::Picked];

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            DigestOrder::Newest => "newest",
            DigestOrder::Oldest => "oldest",
            DigestOrder::ByFeed => "by_feed",
            DigestOrder::Picked => "picked",
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<DigestOrder> {
        DigestOrder::ALL.into_iter().find(|order| order.as_str() == text)
    }
}

/// What becomes of a digest that could not go out for hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenMissed {
    /// An admin decides.
    #[default]
    Hold,
    /// Its articles are in the next one.
    Join,
}

impl WhenMissed {
    pub const ALL: [WhenMissed; 2] = [WhenMissed::Hold, WhenMissed::Join];

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            WhenMissed::Hold => "hold",
            WhenMissed::Join => "join",
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<WhenMissed> {
        WhenMissed::ALL.into_iter().find(|when| when.as_str() == text)
    }
}

/// Hours of the day between which nothing goes out, from the first up to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    pub from: u32,
    pub to: u32,
}

/// What an admin sets of a list's pace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListSchedule {
    /// What readers may choose.
    pub offered: Vec<Cadence>,
    pub default: Cadence,
    /// When digests go out, in the publication's time zone.
    pub hour: u32,
    /// 1 is Monday.
    pub weekday: u32,
    /// The last day of a shorter month, where there is no such day.
    pub month_day: u32,
    /// When those who get each article get what came to more than the daily cap, or is for digests only.
    pub day_end_hour: u32,
    pub order: DigestOrder,
    /// Whole articles instead of excerpts.
    pub full: bool,
    /// Empty: the language's own.
    pub subject: String,
    /// An editor looks at each digest before it goes out.
    pub approve: bool,
    /// So many articles a day go out by themselves, at most.
    pub daily_cap: Option<u32>,
    pub quiet: Option<QuietHours>,
    pub when_missed: WhenMissed,
}

/// What can't be read is as nobody had set it.
impl From<String> for ListSchedule {
    fn from(stored: String) -> ListSchedule {
        serde_json::from_str(&stored).unwrap_or_default()
    }
}

impl Default for ListSchedule {
    fn default() -> ListSchedule {
        ListSchedule {
            offered: vec![Cadence::Each, Cadence::Daily, Cadence::Weekly],
            default: Cadence::Each,
            hour: 7,
            weekday: 1,
            month_day: 1,
            day_end_hour: 20,
            order: DigestOrder::Newest,
            full: false,
            subject: String::new(),
            approve: false,
            daily_cap: None,
            quiet: None,
            when_missed: WhenMissed::Hold,
        }
    }
}

impl ListSchedule {
    /// When the first digest of a cadence goes out behind a moment. Right through a change of the clocks: where an
    /// hour is skipped it goes out at the next one, where it comes twice, the first time.
    pub fn next_after(&self, cadence: Cadence, zone: Tz, after: DateTime<Utc>) -> DateTime<Utc> {
        let today = after.with_timezone(&zone).date_naive();
        let hour = if cadence == Cadence::Each { self.day_end_hour } else { self.hour };
        // A month and a day at the most.
        (0..=33)
            .filter_map(|days| today.checked_add_days(Days::new(days)))
            .filter(|day| self.is_on(cadence, *day))
            .filter_map(|day| local_hour(day, hour, zone))
            .find(|at| *at > after)
            .unwrap_or(after + chrono::TimeDelta::days(31))
    }

    /// Whether a cadence has a digest on a day.
    fn is_on(&self, cadence: Cadence, day: NaiveDate) -> bool {
        match cadence {
            Cadence::Each | Cadence::Daily => true,
            Cadence::Weekly => day.weekday().number_from_monday() == self.weekday,
            Cadence::Monthly => day.day() == self.month_day.min(last_of_month(day)),
        }
    }

    /// Until when nothing goes out, where a moment is within the quiet hours.
    pub fn quiet_until(&self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let QuietHours { from, to } = self.quiet?;
        let local = now.with_timezone(&zone);
        let hour = local.hour();
        let is_quiet = if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to };
        if !is_quiet {
            return None;
        }
        let today = local.date_naive();
        (0..=2)
            .filter_map(|days| local_hour(today.checked_add_days(Days::new(days))?, to, zone))
            .find(|at| *at > now)
    }

    /// The weekday of the weekly digest.
    pub fn weekday(&self) -> Weekday {
        u8::try_from(self.weekday.saturating_sub(1))
            .ok()
            .and_then(|day| Weekday::try_from(day).ok())
            .unwrap_or(Weekday::Mon)
    }

    /// Whether readers may choose a cadence.
    pub fn offers(&self, cadence: Cadence) -> bool {
        self.offered.contains(&cadence)
    }

    /// What readers may choose, in the order that forms show.
    pub fn choices(&self) -> impl Iterator<Item = Cadence> {
        Cadence::ALL.into_iter().filter(|cadence| self.offers(*cadence))
    }

    /// What somebody gets who asks for a cadence: the default, where the list does not offer it.
    pub fn choice(&self, asked: Cadence) -> Cadence {
        if self.offers(asked) { asked } else { self.default }
    }

    /// When the next digest of a cadence goes out, if there is anything to say: in the morning where the list is quiet.
    pub fn next_mail(&self, cadence: Cadence, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
        let at = self.next_after(cadence, zone, now);
        self.quiet_until(zone, at).unwrap_or(at)
    }
}

fn last_of_month(day: NaiveDate) -> u32 {
    (28..=31).rev().find(|last| day.with_day(*last).is_some()).unwrap_or(28)
}

/// An hour of a day in a zone; where a change of the clocks skips it, the next hour that there is.
fn local_hour(day: NaiveDate, hour: u32, zone: Tz) -> Option<DateTime<Utc>> {
    let local = |hour| zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest();
    (hour..(hour + 3).min(24)).find_map(local).map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_digest_goes_out_at_its_local_hour_through_both_changes_of_the_clocks() {
        let london = chrono_tz::Europe::London;
        let schedule = ListSchedule { hour: 1, ..ListSchedule::default() };
        let next = |after| schedule.next_after(Cadence::Daily, london, at(after)).to_rfc3339();
        assert_eq!(next("2027-03-26T12:00:00Z"), "2027-03-27T01:00:00+00:00");
        assert_eq!(
            next("2027-03-27T12:00:00Z"),
            "2027-03-28T01:00:00+00:00",
            "one is skipped: at two, which is 01:00 UTC"
        );
        assert_eq!(next("2027-03-28T01:00:00Z"), "2027-03-29T00:00:00+00:00");
        assert_eq!(
            next("2026-10-24T12:00:00Z"),
            "2026-10-25T00:00:00+00:00",
            "it comes twice: the first time"
        );
        assert_eq!(next("2026-10-25T00:00:00Z"), "2026-10-26T01:00:00+00:00");
    }

    #[test]
    fn a_subject_has_placeholders_of_digests_only() {
        let check = |template: &str| check_subject(template).map_err(|refusal| refusal.sentence());
        assert_eq!(check(""), Ok(()));
        assert_eq!(check("{{ list }}, {{ date }}: {{ title }} and {{ more }} more of {{ count }}"), Ok(()));
        assert!(check("{{ titel }}").unwrap_err().contains("{{ title }}"));
        let unknown = check("Hello {{ first_name }}").unwrap_err();
        assert!(unknown.contains("first_name") && unknown.contains("{{ more }}"), "{unknown}");
        assert!(check("{{ title").is_err() && check("a\nb").is_err() && check(&"x".repeat(251)).is_err());
    }

    #[test]
    fn the_31st_is_the_last_day_of_each_month_and_weeks_have_their_day() {
        let zone = chrono_tz::Europe::Berlin;
        let schedule = ListSchedule { month_day: 31, weekday: 5, hour: 18, ..ListSchedule::default() };
        let mut after = at("2026-12-31T20:00:00Z");
        let mut days = Vec::new();
        for _ in 0..5 {
            after = schedule.next_after(Cadence::Monthly, zone, after);
            days.push(after.with_timezone(&zone).format("%m-%d").to_string());
        }
        assert_eq!(days, ["01-31", "02-28", "03-31", "04-30", "05-31"]);
        let weekly = schedule.next_after(Cadence::Weekly, zone, at("2026-11-28T12:00:00Z"));
        assert_eq!(weekly.to_rfc3339(), "2026-12-04T17:00:00+00:00");
    }

    #[test]
    fn quiet_hours_end_in_the_morning() {
        let zone = chrono_tz::Europe::Berlin;
        let schedule =
            ListSchedule { quiet: Some(QuietHours { from: 22, to: 6 }), ..ListSchedule::default() };
        assert_eq!(schedule.quiet_until(zone, at("2026-11-28T20:59:00Z")), None);
        assert_eq!(schedule.quiet_until(zone, at("2026-11-28T21:00:00Z")), Some(at("2026-11-29T05:00:00Z")));
        assert_eq!(schedule.quiet_until(zone, at("2026-11-29T03:00:00Z")), Some(at("2026-11-29T05:00:00Z")));
        assert_eq!(schedule.quiet_until(zone, at("2026-11-29T05:00:00Z")), None);
    }

    proptest! {
        #[test]
        fn the_next_is_always_ahead_and_within_a_month(
            secs in 1_700_000_000i64..1_900_000_000, hour in 0u32..24, weekday in 1u32..8, month_day in 1u32..32,
            which in 0usize..4, zone in 0usize..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let schedule = ListSchedule { hour, weekday, month_day, ..ListSchedule::default() };
            let (after, cadence) = (DateTime::from_timestamp(secs, 0).unwrap(), Cadence::ALL[which]);
            let next = schedule.next_after(cadence, chrono_tz::TZ_VARIANTS[zone], after);
            prop_assert!(next > after && next - after <= TimeDelta::days(32));
        }
    }
}
