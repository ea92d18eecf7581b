//! The roots of subscriptions and mutations, written out.
//!
//! Of a subscription (GraphQL, 5.2.4) the library takes several fields, which are followed at once and answer by turns, and none where the
//! field is in a fragment, which is followed in silence for ever. A mutation that is written twice under one key, as programs do that
//! put fragments together, is one (6.3.2); the library carries it out twice and mixes the answers.

use super::refused::Refused;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition,
    OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;
use std::collections::{HashMap, HashSet};

/// The type that its root is of.
const ROOT: &str = "Subscription";
const MUTATION: &str = "Mutation";

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Writes out what is at the root of each subscription, and refuses those that ask for several things or for none. The document
/// was weighed before: no fragment spreads itself.
pub fn write_out(document: &mut ExecutableDocument) -> Result<(), Refused> {
    let fragments = &document.fragments;
    let operations: Vec<&mut OperationDefinition> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(operations) => (operations.values_mut())
            .map(|operation| &mut operation.node)
            .collect(),
    };
    let mut spread = HashSet::new();
    for operation in operations {
        let root = &mut operation.selection_set.node;
        let mut fields = Vec::new();
        match operation.ty {
            OperationType::Query => {}
            OperationType::Mutation => {
                collect_mutations(root, fragments, &mut fields, &mut spread);
                root.items = fields;
            }
            OperationType::Subscription => {
                collect(root, fragments, &mut fields, &mut spread)?;
                root.items = merged(fields)?;
            }
        }
    }
    forget(document, &spread);
    Ok(())
}

/// The fields of a root, those in fragments too.
fn collect(
    set: &SelectionSet,
    fragments: &Fragments,
    fields: &mut Vec<Positioned<Selection>>,
    spread: &mut HashSet<Name>,
) -> Result<(), Refused> {
    for selection in &set.items {
        // Whether there is one must not depend on a variable.
        if !selection.node.directives().is_empty() {
            return Err(Refused::Roots);
        }
        match &selection.node {
            Selection::Field(_) => fields.push(selection.clone()),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                if condition.is_some_and(|condition| condition.node.on.node != ROOT) {
                    return Err(Refused::Roots);
                }
                collect(&inline.node.selection_set.node, fragments, fields, spread)?;
            }
            Selection::FragmentSpread(other) => {
                let name = &other.node.fragment_name.node;
                // One that is not there is told by the library's checks.
                let Some(fragment) = fragments.get(name) else {
                    fields.push(selection.clone());
                    continue;
                };
                if fragment.node.type_condition.node.on.node != ROOT
                    || !fragment.node.directives.is_empty()
                {
                    return Err(Refused::Roots);
                }
                spread.insert(name.clone());
                let inner = &fragment.node.selection_set.node;
                collect(inner, fragments, fields, spread)?;
            }
        }
    }
    Ok(())
}

/// The fields of a mutation, those in fragments too, each once; what depends on a directive stays as it is.
fn collect_mutations(
    set: &SelectionSet,
    fragments: &Fragments,
    fields: &mut Vec<Positioned<Selection>>,
    spread: &mut HashSet<Name>,
) {
    for selection in &set.items {
        if !selection.node.directives().is_empty() {
            fields.push(selection.clone());
            continue;
        }
        match &selection.node {
            Selection::Field(field) => {
                let known = fields.iter_mut().find_map(|known| match &mut known.node {
                    Selection::Field(known)
                        if known.node.directives.is_empty()
                            && is_same(&known.node, &field.node) =>
                    {
                        Some(known)
                    }
                    _ => None,
                });
                if let Some(known) = known {
                    let more = field.node.selection_set.node.items.iter().cloned();
                    known.node.selection_set.node.items.extend(more);
                } else {
                    fields.push(selection.clone());
                }
            }
            Selection::InlineFragment(inline)
                if (inline.node.type_condition.as_ref())
                    .is_none_or(|condition| condition.node.on.node == MUTATION) =>
            {
                let inner = &inline.node.selection_set.node;
                collect_mutations(inner, fragments, fields, spread);
            }
            Selection::FragmentSpread(other) => {
                let name = &other.node.fragment_name.node;
                match fragments.get(name) {
                    Some(fragment)
                        if fragment.node.type_condition.node.on.node == MUTATION
                            && fragment.node.directives.is_empty() =>
                    {
                        spread.insert(name.clone());
                        let inner = &fragment.node.selection_set.node;
                        collect_mutations(inner, fragments, fields, spread);
                    }
                    // What is wrong with it is told by the library's checks.
                    _ => fields.push(selection.clone()),
                }
            }
            Selection::InlineFragment(_) => fields.push(selection.clone()),
        }
    }
}

/// Whether both ask for the same, under the same key.
fn is_same(one: &Field, other: &Field) -> bool {
    let has = |(name, value): &(Positioned<Name>, Positioned<Value>)| {
        let found = other.arguments.iter().find(|(other, _)| other == name);
        found.is_some_and(|(_, other)| other == value)
    };
    one.response_key() == other.response_key()
        && one.name == other.name
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(has)
}

/// One field: what asks for the same twice asks for both in one.
fn merged(fields: Vec<Positioned<Selection>>) -> Result<Vec<Positioned<Selection>>, Refused> {
    let mut fields = fields.into_iter();
    let mut first = fields.next().ok_or(Refused::Roots)?;
    for other in fields {
        match (&mut first.node, other.node) {
            (Selection::Field(first), Selection::Field(other))
                if is_same(&first.node, &other.node) =>
            {
                let more = other.node.selection_set.node.items;
                first.node.selection_set.node.items.extend(more);
            }
            _ => return Err(Refused::Roots),
        }
    }
    match &first.node {
        Selection::Field(field) if field.node.name.node.as_str().starts_with("__") => {
            Err(Refused::Roots)
        }
        _ => Ok(vec![first]),
    }
}

/// Fragments that nothing spreads any more, which would be an error of whoever wrote them.
fn forget(document: &mut ExecutableDocument, spread: &HashSet<Name>) {
    loop {
        let mut used = HashSet::new();
        for (_, operation) in document.operations.iter() {
            note(&operation.node.selection_set.node, &mut used);
        }
        for fragment in document.fragments.values() {
            note(&fragment.node.selection_set.node, &mut used);
        }
        let before = document.fragments.len();
        (document.fragments).retain(|name, _| used.contains(name) || !spread.contains(name));
        if document.fragments.len() == before {
            return;
        }
    }
}

fn note(set: &SelectionSet, used: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => note(&field.node.selection_set.node, used),
            Selection::InlineFragment(inline) => note(&inline.node.selection_set.node, used),
            Selection::FragmentSpread(spread) => {
                used.insert(spread.node.fragment_name.node.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    /// The root of the only operation in few words: its field, what it asks for, and the fragments that are left.
    fn root(text: &str) -> Result<(String, usize, Vec<String>), String> {
        let mut document = parse_query(text).unwrap();
        write_out(&mut document).map_err(|refused| refused.to_string())?;
        let (_, operation) = document.operations.iter().next().unwrap();
        let [Positioned { node, .. }] = &operation.node.selection_set.node.items[..] else {
            panic!("one");
        };
        let Selection::Field(field) = node else {
            panic!("a field");
        };
        let mut left: Vec<String> = document.fragments.keys().map(Name::to_string).collect();
        left.sort();
        let key = field.node.response_key().node.to_string();
        Ok((key, field.node.selection_set.node.items.len(), left))
    }

    #[test]
    fn one_field_is_written_out_of_its_fragments() {
        let plain = root("subscription { a: events { position } }").unwrap();
        assert_eq!(plain, ("a".into(), 1, vec![]));
        let spread = "subscription { ...A } fragment A on Subscription { ...B } fragment B on Subscription { events { ...C } } \
                      fragment C on E { position }";
        assert_eq!(
            root(spread).unwrap(),
            ("events".into(), 1, vec!["C".into()])
        );
        let twice = "subscription { events { position } ... on Subscription { events { type } } ...A } \
                     fragment A on Subscription { events { id data } }";
        assert_eq!(root(twice).unwrap(), ("events".into(), 4, vec![]));
        let unused =
            "subscription { events { position } } fragment A on Subscription { events { id } }";
        let (_, _, left) = root(unused).unwrap();
        assert_eq!(left, ["A"], "that is its writer's mistake");
    }

    #[test]
    fn several_fields_or_none_for_certain_are_refused() {
        for text in [
            "subscription { a: events { position } b: events { position } }",
            "subscription { events { position } ...A } fragment A on Subscription { other }",
            "subscription { events(after: \"0\") { position } events(after: \"1\") { id } }",
            "subscription { events { position } __typename }",
            "subscription { __typename }",
            "subscription { ... on Computer { events { position } } }",
            "subscription { ...A } fragment A on Computer { events { position } }",
            "subscription ($a: Boolean!) { events @skip(if: $a) { position } }",
            "subscription ($a: Boolean!) { ... @include(if: $a) { events { position } } }",
        ] {
            let refused = root(text).unwrap_err();
            assert!(refused.contains("exactly one field"), "{text}: {refused}");
        }
    }

    /// The fields at the root of the only operation, and how much each asks for.
    fn fields(text: &str) -> Vec<(String, usize)> {
        let mut document = parse_query(text).unwrap();
        write_out(&mut document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let fields = operation.node.selection_set.node.items.iter();
        let fields = fields.map(|selection| match &selection.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.to_string();
                (key, field.node.selection_set.node.items.len())
            }
            _ => ("...".to_owned(), 0),
        });
        fields.collect()
    }

    #[test]
    fn a_mutation_that_is_written_twice_is_one() {
        let once = |key: &str, asked| vec![(key.to_owned(), asked)];
        let twice = "mutation { a(x: 1, y: 2) { b } a(y: 2, x: 1) { c d } }";
        assert_eq!(fields(twice), once("a", 3));
        let spread = "mutation { a { b } ...F } fragment F on Mutation { a { c } ... { a { d } } }";
        assert_eq!(fields(spread), once("a", 3));
        for (apart, count) in [
            ("mutation { a(x: 1) { b } a(x: 2) { b } }", 2),
            ("mutation { a { b } c: a { b } }", 2),
            (
                "mutation ($x: Boolean!) { a { b } a @skip(if: $x) { b } }",
                2,
            ),
            (
                "mutation { a { b } ...F } fragment F on Query { a { b } }",
                2,
            ),
        ] {
            assert_eq!(fields(apart).len(), count, "{apart}");
        }
    }

    #[test]
    fn queries_are_left_as_they_are() {
        let mut document = parse_query("{ ...A a b } fragment A on Q { c }").unwrap();
        write_out(&mut document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        assert_eq!(operation.node.selection_set.node.items.len(), 3);
        assert_eq!(document.fragments.len(), 1);
    }
}
