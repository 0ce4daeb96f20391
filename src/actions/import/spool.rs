//! A file on its way: from a stream or from the database's pieces into a temporary file that can be sought in.

use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom, Write as _};

use aws_lc_rs::digest::{Context as Digest, SHA256};
use uuid::Uuid;

use crate::app::App;
use crate::db::imports;

/// Bytes that are read together.
const PIECE: usize = 256 * 1024;

fn hex(digest: Digest) -> String {
    digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a file, which is read from its beginning.
pub fn digest_of(file: &mut File) -> std::io::Result<String> {
    let mut digest = Digest::new(&SHA256);
    let mut buffer = vec![0; PIECE];
    file.seek(SeekFrom::Start(0))?;
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(hex(digest))
}

/// Copies a stream into a file that nobody else sees, and that goes with the process.
pub fn spool(mut from: impl Read) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    std::io::copy(&mut from, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// The file that was sent to the desk.
pub async fn of_import(app: &App, id: Uuid) -> anyhow::Result<File> {
    let mut file = tempfile::tempfile()?;
    // The columns of what an earlier version left behind come before its first piece.
    let mut after = i64::MIN;
    loop {
        let mut tx = app.db.read().await?;
        let piece = imports::next_piece(&mut tx, id, after).await?;
        drop(tx);
        let Some((number, bytes)) = piece else { break };
        file.write_all(&bytes)?;
        after = number;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// A file in pieces, to be stored.
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.chunks(PIECE)
}
