//! So many sessions wait for a computer, and no more.

use crate::doors::{Make, Tell, id, new_tenant, one_of, tenant, two};
use crate::places::{computer, hardware, register};
use chrono::{TimeDelta, Utc};
use upkeep_commands::{Done, Refusal, Stop};
use upkeep_domain::fleet::claim::{ClaimKey, Claimant};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{CommandId, SessionId};
use upkeep_domain::kernel::limits::{CLAIM_PATIENCE, MAX_WAITING_SESSIONS_PER_COMPUTER};
use upkeep_domain::maintenance::session::{About, Requested, Session, SessionCommand};

const MOST: u128 = MAX_WAITING_SESSIONS_PER_COMPUTER as u128;

fn session(on: u128, n: u128) -> SessionId {
    SessionId(id(6, 1_000 * on + n))
}

fn create(on: u128, n: u128) -> Make<Session> {
    let request = Requested {
        subject: computer(on).into(),
        tenant: tenant(1),
        about: About::Everything,
        at: Utc::now(),
    };
    Make(session(on, n), SessionCommand::Create { request })
}

fn cancel(on: u128, n: u128) -> Tell<Session> {
    Tell(session(on, n), SessionCommand::Cancel)
}

fn is_full(outcome: &Result<Done, Stop>) -> bool {
    let full = Code::TooManySessionsWaiting;
    matches!(outcome, Err(Stop::Refused(Refusal { code, .. })) if *code == full)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_place_is_one_sessions() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    for round in 0..5 {
        register(&two, round, 1, hardware(round)).await;
        for n in 1..MOST {
            two.change(&create(round, n)).await.unwrap();
        }
        let [mut here, mut there] = two.desks().await;
        let (mut a, mut b) = (MOST, MOST + 1);
        // Again and again: who waits no more leaves a place, which is one's.
        for _ in 0..3 {
            let (one, other) = (create(round, a), create(round, b));
            let outcomes = tokio::join!(here.carry_out(&one), there.carry_out(&other));
            let is_first = one_of(outcomes.into(), Code::TooManySessionsWaiting);
            let (got, not) = if is_first { (a, b) } else { (b, a) };
            assert!(two.read::<Session>(session(round, got)).await.is_queued());
            assert_eq!(two.read::<Session>(session(round, not)).await.request, None);
            two.change(&cancel(round, got)).await.unwrap();
            (a, b) = (b + 1, b + 2);
            [here, there] = two.desks().await;
        }
    }
    two.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_are_asked_for_at_once_so_many_wait() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    register(&two, 1, 1, hardware(1)).await;
    let desks = two.desks().await;
    let asked: Vec<_> = (0..2 * MOST)
        .map(|n| {
            let desk = desks[usize::from(n % 2 == 0)].clone();
            tokio::spawn(async move { desk.carry_out(&create(1, n)).await })
        })
        .collect();
    let mut refused = 0;
    for asked in asked {
        let outcome = asked.await.unwrap();
        assert!(outcome.is_ok() || is_full(&outcome), "{outcome:?}");
        refused += u128::from(outcome.is_err());
    }
    assert_eq!(refused, MOST);
    let mut waiting = 0;
    for n in 0..2 * MOST {
        let session = two.read::<Session>(session(1, n)).await;
        waiting += u128::from(session.is_queued());
    }
    assert_eq!(waiting, MOST);
    two.verify().await;
}

/// A server dies between the claim and the session.
#[tokio::test]
async fn a_place_of_which_nothing_came_is_free_after_a_while() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    register(&two, 1, 1, hardware(1)).await;
    let key = ClaimKey::Waiting {
        computer: computer(1),
    };
    let died = CommandId(id(9, 1));
    two.claim(key, Claimant::Session(session(1, 0)), died).await;
    for n in 1..MOST {
        two.change(&create(1, n)).await.unwrap();
    }
    assert!(is_full(&two.change(&create(1, MOST)).await));
    two.clock
        .put_forward(CLAIM_PATIENCE - TimeDelta::seconds(1));
    assert!(is_full(&two.change(&create(1, MOST)).await));
    two.clock.put_forward(TimeDelta::seconds(1));
    two.change(&create(1, MOST)).await.unwrap();
    // It waits for ever if it must: whoever came keeps its place.
    two.clock.put_forward(CLAIM_PATIENCE);
    assert!(is_full(&two.change(&create(1, MOST + 1)).await));
}
