//! Sessions: each of their processes looks only at those that are due for it.

pub mod advancing;
pub mod cancelling;
pub mod onboarding;
pub mod starting;
pub mod takeover;
