//! Filter expressions: which computers a deployment is for, in CEL, the Common Expression Language
//! (<https://github.com/google/cel-spec>), over the facts of [`SCHEMA`].
//!
//! The grammar is CEL's; what is allowed in it is a part of CEL that always ends, costs little and has an answer for
//! every computer. An expression is checked when it is written: unknown facts and wrong types are errors with a
//! position. It is evaluated over facts that may be unknown: an unknown part leaves the whole unknown, unless `&&` or
//! `||` is decided by its other side, and what is unknown does not match.

mod compile;
mod evaluate;
mod operation;
mod schema;

pub use compile::ExpressionError;
pub use evaluate::{Facts, Outcome, Value};
pub use operation::{OPERATIONS, Operand, Operation};
pub use schema::{Fact, FactDescription, FactType, SCHEMA};

use compile::{Condition, Written, compile};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A checked expression; clones share it.
#[derive(Clone)]
pub struct FilterExpression(Arc<Checked>);

struct Checked {
    source: String,
    /// Made when it is first evaluated: what is only read or kept costs nothing but its text. Nothing if history holds an
    /// expression that this version refuses: it matches no computer.
    condition: OnceLock<Option<Condition>>,
}

impl FilterExpression {
    /// Checks an expression.
    pub fn new(source: &str) -> Result<Self, ExpressionError> {
        compile(source, Written::Now)?;
        Ok(Self::of(source.to_owned()))
    }

    fn of(source: String) -> Self {
        let condition = OnceLock::new();
        Self(Arc::new(Checked { source, condition }))
    }

    /// The same without what was compiled, for a rule that is not in force any more.
    #[must_use]
    pub fn at_rest(&self) -> Self {
        Self::of(self.0.source.clone())
    }

    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether it holds for these facts. Costs at most `MAX_EXPRESSION_PARTS` comparisons.
    pub fn evaluate(&self, facts: &impl Facts) -> Outcome {
        let compiled = || compile(&self.0.source, Written::Before).ok();
        match self.0.condition.get_or_init(compiled) {
            Some(condition) => condition.evaluate(facts),
            None => Outcome::Refused,
        }
    }

    #[cfg(test)]
    pub(crate) fn is_compiled(&self) -> bool {
        self.0.condition.get().is_some()
    }
}

impl PartialEq for FilterExpression {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for FilterExpression {}

impl fmt::Debug for FilterExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.source, f)
    }
}

impl fmt::Display for FilterExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.source)
    }
}

impl Serialize for FilterExpression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.source)
    }
}

/// Reading history never fails on a rule that was made stricter later.
impl<'de> Deserialize<'de> for FilterExpression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
mod tests;
