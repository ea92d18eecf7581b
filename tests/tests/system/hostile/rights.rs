//! Callers who reach for what is not theirs.
