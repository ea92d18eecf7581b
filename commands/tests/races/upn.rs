//! A user principal name is one person's in a tenant.

use crate::doors::{Desk, Make, ROUNDS, Tell, id, name, new_tenant, one_of, tenant, two};
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use upkeep_commands::{Ask, Change, Done, Envelope, Plan, Refusal, Stop};
use upkeep_domain::fleet::claim::{ClaimKey, Claimant};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{CommandId, PersonId};
use upkeep_domain::kernel::limits::CLAIM_PATIENCE;
use upkeep_domain::kernel::metadata::Actor;
use uuid::Uuid;

const UPN: &str = "ada@contoso.example";

fn person(n: u128) -> PersonId {
    PersonId(id(2, n))
}

fn add(n: u128, of: u128, upn: Option<&str>) -> Make<Person> {
    let command = PersonCommand::Add {
        tenant: tenant(of),
        name: name(&format!("person {n}")),
        upn: upn.map(name),
    };
    Make(person(n), command)
}

fn give(n: u128, upn: Option<&str>) -> Tell<Person> {
    let upn = upn.map(name);
    Tell(person(n), PersonCommand::ChangeUpn { upn })
}

fn move_to(n: u128, to: u128) -> Tell<Person> {
    Tell(person(n), PersonCommand::Move { tenant: tenant(to) })
}

fn remove(n: u128) -> Tell<Person> {
    Tell(person(n), PersonCommand::Remove)
}

fn refusal(outcome: Result<Done, Stop>) -> Refusal {
    match outcome {
        Err(Stop::Refused(refusal)) => refusal,
        outcome => panic!("{outcome:?}"),
    }
}

/// That both ask at once for what one may have, in all the ways in which a person comes to have it.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_are_given_it_at_once_one_has_it() {
    let two = two();
    let [desk, _] = two.desks().await;
    for n in 1..=2 {
        desk.carry_out(&new_tenant(n, None)).await.unwrap();
    }
    for round in 0..ROUNDS {
        let upn = format!("{round}@contoso.example");
        let (first, second) = (2 * round, 2 * round + 1);
        let [here, there] = two.desks().await;
        let key = ClaimKey::upn(tenant(1), &name(&upn));
        let upper = upn.to_uppercase();
        let outcomes = match round % 3 {
            0 => {
                let (one, other) = (add(first, 1, Some(&upn)), add(second, 1, Some(&upper)));
                tokio::join!(here.carry_out(&one), there.carry_out(&other))
            }
            1 => {
                here.carry_out(&add(first, 1, None)).await.unwrap();
                here.carry_out(&add(second, 2, Some(&upn))).await.unwrap();
                let [here, there] = two.desks().await;
                let (one, other) = (give(first, Some(&upper)), move_to(second, 1));
                tokio::join!(here.carry_out(&one), there.carry_out(&other))
            }
            _ => {
                here.carry_out(&add(first, 1, None)).await.unwrap();
                let [here, there] = two.desks().await;
                let (one, other) = (give(first, Some(&upn)), add(second, 1, Some(&upn)));
                tokio::join!(here.carry_out(&one), there.carry_out(&other))
            }
        };
        let is_first = one_of(outcomes.into(), Code::UpnKnown);
        let has = [first, second].map(person);
        let has = [
            two.read::<Person>(has[0]).await.has_upn(key),
            two.read::<Person>(has[1]).await.has_upn(key),
        ];
        assert_eq!(has, [is_first, !is_first], "{round}");
    }
    two.verify().await;
}

#[tokio::test]
async fn who_has_it_no_more_keeps_nobody_from_it() {
    let two = two();
    let [desk, _] = two.desks().await;
    for n in 1..=2 {
        desk.carry_out(&new_tenant(n, None)).await.unwrap();
    }
    desk.carry_out(&add(1, 1, Some(UPN))).await.unwrap();
    desk.carry_out(&add(2, 1, None)).await.unwrap();
    // The same name in another tenant is another one.
    desk.carry_out(&add(3, 2, Some(UPN))).await.unwrap();
    let known = refusal(two.change(&give(2, Some(UPN))).await);
    assert_eq!(known.code, Code::UpnKnown);
    assert_eq!(known.field.as_deref(), Some("upn"));
    assert!(known.message.contains("person 1"), "{}", known.message);
    let moved = refusal(two.change(&move_to(3, 1)).await);
    assert_eq!(moved.field.as_deref(), Some("tenantId"));

    // Renamed, taken away, moved, removed: it is free at once.
    two.change(&give(1, Some("eve@contoso.example")))
        .await
        .unwrap();
    two.change(&give(2, Some(UPN))).await.unwrap();
    two.change(&give(2, None)).await.unwrap();
    two.change(&move_to(3, 1)).await.unwrap();
    assert_eq!(
        refusal(two.change(&give(1, Some(UPN))).await).code,
        Code::UpnKnown
    );
    two.change(&move_to(3, 2)).await.unwrap();
    two.change(&give(1, Some(UPN))).await.unwrap();
    two.change(&remove(1)).await.unwrap();
    two.change(&give(2, Some(UPN))).await.unwrap();
    // Its own name in another case is no other's.
    two.change(&give(2, Some("ADA@contoso.example")))
        .await
        .unwrap();
    let key = ClaimKey::upn(tenant(1), &name(UPN));
    assert!(two.read::<Person>(person(2)).await.has_upn(key));
    two.verify().await;
}

/// A server dies between the claim and the change.
#[tokio::test]
async fn a_claim_that_nothing_came_of_lapses_and_is_no_hindrance_to_whoever_made_it() {
    let two = two();
    let [desk, _] = two.desks().await;
    desk.carry_out(&new_tenant(1, None)).await.unwrap();
    let key = ClaimKey::upn(tenant(1), &name(UPN));
    let died = CommandId(id(9, 1));
    two.claim(key, Claimant::Person(person(1)), died).await;
    let coming = refusal(two.change(&add(2, 1, Some(UPN))).await);
    assert_eq!(coming.code, Code::UpnKnown);
    assert!(coming.message.contains("try again"), "{}", coming.message);

    two.clock
        .put_forward(CLAIM_PATIENCE - TimeDelta::seconds(1));
    assert_eq!(
        refusal(two.change(&add(2, 1, Some(UPN))).await).code,
        Code::UpnKnown
    );
    // Whoever asked sends it again, and its claim is as good as new.
    let [desk, _] = two.desks().await;
    desk.carry_out_as(died, &add(1, 1, Some(UPN)))
        .await
        .unwrap();
    two.clock.put_forward(CLAIM_PATIENCE);
    let known = refusal(two.change(&add(2, 1, Some(UPN))).await);
    assert!(known.message.contains("person 1"), "{}", known.message);
}

#[tokio::test]
async fn a_claim_that_nothing_came_of_is_taken_when_its_time_is_over() {
    let two = two();
    let [desk, _] = two.desks().await;
    desk.carry_out(&new_tenant(1, None)).await.unwrap();
    let key = ClaimKey::upn(tenant(1), &name(UPN));
    let died = CommandId(id(9, 1));
    two.claim(key, Claimant::Person(person(1)), died).await;
    two.clock.put_forward(CLAIM_PATIENCE);
    two.change(&add(2, 1, Some(UPN))).await.unwrap();
    // Who comes too late is told so.
    let [desk, _] = two.desks().await;
    let late = desk.carry_out_as(died, &add(1, 1, Some(UPN))).await;
    assert_eq!(refusal(late).code, Code::UpnKnown);
}

/// A client whose answer was lost sends its command again, when somebody else has the name and the view shows nothing of it.
#[tokio::test]
async fn a_retried_command_is_answered_as_the_first_time() {
    let two = two();
    let [desk, _] = two.desks().await;
    desk.carry_out(&new_tenant(1, None)).await.unwrap();
    let [old, _] = two.desks().await;
    let command = CommandId(id(9, 1));
    old.carry_out_as(command, &add(1, 1, Some(UPN)))
        .await
        .unwrap();
    two.change(&give(1, None)).await.unwrap();
    two.change(&add(2, 1, Some(UPN))).await.unwrap();
    let again = old.carry_out_as(command, &add(1, 1, Some(UPN))).await;
    assert_eq!(again.unwrap(), Done::Before);
    let key = ClaimKey::upn(tenant(1), &name(UPN));
    assert!(!two.read::<Person>(person(1)).await.has_upn(key));
}

/// A few people and names, and everything that may happen to them, at two servers whose views are behind: after every round
/// nobody shares a name in a tenant.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_two_servers_do_nobody_shares_one() {
    const PEOPLE: u64 = 4;
    const UPNS: [&str; 2] = ["a@contoso.example", "b@contoso.example"];
    let two = two();
    let [desk, _] = two.desks().await;
    for n in 1..=2 {
        desk.carry_out(&new_tenant(n, None)).await.unwrap();
    }
    for n in 0..PEOPLE {
        desk.carry_out(&add(n.into(), 1 + u128::from(n % 2), None))
            .await
            .unwrap();
    }
    let mut seed: u64 = 0x5eed;
    let mut draw = |below: u64| {
        // SplitMix64.
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    let mut given = 0;
    for round in 0..60 {
        let desks = two.desks().await;
        let mut asked = vec![];
        for n in 0..6 {
            let who = u128::from(draw(PEOPLE));
            let change = match draw(5) {
                0 => move_to(who, 1 + u128::from(draw(2))),
                1 => give(who, None),
                _ => give(who, Some(UPNS[usize::try_from(draw(2)).unwrap()])),
            };
            let desk: Desk = desks[n % 2].clone();
            asked.push(tokio::spawn(async move { desk.carry_out(&change).await }));
        }
        for asked in asked {
            match asked.await.unwrap() {
                Ok(Done::Now) => given += 1,
                Ok(Done::Before) => {}
                Err(stop) => assert_eq!(refusal(Err(stop)).code, Code::UpnKnown, "{round}"),
            }
        }
        let mut holders = HashMap::new();
        for n in 0..PEOPLE {
            let known = two.read::<Person>(person(n.into())).await;
            let profile = known.profile.clone().unwrap();
            if let Some(upn) = profile.upn {
                let former = holders.insert((profile.tenant.0, upn.to_string()), n);
                assert_eq!(former, None, "{round}: {upn}");
            }
        }
    }
    assert!(given > 30, "most of it is no change: {given}");
    two.verify().await;
}

/// A person as somebody wrote it who knew nothing of claims.
#[tokio::test(flavor = "multi_thread")]
async fn who_came_to_a_name_before_there_were_claims_has_it() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    let Make(ada, command) = add(1, 1, Some(UPN));
    let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
    two.write::<Person>(ada, command, &envelope).await;
    let refused = refusal(two.change(&add(2, 1, Some(UPN))).await);
    assert_eq!(refused.code, Code::UpnKnown);
    two.change(&give(1, None)).await.unwrap();
    two.change(&add(2, 1, Some(UPN))).await.unwrap();
}

/// The old view refuses the change, so that nobody asks how far it reaches; it is asked before it is carried out all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_free_by_now_is_judged_on_a_view_that_shows_it() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    two.change(&add(1, 1, Some(UPN))).await.unwrap();
    two.change(&add(2, 1, None)).await.unwrap();
    let [_, behind] = two.desks().await;
    two.change(&give(1, None)).await.unwrap();
    let judged = Arc::new(Mutex::new(vec![]));
    let watched = Watched(give(2, Some(UPN)), judged.clone());
    behind.carry_out(&watched).await.unwrap();
    let judged = judged.lock().unwrap().clone();
    assert_eq!(
        judged,
        [true, false],
        "whether the view showed the other one with it"
    );
}

/// A change that notes whether the view that it is planned on shows somebody with the name.
struct Watched(Tell<Person>, Arc<Mutex<Vec<bool>>>);

impl Change for Watched {
    type Of = Person;

    fn plan(&self, ask: &Ask) -> Result<Plan<Person>, Stop> {
        let key = ClaimKey::upn(tenant(1), &name(UPN));
        let mut all = ask.view().persons.iter();
        let is_taken = all.any(|(_, entry)| entry.state.has_upn(key));
        self.1.lock().unwrap().push(is_taken);
        self.0.plan(ask)
    }
}
