//! The root of a subscription: one field, written out (GraphQL, 5.2.4).
//!
//! The library takes several, which are followed at once and answer by turns, and none where the field is in a fragment, which is
//! followed in silence for ever.

use super::document::Refused;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType,
    Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use std::collections::{HashMap, HashSet};

/// The type that its root is of.
const ROOT: &str = "Subscription";

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
        if operation.ty != OperationType::Subscription {
            continue;
        }
        let root = &mut operation.selection_set.node;
        let mut fields = Vec::new();
        collect(root, fragments, &mut fields, &mut spread)?;
        root.items = merged(fields)?;
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
                if fragment.node.type_condition.node.on.node != ROOT {
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

/// One field: what asks for the same twice asks for both in one.
fn merged(fields: Vec<Positioned<Selection>>) -> Result<Vec<Positioned<Selection>>, Refused> {
    let mut fields = fields.into_iter();
    let mut first = fields.next().ok_or(Refused::Roots)?;
    for other in fields {
        match (&mut first.node, other.node) {
            (Selection::Field(first), Selection::Field(other))
                if first.node.response_key() == other.node.response_key()
                    && first.node.name == other.node.name
                    && first.node.arguments == other.node.arguments =>
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

    #[test]
    fn queries_are_left_as_they_are() {
        let mut document = parse_query("{ ...A a b } fragment A on Q { c }").unwrap();
        write_out(&mut document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        assert_eq!(operation.node.selection_set.node.items.len(), 3);
        assert_eq!(document.fragments.len(), 1);
    }
}
