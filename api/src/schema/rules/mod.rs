//! What is wanted, where: deployments, which of them wins, and what that changes.

mod brought;
mod conflict;
pub mod deployment;
pub mod difference;
pub mod expression;
pub mod history;
pub mod ordering;
pub mod prerequisite;
pub mod preview;
pub mod resolution;

use async_graphql::MergedObject;
use deployment::{DeploymentMutation, DeploymentQuery};
use difference::DifferenceQuery;
use expression::ExpressionQuery;
use history::HistoryQuery;
use ordering::{OrderingMutation, OrderingQuery};
use prerequisite::{PrerequisiteMutation, PrerequisiteQuery};
use preview::PreviewQuery;
use resolution::ResolutionQuery;

/// What can be asked about the rules.
#[derive(Default, MergedObject)]
pub struct RulesQuery(
    DeploymentQuery,
    OrderingQuery,
    PrerequisiteQuery,
    ResolutionQuery,
    PreviewQuery,
    DifferenceQuery,
    HistoryQuery,
    ExpressionQuery,
);

/// What can be changed about the rules.
#[derive(Default, MergedObject)]
pub struct RulesMutation(DeploymentMutation, OrderingMutation, PrerequisiteMutation);
