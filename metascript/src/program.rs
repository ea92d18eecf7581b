//! What is run: a script, the shared functions that it may use, and what it is given.

use crate::{MAX_CHUNK_BYTES, MAX_INPUTS, MAX_PARAMETER_BYTES, MAX_SHARED};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use upkeep_domain::kernel::digest::Sha256Digest;

/// A script and the shared functions that `use` finds, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    script: String,
    shared: BTreeMap<String, String>,
}

/// What a script is given when it begins, and has until it ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    parameters: BTreeMap<String, Value>,
    /// Names only.
    secrets: BTreeSet<String>,
}

/// What a journal is of: the same script with the same inputs, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pins {
    pub program: Sha256Digest,
    pub inputs: Sha256Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    #[error(
        "{chunk} has {bytes} bytes: at most {MAX_CHUNK_BYTES} are allowed; put parts of it into shared functions"
    )]
    TooLong { chunk: String, bytes: usize },
    #[error("there are {0} shared functions: at most {MAX_SHARED} are allowed")]
    TooMany(usize),
    #[error(
        "{0:?} names no shared function: use letters, digits, - and _, at most 64 of them, and not metascript"
    )]
    Name(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputsError {
    #[error("there are {0} parameters or secrets: at most {MAX_INPUTS} are allowed")]
    TooMany(usize),
    #[error("the parameter {0} is too large: at most {MAX_PARAMETER_BYTES} bytes are allowed")]
    TooLarge(String),
    #[error("{0:?} names no parameter or secret: use letters, digits, - and _, at most 64 of them")]
    Name(String),
}

/// What the script itself is called in messages.
pub(crate) const SCRIPT_NAME: &str = "metascript";
const MAX_NAME_BYTES: usize = 64;

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&text.len())
        && (text.chars()).all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

impl Program {
    pub fn new(
        script: impl Into<String>,
        shared: BTreeMap<String, String>,
    ) -> Result<Self, ProgramError> {
        let script = script.into();
        if shared.len() > MAX_SHARED {
            return Err(ProgramError::TooMany(shared.len()));
        }
        if let Some(name) = (shared.keys()).find(|name| !is_name(name) || *name == SCRIPT_NAME) {
            return Err(ProgramError::Name(name.clone()));
        }
        let chunks = (shared.iter()).map(|(name, text)| (name.as_str(), text));
        for (chunk, text) in chunks.chain([(SCRIPT_NAME, &script)]) {
            if text.len() > MAX_CHUNK_BYTES {
                let chunk = chunk.to_owned();
                return Err(ProgramError::TooLong {
                    chunk,
                    bytes: text.len(),
                });
            }
        }
        Ok(Self { script, shared })
    }

    /// A script that uses nothing.
    pub fn of(script: impl Into<String>) -> Result<Self, ProgramError> {
        Self::new(script, BTreeMap::new())
    }

    pub(crate) fn script(&self) -> &str {
        &self.script
    }

    pub(crate) fn shared(&self, name: &str) -> Option<&str> {
        self.shared.get(name).map(String::as_str)
    }

    /// Names script and shared functions by what they say.
    pub fn digest(&self) -> Sha256Digest {
        let mut hash = Sha256::new();
        let chunks = (self.shared.iter()).map(|(name, text)| (name.as_str(), text));
        for (name, text) in [("", &self.script)].into_iter().chain(chunks) {
            for part in [name, text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        Sha256Digest(hash.finalize().into())
    }

    pub fn pins(&self, inputs: &Inputs) -> Pins {
        Pins {
            program: self.digest(),
            inputs: inputs.digest(),
        }
    }
}

impl Inputs {
    /// Parameters with their values, and the names of the secrets that the script may use.
    pub fn new(
        parameters: BTreeMap<String, Value>,
        secrets: BTreeSet<String>,
    ) -> Result<Self, InputsError> {
        let most = parameters.len().max(secrets.len());
        if most > MAX_INPUTS {
            return Err(InputsError::TooMany(most));
        }
        if let Some(name) = parameters
            .keys()
            .chain(&secrets)
            .find(|name| !is_name(name))
        {
            return Err(InputsError::Name(name.clone()));
        }
        let too_large = |value: &Value| value.to_string().len() > MAX_PARAMETER_BYTES;
        if let Some((name, _)) = parameters.iter().find(|(_, value)| too_large(value)) {
            return Err(InputsError::TooLarge(name.clone()));
        }
        Ok(Self {
            parameters,
            secrets,
        })
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name)
    }

    pub(crate) fn has_secret(&self, name: &str) -> bool {
        self.secrets.contains(name)
    }

    fn digest(&self) -> Sha256Digest {
        let secrets: Vec<Value> = self
            .secrets
            .iter()
            .map(|name| name.as_str().into())
            .collect();
        let parameters = (self.parameters.iter())
            .map(|(name, value)| Value::from(vec![name.as_str().into(), sorted(value)]))
            .collect::<Vec<_>>();
        let whole = Value::from(vec![Value::from(parameters), Value::from(secrets)]);
        Sha256Digest::of(whole.to_string().as_bytes())
    }
}

/// The same with the members of every object in the order of their names, however `serde_json` keeps them.
pub(crate) fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = (members.iter())
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect();
            members.into_iter().collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shared(name: &str, text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), text.to_owned())])
    }

    #[test]
    fn a_program_is_named_by_all_that_it_says() {
        let program =
            |script, name, text| Program::new(script, shared(name, text)).unwrap().digest();
        let first = program("return 1", "a", "return 2");
        assert_eq!(first, program("return 1", "a", "return 2"));
        for other in [
            program("return 2", "a", "return 2"),
            program("return 1", "b", "return 2"),
            program("return 1", "a", "return 3"),
            program("return 1a", "r", "eturn 2"),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_program_is_bounded() {
        let long = "x".repeat(MAX_CHUNK_BYTES + 1);
        assert!(matches!(
            Program::of(&*long),
            Err(ProgramError::TooLong { .. })
        ));
        assert!(matches!(
            Program::new("", shared("a", &long)),
            Err(ProgramError::TooLong { .. })
        ));
        for name in ["", "a b", "=metascript", "metascript", "a\n"] {
            assert_eq!(
                Program::new("", shared(name, "")),
                Err(ProgramError::Name(name.into()))
            );
        }
        let many = (0..=MAX_SHARED)
            .map(|n| (format!("f{n}"), String::new()))
            .collect();
        assert!(matches!(
            Program::new("", many),
            Err(ProgramError::TooMany(_))
        ));
    }

    #[test]
    fn inputs_are_bounded_and_named_whatever_the_order_of_their_members() {
        let given = |text: &str| {
            let value = serde_json::from_str(text).unwrap();
            Inputs::new(BTreeMap::from([("p".into(), value)]), BTreeSet::new())
        };
        assert_eq!(
            given(r#"{"a":1,"b":2}"#).unwrap().digest(),
            given(r#"{"b":2,"a":1}"#).unwrap().digest()
        );
        assert_ne!(given("1").unwrap().digest(), given("2").unwrap().digest());
        let large = json!("x".repeat(MAX_PARAMETER_BYTES)).to_string();
        assert_eq!(given(&large), Err(InputsError::TooLarge("p".into())));
    }
}
