//! The servers of the installation.

pub mod lease;
