//! Where it is read: on connections of its own, or on an engine's.

use super::ReadConnection;
use crate::port::ReadError;
use crate::sqlite::OpenError;
use crate::sqlite::engine::Engine;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use upkeep_world::World;

/// How many reads of one pool go on at once.
const CONNECTIONS: usize = 4;

/// What one pool of connections may take.
#[derive(Clone, Copy)]
pub struct Share {
    pub cache_kib: usize,
    pub page_bytes: usize,
}

pub struct Pool {
    pub world: World,
    path: PathBuf,
    place: Place,
}

enum Place {
    File {
        share: Share,
        idle: Mutex<Vec<ReadConnection>>,
        permits: Semaphore,
    },
    /// Whoever reads does it, as long as nobody else reads or writes.
    Engine(Arc<Mutex<Engine>>),
}

impl Pool {
    pub fn open(path: PathBuf, world: World, share: Share) -> Result<Self, OpenError> {
        let idle = (0..CONNECTIONS)
            .map(|_| ReadConnection::open(&path, share))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(|cause| OpenError::Database {
                path: path.clone(),
                cause,
            })?;
        Ok(Self {
            world,
            path,
            place: Place::File {
                share,
                idle: Mutex::new(idle),
                permits: Semaphore::new(CONNECTIONS),
            },
        })
    }

    pub fn of(engine: Arc<Mutex<Engine>>, path: &Path, world: World) -> Self {
        Self {
            world,
            path: path.to_owned(),
            place: Place::Engine(engine),
        }
    }

    /// Another one over the same store.
    pub fn apart(&self, share: Share) -> Result<Self, OpenError> {
        match &self.place {
            Place::File { .. } => Self::open(self.path.clone(), self.world.clone(), share),
            Place::Engine(engine) => Ok(Self::of(engine.clone(), &self.path, self.world.clone())),
        }
    }

    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        query: impl FnOnce(&mut ReadConnection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let answer = match &self.place {
            Place::File { permits, .. } => {
                let _permit = permits.acquire().await.map_err(|_| ReadError::Closed)?;
                let pool = self.clone();
                let read = self.world.blocking("a read", move || pool.with(query));
                read.await.map_err(|_| ReadError::Closed)?
            }
            Place::Engine(_) => self.with(query),
        };
        answer.map_err(|error| ReadError::Failed {
            path: self.path.clone(),
            cause: error.to_string(),
        })
    }

    fn with<T>(
        &self,
        query: impl FnOnce(&mut ReadConnection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let (share, idle) = match &self.place {
            Place::File { share, idle, .. } => (share, idle),
            Place::Engine(engine) => {
                let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
                return engine.read(query);
            }
        };
        let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match free {
            Some(connection) => connection,
            None => ReadConnection::open(&self.path, *share)?,
        };
        let answer = query(&mut connection);
        idle.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        answer
    }
}
