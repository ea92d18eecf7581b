//! Real packages on real computers: Debian systems, each with its own root, agent and identity.
//!
//! One base system is made once; each computer is an overlay on it, with a mount, pid and host name space of its
//! own. The packages are real `.deb` files in a repository inside the base, so that the versions are always the same.

use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use upkeep_tests::{Client, Server, is_root, program};
use uuid::Uuid;

const PACKAGE: &str = "upkeep-greeter";
const DETECTION: &str = "dpkg-query -W -f '${db:Status-Status} ${Version}\\n' upkeep-greeter 2>/dev/null | sed -n 's/^installed //p'";

fn sh(script: &str) -> bool {
    let output = Command::new("bash").args(["-euc", script]).output();
    match output {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            eprintln!("{script}\n{}", String::from_utf8_lossy(&output.stderr));
            false
        }
        Err(error) => {
            eprintln!("{script}: {error}");
            false
        }
    }
}

/// The base system with the repository in it, kept for the next time; or why there can be none.
fn base() -> Result<PathBuf, &'static str> {
    if !is_root() {
        return Err("only root can make a computer");
    }
    let target = program("upkeep")
        .parent()
        .and_then(Path::parent)
        .expect("target")
        .to_owned();
    let base = target.join("debian-base");
    if base.join(".complete").exists() {
        return Ok(base);
    }
    let quoted = base.display();
    let make = format!(
        "rm -rf '{quoted}'; mmdebstrap --quiet --variant=apt --include=ca-certificates bookworm '{quoted}'; rm -f '{quoted}'/etc/apt/sources.list.d/*"
    );
    if !sh(&make) {
        return Err(
            "no Debian system can be made here: is mmdebstrap installed, and a mirror reachable?",
        );
    }
    for version in ["1.0", "2.0"] {
        let deb = format!(
            "d=$(mktemp -d); mkdir -p $d/DEBIAN $d/usr/bin
             printf 'Package: {PACKAGE}\\nVersion: {version}\\nArchitecture: all\\nMaintainer: Upkeep <upkeep@example.invalid>\\nDescription: says hello\\n' > $d/DEBIAN/control
             printf '#!/bin/sh\\necho hello {version}\\n' > $d/usr/bin/{PACKAGE}; chmod 755 $d $d/usr/bin/{PACKAGE}
             mkdir -p '{quoted}/repo'; dpkg-deb --root-owner-group -b $d '{quoted}/repo/{PACKAGE}_{version}_all.deb' >/dev/null; rm -rf $d"
        );
        if !sh(&deb) {
            return Err("no .deb can be built here: is dpkg-deb installed?");
        }
    }
    let repo = format!(
        "cd '{quoted}/repo'; dpkg-scanpackages -m . > Packages 2>/dev/null
         echo 'deb [trusted=yes] file:/repo ./' > '{quoted}/etc/apt/sources.list'; touch '{quoted}/.complete'"
    );
    if sh(&repo) {
        Ok(base)
    } else {
        Err("no repository can be made here: is dpkg-dev installed?")
    }
}

/// A computer: an overlay on the base, and an agent inside it.
struct Computer {
    root: PathBuf,
    agent: Child,
}

impl Computer {
    fn start(folder: &Path, base: &Path, name: &str, server: &str, token: &str) -> Option<Self> {
        let root = folder.join(name);
        let (upper, work) = (
            folder.join(format!("{name}.up")),
            folder.join(format!("{name}.work")),
        );
        for folder in [&root, &upper, &work] {
            fs::create_dir_all(folder).expect("a folder");
        }
        let mount = format!(
            "mount -t overlay overlay -o 'lowerdir={},upperdir={},workdir={}' '{}'",
            base.display(),
            upper.display(),
            work.display(),
            root.display()
        );
        if !sh(&mount) {
            return None;
        }
        let write = |path: &str, content: String| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        };
        write("etc/hostname", format!("{name}\n"));
        write("etc/machine-id", format!("{}\n", Uuid::new_v4().simple()));
        // The system's own /sys is an empty folder here: these are what the agent sees of the hardware.
        write(
            "sys/class/dmi/id/product_uuid",
            format!("{}\n", Uuid::new_v4()),
        );
        write("sys/class/dmi/id/chassis_type", "3\n".to_owned());
        write("root/token", format!("{token}\n"));
        fs::copy(
            program("upkeep-agent"),
            root.join("usr/local/bin/upkeep-agent"),
        )
        .expect("a copy");
        let script = "R=$1; H=$2; shift 2; hostname \"$H\"
            mount -t proc proc $R/proc; mount -t tmpfs tmpfs $R/tmp; mount --rbind /dev $R/dev
            exec chroot $R /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \"$@\"";
        let log = File::create(folder.join(format!("{name}.log"))).expect("a log");
        let agent = Command::new("unshare")
            .args([
                "--mount",
                "--pid",
                "--fork",
                "--uts",
                "--ipc",
                "--kill-child",
                "bash",
                "-c",
                script,
                "pc",
            ])
            .arg(&root)
            .arg(name)
            .args(["/usr/local/bin/upkeep-agent", "run", "--reconnect-max", "1"])
            .args(["--server", server, "--token-file", "/root/token"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("unshare");
        Some(Self { root, agent })
    }

    /// What the program of the package says, if it is there.
    fn greeting(&self) -> Option<String> {
        let output = Command::new("chroot")
            .arg(&self.root)
            .arg(PACKAGE)
            .output()
            .expect("chroot");
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for Computer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = fs::read_to_string(self.root.with_extension("log")).unwrap_or_default();
            eprintln!(
                "the log in {} ends with:\n{}",
                self.root.display(),
                upkeep_tests::tail(&log)
            );
        }
        // Its processes end with it, and then nothing holds the mount.
        let _ = self.agent.kill();
        let _ = self.agent.wait();
        sh(&format!("umount -l '{}'", self.root.display()));
    }
}

async fn maintain_all(admin: &Client, computers: &[String]) -> Vec<Value> {
    let mut sessions = Vec::new();
    for computer in computers {
        sessions.push(admin.start_session(computer).await);
    }
    let mut ended = Vec::new();
    for session in sessions {
        let session = admin.over(&session).await;
        assert_eq!(session["status"], "PASSED", "{session:#}");
        ended.push(session["actions"][0].clone());
    }
    ended
}

fn assert_all(actions: &[Value], action_type: &str, detected: Option<&str>) {
    for action in actions {
        assert_eq!(
            (&action["type"], &action["detected"]),
            (&json!(action_type), &json!(detected)),
            "{action:#}"
        );
    }
}

/// Debian computers of one tenant, online. They go first, and the folder that they are mounted in last.
struct Site {
    computers: Vec<Computer>,
    ids: Vec<String>,
    admin: Client,
    server: Server,
    folder: TempDir,
}

impl Site {
    /// Nothing where there can be none, which is said.
    async fn new(count: usize) -> Option<Self> {
        let base = match base() {
            Ok(base) => base,
            Err(why) => {
                eprintln!("skipped: {why}");
                return None;
            }
        };
        let folder = TempDir::new().unwrap();
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let token = admin.enrolment_token(&tenant, 10).await;
        let mut computers = Vec::new();
        let names: Vec<String> = (1..=count).map(|n| format!("debian-{n}")).collect();
        for name in &names {
            if let Some(computer) =
                Computer::start(folder.path(), &base, name, &server.base(), &token)
            {
                computers.push(computer);
            } else {
                eprintln!("skipped: no overlay can be mounted here");
                return None;
            }
        }
        let mut ids = Vec::new();
        for name in &names {
            ids.push(admin.online(name).await);
        }
        Some(Self {
            computers,
            ids,
            admin,
            server,
            folder,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_packages_come_to_real_computers_and_go() {
    let Some(Site {
        folder: _folder,
        server: _server,
        admin,
        computers,
        ids,
    }) = Site::new(3).await
    else {
        return;
    };
    let before = fs::read("/var/lib/dpkg/status").unwrap_or_default();
    let software = admin.software_detected_by("Greeter", DETECTION).await;
    let install = |version: &str| json!({ "text": format!("apt-get -q update && apt-get -q install -y --allow-downgrades {PACKAGE}={version}") });
    let uninstall = json!({ "text": format!("apt-get -q purge -y {PACKAGE}") });
    admin
        .publish(&software, "1.0", &install("1.0"), &uninstall)
        .await;
    let deployment = admin.deploy_everywhere(&software).await;
    let greetings =
        |computers: &[Computer]| computers.iter().map(Computer::greeting).collect::<Vec<_>>();
    let everywhere = |greeting: Option<&str>| vec![greeting.map(str::to_owned); 3];

    assert_all(&maintain_all(&admin, &ids).await, "INSTALL", Some("1.0"));
    assert_eq!(greetings(&computers), everywhere(Some("hello 1.0")));
    assert_all(&maintain_all(&admin, &ids).await, "NO_ACTION", Some("1.0"));

    admin
        .publish(&software, "2.0", &install("2.0"), &uninstall)
        .await;
    assert_all(&maintain_all(&admin, &ids).await, "UPDATE", Some("2.0"));
    assert_eq!(greetings(&computers), everywhere(Some("hello 2.0")));

    admin
        .change_desired(
            &deployment,
            json!({ "kind": "INSTALLED_EXACTLY", "version": "1.0" }),
        )
        .await;
    assert_all(&maintain_all(&admin, &ids).await, "DOWNGRADE", Some("1.0"));

    admin
        .change_desired(&deployment, json!({ "kind": "UNINSTALLED" }))
        .await;
    assert_all(&maintain_all(&admin, &ids).await, "UNINSTALL", None);
    assert_eq!(greetings(&computers), everywhere(None));
    assert_all(&maintain_all(&admin, &ids).await, "NO_ACTION", None);

    let query = "{ computers { nodes { name hardware { source } inventory { operatingSystem { name version } } } } }";
    let data = admin.ask(query, json!({})).await;
    for computer in data["computers"]["nodes"].as_array().unwrap() {
        assert_eq!(computer["hardware"]["source"], "PRODUCT_UUID");
        assert_eq!(computer["inventory"]["operatingSystem"]["version"], "12");
    }
    assert_eq!(
        fs::read("/var/lib/dpkg/status").unwrap_or_default(),
        before,
        "the host is untouched"
    );
}

/// The candidate of apt, if it has one.
const AVAILABLE: &str = "set -e; apt-get -q update >&2
    policy=$(LC_ALL=C apt-cache policy upkeep-greeter)
    candidate=$(printf '%s\\n' \"$policy\" | sed -n 's/^  Candidate: //p')
    case \"$candidate\" in ''|'(none)') echo null ;; *) echo \"$candidate\" ;; esac > \"$UPKEEP_RESULT\"";
/// How this computer is kept from the newest version.
const PIN: &str = "etc/apt/preferences.d/greeter";

/// A title of apt's: no version is published, no package uploaded, and no script looks for it.
async fn apt_title(admin: &Client) -> String {
    let create = "mutation($input: CreateSoftwareInput!) { createSoftware(input: $input)
        { software { id } userErrors { code message } } }";
    let program = json!({ "any": [{ "package": PACKAGE }] });
    let input = json!({ "name": "Greeter", "detectionProgram": program });
    let made = admin.ask(create, json!({ "input": input })).await;
    let software = upkeep_tests::client::text(&made["createSoftware"]["software"]["id"]);
    let set = "mutation($input: SetSoftwareScriptInput!) { setSoftwareScript(input: $input)
        { userErrors { code message } } }";
    let install = format!("apt-get -q install -y --allow-downgrades {PACKAGE}=$UPKEEP_VERSION");
    let uninstall = format!("apt-get -q purge -y {PACKAGE}");
    for (role, text) in [
        ("AVAILABLE", AVAILABLE),
        ("INSTALL", &install),
        ("UNINSTALL", &uninstall),
    ] {
        let input = json!({ "id": software, "role": role, "script": { "text": text } });
        admin.ask(set, json!({ "input": input })).await;
    }
    software
}

#[tokio::test(flavor = "multi_thread")]
async fn apt_brings_what_each_computer_can_get() {
    let Some(site) = Site::new(2).await else {
        return;
    };
    let software = apt_title(&site.admin).await;
    let deployment = site.admin.deploy_everywhere(&software).await;
    let held = site.computers[1].root.join(PIN);
    let pin = format!("Package: {PACKAGE}\nPin: version 1.0\nPin-Priority: 1001\n");
    fs::write(&held, pin).unwrap();
    let greetings = || {
        let all = site.computers.iter().map(Computer::greeting);
        all.map(Option::unwrap_or_default).collect::<Vec<_>>()
    };

    let actions = maintain_all(&site.admin, &site.ids).await;
    assert_all(&actions[..1], "INSTALL", Some("2.0"));
    assert_all(&actions[1..], "INSTALL", Some("1.0"));
    assert_eq!(greetings(), ["hello 2.0", "hello 1.0"]);

    // It is not held any more.
    fs::remove_file(held).unwrap();
    let actions = maintain_all(&site.admin, &site.ids).await;
    assert_all(&actions[..1], "NO_ACTION", Some("2.0"));
    assert_all(&actions[1..], "UPDATE", Some("2.0"));

    let exactly = json!({ "kind": "INSTALLED_EXACTLY", "version": "1.0" });
    site.admin.change_desired(&deployment, exactly).await;
    let actions = maintain_all(&site.admin, &site.ids).await;
    assert_all(&actions, "DOWNGRADE", Some("1.0"));
    assert_eq!(greetings(), ["hello 1.0", "hello 1.0"]);

    let gone = json!({ "kind": "UNINSTALLED" });
    site.admin.change_desired(&deployment, gone).await;
    assert_all(
        &maintain_all(&site.admin, &site.ids).await,
        "UNINSTALL",
        None,
    );
    assert_eq!(greetings(), ["", ""]);
}
