//! Whatever a file holds, reading it ends, within its bounds.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;

use super::super::*;
use super::{file, lines, plain, said};

/// A zip archive of these files, the sizes as given.
fn archive(files: &[(&str, &[u8], Option<u32>)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content, announced) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut shared = Vec::new();
        shared.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
        shared.extend(crc.sum().to_le_bytes());
        shared.extend((packed.len() as u32).to_le_bytes());
        shared.extend(announced.unwrap_or(content.len() as u32).to_le_bytes());
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0, 0]);
        let at = bytes.len() as u32;
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&shared);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([(files.len() as u16).to_le_bytes(); 2].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn error(bytes: &[u8]) -> String {
    match open(file(bytes), &plain()) {
        Ok(people) => panic!("{:?}", people.recognised()),
        Err(error) => {
            assert!(!error.to_string().is_empty(), "every reason has its sentence");
            format!("{error:?}")
        }
    }
}

#[test]
fn an_archives_lists_are_read_and_its_other_files_named() {
    let list = b"email,name\nmira@example.net,Mira\n";
    let zip = archive(&[
        ("a/list.csv", list, None),
        ("__MACOSX/list.csv", b"x", None),
        ("photo.png", b"png", None),
        ("inner.zip", b"PK\x03\x04", None),
        ("empty.csv", b"", None),
        ("b.txt", b"otto@example.net\n", None),
    ]);
    assert_eq!(said(&zip, &plain()), ["2: mira@example.net Mira (active)", "1: otto@example.net  (active)"]);
    let people = open(file(&zip), &plain()).unwrap();
    assert_eq!(people.recognised().left_out, ["__MACOSX/list.csv", "photo.png", "inner.zip", "empty.csv"]);
}

#[test]
fn what_is_no_list_is_named() {
    assert_eq!(error(b""), "Empty");
    assert_eq!(error(b"\n\n  \n"), "Empty");
    assert_eq!(error(b"\xd0\xcf\x11\xe0\xa1\xb1"), "Spreadsheet");
    assert_eq!(
        error(&archive(&[("[Content_Types].xml", b"x", None), ("xl/workbook.xml", b"x", None)])),
        "Spreadsheet"
    );
    assert_eq!(error(b"\x1f\x8b\x08"), "Packed");
    assert_eq!(error(b"%PDF-1.7"), "NoText");
    assert_eq!(error(b"PK\x03\x04 and no more"), "BrokenArchive");
    assert_eq!(error(&archive(&[("inner.zip", b"PK\x03\x04", None)])), "NoPeople");
    assert_eq!(error(&b"a,".repeat(600)), "TooManyColumns(500)");
}

#[test]
fn an_archive_that_grows_beyond_its_bounds_is_refused() {
    let zeros = vec![b'0'; 20 * 1024 * 1024];
    assert_eq!(error(&archive(&[("list.csv", &zeros, None)])), "Bomb");
    // One that lies about its size ends where it said it would.
    let list = "email\n".to_owned() + &"mira@example.net\n".repeat(100_000);
    let zip = archive(&[("list.csv", list.as_bytes(), Some(1000))]);
    assert!(open(file(&zip), &plain()).is_err());
    let damaged: Vec<u8> = archive(&[("list.csv", b"email\nmira@example.net\n", Some(23))]);
    assert_eq!(lines(&damaged, &plain()).len(), 1);
    let mut wrong_sum = damaged;
    let at = wrong_sum.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    wrong_sum[at + 16] ^= 1;
    assert!(open(file(&wrong_sum), &plain()).is_err(), "its checksum is another's");
}

#[test]
fn an_archive_of_too_many_files_is_refused() {
    let names: Vec<String> = (0..300).map(|at| format!("{at}.csv")).collect();
    let files: Vec<(&str, &[u8], Option<u32>)> =
        names.iter().map(|name| (name.as_str(), &b"x"[..], None)).collect();
    assert_eq!(error(&archive(&files)), "TooManyEntries(200)");
    let mut many = archive(&[("a.csv", b"x", None)]);
    let end = many.len() - 22;
    many[end + 12..end + 16].copy_from_slice(&u32::to_le_bytes(0x7fff_ffff));
    assert_eq!(error(&many), "TooManyEntries(50000)");
}

#[test]
fn a_line_without_an_end_is_one_refused_row() {
    let mut text = b"email,name\n".to_vec();
    text.extend(vec![b'x'; 3 * 1024 * 1024]);
    text.extend(b"\nmira@example.net,M\n");
    assert_eq!(said(&text, &plain()), ["2: No", "3: mira@example.net M (active)"]);
}

#[test]
fn many_open_quotes_cost_no_more_than_the_file() {
    let mut text = b"email,name\n".to_vec();
    for at in 0..200_000 {
        text.extend(format!("reader{at}@example.net,\"open {at}\n").into_bytes());
    }
    let begun = std::time::Instant::now();
    assert_eq!(lines(&text, &plain()).len(), 200_000);
    assert!(begun.elapsed().as_secs() < 60, "each looks no further than the next");
}

#[test]
fn nul_and_controls_reach_no_person() {
    let text = b"email,name,town\nmira@example.net,A\0B,x\notto@example.net,A\x01\x1b[2JB,\n";
    let rows = lines(text, &plain());
    assert!(rows[0].outcome.is_err());
    assert_eq!(rows[1].outcome.as_ref().unwrap().name, "A  [2JB");
}

proptest! {
    #[test]
    fn whatever_bytes_there_are_reading_ends(
        bytes in prop::collection::vec(prop_oneof![
            3 => prop::sample::select(&b"\"\\,;\t|\r\n'=@. a\0\xff\xfe\xef"[..]),
            1 => any::<u8>(),
        ], 0..600),
        begins in prop::sample::select(vec![
            &b""[..], b"email,name\n", b"\xff\xfe", b"sep=;\n", b"PK\x03\x04", b"PK\x05\x06", b"email,status\n",
        ]),
    ) {
        let bytes = [begins, &bytes[..]].concat();
        if let Ok(mut people) = open(file(&bytes), &plain()) {
            let mut rows = 0;
            while let Some(line) = people.next() {
                rows += 1;
                if line.is_err() {
                    prop_assert!(people.next().is_none());
                }
            }
            prop_assert!(rows <= bytes.len() + 1);
        }
    }

    #[test]
    fn a_damaged_archive_is_an_error_or_rows(at in 0..400usize, byte in any::<u8>()) {
        let list = b"email,name\nmira@example.net,Mira\n".repeat(4);
        let mut zip = archive(&[("list.csv", &list, None), ("two.csv", &list, None)]);
        let at = at % zip.len();
        zip[at] = byte;
        if let Ok(mut people) = open(file(&zip), &plain()) {
            while people.next().is_some() {}
        }
    }
}
