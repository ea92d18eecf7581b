//! What prerequisites may bring along.

use super::prerequisite::PrerequisiteNode;
use crate::request::Request;
use crate::schema::catalogue::software::SoftwareNode;
use async_graphql::{Context, Object};
use std::sync::Arc;
use upkeep_projections::{Brought, Certainty, View};

/// Something that a prerequisite brings along.
pub struct BroughtNode {
    pub view: Arc<View>,
    pub brought: Brought,
    pub computers: usize,
}

/// Something that a prerequisite may bring along, or that stands against it.
#[Object(name = "BroughtAlong")]
impl BroughtNode {
    /// The prerequisite.
    async fn prerequisite(&self, context: &Context<'_>) -> Option<PrerequisiteNode> {
        PrerequisiteNode::find(Request::of(context), &self.view, self.brought.prerequisite)
    }

    /// The software that comes, or goes; nothing where nothing does.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        SoftwareNode::find(Request::of(context), &self.view, self.brought.software?)
    }

    /// What should become of that software, in words.
    async fn goal(&self) -> Option<&str> {
        self.brought.goal.as_deref()
    }

    /// Why what needs it would fail wherever this applies; nothing where something comes.
    async fn obstacle(&self) -> Option<&str> {
        self.brought.obstacle.as_deref()
    }

    /// Whether it depends on what is there: on a condition of the prerequisite, or of one that it follows from.
    async fn is_conditional(&self) -> bool {
        self.brought.certainty == Certainty::Conditional
    }

    /// On how many computers that you may see it may come.
    async fn computer_count(&self) -> usize {
        self.computers
    }
}
