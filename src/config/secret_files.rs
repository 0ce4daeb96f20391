//! Secrets that stand in files of their own instead of in the environment.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use super::reader::problem;
use crate::locale::say_plain;

/// What may be read from a file instead, named by the same variable with `_FILE` behind.
const SECRETS: [&str; 5] = ["DATABASE_URL", "SECRET_KEY", "SMTP_URL", "SMTP_USER", "SMTP_PASSWORD"];

/// Takes secrets from the files that are named, and notes what is wrong with those.
pub(super) fn read_secret_files(vars: &mut HashMap<String, String>, problems: &mut Vec<String>) {
    for name in SECRETS {
        let variable = format!("{name}_FILE");
        let path = vars.get(&variable).map(|path| path.trim().to_owned()).filter(|path| !path.is_empty());
        let Some(path) = path else { continue };
        if vars.get(name).is_some_and(|value| !value.trim().is_empty()) {
            let what = say_plain("config-set-too").with("other", name);
            problems.push(problem(&variable, what, say_plain("config-expected-one-of-two")));
            continue;
        }
        match read_secret(Path::new(&path)) {
            Ok(secret) => {
                vars.insert(name.to_owned(), secret);
            }
            Err(what) => {
                let expected = say_plain("config-expected-secret-file").with("secret", name);
                problems.push(problem(&variable, what, expected));
            }
        }
    }
}

/// What a secret's file holds, without the line end that editors put behind it; else what is wrong with the file.
fn read_secret(path: &Path) -> Result<String, String> {
    const BYTES_MAX: u64 = 64 * 1024;
    let wrong = |key: &'static str| say_plain(key).with("file", path.display().to_string());
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong("config-file-unreadable").with("why", error.to_string()))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(wrong("config-file-large").into());
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong("config-file-not-utf8"))?;
    let secret =
        text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    match secret.trim().is_empty() {
        true => Err(wrong("config-file-empty").into()),
        false => Ok(secret.to_owned()),
    }
}
