//! Changing tenants.

use super::node::TenantNode;
use super::place::{self, Wanted};
use crate::request::Request;
use crate::schema::change::{Checked, Order, Plan, Planned, found, name};
use crate::schema::types::{UserError, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::tenant::{Presence, Tenant, TenantCommand};
use upkeep_domain::kernel::ids::TenantId;
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a tenant.
    TenantPayload {
        /// The tenant, with the change.
        tenant: TenantNode
    }
    /// The answer to a mutation of a tenant's settings.
    TenantSettingsPayload {
        /// The tenant, with the change.
        tenant: TenantNode
    }
}

inputs! {
    /// A new tenant.
    CreateTenantInput {
        /// Its name.
        name: String,
        /// The tenant above it.
        parent_id: Option<ID>,
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

changes! {
    RenameTenantInput = "renameTenant", as confirm_impact, |this, request, view, _command| {
        request.require(Action::ManageTenants)?;
        let tenant = check!(visible_tenant(request, view, &this.id, "id")?);
        let name = check!(name("name", &this.name));
        Plan::of(tenant, Planned::Tenant(tenant, TenantCommand::Rename { name }))
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

pub fn visible_tenant(request: &Request, view: &View, id: &ID, field: &str) -> Checked<TenantId> {
    let tenant = TenantId(uuid_of("Tenant", id)?);
    let is_visible =
        view.tenants.get(tenant).is_some() && request.may(Action::ReadTenant { tenant });
    Ok(found(is_visible.then_some(tenant), "tenant", field))
}

/// What can be changed about tenants.
#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Creates a tenant.
    async fn create_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: CreateTenantInput,
    ) -> Result<TenantPayload> {
        let request = Request::of(context);
        request.require(Action::ManageTenants)?;
        let name = ok!(TenantPayload, context, name("name", &input.name));
        let parent = match &input.parent_id {
            None => None,
            Some(id) => {
                let parent = visible_tenant(request, &request.view(), id, "parentId")?;
                Some(ok!(TenantPayload, context, parent))
            }
        };
        let order = Order::new(context, "createTenant", &input, &input.options)?;
        let id = TenantId(order.new_id("tenant"));
        let order = order.of_tenant(Some(id));
        if parent.is_some() {
            let placed = place::decide(context, &order, id, Wanted::Parent(parent)).await?;
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
        changed!(TenantPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Says in which time zone a tenant's days begin and end.
    async fn set_time_zone(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and the zone.")] input: SetTimeZoneInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Excludes a tenant and its computers from cross-tenant deployments, or includes it again.
    async fn set_cross_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: SetCrossTenantInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Removes a tenant that has none below it: nothing applies to it and its computers any more, sessions are cancelled and none
    /// starts, nobody enrols, its API tokens are worth nothing, and nothing in it changes; tokens and agents can still be revoked. What is
    /// known of it is kept, and restoreTenant brings it back.
    async fn remove_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: RemoveTenantInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Brings a removed tenant back, as it was.
    async fn restore_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: RestoreTenantInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }

    /// Puts a tenant below another one, or at the top.
    async fn set_tenant_parent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and its parent.")] input: SetTenantParentInput,
    ) -> Result<TenantSettingsPayload> {
        changed!(TenantSettingsPayload, context, input, Tenant => TenantNode, "tenant")
    }
}
