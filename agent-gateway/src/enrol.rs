//! `POST /agent/v1/enrol`: a token and a key become an agent.

use crate::Shared;
use crate::text::one_line;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use upkeep_agent_protocol::{EnrolRequest, EnrolResponse, Facts, Refusal, proof};
use upkeep_commands::{CommandError, Envelope};
use upkeep_domain::catalogue::script::Interpreter;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, AgentEnrolled, PublicKey};
use upkeep_domain::fleet::computer::{
    HardwareIdentity, IdentitySource, Inventory, KnownInterpreter, OperatingSystem, OsFamily,
};
use upkeep_domain::fleet::enrolment::{
    ENROLMENT_TOKEN_PREFIX, EnrolmentToken, EnrolmentTokenCommand, EnrolmentTokenRejection,
};
use upkeep_domain::kernel::decider::{self, Decider as _, Rejection};
use upkeep_domain::kernel::ids::{AgentId, CommandId, EnrolmentTokenId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::kernel::secret::BearerToken;

/// How long an enrolment may take to come in.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// Largest enrolment, in bytes.
pub const MAX_ENROLMENT_BYTES: usize = 64 * 1024;
/// Longest text of a fact, in characters; what is longer is cut, and what breaks a line becomes a space.
const MAX_FACT_CHARS: usize = 200;

/// A refused request, as the agent's program shows it to a person.
pub struct Refused {
    status: StatusCode,
    refusal: Refusal,
}

impl Refused {
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let refusal = Refusal {
            code: code.to_owned(),
            message: message.into(),
        };
        Self { status, refusal }
    }

    /// What the domain says no to.
    fn by(rejection: &impl Rejection) -> Self {
        let code = rejection.code().as_str();
        Self::new(StatusCode::FORBIDDEN, code, rejection.to_string())
    }

    pub fn busy() -> Self {
        let message = "the server is busy: come back in a minute";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "BUSY", message)
    }
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Rejected { code, message, .. } => {
                Self::new(StatusCode::FORBIDDEN, code.as_str(), message)
            }
            error => {
                tracing::warn!(%error, "an agent's request failed");
                let message = "the server could not store this: try again later";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        } else if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        (self.status, headers, Json(self.refusal)).into_response()
    }
}

pub const LIMIT: DefaultBodyLimit = DefaultBodyLimit::max(MAX_ENROLMENT_BYTES);

pub async fn enrol(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Json<EnrolResponse>, Refused> {
    let body = Json::<EnrolRequest>::from_request(request, &());
    let body = shared.world().within(BODY_PATIENCE, body).await;
    let body: Result<_, JsonRejection> = body.map_err(|_| {
        let message = "the request's body did not come in time: send it again";
        Refused::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message)
    })?;
    let Json(request) = body.map_err(|rejection| {
        Refused::new(rejection.status(), "MALFORMED", rejection.body_text())
    })?;
    shared.enrol(request).await.map(Json)
}

impl Shared {
    /// A token and a key become an agent.
    pub(crate) async fn enrol(&self, request: EnrolRequest) -> Result<EnrolResponse, Refused> {
        let _turn = self.admission().await.ok_or_else(Refused::busy)?;
        let malformed =
            |message: String| Refused::new(StatusCode::BAD_REQUEST, "MALFORMED", message);
        let key = proof::parse_key(&request.public_key)
            .filter(proof::is_public_key)
            .map(PublicKey)
            .ok_or_else(|| {
                malformed("publicKey is no Ed25519 key: give 64 hexadecimal digits".to_owned())
            })?;
        let unknown = EnrolmentTokenRejection::Unknown;
        let token = BearerToken::parse(ENROLMENT_TOKEN_PREFIX, request.token.0.trim())
            .ok_or_else(|| Refused::by(&unknown))?;
        let facts = &request.facts;
        let hardware = hardware(facts).map_err(malformed)?;
        let agent = key.agent_id();
        let token_id = EnrolmentTokenId(token.id);
        let admit = EnrolmentTokenCommand::Use {
            agent,
            secret_hash: token.hash(),
        };
        let command = CommandId(self.world().id());
        // What a view refuses stays refused, and what it tells of the token's tenant stays true: its stream is read where it has
        // not come to the view yet, and by the command.
        let view = self.projections.live();
        let terms = if let Some(known) = view.enrolment_tokens.get(token_id) {
            let context = decider::Context {
                actor: Actor::Agent(agent),
                now: self.commands.clock().now(),
                command_id: command,
            };
            known
                .state
                .decide(admit.clone(), &context)
                .map_err(|no| Refused::by(&no))?;
            known.state.terms.clone()
        } else {
            let read = self.commands.read::<EnrolmentToken>(token_id).await?;
            read.terms.clone()
        };
        let tenant = terms
            .map(|terms| terms.tenant)
            .ok_or_else(|| Refused::by(&unknown))?;
        let view = self.projections.live();
        if let Some(known) = view.tenants.get(tenant) {
            let is_there = known.state.refuse_if_removed();
            is_there.map_err(|no| Refused::by(&no))?;
        }
        let envelope = Envelope {
            correlation_id: agent.0,
            ..Envelope::new(command, Actor::Agent(agent)).of_tenant(Some(tenant))
        };
        self.commands
            .send::<EnrolmentToken>(token_id, admit, &envelope)
            .await?;
        let enrolment = AgentEnrolled {
            tenant,
            token: token_id,
            public_key: key,
            name: name(facts, agent),
            agent_version: line(&facts.agent_version),
            hardware,
            inventory: inventory(facts),
        };
        let enrol = AgentCommand::Enrol(Box::new(enrolment));
        self.commands.send::<Agent>(agent, enrol, &envelope).await?;
        tracing::info!(%agent, %tenant, host = line(&facts.host_name), "an agent enrolled");
        Ok(EnrolResponse {
            agent_id: agent.0,
            server_keys: self.keys.public(),
        })
    }
}

fn name(facts: &Facts, agent: AgentId) -> Name {
    Name::new(&line(&facts.host_name))
        .or_else(|_| Name::new(&agent.to_string()))
        .expect("an id is a name")
}

/// What an agent tells of its hardware, whether it names any or not.
pub fn told(facts: &Facts) -> HardwareIdentity {
    use upkeep_agent_protocol::IdentitySource as Wire;
    let source = match facts.hardware.source {
        Wire::ProductUuid => IdentitySource::ProductUuid,
        Wire::Smbios => IdentitySource::Smbios,
        Wire::MachineId => IdentitySource::MachineId,
        Wire::AgentGenerated => IdentitySource::AgentGenerated,
    };
    let uuid = facts.hardware.uuid;
    HardwareIdentity { uuid, source }
}

fn hardware(facts: &Facts) -> Result<HardwareIdentity, String> {
    let HardwareIdentity { uuid, source } = told(facts);
    HardwareIdentity::new(uuid, source).map_err(|error| error.to_string())
}

pub fn inventory(facts: &Facts) -> Inventory {
    Inventory {
        host_name: line(&facts.host_name),
        os: OperatingSystem {
            family: match facts.os.family {
                upkeep_agent_protocol::OsFamily::Linux => OsFamily::Linux,
                upkeep_agent_protocol::OsFamily::Windows => OsFamily::Windows,
            },
            name: line(&facts.os.name),
            version: line(&facts.os.version),
        },
        chassis_type: facts.chassis_type,
        interpreters: facts
            .interpreters
            .iter()
            .map(|known| KnownInterpreter {
                interpreter: interpreter(known.interpreter),
                version: line(&known.version),
                path: line(&known.path),
            })
            .collect(),
    }
}

fn interpreter(told: upkeep_agent_protocol::Interpreter) -> Interpreter {
    use upkeep_agent_protocol::Interpreter as Wire;
    match told {
        Wire::Sh => Interpreter::Sh,
        Wire::Bash => Interpreter::Bash,
        Wire::Python => Interpreter::Python,
        Wire::PowerShell => Interpreter::PowerShell,
    }
}

/// A text that an agent tells of itself.
pub fn line(text: &str) -> String {
    one_line(text, MAX_FACT_CHARS)
}

#[cfg(test)]
mod tests {
    /// The agent must take its next source exactly where the server would refuse it, and knows no domain: each has the rule, in
    /// the same words.
    #[test]
    fn agent_and_server_know_the_same_placeholders() {
        let rule = |file: &'static str| {
            let (_, rule) = file.split_once("use uuid::Uuid;").unwrap();
            rule.split("#[cfg(test)]").next().unwrap().trim()
        };
        let servers = include_str!("../../domain/src/fleet/computer/placeholder.rs");
        let agents = include_str!("../../agent-protocol/src/placeholder.rs");
        assert!(rule(servers).contains("pub fn is_placeholder"));
        assert_eq!(rule(servers), rule(agents));
    }
}
