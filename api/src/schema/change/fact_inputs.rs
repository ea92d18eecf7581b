//! The inputs of changes of what targets read, and what each comes to.

use super::moving;
use crate::request::Request;
use crate::schema::change::{
    Checked, Plan, Planned, found, name, new_id, optional_name, refuse_if_removed,
};
use crate::schema::facts::GroupKind;
use crate::schema::types::{ByteCount, UserError, uuid_of};
use async_graphql::{Enum, ID, InputObject, OneofObject};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::agreement::{self, AgreementCommand};
use upkeep_domain::fleet::computer::{self, ComputerCommand, DetailReport, InventoryDetail};
use upkeep_domain::fleet::group::{GroupCommand, Member};
use upkeep_domain::fleet::person::PersonCommand;
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{Presence, TenantCommand};
use upkeep_domain::kernel::ids::{
    AgreementId, ComputerId, DeploymentId, GroupId, PersonId, TenantId,
};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::Scope;
use upkeep_projections::View;

/// Who gets or loses tags: give exactly one.
#[derive(Clone, Debug, OneofObject)]
#[expect(clippy::enum_variant_names, reason = "they are the fields' names")]
pub enum TagBearerInput {
    /// A computer.
    ComputerId(ID),
    /// A tenant.
    TenantId(ID),
    /// A person.
    PersonId(ID),
}

/// A computer's part in a Windows domain, as Win32_ComputerSystem.DomainRole has it.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "computer::DomainRole")]
pub enum DomainRole {
    /// 0.
    StandaloneWorkstation,
    /// 1.
    MemberWorkstation,
    /// 2.
    StandaloneServer,
    /// 3.
    MemberServer,
    /// 4.
    BackupDomainController,
    /// 5.
    PrimaryDomainController,
}

impl std::fmt::Debug for DomainRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        computer::DomainRole::from(*self).fmt(f)
    }
}

/// A part of what integrations know of a computer.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "computer::DetailPart")]
pub enum InventoryPart {
    /// Who made it.
    Manufacturer,
    /// Its model.
    Model,
    /// Its serial number.
    SerialNumber,
    /// The domain or directory that it is joined to.
    DomainName,
    /// Its part in a Windows domain.
    DomainRole,
    /// The operating system's build.
    OsBuild,
    /// Its memory.
    MemoryBytes,
}

impl std::fmt::Debug for InventoryPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        computer::DetailPart::from(*self).fmt(f)
    }
}

/// Days, both included, in the tenant's time zone; without an end where none is given. From 2100 on time zones have no summer
/// time here: nobody has decided on it yet, and days begin and end by the standard time.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PeriodInput {
    /// The first day.
    first_day: Option<NaiveDate>,
    /// The last day.
    last_day: Option<NaiveDate>,
}

impl From<&PeriodInput> for agreement::Period {
    fn from(input: &PeriodInput) -> Self {
        Self {
            first_day: input.first_day,
            last_day: input.last_day,
        }
    }
}

/// Who is in a group.
#[derive(Clone, Debug, Default, InputObject)]
#[expect(clippy::struct_field_names, reason = "they are the contract")]
pub struct MembersInput {
    /// People.
    #[graphql(default, validator(max_items = 1000))]
    person_ids: Vec<ID>,
    /// Computers.
    #[graphql(default, validator(max_items = 1000))]
    computer_ids: Vec<ID>,
    /// Everybody in these groups.
    #[graphql(default, validator(max_items = 1000))]
    group_ids: Vec<ID>,
}

inputs! {
    /// Tags to be given and taken away.
    ChangeTagsInput {
        /// Whose.
        on: TagBearerInput,
        /// Tags to be given; upper and lower case are the same.
        #[graphql(default, validator(max_items = 200))]
        add: Vec<String>,
        /// Tags to be taken away.
        #[graphql(default, validator(max_items = 200))]
        remove: Vec<String>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// Whose computer it is.
    SetPrimaryPersonInput {
        /// The computer.
        computer_id: ID,
        /// The person, of the same tenant; nothing if it is nobody's.
        person_id: Option<ID>,
    }
    /// Whether deployments apply to a computer.
    SetMaintenanceInput {
        /// The computer.
        computer_id: ID,
        /// `true`: none does any more. `false`: they do again.
        is_excluded: bool,
    }
    /// A computer that is gone.
    RemoveComputerInput {
        /// The computer.
        id: ID,
    }
    /// A computer that goes to another tenant.
    MoveComputerInput {
        /// The computer.
        id: ID,
        /// The tenant that it goes to.
        tenant_id: ID,
    }
    /// A removed computer that is there again.
    RestoreComputerInput {
        /// The computer.
        id: ID,
    }
    /// Whether an optional deployment may apply to a computer.
    SetOptionalApprovalInput {
        /// The computer.
        computer_id: ID,
        /// The deployment.
        deployment_id: ID,
        /// `true`: it may. `false`: it may not any more.
        is_approved: bool,
    }
    /// What a metascript said of a computer.
    RecordMetascriptAnswerInput {
        /// The computer.
        computer_id: ID,
        /// The metascript's name.
        metascript: String,
        /// What it said.
        answer: bool,
        /// When it was observed, at most five minutes in the future; now if not given. An older answer than the known one
        /// changes nothing.
        observed_at: Option<DateTime<Utc>>,
    }
    /// What an integration knows of a computer besides its agent. What is not given, or null, stays as it is known: another
    /// integration may know it.
    ReportInventoryDetailInput {
        /// The computer.
        computer_id: ID,
        /// Who made it.
        manufacturer: Option<String>,
        /// Its model.
        model: Option<String>,
        /// Its serial number.
        serial_number: Option<String>,
        /// The domain or directory that it is joined to.
        domain_name: Option<String>,
        /// Its part in a Windows domain.
        domain_role: Option<DomainRole>,
        /// The operating system's build.
        os_build: Option<String>,
        /// Its memory, in bytes.
        memory_bytes: Option<ByteCount>,
        /// What is not known any more.
        #[graphql(default, validator(max_items = 7))]
        unknown: Vec<InventoryPart>,
    }
    /// A new person.
    AddPersonInput {
        /// The tenant that the person works for.
        tenant_id: ID,
        /// The name.
        name: String,
        /// The user principal name.
        upn: Option<String>,
    }
    /// Another name for a person.
    RenamePersonInput {
        /// The person.
        id: ID,
        /// The new name.
        name: String,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// The user principal name of a person.
    SetUpnInput {
        /// The person.
        id: ID,
        /// The user principal name; nothing takes it away.
        upn: Option<String>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A person.
    PersonInput {
        /// The person.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A person who works for another tenant from now on.
    MovePersonInput {
        /// The person.
        id: ID,
        /// The tenant that the person goes to.
        tenant_id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A new group.
    CreateGroupInput {
        /// The tenant that it belongs to.
        tenant_id: ID,
        /// Where it comes from.
        kind: GroupKind,
        /// Its name.
        name: String,
    }
    /// Members to be added and taken away, at most 1,000 at once.
    ChangeGroupMembersInput {
        /// The group.
        id: ID,
        /// Who comes in; of the group's tenant.
        #[graphql(default)]
        add: MembersInput,
        /// Who leaves.
        #[graphql(default)]
        remove: MembersInput,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A group.
    GroupInput {
        /// The group.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A new agreement.
    AddAgreementInput {
        /// The tenant whose it is.
        tenant_id: ID,
        /// Its name.
        name: String,
        /// Its type.
        agreement_type: String,
        /// The days on which it counts.
        #[graphql(default)]
        period: PeriodInput,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// What changes in an agreement; what is not given stays.
    ChangeAgreementInput {
        /// The agreement.
        id: ID,
        /// Its type.
        agreement_type: Option<String>,
        /// The days on which it counts.
        period: Option<PeriodInput>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A product on an agreement.
    RecordAdditionInput {
        /// The agreement.
        agreement_id: ID,
        /// The product.
        product: String,
        /// The days on which it counts; where it is not given they stay, and a new product counts on all days.
        period: Option<PeriodInput>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A product to be taken off an agreement.
    RemoveAdditionInput {
        /// The agreement.
        agreement_id: ID,
        /// The product.
        product: String,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// An agreement.
    AgreementInput {
        /// The agreement.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A new cloud task.
    CreateCloudTaskInput {
        /// Its name.
        name: String,
    }
    /// Another name for a cloud task.
    RenameCloudTaskInput {
        /// The cloud task.
        id: ID,
        /// Its new name.
        name: String,
    }
    /// A tenant's time zone.
    SetTimeZoneInput {
        /// The tenant.
        tenant_id: ID,
        /// Its name in the IANA database: "Europe/Vienna".
        time_zone: String,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// Whether cross-tenant deployments apply to a tenant.
    SetCrossTenantInput {
        /// The tenant.
        tenant_id: ID,
        /// `true`: they do not any more. `false`: they do again.
        is_excluded: bool,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// Another name for a tenant.
    RenameTenantInput {
        /// The tenant.
        id: ID,
        /// Its new name.
        name: String,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A tenant that is gone.
    RemoveTenantInput {
        /// The tenant. No tenant may be below it.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A removed tenant that is there again.
    RestoreTenantInput {
        /// The tenant. The one above it must be there.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// Another place for a tenant in the tree.
    SetTenantParentInput {
        /// The tenant.
        id: ID,
        /// The tenant above it; nothing puts it at the top.
        parent_id: Option<ID>,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
}

fn new_tags(texts: &[String]) -> Result<BTreeSet<Tag>, UserError> {
    let tag = |text: &String| Tag::new(text).map_err(|error| UserError::invalid("add", &error));
    texts.iter().map(tag).collect()
}

fn visible_tenant(request: &Request, view: &View, id: &ID, field: &str) -> Checked<TenantId> {
    let tenant = TenantId(uuid_of("Tenant", id)?);
    let is_visible =
        view.tenants.get(tenant).is_some() && request.may(Action::ReadTenant { tenant });
    Ok(found(is_visible.then_some(tenant), "tenant", field))
}

fn visible_computer(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(ComputerId, TenantId)> {
    let computer = ComputerId(uuid_of("Computer", id)?);
    let tenant = view.tenant_of(computer);
    let tenant = tenant.filter(|tenant| request.may(Action::ReadComputer { tenant: *tenant }));
    Ok(found(tenant, "computer", field).map(|tenant| (computer, tenant)))
}

fn visible_person(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(PersonId, TenantId)> {
    let person = PersonId(uuid_of("Person", id)?);
    let tenant = view.tenant_of_person(person);
    let tenant = tenant.filter(|tenant| request.may(Action::ReadTenant { tenant: *tenant }));
    Ok(found(tenant, "person", field).map(|tenant| (person, tenant)))
}

fn visible_group(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(GroupId, TenantId)> {
    let group = GroupId(uuid_of("Group", id)?);
    let known = view
        .groups
        .get(group)
        .and_then(|entry| entry.state.definition.as_ref());
    let tenant = known.map(|known| known.tenant);
    let tenant = tenant.filter(|tenant| request.may(Action::ReadTenant { tenant: *tenant }));
    Ok(found(tenant, "group", field).map(|tenant| (group, tenant)))
}

/// Somebody who did not leave.
fn present_person(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(PersonId, TenantId)> {
    let (person, tenant) = check!(visible_person(request, view, id, field)?);
    let known = view.persons.get(person);
    let is_there = known.is_some_and(|entry| entry.state.present().is_some());
    Ok(found(is_there.then_some((person, tenant)), "person", field))
}

/// A group that was not removed.
fn present_group(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(GroupId, TenantId)> {
    let (group, tenant) = check!(visible_group(request, view, id, field)?);
    let known = view.groups.get(group);
    let is_there = known.is_some_and(|entry| entry.state.present().is_some());
    Ok(found(is_there.then_some((group, tenant)), "group", field))
}

fn visible_agreement(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(AgreementId, TenantId)> {
    let agreement = AgreementId(uuid_of("Agreement", id)?);
    let known = view
        .agreements
        .get(agreement)
        .and_then(|entry| entry.state.terms.as_ref());
    let tenant = known.map(|known| known.tenant);
    let tenant = tenant.filter(|tenant| request.may(Action::ReadTenant { tenant: *tenant }));
    Ok(found(tenant, "agreement", field).map(|tenant| (agreement, tenant)))
}

changes! {
    ChangeTagsInput = "changeTags", as confirm_impact, |this, request, view, _command| {
        let change = TagChange {
            add: check!(new_tags(&this.add)),
            remove: this.remove.iter().map(|text| Tag::known(text)).collect(),
        };
        match &this.on {
            TagBearerInput::ComputerId(id) => {
                let (computer, tenant) = check!(visible_computer(request, view, id, "on")?);
                request.require(Action::ManageComputer { tenant })?;
                Plan::of(tenant, Planned::Computer(computer, ComputerCommand::ChangeTags(change)))
            }
            TagBearerInput::TenantId(id) => {
                let tenant = check!(visible_tenant(request, view, id, "on")?);
                request.require(Action::ManageTenants)?;
                Plan::of(tenant, Planned::Tenant(tenant, TenantCommand::ChangeTags(change)))
            }
            TagBearerInput::PersonId(id) => {
                let (person, tenant) = check!(visible_person(request, view, id, "on")?);
                request.require(Action::ManagePeople { tenant })?;
                Plan::of(tenant, Planned::Person(person, PersonCommand::ChangeTags(change)))
            }
        }
    }
    SetPrimaryPersonInput = "setPrimaryPerson", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let person = match &this.person_id {
            None => None,
            Some(id) => Some(check!(present_person(request, view, id, "personId")?)),
        };
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::SetPrimaryPerson { person }))
    }
    SetMaintenanceInput = "setMaintenance", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let command = if this.is_excluded {
            ComputerCommand::ExcludeFromMaintenance
        } else {
            ComputerCommand::IncludeInMaintenance
        };
        Plan::of(tenant, Planned::Computer(computer, command))
    }
    RemoveComputerInput = "removeComputer", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.id, "id")?);
        request.require(Action::ManageComputer { tenant })?;
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::Remove))
    }
    MoveComputerInput = "moveComputer", |this, request, view, _command| {
        let (computer, from) = check!(visible_computer(request, view, &this.id, "id")?);
        let to = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        for tenant in [from, to] {
            request.require(Action::ManageComputer { tenant })?;
            check!(refuse_if_removed(view, Some(tenant)));
        }
        if from != to {
            let own = |scope| scope == Scope::Individual { computer };
            check!(moving::check_room(view, to, own));
        }
        Plan::of(to, Planned::Computer(computer, ComputerCommand::Move { tenant: to }))
    }
    RestoreComputerInput = "restoreComputer", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.id, "id")?);
        request.require(Action::ManageComputer { tenant })?;
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::Restore))
    }
    SetOptionalApprovalInput = "setOptionalApproval", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let deployment = DeploymentId(uuid_of("Deployment", &this.deployment_id)?);
        let is_there = is_shown(request, view, (computer, tenant), deployment);
        check!(found(is_there.then_some(()), "deployment", "deploymentId"));
        let command = if this.is_approved {
            ComputerCommand::ApproveOptional { deployment }
        } else {
            ComputerCommand::WithdrawApproval { deployment }
        };
        Plan::of(tenant, Planned::Computer(computer, command))
    }
    ReportInventoryDetailInput = "reportInventoryDetail", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let said = InventoryDetail {
            manufacturer: check!(optional_name("manufacturer", this.manufacturer.as_ref())),
            model: check!(optional_name("model", this.model.as_ref())),
            serial_number: check!(optional_name("serialNumber", this.serial_number.as_ref())),
            domain_name: check!(optional_name("domainName", this.domain_name.as_ref())),
            domain_role: this.domain_role.map(Into::into),
            os_build: check!(optional_name("osBuild", this.os_build.as_ref())),
            memory_bytes: this.memory_bytes.map(|bytes| bytes.0),
        };
        let unknown = this.unknown.iter().copied().map(Into::into).collect();
        let report = Box::new(DetailReport { said, unknown });
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::ReportDetail(report)))
    }
    RecordMetascriptAnswerInput = "recordMetascriptAnswer", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let command = ComputerCommand::RecordMetascriptAnswer {
            metascript: check!(name("metascript", &this.metascript)),
            answer: this.answer,
            observed_at: this.observed_at,
        };
        Plan::of(tenant, Planned::Computer(computer, command))
    }
    AddPersonInput = "addPerson", |this, request, view, command| {
        let tenant = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        request.require(Action::ManagePeople { tenant })?;
        let add = PersonCommand::Add {
            tenant,
            name: check!(name("name", &this.name)),
            upn: check!(optional_name("upn", this.upn.as_ref())),
        };
        Plan::of(tenant, Planned::Person(PersonId(new_id(command, "person")), add))
    }
    RenamePersonInput = "renamePerson", as confirm_impact, |this, request, view, _command| {
        let (person, tenant) = check!(visible_person(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        let name = check!(name("name", &this.name));
        Plan::of(tenant, Planned::Person(person, PersonCommand::Rename { name }))
    }
    SetUpnInput = "setUpn", as confirm_impact, |this, request, view, _command| {
        let (person, tenant) = check!(visible_person(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        let upn = check!(optional_name("upn", this.upn.as_ref()));
        Plan::of(tenant, Planned::Person(person, PersonCommand::ChangeUpn { upn }))
    }
    PersonInput = "removePerson", as confirm_impact, |this, request, view, _command| {
        let (person, tenant) = check!(visible_person(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        Plan::of(tenant, Planned::Person(person, PersonCommand::Remove))
    }
    MovePersonInput = "movePerson", as confirm_impact, |this, request, view, _command| {
        let (person, from) = check!(visible_person(request, view, &this.id, "id")?);
        let to = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        for tenant in [from, to] {
            request.require(Action::ManagePeople { tenant })?;
            check!(refuse_if_removed(view, Some(tenant)));
        }
        if from != to {
            let own = |scope| scope == Scope::Person { person };
            check!(moving::check_room(view, to, own));
        }
        Plan::of(to, Planned::Person(person, PersonCommand::Move { tenant: to }))
    }
    CreateGroupInput = "createGroup", |this, request, view, command| {
        let tenant = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        request.require(Action::ManagePeople { tenant })?;
        let create = GroupCommand::Create {
            tenant,
            kind: this.kind.into(),
            name: check!(name("name", &this.name)),
        };
        Plan::of(tenant, Planned::Group(GroupId(new_id(command, "group")), create))
    }
    ChangeGroupMembersInput = "changeGroupMembers", as confirm_impact, |this, request, view, _command| {
        let (group, tenant) = check!(visible_group(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        let add = check!(members_to_add(request, view, &this.add)?);
        let remove = check!(members_to_remove(&this.remove)?);
        let change = GroupCommand::ChangeMembers {
            levels: levels(view, group, &add),
            this: group,
            add,
            remove,
        };
        Plan::of(tenant, Planned::Group(group, change))
    }
    GroupInput = "removeGroup", as confirm_impact, |this, request, view, _command| {
        let (group, tenant) = check!(visible_group(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        Plan::of(tenant, Planned::Group(group, GroupCommand::Remove))
    }
    AddAgreementInput = "addAgreement", as confirm_impact, |this, request, view, command| {
        let tenant = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        request.require(Action::ManageAgreements { tenant })?;
        let add = AgreementCommand::Add {
            tenant,
            name: check!(name("name", &this.name)),
            agreement_type: check!(name("agreementType", &this.agreement_type)),
            period: (&this.period).into(),
        };
        Plan::of(tenant, Planned::Agreement(AgreementId(new_id(command, "agreement")), add))
    }
    ChangeAgreementInput = "changeAgreement", as confirm_impact, |this, request, view, _command| {
        let (agreement, tenant) = check!(visible_agreement(request, view, &this.id, "id")?);
        request.require(Action::ManageAgreements { tenant })?;
        let change = AgreementCommand::Change {
            agreement_type: check!(optional_name("agreementType", this.agreement_type.as_ref())),
            period: this.period.as_ref().map(Into::into),
        };
        Plan::of(tenant, Planned::Agreement(agreement, change))
    }
    RecordAdditionInput = "recordAddition", as confirm_impact, |this, request, view, _command| {
        let (agreement, tenant) = check!(visible_agreement(request, view, &this.agreement_id, "agreementId")?);
        request.require(Action::ManageAgreements { tenant })?;
        let record = AgreementCommand::RecordAddition {
            product: check!(name("product", &this.product)),
            period: this.period.as_ref().map(Into::into),
        };
        Plan::of(tenant, Planned::Agreement(agreement, record))
    }
    RemoveAdditionInput = "removeAddition", as confirm_impact, |this, request, view, _command| {
        let (agreement, tenant) = check!(visible_agreement(request, view, &this.agreement_id, "agreementId")?);
        request.require(Action::ManageAgreements { tenant })?;
        let product = Name::known(&this.product);
        Plan::of(tenant, Planned::Agreement(agreement, AgreementCommand::RemoveAddition { product }))
    }
    AgreementInput = "removeAgreement", as confirm_impact, |this, request, view, _command| {
        let (agreement, tenant) = check!(visible_agreement(request, view, &this.id, "id")?);
        request.require(Action::ManageAgreements { tenant })?;
        Plan::of(tenant, Planned::Agreement(agreement, AgreementCommand::Remove))
    }
    SetTimeZoneInput = "setTimeZone", as confirm_impact, |this, request, view, _command| {
        let tenant = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        request.require(Action::ManageTenants)?;
        let zone = this.time_zone.parse().map_err(|_| {
            let message = format!("{:?} is no time zone of the IANA database: give one like Europe/Vienna", this.time_zone);
            UserError::invalid("timeZone", &message)
        });
        let set = TenantCommand::SetTimeZone { time_zone: check!(zone) };
        Plan::of(tenant, Planned::Tenant(tenant, set))
    }
    SetCrossTenantInput = "setCrossTenant", as confirm_impact, |this, request, view, _command| {
        let tenant = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        request.require(Action::ManageTenants)?;
        let set = if this.is_excluded {
            TenantCommand::ExcludeFromCrossTenant
        } else {
            TenantCommand::IncludeInCrossTenant
        };
        Plan::of(tenant, Planned::Tenant(tenant, set))
    }
    RenameTenantInput = "renameTenant", as confirm_impact, |this, request, view, _command| {
        request.require(Action::ManageTenants)?;
        let tenant = check!(visible_tenant(request, view, &this.id, "id")?);
        let name = check!(name("name", &this.name));
        Plan::of(tenant, Planned::Tenant(tenant, TenantCommand::Rename { name }))
    }
    RemoveTenantInput = "removeTenant", as confirm_impact, |this, request, view, _command| {
        request.require(Action::ManageTenants)?;
        let tenant = check!(visible_tenant(request, view, &this.id, "id")?);
        Plan::of(tenant, Planned::Tenant(tenant, presence(view, tenant, Presence::Removed)))
    }
    RestoreTenantInput = "restoreTenant", as confirm_impact, |this, request, view, _command| {
        request.require(Action::ManageTenants)?;
        let tenant = check!(visible_tenant(request, view, &this.id, "id")?);
        Plan::of(tenant, Planned::Tenant(tenant, presence(view, tenant, Presence::Present)))
    }
    SetTenantParentInput = "setTenantParent", as confirm_impact, |this, request, view, _command| {
        request.require(Action::ManageTenants)?;
        let tenant = check!(visible_tenant(request, view, &this.id, "id")?);
        let parent = match &this.parent_id {
            None => None,
            Some(id) => Some(check!(visible_tenant(request, view, id, "parentId")?)),
        };
        // The turn is the tree's to give; to be imagined, it is the next one.
        let turn = view.tenants.get(tenant).map_or(0, |entry| entry.state.turn) + 1;
        Plan::of(tenant, Planned::Tenant(tenant, TenantCommand::SetParent { parent, turn }))
    }
}

/// The turn is the tree's to give; to be imagined, it is the next one.
fn presence(view: &View, tenant: TenantId, presence: Presence) -> TenantCommand {
    let known = view.tenants.get(tenant);
    let turn = match known {
        // What is so already is imagined as what it is: no change.
        Some(entry) if entry.state.presence == presence => 0,
        known => known.map_or(0, |entry| entry.state.presence_turn) + 1,
    };
    TenantCommand::SetPresence { presence, turn }
}

/// Whether the caller knows of a deployment: by seeing it, or because it reaches a computer in whose resolution it is named.
fn is_shown(
    request: &Request,
    view: &View,
    (computer, own): (ComputerId, TenantId),
    deployment: DeploymentId,
) -> bool {
    let entry = view.deployments.get(deployment);
    let Some(rule) = entry.and_then(|entry| entry.state.rule.as_ref()) else {
        return false;
    };
    let scope = rule.target.scope;
    let tenant = view.tenant_of_scope(scope);
    let reaches = match scope {
        Scope::CrossTenant => true,
        Scope::SingleTenant {
            tenant,
            include_children,
        } => tenant == own || include_children && view.ancestors(own).contains(&tenant),
        Scope::Individual { computer: one } => one == computer,
        Scope::Person { .. } => tenant == Some(own),
    };
    reaches || request.may(Action::ReadDeployment { scope, tenant })
}

/// How deep groups would be in each other.
fn levels(view: &View, outer: GroupId, add: &[(Member, TenantId)]) -> usize {
    let inner = add.iter().filter_map(|(member, _)| match member {
        Member::Group(group) if *group != outer => Some(*group),
        _ => None,
    });
    view.levels_of_groups(outer, inner)
}

/// Members who are there and whom the caller may see, each with its tenant.
fn members_to_add(
    request: &Request,
    view: &View,
    input: &MembersInput,
) -> Checked<Vec<(Member, TenantId)>> {
    let mut members = Vec::new();
    for id in &input.person_ids {
        let (person, tenant) = check!(present_person(request, view, id, "add")?);
        members.push((Member::Person(person), tenant));
    }
    for id in &input.computer_ids {
        let (computer, tenant) = check!(visible_computer(request, view, id, "add")?);
        members.push((Member::Computer(computer), tenant));
    }
    for id in &input.group_ids {
        let (group, tenant) = check!(present_group(request, view, id, "add")?);
        members.push((Member::Group(group), tenant));
    }
    Ok(Ok(members))
}

/// Whoever leaves need not be there any more.
fn members_to_remove(input: &MembersInput) -> Checked<BTreeSet<Member>> {
    let mut members = BTreeSet::new();
    for id in &input.person_ids {
        members.insert(Member::Person(PersonId(uuid_of("Person", id)?)));
    }
    for id in &input.computer_ids {
        members.insert(Member::Computer(ComputerId(uuid_of("Computer", id)?)));
    }
    for id in &input.group_ids {
        members.insert(Member::Group(GroupId(uuid_of("Group", id)?)));
    }
    Ok(Ok(members))
}
