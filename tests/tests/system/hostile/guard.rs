//! Requests that cost the server more than their sender.
