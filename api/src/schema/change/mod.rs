//! Changes that can be carried out and can be imagined: each is planned once, by the same code, for both.

mod deployment;
mod fact_inputs;
mod facts;
mod preview;

pub use deployment::DeploymentMutation;
pub use facts::FactMutation;
pub use preview::{PreviewInput, preview};

use super::deployment::Checked;
use super::order::Order;
use super::types::{CommandOptions, UserError, UserErrorCode};
use crate::error::{self, ErrorCode};
use crate::request::{Request, moment, services};
use async_graphql::{Context, InputType, Result};
use std::sync::Arc;
use upkeep_domain::agreement::{Agreement, AgreementCommand};
use upkeep_domain::computer::{Computer, ComputerCommand};
use upkeep_domain::decider::{self, Rejection};
use upkeep_domain::deployment::{Deployment, DeploymentCommand, ImpactUnconfirmed, confirm_impact};
use upkeep_domain::group::{Group, GroupCommand};
use upkeep_domain::ids::{
    AgreementId, CommandId, ComputerId, DeploymentId, GroupId, PersonId, TenantId, derive,
};
use upkeep_domain::person::{Person, PersonCommand};
use upkeep_domain::tenant::{Tenant, TenantCommand};
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
            Self::Tenant(id, command) => imagine::<Tenant>(view, id, command, context),
            Self::Person(id, command) => imagine::<Person>(view, id, command, context),
            Self::Group(id, command) => imagine::<Group>(view, id, command, context),
            Self::Agreement(id, command) => imagine::<Agreement>(view, id, command, context),
            Self::Computer(id, command) => imagine::<Computer>(view, id, command, context),
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
        .map_err(|rejection| {
            let code = UserErrorCode::of(rejection.code());
            let error = UserError::new(code, rejection.to_string());
            match rejection.field() {
                Some(field) => error.at(field),
                None => error,
            }
        })
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
    plan: impl FnOnce(&Request, &View, CommandId) -> Checked<Plan>,
) -> Checked<Planned> {
    let request = Request::of(context);
    request.principal()?;
    let order = Order::new(context, name, input, options)?;
    let command = order.envelope.command_id;
    let view = request.view();
    let plan = check!(plan(request, &view, command)?);
    if let Confirmation::Needed(expected) = confirmation {
        check!(confirm(context, &view, &plan, command, expected).await?);
    }
    let order = order.of_tenant(plan.tenant);
    let done = plan.planned.clone().execute(context, &order).await?;
    Ok(done.map(|_| plan.planned))
}

/// Finds out how many computers a change reaches, and asks the domain whether that was meant.
async fn confirm(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
    expected: Option<u32>,
) -> Checked<()> {
    // What would be refused is refused where it is carried out; a retry finds nothing more to change.
    let Ok(difference) = imagined(context, view, plan, command).await? else {
        return Ok(Ok(()));
    };
    let confirmed = confirm_impact(difference.computers(), expected);
    Ok(confirmed.map_err(|unconfirmed| {
        let code = UserErrorCode::of(ImpactUnconfirmed::CODE);
        UserError::new(code, unconfirmed.to_string()).at("confirmImpact")
    }))
}

/// The difference that a plan would make for those whom the caller may see.
async fn imagined(
    context: &Context<'_>,
    view: &Arc<View>,
    plan: &Plan,
    command: CommandId,
) -> Checked<Difference> {
    let request = Request::of(context);
    let principal = request.principal()?;
    let now = services(context).handler.clock().now();
    let at = moment(context, view);
    let decider = decider::Context {
        actor: principal.actor(),
        now,
        command_id: command,
    };
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
    Ok(Ok(found.map_err(too_many)?))
}

/// More differs than can be told.
pub fn too_many(error: DifferenceError) -> async_graphql::Error {
    ErrorCode::LimitExceeded.error(error.to_string())
}
