//! What a mail's HTML shows and where it leads: its pictures and links.

use super::html::{self, TooComplicated};

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub url: String,
    /// Empty where it has no description.
    pub alt: String,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Empty where it has no address.
    pub url: String,
    /// What a reader sees or hears of it: its text, its label, or the descriptions of its pictures. Empty: nothing.
    pub text: String,
}

/// The pictures and the links of a page, in the order in which they stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    pub pictures: Vec<Picture>,
    pub links: Vec<Link>,
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
    let links = page.select("a");
    let link = |node: &dom_query::NodeRef<'_>| {
        let (url, label) = (attribute(node, "href"), attribute(node, "aria-label"));
        let pictures = dom_query::Selection::from(*node).select("img");
        let described = pictures.nodes().iter().map(|picture| attribute(picture, "alt")).collect::<String>();
        // A picture without a description is seen all the same; that it lacks one is said of the picture.
        let seen = if pictures.is_empty() { "" } else { "picture" };
        let text = [node.text().to_string(), label, described, seen.to_owned()];
        let text = text.iter().map(|text| text.trim()).find(|text| !text.is_empty()).unwrap_or_default();
        Link { url, text: text.to_owned() }
    };
    // An anchor that is only a place in the page is no link.
    let is_place = |node: &dom_query::NodeRef<'_>| {
        !node.has_attr("href") && (node.has_attr("name") || node.has_attr("id"))
    };
    Ok(Outline {
        pictures: pictures.collect(),
        links: links.nodes().iter().filter(|node| !is_place(node)).map(link).collect(),
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
        let link = |url: &str, text: &str| Link { url: url.to_owned(), text: text.to_owned() };
        assert_eq!(found.links, [link("http://one.example/", "1"), link("https://two.example/", "3")]);
    }
}
