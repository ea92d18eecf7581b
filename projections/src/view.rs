//! Everything that can be asked, at one position.

use crate::catalogue::scripts::Scripts;
use crate::fleet::belongings::Belongings;
use crate::fleet::computers::Computers;
use crate::fleet::groups::Groups;
use crate::fleet::pathways::Pathways;
use crate::fleet::tenants::Untold;
use crate::maintenance::departed::Departed;
use crate::maintenance::ready::{Ready, touched};
use crate::maintenance::troubled::Troubled;
use crate::registries::Registries;
use crate::registry::Stamp;
use crate::rules::deployments::Deployments;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::maintenance::session::SessionEvent;
use upkeep_domain::rules::resolution::Rulebook;
use upkeep_event_store::{Position, RecordedEvent, Unreadable};
use uuid::Uuid;

/// An event that cannot be folded: the store holds something that this program does not understand.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("event {position} ({stream}): {cause}")]
    Unreadable {
        position: Position,
        stream: String,
        cause: Unreadable,
    },
    #[error("event {position}: the stream {stream} is not named after an id")]
    StreamName { position: Position, stream: String },
}

/// All read models at one position. What is kept of each aggregate by its id is [`Registries`], which it is read as; the rest
/// is looked up otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    position: Position,
    /// Of the event at that position.
    last_event: Option<Uuid>,
    time: Option<DateTime<Utc>>,
    registries: Registries,
    pub(crate) pathways: Pathways,
    pub(crate) computers_by: Computers,
    pub(crate) groups_by: Groups,
    pub(crate) belongings: Belongings,
    pub(crate) deployments_by: Deployments,
    pub(crate) untold: Untold,
    pub(crate) scripts: Scripts,
    pub(crate) departed: Departed,
    pub(crate) ready: Ready,
    pub(crate) troubled: Troubled,
    #[serde(skip)]
    pub(crate) aside: Aside,
}

impl Deref for View {
    type Target = Registries;

    fn deref(&self) -> &Registries {
        &self.registries
    }
}

/// What a view keeps besides what is true in it: no part of what it says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aside {
    /// Made when first asked for, for all views with the same deployments: these change seldom.
    pub rulebook: Arc<OnceLock<Arc<Rulebook>>>,
    /// The moment that the view was asked for, which may be later than its last event.
    moment: Option<DateTime<Utc>>,
    /// Whether something in it has not happened.
    is_imagined: bool,
}

impl PartialEq for Aside {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl View {
    /// Of the last event that is folded in.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Its id.
    pub(crate) fn last_event(&self) -> Option<Uuid> {
        self.last_event
    }

    /// When that event was recorded.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }

    /// The moment that it was asked for, if it was for one of its own.
    pub fn moment(&self) -> Option<DateTime<Utc>> {
        self.aside.moment
    }

    /// Whether something in it has not happened.
    pub fn is_imagined(&self) -> bool {
        self.aside.is_imagined
    }

    #[must_use]
    pub fn at(&self, moment: DateTime<Utc>) -> Self {
        let mut view = self.clone();
        view.aside.moment = Some(moment);
        view
    }

    /// For what is written apart from the view.
    pub(crate) fn registries_mut(&mut self) -> &mut Registries {
        &mut self.registries
    }

    /// Folds one more event in. Events that are not the domain's, such as output, only move the position.
    pub fn apply(&mut self, event: &RecordedEvent) -> Result<(), ApplyError> {
        let stream = &event.stream;
        let said = event
            .domain_event()
            .map_err(|cause| ApplyError::Unreadable {
                position: event.position,
                stream: stream.to_string(),
                cause,
            })?;
        if let Some((domain_event, actor)) = said {
            let stamp = Stamp {
                position: event.position,
                time: event.created,
                actor,
            };
            self.fold(&domain_event, stream.id(), event.revision, stamp)
                .map_err(|_| ApplyError::StreamName {
                    position: event.position,
                    stream: stream.to_string(),
                })?;
        }
        self.position = event.position;
        self.last_event = Some(event.id);
        self.time = Some(event.created);
        Ok(())
    }

    /// Folds in what has not happened: one event more, of this moment.
    pub(crate) fn suppose(
        &mut self,
        event: &DomainEvent,
        id: &str,
        revision: u64,
        (actor, time): (Actor, DateTime<Utc>),
    ) -> Result<(), uuid::Error> {
        let position = Position(self.position.0 + 1);
        let stamp = Stamp {
            position,
            time,
            actor,
        };
        self.fold(event, id, revision, stamp)?;
        self.position = position;
        self.time = Some(time);
        self.aside.is_imagined = true;
        Ok(())
    }

    fn fold(
        &mut self,
        event: &DomainEvent,
        id: &str,
        revision: u64,
        stamp: Stamp,
    ) -> Result<(), uuid::Error> {
        let before = &self.registries;
        let may_be_ready = touched(before, event, id)?;
        self.pathways.apply(before, event, id, stamp.time)?;
        self.computers_by.apply(before, event, id, stamp.position)?;
        self.groups_by.apply(event, id)?;
        self.belongings.apply(before, event, id, stamp.position)?;
        self.deployments_by
            .apply(before, event, id, stamp.position)?;
        self.untold.apply(event, id, revision, stamp)?;
        self.scripts.apply(event);
        self.registries.apply(event, id, revision, stamp)?;
        match event {
            DomainEvent::Deployment(_) => self.aside.rulebook = Arc::default(),
            DomainEvent::Session(SessionEvent::Completed(_)) => {
                self.computers_by
                    .note_onboarding(&self.registries, id.parse()?);
            }
            _ => {}
        }
        self.note_departed(event, id)?;
        self.note_trouble(event, id)?;
        for computer in may_be_ready.into_iter().flatten() {
            self.note_ready(computer);
        }
        Ok(())
    }
}
