//! Every answer of `may`, written down: whoever changes one changes a line here.

use super::*;
use crate::kernel::ids::{ComputerId, PersonId};
use crate::rules::deployment::Scope;

/// Of MSP admin, MSP technician, tenant admin and tenant member, the last two being the own tenant's.
pub type Answers = [bool; 4];

pub type Row = (Action, Answers);

const EVERYONE: Answers = [true, true, true, true];
const ALL_BUT_MEMBERS: Answers = [true, true, true, false];
const MSP: Answers = [true, true, false, false];
const BOTH_ADMINS: Answers = [true, false, true, false];
const MSP_ADMIN: Answers = [true, false, false, false];

const INDIVIDUALS: [Scope; 2] = [
    Scope::Individual {
        computer: ComputerId(id(7)),
    },
    Scope::Person {
        person: PersonId(id(8)),
    },
];

fn single(tenant: TenantId) -> Scope {
    Scope::SingleTenant {
        tenant,
        include_children: false,
    }
}

fn with_those_below(tenant: TenantId) -> Scope {
    Scope::SingleTenant {
        tenant,
        include_children: true,
    }
}

/// What may be done with deployments, whatever tenant their target is said to be of where the scope says it already.
fn deployments() -> Vec<Row> {
    let anywhere = [None, Some(OWN), Some(OTHER)];
    let mut rows = Vec::new();
    for tenant in anywhere {
        let read = |scope| Action::ReadDeployment { scope, tenant };
        let manage = |scope| Action::ManageDeployment { scope, tenant };
        rows.extend([
            (read(Scope::CrossTenant), MSP),
            (read(single(OWN)), EVERYONE),
            (read(with_those_below(OWN)), EVERYONE),
            (read(single(OTHER)), MSP),
            (read(with_those_below(OTHER)), MSP),
            (manage(Scope::CrossTenant), MSP_ADMIN),
            (manage(single(OWN)), ALL_BUT_MEMBERS),
            (manage(with_those_below(OWN)), MSP),
            (manage(single(OTHER)), MSP),
            (manage(with_those_below(OTHER)), MSP),
        ]);
        let answers = if tenant == Some(OWN) { EVERYONE } else { MSP };
        for scope in INDIVIDUALS {
            rows.extend([(read(scope), answers), (manage(scope), answers)]);
        }
    }
    rows
}

pub fn rows() -> Vec<Row> {
    let mut rows = of_the_installation();
    rows.extend(of_tenants());
    rows.extend(deployments());
    rows
}

fn of_the_installation() -> Vec<Row> {
    use Action as A;
    let token = |role| A::ManageToken { role };
    vec![
        (A::ManageTenants, MSP_ADMIN),
        (A::ReadCatalogue, EVERYONE),
        (A::ReadScripts, MSP),
        (A::ManageCatalogue, MSP),
        (A::DecideRecommendations, MSP_ADMIN),
        (A::SyncCatalogue, MSP_ADMIN),
        (token(Role::MspAdmin), MSP_ADMIN),
        (token(Role::MspTechnician), MSP_ADMIN),
        (A::ReadEvents { tenant: None }, MSP),
        (A::ManageSecrets { tenant: None }, MSP),
    ]
}

/// What may be done with what is of the own tenant; of another one it is only for the MSP.
fn of_tenants() -> Vec<Row> {
    use Action as A;
    let mut rows = Vec::new();
    for (tenant, is_own) in [(OWN, true), (OTHER, false)] {
        let of = |own: Answers, other: Answers| if is_own { own } else { other };
        let everyone = of(EVERYONE, MSP);
        let all_but_members = of(ALL_BUT_MEMBERS, MSP);
        let both_admins = of(BOTH_ADMINS, MSP_ADMIN);
        let name = |over| A::NameDeployment { tenant, over };
        let token = |role| A::ManageToken { role };
        let of_tenant = Some(tenant);
        rows.extend([
            (A::ReadTenant { tenant }, everyone),
            (A::ReadComputer { tenant }, everyone),
            (A::RunSession { tenant }, everyone),
            (A::RunScript { tenant }, MSP),
            (name(Overridden::Wanted), everyone),
            (name(Overridden::LeftAlone), all_but_members),
            (A::ManageComputer { tenant }, all_but_members),
            (A::ManageEnrolment { tenant }, all_but_members),
            (
                A::ManageSecrets {
                    tenant: Some(tenant),
                },
                all_but_members,
            ),
            (A::ManagePeople { tenant }, all_but_members),
            (A::ManageAgreements { tenant }, MSP),
            (token(Role::TenantAdmin(tenant)), both_admins),
            (token(Role::TenantMember(tenant)), both_admins),
            (A::ReadEvents { tenant: of_tenant }, everyone),
        ]);
    }
    rows
}

#[test]
fn every_role_gets_the_answer_that_is_written_down() {
    for (action, expected) in rows() {
        let actual = ROLES.map(|role| may(holder(role), action).is_ok());
        assert_eq!(actual, expected, "{action:?}");
    }
}

#[test]
fn who_has_the_servers_own_machine_may_everything() {
    for (action, _) in rows() {
        assert_eq!(may(Principal::Operator, action), Ok(()), "{action:?}");
    }
}

/// What commands take by its permission alone, for what is of the installation.
const TAKEN_BY_COMMANDS: [(Permission, [bool; 4]); 1] = [(Permission::ManageOrdering, MSP)];

#[test]
fn every_permission_has_its_answers() {
    for (permission, expected) in TAKEN_BY_COMMANDS {
        let may = |role| has(holder(role), permission, Owner::Installation).is_ok();
        assert_eq!(ROLES.map(may), expected, "{permission:?}");
    }
    for permission in Permission::ALL {
        let is_asked_for = |(action, _): &Row| action.needs().0 == *permission;
        let is_taken = TAKEN_BY_COMMANDS
            .iter()
            .any(|(taken, _)| taken == permission);
        assert!(
            is_taken || rows().iter().any(is_asked_for),
            "{permission:?}"
        );
    }
}
