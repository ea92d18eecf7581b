//! Who may do what, over the wire: roles, and the lists in the metadata of streams.
//!
//! The real server's own answers to the same are family E of `tests/judges/eventstore`.

use kurrentdb::{
    AppendToStreamOptions, Client, ClientSettings, DeleteStreamOptions, Error, EventData,
    PersistentSubscriptionOptions, PersistentSubscriptionToAllOptions, ReadAllOptions,
    ReadStreamOptions, StreamPosition, TombstoneStreamOptions, operations,
};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use upkeep_event_store::{SqliteStore, real_world};
use upkeep_event_store_wire::{Role, Users, WireServer};
use uuid::Uuid;

/// A store with its users; `admin` may do everything.
struct World {
    port: u16,
    passwords: Vec<(&'static str, String)>,
    _stop: DropGuard,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        // Whoever was first has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path(), real_world()).unwrap();
        let users = Users::open(folder.path()).unwrap();
        let passwords = [
            ("admin", Role::Server, None),
            ("plain", Role::Writer, Some("g1")),
            ("other", Role::Writer, None),
            ("audit", Role::Reader, None),
        ]
        .map(|(name, role, group)| {
            let groups: Vec<String> = group.into_iter().map(str::to_owned).collect();
            (name, users.add_to(&groups, name, role).unwrap())
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = WireServer::new(Arc::new(store), users, None);
        tokio::spawn(server.serve(listener, address, stop.clone()));
        Self {
            port: address.port(),
            passwords: passwords.into(),
            _stop: stop.drop_guard(),
            _folder: folder,
        }
    }

    fn client(&self, credentials: &str) -> Client {
        let uri = format!("esdb://{credentials}localhost:{}?tls=false", self.port);
        Client::new(uri.parse::<ClientSettings>().unwrap()).unwrap()
    }

    fn user(&self, name: &str) -> User {
        let (_, password) = self.passwords.iter().find(|(of, _)| *of == name).unwrap();
        User(self.client(&format!("{name}:{password}@")))
    }
}

struct User(Client);

fn event() -> EventData {
    EventData::json("T", &json!({})).unwrap().id(Uuid::new_v4())
}

/// Whether it was allowed; other errors than that it is not are no answer.
fn allowed<T>(answer: Result<T, Error>) -> bool {
    match answer {
        Ok(_) | Err(Error::ResourceNotFound) => true,
        Err(Error::AccessDenied) => false,
        Err(error) => panic!("{error}"),
    }
}

impl User {
    async fn append(&self, stream: &str) -> bool {
        let options = AppendToStreamOptions::default();
        allowed(self.0.append_to_stream(stream, &options, event()).await)
    }

    async fn batch(&self, stream: &str) -> bool {
        let options = kurrentdb::BatchAppendOptions::default();
        let batch = self.0.batch_append(&options).await.unwrap();
        let state = kurrentdb::StreamState::Any;
        allowed(
            batch
                .append_to_stream(stream, state, vec![event()])
                .await
                .map_err(|error| {
                    if error.to_string().contains("Access") || matches!(error, Error::AccessDenied)
                    {
                        Error::AccessDenied
                    } else {
                        error
                    }
                }),
        )
    }

    /// How many events are read.
    async fn read(&self, stream: &str) -> Result<usize, Error> {
        let options = ReadStreamOptions::default().position(StreamPosition::Start);
        let mut events = self.0.read_stream(stream, &options).await?;
        let mut count = 0;
        while events.next().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    async fn may_read(&self, stream: &str) -> bool {
        allowed(self.read(stream).await)
    }

    async fn may_read_all(&self) -> bool {
        let read = async {
            let mut events = self.0.read_all(&ReadAllOptions::default()).await?;
            events.next().await
        };
        allowed(read.await)
    }

    async fn describe(&self, stream: &str, metadata: &Value) -> bool {
        let event = EventData::json("$metadata", metadata).unwrap();
        let options = AppendToStreamOptions::default();
        let name = format!("$${stream}");
        allowed(self.0.append_to_stream(name, &options, event).await)
    }

    async fn delete(&self, stream: &str) -> bool {
        let options = DeleteStreamOptions::default();
        allowed(self.0.delete_stream(stream, &options).await)
    }

    async fn tombstone(&self, stream: &str) -> bool {
        let options = TombstoneStreamOptions::default();
        allowed(self.0.tombstone_stream(stream, &options).await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_names_who_may_and_says_nothing_of_other_rights() {
    let world = World::new().await;
    let (admin, plain, other) = (
        world.user("admin"),
        world.user("plain"),
        world.user("other"),
    );
    for (n, (list, named, unnamed)) in [
        (json!("plain"), &plain, Some(&other)),
        (json!(["nobody", "plain"]), &plain, Some(&other)),
        (json!("g1"), &plain, Some(&other)),
        (json!("$all"), &other, None),
        (json!("$admins"), &admin, Some(&plain)),
        (json!([]), &admin, Some(&plain)),
        (json!({ "no": "list" }), &admin, Some(&plain)),
    ]
    .into_iter()
    .enumerate()
    {
        let stream = |right: &str| format!("orders-{n}{right}");
        for right in ["r", "w", "d"] {
            assert!(admin.append(&stream(right)).await);
            let lists = json!({ "$acl": { format!("${right}"): list } });
            assert!(admin.describe(&stream(right), &lists).await);
        }
        if let Some(unnamed) = unnamed {
            assert!(!unnamed.may_read(&stream("r")).await, "{list}");
            assert!(unnamed.append(&stream("r")).await, "{list}: only reading");
            assert!(!unnamed.append(&stream("w")).await, "{list}");
            assert!(!unnamed.batch(&stream("w")).await, "{list}");
            assert!(unnamed.may_read(&stream("w")).await, "{list}: only writing");
            assert!(!unnamed.delete(&stream("d")).await, "{list}");
            assert!(!unnamed.tombstone(&stream("d")).await, "{list}");
            assert!(unnamed.append(&stream("d")).await, "{list}: only deleting");
        }
        assert!(named.may_read(&stream("r")).await, "{list}");
        assert!(named.append(&stream("w")).await, "{list}");
        assert!(named.batch(&stream("w")).await, "{list}");
        assert!(named.delete(&stream("d")).await, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_describes_a_stream_has_lists_of_its_own_and_is_never_deleted() {
    let world = World::new().await;
    let (admin, plain, other) = (
        world.user("admin"),
        world.user("plain"),
        world.user("other"),
    );
    assert!(admin.append("orders-1").await);
    let lists = json!({ "$acl": { "$mr": "plain", "$mw": "plain" } });
    assert!(
        plain.describe("orders-1", &lists).await,
        "nobody is kept out yet"
    );
    assert!(!other.may_read("$$orders-1").await);
    assert!(!other.describe("orders-1", &json!({})).await);
    assert!(other.append("orders-1").await && other.may_read("orders-1").await);
    assert!(plain.may_read("$$orders-1").await);
    assert!(!plain.delete("$$orders-1").await && !plain.tombstone("$$orders-1").await);
    assert!(plain.describe("orders-1", &json!({})).await);
    assert!(other.describe("orders-1", &lists).await, "the list is gone");
}

/// What a list says holds from the answer to its writer on, whatever was known before; deleting a stream ends its lists.
#[tokio::test(flavor = "multi_thread")]
async fn the_newest_list_counts_at_once() {
    let world = World::new().await;
    let (admin, plain) = (world.user("admin"), world.user("plain"));
    assert!(admin.append("orders-1").await);
    for turn in 0..20 {
        let name = if turn % 2 == 0 { "other" } else { "plain" };
        let lists = json!({ "$acl": { "$r": name, "$w": name } });
        assert!(admin.describe("orders-1", &lists).await);
        assert_eq!(plain.may_read("orders-1").await, name == "plain", "{turn}");
        assert_eq!(plain.append("orders-1").await, name == "plain", "{turn}");
    }
    let closed = json!({ "$acl": { "$r": "$admins", "$w": "$admins" } });
    assert!(admin.describe("orders-1", &closed).await);
    assert!(!plain.append("orders-1").await);
    assert!(admin.delete("orders-1").await);
    assert!(plain.append("orders-1").await, "it is a new stream");
    assert!(plain.may_read("orders-1").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_lets_anybody_change_what_is_upkeeps_or_the_stores() {
    let world = World::new().await;
    let (admin, plain, audit) = (
        world.user("admin"),
        world.user("plain"),
        world.user("audit"),
    );
    let everything = json!({ "$acl": {
        "$r": "$all", "$w": "$all", "$d": "$all", "$mr": "$all", "$mw": "$all" } });
    for stream in ["tenant-1", "output-1", "$settings", "$ce-orders"] {
        assert!(admin.append(stream).await);
        assert!(admin.describe(stream, &everything).await);
        assert!(plain.may_read(stream).await, "{stream}");
        assert!(!plain.append(stream).await, "{stream}");
        assert!(!plain.batch(stream).await, "{stream}");
        assert!(!plain.describe(stream, &json!({})).await, "{stream}");
        assert!(!plain.delete(stream).await, "{stream}");
        assert!(!plain.tombstone(stream).await, "{stream}");
    }
    assert!(admin.append("orders-1").await);
    assert!(admin.describe("orders-1", &everything).await);
    assert!(!audit.append("orders-1").await && !audit.batch("orders-1").await);
    assert!(!audit.delete("orders-1").await && !audit.describe("orders-1", &json!({})).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_all_closes_the_stores_own_streams_too() {
    let world = World::new().await;
    let (admin, plain, audit) = (
        world.user("admin"),
        world.user("plain"),
        world.user("audit"),
    );
    assert!(admin.append("$ours").await && admin.append("orders-1").await);
    for user in [&plain, &audit] {
        assert!(user.may_read_all().await && user.may_read("$ours").await);
    }
    assert!(
        admin
            .describe("$all", &json!({ "$acl": { "$r": ["audit"] } }))
            .await
    );
    assert!(audit.may_read_all().await && audit.may_read("$ours").await);
    assert!(!plain.may_read_all().await && !plain.may_read("$ours").await);
    assert!(!plain.may_read("$$$ours").await);
    assert!(
        plain.may_read("orders-1").await,
        "other streams are as they were"
    );
    let options = PersistentSubscriptionToAllOptions::default();
    let create = plain.0.create_persistent_subscription_to_all("g", &options);
    assert!(!allowed(create.await));
    assert!(
        admin
            .describe("$ours", &json!({ "$acl": { "$r": "plain" } }))
            .await
    );
    assert!(plain.may_read("$ours").await, "its own list comes first");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_link_nor_a_group_leads_around_a_list() {
    let world = World::new().await;
    let (admin, plain) = (world.user("admin"), world.user("plain"));
    assert!(admin.append("closed-1").await);
    assert!(
        admin
            .describe("closed-1", &json!({ "$acl": { "$r": "$admins" } }))
            .await
    );
    let link = EventData::binary("$>", "0@closed-1".into()).id(Uuid::new_v4());
    let options = AppendToStreamOptions::default();
    plain
        .0
        .append_to_stream("links-1", &options, link)
        .await
        .unwrap();
    let follow = ReadStreamOptions::default().resolve_link_tos();
    for (user, sees) in [(&admin, true), (&plain, false)] {
        let mut events = user.0.read_stream("links-1", &follow).await.unwrap();
        let read = events.next().await.unwrap().unwrap();
        assert!(read.link.is_some());
        assert_eq!(read.event.is_some(), sees);
    }
    let options = PersistentSubscriptionOptions::default();
    let create = plain
        .0
        .create_persistent_subscription("closed-1", "g", &options);
    assert!(!allowed(create.await));
    let create = admin
        .0
        .create_persistent_subscription("closed-1", "g", &options);
    create.await.unwrap();
    let options = kurrentdb::SubscribeToPersistentSubscriptionOptions::default();
    let connect = plain
        .0
        .subscribe_to_persistent_subscription("closed-1", "g", &options);
    assert!(!allowed(connect.await));
    let settings = PersistentSubscriptionOptions::default();
    let update = plain
        .0
        .update_persistent_subscription("closed-1", "g", &settings);
    assert!(!allowed(update.await));
    let options = kurrentdb::ReplayParkedMessagesOptions::default();
    let replay = plain.0.replay_parked_messages("closed-1", "g", &options);
    assert!(!allowed(replay.await));
    let options = kurrentdb::DeletePersistentSubscriptionOptions::default();
    let delete = plain
        .0
        .delete_persistent_subscription("closed-1", "g", &options);
    assert!(!allowed(delete.await));

    // A group that follows links gives nobody what is closed, and everybody what is open.
    assert!(admin.append("open-1").await);
    let link = EventData::binary("$>", "0@open-1".into()).id(Uuid::new_v4());
    let options = AppendToStreamOptions::default();
    plain
        .0
        .append_to_stream("links-1", &options, link)
        .await
        .unwrap();
    let following = PersistentSubscriptionOptions::default()
        .resolve_link_tos(true)
        .start_from(kurrentdb::StreamPosition::Start);
    plain
        .0
        .create_persistent_subscription("links-1", "g", &following)
        .await
        .unwrap();
    let options = kurrentdb::SubscribeToPersistentSubscriptionOptions::default();
    let mut taken = plain
        .0
        .subscribe_to_persistent_subscription("links-1", "g", &options)
        .await
        .unwrap();
    for sees in [false, true] {
        let event = taken.next().await.unwrap();
        assert!(event.link.is_some());
        assert_eq!(event.event.is_some(), sees);
        taken
            .nack(&event, kurrentdb::NakAction::Park, "later")
            .await
            .unwrap();
    }
    // Nor does it once it was parked.
    let options = kurrentdb::GetPersistentSubscriptionInfoOptions::default();
    let mut parked = 0;
    for _ in 0..200 {
        let info = plain
            .0
            .get_persistent_subscription_info("links-1", "g", &options);
        parked = info.await.unwrap().stats.parked_message_count;
        if parked == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(parked, 2);
    let options = kurrentdb::ReplayParkedMessagesOptions::default();
    let replay = plain.0.replay_parked_messages("links-1", "g", &options);
    replay.await.unwrap();
    let replayed = taken.next().await.unwrap();
    assert_eq!(replayed.event.unwrap().stream_id(), "open-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_groups_do_not_keep_their_events_in_the_same_streams() {
    let world = World::new().await;
    let admin = world.user("admin");
    let options = PersistentSubscriptionOptions::default();
    let create = |stream: &'static str, group: &'static str| {
        admin
            .0
            .create_persistent_subscription(stream, group, &options)
    };
    create("a::b", "c").await.unwrap();
    assert!(create("a", "b::c").await.is_err());
    create("a", "c").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_nothing_or_something_wrong_does_nothing() {
    let world = World::new().await;
    assert!(world.user("admin").append("orders-1").await);
    let everything = json!({ "$acl": { "$r": "$all", "$w": "$all" } });
    assert!(world.user("admin").describe("orders-1", &everything).await);
    for credentials in ["", "nobody:wrong@", "admin:wrong@"] {
        let stranger = User(world.client(credentials));
        assert!(!stranger.append("orders-1").await, "{credentials}");
        assert!(!stranger.may_read("orders-1").await, "{credentials}");
        assert!(!stranger.may_read_all().await, "{credentials}");
        assert!(!stranger.delete("orders-1").await, "{credentials}");
    }
}

/// The real server ends itself at such an append.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_a_name_is_refused_and_nothing_ends() {
    let world = World::new().await;
    let admin = world.user("admin");
    for stream in ["", "$$"] {
        let options = AppendToStreamOptions::default();
        let appended = admin.0.append_to_stream(stream, &options, event()).await;
        assert!(appended.is_err(), "{stream:?}");
    }
    assert!(admin.append("orders-1").await);
}

/// Certificates are made for the name that clients call, and ports may be mapped.
#[tokio::test(flavor = "multi_thread")]
async fn gossip_answers_the_called_name() {
    let world = World::new().await;
    let (name, password) = &world.passwords[0];
    let seed = format!("localhost:{}", world.port);
    // With several of them a client asks each who is in the cluster.
    let uri = format!("esdb://{name}:{password}@{seed},{seed}?tls=false");
    let client = operations::Client::new(uri.parse().unwrap()).unwrap();
    let node = client.current_selected_node().await.unwrap();
    assert_eq!(format!("{}:{}", node.host, node.port), seed);
}
