//! Whatever is defined and given: what passes fits, and comes to itself.

use super::{name, shown_when};
use crate::catalogue::parameter::*;
use crate::kernel::harness::id;
use crate::kernel::ids::SecretId;
use proptest::prelude::*;
use std::collections::BTreeMap;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const CHOICES: [&str; 3] = ["x", "y", "z"];

fn value() -> impl Strategy<Value = ParameterValue> {
    let choice = prop::sample::select(&CHOICES[..]).prop_map(str::to_owned);
    prop_oneof![
        any::<bool>().prop_map(ParameterValue::Boolean),
        (-3_i8..=3).prop_map(|n| {
            let number = Number::new(f64::from(n) / 2.0).unwrap();
            ParameterValue::Number(number)
        }),
        choice.clone().prop_map(ParameterValue::Text),
        "\\PC{0,4}".prop_map(ParameterValue::Text),
        prop::collection::vec(choice, 0..4).prop_map(ParameterValue::Choices),
        (1_u128..3).prop_map(|n| {
            let secret = SecretId(id(n));
            ParameterValue::Secret { secret }
        }),
    ]
}

fn kind() -> impl Strategy<Value = ParameterKind> {
    let all = || Choices::new(CHOICES.map(str::to_owned).to_vec()).unwrap();
    let bound = Number::new(1.0).unwrap();
    prop_oneof![
        Just(ParameterKind::Text(TextRule::default())),
        Just(ParameterKind::Text(
            TextRule::new(Some(2), Some(TextPattern::new("[x-z]*").unwrap())).unwrap()
        )),
        Just(ParameterKind::Number(
            NumberRange::new(None, Some(bound), Numbers::Whole).unwrap()
        )),
        Just(ParameterKind::Boolean),
        Just(ParameterKind::Secret),
        Just(ParameterKind::Choice(all())),
        Just(ParameterKind::MultiChoice(all())),
    ]
}

fn parameter(called: &'static str) -> impl Strategy<Value = Parameter> {
    let shown = prop::option::of((prop::sample::select(&NAMES[..]), value()));
    let default = prop::option::of(value());
    (kind(), any::<bool>(), default, shown).prop_map(move |(kind, required, default, shown)| {
        let default = default.filter(|default| kind.fits(default).is_ok());
        let default = default.filter(|_| kind != ParameterKind::Secret);
        let parameter = Parameter {
            name: name(called),
            label: None,
            help: None,
            kind,
            required,
            default,
            shown_when: None,
        };
        match shown {
            Some((other, is)) => shown_when(parameter, other, is),
            None => parameter,
        }
    })
}

/// Conditions that cannot be are left out: the rest is defined.
fn parameters() -> impl Strategy<Value = Parameters> {
    let all = NAMES.map(parameter).into_iter().collect::<Vec<_>>();
    all.prop_map(|all| {
        let mut kept: Vec<Parameter> = vec![];
        for mut parameter in all {
            let with = |last: &Parameter| {
                let all = kept.iter().chain([last]).cloned().collect();
                Parameters::new(all)
            };
            if with(&parameter).is_err() {
                parameter.shown_when = None;
            }
            kept.push(parameter);
        }
        Parameters::new(kept).unwrap()
    })
}

fn values() -> impl Strategy<Value = Values> {
    let names = prop::sample::select(&["a", "b", "c", "d", "e"][..]);
    prop::collection::btree_map(names.prop_map(name), value(), 0..5)
        .prop_map(|values: BTreeMap<_, _>| Values::new(values).unwrap())
}

proptest! {
    #[test]
    fn what_passes_fits_and_comes_to_itself(parameters in parameters(), given in values()) {
        let Ok(checked) = parameters.check(&given) else {
            return Ok(());
        };
        for (name, value) in checked.iter() {
            let defined = parameters.iter().find(|parameter| parameter.name == *name);
            let defined = defined.expect("what passes is defined");
            prop_assert_eq!(defined.kind.fits(value), Ok(()));
            let chosen = given.get(name).or(defined.default.as_ref());
            prop_assert_eq!(chosen, Some(value), "nothing is made up");
        }
        prop_assert_eq!(parameters.check(&checked), Ok(checked));
    }

    #[test]
    fn what_does_not_pass_says_so_of_each_parameter_once(parameters in parameters(), given in values()) {
        let Err(faults) = parameters.check(&given) else {
            return Ok(());
        };
        let mut named: Vec<_> = faults.0.iter().map(|fault| &fault.parameter).collect();
        prop_assert!(!named.is_empty());
        named.sort();
        named.dedup();
        prop_assert_eq!(named.len(), faults.0.len());
    }

    #[test]
    fn definitions_and_values_are_read_as_they_were_written(parameters in parameters(), given in values()) {
        let written = serde_json::to_vec(&parameters).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Parameters>(&written).unwrap(), &parameters);
        let written = serde_json::to_vec(&given).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Values>(&written).unwrap(), &given);
    }
}
