//! Whether the values in a document are of the types that the schema wants there (GraphQL, 5.6), and its variables too (5.8.5).
//!
//! The library takes a text for an enum, and anything for an input or a scalar of ours, which then fails where it is resolved; beside a
//! variable that has no value it looks at nothing, and it takes a variable of any type for any other (its rule for that is never
//! called). What variables hold is JSON, where an enum is a text: the library checks that.

use super::contract::{Asked, Composite, Contract, Input, Kind, Members, Scalar, named};
use super::refused::Refused;
use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
    Type, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned, ServerError};
use async_graphql_value::{ConstValue, Value};
use std::collections::{HashMap, HashSet};

/// How much of a value an error repeats, in characters.
const MAX_REPEATED: usize = 60;

type Arguments = [(Positioned<Name>, Positioned<Value>)];

/// Refuses a document with a value of another type than the schema wants. What the schema does not have is the library's to refuse.
pub fn check(document: &ExecutableDocument, contract: &Contract) -> Result<(), Refused> {
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let variables = operation.variable_definitions.iter();
        let variables = variables.map(|definition| (&definition.node.name.node, &definition.node));
        let mut reader = Reader {
            document,
            contract,
            variables: variables.collect(),
            read: HashSet::new(),
        };
        reader.defaults(operation)?;
        if let Some(root) = contract.root(operation.ty) {
            reader.selections(&operation.selection_set.node, root)?;
        }
    }
    Ok(())
}

/// Reads one operation.
struct Reader<'a> {
    document: &'a ExecutableDocument,
    contract: &'a Contract,
    variables: HashMap<&'a Name, &'a VariableDefinition>,
    /// Fragments: what they hold is the same wherever they are spread.
    read: HashSet<&'a str>,
}

/// What is wrong with a value, and where it is inside of it, the innermost first.
struct Wrong {
    what: String,
    inside: Vec<String>,
}

impl Wrong {
    fn new(what: String) -> Self {
        Self {
            what,
            inside: vec![],
        }
    }

    fn within(mut self, step: &impl ToString) -> Self {
        self.inside.push(step.to_string());
        self
    }

    fn refused(self, of: &str, at: Pos) -> Refused {
        let path: Vec<String> = self.inside.into_iter().rev().collect();
        let message = format!("\"{}\" of {of}: {}", path.join("."), self.what);
        Refused::Invalid(ServerError::new(message, Some(at)))
    }
}

impl<'a> Reader<'a> {
    fn defaults(&self, operation: &OperationDefinition) -> Result<(), Refused> {
        for definition in &operation.variable_definitions {
            let Some(default) = &definition.node.default_value else {
                continue;
            };
            let value = default.node.clone().into_value();
            self.value(&value, &definition.node.var_type.node)
                .map_err(|wrong| {
                    let wrong = wrong.within(&format_args!("${}", definition.node.name.node));
                    wrong.refused("the operation", default.pos)
                })?;
        }
        Ok(())
    }

    fn selections(&mut self, set: &'a SelectionSet, on: &Composite) -> Result<(), Refused> {
        for selection in &set.items {
            self.directives(selection.node.directives())?;
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, on)?,
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = match condition {
                        Some(condition) => self.contract.composite(&condition.node.on.node),
                        None => Some(on),
                    };
                    if let Some(on) = on {
                        self.selections(&inline.node.selection_set.node, on)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.read.insert(name)
                        && let condition = &fragment.node.type_condition.node.on.node
                        && let Some(on) = self.contract.composite(condition)
                    {
                        self.selections(&fragment.node.selection_set.node, on)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, on: &Composite) -> Result<(), Refused> {
        let inner = &field.selection_set.node;
        if field.arguments.is_empty() && inner.items.is_empty() {
            return Ok(());
        }
        let Some(Asked { of, arguments }) = self.contract.asked(on, field) else {
            return Ok(());
        };
        self.arguments(&field.arguments, arguments)
            .map_err(|(wrong, at)| wrong.refused(&format!("\"{}\"", field.name.node), at))?;
        match self.contract.composite(named(of)) {
            Some(on) => self.selections(inner, on),
            None => Ok(()),
        }
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<(), Refused> {
        for Positioned { node, .. } in directives {
            if let Some(known) = self.contract.directive(&node.name.node) {
                self.arguments(&node.arguments, known)
                    .map_err(|(wrong, at)| wrong.refused(&format!("@{}", node.name.node), at))?;
            }
        }
        Ok(())
    }

    fn arguments(&self, given: &Arguments, known: &Members) -> Result<(), (Wrong, Pos)> {
        for (name, value) in given {
            if let Some(member) = known.get(&name.node) {
                self.value(&value.node, &member.of)
                    .map_err(|wrong| (wrong.within(&name.node), name.pos))?;
            }
        }
        Ok(())
    }

    fn value(&self, value: &Value, of: &Type) -> Result<(), Wrong> {
        match (value, &of.base) {
            (Value::Variable(name), _) => self.variable(name, of),
            (Value::Null, _) if of.nullable => Ok(()),
            (Value::Null, _) => Err(is_no(value, of, "give it a value")),
            (Value::List(items), BaseType::List(of)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, of).map_err(|wrong| wrong.within(&index))?;
                }
                Ok(())
            }
            // One is taken for a list of one.
            (value, BaseType::List(of)) => self.value(value, of),
            (value, BaseType::Named(name)) => match self.contract.kind(name) {
                Some(Kind::Scalar(scalar)) => scalar_is(*scalar, value, of),
                Some(Kind::Enum(names)) => enum_is(names, value, of),
                Some(Kind::Input(input)) => self.input(input, value, of),
                Some(Kind::Composite(_)) | None => Ok(()),
            },
        }
    }

    fn input(&self, input: &Input, value: &Value, of: &Type) -> Result<(), Wrong> {
        let Value::Object(given) = value else {
            return Err(is_no(value, of, "write its members in braces"));
        };
        for (name, value) in given {
            let Some(member) = input.members.get(name) else {
                let what = format!(
                    "{} has no such member: the schema lists those that it has",
                    named(of)
                );
                return Err(Wrong::new(what).within(name));
            };
            self.value(value, &member.of)
                .map_err(|wrong| wrong.within(name))?;
        }
        let mut missing = (input.members.iter())
            .filter(|(name, member)| member.is_required && !given.contains_key(name.as_str()));
        if let Some((name, member)) = missing.next() {
            let what = format!("it is missing: give it a {}", member.of);
            return Err(Wrong::new(what).within(name));
        }
        if input.is_one_of {
            self.one_of(given.iter(), of)?;
        }
        Ok(())
    }

    /// A variable that may be null could leave none.
    fn one_of<'v>(
        &self,
        mut given: impl ExactSizeIterator<Item = (&'v Name, &'v Value)>,
        of: &Type,
    ) -> Result<(), Wrong> {
        let count = given.len();
        let is_one = match given.next() {
            Some((_, Value::Null)) | None => false,
            Some((name, Value::Variable(variable))) if count == 1 && self.may_be_null(variable) => {
                let what = format!(
                    "${variable} may be null, and {} wants a value: declare it with an exclamation mark",
                    named(of)
                );
                return Err(Wrong::new(what).within(name));
            }
            Some(_) => count == 1,
        };
        if is_one {
            Ok(())
        } else {
            let what = format!(
                "{} takes exactly one member: leave the others out, null is one too",
                named(of)
            );
            Err(Wrong::new(what))
        }
    }

    /// One that is not declared the library refuses.
    fn variable(&self, name: &Name, of: &Type) -> Result<(), Wrong> {
        let Some(definition) = self.variables.get(name) else {
            return Ok(());
        };
        let is = &definition.var_type.node;
        // Nothing in the schema may not be null and has a default, which would count here, too.
        let is_never_null = !is.nullable || has_default(definition);
        if (of.nullable || is_never_null) && holds(&is.base, &of.base) {
            return Ok(());
        }
        let what = format!("${name} is declared as {is}, and {of} is wanted: declare it as that");
        Err(Wrong::new(what))
    }

    fn may_be_null(&self, variable: &Name) -> bool {
        let definition = self.variables.get(variable);
        definition.is_some_and(|definition| definition.var_type.node.nullable)
    }
}

fn has_default(variable: &VariableDefinition) -> bool {
    let default = variable.default_value.as_ref();
    default.is_some_and(|default| default.node != ConstValue::Null)
}

/// Whether whatever is of the one type is of the other, too.
fn holds(is: &BaseType, of: &BaseType) -> bool {
    match (is, of) {
        (BaseType::Named(is), BaseType::Named(of)) => is == of,
        (BaseType::List(is), BaseType::List(of)) => {
            (of.nullable || !is.nullable) && holds(&is.base, &of.base)
        }
        _ => false,
    }
}

fn scalar_is(scalar: Scalar, value: &Value, of: &Type) -> Result<(), Wrong> {
    let (is_right, advice) = match scalar {
        Scalar::Any => return Ok(()),
        Scalar::Int => (
            matches!(value, Value::Number(number) if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())),
            "write a whole number from -2147483648 to 2147483647, without quotes",
        ),
        Scalar::Float => (
            matches!(value, Value::Number(_)),
            "write a number, without quotes",
        ),
        Scalar::Boolean => (
            matches!(value, Value::Boolean(_)),
            "write true or false, without quotes",
        ),
        Scalar::Text => (matches!(value, Value::String(_)), "write it in quotes"),
        Scalar::Secret if matches!(value, Value::String(_)) => return Ok(()),
        Scalar::Secret => return Err(Wrong::new(format!("that is no {of}: write it in quotes"))),
        Scalar::TextOrWhole => (
            matches!(value, Value::String(_))
                || matches!(value, Value::Number(number) if !number.is_f64()),
            "write it in quotes",
        ),
    };
    if is_right {
        Ok(())
    } else {
        Err(is_no(value, of, advice))
    }
}

fn enum_is(names: &HashSet<Name>, value: &Value, of: &Type) -> Result<(), Wrong> {
    match value {
        Value::Enum(name) if names.contains(name) => Ok(()),
        Value::String(text) if names.contains(text.as_str()) => {
            Err(is_no(value, of, &format!("write {text}, without quotes")))
        }
        _ => Err(is_no(
            value,
            of,
            "write one of its values, without quotes; the schema lists them",
        )),
    }
}

fn is_no(value: &Value, of: &Type, advice: &str) -> Wrong {
    let mut written = value.to_string();
    if let Some((end, _)) = written.char_indices().nth(MAX_REPEATED) {
        written.truncate(end);
        written.push('…');
    }
    Wrong::new(format!("{written} is no {of}: {advice}"))
}

#[cfg(test)]
mod tests;
