//! A file of each source, tables in every dialect, and whatever bytes there are.

mod dialects;
mod hostile;
mod sources;

use std::fs::File;
use std::io::{Seek, Write};

use super::*;

/// A file of these bytes.
pub(super) fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// For a file of nobody in particular, as the command line asks.
pub(super) fn plain() -> Options {
    Options { file_name: "people.csv".to_owned(), plain: Some(SaidStatus::Active), ..Options::default() }
}

pub(super) fn opened(bytes: &[u8], options: &Options) -> PeopleFile {
    open(file(bytes), options).unwrap()
}

/// Every row of a file.
pub(super) fn lines(bytes: &[u8], options: &Options) -> Vec<Line> {
    let mut people = opened(bytes, options);
    std::iter::from_fn(|| people.next()).map(Result::unwrap).collect()
}

/// Who is taken, as `number: address name (status)`, and who is not.
pub(super) fn said(bytes: &[u8], options: &Options) -> Vec<String> {
    let lines = lines(bytes, options).into_iter();
    lines
        .map(|line| match line.outcome {
            Ok(person) => {
                format!(
                    "{}: {} {} ({})",
                    line.number,
                    person.email.as_str(),
                    person.name,
                    person.status.as_str()
                )
            }
            Err(refused) => format!("{}: {:?}", line.number, refused.kind),
        })
        .collect()
}
