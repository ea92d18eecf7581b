//! What is done about it: sessions.

pub mod session;
