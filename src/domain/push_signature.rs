//! What a hub signs its pushes with (WebSub, section 7): HMAC of the body, with a secret that it was told.

use aws_lc_rs::{constant_time, hmac};

/// A signature that is checked while the body comes in.
pub struct SignatureCheck {
    /// One for each secret that it may be of.
    sums: Vec<hmac::Context>,
    signature: Vec<u8>,
}

impl SignatureCheck {
    /// Of a header as `sha256=…`; `None`: it is missing, or nothing that can be checked.
    pub fn new(header: Option<&str>, secrets: &[String]) -> Option<SignatureCheck> {
        let (method, hex) = header?.trim().split_once('=')?;
        let algorithm = match method.trim().to_ascii_lowercase().as_str() {
            "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => hmac::HMAC_SHA256,
            "sha384" => hmac::HMAC_SHA384,
            "sha512" => hmac::HMAC_SHA512,
            _ => return None,
        };
        let signature = from_hex(hex.trim())?;
        let with = |secret: &String| hmac::Context::with_key(&hmac::Key::new(algorithm, secret.as_bytes()));
        Some(SignatureCheck { sums: secrets.iter().map(with).collect(), signature })
    }

    /// Takes the next bytes of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        for sum in &mut self.sums {
            sum.update(bytes);
        }
    }

    /// Whether it was signed with one of the secrets.
    pub fn is_right(self) -> bool {
        let mut sums = self.sums.into_iter();
        sums.any(|sum| constant_time::verify_slices_are_equal(sum.sign().as_ref(), &self.signature).is_ok())
    }
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    if hex.len() > 128 || hex.len() % 2 == 1 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_right(header: &str, secrets: &[&str], body: &[u8]) -> bool {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        SignatureCheck::new(Some(header), &secrets).is_some_and(|mut check| {
            body.chunks(3).for_each(|part| check.update(part));
            check.is_right()
        })
    }

    /// RFC 2202 and RFC 4231, test case 2.
    #[test]
    fn the_signatures_of_the_standards_are_right_and_no_others() {
        let body = b"what do ya want for nothing?";
        for header in [
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843",
            "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ] {
            assert!(is_right(header, &["another", "Jefe"], body), "{header}");
            assert!(
                !is_right(header, &["another"], body) && !is_right(header, &["Jefe"], b"what"),
                "{header}"
            );
            assert!(!is_right(&header[..header.len() - 2], &["Jefe"], body));
        }
        for junk in ["", "sha256", "sha256=", "sha256=zz", "md5=750c783e6ab0b503eaa86e310a5db738", "sha256=é"]
        {
            assert!(!is_right(junk, &["Jefe"], body), "{junk}");
        }
    }
}
