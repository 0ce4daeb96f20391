//! Two languages that nobody speaks, made of English while it is read: to see what has no key, what is too narrow,
//! and what does not turn round. Set as a list's language by hand; no form offers them.

use std::borrow::Cow;

pub(super) type Transform = fn(&str) -> Cow<str>;

/// Accented and longer; and from right to left.
pub(super) const ALL: [(&str, Transform); 2] = [("en-XA", accented), ("ar-XB", turned)];

pub(super) fn is(tag: &str) -> bool {
    ALL.iter().any(|(pseudo, _)| *pseudo == tag)
}

fn accented(text: &str) -> Cow<'_, str> {
    outside_of_tags(text, |c, out| {
        let (plain, accents) = ("aeiouAEIOUcnyz", "àéîöûÀÉÎÖÛçñýž");
        match plain.chars().position(|known| known == c) {
            Some(at) => {
                out.extend(accents.chars().nth(at));
                // As much longer as German is.
                if "aeio".contains(c) {
                    out.extend(accents.chars().nth(at));
                }
            }
            None => out.push(c),
        }
    })
}

fn turned(text: &str) -> Cow<'_, str> {
    // Letters that run leftwards in place of Latin ones, so that browsers and mail clients do with it as with Arabic.
    outside_of_tags(text, |c, out| {
        let letters = "ابتثجحخدذرزسشصضطظعغفقكلمنه";
        match c.to_ascii_lowercase() {
            c @ 'a'..='z' => out.extend(letters.chars().nth((c as u8 - b'a') as usize)),
            ',' => out.push('،'),
            '?' => out.push('؟'),
            _ => out.push(c),
        }
    })
}

fn outside_of_tags(text: &str, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    let (mut out, mut in_tag) = (String::with_capacity(text.len() * 2), false);
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(c);
                continue;
            }
            _ => {}
        }
        if in_tag { out.push(c) } else { write(c, &mut out) }
    }
    Cow::Owned(out)
}
