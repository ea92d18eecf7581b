//! Serves the embedded store of a folder without TLS, to be tried by hand or judged by a program:
//! `serve FOLDER ADDRESS`, for instance `serve /tmp/store 127.0.0.1:2113`. It prints `USER:PASSWORD` of an account that may
//! do everything, in a line of its own, and serves until it is interrupted.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{SqliteStore, real_world};
use upkeep_event_store_wire::{Role, Users, WireServer};

/// The account's name; it has another password each time.
const USER: &str = "tried-by-hand";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: serve FOLDER ADDRESS".into());
    };
    let folder = PathBuf::from(folder);
    let store = SqliteStore::open(&folder, real_world())?;
    let users = Users::open(&folder)?;
    if users.list().iter().any(|(name, _)| name == USER) {
        users.remove(USER)?;
    }
    let password = users.add(USER, Role::Server)?;
    let listener = TcpListener::bind(&address).await?;
    let address = listener.local_addr()?;
    println!("{USER}:{password}");
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::signal::ctrl_c().await.ok();
        stopping.cancel();
    });
    WireServer::new(Arc::new(store), users, None)
        .serve(listener, address, stop)
        .await?;
    Ok(())
}
