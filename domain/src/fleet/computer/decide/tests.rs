//! What a computer is told, and what follows.

use super::*;
use crate::fleet::computer::{
    ComputerClass, HardwareIdentity, HardwareIdentityError, IdentitySource, Inventory,
    OperatingSystem, OsFamily,
};
use crate::fleet::tag::{Tag, TagChange};
use crate::kernel::harness::{given, id, noon, nothing};
use chrono::TimeDelta;
use std::collections::BTreeSet;
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
        interpreters: vec![],
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

fn tags(all: &[&str]) -> BTreeSet<Tag> {
    all.iter().map(|text| Tag::new(text).unwrap()).collect()
}

#[test]
fn tags_change_by_what_really_changes() {
    let tagged = ComputerTagged {
        tags: tags(&["a", "b"]),
    };
    let untagged = ComputerUntagged { tags: tags(&["a"]) };
    let change = ComputerCommand::ChangeTags(TagChange {
        add: tags(&["a", "b"]),
        remove: tags(&["z"]),
    });
    given::<Computer>([registered(), tagged.into(), untagged.into()])
        .when(change)
        .then([ComputerTagged { tags: tags(&["a"]) }.into()]);
}

#[test]
fn a_computer_is_left_out_of_maintenance_and_comes_back_once_each() {
    let excluded = || ComputerExcludedFromMaintenance {}.into();
    let included = || ComputerIncludedInMaintenance {}.into();
    let (exclude, include) = (
        ComputerCommand::ExcludeFromMaintenance,
        ComputerCommand::IncludeInMaintenance,
    );
    given::<Computer>([registered()])
        .when(exclude.clone())
        .then([excluded()]);
    given::<Computer>([registered(), excluded()])
        .when(exclude.clone())
        .then_nothing();
    given::<Computer>([registered(), excluded()])
        .when(include.clone())
        .then([included()]);
    given::<Computer>([registered(), excluded(), included()])
        .when(include)
        .then_nothing();
    given::<Computer>([registered(), excluded(), included()])
        .when(exclude)
        .then([excluded()]);
}

#[test]
fn whose_computer_it_is_is_said_once() {
    let set = |person: Option<PersonId>| PrimaryPersonSet { person }.into();
    let person = PersonId(id(5));
    let say = |person: Option<PersonId>| ComputerCommand::SetPrimaryPerson {
        person: person.map(|person| (person, TenantId(id(1)))),
    };
    given::<Computer>([registered(), set(Some(person))])
        .when(say(Some(person)))
        .then_nothing();
    given::<Computer>([registered(), set(Some(person))])
        .when(say(None))
        .then([set(None)]);
    given::<Computer>([registered(), set(Some(person)), set(None)])
        .when(say(Some(person)))
        .then([set(Some(person))]);
}

#[test]
fn so_many_optional_deployments_are_approved_and_no_more() {
    let deployment = |n: usize| DeploymentId(id(n as u128));
    let approved = |n| -> ComputerEvent {
        let deployment = deployment(n);
        OptionalDeploymentApproved { deployment }.into()
    };
    let approve = |n| ComputerCommand::ApproveOptional {
        deployment: deployment(n),
    };
    let almost: Vec<ComputerEvent> = std::iter::once(registered())
        .chain((1..MAX_APPROVALS).map(approved))
        .collect();
    given::<Computer>(almost.clone())
        .when(approve(MAX_APPROVALS))
        .then([approved(MAX_APPROVALS)]);
    let full = || almost.clone().into_iter().chain([approved(MAX_APPROVALS)]);
    given::<Computer>(full())
        .when(approve(MAX_APPROVALS + 1))
        .then_rejected(ComputerRejection::TooManyApprovals);
    given::<Computer>(full())
        .when(approve(MAX_APPROVALS))
        .then_nothing();
    let deployment = deployment(1);
    let withdrawn = OptionalApprovalWithdrawn { deployment }.into();
    given::<Computer>(full().chain([withdrawn]))
        .when(approve(MAX_APPROVALS + 1))
        .then([approved(MAX_APPROVALS + 1)]);
}

#[test]
fn the_answers_of_so_many_metascripts_are_kept_and_no_more() {
    let observed_at = |minutes| noon() - TimeDelta::minutes(minutes);
    let name = |n: usize| Name::new(&format!("script {n}")).unwrap();
    let answered = |n, minutes| -> ComputerEvent {
        MetascriptAnswered {
            metascript: name(n),
            answer: true,
            observed_at: observed_at(minutes),
        }
        .into()
    };
    let record = |n, minutes| ComputerCommand::RecordMetascriptAnswer {
        metascript: name(n),
        answer: true,
        observed_at: Some(observed_at(minutes)),
    };
    let almost: Vec<ComputerEvent> = std::iter::once(registered())
        .chain((1..MAX_METASCRIPT_ANSWERS).map(|n| answered(n, 5)))
        .collect();
    given::<Computer>(almost.clone())
        .when(record(MAX_METASCRIPT_ANSWERS, 5))
        .then([answered(MAX_METASCRIPT_ANSWERS, 5)]);
    let last = answered(MAX_METASCRIPT_ANSWERS, 5);
    let full = || almost.clone().into_iter().chain([last.clone()]);
    given::<Computer>(full())
        .when(record(MAX_METASCRIPT_ANSWERS + 1, 5))
        .then_rejected(ComputerRejection::TooManyAnswers);
    // One that is known is known anew.
    given::<Computer>(full())
        .when(record(1, 4))
        .then([answered(1, 4)]);
    given::<Computer>(full()).when(record(1, 5)).then_nothing();
}

#[test]
fn what_is_of_no_computer_yet_is_of_nobodys() {
    assert_eq!(Computer::default().premise(), None);
    let known = Computer::default().evolve(&registered());
    assert_eq!(known.premise(), Some(TenantId(id(1))));
}
