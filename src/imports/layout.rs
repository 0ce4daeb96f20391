//! How one file is laid out, by its beginning: charset, dialect, whether it has a header, what its columns hold.

use std::io::Read;
use std::sync::Arc;

use super::cells::{has_address, plain};
use super::charset::{self, Charset, Decoded, Sniffed};
use super::columns::{self, ColumnRole};
use super::dates::{self, DateOrder, Said};
use super::records::{Dialect, Quotes, Record, Records};
use super::sources::{self, Fallback, Headers, Source};
use super::statuses::{self, Vocabulary};
use super::{OpenError, Options};

/// How much of a file's beginning is looked at.
const HEAD_BYTES: u64 = 256 * 1024;
/// How many of its records.
const RECORDS: usize = 500;
/// The most columns of a file.
const COLUMNS_MAX: usize = 500;
/// Rows that are shown.
const ROWS_SHOWN: usize = 5;
/// The most characters of a cell that are shown.
const CELL_SHOWN_CHARS: usize = 200;

/// One column of a file.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its name as the file has it.
    pub name: Arc<str>,
    pub role: ColumnRole,
    /// The words of a column of statuses.
    pub vocabulary: Vocabulary,
}

/// How a file is laid out.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub source: Source,
    pub sniffed: Sniffed,
    pub dialect: Dialect,
    /// Records before the first row: the header, and what stands before it.
    pub before_rows: u64,
    /// Lines that begin with `#` are remarks.
    pub has_remarks: bool,
    pub columns: Vec<Column>,
    pub fallback: Fallback,
    /// Nobody knows which column says who left.
    pub lacks_columns: bool,
    /// Dates that can be read in two ways.
    pub has_ambiguous_dates: bool,
    pub has_email: bool,
    pub first_rows: Vec<Vec<String>>,
}

impl Layout {
    /// How many cells a row must have.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Looks at the beginning of a file.
    pub fn sniff(input: impl Read, file: &str, options: &Options) -> Result<Layout, OpenError> {
        let mut head = Vec::new();
        input.take(HEAD_BYTES).read_to_end(&mut head)?;
        let is_whole = (head.len() as u64) < HEAD_BYTES;
        let sniffed = charset::sniff(&head);
        let mut text = Vec::new();
        // Half a character, half a record at the end is no matter.
        Decoded::new(head.as_slice(), sniffed).read_to_end(&mut text)?;
        let (separator, body) = separator_line(&text);
        let sample = |dialect| Sample::read(body, dialect, sniffed, is_whole);
        let delimiter = match separator {
            Some(separator) => Some(separator),
            None => delimiter(sample),
        };
        let doubled = sample(Dialect { delimiter, quotes: Quotes::Doubled });
        let backslashed = sample(Dialect { delimiter, quotes: Quotes::Backslashed });
        let sampled = if backslashed.irregular < doubled.irregular { backslashed } else { doubled };
        if sampled.records.is_empty() {
            return Err(OpenError::Empty);
        }
        let file = file.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
        let mut layout = Layout::of(&sampled, &file, options)?;
        layout.sniffed = sniffed;
        layout.before_rows += u64::from(separator.is_some());
        Ok(layout)
    }

    fn of(sample: &Sample, file: &str, options: &Options) -> Result<Layout, OpenError> {
        let remarks = sample.records.iter().take_while(|record| is_remark(record)).count();
        let records = &sample.records[remarks.min(sample.records.len() - 1)..];
        let has_header = !records[0].iter().any(|cell| cell.contains('@'));
        let rows = &records[usize::from(has_header)..];
        let names = match has_header {
            true => header(&records[0]),
            false => vec![String::new(); rows.iter().map(|row| filled(row)).max().unwrap_or(1).max(1)],
        };
        if names.len() > COLUMNS_MAX {
            return Err(OpenError::TooManyColumns(COLUMNS_MAX));
        }
        let compared: Vec<String> = names.iter().map(|name| columns::compared(name)).collect();
        let headers = Headers { names: &compared, file };
        let source = match has_header {
            true => sources::recognise(&headers),
            false => sources::recognise_addresses(file),
        };
        let mut roles = match has_header {
            true => named_roles(source, &names, &compared, rows),
            false => unnamed_roles(names.len(), rows),
        };
        let by_hand = options.columns.as_ref().filter(|by_hand| by_hand.len() == roles.len());
        if let Some(by_hand) = by_hand {
            roles.clone_from(by_hand);
        }
        let columns = with_vocabularies(source, names, &compared, roles, rows);
        let telling = columns.iter().filter(|column| column.tells_who_receives()).count();
        let has_email = columns.iter().any(|column| column.role == ColumnRole::Email);
        let layout = Layout {
            source,
            sniffed: Sniffed { charset: Charset::Utf8, mark: 0, is_open: true },
            dialect: sample.dialect,
            before_rows: remarks as u64 + u64::from(has_header),
            has_remarks: !has_header,
            fallback: sources::fallback(source, &headers, telling),
            lacks_columns: !has_email
                || by_hand.is_none() && hides_a_status(source, &columns, &compared, rows),
            has_ambiguous_dates: has_ambiguous_dates(&columns, rows, options.dates),
            has_email,
            first_rows: rows
                .iter()
                .take(ROWS_SHOWN)
                .map(|row| row.iter().map(|cell| shown(cell)).collect())
                .collect(),
            columns,
        };
        Ok(layout)
    }
}

impl Column {
    fn tells_who_receives(&self) -> bool {
        self.role == ColumnRole::Status && self.vocabulary.tells_who_receives()
    }
}

fn shown(cell: &str) -> String {
    cell.trim().chars().take(CELL_SHOWN_CHARS).collect()
}

/// Excel's word on the first line, and what follows that line.
fn separator_line(text: &[u8]) -> (Option<u8>, &[u8]) {
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    let line = text[..end].trim_ascii();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let separator = match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if separator.is_ascii_punctuation() => {
            *separator
        }
        _ if text[..end].eq_ignore_ascii_case(b"sep=\t") => b'\t',
        _ => return (None, text),
    };
    (Some(separator), &text[end..])
}

/// The first records of a file, in one dialect.
struct Sample {
    dialect: Dialect,
    records: Vec<Vec<String>>,
    irregular: usize,
}

impl Sample {
    fn read(text: &[u8], dialect: Dialect, sniffed: Sniffed, is_whole: bool) -> Sample {
        let mut reader = Records::new(text, dialect, sniffed.charset_of_records(), !sniffed.is_open);
        let mut record = Record::default();
        let (mut records, mut irregular) = (Vec::new(), 0);
        // Text in memory is read without errors.
        while records.len() < RECORDS && reader.read(&mut record).unwrap_or(false) {
            if !record.is_blank() {
                irregular += usize::from(!record.is_regular);
                records.push(record.cells().map(str::to_owned).collect());
            }
        }
        if !is_whole && records.len() > 1 && records.len() < RECORDS {
            records.pop();
        }
        Sample { dialect, records, irregular }
    }

    /// How many rows have as many cells as the first, in percent; no cells beyond the last that is filled count.
    fn agreement(&self) -> usize {
        let width = filled(&self.records[0]);
        let agreeing = self.records.iter().filter(|row| row.len() >= width && filled(row) <= width).count();
        agreeing * 100 / self.records.len()
    }
}

impl Sniffed {
    /// The charset in which records are read, after [`Decoded`].
    pub fn charset_of_records(self) -> Charset {
        match self.charset {
            Charset::Windows1252 => Charset::Windows1252,
            _ => Charset::Utf8,
        }
    }
}

/// How many cells there are up to the last that holds something.
fn filled(row: &[String]) -> usize {
    row.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1)
}

fn is_remark(row: &[String]) -> bool {
    row[0].trim_start().starts_with('#')
}

/// The delimiter by which most rows have as many cells as the first one.
fn delimiter(sample: impl Fn(Dialect) -> Sample) -> Option<u8> {
    let mut best = None;
    for delimiter in [b',', b';', b'\t', b'|'] {
        let sampled = sample(Dialect { delimiter: Some(delimiter), quotes: Quotes::Doubled });
        let first = sampled.records.iter().find(|row| !is_remark(row))?;
        let width = filled(first);
        if width < 2 {
            continue;
        }
        let records: Vec<_> = sampled.records.iter().filter(|row| !is_remark(row)).cloned().collect();
        let agreement = Sample { records, ..sampled }.agreement();
        let is_known = first.iter().any(|cell| {
            has_address(cell) && !cell.contains('<')
                || columns::role(Source::Plain, &columns::compared(cell)) == Some(ColumnRole::Email)
        });
        let score = (usize::from(is_known) * 40 + agreement, width);
        if agreement >= 50 && best.is_none_or(|(known, _)| known < score) || is_known && best.is_none() {
            best = Some((score, delimiter));
        }
    }
    best.map(|(_, delimiter)| delimiter)
}

/// The names of a header, without the empty ones at its end.
fn header(row: &[String]) -> Vec<String> {
    row[..filled(row).max(1)]
        .iter()
        .map(|name| name.trim_matches([' ', '\t', '\u{feff}']).to_owned())
        .collect()
}

/// What named columns hold. Of several of a kind that a person has one of, the first counts.
fn named_roles(
    source: Source,
    names: &[String],
    compared: &[String],
    rows: &[Vec<String>],
) -> Vec<ColumnRole> {
    let mut roles: Vec<ColumnRole> = Vec::new();
    for (name, known) in names.iter().zip(compared) {
        let role = match columns::role(source, known) {
            Some(role) if is_single(&role) && roles.contains(&role) => ColumnRole::Field(name.clone()),
            Some(role) => role,
            None if name.is_empty() => ColumnRole::Ignored,
            None => ColumnRole::Field(name.clone()),
        };
        roles.push(role);
    }
    if !roles.contains(&ColumnRole::Email)
        && let Some(at) = column_of_addresses(&roles, rows)
    {
        roles[at] = ColumnRole::Email;
    }
    roles
}

fn is_single(role: &ColumnRole) -> bool {
    !matches!(
        role,
        ColumnRole::Status
            | ColumnRole::Joined
            | ColumnRole::OtherEmail
            | ColumnRole::Ignored
            | ColumnRole::Field(_)
    )
}

/// The column in which most cells are addresses.
fn column_of_addresses(roles: &[ColumnRole], rows: &[Vec<String>]) -> Option<usize> {
    let count = |at: usize, is: fn(&str) -> bool| {
        rows.iter().filter(|row| row.get(at).is_some_and(|cell| is(cell))).count()
    };
    let candidates = (0..roles.len()).filter(|at| matches!(roles[*at], ColumnRole::Field(_)));
    let counted = candidates.map(|at| (count(at, has_address), at));
    let (addresses, at) = counted.max_by_key(|(addresses, at)| (*addresses, std::cmp::Reverse(*at)))?;
    (addresses > 0 && addresses * 2 >= count(at, |cell| !cell.trim().is_empty())).then_some(at)
}

/// What columns without a name hold: addresses and, beside one of them, names.
fn unnamed_roles(count: usize, rows: &[Vec<String>]) -> Vec<ColumnRole> {
    let mut roles: Vec<ColumnRole> = (1..=count).map(|at| ColumnRole::Field(at.to_string())).collect();
    let email = column_of_addresses(&roles, rows).unwrap_or(0);
    for at in (0..count).filter(|at| *at != email) {
        let mut filled = rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.trim().is_empty());
        if filled.all(|cell| has_address(cell)) {
            roles[at] = ColumnRole::OtherEmail;
        }
    }
    roles[email] = ColumnRole::Email;
    if count == 2 && roles[1 - email] != ColumnRole::OtherEmail && !hides_stops(1 - email, rows) {
        roles[1 - email] = ColumnRole::Name;
    }
    roles
}

fn with_vocabularies(
    source: Source,
    names: Vec<String>,
    compared: &[String],
    roles: Vec<ColumnRole>,
    rows: &[Vec<String>],
) -> Vec<Column> {
    let named = names.into_iter().zip(compared).zip(roles).enumerate();
    named
        .map(|(at, ((name, known), mut role))| {
            let mut vocabulary = columns::vocabulary(source, known);
            let is_of_times = role == ColumnRole::Status && holds_times(at, rows);
            let is_a_place = role == ColumnRole::Status
                && vocabulary == Vocabulary::Common
                && columns::may_be_a_place(known)
                && !rows.iter().filter_map(|row| row.get(at)).any(|cell| statuses::is_like_a_status(cell));
            match vocabulary {
                _ if is_a_place => role = ColumnRole::Field(name.clone()),
                Vocabulary::Switch if is_of_times => role = ColumnRole::Joined,
                Vocabulary::Off if is_of_times => vocabulary = Vocabulary::LeftAt,
                Vocabulary::LeftAt if role == ColumnRole::Left => role = ColumnRole::Status,
                _ => {}
            }
            Column { name: name.into(), role, vocabulary }
        })
        .collect()
}

/// Whether a column of times has one that can be read in two ways.
fn has_ambiguous_dates(columns: &[Column], rows: &[Vec<String>], order: DateOrder) -> bool {
    let is_of_times = |column: &Column| {
        use ColumnRole as C;
        matches!(column.role, C::Joined | C::Left | C::ConsentAt | C::ConfirmedAt)
            || column.vocabulary == Vocabulary::LeftAt
    };
    columns.iter().enumerate().filter(|(_, column)| is_of_times(column)).any(|(at, _)| {
        let mut cells = rows.iter().filter_map(|row| row.get(at));
        cells.any(|cell| dates::parse(cell, order) == Said::Ambiguous)
    })
}

/// Whether what a column holds, as far as it holds anything, is times.
fn holds_times(at: usize, rows: &[Vec<String>]) -> bool {
    let mut filled =
        rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.trim().is_empty()).peekable();
    let is_time = |cell: &String| {
        !statuses::is_switch(cell) && !matches!(dates::parse(cell, DateOrder::DayFirst), Said::Unreadable)
    };
    filled.peek().is_some() && filled.all(is_time)
}

/// Whether a column that nobody knows seems to say who left.
fn hides_a_status(source: Source, columns: &[Column], compared: &[String], rows: &[Vec<String>]) -> bool {
    let tells = columns.iter().any(Column::tells_who_receives);
    if source != Source::Plain && (source != Source::MailPoet || tells) {
        return false;
    }
    columns.iter().enumerate().any(|(at, column)| {
        matches!(column.role, ColumnRole::Field(_))
            && (!tells && columns::sounds_like_a_status(&compared[at])
                || !tells
                    && columns::sounds_like_consent(&compared[at])
                    && holds_all(at, rows, statuses::is_switch)
                || hides_stops(at, rows))
    })
}

/// Whether all that a column holds reads as a status.
fn hides_stops(at: usize, rows: &[Vec<String>]) -> bool {
    holds_all(at, rows, statuses::is_like_a_status)
}

/// Whether a column holds something, and all of it is so.
fn holds_all(at: usize, rows: &[Vec<String>], is: fn(&str) -> bool) -> bool {
    let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| plain(cell, false));
    let mut filled = cells.filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(is)
}
