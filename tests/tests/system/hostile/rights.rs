//! Callers who reach for what is not theirs.

mod naming;
mod overtaken;
mod reach;
mod removal;
mod words;
