//! What a view and the streams say of sessions together is what their events say.

use imbl::{OrdMap, Vector};
use serde_json::Value;
use std::collections::BTreeMap;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::SessionId;
use upkeep_domain::maintenance::session::{Finding, Session};
use upkeep_event_store::{Position, RecordedEvent, StreamName};
use upkeep_projections::{Projections, View};

/// Every session as all its events up to the view's position make it.
fn whole(view: &View, log: &[RecordedEvent]) -> BTreeMap<SessionId, Session> {
    let mut all: BTreeMap<SessionId, Session> = BTreeMap::new();
    for event in log.iter().filter(|event| event.position <= view.position()) {
        if let Ok(Some((DomainEvent::Session(said), _))) = event.domain_event() {
            let session = all.entry(event.stream.id().parse().unwrap()).or_default();
            *session = std::mem::take(session).evolve(&said);
        }
    }
    all
}

/// Where the first event of a session is.
fn asked_at(log: &[RecordedEvent], session: SessionId) -> Option<Position> {
    let stream = StreamName::of(Session::CATEGORY, session);
    let first = log.iter().find(|event| event.stream == stream);
    first.map(|event| event.position)
}

pub async fn check(projections: &Projections, view: &View, log: &[RecordedEvent]) {
    let all = whole(view, log);
    for (id, session) in &all {
        let told = projections.session(view, *id).await.unwrap().unwrap();
        assert_eq!(told.state, *session);
        let Some(known) = view.sessions.get(*id) else {
            continue;
        };
        assert_eq!(
            (known.revision, known.created, known.changed),
            (told.revision, told.created, told.changed)
        );
        let owes = session.runs.values().any(|run| !run.is_answered());
        if session.status.is_over() && !owes {
            let mut head = session.clone();
            head.actions = Vector::new();
            head.runs = OrdMap::new();
            head.waits = vec![];
            (head.draft, head.reading) = (None, None);
            assert_eq!(known.state, head);
        } else {
            assert_eq!(known.state, *session);
        }
    }
    // What was seen last of an item is what the newest session saw that looked.
    for (computer, _) in view.computers.iter() {
        let of_computer = all.iter().filter(|(_, session)| {
            (session.request).is_some_and(|request| request.computer() == computer)
        });
        let mut of_computer: Vec<_> = of_computer.collect();
        of_computer.sort_by_key(|(id, _)| std::cmp::Reverse(asked_at(log, **id)));
        let of_computer: Vec<&Session> = of_computer.into_iter().map(|(_, one)| one).collect();
        let items = of_computer.iter().flat_map(|session| session.actions());
        for item in items.map(|action| action.plan.item) {
            let newest = of_computer.iter().find(|one| one.seen(item).is_some());
            let seen = newest.and_then(|session| session.seen(item));
            assert_eq!(
                view.seen(computer, item).map(without_value),
                seen.map(without_value)
            );
            let collected = newest.and_then(|session| session.collected(item));
            let kept = view.collected(computer, item).map(|(kept, _)| kept.at);
            assert_eq!(kept, collected.map(|(_, at)| at));
        }
    }
}

/// What is kept of a value beside the findings is another question.
fn without_value(finding: &Finding) -> Finding {
    match finding {
        Finding::Value { .. } => Finding::Value { value: Value::Null },
        other => other.clone(),
    }
}
