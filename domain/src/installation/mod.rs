//! What is there once: the instance, and the servers that run it.

pub mod instance;
pub mod server;
