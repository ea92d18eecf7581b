use super::{
    Computer, ComputerCommand, ComputerEvent, ComputerExcludedFromMaintenance,
    ComputerIncludedInMaintenance, ComputerMoved, ComputerOnboarded, ComputerRegistered,
    ComputerRejection, ComputerRemoved, ComputerRestored, ComputerTagged, ComputerUntagged,
    DetailReport, InventoryDetailReported, InventoryReported, Maintenance, MetascriptAnswer,
    MetascriptAnswered, OnboardingStatus, OptionalApprovalWithdrawn, OptionalDeploymentApproved,
    PrimaryPersonSet, Registration, SessionAdmitted,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{ComputerId, DeploymentId, PersonId, SessionId, TenantId};
use crate::kernel::limits::{MAX_APPROVALS, MAX_CLOCK_LEAD, MAX_METASCRIPT_ANSWERS};
use crate::kernel::name::Name;

impl Decider for Computer {
    type Id = ComputerId;
    type Command = ComputerCommand;
    type Event = ComputerEvent;
    type Rejection = ComputerRejection;
    type Premise = Option<TenantId>;
    const CATEGORY: &'static str = "computer";

    fn decide(
        &self,
        command: ComputerCommand,
        context: &Context,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        match (&self.registration, command) {
            (
                None,
                ComputerCommand::Register {
                    tenant,
                    name,
                    hardware,
                },
            ) => Ok(vec![
                ComputerRegistered {
                    tenant,
                    name,
                    hardware,
                }
                .into(),
            ]),
            (None, _) => Err(ComputerRejection::NotFound),
            (
                Some(known),
                ComputerCommand::Register {
                    tenant, hardware, ..
                },
            ) => {
                if known.tenant == tenant && known.hardware.uuid == hardware.uuid {
                    Ok(vec![])
                } else {
                    Err(ComputerRejection::RegisteredDifferently)
                }
            }
            (Some(_), ComputerCommand::ReportInventory(inventory)) => {
                Ok(if self.inventory.as_ref() == Some(&inventory) {
                    vec![]
                } else {
                    vec![InventoryReported { inventory }.into()]
                })
            }
            (Some(_), command @ (ComputerCommand::Remove | ComputerCommand::Restore)) => {
                Ok(self.come_or_go(&command))
            }
            (Some(_), _) if self.is_removed => Err(ComputerRejection::Removed),
            (Some(_), ComputerCommand::CompleteOnboarding) => Ok(match self.onboarding {
                OnboardingStatus::Onboarded => vec![],
                OnboardingStatus::NeedsOnboarding => vec![ComputerOnboarded {}.into()],
            }),
            (
                Some(known),
                ComputerCommand::AdmitSession {
                    session,
                    tenant,
                    over,
                },
            ) => {
                if known.tenant == tenant {
                    self.admit(session, over)
                } else {
                    Err(ComputerRejection::Elsewhere)
                }
            }
            (Some(known), ComputerCommand::Move { tenant }) => Ok(if known.tenant == tenant {
                vec![]
            } else {
                vec![ComputerMoved { tenant }.into()]
            }),
            (Some(_), ComputerCommand::ReportDetail(report)) => Ok(self.report_detail(&report)),
            (Some(_), ComputerCommand::ChangeTags(change)) => {
                let difference = change.against(&self.tags)?;
                let tagged = |tags| ComputerTagged { tags }.into();
                let untagged = |tags| ComputerUntagged { tags }.into();
                Ok(difference.events(tagged, untagged))
            }
            (Some(known), ComputerCommand::SetPrimaryPerson { person }) => {
                self.set_primary_person(known.tenant, person)
            }
            (Some(_), ComputerCommand::ExcludeFromMaintenance) => Ok(match self.maintenance {
                Maintenance::Excluded => vec![],
                Maintenance::Included => vec![ComputerExcludedFromMaintenance {}.into()],
            }),
            (Some(_), ComputerCommand::IncludeInMaintenance) => Ok(match self.maintenance {
                Maintenance::Included => vec![],
                Maintenance::Excluded => vec![ComputerIncludedInMaintenance {}.into()],
            }),
            (
                Some(_),
                ComputerCommand::RecordMetascriptAnswer {
                    metascript,
                    answer,
                    observed_at,
                },
            ) => {
                let answer = MetascriptAnswer {
                    answer,
                    observed_at: observed_at.unwrap_or(context.now),
                };
                self.record_answer(metascript, answer, context)
            }
            (Some(_), ComputerCommand::ApproveOptional { deployment }) => self.approve(deployment),
            (Some(_), ComputerCommand::WithdrawApproval { deployment }) => {
                Ok(self.withdraw(deployment))
            }
        }
    }

    fn premise(&self) -> Option<TenantId> {
        self.registration.as_ref().map(|known| known.tenant)
    }

    fn evolve(mut self, event: &ComputerEvent) -> Self {
        match event {
            ComputerEvent::Registered(registered) => {
                self.registration = Some(Registration {
                    tenant: registered.tenant,
                    name: registered.name.clone(),
                    hardware: registered.hardware,
                });
            }
            ComputerEvent::InventoryReported(reported) => {
                self.inventory = Some(reported.inventory.clone());
            }
            ComputerEvent::Onboarded(_) => self.onboarding = OnboardingStatus::Onboarded,
            ComputerEvent::SessionAdmitted(admitted) => self.session = Some(admitted.session),
            ComputerEvent::DetailReported(reported) => self.detail = reported.detail.clone(),
            ComputerEvent::Tagged(tagged) => self.tags.extend(tagged.tags.iter().cloned()),
            ComputerEvent::Untagged(untagged) => {
                self.tags.retain(|tag| !untagged.tags.contains(tag));
            }
            ComputerEvent::PrimaryPersonSet(set) => self.primary_person = set.person,
            ComputerEvent::ExcludedFromMaintenance(_) => self.maintenance = Maintenance::Excluded,
            ComputerEvent::IncludedInMaintenance(_) => self.maintenance = Maintenance::Included,
            ComputerEvent::MetascriptAnswered(answered) => {
                let answer = MetascriptAnswer {
                    answer: answered.answer,
                    observed_at: answered.observed_at,
                };
                self.answers.insert(answered.metascript.clone(), answer);
            }
            ComputerEvent::OptionalApproved(approved) => {
                self.approvals.insert(approved.deployment);
            }
            ComputerEvent::ApprovalWithdrawn(withdrawn) => {
                self.approvals.remove(&withdrawn.deployment);
            }
            ComputerEvent::Removed(_) => self.is_removed = true,
            ComputerEvent::Restored(_) => self.is_removed = false,
            ComputerEvent::Moved(moved) => {
                if let Some(known) = &mut self.registration {
                    known.tenant = moved.tenant;
                }
            }
        }
        self
    }
}

impl Computer {
    fn admit(
        &self,
        session: SessionId,
        over: Option<SessionId>,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        match self.session {
            Some(known) if known == session => Ok(vec![]),
            Some(known) if over != Some(known) => Err(ComputerRejection::SessionRunning),
            _ => Ok(vec![SessionAdmitted { session }.into()]),
        }
    }

    fn report_detail(&self, report: &DetailReport) -> Vec<ComputerEvent> {
        let detail = self.detail.with(report);
        if detail == self.detail {
            vec![]
        } else {
            vec![InventoryDetailReported { detail }.into()]
        }
    }

    /// Removed, or there again; what is so already changes nothing.
    fn come_or_go(&self, command: &ComputerCommand) -> Vec<ComputerEvent> {
        match (command, self.is_removed) {
            (ComputerCommand::Remove, false) => vec![ComputerRemoved {}.into()],
            (ComputerCommand::Restore, true) => vec![ComputerRestored {}.into()],
            _ => vec![],
        }
    }

    fn approve(&self, deployment: DeploymentId) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        if self.approvals.contains(&deployment) {
            Ok(vec![])
        } else if self.approvals.len() >= MAX_APPROVALS {
            Err(ComputerRejection::TooManyApprovals)
        } else {
            Ok(vec![OptionalDeploymentApproved { deployment }.into()])
        }
    }

    fn withdraw(&self, deployment: DeploymentId) -> Vec<ComputerEvent> {
        if self.approvals.contains(&deployment) {
            vec![OptionalApprovalWithdrawn { deployment }.into()]
        } else {
            vec![]
        }
    }

    fn set_primary_person(
        &self,
        own: TenantId,
        person: Option<(PersonId, TenantId)>,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        if person.is_some_and(|(_, tenant)| tenant != own) {
            return Err(ComputerRejection::PersonOfOtherTenant);
        }
        let person = person.map(|(person, _)| person);
        Ok(if person == self.primary_person {
            vec![]
        } else {
            vec![PrimaryPersonSet { person }.into()]
        })
    }

    /// An answer that is older than the known one says nothing new.
    fn record_answer(
        &self,
        metascript: Name,
        new: MetascriptAnswer,
        context: &Context,
    ) -> Result<Vec<ComputerEvent>, ComputerRejection> {
        if new.observed_at > context.now + MAX_CLOCK_LEAD {
            return Err(ComputerRejection::ObservedInFuture(new.observed_at));
        }
        match self.answers.get(&metascript) {
            Some(known) if new.observed_at <= known.observed_at => return Ok(vec![]),
            None if self.answers.len() >= MAX_METASCRIPT_ANSWERS => {
                return Err(ComputerRejection::TooManyAnswers);
            }
            _ => {}
        }
        let answered = MetascriptAnswered {
            metascript,
            answer: new.answer,
            observed_at: new.observed_at,
        };
        Ok(vec![answered.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::computer::{
        ComputerClass, HardwareIdentity, HardwareIdentityError, IdentitySource, Inventory,
        OperatingSystem, OsFamily,
    };
    use crate::kernel::harness::{given, id, nothing};
    use uuid::Uuid;

    fn hardware(n: u128) -> HardwareIdentity {
        HardwareIdentity::new(id(n), IdentitySource::ProductUuid).unwrap()
    }

    fn register(tenant: u128, uuid: u128) -> ComputerCommand {
        ComputerCommand::Register {
            tenant: TenantId(id(tenant)),
            name: Name::new("PC-1").unwrap(),
            hardware: hardware(uuid),
        }
    }

    fn registered() -> ComputerEvent {
        ComputerRegistered {
            tenant: TenantId(id(1)),
            name: Name::new("PC-1").unwrap(),
            hardware: hardware(9),
        }
        .into()
    }

    #[test]
    fn a_removed_computer_takes_no_command_until_it_is_restored() {
        let removed = || ComputerRemoved {}.into();
        let admit = || ComputerCommand::AdmitSession {
            session: SessionId(id(3)),
            tenant: TenantId(id(1)),
            over: None,
        };
        given::<Computer>([registered()])
            .when(ComputerCommand::Remove)
            .then([removed()]);
        given::<Computer>([registered(), removed()])
            .when(ComputerCommand::Remove)
            .then_nothing();
        for command in [
            admit(),
            ComputerCommand::CompleteOnboarding,
            ComputerCommand::ExcludeFromMaintenance,
        ] {
            given::<Computer>([registered(), removed()])
                .when(command)
                .then_rejected(ComputerRejection::Removed);
        }
        // Its agents are known again under the same computer.
        given::<Computer>([registered(), removed()])
            .when(register(1, 9))
            .then_nothing();
        given::<Computer>([registered(), removed()])
            .when(ComputerCommand::Restore)
            .then([ComputerRestored {}.into()]);
        given::<Computer>([registered()])
            .when(ComputerCommand::Restore)
            .then_nothing();
        given::<Computer>([registered(), removed(), ComputerRestored {}.into()])
            .when(admit())
            .then([SessionAdmitted {
                session: SessionId(id(3)),
            }
            .into()]);
    }

    #[test]
    fn a_computer_goes_to_another_tenant_with_all_that_is_known_of_it() {
        let to = |tenant| ComputerCommand::Move {
            tenant: TenantId(id(tenant)),
        };
        let moved = |tenant| -> ComputerEvent {
            let tenant = TenantId(id(tenant));
            ComputerMoved { tenant }.into()
        };
        let admit = |tenant| ComputerCommand::AdmitSession {
            session: SessionId(id(3)),
            tenant: TenantId(id(tenant)),
            over: None,
        };
        given::<Computer>([registered()])
            .when(to(2))
            .then([moved(2)]);
        given::<Computer>([registered()]).when(to(1)).then_nothing();
        given::<Computer>([registered(), moved(2)])
            .when(to(1))
            .then([moved(1)]);
        given::<Computer>([registered(), ComputerRemoved {}.into()])
            .when(to(2))
            .then_rejected(ComputerRejection::Removed);
        // No session of the tenant before begins any more.
        given::<Computer>([registered(), moved(2)])
            .when(admit(1))
            .then_rejected(ComputerRejection::Elsewhere);
        given::<Computer>([registered(), moved(2)])
            .when(admit(2))
            .then([SessionAdmitted {
                session: SessionId(id(3)),
            }
            .into()]);
        given::<Computer>([registered(), moved(2)])
            .judged_after([registered()])
            .when(ComputerCommand::Remove)
            .then_overtaken();
        let known = [registered(), ComputerOnboarded {}.into(), moved(2)];
        let after = known.iter().fold(Computer::default(), Computer::evolve);
        let registration = after.registration.unwrap();
        assert_eq!(after.onboarding, OnboardingStatus::Onboarded);
        assert_eq!(
            (registration.tenant, registration.hardware),
            (TenantId(id(2)), hardware(9))
        );
    }

    fn inventory(chassis_type: Option<u8>) -> Inventory {
        Inventory {
            host_name: "pc-1".into(),
            os: OperatingSystem {
                family: OsFamily::Linux,
                name: "Debian GNU/Linux".into(),
                version: "12".into(),
            },
            chassis_type,
        }
    }

    #[test]
    fn a_computer_is_registered_once_for_its_hardware() {
        nothing::<Computer>()
            .when(register(1, 9))
            .then([registered()]);
        given::<Computer>([registered()])
            .when(register(1, 9))
            .then_nothing();
        given::<Computer>([registered()])
            .when(register(2, 9))
            .then_rejected(ComputerRejection::RegisteredDifferently);
        given::<Computer>([registered()])
            .when(register(1, 8))
            .then_rejected(ComputerRejection::RegisteredDifferently);
    }

    #[test]
    fn the_same_inventory_is_no_news() {
        let reported: ComputerEvent = InventoryReported {
            inventory: inventory(Some(10)),
        }
        .into();
        given::<Computer>([registered()])
            .when(ComputerCommand::ReportInventory(inventory(Some(10))))
            .then([reported.clone()]);
        given::<Computer>([registered(), reported])
            .when(ComputerCommand::ReportInventory(inventory(Some(10))))
            .then_nothing();
    }

    #[test]
    fn one_session_runs_at_a_time() {
        let session = |n| SessionId(id(n));
        let admit = |n, over| ComputerCommand::AdmitSession {
            session: session(n),
            tenant: TenantId(id(1)),
            over,
        };
        let admitted = |n| -> ComputerEvent {
            SessionAdmitted {
                session: session(n),
            }
            .into()
        };
        given::<Computer>([registered()])
            .when(admit(1, None))
            .then([admitted(1)]);
        given::<Computer>([registered(), admitted(1)])
            .when(admit(1, None))
            .then_nothing();
        for over in [None, Some(session(3))] {
            given::<Computer>([registered(), admitted(1)])
                .when(admit(2, over))
                .then_rejected(ComputerRejection::SessionRunning);
        }
        given::<Computer>([registered(), admitted(1)])
            .when(admit(2, Some(session(1))))
            .then([admitted(2)]);
    }

    #[test]
    fn onboarding_happens_once() {
        given::<Computer>([registered()])
            .when(ComputerCommand::CompleteOnboarding)
            .then([ComputerOnboarded {}.into()]);
        given::<Computer>([registered(), ComputerOnboarded {}.into()])
            .when(ComputerCommand::CompleteOnboarding)
            .then_nothing();
        nothing::<Computer>()
            .when(ComputerCommand::CompleteOnboarding)
            .then_rejected(ComputerRejection::NotFound);
    }

    #[test]
    fn placeholders_do_not_name_hardware() {
        for bad in [
            Uuid::nil(),
            Uuid::max(),
            "03000200-0400-0500-0006-000700080009".parse().unwrap(),
        ] {
            assert_eq!(
                HardwareIdentity::new(bad, IdentitySource::ProductUuid),
                Err(HardwareIdentityError::Placeholder(bad))
            );
        }
    }

    #[test]
    fn an_unknown_chassis_is_no_workstation() {
        for (chassis, class) in [
            (None, ComputerClass::Unknown),
            (Some(1), ComputerClass::Unknown),
            (Some(2), ComputerClass::Unknown),
            (Some(3), ComputerClass::Workstation),
            (Some(10), ComputerClass::Portable),
            (Some(31), ComputerClass::Portable),
            (Some(23), ComputerClass::Server),
            (Some(200), ComputerClass::Unknown),
        ] {
            assert_eq!(ComputerClass::of_chassis(chassis), class, "{chassis:?}");
        }
    }

    #[test]
    fn a_primary_person_is_of_the_same_tenant() {
        let person = |n, tenant| Some((PersonId(id(n)), TenantId(id(tenant))));
        given::<Computer>([registered()])
            .when(ComputerCommand::SetPrimaryPerson {
                person: person(5, 2),
            })
            .then_rejected(ComputerRejection::PersonOfOtherTenant);
        given::<Computer>([registered()])
            .when(ComputerCommand::SetPrimaryPerson {
                person: person(5, 1),
            })
            .then([PrimaryPersonSet {
                person: Some(PersonId(id(5))),
            }
            .into()]);
        given::<Computer>([registered()])
            .when(ComputerCommand::SetPrimaryPerson { person: None })
            .then_nothing();
    }

    #[test]
    fn a_metascripts_answer_is_neither_older_than_the_known_one_nor_of_the_future() {
        use crate::kernel::harness::noon;
        use chrono::TimeDelta;
        let name = || Name::new("has-gpu").unwrap();
        let record = |minutes| ComputerCommand::RecordMetascriptAnswer {
            metascript: name(),
            answer: true,
            observed_at: Some(noon() + TimeDelta::minutes(minutes)),
        };
        let answered = |minutes| {
            ComputerEvent::from(MetascriptAnswered {
                metascript: name(),
                answer: true,
                observed_at: noon() + TimeDelta::minutes(minutes),
            })
        };
        given::<Computer>([registered()])
            .when(record(5))
            .then([answered(5)]);
        given::<Computer>([registered(), answered(0)])
            .when(record(-1))
            .then_nothing();
        given::<Computer>([registered()])
            .when(ComputerCommand::RecordMetascriptAnswer {
                metascript: name(),
                answer: true,
                observed_at: None,
            })
            .then([answered(0)]);
        given::<Computer>([registered()])
            .when(record(6))
            .then_rejected(ComputerRejection::ObservedInFuture(
                noon() + TimeDelta::minutes(6),
            ));
    }

    #[test]
    fn an_approval_is_given_once_and_withdrawn_once() {
        use crate::kernel::ids::DeploymentId;
        let deployment = DeploymentId(id(8));
        let approved = || OptionalDeploymentApproved { deployment }.into();
        given::<Computer>([registered(), approved()])
            .when(ComputerCommand::ApproveOptional { deployment })
            .then_nothing();
        given::<Computer>([registered(), approved()])
            .when(ComputerCommand::WithdrawApproval { deployment })
            .then([OptionalApprovalWithdrawn { deployment }.into()]);
        given::<Computer>([registered()])
            .when(ComputerCommand::WithdrawApproval { deployment })
            .then_nothing();
    }

    #[test]
    fn what_one_integration_leaves_out_stays_as_another_one_knows_it() {
        use crate::fleet::computer::{DetailPart, DetailReport, DomainRole, InventoryDetail};
        let reported = |detail: &InventoryDetail| -> ComputerEvent {
            let detail = detail.clone();
            InventoryDetailReported { detail }.into()
        };
        let report = |said: InventoryDetail, unknown: &[DetailPart]| {
            let unknown = unknown.iter().copied().collect();
            ComputerCommand::ReportDetail(Box::new(DetailReport { said, unknown }))
        };
        let role = InventoryDetail {
            domain_role: Some(DomainRole::PrimaryDomainController),
            memory_bytes: Some(1 << 34),
            ..InventoryDetail::default()
        };
        let maker = InventoryDetail {
            manufacturer: Some(Name::new("Dell").unwrap()),
            ..InventoryDetail::default()
        };
        let both = InventoryDetail {
            manufacturer: maker.manufacturer.clone(),
            ..role.clone()
        };
        given::<Computer>([registered(), reported(&role)])
            .when(report(maker.clone(), &[]))
            .then([reported(&both)]);
        given::<Computer>([registered(), reported(&both)])
            .when(report(role.clone(), &[]))
            .then_nothing();
        let parts = [DetailPart::DomainRole, DetailPart::MemoryBytes];
        given::<Computer>([registered(), reported(&both)])
            .when(report(InventoryDetail::default(), &parts))
            .then([reported(&maker)]);
    }

    #[test]
    fn windows_knows_a_server_in_a_desktops_box() {
        use crate::fleet::computer::{DomainRole, InventoryDetail};
        let report = |role| {
            InventoryDetailReported {
                detail: InventoryDetail {
                    domain_role: Some(role),
                    ..InventoryDetail::default()
                },
            }
            .into()
        };
        let box_of = |chassis| InventoryReported {
            inventory: inventory(chassis),
        };
        let class = |events: &[ComputerEvent]| {
            events
                .iter()
                .fold(Computer::default(), Computer::evolve)
                .class()
        };
        let desktop = [
            registered(),
            box_of(Some(3)).into(),
            report(DomainRole::MemberServer),
        ];
        assert_eq!(class(&desktop), ComputerClass::Server);
        let unknown = [
            registered(),
            box_of(None).into(),
            report(DomainRole::MemberWorkstation),
        ];
        assert_eq!(class(&unknown), ComputerClass::Unknown);
    }
}
