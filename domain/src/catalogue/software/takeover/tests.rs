use super::*;
use crate::catalogue::software::decide::tests::{created, published, script, version};
use crate::catalogue::software::{
    Definition, Description, Part, ScriptRole, SearchWords, SoftwareCommand, SoftwareRenamed,
    SoftwareVersion, TitleChange, TitleIdentifier, VersionChange, VersionPublished,
    VersionWithdrawn,
};
use crate::kernel::decider::Decider;
use crate::kernel::harness::{given, id, nothing};
use crate::kernel::limits::MAX_VERSION_SCRIPT_BYTES;
use proptest::prelude::*;

fn source(name: &str) -> SourceName {
    SourceName::new(name).unwrap()
}

fn origin(revision: &str) -> Origin {
    Origin {
        source: source("winget"),
        identifier: TitleIdentifier::new("Adobe.Reader").unwrap(),
        revision: Revision::new(revision).unwrap(),
    }
}

fn content(versions: &[&str]) -> Software {
    let events = [created()].into_iter();
    events
        .chain(versions.iter().map(|number| published(number)))
        .fold(Software::default(), |software, event| {
            software.evolve(&event)
        })
}

fn title(revision: &str, content: Software) -> Title {
    let origin = origin(revision);
    Title { origin, content }
}

fn take_over(title: Title) -> SoftwareCommand {
    SoftwareCommand::TakeOver(Box::new(title))
}

fn catalogued(revision: &str) -> SoftwareEvent {
    let origin = origin(revision);
    SoftwareCatalogued { origin }.into()
}

fn withdrawn(revision: &str) -> SoftwareEvent {
    let revision = Revision::new(revision).unwrap();
    SoftwareWithdrawn { revision }.into()
}

fn withdraw(source_name: &str) -> SoftwareCommand {
    SoftwareCommand::WithdrawTitle {
        source: source(source_name),
        revision: Revision::new("r9").unwrap(),
    }
}

fn known() -> [SoftwareEvent; 4] {
    [
        created(),
        catalogued("r1"),
        published("1.0"),
        published("2.0"),
    ]
}

#[test]
fn a_new_title_is_created_with_its_origin_and_its_versions() {
    nothing::<Software>()
        .when(take_over(title("r1", content(&["1.0", "2.0"]))))
        .then(known());
}

#[test]
fn what_did_not_change_makes_no_event_at_whatever_revision() {
    for revision in ["r1", "r2"] {
        given::<Software>(known())
            .when(take_over(title(revision, content(&["1.0", "2.0"]))))
            .then_nothing();
    }
}

#[test]
fn what_changed_is_told_behind_the_revision_that_it_is_from() {
    let mut wanted = content(&["2.0", "3.0"]);
    let one = script("one line more");
    let of_two = wanted.versions.get_mut(&version("2.0")).unwrap();
    of_two.scripts.set(ScriptRole::Install, one);
    let changed = of_two.clone();
    given::<Software>(known())
        .when(take_over(title("r2", wanted)))
        .then([
            catalogued("r2"),
            VersionWithdrawn {
                version: version("1.0"),
            }
            .into(),
            VersionPublished {
                version: version("2.0"),
                content: changed,
            }
            .into(),
            published("3.0"),
        ]);
}

#[test]
fn a_withdrawn_title_stays_as_it_is_and_may_return() {
    given::<Software>(known())
        .when(withdraw("winget"))
        .then([withdrawn("r9")]);
    let gone = || known().into_iter().chain([withdrawn("r9")]);
    given::<Software>(gone())
        .when(withdraw("winget"))
        .then_nothing();
    given::<Software>(gone())
        .when(take_over(title("r9", content(&["1.0", "2.0"]))))
        .then([catalogued("r9")]);
    let state = gone().fold(Software::default(), |state, event| state.evolve(&event));
    assert!(state.is_withdrawn);
    assert_eq!(state.latest(), Some(&version("2.0")));
    assert_eq!(state.origin, Some(origin("r9")));
}

#[test]
fn a_title_is_changed_by_its_source_alone() {
    let refused = SoftwareRejection::OfCatalogue(Box::new(origin("r1")));
    assert_eq!(
        refused.to_string(),
        "it belongs to the catalogue winget: copy it to your own software first, and change the copy"
    );
    let name = || Name::new("Mine").unwrap();
    for command in [
        SoftwareCommand::Rename { name: name() },
        SoftwareCommand::WriteNotes { notes: None },
        SoftwareCommand::ChangeDetection {
            detection: script("x").into(),
        },
        SoftwareCommand::SetScript {
            role: ScriptRole::Test,
            script: script("x"),
        },
        SoftwareCommand::RemoveScript {
            role: ScriptRole::Test,
        },
        SoftwareCommand::WithdrawVersion {
            version: version("1.0"),
        },
    ] {
        given::<Software>(known())
            .when(command)
            .then_rejected(refused.clone());
    }
}

#[test]
fn a_source_changes_its_own_titles_alone() {
    let refused = SoftwareRejection::OfAnotherSource(source("winget"));
    let wanted = || take_over(title("r1", content(&["1.0"])));
    given::<Software>([created()])
        .when(wanted())
        .then_rejected(refused.clone());
    given::<Software>([created()])
        .when(withdraw("winget"))
        .then_rejected(refused);
    let elsewhere = SoftwareRejection::OfAnotherSource(source("other"));
    given::<Software>(known())
        .when(withdraw("other"))
        .then_rejected(elsewhere);
    nothing::<Software>()
        .when(withdraw("winget"))
        .then_rejected(SoftwareRejection::NotFound);
}

#[test]
fn what_could_not_be_published_is_not_taken_over() {
    let mut large = content(&["1.0"]);
    let of_one = large.versions.get_mut(&version("1.0")).unwrap();
    let text = "x".repeat(MAX_VERSION_SCRIPT_BYTES / 4 + 1);
    for role in [
        ScriptRole::Install,
        ScriptRole::Uninstall,
        ScriptRole::Upgrade,
        ScriptRole::Repair,
    ] {
        of_one.scripts.set(role, script(&text));
    }
    let bytes = 4 * text.len();
    nothing::<Software>()
        .when(take_over(title("r1", large)))
        .then_rejected(SoftwareRejection::ScriptsTooLong(bytes));
}

#[test]
fn a_copy_begins_as_its_title_is_and_is_ones_own_from_then_on() {
    let origin_of = id(7);
    let state = known()
        .into_iter()
        .fold(Software::default(), |state, event| state.evolve(&event));
    let name = Name::new("Our Reader").unwrap();
    let copy = state
        .copy(SoftwareId(origin_of), Some(name.clone()))
        .unwrap();
    let copied = SoftwareEvent::from(SoftwareCopied {
        copied: Copied {
            from: SoftwareId(origin_of),
            revision: Revision::new("r1").unwrap(),
        },
    });
    let Some(Definition { detection, .. }) = state.definition.clone() else {
        panic!("it was created");
    };
    let begun = crate::catalogue::software::SoftwareCreated {
        name: name.clone(),
        detection,
    };
    let events = [begun.into(), copied, published("1.0"), published("2.0")];
    nothing::<Software>()
        .when(SoftwareCommand::Copy(Box::new(copy.clone())))
        .then(events.clone());
    given::<Software>(events.clone())
        .when(SoftwareCommand::Copy(Box::new(copy)))
        .then_rejected(SoftwareRejection::AlreadyExists);
    let again = Name::new("Ours").unwrap();
    given::<Software>(events.clone())
        .when(SoftwareCommand::Rename {
            name: again.clone(),
        })
        .then([SoftwareRenamed { name: again }.into()]);
    let own = events.iter().fold(Software::default(), Software::evolve);
    assert_eq!(own.origin, None);
    assert_eq!(own.differing(&state), [Part::Name]);
    assert_eq!(
        own.copy(SoftwareId(id(8)), None),
        Err(SoftwareRejection::NotOfCatalogue)
    );
}

#[test]
fn what_would_become_of_a_title_is_told_before() {
    let state =
        |events: &[SoftwareEvent]| events.iter().fold(Software::default(), Software::evolve);
    let outlook = |before: &[SoftwareEvent], versions: &[&str]| {
        let wanted = title("r2", content(versions));
        state(before).outlook_of(wanted).unwrap()
    };
    let new = outlook(&[], &["1.0"]);
    assert_eq!(new.change, TitleChange::Added);
    assert_eq!(new.parts, [Part::Name, Part::Detection, Part::Versions]);
    let same = outlook(&known(), &["1.0", "2.0"]);
    assert_eq!(same.change, TitleChange::Unchanged);
    let changed = outlook(&known(), &["2.0", "3.0"]);
    assert_eq!(changed.change, TitleChange::Changed);
    assert_eq!(changed.parts, [Part::Versions]);
    assert_eq!(
        changed.versions,
        [
            VersionChange::Withdrawn(version("1.0")),
            VersionChange::Added(version("3.0"))
        ]
    );
    let gone: Vec<SoftwareEvent> = known().into_iter().chain([withdrawn("r9")]).collect();
    assert_eq!(
        outlook(&gone, &["1.0", "2.0"]).change,
        TitleChange::Returned
    );
    let mut wanted = content(&["1.0", "2.0"]);
    let of_two = wanted.versions.get_mut(&version("2.0")).unwrap();
    of_two.scripts.set(ScriptRole::Test, script("x"));
    let changed = state(&known()).outlook_of(title("r2", wanted)).unwrap();
    assert_eq!(changed.versions, [VersionChange::Changed(version("2.0"))]);
}

prop_compose! {
    fn any_content()(
        name in "[a-c]",
        words in proptest::collection::vec("[a-c]", 0..3),
        notes in proptest::option::of("[a-c]"),
        roles in proptest::collection::btree_map(0..8_usize, "[a-c]", 0..4),
        versions in proptest::collection::btree_map(0..5_u8, "[a-c]", 0..4),
    ) -> Software {
        let scripts = |text: &String| ScriptRole::REQUIRED
            .map(|role| (role, script(text)))
            .into_iter()
            .collect();
        Software {
            definition: Some(Definition { name: Name::new(&name).unwrap(), detection: script(&name).into() }),
            notes: notes.map(|text| crate::catalogue::software::Notes::new(&text).unwrap()),
            description: Description {
                tags: SearchWords::new(words.iter().map(String::as_str)).unwrap(),
                ..Description::default()
            },
            scripts: roles.iter().map(|(role, text)| (ScriptRole::ALL[*role], script(text))).collect(),
            versions: versions.iter().map(|(number, text)| {
                let content = SoftwareVersion { package: None, scripts: scripts(text) };
                (version(&format!("{number}.0")), content)
            }).collect(),
            ..Software::default()
        }
    }
}

proptest! {
    /// Whatever was there: after its events a title is what the source says, and the same once more changes nothing.
    #[test]
    fn a_title_becomes_what_its_source_says(before in any_content(), after in any_content()) {
        let towards = before.towards(&after);
        let became = towards.iter().fold(before.clone(), Software::evolve);
        prop_assert_eq!(&became, &after);
        prop_assert!(became.towards(&after).is_empty());
        prop_assert_eq!(before.differing(&after).is_empty(), before == after);
    }
}
