//! What servers that are gone left behind: their sessions go on here, and their agents are not connected any more.

use crate::process::{Done, Gate, Moment, Process, Wake};
use crate::{COMMANDS_AT_ONCE, envelope};
use futures_util::{StreamExt, stream};
use std::collections::BTreeSet;
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, DisconnectReason};
use upkeep_domain::installation::server::Server;
use upkeep_domain::kernel::ids::{AgentId, ServerId, SessionId, TenantId};
use upkeep_domain::maintenance::session::{Session, SessionCommand};
use upkeep_event_store::Position;
use uuid::Uuid;

/// Who has no lease cannot tell whose is over: the store may be slow for all of them.
pub struct Takeover;

/// Everything of one other server.
#[derive(Debug, PartialEq, Eq)]
pub struct Left {
    pub server: ServerId,
    pub sessions: Vec<(SessionId, TenantId)>,
    pub agents: Vec<(AgentId, Uuid)>,
}

/// The other servers that have something, and that are gone as far as the view knows, which may be a little behind.
pub fn gone(at: &Moment) -> BTreeSet<ServerId> {
    let at_work = at.view.sessions.servers_at_work();
    at_work
        .chain(at.view.servers_with_agents())
        .filter(|server| *server != at.server)
        .filter(|server| {
            let known = at.view.servers.get(*server);
            known.is_none_or(|entry| entry.state.is_gone(at.now))
        })
        .collect()
}

impl Process for Takeover {
    type Todo = Left;
    const NAME: &'static str = "the takeover from a server that is gone";
    const GATE: Gate = Gate::Lease;
    /// A lease ends with time; and a server whose first agents come is about to have one.
    const WAKE: Wake = Wake::Pace;
    /// One server after the other: each may leave much.
    const BOUND: usize = 1;

    fn todo(&self, at: &Moment) -> Vec<Left> {
        gone(at)
            .into_iter()
            .map(|server| Left {
                server,
                sessions: (at.view.sessions.running_for(Some(server)))
                    .filter_map(|(id, entry)| Some((id, entry.state.request?.tenant)))
                    .collect(),
                agents: at.view.agents_on(server).collect(),
            })
            .collect()
    }

    fn subject(left: &Left) -> Uuid {
        left.server.0
    }

    /// Sessions first: they wait.
    async fn carry_out(
        &self,
        commands: &Commands,
        at: &Moment,
        left: &Left,
    ) -> Result<Done, CommandError> {
        let server = commands.read::<Server>(left.server).await?;
        if !server.is_gone(commands.clock().now()) {
            return Ok(Done::NotYet(Position::START));
        }
        tracing::info!(
            server = %left.server, sessions = left.sessions.len(), agents = left.agents.len(),
            "a server is gone: what it had is taken over"
        );
        let sessions = stream::iter(left.sessions.iter().copied())
            .map(|(session, tenant)| take_session(commands, at, session, tenant, left.server))
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(Ok(Position::START), newest)
            .await;
        let agents = stream::iter(left.agents.iter().copied())
            .map(|(agent, connection)| disconnect(commands, agent, connection))
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(sessions, newest)
            .await;
        agents.map(Done::At)
    }
}

async fn take_session(
    commands: &Commands,
    at: &Moment,
    session: SessionId,
    tenant: TenantId,
    from: ServerId,
) -> Result<Position, CommandError> {
    let command = SessionCommand::TakeOver {
        server: at.server,
        from,
    };
    let envelope = envelope(commands, session.0, Some(tenant));
    let taken = commands.send::<Session>(session, command, &envelope).await;
    taken.map(|outcome| outcome.position)
}

async fn disconnect(
    commands: &Commands,
    agent: AgentId,
    connection: Uuid,
) -> Result<Position, CommandError> {
    let command = AgentCommand::Disconnect {
        connection,
        reason: DisconnectReason::ServerRestarted,
    };
    let envelope = envelope(commands, agent.0, None);
    let disconnected = commands.send::<Agent>(agent, command, &envelope).await;
    disconnected.map(|outcome| outcome.position)
}

/// One failure does not stop the rest, and is not forgotten: what is left of the server is found again.
async fn newest(
    last: Result<Position, CommandError>,
    position: Result<Position, CommandError>,
) -> Result<Position, CommandError> {
    Ok(last?.max(position?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, HERE, THERE, agent, connection, session, tenant};
    use chrono::TimeDelta;
    use std::time::Duration;
    use upkeep_domain::installation::server::ServerCommand;

    #[test]
    fn what_a_server_had_is_taken_over_when_its_lease_is_over() {
        let mut fleet = Fleet::new();
        fleet.online(1, THERE);
        fleet.running(1, 1, THERE);
        fleet.online(2, HERE);
        fleet.running(2, 2, HERE);
        let lease = ServerCommand::RenewLease {
            until: fleet.now + TimeDelta::seconds(15),
            length: Duration::from_secs(15),
        };
        fleet.tell::<Server>(THERE, lease);
        assert_eq!(Takeover.todo(&fleet.moment()), []);
        fleet.now += TimeDelta::seconds(18);
        let left = Left {
            server: THERE,
            sessions: vec![(session(1), tenant(0))],
            agents: vec![(agent(1), connection(1))],
        };
        assert_eq!(Takeover.todo(&fleet.moment()), [left]);
    }
}
