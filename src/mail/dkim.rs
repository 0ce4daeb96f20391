//! Signs finished messages (DKIM: RFC 6376, 8301, 8463), relaxed/relaxed, with RSA, Ed25519 or both.
//! It must never change a byte of what it signs: it only puts `DKIM-Signature` in front.
//!
//! Canonicalisation is our own: the library for it (mail-auth) brings a DNS resolver into the binary
//! and asks the machine's clock, while here every attempt of a message must be the same to the byte.
//! So `t=` is the message's own date. What is signed here is verified in tests by that library.

use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use memchr::memmem;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

/// What a signature covers where it is there.
const SIGNED: [&str; 17] = [
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];
/// How many of [`SIGNED`], from the first, are listed once more than they are there, so that nobody
/// adds another one that a mail client would show (RFC 6376 section 8.15). Each may stand once
/// (RFC 5322 section 3.6).
const SEALED: usize = 7;
/// A line of a header, without its CRLF.
const LINE_LEN: usize = 76;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `rsa-sha256`, 2048 bits: what every receiver checks.
    Rsa,
    /// `ed25519-sha256`: small and fast; many receivers do not know it yet.
    Ed25519,
}

/// A private key.
pub enum SigningKey {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Why a file is no key to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("holds no private key in PEM (PKCS#8 or PKCS#1)")]
    NotAKey,
    #[error("holds an RSA key under 2048 bits, which is too weak to trust (RFC 8301)")]
    TooShort,
    #[error("holds a key that is neither RSA (2048 to 8192 bits) nor Ed25519")]
    Unusable,
}

impl SigningKey {
    /// Reads the first private key of a PEM text.
    pub fn from_pem(pem: &[u8]) -> Result<SigningKey, KeyError> {
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::NotAKey)?;
        let rsa = match &der {
            PrivateKeyDer::Pkcs8(der) => {
                if let Ok(key) = Ed25519KeyPair::from_pkcs8(der.secret_pkcs8_der()) {
                    return Ok(SigningKey::Ed25519(key));
                }
                RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
            }
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(KeyError::Unusable),
        };
        rsa.map(SigningKey::Rsa).map_err(|error| match error.to_string().as_str() {
            "TooSmall" => KeyError::TooShort,
            _ => KeyError::Unusable,
        })
    }

    /// Makes a key. Returns it as PKCS#8 in PEM too, to be stored.
    pub fn generate(algorithm: Algorithm) -> anyhow::Result<(SigningKey, String)> {
        let (key, der) = match algorithm {
            Algorithm::Rsa => {
                let key = RsaKeyPair::generate(KeySize::Rsa2048).context("no RSA key")?;
                let der: Pkcs8V1Der = key.as_der().context("the RSA key's DER")?;
                let der = der.as_ref().to_vec();
                (SigningKey::Rsa(key), der)
            }
            Algorithm::Ed25519 => {
                let key = Ed25519KeyPair::generate().context("no Ed25519 key")?;
                // Version 1, since OpenSSL does not read version 2.
                let der = key.to_pkcs8v1().context("the Ed25519 key's DER")?.as_ref().to_vec();
                (SigningKey::Ed25519(key), der)
            }
        };
        let text = BASE64.encode(der);
        let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok((key, pem))
    }

    /// Which algorithm it is for.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            SigningKey::Rsa(_) => Algorithm::Rsa,
            SigningKey::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The TXT record that lets others verify it.
    pub fn record(&self) -> anyhow::Result<String> {
        Ok(match self {
            SigningKey::Rsa(key) => {
                let public: PublicKeyX509Der = key.public_key().as_der().context("the public key")?;
                format!("v=DKIM1; k=rsa; p={}", BASE64.encode(public.as_ref()))
            }
            // The bare key, no ASN.1 around it (RFC 8463 section 4).
            SigningKey::Ed25519(key) => {
                format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(key.public_key().as_ref()))
            }
        })
    }

    fn tag(&self) -> &'static str {
        match self {
            SigningKey::Rsa(_) => "rsa-sha256",
            SigningKey::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, text: &[u8]) -> anyhow::Result<Vec<u8>> {
        match self {
            SigningKey::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
                    .context("the RSA signature")?;
                Ok(signature)
            }
            // What is signed is the hash (RFC 8463 section 3).
            SigningKey::Ed25519(key) => {
                let hash = digest::digest(&SHA256, text);
                Ok(key.try_sign(hash.as_ref()).context("the Ed25519 signature")?.as_ref().to_vec())
            }
        }
    }
}

/// Signs for one domain.
pub struct Signer {
    domain: String,
    keys: Vec<(String, SigningKey)>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let selectors: Vec<&str> = self.selectors().collect();
        f.debug_struct("Signer").field("domain", &self.domain).field("selectors", &selectors).finish()
    }
}

impl Signer {
    /// Signs with each key, by its selector. Both names must be domain names.
    pub fn new(domain: &str, keys: Vec<(String, SigningKey)>) -> Signer {
        Signer { domain: domain.to_owned(), keys }
    }

    /// Reads a key from its file; the error is a whole sentence.
    pub fn read_key(path: &Path) -> Result<SigningKey, String> {
        let pem =
            std::fs::read(path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        SigningKey::from_pem(&pem).map_err(|error| format!("{} {error}", path.display()))
    }

    /// The domain that signs, `d=`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Where the public keys are: `{selector}._domainkey.{domain}`.
    pub fn selectors(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(selector, _)| selector.as_str())
    }

    /// Whether a signature takes as long as many messages do: RSA's takes some 0.5 ms.
    pub fn takes_long(&self) -> bool {
        self.keys.iter().any(|(_, key)| matches!(key, SigningKey::Rsa(_)))
    }

    /// Puts a signature of each key before a message. `date` is the message's own, so that each attempt
    /// gives the same bytes.
    pub fn sign(&self, message: &mut Vec<u8>, date: DateTime<Utc>) -> anyhow::Result<()> {
        let (fields, body) = split(message);
        let body_hash = BASE64.encode(hash_body(body));
        let covered = cover(&fields);
        let mut text = Vec::with_capacity(2048);
        for field in &covered.fields {
            relax_field(field, &mut text);
            text.extend_from_slice(b"\r\n");
        }
        let shared_len = text.len();

        let mut signatures = String::with_capacity(1024 * self.keys.len());
        for (selector, key) in &self.keys {
            let start = signatures.len();
            signatures.push_str(&format!(
                "DKIM-Signature: v=1; a={}; c=relaxed/relaxed;\r\n d={}; s={selector};\r\n t={};\r\n \
                 h={};\r\n bh={body_hash};\r\n b=",
                key.tag(),
                self.domain,
                date.timestamp(),
                covered.names,
            ));
            text.truncate(shared_len);
            relax_field(&signatures.as_bytes()[start..], &mut text);
            let signature = BASE64.encode(key.sign(&text)?);
            let mut rest = signature.as_str();
            while rest.len() > LINE_LEN - 4 {
                let (line, after) = rest.split_at(LINE_LEN - 4);
                signatures.push_str(line);
                signatures.push_str("\r\n ");
                rest = after;
            }
            signatures.push_str(rest);
            signatures.push_str("\r\n");
        }
        let (len, put) = (message.len(), signatures.len());
        message.resize(len + put, 0);
        message.copy_within(..len, put);
        message[..put].copy_from_slice(signatures.as_bytes());
        Ok(())
    }
}

/// A message's header fields, folds and all but without the last CRLF, and its body.
fn split(message: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut fields = Vec::with_capacity(24);
    let mut rest = message;
    while !rest.is_empty() {
        if let Some(body) = rest.strip_prefix(b"\r\n") {
            return (fields, body);
        }
        let mut at = 0;
        let end = loop {
            match rest[at..].windows(2).position(|two| two == b"\r\n") {
                None => break rest.len(),
                Some(found) if matches!(rest.get(at + found + 2), Some(b' ' | b'\t')) => at += found + 2,
                Some(found) => break at + found,
            }
        };
        fields.push(&rest[..end]);
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    (fields, &[])
}

/// The fields that a signature covers, in its order, and their names as `h=` has them.
struct Covered<'a> {
    fields: Vec<&'a [u8]>,
    names: String,
}

fn cover<'a>(fields: &[&'a [u8]]) -> Covered<'a> {
    let mut covered = Covered { fields: Vec::with_capacity(24), names: String::with_capacity(320) };
    let mut column = " h=".len();
    for (nth, name) in SIGNED.iter().enumerate() {
        let found = covered.fields.len();
        // From the last to the first (RFC 6376 section 5.4.2).
        covered.fields.extend(fields.iter().rev().filter(|field| {
            let before = field.split(|byte| *byte == b':').next().unwrap_or_default();
            before.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes())
        }));
        let times = covered.fields.len() - found + usize::from(nth < SEALED);
        for _ in 0..times {
            if !covered.names.is_empty() {
                covered.names.push(':');
                column += 1;
            }
            // A colon or semicolon follows.
            if column + name.len() + 1 > LINE_LEN {
                covered.names.push_str("\r\n ");
                column = 1;
            }
            covered.names.push_str(name);
            column += name.len();
        }
    }
    covered
}

/// A header field as RFC 6376 section 3.4.2 relaxes it, without the CRLF.
fn relax_field(field: &[u8], out: &mut Vec<u8>) {
    let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
    out.extend(field[..colon].trim_ascii_end().iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let mut space = false;
    let start = out.len();
    for &byte in field.get(colon + 1..).unwrap_or_default() {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            space = true;
            continue;
        }
        if space && out.len() > start {
            out.push(b' ');
        }
        space = false;
        out.push(byte);
    }
}

fn hash_body(body: &[u8]) -> digest::Digest {
    let mut hash = digest::Context::new(&SHA256);
    relax_body(body, |bytes| hash.update(bytes));
    hash.finish()
}

/// Gives a body as RFC 6376 section 3.4.4 relaxes it, in pieces as long as they can be: what is
/// relaxed already is one piece.
fn relax_body(body: &[u8], mut give: impl FnMut(&[u8])) {
    let mut body = body;
    loop {
        body = match body {
            [rest @ .., b' ' | b'\t'] | [rest @ .., b'\r', b'\n'] => rest,
            _ => break,
        };
    }
    if body.is_empty() {
        return;
    }
    // What is not relaxed is rare: looked for as such, not among all the spaces.
    let mut tabs = memchr::memchr_iter(b'\t', body).peekable();
    let mut runs = memmem::find_iter(body, b"  ").peekable();
    let mut ends = memmem::find_iter(body, b" \r\n").peekable();
    let mut given = 0;
    loop {
        // Of what was given already there is nothing more to find.
        while tabs.next_if(|at| *at < given).is_some() {}
        while runs.next_if(|at| *at < given).is_some() {}
        while ends.next_if(|at| *at < given).is_some() {}
        let Some(found) = [tabs.peek(), runs.peek(), ends.peek()].into_iter().flatten().min().copied() else {
            break;
        };
        // A tab may end a run that begins with a space.
        let before = body[given..found].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let start = found - before;
        let len = body[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        give(&body[given..start]);
        given = start + len;
        if !body[given..].starts_with(b"\r\n") {
            give(b" ");
        }
    }
    give(&body[given..]);
    give(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8463, appendix A.2: the secret key of `brisbane`.
    fn brisbane() -> SigningKey {
        let seed = BASE64.decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
        SigningKey::Ed25519(Ed25519KeyPair::from_seed_unchecked(&seed).unwrap())
    }

    /// RFC 8463, appendix A.3.
    const FOOTBALL: &str = "From: Joe SixPack <joe@football.example.com>\r\n\
        To: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\n\
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\
        \r\n\
        Hi.\r\n\
        \r\n\
        We lost the game.  Are you hungry yet?\r\n\
        \r\n\
        Joe.\r\n";

    fn relaxed(body: &str) -> String {
        let mut out = Vec::new();
        relax_body(body.as_bytes(), |bytes| out.extend_from_slice(bytes));
        String::from_utf8(out).unwrap()
    }

    fn relaxed_field(field: &str) -> String {
        let mut out = Vec::new();
        relax_field(field.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_example_of_rfc_6376_is_canonicalised_as_it_says() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (fields, body) = split(message);
        let fields: Vec<String> =
            fields.iter().map(|field| relaxed_field(str::from_utf8(field).unwrap())).collect();
        assert_eq!(fields, ["a:X", "b:Y Z"]);
        assert_eq!(relaxed(str::from_utf8(body).unwrap()), " C\r\nD E\r\n");
    }

    #[test]
    fn bodies_are_relaxed_at_their_ends_and_between() {
        for (body, expected) in [
            ("", ""),
            ("\r\n", ""),
            (" \t\r\n\r\n  \r\n", ""),
            ("a", "a\r\n"),
            ("a\r\n", "a\r\n"),
            ("a \t", "a\r\n"),
            ("a\r\n\r\nb\r\n\r\n", "a\r\n\r\nb\r\n"),
            ("\r\n\r\na\r\n", "\r\n\r\na\r\n"),
            ("a  b\tc \r\n d\r\n \t \r\ne f", "a b c\r\n d\r\n\r\ne f\r\n"),
            ("a \rb\r\n", "a \rb\r\n"),
            ("a\n\r\n", "a\n\r\n"),
        ] {
            assert_eq!(relaxed(body), expected, "{body:?}");
        }
    }

    /// RFC 6376 section 3.4.4, word for word.
    fn relaxed_by_the_book(body: &str) -> String {
        let lines = body.split("\r\n").map(|line| {
            let mut out = String::new();
            for c in line.trim_end_matches([' ', '\t']).chars() {
                match c {
                    ' ' | '\t' if out.ends_with(' ') => {}
                    ' ' | '\t' => out.push(' '),
                    other => out.push(other),
                }
            }
            out
        });
        let text = lines.collect::<Vec<_>>().join("\r\n");
        match text.trim_end_matches("\r\n") {
            "" => String::new(),
            text => format!("{text}\r\n"),
        }
    }

    #[test]
    fn every_short_body_is_relaxed_by_the_book() {
        let parts = ["a", " ", "\t", "\r\n"];
        for n in 0..4_usize.pow(8) {
            let body: String = (0..8).map(|at| parts[n / 4_usize.pow(at) % 4]).collect();
            assert_eq!(relaxed(&body), relaxed_by_the_book(&body), "{body:?}");
        }
    }

    #[test]
    fn a_body_that_is_relaxed_already_is_one_piece() {
        let mut pieces = 0;
        relax_body(b"One line of it.\r\n\r\nAnother line.\r\n", |_| pieces += 1);
        assert_eq!(pieces, 2, "itself, and its end");
    }

    #[test]
    fn fields_are_unfolded_and_names_lowered() {
        assert_eq!(relaxed_field("SUBJect \t:  a\r\n  b  \t c \t"), "subject:a b c");
        assert_eq!(relaxed_field("Subject:"), "subject:");
        assert_eq!(relaxed_field("Subject: \r\n "), "subject:");
        let (fields, body) = split(b"A: b\r\n c\r\nD: e");
        assert_eq!((fields.len(), body), (2, &b""[..]));
        assert_eq!(split(b"\r\nbody\r\n"), (vec![], &b"body\r\n"[..]));
    }

    #[test]
    fn the_vector_of_rfc_8463_gives_its_hash_and_its_signature() {
        let (fields, body) = split(FOOTBALL.as_bytes());
        assert_eq!(BASE64.encode(hash_body(body)), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
        let signature = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n \
            d=football.example.com; i=@football.example.com;\r\n \
            q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n \
            subject : date : message-id : from : subject : date;\r\n \
            bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
        let mut text = Vec::new();
        for field in fields {
            relax_field(field, &mut text);
            text.extend_from_slice(b"\r\n");
        }
        relax_field(signature.as_bytes(), &mut text);
        assert_eq!(
            BASE64.encode(brisbane().sign(&text).unwrap()),
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
        );
        let record = brisbane().record().unwrap();
        assert_eq!(record, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    #[test]
    fn a_signature_stands_first_lists_every_field_and_seals_those_that_are_shown() {
        let (rsa, _) = SigningKey::generate(Algorithm::Rsa).unwrap();
        let keys = vec![("post".to_owned(), rsa), ("brisbane".to_owned(), brisbane())];
        let signer = Signer::new("football.example.com", keys);
        let mut message =
            FOOTBALL.replace("\r\n\r\nHi", "\r\nX-Own: 1\r\nLIST-ID : <x>\r\n\r\nHi").into_bytes();
        let before = message.clone();
        signer.sign(&mut message, DateTime::from_timestamp(1_528_637_909, 0).unwrap()).unwrap();
        assert!(message.ends_with(&before));
        let added = String::from_utf8(message[..message.len() - before.len()].to_vec()).unwrap();
        assert!(added.lines().all(|line| line.len() <= LINE_LEN), "{added}");
        let (fields, _) = split(&message);
        let tags = |field: &[u8]| relaxed_field(str::from_utf8(field).unwrap());
        assert!(tags(fields[0]).starts_with(
            "dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; d=football.example.com; s=post; \
             t=1528637909; h=From:From:Reply-To:To:To:Cc:Subject:Subject:"
        ));
        assert!(tags(fields[1]).contains("a=ed25519-sha256"));
        let names = tags(fields[0]).replace(": ", ":");
        assert!(names.contains("Date:Date:Message-ID:Message-ID:List-Id; bh="), "{names}");
        let mut again = before;
        signer.sign(&mut again, DateTime::from_timestamp(1_528_637_909, 0).unwrap()).unwrap();
        assert_eq!(again, message, "each attempt is the same");
    }

    #[test]
    fn keys_come_back_from_their_files_and_weak_or_strange_ones_do_not() {
        for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
            let (key, pem) = SigningKey::generate(algorithm).unwrap();
            let read = SigningKey::from_pem(pem.as_bytes()).unwrap();
            assert_eq!(read.algorithm(), algorithm);
            assert_eq!(read.record().unwrap(), key.record().unwrap());
        }
        let error = |pem: &str| SigningKey::from_pem(pem.as_bytes()).err();
        assert_eq!(error("a key"), Some(KeyError::NotAKey));
        assert_eq!(error(RSA_1024), Some(KeyError::TooShort));
        assert_eq!(error(P256), Some(KeyError::Unusable));
        assert!(matches!(SigningKey::from_pem(RSA_2048_PKCS1.as_bytes()), Ok(SigningKey::Rsa(_))));
    }

    const RSA_1024: &str = "-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAJUzY+SX7Vm9MIH1
7ssdatbinjBEI3BBwnNzeKd/nB3y1Tl+YgJI2zZhEk9WVosjd5LJXFTVOcc5KLQZ
M829AKmZn9sJ3WesKBg6gVr9lgTuLPgq+JnJtlMo56akryhMYH+tRTfaj/dftJGf
rSXqXR8fbD1rfEwZxwxiCrkEEFhNAgMBAAECgYAz2NXfvAPY6WuP3dyLbL+RyNJb
x3HhMpjV8cx9uFSR+66o+ggo7xRuQzFPrJsKYtrMgXi6ahZX6r8ARrm/xuwRe99R
sSz6dT2MEt2ZH/MQp8O1dGe9oubrVjHvXEV/SoSrN7afmaMTKdIaqw3FIrAYDT4D
M92lnZMjLbjRWoi/6QJBAMYr7miQ8Pw0wvfZYdp8/a4yelobzBq/EvOS/2t2+Zrz
Moz+bhmLCTHL6xbts7PlhYOQNrIKafCzVjDWYofIyT8CQQDAvSzD2Hv30x/WytHv
GGRcMGOZ0E2Y+O8r5YIgUo71uh/dr/Fub6RzloqkzNfZBOPC3VkCUjwkKuHGU3xI
3M9zAkEAqxvFl74Ghg3chnrJVgj0VVO6d1FnE3UGHRBAwH6TGOqCLGGHmUCGqNuE
2mBV+K/mb2m3AFWjkbSXaEXD/7ArqwJBALkqhYE50A+NQ39lpz6fHnv6+RViq8oV
DiIMAnHvHu0wfUDLsZU5qLJrpJMjQRN7wR0K7mJugtz0XafduP9/M8UCQEw8g+iC
6Kp63QfRyxNZ1Uj/8GEFxUiK/UJVZZ8olqUYQxya0Y8OVnUiprtPObHmN4sWtJRs
7eVuA5sHRaU6RY0=
-----END PRIVATE KEY-----";

    const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu2i6ZzpWBwerCxLC
5IgA1c9o3RvEtdZ6cmOIE2ofxAKhRANCAAQLVbb4EkpmMab4H50/bm+ETIxJB7aH
hKwU+o7YXWAUedaOexMbYUFevbLyO0fZsk5tfgswdxdcL1AcHu3TL+Me
-----END PRIVATE KEY-----";

    const RSA_2048_PKCS1: &str = "-----BEGIN RSA PRIVATE KEY-----
MIIEogIBAAKCAQEAhYeuNfd8+SjHO/1gsW0+tgqHZPbF5zcIN/syf2aR/NR+Juym
5PBhwAfEcxp1xvEgzY9aGegZCCcwJBSST4BoL0LMwi98P2LtkJR1FRhPGeJb4PHn
4lJL9eIQisyHwZBxHcNmqCwvpJP12w2WXMvxvMvBl8pq9R6IbQk39BtVq+clMBq2
vJQKEpMfzoDDX9xJT7KQ4VuI/fpt/tyuXWP1r+AfvzEznOVtB6GqFDtWoWQWzz3O
T2+vTYAN2WG+NNXNNEPtnQSWqrQxaM6e6GjGTRSYFfRDKoDxS+HaxgpqVqRn405d
roxlWRWUU4B0M9DWOkwTXaLDl2AxDUpxTQXKlwIDAQABAoIBAD9y8lfYarzmII2j
319Pnr3XkPBrxiwQ3UnkheE9tt7hhbQvPTqJ8pjR2Aotp4tJpqGmnVS0EbjrDhgG
4mL+jALxBeS7tZlVA7dwo5XLgEK3aZsgt2O2YTvMGLorZ9KVNPrEj7IXlOfqGqfk
8+7SReLFGw9qcppY0NCm0byfhHzy3+BxpX+bbH2Kj+zJpofg5bCHuwhdAuj/X54M
cIXQ/3eoS6O8b4W33CSvmFLbO3N5zc2fDTf0HTbXB64vfaJqMHfK/+oYYHCbftnx
Dc/xUTG3HB+PQuGF0oT5/sFq8dEH7QMlTLG8UU2qhDg65+7PmtWM7QE1Vi8UvMhG
rhCesTECgYEAu/SOwrdqHzlAGlrgKLQYPcTVbeYuE55agZfVyBEoqSSopAU3CCLO
jChWT/UZMCTCCT3fN5e+FpnPKxL5I/CT7cQEJALvppuIXSlwwynbyp0TyAIq35AJ
iiP3fNMJ2doKCLXWGkv0YRnN94dt31M0nf2r3yaV3beWm8qu9TChCskCgYEAtd8P
T9OaGIxFgK9WbSpJY1G8Il0kmkJ2sRQe+SdmE7mwraJI3T1Pj6Onz1QJfneGoGTQ
i4d38YsJqBgWesQKeYKvLhcys0zmmVnc1kDBxFh92b9di/GqYQZjKeznqXxqgrs/
ydvOu6rABYnxx5wHaXX/9keFlRpFG6bSYTGnel8CgYBZtugVxVqgQMF6UvpAM4aG
pVeCt6YysxlcVk8yyg3wfpEIiXy1I3gXqoFYdRNqyYDczG2pqYKQYyZh1xKYtxLF
IRUg403k5sR2Q3uRjH9e/Q8eHvq775K+H2DYcht3ov27HqBtuOeTGbAYgMpPGPY6
m4TYZSCPzjvTbTGJ04ZrEQKBgFvCK66BuwhRlStkyz0OjbI/ZaUMy0/M4qda2Hmq
SBUBpcMk0pBUw5Rb5Gl1I8kbst+vnYwYEArctEWLyaOszwAZUBr390uBLAMI1KOA
ToKqhuxaYW8ewXBsUZGwhfz72Z0VrgxBCx+h+XmR7FtiPFcYAskVsq7UbzORSilh
bPcPAoGAYSP3b8Bh/IZ7kAuWyf9owbtk/SlKP2HO0v+rdncxFGHHud19e9wFV2Si
ukDAmqD7/aTcxfpaCeUn/odUhQJ1CEzOquIkGrsoZuGH0GE8pC6aQB0attYjYRCr
IBetY00pia4Kg7Zm2PXc8robm4kcKBKSYKkI7InBJCpqeznQHRw=
-----END RSA PRIVATE KEY-----";
}
