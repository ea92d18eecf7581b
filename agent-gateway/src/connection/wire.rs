//! The link with its numbers: frames, one at a time, and the end of it.

use super::end::End;
use super::link::{Link, Lost};
use futures_util::FutureExt;
use std::time::Duration;
use upkeep_agent_protocol::{AgentMessage, ServerFrame, ServerMessage};
use upkeep_world::World;

/// How long writing one frame may take before the connection counts as dead.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// A link with its numbers.
pub(super) struct Wire {
    link: Box<dyn Link>,
    world: World,
    /// The number of the last frame that was sent.
    pub(super) sent: u64,
    /// The highest number that was taken in.
    pub(super) received: u64,
}

impl Wire {
    pub(super) fn new(link: Box<dyn Link>, world: &World) -> Self {
        Self {
            link,
            world: world.clone(),
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
        let said = self.link.say(text);
        match self.world.within(WRITE_PATIENCE, said).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::closed()),
            Err(_) => Err(End::silent("nothing can be written")),
        }
    }

    /// The next frame, of at most so many bytes.
    pub(super) async fn receive(&mut self, at_most: usize) -> Result<AgentMessage, End> {
        match self.link.hear().await {
            Ok(text) => parse(&text, at_most),
            Err(Lost::Closed) => Err(End::closed()),
            Err(Lost::NoText) => Err(End::malformed("frames are text, not binary")),
            Err(Lost::Broken) => Err(End::malformed("a frame is broken or too large")),
        }
    }

    /// The next frame, if it has come.
    pub(super) fn receive_ready(&mut self, at_most: usize) -> Option<Result<AgentMessage, End>> {
        self.receive(at_most).now_or_never()
    }

    pub(super) async fn close(&mut self, end: &End) {
        let goodbye = self.link.close(end.code, end.why);
        // Who takes none needs none.
        let _ = self.world.within(WRITE_PATIENCE, goodbye).await;
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

    fn frame(bytes: usize) -> String {
        let more = "a".repeat(bytes);
        format!(r#"{{"seq":0,"ack":0,"t":"pong","more":"{more}"}}"#)
    }

    #[test]
    fn a_first_frame_holds_a_proof_and_no_more() {
        let why = |text: &str, at_most| parse(text, at_most).err().map(|end| end.why);
        assert_eq!(why(&frame(10), MAX_AUTH_BYTES), None);
        assert_eq!(
            why(&frame(MAX_AUTH_BYTES), MAX_AUTH_BYTES),
            Some("a frame is too large")
        );
        assert_eq!(why(&frame(MAX_AUTH_BYTES), MAX_FRAME_BYTES), None);
    }
}
