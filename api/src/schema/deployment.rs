use super::change::Checked;
use super::computer::ComputerNode;
use super::facts::{CloudTaskNode, GroupNode, PersonNode};
use super::outcome::{
    DeploymentCountNode, DeploymentOutcomeNode, OutcomeKind, conflicts, outcomes,
};
use super::page::{Page, PageArguments, list_cost};
use super::shown::SeenNames;
use super::software::SoftwareNode;
use super::tenant::TenantNode;
use super::types::{Change, UserError, global_id, uuid_of};
use crate::request::Request;
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::group::GroupKind;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, GroupId, PersonId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::{
    self, Deployment, Lifecycle, Membership, Rule, Scope, Target,
};
use upkeep_domain::rules::expression::FilterExpression;
use upkeep_domain::rules::resolution::{desired_phrase, target_phrase};
use upkeep_projections::{Entry, View};

/// Which kind of computers a deployment is for. A computer whose chassis type is not known fits only ALL_COMPUTERS.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum TargetFilter {
    /// The domain controllers that hold the primary role.
    PrimaryDomainControllers,
    /// Domain controllers.
    DomainControllers,
    /// Servers.
    Servers,
    /// Laptops, tablets and the like.
    PortableDevices,
    /// Desktops and the like.
    Workstations,
    /// Workstations and portable devices.
    WorkstationsAndPortableDevices,
    /// Every computer, of whatever kind.
    AllComputers,
}

impl From<TargetFilter> for deployment::TargetFilter {
    fn from(filter: TargetFilter) -> Self {
        match filter {
            TargetFilter::PrimaryDomainControllers => Self::PrimaryDomainControllers,
            TargetFilter::DomainControllers => Self::DomainControllers,
            TargetFilter::Servers => Self::Servers,
            TargetFilter::PortableDevices => Self::PortableDevices,
            TargetFilter::Workstations => Self::Workstations,
            TargetFilter::WorkstationsAndPortableDevices => Self::WorkstationsAndPortableDevices,
            TargetFilter::AllComputers => Self::None,
        }
    }
}

impl From<deployment::TargetFilter> for TargetFilter {
    fn from(filter: deployment::TargetFilter) -> Self {
        match filter {
            deployment::TargetFilter::PrimaryDomainControllers => Self::PrimaryDomainControllers,
            deployment::TargetFilter::DomainControllers => Self::DomainControllers,
            deployment::TargetFilter::Servers => Self::Servers,
            deployment::TargetFilter::PortableDevices => Self::PortableDevices,
            deployment::TargetFilter::Workstations => Self::Workstations,
            deployment::TargetFilter::WorkstationsAndPortableDevices => {
                Self::WorkstationsAndPortableDevices
            }
            deployment::TargetFilter::None => Self::AllComputers,
        }
    }
}

/// How wide a deployment reaches.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ScopeKind {
    /// Computers of every tenant.
    CrossTenant,
    /// Computers of one tenant.
    SingleTenant,
    /// One computer, or the computers of one person.
    Individual,
}

/// By what the computers in a deployment's scope are chosen.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum MembershipKind {
    /// By nothing: all of them.
    AllComputers,
    /// By a tag on the computer, its tenant or its primary person.
    Tag,
    /// By a group of an RMM.
    DeviceGroup,
    /// By the type of an agreement of the tenant.
    AgreementType,
    /// By a product on an agreement of the tenant.
    AgreementProduct,
    /// By what a metascript said of the computer.
    Metascript,
    /// By a filter expression.
    Expression,
    /// By a group of a directory.
    DirectoryGroup,
}

/// Who carries a tag.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "deployment::TagBearer")]
pub enum TagBearer {
    /// The computer itself.
    Computer,
    /// The computer's tenant.
    Tenant,
    /// The computer's primary person.
    Person,
}

impl std::fmt::Debug for TagBearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::TagBearer::from(*self).fmt(f)
    }
}

/// When a deployment is acted on.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "deployment::Enforcement")]
pub enum Enforcement {
    /// In every full session, onboarding included.
    Required,
    /// In onboarding sessions only.
    Onboarding,
    /// Only in a session that names it.
    AdHoc,
    /// Like REQUIRED, on the computers for which it was approved.
    Optional,
}

impl std::fmt::Debug for Enforcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::Enforcement::from(*self).fmt(f)
    }
}

/// Where a deployment comes from.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "deployment::Origin")]
pub enum Origin {
    /// Somebody here wrote it.
    Local,
    /// A catalogue recommends it: in force once it was approved here.
    Recommended,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::Origin::from(*self).fmt(f)
    }
}

/// What was decided of a recommended deployment.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "deployment::Recommendation")]
pub enum Recommendation {
    /// Nothing yet: it is not in force.
    Undecided,
    /// It is in force.
    Approved,
    /// It is not wanted: it is not in force.
    Dismissed,
}

/// The state that an item should have.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum DesiredStateKind {
    /// Installed, in the newest published version.
    InstalledLatest,
    /// Installed, in exactly one version; a newer one is downgraded.
    InstalledExactly,
    /// The newest version where some version is there; nothing where it is missing.
    UpdateIfFound,
    /// Not there.
    Uninstalled,
    /// Left alone, whatever is there: the way to make an exception.
    Ignored,
    /// A cloud task is brought into its state.
    Enforce,
    /// A cloud task is looked at, and what differs is reported.
    Audit,
    /// A cloud task's values are collected.
    Monitor,
}

/// One tenant as a target.
#[derive(Clone, Debug, InputObject)]
pub struct SingleTenantInput {
    /// The tenant.
    tenant_id: ID,
    /// Whether the tenants below it are meant too.
    #[graphql(default)]
    include_children: bool,
}

/// How wide a deployment reaches: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum ScopeInput {
    /// `true`: computers of every tenant.
    CrossTenant(bool),
    /// Computers of one tenant.
    SingleTenant(SingleTenantInput),
    /// The computer with this id.
    ComputerId(ID),
    /// The computers whose primary person this is.
    PersonId(ID),
}

/// A tag as a target.
#[derive(Clone, Debug, InputObject)]
pub struct TagTargetInput {
    /// The tag; upper and lower case are the same.
    tag: String,
    /// Who carries it.
    #[graphql(default_with = "TagBearer::Computer")]
    on: TagBearer,
}

/// By what the computers in the scope are chosen: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum MembershipInput {
    /// `true`: all of them.
    AllComputers(bool),
    /// Those with a tag on them, their tenant or their primary person.
    Tag(TagTargetInput),
    /// The devices of an RMM's group.
    DeviceGroupId(ID),
    /// Those of tenants with an agreement of this type.
    AgreementType(String),
    /// Those of tenants with this product on an agreement, on the days on which it counts.
    AgreementProduct(String),
    /// Those of which this metascript last said yes.
    Metascript(String),
    /// Those that this filter expression, in CEL, matches; docs/resolution.md lists what it can speak of.
    Expression(String),
    /// The devices in a directory's group, and those whose primary person is in it, through nested groups too.
    DirectoryGroupId(ID),
}

/// The computers that a deployment is for.
#[derive(Clone, Debug, InputObject)]
pub struct TargetInput {
    /// How wide it reaches.
    scope: ScopeInput,
    /// By what the computers in the scope are chosen; all of them if not given.
    membership: Option<MembershipInput>,
    /// Which kind of computers.
    #[graphql(default_with = "TargetFilter::AllComputers")]
    filter: TargetFilter,
}

impl std::fmt::Debug for TargetFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        deployment::TargetFilter::from(*self).fmt(f)
    }
}

impl TargetInput {
    /// The target, if what it names exists and the caller may see it.
    pub fn check(&self, request: &Request, view: &View) -> Checked<Target> {
        let scope = check!(self.scope.check(request, view)?);
        let membership = match &self.membership {
            None => Membership::AllComputers,
            Some(membership) => check!(membership.check(request, view, scope)?),
        };
        Ok(Ok(Target {
            scope,
            membership,
            filter: self.filter.into(),
        }))
    }
}

impl ScopeInput {
    fn check(&self, request: &Request, view: &View) -> Checked<Scope> {
        let not_found = |what| Ok(Err(UserError::not_found(what).at("target")));
        Ok(Ok(match self {
            Self::CrossTenant(true) => Scope::CrossTenant,
            Self::CrossTenant(false) => {
                let message = "crossTenant is true or not given: choose another scope";
                return Ok(Err(UserError::invalid("target", &message)));
            }
            Self::SingleTenant(single) => {
                let tenant = TenantId(uuid_of("Tenant", &single.tenant_id)?);
                let is_visible = view.tenants.get(tenant).is_some()
                    && request.may(Action::ReadTenant { tenant });
                if !is_visible {
                    return not_found("tenant");
                }
                Scope::SingleTenant {
                    tenant,
                    include_children: single.include_children,
                }
            }
            Self::ComputerId(id) => {
                let computer = ComputerId(uuid_of("Computer", id)?);
                let is_visible = view
                    .tenant_of(computer)
                    .is_some_and(|tenant| request.may(Action::ReadComputer { tenant }));
                if !is_visible {
                    return not_found("computer");
                }
                Scope::Individual { computer }
            }
            Self::PersonId(id) => {
                let person = PersonId(uuid_of("Person", id)?);
                let known = view.persons.get(person);
                let is_visible =
                    known
                        .and_then(|entry| entry.state.present())
                        .is_some_and(|known| {
                            let tenant = known.tenant;
                            request.may(Action::ReadTenant { tenant })
                        });
                if !is_visible {
                    return not_found("person");
                }
                Scope::Person { person }
            }
        }))
    }
}

impl MembershipInput {
    fn check(&self, request: &Request, view: &View, scope: Scope) -> Checked<Membership> {
        let name =
            |text: &str| Name::new(text).map_err(|error| UserError::invalid("target", &error));
        Ok(Ok(match self {
            Self::AllComputers(true) => Membership::AllComputers,
            Self::AllComputers(false) => {
                let message = "allComputers is true or not given: choose another membership";
                return Ok(Err(UserError::invalid("target", &message)));
            }
            Self::Tag(input) => {
                let tag = Tag::new(&input.tag);
                Membership::Tag {
                    tag: check!(tag.map_err(|error| UserError::invalid("target", &error))),
                    bearer: input.on.into(),
                }
            }
            Self::DeviceGroupId(id) => {
                let group = check!(group_of(request, view, scope, id, GroupKind::Device)?);
                Membership::DeviceGroup { group }
            }
            Self::DirectoryGroupId(id) => {
                let group = check!(group_of(request, view, scope, id, GroupKind::Directory)?);
                Membership::DirectoryGroup { group }
            }
            Self::AgreementType(text) => Membership::AgreementType {
                agreement_type: check!(name(text)),
            },
            Self::AgreementProduct(text) => Membership::AgreementProduct {
                product: check!(name(text)),
            },
            Self::Metascript(text) => Membership::Metascript {
                metascript: check!(name(text)),
            },
            Self::Expression(text) => {
                let expression = FilterExpression::new(text);
                Membership::Expression {
                    expression: check!(
                        expression.map_err(|error| UserError::invalid("target", &error))
                    ),
                }
            }
        }))
    }
}

/// A group of that kind, whose people the scope can reach.
fn group_of(
    request: &Request,
    view: &View,
    scope: Scope,
    id: &ID,
    kind: GroupKind,
) -> Checked<GroupId> {
    let group = GroupId(uuid_of("Group", id)?);
    let known = view
        .groups
        .get(group)
        .and_then(|entry| entry.state.present());
    let visible = known.filter(|known| {
        request.may(Action::ReadTenant {
            tenant: known.tenant,
        })
    });
    let Some(definition) = visible else {
        return Ok(Err(UserError::not_found("group").at("target")));
    };
    if definition.kind != kind {
        let message = "the group is of the other kind: a directory's and an RMM's groups are different targets";
        return Ok(Err(UserError::invalid("target", &message)));
    }
    let is_in_reach = match scope {
        Scope::SingleTenant {
            tenant,
            include_children,
        } => {
            definition.tenant == tenant
                || include_children && view.ancestors(definition.tenant).contains(&tenant)
        }
        Scope::CrossTenant | Scope::Individual { .. } | Scope::Person { .. } => true,
    };
    Ok(if is_in_reach {
        Ok(group)
    } else {
        let message =
            "the group is of another tenant than the scope's: nobody in it could be reached";
        Err(UserError::invalid("target", &message))
    })
}

/// The state that an item should have: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum DesiredStateInput {
    /// `true`: installed, in the newest published version.
    InstalledLatest(bool),
    /// Installed, in exactly this version.
    InstalledExactly(String),
    /// `true`: the newest version where some version is there; nothing where it is missing.
    UpdateIfFound(bool),
    /// `true`: not there.
    Uninstalled(bool),
    /// `true`: left alone, whatever is there.
    Ignored(bool),
    /// `true`: a cloud task is brought into its state.
    Enforce(bool),
    /// `true`: a cloud task is looked at, and what differs is reported.
    Audit(bool),
    /// `true`: a cloud task's values are collected.
    Monitor(bool),
}

impl DesiredStateInput {
    pub fn check(&self) -> Result<deployment::DesiredState, UserError> {
        use deployment::DesiredState as State;
        match self {
            Self::InstalledExactly(version) => Version::new(version)
                .map(State::InstalledExactly)
                .map_err(|error| UserError::invalid("desired", &error)),
            Self::InstalledLatest(true) => Ok(State::InstalledLatest),
            Self::UpdateIfFound(true) => Ok(State::UpdateIfFound),
            Self::Uninstalled(true) => Ok(State::Uninstalled),
            Self::Ignored(true) => Ok(State::Ignored),
            Self::Enforce(true) => Ok(State::Enforce),
            Self::Audit(true) => Ok(State::Audit),
            Self::Monitor(true) => Ok(State::Monitor),
            _ => {
                let message = "the state is true or not given: choose another state";
                Err(UserError::invalid("desired", &message))
            }
        }
    }
}

/// The state that an item should have.
#[derive(Clone)]
pub struct DesiredStateNode {
    pub state: deployment::DesiredState,
    pub latest: Option<Version>,
}

/// The state that an item should have.
#[Object(name = "DesiredState")]
impl DesiredStateNode {
    /// What kind of state.
    async fn kind(&self) -> DesiredStateKind {
        match self.state {
            deployment::DesiredState::InstalledLatest => DesiredStateKind::InstalledLatest,
            deployment::DesiredState::InstalledExactly(_) => DesiredStateKind::InstalledExactly,
            deployment::DesiredState::UpdateIfFound => DesiredStateKind::UpdateIfFound,
            deployment::DesiredState::Uninstalled => DesiredStateKind::Uninstalled,
            deployment::DesiredState::Ignored => DesiredStateKind::Ignored,
            deployment::DesiredState::Enforce => DesiredStateKind::Enforce,
            deployment::DesiredState::Audit => DesiredStateKind::Audit,
            deployment::DesiredState::Monitor => DesiredStateKind::Monitor,
        }
    }

    /// The version that it means: the exact one, or what "latest" means at this moment.
    async fn version(&self) -> Option<String> {
        match &self.state {
            deployment::DesiredState::InstalledExactly(version) => Some(version.to_string()),
            deployment::DesiredState::InstalledLatest | deployment::DesiredState::UpdateIfFound => {
                self.latest.as_ref().map(ToString::to_string)
            }
            _ => None,
        }
    }

    /// In words.
    async fn text(&self) -> String {
        desired_phrase(&self.state, self.latest.as_ref())
    }
}

/// The computers that a deployment is for.
#[derive(Clone)]
pub struct TargetNode {
    view: Arc<View>,
    target: Target,
}

/// The computers that a deployment is for.
#[Object(name = "Target")]
impl TargetNode {
    /// How wide it reaches.
    async fn scope(&self) -> ScopeKind {
        match self.target.scope {
            Scope::CrossTenant => ScopeKind::CrossTenant,
            Scope::SingleTenant { .. } => ScopeKind::SingleTenant,
            Scope::Individual { .. } | Scope::Person { .. } => ScopeKind::Individual,
        }
    }

    /// The tenant, for SINGLE_TENANT.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        match self.target.scope {
            Scope::SingleTenant { tenant, .. } => {
                TenantNode::find(Request::of(context), &self.view, tenant)
            }
            _ => None,
        }
    }

    /// Whether the tenants below it are meant too, for SINGLE_TENANT.
    async fn include_children(&self) -> bool {
        matches!(
            self.target.scope,
            Scope::SingleTenant {
                include_children: true,
                ..
            }
        )
    }

    /// The computer, for INDIVIDUAL.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        match self.target.scope {
            Scope::Individual { computer } => {
                ComputerNode::find(Request::of(context), &self.view, computer)
            }
            _ => None,
        }
    }

    /// The person, for INDIVIDUAL.
    async fn person(&self, context: &Context<'_>) -> Option<PersonNode> {
        match self.target.scope {
            Scope::Person { person } => PersonNode::find(Request::of(context), &self.view, person),
            _ => None,
        }
    }

    /// By what the computers in the scope are chosen.
    async fn membership(&self) -> MembershipKind {
        match self.target.membership {
            Membership::AllComputers => MembershipKind::AllComputers,
            Membership::Tag { .. } => MembershipKind::Tag,
            Membership::DeviceGroup { .. } => MembershipKind::DeviceGroup,
            Membership::AgreementType { .. } => MembershipKind::AgreementType,
            Membership::AgreementProduct { .. } => MembershipKind::AgreementProduct,
            Membership::Metascript { .. } => MembershipKind::Metascript,
            Membership::Expression { .. } => MembershipKind::Expression,
            Membership::DirectoryGroup { .. } => MembershipKind::DirectoryGroup,
        }
    }

    /// The text of the membership: the tag, the agreement's type or product, the metascript, the expression.
    async fn text_of_membership(&self) -> Option<String> {
        match &self.target.membership {
            Membership::Tag { tag, .. } => Some(tag.to_string()),
            Membership::AgreementType { agreement_type } => Some(agreement_type.to_string()),
            Membership::AgreementProduct { product } => Some(product.to_string()),
            Membership::Metascript { metascript } => Some(metascript.to_string()),
            Membership::Expression { expression } => Some(expression.to_string()),
            _ => None,
        }
    }

    /// Who carries the tag, for TAG.
    async fn tag_on(&self) -> Option<TagBearer> {
        match self.target.membership {
            Membership::Tag { bearer, .. } => Some(bearer.into()),
            _ => None,
        }
    }

    /// The group, for DEVICE_GROUP and DIRECTORY_GROUP.
    async fn group(&self, context: &Context<'_>) -> Option<GroupNode> {
        match self.target.membership {
            Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                GroupNode::find(Request::of(context), &self.view, group)
            }
            _ => None,
        }
    }

    /// What the target names and is not there any more: then it matches nothing.
    async fn missing(&self) -> Option<MissingTarget> {
        self.view.missing_in(&self.target).map(Into::into)
    }

    /// Which kind of computers.
    async fn filter(&self) -> TargetFilter {
        self.target.filter.into()
    }

    /// In words: "workstations and portable devices of every tenant".
    async fn text(&self, context: &Context<'_>) -> String {
        let names = SeenNames {
            request: Request::of(context),
            view: &self.view,
        };
        target_phrase(&self.target, &names)
    }
}

/// What a target names and is not there.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "upkeep_projections::Missing")]
pub enum MissingTarget {
    /// The computer.
    Computer,
    /// The person, or the person left.
    Person,
    /// The tenant.
    Tenant,
    /// The group, or it was removed.
    Group,
}

/// Whether a deployment is in force.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum DeploymentStatus {
    /// It applies.
    Enabled,
    /// It is kept and applies nowhere.
    Disabled,
    /// It is gone, and kept only in the history.
    Deleted,
}

/// A rule that assigns a maintenance item to a target.
#[derive(Clone)]
pub struct DeploymentNode {
    view: Arc<View>,
    id: DeploymentId,
    entry: Arc<Entry<Deployment>>,
    rule: Arc<Rule>,
}

impl DeploymentNode {
    /// The deployment, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: DeploymentId) -> Option<Self> {
        let entry = view.deployments.get(id)?.clone();
        let rule = entry.state.rule.clone()?;
        let scope = rule.target.scope;
        let action = Action::ReadDeployment {
            scope,
            tenant: view.tenant_of_scope(scope),
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            rule,
        })
    }
}

/// A rule that assigns a maintenance item to a target. Saving one never touches a computer; it acts when a
/// maintenance session resolves it.
#[Object(name = "Deployment")]
impl DeploymentNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("Deployment", self.id.0)
    }

    /// The software that it is about, if it is about one.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let id = self.rule.item.software()?;
        SoftwareNode::find(Request::of(context), &self.view, id)
    }

    /// The cloud task that it is about, if it is about one.
    async fn cloud_task(&self, context: &Context<'_>) -> Option<CloudTaskNode> {
        CloudTaskNode::of(Request::of(context), &self.view, self.rule.item)
    }

    /// The computers that it is for.
    async fn target(&self) -> TargetNode {
        TargetNode {
            view: self.view.clone(),
            target: self.rule.target.clone(),
        }
    }

    /// The state that the item should have there.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.rule.desired.clone(),
            latest: self.view.latest(self.rule.item).cloned(),
        }
    }

    /// When it is acted on.
    async fn enforcement(&self) -> Enforcement {
        self.rule.enforcement.into()
    }

    /// Where it comes from.
    async fn origin(&self) -> Origin {
        self.rule.origin.into()
    }

    /// What was decided of it, if a catalogue recommends it.
    async fn recommendation(&self) -> Option<Recommendation> {
        let is_recommended = self.rule.origin == deployment::Origin::Recommended;
        is_recommended.then(|| self.entry.state.recommendation.into())
    }

    /// The deployments with which it is in conflict: on some computer that you may see one of the two wins only by being
    /// newer, and they say different things. Ask for it when you save one.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn conflicts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<DeploymentCountNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        conflicts(context, &self.view, self.id, &arguments).await
    }

    /// What it comes to on the computers that you may see: where it wins, where it loses and to whom, where it does not
    /// apply and why. In the order in which the computers were first seen.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn outcomes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that come to this.")] only: Option<OutcomeKind>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<DeploymentOutcomeNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        outcomes(context, &self.view, self.id, only, &arguments).await
    }

    /// Whether it is in force.
    async fn status(&self) -> DeploymentStatus {
        match self.entry.state.lifecycle {
            Lifecycle::Enabled => DeploymentStatus::Enabled,
            Lifecycle::Disabled => DeploymentStatus::Disabled,
            Lifecycle::Deleted | Lifecycle::Absent => DeploymentStatus::Deleted,
        }
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who created it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
