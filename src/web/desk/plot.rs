//! Plots, drawn here as SVG: at 1:1 for a wide page and for a phone, so that their text stays 12 px.
//! Attributes only, since no page of the desk may have inline style. The words are ours; what is drawn is
//! in a table beside each plot as well.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::frame::grouped;
use super::sign_ups::Minute;
use crate::db::counts::{Day, Progress};
use crate::domain::text::escape_html;
use crate::locale::say;

/// A phone's 375 px without its margins.
const NARROW: f64 = 335.0;

/// A sentence that names nothing.
fn said(key: &str) -> String {
    say(key).to_string()
}

/// One plot in its two widths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plot {
    pub wide: String,
    pub narrow: String,
}

impl Plot {
    fn draw(width: f64, height: f64, label: &str, draw: impl Fn(&mut Svg)) -> Plot {
        let one = |class: &str, width: f64| {
            let mut svg = Svg { out: String::new(), width };
            let _ = write!(
                svg.out,
                r#"<svg class="plot {class}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#,
                escape_html(label)
            );
            draw(&mut svg);
            svg.out.push_str("</svg>");
            svg.out
        };
        Plot { wide: one("plot-wide", width), narrow: one("plot-narrow", NARROW) }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.wide.is_empty()
    }
}

/// The last hour's sign-ups, a bar a minute: those that were taken, and above them those that were stopped.
pub fn sign_ups(minutes: &[Minute], zone: Tz) -> Plot {
    let (taken, stopped): (i64, i64) =
        (minutes.iter().map(|one| one.taken).sum(), minutes.iter().map(|one| one.stopped).sum());
    if taken + stopped == 0 {
        return Plot::default();
    }
    let most = minutes.iter().map(|one| one.taken + one.stopped).max().unwrap_or(0);
    let label =
        say("guard-plot").with("taken", taken).with("stopped", stopped).with("most", most).to_string();
    Plot::draw(640.0, 190.0, &label, |svg| {
        let (left, right) = (44.0, svg.width - 72.0);
        let values = whole_ticks(most as f64);
        let y = Scale { from: (0.0, values[values.len() - 1]), to: (158.0, 12.0) };
        for value in &values[1..] {
            svg.line("rule", (left, y.at(*value)), (right, y.at(*value)));
            svg.text(0.0, y.at(*value) + 4.0, "", "start", &short(*value));
        }
        let slot = (right - left) / minutes.len() as f64;
        for (at, minute) in minutes.iter().enumerate() {
            let from = left + slot * at as f64 + 0.5;
            let (low, high) = (y.at(minute.taken as f64), y.at((minute.taken + minute.stopped) as f64));
            if minute.taken > 0 {
                svg.rect("bars", from, low, slot - 1.0, 158.0 - low);
            }
            if minute.stopped > 0 {
                svg.rect("bars-2", from, high, slot - 1.0, low - high);
            }
            if (minutes.len() - 1 - at).is_multiple_of(15) {
                let time = minute.at.with_timezone(&zone).format("%H:%M").to_string();
                svg.text(from + slot / 2.0, 176.0, "", "middle", &time);
            }
        }
        svg.line("base", (left, 158.0), (right, 158.0));
        svg.text(right + 9.0, 120.0, "", "start", &short(stopped as f64));
        svg.text(right + 9.0, 134.0, "", "start", &said("guard-plot-stopped"));
        svg.text(right + 9.0, 148.0, "direct", "start", &short(taken as f64));
        svg.text(right + 9.0, 162.0, "direct", "start", &said("guard-plot-taken"));
    })
}

struct Svg {
    out: String,
    width: f64,
}

/// To a tenth of a pixel: what is finer is seen by nobody and weighs.
fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

impl Svg {
    fn text(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        let anchor = if anchor == "start" { String::new() } else { format!(r#" text-anchor="{anchor}""#) };
        let _ = write!(
            self.out,
            r#"<text x="{}" y="{}"{class}{anchor}>{}</text>"#,
            px(x),
            px(y),
            escape_html(text)
        );
    }

    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(px);
        let _ = write!(self.out, r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#);
    }

    fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let [x, y, width, height] = [x, y, width, height].map(px);
        let _ =
            write!(self.out, r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#);
    }

    fn dot(&mut self, class: &str, x: f64, y: f64) {
        let _ = write!(self.out, r#"<circle class="{class}" cx="{}" cy="{}" r="3"/>"#, px(x), px(y));
    }

    fn shape(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
        let _ = write!(self.out, r#"<polygon class="{class}" points="{}"/>"#, points.join(" "));
    }

    fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut d = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{} {}", if at == 0 { "M" } else { "L" }, px(*x), px(*y));
        }
        let _ = write!(self.out, r#"<path class="{class}" d="{d}"/>"#);
    }
}

/// Round values from at most `low` to at least `high`, three to five steps.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let span = (high - low).max(f64::EPSILON);
    let rough = span / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|n| n * power).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(power * 10.0);
    let first = (low / step).floor();
    let last = (high / step).ceil().max(first + 1.0);
    (0..=(last - first) as i64).map(|n| (first + n as f64) * step).collect()
}

/// The same for what is counted: whole numbers only.
fn whole_ticks(high: f64) -> Vec<f64> {
    ticks(0.0, high.max(1.0)).into_iter().filter(|tick| tick.fract().abs() < 1e-9).collect()
}

/// "1.05 m", "950 k", "12": beside a line.
fn short(n: f64) -> String {
    let trimmed = |value: f64, places: usize| {
        let text = format!("{value:.places$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    match n.abs() {
        size if size >= 1e6 => format!("{} m", trimmed(n / 1e6, 2)),
        size if size >= 1e4 => format!("{} k", trimmed(n / 1e3, 1)),
        _ => grouped(n as i64),
    }
}

/// "0.21 %".
pub fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    let share = part as f64 * 100.0 / whole as f64;
    let places = match share {
        share if share >= 99.95 || share == 0.0 => 0,
        share if share >= 1.0 => 1,
        share if share >= 0.1 => 2,
        _ => 3,
    };
    format!("{share:.places$} %")
}

/// A scale from values to pixels.
#[derive(Clone, Copy)]
struct Scale {
    from: (f64, f64),
    to: (f64, f64),
}

impl Scale {
    fn at(self, value: f64) -> f64 {
        let span = self.from.1 - self.from.0;
        let share = if span == 0.0 { 0.0 } else { (value - self.from.0) / span };
        self.to.0 + share * (self.to.1 - self.to.0)
    }
}

/// The names under an axis of days, no two closer than 40 px: months, or days where they are few.
fn day_names(days: &[NaiveDate], x: impl Fn(usize) -> f64) -> Vec<(f64, String, String)> {
    let by_month = days.len() > 62;
    let mut names: Vec<(f64, String, String)> = Vec::new();
    let apart = if by_month { 40.0 } else { 24.0 };
    let mut before: Option<NaiveDate> = None;
    for (at, day) in days.iter().enumerate() {
        if by_month && day.day() != 1 {
            continue;
        }
        if names.last().is_some_and(|(last, ..)| x(at) - last < apart) {
            continue;
        }
        let (name, under) = if by_month {
            let turned = before.is_none_or(|before| before.year() != day.year());
            (day.format("%b").to_string(), if turned { day.format("%Y").to_string() } else { String::new() })
        } else {
            let turned = before.is_none_or(|before| before.month() != day.month());
            (day.day().to_string(), if turned { day.format("%b").to_string() } else { String::new() })
        };
        before = Some(*day);
        names.push((x(at), name, under));
    }
    names
}

/// How many are active day by day, reckoned back from how many are now.
pub fn active_by_day(days: &[Day], active_now: i64, today: NaiveDate) -> Vec<(NaiveDate, i64, Day)> {
    let known: std::collections::BTreeMap<NaiveDate, &Day> =
        days.iter().filter_map(|day| Some((day.day.parse().ok()?, day))).collect();
    let Some(first) = known.keys().next().copied().filter(|first| *first <= today) else { return Vec::new() };
    let mut active = active_now;
    let mut found: Vec<(NaiveDate, i64, Day)> = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= today).collect::<Vec<_>>().into_iter().rev() {
        let brought = known
            .get(&day)
            .map_or_else(|| Day { day: day.to_string(), ..Day::default() }, |day| (*day).clone());
        let before = active - brought.joined + brought.ended;
        found.push((day, active, brought));
        active = before.max(0);
    }
    found.reverse();
    found
}

/// Fewer days than this are read in a table: a plot of them looks broken.
pub const DAYS_MIN: usize = 7;

/// Active over time as a line; who joined and left as bars below. Nothing of fewer than [`DAYS_MIN`] days.
pub fn subscribers(series: &[(NaiveDate, i64, Day)]) -> Plot {
    let Some((_, active, _)) = series.last().filter(|_| series.len() >= DAYS_MIN) else {
        return Plot::default();
    };
    let days: Vec<NaiveDate> = series.iter().map(|(day, ..)| *day).collect();
    let (low, high) = series.iter().fold((i64::MAX, 0), |(low, high), (_, n, _)| (low.min(*n), high.max(*n)));
    let weekly = series.len() > 62;
    let group = if weekly { 7 } else { 1 };
    let mut bars: Vec<(i64, i64)> = series
        .rchunks(group)
        .map(|days| (days.iter().map(|d| d.2.joined).sum(), days.iter().map(|d| d.2.ended).sum()))
        .collect();
    bars.reverse();
    let most = bars.iter().map(|(joined, left)| joined.max(left)).max().copied().unwrap_or(0).max(1) as f64;
    let label = say("today-plot-subscribers")
        .with("active", *active)
        .with("before", series[0].1)
        .with("date", days[0].format("%-d %B %Y").to_string())
        .to_string();
    Plot::draw(396.0, 290.0, &label, |svg| {
        let (left, right) = (44.0, svg.width - 84.0);
        // A line need not start at zero.
        let values: Vec<f64> = match high - low > high / 2 || high < 8 || high == low {
            true => whole_ticks(high as f64),
            false => ticks(low as f64, high as f64),
        };
        let y = Scale { from: (values[0], values[values.len() - 1]), to: (150.0, 12.0) };
        for value in &values {
            svg.line("rule", (left, y.at(*value)), (right, y.at(*value)));
            svg.text(0.0, y.at(*value) + 4.0, "", "start", &short(*value));
        }
        svg.line("base", (left, 158.0), (right, 158.0));
        let x = Scale { from: (0.0, (days.len() - 1) as f64), to: (left, right) };
        for (at, name, under) in day_names(&days, |day| x.at(day as f64)) {
            svg.line("base", (at, 158.0), (at, 162.0));
            svg.text(at, 176.0, "", "start", &name);
            svg.text(at, 190.0, "", "start", &under);
        }
        let points: Vec<(f64, f64)> =
            series.iter().enumerate().map(|(at, (_, n, _))| (x.at(at as f64), y.at(*n as f64))).collect();
        let last = points[points.len() - 1];
        svg.path("line", &points);
        svg.dot("point", last.0, last.1);
        svg.text(right + 9.0, last.1 + 4.0, "direct", "start", &grouped(*active));
        svg.text(right + 9.0, last.1 + 18.0, "", "start", &said("today-plot-active"));

        let (top, middle, bottom) = (206.0, 252.0, 280.0);
        let up = Scale { from: (0.0, most), to: (middle, top) };
        let slot = (right - left) / bars.len() as f64;
        let width = (slot - if slot > 6.0 { 2.0 } else { 1.0 }).clamp(1.0, 24.0);
        svg.text(
            0.0,
            middle - 18.0,
            "",
            "start",
            &said(if weekly { "today-plot-weekly" } else { "today-plot-daily" }),
        );
        for (at, (joined, gone)) in bars.iter().enumerate() {
            let from = left + slot * at as f64 + (slot - width) / 2.0;
            let (joined, gone) = (*joined as f64, *gone as f64);
            if joined > 0.0 {
                svg.rect("bars", from, up.at(joined), width, middle - up.at(joined));
            }
            if gone > 0.0 {
                svg.rect("bars-2", from, middle, width, (middle - up.at(gone)).min(bottom - middle));
            }
        }
        svg.line("base", (left, middle), (right, middle));
        let (joined, gone) = bars[bars.len() - 1];
        svg.text(right + 9.0, middle - 26.0, "direct", "start", &grouped(joined));
        svg.text(right + 9.0, middle - 12.0, "", "start", &said("today-plot-joined"));
        svg.text(right + 9.0, middle + 14.0, "strong-text", "start", &grouped(gone));
        svg.text(right + 9.0, middle + 28.0, "", "start", &said("today-plot-left"));
    })
}

/// A day's deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub day: NaiveDate,
    pub sent: i64,
    pub bounced: i64,
    /// Readers whose provider said that day that they complained.
    pub complained: i64,
}

impl Sent {
    /// Whether nothing was sent that day, nor came back.
    pub fn is_empty(&self) -> bool {
        self.sent + self.bounced + self.complained == 0
    }

    fn share(&self) -> f64 {
        let whole = self.sent + self.bounced;
        if whole == 0 { 0.0 } else { self.bounced as f64 * 100.0 / whole as f64 }
    }
}

fn ordinal(day: u32) -> String {
    let end = match (day % 10, day % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{end}")
}

/// Bars a day, today's hollow; how many of them bounced as a line below. Nothing where the first mail was sent
/// fewer than [`DAYS_MIN`] days ago.
pub fn deliveries(days: &[Sent]) -> Plot {
    let since = days.iter().skip_while(|day| day.is_empty()).count();
    let Some(today) = days.last().filter(|_| since >= DAYS_MIN) else { return Plot::default() };
    let label = say("today-plot-deliveries")
        .with("sent", today.sent)
        .with("bounced", percent(today.bounced, today.sent + today.bounced))
        .with("complained", days.iter().map(|day| day.complained).sum::<i64>())
        .with("days", days.len())
        .to_string();
    let most = days.iter().map(|day| day.sent).max().unwrap_or(0);
    let worst = days.iter().map(Sent::share).fold(0.0, f64::max);
    let complained: i64 = days.iter().map(|day| day.complained).sum();
    let height = if complained > 0 { 306.0 } else { 290.0 };
    Plot::draw(318.0, height, &label, |svg| {
        let (left, right) = (44.0, svg.width - 72.0);
        let values = whole_ticks(most as f64);
        let y = Scale { from: (0.0, values[values.len() - 1]), to: (158.0, 12.0) };
        for value in &values[1..] {
            svg.line("rule", (left, y.at(*value)), (right, y.at(*value)));
            svg.text(0.0, y.at(*value) + 4.0, "", "start", &short(*value));
        }
        let slot = (right - left) / days.len() as f64;
        let width = slot - 3.0;
        let middle = |at: usize| left + slot * (at as f64 + 0.5);
        for (at, day) in days.iter().enumerate() {
            let top = y.at(day.sent as f64);
            let from = middle(at) - width / 2.0;
            match at + 1 == days.len() {
                true => svg.rect("hollow", from + 0.75, top + 0.75, width - 1.5, (157.25 - top).max(0.5)),
                false if day.sent > 0 => svg.rect("bars", from, top, width, 158.0 - top),
                false => {}
            }
            if (days.len() - 1 - at).is_multiple_of(2) {
                svg.text(middle(at), 176.0, "", "middle", &day.day.day().to_string());
            }
        }
        svg.line("base", (left, 158.0), (right, 158.0));
        let label_y = y.at(today.sent as f64).clamp(24.0, 140.0);
        svg.text(right + 9.0, label_y, "direct", "start", &grouped(today.sent));
        svg.text(right + 9.0, label_y + 14.0, "", "start", &said("today-plot-today"));

        let shares = ticks(0.0, worst.max(0.2));
        let high = shares[shares.len() - 1];
        let y = Scale { from: (0.0, high), to: (276.0, 216.0) };
        for share in [high, high / 2.0] {
            svg.line("rule", (left, y.at(share)), (right, y.at(share)));
            svg.text(
                0.0,
                y.at(share) + 4.0,
                "",
                "start",
                &format!("{} %", (share * 1000.0).round() / 1000.0),
            );
        }
        svg.text(0.0, 280.0, "", "start", "0");
        svg.line("base", (left, 276.0), (right, 276.0));
        let points: Vec<(f64, f64)> =
            days.iter().enumerate().map(|(at, day)| (middle(at), y.at(day.share()))).collect();
        svg.path("line bad", &points);
        let peak = days.iter().enumerate().max_by(|a, b| a.1.share().total_cmp(&b.1.share()));
        if let Some((at, day)) = peak.filter(|(at, day)| day.bounced > 0 && at + 1 < days.len()) {
            let (x, y) = points[at];
            svg.dot("point-bad", x, y);
            let anchor = if at < 4 { "start" } else { "end" };
            let x = if at < 4 { x + 7.0 } else { x - 7.0 };
            let share = percent(day.bounced, day.sent + day.bounced);
            svg.text(
                x,
                (y - 6.0).max(210.0),
                "",
                anchor,
                &say("today-plot-share-on")
                    .with("share", share)
                    .with("day", ordinal(day.day.day()))
                    .to_string(),
            );
        }
        let last = points[points.len() - 1];
        let share = percent(today.bounced, today.sent + today.bounced);
        svg.text(right + 9.0, last.1.min(262.0) + 4.0, "bad-text", "start", &share);
        svg.text(right + 9.0, last.1.min(262.0) + 18.0, "", "start", &said("today-plot-bounced"));
        // Few as a rule: each day that had some is written on the plot, not drawn on a scale of its own.
        for (at, _) in days.iter().enumerate().filter(|(_, day)| day.complained > 0) {
            let x = middle(at);
            svg.shape("point-bad", &[(x, 278.5), (x + 4.0, 285.5), (x - 4.0, 285.5)]);
        }
        if complained > 0 {
            svg.text(
                left,
                300.0,
                "bad-text",
                "start",
                &say("today-plot-complained").with("complained", complained).to_string(),
            );
        }
    })
}

/// How a campaign came on.
pub struct Course<'a> {
    pub notes: &'a [Progress],
    pub began: DateTime<Utc>,
    /// When it will be through, as things go; `None`: nobody can say, or it is.
    pub until: Option<DateTime<Utc>>,
    /// Messages a second, lately.
    pub now: f64,
    /// The same at most, over all processes; 0: no limit.
    pub limit: u32,
    pub zone: Tz,
}

/// A stretch of a campaign's course.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub sent: i64,
}

impl Stretch {
    pub fn rate(&self) -> f64 {
        let secs = (self.to - self.from).num_milliseconds() as f64 / 1000.0;
        if secs <= 0.0 { 0.0 } else { self.sent as f64 / secs }
    }
}

/// A campaign's course in at most `most` stretches of about the same length.
pub fn stretches(began: DateTime<Utc>, notes: &[Progress], most: i32) -> Vec<Stretch> {
    let Some(last) = notes.last() else { return Vec::new() };
    let apart = (last.at - began) / most;
    let mut found: Vec<Stretch> = Vec::new();
    let mut from = Progress { at: began, sent: 0 };
    for (at, note) in notes.iter().enumerate() {
        let is_last = at + 1 == notes.len();
        if note.at > from.at && (note.at - from.at >= apart || is_last) {
            // What goes out again is sent twice and counted once: a rate is never below none.
            found.push(Stretch { from: from.at, to: note.at, sent: (note.sent - from.sent).max(0) });
            from = *note;
        }
    }
    found
}

/// Messages a second over a campaign's time, with what is to come dotted.
pub fn rate(course: &Course<'_>) -> Plot {
    let parts = stretches(course.began, course.notes, 90);
    let Some(last) = parts.last().copied() else { return Plot::default() };
    let elapsed = (last.to - course.began).max(TimeDelta::seconds(1));
    let end = course.until.map_or(last.to, |until| until.min(last.to + elapsed * 3)).max(last.to);
    let fastest = parts.iter().map(Stretch::rate).fold(course.now, f64::max);
    // A limit far above all that happens would press the line flat.
    let limit = Some(f64::from(course.limit)).filter(|limit| *limit > 0.0 && *limit < fastest * 2.0);
    let most = limit.map_or(fastest, |limit| limit.max(fastest));
    let secs = |time: DateTime<Utc>| (time - course.began).num_milliseconds() as f64 / 1000.0;
    let clock = |time: DateTime<Utc>, form: &str| time.with_timezone(&course.zone).format(form).to_string();
    let in_words = |rate: f64| match rate {
        rate if rate < 0.05 => said("campaign-plot-none"),
        rate if rate < 10.0 => say("campaign-rate-a-second").with("number", format!("{rate:.1}")).to_string(),
        rate => say("campaign-rate-a-second").with("number", rate.round() as i64).to_string(),
    };
    // The line's end is labelled with its own value, not with what is sent now: it may be over.
    let words = in_words(last.rate());
    let label = say("campaign-plot-rate")
        .with("rate", in_words(course.now))
        .with("time", clock(last.to, "%H:%M"))
        .to_string();
    Plot::draw(720.0, 170.0, &label, |svg| {
        let (left, right) = (44.0, svg.width - 88.0);
        let values = whole_ticks(most);
        let y = Scale { from: (0.0, values[values.len() - 1]), to: (138.0, 20.0) };
        for value in &values[1..] {
            svg.line("rule", (left, y.at(*value)), (right, y.at(*value)));
            svg.text(0.0, y.at(*value) + 4.0, "", "start", &short(*value));
        }
        let limit = limit.map(|limit| y.at(limit));
        if let Some(at) = limit {
            svg.line("limit", (left, at), (right, at));
            svg.text(right + 9.0, at + 4.0, "", "start", &said("campaign-plot-limit"));
        }
        svg.line("base", (left, 138.0), (right, 138.0));
        let x = Scale { from: (0.0, secs(end).max(1.0)), to: (left, right) };
        let steps = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 172_800, 604_800];
        let apart = secs(end) / ((right - left) / 90.0);
        let step = steps.into_iter().find(|step| f64::from(*step) >= apart).unwrap_or(604_800);
        let form = if step < 60 {
            "%H:%M:%S"
        } else if step < 86_400 {
            "%H:%M"
        } else {
            "%-d %b"
        };
        let offset = course.began.with_timezone(&course.zone).naive_local().and_utc().timestamp()
            - course.began.timestamp();
        let local = course.began.timestamp() + offset;
        let mut at = local - local.rem_euclid(i64::from(step)) - offset;
        while at <= end.timestamp() {
            if let Some(time) = DateTime::from_timestamp(at, 0).filter(|time| *time >= course.began) {
                let x = x.at(secs(time));
                svg.line("base", (x, 138.0), (x, 142.0));
                if x < right - 20.0 {
                    svg.text(x, 156.0, "", "start", &clock(time, form));
                }
            }
            at += i64::from(step);
        }
        let mut points = vec![(x.at(0.0), y.at(0.0))];
        points.extend(parts.iter().map(|part| (x.at(secs(part.to)), y.at(part.rate()))));
        svg.path("line", &points);
        let head = points[points.len() - 1];
        svg.dot("point", head.0, head.1);
        // The label stands beside the line's end, clear of the limit's label; where the line ends early it
        // stands under the end, or over it where there is no room.
        let below = if head.1 > 104.0 { -10.0 } else { 22.0 };
        match head.0 {
            x if x > right - 60.0 => {
                let y =
                    limit.filter(|limit| (head.1 - limit).abs() < 16.0).map_or(head.1, |limit| limit + 16.0);
                svg.text(right + 9.0, y + 4.0, "direct", "start", &words);
            }
            x if x < left + 60.0 => svg.text(left + 8.0, head.1 + below, "direct", "start", &words),
            x => svg.text(x, head.1 + below, "direct", "middle", &words),
        }
        if let Some(until) = course.until.filter(|until| *until > last.to) {
            svg.path("ahead", &[head, (right, head.1)]);
            if until <= end {
                svg.path("ahead", &[(right, head.1), (right, 138.0)]);
                svg.text(right + 9.0, 120.0, "", "start", &said("campaign-plot-done"));
                svg.text(right + 9.0, 135.0, "strong-text", "start", &clock(until, "%H:%M"));
            }
        }
    })
}

/// A bar of shares, edge to edge: what is sent and how the rest stands. As wide as its place.
pub fn bar(parts: &[(&str, i64)], total: i64) -> String {
    let mut out = String::from(
        r#"<svg class="progress" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">"#,
    );
    let mut x = 0.0;
    for (class, n) in parts.iter().filter(|(_, n)| *n > 0 && total > 0) {
        // What is rare is still seen.
        let width = (*n as f64 * 1000.0 / total as f64).max(2.0).min(1000.0 - x);
        let _ = write!(
            out,
            r#"<rect class="part-{class}" x="{}" y="0" width="{}" height="20"/>"#,
            px(x),
            px((width - if width > 4.0 { 1.0 } else { 0.5 }).max(0.5))
        );
        x += width;
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_active_is_reckoned_back_from_now() {
        let brought = |day: &str, joined, ended| Day { day: day.to_owned(), joined, ended, ..Day::default() };
        let days = [brought("2026-11-20", 100, 0), brought("2026-11-22", 10, 4), brought("2026-11-24", 1, 7)];
        let found: Vec<i64> = active_by_day(&days, 100, day("2026-11-24")).iter().map(|d| d.1).collect();
        assert_eq!(found, [100, 100, 106, 106, 100]);
        assert!(active_by_day(&[], 5, day("2026-11-24")).is_empty());
    }

    #[test]
    fn subscribers_over_seven_days() {
        let brought = |day: &str, joined, ended| Day { day: day.to_owned(), joined, ended, ..Day::default() };
        let days = [brought("2026-11-18", 100, 0), brought("2026-11-22", 10, 4), brought("2026-11-24", 1, 7)];
        let series = active_by_day(&days, 1_048_216, day("2026-11-24"));
        assert!(subscribers(&series[1..]).is_empty(), "six days are no plot");
        let plot = subscribers(&series);
        insta::assert_snapshot!("subscribers_wide", plot.wide.replace("><", ">\n<"));
        insta::assert_snapshot!("subscribers_narrow", plot.narrow.replace("><", ">\n<"));
    }

    #[test]
    fn deliveries_over_a_week() {
        let days: Vec<Sent> = day("2026-11-18")
            .iter_days()
            .zip([
                (640_000, 1300),
                (655_000, 1400),
                (0, 0),
                (660_000, 2700),
                (320_000, 640),
                (650_000, 1200),
                (90_114, 190),
            ])
            .map(|(day, (sent, bounced))| Sent { day, sent, bounced, complained: i64::from(bounced > 20) })
            .collect();
        insta::assert_snapshot!("deliveries_wide", deliveries(&days).wide.replace("><", ">\n<"));
    }

    #[test]
    fn a_campaign_on_its_way() {
        let began: DateTime<Utc> = "2026-11-24T09:45:02Z".parse().unwrap();
        let notes: Vec<Progress> = (1..=6)
            .map(|n| Progress { at: began + TimeDelta::minutes(n), sent: 10_800 * i64::from(n as i32) })
            .collect();
        let until = Some(began + TimeDelta::minutes(20));
        let course = Course {
            notes: &notes,
            began,
            until,
            now: 180.0,
            limit: 200,
            zone: "Europe/London".parse().unwrap(),
        };
        insta::assert_snapshot!("rate_wide", rate(&course).wide.replace("><", ">\n<"));
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_no_number_is_lost_in_a_division() {
        assert!(subscribers(&[]).is_empty() && deliveries(&[]).is_empty());
        let some = Sent { day: day("2026-11-24"), sent: 0, bounced: 0, complained: 1 };
        let none = std::array::from_fn::<_, 7, _>(|_| (day("2026-11-24"), 0, Day::default()));
        let began = "2026-11-24T09:45:02Z".parse().unwrap();
        let stands =
            [Progress { at: began, sent: 0 }, Progress { at: began + TimeDelta::seconds(1), sent: 0 }];
        let course = Course { notes: &stands, began, until: None, now: 0.0, limit: 0, zone: chrono_tz::UTC };
        for plot in [deliveries(&[some; 14]), subscribers(&none), rate(&course)] {
            assert!(!plot.is_empty());
            assert!(!plot.wide.contains("NaN") && !plot.wide.contains("inf"), "{}", plot.wide);
        }
        assert!(!bar(&[("sent", 0)], 0).contains("rect"));
    }

    #[test]
    fn ticks_are_round_and_reach_around() {
        assert_eq!(
            ticks(850_000.0, 1_048_216.0),
            [850_000.0, 900_000.0, 950_000.0, 1_000_000.0, 1_050_000.0]
        );
        assert_eq!(whole_ticks(0.0), [0.0, 1.0]);
        assert_eq!([1_050_000.0, 950_000.0, 9_500.0].map(short), ["1.05 m", "950 k", "9,500"]);
        assert_eq!(
            [percent(287, 214_806), percent(3, 214_806), percent(1, 1), percent(0, 0)],
            ["0.13 %", "0.001 %", "100 %", "0 %"]
        );
    }
}
