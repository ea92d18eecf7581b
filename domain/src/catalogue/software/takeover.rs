//! Taking a title of a catalogue over, withdrawing it, and copying it.
//!
//! A title is a software like any other, whose content comes from a source: what is decided here is the difference between what is here
//! and what the source says. Everything else about a title is refused (`decide.rs`), so that the source and the revision in its last
//! [`SoftwareCatalogued`] tell all that it is.

use super::command::SoftwareRejection;
use super::difference::Outlook;
use super::event::{SoftwareCatalogued, SoftwareCopied, SoftwareEvent, SoftwareWithdrawn};
use super::origin::{Copied, Origin, Revision, SourceName};
use super::state::Software;
use crate::kernel::ids::SoftwareId;
use crate::kernel::name::Name;

/// What a source says of a title at a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Title {
    pub origin: Origin,
    /// All of it but where it comes from.
    pub content: Software,
}

/// A software of one's own that is to begin as a title is.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    copied: Copied,
    content: Software,
}

impl Title {
    /// The id that it has everywhere.
    pub fn id(&self) -> SoftwareId {
        self.origin.source.title(&self.origin.identifier)
    }
}

impl Software {
    /// Nothing, where the title says at another revision what it said before: that revision changed nothing of it.
    pub(super) fn take_over(&self, title: Title) -> Result<Vec<SoftwareEvent>, SoftwareRejection> {
        let Title { origin, content } = title;
        self.owned_by(&origin.source)?;
        for (version, of_version) in &content.versions {
            content.check_version(version, of_version)?;
        }
        let changes = self.towards(&content);
        let is_renamed = (self.origin.as_ref())
            .is_some_and(|known| known.identifier.as_str() != origin.identifier.as_str());
        if changes.is_empty() && !self.is_withdrawn && !is_renamed {
            return Ok(vec![]);
        }
        let catalogued = SoftwareEvent::from(SoftwareCatalogued { origin });
        let mut events = changes;
        // A software is created before anything else is said of it.
        let first = usize::from(self.definition.is_none());
        events.insert(first.min(events.len()), catalogued);
        Ok(events)
    }

    /// What taking the title over would come to, were it done now.
    pub fn outlook_of(&self, title: Title) -> Result<Outlook, SoftwareRejection> {
        let events = self.take_over(title)?;
        Ok(self.outlook(&events))
    }

    pub(super) fn withdraw(
        &self,
        source: &SourceName,
        revision: Revision,
    ) -> Result<Vec<SoftwareEvent>, SoftwareRejection> {
        self.owned_by(source)?;
        if self.is_withdrawn {
            Ok(vec![])
        } else {
            Ok(vec![SoftwareWithdrawn { revision }.into()])
        }
    }

    /// Whatever else is asked of a title, its source alone decides what it is.
    pub(super) fn of_catalogue(&self) -> SoftwareRejection {
        match &self.origin {
            Some(origin) => SoftwareRejection::OfCatalogue(Box::new(origin.clone())),
            None => SoftwareRejection::AlreadyExists,
        }
    }

    /// Refuses what is somebody's own, or another source's.
    fn owned_by(&self, source: &SourceName) -> Result<(), SoftwareRejection> {
        let is_new = self.definition.is_none();
        let is_its_own = (self.origin.as_ref()).is_some_and(|origin| origin.source == *source);
        if is_new || is_its_own {
            Ok(())
        } else {
            Err(SoftwareRejection::OfAnotherSource(source.clone()))
        }
    }

    /// What a copy of this title begins as, under its own name if none is given.
    pub fn copy(&self, id: SoftwareId, name: Option<Name>) -> Result<Copy, SoftwareRejection> {
        let (Some(origin), Some(definition)) = (&self.origin, &self.definition) else {
            return Err(SoftwareRejection::NotOfCatalogue);
        };
        let mut definition = definition.clone();
        if let Some(name) = name {
            definition.name = name;
        }
        Ok(Copy {
            copied: Copied {
                from: id,
                revision: origin.revision.clone(),
            },
            content: Self {
                definition: Some(definition),
                ..self.clone()
            },
        })
    }

    /// The copy of a title comes into being.
    pub(super) fn begin_as(&self, copy: Copy) -> Vec<SoftwareEvent> {
        let mut events = self.towards(&copy.content);
        let copied = copy.copied;
        events.insert(1.min(events.len()), SoftwareCopied { copied }.into());
        events
    }
}

#[cfg(test)]
mod tests;
