//! A message as it goes on the wire (RFC 5322), encoded once a campaign and spliced per reader.
//!
//! Encoding a mail takes tens of microseconds, splicing one well under one: so [`MessageTemplate`]
//! holds the encoded bytes with gaps, and [`MessageTemplate::splice`] copies bytes and tokens. It must never
//! parse, and never touch what another reader gets.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use quoted_printable::Options;

use super::content::{Content, ReasonByCadence};
use super::slots::Slot;
use crate::domain::email_address::EmailAddress;
use crate::domain::links::fingerprint;
use crate::domain::subscription::Cadence;
use crate::domain::text::{escape_html, single_line};

/// Bytes of text in one encoded word: 75 characters at most with what stands around them.
const ENCODED_WORD_BYTES: usize = 36;

/// A subject of more bytes is written as encoded words, which can be folded anywhere.
const SUBJECT_LINE_BYTES: usize = 66;

/// The headers that all readers of one content share.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub from: &'a Mailbox,
    pub reply_to: Option<&'a Mailbox>,
    /// The list's name and its id, `slug.list.host` (RFC 2919).
    pub list_id: Option<(&'a str, &'a str)>,
    pub feedback_id: Option<&'a str>,
    /// The same for every attempt.
    pub date: DateTime<Utc>,
    /// True on notices (RFC 3834).
    pub auto_submitted: bool,
    /// Where `/unsubscribe/{token}` is, no slash at its end: a campaign's messages then offer one-click
    /// leaving (RFC 8058). `None` on notices.
    pub one_click_base_url: Option<&'a str>,
}

/// What differs from reader to reader.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub to: &'a EmailAddress,
    /// `id@host`, without angle brackets. The same for every attempt.
    pub message_id: &'a str,
    /// The reader's own copy of what this one corrects (RFC 5322, 3.6.4).
    pub in_reply_to: Option<&'a str>,
    /// `None` on notices.
    pub unsubscribe_token: Option<&'a str>,
    /// Empty on notices.
    pub preferences_token: &'a str,
    pub cadence: Option<Cadence>,
    /// The day of the subscription, like "3 March 2024"; empty where the cadence is not known.
    pub since: &'a str,
    /// What stands for the content's placeholders, in their order; a missing one stands for nothing.
    pub values: &'a [String],
}

#[derive(Debug)]
enum Piece {
    Bytes(Box<[u8]>),
    /// A slot, and whether it stands in HTML.
    Slot(Slot, bool),
}

/// About how many bytes pieces take when they are filled.
fn size(pieces: &[Piece]) -> usize {
    let one = |piece: &Piece| match piece {
        Piece::Bytes(bytes) => bytes.len(),
        Piece::Slot(..) => 80,
    };
    pieces.iter().map(one).sum()
}

/// A part of a subject that differs from reader to reader.
#[derive(Debug)]
enum SubjectPart {
    Text(String),
    Value(usize),
}

/// The parts of a subject with so many placeholders; `None`: it is the same for all.
fn subject_parts(subject: &str, values: usize) -> Option<Vec<SubjectPart>> {
    let (mut parts, mut rest) = (Vec::new(), subject);
    while let Some((place, slot)) = Slot::find(rest, values) {
        parts.push(SubjectPart::Text(rest[..place.start].to_owned()));
        if let Slot::Value(at) = slot {
            parts.push(SubjectPart::Value(usize::from(at)));
        }
        rest = &rest[place.end..];
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(SubjectPart::Text(rest.to_owned()));
    Some(parts)
}

/// The line that says why a reader gets a mail, for each cadence, encoded.
#[derive(Debug)]
struct ReasonPieces {
    each: Vec<Piece>,
    daily: Vec<Piece>,
    weekly: Vec<Piece>,
    monthly: Vec<Piece>,
    unknown: Vec<Piece>,
}

impl ReasonPieces {
    fn new(reasons: &ReasonByCadence, in_html: bool) -> ReasonPieces {
        let encoded = |cadence| {
            let mut pieces = Vec::new();
            push_body(&mut pieces, reasons.of(cadence), 0, in_html);
            pieces
        };
        ReasonPieces {
            each: encoded(Some(Cadence::Each)),
            daily: encoded(Some(Cadence::Daily)),
            weekly: encoded(Some(Cadence::Weekly)),
            monthly: encoded(Some(Cadence::Monthly)),
            unknown: encoded(None),
        }
    }

    /// About how many bytes the longest takes.
    fn size_max(&self) -> usize {
        [&self.each, &self.daily, &self.weekly, &self.monthly, &self.unknown]
            .map(|pieces| size(pieces))
            .into_iter()
            .max()
            .unwrap_or(0)
    }

    fn of(&self, cadence: Option<Cadence>) -> &[Piece] {
        match cadence {
            Some(Cadence::Each) => &self.each,
            Some(Cadence::Daily) => &self.daily,
            Some(Cadence::Weekly) => &self.weekly,
            Some(Cadence::Monthly) => &self.monthly,
            None => &self.unknown,
        }
    }
}

/// A message with gaps.
#[derive(Debug)]
pub struct MessageTemplate {
    /// The subject, where it differs from reader to reader: not encoded yet, each slot between two texts.
    subject: Option<Vec<SubjectPart>>,
    pieces: Vec<Piece>,
    /// The lines that say why a reader gets it, as HTML and as text.
    reasons: [ReasonPieces; 2],
    /// `{base}/unsubscribe/`.
    one_click_prefix: Option<String>,
    size_bytes: usize,
}

impl MessageTemplate {
    /// Encodes a content for all of its readers. Fails where the sender's headers can't be written.
    pub fn new(content: &Content, head: &Head) -> anyhow::Result<Self> {
        let hash = fingerprint(format!("{}\0{}\0{}", content.subject, content.text, content.html).as_bytes());
        // Quoted-printable text never holds "=_" (RFC 2045 section 6.7).
        let boundary = format!("=_{}", &hash[..24]);
        let (text_mark, html_mark) = (format!("{hash}-text"), format!("{hash}-html"));

        // The library writes headers and structure; the bodies come between them.
        let part = |kind, mark: &str| {
            let body = mark.as_bytes().to_vec();
            SinglePart::builder()
                .header(kind)
                .body(Body::dangerous_pre_encoded(body, ContentTransferEncoding::QuotedPrintable))
        };
        let values = content.placeholders.len();
        let own_subject = match values {
            0 => None,
            values => subject_parts(&content.subject, values),
        };
        let mut message = Message::builder()
            .envelope(Envelope::new(None, vec![head.from.email.clone()]).context("an envelope")?)
            .from(tidy(head.from));
        if own_subject.is_none() {
            message = message.raw_header(subject(&single_line(&content.subject)));
        }
        message = message.date(head.date.into());
        if let Some(reply_to) = head.reply_to {
            message = message.reply_to(tidy(reply_to));
        }
        if let Some((name, id)) = head.list_id {
            message = message.raw_header(list_id(name, id)?);
        }
        if let Some(id) = head.feedback_id {
            message = message
                .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Feedback-ID"), single_line(id)));
        }
        if head.auto_submitted {
            let name = HeaderName::new_from_ascii_str("Auto-Submitted");
            message = message.raw_header(HeaderValue::new(name, "auto-generated".to_owned()));
        }
        let frame = message
            .multipart(
                MultiPart::alternative()
                    .boundary(boundary)
                    .singlepart(part(ContentType::TEXT_PLAIN, &text_mark))
                    .singlepart(part(ContentType::TEXT_HTML, &html_mark)),
            )
            .context("the message's headers")?
            .formatted();
        let frame = String::from_utf8(frame).context("headers are ASCII")?;
        let (before, rest) = frame.rsplit_once(&text_mark).context("the text part's place")?;
        let (between, after) = rest.rsplit_once(&html_mark).context("the HTML part's place")?;

        let mut pieces = Vec::new();
        push_bytes(&mut pieces, before);
        push_body(&mut pieces, &content.text, values, false);
        push_bytes(&mut pieces, between);
        push_body(&mut pieces, &content.html, values, true);
        push_bytes(&mut pieces, after);
        let one_click_prefix = head.one_click_base_url.map(|base| format!("{}/unsubscribe/", graphic(base)));
        let reasons =
            [ReasonPieces::new(&content.reasons.html, true), ReasonPieces::new(&content.reasons.text, false)];
        let size_bytes = size(&pieces) + reasons.iter().map(ReasonPieces::size_max).sum::<usize>();
        Ok(MessageTemplate { subject: own_subject, pieces, reasons, one_click_prefix, size_bytes })
    }

    /// About how many bytes a spliced message takes.
    pub fn size_hint(&self) -> usize {
        self.size_bytes + 512
    }

    /// Appends one reader's whole message to `out`: CRLF, ASCII, no dot stuffing.
    pub fn splice(&self, reader: &Reader, out: &mut Vec<u8>) {
        out.reserve(self.size_hint());
        out.extend_from_slice(b"Message-ID: <");
        push_graphic(out, reader.message_id);
        for (name, id) in
            ["In-Reply-To", "References"].into_iter().filter_map(|name| Some((name, reader.in_reply_to?)))
        {
            out.extend_from_slice(b">\r\n");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": <");
            push_graphic(out, id);
        }
        out.extend_from_slice(b">\r\nTo: ");
        push_graphic(out, reader.to.as_str());
        out.extend_from_slice(b"\r\n");
        if let Some(parts) = &self.subject {
            push_subject(out, parts, reader.values);
        }
        if let (Some(prefix), Some(token)) = (&self.one_click_prefix, reader.unsubscribe_token) {
            out.extend_from_slice(b"List-Unsubscribe: <");
            out.extend_from_slice(prefix.as_bytes());
            push_graphic(out, token);
            out.extend_from_slice(b">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
        }
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Slot(Slot::Reason, in_html) => {
                    for piece in self.reasons[usize::from(!in_html)].of(reader.cadence) {
                        match piece {
                            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                            Piece::Slot(slot, in_html) => push_slot(out, *slot, *in_html, reader),
                        }
                    }
                }
                Piece::Slot(slot, in_html) => push_slot(out, *slot, *in_html, reader),
            }
        }
    }
}

/// The mailbox with a name that fits one line.
fn tidy(mailbox: &Mailbox) -> Mailbox {
    Mailbox::new(mailbox.name.as_deref().map(single_line), mailbox.email.clone())
}

/// The subject. What looks like an encoded word (RFC 2047) would be read as one, and is encoded itself.
fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    if !text.contains("=?") {
        return HeaderValue::new(name, text.to_owned());
    }
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), encoded_words(text))
}

/// A text as encoded words (RFC 2047), a line each.
fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(ENCODED_WORD_BYTES));
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

/// Appends one reader's subject: whatever the values hold, it is one header, and reads as they do.
fn push_subject(out: &mut Vec<u8>, parts: &[SubjectPart], values: &[String]) {
    let filled: String = parts
        .iter()
        .map(|part| match part {
            SubjectPart::Text(text) => text.as_str(),
            SubjectPart::Value(at) => values.get(*at).map_or("", String::as_str),
        })
        .collect();
    let line = single_line(&filled);
    let line = line.trim();
    let is_plain = line.len() <= SUBJECT_LINE_BYTES
        && line.bytes().all(|b| matches!(b, b' '..=b'~'))
        && !line.contains("=?");
    out.extend_from_slice(b"Subject: ");
    match is_plain {
        true => out.extend_from_slice(line.as_bytes()),
        false => out.extend_from_slice(encoded_words(line).as_bytes()),
    }
    out.extend_from_slice(b"\r\n");
}

/// `List-Id: Name <id>`. The library knows how to write a name before an address, so the id borrows a
/// local part while it is written.
fn list_id(name: &str, id: &str) -> anyhow::Result<HeaderValue> {
    let id = graphic(id);
    let header = HeaderName::new_from_ascii_str("List-Id");
    let bare = format!("<{id}>");
    let name = single_line(name);
    if let (false, Ok(address)) = (name.trim().is_empty(), Address::new("x", &id)) {
        let mailbox = Mailbox::new(Some(name.trim().to_owned()), address);
        let message = Message::builder()
            .envelope(Envelope::new(None, vec![mailbox.email.clone()]).context("an envelope")?)
            .from(mailbox)
            .body(String::new())
            .context("the list's id")?;
        let written = message.headers().to_string();
        let written = written
            .split("From: ")
            .nth(1)
            .and_then(|rest| rest.split_once(&format!("<x@{id}>")))
            .map(|(phrase, _)| format!("{phrase}{bare}"));
        if let Some(written) = written {
            return Ok(HeaderValue::dangerous_new_pre_encoded(header, written.clone(), written));
        }
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(header, bare.clone(), bare))
}

fn push_bytes(pieces: &mut Vec<Piece>, text: &str) {
    pieces.push(Piece::Bytes(text.as_bytes().into()));
}

/// One encoded part: its text, with each slot on a line of its own between soft line breaks.
/// So many slots are those of placeholders.
fn push_body(pieces: &mut Vec<Piece>, body: &str, values: usize, in_html: bool) {
    let body = body.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    let mut rest = body.as_str();
    while let Some((place, slot)) = Slot::find(rest, values) {
        push_bytes(pieces, &format!("{}=\r\n", quoted_printable(&rest[..place.start])));
        pieces.push(Piece::Slot(slot, in_html));
        push_bytes(pieces, "=\r\n");
        rest = &rest[place.end..];
    }
    push_bytes(pieces, &quoted_printable(rest));
}

/// Lines of 75 characters at most, so that a soft break's `=` still fits in the 76 of RFC 2045.
fn quoted_printable(text: &str) -> String {
    quoted_printable::encode_with_options(text, Options::default().line_length_limit(75))
}

fn push_slot(out: &mut Vec<u8>, slot: Slot, in_html: bool, reader: &Reader) {
    match slot {
        Slot::UnsubscribeToken => push_value(out, reader.unsubscribe_token.unwrap_or_default()),
        Slot::PreferencesToken => push_value(out, reader.preferences_token),
        // Of what HTML has a meaning for, a local part may hold & only.
        Slot::Email if in_html && reader.to.as_str().contains('&') => {
            push_value(out, &escape_html(reader.to.as_str()));
        }
        Slot::Email => push_value(out, reader.to.as_str()),
        // A sentence of its own, filled where it stands; within one there is none.
        Slot::Reason => {}
        Slot::Since => push_value(out, reader.since),
        Slot::Value(at) => {
            let value = single_line(reader.values.get(usize::from(at)).map_or("", String::as_str));
            push_value(out, &if in_html { escape_html(&value) } else { value });
        }
    }
}

/// A value on a line of its own; encoded and wrapped only where it must be.
fn push_value(out: &mut Vec<u8>, value: &str) {
    let plain = value.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'=');
    if plain && value.len() <= 75 {
        out.extend_from_slice(value.as_bytes());
    } else {
        out.extend_from_slice(quoted_printable(value).as_bytes());
    }
}

/// Appends what may stand inside a header's angle brackets.
fn push_graphic(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        out.extend(text.bytes().filter(u8::is_ascii_graphic));
    }
}

fn graphic(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};
    use proptest::prelude::*;

    use super::*;
    use crate::mail::content::{self, tests as samples};

    fn mailbox(text: &str) -> Mailbox {
        crate::config::parse_mailbox(text).unwrap()
    }

    const TOKEN: &str = "KwJvbmx5LWEtdGVzdC10b2tlbi13aXRoLXNpeHR5LWVpZ2h0LXNpZ25zLTAxMjM0NTY3ODk";
    const CHOICES: &str = "KwNvbmx5LWEtdGVzdC10b2tlbi1vZi1mb3J0eS1zZXZlbi0w";

    fn spliced(content: &Content, list_name: &str, to: &str) -> String {
        let from = mailbox("\"Harbour News, Bristol\" <news@harbour.example>");
        let head = Head {
            from: &from,
            reply_to: None,
            list_id: Some((list_name, "world-news.list.mail.harbour.example")),
            feedback_id: Some("0197:world-news:campaign:harbour"),
            date: samples::noon(),
            auto_submitted: false,
            one_click_base_url: Some("https://mail.harbour.example"),
        };
        splice_one(content, &head, to, Some(TOKEN))
    }

    fn notice(content: &Content) -> String {
        let (from, reply_to) = (mailbox("Häfen <news@harbour.example>"), mailbox("desk@harbour.example"));
        let head = Head {
            from: &from,
            reply_to: Some(&reply_to),
            list_id: None,
            feedback_id: None,
            date: samples::noon(),
            auto_submitted: true,
            one_click_base_url: None,
        };
        splice_one(content, &head, "ines.carvalho@example.org", None)
    }

    fn splice_one(content: &Content, head: &Head, to: &str, token: Option<&str>) -> String {
        let to = EmailAddress::parse(to).unwrap();
        let reader = Reader {
            to: &to,
            message_id: "0197f1c2@mail.harbour.example",
            in_reply_to: None,
            unsubscribe_token: token,
            preferences_token: CHOICES,
            cadence: Some(Cadence::Each),
            since: "3 March 2024",
            values: &[],
        };
        let template = MessageTemplate::new(content, head).unwrap();
        let mut out = Vec::new();
        template.splice(&reader, &mut out);
        assert!(out.len() <= template.size_hint(), "{} {}", out.len(), template.size_hint());
        String::from_utf8(out).unwrap()
    }

    /// What RFC 5322 and RFC 2045 ask of every message.
    fn is_well_formed(message: &str) {
        assert!(message.is_ascii());
        assert!(!message.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF");
        assert!(message.ends_with("\r\n"));
        let (headers, body) = message.split_once("\r\n\r\n").unwrap();
        assert!(headers.lines().all(|line| line.len() <= 998));
        let long = body.lines().find(|line| line.len() > 76);
        assert_eq!(long, None);
        let controls = message.chars().find(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t'));
        assert_eq!(controls, None);
    }

    /// Subject, text and HTML as a reader's program sees them.
    fn read(message: &str) -> (String, String, String) {
        let parsed = MessageParser::default().parse(message.as_bytes()).unwrap();
        assert_eq!(parsed.parts.len(), 3);
        assert!(parsed.is_content_type("multipart", "alternative"));
        let text = parsed.body_text(0).unwrap().into_owned();
        let html = parsed.body_html(0).unwrap().into_owned();
        (parsed.subject().unwrap_or_default().to_owned(), text, html)
    }

    #[test]
    fn titles_names_and_descriptions_are_plain_text_all_the_way() {
        let mut article = samples::article();
        article.title = "Option<T> &amp; <b>".to_owned();
        article.author = "Ines <i> &lt;".to_owned();
        article.image_alt = "A <u> &quot;".to_owned();
        article.image_url = "https://harbour.example/a.jpg".to_owned();
        let content = samples::campaign_of(&article);
        assert_eq!(content.subject, article.title);
        for written in
            ["Option&lt;T&gt; &amp;amp; &lt;b&gt;", "Ines &lt;i&gt; &amp;lt;", "alt=\"A <u> &amp;quot;\""]
        {
            assert!(content.html.contains(written), "{written}: {}", content.html);
        }
    }

    #[test]
    fn a_subject_that_looks_encoded_is_read_as_it_was_written() {
        for written in ["Decoding =?utf-8?Q?caf=C3=A9?= by hand", &format!("=?{}?=", "é".repeat(60))] {
            let mut headers = lettre::message::header::Headers::new();
            headers.insert_raw(subject(written));
            let line = format!("{headers}\r\n");
            assert!(line.lines().all(|line| line.len() <= 78 && line.is_ascii()), "{line}");
            let parsed = mail_parser::MessageParser::default().parse(line.as_bytes()).unwrap();
            assert_eq!(parsed.subject(), Some(written));
        }
    }

    #[test]
    fn a_campaign_carries_each_readers_links() {
        let message = spliced(&samples::harbour(), "World news", "ines.carvalho@example.org");
        is_well_formed(&message);
        let (subject, text, html) = read(&message);
        assert_eq!(subject, "Quay “nine” stays shut — for a third week");
        let unsubscribe = format!("https://mail.harbour.example/unsubscribe/{TOKEN}");
        let preferences = format!("https://mail.harbour.example/preferences/{CHOICES}");
        assert!(html.contains(&format!("href=\"{unsubscribe}\"")));
        assert!(html.contains(&format!("href=\"{preferences}\"")));
        assert!(text.contains(&format!("Unsubscribe: {unsubscribe}\r\n")));
        assert!(text.contains(&format!("Manage subscription: {preferences}\r\n")));
        let why = |address: &str| {
            format!(
                "You’re receiving this because {address} subscribed to every article in World news on 3 March 2024."
            )
        };
        assert!(text.contains(&why("ines.carvalho@example.org")), "{text}");
        assert!(html.contains(&why("<bdi dir=\"ltr\">ines.carvalho@example.org</bdi>")), "{html}");
        assert!(message.contains(&format!("\r\nList-Unsubscribe: <{unsubscribe}>\r\n")));
        assert!(message.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(message.contains("\r\nList-Id: \"World news\" <world-news.list.mail.harbour.example>\r\n"));
        assert!(!message.contains("%%POSTRIDER") && !html.contains("%%POSTRIDER"));
    }

    #[test]
    fn notices_offer_no_one_click_and_say_they_are_automatic() {
        let message = notice(&samples::confirmation());
        is_well_formed(&message);
        assert!(message.contains("\r\nAuto-Submitted: auto-generated\r\n"));
        assert!(!message.contains("List-"));
        let (_, text, html) = read(&message);
        for part in [text, html] {
            assert!(part.contains("https://mail.harbour.example/confirm/7Qm2xV0dTt9uK4sJb1Lw8RzE"));
        }
    }

    #[test]
    fn names_of_any_script_stand_in_headers() {
        for name in ["Häfen & Meere", "港口新闻，每天", "a\r\nBcc: all@example.org", "", "\"quoted\", <b>"]
        {
            let message = spliced(&samples::harbour(), name, "ana@xn--hfen-loa.example");
            is_well_formed(&message);
            assert!(!message.contains("\r\nBcc:"));
            let parsed = MessageParser::default().parse(message.as_bytes()).unwrap();
            let id = parsed.list_id().as_address().unwrap().first().unwrap();
            assert_eq!(id.address(), Some("world-news.list.mail.harbour.example"));
            assert_eq!(id.name().unwrap_or_default(), single_line(name).trim());
            assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("ana@xn--hfen-loa.example"));
        }
    }

    #[test]
    fn a_very_long_address_is_wrapped_and_an_odd_one_escaped() {
        let long = format!("{}@{}.example", "a=".repeat(32), "b".repeat(60));
        for address in [long.as_str(), "o'brien&co@example.org"] {
            let message = spliced(&samples::harbour(), "World", address);
            is_well_formed(&message);
            let (_, text, html) = read(&message);
            assert!(text.contains(address));
            assert!(html.contains(&escape_html(address)));
        }
    }

    #[test]
    fn an_article_cant_place_a_slot() {
        let mut sly = samples::article();
        for html in [
            "%%POSTRIDER-EMAIL%% <a href=\"https://evil.example/%%POSTRIDER-UNSUBSCRIBE%%\">x</a>",
            "%%POSTRIDER&#45;EMAIL%% %%POST<b></b>RIDER-EMAIL%% %%%%POSTRIDER-EMAIL%%POSTRIDER-EMAIL%%",
            "<!--/reader-->%<!-- -->%POSTRIDER-EMAIL%%<p><!--reader--></p>",
        ] {
            sly.content_html = format!("<p>{html}</p>");
            sly.title = format!("T {html}");
            sly.url = "https://evil.example/%%POSTRIDER-PREFERENCES%%".to_owned();
            let content = samples::campaign_of(&sly);
            for slot in Slot::ALL {
                let times = |text: &str| text.matches(slot.marker()).count();
                // The address and the day stand in the line that says why.
                let own = usize::from(!matches!(slot, Slot::Email | Slot::Since));
                // Preferences, and the pause among them.
                let placed = if slot == Slot::PreferencesToken { 2 } else { own };
                assert_eq!((times(&content.html), times(&content.text)), (placed, placed), "{slot:?} {html}");
                let reasons = &content.reasons;
                let of = |reasons: &ReasonByCadence| times(reasons.of(Some(Cadence::Each)));
                assert_eq!((of(&reasons.html), of(&reasons.text)), (1 - own, 1 - own), "{slot:?} {html}");
            }
            let copy = content::browser_copy(&content);
            assert!(Slot::ALL.iter().all(|slot| !copy.contains(slot.marker())), "{html}: {copy}");
        }
    }

    fn spliced_with(content: &Content, values: &[&str]) -> String {
        let from = mailbox("news@harbour.example");
        let head = Head {
            from: &from,
            reply_to: None,
            list_id: None,
            feedback_id: None,
            date: samples::noon(),
            auto_submitted: false,
            one_click_base_url: Some("https://mail.harbour.example"),
        };
        let to = EmailAddress::parse("ines@example.org").unwrap();
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let reader = Reader {
            to: &to,
            message_id: "1@mail.harbour.example",
            in_reply_to: None,
            unsubscribe_token: Some(TOKEN),
            preferences_token: CHOICES,
            cadence: Some(Cadence::Each),
            since: "3 March 2024",
            values: &values,
        };
        let mut out = Vec::new();
        MessageTemplate::new(content, &head).unwrap().splice(&reader, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn whatever_readers_call_themselves_a_message_stays_one_message() {
        let content =
            samples::with_placeholders("Hello {{ name }}!", "", "<p>Dear {{ name }}, hello</p>", "");
        let emoji = "😀".repeat(200);
        for name in [
            "Inês",
            "",
            "a\r\nBcc: all@example.org\r\n\r\n<p>",
            "<script>alert(1)</script>",
            "\"><img src=x onerror=y>",
            "=?utf-8?Q?Bcc=3A?=",
            "=?utf-8?B?",
            &emoji,
            "x=20=\r\n.\r\nQUIT",
            ".",
            "%%POSTRIDER-UNSUBSCRIBE%%",
            "{{ email }}",
            &"long name ".repeat(40),
            "\u{202e}gnp.exe",
            "\0",
        ] {
            let message = spliced_with(&content, &[name]);
            is_well_formed(&message);
            let (subject, text, html) = read(&message);
            let shown = single_line(name);
            assert_eq!(subject, format!("Hello {shown}!").trim(), "{name:?}");
            assert!(text.contains(&format!("Dear {shown}, hello")), "{name:?}: {text}");
            assert!(html.contains(&format!("Dear {}, hello", escape_html(&shown))), "{name:?}: {html}");
            assert!(!message.contains("\r\nBcc:") && message.matches("\r\nSubject: ").count() == 1);
            assert!(html.contains(&format!("/unsubscribe/{TOKEN}")));
        }
    }

    #[test]
    fn every_attempt_writes_the_same_bytes() {
        let content = samples::harbour();
        assert_eq!(content, samples::harbour());
        let once = spliced(&content, "World", "ana@example.org");
        assert_eq!(once, spliced(&content, "World", "ana@example.org"));
    }

    #[test]
    fn whole_mails() {
        insta::assert_snapshot!(
            "campaign",
            shown(&spliced(&samples::harbour(), "World news", "ines@example.org"))
        );
        insta::assert_snapshot!("confirmation", shown(&notice(&samples::confirmation())));
        insta::assert_snapshot!("subscribed", shown(&notice(&samples::subscribed())));
        insta::assert_snapshot!("reminder", shown(&notice(&samples::reminder())));
        insta::assert_snapshot!("welcome", shown(&notice(&samples::welcome())));
        insta::assert_snapshot!("alert", shown(&notice(&samples::alert())));
        insta::assert_snapshot!("account_change", shown(&notice(&samples::account_changed())));
        let test = content::test(&samples::harbour(), "sent by Owen to himself").unwrap();
        insta::assert_snapshot!("test", shown(&spliced(&test, "World news", "owen@example.org")));
    }

    /// Headers as they are, bodies decoded: a change shows as what a reader would see.
    fn shown(message: &str) -> String {
        is_well_formed(message);
        let (_, text, html) = read(message);
        let headers = message.split_once("\r\n\r\n").unwrap().0;
        format!("{headers}\n\n{text}\n{html}").replace("\r\n", "\n")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_value_can_be_sent_and_read(value in "\\PC{0,80}|[\\x00-\\x7f]{0,300}|(=\\?|\r|\n|\\.|=|&|<| |é|😀){0,120}") {
            let content = samples::with_placeholders("A {{ name }} z", "", "<p>[{{ name }}]</p>", "");
            let message = spliced_with(&content, &[&value]);
            is_well_formed(&message);
            let (subject, text, html) = read(&message);
            let shown = single_line(&value);
            prop_assert_eq!(subject, format!("A {shown} z"));
            let (in_text, in_html) = (format!("[{shown}]"), format!("[{}]", escape_html(&shown)));
            prop_assert!(text.contains(&in_text));
            prop_assert!(html.contains(&in_html));
        }

        #[test]
        fn whatever_is_written_can_be_sent_and_read(
            title in "\\PC{0,60}|[\\x00-\\x7f]{0,200}",
            html in "(\\PC|\n|<p>|</p>|<a href=|&#|%%POSTRIDER-EMAIL%%){0,120}",
            text in "(\\PC|[\r\n\t =.]|%%POSTRIDER-UNSUBSCRIBE%%){0,200}",
        ) {
            let mut article = samples::article();
            article.title = title.clone();
            article.content_html = html;
            let mut content = samples::campaign_of(&article);
            let message = spliced(&content, &title, "ana@example.org");
            is_well_formed(&message);
            let (_, plain, rich) = read(&message);
            let link = format!("https://mail.harbour.example/unsubscribe/{TOKEN}");
            prop_assert!(plain.contains(&link) && rich.contains(&link));
            prop_assert!(rich.contains("ana@example.org</bdi> subscribed to every article in World news on 3 March 2024."));

            // And where the text does hold slots, anywhere.
            content.text = text.clone();
            let message = spliced(&content, "World", "ana@example.org");
            is_well_formed(&message);
            let expected = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
                .replace(Slot::UnsubscribeToken.marker(), TOKEN);
            let (_, plain, _) = read(&message);
            prop_assert_eq!(plain.trim_end(), expected.trim_end());
        }
    }
}
