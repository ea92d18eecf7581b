//! What each command takes, and who may be told of what: asked once, before anything is decided.

use crate::access::{Action, Denied, Owner, Permission, Principal, has};
use crate::fleet::passage::Passage;
use crate::kernel::decider::Decider;
use crate::kernel::ids::{AgentId, ComputerId, PersonId, SecretId, TenantId};
use crate::rules::deployment::Scope;

/// Where things are, which permission follows from.
pub trait Whereabouts {
    fn tenant_of_computer(&self, computer: ComputerId) -> Option<TenantId>;
    fn tenant_of_person(&self, person: PersonId) -> Option<TenantId>;
    /// Whose a secret is; within it, nothing where it is the installation's. Nothing where there is none.
    fn owner_of_secret(&self, secret: SecretId) -> Option<Option<TenantId>>;
    /// The computer that an agent leads to.
    fn computer_of_agent(&self, agent: AgentId) -> Option<ComputerId>;
}

/// The tenant whose things a scope is about; none where it is about several, or about nobody known.
pub fn tenant_of_scope(scope: Scope, world: &dyn Whereabouts) -> Option<TenantId> {
    match scope {
        Scope::CrossTenant => None,
        Scope::SingleTenant { tenant, .. } => Some(tenant),
        Scope::Individual { computer } => world.tenant_of_computer(computer),
        Scope::Person { person } => world.tenant_of_person(person),
    }
}

/// One thing that a command takes of whoever sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To have this permission for what is its owner's, by the table of roles.
    Permission(Permission, Owner),
    /// To be this agent.
    Agent(AgentId),
    /// To be an agent that leads to this computer.
    AgentOf(ComputerId),
    /// To be a server of this installation.
    Server,
}

impl From<Action> for Need {
    fn from(action: Action) -> Self {
        let (permission, owner) = action.needs();
        Self::Permission(permission, owner)
    }
}

/// Whoever sends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A person or an integration.
    Principal(Principal),
    /// An agent that has proven its key.
    Agent(AgentId),
    /// A server of this installation, for what happens by itself: it may everything.
    Server,
}

/// Who may be told of the events of one kind of aggregate, of those who may read the events of their tenant at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever may read the events of the tenant that they are of.
    Tenant,
    /// Whoever is confined to no tenant.
    Installation,
}

/// An aggregate of which it is known what its commands take and who sees it.
pub trait Guarded: Decider {
    /// What one is called in a sentence: "there is no such tenant".
    const NOUN: &'static str;

    /// Who may be told of its events.
    const AUDIENCE: Audience;

    /// What seeing this one takes; nothing where there is none to be seen.
    fn sight(&self, id: Self::Id, world: &dyn Whereabouts) -> Option<Action>;

    /// What it takes to be told that this one exists, where something is asked for that one may not do to it.
    fn notice(&self, id: Self::Id, world: &dyn Whereabouts) -> Option<Action> {
        self.sight(id, world)
    }

    /// Everything that a command takes, where this is so now. Each command is named, so that a new one does not compile
    /// until somebody said what it takes.
    fn needs(&self, id: Self::Id, command: &Self::Command, world: &dyn Whereabouts) -> Vec<Need>;

    /// The tenant of which the command's events tell; none where they are about none.
    fn tenant(
        &self,
        id: Self::Id,
        command: &Self::Command,
        world: &dyn Whereabouts,
    ) -> Option<TenantId>;

    /// Whether it is carried out in a tenant that was removed, too: what takes something away there.
    fn outlives_its_tenant(_command: &Self::Command) -> bool {
        false
    }

    /// The stream that the command has to pass first, where a fact across aggregates is at stake.
    fn passage(&self, _id: Self::Id, _command: &Self::Command) -> Option<Passage> {
        None
    }
}

/// Whether this sender may send that command.
pub fn may_send<D: Guarded>(
    sender: Sender,
    state: &D,
    id: D::Id,
    command: &D::Command,
    world: &dyn Whereabouts,
) -> Result<(), Denied> {
    if sender == Sender::Server {
        return Ok(());
    }
    let needs = state.needs(id, command, world);
    // A command of which nobody said what it takes is nobody's.
    if needs.is_empty() {
        return Err(Denied::Sender);
    }
    needs.into_iter().try_for_each(|need| match (sender, need) {
        (Sender::Principal(principal), Need::Permission(permission, owner)) => {
            has(principal, permission, owner)
        }
        (Sender::Agent(agent), Need::Agent(other)) if agent == other => Ok(()),
        (Sender::Agent(agent), Need::AgentOf(computer))
            if world.computer_of_agent(agent) == Some(computer) =>
        {
            Ok(())
        }
        _ => Err(Denied::Sender),
    })
}
