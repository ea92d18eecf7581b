//! What runs on computers.

pub mod session;
