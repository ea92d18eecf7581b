//! The keys of an answer, in the order in which they were asked for (GraphQL, 6.3.2 and 7.1.1).
//!
//! The library puts them as they were resolved, and takes an object of which nothing was asked for that it has (a fragment on another type,
//! a field that was skipped) for none.

use super::document;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition,
    OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Response, Value};
use std::collections::HashMap;

/// What is asked for besides in every selection from which nothing might come; nobody is told.
const KEPT: &str = "__upkeep_kept";

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The keys of an object with those of what is in it.
#[derive(Default)]
pub struct Keys {
    /// Each once, where it was asked for first.
    names: IndexMap<Name, Keys>,
    /// At the root alone.
    is_of_the_schema: bool,
}

impl Keys {
    /// Of the operation that will be executed; the document is made such that every object of its answer has a key.
    pub fn prepare(document: &mut ExecutableDocument, operation: Option<&str>) -> Self {
        let mut keys = Self::default();
        if let Some(operation) = document::chosen(document, operation) {
            let root = &operation.selection_set.node;
            keys.ask(root, &document.fragments);
            keys.is_of_the_schema = (root.items.iter()).all(|selection| match &selection.node {
                Selection::Field(field) => field.node.name.node.starts_with("__"),
                _ => false,
            });
        }
        keep_all(document);
        keys
    }

    /// Fragments are spread: how often was bounded before (`document.rs`).
    fn ask(&mut self, set: &SelectionSet, fragments: &Fragments) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.response_key().node.clone();
                    let inner = self.names.entry(name).or_default();
                    inner.ask(&field.node.selection_set.node, fragments);
                }
                Selection::InlineFragment(inline) => {
                    self.ask(&inline.node.selection_set.node, fragments);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                        self.ask(&fragment.node.selection_set.node, fragments);
                    }
                }
            }
        }
    }

    /// Whether nothing but the schema itself is asked for.
    pub fn are_of_the_schema(&self) -> bool {
        self.is_of_the_schema
    }

    /// The answer with its keys in order.
    pub fn sort(&self, mut response: Response) -> Response {
        self.sort_value(&mut response.data);
        response
    }

    fn sort_value(&self, value: &mut Value) {
        match value {
            // What a scalar holds is not ours to sort.
            _ if self.names.is_empty() => {}
            Value::List(items) => {
                for item in items {
                    self.sort_value(item);
                }
            }
            Value::Object(fields) => {
                if fields.len() == self.names.len() && fields.keys().eq(self.names.keys()) {
                    for (value, inner) in fields.values_mut().zip(self.names.values()) {
                        inner.sort_value(value);
                    }
                    return;
                }
                if !self.names.contains_key(KEPT) {
                    fields.swap_remove(KEPT);
                }
                for (name, value) in fields.iter_mut() {
                    if let Some(inner) = self.names.get(name) {
                        inner.sort_value(value);
                    }
                }
                let place = |name: &Name| self.names.get_index_of(name);
                if !fields.keys().is_sorted_by_key(place) {
                    fields.sort_unstable_by(|one, _, other, _| place(one).cmp(&place(other)));
                }
            }
            _ => {}
        }
    }
}

fn keep_all(document: &mut ExecutableDocument) {
    let operations: Vec<&mut OperationDefinition> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(operations) => (operations.values_mut())
            .map(|operation| &mut operation.node)
            .collect(),
    };
    for operation in operations {
        // At its root a subscription has one field and nothing besides.
        if operation.ty == OperationType::Subscription {
            keep_inside(&mut operation.selection_set.node);
        } else {
            keep(&mut operation.selection_set.node);
        }
    }
    for fragment in document.fragments.values_mut() {
        keep_inside(&mut fragment.node.selection_set.node);
    }
}

fn keep(set: &mut SelectionSet) {
    keep_inside(set);
    let comes = |selection: &Positioned<Selection>| matches!(&selection.node, Selection::Field(field) if field.node.directives.is_empty());
    if let Some(first) = set.items.first()
        && !set.items.iter().any(comes)
    {
        let at = first.pos;
        let field = Field {
            alias: Some(Positioned::new(Name::new(KEPT), at)),
            name: Positioned::new(Name::new("__typename"), at),
            arguments: vec![],
            directives: vec![],
            selection_set: Positioned::new(SelectionSet::default(), at),
        };
        let field = Selection::Field(Positioned::new(field, at));
        set.items.push(Positioned::new(field, at));
    }
}

/// Every selection of a field inside; what a fragment spreads is in the selection of a field.
fn keep_inside(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => keep(&mut field.node.selection_set.node),
            Selection::InlineFragment(inline) => keep_inside(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}
