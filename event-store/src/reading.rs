//! Reading the domain's events back from what is stored.

use crate::port::RecordedEvent;
use serde::Deserialize;
use upkeep_domain::aggregates::{DecodeError, DomainEvent};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_domain::kernel::metadata::Actor;

/// Why a stored event of the domain's cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("its metadata cannot be read: {0}")]
    Metadata(serde_json::Error),
    #[error(
        "it was written by a release before 0.1, whose events had other shapes: this one begins with an empty store"
    )]
    Outdated,
    #[error(transparent)]
    Payload(DecodeError),
}

/// All of an event's metadata that is needed to understand it: the rest is not decoded.
#[derive(Deserialize)]
struct Written {
    actor: Actor,
    version: Option<u16>,
}

/// Of which command an event is, and in which shape it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// What somebody wrote by hand may have none.
    pub command_id: Option<CommandId>,
    /// Of the command's whole input.
    pub command_digest: Option<Sha256Digest>,
    /// Of the payload's shape, from 1.
    pub version: u16,
}

struct Stated {
    actor: Actor,
    version: u16,
}

impl RecordedEvent {
    /// What happened, and because of whom; nothing for events that are not the domain's, such as script output, or what
    /// others keep in streams of such names.
    pub fn domain_event(&self) -> Result<Option<(DomainEvent, Actor)>, Unreadable> {
        let category = self.stream.category();
        if !DomainEvent::is_type(category, &self.event_type) {
            return Ok(None);
        }
        let Stated { actor, version } = self.stated()?;
        let read = DomainEvent::decode(category, &self.event_type, version, &self.data);
        match read.transpose() {
            Ok(event) => Ok(event.map(|event| (event, actor))),
            Err(cause) => Err(Unreadable::Payload(cause)),
        }
    }

    /// Of which command it is, and in which shape.
    pub fn origin(&self) -> Result<Origin, Unreadable> {
        self.stated()?;
        serde_json::from_slice(&self.metadata).map_err(Unreadable::Metadata)
    }

    fn stated(&self) -> Result<Stated, Unreadable> {
        let read = serde_json::from_slice(&self.metadata).map_err(Unreadable::Metadata)?;
        let Written { actor, version } = read;
        let version = version.ok_or(Unreadable::Outdated)?;
        Ok(Stated { actor, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::{ContentType, Position, StreamName};
    use chrono::DateTime;
    use upkeep_domain::fleet::tenant::TenantEvent;
    use uuid::Uuid;

    fn event(event_type: &str, metadata: &str) -> RecordedEvent {
        RecordedEvent {
            position: Position(1),
            stream: StreamName::of("tenant", Uuid::nil()),
            revision: 0,
            id: Uuid::nil(),
            event_type: event_type.into(),
            created: DateTime::UNIX_EPOCH,
            content_type: ContentType::Json,
            data: r#"{"name":"Contoso"}"#.into(),
            metadata: metadata.to_owned().into(),
        }
    }

    #[test]
    fn what_is_not_the_domains_is_not_looked_into() {
        let foreign = event("SomethingElse", "no metadata");
        assert!(matches!(foreign.domain_event(), Ok(None)));
    }

    #[test]
    fn an_event_is_read_in_the_version_that_it_states() {
        let read = |metadata| event("TenantRenamed", metadata).domain_event();
        let renamed = read(r#"{"actor":{"kind":"operator"},"version":1}"#);
        let Ok(Some((DomainEvent::Tenant(TenantEvent::Renamed(_)), Actor::Operator))) = renamed
        else {
            panic!("{renamed:?}");
        };
        let newer = read(r#"{"actor":{"kind":"system"},"version":2}"#).unwrap_err();
        assert!(newer.to_string().contains("run a newer one"), "{newer}");
        // As releases before 0.1 wrote it.
        let old = read(r#"{"actor":{"kind":"system"},"schemaVersion":1}"#);
        assert!(matches!(old, Err(Unreadable::Outdated)), "{old:?}");
        assert!(matches!(read("{"), Err(Unreadable::Metadata(_))));
    }
}
