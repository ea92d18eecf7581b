//! The event store's own doors.
