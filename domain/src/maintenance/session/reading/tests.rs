//! Decisions 4 to 7 of reference powershell.md as tables.

use super::*;
use crate::catalogue::program::{FoundPrograms, ProgramMatch, ProgramSign};
use crate::kernel::name::Name;
use crate::maintenance::session::result::{MissingResult, ScriptFault};
use serde_json::json;

const EXITED: RunOutcome = RunOutcome::Exited { code: 0 };

fn report(outcome: RunOutcome, result: RunResult) -> RunReport {
    RunReport {
        result: Some(result),
        ..RunReport::without_output(outcome)
    }
}

fn given(given: GivenResult) -> RunReport {
    report(EXITED, RunResult::Given(Box::new(given)))
}

fn values(values: &[(&str, Value)]) -> GivenResult {
    let all = values.iter().map(|(name, json)| ResultValue {
        type_name: Some((*name).to_owned()),
        json: json.clone(),
    });
    GivenResult {
        values: all.collect(),
        value_count: values.len() as u64,
        ..GivenResult::default()
    }
}

fn one(name: &str, json: Value) -> GivenResult {
    values(&[(name, json)])
}

fn fault(message: &str, line: u32, source: &str) -> ScriptFault {
    ScriptFault {
        message: message.into(),
        line: Some(line),
        source: source.into(),
        ..ScriptFault::default()
    }
}

const TEXT: &str = "System.String";
const OBJECT: &str = "System.Management.Automation.PSCustomObject";

#[test]
fn an_answer_that_is_a_version_and_nothing_else_is_one() {
    let rows = [
        (one(TEXT, json!("1.2.3")), "1.2.3"),
        (one(TEXT, json!(" 1.10\r\n")), "1.10"),
        (one("text", json!("2:1.2-3+deb12u1")), "2:1.2-3+deb12u1"),
        (one("System.Version", json!("1.2.3.7")), "1.2.3.7"),
        (
            one(
                "System.Management.Automation.SemanticVersion",
                json!("1.2.3-rc.1"),
            ),
            "1.2.3-rc.1",
        ),
        (
            one("System.Diagnostics.FileVersionInfo", json!("7.6.9.500")),
            "7.6.9.500",
        ),
        (one(OBJECT, json!({"Name": "T", "Version": "1.2"})), "1.2"),
        (
            one(
                OBJECT,
                json!({"displayversion": "1.2.3", "Version": 17, "InstallDate": "20260102"}),
            ),
            "1.2.3",
        ),
        (
            one(
                OBJECT,
                json!({"DisplayVersion": null, "FileVersion": "4.5"}),
            ),
            "4.5",
        ),
        (
            GivenResult {
                last_native_code: Some(7),
                host_lines: 3,
                ..one(TEXT, json!("1.2"))
            },
            "1.2",
        ),
    ];
    for (result, version) in rows {
        let found = given(result.clone()).finding();
        let version = Version::new(version).unwrap();
        assert_eq!(found, Ok(Finding::from(version)), "{result:?}");
    }
    let nothing = GivenResult {
        last_native_code: Some(0),
        ..GivenResult::default()
    };
    for result in [GivenResult::default(), nothing] {
        assert_eq!(given(result).finding(), Ok(Finding::Absent));
    }
}

/// Each of these was once taken for a version or for absence, and something was done because of it, or nothing was.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_answer_that_may_mean_something_else_says_nothing() {
    let two = values(&[(TEXT, json!("1.2.3")), (TEXT, json!("2.0.0"))]);
    let time = values(&[
        (TEXT, json!("1.2.3")),
        (TEXT, json!("checked at 2026-11-26T10:00:00")),
    ]);
    let table = values(&[
        (
            "Microsoft.PowerShell.Commands.Internal.Format.FormatStartData",
            json!("x"),
        ),
        (
            "Microsoft.PowerShell.Commands.Internal.Format.FormatEndData",
            json!("x"),
        ),
    ]);
    let null = GivenResult {
        values: vec![ResultValue {
            type_name: None,
            json: Value::Null,
        }],
        value_count: 1,
        ..GivenResult::default()
    };
    let errors = |count, errors: Vec<ScriptFault>| GivenResult {
        errors,
        error_count: count,
        ..one(TEXT, json!("1.2.3"))
    };
    let rows = [
        (two, "answered with 2 values, the last of them \"2.0.0\""),
        (time, "the last of them \"checked at 2026-11-26T10:00:00\""),
        (
            GivenResult {
                value_count: 30,
                ..values(&[(TEXT, json!("1"))])
            },
            "answered with 30 values",
        ),
        (
            GivenResult {
                value_count: 1,
                ..GivenResult::default()
            },
            "more than 65536 bytes",
        ),
        (table, "answered with a table for people"),
        (
            one("System.Double", json!(1.1)),
            "answered with the number 1.1, which does not tell 1.10 from 1.1",
        ),
        (one("System.Int32", json!(7)), "answered with the number 7"),
        (
            one("System.Boolean", json!(true)),
            "answered with true, which is no version",
        ),
        (null, "answered with null, which is no version"),
        (
            one("System.Object[]", json!(["1.2"])),
            "answered with [\"1.2\"], which is no version",
        ),
        (
            one(TEXT, json!("")),
            "answered with \"\", which is no version",
        ),
        (
            one(TEXT, json!("Found 0")),
            "answered with \"Found 0\", which is no version",
        ),
        (one(TEXT, json!("\"1.2.3\"")), "which is no version"),
        (
            one(TEXT, json!("1,5")),
            "answered with \"1,5\", which is no version",
        ),
        (
            one(OBJECT, json!({"Name": "T"})),
            "an object without DisplayVersion, Version or FileVersion",
        ),
        (
            one(OBJECT, json!({"Version": 1.1})),
            "answered with the number 1.1",
        ),
        (
            one("System.DateTime", json!("2026-01-02")),
            "an object of the type System.DateTime",
        ),
        (
            GivenResult {
                host_lines: 1,
                ..GivenResult::default()
            },
            "wrote 1 line for people",
        ),
        (
            GivenResult {
                last_native_code: Some(7),
                ..GivenResult::default()
            },
            "the last program that it ran ended with exit code 7",
        ),
        (
            errors(1, vec![fault("Access is denied", 2, "  Get-Item $path")]),
            "wrote 1 error, so what it found is not known: Access is denied (line 2: Get-Item $path)",
        ),
        (
            errors(9, vec![]),
            "wrote 9 errors, so what it found is not known: see what it wrote",
        ),
        (
            GivenResult {
                fatal: Some(fault("boom", 2, "throw 'boom'")),
                ..one(TEXT, json!("1.2.3"))
            },
            "failed: boom (line 2: throw 'boom')",
        ),
        (
            GivenResult {
                exit_code: Some(3010),
                ..GivenResult::default()
            },
            "ended with exit code 3010",
        ),
        (
            GivenResult {
                exit_code: Some(256),
                ..GivenResult::default()
            },
            "ended with exit code 256",
        ),
    ];
    for (result, why) in rows {
        let (reason, message) = given(result).finding().unwrap_err();
        assert_eq!(reason, ResultReason::DetectionFailed);
        assert!(message.starts_with("the detection script "), "{message}");
        assert!(message.contains(why), "{message:?} does not say {why:?}");
    }
}

#[test]
fn who_had_to_answer_and_did_not_is_neither_absent_nor_done() {
    let rows = [
        (MissingResult::Unwritten, "ended without an answer"),
        (MissingResult::TooLarge, "answered with more than"),
        (
            MissingResult::Unreadable,
            "left an answer that cannot be read",
        ),
    ];
    for (why, said) in rows {
        let report = report(EXITED, RunResult::Missing { why });
        let (reason, message) = report.finding().unwrap_err();
        assert_eq!(reason, ResultReason::DetectionFailed);
        assert!(message.contains(said), "{message}");
        let codes = ExitCodes::default();
        assert_eq!(report.meaning(&codes), ExitMeaning::Failure);
        let (reason, message) = report.failure(RunPurpose::Install);
        assert_eq!(reason, ResultReason::ScriptFailed);
        assert!(
            message.contains("the install script") && message.contains(said),
            "{message}"
        );
    }
    let why = MissingResult::Unwritten;
    let killed = RunOutcome::Signalled { signal: 9 };
    let (reason, message) = report(killed, RunResult::Missing { why })
        .finding()
        .unwrap_err();
    assert_eq!(reason, ResultReason::DetectionFailed);
    assert!(message.contains("ended by signal 9"), "{message}");
}

#[test]
fn an_action_goes_by_the_code_that_it_said_and_not_by_errors_that_ended_nothing() {
    let codes = ExitCodes::new([1].into(), [3010, 1641].into()).unwrap();
    let step = |code, result| {
        report(
            RunOutcome::Exited { code },
            RunResult::Given(Box::new(result)),
        )
    };
    let errors = GivenResult {
        error_count: 2,
        ..GivenResult::default()
    };
    let well = step(0, errors);
    assert_eq!(well.meaning(&codes), ExitMeaning::Success);
    assert_eq!(well.error_count(), 2);
    for (left, said, meaning) in [
        (194, 3010, ExitMeaning::RebootNeeded),
        (105, 1641, ExitMeaning::RebootNeeded),
        (1, 1, ExitMeaning::Success),
        (0, 512, ExitMeaning::Failure),
    ] {
        let result = GivenResult {
            exit_code: Some(said),
            ..GivenResult::default()
        };
        let report = step(left, result);
        assert_eq!(report.exit_code(), Some(said));
        assert_eq!(report.meaning(&codes), meaning, "{said}");
        let (reason, message) = report.failure(RunPurpose::Upgrade);
        assert_eq!(reason, ResultReason::ScriptFailed);
        let says = format!("the upgrade script ended with exit code {said}");
        assert_eq!(message, says);
    }
    let timed_out = report(RunOutcome::TimedOut, RunResult::Given(Box::default()));
    assert_eq!(timed_out.meaning(&codes), ExitMeaning::Failure);
    let (reason, _) = timed_out.failure(RunPurpose::Install);
    assert_eq!(reason, ResultReason::ScriptTimedOut);
    assert_eq!(timed_out.exit_code(), None);
}

/// Whatever its software takes for success: an error that ends PowerShell ends it with 1.
#[test]
fn what_broke_off_has_failed_whatever_its_code_is() {
    let codes = ExitCodes::new([1].into(), [].into()).unwrap();
    let why = MissingResult::Unwritten;
    let mut fatal = report(RunOutcome::Exited { code: 1 }, RunResult::Missing { why });
    fatal.stderr_tail = "Exception: the disk is full\n".into();
    fatal.stdout_tail = "1.2.3\n".into();
    assert_eq!(fatal.meaning(&codes), ExitMeaning::Failure);
    let (_, message) = fatal.failure(RunPurpose::Install);
    assert_eq!(
        message,
        "the install script ended with exit code 1: Exception: the disk is full"
    );
    let never = given(GivenResult {
        fatal: Some(ScriptFault::default()),
        ..GivenResult::default()
    });
    assert_eq!(never.meaning(&codes), ExitMeaning::Failure);
}

#[test]
fn a_test_answers_with_one_boolean() {
    let of = |result| given(result).verdict();
    let boolean = |value: bool| one("System.Boolean", json!(value));
    for works in [true, false] {
        assert_eq!(of(boolean(works)), Ok(works));
        assert_eq!(of(one("json", json!(works))), Ok(works));
    }
    let errors = GivenResult {
        error_count: 1,
        ..boolean(true)
    };
    let exits = GivenResult {
        exit_code: Some(1),
        ..boolean(true)
    };
    let two = values(&[
        ("System.Boolean", json!(true)),
        ("System.Boolean", json!(true)),
    ]);
    let rows = [
        (
            one(TEXT, json!("True")),
            "answered with \"True\": a test must answer with true or false",
        ),
        (one("System.Int32", json!(1)), "answered with 1: a test"),
        (two, "answered with 2 values: a test"),
        (GivenResult::default(), "answered with 0 values: a test"),
        (errors, "wrote 1 error"),
        (exits, "ended with exit code 1"),
    ];
    for (result, why) in rows {
        let (reason, message) = of(result).unwrap_err();
        assert_eq!(reason, ResultReason::TestUnclear);
        let says = message.starts_with("the test script ") && message.contains(why);
        assert!(says, "{message}");
    }
}

/// What a look at the programs said.
fn look(report: &RunReport) -> Result<Finding, Nothing> {
    let code = Name::new("{1}").unwrap();
    let program = ProgramMatch::new(vec![ProgramSign::ProductCode { code }]).unwrap();
    let job = &Job::Program { program };
    Answer { job, report }.finding()
}

#[test]
fn a_look_at_programs_that_failed_says_so_and_never_absence() {
    let failed = ResultReason::DetectionFailed;
    let without = RunReport::without_output;
    let why = "the list is damaged".to_owned();
    let old = RunReport {
        stderr_tail: "this agent is too old: update it\n".into(),
        ..without(RunOutcome::Exited { code: 69 })
    };
    let missing = report(
        EXITED,
        RunResult::Missing {
            why: MissingResult::TooLarge,
        },
    );
    for (report, reason, said) in [
        (
            without(RunOutcome::CouldNotStart { why: why.clone() }),
            failed,
            "the look at the installed programs could not start: the list is damaged",
        ),
        (
            without(RunOutcome::Refused { why }),
            failed,
            "the agent refused the look at the installed programs: the list is damaged",
        ),
        (
            old,
            failed,
            "the look at the installed programs ended with exit code 69: this agent is too old: update it",
        ),
        (
            without(RunOutcome::Lost),
            ResultReason::DeviceOffline,
            "did not say in time",
        ),
        (without(EXITED), failed, "did not tell what is there"),
        (missing, failed, "answered with more than"),
        (
            given(one(TEXT, json!("1.2"))),
            failed,
            "did not tell what is there",
        ),
    ] {
        let (told, message) = look(&report).unwrap_err();
        assert_eq!(told, reason, "{message}");
        assert!(message.contains(said), "{message}");
    }
    let nothing = report(EXITED, RunResult::Programs(FoundPrograms::default()));
    assert_eq!(look(&nothing), Ok(Finding::Absent));
}

#[test]
fn programs_are_no_answer_of_a_script() {
    let nothing = report(EXITED, RunResult::Programs(FoundPrograms::default()));
    assert!(nothing.finding().is_err());
    assert!(nothing.verdict().is_err());
}
