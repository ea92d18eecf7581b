//! One value is a value, whatever it is; everything else is none.

use super::*;
use crate::maintenance::session::report::RunOutcome;
use crate::maintenance::session::result::{MissingResult, RunResult};
use serde_json::json;

const EXITED: RunOutcome = RunOutcome::Exited { code: 0 };

fn given(values: &[(&str, Value)]) -> RunReport {
    let all = values.iter().map(|(name, json)| ResultValue {
        type_name: Some((*name).to_owned()),
        json: json.clone(),
    });
    let given = GivenResult {
        values: all.collect(),
        value_count: values.len() as u64,
        ..GivenResult::default()
    };
    RunReport {
        result: Some(RunResult::Given(Box::new(given))),
        ..RunReport::without_output(EXITED)
    }
}

fn printed(stdout: &str) -> RunReport {
    RunReport {
        stdout_tail: stdout.to_owned(),
        ..RunReport::without_output(EXITED)
    }
}

fn unclear(report: &RunReport) -> String {
    let (reason, message) = report.value().expect_err("it is no value");
    assert_eq!(reason, ResultReason::ValueUnclear, "{message}");
    message
}

#[test]
fn one_value_is_taken_as_it_is() {
    for (name, json) in [
        ("System.String", json!("C:")),
        ("System.Int32", json!(42)),
        ("System.Boolean", json!(false)),
        ("json", json!({ "free": 12.5, "disks": ["C:"] })),
        ("text", json!("pc-1")),
        ("text", json!("1.10")),
    ] {
        assert_eq!(given(&[(name, json.clone())]).value(), Ok(json));
    }
    assert_eq!(given(&[("text", json!("42"))]).value(), Ok(json!(42)));
    assert_eq!(
        given(&[("System.String", json!("42"))]).value(),
        Ok(json!("42"))
    );
}

#[test]
fn what_is_printed_is_json_or_nothing() {
    for (text, value) in [
        ("{\"free\": 12}\n", json!({ "free": 12 })),
        ("\u{feff}[1, 2]", json!([1, 2])),
        ("false", json!(false)),
    ] {
        assert_eq!(printed(text).value(), Ok(value));
    }
    for text in ["", "pc-1", "looking\n{\"free\": 12}", "{\"free\": 12} done"] {
        assert!(unclear(&printed(text)).contains("no JSON"), "{text}");
    }
    let cut = "1".repeat(RUN_TAIL_BYTES - 3);
    assert!(unclear(&printed(&cut)).contains("UPKEEP_RESULT"));
}

#[test]
fn none_and_several_and_too_much_are_no_value() {
    let rows = [
        (given(&[]), "answered with nothing"),
        (
            given(&[("json", json!(1)), ("json", json!(2))]),
            "answered with 2 values",
        ),
        (
            given(&[(
                "Microsoft.PowerShell.Commands.Internal.Format.FormatStartData",
                json!({}),
            )]),
            "a table for people",
        ),
        (
            given(&[("text", json!("a".repeat(MAX_MONITORED_BYTES - 1)))]),
            "16385 bytes",
        ),
    ];
    for (report, told) in rows {
        let message = unclear(&report);
        assert!(message.contains(told), "{message}");
    }
    let longest = json!("a".repeat(MAX_MONITORED_BYTES - 2));
    assert_eq!(given(&[("text", longest.clone())]).value(), Ok(longest));
}

#[test]
fn a_script_that_failed_told_nothing() {
    let mut failed = given(&[("json", json!(1))]);
    failed.outcome = RunOutcome::Exited { code: 1 };
    unclear(&failed);
    let missing = RunReport {
        result: Some(RunResult::Missing {
            why: MissingResult::Unwritten,
        }),
        ..RunReport::without_output(EXITED)
    };
    unclear(&missing);
}
