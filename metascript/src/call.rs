//! What a script asks of the host.

use crate::text::Text;
use crate::{Answer, MAX_SUMMARY_CHARS};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use upkeep_domain::catalogue::script::{Interpreter, Script};
use upkeep_domain::kernel::digest::Sha256Digest;

/// A call. Whoever carries it out knows all that it takes, but for the values of secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Call {
    /// Runs a script on the computer.
    InvokeCommand(Command),
    Http(HttpRequest),
    /// What time it is.
    Now,
    /// A number by chance.
    Random,
    /// What is known of the computer.
    GetComputer,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Command {
    pub script: Script,
    pub parameters: BTreeMap<String, Argument>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Argument {
    Value(Value),
    /// A text with secrets in it.
    Text(Text),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRequest {
    pub method: Method,
    /// As the URL standard writes it, without a user's name.
    pub url: String,
    /// By their names in lower case.
    pub headers: BTreeMap<String, Text>,
    pub body: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

/// A call that waits for its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingCall {
    /// From 0.
    pub number: usize,
    /// Digest of the function and all arguments: the same call has the same key.
    pub key: Sha256Digest,
    /// What it is, for people.
    pub summary: String,
    pub call: Call,
}

impl Method {
    pub const ALL: [Self; 6] = [
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl PendingCall {
    pub(crate) fn new(number: usize, call: Call) -> Self {
        Self {
            number,
            key: call.key(),
            summary: call.to_string().chars().take(MAX_SUMMARY_CHARS).collect(),
            call,
        }
    }
}

impl Call {
    pub fn key(&self) -> Sha256Digest {
        let written =
            serde_json::to_value(self).expect("all of a call is JSON: its maps have texts as keys");
        Sha256Digest::of(crate::program::sorted(&written).to_string().as_bytes())
    }

    /// Whether this can be an answer to it. That it failed answers everything.
    pub(crate) fn is_answered_by(&self, answer: &Answer) -> bool {
        matches!(
            (self, answer),
            (_, Answer::Failed(_))
                | (Self::InvokeCommand(_), Answer::Command(_))
                | (Self::Http(_), Answer::Http(_))
                | (Self::Now, Answer::Moment(_))
                | (Self::Random, Answer::Chance(_))
                | (Self::GetComputer, Answer::Computer(_))
        )
    }
}

/// The name of an interpreter in a script.
pub(crate) fn interpreter_name(interpreter: Interpreter) -> &'static str {
    match interpreter {
        Interpreter::Sh => "sh",
        Interpreter::Bash => "bash",
        Interpreter::Python => "python",
        Interpreter::PowerShell => "powershell",
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvokeCommand(command) => {
                let interpreter = interpreter_name(command.script.interpreter);
                let mut lines = command.script.text.lines().map(str::trim);
                let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
                write!(f, "invoke_command {interpreter}: {first}")
            }
            Self::Http(request) => write!(f, "http {} {}", request.method.name(), request.url),
            Self::Now => f.write_str("now"),
            Self::Random => f.write_str("random"),
            Self::GetComputer => f.write_str("get_computer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::catalogue::script::ScriptTimeout;

    fn command(text: &str, seconds: u32, parameters: &[(&str, Argument)]) -> Call {
        let timeout = ScriptTimeout::from_seconds(seconds).unwrap();
        Call::InvokeCommand(Command {
            script: Script::new(Interpreter::Sh, text, timeout).unwrap(),
            parameters: (parameters.iter().cloned())
                .map(|(name, argument)| (name.to_owned(), argument))
                .collect(),
        })
    }

    #[test]
    fn a_key_is_of_everything_that_a_call_says() {
        let value = |text: &str| Argument::Value(text.into());
        let calls = [
            command("true", 60, &[]),
            command("false", 60, &[]),
            command("true", 61, &[]),
            command("true", 60, &[("a", value("b"))]),
            command("true", 60, &[("a", Argument::Text(Text::secret("b")))]),
            Call::Now,
            Call::Random,
            Call::GetComputer,
        ];
        for (n, call) in calls.iter().enumerate() {
            for (m, other) in calls.iter().enumerate() {
                assert_eq!(call.key() == other.key(), n == m, "{call} and {other}");
            }
        }
    }

    #[test]
    fn a_call_is_named_by_its_first_line() {
        let call = command("\n  apt-get update\nmore", 60, &[]);
        assert_eq!(call.to_string(), "invoke_command sh: apt-get update");
        let long = command(&"x".repeat(1_000), 60, &[]);
        assert_eq!(PendingCall::new(0, long).summary.len(), MAX_SUMMARY_CHARS);
    }
}
