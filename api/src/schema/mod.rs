//! The GraphQL schema: the domain's words, as Relay has them.

#[macro_use]
mod order;

mod agent;
mod change;
mod computer;
mod deployment;
mod difference;
mod event;
mod facts;
mod fleet;
mod mutation;
mod node;
mod outcome;
mod page;
mod query;
mod resolution;
mod session;
mod shown;
mod software;
mod subscription;
mod tenant;
mod token;
mod types;

use crate::request::Services;
use crate::{MAX_COST, MAX_DEPTH};
use async_graphql::{MergedObject, Request, Schema, SchemaBuilder};
use change::{DeploymentMutation, FactMutation};
use fleet::ResolutionQuery;
use mutation::CoreMutation;
use query::CoreQuery;
use std::sync::Arc;
use subscription::Subscription;

/// Everything that can be asked. With `asOf` an answer is exactly the one that would have been given then; a future moment is
/// as if nothing else happened. The position at which an answer is true is in `extensions.position`.
#[derive(Default, MergedObject)]
pub struct Query(CoreQuery, ResolutionQuery);

/// Everything that can be changed. What the rules refuse is in `userErrors`; what you may not do, and what is
/// broken, are errors of the request. Every answer contains its own change.
#[derive(Default, MergedObject)]
pub struct Mutation(CoreMutation, DeploymentMutation, FactMutation);

/// The schema.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COST)
        .limit_directives(16)
}

pub fn build(services: Arc<Services>) -> ApiSchema {
    builder().data(services).finish()
}

/// The schema as text: what `schema.graphql` holds.
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// Types, fields, arguments and enum values without a description; none, if all is well.
pub async fn undescribed() -> Vec<String> {
    // Without the limits: an introspection is deep.
    let schema = Schema::new(Query::default(), Mutation::default(), Subscription);
    let query = "{ __schema { types { name kind description
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description }
        enumValues(includeDeprecated: true) { name description } } } }";
    let answer = schema.execute(Request::new(query)).await;
    let Ok(data) = answer.data.into_json() else {
        return vec!["the introspection failed".to_owned()];
    };
    let mut missing = Vec::new();
    for item in list(&data["__schema"]["types"]) {
        let name = item["name"].as_str().unwrap_or_default();
        if name.starts_with("__") {
            continue;
        }
        if is_blank(item) && !matches!(name, "String" | "Int" | "Float" | "Boolean" | "ID") {
            missing.push(name.to_owned());
        }
        for kind in ["fields", "inputFields", "enumValues"] {
            for part in list(&item[kind]) {
                let path = format!("{name}.{}", part["name"].as_str().unwrap_or_default());
                for argument in list(&part["args"]) {
                    if is_blank(argument) {
                        let argument = argument["name"].as_str().unwrap_or_default();
                        missing.push(format!("{path}({argument})"));
                    }
                }
                if is_blank(part) {
                    missing.push(path);
                }
            }
        }
    }
    missing
}

fn list(value: &serde_json::Value) -> &[serde_json::Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn is_blank(item: &serde_json::Value) -> bool {
    item["description"]
        .as_str()
        .is_none_or(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_type_field_and_argument_has_a_description() {
        assert_eq!(undescribed().await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn every_connection_has_a_page_and_nested_pages_cost_their_product() {
        let query =
            "{ __schema { types { fields { name type { ofType { name } } args { name } } } } }";
        let schema = Schema::new(Query::default(), Mutation::default(), Subscription);
        let answer = schema
            .execute(Request::new(query))
            .await
            .data
            .into_json()
            .unwrap();
        let types = list(&answer["__schema"]["types"]);
        let fields: Vec<_> = types
            .iter()
            .flat_map(|kind| list(&kind["fields"]))
            .filter(|field| {
                let name = field["type"]["ofType"]["name"].as_str().unwrap_or_default();
                name.ends_with("Connection")
            })
            .collect();
        assert!(fields.len() >= 10, "there are connections");
        for field in fields {
            assert!(
                list(&field["args"])
                    .iter()
                    .any(|argument| argument["name"] == "first"),
                "{field}"
            );
        }

        let greedy =
            "{ computers(first: 100) { nodes { sessions(first: 100) { nodes { id status } } } } }";
        let answer = builder().finish().execute(Request::new(greedy)).await;
        assert!(
            answer.errors[0].message.contains("complex"),
            "{:?}",
            answer.errors
        );
    }
}
