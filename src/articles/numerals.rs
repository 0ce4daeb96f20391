//! Numbers as lists show them: in figures, letters or Roman numerals.

/// A number as a list of this `type` shows it.
pub(super) fn numeral(number: i64, kind: &str) -> String {
    let written = match kind {
        "a" | "A" if number > 0 => letters(number),
        "i" | "I" if (1..4000).contains(&number) => roman(number),
        _ => return number.to_string(),
    };
    if matches!(kind, "A" | "I") { written.to_ascii_uppercase() } else { written }
}

/// a to z, then aa.
fn letters(mut number: i64) -> String {
    let mut written = Vec::new();
    while number > 0 {
        number -= 1;
        written.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    written.iter().rev().collect()
}

fn roman(mut number: i64) -> String {
    const PARTS: [(i64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut written = String::new();
    for (value, letters) in PARTS {
        while number >= value {
            written.push_str(letters);
            number -= value;
        }
    }
    written
}
