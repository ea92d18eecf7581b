//! Cursors: where an item stands in its list.

use super::order::OrderDirection;
use crate::error::ErrorCode;
use async_graphql::{OutputType, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::ids::{
    AgentId, AgreementId, ApiTokenId, CloudTaskId, ComputerId, DeploymentId, EnrolmentTokenId,
    GroupId, PersonId, SecretId, SoftwareId, TaskId, TenantId,
};
use upkeep_event_store::Position;
use upkeep_projections::Place;
use uuid::Uuid;

/// A key of what a list goes through, and what stands there.
pub trait Standing: CursorKey + Copy {
    type Item: Copy + 'static;

    fn item(self) -> Self::Item;
}

impl<I: CursorKey + Copy + 'static> Standing for Place<I> {
    type Item = I;

    fn item(self) -> I {
        self.id
    }
}

macro_rules! themselves {
    ($($key:ty)*) => {$(
        impl Standing for $key {
            type Item = Self;

            fn item(self) -> Self {
                self
            }
        }
    )*};
}

themselves! { Position Uuid u64 }

impl<I: CursorKey> CursorKey for Place<I> {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.made_at.to_bytes();
        bytes.extend(self.id.to_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (made_at, id) = bytes.split_at_checked(size_of::<u64>())?;
        Some(Self {
            made_at: Position::from_bytes(made_at)?,
            id: I::from_bytes(id)?,
        })
    }
}

/// What a cursor can hold, ordered as the list is.
pub trait CursorKey: Ord + Clone {
    fn to_bytes(self) -> Vec<u8>;
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl CursorKey for Uuid {
    fn to_bytes(self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_slice(bytes).ok()
    }
}

macro_rules! ids {
    ($($id:ident)*) => {$(
        impl CursorKey for $id {
            fn to_bytes(self) -> Vec<u8> {
                self.0.to_bytes()
            }

            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                <Uuid as CursorKey>::from_bytes(bytes).map(Self)
            }
        }
    )*};
}

ids! {
    AgentId AgreementId ApiTokenId CloudTaskId ComputerId DeploymentId EnrolmentTokenId GroupId PersonId SecretId
    SoftwareId TaskId TenantId
}

/// A place in a list that never changes.
impl CursorKey for u64 {
    fn to_bytes(self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

impl CursorKey for Version {
    fn to_bytes(self) -> Vec<u8> {
        self.as_str().as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::new(std::str::from_utf8(bytes).ok()?).ok()
    }
}

/// What is told by a text.
impl CursorKey for String {
    fn to_bytes(self) -> Vec<u8> {
        self.into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_utf8(bytes.to_vec()).ok()
    }
}

/// Where something was made.
impl CursorKey for Position {
    fn to_bytes(self) -> Vec<u8> {
        self.0.to_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        u64::from_bytes(bytes).map(Self)
    }
}

impl<A: CursorKey> CursorKey for (A, Uuid) {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.0.to_bytes();
        bytes.extend(self.1.to_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (first, second) = bytes.split_at_checked(bytes.len().checked_sub(16)?)?;
        Some((
            A::from_bytes(first)?,
            Uuid::from_bytes(second.try_into().ok()?),
        ))
    }
}

/// Of which list a cursor is, so that one of another list is told from a place in this one: three bytes of a sum of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListTag([u8; 3]);

impl ListTag {
    /// Of nodes in an order with a name, in a direction.
    pub fn in_order<N: OutputType>(order: &str, direction: OrderDirection) -> Self {
        let order = match (order, direction) {
            (order, OrderDirection::Asc) => order.to_owned(),
            ("", OrderDirection::Desc) => "DESC".to_owned(),
            (order, OrderDirection::Desc) => format!("{order} DESC"),
        };
        Self::of(&N::type_name(), &order)
    }

    /// Of what it lists, in which order.
    pub fn of(items: &str, order: &str) -> Self {
        // FNV-1a (draft-eastlake-fnv, 32 bits): the same on every server and in every version.
        let bytes = items.bytes().chain([0]).chain(order.bytes());
        let sum = bytes.fold(0x811c_9dc5_u32, |sum, byte| {
            (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let [_, first, second, third] = sum.to_be_bytes();
        Self([first, second, third])
    }
}

pub fn encode(tag: ListTag, key: impl CursorKey) -> String {
    let mut bytes = tag.0.to_vec();
    bytes.extend(key.to_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn decode<K: CursorKey>(tag: ListTag, cursor: &str) -> Result<K> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let parts = bytes
        .as_deref()
        .and_then(<[u8]>::split_first_chunk)
        .map(|(of, key)| (ListTag(*of), K::from_bytes(key)));
    match parts {
        Some((of, Some(key))) if of == tag => Ok(key),
        Some((of, _)) if of != tag => Err(ErrorCode::BadUserInput.error(
            "the cursor is of another list or another order: use one from an answer to this question",
        )),
        _ => Err(ErrorCode::BadUserInput
            .error("the cursor is not one of ours: use one from an answer")),
    }
}
