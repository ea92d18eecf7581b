//! How soon a server answers for three million events, with and without the snapshot of its view.

use crate::{Row, world};
use anyhow::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_domain::fleet::computer::{
    ComputerEvent, ComputerRegistered, HardwareIdentity, IdentitySource, Inventory,
    InventoryReported, OperatingSystem, OsFamily,
};
use upkeep_domain::kernel::decider::EventPayload;
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::{
    ContentType, EventStore, ExpectedRevision, NewEvent, SqliteStore, StreamName, real_world,
};
use upkeep_projections::{Projections, Snapshots};
use uuid::Uuid;

const COMPUTERS: u64 = 20_000;
const EVENTS_EACH: u64 = 150;

pub async fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
    fill(&store).await?;
    let without = ready(&store, None).await?;
    // The first leaves a snapshot, the second begins with it.
    ready(&store, Some(Snapshots::new(directory.path()))).await?;
    let with = ready(&store, Some(Snapshots::new(directory.path()))).await?;
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    Ok(vec![Row {
        what: "3,000,000 events: until ready, without the snapshot".into(),
        ours: seconds(without),
        peer: format!("with the snapshot: {}", seconds(with)),
        ratio: Some(without.as_secs_f64() / with.as_secs_f64()),
    }])
}

async fn ready(store: &Arc<SqliteStore>, snapshots: Option<Snapshots>) -> Result<Duration> {
    let stop = CancellationToken::new();
    let begin = Instant::now();
    let (projections, work) =
        Projections::new(store.clone(), real_world(), snapshots, stop.clone());
    let work = tokio::spawn(work);
    projections.ready().await?;
    let time = begin.elapsed();
    stop.cancel();
    work.await??;
    Ok(time)
}

/// Computers that report another inventory again and again.
async fn fill(store: &Arc<SqliteStore>) -> Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..COMPUTERS {
        let store = store.clone();
        tasks.spawn(async move {
            let stream = StreamName::of("computer", world::computer(n));
            store
                .append(&stream, ExpectedRevision::NoStream, events(n)?)
                .await?;
            anyhow::Ok(())
        });
        if tasks.len() >= 64
            && let Some(done) = tasks.join_next().await
        {
            done??;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

fn events(n: u64) -> Result<Vec<NewEvent>> {
    let registered = ComputerRegistered {
        tenant: TenantId(Uuid::from_u64_pair(1, n % 20)),
        name: Name::new(&format!("pc-{n}"))?,
        hardware: HardwareIdentity::new(
            Uuid::from_u64_pair(9, n + 1),
            IdentitySource::ProductUuid,
        )?,
    };
    let mut events = vec![ComputerEvent::from(registered)];
    for report in 1..EVENTS_EACH {
        let inventory = Inventory {
            host_name: format!("pc-{n}"),
            os: OperatingSystem {
                family: OsFamily::Linux,
                name: "Debian GNU/Linux".into(),
                version: format!("12.{report}"),
            },
            chassis_type: Some(3),
            interpreters: vec![],
        };
        events.push(InventoryReported { inventory }.into());
    }
    let id = Uuid::now_v7();
    let metadata = EventMetadata {
        correlation_id: id,
        causation_id: id,
        command_id: CommandId(id),
        command_digest: None,
        actor: Actor::System,
        tenant_id: None,
        time: chrono::Utc::now(),
        version: 1,
        reason: None,
    };
    let metadata = serde_json::to_vec(&metadata)?;
    events
        .iter()
        .map(|event| {
            Ok(NewEvent {
                id: Uuid::now_v7(),
                event_type: event.event_type().into(),
                content_type: ContentType::Json,
                data: event.to_json()?,
                metadata: metadata.clone(),
            })
        })
        .collect()
}
