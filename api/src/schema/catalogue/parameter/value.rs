//! The values of parameters, as they are written and read.

use crate::schema::change::Global as _;
use crate::schema::types::{global_id, parse_present_id};
use async_graphql::{ID, InputObject, OneofObject, SimpleObject};
use std::collections::BTreeMap;
use upkeep_commands::{At as _, Stop};
use upkeep_domain::catalogue::parameter::{
    Faults, Misfit, Number, ParameterName, ParameterValue as Value, Values,
};
use upkeep_domain::catalogue::secret::Secret;
use upkeep_domain::kernel::ids::SecretId;

/// A value of a parameter: give exactly one.
#[derive(Clone, Debug, OneofObject)]
pub enum ParameterValueInput {
    /// A text, or one choice, as it is: nothing is trimmed. Never a password: values are kept and shown as they are. Those are secrets.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Several choices.
    Choices(Vec<String>),
    /// A secret, by its id.
    SecretId(ID),
}

impl ParameterValueInput {
    pub fn check(&self) -> Result<Value, Stop> {
        Ok(match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Number(number) => {
                Value::Number(Number::new(*number).map_err(|error| Stop::invalid(&error))?)
            }
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Choices(choices) => Value::Choices(choices.clone()),
            Self::SecretId(id) => Value::Secret {
                secret: parse_present_id(Secret::KIND, id)
                    .map(SecretId)
                    .map_err(|why| Stop::invalid(&why))?,
            },
        })
    }
}

/// What one parameter of a task is told.
#[derive(Clone, Debug, InputObject)]
pub struct GivenParameterInput {
    /// The parameter's name.
    name: String,
    /// Its value.
    value: ParameterValueInput,
}

/// What a list tells, each parameter once.
pub fn given(list: &[GivenParameterInput]) -> Result<Values, Stop> {
    let mut values = BTreeMap::new();
    for (index, one) in list.iter().enumerate() {
        let at = |member: &str| format!("parameters.{index}.{member}");
        let name = ParameterName::new(&one.name);
        let name = name.map_err(|error| Stop::invalid(&error).at(at("name")))?;
        let value = one.value.check().map_err(|stop| stop.at(at("value")))?;
        if values.insert(name, value).is_some() {
            let message = format!("{} is told twice: leave one out", one.name);
            return Err(Stop::invalid(&message).at(at("name")));
        }
    }
    Values::new(values)
        .map_err(|error| Stop::invalid(&error))
        .at("parameters")
}

/// Where in the input the first thing is that does not fit: what is missing is in none of its members.
pub fn path_of(faults: &Faults, list: &[GivenParameterInput]) -> String {
    let first = faults.0.first().and_then(|fault| {
        let mut places = list.iter();
        let index = places.position(|one| one.name == fault.parameter.as_str())?;
        let member = match fault.why {
            Misfit::Unknown => "name",
            _ => "value",
        };
        Some(format!("parameters.{index}.{member}"))
    });
    first.unwrap_or_else(|| "parameters".to_owned())
}

/// A value of a parameter: exactly one of them is there. Each can be written back as it is read.
#[derive(Clone, SimpleObject)]
pub struct ParameterValue {
    /// The text, or the one choice.
    text: Option<String>,
    /// The number.
    number: Option<f64>,
    /// True or false.
    boolean: Option<bool>,
    /// The choices, at most 100.
    choices: Option<Vec<String>>,
    /// The secret's id. What it is nobody is told but the task's scripts.
    secret_id: Option<ID>,
}

impl From<&Value> for ParameterValue {
    fn from(value: &Value) -> Self {
        let nothing = Self {
            text: None,
            number: None,
            boolean: None,
            choices: None,
            secret_id: None,
        };
        match value.clone() {
            Value::Text(text) => Self {
                text: Some(text),
                ..nothing
            },
            Value::Number(number) => Self {
                number: Some(number.get()),
                ..nothing
            },
            Value::Boolean(value) => Self {
                boolean: Some(value),
                ..nothing
            },
            Value::Choices(choices) => Self {
                choices: Some(choices),
                ..nothing
            },
            Value::Secret { secret } => Self {
                secret_id: Some(global_id(Secret::KIND, secret.0)),
                ..nothing
            },
        }
    }
}

/// What one parameter of a task is told.
#[derive(Clone, SimpleObject)]
pub struct GivenParameter {
    /// The parameter's name.
    name: String,
    /// Its value.
    value: ParameterValue,
}

/// In the order of their names.
pub fn known(values: &Values) -> Vec<GivenParameter> {
    let each = values.iter().map(|(name, value)| GivenParameter {
        name: name.to_string(),
        value: value.into(),
    });
    each.collect()
}
