//! What is written, and what is read of it, answers as a real EventStoreDB does: ids that are used again, expectations,
//! deletes, metadata, links, batches. Against the protocol itself, without a client's own ideas of it.

#[path = "histories/batches.rs"]
mod batches;
#[path = "histories/model.rs"]
mod model;
#[path = "histories/random.rs"]
mod random;
mod raw;

use batches::error;
use raw::proto::shared::{Uuid as WireId, uuid::Value};
use raw::proto::streams::{append_req, read_req};
use raw::{
    Answer, Expect, World, deleted, event, events, id, invalid, part, proposed, refused,
    stream_options, to,
};
use tonic::{Code, Status};
use upkeep_event_store::transfer::{self, TransferError};
use upkeep_event_store::{
    ContentType, EventFault, EventStore, EventStoreDb, ExpectedRevision, NewEvent, Position,
    RecordedEvent, SqliteStore, StreamName, real_world,
};
use uuid::Uuid;

use Answer::{Conflict, Done, Hidden};
use Expect::{Any, At, Exists, NoStream, Unsaid};

fn exception(outcome: Result<(), Status>) -> (Answer, String, String) {
    let status = outcome.unwrap_err();
    let trailer = |name| {
        let value = status
            .metadata()
            .get(name)
            .map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    let (expected, actual) = (trailer("expected-version"), trailer("actual-version"));
    (refused(&status), expected, actual)
}

fn wrong_version() -> Answer {
    Answer::Refused(Code::FailedPrecondition, "wrong-expected-version".into())
}

#[tokio::test]
async fn what_is_new_in_front_is_written_and_what_is_new_behind_is_a_conflict() {
    let world = World::new().await;
    assert_eq!(world.append("a", Any, &[1]).await, Done(Some(0)));
    assert_eq!(world.append("a", Any, &[2, 1]).await, Done(Some(2)));
    assert_eq!(world.numbers("a").await.unwrap(), [1, 2, 1]);
    assert_eq!(world.append("a", Any, &[1, 3]).await, Conflict(Some(2)));
    assert_eq!(world.append("a", Exists, &[1, 3]).await, Conflict(Some(2)));
    assert_eq!(world.numbers("a").await.unwrap(), [1, 2, 1]);
}

#[tokio::test]
async fn an_id_is_recognised_however_its_event_was_expected_and_after_a_restart() {
    let world = World::new().await;
    world.append("a", NoStream, &[1, 2]).await;
    world.append("a", At(1), &[3]).await;
    world.append("a", Any, &[4]).await;
    let check = async |world: &World| {
        for expect in [Any, Exists] {
            assert_eq!(world.append("a", expect, &[1, 2]).await, Done(Some(1)));
            assert_eq!(world.append("a", expect, &[3]).await, Done(Some(2)));
            assert_eq!(world.append("a", expect, &[4]).await, Done(Some(3)));
        }
        assert_eq!(world.append("a", NoStream, &[1, 2]).await, Done(Some(1)));
        assert_eq!(world.append("a", At(1), &[3]).await, Done(Some(2)));
        assert_eq!(world.append("a", At(1), &[3, 5]).await, Conflict(Some(3)));
        assert_eq!(world.numbers("a").await.unwrap(), [1, 2, 3, 4]);
    };
    check(&world).await;
    check(&world.again().await).await;
}

#[tokio::test]
async fn an_id_is_known_where_it_stands_first() {
    let world = World::new().await;
    world.append("a", Any, &[1]).await;
    assert_eq!(world.append("b", Any, &[1]).await, Done(Some(0)));
    assert_eq!(world.append("b", Any, &[1]).await, Done(Some(1)));
    assert_eq!(world.append("a", Any, &[1]).await, Done(Some(0)));
    assert_eq!(world.append("b", At(0), &[1]).await, Done(Some(1)));
}

#[tokio::test]
async fn the_store_in_process_has_the_same_rule() {
    let world = World::new().await;
    world.append("a", NoStream, &[1, 2]).await;
    let name = StreamName::new("a").unwrap();
    let offer = |numbers: &[u64]| {
        let events = numbers.iter().map(|n| NewEvent {
            id: id(*n),
            event_type: "Happened".into(),
            content_type: ContentType::Json,
            data: b"{}".to_vec(),
            metadata: vec![],
        });
        let events = events.collect();
        world.store.append(&name, ExpectedRevision::Any, events)
    };
    assert_eq!(offer(&[1, 2]).await.unwrap().revision, 1);
    assert!(offer(&[2, 3]).await.is_err());
    assert_eq!(offer(&[3, 1]).await.unwrap().revision, 3);
    assert_eq!(world.numbers("a").await.unwrap(), [1, 2, 3, 1]);
}

#[tokio::test]
async fn metadata_bring_nothing_back_that_was_deleted() {
    let world = World::new().await;
    world.append("a", Any, &[1, 2]).await;
    world.delete("a", Any).await.unwrap();
    let answer = world.set_metadata("a", Any, 3, "{\"owner\":\"x\"}").await;
    assert_eq!(answer, Done(Some(1)));
    assert_eq!(world.numbers("a").await.unwrap(), [0; 0]);
    let said: serde_json::Value =
        serde_json::from_str(&world.data("$$a").await.unwrap()[0]).unwrap();
    assert_eq!(said, serde_json::json!({ "owner": "x", "$tb": 2 }));
    assert_eq!(world.append("a", At(1), &[4]).await, Done(Some(2)));
    assert_eq!(world.numbers("a").await.unwrap(), [4]);
}

#[tokio::test]
async fn an_append_from_before_a_delete_is_known_and_writes_nothing() {
    let world = World::new().await;
    world.append("a", NoStream, &[1, 2]).await;
    world.delete("a", Any).await.unwrap();
    for expect in [NoStream, Any] {
        assert_eq!(world.append("a", expect, &[1, 2]).await, Hidden(1));
    }
    assert_eq!(world.append("a", Exists, &[1, 2]).await, deleted());
    assert_eq!(world.append("a", Exists, &[3]).await, deleted());
    assert_eq!(
        world.append("a", NoStream, &[1, 3]).await,
        Conflict(Some(1))
    );
    assert_eq!(world.data("a").await, None);
    assert_eq!(world.append("a", NoStream, &[3]).await, Done(Some(2)));
    assert_eq!(world.numbers("a").await.unwrap(), [3]);
}

#[tokio::test]
async fn of_metadata_only_where_a_stream_begins_stays_over_a_delete() {
    let world = World::new().await;
    world.append("a", Any, &[1, 2, 3]).await;
    let said = "{\"$maxCount\":2,\"owner\":\"x\"}";
    world.set_metadata("a", Any, 4, said).await;
    assert_eq!(world.numbers("a").await.unwrap(), [2, 3]);
    world.delete("a", Any).await.unwrap();
    world.append("a", Any, &[5, 6, 7, 8]).await;
    assert_eq!(world.data("$$a").await.unwrap(), ["{\"$tb\":3}"]);
    assert_eq!(world.numbers("a").await.unwrap(), [5, 6, 7, 8]);
}

#[tokio::test]
async fn metadata_that_say_nothing_hide_nothing_and_nothing_is_removed() {
    let world = World::new().await;
    world.append("a", Any, &[1, 2, 3]).await;
    let nothing = [
        "{\"$maxCount\":0}",
        "{\"$maxAge\":0}",
        "{\"$maxAge\":-1,\"$tb\":-1}",
        "{\"$tb\":1.5}",
        "{\"$maxCount\":\"1\"}",
        "{\"$maxCount\":99999999999999999999}",
        "{bad",
        "[1]",
        "null",
        "",
    ];
    for (n, said) in (10..).zip(nothing) {
        world.set_metadata("a", Any, n, said).await;
        assert_eq!(world.numbers("a").await.unwrap(), [1, 2, 3], "{said}");
    }
    let binary = proposed(
        id(30),
        "$metadata",
        "application/octet-stream",
        "{\"$maxCount\":1}",
    );
    world.append_these("$$a", Any, vec![binary]).await;
    world.store.scavenge().await.unwrap();
    assert_eq!(world.numbers("a").await.unwrap(), [1, 2, 3]);
    world
        .set_metadata("a", Any, 31, "{\"$maxCount\":0,\"$tb\":2}")
        .await;
    assert_eq!(world.numbers("a").await.unwrap(), [3]);
    // Those of metadata change nothing.
    world.append("$$$$a", Any, &[32]).await;
    world.delete("$$a", Any).await.unwrap();
    assert_eq!(world.data("$$a").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_delete_is_refused_where_there_is_nothing_or_something_else() {
    let world = World::new().await;
    for expect in [Any, NoStream, Exists, At(4)] {
        let expected = match expect {
            Any => "-2",
            NoStream => "-1",
            Exists => "-4",
            _ => "4",
        };
        let deleted = exception(world.delete("never", expect).await);
        assert_eq!(deleted, (wrong_version(), expected.into(), "-1".into()));
        if !matches!(expect, Any | NoStream) {
            let ended = exception(world.tombstone("never", expect).await);
            assert_eq!(ended, (wrong_version(), expected.into(), "-1".into()));
        }
    }
    assert_eq!(world.read_all().await, []);
    world.append("a", Any, &[1]).await;
    let unsaid = world.delete("a", Unsaid).await.unwrap_err();
    assert_eq!(refused(&unsaid), invalid());
    let unsaid = world.tombstone("a", Unsaid).await.unwrap_err();
    assert_eq!(refused(&unsaid), invalid());
    assert_eq!(world.append("a", Unsaid, &[2]).await, invalid());
    assert_eq!(exception(world.delete("a", At(7)).await).2, "0");
    assert_eq!(world.numbers("a").await.unwrap(), [1]);
    world.delete("a", At(0)).await.unwrap();
    world.delete("a", At(0)).await.unwrap();
    assert_eq!(
        refused(&world.delete("a", Exists).await.unwrap_err()),
        deleted()
    );
    // Metadata make a stream.
    world.set_metadata("described", Any, 3, "{}").await;
    world.delete("described", Any).await.unwrap();
    world.tombstone("never", Any).await.unwrap();
}

#[tokio::test]
async fn a_stream_with_metadata_only_exists() {
    let world = World::new().await;
    assert_eq!(world.append("a", Exists, &[1]).await, Conflict(None));
    world
        .set_metadata("a", NoStream, 2, "{\"$maxCount\":1}")
        .await;
    assert_eq!(world.data("a").await, None);
    assert_eq!(world.append("a", Exists, &[1]).await, Done(Some(0)));
}

#[tokio::test]
async fn nothing_of_a_tombstoned_stream_is_read_or_written_and_reading_fails_at_once() {
    let world = World::new().await;
    world.append("a", Any, &[1]).await;
    world.set_metadata("a", Any, 2, "{\"owner\":\"x\"}").await;
    world.tombstone("a", Any).await.unwrap();
    for name in ["a", "$$a"] {
        // Before any answer begins: `read` takes it for the call's own error.
        let status = world.read(name).await.unwrap_err();
        assert_eq!(refused(&status), deleted());
        assert_eq!(status.metadata().get("stream-name").unwrap(), name);
        for expect in [Any, NoStream, Exists, At(0)] {
            assert_eq!(world.append(name, expect, &[3]).await, deleted());
            assert_eq!(world.append(name, expect, &[]).await, deleted());
        }
    }
}

#[tokio::test]
async fn an_append_of_nothing_compares_the_expectation_and_lets_a_deleted_stream_exist() {
    let world = World::new().await;
    for expect in [Any, NoStream] {
        assert_eq!(world.append("m", expect, &[]).await, Done(None));
    }
    assert_eq!(world.append("m", Exists, &[]).await, Conflict(None));
    assert_eq!(world.data("m").await, None);
    world.append("a", Any, &[1, 2]).await;
    assert_eq!(world.append("a", At(1), &[]).await, Done(Some(1)));
    assert_eq!(world.append("a", At(0), &[]).await, Conflict(Some(1)));
    assert_eq!(world.append("a", NoStream, &[]).await, Conflict(Some(1)));
    world.delete("a", Any).await.unwrap();
    assert_eq!(world.append("a", NoStream, &[]).await, Conflict(Some(1)));
    assert_eq!(world.data("a").await, None);
    assert_eq!(world.append("a", Any, &[]).await, Done(Some(1)));
    assert_eq!(world.numbers("a").await, Some(vec![]));
    assert_eq!(world.read_all().await.len(), 4);
}

#[tokio::test]
async fn a_revision_beyond_63_bits_is_no_stream_or_refused() {
    let world = World::new().await;
    assert_eq!(world.append("a", At(u64::MAX), &[1]).await, Done(Some(0)));
    assert_eq!(
        world.append("a", At(u64::MAX), &[2]).await,
        Conflict(Some(0))
    );
    for revision in [1 << 63, u64::MAX - 1] {
        assert_eq!(world.append("a", At(revision), &[2]).await, invalid());
        let status = world.delete("a", At(revision)).await.unwrap_err();
        assert_eq!(refused(&status), invalid());
    }
    let most = i64::MAX.unsigned_abs();
    assert_eq!(world.append("a", At(most), &[2]).await, Conflict(Some(0)));
}

#[tokio::test]
async fn a_link_to_what_is_hidden_leads_nowhere() {
    let world = World::new().await;
    for (n, name) in (0..).step_by(10).zip(["kept", "deleted", "ended", "cut"]) {
        world.append(name, Any, &[n + 1, n + 2]).await;
    }
    world.delete("deleted", Any).await.unwrap();
    world.tombstone("ended", Any).await.unwrap();
    world
        .set_metadata("cut", Any, 90, "{\"$maxCount\":1}")
        .await;
    let goals = [
        ("0@kept", "kept@0"),
        ("-1@kept", "kept@1"),
        ("9@kept", "nowhere"),
        ("0@deleted", "nowhere"),
        ("0@ended", "nowhere"),
        ("0@cut", "nowhere"),
        ("1@cut", "cut@1"),
        ("0@$$cut", "$$cut@0"),
        ("0@none", "nowhere"),
        ("0@", "nowhere"),
    ];
    let links = (100..).zip(goals);
    let links = links.map(|(n, (goal, _))| proposed(id(n), "$>", "text/plain", goal));
    world.append_these("l", Any, links.collect()).await;
    let found = world.read_links("l").await;
    let places: Vec<_> = found.iter().map(|event| &*event.place).collect();
    assert_eq!(places, goals.map(|(_, place)| place));
    assert!(found.iter().all(|event| event.via.is_some()));
    // What could not be meant for a link is read as it is.
    let no_links = ["garbage", "", "x@kept"].into_iter().zip(200..);
    let no_links = no_links.map(|(text, n)| proposed(id(n), "$>", "text/plain", text));
    world.append_these("n", Any, no_links.collect()).await;
    let found = world.read_links("n").await;
    assert!(
        found
            .iter()
            .all(|event| event.via.is_none() && event.place.starts_with("n@"))
    );
    // A deleted stream that goes on is linked to by what is new.
    world.append("deleted", Any, &[300]).await;
    let link = proposed(id(301), "$>", "text/plain", "2@deleted");
    world.append_these("m", Any, vec![link]).await;
    assert_eq!(world.read_links("m").await[0].place, "deleted@2");
    assert_eq!(world.read_links("l").await[3].place, "nowhere");
}

#[tokio::test]
async fn an_event_without_a_type_or_with_the_zero_id_is_refused() {
    let world = World::new().await;
    let bad = [
        proposed(id(1), "", "application/json", "{}"),
        proposed(Uuid::nil(), "Happened", "application/json", "{}"),
        append_req::ProposedMessage {
            id: None,
            ..event(2)
        },
        append_req::ProposedMessage {
            id: Some(WireId {
                value: Some(Value::String("hello".into())),
            }),
            ..event(3)
        },
    ];
    for bad in bad {
        assert_eq!(
            world
                .append_these("a", Any, vec![event(4), bad.clone()])
                .await,
            invalid()
        );
        let (answers, end) = world
            .batch(vec![part(1, Some(to("a")), vec![bad])], 1)
            .await;
        assert!(end.is_none());
        assert_eq!(error(&answers[0]).0, Code::InvalidArgument);
    }
    assert_eq!(world.data("a").await, None);
}

#[tokio::test]
async fn a_copy_that_would_stop_in_its_middle_is_not_begun() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let world = World::new().await;
    let target = EventStoreDb::connect(&world.connection_string, real_world())
        .await
        .unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let source = SqliteStore::open(folder.path(), real_world()).unwrap();
    let events = [(id(1), "Happened"), (Uuid::nil(), "Happened"), (id(3), "")];
    let events = (0..)
        .zip(events)
        .map(|(revision, (id, kind))| RecordedEvent {
            position: Position(revision + 1),
            stream: StreamName::new("a").unwrap(),
            revision,
            id,
            event_type: kind.into(),
            created: chrono::DateTime::UNIX_EPOCH,
            content_type: ContentType::Json,
            data: b"{}".to_vec().into(),
            metadata: vec![].into(),
        });
    // As stores of before took them.
    source.import(events.collect()).await.unwrap();
    let refused = transfer::copy(&source, &target, |_| {}).await.unwrap_err();
    let TransferError::NotTaken {
        count,
        revision,
        fault,
        ..
    } = refused
    else {
        panic!("{refused}");
    };
    assert_eq!((count, revision, fault), (2, 1, EventFault::ZeroId));
    assert_eq!(world.read_all().await, []);
}

#[tokio::test]
async fn the_metadata_of_a_stream_without_a_name_cannot_be_written() {
    let world = World::new().await;
    for name in ["$$", ""] {
        assert_eq!(world.append(name, Any, &[1]).await, invalid());
        assert_eq!(
            refused(&world.delete(name, Any).await.unwrap_err()),
            invalid()
        );
        assert_eq!(
            refused(&world.tombstone(name, Any).await.unwrap_err()),
            invalid()
        );
        assert_eq!(refused(&world.read(name).await.unwrap_err()), invalid());
        let (answers, _) = world
            .batch(vec![part(1, Some(to(name)), events(&[1]))], 1)
            .await;
        assert_eq!(
            error(&answers[0]),
            (Code::InvalidArgument, "BadRequest".into())
        );
    }
    assert_eq!(world.append("a", Any, &[1]).await, Done(Some(0)));
}

#[tokio::test]
async fn a_read_says_what_it_wants() {
    let world = World::new().await;
    world.append("a", Any, &[1, 2]).await;
    let whole = stream_options("a", false);
    let mut lacking = vec![
        read_req::Options {
            uuid_option: None,
            ..whole.clone()
        },
        read_req::Options {
            filter_option: None,
            ..whole.clone()
        },
        read_req::Options {
            count_option: None,
            ..whole.clone()
        },
        read_req::Options {
            stream_option: None,
            ..whole.clone()
        },
    ];
    lacking.push(read_req::Options {
        count_option: Some(read_req::options::CountOption::Count(0)),
        ..whole.clone()
    });
    for options in lacking {
        let status = world.read_by(options.clone()).await.unwrap_err();
        assert_eq!(refused(&status), invalid(), "{options:?}");
    }
    assert_eq!(world.read_by(whole).await.unwrap().unwrap().len(), 2);
}

#[tokio::test]
async fn who_asks_is_told_where_a_stream_begins_and_ends() {
    let world = World::new().await;
    world.append("a", Any, &[1, 2, 3, 4]).await;
    let ask = async |from: u64, count: u64| {
        let mut options = read_req::Options {
            count_option: Some(read_req::options::CountOption::Count(count)),
            control_option: Some(read_req::options::ControlOption { compatibility: 1 }),
            ..stream_options("a", false)
        };
        let Some(read_req::options::StreamOption::Stream(stream)) = &mut options.stream_option
        else {
            panic!("a stream is read");
        };
        let revision = read_req::options::stream_options::RevisionOption::Revision(from);
        stream.revision_option = Some(revision);
        let read = world.read_by(options).await.unwrap().unwrap();
        read.into_iter().map(|seen| seen.place).collect::<Vec<_>>()
    };
    assert_eq!(ask(0, 2).await, ["a@0", "a@1", "last 3"]);
    assert_eq!(ask(3, 9).await, ["a@3", "last 3"]);
    assert_eq!(ask(4, 9).await, ["last 3"]);
    assert_eq!(ask(100, 9).await, ["first 4", "last 3"]);
    world.set_metadata("a", Any, 6, "{\"$tb\":4}").await;
    assert_eq!(ask(0, 9).await, ["first 4", "last 3"]);
    world.set_metadata("a", Any, 5, "{\"$tb\":1000}").await;
    assert_eq!(ask(0, 9).await, ["first 1000", "first 4", "last 3"]);
}

#[tokio::test]
async fn metadata_and_type_count_towards_the_size_of_an_append() {
    let world = World::new().await;
    let too_large = Answer::Refused(Code::InvalidArgument, "maximum-append-size-exceeded".into());
    let of = |bytes: usize| vec![proposed(id(1), "T", "x", vec![0; bytes])];
    assert_eq!(
        world.append_these("a", Any, of((1 << 20) - 1)).await,
        too_large
    );
    assert_eq!(
        world.append_these("a", Any, of((1 << 20) - 2)).await,
        Done(Some(0))
    );
}
