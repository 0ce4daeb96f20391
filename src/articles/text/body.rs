//! The text part of a mail, as somebody would write it: paragraphs and lists in lines of 72 characters, headings
//! underlined, what links lead to as numbered notes at the end.

use std::collections::HashMap;

use dom_query::NodeRef;

use super::table;
use crate::articles::html;
use crate::articles::numerals::numeral;

/// Columns of a line.
pub(super) const LINE_MAX: usize = 72;
/// However deep it stands, a line has room for some words.
const LINE_MIN: usize = 24;

/// Writes a mail's article. HTML that is too complicated to be read loses its tags all the same.
pub fn text_body(html: &str) -> String {
    let Ok(document) = html::fragment(html) else { return super::plain_text(html) };
    let mut writer = TextWriter::default();
    writer.children(&document.root());
    writer.end_block(2);
    let mut text = writer.out;
    if !writer.notes.is_empty() {
        text.push('\n');
        for (at, address) in writer.notes.iter().enumerate() {
            text.push_str(&format!("\n[{}] {address}", at + 1));
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[derive(Default)]
struct TextWriter {
    out: String,
    /// The block that is being read: its words, with a line break where the article has one.
    line: String,
    /// What each line begins with, within lists and quotes.
    indents: Vec<String>,
    /// What the next line begins with instead of the last indent.
    marker: Option<String>,
    /// How many of the indents the last line and the next have in common.
    shared: usize,
    /// Line breaks before the next block.
    breaks: usize,
    notes: Vec<String>,
    numbers: HashMap<String, usize>,
    is_code: bool,
}

impl TextWriter {
    fn children(&mut self, node: &NodeRef) {
        for child in node.children_it(false) {
            self.node(&child);
        }
    }

    fn node(&mut self, node: &NodeRef) {
        if node.is_text() {
            return self.words(&node.text());
        }
        let name = node.node_name().unwrap_or_default();
        match &*name {
            "script" | "style" | "template" | "head" => {}
            "br" => self.line.push('\n'),
            "wbr" => {}
            "img" => self.picture(node),
            "a" => self.link(node),
            "q" => {
                self.line.push('“');
                self.children(node);
                self.line.push('”');
            }
            "sup" | "sub" => self.raised(node, &name),
            "rt" => {
                self.line.push('(');
                self.children(node);
                self.line.push(')');
            }
            "rp" => {}
            "h1" | "h2" => self.heading(node, Some('=')),
            "h3" => self.heading(node, Some('-')),
            "h4" | "h5" | "h6" => self.heading(node, None),
            "ul" | "ol" => self.list(node, &name),
            "dt" => self.block(node, 1),
            "dd" => self.indented(node, "  ".to_owned(), 1),
            "blockquote" => self.indented(node, "> ".to_owned(), 2),
            "pre" => self.code(node),
            "hr" => {
                self.end_block(2);
                self.line.push_str(&"-".repeat(self.room().min(24)));
                self.end_block(2);
            }
            "table" => self.table(node),
            "p" | "div" | "figure" | "figcaption" | "dl" | "caption" | "tr" | "section" | "article" => {
                self.block(node, if matches!(&*name, "figcaption" | "tr") { 1 } else { 2 });
            }
            _ => self.children(node),
        }
    }

    /// Running text: white space is single.
    fn words(&mut self, text: &str) {
        if self.is_code {
            return self.line.push_str(text);
        }
        if text.starts_with(char::is_whitespace) {
            self.space();
        }
        for (at, word) in text.split_whitespace().enumerate() {
            if at > 0 {
                self.space();
            }
            self.line.push_str(word);
        }
        if text.ends_with(char::is_whitespace) {
            self.space();
        }
    }

    fn space(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with([' ', '\n']) {
            self.line.push(' ');
        }
    }

    fn picture(&mut self, node: &NodeRef) {
        let alt = node.attr_or("alt", "");
        if !alt.trim().is_empty() {
            self.words(&format!("[{}]", alt.trim()));
        }
    }

    /// Its words, and the number of its note, unless the words are the address.
    fn link(&mut self, node: &NodeRef) {
        let from = self.line.len();
        self.children(node);
        let address = node.attr_or("href", "").to_string();
        // A link may hold blocks, whose words are written already.
        let in_line = self.line.get(from..).filter(|said| !said.trim().is_empty()).map(str::to_owned);
        let all = if in_line.is_some() { None } else { Some(node.text().to_string()) };
        let said = in_line.as_ref().or(all.as_ref()).map_or("", |said| said.trim());
        if address.is_empty() || said.is_empty() {
            return;
        }
        let bare = |text: &str| {
            let text = text.trim_end_matches('/');
            let text = text.split_once("://").map_or(text, |(_, rest)| rest);
            let text = text.strip_prefix("mailto:").or_else(|| text.strip_prefix("tel:")).unwrap_or(text);
            text.trim_start_matches("www.").replace(char::is_whitespace, "")
        };
        if bare(said) == bare(&address) || !address.contains("://") && bare(said).contains(&bare(&address)) {
            return;
        }
        let next = self.notes.len() + 1;
        let number = *self.numbers.entry(address.clone()).or_insert(next);
        if number == next {
            self.notes.push(address);
        }
        if in_line.is_none() && self.line.trim().is_empty() {
            return self.out.push_str(&format!(" [{number}]"));
        }
        let kept = self.line.trim_end().len();
        let behind = self.line.split_off(kept);
        self.line.push_str(&format!(" [{number}]{behind}"));
    }

    /// Powers and indices of figures would be others than they are.
    fn raised(&mut self, node: &NodeRef, name: &str) {
        let follows_a_figure = self.line.ends_with(|c: char| c.is_ascii_digit());
        let text = node.text();
        let is_power = text.trim().chars().next().is_some_and(|c| c.is_ascii_digit() || c == '-' || c == '−');
        let is_plain = !node.descendants_it().any(|inner| inner.has_name("a"));
        if follows_a_figure && is_power && is_plain && !self.line.is_empty() {
            self.line.push(if name == "sup" { '^' } else { '_' });
        }
        self.children(node);
    }

    fn block(&mut self, node: &NodeRef, breaks: usize) {
        self.end_block(breaks);
        self.children(node);
        self.end_block(breaks);
    }

    fn heading(&mut self, node: &NodeRef, under: Option<char>) {
        self.end_block(2);
        self.children(node);
        let lines = wrapped(&self.line, self.room());
        let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
        self.end_block(if under.is_some() { 1 } else { 2 });
        if let Some(under) = under.filter(|_| width > 0) {
            self.line.extend(std::iter::repeat_n(under, width));
        }
        self.end_block(2);
    }

    fn indented(&mut self, node: &NodeRef, indent: String, breaks: usize) {
        self.end_block(breaks);
        self.indents.push(indent);
        self.children(node);
        self.end_block(breaks);
        self.indents.pop();
        self.shared = self.shared.min(self.indents.len());
    }

    fn list(&mut self, node: &NodeRef, name: &str) {
        let breaks = if self.indents.is_empty() { 2 } else { 1 };
        self.end_block(breaks);
        let items: Vec<NodeRef> = node.element_children();
        let is_reversed = node.has_attr("reversed");
        let number =
            |node: &NodeRef, name| node.attr(name).and_then(|value| value.trim().parse::<i64>().ok());
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let mut next = number(node, "start").unwrap_or(if is_reversed { count } else { 1 });
        for item in items {
            let marker = if name == "ol" {
                let at = number(&item, "value").unwrap_or(next);
                next = at.saturating_add(if is_reversed { -1 } else { 1 });
                let kind = item.attr("type").or_else(|| node.attr("type"));
                format!("{}. ", numeral(at, kind.as_deref().unwrap_or("1")))
            } else {
                "- ".to_owned()
            };
            self.end_block(1);
            self.indents.push(" ".repeat(marker.len()));
            self.marker = Some(marker);
            self.children(&item);
            self.end_block(1);
            self.marker = None;
            self.indents.pop();
            self.shared = self.shared.min(self.indents.len());
        }
        self.end_block(breaks);
    }

    fn code(&mut self, node: &NodeRef) {
        self.end_block(2);
        self.is_code = true;
        self.children(node);
        self.is_code = false;
        let code = std::mem::take(&mut self.line);
        for line in code.trim_matches('\n').split('\n') {
            self.begin_line();
            self.out.push_str(line.trim_end_matches('\r'));
        }
        self.breaks = 2;
    }

    /// A table of data in columns, and one that lays out a page, or does not fit, cell by cell.
    fn table(&mut self, node: &NodeRef) {
        self.end_block(2);
        for caption in node.element_children().iter().filter(|child| child.has_name("caption")) {
            self.block(caption, 1);
        }
        let rows = table::rows(node);
        let is_layout = node.descendants_it().any(|inner| inner.has_name("table"));
        let mut cells: Vec<Vec<String>> = Vec::new();
        for row in rows.iter().filter(|_| !is_layout) {
            cells.push(row.iter().map(|cell| self.cell(&cell.node)).collect());
        }
        match table::in_columns(&rows, &cells, self.room()) {
            Some(lines) if !is_layout => {
                for line in lines {
                    self.begin_line();
                    self.out.push_str(&line);
                }
            }
            _ if is_layout => {
                for cell in rows.iter().flatten() {
                    self.block(&cell.node, 1);
                }
            }
            _ => {
                for record in table::as_records(&rows, &cells) {
                    self.end_block(2);
                    self.line.push_str(&record);
                    self.end_block(2);
                }
            }
        }
        self.end_block(2);
        self.breaks = 2;
    }

    /// A cell's words, its blocks on lines of their own.
    fn cell(&mut self, node: &NodeRef) -> String {
        let mut inner = TextWriter {
            notes: std::mem::take(&mut self.notes),
            numbers: std::mem::take(&mut self.numbers),
            ..TextWriter::default()
        };
        inner.children(node);
        inner.end_block(1);
        (self.notes, self.numbers) = (inner.notes, inner.numbers);
        let lines: Vec<&str> = inner.out.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    fn room(&self) -> usize {
        let indent: usize = self.indents.iter().map(|indent| columns(indent)).sum();
        LINE_MAX.saturating_sub(indent).max(LINE_MIN)
    }

    /// Writes the words that are gathered, and keeps the next block this far away.
    fn end_block(&mut self, breaks: usize) {
        let line = std::mem::take(&mut self.line);
        if line.trim().is_empty() {
            if !self.out.is_empty() {
                self.breaks = self.breaks.max(breaks);
            }
            return;
        }
        self.breaks = self.breaks.max(usize::from(!self.out.is_empty()));
        for line in wrapped(line.trim_matches(['\n', ' ']), self.room()) {
            self.begin_line();
            self.out.push_str(&line);
        }
        self.breaks = breaks;
    }

    fn begin_line(&mut self) {
        let shared = self.indents[..self.shared.min(self.indents.len())].concat();
        for left in (0..self.breaks).rev() {
            self.out.push('\n');
            // Within a quote the line between two paragraphs is part of it.
            if left > 0 {
                self.out.push_str(shared.trim_end());
            }
        }
        if self.breaks == 0 && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.breaks = 0;
        match self.marker.take() {
            Some(marker) => {
                self.out.push_str(&self.indents[..self.indents.len() - 1].concat());
                self.out.push_str(&marker);
            }
            None => self.out.push_str(&self.indents.concat()),
        }
        self.shared = self.indents.len();
    }
}

/// The columns that a text takes: letters of East Asia and emoji take two.
pub(super) fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// Lines of at most `room` columns, broken between words; an address, or another long word, is whole.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0);
        for word in part.split_whitespace() {
            let width = columns(word);
            if used > 0 && used + 1 + width > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            // A script without spaces breaks between any two letters.
            if width > room && width > word.chars().count() {
                for c in word.chars() {
                    let own = columns(c.encode_utf8(&mut [0; 4]));
                    if used + own > room {
                        lines.push(std::mem::take(&mut line));
                        used = 0;
                    }
                    line.push(c);
                    used += own;
                }
                continue;
            }
            line.push_str(word);
            used += width;
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::text_body;

    #[test]
    fn a_text_part_reads_as_somebody_would_write_it() {
        for (html, text) in [
            (
                "<h2>Idle ships</h2><h3>Why</h3><p>The lines <strong>park ships</strong>.</p>",
                "Idle ships\n==========\n\nWhy\n---\n\nThe lines park ships.",
            ),
            (
                "<p><a href='https://a.example/'>a.example</a> and <a href='https://b.example/x'>b</a>, <a href='https://b.example/x'>again</a></p>",
                "a.example and b [1], again [1]\n\n[1] https://b.example/x",
            ),
            ("<ol start=3><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "3. a\n   - b\n4. c"),
            (
                "<ol type=A start=26><li>z<ol type=i><li value=9>n</li><li>t</li></ol></li><li>a</li></ol>",
                "Z. z\n   ix. n\n   x. t\nAA. a",
            ),
            (
                "<ol type=I start=1 reversed><li>one</li><li>none</li></ol><ol type=a><li type=1>x</li><li>y</li></ol>",
                "I. one\n0. none\n\n1. x\nb. y",
            ),
            ("<blockquote><p>one</p><p>two</p></blockquote><p>x</p>", "> one\n>\n> two\n\nx"),
            ("<ul><li>a</li></ul><blockquote>b</blockquote><blockquote>c</blockquote>", "- a\n\n> b\n\n> c"),
            ("<pre><code>if a:\n    b()\n\n    c()\n</code></pre><p>x</p>", "if a:\n    b()\n\n    c()\n\nx"),
            (
                "<p>verse<br>two</p><hr><p>10<sup>6</sup> <del>old</del></p>",
                "verse\ntwo\n\n------------------------\n\n10^6 old",
            ),
            (
                "<figure><img src=a alt='A quay'><figcaption>The quay</figcaption></figure>",
                "[A quay]\nThe quay",
            ),
        ] {
            assert_eq!(text_body(html), text);
        }
    }

    #[test]
    fn tables_have_columns_captions_and_feet() {
        let table = "<table><caption>Ships</caption><thead><tr><th>Week</th><th align=right>Count</th></tr></thead>\
                     <tfoot><tr><td>all</td><td align=right>20</td></tr></tfoot>\
                     <tbody><tr><td>46</td><td align=right>11</td></tr></tbody></table><p>x</p>";
        assert_eq!(text_body(table), "Ships\nWeek  Count\n----  -----\n46       11\nall      20\n\nx");
        let wide = format!(
            "<table><tr><th>Name</th><th>What</th></tr><tr><td>Tern</td><td>{}</td></tr></table>",
            "bird ".repeat(20)
        );
        assert!(text_body(&wide).starts_with("Name: Tern\nWhat: bird bird"));
    }

    #[test]
    fn a_line_has_72_columns_and_an_address_is_whole() {
        let text = text_body(&format!(
            "<p>{}</p><p>{}</p><p>https://a.example/{}</p>",
            "ship ".repeat(60),
            "港".repeat(80),
            "x".repeat(90)
        ));
        assert!(text.lines().filter(|line| !line.starts_with("http")).all(|line| super::columns(line) <= 72));
        assert!(text.lines().any(|line| line.len() == 108));
    }
}
