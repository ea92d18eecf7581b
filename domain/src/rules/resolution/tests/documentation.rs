//! docs/resolution.md: its tables are made from the code, and its worked examples are run.

use super::*;
use crate::kernel::documentation::assert_tables;
use crate::rules::expression::SCHEMA;
use crate::rules::resolution::ORDER;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/resolution.md");

fn order_table() -> String {
    let mut table = String::from("| # | Key | What beats what |\n|---|---|---|\n");
    for (place, line) in ORDER.iter().enumerate() {
        let order = if line.ranks.is_empty() {
            line.words.to_owned()
        } else {
            line.ranks.join(" > ")
        };
        writeln!(table, "| {} | {} | {order} |", place + 1, line.name).unwrap();
    }
    table
}

fn schema_table() -> String {
    let mut table = String::from("| Fact | Type | What it is |\n|---|---|---|\n");
    for line in SCHEMA {
        let values = if line.values.is_empty() {
            String::new()
        } else {
            format!(" One of `{}`.", line.values.join("`, `"))
        };
        let (path, kind) = (line.path, line.fact_type.name());
        writeln!(
            table,
            "| `{path}` | {kind} | {}{values} |",
            line.description
        )
        .unwrap();
    }
    table
}

#[test]
fn the_tables_of_the_documentation_are_those_of_the_code() {
    assert_tables(
        PATH,
        &[("order", order_table()), ("schema", schema_table())],
    );
}

#[test]
fn the_worked_examples_of_the_documentation_are_true() {
    let text = std::fs::read_to_string(PATH).unwrap();
    let blocks = text.split("```example\n").skip(1);
    let mut examples = 0;
    for block in blocks {
        let (example, _) = block.split_once("```").expect("the end of the example");
        Example::run(example);
        examples += 1;
    }
    assert!(examples >= 8, "{examples}");
}

/// A world that is told in lines.
#[derive(Default)]
struct Example {
    town: Town,
    tenants: Vec<String>,
    persons: Vec<String>,
    groups: Vec<String>,
    computers: Vec<String>,
    deployments: Vec<String>,
}

fn number(names: &[String], name: &str) -> u128 {
    let place = names.iter().position(|known| known == name);
    place.unwrap_or_else(|| panic!("nobody is called {name}")) as u128
}

/// What stands behind a word: `with(rest, "person")` of `pc, person Ada, new` is `Ada`.
fn with<'a>(parts: &[&'a str], word: &str) -> Option<&'a str> {
    parts
        .iter()
        .find_map(|part| part.strip_prefix(word)?.strip_prefix(' '))
}

fn tags_of(parts: &[&str]) -> BTreeSet<Tag> {
    let texts = with(parts, "tags").unwrap_or_default();
    texts.split_whitespace().map(tag).collect()
}

impl Example {
    fn run(text: &str) {
        let mut example = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            example.line(line);
        }
    }

    fn line(&mut self, line: &str) {
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        match head {
            "tenant" => self.tenant(rest),
            "person" => self.person(rest),
            "group" => self.group(rest),
            "computer" => self.computer(rest),
            "deployment" => self.deployment(rest),
            "on" => self.expect(rest),
            _ => panic!("what is {line:?}?"),
        }
    }

    fn tenant(&mut self, rest: &str) {
        let parts: Vec<&str> = rest.split(", ").collect();
        let parent = with(&parts, "below").map(|parent| number(&self.tenants, parent));
        let n = self.tenants.len() as u128;
        self.tenants.push(parts[0].to_owned());
        self.town = std::mem::take(&mut self.town).tenant(n, parent);
        let state = self.town.tenants.get_mut(&tenant(n)).unwrap();
        state.name = Some(name(parts[0]));
        state.tags = tags_of(&parts);
        if parts.contains(&"excluded from cross-tenant") {
            state.cross_tenant = CrossTenant::Excluded;
        }
    }

    fn person(&mut self, rest: &str) {
        let parts: Vec<&str> = rest.split(", ").collect();
        let (who, of) = parts[0].split_once(" of ").expect("a tenant");
        let n = self.persons.len() as u128;
        self.persons.push(who.to_owned());
        let of = number(&self.tenants, of);
        self.town = std::mem::take(&mut self.town).somebody(n, of);
        self.town.persons.get_mut(&person(n)).unwrap().tags = tags_of(&parts);
    }

    fn group(&mut self, rest: &str) {
        let (what, members) = rest.split_once(": ").expect("members");
        let (what, of) = what.split_once(" of ").expect("a tenant");
        let members: Vec<Member> = members
            .split(", ")
            .map(|member| match member.split_once(' ') {
                Some(("group", inner)) => Member::Group(group(number(&self.groups, inner))),
                Some(("person", who)) => Member::Person(person(number(&self.persons, who))),
                _ => panic!("who is {member:?}?"),
            })
            .collect();
        let n = self.groups.len() as u128;
        self.groups.push(what.to_owned());
        let of = number(&self.tenants, of);
        self.town = std::mem::take(&mut self.town).group(n, of, &members);
    }

    fn computer(&mut self, rest: &str) {
        let parts: Vec<&str> = rest.split(", ").collect();
        let (what, of) = parts[0].split_once(" of ").expect("a tenant");
        let n = self.computers.len() as u128;
        self.computers.push(what.to_owned());
        let chassis = if parts.contains(&"laptop") {
            Some(9)
        } else if parts.contains(&"server") {
            Some(17)
        } else if parts.contains(&"unknown chassis") {
            Some(2)
        } else {
            Some(3)
        };
        let mut state = pc(n, number(&self.tenants, of), chassis);
        state.tags = tags_of(&parts);
        state.primary_person = with(&parts, "person").map(|who| person(number(&self.persons, who)));
        if parts.contains(&"new") {
            state.onboarding = OnboardingStatus::NeedsOnboarding;
        }
        self.town.computers.insert(computer(n), state);
    }

    fn deployment(&mut self, rest: &str) {
        let (what, rest) = rest.split_once(": ").expect("a target");
        let (target, state) = rest.split_once(" -> ").expect("a state");
        let parts: Vec<&str> = target.split(", ").collect();
        let scope = if parts[0] == "every tenant" {
            Scope::CrossTenant
        } else if let Some(of) = with(&parts[..1], "computer") {
            let computer = computer(number(&self.computers, of));
            Scope::Individual { computer }
        } else if let Some(who) = with(&parts[..1], "person") {
            let person = person(number(&self.persons, who));
            Scope::Person { person }
        } else {
            let of = with(&parts[..1], "tenant").expect("a scope");
            let include_children = of.ends_with(" and below");
            let of = of.trim_end_matches(" and below");
            Scope::SingleTenant {
                tenant: tenant(number(&self.tenants, of)),
                include_children,
            }
        };
        let states: Vec<&str> = state.split(", ").collect();
        let rule = Rule {
            item: software(1),
            target: Target {
                scope,
                membership: self.membership(&parts),
                filter: filter_of(&parts),
            },
            desired: match states[0] {
                "installed" => Installed,
                "uninstalled" => Uninstalled,
                "ignored" => Ignored,
                "update if found" => UpdateIfFound,
                other => panic!("what is {other:?}?"),
            },
            enforcement: match states.get(1) {
                Some(&"onboarding") => Enforcement::Onboarding,
                Some(&"ad hoc") => Enforcement::AdHoc,
                Some(&"optional") => Enforcement::Optional,
                _ => Enforcement::Required,
            },
            origin: if states.contains(&"recommended") {
                Origin::Recommended
            } else {
                Origin::Local
            },
            parameters: crate::catalogue::parameter::Values::default(),
        };
        self.deployments.push(what.to_owned());
        self.town = std::mem::take(&mut self.town).rule(rule);
    }

    fn membership(&self, parts: &[&str]) -> Membership {
        if let Some(text) = with(parts, "tag") {
            with_tag(text, TagBearer::Computer)
        } else if let Some(text) = with(parts, "tag on person") {
            with_tag(text, TagBearer::Person)
        } else if let Some(what) = with(parts, "group") {
            let group = group(number(&self.groups, what));
            Membership::DirectoryGroup { group }
        } else if let Some(text) = with(parts, "expression") {
            let expression = FilterExpression::new(text).unwrap();
            Membership::Expression { expression }
        } else {
            Membership::AllComputers
        }
    }

    /// `pc: A wins, B loses on scope, C does not apply because ...`, or `a conflict`.
    fn expect(&self, rest: &str) {
        let (what, outcomes) = rest.split_once(": ").expect("outcomes");
        let resolution = self.town.explain(number(&self.computers, what)).remove(0);
        let called = |id| {
            let number = self.town.rulebook().number_of(id).unwrap();
            &self.deployments[number as usize]
        };
        for outcome in outcomes.split("; ") {
            let told = |of: &str| format!("{outcome}, but {resolution:?} of {of}");
            if outcome == "a conflict" {
                assert!(resolution.is_conflict(), "{}", told(what));
            } else if let Some(winner) = outcome.strip_suffix(" wins") {
                let found = resolution
                    .winner()
                    .map(|winner| called(winner.deployment).as_str());
                assert_eq!(found, Some(winner), "{}", told(what));
            } else if let Some((loser, key)) = outcome.split_once(" loses on ") {
                let mut losers = resolution.ranked.iter().skip(1);
                let loser = losers.find(|ranked| called(ranked.deployment) == loser);
                let loss = loser.and_then(|ranked| ranked.lost).expect("a loser");
                assert_eq!(
                    loss.difference.key.description().name,
                    key,
                    "{}",
                    told(what)
                );
            } else if let Some((deployment, why)) = outcome.split_once(" does not apply: ") {
                let mut others = resolution.not_candidates.iter();
                let not = others.find(|not| called(not.deployment) == deployment);
                let reason = not.expect("no candidate").reason.sentence(self);
                assert_eq!(reason, why, "{}", told(what));
            } else {
                panic!("what is {outcome:?}?");
            }
        }
    }
}

fn filter_of(parts: &[&str]) -> TargetFilter {
    let is = |text| parts.contains(&text);
    if is("servers") {
        TargetFilter::Servers
    } else if is("portable devices") {
        TargetFilter::PortableDevices
    } else if is("workstations") {
        TargetFilter::Workstations
    } else if is("workstations and portable devices") {
        TargetFilter::WorkstationsAndPortableDevices
    } else {
        TargetFilter::None
    }
}

impl Names for Example {
    fn tenant(&self, id: TenantId) -> String {
        let known = (0..).zip(&self.tenants).find(|(n, _)| tenant(*n) == id);
        known.map(|(_, name)| name.clone()).unwrap_or_default()
    }
    fn computer(&self, id: ComputerId) -> String {
        let known = (0..).zip(&self.computers).find(|(n, _)| computer(*n) == id);
        known.map(|(_, name)| name.clone()).unwrap_or_default()
    }
    fn person(&self, id: PersonId) -> String {
        let known = (0..).zip(&self.persons).find(|(n, _)| person(*n) == id);
        known.map(|(_, name)| name.clone()).unwrap_or_default()
    }
    fn group(&self, id: GroupId) -> String {
        let known = (0..).zip(&self.groups).find(|(n, _)| group(*n) == id);
        known.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}
