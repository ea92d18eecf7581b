//! `upkeep catalogue sync`: a source is shown, taken over, taken over again, changed, and loses a title; who may; what a copy is; and a server
//! that dies in the middle.

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;
use upkeep_tests::client::text;
use upkeep_tests::{Client, Peer, Server, eventually, program};
use uuid::Uuid;

/// What a sync came to: whether it went well, and what it printed.
struct Outcome {
    is_success: bool,
    said: String,
    failed: String,
}

impl Outcome {
    /// The line that sums the plan up.
    fn summary(&self) -> &str {
        let mut lines = self.said.lines();
        let summary = lines.find(|line| line.contains(" titles to take over"));
        summary.unwrap_or_else(|| panic!("{}{}", self.said, self.failed))
    }
}

fn sync_command(admin: &Client, folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(program("upkeep"));
    command.args(["catalogue", "sync"]).arg(folder).args(more);
    command.args(["--server", &admin.base, "--token", &admin.token]);
    command
        .env("UPKEEP_LOG", "error")
        .stdin(std::process::Stdio::null());
    command
}

async fn sync(admin: &Client, folder: &Path, more: &[&str]) -> Outcome {
    let output = sync_command(admin, folder, more).output().await.unwrap();
    Outcome {
        is_success: output.status.success(),
        said: String::from_utf8(output.stdout).unwrap(),
        failed: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Real manifests of a few packages, in a folder that may be changed.
fn manifests(into: &Path) {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/winget/manifests");
    for package in ["7/7zip/7zip", "g/Git/Git", "n/Notepad++/Notepad++"] {
        copy(&data.join(package), &into.join(package));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

const TITLES: &str = "query($text: String, $after: String) { catalogue(filter: { textContains: $text }, first: 100, after: $after) {
    nodes { id uuid name revision latestVersion origin { source identifier revision isWithdrawn } }
    pageInfo { hasNextPage endCursor } } }";

/// All titles in which a text is found.
async fn titles(admin: &Client, text: &str) -> Vec<Value> {
    let (mut titles, mut after) = (vec![], Value::Null);
    loop {
        let answer = admin
            .ask(TITLES, json!({ "text": text, "after": after }))
            .await;
        let page = &answer["catalogue"];
        titles.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return titles;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn title(admin: &Client, text: &str) -> Value {
    let titles = titles(admin, text).await;
    assert_eq!(titles.len(), 1, "{text}: {titles:?}");
    titles[0].clone()
}

/// The events of a software from a revision on: their types, and why they came.
async fn events(admin: &Client, title: &Value, after: Option<u64>) -> Vec<(String, String)> {
    let query = "query($stream: String!, $after: Int) { events(filter: { stream: $stream, afterRevision: $after }, first: 100) {
        nodes { type reason } } }";
    let stream = format!("software-{}", title["uuid"].as_str().unwrap());
    let answer = admin
        .ask(query, json!({ "stream": stream, "after": after }))
        .await;
    let events = answer["events"]["nodes"].as_array().unwrap().iter();
    events
        .map(|event| (text(&event["type"]), text(&event["reason"])))
        .collect()
}

fn types(events: &[(String, String)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_shown_taken_over_changed_and_loses_a_title() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    manifests(folder.path());

    let shown = sync(&admin, folder.path(), &["--dry-run", "--revision", "r1"]).await;
    assert!(shown.is_success, "{}", shown.failed);
    assert_eq!(
        shown.summary(),
        "winget at r1: 3 titles to take over, 0 to withdraw, 0 unchanged, 0 refused"
    );
    assert!(
        shown
            .said
            .contains("+ Git.Git: +2.41.0.3, +2.45.2, +2.46.0"),
        "{}",
        shown.said
    );
    assert_eq!(titles(&admin, "").await, Vec::<Value>::new());

    let unasked = sync(&admin, folder.path(), &["--revision", "r1"]).await;
    assert!(!unasked.is_success);
    assert!(unasked.failed.contains("say --yes"), "{}", unasked.failed);
    assert_eq!(titles(&admin, "").await, Vec::<Value>::new());

    let first = sync(&admin, folder.path(), &["--yes", "--revision", "r1"]).await;
    assert!(first.is_success, "{}{}", first.said, first.failed);
    let git = title(&admin, "git.GIT").await;
    assert_eq!(git["latestVersion"], "2.46.0");
    let origin = json!({ "source": "winget", "identifier": "Git.Git", "revision": "r1", "isWithdrawn": false });
    assert_eq!(git["origin"], origin);
    let sources = "{ catalogueSources { name revision titleCount withdrawnCount } }";
    let source =
        json!([{ "name": "winget", "revision": "r1", "titleCount": 3, "withdrawnCount": 0 }]);
    assert_eq!(
        admin.ask(sources, Value::Null).await["catalogueSources"],
        source
    );

    let again = sync(&admin, folder.path(), &["--yes", "--revision", "r2"]).await;
    assert_eq!(
        again.summary(),
        "winget at r2: 0 titles to take over, 0 to withdraw, 3 unchanged, 0 refused"
    );
    assert_eq!(title(&admin, "git.git").await, git, "nothing was written");

    // One line of one manifest.
    let file = folder
        .path()
        .join("g/Git/Git/2.46.0/Git.Git.installer.yaml");
    let manifest = fs::read_to_string(&file).unwrap();
    let other = manifest.replace(
        "e6337d172590cea1f673acfeef218733e9352adeb863a3a9e8fa20ee0719a40f",
        &"ab".repeat(32),
    );
    let upper = "e6337d172590cea1f673acfeef218733e9352adeb863a3a9e8fa20ee0719a40f".to_uppercase();
    let other = other.replace(&upper, &"ab".repeat(32));
    assert_ne!(other, manifest);
    fs::write(&file, other).unwrap();
    // A deployment of what will be gone.
    let seven = title(&admin, "7zip.7zip").await;
    let deployment = admin.deploy_everywhere(&text(&seven["id"])).await;
    fs::remove_dir_all(folder.path().join("7")).unwrap();

    let changed = sync(
        &admin,
        folder.path(),
        &["--yes", "--revision", "r3", "--reason", "a new Git"],
    )
    .await;
    assert!(changed.is_success, "{}{}", changed.said, changed.failed);
    assert!(
        changed.said.contains("~ Git.Git: ~2.46.0\n"),
        "{}",
        changed.said
    );
    assert!(
        changed
            .said
            .contains("- 7zip.7zip: the source has it no more"),
        "{}",
        changed.said
    );
    assert_eq!(
        changed.summary(),
        "winget at r3: 1 titles to take over, 1 to withdraw, 1 unchanged, 0 refused"
    );
    let came = events(&admin, &git, git["revision"].as_u64()).await;
    assert_eq!(types(&came), ["SoftwareCatalogued", "VersionPublished"]);
    for (_, reason) in &came {
        assert_eq!(reason, "a new Git (catalogue winget at r3)");
    }
    let gone = title(&admin, "7zip.7zip").await;
    assert_eq!(gone["origin"]["isWithdrawn"], true);
    assert_eq!(gone["latestVersion"], seven["latestVersion"]);
    let came = events(&admin, &gone, seven["revision"].as_u64()).await;
    assert_eq!(types(&came), ["SoftwareWithdrawn"]);
    let still =
        "query($id: ID!) { deployment(id: $id) { software { id origin { isWithdrawn } } } }";
    let still = admin.ask(still, json!({ "id": deployment })).await;
    assert_eq!(still["deployment"]["software"]["id"], seven["id"]);

    // It comes back as it was.
    manifests(folder.path());
    let back = sync(&admin, folder.path(), &["--yes", "--revision", "r4"]).await;
    assert!(back.said.contains("+ (again) 7zip.7zip"), "{}", back.said);
    assert_eq!(
        title(&admin, "7zip.7zip").await["origin"]["isWithdrawn"],
        false
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_its_sources_and_a_copy_ones_own() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    manifests(folder.path());
    let first = sync(&admin, folder.path(), &["--yes", "--revision", "r1"]).await;
    assert!(first.is_success, "{}{}", first.said, first.failed);
    let git = title(&admin, "git.git").await;

    let rename = "mutation($input: RenameSoftwareInput!) { renameSoftware(input: $input) { userErrors { code message } } }";
    let input = json!({ "input": { "id": git["id"], "name": "Mine" } });
    let refused = admin.ask_raw(rename, input).await;
    let error = &refused["data"]["renameSoftware"]["userErrors"][0];
    assert_eq!(error["code"], "OF_CATALOGUE");
    let message = text(&error["message"]);
    assert!(
        message.contains("copy it to your own software first"),
        "{message}"
    );
    let may = "query($id: ID!) { software(id: $id) { may { mutation isAllowed code } } }";
    let may = admin.ask(may, json!({ "id": git["id"] })).await;
    let may = may["software"]["may"].as_array().unwrap();
    let of = |name: &str| may.iter().find(|one| one["mutation"] == name).unwrap()["code"].clone();
    assert_eq!(of("publishSoftwareVersion"), "OF_CATALOGUE");
    assert_eq!(of("copySoftware"), Value::Null);

    let copied = "mutation($input: CopySoftwareInput!) { copySoftware(input: $input) { userErrors { message } software {
        id name latestVersion origin { source } copiedFrom { revision software { id } } differsFromOrigin } } }";
    let made = admin
        .ask(copied, json!({ "input": { "id": git["id"] } }))
        .await;
    let copy = &made["copySoftware"]["software"];
    assert_eq!(copy["name"], "Git");
    assert_eq!(copy["latestVersion"], "2.46.0");
    assert_eq!(copy["origin"], Value::Null);
    assert_eq!(
        copy["copiedFrom"],
        json!({ "revision": "r1", "software": { "id": git["id"] } })
    );
    assert_eq!(copy["differsFromOrigin"], json!([]));

    let rename = json!({ "input": { "id": copy["id"], "name": "Our Git" } });
    admin.ask("mutation($input: RenameSoftwareInput!) { renameSoftware(input: $input) { userErrors { code } } }", rename).await;
    let withdraw = json!({ "input": { "id": copy["id"], "version": "2.41.0.3" } });
    admin.ask("mutation($input: WithdrawSoftwareVersionInput!) { withdrawSoftwareVersion(input: $input) { userErrors { code } } }", withdraw).await;
    let differs = "query($id: ID!) { software(id: $id) { differsFromOrigin } }";
    let differs = admin.ask(differs, json!({ "id": copy["id"] })).await;
    assert_eq!(
        differs["software"]["differsFromOrigin"],
        json!(["NAME", "VERSIONS"])
    );

    // The source does not touch it.
    let again = sync(&admin, folder.path(), &["--yes", "--revision", "r2"]).await;
    assert!(
        again
            .summary()
            .ends_with("0 titles to take over, 0 to withdraw, 3 unchanged, 0 refused")
    );
    let own = "{ catalogue(filter: { ownership: OWN }) { nodes { name } } }";
    let own = admin.ask(own, Value::Null).await;
    assert_eq!(own["catalogue"]["nodes"], json!([{ "name": "Our Git" }]));
    let error = admin
        .ask_raw(copied, json!({ "input": { "id": copy["id"] } }))
        .await;
    assert_eq!(
        error["data"]["copySoftware"]["userErrors"][0]["message"],
        "it is your own software: this is for titles of a catalogue only"
    );
}

/// What is copied is what was seen: the copy itself has no revision yet that anybody could expect.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_of_the_titles_revision_that_is_expected() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    manifests(folder.path());
    let first = sync(&admin, folder.path(), &["--yes", "--revision", "r1"]).await;
    assert!(first.is_success, "{}{}", first.said, first.failed);
    let git = title(&admin, "git.git").await;
    let revision = git["revision"].as_u64().unwrap();
    let query = "mutation($input: CopySoftwareInput!) { copySoftware(input: $input)
        { userErrors { code field } software { id } } }";
    let copy = async |expected: u64, command: &str| {
        let options = json!({ "commandId": command, "expectedRevision": expected });
        let input = json!({ "id": git["id"], "name": "Our Git", "options": options });
        let answer = admin.ask_raw(query, json!({ "input": input })).await;
        answer["data"]["copySoftware"].clone()
    };
    for wrong in [revision - 1, revision + 1] {
        let refused = copy(wrong, &Uuid::now_v7().to_string()).await;
        let conflict = json!({ "code": "REVISION_CONFLICT", "field": ["input", "options", "expectedRevision"] });
        assert_eq!(
            refused,
            json!({ "userErrors": [conflict], "software": null })
        );
    }
    let command = Uuid::now_v7().to_string();
    let made = copy(revision, &command).await;
    assert_eq!(made["userErrors"], json!([]));
    assert!(made["software"]["id"].is_string(), "{made}");
    // The title has another revision by now, and the copy is there.
    fs::remove_dir_all(folder.path().join("g")).unwrap();
    let again = sync(&admin, folder.path(), &["--yes", "--revision", "r2"]).await;
    assert!(again.is_success, "{}{}", again.said, again.failed);
    assert!(title(&admin, "git.git").await["revision"].as_u64().unwrap() > revision);
    assert_eq!(copy(revision, &command).await, made);
    let own = "{ catalogue(filter: { ownership: OWN }) { totalCount } }";
    let own = admin.ask(own, Value::Null).await;
    assert_eq!(own["catalogue"]["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_of_the_installation_sync() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let folder = TempDir::new().unwrap();
    manifests(folder.path());
    for (role, tenant) in [
        ("MSP_TECHNICIAN", None),
        ("TENANT_ADMIN", Some(tenant.as_str())),
        ("TENANT_MEMBER", Some(tenant.as_str())),
    ] {
        let other = admin.acting_as(role, tenant).await;
        let refused = sync(&other, folder.path(), &["--yes"]).await;
        assert!(!refused.is_success, "{role}");
        assert!(
            refused.failed.contains("may not"),
            "{role}: {}",
            refused.failed
        );
    }
    assert_eq!(titles(&admin, "").await, Vec::<Value>::new());
    let nobody = admin.with("nothing");
    assert!(!sync(&nobody, folder.path(), &["--yes"]).await.is_success);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_with_the_program_fills_a_new_catalogue() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let mut command = Command::new(program("upkeep"));
    command.args(["catalogue", "sync", "--embedded", "--yes", "--data-dir"]);
    let output = command.arg(&server.data).output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(titles(&admin, "").await.len() >= 20, "{said}");
    let seven = titles(&admin, "7-zip").await;
    let mut identifiers: Vec<String> = seven
        .iter()
        .map(|title| text(&title["origin"]["identifier"]))
        .collect();
    identifiers.sort();
    assert_eq!(identifiers, ["7zip.7zip", "debian.7zip"]);
}

/// A pack of many small titles.
fn pack(folder: &Path, count: usize) {
    let sh = |text: String| json!({ "interpreter": "sh", "text": text });
    let titles = (0..count).map(|n| {
        json!({
            "identifier": format!("title-{n}"),
            "name": format!("Title {n}"),
            "detection": { "program": [{ "package": format!("title-{n}") }] },
            "scripts": { "install": sh(format!("echo {n}")), "uninstall": sh(format!("echo {n}")) },
            "versions": [{ "version": "1.0" }, { "version": "2.0" }],
        })
    });
    let titles: Vec<Value> = titles.collect();
    let pack = json!({ "schemaVersion": 1, "source": "many", "titles": titles });
    fs::write(folder.join("many.json"), pack.to_string()).unwrap();
}

/// Computers without a program behind them.
async fn computers(server: &Server, admin: &Client, count: u32) {
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, count).await;
    let mut enrolling = tokio::task::JoinSet::new();
    for n in 0..count {
        let (server, token) = (server.base(), token.clone());
        enrolling.spawn(async move {
            let peer = Peer::enrol(&server, &token, &format!("pc-{n}")).await;
            peer.is_ok()
        });
    }
    let enrolled = enrolling.join_all().await;
    assert!(enrolled.into_iter().all(|enrolled| enrolled));
    eventually("all are there", || async {
        let answer = admin.try_ask("{ computers { totalCount } }", Value::Null);
        (answer.await?["data"]["computers"]["totalCount"] == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_returns_or_is_called_otherwise_on_many_computers_is_confirmed_by_its_plan() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let sync = async |revision: &str| {
        let done = sync(&admin, folder.path(), &["--yes", "--revision", revision]).await;
        assert!(done.is_success, "{}{}", done.said, done.failed);
        done
    };
    pack(folder.path(), 2);
    sync("r1").await;
    let wanted = title(&admin, "title-1").await;
    admin.deploy_everywhere(&text(&wanted["id"])).await;
    computers(&server, &admin, 26).await;

    pack(folder.path(), 1);
    sync("r2").await;
    let state = async || title(&admin, "title-1").await["origin"].clone();
    assert_eq!(state().await["isWithdrawn"], true);
    pack(folder.path(), 2);
    let back = sync("r3").await;
    let line = "+ (again) title-1 (runs on 26 computers)";
    assert!(back.said.contains(line), "{}", back.said);
    assert_eq!(state().await["isWithdrawn"], false);

    let file = folder.path().join("many.json");
    let renamed = fs::read_to_string(&file).unwrap();
    let renamed = renamed.replace(r#""identifier":"title-1""#, r#""identifier":"Title-1""#);
    fs::write(&file, renamed).unwrap();
    sync("r4").await;
    assert_eq!(state().await["identifier"], "Title-1");
}

/// How many titles there are, if the server answers.
async fn taken_over(admin: &Client) -> Option<u64> {
    let sources = "{ catalogueSources { titleCount } }";
    let answer = admin.try_ask(sources, Value::Null).await?;
    answer["data"]["catalogueSources"][0]["titleCount"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_in_the_middle_has_whole_titles_and_the_next_sync_brings_the_rest() {
    const COUNT: usize = 1_500;
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    pack(folder.path(), COUNT);
    let mut running = sync_command(&admin, folder.path(), &["--yes", "--revision", "r1"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    eventually("some titles", || async {
        taken_over(&admin).await.filter(|count| *count > 50)
    })
    .await;
    server.kill().await;
    assert!(
        !running.wait().await.unwrap().success(),
        "nobody answered it any more"
    );
    server.restart().await;
    let there = titles(&admin, "").await;
    assert!(
        (50..COUNT).contains(&there.len()),
        "it died in the middle: {}",
        there.len()
    );
    for title in &there {
        assert_eq!(title["latestVersion"], "2.0", "{title}");
    }

    let rest = sync(&admin, folder.path(), &["--yes", "--revision", "r1"]).await;
    assert!(rest.is_success, "{}{}", rest.said, rest.failed);
    let left = COUNT - there.len();
    let expected = format!(
        "many at r1: {left} titles to take over, 0 to withdraw, {} unchanged, 0 refused",
        there.len()
    );
    assert_eq!(rest.summary(), expected);
    let all = titles(&admin, "").await;
    assert_eq!(all.len(), COUNT);
    // Created, catalogued, two scripts and two versions: each once.
    assert!(
        all.iter().all(|title| title["revision"] == 5),
        "no title was taken over twice"
    );
}
