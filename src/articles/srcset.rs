//! The `srcset` of an image: its pictures with their sizes (HTML, 4.8.4.2.1).

/// Pictures that are read of one; no image has more.
const CANDIDATES_MAX: usize = 64;

/// The addresses, each with what describes it: `("a.jpg", "640w")`. An address ends at white space, and what describes
/// it at a comma: addresses may hold commas.
pub fn candidates(set: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = set;
    while found.len() < CANDIDATES_MAX {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let (address, behind) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        if address.is_empty() {
            break;
        }
        let end = if address.ends_with(',') { 0 } else { behind.find(',').unwrap_or(behind.len()) };
        found.push((address.trim_end_matches(','), behind[..end].trim()));
        rest = &behind[end..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn addresses_may_hold_commas() {
        let set = "https://i.example/w_300,c_fill/a.jpg 300w,\n b.jpg 2x, c.jpg,d.jpg , e.jpg";
        let found = [
            ("https://i.example/w_300,c_fill/a.jpg", "300w"),
            ("b.jpg", "2x"),
            ("c.jpg,d.jpg", ""),
            ("e.jpg", ""),
        ];
        assert_eq!(candidates(set), found);
        assert_eq!(candidates(" , "), []);
        assert_eq!(candidates(&"a.jpg 1w,".repeat(1000)).len(), 64);
    }
}
