//! What is looked up of tenants, computers, people and agents by something else than their ids.

pub(crate) mod belongings;
pub(crate) mod computers;
pub(crate) mod groups;
pub(crate) mod pathways;
pub(crate) mod roster;
pub(crate) mod tenants;
