//! One machine for each run: made, played, thrown away.
//!
//! `state.rs` is what a run has used and why it stops, `prelude.luau` what a script sees, `host.rs` and
//! `functions.rs` the functions under it.

mod arguments;
mod failure;
mod functions;
mod handles;
mod host;
mod patterns;
mod state;
mod values;

use crate::outcome::{Failure, Limit, Outcome, Refusal, Run};
use crate::{Inputs, Journal, Limits, Program};
use failure::{PRELUDE, wrong_text};
use host::{is_memory_error, stopped};
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Function, Lua, LuaOptions, StdLib, Table, Value, VmState};
use state::{State, Stop};
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

/// Plays a metascript from its first line to the first call that its journal does not answer, or to its end.
///
/// `uptime` is looked at for [`Limits::time`] alone: it decides nothing else, and a run that it ends is over for good. The call
/// computes and does nothing else; a thread of the runtime is no place for it.
pub fn run(
    program: &Program,
    inputs: &Inputs,
    journal: &Journal,
    limits: &Limits,
    uptime: impl Fn() -> Duration + 'static,
) -> Run {
    let given = (program.clone(), inputs.clone());
    let state = Rc::new(State::new(
        given,
        journal.clone(),
        *limits,
        Box::new(uptime),
    ));
    let outcome = match refusal(program, inputs, journal) {
        Some(refusal) => Outcome::Refused { refusal },
        None => outcome(&state, play(&state, limits)),
    };
    let (log, progress, steps) = state.said();
    Run {
        outcome,
        log,
        progress,
        steps,
    }
}

fn refusal(program: &Program, inputs: &Inputs, journal: &Journal) -> Option<Refusal> {
    let (was, is) = (journal.pins(), program.pins(inputs));
    if was.program != is.program {
        Some(Refusal::AnotherScript)
    } else if was.inputs != is.inputs {
        Some(Refusal::OtherInputs)
    } else if !journal.is_whole() {
        Some(Refusal::Journal)
    } else {
        None
    }
}

/// Why it stopped comes before what the script made of that.
fn outcome(state: &State, played: mlua::Result<Result<serde_json::Value, Failure>>) -> Outcome {
    match (state.stopped(), played) {
        (Some(Stop::Suspended(call)), _) => Outcome::Suspended { call },
        (Some(Stop::Exhausted(limit)), _) => Outcome::Exhausted { limit },
        (Some(Stop::Refused(refusal)), _) => Outcome::Refused { refusal },
        (None, Err(error)) if is_memory_error(&error) => Outcome::Exhausted {
            limit: Limit::Memory,
        },
        (None, Err(error)) => Outcome::Failed {
            error: wrong_text(&error.to_string()),
        },
        (None, Ok(played)) => match (state.missing(), played) {
            (Some(refusal), _) => Outcome::Refused { refusal },
            (None, Ok(value)) => Outcome::Completed { value },
            (None, Err(error)) => Outcome::Failed { error },
        },
    }
}

fn play(state: &Rc<State>, limits: &Limits) -> mlua::Result<Result<serde_json::Value, Failure>> {
    let (lua, host, start) = machine(state, limits)?;
    let main = match host::script(&lua, state).into_function() {
        Ok(main) => main,
        Err(mlua::Error::SyntaxError { message, .. }) => return Ok(Err(wrong_text(&message))),
        Err(error) => return Err(error),
    };
    let (came_to_its_end, value): (bool, Value) = start.call(main)?;
    if !came_to_its_end {
        return Ok(Err(state
            .take_failure()
            .unwrap_or_else(|| wrong_text("the script failed"))));
    }
    Ok(host::returned(&host, &value)?
        .map_err(|why| wrong_text(&format!("what the script returns is no JSON: {why}"))))
}

/// A machine in which nothing but the prelude was done, and the function that starts a script in it.
fn machine(state: &Rc<State>, limits: &Limits) -> mlua::Result<(Lua, Table, Function)> {
    // Never OS, IO, DEBUG or PACKAGE: files, processes, the clock and other modules are not there.
    let libraries = StdLib::TABLE
        | StdLib::STRING
        | StdLib::MATH
        | StdLib::BIT
        | StdLib::UTF8
        | StdLib::COROUTINE;
    let lua = Lua::new_with(libraries, LuaOptions::new().catch_rust_panics(false))?;
    let host = host::table(&lua, state)?;
    let start = lua
        .load(prelude())
        .set_name(format!("={PRELUDE}"))
        .set_mode(ChunkMode::Binary)
        .call(host.clone())?;
    // Otherwise a loop over them does without calling them, in the order of Luau's own.
    lua.set_compiler(Compiler::new().set_mutable_globals(["next", "pairs"]));
    lua.sandbox(true)?;
    lua.set_memory_limit(limits.memory_bytes)?;
    let state = state.clone();
    lua.set_interrupt(move |_| match state.step() {
        Ok(()) => Ok(VmState::Continue),
        Err(_) => Err(stopped()),
    });
    Ok((lua, host, start))
}

/// The prelude, compiled once.
fn prelude() -> &'static [u8] {
    static COMPILED: OnceLock<Vec<u8>> = OnceLock::new();
    COMPILED.get_or_init(|| {
        Compiler::new()
            .compile(include_str!("prelude.luau"))
            .expect("the prelude is ours and correct: every test runs it")
    })
}
