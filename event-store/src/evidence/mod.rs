//! Evidence that nobody changed what happened: a chain through each stream, and signed checkpoints over all.
//!
//! - Each event's metadata ends with a digest over the event and the digest of the event before it in its stream
//!   ([`chain`]). Whoever changes, removes, inserts or reorders events inside a stream must recompute all that
//!   follow.
//! - Every so often the server appends a checkpoint ([`checkpoint`]): a digest over all events in their order,
//!   signed with a key that is not in the store. Whoever recomputes chains breaks that.
//! - [`verify`] reads everything again and names what does not fit.
//!
//! What this does not prove: that the server told the truth when it wrote, nor anything about events after the
//! newest checkpoint whose stream's chain was recomputed or cut at its end; and whoever has the signing key can
//! write another history. PROTOCOL.md and ARCHITECTURE.md say more.

pub mod chain;
pub mod checkpoint;
pub mod verify;
