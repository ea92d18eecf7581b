//! Why what a script answered cannot be taken for what was asked. Each says what the script did, after the script's name,
//! and what its author can do.

use super::result::{MissingResult, ScriptFault};
use super::words::{quoted, shorten};
use crate::kernel::limits::{MAX_FOUND_PROGRAMS, MAX_QUOTED_LINE_CHARS, MAX_RESULT_BYTES};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    #[error("failed: {0}")]
    Fatal(String),
    #[error("wrote {count} error{}, so what it found is not known: {first}", if *.count == 1 { "" } else { "s" })]
    Errors { count: u64, first: String },
    #[error(
        "ended without an answer, so what it did or found is not known: its process was ended before it could give one"
    )]
    Unwritten,
    #[error("answered with more than {MAX_RESULT_BYTES} bytes: answer with less")]
    TooLarge,
    #[error(
        "left an answer that cannot be read: what begins as JSON must be JSON, in UTF-8 and not too deep; a version stands there alone"
    )]
    Unreadable,
    #[error(
        "answered with {count} values, the last of them {last}: it must answer with one, or with nothing where there is none"
    )]
    Several { count: u64, last: String },
    #[error(
        "answered with a table for people, as Format-Table makes it: leave the formatting out and output the version"
    )]
    Formatted,
    #[error(
        "answered with the number {0}, which does not tell 1.10 from 1.1: output the version as a text, such as '1.10'"
    )]
    Number(String),
    #[error(
        "answered with {0}, which is no version that stands alone: it must answer with the version and nothing else (such as 1.2.3), \
         or with nothing where there is none"
    )]
    NoVersion(String),
    #[error(
        "answered with an object without DisplayVersion, Version or FileVersion as text: output the version itself"
    )]
    NoVersionMember,
    #[error("answered with an object of the type {0}: output its version as a text")]
    Object(String),
    #[error(
        "wrote {lines} line{} for people, as Write-Host does, and answered with nothing: output the version, or nothing at all", if *.lines == 1 { "" } else { "s" }
    )]
    OnlyForPeople { lines: u64 },
    #[error(
        "answered with nothing, and the last program that it ran ended with exit code {0}: whether the software is absent is not known"
    )]
    ProgramFailed(i32),
    #[error(
        "answered with {0}: a test must answer with true or false, once, and with nothing else"
    )]
    NoVerdict(String),
    #[error(
        "printed much more than a version: it must print the version and nothing else, or nothing where there is none; notes belong on \
         standard error"
    )]
    PrintedTooMuch,
    #[error("answered with a file that cannot be taken: {0}")]
    Package(String),
    #[error("did not tell what is there: update the agent")]
    NotListed,
    #[error(
        "found {count} programs that fit, and tells at most {MAX_FOUND_PROGRAMS} apart: name more closely what is looked for"
    )]
    TooManyPrograms { count: u64 },
    #[error(
        "found {program}, whose entry tells no version: look for it by another sign, or by a script"
    )]
    ProgramWithoutVersion { program: String },
    #[error(
        "found {program} in version {version}, which is no version that stands alone: take it out of the name by a regular \
         expression, or look for it by a script"
    )]
    ProgramVersion { program: String, version: String },
}

impl Unread {
    pub(super) fn fatal(fault: &ScriptFault) -> Self {
        Self::Fatal(place_of(fault))
    }
}

impl From<MissingResult> for Unread {
    fn from(why: MissingResult) -> Self {
        match why {
            MissingResult::Unwritten => Self::Unwritten,
            MissingResult::TooLarge => Self::TooLarge,
            MissingResult::Unreadable => Self::Unreadable,
        }
    }
}

/// An error with its line, as far as it has one.
pub(super) fn place_of(fault: &ScriptFault) -> String {
    let line = |text: &str| shorten(text.trim(), MAX_QUOTED_LINE_CHARS);
    let message = line(&fault.message);
    match (fault.line, fault.source.trim()) {
        (Some(number), "") => format!("{message} (line {number})"),
        (Some(number), source) => format!("{message} (line {number}: {})", line(source)),
        (None, _) => message,
    }
}

/// A value in a sentence.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(&shorten(text, MAX_QUOTED_LINE_CHARS)),
        other => shorten(&other.to_string(), MAX_QUOTED_LINE_CHARS),
    }
}
