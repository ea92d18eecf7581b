//! Agents and computers that claim to be others.
