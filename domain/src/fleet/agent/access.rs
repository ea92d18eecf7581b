use super::{Agent, AgentCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{AgentId, TenantId};

impl Agent {
    fn owner(&self) -> Option<TenantId> {
        Some(self.enrolment.as_ref()?.tenant)
    }
}

impl Guarded for Agent {
    const NOUN: &'static str = "agent";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: AgentId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ReadComputer { tenant })
    }

    fn needs(&self, id: AgentId, command: &AgentCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            AgentCommand::Enrol(_)
            | AgentCommand::Connect { .. }
            | AgentCommand::Disconnect { .. }
            | AgentCommand::ShowHardware(_) => vec![Need::Agent(id)],
            AgentCommand::Identify { .. } | AgentCommand::Hold(_) | AgentCommand::Follow { .. } => {
                vec![Need::Server]
            }
            AgentCommand::Release { .. } | AgentCommand::Revoke => match self.owner() {
                Some(tenant) => vec![Action::ManageComputer { tenant }.into()],
                None => vec![Need::Server],
            },
        }
    }

    fn tenant(&self, _: AgentId, command: &AgentCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        match command {
            AgentCommand::Enrol(enrolment) => Some(enrolment.tenant),
            AgentCommand::Follow { tenant } => Some(*tenant),
            _ => self.owner(),
        }
    }

    fn outlives_its_tenant(command: &AgentCommand) -> bool {
        matches!(command, AgentCommand::Revoke)
    }
}
