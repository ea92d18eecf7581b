use super::{
    EnrolmentToken, EnrolmentTokenCommand, EnrolmentTokenCreated, EnrolmentTokenEvent,
    EnrolmentTokenRejection, EnrolmentTokenRevoked, EnrolmentTokenUsed, TokenTerms,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{AgentId, EnrolmentTokenId, TenantId};
use crate::kernel::limits::{MAX_ENROLMENT_LIFE, MAX_ENROLMENT_USES};
use crate::kernel::secret::SecretHash;

impl Decider for EnrolmentToken {
    type Id = EnrolmentTokenId;
    type Command = EnrolmentTokenCommand;
    type Event = EnrolmentTokenEvent;
    type Rejection = EnrolmentTokenRejection;
    type Premise = Option<TenantId>;
    const CATEGORY: &'static str = "enrolment";

    fn decide(
        &self,
        command: EnrolmentTokenCommand,
        context: &Context,
    ) -> Result<Vec<EnrolmentTokenEvent>, EnrolmentTokenRejection> {
        match (&self.terms, command) {
            (None, EnrolmentTokenCommand::Create(terms)) => create(terms, context),
            (None, _) => Err(EnrolmentTokenRejection::Unknown),
            (Some(_), EnrolmentTokenCommand::Create(_)) => {
                Err(EnrolmentTokenRejection::AlreadyExists)
            }
            (Some(terms), EnrolmentTokenCommand::Use { agent, secret_hash }) => {
                self.admit(terms, agent, secret_hash, context)
            }
            (Some(_), EnrolmentTokenCommand::Revoke) if self.revoked => Ok(vec![]),
            (Some(_), EnrolmentTokenCommand::Revoke) => Ok(vec![EnrolmentTokenRevoked {}.into()]),
        }
    }

    fn premise(&self) -> Option<TenantId> {
        self.terms.as_ref().map(|terms| terms.tenant)
    }

    fn evolve(mut self, event: &EnrolmentTokenEvent) -> Self {
        match event {
            EnrolmentTokenEvent::Created(created) => self.terms = Some(created.terms.clone()),
            EnrolmentTokenEvent::Used(used) => {
                self.used_by.insert(used.agent);
            }
            EnrolmentTokenEvent::Revoked(_) => self.revoked = true,
        }
        self
    }
}

fn create(
    terms: TokenTerms,
    context: &Context,
) -> Result<Vec<EnrolmentTokenEvent>, EnrolmentTokenRejection> {
    let life = (terms.expires_at - context.now).to_std();
    if !(1..=MAX_ENROLMENT_USES).contains(&terms.max_uses) {
        Err(EnrolmentTokenRejection::BadUses(terms.max_uses))
    } else if life.is_ok_and(|life| !life.is_zero() && life <= MAX_ENROLMENT_LIFE) {
        Ok(vec![EnrolmentTokenCreated { terms }.into()])
    } else {
        Err(EnrolmentTokenRejection::BadExpiry)
    }
}

impl EnrolmentToken {
    fn admit(
        &self,
        terms: &TokenTerms,
        agent: AgentId,
        secret_hash: SecretHash,
        context: &Context,
    ) -> Result<Vec<EnrolmentTokenEvent>, EnrolmentTokenRejection> {
        let uses = u32::try_from(self.used_by.len()).unwrap_or(u32::MAX);
        if secret_hash != terms.secret_hash {
            Err(EnrolmentTokenRejection::Unknown)
        } else if self.revoked {
            Err(EnrolmentTokenRejection::Revoked)
        } else if context.now >= terms.expires_at {
            Err(EnrolmentTokenRejection::Expired(terms.expires_at))
        } else if self.used_by.contains(&agent) {
            Ok(vec![])
        } else if uses >= terms.max_uses {
            Err(EnrolmentTokenRejection::UsedUp(terms.max_uses))
        } else {
            Ok(vec![EnrolmentTokenUsed { agent }.into()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::digest::Sha256Digest;
    use crate::kernel::harness::{given, id, noon, nothing};
    use crate::kernel::ids::TenantId;
    use chrono::Duration;

    fn secret(text: &str) -> SecretHash {
        SecretHash(Sha256Digest::of(text.as_bytes()))
    }

    fn terms(max_uses: u32, hours: i64) -> TokenTerms {
        TokenTerms {
            tenant: TenantId(id(1)),
            secret_hash: secret("s"),
            expires_at: noon() + Duration::hours(hours),
            max_uses,
        }
    }

    fn created() -> EnrolmentTokenEvent {
        EnrolmentTokenCreated { terms: terms(2, 1) }.into()
    }

    fn used(agent: u128) -> EnrolmentTokenEvent {
        EnrolmentTokenUsed {
            agent: AgentId(id(agent)),
        }
        .into()
    }

    fn show(agent: u128, text: &str) -> EnrolmentTokenCommand {
        EnrolmentTokenCommand::Use {
            agent: AgentId(id(agent)),
            secret_hash: secret(text),
        }
    }

    #[test]
    fn a_token_has_sensible_terms() {
        nothing::<EnrolmentToken>()
            .when(EnrolmentTokenCommand::Create(terms(2, 1)))
            .then([created()]);
        for (uses, hours, rejection) in [
            (0, 1, EnrolmentTokenRejection::BadUses(0)),
            (100_001, 1, EnrolmentTokenRejection::BadUses(100_001)),
            (1, 0, EnrolmentTokenRejection::BadExpiry),
            (1, -1, EnrolmentTokenRejection::BadExpiry),
            (1, 24 * 400, EnrolmentTokenRejection::BadExpiry),
        ] {
            nothing::<EnrolmentToken>()
                .when(EnrolmentTokenCommand::Create(terms(uses, hours)))
                .then_rejected(rejection);
        }
    }

    #[test]
    fn a_token_is_used_as_often_as_it_says_and_a_repetition_does_not_count() {
        given::<EnrolmentToken>([created()])
            .when(show(1, "s"))
            .then([used(1)]);
        given::<EnrolmentToken>([created(), used(1)])
            .when(show(1, "s"))
            .then_nothing();
        given::<EnrolmentToken>([created(), used(1), used(2)])
            .when(show(3, "s"))
            .then_rejected(EnrolmentTokenRejection::UsedUp(2));
        given::<EnrolmentToken>([created(), used(1), used(2)])
            .when(show(2, "s"))
            .then_nothing();
    }

    #[test]
    fn an_expired_revoked_or_wrong_token_opens_nothing() {
        given::<EnrolmentToken>([created()])
            .at(noon() + Duration::hours(1))
            .when(show(1, "s"))
            .then_rejected(EnrolmentTokenRejection::Expired(
                noon() + Duration::hours(1),
            ));
        given::<EnrolmentToken>([created(), EnrolmentTokenRevoked {}.into()])
            .when(show(1, "s"))
            .then_rejected(EnrolmentTokenRejection::Revoked);
        given::<EnrolmentToken>([created()])
            .when(show(1, "t"))
            .then_rejected(EnrolmentTokenRejection::Unknown);
        nothing::<EnrolmentToken>()
            .when(show(1, "s"))
            .then_rejected(EnrolmentTokenRejection::Unknown);
    }
}
