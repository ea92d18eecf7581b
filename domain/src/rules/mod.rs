//! What is wanted, where: deployments, which of them wins, and what has to come before.

pub mod deployment;
pub mod expression;
pub mod ordering;
pub mod prerequisite;
pub mod resolution;
