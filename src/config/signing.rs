//! The keys that sign mail (DKIM).

use std::path::Path;
use std::sync::Arc;

use super::reader::{Reader, is_dns_name};
use crate::locale::say_plain;
use crate::mail::dkim::{Algorithm, Signer, SigningKey};

/// Reads what signs mail: all three variables, or none.
pub(super) fn read_dkim(r: &mut Reader) -> Option<Arc<Signer>> {
    let examples = [
        ("DKIM_DOMAIN", "config-expected-dkim-domain"),
        ("DKIM_SELECTOR", "config-expected-dkim-selector"),
        ("DKIM_KEY_FILE", "config-expected-dkim-file"),
    ];
    if examples.iter().all(|(name, _)| r.text(name).is_none()) {
        return None;
    }
    for (name, expected) in examples {
        if r.text(name).is_none() {
            let expected = say_plain("config-expected-dkim-made").with("expected", say_plain(expected));
            r.note(name, say_plain("config-dkim-missing"), expected);
        }
    }
    let domain = r.parsed("DKIM_DOMAIN", examples[0].1, |text| {
        let name = text.to_ascii_lowercase();
        is_dns_name(&name, 2).then_some(name)
    });
    let selectors: Option<Vec<String>> =
        r.parsed("DKIM_SELECTOR", "config-expected-dkim-selectors", |text| {
            let names: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let distinct = names.len() < 2 || !names[0].eq_ignore_ascii_case(&names[1]);
            (names.len() <= 2 && distinct && names.iter().all(|name| is_dns_name(name, 1))).then_some(names)
        });
    let (selectors, files) = (selectors?, r.text("DKIM_KEY_FILE")?.to_owned());
    // With one selector the path may hold spaces.
    let files: Vec<&str> =
        if selectors.len() == 1 { vec![&files] } else { files.split_whitespace().collect() };
    if files.len() != selectors.len() {
        let what =
            say_plain("config-dkim-count").with("files", files.len()).with("selectors", selectors.len());
        r.note("DKIM_KEY_FILE", what, say_plain("config-expected-dkim-files"));
        return None;
    }
    let keys = read_keys(r, selectors, &files);
    Some(Arc::new(Signer::new(&domain?, keys)))
}

/// Reads the private key of each selector: one RSA and one Ed25519, where there are two.
fn read_keys(r: &mut Reader, selectors: Vec<String>, files: &[&str]) -> Vec<(String, SigningKey)> {
    let mut keys = Vec::new();
    for (selector, file) in selectors.into_iter().zip(files) {
        match Signer::read_key(Path::new(file)) {
            Ok(key) => keys.push((selector, key)),
            Err(what) => r.note("DKIM_KEY_FILE", what, say_plain("config-expected-dkim-key")),
        }
    }
    let rsa = keys.iter().filter(|(_, key)| key.algorithm() == Algorithm::Rsa).count();
    if keys.len() == 2 && rsa != 1 {
        let what = say_plain("config-dkim-same-kind");
        r.note("DKIM_KEY_FILE", what, say_plain("config-expected-dkim-kinds"));
    }
    keys
}
