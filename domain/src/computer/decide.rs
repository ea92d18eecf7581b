use super::{
    Computer, ComputerCommand, ComputerEvent, ComputerOnboarded, ComputerRegistered,
    ComputerRejection, InventoryReported, OnboardingStatus, Registration, SessionAdmitted,
};
use crate::decider::{Context, Decider};
use crate::ids::ComputerId;

impl Decider for Computer {
    type Id = ComputerId;
    type Command = ComputerCommand;
    type Event = ComputerEvent;
    type Rejection = ComputerRejection;
    const CATEGORY: &'static str = "computer";

    fn decide(
        &self,
        command: ComputerCommand,
        _: &Context,
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
            (Some(_), ComputerCommand::CompleteOnboarding) => Ok(match self.onboarding {
                OnboardingStatus::Onboarded => vec![],
                OnboardingStatus::NeedsOnboarding => vec![ComputerOnboarded {}.into()],
            }),
            (Some(_), ComputerCommand::AdmitSession { session, over }) => match self.session {
                Some(known) if known == session => Ok(vec![]),
                Some(known) if over != Some(known) => Err(ComputerRejection::SessionRunning),
                _ => Ok(vec![SessionAdmitted { session }.into()]),
            },
        }
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
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::computer::{
        ComputerClass, HardwareIdentity, HardwareIdentityError, IdentitySource, Inventory,
        OperatingSystem, OsFamily,
    };
    use crate::harness::{given, id, nothing};
    use crate::ids::{SessionId, TenantId};
    use crate::name::Name;
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
}
