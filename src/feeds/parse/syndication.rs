//! RSS of every version, Atom and CDF in one shape: which element of an item says what. They differ in a few names,
//! and people mix them, so that one reading serves all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::values::{
    absolute_links, absolute_web_url, categories, first_words, html_line, html_paragraphs, names,
    names_picture, one_line, paragraphs, person, web_url,
};
use super::xml::{self, Element, Node, Space};
use super::{Enclosure, FeedKind, Image, Item, ParsedFeed};
use crate::feeds::parse_error::ParseError;
use crate::feeds::{charset, dates};

/// Where a document came from, and what it is.
#[derive(Clone, Copy)]
struct Reading<'a> {
    from: &'a Url,
    kind: FeedKind,
}

pub(super) fn read(text: &str, from: &Url) -> Result<ParsedFeed, ParseError> {
    let mut items = Vec::new();
    let reading = |root: &str| {
        let kind = if root == "feed" { FeedKind::Atom } else { FeedKind::Rss };
        Reading { from, kind }
    };
    let root = xml::read(text, from, |element, root| items.push(reading(root).item(&element)))?;
    let reading = reading(&root.name);
    let channel = match root.name.as_str() {
        "feed" | "channel" => Some(&root),
        _ => root.elements().find(|element| element.name == "channel"),
    };
    if channel.is_none() && items.is_empty() {
        return Err(ParseError::NotAFeed);
    }
    let channel = channel.unwrap_or(&root);
    let author = reading.author(channel);
    for item in &mut items {
        if item.author.is_empty() {
            item.author.clone_from(&author);
        }
    }
    let (title, home) = (reading.title(channel), reading.link(channel));
    let (hub, own) = (reading.related(channel, "hub"), reading.related(channel, "self"));
    Ok(ParsedFeed { kind: reading.kind, title, home, hub, own, items })
}

/// Whether an element is the format's own.
fn is_own(element: &Element) -> bool {
    matches!(element.space, Space::Core | Space::Atom)
}

fn own<'a>(parent: &'a Element, names: &'a [&'a str]) -> impl Iterator<Item = &'a Element> {
    names.iter().flat_map(|name| parent.elements().filter(|child| is_own(child) && child.name == *name))
}

fn of<'a>(parent: &'a Element, space: Space, names: &'a [&'a str]) -> impl Iterator<Item = &'a Element> {
    names.iter().flat_map(move |name| {
        parent.elements().filter(move |child| child.space == space && child.name == *name)
    })
}

/// How the text of an element is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextForm {
    Text,
    /// Escaped, as RSS has it.
    Html,
    Xhtml,
    /// Something else than text.
    Foreign,
}

impl Reading<'_> {
    fn form(self, element: &Element) -> TextForm {
        let is_atom = element.space == Space::Atom || self.kind == FeedKind::Atom && is_own(element);
        if !is_atom {
            return TextForm::Html;
        }
        let kind = element.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
        // Atom 0.3 says apart how it is written.
        let is_escaped = matches!(element.attribute("mode"), Some("escaped" | "base64"));
        match kind.split(';').next().unwrap_or_default().trim() {
            "" | "text" | "plain" | "text/plain" if element.has_elements() => TextForm::Xhtml,
            "" | "text" | "plain" | "text/plain" => TextForm::Text,
            "html" | "text/html" | "application/xhtml+xml" if is_escaped => TextForm::Html,
            "html" | "text/html" => TextForm::Html,
            "xhtml" | "application/xhtml+xml" if element.has_elements() => TextForm::Xhtml,
            "xhtml" | "application/xhtml+xml" => TextForm::Html,
            kind if kind.ends_with("xml") => TextForm::Xhtml,
            kind if kind.starts_with("text/") => TextForm::Text,
            kind if kind.contains('/') => TextForm::Foreign,
            _ => TextForm::Html,
        }
    }

    /// What an element says as HTML.
    fn html(self, element: &Element) -> String {
        let html = match self.form(element) {
            TextForm::Foreign => return String::new(),
            _ if element.attribute("mode") == Some("base64") => {
                let letters: String = element.text().split_whitespace().collect();
                let text =
                    STANDARD.decode(letters).map(|bytes| charset::decode(&bytes, None)).unwrap_or_default();
                if self.form(element) == TextForm::Text { paragraphs(&text, false) } else { text }
            }
            TextForm::Text => paragraphs(&element.text(), false),
            TextForm::Xhtml => inside_div(element).inner_html(false),
            TextForm::Html => {
                let html = element.inner_html(true);
                if html.contains('<') { html } else { html_paragraphs(&html, false) }
            }
        };
        let html = html.trim();
        match &element.base {
            Some(base) => absolute_links(html, base),
            None => html.to_owned(),
        }
    }

    /// What an element says on one line.
    fn line(self, element: &Element) -> String {
        let is_rss = self.kind == FeedKind::Rss && element.space != Space::Atom;
        match self.form(element) {
            TextForm::Text => one_line(&element.text()),
            TextForm::Xhtml => html_line(&element.inner_html(false)),
            TextForm::Foreign => String::new(),
            TextForm::Html if is_rss => {
                let line = html_line(&element.inner_html(true));
                // Escaped once more than it should be, by plugins that mean it well.
                if line.contains("&#") { html_line(&line) } else { line }
            }
            TextForm::Html => html_line(&element.inner_html(true)),
        }
    }

    fn first_line<'a>(self, mut candidates: impl Iterator<Item = &'a Element>) -> String {
        candidates
            .find_map(|element| Some(self.line(element)).filter(|line| !line.is_empty()))
            .unwrap_or_default()
    }

    fn first_html<'a>(self, mut candidates: impl Iterator<Item = &'a Element>) -> String {
        candidates
            .find_map(|element| Some(self.html(element)).filter(|html| !html.is_empty()))
            .unwrap_or_default()
    }

    fn title(self, of_what: &Element) -> String {
        self.first_line(own(of_what, &["title"]).chain(of(of_what, Space::DublinCore, &["title"])).chain(of(
            of_what,
            Space::Itunes,
            &["title"],
        )))
    }

    /// The page that an item or a feed stands for: a link that is text, else the alternate that people read.
    fn link(self, of_what: &Element) -> Option<Url> {
        let links: Vec<&Element> = own(of_what, &["link"]).collect();
        let base = |element: &Element| element.base.as_deref().unwrap_or(self.from).clone();
        let written = links.iter().find_map(|link| web_url(&link.text(), &base(link)));
        written.or_else(|| {
            let alternates = links.iter().filter(|link| {
                let rel = link.attribute("rel").unwrap_or("alternate").trim().to_ascii_lowercase();
                rel.is_empty() || rel.rsplit('/').next() == Some("alternate")
            });
            let is_page = |link: &&&Element| {
                let kind = link.attribute("type").unwrap_or("text/html").to_ascii_lowercase();
                kind.contains("html") || kind.is_empty()
            };
            let (pages, others): (Vec<&&Element>, Vec<&&Element>) = alternates.partition(is_page);
            let mut all = pages.into_iter().chain(others);
            all.find_map(|link| web_url(link.attribute("href")?, &base(link)))
        })
    }

    /// The first link of a relation.
    fn related(self, channel: &Element, relation: &str) -> Option<Url> {
        let base = |link: &Element| link.base.as_deref().unwrap_or(self.from).clone();
        let is_related = |link: &&Element| {
            let relations = link.attribute("rel").unwrap_or_default();
            relations.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(relation))
        };
        let mut links = own(channel, &["link"]).filter(is_related);
        links.find_map(|link| web_url(link.attribute("href")?, &base(link)))
    }

    /// Who signed it: the first kind of signature that is a name, else one that is an address.
    fn author(self, of_what: &Element) -> String {
        let signed = own(of_what, &["author"]).map(|author| {
            let part = |name: &str| author.elements().find(|child| child.name == name).map(Element::text);
            let name = part("name").filter(|name| !name.trim().is_empty());
            person(&name.or_else(|| part("email")).unwrap_or_else(|| author.text()))
        });
        let text = |element: &Element| person(&element.text());
        let signatures = [
            names(signed),
            names(of(of_what, Space::DublinCore, &["creator", "author"]).map(text)),
            names(of(of_what, Space::Itunes, &["author"]).map(text)),
            names(own(of_what, &["managingeditor"]).map(text)),
        ];
        let is_name = |signature: &&String| !signature.is_empty() && !signature.contains('@');
        let named = signatures.iter().find(is_name);
        named
            .or_else(|| signatures.iter().find(|signature| !signature.is_empty()))
            .cloned()
            .unwrap_or_default()
    }

    fn item(self, element: &Element) -> Item {
        let about = element.attribute("rdf:about").or(element.attribute("about")).unwrap_or_default();
        let guid = own(element, &["guid", "id"])
            .map(|guid| guid.text().trim().to_owned())
            .chain([about.trim().to_owned()])
            .find(|guid| !guid.is_empty());
        let base = element.base.as_deref().unwrap_or(self.from);
        let link = self
            .link(element)
            .or_else(|| guid.as_deref().and_then(absolute_web_url))
            .or_else(|| web_url(about, base))
            .or_else(|| web_url(element.attribute("href")?, base))
            .or_else(|| own(element, &["a"]).find_map(|a| web_url(a.attribute("href")?, base)));
        let content_html = self.first_html(
            of(element, Space::Content, &["encoded"])
                .chain(own(element, &["content"]))
                .chain(of(element, Space::Xhtml, &["body", "div"]))
                .chain(own(element, &["body", "fullitem"])),
        );
        let mut summary_html = self.first_html(
            own(element, &["summary", "description", "abstract"])
                .chain(of(element, Space::DublinCore, &["description", "abstract"]))
                .chain(of(element, Space::Itunes, &["summary", "subtitle"])),
        );
        let media = media_of(element);
        if summary_html.is_empty() && content_html.is_empty() {
            let described = media.iter().find(|found| found.name == "description");
            summary_html = described.map(|found| self.described(found)).unwrap_or_default();
        }
        let mut title = self.title(element);
        if title.is_empty() {
            let said = media.iter().find(|found| found.name == "title");
            title = said.map(|found| self.line(found)).unwrap_or_default();
        }
        if title.is_empty() {
            title = first_words(&summary_html).or_else(|| first_words(&content_html)).unwrap_or_default();
        }
        let source = own(element, &["source"]).next();
        let mut author = self.author(element);
        if let (true, Some(source)) = (author.is_empty(), source) {
            author = self.author(source);
        }
        let date = |core: &[&str], dublin: &[&str]| {
            let mut all = own(element, core).chain(of(element, Space::DublinCore, dublin));
            all.find_map(|element| dates::read(&html_line(&element.text())))
        };
        let updated_at = date(&["updated", "modified"], &["modified"]);
        let published_at =
            date(&["pubdate", "published", "issued", "created", "date"], &["date", "created", "issued"]);
        Item {
            guid,
            link,
            title,
            author,
            published_at: published_at.or(updated_at),
            updated_at,
            summary_html,
            content_html,
            categories: self.categories(element),
            image: self.image(element, &media),
            enclosure: self.enclosure(element, &media),
        }
    }

    /// What it is about: Atom has the name for people in `label`.
    fn categories(self, item: &Element) -> Vec<String> {
        let own = own(item, &["category"]).map(|category| {
            let said =
                ["label", "term"].into_iter().filter_map(|name| category.attribute(name)).map(html_line);
            let said = said.chain([self.line(category)]);
            said.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
        });
        categories(own.chain(of(item, Space::DublinCore, &["subject"]).map(|subject| self.line(subject))))
    }

    /// What describes a video: its writer sees each line.
    fn described(self, element: &Element) -> String {
        match element.attribute("type") {
            Some("html") => self.html(element),
            _ => paragraphs(&element.text(), true),
        }
    }

    fn image(self, item: &Element, media: &[&Element]) -> Option<Image> {
        let base = item.base.as_deref().unwrap_or(self.from);
        let about = |object: &Element| {
            let mut named = object.elements().filter(|child| child.space == Space::Media);
            let text = named.find(|child| matches!(child.name.as_str(), "title" | "description"));
            text.map(Element::text).unwrap_or_default()
        };
        let is_image = |object: &Element| {
            let kind = object.attribute("type").unwrap_or_default().to_ascii_lowercase();
            match object.attribute("medium") {
                Some(medium) => medium.eq_ignore_ascii_case("image"),
                None if kind.is_empty() => object
                    .attribute("url")
                    .and_then(|url| web_url(url, base))
                    .is_some_and(|url| names_picture(&url)),
                None => kind.starts_with("image/"),
            }
        };
        let contents = media.iter().filter(|object| object.name == "content" && is_image(object));
        let contents =
            contents.filter_map(|object| Image::new(object.attribute("url")?, base, &about(object)));
        let thumbnails = media.iter().filter(|object| object.name == "thumbnail");
        let thumbnails = thumbnails.filter_map(|object| Image::new(object.attribute("url")?, base, ""));
        let enclosures = enclosures(item).filter(|link| is_image(link));
        let enclosures = enclosures
            .filter_map(|link| Image::new(link.attribute("url").or(link.attribute("href"))?, base, ""));
        let covers = of(item, Space::Itunes, &["image"])
            .filter_map(|cover| Image::new(cover.attribute("href")?, base, ""));
        let named = own(item, &["image"]).filter_map(|named| {
            let url = named.elements().find(|child| child.name == "url");
            Image::new(&url.map_or_else(|| named.text(), Element::text), base, "")
        });
        contents.chain(thumbnails).chain(enclosures).chain(covers).chain(named).next()
    }

    fn enclosure(self, item: &Element, media: &[&Element]) -> Option<Enclosure> {
        let base = item.base.as_deref().unwrap_or(self.from);
        let seconds = of(item, Space::Itunes, &["duration"]).find_map(|said| dates::duration(&said.text()));
        let contents = media.iter().copied().filter(|object| object.name == "content");
        let mut files = enclosures(item).chain(contents).filter_map(|link| {
            let url = web_url(link.attribute("url").or(link.attribute("href"))?, base)?;
            let kind = link.attribute("type").or(link.attribute("medium")).unwrap_or_default();
            let size = link.attribute("length").or(link.attribute("filesize"));
            let long = link.attribute("duration").and_then(dates::duration).or(seconds);
            Enclosure::new(url, kind, size.and_then(|size| size.trim().parse().ok()), long)
        });
        files.next()
    }
}

fn enclosures(item: &Element) -> impl Iterator<Item = &Element> {
    let links = own(item, &["link"]).filter(|link| {
        link.attribute("rel").is_some_and(|rel| rel.trim().rsplit('/').next() == Some("enclosure"))
    });
    own(item, &["enclosure"]).chain(links)
}

/// What Media RSS says of an item, groups opened.
fn media_of(item: &Element) -> Vec<&Element> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Element> = vec![item];
    while let Some(parent) = waiting.pop() {
        let children: Vec<&Element> = parent.elements().filter(|child| child.space == Space::Media).collect();
        found.extend(&children);
        waiting
            .extend(children.into_iter().filter(|child| matches!(child.name.as_str(), "group" | "content")));
    }
    found
}

/// XHTML stands in one `div`, which is no part of it (RFC 4287, 3.1.1.3).
fn inside_div(element: &Element) -> &Element {
    let mut words = element.children.iter().filter(|child| match child {
        Node::Text(text) => !text.trim().is_empty(),
        Node::Element(_) => true,
    });
    match (words.next(), words.next()) {
        (Some(Node::Element(div)), None) if matches!(div.name.as_str(), "div" | "body") => div,
        _ => element,
    }
}
