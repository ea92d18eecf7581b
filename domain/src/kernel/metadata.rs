//! What every event says about itself: who, when, because of what.

use crate::kernel::digest::Sha256Digest;
use crate::kernel::ids::{AgentId, ApiTokenId, CommandId, TenantId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "camelCase")]
pub enum Actor {
    /// A person or an integration, by the API token that was shown.
    User(ApiTokenId),
    /// An agent, by its proof of identity.
    Agent(AgentId),
    /// Whoever has an account on the server's own machine.
    Operator,
    /// Upkeep itself: a sweep, a process manager.
    System,
}

/// The metadata that is stored beside every event. The names with `$` are `EventStoreDB`'s convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventMetadata {
    /// All events of one story share it: of one request, one session.
    #[serde(rename = "$correlationId")]
    pub correlation_id: Uuid,
    /// What directly led to this event: a command's or an event's id.
    #[serde(rename = "$causationId")]
    pub causation_id: Uuid,
    pub command_id: CommandId,
    /// Tells a retried command from another one under the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_digest: Option<Sha256Digest>,
    pub actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// From the server's clock.
    pub time: DateTime<Utc>,
    /// Of the payload's shape, from 1.
    pub version: u16,
    /// Why, in the words of the person who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
