//! A page of 50 computers over HTTP, beside an axum handler that returns the same bytes.

use crate::{Row, SPAN, world};
use anyhow::Result;
use axum::Router;
use axum::http::header;
use axum::routing::post;
use axum::serve::ListenerExt;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upkeep_api::{Api, Console, SessionKey};
use upkeep_commands::{CommandHandler, Commands};
use upkeep_event_store::{SqliteStore, real_world};
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;
use upkeep_vault::Keyring;

const CLIENTS: usize = 16;
const QUERY: &str = "{ computers(first: 50) { totalCount nodes { id name computerClass onboarding isOnline tenant { name } } } }";

pub async fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
    let handler = CommandHandler::new(store.clone(), real_world());
    world::make(&handler, 10, 2_000).await?;
    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store, real_world(), None, stop.clone());
    let projector = tokio::spawn(work);
    projections.ready().await?;
    let packages = PackageStore::open(directory.path(), 1).await?;
    let api = Api::new(
        Commands::new(handler, projections.clone()),
        projections,
        packages,
        Console::new(SessionKey::new([0; 32]), None),
        Keyring::default(),
        stop.clone(),
    );
    // The operator's router asks for no token: what is measured is the answer, not the door.
    let ours = serve(api.operator_router()).await?;
    let answer = ask(&reqwest::Client::new(), &ours).await?;
    let fixed = Router::new().route(
        "/graphql",
        post(move |_: axum::body::Bytes| {
            let answer = answer.clone();
            async move { ([(header::CONTENT_TYPE, "application/json")], answer) }
        }),
    );
    let bare = serve(fixed).await?;
    let rows = vec![Row::rates(
        "GraphQL over HTTP, a page of 50 computers with 6 fields",
        load(&ours).await?,
        (
            "axum handler that returns the same bytes",
            load(&bare).await?,
        ),
    )];
    stop.cancel();
    projector.await??;
    Ok(rows)
}

pub async fn serve(router: Router) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    // Otherwise the answer's second packet waits for the client, which waits for it: 40 ms.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/graphql"))
}

async fn ask(client: &reqwest::Client, url: &str) -> Result<axum::body::Bytes> {
    let response = client
        .post(url)
        .json(&json!({ "query": QUERY }))
        .send()
        .await?;
    Ok(response.error_for_status()?.bytes().await?)
}

async fn load(url: &str) -> Result<f64> {
    let done = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (url, done) = (url.to_owned(), done.clone());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                while begin.elapsed() < SPAN {
                    ask(&client, &url).await?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for client in clients {
        client.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let done = done.load(Ordering::Relaxed) as f64;
    Ok(done / begin.elapsed().as_secs_f64())
}
