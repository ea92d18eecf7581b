use crate::{Sampled, hardware, hash, id, inventory, name, now, period, tags};
use chrono::TimeDelta;
use upkeep_domain::fleet::agent::*;
use upkeep_domain::fleet::agreement::*;
use upkeep_domain::fleet::claim::*;
use upkeep_domain::fleet::computer::*;
use upkeep_domain::fleet::enrolment::*;
use upkeep_domain::fleet::group::*;
use upkeep_domain::fleet::person::*;
use upkeep_domain::fleet::tenant::*;
use upkeep_domain::kernel::ids::*;

impl Sampled for Tenant {
    fn samples() -> Vec<Self::Event> {
        vec![
            TenantTagged { tags: tags() }.into(),
            TenantUntagged { tags: tags() }.into(),
            TenantTimeZoneSet {
                time_zone: chrono_tz::Europe::Vienna,
            }
            .into(),
            TenantExcludedFromCrossTenant {}.into(),
            TenantIncludedInCrossTenant {}.into(),
            TenantRemoved { turn: 7 }.into(),
            TenantRestored { turn: 8 }.into(),
            TenantCreated {
                name: name("Contoso"),
                parent: Some(TenantId(id(3))),
            }
            .into(),
            TenantRenamed {
                name: name("Contoso Ltd"),
            }
            .into(),
            TenantParentChanged {
                parent: None,
                turn: 3,
            }
            .into(),
        ]
    }
}

impl Sampled for TenantTree {
    fn samples() -> Vec<Self::Event> {
        vec![
            TenantPlaced {
                tenant: TenantId(id(1)),
                parent: Some(TenantId(id(3))),
            }
            .into(),
            TenantTakenOut {
                tenant: TenantId(id(1)),
            }
            .into(),
            TenantPutBack {
                tenant: TenantId(id(1)),
            }
            .into(),
        ]
    }
}

impl Sampled for Computer {
    fn samples() -> Vec<Self::Event> {
        let detail = InventoryDetail {
            manufacturer: Some(name("Dell")),
            model: Some(name("XPS")),
            serial_number: Some(name("S-1")),
            domain_name: Some(name("contoso.example")),
            domain_role: Some(DomainRole::PrimaryDomainController),
            os_build: None,
            memory_bytes: Some(1 << 34),
        };
        vec![
            InventoryDetailReported { detail }.into(),
            ComputerTagged { tags: tags() }.into(),
            ComputerUntagged { tags: tags() }.into(),
            PrimaryPersonSet {
                person: Some(PersonId(id(50))),
            }
            .into(),
            ComputerExcludedFromMaintenance {}.into(),
            ComputerIncludedInMaintenance {}.into(),
            MetascriptAnswered {
                metascript: name("has-gpu"),
                answer: true,
                observed_at: now(),
            }
            .into(),
            OptionalDeploymentApproved {
                deployment: DeploymentId(id(3)),
            }
            .into(),
            OptionalApprovalWithdrawn {
                deployment: DeploymentId(id(3)),
            }
            .into(),
            ComputerRemoved {}.into(),
            ComputerRestored {}.into(),
            ComputerMoved {
                tenant: TenantId(id(3)),
            }
            .into(),
            ComputerRegistered {
                tenant: TenantId(id(1)),
                name: name("pc-1"),
                hardware: hardware(),
            }
            .into(),
            InventoryReported {
                inventory: inventory(),
            }
            .into(),
            ComputerOnboarded {}.into(),
            SessionAdmitted {
                session: SessionId(id(7)),
            }
            .into(),
        ]
    }
}

impl Sampled for HardwareClaim {
    fn samples() -> Vec<Self::Event> {
        vec![
            HardwareClaimed {
                computer: ComputerId(id(4)),
                at: now(),
            }
            .into(),
        ]
    }
}

impl Sampled for Claim {
    fn samples() -> Vec<Self::Event> {
        vec![
            ClaimTaken {
                claimant: Claimant::Session(SessionId(id(7))),
                command: CommandId(id(80)),
                at: now(),
                gone: vec![Claimant::Session(SessionId(id(8)))],
            }
            .into(),
        ]
    }
}

impl Sampled for Agent {
    fn samples() -> Vec<Self::Event> {
        let enrolled = AgentEnrolled {
            tenant: TenantId(id(1)),
            token: EnrolmentTokenId(id(5)),
            public_key: PublicKey([7; 32]),
            name: name("pc-1"),
            agent_version: "0.1.0".into(),
            hardware: hardware(),
            inventory: inventory(),
        };
        vec![
            enrolled.into(),
            AgentIdentified {
                computer: ComputerId(id(4)),
            }
            .into(),
            AgentConnected {
                agent_version: "0.1.0".into(),
                connection: id(30),
                server: ServerId(id(40)),
            }
            .into(),
            AgentDisconnected {
                reason: DisconnectReason::Silent,
            }
            .into(),
            AgentHeld {
                because: HoldReason::OtherHardware {
                    hardware: hardware(),
                },
            }
            .into(),
            AgentReleased {
                released_as: Some(ReleasedAs::Replacement),
            }
            .into(),
            AgentRevoked {}.into(),
            AgentHardwareKnown {
                hardware: hardware(),
            }
            .into(),
            AgentMoved {
                tenant: TenantId(id(3)),
            }
            .into(),
        ]
    }
}

impl Sampled for EnrolmentToken {
    fn samples() -> Vec<Self::Event> {
        let terms = TokenTerms {
            tenant: TenantId(id(1)),
            secret_hash: hash(),
            expires_at: now() + TimeDelta::hours(24),
            max_uses: 5,
        };
        vec![
            EnrolmentTokenCreated { terms }.into(),
            EnrolmentTokenUsed {
                agent: AgentId(id(7)),
            }
            .into(),
            EnrolmentTokenRevoked {}.into(),
        ]
    }
}

impl Sampled for Person {
    fn samples() -> Vec<Self::Event> {
        vec![
            PersonAdded {
                tenant: TenantId(id(1)),
                name: name("Ada"),
                upn: Some(name("ada@contoso.example")),
            }
            .into(),
            PersonRenamed {
                name: name("Ada L"),
            }
            .into(),
            UpnChanged { upn: None }.into(),
            PersonTagged { tags: tags() }.into(),
            PersonUntagged { tags: tags() }.into(),
            PersonRemoved {}.into(),
            PersonMoved {
                tenant: TenantId(id(3)),
            }
            .into(),
        ]
    }
}

impl Sampled for Group {
    fn samples() -> Vec<Self::Event> {
        let members = [
            Member::Person(PersonId(id(50))),
            Member::Computer(ComputerId(id(4))),
            Member::Group(GroupId(id(52))),
        ];
        vec![
            GroupCreated {
                tenant: TenantId(id(1)),
                kind: GroupKind::Directory,
                name: name("Finance"),
            }
            .into(),
            GroupRenamed {
                name: name("Accounting"),
            }
            .into(),
            GroupMembersAdded {
                members: members.into(),
            }
            .into(),
            GroupMembersRemoved {
                members: members.into(),
            }
            .into(),
            GroupRemoved {}.into(),
        ]
    }
}

impl Sampled for Agreement {
    fn samples() -> Vec<Self::Event> {
        vec![
            AgreementAdded {
                tenant: TenantId(id(1)),
                name: name("Contoso managed"),
                agreement_type: name("Managed"),
                period: period(),
            }
            .into(),
            AgreementTypeChanged {
                agreement_type: name("Break-fix"),
            }
            .into(),
            AgreementPeriodChanged { period: period() }.into(),
            AdditionRecorded {
                product: name("Backup"),
                period: period(),
            }
            .into(),
            AdditionRemoved {
                product: name("Backup"),
            }
            .into(),
            AgreementRemoved {}.into(),
        ]
    }
}
