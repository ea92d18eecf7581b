//! The protocol's generated types; their names are the protocol's.

#![allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    dead_code,
    reason = "generated from event-store-wire/proto, of which not all is needed here"
)]

mod google {
    pub mod rpc {
        tonic::include_proto!("google.rpc");
    }
}
mod event_store {
    pub mod client {
        tonic::include_proto!("event_store.client");
        pub mod streams {
            tonic::include_proto!("event_store.client.streams");
        }
        pub mod gossip {
            tonic::include_proto!("event_store.client.gossip");
        }
    }
}
pub use event_store::client as shared;
pub use event_store::client::{gossip, streams};
pub use google::rpc;
