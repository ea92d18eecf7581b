//! The list of all aggregates. Whoever needs something of each of them (the enum of all events, a view's registries, a
//! test of every shape) has it made from here: a new aggregate is one line, and what it lacks does not compile.

use crate::access::{Audience, Guarded};
use crate::kernel::decider::{Decider, EventPayload};

/// Hands the list to a macro: those of which a view keeps every instance by its id, with the name under which it does;
/// the same where what is kept is written by hand; those of which there is one; and those that decide something for others
/// and are kept by nobody.
#[macro_export]
macro_rules! for_all_aggregates {
    ($make:ident) => {
        $make! {
            many {
                Tenant: $crate::fleet::tenant::Tenant => tenants,
                Computer: $crate::fleet::computer::Computer => computers,
                Agent: $crate::fleet::agent::Agent => agents,
                EnrolmentToken: $crate::fleet::enrolment::EnrolmentToken => enrolment_tokens,
                Person: $crate::fleet::person::Person => persons,
                Group: $crate::fleet::group::Group => groups,
                Agreement: $crate::fleet::agreement::Agreement => agreements,
                Software: $crate::catalogue::software::Software => software,
                Task: $crate::catalogue::task::Task => tasks,
                Secret: $crate::catalogue::secret::Secret => secrets,
                CloudTask: $crate::catalogue::cloud_task::CloudTask => cloud_tasks,
                Deployment: $crate::rules::deployment::Deployment => deployments,
                ApiToken: $crate::access::api_token::ApiToken => api_tokens,
                Server: $crate::installation::server::Server => servers,
            }
            by_hand {
                Session: $crate::maintenance::session::Session => sessions,
            }
            one {
                Instance: $crate::installation::instance::Instance => instance,
                Ordering: $crate::rules::ordering::Ordering => ordering,
                Prerequisites: $crate::rules::prerequisite::Prerequisites => prerequisites,
            }
            unkept {
                TenantTree: $crate::fleet::tenant::TenantTree,
                HardwareClaim: $crate::fleet::computer::HardwareClaim,
                Claim: $crate::fleet::claim::Claim,
            }
        }
    };
}

/// A stored event that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "the stored event {event_type} (version {version}) in stream category {category} cannot be read: {cause}"
)]
pub struct DecodeError {
    pub category: String,
    pub event_type: String,
    pub version: u16,
    pub cause: serde_json::Error,
}

macro_rules! domain_event {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        domain_event! {
            $($many: $many_type,)* $($hand: $hand_type,)* $($one: $one_type,)* $($unkept: $unkept_type,)*
        }

        impl DomainEvent {
            /// Who may be told of the events in streams of this category. Those that decide something for others are the
            /// installation's.
            pub fn audience(category: &str) -> Audience {
                match category {
                    $(<$many_type as Decider>::CATEGORY => <$many_type as Guarded>::AUDIENCE,)*
                    $(<$hand_type as Decider>::CATEGORY => <$hand_type as Guarded>::AUDIENCE,)*
                    $(<$one_type as Decider>::CATEGORY => <$one_type as Guarded>::AUDIENCE,)*
                    _ => Audience::Installation,
                }
            }
        }
    };
    ($($name:ident: $aggregate:ty,)*) => {
        /// Any event that a decider made.
        #[derive(Clone, Debug, PartialEq)]
        pub enum DomainEvent {
            $(#[doc = concat!("Of a [`", stringify!($aggregate), "`].")]
            $name(<$aggregate as Decider>::Event),)*
        }

        impl DomainEvent {
            /// The stored type names of all events, by the category of their streams.
            pub const TYPES: &'static [(&'static str, &'static [&'static str])] = &[
                $((<$aggregate>::CATEGORY, <$aggregate as Decider>::Event::TYPES),)*
            ];

            /// Reads an event by its stream's category, its type and the version in its metadata; nothing for events that
            /// are not the domain's, such as script output.
            pub fn decode(
                category: &str,
                event_type: &str,
                version: u16,
                data: &[u8],
            ) -> Option<Result<Self, DecodeError>> {
                let read = match category {
                    $(<$aggregate as Decider>::CATEGORY => {
                        <$aggregate as Decider>::Event::from_json(event_type, version, data)?
                            .map(Self::$name)
                    })*
                    _ => return None,
                };
                Some(read.map_err(|cause| DecodeError {
                    category: category.to_owned(),
                    event_type: event_type.to_owned(),
                    version,
                    cause,
                }))
            }

            /// Whether the domain has an event of this type in streams of this category.
            pub fn is_type(category: &str, event_type: &str) -> bool {
                match category {
                    $(<$aggregate as Decider>::CATEGORY => {
                        <$aggregate as Decider>::Event::TYPES.contains(&event_type)
                    })*
                    _ => false,
                }
            }

            /// Whether streams of this category hold the domain's events.
            pub fn is_category(category: &str) -> bool {
                matches!(category, $(<$aggregate as Decider>::CATEGORY)|*)
            }

            pub fn event_type(&self) -> &'static str {
                match self { $(Self::$name(event) => event.event_type(),)* }
            }

            /// The version of its payload's shape, from 1.
            pub fn version(&self) -> u16 {
                match self { $(Self::$name(event) => event.version(),)* }
            }

            /// The payload as JSON.
            pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
                match self { $(Self::$name(event) => event.to_json(),)* }
            }
        }
    };
}

for_all_aggregates!(domain_event);
