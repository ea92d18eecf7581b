//! A technician's day: the programs of docs/examples, which people copy, in each language that is on this machine; and the commands
//! that docs/api.md shows.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, PATIENCE, Server, eventually};

/// More than one page of two.
const GONE: [&str; 3] = ["gone-1", "gone-2", "gone-3"];
/// The program in each language, and what must be on a machine to run it.
const LANGUAGES: [(&str, &[&str]); 5] = [
    ("day.sh", &["bash", "curl", "jq"]),
    ("day.py", &["python3"]),
    ("day.ts", &["node"]),
    ("day.ps1", &["pwsh"]),
    ("Day.cs", &["dotnet"]),
];
/// How long a server is away while the programs want something of it.
const ABSENCE: Duration = Duration::from_secs(3);

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

fn example(name: &str) -> String {
    docs().join("examples").join(name).display().to_string()
}

/// Whether all of these programs are on this machine.
fn are_here(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    (programs.iter()).all(|name| folders.iter().any(|folder| folder.join(name).is_file()))
}

/// Runs a command line that must succeed.
async fn made_by(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().await;
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {args:?}\n{told}{errors}"
    );
    told
}

/// The compiler makes a program for Node.js of `day.ts`, as strictly as it can.
async fn compiled_typescript(folder: &Path) -> String {
    let tsc = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/judges/schema/node_modules/.bin/tsc"
    );
    let out = folder.display().to_string();
    let mut args = vec!["--ignoreConfig", "--strict", "--exactOptionalPropertyTypes"];
    args.extend(["--noUncheckedIndexedAccess", "--erasableSyntaxOnly"]);
    args.extend(["--target", "es2022", "--lib", "es2022,dom"]);
    args.extend(["--module", "esnext", "--moduleResolution", "bundler"]);
    let source = example("day.ts");
    args.extend(["--outDir", &out, &source]);
    made_by(tsc, &args).await;
    std::fs::write(folder.join("package.json"), "{ \"type\": \"module\" }").unwrap();
    folder.join("day.js").display().to_string()
}

/// The .NET SDK makes a program of `Day.cs`, and takes warnings for errors.
async fn compiled_csharp(folder: &Path) -> String {
    let version = made_by("dotnet", &["--version"]).await;
    let major = version.split('.').next().unwrap();
    let project = format!(
        "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net{major}.0</TargetFramework>
         <LangVersion>12</LangVersion><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings>
         <TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup></Project>"
    );
    std::fs::write(folder.join("Day.csproj"), project).unwrap();
    std::fs::copy(example("Day.cs"), folder.join("Program.cs")).unwrap();
    let [project, out] = ["Day.csproj", "out"].map(|name| folder.join(name).display().to_string());
    made_by("dotnet", &["build", &project, "--output", &out]).await;
    folder.join("out/Day.dll").display().to_string()
}

/// The command line of each program whose language is here; of the others it is told that they are left out.
async fn programs(folder: &Path) -> Vec<Vec<String>> {
    let mut found = vec![];
    for (name, needs) in LANGUAGES {
        if !are_here(needs) {
            eprintln!("left out: {name}, which needs {needs:?}");
            continue;
        }
        let folder = folder.join(name);
        std::fs::create_dir(&folder).unwrap();
        let line = match name {
            "day.ts" => vec!["node".to_owned(), compiled_typescript(&folder).await],
            "Day.cs" => vec!["dotnet".to_owned(), compiled_csharp(&folder).await],
            "day.ps1" => ["pwsh", "-NoProfile", "-File", &example(name)]
                .map(str::to_owned)
                .to_vec(),
            _ => vec![needs[0].to_owned(), example(name)],
        };
        found.push(line);
    }
    assert!(!found.is_empty());
    found
}

/// A program as a technician starts it.
fn command(line: &[String], client: &Client, arg: &str) -> Command {
    let mut command = Command::new(&line[0]);
    command
        .args(&line[1..])
        .arg(arg)
        .env("UPKEEP_URL", format!("{}/graphql", client.base))
        .env("UPKEEP_TOKEN", &client.token)
        // What a server of this machine has to say goes through nobody's proxy.
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn ended(mut command: Command) -> Output {
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    output.expect("it ends in time").expect("it runs")
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().map(str::to_owned).collect()
}

/// Three computers that are gone, one that is online, and the moment after which nothing was heard of the three.
struct Fleet {
    server: Server,
    admin: Client,
    since: String,
    /// The day on which each of the three was there last, in UTC.
    days: Vec<String>,
    _here: Agent,
    _folder: TempDir,
}

async fn fleet() -> Fleet {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 4).await;
    let folder = TempDir::new().unwrap();
    let start = |name: &str| Agent::start(folder.path(), name, 3, &server.base(), &token);
    for name in GONE {
        let mut agent = start(name);
        admin.online(name).await;
        agent.stop().await;
    }
    let here = start("pc");
    admin.online("pc").await;
    let days = eventually("three are offline", || async {
        let query = "{ computers(filter: { isOnline: false }) { nodes { lastSeenAt } } }";
        let answer = admin.try_ask(query, Value::Null).await?;
        let nodes = answer["data"]["computers"]["nodes"].as_array()?;
        let day = |node: &Value| Some(node["lastSeenAt"].as_str()?[..10].to_owned());
        (nodes.len() == GONE.len()).then(|| nodes.iter().filter_map(day).collect::<Vec<_>>())
    })
    .await;
    let since = Utc::now().to_rfc3339_opts(SecondsFormat::Nanos, true);
    Fleet {
        server,
        admin,
        since,
        days,
        _here: here,
        _folder: folder,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technicians_day_is_the_same_in_every_language() {
    let fleet = fleet().await;
    let (admin, since) = (&fleet.admin, &fleet.since);
    let broken = admin.software_detected_by("broken", "exit 3").await;
    let reader = admin.software("reader", &["1.0"]).await;
    for software in [&broken, &reader] {
        admin.deploy_everywhere(software).await;
    }
    let folder = TempDir::new().unwrap();
    for (n, program) in programs(folder.path()).await.iter().enumerate() {
        let output = ended(command(program, admin, since)).await;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program:?}: {errors}");
        let told = lines(&output.stdout);
        // How much of a session is seen on its way is chance.
        let on_its_way = ["session: QUEUED", "session: RUNNING"];
        let told: Vec<_> = (told.iter())
            .filter(|line| !on_its_way.contains(&line.as_str()))
            .collect();
        let stale = GONE.iter().zip(&fleet.days);
        let mut expected: Vec<String> = stale
            .map(|(name, day)| format!("stale: {name} {day}"))
            .collect();
        expected.extend(GONE.map(|name| format!("tagged: {name}")));
        expected.push("started: pc".into());
        expected.push("session: PARTIALLY_PASSED".into());
        // Those of the programs before it, too, so that there is more than a page of them.
        let failed = "failed: pc broken DETECTION_FAILED".to_owned();
        expected.extend(std::iter::repeat_n(failed, n + 1));
        assert_eq!(told, expected.iter().collect::<Vec<_>>(), "{program:?}");

        let refused = ended(command(program, &admin.with("upt_0_0"), since)).await;
        let errors = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{program:?}: {errors}");
        assert!(errors.contains("UNAUTHENTICATED"), "{program:?}: {errors}");
        let refused = ended(command(program, admin, "yesterday")).await;
        let errors = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{program:?}: {errors}");
        assert!(errors.contains("BAD_USER_INPUT"), "{program:?}: {errors}");
    }
    let tagged = "{ computers(filter: { tag: \"stale\" }) { nodes { name } } }";
    let tagged = admin.ask(tagged, Value::Null).await;
    let names = json!([{ "name": GONE[0] }, { "name": GONE[1] }, { "name": GONE[2] }]);
    assert_eq!(tagged["computers"]["nodes"], names);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_wait_for_a_server_that_is_away() {
    let Fleet {
        mut server,
        admin,
        since,
        days,
        _here,
        _folder,
    } = fleet().await;
    let folder = TempDir::new().unwrap();
    let programs = programs(folder.path()).await;
    server.kill().await;
    let running: Vec<_> = (programs.iter())
        .map(|program| tokio::spawn(ended(command(program, &admin, &since))))
        .collect();
    tokio::time::sleep(ABSENCE).await;
    server.restart().await;
    for (program, running) in programs.iter().zip(running) {
        let output = running.await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program:?}: {errors}");
        // Whether the fourth one is back by now is chance.
        let told = lines(&output.stdout);
        let first = format!("stale: {} {}", GONE[0], days[0]);
        assert!(told.starts_with(&[first]), "{program:?}: {told:?}");
        let tagged = told.iter().filter(|line| line.starts_with("tagged: "));
        assert_eq!(tagged.count(), GONE.len(), "{program:?}: {told:?}");
    }
}

/// The blocks of a language that docs/api.md has.
fn blocks(language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(docs().join("api.md")).unwrap();
    let begins = format!("```{language}");
    let mut lines = text.lines();
    let mut found = vec![];
    while let Some(line) = lines.next() {
        if line.trim_start() == begins {
            let indent = line.len() - begins.len();
            let inside = lines.by_ref().take_while(|line| line.trim_start() != "```");
            let inside: Vec<_> = inside
                .map(|line| line.get(indent..).unwrap_or(""))
                .collect();
            found.push(inside.join("\n"));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_docs_do_what_they_say() {
    if !are_here(&["bash", "curl", "jq", "timeout", "python3"]) {
        eprintln!("left out: there is no bash, curl, jq, timeout or python3");
        return;
    }
    let fleet = fleet().await;
    let admin = &fleet.admin;
    let mut told = vec![];
    for (language, expected) in [("sh", 3), ("python", 1)] {
        let blocks = blocks(language);
        assert_eq!(blocks.len(), expected, "{blocks:?}");
        for block in blocks {
            let shell = if language == "sh" { "bash" } else { "python3" };
            // What follows does not end by itself.
            let follows = block.contains("subscription");
            let (seconds, code) = if follows { ("5", 124) } else { ("60", 0) };
            let line = ["timeout", seconds, shell, "-c", &block].map(str::to_owned);
            let mut command = command(&line, admin, "");
            command
                .env("SERVER", &admin.base)
                .env("TOKEN", &admin.token);
            let output = ended(command).await;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(output.status.code(), Some(code), "{block}: {output:?}");
            if follows {
                assert!(
                    text.contains("\"type\":\"ComputerRegistered\""),
                    "{block}: {text}"
                );
            } else {
                told.push(text);
            }
        }
    }
    // The same question in two languages.
    assert_eq!(told[0], told[1]);
    let names: Vec<_> = told[0]
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, GONE);
}

/// The lines that `events.sh` prints until it tells that this tenant was created; then it is ended.
async fn collected_until(admin: &Client, state: &str, tenant: &str) -> Vec<Value> {
    // It ends what it has started, too.
    let line = ["timeout", "120", "bash", &example("events.sh")].map(str::to_owned);
    let mut child = command(&line, admin, state)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut events: Vec<Value> = vec![];
    while events
        .last()
        .is_none_or(|event| event["type"] != "TenantCreated" || event["data"]["name"] != tenant)
    {
        let line = told.next_line().await.unwrap().expect("it follows");
        events.push(serde_json::from_str(&line).unwrap());
    }
    let pid = child.id().expect("it runs").to_string();
    made_by("kill", &[&pid]).await;
    // What it has printed meanwhile is behind it, too.
    while let Some(line) = told.next_line().await.unwrap() {
        events.push(serde_json::from_str(&line).unwrap());
    }
    child.wait().await.unwrap();
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn what_collects_events_goes_on_where_it_was_ended() {
    if !are_here(&["bash", "curl", "jq", "timeout"]) {
        eprintln!("left out: there is no bash, curl, jq or timeout");
        return;
    }
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let state = folder.path().join("state").display().to_string();
    let mut events = vec![];
    for tenant in ["one", "two", "three"] {
        admin.tenant(tenant).await;
        events.extend(collected_until(&admin, &state, tenant).await);
    }
    // The last one before it was ended may come again.
    events.dedup_by_key(|event| text(&event["id"]));
    let mut ids: Vec<_> = events.iter().map(|event| text(&event["id"])).collect();
    let all = admin
        .ask("{ events(first: 100) { nodes { id } } }", Value::Null)
        .await;
    let all = all["events"]["nodes"].as_array().unwrap().iter();
    let all: Vec<_> = all
        .map(|event| text(&event["id"]))
        .take(ids.len())
        .collect();
    assert_eq!(ids, all, "without a gap, in order");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), events.len());
}
