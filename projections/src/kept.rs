//! Views that are kept for the way back, within a budget of bytes.
//!
//! A kept view shares with the next one whatever did not change between the two. What it costs is what did: the old copies of
//! that, and the nodes of the maps that lead to them.

use crate::projector::AsOf;
use crate::registries::Registries;
use crate::view::View;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use upkeep_event_store::StreamName;

/// What kept views cost at most, as it is estimated; when they cost more, every other one is dropped.
pub const KEPT_BYTES: usize = 64 * 1024 * 1024;
/// What a changed instance counts besides itself: the nodes that lead to it, and the note that it changed.
const CHANGE_BYTES: usize = 2 * 1024;
/// What a kept view counts besides what changed after it.
const VIEW_BYTES: usize = 16 * 1024;
/// What one instance counts at most: larger ones are persistent maps of small parts, of which a change copies a few.
const INSTANCE_BYTES: usize = 64 * 1024;

/// In the order of their positions. The first one is the empty view, so that every moment has one before it.
#[derive(Clone)]
pub struct Kept(Arc<Mutex<Views>>);

struct Views {
    all: Vec<KeptView>,
    budget: usize,
}

struct KeptView {
    view: Arc<View>,
    /// What changed after it and before the next one, and the bytes of each as it is here.
    changed: HashMap<StreamName, usize>,
}

impl KeptView {
    fn new(view: Arc<View>) -> Self {
        Self {
            view,
            changed: HashMap::new(),
        }
    }

    fn note(&mut self, changed: &HashSet<StreamName>) {
        #[expect(clippy::iter_over_hash_type, reason = "each is noted by itself")]
        for stream in changed {
            if self.changed.contains_key(stream) {
                continue;
            }
            // Of what came after it, it has no copy.
            if let Some(bytes) = self.view.bytes_of(stream, INSTANCE_BYTES) {
                let bytes = bytes + CHANGE_BYTES + Registries::beside(stream);
                self.changed.insert(stream.clone(), bytes);
            }
        }
    }

    /// Stands for the next one, too, which is dropped: what changed after that one and not before it is the same here, where it was
    /// here at all.
    fn take_over(&mut self, next: Self) {
        #[expect(clippy::iter_over_hash_type, reason = "each is noted by itself")]
        for (stream, bytes) in next.changed {
            if self.view.bytes_of(&stream, 0).is_some() {
                self.changed.entry(stream).or_insert(bytes);
            }
        }
    }

    fn bytes(&self) -> usize {
        VIEW_BYTES + self.changed.values().sum::<usize>()
    }
}

impl Kept {
    pub fn new(budget: usize) -> Self {
        let all = vec![KeptView::new(Arc::new(View::default()))];
        Self(Arc::new(Mutex::new(Views { all, budget })))
    }

    pub fn nearest(&self, moment: AsOf) -> Arc<View> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let after = kept.all.partition_point(|kept| match moment {
            AsOf::Position(position) => kept.view.position() <= position,
            AsOf::Time(time) => kept.view.time().is_none_or(|newest| newest <= time),
        });
        kept.all[after.saturating_sub(1)].view.clone()
    }

    /// Keeps a view; `changed` are the streams of the events between the kept view before it and this one, or some more.
    pub fn keep(&self, view: Arc<View>, changed: &HashSet<StreamName>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (kept.all).partition_point(|kept| kept.view.position() < view.position());
        let next = kept.all.get(place);
        if next.is_some_and(|next| next.view.position() == view.position()) {
            return;
        }
        let is_between = next.is_some();
        let mut new = KeptView::new(view);
        if is_between {
            // Only what changed before it can be a copy of its own.
            new.note(changed);
        }
        if let Some(before) = place
            .checked_sub(1)
            .and_then(|place| kept.all.get_mut(place))
        {
            before.note(changed);
        }
        kept.all.insert(place, new);
        kept.fit();
    }
}

impl Views {
    fn fit(&mut self) {
        while self.bytes() > self.budget && self.all.len() > 1 {
            let all = std::mem::take(&mut self.all);
            for (n, next) in all.into_iter().enumerate() {
                match self.all.last_mut() {
                    Some(before) if n % 2 == 1 => before.take_over(next),
                    _ => self.all.push(next),
                }
            }
        }
    }

    fn bytes(&self) -> usize {
        self.all.iter().map(KeptView::bytes).sum()
    }
}

/// About how many bytes something takes, or so many if it takes more: the length of its JSON.
pub fn estimate(thing: &impl Serialize, most: usize) -> usize {
    struct Counting {
        bytes: usize,
        most: usize,
    }
    impl Write for Counting {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            self.bytes += part.len();
            if self.bytes > self.most {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            Ok(part.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counting = Counting { bytes: 0, most };
    match serde_json::to_writer(&mut counting, thing) {
        Ok(()) => counting.bytes,
        Err(_) => most,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use upkeep_domain::aggregates::DomainEvent;
    use upkeep_domain::fleet::tag::Tag;
    use upkeep_domain::fleet::tenant::{Tenant, TenantEvent, TenantTagged};
    use upkeep_domain::kernel::decider::Decider;
    use upkeep_domain::kernel::ids::{ComputerId, TenantId};
    use upkeep_domain::kernel::metadata::Actor;
    use upkeep_domain::maintenance::session::{About, Session, SessionCreated, SessionEvent};
    use upkeep_event_store::Position;
    use uuid::Uuid;

    const TENANTS: u128 = 4;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(1 + n % TENANTS)
    }

    /// One more tag on a tenant, so that its next copy is larger; and its stream.
    fn change(view: &mut View, n: u128) -> HashSet<StreamName> {
        let tag = Tag::known(&format!("tag number {n}"));
        let event = DomainEvent::Tenant(TenantEvent::Tagged(TenantTagged { tags: [tag].into() }));
        let by = (Actor::System, DateTime::UNIX_EPOCH);
        let id = id(n).to_string();
        view.suppose(&event, &id, 0, by).unwrap();
        [StreamName::of(Tenant::CATEGORY, id)].into()
    }

    /// The bytes of every copy of every tenant that any of the views has and the newest has not.
    fn copied(kept: &Kept) -> usize {
        let kept = kept.0.lock().unwrap();
        let newest = &kept.all.last().unwrap().view;
        let mut seen = HashMap::new();
        for kept in &kept.all {
            for (id, entry) in kept.view.tenants.iter() {
                let is_newest = (newest.tenants.get(id)).is_some_and(|new| Arc::ptr_eq(new, entry));
                if !is_newest {
                    seen.insert(Arc::as_ptr(entry), estimate(&**entry, usize::MAX));
                }
            }
        }
        seen.values().sum()
    }

    #[test]
    fn what_is_kept_stays_within_its_bytes_however_large_the_copies_are() {
        let budget = 100 * (VIEW_BYTES + 4 * CHANGE_BYTES);
        let kept = Kept::new(budget);
        let mut view = View::default();
        let mut most = 0;
        for round in 0..250 {
            let mut changed = HashSet::new();
            for n in 0..TENANTS {
                changed.extend(change(&mut view, round * TENANTS + n));
            }
            kept.keep(Arc::new(view.clone()), &changed);
            let views = kept.0.lock().unwrap();
            let (bytes, len) = (views.bytes(), views.all.len());
            drop(views);
            assert!(bytes <= budget, "{bytes} bytes after round {round}");
            if round % 25 == 0 {
                assert!(copied(&kept) + len * VIEW_BYTES <= bytes);
            }
            most = most.max(len);
        }
        assert!((20..=100).contains(&most), "{most} views at most");
    }

    /// As sessions do: each is there, changes for a while, and then no more.
    #[test]
    fn what_came_after_a_view_is_none_of_its_bytes() {
        let kept = Kept::new(100 * (VIEW_BYTES + 2 * CHANGE_BYTES));
        let mut view = View::default();
        for round in 0..2_000_u128 {
            let by = (Actor::System, DateTime::UNIX_EPOCH);
            let tag = Tag::known(&format!("tag number {round}"));
            let tagged = TenantTagged { tags: [tag].into() };
            let event = DomainEvent::Tenant(TenantEvent::Tagged(tagged));
            let id = Uuid::from_u128(1 + round / 4).to_string();
            view.suppose(&event, &id, 0, by).unwrap();
            let changed = [StreamName::of(Tenant::CATEGORY, id)].into();
            kept.keep(Arc::new(view.clone()), &changed);
        }
        let views = kept.0.lock().unwrap();
        assert_eq!(views.all[0].bytes(), VIEW_BYTES, "the empty view");
        assert!(views.all.len() > 30, "{} views", views.all.len());
    }

    /// However many sessions come and go, they do not thin out what is kept until nothing is left.
    #[test]
    fn sessions_that_came_after_a_view_are_none_of_its_bytes() {
        let kept = Kept::new(100 * (VIEW_BYTES + 8 * CHANGE_BYTES));
        let mut view = View::default();
        for round in 0..2_000_u128 {
            let event = DomainEvent::Session(SessionEvent::Created(SessionCreated {
                subject: ComputerId(id(round)).into(),
                tenant: TenantId(id(0)),
                about: About::Everything,
                at: DateTime::UNIX_EPOCH,
            }));
            let by = (Actor::System, DateTime::UNIX_EPOCH);
            let session = Uuid::from_u128(1 + round).to_string();
            view.suppose(&event, &session, 0, by).unwrap();
            let changed = [StreamName::of(Session::CATEGORY, session)].into();
            kept.keep(Arc::new(view.clone()), &changed);
        }
        let views = kept.0.lock().unwrap();
        assert_eq!(views.all[0].bytes(), VIEW_BYTES, "the empty view");
        assert!(views.all.len() > 30, "{} views", views.all.len());
    }

    #[test]
    fn a_view_that_is_made_later_takes_its_place_and_the_nearest_before_a_moment_is_found() {
        let kept = Kept::new(usize::MAX);
        let mut view = View::default();
        let mut views = vec![];
        for n in 0..20 {
            let changed = change(&mut view, n);
            views.push((Arc::new(view.clone()), changed));
        }
        let (odd, even): (Vec<_>, Vec<_>) =
            (views.iter()).partition(|(view, _)| view.position().0 % 2 == 1);
        let all: HashSet<StreamName> = views.iter().flat_map(|(_, c)| c.clone()).collect();
        for (view, _) in even.into_iter().chain(odd.into_iter().rev()) {
            kept.keep(view.clone(), &all);
            kept.keep(view.clone(), &all);
        }
        assert_eq!(kept.0.lock().unwrap().all.len(), 21);
        for (view, _) in &views {
            let found = kept.nearest(AsOf::Position(view.position()));
            assert!(Arc::ptr_eq(&found, view));
        }
        assert_eq!(
            kept.nearest(AsOf::Position(Position::START)).position(),
            Position::START
        );
    }
}
