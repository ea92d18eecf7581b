//! The web console's door: the files of its build, which are in this program.
//!
//! The console itself is a client like any other: it reaches what it shows through GraphQL, and nothing here knows what it shows.
//! Start reading at `files.rs`.

mod encoding;
mod files;

pub use files::serve;
