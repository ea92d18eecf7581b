//! How what a script is told reaches it: as JSON on its standard input, and where its language is a shell's or Python, in its environment.
//!
//! Never in its text and never in its arguments: quotes, line breaks and `$` in a value mean nothing on the way (reference powershell.md,
//! section 1). Secrets are told on its standard input alone: the environment may be read by other processes, and is handed on to every program
//! that a script starts.

use serde_json::Value;
use std::fmt::Write as _;
use upkeep_agent_protocol::{Interpreter, RunOrder};

/// Before the name of a parameter in capitals.
const PREFIX: &str = "UPKEEP_PARAMETER_";

/// Before each text that goes to PowerShell, whose `ConvertFrom-Json` makes dates of texts that look like one (`2026-06-08T00:00:00Z`, `/Date(0)/`):
/// a script would get another text. The wrapper takes it off (`__UpGiven` in `up.ps1`).
const TEXT_MARK: char = '=';

/// The member of an object that is a secret, for the wrapper.
const SECRET_MEMBER: &str = "$secret";

/// What the script reads: one object, in ASCII, as Windows PowerShell reads its input in a code page of its own.
pub fn json(order: &RunOrder) -> String {
    let mut told = order.parameters.clone();
    for (name, secret) in &order.secrets {
        let text = Value::from(secret.0.clone());
        let value = match order.interpreter {
            // Its wrapper makes a SecureString of it.
            Interpreter::PowerShell => [(SECRET_MEMBER.to_owned(), text)].into_iter().collect(),
            Interpreter::Sh | Interpreter::Bash | Interpreter::Python => text,
        };
        told.insert(name.clone(), value);
    }
    let told = Value::Object(told);
    let told = match order.interpreter {
        Interpreter::PowerShell => marked(told),
        Interpreter::Sh | Interpreter::Bash | Interpreter::Python => told,
    };
    let mut ascii = String::new();
    for c in told.to_string().chars() {
        if c.is_ascii() {
            ascii.push(c);
            continue;
        }
        // Outside of strings JSON has no others, and in them every unit of UTF-16 may be written so.
        for unit in c.encode_utf16(&mut [0; 2]) {
            // To write into a text never fails.
            let _ = write!(ascii, "\\u{unit:04x}");
        }
    }
    ascii
}

/// With the mark before every text, however deep it lies.
fn marked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(format!("{TEXT_MARK}{text}")),
        Value::Array(values) => values.into_iter().map(marked).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, marked(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// What stands in the environment: each value as one text, several choices on lines of their own. PowerShell has them as parameters.
pub fn variables(order: &RunOrder) -> impl Iterator<Item = (String, String)> {
    let is_told = order.interpreter != Interpreter::PowerShell;
    let told = order.parameters.iter().filter(move |_| is_told);
    told.map(|(name, value)| {
        let variable = format!("{PREFIX}{}", name.to_ascii_uppercase());
        (variable, as_text(value))
    })
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::{Map, json};
    use upkeep_agent_protocol::Secret;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn what_is_told_is_ascii_and_means_what_it_meant() {
        let told = object(json!({
            "text": "it's \"odd\"\r\n$(x) `y` \\ é \u{1f600} \u{7f}\u{2028}", "number": 2.5, "choices": ["ä"]
        }));
        let written = json(&RunOrder {
            parameters: told.clone(),
            ..plain(Interpreter::Python)
        });
        assert!(written.is_ascii(), "{written}");
        assert!(written.contains("\\u00e9 \\ud83d\\ude00"), "{written}");
        assert_eq!(serde_json::from_str::<Map<_, _>>(&written).unwrap(), told);
    }

    /// ConvertFrom-Json takes none of them for a date.
    #[test]
    fn every_text_for_powershell_has_a_mark_and_nothing_else_has() {
        let order = RunOrder {
            parameters: object(json!({
                "Since": "2026-06-08T00:00:00Z", "None": "", "Days": ["2026-06-08T00:00:00Z", "=x"], "Deep": { "At": ["/Date(0)/"] },
                "Count": 5, "On": true, "Nothing": null
            })),
            ..plain(Interpreter::PowerShell)
        };
        let written: Value = serde_json::from_str(&json(&order)).unwrap();
        let marked = json!({
            "Since": "=2026-06-08T00:00:00Z", "None": "=", "Days": ["=2026-06-08T00:00:00Z", "==x"], "Deep": { "At": ["=/Date(0)/"] },
            "Count": 5, "On": true, "Nothing": null
        });
        assert_eq!(written, marked);
    }

    #[test]
    fn a_secret_is_told_on_the_input_and_nowhere_else() {
        let secrets = [("Key".to_owned(), Secret("hush".into()))];
        let order = |interpreter| RunOrder {
            parameters: object(json!({ "Server": "a" })),
            secrets: secrets.clone().into(),
            ..plain(interpreter)
        };
        let told =
            |interpreter| -> Value { serde_json::from_str(&json(&order(interpreter))).unwrap() };
        assert_eq!(
            told(Interpreter::Sh),
            json!({ "Server": "a", "Key": "hush" })
        );
        assert_eq!(
            told(Interpreter::PowerShell),
            json!({ "Server": "=a", "Key": { "$secret": "=hush" } })
        );
        assert!(variables(&order(Interpreter::Sh)).all(|(name, _)| name != "UPKEEP_PARAMETER_KEY"));
        assert!(!format!("{:?}", order(Interpreter::Sh)).contains("hush"));
    }

    #[test]
    fn each_value_is_a_text_in_the_environment_but_for_powershell() {
        let order = |interpreter| RunOrder {
            parameters: object(
                json!({ "logLevel": 5, "On": true, "a": "x\ny", "many": ["b", "c"] }),
            ),
            ..plain(interpreter)
        };
        let of = |interpreter| variables(&order(interpreter)).collect::<Vec<_>>();
        let expected = [
            ("UPKEEP_PARAMETER_ON", "true"),
            ("UPKEEP_PARAMETER_A", "x\ny"),
            ("UPKEEP_PARAMETER_LOGLEVEL", "5"),
            ("UPKEEP_PARAMETER_MANY", "b\nc"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(of(Interpreter::Python), expected);
        assert_eq!(of(Interpreter::PowerShell), []);
    }

    pub fn plain(interpreter: Interpreter) -> RunOrder {
        RunOrder {
            agent_id: uuid::Uuid::nil(),
            run_id: uuid::Uuid::nil(),
            interpreter,
            script: String::new(),
            timeout_seconds: 1,
            not_after: chrono::DateTime::UNIX_EPOCH,
            package: None,
            environment: std::collections::BTreeMap::new(),
            parameters: Map::new(),
            secrets: std::collections::BTreeMap::new(),
            answer: None,
            programs: None,
            answer_only: false,
        }
    }
}
