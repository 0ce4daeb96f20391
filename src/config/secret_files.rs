//! Secrets that stand in files of their own instead of in the environment.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

/// What may be read from a file instead, named by the same variable with `_FILE` behind.
const SECRETS: [&str; 5] = ["DATABASE_URL", "SECRET_KEY", "SMTP_URL", "SMTP_USER", "SMTP_PASSWORD"];

/// Takes secrets from the files that are named, and notes what is wrong with those.
pub(super) fn read_secret_files(vars: &mut HashMap<String, String>, problems: &mut Vec<String>) {
    for name in SECRETS {
        let variable = format!("{name}_FILE");
        let path = vars.get(&variable).map(|path| path.trim().to_owned()).filter(|path| !path.is_empty());
        let Some(path) = path else { continue };
        if vars.get(name).is_some_and(|value| !value.trim().is_empty()) {
            problems.push(format!("{variable}: {name} is set too. Expected: one of the two"));
            continue;
        }
        match read_secret(Path::new(&path)) {
            Ok(secret) => {
                vars.insert(name.to_owned(), secret);
            }
            Err(why) => problems.push(format!(
                "{variable}: {path} {why}. Expected: a file of text with {name} in it, which this user may read"
            )),
        }
    }
}

/// What a secret's file holds, without the line end that editors put behind it.
fn read_secret(path: &Path) -> Result<String, String> {
    const BYTES_MAX: u64 = 64 * 1024;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("can't be read ({error})"))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err("is larger than 64 KiB".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let secret =
        text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    match secret.trim().is_empty() {
        true => Err("is empty".to_owned()),
        false => Ok(secret.to_owned()),
    }
}
