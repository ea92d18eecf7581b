//! What a request may cost, and how it is kept from costing more: nothing of the GraphQL library sees a document before
//! [`document`] has counted it, [`places`] share the server among tokens and tenants, and [`meter`] bounds an answer
//! while it is made. What the library gets wrong of an answer is put right here too: [`faults`] and [`order`]; what it does not refuse of
//! a document is refused here: [`literals`] and [`merging`], by what the schema says ([`contract`]), and [`variables`].

pub mod contract;
pub mod document;
pub mod faults;
pub mod literals;
pub mod merging;
pub mod meter;
pub mod order;
pub mod places;
pub mod refused;
mod root;
pub mod variables;

#[cfg(test)]
mod tests;
