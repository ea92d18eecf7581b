//! How large a document is once its fragments are spread and its variables are used, counted before the GraphQL library
//! sees it.
//!
//! The library's checks spread fragments again and again, without memory and without a pause: thirty fragments that each
//! spread the next twice are a thousand million selections. Here each fragment is counted once. Before that the text
//! itself is looked through, because the library's parser descends as deep as the text is nested.

use super::refused::Refused;
use super::root;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;
use std::collections::HashMap;

/// Most fields, fragment spreads, arguments and directives of a document, its fragments spread.
pub const MAX_SELECTIONS: usize = 10_000;
/// Most values in the arguments of a document: each element of a list and each field of an object is one, each KiB of a
/// text is one more, and a variable counts wherever it is used.
pub const MAX_VALUES: usize = 200_000;
/// How deep braces, brackets and parentheses may be nested in a document.
pub const MAX_NESTING: usize = 64;
/// Longest name in a document.
pub const MAX_NAME_BYTES: usize = 128;
/// Most words and signs of a document as it is written.
pub const MAX_TOKENS: usize = 200_000;
/// What one KiB of a text weighs as one value.
const TEXT_UNIT_BYTES: usize = 1_024;

/// The document of a request, if it is small enough to be looked at.
pub fn parse(text: &str, variables: &Variables) -> Result<ExecutableDocument, Refused> {
    look_through(text)?;
    let mut document = parse_query(text).map_err(|error| Refused::Invalid(error.into()))?;
    weigh(&document, variables)?;
    root::write_out(&mut document)?;
    Ok(document)
}

/// Whether a document has an operation of this kind, whichever is executed.
pub fn has(document: &ExecutableDocument, kind: OperationType) -> bool {
    let mut operations = document.operations.iter();
    operations.any(|(_, operation)| operation.node.ty == kind)
}

/// The operation that will be executed; nothing if it is not clear which one that is.
pub fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let (_, operation) = match name {
        None if operations.len() == 1 => operations.next()?,
        None => return None,
        Some(name) => operations.find(|(other, _)| other.is_some_and(|other| other == name))?,
    };
    Some(&operation.node)
}

/// Looks at the signs of a document: how deep they are nested, how many there are, how long its names are.
fn look_through(text: &str) -> Result<(), Refused> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut tokens) = (0, 0_usize, 0);
    let mut blocks = Blocks::MayClose;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'#' => {
                at = end_of(bytes, at, |byte| !matches!(byte, b'\n' | b'\r'));
                continue;
            }
            b'"' => at = end_of_text(bytes, at, &mut blocks),
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return Err(Refused::Nested);
                }
                at += 1;
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            byte if is_of_name(byte) => {
                at = end_of(bytes, at, is_of_name);
                if at - start > MAX_NAME_BYTES {
                    return Err(Refused::LongName);
                }
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            _ => at += 1,
        }
        tokens += 1;
        if tokens > MAX_TOKENS {
            return Err(Refused::Long);
        }
    }
    Ok(())
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn end_of(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| !belongs(*byte))
        .map_or(bytes.len(), |length| from + length)
}

/// Whether three quotes may still begin a text of several lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blocks {
    MayClose,
    /// One did not end: three quotes are an empty text and the beginning of another one.
    NeverClose,
}

/// Behind the closing quotes of a text, or where it is clear that it is none.
fn end_of_text(bytes: &[u8], from: usize, blocks: &mut Blocks) -> usize {
    if *blocks == Blocks::MayClose && bytes[from..].starts_with(b"\"\"\"") {
        if let Some(end) = end_of_block(bytes, from + 3) {
            return end;
        }
        *blocks = Blocks::NeverClose;
    }
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            // A text of one line that does not end there is no text: what follows counts again.
            b'\n' | b'\r' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_block(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if bytes[at..].starts_with(b"\"\"\"") {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
    None
}

/// How much there is.
#[derive(Clone, Copy, Default)]
struct Weight {
    selections: usize,
    values: usize,
}

impl Weight {
    fn and(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            values: self.values.saturating_add(other.values),
        }
    }
}

/// What is known of a fragment.
#[derive(Clone, Copy)]
enum Known {
    /// It is being counted: whoever meets it now is inside it.
    Open,
    Counted(Weight),
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    /// What a use of each variable weighs.
    variables: HashMap<&'a str, usize>,
    fragments: HashMap<&'a str, Known>,
    /// How deep it is in selections, through fragments too.
    depth: usize,
}

fn weigh(document: &ExecutableDocument, variables: &Variables) -> Result<(), Refused> {
    let mut scale = Scale {
        document,
        variables: HashMap::new(),
        fragments: HashMap::new(),
        depth: 0,
    };
    for (name, value) in variables.iter() {
        scale.variables.insert(name, weight_of(value));
    }
    for (_, operation) in document.operations.iter() {
        scale.know_defaults(&operation.node);
    }
    let mut whole = Weight::default();
    for (_, operation) in document.operations.iter() {
        whole = whole.and(scale.operation(&operation.node)?);
    }
    // Those too that nothing spreads: the library's checks look at each of them by itself.
    for (name, fragment) in &document.fragments {
        whole = whole.and(scale.fragment(name)?);
        whole = whole.and(scale.directives(&fragment.node.directives));
    }
    if whole.selections > MAX_SELECTIONS {
        Err(Refused::Selections)
    } else if whole.values > MAX_VALUES {
        Err(Refused::Values)
    } else {
        Ok(())
    }
}

impl<'a> Scale<'a> {
    /// A variable weighs the heavier of what was sent and what is taken if nothing was sent, whichever operation runs.
    fn know_defaults(&mut self, operation: &'a OperationDefinition) {
        for definition in &operation.variable_definitions {
            let name = definition.node.name.node.as_str();
            let default = definition.node.default_value.as_ref();
            let default = default.map_or(0, |value| weight_of(&value.node));
            let known = self.variables.entry(name).or_default();
            *known = (*known).max(default);
        }
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Weight, Refused> {
        let mut weight = self.directives(&operation.directives);
        for definition in &operation.variable_definitions {
            let default = definition.node.default_value.as_ref();
            let itself = Weight {
                selections: 1,
                values: default.map_or(0, |value| weight_of(&value.node)),
            };
            let directives = self.directives(&definition.node.directives);
            weight = weight.and(itself).and(directives);
        }
        Ok(weight.and(self.selection_set(&operation.selection_set.node)?))
    }

    fn selection_set(&mut self, set: &'a SelectionSet) -> Result<Weight, Refused> {
        if self.depth >= MAX_NESTING {
            return Err(Refused::Nested);
        }
        self.depth += 1;
        let weight = self.selections(set);
        self.depth -= 1;
        weight
    }

    fn selections(&mut self, set: &'a SelectionSet) -> Result<Weight, Refused> {
        let mut weight = Weight::default();
        for selection in &set.items {
            let directives = self.directives(selection.node.directives());
            let inside = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => {
                    self.selection_set(&inline.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?
                }
            };
            let itself = Weight {
                selections: 1,
                values: 0,
            };
            weight = weight.and(itself).and(directives).and(inside);
        }
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field) -> Result<Weight, Refused> {
        let arguments = self.arguments(&field.arguments);
        Ok(arguments.and(self.selection_set(&field.selection_set.node)?))
    }

    fn fragment(&mut self, name: &'a Name) -> Result<Weight, Refused> {
        match self.fragments.get(name.as_str()) {
            Some(Known::Counted(weight)) => return Ok(*weight),
            Some(Known::Open) => return Err(Refused::Cycle(name.to_string())),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Weight::default());
        };
        self.fragments.insert(name.as_str(), Known::Open);
        let weight = self.selection_set(&fragment.node.selection_set.node)?;
        self.fragments.insert(name.as_str(), Known::Counted(weight));
        Ok(weight)
    }

    fn directives(&self, directives: &'a [Positioned<Directive>]) -> Weight {
        directives.iter().fold(Weight::default(), |weight, next| {
            let itself = Weight {
                selections: 1,
                values: 0,
            };
            weight.and(itself).and(self.arguments(&next.node.arguments))
        })
    }

    fn arguments(&self, arguments: &'a [(Positioned<Name>, Positioned<Value>)]) -> Weight {
        arguments
            .iter()
            .fold(Weight::default(), |weight, (_, value)| {
                weight.and(Weight {
                    selections: 1,
                    values: self.value(&value.node),
                })
            })
    }

    fn value(&self, value: &Value) -> usize {
        let sum = |sum: usize, next: usize| sum.saturating_add(next);
        match value {
            Value::Variable(name) => self
                .variables
                .get(name.as_str())
                .copied()
                .unwrap_or_default()
                .max(1),
            Value::List(items) => items.iter().map(|item| self.value(item)).fold(1, sum),
            Value::Object(fields) => fields.values().map(|field| self.value(field)).fold(1, sum),
            Value::String(text) => weight_of_text(text.len()),
            _ => 1,
        }
    }
}

fn weight_of(value: &ConstValue) -> usize {
    let sum = |sum: usize, next: usize| sum.saturating_add(next);
    match value {
        ConstValue::List(items) => items.iter().map(weight_of).fold(1, sum),
        ConstValue::Object(fields) => fields.values().map(weight_of).fold(1, sum),
        ConstValue::String(text) => weight_of_text(text.len()),
        _ => 1,
    }
}

fn weight_of_text(bytes: usize) -> usize {
    1 + bytes / TEXT_UNIT_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fmt::Write as _;

    fn refused(text: &str) -> Option<Refused> {
        parse(text, &Variables::default()).err()
    }

    /// A document of so many fragments, each of which spreads the next so many times.
    fn chain(length: usize, times: usize) -> String {
        let mut text = String::from("{ ...F0 }");
        for at in 0..length {
            let spread = format!("...F{} ", at + 1).repeat(times);
            write!(text, " fragment F{at} on Query {{ {spread} }}").unwrap();
        }
        text + &format!(" fragment F{length} on Query {{ __typename }}")
    }

    #[test]
    fn fragments_that_spread_each_other_are_counted_without_being_spread() {
        assert!(refused(&chain(3, 2)).is_none());
        for (length, times) in [(30, 2), (30, 3), (60, 9)] {
            assert!(
                matches!(refused(&chain(length, times)), Some(Refused::Selections)),
                "{length} by {times}"
            );
        }
    }

    #[test]
    fn a_row_of_fragments_is_as_deep_as_it_is_long() {
        assert!(matches!(refused(&chain(70, 1)), Some(Refused::Nested)));
    }

    #[test]
    fn what_no_operation_spreads_counts_too() {
        let text = chain(30, 2).replacen("{ ...F0 }", "{ __typename }", 1);
        assert!(matches!(refused(&text), Some(Refused::Selections)));
        let many = "{ viewer { ...F } } ".to_owned()
            + &(0..200).fold(String::new(), |mut text, at| {
                write!(text, "query Q{at} {{ ...F }} ").unwrap();
                text
            })
            + &format!("fragment F on Query {{ {} }}", "__typename ".repeat(100));
        let many = many.replacen("{ viewer", "query Q { viewer", 1);
        assert!(matches!(refused(&many), Some(Refused::Selections)));
    }

    #[test]
    fn fragments_that_contain_themselves_are_refused() {
        for text in [
            "{ ...A } fragment A on Query { ...A }",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { x { ...A } }",
            "{ x } fragment A on Query { ...B } fragment B on Query { ...A }",
        ] {
            assert!(matches!(refused(text), Some(Refused::Cycle(_))), "{text}");
        }
    }

    #[test]
    fn nesting_of_every_kind_is_bounded_before_the_parser_descends() {
        let deep = 200_000;
        for (open, close) in [("{a", "}"), ("{a(b:[", "])}")] {
            let text = open.repeat(deep) + &close.repeat(deep);
            assert!(matches!(refused(&text), Some(Refused::Nested)), "{open}");
        }
        let value = format!("{{ a(b: {}{}) }}", "[".repeat(deep), "]".repeat(deep));
        assert!(matches!(refused(&value), Some(Refused::Nested)));
        let kind = format!(
            "query($v: {}X{}) {{ a }}",
            "[".repeat(deep),
            "]".repeat(deep)
        );
        assert!(matches!(refused(&kind), Some(Refused::Nested)));
    }

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        let brackets = "[".repeat(1_000);
        for text in [
            format!("{{ a(b: \"{brackets}\") }}"),
            format!("{{ a(b: \"\\\"{brackets}\") }}"),
            format!("{{ a(b: \"\"\"{brackets}\n\\\"\"\" {brackets}\"\"\") }}"),
            format!("{{ a # {brackets}\n }}"),
        ] {
            assert!(refused(&text).is_none(), "{text}");
        }
        // Unless the text only seems to be one.
        let broken = format!("{{ a(b: \"\n{brackets}\") }}");
        assert!(matches!(refused(&broken), Some(Refused::Nested)));
        let unclosed = format!("{{ a(b: [\"\"\" x\" {brackets} ]) }}");
        assert!(matches!(refused(&unclosed), Some(Refused::Nested)));
    }

    #[test]
    fn a_variable_counts_wherever_it_is_used() {
        let variables = Variables::from_json(json!({ "v": vec![0; 100_000] }));
        let once = parse("query($v: [Int!]) { a(b: $v) }", &variables);
        assert!(once.is_ok());
        let thrice = parse(
            "query($v: [Int!]) { a(b: $v) c: a(b: $v) d: a(b: $v) }",
            &variables,
        );
        assert!(matches!(thrice, Err(Refused::Values)));
        let texts = Variables::from_json(json!({ "v": "x".repeat(1_000_000) }));
        let used = "a(b: $v) ".repeat(300);
        let document = format!("query($v: String) {{ {used} }}");
        assert!(matches!(parse(&document, &texts), Err(Refused::Values)));
    }

    #[test]
    fn long_names_and_endless_documents_are_refused() {
        let name = "a".repeat(MAX_NAME_BYTES + 1);
        assert!(matches!(
            refused(&format!("{{ {name} }}")),
            Some(Refused::LongName)
        ));
        assert!(matches!(
            refused(&format!("{{ {} }}", "a ".repeat(300_000))),
            Some(Refused::Long)
        ));
        assert!(matches!(
            refused(&format!("{{ {} }}", "a ".repeat(MAX_SELECTIONS + 1))),
            Some(Refused::Selections)
        ));
    }

    #[test]
    fn what_will_be_executed_is_known_beforehand() {
        let document = parse("query A { x } mutation B { y }", &Variables::default()).unwrap();
        let kind = |document, name| chosen(document, name).map(|operation| operation.ty);
        assert_eq!(kind(&document, Some("A")), Some(OperationType::Query));
        assert_eq!(kind(&document, Some("B")), Some(OperationType::Mutation));
        assert_eq!(kind(&document, None), None);
        assert!(has(&document, OperationType::Mutation));
        assert!(!has(&document, OperationType::Subscription));
    }
}
