//! A reader of XML as people write it. What is well formed is read as the recommendation says; a stray `<` or `&`, an
//! end tag that is missing or too many, a prefix that nobody declared cost nothing beyond themselves. Each item is
//! given out as a tree of its own, so that no document is ever held as a whole.

use std::sync::Arc;

use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::domain::text::escape_html;
use crate::feeds::bounds::{ATTRIBUTES_MAX, Bounds, DEPTH_MAX};
use crate::feeds::charset::{is_control, shown};
use crate::feeds::parse_error::ParseError;

/// Whose vocabulary an element belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any version, RDF, CDF, and whatever the root says that it is.
    Core,
    Atom,
    Content,
    DublinCore,
    Media,
    Itunes,
    Xhtml,
    Other,
}

#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

#[derive(Debug)]
pub(super) struct Element {
    pub space: Space,
    /// Without its prefix, in lower case.
    pub name: String,
    /// By their names in lower case, prefixes included.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    /// What relative addresses are relative to, where `xml:base` says so.
    pub base: Option<Arc<Url>>,
}

impl Element {
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All text in it, as it was written.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        text
    }

    fn push_text(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.push_text(out),
            }
        }
    }

    pub fn has_elements(&self) -> bool {
        self.elements().next().is_some()
    }

    /// What is in it as HTML. Where its own text is HTML that was escaped, it stands there as it is; text within
    /// elements is text.
    pub fn inner_html(&self, escaped: bool) -> String {
        let mut out = String::new();
        for child in &self.children {
            match child {
                Node::Text(text) if escaped => out.push_str(text),
                Node::Text(text) => out.push_str(&escape_html(text)),
                Node::Element(element) => element.push_html(&mut out),
            }
        }
        out
    }

    fn push_html(&self, out: &mut String) {
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
        };
        let named = is_name(&self.name);
        if named {
            out.push('<');
            out.push_str(&self.name);
            let shown = |name: &str| is_name(name) && !name.starts_with("xml");
            for (name, value) in self.attributes.iter().filter(|(name, _)| shown(name)) {
                let absolute = self.base.as_ref().and_then(|base| super::values::absolute(name, value, base));
                let value = escape_html(absolute.as_deref().unwrap_or(value));
                out.push_str(&format!(" {name}=\"{value}\""));
            }
            out.push('>');
        }
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(&escape_html(text)),
                Node::Element(element) => element.push_html(out),
            }
        }
        if named && !is_void(&self.name) {
            out.push_str(&format!("</{}>", self.name));
        }
    }
}

/// Elements of HTML that hold nothing, and that no feed has under the same name.
fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "input" | "wbr" | "embed")
}

/// Elements of HTML that stand in articles.
fn is_html(name: &str) -> bool {
    const BLOCKS: [&str; 19] = [
        "article", "dd", "dl", "dt", "figure", "iframe", "li", "ol", "option", "p", "pre", "rp", "rt",
        "section", "table", "tbody", "td", "th", "tr",
    ];
    BLOCKS.contains(&name) || super::values::is_tag_of_line(name)
}

/// An element whose end has not come yet.
struct OpenElement {
    element: Element,
    /// As written, in lower case: what its end tag says.
    tag: String,
    /// All that stands between its angle brackets.
    written: String,
    is_item: bool,
    /// How many prefixes were declared outside of it.
    prefixes: usize,
}

struct Tree<'a, F> {
    from: &'a Url,
    on_item: F,
    open: Vec<OpenElement>,
    prefixes: Vec<(String, Space)>,
    /// Elements that are too deep to be kept: their text goes to the deepest that is.
    too_deep: Vec<String>,
    bounds: Bounds,
    root: Option<Element>,
}

/// Reads a document that came from `from`: its items go to `on_item`, with what the root is
/// called; all else is in the root that comes back.
pub(super) fn read(
    text: &str,
    from: &Url,
    on_item: impl FnMut(Element, &str),
) -> Result<Element, ParseError> {
    let text = without_stray_brackets(text);
    let mut reader = quick_xml::Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut tree = Tree {
        from,
        on_item,
        open: Vec::new(),
        prefixes: Vec::new(),
        too_deep: Vec::new(),
        bounds: Bounds::default(),
        root: None,
    };
    // What comes behind the root is none of the feed.
    while tree.root.is_none() {
        match reader.read_event() {
            Ok(Event::DocType(doctype)) if tree.open.is_empty() => check_doctype(&doctype)?,
            Ok(Event::Start(start)) => tree.begin(&start, false)?,
            Ok(Event::Empty(start)) => tree.begin(&start, true)?,
            Ok(Event::End(end)) => tree.end(&end.name().as_ref().to_lowercase()),
            Ok(Event::Text(text)) => tree.text(&text),
            Ok(Event::CData(text)) => tree.text(&text),
            Ok(Event::GeneralRef(name)) => tree.text(&referenced(&name)),
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_)) => {}
            Ok(Event::Eof) if tree.open.is_empty() => return Err(ParseError::NotAFeed),
            // A tag, comment or CDATA section that is cut off reaches to the very end.
            Ok(Event::Eof) | Err(quick_xml::Error::Syntax(_)) => return Err(ParseError::Truncated),
            Err(error) => return Err(ParseError::Damaged(error.to_string())),
        }
    }
    tree.root.ok_or(ParseError::NotAFeed)
}

impl<F: FnMut(Element, &str)> Tree<'_, F> {
    fn begin(&mut self, start: &BytesStart<'_>, is_empty: bool) -> Result<(), ParseError> {
        let tag = start.name().as_ref().to_lowercase();
        let (prefix, name) = tag.split_once(':').unwrap_or(("", &tag));
        if self.open.is_empty() {
            check_root(name)?;
        }
        self.bounds.element(name)?;
        let prefixes = self.prefixes.len();
        let attributes = self.attributes(start);
        let space = self.space(prefix);
        let outer = self.open.last().and_then(|open| open.element.base.clone());
        let written = attributes.iter().find(|(name, _)| name == "xml:base").map(|(_, value)| value.trim());
        let base = match written.filter(|value| !value.is_empty()) {
            Some(value) => outer.as_deref().unwrap_or(self.from).join(value).ok().map(Arc::new).or(outer),
            None => outer,
        };
        let in_item = self.open.iter().any(|open| open.is_item);
        let is_item = matches!(name, "item" | "entry") && !in_item && !self.open.is_empty();
        let element = Element { space, name: name.to_owned(), attributes, children: Vec::new(), base };
        let written = start.to_string();
        let open = OpenElement { element, tag: tag.clone(), written, is_item, prefixes };
        if is_empty || (in_item && is_void(name)) {
            self.close(open, true);
        } else if self.open.len() >= DEPTH_MAX {
            self.prefixes.truncate(prefixes);
            self.too_deep.push(tag);
        } else {
            self.open.push(open);
        }
        Ok(())
    }

    /// The attributes of a tag; declarations of prefixes among them are in force from here on.
    fn attributes(&mut self, start: &BytesStart<'_>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for attribute in start.html_attributes().with_checks(false).take(ATTRIBUTES_MAX).flatten() {
            let name = attribute.key.as_ref().to_lowercase();
            let value = unescaped(&attribute.value);
            if let Some(prefix) = name.strip_prefix("xmlns") {
                let prefix = prefix.trim_start_matches(':');
                let space = space_of(&value, prefix, self.open.is_empty());
                self.prefixes.push((prefix.to_owned(), space));
            } else if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, value));
            }
        }
        found
    }

    fn space(&self, prefix: &str) -> Space {
        let declared = self.prefixes.iter().rev().find(|(declared, _)| declared == prefix);
        declared.map_or_else(|| known_prefix(prefix).unwrap_or(Space::Other), |(_, space)| *space)
    }

    fn end(&mut self, tag: &str) {
        if let Some(at) = self.too_deep.iter().rposition(|open| open == tag) {
            self.too_deep.truncate(at);
            return;
        }
        // Whatever is still open within ends with it; an end that nothing began is nothing.
        if let Some(at) = self.open.iter().rposition(|open| open.tag == tag) {
            self.too_deep.clear();
            while self.open.len() > at
                && let Some(open) = self.open.pop()
            {
                let is_ended = self.open.len() == at;
                self.close(open, is_ended);
            }
        }
    }

    fn close(&mut self, open: OpenElement, is_ended: bool) {
        self.prefixes.truncate(open.prefixes);
        let in_item = self.open.iter().any(|outer| outer.is_item);
        if !is_ended && in_item && !is_html(&open.element.name) {
            self.spill(open.element, &open.written);
        } else if open.is_item {
            let root = self.open.first().map_or("", |root| root.element.name.as_str());
            (self.on_item)(open.element, root);
        } else if let Some(parent) = self.open.last_mut() {
            parent.element.children.push(Node::Element(open.element));
        } else {
            self.root = Some(open.element);
        }
    }

    /// Ends an element that nothing ended. One of the item's own, whose end was forgotten, keeps what it may hold. Another
    /// is text: somebody wrote `Option<T>`. What follows is none of either.
    fn spill(&mut self, mut element: Element, written: &str) {
        let Some(parent) = self.open.last_mut() else { return };
        let mut rest = std::mem::take(&mut element.children);
        if parent.is_item {
            let is_foreign = |node: &Node| matches!(node, Node::Element(inner) if !is_html(&inner.name));
            let own = rest.iter().position(is_foreign).unwrap_or(rest.len());
            let behind = rest.split_off(own);
            element.children = std::mem::replace(&mut rest, behind);
            parent.element.children.push(Node::Element(element));
        } else {
            self.text(&format!("<{written}>"));
        }
        for node in rest {
            match (node, self.open.last_mut()) {
                (Node::Text(text), _) => self.text(&text),
                (inner, Some(parent)) => parent.element.children.push(inner),
                (_, None) => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        let Some(open) = self.open.last_mut() else { return };
        match open.element.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => open.element.children.push(Node::Text(text.to_owned())),
        }
    }
}

fn check_root(name: &str) -> Result<(), ParseError> {
    match name {
        "rss" | "feed" | "rdf" | "channel" => Ok(()),
        "html" | "head" | "body" | "script" | "div" | "meta" | "title" | "p" => Err(ParseError::WebPage),
        _ => Err(ParseError::NotAFeed),
    }
}

/// A plain DOCTYPE says nothing; entities can be made to grow without end.
fn check_doctype(doctype: &str) -> Result<(), ParseError> {
    let name = doctype.split_whitespace().next().unwrap_or_default();
    if name.eq_ignore_ascii_case("html") {
        Err(ParseError::WebPage)
    } else if doctype.to_ascii_uppercase().contains("<!ENTITY") {
        Err(ParseError::Doctype)
    } else {
        Ok(())
    }
}

fn space_of(uri: &str, prefix: &str, on_root: bool) -> Space {
    let uri = uri.trim().to_ascii_lowercase();
    let bare = uri.strip_prefix("https://").or(uri.strip_prefix("http://")).unwrap_or(&uri);
    let bare = bare.trim_end_matches(['/', '#']);
    let begins = |starts: &[&str]| starts.iter().any(|start| bare.starts_with(start));
    if begins(&["www.w3.org/2005/atom", "w3.org/2005/atom", "purl.org/atom"]) {
        Space::Atom
    } else if begins(&["www.w3.org/1999/xhtml", "w3.org/1999/xhtml"]) {
        Space::Xhtml
    } else if begins(&["purl.org/rss/1.0/modules/content"]) {
        Space::Content
    } else if begins(&["purl.org/dc/"]) {
        Space::DublinCore
    } else if bare.contains("search.yahoo.com/mrss") {
        Space::Media
    } else if bare.contains("itunes.com/dtds/podcast") {
        Space::Itunes
    } else if bare.is_empty() || RSS.contains(&bare) || begins(&["backend.userland.com/", "my.netscape.com/"])
    {
        Space::Core
    } else if on_root && prefix.is_empty() {
        // Somebody gave RSS a namespace of their own.
        Space::Core
    } else {
        known_prefix(prefix).filter(|_| !prefix.is_empty()).unwrap_or(Space::Other)
    }
}

const RSS: [&str; 6] = [
    "purl.org/rss/1.0",
    "purl.org/net/rss1.1",
    "www.w3.org/1999/02/22-rdf-syntax-ns",
    "channel.netscape.com/rdf/simple/0.9",
    "blogs.law.harvard.edu/tech/rss",
    "cyber.law.harvard.edu/rss",
];

/// What a prefix means that nobody declared, or declared with an address that nobody knows.
fn known_prefix(prefix: &str) -> Option<Space> {
    match prefix {
        "" | "rss" | "rdf" => Some(Space::Core),
        "atom" | "atom10" | "a10" => Some(Space::Atom),
        "content" => Some(Space::Content),
        "dc" | "dcterms" => Some(Space::DublinCore),
        "media" => Some(Space::Media),
        "itunes" => Some(Space::Itunes),
        "xhtml" => Some(Space::Xhtml),
        _ => None,
    }
}

/// What `&name;` stands for. XML knows five names and a DTD could name more; people write those of HTML.
fn referenced(name: &str) -> String {
    let Some(code) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map_or_else(|| format!("&{name};"), str::to_owned);
    };
    let code = match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => code.parse(),
    };
    let character = code.ok().map(|code| char::from_u32(code).map_or(char::REPLACEMENT_CHARACTER, shown));
    character.filter(|c| !is_control(*c)).map(String::from).unwrap_or_default()
}

/// The text of an attribute.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        match behind.strip_prefix(';').filter(|_| !name.is_empty()) {
            Some(behind) => {
                out.push_str(&referenced(name));
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Escapes each `<` that begins no markup: it would take all up to the next `>` with it.
fn without_stray_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before_root = true;
    let mut instructions_end = true;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // One that nothing ends is text. A comment or a section of that kind is a document that was cut off.
        instructions_end = instructions_end && (!rest.starts_with("<?") || rest.contains("?>"));
        let verbatim = [("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", "?>")]
            .into_iter()
            .find(|(open, _)| rest.starts_with(open) && (*open != "<?" || instructions_end));
        if let Some((_, close)) = verbatim {
            let end = rest.find(close).map_or(rest.len(), |end| end + close.len());
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let after = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
        let is_name = after.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':'));
        before_root &= !is_name;
        // A DOCTYPE and what it declares. At the very end it is a tag that was cut off.
        let is_markup = is_name || (before_root && after.starts_with('!')) || after.is_empty();
        out.push_str(if is_markup { "<" } else { "&lt;" });
        rest = &rest[1..];
    }
    out.push_str(rest);
    out
}
