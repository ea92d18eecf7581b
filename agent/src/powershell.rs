//! How PowerShell runs a script: around it a wrapper that hands back what it put out, its errors and its exit code in a file
//! (reference powershell.md, which measured why).
//!
//! One process for each script, always by `-File`: any other way changes exit codes or runs half of what does not parse.

use crate::platform;
use std::ffi::OsString;
use std::path::Path;
use upkeep_agent_core::Form;

/// The wrapper; `agent-core` reads the frame that it writes.
pub const WRAPPER: &str = include_str!("up.ps1");
const MARK: char = '\u{feff}';

/// The files of one run.
pub struct Files<'a> {
    pub wrapper: &'a Path,
    pub script: &'a Path,
    pub answer: &'a Path,
}

/// UTF-8 behind one byte order mark: without it Windows PowerShell reads its own code page, and behind two the first line
/// fails.
pub fn marked(text: &str) -> String {
    format!("{MARK}{}", text.trim_start_matches(MARK))
}

/// What is said to the program.
pub fn arguments(form: Form, files: &Files<'_>) -> Vec<OsString> {
    let options = ["-NoLogo", "-NoProfile", "-NonInteractive", "-File"].map(OsString::from);
    let script = files.script.into();
    let rest = match form {
        // A look has no script at all.
        Form::Printed | Form::Written | Form::Listed => vec![script],
        Form::Framed => vec![files.wrapper.into(), script, files.answer.into()],
        Form::Acted => vec![
            files.wrapper.into(),
            script,
            files.answer.into(),
            "-__upAct".into(),
        ],
    };
    options.into_iter().chain(rest).collect()
}

/// What it needs around it. `scratch` goes with the run: what a killed PowerShell leaves behind lies there; `kept` is a home for
/// it where the account's own cannot be written to, without which it does not even begin.
///
/// Where what is printed is the answer, colours stay: their codes are what keeps a line that is coloured from being
/// taken for a version.
pub fn variables(
    form: Form,
    scratch: &Path,
    home: &Path,
    kept: &Path,
) -> Vec<(&'static str, OsString)> {
    let home = if platform::is_writable(home) {
        home
    } else {
        kept
    };
    let mut variables: Vec<(&'static str, OsString)> = vec![
        ("POWERSHELL_TELEMETRY_OPTOUT", "1".into()),
        ("POWERSHELL_UPDATECHECK", "Off".into()),
        ("DOTNET_EnableDiagnostics", "0".into()),
        ("TMPDIR", scratch.into()),
        ("HOME", home.into()),
    ];
    if matches!(form, Form::Framed | Form::Acted) {
        variables.push(("NO_COLOR", "1".into()));
        variables.push(("TERM", "dumb".into()));
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_has_one_mark_however_many_it_came_with() {
        for text in ["'1'", "\u{feff}'1'", "\u{feff}\u{feff}'1'"] {
            assert_eq!(marked(text), "\u{feff}'1'");
        }
    }

    #[test]
    fn the_form_tells_what_is_started() {
        let files = Files {
            wrapper: Path::new("/r/script/up.ps1"),
            script: Path::new("/r/script/script.ps1"),
            answer: Path::new("/r/result/result"),
        };
        let said = |form| {
            let all = arguments(form, &files);
            all.join(" ".as_ref()).into_string().unwrap()
        };
        let begin = "-NoLogo -NoProfile -NonInteractive -File";
        let wrapped = format!("{begin} /r/script/up.ps1 /r/script/script.ps1 /r/result/result");
        assert_eq!(said(Form::Framed), wrapped);
        assert_eq!(said(Form::Acted), format!("{wrapped} -__upAct"));
        assert_eq!(said(Form::Printed), format!("{begin} /r/script/script.ps1"));
    }

    #[test]
    fn colours_go_only_where_text_is_no_answer_and_a_home_is_always_writable() {
        let temporary = tempfile::TempDir::new().unwrap();
        let kept = temporary.path().join("kept");
        let of = |form, home: &Path| {
            let all = variables(form, Path::new("/r"), home, &kept);
            all.into_iter()
                .collect::<std::collections::BTreeMap<_, _>>()
        };
        let framed = of(Form::Framed, temporary.path());
        assert!(framed.contains_key("NO_COLOR") && framed["TMPDIR"] == "/r");
        assert_eq!(framed["HOME"], temporary.path().as_os_str());
        assert!(!of(Form::Printed, temporary.path()).contains_key("NO_COLOR"));
        let elsewhere = of(Form::Acted, Path::new("/nowhere/at/all"));
        assert_eq!(elsewhere["HOME"], kept.as_os_str());
    }
}
