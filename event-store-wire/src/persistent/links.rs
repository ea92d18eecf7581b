//! Where the links lead that a group follows, from its source and from what it has parked.

use super::settings::Source;
use crate::convert::{Resolved, resolve};
use crate::{Shared, refusal};
use tonic::Status;
use upkeep_event_store::RecordedEvent;

/// Follows a link, if the event is one. Nobody is asked who will take it from the group: so it leads out of the group's stream
/// only to what is open to everybody. Who may read all events finds everything there anyway.
pub async fn follow(
    shared: &Shared,
    source: &Source,
    event: RecordedEvent,
) -> Result<Resolved, Status> {
    let mut resolved = resolve(&shared.reader, event).await?;
    if let (Source::Stream(own), Some(_), Some(goal)) = (source, &resolved.link, &resolved.event)
        && goal.stream.as_str() != own
    {
        let is_open = shared.rights.is_open(&goal.stream).await;
        if !is_open.map_err(|error| refusal::of_read(&error))? {
            resolved.event = None;
        }
    }
    Ok(resolved)
}
