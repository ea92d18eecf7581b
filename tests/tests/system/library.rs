//! docs/library.md, run from its first line to its last: its documents are asked, its scripts are what they are told to be, its answers
//! are what the server answers.
//!
//! A comment above a block says what the block is for: `script: NAME` is a text that documents name, `file: NAME` lies in the folder in
//! which `run: NAME` is run, whose output is `$NAME`, `computer` is done by hand on the computer, and `makes: NAME` names the ids that
//! a document answers with. JSON is the answer of the document before it; `…` in it is any text.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;
use upkeep_tests::agent::Around;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server, eventually, program};

const PAGE: &str = include_str!("../../../docs/library.md");

/// The computer's own list of packages, and what is on it.
const STATUS: &str = "var/lib/dpkg/status";
const SHELL: &str =
    "Package: dash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.5.12-2\n\n";

/// What `apt-get` and `apt-cache` are on the computer: they know one package, and write it into the computer's own list.
const APT: &str = r#"#!/bin/sh
list="$UPKEEP_ROOT/var/lib/dpkg/status"
case "$(basename "$0") $*" in
  "apt-get -q update") ;;
  "apt-cache policy jq") printf 'jq:\n  Installed: (none)\n  Candidate: 1.7.1-3\n' ;;
  "apt-get "*" install -y --allow-downgrades jq=1.7.1-3")
    printf 'Package: jq\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.7.1-3\n\n' >> "$list" ;;
  *) echo "nobody expected $0 $*" >&2; exit 100 ;;
esac
"#;

/// A block of the page: what the comment above it says it is for, its language, and what is in it.
struct Block {
    purpose: &'static str,
    name: &'static str,
    language: &'static str,
    content: &'static str,
}

fn blocks() -> Vec<Block> {
    let mut blocks = vec![];
    let mut rest = PAGE;
    while let Some((text, fenced)) = rest.split_once("```") {
        let (block, after) = fenced.split_once("\n```").expect("a block ends");
        let (language, content) = block.split_once('\n').expect("a block begins");
        let before = text.lines().last().unwrap_or_default();
        let comment = before
            .strip_prefix("<!-- ")
            .and_then(|comment| comment.strip_suffix(" -->"));
        let (purpose, name) = comment.map_or(("", ""), |comment| {
            comment.split_once(": ").unwrap_or((comment, ""))
        });
        blocks.push(Block {
            purpose,
            name,
            language,
            content,
        });
        rest = after;
    }
    blocks
}

/// The ids in an answer, in their order.
fn ids(answer: &Value) -> Vec<&Value> {
    match answer {
        Value::Object(members) => {
            let own = members.get("id").into_iter();
            own.chain(members.values().flat_map(ids)).collect()
        }
        Value::Array(list) => list.iter().flat_map(ids).collect(),
        _ => vec![],
    }
}

/// Whether an answer is what the page says; `…` is any text.
fn is_as_told(answer: &Value, told: &Value) -> bool {
    match (answer, told) {
        (Value::String(_), Value::String(told)) if told == "…" => true,
        (Value::Object(answer), Value::Object(told)) => {
            answer.len() == told.len()
                && told.iter().all(|(key, told)| {
                    answer
                        .get(key)
                        .is_some_and(|answer| is_as_told(answer, told))
                })
        }
        (Value::Array(answer), Value::Array(told)) => {
            answer.len() == told.len()
                && answer
                    .iter()
                    .zip(told)
                    .all(|(answer, told)| is_as_told(answer, told))
        }
        _ => answer == told,
    }
}

/// Somebody who reads the page and does what it says.
struct Reader {
    server: Server,
    admin: Client,
    agent: Agent,
    /// A computer of another customer.
    other: String,
    _others_agent: Agent,
    folder: TempDir,
    /// What documents name.
    named: BTreeMap<&'static str, Value>,
}

impl Reader {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let tenant = admin.tenant("Northwind Pottery").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        let programs = programs(folder.path()).display().to_string();
        let around = Around {
            environment: vec![("UPKEEP_AGENT_INTERPRETER_PATH", programs)],
            ..Around::default()
        };
        fs::create_dir_all(folder.path().join("kiln-pc/var/lib/dpkg")).unwrap();
        fs::write(folder.path().join("kiln-pc").join(STATUS), SHELL).unwrap();
        let agent = Agent::start_in(around, folder.path(), "kiln-pc", 3, &server.base(), &token);
        let computer = admin.online("kiln-pc").await;
        assert_the_shell_is_the_stand_in(&admin, &computer, folder.path()).await;
        let contoso = admin.tenant("Contoso").await;
        let token = admin.enrolment_token(&contoso, 1).await;
        let others_agent = Agent::start(folder.path(), "office", 3, &server.base(), &token);
        let other = admin.online("office").await;
        Self {
            server,
            admin,
            agent,
            other,
            _others_agent: others_agent,
            folder,
            named: BTreeMap::new(),
        }
    }

    /// Asks a document with what it names.
    async fn ask(&mut self, document: &str, makes: &'static str) -> Value {
        let head = document.split('{').next().unwrap_or_default();
        let names = head
            .split('$')
            .skip(1)
            .filter_map(|rest| rest.split(':').next());
        let variables: Map<String, Value> = names
            .map(|name| {
                let value = self
                    .named
                    .get(name)
                    .unwrap_or_else(|| panic!("{name} is not known yet: {document}"));
                (name.to_owned(), value.clone())
            })
            .collect();
        let answer = self.admin.ask_raw(document, Value::Object(variables)).await;
        assert!(answer["errors"].is_null(), "{document}: {answer}");
        let names = makes.split(", ").filter(|name| !name.is_empty());
        for (name, id) in names.zip(ids(&answer["data"])) {
            self.named.insert(name, id.clone());
        }
        if makes == "session" {
            self.admin.over(&text(&self.named["session"])).await;
        }
        answer["data"].clone()
    }

    /// Runs a block of a shell, in a folder, with the server's programs at hand; its output.
    async fn run(&self, script: &str) -> String {
        let beside = program("upkeep");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let beside = beside.parent().map(Path::to_owned).into_iter();
        let path = std::env::join_paths(beside.chain(std::env::split_paths(&path))).unwrap();
        let output = Command::new("bash")
            .args(["-euc", script])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("TOKEN", &self.admin.token)
            .env("SERVER", self.server.base())
            .env("UPKEEP_DATA_DIR", &self.server.data)
            .env("UPKEEP_LOG", "error")
            .env("UPKEEP_ROOT", &self.agent.root)
            .output()
            .await
            .unwrap();
        assert!(
            output.status.success(),
            "{script}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A folder with a shell that finds the stand-ins for apt before anything else.
fn programs(folder: &Path) -> PathBuf {
    let (programs, apt) = (folder.join("programs"), folder.join("apt"));
    for (path, content) in [
        (apt.join("apt"), APT.to_owned()),
        (
            programs.join("sh"),
            format!(
                "#!/bin/sh\nPATH={}:$PATH\nexport PATH\nexec /bin/sh \"$@\"\n",
                apt.display()
            ),
        ),
    ] {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    for name in ["apt-get", "apt-cache"] {
        symlink("apt", apt.join(name)).unwrap();
    }
    programs
}

/// Before anything is run: no script of the catalogue may meet this machine's own apt.
async fn assert_the_shell_is_the_stand_in(admin: &Client, computer: &str, folder: &Path) {
    let query =
        "query($id: ID!) { computer(id: $id) { inventory { interpreters { interpreter path } } } }";
    let path = eventually("the computer tells of its shell", || async {
        let answer = admin.try_ask(query, json!({ "id": computer })).await?;
        let known = &answer["data"]["computer"]["inventory"]["interpreters"];
        let mut known = known.as_array()?.iter();
        let shell = known.find(|known| known["interpreter"] == "SH")?;
        shell["path"].as_str().map(str::to_owned)
    })
    .await;
    assert_eq!(path, folder.join("programs/sh").display().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_on_the_library_is_a_story_that_comes_true() {
    let mut reader = Reader::new().await;
    let (mut told, mut wrong) = (0, vec![]);
    let mut blocks = blocks().into_iter().peekable();
    while let Some(block) = blocks.next() {
        let Block {
            purpose,
            name,
            language,
            content,
        } = block;
        match (language, purpose) {
            ("sh", "script") => {
                reader.named.insert(name, json!(content));
            }
            ("sh", "file") => {
                let file = reader.folder.path().join(name);
                fs::write(file, format!("{content}\n")).unwrap();
            }
            ("sh", "run") => {
                let output = reader.run(content).await;
                reader.named.insert(name, json!(output));
            }
            ("sh", "computer") => {
                reader.run(content).await;
            }
            ("graphql", "makes" | "") => {
                let answer = reader.ask(content, name).await;
                if let Some(json) = blocks.next_if(|next| next.language == "json") {
                    let says = serde_json::from_str(json.content).unwrap();
                    if !is_as_told(&answer, &says) {
                        wrong.push(format!("{content}\nis answered with\n{answer:#}"));
                    }
                    told += 1;
                } else {
                    assert_nothing_is_refused(content, &answer);
                }
            }
            _ => panic!("nobody knows what to do with this block ({purpose}):\n{content}"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(told, 11, "answers on the page");
    assert_nobody_else_is_meant(&reader).await;
}

/// All of it was for one customer.
async fn assert_nobody_else_is_meant(reader: &Reader) {
    let query =
        "query($id: ID!) { computer(id: $id) { resolution { nodes { winner { explanation } } } } }";
    let asked = json!({ "id": reader.other });
    let answer = reader.admin.ask(query, asked).await;
    let nobody = json!({ "winner": null });
    assert_eq!(
        answer["computer"]["resolution"]["nodes"],
        json!([nobody, nobody, nobody])
    );
}

fn assert_nothing_is_refused(document: &str, answer: &Value) {
    for payload in answer.as_object().into_iter().flat_map(Map::values) {
        let errors = payload["userErrors"].as_array();
        assert!(errors.is_none_or(Vec::is_empty), "{document}: {payload}");
    }
}
