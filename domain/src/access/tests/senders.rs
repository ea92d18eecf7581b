//! Who may send which command: one of each kind of sender against commands of each kind.

use super::{OTHER, OWN, ROLES, holder};
use crate::access::api_token::Role;
use crate::access::{Action, Denied, Guarded, Overridden, Sender, Whereabouts, may_send};
use crate::catalogue::parameter::{ParameterName, ParameterValue, Values};
use crate::catalogue::secret::{Sealed, Secret, SecretCommand, SecretCreated};
use crate::fleet::agent::{Agent, AgentCommand};
use crate::fleet::computer::{Computer, ComputerCommand};
use crate::fleet::person::{Person, PersonAdded, PersonCommand};
use crate::kernel::decider::Decider;
use crate::kernel::harness::{id, noon};
use crate::kernel::ids::{
    AgentId, ComputerId, DeploymentId, PersonId, RunId, SecretId, SessionId, TenantId,
};
use crate::kernel::name::Name;
use crate::maintenance::session::{About, Requested, Session, SessionCommand, SessionCreated};
use crate::rules::deployment::{
    Deployment, DeploymentCommand, DeploymentCreated, DesiredState, Enforcement, MaintenanceItem,
    Membership, Origin, Rule, Scope, Target, TargetFilter,
};
use Role::{MspAdmin, MspTechnician, TenantAdmin, TenantMember};
use std::sync::Arc;

const COMPUTER: ComputerId = ComputerId(id(10));
const AGENT: AgentId = AgentId(id(11));
/// It leads nowhere.
const STRANGER: AgentId = AgentId(id(12));

const OWN_SECRET: SecretId = SecretId(id(13));
/// It is the installation's.
const MSP_SECRET: SecretId = SecretId(id(14));

/// One computer of the own tenant, to which one agent leads; one secret of that tenant, and one of the installation.
struct SmallWorld;

impl Whereabouts for SmallWorld {
    fn tenant_of_computer(&self, computer: ComputerId) -> Option<TenantId> {
        (computer == COMPUTER).then_some(OWN)
    }

    fn tenant_of_person(&self, _: PersonId) -> Option<TenantId> {
        None
    }

    fn owner_of_secret(&self, secret: SecretId) -> Option<Option<TenantId>> {
        match secret {
            OWN_SECRET => Some(Some(OWN)),
            MSP_SECRET => Some(None),
            _ => None,
        }
    }

    fn computer_of_agent(&self, agent: AgentId) -> Option<ComputerId> {
        (agent == AGENT).then_some(COMPUTER)
    }
}

/// The roles that may send it, of those of the MSP and of the own tenant; and nobody of another tenant.
fn roles<D: Guarded>(state: &D, id: D::Id, command: &D::Command) -> Vec<Role> {
    let may = |role: &Role| {
        let sender = Sender::Principal(holder(*role));
        may_send(sender, state, id, command, &SmallWorld).is_ok()
    };
    assert!(!may(&TenantAdmin(OTHER)) && !may(&TenantMember(OTHER)));
    let server = may_send(Sender::Server, state, id, command, &SmallWorld);
    assert_eq!(server, Ok(()), "what happens by itself asks nobody");
    ROLES.into_iter().filter(may).collect()
}

fn agents<D: Guarded>(state: &D, id: D::Id, command: &D::Command) -> [bool; 2] {
    [AGENT, STRANGER].map(|agent| {
        let sender = Sender::Agent(agent);
        may_send(sender, state, id, command, &SmallWorld).is_ok()
    })
}

fn rule(scope: Scope, origin: Origin) -> Deployment {
    let created = DeploymentCreated {
        item: MaintenanceItem::Software(crate::kernel::ids::SoftwareId(id(1))),
        target: target(scope),
        desired: DesiredState::InstalledLatest,
        enforcement: Enforcement::Required,
        origin,
        parameters: Values::default(),
    };
    Deployment::default().evolve(&created.into())
}

fn target(scope: Scope) -> Target {
    Target {
        scope,
        membership: Membership::AllComputers,
        filter: TargetFilter::Servers,
    }
}

const SINGLE: Scope = Scope::SingleTenant {
    tenant: OWN,
    include_children: false,
};
const INDIVIDUAL: Scope = Scope::Individual { computer: COMPUTER };

#[test]
fn who_may_delete_a_deployment_follows_from_whom_it_is_for() {
    let delete = |scope, origin| {
        let state = rule(scope, origin);
        roles(&state, DeploymentId(id(1)), &DeploymentCommand::Delete)
    };
    let (local, recommended) = (Origin::Local, Origin::Recommended);
    assert_eq!(delete(Scope::CrossTenant, local), [MspAdmin]);
    let own = [MspAdmin, MspTechnician, TenantAdmin(OWN)];
    assert_eq!(delete(SINGLE, local), own);
    assert_eq!(delete(SINGLE, recommended), [MspAdmin]);
    assert_eq!(delete(INDIVIDUAL, local), ROLES);
    let elsewhere = Scope::Individual {
        computer: ComputerId(id(98)),
    };
    assert_eq!(delete(elsewhere, local), [MspAdmin, MspTechnician]);
}

#[test]
fn whoever_gives_a_rule_another_target_must_be_allowed_both() {
    let retarget = |from, to| {
        let change = DeploymentCommand::Change {
            target: Some(target(to)),
            desired: None,
            enforcement: None,
            parameters: None,
        };
        roles(&rule(from, Origin::Local), DeploymentId(id(1)), &change)
    };
    let own = [MspAdmin, MspTechnician, TenantAdmin(OWN)];
    assert_eq!(retarget(INDIVIDUAL, SINGLE), own);
    assert_eq!(retarget(SINGLE, INDIVIDUAL), own);
    assert_eq!(retarget(INDIVIDUAL, Scope::CrossTenant), [MspAdmin]);
}

/// What tells a task this secret.
fn telling(secret: SecretId) -> Values {
    let name = ParameterName::new("Key").unwrap();
    Values::new([(name, ParameterValue::Secret { secret })].into()).unwrap()
}

#[test]
fn whoever_has_a_task_told_a_secret_must_be_allowed_to() {
    let own = [MspAdmin, MspTechnician, TenantAdmin(OWN)];
    let msp = [MspAdmin, MspTechnician];
    let id = DeploymentId(id(1));
    let change = |target, parameters| DeploymentCommand::Change {
        target,
        desired: None,
        enforcement: None,
        parameters,
    };
    for (secret, may) in [(OWN_SECRET, &own[..]), (MSP_SECRET, &msp[..])] {
        let mut known = rule(INDIVIDUAL, Origin::Local);
        let tell = change(None, Some(telling(secret)));
        assert_eq!(roles(&known, id, &tell), may);
        let mut new = Rule::clone(known.rule.as_ref().unwrap());
        new.parameters = telling(secret);
        known.rule = Some(Arc::new(new.clone()));
        let create = DeploymentCommand::Create(Box::new(new));
        assert_eq!(roles(&Deployment::default(), id, &create), may);
        // It is told already: nothing new is learnt, unless it is told about others.
        assert_eq!(roles(&known, id, &tell), ROLES);
        let elsewhere = change(Some(target(INDIVIDUAL)), None);
        assert_eq!(roles(&known, id, &elsewhere), may);
        // What else is told may lead it elsewhere: to a server of somebody's own, or into what the script prints.
        for (name, value) in [
            ("Server", ParameterValue::Text("evil.example".into())),
            ("Note", ParameterValue::Secret { secret }),
        ] {
            let told = telling(secret);
            let told = told
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()));
            let more = (ParameterName::new(name).unwrap(), value);
            let told = Values::new(told.chain([more]).collect()).unwrap();
            assert_eq!(roles(&known, id, &change(None, Some(told))), may, "{name}");
        }
        // To tell it no more is no matter of secrets.
        let nothing = change(None, Some(Values::default()));
        assert_eq!(roles(&known, id, &nothing), ROLES);
    }
}

#[test]
fn a_secret_is_managed_by_those_whose_it_is_but_for_members() {
    let sealed = Sealed {
        key: String::new(),
        content: String::new(),
    };
    for (tenant, may) in [
        (Some(OWN), &[MspAdmin, MspTechnician, TenantAdmin(OWN)][..]),
        (None, &[MspAdmin, MspTechnician]),
    ] {
        let name = Name::new("Domain join").unwrap();
        let create = SecretCommand::Create {
            tenant,
            name: name.clone(),
            sealed: sealed.clone(),
        };
        assert_eq!(roles(&Secret::default(), OWN_SECRET, &create), may);
        let sealed = sealed.clone();
        let created = SecretCreated {
            tenant,
            name,
            sealed: sealed.clone(),
        };
        let secret = Secret::default().evolve(&created.into());
        let change = SecretCommand::Change {
            name: None,
            sealed: Some(sealed),
        };
        assert_eq!(roles(&secret, OWN_SECRET, &change), may);
        assert_eq!(roles(&secret, OWN_SECRET, &SecretCommand::Remove), may);
    }
}

#[test]
fn who_goes_to_another_tenant_is_taken_from_one_and_given_to_another() {
    let added = PersonAdded {
        tenant: OWN,
        name: Name::new("Ada").unwrap(),
        upn: None,
    };
    let person = Person::default().evolve(&added.into());
    let may = |tenant| {
        let go = PersonCommand::Move { tenant };
        roles(&person, PersonId(id(1)), &go)
    };
    assert_eq!(may(OTHER), [MspAdmin, MspTechnician]);
    assert_eq!(may(OWN), [MspAdmin, MspTechnician, TenantAdmin(OWN)]);
}

const SESSION: SessionId = SessionId(id(13));

/// To begin a session of the own tenant.
fn create(about: About) -> SessionCommand {
    let request = Requested {
        subject: COMPUTER.into(),
        tenant: OWN,
        about,
        at: noon(),
    };
    SessionCommand::Create { request }
}

/// A session of the own tenant.
fn session() -> Session {
    let created = SessionCreated {
        subject: COMPUTER.into(),
        tenant: OWN,
        about: About::Everything,
        at: noon(),
    };
    Session::default().evolve(&created.into())
}

#[test]
fn everyone_begins_sessions_and_whoever_names_a_deployment_must_be_allowed_that_too() {
    let begin = |about| roles(&Session::default(), SESSION, &create(about));
    let item = MaintenanceItem::Software(crate::kernel::ids::SoftwareId(id(1)));
    assert_eq!(begin(About::Everything), ROLES);
    assert_eq!(begin(About::Item { item }), ROLES);
    let deployment = DeploymentId(id(1));
    let name = |over| begin(About::Deployment { deployment, over });
    assert_eq!(name(Overridden::Wanted), ROLES);
    let all_but_members = [MspAdmin, MspTechnician, TenantAdmin(OWN)];
    assert_eq!(name(Overridden::LeftAlone), all_but_members);
    assert_eq!(begin(About::Draft), [MspAdmin, MspTechnician]);
    let all = create(About::Everything);
    assert_eq!(agents(&Session::default(), SESSION, &all), [false, false]);
}

#[test]
fn a_session_is_cancelled_by_those_who_may_run_one_and_where_there_is_none_by_nobody() {
    let cancel = |session: &Session| roles(session, SESSION, &SessionCommand::Cancel);
    assert_eq!(cancel(&session()), ROLES);
    assert_eq!(cancel(&Session::default()), []);
}

#[test]
fn whoever_may_read_the_computers_of_its_tenant_sees_a_session() {
    let sight = |session: &Session| session.sight(SESSION, &SmallWorld);
    let read = Action::ReadComputer { tenant: OWN };
    assert_eq!(sight(&session()), Some(read));
    assert_eq!(sight(&Session::default()), None);
}

#[test]
fn what_happens_to_a_session_is_of_the_tenant_that_it_was_asked_for_in() {
    let of = |session: &Session, command| session.tenant(SESSION, &command, &SmallWorld);
    let none = Session::default();
    assert_eq!(of(&none, create(About::Everything)), Some(OWN));
    assert_eq!(of(&none, SessionCommand::Cancel), None);
    let started = SessionCommand::run_started(AGENT, RunId(id(1)));
    for command in [SessionCommand::Cancel, started] {
        assert_eq!(of(&session(), command), Some(OWN));
    }
}

#[test]
fn an_agent_speaks_for_itself_and_for_its_computer_and_nobody_speaks_for_it() {
    let show = |agent| SessionCommand::run_started(agent, RunId(id(1)));
    let session = (Session::default(), SessionId(id(1)));
    assert_eq!(agents(&session.0, session.1, &show(AGENT)), [true, false]);
    assert_eq!(roles(&session.0, session.1, &show(AGENT)), []);
    let cancel = agents(&session.0, session.1, &SessionCommand::Cancel);
    assert_eq!(cancel, [false, false]);

    let report = ComputerCommand::ReportInventory(
        serde_json::from_value(serde_json::json!({
            "hostName": "pc", "os": { "family": "linux", "name": "Debian", "version": "13" }, "chassisType": 3,
        }))
        .unwrap(),
    );
    let computer = Computer::default();
    assert_eq!(agents(&computer, COMPUTER, &report), [true, false]);
    let other = agents(&computer, ComputerId(id(97)), &report);
    assert_eq!(other, [false, false], "it leads to another one");
    assert_eq!(roles(&computer, COMPUTER, &report), []);
    let remove = agents(&computer, COMPUTER, &ComputerCommand::Remove);
    assert_eq!(remove, [false, false]);

    let hold = AgentCommand::Follow { tenant: OTHER };
    assert_eq!(agents(&Agent::default(), AGENT, &hold), [false, false]);
    let sender = Sender::Agent(AGENT);
    let denied = may_send(sender, &Agent::default(), AGENT, &hold, &SmallWorld);
    assert_eq!(denied, Err(Denied::Sender));
}
