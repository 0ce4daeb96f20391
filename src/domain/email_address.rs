//! An email address, parsed once at the edge.

use std::fmt;

use crate::locale::Phrase;

/// An address that we may write to: `local@domain`, the local part as typed, the domain in
/// lower-case ASCII (IDN domains as `xn--…`). RFC 5321 lengths hold.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    address: String,
    at: usize,
}

/// Why a text is not an address we can write to. [`EmailAddressError::phrase`] is for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum EmailAddressError {
    Empty,
    NoAt,
    NoLocalPart,
    NoDomain,
    LocalPartNotAscii,
    LocalPart,
    LocalPartTooLong,
    Domain,
    TooLong,
}

impl EmailAddressError {
    /// What to do about it.
    pub fn phrase(self) -> Phrase {
        Phrase::from(match self {
            EmailAddressError::Empty => "email-empty",
            EmailAddressError::NoAt => "email-no-at",
            EmailAddressError::NoLocalPart => "email-no-local-part",
            EmailAddressError::NoDomain => "email-no-domain",
            EmailAddressError::LocalPartNotAscii => "email-not-ascii",
            EmailAddressError::LocalPart => "email-local-part",
            EmailAddressError::LocalPartTooLong => "email-local-part-long",
            EmailAddressError::Domain => "email-domain",
            EmailAddressError::TooLong => "email-long",
        })
    }
}

/// RFC 5321 section 4.5.3.1.1.
const LOCAL_PART_BYTES_MAX: usize = 64;
/// RFC 5321 section 4.5.3.1.3 allows a path of 256, which counts the angle brackets.
const ADDRESS_BYTES_MAX: usize = 254;

impl EmailAddress {
    /// Parses what a person typed or pasted, or a file holds: see [`cleaned`] for what is ignored.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        use EmailAddressError as E;
        // IDNA work on a megabyte helps nobody.
        if text.len() > 1024 && text.trim().len() > 1024 {
            return Err(E::TooLong);
        }
        let text = cleaned(text);
        if text.is_empty() {
            return Err(E::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(E::NoAt)?;
        if local.is_empty() {
            return Err(E::NoLocalPart);
        }
        if domain.is_empty() {
            return Err(E::NoDomain);
        }
        if !local.is_ascii() {
            return Err(E::LocalPartNotAscii);
        }
        // A dot-atom (RFC 5321 section 4.1.2). Quoted local parts exist on paper only.
        if !local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext)) {
            return Err(E::LocalPart);
        }
        if local.len() > LOCAL_PART_BYTES_MAX {
            return Err(E::LocalPartTooLong);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| E::Domain)?;
        let top = domain.rsplit_once('.').ok_or(E::Domain)?.1;
        if top.is_empty() || top.bytes().all(|b| b.is_ascii_digit()) {
            return Err(E::Domain);
        }
        if local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
            return Err(E::TooLong);
        }
        Ok(EmailAddress { address: format!("{local}@{domain}"), at: local.len() })
    }

    /// `local@domain`, fit for an SMTP envelope and a header.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// What two spellings of one address share: all of it in lower case.
    pub fn key(&self) -> String {
        self.address.to_ascii_lowercase()
    }

    /// What all spellings of one mailbox share, so that the limits on sign-up mail count them as one: in lower
    /// case, without a plus-tag, and at Gmail without dots. Never an address to write to.
    ///
    /// A hyphen stays, although it begins a tag at some providers: elsewhere it is part of ordinary names, and
    /// `anna-lena` must not be limited by what is sent to `anna-maria`.
    pub fn mailbox(&self) -> String {
        let key = self.key();
        let (local, domain) = (&key[..self.at], &key[self.at + 1..]);
        let name = match local.split_once('+') {
            Some((name, _)) if !name.is_empty() => name,
            _ => local,
        };
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", name.replace('.', "")),
            _ => format!("{name}@{domain}"),
        }
    }

    /// The domain, in lower-case ASCII.
    pub fn domain(&self) -> &str {
        &self.address[self.at + 1..]
    }
}

/// An address as it was meant: without the space around it or its @, characters that nobody sees, `mailto:` in front,
/// what a link asks for behind (`?subject=…`), angle brackets around it, and a dot, comma or semicolon at the end, all of
/// which come with copying; and with a plain @ where a full-width one was typed.
fn cleaned(text: &str) -> String {
    let seen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let text: String = text.chars().filter(seen).map(|c| if c == '\u{ff20}' { '@' } else { c }).collect();
    // The joiners mean something within a domain.
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}'));
    let text = text.strip_suffix([',', ';']).unwrap_or(text);
    let text = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            text[7..].split('?').next().unwrap_or_default().trim()
        }
        _ => text,
    };
    let text = text.strip_suffix('.').unwrap_or(text);
    match text.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", local.trim_end(), domain.trim_start()),
        None => text.to_owned(),
    }
}

/// RFC 5322 section 3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// A text in which every address is masked, as `i***@example.org`: enough for its owner to know it, too little to
/// write to. What relays say often names the reader, and logs travel far.
pub fn masked(text: &str) -> String {
    let mut parts = text.split('@');
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let local = masked.trim_end_matches(|c: char| !c.is_ascii() || is_atext(c as u8) || c == '.').len();
        if let Some(first) = masked.get(local..).and_then(|local| local.chars().next()) {
            masked.truncate(local);
            masked.push(first);
            masked.push_str("***");
        }
        masked.push('@');
        masked.push_str(part);
    }
    masked
}

/// Masked: enough to recognise, too little to write to. For logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_address_of_a_text_can_be_read_in_its_masked_form() {
        for (text, expected) in [
            (
                "554 5.7.1 <ines.lund+news@example.org>: Relay access denied",
                "554 5.7.1 <i***@example.org>: Relay access denied",
            ),
            ("a@b.example,tobe@c.example", "a***@b.example,t***@c.example"),
            ("user=ines@example.org cut off: tobe@", "u***@example.org cut off: t***@"),
            ("åsa@example.org", "å***@example.org"),
            ("450 4.2.0 greylisted @ the door", "450 4.2.0 greylisted @ the door"),
            ("nobody", "nobody"),
            ("", ""),
        ] {
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn an_address_keeps_its_local_part_and_gets_an_ascii_domain() {
        let address = EmailAddress::parse("  Ines.Carvalho+News@BÜCHER.example ").unwrap();
        assert_eq!(address.as_str(), "Ines.Carvalho+News@xn--bcher-kva.example");
        assert_eq!(address.key(), "ines.carvalho+news@xn--bcher-kva.example");
        assert_eq!(address.domain(), "xn--bcher-kva.example");
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        use EmailAddressError as E;
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long = format!("a@{}.org", vec!["b".repeat(60); 5].join("."));
        for (text, error) in [
            ("", E::Empty),
            ("ines.example.org", E::NoAt),
            ("@example.org", E::NoLocalPart),
            ("ines@", E::NoDomain),
            ("inês@example.org", E::LocalPartNotAscii),
            ("ines..c@example.org", E::LocalPart),
            ("ines c@example.org", E::LocalPart),
            ("\"ines\"@example.org", E::LocalPart),
            ("ines\r\nBcc: x@example.org", E::LocalPart),
            (long_local.as_str(), E::LocalPartTooLong),
            ("ines@localhost", E::Domain),
            ("ines@exa mple.org", E::Domain),
            ("ines@-example.org", E::Domain),
            ("ines@127.0.0.1", E::Domain),
            ("ines@example.org\u{0}", E::Domain),
            (long.as_str(), E::Domain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn debug_hides_the_address() {
        let address = EmailAddress::parse("ines@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "i***@example.org");
    }

    #[test]
    fn what_comes_with_copying_is_no_part_of_an_address() {
        for text in [
            " ines@example.org\t",
            "\u{a0}ines@example.org\u{a0}",
            "\u{200b}ines@example.org",
            "\u{feff}ines@example.org\u{200e}",
            "\u{202a}ines@example.org\u{202c}",
            "in\u{ad}es@exam\u{ad}ple.org",
            "\u{200d}ines@example.org\u{200c}",
            "mailto:ines@example.org",
            "MailTo: ines@example.org",
            "ines\u{ff20}example.org",
            "ines@example.org.",
            "ines @ example.org",
            "ines\u{a0}@example.org",
            "mailto:ines@example.org?subject=Subscribe&body=Hello",
            "<ines@example.org>",
            "<mailto:ines@example.org>,",
            "ines@example.org;",
        ] {
            let parsed = EmailAddress::parse(text);
            assert_eq!(parsed.as_ref().map(EmailAddress::as_str), Ok("ines@example.org"), "{text:?}");
        }
        for text in [
            "ines@example.org..",
            "ines@m@example.org",
            "ines@example.org?subject=Subscribe",
            "<ines@example.org",
            "ines@example.org, tobe@example.org",
            "ines@",
            " @example.org",
            "mailto:",
            "Ines <ines@example.org>",
            "mailto:mailto:",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        let mailbox = |text: &str| EmailAddress::parse(text).unwrap().mailbox();
        for (text, expected) in [
            ("Ines.Lund@Example.org", "ines.lund@example.org"),
            ("ines.lund+news+more@example.org", "ines.lund@example.org"),
            ("ines+@example.org", "ines@example.org"),
            ("+ines@example.org", "+ines@example.org"),
            ("+ines+news@example.org", "+ines+news@example.org"),
            ("In.es.lu.nd+x.y@gmail.com", "ineslund@gmail.com"),
            ("ineslund@GoogleMail.com", "ineslund@gmail.com"),
            ("+i.nes@gmail.com", "+ines@gmail.com"),
            ("ines-lund@yahoo.com", "ines-lund@yahoo.com"),
            ("ines.lund@mail.gmail.com", "ines.lund@mail.gmail.com"),
            ("ines@b\u{fc}cher.example", "ines@xn--bcher-kva.example"),
        ] {
            assert_eq!(mailbox(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_mailbox_is_its_own_and_stays_at_its_domain(
            name in "[a-zA-Z0-9._-]{0,12}",
            tag in "(\\+[a-zA-Z0-9.+]{0,6})?",
            domain in "(gmail|googlemail|example|xn--bcher-kva)\\.(com|org)",
        ) {
            if let Ok(address) = EmailAddress::parse(&format!("{name}{tag}@{domain}")) {
                let mailbox = address.mailbox();
                let at = mailbox.rsplit_once('@').unwrap().1;
                prop_assert!(at == address.domain() || (at, address.domain()) == ("gmail.com", "googlemail.com"));
                prop_assert!(mailbox.len() > at.len() + 1, "somebody's");
                if let Ok(again) = EmailAddress::parse(&mailbox) {
                    prop_assert_eq!(again.mailbox(), mailbox);
                }
                if let Ok(plain) = EmailAddress::parse(&format!("{name}@{domain}")) {
                    prop_assert_eq!(plain.mailbox(), address.mailbox());
                }
            }
        }

        #[test]
        fn what_parses_is_safe_in_a_header_and_parses_to_itself(text in "\\PC{0,40}@\\PC{0,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(address.as_str().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(!address.as_str().contains(['<', '>', ',', ';', '"']));
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
