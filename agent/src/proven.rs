//! Which programs run scripts on this computer, proven: each is asked to reckon, and says its version.

use crate::platform::{self, Computer};
use futures_util::future::join_all;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use upkeep_agent_core::Form;
use upkeep_agent_protocol::{Interpreter, InterpreterFacts};

/// How long one may take to answer: the first start of PowerShell in a new home takes long.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is read of an answer, in bytes.
const MAX_ANSWER_BYTES: u64 = 1024;
const ALL: [Interpreter; 4] = [
    Interpreter::Sh,
    Interpreter::Bash,
    Interpreter::Python,
    Interpreter::PowerShell,
];

/// Those that are here and work, each asked at the same time.
pub async fn interpreters(computer: &Computer) -> Vec<InterpreterFacts> {
    let asked = ALL.map(|interpreter| async move {
        let proven = tokio::time::timeout(PATIENCE, prove(computer, interpreter)).await;
        proven.unwrap_or_else(|_| {
            tracing::warn!(?interpreter, "it does not answer: it is not told of");
            None
        })
    });
    join_all(asked).await.into_iter().flatten().collect()
}

async fn prove(computer: &Computer, interpreter: Interpreter) -> Option<InterpreterFacts> {
    let program = computer.interpreter(interpreter).ok()?;
    let mut command = Command::new(&program);
    command
        .args(question(interpreter))
        .env_clear()
        .env("PATH", platform::PATH)
        .env("LANG", "C.UTF-8")
        .env("HOME", computer.home())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if interpreter == Interpreter::PowerShell {
        let scratch = std::env::temp_dir();
        let kept = computer.kept_home();
        let home = computer.home();
        command.envs(crate::powershell::variables(
            Form::Framed,
            &scratch,
            &home,
            &kept,
        ));
    }
    let said = said(command).await;
    let version = said.as_deref().and_then(version);
    if version.is_none() {
        tracing::warn!(program = %program.display(), ?said, "it does not work: it is not told of");
    }
    Some(InterpreterFacts {
        interpreter,
        version: version?,
        path: program.display().to_string(),
    })
}

async fn said(mut command: Command) -> Option<String> {
    let mut child = command.spawn().ok()?;
    let mut bytes = Vec::new();
    let stdout = child.stdout.take()?;
    stdout
        .take(MAX_ANSWER_BYTES)
        .read_to_end(&mut bytes)
        .await
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// Answered by `ok-2` and the version; `sh` knows none.
fn question(interpreter: Interpreter) -> Vec<&'static str> {
    match interpreter {
        Interpreter::Sh => vec!["-c", "echo ok-$((1+1))"],
        Interpreter::Bash => vec!["-c", "echo ok-$((1+1)) $BASH_VERSION"],
        Interpreter::Python => vec![
            "-c",
            "import platform; print('ok-' + str(1+1), platform.python_version())",
        ],
        Interpreter::PowerShell => vec![
            "-NoLogo",
            "-NoProfile",
            "-NonInteractive",
            "-Command",
            "'ok-'+(1+1)+' '+$PSVersionTable.PSVersion",
        ],
    }
}

/// Nothing where the answer is another one.
fn version(answer: &str) -> Option<String> {
    let rest = answer.trim().strip_prefix("ok-2")?;
    let version = rest.trim();
    let is_one_word = version
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control());
    (is_one_word && (version.is_empty() || rest.starts_with(' '))).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn an_answer_is_the_sum_and_a_version() {
        for (answer, told) in [
            ("ok-2\n", Some("")),
            ("ok-2 7.6.9\r\n", Some("7.6.9")),
            ("ok-27.6.9", None),
            ("ok-1", None),
            ("\u{1b}[1mok-2", None),
            ("ok-2 of course not", None),
            ("", None),
        ] {
            assert_eq!(version(answer).as_deref(), told, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn what_works_is_told_and_what_does_not_is_not() {
        let root = tempfile::TempDir::new().unwrap();
        let first = root.path().join("first");
        std::fs::create_dir(&first).unwrap();
        let program = |name: &str, text: &str| {
            let path = first.join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
            path
        };
        let pwsh = program("pwsh", "#!/bin/sh\necho ok-2 7.6.9\n");
        program("python3", "#!/bin/sh\necho broken\n");
        let computer = Computer::new(root.path().to_owned()).looking_first_in(vec![first]);
        let told = interpreters(&computer).await;
        let of = |wanted| told.iter().find(|known| known.interpreter == wanted);
        assert_eq!(of(Interpreter::Sh).unwrap().version, "");
        let known = of(Interpreter::PowerShell).unwrap();
        assert_eq!(
            (known.version.as_str(), known.path.as_str()),
            ("7.6.9", pwsh.to_str().unwrap())
        );
        assert_eq!(
            of(Interpreter::Python),
            None,
            "it answered with something else"
        );
    }
}
