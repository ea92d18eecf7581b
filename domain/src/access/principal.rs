use crate::access::api_token::{ApiToken, Grant, Role};
use crate::access::matrix::{Permission, Rank, Reach};
use crate::kernel::ids::{ApiTokenId, TenantId};
use crate::kernel::limits::MAX_TOKEN_CHAIN;
use crate::kernel::metadata::Actor;
use chrono::{DateTime, Utc};

/// Somebody who proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An account on the server's own machine, through the data directory.
    Operator,
    /// The holder of an API token.
    TokenHolder { token: ApiTokenId, role: Role },
}

impl Principal {
    pub fn actor(self) -> Actor {
        match self {
            Self::Operator => Actor::Operator,
            Self::TokenHolder { token, .. } => Actor::User(token),
        }
    }

    /// The tenant outside of which this principal sees nothing; nothing for those of the MSP.
    pub fn confined_to(self) -> Option<TenantId> {
        match self {
            Self::Operator => None,
            Self::TokenHolder { role, .. } => role.tenant(),
        }
    }

    /// What the table knows it as: who has the server's own machine is an MSP admin.
    pub fn rank(self) -> Rank {
        match self {
            Self::Operator => Rank::MspAdmin,
            Self::TokenHolder { role, .. } => role.rank(),
        }
    }

    /// Whether the installation has an administrator once this principal gave somebody that role.
    pub fn appoints(self, role: Role) -> bool {
        self == Self::Operator && role == Role::MspAdmin
    }

    /// What it may do, and how far that reaches; what is not among them is denied.
    pub fn permissions(self) -> impl Iterator<Item = (Permission, Reach)> {
        let rank = self.rank();
        let all = Permission::ALL.iter();
        all.filter_map(move |permission| Some((*permission, permission.reach(rank)?)))
    }
}

/// What a token is worth now: its role, if it and every token that it descends from are in force.
///
/// A token's rights are the intersection with its creator's at each use, never a copy made at creation. Roles
/// never change and are never wider than the creator's, so that the intersection is the role or nothing. Nobody works for a
/// tenant that was removed.
pub fn principal_of<'a>(
    token: ApiTokenId,
    now: DateTime<Utc>,
    find: impl Fn(ApiTokenId) -> Option<&'a ApiToken>,
    is_removed: impl Fn(TenantId) -> bool,
) -> Option<Principal> {
    let grant = find(token)?.in_force(now)?;
    if grant.role.tenant().is_some_and(is_removed) {
        return None;
    }
    let mut ancestor: &Grant = grant;
    for _ in 0..MAX_TOKEN_CHAIN {
        match ancestor.created_by {
            None => {
                return Some(Principal::TokenHolder {
                    token,
                    role: grant.role,
                });
            }
            Some(creator) => ancestor = find(creator)?.in_force(now)?,
        }
    }
    None
}
