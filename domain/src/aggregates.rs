//! All events of the domain, read back from what is stored, and the names of their streams.

use crate::access::api_token::ApiTokenEvent;
use crate::catalogue::cloud_task::CloudTaskEvent;
use crate::catalogue::software::SoftwareEvent;
use crate::fleet::agent::AgentEvent;
use crate::fleet::agreement::AgreementEvent;
use crate::fleet::computer::{ComputerEvent, HardwareClaimEvent};
use crate::fleet::enrolment::EnrolmentTokenEvent;
use crate::fleet::group::GroupEvent;
use crate::fleet::person::PersonEvent;
use crate::fleet::tenant::{TenantEvent, TenantTreeEvent};
use crate::installation::instance::InstanceEvent;
use crate::installation::server::ServerEvent;
use crate::kernel::decider::EventPayload;
use crate::maintenance::session::SessionEvent;
use crate::rules::deployment::DeploymentEvent;

/// Any event that a decider made.
#[derive(Clone, Debug, PartialEq)]
pub enum DomainEvent {
    Tenant(TenantEvent),
    Software(SoftwareEvent),
    Deployment(DeploymentEvent),
    Agent(AgentEvent),
    Computer(ComputerEvent),
    HardwareClaim(HardwareClaimEvent),
    EnrolmentToken(EnrolmentTokenEvent),
    ApiToken(ApiTokenEvent),
    Instance(InstanceEvent),
    Session(SessionEvent),
    Server(ServerEvent),
    Person(PersonEvent),
    Group(GroupEvent),
    Agreement(AgreementEvent),
    CloudTask(CloudTaskEvent),
    TenantTree(TenantTreeEvent),
}

/// A stored event that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "the stored event {event_type} (version {schema_version}) in stream category {category} cannot be read: {cause}"
)]
pub struct DecodeError {
    pub category: String,
    pub event_type: String,
    pub schema_version: u16,
    pub cause: serde_json::Error,
}

impl DomainEvent {
    /// Reads an event by its stream's category and its type; nothing for events that are not the domain's, such
    /// as script output.
    pub fn decode(
        category: &str,
        event_type: &str,
        schema_version: u16,
        data: &[u8],
    ) -> Result<Option<Self>, DecodeError> {
        fn read<E: EventPayload>(
            event_type: &str,
            version: u16,
            data: &[u8],
            wrap: impl Fn(E) -> DomainEvent,
        ) -> Option<Result<DomainEvent, serde_json::Error>> {
            E::from_json(event_type, version, data).map(|event| event.map(wrap))
        }
        let (t, v, d) = (event_type, schema_version, data);
        let read = match category {
            "tenant" => read(t, v, d, Self::Tenant),
            "software" => read(t, v, d, Self::Software),
            "deployment" => read(t, v, d, Self::Deployment),
            "agent" => read(t, v, d, Self::Agent),
            "computer" => read(t, v, d, Self::Computer),
            "hardware" => read(t, v, d, Self::HardwareClaim),
            "enrolment" => read(t, v, d, Self::EnrolmentToken),
            "token" => read(t, v, d, Self::ApiToken),
            "instance" => read(t, v, d, Self::Instance),
            "session" => read(t, v, d, Self::Session),
            "server" => read(t, v, d, Self::Server),
            "person" => read(t, v, d, Self::Person),
            "group" => read(t, v, d, Self::Group),
            "agreement" => read(t, v, d, Self::Agreement),
            "cloudtask" => read(t, v, d, Self::CloudTask),
            "tenanttree" => read(t, v, d, Self::TenantTree),
            _ => None,
        };
        read.transpose().map_err(|cause| DecodeError {
            category: category.to_owned(),
            event_type: event_type.to_owned(),
            schema_version,
            cause,
        })
    }

    pub fn event_type(&self) -> &'static str {
        match self {
            Self::Tenant(event) => event.event_type(),
            Self::Software(event) => event.event_type(),
            Self::Deployment(event) => event.event_type(),
            Self::Agent(event) => event.event_type(),
            Self::Computer(event) => event.event_type(),
            Self::HardwareClaim(event) => event.event_type(),
            Self::EnrolmentToken(event) => event.event_type(),
            Self::ApiToken(event) => event.event_type(),
            Self::Instance(event) => event.event_type(),
            Self::Session(event) => event.event_type(),
            Self::Server(event) => event.event_type(),
            Self::Person(event) => event.event_type(),
            Self::Group(event) => event.event_type(),
            Self::Agreement(event) => event.event_type(),
            Self::CloudTask(event) => event.event_type(),
            Self::TenantTree(event) => event.event_type(),
        }
    }

    /// The stored type names of all events, by the category of their streams.
    pub fn types() -> [(&'static str, &'static [&'static str]); 16] {
        [
            ("tenant", TenantEvent::TYPES),
            ("software", SoftwareEvent::TYPES),
            ("deployment", DeploymentEvent::TYPES),
            ("agent", AgentEvent::TYPES),
            ("computer", ComputerEvent::TYPES),
            ("hardware", HardwareClaimEvent::TYPES),
            ("enrolment", EnrolmentTokenEvent::TYPES),
            ("token", ApiTokenEvent::TYPES),
            ("instance", InstanceEvent::TYPES),
            ("session", SessionEvent::TYPES),
            ("server", ServerEvent::TYPES),
            ("person", PersonEvent::TYPES),
            ("group", GroupEvent::TYPES),
            ("agreement", AgreementEvent::TYPES),
            ("cloudtask", CloudTaskEvent::TYPES),
            ("tenanttree", TenantTreeEvent::TYPES),
        ]
    }
}
