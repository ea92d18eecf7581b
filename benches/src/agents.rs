//! Two thousand agents on a real server process: how long until all are there, and what each costs.

use crate::Row;
use anyhow::{Context, Result, bail};
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use upkeep_agent_protocol::proof::Handshake;
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CONNECT_PATH, ENROL_PATH, SUBPROTOCOL, ServerFrame, ServerMessage,
};
use uuid::Uuid;

const AGENTS: u32 = 2_000;
const AT_ONCE: usize = 64;
const PATIENCE: Duration = Duration::from_mins(2);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Peer {
    id: Uuid,
    key: SigningKey,
}

#[expect(clippy::too_many_lines, reason = "one story, from start to end")]
pub async fn run() -> Result<Vec<Row>> {
    let program = std::env::current_exe()?.with_file_name("upkeep");
    if !program.is_file() {
        bail!("{} is not built", program.display());
    }
    let folder = TempDir::new_in(".")?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let base = format!("http://127.0.0.1:{port}");
    let start = || {
        Command::new(&program)
            .args([
                "serve",
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--data-dir",
            ])
            .arg(folder.path())
            .env("UPKEEP_LOG", "error")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    };
    let mut server = start()?;
    let client = reqwest::Client::new();
    ready(&client, &base).await?;
    let token = Command::new(&program)
        .args(["token", "create", "--name", "bench", "--data-dir"])
        .arg(folder.path())
        .output()
        .await?;
    let token = String::from_utf8(token.stdout)?.trim().to_owned();
    let ask = |query: &'static str, variables: Value| {
        let (client, base, token) = (client.clone(), base.clone(), token.clone());
        async move {
            let body = json!({ "query": query, "variables": variables });
            let request = client
                .post(format!("{base}/graphql"))
                .bearer_auth(token)
                .json(&body);
            let answer: Value = request.send().await?.json().await?;
            anyhow::Ok(answer["data"].clone())
        }
    };
    let tenant = ask(
        "mutation { createTenant(input: { name: \"x\" }) { tenant { id } } }",
        json!({}),
    )
    .await?;
    let create =
        "mutation($id: ID!, $n: Int!) { createEnrolmentToken(input: { tenantId: $id, maxUses: $n })
        { created { secret } } }";
    let id = &tenant["createTenant"]["tenant"]["id"];
    let created = ask(create, json!({ "id": id, "n": AGENTS })).await?;
    let secret = created["createEnrolmentToken"]["created"]["secret"]
        .as_str()
        .context("a secret")?
        .to_owned();
    let before = resident(&server)?;

    let begin = Instant::now();
    let peers = enrol_all(&client, &base, &secret).await?;
    let enrolled = begin.elapsed();
    let begin = Instant::now();
    let (peers, sockets) = connect_all(peers, &base).await?;
    let connected = begin.elapsed();
    let online = "{ computers(first: 1, filter: { isOnline: true }) { totalCount } }";
    loop {
        let count = ask(online, json!({})).await?["computers"]["totalCount"].clone();
        if count == AGENTS {
            break;
        }
        if begin.elapsed() > PATIENCE {
            bail!("only {count} of {AGENTS} agents are online");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seen = begin.elapsed();
    let each = resident(&server)?.saturating_sub(before) / u64::from(AGENTS);

    // The server dies, and everybody comes back.
    drop(sockets);
    server.kill().await?;
    let begin = Instant::now();
    server = start()?;
    ready(&client, &base).await?;
    let up = begin.elapsed();
    let (_, sockets) = connect_all(peers, &base).await?;
    let back = begin.elapsed();
    drop(sockets);
    server.kill().await?;
    let seconds = |duration: Duration| format!("{:.1} s", duration.as_secs_f64());
    Ok(vec![
        Row::alone(
            "2,000 agents: enrol (each an append of its own)",
            seconds(enrolled),
        ),
        Row::alone(
            "2,000 agents: connect, with both proofs",
            seconds(connected),
        ),
        Row::alone(
            "2,000 agents: until all are identified and seen as online",
            seconds(seen),
        ),
        Row::alone(
            "2,000 agents: the server's memory for each",
            format!("{} KiB", each / 1024),
        ),
        Row::alone("2,000 agents: the killed server answers again", seconds(up)),
        Row::alone(
            "2,000 agents: all connected again after the kill",
            seconds(back),
        ),
    ])
}

async fn ready(client: &reqwest::Client, base: &str) -> Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let answer = client.get(format!("{base}/readyz")).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("the server does not become ready")
}

fn resident(server: &tokio::process::Child) -> Result<u64> {
    let pid = server.id().context("it runs")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("VmRSS")?;
    Ok(line
        .split_whitespace()
        .next()
        .context("a number")?
        .parse::<u64>()?
        * 1024)
}

async fn enrol_all(client: &reqwest::Client, base: &str, secret: &str) -> Result<Vec<Peer>> {
    let mut tasks = JoinSet::new();
    let mut peers = Vec::new();
    for n in 0..AGENTS {
        let (client, base, secret) = (client.clone(), base.to_owned(), secret.to_owned());
        tasks.spawn(async move { enrol(&client, &base, &secret, n).await });
        if tasks.len() >= AT_ONCE
            && let Some(peer) = tasks.join_next().await
        {
            peers.push(peer??);
        }
    }
    while let Some(peer) = tasks.join_next().await {
        peers.push(peer??);
    }
    Ok(peers)
}

async fn enrol(client: &reqwest::Client, base: &str, secret: &str, n: u32) -> Result<Peer> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("{error}"))?;
    let key = SigningKey::from_bytes(&seed);
    let body = json!({
        "token": secret,
        "publicKey": hex::encode(key.verifying_key().to_bytes()),
        "facts": {
            "hostName": format!("pc-{n}"),
            "hardware": { "uuid": Uuid::new_v4(), "source": "productUuid" },
            "os": { "family": "linux", "name": "Debian GNU/Linux", "version": "12" },
            "chassisType": 3,
            "agentVersion": "0.1.0",
        },
    });
    let answer: Value = client
        .post(format!("{base}{ENROL_PATH}"))
        .json(&body)
        .send()
        .await?
        .json()
        .await?;
    let id = answer["agentId"]
        .as_str()
        .with_context(|| answer.to_string())?
        .parse()?;
    Ok(Peer { id, key })
}

async fn connect_all(peers: Vec<Peer>, base: &str) -> Result<(Vec<Peer>, Vec<Socket>)> {
    let mut tasks = JoinSet::new();
    let mut connected = (Vec::new(), Vec::new());
    let mut take = |done: Result<Result<(Peer, Socket)>, tokio::task::JoinError>| {
        let (peer, socket) = done??;
        connected.0.push(peer);
        connected.1.push(socket);
        anyhow::Ok(())
    };
    for peer in peers {
        let base = base.to_owned();
        tasks.spawn(async move { connect(peer, &base).await });
        if tasks.len() >= AT_ONCE
            && let Some(done) = tasks.join_next().await
        {
            take(done)?;
        }
    }
    while let Some(done) = tasks.join_next().await {
        take(done)?;
    }
    Ok(connected)
}

async fn connect(peer: Peer, base: &str) -> Result<(Peer, Socket)> {
    let host = base.trim_start_matches("http://");
    let mut request = format!("ws://{host}{CONNECT_PATH}").into_client_request()?;
    request
        .headers_mut()
        .insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
    let (mut socket, _) = connect_async(request).await?;
    let ServerFrame::Hello { nonce, .. } = hear(&mut socket).await? else {
        bail!("hello was expected");
    };
    let agent_nonce = "ab".repeat(32);
    let handshake = Handshake {
        server_nonce: &nonce,
        agent_nonce: &agent_nonce,
        agent_id: peer.id,
        host,
    };
    let auth = AgentFrame::Auth {
        agent_id: peer.id,
        nonce: agent_nonce.clone(),
        host: host.to_owned(),
        agent_version: "0.1.0".into(),
        sig: handshake.sign_as_agent(&peer.key),
    };
    say(&mut socket, auth).await?;
    let ServerFrame::Welcome { .. } = hear(&mut socket).await? else {
        bail!("welcome was expected");
    };
    say(&mut socket, AgentFrame::Resume { first_seq: 1 }).await?;
    Ok((peer, socket))
}

async fn say(socket: &mut Socket, frame: AgentFrame) -> Result<()> {
    let message = AgentMessage {
        seq: 0,
        ack: 0,
        frame,
    };
    Ok(socket
        .send(Message::text(serde_json::to_string(&message)?))
        .await?)
}

async fn hear(socket: &mut Socket) -> Result<ServerFrame> {
    loop {
        if let Message::Text(text) = socket.next().await.context("it is closed")?? {
            return Ok(serde_json::from_str::<ServerMessage>(&text)?.frame);
        }
    }
}
