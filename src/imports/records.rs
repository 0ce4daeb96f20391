//! Records of a delimited text: split as its writer meant them, or line by line where a quote was left open.

use std::io::{self, Read};

use memchr::{memchr, memchr2, memchr3};

use super::charset::Charset;

/// The most bytes of one record: a quote that is open for longer was never meant to hold others.
pub(super) const RECORD_BYTES_MAX: usize = 256 * 1024;
/// The most lines of one record.
const RECORD_LINES_MAX: u64 = 2_000;
/// The most cells of one record.
const CELLS_MAX: usize = 2_000;
const BUFFER_BYTES: usize = 4 * RECORD_BYTES_MAX;

/// How a quote within a quoted cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// `""`, as RFC 4180 has it.
    Doubled,
    /// `\"`.
    Backslashed,
}

/// How a file separates its cells; without a delimiter, a line is a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: Option<u8>,
    pub quotes: Quotes,
}

/// One record; its buffers are used again for the next.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The line on which it begins, as an editor counts.
    pub line: u64,
    /// Longer than any record is.
    pub is_too_long: bool,
    /// Not in the file's character encoding.
    pub is_garbled: bool,
    /// Every quote in it is where quotes belong.
    pub is_regular: bool,
}

impl Record {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell as it stands; empty where there is none.
    pub fn cell(&self, at: usize) -> &str {
        let Some(&end) = self.ends.get(at) else { return "" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text.get(start..end).unwrap_or("")
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(at))
    }

    pub fn is_blank(&self) -> bool {
        self.cells().all(|cell| cell.trim().is_empty())
    }

    pub fn has_nul(&self) -> bool {
        memchr(0, self.text.as_bytes()).is_some()
    }

    fn clear(&mut self, line: u64) {
        if self.bytes.is_empty() {
            self.bytes = std::mem::take(&mut self.text).into_bytes();
        }
        self.bytes.clear();
        self.text.clear();
        self.ends.clear();
        *self = Record {
            text: std::mem::take(&mut self.text),
            bytes: std::mem::take(&mut self.bytes),
            ends: std::mem::take(&mut self.ends),
            line,
            is_regular: true,
            ..Record::default()
        };
    }

    fn end_cell(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// Makes text of the bytes; whether they are of that charset.
    fn decode(&mut self, charset: Charset) -> bool {
        if charset == Charset::Windows1252 && !self.bytes.is_ascii() {
            self.decode_windows_1252();
            return true;
        }
        match String::from_utf8(std::mem::take(&mut self.bytes)) {
            Ok(text) => self.text = text,
            Err(error) => {
                self.bytes = error.into_bytes();
                return false;
            }
        }
        true
    }

    fn decode_windows_1252(&mut self) {
        let mut start = 0;
        for end in &mut self.ends {
            let (text, ..) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&self.bytes[start..*end]);
            self.text.push_str(&text);
            start = std::mem::replace(end, self.text.len());
        }
    }

    /// Keeps what can be read, where the bytes are of no charset that is known.
    fn decode_what_can_be(&mut self) {
        self.is_garbled = true;
        self.text.clear();
        let mut start = 0;
        for end in &mut self.ends {
            self.text.push_str(&String::from_utf8_lossy(&self.bytes[start..*end]));
            start = std::mem::replace(end, self.text.len());
        }
    }
}

/// What became of the beginning of a text.
struct Split {
    used: usize,
    lines: u64,
    is_regular: bool,
}

/// Reads records, keeping no more than a buffer of them.
pub(super) struct Records<R> {
    input: R,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    has_ended: bool,
    line: u64,
    pub dialect: Dialect,
    charset: Charset,
    /// Something said which charset it is: the mark at the beginning, or the first bytes that are not ASCII.
    is_charset_known: bool,
}

impl<R: Read> Records<R> {
    /// Of a text in UTF-8 or Windows-1252. What is in ASCII so far gets its charset from what comes.
    pub fn new(input: R, dialect: Dialect, charset: Charset, is_charset_known: bool) -> Self {
        Records {
            input,
            buffer: vec![0; BUFFER_BYTES],
            from: 0,
            to: 0,
            has_ended: false,
            line: 1,
            dialect,
            charset,
            is_charset_known,
        }
    }

    /// The charset by which records are read now.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// The next record that is not an empty line; whether there was one.
    pub fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        if !self.skip_empty_lines()? {
            return Ok(false);
        }
        record.clear(self.line);
        let mut split = self.split(self.dialect, record);
        if !split.is_regular && self.dialect.delimiter.is_some() {
            split = self.split_otherwise(split, record);
        }
        record.is_regular = split.is_regular;
        self.from += split.used;
        self.line += split.lines;
        if split.used > 0 && split.lines == 0 && !(self.has_ended && self.from == self.to) {
            record.is_too_long = true;
            self.skip_line()?;
        }
        self.decode(record);
        Ok(true)
    }

    /// A record of irregular quotes may have been written the other way.
    fn split_otherwise(&self, split: Split, record: &mut Record) -> Split {
        let quotes = match self.dialect.quotes {
            Quotes::Doubled => Quotes::Backslashed,
            Quotes::Backslashed => Quotes::Doubled,
        };
        let written = &self.buffer[self.from..self.from + split.used];
        if memchr(b'\\', written).is_none() && quotes == Quotes::Backslashed {
            return split;
        }
        record.clear(self.line);
        let other = self.split(Dialect { quotes, ..self.dialect }, record);
        if other.is_regular {
            return other;
        }
        record.clear(self.line);
        self.split(self.dialect, record)
    }

    fn split(&self, dialect: Dialect, record: &mut Record) -> Split {
        let text = &self.buffer[self.from..self.to];
        let text = &text[..text.len().min(RECORD_BYTES_MAX)];
        let reaches_end = self.has_ended && text.len() == self.to - self.from;
        Splitter { text, reaches_end, dialect, record }.split()
    }

    fn decode(&mut self, record: &mut Record) {
        if !self.is_charset_known && !record.bytes.is_ascii() {
            self.is_charset_known = true;
            let is_utf8 = std::str::from_utf8(&record.bytes).is_ok();
            self.charset = if is_utf8 { Charset::Utf8 } else { Charset::Windows1252 };
        }
        if !record.decode(self.charset) {
            record.decode_what_can_be();
        }
    }

    /// Whether something follows the empty lines.
    fn skip_empty_lines(&mut self) -> io::Result<bool> {
        loop {
            if self.to - self.from < RECORD_BYTES_MAX && !self.has_ended {
                self.fill()?;
            }
            match self.buffer[self.from..self.to] {
                [] => return Ok(false),
                [b'\r', b'\n', ..] => self.from += 2,
                [b'\r' | b'\n', ..] => self.from += 1,
                _ => return Ok(true),
            }
            self.line += 1;
        }
    }

    /// Passes what remains of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = &self.buffer[self.from..self.to];
            if let Some(end) = memchr2(b'\n', b'\r', rest) {
                self.from += end;
                return Ok(());
            }
            self.from = self.to;
            if self.has_ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        while self.to < self.buffer.len() {
            match self.input.read(&mut self.buffer[self.to..]) {
                Ok(0) => {
                    self.has_ended = true;
                    break;
                }
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Splits the first record of a text.
struct Splitter<'a> {
    text: &'a [u8],
    /// Nothing follows the text.
    reaches_end: bool,
    dialect: Dialect,
    record: &'a mut Record,
}

impl Splitter<'_> {
    fn split(mut self) -> Split {
        let line = memchr2(b'\n', b'\r', self.text).unwrap_or(self.text.len());
        let Some(delimiter) = self.dialect.delimiter else {
            self.record.bytes.extend_from_slice(unquoted(&self.text[..line]));
            self.record.end_cell();
            return self.ended(line, 0, true);
        };
        if memchr(b'"', &self.text[..line]).is_some() {
            return self.split_quoted(delimiter);
        }
        let mut from = 0;
        while let Some(cell) = memchr(delimiter, &self.text[from..line]) {
            if self.record.len() + 1 == CELLS_MAX {
                break;
            }
            self.record.bytes.extend_from_slice(&self.text[from..from + cell]);
            self.record.end_cell();
            from += cell + 1;
        }
        self.record.bytes.extend_from_slice(&self.text[from..line]);
        self.record.end_cell();
        self.ended(line, 0, true)
    }

    fn split_quoted(&mut self, delimiter: u8) -> Split {
        let (mut at, mut lines, mut is_regular) = (0, 0, true);
        loop {
            let spaces = self.text[at..].iter().take_while(|byte| **byte == b' ').count();
            let quoted = match self.text.get(at + spaces) {
                Some(b'"') => self.quoted(at + spaces + 1, delimiter),
                _ => None,
            };
            match quoted {
                Some((end, inner)) => {
                    at = end;
                    lines += inner;
                }
                None => {
                    let end = self.cell_end(at, delimiter);
                    is_regular &= memchr(b'"', &self.text[at..end]).is_none();
                    self.record.bytes.extend_from_slice(&self.text[at..end]);
                    at = end;
                }
            }
            // What follows the closing quote of a cell that is one line.
            if self.text.get(at).is_some_and(|byte| *byte != delimiter && !matches!(byte, b'\r' | b'\n')) {
                is_regular = false;
                let end = self.cell_end(at, delimiter);
                self.record.bytes.extend_from_slice(&self.text[at..end]);
                at = end;
            }
            self.record.end_cell();
            if self.text.get(at) != Some(&delimiter) || self.record.len() == CELLS_MAX {
                at += memchr2(b'\n', b'\r', &self.text[at..]).unwrap_or(self.text.len() - at);
                return self.ended(at, lines, is_regular);
            }
            at += 1;
        }
    }

    fn cell_end(&self, at: usize, delimiter: u8) -> usize {
        memchr3(delimiter, b'\n', b'\r', &self.text[at..]).map_or(self.text.len(), |length| at + length)
    }

    /// A quoted cell whose content begins here: where what follows it begins, and how many lines it ended; `None`
    /// where the quote does not open one.
    fn quoted(&mut self, start: usize, delimiter: u8) -> Option<(usize, u64)> {
        let (mut at, kept) = (start, self.record.bytes.len());
        let mut lines = 0;
        loop {
            let found = match self.dialect.quotes {
                Quotes::Doubled => memchr(b'"', &self.text[at..]),
                Quotes::Backslashed => memchr2(b'"', b'\\', &self.text[at..]),
            };
            let Some(length) = found else { break };
            let piece = &self.text[at..at + length];
            lines += line_breaks(piece);
            self.record.bytes.extend_from_slice(piece);
            at += length;
            match (self.text[at], self.text.get(at + 1)) {
                (b'\\', Some(b'"')) => at += 1,
                (b'"', Some(b'"')) if self.dialect.quotes == Quotes::Doubled => at += 1,
                (b'"', _) => {
                    let after = at + 1;
                    let spaces = self.text[after..].iter().take_while(|byte| **byte == b' ').count();
                    let is_closed = match self.text.get(after + spaces) {
                        Some(byte) => *byte == delimiter || matches!(byte, b'\r' | b'\n'),
                        None => self.reaches_end,
                    };
                    if is_closed {
                        return Some((after + spaces, lines));
                    }
                    if lines == 0 && after < self.text.len() {
                        return Some((after, lines));
                    }
                    break;
                }
                _ => {}
            }
            self.record.bytes.push(self.text[at]);
            at += 1;
            if lines > RECORD_LINES_MAX {
                break;
            }
        }
        self.record.bytes.truncate(kept);
        None
    }

    /// The record ends where a line does; what ends that line is used too.
    fn ended(&self, at: usize, lines: u64, is_regular: bool) -> Split {
        let end = match self.text[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        Split { used: at + end, lines: lines + u64::from(end > 0), is_regular }
    }
}

/// A line that is one cell, without the quotes around all of it.
fn unquoted(line: &[u8]) -> &[u8] {
    match line.trim_ascii().strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        Some(inner) if memchr(b'"', inner).is_none() => inner,
        _ => line,
    }
}

/// How many lines end in a piece of text.
fn line_breaks(text: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', text) {
        let is_second = text[at] == b'\n' && at > 0 && text[at - 1] == b'\r' && before == at;
        count += u64::from(!is_second);
        before = at + 1;
    }
    count
}
