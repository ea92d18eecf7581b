//! Which deployment wins where: now, in the past, and if something were changed.

pub(crate) mod affected;
pub(crate) mod brought;
pub(crate) mod deployments;
pub(crate) mod difference;
pub(crate) mod history;
pub(crate) mod reach;
pub(crate) mod resolution;
pub(crate) mod steady;
pub(crate) mod tallied;
pub(crate) mod tally;
pub(crate) mod winners;
