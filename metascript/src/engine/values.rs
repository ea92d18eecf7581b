//! Between values of a script and JSON, within bounds.

use crate::{MAX_DEPTH, MAX_JSON_BYTES, MAX_NODES};
use mlua::{Lua, Table, Value};
use serde_json::{Map, Number, Value as Json};

/// Whole numbers up to here are written as such: above, a script's numbers have gaps.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Reads values of a script as JSON. A table is an array if its keys are 1, 2, 3 and so on, or if `json.array` made it one.
pub(super) struct Reading<'a> {
    array: &'a Table,
    nodes: usize,
    bytes: usize,
}

impl<'a> Reading<'a> {
    /// `array`: what marks a table as an array.
    pub(super) fn new(array: &'a Table) -> Self {
        Self {
            array,
            nodes: 0,
            bytes: 0,
        }
    }

    /// How many values were read.
    pub(super) fn nodes(&self) -> u64 {
        self.nodes as u64
    }

    pub(super) fn json(&mut self, value: &Value) -> Result<Json, String> {
        self.nested(value, 0)
    }

    fn take(&mut self, bytes: usize) -> Result<(), String> {
        self.nodes += 1;
        self.bytes += bytes;
        if self.nodes > MAX_NODES {
            Err(format!("there are more than {MAX_NODES} values in it"))
        } else if self.bytes > MAX_JSON_BYTES {
            Err(format!("there are more than {MAX_JSON_BYTES} bytes in it"))
        } else {
            Ok(())
        }
    }

    fn nested(&mut self, value: &Value, depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "it is nested deeper than {MAX_DEPTH}, or holds itself"
            ));
        }
        match value {
            Value::String(text) => {
                self.take(text.as_bytes().len())?;
                Ok(self::text(text)?.into())
            }
            Value::Table(table) => {
                self.take(2)?;
                self.table(table, depth)
            }
            other => {
                self.take(8)?;
                plain(other)
            }
        }
    }

    fn table(&mut self, table: &Table, depth: usize) -> Result<Json, String> {
        let length = table.raw_len();
        let marked = table.metatable().is_some_and(|mark| mark == *self.array);
        if length == 0 && !marked {
            return self.object(table, depth);
        }
        // Whether there is a first value says which of the two it is meant to be; the rest has to fit.
        let mut items = Vec::new();
        let mut holes = 0;
        for index in 1..=length {
            let item = table.raw_get(index).map_err(|error| error.to_string())?;
            holes += usize::from(matches!(item, Value::Nil));
            items.push(self.nested(&item, depth + 1)?);
        }
        let mut others = table.pairs::<Value, Value>().skip(length - holes);
        match others.next() {
            None => Ok(items.into()),
            Some(_) => Err("a table has both numbers from 1 on and others as keys: it is neither a list nor an object".into()),
        }
    }

    fn object(&mut self, table: &Table, depth: usize) -> Result<Json, String> {
        let mut members = std::collections::BTreeMap::new();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair.map_err(|error| error.to_string())?;
            let Value::String(key) = key else {
                return Err(format!(
                    "a key is a {}: in an object it is a text",
                    key.type_name()
                ));
            };
            self.take(key.as_bytes().len())?;
            members.insert(text(&key)?, self.nested(&value, depth + 1)?);
        }
        Ok(Json::Object(members.into_iter().collect::<Map<_, _>>()))
    }
}

fn plain(value: &Value) -> Result<Json, String> {
    match value {
        Value::Nil => Ok(Json::Null),
        null if *null == Value::NULL => Ok(Json::Null),
        Value::Boolean(yes) => Ok((*yes).into()),
        Value::Integer(number) => Ok((*number).into()),
        Value::Number(number) => self::number(*number),
        other => Err(format!("a {} is no JSON", other.type_name())),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "only whole numbers within the range of both"
)]
fn number(number: f64) -> Result<Json, String> {
    if number.fract() == 0.0 && number.abs() <= MAX_WHOLE {
        return Ok((number as i64).into());
    }
    let number = Number::from_f64(number).ok_or("a number is infinite or none: that is no JSON")?;
    Ok(number.into())
}

/// The text of a string, which may be any bytes in a script.
pub(super) fn text(string: &mlua::LuaString) -> Result<String, String> {
    Ok(string
        .to_str()
        .map_err(|_| "a text is not UTF-8")?
        .to_owned())
}

/// Makes values of JSON. Arrays are marked, so that an empty one stays one; null within something is `json.null`.
pub(super) fn value(lua: &Lua, json: &Json, array: &Table) -> mlua::Result<Value> {
    Ok(match json {
        Json::Null => Value::NULL,
        Json::Bool(yes) => Value::Boolean(*yes),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Value::String(lua.create_string(text)?),
        Json::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for (index, item) in items.iter().enumerate() {
                table.raw_set(index + 1, value(lua, item, array)?)?;
            }
            table.set_metatable(Some(array.clone()))?;
            Value::Table(table)
        }
        Json::Object(members) => {
            let table = lua.create_table_with_capacity(0, members.len())?;
            // In the order of names, so that the table is the same however `serde_json` keeps them.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            for (name, member) in members {
                table.raw_set(name.as_str(), value(lua, member, array)?)?;
            }
            Value::Table(table)
        }
    })
}
