use super::{
    Agent, AgentCommand, AgentConnected, AgentDisconnected, AgentEvent, AgentHardwareKnown,
    AgentHeld, AgentIdentified, AgentMoved, AgentRejection, AgentReleased, AgentRevoked,
    DisconnectReason, EnrolledAs, HoldReason, ReleasedAs, Standing,
};
use crate::fleet::computer::is_placeholder;
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{AgentId, TenantId};
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
            (_, AgentCommand::Follow { tenant }) => Ok(if enrolment.tenant == tenant {
                vec![]
            } else {
                vec![AgentMoved { tenant }.into()]
            }),
            (Standing::Revoked, AgentCommand::Revoke)
            | (Standing::Held, AgentCommand::Hold(_))
            | (Standing::Trusted, AgentCommand::Release { .. }) => Ok(vec![]),
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
            (
                Standing::Held,
                AgentCommand::Identify { .. }
                | AgentCommand::Connect { .. }
                | AgentCommand::ShowHardware(_),
            ) => Err(AgentRejection::Held),
            (_, AgentCommand::Identify { computer }) => {
                Ok(vec![AgentIdentified { computer }.into()])
            }
            (_, AgentCommand::ShowHardware(hardware)) => Ok(match self.hardware {
                None => vec![AgentHardwareKnown { hardware }.into()],
                Some(_) if self.is_at_home_on(&hardware) => vec![],
                // It named no computer: a newer agent, which knows that, takes its next source.
                Some(known) if is_placeholder(known.uuid) => {
                    vec![AgentHardwareKnown { hardware }.into()]
                }
                Some(_) => {
                    let because = HoldReason::OtherHardware { hardware };
                    vec![AgentHeld { because }.into()]
                }
            }),
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
                        server,
                    }
                    .into(),
                ]
            }),
            (_, AgentCommand::Disconnect { connection, reason }) => {
                Ok(self.leave(connection, reason))
            }
            (Standing::Trusted, AgentCommand::Hold(because)) => Ok(if self.is_settled(because) {
                vec![]
            } else {
                vec![AgentHeld { because }.into()]
            }),
            (Standing::Held, AgentCommand::Release { released_as }) => self.release(released_as),
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
                self.hardware = Some(enrolled.hardware);
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
                self.server = Some(connected.server);
                self.agent_version.clone_from(&connected.agent_version);
            }
            AgentEvent::Disconnected(_) => {
                self.connection = None;
                self.server = None;
            }
            AgentEvent::Held(held) => {
                self.standing = Standing::Held;
                self.hold = Some(held.because);
            }
            AgentEvent::Released(released) => {
                self.standing = Standing::Trusted;
                self.settled = self.hold.take();
                self.released_as = released.released_as.or(self.released_as);
                if let Some(HoldReason::OtherHardware { .. }) = self.settled {
                    self.hardware = None;
                }
            }
            AgentEvent::HardwareKnown(known) => self.hardware = Some(known.hardware),
            AgentEvent::Revoked(_) => self.standing = Standing::Revoked,
            AgentEvent::Moved(moved) => {
                if let Some(enrolment) = &mut self.enrolment {
                    enrolment.tenant = moved.tenant;
                }
            }
        }
        self
    }
}

impl Agent {
    /// A person decided about this already, or it is no newcomer any more: somebody who looks at an older state does not
    /// hold it anew.
    fn is_settled(&self, because: HoldReason) -> bool {
        match because {
            HoldReason::ClaimedHardware { .. } => {
                self.computer.is_some() || self.released_as.is_some()
            }
            HoldReason::Rival { .. } => self.settled == Some(because),
            HoldReason::CopiedKey | HoldReason::OtherHardware { .. } => false,
        }
    }

    fn release(&self, released_as: Option<ReleasedAs>) -> Result<Vec<AgentEvent>, AgentRejection> {
        let claims = matches!(self.hold, Some(HoldReason::ClaimedHardware { .. }));
        match released_as {
            None if claims => Err(AgentRejection::Undecided),
            Some(_) if !claims => Err(AgentRejection::NothingToDecide),
            released_as => Ok(vec![AgentReleased { released_as }.into()]),
        }
    }

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
    use crate::fleet::agent::{AgentEnrolled, Alone, Identification, PublicKey};
    use crate::fleet::computer::{
        HardwareIdentity, IdentitySource, Inventory, OperatingSystem, OsFamily,
    };
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::ids::{AgentId, ComputerId, EnrolmentTokenId, ServerId, TenantId};
    use crate::kernel::name::Name;

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
                interpreters: vec![],
            },
        }
    }

    fn enrolled() -> AgentEvent {
        enrolment(1).into()
    }

    #[test]
    fn it_follows_its_computer_whatever_became_of_it() {
        let follow = |tenant| AgentCommand::Follow {
            tenant: TenantId(id(tenant)),
        };
        let moved = || -> AgentEvent {
            let tenant = TenantId(id(2));
            AgentMoved { tenant }.into()
        };
        given::<Agent>([enrolled()]).when(follow(2)).then([moved()]);
        given::<Agent>([enrolled(), AgentRevoked {}.into()])
            .when(follow(2))
            .then([moved()]);
        given::<Agent>([enrolled(), moved()])
            .when(follow(2))
            .then_nothing();
        // Its key enrols for the tenant that it belongs to now.
        given::<Agent>([enrolled(), moved()])
            .when(AgentCommand::Enrol(Box::new(enrolment(2))))
            .then_nothing();
        given::<Agent>([enrolled(), moved()])
            .when(AgentCommand::Enrol(Box::new(enrolment(1))))
            .then_rejected(AgentRejection::OtherTenant);
        // What was judged for the tenant before does not hold any more.
        given::<Agent>([enrolled(), moved()])
            .judged_after([enrolled()])
            .when(AgentCommand::Revoke)
            .then_overtaken();
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
            server: ServerId(id(40)),
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
            server: ServerId(id(40)),
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
        given::<Agent>([enrolled(), held(HoldReason::CopiedKey)])
            .when(connect())
            .then_rejected(AgentRejection::Held);
        given::<Agent>([enrolled(), held(HoldReason::CopiedKey), released(None)])
            .when(connect())
            .then([connected()]);
        given::<Agent>([enrolled(), held(HoldReason::CopiedKey), released(None)])
            .when(AgentCommand::Hold(HoldReason::CopiedKey))
            .then([held(HoldReason::CopiedKey)]);
    }

    fn held(because: HoldReason) -> AgentEvent {
        AgentHeld { because }.into()
    }

    fn released(released_as: Option<ReleasedAs>) -> AgentEvent {
        AgentReleased { released_as }.into()
    }

    fn release(released_as: Option<ReleasedAs>) -> AgentCommand {
        AgentCommand::Release { released_as }
    }

    fn claimed() -> HoldReason {
        HoldReason::ClaimedHardware {
            computer: ComputerId(id(60)),
        }
    }

    #[test]
    fn who_claims_a_known_computers_hardware_is_let_in_by_a_person_only() {
        let own = AgentId(id(70));
        let first = Agent::newcomer(own);
        let other = ComputerId(id(60));
        let state = |events: Vec<AgentEvent>| events.iter().fold(Agent::default(), Agent::evolve);
        let leads = |to, alone| Identification::Leads { to, alone };
        assert_eq!(
            state(vec![enrolled()]).identify(own, first),
            leads(first, Alone::No)
        );
        assert_eq!(
            state(vec![enrolled()]).identify(own, other),
            Identification::Hold(claimed())
        );
        for (decision, becomes) in [
            (ReleasedAs::AnotherPathway, leads(other, Alone::No)),
            (ReleasedAs::Replacement, leads(other, Alone::Yes)),
            (ReleasedAs::OtherComputer, Identification::Hold(claimed())),
        ] {
            let decided = state(vec![enrolled(), held(claimed()), released(Some(decision))]);
            assert_eq!(decided.identify(own, other), becomes, "{decision:?}");
            assert_eq!(decided.identify(own, first), leads(first, Alone::No));
        }
        let shim = state(vec![
            enrolled(),
            held(claimed()),
            released(Some(ReleasedAs::OtherComputer)),
        ]);
        let made_up = shim.claims(own).unwrap();
        assert_ne!(made_up.uuid, id(9));
        assert_eq!(shim.claims(own), Some(made_up), "always the same");
        assert!(
            shim.is_at_home_on(&enrolment(1).hardware),
            "it still tells of its own hardware"
        );
    }

    #[test]
    fn a_claim_is_held_until_somebody_says_what_the_agent_is() {
        let waiting = [enrolled(), held(claimed())];
        given::<Agent>([enrolled()])
            .when(AgentCommand::Hold(claimed()))
            .then([held(claimed())]);
        given::<Agent>(waiting.clone())
            .when(AgentCommand::Identify {
                computer: ComputerId(id(60)),
            })
            .then_rejected(AgentRejection::Held);
        given::<Agent>(waiting.clone())
            .when(release(None))
            .then_rejected(AgentRejection::Undecided);
        let decision = Some(ReleasedAs::Replacement);
        given::<Agent>(waiting.clone())
            .when(release(decision))
            .then([released(decision)]);
        let decided = [enrolled(), held(claimed()), released(decision)];
        given::<Agent>(decided)
            .when(AgentCommand::Hold(claimed()))
            .then_nothing();
        given::<Agent>([enrolled(), held(HoldReason::CopiedKey)])
            .when(release(decision))
            .then_rejected(AgentRejection::NothingToDecide);
    }

    #[test]
    fn a_rival_that_was_found_to_be_in_order_is_not_held_for_the_same_newcomer_again() {
        let rival = |n| HoldReason::Rival {
            agent: AgentId(id(n)),
        };
        let settled = [enrolled(), held(rival(1)), released(None)];
        given::<Agent>(settled.clone())
            .when(AgentCommand::Hold(rival(1)))
            .then_nothing();
        given::<Agent>(settled)
            .when(AgentCommand::Hold(rival(2)))
            .then([held(rival(2))]);
    }

    /// Enrolled before it was known that many boards have this UUID.
    #[test]
    fn an_agent_whose_hardware_had_no_name_takes_its_next_source() {
        let nameless = "03020100-0504-0706-0809-0a0b0c0d0e0f";
        let hardware = serde_json::from_value(
            serde_json::json!({ "uuid": nameless, "source": "productUuid" }),
        );
        let enrolled = AgentEnrolled {
            hardware: hardware.unwrap(),
            ..enrolment(1)
        };
        let hardware = HardwareIdentity::new(id(8), IdentitySource::MachineId).unwrap();
        given::<Agent>([enrolled.into()])
            .when(AgentCommand::ShowHardware(hardware))
            .then([AgentHardwareKnown { hardware }.into()]);
    }

    #[test]
    fn a_key_on_other_hardware_is_held_and_a_person_lets_the_real_one_go_on() {
        let hardware = |n| HardwareIdentity::new(id(n), IdentitySource::ProductUuid).unwrap();
        let show = |n| AgentCommand::ShowHardware(hardware(n));
        let elsewhere = || {
            held(HoldReason::OtherHardware {
                hardware: hardware(8),
            })
        };
        given::<Agent>([enrolled()]).when(show(9)).then_nothing();
        given::<Agent>([enrolled()])
            .when(show(8))
            .then([elsewhere()]);
        given::<Agent>([enrolled(), elsewhere()])
            .when(show(9))
            .then_rejected(AgentRejection::Held);
        // The one that comes then is the real one, wherever it is.
        let let_go = [enrolled(), elsewhere(), released(None)];
        let known = |n| -> AgentEvent {
            AgentHardwareKnown {
                hardware: hardware(n),
            }
            .into()
        };
        for n in [8, 9] {
            given::<Agent>(let_go.clone())
                .when(show(n))
                .then([known(n)]);
            let shown = let_go.iter().cloned().chain([known(n)]);
            given::<Agent>(shown.clone()).when(show(n)).then_nothing();
            let hardware = hardware(17 - n);
            given::<Agent>(shown)
                .when(show(17 - n))
                .then([held(HoldReason::OtherHardware { hardware })]);
        }
        let swapped = Uuid::from_bytes_le(*id(9).as_bytes());
        let other_order = HardwareIdentity::new(swapped, IdentitySource::Smbios).unwrap();
        given::<Agent>([enrolled()])
            .when(AgentCommand::ShowHardware(other_order))
            .then_nothing();
    }

    #[test]
    fn only_a_live_agent_that_tells_something_else_contradicts_a_newcomer() {
        let known = |name: &str| Inventory {
            host_name: name.into(),
            ..enrolment(1).inventory
        };
        let newcomer = Agent::default().evolve(&enrolled());
        let gone = Agent::default().evolve(&enrolled());
        let live = gone.clone().evolve(&connected());
        for (agent, name, contradicts) in [
            (&live, "pc-2", true),
            (&live, "PC-1", false),
            (&gone, "pc-2", false),
        ] {
            let found = agent.is_contradicted_by(&newcomer, Some(&known(name)));
            assert_eq!(found, contradicts, "{name}");
        }
        assert!(!live.is_contradicted_by(&newcomer, None));
    }

    #[test]
    fn a_revoked_agent_can_only_leave() {
        let revoked = [enrolled(), connected(), AgentRevoked {}.into()];
        given::<Agent>(revoked.clone())
            .when(connect())
            .then_rejected(AgentRejection::Revoked);
        given::<Agent>(revoked.clone())
            .when(release(None))
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
