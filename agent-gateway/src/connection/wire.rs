//! The socket: frames with their numbers, one at a time, and the end of it.

use super::end::End;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use std::time::Duration;
use tokio::time::timeout;
use upkeep_agent_protocol::{AgentMessage, ServerFrame, ServerMessage};

/// How long writing one frame may take before the connection counts as dead.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// The socket with its numbers.
pub(super) struct Wire {
    socket: WebSocket,
    /// The number of the last frame that was sent.
    pub(super) sent: u64,
    /// The highest number that was taken in.
    pub(super) received: u64,
}

impl Wire {
    pub(super) fn new(socket: WebSocket) -> Self {
        Self {
            socket,
            sent: 0,
            received: 0,
        }
    }

    pub(super) async fn send(&mut self, frame: ServerFrame) -> Result<(), End> {
        self.sent += 1;
        let message = ServerMessage {
            seq: self.sent,
            ack: self.received,
            frame,
        };
        let text = serde_json::to_string(&message)
            .map_err(|_| End::malformed("a frame could not be written"))?;
        match timeout(WRITE_PATIENCE, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::closed()),
            Err(_) => Err(End::silent("nothing can be written")),
        }
    }

    /// The next frame, of at most so many bytes; pings of the WebSocket itself are answered below us.
    pub(super) async fn receive(&mut self, at_most: usize) -> Result<AgentMessage, End> {
        loop {
            match self.socket.recv().await {
                None | Some(Ok(Message::Close(_))) => return Err(End::closed()),
                Some(Ok(Message::Text(text))) => return parse(&text, at_most),
                Some(Ok(Message::Binary(_))) => {
                    return Err(End::malformed("frames are text, not binary"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(_)) => return Err(End::malformed("a frame is broken or too large")),
            }
        }
    }

    pub(super) async fn close(&mut self, end: &End) {
        let frame = CloseFrame {
            code: end.code,
            reason: end.why.into(),
        };
        // A peer that is gone needs no goodbye.
        let _ = timeout(
            WRITE_PATIENCE,
            self.socket.send(Message::Close(Some(frame))),
        )
        .await;
    }
}

fn parse(text: &str, at_most: usize) -> Result<AgentMessage, End> {
    if text.len() > at_most {
        return Err(End::malformed("a frame is too large"));
    }
    serde_json::from_str(text).map_err(|_| End::malformed("a frame is not of the protocol"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::proof::MAX_AUTH_BYTES;
    use upkeep_agent_protocol::MAX_FRAME_BYTES;

    #[test]
    fn a_first_frame_holds_a_proof_and_no_more() {
        let frame = |bytes| {
            format!(
                r#"{{"seq":0,"ack":0,"t":"pong","more":"{}"}}"#,
                "a".repeat(bytes)
            )
        };
        let why = |text: &str, at_most| parse(text, at_most).err().map(|end| end.why);
        assert_eq!(why(&frame(10), MAX_AUTH_BYTES), None);
        assert_eq!(
            why(&frame(MAX_AUTH_BYTES), MAX_AUTH_BYTES),
            Some("a frame is too large")
        );
        assert_eq!(why(&frame(MAX_AUTH_BYTES), MAX_FRAME_BYTES), None);
    }
}
