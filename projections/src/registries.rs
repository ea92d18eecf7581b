//! All registries, one for each aggregate of the domain's list, and what a command is judged on by them.

use crate::kept::estimate;
use crate::maintenance::sessions::Sessions;
use crate::registry::{Only, Registry, Stamp};
use crate::view::View;
use serde::{Deserialize, Serialize};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::for_all_aggregates;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::maintenance::session::Session;
use upkeep_event_store::StreamName;

/// An aggregate that a view knows: what a command is judged on, and what can be imagined of it.
pub trait Known: Decider {
    fn known(view: &View, id: Self::Id) -> Option<&Self>;
    /// The revision that its next event would have.
    fn next_revision(view: &View, id: Self::Id) -> u64;
    fn event(event: Self::Event) -> DomainEvent;
}

/// An aggregate whose registry is no plain one.
pub trait KeptByHand: Decider {
    type Registry;
}

impl KeptByHand for Session {
    type Registry = Sessions;
}

macro_rules! registries {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        /// Every instance of every aggregate.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub struct Registries {
            $(pub $registry: Registry<$many_type>,)*
            $(pub $kept: <$hand_type as KeptByHand>::Registry,)*
            $(pub $field: Only<$one_type>,)*
        }

        impl Registries {
            /// Fails where the id of the stream is none of the aggregate's.
            pub(crate) fn apply(
                &mut self,
                event: &DomainEvent,
                id: &str,
                revision: u64,
                stamp: Stamp,
            ) -> Result<(), uuid::Error> {
                match event {
                    $(DomainEvent::$many(event) => {
                        self.$registry.apply(id.parse()?, event, revision, stamp);
                    })*
                    $(DomainEvent::$hand(event) => {
                        self.$kept.apply(id.parse()?, event, revision, stamp);
                    })*
                    $(DomainEvent::$one(event) => {
                        self.$field.apply(event, revision, stamp);
                    })*
                    $(DomainEvent::$unkept(_) => {})*
                }
                Ok(())
            }
        }

        impl Registries {
            /// About how many bytes the instance with this stream takes, or so many if it takes more; nothing where none is kept.
            pub(crate) fn bytes_of(&self, stream: &StreamName, most: usize) -> Option<usize> {
                let category = stream.category();
                $(if category == <$many_type>::CATEGORY {
                    let entry = self.$registry.get(stream.id().parse().ok()?)?;
                    return Some(estimate(&**entry, most));
                })*
                $(if category == <$hand_type>::CATEGORY {
                    let entry = self.$kept.get(stream.id().parse().ok()?)?;
                    return Some(estimate(&**entry, most));
                })*
                $(if category == <$one_type>::CATEGORY {
                    return Some(estimate(&self.$field, most));
                })*
                None
            }
        }

        $(
            impl Known for $many_type {
                fn known(view: &View, id: Self::Id) -> Option<&Self> {
                    view.$registry.get(id).map(|entry| &entry.state)
                }

                fn next_revision(view: &View, id: Self::Id) -> u64 {
                    view.$registry.get(id).map_or(0, |entry| entry.revision + 1)
                }

                fn event(event: Self::Event) -> DomainEvent {
                    DomainEvent::$many(event)
                }
            }
        )*

        $(impl Known for $hand_type {
            fn known(view: &View, id: Self::Id) -> Option<&Self> {
                view.$kept.get(id).map(|entry| &entry.state)
            }

            fn next_revision(view: &View, id: Self::Id) -> u64 {
                view.$kept.get(id).map_or(0, |entry| entry.revision + 1)
            }

            fn event(event: Self::Event) -> DomainEvent {
                DomainEvent::$hand(event)
            }
        })*

        $(impl Known for $one_type {
            fn known(view: &View, _: Self::Id) -> Option<&Self> {
                Some(&view.$field)
            }

            fn next_revision(view: &View, _: Self::Id) -> u64 {
                view.$field.revision().map_or(0, |revision| revision + 1)
            }

            fn event(event: Self::Event) -> DomainEvent {
                DomainEvent::$one(event)
            }
        })*
    };
}

for_all_aggregates!(registries);
