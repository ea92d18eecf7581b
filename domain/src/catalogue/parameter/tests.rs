mod laws;

use super::*;
use crate::catalogue::notes::Notes;
use crate::kernel::harness::id;
use crate::kernel::ids::SecretId;
use crate::kernel::limits::{MAX_CHOICES, MAX_PARAMETER_HELP_CHARS, MAX_PARAMETERS};
use std::collections::BTreeMap;

pub(super) fn name(text: &str) -> ParameterName {
    ParameterName::new(text).unwrap()
}

fn number(number: f64) -> ParameterValue {
    ParameterValue::Number(Number::new(number).unwrap())
}

fn text(text: &str) -> ParameterValue {
    ParameterValue::Text(text.to_owned())
}

fn chosen(choices: &[&str]) -> ParameterValue {
    ParameterValue::Choices(choices.iter().map(ToString::to_string).collect())
}

fn secret(n: u128) -> ParameterValue {
    let secret = SecretId(id(n));
    ParameterValue::Secret { secret }
}

const YES: ParameterValue = ParameterValue::Boolean(true);

fn choices(choices: &[&str]) -> Choices {
    Choices::new(choices.iter().map(ToString::to_string).collect()).unwrap()
}

fn any_text() -> ParameterKind {
    ParameterKind::Text(TextRule::default())
}

fn parameter(called: &str, kind: ParameterKind) -> Parameter {
    Parameter {
        name: name(called),
        label: None,
        help: None,
        kind,
        required: false,
        default: None,
        shown_when: None,
    }
}

fn required(called: &str, kind: ParameterKind) -> Parameter {
    Parameter {
        required: true,
        ..parameter(called, kind)
    }
}

fn with_default(called: &str, kind: ParameterKind, default: ParameterValue) -> Parameter {
    Parameter {
        default: Some(default),
        ..parameter(called, kind)
    }
}

fn shown_when(parameter: Parameter, other: &str, is: ParameterValue) -> Parameter {
    let shown = ShownWhen {
        parameter: name(other),
        is,
    };
    Parameter {
        shown_when: Some(shown),
        ..parameter
    }
}

fn values(values: &[(&str, ParameterValue)]) -> Values {
    let each = values.iter();
    Values::new(each.map(|(n, value)| (name(n), value.clone())).collect()).unwrap()
}

/// What is wrong, as `name: why`.
fn faults(parameters: &[Parameter], given: &[(&str, ParameterValue)]) -> Vec<String> {
    let parameters = Parameters::new(parameters.to_vec()).unwrap();
    let faults = parameters.check(&values(given)).err();
    let faults = faults.map_or(vec![], |faults| faults.0);
    faults.iter().map(ToString::to_string).collect()
}

fn refused(parameters: &[Parameter]) -> String {
    Parameters::new(parameters.to_vec())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_name_is_one_in_every_language() {
    for good in ["a", "Server", "server_2", "Z9_"] {
        assert_eq!(ParameterName::new(good).unwrap().as_str(), good);
    }
    for bad in ["", "1st", "_a", "a-b", "a b", "ä", "a\n", "a.b", "$a"] {
        let error = ParameterName::new(bad).unwrap_err();
        assert_eq!(error, ParameterNameError::Characters, "{bad:?}");
    }
    let long = "a".repeat(65);
    let error = ParameterName::new(&long).unwrap_err();
    assert_eq!(error, ParameterNameError::TooLong(65));
}

#[test]
fn each_kind_takes_its_own_values() {
    let short = TextRule::new(Some(3), None).unwrap();
    let host = TextPattern::new("[a-z]+|[0-9]+").unwrap();
    let host = TextRule::new(None, Some(host)).unwrap();
    let whole = |min: f64, max: f64| {
        let bound = |number| Some(Number::new(number).unwrap());
        let range = NumberRange::new(bound(min), bound(max), Numbers::Whole);
        ParameterKind::Number(range.unwrap())
    };
    let any_number = || ParameterKind::Number(NumberRange::default());
    let one = || ParameterKind::Choice(choices(&["red", "green"]));
    let many = || ParameterKind::MultiChoice(choices(&["red", "green"]));
    let odd = "it's \"odd\"\n$(rm -rf /) `id` \u{1f600} \u{7}";
    for (kind, value) in [
        (any_text(), text(odd)),
        (any_text(), text("")),
        (ParameterKind::Text(short.clone()), text("äöü")),
        (ParameterKind::Text(host.clone()), text("abc")),
        (ParameterKind::Text(host.clone()), text("42")),
        (whole(1.0, 5.0), number(5.0)),
        (any_number(), number(-2.5)),
        (ParameterKind::Boolean, YES),
        (one(), text("green")),
        (many(), chosen(&["green", "red"])),
        (many(), chosen(&[])),
        (ParameterKind::Secret, secret(1)),
    ] {
        assert_eq!(kind.fits(&value), Ok(()), "{kind:?} {value:?}");
    }
    for (kind, value, why) in [
        (
            ParameterKind::Text(short),
            text("four"),
            "the text has 4 characters: at most 3 are allowed",
        ),
        (
            any_text(),
            text("a\0b"),
            "the text holds a NUL character, which no environment takes: remove it",
        ),
        (
            ParameterKind::Text(host.clone()),
            text("abc42"),
            "the text does not match [a-z]+|[0-9]+ from its beginning to its end: write it so that it does",
        ),
        (
            ParameterKind::Text(host),
            text("abc\n"),
            "the text does not match [a-z]+|[0-9]+ from its beginning to its end: write it so that it does",
        ),
        (any_text(), number(5.0), "a number was given: give a text"),
        (
            whole(1.0, 5.0),
            number(0.0),
            "0 is too small: give at least 1",
        ),
        (
            whole(1.0, 5.0),
            number(6.0),
            "6 is too large: give at most 5",
        ),
        (
            whole(1.0, 5.0),
            number(2.5),
            "2.5 is no whole number: give one without a fraction, and with at most 15 digits",
        ),
        (any_number(), text("5"), "a text was given: give a number"),
        (
            ParameterKind::Boolean,
            text("true"),
            "a text was given: give true or false",
        ),
        (
            one(),
            text("Red"),
            "\"Red\" is none of its choices: choose \"red\" or \"green\"",
        ),
        (
            one(),
            chosen(&["red"]),
            "a list of choices was given: give one of its choices, as a text",
        ),
        (
            many(),
            chosen(&["red", "red"]),
            "\"red\" was chosen twice: leave one out",
        ),
        (
            many(),
            text("red"),
            "a text was given: give a list of its choices",
        ),
    ] {
        let misfit = kind.fits(&value).unwrap_err();
        assert_eq!(misfit.to_string(), why, "{kind:?} {value:?}");
    }
}

#[test]
fn a_secret_is_told_as_one_and_as_nothing_else() {
    let refused = |kind: ParameterKind, value| kind.fits(&value).unwrap_err().to_string();
    let as_text = refused(ParameterKind::Secret, text("hush"));
    assert_eq!(as_text, "a text was given: give a secret");
    assert_eq!(
        refused(any_text(), secret(1)),
        "a secret was given: give a text"
    );
}

#[test]
fn a_kind_that_nothing_fits_is_refused() {
    let pattern = |text| TextPattern::new(text).unwrap_err();
    assert!(matches!(pattern("(a"), KindError::Pattern(_)));
    assert!(matches!(pattern("a)|(b"), KindError::Pattern(_)));
    assert!(matches!(
        pattern("((a{100}){100}){100}"),
        KindError::Pattern(_)
    ));
    let long = pattern(&"a".repeat(501));
    assert_eq!(long, KindError::PatternTooLong(501));
    assert_eq!(TextRule::new(Some(0), None), Err(KindError::MaxChars));
    assert_eq!(TextRule::new(Some(4_001), None), Err(KindError::MaxChars));
    let bound = |number| Some(Number::new(number).unwrap());
    assert!(matches!(
        NumberRange::new(bound(2.0), bound(1.0), Numbers::Any),
        Err(KindError::EmptyRange { .. })
    ));
    let all = |choices: &[&str]| Choices::new(choices.iter().map(ToString::to_string).collect());
    assert_eq!(all(&[]), Err(KindError::NoChoices));
    assert_eq!(
        all(&["a", "a"]),
        Err(KindError::ChoiceTwice("a".to_owned()))
    );
    for bad in ["", "two\nlines", &"x".repeat(201)] {
        assert!(matches!(all(&[bad]), Err(KindError::Choice(_))), "{bad}");
    }
    let many: Vec<_> = (0..=MAX_CHOICES).map(|n| n.to_string()).collect();
    assert_eq!(
        Choices::new(many),
        Err(KindError::TooManyChoices(MAX_CHOICES + 1))
    );
}

#[test]
fn a_number_is_told_as_scripts_read_it() {
    for (given, told) in [
        (5.0, "5"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (-9_007_199_254_740_991.0, "-9007199254740991"),
        (1e20, "1e+20"),
    ] {
        let number = Number::new(given).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), told);
        let back: Number = serde_json::from_str(told).unwrap();
        assert_eq!(back, number);
    }
    assert!(Number::new(f64::NAN).is_err());
    assert!(Number::new(f64::INFINITY).is_err());
}

#[test]
fn defaults_are_filled_in_and_what_is_given_beats_them() {
    let parameters = Parameters::new(vec![
        with_default("port", any_text(), text("443")),
        parameter("note", any_text()),
        required("host", any_text()),
    ])
    .unwrap();
    let given = values(&[("host", text("a"))]);
    let filled = values(&[("host", text("a")), ("port", text("443"))]);
    assert_eq!(parameters.check(&given), Ok(filled));
    let given = values(&[("host", text("a")), ("port", text(""))]);
    assert_eq!(parameters.check(&given), Ok(given.clone()));
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let all = [
        required("host", any_text()),
        required("colours", ParameterKind::MultiChoice(choices(&["red"]))),
        parameter("on", ParameterKind::Boolean),
    ];
    let given = [
        ("host", text("")),
        ("on", text("yes")),
        ("Host", text("a")),
        ("colours", chosen(&[])),
    ];
    assert_eq!(
        faults(&all, &given),
        [
            "host: it is required and has no value: give one",
            "colours: it is required and has no value: give one",
            "on: a text was given: give true or false",
            "Host: the task has no such parameter: leave it out, or look how it is written",
        ]
    );
    assert_eq!(faults(&[], &[]), Vec::<String>::new());
}

#[test]
fn a_refusal_names_some_of_many() {
    let fault = |n: usize| ParameterFault {
        parameter: name(&format!("p{n}")),
        why: Misfit::Missing,
    };
    let all = Faults((0..8).map(fault).collect()).to_string();
    assert!(all.starts_with("p0: it is required"), "{all}");
    assert!(all.ends_with("; and 3 more"), "{all}");
    let many: Vec<_> = (0..12).map(|n| format!("c{n}")).collect();
    let kind = ParameterKind::Choice(Choices::new(many).unwrap());
    let why = kind.fits(&text("none")).unwrap_err().to_string();
    assert!(why.ends_with("\"c9\", or one of 2 others"), "{why}");
}

#[test]
fn what_is_not_shown_has_no_value_and_wants_none() {
    let proxy = parameter("proxy", ParameterKind::Boolean);
    let address = shown_when(required("address", any_text()), "proxy", YES);
    let port = with_default("port", any_text(), text("8080"));
    let port = shown_when(port, "address", text("squid"));
    let parameters = Parameters::new(vec![proxy, address, port]).unwrap();
    let check = |given: &[(&str, ParameterValue)]| parameters.check(&values(given));
    assert_eq!(check(&[]), Ok(Values::default()));
    let waits = [("address", text("squid"))];
    assert_eq!(check(&waits), Ok(Values::default()));
    let missing = check(&[("proxy", YES)]).unwrap_err().to_string();
    assert_eq!(
        missing,
        "address: it is required and has no value: give one"
    );
    let all = values(&[
        ("proxy", YES),
        ("address", text("squid")),
        ("port", text("8080")),
    ]);
    assert_eq!(check(&[("proxy", YES), waits[0].clone()]), Ok(all));
    // What waits is held to its kind all the same: it would surprise whoever shows it.
    assert!(check(&[("address", number(1.0))]).is_err());
}

#[test]
fn of_several_choices_one_shows() {
    let colours = ParameterKind::MultiChoice(choices(&["red", "green"]));
    let shade = shown_when(parameter("shade", any_text()), "colours", text("red"));
    let parameters = Parameters::new(vec![parameter("colours", colours.clone()), shade]).unwrap();
    let given = |all: &[&str]| values(&[("colours", chosen(all)), ("shade", text("dark"))]);
    let both = given(&["green", "red"]);
    assert_eq!(parameters.check(&both), Ok(both.clone()));
    let green = values(&[("colours", chosen(&["green"]))]);
    assert_eq!(parameters.check(&given(&["green"])), Ok(green));
    let never = shown_when(parameter("shade", any_text()), "colours", text("blue"));
    let why = refused(&[parameter("colours", colours), never]);
    assert!(why.contains("\"blue\" is none of its choices"), "{why}");
}

#[test]
fn a_definition_that_contradicts_itself_is_refused() {
    let help = Notes::new(&"x".repeat(MAX_PARAMETER_HELP_CHARS + 1)).unwrap();
    for (parameters, why) in [
        (
            vec![parameter("Host", any_text()), parameter("host", any_text())],
            "host: there is a parameter Host before it",
        ),
        (
            vec![with_default("on", ParameterKind::Boolean, text("yes"))],
            "on: its default does not fit: a text was given",
        ),
        (
            vec![
                shown_when(parameter("a", any_text()), "b", YES),
                parameter("b", ParameterKind::Boolean),
            ],
            "a: no parameter b stands before it",
        ),
        (
            vec![shown_when(parameter("a", any_text()), "a", text("x"))],
            "a: no parameter a stands before it",
        ),
        (
            vec![with_default("key", ParameterKind::Secret, secret(1))],
            "key: a secret has no default",
        ),
        (
            vec![
                parameter("key", ParameterKind::Secret),
                shown_when(parameter("a", any_text()), "key", secret(1)),
            ],
            "a: what it is shown by never comes to be so: a secret is compared with nothing",
        ),
        (
            vec![Parameter {
                help: Some(help),
                ..parameter("a", any_text())
            }],
            "a: the help has 1001 characters",
        ),
        (
            (0..=MAX_PARAMETERS)
                .map(|n| parameter(&format!("p{n}"), any_text()))
                .collect(),
            "there are 51 parameters",
        ),
        (
            (0..5)
                .map(|n| parameter(&format!("p{n}"), ParameterKind::Secret))
                .collect(),
            "5 parameters are secrets",
        ),
        (
            (0..3)
                .map(|n| with_default(&format!("p{n}"), any_text(), text(&"x".repeat(4_000))))
                .collect(),
            "of the defaults, the values come to 12",
        ),
        (
            (0..10)
                .map(|n| {
                    let many = (0..50).map(|m| format!("{m:0>200}")).collect();
                    let many = ParameterKind::Choice(Choices::new(many).unwrap());
                    parameter(&format!("p{n}"), many)
                })
                .collect(),
            "the parameters come to 10",
        ),
    ] {
        let refused = refused(&parameters);
        assert!(refused.starts_with(why), "{refused}");
    }
}

#[test]
fn values_are_bounded_together() {
    let long = |n: usize| (name(&format!("p{n}")), text(&"x".repeat(2_000)));
    let all = |count| Values::new((0..count).map(long).collect::<BTreeMap<_, _>>());
    assert!(all(4).is_ok());
    let why = all(5).unwrap_err().to_string();
    assert!(
        why.starts_with("the values come to 10") && why.contains("at most 8192 are"),
        "{why}"
    );
}

#[test]
fn what_is_told_otherwise_is_told_in_words() {
    let values = |all: Vec<(&str, ParameterValue)>| {
        let all = all.into_iter().map(|(called, value)| (name(called), value));
        Values::new(all.collect()).unwrap()
    };
    let one = values(vec![
        ("Log", YES),
        ("Port", number(514.0)),
        ("Server", text("a \"b\"")),
        ("Ways", chosen(&["in", "out"])),
        ("Same", YES),
    ]);
    let other = values(vec![("Server", text(&"x".repeat(41))), ("Same", YES)]);
    assert_eq!(
        one.phrase_beside(&other),
        r#"Log yes, Port 514, Server "a \"b\"", Ways "in" and "out""#
    );
    let cut = "x".repeat(40);
    assert_eq!(
        other.phrase_beside(&one),
        format!("no Log, no Port, Server \"{cut}\"\u{2026}, no Ways")
    );
    assert_eq!(one.phrase_beside(&one), "");
}
