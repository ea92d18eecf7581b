//! What is wanted, where: deployments, and which of them wins.

pub mod deployment;
pub mod expression;
pub mod ordering;
pub mod resolution;
