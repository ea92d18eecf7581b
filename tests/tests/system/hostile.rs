//! What somebody would try who wants in, or wants the service down: each test first succeeded against an earlier version.
//!
//! One file a side. What is destructive (mounts, full disks, deletions as root) runs in a mount namespace of its own,
//! over folders made for it.

mod agent;
mod catalogue;
mod guard;
mod identity;
mod rights;
mod store;
