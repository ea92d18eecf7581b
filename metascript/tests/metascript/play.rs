//! Running scripts in tests, with a host that answers everything at once.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;
use upkeep_metascript::{
    Answer, Argument, Call, CommandEnd, Failure, HttpResponse, Inputs, Journal, Limits, Outcome,
    PendingCall, Program, Requested, Run, run,
};

/// A clock that stands: how fast this machine is decides nothing.
pub fn standing() -> impl Fn() -> Duration {
    || Duration::ZERO
}

/// A clock by which a millisecond passes from each look to the next.
fn passing() -> impl Fn() -> Duration {
    let looks = Cell::new(0);
    move || {
        looks.set(looks.get() + 1);
        Duration::from_millis(looks.get())
    }
}

pub fn program(script: &str) -> Program {
    Program::of(script).unwrap()
}

pub fn with_shared(script: &str, shared: &[(&str, &str)]) -> Program {
    let shared = (shared.iter()).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Program::new(script, shared.collect()).unwrap()
}

pub fn inputs() -> Inputs {
    let parameters = [
        ("edition", "pro".into()),
        ("seats", 25.into()),
        ("minimum_version", "7.4.0".into()),
        ("tags", serde_json::json!(["a", "b"])),
        ("nothing", serde_json::Value::Null),
    ];
    let parameters: BTreeMap<_, _> = (parameters.into_iter())
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let secrets: BTreeSet<_> = ["licence_key".to_owned(), "api_token".to_owned()].into();
    Inputs::new(parameters, secrets).unwrap()
}

pub fn journal_of(program: &Program) -> Journal {
    Journal::new(program.pins(&inputs()))
}

pub fn once(program: &Program, journal: &Journal) -> Run {
    run(program, &inputs(), journal, &Limits::default(), standing())
}

/// Runs a script that asks for nothing.
pub fn alone(script: &str) -> Run {
    let program = program(script);
    once(&program, &journal_of(&program))
}

pub fn limited(script: &str, limits: Limits) -> Run {
    by_clock(script, limits, standing())
}

/// The same, while time passes.
pub fn timed(script: &str, limits: Limits) -> Run {
    by_clock(script, limits, passing())
}

fn by_clock(script: &str, limits: Limits, clock: impl Fn() -> Duration + 'static) -> Run {
    let program = program(script);
    run(&program, &inputs(), &journal_of(&program), &limits, clock)
}

/// What a script returns that needs no host.
pub fn value(script: &str) -> serde_json::Value {
    match alone(script).outcome {
        Outcome::Completed { value } => value,
        other => panic!("{script}: {other:?}"),
    }
}

pub fn failure(script: &str) -> Failure {
    match alone(script).outcome {
        Outcome::Failed { error } => error,
        other => panic!("{script}: {other:?}"),
    }
}

/// A host that carries calls out, and remembers which.
#[derive(Default)]
pub struct Host {
    pub sent: Vec<PendingCall>,
}

impl Host {
    pub fn carry_out(&mut self, call: &PendingCall) -> Answer {
        self.sent.push(call.clone());
        let number = i64::try_from(self.sent.len()).unwrap();
        match &call.call {
            Call::InvokeCommand(command) => {
                let mut output = format!("did {}\n", command.script.text);
                for (name, argument) in &command.parameters {
                    let written = match argument {
                        Argument::Value(value) => value.to_string(),
                        Argument::Text(text) => text.to_string(),
                    };
                    writeln!(output, "{name}={written}").unwrap();
                }
                Answer::Command(CommandEnd::new(Some(0), &output, ""))
            }
            Call::Http(request) => {
                let body = format!(r#"{{"asked":"{}","version":"7.5.1"}}"#, request.url);
                let headers = BTreeMap::from([("content-type".into(), "application/json".into())]);
                Answer::Http(HttpResponse::new(200, headers, &body))
            }
            Call::Now => Answer::Moment(1_700_000_000_000 + number),
            Call::Random => Answer::Chance(u64::MAX / 3),
            Call::GetComputer => Answer::Computer(serde_json::json!({
                "name": "PC-1", "operating_system": "Debian 12", "memory_gib": 16,
                "software": [{"name": "7-Zip", "version": "23.01"}],
            })),
        }
    }

    /// Plays a script to its end, from what the journal has.
    pub fn finish(&mut self, program: &Program, journal: &mut Journal) -> Run {
        loop {
            let run = once(program, journal);
            let Outcome::Suspended { call } = &run.outcome else {
                return run;
            };
            assert_eq!(journal.request(call), Ok(Requested::Now));
            let answer = self.carry_out(call);
            journal.answer(call.number, answer).unwrap();
        }
    }
}

/// What a script returns, with a host beside it.
pub fn finished(script: &str) -> serde_json::Value {
    let program = program(script);
    match Host::default()
        .finish(&program, &mut journal_of(&program))
        .outcome
    {
        Outcome::Completed { value } => value,
        other => panic!("{script}: {other:?}"),
    }
}

/// The first call of a script.
pub fn first_call(script: &str) -> PendingCall {
    match alone(script).outcome {
        Outcome::Suspended { call } => call,
        other => panic!("{script}: {other:?}"),
    }
}
