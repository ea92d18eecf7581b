//! Changes that can be carried out and can be imagined: each is planned once, by the same code, for both.

use super::impact::confirm;
use super::input::Checked;
use super::order::Order;
use crate::MAX_JUDGEMENTS;
use crate::request::Request;
use crate::schema::fleet::computer::moving;
use crate::schema::fleet::tenant::place::{self, Wanted};
use crate::schema::types::{CommandOptions, UserError, UserErrorCode};
use async_graphql::{Context, InputType, Result};
use upkeep_domain::fleet::agreement::{Agreement, AgreementCommand};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::fleet::group::{Group, GroupCommand};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::decider::{self, Rejection};
use upkeep_domain::kernel::ids::{
    AgreementId, CommandId, ComputerId, DeploymentId, GroupId, PersonId, TenantId, derive,
};
use upkeep_domain::rules::deployment::{Deployment, DeploymentCommand};
use upkeep_projections::{Imaginable, View};

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
    pub fn of(tenant: impl Into<Option<TenantId>>, planned: Planned) -> Checked<Self> {
        Ok(Ok(Self {
            tenant: tenant.into(),
            planned,
        }))
    }
}

impl Plan {
    /// Whether it is the tree of tenants that decides, also of a tenant that was removed.
    pub fn is_of_the_tree(&self) -> bool {
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
pub fn new_id(command: CommandId, kind: &str) -> uuid::Uuid {
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

    pub fn imagine(self, view: &mut View, context: &decider::Context) -> Result<(), UserError> {
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

pub async fn carry_out_planned(
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
