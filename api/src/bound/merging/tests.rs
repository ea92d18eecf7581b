use super::*;
use crate::bound::document;
use async_graphql::Variables;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Two kinds of pets, as the specification has them, and what a pet of any kind can be asked.
const SDL: &str = "
    type Query { pet(id: Int): Pet anyone: CatOrDog dog: Dog cat: Cat count: Int! name: String! }
    interface Pet { name: String! friend(id: Int): Pet owner: Dog }
    type Dog { name: String! friend(id: Int): Pet owner: Dog volume: Int bark: Int! age: Int friends: [Dog!]! other: Dog }
    type Cat { name: String! friend(id: Int): Pet owner: Dog volume: String meow: Int! age: Int! friends: [Cat!]! other: Cat }
    union CatOrDog = Cat | Dog";
static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::read(SDL).unwrap());

fn refused(text: &str) -> Option<Refused> {
    let document = document::parse(text, &Variables::default()).unwrap();
    check(&document, &CONTRACT).err()
}

#[test]
fn one_key_is_one_thing() {
    for text in [
        "{ dog { name name } dog { name age } }",
        "{ a: count b: name }",
        "{ dog { friend(id: 1) { name } friend(id: 1) { owner { name } } } }",
        "query($x: Int) { pet(id: $x) { name } pet(id: $x) { name } }",
        "{ pet { ... on Dog { x: bark } ... on Cat { x: meow } } }",
        "{ pet { ... on Dog { x: friend(id: 1) { name } } ... on Cat { x: friend(id: 2) { name } } } }",
        "{ pet { ... on Dog { x: other { y: name } } ... on Cat { x: other { y: __typename } } } }",
        "{ pet { x: owner { name } ... on Dog { x: owner { age } } ... on Cat { x: owner { bark } } } }",
        "{ anyone { __typename ... on Dog { age: bark } ... on Cat { age } } }",
        "{ ...F ...F dog { name } } fragment F on Query { dog { name } }",
        "{ __schema { types { name } } __schema { types { kind } } __typename }",
        "{ nothing { a } nothing { a: b } }",
    ] {
        let found = refused(text);
        assert!(found.is_none(), "{text}: {found:?}");
    }
}

#[test]
fn two_things_under_one_key_are_refused() {
    for (text, key, words) in [
        ("{ a: count a: name }", "a", "as \"count\" and as \"name\""),
        (
            "{ dog { a: name } dog { a: __typename } }",
            "dog.a",
            "as \"name\"",
        ),
        (
            "{ dog { a: name } ...F } fragment F on Query { dog { ... on Dog { a: __typename } } }",
            "dog.a",
            "as \"name\"",
        ),
        (
            "{ a: pet(id: 1) { name } a: pet(id: 2) { name } }",
            "a",
            "different arguments",
        ),
        (
            "{ a: pet(id: 1) { name } a: pet { name } }",
            "a",
            "different arguments",
        ),
        (
            "query($x: Int, $y: Int) { pet(id: $x) { name } pet(id: $y) { name } }",
            "pet",
            "different arguments",
        ),
        (
            "{ dog { other { friend(id: 1) { name } } } dog { other { friend(id: 2) { name } } } }",
            "dog.other.friend",
            "different arguments",
        ),
        (
            "{ pet { x: name ... on Dog { x: __typename } } }",
            "pet.x",
            "as \"name\"",
        ),
        (
            "{ pet { ... on Pet { x: name } ... on Cat { x: __typename } } }",
            "pet.x",
            "as \"name\"",
        ),
        (
            "{ pet { ... on Dog { x: volume } ... on Cat { x: volume } } }",
            "pet.x",
            "as Int and as String",
        ),
        (
            "{ anyone { ... on Dog { age } ... on Cat { age } } }",
            "anyone.age",
            "as Int and as Int!",
        ),
        (
            "{ pet { ... on Dog { x: friends { name } } ... on Cat { x: friend { name } } } }",
            "pet.x",
            "differ in shape",
        ),
        (
            "{ pet { ... on Dog { x: friend { name } } ... on Cat { x: name } } }",
            "pet.x",
            "differ in shape",
        ),
        (
            "{ pet { ... on Dog { x: other { y: volume } } ... on Cat { x: other { y: volume } } } }",
            "pet.x.y",
            "differ in shape",
        ),
        (
            "{ pet { ... on Dog { x: other { y: name } x: other { y: __typename } } ... on Cat { x: other { y: name } } } }",
            "pet.x.y",
            "as \"name\"",
        ),
        (
            "{ pet { x: owner { y: name } ... on Dog { x: owner { y: __typename } } ... on Cat { x: owner { y: name } } } }",
            "pet.x.y",
            "as \"name\"",
        ),
        (
            "{ __schema { a: types { name } a: directives { name } } }",
            "__schema.a",
            "as \"types\"",
        ),
        (
            "query A { count } query B { a: count a: name }",
            "a",
            "as \"count\"",
        ),
    ] {
        assert_refused(text, key, words);
    }
}

fn assert_refused(text: &str, key: &str, words: &str) {
    let found = refused(text).unwrap_or_else(|| panic!("{text}"));
    let message = found.to_string();
    let begin = format!("\"{key}\" is asked for");
    assert!(
        message.starts_with(&begin) && message.contains(words),
        "{text}: {message}"
    );
    let Refused::Invalid(error) = found else {
        panic!("{text}");
    };
    assert_eq!(error.locations.len(), 2);
}

#[test]
fn what_would_be_compared_again_and_again_is_refused() {
    // Each level asks every pet for the next one, and dogs and cats for one of their own: two sets of two, and so on.
    let mut text = String::from("{ pet { ...F0 } }");
    let levels = 12;
    for level in 0..levels {
        let next = level + 1;
        write!(
            text,
            " fragment F{level} on Pet {{ x: friend {{ ...F{next} }} ... on Dog {{ x: friend {{ a{level}: name }} }}
              ... on Cat {{ x: friend {{ b{level}: name }} }} }}"
        )
        .unwrap();
    }
    write!(text, " fragment F{levels} on Pet {{ name }}").unwrap();
    assert!(refused(&text).is_none(), "that is little yet");

    let kinds = 40;
    let mut sdl =
        String::from("type Query { node: Node } interface Node { next: Node name: String }");
    for kind in 0..kinds {
        write!(sdl, " type T{kind} {{ next: Node name: String }}").unwrap();
    }
    let contract = Contract::read(&sdl).unwrap();
    let levels = 7;
    let mut text = String::from("{ node { ...F0 } }");
    for level in 0..levels {
        write!(
            text,
            " fragment F{level} on Node {{ next {{ ...F{} }}",
            level + 1
        )
        .unwrap();
        for kind in 0..kinds {
            write!(
                text,
                " ... on T{kind} {{ next {{ ... on T{} {{ a{kind}: name }} }} }}",
                kind + 1
            )
            .unwrap();
        }
        text += " }";
    }
    write!(text, " fragment F{levels} on Node {{ name }}").unwrap();
    let document = document::parse(&text, &Variables::default()).unwrap();
    let found = check(&document, &contract).err();
    assert!(matches!(found, Some(Refused::Merging)), "{found:?}");
    assert!(Refused::Merging.is_limit());
}

#[test]
fn a_fragment_without_a_type_says_that_of_the_one_that_it_is_in() {
    let text = "{ ... { a } pet { ... on Dog { ... { ... @skip(if: false) { b } other { ... { c } } } } ...F } } fragment F on Pet { ... { d } }";
    let mut document = document::parse(text, &Variables::default()).unwrap();
    say_types(&mut document);
    let written = format!("{document:?}");
    assert_eq!(
        written.matches("type_condition: None").count(),
        2,
        "a and c"
    );
    let of = |name: &str| written.matches(&format!("Name(\"{name}\")")).count();
    assert_eq!((of("Dog"), of("Pet")), (3, 2));
}

#[test]
fn a_large_document_is_within_the_bounds() {
    let fields = "dog { other { friend(id: 1) { name } } } ".repeat(MAX_SELECTIONS / 6);
    assert!(refused(&format!("{{ {fields} }}")).is_none());
}
