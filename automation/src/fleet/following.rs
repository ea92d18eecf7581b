//! Agents go to the tenant that their computer went to.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::fleet::agent::{Agent, AgentCommand};
use upkeep_domain::kernel::ids::{AgentId, TenantId};
use uuid::Uuid;

pub struct Following;

impl Process for Following {
    type Todo = (AgentId, TenantId);
    const NAME: &'static str = "an agent's way after its computer";
    const GATE: Gate = Gate::Open;

    fn todo(&self, at: &Moment) -> Vec<(AgentId, TenantId)> {
        at.view.agents_astray().collect()
    }

    fn subject((agent, _): &(AgentId, TenantId)) -> Uuid {
        agent.0
    }

    async fn carry_out(
        &self,
        commands: &Commands,
        _: &Moment,
        (agent, tenant): &(AgentId, TenantId),
    ) -> Result<Done, CommandError> {
        let follow = AgentCommand::Follow { tenant: *tenant };
        let envelope = envelope(commands, agent.0, Some(*tenant));
        let followed = commands.send::<Agent>(*agent, follow, &envelope).await;
        followed.map(Done::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, agent, computer, tenant};
    use upkeep_domain::fleet::computer::{Computer, ComputerCommand};

    #[test]
    fn agents_follow_once_their_computer_has_moved() {
        let mut fleet = Fleet::new();
        fleet.computer(1);
        fleet.computer(2);
        assert_eq!(Following.todo(&fleet.moment()), []);
        let there = ComputerCommand::Move { tenant: tenant(1) };
        fleet.tell::<Computer>(computer(1), there);
        assert_eq!(Following.todo(&fleet.moment()), [(agent(1), tenant(1))]);
        let follow = AgentCommand::Follow { tenant: tenant(1) };
        fleet.tell::<Agent>(agent(1), follow);
        assert_eq!(Following.todo(&fleet.moment()), []);
    }
}
