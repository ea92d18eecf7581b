//! Scripts and packages that turn on the computer whose agent runs them.

mod disk;
mod network;
mod twice;

use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use upkeep_tests::agent::Around;
use upkeep_tests::{Agent, Client, Namespace, Server};

/// A computer whose agent has a disk and a mount namespace of its own, and the software `tool`.
struct World {
    /// Until the end.
    _server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    software: String,
    _folder: TempDir,
}

impl World {
    /// Nothing where no namespace can be made. `install` is the script of version 1.0.
    async fn with_disk(megabytes: u32, install: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let namespace = Namespace::with_disk(folder.path(), megabytes).await?;
        let around = Around {
            namespace: Some(Arc::new(namespace)),
            ..Around::default()
        };
        Some(Self::new(folder, around, install, &Value::Null).await)
    }

    async fn new(folder: TempDir, around: Around, install: &str, package: &Value) -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let software = admin.software("tool", &[]).await;
        let world = admin.enrolment_token(&tenant, 1).await;
        let agent = Agent::start_in(around, folder.path(), "pc-1", 3, &server.base(), &world);
        let computer = admin.online("pc-1").await;
        publish(&admin, &software, "1.0", install, package).await;
        admin.deploy_everywhere(&software).await;
        Self {
            _server: server,
            admin,
            agent,
            computer,
            software,
            _folder: folder,
        }
    }

    async fn maintain(&self) -> Value {
        self.admin.maintain(&self.computer).await
    }

    /// What the agents remark on the runs of a session.
    async fn remarks(&self, session: &Value) -> Vec<String> {
        let query = "query($id: ID!) { session(id: $id) { actions { runs { remark } } } }";
        let data = self.admin.ask(query, json!({ "id": session["id"] })).await;
        let runs = data["session"]["actions"][0]["runs"].as_array().unwrap();
        runs.iter()
            .filter_map(|run| run["remark"].as_str().map(str::to_owned))
            .collect()
    }

    /// Waits until a script has written a file.
    async fn written(&self, name: &str) {
        let path = self.agent.path(name);
        upkeep_tests::eventually(&format!("{name} is written"), || async {
            path.exists().then_some(())
        })
        .await;
    }
}

/// A version whose uninstall script removes what the detection looks at.
async fn publish(admin: &Client, software: &str, version: &str, install: &str, package: &Value) {
    let uninstall = json!({ "text": "rm -f \"$UPKEEP_ROOT/opt/tool\"" });
    let install = json!({ "text": install });
    admin
        .publish_with(software, version, &install, &uninstall, package)
        .await;
}

/// The script that makes `tool` be there in this version.
fn installs(version: &str) -> String {
    format!("mkdir -p \"$UPKEEP_ROOT/opt\"\necho {version} > \"$UPKEEP_ROOT/opt/tool\"\n")
}

fn action(session: &Value) -> &Value {
    &session["actions"][0]
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_none())
}
