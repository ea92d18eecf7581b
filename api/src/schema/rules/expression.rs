//! What a filter expression can speak of, so that an editor completes from here and not from a list of its own.

use crate::request::Request;
use crate::schema::page::times;
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use upkeep_domain::rules::expression::{self, FactDescription, OPERATIONS, Operation, SCHEMA};

/// What kind of value a fact has.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "expression::FactType")]
pub enum ExpressionFactType {
    /// A string.
    Text,
    /// An int.
    Whole,
    /// A bool.
    Truth,
    /// A list of strings, each in lower case.
    Tags,
}

/// A fact about a computer that a filter expression can ask.
pub struct FactNode(&'static FactDescription);

/// A fact about a computer that a filter expression can ask.
#[Object(name = "ExpressionFact")]
impl FactNode {
    /// As it is written in an expression.
    async fn path(&self) -> &'static str {
        self.0.path
    }

    /// What kind of value it has.
    async fn fact_type(&self) -> ExpressionFactType {
        self.0.fact_type.into()
    }

    /// The same as CEL calls it: `string`, `int`, `bool` or `list(string)`.
    async fn type_name(&self) -> &'static str {
        self.0.fact_type.name()
    }

    /// Whether it is a version, which `version()` puts in order.
    async fn is_version(&self) -> bool {
        self.0.fact.is_version()
    }

    /// All values that it can have, at most 20; empty where there is no closed list. Another one is a mistake.
    async fn values(&self) -> &'static [&'static str] {
        self.0.values
    }

    /// What it is.
    async fn description(&self) -> &'static str {
        self.0.description
    }

    /// What can be done with it, each with an example; at most 20.
    #[graphql(complexity = "times(OPERATIONS.len(), child_complexity)")]
    async fn operations(&self) -> Vec<ExpressionOperation> {
        let operations = self.0.operations();
        operations
            .map(|operation| ExpressionOperation::of(operation, operation.about(self.0)))
            .collect()
    }
}

/// Something that a filter expression can do.
#[derive(SimpleObject)]
pub struct ExpressionOperation {
    /// As CEL calls it; empty for a fact that is a condition by itself.
    name: &'static str,
    /// How it is written: `FACT` stands for a fact, `VALUE` for a value that the fact can have, `CONDITION` for a condition.
    form: &'static str,
    /// What it says.
    description: &'static str,
    /// An expression with it.
    example: String,
}

impl ExpressionOperation {
    fn of(operation: &Operation, example: String) -> Self {
        Self {
            name: operation.name,
            form: operation.form,
            description: operation.description,
            example,
        }
    }
}

/// What a filter expression can speak of. How large one may be stands in `limits` of the server.
pub struct ExpressionSchema;

/// What a filter expression can speak of: the facts of a computer, and what can be done with them. The language is a part of CEL, the Common
/// Expression Language. How large one may be is said by `limits` of the server.
#[Object]
impl ExpressionSchema {
    /// Every fact that there is, at most 100, sorted by what it is about.
    #[graphql(complexity = "times(SCHEMA.len(), child_complexity)")]
    async fn facts(&self) -> Vec<FactNode> {
        SCHEMA.iter().map(FactNode).collect()
    }

    /// What joins conditions to one; at most 20.
    #[graphql(complexity = "times(OPERATIONS.len(), child_complexity)")]
    async fn connectives(&self) -> Vec<ExpressionOperation> {
        let connectives = OPERATIONS.iter().filter(|line| line.is_connective());
        connectives
            .map(|line| ExpressionOperation::of(line, line.of_conditions()))
            .collect()
    }
}

/// What can be asked about filter expressions.
#[derive(Default)]
pub struct ExpressionQuery;

#[Object]
impl ExpressionQuery {
    /// What the filter expression of a target can speak of, for whoever writes one.
    async fn expression_schema(&self, context: &Context<'_>) -> Result<Option<ExpressionSchema>> {
        Request::of(context).principal()?;
        Ok(Some(ExpressionSchema))
    }
}
