//! Scripts: the only thing that ever touches a computer.

use crate::kernel::digest::Sha256Digest;
use crate::kernel::limits::{MAX_SCRIPT_BYTES, MAX_SCRIPT_TIMEOUT};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The program that runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Interpreter {
    /// POSIX shell, `/bin/sh`.
    Sh,
    /// GNU Bash.
    Bash,
    /// Python 3.
    Python,
    /// `PowerShell` 7 on Linux, Windows `PowerShell` or 7 on Windows.
    PowerShell,
}

/// The longest time that one run of a script may take, in whole seconds, at most 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScriptTimeout(u32);

impl ScriptTimeout {
    /// For detection, which only reads.
    pub const DETECTION: Self = Self(2 * 60);
    /// For scripts that change something.
    pub const ACTION: Self = Self(15 * 60);

    pub fn from_seconds(seconds: u32) -> Result<Self, ScriptError> {
        if seconds == 0 || u64::from(seconds) > MAX_SCRIPT_TIMEOUT.as_secs() {
            Err(ScriptError::Timeout(seconds))
        } else {
            Ok(Self(seconds))
        }
    }

    pub fn seconds(self) -> u32 {
        self.0
    }

    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

/// A script with its interpreter and its time limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Script {
    pub interpreter: Interpreter,
    pub text: String,
    pub timeout: ScriptTimeout,
}

/// Why a text cannot be a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("the script is empty: give at least one command")]
    Empty,
    #[error(
        "the script has {0} bytes: at most {MAX_SCRIPT_BYTES} are allowed; put large files into the package"
    )]
    TooLong(usize),
    #[error(
        "line {0} of the script holds a NUL character: remove it; if you did not write one, the file is in UTF-16: save it as UTF-8"
    )]
    Nul(usize),
    #[error(
        "line {0} of the script holds U+FFFD, which stands for something that was no UTF-8: save the file as UTF-8 and send it again"
    )]
    NotUtf8(usize),
    #[error(
        "line {0} of the script holds a byte order mark (U+FEFF): its interpreter would take it for a part of a word; remove it"
    )]
    ByteOrderMark(usize),
    #[error(
        "line {0} of the script holds a carriage return that ends no line: write \\r where one is meant"
    )]
    CarriageReturn(usize),
    #[error("a timeout of {0} seconds is not possible: give 1 to {max}", max = MAX_SCRIPT_TIMEOUT.as_secs())]
    Timeout(u32),
}

impl Interpreter {
    /// Whether a byte order mark and CRLF mean something to it. Windows `PowerShell` reads UTF-8 only behind such a mark, and
    /// a signature covers the ends of the lines; to the others they are parts of the first and of every last word.
    fn keeps_marks(self) -> bool {
        matches!(self, Self::PowerShell)
    }
}

impl Script {
    /// Checks a script. For every interpreter but `PowerShell` a byte order mark at its beginning is taken away, and CRLF
    /// becomes LF: what is kept, shown and named by the digest is what runs. `PowerShell` gets what was written.
    pub fn new(
        interpreter: Interpreter,
        text: &str,
        timeout: ScriptTimeout,
    ) -> Result<Self, ScriptError> {
        let text = if interpreter.keeps_marks() {
            text.to_owned()
        } else {
            plain_lines(text)
        };
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(ScriptError::Empty);
        }
        if text.len() > MAX_SCRIPT_BYTES {
            return Err(ScriptError::TooLong(text.len()));
        }
        // A mark at the beginning is PowerShell's; within, it is nobody's.
        let may_hold_returns = interpreter.keeps_marks();
        let body = (text.strip_prefix('\u{feff}').filter(|_| may_hold_returns)).unwrap_or(&text);
        for (index, line) in body.split('\n').enumerate() {
            let number = index + 1;
            match line
                .chars()
                .find(|c| matches!(c, '\0' | '\u{fffd}' | '\u{feff}' | '\r'))
            {
                Some('\0') => return Err(ScriptError::Nul(number)),
                Some('\u{fffd}') => return Err(ScriptError::NotUtf8(number)),
                Some('\u{feff}') => return Err(ScriptError::ByteOrderMark(number)),
                Some(_) if !may_hold_returns => return Err(ScriptError::CarriageReturn(number)),
                _ => {}
            }
        }
        Ok(Self {
            interpreter,
            text,
            timeout,
        })
    }

    /// The digest that names this script: interpreter and text, not the timeout.
    pub fn digest(&self) -> Sha256Digest {
        let interpreter: &[u8] = match self.interpreter {
            Interpreter::Sh => b"sh\0",
            Interpreter::Bash => b"bash\0",
            Interpreter::Python => b"python\0",
            Interpreter::PowerShell => b"powershell\0",
        };
        Sha256Digest(
            Sha256::new()
                .chain_update(interpreter)
                .chain_update(self.text.as_bytes())
                .finalize()
                .into(),
        )
    }
}

/// Without a byte order mark at the beginning, and with lines that end as Unix has it.
fn plain_lines(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n");
    match text.strip_suffix('\r') {
        Some(rest) => format!("{rest}\n"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_bounded_and_named_by_what_it_does() {
        let sh = Script::new(Interpreter::Sh, "true", ScriptTimeout::DETECTION).unwrap();
        let bash = Script::new(Interpreter::Bash, "true", ScriptTimeout::DETECTION).unwrap();
        assert_ne!(sh.digest(), bash.digest());
        assert_eq!(
            Sha256Digest::parse(&sh.digest().to_string()),
            Some(sh.digest())
        );
        assert_eq!(
            Script::new(Interpreter::Sh, " \n", ScriptTimeout::ACTION),
            Err(ScriptError::Empty)
        );
        assert_eq!(ScriptTimeout::from_seconds(0), Err(ScriptError::Timeout(0)));
        assert!(ScriptTimeout::from_seconds(86_401).is_err());
    }

    const PLAIN: [Interpreter; 3] = [Interpreter::Sh, Interpreter::Bash, Interpreter::Python];

    fn written(interpreter: Interpreter, text: &str) -> Result<String, ScriptError> {
        Script::new(interpreter, text, ScriptTimeout::ACTION).map(|script| script.text)
    }

    #[test]
    fn marks_of_windows_editors_are_taken_away_where_they_would_be_parts_of_words() {
        for interpreter in PLAIN {
            for text in [
                "\u{feff}set -e\r\ntrue\r\n",
                "set -e\r\ntrue\r",
                "set -e\ntrue\n",
            ] {
                assert_eq!(
                    written(interpreter, text).as_deref(),
                    Ok("set -e\ntrue\n"),
                    "{text:?}"
                );
            }
        }
        let signed = "\u{feff}Get-Date\r\n# SIG # Begin signature block\r\n";
        assert_eq!(
            written(Interpreter::PowerShell, signed).as_deref(),
            Ok(signed)
        );
    }

    #[test]
    fn what_no_interpreter_can_read_is_refused_with_its_line() {
        use ScriptError as Error;
        for interpreter in PLAIN {
            for (text, error) in [
                ("true\na\0b", Error::Nul(2)),
                ("s\0e\0t\0", Error::Nul(1)),
                ("true\n\u{feff}set -e", Error::ByteOrderMark(2)),
                ("\u{feff}\u{feff}set -e", Error::ByteOrderMark(1)),
                ("echo caf\u{fffd}", Error::NotUtf8(1)),
                ("true\ncd /opt\rrm x", Error::CarriageReturn(2)),
                ("true\r\r\n", Error::CarriageReturn(1)),
                ("\u{feff}\r\n ", Error::Empty),
            ] {
                assert_eq!(written(interpreter, text), Err(error), "{text:?}");
            }
        }
        let shell = Interpreter::PowerShell;
        assert_eq!(written(shell, "Get-Date\0"), Err(Error::Nul(1)));
        assert_eq!(
            written(shell, "Get-Date\n\u{feff}x"),
            Err(Error::ByteOrderMark(2))
        );
        assert_eq!(written(shell, "\u{feff} "), Err(Error::Empty));
    }

    #[test]
    fn a_script_from_before_these_rules_is_read_as_it_was_written() {
        let old = r#"{"interpreter":"sh","text":"\ufeffset -e\r\n","timeout":900}"#;
        let script: Script = serde_json::from_str(old).unwrap();
        assert_eq!(script.text, "\u{feff}set -e\r\n");
    }
}
