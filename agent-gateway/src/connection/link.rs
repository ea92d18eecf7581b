//! What carries a connection.

use async_trait::async_trait;
pub use axum::extract::ws::Utf8Bytes as Text;

/// A link to one agent, which carries texts in order: a WebSocket, or one in memory.
#[async_trait]
pub trait Link: Send {
    /// Says something. It may wait for as long as the other side takes nothing.
    async fn say(&mut self, text: String) -> Result<(), Lost>;

    /// The next text of the other side. A dropped call loses nothing.
    async fn hear(&mut self) -> Result<Text, Lost>;

    /// Says goodbye, and why. A side that is gone needs none.
    async fn close(&mut self, code: u16, why: &'static str);
}

/// Why nothing more comes over a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The other side has closed it, or is gone.
    Closed,
    /// Something came that is no text.
    NoText,
    /// Something came that is broken or too large.
    Broken,
}
