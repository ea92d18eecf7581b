//! The functions of the host, as the prelude takes them: each answers `(true, value)` or `(false, message)`, and fails only if the
//! run stops.

use super::arguments;
use super::failure::failure;
use super::state::{State, Stop, Stopped};
use super::values::{self, Reading};
use crate::outcome::Limit;
use crate::program::SCRIPT_NAME;
use crate::{Answer, Call, MAX_MESSAGE_CHARS, MAX_PATTERN_BYTES};
use mlua::chunk::{Chunk, ChunkMode};
use mlua::{Function, Lua, MultiValue, Table, Value};
use std::rc::Rc;

/// Values that `table.move` moves at once.
const MAX_MOVE: u32 = 1_000_000;
/// Steps for reading the arguments of a call.
const STEPS_PER_CALL: u64 = 1_000;

/// Why a function of the host has no value.
pub(super) enum Problem {
    /// The script is told.
    Said(String),
    /// The script is not asked any more.
    Stopped,
    /// The machine has no memory, or the like.
    Machine(mlua::Error),
}

impl From<String> for Problem {
    fn from(message: String) -> Self {
        Self::Said(message)
    }
}

impl From<&str> for Problem {
    fn from(message: &str) -> Self {
        Self::Said(message.to_owned())
    }
}

impl From<Stopped> for Problem {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<mlua::Error> for Problem {
    fn from(error: mlua::Error) -> Self {
        Self::Machine(error)
    }
}

pub(super) type Answered = Result<Value, Problem>;

/// What the functions of one machine share.
#[derive(Clone)]
pub(super) struct Host {
    pub(super) state: Rc<State>,
    /// Marks a table as an array.
    pub(super) array: Table,
}

/// How the error of a run that stops is called; nobody sees it.
pub(super) fn stopped() -> mlua::Error {
    mlua::Error::runtime("the script stops")
}

/// The table that the prelude is given.
pub(super) fn table(lua: &Lua, state: &Rc<State>) -> mlua::Result<Table> {
    let array = lua.create_table()?;
    array.set("__metatable", "array")?;
    array.set_readonly(true);
    let host = Host {
        state: state.clone(),
        array,
    };
    let table = lua.create_table()?;
    table.set("array", host.array.clone())?;
    table.set("null", Value::NULL)?;
    table.set("max_pattern", MAX_PATTERN_BYTES)?;
    table.set("max_move", MAX_MOVE)?;
    for (name, function) in FUNCTIONS {
        table.set(name, host.function(lua, function)?)?;
    }
    let state = state.clone();
    let caught = lua.create_function(move |_, problem: Value| {
        if is_out_of_memory(&problem) {
            state.stop(Stop::Exhausted(Limit::Memory));
        }
        state.go_on().map_err(|_| stopped())
    })?;
    table.set("caught", caught)?;
    let state = host.state.clone();
    let failed = lua.create_function(move |lua, problem: Value| {
        if is_out_of_memory(&problem) {
            state.stop(Stop::Exhausted(Limit::Memory));
        } else {
            state.fail(failure(lua, &problem));
        }
        Ok(())
    })?;
    table.set("failed", failed)?;
    Ok(table)
}

/// Whether memory ended: in Luau itself, in its own words, or in a function of the host that makes values.
fn is_out_of_memory(problem: &Value) -> bool {
    match problem {
        Value::String(said) => *said.as_bytes() == *b"not enough memory",
        Value::Error(error) => is_memory_error(error),
        _ => false,
    }
}

pub(super) fn is_memory_error(error: &mlua::Error) -> bool {
    match error {
        mlua::Error::MemoryError(_) => true,
        mlua::Error::CallbackError { cause, .. } => is_memory_error(cause),
        _ => false,
    }
}

type HostFunction = fn(&Host, &Lua, &Value, &Value) -> Answered;

const FUNCTIONS: [(&str, HostFunction); 16] = [
    ("invoke_command", |host, lua, arguments, _| {
        host.state.charge(STEPS_PER_CALL)?;
        host.call(lua, arguments::command(lua, &host.array, arguments)?)
    }),
    ("http", |host, lua, arguments, _| {
        host.state.charge(STEPS_PER_CALL)?;
        host.call(lua, arguments::request(lua, &host.array, arguments)?)
    }),
    ("now", |host, lua, _, _| host.call(lua, Call::Now)),
    ("random", |host, lua, _, _| host.call(lua, Call::Random)),
    ("get_computer", |host, lua, _, _| {
        host.call(lua, Call::GetComputer)
    }),
    ("get_parameter", Host::parameter),
    ("get_secret", Host::secret),
    ("version", Host::version),
    ("log", Host::log),
    ("progress", Host::progress),
    ("json_array", Host::json_array),
    ("json_encode", Host::json_encode),
    ("json_decode", Host::json_decode),
    ("re_match", Host::re_match),
    ("re_capture", Host::re_capture),
    ("chunk", Host::chunk),
];

impl Host {
    fn function(&self, lua: &Lua, function: HostFunction) -> mlua::Result<Function> {
        let host = self.clone();
        lua.create_function(move |lua, given: MultiValue| {
            host.state.charge(1).map_err(|_| stopped())?;
            let mut given = given.into_iter();
            let mut next = || given.next().unwrap_or(Value::Nil);
            match function(&host, lua, &next(), &next()) {
                Ok(value) => Ok((true, value)),
                Err(Problem::Said(message)) => {
                    let message: String = message.chars().take(MAX_MESSAGE_CHARS).collect();
                    Ok((false, Value::String(lua.create_string(message)?)))
                }
                Err(Problem::Stopped) => Err(stopped()),
                Err(Problem::Machine(error)) => Err(error),
            }
        })
    }

    fn call(&self, lua: &Lua, call: Call) -> Answered {
        let value = |json: &serde_json::Value| values::value(lua, json, &self.array);
        match self.state.call(call)? {
            Answer::Failed(why) => Err(Problem::Said(why.clone())),
            Answer::Command(end) => {
                let table = lua.create_table()?;
                table.set("exit_code", end.exit_code)?;
                table.set("output", end.output.as_str())?;
                table.set("errors", end.errors.as_str())?;
                table.set("truncated", end.truncated)?;
                Ok(Value::Table(table))
            }
            Answer::Http(response) => {
                let table = lua.create_table()?;
                let headers = lua.create_table()?;
                for (name, value) in &response.headers {
                    headers.set(name.as_str(), value.as_str())?;
                }
                table.set("status", response.status)?;
                table.set("headers", headers)?;
                table.set("body", response.body.as_str())?;
                table.set("truncated", response.truncated)?;
                Ok(Value::Table(table))
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds of this age are exact"
            )]
            Answer::Moment(milliseconds) => Ok(Value::Number(*milliseconds as f64 / 1_000.0)),
            Answer::Chance(bits) => Ok(Value::Number(fraction_of(*bits))),
            Answer::Computer(facts) => Ok(value(facts)?),
        }
    }
}

/// The script's text as the machine takes it; never as bytes of a machine that somebody made up.
pub(super) fn chunk<'a>(lua: &Lua, text: &'a str, name: &str) -> Chunk<'a> {
    lua.load(text)
        .set_name(format!("={name}"))
        .set_mode(ChunkMode::Text)
}

pub(super) fn script<'a>(lua: &Lua, state: &'a State) -> Chunk<'a> {
    chunk(lua, state.program.script(), SCRIPT_NAME)
}

/// The script's value, which is what it returned first.
pub(super) fn returned(
    host: &Table,
    value: &Value,
) -> mlua::Result<Result<serde_json::Value, String>> {
    let array = host.get::<Table>("array")?;
    Ok(Reading::new(&array).json(value))
}

/// From 0 up to 1, of the 53 bits that a number has.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn fraction_of(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
