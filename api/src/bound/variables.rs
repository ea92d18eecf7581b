//! The values of an operation's variables as the specification completes them (GraphQL, 6.1.2).
//!
//! The library looks for a default only where a field takes the variable, not where @skip and @include do, and asks for a value that is
//! missing only where a field that is carried out wants it.

use super::refused::Refused;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::{ServerError, Variables};

/// What was not sent is the default; where there is none, and null may not be, that is told.
pub fn complete(variables: &mut Variables, operation: &OperationDefinition) -> Result<(), Refused> {
    for definition in &operation.variable_definitions {
        let (definition, at) = (&definition.node, definition.pos);
        let name = &definition.name.node;
        if variables.contains_key(name) {
            continue;
        }
        let of = &definition.var_type.node;
        match &definition.default_value {
            Some(default) => {
                variables.insert(name.clone(), default.node.clone());
            }
            None if of.nullable => {}
            None => {
                let message = format!("${name} is a {of} and has no value: send one");
                return Err(Refused::Invalid(ServerError::new(message, Some(at))));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bound::document;
    use serde_json::json;

    fn completed(text: &str, sent: serde_json::Value) -> Result<serde_json::Value, String> {
        let mut variables = Variables::from_json(sent);
        let document = document::parse(text, &variables).unwrap();
        let operation = document::chosen(&document, None).unwrap();
        let done = complete(&mut variables, operation).map_err(|refused| refused.to_string());
        done.map(|()| serde_json::to_value(variables).unwrap())
    }

    #[test]
    fn what_was_not_sent_is_the_default() {
        for (declared, sent, is) in [
            ("$a: Int = 1", json!({}), json!({ "a": 1 })),
            ("$a: Int! = 1", json!({}), json!({ "a": 1 })),
            ("$a: Int = 1", json!({ "a": 2 }), json!({ "a": 2 })),
            ("$a: Int = 1", json!({ "a": null }), json!({ "a": null })),
            ("$a: Int", json!({}), json!({})),
            ("$a: Int = null", json!({}), json!({ "a": null })),
        ] {
            let text = format!("query({declared}) {{ x(a: $a) }}");
            assert_eq!(completed(&text, sent), Ok(is), "{declared}");
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let refused = completed("query($a: [Int!]!) { x(a: $a) }", json!({ "b": 1 }));
        let message = "$a is a [Int!]! and has no value: send one";
        assert_eq!(refused, Err(message.to_owned()));
    }
}
