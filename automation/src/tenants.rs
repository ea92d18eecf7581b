//! What the tree of tenants decided and a server that died did not tell: told after a while by whoever sweeps.

use crate::{COMMANDS_AT_ONCE, envelope, settle};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use upkeep_commands::{Commands, Envelope};
use upkeep_event_store::Position;
use upkeep_projections::View;

/// How long whoever decided has to tell it with their reason.
const GRACE: TimeDelta = TimeDelta::seconds(5);

pub async fn tell(commands: &Commands, view: &View, now: DateTime<Utc>) -> Position {
    stream::iter(view.untold_before(now - GRACE))
        .map(|(tenant, decided, actor)| async move {
            let envelope = Envelope {
                actor,
                ..envelope(tenant.0, Some(tenant))
            };
            let told = commands.tell_decision(tenant, &decided, &envelope).await;
            let position = told.map(|outcome| outcome.position);
            settle(position, "what the tree of tenants decided", tenant.0)
        })
        .buffer_unordered(COMMANDS_AT_ONCE)
        .fold(Position::START, |last, position| async move {
            last.max(position)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tempfile::TempDir;
    use tokio_util::sync::CancellationToken;
    use upkeep_commands::CommandHandler;
    use upkeep_domain::fleet::tenant::{
        Known, PlaceTenant, Tenant, TenantCommand, TenantTree, TenantTreeCommand, TheTenantTree,
    };
    use upkeep_domain::kernel::ids::{CommandId, TenantId};
    use upkeep_domain::kernel::metadata::Actor;
    use upkeep_domain::kernel::name::Name;
    use upkeep_event_store::{Direction, EventStore, SqliteStore, SystemClock};
    use upkeep_projections::Projections;
    use uuid::Uuid;

    async fn view(store: &SqliteStore) -> View {
        let mut view = View::default();
        let all = store.read_all(Position::START, Direction::Forwards, 1_000);
        for event in all.await.unwrap() {
            view.apply(&event).unwrap();
        }
        view
    }

    #[tokio::test]
    async fn what_was_decided_is_told_by_the_next_sweep_if_nobody_else_did() {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).unwrap());
        let handler = CommandHandler::new(store.clone(), Arc::new(SystemClock));
        let (projections, _) = Projections::new(store.clone(), None, CancellationToken::new());
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
        assert_eq!(
            tell(&commands, &view(&store).await, now).await,
            Position::START
        );
        assert!(
            !view(&store).await.is_tenant_removed(below),
            "whoever decided may tell it"
        );

        tell(&commands, &view(&store).await, now + GRACE * 2).await;
        let told = view(&store).await;
        assert_eq!(told.ancestors(below), [above]);
        assert!(told.is_tenant_removed(below));
        let changed = told.tenants.get(below).unwrap().changed;
        assert_eq!(changed.actor, Actor::Operator, "in the name of who decided");
        assert_eq!(told.untold_before(now + GRACE * 2).count(), 0);
    }
}
