//! A server of an installation that has several: who is alive, so that work of the dead is taken over.
//!
//! A server claims each session before it works on it (`session`), and renews its lease as long as it lives. When
//! a lease is over, others may claim what its server had. A server that comes back late finds its claims gone.

use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::codes::Code;
use crate::kernel::decider::{Context, Decider, Rejection};
use crate::kernel::ids::{ServerId, TenantId};
use crate::kernel::limits::MAX_CLOCK_DIFFERENCE;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;

crate::domain_events! {
    /// What happened to a server's lease.
    ServerEvent {
        LeaseTaken(ServerLeaseTaken),
        LeaseRenewed(ServerLeaseRenewed),
        LeaseReleased(ServerLeaseReleased),
    }
}

/// The server began to work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerLeaseTaken {
    pub until: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerLeaseRenewed {
    pub until: DateTime<Utc>,
}

/// The server stopped in good order: what it had may be taken over at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerLeaseReleased {}

/// What is known of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Nothing if it never worked, or stopped in good order.
    pub lease_until: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug)]
pub enum ServerCommand {
    RenewLease {
        until: DateTime<Utc>,
        /// How long a lease of this server lasts.
        length: Duration,
    },
    ReleaseLease,
}

impl Server {
    /// Whether others may take over what it had.
    pub fn is_gone(&self, now: DateTime<Utc>) -> bool {
        self.lease_until
            .is_none_or(|until| until + MAX_CLOCK_DIFFERENCE < now)
    }
}

impl Decider for Server {
    type Id = ServerId;
    type Command = ServerCommand;
    type Event = ServerEvent;
    type Rejection = Infallible;
    type Premise = ();
    const CATEGORY: &'static str = "server";

    fn decide(&self, command: ServerCommand, _: &Context) -> Result<Vec<ServerEvent>, Infallible> {
        Ok(match (self.lease_until, command) {
            (None, ServerCommand::RenewLease { until, .. }) => {
                vec![ServerLeaseTaken { until }.into()]
            }
            // An older renewal that comes late. One that ends much earlier than the known one is no older one: the server's
            // clock was set back, and nobody would take over from it before that moment comes again.
            (Some(known), ServerCommand::RenewLease { until, length })
                if known >= until && known <= until + length =>
            {
                vec![]
            }
            (Some(_), ServerCommand::RenewLease { until, .. }) => {
                vec![ServerLeaseRenewed { until }.into()]
            }
            (None, ServerCommand::ReleaseLease) => vec![],
            (Some(_), ServerCommand::ReleaseLease) => vec![ServerLeaseReleased {}.into()],
        })
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(mut self, event: &ServerEvent) -> Self {
        self.lease_until = match event {
            ServerEvent::LeaseTaken(taken) => Some(taken.until),
            ServerEvent::LeaseRenewed(renewed) => Some(renewed.until),
            ServerEvent::LeaseReleased(_) => None,
        };
        self
    }
}

impl Rejection for Infallible {
    fn code(&self) -> Code {
        match *self {}
    }
}

impl Guarded for Server {
    const NOUN: &'static str = "server";
    const AUDIENCE: Audience = Audience::Installation;

    /// Nobody asks for one by its id.
    fn sight(&self, _: ServerId, _: &dyn Whereabouts) -> Option<Action> {
        None
    }

    fn needs(&self, _: ServerId, command: &ServerCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            ServerCommand::RenewLease { .. } | ServerCommand::ReleaseLease => vec![Need::Server],
        }
    }

    fn tenant(&self, _: ServerId, _: &ServerCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, nothing};

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_000_000 + second, 0).unwrap()
    }

    fn renew(second: i64) -> ServerCommand {
        ServerCommand::RenewLease {
            until: at(second),
            length: Duration::from_secs(30),
        }
    }

    fn taken(second: i64) -> ServerEvent {
        ServerLeaseTaken { until: at(second) }.into()
    }

    #[test]
    fn a_lease_is_taken_then_renewed_and_never_shortened() {
        nothing::<Server>().when(renew(30)).then([taken(30)]);
        given::<Server>([taken(30)])
            .when(renew(40))
            .then([ServerLeaseRenewed { until: at(40) }.into()]);
        given::<Server>([taken(30)]).when(renew(20)).then_nothing();
    }

    #[test]
    fn a_server_whose_clock_was_set_back_does_not_live_for_ever() {
        given::<Server>([taken(3_600)])
            .when(renew(60))
            .then([ServerLeaseRenewed { until: at(60) }.into()]);
        given::<Server>([taken(90)]).when(renew(60)).then_nothing();
    }

    #[test]
    fn a_released_lease_can_be_taken_again() {
        let released: ServerEvent = ServerLeaseReleased {}.into();
        nothing::<Server>()
            .when(ServerCommand::ReleaseLease)
            .then_nothing();
        given::<Server>([taken(30)])
            .when(ServerCommand::ReleaseLease)
            .then([released.clone()]);
        given::<Server>([taken(30), released])
            .when(renew(50))
            .then([taken(50)]);
    }

    #[test]
    fn a_server_is_gone_when_its_lease_is_over_by_anybodys_clock() {
        let server = Server::default().evolve(&taken(30));
        assert!(!server.is_gone(at(30)));
        assert!(!server.is_gone(at(32)));
        assert!(server.is_gone(at(33)));
        assert!(Server::default().is_gone(at(0)));
    }
}
