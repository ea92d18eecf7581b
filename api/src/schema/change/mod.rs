//! Changes that can be carried out and can be imagined: each is planned once, by the same code, for both.

mod deployment;
mod fact_inputs;
mod facts;
mod moving;
mod place;
mod preview;

pub use deployment::DeploymentMutation;
pub use fact_inputs::RenameTenantInput;
pub use facts::FactMutation;
pub use place::{Wanted, decide as decide_place};
pub use preview::{PreviewInput, preview};

use super::deployment::Checked;
use super::order::{Order, refuse_if_removed};
use super::software::reach_of;
use super::types::{CommandOptions, UserError, UserErrorCode};
use crate::MAX_JUDGEMENTS;
use crate::error::{self, ErrorCode};
use crate::request::{Request, moment, services};
use async_graphql::{Context, InputType, Result};
use std::sync::Arc;
use upkeep_domain::catalogue::software::SoftwareCommand;
use upkeep_domain::fleet::agreement::{Agreement, AgreementCommand};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::fleet::group::{Group, GroupCommand};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::decider::{self, Decider as _, Rejection};
use upkeep_domain::kernel::ids::{
    AgreementId, CommandId, ComputerId, DeploymentId, GroupId, PersonId, SoftwareId, TenantId,
    derive,
};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, Impact, ImpactUnconfirmed, confirm_impact,
};
use upkeep_projections::{Difference, DifferenceError, Imaginable, Moment, View, difference};

/// A command for one aggregate.
#[derive(Clone, Debug)]
pub enum Planned {
    Tenant(TenantId, TenantCommand),
    Person(PersonId, PersonCommand),
    Group(GroupId, GroupCommand),
    Agreement(AgreementId, AgreementCommand),
    Computer(ComputerId, ComputerCommand),
    Deployment(DeploymentId, DeploymentCommand),
}

/// What is to happen, and in which tenant.
pub struct Plan {
    pub tenant: Option<TenantId>,
    pub planned: Planned,
}

impl Plan {
    /// The plan, as a check answers it.
    #[expect(clippy::unnecessary_wraps, reason = "it ends every check")]
    fn of(tenant: impl Into<Option<TenantId>>, planned: Planned) -> Checked<Self> {
        Ok(Ok(Self {
            tenant: tenant.into(),
            planned,
        }))
    }
}

impl Plan {
    /// Whether it is the tree of tenants that decides, also of a tenant that was removed.
    fn is_of_the_tree(&self) -> bool {
        matches!(
            self.planned,
            Planned::Tenant(
                _,
                TenantCommand::SetParent { .. } | TenantCommand::SetPresence { .. }
            )
        )
    }
}

/// The id of what a command makes.
fn new_id(command: CommandId, kind: &str) -> uuid::Uuid {
    derive(command.0, kind)
}

/// A mutation's input that can be planned.
pub trait Change: InputType {
    /// The mutation's name.
    const NAME: &'static str;

    fn options(&self) -> &CommandOptions;

    /// Checks what the input names and whether the caller may, and says what is to happen.
    fn plan(&self, request: &Request, view: &View, command: CommandId) -> Checked<Plan>;

    /// Whether the change has to be confirmed where it reaches many computers, and how many the caller expects.
    fn confirmation(&self) -> Confirmation {
        Confirmation::NotNeeded
    }
}

/// What a caller says of how many computers a change reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    NotNeeded,
    Needed(Option<u32>),
}

impl Planned {
    async fn execute(self, context: &Context<'_>, order: &Order) -> Checked<bool> {
        match self {
            Self::Tenant(id, TenantCommand::SetParent { parent, .. }) => {
                place::change(context, order, id, Wanted::Parent(parent)).await
            }
            Self::Tenant(id, TenantCommand::SetPresence { presence, .. }) => {
                place::change(context, order, id, Wanted::Presence(presence)).await
            }
            Self::Computer(id, ComputerCommand::Move { tenant }) => {
                moving::move_computer(context, order, id, tenant).await
            }
            Self::Computer(id, ComputerCommand::Restore) => {
                moving::restore_computer(context, order, id).await
            }
            Self::Tenant(id, command) => order.execute::<Tenant>(context, id, command).await,
            Self::Person(id, command) => order.execute::<Person>(context, id, command).await,
            Self::Group(id, command) => order.execute::<Group>(context, id, command).await,
            Self::Agreement(id, command) => order.execute::<Agreement>(context, id, command).await,
            Self::Computer(id, command) => order.execute::<Computer>(context, id, command).await,
            Self::Deployment(id, command) => {
                order.execute::<Deployment>(context, id, command).await
            }
        }
    }

    fn imagine(self, view: &mut View, context: &decider::Context) -> Result<(), UserError> {
        match self {
            Self::Tenant(id, command) => {
                let wanted = match &command {
                    TenantCommand::SetParent { parent, .. } => Some(Wanted::Parent(*parent)),
                    TenantCommand::SetPresence { presence, .. } => {
                        Some(Wanted::Presence(*presence))
                    }
                    _ => None,
                };
                if let Some(wanted) = wanted {
                    place::check(view, id, wanted, context).map_err(|error| refused(&error))?;
                }
                imagine::<Tenant>(view, id, command, context)
            }
            Self::Person(id, command) => imagine::<Person>(view, id, command, context),
            Self::Group(id, command) => imagine::<Group>(view, id, command, context),
            Self::Agreement(id, command) => imagine::<Agreement>(view, id, command, context),
            Self::Computer(id, command) => {
                if let ComputerCommand::Move { tenant } = command {
                    moving::check(view, id, tenant).map_err(|error| error.at("tenantId"))?;
                }
                imagine::<Computer>(view, id, command, context)
            }
            Self::Deployment(id, command) => imagine::<Deployment>(view, id, command, context),
        }
    }
}

fn imagine<D: Imaginable>(
    view: &mut View,
    id: D::Id,
    command: D::Command,
    context: &decider::Context,
) -> Result<(), UserError> {
    view.imagine::<D>(id, command, context)
        .map_err(|rejection| refused(&rejection))
}

fn refused(rejection: &impl Rejection) -> UserError {
    let code = UserErrorCode::of(rejection.code());
    let error = UserError::new(code, rejection.to_string());
    match rejection.field() {
        Some(field) => error.at(field),
        None => error,
    }
}

/// Plans a change, has it confirmed where that is needed, and carries it out; answers with what was planned.
pub async fn carry_out<C: Change>(context: &Context<'_>, input: &C) -> Checked<Planned> {
    carry_out_planned(
        context,
        C::NAME,
        input,
        input.options(),
        input.confirmation(),
        |request, view, command| input.plan(request, view, command),
    )
    .await
}

async fn carry_out_planned(
    context: &Context<'_>,
    name: &str,
    input: &impl InputType,
    options: &CommandOptions,
    confirmation: Confirmation,
    plan: impl Fn(&Request, &View, CommandId) -> Checked<Plan>,
) -> Checked<Planned> {
    let request = Request::of(context);
    request.principal()?;
    let order = Order::new(context, name, input, options)?;
    let command = order.envelope.command_id;
    let mut judged = 0;
    loop {
        let view = request.view();
        let plan = check!(plan(request, &view, command)?);
        if let Confirmation::Needed(expected) = confirmation {
            check!(confirm(context, &view, &plan, command, expected).await?);
        }
        let order = order.clone().judged_on(view).of_tenant(plan.tenant);
        let done = plan.planned.clone().execute(context, &order).await?;
        judged += 1;
        match done {
            // Somebody else was faster; the request's view shows by now what is so.
            Err(error)
                if error.code == UserErrorCode::ChangedMeanwhile && judged < MAX_JUDGEMENTS => {}
            done => return Ok(done.map(|_| plan.planned)),
        }
    }
}

/// Finds out how many computers a change reaches, and asks the domain whether that was meant.
async fn confirm(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
    expected: Option<u32>,
) -> Checked<()> {
    let computers = match compared(context, view, plan, command).await? {
        // What would be refused is refused where it is carried out; a retry finds nothing more to change.
        Err(_) => return Ok(Ok(())),
        Ok(Ok(difference)) => difference.computers(),
        // More than can be told one by one: everything that the caller may reach.
        Ok(Err(DifferenceError::TooMany)) => {
            match Request::of(context).principal()?.confined_to() {
                Some(tenant) => view.computers_of(tenant).count(),
                None => view.computers.len(),
            }
        }
    };
    Ok(confirmed(Impact::Wanted, computers, expected))
}

fn confirmed(impact: Impact, computers: usize, expected: Option<u32>) -> Result<(), UserError> {
    confirm_impact(impact, computers, expected).map_err(|unconfirmed| {
        let code = UserErrorCode::of(ImpactUnconfirmed::CODE);
        UserError::new(code, unconfirmed.to_string()).at("confirmImpact")
    })
}

/// Finds out on how many computers the scripts run that a command changes, and asks the domain whether that was meant.
pub async fn confirm_run(
    context: &Context<'_>,
    id: SoftwareId,
    command: &SoftwareCommand,
    expected: Option<u32>,
) -> Checked<()> {
    let request = Request::of(context);
    let view = request.view();
    let decider = decider::Context {
        actor: request.principal()?.actor(),
        now: services(context).handler.clock().now(),
        command_id: CommandId(uuid::Uuid::nil()),
    };
    let known = view.software.get(id);
    let events = known.map(|entry| entry.state.decide(command.clone(), &decider));
    // What is refused is refused where it is carried out.
    if !matches!(events, Some(Ok(events)) if !events.is_empty()) {
        return Ok(Ok(()));
    }
    let computers = reach_of(context, &view, id).await?;
    Ok(confirmed(Impact::Run, computers, expected))
}

/// The difference that a plan would make for those whom the caller may see.
async fn imagined(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
) -> Checked<Difference> {
    let compared = check!(compared(context, view, plan, command).await?);
    Ok(Ok(compared.map_err(too_many)?))
}

/// The same, if it can be told.
async fn compared(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
) -> Checked<Result<Difference, DifferenceError>> {
    let request = Request::of(context);
    let principal = request.principal()?;
    let now = services(context).handler.clock().now();
    let at = moment(context, view);
    let decider = decider::Context {
        actor: principal.actor(),
        now,
        command_id: command,
    };
    if !plan.is_of_the_tree() {
        check!(refuse_if_removed(view, plan.tenant));
    }
    let mut after = View::clone(view);
    if let Err(error) = plan.planned.clone().imagine(&mut after, &decider) {
        return Ok(Err(error));
    }
    let before = Moment {
        view: view.clone(),
        at,
    };
    let after = Moment {
        view: Arc::new(after),
        at,
    };
    let within = principal.confined_to();
    let found = tokio::task::spawn_blocking(move || difference(&before, &after, within))
        .await
        .map_err(|error| error::internal(&error))?;
    Ok(Ok(found))
}

/// More differs than can be told.
pub fn too_many(error: DifferenceError) -> async_graphql::Error {
    ErrorCode::LimitExceeded.error(error.to_string())
}
