//! The demo's story, step by step.

use crate::client::{Client, LINK_MINUTES};
use crate::server::Server;
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long each thing that must happen may take.
const PATIENCE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(100);

/// A computer of the story: its tenant, name, chassis type, hardware UUID, and whether an old Reader is there.
struct Computer {
    tenant: &'static str,
    name: &'static str,
    what: &'static str,
    chassis: u8,
    uuid: &'static str,
    has_old_reader: bool,
}

const COMPUTERS: [Computer; 4] = [
    Computer {
        tenant: "Northwind",
        name: "reception",
        what: "a desktop",
        chassis: 3,
        uuid: "7b0c2c0e-52b1-4c6e-9d8a-000000000001",
        has_old_reader: false,
    },
    Computer {
        tenant: "Northwind",
        name: "cnc-1",
        what: "a desktop that runs the CNC machine, with a Reader 22.3 that nobody dares to touch",
        chassis: 3,
        uuid: "7b0c2c0e-52b1-4c6e-9d8a-000000000002",
        has_old_reader: true,
    },
    Computer {
        tenant: "Contoso",
        name: "ceo-laptop",
        what: "a laptop with an old Reader 22.3",
        chassis: 10,
        uuid: "7b0c2c0e-52b1-4c6e-9d8a-000000000003",
        has_old_reader: true,
    },
    Computer {
        tenant: "Fabrikam",
        name: "warehouse-tablet",
        what: "a tablet",
        chassis: 30,
        uuid: "7b0c2c0e-52b1-4c6e-9d8a-000000000004",
        has_old_reader: false,
    },
];

/// What is left when the story is told.
pub struct Story {
    pub client: Client,
    base: String,
    agents: Vec<Child>,
}

pub async fn tell(server: &Server, folder: &Path, agent: &Path) -> anyhow::Result<Story> {
    let base = format!("http://{}", server.address);
    say("Upkeep demo: a server on the embedded event store, four agents, real packages.\n")?;
    let client = Client::new(base.clone(), administrator(server).await?)?;
    let mut teller = Teller {
        client,
        base,
        folder: folder.to_owned(),
        agents: vec![],
    };
    teller.tell(agent).await?;
    let Teller {
        client,
        base,
        agents,
        ..
    } = teller;
    Ok(Story {
        client,
        base,
        agents,
    })
}

async fn administrator(server: &Server) -> anyhow::Result<String> {
    let query = "mutation { createApiToken(input: { name: \"demo\", role: MSP_ADMIN })
        { secret userErrors { message } } }";
    let answer = server
        .api
        .execute_as_operator(query, serde_json::Map::new())
        .await;
    let data = crate::operator::data_of(&serde_json::to_value(answer)?)?;
    let secret = data["createApiToken"]["secret"].as_str();
    Ok(secret.context("the token has no secret")?.to_owned())
}

fn say(text: &str) -> anyhow::Result<()> {
    crate::answer(text)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

struct Teller {
    client: Client,
    base: String,
    folder: PathBuf,
    agents: Vec<Child>,
}

impl Teller {
    async fn tell(&mut self, agent: &Path) -> anyhow::Result<()> {
        say("1. Tenants")?;
        let northwind = self.tenant("Northwind").await?;
        let contoso = self.tenant("Contoso").await?;
        let fabrikam = self.tenant("Fabrikam").await?;

        say(
            "\n2. A catalogue: each version is a real archive that the server keeps and the agents download",
        )?;
        let reader = self.software("Adobe Reader", "reader").await?;
        let acrobat = self.software("Adobe Acrobat", "acrobat").await?;
        self.publish(&reader, "reader", "22.3").await?;
        self.publish(&reader, "reader", "24.1").await?;
        self.publish(&acrobat, "acrobat", "2024.1").await?;

        say("\n3. Four computers, each with an agent of its own")?;
        for computer in &COMPUTERS {
            let tenant = match computer.tenant {
                "Northwind" => &northwind,
                "Contoso" => &contoso,
                _ => &fabrikam,
            };
            self.start_agent(agent, computer, tenant).await?;
        }
        let computers = self.wait_for_computers().await?;
        let cnc = computers
            .iter()
            .find(|(name, _)| name == "cnc-1")
            .map(|(_, id)| id.clone())
            .context("the CNC machine is there")?;

        say("\n4. Deployments: the rules")?;
        let everywhere = json!({
            "scope": { "crossTenant": true }, "filter": "WORKSTATIONS_AND_PORTABLE_DEVICES" });
        let at_contoso = json!({ "scope": { "singleTenant": { "tenantId": contoso } } });
        let on_cnc = json!({ "scope": { "computerId": cnc } });
        self.deploy(&reader, &everywhere, json!({ "kind": "INSTALLED_LATEST" }))
            .await?;
        self.deploy(&reader, &at_contoso, json!({ "kind": "UNINSTALLED" }))
            .await?;
        self.deploy(&acrobat, &at_contoso, json!({ "kind": "INSTALLED_LATEST" }))
            .await?;
        self.deploy(&reader, &on_cnc, json!({ "kind": "IGNORED" }))
            .await?;

        say("\n5. A maintenance session on each computer: resolve, detect, execute, verify")?;
        self.maintain(&computers).await?;

        say("\n6. Why does ceo-laptop get what it gets?")?;
        let ceo = computers.iter().find(|(name, _)| name == "ceo-laptop");
        if let Some((_, id)) = ceo {
            self.explain(id).await?;
        }

        say("\n7. Reader 24.2 is published, and every computer is maintained again")?;
        self.publish(&reader, "reader", "24.2").await?;
        self.maintain(&computers).await?;

        say("\nWhat is on the computers now:")?;
        for computer in &COMPUTERS {
            let version = |software: &str| {
                let file = self.root(computer).join(format!("opt/{software}/VERSION"));
                std::fs::read_to_string(file).map_or("-".to_owned(), |v| v.trim().to_owned())
            };
            say(&format!(
                "  {:<17} Reader {:<6} Acrobat {}",
                computer.name,
                version("reader"),
                version("acrobat")
            ))?;
        }
        Ok(())
    }

    fn root(&self, computer: &Computer) -> PathBuf {
        self.folder.join("computers").join(computer.name)
    }

    async fn tenant(&self, name: &str) -> anyhow::Result<String> {
        let query = "mutation($name: String!) { createTenant(input: { name: $name })
            { tenant { id } userErrors { message } } }";
        let data = self.client.ask(query, json!({ "name": name })).await?;
        say(&format!("   + {name}"))?;
        Ok(text(&data["createTenant"]["tenant"]["id"]).to_owned())
    }

    async fn software(&self, name: &str, folder: &str) -> anyhow::Result<String> {
        let query = "mutation($name: String!, $text: String!) {
            createSoftware(input: { name: $name, detection: { text: $text } })
            { software { id } userErrors { message } } }";
        let detection = format!("cat \"$UPKEEP_ROOT/opt/{folder}/VERSION\" 2>/dev/null || true\n");
        let data = self
            .client
            .ask(query, json!({ "name": name, "text": detection }))
            .await?;
        Ok(text(&data["createSoftware"]["software"]["id"]).to_owned())
    }

    async fn publish(&self, software: &str, folder: &str, version: &str) -> anyhow::Result<()> {
        let archive = archive(&self.folder, folder, version).await?;
        let size = archive.len();
        let sha256 = self.client.upload(archive).await?;
        let install = format!(
            "set -e\necho \"unpacking $UPKEEP_SOFTWARE $UPKEEP_VERSION\"\nmkdir -p \"$UPKEEP_ROOT/opt\"\n\
             rm -rf \"$UPKEEP_ROOT/opt/{folder}\"\ntar -xzf \"$UPKEEP_PACKAGE\" -C \"$UPKEEP_ROOT/opt\"\n"
        );
        let uninstall = format!("set -e\nrm -rf \"$UPKEEP_ROOT/opt/{folder}\"\n");
        let query =
            "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input)
            { software { name latestVersion } userErrors { message } } }";
        let input = json!({
            "id": software,
            "version": version,
            "packageFile": { "fileName": format!("{folder}-{version}.tar.gz"), "sha256": sha256 },
            "install": { "text": install },
            "uninstall": { "text": uninstall },
        });
        let data = self.client.ask(query, json!({ "input": input })).await?;
        let name = text(&data["publishSoftwareVersion"]["software"]["name"]);
        say(&format!(
            "   + {name} {version} ({size} bytes, sha256 {}…)",
            &sha256[..12]
        ))
    }

    async fn start_agent(
        &mut self,
        agent: &Path,
        computer: &Computer,
        tenant: &str,
    ) -> anyhow::Result<()> {
        let root = self.root(computer);
        let write = |path: &str, content: String| -> std::io::Result<()> {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(&root))?;
            std::fs::write(path, content)
        };
        write("etc/hostname", format!("{}\n", computer.name))?;
        write(
            "etc/os-release",
            "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n".to_owned(),
        )?;
        write(
            "sys/class/dmi/id/product_uuid",
            format!("{}\n", computer.uuid),
        )?;
        write(
            "sys/class/dmi/id/chassis_type",
            format!("{}\n", computer.chassis),
        )?;
        if computer.has_old_reader {
            write("opt/reader/VERSION", "22.3\n".to_owned())?;
        }
        let query = "mutation($tenant: ID!) { createEnrolmentToken(input: { tenantId: $tenant })
            { secret userErrors { message } } }";
        let data = self.client.ask(query, json!({ "tenant": tenant })).await?;
        let token = text(&data["createEnrolmentToken"]["secret"]).to_owned();
        let log = std::fs::File::create(self.folder.join(format!("agent-{}.log", computer.name)))?;
        let child = Command::new(agent)
            .arg("--root")
            .arg(&root)
            .args(["run", "--server", &self.base, "--reconnect-max", "5"])
            .env("UPKEEP_AGENT_TOKEN", token)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("the agent {} cannot be started", agent.display()))?;
        self.agents.push(child);
        say(&format!(
            "   + {} at {}: {}",
            computer.name, computer.tenant, computer.what
        ))
    }

    /// The computers' names and ids, in the story's order, when all are online.
    async fn wait_for_computers(&self) -> anyhow::Result<Vec<(String, String)>> {
        let query = "{ computers { nodes { id name isOnline } } }";
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let data = self.client.ask(query, json!({})).await?;
            let nodes = data["computers"]["nodes"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let online: Vec<(String, String)> = COMPUTERS
                .iter()
                .filter_map(|computer| {
                    let node = nodes
                        .iter()
                        .find(|node| node["name"] == computer.name && node["isOnline"] == true)?;
                    Some((computer.name.to_owned(), text(&node["id"]).to_owned()))
                })
                .collect();
            if online.len() == COMPUTERS.len() {
                return Ok(online);
            }
            if tokio::time::Instant::now() > deadline {
                bail!(
                    "only {} of {} computers came online: see the agents' logs in {}",
                    online.len(),
                    COMPUTERS.len(),
                    self.folder.display()
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn deploy(&self, software: &str, target: &Value, desired: Value) -> anyhow::Result<()> {
        let query = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
            { deployment { software { name } target { text } desired { text } } userErrors { message } } }";
        let input = json!({ "softwareId": software, "target": target, "desired": desired });
        let data = self.client.ask(query, json!({ "input": input })).await?;
        let deployment = &data["createDeployment"]["deployment"];
        say(&format!(
            "   + {} is {} on {}",
            text(&deployment["software"]["name"]),
            text(&deployment["desired"]["text"]),
            text(&deployment["target"]["text"]),
        ))
    }

    async fn maintain(&self, computers: &[(String, String)]) -> anyhow::Result<()> {
        let start = "mutation($computer: ID!) { startSession(input: { computerId: $computer })
            { session { id } userErrors { message } } }";
        let mut sessions = Vec::new();
        for (name, computer) in computers {
            let data = self
                .client
                .ask(start, json!({ "computer": computer }))
                .await?;
            sessions.push((
                name.clone(),
                text(&data["startSession"]["session"]["id"]).to_owned(),
            ));
        }
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on MaintenanceSession {
            id status stage actions { id itemName because type reason result message detectedBefore
                runs { id purpose status version durationMs } } } } }";
        let ids: Vec<&String> = sessions.iter().map(|(_, id)| id).collect();
        let mut told = HashSet::new();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let data = self.client.ask(query, json!({ "ids": ids })).await?;
            let nodes = data["nodes"].as_array().cloned().unwrap_or_default();
            let mut over = 0;
            for ((name, _), session) in sessions.iter().zip(&nodes) {
                for line in progress(session) {
                    if told.insert(format!("{name}{line}")) {
                        say(&format!("   {name:<17} {line}"))?;
                    }
                }
                if !matches!(
                    text(&session["status"]),
                    "QUEUED" | "PENDING_CONNECTIVITY" | "RUNNING"
                ) {
                    over += 1;
                }
            }
            if over == sessions.len() {
                let all_passed = nodes.iter().all(|session| session["status"] == "PASSED");
                if all_passed {
                    return Ok(());
                }
                bail!("not every session passed: see the lines above");
            }
            if tokio::time::Instant::now() > deadline {
                bail!(
                    "the sessions did not end in time: see the agents' logs in {}",
                    self.folder.display()
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn explain(&self, computer: &str) -> anyhow::Result<()> {
        let query = "query($computer: ID!) { resolution(computerId: $computer) { nodes {
            software { name } ranked { nodes { place explanation desired { text } } }
            notCandidates { nodes { explanation } } } } }";
        let data = self
            .client
            .ask(query, json!({ "computer": computer }))
            .await?;
        for item in data["resolution"]["nodes"].as_array().into_iter().flatten() {
            say(&format!("   {}", text(&item["software"]["name"])))?;
            for ranked in item["ranked"]["nodes"].as_array().into_iter().flatten() {
                let mark = if ranked["place"] == 1 { "=>" } else { "  " };
                let wants = text(&ranked["desired"]["text"]);
                say(&format!(
                    "     {mark} {} ({wants})",
                    text(&ranked["explanation"])
                ))?;
            }
            for not_candidate in item["notCandidates"]["nodes"]
                .as_array()
                .into_iter()
                .flatten()
            {
                say(&format!("      - {}", text(&not_candidate["explanation"])))?;
            }
        }
        Ok(())
    }
}

/// What can be told of a session so far.
fn progress(session: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for action in session["actions"].as_array().into_iter().flatten() {
        lines.push(format!("- {}", text(&action["because"])));
        if let (Some(action_type), Some(reason)) =
            (action["type"].as_str(), action["reason"].as_str())
        {
            let found = match (reason, action["detectedBefore"].as_str()) {
                ("IGNORED", _) => "not looked at".to_owned(),
                (_, found) => format!("detected {}", found.unwrap_or("nothing")),
            };
            lines.push(format!(
                "    {found}: {} ({})",
                words(action_type),
                words(reason)
            ));
        }
        for run in action["runs"].as_array().into_iter().flatten() {
            let purpose = text(&run["purpose"]);
            let changes = matches!(purpose, "INSTALL" | "UPGRADE" | "UNINSTALL");
            if changes && run["status"] == "EXITED" {
                let (version, ms) = (text(&run["version"]), &run["durationMs"]);
                lines.push(format!("    {} {version}: done in {ms} ms", words(purpose)));
            }
        }
        if action["result"] != "PENDING" {
            let mark = if action["result"] == "SUCCESS" {
                "ok"
            } else {
                "FAILED"
            };
            let item = text(&action["itemName"]);
            lines.push(format!("    {mark}: {item}: {}", text(&action["message"])));
        }
    }
    if !matches!(
        text(&session["status"]),
        "QUEUED" | "PENDING_CONNECTIVITY" | "RUNNING"
    ) {
        lines.push(format!("session {}", words(text(&session["status"]))));
    }
    lines
}

fn words(code: &str) -> String {
    code.to_lowercase().replace('_', " ")
}

/// A real archive of one version: a folder with its version and a program.
async fn archive(folder: &Path, software: &str, version: &str) -> anyhow::Result<Vec<u8>> {
    let build = folder.join("build").join(format!("{software}-{version}"));
    let content = build.join(software);
    std::fs::create_dir_all(content.join("bin"))?;
    std::fs::write(content.join("VERSION"), format!("{version}\n"))?;
    std::fs::write(
        content.join("bin").join(software),
        format!("#!/bin/sh\necho \"{software} {version}\"\n"),
    )?;
    let packed = Command::new("tar")
        .args([
            "--create",
            "--gzip",
            "--file",
            "-",
            "--sort=name",
            "--mtime=@0",
        ])
        .args(["--owner=0", "--group=0", "--mode=go+rX", "--directory"])
        .arg(&build)
        .arg(software)
        .output()
        .await
        .context("tar is needed to build the packages")?;
    if !packed.status.success() {
        bail!("tar failed: {}", String::from_utf8_lossy(&packed.stderr));
    }
    Ok(packed.stdout)
}

impl Story {
    /// What to try next.
    pub async fn invite(&self, folder: &Path) -> anyhow::Result<()> {
        let (base, token) = (&self.base, &self.client.token);
        let link = self.client.console_link().await?;
        say(&format!(
            "\nThe server goes on. Open its console, once and within {LINK_MINUTES} minutes:\n\n  {link}\n\n\
             Or {base}/graphql, with this under \"Headers\": {{\"Authorization\": \"Bearer {token}\"}}\n\n\
             Three things to try:\n  \
             1. Who gets what, and why:\n     \
             {{ computers {{ nodes {{ name resolution {{ nodes {{ software {{ name }} winner {{ explanation }} }} }} }} }} }}\n  \
             2. What happened, newest first:\n     {{ events(first: 20, orderBy: {{ field: RECORDED_AT, direction: DESC }}) {{ nodes {{ time type stream data }} }} }}\n  \
             3. Change a rule and run a session:\n     \
             {{ deployments {{ nodes {{ id desired {{ text }} target {{ text }} }} }} }}\n     \
             mutation {{ disableDeployment(input: {{ id: \"…\" }}) {{ deployment {{ status }} }} }}\n     \
             mutation {{ startSession(input: {{ computerId: \"…\" }}) {{ session {{ id }} }} }}\n\n\
             Everything is in {}, the server's data directory is {}. Stop with Ctrl-C.",
            folder.display(),
            folder.join(super::SERVER).display()
        ))
    }

    /// Stops the agents.
    pub async fn end(mut self) {
        for agent in &mut self.agents {
            if let Some(pid) = agent.id() {
                terminate(pid).await;
            }
            // Who does not listen is killed when it is dropped.
            let _ = tokio::time::timeout(Duration::from_secs(5), agent.wait()).await;
        }
    }
}

async fn terminate(pid: u32) {
    // A child that ended already needs no signal.
    let _ = Command::new("kill")
        .arg(pid.to_string())
        .stderr(Stdio::null())
        .status()
        .await;
}
