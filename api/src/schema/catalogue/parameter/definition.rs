//! What a task defines.

use super::value::{ParameterValue, ParameterValueInput};
use crate::schema::change::{optional_name, optional_notes};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{TEXT_COST, assumed, times};
use async_graphql::{Enum, InputObject, Object, SimpleObject};
use upkeep_commands::{At as _, Stop};
use upkeep_domain::catalogue::parameter::{
    Choices, Number, NumberRange, Numbers, Parameter, ParameterKind as Kind, ParameterName,
    Parameters, ParametersError, ShownWhen, TextPattern, TextRule,
};
use upkeep_domain::catalogue::task::Notes;
use upkeep_domain::kernel::name::Name;

/// What a parameter can be told. More kinds will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ParameterKind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// One of its choices.
    Choice,
    /// Any of its choices.
    MultiChoice,
    /// A secret: its scripts are told what it is, and nobody else. It has no default.
    Secret,
}

/// When a parameter is shown.
#[derive(Clone, Debug, InputObject)]
pub struct ShownWhenInput {
    /// The name of a parameter that stands before it.
    parameter: String,
    /// The value that this one has then; of several choices, a text that is one of them.
    is: ParameterValueInput,
}

/// A parameter of a task. Members that are not of its kind are refused.
#[derive(Clone, Debug, InputObject)]
pub struct TaskParameterInput {
    /// Its name in scripts: a letter, then letters, digits and underscores, at most 64. Capitals and small letters make no other name.
    name: String,
    /// What people are shown instead of its name; its name if not given.
    label: Option<String>,
    /// What people should know of it: lines of plain text, at most 1,000 characters; none if not given.
    help: Option<String>,
    /// What it can be told.
    kind: ParameterKind,
    /// Of a TEXT: its most characters; 4,000 if not given.
    max_chars: Option<u32>,
    /// Of a TEXT: a regular expression that it matches from its beginning to its end, at most 500 characters; any text if not given.
    pattern: Option<String>,
    /// Of a NUMBER: the least that it may be; any if not given.
    min: Option<f64>,
    /// Of a NUMBER: the most that it may be; any if not given.
    max: Option<f64>,
    /// Of a NUMBER: whether it has no fraction; it may have one if not given.
    is_whole: OrDefault<bool>,
    /// Of a CHOICE and a MULTI_CHOICE: what can be chosen, 1 to 100 lines of at most 200 characters. Nothing else has any: leave it out if not given.
    choices: Option<Vec<String>>,
    /// Whether it needs a value, which its default is too; not if not given.
    is_required: OrDefault<bool>,
    /// What scripts are told where a deployment says nothing; nothing if not given. It is taken when a session is planned: a default that
    /// changes counts for every deployment from then on.
    default: Option<ParameterValueInput>,
    /// When it is shown; always if not given. Where it is not shown it is not told to scripts, and needs no value.
    shown_when: Option<ShownWhenInput>,
}

impl TaskParameterInput {
    fn kind(&self) -> Result<Kind, Stop> {
        self.refuse_strangers()?;
        let choices = || {
            let choices = self.choices.clone().unwrap_or_default();
            Choices::new(choices).map_err(|error| Stop::invalid(&error).at("choices"))
        };
        Ok(match self.kind {
            ParameterKind::Text => {
                let pattern = self.pattern.as_deref().map(TextPattern::new).transpose();
                let pattern = pattern.map_err(|error| Stop::invalid(&error).at("pattern"))?;
                let rule = TextRule::new(self.max_chars, pattern);
                Kind::Text(rule.map_err(|error| Stop::invalid(&error).at("maxChars"))?)
            }
            ParameterKind::Number => {
                let (min, max) = (bound(self.min, "min")?, bound(self.max, "max")?);
                let numbers = if self.is_whole.0 {
                    Numbers::Whole
                } else {
                    Numbers::Any
                };
                let range = NumberRange::new(min, max, numbers);
                Kind::Number(range.map_err(|error| Stop::invalid(&error).at("min"))?)
            }
            ParameterKind::Boolean => Kind::Boolean,
            ParameterKind::Choice => Kind::Choice(choices()?),
            ParameterKind::MultiChoice => Kind::MultiChoice(choices()?),
            ParameterKind::Secret => Kind::Secret,
        })
    }

    /// What was written for another kind would be lost, and whoever wrote it would not know.
    fn refuse_strangers(&self) -> Result<(), Stop> {
        use ParameterKind::{Choice, MultiChoice, Number, Text};
        let members: [(&'static str, bool, &[ParameterKind]); 6] = [
            ("maxChars", self.max_chars.is_some(), &[Text]),
            ("pattern", self.pattern.is_some(), &[Text]),
            ("min", self.min.is_some(), &[Number]),
            ("max", self.max.is_some(), &[Number]),
            ("isWhole", self.is_whole.0, &[Number]),
            ("choices", self.choices.is_some(), &[Choice, MultiChoice]),
        ];
        for (member, is_given, kinds) in members {
            if is_given && !kinds.contains(&self.kind) {
                let message = format!(
                    "a parameter of this kind has no {member}: leave it out, or choose another kind"
                );
                return Err(Stop::invalid(&message).at(member));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<Parameter, Stop> {
        let name = |text: &str| ParameterName::new(text).map_err(|error| Stop::invalid(&error));
        let default = self.default.as_ref().map(ParameterValueInput::check);
        let shown_when = self.shown_when.as_ref().map(|shown| {
            let parameter = name(&shown.parameter)?;
            let is = shown.is.check()?;
            Ok::<_, Stop>(ShownWhen { parameter, is })
        });
        Ok(Parameter {
            name: name(&self.name).at("name")?,
            label: optional_name("label", self.label.as_ref())?,
            help: optional_notes("help", self.help.as_ref())?,
            kind: self.kind()?,
            required: self.is_required.0,
            default: default.transpose().at("default")?,
            shown_when: shown_when.transpose().at("shownWhen")?,
        })
    }
}

fn bound(number: Option<f64>, member: &'static str) -> Result<Option<Number>, Stop> {
    let number = number.map(Number::new).transpose();
    number.map_err(|error| Stop::invalid(&error).at(member))
}

/// The parameters that a list defines; where it does not, the way to the member that is at fault.
pub fn check(list: &[TaskParameterInput]) -> Result<Parameters, Stop> {
    let each = list.iter().enumerate().map(|(index, parameter)| {
        parameter.check().map_err(|stop| {
            let way = stop
                .field()
                .map(|member| format!("parameters.{index}.{member}"));
            match way {
                Some(way) => stop.at(way),
                None => stop,
            }
        })
    });
    let each: Vec<Parameter> = each.collect::<Result<_, _>>()?;
    Parameters::new(each).map_err(|error| {
        let way = match &error {
            ParametersError::Parameter { index, why, .. } => {
                format!("parameters.{index}.{}", why.member())
            }
            _ => "parameters".to_owned(),
        };
        Stop::invalid(&error).at(way)
    })
}

/// When a parameter is shown.
#[derive(SimpleObject)]
pub struct ParameterShownWhen {
    /// The name of a parameter that stands before it.
    parameter: String,
    /// The value that this one has then; of several choices, a text that is one of them.
    is: ParameterValue,
}

/// A parameter of a task.
pub struct ParameterNode(pub Parameter);

/// A parameter of a task: each member can be written back as it is read.
#[Object(name = "TaskParameter")]
impl ParameterNode {
    /// Its name in scripts.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// What people are shown instead of its name, if that is something else.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_ref().map(Name::as_str)
    }

    /// What people should know of it: lines of plain text.
    #[graphql(complexity = "TEXT_COST")]
    async fn help(&self) -> Option<&str> {
        self.0.help.as_ref().map(Notes::as_str)
    }

    /// What it can be told.
    async fn kind(&self) -> ParameterKind {
        match &self.0.kind {
            Kind::Text(_) => ParameterKind::Text,
            Kind::Number(_) => ParameterKind::Number,
            Kind::Boolean => ParameterKind::Boolean,
            Kind::Choice(_) => ParameterKind::Choice,
            Kind::MultiChoice(_) => ParameterKind::MultiChoice,
            Kind::Secret => ParameterKind::Secret,
        }
    }

    /// Of a TEXT: its most characters.
    async fn max_chars(&self) -> Option<usize> {
        self.text().map(TextRule::max_chars)
    }

    /// Of a TEXT: the regular expression that it matches from its beginning to its end, if there is one.
    async fn pattern(&self) -> Option<&str> {
        self.text()?.pattern().map(TextPattern::as_str)
    }

    /// Of a NUMBER: the least that it may be, if there is a least.
    async fn min(&self) -> Option<f64> {
        self.range()?.min().map(Number::get)
    }

    /// Of a NUMBER: the most that it may be, if there is a most.
    async fn max(&self) -> Option<f64> {
        self.range()?.max().map(Number::get)
    }

    /// Of a NUMBER: whether it has no fraction.
    async fn is_whole(&self) -> Option<bool> {
        Some(self.range()?.numbers() == Numbers::Whole)
    }

    /// Of a CHOICE and a MULTI_CHOICE: what can be chosen, at most 100.
    #[graphql(complexity = "times(assumed::CHOICES, child_complexity.max(1))")]
    async fn choices(&self) -> Option<Vec<&str>> {
        match &self.0.kind {
            Kind::Choice(choices) | Kind::MultiChoice(choices) => Some(choices.iter().collect()),
            Kind::Text(_) | Kind::Number(_) | Kind::Boolean | Kind::Secret => None,
        }
    }

    /// Whether it needs a value, which its default is too.
    async fn is_required(&self) -> bool {
        self.0.required
    }

    /// What scripts are told where a deployment says nothing.
    async fn default(&self) -> Option<ParameterValue> {
        self.0.default.as_ref().map(Into::into)
    }

    /// When it is shown; always if nothing is said.
    async fn shown_when(&self) -> Option<ParameterShownWhen> {
        let shown = self.0.shown_when.as_ref()?;
        Some(ParameterShownWhen {
            parameter: shown.parameter.to_string(),
            is: (&shown.is).into(),
        })
    }
}

impl ParameterNode {
    fn text(&self) -> Option<&TextRule> {
        match &self.0.kind {
            Kind::Text(rule) => Some(rule),
            _ => None,
        }
    }

    fn range(&self) -> Option<NumberRange> {
        match &self.0.kind {
            Kind::Number(range) => Some(*range),
            _ => None,
        }
    }
}
