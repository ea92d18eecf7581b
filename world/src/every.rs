//! A pace.

use crate::{Wait, World};
use std::time::Duration;

/// Ticks again and again. A tick that was missed is not made up for.
pub struct Every {
    world: World,
    pace: Duration,
    next: Duration,
    wait: Option<Wait>,
}

impl Every {
    pub(crate) fn new(world: World, first: Duration, pace: Duration) -> Self {
        Self {
            world,
            pace,
            next: first,
            wait: None,
        }
    }

    /// The next tick. A dropped call loses nothing.
    pub async fn tick(&mut self) {
        let wait = (self.wait).get_or_insert_with(|| self.world.until(self.next));
        wait.await;
        self.wait = None;
        self.next = self.next.saturating_add(self.pace);
        let now = self.world.uptime();
        if self.next <= now {
            self.next = now.saturating_add(self.pace);
        }
    }
}
