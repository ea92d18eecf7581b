mod laws;

use super::*;
use crate::catalogue::software::{Software, test_events as catalogue_events};
use crate::catalogue::version::Version;
use crate::kernel::harness::{given, id, nothing};
use crate::kernel::limits::MAX_PREREQUISITE_DEPTH;
use crate::kernel::name::Name;
use crate::rules::prerequisite::{
    Condition, Conditions, Consequence, FailMessage, PrerequisiteChange, Quantifier, VersionRange,
    WantedVersion,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Software 1 to 99, called "A", "B", ... or "S27" and so on.
const KNOWN: u128 = 99;

pub(crate) fn software(n: u128) -> SoftwareId {
    SoftwareId(id(n))
}

pub(crate) fn prerequisite(n: u128) -> PrerequisiteId {
    PrerequisiteId(id(1_000 + n))
}

pub(crate) fn version(text: &str) -> Version {
    Version::new(text).unwrap()
}

pub(crate) fn named(n: u128) -> String {
    let letter = u8::try_from(n).ok().filter(|n| (1..=26).contains(n));
    letter.map_or_else(|| format!("S{n}"), |n| char::from(b'A' + n - 1).to_string())
}

/// Each with the versions 1.0 and 2.0.
pub(crate) fn catalogue() -> Arc<BTreeMap<SoftwareId, Arc<Software>>> {
    let one = |n: u128| {
        let events = [
            catalogue_events::created(),
            catalogue_events::published("1.0"),
            catalogue_events::published("2.0"),
        ];
        let mut state = events.iter().fold(Software::default(), Software::evolve);
        if let Some(definition) = &mut state.definition {
            definition.name = Name::new(&named(n)).unwrap();
        }
        (software(n), Arc::new(state))
    };
    Arc::new((1..=KNOWN).map(one).collect())
}

pub(crate) fn install(n: u128) -> Consequence {
    Consequence::Install {
        software: software(n),
        version: WantedVersion::Latest,
    }
}

pub(crate) fn exactly(n: u128, text: &str) -> Consequence {
    Consequence::Install {
        software: software(n),
        version: WantedVersion::Exactly(version(text)),
    }
}

pub(crate) fn at_least(n: u128, text: &str) -> Consequence {
    Consequence::Install {
        software: software(n),
        version: WantedVersion::AtLeast(version(text)),
    }
}

pub(crate) fn uninstall(n: u128) -> Consequence {
    Consequence::Uninstall {
        software: software(n),
    }
}

pub(crate) fn fail(text: &str) -> Consequence {
    Consequence::Fail {
        message: FailMessage::new(text).unwrap(),
    }
}

pub(crate) fn missing(n: u128) -> Conditions {
    Conditions {
        hold: Quantifier::All,
        of: vec![Condition::NotInstalled {
            software: software(n),
        }],
    }
}

pub(crate) fn there(n: u128) -> Conditions {
    Conditions {
        hold: Quantifier::All,
        of: vec![Condition::Installed {
            software: software(n),
            versions: VersionRange::Any,
        }],
    }
}

pub(crate) fn always(of: u128, then: Consequence) -> Prerequisite {
    when(of, Conditions::always(), then)
}

pub(crate) fn when(of: u128, when: Conditions, then: Consequence) -> Prerequisite {
    Prerequisite {
        of: software(of),
        versions: VersionRange::Any,
        when,
        then,
    }
}

pub(crate) fn added(n: u128, says: Prerequisite) -> PrerequisiteEvent {
    PrerequisiteAdded {
        prerequisite: prerequisite(n),
        says,
    }
    .into()
}

fn add(n: u128, says: Prerequisite) -> PrerequisiteCommand {
    PrerequisiteCommand::Add {
        prerequisite: prerequisite(n),
        says: Box::new(says),
        catalogue: catalogue(),
    }
}

fn say(n: u128, then: Consequence) -> PrerequisiteCommand {
    PrerequisiteCommand::Change {
        prerequisite: prerequisite(n),
        change: Box::new(PrerequisiteChange {
            then: Some(then),
            ..PrerequisiteChange::default()
        }),
        catalogue: catalogue(),
    }
}

fn refused(text: &str) -> PrerequisiteRejection {
    PrerequisiteRejection::Circle(text.to_owned())
}

#[test]
fn one_is_added_changed_and_removed() {
    let needs_b = always(1, install(2));
    nothing::<Prerequisites>()
        .when(add(1, needs_b.clone()))
        .then([added(1, needs_b.clone())]);
    let there_is = || given::<Prerequisites>([added(1, needs_b.clone())]);
    there_is()
        .when(say(1, uninstall(2)))
        .then([PrerequisiteChanged {
            prerequisite: prerequisite(1),
            versions: VersionRange::Any,
            when: Conditions::always(),
            then: uninstall(2),
        }
        .into()]);
    there_is().when(say(1, install(2))).then_nothing();
    let remove = |n| PrerequisiteCommand::Remove {
        prerequisite: prerequisite(n),
    };
    let removed = PrerequisiteRemoved {
        prerequisite: prerequisite(1),
    };
    there_is().when(remove(1)).then([removed.clone().into()]);
    let gone = || given::<Prerequisites>([added(1, needs_b.clone()), removed.clone().into()]);
    gone()
        .when(remove(1))
        .then_rejected(PrerequisiteRejection::NotFound);
    gone()
        .when(say(1, install(3)))
        .then_rejected(PrerequisiteRejection::NotFound);
    there_is()
        .when(add(1, always(2, install(3))))
        .then_rejected(PrerequisiteRejection::AlreadyExists);
}

#[test]
fn nothing_needs_itself() {
    for then in [install(1), exactly(1, "1.0"), uninstall(1)] {
        nothing::<Prerequisites>()
            .when(add(1, always(1, then)))
            .then_rejected(PrerequisiteRejection::SelfReference("A".into()));
    }
    nothing::<Prerequisites>()
        .when(add(1, when(1, there(1), install(2))))
        .then([added(1, when(1, there(1), install(2)))]);
}

#[test]
fn a_circle_is_refused_and_its_path_is_named() {
    let chain = || {
        given::<Prerequisites>([
            added(1, always(1, install(2))),
            added(2, when(2, missing(9), install(3))),
        ])
    };
    chain()
        .when(add(3, always(3, install(1))))
        .then_rejected(refused("C needs A needs B needs C"));
    chain()
        .when(add(3, always(2, install(1))))
        .then_rejected(refused("B needs A needs B"));
    // Neither what has to go nor what only is asked for has to come before.
    chain()
        .when(add(3, always(3, uninstall(1))))
        .then([added(3, always(3, uninstall(1)))]);
    chain()
        .when(add(3, when(3, there(1), install(4))))
        .then([added(3, when(3, there(1), install(4)))]);
}

#[test]
fn a_circle_is_refused_that_a_change_elsewhere_would_close() {
    let chain = || {
        given::<Prerequisites>([
            added(1, always(1, install(2))),
            added(2, always(2, uninstall(3))),
            added(3, always(3, install(1))),
        ])
    };
    chain()
        .when(say(2, install(3)))
        .then_rejected(refused("B needs C needs A needs B"));
    // What it said before does not count.
    chain().when(say(1, install(4))).then([PrerequisiteChanged {
        prerequisite: prerequisite(1),
        versions: VersionRange::Any,
        when: Conditions::always(),
        then: install(4),
    }
    .into()]);
}

#[test]
fn a_chain_is_so_long_and_no_longer() {
    let links = MAX_PREREQUISITE_DEPTH as u128;
    let chain = || (1..=links).map(|n| added(n, always(n, install(n + 1))));
    given::<Prerequisites>(chain())
        .when(add(50, always(links + 1, install(links + 2))))
        .then_rejected(PrerequisiteRejection::TooDeep);
    given::<Prerequisites>(chain())
        .when(add(50, always(98, install(1))))
        .then_rejected(PrerequisiteRejection::TooDeep);
    given::<Prerequisites>(chain())
        .when(add(50, always(98, install(2))))
        .then([added(50, always(98, install(2)))]);
}

#[test]
fn a_history_with_a_circle_is_still_read_and_can_be_mended() {
    let circle = || {
        given::<Prerequisites>([
            added(1, always(1, install(2))),
            added(2, always(2, install(1))),
        ])
    };
    circle()
        .when(add(3, always(3, install(1))))
        .then_rejected(PrerequisiteRejection::TooDeep);
    let removed = PrerequisiteRemoved {
        prerequisite: prerequisite(2),
    };
    circle()
        .when(PrerequisiteCommand::Remove {
            prerequisite: prerequisite(2),
        })
        .then([removed.into()]);
}

#[test]
fn two_that_apply_together_do_not_want_different_things() {
    let contradicts = |one: Prerequisite, other: Prerequisite| {
        let state = Prerequisites::default().evolve(&added(1, one));
        matches!(
            state.check(prerequisite(2), &other, &*catalogue()),
            Err(PrerequisiteRejection::Contradiction { .. })
        )
    };
    let of_versions = |versions: VersionRange, then| Prerequisite {
        versions,
        ..always(1, then)
    };
    let exact = |text: &str| VersionRange::Exactly {
        version: version(text),
    };
    let rows = [
        (always(1, install(2)), always(1, uninstall(2)), true),
        (always(1, install(2)), when(1, there(3), uninstall(2)), true),
        (
            when(1, there(3), install(2)),
            when(1, there(3), uninstall(2)),
            true,
        ),
        (
            when(1, there(3), install(2)),
            when(1, missing(3), uninstall(2)),
            false,
        ),
        (always(1, install(2)), always(1, uninstall(3)), false),
        (always(1, install(2)), always(3, uninstall(2)), false),
        (
            always(1, exactly(2, "1.0")),
            always(1, exactly(2, "2.0")),
            true,
        ),
        (
            always(1, exactly(2, "1.0")),
            always(1, exactly(2, "1")),
            false,
        ),
        (
            always(1, exactly(2, "1.0")),
            always(1, at_least(2, "1.5")),
            true,
        ),
        (
            always(1, exactly(2, "2.0")),
            always(1, at_least(2, "1.5")),
            false,
        ),
        (always(1, install(2)), always(1, exactly(2, "1.0")), false),
        (always(1, install(2)), always(1, fail("no")), false),
        (
            of_versions(exact("1"), install(2)),
            of_versions(exact("2"), uninstall(2)),
            false,
        ),
        (
            of_versions(exact("1"), install(2)),
            always(1, uninstall(2)),
            true,
        ),
    ];
    for (one, other, expected) in rows {
        assert_eq!(
            contradicts(one.clone(), other.clone()),
            expected,
            "{one:?} {other:?}"
        );
        assert_eq!(
            contradicts(other.clone(), one.clone()),
            expected,
            "{other:?} {one:?}"
        );
    }
    given::<Prerequisites>([added(1, when(1, missing(3), install(2)))])
        .when(add(2, always(1, uninstall(2))))
        .then_rejected(PrerequisiteRejection::Contradiction {
            of: "A".into(),
            other: "if C is not installed, install B".into(),
        });
}

#[test]
fn what_the_catalogue_does_not_have_is_named_by_nobody() {
    let unknown = KNOWN + 1;
    let rows = [
        (always(unknown, install(1)), "softwareId"),
        (always(1, install(unknown)), "then"),
        (always(1, uninstall(unknown)), "then"),
        (when(1, missing(unknown), install(2)), "when"),
    ];
    for (says, field) in rows {
        nothing::<Prerequisites>()
            .when(add(1, says))
            .then_rejected(PrerequisiteRejection::UnknownSoftware(field));
    }
}

#[test]
fn there_are_so_many_and_no_more() {
    let full = (0..MAX_PREREQUISITES_PER_SOFTWARE as u128).map(|n| added(n, always(1, install(2))));
    let full: Vec<_> = full.collect();
    given::<Prerequisites>(full.clone())
        .when(add(999, always(1, install(3))))
        .then_rejected(PrerequisiteRejection::TooManyOfSoftware("A".into()));
    given::<Prerequisites>(full)
        .when(add(999, always(3, install(2))))
        .then([added(999, always(3, install(2)))]);
    let conditions = (0..=MAX_CONDITIONS_PER_PREREQUISITE).map(|_| Condition::NotInstalled {
        software: software(2),
    });
    let conditions = Conditions {
        hold: Quantifier::Any,
        of: conditions.collect(),
    };
    nothing::<Prerequisites>()
        .when(add(1, when(1, conditions, install(2))))
        .then_rejected(PrerequisiteRejection::TooManyConditions(
            MAX_CONDITIONS_PER_PREREQUISITE + 1,
        ));
    let all = (0..MAX_PREREQUISITES as u128).map(|n| added(n, always(1 + n % 90, install(95))));
    given::<Prerequisites>(all)
        .when(add(9_999, always(91, install(95))))
        .then_rejected(PrerequisiteRejection::TooMany);
}

#[test]
fn they_are_told_in_the_order_in_which_they_were_added_whatever_their_ids_are() {
    let history = [
        added(9, always(1, install(2))),
        added(3, always(1, install(3))),
        added(5, when(2, there(1), install(4))),
        PrerequisiteChanged {
            prerequisite: prerequisite(9),
            versions: VersionRange::Any,
            when: Conditions::always(),
            then: install(5),
        }
        .into(),
    ];
    let state = history
        .iter()
        .fold(Prerequisites::default(), Prerequisites::evolve);
    let ids = |all: &mut dyn Iterator<Item = (u64, PrerequisiteId, &Arc<Prerequisite>)>| {
        all.map(|(_, id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&mut state.iter()), [9, 3, 5].map(prerequisite));
    assert_eq!(ids(&mut state.of(software(1))), [9, 3].map(prerequisite));
    assert_eq!(ids(&mut state.naming(software(1))), [prerequisite(5)]);
    assert_eq!(ids(&mut state.naming(software(5))), [prerequisite(9)]);
    assert_eq!(ids(&mut state.naming(software(2))), [], "not any more");
}

#[test]
fn the_scripts_of_a_software_run_because_of_what_names_it_and_of_what_brings_that() {
    let history = [
        added(1, always(1, install(2))),
        added(2, always(2, install(3))),
        added(3, when(4, there(3), install(5))),
        added(4, when(6, there(1), install(7))),
        added(5, always(8, uninstall(3))),
        added(6, always(9, install(4))),
    ];
    let state = history
        .iter()
        .fold(Prerequisites::default(), Prerequisites::evolve);
    let above = |n| state.above(software(n)).into_iter().collect::<Vec<_>>();
    assert_eq!(above(3), [1, 2, 4, 8, 9].map(software));
    assert_eq!(above(2), [software(1)]);
    assert_eq!(above(1), [software(6)]);
    assert_eq!(above(9), []);
    let circle = [
        added(1, always(1, install(2))),
        added(2, always(2, install(1))),
    ];
    let circle = circle
        .iter()
        .fold(Prerequisites::default(), Prerequisites::evolve);
    assert_eq!(circle.above(software(1)), [software(2)].into());
}

#[test]
fn what_it_says_is_a_sentence() {
    let says = Prerequisite {
        of: software(1),
        versions: VersionRange::Below {
            version: version("2.0"),
        },
        when: Conditions {
            hold: Quantifier::Any,
            of: [there(2), missing(3)]
                .into_iter()
                .flat_map(|one| one.of)
                .collect(),
        },
        then: at_least(4, "1.5"),
    };
    assert_eq!(
        says.phrase(&*catalogue()),
        "before A in a version below 2.0 is installed: if B is installed or C is not installed, install D in version 1.5 or newer"
    );
    assert_eq!(
        always(1, fail("ask Ada")).phrase(&*catalogue()),
        "before A is installed: fail: ask Ada"
    );
}
