//! Text that stands beside text of ours: a subject, a title, a name. Whatever its writer put in, it must neither end
//! the line nor hide, nor turn around what stands beside it, nor be read as HTML.

/// The text as HTML, fit for an element and for an attribute in double quotes.
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The text on one line: line breaks and control characters become spaces, and what [`visible`] takes out is
/// gone.
pub fn single_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    visible(text).chars().map(|c| if breaks(c) { ' ' } else { c }).collect()
}

/// The text without characters that nobody sees and that hide or reorder others. What a script needs stays:
/// marks of direction, embeddings and isolates that end where they should, joiners and variation selectors
/// between two characters, the tags of a flag.
pub fn visible(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut open: Vec<Opened> = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{202a}' | '\u{202b}' => open.push(Opened { at: push(&mut kept, c), isolates: false }),
            '\u{2066}'..='\u{2068}' => open.push(Opened { at: push(&mut kept, c), isolates: true }),
            // An override turns letters around, which no script needs. Its end is taken out with it.
            '\u{202d}' | '\u{202e}' => open.push(Opened { at: None, isolates: false }),
            // These close as Unicode's bidirectional algorithm has it (UAX 9, BD9 and BD11).
            '\u{202c}' => {
                if let Some(opened) = open.pop_if(|last| !last.isolates)
                    && opened.at.is_some()
                {
                    kept.push(Some(c));
                }
            }
            '\u{2069}' => {
                if let Some(isolate) = open.iter().rposition(|opened| opened.isolates) {
                    forget(&mut kept, open.drain(isolate..).skip(1));
                    kept.push(Some(c));
                }
            }
            // Of joiners and selectors one, after something that it can act on.
            _ if is_joiner(c) || is_selector(c) => {
                let last = kept.last().copied().flatten();
                if last.is_some_and(|last| is_base(last) || (is_joiner(c) && is_selector(last))) {
                    kept.push(Some(c));
                }
            }
            '\u{1f3f4}' => {
                kept.push(Some(c));
                let tags = tags_of_flag(rest.as_str());
                kept.extend(rest.by_ref().take(tags).map(Some));
            }
            _ if is_invisible(c) => {}
            _ => kept.push(Some(c)),
        }
    }
    forget(&mut kept, open.into_iter());
    kept.into_iter().flatten().collect()
}

/// Something that changes the direction until it is closed.
struct Opened {
    /// Where it was kept.
    at: Option<usize>,
    isolates: bool,
}

fn push(kept: &mut Vec<Option<char>>, c: char) -> Option<usize> {
    kept.push(Some(c));
    Some(kept.len() - 1)
}

fn forget(kept: &mut [Option<char>], unclosed: impl Iterator<Item = Opened>) {
    for at in unclosed.filter_map(|opened| opened.at) {
        kept[at] = None;
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a joiner or a selector can act on it.
fn is_base(c: char) -> bool {
    let directs =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !directs && !is_joiner(c) && !is_selector(c) && !c.is_whitespace() && !c.is_control()
}

/// How many of the next characters are the tags of a flag, their end included.
fn tags_of_flag(text: &str) -> usize {
    // Five letters and digits at most name a part of a country (UTS 51).
    let tags =
        text.chars().take_while(|c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}'));
    let tags = tags.take(7).count();
    if (3..=6).contains(&tags) && text.chars().nth(tags) == Some('\u{e007f}') { tags + 1 } else { 0 }
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        // Soft hyphen, grapheme joiner, vowels and fillers without a shape.
        '\u{ad}' | '\u{34f}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}'
        // Zero-width and invisible operators, deprecated formatting, byte order mark.
        | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
        // Annotations, objects, shorthand and musical formatting, tags.
        | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
        // What is no character.
        | '\u{fdd0}'..='\u{fdef}')
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_script_needs_stays() {
        for text in [
            "Tide tables, every week",
            "مرحبًا بكم في أخبار الميناء",
            "חדשות הנמל: \u{200f}(עדכון)\u{200e} 2026",
            // Persian needs its non-joiner, Sinhala its joiner.
            "می\u{200c}خواهم",
            "ශ්\u{200d}රී",
            "\u{2067}שלום\u{2069}, \u{2068}Ines\u{2069} and \u{202b}עולם\u{202c}",
            "\u{2067}one \u{2066}two\u{2069}\u{2069}",
            "👩🏽\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} wins",
            "葛\u{e0100}城",
            "« Marée\u{a0}»",
        ] {
            assert_eq!(single_line(text), text, "{}", text.escape_unicode());
        }
    }

    #[test]
    fn what_hides_or_turns_around_is_taken_out() {
        for (text, left) in [
            ("Invoice \u{202e}fdp.exe", "Invoice fdp.exe"),
            ("\u{202e}cod\u{202c}.pdf", "cod.pdf"),
            ("\u{202d}one \u{202b}two\u{202c}\u{202c}", "one \u{202b}two\u{202c}"),
            ("a\u{202b}b", "ab"),
            ("a\u{2067}b", "ab"),
            ("a\u{202c}b\u{2069}", "ab"),
            // An isolate's end closes what was left open in it, and no embedding's end closes an isolate.
            ("\u{2067}a\u{202b}b\u{2069}c", "\u{2067}ab\u{2069}c"),
            ("\u{202b}a\u{2067}b\u{202c}c\u{2069}", "a\u{2067}bc\u{2069}"),
            ("pay\u{200b}pal\u{2060}\u{feff}\u{ad}", "paypal"),
            ("\u{200d}\u{200d}x\u{200d}\u{200d}\u{fe0f}y", "x\u{200d}y"),
            ("hidden\u{e0068}\u{e0069}", "hidden"),
            ("🏴\u{e0067}\u{e0062}\u{e0073}", "🏴"),
            ("\u{fff9}base\u{fffa}note\u{fffb}", "basenote"),
            ("\u{3164}", ""),
        ] {
            assert_eq!(single_line(text), left, "{}", text.escape_unicode());
        }
        assert_eq!(single_line("a\r\nBcc: b\u{2028}c\u{85}d\0"), "a  Bcc: b c d ");
    }

    proptest! {
        #[test]
        fn once_is_enough_and_every_direction_ends(
            text in "[ab א\u{200c}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{fe0f}🏴\u{e0061}\u{e007f}\n]{0,40}",
        ) {
            let line = single_line(&text);
            prop_assert_eq!(&single_line(&line), &line);
            let count = |wanted: &[char]| line.chars().filter(|c| wanted.contains(c)).count();
            prop_assert_eq!(count(&['\u{202a}', '\u{202b}']), count(&['\u{202c}']));
            prop_assert_eq!(count(&['\u{2066}', '\u{2067}', '\u{2068}']), count(&['\u{2069}']));
            prop_assert_eq!(count(&['\u{202d}', '\u{202e}', '\n']), 0);
        }
    }
}
