use super::computer::ComputerNode;
use super::software::SoftwareNode;
use super::tenant::TenantNode;
use super::types::{Change, UserError, global_id, uuid_of};
use crate::request::Request;
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::deployment::{
    self, Deployment, Lifecycle, MaintenanceItem, Rule, Scope, Target,
};
use upkeep_domain::ids::{ComputerId, DeploymentId, TenantId};
use upkeep_domain::resolution::{desired_phrase, target_phrase};
use upkeep_domain::version::Version;
use upkeep_projections::{Entry, View, ViewNames};

/// Which kind of computers a deployment is for. A computer whose chassis type is not known fits only ALL_COMPUTERS.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum TargetFilter {
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
    /// One computer.
    Individual,
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
}

/// The computers that a deployment is for.
#[derive(Clone, Debug, InputObject)]
pub struct TargetInput {
    /// How wide it reaches.
    scope: ScopeInput,
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
    pub fn check(&self, request: &Request, view: &View) -> Result<Result<Target, UserError>> {
        let scope = match &self.scope {
            ScopeInput::CrossTenant(true) => Scope::CrossTenant,
            ScopeInput::CrossTenant(false) => {
                let message = "crossTenant is true or not given: choose another scope";
                return Ok(Err(UserError::invalid("target", &message)));
            }
            ScopeInput::SingleTenant(single) => {
                let tenant = TenantId(uuid_of("Tenant", &single.tenant_id)?);
                let is_visible = view.tenants.get(tenant).is_some()
                    && request.may(Action::ReadTenant { tenant });
                if !is_visible {
                    return Ok(Err(UserError::not_found("tenant").at("target")));
                }
                Scope::SingleTenant {
                    tenant,
                    include_children: single.include_children,
                }
            }
            ScopeInput::ComputerId(id) => {
                let computer = ComputerId(uuid_of("Computer", id)?);
                let is_visible = view
                    .tenant_of(computer)
                    .is_some_and(|tenant| request.may(Action::ReadComputer { tenant }));
                if !is_visible {
                    return Ok(Err(UserError::not_found("computer").at("target")));
                }
                Scope::Individual { computer }
            }
        };
        Ok(Ok(Target {
            scope,
            filter: self.filter.into(),
        }))
    }
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
        }
    }

    /// The version that it means: the exact one, or what "latest" means at this moment.
    async fn version(&self) -> Option<String> {
        match &self.state {
            deployment::DesiredState::InstalledExactly(version) => Some(version.to_string()),
            deployment::DesiredState::InstalledLatest | deployment::DesiredState::UpdateIfFound => {
                self.latest.as_ref().map(ToString::to_string)
            }
            deployment::DesiredState::Uninstalled | deployment::DesiredState::Ignored => None,
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
            Scope::Individual { .. } => ScopeKind::Individual,
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

    /// Which kind of computers.
    async fn filter(&self) -> TargetFilter {
        self.target.filter.into()
    }

    /// In words: "workstations and portable devices of every tenant".
    async fn text(&self) -> String {
        target_phrase(&self.target, &ViewNames(&self.view))
    }
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
    rule: Rule,
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

    /// The software that it is about.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let MaintenanceItem::Software(id) = self.rule.item;
        SoftwareNode::find(Request::of(context), &self.view, id)
    }

    /// The computers that it is for.
    async fn target(&self) -> TargetNode {
        TargetNode {
            view: self.view.clone(),
            target: self.rule.target,
        }
    }

    /// The state that the software should have there.
    async fn desired(&self) -> DesiredStateNode {
        let MaintenanceItem::Software(id) = self.rule.item;
        let latest = self
            .view
            .software
            .get(id)
            .and_then(|entry| entry.state.latest().cloned());
        DesiredStateNode {
            state: self.rule.desired.clone(),
            latest,
        }
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
