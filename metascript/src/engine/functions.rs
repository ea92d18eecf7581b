//! What a script was given, what it says, and values that it makes: the functions that need no answer.

use super::handles::{TextHandle, VersionHandle};
use super::host::{Answered, Host, Problem, chunk};
use super::patterns::Search;
use super::values::{self, Reading, text};
use crate::outcome::Progress;
use crate::{MAX_JSON_BYTES, MAX_MESSAGE_CHARS, Text};
use mlua::{Lua, Value};
use upkeep_domain::catalogue::version::Version;

/// Bytes of JSON for one step.
const JSON_BYTES_PER_STEP: usize = 64;

impl Host {
    pub(super) fn parameter(&self, lua: &Lua, name: &Value, _: &Value) -> Answered {
        let name = name_of(name)?;
        match self.state.inputs.parameter(&name) {
            None => Err(format!("there is no parameter {name}").into()),
            Some(serde_json::Value::Null) => Ok(Value::Nil),
            Some(value) => Ok(values::value(lua, value, &self.array)?),
        }
    }

    pub(super) fn secret(&self, lua: &Lua, name: &Value, _: &Value) -> Answered {
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

    pub(super) fn version(&self, lua: &Lua, written: &Value, _: &Value) -> Answered {
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

    pub(super) fn log(&self, _: &Lua, line: &Value, _: &Value) -> Answered {
        if let Value::String(line) = line {
            self.state.log(line.to_string_lossy())?;
        }
        Ok(Value::Nil)
    }

    pub(super) fn progress(&self, _: &Lua, fraction: &Value, words: &Value) -> Answered {
        let fraction = match fraction {
            Value::Number(fraction) => Some(*fraction),
            Value::Integer(whole) => i32::try_from(*whole).ok().map(f64::from),
            _ => None,
        };
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

    pub(super) fn json_array(&self, _: &Lua, value: &Value, _: &Value) -> Answered {
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

    pub(super) fn json_encode(&self, lua: &Lua, value: &Value, _: &Value) -> Answered {
        let mut reading = Reading::new(&self.array);
        let json = reading.json(value);
        self.state.charge(reading.nodes())?;
        Ok(Value::String(lua.create_string(json?.to_string())?))
    }

    pub(super) fn json_decode(&self, lua: &Lua, written: &Value, _: &Value) -> Answered {
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

    pub(super) fn re_match(&self, _: &Lua, whole: &Value, pattern: &Value) -> Answered {
        let search = self.search(whole, pattern)?;
        Ok(Value::Boolean(search.regex.is_match(&search.text)))
    }

    pub(super) fn re_capture(&self, lua: &Lua, whole: &Value, pattern: &Value) -> Answered {
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

    pub(super) fn chunk(&self, lua: &Lua, name: &Value, _: &Value) -> Answered {
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

fn name_of(value: &Value) -> Result<String, Problem> {
    match value {
        Value::String(name) => Ok(text(name)?),
        other => Err(format!("it wants a name, and got a {}", other.type_name()).into()),
    }
}
