//! The archive in which everything of a Postrider is: its tables, read record by record as they were written.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::OpenError;
use super::archive::{self, Entry};
use super::charset::Charset;
use super::records::{Dialect, Quotes, Record, Records};

/// What tells such an archive from others: what wrote it, and in which form.
pub const LABEL: &str = "postrider.json";
/// Where the tables are in it.
pub const FOLDER: &str = "tables/";
/// The longest label.
const LABEL_BYTES_MAX: u64 = 64 * 1024;

/// An archive of everything.
pub struct Tables {
    file: Arc<File>,
    entries: Vec<Entry>,
    /// What its label says.
    pub label: String,
}

/// Whether an archive is one of everything.
pub(super) fn is_everything(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.name == LABEL)
}

impl Tables {
    /// Opens one; `None` where the file is something else.
    pub fn open(file: File) -> Result<Option<Tables>, OpenError> {
        let length = file.metadata()?.len();
        let file = Arc::new(file);
        let mut beginning = Vec::new();
        archive::Part::new(file.clone(), 0, length.min(4)).read_to_end(&mut beginning)?;
        if !beginning.starts_with(b"PK") {
            return Ok(None);
        }
        let mut entries = archive::entries(&file, length)?;
        if !is_everything(&entries) {
            return Ok(None);
        }
        entries.retain(|entry| entry.name == LABEL || entry.name.starts_with(FOLDER));
        archive::check(&entries, length)?;
        let mut label = String::new();
        if let Some(entry) = entries.iter().find(|entry| entry.name == LABEL) {
            archive::open(&file, entry)?.take(LABEL_BYTES_MAX).read_to_string(&mut label)?;
        }
        Ok(Some(Tables { file, entries, label }))
    }

    /// The records of one of its tables; `None` where it has no such table.
    pub fn table(&self, name: &str) -> io::Result<Option<TableRecords>> {
        let name = format!("{FOLDER}{name}.csv");
        let Some(entry) = self.entries.iter().find(|entry| entry.name == name) else { return Ok(None) };
        let dialect = Dialect { delimiter: Some(b','), quotes: Quotes::Doubled };
        let records = Records::new(archive::open(&self.file, entry)?, dialect, Charset::Utf8, true);
        Ok(Some(TableRecords { records, record: Record::default() }))
    }
}

/// The records of a table, read one after the other.
pub struct TableRecords {
    records: Records<Box<dyn Read + Send>>,
    record: Record,
}

impl TableRecords {
    /// The next record's cells as they stand, and its line; `None`: that was all.
    pub fn read(&mut self) -> io::Result<Option<(Vec<String>, u64)>> {
        if !self.records.read(&mut self.record)? {
            return Ok(None);
        }
        if self.record.is_too_long || self.record.is_garbled || self.record.has_nul() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, OpenError::BrokenArchive));
        }
        Ok(Some((self.record.cells().map(str::to_owned).collect(), self.record.line)))
    }
}
