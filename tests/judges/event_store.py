"""Uses an embedded store, served in EventStoreDB's protocol, with a client from PyPI.

usage: event_store.py MODULE CA_FILE WRITER_URI READER_URI STRANGER_URI

These clients send a password only over TLS.
"""

import importlib
import os
import sys
import threading
import uuid

module_name, ca_file, writer_uri, reader_uri, stranger_uri = sys.argv[1:6]
module = importlib.import_module(module_name)
errors = importlib.import_module(module_name + ".exceptions")


def named(*names, of):
    """The two clients have other names for the same things."""
    return next(getattr(of, name) for name in names if hasattr(of, name))


def Client(uri):
    with open(ca_file) as certificates:
        kind = named("KurrentDBClient", "EventStoreDBClient", of=module)
        return kind(uri=uri, root_certificates=certificates.read())


WrongVersion = named("WrongCurrentVersionError", "WrongCurrentVersion", of=errors)
NotFound = named("NotFoundError", "NotFound", of=errors)
Deleted = named("StreamIsDeletedError", "StreamIsDeleted", of=errors)
AccessDenied = errors.AccessDeniedError
NewEvent, StreamState = module.NewEvent, module.StreamState
tag = uuid.uuid4().hex[:8]


def event(n, kind="Happened", content_type="application/json"):
    return NewEvent(type=kind, data=b'{"n": %d}' % n, metadata=b'{"m": 1}', content_type=content_type)


def refused(error, call):
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error} was expected")


def numbers(events):
    return [int(e.data.split(b":")[1].rstrip(b"}")) for e in events]


client = Client(uri=writer_uri)
name = f"py-{tag}"

# Appending with each kind of expected revision, and conflicts.
first = [event(0), event(1)]
client.append_to_stream(name, current_version=StreamState.NO_STREAM, events=first)
client.append_to_stream(name, current_version=StreamState.NO_STREAM, events=first)
refused(WrongVersion, lambda: client.append_to_stream(name, current_version=StreamState.NO_STREAM, events=[event(9)]))
client.append_to_stream(name, current_version=1, events=[event(2)])
refused(WrongVersion, lambda: client.append_to_stream(name, current_version=7, events=[event(9)]))
client.append_to_stream(name, current_version=StreamState.ANY, events=[event(3)])
client.append_to_stream(name, current_version=StreamState.EXISTS, events=[event(4)])
refused(
    (WrongVersion, NotFound),  # the older client says what it concludes
    lambda: client.append_to_stream(f"no-{tag}", current_version=StreamState.EXISTS, events=[event(9)]),
)
raw = NewEvent(type="Raw", data=b"\x00\xff", content_type="application/octet-stream")
client.append_to_stream(f"raw-{tag}", current_version=StreamState.NO_STREAM, events=[raw])
read = client.get_stream(f"raw-{tag}")[0]
assert (read.data, read.content_type, read.id) == (b"\x00\xff", "application/octet-stream", raw.id)

# Reading both ways, and from the middle.
assert numbers(client.get_stream(name)) == [0, 1, 2, 3, 4]
assert numbers(client.get_stream(name, backwards=True, limit=2)) == [4, 3]
assert numbers(client.get_stream(name, stream_position=2)) == [2, 3, 4]
all_events = [e for e in client.read_all() if e.stream_name == name]
assert numbers(all_events) == [0, 1, 2, 3, 4]
assert [e.stream_position for e in all_events] == [0, 1, 2, 3, 4]
assert all(e.recorded_at is not None for e in all_events)
at = all_events[2].commit_position
assert numbers(e for e in client.read_all(commit_position=at) if e.stream_name == name) == [2, 3, 4]
back = client.read_all(commit_position=at, backwards=True, limit=2)
assert numbers(back) == [1, 0]
by_prefix = client.read_all(filter_include=(f"py-{tag}.*",), filter_by_stream_name=True)
assert numbers(by_prefix) == [0, 1, 2, 3, 4]

# What is not there, and what was deleted.
refused(NotFound, lambda: client.get_stream(f"nothing-{tag}"))
gone = f"gone-{tag}"
client.append_to_stream(gone, current_version=StreamState.ANY, events=[event(0), event(1)])
client.set_stream_metadata(gone, metadata={"$maxCount": 1})
assert client.get_stream_metadata(gone)[0] == {"$maxCount": 1}
assert numbers(client.get_stream(gone)) == [1]
refused(WrongVersion, lambda: client.delete_stream(gone, current_version=0))
client.delete_stream(gone, current_version=1)
refused(NotFound, lambda: client.get_stream(gone))
client.append_to_stream(gone, current_version=StreamState.NO_STREAM, events=[event(2)])
assert [e.stream_position for e in client.get_stream(gone)] == [2]
client.tombstone_stream(gone, current_version=StreamState.ANY)
refused(Deleted, lambda: client.get_stream(gone))
refused(Deleted, lambda: client.append_to_stream(gone, current_version=StreamState.ANY, events=[event(3)]))

# A filtered subscription, from history into what is live, with checkpoints.
with client.subscribe_to_all(filter_include=[f"Wanted{tag}"], include_checkpoints=True, window_size=8,
                             checkpoint_interval_multiplier=1) as subscription:
    writer = Client(uri=writer_uri)
    for n in range(40):
        writer.append_to_stream(f"noise-{tag}", current_version=StreamState.ANY, events=[event(n)])
    writer.append_to_stream(f"sub-{tag}", current_version=StreamState.ANY, events=[event(0, f"Wanted{tag}")])
    seen, checkpoints = [], 0
    for received in subscription:
        if received.type == f"Wanted{tag}":
            seen.append(received)
            if len(seen) == 1:
                writer.append_to_stream(f"sub-{tag}", current_version=0, events=[event(1, f"Wanted{tag}")])
            if len(seen) == 2:
                break
        else:
            checkpoints += 1
    assert numbers(seen) == [0, 1]
    assert checkpoints >= 2, checkpoints
    writer.close()

# A persistent subscription: one event is retried, one is parked, and comes back.
source, group = f"work-{tag}", f"workers-{tag}"
client.append_to_stream(source, current_version=StreamState.ANY, events=[event(n) for n in range(3)])
client.create_subscription_to_stream(group, source, message_timeout=5.0, max_retry_count=3)
refused(named("AlreadyExistsError", "AlreadyExists", of=errors),
        lambda: client.create_subscription_to_stream(group, source))
handled, retried = [], 0
with client.read_subscription_to_stream(group, source) as subscription:
    for received in subscription:
        n = numbers([received])[0]
        if n == 1 and retried == 0:
            retried += 1
            subscription.nack(received, action="retry")
        elif n == 2:
            subscription.nack(received, action="park")
            handled.append("parked")
        else:
            assert n != 1 or received.retry_count == 1
            subscription.ack(received)
            handled.append(n)
        if len(handled) == 3:
            break
assert sorted(map(str, handled)) == ["0", "1", "parked"], handled


def until(condition):
    for _ in range(100):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not become true")


until(lambda: client.get_subscription_info(group, source).parked_message_count == 1)
client.replay_parked_events(group, source)
with client.read_subscription_to_stream(group, source) as subscription:
    for received in subscription:
        assert numbers([received]) == [2]
        subscription.ack(received)
        break
until(lambda: client.get_subscription_info(group, source).parked_message_count == 0)
assert group in [info.group_name for info in client.list_subscriptions()]
client.update_subscription_to_stream(group, source, max_retry_count=1)
client.delete_subscription(group, source)
refused(NotFound, lambda: client.get_subscription_info(group, source))

# To all, with a filter.
client.create_subscription_to_all(f"all-{tag}", filter_include=[f"Wanted{tag}"], from_end=False)
with client.read_subscription_to_all(f"all-{tag}") as subscription:
    got = []
    for received in subscription:
        got.append(received)
        subscription.ack(received)
        if len(got) == 2:
            break
assert numbers(got) == [0, 1]
client.delete_subscription(f"all-{tag}")

# Who may only read, and who may nothing.
reader = Client(uri=reader_uri)
assert numbers(reader.get_stream(name)) == [0, 1, 2, 3, 4]
refused(AccessDenied, lambda: reader.append_to_stream(name, current_version=StreamState.ANY, events=[event(9)]))
stranger = Client(uri=stranger_uri)
try:
    stranger.get_stream(name)
except Exception as error:  # each client has its own for this
    assert "password" in str(error) or "nauthenticated" in repr(error), repr(error)
else:
    raise AssertionError("a stranger read")
print("passed", flush=True)
# The client closes its channel when the interpreter ends, and sometimes waits for ever there.
os._exit(0)
