//! What stands in one cell: guards against spreadsheets, tags, names, addresses.

use std::borrow::Cow;

/// A cell without the spaces around it and without the apostrophe that keeps a spreadsheet from calculating it.
pub(super) fn plain(cell: &str, is_own: bool) -> &str {
    // A tab that a guard stands before is part of what it guards.
    let cell = cell.trim();
    let Some(rest) = cell.strip_prefix('\'') else { return cell };
    let guarded = match rest.strip_prefix(' ') {
        Some(after) if after.starts_with(is_formula) => after,
        _ => rest,
    };
    if guarded.starts_with(is_formula) || is_own && guarded.starts_with('\'') { guarded.trim() } else { cell }
}

fn is_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r')
}

/// How a cell lists tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagForm {
    /// `A,B`, quotes being part of a tag.
    Commas,
    /// `A;B`
    Semicolons,
    /// Semicolons where there is one, else commas.
    Either,
    /// `"A","B"` or `A`: a line of CSV.
    Csv,
    /// `* A ::: B`, as Google's contacts have it.
    Labels,
    /// The whole cell is one.
    One,
}

/// The tags of a cell, none twice.
pub(super) fn tags(cell: &str, form: TagForm) -> Vec<String> {
    let split = |separator: char| cell.split(separator).map(Cow::Borrowed).collect::<Vec<_>>();
    let pieces = match form {
        TagForm::Commas => split(','),
        TagForm::Semicolons => split(';'),
        TagForm::Either => split(if cell.contains(';') { ';' } else { ',' }),
        TagForm::Csv => csv_line(cell),
        TagForm::Labels => cell.split(":::").filter_map(label).map(Cow::Borrowed).collect(),
        TagForm::One => vec![Cow::Borrowed(cell)],
    };
    let mut tags: Vec<String> = Vec::new();
    for piece in pieces {
        let tag = piece.trim();
        if !tag.is_empty() && tags.iter().all(|known| known != tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// A label of an address book, unless it is one of its own.
fn label(piece: &str) -> Option<&str> {
    let piece = piece.trim();
    let piece = piece.strip_prefix('*').unwrap_or(piece).trim();
    let is_systems = ["mycontacts", "my contacts", "starred"].contains(&piece.to_lowercase().as_str());
    (!is_systems).then_some(piece)
}

/// The cells of a line of CSV.
fn csv_line(line: &str) -> Vec<Cow<'_, str>> {
    if !line.contains('"') {
        return line.split(',').map(Cow::Borrowed).collect();
    }
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                is_quoted = true;
            }
            ',' if !is_quoted => cells.push(Cow::Owned(std::mem::take(&mut cell))),
            c => cell.push(c),
        }
    }
    cells.push(Cow::Owned(cell));
    cells
}

/// An address and the name before or after it: `Name <a@b>`, `a@b (Name)`, `a@b`.
pub(super) fn address(cell: &str) -> (&str, &str) {
    let cell = cell.trim().trim_end_matches([',', ';']).trim_end();
    if let Some((name, rest)) = cell.rsplit_once('<')
        && let Some((address, _)) = rest.split_once('>')
    {
        return (address, name.trim().trim_matches('"').trim());
    }
    if let Some((address, name)) = cell.split_once(" (")
        && let Some(name) = name.strip_suffix(')')
    {
        return (address, name.trim());
    }
    (cell, "")
}

/// Whether a cell holds an address, by its look.
pub(super) fn has_address(cell: &str) -> bool {
    let (address, _) = address(plain(cell.split(":::").next().unwrap_or_default(), false));
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && domain.contains('.') && !address.contains([' ', ',', ';', '/'])
        }
        None => false,
    }
}

/// The text under a key of what a program in Python prints of a dictionary; JSON reads alike.
pub(super) fn python_text(cell: &str, key: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = cell.trim().strip_prefix('{')?;
    let mut depth = 0;
    let mut is_value = false;
    loop {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' | '"' => {
                let (text, after) = quoted(rest, c)?;
                rest = after;
                if depth > 0 {
                    continue;
                }
                if is_value && words.last().is_some_and(|last| last == key) {
                    return Some(text);
                }
                words.push(text);
            }
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' if depth == 0 => return None,
            '}' | ']' | ')' => depth -= 1,
            ':' if depth == 0 => is_value = true,
            ',' if depth == 0 => {
                is_value = false;
                words.clear();
            }
            _ => {}
        }
    }
}

/// A quoted text whose first quote is passed, and what follows it.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' => match rest.next()?.1 {
                'n' | 'r' | 't' => content.push(' '),
                'u' => {
                    let code = text.get(at + 2..at + 6)?;
                    content.push(char::from_u32(u32::from_str_radix(code, 16).ok()?).unwrap_or('\u{fffd}'));
                    rest.nth(3);
                }
                'x' => {
                    let code = text.get(at + 2..at + 4)?;
                    content.push(char::from(u8::from_str_radix(code, 16).ok()?));
                    rest.nth(1);
                }
                c => content.push(c),
            },
            c if c == quote => return Some((content, &text[at + c.len_utf8()..])),
            c => content.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_is_taken_off_and_an_apostrophe_stays() {
        for (cell, expected) in [
            ("'=1+1", "=1+1"),
            ("' =1+1", "=1+1"),
            (" '+ada@example.org ", "+ada@example.org"),
            ("'t Zand", "'t Zand"),
            ("' t Zand", "' t Zand"),
            ("'\tx", "x"),
            ("''quoted", "''quoted"),
        ] {
            assert_eq!(plain(cell, false), expected, "{cell:?}");
        }
        assert_eq!(plain("''quoted", true), "'quoted");
    }

    #[test]
    fn tags_are_split_as_their_source_joins_them() {
        assert_eq!(tags("\"Rome, Italy\",\"A \"\"B\"\"\"", TagForm::Csv), ["Rome, Italy", "A \"B\""]);
        assert_eq!(tags("Writers", TagForm::Csv), ["Writers"]);
        assert_eq!(tags("A;B; ", TagForm::Semicolons), ["A", "B"]);
        assert_eq!(tags("A, B,A", TagForm::Either), ["A", "B"]);
        assert_eq!(tags("Choir ::: * myContacts", TagForm::Labels), ["Choir"]);
        assert_eq!(tags("\"A\",B", TagForm::Commas), ["\"A\"", "B"]);
    }

    #[test]
    fn a_name_is_found_in_what_python_prints() {
        let name = |cell: &str| python_text(cell, "name");
        assert_eq!(name("{'name': 'Ada Ek', 'x': 1}").as_deref(), Some("Ada Ek"));
        assert_eq!(name("{'a': {'name': 'no'}, 'name': \"O'Hara\"}").as_deref(), Some("O'Hara"));
        assert_eq!(name(r#"{"name": "J\u00f6rg \"J\""}"#).as_deref(), Some("Jörg \"J\""));
        assert_eq!(name("{'x': 'name', 'y': 'Ada'}"), None);
        assert_eq!(name("{'name': None, 'y': 'Ada'}"), None);
        assert_eq!(name("{'name': 'open"), None);
        assert_eq!(name("{}"), None);
    }

    #[test]
    fn an_address_may_stand_with_a_name() {
        assert_eq!(address("Ada Ek <ada@example.org>"), ("ada@example.org", "Ada Ek"));
        assert_eq!(address("\"Ek, Ada\" <ada@example.org>"), ("ada@example.org", "Ek, Ada"));
        assert_eq!(address("ada@example.org (Ada Ek)"), ("ada@example.org", "Ada Ek"));
        assert_eq!(address(" ada@example.org ;"), ("ada@example.org", ""));
    }
}
