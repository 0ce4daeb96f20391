//! A table is the same in every dialect.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use proptest::prelude::*;

use super::super::charset::{Decoded, sniff};
use super::super::layout::Layout;
use super::super::records::{Record, Records};
use super::super::*;
use super::{lines, opened, plain, said};

#[test]
fn files_are_read_as_spreadsheets_write_them() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut marked = vec![0xff, 0xfe];
    marked.extend(utf16("email\tname\r\nmira@example.net\tJörg\r\n"));
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode("email;name\r\nmira@example.net;Jörg\r\n");
    for (text, name) in [
        (&b"\xef\xbb\xbf\"email\",\"name\"\r\n\"mira@example.net\",\"J, B\"\r\n"[..], "J, B"),
        (b"EMAIL,NAME\nmira@example.net,J\n", "J"),
        (b"\nemail,name,,\n\nmira@example.net,J,,\n,,,\n\n", "J"),
        (b"email,name\rmira@example.net,J\r", "J"),
        (b"email;name\r\nmira@example.net;J\r\n", "J"),
        (b"\xef\xbb\xbfName;Email\r\nJ;mira@example.net\r\n", "J"),
        (b"email\tname\nmira@example.net\tJ\n", "J"),
        (b"email|name\nmira@example.net|J\n", "J"),
        (b"sep=,\r\nemail,name\r\nmira@example.net,J\r\n", "J"),
        (b"\"sep=;\"\r\nemail;name\r\nmira@example.net;J\r\n", "J"),
        (b"E-Mail,Name\nmira@example.net,J", "J"),
        ("Adresse e-mail;Prénom;Nom\nmira@example.net;J;K\n".as_bytes(), "J K"),
        ("Correo electrónico,Nombre\n mira@example.net , J \n".as_bytes(), "J"),
        (b"mira@example.net\n", ""),
        (b"\"email\"\r\n\"mira@example.net\"\r\n", ""),
        (b"\"mira@example.net\"\n", ""),
        (b"# Members, 3 March\n\n<mira@example.net>,\n", ""),
        (b"mira@example.net,J\n", "J"),
        (b"J <mira@example.net>\n", "J"),
        (&marked, "Jörg"),
        (&marked[2..], "Jörg"),
        (&latin, "Jörg"),
    ] {
        let lines = lines(text, &plain());
        assert_eq!(lines.len(), 1, "{}", String::from_utf8_lossy(text));
        let person = lines[0].outcome.as_ref().unwrap();
        assert_eq!((person.email.as_str(), person.name.as_str()), ("mira@example.net", name));
    }
}

#[test]
fn which_charset_was_assumed_is_said_also_where_it_shows_late() {
    let mut text = b"email,name\n".to_vec();
    for at in 0..20_000 {
        text.extend(format!("reader{at}@example.net,Reader {at}\n").into_bytes());
    }
    text.extend(b"mira@example.net,J\xf6rg\n");
    let mut people = opened(&text, &plain());
    assert_eq!((people.charset(), people.recognised().files[0].is_charset_assumed), (Charset::Utf8, true));
    let mut last = None;
    while let Some(line) = people.next() {
        last = Some(line.unwrap().outcome.unwrap().name);
        if last.as_deref() == Some("Jörg") {
            assert_eq!(people.charset(), Charset::Windows1252);
        }
    }
    assert_eq!(last.as_deref(), Some("Jörg"));
}

#[test]
fn one_bad_byte_in_utf_8_is_that_rows() {
    let text = "email,name\nmira@example.net,Jörg Ö\notto@example.net,X\u{0}\npaul@example.net,P\n";
    let text: Vec<u8> = text.bytes().map(|byte| if byte == b'X' { 0xff } else { byte }).collect();
    let expected = ["2: mira@example.net Jörg Ö (active)", "3: No", "4: paul@example.net P (active)"];
    assert_eq!(said(&text, &plain()), expected);
}

#[test]
fn an_open_quote_swallows_no_other_row_and_lines_are_counted_as_an_editor_does() {
    let text = b"email,name\nmira@example.net,\"Mira\notto@example.net,\"Otto \"\"O\"\"\"\n\npaul@example.net,\"two\r\nlines\"\nquin@example.net,\"Quin \"the\" Q\"\nruth@example.net, \"R, S\" \n";
    let expected = [
        "2: mira@example.net \"Mira (active)",
        "3: otto@example.net Otto \"O\" (active)",
        "5: paul@example.net two  lines (active)",
        "7: quin@example.net Quin the\" Q\" (active)",
        "8: ruth@example.net R, S (active)",
    ];
    assert_eq!(said(text, &plain()), expected);
}

#[test]
fn quotes_behind_backslashes_are_read_where_a_file_has_them() {
    let text = b"\"email\",\"name\"\n\"mira@example.net\",\"Mira \\\"M\\\" Falk\"\n\"otto@example.net\",\"Otto \"\"O\"\"\"\n\"paul@example.net\",\"C:\\\"\n";
    let expected = [
        "2: mira@example.net Mira \"M\" Falk (active)",
        "3: otto@example.net Otto \"O\" (active)",
        "4: paul@example.net C:\\ (active)",
    ];
    assert_eq!(said(text, &plain()), expected);
}

#[test]
fn a_row_of_another_width_is_refused_and_empty_cells_at_its_end_are_not_counted() {
    let text =
        b"email,name,town\nmira@example.net,M,Bern,,\notto@example.net,O\npaul@example.net,P,Bern,more\n";
    assert_eq!(said(text, &plain()), ["2: mira@example.net M (active)", "3: No", "4: No"]);
}

#[test]
fn reading_goes_on_where_it_stood() {
    let mut text = String::from("email,name\n");
    for at in 0..1000 {
        text.push_str(&format!("reader{at}@example.net,\"Reader\n{at}\"\n"));
    }
    let all = lines(text.as_bytes(), &plain());
    let mut people = opened(text.as_bytes(), &plain());
    people.skip_to(all[700].record).unwrap();
    let next = people.next().unwrap().unwrap();
    assert_eq!((next.record, next.number), (all[700].record, all[700].number));
    people.skip_to(2000).unwrap();
    assert!(people.next().is_none());
}

/// How a table is written.
#[derive(Clone, Debug)]
struct Written {
    delimiter: u8,
    style: QuoteStyle,
    terminator: Terminator,
    charset: Charset,
    has_mark: bool,
    has_backslashes: bool,
}

fn written() -> impl Strategy<Value = Written> {
    let charsets = vec![Charset::Utf8, Charset::Utf16Le, Charset::Utf16Be, Charset::Windows1252];
    (
        prop::sample::select(&b",;\t|"[..]),
        prop::sample::select(vec![QuoteStyle::Always, QuoteStyle::Necessary, QuoteStyle::NonNumeric]),
        prop::sample::select(vec![Terminator::CRLF, Terminator::Any(b'\n'), Terminator::Any(b'\r')]),
        prop::sample::select(charsets),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(delimiter, style, terminator, charset, has_mark, has_backslashes)| Written {
            delimiter,
            style,
            terminator,
            charset,
            has_mark,
            has_backslashes,
        })
}

impl Written {
    fn bytes(&self, rows: &[[String; 4]]) -> Vec<u8> {
        let mut builder = WriterBuilder::new();
        builder.delimiter(self.delimiter).quote_style(self.style).terminator(self.terminator);
        builder.double_quote(!self.has_backslashes).escape(b'\\');
        let mut writer = builder.from_writer(Vec::new());
        writer.write_record(["email", "name", "town", "note"]).unwrap();
        for row in rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let marked = format!("\u{feff}{text}");
        let text = if self.has_mark { &marked } else { &text };
        match self.charset {
            Charset::Utf8 => text.clone().into_bytes(),
            Charset::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Charset::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Charset::Windows1252 => {
                encoding_rs::WINDOWS_1252.encode(text.trim_start_matches('\u{feff}')).0.into_owned()
            }
        }
    }
}

/// A cell of any text that Windows-1252 can write and that is no formula, address, or status.
fn cell() -> impl Strategy<Value = String> {
    let text = "[ -~äöüßéñ€–]{0,12}";
    prop_oneof![
        4 => text.prop_map(|text: String| text),
        1 => (text, text, prop::sample::select(vec!["\n", "\r\n", "\r", "\"", "\"\"", "\",", "\"\n"]))
            .prop_map(|(before, after, between)| format!("{before}{between}{after}")),
    ]
}

/// The cells of every record, as they stand.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let layout = Layout::sniff(bytes, "people.csv", &plain()).unwrap();
    let input = Decoded::new(bytes, sniff(&bytes[..bytes.len().min(256 * 1024)]));
    let charset = layout.sniffed.charset_of_records();
    let mut records = Records::new(input, layout.dialect, charset, !layout.sniffed.is_open);
    let (mut record, mut found) = (Record::default(), Vec::new());
    while records.read(&mut record).unwrap() {
        found.push(record.cells().map(str::to_owned).collect());
    }
    found.split_off(1)
}

proptest! {
    #[test]
    fn a_table_is_the_same_in_every_dialect(
        cells_of_rows in prop::collection::vec([cell(), cell(), cell()], 1..30),
        how in written(),
    ) {
        let rows: Vec<[String; 4]> = cells_of_rows
            .into_iter()
            .enumerate()
            .map(|(at, cells)| {
                // Who escapes by backslashes leaves open what one of a cell's own is.
                let own = |cell: String| if how.has_backslashes { cell.replace('\\', "/") } else { cell };
                let [name, town, note] = cells.map(own);
                [format!("reader{at}@example.net"), name, town, note]
            })
            .collect();
        // Text without umlauts is the same in several charsets, which is as well.
        prop_assert_eq!(cells(&how.bytes(&rows)), rows);
    }
}

#[test]
fn addresses_on_one_line_are_people_of_their_own() {
    let text = b"mira@example.net; otto@example.net;Paul <paul@example.net>\n";
    let expected =
        ["1: mira@example.net  (active)", "1: otto@example.net  (active)", "1: paul@example.net  (active)"];
    assert_eq!(said(text, &plain()), expected);
}
