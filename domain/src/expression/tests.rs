use super::*;
use crate::tag::Tag;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A workstation of Contoso whose manufacturer nobody knows.
struct Known {
    texts: BTreeMap<Fact, &'static str>,
    tags: BTreeSet<Tag>,
}

impl Facts for Known {
    fn fact(&self, fact: Fact) -> Option<Value<'_>> {
        match fact {
            Fact::ComputerTags => Some(Value::Tags(&self.tags)),
            Fact::ComputerOnboarded => Some(Value::Truth(true)),
            Fact::ChassisType => Some(Value::Whole(3)),
            _ => self.texts.get(&fact).map(|text| Value::Text(text)),
        }
    }
}

fn known() -> Known {
    Known {
        texts: [
            (Fact::ComputerClass, "workstation"),
            (Fact::ComputerName, "CAD-07"),
            (Fact::TenantName, "Contoso"),
            (Fact::OsVersion, "10.0.19045"),
        ]
        .into(),
        tags: ["finance", "vip"].map(|tag| Tag::new(tag).unwrap()).into(),
    }
}

fn outcome(source: &str) -> Outcome {
    FilterExpression::new(source)
        .unwrap_or_else(|error| panic!("{source}: {error}"))
        .evaluate(&known())
}

#[test]
fn the_schema_is_in_the_order_of_its_facts() {
    for (place, line) in SCHEMA.iter().enumerate() {
        assert_eq!(line.fact as usize, place, "{}", line.path);
    }
}

#[test]
fn what_is_known_decides() {
    use Outcome::{DoesNotMatch as No, Matches as Yes};
    let rows = [
        (r#"computer.class == "workstation""#, Yes),
        (r#"computer.class != "server" && computer.onboarded"#, Yes),
        (r#"computer.name.startsWith("CAD-")"#, Yes),
        (r#"computer.name.endsWith("08") || false"#, No),
        (r#"computer.name.matches("^CAD-[0-9]+$")"#, Yes),
        (r#"computer.name.contains("D-0") ? true : false"#, Yes),
        (r#""Finance" in computer.tags"#, Yes),
        (r#"!("sales" in computer.tags)"#, Yes),
        (r#"tenant.name in ["Fabrikam", "Contoso"]"#, Yes),
        ("inventory.chassisType in [3, 4]", Yes),
        ("inventory.chassisType >= 8", No),
        ("size(computer.tags) == 2 && computer.name.size() == 6", Yes),
        (r#"version(inventory.osVersion) >= version("10.0.9")"#, Yes),
        (
            r#"version("10.0.22000") <= version(inventory.osVersion)"#,
            No,
        ),
        (
            "has(inventory.osVersion) && !has(inventory.manufacturer)",
            Yes,
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(outcome(source), expected, "{source}");
    }
}

#[test]
fn an_unknown_fact_does_not_match_unless_the_other_side_decides() {
    let unknown = Outcome::Unknown(Fact::Manufacturer);
    let rows = [
        (r#"inventory.manufacturer == "Dell""#, unknown),
        (r#"!(inventory.manufacturer == "Dell")"#, unknown),
        (r#"inventory.manufacturer != "Dell""#, unknown),
        (
            r#"computer.onboarded && inventory.manufacturer == "Dell""#,
            unknown,
        ),
        (
            r#"inventory.manufacturer == "Dell" && !computer.onboarded"#,
            Outcome::DoesNotMatch,
        ),
        (
            r#"inventory.manufacturer == "Dell" || computer.onboarded"#,
            Outcome::Matches,
        ),
        (r#"inventory.manufacturer == "Dell" ? true : true"#, unknown),
        (
            r#"version(tenant.name) > version("1")"#,
            Outcome::Unknown(Fact::TenantName),
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(outcome(source), expected, "{source}");
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    let rows = [
        ("", 1, 1, "empty"),
        (
            "computer.colour == 1",
            1,
            1,
            "there is no fact computer.colour",
        ),
        (
            "computer.onboarded &&\n  tenant.size > 3",
            2,
            3,
            "there is no fact tenant.size",
        ),
        (
            "computer.name == 3",
            1,
            15,
            "a string cannot be compared with an int",
        ),
        (
            "computer.name",
            1,
            9,
            "a condition is needed here, and this is a string",
        ),
        (r#"computer.class == "laptop""#, 1, 16, "never \"laptop\""),
        (r#"computer.class in ["server", "x"]"#, 1, 16, "never \"x\""),
        (
            r#"computer.name.matches("(")"#,
            1,
            23,
            "no regular expression",
        ),
        ("computer.tags.exists(t, t == \"x\")", 1, 21, "exists()"),
        ("computer.name + \"x\" == \"y\"", 1, 15, "+ is not allowed"),
        ("computer.name.lower()", 1, 20, "takes one argument"),
        ("1.5 > 1.0", 1, 1, "only strings"),
        ("[1, \"x\"] == 1", 1, 1, "not both"),
        (
            "tenant.name == \"Größe 🙂\" && computer.colour",
            1,
            29,
            "no fact computer.colour",
        ),
    ];
    for (source, line, column, part) in rows {
        let error = FilterExpression::new(source).unwrap_err();
        assert!(error.message.contains(part), "{source}: {error}");
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{source}: {error}"
        );
    }
    let error = FilterExpression::new("computer.name ==").unwrap_err();
    assert!(error.message.starts_with("this is not CEL"), "{error}");
}

#[test]
fn size_depth_and_cost_are_bounded() {
    use crate::limits::{MAX_EXPRESSION_BYTES, MAX_EXPRESSION_PARTS};
    let long = format!("computer.name == \"{}\"", "x".repeat(MAX_EXPRESSION_BYTES));
    assert!(FilterExpression::new(&long).is_err());
    let deep = format!("{}true{}", "(".repeat(300), ")".repeat(300));
    assert!(FilterExpression::new(&deep).is_err());
    let wide = vec!["true"; MAX_EXPRESSION_PARTS].join(" || ");
    assert!(FilterExpression::new(&wide).is_err());
    let pattern = r#"computer.name.matches("(((a{100}){100}){100})")"#;
    assert!(FilterExpression::new(pattern).is_err());
}

#[test]
fn history_that_is_refused_now_is_kept_and_matches_nothing() {
    let old: FilterExpression = serde_json::from_str(r#""computer.colour == \"red\"""#).unwrap();
    assert_eq!(old.evaluate(&known()), Outcome::Refused);
    assert_eq!(
        serde_json::to_string(&old).unwrap(),
        r#""computer.colour == \"red\"""#
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is typed gets an answer.
    #[test]
    fn no_text_makes_it_panic(source in "[a-zäß🙂\u{0}.()\\[\\]!&|=<>?:\"'0-9 +*/,{}\\\\\n-]{0,40}") {
        let _ = FilterExpression::new(&source);
    }

    #[test]
    fn no_sequence_of_tokens_makes_it_panic(tokens in proptest::collection::vec(
        prop::sample::select(vec!["computer.name", "computer.tags", "==", "&&", "||", "!", "(", ")", "\"x\"", "3",
            "in", "[", "]", ",", "has(", "size(", ".matches(", "?", ":", "-", "computer", ".", "version(", "{", "}", "'", "\\u"]), 0..14)
    ) {
        let _ = FilterExpression::new(&tokens.join(" "));
    }
}
