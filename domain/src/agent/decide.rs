use super::{
    Agent, AgentCommand, AgentConnected, AgentDisconnected, AgentEvent, AgentHeld, AgentIdentified,
    AgentRejection, AgentReleased, AgentRevoked, DisconnectReason, EnrolledAs, Standing,
};
use crate::decider::{Context, Decider};
use crate::ids::{AgentId, TenantId};
use uuid::Uuid;

impl Decider for Agent {
    type Id = AgentId;
    type Command = AgentCommand;
    type Event = AgentEvent;
    type Rejection = AgentRejection;
    type Premise = Option<TenantId>;
    const CATEGORY: &'static str = "agent";

    fn decide(
        &self,
        command: AgentCommand,
        _: &Context,
    ) -> Result<Vec<AgentEvent>, AgentRejection> {
        let Some(enrolment) = &self.enrolment else {
            return match command {
                AgentCommand::Enrol(enrolment) => Ok(vec![AgentEvent::Enrolled(*enrolment)]),
                _ => Err(AgentRejection::NotFound),
            };
        };
        match (self.standing, command) {
            (Standing::Revoked, AgentCommand::Revoke) => Ok(vec![]),
            (Standing::Revoked, AgentCommand::Disconnect { connection, reason }) => {
                Ok(self.leave(connection, reason))
            }
            (Standing::Revoked, _) => Err(AgentRejection::Revoked),
            (_, AgentCommand::Enrol(again)) if again.tenant != enrolment.tenant => {
                Err(AgentRejection::OtherTenant)
            }
            (_, AgentCommand::Enrol(_)) => Ok(vec![]),
            (_, AgentCommand::Identify { computer }) if self.computer == Some(computer) => {
                Ok(vec![])
            }
            (_, AgentCommand::Identify { computer }) => {
                Ok(vec![AgentIdentified { computer }.into()])
            }
            (Standing::Held, AgentCommand::Connect { .. }) => Err(AgentRejection::Held),
            (
                _,
                AgentCommand::Connect {
                    agent_version,
                    connection,
                    server,
                },
            ) => Ok(if self.connection == Some(connection) {
                vec![]
            } else {
                vec![
                    AgentConnected {
                        agent_version,
                        connection,
                        server: Some(server),
                    }
                    .into(),
                ]
            }),
            (_, AgentCommand::Disconnect { connection, reason }) => {
                Ok(self.leave(connection, reason))
            }
            (Standing::Held, AgentCommand::Hold) | (Standing::Trusted, AgentCommand::Release) => {
                Ok(vec![])
            }
            (Standing::Trusted, AgentCommand::Hold) => Ok(vec![AgentHeld {}.into()]),
            (Standing::Held, AgentCommand::Release) => Ok(vec![AgentReleased {}.into()]),
            (_, AgentCommand::Revoke) => Ok(vec![AgentRevoked {}.into()]),
        }
    }

    fn premise(&self) -> Option<TenantId> {
        self.enrolment.as_ref().map(|known| known.tenant)
    }

    fn evolve(mut self, event: &AgentEvent) -> Self {
        match event {
            AgentEvent::Enrolled(enrolled) => {
                self.agent_version.clone_from(&enrolled.agent_version);
                self.enrolment = Some(EnrolledAs {
                    tenant: enrolled.tenant,
                    public_key: enrolled.public_key,
                    name: enrolled.name.clone(),
                    hardware: enrolled.hardware,
                    inventory: enrolled.inventory.clone(),
                });
            }
            AgentEvent::Identified(identified) => self.computer = Some(identified.computer),
            AgentEvent::Connected(connected) => {
                self.connection = Some(connected.connection);
                self.server = connected.server;
                self.agent_version.clone_from(&connected.agent_version);
            }
            AgentEvent::Disconnected(_) => {
                self.connection = None;
                self.server = None;
            }
            AgentEvent::Held(_) => self.standing = Standing::Held,
            AgentEvent::Released(_) => self.standing = Standing::Trusted,
            AgentEvent::Revoked(_) => self.standing = Standing::Revoked,
        }
        self
    }
}

impl Agent {
    fn leave(&self, connection: Uuid, reason: DisconnectReason) -> Vec<AgentEvent> {
        if self.connection == Some(connection) {
            vec![AgentDisconnected { reason }.into()]
        } else {
            vec![]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{AgentEnrolled, PublicKey};
    use crate::computer::{HardwareIdentity, IdentitySource, Inventory, OperatingSystem, OsFamily};
    use crate::harness::{given, id, nothing};
    use crate::ids::{ComputerId, EnrolmentTokenId, ServerId, TenantId};
    use crate::name::Name;

    fn enrolment(tenant: u128) -> AgentEnrolled {
        AgentEnrolled {
            tenant: TenantId(id(tenant)),
            token: EnrolmentTokenId(id(5)),
            public_key: PublicKey([7; 32]),
            name: Name::new("pc-1").unwrap(),
            agent_version: "0.1.0".into(),
            hardware: HardwareIdentity::new(id(9), IdentitySource::MachineId).unwrap(),
            inventory: Inventory {
                host_name: "pc-1".into(),
                os: OperatingSystem {
                    family: OsFamily::Linux,
                    name: "Debian".into(),
                    version: "12".into(),
                },
                chassis_type: None,
            },
        }
    }

    fn enrolled() -> AgentEvent {
        enrolment(1).into()
    }

    fn connect() -> AgentCommand {
        AgentCommand::Connect {
            agent_version: "0.1.0".into(),
            connection: id(30),
            server: ServerId(id(40)),
        }
    }

    fn connected() -> AgentEvent {
        AgentConnected {
            agent_version: "0.1.0".into(),
            connection: id(30),
            server: Some(ServerId(id(40))),
        }
        .into()
    }

    #[test]
    fn enrolling_again_with_the_same_key_is_the_same_agent() {
        nothing::<Agent>()
            .when(AgentCommand::Enrol(Box::new(enrolment(1))))
            .then([enrolled()]);
        given::<Agent>([enrolled()])
            .when(AgentCommand::Enrol(Box::new(enrolment(1))))
            .then_nothing();
        given::<Agent>([enrolled()])
            .when(AgentCommand::Enrol(Box::new(enrolment(2))))
            .then_rejected(AgentRejection::OtherTenant);
        assert_eq!(PublicKey([7; 32]).agent_id(), PublicKey([7; 32]).agent_id());
        assert_ne!(PublicKey([7; 32]).agent_id(), PublicKey([8; 32]).agent_id());
    }

    #[test]
    fn only_transitions_of_presence_are_events() {
        given::<Agent>([enrolled()])
            .when(connect())
            .then([connected()]);
        given::<Agent>([enrolled(), connected()])
            .when(connect())
            .then_nothing();
        let closed = AgentCommand::Disconnect {
            connection: id(30),
            reason: DisconnectReason::Closed,
        };
        given::<Agent>([enrolled()])
            .when(closed.clone())
            .then_nothing();
        given::<Agent>([enrolled(), connected()])
            .when(closed)
            .then([AgentDisconnected {
                reason: DisconnectReason::Closed,
            }
            .into()]);
    }

    #[test]
    fn a_late_farewell_of_an_old_connection_ends_nothing() {
        let newer: AgentEvent = AgentConnected {
            agent_version: "0.1.0".into(),
            connection: id(31),
            server: Some(ServerId(id(40))),
        }
        .into();
        given::<Agent>([enrolled(), connected()])
            .when(AgentCommand::Connect {
                agent_version: "0.1.0".into(),
                connection: id(31),
                server: ServerId(id(40)),
            })
            .then([newer.clone()]);
        given::<Agent>([enrolled(), connected(), newer])
            .when(AgentCommand::Disconnect {
                connection: id(30),
                reason: DisconnectReason::Silent,
            })
            .then_nothing();
    }

    #[test]
    fn a_held_agent_waits_for_a_person() {
        given::<Agent>([enrolled(), AgentHeld {}.into()])
            .when(connect())
            .then_rejected(AgentRejection::Held);
        given::<Agent>([enrolled(), AgentHeld {}.into(), AgentReleased {}.into()])
            .when(connect())
            .then([connected()]);
    }

    #[test]
    fn a_revoked_agent_can_only_leave() {
        let revoked = [enrolled(), connected(), AgentRevoked {}.into()];
        given::<Agent>(revoked.clone())
            .when(connect())
            .then_rejected(AgentRejection::Revoked);
        given::<Agent>(revoked.clone())
            .when(AgentCommand::Release)
            .then_rejected(AgentRejection::Revoked);
        given::<Agent>(revoked)
            .when(AgentCommand::Disconnect {
                connection: id(30),
                reason: DisconnectReason::Refused,
            })
            .then([AgentDisconnected {
                reason: DisconnectReason::Refused,
            }
            .into()]);
    }

    #[test]
    fn identification_may_be_repeated_and_changed() {
        let first = ComputerId(id(1));
        let identified: AgentEvent = AgentIdentified { computer: first }.into();
        given::<Agent>([enrolled()])
            .when(AgentCommand::Identify { computer: first })
            .then([identified.clone()]);
        given::<Agent>([enrolled(), identified])
            .when(AgentCommand::Identify { computer: first })
            .then_nothing();
    }
}
