//! What is kept of a run's result: within the bounds, whatever an agent says.

use crate::text::one_line;
use upkeep_agent_protocol::{
    Fault, Given, MAX_WHOLE_RESULT_BYTES, Missing, ProgramScope as Scope, ProgramSource as Source,
    Programs, ResultValue as Told, RunResult as Report,
};
use upkeep_domain::catalogue::program::{
    FoundPrograms, InstalledProgram, ProgramScope, ProgramSource,
};
use upkeep_domain::kernel::limits::{
    MAX_FAULT_BYTES, MAX_FOUND_PROGRAMS, MAX_PROGRAM_TEXT_CHARS, MAX_RESULT_BYTES,
    MAX_RESULT_DEPTH, MAX_RESULT_FAULTS, MAX_RESULT_VALUES,
};
use upkeep_domain::maintenance::session::{
    GivenResult, MissingResult, ResultValue, RunResult, ScriptFault,
};

/// More than an honest agent tells is no result.
pub(super) fn kept(told: Report) -> RunResult {
    match told {
        Report::Missing { why } => RunResult::Missing {
            why: match why {
                Missing::Unwritten => MissingResult::Unwritten,
                Missing::TooLarge => MissingResult::TooLarge,
                Missing::Unreadable => MissingResult::Unreadable,
            },
        },
        Report::Given(told) if is_within_bounds(&told) => RunResult::Given(Box::new(given(*told))),
        Report::Programs(told) if told.entries.len() <= MAX_FOUND_PROGRAMS => {
            RunResult::Programs(found(told))
        }
        Report::Given(_) | Report::Programs(_) => RunResult::Missing {
            why: MissingResult::TooLarge,
        },
    }
}

/// Each text is one line, cut where an honest agent cuts it.
fn found(told: Programs) -> FoundPrograms {
    let line = |text: &str| one_line(text, MAX_PROGRAM_TEXT_CHARS);
    let part = |text: Option<String>| text.as_deref().map(line);
    let programs = told.entries.into_iter().map(|entry| InstalledProgram {
        name: line(&entry.name),
        publisher: part(entry.publisher),
        version: part(entry.version),
        product_code: part(entry.product_code),
        source: match entry.source {
            Source::Dpkg => ProgramSource::Dpkg,
            Source::Registry => ProgramSource::Registry,
            Source::Msix => ProgramSource::Msix,
            Source::Other => ProgramSource::Other,
        },
        scope: entry.scope.and_then(|scope| match scope {
            Scope::Machine => Some(ProgramScope::Machine),
            Scope::User => Some(ProgramScope::User),
            Scope::Other => None,
        }),
        architecture: part(entry.architecture),
    });
    FoundPrograms {
        programs: programs.collect(),
        program_count: told.count,
    }
}

fn is_within_bounds(told: &Given) -> bool {
    let bytes = |what: serde_json::Result<Vec<u8>>| what.map_or(usize::MAX, |json| json.len());
    let values: usize = told
        .values
        .iter()
        .map(|value| bytes(serde_json::to_vec(value)))
        .fold(0, usize::saturating_add);
    told.values.len() <= MAX_RESULT_VALUES
        && told.errors.len() <= MAX_RESULT_FAULTS
        && told
            .values
            .iter()
            .all(|value| value.depth() <= MAX_RESULT_DEPTH)
        && values <= MAX_RESULT_BYTES
        && bytes(serde_json::to_vec(told)) <= MAX_WHOLE_RESULT_BYTES
}

fn given(told: Given) -> GivenResult {
    GivenResult {
        values: told.values.into_iter().map(value).collect(),
        value_count: told.value_count,
        errors: told.errors.iter().map(fault).collect(),
        error_count: told.error_count,
        fatal: told.fatal.as_ref().map(fault),
        exit_code: told.exit_code,
        last_native_code: told.last_native_code,
        host_lines: told.host_lines,
    }
}

fn value(told: Told) -> ResultValue {
    ResultValue {
        type_name: told.type_name.map(|name| beginning(&name)),
        json: told.json,
    }
}

fn fault(told: &Fault) -> ScriptFault {
    ScriptFault {
        message: beginning(&told.message),
        type_name: beginning(&told.type_name),
        id: beginning(&told.id),
        line: told.line,
        column: told.column,
        source: beginning(&told.source),
        stack: beginning(&told.stack),
    }
}

/// Cut between characters.
fn beginning(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_FAULT_BYTES)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use upkeep_agent_protocol::ProgramEntry;

    fn told(given: Given) -> RunResult {
        kept(Report::Given(Box::new(given)))
    }

    fn value_of(json: Value) -> Told {
        Told {
            type_name: Some("T".repeat(2 * MAX_FAULT_BYTES)),
            json,
        }
    }

    #[test]
    fn what_an_honest_agent_tells_is_kept_with_its_texts_cut() {
        let fault = Fault {
            message: "ü".repeat(MAX_FAULT_BYTES),
            line: Some(2),
            ..Fault::default()
        };
        let given = Given {
            values: vec![value_of(json!({ "a": [1] }))],
            value_count: 1,
            errors: vec![fault.clone()],
            error_count: 1,
            fatal: Some(fault),
            exit_code: Some(3010),
            last_native_code: Some(7),
            host_lines: 3,
        };
        let RunResult::Given(kept) = told(given) else {
            panic!("it is kept");
        };
        assert_eq!(kept.values[0].json, json!({ "a": [1] }));
        let name = kept.values[0].type_name.as_ref();
        assert_eq!(name.map(String::len), Some(MAX_FAULT_BYTES));
        let fatal = kept.fatal.unwrap();
        assert_eq!(
            (fatal.message.len(), fatal.line),
            (MAX_FAULT_BYTES, Some(2))
        );
        assert_eq!(
            (kept.exit_code, kept.last_native_code),
            (Some(3010), Some(7))
        );
        assert_eq!(
            (kept.value_count, kept.error_count, kept.host_lines),
            (1, 1, 3)
        );
    }

    #[test]
    fn programs_are_kept_in_lines_and_cut() {
        let long = format!("a\n{}", "ü".repeat(2 * MAX_PROGRAM_TEXT_CHARS));
        let entry = ProgramEntry {
            name: long.clone(),
            publisher: Some(long),
            version: None,
            product_code: None,
            source: Source::Other,
            scope: Some(Scope::User),
            architecture: None,
        };
        let look = |entries| kept(Report::Programs(Programs { entries, count: 99 }));
        let entries = |count| look(vec![entry.clone(); count]);
        let RunResult::Programs(found) = entries(MAX_FOUND_PROGRAMS) else {
            panic!("they are kept");
        };
        assert_eq!((found.programs.len(), found.program_count), (16, 99));
        let kept = &found.programs[0];
        assert!(kept.name.chars().count() <= MAX_PROGRAM_TEXT_CHARS + 1);
        assert!(kept.name.starts_with("a ü"), "{}", kept.name);
        assert_eq!(kept.publisher.as_ref(), Some(&kept.name));
        assert_eq!(kept.source, ProgramSource::Other);
        assert_eq!(kept.scope, Some(ProgramScope::User));
        let newer = ProgramEntry {
            scope: Some(Scope::Other),
            ..entry.clone()
        };
        let RunResult::Programs(newer) = look(vec![newer]) else {
            panic!("it is kept");
        };
        assert_eq!(newer.programs[0].scope, None, "nobody here knows it");
        let why = MissingResult::TooLarge;
        let too_many = RunResult::Missing { why };
        assert_eq!(entries(MAX_FOUND_PROGRAMS + 1), too_many);
    }

    #[test]
    fn what_outgrows_the_bounds_is_no_result() {
        let too_large = RunResult::Missing {
            why: MissingResult::TooLarge,
        };
        let deep = (0..=MAX_RESULT_DEPTH).fold(json!(1), |inner, _| json!([inner]));
        let values = |values| Given {
            values,
            ..Given::default()
        };
        let long = "x".repeat(MAX_RESULT_BYTES);
        for given in [
            values(vec![value_of(deep)]),
            values(vec![value_of(json!(long))]),
            values(vec![value_of(json!(1)); MAX_RESULT_VALUES + 1]),
            Given {
                errors: vec![Fault::default(); MAX_RESULT_FAULTS + 1],
                ..Given::default()
            },
            Given {
                fatal: Some(Fault {
                    stack: "x".repeat(MAX_WHOLE_RESULT_BYTES),
                    ..Fault::default()
                }),
                ..Given::default()
            },
        ] {
            assert_eq!(told(given), too_large);
        }
    }
}
