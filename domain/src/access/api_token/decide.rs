use super::{
    ApiToken, ApiTokenCommand, ApiTokenCreated, ApiTokenEvent, ApiTokenRejection, ApiTokenRevoked,
    Role,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::ApiTokenId;

impl Decider for ApiToken {
    type Id = ApiTokenId;
    type Command = ApiTokenCommand;
    type Event = ApiTokenEvent;
    type Rejection = ApiTokenRejection;
    type Premise = Option<Role>;
    const CATEGORY: &'static str = "token";

    fn decide(
        &self,
        command: ApiTokenCommand,
        context: &Context,
    ) -> Result<Vec<ApiTokenEvent>, ApiTokenRejection> {
        match (&self.grant, command) {
            (None, ApiTokenCommand::Create(grant)) => {
                if grant.expires_at.is_some_and(|end| end <= context.now) {
                    Err(ApiTokenRejection::AlreadyExpired)
                } else {
                    Ok(vec![ApiTokenCreated { grant }.into()])
                }
            }
            (None, ApiTokenCommand::Revoke) => Err(ApiTokenRejection::NotFound),
            (Some(_), ApiTokenCommand::Create(_)) => Err(ApiTokenRejection::AlreadyExists),
            (Some(_), ApiTokenCommand::Revoke) if self.revoked => Ok(vec![]),
            (Some(_), ApiTokenCommand::Revoke) => Ok(vec![ApiTokenRevoked {}.into()]),
        }
    }

    fn premise(&self) -> Option<Role> {
        self.grant.as_ref().map(|grant| grant.role)
    }

    fn evolve(mut self, event: &ApiTokenEvent) -> Self {
        match event {
            ApiTokenEvent::Created(created) => self.grant = Some(created.grant.clone()),
            ApiTokenEvent::Revoked(_) => self.revoked = true,
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::api_token::Grant;
    use crate::kernel::digest::Sha256Digest;
    use crate::kernel::harness::{given, noon, nothing};
    use crate::kernel::name::Name;
    use crate::kernel::secret::SecretHash;
    use chrono::Duration;

    fn grant(hours: Option<i64>) -> Grant {
        Grant {
            name: Name::new("Alex").unwrap(),
            role: Role::MspAdmin,
            secret_hash: SecretHash(Sha256Digest::of(b"s")),
            expires_at: hours.map(|hours| noon() + Duration::hours(hours)),
            created_by: None,
        }
    }

    fn created(hours: Option<i64>) -> ApiTokenEvent {
        ApiTokenCreated {
            grant: grant(hours),
        }
        .into()
    }

    #[test]
    fn a_token_is_created_once_and_not_for_the_past() {
        nothing::<ApiToken>()
            .when(ApiTokenCommand::Create(grant(None)))
            .then([created(None)]);
        nothing::<ApiToken>()
            .when(ApiTokenCommand::Create(grant(Some(0))))
            .then_rejected(ApiTokenRejection::AlreadyExpired);
        given::<ApiToken>([created(None)])
            .when(ApiTokenCommand::Create(grant(None)))
            .then_rejected(ApiTokenRejection::AlreadyExists);
    }

    #[test]
    fn a_token_is_in_force_until_it_expires_or_is_revoked() {
        let token = ApiToken::default().evolve(&created(Some(1)));
        assert!(token.in_force(noon()).is_some());
        assert!(token.in_force(noon() + Duration::hours(1)).is_none());
        let token = token.evolve(&ApiTokenRevoked {}.into());
        assert!(token.in_force(noon()).is_none());
        given::<ApiToken>([created(None), ApiTokenRevoked {}.into()])
            .when(ApiTokenCommand::Revoke)
            .then_nothing();
    }
}
