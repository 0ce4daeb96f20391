//! The keys that sign mail (DKIM).

use std::path::Path;
use std::sync::Arc;

use super::reader::{Reader, is_dns_name};
use crate::mail::dkim::{Algorithm, Signer, SigningKey};

/// Reads what signs mail: all three variables, or none.
pub(super) fn read_dkim(r: &mut Reader) -> Option<Arc<Signer>> {
    let examples = [
        ("DKIM_DOMAIN", "the domain of MAIL_FROM, like harbour.example"),
        ("DKIM_SELECTOR", "the name of its DNS record before ._domainkey, like postrider"),
        ("DKIM_KEY_FILE", "the file of the private key, like data/dkim-postrider.pem"),
    ];
    if examples.iter().all(|(name, _)| r.text(name).is_none()) {
        return None;
    }
    for (name, expected) in examples {
        if r.text(name).is_none() {
            r.problems.push(format!(
                "{name}: missing, while another DKIM variable is set. Expected: {expected}. \
                 postrider dkim make prints all three"
            ));
        }
    }
    let domain = r.parsed("DKIM_DOMAIN", examples[0].1, |text| {
        let name = text.to_ascii_lowercase();
        is_dns_name(&name, 2).then_some(name)
    });
    let selectors: Option<Vec<String>> = r.parsed(
        "DKIM_SELECTOR",
        "the name of its DNS record before ._domainkey, like postrider; or two names, separated by a space",
        |text| {
            let names: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let distinct = names.len() < 2 || !names[0].eq_ignore_ascii_case(&names[1]);
            (names.len() <= 2 && distinct && names.iter().all(|name| is_dns_name(name, 1))).then_some(names)
        },
    );
    let (selectors, files) = (selectors?, r.text("DKIM_KEY_FILE")?.to_owned());
    // With one selector the path may hold spaces.
    let files: Vec<&str> =
        if selectors.len() == 1 { vec![&files] } else { files.split_whitespace().collect() };
    if files.len() != selectors.len() {
        r.problems.push(format!(
            "DKIM_KEY_FILE: {} files for {} selectors. Expected: one file for each, in the same order, \
             like data/dkim-postrider.pem data/dkim-postrider-ed25519.pem",
            files.len(),
            selectors.len()
        ));
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
            Err(problem) => r.problems.push(format!(
                "DKIM_KEY_FILE: {problem}. Expected: an RSA key of 2048 bits or more, or an Ed25519 key, \
                 in PEM. postrider dkim make makes one"
            )),
        }
    }
    let rsa = keys.iter().filter(|(_, key)| key.algorithm() == Algorithm::Rsa).count();
    if keys.len() == 2 && rsa != 1 {
        r.problems.push(
            "DKIM_KEY_FILE: two keys of one kind. Expected: one RSA and one Ed25519, or a single file"
                .to_owned(),
        );
    }
    keys
}
