//! What the server can do: clients ask first, and without credentials.

use crate::proto::server_features::server_features_server::ServerFeatures;
use crate::proto::server_features::{SupportedMethod, SupportedMethods};
use crate::proto::shared;
use tonic::{Request, Response, Status};

/// The EventStoreDB whose behaviour is served; clients compare the numbers.
const VERSION: &str = "24.10.0";
const STREAMS: &str = "event_store.client.streams.streams";
const PERSISTENT: &str = "event_store.client.persistent_subscriptions.persistentsubscriptions";

pub struct Features;

#[tonic::async_trait]
impl ServerFeatures for Features {
    async fn get_supported_methods(
        &self,
        _: Request<shared::Empty>,
    ) -> Result<Response<SupportedMethods>, Status> {
        let method = |service: &str, method: &str, features: &[&str]| SupportedMethod {
            service_name: service.to_owned(),
            method_name: method.to_owned(),
            features: features.iter().map(|&feature| feature.to_owned()).collect(),
        };
        let streams = [
            method(STREAMS, "read", &["position", "events"]),
            method(STREAMS, "append", &[]),
            method(STREAMS, "delete", &[]),
            method(STREAMS, "tombstone", &[]),
            method(STREAMS, "batchappend", &["deadline_duration"]),
            method("event_store.client.gossip.gossip", "read", &[]),
            method(
                "event_store.client.server_features.serverfeatures",
                "getsupportedmethods",
                &[],
            ),
        ];
        let persistent = [
            "create",
            "update",
            "delete",
            "read",
            "getinfo",
            "replayparked",
            "list",
            "restartsubsystem",
        ]
        .map(|name| method(PERSISTENT, name, &["stream", "all"]));
        Ok(Response::new(SupportedMethods {
            methods: streams.into_iter().chain(persistent).collect(),
            event_store_server_version: VERSION.to_owned(),
        }))
    }
}
