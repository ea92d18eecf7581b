//! Two prerequisites that would close a circle together, and what a server confirms of one that it does not know yet.

use crate::doors::{Desk, ROUNDS, Tell, Two, id, name, new_tenant, one_of, two};
use crate::places::{hardware, register};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_commands::{Ask, Change, Confirmation, Done, Envelope, Plan, Refusal, Stop};
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Definition, Detection, Software, SoftwareCommand};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{CommandId, DeploymentId, PrerequisiteId, SoftwareId};
use upkeep_domain::kernel::limits::CONFIRM_ABOVE;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, Target, TargetFilter,
};
use upkeep_domain::rules::prerequisite::{
    Conditions, Consequence, Prerequisite, PrerequisiteChange, PrerequisiteCommand, Prerequisites,
    ThePrerequisites, VersionRange, WantedVersion,
};
use uuid::Uuid;

fn software(n: u128) -> SoftwareId {
    SoftwareId(id(12, n))
}

fn detection() -> Detection {
    Detection::Script(Script::new(Interpreter::Sh, "true", ScriptTimeout::DETECTION).unwrap())
}

fn known(all: [u128; 2]) -> BTreeMap<SoftwareId, Arc<Software>> {
    let one = |n: u128| {
        let definition = Definition {
            name: name("tool"),
            detection: detection(),
        };
        let state = Software {
            definition: Some(definition),
            ..Software::default()
        };
        (software(n), Arc::new(state))
    };
    all.map(one).into()
}

fn needs(of: u128, first: u128) -> Tell<Prerequisites> {
    let says = Prerequisite {
        of: software(of),
        versions: VersionRange::Any,
        when: Conditions::always(),
        then: Consequence::Install {
            software: software(first),
            version: WantedVersion::Latest,
        },
    };
    let add = PrerequisiteCommand::Add {
        prerequisite: PrerequisiteId(id(13, of)),
        says: Box::new(says),
        catalogue: Arc::new(known([of, first])),
    };
    Tell(ThePrerequisites, add)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_links_that_close_a_circle_at_once_one_is_written() {
    let two = two();
    for round in 0..ROUNDS {
        let (a, b) = (2 * round + 1, 2 * round + 2);
        let [here, there] = two.desks().await;
        let (one, other) = (needs(a, b), needs(b, a));
        let outcomes = tokio::join!(here.carry_out(&one), there.carry_out(&other));
        one_of(outcomes.into(), Code::PrerequisiteCircle);
        let all = two.read::<Prerequisites>(ThePrerequisites).await;
        assert_eq!(all.len() as u128, round + 1);
    }
    two.verify().await;
}

/// A change of what is known of a prerequisite, whose reach has to be confirmed.
#[derive(Clone)]
struct Confirmed {
    command: PrerequisiteCommand,
    expected: Option<u32>,
}

impl Change for Confirmed {
    type Of = Prerequisites;

    fn plan(&self, ask: &Ask) -> Result<Plan<Prerequisites>, Stop> {
        ask.make(ThePrerequisites, self.command.clone())
    }

    fn confirmation(&self, _: &Plan<Prerequisites>) -> Confirmation {
        Confirmation::RunBecause {
            prerequisite: PrerequisiteId(id(13, 1)),
            expected: self.expected,
        }
    }
}

fn removal() -> PrerequisiteCommand {
    PrerequisiteCommand::Remove {
        prerequisite: PrerequisiteId(id(13, 1)),
    }
}

/// It needs another version from now on.
fn change(version: WantedVersion) -> PrerequisiteCommand {
    let then = Consequence::Install {
        software: software(2),
        version,
    };
    PrerequisiteCommand::Change {
        prerequisite: PrerequisiteId(id(13, 1)),
        change: Box::new(PrerequisiteChange {
            then: Some(then),
            ..PrerequisiteChange::default()
        }),
        catalogue: Arc::new(known([1, 2])),
    }
}

/// So many computers on which a software is wanted.
async fn wanted_on(two: &Two, computers: u128) {
    two.change(&new_tenant(1, None)).await.unwrap();
    for n in 0..computers {
        register(two, n, 1, hardware(n)).await;
    }
    let envelope = || Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
    let create = SoftwareCommand::Create {
        name: name("tool"),
        detection: detection(),
    };
    two.write::<Software>(software(1), create, &envelope())
        .await;
    let rule = Rule {
        item: MaintenanceItem::Software(software(1)),
        target: Target {
            scope: Scope::CrossTenant,
            membership: Membership::AllComputers,
            filter: TargetFilter::None,
        },
        desired: DesiredState::InstalledLatest,
        enforcement: Enforcement::Required,
        origin: Origin::Local,
        parameters: Values::default(),
    };
    let create = DeploymentCommand::Create(Box::new(rule));
    let deployment = DeploymentId(id(14, 1));
    two.write::<Deployment>(deployment, create, &envelope())
        .await;
}

async fn is_confirmed_first(stale: &Desk, command: PrerequisiteCommand, computers: u128) {
    let expected = Some(u32::try_from(computers).unwrap());
    for wrong in [None, expected.map(|right| right + 1)] {
        let change = Confirmed {
            command: command.clone(),
            expected: wrong,
        };
        match stale.carry_out(&change).await {
            Err(Stop::Refused(Refusal { code, .. })) => assert_eq!(code, Code::ImpactUnconfirmed),
            done => panic!("{done:?}"),
        }
    }
    let change = Confirmed { command, expected };
    assert_eq!(stale.carry_out(&change).await.unwrap(), Done::Now);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_does_not_know_yet_is_confirmed_before_it_is_changed_or_removed() {
    let two = two();
    let computers = CONFIRM_ABOVE as u128 + 1;
    wanted_on(&two, computers).await;
    let [unaware, _] = two.desks().await;
    two.change(&needs(1, 2)).await.unwrap();
    let [outdated, _] = two.desks().await;
    let newer = WantedVersion::AtLeast(Version::new("2.0").unwrap());
    is_confirmed_first(&unaware, change(newer), computers).await;
    // As it knows it, it says this already.
    is_confirmed_first(&outdated, change(WantedVersion::Latest), computers).await;
    is_confirmed_first(&unaware, removal(), computers).await;
    let all = two.read::<Prerequisites>(ThePrerequisites).await;
    assert!(all.is_empty());
    two.verify().await;
}
