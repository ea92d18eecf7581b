//! What one may ask of the server, as a program that asks can read it.

use crate::schema::change::MAX_BULK;
use crate::schema::page::{DEFAULT_PAGE, MAX_PAGE};
use crate::{
    EXECUTED, MAX_ANSWER_BYTES, MAX_BODY_BYTES, MAX_COST, MAX_DEPTH, MAX_MOMENTS, MAX_SCHEMA_DEPTH,
    MAX_SELECTIONS, PRESENT, REQUEST_TIMEOUT, SOCKETS,
};
use async_graphql::Object;

/// What one may ask of the server.
pub struct Limits;

/// What one may ask of the server; beyond it the error is LIMIT_EXCEEDED, or UNAVAILABLE where it is too much at once.
#[Object(name = "ServerLimits")]
impl Limits {
    /// How large a request may be, in bytes.
    async fn request_bytes(&self) -> usize {
        MAX_BODY_BYTES
    }

    /// How many selections a request may have once its fragments are spread.
    async fn selections(&self) -> usize {
        MAX_SELECTIONS
    }

    /// What a request may cost: each object and value is one, a list is as many as its page has.
    async fn cost(&self) -> usize {
        MAX_COST
    }

    /// How deep a request may be.
    async fn depth(&self) -> usize {
        MAX_DEPTH
    }

    /// How deep a request may be that asks for the schema alone.
    async fn schema_depth(&self) -> usize {
        MAX_SCHEMA_DEPTH
    }

    /// About how many past moments a request may ask.
    async fn past_moments(&self) -> usize {
        MAX_MOMENTS
    }

    /// How large an answer may be, in bytes.
    async fn answer_bytes(&self) -> usize {
        MAX_ANSWER_BYTES
    }

    /// How long a request may take, and each answer of a subscription, in seconds.
    async fn seconds(&self) -> u64 {
        REQUEST_TIMEOUT.as_secs()
    }

    /// How many items a page has if nothing is asked for.
    async fn default_page(&self) -> i32 {
        DEFAULT_PAGE
    }

    /// How many items a page may have.
    async fn page(&self) -> i32 {
        MAX_PAGE
    }

    /// How many things one mutation of many may change.
    async fn bulk(&self) -> usize {
        MAX_BULK
    }

    /// How many requests of one token are executed at once; more wait for up to ten seconds.
    async fn executed_of_token(&self) -> usize {
        EXECUTED.of_token
    }

    /// How many requests of one tenant are executed at once; more wait for up to ten seconds.
    async fn executed_of_tenant(&self) -> usize {
        EXECUTED.of_tenant
    }

    /// How many requests of one token may be here at once, those that wait too.
    async fn present_of_token(&self) -> usize {
        PRESENT.of_token
    }

    /// How many requests of one tenant may be here at once, those that wait too.
    async fn present_of_tenant(&self) -> usize {
        PRESENT.of_tenant
    }

    /// How many connections that follow something one token may have open.
    async fn connections_of_token(&self) -> usize {
        SOCKETS.of_token
    }

    /// How many connections that follow something one tenant may have open.
    async fn connections_of_tenant(&self) -> usize {
        SOCKETS.of_tenant
    }
}
