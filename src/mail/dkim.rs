//! Signs finished messages (DKIM: RFC 6376, 8301, 8463), relaxed/relaxed, with RSA, Ed25519 or both.
//! It must never change a byte of what it signs: it only puts `DKIM-Signature` in front.
//!
//! Canonicalisation is our own: the library for it (mail-auth) asks the machine's clock, while here every
//! attempt of a message must be the same to the byte.
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

use crate::locale::say_plain;

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
    #[error("{}", say_plain("dkim-key-none"))]
    NotAKey,
    #[error("{}", say_plain("dkim-key-short"))]
    TooShort,
    #[error("{}", say_plain("dkim-key-unusable"))]
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
        let file = path.display().to_string();
        let pem = std::fs::read(path).map_err(|error| {
            say_plain("command-file-unreadable").with("file", &file).with("why", error.to_string())
        })?;
        SigningKey::from_pem(&pem).map_err(|error| format!("{file} {error}"))
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
mod tests;
