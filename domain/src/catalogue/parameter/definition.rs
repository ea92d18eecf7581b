//! What a task defines.

use super::fault::{Faults, Misfit, ParameterFault};
use super::kind::{KindError, ParameterKind};
use super::name::ParameterName;
use super::value::{ParameterValue, Values, ValuesTooLarge};
use crate::catalogue::notes::Notes;
use crate::kernel::limits::{
    MAX_PARAMETER_HELP_CHARS, MAX_PARAMETERS, MAX_PARAMETERS_BYTES, MAX_SECRET_PARAMETERS,
};
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    pub name: ParameterName,
    /// What people are shown instead of its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Notes>,
    #[serde(flatten)]
    pub kind: ParameterKind,
    /// Whether it needs a value: the deployment's, or its default.
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<ParameterValue>,
    /// Where it is not shown it has no value: it is not required, has no default, and what a deployment holds for it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_when: Option<ShownWhen>,
}

/// A parameter that stands before has this value; of several choices, this one among others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownWhen {
    pub parameter: ParameterName,
    pub is: ParameterValue,
}

impl ShownWhen {
    /// Whether it is shown, as far as the parameters before it say. What is not shown itself has no value.
    fn holds(&self, values: &BTreeMap<ParameterName, ParameterValue>) -> bool {
        match (values.get(&self.parameter), &self.is) {
            (Some(ParameterValue::Choices(chosen)), ParameterValue::Text(wanted)) => {
                chosen.contains(wanted)
            }
            (Some(value), wanted) => value == wanted,
            (None, _) => false,
        }
    }
}

/// The parameters of a task, in the order in which people are asked for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(Vec<Parameter>);

/// Why parameters cannot be defined so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParametersError {
    #[error("there are {0} parameters: at most {MAX_PARAMETERS} are allowed")]
    TooMany(usize),
    #[error(
        "the parameters come to {0} bytes together: at most {MAX_PARAMETERS_BYTES} are allowed; shorten their help or their choices"
    )]
    TooLarge(usize),
    #[error("{0} parameters are secrets: at most {MAX_SECRET_PARAMETERS} are allowed")]
    TooManySecrets(usize),
    #[error("of the defaults, {0}")]
    Defaults(#[from] ValuesTooLarge),
    #[error("{name}: {why}")]
    Parameter {
        /// Which one, from 0.
        index: usize,
        name: ParameterName,
        why: DefinitionError,
    },
}

/// What is wrong with one of them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DefinitionError {
    #[error(
        "there is a parameter {0} before it, and neither PowerShell nor the environment tells capitals from small letters: choose another name"
    )]
    NameTaken(ParameterName),
    #[error("the help has {0} characters: at most {MAX_PARAMETER_HELP_CHARS} are allowed")]
    HelpTooLong(usize),
    #[error("its default does not fit: {0}")]
    Default(Misfit),
    #[error("a secret has no default: let the deployments tell it")]
    SecretDefault,
    #[error(
        "no parameter {0} stands before it: what decides whether it is shown is asked for first"
    )]
    ShownByNone(ParameterName),
    #[error("what it is shown by never comes to be so: {0}")]
    NeverShown(Misfit),
    #[error(transparent)]
    Kind(#[from] KindError),
}

impl DefinitionError {
    /// The member of the definition that is at fault.
    pub fn member(&self) -> &'static str {
        match self {
            Self::NameTaken(_) => "name",
            Self::HelpTooLong(_) => "help",
            Self::Default(_) | Self::SecretDefault => "default",
            Self::ShownByNone(_) | Self::NeverShown(_) => "shownWhen",
            Self::Kind(_) => "kind",
        }
    }
}

impl Parameter {
    fn check(&self, before: &[Self]) -> Result<(), DefinitionError> {
        let same = |other: &&Self| other.name.in_capitals() == self.name.in_capitals();
        if let Some(other) = before.iter().find(same) {
            return Err(DefinitionError::NameTaken(other.name.clone()));
        }
        let help_chars = (self.help.as_ref()).map_or(0, |help| help.as_str().chars().count());
        if help_chars > MAX_PARAMETER_HELP_CHARS {
            return Err(DefinitionError::HelpTooLong(help_chars));
        }
        if self.default.is_some() && self.kind == ParameterKind::Secret {
            return Err(DefinitionError::SecretDefault);
        }
        if let Some(default) = &self.default {
            self.kind.fits(default).map_err(DefinitionError::Default)?;
        }
        let Some(shown) = &self.shown_when else {
            return Ok(());
        };
        let decides = before.iter().find(|other| other.name == shown.parameter);
        let decides = decides.ok_or_else(|| {
            let name = shown.parameter.clone();
            DefinitionError::ShownByNone(name)
        })?;
        let can_be = decides.kind.can_be(&shown.is);
        can_be.map_err(DefinitionError::NeverShown)
    }

    /// What it comes to, given what a deployment holds for it and what those before it came to.
    fn value(
        &self,
        given: Option<&ParameterValue>,
        before: &BTreeMap<ParameterName, ParameterValue>,
    ) -> Result<Option<ParameterValue>, Misfit> {
        if let Some(given) = given {
            self.kind.fits(given)?;
        }
        let is_shown = |shown: &ShownWhen| shown.holds(before);
        if !self.shown_when.as_ref().is_none_or(is_shown) {
            return Ok(None);
        }
        let value = given.or(self.default.as_ref());
        if self.required && value.is_none_or(ParameterValue::is_empty) {
            return Err(Misfit::Missing);
        }
        Ok(value.cloned())
    }
}

impl Parameters {
    pub fn new(parameters: Vec<Parameter>) -> Result<Self, ParametersError> {
        if parameters.len() > MAX_PARAMETERS {
            return Err(ParametersError::TooMany(parameters.len()));
        }
        let secrets = parameters.iter();
        let secrets = secrets.filter(|parameter| parameter.kind == ParameterKind::Secret);
        match secrets.count() {
            secrets if secrets > MAX_SECRET_PARAMETERS => {
                return Err(ParametersError::TooManySecrets(secrets));
            }
            _ => {}
        }
        for (index, parameter) in parameters.iter().enumerate() {
            let before = parameters.get(..index).unwrap_or_default();
            parameter.check(before).map_err(|why| {
                let name = parameter.name.clone();
                ParametersError::Parameter { index, name, why }
            })?;
        }
        let defaults = parameters.iter().filter_map(|parameter| {
            let default = parameter.default.clone()?;
            Some((parameter.name.clone(), default))
        });
        ValuesTooLarge::check(&Values::of(defaults.collect()))?;
        let all = Self(parameters);
        match serde_json::to_vec(&all).map_or(usize::MAX, |json| json.len()) {
            bytes if bytes > MAX_PARAMETERS_BYTES => Err(ParametersError::TooLarge(bytes)),
            _ => Ok(all),
        }
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Parameter> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a script gets: the values, and the defaults where there is none. All that is wrong, if anything is.
    ///
    /// What it gives fits, and comes to itself when it is checked again.
    pub fn check(&self, given: &Values) -> Result<Values, Faults> {
        let mut faults = Vec::new();
        let mut values = BTreeMap::new();
        for parameter in &self.0 {
            match parameter.value(given.get(&parameter.name), &values) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    values.insert(parameter.name.clone(), value);
                }
                Err(why) => faults.push(ParameterFault {
                    parameter: parameter.name.clone(),
                    why,
                }),
            }
        }
        let known: BTreeSet<_> = self.0.iter().map(|parameter| &parameter.name).collect();
        let unknown = given.iter().filter(|(name, _)| !known.contains(name));
        faults.extend(unknown.map(|(name, _)| ParameterFault {
            parameter: name.clone(),
            why: Misfit::Unknown,
        }));
        if faults.is_empty() {
            Ok(Values::of(values))
        } else {
            Err(Faults(faults))
        }
    }
}
