use super::agent::{AgentNode, AgentReleasedAs};
use super::change::{Planned, RenameTenantInput, Wanted, carry_out, confirm_run, decide_place};
use super::computer::ComputerNode;
use super::deployment::{Checked, DeploymentNode};
use super::order::{Order, refuse_if_removed};
use super::session::SessionNode;
use super::shown::SeenNames;
use super::software::{PackageInput, ScriptInput, SoftwareNode};
use super::tenant::TenantNode;
use super::token::{ApiTokenNode, EnrolmentTokenNode, RoleName, role};
use super::types::{UserError, UserErrorCode, uuid_of};
use crate::auth::Authenticated;
use crate::error::{self, ErrorCode};
use crate::request::{Request, services};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use upkeep_domain::access::api_token::{API_TOKEN_PREFIX, ApiToken, ApiTokenCommand, Grant, Role};
use upkeep_domain::access::{Action, Overridden, Principal};
use upkeep_domain::catalogue::script::ScriptTimeout;
use upkeep_domain::catalogue::software::{
    NewVersion, Package, Software, SoftwareCommand, SoftwareVersion,
};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, ReleasedAs};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand, ComputerRejection};
use upkeep_domain::fleet::enrolment::{
    ENROLMENT_TOKEN_PREFIX, EnrolmentToken, EnrolmentTokenCommand, TokenTerms,
};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::installation::instance::{Instance, InstanceCommand, TheInstance};
use upkeep_domain::kernel::ids::{
    AgentId, ApiTokenId, ComputerId, DeploymentId, EnrolmentTokenId, SessionId, SoftwareId,
    TenantId,
};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_domain::kernel::text;
use upkeep_domain::maintenance::session::{
    Requested, Session, SessionCommand, SessionKind, Status,
};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::{NotCandidateReason, RuleOutcome};
use upkeep_projections::View;

/// How long an enrolment token is good for if nothing is asked for.
const DEFAULT_ENROLMENT_LIFE: TimeDelta = TimeDelta::hours(24);

payloads! {
    /// The answer to a mutation of a tenant.
    TenantPayload {
        /// The tenant, with the change.
        tenant: TenantNode
    }
    /// The answer to a mutation of a software.
    SoftwarePayload {
        /// The software, with the change.
        software: SoftwareNode
    }
    /// The answer to a mutation of a computer.
    ComputerPayload {
        /// The computer, with the change.
        computer: ComputerNode
    }
    /// The answer to a mutation of an agent.
    AgentPayload {
        /// The agent, with the change.
        agent: AgentNode
    }
    /// The answer to a mutation of a session.
    SessionPayload {
        /// The session, with the change.
        session: SessionNode
    }
    /// The answer to revoking an enrolment token.
    EnrolmentTokenPayload {
        /// The token, with the change.
        enrolment_token: EnrolmentTokenNode
    }
    /// The answer to revoking an API token.
    ApiTokenPayload {
        /// The token, with the change.
        api_token: ApiTokenNode
    }
    /// The answer to creating an enrolment token.
    CreateEnrolmentTokenPayload {
        /// The new token with its secret, which is shown only now.
        created: CreatedEnrolmentToken
    }
    /// The answer to creating an API token.
    CreateApiTokenPayload {
        /// The new token with its secret, which is shown only now.
        created: CreatedApiToken
    }
}

/// A new enrolment token.
#[derive(SimpleObject)]
pub struct CreatedEnrolmentToken {
    /// The token.
    enrolment_token: EnrolmentTokenNode,
    /// What agents show. It is shown only now, also when the command is sent again: keep it.
    secret: Option<String>,
}

/// A new API token.
#[derive(SimpleObject)]
pub struct CreatedApiToken {
    /// The token.
    api_token: ApiTokenNode,
    /// What its holder shows. It is shown only now, also when the command is sent again: keep it.
    secret: Option<String>,
}

inputs! {
    /// A new tenant.
    CreateTenantInput {
        /// Its name.
        name: String,
        /// The tenant above it.
        parent_id: Option<ID>,
    }
    /// A new software.
    CreateSoftwareInput {
        /// Its name.
        name: String,
        /// It prints the installed version and nothing else: an optional v, an optional epoch such as "2:", a number, then
        /// letters, digits and . - + ~ ^ _ only. No output means that the software is absent. It must end with 0 in both
        /// cases: any other end, and any other output, means that nothing is known. Notes belong on standard error.
        detection: ScriptInput,
    }
    /// Another name for a software.
    RenameSoftwareInput {
        /// The software.
        id: ID,
        /// Its new name.
        name: String,
    }
    /// Another way to detect a software.
    ChangeDetectionInput {
        /// The software.
        id: ID,
        /// The new detection script.
        detection: ScriptInput,
        /// On how many computers its scripts run, as the software's reach says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A new version of a software.
    PublishVersionInput {
        /// The software.
        id: ID,
        /// The version.
        version: String,
        /// The file that install and upgrade need.
        package: Option<PackageInput>,
        /// Brings it onto the computer.
        install: ScriptInput,
        /// Takes it off the computer.
        uninstall: ScriptInput,
        /// Runs instead of `install` where an older version is there.
        upgrade: Option<ScriptInput>,
        /// On how many computers its scripts run, as the software's reach says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A version that should not be installed any more.
    WithdrawVersionInput {
        /// The software.
        id: ID,
        /// The version.
        version: String,
        /// On how many computers its scripts run, as the software's reach says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A computer.
    ComputerInput {
        /// The computer.
        id: ID,
    }
    /// An agent.
    AgentInput {
        /// The agent.
        id: ID,
    }
    /// An agent that is held.
    ReleaseAgentInput {
        /// The agent.
        id: ID,
        /// What it is. Needed where it is held because it claims a known computer's hardware, and only there.
        released_as: Option<AgentReleasedAs>,
    }
    /// A new session.
    StartSessionInput {
        /// The computer.
        computer_id: ID,
        /// Only this software; every item if not given.
        software_id: Option<ID>,
        /// Only what this deployment says of its item, whatever else is said of it: the way to run an ad hoc deployment.
        deployment_id: Option<ID>,
    }
    /// A session.
    SessionInput {
        /// The session.
        id: ID,
    }
    /// A new enrolment token.
    CreateEnrolmentTokenInput {
        /// The tenant that agents enrol for.
        tenant_id: ID,
        /// How many agents may enrol with it, 1 to 100,000.
        #[graphql(default = 1)]
        max_uses: u32,
        /// When it expires, at most 366 days from now; in 24 hours if not given.
        expires_at: Option<DateTime<Utc>>,
    }
    /// An enrolment token.
    EnrolmentTokenInput {
        /// The token.
        id: ID,
    }
    /// A new API token.
    CreateApiTokenInput {
        /// Whose it is, or what it is for.
        name: String,
        /// What its holder is; not more than you are.
        role: RoleName,
        /// The tenant, for a tenant's role.
        tenant_id: Option<ID>,
        /// When it expires; never if not given.
        expires_at: Option<DateTime<Utc>>,
    }
    /// An API token.
    ApiTokenInput {
        /// The token.
        id: ID,
    }
    /// Who becomes the first administrator.
    AppointFirstAdministratorInput {
        /// The name for the new token.
        name: String,
    }
}

fn name(text: &str) -> Result<Name, UserError> {
    Name::new(text).map_err(|error| UserError::invalid("name", &error))
}

fn visible_parent(
    request: &Request,
    view: &View,
    parent: Option<&ID>,
) -> Result<Result<Option<TenantId>, UserError>> {
    let Some(id) = parent else {
        return Ok(Ok(None));
    };
    let parent = TenantId(uuid_of("Tenant", id)?);
    let is_visible =
        view.tenants.get(parent).is_some() && request.may(Action::ReadTenant { tenant: parent });
    Ok(if is_visible {
        Ok(Some(parent))
    } else {
        Err(UserError::not_found("tenant").at("parentId"))
    })
}

fn random_secret() -> Result<[u8; 32]> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| error::internal(&error))?;
    Ok(secret)
}

/// Everything that can be changed.
#[derive(Default)]
pub struct CoreMutation;

/// Everything that can be changed. What the rules refuse is in `userErrors`; what you may not do, and what is
/// broken, are errors of the request. Every answer contains its own change.
#[Object]
impl CoreMutation {
    /// Makes the holder of the setup token the first administrator. Send the setup token that the first start
    /// printed as your bearer token; it is good for this once.
    async fn appoint_first_administrator(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who.")] input: AppointFirstAdministratorInput,
    ) -> Result<CreateApiTokenPayload> {
        let Authenticated::Setup(secret_hash) = Request::of(context).caller() else {
            let message = "show the setup token that the server's first start printed";
            return Err(ErrorCode::Forbidden.error(message));
        };
        let name = ok!(CreateApiTokenPayload, context, name(&input.name));
        let order = Order::new(context, "appointFirstAdministrator", &input, &input.options)?;
        let token = ApiTokenId(order.new_id("token"));
        let appoint = InstanceCommand::AppointBySetupToken { secret_hash, token };
        let appointed = order
            .execute::<Instance>(context, TheInstance, appoint)
            .await?;
        ok!(CreateApiTokenPayload, context, appointed);
        let grant = NewGrant {
            name,
            role: Role::MspAdmin,
            expires_at: None,
            created_by: None,
        };
        let created = create_token(context, &order, token, grant).await?;
        let (id, secret) = ok!(CreateApiTokenPayload, context, created);
        // The setup token sees nothing; its holder sees what it made.
        let view = Request::of(context).view();
        let holder = Request::new(
            Authenticated::Principal(Principal::TokenHolder {
                token: id,
                role: Role::MspAdmin,
            }),
            view.clone(),
        );
        let node = ApiTokenNode::find(&holder, &view, id)
            .map(|api_token| CreatedApiToken { api_token, secret })
            .ok_or_else(|| UserError::not_found("token"));
        Ok(CreateApiTokenPayload::new(context, node))
    }

    /// Creates a tenant.
    async fn create_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: CreateTenantInput,
    ) -> Result<TenantPayload> {
        let request = Request::of(context);
        request.require(Action::ManageTenants)?;
        let name = ok!(TenantPayload, context, name(&input.name));
        let parent = visible_parent(request, &request.view(), input.parent_id.as_ref())?;
        let parent = ok!(TenantPayload, context, parent);
        let order = Order::new(context, "createTenant", &input, &input.options)?;
        let id = TenantId(order.new_id("tenant"));
        let order = order.of_tenant(Some(id));
        if parent.is_some() {
            let placed = decide_place(context, &order, id, Wanted::Parent(parent)).await?;
            ok!(TenantPayload, context, placed);
        }
        let create = TenantCommand::Create { name, parent };
        ok!(
            TenantPayload,
            context,
            order.execute::<Tenant>(context, id, create).await?
        );
        answer!(
            TenantPayload,
            context,
            |r, v| TenantNode::find(r, v, id),
            "tenant"
        )
    }

    /// Gives a tenant another name.
    async fn rename_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and its name.")] input: RenameTenantInput,
    ) -> Result<TenantPayload> {
        let planned = ok!(TenantPayload, context, carry_out(context, &input).await?);
        let find = |request: &Request, view: &Arc<View>| match planned {
            Planned::Tenant(id, _) => TenantNode::find(request, view, id),
            _ => None,
        };
        answer!(TenantPayload, context, find, "tenant")
    }

    /// Creates a software. Publish a version of it next.
    async fn create_software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software.")] input: CreateSoftwareInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "createSoftware", &input, &input.options)?;
        let name = ok!(SoftwarePayload, context, name(&input.name));
        let detection = input.detection.check("detection", ScriptTimeout::DETECTION);
        let detection = ok!(SoftwarePayload, context, detection);
        let id = SoftwareId(order.new_id("software"));
        change_software(
            context,
            &order,
            id,
            SoftwareCommand::Create { name, detection },
        )
        .await
    }

    /// Gives a software another name.
    async fn rename_software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its name.")] input: RenameSoftwareInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "renameSoftware", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        let name = ok!(SoftwarePayload, context, name(&input.name));
        change_software(context, &order, id, SoftwareCommand::Rename { name }).await
    }

    /// Changes how a software is detected.
    async fn change_detection(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software and its script.")] input: ChangeDetectionInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "changeDetection", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        let detection = input.detection.check("detection", ScriptTimeout::DETECTION);
        let detection = ok!(SoftwarePayload, context, detection);
        let change = SoftwareCommand::ChangeDetection { detection };
        let confirmed = confirm_run(context, id, &change, input.confirm_impact).await?;
        ok!(SoftwarePayload, context, confirmed);
        change_software(context, &order, id, change).await
    }

    /// Publishes a version of a software: from now on it may be installed, and "latest" may mean it.
    async fn publish_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version.")] input: PublishVersionInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "publishVersion", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        let version =
            Version::new(&input.version).map_err(|error| UserError::invalid("version", &error));
        let version = ok!(SoftwarePayload, context, version);
        let package = match &input.package {
            None => None,
            Some(package) => {
                let package = find_package(context, package).await;
                Some(ok!(SoftwarePayload, context, package))
            }
        };
        let timeout = ScriptTimeout::ACTION;
        let install = ok!(
            SoftwarePayload,
            context,
            input.install.check("install", timeout)
        );
        let uninstall = ok!(
            SoftwarePayload,
            context,
            input.uninstall.check("uninstall", timeout)
        );
        let upgrade = input
            .upgrade
            .map(|script| script.check("upgrade", timeout))
            .transpose();
        let upgrade = ok!(SoftwarePayload, context, upgrade);
        let how = SoftwareVersion {
            package,
            install,
            uninstall,
            upgrade,
        };
        let new = SoftwareCommand::PublishVersion(Box::new(NewVersion {
            version,
            content: how,
        }));
        let confirmed = confirm_run(context, id, &new, input.confirm_impact).await?;
        ok!(SoftwarePayload, context, confirmed);
        change_software(context, &order, id, new).await
    }

    /// Withdraws a version: it is not installed any more, and stays where it is installed.
    async fn withdraw_version(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The version.")] input: WithdrawVersionInput,
    ) -> Result<SoftwarePayload> {
        Request::of(context).require(Action::ManageCatalogue)?;
        let order = Order::new(context, "withdrawVersion", &input, &input.options)?;
        let id = SoftwareId(uuid_of("Software", &input.id)?);
        // It may be from a time when anything was a version.
        let version = Version::known(&input.version);
        let withdraw = SoftwareCommand::WithdrawVersion { version };
        let confirmed = confirm_run(context, id, &withdraw, input.confirm_impact).await?;
        ok!(SoftwarePayload, context, confirmed);
        change_software(context, &order, id, withdraw).await
    }

    /// Says that a computer needs no onboarding any more.
    async fn complete_onboarding(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] input: ComputerInput,
    ) -> Result<ComputerPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = ComputerId(uuid_of("Computer", &input.id)?);
        let Some(tenant) = visible_tenant(request, &view, id) else {
            return Ok(ComputerPayload::new(
                context,
                Err(UserError::not_found("computer")),
            ));
        };
        request.require(Action::ManageComputer { tenant })?;
        let order = Order::new(context, "completeOnboarding", &input, &input.options)?
            .of_tenant(Some(tenant));
        let complete = ComputerCommand::CompleteOnboarding;
        ok!(
            ComputerPayload,
            context,
            order.execute::<Computer>(context, id, complete).await?
        );
        answer!(
            ComputerPayload,
            context,
            |r, v| ComputerNode::find(r, v, id),
            "computer"
        )
    }

    /// Takes an agent's rights for ever; its connection is closed within a second.
    async fn revoke_agent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agent.")] input: AgentInput,
    ) -> Result<AgentPayload> {
        let order = Order::new(context, "revokeAgent", &input, &input.options)?;
        change_agent(context, order, &input.id, AgentCommand::Revoke).await
    }

    /// Lets a held agent work again. Make sure first that it is the real one, and that nobody else has its key. Who claims
    /// the hardware of a known computer gets all that this computer gets from then on: find out what it is, and say so.
    async fn release_agent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agent.")] input: ReleaseAgentInput,
    ) -> Result<AgentPayload> {
        let order = Order::new(context, "releaseAgent", &input, &input.options)?;
        let released_as = input.released_as.map(ReleasedAs::from);
        let release = AgentCommand::Release { released_as };
        change_agent(context, order, &input.id, release).await
    }

    /// Starts a maintenance session. It waits for its turn, and for its computer to come online.
    async fn start_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] input: StartSessionInput,
    ) -> Result<SessionPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let computer = ComputerId(uuid_of("Computer", &input.computer_id)?);
        let Some(tenant) = visible_tenant(request, &view, computer) else {
            let error = UserError::not_found("computer").at("computerId");
            return Ok(SessionPayload::new(context, Err(error)));
        };
        request.require(Action::RunSession { tenant })?;
        ok!(
            SessionPayload,
            context,
            refuse_if_removed(&view, Some(tenant))
        );
        if view.is_removed(computer) {
            let removed = ComputerRejection::Removed;
            let error = UserError::new(UserErrorCode::Removed, removed.to_string());
            return Ok(SessionPayload::new(context, Err(error.at("computerId"))));
        }
        let kind = match (&input.software_id, &input.deployment_id) {
            (None, None) => SessionKind::Full,
            (Some(_), Some(_)) => {
                let message = "give softwareId or deploymentId, not both";
                let error = UserError::invalid("deploymentId", &message);
                return Ok(SessionPayload::new(context, Err(error)));
            }
            (None, Some(id)) => {
                let deployment = DeploymentId(uuid_of("Deployment", id)?);
                let place = (computer, tenant);
                ok!(
                    SessionPayload,
                    context,
                    naming(context, &view, place, deployment)?
                )
            }
            (Some(id), None) => {
                let software = SoftwareId(uuid_of("Software", id)?);
                if SoftwareNode::find(request, &view, software).is_none() {
                    let error = UserError::not_found("software").at("softwareId");
                    return Ok(SessionPayload::new(context, Err(error)));
                }
                SessionKind::SingleItem(MaintenanceItem::Software(software))
            }
        };
        let order =
            Order::new(context, "startSession", &input, &input.options)?.of_tenant(Some(tenant));
        let id = SessionId(order.new_id("session"));
        let waiting = view
            .sessions
            .of_computer(computer)
            .filter(|(_, entry)| entry.state.status == Status::Waiting)
            .count();
        let at = services(context).handler.clock().now();
        let request = Requested {
            computer,
            tenant,
            kind,
            at,
        };
        let create = SessionCommand::Create { request, waiting };
        ok!(
            SessionPayload,
            context,
            order.execute::<Session>(context, id, create).await?
        );
        answer!(
            SessionPayload,
            context,
            |r, v| SessionNode::find(r, v, id),
            "session"
        )
    }

    /// Cancels a session; a script that runs is killed with all that it started.
    async fn cancel_session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] input: SessionInput,
    ) -> Result<SessionPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = SessionId(uuid_of("MaintenanceSession", &input.id)?);
        let requested = view.sessions.get(id).and_then(|entry| entry.state.request);
        let visible = requested.filter(|r| request.may(Action::ReadComputer { tenant: r.tenant }));
        let Some(requested) = visible else {
            return Ok(SessionPayload::new(
                context,
                Err(UserError::not_found("session")),
            ));
        };
        request.require(Action::RunSession {
            tenant: requested.tenant,
        })?;
        let order = Order::new(context, "cancelSession", &input, &input.options)?
            .of_tenant(Some(requested.tenant));
        let cancel = SessionCommand::Cancel;
        ok!(
            SessionPayload,
            context,
            order.execute::<Session>(context, id, cancel).await?
        );
        answer!(
            SessionPayload,
            context,
            |r, v| SessionNode::find(r, v, id),
            "session"
        )
    }

    /// Creates a token with which agents enrol for a tenant.
    async fn create_enrolment_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateEnrolmentTokenInput,
    ) -> Result<CreateEnrolmentTokenPayload> {
        let request = Request::of(context);
        request.principal()?;
        let tenant = TenantId(uuid_of("Tenant", &input.tenant_id)?);
        if TenantNode::find(request, &request.view(), tenant).is_none() {
            let error = UserError::not_found("tenant").at("tenantId");
            return Ok(CreateEnrolmentTokenPayload::new(context, Err(error)));
        }
        request.require(Action::ManageEnrolment { tenant })?;
        let order = Order::new(context, "createEnrolmentToken", &input, &input.options)?
            .of_tenant(Some(tenant));
        let id = EnrolmentTokenId(order.new_id("enrolment"));
        let token = BearerToken::new(id.0, random_secret()?);
        let tomorrow = || services(context).handler.clock().now() + DEFAULT_ENROLMENT_LIFE;
        let terms = TokenTerms {
            tenant,
            secret_hash: token.hash(),
            expires_at: input.expires_at.unwrap_or_else(tomorrow),
            max_uses: input.max_uses,
        };
        let create = EnrolmentTokenCommand::Create(terms);
        let is_new = order.execute::<EnrolmentToken>(context, id, create).await?;
        let is_new = ok!(CreateEnrolmentTokenPayload, context, is_new);
        let secret = is_new.then(|| token.reveal(ENROLMENT_TOKEN_PREFIX));
        let find = |r: &Request, v: &Arc<View>| {
            let enrolment_token = EnrolmentTokenNode::find(r, v, id)?;
            Some(CreatedEnrolmentToken {
                enrolment_token,
                secret,
            })
        };
        answer!(CreateEnrolmentTokenPayload, context, find, "token")
    }

    /// Revokes an enrolment token; agents that enrolled with it stay.
    async fn revoke_enrolment_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: EnrolmentTokenInput,
    ) -> Result<EnrolmentTokenPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = EnrolmentTokenId(uuid_of("EnrolmentToken", &input.id)?);
        let known = view
            .enrolment_tokens
            .get(id)
            .and_then(|entry| entry.state.terms.as_ref());
        let visible = known.filter(|terms| {
            request.may(Action::ReadTenant {
                tenant: terms.tenant,
            })
        });
        let Some(terms) = visible else {
            return Ok(EnrolmentTokenPayload::new(
                context,
                Err(UserError::not_found("token")),
            ));
        };
        request.require(Action::ManageEnrolment {
            tenant: terms.tenant,
        })?;
        let order = Order::new(context, "revokeEnrolmentToken", &input, &input.options)?
            .of_tenant(Some(terms.tenant));
        let revoke = EnrolmentTokenCommand::Revoke;
        ok!(
            EnrolmentTokenPayload,
            context,
            order
                .execute_anyway::<EnrolmentToken>(context, id, revoke)
                .await?
        );
        answer!(
            EnrolmentTokenPayload,
            context,
            |r, v| EnrolmentTokenNode::find(r, v, id),
            "token"
        )
    }

    /// Creates an API token with a role that is not wider than yours. It is worth something only as long as the
    /// token that you use now is.
    async fn create_api_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateApiTokenInput,
    ) -> Result<CreateApiTokenPayload> {
        let request = Request::of(context);
        let principal = request.principal()?;
        let role = ok!(
            CreateApiTokenPayload,
            context,
            role(input.role, input.tenant_id.as_ref())?
        );
        request.require(Action::ManageToken { role })?;
        if let Some(tenant) = role.tenant()
            && TenantNode::find(request, &request.view(), tenant).is_none()
        {
            let error = UserError::not_found("tenant").at("tenantId");
            return Ok(CreateApiTokenPayload::new(context, Err(error)));
        }
        let name = ok!(CreateApiTokenPayload, context, name(&input.name));
        let order =
            Order::new(context, "createApiToken", &input, &input.options)?.of_tenant(role.tenant());
        let created_by = match principal {
            Principal::Operator => None,
            Principal::TokenHolder { token, .. } => Some(token),
        };
        let id = ApiTokenId(order.new_id("token"));
        let grant = NewGrant {
            name,
            role,
            expires_at: input.expires_at,
            created_by,
        };
        let created = create_token(context, &order, id, grant).await?;
        let (id, secret) = ok!(CreateApiTokenPayload, context, created);
        if principal.appoints(role) {
            // From now on no setup token is needed, nor works. Who was first does not matter.
            let appoint = InstanceCommand::AppointByOperator { token: id };
            let appointed = order
                .execute::<Instance>(context, TheInstance, appoint)
                .await?;
            ok!(CreateApiTokenPayload, context, appointed);
        }
        let find = |r: &Request, v: &Arc<View>| {
            Some(CreatedApiToken {
                api_token: ApiTokenNode::find(r, v, id)?,
                secret,
            })
        };
        answer!(CreateApiTokenPayload, context, find, "token")
    }

    /// Revokes an API token, and with it every token that it created.
    async fn revoke_api_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: ApiTokenInput,
    ) -> Result<ApiTokenPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = ApiTokenId(uuid_of("ApiToken", &input.id)?);
        let role = view
            .api_tokens
            .get(id)
            .and_then(|entry| entry.state.grant.as_ref())
            .map(|grant| grant.role);
        let is_own_tenants = |role: &Role| match request.principal().map(Principal::confined_to) {
            Ok(None) => true,
            Ok(own) => role.tenant() == own,
            Err(_) => false,
        };
        let Some(role) = role.filter(is_own_tenants) else {
            return Ok(ApiTokenPayload::new(
                context,
                Err(UserError::not_found("token")),
            ));
        };
        request.require(Action::ManageToken { role })?;
        let order =
            Order::new(context, "revokeApiToken", &input, &input.options)?.of_tenant(role.tenant());
        let revoke = ApiTokenCommand::Revoke;
        ok!(
            ApiTokenPayload,
            context,
            order
                .execute_anyway::<ApiToken>(context, id, revoke)
                .await?
        );
        answer!(
            ApiTokenPayload,
            context,
            |r, v| ApiTokenNode::find(r, v, id),
            "token"
        )
    }
}

/// The session that a deployment is named for, if the caller may, and if naming is all that it waits for.
fn naming(
    context: &Context<'_>,
    view: &Arc<View>,
    (computer, tenant): (ComputerId, TenantId),
    deployment: DeploymentId,
) -> Checked<SessionKind> {
    let request = Request::of(context);
    let rule = view
        .deployments
        .get(deployment)
        .and_then(|entry| entry.state.rule.as_ref())
        .filter(|_| DeploymentNode::find(request, view, deployment).is_some());
    let Some(rule) = rule else {
        return Ok(Err(UserError::not_found("deployment").at("deploymentId")));
    };
    let at = services(context).handler.clock().now();
    if let Some(RuleOutcome::NotCandidate(
        reason @ (NotCandidateReason::NotApproved | NotCandidateReason::OnlyInOnboarding),
    )) = view.outcome_if_named(deployment, computer, at)
    {
        let sentence = reason.sentence(&SeenNames { request, view });
        let message = format!("naming the deployment does not change that {sentence}");
        let error = UserError::new(UserErrorCode::DoesNotApply, message);
        return Ok(Err(error.at("deploymentId")));
    }
    let name = |over| Action::NameDeployment { tenant, over };
    if view.is_left_alone(rule.item, computer, at) {
        request.require(name(Overridden::LeftAlone))?;
    } else {
        request.require(name(Overridden::Wanted))?;
    }
    Ok(Ok(ad_hoc(request, tenant, deployment)))
}

/// What a session is that names a deployment for this caller: what is left alone only later is left alone by those who may
/// not say otherwise.
pub fn ad_hoc(request: &Request, tenant: TenantId, deployment: DeploymentId) -> SessionKind {
    let over = Overridden::LeftAlone;
    if request.may(Action::NameDeployment { tenant, over }) {
        SessionKind::AdHoc(deployment)
    } else {
        SessionKind::AdHocUnlessIgnored(deployment)
    }
}

fn visible_tenant(request: &Request, view: &View, computer: ComputerId) -> Option<TenantId> {
    view.tenant_of(computer)
        .filter(|tenant| request.may(Action::ReadComputer { tenant: *tenant }))
}

async fn change_software(
    context: &Context<'_>,
    order: &Order,
    id: SoftwareId,
    command: SoftwareCommand,
) -> Result<SoftwarePayload> {
    ok!(
        SoftwarePayload,
        context,
        order.execute::<Software>(context, id, command).await?
    );
    answer!(
        SoftwarePayload,
        context,
        |r, v: &Arc<View>| SoftwareNode::find(r, v, id),
        "software"
    )
}

/// The package, if it was uploaded.
async fn find_package(context: &Context<'_>, input: &PackageInput) -> Result<Package, UserError> {
    let sha256 = input.digest()?;
    let size = services(context)
        .packages
        .size(&sha256)
        .await
        .ok_or_else(|| {
            let message = format!(
                "the package is not on the server: upload it by PUT /packages/{sha256} first"
            );
            UserError::new(UserErrorCode::PackageMissing, message).at("package")
        })?;
    Ok(Package {
        file_name: text::composed(&input.file_name),
        sha256,
        size,
    })
}

async fn change_agent(
    context: &Context<'_>,
    order: Order,
    id: &ID,
    command: AgentCommand,
) -> Result<AgentPayload> {
    let request = Request::of(context);
    request.principal()?;
    let view = request.view();
    let id = AgentId(uuid_of("Agent", id)?);
    let enrolment = view
        .agents
        .get(id)
        .and_then(|entry| entry.state.enrolment.as_ref());
    let visible = enrolment.filter(|e| request.may(Action::ReadComputer { tenant: e.tenant }));
    let Some(enrolment) = visible else {
        return Ok(AgentPayload::new(
            context,
            Err(UserError::not_found("agent")),
        ));
    };
    request.require(Action::ManageComputer {
        tenant: enrolment.tenant,
    })?;
    let order = order.of_tenant(Some(enrolment.tenant));
    let done = match command {
        AgentCommand::Revoke => order.execute_anyway::<Agent>(context, id, command).await?,
        command => order.execute::<Agent>(context, id, command).await?,
    };
    ok!(AgentPayload, context, done);
    answer!(
        AgentPayload,
        context,
        |r, v| AgentNode::find(r, v, id),
        "agent"
    )
}

/// A token to be made.
struct NewGrant {
    name: Name,
    role: Role,
    expires_at: Option<DateTime<Utc>>,
    created_by: Option<ApiTokenId>,
}

/// Makes a token; the secret is there only if it was made now.
async fn create_token(
    context: &Context<'_>,
    order: &Order,
    id: ApiTokenId,
    new: NewGrant,
) -> Result<Result<(ApiTokenId, Option<String>), UserError>> {
    let token = BearerToken::new(id.0, random_secret()?);
    let grant = Grant {
        name: new.name,
        role: new.role,
        secret_hash: token.hash(),
        expires_at: new.expires_at,
        created_by: new.created_by,
    };
    let created = order
        .execute::<ApiToken>(context, id, ApiTokenCommand::Create(grant))
        .await?;
    Ok(created.map(|is_new| (id, is_new.then(|| token.reveal(API_TOKEN_PREFIX)))))
}
