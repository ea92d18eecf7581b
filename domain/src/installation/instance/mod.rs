//! This installation itself: who becomes its first administrator.
//!
//! No setup page exists. The first start prints a one-time token that is good for one thing, and only while the
//! installation has no administrator; using it is an event, so that of two racers one wins.

use crate::access::api_token::Role;
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::codes::Code;
use crate::kernel::decider::{Context, Decider, Rejection};
use crate::kernel::ids::{ApiTokenId, TenantId};
use crate::kernel::secret::SecretHash;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The prefix of the one-time token's text.
pub const SETUP_TOKEN_PREFIX: &str = "ups";

crate::domain_events! {
    /// What happened to the installation.
    InstanceEvent {
        SetupTokenIssued(SetupTokenIssued),
        FirstAdministratorAppointed(FirstAdministratorAppointed),
    }
}

/// A new one-time token; an older one that was not used is worth nothing from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetupTokenIssued {
    pub secret_hash: SecretHash,
}

/// The installation has an administrator; no one-time token works from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstAdministratorAppointed {
    pub token: ApiTokenId,
}

/// There is one installation per store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TheInstance;

impl fmt::Display for TheInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("main")
    }
}

/// What is known of the installation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub setup_secret: Option<SecretHash>,
    pub first_administrator: Option<ApiTokenId>,
}

/// What can be asked of the installation.
#[derive(Clone, Copy, Debug)]
pub enum InstanceCommand {
    IssueSetupToken {
        secret_hash: SecretHash,
    },
    /// Somebody shows the one-time token.
    AppointBySetupToken {
        secret_hash: SecretHash,
        token: ApiTokenId,
    },
    /// Somebody on the server's own machine made an administrator.
    AppointByOperator {
        token: ApiTokenId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InstanceRejection {
    #[error(
        "there is an administrator already: ask for a token, or run `upkeep token create` on the server"
    )]
    HasAdministrator,
    #[error("the setup token is not the newest one: copy it from the server's latest start")]
    WrongSetupToken,
}

impl Rejection for InstanceRejection {
    fn code(&self) -> Code {
        match self {
            Self::HasAdministrator => Code::HasAdministrator,
            Self::WrongSetupToken => Code::WrongSetupToken,
        }
    }
}

impl Decider for Instance {
    type Id = TheInstance;
    type Command = InstanceCommand;
    type Event = InstanceEvent;
    type Rejection = InstanceRejection;
    type Premise = ();
    const CATEGORY: &'static str = "instance";

    fn decide(
        &self,
        command: InstanceCommand,
        _: &Context,
    ) -> Result<Vec<InstanceEvent>, InstanceRejection> {
        match (self.first_administrator, command) {
            (None, InstanceCommand::IssueSetupToken { secret_hash }) => {
                Ok(vec![SetupTokenIssued { secret_hash }.into()])
            }
            (None, InstanceCommand::AppointBySetupToken { secret_hash, token }) => {
                if self.setup_secret == Some(secret_hash) {
                    Ok(vec![FirstAdministratorAppointed { token }.into()])
                } else {
                    Err(InstanceRejection::WrongSetupToken)
                }
            }
            (None, InstanceCommand::AppointByOperator { token }) => {
                Ok(vec![FirstAdministratorAppointed { token }.into()])
            }
            (Some(_), InstanceCommand::AppointByOperator { .. }) => Ok(vec![]),
            (Some(_), _) => Err(InstanceRejection::HasAdministrator),
        }
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(mut self, event: &InstanceEvent) -> Self {
        match event {
            InstanceEvent::SetupTokenIssued(issued) => self.setup_secret = Some(issued.secret_hash),
            InstanceEvent::FirstAdministratorAppointed(appointed) => {
                self.setup_secret = None;
                self.first_administrator = Some(appointed.token);
            }
        }
        self
    }
}

impl Guarded for Instance {
    const NOUN: &'static str = "installation";
    const AUDIENCE: Audience = Audience::Installation;

    /// Nobody asks for it by an id.
    fn sight(&self, _: TheInstance, _: &dyn Whereabouts) -> Option<Action> {
        None
    }

    fn needs(&self, _: TheInstance, command: &InstanceCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            InstanceCommand::AppointByOperator { .. } => {
                let role = Role::MspAdmin;
                vec![Action::ManageToken { role }.into()]
            }
            // What whoever shows the one-time token may is decided above, by the token.
            InstanceCommand::IssueSetupToken { .. }
            | InstanceCommand::AppointBySetupToken { .. } => vec![Need::Server],
        }
    }

    fn tenant(&self, _: TheInstance, _: &InstanceCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::digest::Sha256Digest;
    use crate::kernel::harness::{given, id};

    fn secret(text: &str) -> SecretHash {
        SecretHash(Sha256Digest::of(text.as_bytes()))
    }

    fn issued(text: &str) -> InstanceEvent {
        SetupTokenIssued {
            secret_hash: secret(text),
        }
        .into()
    }

    fn appoint(text: &str) -> InstanceCommand {
        InstanceCommand::AppointBySetupToken {
            secret_hash: secret(text),
            token: ApiTokenId(id(1)),
        }
    }

    fn appointed() -> InstanceEvent {
        FirstAdministratorAppointed {
            token: ApiTokenId(id(1)),
        }
        .into()
    }

    #[test]
    fn the_newest_setup_token_appoints_one_administrator() {
        given::<Instance>([issued("a")])
            .when(appoint("a"))
            .then([appointed()]);
        given::<Instance>([issued("a"), issued("b")])
            .when(appoint("a"))
            .then_rejected(InstanceRejection::WrongSetupToken);
        given::<Instance>([issued("a"), appointed()])
            .when(appoint("a"))
            .then_rejected(InstanceRejection::HasAdministrator);
    }

    #[test]
    fn no_setup_token_is_issued_once_there_is_an_administrator() {
        given::<Instance>([appointed()])
            .when(InstanceCommand::IssueSetupToken {
                secret_hash: secret("x"),
            })
            .then_rejected(InstanceRejection::HasAdministrator);
    }
}
