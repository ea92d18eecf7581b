//! Two prerequisites that would close a circle together.

use crate::doors::{ROUNDS, Tell, id, name, one_of, two};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Definition, Detection, Software};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{PrerequisiteId, SoftwareId};
use upkeep_domain::rules::prerequisite::{
    Conditions, Consequence, Prerequisite, PrerequisiteCommand, Prerequisites, ThePrerequisites,
    VersionRange, WantedVersion,
};

fn software(n: u128) -> SoftwareId {
    SoftwareId(id(12, n))
}

fn known(all: [u128; 2]) -> BTreeMap<SoftwareId, Arc<Software>> {
    let detection = Script::new(Interpreter::Sh, "true", ScriptTimeout::DETECTION).unwrap();
    let one = |n: u128| {
        let definition = Definition {
            name: name("tool"),
            detection: Detection::Script(detection.clone()),
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
