//! What if: a view in which commands were carried out that nobody sent.
//!
//! The same deciders decide and the same fold applies, so that what is shown before a change is what it will do.

use crate::registries::Known;
use crate::view::View;
use upkeep_domain::kernel::decider::Context;

impl View {
    /// What a command for this instance is judged on here.
    pub fn premise<D: Known>(&self, id: D::Id) -> D::Premise {
        match D::known(self, id) {
            Some(state) => state.premise(),
            None => D::default().premise(),
        }
    }

    /// Carries a command out in this view alone; refuses what the domain refuses.
    pub fn imagine<D: Known>(
        &mut self,
        id: D::Id,
        command: D::Command,
        context: &Context,
    ) -> Result<(), D::Rejection> {
        let next = D::next_revision(self, id);
        let state = D::known(self, id).map_or_else(D::default, |state| state.clone());
        let name = id.to_string();
        let events = state.decide(command, context)?;
        for (revision, event) in (next..).zip(events) {
            let stamp = (context.actor, context.now);
            self.suppose(&D::event(event), &name, revision, stamp)
                .expect("an id reads its own text");
        }
        Ok(())
    }
}
