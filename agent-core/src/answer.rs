//! What a run answered: a script by the file that it, or the wrapper around it, left in its folder.

mod file;
mod frame;

use upkeep_agent_protocol::{
    AnswerMode, Given, Interpreter, MAX_RESULT_BYTES, MAX_RESULT_DEPTH, MAX_RESULT_VALUES,
    MAX_WHOLE_RESULT_BYTES, Missing, RunOrder, RunResult,
};

/// How a run answers: what its language can, and what the server wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By what it prints, which is the server's to read.
    Printed,
    /// By a file that it may write; else by what it prints.
    Written,
    /// By the wrapper's frame, which holds what it put out.
    Framed,
    /// By the wrapper's frame, which says no more than how it went.
    Acted,
    /// By no script: the installed programs are looked at.
    Listed,
}

impl Form {
    pub fn of(order: &RunOrder) -> Self {
        if order.programs.is_some() {
            return Self::Listed;
        }
        match (order.interpreter, order.answer) {
            (Interpreter::PowerShell, Some(AnswerMode::Value)) => Self::Framed,
            (Interpreter::PowerShell, Some(AnswerMode::Act)) => Self::Acted,
            (_, Some(AnswerMode::Value)) => Self::Written,
            (_, Some(AnswerMode::Act | AnswerMode::Unknown) | None) => Self::Printed,
        }
    }

    /// Whether it ends by itself when it is asked to: only what collects values looks whether it is.
    pub(crate) fn can_be_asked_to_end(self) -> bool {
        self == Self::Framed
    }
}

/// What of the file there is when the script has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Nobody wrote one.
    Unwritten,
    /// It has more than [`MAX_PAPER_BYTES`].
    TooLarge,
    /// It is none that can be read, or the disk refuses.
    Unreadable,
    Written(Vec<u8>),
}

/// Largest file that is read, in bytes: twenty texts of the wrapper's length, however they are written.
pub const MAX_PAPER_BYTES: u64 = 1024 * 1024;

/// What the script answered; nothing where what it printed is its answer.
pub(crate) fn answer(form: Form, paper: Paper) -> Option<RunResult> {
    let given = match (form, paper) {
        (Form::Printed, _) | (Form::Written, Paper::Unwritten) => return None,
        (_, Paper::Unwritten) => Err(Missing::Unwritten),
        (_, Paper::TooLarge) => Err(Missing::TooLarge),
        (_, Paper::Unreadable) => Err(Missing::Unreadable),
        (_, Paper::Written(bytes)) => read(form, &bytes),
    };
    Some(match given {
        Ok(given) => RunResult::Given(Box::new(given)),
        Err(why) => RunResult::Missing { why },
    })
}

fn read(form: Form, bytes: &[u8]) -> Result<Given, Missing> {
    let read = match form {
        Form::Framed => frame::of_values(bytes),
        Form::Acted => frame::of_act(bytes),
        Form::Printed | Form::Written => file::read(bytes),
        // Nobody writes one.
        Form::Listed => None,
    };
    let given = read.and_then(bounded).ok_or(Missing::Unreadable)?;
    if length(&given) > MAX_WHOLE_RESULT_BYTES {
        return Err(Missing::TooLarge);
    }
    Ok(given)
}

fn length(said: &impl serde::Serialize) -> usize {
    serde_json::to_vec(said).map_or(usize::MAX, |json| json.len())
}

/// Keeps the newest values that fit; nothing if one of them is too deep for anybody to read.
fn bounded(mut given: Given) -> Option<Given> {
    let mut room = MAX_RESULT_BYTES;
    let mut kept = 0;
    for value in given.values.iter().rev().take(MAX_RESULT_VALUES) {
        if value.depth() > MAX_RESULT_DEPTH {
            return None;
        }
        let Some(left) = room.checked_sub(length(value)) else {
            break;
        };
        room = left;
        kept += 1;
    }
    let dropped = given.values.len() - kept;
    given.values.drain(..dropped);
    Some(given)
}

/// The beginning of a text, cut between characters.
fn shortened(text: &str, max_bytes: usize) -> String {
    text[..text.floor_char_boundary(max_bytes)].to_owned()
}

/// Text of a file: behind a byte order mark, which some editors and Windows write.
fn text(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
