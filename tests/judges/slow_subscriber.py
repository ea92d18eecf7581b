"""A subscriber that reads one event, then waits while much is written, then reads everything.

usage: slow_subscriber.py CA_FILE URI EVENTS BYTES

Says "written" when everything is written and waits for a line; then says how many events came, in order.
"""

import os
import sys

from kurrentdbclient import KurrentDBClient, NewEvent, StreamState

ca_file, uri, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def client():
    with open(ca_file) as certificates:
        return KurrentDBClient(uri=uri, root_certificates=certificates.read())


def event():
    return NewEvent(type="Large", data=b'"' + b"x" * size + b'"')


reader, writer = client(), client()
writer.append_to_stream("large", current_version=StreamState.NO_STREAM, events=[event()])
subscription = reader.subscribe_to_all(filter_include=["Large"])
assert next(subscription).stream_position == 0
for n in range(1, count):
    writer.append_to_stream("large", current_version=n - 1, events=[event()])
print("written", flush=True)
sys.stdin.readline()
for n in range(1, count):
    assert next(subscription).stream_position == n
print("read", count, flush=True)
# The client closes its channel when the interpreter ends, and sometimes waits for ever there.
os._exit(0)
