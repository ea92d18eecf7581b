//! Computers that need somebody, and why.

use super::computer::{ComputerNode, Seen, Sight};
use crate::request::{Request, view_at};
use crate::schema::fleet::tenant::confine;
use crate::schema::maintenance::session::SessionNode;
use crate::schema::page::{Page, PageArguments, list_cost, page_of, skip_cost};
use crate::schema::types::AsOfInput;
use async_graphql::{Context, Enum, ID, Object, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use upkeep_domain::fleet::agent::{HoldReason, Standing};
use upkeep_domain::fleet::computer::OnboardingStatus;
use upkeep_domain::kernel::ids::ComputerId;
use upkeep_domain::maintenance::session::{Ending, Status};
use upkeep_projections::{Place, Trouble, View};

/// Why a computer needs somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttentionReason {
    /// An agent of it, or one that claims to be, is held until a person decides who it is.
    AgentHeld,
    /// Every action of its newest session failed.
    SessionFailed,
    /// Some actions of its newest session failed.
    SessionPartiallyPassed,
    /// It did not come online for its newest session within 7 days.
    SessionMissed,
    /// It needs onboarding.
    Onboarding,
}

impl AttentionReason {
    fn sentence(self) -> &'static str {
        match self {
            Self::AgentHeld => "An agent is held: look who it is, and release or revoke it.",
            Self::SessionFailed => "Every action of its newest session failed.",
            Self::SessionPartiallyPassed => "Some actions of its newest session failed.",
            Self::SessionMissed => "It did not come online for its newest session within 7 days.",
            Self::Onboarding => {
                "It needs onboarding: start a full session, or say that it needs none."
            }
        }
    }

    fn of_trouble(trouble: Trouble) -> Option<Self> {
        match trouble.status {
            Status::Ended(Ending::Failed) => Some(Self::SessionFailed),
            Status::Ended(Ending::PartiallyPassed) => Some(Self::SessionPartiallyPassed),
            Status::Missed => Some(Self::SessionMissed),
            Status::Ended(Ending::Passed)
            | Status::Queued
            | Status::Running(_)
            | Status::Cancelled => None,
        }
    }
}

/// The computers that agents claim to be which are held for it and lead nowhere.
pub fn claimed(sight: &Sight) -> BTreeSet<ComputerId> {
    let agents = sight.view.unidentified_agents();
    let held = agents.filter_map(|id| {
        let agent = &sight.view.agents.get(id)?.state;
        let tenant = agent.enrolment.as_ref()?.tenant;
        match agent.hold {
            Some(HoldReason::ClaimedHardware { computer })
                if agent.standing == Standing::Held && sight.sees(tenant) =>
            {
                Some(computer)
            }
            _ => None,
        }
    });
    held.collect()
}

/// Why a computer needs somebody: at most one reason of each kind.
pub fn reasons(
    sight: &Sight,
    claimed: &BTreeSet<ComputerId>,
    seen: Seen<'_>,
) -> Vec<AttentionReason> {
    if seen.is_removed() {
        return vec![];
    }
    let row = seen.row;
    let is_held = row.agents.are_held || claimed.contains(&row.place.id);
    let trouble = sight.view.trouble_of(row.place.id);
    let needs_onboarding = row.onboarding == OnboardingStatus::NeedsOnboarding;
    [
        is_held.then_some(AttentionReason::AgentHeld),
        trouble.and_then(AttentionReason::of_trouble),
        needs_onboarding.then_some(AttentionReason::Onboarding),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A computer that needs somebody.
pub struct AttentionNode {
    view: Arc<View>,
    computer: ComputerNode,
    id: ComputerId,
    reasons: Vec<AttentionReason>,
}

/// A computer that needs somebody.
#[Object(name = "ComputerAttention")]
impl AttentionNode {
    /// The computer.
    async fn computer(&self) -> &ComputerNode {
        &self.computer
    }

    /// Why, the most urgent first; at most three.
    #[graphql(complexity = "3")]
    async fn reasons(&self) -> &[AttentionReason] {
        &self.reasons
    }

    /// The same in sentences.
    async fn text(&self) -> String {
        let sentences = self.reasons.iter().map(|reason| reason.sentence());
        sentences.collect::<Vec<_>>().join(" ")
    }

    /// The newest session that came to an end, if it did not go well. One that is too old for lists is null here.
    async fn session(&self, context: &Context<'_>) -> Option<SessionNode> {
        let trouble = self.view.trouble_of(self.id)?;
        SessionNode::find(Request::of(context), &self.view, trouble.session)
    }
}

/// What can be asked about computers that need somebody.
#[derive(Default)]
pub struct AttentionQuery;

#[Object]
impl AttentionQuery {
    /// The computers that you may see and that need somebody, in the order in which they were first seen.
    #[graphql(complexity = "50 + list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn attention(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
        #[graphql(
            desc = "Only those with one of these reasons, at most five; all if not given.",
            validator(max_items = 5)
        )]
        reasons_in: Option<Vec<AttentionReason>>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<AttentionNode>>> {
        let view = view_at(context, as_of).await?;
        let within = confine(Request::of(context), &view, tenant_id.as_ref())?;
        let sight = Sight::of(context, &view, within)?;
        let claimed = claimed(&sight);
        let is_asked = |reasons: &[AttentionReason]| match &reasons_in {
            None => !reasons.is_empty(),
            Some(asked) => reasons.iter().any(|reason| asked.contains(reason)),
        };
        let needing = sight.computers().filter_map(|seen| {
            let reasons = reasons(&sight, &claimed, seen);
            is_asked(&reasons).then_some((seen.row.place, reasons))
        });
        let needing: Vec<(Place<ComputerId>, Vec<AttentionReason>)> = needing.collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let node = |(place, reasons): &(Place<ComputerId>, Vec<AttentionReason>)| {
            Some(AttentionNode {
                view: view.clone(),
                computer: ComputerNode::get(&view, place.id)?,
                id: place.id,
                reasons: reasons.clone(),
            })
        };
        page_of(&arguments, &needing, |(place, _)| *place, node).map(Some)
    }
}
