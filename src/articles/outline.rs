//! What a mail's HTML shows and where it leads: its pictures and links.

use super::html::{self, TooComplicated};

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub url: String,
    /// Empty where it has no description.
    pub alt: String,
}

/// The pictures and the links of a page, in the order in which they stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    pub pictures: Vec<Picture>,
    pub links: Vec<String>,
}

/// Reads the outline of a whole page.
pub fn of_page(html: &str) -> Result<Outline, TooComplicated> {
    let page = html::page(html)?;
    let attribute =
        |node: &dom_query::NodeRef<'_>, name: &str| node.attr(name).unwrap_or_default().to_string();
    let pictures = page.select("img");
    let pictures = pictures
        .nodes()
        .iter()
        .map(|node| Picture { url: attribute(node, "src"), alt: attribute(node, "alt").trim().to_owned() });
    let links = page.select("a[href]");
    Ok(Outline {
        pictures: pictures.collect(),
        links: links.nodes().iter().map(|node| attribute(node, "href")).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_links_are_read_however_they_are_written() {
        let html = "<!doctype html><title><img alt='none'></title><p><IMG SRC=a.png ALT='A > B'>\
                    <img\nsrc=\"b.png?x=1&amp;y=2\"><a href='http://one.example/'>1</a><a name=x>2</a>\
                    <!-- <img src=c.png> --><A HREF=\"https://two.example/\">3</A>";
        let found = of_page(html).unwrap();
        let picture = |url: &str, alt: &str| Picture { url: url.to_owned(), alt: alt.to_owned() };
        assert_eq!(found.pictures, [picture("a.png", "A > B"), picture("b.png?x=1&y=2", "")]);
        assert_eq!(found.links, ["http://one.example/", "https://two.example/"]);
    }
}
