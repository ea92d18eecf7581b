//! A script that only has to be started: its files, its arguments, what it has around it.

use crate::folders::{RunFolder, at};
use crate::parameters;
use crate::platform::{self, Computer, PATH};
use crate::powershell::{self, Files};
use crate::process::{MARK, Tree};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;
use upkeep_agent_core::Form;
use upkeep_agent_protocol::{Interpreter, RunOrder};
use zeroize::Zeroizing;

/// The variable that names the file for a script's answer.
const RESULT: &str = "UPKEEP_RESULT";

pub struct Prepared {
    program: PathBuf,
    arguments: Vec<OsString>,
    /// Where it works.
    folder: PathBuf,
    home: PathBuf,
    /// What its language and its form want besides.
    variables: Vec<(&'static str, OsString)>,
    /// What it reads on its standard input; nothing if it is told nothing.
    input: Option<Told>,
    /// Where it leaves its answer; nothing if what it prints is its answer.
    pub answer: Option<PathBuf>,
    pub package: Option<PathBuf>,
}

impl Prepared {
    /// Writes what has to be there before the program starts.
    pub async fn make(
        computer: &Computer,
        order: &RunOrder,
        folder: &RunFolder,
        program: PathBuf,
    ) -> io::Result<Self> {
        let form = Form::of(order);
        let input = told(order, form, folder).await?;
        let extension = platform::extension(order.interpreter);
        let script = folder.script().join(format!("script.{extension}"));
        let answer = folder.result().join("result");
        let home = computer.home();
        let mut variables = vec![];
        let arguments = if order.interpreter == Interpreter::PowerShell {
            let wrapper = folder.script().join("up.ps1");
            let kept = computer.kept_home();
            write(&script, &powershell::marked(&order.script)).await?;
            write(&wrapper, &powershell::marked(powershell::WRAPPER)).await?;
            variables = powershell::variables(form, folder.path(), &home, &kept);
            if variables.contains(&("HOME", kept.clone().into())) {
                tokio::fs::create_dir_all(&kept)
                    .await
                    .map_err(|error| at(&kept, &error))?;
            }
            let files = Files {
                wrapper: &wrapper,
                script: &script,
                answer: &answer,
            };
            powershell::arguments(form, &files)
        } else {
            write(&script, &order.script).await?;
            vec![script.into()]
        };
        if form == Form::Written {
            variables.push((RESULT, answer.clone().into()));
        }
        Ok(Self {
            program,
            arguments,
            folder: folder.work(),
            home,
            variables,
            input,
            answer: Some(answer).filter(|_| form != Form::Printed),
            package: None,
        })
    }

    /// What starts it inside the tree. `root` is the computer's.
    pub fn command(&self, root: &Path, order: &RunOrder, tree: &Tree) -> io::Result<Command> {
        let input = match &self.input {
            Some(Told::Written(path)) => File::open(path).map_err(|error| at(path, &error))?.into(),
            Some(Told::Kept(file)) => file.try_clone()?.into(),
            None => Stdio::null(),
        };
        let mut command = tree.command(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", PATH)
            .env("LANG", "C.UTF-8")
            .env("HOME", &self.home)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .envs(&order.environment)
            .envs(parameters::variables(order))
            .envs(self.variables.iter().cloned())
            .env("UPKEEP_ROOT", root)
            .env(MARK, order.run_id.to_string())
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(package) = &self.package {
            command.env("UPKEEP_PACKAGE", package);
        }
        Ok(command)
    }

    pub fn program(&self) -> &Path {
        &self.program
    }
}

/// Where what a script is told is. From a file it can be read whenever the script likes: a pipe would have to wait for it.
enum Told {
    Written(PathBuf),
    /// In memory alone, as there are secrets in it.
    Kept(File),
}

async fn told(order: &RunOrder, form: Form, folder: &RunFolder) -> io::Result<Option<Told>> {
    if order.parameters.is_empty() && order.secrets.is_empty() {
        return Ok(None);
    }
    // Its wrapper is what hands them over.
    if order.interpreter == Interpreter::PowerShell && form == Form::Printed {
        let why = "the server does not say how the script is to answer, and only so can it be told its parameters";
        return Err(io::Error::new(io::ErrorKind::Unsupported, why));
    }
    if !order.secrets.is_empty() {
        let json = Zeroizing::new(parameters::json(order));
        return Ok(Some(Told::Kept(platform::in_memory(json.as_bytes())?)));
    }
    let path = folder.script().join("parameters.json");
    write(&path, &parameters::json(order)).await?;
    Ok(Some(Told::Written(path)))
}

async fn write(path: &Path, text: &str) -> io::Result<()> {
    let written = tokio::fs::write(path, text).await;
    written.map_err(|error| at(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folders::Folders;
    use serde_json::json;
    use upkeep_agent_protocol::{AnswerMode, Secret};
    use uuid::Uuid;

    fn order(answer: Option<AnswerMode>) -> RunOrder {
        RunOrder {
            agent_id: Uuid::nil(),
            run_id: Uuid::from_u128(1),
            interpreter: Interpreter::PowerShell,
            script: "param($Server) $Server".into(),
            timeout_seconds: 1,
            not_after: chrono::DateTime::UNIX_EPOCH,
            package: None,
            environment: std::collections::BTreeMap::new(),
            parameters: json!({ "Server": "é" }).as_object().unwrap().clone(),
            secrets: std::collections::BTreeMap::new(),
            answer,
            programs: None,
            answer_only: false,
        }
    }

    /// The order names standard output for agents that know of no results.
    #[tokio::test]
    async fn the_file_for_an_answer_is_the_agents_own_and_what_is_printed_is_no_answer() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folders::new(root.path()).make(Uuid::from_u128(1)).unwrap();
        let computer = Computer::new(root.path().to_owned());
        let order = RunOrder {
            interpreter: Interpreter::Sh,
            script: "echo note; echo 1.2.3 > \"$UPKEEP_RESULT\"".into(),
            environment: [("UPKEEP_RESULT".to_owned(), "/dev/stdout".to_owned())].into(),
            parameters: serde_json::Map::new(),
            secrets: std::collections::BTreeMap::new(),
            ..order(Some(AnswerMode::Value))
        };
        let prepared = Prepared::make(&computer, &order, &folder, "/bin/sh".into()).await;
        let prepared = prepared.unwrap();
        let tree = Tree::new(order.run_id);
        let mut command = prepared.command(root.path(), &order, &tree).unwrap();
        let printed = command.output().await.unwrap();
        assert_eq!(printed.stdout, b"note\n");
        let answer = std::fs::read(prepared.answer.unwrap()).unwrap();
        assert_eq!(answer, b"1.2.3\n");
    }

    #[tokio::test]
    async fn what_is_secret_is_told_and_is_on_no_disk() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folders::new(root.path()).make(Uuid::from_u128(1)).unwrap();
        let computer = Computer::new(root.path().to_owned());
        let order = RunOrder {
            interpreter: Interpreter::Sh,
            script: "cat; grep -r hush[1]234 . .. /proc/self/environ && exit 1; true".into(),
            secrets: [("Key".to_owned(), Secret("hush1234".into()))].into(),
            ..order(None)
        };
        let prepared = Prepared::make(&computer, &order, &folder, "/bin/sh".into()).await;
        let tree = Tree::new(order.run_id);
        let mut command = prepared
            .unwrap()
            .command(root.path(), &order, &tree)
            .unwrap();
        let printed = command.output().await.unwrap();
        let printed_text = String::from_utf8(printed.stdout).unwrap();
        assert_eq!(printed_text, r#"{"Key":"hush1234","Server":"\u00e9"}"#);
        assert!(printed.status.success());
    }

    /// Without its wrapper PowerShell would take them for nothing, and run the script.
    #[tokio::test]
    async fn powershell_is_told_by_its_wrapper_or_does_not_run() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folders::new(root.path()).make(Uuid::from_u128(1)).unwrap();
        let told = async |order: &RunOrder| told(order, Form::of(order), &folder).await;
        for answer in [AnswerMode::Value, AnswerMode::Act] {
            let Some(Told::Written(path)) = told(&order(Some(answer))).await.unwrap() else {
                panic!("it is told something");
            };
            let written = std::fs::read_to_string(path).unwrap();
            assert_eq!(written, r#"{"Server":"=\u00e9"}"#);
        }
        let refused = told(&order(None)).await.err().map(|error| error.kind());
        assert_eq!(refused, Some(io::ErrorKind::Unsupported));
        let silent = RunOrder {
            parameters: serde_json::Map::new(),
            secrets: std::collections::BTreeMap::new(),
            ..order(None)
        };
        assert!(told(&silent).await.unwrap().is_none());
    }
}
