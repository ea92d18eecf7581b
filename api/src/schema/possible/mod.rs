//! What may be done to a thing that somebody looks at, and why not: found by planning each mutation that is about it, as the mutation would, and
//! asking the decider. What a mutation's input says besides is left as it is, or made up: it may still be refused for that.

mod access;
mod catalogue;
mod fleet;
mod installation;
mod prerequisite;
mod rules;

pub use installation::INSTALLATION;
pub use prerequisite::{PREREQUISITE, of_prerequisite};

use super::change::Global;
use super::page::times;
use super::types::UserErrorCode;
use crate::error;
use crate::request::{Request, services};
use async_graphql::{Context, SimpleObject};
use std::sync::Arc;
use upkeep_commands::{Ask, Done, Sight, Stop};
use upkeep_domain::access::Guarded;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::View;

/// Whether a mutation that is about a thing would be carried out now.
#[derive(Clone, Debug, SimpleObject)]
pub struct Possibility {
    /// The mutation's name: "disableDeployment". What changes many at once is allowed where the same for one is.
    mutation: String,
    /// Whether it would be carried out, as far as the thing itself and your role decide it: what else its input says is judged when it comes, and
    /// so is how many computers it reaches.
    is_allowed: bool,
    /// Whether it is so already, and nothing would change. Only of those whose input names the thing alone.
    is_done: bool,
    /// Why it would be refused, for programs; null if it would not.
    code: Option<UserErrorCode>,
    /// In one sentence why it would be refused, as the refusal would say it, or that nothing would change; otherwise null.
    reason: Option<String>,
}

/// A mutation that is about a thing, and how it is tried in mind.
pub struct Attempt<D: Guarded> {
    mutation: &'static str,
    input: Input,
    weigh: fn(&Ask, &Sight<'_, D>) -> Result<Done, Stop>,
}

/// What the input of a mutation says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    /// Which thing it is about.
    Thing,
    /// And more.
    More,
}

/// A mutation whose input names the thing alone.
const fn act<D: Guarded>(
    mutation: &'static str,
    weigh: fn(&Ask, &Sight<'_, D>) -> Result<Done, Stop>,
) -> Attempt<D> {
    let input = Input::Thing;
    Attempt {
        mutation,
        input,
        weigh,
    }
}

/// A mutation whose input says more.
const fn choose<D: Guarded>(
    mutation: &'static str,
    weigh: fn(&Ask, &Sight<'_, D>) -> Result<Done, Stop>,
) -> Attempt<D> {
    let input = Input::More;
    Attempt {
        mutation,
        input,
        weigh,
    }
}

/// A thing that mutations are about.
pub trait Possible: Global {
    const ATTEMPTS: &'static [Attempt<Self>];
}

/// What it costs to ask for them all: as a list at least.
pub fn cost<D: Possible>(child: usize) -> usize {
    times(D::ATTEMPTS.len().max(2), child)
}

/// What stands where a name has to be that nobody has chosen yet.
fn made_up() -> Name {
    Name::known("new")
}

/// Of each mutation that is about a thing whether whoever asks may send it, in the view in which the thing is looked at.
pub fn of<D: Possible>(context: &Context<'_>, view: &Arc<View>, id: D::Id) -> Vec<Possibility> {
    let ask = asking(context, view);
    let sight = match &ask {
        Ok(ask) => ask
            .see::<D>(id)
            .map(|sight| (ask, sight))
            .map_err(Refused::from),
        Err(why) => Err(why.clone()),
    };
    let attempts = D::ATTEMPTS.iter().map(|attempt| {
        let weighed = match &sight {
            Ok((ask, sight)) => (attempt.weigh)(ask, sight).map_err(Refused::from),
            Err(why) => Err(why.clone()),
        };
        possibility(attempt.mutation, attempt.input, weighed)
    });
    attempts.collect()
}

/// Of each mutation that is about nothing that is there whether whoever asks may send it.
pub fn of_the_installation(context: &Context<'_>) -> Vec<Possibility> {
    let ask = asking(context, &Request::of(context).view());
    let attempts = INSTALLATION.iter().map(|(mutation, weigh)| {
        let weighed = match &ask {
            Ok(ask) => weigh(ask).map_err(Refused::from),
            Err(why) => Err(why.clone()),
        };
        possibility(mutation, Input::More, weighed)
    });
    attempts.collect()
}

/// Whoever asks, of now; or why nothing can be changed.
fn asking(context: &Context<'_>, view: &Arc<View>) -> Result<Ask, Refused> {
    let refused = |code, reason: &str| Refused {
        code,
        reason: reason.to_owned(),
    };
    if view.is_imagined() {
        return Err(refused(
            Code::Invalid,
            "you look at what would be after a change that was only previewed: look at now",
        ));
    }
    if view.moment().is_some() {
        return Err(refused(
            Code::Invalid,
            "you look at another moment than now: go to now to change something",
        ));
    }
    let principal = Request::of(context).principal();
    let principal = principal.map_err(|error| refused(Code::Forbidden, &error.message))?;
    let commands = &services(context).commands;
    let now = commands.clock().now();
    Ok(Ask::imagined(
        principal,
        view.clone(),
        now,
        commands.world(),
    ))
}

/// Why something would be refused.
#[derive(Clone)]
struct Refused {
    code: Code,
    reason: String,
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => Self {
                code: refusal.code,
                reason: refusal.message,
            },
            Stop::Denied(denied) => Self {
                code: Code::Forbidden,
                reason: denied.to_string(),
            },
            stop => {
                let told = error::of_stop(stop);
                Self {
                    code: Code::Rejected,
                    reason: told.map_or_else(|error| error.message, |told| told.message),
                }
            }
        }
    }
}

/// What became of trying a mutation in mind.
fn possibility(mutation: &str, input: Input, weighed: Result<Done, Refused>) -> Possibility {
    let (is_done, why) = match weighed {
        Ok(done) => (input == Input::Thing && done == Done::Before, None),
        Err(why) => (false, Some(why)),
    };
    let (code, reason) = match why {
        Some(Refused { code, reason }) => (Some(code.into()), Some(reason)),
        None if is_done => (
            None,
            Some("it is so already: nothing would change".to_owned()),
        ),
        None => (None, None),
    };
    Possibility {
        mutation: mutation.to_owned(),
        is_allowed: code.is_none(),
        is_done,
        code,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;
    use std::collections::BTreeSet;
    use upkeep_domain::access::api_token::ApiToken;
    use upkeep_domain::catalogue::cloud_task::CloudTask;
    use upkeep_domain::catalogue::secret::Secret;
    use upkeep_domain::catalogue::software::Software;
    use upkeep_domain::catalogue::task::Task;
    use upkeep_domain::fleet::agent::Agent;
    use upkeep_domain::fleet::agreement::Agreement;
    use upkeep_domain::fleet::computer::Computer;
    use upkeep_domain::fleet::enrolment::EnrolmentToken;
    use upkeep_domain::fleet::group::Group;
    use upkeep_domain::fleet::person::Person;
    use upkeep_domain::fleet::tenant::Tenant;
    use upkeep_domain::maintenance::session::Session;
    use upkeep_domain::rules::deployment::Deployment;

    /// Those that change many at once, as one of each is asked about, and the one that nobody with a role sends.
    const NOT_ASKED: [&str; 8] = [
        "appointFirstAdministrator",
        "cancelSessions",
        "completeOnboardings",
        "removeComputers",
        "setComputersMaintenanceExclusion",
        "startSessions",
        "tagComputers",
        "withdrawCatalogueTitles",
    ];

    fn names<D: Possible>() -> Vec<&'static str> {
        let names: Vec<_> = D::ATTEMPTS.iter().map(|it| it.mutation).collect();
        assert!(names.len() <= 20, "as the field says");
        names
    }

    #[tokio::test]
    async fn whether_it_is_possible_is_told_of_every_mutation() {
        let told = [
            names::<Agent>(),
            names::<Agreement>(),
            names::<ApiToken>(),
            names::<CloudTask>(),
            names::<Computer>(),
            names::<Deployment>(),
            names::<EnrolmentToken>(),
            names::<Group>(),
            names::<Person>(),
            names::<Secret>(),
            names::<Session>(),
            names::<Software>(),
            names::<Task>(),
            names::<Tenant>(),
            PREREQUISITE.iter().map(|it| it.mutation).collect(),
            INSTALLATION.iter().map(|(mutation, _)| *mutation).collect(),
            NOT_ASKED.to_vec(),
        ];
        let told: BTreeSet<String> = told.concat().into_iter().map(str::to_owned).collect();
        let query = "{ __schema { mutationType { fields { name } } } }";
        let answer = schema::alone().execute(query).await;
        let answer = answer.data.into_json().unwrap();
        let fields = answer["__schema"]["mutationType"]["fields"].as_array();
        let fields = fields.unwrap().iter();
        let names = fields.map(|field| field["name"].as_str().unwrap().to_owned());
        assert_eq!(told, names.collect());
    }
}
