//! What one may ask of the server, as a program that asks can read it.

use super::content_limits::ContentLimits;
use crate::schema::catalogue::sync::MAX_TITLES;
use crate::schema::change::MAX_BULK;
use crate::schema::node::MAX_NODES;
use crate::schema::page::{DEFAULT_PAGE, MAX_PAGE, MAX_SKIP};
use crate::schema::types::ByteCount;
use crate::websocket::MAX_OPERATIONS;
use crate::{
    EXECUTED, FOLLOWED, MAX_ANSWER_BYTES, MAX_BODY_BYTES, MAX_COST, MAX_DEPTH, MAX_MOMENTS,
    MAX_NESTING, MAX_SCHEMA_DEPTH, MAX_SELECTIONS, MAX_VALUES, PRESENT, REQUEST_TIMEOUT, SOCKETS,
    STREAMS, UPLOADS,
};
use async_graphql::{MergedObject, Object};
use upkeep_domain::kernel::limits::MAX_TITLE_BYTES;

/// What one may ask of the server, and what may be written to it; beyond it is an error that says so: LIMIT_EXCEEDED or BAD_USER_INPUT, and
/// UNAVAILABLE where it is too much at once.
#[derive(Default, MergedObject)]
#[graphql(name = "ServerLimits")]
pub struct Limits(RequestLimits, ContentLimits);

/// What one may ask of the server.
#[derive(Default)]
pub struct RequestLimits;

#[Object]
impl RequestLimits {
    /// How large a request may be.
    async fn max_request_bytes(&self) -> ByteCount {
        ByteCount(MAX_BODY_BYTES as u64)
    }

    /// How many selections a request may have once its fragments are spread.
    async fn max_selections(&self) -> usize {
        MAX_SELECTIONS
    }

    /// How many values a request may have, in its document and its variables.
    async fn max_values(&self) -> usize {
        MAX_VALUES
    }

    /// How deep the values of a request may be in each other.
    async fn max_value_depth(&self) -> usize {
        MAX_NESTING
    }

    /// What a request may cost: each object and value is one, a list is as many as its page has or as such a list usually has.
    async fn max_cost(&self) -> usize {
        MAX_COST
    }

    /// How deep a request may be.
    async fn max_depth(&self) -> usize {
        MAX_DEPTH
    }

    /// How deep a request may be that asks for the schema alone.
    async fn max_schema_depth(&self) -> usize {
        MAX_SCHEMA_DEPTH
    }

    /// About how many past moments a request may ask.
    async fn max_past_moments(&self) -> usize {
        MAX_MOMENTS
    }

    /// How large an answer may be.
    async fn max_answer_bytes(&self) -> ByteCount {
        ByteCount(MAX_ANSWER_BYTES as u64)
    }

    /// How long a request may take, and each answer of a subscription, in seconds.
    async fn timeout_seconds(&self) -> u64 {
        REQUEST_TIMEOUT.as_secs()
    }

    /// How many items a page has if nothing is asked for.
    async fn default_page_size(&self) -> i32 {
        DEFAULT_PAGE
    }

    /// How many items a page may have.
    async fn max_page_size(&self) -> i32 {
        MAX_PAGE
    }

    /// How many items a page may pass over that is asked for with `skip`.
    async fn max_skip(&self) -> i32 {
        MAX_SKIP
    }

    /// How many ids `nodes` takes.
    async fn max_node_ids(&self) -> usize {
        MAX_NODES
    }

    /// How many ids a mutation of many takes.
    async fn max_bulk_ids(&self) -> usize {
        MAX_BULK
    }

    /// Most titles of a catalogue in one request.
    async fn max_catalogue_titles(&self) -> usize {
        MAX_TITLES
    }

    /// Largest title of a catalogue, as JSON.
    async fn max_catalogue_title_bytes(&self) -> ByteCount {
        ByteCount(MAX_TITLE_BYTES as u64)
    }

    /// How many requests of one token are executed at once; more wait for up to ten seconds.
    async fn executed_requests_per_token(&self) -> usize {
        EXECUTED.of_token
    }

    /// How many requests of one tenant are executed at once; more wait for up to ten seconds.
    async fn executed_requests_per_tenant(&self) -> usize {
        EXECUTED.of_tenant
    }

    /// How many requests of one token may be here at once, those that wait too.
    async fn open_requests_per_token(&self) -> usize {
        PRESENT.of_token
    }

    /// How many requests of one tenant may be here at once, those that wait too.
    async fn open_requests_per_tenant(&self) -> usize {
        PRESENT.of_tenant
    }

    /// How many WebSockets one token may have open.
    async fn sockets_per_token(&self) -> usize {
        SOCKETS.of_token
    }

    /// How many WebSockets one tenant may have open.
    async fn sockets_per_tenant(&self) -> usize {
        SOCKETS.of_tenant
    }

    /// How many operations one WebSocket may have open.
    async fn operations_per_socket(&self) -> usize {
        MAX_OPERATIONS
    }

    /// How many streams over HTTP one token may have open.
    async fn streams_per_token(&self) -> usize {
        STREAMS.of_token
    }

    /// How many streams over HTTP one tenant may have open.
    async fn streams_per_tenant(&self) -> usize {
        STREAMS.of_tenant
    }

    /// How many subscriptions one token may follow, on sockets and streams together.
    async fn subscriptions_per_token(&self) -> usize {
        FOLLOWED.of_token
    }

    /// How many subscriptions one tenant may follow, on sockets and streams together.
    async fn subscriptions_per_tenant(&self) -> usize {
        FOLLOWED.of_tenant
    }

    /// How many packages one token may upload at once.
    async fn uploads_per_token(&self) -> usize {
        UPLOADS.of_token
    }
}
