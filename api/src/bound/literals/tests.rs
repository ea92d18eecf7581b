use super::*;
use crate::bound::document;
use crate::schema;
use async_graphql::Variables;
use std::sync::LazyLock;

static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| Contract::read(&schema::alone().sdl()).unwrap());

fn refused(text: &str) -> Option<String> {
    let document = document::parse(text, &Variables::default()).unwrap();
    let refused = check(&document, &CONTRACT).err()?;
    assert!(!refused.is_limit());
    let Refused::Invalid(error) = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.locations.len(), 1, "{text}");
    Some(refused.to_string())
}

/// What is wrong with an argument of `computers`, and where.
fn of_computers(argument: &str) -> Option<String> {
    refused(&format!("{{ computers({argument}) {{ totalCount }} }}"))
}

/// A key of digits alone is easily written without its quotes.
#[test]
fn what_was_to_be_a_secret_is_not_repeated() {
    for value in ["4711", "[4711]", "{ text: 4711 }", "true", "X4711"] {
        let input = format!("input: {{ name: \"a\", value: {value} }}");
        let text = format!("mutation {{ createSecret({input}) {{ secret {{ id }} }} }}");
        assert_eq!(
            refused(&text).unwrap(),
            "\"input.value\" of \"createSecret\": that is no SecretText!: write it in quotes"
        );
    }
}

#[test]
fn literals_are_of_the_type_that_is_wanted() {
    for argument in [
        "first: 1",
        "first: null",
        "first: 2147483647",
        "after: \"x\"",
        "asOf: { position: \"1\" }",
        "asOf: { position: 1 }",
        "asOf: { time: \"2026-01-01T00:00:00Z\" }",
        "filter: {}",
        "filter: { onboarding: NEEDS_ONBOARDING, isOnline: null }",
        "filter: { tenantId: 1, isOnline: true }",
        "nothing: X",
    ] {
        assert_eq!(of_computers(argument), None, "{argument}");
    }
    for (argument, at, words) in [
        (
            "filter: { onboarding: \"NEEDS_ONBOARDING\" }",
            "filter.onboarding",
            "write NEEDS_ONBOARDING, without quotes",
        ),
        (
            "filter: { onboarding: \"X\" }",
            "filter.onboarding",
            "write one of its values",
        ),
        (
            "filter: { onboarding: X }",
            "filter.onboarding",
            "X is no OnboardingStatus",
        ),
        (
            "filter: { onboarding: 1 }",
            "filter.onboarding",
            "write one of its values",
        ),
        (
            "filter: { isOnline: \"true\" }",
            "filter.isOnline",
            "write true or false",
        ),
        (
            "filter: { tenantId: 1.5 }",
            "filter.tenantId",
            "write it in quotes",
        ),
        (
            "filter: { tenantId: true }",
            "filter.tenantId",
            "true is no ID",
        ),
        ("filter: { nothing: 1 }", "filter.nothing", "no such member"),
        ("filter: [{}]", "filter", "in braces"),
        ("filter: \"x\"", "filter", "\"x\" is no ComputerFilter"),
        ("first: \"1\"", "first", "a whole number"),
        ("first: 1.0", "first", "a whole number"),
        ("first: 2147483648", "first", "a whole number"),
        ("after: 1", "after", "1 is no String: write it in quotes"),
        ("after: X", "after", "write it in quotes"),
        ("asOf: { time: 1 }", "asOf.time", "1 is no DateTime"),
        ("asOf: { position: X }", "asOf.position", "X is no Position"),
        ("asOf: {}", "asOf", "exactly one member"),
        ("asOf: { position: null }", "asOf", "leave the others out"),
        (
            "asOf: { position: \"1\", time: null }",
            "asOf",
            "leave the others out",
        ),
    ] {
        let message = of_computers(argument).unwrap_or_else(|| panic!("{argument}"));
        let place = format!("\"{at}\" of \"computers\": ");
        assert!(
            message.starts_with(&place) && message.contains(words),
            "{argument}: {message}"
        );
    }
}

#[test]
fn one_value_is_a_list_of_one() {
    let nodes = |ids: &str| refused(&format!("{{ nodes(ids: {ids}) {{ id }} }}"));
    for ids in ["[]", "[\"a\", 1]", "\"a\"", "1"] {
        assert_eq!(nodes(ids), None, "{ids}");
    }
    for (ids, at) in [
        ("null", "ids"),
        ("[null]", "ids.0"),
        ("[1, X]", "ids.1"),
        ("{}", "ids"),
    ] {
        let message = nodes(ids).unwrap_or_else(|| panic!("{ids}"));
        assert!(
            message.starts_with(&format!("\"{at}\" of")),
            "{ids}: {message}"
        );
    }
}

#[test]
fn what_an_input_wants_is_there() {
    let create = |input: &str| {
        refused(&format!(
            "mutation($n: String!) {{ createTenant(input: {input}) {{ position }} }}"
        ))
    };
    assert_eq!(create("{ name: $n }"), None);
    let missing = create("{ options: null }").unwrap();
    assert_eq!(
        missing,
        "\"input.name\" of \"createTenant\": it is missing: give it a String!"
    );
    assert!(create("{ name: null }").is_some());
    // Beside a variable, too.
    assert!(create("{ name: $n, options: { commandId: X } }").is_some());
}

#[test]
fn values_are_looked_at_wherever_they_are() {
    for text in [
        "{ ...F } fragment F on Query { computers(first: X) { totalCount } }",
        "{ tenants { nodes { ... on Tenant { computers(first: X) { totalCount } } } } }",
        "{ tenants { nodes { ... { computers(first: X) { totalCount } } } } }",
        "{ viewer @skip(if: \"true\") { role } }",
        "{ ... @include(if: 1) { viewer { role } } }",
        "{ __type(name: X) { name } }",
        "query($f: Int = \"1\") { computers(first: $f) { totalCount } }",
        "query($f: ComputerFilter = { isOnline: 1 }) { computers(filter: $f) { totalCount } }",
        "query A { viewer { role } } query B { computers(first: X) { totalCount } }",
        "subscription { events(after: X) { position } }",
    ] {
        assert!(refused(text).is_some(), "{text}");
    }
}

#[test]
fn a_variable_is_of_the_type_that_is_wanted() {
    let of = |declared: &str, used: &str| refused(&format!("query({declared}) {{ {used} }}"));
    for (declared, used) in [
        ("$x: ID!", "node(id: $x) { id }"),
        ("$x: ID = 1", "node(id: $x) { id }"),
        ("$x: [ID!]!", "nodes(ids: $x) { id }"),
        ("$x: ID!", "nodes(ids: [$x]) { id }"),
        ("$x: Int!", "computers(first: $x) { totalCount }"),
        (
            "$x: Position!",
            "computers(asOf: { position: $x }) { totalCount }",
        ),
        ("$x: ID!", "computers(first: $unknown) { totalCount }"),
    ] {
        assert_eq!(of(declared, used), None, "{declared}: {used}");
    }
    for (declared, used) in [
        ("$x: ID", "node(id: $x) { id }"),
        ("$x: ID = null", "node(id: $x) { id }"),
        ("$x: String!", "node(id: $x) { id }"),
        ("$x: ID!", "nodes(ids: $x) { id }"),
        ("$x: [ID]!", "nodes(ids: $x) { id }"),
        ("$x: [ID!]", "nodes(ids: $x) { id }"),
        (
            "$x: Int",
            "computers(filter: { isOnline: $x }) { totalCount }",
        ),
        (
            "$x: String!",
            "computers(filter: { onboarding: $x }) { totalCount }",
        ),
        ("$x: Boolean", "viewer @skip(if: $x) { role }"),
    ] {
        let message = of(declared, used).unwrap_or_else(|| panic!("{declared}: {used}"));
        assert!(message.contains("$x is declared as"), "{message}");
    }
    let may_be_null = of(
        "$x: Position",
        "computers(asOf: { position: $x }) { totalCount }",
    );
    assert!(may_be_null.unwrap().contains("exclamation mark"));
}

#[test]
fn a_long_value_is_not_repeated_whole() {
    let long = format!("first: \"{}\"", "ä".repeat(10_000));
    assert!(of_computers(&long).unwrap().len() < 400);
}
