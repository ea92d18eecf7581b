//! The operator: whoever has the server's account on its own machine.
//!
//! While a server runs, commands reach it by a socket in the data directory that only its account can open.
//! Without one they open the store themselves. Either way they speak the same GraphQL.

use crate::config::{Config, ConnectionString, ServeArgs};
use crate::server::Server;
use anyhow::{Context, bail};
use clap::Args;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream};

/// Whose operator a command is.
#[derive(Args)]
pub struct Of {
    /// The server's data directory
    #[arg(long, env = "UPKEEP_DATA_DIR", default_value = "upkeep-data")]
    pub data_dir: PathBuf,
    /// The event store that the server uses, if it is not in the data directory
    #[arg(long, env = "UPKEEP_EVENT_STORE", hide_env_values = true)]
    pub event_store: Option<ConnectionString>,
}

/// Where the socket of a data directory is.
pub fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("operator.sock")
}

/// Listens for commands of this machine. The folder and the process's mask keep others away from the first moment on.
pub fn listen(socket: &Path) -> std::io::Result<UnixListener> {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(listener)
}

/// Executes a GraphQL operation as the operator and answers with its data.
pub async fn execute(of: &Of, query: &str, variables: Value) -> anyhow::Result<Value> {
    let body = serde_json::json!({ "query": query, "variables": variables });
    let answer = match UnixStream::connect(socket(&of.data_dir)).await {
        Ok(stream) => through_socket(stream, "/graphql", None, &body).await?,
        Err(_) => without_server(of, &body).await?,
    };
    data_of(&answer)
}

/// The socket of a server that runs.
pub async fn reach(of: &Of) -> anyhow::Result<UnixStream> {
    UnixStream::connect(socket(&of.data_dir))
        .await
        .with_context(|| {
            format!(
                "no server can be reached in {}: start it, or name its folder with --data-dir",
                of.data_dir.display()
            )
        })
}

/// A one-time code for the console, of the server that runs.
pub async fn console_code(of: &Of, token: &str) -> anyhow::Result<String> {
    let stream = reach(of).await?;
    let answer =
        through_socket(stream, "/console/code", Some(token), &serde_json::json!({})).await?;
    let code = answer["code"].as_str().map(str::to_owned);
    code.with_context(|| {
        let why = answer["errors"][0]["message"].as_str();
        why.unwrap_or("the server's answer has no code").to_owned()
    })
}

/// The data of an answer, if there is no error in it.
pub fn data_of(answer: &Value) -> anyhow::Result<Value> {
    if let Some(error) = answer["errors"]
        .as_array()
        .and_then(|errors| errors.first())
    {
        bail!(
            "{}",
            error["message"].as_str().unwrap_or("the request failed")
        );
    }
    let data = answer["data"].clone();
    let refused = data
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.values())
        .find_map(|payload| payload["userErrors"].as_array()?.first()?["message"].as_str());
    match refused {
        Some(message) => bail!("{message}"),
        None => Ok(data),
    }
}

async fn through_socket(
    stream: UnixStream,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> anyhow::Result<Value> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut request = hyper::Request::post(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request
        .header("host", "operator")
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(Full::new(bytes::Bytes::from(serde_json::to_vec(body)?)))?;
    let response = sender.send_request(request).await?;
    let answer = response.into_body().collect().await?.to_bytes();
    drop(sender);
    connection.await??;
    serde_json::from_slice(&answer).context("the server's answer cannot be read")
}

async fn without_server(of: &Of, body: &Value) -> anyhow::Result<Value> {
    let args = ServeArgs {
        data_dir: Some(of.data_dir.clone()),
        event_store: of.event_store.clone(),
        listen: Some("127.0.0.1:0".parse()?),
        ..ServeArgs::default()
    };
    let server = Server::start(&Config::load(&args)?).await?;
    let query = body["query"].as_str().unwrap_or_default();
    let variables = body["variables"].as_object().cloned().unwrap_or_default();
    let answer = server.api.execute_as_operator(query, variables).await;
    server.stop().await;
    Ok(serde_json::to_value(answer)?)
}
