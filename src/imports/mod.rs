//! Reads files of people as other services, spreadsheets and Postrider itself export them: knows no database, writes
//! nothing.
//!
//! [`open`] looks at the beginning of a file, or of each file of a zip archive, and says what it recognised;
//! [`PeopleFile::next`] then reads a row after the other in constant memory. A row is a [`Person`] or is refused: with a
//! question, whose answer [`Options`] hold, or for good. What a file says of who left is never lost and never lifted:
//! [`merge`] makes one person of several rows.

mod archive;
mod cells;
mod charset;
mod columns;
mod dates;
mod layout;
mod people;
mod records;
mod rows;
mod sources;
mod statuses;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use self::archive::{Entry, Part};
use self::charset::Decoded;
use self::layout::Layout;
use self::records::{Record, Records};
use self::rows::Rows;
use self::sources::Fallback;
use crate::locale::Phrase;

pub use self::charset::Charset;
pub use self::columns::ColumnRole;
pub use self::dates::DateOrder;
pub use self::people::{FileConsent, Outcome, Person, PersonStatus, Refused, RefusedKind, merge, merge_two};
pub use self::sources::Source;
pub use self::tables::{FOLDER, LABEL, TableRecords, Tables};

/// The most files of an archive that are read.
const FILES_MAX: usize = 200;

/// What the owner of a file says of people of whom the file itself says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidStatus {
    /// They asked for it and still get mail.
    Active,
    /// Each is to be asked.
    Pending,
    Unsubscribed,
}

/// What whoever imports says of a file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file's name: some services tell in it what a file holds.
    pub file_name: String,
    /// The owner's word for people of whom the file says nothing. It overrides nothing that a row says.
    pub status: Option<SaidStatus>,
    /// The same where nobody said it, for a file of no service that is known.
    pub plain: Option<SaidStatus>,
    /// By hand: what each column is, if there are as many. `None`: as recognised.
    pub columns: Option<Vec<ColumnRole>>,
    /// In which order dates with slashes are.
    pub dates: DateOrder,
    /// Of MailPoet's lists the one that counts.
    pub chosen_list: Option<String>,
    /// What becomes of people whom MailPoet had stopped mailing since they did not read.
    pub dormant: Option<SaidStatus>,
}

/// What is recognised of a file before its rows are read.
#[derive(Clone, Debug)]
pub struct Recognised {
    pub source: Source,
    /// The files that hold people: one, or those of an archive.
    pub files: Vec<RecognisedFile>,
    /// Files of an archive that are not read.
    pub left_out: Vec<String>,
    /// Why people who would be mailed wait for their owner's answer.
    pub question: Option<Question>,
}

/// One file of people.
#[derive(Clone, Debug)]
pub struct RecognisedFile {
    /// Its name, in the archive if it is in one.
    pub name: String,
    pub source: Source,
    pub charset: Charset,
    /// Nothing said so: it is what there is so far, or the likeliest.
    pub is_charset_assumed: bool,
    /// `None` where a line is an address.
    pub delimiter: Option<char>,
    /// Each column's name as it stands, and what it holds.
    pub columns: Vec<(String, ColumnRole)>,
    /// The first rows as they stand.
    pub first_rows: Vec<Vec<String>>,
}

/// What the owner is to say before everybody in a file can be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Do the people of whom the file says nothing still get mail? The reason, for this source.
    Status(Phrase),
    /// Which column holds the address, or says who left?
    Columns(Phrase),
    /// In which order are dates with slashes?
    Dates(Phrase),
}

/// Why a file can't be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{}", Phrase::new("import-open-empty"))]
    Empty,
    #[error("{}", Phrase::new("import-open-spreadsheet"))]
    Spreadsheet,
    #[error("{}", Phrase::new("import-open-packed"))]
    Packed,
    #[error("{}", Phrase::new("import-open-no-text"))]
    NoText,
    #[error("{}", Phrase::new("import-open-broken-archive"))]
    BrokenArchive,
    #[error("{}", Phrase::new("import-open-bomb"))]
    Bomb,
    #[error("{}", Phrase::new("import-open-encrypted"))]
    Encrypted,
    #[error("{}", Phrase::new("import-open-everything"))]
    Everything,
    #[error("{}", Phrase::new("import-open-entries").with("max", *.0))]
    TooManyEntries(u64),
    #[error("{}", Phrase::new("import-open-no-people"))]
    NoPeople,
    #[error("{}", Phrase::new("import-open-columns").with("max", *.0))]
    TooManyColumns(usize),
    #[error("{}", Phrase::new("import-open-unreadable").with("error", .0.to_string()))]
    Io(#[from] io::Error),
}

/// One row's outcome.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which of the recognised files.
    pub file: usize,
    /// The record's place among all records, counted from 0: what [`PeopleFile::skip_to`] takes.
    pub record: u64,
    /// The line on which it begins, as an editor counts.
    pub number: u64,
    pub outcome: Outcome,
}

/// Where the bytes of one file of people are.
enum Place {
    Whole(u64),
    Entry(Entry),
}

/// The file that is being read.
struct Current {
    records: Records<Decoded<Box<dyn Read + Send>>>,
    rows: Rows,
}

/// A file of people, read row by row.
pub struct PeopleFile {
    file: Arc<File>,
    places: Vec<Place>,
    layouts: Vec<Layout>,
    options: Options,
    recognised: Recognised,
    at: usize,
    current: Option<Current>,
    record: Record,
    read: u64,
    waiting: VecDeque<Line>,
    outcomes: Vec<Outcome>,
}

/// Looks at a file that can be sought in, and says what it holds.
pub fn open(file: File, options: &Options) -> Result<PeopleFile, OpenError> {
    let length = file.metadata()?.len();
    let file = Arc::new(file);
    let mut beginning = Vec::new();
    Part::new(file.clone(), 0, length.min(4096)).read_to_end(&mut beginning)?;
    let mut left_out = Vec::new();
    let (names, places) = match kind(&beginning)? {
        Kind::Text => (vec![options.file_name.clone()], vec![Place::Whole(length)]),
        Kind::Archive => {
            let entries = people_of_archive(&file, length, &mut left_out)?;
            entries.into_iter().map(|entry| (entry.name.clone(), Place::Entry(entry))).unzip()
        }
    };
    let mut layouts = Vec::new();
    for (name, place) in names.iter().zip(&places) {
        layouts.push(Layout::sniff(reader(&file, place)?, name, options));
    }
    // Of several files, one may be empty.
    let mut kept: Vec<(String, Place, Layout)> = Vec::new();
    for ((name, place), layout) in names.into_iter().zip(places).zip(layouts) {
        match layout {
            Ok(layout) => kept.push((name, place, layout)),
            Err(OpenError::Empty) => left_out.push(name),
            Err(error) => return Err(error),
        }
    }
    let Some((_, _, first)) = kept.first() else { return Err(OpenError::Empty) };
    let recognised = Recognised {
        source: first.source,
        files: kept.iter().map(|(name, _, layout)| described(name, layout)).collect(),
        left_out,
        question: kept.iter().find_map(|(_, _, layout)| question(layout, options)),
    };
    let (places, layouts) = kept.into_iter().map(|(_, place, layout)| (place, layout)).unzip();
    Ok(PeopleFile {
        file,
        places,
        layouts,
        options: options.clone(),
        recognised,
        at: 0,
        current: None,
        record: Record::default(),
        read: 0,
        waiting: VecDeque::new(),
        outcomes: Vec::new(),
    })
}

enum Kind {
    Text,
    Archive,
}

/// What a file is by its first bytes, whatever it is called.
fn kind(beginning: &[u8]) -> Result<Kind, OpenError> {
    let is_zip = beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06");
    let is_packed = [&b"\x1f\x8b"[..], b"7z\xbc\xaf", b"Rar!\x1a", b"BZh91AY&SY", b"\xfd7zXZ"];
    match beginning {
        [] => Err(OpenError::Empty),
        _ if is_zip => Ok(Kind::Archive),
        // Excel's older format.
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(OpenError::Spreadsheet),
        _ if is_packed.iter().any(|mark| beginning.starts_with(mark)) => Err(OpenError::Packed),
        _ if beginning.starts_with(b"%PDF") || beginning.starts_with(b"SQLite format") => {
            Err(OpenError::NoText)
        }
        _ => Ok(Kind::Text),
    }
}

/// The files of an archive that hold people; the names of the others.
fn people_of_archive(
    file: &Arc<File>,
    length: u64,
    left_out: &mut Vec<String>,
) -> Result<Vec<Entry>, OpenError> {
    let entries = archive::entries(file, length)?;
    if entries.iter().any(|entry| entry.name == "[Content_Types].xml" || entry.name == "mimetype") {
        return Err(OpenError::Spreadsheet);
    }
    if tables::is_everything(&entries) {
        return Err(OpenError::Everything);
    }
    let names = |entry: &Entry| entry.name.to_lowercase();
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let is_substack = entries.iter().any(|entry| last(&names(entry)).starts_with("email_list."));
    let (kept, others): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| {
        let (path, name) = (names(entry), last(&names(entry)));
        let is_text = [".csv", ".txt", ".tsv"].iter().any(|end| name.ends_with(end));
        let is_hidden = name.starts_with('.') || path.starts_with("__macosx/");
        // Beside Substack's list, what was delivered to whom: that is no consent.
        is_text && !is_hidden && (!is_substack || name.starts_with("email_list."))
    });
    left_out.extend(others.into_iter().map(|entry| entry.name).filter(|name| !name.ends_with('/')));
    left_out.truncate(FILES_MAX);
    if kept.is_empty() {
        return Err(OpenError::NoPeople);
    }
    if kept.len() > FILES_MAX {
        return Err(OpenError::TooManyEntries(FILES_MAX as u64));
    }
    archive::check(&kept, length)?;
    Ok(kept)
}

fn reader(file: &Arc<File>, place: &Place) -> io::Result<Box<dyn Read + Send>> {
    match place {
        Place::Whole(length) => Ok(Box::new(Part::new(file.clone(), 0, *length))),
        Place::Entry(entry) => archive::open(file, entry),
    }
}

fn described(name: &str, layout: &Layout) -> RecognisedFile {
    RecognisedFile {
        name: name.to_owned(),
        source: layout.source,
        charset: layout.sniffed.charset,
        is_charset_assumed: layout.sniffed.mark == 0,
        delimiter: layout.dialect.delimiter.map(char::from),
        columns: layout.columns.iter().map(|column| (column.name.to_string(), column.role.clone())).collect(),
        first_rows: layout.first_rows.clone(),
    }
}

/// What the owner has not said yet.
fn question(layout: &Layout, options: &Options) -> Option<Question> {
    if layout.lacks_columns {
        let key = if layout.has_email { "import-row-columns" } else { "import-question-email" };
        return Some(Question::Columns(Phrase::new(key)));
    }
    let is_said = options.status.is_some() || layout.source == Source::Plain && options.plain.is_some();
    match layout.fallback {
        Fallback::Asks(key) if !is_said => Some(Question::Status(Phrase::new(key))),
        _ if layout.has_ambiguous_dates => Some(Question::Dates(Phrase::new("import-question-dates"))),
        _ => None,
    }
}

impl PeopleFile {
    /// What was recognised.
    pub fn recognised(&self) -> &Recognised {
        &self.recognised
    }

    /// The charset by which the file's rows are read now: of a file that begins in ASCII, its first other bytes tell.
    pub fn charset(&self) -> Charset {
        let sniffed = self.layouts.get(self.at).map_or(Charset::Utf8, |layout| layout.sniffed.charset);
        match (&self.current, sniffed) {
            (Some(current), Charset::Utf8 | Charset::Windows1252) => current.records.charset(),
            _ => sniffed,
        }
    }

    /// The next row's outcome. Where the file can't be read further, an error, and then nothing.
    #[expect(clippy::should_implement_trait, reason = "whoever reads also skips, between rows")]
    pub fn next(&mut self) -> Option<io::Result<Line>> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Some(Ok(line));
            }
            match self.read_record() {
                Ok(true) => self.read_outcomes(),
                Ok(false) => return None,
                Err(error) => {
                    self.current = None;
                    self.at = self.places.len();
                    return Some(Err(error));
                }
            }
        }
    }

    /// Passes the records before this one, as [`Line::record`] counts them.
    pub fn skip_to(&mut self, record: u64) -> io::Result<()> {
        self.waiting.retain(|line| line.record >= record);
        while self.waiting.is_empty() && self.read < record && self.read_record()? {}
        Ok(())
    }

    /// Reads one record into the buffer; whether there was one.
    fn read_record(&mut self) -> io::Result<bool> {
        while self.at < self.places.len() {
            if self.current.is_none() {
                self.current = Some(self.begin()?);
            }
            if let Some(current) = &mut self.current
                && current.records.read(&mut self.record)?
            {
                self.read += 1;
                return Ok(true);
            }
            self.current = None;
            self.at += 1;
        }
        Ok(false)
    }

    /// Opens the file that is to be read, and passes what stands before its rows.
    fn begin(&mut self) -> io::Result<Current> {
        let layout = self.layouts[self.at].clone();
        let input = Decoded::new(reader(&self.file, &self.places[self.at])?, layout.sniffed);
        let charset = layout.sniffed.charset_of_records();
        let mut records = Records::new(input, layout.dialect, charset, !layout.sniffed.is_open);
        let mut left = layout.before_rows;
        while left > 0 && records.read(&mut self.record)? {
            left -= u64::from(!self.record.is_blank());
        }
        Ok(Current { records, rows: Rows::new(layout, &self.options) })
    }

    fn read_outcomes(&mut self) {
        let Some(current) = &self.current else { return };
        current.rows.read(&self.record, &mut self.outcomes);
        let (file, record, number) = (self.at, self.read - 1, self.record.line);
        self.waiting.extend(self.outcomes.drain(..).map(|outcome| Line { file, record, number, outcome }));
    }
}
