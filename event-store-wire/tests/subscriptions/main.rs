//! What the protocol's subscriptions say, message by message: the rules of PROTOCOL.md, learned from a real server.

mod catch_up;
mod groups;
mod raw;
