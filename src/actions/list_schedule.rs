//! A list's schedule as somebody types it, on a page or a command line.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::lists::CAP_MAX;
use crate::domain::digest::{DigestOrder, ListSchedule, QuietHours, WhenMissed, check_subject};
use crate::domain::refusal::{Refusal, lists as codes, readers};
use crate::domain::subscription::Cadence;

type Checked<T> = std::result::Result<T, Refusal>;

/// A schedule as it was typed.
#[derive(Clone, Debug, Default)]
pub struct ScheduleForm {
    pub offered: Vec<String>,
    pub default: String,
    pub hour: String,
    pub weekday: String,
    pub month_day: String,
    pub day_end_hour: String,
    pub order: String,
    pub full: bool,
    pub subject: String,
    pub approve: bool,
    /// Empty: none.
    pub daily_cap: String,
    /// Both empty: none.
    pub quiet_from: String,
    pub quiet_to: String,
    pub when_missed: String,
}

impl ScheduleForm {
    /// A form filled with a schedule.
    pub fn of(schedule: &ListSchedule) -> ScheduleForm {
        let quiet =
            |of: fn(QuietHours) -> u32| schedule.quiet.map(|quiet| of(quiet).to_string()).unwrap_or_default();
        ScheduleForm {
            offered: schedule.choices().map(|cadence| cadence.as_str().to_owned()).collect(),
            default: schedule.default.as_str().to_owned(),
            hour: schedule.hour.to_string(),
            weekday: schedule.weekday.to_string(),
            month_day: schedule.month_day.to_string(),
            day_end_hour: schedule.day_end_hour.to_string(),
            order: schedule.order.as_str().to_owned(),
            full: schedule.full,
            subject: schedule.subject.clone(),
            approve: schedule.approve,
            daily_cap: schedule.daily_cap.map(|cap| cap.to_string()).unwrap_or_default(),
            quiet_from: quiet(|quiet| quiet.from),
            quiet_to: quiet(|quiet| quiet.to),
            when_missed: schedule.when_missed.as_str().to_owned(),
        }
    }

    /// The schedule, if it is one.
    pub fn read(&self) -> Checked<ListSchedule> {
        let mut offered = Vec::new();
        for text in &self.offered {
            offered.push(Cadence::parse(text).ok_or_else(|| readers::CADENCE_UNKNOWN.on("offered"))?);
        }
        let choice = |field| move || codes::SCHEDULE_CHOICE_WRONG.on(field);
        let cap = match self.daily_cap.trim() {
            "" => None,
            text => Some(
                text.parse()
                    .map_err(|_| codes::SCHEDULE_CAP_WRONG.on("daily_cap").with("max", i64::from(CAP_MAX)))?,
            ),
        };
        check_subject(self.subject.trim())?;
        Ok(ListSchedule {
            offered: Cadence::ALL.into_iter().filter(|cadence| offered.contains(cadence)).collect(),
            default: Cadence::parse(&self.default).ok_or_else(choice("default"))?,
            hour: within("hour", &self.hour, 0, 23)?,
            weekday: within("weekday", &self.weekday, 1, 7)?,
            month_day: within("month_day", &self.month_day, 1, 31)?,
            day_end_hour: within("day_end_hour", &self.day_end_hour, 0, 23)?,
            order: DigestOrder::parse(&self.order).ok_or_else(choice("order"))?,
            full: self.full,
            subject: self.subject.trim().to_owned(),
            approve: self.approve,
            daily_cap: cap,
            quiet: quiet(&self.quiet_from, &self.quiet_to)?,
            when_missed: WhenMissed::parse(&self.when_missed).ok_or_else(choice("when_missed"))?,
        })
    }
}

fn within(field: &'static str, text: &str, from: u32, to: u32) -> Checked<u32> {
    let number = text.trim().parse().ok().filter(|number| (from..=to).contains(number));
    number.ok_or_else(|| codes::SCHEDULE_TIME_WRONG.on(field))
}

fn quiet(from: &str, to: &str) -> Checked<Option<QuietHours>> {
    if from.trim().is_empty() && to.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || codes::SCHEDULE_QUIET_WRONG.on("quiet");
    let hour = |text| within("quiet", text, 0, 23).map_err(|_| wrong());
    let quiet = QuietHours { from: hour(from)?, to: hour(to)? };
    if quiet.from == quiet.to { Err(wrong()) } else { Ok(Some(quiet)) }
}

/// When the next digest of each cadence that a list offers goes out, if there is anything to say. Those who get each
/// article have one at the end of the day.
pub fn next_digests(schedule: &ListSchedule, zone: Tz, now: DateTime<Utc>) -> Vec<(Cadence, DateTime<Utc>)> {
    schedule.choices().map(|cadence| (cadence, schedule.next_mail(cadence, zone, now))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::digest::SUBJECT_CHARS_MAX;

    #[test]
    fn a_form_gives_back_the_schedule_that_filled_it() {
        let schedule = ListSchedule {
            offered: vec![Cadence::Daily, Cadence::Monthly],
            default: Cadence::Monthly,
            month_day: 31,
            order: DigestOrder::ByFeed,
            full: true,
            subject: "{{ title }}".to_owned(),
            approve: true,
            daily_cap: Some(3),
            quiet: Some(QuietHours { from: 22, to: 6 }),
            when_missed: WhenMissed::Join,
            ..ListSchedule::default()
        };
        assert_eq!(ScheduleForm::of(&schedule).read().unwrap(), schedule);
        let plain = ListSchedule::default();
        assert_eq!(ScheduleForm::of(&plain).read().unwrap(), plain);
    }

    #[test]
    fn what_is_no_schedule_is_refused_by_its_field() {
        let form = ScheduleForm::of(&ListSchedule::default());
        let field = |change: fn(&mut ScheduleForm)| {
            let mut form = form.clone();
            change(&mut form);
            form.read().unwrap_err().field
        };
        assert_eq!(field(|form| form.offered.push("hourly".to_owned())), "offered");
        assert_eq!(field(|form| form.default = "never".to_owned()), "default");
        assert_eq!(field(|form| form.hour = "24".to_owned()), "hour");
        assert_eq!(field(|form| form.hour = "-1".to_owned()), "hour");
        assert_eq!(field(|form| form.weekday = "0".to_owned()), "weekday");
        assert_eq!(field(|form| form.month_day = "32".to_owned()), "month_day");
        assert_eq!(field(|form| form.day_end_hour = String::new()), "day_end_hour");
        assert_eq!(field(|form| form.order = "random".to_owned()), "order");
        assert_eq!(field(|form| form.daily_cap = "99999999999".to_owned()), "daily_cap");
        assert_eq!(field(|form| form.quiet_from = "22".to_owned()), "quiet");
        assert_eq!(field(|form| form.subject = "a\nb".to_owned()), "subject");
        assert_eq!(field(|form| form.subject = "a".repeat(SUBJECT_CHARS_MAX + 1)), "subject");
        assert_eq!(field(|form| form.when_missed = "drop".to_owned()), "when_missed");
    }
}
