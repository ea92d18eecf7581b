//! What only one may have, or only so many: claimed first, then the change comes that it was claimed for.
//!
//! Whoever holds a claim and does not have what it is for any more gives it to the next one who asks: the holder's own stream is
//! looked at, not a view, and the claim is taken only from the very claim that was looked at. So nobody need give a claim back, and
//! one that a server left behind when it died lapses. For that, a claim is made anew before each change, and the change is made
//! only to what was judged before the claim (`Person::changes`).

use crate::Commands;
use crate::ask::{Ask, Plan};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::stop::{At, Stop};
use upkeep_domain::fleet::claim::{Claim, ClaimCommand, ClaimKey, Claimant, Found, Holder};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::decider::Decider as _;
use upkeep_domain::kernel::ids::{CommandId, ComputerId, PersonId, SessionId, TaskId, TenantId};
use upkeep_domain::kernel::limits::CLAIM_PATIENCE;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{LockAnswer, Session, SessionRejection};
use upkeep_event_store::StreamName;
use upkeep_projections::View;

/// How often a claim is tried again because somebody else took it meanwhile who does not have it any more.
const MAX_ATTEMPTS: usize = 16;

/// What became of a claim.
enum Claimed {
    Yes,
    /// Others hold it, as many as may.
    By(Vec<(Holder, Found)>),
}

/// For what something is claimed, and what is known meanwhile.
struct Claiming<'a> {
    envelope: &'a Envelope,
    /// As new as there is one.
    newest: &'a View,
}

impl Ask {
    fn claiming(&self) -> Claiming<'_> {
        Claiming {
            envelope: &self.envelope,
            newest: self.newest(),
        }
    }
}

fn upn_is_known(view: &View, person: PersonId) -> Stop {
    let known = view.persons.get(person);
    let profile = known.and_then(|entry| entry.state.profile.as_ref());
    let name = profile.map_or_else(|| person.to_string(), |profile| profile.name.to_string());
    let message = format!(
        "the tenant has a person with this user principal name already, {name}: give that one another or none first"
    );
    Stop::refused(Code::UpnKnown, message)
}

fn upn_is_coming() -> Stop {
    let message = format!(
        "this user principal name is being given to another person of the tenant: try again, in {} minutes at the latest",
        CLAIM_PATIENCE.num_minutes()
    );
    Stop::refused(Code::UpnKnown, message)
}

/// What of the input is at fault where the tenant has somebody with this user principal name.
fn field(ask: &Ask, person: PersonId, tenant: TenantId) -> &'static str {
    match ask.view().tenant_of_person(person) {
        Some(from) if from != tenant => "tenantId",
        _ => "upn",
    }
}

impl Ask {
    /// Whether the tenant has nobody else with this user principal name, as far as the view knows: for what is imagined.
    pub(crate) fn has_no_namesake(
        &self,
        person: PersonId,
        tenant: TenantId,
        upn: &Name,
    ) -> Result<(), Stop> {
        match self.namesake(person, tenant, upn) {
            None => Ok(()),
            Some(other) => Err(upn_is_known(self.view(), other)).at(field(self, person, tenant)),
        }
    }

    /// Who else has it, as far as the view knows.
    fn namesake(&self, person: PersonId, tenant: TenantId, upn: &Name) -> Option<PersonId> {
        let key = ClaimKey::upn(tenant, upn);
        let mut others = self.view().persons.iter();
        let namesake = others.find(|(other, entry)| {
            let present = entry.state.present();
            *other != person
                && present.is_some_and(|profile| profile.tenant == tenant)
                && entry.state.has_upn(key)
        });
        namesake.map(|(other, _)| other)
    }
}

impl Commands {
    /// Claims a user principal name for a person who is about to have it in a tenant.
    pub(crate) async fn claim_upn(
        &self,
        ask: &mut Ask,
        person: PersonId,
        tenant: TenantId,
        upn: &Name,
    ) -> Result<(), Stop> {
        let known = ask.view().persons.get(person);
        if let Some(profile) = known.and_then(|entry| entry.state.profile.clone()) {
            // What would be refused is refused before anything is claimed.
            let nothing = Plan::<Person> {
                id: person,
                command: PersonCommand::Rename { name: profile.name },
                tenant: Some(tenant),
            };
            self.decide(ask, nothing).await?;
        }
        let claimant = Claimant::Person(person);
        let key = ClaimKey::upn(tenant, upn);
        self.ask_namesake(ask, person, (tenant, upn)).await?;
        let Claimed::By(others) = self
            .claim_for(&ask.claiming(), key, claimant, tenant)
            .await?
        else {
            return Ok(());
        };
        let has = others.iter().find_map(|(held, found)| match held.claimant {
            Claimant::Person(other) if *found == Found::Has => Some(other),
            _ => None,
        });
        let stop = has.map_or_else(upn_is_coming, |other| upn_is_known(ask.view(), other));
        Err(stop.at(field(ask, person, tenant)))
    }

    /// Asks whoever the view knows by that name, who may have come to it before there were claims. Who has it no more was judged on an
    /// old view: how far the change reaches was not asked there, because it was refused.
    async fn ask_namesake(
        &self,
        ask: &mut Ask,
        person: PersonId,
        (tenant, upn): (TenantId, &Name),
    ) -> Result<(), Stop> {
        let Some(other) = ask.namesake(person, tenant, upn) else {
            return Ok(());
        };
        let command = ask.envelope.command_id;
        let (_, came) = self.handler.read_after::<Person>(person, command).await?;
        if came {
            // What was executed before is answered as the first time.
            return Ok(());
        }
        let known = self.read::<Person>(other).await?;
        if known.has_upn(ClaimKey::upn(tenant, upn)) {
            return Err(upn_is_known(ask.view(), other)).at(field(ask, person, tenant));
        }
        let position = self.store().head().await.map_err(CommandError::Read)?;
        ask.move_on(self.at_least(position).await?);
        Err(CommandError::Overtaken { position }.into())
    }

    /// Claims a place for a session among those that wait for its computer.
    pub(crate) async fn claim_place_in_queue(
        &self,
        ask: &Ask,
        session: SessionId,
        computer: ComputerId,
        tenant: TenantId,
    ) -> Result<(), Stop> {
        let key = ClaimKey::Waiting { computer };
        let claimant = Claimant::Session(session);
        match self
            .claim_for(&ask.claiming(), key, claimant, tenant)
            .await?
        {
            Claimed::Yes => Ok(()),
            Claimed::By(_) => Err(Stop::rejected(&SessionRejection::TooManyWaiting)),
        }
    }

    /// Claims the lock of a serial task for a session that is about to say that it has it, by the command of this envelope. Nobody
    /// is asked: it is the server's own command that it is for. Nothing where somebody claimed it who has not said so, or not any more:
    /// ask again in a moment, there is nothing else to wait for.
    pub async fn lock_task(
        &self,
        (session, tenant): (SessionId, TenantId),
        task: TaskId,
        newest: &View,
        envelope: &Envelope,
    ) -> Result<Option<LockAnswer>, CommandError> {
        let key = ClaimKey::SerialTask { task };
        let claiming = Claiming { envelope, newest };
        let claimant = Claimant::Session(session);
        Ok(
            match self.claim_for(&claiming, key, claimant, tenant).await? {
                Claimed::Yes => Some(LockAnswer::Granted(task)),
                Claimed::By(others) => {
                    let has_it = others.iter().all(|(_, found)| *found == Found::Has);
                    has_it.then_some(LockAnswer::Held(task))
                }
            },
        )
    }

    /// Claims something for whoever a command is about to give it; or says who has it.
    async fn claim_for(
        &self,
        claiming: &Claiming<'_>,
        key: ClaimKey,
        claimant: Claimant,
        tenant: TenantId,
    ) -> Result<Claimed, CommandError> {
        let command = claiming.envelope.command_id;
        for _ in 0..MAX_ATTEMPTS {
            let before = self.read::<Claim>(key).await?;
            let mut looked_at = Vec::new();
            if before.others(claimant).count() >= key.most() {
                for held in before.others(claimant) {
                    looked_at.push((*held, self.look_at(claiming, key, held).await?));
                }
            }
            let claim = ClaimCommand {
                claimant,
                command,
                most: key.most(),
                looked_at: looked_at.clone(),
            };
            // Each turn is a command of its own: one that is claimed again is as good as new.
            let step = format!("claim/{}", before.turns());
            let envelope = claiming.envelope.step(&step).of_tenant(Some(tenant));
            let taken = self.handler.execute::<Claim>(key, claim, &envelope).await?;
            if taken.state.turns() == before.turns() {
                // What was executed before is answered as the first time, whoever has it by now.
                let (_, came) = self.ask_stream(claiming, key, claimant, command).await?;
                return Ok(if came {
                    Claimed::Yes
                } else {
                    Claimed::By(looked_at)
                });
            }
            if taken.state.is_held(claimant, command) {
                return Ok(Claimed::Yes);
            }
        }
        let stream = StreamName::of(Claim::CATEGORY, key);
        Err(CommandError::Contended { stream })
    }

    async fn look_at(
        &self,
        claiming: &Claiming<'_>,
        key: ClaimKey,
        held: &Holder,
    ) -> Result<Found, CommandError> {
        let (has, came) = self
            .ask_stream(claiming, key, held.claimant, held.command)
            .await?;
        Ok(match (has, came) {
            (true, _) => Found::Has,
            (false, true) => Found::HasNoMore,
            (false, false) => Found::NeverHad,
        })
    }

    /// Whether the claimant's own stream says that it has what was claimed, and that the command came.
    async fn ask_stream(
        &self,
        claiming: &Claiming<'_>,
        key: ClaimKey,
        claimant: Claimant,
        command: CommandId,
    ) -> Result<(bool, bool), CommandError> {
        match claimant {
            Claimant::Person(person) => {
                let read = self.handler.read_after::<Person>(person, command);
                let (state, came) = read.await?;
                Ok((state.has_upn(key), came))
            }
            Claimant::Session(session) => {
                let now = self.world().now();
                // What it has no more it never has again: any view is good for that.
                let known = claiming.newest.sessions.get(session);
                let has_had = known.is_some_and(|entry| match key {
                    ClaimKey::SerialTask { task } => {
                        entry.state.status.is_over() && !entry.state.holds_lock(task, now)
                    }
                    ClaimKey::Waiting { .. } | ClaimKey::Upn { .. } => !entry.state.is_queued(),
                });
                if has_had {
                    return Ok((false, true));
                }
                let read = self.handler.read_after::<Session>(session, command);
                let (state, came) = read.await?;
                let has = match key {
                    ClaimKey::SerialTask { task } => state.holds_lock(task, now),
                    ClaimKey::Waiting { .. } | ClaimKey::Upn { .. } => state.is_queued(),
                };
                Ok((has, came))
            }
        }
    }
}
