//! The values of monitored tasks, as sessions told them last: small ones are kept here, large ones stay in the sessions' streams.

use crate::view::View;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, SessionId, TenantId};
use upkeep_domain::maintenance::session::Session;
use upkeep_domain::rules::deployment::MaintenanceItem;

/// Largest value that the view keeps, in bytes of compact JSON. There is one for each computer and monitored task.
pub const MAX_COLLECTED_BYTES: usize = 1024;

/// A value of a monitored task.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected {
    /// The tenant whose session told it, whatever tenant the computer went to since.
    pub tenant: TenantId,
    /// When its script had told it.
    pub at: DateTime<Utc>,
    /// As compact JSON; nothing where it is larger than [`MAX_COLLECTED_BYTES`]: then its session has it.
    pub json: Option<Arc<str>>,
}

impl Collected {
    /// What a session told of an item.
    pub fn of(session: &Session, item: MaintenanceItem) -> Option<Self> {
        let tenant = session.request?.tenant;
        let (value, at) = session.collected(item)?;
        let json = value.to_string();
        let is_kept = json.len() <= MAX_COLLECTED_BYTES;
        Some(Self {
            tenant,
            at,
            json: is_kept.then(|| json.into()),
        })
    }
}

impl View {
    /// The value that the newest session told that looked at a monitored task on a computer, and which session it was. Nothing where that
    /// session looked in another way.
    pub fn collected(
        &self,
        computer: ComputerId,
        item: MaintenanceItem,
    ) -> Option<(Collected, SessionId)> {
        let (asked_at, collected) = self.sessions.collected(computer, item)?;
        let session = self.sessions.asked_there(computer, asked_at)?;
        Some((collected, session))
    }
}
