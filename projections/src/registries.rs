//! All registries, one for each aggregate of the domain's list, and what a command is judged on by them.

use crate::kept::estimate;
use crate::maintenance::bulk::in_pieces;
use crate::maintenance::sessions::Sessions;
use crate::registry::{Entry, Only, Registry, Stamp};
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::iter::empty;
use std::ops::Deref;
use std::sync::Arc;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::for_all_aggregates;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::maintenance::session::Session;
use upkeep_event_store::StreamName;

/// What a session takes without its actions and runs, and about what each of those takes, in bytes.
const SESSION_PART_BYTES: usize = 768;
/// Most instances of one piece.
const INSTANCES: usize = 4_096;

/// An aggregate that a view knows: what a command is judged on, and what can be imagined of it.
pub trait Known: Decider {
    fn known(view: &View, id: Self::Id) -> Option<Held<'_, Self>>;
    /// The revision that its next event would have.
    fn next_revision(view: &View, id: Self::Id) -> u64;
    fn event(event: Self::Event) -> DomainEvent;
}

/// An aggregate as a view has it: in itself, or made of what it keeps of it.
pub enum Held<'a, D> {
    There(&'a D),
    Made(Arc<Entry<D>>),
}

impl<D> Deref for Held<'_, D> {
    type Target = D;

    fn deref(&self) -> &D {
        match self {
            Self::There(state) => state,
            Self::Made(entry) => &entry.state,
        }
    }
}

/// An aggregate whose registry is no plain one.
pub trait KeptByHand: Decider {
    type Registry;
    /// What a change of one copies besides, in bytes.
    const BESIDE: usize;

    /// About how many bytes one takes.
    fn bytes(entry: &Entry<Self>) -> usize;
}

impl KeptByHand for Session {
    type Registry = Sessions;
    /// A list of its computer's, a block of its tenant's, a block of heads, and what leads to them.
    const BESIDE: usize = 4 * 1024;

    /// By number: sessions change often, and are large.
    fn bytes(entry: &Entry<Self>) -> usize {
        let session = &entry.state;
        let parts = 1 + session.actions.len() + session.runs.len();
        parts * SESSION_PART_BYTES
    }
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
            $(
                /// Written apart, in pieces.
                #[serde(skip)]
                pub $registry: Registry<$many_type>,
            )*
            $(pub $kept: <$hand_type as KeptByHand>::Registry,)*
            $(pub $field: Only<$one_type>,)*
        }

        /// Some instances of one aggregate, as they are written apart: in the order of their ids, behind those of the piece before.
        #[derive(Serialize, Deserialize)]
        pub enum Instances {
            $($many(Vec<(<$many_type as Decider>::Id, Arc<Entry<$many_type>>)>),)*
        }

        impl Registries {
            pub(crate) fn instances(&self) -> impl Iterator<Item = Instances> {
                let all: Box<dyn Iterator<Item = Instances> + '_> = Box::new(empty());
                $(
                    let these = self.$registry.iter().map(|(id, entry)| (id, entry.clone()));
                    let these = in_pieces(these, INSTANCES, Instances::$many);
                    let all: Box<dyn Iterator<Item = Instances> + '_> = Box::new(all.chain(these));
                )*
                all
            }

            pub(crate) fn restore(&mut self, instances: Instances) {
                match instances {
                    $(Instances::$many(all) => self.$registry.extend(all),)*
                }
            }

            /// Takes over what was restored elsewhere.
            pub(crate) fn adopt(&mut self, restored: Self) {
                $(self.$registry = restored.$registry;)*
            }
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
            /// What else is copied where something happens to the instance with this stream, in bytes.
            pub(crate) fn beside(stream: &StreamName) -> usize {
                let category = stream.category();
                $(if category == <$hand_type>::CATEGORY {
                    return <$hand_type as KeptByHand>::BESIDE;
                })*
                0
            }

            /// About how many bytes the instance with this stream takes, or so many if it takes more; nothing where none is kept.
            pub(crate) fn bytes_of(&self, stream: &StreamName, most: usize) -> Option<usize> {
                let category = stream.category();
                $(if category == <$many_type>::CATEGORY {
                    let entry = self.$registry.get(stream.id().parse().ok()?)?;
                    return Some(estimate(&**entry, most));
                })*
                $(if category == <$hand_type>::CATEGORY {
                    let entry = self.$kept.get(stream.id().parse().ok()?)?;
                    return Some(<$hand_type as KeptByHand>::bytes(&entry).min(most));
                })*
                $(if category == <$one_type>::CATEGORY {
                    return Some(estimate(&self.$field, most));
                })*
                None
            }
        }

        $(
            impl Known for $many_type {
                fn known(view: &View, id: Self::Id) -> Option<Held<'_, Self>> {
                    view.$registry.get(id).map(|entry| Held::There(&entry.state))
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
            fn known(view: &View, id: Self::Id) -> Option<Held<'_, Self>> {
                view.$kept.get(id).map(Held::Made)
            }

            fn next_revision(view: &View, id: Self::Id) -> u64 {
                view.$kept.get(id).map_or(0, |entry| entry.revision + 1)
            }

            fn event(event: Self::Event) -> DomainEvent {
                DomainEvent::$hand(event)
            }
        })*

        $(impl Known for $one_type {
            fn known(view: &View, _: Self::Id) -> Option<Held<'_, Self>> {
                Some(Held::There(&view.$field))
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
