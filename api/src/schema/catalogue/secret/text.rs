use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use std::fmt;
use zeroize::Zeroizing;

/// A text that is kept sealed and shown to nobody, not even to whoever wrote it: 4 to 4,096 bytes of UTF-8, without control characters but line breaks and
/// tabs.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text, to be sealed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not shown]")
    }
}

/// It is read and never written: what is made of inputs (the digest that tells a command that is repeated) says nothing of it.
#[Scalar]
impl ScalarType for SecretText {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(Zeroizing::new(text))),
            _ => Err(InputValueError::custom("a secret is a text")),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_nowhere_but_where_it_is_sealed() {
        let text = SecretText::parse(Value::String("hush".into()))
            .ok()
            .unwrap();
        assert_eq!(text.reveal(), "hush");
        assert_eq!(format!("{text:?} {}", text.to_value()), "[not shown] null");
        let refused = SecretText::parse(Value::from(4711)).unwrap_err();
        assert!(!format!("{refused:?}").contains("4711"));
    }
}
