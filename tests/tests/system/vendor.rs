//! Packages that agents fetch from their vendors: checked as uploaded ones are, and never from where a vendor may not lead.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use upkeep_agent_protocol::{AgentFrame, Feature, Given, Report, ResultValue, RunResult};
use upkeep_tests::client::text;
use upkeep_tests::peer::{Peer, success};
use upkeep_tests::{Agent, Client, Server};

const CONTENT: &[u8] = b"the program of a vendor";

/// A vendor's host, and what it was asked.
struct Vendor {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Vendor {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4_096];
                let length = socket.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                told.lock().unwrap().push(request);
                socket.write_all(&answer(&path)).await.unwrap();
                socket.shutdown().await.unwrap();
            }
        });
        Self { address, asked }
    }

    /// How often this path was asked for.
    fn requests(&self, path: &str) -> usize {
        let begins = format!("GET {path} ");
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|asked| asked.starts_with(&begins))
            .count()
    }
}

fn answer(path: &str) -> Vec<u8> {
    let whole = |content: &[u8]| {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            content.len()
        );
        [head.as_bytes(), content].concat()
    };
    let lead_on = |to: &str| {
        format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
    };
    match path.split('?').next().unwrap_or_default() {
        "/setup" => whole(CONTENT),
        "/newest" => lead_on("/setup"),
        "/other" => whole(b"the program of a stranger"),
        "/elsewhere" => lead_on("http://203.0.113.7/setup"),
        _ => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
    }
}

/// A computer, and a software of which every version comes from the vendor.
struct Scene {
    _folder: TempDir,
    _server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    software: String,
    vendor: Vendor,
}

impl Scene {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        let detection = "cat \"$UPKEEP_ROOT/version\" 2>/dev/null || true";
        let software = admin.software_detected_by("Setup", detection).await;
        admin.deploy_everywhere(&software).await;
        let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
        let computer = admin.online("pc").await;
        let vendor = Vendor::new().await;
        Self {
            _folder: folder,
            _server: server,
            admin,
            agent,
            computer,
            software,
            vendor,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.vendor.address)
    }

    /// Publishes a version whose package comes from there; the errors, if it is refused.
    async fn publish(&self, version: &str, package: Value) -> Value {
        let install = "cp \"$UPKEEP_PACKAGE\" \"$UPKEEP_ROOT/setup\"; echo \"$UPKEEP_VERSION\" > \"$UPKEEP_ROOT/version\"";
        let query = "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input)
            { software { versions(last: 1) { nodes { packageFile { fileName size url } } } } userErrors { code field message } } }";
        let mut file =
            json!({ "fileName": "setup.bin", "sha256": hex::encode(Sha256::digest(CONTENT)) });
        file.as_object_mut()
            .unwrap()
            .extend(package.as_object().unwrap().clone());
        let input = json!({ "id": self.software, "version": version, "packageFile": file,
            "install": { "text": install }, "uninstall": { "text": "true" } });
        let answer = self.admin.ask_raw(query, json!({ "input": input })).await;
        answer["data"]["publishSoftwareVersion"].clone()
    }

    async fn published(&self, version: &str, package: Value) -> Value {
        let payload = self.publish(version, package).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload["software"]["versions"]["nodes"][0]["packageFile"].clone()
    }

    /// The action of a session.
    async fn action(&self) -> Value {
        let session = self.admin.maintain(&self.computer).await;
        session["actions"][0].clone()
    }

    /// Publishes it, and a session fails for this reason without having run the script.
    async fn fails(&self, version: &str, path: &str, reason: &str) -> String {
        self.published(version, json!({ "url": self.url(path) }))
            .await;
        let action = self.action().await;
        assert_eq!(action["resultReason"], reason, "{action:#}");
        let message = text(&action["message"]);
        assert!(!message.contains("secret"), "{message}");
        let last = action["runs"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["outputBytes"], 0, "the script did not run");
        message
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendors_package_is_fetched_and_checked() {
    let scene = Scene::new().await;
    let url = scene.url("/newest?v=1");
    let told = scene.published("1.0", json!({ "url": url })).await;
    let file = json!({ "fileName": "setup.bin", "size": 0, "url": url });
    assert_eq!(told, file, "how large it is only the vendor knows");
    let action = scene.action().await;
    assert_eq!(
        (&action["type"], &action["detected"]),
        (&json!("INSTALL"), &json!("1.0")),
        "{action:#}"
    );
    assert_eq!(std::fs::read(scene.agent.path("setup")).unwrap(), CONTENT);

    let package = json!({ "url": scene.url("/setup"), "size": CONTENT.len() });
    let told = scene.published("2.0", package).await;
    assert_eq!(told["size"], json!(CONTENT.len()));
    let action = scene.action().await;
    assert_eq!(action["detected"], "2.0", "{action:#}");
    assert_eq!(scene.vendor.requests("/newest?v=1"), 1);
    assert_eq!(scene.vendor.requests("/setup"), 2);
    for request in scene.vendor.asked.lock().unwrap().iter() {
        let request = request.to_lowercase();
        assert!(
            !request.contains("authorization") && !request.contains("referer"),
            "{request}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_vendor_does_not_give_or_gives_wrongly_is_not_run() {
    let scene = Scene::new().await;
    let why = scene
        .fails("1.0", "/gone?key=secret", "PACKAGE_UNAVAILABLE")
        .await;
    assert!(why.contains("127.0.0.1 answered 404 Not Found"), "{why}");
    assert_eq!(scene.vendor.requests("/gone?key=secret"), 1, "once");
    let why = scene
        .fails("1.1", "/elsewhere?key=secret", "PACKAGE_UNAVAILABLE")
        .await;
    assert!(
        why.contains("leads on to 203.0.113.7, not by https"),
        "{why}"
    );
    let why = scene.fails("1.2", "/other", "PACKAGE_CORRUPT").await;
    assert!(why.contains("SHA-256"), "{why}");
    assert!(
        !scene.agent.path("version").exists(),
        "nothing was installed"
    );
}

/// What a computer says that it can get it says of itself: that it knows a digest opens nothing that somebody uploaded.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_names_an_uploaded_package_is_not_served_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let uploaded = admin.upload(b"of somebody else").await;
    let software = admin.software_detected_by("Setup", "true").await;
    for role in ["AVAILABLE", "INSTALL", "UNINSTALL"] {
        let query = "mutation($input: SetSoftwareScriptInput!) { setSoftwareScript(input: $input) { userErrors { message } } }";
        let input = json!({ "id": software, "role": role, "script": { "text": "true" } });
        admin.ask(query, json!({ "input": input })).await;
    }
    admin.deploy_everywhere(&software).await;
    let peer = Peer::enrol(&server.base(), &token, "pc").await.unwrap();
    let peer = peer.with(vec![Feature::PackageUrls]);
    let mut line = peer.connect().await;
    let computer = admin.online("pc").await;
    admin.start_session(&computer).await;

    let candidate =
        json!({ "version": "1.0", "url": "https://example.com/setup", "sha256": uploaded });
    // Absent, then what it can get, then absent still.
    let answers = [None, Some(candidate), None];
    for (seq, value) in (1..).step_by(2).zip(answers) {
        let run_id = line.order().await.run_id;
        let report = Report {
            result: value.map(told),
            ..success("")
        };
        line.say(seq, AgentFrame::RunStarted { run_id }).await;
        line.say(seq + 1, AgentFrame::RunEnded { run_id, report })
            .await;
    }
    let package = line.order().await.package.expect("a package");
    assert_eq!(package.sha256, uploaded);
    assert!(package.url.is_some());
    assert_eq!(peer.fetch(&line, &uploaded).await, 404);
}

/// A result of one value.
fn told(json: Value) -> RunResult {
    RunResult::Given(Box::new(Given {
        values: vec![ResultValue {
            type_name: Some("json".into()),
            json,
        }],
        value_count: 1,
        ..Given::default()
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_tells_a_secret_or_is_heard_by_others_is_refused() {
    let scene = Scene::new().await;
    for (package, field, why) in [
        (
            json!({ "url": "http://example.com/setup" }),
            "url",
            "by https",
        ),
        (
            json!({ "url": "https://ada:secret@example.com/setup" }),
            "url",
            "a password",
        ),
        (json!({ "url": "setup.bin" }), "url", "no address"),
        (
            json!({ "url": format!("https://example.com/{}", "x".repeat(2_000)) }),
            "url",
            "at most 2000",
        ),
        (json!({ "size": 5 }), "size", "is measured"),
    ] {
        let payload = scene.publish("1.0", package.clone()).await;
        let error = &payload["userErrors"][0];
        assert_eq!(
            error["field"],
            json!(["input", "packageFile", field]),
            "{package}: {payload}"
        );
        let message = text(&error["message"]);
        assert!(
            message.contains(why) && !message.contains("secret"),
            "{message}"
        );
    }
    let large = json!({ "url": "https://example.com/setup", "size": 1_u64 << 40 });
    let payload = scene.publish("1.0", large).await;
    assert_eq!(
        payload["userErrors"][0]["code"], "PACKAGE_TOO_LARGE",
        "{payload}"
    );
    let missing = scene.publish("1.0", json!({})).await;
    assert_eq!(
        missing["userErrors"][0]["code"], "PACKAGE_MISSING",
        "{missing}"
    );
}
