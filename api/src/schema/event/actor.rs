//! By whom events are looked for.

use crate::error::ErrorCode;
use crate::schema::types::{ActorKind, uuid_of};
use async_graphql::{ID, InputObject, Result};
use upkeep_domain::kernel::ids::{AgentId, ApiTokenId};
use upkeep_domain::kernel::metadata::Actor;

/// Which actor: what `Actor` says of one, without the members that are null. What is given holds together; an actor that can be nobody is refused.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ActorFilter {
    /// Of this kind; any if not given.
    pub kind: Option<ActorKind>,
    /// The one with this API token; any if not given.
    pub api_token_id: Option<ID>,
    /// This agent; any if not given.
    pub agent_id: Option<ID>,
}

/// An actor that is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    OfKind(ActorKind),
    Exactly(Actor),
}

impl Wanted {
    /// Whoever is named; nothing if nobody is. It is not asked whether there is such a one: events say whom they are by, and nothing else is found.
    pub fn of(filter: &ActorFilter) -> Result<Option<Self>> {
        let token = filter.api_token_id.as_ref();
        let token = token.map(|id| uuid_of("ApiToken", id).map(ApiTokenId));
        let agent = filter.agent_id.as_ref();
        let agent = agent.map(|id| uuid_of("Agent", id).map(AgentId));
        let named = match (token.transpose()?, agent.transpose()?) {
            (None, None) => return Ok(filter.kind.map(Self::OfKind)),
            (Some(token), None) => Actor::User(token),
            (None, Some(agent)) => Actor::Agent(agent),
            (Some(_), Some(_)) => return Err(nobody("give apiTokenId or agentId, not both")),
        };
        // Nothing would ever fit, and nobody would notice.
        if filter.kind.is_some_and(|kind| kind != named.into()) {
            return Err(nobody(
                "apiTokenId is of an actor of the kind USER, agentId of one of the kind AGENT: leave kind out",
            ));
        }
        Ok(Some(Self::Exactly(named)))
    }

    pub fn fits(self, actor: Actor) -> bool {
        match self {
            Self::OfKind(kind) => kind == actor.into(),
            Self::Exactly(wanted) => wanted == actor,
        }
    }
}

fn nobody(advice: &str) -> async_graphql::Error {
    ErrorCode::BadUserInput.error(format!(
        "the actor that is looked for can be nobody: {advice}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const TOKEN: Actor = Actor::User(ApiTokenId(Uuid::from_u128(1)));
    const AGENT: Actor = Actor::Agent(AgentId(Uuid::from_u128(1)));
    const ALL: [Actor; 4] = [TOKEN, AGENT, Actor::Operator, Actor::System];

    fn id(number: u128) -> ID {
        ID(Uuid::from_u128(number).to_string())
    }

    fn found(filter: &ActorFilter) -> Vec<Actor> {
        let wanted = Wanted::of(filter).unwrap();
        let fits = |actor: &Actor| wanted.is_none_or(|wanted| wanted.fits(*actor));
        ALL.into_iter().filter(fits).collect()
    }

    #[test]
    fn an_actor_is_found_by_its_kind_and_by_its_id() {
        let (kind, api_token_id, agent_id) = (None, None, None);
        let mut filter = ActorFilter {
            kind,
            api_token_id,
            agent_id,
        };
        assert_eq!(found(&filter), ALL, "who names nobody wants everybody");
        for (kind, actor) in [
            (ActorKind::User, TOKEN),
            (ActorKind::Agent, AGENT),
            (ActorKind::Operator, Actor::Operator),
            (ActorKind::System, Actor::System),
        ] {
            filter.kind = Some(kind);
            assert_eq!(found(&filter), [actor]);
        }
        // A token and an agent may have the same UUID, and are not each other.
        filter.kind = None;
        filter.api_token_id = Some(id(1));
        assert_eq!(found(&filter), [TOKEN]);
        filter.kind = Some(ActorKind::User);
        assert_eq!(found(&filter), [TOKEN]);
        filter.api_token_id = Some(id(2));
        assert_eq!(found(&filter), []);
        filter = ActorFilter {
            agent_id: Some(id(1)),
            ..ActorFilter::default()
        };
        assert_eq!(found(&filter), [AGENT]);
    }

    #[test]
    fn who_can_be_nobody_is_refused() {
        let refused = |kind, api_token_id, agent_id| {
            let filter = ActorFilter {
                kind,
                api_token_id,
                agent_id,
            };
            Wanted::of(&filter).unwrap_err().message
        };
        assert!(refused(None, Some(id(1)), Some(id(2))).contains("not both"));
        for kind in [ActorKind::Agent, ActorKind::Operator, ActorKind::System] {
            assert!(refused(Some(kind), Some(id(1)), None).contains("leave kind out"));
        }
        assert!(refused(Some(ActorKind::User), None, Some(id(1))).contains("leave kind out"));
        let no_id = Some(ID("nobody".to_owned()));
        assert!(refused(None, no_id, None).contains("no id of a ApiToken"));
    }
}
