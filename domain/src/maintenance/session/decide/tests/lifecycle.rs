//! Who may begin, claim, cancel and answer, and how often.

use super::*;
use crate::access::Guarded as _;
use crate::fleet::passage::Passage;

#[test]
fn a_session_is_created_once() {
    nothing::<Session>()
        .when(SessionCommand::Create { request: request() })
        .then(waiting());
    given::<Session>(waiting())
        .when(SessionCommand::Create { request: request() })
        .then_rejected(SessionRejection::AlreadyExists);
    nothing::<Session>()
        .when(SessionCommand::Start { server: server(1) })
        .then_rejected(SessionRejection::NotFound);
}

#[test]
fn a_place_among_those_that_wait_is_claimed_before_a_session_is_created() {
    let id = SessionId(id(1));
    let create = SessionCommand::Create { request: request() };
    let passage = Passage::PlaceInQueue {
        session: id,
        computer: request().computer(),
        tenant: request().tenant,
    };
    let nothing = Session::default();
    assert_eq!(nothing.passage(id, &create), Some(passage));
    assert_eq!(nothing.passage(id, &SessionCommand::Cancel), None);
    let known = waiting().iter().fold(nothing, Session::evolve);
    assert_eq!(known.passage(id, &create), None, "it has one");
    assert!(known.is_queued());
    let cancelled = known.evolve(&SessionCancelled { at: noon() }.into());
    assert!(!cancelled.is_queued() && !Session::default().is_queued());
}

#[test]
fn what_was_judged_when_there_was_no_session_yet_does_not_hold_for_it() {
    given::<Session>(waiting())
        .judged_after([])
        .when(SessionCommand::Cancel)
        .then_overtaken();
    given::<Session>(waiting())
        .judged_after([created()])
        .when(SessionCommand::Cancel)
        .then([SessionCancelled { at: noon() }.into()]);
}

#[test]
fn starting_twice_starts_once() {
    given::<Session>(waiting())
        .when(SessionCommand::Start { server: server(1) })
        .then([
            WaitEnded {
                cause: WaitCause::Turn,
                outcome: WaitOutcome::Met,
                at: noon(),
            }
            .into(),
            SessionClaimed { server: server(1) }.into(),
            SessionStarted { at: noon() }.into(),
            StageStarted {
                stage: Stage::Resolution,
            }
            .into(),
        ]);
    given::<Session>([
        created(),
        SessionStarted { at: noon() }.into(),
        StageStarted {
            stage: Stage::Resolution,
        }
        .into(),
    ])
    .when(SessionCommand::Start { server: server(1) })
    .then_nothing();
}

/// A session that server 1 works on.
fn running() -> [SessionEvent; 4] {
    [
        created(),
        SessionClaimed { server: server(1) }.into(),
        SessionStarted { at: noon() }.into(),
        StageStarted {
            stage: Stage::Resolution,
        }
        .into(),
    ]
}

#[test]
fn a_session_is_taken_over_once_and_only_from_who_had_it() {
    let take_over = |to, from| SessionCommand::TakeOver {
        server: server(to),
        from: server(from),
    };
    let claimed = |n| -> SessionEvent { SessionClaimed { server: server(n) }.into() };
    given::<Session>(running())
        .when(take_over(2, 1))
        .then([claimed(2)]);
    let taken = || running().into_iter().chain([claimed(2)]);
    given::<Session>(taken())
        .when(take_over(3, 1))
        .then_nothing();
    given::<Session>(taken())
        .when(take_over(2, 2))
        .then_nothing();
    given::<Session>([created()])
        .when(take_over(2, 1))
        .then_nothing();
}

#[test]
fn only_the_server_that_claimed_it_moves_a_session_on() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.surroundings.server = server(2);
    let context = Context {
        actor: crate::kernel::metadata::Actor::System,
        now: noon(),
        command_id: crate::kernel::ids::CommandId(id(1)),
    };
    let advance = SessionCommand::Advance(Arc::new(play.surroundings.clone()));
    assert_eq!(
        play.session.decide(advance, &context),
        Err(SessionRejection::ClaimedElsewhere)
    );
    // From before there were claims: whoever comes first has it.
    play.session.claim = None;
    let events = play.advance();
    assert_eq!(events[0], SessionClaimed { server: server(2) }.into());
    assert!(events.len() > 1, "and goes on at once");
}

#[test]
fn a_session_can_be_cancelled_until_it_is_over() {
    let mut play = Play::of(DesiredState::Ignored);
    given::<Session>([created()])
        .when(SessionCommand::Cancel)
        .then([SessionCancelled { at: noon() }.into()]);
    given::<Session>([created(), SessionCancelled { at: noon() }.into()])
        .when(SessionCommand::Cancel)
        .then_nothing();
    play.advance();
    let context = Context {
        actor: crate::kernel::metadata::Actor::System,
        now: noon(),
        command_id: crate::kernel::ids::CommandId(id(1)),
    };
    assert_eq!(
        play.session.decide(SessionCommand::Cancel, &context),
        Err(SessionRejection::Over)
    );
}

#[test]
fn a_session_does_not_resolve_before_its_winners_are_known() {
    let mut play = Play::of(DesiredState::Ignored);
    let winners = play.surroundings.winners.take();
    assert!(play.advance().is_empty());
    play.surroundings.winners = winners;
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Ignored,
        ),
    );
}

#[test]
fn advancing_again_asks_for_nothing_twice() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    assert!(!play.advance().is_empty());
    assert!(play.advance().is_empty());
    play.surroundings.agent = None;
    assert!(play.advance().is_empty());
}
