//! What the tree of tenants decided and a server that died did not tell: told after a while by whoever looks.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use chrono::TimeDelta;
use upkeep_commands::{CommandError, Commands, Envelope};
use upkeep_domain::fleet::tenant::TreeDecision;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::kernel::metadata::Actor;
use uuid::Uuid;

/// How long whoever decided has to tell it with their reason.
const GRACE: TimeDelta = TimeDelta::seconds(5);

pub struct Telling;

/// What a tenant is to be told, in the name of who decided it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Untold {
    pub tenant: TenantId,
    pub decided: TreeDecision,
    pub actor: Actor,
}

impl Process for Telling {
    type Todo = Untold;
    const NAME: &'static str = "what the tree of tenants decided";
    const GATE: Gate = Gate::Open;

    fn todo(&self, at: &Moment) -> Vec<Untold> {
        let untold = at.view.untold_before(at.now - GRACE);
        untold
            .map(|(tenant, decided, actor)| Untold {
                tenant,
                decided,
                actor,
            })
            .collect()
    }

    fn subject(untold: &Untold) -> Uuid {
        untold.tenant.0
    }

    async fn carry_out(
        &self,
        commands: &Commands,
        _: &Moment,
        untold: &Untold,
    ) -> Result<Done, CommandError> {
        let Untold {
            tenant,
            decided,
            actor,
        } = untold;
        let envelope = Envelope {
            actor: *actor,
            ..envelope(commands, tenant.0, Some(*tenant))
        };
        let told = commands.tell_decision(*tenant, decided, &envelope).await;
        told.map(Done::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use std::sync::Arc;
    use tempfile::TempDir;
    use tokio_util::sync::CancellationToken;
    use upkeep_commands::CommandHandler;
    use upkeep_domain::fleet::tenant::{
        Known, PlaceTenant, Tenant, TenantCommand, TenantTree, TenantTreeCommand, TheTenantTree,
    };
    use upkeep_domain::kernel::ids::CommandId;
    use upkeep_domain::kernel::name::Name;
    use upkeep_event_store::{Direction, EventStore, Position, SqliteStore, real_world};
    use upkeep_projections::{Projections, View};
    use uuid::Uuid;

    /// What is to be told at a moment.
    fn untold(view: View, now: DateTime<Utc>) -> (Moment, Vec<Untold>) {
        let at = crate::tests::moment(view, now);
        let untold = Telling.todo(&at);
        (at, untold)
    }

    async fn view(store: &SqliteStore) -> View {
        let mut view = View::default();
        let all = store.read_all(Position::START, Direction::Forwards, 1_000);
        for event in all.await.unwrap() {
            view.apply(&event).unwrap();
        }
        view
    }

    #[tokio::test]
    async fn what_was_decided_is_told_after_a_while_if_nobody_else_did() {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path(), real_world()).unwrap());
        let handler = CommandHandler::new(store.clone(), real_world());
        let (projections, _) =
            Projections::new(store.clone(), real_world(), None, CancellationToken::new());
        let commands = Commands::new(handler.clone(), projections);
        let command = || Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
        let [above, below] = [(); 2].map(|()| TenantId(Uuid::now_v7()));
        for tenant in [above, below] {
            let (name, parent) = (Name::new("t").unwrap(), None);
            let create = TenantCommand::Create { name, parent };
            let created = handler.execute::<Tenant>(tenant, create, &command()).await;
            created.unwrap();
        }
        // A server decided, and died before it told anybody; of a third tenant before there was one.
        let place = |tenant| PlaceTenant {
            tenant,
            parent: Some(above),
            seen: None,
            known: Known::default(),
        };
        for decision in [
            TenantTreeCommand::Place(place(below)),
            TenantTreeCommand::TakeOut {
                tenant: below,
                known: Known::default(),
                never_made: vec![],
            },
            TenantTreeCommand::Place(place(TenantId(Uuid::now_v7()))),
        ] {
            handler
                .execute::<TenantTree>(TheTenantTree, decision, &command())
                .await
                .unwrap();
        }
        let now = Utc::now();
        let (_, early) = untold(view(&store).await, now);
        assert_eq!(early, [], "whoever decided may tell it");
        let (at, late) = untold(view(&store).await, now + GRACE * 2);
        assert_eq!(late.len(), 2, "of whoever is not there nobody is told");
        for todo in &late {
            Telling.carry_out(&commands, &at, todo).await.unwrap();
        }
        let told = view(&store).await;
        assert_eq!(told.ancestors(below), [above]);
        assert!(told.is_tenant_removed(below));
        let changed = told.tenants.get(below).unwrap().changed;
        assert_eq!(changed.actor, Actor::Operator, "in the name of who decided");
        assert_eq!(told.untold_before(now + GRACE * 2).count(), 0);
    }
}
