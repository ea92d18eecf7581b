//! Places in the tree of tenants, hardware, and the one session that a computer lets in.

use crate::doors::{ROUNDS, Tell, id, name, new_tenant, one_of, tenant, two};
use upkeep_commands::{CommandError, Envelope};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareClaim, HardwareClaimCommand, HardwareIdentity, HardwareKey,
    IdentitySource,
};
use upkeep_domain::fleet::tenant::{Presence, Tenant, TenantCommand};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{CommandId, ComputerId, SessionId};
use upkeep_domain::kernel::metadata::Actor;
use uuid::Uuid;

fn below(n: u128, parent: Option<u128>) -> Tell<Tenant> {
    let parent = parent.map(tenant);
    Tell(tenant(n), TenantCommand::SetParent { parent, turn: 1 })
}

fn remove(n: u128) -> Tell<Tenant> {
    let presence = Presence::Removed;
    Tell(tenant(n), TenantCommand::SetPresence { presence, turn: 1 })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tenants_that_go_below_each_other_at_once_one_does() {
    let two = two();
    for round in 0..ROUNDS {
        let (a, b) = (2 * round + 1, 2 * round + 2);
        for n in [a, b] {
            two.change(&new_tenant(n, None)).await.unwrap();
        }
        let [here, there] = two.desks().await;
        let (one, other) = (below(a, Some(b)), below(b, Some(a)));
        let outcomes = tokio::join!(here.carry_out(&one), there.carry_out(&other));
        let is_first = one_of(outcomes.into(), Code::TenantCycle);
        let (inner, outer) = if is_first { (a, b) } else { (b, a) };
        let parent = async |n| two.read::<Tenant>(tenant(n)).await.parent;
        assert_eq!(parent(inner).await, Some(tenant(outer)), "{round}");
        assert_eq!(parent(outer).await, None, "{round}");
    }
    two.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_made_below_a_tenant_that_is_removed_at_once() {
    let two = two();
    for round in 0..ROUNDS {
        let (above, new) = (2 * round + 1, 2 * round + 2);
        two.change(&new_tenant(above, None)).await.unwrap();
        let [here, there] = two.desks().await;
        let (one, other) = (remove(above), new_tenant(new, Some(above)));
        let (removed, made) = tokio::join!(here.carry_out(&one), there.carry_out(&other));
        assert!(removed.is_ok() != made.is_ok(), "{removed:?} {made:?}");
        let (above, new) = (tenant(above), tenant(new));
        let presence = two.read::<Tenant>(above).await.presence;
        let is_there = two.read::<Tenant>(new).await.name.is_some();
        assert_eq!(presence == Presence::Removed, !is_there, "{round}");
    }
    two.verify().await;
}

pub fn computer(n: u128) -> ComputerId {
    ComputerId(id(4, n))
}

pub fn hardware(n: u128) -> HardwareIdentity {
    HardwareIdentity::new(id(5, n), IdentitySource::ProductUuid).unwrap()
}

fn envelope() -> Envelope {
    Envelope::new(CommandId(Uuid::now_v7()), Actor::System)
}

/// As the server does it by itself: the hardware first, then the computer.
pub async fn register(two: &crate::doors::Two, n: u128, of: u128, is: HardwareIdentity) {
    let key = HardwareKey {
        tenant: tenant(of),
        hardware: is.uuid,
    };
    let claim = HardwareClaimCommand {
        computer: computer(n),
        vacated: None,
        renews: false,
    };
    let commands = &two.one.commands;
    commands
        .claim_hardware(key, claim, &envelope())
        .await
        .unwrap();
    let register = ComputerCommand::Register {
        tenant: tenant(of),
        name: name("pc"),
        hardware: is,
    };
    let envelope = envelope();
    let registered = commands.send::<Computer>(computer(n), register, &envelope);
    registered.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_computers_with_the_same_hardware_that_come_to_a_tenant_at_once_one_does() {
    let two = two();
    for n in 1..=3 {
        two.change(&new_tenant(n, None)).await.unwrap();
    }
    for round in 0..ROUNDS {
        let (a, b) = (2 * round, 2 * round + 1);
        register(&two, a, 1, hardware(round)).await;
        register(&two, b, 2, hardware(round)).await;
        let [here, there] = two.desks().await;
        let go = |n| {
            let tenant = tenant(3);
            Tell::<Computer>(computer(n), ComputerCommand::Move { tenant })
        };
        let (one, other) = (go(a), go(b));
        let outcomes = tokio::join!(here.carry_out(&one), there.carry_out(&other));
        let is_first = one_of(outcomes.into(), Code::HardwareKnown);
        let (came, stayed) = if is_first { (a, b) } else { (b, a) };
        let at = async |n| {
            let known = two.read::<Computer>(computer(n)).await;
            known.registration.as_ref().map(|known| known.tenant)
        };
        assert_eq!(at(came).await, Some(tenant(3)), "{round}");
        assert_ne!(at(stayed).await, Some(tenant(3)), "{round}");
        let key = HardwareKey {
            tenant: tenant(3),
            hardware: hardware(round).uuid,
        };
        let claim = two.read::<HardwareClaim>(key).await;
        assert_eq!(claim.holder, Some(computer(came)), "{round}");
    }
    two.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_lets_one_of_two_sessions_in() {
    let two = two();
    two.change(&new_tenant(1, None)).await.unwrap();
    let is_running = |error: &CommandError| {
        let code = Code::SessionRunning;
        matches!(error, CommandError::Rejected { code: is, .. } if *is == code)
    };
    for round in 0..ROUNDS {
        register(&two, round, 1, hardware(round)).await;
        two.desks().await;
        let admit = async |server: &crate::doors::Server, n| {
            let admit = ComputerCommand::AdmitSession {
                session: SessionId(id(6, n)),
                tenant: tenant(1),
                over: None,
            };
            let envelope = envelope();
            let sent = server
                .commands
                .send::<Computer>(computer(round), admit, &envelope);
            sent.await
        };
        let outcomes = tokio::join!(admit(&two.one, 2 * round), admit(&two.other, 2 * round + 1));
        let admitted = match outcomes {
            (Ok(_), Err(error)) if is_running(&error) => 0,
            (Err(error), Ok(_)) if is_running(&error) => 1,
            outcomes => panic!("{outcomes:?}"),
        };
        let session = two.read::<Computer>(computer(round)).await.session;
        assert_eq!(session, Some(SessionId(id(6, 2 * round + admitted))));
    }
    two.verify().await;
}
