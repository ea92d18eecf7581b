//! Which events somebody wants, checked against what they may see.

use super::EventNode;
use super::actor::{ActorFilter, Wanted};
use super::reading::Reads;
use crate::error::ErrorCode;
use crate::request::Request;
use crate::schema::types::uuid_of;
use async_graphql::{ID, InputObject, Result};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::sync::Arc;
use upkeep_domain::access::{Action, Principal};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agent::AgentEvent;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_domain::maintenance::session::SessionEvent;
use upkeep_event_store::{Position, RecordedEvent, StreamName};
use upkeep_projections::{Extent, View};
use uuid::Uuid;

/// What a script wrote, which is kept beside the domain's events.
const SCRIPT_OUTPUT: &str = "ScriptOutputAppended";

/// Which events.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EventFilter {
    /// Only those of this stream: "deployment-0190…".
    pub stream: Option<String>,
    /// Only those with a greater `revision`, of the one stream that is named: what came since you read a thing at this revision. From the stream's
    /// beginning if not given.
    pub after_revision: Option<u64>,
    /// Only these types, such as DeploymentCreated.
    #[graphql(validator(max_items = 200))]
    pub types: Option<Vec<String>>,
    /// Only those of this tenant.
    pub tenant_id: Option<ID>,
    /// Only those of this computer, its agents and its sessions.
    pub computer_id: Option<ID>,
    /// Only those recorded at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those recorded before this time.
    pub until: Option<DateTime<Utc>>,
    /// Only what this actor did.
    pub actor: Option<ActorFilter>,
    /// Only those of this story: with this `correlationId`. Where neither a stream nor a computer is given the log is looked through, a part for each page.
    pub correlation_id: Option<Uuid>,
    /// Only what this directly led to: with this `causationId`. Where neither a stream nor a computer is given the log is looked through, a part for each page.
    pub causation_id: Option<Uuid>,
}

/// Refuses what is no type of event: nothing would ever fit, and nobody would notice.
fn check_type(name: &str) -> Result<()> {
    let types = || DomainEvent::TYPES.iter().flat_map(|(_, types)| *types);
    if types().any(|known| *known == name) || name == SCRIPT_OUTPUT {
        return Ok(());
    }
    let meant = types().find(|known| known.eq_ignore_ascii_case(name));
    let advice = match meant {
        Some(meant) => format!("{meant} is meant, with these capitals"),
        None => "the `type` of events that are there says how they are written: DeploymentCreated"
            .to_owned(),
    };
    let message = format!("there is no type of event {name:?}: {advice}");
    Err(ErrorCode::BadUserInput.error(message))
}

/// A filter, checked and ready.
pub struct Filter {
    principal: Principal,
    pub(super) stream: Option<String>,
    after_revision: Option<u64>,
    types: Option<HashSet<String>>,
    tenant: Option<TenantId>,
    /// The computer, and what belongs to it as far as is known.
    streams: Option<(ComputerId, HashSet<String>)>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    actor: Option<Wanted>,
    correlation: Option<Uuid>,
    causation: Option<Uuid>,
}

impl Filter {
    /// The filter, if the caller may see what it names.
    pub fn check(request: &Request, view: &View, input: EventFilter) -> Result<Self> {
        let asked = input
            .tenant_id
            .as_ref()
            .map(|id| uuid_of("Tenant", id).map(TenantId))
            .transpose()?;
        // Who belongs to a tenant sees that tenant's events, whatever is asked for.
        let own = request.principal()?.confined_to();
        let tenant = match (own, asked) {
            (Some(own), Some(asked)) if own != asked => {
                request.require(Action::ReadEvents {
                    tenant: Some(asked),
                })?;
                Some(asked)
            }
            (own, asked) => asked.or(own),
        };
        request.require(Action::ReadEvents { tenant })?;
        let streams = match &input.computer_id {
            None => None,
            Some(id) => {
                let computer = ComputerId(uuid_of("Computer", id)?);
                let of = view
                    .tenant_of(computer)
                    .filter(|tenant| request.may(Action::ReadComputer { tenant: *tenant }));
                if of.is_none() {
                    return Err(
                        ErrorCode::NotFound.error("there is no such computer: check the id")
                    );
                }
                let streams = view.streams_of(computer);
                let names = streams.map(|(name, _)| name.to_string()).collect();
                Some((computer, names))
            }
        };
        if input.after_revision.is_some() && input.stream.is_none() {
            let message = "afterRevision counts the events of one stream: give stream, too";
            return Err(ErrorCode::BadUserInput.error(message));
        }
        for name in input.types.iter().flatten() {
            check_type(name)?;
        }
        Ok(Self {
            principal: request.principal()?,
            stream: input.stream,
            after_revision: input.after_revision,
            types: input.types.map(|types| types.into_iter().collect()),
            tenant,
            streams,
            since: input.since,
            until: input.until,
            actor: (input.actor.as_ref()).map_or(Ok(None), Wanted::of)?,
            correlation: input.correlation_id,
            causation: input.causation_id,
        })
    }

    /// The streams that alone can have what fits, where they are known.
    pub fn extents(&self, view: &View) -> Option<Vec<(StreamName, Extent)>> {
        let (computer, _) = self.streams.as_ref()?;
        let of = view.streams_of(*computer);
        let asked = |name: &StreamName| {
            self.stream
                .as_ref()
                .is_none_or(|asked| asked == name.as_str())
        };
        Some(of.filter(|(name, _)| asked(name)).collect())
    }

    /// The last position before everything that fits, where a revision says so.
    pub async fn begin(&self, reads: Reads<'_>) -> Result<Option<Position>> {
        let (Some(stream), Some(after)) = (&self.stream, self.after_revision) else {
            return Ok(None);
        };
        match StreamName::new(stream) {
            Ok(name) if name.is_upkeeps() => reads.position_of(&name, after).await,
            _ => Ok(None),
        }
    }

    /// Whether the event fits; what it says of itself is looked at last, because it has to be parsed.
    fn fits(&self, event: &RecordedEvent) -> bool {
        let name = event.stream.as_str();
        // What others keep in the same store is not what happened here, whatever it says of itself.
        event.stream.is_upkeeps()
            && self.stream.as_ref().is_none_or(|stream| stream == name)
            && (self.after_revision).is_none_or(|after| event.revision > after)
            && self
                .streams
                .as_ref()
                .is_none_or(|(_, streams)| streams.contains(name))
            && self
                .types
                .as_ref()
                .is_none_or(|types| types.contains(&*event.event_type))
            && self.since.is_none_or(|since| event.created >= since)
            && self.until.is_none_or(|until| event.created < until)
    }

    /// Learns from an event what else belongs to the computer that is followed: a session that begins, an agent that turns
    /// out to lead to it. The event itself is one of them.
    pub fn learn(&mut self, event: &RecordedEvent) {
        let Some((computer, streams)) = &mut self.streams else {
            return;
        };
        if !matches!(&*event.event_type, "SessionCreated" | "AgentIdentified") {
            return;
        }
        let of = match event.domain_event() {
            Ok(Some((DomainEvent::Session(SessionEvent::Created(created)), _))) => {
                created.subject.computer()
            }
            Ok(Some((DomainEvent::Agent(AgentEvent::Identified(identified)), _))) => {
                identified.computer
            }
            _ => return,
        };
        if of == *computer {
            streams.insert(event.stream.to_string());
        }
    }

    /// The event, if it fits and may be seen in this view.
    pub fn node(&self, view: &Arc<View>, event: RecordedEvent) -> Option<EventNode> {
        if !self.fits(&event) {
            return None;
        }
        let node = EventNode::new(self.principal, view, event);
        // Only of what the caller sees is found what they look for: what is asked tells nothing that is not shown.
        (self.fits_by_its_words(node.metadata.as_deref()) && node.shown().is_seen()).then_some(node)
    }

    /// Whether it fits by what it says of itself; what is looked for there is not found in an event that says nothing.
    fn fits_by_its_words(&self, metadata: Option<&EventMetadata>) -> bool {
        let Some(told) = metadata else {
            let is_anything_asked = self.tenant.is_some()
                || self.actor.is_some()
                || self.correlation.is_some()
                || self.causation.is_some();
            return !is_anything_asked;
        };
        self.tenant
            .is_none_or(|tenant| told.tenant_id == Some(tenant))
            && self.actor.is_none_or(|wanted| wanted.fits(told.actor))
            && (self.correlation).is_none_or(|asked| told.correlation_id == asked)
            && (self.causation).is_none_or(|asked| told.causation_id == asked)
    }
}
