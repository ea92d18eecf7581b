//! What servers that are gone left behind: their sessions go on here, and their agents are not connected any more.

use crate::{Automation, envelope, settle};
use std::collections::{BTreeMap, BTreeSet};
use upkeep_domain::agent::{Agent, AgentCommand, DisconnectReason};
use upkeep_domain::ids::{AgentId, ServerId, SessionId, TenantId};
use upkeep_domain::server::Server;
use upkeep_domain::session::{Session, SessionCommand, Status};
use upkeep_event_store::Position;
use upkeep_projections::View;
use uuid::Uuid;

/// Everything of one other server.
#[derive(Default)]
struct Left {
    sessions: BTreeSet<(SessionId, TenantId)>,
    agents: BTreeSet<(AgentId, Uuid)>,
}

impl Automation {
    pub(crate) async fn take_over(&self, view: &View) -> Position {
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
        let now = self.handler.clock().now();
        let known = view.servers.get(server).map(|entry| entry.state);
        if known.is_some_and(|known| !known.is_gone(now)) {
            return false;
        }
        match self.handler.read::<Server>(server).await {
            Ok(state) => state.is_gone(self.handler.clock().now()),
            Err(error) => {
                tracing::warn!(%server, %error, "whether a server is gone cannot be told now");
                false
            }
        }
    }

    async fn inherit(&self, from: ServerId, left: Left) -> Position {
        tracing::info!(
            server = %from, sessions = left.sessions.len(), agents = left.agents.len(),
            "a server is gone: what it had is taken over"
        );
        let mut last = Position::START;
        for (session, tenant) in left.sessions {
            let command = SessionCommand::TakeOver {
                server: self.lease.server(),
                from,
            };
            let result = self
                .handler
                .execute::<Session>(session, command, &envelope(session.0, Some(tenant)))
                .await;
            let position = result.map(|outcome| outcome.position);
            last = last.max(settle(position, "the takeover of a session", session.0));
        }
        for (agent, connection) in left.agents {
            let command = AgentCommand::Disconnect {
                connection,
                reason: DisconnectReason::ServerRestarted,
            };
            let result = self
                .handler
                .execute::<Agent>(agent, command, &envelope(agent.0, None))
                .await;
            let position = result.map(|outcome| outcome.position);
            last = last.max(settle(position, "the end of a connection", agent.0));
        }
        last
    }
}
