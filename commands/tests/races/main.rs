//! Two servers that decide at the same moment, each on a view of its own which does not show what the other one does: of what only
//! one may have, exactly one gets it, and the store's own streams say so.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

mod doors;
mod locks;
mod places;
mod upn;
mod waiting;
