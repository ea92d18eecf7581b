//! The web console's door: its files, and who comes in by it.

mod files;
mod sign_in;
