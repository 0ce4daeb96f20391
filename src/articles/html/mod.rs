//! Every parser of HTML and Markdown, behind a budget. No other file calls one, so that no text from outside
//! takes more time or memory than its length allows: see [`meter`] for how that is counted.
//!
//! Work on such text belongs on a thread of its own: [`apart`].

mod meter;

use std::sync::LazyLock;

use css_inline::CSSInliner;
use dom_query::Document;
use pulldown_cmark::{Options, Parser};
use tokio::sync::Semaphore;

use crate::locale::say;
use meter::Context;

/// Threads that read text from outside at the same time. What comes meanwhile waits.
const READERS: usize = 2;
/// A Markdown table's rows are filled up to the width of its head, so that its size is a product.
const TABLE_CELLS_MAX: usize = 1_000_000;

/// Why HTML is not read. A sentence without its full stop that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", say("html-too-complicated").with("why", .0))]
pub struct TooComplicated(String);

impl TooComplicated {
    pub(super) fn new(why: impl ToString) -> TooComplicated {
        TooComplicated(why.to_string())
    }
}

/// Does work on text from outside away from the threads that serve requests, a bounded number at a time.
/// Where a library panics on the text, that is the text's fault, and no more than its cost.
pub async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TooComplicated> {
    static FREE: Semaphore = Semaphore::const_new(READERS);
    // Never closed.
    let _permit = FREE.acquire().await;
    tokio::task::spawn_blocking(work).await.map_err(|_| TooComplicated::new(say("html-why-unreadable")))
}

/// The elements of a piece of HTML. Whoever walks them may recurse: they are not deep.
pub fn fragment(html: &str) -> Result<Document, TooComplicated> {
    meter::parse(html, Context::Fragment)
}

/// The elements of a whole page.
pub fn page(html: &str) -> Result<Document, TooComplicated> {
    meter::parse(html, Context::Page)
}

/// HTML with nothing but what the rules allow.
pub fn sanitized(rules: &ammonia::Builder, html: &str) -> Result<String, TooComplicated> {
    meter::parse(html, Context::Sanitizer)?;
    Ok(rules.clean(html).to_string())
}

/// A page with its style sheets written into its elements.
pub fn inlined(html: &str) -> Result<String, TooComplicated> {
    static INLINER: LazyLock<CSSInliner<'static>> =
        LazyLock::new(|| CSSInliner::options().load_remote_stylesheets(false).build());
    meter::parse(html, Context::Styled)?;
    INLINER.inline(html).map_err(TooComplicated::new)
}

/// Markdown as HTML that nobody has cleaned yet, since Markdown may hold any HTML.
pub fn of_markdown(markdown: &str) -> Result<String, TooComplicated> {
    let (mut lines, mut columns) = (0usize, 0usize);
    for line in markdown.lines() {
        lines += 1;
        columns = columns.max(memchr::memchr_iter(b'|', line.as_bytes()).count());
    }
    if lines.saturating_mul(columns) > TABLE_CELLS_MAX {
        let why = say("html-why-table").with("columns", columns).with("lines", lines);
        return Err(TooComplicated::new(why));
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(markdown, options));
    Ok(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_costs_no_more_than_its_length() {
        let head = format!("{}\n{}\n", "|a".repeat(1000), "|-".repeat(1000));
        let tables = (head + &"|\n".repeat(260)).repeat(150);
        assert!(of_markdown(&tables).unwrap_err().to_string().contains("1,000 columns"));
        for (name, markdown) in [
            ("quotes", "> ".repeat(100_000)),
            ("lazy quotes", format!("{}a\n{}", ">".repeat(3000), "b\n".repeat(20_000))),
            ("brackets", "[".repeat(200_000)),
            ("images", "![".repeat(100_000)),
            ("links", "[a](".repeat(50_000)),
            ("stars", "*a **a ".repeat(30_000)),
            ("underscores", "_a __a ".repeat(30_000)),
            ("ticks", (1..600).map(|n| "`".repeat(n) + " ").collect()),
            ("lists", "- ".repeat(100_000)),
            ("numbered", "1. ".repeat(60_000)),
            ("references", format!("[a]: /{}\n\n{}", "x".repeat(10_000), "[a]".repeat(30_000))),
            ("footnotes", "[^a]: [^a]\n".repeat(10_000)),
            ("angles", "<".repeat(200_000)),
            ("comments", "<!--".repeat(50_000)),
            ("cdata", "<![CDATA[".repeat(20_000)),
            ("instructions", "<?".repeat(100_000)),
            ("entities", "&#".repeat(100_000)),
            ("tildes", "~~a ".repeat(50_000)),
            ("tabs", "\t".repeat(200_000)),
        ] {
            let start = std::time::Instant::now();
            if let Ok(html) = of_markdown(&markdown) {
                assert!(html.len() < 5_000_000, "{name}: {} bytes", html.len());
            }
            assert!(start.elapsed().as_secs() < 10, "{name}: {:?}", start.elapsed());
        }
    }
}
