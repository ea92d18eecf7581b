//! What a deployment was after each change of it, folded from its stream.

use super::desired::DesiredStateNode;
use super::force::{DeploymentStatus, Enforcement};
use super::target::TargetNode;
use crate::error::{self, ErrorCode};
use crate::request::{Request, services};
use crate::schema::catalogue::parameter::{GivenParameter, known};
use crate::schema::event::EventNode;
use crate::schema::page::{Page, PageArguments, assumed, page_of, times};
use crate::schema::types::Change;
use async_graphql::{Context, Enum, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::DeploymentId;
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_domain::rules::deployment::{Deployment, DeploymentEvent, Rule};
use upkeep_event_store::{Direction, ReadError, RecordedEvent, StreamName};
use upkeep_projections::{Stamp, View};

/// Events of one page of the stream.
const READ_AT_ONCE: usize = 256;
/// Most events of one deployment that are folded to tell its revisions.
const MAX_EVENTS: usize = 2_048;

/// A part of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DeploymentPart {
    /// Everything: it was created.
    Created,
    /// The computers that it is for.
    Target,
    /// The state that the item should have.
    Desired,
    /// When it is acted on.
    Enforcement,
    /// Whether it is in force: it was disabled, enabled or deleted.
    Status,
    /// What was decided of what a catalogue recommends.
    Recommendation,
    /// What it tells its task.
    Parameters,
}

impl DeploymentPart {
    const COUNT: usize = 7;

    fn of(event: &DeploymentEvent) -> Self {
        match event {
            DeploymentEvent::Created(_) => Self::Created,
            DeploymentEvent::Retargeted(_) => Self::Target,
            DeploymentEvent::DesiredStateChanged(_) => Self::Desired,
            DeploymentEvent::EnforcementChanged(_) => Self::Enforcement,
            DeploymentEvent::ParametersChanged(_) => Self::Parameters,
            DeploymentEvent::Disabled(_)
            | DeploymentEvent::Enabled(_)
            | DeploymentEvent::Deleted(_) => Self::Status,
            DeploymentEvent::RecommendationApproved(_)
            | DeploymentEvent::RecommendationDismissed(_) => Self::Recommendation,
        }
    }
}

/// What one command made of a deployment.
#[derive(Clone)]
pub struct RevisionNode {
    view: Arc<View>,
    /// The first event of the command; the others say the same of who, when and why.
    event: RecordedEvent,
    made: Stamp,
    revision: u64,
    changed: Vec<DeploymentPart>,
    state: Deployment,
    rule: Arc<Rule>,
}

/// What a deployment was after a change of it: what one mutation changed is one.
#[Object(name = "DeploymentRevision")]
impl RevisionNode {
    /// What the deployment's `revision` was then.
    async fn revision(&self) -> u64 {
        self.revision
    }

    /// Who made it, and when; its position is that of its last event, where all of it was so.
    async fn made(&self) -> Change {
        self.made.into()
    }

    /// The event that made it, the first one if there were several, if you may see it: why, if a person said so. Who only got the deployment by it does
    /// not see it.
    async fn event(&self, context: &Context<'_>) -> Option<EventNode> {
        EventNode::find(Request::of(context), &self.view, &self.event)
    }

    /// What was changed, one entry for each part at most.
    #[graphql(complexity = "times(DeploymentPart::COUNT, child_complexity.max(1))")]
    async fn changed(&self) -> &[DeploymentPart] {
        &self.changed
    }

    /// The computers that it was for from then on; what it names is named as it is called at the moment that is asked about.
    async fn target(&self) -> TargetNode {
        TargetNode {
            view: self.view.clone(),
            target: self.rule.target.clone(),
        }
    }

    /// The state that the item should have had from then on; `meantVersion` is that of the moment that is asked about.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.rule.desired.clone(),
            latest: self.view.latest(self.rule.item).cloned(),
        }
    }

    /// What it told its task from then on, at most 50 parameters and 8 KiB.
    #[graphql(complexity = "times(assumed::PARAMETERS, child_complexity)")]
    async fn parameters(&self) -> Vec<GivenParameter> {
        known(&self.rule.parameters)
    }

    /// When it was acted on from then on.
    async fn enforcement(&self) -> Enforcement {
        self.rule.enforcement.into()
    }

    /// Whether it was in force from then on.
    async fn status(&self) -> DeploymentStatus {
        self.state.lifecycle.into()
    }
}

/// A page of what a deployment was, the oldest first, as far as the caller might have seen it.
pub async fn revisions(
    context: &Context<'_>,
    view: &Arc<View>,
    id: DeploymentId,
    arguments: &PageArguments,
) -> Result<Page<RevisionNode>> {
    let request = Request::of(context);
    let mut all = fold(view, events(context, view, id).await?);
    all.retain(|revision| revision.is_seen(request));
    page_of(
        arguments,
        &all,
        |revision| revision.revision,
        |revision| Some(revision.clone()),
    )
}

impl RevisionNode {
    /// Who sees the deployment now may not have seen it when it was for others.
    fn is_seen(&self, request: &Request) -> bool {
        let scope = self.rule.target.scope;
        let tenant = self.view.tenant_of_scope(scope);
        request.may(Action::ReadDeployment { scope, tenant })
    }
}

/// The events of a deployment, up to the view's position.
async fn events(
    context: &Context<'_>,
    view: &View,
    id: DeploymentId,
) -> Result<Vec<RecordedEvent>> {
    let services = services(context);
    let stream = StreamName::of(Deployment::CATEGORY, id);
    let mut all: Vec<RecordedEvent> = Vec::new();
    loop {
        let from = all.last().map_or(0, |last| last.revision + 1);
        let turn = services.event_read().await?;
        let store = services.commands.store();
        let read = store.read_stream(&stream, from, Direction::Forwards, READ_AT_ONCE);
        let page = match read.await {
            Err(ReadError::StreamDeleted { .. }) => vec![],
            read => read.map_err(|error| error::of_read(&error))?,
        };
        drop(turn);
        let is_last = page.len() < READ_AT_ONCE;
        all.extend(page);
        let is_beyond = all
            .last()
            .is_some_and(|last| last.position > view.position());
        if is_last || is_beyond {
            all.retain(|event| event.position <= view.position());
            return Ok(all);
        }
        if all.len() >= MAX_EVENTS {
            let message = format!(
                "deployment {id} was changed more than {MAX_EVENTS} times: read its events instead, events(filter: {{ stream: \"{stream}\" }})"
            );
            return Err(ErrorCode::LimitExceeded.error(message));
        }
    }
}

/// What each command made of it.
fn fold(view: &Arc<View>, events: Vec<RecordedEvent>) -> Vec<RevisionNode> {
    let mut all: Vec<RevisionNode> = Vec::new();
    let (mut state, mut last_command) = (Deployment::default(), None);
    for event in events {
        let Ok(Some((DomainEvent::Deployment(said), actor))) = event.domain_event() else {
            continue;
        };
        let part = DeploymentPart::of(&said);
        state = state.evolve(&said);
        let Some(rule) = state.rule.clone() else {
            continue;
        };
        let metadata: Option<EventMetadata> = serde_json::from_slice(&event.metadata).ok();
        let command = metadata.map(|metadata| metadata.command_id);
        match all
            .last_mut()
            .filter(|_| command.is_some() && command == last_command)
        {
            Some(same) => {
                same.made.position = event.position;
                same.revision = event.revision;
                same.changed.push(part);
                same.state = state.clone();
                same.rule = rule;
            }
            None => all.push(RevisionNode {
                view: view.clone(),
                made: Stamp {
                    position: event.position,
                    time: event.created,
                    actor,
                },
                revision: event.revision,
                event,
                changed: vec![part],
                state: state.clone(),
                rule,
            }),
        }
        last_command = command;
    }
    all
}
