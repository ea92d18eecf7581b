//! What servers that are gone left behind: their sessions go on here, and their agents are not connected any more.
//!
//! It has a loop of its own: a server that had thousands of agents leaves much to write, and no session waits for it.

use crate::{COMMANDS_AT_ONCE, Lease, SWEEP_EVERY, VIEW_PATIENCE, envelope, settle};
use futures_util::{StreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use upkeep_commands::Commands;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, DisconnectReason};
use upkeep_domain::installation::server::Server;
use upkeep_domain::kernel::ids::{AgentId, ServerId, SessionId, TenantId};
use upkeep_domain::maintenance::session::{Session, SessionCommand, Status};
use upkeep_event_store::Position;
use upkeep_projections::{Projections, View};
use uuid::Uuid;

/// Between two looks at whether this server has its lease.
const LEASE_AGAIN: Duration = Duration::from_millis(200);

/// Takes over from the servers that are gone.
pub(crate) struct Takeover {
    pub commands: Commands,
    pub projections: Projections,
    pub lease: Lease,
}

/// Everything of one other server.
#[derive(Default)]
struct Left {
    sessions: BTreeSet<(SessionId, TenantId)>,
    agents: BTreeSet<(AgentId, Uuid)>,
}

impl Takeover {
    /// Looks again and again, until `stop` is cancelled.
    pub async fn run(self, stop: &CancellationToken) {
        let mut seen = Position::START;
        loop {
            // Who has no lease cannot tell whose is over: the store may be slow for all of them.
            let wait = if self.lease.holds() && self.projections.outage().is_none() {
                seen = self.look(seen).await;
                SWEEP_EVERY
            } else {
                LEASE_AGAIN
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn look(&self, seen: Position) -> Position {
        match self.projections.at_least(seen, VIEW_PATIENCE).await {
            Ok(view) => self.take_over(&view).await.max(view.position()),
            Err(error) => {
                tracing::warn!(%error, "taking over waits for the view");
                seen
            }
        }
    }

    async fn take_over(&self, view: &View) -> Position {
        let me = self.lease.server();
        let mut others: BTreeMap<ServerId, Left> = BTreeMap::new();
        for (id, entry) in view.sessions.unfinished() {
            if let (Status::Running(_), Some(claim), Some(request)) =
                (entry.state.status, entry.state.claim, entry.state.request)
                && claim != me
            {
                let left = others.entry(claim).or_default();
                left.sessions.insert((id, request.tenant));
            }
        }
        for (id, entry) in view.agents.iter() {
            if let (Some(connection), Some(server)) = (entry.state.connection, entry.state.server)
                && server != me
            {
                let left = others.entry(server).or_default();
                left.agents.insert((id, connection));
            }
        }
        let mut last = Position::START;
        for (server, left) in others {
            if self.is_gone(view, server).await {
                last = last.max(self.inherit(server, left).await);
            }
        }
        last
    }

    /// By the view first, then by the store: the view may be a little behind.
    async fn is_gone(&self, view: &View, server: ServerId) -> bool {
        let now = self.commands.clock().now();
        let known = view.servers.get(server).map(|entry| entry.state);
        if known.is_some_and(|known| !known.is_gone(now)) {
            return false;
        }
        match self.commands.read::<Server>(server).await {
            Ok(state) => state.is_gone(self.commands.clock().now()),
            Err(error) => {
                tracing::warn!(%server, %error, "whether a server is gone cannot be told now");
                false
            }
        }
    }

    /// Sessions first: they wait.
    async fn inherit(&self, from: ServerId, left: Left) -> Position {
        tracing::info!(
            server = %from, sessions = left.sessions.len(), agents = left.agents.len(),
            "a server is gone: what it had is taken over"
        );
        let sessions = stream::iter(left.sessions)
            .map(|(session, tenant)| self.take_session(session, tenant, from))
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(Position::START, newest)
            .await;
        stream::iter(left.agents)
            .map(|(agent, connection)| self.disconnect(agent, connection))
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(sessions, newest)
            .await
    }

    async fn take_session(&self, session: SessionId, tenant: TenantId, from: ServerId) -> Position {
        let command = SessionCommand::TakeOver {
            server: self.lease.server(),
            from,
        };
        let envelope = envelope(session.0, Some(tenant));
        let result = self
            .commands
            .send::<Session>(session, command, &envelope)
            .await;
        let position = result.map(|outcome| outcome.position);
        settle(position, "the takeover of a session", session.0)
    }

    async fn disconnect(&self, agent: AgentId, connection: Uuid) -> Position {
        let command = AgentCommand::Disconnect {
            connection,
            reason: DisconnectReason::ServerRestarted,
        };
        let envelope = envelope(agent.0, None);
        let result = self.commands.send::<Agent>(agent, command, &envelope).await;
        let position = result.map(|outcome| outcome.position);
        settle(position, "the end of a connection", agent.0)
    }
}

async fn newest(last: Position, position: Position) -> Position {
    last.max(position)
}
