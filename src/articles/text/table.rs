//! Tables in a text of one width of letters.

use dom_query::NodeRef;

use super::body::columns;

/// Between two columns.
const GAP: usize = 2;

pub(super) struct Cell<'a> {
    pub(super) node: NodeRef<'a>,
    is_head: bool,
    is_right: bool,
    span: usize,
}

/// The rows of a table, its foot at the end.
pub(super) fn rows<'a>(table: &NodeRef<'a>) -> Vec<Vec<Cell<'a>>> {
    let groups = table.element_children();
    let of_foot = |group: &&NodeRef| group.has_name("tfoot");
    let ordered = groups.iter().filter(|group| !of_foot(group)).chain(groups.iter().filter(of_foot));
    let rows =
        ordered.flat_map(|group| if group.has_name("tr") { vec![*group] } else { group.element_children() });
    rows.filter(|row| row.has_name("tr")).map(|row| cells(&row)).filter(|row| !row.is_empty()).collect()
}

fn cells<'a>(row: &NodeRef<'a>) -> Vec<Cell<'a>> {
    let cells = row.element_children().into_iter().filter(|cell| cell.has_name("td") || cell.has_name("th"));
    let number = |cell: &NodeRef| cell.attr("colspan").and_then(|span| span.parse().ok()).unwrap_or(1);
    cells
        .map(|cell| Cell {
            is_head: cell.has_name("th"),
            is_right: &*cell.attr_or("align", "") == "right",
            span: number(&cell).clamp(1, 100),
            node: cell,
        })
        .collect()
}

/// A line a row, its columns one below the other; `None` where they don't fit into a line.
pub(super) fn in_columns(rows: &[Vec<Cell>], texts: &[Vec<String>], room: usize) -> Option<Vec<String>> {
    if texts.iter().flatten().any(|text| text.contains('\n')) {
        return None;
    }
    let mut widths: Vec<usize> = Vec::new();
    for (row, texts) in rows.iter().zip(texts) {
        let mut column = 0;
        for (cell, text) in row.iter().zip(texts) {
            widths.resize(widths.len().max(column + cell.span), 0);
            if cell.span == 1 {
                widths[column] = widths[column].max(columns(text));
            }
            column += cell.span;
        }
    }
    let whole: usize = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    if whole > room {
        return None;
    }
    let mut lines = Vec::new();
    let mut was_head = false;
    for (at, (row, texts)) in rows.iter().zip(texts).enumerate() {
        let (mut line, mut column) = (String::new(), 0);
        for (cell, text) in row.iter().zip(texts) {
            let inner = widths[column..column + cell.span].iter().sum::<usize>() + GAP * (cell.span - 1);
            let space = " ".repeat(inner.saturating_sub(columns(text)));
            let before = if column > 0 { " ".repeat(GAP) } else { String::new() };
            line += &match cell.is_right {
                true => format!("{before}{space}{text}"),
                false => format!("{before}{text}{space}"),
            };
            column += cell.span;
        }
        let is_head = row.iter().all(|cell| cell.is_head);
        if was_head && !is_head && at > 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            lines.push(rules.join(&" ".repeat(GAP)));
        }
        was_head = is_head;
        lines.push(line.trim_end().to_owned());
    }
    Some(lines)
}

/// A paragraph a row, a line a cell, each with the name of its column.
pub(super) fn as_records(rows: &[Vec<Cell>], texts: &[Vec<String>]) -> Vec<String> {
    let head =
        rows.first().filter(|row| rows.len() > 1 && row.len() > 1 && row.iter().all(|cell| cell.is_head));
    let names: &[String] = if head.is_some() { &texts[0] } else { &[] };
    let records = texts.iter().skip(usize::from(head.is_some())).map(|row| {
        let lines = row.iter().enumerate().filter(|(_, text)| !text.is_empty());
        let lines = lines.map(|(at, text)| match names.get(at).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}: {text}"),
            None => text.clone(),
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    records.filter(|record| !record.is_empty()).collect()
}
