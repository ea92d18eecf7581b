use super::*;
use serde_json::{Value, json};
use upkeep_agent_protocol::MAX_RESULT_FAULTS;

const VERSION: &str = r#"{"v":1,"state":"Completed","exit":null,"lastNative":null,"count":1,"host":0,"errorCount":0,"errors":[],"fatal":null,"values":[{"type":"System.String","value":"1.2.3"}]}"#;

fn read(form: Form, text: &str) -> Option<RunResult> {
    answer(form, Paper::Written(text.as_bytes().to_vec()))
}

fn given(form: Form, text: &str) -> Given {
    match read(form, text) {
        Some(RunResult::Given(given)) => *given,
        other => panic!("{text}: {other:?}"),
    }
}

fn lacks(form: Form, paper: Paper) -> Missing {
    match answer(form, paper) {
        Some(RunResult::Missing { why }) => why,
        other => panic!("{other:?}"),
    }
}

fn written(text: &str) -> Paper {
    Paper::Written(text.as_bytes().to_vec())
}

#[test]
fn the_order_and_the_language_tell_the_form() {
    use AnswerMode::{Act, Unknown, Value};
    use Interpreter::{Bash, PowerShell, Python, Sh};
    let rows = [
        (PowerShell, Some(Value), Form::Framed),
        (PowerShell, Some(Act), Form::Acted),
        (PowerShell, None, Form::Printed),
        (PowerShell, Some(Unknown), Form::Printed),
        (Sh, Some(Value), Form::Written),
        (Bash, Some(Value), Form::Written),
        (Python, Some(Value), Form::Written),
        (Python, Some(Act), Form::Printed),
        (Sh, None, Form::Printed),
    ];
    for (interpreter, answer, form) in rows {
        let order = RunOrder {
            interpreter,
            answer,
            ..crate::tests::scene::order(1)
        };
        assert_eq!(Form::of(&order), form, "{interpreter:?} {answer:?}");
    }
}

#[test]
fn a_frame_says_what_was_put_out() {
    let frame = given(Form::Framed, VERSION);
    assert_eq!((frame.value_count, frame.values.len()), (1, 1));
    assert_eq!(frame.values[0].type_name.as_deref(), Some("System.String"));
    assert_eq!(frame.values[0].json, json!("1.2.3"));
    assert_eq!(frame.fatal, None);
    let marked = format!("\u{feff}{VERSION}");
    assert_eq!(given(Form::Framed, &marked), frame, "Windows may mark it");
}

#[test]
fn errors_come_with_their_place_the_first_five_and_cut() {
    let error = |n: u32| {
        json!({ "message": "m".repeat(5_000), "type": "T", "id": "boom", "category": "OperationStopped", "line": n, "column": 1,
            "source": "throw 'boom'", "stack": null })
    };
    let errors: Vec<Value> = (1..=9).map(error).collect();
    let frame = json!({ "v": 1, "count": 0, "errorCount": 12, "errors": errors, "fatal": error(2), "exit": 3010,
        "lastNative": -1_073_741_819, "host": 2, "values": [] });
    let frame = given(Form::Framed, &frame.to_string());
    assert_eq!(
        (frame.error_count, frame.errors.len()),
        (12, MAX_RESULT_FAULTS)
    );
    assert_eq!(frame.errors[0].message.len(), 1024);
    let fatal = frame.fatal.unwrap();
    assert_eq!(
        (fatal.line, fatal.source.as_str(), fatal.id.as_str()),
        (Some(2), "throw 'boom'", "boom")
    );
    assert_eq!(
        (frame.exit_code, frame.last_native_code),
        (Some(3010), Some(-1_073_741_819))
    );
    assert_eq!(frame.host_lines, 2);
}

#[test]
fn what_is_no_frame_is_no_answer() {
    let torn = &VERSION[..VERSION.len() / 2];
    let newer = VERSION.replace("\"v\":1", "\"v\":2");
    let code = VERSION.replace("\"exit\":null", "\"exit\":99999999999");
    for text in [torn, "", "1.2.3", "null", "[]", &newer, &code] {
        assert_eq!(
            lacks(Form::Framed, written(text)),
            Missing::Unreadable,
            "{text}"
        );
        assert_eq!(
            lacks(Form::Acted, written(text)),
            Missing::Unreadable,
            "{text}"
        );
    }
    for form in [Form::Framed, Form::Acted] {
        assert_eq!(lacks(form, Paper::Unwritten), Missing::Unwritten);
        assert_eq!(lacks(form, Paper::TooLarge), Missing::TooLarge);
        assert_eq!(lacks(form, Paper::Unreadable), Missing::Unreadable);
    }
    let bytes = Paper::Written(vec![0xff, 0xfe]);
    assert_eq!(lacks(Form::Framed, bytes), Missing::Unreadable);
}

#[test]
fn an_action_says_how_it_went() {
    let rows = [
        (
            r#"{"v":1,"ok":true,"last":null,"errorCount":0}"#,
            None,
            0,
            None,
        ),
        (
            r#"{"v":1,"ok":true,"last":7,"errorCount":2}"#,
            None,
            2,
            Some(7),
        ),
        (
            r#"{"v":1,"ok":false,"last":3010,"errorCount":0}"#,
            Some(3010),
            0,
            Some(3010),
        ),
    ];
    for (frame, exit, errors, last) in rows {
        let given = given(Form::Acted, frame);
        assert_eq!(
            (given.exit_code, given.error_count, given.last_native_code),
            (exit, errors, last),
            "{frame}"
        );
        assert_eq!(given.fatal, None);
    }
    let never = given(
        Form::Acted,
        r#"{"v":1,"ok":false,"last":null,"errorCount":1}"#,
    );
    assert!(never.fatal.unwrap().message.contains("could not begin"));
}

#[test]
fn a_file_is_a_text_or_json_that_is_no_number() {
    let rows = [
        ("1.2.3\n", "text", json!("1.2.3")),
        ("1.10", "text", json!("1.10")),
        ("42\r\n", "text", json!("42")),
        ("\u{feff}2:1.2-3\n", "text", json!("2:1.2-3")),
        ("\"1.2\"", "text", json!("1.2")),
        ("true\n", "json", json!(true)),
        (
            "{\"Version\": \"1.2\"}",
            "json",
            json!({ "Version": "1.2" }),
        ),
        ("[1, 2]", "json", json!([1, 2])),
        ("looking...\n2.0", "text", json!("looking...\n2.0")),
        ("nullable", "text", json!("nullable")),
    ];
    for (text, name, json) in rows {
        let given = given(Form::Written, text);
        assert_eq!(given.value_count, 1, "{text}");
        assert_eq!(given.values[0].type_name.as_deref(), Some(name), "{text}");
        assert_eq!(given.values[0].json, json, "{text}");
    }
    assert_eq!(
        given(Form::Written, "null\n"),
        Given::default(),
        "there is nothing, and it says so"
    );
    for text in ["", " \n", "{\"Version\": ", "[", "\"1.2"] {
        assert_eq!(
            lacks(Form::Written, written(text)),
            Missing::Unreadable,
            "{text:?}"
        );
    }
    assert_eq!(
        answer(Form::Written, Paper::Unwritten),
        None,
        "what it printed counts"
    );
    assert_eq!(read(Form::Printed, "1.2.3"), None);
}

#[test]
fn no_answer_outgrows_its_bounds() {
    let value = |text: &str| json!({ "type": "System.String", "value": text });
    let frame =
        |values: Vec<Value>| json!({ "v": 1, "count": values.len(), "values": values }).to_string();
    let many = frame((0..30).map(|n| value(&n.to_string())).collect());
    let kept = given(Form::Framed, &many);
    assert_eq!(
        (kept.value_count, kept.values.len()),
        (30, MAX_RESULT_VALUES)
    );
    assert_eq!(kept.values[0].json, json!("10"), "the last are kept");
    let long = "x".repeat(MAX_RESULT_BYTES / 3);
    let large = given(
        Form::Framed,
        &frame(vec![value(&long), value(&long), value(&long), value("end")]),
    );
    assert_eq!(
        (large.value_count, large.values.len()),
        (4, 3),
        "the newest that fit"
    );
    let alone = given(
        Form::Framed,
        &frame(vec![value(&"x".repeat(MAX_RESULT_BYTES))]),
    );
    assert_eq!((alone.value_count, alone.values.len()), (1, 0));
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(
        given(Form::Written, &nested(MAX_RESULT_DEPTH)).value_count,
        1
    );
    for depth in [MAX_RESULT_DEPTH + 1, 100_000] {
        assert_eq!(
            lacks(Form::Written, written(&nested(depth))),
            Missing::Unreadable
        );
    }
    // Each character of it takes six.
    let faults: Vec<Value> = (0..5).map(|_| json!({ "message": "\u{1}".repeat(1024), "stack": "\u{1}".repeat(1024), "source": "\u{1}".repeat(1024),
        "type": "\u{1}".repeat(1024), "id": "\u{1}".repeat(1024) })).collect();
    let odd =
        json!({ "v": 1, "count": 0, "values": [], "errorCount": 5, "errors": faults }).to_string();
    assert_eq!(lacks(Form::Framed, written(&odd)), Missing::TooLarge);
}
