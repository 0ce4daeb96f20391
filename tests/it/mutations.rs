//! Feeds and articles as accidents make them: fixtures that are cut, mixed, doubled and blown up by chance. Whatever
//! comes of it, nothing panics, nothing grows beyond its measure, and nothing takes long. `LONG=1` goes on for an hour.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use postrider::articles::{clean, text};
use postrider::feeds::parse::parse;
use url::Url;

use crate::support::chance::{Chance, seeded};
use crate::support::{is_long, say};

/// How long each test goes on.
fn until() -> Instant {
    Instant::now() + Duration::from_secs(if is_long() { 3600 } else { 15 })
}

/// What this thread has had of the processor: a machine may be busy with other things.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("nanoseconds"))
}

/// The longest that one document may take, in debug builds.
const TIME_MAX: Duration = Duration::from_secs(20);
const BYTES_MAX: usize = 1_000_000;

fn fixtures() -> Vec<Vec<u8>> {
    let mut folders: Vec<PathBuf> =
        vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds/right")];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if !entry.file_name().to_str().unwrap().ends_with(".want.json") {
                paths.push(entry.path());
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Pieces that parsers trip over.
const PIECES: [&[u8]; 24] = [
    b"<",
    b">",
    b"&",
    b"\"",
    b"'",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<!DOCTYPE x [",
    b"&#0;",
    b"&#x10ffff;",
    b"</",
    b"/>",
    b"\xff",
    b"\xed\xa0\x80",
    b"xmlns:a=\"\"",
    b"{",
    b"[",
    b"\\ud800",
    b"<table><tr><td>",
    b"<a href=\"",
];

fn part<'a>(chance: &mut Chance, bytes: &'a [u8]) -> &'a [u8] {
    let from = chance.below(bytes.len() as u64 + 1) as usize;
    let len = chance.below((bytes.len() - from) as u64 + 1) as usize;
    &bytes[from..from + len]
}

fn mutated(chance: &mut Chance, all: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = all[chance.below(all.len() as u64) as usize].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() as u64 + 1) as usize;
        let end = at + chance.below((bytes.len() - at) as u64 + 1).min(200) as usize;
        match chance.below(6) {
            0 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            1 => drop(bytes.drain(at..end)),
            2 => {
                let other = &all[chance.below(all.len() as u64) as usize];
                bytes.splice(at..at, part(chance, other).iter().copied());
            }
            3 => {
                // The same again and again, as large as it may become.
                let again = bytes[at..end].to_vec();
                let times =
                    chance.below(if again.is_empty() { 1 } else { (BYTES_MAX / 4 / again.len()) as u64 + 1 });
                bytes.splice(at..at, again.repeat(times as usize));
            }
            4 => {
                let times = [1, 3, 5_000][chance.below(3) as usize];
                let piece = PIECES[chance.below(PIECES.len() as u64) as usize].repeat(times);
                bytes.splice(at..at, piece);
            }
            _ => bytes.truncate(at),
        }
        bytes.truncate(BYTES_MAX);
    }
    bytes
}

#[test]
fn no_accident_makes_a_feed_cost_more_than_its_length() {
    let (all, until, mut chance) = (fixtures(), until(), seeded("mutated feeds"));
    let from = Url::parse("https://harbour.example/feed/").unwrap();
    let (mut tried, mut read, mut worst) = (0, 0, Duration::ZERO);
    while Instant::now() < until {
        let bytes = mutated(&mut chance, &all);
        let begun = worked();
        if let Ok(feed) = parse(&bytes, None, &from) {
            let size: usize =
                feed.items.iter().map(|item| item.content_html.len() + item.summary_html.len()).sum();
            assert!(size <= 20 * bytes.len() + 4_000_000, "{size} of {}", bytes.len());
            read += 1;
        }
        let took = worked() - begun;
        worst = worst.max(took);
        tried += 1;
        assert!(took < TIME_MAX, "{took:?} for {} bytes", bytes.len());
    }
    say(&format!("{tried} feeds, {read} of them read; the longest took {worst:?}"));
    assert!(read > 0);
}

#[test]
fn no_accident_makes_an_article_cost_more_than_its_length() {
    let (all, until, mut chance) = (fixtures(), until(), seeded("mutated articles"));
    let base = Url::parse("https://harbour.example/2026/a/").unwrap();
    let (mut tried, mut cleaned, mut worst) = (0, 0, Duration::ZERO);
    while Instant::now() < until {
        let bytes = mutated(&mut chance, &all);
        // Feeds hold their HTML escaped.
        let html =
            String::from_utf8_lossy(&bytes).replace("&lt;", "<").replace("<![CDATA[", "").replace("]]>", "");
        let begun = worked();
        if let Ok(clean) = clean::email_html(&html, &base) {
            let lower = clean.to_ascii_lowercase();
            for never in ["<script", "<iframe", "<form", "href=\"javascript:", "src=\"javascript:"] {
                assert!(!lower.contains(never), "{never}: {clean}");
            }
            assert!(text::text_body(&clean).len() <= 20 * html.len() + 100_000);
            cleaned += 1;
        }
        let took = worked() - begun;
        worst = worst.max(took);
        tried += 1;
        assert!(took < TIME_MAX, "{took:?} for {} bytes", html.len());
    }
    say(&format!("{tried} articles, {cleaned} of them cleaned; the longest took {worst:?}"));
    assert!(cleaned > 0);
}
