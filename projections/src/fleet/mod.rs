//! What is looked up of tenants, computers, people and agents by something else than their ids.

pub(crate) mod agents;
pub(crate) mod belongings;
pub(crate) mod computers;
pub(crate) mod groups;
pub(crate) mod listings;
pub(crate) mod pathways;
pub(crate) mod people;
pub(crate) mod roster;
pub(crate) mod rows;
pub(crate) mod tags;
pub(crate) mod tenants;
