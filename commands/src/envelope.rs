use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use uuid::Uuid;

/// What goes with a command besides its content.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub command_id: CommandId,
    /// All events of one story share it.
    pub correlation_id: Uuid,
    /// What led to the command; the command itself if nothing did.
    pub causation_id: Option<Uuid>,
    /// Of the whole input, to tell a retry from another command under the same id.
    pub digest: Option<Sha256Digest>,
    pub actor: Actor,
    pub tenant: Option<TenantId>,
    pub reason: Option<String>,
    /// The revision that the sender has seen, if it must still be the newest.
    pub expected_revision: Option<u64>,
}

impl Envelope {
    /// For a command that stands alone.
    pub fn new(command_id: CommandId, actor: Actor) -> Self {
        Self {
            command_id,
            correlation_id: command_id.0,
            causation_id: None,
            digest: None,
            actor,
            tenant: None,
            reason: None,
            expected_revision: None,
        }
    }

    #[must_use]
    pub fn of_tenant(mut self, tenant: Option<TenantId>) -> Self {
        self.tenant = tenant;
        self
    }

    /// For a further step of the same command, in another stream: under an id of its own that follows from this one.
    #[must_use]
    pub fn step(&self, name: &str) -> Self {
        Self {
            command_id: CommandId::derived_from(self.command_id.0, name),
            expected_revision: None,
            ..self.clone()
        }
    }
}
