//! Which computer an agent is on (design.md, section 9).
//!
//! The hardware's claim stream decides, so that two agents with one hardware UUID lead to one computer however
//! they race. Each step can be repeated: a crash in between costs nothing.

use crate::{COMMANDS_AT_ONCE, envelope, settle};
use futures_util::{StreamExt, stream};
use upkeep_domain::agent::{Agent, AgentCommand, EnrolledAs, Standing};
use upkeep_domain::computer::{
    Computer, ComputerCommand, HardwareClaim, HardwareClaimCommand, HardwareKey,
};
use upkeep_domain::ids::{AgentId, ComputerId};
use upkeep_event_store::{CommandError, CommandHandler, Position};
use upkeep_projections::View;

/// Identifies every agent that is not identified yet.
pub async fn sweep(handler: &CommandHandler, view: &View) -> Position {
    let waiting = view.unidentified_agents().filter_map(|agent| {
        let state = &view.agents.get(agent)?.state;
        let enrolment = state.enrolment.clone()?;
        (state.standing == Standing::Trusted).then_some((agent, enrolment))
    });
    stream::iter(waiting)
        .map(|(agent, enrolment)| async move {
            let result = identify(handler, agent, enrolment).await;
            settle(result, "the identification of an agent", agent.0)
        })
        .buffer_unordered(COMMANDS_AT_ONCE)
        .fold(Position::START, |last, position| async move {
            last.max(position)
        })
        .await
}

async fn identify(
    handler: &CommandHandler,
    agent: AgentId,
    enrolment: EnrolledAs,
) -> Result<Position, CommandError> {
    let envelope = || envelope(agent.0, Some(enrolment.tenant));
    let key = HardwareKey {
        tenant: enrolment.tenant,
        hardware: enrolment.hardware.uuid,
    };
    let newcomer = ComputerId::derived_from(agent.0, "computer");
    let claim = handler
        .execute::<HardwareClaim>(
            key,
            HardwareClaimCommand { computer: newcomer },
            &envelope(),
        )
        .await?;
    let computer = claim.state.holder.unwrap_or(newcomer);
    let register = ComputerCommand::Register {
        tenant: enrolment.tenant,
        name: enrolment.name,
        hardware: enrolment.hardware,
    };
    handler
        .execute::<Computer>(computer, register, &envelope())
        .await?;
    let report = ComputerCommand::ReportInventory(enrolment.inventory);
    handler
        .execute::<Computer>(computer, report, &envelope())
        .await?;
    let identified = handler
        .execute::<Agent>(agent, AgentCommand::Identify { computer }, &envelope())
        .await?;
    Ok(identified.position)
}
