//! What an action needs before it, and what was judged of it.

use super::action::ActionNode;
use super::node::SessionNode;
use crate::request::Request;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::page::{assumed, times};
use crate::schema::rules::prerequisite::PrerequisiteNode;
use async_graphql::{Context, Enum, Object};
use std::sync::Arc;
use upkeep_domain::maintenance::session::{Action, JudgedNeed, Met, Need, SeenSoftware};
use upkeep_domain::rules::prerequisite;

/// Whether a prerequisite applies on the computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "prerequisite::Judgement")]
pub enum NeedJudgement {
    /// It applies.
    Holds,
    /// It does not apply.
    DoesNotHold,
    /// A look that it depends on told nothing: what needs it fails.
    Unknown,
}

/// What an action needs before it.
pub struct ActionNeed {
    pub session: SessionNode,
    pub action: Arc<Action>,
    pub need: Need,
}

impl ActionNeed {
    fn judged(&self) -> Option<&JudgedNeed> {
        let mut judged = self.action.judged.iter().flatten();
        judged.find(|judged| judged.prerequisite == self.need.prerequisite)
    }
}

/// What an action needs before it, as it was when the session resolved, and whether it applies on the computer.
#[Object]
impl ActionNeed {
    /// The prerequisite, as it is now; nothing if it was removed.
    async fn prerequisite(&self, context: &Context<'_>) -> Option<PrerequisiteNode> {
        let request = Request::of(context);
        PrerequisiteNode::find(request, &self.session.view, self.need.prerequisite)
    }

    /// What it said when the session resolved.
    async fn text(&self) -> &str {
        &self.need.says
    }

    /// The action that brings it about, before; nothing where none does.
    async fn action(&self) -> Option<ActionNode> {
        let (action, _) = self.need.action()?;
        self.session.action_node(action)
    }

    /// Why it is never met, whatever is there; nothing where it may be.
    async fn obstacle(&self) -> Option<&str> {
        match &self.need.met {
            Met::Never { why, .. } => Some(why),
            Met::Before { .. } | Met::AsFound { .. } => None,
        }
    }

    /// Whether it applies; nothing before that was judged, and where the action has nothing to do.
    async fn judgement(&self) -> Option<NeedJudgement> {
        self.judged().map(|judged| judged.judgement.into())
    }

    /// What it was judged by: each software that it asks for, at most 20.
    #[graphql(complexity = "times(assumed::CONDITIONS, child_complexity)")]
    async fn seen(&self) -> Vec<SeenSoftwareNode> {
        let seen = self.judged().into_iter().flat_map(|judged| &judged.seen);
        seen.map(|seen| SeenSoftwareNode {
            session: self.session.clone(),
            seen: seen.clone(),
        })
        .collect()
    }
}

/// What a look at a software told.
pub struct SeenSoftwareNode {
    session: SessionNode,
    seen: SeenSoftware,
}

/// What a look at a software told that a prerequisite asks for.
#[Object(name = "SeenSoftware")]
impl SeenSoftwareNode {
    /// The software.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        SoftwareNode::find(Request::of(context), &self.session.view, self.seen.software)
    }

    /// Whether it was there; nothing where the look told nothing.
    async fn is_installed(&self) -> Option<bool> {
        let finding = self.seen.finding.as_ref()?;
        Some(finding.version().is_some())
    }

    /// The version that was there.
    async fn version(&self) -> Option<&str> {
        let version = self.seen.finding.as_ref()?.version()?;
        Some(version.as_str())
    }
}
