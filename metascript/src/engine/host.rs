//! The functions of the host, as the prelude takes them: each answers `(true, value)` or `(false, message)`, and fails only if the
//! run stops.

use super::arguments;
use super::failure::failure;
use super::handles::{TextHandle, VersionHandle};
use super::patterns::Search;
use super::state::{State, Stop, Stopped};
use super::values::{self, Reading, text};
use crate::outcome::{Limit, Progress};
use crate::program::SCRIPT_NAME;
use crate::{Answer, Call, MAX_JSON_BYTES, MAX_MESSAGE_CHARS, MAX_PATTERN_BYTES, Text};
use mlua::chunk::{Chunk, ChunkMode};
use mlua::{Function, Lua, MultiValue, Table, Value};
use std::rc::Rc;
use upkeep_domain::catalogue::version::Version;

/// Values that `table.move` moves at once.
const MAX_MOVE: u32 = 1_000_000;
/// Steps for so many bytes of JSON.
const JSON_BYTES_PER_STEP: usize = 64;

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

type Answered = Result<Value, Problem>;

/// What the functions of one machine share.
#[derive(Clone)]
struct Host {
    state: Rc<State>,
    /// Marks a table as an array.
    array: Table,
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
    let out_of_memory = lua.create_function(move |_, ()| {
        state.stop(Stop::Exhausted(Limit::Memory));
        Err::<(), _>(stopped())
    })?;
    table.set("out_of_memory", out_of_memory)?;
    let state = host.state.clone();
    let failed = lua.create_function(move |lua, problem: Value| {
        state.fail(failure(lua, &problem));
        Ok(())
    })?;
    table.set("failed", failed)?;
    Ok(table)
}

type HostFunction = fn(&Host, &Lua, &Value, &Value) -> Answered;

const FUNCTIONS: [(&str, HostFunction); 16] = [
    ("invoke_command", |host, lua, arguments, _| {
        host.call(lua, arguments::command(lua, &host.array, arguments)?)
    }),
    ("http", |host, lua, arguments, _| {
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

    fn parameter(&self, lua: &Lua, name: &Value, _: &Value) -> Answered {
        let name = name_of(name)?;
        match self.state.inputs.parameter(&name) {
            None => Err(format!("there is no parameter {name}").into()),
            Some(serde_json::Value::Null) => Ok(Value::Nil),
            Some(value) => Ok(values::value(lua, value, &self.array)?),
        }
    }

    fn secret(&self, lua: &Lua, name: &Value, _: &Value) -> Answered {
        let name = name_of(name)?;
        if !self.state.inputs.has_secret(&name) {
            return Err(format!("there is no secret {name}, or this script may not use it").into());
        }
        let text = Text::secret(name);
        self.state.hold(text.bytes())?;
        let state = self.state.clone();
        Ok(Value::UserData(
            lua.create_userdata(TextHandle { text, state })?,
        ))
    }

    fn version(&self, lua: &Lua, written: &Value, _: &Value) -> Answered {
        let Value::String(written) = written else {
            return Err(format!(
                "a version is made of a text, and got a {}",
                written.type_name()
            )
            .into());
        };
        let version = Version::new(&text(written)?).map_err(|error| error.to_string())?;
        // The text, and its parts in the order, of which each is some text of its own.
        self.state
            .hold(size_of::<Version>() + 48 * version.as_str().len())?;
        Ok(Value::UserData(
            lua.create_userdata(VersionHandle(version))?,
        ))
    }

    fn log(&self, _: &Lua, line: &Value, _: &Value) -> Answered {
        if let Value::String(line) = line {
            self.state.log(line.to_string_lossy())?;
        }
        Ok(Value::Nil)
    }

    fn progress(&self, _: &Lua, fraction: &Value, words: &Value) -> Answered {
        let fraction = fraction
            .as_number()
            .or(fraction.as_integer().map(|whole| whole as f64));
        let fraction = (fraction.filter(|fraction| (0.0..=1.0).contains(fraction)))
            .ok_or("progress is a number from 0 to 1, and a text")?;
        let text = match words {
            Value::Nil => String::new(),
            Value::String(words) => words
                .to_string_lossy()
                .chars()
                .take(MAX_MESSAGE_CHARS)
                .collect(),
            _ => return Err("progress is a number from 0 to 1, and a text".into()),
        };
        self.state.progress(Progress { fraction, text })?;
        Ok(Value::Nil)
    }

    fn json_array(&self, _: &Lua, value: &Value, _: &Value) -> Answered {
        let Value::Table(table) = value else {
            return Err(
                format!("json.array wants a table, and got a {}", value.type_name()).into(),
            );
        };
        if table.is_readonly() || table.metatable().is_some() {
            return Err("json.array wants a table of its own, without a metatable".into());
        }
        table.set_metatable(Some(self.array.clone()))?;
        Ok(Value::Table(table.clone()))
    }

    fn json_encode(&self, lua: &Lua, value: &Value, _: &Value) -> Answered {
        let mut reading = Reading::new(&self.array);
        let json = reading.json(value);
        self.state.charge(reading.nodes())?;
        Ok(Value::String(lua.create_string(json?.to_string())?))
    }

    fn json_decode(&self, lua: &Lua, written: &Value, _: &Value) -> Answered {
        let Value::String(written) = written else {
            return Err(format!(
                "json.decode wants a text, and got a {}",
                written.type_name()
            )
            .into());
        };
        let bytes = written.as_bytes();
        if bytes.len() > MAX_JSON_BYTES {
            return Err(format!("there are more than {MAX_JSON_BYTES} bytes in it").into());
        }
        self.state
            .charge((bytes.len() / JSON_BYTES_PER_STEP) as u64)?;
        let json =
            serde_json::from_slice(&bytes).map_err(|error| format!("this is no JSON: {error}"))?;
        Ok(values::value(lua, &json, &self.array)?)
    }

    fn search(&self, whole: &Value, pattern: &Value) -> Result<Search, Problem> {
        let (Value::String(whole), Value::String(pattern)) = (whole, pattern) else {
            return Err("it wants a text and a regular expression".into());
        };
        let search = Search::new(text(whole)?, &text(pattern)?)?;
        self.state.charge(search.steps)?;
        Ok(search)
    }

    fn re_match(&self, _: &Lua, whole: &Value, pattern: &Value) -> Answered {
        let search = self.search(whole, pattern)?;
        Ok(Value::Boolean(search.regex.is_match(&search.text)))
    }

    fn re_capture(&self, lua: &Lua, whole: &Value, pattern: &Value) -> Answered {
        let search = self.search(whole, pattern)?;
        let Some(found) = search.regex.captures(&search.text) else {
            return Ok(Value::Nil);
        };
        let groups = lua.create_table()?;
        for (number, group) in found.iter().enumerate() {
            groups.set(number, group.map(|group| group.as_str()))?;
        }
        for name in search.regex.capture_names().flatten() {
            groups.set(name, found.name(name).map(|group| group.as_str()))?;
        }
        Ok(Value::Table(groups))
    }

    fn chunk(&self, lua: &Lua, name: &Value, _: &Value) -> Answered {
        let name = name_of(name)?;
        let Some(text) = self.state.program.shared(&name) else {
            return Err(format!("there is no shared function {name}").into());
        };
        match chunk(lua, text, &name).into_function() {
            Ok(function) => Ok(Value::Function(function)),
            Err(mlua::Error::SyntaxError { message, .. }) => Err(message.into()),
            Err(error) => Err(error.into()),
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

fn name_of(value: &Value) -> Result<String, Problem> {
    match value {
        Value::String(name) => Ok(text(name)?),
        other => Err(format!("it wants a name, and got a {}", other.type_name()).into()),
    }
}

/// From 0 up to 1, of the 53 bits that a number has.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn fraction_of(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
