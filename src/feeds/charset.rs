//! From the bytes of a document to its text: whatever was zipped, whatever the character set, without control
//! characters. Shared by feeds and pages; it refuses nothing.

use std::borrow::Cow;
use std::io::Read as _;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What is unzipped of a document that nobody said was zipped: as much as is fetched of any.
const UNZIPPED_BYTES_MAX: u64 = 10 << 20;

/// The text of a document. UTF-8 that decodes is believed over a label: no other set yields valid UTF-8 by accident.
/// One odd byte in UTF-8 costs that byte.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let bytes = unzipped(bytes);
    let bytes = bytes.trim_ascii_start();
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, bom)) => encoding.decode_without_bom_handling(bytes.get(bom..).unwrap_or_default()).0,
        None => decode_unmarked(bytes, content_type),
    };
    if !may_hold_controls(text.as_bytes()) {
        return text.into_owned();
    }
    text.chars().map(shown).filter(|c| !is_control(*c)).collect()
}

/// Whether UTF-8 may hold what is dropped or shown as something else: hardly any does.
fn may_hold_controls(bytes: &[u8]) -> bool {
    let is_ascii_control =
        |byte: &u8| (*byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || *byte == 0x7f;
    let follows =
        |lead: u8, next: fn(&[u8]) -> bool| memchr::memchr_iter(lead, bytes).any(|at| next(&bytes[at + 1..]));
    bytes.iter().any(is_ascii_control)
        || follows(0xc2, |rest| rest.first().is_some_and(|byte| *byte < 0xa0))
        || follows(0xef, |rest| matches!(rest, [0xbf, 0xbe | 0xbf, ..]))
}

fn unzipped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::new();
    // What was read before it broke is cut off, and named so.
    let _ = flate2::read::MultiGzDecoder::new(bytes).take(UNZIPPED_BYTES_MAX).read_to_end(&mut out);
    Cow::Owned(out)
}

fn decode_unmarked<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    match bytes {
        [b'<' | b'{', 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0,
        [0, b'<' | b'{', ..] => return UTF_16BE.decode_without_bom_handling(bytes).0,
        _ => {}
    }
    // ISO-2022-JP is written in ASCII, so a label comes first there.
    let labels = [content_type.and_then(charset_of_header), charset_of_declaration(bytes)];
    let labelled = labels.into_iter().flatten().filter_map(|label| Encoding::for_label(label.as_bytes()));
    let labelled: Vec<&'static Encoding> =
        labelled.filter(|e| ![UTF_8, UTF_16LE, UTF_16BE].contains(e)).collect();
    if !bytes.is_ascii() || labelled.is_empty() {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        let (mut valid, mut invalid) = (0usize, 0usize);
        for chunk in bytes.utf8_chunks() {
            valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            // Odd bytes in a row are one oddity: half of an emoji, say.
            invalid +=
                usize::from(!chunk.invalid().is_empty() && (invalid == 0 || !chunk.valid().is_empty()));
        }
        // Text in two-byte sets has some pairs that are UTF-8 too.
        let doubt = if labelled.is_empty() { 1 } else { 4 };
        if valid >= invalid * doubt {
            return String::from_utf8_lossy(bytes);
        }
    }
    let first = *labelled.first().unwrap_or(&WINDOWS_1252);
    let exact =
        labelled.into_iter().find_map(|e| e.decode_without_bom_handling_and_without_replacement(bytes));
    exact.unwrap_or_else(|| first.decode_without_bom_handling(bytes).0)
}

fn charset_of_header(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn charset_of_declaration(bytes: &[u8]) -> Option<String> {
    let start: String = bytes.iter().take(200).map(|byte| char::from(*byte)).collect();
    let declaration = start.trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let after = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.split(quote).nth(1).map(str::to_owned)
}

/// What a code from U+0080 to U+009F stands for on the web: Windows' quotes and dashes, as in HTML (13.2.5.80).
pub(super) fn shown(c: char) -> char {
    let code = u32::from(c);
    if !(0x80..=0x9f).contains(&code) {
        return c;
    }
    let byte = [u8::try_from(code).unwrap_or_default()];
    WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next().unwrap_or(c)
}

/// What neither XML nor PostgreSQL keeps.
pub(super) fn is_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}
