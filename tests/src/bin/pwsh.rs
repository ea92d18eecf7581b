//! A stand-in for PowerShell on machines that have none: it plays what the real one did.
//!
//! It is called as the agent calls the real one, refuses anything else, and looks its script up in
//! `tests/recordings/powershell.json` by what stands in it. What is not recorded ends with code 97. With
//! `UPKEEP_RECORD=PROGRAM` it runs that one on every recording instead, and fails where anything differs.

use base64::Engine as _;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const RECORDINGS: &str = include_str!("../../recordings/powershell.json");
const WRAPPER: &str = include_str!("../../../agent/src/up.ps1");
const OPTIONS: [&str; 3] = ["-NoLogo", "-NoProfile", "-NonInteractive"];
/// What the agent asks at its start.
const PROOF: &str = "'ok-'+(1+1)+' '+$PSVersionTable.PSVersion";
/// It was called as the agent must not call it.
const MISCALLED: u8 = 96;
const NOT_RECORDED: u8 = 97;
/// How long it hangs where nobody stops it.
const HANGS: Duration = Duration::from_mins(2);

fn main() -> ExitCode {
    let recordings: Vec<Value> = serde_json::from_str(RECORDINGS).expect("recordings are JSON");
    if let Some(real) = std::env::var_os("UPKEEP_RECORD") {
        return compare(&PathBuf::from(real), &recordings);
    }
    match called(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(Call::Proof) => {
            println!("ok-2 7.6.9");
            ExitCode::SUCCESS
        }
        Ok(Call::Script(call)) => play(&call, &recordings),
        Err(why) => {
            eprintln!("the stand-in was called otherwise than PowerShell has to be: {why}");
            ExitCode::from(MISCALLED)
        }
    }
}

enum Call {
    Proof,
    Script(Script),
}

/// A script inside the wrapper.
struct Script {
    bytes: Vec<u8>,
    mode: &'static str,
    answer: PathBuf,
}

fn called(arguments: &[String]) -> Result<Call, String> {
    let said: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let said = said.strip_prefix(&OPTIONS).ok_or("options")?;
    let (wrapper, script, answer, mode) = match said {
        ["-Command", question] if *question == PROOF => return Ok(Call::Proof),
        ["-File", wrapper, script, answer] => (wrapper, script, answer, "value"),
        ["-File", wrapper, script, answer, "-__upAct"] => (wrapper, script, answer, "act"),
        other => return Err(format!("{other:?}")),
    };
    let read = |path: &str| std::fs::read(path).map_err(|error| format!("{path}: {error}"));
    if unmarked(&read(wrapper)?)? != WRAPPER.as_bytes() {
        return Err("another wrapper".into());
    }
    let temporary = Path::new(answer).parent().and_then(Path::parent);
    let temporary = temporary.map(|folder| folder.display().to_string());
    let wanted = [
        ("NO_COLOR", "1"),
        ("TERM", "dumb"),
        ("POWERSHELL_TELEMETRY_OPTOUT", "1"),
        ("POWERSHELL_UPDATECHECK", "Off"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("LANG", "C.UTF-8"),
        ("TMPDIR", &temporary.unwrap_or_default()),
    ];
    for (name, value) in wanted {
        if std::env::var(name).as_deref() != Ok(value) {
            return Err(format!("{name} is {:?}", std::env::var(name)));
        }
    }
    let mut given = String::new();
    io::stdin()
        .read_to_string(&mut given)
        .map_err(|error| error.to_string())?;
    if !["", "{}"].contains(&given.trim()) {
        return Err("parameters, which no recording has".into());
    }
    Ok(Call::Script(Script {
        bytes: unmarked(&read(script)?)?,
        mode,
        answer: answer.into(),
    }))
}

/// Behind the one mark that Windows PowerShell needs.
fn unmarked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let rest = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .ok_or("no byte order mark")?;
    if rest.starts_with(b"\xef\xbb\xbf") {
        return Err("two byte order marks".into());
    }
    Ok(rest.to_vec())
}

fn play(call: &Script, recordings: &[Value]) -> ExitCode {
    let is_it = |recording: &&Value| {
        recording["script"].as_str().map(str::as_bytes) == Some(&call.bytes[..])
            && recording["mode"].as_str().unwrap_or("value") == call.mode
    };
    let Some(recording) = recordings.iter().find(is_it) else {
        eprintln!(
            "not recorded: {} ({})",
            hex::encode(Sha256::digest(&call.bytes)),
            call.mode
        );
        return ExitCode::from(NOT_RECORDED);
    };
    let _ = io::stdout().write_all(&bytes(recording, "stdout"));
    let _ = io::stdout().flush();
    let _ = io::stderr().write_all(&bytes(recording, "stderr"));
    match recording["then"].as_str() {
        Some("hang") => hang(&call.answer),
        Some("leaveChild") => {
            // It holds the pipes that it was born with.
            let _ = Command::new("sleep").arg("30").spawn();
        }
        _ => {}
    }
    let frame = if recording["frameBytes"].is_u64() {
        vec![b'x'; usize::try_from(recording["frameBytes"].as_u64().unwrap_or(0)).unwrap_or(0)]
    } else if let Some(text) = recording["frameText"].as_str() {
        text.as_bytes().to_vec()
    } else if recording["frame"].is_object() {
        recording["frame"].to_string().into_bytes()
    } else {
        vec![]
    };
    if !frame.is_empty() {
        let new = PathBuf::from(format!("{}.new", call.answer.display()));
        let written =
            std::fs::write(&new, frame).and_then(|()| std::fs::rename(&new, &call.answer));
        written.expect("the answer is written");
    }
    if let Some(signal) = recording["signal"].as_i64() {
        let _ = Command::new("kill")
            .args([format!("-{signal}"), std::process::id().to_string()])
            .status();
        std::thread::sleep(HANGS);
    }
    ExitCode::from(u8::try_from(recording["code"].as_u64().unwrap_or(0)).unwrap_or(u8::MAX))
}

/// Until it is asked to end, as the wrapper looks for it.
fn hang(answer: &Path) {
    let stop = PathBuf::from(format!("{}.stop", answer.display()));
    let until = Instant::now() + HANGS;
    while !stop.exists() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A text, or bytes that are none.
fn bytes(recording: &Value, name: &str) -> Vec<u8> {
    let coded = recording[format!("{name}Base64")].as_str();
    let decoded = coded.map(|text| base64::engine::general_purpose::STANDARD.decode(text));
    match decoded {
        Some(bytes) => bytes.expect("it is base64"),
        None => recording[name]
            .as_str()
            .unwrap_or_default()
            .as_bytes()
            .to_vec(),
    }
}

/// Runs the real one on everything that ends by itself.
fn compare(real: &Path, recordings: &[Value]) -> ExitCode {
    let mut differences = 0;
    for recording in recordings {
        if recording["played"] == true || recording["then"].is_string() {
            continue;
        }
        let difference = differs(real, recording);
        if let Err(why) = &difference {
            differences += 1;
            println!("{}: {why}", recording["name"]);
        }
    }
    println!("{differences} of {} recordings differ", recordings.len());
    if differences == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn differs(real: &Path, recording: &Value) -> Result<(), String> {
    let folder = tempfile::TempDir::new().map_err(|error| error.to_string())?;
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("result")).map_err(|error| error.to_string())?;
    let script = recording["script"].as_str().unwrap_or_default();
    for (name, text) in [("up.ps1", WRAPPER), ("script.ps1", script)] {
        let text = format!("\u{feff}{text}");
        std::fs::write(path(name), text).map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(real);
    command.args(OPTIONS).arg("-File").args([
        path("up.ps1"),
        path("script.ps1"),
        path("result/result"),
    ]);
    if recording["mode"] == "act" {
        command.arg("-__upAct");
    }
    let around = BTreeMap::from([
        ("NO_COLOR", "1"),
        ("TERM", "dumb"),
        ("POWERSHELL_TELEMETRY_OPTOUT", "1"),
        ("POWERSHELL_UPDATECHECK", "Off"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("LANG", "C.UTF-8"),
    ]);
    let output = command
        .env_remove("UPKEEP_RECORD")
        .envs(around)
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", real.display()))?;
    let frame = std::fs::read(path("result/result")).ok();
    let frame: Value = frame
        .map_or(Ok(Value::Null), |text| serde_json::from_slice(&text))
        .map_err(|e| e.to_string())?;
    let known: [(&str, bool); 3] = [
        ("stdout", output.stdout == bytes(recording, "stdout")),
        (
            "the code",
            output.status.code().map(i64::from) == Some(recording["code"].as_i64().unwrap_or(0)),
        ),
        ("the frame", is_as_recorded(&recording["frame"], &frame)),
    ];
    match known.iter().find(|(_, is_so)| !is_so) {
        Some((what, _)) => Err(format!(
            "{what} is another one: {frame} {}",
            String::from_utf8_lossy(&output.stdout)
        )),
        None => Ok(()),
    }
}

/// Whatever a recording says of a frame stands in it; what it leaves out is not compared, as messages and folders are another
/// on each computer.
fn is_as_recorded(recorded: &Value, frame: &Value) -> bool {
    match (recorded, frame) {
        (Value::Object(recorded), Value::Object(frame)) => recorded.iter().all(|(name, value)| {
            frame
                .get(name)
                .is_some_and(|known| is_as_recorded(value, known))
        }),
        (Value::Array(recorded), Value::Array(frame)) => {
            recorded.len() == frame.len()
                && recorded
                    .iter()
                    .zip(frame)
                    .all(|(value, known)| is_as_recorded(value, known))
        }
        (recorded, frame) => recorded == frame,
    }
}
