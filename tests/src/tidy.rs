//! The house's rules, held by reading the tree: what no compiler says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Longest source file outside of tests, in lines: one that needs more is two files.
const MAX_LINES: usize = 500;

/// Files from before that rule, with the length that they may not outgrow. One that has become short enough leaves the list.
const TOO_LONG: [(&str, usize); 10] = [
    ("benches/src/fleet.rs", 630),
    ("domain/src/fleet/agent/decide.rs", 550),
    ("domain/src/fleet/tenant/tree.rs", 550),
    ("domain/src/rules/expression/compile.rs", 560),
    ("event-store-wire/src/persistent/mod.rs", 800),
    ("event-store-wire/src/users.rs", 600),
    ("event-store/src/port.rs", 530),
    ("event-store/src/sqlite/batch.rs", 520),
    ("event-store/src/sqlite/read.rs", 620),
    ("upkeep/src/demo/story.rs", 550),
];

/// Which of our crates each one may stand on (ARCHITECTURE.md draws it); tests and benches may stand on any.
const ARROWS: [(&str, &[&str]); 18] = [
    ("domain", &[]),
    ("world", &[]),
    ("listener", &[]),
    ("removal", &[]),
    ("agent-protocol", &[]),
    ("agent-core", &["agent-protocol"]),
    ("agent", &["agent-protocol", "agent-core", "removal"]),
    ("event-store", &["domain", "world"]),
    ("package-store", &["domain"]),
    ("vault", &["domain"]),
    ("winget", &["domain"]),
    ("metascript", &["domain"]),
    ("event-store-wire", &["domain", "event-store", "listener"]),
    ("projections", &["domain", "event-store", "world"]),
    (
        "commands",
        &["domain", "event-store", "projections", "world"],
    ),
    (
        "automation",
        &["domain", "event-store", "projections", "commands", "world"],
    ),
    (
        "agent-gateway",
        &[
            "domain",
            "event-store",
            "projections",
            "commands",
            "package-store",
            "vault",
            "agent-protocol",
            "listener",
            "world",
        ],
    ),
    (
        "api",
        &[
            "domain",
            "event-store",
            "projections",
            "commands",
            "package-store",
            "vault",
            "listener",
        ],
    ),
];

/// The crates in which nothing is left to chance: what they need of the world comes from `upkeep-world`, which their `clippy.toml`
/// holds them to.
const INSIDE: [&str; 5] = [
    "event-store",
    "projections",
    "commands",
    "automation",
    "agent-gateway",
];

/// The crates whose words are stored or sent.
const SPEAKING: [&str; 8] = [
    "domain",
    "commands",
    "projections",
    "automation",
    "api",
    "agent-gateway",
    "agent-protocol",
    "metascript",
];

/// Where `Debug` puts texts of others into quotation marks, and how often.
const QUOTED: [(&str, usize); 12] = [
    ("api/src/schema/event/filter.rs", 1),
    ("api/src/schema/fleet/tenant/change.rs", 1),
    ("api/src/schema/maintenance/session/run.rs", 1),
    ("api/src/schema/node.rs", 1),
    ("api/src/schema/rules/ordering.rs", 1),
    ("api/src/schema/types.rs", 1),
    ("domain/src/catalogue/software/command.rs", 1),
    ("domain/src/catalogue/version/mod.rs", 2),
    ("domain/src/rules/expression/compile.rs", 1),
    ("metascript/src/http/guard.rs", 1),
    ("metascript/src/http/headers.rs", 1),
    ("metascript/src/program.rs", 2),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust source of the workspace's crates, by its path from the root.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").is_file())
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(found.len() > 300, "{}", found.len());
    found
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[test]
fn a_file_holds_no_more_than_can_be_read_at_once() {
    let lines: BTreeMap<String, usize> = (sources().into_iter())
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path, text.lines().count()))
        .collect();
    for (path, lines) in &lines {
        let known = TOO_LONG.iter().find(|(known, _)| known == path);
        let most = known.map_or(MAX_LINES, |(_, most)| *most);
        assert!(
            *lines <= most,
            "{path} has {lines} lines, and {most} are the most"
        );
    }
    for (path, _) in TOO_LONG {
        let now = lines.get(path);
        assert!(
            now.is_some_and(|lines| *lines > MAX_LINES),
            "{path} is gone or short enough: take it off the list"
        );
    }
}

#[test]
fn dependencies_point_one_way() {
    for (name, may) in ARROWS {
        let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        let (_, section) = manifest
            .split_once("[dependencies]")
            .unwrap_or((&manifest, ""));
        let section = section.split("\n[").next().unwrap();
        let ours = section
            .lines()
            .filter_map(|line| line.strip_prefix("upkeep-")?.split(['.', ' ']).next());
        for other in ours {
            assert!(may.contains(&other), "{name} stands on {other}");
        }
    }
}

/// The macro's own order is chance.
#[test]
fn of_several_things_that_may_happen_one_comes_first() {
    for (path, text) in sources() {
        let inside = |name: &&str| path.starts_with(&format!("{name}/src/"));
        if !(INSIDE.iter().any(inside)
            || path == "upkeep/src/installation.rs"
            || path == "upkeep/src/server.rs")
            || is_test(&path)
        {
            continue;
        }
        for select in text.split("tokio::select! {").skip(1) {
            let mut lines = select.lines().map(str::trim);
            let first = lines.find(|line| !line.is_empty() && !line.starts_with("//"));
            assert_eq!(first, Some("biased;"), "{path}");
        }
    }
}

#[test]
fn the_kernel_knows_no_context() {
    let contexts = [
        "access",
        "catalogue",
        "fleet",
        "installation",
        "maintenance",
        "rules",
    ];
    for (path, text) in sources() {
        if path.starts_with("domain/src/kernel/") {
            for context in contexts {
                let knows = text.contains(&format!("crate::{context}::"));
                assert!(!knows, "{path} knows {context}");
            }
        }
    }
}

/// What a role may is asked of `domain::access`; whoever looks at ranks decides for itself.
#[test]
fn ranks_are_compared_in_access_alone() {
    for (path, text) in sources() {
        if !path.starts_with("domain/src/access/") && !is_test(&path) {
            assert!(!text.contains("Rank::"), "{path} looks at ranks");
        }
    }
}

/// Bounds of the rules are known in one place, from which people are told them.
#[test]
fn every_limit_of_the_domain_is_among_its_limits() {
    for (path, text) in sources() {
        if path.starts_with("domain/src/") && !path.ends_with("/limits.rs") && !is_test(&path) {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            assert!(
                !code.contains("const MAX_"),
                "{path} has a limit of its own"
            );
        }
    }
}

/// What is stored or sent is made of written names. `Debug` may put a text into quotation marks, and the list says where.
#[test]
fn nothing_that_is_stored_or_sent_comes_from_debug() {
    for (path, text) in sources() {
        let speaks = (SPEAKING.iter()).any(|name| path.starts_with(&format!("{name}/src/")));
        if !speaks || is_test(&path) {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let known = QUOTED.iter().find(|(known, _)| *known == path);
        let most = known.map_or(0, |(_, most)| *most);
        let found = code.matches(":?}").count();
        assert_eq!(found, most, "{path}: what goes out comes from Debug");
    }
}

#[test]
fn every_crate_begins_with_what_it_is_for() {
    for (path, text) in sources() {
        if path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") {
            assert!(text.starts_with("//! "), "{path}");
        }
    }
}

/// The names of all tests.
fn names_of_tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in sources().values() {
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
            if let (true, Some((_, rest))) = (is_test, line.split_once("fn ")) {
                let name = rest.split('(').next().unwrap_or_default();
                found.insert(name.to_owned());
                is_test = false;
            }
        }
    }
    assert!(found.len() > 1_000, "{}", found.len());
    found
}

/// Whoever renames a test takes it along to the page; whoever deletes one says there what is not held any more.
#[test]
fn what_is_said_to_end_a_pain_is_held_by_tests() {
    let page = std::fs::read_to_string(root().join("docs/pains.md")).unwrap();
    let tests = names_of_tests();
    let rows = page.lines().filter(|line| line.starts_with("| **"));
    let mut count = 0;
    for row in rows {
        let held = row.trim_end_matches([' ', '|']).rsplit(" | ").next();
        let names: Vec<&str> = held
            .unwrap_or_default()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        assert!(!names.is_empty(), "no test holds it: {row}");
        for name in names {
            assert!(
                tests.contains(name),
                "docs/pains.md names a test that does not exist: {name}"
            );
        }
        count += 1;
    }
    assert_eq!(count, 6, "rows of docs/pains.md");
}
