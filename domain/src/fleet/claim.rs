//! Claims: who has what only one may have, or only so many. One stream for each such thing, which whoever wants it passes before
//! the stream that it is about, so that two servers cannot both give it away.
//!
//! A claim alone gives nobody anything: it only lets the change happen that does. Whoever gives up what was claimed says so in
//! its own stream alone; the claim is passed on when somebody else wants it, to whom it is shown that the holder has it no more.
//! A holder whose change never came (a server that died in between) has [`CLAIM_PATIENCE`].

use crate::kernel::decider::{Context, Decider};
use crate::kernel::digest::Sha256Digest;
use crate::kernel::ids::{CommandId, ComputerId, PersonId, SessionId, TaskId, TenantId};
use crate::kernel::limits::{CLAIM_PATIENCE, MAX_WAITING_SESSIONS_PER_COMPUTER};
use crate::kernel::name::Name;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, fmt};

crate::domain_events! {
    /// What happened to a claim.
    ClaimEvent {
        Taken(ClaimTaken),
    }
}

/// From now on the claimant holds it, until it is shown to have it no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimTaken {
    pub claimant: Claimant,
    /// The command whose change it was claimed for.
    pub command: CommandId,
    pub at: DateTime<Utc>,
    /// Who held it and did not have it any more.
    pub gone: Vec<Claimant>,
}

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimKey {
    /// To be the only person of a tenant with a user principal name.
    Upn { tenant: TenantId, upn: Sha256Digest },
    /// To be one of the sessions that wait for a computer.
    Waiting { computer: ComputerId },
    /// To be the only session that brings a serial task about.
    SerialTask { task: TaskId },
}

impl ClaimKey {
    /// Two names that differ in upper and lower case alone are the same one, as they are in a directory.
    pub fn upn(tenant: TenantId, upn: &Name) -> Self {
        let upn = Sha256Digest::of(upn.as_str().to_lowercase().as_bytes());
        Self::Upn { tenant, upn }
    }

    /// How many may hold it at once.
    pub fn most(&self) -> usize {
        match self {
            Self::Upn { .. } | Self::SerialTask { .. } => 1,
            Self::Waiting { .. } => MAX_WAITING_SESSIONS_PER_COMPUTER,
        }
    }
}

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upn { tenant, upn } => write!(f, "upn-{tenant}-{upn}"),
            Self::Waiting { computer } => write!(f, "waiting-{computer}"),
            Self::SerialTask { task } => write!(f, "task-{task}"),
        }
    }
}

/// Who claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Claimant {
    Person(PersonId),
    Session(SessionId),
}

/// Somebody who holds a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub claimant: Claimant,
    /// The command whose change it was claimed for.
    pub command: CommandId,
    pub since: DateTime<Utc>,
}

/// What a holder's own stream says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has what it claimed.
    Has,
    /// The change that it claimed for came, and it has it no more.
    HasNoMore,
    /// The change that it claimed for has not come: it may be on its way.
    NeverHad,
}

impl Holder {
    /// Whether it need not be waited for, where its stream says that.
    pub fn is_gone(&self, found: Found, now: DateTime<Utc>) -> bool {
        match found {
            Found::Has => false,
            Found::HasNoMore => true,
            Found::NeverHad => now - self.since >= CLAIM_PATIENCE,
        }
    }
}

/// Who holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claim {
    holders: Vec<Holder>,
    turns: u64,
}

/// Asks for it, each time before the change that it is for: a claim that was held already is as good as new then, so that nobody
/// takes it who has looked at the holder before.
#[derive(Clone, Debug)]
pub struct ClaimCommand {
    pub claimant: Claimant,
    /// The command whose change it is for.
    pub command: CommandId,
    /// How many may hold it at once.
    pub most: usize,
    /// Holders that were looked at, as they held it then.
    pub looked_at: Vec<(Holder, Found)>,
}

impl Claim {
    /// How often it was taken.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// The claim of the claimant for this command.
    pub fn is_held(&self, claimant: Claimant, command: CommandId) -> bool {
        let is_it = |held: &&Holder| held.claimant == claimant && held.command == command;
        self.holders.iter().any(|held| is_it(&held))
    }

    /// Who else holds it.
    pub fn others(&self, claimant: Claimant) -> impl Iterator<Item = &Holder> {
        let holders = self.holders.iter();
        holders.filter(move |held| held.claimant != claimant)
    }
}

impl Decider for Claim {
    type Id = ClaimKey;
    type Command = ClaimCommand;
    type Event = ClaimEvent;
    type Rejection = Infallible;
    type Premise = ();
    const CATEGORY: &'static str = "claim";

    /// Whoever does not get it learns who has it.
    fn decide(
        &self,
        command: ClaimCommand,
        context: &Context,
    ) -> Result<Vec<ClaimEvent>, Infallible> {
        let is_gone = |held: &&Holder| {
            let mut looked_at = command.looked_at.iter();
            looked_at.any(|(then, found)| then == *held && held.is_gone(*found, context.now))
        };
        let (gone, there): (Vec<&Holder>, Vec<&Holder>) =
            self.others(command.claimant).partition(is_gone);
        if there.len() >= command.most {
            return Ok(vec![]);
        }
        let taken = ClaimTaken {
            claimant: command.claimant,
            command: command.command,
            at: context.now,
            gone: gone.into_iter().map(|held| held.claimant).collect(),
        };
        Ok(vec![taken.into()])
    }

    /// Whoever claims is judged by what the claim is for.
    fn premise(&self) {}

    fn evolve(mut self, event: &ClaimEvent) -> Self {
        let ClaimEvent::Taken(taken) = event;
        self.turns += 1;
        self.holders
            .retain(|held| held.claimant != taken.claimant && !taken.gone.contains(&held.claimant));
        self.holders.push(Holder {
            claimant: taken.claimant,
            command: taken.command,
            since: taken.at,
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, noon, nothing};
    use chrono::TimeDelta;

    fn ada() -> Claimant {
        Claimant::Person(PersonId(id(1)))
    }

    fn eve() -> Claimant {
        Claimant::Person(PersonId(id(2)))
    }

    fn command(n: u128) -> CommandId {
        CommandId(id(100 + n))
    }

    fn taken(claimant: Claimant, n: u128, gone: &[Claimant]) -> ClaimEvent {
        ClaimTaken {
            claimant,
            command: command(n),
            at: noon(),
            gone: gone.to_vec(),
        }
        .into()
    }

    fn held(claimant: Claimant, n: u128) -> Holder {
        Holder {
            claimant,
            command: command(n),
            since: noon(),
        }
    }

    fn claim(claimant: Claimant, n: u128, looked_at: &[(Holder, Found)]) -> ClaimCommand {
        ClaimCommand {
            claimant,
            command: command(n),
            most: 1,
            looked_at: looked_at.to_vec(),
        }
    }

    #[test]
    fn what_one_may_have_is_the_first_ones() {
        nothing::<Claim>()
            .when(claim(ada(), 1, &[]))
            .then([taken(ada(), 1, &[])]);
        given::<Claim>([taken(ada(), 1, &[])])
            .when(claim(eve(), 2, &[]))
            .then_nothing();
        given::<Claim>([taken(ada(), 1, &[])])
            .when(claim(eve(), 2, &[(held(ada(), 1), Found::Has)]))
            .then_nothing();
    }

    #[test]
    fn what_the_holder_has_no_more_is_passed_on() {
        let looked_at = [(held(ada(), 1), Found::HasNoMore)];
        given::<Claim>([taken(ada(), 1, &[])])
            .when(claim(eve(), 2, &looked_at))
            .then([taken(eve(), 2, &[ada()])]);
        given::<Claim>([taken(ada(), 1, &[]), taken(eve(), 2, &[ada()])])
            .when(claim(ada(), 3, &[]))
            .then_nothing();
    }

    #[test]
    fn whoever_claims_again_is_not_overtaken_by_somebody_who_looked_before() {
        given::<Claim>([taken(ada(), 1, &[])])
            .when(claim(ada(), 3, &[]))
            .then([taken(ada(), 3, &[])]);
        let looked_at = [(held(ada(), 1), Found::HasNoMore)];
        given::<Claim>([taken(ada(), 1, &[]), taken(ada(), 3, &[])])
            .when(claim(eve(), 2, &looked_at))
            .then_nothing();
        // The same command again, too: its change may come only now.
        let later = noon() + TimeDelta::seconds(1);
        given::<Claim>([taken(ada(), 1, &[])])
            .at(later)
            .when(claim(ada(), 1, &[]))
            .then([ClaimTaken {
                claimant: ada(),
                command: command(1),
                at: later,
                gone: vec![],
            }
            .into()]);
    }

    #[test]
    fn whoever_never_came_has_a_while_to_come() {
        let looked_at = [(held(ada(), 1), Found::NeverHad)];
        let almost = noon() + CLAIM_PATIENCE - TimeDelta::seconds(1);
        given::<Claim>([taken(ada(), 1, &[])])
            .at(almost)
            .when(claim(eve(), 2, &looked_at))
            .then_nothing();
        let at = noon() + CLAIM_PATIENCE;
        given::<Claim>([taken(ada(), 1, &[])])
            .at(at)
            .when(claim(eve(), 2, &looked_at))
            .then([ClaimTaken {
                claimant: eve(),
                command: command(2),
                at,
                gone: vec![ada()],
            }
            .into()]);
        assert!(!held(ada(), 1).is_gone(Found::Has, at), "it came");
    }

    #[test]
    fn what_several_may_have_is_so_many_ones() {
        let session = |n| Claimant::Session(SessionId(id(n)));
        let wait = |n, looked_at: &[(Holder, Found)]| ClaimCommand {
            most: 2,
            ..claim(session(n), n, looked_at)
        };
        let two = || [taken(session(1), 1, &[]), taken(session(2), 2, &[])];
        given::<Claim>(two()).when(wait(3, &[])).then_nothing();
        given::<Claim>(two())
            .when(wait(2, &[]))
            .then([taken(session(2), 2, &[])]);
        let over = [
            (held(session(1), 1), Found::HasNoMore),
            (held(session(2), 2), Found::Has),
        ];
        given::<Claim>(two())
            .when(wait(3, &over))
            .then([taken(session(3), 3, &[session(1)])]);
        let after = [taken(session(3), 3, &[session(1)])];
        given::<Claim>(two().into_iter().chain(after))
            .when(wait(1, &over))
            .then_nothing();
    }

    #[test]
    fn it_is_known_who_holds_it_and_how_often_it_was_taken() {
        let claim = [taken(ada(), 1, &[]), taken(eve(), 2, &[ada()])]
            .iter()
            .fold(Claim::default(), Claim::evolve);
        assert!(claim.is_held(eve(), command(2)));
        assert!(!claim.is_held(eve(), command(1)) && !claim.is_held(ada(), command(1)));
        assert_eq!(claim.turns(), 2);
        assert!(claim.others(ada()).eq(&[held(eve(), 2)]));
        assert_eq!(claim.others(eve()).count(), 0);
    }

    #[test]
    fn names_that_differ_in_case_alone_are_the_same() {
        let key = |tenant, upn: &str| {
            let name = Name::new(upn).unwrap();
            ClaimKey::upn(TenantId(id(tenant)), &name).to_string()
        };
        assert_eq!(key(1, "Ada@Contoso.example"), key(1, "ada@contoso.EXAMPLE"));
        assert_ne!(key(1, "ada@contoso.example"), key(2, "ada@contoso.example"));
        assert_ne!(key(1, "ada@contoso.example"), key(1, "eve@contoso.example"));
        let waiting = ClaimKey::Waiting {
            computer: ComputerId(id(1)),
        };
        assert_eq!(waiting.to_string(), format!("waiting-{}", id(1)));
        assert_eq!(waiting.most(), MAX_WAITING_SESSIONS_PER_COMPUTER);
        let serial = ClaimKey::SerialTask {
            task: TaskId(id(1)),
        };
        assert_eq!(serial.to_string(), format!("task-{}", id(1)));
        assert_eq!(serial.most(), 1);
    }
}
