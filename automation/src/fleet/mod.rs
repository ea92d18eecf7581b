//! Agents, computers and tenants.

pub mod following;
pub mod identification;
pub mod tenants;
