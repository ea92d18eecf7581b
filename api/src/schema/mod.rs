//! The GraphQL schema: the domain's words, as Relay has them.
//!
//! Six contexts, as in `domain`; what is shown of a concept, asked about it and changed in it stands in the file or folder of
//! its name (`node.rs`, `query.rs`, `change.rs` where it is a folder). Beside them [`change`], what all changes have in common,
//! and what many others use.

#[macro_use]
mod change;
#[macro_use]
mod page;

mod access;
mod catalogue;
mod event;
mod fleet;
mod installation;
mod maintenance;
mod node;
mod or_default;
mod part;
mod possible;
mod rules;
mod search;
mod shown;
mod subscription;
mod touched;
pub(crate) mod types;

use crate::MAX_SCHEMA_DEPTH;
use crate::bound::meter::Metered;
use crate::request::Services;
use access::{AccessMutation, AccessQuery};
use async_graphql::{MergedObject, Request, SDLExportOptions, Schema, SchemaBuilder};
use catalogue::{CatalogueMutation, CatalogueQuery};
use event::EventQuery;
use fleet::{FleetMutation, FleetQuery};
use installation::{InstallationMutation, InstallationQuery};
use maintenance::{MaintenanceMutation, MaintenanceQuery};
use node::NodeQuery;
use rules::{RulesMutation, RulesQuery};
use search::SearchQuery;
use std::sync::Arc;
use subscription::Subscription;

/// Everything that can be asked. With `asOf` an answer is exactly the one that would have been given then; a future moment is
/// as if nothing else happened. The position at which an answer is true is in `extensions.position`: with one
/// `asOf` that of the past, otherwise that of the newest view. Where all of a request asks about one past moment, `extensions.asOf` has its
/// `position` and its `time`. A request may have 10,000 selections once its fragments are spread, cost 20,000 (lists count their pages) and be 15 deep; its answer may have 8 MiB.
#[derive(Default, MergedObject)]
pub struct Query(
    NodeQuery,
    FleetQuery,
    CatalogueQuery,
    RulesQuery,
    MaintenanceQuery,
    AccessQuery,
    InstallationQuery,
    EventQuery,
    SearchQuery,
);

/// Everything that can be changed. What the rules refuse is in `userErrors`; what you may not do, and what is
/// broken, are errors of the request. Every answer contains its own change.
#[derive(Default, MergedObject)]
pub struct Mutation(
    FleetMutation,
    CatalogueMutation,
    RulesMutation,
    MaintenanceMutation,
    AccessMutation,
    InstallationMutation,
);

/// The schema.
pub type ApiSchema = Schema<Query, Mutation, Subscription>;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .extension(Metered)
        .limit_recursive_depth(MAX_SCHEMA_DEPTH)
        .limit_directives(16)
}

/// The schema with nothing behind it: to be looked at.
#[cfg(test)]
pub(crate) fn alone() -> ApiSchema {
    builder().finish()
}

pub fn build(services: Arc<Services>) -> ApiSchema {
    builder().data(services).finish()
}

/// What introspection says of every schema that the library makes.
const SCHEMA_DESCRIPTION: &str = "A GraphQL Schema defines the capabilities of a GraphQL server. It exposes all available types and \
                                  directives on the server, as well as the entry points for query, mutation, and subscription \
                                  operations.";

/// The schema as text: what `schema.graphql` holds.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by();
    let sdl = builder().finish().sdl_with_options(options);
    // The library tells it to introspection alone.
    sdl.replacen(
        "\nschema {",
        &format!("\n\"\"\"\n{SCHEMA_DESCRIPTION}\n\"\"\"\nschema {{"),
        1,
    )
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
mod tests;
