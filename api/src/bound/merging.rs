//! Whether what is asked for under one key can be one thing (GraphQL, 5.3.2, "Field Selection Merging").
//!
//! The library compares what stands in one selection; what is asked for below two fields that are merged, and through a fragment and
//! beside it, it mixes. Here all that comes under one key is gathered, level by level, and compared with the first of it (an algorithm
//! of Simon Adameit), instead of each with each. It takes one look at each field, one more where objects of different types are asked
//! for different things, and more only where what every type has is asked for beside what one has: that is bounded.

use super::contract::{Asked, Composite, Contract, named};
use super::document::MAX_SELECTIONS;
use super::refused::Refused;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection,
    SelectionSet, Type, TypeCondition,
};
use async_graphql::{Positioned, ServerError};

/// Most fields that are looked at, one again for each set of fields that it is compared in.
pub const MAX_LOOKS: usize = 10 * MAX_SELECTIONS;

/// Refuses a document that asks for two things under one key. What the schema does not have is the library's to refuse.
pub fn check(document: &ExecutableDocument, contract: &Contract) -> Result<(), Refused> {
    let mut merging = Merging {
        document,
        contract,
        looks: 0,
    };
    for (_, operation) in document.operations.iter() {
        if let Some(root) = contract.root(operation.node.ty) {
            let mut fields = vec![];
            merging.gather(&operation.node.selection_set.node, root, &mut fields)?;
            merging.level(fields, Rule::All, None)?;
        }
    }
    Ok(())
}

/// Has each fragment without a type condition say what the one that it is in says. The library takes what it asks for as asked for on any
/// type, so that two of them in fragments on different types conflict.
pub fn say_types(document: &mut ExecutableDocument) {
    let operations: Vec<&mut OperationDefinition> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(operations) => (operations.values_mut())
            .map(|operation| &mut operation.node)
            .collect(),
    };
    for operation in operations {
        say_type(&mut operation.selection_set.node, None);
    }
    for fragment in document.fragments.values_mut() {
        let fragment = &mut fragment.node;
        say_type(
            &mut fragment.selection_set.node,
            Some(&fragment.type_condition),
        );
    }
}

fn say_type(set: &mut SelectionSet, of: Option<&Positioned<TypeCondition>>) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => say_type(&mut field.node.selection_set.node, None),
            Selection::InlineFragment(inline) => {
                let inline = &mut inline.node;
                if inline.type_condition.is_none() {
                    inline.type_condition = of.cloned();
                }
                say_type(
                    &mut inline.selection_set.node,
                    inline.type_condition.as_ref(),
                );
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// What must hold of those under one key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    All,
    /// They are of one shape: of objects of different types too, because whoever reads the answer may not know which came.
    Shape,
    /// Where one object may have several of them, they are the same field with the same arguments.
    Sameness,
}

/// A field where it is asked for.
#[derive(Clone, Copy)]
struct Place<'a> {
    field: &'a Positioned<Field>,
    on: &'a Composite,
}

impl<'a> Place<'a> {
    fn key(&self) -> &'a str {
        &self.field.node.response_key().node
    }

    /// Nothing, if it is of every type.
    fn object_type(&self) -> Option<&'a str> {
        self.on.is_of_objects.then_some(&self.on.name)
    }
}

/// The keys from the root on.
struct Path<'p> {
    key: &'p str,
    above: Option<&'p Path<'p>>,
}

impl Path<'_> {
    fn written(&self) -> String {
        match self.above {
            Some(above) => format!("{}.{}", above.written(), self.key),
            None => self.key.to_owned(),
        }
    }
}

struct Merging<'a> {
    document: &'a ExecutableDocument,
    contract: &'a Contract,
    looks: usize,
}

impl<'a> Merging<'a> {
    /// The fields of a selection, those in fragments too.
    fn gather(
        &mut self,
        set: &'a SelectionSet,
        on: &'a Composite,
        into: &mut Vec<Place<'a>>,
    ) -> Result<(), Refused> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    self.looks += 1;
                    if self.looks > MAX_LOOKS {
                        return Err(Refused::Merging);
                    }
                    into.push(Place { field, on });
                }
                Selection::InlineFragment(inline) => {
                    let on = match &inline.node.type_condition {
                        Some(condition) => self.contract.composite(&condition.node.on.node),
                        None => Some(on),
                    };
                    if let Some(on) = on {
                        self.gather(&inline.node.selection_set.node, on, into)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && let condition = &fragment.node.type_condition.node.on.node
                        && let Some(on) = self.contract.composite(condition)
                    {
                        self.gather(&fragment.node.selection_set.node, on, into)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What is asked for at one place of the answer.
    fn level(
        &mut self,
        mut fields: Vec<Place<'a>>,
        rule: Rule,
        above: Option<&Path<'_>>,
    ) -> Result<(), Refused> {
        fields.sort_by_key(Place::key);
        for same in fields.chunk_by(|one, other| one.key() == other.key()) {
            let path = Path {
                key: same[0].key(),
                above,
            };
            if same.len() == 1 {
                self.below(same, rule, &path)?;
            } else {
                self.one_key(same, rule, &path)?;
            }
        }
        Ok(())
    }

    fn one_key(&mut self, same: &[Place<'a>], rule: Rule, path: &Path<'_>) -> Result<(), Refused> {
        if rule == Rule::Shape {
            self.have_one_shape(same, path)?;
            return self.below(same, rule, path);
        }
        let mut types = same.iter().filter_map(Place::object_type);
        let first = types.next();
        if types.all(|other| Some(other) == first) {
            self.are_one(same, path)?;
            if rule == Rule::All {
                self.have_one_shape(same, path)?;
            }
            return self.below(same, rule, path);
        }
        let mut sorted = same.to_vec();
        sorted.sort_by_key(Place::object_type);
        let of_every = sorted.partition_point(|place| place.object_type().is_none());
        let (of_every, of_one) = sorted.split_at(of_every);
        for of_one in of_one.chunk_by(|one, other| one.object_type() == other.object_type()) {
            let together = [of_every, of_one].concat();
            self.are_one(&together, path)?;
            self.below(&together, Rule::Sameness, path)?;
        }
        if rule == Rule::All {
            self.have_one_shape(same, path)?;
            self.below(same, Rule::Shape, path)?;
        }
        Ok(())
    }

    fn below(&mut self, same: &[Place<'a>], rule: Rule, path: &Path<'_>) -> Result<(), Refused> {
        let mut fields = vec![];
        for place in same {
            let inner = &place.field.node.selection_set.node;
            if !inner.items.is_empty()
                && let Some(asked) = self.asked(place)
                && let Some(on) = self.contract.composite(named(&asked.of))
            {
                self.gather(inner, on, &mut fields)?;
            }
        }
        if fields.is_empty() {
            return Ok(());
        }
        self.level(fields, rule, Some(path))
    }

    fn asked(&self, place: &Place<'a>) -> Option<&'a Asked> {
        self.contract.asked(place.on, &place.field.node)
    }

    fn have_one_shape(&self, same: &[Place<'a>], path: &Path<'_>) -> Result<(), Refused> {
        let mut known = same
            .iter()
            .filter_map(|place| Some((place, &self.asked(place)?.of)));
        let Some((first, of)) = known.next() else {
            return Ok(());
        };
        match known.find(|(_, other)| !self.is_one_shape(of, other)) {
            None => Ok(()),
            Some((other, kind)) => {
                let what = format!("is asked for as {of} and as {kind}, which differ in shape");
                Err(refused(path, &what, first, other))
            }
        }
    }

    fn is_one_shape(&self, one: &Type, other: &Type) -> bool {
        let is_composite = |name: &str| self.contract.composite(name).is_some();
        one.nullable == other.nullable
            && match (&one.base, &other.base) {
                (BaseType::List(one), BaseType::List(other)) => self.is_one_shape(one, other),
                (BaseType::Named(one), BaseType::Named(other)) => {
                    one == other || is_composite(one) && is_composite(other)
                }
                _ => false,
            }
    }

    fn are_one(&self, same: &[Place<'a>], path: &Path<'_>) -> Result<(), Refused> {
        let [first, others @ ..] = same else {
            return Ok(());
        };
        let field = &first.field.node;
        // More than there are the library refuses.
        let is_known = |asked: &Asked| field.arguments.len() <= asked.arguments.len();
        if !self.asked(first).is_some_and(is_known) {
            return Ok(());
        }
        for place in others {
            let other = &place.field.node;
            let what = if field.name != other.name {
                let (one, other) = (&field.name.node, &other.name.node);
                format!("is asked for as \"{one}\" and as \"{other}\"")
            } else if !has_same_arguments(field, other) {
                "is asked for with different arguments".to_owned()
            } else {
                continue;
            };
            return Err(refused(path, &what, first, place));
        }
        Ok(())
    }
}

fn has_same_arguments(one: &Field, other: &Field) -> bool {
    let given = |name: &str| {
        let found = (other.arguments.iter()).find(|(other, _)| other.node == name);
        found.map(|(_, value)| &value.node)
    };
    one.arguments.len() == other.arguments.len()
        && (one.arguments.iter()).all(|(name, value)| given(&name.node) == Some(&value.node))
}

fn refused(path: &Path<'_>, what: &str, one: &Place<'_>, other: &Place<'_>) -> Refused {
    let message = format!(
        "\"{}\" {what}: give one of them an alias of its own",
        path.written()
    );
    let mut error = ServerError::new(message, Some(one.field.pos));
    error.locations.push(other.field.pos);
    Refused::Invalid(error)
}

#[cfg(test)]
mod tests;
