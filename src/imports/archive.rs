//! The files of a zip archive, read one after the other and never unpacked: with bounds on how many there are and on
//! what each becomes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::OpenError;

/// The most entries of an archive.
const ENTRIES_MAX: u64 = 50_000;
/// The most bytes of an archive's table of contents.
const DIRECTORY_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most bytes that one file of an archive may become.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;
/// The most that a file may grow; lists of people grow tenfold.
const RATIO_MAX: u64 = 150;
/// Below this, a file may grow as it likes.
const RATIO_BYTES_MIN: u64 = 4 * 1024 * 1024;

/// One file of an archive.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: String,
    method: u16,
    is_encrypted: bool,
    crc: u32,
    packed: u64,
    unpacked: u64,
    header: u64,
}

/// A part of a file; several parts of one file can be read beside each other.
pub(super) struct Part {
    file: Arc<File>,
    at: u64,
    left: u64,
}

impl Part {
    pub fn new(file: Arc<File>, at: u64, length: u64) -> Part {
        Part { file, at, left: length }
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(&mut into[..most])?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

fn exactly(file: &Arc<File>, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Part::new(file.clone(), at, length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// A number in little endian; 0 beyond the end.
fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let digits = bytes.get(at..at + width).unwrap_or_default();
    digits.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Where the table of contents begins, how long it is, and how many entries it has.
fn find_directory(file: &Arc<File>, length: u64) -> Result<(u64, u64, u64), OpenError> {
    let tail_at = length.saturating_sub(22 + 65_535);
    let tail = exactly(file, tail_at, length - tail_at)?;
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or(OpenError::BrokenArchive)?;
    let (mut count, mut size, mut at) =
        (number(&tail, end + 10, 2), number(&tail, end + 12, 4), number(&tail, end + 16, 4));
    if (count == 0xffff || size == 0xffff_ffff || at == 0xffff_ffff) && end >= 20 {
        let locator = &tail[end - 20..end];
        if locator.starts_with(b"PK\x06\x07") {
            let record = exactly(file, number(locator, 8, 8), 56)?;
            if !record.starts_with(b"PK\x06\x06") {
                return Err(OpenError::BrokenArchive);
            }
            (count, size, at) = (number(&record, 32, 8), number(&record, 40, 8), number(&record, 48, 8));
        }
    }
    if count > ENTRIES_MAX || size > DIRECTORY_BYTES_MAX {
        return Err(OpenError::TooManyEntries(ENTRIES_MAX));
    }
    if at.checked_add(size).is_none_or(|end| end > length) {
        return Err(OpenError::BrokenArchive);
    }
    Ok((at, size, count))
}

/// Every entry of an archive.
pub(super) fn entries(file: &Arc<File>, length: u64) -> Result<Vec<Entry>, OpenError> {
    let (at, size, count) = find_directory(file, length)?;
    let directory = exactly(file, at, size)?;
    let mut rest = directory.as_slice();
    let mut found = Vec::new();
    for _ in 0..count {
        if !rest.starts_with(b"PK\x01\x02") || rest.len() < 46 {
            return Err(OpenError::BrokenArchive);
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| number(rest, at, 2) as usize);
        let end = 46 + name + extra + comment;
        if rest.len() < end {
            return Err(OpenError::BrokenArchive);
        }
        let mut entry = Entry {
            name: String::from_utf8_lossy(&rest[46..46 + name]).chars().take(300).collect(),
            method: number(rest, 10, 2) as u16,
            is_encrypted: number(rest, 8, 2) & 1 == 1,
            crc: number(rest, 16, 4) as u32,
            packed: number(rest, 20, 4),
            unpacked: number(rest, 24, 4),
            header: number(rest, 42, 4),
        };
        widen(&mut entry, &rest[46 + name..46 + name + extra]);
        found.push(entry);
        rest = &rest[end..];
    }
    Ok(found)
}

/// Takes the numbers of a large file from where Zip64 keeps them.
fn widen(entry: &mut Entry, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (kind, size) = (number(extra, 0, 2), number(extra, 2, 2) as usize);
        let Some(field) = extra.get(4..4 + size) else { return };
        if kind == 1 {
            let mut at = 0;
            for value in [&mut entry.unpacked, &mut entry.packed, &mut entry.header] {
                if *value == 0xffff_ffff {
                    *value = number(field, at, 8);
                    at += 8;
                }
            }
            return;
        }
        extra = &extra[4 + size..];
    }
}

/// Refuses files of an archive that would become too much, or lie over each other.
pub(super) fn check(entries: &[Entry], length: u64) -> Result<(), OpenError> {
    let packed = entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.packed));
    let unpacked = entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.unpacked));
    let grows = |entry: &Entry| entry.unpacked > RATIO_BYTES_MIN && entry.unpacked / RATIO_MAX > entry.packed;
    if packed > length || unpacked > FILE_BYTES_MAX || entries.iter().any(grows) {
        return Err(OpenError::Bomb);
    }
    if entries.iter().any(|entry| entry.is_encrypted) {
        return Err(OpenError::Encrypted);
    }
    match entries.iter().all(|entry| matches!(entry.method, 0 | 8)) {
        true => Ok(()),
        false => Err(OpenError::BrokenArchive),
    }
}

/// What a file of an archive holds.
pub(super) fn open(file: &Arc<File>, entry: &Entry) -> io::Result<Box<dyn Read + Send>> {
    let header = exactly(file, entry.header, 30)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(damaged());
    }
    let at = entry.header + 30 + number(&header, 26, 2) + number(&header, 28, 2);
    let packed = Part::new(file.clone(), at, entry.packed);
    let unpacked: Box<dyn Read + Send> = match entry.method {
        0 => Box::new(packed),
        _ => Box::new(DeflateDecoder::new(packed)),
    };
    Ok(Box::new(Checked { input: unpacked, left: entry.unpacked, crc: Crc::new(), expected: entry.crc }))
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, OpenError::BrokenArchive)
}

/// Gives out no more than was announced, and says at the end whether all of it is as it was.
struct Checked {
    input: Box<dyn Read + Send>,
    left: u64,
    crc: Crc,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(damaged)?;
        self.crc.update(&into[..read]);
        if read == 0 && !into.is_empty() && (self.left > 0 || self.crc.sum() != self.expected) {
            return Err(damaged());
        }
        Ok(read)
    }
}
