//! The secrets of tokens: drawn here, shown once, never stored.

use crate::error;
use async_graphql::Result;

pub fn random_secret() -> Result<[u8; 32]> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| error::internal(&error))?;
    Ok(secret)
}
