//! Tables: spans that can be laid out, the alignment of cells, and words that break only where they must.

use dom_query::{Document, NodeRef};

use super::images::IMAGE_WIDTH_MAX;
use super::style;

/// Columns or rows of one cell: each costs whoever lays the table out.
const SPAN_MAX: u32 = 100;
/// Characters of a cell's type that a phone shows side by side.
const LINE_CHARS: usize = 40;
/// A shorter part of a word says nothing.
const PART_CHARS_MIN: usize = 8;
/// Numbers, dates and prices up to this length stay whole.
const NUMBER_CHARS_MAX: usize = 14;

/// A cell that spans more than any table of a mail has is one that was made to be laid out for ever. How its words are
/// aligned is an attribute, however it was said.
pub(super) fn mend_cell(node: &NodeRef) {
    for name in ["colspan", "rowspan"] {
        let Some(value) = node.attr(name) else { continue };
        match value.trim().parse::<u32>() {
            Ok(2..=SPAN_MAX) => {}
            Ok(span) if span > SPAN_MAX => node.set_attr(name, &SPAN_MAX.to_string()),
            _ => node.remove_attr(name),
        }
    }
    let row = node.parent().filter(|row| row.has_name("tr"));
    match alignment(node).or_else(|| alignment(&row?)) {
        Some(side) => node.set_attr("align", side),
        None => node.remove_attr("align"),
    }
    node.remove_attrs(&["class", "width"]);
}

/// Cells that a phone shows one below the other.
pub(super) const STACKED: &str = "stack";
/// Cells of a row that lays out a page.
const COLUMNS_MAX: usize = 3;
/// A narrower picture is a sign beside a word.
const PICTURE_WIDTH_MIN: u32 = 100;

/// A picture beside text in a table keeps its share of the width, of which the text would take all, and stands above
/// the text on a phone.
fn mend_pictures(rows: &[NodeRef]) {
    for row in rows {
        let cells: Vec<NodeRef> = row.element_children();
        if !(2..=COLUMNS_MAX).contains(&cells.len()) || !cells.iter().all(|cell| cell.has_name("td")) {
            continue;
        }
        let share = IMAGE_WIDTH_MAX / cells.len() as u32;
        let widths: Vec<Option<u32>> = cells.iter().map(picture_width).collect();
        if widths.iter().all(Option::is_none) {
            continue;
        }
        for (cell, width) in cells.iter().zip(widths) {
            cell.set_attr("class", STACKED);
            if let Some(width) = width {
                cell.set_attr("width", &width.min(share).to_string());
            }
        }
    }
}

/// The width of the picture that a cell shows.
fn picture_width(cell: &NodeRef) -> Option<u32> {
    let mut pictures = cell.descendants_it().filter(|inner| inner.has_name("img"));
    pictures
        .find_map(|picture| picture.attr("width")?.parse().ok())
        .filter(|width| *width >= PICTURE_WIDTH_MIN)
}

fn alignment(node: &NodeRef) -> Option<&'static str> {
    let style = style(node);
    let styled = style.split(';').find_map(|part| part.strip_prefix("text-align:"));
    let class = node.attr_or("class", "");
    let by_class = class.split(' ').find_map(|name| name.strip_prefix("has-text-align-"));
    let attribute = node.attr("align").map(|value| value.trim().to_ascii_lowercase());
    match styled.or(by_class).or(attribute.as_deref())?.trim_end_matches("!important") {
        "left" => Some("left"),
        "right" | "end" => Some("right"),
        "center" | "middle" => Some("center"),
        _ => None,
    }
}

/// Words of cells stay whole. Where those of a table would need more room than there is, the longest may break.
pub(super) fn mend_tables(document: &Document) {
    for table in document.select("table").nodes() {
        // One that holds another lays out a page.
        if table.descendants_it().any(|inner| inner.has_name("table")) {
            continue;
        }
        let rows: Vec<NodeRef> = table.descendants_it().filter(|node| node.has_name("tr")).collect();
        if !table.descendants_it().any(|inner| inner.has_name("th")) {
            mend_pictures(&rows);
        }
        let cells = cells(table);
        let mut widest: Vec<usize> = Vec::new();
        for (column, cell) in &cells {
            widest.resize(widest.len().max(column + 1), 0);
            let text = cell.text();
            let longest = text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
            widest[*column] = widest[*column].max(longest);
        }
        if widest.iter().sum::<usize>() <= LINE_CHARS {
            continue;
        }
        let fits = |cap: &usize| widest.iter().map(|width| (*width).min(*cap)).sum::<usize>() <= LINE_CHARS;
        let cap = (PART_CHARS_MIN..=LINE_CHARS).rev().find(fits).unwrap_or(PART_CHARS_MIN);
        for (_, cell) in &cells {
            break_words(cell, cap);
        }
    }
}

/// The cells of a table with their columns.
fn cells<'a>(table: &NodeRef<'a>) -> Vec<(usize, NodeRef<'a>)> {
    let rows = table.descendants_it().filter(|node| node.has_name("tr"));
    let cells = rows.flat_map(|row| {
        let cells =
            row.element_children().into_iter().filter(|cell| cell.has_name("td") || cell.has_name("th"));
        cells.enumerate().filter(|(column, _)| *column < 64).collect::<Vec<_>>()
    });
    cells.collect()
}

/// Says where the words of a cell may break.
fn break_words(cell: &NodeRef, cap: usize) {
    let texts: Vec<NodeRef> = cell.descendants_it().filter(NodeRef::is_text).collect();
    for node in texts {
        let text = node.text();
        let is_long = |word: &str| {
            let chars = word.chars().count();
            let is_number =
                chars <= NUMBER_CHARS_MAX && word.chars().filter(|c| c.is_alphabetic()).count() * 2 < chars;
            chars > cap && !is_number
        };
        if !text.split_whitespace().any(is_long) || node.ancestors_it(None).any(|up| up.has_name("pre")) {
            continue;
        }
        let mut parts = vec![String::new()];
        for piece in text.split_inclusive(char::is_whitespace) {
            if !is_long(piece.trim_end()) {
                if let Some(last) = parts.last_mut() {
                    last.push_str(piece);
                }
                continue;
            }
            let mut since = 0;
            for c in piece.chars() {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
                since += 1;
                if since >= cap
                    || since >= 4 && matches!(c, '/' | '-' | '_' | '.' | '@' | ',' | ':' | '=' | '&' | '?')
                {
                    parts.push(String::new());
                    since = 0;
                }
            }
        }
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                node.insert_before(&node.tree.new_element("wbr").id);
            }
            node.insert_before(&node.tree.new_text(part.as_str()).id);
        }
        node.remove_from_parent();
    }
}
