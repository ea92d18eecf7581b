use super::*;
use crate::fleet::tag::Tag;
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
            (Fact::OsBuild, ""),
            (Fact::PersonName, "Caf\u{e9}"),
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
        // As texts, "10..." would come before "9".
        (r#"version(inventory.osVersion) < version("9")"#, No),
        (
            r#"version(inventory.osVersion) == version("10.0.19045.0")"#,
            Yes,
        ),
        (r#"inventory.osVersion.startsWith("10.0.")"#, Yes),
        (r#"inventory.osVersion in ["10.0.19045"]"#, Yes),
        // Composed and decomposed.
        ("person.name == \"Cafe\u{301}\"", Yes),
        ("person.name.matches(\"^Cafe\u{301}$\")", Yes),
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
        (
            r#"version(inventory.osBuild) < version("9")"#,
            Outcome::Unknown(Fact::OsBuild),
        ),
        (
            r#"version(inventory.osBuild) < version("9") || computer.onboarded"#,
            Outcome::Matches,
        ),
        (
            r#"!(version(inventory.osBuild) < version("9"))"#,
            Outcome::Unknown(Fact::OsBuild),
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
        (
            r#"inventory.osVersion < "9""#,
            1,
            21,
            "version(inventory.osVersion)",
        ),
        (
            r#""9" >= inventory.osBuild"#,
            1,
            5,
            "version(inventory.osBuild)",
        ),
        (
            r#"version(inventory.osVersion) < version("Debian 9")"#,
            1,
            40,
            "white space",
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
    use crate::kernel::limits::{MAX_EXPRESSION_BYTES, MAX_EXPRESSION_PARTS};
    let long = format!("computer.name == \"{}\"", "x".repeat(MAX_EXPRESSION_BYTES));
    assert!(FilterExpression::new(&long).is_err());
    let deep = format!("{}true{}", "(".repeat(300), ")".repeat(300));
    assert!(FilterExpression::new(&deep).is_err());
    let wide = vec!["true"; MAX_EXPRESSION_PARTS].join(" || ");
    assert!(FilterExpression::new(&wide).is_err());
    let pattern = r#"computer.name.matches("(((a{100}){100}){100})")"#;
    assert!(FilterExpression::new(pattern).is_err());
}

/// Together: what each may have alone, sixty may not have.
#[test]
fn the_memory_of_all_patterns_of_an_expression_is_bounded() {
    let usual = r#"computer.name.matches("(?i)^cad-[0-9]{2,4}$") || tenant.name.matches("\\w+ (Ltd|GmbH|Inc)\\.?$")"#;
    assert!(FilterExpression::new(usual).is_ok());
    let one = r#"computer.name.matches("[a-z]{200}")"#;
    assert!(FilterExpression::new(one).is_ok());
    let many = vec![one; 60].join(" || ");
    let error = FilterExpression::new(&many).unwrap_err();
    assert!(error.message.contains("64 KiB"), "{error}");
    for large in [r"\\pL{60}", r"\\w{60}", "(?i)[a-z]{4000}", "(a{60}){60}"] {
        let source = format!("computer.name.matches(\"{large}\")");
        assert!(FilterExpression::new(&source).is_err(), "{large}");
    }
}

#[test]
fn an_expression_is_compiled_when_it_is_asked_and_not_when_it_is_read() {
    let checked = FilterExpression::new(r#"computer.name.matches("^CAD")"#).unwrap();
    assert!(!checked.is_compiled(), "a check keeps nothing");
    let read: FilterExpression =
        serde_json::from_str(r#""computer.name.matches(\"^CAD\")""#).unwrap();
    assert!(!read.is_compiled());
    assert_eq!(read.evaluate(&known()), Outcome::Matches);
    assert!(read.is_compiled());
    assert!(!read.at_rest().is_compiled());
    assert_eq!(read.at_rest(), read);
    // However large what history holds: it matches nothing, and that is all.
    let many = vec!["computer.name.matches(\"[a-z]{900}\")"; 60].join(" || ");
    let large: FilterExpression = serde_json::from_value(many.into()).unwrap();
    assert_eq!(large.evaluate(&known()), Outcome::Refused);
}

/// What became stricter is for what is written from now on.
#[test]
fn history_that_compares_versions_as_texts_means_what_it_meant() {
    let old: FilterExpression = serde_json::from_str(r#""inventory.osVersion < \"9\"""#).unwrap();
    assert_eq!(old.evaluate(&known()), Outcome::Matches);
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
