//! What an event says of scripts, their texts and what they are told, which is for who may read scripts alone.

use serde_json::Value;

/// Leaves out whatever of an event is a script's text: of each script, in any shape of any version, and the lines that the faults of its
/// run quote.
pub fn leave_out_texts(data: &mut Value) {
    leave_out_scripts(data);
    leave_out_quotes(data);
}

/// Leaves out what the script of a run, or one that is tried, is told.
pub fn leave_out_parameters(data: &mut Value) {
    for told in ["job", "draft"] {
        if let Some(told) = data.get_mut(told).and_then(Value::as_object_mut) {
            told.remove("parameters");
        }
    }
}

/// What names its interpreter is a script, wherever it stands.
fn leave_out_scripts(data: &mut Value) {
    match data {
        Value::Object(fields) => {
            if fields.contains_key("interpreter") {
                fields.remove("text");
            }
            fields.values_mut().for_each(leave_out_scripts);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_scripts),
        _ => {}
    }
}

/// A fault tells the line at which it came about, and the lines that led there.
fn leave_out_quotes(data: &mut Value) {
    let Some(result) = data.pointer_mut("/report/result") else {
        return;
    };
    for faults in ["errors", "fatal"] {
        let faults = match result.get_mut(faults) {
            Some(Value::Array(faults)) => faults.as_mut_slice(),
            Some(fault) => std::slice::from_mut(fault),
            None => continue,
        };
        for fault in faults.iter_mut().filter_map(Value::as_object_mut) {
            fault.remove("source");
            fault.remove("stack");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    macro_rules! golden {
        ($event:literal) => {
            include_str!(concat!(
                "../../../../domain/tests/events/golden/",
                $event,
                ".json"
            ))
        };
    }

    /// Events as they are kept, each with how many scripts it tells.
    const EVENTS: [(&str, usize); 8] = [
        (golden!("SoftwareCreated.v1"), 1),
        (golden!("SoftwareCreated.v2"), 1),
        (golden!("DetectionChanged.v1"), 1),
        (golden!("SoftwareScriptSet.v1"), 1),
        (golden!("TaskScriptSet.v1"), 1),
        (golden!("DraftWritten.v1"), 1),
        (golden!("VersionPublished.v1"), 3),
        (golden!("VersionPublished.v2"), 8),
    ];

    fn read(event: &str) -> Value {
        serde_json::from_str(event).unwrap()
    }

    #[test]
    fn every_script_loses_its_text_and_nothing_else_does() {
        for (event, scripts) in EVENTS {
            let mut shown = read(event);
            leave_out_texts(&mut shown);
            let (before, after) = (event.to_owned(), shown.to_string());
            let texts = |event: &str| event.matches("\"text\":").count();
            assert_eq!((texts(&before), texts(&after)), (scripts, 0), "{event}");
            let interpreters = |event: &str| event.matches("\"interpreter\":").count();
            assert_eq!(interpreters(&after), scripts, "{event}");
        }
        let sign = json!({ "detection": { "kind": "program", "signs": [{ "name": { "text": "7-Zip" } }] } });
        let mut shown = sign.clone();
        leave_out_texts(&mut shown);
        assert_eq!(shown, sign, "it is no script's text");
    }

    #[test]
    fn what_a_script_that_is_tried_is_told_is_left_out() {
        let mut shown = read(golden!("DraftWritten.v1"));
        assert!(shown["draft"]["parameters"].is_object());
        leave_out_parameters(&mut shown);
        assert_eq!(shown["draft"].get("parameters"), None);
    }

    #[test]
    fn a_fault_loses_the_lines_of_its_script_and_keeps_what_it_says() {
        let fault = json!({ "message": "boom", "line": 1, "source": "throw 'boom'", "stack": "at <ScriptBlock>, line 1" });
        let of = |fault: Value| {
            let result = json!({ "kind": "given", "errors": [fault], "fatal": fault });
            json!({ "report": { "stdoutTail": "", "result": result } })
        };
        let mut shown = of(fault);
        leave_out_texts(&mut shown);
        assert_eq!(shown, of(json!({ "message": "boom", "line": 1 })));
        let without =
            json!({ "report": { "result": { "kind": "given", "errors": [], "fatal": null } } });
        let mut shown = without.clone();
        leave_out_texts(&mut shown);
        assert_eq!(shown, without);
    }
}
