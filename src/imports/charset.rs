//! Which charset a text is in, and its text in UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

/// The charsets in which people's spreadsheets write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Assumed where a text is not UTF-8.
    Windows1252,
}

impl Charset {
    /// Its name, as one says it.
    pub fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "UTF-8",
            Charset::Utf16Le => "UTF-16 LE",
            Charset::Utf16Be => "UTF-16 BE",
            Charset::Windows1252 => "Windows-1252",
        }
    }
}

/// What the beginning of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    pub charset: Charset,
    /// The bytes of the mark at the beginning.
    pub mark: usize,
    /// All that was seen is ASCII, so that what comes may still be of either charset.
    pub is_open: bool,
}

/// Which charset a text is in, by its beginning; the last bytes may be half a character.
pub(super) fn sniff(head: &[u8]) -> Sniffed {
    let known = |charset, mark| Sniffed { charset, mark, is_open: false };
    match head {
        [0xef, 0xbb, 0xbf, ..] => return known(Charset::Utf8, 3),
        [0xff, 0xfe, ..] => return known(Charset::Utf16Le, 2),
        [0xfe, 0xff, ..] => return known(Charset::Utf16Be, 2),
        _ => {}
    }
    if let Some(charset) = unmarked_utf_16(head) {
        return known(charset, 0);
    }
    if head.is_ascii() {
        return Sniffed { charset: Charset::Utf8, mark: 0, is_open: true };
    }
    let (characters, strays) = count_utf8(head);
    // One bad byte in a text of UTF-8 is a bad byte.
    known(if characters > strays { Charset::Utf8 } else { Charset::Windows1252 }, 0)
}

/// In UTF-16, every other byte of European text is zero.
fn unmarked_utf_16(head: &[u8]) -> Option<Charset> {
    let pairs = &head[..head.len().min(4096) / 2 * 2];
    if pairs.len() < 4 {
        return None;
    }
    let zeros = |at: usize| pairs.chunks_exact(2).filter(|pair| pair[at] == 0 && pair[1 - at] != 0).count();
    let most = pairs.len() / 2 * 7 / 10;
    match (zeros(0), zeros(1)) {
        (0, low) if low > most => Some(Charset::Utf16Le),
        (high, 0) if high > most => Some(Charset::Utf16Be),
        _ => None,
    }
}

/// How many characters beyond ASCII a text holds as UTF-8, and how many pieces that are none.
fn count_utf8(head: &[u8]) -> (usize, usize) {
    let (mut characters, mut strays) = (0, 0);
    let mut rest = head.utf8_chunks().peekable();
    while let Some(chunk) = rest.next() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut = rest.peek().is_none() && chunk.invalid().len() < 4;
        strays += usize::from(!chunk.invalid().is_empty() && (!is_cut || characters == 0));
    }
    (characters, strays)
}

/// A text in UTF-8, or as it is where its charset is one of single bytes: its records are decoded one by one.
pub(super) struct Decoded<R> {
    input: R,
    /// The bytes of the mark that are still to be passed.
    mark: usize,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    raw_from: usize,
    text: Vec<u8>,
    text_from: usize,
    has_ended: bool,
}

const CHUNK_BYTES: usize = 64 * 1024;

impl<R: Read> Decoded<R> {
    pub fn new(input: R, sniffed: Sniffed) -> Self {
        let decoder = match sniffed.charset {
            Charset::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Charset::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
            Charset::Utf8 | Charset::Windows1252 => None,
        };
        Decoded {
            input,
            mark: sniffed.mark,
            decoder,
            raw: Vec::new(),
            raw_from: 0,
            text: Vec::new(),
            text_from: 0,
            has_ended: false,
        }
    }

    fn pass_mark(&mut self) -> io::Result<()> {
        while self.mark > 0 {
            let mut mark = [0; 4];
            match self.input.read(&mut mark[..self.mark])? {
                0 => self.mark = 0,
                read => self.mark -= read,
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.pass_mark()?;
        let Some(decoder) = &mut self.decoder else { return self.input.read(into) };
        while self.text_from == self.text.len() {
            if self.has_ended {
                return Ok(0);
            }
            if self.raw_from == self.raw.len() {
                self.raw.resize(CHUNK_BYTES, 0);
                let read = self.input.read(&mut self.raw)?;
                self.raw.truncate(read);
                self.raw_from = 0;
            }
            let is_last = self.raw.is_empty();
            self.text.resize(CHUNK_BYTES, 0);
            let (result, used, written, _) =
                decoder.decode_to_utf8(&self.raw[self.raw_from..], &mut self.text, is_last);
            self.raw_from += used;
            self.text.truncate(written);
            self.text_from = 0;
            self.has_ended = is_last && result == CoderResult::InputEmpty;
        }
        let length = into.len().min(self.text.len() - self.text_from);
        into[..length].copy_from_slice(&self.text[self.text_from..self.text_from + length]);
        self.text_from += length;
        Ok(length)
    }
}
