//! Changing tenants.

use super::node::TenantNode;
use crate::schema::change::{change, name, seen};
use async_graphql::{Context, ID, Object, Result};
use upkeep_commands::{Ask, Change, Confirmation, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::tenant::{Presence, Tenant, TenantCommand};
use upkeep_domain::kernel::ids::TenantId;

payloads! {
    /// The answer to a mutation of a tenant.
    [CreateTenantPayload RenameTenantPayload] of Tenant {
        /// The tenant, with the change.
        tenant: TenantNode
    }
    /// The answer to a mutation of a tenant's settings.
    [SetTenantTimeZonePayload SetTenantCrossTenantExclusionPayload RemoveTenantPayload RestoreTenantPayload SetTenantParentPayload] of Tenant {
        /// The tenant, with the change.
        tenant: TenantNode
    }
}

inputs! {
    /// A new tenant.
    CreateTenantInput {
        /// Its name.
        name: String,
        /// The tenant above it; at the top if not given.
        parent_id: Option<ID>,
    }
    /// Another name for a tenant.
    RenameTenantInput {
        /// The tenant.
        id: ID,
        /// Its new name.
        name: String,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A tenant's time zone.
    SetTenantTimeZoneInput {
        /// The tenant.
        id: ID,
        /// Its name in the IANA database: "Europe/Vienna".
        time_zone: String,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// Whether cross-tenant deployments apply to a tenant.
    SetTenantCrossTenantExclusionInput {
        /// The tenant.
        id: ID,
        /// `true`: they do not any more. `false`: they do again.
        is_excluded: bool,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A tenant that is gone.
    RemoveTenantInput {
        /// The tenant. No tenant may be below it.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A removed tenant that is there again.
    RestoreTenantInput {
        /// The tenant. The one above it must be there.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// Another place for a tenant in the tree.
    SetTenantParentInput {
        /// The tenant.
        id: ID,
        /// The tenant above it; nothing puts it at the top.
        parent_id: Option<ID>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Change for CreateTenantInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        ask.require(Action::ManageTenants)?;
        let name = name("name", &self.name)?;
        let parent = match &self.parent_id {
            None => None,
            Some(id) => Some(seen::<Tenant>(ask, id, "parentId")?.id),
        };
        let id = TenantId(ask.new_id("tenant"));
        ask.make(id, TenantCommand::Create { name, parent })
    }
}

impl Change for RenameTenantInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        ask.require(Action::ManageTenants)?;
        let name = name("name", &self.name)?;
        seen::<Tenant>(ask, &self.id, "id")?.plan(TenantCommand::Rename { name })
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Change for SetTenantTimeZoneInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        let tenant = seen::<Tenant>(ask, &self.id, "id")?;
        ask.require(Action::ManageTenants)?;
        let time_zone = self.time_zone.parse().map_err(|_| {
            let message = format!(
                "{:?} is no time zone of the IANA database: give one like Europe/Vienna",
                self.time_zone
            );
            Stop::invalid(&message).at("timeZone")
        })?;
        tenant.plan(TenantCommand::SetTimeZone { time_zone })
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Change for SetTenantCrossTenantExclusionInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        let command = if self.is_excluded {
            TenantCommand::ExcludeFromCrossTenant
        } else {
            TenantCommand::IncludeInCrossTenant
        };
        seen::<Tenant>(ask, &self.id, "id")?.plan(command)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

/// Says whether a tenant is there.
fn plan_presence(ask: &Ask, id: &ID, presence: Presence) -> Result<Plan<Tenant>, Stop> {
    ask.require(Action::ManageTenants)?;
    let tenant = seen::<Tenant>(ask, id, "id")?;
    // The turn is the tree's to give; to be imagined, it is the next one. What is so already is no change.
    let turn = if tenant.state.presence == presence {
        0
    } else {
        tenant.state.presence_turn + 1
    };
    tenant.plan(TenantCommand::SetPresence { presence, turn })
}

impl Change for RemoveTenantInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        plan_presence(ask, &self.id, Presence::Removed)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Change for RestoreTenantInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        plan_presence(ask, &self.id, Presence::Present)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Change for SetTenantParentInput {
    type Of = Tenant;

    fn plan(&self, ask: &Ask) -> Result<Plan<Tenant>, Stop> {
        ask.require(Action::ManageTenants)?;
        let tenant = seen::<Tenant>(ask, &self.id, "id")?;
        let parent = match &self.parent_id {
            None => None,
            Some(id) => Some(seen::<Tenant>(ask, id, "parentId")?.id),
        };
        // The turn is the tree's to give; to be imagined, it is the next one.
        let turn = tenant.state.turn + 1;
        tenant.plan(TenantCommand::SetParent { parent, turn })
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
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
    ) -> Result<Option<CreateTenantPayload>> {
        change(context, "createTenant", input).await
    }

    /// Gives a tenant another name.
    async fn rename_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and its name.")] input: RenameTenantInput,
    ) -> Result<Option<RenameTenantPayload>> {
        change(context, "renameTenant", input).await
    }

    /// Says in which time zone a tenant's days begin and end.
    async fn set_tenant_time_zone(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and the zone.")] input: SetTenantTimeZoneInput,
    ) -> Result<Option<SetTenantTimeZonePayload>> {
        change(context, "setTenantTimeZone", input).await
    }

    /// Excludes a tenant and its computers from cross-tenant deployments, or includes it again.
    async fn set_tenant_cross_tenant_exclusion(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: SetTenantCrossTenantExclusionInput,
    ) -> Result<Option<SetTenantCrossTenantExclusionPayload>> {
        change(context, "setTenantCrossTenantExclusion", input).await
    }

    /// Removes a tenant that has none below it: nothing applies to it and its computers any more, sessions are cancelled and none
    /// starts, nobody enrols, its API tokens are worth nothing, and nothing in it changes; tokens and agents can still be revoked. What is
    /// known of it is kept, and restoreTenant brings it back.
    async fn remove_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: RemoveTenantInput,
    ) -> Result<Option<RemoveTenantPayload>> {
        change(context, "removeTenant", input).await
    }

    /// Brings a removed tenant back, as it was.
    async fn restore_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: RestoreTenantInput,
    ) -> Result<Option<RestoreTenantPayload>> {
        change(context, "restoreTenant", input).await
    }

    /// Puts a tenant below another one, or at the top.
    async fn set_tenant_parent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant and its parent.")] input: SetTenantParentInput,
    ) -> Result<Option<SetTenantParentPayload>> {
        change(context, "setTenantParent", input).await
    }
}
