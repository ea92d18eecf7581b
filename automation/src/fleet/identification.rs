//! Which computer an agent is on.
//!
//! The hardware's claim stream decides who was first, so that two agents with one hardware UUID never lead to one computer
//! because they raced. Who is not the first is held until a person says what it is. Each step can be repeated: a crash in
//! between costs nothing.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use std::sync::Arc;
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::fleet::agent::{
    self, Agent, AgentCommand, Alone, EnrolledAs, HoldReason, Standing,
};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareClaimCommand, HardwareIdentity, HardwareKey,
};
use upkeep_domain::kernel::ids::{AgentId, ComputerId};
use upkeep_projections::{Entry, View};
use uuid::Uuid;

pub struct Identification;

/// An agent that waits to be identified.
pub struct Waiting {
    pub agent: AgentId,
    state: Agent,
    enrolment: EnrolledAs,
    claims: HardwareIdentity,
}

impl Process for Identification {
    type Todo = Waiting;
    const NAME: &'static str = "the identification of an agent";
    const GATE: Gate = Gate::Open;

    fn todo(&self, at: &Moment) -> Vec<Waiting> {
        let waiting = at.view.unidentified_agents().filter_map(|agent| {
            let state = &at.view.agents.get(agent)?.state;
            let claims = state.claims(agent)?;
            let enrolment = state.enrolment.clone()?;
            (state.standing == Standing::Trusted).then(|| Waiting {
                agent,
                state: state.clone(),
                enrolment,
                claims,
            })
        });
        waiting.collect()
    }

    fn subject(waiting: &Waiting) -> Uuid {
        waiting.agent.0
    }

    async fn carry_out(
        &self,
        commands: &Commands,
        at: &Moment,
        waiting: &Waiting,
    ) -> Result<Done, CommandError> {
        identify(commands, &at.view, waiting).await
    }
}

async fn identify(
    commands: &Commands,
    view: &View,
    waiting: &Waiting,
) -> Result<Done, CommandError> {
    let envelope = envelope(commands, waiting.agent.0, Some(waiting.enrolment.tenant));
    let key = HardwareKey {
        tenant: waiting.enrolment.tenant,
        hardware: waiting.claims.uuid,
    };
    let computer = Agent::newcomer(waiting.agent);
    let claim = |vacated| HardwareClaimCommand {
        computer,
        vacated,
        renews: false,
    };
    let mut claimed = commands.claim_hardware(key, claim(None), &envelope).await?;
    let is_elsewhere = |holder: &ComputerId| {
        let tenant = view.tenant_of(*holder);
        tenant.is_some_and(|tenant| tenant != key.tenant)
    };
    if let Some(holder) = claimed.state.holder.filter(is_elsewhere) {
        claimed = commands
            .claim_hardware(key, claim(Some(holder)), &envelope)
            .await?;
    }
    let holder = claimed.state.holder.unwrap_or(computer);
    if holder != computer && is_elsewhere(&holder) {
        // It may be on its way here, and this one waits until it has come or did not.
        // Each look comes here: told in detail only.
        tracing::debug!(agent = %waiting.agent, computer = %holder,
            "an agent waits: its hardware is claimed for a computer that is on its way to this tenant, or has just left");
        return Ok(Done::NotYet(claimed.position));
    }
    match waiting.state.identify(waiting.agent, holder) {
        agent::Identification::Leads { to, alone } => {
            if alone == Alone::Yes {
                revoke_others(commands, view, waiting, to).await?;
            }
            lead(commands, view, waiting, to).await
        }
        agent::Identification::Hold(because) => {
            hold(commands, view, waiting, holder, because).await
        }
    }
}

async fn lead(
    commands: &Commands,
    view: &View,
    waiting: &Waiting,
    computer: ComputerId,
) -> Result<Done, CommandError> {
    let envelope = || envelope(commands, waiting.agent.0, Some(waiting.enrolment.tenant));
    let register = ComputerCommand::Register {
        tenant: waiting.enrolment.tenant,
        name: waiting.enrolment.name.clone(),
        hardware: waiting.claims,
    };
    // One that is known may be of another tenant by now, where its agent follows it.
    if view.computers.get(computer).is_none() {
        commands
            .send::<Computer>(computer, register, &envelope())
            .await?;
    }
    let report = ComputerCommand::ReportInventory(waiting.enrolment.inventory.clone());
    let judged = Some(waiting.enrolment.tenant);
    let reported = commands
        .send_as_judged::<Computer>(computer, report, &judged, &envelope())
        .await;
    match reported {
        // It is another tenant's by now, where its agent tells it again.
        Ok(_) | Err(CommandError::Overtaken { .. }) => {}
        Err(error) => return Err(error),
    }
    let identified = commands
        .send::<Agent>(
            waiting.agent,
            AgentCommand::Identify { computer },
            &envelope(),
        )
        .await?;
    Ok(identified.into())
}

/// The agents of a computer, and the one that is about to become its first.
fn pathways(view: &View, computer: ComputerId) -> Vec<(AgentId, &Arc<Entry<Agent>>)> {
    let first = view
        .unidentified_agents()
        .filter(|agent| Agent::newcomer(*agent) == computer)
        .filter_map(|agent| Some((agent, view.agents.get(agent)?)));
    view.agents_of(computer).chain(first).collect()
}

async fn revoke_others(
    commands: &Commands,
    view: &View,
    waiting: &Waiting,
    computer: ComputerId,
) -> Result<(), CommandError> {
    for (other, _) in pathways(view, computer) {
        if other != waiting.agent {
            let envelope = envelope(commands, waiting.agent.0, Some(waiting.enrolment.tenant));
            commands
                .send::<Agent>(other, AgentCommand::Revoke, &envelope)
                .await?;
        }
    }
    Ok(())
}

/// Holds the newcomer; and those that lead to the computer now, where they are live and cannot be on the same one. They
/// come first, so that a crash in between is found by the newcomer, which still waits.
async fn hold(
    commands: &Commands,
    view: &View,
    waiting: &Waiting,
    computer: ComputerId,
    because: HoldReason,
) -> Result<Done, CommandError> {
    let envelope = || envelope(commands, waiting.agent.0, Some(waiting.enrolment.tenant));
    let known = view.computers.get(computer);
    let reported = known.and_then(|entry| entry.state.inventory.as_ref());
    for (rival, entry) in pathways(view, computer) {
        let told = entry.state.enrolment.as_ref().map(|told| &told.inventory);
        let contradicts = entry
            .state
            .is_contradicted_by(&waiting.state, reported.or(told));
        if rival != waiting.agent && contradicts {
            tracing::warn!(agent = %rival, newcomer = %waiting.agent, %computer,
                "an agent is held: another one claims its hardware, and they cannot be on one computer");
            let reason = HoldReason::Rival {
                agent: waiting.agent,
            };
            let hold = AgentCommand::Hold(reason);
            let judged = Some(waiting.enrolment.tenant);
            let done = commands
                .send_as_judged::<Agent>(rival, hold, &judged, &envelope())
                .await;
            match done {
                // It went to another tenant with its computer.
                Ok(_) | Err(CommandError::Overtaken { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    tracing::warn!(agent = %waiting.agent, %computer,
        "an agent is held: it claims the hardware of a computer that another key leads to");
    let held = commands
        .send::<Agent>(waiting.agent, AgentCommand::Hold(because), &envelope())
        .await?;
    Ok(held.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, agent, tenant};

    #[test]
    fn whoever_enrolled_is_identified_once_unless_held() {
        let mut fleet = Fleet::new();
        fleet.computer(1);
        fleet.enrol(2, tenant(0));
        fleet.enrol(3, tenant(0));
        fleet.tell::<Agent>(agent(3), AgentCommand::Hold(HoldReason::CopiedKey));
        let todo = Identification.todo(&fleet.moment());
        assert!(todo.iter().map(|waiting| waiting.agent).eq([agent(2)]));
    }
}
