//! Metascripts as whoever runs them sees them: what they may, what stops them, and that they go on where they were.

mod documented;
mod durable;
mod hostile;
mod language;
mod play;
mod random;
mod reach;
