//! Many appends over one call, good and bad ones beside each other.

use super::raw::proto::shared::Uuid as WireId;
use super::raw::proto::shared::uuid::{Structured, Value};
use super::raw::proto::streams::batch_append_req::options::DeadlineOption;
use super::raw::proto::streams::batch_append_resp::Result as BatchResult;
use super::raw::proto::streams::{BatchAppendResp, append_req, batch_append_req};
use super::raw::{
    Answer, Expect::Any, World, event, events, id, identifier, part, proposed, refused, to,
};
use tonic::Code;

/// The code of an append's error inside a batch, and the name of its details.
pub fn error(answer: &BatchAppendResp) -> (Code, String) {
    match answer.result.as_ref().unwrap() {
        BatchResult::Error(status) => {
            let details = status.details.as_ref().expect("an error has details");
            let name = details.type_url.rsplit('.').next().unwrap();
            (Code::from(status.code), name.to_owned())
        }
        BatchResult::Success(_) => (Code::Ok, String::new()),
    }
}

/// In halves, whatever the client's form is: so does the real server.
fn correlated(correlation: u64) -> WireId {
    let (most, least) = id(correlation).as_u64_pair();
    WireId {
        value: Some(Value::Structured(Structured {
            most_significant_bits: most.cast_signed(),
            least_significant_bits: least.cast_signed(),
        })),
    }
}

fn by_correlation(answers: &[BatchAppendResp], correlation: u64) -> &BatchAppendResp {
    let wanted = Some(correlated(correlation));
    let mut found = answers
        .iter()
        .filter(|answer| answer.correlation_id == wanted);
    let answer = found.next().expect("an answer under this id");
    assert!(found.next().is_none(), "one answer");
    answer
}

#[tokio::test]
async fn one_bad_append_of_a_batch_leaves_its_neighbours_as_they_are() {
    let world = World::new().await;
    world.append("gone", Any, &[90]).await;
    world.tombstone("gone", Any).await.unwrap();
    let unsaid = batch_append_req::Options {
        expected_stream_position: None,
        ..to("a")
    };
    let nameless = batch_append_req::Options {
        stream_identifier: None,
        ..to("a")
    };
    let no_type = append_req::ProposedMessage {
        metadata: [("content-type".to_owned(), "x".to_owned())].into(),
        ..event(3)
    };
    let large = proposed(id(4), "Happened", "x", vec![0; 3 << 20]);
    let messages = vec![
        part(1, Some(to("a")), events(&[1])),
        part(2, Some(unsaid), events(&[2])),
        part(3, Some(to("a")), vec![no_type]),
        part(4, Some(to("a")), vec![large]),
        part(5, Some(nameless), events(&[5])),
        part(6, Some(to("gone")), events(&[6])),
        // Of an append that was never begun: there is no answer.
        part(7, None, events(&[7])),
        part(8, Some(to("a")), events(&[8, 9])),
    ];
    let (answers, end) = world.batch(messages, 7).await;
    assert!(end.is_none(), "{end:?}");
    for good in [1, 8] {
        let answer = by_correlation(&answers, good);
        assert_eq!(error(answer).0, Code::Ok);
        assert_eq!(answer.stream_identifier, Some(identifier("a")));
        assert!(answer.expected_stream_position.is_none());
    }
    for bad in [2, 3, 5] {
        let found = error(by_correlation(&answers, bad));
        assert_eq!(found, (Code::InvalidArgument, "BadRequest".into()));
    }
    let found = error(by_correlation(&answers, 4));
    assert_eq!(
        found,
        (Code::InvalidArgument, "MaximumAppendSizeExceeded".into())
    );
    let found = error(by_correlation(&answers, 6));
    assert_eq!(found, (Code::NotFound, "StreamDeleted".into()));
    assert_eq!(world.numbers("a").await.unwrap(), [1, 8, 9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_of_a_batch_are_answered_in_the_order_in_which_they_came() {
    let world = World::new().await;
    for round in 0..20 {
        let numbers = round * 100..(round + 1) * 100;
        // What has no events is answered with the position of what was written before it, and must not tell it first.
        let messages = numbers.clone().map(|n| {
            let events = if n % 2 == 0 { events(&[n]) } else { vec![] };
            part(n, Some(to("a")), events)
        });
        let (answers, end) = world.batch(messages.collect(), 100).await;
        assert!(end.is_none(), "{end:?}");
        let came = answers
            .into_iter()
            .filter_map(|answer| answer.correlation_id);
        let came: Vec<_> = came.collect();
        assert_eq!(came, numbers.map(correlated).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_append_without_a_correlation_is_answered_without_one() {
    let world = World::new().await;
    let mut message = part(1, Some(to("a")), events(&[1]));
    message.correlation_id = None;
    let (answers, end) = world
        .batch(vec![message, part(2, Some(to("a")), events(&[2]))], 2)
        .await;
    assert!(end.is_none());
    let without = answers
        .iter()
        .find(|answer| answer.correlation_id.is_none());
    assert_eq!(error(without.unwrap()).0, Code::InvalidArgument);
    assert_eq!(world.numbers("a").await.unwrap(), [2]);
}

#[tokio::test]
async fn more_incomplete_appends_than_a_call_may_have_are_refused_one_by_one() {
    let world = World::new().await;
    let most = 64;
    let begin = (0..=most).map(|n| {
        let mut first = part(n, Some(to("a")), events(&[1_000 + n]));
        first.is_final = false;
        first
    });
    let end = (0..=most).map(|n| part(n, None, events(&[2_000 + n])));
    let count = usize::try_from(most + 1).unwrap();
    let (answers, broken) = world.batch(begin.chain(end).collect(), count).await;
    assert!(broken.is_none(), "{broken:?}");
    let last = error(by_correlation(&answers, most));
    assert_eq!(last, (Code::ResourceExhausted, "Unknown".into()));
    for n in 0..most {
        assert_eq!(error(by_correlation(&answers, n)).0, Code::Ok);
    }
    assert_eq!(world.numbers("a").await.unwrap().len(), 2 * (count - 1));
}

#[tokio::test]
async fn an_event_over_every_limit_ends_the_call_with_an_error_and_what_came_before_is_answered() {
    let world = World::new().await;
    let huge = || proposed(id(9), "Happened", "x", vec![0; 5 << 20]);
    let too_large = Answer::Refused(Code::InvalidArgument, "maximum-append-size-exceeded".into());
    assert_eq!(world.append_these("a", Any, vec![huge()]).await, too_large);
    let messages = vec![
        part(1, Some(to("a")), events(&[1])),
        part(2, Some(to("a")), vec![huge()]),
    ];
    let (answers, end) = world.batch(messages, 2).await;
    assert_eq!(answers.len(), 1);
    assert_eq!(error(by_correlation(&answers, 1)).0, Code::Ok);
    assert_eq!(refused(&end.expect("not a call that ends well")), too_large);
    assert_eq!(world.numbers("a").await.unwrap(), [1]);
}

#[tokio::test]
async fn an_append_that_comes_after_its_deadline_is_not_written() {
    let world = World::new().await;
    let due = |deadline| {
        Some(batch_append_req::Options {
            deadline_option: Some(deadline),
            ..to("a")
        })
    };
    let wait = |seconds| DeadlineOption::Deadline(prost_types::Duration { seconds, nanos: 0 });
    let time =
        |seconds| DeadlineOption::Deadline21100(prost_types::Timestamp { seconds, nanos: 0 });
    let messages = vec![
        part(1, due(wait(0)), events(&[1])),
        part(2, due(wait(-1)), events(&[2])),
        part(3, due(time(1)), events(&[3])),
        part(4, due(wait(i64::MAX)), events(&[4])),
        part(5, due(time(4_102_444_800)), events(&[5])),
        part(6, due(wait(10)), events(&[6])),
    ];
    let (answers, end) = world.batch(messages, 6).await;
    assert!(end.is_none(), "{end:?}");
    for late in [1, 2, 3] {
        let found = error(by_correlation(&answers, late));
        assert_eq!(found, (Code::DeadlineExceeded, "Timeout".into()));
    }
    assert_eq!(world.numbers("a").await.unwrap(), [4, 5, 6]);
}
