//! The tree that the parser builds in the dry run. A node knows its parent and counts what is in it, no more; what no
//! open element needs is gone at once. Every question of the parser is counted: its own searching is part of the work.

use super::text::{Fate, Run, to_escape};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode};
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::TreeSink;
use html5ever::{Attribute, ExpandedName, QualName, local_name, ns};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Elements of a page, those that the parser adds or repeats among them.
const MAX_ELEMENTS: usize = 200_000;
/// Bytes of attributes over all elements.
const MAX_WRITTEN: usize = 16 * 1024 * 1024;
/// Questions of the parser, and siblings that it looks through for a place.
const MAX_STEPS: usize = 10_000_000;
/// Characters to escape × length of the text they stand in, over all texts: html5ever (0.40) looks from every `&` and
/// every byte 0xC2 to the next `<` or `>` when it writes a page.
const MAX_ESCAPING: usize = 200_000_000;

/// A node, as the parser holds it.
pub(super) type Handle = Rc<Node>;

/// One node.
pub(super) struct Node {
    name: QualName,
    fate: Fate,
    is_integration_point: bool,
    parent: RefCell<Option<Handle>>,
    depth: Cell<usize>,
    children: Cell<usize>,
    attributes: Cell<usize>,
    /// The text at its end.
    inside: Run,
    /// The text before it, if it is a table: what does not belong into a table is put there.
    before: Run,
}

/// The tree, and what it has cost up to now.
pub(super) struct Tree {
    document: Handle,
    max_depth: usize,
    deepest: Cell<usize>,
    elements: Cell<usize>,
    written: Cell<usize>,
    steps: Cell<usize>,
    escaping: Cell<usize>,
}

impl Tree {
    /// An empty tree that is heavy when it gets deeper than `max_depth`.
    pub(super) fn new(max_depth: usize) -> Self {
        Self {
            document: node(QualName::new(None, ns!(), local_name!("")), 0, false),
            max_depth,
            deepest: Cell::default(),
            elements: Cell::default(),
            written: Cell::default(),
            steps: Cell::default(),
            escaping: Cell::default(),
        }
    }

    /// Whether one of the limits is passed.
    pub(super) fn is_heavy(&self) -> bool {
        self.deepest.get() > self.max_depth
            || self.elements.get() > MAX_ELEMENTS
            || self.written.get() > MAX_WRITTEN
            || self.steps.get() > MAX_STEPS
            || self.escaping.get() > MAX_ESCAPING
    }

    fn count(&self, attributes: &[Attribute]) {
        for attribute in attributes {
            add(&self.written, attribute.name.local.len() + attribute.value.len());
            add(&self.escaping, to_escape(&attribute.value).saturating_mul(attribute.value.len()));
        }
    }

    /// Puts a child at the end of `parent`, or before the table `table` in it.
    fn put(&self, parent: &Handle, child: NodeOrText<Handle>, table: Option<&Handle>) {
        add(&parent.children, 1);
        match (child, self.shown_parent(parent)) {
            (NodeOrText::AppendText(_), None) => {}
            (NodeOrText::AppendText(text), Some(shown)) => {
                add(&self.escaping, table.map_or(&shown.inside, |table| &table.before).add(&text));
            }
            (NodeOrText::AppendNode(child), shown) => {
                // what is moved keeps the greater depth: what is in it is not visited again
                child.depth.set(child.depth.get().max(parent.depth.get() + 1));
                self.deepest.set(self.deepest.get().max(child.depth.get()));
                if let Some(shown) = shown.filter(|_| child.fate == Fate::Shown) {
                    let interrupted = table.map_or(&shown.inside, |table| &table.before);
                    interrupted.hand_over(&child.before);
                }
                child.parent.replace(Some(Rc::clone(parent)));
            }
        }
    }

    /// The next element upwards that is shown: its texts are joined where elements between vanish. `None` where nothing
    /// is shown at all.
    fn shown_parent(&self, from: &Handle) -> Option<Handle> {
        let mut at = Rc::clone(from);
        loop {
            add(&self.steps, 1);
            let above = match at.fate {
                Fate::Shown => return Some(at),
                Fate::Silent => return None,
                Fate::Dissolved => at.parent.borrow().clone(),
            };
            match above {
                Some(above) => at = above,
                None => return Some(at),
            }
        }
    }
}

fn node(name: QualName, attributes: usize, is_integration_point: bool) -> Handle {
    Rc::new(Node {
        fate: Fate::of(&name.local),
        name,
        is_integration_point,
        parent: RefCell::default(),
        depth: Cell::default(),
        children: Cell::default(),
        attributes: Cell::new(attributes),
        inside: Run::default(),
        before: Run::default(),
    })
}

fn add(counter: &Cell<usize>, more: usize) {
    counter.set(counter.get().saturating_add(more));
}

impl TreeSink for Tree {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Rc::clone(&self.document)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        add(&self.steps, 1);
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Handle {
        add(&self.elements, 1);
        self.count(&attributes);
        node(name, attributes.len(), flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        node(QualName::new(None, ns!(), local_name!("")), 0, false)
    }

    fn create_pi(&self, _: StrTendril, text: StrTendril) -> Handle {
        self.create_comment(text)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.put(parent, child, None);
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(child) = &child {
            self.remove_from_parent(child);
        }
        let parent = sibling.parent.borrow().clone();
        if let Some(parent) = parent {
            add(&self.steps, parent.children.get());
            self.put(&parent, child, Some(sibling));
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, above: &Handle, child: NodeOrText<Handle>) {
        let has_parent = element.parent.borrow().is_some();
        if has_parent { self.append_before_sibling(element, child) } else { self.append(above, child) }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// The content stands for the template itself: it is as deep.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        Rc::clone(target)
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        add(&self.steps, 1);
        Rc::ptr_eq(one, other)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        self.count(&attributes);
        add(&self.steps, target.attributes.get());
        add(&target.attributes, attributes.len());
    }

    fn remove_from_parent(&self, target: &Handle) {
        if let Some(parent) = target.parent.take() {
            add(&self.steps, parent.children.get());
            parent.children.set(parent.children.get().saturating_sub(1));
        }
    }

    fn reparent_children(&self, from: &Handle, to: &Handle) {
        let moved = from.children.take();
        add(&self.steps, moved);
        add(&to.children, moved);
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Handle) -> bool {
        target.is_integration_point
    }
}
