//! The messages of `graphql-transport-ws`.
//!
//! Ours: the library's `ClientMessage` takes those of the older protocol, too, and reads a `subscribe` without a query.

use super::Close;
use crate::execution::{Allowed, Asked};
use async_graphql::{Extensions, Request, Response, Variables};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Largest message before `connection_ack`, in bytes: it holds a token.
const MAX_INIT_BYTES: usize = 8 * 1024;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Value>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Operation,
    },
    Complete {
        id: String,
    },
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Has shown no token yet.
    Anonymous,
    Admitted,
}

/// The message. From who has shown no token it is small, and what comes with a ping is not kept.
pub fn parse(text: &str, speaker: Speaker) -> Result<ClientMessage, Close> {
    let is_anonymous = speaker == Speaker::Anonymous;
    if is_anonymous && text.len() > MAX_INIT_BYTES {
        let reason = format!("before connection_ack a message has at most {MAX_INIT_BYTES} bytes");
        return Err((4400, reason));
    }
    match serde_json::from_str(text) {
        Ok(ClientMessage::Ping { .. }) if is_anonymous => Ok(ClientMessage::Ping { payload: None }),
        Ok(message) => Ok(message),
        Err(_) => Err((
            4400,
            "the message is not of graphql-transport-ws".to_owned(),
        )),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    query: String,
    #[serde(default)]
    #[serde(rename = "operationName")]
    name: Option<String>,
    #[serde(default)]
    variables: Variables,
    #[serde(default)]
    extensions: Extensions,
}

impl Operation {
    pub fn asked(self) -> Asked {
        let mut request = Request::new(self.query).variables(self.variables);
        request.operation_name = self.name;
        request.extensions = self.extensions;
        Asked {
            request,
            allowed: Allowed::All,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage<'a> {
    ConnectionAck,
    Ping,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    /// As it is: a value of JSON would have its keys in another order.
    Next {
        id: &'a str,
        payload: &'a Response,
    },
    Error {
        id: &'a str,
        payload: Value,
    },
    Complete {
        id: &'a str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn code(text: &str, speaker: Speaker) -> Option<u16> {
        parse(text, speaker).err().map(|(code, _)| code)
    }

    #[test]
    fn who_has_shown_no_token_says_little_and_is_repeated_nothing() {
        let init = |bytes| {
            let token = "a".repeat(bytes);
            json!({"type": "connection_init", "payload": {"token": token}}).to_string()
        };
        assert_eq!(code(&init(MAX_INIT_BYTES / 2), Speaker::Anonymous), None);
        assert_eq!(code(&init(MAX_INIT_BYTES), Speaker::Anonymous), Some(4400));
        assert_eq!(code(&init(MAX_INIT_BYTES), Speaker::Admitted), None);

        let ping = json!({"type": "ping", "payload": {"n": 1}}).to_string();
        let payload = |speaker| match parse(&ping, speaker) {
            Ok(ClientMessage::Ping { payload }) => payload,
            _ => panic!("a ping"),
        };
        assert_eq!(payload(Speaker::Anonymous), None);
        assert_eq!(payload(Speaker::Admitted), Some(json!({"n": 1})));
    }

    #[test]
    fn only_messages_of_the_protocol_are_messages() {
        let well = json!({"query": "{ x }", "variables": null, "extensions": null});
        let subscribe = |payload| json!({"type": "subscribe", "id": "1", "payload": payload});
        assert_eq!(code(&subscribe(well).to_string(), Speaker::Admitted), None);
        for bad in [
            json!({"type": "start", "id": "1", "payload": {"query": "{ x }"}}),
            json!({"type": "stop", "id": "1"}),
            json!({"type": "connection_terminate"}),
            subscribe(json!({})),
            subscribe(json!({"query": "{ x }", "variables": []})),
            subscribe(json!({"query": "{ x }", "extensions": 1})),
        ] {
            assert_eq!(
                code(&bad.to_string(), Speaker::Admitted),
                Some(4400),
                "{bad}"
            );
        }
    }
}
