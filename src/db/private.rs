//! Files for nobody else's eyes: the database has readers' addresses, and what lies beside it has their mails
//! and the key that signs their links.

use std::path::{Path, PathBuf};

use crate::locale::say_plain;

/// Makes a folder for readers' addresses and links: nobody else's to look into. One that is there
/// stays as it is, so the files in it are private themselves.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How to make a file that only its owner may read.
pub fn new_file() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes an empty database file where there is none, and its folder. Refuses a file with more names than one:
/// SQLite keeps its log and its locks beside the name that it was opened by, so two names are two databases
/// in one file.
pub(super) fn make_database(path: &Path) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        make_private_folder(folder).map_err(|error| {
            let said = say_plain("open-folder-unmakable").with("folder", folder.display().to_string());
            anyhow::anyhow!("{}", said.with("why", error.to_string()))
        })?;
    }
    // Only where it is missing: closing a file that is open elsewhere in this process drops SQLite's locks on it.
    match new_file().create_new(true).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        // SQLite says it better: it knows the whole path, and what the link leads to.
        Err(_) => return Ok(()),
    }
    #[cfg(unix)]
    if let Ok(file) = std::fs::metadata(path)
        && std::os::unix::fs::MetadataExt::nlink(&file) > 1
    {
        let names = std::os::unix::fs::MetadataExt::nlink(&file);
        let said = say_plain("open-database-names").with("names", names);
        anyhow::bail!("{}", said.with("file", path.display().to_string()));
    }
    Ok(())
}

/// The database file, whatever links lead to it, and what SQLite and we put beside it.
pub fn database_files(path: &Path) -> Vec<PathBuf> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    ["", "-wal", "-shm", ".lock", ".counter", ".counter.lock", ".counter.new", ".waiting"]
        .iter()
        .map(|end| beside(&path, end))
        .collect()
}

/// The file by which processes know that somebody waits to write.
pub(super) fn waiting_file(path: &Path) -> PathBuf {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    beside(&path, ".waiting")
}

/// A path with something at its end.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Takes the database's files away from all users but their owner. What can't be is left: `doctor` says so.
pub(super) fn tighten_database(path: &Path) {
    for file in database_files(path) {
        tighten(&file);
    }
}

/// Takes a file away from all users but its owner, where everybody may look into it: that is what a missing
/// umask makes. A file that is open to a group only was made so on purpose.
pub fn tighten(file: &Path) {
    #[cfg(unix)]
    if mode(file).is_some_and(|mode| mode & 0o007 != 0) {
        let only_owner = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        if let Err(error) = std::fs::set_permissions(file, only_owner) {
            tracing::warn!(file = %file.display(), %error, "everybody on this machine can read a private file");
        }
    }
}

/// Whether others than its owner may look into a file.
pub fn is_open_to_others(file: &Path) -> bool {
    mode(file).is_some_and(|mode| mode & 0o077 != 0)
}

fn mode(file: &Path) -> Option<u32> {
    #[cfg(unix)]
    return std::fs::metadata(file).ok().map(|file| std::os::unix::fs::MetadataExt::mode(&file));
    #[cfg(not(unix))]
    None
}
