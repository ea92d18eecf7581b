//! Whether there is room for more deployments.

use crate::ask::Ask;
use crate::stop::Stop;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::rules::deployment::{Membership, NoRoom, Scope, Target};

fn no_room(full: NoRoom) -> Stop {
    Stop::refused(NoRoom::CODE, full.to_string())
}

fn has_expression(target: &Target) -> bool {
    matches!(target.membership, Membership::Expression { .. })
}

impl Ask {
    /// Whether a deployment with this target fits, which takes the room of `former` where it had one.
    pub fn has_room(&self, target: &Target, former: Option<&Target>) -> Result<(), Stop> {
        let view = self.view();
        let of = |target: &Target| view.tenant_of_scope(target.scope);
        let takes_no_more = former.is_some_and(|former| {
            of(former) == of(target) && (has_expression(former) || !has_expression(target))
        });
        if takes_no_more {
            return Ok(());
        }
        let count = view.count_deployments(of(target));
        count.one_more(has_expression(target)).map_err(no_room)
    }

    /// Whether a tenant has room for the deployments that come along with what moves there.
    pub fn has_room_for(
        &self,
        to: TenantId,
        comes_along: impl Fn(Scope) -> bool,
    ) -> Result<(), Stop> {
        let more = self.view().count_deployments_where(comes_along);
        let count = self.view().count_deployments(Some(to));
        count.more(more).map_err(no_room)
    }
}
