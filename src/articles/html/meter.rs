//! An HTML parser that counts what it makes and stops.
//!
//! HTML's own algorithm is not linear. It builds every open formatting element again for each new block, so
//! that 26 kB became four million elements; it walks the open elements at each tag; it compares a tag's
//! attributes with each other. All of it but the last goes through the tree that is being built: that tree
//! counts each element, each byte and each look at an element, and when they are out of proportion to the
//! text, the tokens that are left are thrown away. The libraries that parse by themselves use the same
//! parser, and get a text only after it was read here in the way in which they read it.

use std::borrow::Cow;
use std::cell::{Cell, Ref};

use dom_query::{Document, NodeData, NodeId};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName, TokenizerResult, local_name, ns};

use super::TooComplicated;
use crate::locale::say;

/// Elements and comments, however long the text is. A mail shows a few hundred.
const NODES_MAX: usize = 200_000;
/// Elements in elements of an article. Pages made by a page builder have some 50.
const DEPTH_MAX: usize = 200;
/// The same of a whole page, which may be a mail around such an article.
const PAGE_DEPTH_MAX: usize = 256;
/// Half a gigabyte: a few hundredths of a second.
const RESCANNED_MAX: usize = 500_000_000;
/// Attributes of one tag: the parser compares each with those before it.
const ATTRIBUTES_MAX: usize = 512;

/// How a text is read: by us, or by the library that gets it afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// Within a page's body. Scripts don't run: what stands in `noscript` are elements.
    Fragment,
    /// A whole page. Scripts don't run.
    Page,
    /// As ammonia does: within a `div`, where scripts run.
    Sanitizer,
    /// As css-inline does: a whole page, where scripts run.
    Styled,
}

/// What may still be spent, and how much there was.
struct Budget {
    bytes_read: usize,
    nodes_max: usize,
    nodes: Cell<usize>,
    bytes: Cell<usize>,
    steps: Cell<usize>,
    spent: Cell<Option<Spent>>,
}

#[derive(Clone, Copy, Debug)]
enum Spent {
    Nodes,
    Bytes,
    Steps,
}

impl Budget {
    /// A text's own share, and room for what a short one may well do.
    fn of(html: &str) -> Budget {
        let nodes_max = (5_000 + html.len() / 2).min(NODES_MAX);
        Budget {
            bytes_read: html.len(),
            nodes_max,
            nodes: Cell::new(nodes_max),
            bytes: Cell::new(100_000 + 2 * html.len()),
            steps: Cell::new(1_000_000 + 20 * html.len()),
            spent: Cell::new(None),
        }
    }

    fn spend(&self, from: &Cell<usize>, amount: usize, what: Spent) {
        match from.get().checked_sub(amount) {
            Some(left) => from.set(left),
            None => self.spent.set(self.spent.get().or(Some(what))),
        }
    }

    fn node(&self, bytes: usize) {
        self.spend(&self.nodes, 1, Spent::Nodes);
        self.text(bytes);
    }

    fn text(&self, bytes: usize) {
        self.spend(&self.bytes, bytes, Spent::Bytes);
        self.steps(1);
    }

    fn steps(&self, steps: usize) {
        self.spend(&self.steps, steps, Spent::Steps);
    }

    fn verdict(&self) -> Result<(), TooComplicated> {
        let kb = self.bytes_read.div_ceil(1000);
        match self.spent.get() {
            None => Ok(()),
            Some(Spent::Nodes) => {
                let why = say("html-why-elements").with("max", self.nodes_max).with("kb", kb);
                Err(TooComplicated::new(why))
            }
            Some(Spent::Bytes) => Err(TooComplicated::new(say("html-why-repeats").with("kb", kb))),
            Some(Spent::Steps) => Err(TooComplicated::new(say("html-why-unclosed").with("kb", kb))),
        }
    }
}

fn size(attributes: &[Attribute]) -> usize {
    attributes.iter().map(|one| one.name.local.len() + one.value.len()).sum()
}

/// A tree that counts what is done to it.
struct Metered {
    tree: Document,
    budget: Budget,
    /// Attributes that later `html` and `body` tags brought, each compared with those before it.
    late_attributes: Cell<usize>,
}

impl Metered {
    /// Other trees keep children in a list, and search it for the place.
    fn siblings(&self, node: &NodeId) {
        if let Some(parent) = self.tree.tree.parent_of(node) {
            self.children(&parent.id);
        }
    }

    fn children(&self, node: &NodeId) {
        self.budget.steps(1 + self.tree.tree.child_ids_of_it(node, false).count());
    }

    fn child(&self, child: &NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(_) => self.budget.steps(1),
            NodeOrText::AppendText(text) => self.budget.text(text.len()),
        }
    }
}

impl TreeSink for Metered {
    type Handle = NodeId;
    type Output = Self;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self {
        self
    }

    // Nobody reads them, and there may be one for each byte.
    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.budget.steps(1);
        self.tree.elem_name(target)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.budget.node(name.local.len() + size(&attributes));
        self.budget.steps(attributes.len());
        self.tree.create_element(name, attributes, flags)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.budget.node(text.len());
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.budget.node(target.len() + data.len());
        self.tree.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.child(&child);
        self.tree.append(parent, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        self.child(&child);
        self.siblings(element);
        self.tree.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.budget.node(name.len() + public.len() + system.len());
        self.tree.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.get_template_contents(target)
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        self.budget.steps(1);
        self.tree.same_node(one, other)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.child(&child);
        self.siblings(sibling);
        self.tree.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        let all = self.late_attributes.get() + attributes.len();
        self.late_attributes.set(all);
        self.budget.text(size(&attributes));
        self.budget.steps(attributes.len() * all);
        // What a tag brings is bounded, what all of them bring is not.
        if self.budget.spent.get().is_none() {
            self.tree.add_attrs_if_missing(target, attributes);
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.siblings(target);
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.children(node);
        self.tree.reparent_children(node, new_parent);
    }

    fn is_mathml_annotation_xml_integration_point(&self, node: &NodeId) -> bool {
        self.tree.is_mathml_annotation_xml_integration_point(node)
    }
}

/// Hands tokens to the tree builder as long as there is something to spend. What one token can cost is
/// bounded by what those before it have paid for.
struct Guarded {
    builder: TreeBuilder<NodeId, Metered>,
}

impl TokenSink for Guarded {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match self.builder.sink.budget.spent.get() {
            None => self.builder.process_token(token, line),
            Some(_) => TokenSinkResult::Continue,
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Reads a text, or says why it is not read.
pub(super) fn parse(html: &str, context: Context) -> Result<Document, TooComplicated> {
    if attributes_max(html.as_bytes()) > ATTRIBUTES_MAX {
        return Err(TooComplicated::new(say("html-why-attributes").with("max", ATTRIBUTES_MAX)));
    }
    let whole = matches!(context, Context::Page | Context::Styled);
    let options = TreeBuilderOpts {
        scripting_enabled: matches!(context, Context::Sanitizer | Context::Styled),
        drop_doctype: !whole,
        ..TreeBuilderOpts::default()
    };
    let tree = if whole { Document::default() } else { Document::fragment_sink() };
    let sink = Metered { tree, budget: Budget::of(html), late_attributes: Cell::new(0) };
    let within = |name: LocalName| {
        let name = QualName::new(None, ns!(html), name);
        sink.create_element(name, Vec::new(), ElementFlags::default())
    };
    let context = match context {
        Context::Fragment => Some(within(local_name!("body"))),
        Context::Sanitizer => Some(within(local_name!("div"))),
        Context::Page | Context::Styled => None,
    };
    let builder = match context {
        Some(element) => TreeBuilder::new_for_fragment(sink, element, None, options),
        None => TreeBuilder::new(sink, options),
    };
    let tokenizer = Tokenizer::new(Guarded { builder }, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // It stops behind each script, which nobody runs.
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let Metered { tree, budget, .. } = tokenizer.sink.builder.sink;
    budget.verdict()?;
    let depth_max = if whole { PAGE_DEPTH_MAX } else { DEPTH_MAX };
    let Survey { depth, rescanned } = survey(&tree);
    if depth > depth_max {
        let why = say("html-why-deep").with("depth", depth).with("max", depth_max);
        return Err(TooComplicated::new(why));
    }
    if rescanned > RESCANNED_MAX + 2_000 * html.len() {
        return Err(TooComplicated::new(say("html-why-endless")));
    }
    Ok(tree)
}

/// What a finished tree will cost who writes it down.
#[derive(Default)]
struct Survey {
    depth: usize,
    /// Bytes that the serializer looks through again: behind each character that it must escape, it searches the
    /// rest of the text for the next `<`.
    rescanned: usize,
}

/// Walks a tree. Not by recursion, which a deep one would not survive.
fn survey(tree: &Document) -> Survey {
    let (mut node, mut depth, mut found) = (tree.root(), 0usize, Survey::default());
    loop {
        let rescanned = node.query_or(0, |node| match &node.data {
            NodeData::Text { contents } => rescanned(contents),
            NodeData::Element(element) => element.attrs.iter().map(|one| rescanned(&one.value)).sum(),
            _ => 0,
        });
        found.rescanned = found.rescanned.saturating_add(rescanned);
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            found.depth = found.depth.max(depth);
            continue;
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return found };
            (node, depth) = (parent, depth - 1);
        }
    }
}

fn rescanned(text: &str) -> usize {
    // The second character begins U+00A0 and its neighbours.
    text.len().saturating_mul(memchr::memchr2_iter(b'&', 0xc2, text.as_bytes()).count())
}

/// At least as many attributes as any tag has. Which `<` begins a tag depends on all that stands before it,
/// a comment or a script, and only the parser knows: so each is taken for one that might, and all of them
/// are followed at once. Those in the same state differ by their count alone, and the highest stands.
fn attributes_max(html: &[u8]) -> usize {
    #[derive(Clone, Copy)]
    enum State {
        /// Behind the `<` of an end tag.
        Slash,
        Name,
        BeforeAttribute,
        Attribute,
        AfterAttribute,
        BeforeValue,
        InDouble,
        InSingle,
        Unquoted,
        AfterQuoted,
    }
    use State::*;
    const ALL: [State; 10] = [
        Slash,
        Name,
        BeforeAttribute,
        Attribute,
        AfterAttribute,
        BeforeValue,
        InDouble,
        InSingle,
        Unquoted,
        AfterQuoted,
    ];
    // None: no tag that might be one is in that state.
    let mut now: [Option<usize>; 10] = [None; 10];
    let (mut most, mut at) = (0, 0);
    while at < html.len() {
        if now.iter().all(Option::is_none) {
            match memchr::memchr(b'<', &html[at..]) {
                Some(found) => at += found,
                None => break,
            }
        }
        let byte = html[at];
        let mut next: [Option<usize>; 10] = [None; 10];
        for state in ALL {
            let Some(count) = now[state as usize] else { continue };
            let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
            let (state, more) = match (state, byte) {
                (Slash, _) => (Name, 0),
                (InDouble, b'"') | (InSingle, b'\'') => (AfterQuoted, 0),
                (InDouble | InSingle, _) => (state, 0),
                (_, b'>') => continue,
                (BeforeValue, b'"') => (InDouble, 0),
                (BeforeValue, b'\'') => (InSingle, 0),
                (BeforeValue, _) if space => (BeforeValue, 0),
                (BeforeValue | Unquoted, _) if !space => (Unquoted, 0),
                (Attribute | AfterAttribute, b'=') => (BeforeValue, 0),
                (Attribute | AfterAttribute, _) if space => (AfterAttribute, 0),
                (Name | Attribute, _) if !space && byte != b'/' => (state, 0),
                (_, b'/') => (BeforeAttribute, 0),
                (_, _) if space => (BeforeAttribute, 0),
                (_, _) => (Attribute, 1),
            };
            most = most.max(count + more);
            next[state as usize] = next[state as usize].max(Some(count + more));
        }
        let begins = |at: usize| html.get(at).is_some_and(u8::is_ascii_alphabetic);
        if byte == b'<' && begins(at + 1) {
            next[Name as usize] = next[Name as usize].max(Some(0));
        } else if byte == b'<' && html.get(at + 1) == Some(&b'/') && begins(at + 2) {
            next[Slash as usize] = Some(0);
        }
        now = next;
        at += 1;
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_wherever_a_tag_may_begin() {
        let many = |n: usize| (0..n).map(|n| format!(" a{n}")).collect::<String>();
        for (html, count) in [
            ("<p>x</p>".to_owned(), 0),
            ("<p a b=c d='e f g' h=\"i > j\"/k>x y z".to_owned(), 5),
            ("<p a==\"x y z\">".to_owned(), 3),
            ("<p a=b\"c d>".to_owned(), 2),
            ("<p a='b'c='d'>".to_owned(), 2),
            ("</p a b>".to_owned(), 2),
            ("5 < 6 a b c".to_owned(), 0),
            (format!("<!-- <a b=\" --><p{}>", many(40)), 40),
            (format!("<textarea><a b='</textarea><p{}>", many(40)), 40),
            (format!("<svg><![CDATA[<p b=\"]]></svg><p{}", many(40)), 40),
        ] {
            assert_eq!(attributes_max(html.as_bytes()), count, "{html}");
        }
    }
}
