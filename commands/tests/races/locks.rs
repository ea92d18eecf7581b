//! A serial task is brought about by one session at a time.

use crate::doors::{id, new_tenant, tenant, two};
use chrono::TimeDelta;
use upkeep_commands::Envelope;
use upkeep_domain::kernel::ids::{CommandId, SessionId, TaskId};
use upkeep_domain::kernel::limits::CLAIM_PATIENCE;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::maintenance::session::LockAnswer;
use upkeep_projections::View;

fn task(n: u128) -> TaskId {
    TaskId(id(36, n))
}

fn session(n: u128) -> SessionId {
    SessionId(id(6, n))
}

fn envelope(n: u128) -> Envelope {
    Envelope::new(CommandId(id(9, n)), Actor::System)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_ask_at_once_one_gets_it_and_the_other_waits_until_it_is_known_what_came_of_it()
{
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    let nothing = View::default();
    for round in 0..5 {
        let task = task(round);
        let (one, other) = (envelope(2 * round), envelope(2 * round + 1));
        let [first, second] = [(session(1), tenant(1)), (session(2), tenant(1))];
        let (one, other) = tokio::join!(
            two.one.commands.lock_task(first, task, &nothing, &one),
            two.other.commands.lock_task(second, task, &nothing, &other),
        );
        let granted = Some(LockAnswer::Granted(task));
        let answers = [one.unwrap(), other.unwrap()];
        assert!(answers.contains(&granted), "{answers:?}");
        assert!(
            answers.contains(&None),
            "nobody said that it has it: {answers:?}"
        );
    }
    two.verify().await;
}

/// A server dies between the claim and the session's word.
#[tokio::test]
async fn a_lock_of_which_nothing_came_is_free_after_a_while() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    let nothing = View::default();
    let ask = async |n: u128, by: u128| {
        let claimant = (session(by), tenant(1));
        let envelope = envelope(n);
        let answer = (two.one.commands).lock_task(claimant, task(1), &nothing, &envelope);
        answer.await.unwrap()
    };
    let granted = Some(LockAnswer::Granted(task(1)));
    assert_eq!(ask(1, 1).await, granted);
    assert_eq!(ask(2, 2).await, None);
    assert_eq!(ask(3, 1).await, granted, "who has it may ask again");
    two.clock
        .put_forward(CLAIM_PATIENCE - TimeDelta::seconds(1));
    assert_eq!(ask(4, 2).await, None);
    two.clock.put_forward(TimeDelta::seconds(1));
    assert_eq!(ask(5, 2).await, granted);
    assert_eq!(ask(6, 1).await, None);
}
