//! What goes out as CSV, by whichever door.

/// A cell that no spreadsheet takes for a formula. `import` takes the apostrophe off again.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "@SUM(A1)", "-2", "'quoted", "ines@example.org"].map(cell);
        assert_eq!(cells, ["'=1+1", "'@SUM(A1)", "'-2", "''quoted", "ines@example.org"]);
    }
}
