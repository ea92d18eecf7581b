//! What a script's mistake says, and where it was made.

use crate::outcome::{Failure, Place};
use crate::{MAX_MESSAGE_CHARS, MAX_STACK};
use mlua::{Lua, Value};

/// What the prelude is called in stacks, which leave it out.
pub(super) const PRELUDE: &str = "[upkeep]";

/// Made while the script still stands where it failed.
pub(super) fn failure(lua: &Lua, problem: &Value) -> Failure {
    let stack = lua
        .traceback(None, 1)
        .map(|stack| stack.to_string_lossy())
        .unwrap_or_default();
    let stack: Vec<String> = (stack.lines())
        .map(str::trim)
        .filter(|frame| place(frame).is_some() && !frame.starts_with(PRELUDE))
        .take(MAX_STACK)
        .map(bounded)
        .collect();
    let said = said(problem);
    match place(&said) {
        Some((place, message)) => Failure {
            message: bounded(message.strip_prefix(": ").unwrap_or(message)),
            place: Some(place),
            stack,
        },
        None => Failure {
            message: bounded(&said),
            place: stack.first().and_then(|frame| Some(place(frame)?.0)),
            stack,
        },
    }
}

/// A mistake in the text itself.
pub(super) fn wrong_text(message: &str) -> Failure {
    let (place, message) = match place(message) {
        Some((place, rest)) => (Some(place), rest.strip_prefix(": ").unwrap_or(rest)),
        None => (None, message),
    };
    Failure {
        message: bounded(message),
        place,
        stack: Vec::new(),
    }
}

fn said(problem: &Value) -> String {
    match problem {
        Value::String(text) => text.to_string_lossy(),
        Value::Error(error) => match &**error {
            mlua::Error::CallbackError { cause, .. } => reason(cause),
            error => reason(error),
        },
        Value::Nil => "the script failed without a message".into(),
        other => other
            .to_string()
            .ok()
            .filter(|text| !text.contains("0x"))
            .unwrap_or_else(|| format!("the script failed with a {}", other.type_name())),
    }
}

fn reason(error: &mlua::Error) -> String {
    match error {
        mlua::Error::RuntimeError(message) => message.clone(),
        other => other.to_string(),
    }
}

/// `name:line` at the beginning of a text, and what follows it.
fn place(text: &str) -> Option<(Place, &str)> {
    let (chunk, rest) = text.split_once(':')?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if chunk.is_empty() || chunk.contains(char::is_whitespace) {
        return None;
    }
    let place = Place {
        chunk: chunk.to_owned(),
        line: rest[..digits].parse().ok()?,
    };
    Some((place, &rest[digits..]))
}

fn bounded(text: &str) -> String {
    text.chars().take(MAX_MESSAGE_CHARS).collect()
}
