//! Dates as feeds write them: RFC 822 and RFC 3339, and all that people take for them, in the languages that they
//! speak. What can't be read is no date, and costs nothing else.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

/// No date is longer.
const CHARS_MAX: usize = 100;

/// A date as written. One without a zone is taken as UTC, one without a time as the day's beginning.
pub(super) fn read(written: &str) -> Option<DateTime<Utc>> {
    let text: String = written.trim().chars().take(CHARS_MAX).map(digit).collect();
    let text = text.to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let tokens = tokens(&text);
    if let [Token::Number { value, digits }] = tokens[..] {
        return single_number(value, digits);
    }
    let mut parts = DateParts::default();
    let rest = parts.take_marked(tokens);
    let rest = parts.take_time(rest);
    parts.take_date(&rest)?;
    parts.moment()
}

/// A duration in seconds, as podcasts write it: seconds, or hours, minutes and seconds.
pub(super) fn duration(written: &str) -> Option<u32> {
    let mut seconds: u32 = 0;
    for part in written.trim().split(':') {
        let whole = part.split('.').next().unwrap_or_default();
        seconds = seconds.checked_mul(60)?.checked_add(whole.trim().parse().ok()?)?;
    }
    Some(seconds)
}

/// The digits of other scripts.
fn digit(c: char) -> char {
    let zero = match c {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{2212}' => return '-',
        '：' => return ':',
        _ => return c,
    };
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number { value: u64, digits: usize },
    Word(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = |kind: fn(char) -> bool| rest.find(|c| !kind(c)).unwrap_or(rest.len());
        let len = if first.is_ascii_digit() {
            let len = end(|c| c.is_ascii_digit());
            let value = rest[..len].parse().unwrap_or(u64::MAX);
            tokens.push(Token::Number { value, digits: len });
            len
        } else if first.is_alphabetic() {
            // Marks that are no letters stand in words too.
            let len = end(|c| c.is_alphabetic() || ('\u{300}'..'\u{36f}').contains(&c));
            tokens.push(Token::Word(rest[..len].to_owned()));
            len
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = &rest[len..];
    }
    tokens
}

/// A number alone: a year, a day, or seconds since 1970.
fn single_number(value: u64, digits: usize) -> Option<DateTime<Utc>> {
    let number = i64::try_from(value).ok()?;
    match digits {
        4 => at_midnight(NaiveDate::from_ymd_opt(i32::try_from(number).ok()?, 1, 1)?),
        8 => at_midnight(packed_day(value)?),
        10 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp_millis(number),
        14 => {
            let time = packed_time(value % 1_000_000, 6)?;
            Some(packed_day(value / 1_000_000)?.and_time(time).and_utc())
        }
        _ => None,
    }
    .filter(|at| is_likely(at.year()))
}

fn is_likely(year: i32) -> bool {
    (1900..2200).contains(&year)
}

fn at_midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

fn packed_day(value: u64) -> Option<NaiveDate> {
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month as u32, day as u32)
}

fn packed_time(value: u64, digits: usize) -> Option<NaiveTime> {
    let value = if digits == 4 { value * 100 } else { value };
    NaiveTime::from_hms_opt((value / 10_000) as u32, (value / 100 % 100) as u32, (value % 100) as u32)
}

/// What is known of a date so far.
#[derive(Debug, Default)]
struct DateParts {
    year: Option<u64>,
    month: Option<u64>,
    day: Option<u64>,
    hour: Option<u64>,
    minute: Option<u64>,
    second: Option<u64>,
    micros: i64,
    is_pm: Option<bool>,
    /// Minutes east of Greenwich.
    offset: Option<i64>,
}

impl DateParts {
    /// Numbers that the character behind them names, as in Chinese, Japanese and Korean: 2026年11月1日.
    fn take_marked(&mut self, tokens: Vec<Token>) -> Vec<Token> {
        let mut rest: Vec<Token> = Vec::new();
        for token in tokens {
            if let Token::Word(word) = &token {
                match word.as_str() {
                    "上午" | "午前" | "오전" => self.is_pm = Some(false),
                    "下午" | "午後" | "오후" => self.is_pm = Some(true),
                    _ => {}
                }
                let slot = word.chars().next().and_then(|mark| self.marked(mark));
                if let (Some(slot), Some(Token::Number { value, .. })) = (slot, rest.last()) {
                    *slot = Some(*value);
                    rest.pop();
                    continue;
                }
            }
            rest.push(token);
        }
        rest
    }

    fn marked(&mut self, mark: char) -> Option<&mut Option<u64>> {
        match mark {
            '年' | '년' => Some(&mut self.year),
            '月' | '월' => Some(&mut self.month),
            '日' | '일' | '号' => Some(&mut self.day),
            '时' | '時' | '点' | '點' | '시' => Some(&mut self.hour),
            '分' | '분' => Some(&mut self.minute),
            '秒' | '초' => Some(&mut self.second),
            _ => None,
        }
    }

    /// The time of day, and the zone behind it.
    fn take_time(&mut self, tokens: Vec<Token>) -> Vec<Token> {
        let number = |at: usize| match tokens.get(at) {
            Some(Token::Number { value, digits }) => Some((*value, *digits)),
            _ => None,
        };
        let is_sign =
            |at: usize, signs: &[char]| matches!(tokens.get(at), Some(Token::Sign(c)) if signs.contains(c));
        let is_word = |at: usize, word: &str| matches!(tokens.get(at), Some(Token::Word(own)) if own == word);
        let mut end = 0;
        let mut start = tokens.len();
        for at in 0..tokens.len() {
            let Some((value, digits)) = number(at) else { continue };
            if is_sign(at + 1, &[':']) && number(at + 2).is_some() {
                self.hour = Some(value);
                self.minute = number(at + 2).map(|(minute, _)| minute);
                (start, end) = (at, at + 3);
                if is_sign(end, &[':', '.']) && number(end + 1).is_some_and(|(_, digits)| digits <= 2) {
                    self.second = number(end + 1).map(|(second, _)| second);
                    end += 2;
                    if let (true, Some((fraction, digits))) = (is_sign(end, &['.', ',']), number(end + 1)) {
                        let scale = 6 - i32::try_from(digits).unwrap_or(9);
                        self.micros = (fraction as f64 * 10f64.powi(scale)) as i64;
                        end += 2;
                    }
                }
                break;
            }
            let behind_t = at > 0 && is_word(at - 1, "t");
            if behind_t && matches!(digits, 2 | 4 | 6) {
                let value = value * 100u64.pow(3 - (digits / 2) as u32);
                (self.hour, self.minute) = (Some(value / 10_000), Some(value / 100 % 100));
                self.second = Some(value % 100);
                (start, end) = (at, at + 1);
                break;
            }
            let is_half = |at: usize| half_of_day(tokens.get(at)).is_some();
            if digits <= 2 && is_half(at + 1) && value <= 12 {
                self.hour = Some(value);
                (start, end) = (at, at + 1);
                break;
            }
        }
        if start == tokens.len() {
            return tokens;
        }
        let before = if start > 0 && is_word(start - 1, "t") { start - 1 } else { start };
        let mut rest = tokens[..before].to_vec();
        rest.extend(self.take_zone(&tokens[end..]));
        rest
    }

    /// A zone by its name, by its distance, or by both: `EST`, `+0100`, `GMT+1`, `-0700 (PDT)`.
    fn take_zone(&mut self, tokens: &[Token]) -> Vec<Token> {
        let mut rest = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                Token::Sign(sign @ ('+' | '-')) => {
                    let Some(Token::Number { value, digits }) = tokens.get(at) else { continue };
                    let (mut minutes, mut used) = match digits {
                        0..=2 => (value * 60, 1),
                        3 | 4 => (value / 100 * 60 + value % 100, 1),
                        _ => continue,
                    };
                    if let (0..=2, Some(Token::Sign(':')), Some(Token::Number { value, digits: 2 })) =
                        (digits, tokens.get(at + 1), tokens.get(at + 2))
                    {
                        (minutes, used) = (minutes + value, 3);
                    }
                    // Behind the time a dash may belong to a date as well.
                    if minutes > 14 * 60 {
                        continue;
                    }
                    at += used;
                    let minutes = i64::try_from(minutes).unwrap_or_default();
                    self.offset = Some(if *sign == '-' { -minutes } else { minutes });
                }
                Token::Word(word) => match (half_of_day(Some(token)), zone(word)) {
                    (Some(is_pm), _) => self.is_pm = Some(is_pm),
                    // What stands beside a distance says the same again.
                    (None, Some(minutes)) => _ = self.offset.get_or_insert(minutes),
                    (None, None) => rest.push(token.clone()),
                },
                _ => rest.push(token.clone()),
            }
        }
        rest
    }

    /// Year, month and day of what is left. `None` where they are not all there.
    fn take_date(&mut self, tokens: &[Token]) -> Option<()> {
        if self.year.is_some() {
            return self.month.map(|_| ());
        }
        let numbers: Vec<(u64, usize)> = tokens
            .iter()
            .filter_map(|token| match token {
                Token::Number { value, digits } => Some((*value, *digits)),
                _ => None,
            })
            .collect();
        // A weekday may be called as a month is: "mar" is Tuesday in French. Months come behind it.
        let month = tokens.iter().rev().find_map(|token| match token {
            Token::Word(word) => month(word),
            _ => None,
        });
        let sign = |wanted: char| tokens.contains(&Token::Sign(wanted));
        let (year, month, day) = match (numbers.as_slice(), month) {
            ([(packed, 8)], _) => (packed / 10_000, packed / 100 % 100, packed % 100),
            ([(year, 4), (month, _), (day, _), ..], _) => (*year, *month, *day),
            ([(year, 4), (day, _)], Some(month)) => (*year, month, *day),
            ([(month, _), (day, _), (year, _)], None) if sign('/') && (self.is_pm.is_some() || *day > 12) => {
                (long_year(*year), *month, *day)
            }
            ([(day, _), (month, _), (year, _)], None) if *month <= 12 => (long_year(*year), *month, *day),
            ([(month, _), (day, _), (year, _)], None) => (long_year(*year), *month, *day),
            ([(day, _), (month, _), (year, 4)], Some(_)) if *month <= 12 && *day <= 31 => {
                (*year, *month, *day)
            }
            ([(day, _), (year, _), ..], Some(month)) => (long_year(*year), month, *day),
            ([(year, 4)], Some(month)) => (*year, month, 1),
            ([(year, 4), (month, _)], None) => (*year, *month, 1),
            _ => return None,
        };
        (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        Some(())
    }

    fn moment(&self) -> Option<DateTime<Utc>> {
        let year = i32::try_from(self.year?).ok().filter(|year| is_likely(*year))?;
        let (month, day) = (u32::try_from(self.month?).ok()?, u32::try_from(self.day.unwrap_or(1)).ok()?);
        let midnight: NaiveDateTime = NaiveDate::from_ymd_opt(year, month, day)?.and_time(NaiveTime::MIN);
        let hour = match (self.hour.unwrap_or_default(), self.is_pm) {
            (12, Some(false)) => 0,
            (hour @ 1..12, Some(true)) => hour + 12,
            (hour, _) => hour,
        };
        let (minute, second) = (self.minute.unwrap_or_default(), self.second.unwrap_or_default());
        // A leap second is the next one, and 24:00 the next day.
        if hour > 24 || minute > 59 || second > 60 {
            return None;
        }
        let seconds = i64::try_from(hour * 3600 + minute * 60 + second).ok()?;
        let since_midnight = TimeDelta::seconds(seconds) + TimeDelta::microseconds(self.micros);
        let offset = TimeDelta::minutes(self.offset.unwrap_or_default());
        midnight.checked_add_signed(since_midnight)?.checked_sub_signed(offset).map(|at| at.and_utc())
    }
}

/// A year of two digits, or of three, which counts from 1900 (RFC 2822, 4.3).
fn long_year(year: u64) -> u64 {
    match year {
        0..70 => 2000 + year,
        70..1000 => 1900 + year,
        year => year,
    }
}

fn half_of_day(token: Option<&Token>) -> Option<bool> {
    match token {
        Some(Token::Word(word)) => match word.as_str() {
            "am" | "πμ" => Some(false),
            "pm" | "μμ" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// Minutes east of Greenwich, of names that are used in writing. Where several zones share a name, the one of most
/// feeds.
fn zone(name: &str) -> Option<i64> {
    let hours = match name {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0.0,
        "cet" | "met" | "mez" | "bst" | "west" | "wat" | "hnec" => 1.0,
        "cest" | "mest" | "mesz" | "eet" | "cat" | "sast" => 2.0,
        "eest" | "msk" | "trt" | "eat" | "idt" => 3.0,
        "irst" => 3.5,
        "msd" | "gst" => 4.0,
        "pkt" | "uzt" => 5.0,
        "ist" => 5.5,
        "npt" => 5.75,
        "wib" | "ict" => 7.0,
        "hkt" | "sgt" | "awst" | "pht" | "myt" | "wita" => 8.0,
        "jst" | "kst" | "wit" => 9.0,
        "acst" => 9.5,
        "aest" => 10.0,
        "acdt" => 10.5,
        "aedt" => 11.0,
        "nzst" => 12.0,
        "nzdt" => 13.0,
        "ndt" => -2.5,
        "nst" => -3.5,
        "brt" | "art" | "adt" | "clst" | "uyt" => -3.0,
        "ast" | "edt" | "clt" | "bot" => -4.0,
        "est" | "cdt" | "cot" | "pet" => -5.0,
        "cst" | "mdt" => -6.0,
        "mst" | "pdt" => -7.0,
        "pst" | "akdt" => -8.0,
        "akst" => -9.0,
        "hst" => -10.0,
        _ => return None,
    };
    Some((hours * 60.0) as i64)
}

/// How the names of months begin: English, and the languages of most feeds that write dates in their own.
const MONTHS: [(&[&str], u64); 12] = [
    (
        &[
            "jan",
            "ene",
            "gen",
            "янв",
            "січ",
            "oca",
            "ιαν",
            "ian",
            "tammi",
            "led",
            "sty",
            "jän",
            "يناير",
            "ינואר",
            "sij",
        ],
        1,
    ),
    (
        &[
            "feb",
            "fév",
            "fev",
            "фев",
            "лют",
            "şub",
            "sub",
            "φεβ",
            "lut",
            "úno",
            "helmi",
            "فبراير",
            "פברואר",
            "velj",
        ],
        2,
    ),
    (
        &[
            "mar", "mär", "mrz", "mrt", "maa", "márc", "мар", "бер", "μαρ", "μάρ", "maalis", "bře", "مارس",
            "מרץ", "ožu",
        ],
        3,
    ),
    (
        &[
            "apr",
            "avr",
            "abr",
            "ápr",
            "апр",
            "кві",
            "nis",
            "απρ",
            "kwi",
            "dub",
            "huhti",
            "أبريل",
            "אפריל",
            "tra",
        ],
        4,
    ),
    (
        &[
            "may", "mai", "maj", "mei", "mag", "máj", "maí", "май", "мая", "тра", "μαϊ", "μαΐ", "μάι", "kvě",
            "touko", "مايو", "מאי", "svi",
        ],
        5,
    ),
    (
        &[
            "jun",
            "jún",
            "juin",
            "giu",
            "haz",
            "июн",
            "чер",
            "ιουν",
            "ιούν",
            "cze",
            "kesä",
            "iun",
            "červen",
            "يونيو",
            "יוני",
            "lipnj",
        ],
        6,
    ),
    (
        &[
            "jul",
            "júl",
            "juil",
            "lug",
            "tem",
            "июл",
            "лип",
            "ιουλ",
            "ιούλ",
            "lip",
            "heinä",
            "iul",
            "červenec",
            "července",
            "يوليو",
            "יולי",
        ],
        7,
    ),
    (
        &[
            "aug",
            "aoû",
            "aou",
            "ago",
            "ağu",
            "авг",
            "сер",
            "αυγ",
            "αύγ",
            "sie",
            "srp",
            "elo",
            "ágú",
            "أغسطس",
            "אוגוסט",
        ],
        8,
    ),
    (
        &["sep", "set", "szept", "eyl", "сен", "вер", "σεπ", "wrz", "zář", "syys", "سبتمبر", "ספטמבר", "ruj"],
        9,
    ),
    (
        &["oct", "okt", "ott", "out", "eki", "окт", "жов", "οκτ", "paź", "říj", "loka", "أكتوبر", "אוקטובר"],
        10,
    ),
    (
        &["nov", "noi", "nóv", "kas", "ноя", "лис", "νοε", "νοέ", "lis", "marras", "نوفمبر", "נובמבר", "stu"],
        11,
    ),
    (
        &[
            "dec",
            "déc",
            "dez",
            "dic",
            "des",
            "ara",
            "дек",
            "гру",
            "δεκ",
            "gru",
            "pro",
            "joulu",
            "ديسمبر",
            "דצמבר",
        ],
        12,
    ),
];

/// The month that a word names, by the longest beginning.
fn month(word: &str) -> Option<u64> {
    let all = MONTHS.iter().flat_map(|(names, month)| names.iter().map(move |name| (*name, *month)));
    all.filter(|(name, _)| word.starts_with(name)).max_by_key(|(name, _)| name.len()).map(|(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (written, at) in [
            ("Sun, 01 Nov 2026 10:00:00 GMT", "2026-11-01T10:00:00+00:00"),
            ("Sun, 1 Nov 26 10:00 EST", "2026-11-01T15:00:00+00:00"),
            ("2026-11-01T10:00:00.25+01:00", "2026-11-01T09:00:00.250+00:00"),
            ("20261101T100000Z", "2026-11-01T10:00:00+00:00"),
            ("2026-11-01 10:00", "2026-11-01T10:00:00+00:00"),
            ("2026-11", "2026-11-01T00:00:00+00:00"),
            ("mar., 3 nov. 2026 08:15:00 GMT+0100", "2026-11-03T07:15:00+00:00"),
            ("Do, 26 Nov 2026 23:59:60 CET", "2026-11-26T23:00:00+00:00"),
            ("11/01/2026 3:04 PM", "2026-11-01T15:04:00+00:00"),
            ("01.11.2026 24:00", "2026-11-02T00:00:00+00:00"),
            ("Nov 1, 2026 10:00:00 -0700 (PDT)", "2026-11-01T17:00:00+00:00"),
            ("Sun Nov  1 10:00:00 CET 2026", "2026-11-01T09:00:00+00:00"),
            ("2026年11月1日 下午3時05分", "2026-11-01T15:05:00+00:00"),
            ("2026. november 1. 9:30", "2026-11-01T09:30:00+00:00"),
            ("٠١ نوفمبر ٢٠٢٦", "2026-11-01T00:00:00+00:00"),
            ("1793527200", "2026-11-01T10:00:00+00:00"),
        ] {
            assert_eq!(read(written).map(|at| at.to_rfc3339()).as_deref(), Some(at), "{written}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for written in
            ["", "yesterday", "3 days ago", "32 Nov 2026", "2026-13-01", "12345", "-", "10:00", "99:99"]
        {
            assert_eq!(read(written), None, "{written}");
        }
    }

    #[test]
    fn a_duration_is_seconds_or_a_time() {
        assert_eq!(
            ["95", "1:35", "01:00:05", "90.5"].map(duration),
            [Some(95), Some(95), Some(3605), Some(90)]
        );
        assert_eq!(["", "an hour", "99999999999999", "9999999:9999:99"].map(duration), [None; 4]);
    }
}
