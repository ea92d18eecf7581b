//! `upkeep catalogue sync`: a source is shown, taken over, taken over again, changed, and loses a title; who may; and what a copy is.

mod many;

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;
use upkeep_tests::client::text;
use upkeep_tests::{Client, Server, program};
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

fn assert_told(events: &[(String, String)], reason: &str) {
    assert!(events.iter().all(|(_, said)| said == reason), "{events:?}");
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
    assert_told(&came, "a new Git (catalogue winget at r3)");
    let gone = title(&admin, "7zip.7zip").await;
    assert_eq!(gone["origin"]["isWithdrawn"], true);
    assert_eq!(gone["latestVersion"], seven["latestVersion"]);
    let came = events(&admin, &gone, seven["revision"].as_u64()).await;
    assert_eq!(types(&came), ["SoftwareWithdrawn"]);
    assert_told(&came, "a new Git (catalogue winget at r3)");
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
async fn what_manifests_warn_of_is_shown_with_the_plan() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    manifests(folder.path());
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/winget/manifests");
    copy(&data.join("d/Discord"), &folder.path().join("d/Discord"));
    let shown = sync(&admin, folder.path(), &["--dry-run"]).await;
    let warning =
        "warning: d/Discord/Discord/1.0.9158: Discord.Discord.installer.yaml, Installers[0]";
    assert!(shown.said.contains(warning), "{}", shown.said);
}

/// Names a command.
const COMMAND: &str = "0190b6d2-7b1e-7000-8000-00000000c0de";

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
    // What somebody expects is the title's revision.
    let of_revision = |revision: u64| json!({ "input": { "id": git["id"], "options": { "expectedRevision": revision, "commandId": COMMAND } } });
    let seen = git["revision"].as_u64().unwrap();
    let conflict = admin.ask_raw(copied, of_revision(seen + 1)).await;
    let message = text(&conflict["data"]["copySoftware"]["userErrors"][0]["message"]);
    let expected = format!(
        "you expect revision {}, and it is revision {seen}",
        seen + 1
    );
    assert!(message.contains(&expected), "{message}");
    let made = admin.ask(copied, of_revision(seen)).await;
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
