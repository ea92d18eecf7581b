//! Of tenants, computers, agents, people, groups, agreements and enrolment tokens.

use super::rules::create_deployment;
use super::{Attempt, Possible, act, choose, made_up};
use crate::schema::fleet::tenant::{RemoveTenantInput, RestoreTenantInput};
use crate::schema::maintenance::session::{RunScriptInput, StartSessionInput};
use crate::schema::or_default::OrDefault;
use async_graphql::ID;
use chrono::TimeDelta;
use std::collections::BTreeSet;
use upkeep_commands::{Change as _, Sight, Stop};
use upkeep_domain::access::Guarded;
use upkeep_domain::access::api_token::{ApiToken, ApiTokenCommand, Grant, Role};
use upkeep_domain::catalogue::secret::{Sealed, Secret, SecretCommand};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, HoldReason, ReleasedAs};
use upkeep_domain::fleet::agreement::{Agreement, AgreementCommand, Period};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand, DetailReport};
use upkeep_domain::fleet::enrolment::{EnrolmentToken, EnrolmentTokenCommand, TokenTerms};
use upkeep_domain::fleet::group::{Group, GroupCommand, GroupKind};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::TagChange;
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::ids::{
    AgreementId, ApiTokenId, DeploymentId, EnrolmentTokenId, GroupId, PersonId, SecretId, TenantId,
};
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_domain::rules::deployment::Scope;

/// No tags to be given, and none to be taken away.
fn no_tags() -> TagChange {
    TagChange {
        add: BTreeSet::new(),
        remove: BTreeSet::new(),
    }
}

fn id_of<D: Guarded>(thing: &Sight<'_, D>) -> ID {
    ID(thing.id.to_string())
}

impl Possible for Tenant {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("renameTenant", |ask, tenant| {
            let name = made_up();
            ask.weigh(&tenant.plan(TenantCommand::Rename { name })?)
        }),
        choose("setTenantTimeZone", |ask, tenant| {
            let time_zone = tenant.state.time_zone;
            ask.weigh(&tenant.plan(TenantCommand::SetTimeZone { time_zone })?)
        }),
        choose("setTenantCrossTenantExclusion", |ask, tenant| {
            ask.weigh(&tenant.plan(TenantCommand::ExcludeFromCrossTenant)?)
        }),
        choose("setTenantParent", |ask, tenant| {
            let (parent, turn) = (tenant.state.parent, tenant.state.turn + 1);
            ask.weigh(&tenant.plan(TenantCommand::SetParent { parent, turn })?)
        }),
        act("removeTenant", |ask, tenant| {
            let remove = RemoveTenantInput {
                id: id_of(tenant),
                confirm_impact: None,
                options: OrDefault::default(),
            };
            ask.weigh(&remove.plan(ask)?)
        }),
        act("restoreTenant", |ask, tenant| {
            let restore = RestoreTenantInput {
                id: id_of(tenant),
                confirm_impact: None,
                options: OrDefault::default(),
            };
            ask.weigh(&restore.plan(ask)?)
        }),
        choose("changeTags", |ask, tenant| {
            ask.weigh(&tenant.plan(TenantCommand::ChangeTags(no_tags()))?)
        }),
        choose("createTenant", |ask, tenant| {
            let create = TenantCommand::Create {
                name: made_up(),
                parent: Some(tenant.id),
            };
            ask.refuse_if_removed(Some(tenant.id))?;
            ask.weigh(&ask.make::<Self>(TenantId(ask.new_id("tenant")), create)?)
        }),
        choose("createDeployment", |ask, tenant| {
            let scope = Scope::SingleTenant {
                tenant: tenant.id,
                include_children: false,
            };
            create_deployment(ask, scope)
        }),
        choose("addPerson", |ask, tenant| {
            let add = PersonCommand::Add {
                tenant: tenant.id,
                name: made_up(),
                upn: None,
            };
            ask.weigh(&ask.make::<Person>(PersonId(ask.new_id("person")), add)?)
        }),
        choose("createGroup", |ask, tenant| {
            let create = GroupCommand::Create {
                tenant: tenant.id,
                kind: GroupKind::Device,
                name: made_up(),
            };
            ask.weigh(&ask.make::<Group>(GroupId(ask.new_id("group")), create)?)
        }),
        choose("addAgreement", |ask, tenant| {
            let add = AgreementCommand::Add {
                tenant: tenant.id,
                name: made_up(),
                agreement_type: made_up(),
                period: Period::default(),
            };
            let id = AgreementId(ask.new_id("agreement"));
            ask.weigh(&ask.make::<Agreement>(id, add)?)
        }),
        choose("createSecret", |ask, tenant| {
            let create = SecretCommand::Create {
                tenant: Some(tenant.id),
                name: made_up(),
                sealed: Sealed::nothing(),
            };
            ask.weigh(&ask.make::<Secret>(SecretId(ask.new_id("secret")), create)?)
        }),
        choose("createEnrolmentToken", |ask, tenant| {
            let id = ask.new_id("enrolment");
            let terms = TokenTerms {
                tenant: tenant.id,
                secret_hash: BearerToken::new(id, [0; 32]).hash(),
                expires_at: ask.now() + TimeDelta::hours(1),
                max_uses: 1,
            };
            let create = EnrolmentTokenCommand::Create(terms);
            ask.weigh(&ask.make::<EnrolmentToken>(EnrolmentTokenId(id), create)?)
        }),
        choose("createApiToken", |ask, tenant| {
            let id = ask.new_id("token");
            let grant = Grant {
                name: made_up(),
                role: Role::TenantMember(tenant.id),
                secret_hash: BearerToken::new(id, [0; 32]).hash(),
                expires_at: None,
                created_by: None,
            };
            let create = ApiTokenCommand::Create(grant);
            ask.weigh(&ask.make::<ApiToken>(ApiTokenId(id), create)?)
        }),
    ];
}

impl Possible for Computer {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("startSession", |ask, computer| {
            let start = StartSessionInput {
                computer_id: id_of(computer),
                software_id: None,
                task_id: None,
                deployment_id: None,
                options: OrDefault::default(),
            };
            ask.weigh(&start.plan(ask)?)
        }),
        choose("runScript", |ask, computer| {
            ask.weigh(&RunScriptInput::made_up(id_of(computer)).plan(ask)?)
        }),
        act("completeOnboarding", |ask, computer| {
            ask.weigh(&computer.plan(ComputerCommand::CompleteOnboarding)?)
        }),
        choose("setComputerPrimaryPerson", |ask, computer| {
            let set = ComputerCommand::SetPrimaryPerson { person: None };
            ask.weigh(&computer.plan(set)?)
        }),
        choose("setComputerMaintenanceExclusion", |ask, computer| {
            ask.weigh(&computer.plan(ComputerCommand::ExcludeFromMaintenance)?)
        }),
        choose("setComputerDeploymentApproval", |ask, computer| {
            let deployment = DeploymentId(ask.new_id("deployment"));
            ask.weigh(&computer.plan(ComputerCommand::WithdrawApproval { deployment })?)
        }),
        choose("recordMetascriptAnswer", |ask, computer| {
            let known = computer.state.answers.keys().next().cloned();
            let answer = ComputerCommand::RecordMetascriptAnswer {
                metascript: known.unwrap_or_else(made_up),
                answer: true,
                observed_at: None,
            };
            ask.weigh(&computer.plan(answer)?)
        }),
        choose("reportInventoryDetail", |ask, computer| {
            let report = Box::new(DetailReport::default());
            ask.weigh(&computer.plan(ComputerCommand::ReportDetail(report))?)
        }),
        choose("changeTags", |ask, computer| {
            ask.weigh(&computer.plan(ComputerCommand::ChangeTags(no_tags()))?)
        }),
        choose("moveComputer", |ask, computer| {
            let known = computer.state.registration.as_ref();
            let known = known.ok_or_else(|| Stop::not_found(Self::NOUN))?;
            let tenant = known.tenant;
            ask.weigh(&computer.plan(ComputerCommand::Move { tenant })?)
        }),
        act("removeComputer", |ask, computer| {
            ask.weigh(&computer.plan(ComputerCommand::Remove)?)
        }),
        act("restoreComputer", |ask, computer| {
            ask.weigh(&computer.plan(ComputerCommand::Restore)?)
        }),
        choose("createDeployment", |ask, computer| {
            let computer = computer.id;
            create_deployment(ask, Scope::Individual { computer })
        }),
    ];
}

impl Possible for Agent {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        act("releaseAgent", |ask, agent| {
            let claims = matches!(agent.state.hold, Some(HoldReason::ClaimedHardware { .. }));
            let released_as = claims.then_some(ReleasedAs::AnotherPathway);
            ask.weigh(&agent.plan(AgentCommand::Release { released_as })?)
        }),
        act("revokeAgent", |ask, agent| {
            ask.weigh(&agent.plan(AgentCommand::Revoke)?)
        }),
    ];
}

impl Possible for Person {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("renamePerson", |ask, person| {
            let name = made_up();
            ask.weigh(&person.plan(PersonCommand::Rename { name })?)
        }),
        choose("setPersonUpn", |ask, person| {
            ask.weigh(&person.plan(PersonCommand::ChangeUpn { upn: None })?)
        }),
        choose("changeTags", |ask, person| {
            ask.weigh(&person.plan(PersonCommand::ChangeTags(no_tags()))?)
        }),
        choose("movePerson", |ask, person| {
            let known = person.state.profile.as_ref();
            let known = known.ok_or_else(|| Stop::not_found(Self::NOUN))?;
            let tenant = known.tenant;
            ask.weigh(&person.plan(PersonCommand::Move { tenant })?)
        }),
        act("removePerson", |ask, person| {
            ask.weigh(&person.plan(PersonCommand::Remove)?)
        }),
        choose("createDeployment", |ask, person| {
            let person = person.id;
            create_deployment(ask, Scope::Person { person })
        }),
    ];
}

impl Possible for Group {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("changeGroupMembers", |ask, group| {
            let change = GroupCommand::ChangeMembers {
                this: group.id,
                add: vec![],
                remove: BTreeSet::new(),
                levels: 1,
            };
            ask.weigh(&group.plan(change)?)
        }),
        act("removeGroup", |ask, group| {
            ask.weigh(&group.plan(GroupCommand::Remove)?)
        }),
    ];
}

impl Possible for Agreement {
    const ATTEMPTS: &'static [Attempt<Self>] = &[
        choose("changeAgreement", |ask, agreement| {
            let change = AgreementCommand::Change {
                agreement_type: None,
                period: None,
            };
            ask.weigh(&agreement.plan(change)?)
        }),
        choose("recordAgreementAddition", |ask, agreement| {
            let known = agreement.state.additions.keys().next().cloned();
            let record = AgreementCommand::RecordAddition {
                product: known.unwrap_or_else(made_up),
                period: None,
            };
            ask.weigh(&agreement.plan(record)?)
        }),
        choose("removeAgreementAddition", |ask, agreement| {
            let product = made_up();
            ask.weigh(&agreement.plan(AgreementCommand::RemoveAddition { product })?)
        }),
        act("removeAgreement", |ask, agreement| {
            ask.weigh(&agreement.plan(AgreementCommand::Remove)?)
        }),
    ];
}

impl Possible for EnrolmentToken {
    const ATTEMPTS: &'static [Attempt<Self>] = &[act("revokeEnrolmentToken", |ask, token| {
        ask.weigh(&token.plan(EnrolmentTokenCommand::Revoke)?)
    })];
}
