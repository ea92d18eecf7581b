//! Scripts that are run on computers.

use crate::request::Request;
use crate::schema::or_default::OrDefault;
use crate::schema::page::SCRIPT_COST;
use async_graphql::{Context, Enum, InputObject, Object, Result};
use upkeep_commands::Stop;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::script::{self, Script, ScriptTimeout};

/// The program that runs a script.
#[derive(Clone, Copy, PartialEq, Eq, Enum, Default)]
#[graphql(remote = "script::Interpreter")]
pub enum Interpreter {
    /// POSIX shell.
    #[default]
    Sh,
    /// GNU Bash.
    Bash,
    /// Python 3.
    Python,
    /// PowerShell.
    #[graphql(name = "POWERSHELL")]
    PowerShell,
}

/// A script to be run on computers.
#[derive(Clone, Debug, InputObject)]
pub struct ScriptInput {
    /// The program that runs it; SH if not given.
    interpreter: OrDefault<Interpreter>,
    /// The script itself, at most 128 KiB of UTF-8. For SH, BASH and PYTHON a byte order mark at its beginning is taken away
    /// and CRLF becomes LF, as you see where you read it back; POWERSHELL gets what you write. NUL, U+FFFD, a byte order
    /// mark elsewhere and a carriage return that ends no line are refused with the number of their line. It sees UPKEEP_ROOT (the computer's root folder), UPKEEP_VERSION,
    /// UPKEEP_SOFTWARE, and UPKEEP_PACKAGE (the path of the version's package, if it has one); of a task UPKEEP_TASK and UPKEEP_METHOD.
    text: String,
    /// How long it may take, in seconds, at most 86,400; if not given 120 for detection and tests, 900 for others.
    timeout_seconds: Option<u32>,
}

impl std::fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        script::Interpreter::from(*self).fmt(f)
    }
}

impl ScriptInput {
    /// One that may be run, where it matters only whether any may.
    pub fn made_up() -> Self {
        Self {
            interpreter: OrDefault::default(),
            text: "true".to_owned(),
            timeout_seconds: None,
        }
    }

    pub fn check(&self, field: &'static str, default: ScriptTimeout) -> Result<Script, Stop> {
        let timeout = match self.timeout_seconds {
            None => Ok(default),
            Some(seconds) => ScriptTimeout::from_seconds(seconds),
        };
        timeout
            .and_then(|timeout| Script::new(self.interpreter.0.into(), &self.text, timeout))
            .map_err(|error| Stop::invalid(&error).at(field))
    }
}

/// A script that is run on computers.
#[derive(Clone)]
pub struct ScriptNode(pub Script);

/// A script that is run on computers.
#[Object(name = "Script")]
impl ScriptNode {
    /// The program that runs it.
    async fn interpreter(&self) -> Interpreter {
        self.0.interpreter.into()
    }

    /// The script itself; nothing if you may not read scripts.
    #[graphql(complexity = "SCRIPT_COST")]
    async fn text(&self, context: &Context<'_>) -> Option<&str> {
        Request::of(context)
            .may(Action::ReadScripts)
            .then_some(self.0.text.as_str())
    }

    /// How long it may take, in seconds.
    async fn timeout_seconds(&self) -> u32 {
        self.0.timeout.seconds()
    }

    /// The SHA-256 that names it in script runs, over interpreter and text.
    async fn digest(&self) -> String {
        self.0.digest().to_string()
    }
}
