//! What a script hands to a call: tables, read into calls within bounds.

use super::handles::text_of;
use super::values::{Reading, text};
use crate::call::{Argument, Call, Command, HttpRequest, Method, interpreter_name};
use crate::http::{header_name, header_value};
use crate::{MAX_ARGUMENTS, MAX_TEXT_BYTES, MAX_URL_BYTES, Text};
use mlua::{Lua, Table, Value};
use std::collections::BTreeMap;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use url::Url;

const INTERPRETERS: [Interpreter; 4] = [
    Interpreter::Sh,
    Interpreter::Bash,
    Interpreter::Python,
    Interpreter::PowerShell,
];

/// The named arguments of one call, each of which is taken once, so that what is left over was misspelt.
struct Arguments<'a> {
    lua: &'a Lua,
    given: BTreeMap<String, Value>,
    /// One for all of them, so that its bounds are those of a call.
    reading: Reading<'a>,
}

impl<'a> Arguments<'a> {
    fn new(lua: &'a Lua, array: &'a Table, value: &Value) -> Result<Self, String> {
        let Value::Table(table) = value else {
            return Err(format!(
                "it wants a table of arguments, and got a {}",
                value.type_name()
            ));
        };
        Ok(Self {
            lua,
            given: members(table)?,
            reading: Reading::new(array),
        })
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.given.remove(name) {
            None => Ok(None),
            Some(Value::String(string)) => text(&string).map(Some),
            Some(Value::UserData(_)) => Err(format!(
                "{name} is shown and written down: it cannot hold a secret"
            )),
            Some(other) => Err(format!("{name} is a text, and got a {}", other.type_name())),
        }
    }

    fn table(&mut self, name: &str) -> Result<BTreeMap<String, Value>, String> {
        match self.given.remove(name) {
            None => Ok(BTreeMap::new()),
            Some(Value::Table(table)) => members(&table),
            Some(other) => Err(format!(
                "{name} is a table, and got a {}",
                other.type_name()
            )),
        }
    }

    /// Nothing was given that nothing took.
    fn finish(self) -> Result<(), String> {
        match self.given.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("it has no argument {name}")),
        }
    }
}

fn members(table: &Table) -> Result<BTreeMap<String, Value>, String> {
    let mut members = BTreeMap::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|error| error.to_string())?;
        let Value::String(key) = key else {
            return Err(format!(
                "arguments have names, and one is a {}",
                key.type_name()
            ));
        };
        members.insert(text(&key)?, value);
        if members.len() > MAX_ARGUMENTS {
            return Err(format!("there are more than {MAX_ARGUMENTS} arguments"));
        }
    }
    Ok(members)
}

/// `invoke_command{ script = …, interpreter = …, timeout = …, parameters = … }`.
pub(super) fn command(lua: &Lua, array: &Table, value: &Value) -> Result<Call, String> {
    let mut arguments = Arguments::new(lua, array, value)?;
    let script = arguments
        .text("script")?
        .ok_or("script is missing: give its text")?;
    let known = INTERPRETERS.map(interpreter_name).join(", ");
    let named = arguments.text("interpreter")?;
    let named = named.ok_or_else(|| format!("interpreter is missing: give one of {known}"))?;
    let interpreter = (INTERPRETERS.into_iter())
        .find(|interpreter| interpreter_name(*interpreter) == named)
        .ok_or_else(|| format!("there is no interpreter {named}: give one of {known}"))?;
    let timeout = match arguments.given.remove("timeout") {
        None => ScriptTimeout::ACTION,
        Some(value) => seconds(&value)?,
    };
    let parameters = (arguments.table("parameters")?.into_iter())
        .map(|(name, value)| Ok((name, argument(&mut arguments, &value)?)))
        .collect::<Result<_, String>>()?;
    arguments.finish()?;
    let script = Script::new(interpreter, &script, timeout).map_err(|error| error.to_string())?;
    Ok(Call::InvokeCommand(Command { script, parameters }))
}

fn seconds(value: &Value) -> Result<ScriptTimeout, String> {
    let seconds = match value {
        Value::Integer(seconds) => u32::try_from(*seconds).ok(),
        Value::Number(seconds) if seconds.fract() == 0.0 => format!("{seconds}").parse().ok(),
        _ => None,
    };
    let seconds = seconds.ok_or("timeout is a whole number of seconds")?;
    ScriptTimeout::from_seconds(seconds).map_err(|error| error.to_string())
}

fn argument(arguments: &mut Arguments, value: &Value) -> Result<Argument, String> {
    if let Value::UserData(_) = value {
        let text = text_of(arguments.lua, value).ok_or("a parameter is no JSON and no secret")?;
        return Ok(Argument::Text(text));
    }
    let value = arguments.reading.json(value)?;
    if value.to_string().len() > MAX_TEXT_BYTES {
        return Err(format!("a parameter has at most {MAX_TEXT_BYTES} bytes"));
    }
    Ok(Argument::Value(value))
}

/// `http{ url = …, method = …, headers = …, body = … }`.
pub(super) fn request(lua: &Lua, array: &Table, value: &Value) -> Result<Call, String> {
    let mut arguments = Arguments::new(lua, array, value)?;
    let url = arguments.text("url")?.ok_or("url is missing")?;
    let url = address(&url)?;
    let method = match arguments.text("method")? {
        None => Method::Get,
        Some(named) => Method::ALL
            .into_iter()
            .find(|method| method.name() == named)
            .ok_or_else(|| {
                format!("there is no method {named}: give GET, HEAD, POST, PUT, PATCH or DELETE")
            })?,
    };
    let mut headers = BTreeMap::new();
    for (name, value) in arguments.table("headers")? {
        let value = text_of(lua, &value).ok_or_else(|| format!("the header {name} is a text"))?;
        header_value(&value.to_string()).map_err(|error| error.to_string())?;
        headers.insert(
            header_name(&name).map_err(|error| error.to_string())?,
            value,
        );
    }
    let body = match arguments.given.remove("body") {
        None => Text::default(),
        Some(Value::Table(table)) => {
            let json = arguments.reading.json(&Value::Table(table))?;
            (headers.entry("content-type".into()))
                .or_insert_with(|| Text::plain("application/json"));
            Text::plain(json.to_string())
        }
        Some(value) => {
            text_of(lua, &value).ok_or("body is a text or a table, which is sent as JSON")?
        }
    };
    if body.bytes() > MAX_TEXT_BYTES {
        return Err(format!("a body has at most {MAX_TEXT_BYTES} bytes"));
    }
    arguments.finish()?;
    Ok(Call::Http(HttpRequest {
        method,
        url,
        headers,
        body,
    }))
}

fn address(text: &str) -> Result<String, String> {
    if text.len() > MAX_URL_BYTES {
        return Err(format!("an address has at most {MAX_URL_BYTES} bytes"));
    }
    let url = Url::parse(text).map_err(|error| format!("{text} is no address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address is written down: put who asks into a header, with a secret".into());
    }
    if !url.has_host() {
        return Err(format!("{text} names no host"));
    }
    Ok(url.into())
}
